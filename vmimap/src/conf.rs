//! Asterisk's configuration files, read as Asterisk reads them (`main/config.c`): sections, templates, `=` and `=>`, `+=`,
//! comments, includes. What Asterisk would only put into its log becomes a [`Note`].

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files in files; Asterisk's own limit.
const INCLUDE_DEPTH: usize = 10;
/// Octets of one file: a configuration is not larger.
const FILE_SIZE: u64 = 16 << 20;
/// Octets of a line; Asterisk skips longer ones.
const LINE_SIZE: usize = 8191;
/// Comments in comments; Asterisk's own limit.
const COMMENT_DEPTH: i32 = 128;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: Arc<PathBuf>,
    /// Its line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// `name = value`.
#[derive(Clone, Debug)]
pub struct Variable {
    /// What stands before the `=`.
    pub name: String,
    /// What stands behind it. May hold passwords.
    pub value: String,
    /// Where.
    pub place: Place,
}

/// A section.
#[derive(Clone, Debug)]
pub struct Section {
    /// What stands in the brackets.
    pub name: String,
    /// `(!)`: only there for others to inherit from.
    pub template: bool,
    /// Where it begins.
    pub place: Place,
    /// In order, inherited ones first.
    pub variables: Vec<Variable>,
}

/// Something in a file that does not do what it seems to.
#[derive(Clone, Debug)]
pub struct Note {
    /// Where.
    pub place: Place,
    /// In words.
    pub text: String,
    /// Asterisk does not take the file at all because of it.
    pub fatal: bool,
}

/// A file and what it includes.
#[derive(Debug, Default)]
pub struct Conf {
    /// In order. A name may come more than once.
    pub sections: Vec<Section>,
    /// What is wrong.
    pub notes: Vec<Note>,
}

impl Conf {
    /// Reads `file`; names of included files are relative to `etc`.
    ///
    /// # Errors
    /// The file itself cannot be read, in words.
    pub fn read(file: &Path, etc: &Path) -> Result<Conf, String> {
        let text = text_of(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let mut reader = Reader {
            conf: Conf::default(),
            etc: etc.to_path_buf(),
            current: None,
        };
        reader.file(file, &text, 0);
        Ok(reader.conf)
    }

    /// The first section of a name that is no template, as Asterisk looks up `[general]`.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections
            .iter()
            .find(|section| !section.template && section.name.eq_ignore_ascii_case(name))
    }
}

impl Section {
    /// The value that counts: the first of its name, inherited or not.
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.variables
            .iter()
            .find(|variable| variable.name.eq_ignore_ascii_case(name))
    }
}

fn text_of(file: &Path) -> Result<Vec<u8>, String> {
    let size = fs::metadata(file).map_err(|error| error.to_string())?;
    if !size.is_file() {
        return Err("not a regular file".to_owned());
    }
    if size.len() > FILE_SIZE {
        return Err(format!("larger than {FILE_SIZE} octets"));
    }
    fs::read(file).map_err(|error| error.to_string())
}

struct Reader {
    conf: Conf,
    etc: PathBuf,
    /// Index of the section that a file which is included goes on with.
    current: Option<usize>,
}

impl Reader {
    fn note(&mut self, place: &Place, fatal: bool, text: impl Into<String>) {
        self.conf.notes.push(Note {
            place: place.clone(),
            text: text.into(),
            fatal,
        });
    }

    fn file(&mut self, path: &Path, text: &[u8], depth: usize) {
        let file = Arc::new(path.to_path_buf());
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut section = self.current;
        let mut comments = Comments::default();
        let mut place = Place { file, line: 0 };
        for line in text.split(|&b| b == b'\n') {
            place.line += 1;
            if line.len() > LINE_SIZE {
                self.note(&place, false, "the line is too long: Asterisk skips it");
                continue;
            }
            let was = comments.depth;
            let Some(line) = comments.strip(line) else {
                continue;
            };
            if comments.depth < 0 && was >= 0 {
                let text =
                    "--; ends a comment that has not begun: Asterisk ignores all that follows";
                self.note(&place, false, text);
            }
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            if !line.is_empty() {
                self.line(&line, &place, &mut section, depth);
            }
        }
        if comments.depth > 0 {
            self.note(&place, false, "a comment that began with ;-- has no end");
        }
    }

    fn line(&mut self, line: &str, place: &Place, section: &mut Option<usize>, depth: usize) {
        match line.as_bytes().first() {
            Some(b'[') => self.header(line, place, section),
            Some(b'#') => self.directive(line, place, depth),
            _ => self.assignment(line, place, *section),
        }
    }

    fn header(&mut self, line: &str, place: &Place, section: &mut Option<usize>) {
        let Some((name, rest)) = line[1..].split_once(']') else {
            return self.note(place, true, "the name of a section has no closing ]");
        };
        let mut new = Section {
            name: name.to_owned(),
            template: false,
            place: place.clone(),
            variables: Vec::new(),
        };
        let mut added_to = None;
        if let Some(options) = rest.strip_prefix('(') {
            let Some((options, _)) = options.split_once(')') else {
                return self.note(place, true, "the options of a section have no closing )");
            };
            for option in options.split(',') {
                if option == "!" {
                    new.template = true;
                } else if option.starts_with('+') {
                    let known = self
                        .conf
                        .sections
                        .iter()
                        .position(|s| s.name.eq_ignore_ascii_case(name));
                    let Some(known) = known else {
                        let text =
                            format!("[{name}](+) adds to a section that is not there before it");
                        return self.note(place, true, text);
                    };
                    self.conf.sections[known].template |= new.template;
                    added_to = Some(known);
                } else {
                    let base = self
                        .conf
                        .sections
                        .iter()
                        .find(|s| s.name.eq_ignore_ascii_case(option));
                    let Some(base) = base else {
                        let text = format!(
                            "[{name}]({option}) inherits from a section that is not there before it"
                        );
                        return self.note(place, true, text);
                    };
                    new.variables.extend(base.variables.clone());
                }
            }
        }
        let index = match added_to {
            Some(known) => {
                self.conf.sections[known]
                    .variables
                    .append(&mut new.variables);
                known
            }
            None => {
                self.conf.sections.push(new);
                self.conf.sections.len() - 1
            }
        };
        *section = Some(index);
        self.current = *section;
    }

    fn directive(&mut self, line: &str, place: &Place, depth: usize) {
        let (word, argument) = line[1..]
            .split_once(char::is_whitespace)
            .unwrap_or((&line[1..], ""));
        let argument = argument.trim();
        let word = word.to_ascii_lowercase();
        let must = match word.as_str() {
            "include" => true,
            "tryinclude" => false,
            "exec" => {
                let text = "#exec is not run by vmimap: what that program prints is missing here";
                return self.note(place, false, text);
            }
            _ => {
                return self.note(
                    place,
                    false,
                    format!("#{word} is no directive: Asterisk ignores it"),
                );
            }
        };
        if argument.is_empty() {
            return self.note(
                place,
                false,
                format!("#{word} names no file: Asterisk ignores it"),
            );
        }
        let named = unquoted(argument);
        if depth + 1 >= INCLUDE_DEPTH {
            let text = format!("files include each other more than {INCLUDE_DEPTH} deep");
            return self.note(place, true, text);
        }
        let pattern = self.etc.join(named);
        let found: Vec<PathBuf> = match glob::glob(&pattern.to_string_lossy()) {
            Ok(paths) => paths.filter_map(Result::ok).collect(),
            Err(_) => vec![pattern],
        };
        let mut read = 0;
        for path in found {
            match text_of(&path) {
                Ok(text) => {
                    read += 1;
                    self.file(&path, &text, depth + 1);
                }
                Err(error) => {
                    let text = format!("{} is not included: {error}", path.display());
                    self.note(place, false, text);
                }
            }
        }
        if read == 0 && must {
            let text = format!(
                "#include finds no file {named}: Asterisk does not load the configuration then"
            );
            self.note(place, true, text);
        }
    }

    fn assignment(&mut self, line: &str, place: &Place, section: Option<usize>) {
        let Some(section) = section else {
            return self.note(place, true, "a line before the first section");
        };
        let (line, escaped) = match line.strip_prefix('\\') {
            Some(rest) => (rest, 1),
            None => (line, 0),
        };
        let after = line
            .char_indices()
            .nth(escaped)
            .map_or(line.len(), |(at, _)| at);
        let Some(at) = line[after..].find('=').map(|at| at + after) else {
            return self.note(
                place,
                false,
                "there is no = in this line: Asterisk ignores it",
            );
        };
        let (mut name, mut value) = (&line[..at], &line[at + 1..]);
        let variables = &mut self.conf.sections[section].variables;
        if at > after && name.ends_with('+') {
            name = name[..at - 1].trim();
            if let Some(known) = variables.iter_mut().rev().find(|v| v.name == name) {
                known.value = format!("{}{}", known.value, value.trim_end())
                    .trim_start()
                    .to_owned();
                known.place = place.clone();
                return;
            }
        } else if let Some(rest) = value.strip_prefix('>') {
            value = rest;
        }
        let name = name.trim();
        if name.is_empty() {
            return self.note(
                place,
                false,
                "there is nothing before the =: Asterisk ignores the line",
            );
        }
        variables.push(Variable {
            name: name.to_owned(),
            value: value.trim().to_owned(),
            place: place.clone(),
        });
    }
}

/// Without `"…"` or `<…>` around it.
fn unquoted(text: &str) -> &str {
    let pairs = [('"', '"'), ('<', '>')];
    let inner = pairs
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    inner.unwrap_or(text)
}

/// Where in comments a reader is: `;` to the end of the line, `;--` to `--;`, nested.
#[derive(Default)]
struct Comments {
    /// Below zero: a comment has ended that had not begun, and nothing counts any more.
    depth: i32,
}

impl Comments {
    /// What of a line is no comment; `None` if all of it is one.
    fn strip(&mut self, line: &[u8]) -> Option<Vec<u8>> {
        let mut kept: Vec<u8> = Vec::with_capacity(line.len());
        let mut whole = self.depth != 0;
        // Where a `--;` may begin to count, and where a `\;` may.
        let mut since = 0;
        let mut at = 0;
        while let Some(&octet) = line.get(at) {
            let inside = self.depth != 0;
            if octet != b';' {
                if !inside {
                    kept.push(octet);
                }
                at += 1;
                continue;
            }
            let starts = line[at..].starts_with(b";--") && line.get(at + 3) != Some(&b'-');
            if at > since && line[at - 1] == b'\\' {
                if !inside {
                    kept.pop();
                    kept.push(b';');
                }
                at += 1;
                since = at;
            } else if starts {
                if self.depth < COMMENT_DEPTH {
                    self.depth += 1;
                }
                at += 3;
                since = at;
            } else if at >= since + 2 && line[at - 2..at] == *b"--" {
                self.depth -= 1;
                at += 1;
                since = at;
                if self.depth == 0 {
                    whole = false;
                }
            } else if inside {
                at += 1;
                since = at;
            } else {
                break;
            }
        }
        (!whole).then_some(kept)
    }
}

#[cfg(test)]
mod tests;
