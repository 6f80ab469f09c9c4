//! The list of subscribed mailboxes in the user's home, for mail that has no server to keep it (c-client's `smanager.c`):
//! a file of one name a line.

#![forbid(unsafe_code)]

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::limits;

/// Why a subscription could not be made or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The name cannot stand in a line.
    BadName,
    /// It is there already.
    Subscribed,
    /// There is no list.
    NoList,
    /// It is not there.
    NotSubscribed,
    /// The list cannot be written to.
    CannotAppend,
    /// The new list cannot be made.
    CannotCreate,
    /// The new list cannot be written.
    CannotWrite,
    /// The new list cannot take the old one's place.
    CannotUpdate,
}

fn list(home: &Path) -> PathBuf {
    home.join(".mailboxlist")
}

/// INBOX is one, however it is spelt.
fn canonical(name: &[u8]) -> Result<&[u8], Fault> {
    if name.is_empty() || name.iter().any(|b| matches!(b, b'\r' | b'\n' | 0)) {
        return Err(Fault::BadName);
    }
    let inbox = name.eq_ignore_ascii_case(b"INBOX");
    Ok(if inbox { b"INBOX" } else { name })
}

/// The names of a list, one by one.
pub struct Names {
    file: BufReader<io::Take<File>>,
}

impl Names {
    /// Begins to read the list below `home`; `None` if there is none.
    pub fn open(home: &Path) -> Option<Self> {
        let file = File::open(list(home)).ok()?;
        Some(Self {
            file: BufReader::new(file.take(limits::SUBSCRIPTIONS)),
        })
    }
}

impl Iterator for Names {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        match self.file.read_until(b'\n', &mut line) {
            Ok(1..) => {
                line.pop_if(|last| *last == b'\n');
                Some(line)
            }
            _ => None,
        }
    }
}

/// Adds a name to the list below `home`, which is made if need be.
///
/// # Errors
/// [`Fault`], with the list as it was.
pub fn subscribe(home: &Path, name: &[u8]) -> Result<(), Fault> {
    let name = canonical(name)?;
    if Names::open(home).is_some_and(|mut names| names.any(|known| known == name)) {
        return Err(Fault::Subscribed);
    }
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(list(home))
        .map_err(|_| Fault::CannotAppend)?;
    // One write: two programs at once do not mix their lines.
    file.write_all(&[name, b"\n"].concat())
        .map_err(|_| Fault::CannotAppend)
}

/// Takes a name out of the list below `home`. The list is replaced by a new one in one step.
///
/// # Errors
/// [`Fault`], with the list as it was.
pub fn unsubscribe(home: &Path, name: &[u8]) -> Result<(), Fault> {
    let name = canonical(name)?;
    let names = Names::open(home).ok_or(Fault::NoList)?;
    let mut found = false;
    let mut rest = Vec::new();
    for known in names {
        if known == name {
            found = true;
        } else {
            rest.extend_from_slice(&known);
            rest.push(b'\n');
        }
    }
    if !found {
        return Err(Fault::NotSubscribed);
    }
    let old = list(home);
    // What a link points to stays the list; one that somebody left in the place of the new one is not followed.
    let old = fs::canonicalize(&old).unwrap_or(old);
    let new = home.join(format!(".mlbxlsttmp.{}", std::process::id()));
    let _ = fs::remove_file(&new);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)
        .map_err(|_| Fault::CannotCreate)?;
    let written = file.write_all(&rest).and_then(|()| {
        let mode = fs::metadata(&old)?.permissions();
        fs::set_permissions(&new, mode)
    });
    let done = match written {
        Ok(()) => fs::rename(&new, &old).map_err(|_| Fault::CannotUpdate),
        Err(_) => Err(Fault::CannotWrite),
    };
    if done.is_err() {
        let _ = fs::remove_file(&new);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of its own, removed in the end.
    struct Home(PathBuf);

    impl Home {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("c-client-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir(&path).expect("a directory");
            Self(path)
        }
    }

    impl Drop for Home {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn names_come_and_go() {
        let home = Home::new("subscriptions");
        let home = home.0.as_path();
        assert_eq!(unsubscribe(home, b"a"), Err(Fault::NoList));
        assert_eq!(subscribe(home, b"{host/pop3}x"), Ok(()));
        assert_eq!(subscribe(home, b"inbox"), Ok(()));
        assert_eq!(subscribe(home, b"INBOX"), Err(Fault::Subscribed));
        assert_eq!(subscribe(home, b"a\nb"), Err(Fault::BadName));
        let all = |home| Names::open(home).map(Iterator::collect::<Vec<_>>);
        assert_eq!(
            all(home),
            Some(vec![b"{host/pop3}x".to_vec(), b"INBOX".to_vec()])
        );
        assert_eq!(unsubscribe(home, b"Inbox"), Ok(()));
        assert_eq!(unsubscribe(home, b"INBOX"), Err(Fault::NotSubscribed));
        assert_eq!(all(home), Some(vec![b"{host/pop3}x".to_vec()]));
        let left = fs::read_dir(home).expect("a directory").count();
        assert_eq!(left, 1, "no temporary file stays");
    }
}
