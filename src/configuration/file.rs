//! The configuration file: found, checked, read once and again when it has changed.

use std::fmt;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use super::{Configuration, Mistake, parse};
use crate::limits;

/// Where it is unless the environment says otherwise.
pub const DEFAULT_PATH: &str = "/etc/c-client.conf";
/// The environment variable that names another one.
pub const VARIABLE: &str = "C_CLIENT_CONFIG";

/// Why there is no configuration to be had from a file that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub path: PathBuf,
    /// In words, with the cure.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.what)
    }
}

/// What a change of the file changes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

struct Loaded {
    path: PathBuf,
    stamp: Stamp,
    configuration: Arc<Configuration>,
}

/// What was read last. Locked only to look and to replace, never over I/O.
static LOADED: Mutex<Option<Loaded>> = Mutex::new(None);

/// The configuration in force: of the file that `named` (the value of [`VARIABLE`], if it may be heeded) names, else of
/// [`DEFAULT_PATH`]. A default file that is not there, or not for this user to read, is an empty configuration. `me` is
/// the effective user.
///
/// # Errors
/// [`Fault`]. Nobody should log in then: a password might go where a token was meant to go.
pub fn current(named: Option<PathBuf>, me: u32) -> Result<(PathBuf, Arc<Configuration>), Fault> {
    let is_default = named.is_none();
    let path = named.unwrap_or_else(|| PathBuf::from(DEFAULT_PATH));
    let fault = |what: String| Fault {
        path: path.clone(),
        what,
    };
    let (mut file, metadata) = match open(&path) {
        Ok(opened) => opened,
        Err(error)
            if is_default
                && matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::PermissionDenied
                ) =>
        {
            return Ok((path, Arc::default()));
        }
        Err(error) => return Err(fault(format!("cannot be read: {error}"))),
    };
    check(&metadata, me).map_err(fault)?;
    let stamp = Stamp::of(&metadata);
    {
        let loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = loaded
            .as_ref()
            .filter(|l| l.path == path && l.stamp == stamp)
        {
            return Ok((path, loaded.configuration.clone()));
        }
    }
    let text = read(&mut file, limits::CONFIGURATION)
        .map_err(|error| fault(format!("cannot be read: {error}")))?;
    let text = std::str::from_utf8(&text).map_err(|_| fault("is not UTF-8 text".to_owned()))?;
    let parsed = parse(text).map_err(|mistake: Mistake| fault(mistake.to_string()))?;
    let configuration = Arc::new(parsed);
    let newer = Loaded {
        path: path.clone(),
        stamp,
        configuration: configuration.clone(),
    };
    let older = LOADED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .replace(newer);
    drop(older);
    Ok((path, configuration))
}

/// Opens a file to read. A pipe or a device is none: it could make us wait.
pub(crate) fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no ordinary file"));
    }
    Ok((file, metadata))
}

/// Reads all of it, which may be a secret. A larger one than `most` is an error.
pub(crate) fn read(file: &mut File, most: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    // Room for all of it at once: a buffer that grew would leave copies behind.
    let room = usize::try_from(most).map_or(usize::MAX, |most| most.saturating_add(1));
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut text = Zeroizing::new(Vec::with_capacity(size.saturating_add(1).min(room)));
    file.take(most + 1).read_to_end(&mut text)?;
    if text.len() as u64 > most {
        return Err(io::Error::other(format!("it is larger than {most} octets")));
    }
    Ok(text)
}

/// Who can write the file decides what commands are run.
fn check(metadata: &Metadata, me: u32) -> Result<(), String> {
    if metadata.uid() != 0 && metadata.uid() != me {
        return Err(format!(
            "belongs to user {}, not to root or user {me} (chown root)",
            metadata.uid()
        ));
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(format!(
            "others than its owner can write it (mode {:o}; chmod go-w)",
            metadata.mode() & 0o777
        ));
    }
    Ok(())
}
