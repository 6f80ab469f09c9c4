//! Logging in: STLS, AUTH with the linked authenticators in their order, else USER and PASS (UW's pop3_auth).

use core::ffi::c_long;
use std::net::SocketAddr;

use crate::abi::constants::{AU_AUTHUSER, AU_SECURE, ERROR, WARN};
use crate::abi::sasl_login::{self, Answer, End, Heard, Protocol, Refused, ask};
use crate::abi::stream::Entered;
use crate::abi::stream::pop3::Sent;
use crate::abi::token_login::{self, Outcome};
use crate::abi::{parameters, tell, tls_hooks};
use crate::limits;
use crate::mailbox_name::NetMbx;
use crate::pop3::capability::Capabilities;
use crate::pop3::connection::{Exchange, Lost, Reply};
use crate::sasl::{Channel, Mechanism, Secret, wire};

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
        return match options.and_then(|options| connection.start_tls(&options)) {
            Ok(()) => {
                cx.with_pop3(|pop3| pop3.give_connection(connection));
                true
            }
            Err(error) => {
                tls_hooks::report(&error, tls_hooks::start_flags(mailbox));
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
    let mut user = None;
    let (usable, mut answer) = match token_login::login::<Pop3>(cx, mailbox, &offered, flags) {
        Outcome::In(name) => {
            user = Some(name);
            (Vec::new(), None)
        }
        Outcome::Out => return None,
        Outcome::Ordinary(usable, answer) => (usable, answer),
    };
    if !usable.is_empty() {
        let peer = cx
            .with_pop3(|pop3| pop3.connection().map(|c| c.peer().clone()))
            .flatten();
        if let Some(peer) = peer.filter(|_| parameters::trust_dns()) {
            // Asks the resolver: not while the stream's data are locked.
            mailbox.host = if parameters::sasl_uses_ptr_name() {
                peer.remote_name(true).into_bytes()
            } else {
                peer.host.into_bytes()
            };
        }
        let has_command = capabilities.user && flags & (AU_SECURE | AU_AUTHUSER) == 0;
        match sasl_login::login::<Pop3>(cx, mailbox, &offered, &usable, has_command, answer.take())
        {
            End::In(name) => user = Some(name),
            End::Out => return None,
            End::Untried(unused) => answer = unused,
        }
    }
    if user.is_some() {
    } else if flags & AU_SECURE != 0 {
        tell::log("Can't do secure authentication with this server", ERROR);
    } else if !mailbox.authuser.is_empty() {
        tell::log("Can't do /authuser with this server", ERROR);
    } else if !capabilities.user {
        tell::log("Can't login to this server", ERROR);
    } else {
        user = user_and_pass(cx, mailbox, answer);
    }
    if user.is_some() && knows_capa {
        ask_capabilities(cx)?;
    }
    user
}

fn trials_left(trial: c_long) -> bool {
    u32::try_from(trial).is_ok_and(|trial| trial < parameters::pop3_max_login_trials())
}

/// Whether user or password are wrong (RFC 3206).
fn refused_for_good(text: &[u8]) -> bool {
    text.starts_with(b"[AUTH]")
}

/// POP3, as logins see it.
struct Pop3;

impl Pop3 {
    fn verdict_of(reply: Reply) -> Heard {
        let sent = Sent::from(reply);
        Heard::Verdict {
            ok: sent.ok,
            wrong: refused_for_good(&sent.text),
            text: sent.text,
        }
    }
}

impl Protocol for Pop3 {
    const NAME: &'static str = "POP3";
    const SERVICE: &'static str = "pop";

    fn max_trials() -> u32 {
        parameters::pop3_max_login_trials()
    }

    fn is_alive(cx: &Entered) -> bool {
        cx.is_pop3_connected()
    }

    fn is_encrypted(cx: &Entered) -> bool {
        cx.with_pop3(|pop3| pop3.connection().is_some_and(|c| c.is_tls()))
            .unwrap_or(false)
    }

    fn address(cx: &Entered) -> Option<SocketAddr> {
        cx.with_pop3(|pop3| Some(pop3.connection()?.peer().address))
            .flatten()
    }

    fn channel(cx: &Entered, offered: &[String]) -> Channel {
        let bindings = cx.with_pop3(|pop3| pop3.connection().map(|c| c.channel_bindings()));
        Channel::new(bindings.flatten().unwrap_or_default(), offered)
    }

    fn authenticate(cx: &Entered, mechanism: &mut dyn Mechanism) -> Heard {
        match cx.pop3_talk(|connection| connection.authenticate(mechanism)) {
            Ok(Exchange::Verdict(reply)) => Self::verdict_of(reply),
            Ok(Exchange::Cancelled(reason)) => Heard::Cancelled(reason),
            Ok(Exchange::Untrusted(reason)) => {
                cx.with_pop3(|pop3| pop3.take_connection());
                Heard::Untrusted(reason)
            }
            Err(text) => Heard::Lost(text),
        }
    }

    fn report_cancelled(reason: &str) {
        tell::log_with(
            "POP3 SERVER BUG (invalid challenge): ",
            reason.as_bytes(),
            ERROR,
        );
    }

    fn begin(cx: &Entered, name: &str) -> bool {
        let command = format!("AUTH {name}").into_bytes();
        let said = cx.pop3_talk(|connection| connection.command(&command, &command));
        let out = said.is_ok();
        cx.with_pop3(|pop3| pop3.exchange = Some(said));
        out
    }

    fn challenge(cx: &Entered) -> Option<Secret> {
        let challenge = cx.with_pop3(|pop3| match &pop3.exchange {
            Some(Ok(reply)) => reply.challenge().map(<[u8]>::to_vec),
            _ => None,
        });
        let challenge = challenge.flatten()?;
        match wire::decode(&challenge) {
            Ok(challenge) => Some(challenge),
            Err(_) => {
                tell::log_with("POP3 SERVER BUG (invalid challenge): ", &challenge, ERROR);
                None
            }
        }
    }

    fn answer(cx: &Entered, answer: Option<&[u8]>) -> bool {
        let waits = cx.with_pop3(
            |pop3| matches!(&pop3.exchange, Some(Ok(reply)) if reply.challenge().is_some()),
        );
        if waits != Some(true) {
            return false;
        }
        let said = cx.pop3_talk(|connection| connection.answer(answer));
        let out = said.is_ok();
        cx.with_pop3(|pop3| pop3.exchange = Some(said));
        out
    }

    fn verdict(cx: &Entered) -> Heard {
        loop {
            match cx.with_pop3(|pop3| pop3.exchange.take()).flatten() {
                Some(Ok(reply)) if reply.challenge().is_some() => {
                    cx.with_pop3(|pop3| pop3.exchange = Some(Ok(reply)));
                    // Whatever it asks, it gets no more.
                    Self::answer(cx, None);
                }
                Some(Ok(reply)) => return Self::verdict_of(reply),
                Some(Err(text)) => return Heard::Lost(text),
                None => return Heard::Lost(b"POP3 connection lost".to_vec()),
            }
        }
    }
}

fn user_and_pass(cx: &Entered, mailbox: &NetMbx, mut unused: Option<Answer>) -> Option<Vec<u8>> {
    let mut refused: Option<Refused> = None;
    let mut trial: c_long = 0;
    loop {
        let Some(answer) = unused.take().or_else(|| ask(cx, mailbox, trial)) else {
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
        refused = refused_for_good(&sent.text).then(|| Refused::new(answer, &sent.text));
    }
}
