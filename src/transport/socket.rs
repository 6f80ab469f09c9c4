//! A non-blocking TCP socket with calls that wait until a deadline.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::net::sockopt;
use rustix::net::{self, AddressFamily, RecvFlags, SendFlags, Shutdown, SocketFlags, SocketType};

/// Silent peers are found dead after about nine minutes (the system's own default is over two
/// hours); a voicemail connection may idle for days behind a firewall that forgets it.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(300);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(60);
const KEEPALIVE_PROBES: u32 = 4;

/// Room made for one receive.
const CHUNK: usize = 32 * 1024;

/// A TCP socket; closed on exec, never blocking.
#[derive(Debug)]
pub(super) struct Socket {
    fd: OwnedFd,
}

impl Socket {
    /// Begins to connect. The second value says whether it is connected already; if not, it is
    /// when it becomes writable and [`take_error`](Socket::take_error) finds nothing.
    pub(super) fn connect(address: &SocketAddr) -> io::Result<(Socket, bool)> {
        let family = match address {
            SocketAddr::V4(_) => AddressFamily::INET,
            SocketAddr::V6(_) => AddressFamily::INET6,
        };
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let fd = net::socket_with(family, SocketType::STREAM, flags, None)?;
        // A command and its literal are two small writes: Nagle would hold the second back.
        sockopt::set_tcp_nodelay(&fd, true)?;
        // Without these the connection is only slower to die; not worth failing for.
        let _ = sockopt::set_socket_keepalive(&fd, true)
            .and_then(|()| sockopt::set_tcp_keepidle(&fd, KEEPALIVE_IDLE))
            .and_then(|()| sockopt::set_tcp_keepintvl(&fd, KEEPALIVE_INTERVAL))
            .and_then(|()| sockopt::set_tcp_keepcnt(&fd, KEEPALIVE_PROBES));
        let connected = match net::connect(&fd, address) {
            Ok(()) => true,
            // An interrupted connect goes on by itself.
            Err(Errno::INPROGRESS | Errno::INTR) => false,
            Err(error) => return Err(error.into()),
        };
        Ok((Socket { fd }, connected))
    }

    /// The address of this end.
    pub(super) fn local_address(&self) -> Option<SocketAddr> {
        net::getsockname(&self.fd).ok()?.try_into().ok()
    }

    /// Takes the pending error, such as that of a failed connect.
    pub(super) fn take_error(&self) -> io::Result<()> {
        sockopt::socket_error(&self.fd)?.map_err(Into::into)
    }

    /// Receives what is there, appending it; 0 at the end, `WouldBlock` if there is nothing yet.
    pub(super) fn receive(&self, into: &mut Vec<u8>) -> io::Result<usize> {
        into.reserve(CHUNK);
        loop {
            match net::recv(&self.fd, spare_capacity(into), RecvFlags::empty()) {
                Ok((_, size)) => return Ok(size),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Receives into a slice.
    pub(super) fn receive_slice(&self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match net::recv(&self.fd, &mut *into, RecvFlags::empty()) {
                Ok((_, size)) => return Ok(size),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Sends a part, at least one byte, or `WouldBlock`. A closed connection is an error, never
    /// the signal SIGPIPE, which would end the host program.
    pub(super) fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match net::send(&self.fd, bytes, SendFlags::NOSIGNAL) {
                Ok(size) => return Ok(size),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits for one of `events`; errors and hang-ups count as events. Empty: `until` has passed.
    pub(super) fn wait(&self, events: PollFlags, until: Option<Instant>) -> io::Result<PollFlags> {
        let mut fds = [PollFd::new(&self.fd, events)];
        poll_until(&mut fds, until)?;
        Ok(fds[0].revents())
    }

    /// A descriptor for [`poll_until`].
    pub(super) fn poll_fd(&self, events: PollFlags) -> PollFd<'_> {
        PollFd::new(&self.fd, events)
    }

    /// A second descriptor of the same socket.
    pub(super) fn duplicate(&self) -> io::Result<OwnedFd> {
        self.fd.try_clone()
    }

    /// Ends both directions; errors do not matter any more.
    pub(super) fn shutdown(&self) {
        let _ = net::shutdown(&self.fd, Shutdown::Both);
    }
}

/// `poll` with an absolute limit, interruptions hidden. Returns how many descriptors are ready.
pub(super) fn poll_until(fds: &mut [PollFd<'_>], until: Option<Instant>) -> io::Result<usize> {
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        // A limit beyond what the system can count is no limit.
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        match rustix::event::poll(fds, timeout.as_ref()) {
            Err(Errno::INTR) => {}
            Ok(ready) => return Ok(ready),
            Err(error) => return Err(error.into()),
        }
    }
}

/// The system's words for an error, without Rust's "(os error 111)".
pub(super) fn error_text(error: &io::Error) -> String {
    let text = error.to_string();
    match text.rfind(" (os error ") {
        Some(end) if error.raw_os_error().is_some() => text[..end].to_string(),
        _ => text,
    }
}
