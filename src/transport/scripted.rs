//! A [`Wire`] without a socket: a script of what the server expects and says. For tests.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::{Operation, Peer, Timeouts, TlsError, TlsOptions, Wire, WireError};

/// One step of a script, seen from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Act {
    /// The client must have written exactly this since the last expectation.
    Expect(Vec<u8>),
    /// The client reads this.
    Send(Vec<u8>),
    /// One read of the client times out.
    Stall,
    /// The server hangs up.
    Hangup,
    /// The client must start TLS now; false lets the handshake fail.
    Tls(bool),
}

/// A scripted peer. Build it with [`expect`](Scripted::expect), [`send`](Scripted::send) and the
/// others, give it to the code under test, and call [`finish`](Scripted::finish) at the end.
///
/// Reading performs the script: it checks expectations up to the next bytes to send. A client that
/// writes something else panics at its next read, with both texts shown; one that reads when the
/// script has ended gets a timeout, as from a silent server.
#[derive(Debug)]
pub struct Scripted {
    script: VecDeque<Act>,
    /// Written by the client and not yet expected.
    written: Vec<u8>,
    /// Everything written, for tests that look at it as a whole.
    pub log: Vec<u8>,
    /// Bytes per read; 0 for a whole `send` at once.
    chunk: usize,
    tls: bool,
    closed: bool,
    peer: Peer,
    /// The timeouts last set.
    pub timeouts: Timeouts,
    /// The deadline last set.
    pub deadline: Option<Instant>,
}

impl Default for Scripted {
    fn default() -> Scripted {
        Scripted::new()
    }
}

impl Scripted {
    /// An empty script: a silent server called `mail.example.org`.
    pub fn new() -> Scripted {
        Scripted {
            script: VecDeque::new(),
            written: Vec::new(),
            log: Vec::new(),
            chunk: 0,
            tls: false,
            closed: false,
            peer: Peer {
                given: "mail.example.org".to_string(),
                host: "mail.example.org".to_string(),
                address: SocketAddr::from(([192, 0, 2, 1], 143)),
            },
            timeouts: Timeouts::default(),
            deadline: None,
        }
    }

    fn act(mut self, act: Act) -> Scripted {
        self.script.push_back(act);
        self
    }

    /// The client must write exactly this.
    pub fn expect(self, bytes: impl AsRef<[u8]>) -> Scripted {
        self.act(Act::Expect(bytes.as_ref().to_vec()))
    }

    /// The server sends this.
    pub fn send(self, bytes: impl AsRef<[u8]>) -> Scripted {
        self.act(Act::Send(bytes.as_ref().to_vec()))
    }

    /// One read times out.
    pub fn stall(self) -> Scripted {
        self.act(Act::Stall)
    }

    /// The server closes the connection.
    pub fn hangup(self) -> Scripted {
        self.act(Act::Hangup)
    }

    /// The client must start TLS here; it succeeds if `good`.
    pub fn tls(self, good: bool) -> Scripted {
        self.act(Act::Tls(good))
    }

    /// Reads give this many bytes at most.
    pub fn in_chunks(mut self, size: usize) -> Scripted {
        self.chunk = size;
        self
    }

    /// Checks that the script is through: nothing left to expect or to send, nothing written
    /// besides.
    pub fn finish(&mut self) {
        self.check_expectations();
        assert!(self.script.is_empty(), "not reached: {:?}", self.script);
        assert!(
            self.written.is_empty(),
            "unexpected: {}",
            self.written.escape_ascii()
        );
    }

    fn check_expectations(&mut self) {
        while let Some(Act::Expect(expected)) = self.script.front() {
            if !self.written.starts_with(expected) {
                let mut message = String::new();
                let _ = write!(message, "expected: {}", expected.escape_ascii());
                let _ = write!(message, "\nwritten:  {}", self.written.escape_ascii());
                panic!("the client wrote something else\n{message}");
            }
            self.written.drain(..expected.len());
            self.script.pop_front();
        }
    }
}

impl Wire for Scripted {
    fn read(&mut self, into: &mut Vec<u8>) -> Result<usize, WireError> {
        if self.closed {
            return Err(WireError::Closed);
        }
        self.check_expectations();
        match self.script.pop_front() {
            Some(Act::Send(mut bytes)) => {
                if self.chunk > 0 && bytes.len() > self.chunk {
                    let rest = bytes.split_off(self.chunk);
                    self.script.push_front(Act::Send(rest));
                }
                into.extend_from_slice(&bytes);
                Ok(bytes.len())
            }
            Some(Act::Stall) | None => Err(WireError::TimedOut(Operation::Read)),
            Some(Act::Hangup) => {
                self.script.push_front(Act::Hangup);
                Ok(0)
            }
            Some(other) => panic!("the client reads where the script has {other:?}"),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        if self.closed {
            return Err(WireError::Closed);
        }
        self.written.extend_from_slice(bytes);
        self.log.extend_from_slice(bytes);
        Ok(())
    }

    fn wait_readable(&mut self, _at_most: Duration) -> Result<bool, WireError> {
        if self.closed {
            return Err(WireError::Closed);
        }
        if self.written.is_empty() && matches!(self.script.front(), Some(Act::Expect(_))) {
            // The server waits for the client.
            return Ok(false);
        }
        self.check_expectations();
        Ok(matches!(
            self.script.front(),
            Some(Act::Send(_) | Act::Hangup)
        ))
    }

    fn set_timeouts(&mut self, timeouts: Timeouts) {
        self.timeouts = timeouts;
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    fn start_tls(&mut self, options: &TlsOptions, unread: &[u8]) -> Result<(), TlsError> {
        self.check_expectations();
        let host = String::from_utf8_lossy(&options.host).into_owned();
        let result = if !unread.is_empty() {
            Err(TlsError::failure(&host, "unread bytes"))
        } else {
            match self.script.pop_front() {
                Some(Act::Tls(true)) => Ok(()),
                Some(Act::Tls(false)) => Err(TlsError::failure(&host, "scripted failure")),
                other => panic!("the client starts TLS where the script has {other:?}"),
            }
        };
        self.tls = result.is_ok();
        self.closed |= result.is_err();
        result
    }

    fn is_tls(&self) -> bool {
        self.tls
    }

    fn peer(&self) -> &Peer {
        &self.peer
    }

    fn close(&mut self) {
        // A hang-up that the client did not wait for is none of its duties.
        if self.script.front() == Some(&Act::Hangup) {
            self.script.pop_front();
        }
        self.closed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialogue() {
        let mut wire = Scripted::new()
            .send("* OK hello\r\n")
            .expect("A1 STARTTLS\r\n")
            .send("A1 OK\r\n")
            .tls(true)
            .stall()
            .hangup()
            .in_chunks(7);
        let mut got = Vec::new();
        assert_eq!(wire.read(&mut got).unwrap(), 7);
        assert_eq!(wire.read(&mut got).unwrap(), 5);
        assert_eq!(got, b"* OK hello\r\n");
        wire.write_all(b"A1 START").unwrap();
        wire.write_all(b"TLS\r\n").unwrap();
        assert!(wire.wait_readable(Duration::ZERO).unwrap());
        wire.read(&mut got).unwrap();
        wire.start_tls(&TlsOptions::default(), b"").unwrap();
        assert!(wire.is_tls());
        assert!(matches!(wire.read(&mut got), Err(WireError::TimedOut(_))));
        assert_eq!(wire.read(&mut got).unwrap(), 0);
        assert_eq!(wire.read(&mut got).unwrap(), 0);
        wire.close();
        assert!(matches!(wire.read(&mut got), Err(WireError::Closed)));
        wire.finish();
    }

    #[test]
    #[should_panic(expected = "wrote something else")]
    fn a_wrong_command_is_noticed() {
        let mut wire = Scripted::new().expect("A1 NOOP\r\n").send("A1 OK\r\n");
        wire.write_all(b"A1 LOGOUT\r\n").unwrap();
        let _ = wire.read(&mut Vec::new());
    }

    #[test]
    #[should_panic(expected = "not reached")]
    fn an_unfinished_script_is_noticed() {
        Scripted::new().send("x").finish();
    }
}
