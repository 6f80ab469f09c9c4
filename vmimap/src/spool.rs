//! Voicemail as files: `CONTEXT/BOX/FOLDER/msgNNNN.txt` and recordings beside it, greetings in `CONTEXT/BOX`.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::account::FOLDERS;
use crate::conf::Conf;

/// Folders that all stand for the server's folder of new and old messages.
pub const MAIN: [&str; 3] = ["INBOX", "Old", "Urgent"];
/// Greetings, as their files are named.
pub const GREETINGS: [&str; 4] = ["unavail", "busy", "greet", "temp"];
/// Octets of a recording that is taken: what the library appends at most is more, and no message is as long.
const RECORDING: u64 = 512 << 20;
/// Messages in a folder; Asterisk's own limit.
const MESSAGES: usize = 10_000;

/// What stands in `[message]`, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info(pub Vec<(String, String)>);

impl Info {
    /// A value; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Sets a value; a new one comes last.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value.to_owned(),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    /// When the message was left, in seconds since 1970.
    pub fn time(&self) -> Option<i64> {
        self.get("origtime")
            .trim()
            .parse()
            .ok()
            .filter(|time| *time > 0)
    }

    /// Reads a message's file.
    ///
    /// # Errors
    /// In words.
    pub fn read(file: &Path) -> Result<Info, String> {
        own_file(file)?;
        let conf = Conf::read(file, file.parent().unwrap_or(Path::new("/")))?;
        let section = conf
            .section("message")
            .ok_or("there is no [message] in it")?;
        let pairs = section.variables.iter();
        Ok(Info(
            pairs.map(|v| (v.name.clone(), v.value.clone())).collect(),
        ))
    }

    /// As a file; `key` is noted in it as a comment.
    pub fn text(&self, key: &str) -> String {
        let mut text = format!(";\n; Message Information file\n;\n; vmimap: {key}\n[message]\n");
        for (name, value) in &self.0 {
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            // A semicolon would begin a comment.
            text += &format!("{name}={}\n", value.replace(';', "\\;"));
        }
        text
    }
}

/// What [`Info::text`] has noted in a message's file: which mail it was.
pub fn key(file: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(file.get(..4096).unwrap_or(file)).into_owned();
    let found = text
        .lines()
        .find_map(|line| line.strip_prefix("; vmimap: "));
    found
        .map(|key| key.trim().to_owned())
        .filter(|key| !key.is_empty())
}

/// A file that lies in the spool directory itself: a link could lead to anything that the caller may read.
fn own_file(file: &Path) -> Result<u64, String> {
    let found =
        fs::symlink_metadata(file).map_err(|error| format!("{}: {error}", file.display()))?;
    if !found.is_file() {
        return Err(format!("{}: not a regular file", file.display()));
    }
    Ok(found.len())
}

/// Name and number of `"Name" <number>`.
pub fn caller(text: &str) -> (String, String) {
    let text = text.trim();
    match text.rsplit_once('<') {
        Some((name, rest)) if rest.ends_with('>') => {
            let number = rest.trim_end_matches('>').trim();
            (name.trim().trim_matches('"').to_owned(), number.to_owned())
        }
        _ if !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || "+*#".contains(c)) =>
        {
            (String::new(), text.to_owned())
        }
        _ => (text.trim_matches('"').to_owned(), String::new()),
    }
}

/// A message in a directory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Path without an ending.
    pub stem: PathBuf,
    /// `0` for `msg0000`.
    pub number: u32,
}

impl Entry {
    /// The file that says what the message is.
    pub fn text_file(&self) -> PathBuf {
        self.stem.with_extension("txt")
    }
}

/// A recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Ending of the file's name: `wav`, `WAV`, `gsm`, …
    pub format: String,
    /// The file.
    pub octets: Vec<u8>,
}

/// The directory of a box.
pub fn directory(spool: &Path, context: &str, number: &str) -> Option<PathBuf> {
    // Names come from a configuration, and must not lead elsewhere.
    let is_plain =
        |name: &str| !name.is_empty() && name != "." && name != ".." && !name.contains('/');
    (is_plain(context) && is_plain(number)).then(|| spool.join(context).join(number))
}

/// All folders of a box that vmimap knows.
pub fn folders() -> impl Iterator<Item = &'static str> {
    MAIN.into_iter().chain(FOLDERS)
}

fn number_of(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("msg")?.strip_suffix(".txt")?;
    (digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits.parse().ok())?
}

/// Messages of a folder, by number. A folder that is not there is empty.
///
/// # Errors
/// It cannot be read, in words.
pub fn entries(folder: &Path) -> Result<Vec<Entry>, String> {
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("{}: {error}", folder.display())),
    };
    let mut found = Vec::new();
    for file in listing {
        let file = file.map_err(|error| format!("{}: {error}", folder.display()))?;
        if let Some(number) = number_of(&file.file_name().to_string_lossy()) {
            found.push(Entry {
                stem: file.path().with_extension(""),
                number,
            });
        }
        if found.len() > MESSAGES {
            return Err(format!(
                "{}: more than {MESSAGES} messages",
                folder.display()
            ));
        }
    }
    found.sort_by_key(|entry| entry.number);
    Ok(found)
}

/// The ending of the files of a format.
pub fn ending(format: &str) -> &str {
    if format == "wav49" { "WAV" } else { format }
}

/// The recording `stem.FORMAT`: the first of these formats that is there, else any. Also says how many there are.
///
/// # Errors
/// It cannot be read, in words.
pub fn recording(stem: &Path, formats: &str) -> Result<Option<(Recording, usize)>, String> {
    let (Some(folder), Some(name)) = (stem.parent(), stem.file_name()) else {
        return Ok(None);
    };
    let prefix = format!("{}.", name.to_string_lossy());
    let mut endings: Vec<String> = Vec::new();
    let listing = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for file in listing.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if let Some(ending) = name.strip_prefix(&prefix)
            && !["txt", "lock"].contains(&ending)
            && !ending.is_empty()
            && ending.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            endings.push(ending.to_owned());
        }
    }
    endings.sort();
    let wanted = formats.split('|').map(|format| ending(format.trim()));
    let first = wanted
        .into_iter()
        .find(|wanted| endings.iter().any(|e| e == wanted));
    let Some(format) = first
        .map(str::to_owned)
        .or_else(|| endings.first().cloned())
    else {
        return Ok(None);
    };
    let file = folder.join(format!("{prefix}{format}"));
    let problem = |error: String| format!("{}: {error}", file.display());
    let size = own_file(&file)?;
    if size > RECORDING {
        return Err(problem(format!("larger than {RECORDING} octets")));
    }
    let octets = fs::read(&file).map_err(|error| problem(error.to_string()))?;
    Ok(Some((Recording { format, octets }, endings.len())))
}

/// Writes a file that is not there yet: under another name first, so that it is whole or not there.
///
/// # Errors
/// In words, also when it is there.
pub fn write_new(file: &Path, octets: &[u8]) -> Result<(), String> {
    let problem = |error: std::io::Error| format!("{}: {error}", file.display());
    let mut name = std::ffi::OsString::from(".vmimap-");
    name.push(file.file_name().unwrap_or_default());
    let other = file.with_file_name(name);
    // What an interrupted run has left.
    let _ = fs::remove_file(&other);
    let mut out = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&other)
        .map_err(problem)?;
    let written = out.write_all(octets).and_then(|()| out.sync_all());
    let done = written.and_then(|()| fs::hard_link(&other, file));
    let _ = fs::remove_file(&other);
    done.map_err(problem)
}

#[cfg(test)]
mod tests;
