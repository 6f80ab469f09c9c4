//! OAuth 2 access tokens: read from files, or printed by commands, and kept while they are good.

#![forbid(unsafe_code)]

use std::fmt;
use std::time::Duration;

use crate::limits;
use crate::sasl::Secret;

#[cfg(feature = "oauth")]
mod answer;
#[cfg(feature = "oauth")]
pub mod keep;
#[cfg(all(test, feature = "oauth"))]
mod tests;

#[cfg(feature = "oauth")]
pub use answer::{from_file, read_answer};

/// A token as its source gave it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The token itself.
    pub text: Secret,
    /// How long it is good, if the source says so.
    pub lifetime: Option<Duration>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// The first line of a text for the log, at most [`limits::EXCERPT`] octets, without control characters.
pub fn printable(text: &[u8]) -> String {
    let line = text
        .trim_ascii()
        .split(|b| matches!(b, b'\n' | b'\r'))
        .next()
        .unwrap_or_default();
    let line = &line[..line.len().min(limits::EXCERPT)];
    String::from_utf8_lossy(line)
        .chars()
        .filter(|c| !c.is_control())
        .collect()
}
