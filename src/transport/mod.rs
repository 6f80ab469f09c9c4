//! Connections: dialling, deadlines, TLS.
//!
//! [`connect`] gives a [`Transport`]: a blocking stream without threads, on a non-blocking socket
//! and `poll`, so that a time limit holds at every step: connecting, the TLS handshake, each read,
//! each write. (Name resolution is the system's and has its own limits.) The session sees it only
//! as a [`Wire`], which `scripted::Scripted` implements too, for tests without sockets.

#![forbid(unsafe_code)]

use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

mod binding;
mod certificate;
mod dial;
mod hosts;
mod identity;
mod problem;
mod socket;
mod stream;
mod tls;
mod trust;
mod verify;

#[cfg(fuzzing)]
pub mod instead;
#[cfg(test)]
pub mod scripted;
#[cfg(test)]
mod tests;

pub use binding::ChannelBinding;
pub use certificate::Certificate;
pub use dial::{DialError, Peer, Step, Trace, canonical_name, connect, connect_except};
pub use identity::ClientIdentity;
pub use stream::Transport;
pub use tls::{CertificateQuery, TlsError, TlsOptions};
pub use trust::{Roots, TrustStore};

/// How long things may take; `None` is for ever. c-client's `SET_OPENTIMEOUT` and its kin give
/// whole seconds, 0 for none: see [`Timeouts::from_seconds`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// The whole of connecting, all addresses together; and again the whole of a TLS handshake.
    pub open: Option<Duration>,
    /// Silence while reading.
    pub read: Option<Duration>,
    /// No byte accepted while writing.
    pub write: Option<Duration>,
    /// The goodbye: how long the session may spend on logging out.
    pub close: Option<Duration>,
}

impl Timeouts {
    /// Turns c-client's parameters (seconds; 0 or less is for ever) into durations.
    pub fn from_seconds(open: i64, read: i64, write: i64, close: i64) -> Timeouts {
        let limit = |seconds: i64| match u64::try_from(seconds) {
            Ok(0) | Err(_) => None,
            Ok(seconds) => Some(Duration::from_secs(seconds)),
        };
        Timeouts {
            open: limit(open),
            read: limit(read),
            write: limit(write),
            close: limit(close),
        }
    }
}

/// Asked when a read or a write times out: c-client's `SET_TIMEOUT` callback.
pub trait TimeoutPolicy {
    /// `overall` is the time since the operation began (since the deadline was set, if there is
    /// one), `last` since the last progress or the last answer of this function. True: wait as
    /// long again. False: give up.
    fn go_on(&mut self, overall: Duration, last: Duration, host: &str) -> bool;
}

/// What a connection was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Waiting for the server's bytes.
    Read,
    /// Waiting for the server to take ours.
    Write,
    /// Setting up TLS.
    Handshake,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Operation::Read => "read",
            Operation::Write => "write",
            Operation::Handshake => "TLS handshake",
        })
    }
}

/// Why a connection failed.
#[derive(Debug)]
pub enum WireError {
    /// A time limit passed. After a read the connection is still whole; else it is closed.
    TimedOut(Operation),
    /// The connection was closed before, by [`Wire::close`] or after an error.
    Closed,
    /// The system refused.
    Io(Operation, io::Error),
    /// The server broke the TLS protocol after the handshake.
    Tls(String),
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WireError::TimedOut(operation) => write!(f, "{operation} timed out"),
            WireError::Closed => f.write_str("connection is closed"),
            WireError::Io(operation, error) => {
                write!(f, "{operation} failed: {}", socket::error_text(error))
            }
            WireError::Tls(reason) => write!(f, "TLS failure: {reason}"),
        }
    }
}

impl std::error::Error for WireError {}

/// A byte stream to a server, as the session sees it.
pub trait Wire: Send {
    /// Waits for bytes and appends them to `into`; returns how many, 0 at the end of the stream.
    /// On a timeout nothing is lost, and reading may be tried again.
    fn read(&mut self, into: &mut Vec<u8>) -> Result<usize, WireError>;

    /// Writes everything. What the server sends meanwhile is kept for [`read`](Wire::read), within
    /// a limit, so that two sides which both write do not wait for each other for ever.
    fn write_all(&mut self, bytes: &[u8]) -> Result<(), WireError>;

    /// Are there bytes (or the end of the stream) to read within `at_most`? Zero only looks.
    fn wait_readable(&mut self, at_most: Duration) -> Result<bool, WireError>;

    /// New limits, from the next wait on: c-client's parameters also hold for open streams.
    fn set_timeouts(&mut self, timeouts: Timeouts);

    /// An absolute limit for all that follows, besides the timeouts: what stops a server that
    /// sends one byte a second. A [`TimeoutPolicy`] can extend it, by one timeout each time.
    fn set_deadline(&mut self, deadline: Option<Instant>);

    /// Puts TLS on the connection. `unread` is what the session has received and not consumed:
    /// if there is any, somebody may have injected it before the encryption began, and the
    /// connection is closed. After an error it is closed, too.
    fn start_tls(&mut self, options: &TlsOptions, unread: &[u8]) -> Result<(), TlsError>;

    /// Is TLS in effect?
    fn is_tls(&self) -> bool;

    /// What ties an authentication to this very TLS connection (RFC 5929, RFC 9266), the preferred kind first; empty
    /// without TLS.
    fn channel_bindings(&self) -> Vec<ChannelBinding> {
        Vec::new()
    }

    /// The certificate that the server has shown; `None` without TLS.
    fn certificate(&self) -> Option<Certificate> {
        None
    }

    /// Who is at the other end.
    fn peer(&self) -> &Peer;

    /// A second descriptor of the socket, to wait for what comes; `None` where there is no socket.
    fn duplicate(&self) -> Option<OwnedFd> {
        None
    }

    /// Whether a few octets can be written without waiting.
    fn takes_octets(&self) -> bool {
        true
    }

    /// Closes without waiting. May be called twice.
    fn close(&mut self);
}
