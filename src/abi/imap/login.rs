//! Logging in: AUTHENTICATE with the linked authenticators in their order, else LOGIN
//! (UW's imap_auth, imap_login, imap_anon).

use core::ffi::c_long;

use crate::abi::authenticators::{self, Usable};
use crate::abi::callbacks::{self, LoginBuffer};
use crate::abi::constants::{ERROR, WARN};
use crate::abi::stream::Entered;
use crate::abi::types::NetMbx as CNetMbx;
use crate::abi::{net_mailbox, parameters, tell};
use crate::imap::command::Command;
use crate::imap::connection::Exchange;
use crate::imap::response::{Code, StatusText};
use crate::imap::session::Completion;
use crate::mailbox_name::NetMbx;
use crate::sasl::{Credentials, Secret};
use zeroize::Zeroize;

/// What the application answered to mm_login.
pub struct Answer {
    /// Who.
    pub user: Vec<u8>,
    /// With which password.
    pub password: Secret,
}

/// Asks the application. `None` if it gives no password.
pub fn ask(cx: &Entered, mailbox: &NetMbx, trial: c_long) -> Option<Answer> {
    let mut c_mailbox: CNetMbx = net_mailbox::to_c(mailbox);
    let mut user: LoginBuffer = [0; _];
    let mut password: LoginBuffer = [0; _];
    callbacks::login(&mut c_mailbox, &mut user, &mut password, trial);
    let octets = |buffer: &LoginBuffer| -> Vec<u8> {
        buffer
            .iter()
            .take_while(|&&c| c != 0)
            .map(|&c| c.to_ne_bytes()[0])
            .collect()
    };
    let answer = Answer {
        user: octets(&user),
        password: Secret::new(octets(&password)),
    };
    password.zeroize();
    if cx.is_closed() || answer.password.is_empty() {
        return None;
    }
    Some(answer)
}

/// Logs in with whatever server and application agree on. Failures have been told when this returns.
pub fn login(cx: &Entered, mailbox: &mut NetMbx) -> bool {
    let caps = cx.capabilities();
    cx.with(|live| {
        if let Some(connection) = live.connection.as_ref().filter(|_| parameters::trust_dns()) {
            let peer = connection.peer();
            mailbox.host = if parameters::sasl_uses_ptr_name() {
                peer.remote_name(true).into_bytes()
            } else {
                peer.host.clone().into_bytes()
            };
        }
    });
    if cx.edit(|s| s.anonymous() != 0) {
        return anonymous(cx, caps.auth_anonymous);
    }
    let flags = cx.with(|live| live.auth_flags).unwrap_or(0);
    let usable = authenticators::usable(&caps.auth, flags);
    if usable.is_empty() {
        login_command(cx, mailbox, caps.login_disabled)
    } else {
        sasl(cx, mailbox, &usable)
    }
}

/// A password that the server has just refused as such; giving it again can only cost time, or lock the account.
struct Refused {
    user: Vec<u8>,
    password: Secret,
    /// What the server said.
    verdict: Vec<u8>,
}

impl Refused {
    fn is(&self, answer: &Answer) -> bool {
        self.user == answer.user && *self.password == *answer.password
    }
}

fn refused_for_good(text: &StatusText) -> bool {
    matches!(&text.code, Some(Code::Other { name, .. }) if name == b"AUTHENTICATIONFAILED")
}

fn sasl(cx: &Entered, mailbox: &NetMbx, usable: &[Usable]) -> bool {
    let mut last_error: Option<Vec<u8>> = None;
    let mut refused: Option<Refused> = None;
    for mechanism in usable {
        if let Some(error) = last_error.take() {
            let text = [
                format!("Retrying using {} authentication after ", mechanism.name()).as_bytes(),
                tell::clipped(&error),
            ]
            .concat();
            tell::log(text, 0);
        }
        let mut trial: c_long = 0;
        loop {
            mechanism.warn_about(
                cx.with(|live| live.connection.as_ref().is_some_and(|c| c.is_tls()))
                    .unwrap_or(false),
            );
            let Some(answer) = ask(cx, mailbox, trial) else {
                tell::log("IMAP Authentication cancelled", ERROR);
                return false;
            };
            if refused.as_ref().is_some_and(|r| r.is(&answer)) {
                return refused.is_some_and(|r| give_up(&r.verdict));
            }
            if let Some(error) = last_error.take() {
                let text = [
                    format!("Retrying {} authentication after ", mechanism.name()).as_bytes(),
                    tell::clipped(&error),
                ]
                .concat();
                tell::log(text, WARN);
            }
            trial += 1;
            let credentials = Credentials {
                user: answer.user.clone(),
                authuser: (!mailbox.authuser.is_empty()).then(|| mailbox.authuser.clone()),
                password: answer.password.clone(),
            };
            let mut exchange = match mechanism.start(credentials) {
                Ok(exchange) => exchange,
                Err(error) => {
                    last_error = Some(error.to_string().into_bytes());
                    break;
                }
            };
            match cx.talk(|connection, events| connection.authenticate(&mut *exchange, events)) {
                Ok(Exchange::Verdict(done)) => {
                    if cx.ok(&done) {
                        cx.with(|live| live.user.get_or_insert(answer.user).len());
                        return true;
                    }
                    if refused_for_good(&done.text) {
                        refused = Some(Refused {
                            user: answer.user,
                            password: answer.password,
                            verdict: done.text.raw.clone(),
                        });
                    }
                    last_error = Some(done.text.raw);
                }
                Ok(Exchange::Cancelled(reason)) => {
                    last_error = Some(reason.into_bytes());
                    break;
                }
                Err(lost) => {
                    let text = cx.report_lost(&lost).text.raw;
                    return give_up(&text);
                }
            }
            if u32::try_from(trial).is_ok_and(|trial| trial >= parameters::max_login_trials())
                || cx.with(|live| live.bye_seen).unwrap_or(true)
            {
                break;
            }
        }
        if !cx.is_connected() {
            break;
        }
    }
    give_up(&last_error.unwrap_or_default())
}

fn give_up(error: &[u8]) -> bool {
    tell::log_with("Can not authenticate to IMAP server: ", error, ERROR);
    false
}

fn login_command(cx: &Entered, mailbox: &NetMbx, disabled: bool) -> bool {
    if cx.edit(|s| s.secure() != 0) {
        tell::log("Can't do secure authentication with this server", ERROR);
        return false;
    }
    if disabled {
        tell::log(
            "Server disables LOGIN, no recognized SASL authenticator",
            ERROR,
        );
        return false;
    }
    if !mailbox.authuser.is_empty() {
        tell::log("Can't do /authuser with this server", ERROR);
        return false;
    }
    let mut refused: Option<Refused> = None;
    let mut trial: c_long = 0;
    loop {
        let Some(answer) = ask(cx, mailbox, trial) else {
            tell::log("Login aborted", ERROR);
            return false;
        };
        if refused.as_ref().is_some_and(|r| r.is(&answer)) {
            tell::log(
                "Login failed: the server has refused this password already",
                ERROR,
            );
            return false;
        }
        trial += 1;
        let done = cx.exec(
            &Command::new("LOGIN")
                .astring(&answer.user)
                .secret(&answer.password),
        );
        if cx.ok(&done) {
            cx.with(|live| live.user.get_or_insert(answer.user).len());
            return true;
        }
        let alive = cx.is_connected();
        // A connection that broke is no wrong password: that is for the admin to see.
        tell::log(&done.text.raw, if alive { WARN } else { ERROR });
        if u32::try_from(trial).is_ok_and(|trial| trial >= parameters::max_login_trials()) {
            tell::log("Too many login failures", ERROR);
            return false;
        }
        if !cx.is_connected() || cx.with(|live| live.bye_seen).unwrap_or(true) {
            return false;
        }
        if refused_for_good(&done.text) {
            refused = Some(Refused {
                user: answer.user,
                password: answer.password,
                verdict: done.text.raw.clone(),
            });
        }
    }
}

/// This host's name: what the application set, else what the system says.
fn local_host_name() -> Vec<u8> {
    if let Some(name) = parameters::local_host() {
        return name.to_bytes().to_vec();
    }
    let mut name = [0u8; 256];
    // SAFETY: room for `len` octets; the last stays NUL.
    let failed = unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) } != 0;
    let end = name.iter().position(|&b| b == 0).unwrap_or(0);
    if failed || end == 0 {
        b"localhost".to_vec()
    } else {
        name[..end].to_vec()
    }
}

/// RFC 4505 where offered, else LOGIN ANONYMOUS; the trace is our own name, as UW gives it.
fn anonymous(cx: &Entered, by_sasl: bool) -> bool {
    let local = local_host_name();
    let done = if by_sasl {
        let mut exchange = authenticators::Anonymous::new(&local);
        match cx.talk(|connection, events| connection.authenticate(&mut exchange, events)) {
            Ok(Exchange::Verdict(done)) => done,
            Ok(Exchange::Cancelled(reason)) => Completion::failure(&reason),
            Err(lost) => cx.report_lost(&lost),
        }
    } else {
        cx.exec(&Command::new("LOGIN").atom("ANONYMOUS").secret(&local))
    };
    let ok = cx.ok(&done);
    if !ok {
        tell::log(&done.text.raw, ERROR);
    }
    ok
}
