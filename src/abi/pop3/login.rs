//! Logging in: STLS, AUTH with the linked authenticators in their order, else USER and PASS (UW's pop3_auth).

use core::ffi::c_long;

use crate::abi::authenticators::{self, Usable};
use crate::abi::constants::{AU_AUTHUSER, AU_SECURE, ERROR, WARN};
use crate::abi::imap::login::{Answer, ask};
use crate::abi::stream::Entered;
use crate::abi::stream::pop3::Sent;
use crate::abi::{parameters, tell, tls_hooks};
use crate::limits;
use crate::mailbox_name::NetMbx;
use crate::pop3::capability::Capabilities;
use crate::pop3::connection::{Exchange, Lost};
use crate::sasl::{Credentials, Secret};

/// Asks what the server can do and keeps it. `None`, and that is told, when the connection is lost: no password is
/// worth asking for then.
fn ask_capabilities(cx: &Entered) -> Option<Capabilities> {
    match cx.pop3_talk(|connection| connection.capabilities()) {
        Ok(found) => {
            cx.with_pop3(|pop3| pop3.capabilities = found.clone());
            Some(found)
        }
        Err(text) => {
            tell::log(text, ERROR);
            None
        }
    }
}

/// STLS where the server offers it and the name does not forbid it. Whether login may go on.
fn secure(cx: &Entered, mailbox: &mut NetMbx, offered: bool) -> bool {
    if offered
        && parameters::has_ssl_start()
        && !mailbox.sslflag
        && !mailbox.notlsflag
        && cx.pop3_send("STLS").ok
    {
        let options = tls_hooks::options(mailbox);
        mailbox.tlsflag = true;
        let Some(mut connection) = cx.with_pop3(|pop3| pop3.take_connection()).flatten() else {
            return false;
        };
        return match connection.start_tls(&options) {
            Ok(()) => {
                cx.with_pop3(|pop3| pop3.give_connection(connection));
                true
            }
            Err(error) => {
                tls_hooks::report(&error, mailbox);
                false
            }
        };
    }
    if mailbox.tlsflag {
        tell::log("Unable to negotiate TLS with this server", ERROR);
        return false;
    }
    true
}

/// The mechanisms of a server that does not know CAPA: the answer to a bare AUTH.
fn ask_mechanisms(cx: &Entered) -> Vec<String> {
    let found = cx.pop3_talk(|connection| {
        let mut found = Capabilities::default();
        if connection.command(b"AUTH", b"AUTH")?.is_ok() {
            connection.each_line(limits::POP3_CAPABILITIES, |line| found.mechanism(line))?;
        }
        Ok(found.sasl)
    });
    found.unwrap_or_default()
}

/// Logs in with whatever server and application agree on; returns the user. Failures have been told.
pub fn login(cx: &Entered, mailbox: &mut NetMbx) -> Option<Vec<u8>> {
    let mut capabilities = ask_capabilities(cx)?;
    let knows_capa = capabilities.capa;
    if !secure(cx, mailbox, capabilities.stls) {
        return None;
    }
    if cx.with_pop3(|pop3| pop3.connection().is_some_and(|c| c.is_tls())) == Some(true)
        && !mailbox.sslflag
    {
        capabilities = ask_capabilities(cx)?;
    }
    let mut flags = 0;
    if cx.edit(|s| s.secure() != 0) {
        flags |= AU_SECURE;
    }
    if !mailbox.authuser.is_empty() {
        flags |= AU_AUTHUSER;
    }
    let offered = if knows_capa {
        capabilities.sasl.clone()
    } else {
        ask_mechanisms(cx)
    };
    let usable = authenticators::usable(&offered, flags);
    let user = if !usable.is_empty() {
        cx.with_pop3(|pop3| {
            if let Some(connection) = pop3.connection().filter(|_| parameters::trust_dns()) {
                let peer = connection.peer();
                mailbox.host = if parameters::sasl_uses_ptr_name() {
                    peer.remote_name(true).into_bytes()
                } else {
                    peer.host.clone().into_bytes()
                };
            }
        });
        sasl(cx, mailbox, &usable)
    } else if flags & AU_SECURE != 0 {
        tell::log("Can't do secure authentication with this server", ERROR);
        None
    } else if !mailbox.authuser.is_empty() {
        tell::log("Can't do /authuser with this server", ERROR);
        None
    } else if !capabilities.user {
        tell::log("Can't login to this server", ERROR);
        None
    } else {
        user_and_pass(cx, mailbox)
    };
    if user.is_some() && knows_capa {
        ask_capabilities(cx)?;
    }
    user
}

/// A password that the server has just refused as such (RFC 3206); giving it again can only lock the account.
struct Refused {
    answer: Answer,
    verdict: Vec<u8>,
}

impl Refused {
    fn of(answer: Answer, sent: &Sent) -> Option<Self> {
        sent.text.starts_with(b"[AUTH]").then(|| Self {
            answer,
            verdict: sent.text.clone(),
        })
    }

    fn is(&self, answer: &Answer) -> bool {
        self.answer.user == answer.user && *self.answer.password == *answer.password
    }
}

fn trials_left(trial: c_long) -> bool {
    u32::try_from(trial).is_ok_and(|trial| trial < parameters::pop3_max_login_trials())
}

fn sasl(cx: &Entered, mailbox: &NetMbx, usable: &[Usable]) -> Option<Vec<u8>> {
    let mut last_error: Option<Vec<u8>> = None;
    let mut refused: Option<Refused> = None;
    let retrying = |before: String, error: &[u8], level| {
        tell::log([before.as_bytes(), tell::clipped(error)].concat(), level);
    };
    for mechanism in usable {
        let name = mechanism.name();
        if let Some(error) = last_error.take() {
            retrying(
                format!("Retrying using {name} authentication after "),
                &error,
                0,
            );
        }
        let mut trial: c_long = 0;
        loop {
            if let Some(error) = last_error.take() {
                retrying(
                    format!("Retrying {name} authentication after "),
                    &error,
                    WARN,
                );
            }
            let tls = |pop3: &mut crate::abi::stream::pop3::Pop3| {
                pop3.connection()
                    .is_some_and(|connection| connection.is_tls())
            };
            mechanism.warn_about(cx.with_pop3(tls).unwrap_or(false));
            let Some(answer) = ask(cx, mailbox, trial) else {
                tell::log("POP3 Authentication cancelled", ERROR);
                return None;
            };
            if let Some(refused) = refused.as_ref().filter(|refused| refused.is(&answer)) {
                return give_up(&refused.verdict);
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
            match cx.pop3_talk(|connection| connection.authenticate(&mut *exchange)) {
                Ok(Exchange::Verdict(reply)) => {
                    let sent = Sent::from(reply);
                    if sent.ok {
                        return Some(answer.user);
                    }
                    refused = Refused::of(answer, &sent);
                    last_error = Some(sent.text);
                }
                Ok(Exchange::Cancelled(reason)) => {
                    tell::log_with(
                        "POP3 SERVER BUG (invalid challenge): ",
                        reason.as_bytes(),
                        ERROR,
                    );
                    last_error = Some(reason.into_bytes());
                    break;
                }
                Err(text) => {
                    last_error = Some(text);
                    break;
                }
            }
            if !trials_left(trial) {
                break;
            }
        }
        if !cx.is_pop3_connected() {
            break;
        }
    }
    give_up(&last_error.unwrap_or_default())
}

fn give_up(error: &[u8]) -> Option<Vec<u8>> {
    tell::log_with("Can not authenticate to POP3 server: ", error, ERROR);
    None
}

fn user_and_pass(cx: &Entered, mailbox: &NetMbx) -> Option<Vec<u8>> {
    let mut refused: Option<Refused> = None;
    let mut trial: c_long = 0;
    loop {
        let Some(answer) = ask(cx, mailbox, trial) else {
            tell::log("Login aborted", ERROR);
            return None;
        };
        if refused.as_ref().is_some_and(|refused| refused.is(&answer)) {
            tell::log(
                "Login failed: the server has refused this password already",
                ERROR,
            );
            return None;
        }
        trial += 1;
        let said = cx.pop3_talk(|connection| -> Result<_, Lost> {
            let user = [b"USER ", &answer.user[..]].concat();
            let reply = connection.command(&user, &user)?;
            if !reply.is_ok() {
                return Ok(reply);
            }
            let mut pass = Secret::new(Vec::with_capacity(answer.password.len() + 5));
            pass.extend_from_slice(b"PASS ");
            pass.extend_from_slice(&answer.password);
            connection.command(&pass, b"<suppressed>")
        });
        let sent = match said {
            Ok(reply) => Sent::from(reply),
            Err(text) => Sent { ok: false, text },
        };
        if sent.ok {
            return Some(answer.user);
        }
        tell::log(&sent.text, WARN);
        if !trials_left(trial) {
            tell::log("Too many login failures", ERROR);
            return None;
        }
        if !cx.is_pop3_connected() {
            return None;
        }
        refused = Refused::of(answer, &sent);
    }
}
