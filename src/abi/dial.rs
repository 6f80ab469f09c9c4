//! Connecting, as the program wants it: time limits, its say on time-outs, what it is told (UW's net_open, tcp_open).

use core::ffi::c_long;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::constants::{ERROR, NET_SILENT, NET_TRYSSL, WARN};
use super::{parameters, tell, tls_hooks};
use crate::limits;
use crate::mailbox_name::NetMbx;
use crate::transport::{self, Step, TimeoutPolicy, Timeouts, TlsError, Trace, Transport, Wire};

/// The ports of a service, where a mailbox name has none.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// In clear, or with STARTTLS.
    pub plain: u16,
    /// TLS from the first octet.
    pub tls: u16,
}

/// Tells the application what happens while connecting, as UW's tcp_open does.
struct Steps(Telling);

impl Trace for Steps {
    fn step(&mut self, step: Step<'_>) {
        match step {
            Step::Trying(address) => tell::log(format!("Trying IP address [{}]", address.ip()), 0),
            Step::Failed(text) if self.0 == Telling::All => tell::log(text, WARN),
            Step::Failed(_) | Step::Resolving(_) | Step::Connected(_) => {}
        }
    }
}

/// The application's say on time-outs (`SET_TIMEOUT`).
struct AskApplication;

impl TimeoutPolicy for AskApplication {
    fn go_on(
        &mut self,
        overall: std::time::Duration,
        last: std::time::Duration,
        _host: &str,
    ) -> bool {
        let seconds =
            |time: std::time::Duration| c_long::try_from(time.as_secs()).unwrap_or(c_long::MAX);
        parameters::tcp_timeout().is_some_and(|hook| {
            // SAFETY: two numbers; the hook follows tcptimeout_t.
            unsafe { hook(seconds(overall), seconds(last)) != 0 }
        })
    }
}

/// The time limits the program has set.
pub fn timeouts() -> Timeouts {
    Timeouts {
        open: parameters::open_timeout(),
        read: parameters::read_timeout(),
        write: parameters::write_timeout(),
        close: parameters::close_timeout(),
    }
}

/// What the program is told of connecting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// Nothing.
    Nothing,
    /// Which addresses are tried.
    Attempts,
    /// That, and what failed.
    All,
}

/// Why an address of a server is not tried again for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// The server is busy there.
    Busy,
    /// Nothing came from there in the time that it was given while there were others.
    Silent,
    /// It did not work.
    Broken,
}

/// The addresses of one server, while a connection is looked for that serves.
#[derive(Debug, Default)]
pub struct Route {
    /// Those that came to nothing.
    pub passed: Vec<(IpAddr, Passed)>,
    /// How many others there are beside the one that answered last.
    pub others: usize,
    /// How long connecting may take, if that is less than the program's limit.
    pub limit: Option<Duration>,
    /// Who says nothing is waited for as long as the program wants.
    whole: bool,
}

impl Route {
    /// That address is not tried again.
    pub fn pass(&mut self, address: IpAddr, why: Passed) {
        self.passed.push((address, why));
    }

    /// Whether the next address waits for this one to say nothing.
    pub fn is_brief(&self) -> bool {
        self.others > 0 && !self.whole
    }

    /// No address is left: those that said nothing are tried again, and given all the time there is. Whether there are any.
    pub fn give_whole_time(&mut self) -> bool {
        let before = self.passed.len();
        self.passed.retain(|(_, why)| *why != Passed::Silent);
        self.whole = true;
        self.passed.len() < before
    }

    /// Those that were busy are tried again.
    pub fn busy_again(&mut self) {
        self.passed.retain(|(_, why)| *why != Passed::Busy);
    }
}

/// Connects to a host. `None` if that fails.
pub fn dial(host: &[u8], port: u16, telling: Telling) -> Option<Transport> {
    dial_by(host, port, telling, &mut Route::default())
}

/// As [`dial`], to an address that was not passed over yet.
fn dial_by(host: &[u8], port: u16, telling: Telling, route: &mut Route) -> Option<Transport> {
    let except: Vec<IpAddr> = route.passed.iter().map(|(address, _)| *address).collect();
    let mut within = timeouts();
    if let Some(limit) = route.limit {
        within.open = Some(within.open.map_or(limit, |open| open.min(limit)));
    }
    let connected = if telling == Telling::Nothing {
        transport::connect_except(host, port, &except, &within, &mut ())
    } else {
        transport::connect_except(host, port, &except, &within, &mut Steps(telling))
    };
    match connected {
        Ok((mut wire, others)) => {
            route.others = others;
            wire.set_timeouts(timeouts());
            if parameters::tcp_timeout().is_some() {
                wire.set_policy(Some(Box::new(AskApplication)));
            }
            Some(wire)
        }
        Err(error) => {
            if telling == Telling::All {
                // Others were tried before, and what they said is told in the end.
                let severity = if except.is_empty() { ERROR } else { WARN };
                tell::log(error.to_string(), severity);
            }
            None
        }
    }
}

/// Connects, with TLS from the first octet where the name says so.
/// `try_ssl`: the TLS port is tried first, silently.
pub fn dial_and_secure(
    mailbox: &mut NetMbx,
    ports: Ports,
    try_ssl: bool,
    route: &mut Route,
) -> Option<Box<dyn Wire>> {
    #[cfg(fuzzing)]
    if let Some(dial) = transport::instead::dialler() {
        return dial(mailbox.port.unwrap_or(ports.plain));
    }
    let ssl_port = mailbox.port.unwrap_or(ports.tls);
    let plain_port = mailbox.port.unwrap_or(ports.plain);
    if mailbox.sslflag {
        return dial_with_tls(mailbox, ssl_port, route);
    }
    if (try_ssl || parameters::try_ssl_first())
        && !mailbox.notlsflag
        && !mailbox.tlsflag
        && let Some(mut wire) = dial_by(&mailbox.host, ssl_port, Telling::Nothing, route)
    {
        match secure(&mut wire, mailbox) {
            Ok(()) => {
                mailbox.sslflag = true;
                return Some(Box::new(wire));
            }
            // No TLS there: so in clear.
            Err(TlsError::Failure { .. }) => {}
            // TLS, but not the right server: to go on in clear would be worse.
            Err(error) => {
                let flags = tls_hooks::open_flags(mailbox, ssl_port) | NET_SILENT | NET_TRYSSL;
                tls_hooks::report(&error, flags);
                return None;
            }
        }
    }
    let wire = dial_by(&mailbox.host, plain_port, Telling::All, route)?;
    Some(Box::new(wire))
}

/// TLS from the first octet, at the first address that has it.
fn dial_with_tls(mailbox: &NetMbx, port: u16, route: &mut Route) -> Option<Box<dyn Wire>> {
    let report = |error: &TlsError| tls_hooks::report(error, tls_hooks::open_flags(mailbox, port));
    let mut options = None;
    loop {
        let mut wire = dial_by(&mailbox.host, port, Telling::All, route)?;
        if options.is_none() {
            // Asks the program for its certificate, once.
            options = Some(tls_hooks::options(mailbox).inspect_err(report).ok()?);
        }
        let brief = route.is_brief();
        let until = Instant::now() + limits::SILENT_ADDRESS;
        wire.set_deadline(brief.then_some(until));
        let error = match wire.start_tls(options.as_ref()?, b"") {
            Ok(()) => {
                wire.set_deadline(None);
                return Some(Box::new(wire));
            }
            Err(error) => error,
        };
        // A wrong certificate is no reason to look for a right one elsewhere.
        if !matches!(error, TlsError::Failure { .. }) || route.others == 0 {
            report(&error);
            return None;
        }
        let address = wire.peer().address.ip();
        let silent = brief && Instant::now() >= until;
        let text = format!("{error}; the next address is tried, [{address}] does not serve");
        tell::log(text, WARN);
        route.pass(
            address,
            if silent {
                Passed::Silent
            } else {
                Passed::Broken
            },
        );
    }
}

fn secure(wire: &mut Transport, mailbox: &NetMbx) -> Result<(), TlsError> {
    wire.start_tls(&tls_hooks::options(mailbox)?, b"")
}
