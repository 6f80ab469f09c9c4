//! What is found and done, on paper: for people and for programs.

use std::fmt;

use comfy_table::{ContentArrangement, Table, presets};
use serde::{Serialize, Serializer};

use crate::conf::Place;

/// Characters of a line that a table has at least.
const NARROW: u16 = 60;

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Works, and may not do what is wanted.
    Warning,
    /// Does not work.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        })
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Something that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// In plain words, with the cure.
    pub text: String,
    /// The line to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.level, self.text)?;
        match &self.place {
            Some(place) => write!(f, " ({place})"),
            None => Ok(()),
        }
    }
}

/// A table for people.
pub fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(head);
    // A terminal that does not know its width, or one for a watch.
    if table.width().is_some_and(|width| width < NARROW) {
        table.set_width(NARROW);
    }
    table
}

/// A text of somebody else's, without what would move the cursor.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

/// A text in which no secret stands, whoever has put it there.
pub fn without(text: &str, secret: &str) -> String {
    // Short ones are in many words by chance.
    if secret.len() < 4 {
        return text.to_owned();
    }
    text.replace(secret, "********")
}

/// Prints a line of JSON; whether anybody reads it.
pub fn json(value: &impl Serialize) -> bool {
    use std::io::Write;
    writeln!(
        std::io::stdout(),
        "{}",
        serde_json::to_string(value).unwrap_or_default()
    )
    .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_control_characters_do_not_get_through() {
        assert_eq!(
            without("no [hunter2] here", "hunter2"),
            "no [********] here"
        );
        assert_eq!(without("a b", ""), "a b");
        assert_eq!(plain("a\u{1b}[2Jb\n"), "a?[2Jb?");
    }

    #[test]
    fn levels_are_ordered() {
        assert!(Level::Note < Level::Warning && Level::Warning < Level::Error);
    }
}
