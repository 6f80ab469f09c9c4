//! Logging in by SASL, whatever the protocol: one authenticator after the other (UW's imap_auth and pop3_auth).
//!
//! A password that the server has refused as such is not sent again, by no mechanism: that costs time, and can lock the
//! account. It is known only as long as the login lasts. What a server refuses in a challenge (CRAM-MD5, SCRAM) may be
//! right all the same, when it keeps of the password only what another mechanism needs: so the password itself is sent
//! once, where a mechanism for that may be used.

use core::ffi::{c_char, c_long, c_ulong, c_void};
use core::ptr::null_mut;
use std::net::SocketAddr;

use zeroize::Zeroize;

use super::authenticators::{ClientFunction, Usable};
use super::callbacks::{self, LoginBuffer};
use super::constants::{ERROR, WARN};
use super::entry::fence;
use super::imap::kept::Credential;
use super::stream::{Entered, enter};
use super::types::NetMbx as CNetMbx;
use super::{login_memory, memory, net_mailbox, tell};
use crate::mailbox_name::NetMbx;
use crate::sasl::{self, Channel, Credentials, Mechanism, MechanismInfo, Secret};

/// What the application answered to mm_login.
pub struct Answer {
    /// Who.
    pub user: Vec<u8>,
    /// With which password.
    pub password: Secret,
}

fn octets(buffer: &LoginBuffer) -> Vec<u8> {
    buffer
        .iter()
        .take_while(|&&c| c != 0)
        .map(|&c| c.to_ne_bytes()[0])
        .collect()
}

/// Asks the application. `None` if it gives no password.
pub fn ask(cx: &Entered, mailbox: &NetMbx, trial: c_long) -> Option<Answer> {
    ask_for_user(cx, mailbox, trial).filter(|answer| !answer.password.is_empty())
}

/// Asks the application where a password is not needed. `None` if the stream was closed meanwhile.
pub fn ask_for_user(cx: &Entered, mailbox: &NetMbx, trial: c_long) -> Option<Answer> {
    if trial == 0
        && let Some(answer) = cx.with(|live| live.answered.take()).flatten()
    {
        cx.with(|live| live.credential = Credential::of(&answer));
        return Some(answer);
    }
    let answer = ask_program(mailbox, trial);
    cx.with(|live| live.credential = Credential::of(&answer));
    (!cx.is_closed()).then_some(answer)
}

/// Asks the application, without a stream.
pub fn ask_program(mailbox: &NetMbx, trial: c_long) -> Answer {
    let mut c_mailbox: CNetMbx = net_mailbox::to_c(mailbox);
    let mut user: LoginBuffer = [0; size_of::<LoginBuffer>()];
    let mut password: LoginBuffer = [0; size_of::<LoginBuffer>()];
    callbacks::login(&mut c_mailbox, &mut user, &mut password, trial);
    let answer = Answer {
        user: octets(&user),
        password: Secret::new(octets(&password)),
    };
    password.zeroize();
    answer
}

/// A password that the server has just refused as such.
pub struct Refused {
    answer: Answer,
    /// What the server said.
    pub verdict: Vec<u8>,
}

impl Refused {
    /// Notes a refusal.
    pub fn new(answer: Answer, verdict: &[u8]) -> Self {
        Self {
            answer,
            verdict: verdict.to_vec(),
        }
    }

    /// Whether this is it again.
    pub fn is(&self, answer: &Answer) -> bool {
        self.answer.user == answer.user && *self.answer.password == *answer.password
    }
}

/// What an exchange came to.
pub enum Heard {
    /// The server's verdict.
    Verdict {
        /// It was a yes.
        ok: bool,
        /// What the server said.
        text: Vec<u8>,
        /// It said that user or password are wrong.
        wrong: bool,
    },
    /// We cancelled it because of what the server sent; the text says why.
    Cancelled(String),
    /// The server is not to be trusted; the connection has been closed.
    Untrusted(String),
    /// The connection broke; that has been told.
    Lost(Vec<u8>),
}

/// What differs between the protocols.
pub trait Protocol {
    /// Its name in log lines.
    const NAME: &'static str;
    /// Its service name in SASL (RFC 4422).
    const SERVICE: &'static str;

    /// How often a mechanism is tried.
    fn max_trials() -> u32;
    /// Whether the connection stands and the server has not said goodbye.
    fn is_alive(cx: &Entered) -> bool;
    /// Whether the server has refused the login because it is busy: nothing more is tried and told here then, and what
    /// mm_login has said is kept.
    fn is_busy(_cx: &Entered) -> bool {
        false
    }
    /// Whether the connection is encrypted.
    fn is_encrypted(cx: &Entered) -> bool;
    /// The server's address.
    fn address(cx: &Entered) -> Option<SocketAddr>;
    /// What mechanisms may want to know of a connection to a server that offers these.
    fn channel(cx: &Entered, offered: &[String]) -> Channel;
    /// Runs an exchange.
    fn authenticate(cx: &Entered, mechanism: &mut dyn Mechanism) -> Heard;
    /// Tells of a challenge that was none.
    fn report_cancelled(reason: &str);

    /// Begins an exchange by hand; whether the command is out.
    fn begin(cx: &Entered, name: &str) -> bool;
    /// The next challenge; `None` when the exchange is over.
    fn challenge(cx: &Entered) -> Option<Secret>;
    /// Answers; `None` cancels. Whether the answer is out.
    fn answer(cx: &Entered, answer: Option<&[u8]>) -> bool;
    /// The verdict, whatever the server still asks.
    fn verdict(cx: &Entered) -> Heard;
}

/// How a login ended.
pub enum End {
    /// Logged in, as this user.
    In(Vec<u8>),
    /// Not, and that has been told.
    Out,
    /// Nothing that the program linked could be tried, and the library's own came to nothing: the protocol's own login
    /// command is next. What mm_login has answered and no server has seen is handed on.
    Untried(Option<Answer>),
}

/// One login.
struct Login<'a> {
    cx: &'a Entered,
    mailbox: &'a NetMbx,
    offered: &'a [String],
    server: Option<SocketAddr>,
    refused: Option<Refused>,
    /// What mm_login said, and no mechanism could use.
    unused: Option<Answer>,
    last_error: Option<Vec<u8>>,
    /// The server has refused channel binding, and why cannot be known.
    unbound: bool,
    /// Something that sends the password itself comes after the mechanism that is tried.
    can_send: bool,
    /// Nothing else will do.
    must_send: bool,
}

/// What comes after a trial.
enum Next {
    End(End),
    /// The same mechanism again.
    Again,
    /// The next mechanism.
    Other,
}

/// Whether this is a mechanism with a password, and if so, whether it is sent as it is.
fn sends(usable: &Usable) -> Option<bool> {
    usable.with_password().map(|info| !info.secure)
}

/// Logs in with one of `usable`, in order. `has_command`: the protocol's own login command may come after them. `unused` is
/// what mm_login has answered already. Failures have been told when this returns.
pub fn login<P: Protocol>(
    cx: &Entered,
    mailbox: &NetMbx,
    offered: &[String],
    usable: &[Usable],
    has_command: bool,
    unused: Option<Answer>,
) -> End {
    let server = P::address(cx);
    let mut login = Login {
        cx,
        mailbox,
        offered,
        server,
        refused: None,
        unused,
        last_error: None,
        unbound: false,
        can_send: false,
        must_send: false,
    };
    let known_unbound = server.is_some_and(login_memory::is_unbound);
    let has_command = has_command && !usable.iter().any(Usable::is_linked);
    for (place, one) in usable.iter().enumerate() {
        let name = one.name();
        if (login.unbound || known_unbound) && sasl::binds(name) {
            continue;
        }
        if login.must_send && sends(one) == Some(false) {
            continue;
        }
        let rest = usable.get(place + 1..).unwrap_or_default();
        login.can_send = has_command || rest.iter().any(|later| sends(later) == Some(true));
        if let Some(error) = login.last_error.take() {
            retrying(
                format!("Retrying using {name} authentication after "),
                &error,
                0,
            );
        }
        let mut trial: c_ulong = 0;
        loop {
            if let Some(error) = login.last_error.take() {
                retrying(
                    format!("Retrying {name} authentication after "),
                    &error,
                    WARN,
                );
            }
            let next = if let Some(client) = one.theirs() {
                login.theirs::<P>(client, one, &mut trial)
            } else if let Some(info) = one.with_password() {
                login.with_password::<P>(info, one, &mut trial)
            } else {
                login.without_password::<P>(one)
            };
            match next {
                Next::End(end) => {
                    if let (End::In(_), true, Some(server)) = (&end, login.unbound, server) {
                        tell::log(
                            "This server refuses the channel binding that it offers: logged in without",
                            WARN,
                        );
                        login_memory::note_unbound(server);
                    }
                    return end;
                }
                Next::Again if trial < c_ulong::from(P::max_trials()) && P::is_alive(cx) => {}
                Next::Again | Next::Other => break,
            }
        }
        if !P::is_alive(cx) {
            break;
        }
    }
    let none_linked = !usable.iter().any(Usable::is_linked);
    if P::is_alive(cx)
        && login.refused.is_none()
        && none_linked
        && (has_command || login.last_error.is_none())
    {
        return End::Untried(login.unused);
    }
    let error = login.last_error.take();
    give_up::<P>(&error.unwrap_or_else(|| b"no mechanism could be used".to_vec()));
    End::Out
}

fn retrying(before: String, error: &[u8], level: c_long) {
    tell::log([before.as_bytes(), tell::clipped(error)].concat(), level);
}

fn give_up<P: Protocol>(error: &[u8]) {
    let before = format!("Can not authenticate to {} server: ", P::NAME);
    tell::log_with(&before, error, ERROR);
}

impl Login<'_> {
    /// What every exchange of ours may come to, but for a verdict.
    fn heard<P: Protocol>(&mut self, heard: Heard) -> Result<(bool, Vec<u8>, bool), Next> {
        match heard {
            Heard::Verdict { ok, text, wrong } => Ok((ok, text, wrong)),
            Heard::Cancelled(reason) => {
                P::report_cancelled(&reason);
                self.last_error = Some(reason.into_bytes());
                Err(Next::Other)
            }
            Heard::Untrusted(reason) => {
                let text = format!("Can not authenticate to {} server: {reason}", P::NAME);
                tell::log(text, ERROR);
                Err(Next::End(End::Out))
            }
            Heard::Lost(text) => {
                give_up::<P>(&text);
                Err(Next::End(End::Out))
            }
        }
    }

    fn with_password<P: Protocol>(
        &mut self,
        info: &MechanismInfo,
        usable: &Usable,
        trial: &mut c_ulong,
    ) -> Next {
        usable.warn_about(P::is_encrypted(self.cx));
        let answer = self.unused.take().or_else(|| {
            let trial = c_long::try_from(*trial).unwrap_or(c_long::MAX);
            ask(self.cx, self.mailbox, trial)
        });
        let Some(answer) = answer else {
            tell::log(format!("{} Authentication cancelled", P::NAME), ERROR);
            return Next::End(End::Out);
        };
        if let Some(refused) = self.refused.as_ref().filter(|refused| refused.is(&answer)) {
            give_up::<P>(&refused.verdict);
            return Next::End(End::Out);
        }
        let encrypted = P::is_encrypted(self.cx);
        let known = |server| login_memory::wants_password(server, &answer.user);
        if info.secure && self.can_send && encrypted && self.server.is_some_and(known) {
            self.must_send = true;
            self.unused = Some(answer);
            return Next::Other;
        }
        *trial += 1;
        let credentials = Credentials {
            user: answer.user.clone(),
            authuser: (!self.mailbox.authuser.is_empty()).then(|| self.mailbox.authuser.clone()),
            password: answer.password.clone(),
        };
        let channel = P::channel(self.cx, self.offered);
        let mut exchange = match info.begin(credentials, &channel) {
            Ok(exchange) => exchange,
            Err(error) => {
                self.last_error = Some(error.to_string().into_bytes());
                self.unused = Some(answer);
                return Next::Other;
            }
        };
        let heard = P::authenticate(self.cx, &mut *exchange);
        let tried = exchange.tried_password();
        // Where it is bound to the TLS connection, a refusal may mean that somebody is between, who must not get it.
        let hides = info.secure && !sasl::binds(info.name);
        let (ok, text, wrong) = match self.heard::<P>(heard) {
            Ok(verdict) => verdict,
            Err(next) => {
                if !tried || hides {
                    self.unused = Some(answer);
                }
                self.must_send |= tried && hides && self.can_send;
                return next;
            }
        };
        if P::is_busy(self.cx) {
            self.cx.with(|live| live.answered = Some(answer));
            return Next::End(End::Out);
        }
        if let (Some(server), true, false) = (self.server, encrypted, info.secure) {
            // No longer, when it refuses that, too: it may have got the means for a challenge.
            if self.must_send || !ok {
                login_memory::note_wants_password(server, &answer.user, ok);
            }
        }
        if ok {
            return Next::End(End::In(answer.user));
        }
        let next = if sasl::binds(info.name) && !wrong {
            // It is not said that the password is wrong; it may be that the server knows another kind of binding.
            self.unbound = true;
            self.unused = Some(answer);
            Next::Other
        } else if !tried || (wrong && hides && self.can_send) {
            // The server knows nothing of this user that this mechanism could use; another may do. Each failure costs
            // seconds with most servers: where nobody listens, the next one is the one that will do if any does.
            self.must_send |= self.can_send && (tried || encrypted);
            self.unused = Some(answer);
            Next::Other
        } else {
            if wrong {
                self.refused = Some(Refused::new(answer, &text));
            }
            Next::Again
        };
        self.last_error = Some(text);
        next
    }

    fn without_password<P: Protocol>(&mut self, usable: &Usable) -> Next {
        let (mut exchange, user) = match usable.without_password(P::SERVICE, self.mailbox) {
            Ok(begun) => begun,
            Err(reason) => {
                self.last_error = reason.map(String::into_bytes);
                return Next::Other;
            }
        };
        let heard = P::authenticate(self.cx, &mut *exchange);
        match self.heard::<P>(heard) {
            Ok((true, ..)) => Next::End(End::In(user)),
            Ok((false, ..)) if P::is_busy(self.cx) => Next::End(End::Out),
            Ok((false, text, _)) => {
                self.last_error = Some(text);
                Next::Other
            }
            Err(next) => next,
        }
    }

    /// With an authenticator of the program's, which asks for its password itself, and counts.
    fn theirs<P: Protocol>(
        &mut self,
        client: ClientFunction,
        usable: &Usable,
        trial: &mut c_ulong,
    ) -> Next {
        let mut mailbox = net_mailbox::to_c(self.mailbox);
        let mut user: LoginBuffer = [0; size_of::<LoginBuffer>()];
        let service = tell::c_string(P::SERVICE.as_bytes());
        let mut ok = false;
        if P::begin(self.cx, usable.name()) {
            // SAFETY: the program's function, called as authclient_t says: its two functions are for this stream, which
            // is entered, and everything else is ours and outlives the call.
            ok = unsafe {
                client(
                    Some(challenge::<P>),
                    Some(respond::<P>),
                    service.as_ptr().cast_mut(),
                    &raw mut mailbox,
                    self.cx.raw().cast(),
                    trial,
                    user.as_mut_ptr(),
                )
            } != 0;
        }
        if self.cx.is_closed() {
            return Next::End(End::Out);
        }
        let heard = P::verdict(self.cx);
        match self.heard::<P>(heard) {
            Ok((true, ..)) if ok => Next::End(End::In(octets(&user))),
            Ok(_) if P::is_busy(self.cx) => Next::End(End::Out),
            Ok(_) if *trial == 0 => {
                tell::log(format!("{} Authentication cancelled", P::NAME), ERROR);
                Next::End(End::Out)
            }
            Ok((yes, text, _)) => {
                // A yes to what the client calls a failure proves nothing.
                self.last_error = Some(if yes {
                    format!("{} authentication failed", usable.name()).into_bytes()
                } else {
                    text
                });
                Next::Again
            }
            Err(next) => next,
        }
    }
}

/// What a program's authenticator gets challenges by (`authchallenge_t`): a block of the C heap with a NUL behind it.
unsafe extern "C-unwind" fn challenge<P: Protocol>(
    stream: *mut c_void,
    size: *mut c_ulong,
) -> *mut c_void {
    fence("challenge", || {
        let challenge = enter(stream.cast()).and_then(|cx| P::challenge(&cx));
        let Some(challenge) = challenge else {
            return null_mut();
        };
        if !size.is_null() {
            // SAFETY: the caller's place for the size.
            unsafe { *size = challenge.len() as c_ulong };
        }
        memory::copy_bytes(&challenge).cast()
    })
}

/// What it answers by (`authrespond_t`); NULL cancels.
unsafe extern "C-unwind" fn respond<P: Protocol>(
    stream: *mut c_void,
    text: *mut c_char,
    size: c_ulong,
) -> c_long {
    fence("respond", || {
        let Some(cx) = enter(stream.cast()) else {
            return 0;
        };
        let answer = (!text.is_null()).then(|| {
            // SAFETY: the caller's text, of that size.
            unsafe { core::slice::from_raw_parts(text.cast::<u8>(), size as usize) }
        });
        c_long::from(P::answer(&cx, answer))
    })
}
