//! The server of the sessions, in the same process: it says what the input says.

use c_client::transport::instead::set_dialler;
use c_client::transport::{Peer, Timeouts, TlsError, TlsOptions, Wire, WireError};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The answers that are left. A second connection, as a referral makes one, goes on with them.
static LEFT: Mutex<VecDeque<Vec<u8>>> = Mutex::new(VecDeque::new());

fn left() -> MutexGuard<'static, VecDeque<Vec<u8>>> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on mailboxes are opened here.
pub fn listen() {
    set_dialler(|port| {
        let mut said = left().pop_front()?;
        said.extend_from_slice(b"\r\n");
        Some(Box::new(Server {
            said,
            line: Vec::new(),
            tls: false,
            open: true,
            peer: Peer {
                given: "mail.example.org".to_owned(),
                host: "mail.example.org".to_owned(),
                // An address for documentation: nobody is asked for its name.
                address: ([192, 0, 2, 1], port).into(),
            },
        }))
    });
}

/// The input of the next sessions.
pub fn play(data: &[u8]) {
    *left() = data
        .split(|&octet| octet == 0xff)
        .map(<[u8]>::to_vec)
        .collect();
}

struct Server {
    /// On the way to the client.
    said: Vec<u8>,
    /// The client's, not ended yet.
    line: Vec<u8>,
    tls: bool,
    open: bool,
    peer: Peer,
}

impl Server {
    /// The answer to a line. Afterwards there is none, or the end if none is left.
    fn answer(&mut self) {
        let tag = self.line.split(|&octet| octet == b' ').next();
        let Some((answer, tag)) = left().pop_front().zip(tag) else {
            return;
        };
        let (answer, ending) = match answer.strip_suffix(b"!") {
            Some(answer) => (answer, &b""[..]),
            None => (&answer[..], &b" OK done\r\n"[..]),
        };
        for (at, piece) in answer.split(|&octet| octet == b'#').enumerate() {
            if at > 0 {
                self.said.extend_from_slice(tag);
            }
            self.said.extend_from_slice(piece);
        }
        if !ending.is_empty() {
            self.said.extend_from_slice(tag);
            self.said.extend_from_slice(ending);
        }
    }
}

impl Wire for Server {
    fn read(&mut self, into: &mut Vec<u8>) -> Result<usize, WireError> {
        if !self.open {
            return Err(WireError::Closed);
        }
        let count = self.said.len();
        into.append(&mut self.said);
        Ok(count)
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        if !self.open {
            return Err(WireError::Closed);
        }
        for piece in bytes.split_inclusive(|&octet| octet == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.answer();
                self.line.clear();
            }
        }
        Ok(())
    }

    fn wait_readable(&mut self, _at_most: Duration) -> Result<bool, WireError> {
        if self.open {
            Ok(!self.said.is_empty())
        } else {
            Err(WireError::Closed)
        }
    }

    fn set_timeouts(&mut self, _timeouts: Timeouts) {}

    fn set_deadline(&mut self, _deadline: Option<Instant>) {}

    fn start_tls(&mut self, options: &TlsOptions, unread: &[u8]) -> Result<(), TlsError> {
        let host = String::from_utf8_lossy(&options.host);
        if !unread.is_empty() || !self.said.is_empty() {
            self.open = false;
            return Err(TlsError::failure(&host, "unread octets"));
        }
        self.tls = true;
        Ok(())
    }

    fn is_tls(&self) -> bool {
        self.tls
    }

    fn peer(&self) -> &Peer {
        &self.peer
    }

    fn close(&mut self) {
        self.open = false;
    }
}
