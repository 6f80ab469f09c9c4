//! Connecting, as the program wants it: time limits, its say on time-outs, what it is told (UW's net_open, tcp_open).

use core::ffi::c_long;

use super::constants::{ERROR, NET_SILENT, NET_TRYSSL, WARN};
use super::{parameters, tell, tls_hooks};
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

/// Connects to a host. `None` if that fails.
pub fn dial(host: &[u8], port: u16, telling: Telling) -> Option<Transport> {
    let connected = if telling == Telling::Nothing {
        transport::connect(host, port, &timeouts(), &mut ())
    } else {
        transport::connect(host, port, &timeouts(), &mut Steps(telling))
    };
    match connected {
        Ok(mut wire) => {
            if parameters::tcp_timeout().is_some() {
                wire.set_policy(Some(Box::new(AskApplication)));
            }
            Some(wire)
        }
        Err(error) => {
            if telling == Telling::All {
                tell::log(error.to_string(), ERROR);
            }
            None
        }
    }
}

/// Connects, with TLS from the first octet where the name says so.
/// `try_ssl`: the TLS port is tried first, silently.
pub fn dial_and_secure(mailbox: &mut NetMbx, ports: Ports, try_ssl: bool) -> Option<Box<dyn Wire>> {
    #[cfg(fuzzing)]
    if let Some(dial) = transport::instead::dialler() {
        return dial(mailbox.port.unwrap_or(ports.plain));
    }
    let ssl_port = mailbox.port.unwrap_or(ports.tls);
    let plain_port = mailbox.port.unwrap_or(ports.plain);
    if mailbox.sslflag {
        let mut wire = dial(&mailbox.host, ssl_port, Telling::All)?;
        return match secure(&mut wire, mailbox) {
            Ok(()) => Some(Box::new(wire)),
            Err(error) => {
                tls_hooks::report(&error, tls_hooks::open_flags(mailbox, ssl_port));
                None
            }
        };
    }
    if (try_ssl || parameters::try_ssl_first())
        && !mailbox.notlsflag
        && !mailbox.tlsflag
        && let Some(mut wire) = dial(&mailbox.host, ssl_port, Telling::Nothing)
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
    Some(Box::new(dial(&mailbox.host, plain_port, Telling::All)?))
}

fn secure(wire: &mut Transport, mailbox: &NetMbx) -> Result<(), TlsError> {
    wire.start_tls(&tls_hooks::options(mailbox)?, b"")
}
