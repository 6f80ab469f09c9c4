//! Finding a server and connecting to it.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use dns_lookup::{AddrInfoHints, LookupErrorKind};
use rustix::event::PollFlags;

use super::hosts;
use super::socket::{Socket, error_text, poll_until};
use super::{Timeouts, Transport};

/// How long an address is waited for before the next one is tried beside it (RFC 8305 section 8).
const STAGGER: Duration = Duration::from_millis(250);

/// What happens while connecting; c-client's `mm_log` lines and block notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The name is about to be looked up.
    Resolving(&'a str),
    /// A connection to this address begins.
    Trying(SocketAddr),
    /// An address failed, and there are others; the text is c-client's.
    Failed(&'a str),
    /// A connection stands.
    Connected(SocketAddr),
}

/// Hears what happens while connecting.
pub trait Trace {
    /// One step.
    fn step(&mut self, step: Step<'_>);
}

/// Hears nothing.
impl Trace for () {
    fn step(&mut self, _: Step<'_>) {}
}

/// Why there is no connection. The texts begin as c-client's do.
#[derive(Debug)]
pub enum DialError {
    /// The name has no address; the second part is the resolver's reason.
    NoSuchHost(String, String),
    /// Between brackets stands no IP address.
    BadLiteral(String),
    /// The last address failed; the text names host, port and cause.
    Failed(String),
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DialError::NoSuchHost(host, reason) => {
                write!(f, "No such host as {host:.80}: {reason}")
            }
            DialError::BadLiteral(host) => write!(f, "Bad format domain-literal: {host:.80}"),
            DialError::Failed(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for DialError {}

/// Who is at the other end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Host as the caller gave it.
    pub given: String,
    /// Canonical name: what the name resolves to in the end (c-client's `net_host`); for address
    /// literals the same as `given`.
    pub host: String,
    /// The address in use.
    pub address: SocketAddr,
}

impl Peer {
    /// The name that c-client's `net_remotehost` gives and that `mm_login` sees.
    ///
    /// c-client asks the DNS for the name of the address. That can stall for a minute, is under
    /// the control of whoever owns the address, and no certificate speaks of it; so only loopback
    /// addresses get the name that `/etc/hosts` has for them, and only if `reverse` permits.
    /// Others keep their canonical name; nameless ones are shown as a domain literal.
    pub fn remote_name(&self, reverse: bool) -> String {
        let ip = self.address.ip();
        if reverse && ip.is_loopback() {
            let found = hosts::name_of(ip).filter(|name| is_host_name(name));
            if let Some(name) = found {
                return name;
            }
        }
        if self.host.starts_with('[') || self.host.parse() == Ok(ip) {
            format!("[{ip}]")
        } else {
            self.host.clone()
        }
    }
}

/// Is this a name of letters, digits, dots and hyphens, as host names are?
fn is_host_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() < crate::mailbox_name::NET_MAX_HOST
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

/// Connects to `host` (a name, an address, or an address in brackets) by whichever of its
/// addresses answers first. `timeouts.open` limits the whole, name resolution apart; all the
/// timeouts then hold for the transport.
pub fn connect(
    host: &[u8],
    port: u16,
    timeouts: &Timeouts,
    trace: &mut dyn Trace,
) -> Result<Transport, DialError> {
    connect_except(host, port, &[], timeouts, trace).map(|(wire, _)| wire)
}

/// As [`connect`], but for some addresses; and how many other ones there are beside the one that answered.
pub fn connect_except(
    host: &[u8],
    port: u16,
    except: &[IpAddr],
    timeouts: &Timeouts,
    trace: &mut dyn Trace,
) -> Result<(Transport, usize), DialError> {
    let given = String::from_utf8_lossy(host).into_owned();
    trace.step(Step::Resolving(&given));
    let (canonical, mut addresses) = resolve(&given, port)?;
    addresses.retain(|address| !except.contains(&address.ip()));
    let mut wire = connect_to_any(&canonical, &addresses, timeouts, trace)?;
    wire.peer_mut().given = given;
    Ok((wire, addresses.len().saturating_sub(1)))
}

/// Connects to whichever of the addresses of `host` answers first.
pub(super) fn connect_to_any(
    host: &str,
    addresses: &[SocketAddr],
    timeouts: &Timeouts,
    trace: &mut dyn Trace,
) -> Result<Transport, DialError> {
    let mut race = Race {
        host,
        until: timeouts
            .open
            .and_then(|limit| Instant::now().checked_add(limit)),
        running: Vec::new(),
        trace,
    };
    let (socket, address) = race.run(addresses)?;
    trace.step(Step::Connected(address));
    let peer = Peer {
        given: host.to_string(),
        host: host.to_string(),
        address,
    };
    Ok(Transport::new(socket, peer, *timeouts))
}

/// The canonical form of a host name (c-client's `tcp_canonical`): the name itself if the
/// resolver does not know it, or if it is a domain literal.
pub fn canonical_name(host: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(host) {
        Ok(name) if !(name.starts_with('[') && name.ends_with(']')) => {
            resolve(name, 0).map_or_else(|_| host.to_vec(), |(canonical, _)| canonical.into())
        }
        _ => host.to_vec(),
    }
}

/// Looks a host up: its canonical name and its addresses, in the order to try them.
fn resolve(host: &str, port: u16) -> Result<(String, Vec<SocketAddr>), DialError> {
    let literal = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let flags = match literal {
        Some(_) => libc::AI_NUMERICHOST,
        None => libc::AI_CANONNAME,
    };
    let hints = AddrInfoHints {
        flags,
        socktype: libc::SOCK_STREAM,
        ..AddrInfoHints::default()
    };
    // Lower case, as c-client asks: it shows in the canonical name.
    let name = literal.unwrap_or(host).to_ascii_lowercase();
    let found = match dns_lookup::getaddrinfo(Some(&name), None, Some(hints)) {
        Ok(found) => found,
        Err(_) if literal.is_some() => return Err(DialError::BadLiteral(host.to_string())),
        Err(error) => {
            let reason = match error.kind() {
                LookupErrorKind::NoName | LookupErrorKind::NoData => "name not known".to_string(),
                LookupErrorKind::Again => "temporary failure in name resolution".to_string(),
                _ => io::Error::from(error).to_string(),
            };
            return Err(DialError::NoSuchHost(host.to_string(), reason));
        }
    };
    let mut canonical = None;
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for info in found.flatten() {
        canonical = canonical.or(info.canonname);
        let mut address = info.sockaddr;
        address.set_port(port);
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if addresses.is_empty() {
        let reason = "no address".to_string();
        return Err(DialError::NoSuchHost(host.to_string(), reason));
    }
    let canonical = match literal {
        Some(_) => host.to_string(),
        None => canonical.unwrap_or(name),
    };
    Ok((canonical, interleave(addresses)))
}

/// Alternates between the families, beginning with the one the resolver prefers, so that a
/// family that leads nowhere costs one stagger and not many (RFC 8305 section 4).
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v4 = addresses.first().is_some_and(SocketAddr::is_ipv4);
    let (first, second): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv4() == first_is_v4);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut order = Vec::new();
    loop {
        let pair = [first.next(), second.next()];
        if pair == [None, None] || order.len() >= crate::limits::ADDRESSES {
            return order;
        }
        order.extend(pair.into_iter().flatten());
    }
}

/// Connection attempts side by side.
struct Race<'a> {
    host: &'a str,
    until: Option<Instant>,
    running: Vec<(Socket, SocketAddr)>,
    trace: &'a mut dyn Trace,
}

impl Race<'_> {
    /// Starts one attempt after the other, a stagger apart or as soon as the one before fails;
    /// the first that stands wins.
    fn run(&mut self, addresses: &[SocketAddr]) -> Result<(Socket, SocketAddr), DialError> {
        let mut untried = addresses.iter();
        let mut failure = None;
        loop {
            let mut next_start = None;
            if let Some(address) = untried.next() {
                self.report(failure.take());
                self.trace.step(Step::Trying(*address));
                match Socket::connect(address) {
                    Ok((socket, true)) => return Ok((socket, *address)),
                    Ok((socket, false)) => self.running.push((socket, *address)),
                    Err(error) => {
                        failure = Some(self.text("Can't connect to", address, &error));
                        continue;
                    }
                }
                if !untried.as_slice().is_empty() {
                    next_start = Some(Instant::now() + STAGGER);
                }
            }
            // Wait until one stands, all have failed, or it is the next one's turn.
            loop {
                if self.running.is_empty() {
                    if untried.as_slice().is_empty() {
                        let text = failure.unwrap_or_else(|| self.timed_out(addresses));
                        return Err(DialError::Failed(text));
                    }
                    break;
                }
                let until = match (self.until, next_start) {
                    (Some(end), Some(start)) => Some(end.min(start)),
                    (end, start) => end.or(start),
                };
                match self.wait(until) {
                    Ok(Some(winner)) => return Ok(winner),
                    Ok(None) => {
                        let now = Instant::now();
                        if self.until.is_some_and(|end| end <= now) {
                            return Err(DialError::Failed(self.timed_out(addresses)));
                        }
                        if next_start.is_some_and(|start| start <= now) {
                            break;
                        }
                    }
                    Err(text) => {
                        self.report(failure.replace(text));
                        if next_start.is_some() {
                            break;
                        }
                    }
                }
            }
        }
    }

    /// Waits for the running attempts: one that stands, nothing yet, or the text of one that
    /// failed and is taken off the list.
    fn wait(&mut self, until: Option<Instant>) -> Result<Option<(Socket, SocketAddr)>, String> {
        let mut fds: Vec<_> = self
            .running
            .iter()
            .map(|(socket, _)| socket.poll_fd(PollFlags::OUT))
            .collect();
        let polled = poll_until(&mut fds, until);
        let ready = fds.iter().position(|fd| !fd.revents().is_empty());
        drop(fds);
        match (polled, ready) {
            (Err(error), _) => {
                let (_, address) = self.running.swap_remove(0);
                Err(self.text("Connection failed to", &address, &error))
            }
            (Ok(_), None) => Ok(None),
            (Ok(_), Some(index)) => {
                let (socket, address) = self.running.swap_remove(index);
                match socket.take_error() {
                    Ok(()) => Ok(Some((socket, address))),
                    Err(error) => Err(self.text("Connection failed to", &address, &error)),
                }
            }
        }
    }

    /// Tells of a failure that is not the last word.
    fn report(&mut self, failure: Option<String>) {
        if let Some(text) = failure {
            self.trace.step(Step::Failed(&text));
        }
    }

    fn timed_out(&self, addresses: &[SocketAddr]) -> String {
        let error = io::Error::from(rustix::io::Errno::TIMEDOUT);
        match addresses.last() {
            Some(address) => self.text("Connection failed to", address, &error),
            None => format!("Connection failed to {:.80}: no address", self.host),
        }
    }

    fn text(&self, what: &str, address: &SocketAddr, error: &io::Error) -> String {
        let cause = error_text(error);
        format!("{what} {:.80},{}: {cause}", self.host, address.port())
    }
}
