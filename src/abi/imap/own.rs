//! Streams of our own, and servers that are tried for a while.

use core::ffi::c_long;
use std::time::{Duration, Instant};

use crate::abi::mail_open::{close_stream, open_stream};
use crate::abi::parameters;
use crate::abi::stream::{Entered, enter};
use crate::limits;

/// A stream that the program does not know; closed when dropped.
pub struct OwnStream(Entered);

impl OwnStream {
    /// As `mail_open`. `None`: that has been told.
    pub fn open(name: &[u8], options: c_long) -> Option<Self> {
        enter(open_stream(core::ptr::null_mut(), name, options)).map(Self)
    }

    /// The stream.
    pub fn stream(&self) -> &Entered {
        &self.0
    }
}

impl Drop for OwnStream {
    fn drop(&mut self) {
        close_stream(self.0.raw(), 0);
    }
}

/// What came of an attempt.
pub enum Outcome<T> {
    /// It has worked.
    Done(T),
    /// It will not work, for this reason.
    Never(String),
    /// It may work a moment later.
    NotYet(String),
}

/// Tries until it works, for as long as a server may take that is begun anew.
///
/// # Errors
/// Why it does not work.
pub fn for_a_while<T>(mut attempt: impl FnMut() -> Outcome<T>) -> Result<T, String> {
    let limit = parameters::open_timeout().unwrap_or(limits::RECONNECT);
    let until = Instant::now() + limit.min(limits::RECONNECT);
    let mut pause = Duration::from_millis(100);
    loop {
        let why = match attempt() {
            Outcome::Done(done) => return Ok(done),
            Outcome::Never(why) => return Err(why),
            Outcome::NotYet(why) => why,
        };
        if Instant::now() + pause >= until {
            return Err(why);
        }
        std::thread::sleep(pause);
        pause *= 2;
    }
}
