//! Logging in: AUTHENTICATE with the linked authenticators in their order, else LOGIN
//! (UW's imap_auth, imap_login, imap_anon).

use core::ffi::c_long;
use std::net::SocketAddr;

use crate::abi::authenticators;
use crate::abi::constants::{ERROR, WARN};
use crate::abi::sasl_login::{self, Answer, End, Heard, Protocol, Refused, ask};
use crate::abi::stream::Entered;
use crate::abi::token_login::{self, Outcome};
use crate::abi::{parameters, tell};
use crate::imap::busy::Busy;
use crate::imap::command::Command;
use crate::imap::connection::{ByHand, Exchange};
use crate::imap::response::{Code, StatusText};
use crate::imap::session::Completion;
use crate::mailbox_name::NetMbx;
use crate::sasl::{Channel, Mechanism, Secret, wire};

/// Logs in with whatever server and application agree on. Failures have been told when this returns.
pub fn login(cx: &Entered, mailbox: &mut NetMbx) -> bool {
    let caps = cx.capabilities();
    let peer = cx
        .with(|live| live.connection.as_ref().map(|c| c.peer().clone()))
        .flatten();
    if let Some(peer) = peer.filter(|_| parameters::trust_dns()) {
        // Asks the resolver: not while the stream's data are locked.
        mailbox.host = shown_host(peer);
    }
    if cx.edit(|s| s.anonymous() != 0) {
        return anonymous(cx, caps.auth_anonymous);
    }
    let flags = cx.with(|live| live.auth_flags).unwrap_or(0);
    let (usable, mut answer) = match token_login::login::<Imap>(cx, mailbox, &caps.auth, flags) {
        Outcome::In(user) => {
            // It was a token that let us in.
            cx.with(|live| live.credential = None);
            cx.with(|live| live.user.get_or_insert(user).len());
            return true;
        }
        Outcome::Out => return false,
        Outcome::Ordinary(usable, answer) => (usable, answer),
    };
    if !usable.is_empty() {
        let has_command =
            !caps.login_disabled && mailbox.authuser.is_empty() && cx.edit(|s| s.secure() == 0);
        match sasl_login::login::<Imap>(
            cx,
            mailbox,
            &caps.auth,
            &usable,
            has_command,
            answer.take(),
        ) {
            End::In(user) => {
                if !user.is_empty() {
                    cx.with(|live| live.user.get_or_insert(user).len());
                }
                return true;
            }
            End::Out => return false,
            End::Untried(unused) => answer = unused,
        }
    }
    login_command(cx, mailbox, caps.login_disabled, answer)
}

/// The name of a server as `mm_login` gets to see it.
pub fn shown_host(peer: crate::transport::Peer) -> Vec<u8> {
    if parameters::sasl_uses_ptr_name() {
        peer.remote_name(true).into_bytes()
    } else {
        peer.host.into_bytes()
    }
}

/// Mechanisms that prove that the server knows the password `mm_login` gave.
fn is_by_password(mechanism: &str) -> bool {
    matches!(mechanism, "PLAIN" | "LOGIN" | "CRAM-MD5") || mechanism.starts_with("SCRAM-")
}

/// IMAP, as logins see it.
struct Imap;

fn refused_for_good(text: &StatusText) -> bool {
    matches!(&text.code, Some(Code::Other { name, .. }) if name == b"AUTHENTICATIONFAILED")
}

/// Keeps why it was refused, if the server is busy: whoever opens the connection has a plan for that. Whether it is.
fn note_busy(cx: &Entered, done: &Completion) -> bool {
    let busy = Busy::of(done);
    cx.with(|live| live.login_busy = busy.map(|busy| (busy, done.text.clone())));
    busy.is_some()
}

impl Imap {
    fn verdict_of(cx: &Entered, done: Completion) -> Heard {
        note_busy(cx, &done);
        Heard::Verdict {
            ok: cx.ok(&done),
            wrong: refused_for_good(&done.text),
            text: done.text.raw,
        }
    }
}

impl Protocol for Imap {
    const NAME: &'static str = "IMAP";
    const SERVICE: &'static str = "imap";

    fn max_trials() -> u32 {
        parameters::max_login_trials()
    }

    fn is_alive(cx: &Entered) -> bool {
        // A server that refers to another has said all it has to say.
        !Self::is_busy(cx)
            && cx.is_connected()
            && !cx.is_referred()
            && !cx.with(|live| live.bye_seen).unwrap_or(true)
    }

    fn is_busy(cx: &Entered) -> bool {
        cx.with(|live| live.login_busy.is_some()) == Some(true)
    }

    fn is_encrypted(cx: &Entered) -> bool {
        cx.with(|live| live.connection.as_ref().is_some_and(|c| c.is_tls()))
            .unwrap_or(false)
    }

    fn address(cx: &Entered) -> Option<SocketAddr> {
        cx.with(|live| Some(live.connection.as_ref()?.peer().address))
            .flatten()
    }

    fn channel(cx: &Entered, offered: &[String]) -> Channel {
        let bindings = cx
            .with(|live| live.connection.as_ref().map(|c| c.channel_bindings()))
            .flatten();
        Channel::new(bindings.unwrap_or_default(), offered)
    }

    fn authenticate(cx: &Entered, mechanism: &mut dyn Mechanism) -> Heard {
        let ahead = cx.with(|live| live.to_send_ahead.clone()).flatten();
        let heard = cx
            .talk(|connection, events| connection.authenticate(mechanism, ahead.as_ref(), events));
        let good = matches!(&heard, Ok((Exchange::Verdict(done), _)) if done.is_ok());
        if !(good && is_by_password(mechanism.name())) {
            cx.with(|live| live.credential = None);
        }
        let exchange = match heard {
            Ok((exchange, sent)) => {
                cx.with(|live| live.ahead = sent);
                exchange
            }
            Err(lost) => {
                cx.with(|live| live.login_broke = true);
                return Heard::Lost(cx.report_lost(&lost).text.raw);
            }
        };
        match exchange {
            Exchange::Verdict(done) => Self::verdict_of(cx, done),
            Exchange::Cancelled(reason) => Heard::Cancelled(reason),
            Exchange::Untrusted(reason) => {
                cx.with(|live| live.connection = None);
                Heard::Untrusted(reason)
            }
        }
    }

    fn report_cancelled(_reason: &str) {}

    fn begin(cx: &Entered, name: &str) -> bool {
        // What an authenticator of the program's own makes of a password is its business.
        cx.with(|live| live.credential = None);
        let begun = cx.talk(|connection, _| connection.begin_exchange(name));
        let exchange = match begun {
            Ok(exchange) => exchange,
            Err(lost) => ByHand::Over(cx.report_lost(&lost)),
        };
        let waits = matches!(exchange, ByHand::Waits(_));
        cx.with(|live| live.exchange = Some(exchange));
        waits
    }

    fn challenge(cx: &Entered) -> Option<Secret> {
        let tag = match cx.with(|live| live.exchange.take()).flatten()? {
            ByHand::Waits(tag) => tag,
            // It has the challenge, or nothing more will come.
            other => {
                cx.with(|live| live.exchange = Some(other));
                return None;
            }
        };
        let step = cx.talk(|connection, events| connection.next_step(tag, events));
        let (exchange, challenge) = match step {
            Ok(Ok(challenge)) => (ByHand::Asked(tag), Some(challenge)),
            Ok(Err(done)) => (ByHand::Over(done), None),
            Err(lost) => (ByHand::Over(cx.report_lost(&lost)), None),
        };
        cx.with(|live| live.exchange = Some(exchange));
        let challenge = challenge?;
        match wire::decode(&challenge) {
            Ok(challenge) => Some(challenge),
            Err(_) => {
                tell::log_with("IMAP SERVER BUG (invalid challenge): ", &challenge, ERROR);
                None
            }
        }
    }

    fn answer(cx: &Entered, answer: Option<&[u8]>) -> bool {
        let asked = cx.with(|live| match live.exchange {
            Some(ByHand::Asked(tag)) => {
                live.exchange = Some(ByHand::Waits(tag));
                true
            }
            _ => false,
        });
        asked == Some(true)
            && match cx.talk(|connection, _| connection.answer(answer)) {
                Ok(()) => true,
                Err(lost) => {
                    let done = ByHand::Over(cx.report_lost(&lost));
                    cx.with(|live| live.exchange = Some(done));
                    false
                }
            }
    }

    fn verdict(cx: &Entered) -> Heard {
        loop {
            match cx.with(|live| live.exchange.take()).flatten() {
                Some(ByHand::Over(done)) => {
                    return if cx.is_connected() {
                        Self::verdict_of(cx, done)
                    } else {
                        Heard::Lost(done.text.raw)
                    };
                }
                Some(other) => {
                    // Whatever it asks, or has asked, it gets no more.
                    let asked = matches!(other, ByHand::Asked(_));
                    cx.with(|live| live.exchange = Some(other));
                    if asked || Self::challenge(cx).is_some() {
                        Self::answer(cx, None);
                    }
                }
                None => return Heard::Lost(b"[CLOSED] IMAP connection lost".to_vec()),
            }
        }
    }
}

fn login_command(
    cx: &Entered,
    mailbox: &NetMbx,
    disabled: bool,
    mut answer: Option<Answer>,
) -> bool {
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
        let Some(answer) = answer.take().or_else(|| ask(cx, mailbox, trial)) else {
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
        cx.with(|live| live.credential = None);
        if note_busy(cx, &done) {
            cx.with(|live| live.answered = Some(answer));
            return false;
        }
        let alive = cx.is_connected();
        cx.with(|live| live.login_broke = !alive);
        // A connection that broke is no wrong password: that is for the admin to see.
        tell::log(&done.text.raw, if alive { WARN } else { ERROR });
        if cx.with(|live| live.referral.is_some()) == Some(true) {
            return false;
        }
        if u32::try_from(trial).is_ok_and(|trial| trial >= parameters::max_login_trials()) {
            tell::log("Too many login failures", ERROR);
            return false;
        }
        if !cx.is_connected() || cx.with(|live| live.bye_seen).unwrap_or(true) {
            return false;
        }
        if refused_for_good(&done.text) {
            refused = Some(Refused::new(answer, &done.text.raw));
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
        match cx.talk(|connection, events| connection.authenticate(&mut exchange, None, events)) {
            Ok((Exchange::Verdict(done), _)) => done,
            Ok((Exchange::Cancelled(reason) | Exchange::Untrusted(reason), _)) => {
                Completion::failure(&reason)
            }
            Err(lost) => cx.report_lost(&lost),
        }
    } else {
        cx.exec(&Command::new("LOGIN").atom("ANONYMOUS").secret(&local))
    };
    let ok = cx.ok(&done);
    if !ok && !note_busy(cx, &done) {
        tell::log(&done.text.raw, ERROR);
    }
    ok
}
