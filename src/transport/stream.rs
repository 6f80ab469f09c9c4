//! The connection itself: plain or TLS bytes over one socket, with a limit on every wait.

use std::io::{self, BufRead, Read, Write};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustls::ClientConnection;

use super::binding::{self, ChannelBinding};
use super::certificate::Certificate;
use super::socket::{Socket, error_text};
use super::tls::{self, TlsError, TlsOptions};
use super::{Operation, Peer, TimeoutPolicy, Timeouts, Wire, WireError};
use crate::limits::READ_WHILE_WRITING;

/// A connection to a server. It belongs to one stream and has no threads.
pub struct Transport {
    /// Gone once closed.
    socket: Option<Socket>,
    tls: Option<Box<ClientConnection>>,
    /// What came while we were writing.
    early: Vec<u8>,
    /// The stream has ended; `early` may still have bytes.
    ended: bool,
    peer: Peer,
    timeouts: Timeouts,
    deadline: Option<Instant>,
    /// When the deadline was set: the beginning of what it limits.
    deadline_set: Option<Instant>,
    policy: Option<Box<dyn TimeoutPolicy + Send>>,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport")
            .field("peer", &self.peer)
            .field("open", &self.socket.is_some())
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

impl Transport {
    pub(super) fn new(socket: Socket, peer: Peer, timeouts: Timeouts) -> Transport {
        Transport {
            socket: Some(socket),
            tls: None,
            early: Vec::new(),
            ended: false,
            peer,
            timeouts,
            deadline: None,
            deadline_set: None,
            policy: None,
        }
    }

    /// Who is asked when a read or a write times out.
    pub fn set_policy(&mut self, policy: Option<Box<dyn TimeoutPolicy + Send>>) {
        self.policy = policy;
    }

    pub(super) fn peer_mut(&mut self) -> &mut Peer {
        &mut self.peer
    }

    /// The address of this end; `None` once closed.
    pub fn local_address(&self) -> Option<std::net::SocketAddr> {
        self.socket.as_ref()?.local_address()
    }

    /// Protocol version and cipher suite in use, for logs.
    pub fn tls_description(&self) -> Option<String> {
        let tls = self.tls.as_ref()?;
        let version = tls.protocol_version()?.as_str()?;
        let suite = tls.negotiated_cipher_suite()?.suite();
        let resumed = match tls.handshake_kind() {
            Some(rustls::HandshakeKind::Resumed) => ", resumed",
            _ => "",
        };
        Some(format!("{version} {suite:?}{resumed}"))
    }

    fn socket(&self) -> Result<&Socket, WireError> {
        self.socket.as_ref().ok_or(WireError::Closed)
    }

    /// Closes after an error that leaves the stream in an unknown state.
    fn broken(&mut self, error: WireError) -> WireError {
        self.socket = None;
        self.tls = None;
        self.early = Vec::new();
        error
    }

    /// Has the deadline passed? Looked at also where bytes flow and nothing waits, or else a
    /// server that never stops talking would never meet it.
    fn overdue(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| deadline <= Instant::now())
    }

    /// How long an operation may make no progress.
    fn idle_limit(&self, operation: Operation) -> Option<Duration> {
        match operation {
            Operation::Read => self.timeouts.read,
            Operation::Write => self.timeouts.write,
            Operation::Handshake => None,
        }
    }

    /// Waits for `events` until the deadline, or until there has been no progress for too long,
    /// and longer if the policy says so. `began` is when the whole operation did.
    fn wait(
        &mut self,
        events: PollFlags,
        operation: Operation,
        began: Instant,
        progress: Instant,
    ) -> Result<PollFlags, WireError> {
        let mut since = progress;
        loop {
            if !self.overdue() {
                let limit = self.idle_limit(operation);
                let limit = limit.and_then(|limit| since.checked_add(limit));
                let until = match (limit, self.deadline) {
                    (Some(limit), Some(deadline)) => Some(limit.min(deadline)),
                    (limit, deadline) => limit.or(deadline),
                };
                let ready = self
                    .socket()?
                    .wait(events, until)
                    .map_err(|error| WireError::Io(operation, error))?;
                if !ready.is_empty() {
                    return Ok(ready);
                }
            }
            self.ask_to_go_on(operation, began, since)?;
            since = Instant::now();
        }
    }

    /// Time is up. If the policy will have it, there is as much time again.
    fn ask_to_go_on(
        &mut self,
        operation: Operation,
        began: Instant,
        since: Instant,
    ) -> Result<(), WireError> {
        let began = self.deadline_set.unwrap_or(began);
        let now = Instant::now();
        let host = &self.peer.host;
        let go_on = operation != Operation::Handshake
            && self
                .policy
                .as_mut()
                .is_some_and(|policy| policy.go_on(now - began, now - since, host));
        if !go_on {
            return Err(WireError::TimedOut(operation));
        }
        if self.overdue() {
            let more = self.idle_limit(operation);
            self.deadline = more.and_then(|more| Instant::now().checked_add(more));
        }
        Ok(())
    }

    /// Takes what has arrived, without waiting: bytes appended, 0 at the end of the stream, or
    /// `None` if there is nothing (complete) yet.
    fn try_read(&mut self, into: &mut Vec<u8>) -> Result<Option<usize>, WireError> {
        let socket = self.socket.as_ref().ok_or(WireError::Closed)?;
        let Some(tls) = &mut self.tls else {
            return match socket.receive(into) {
                Ok(size) => Ok(Some(size)),
                Err(error) => nothing_yet(error).map(|()| None),
            };
        };
        loop {
            match take_plaintext(tls, into) {
                Ok(Some(size)) => return Ok(Some(size)),
                Ok(None) => {}
                // The peer hung up without saying goodbye in TLS. Many servers do after BYE; a
                // truncated response is noticed by its form.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(Some(0)),
                Err(error) => return Err(WireError::Io(Operation::Read, error)),
            }
            match tls.read_tls(&mut Io(socket)) {
                Ok(_) => {}
                Err(error) => return nothing_yet(error).map(|()| None),
            }
            if let Err(error) = tls.process_new_packets() {
                // Tell the peer why; it does not matter whether that gets through.
                let _ = tls.write_tls(&mut Io(socket));
                return Err(WireError::Tls(tls::reason(&error)));
            }
            // Answers the protocol owes, such as new keys; what does not fit goes later.
            while tls.wants_write() && tls.write_tls(&mut Io(socket)).is_ok_and(|size| size > 0) {}
        }
    }

    /// While writing, keeps what comes in, so that the peer can go on and take what we write.
    fn read_early(&mut self) -> Result<(), WireError> {
        let mut early = std::mem::take(&mut self.early);
        let result = self.try_read(&mut early);
        // Many streams only look, and need no buffer.
        if !early.is_empty() {
            self.early = early;
        }
        self.ended |= result? == Some(0);
        Ok(())
    }

    /// Hands bytes to TLS or to the socket, without waiting.
    fn try_write(&mut self, bytes: &[u8]) -> Result<Wrote, WireError> {
        let result = self
            .socket
            .as_ref()
            .ok_or(WireError::Closed)
            .map(|socket| {
                let Some(tls) = &mut self.tls else {
                    return socket.send(bytes).map(Wrote::Took);
                };
                // TLS takes a portion, encrypts it, and takes more only when that is on its way.
                if tls.wants_write() {
                    tls.write_tls(&mut Io(socket)).map(|_| Wrote::Flushed)
                } else {
                    tls.writer().write(bytes).map(Wrote::Took)
                }
            })?;
        match result {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Wrote::Blocked),
            other => other.map_err(|error| WireError::Io(Operation::Write, error)),
        }
    }

    fn write_waiting(&mut self, mut bytes: &[u8]) -> Result<(), WireError> {
        let began = Instant::now();
        let mut progress = began;
        while !bytes.is_empty() || self.tls.as_ref().is_some_and(|tls| tls.wants_write()) {
            match self.try_write(bytes)? {
                Wrote::Took(size) => bytes = &bytes[size..],
                Wrote::Flushed => {}
                Wrote::Blocked => {
                    let mut events = PollFlags::OUT;
                    if !self.ended && self.early.len() < READ_WHILE_WRITING {
                        events |= PollFlags::IN;
                    }
                    let ready = self.wait(events, Operation::Write, began, progress)?;
                    if ready.contains(PollFlags::IN) {
                        self.read_early()?;
                    }
                    continue;
                }
            }
            progress = Instant::now();
        }
        Ok(())
    }

    fn handshake(&mut self, tls: ClientConnection, host: &str) -> Result<(), TlsError> {
        let began = Instant::now();
        let before = self.deadline;
        // A server that stalls, or sends one byte a second, must not hold us longer than opening
        // may take.
        let limit = self.timeouts.open.or(self.timeouts.read);
        if let Some(end) = limit.and_then(|limit| began.checked_add(limit)) {
            self.deadline = Some(before.map_or(end, |deadline| deadline.min(end)));
        }
        self.tls = Some(Box::new(tls));
        let result = self.handshake_steps(host, began);
        self.deadline = before;
        result
    }

    fn handshake_steps(&mut self, host: &str, began: Instant) -> Result<(), TlsError> {
        let failed = |error: io::Error| {
            TlsError::failure(
                host,
                format!("TLS handshake failed: {}", error_text(&error)),
            )
        };
        loop {
            let (Some(socket), Some(tls)) = (&self.socket, &mut self.tls) else {
                return Err(TlsError::failure(host, "connection is closed"));
            };
            let events = if tls.wants_write() {
                match tls.write_tls(&mut Io(socket)) {
                    Ok(_) => continue,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => PollFlags::OUT,
                    Err(error) => return Err(failed(error)),
                }
            } else if !tls.is_handshaking() {
                return Ok(());
            } else {
                match tls.read_tls(&mut Io(socket)) {
                    Ok(0) => {
                        let reason = "the server closed the connection during the TLS handshake";
                        return Err(TlsError::failure(host, reason));
                    }
                    Ok(_) => {
                        if let Err(error) = tls.process_new_packets() {
                            // Tell the peer why; it does not matter whether that gets through.
                            let _ = tls.write_tls(&mut Io(socket));
                            return Err(TlsError::from_rustls(host, &error));
                        }
                        continue;
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => PollFlags::IN,
                    Err(error) => return Err(failed(error)),
                }
            };
            self.wait(events, Operation::Handshake, began, began)
                .map_err(|error| TlsError::failure(host, error.to_string()))?;
        }
    }
}

impl Wire for Transport {
    fn read(&mut self, into: &mut Vec<u8>) -> Result<usize, WireError> {
        if !self.early.is_empty() {
            let size = self.early.len();
            into.append(&mut self.early);
            self.early.shrink_to(0);
            return Ok(size);
        }
        if self.ended {
            return Ok(0);
        }
        let began = Instant::now();
        if self.overdue() {
            self.ask_to_go_on(Operation::Read, began, began)?;
        }
        loop {
            match self.try_read(into) {
                Ok(Some(size)) => {
                    self.ended = size == 0;
                    return Ok(size);
                }
                Ok(None) => {}
                Err(error) => return Err(self.broken(error)),
            }
            match self.wait(PollFlags::IN, Operation::Read, began, began) {
                Ok(_) => {}
                Err(error @ WireError::TimedOut(_)) => return Err(error),
                Err(error) => return Err(self.broken(error)),
            }
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        // A partly written command cannot be taken back, whatever stopped it.
        self.write_waiting(bytes)
            .map_err(|error| self.broken(error))
    }

    fn duplicate(&self) -> Option<OwnedFd> {
        self.socket.as_ref()?.duplicate().ok()
    }

    fn takes_octets(&self) -> bool {
        let room = |socket: &Socket| socket.wait(PollFlags::OUT, Some(Instant::now()));
        self.socket
            .as_ref()
            .is_some_and(|socket| room(socket).is_ok_and(|ready| ready.contains(PollFlags::OUT)))
    }

    fn wait_readable(&mut self, at_most: Duration) -> Result<bool, WireError> {
        if !self.early.is_empty() || self.ended {
            return Ok(true);
        }
        let until = Instant::now().checked_add(at_most);
        loop {
            // With TLS a readable socket may hold no data, so bytes count only when they are out.
            match self.read_early() {
                Ok(()) if !self.early.is_empty() || self.ended => return Ok(true),
                Ok(()) => {}
                Err(error) => return Err(self.broken(error)),
            }
            match self.socket()?.wait(PollFlags::IN, until) {
                Ok(ready) if ready.is_empty() => return Ok(false),
                Ok(_) => {}
                Err(error) => return Err(self.broken(WireError::Io(Operation::Read, error))),
            }
        }
    }

    fn set_timeouts(&mut self, timeouts: Timeouts) {
        self.timeouts = timeouts;
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
        self.deadline_set = deadline.map(|_| Instant::now());
    }

    fn start_tls(&mut self, options: &TlsOptions, unread: &[u8]) -> Result<(), TlsError> {
        let host = String::from_utf8_lossy(&options.host).into_owned();
        let result = if self.tls.is_some() {
            Err(TlsError::failure(&host, "TLS is already in effect"))
        } else if !unread.is_empty() || !self.early.is_empty() {
            let reason = "the server, or somebody between, sent data in clear after STARTTLS";
            Err(TlsError::failure(&host, reason))
        } else {
            tls::config(options).and_then(|config| {
                let name = tls::server_name(&options.host)?;
                let tls = ClientConnection::new(config, name)
                    .map_err(|error| TlsError::from_rustls(&host, &error))?;
                self.handshake(tls, &host)
            })
        };
        if result.is_err() {
            self.socket = None;
            self.tls = None;
        }
        result
    }

    fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    fn channel_bindings(&self) -> Vec<ChannelBinding> {
        self.tls.as_deref().map_or_else(Vec::new, binding::of)
    }

    fn certificate(&self) -> Option<Certificate> {
        let shown = self.tls.as_ref()?.peer_certificates()?;
        Certificate::read(shown.first()?)
    }

    fn peer(&self) -> &Peer {
        &self.peer
    }

    fn close(&mut self) {
        if let Some(socket) = self.socket.take() {
            if let Some(tls) = &mut self.tls {
                tls.send_close_notify();
                // If it does not fit at once, the peer has stopped listening anyway.
                while tls.wants_write() && tls.write_tls(&mut Io(&socket)).is_ok_and(|n| n > 0) {}
            }
            socket.shutdown();
        }
        self.tls = None;
        self.early = Vec::new();
        self.ended = true;
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.close();
    }
}

/// The socket as TLS wants it. (The default `write_vectored` sends one buffer per call; the
/// standard library's would use `writev`, which can raise SIGPIPE.)
struct Io<'a>(&'a Socket);

impl Read for Io<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.receive_slice(into)
    }
}

impl Write for Io<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Moves decrypted bytes; `Some(0)` at the end of the stream, `None` if there are none yet.
fn take_plaintext(tls: &mut ClientConnection, into: &mut Vec<u8>) -> io::Result<Option<usize>> {
    let mut reader = tls.reader();
    let mut taken = 0;
    loop {
        match reader.fill_buf() {
            Ok([]) if taken > 0 => return Ok(Some(taken)),
            Ok([]) => return Ok(Some(0)),
            Ok(bytes) => {
                let size = bytes.len();
                into.extend_from_slice(bytes);
                taken += size;
                reader.consume(size);
            }
            Err(_) if taken > 0 => return Ok(Some(taken)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

fn nothing_yet(error: io::Error) -> Result<(), WireError> {
    match error.kind() {
        io::ErrorKind::WouldBlock => Ok(()),
        _ => Err(WireError::Io(Operation::Read, error)),
    }
}

/// What became of a portion to write.
enum Wrote {
    /// So many bytes were taken over.
    Took(usize),
    /// Nothing was taken, but something taken before went out.
    Flushed,
    /// The peer must read first.
    Blocked,
}
