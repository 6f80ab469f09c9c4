//! Connections of closed streams, kept a while for the next stream of the same account (`SET_KEEPCONNECTION`).
//!
//! Who gets one has said, when `mm_login` asked, the very password that this connection was logged in with: another one has to
//! be shown to the server. Nothing is selected on a kept connection, and nothing is under way. Nobody watches over
//! them; whatever stream is opened or closed next closes those whose time is over.

use core::ffi::c_long;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use once_cell::sync::OnceCell;

use crate::abi::dial::Ports;
use crate::abi::lock::lock;
use crate::abi::parameters;
use crate::abi::sasl_login::Answer;
use crate::abi::stream::Entered;
use crate::abi::stream::live::{How, Live};
use crate::crypto::hmac;
use crate::crypto::rand::{SecureRandom, SystemRandom};
use crate::imap::command::Command;
use crate::imap::connection::Connection;
use crate::imap::session::State;
use crate::limits;
use crate::mailbox_name::NetMbx;
use crate::transport::Peer;

/// What a connection was made for: all that the mailbox name and the stream say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    name: NetMbx,
    plain: u16,
    tls: u16,
    secure: bool,
    tries_tls: bool,
}

impl Account {
    /// That of a mailbox name as it was written.
    pub fn of(cx: &Entered, mailbox: &NetMbx, ports: Ports) -> Self {
        let (secure, tries_tls) = cx.edit(|s| (s.secure() != 0, s.tryssl() != 0));
        Self {
            name: NetMbx {
                host: mailbox.host.to_ascii_lowercase(),
                orighost: mailbox.orighost.to_ascii_lowercase(),
                mailbox: Vec::new(),
                dbgflag: false,
                readonlyflag: false,
                ..mailbox.clone()
            },
            plain: ports.plain,
            tls: ports.tls,
            secure,
            tries_tls,
        }
    }
}

/// A user and a password, or what can only be compared with them: a keyed hash, whose key this process alone has.
#[derive(Clone)]
pub struct Credential(hmac::Tag);

static KEY: OnceCell<hmac::Key> = OnceCell::new();

/// What is hashed. Whole blocks, which ring reads where they lie: of a part of one it keeps a copy on the stack.
fn words(answer: &Answer) -> zeroize::Zeroizing<Vec<u8>> {
    const BLOCK: usize = 64;
    let length = answer.user.len().to_le_bytes();
    let size =
        (length.len() + answer.user.len() + 1 + answer.password.len()).next_multiple_of(BLOCK);
    let mut words = zeroize::Zeroizing::new(Vec::with_capacity(size));
    words.extend_from_slice(&length);
    words.extend_from_slice(&answer.user);
    words.extend_from_slice(&answer.password);
    // The end is marked, so that no other password is padded to the same.
    words.push(1);
    words.resize(size, 0);
    words
}

impl Credential {
    /// `None` where there is no password, where connections are not kept, or without luck.
    pub fn of(answer: &Answer) -> Option<Self> {
        if answer.password.is_empty() || parameters::keep_connection().is_zero() {
            return None;
        }
        let key = KEY.get_or_try_init(|| {
            let mut seed = [0; 32];
            SystemRandom::new().fill(&mut seed).map_err(|_| ())?;
            Ok::<_, ()>(hmac::Key::new(hmac::HMAC_SHA256, &seed))
        });
        let words = words(answer);
        Some(Self(hmac::sign(key.ok()?, &words)))
    }

    fn is_of(&self, answer: &Answer) -> bool {
        let words = words(answer);
        KEY.get()
            .is_some_and(|key| hmac::verify(key, &words, self.0.as_ref()).is_ok())
    }
}

struct Kept {
    account: Account,
    credential: Credential,
    connection: Connection,
    how: How,
    user: Option<Vec<u8>>,
    auth_flags: c_long,
    since: Instant,
    /// A child of `fork` must leave its parent's connections alone.
    process: u32,
}

static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

impl Kept {
    fn is_over(&self, time: Duration) -> bool {
        self.since.elapsed() >= time
    }

    fn end(mut self) {
        if self.process == std::process::id() {
            // Nobody waits for the answer.
            let _ = self.connection.post(&Command::new("LOGOUT"));
            self.connection.close();
        } else {
            core::mem::forget(self.connection);
        }
    }
}

/// Closes those whose time is over.
pub fn end_old() {
    let time = parameters::keep_connection();
    let old = {
        let mut kept = lock(&KEPT);
        if kept.is_empty() {
            return;
        }
        let (old, young) = core::mem::take(&mut *kept)
            .into_iter()
            .partition(|one| one.is_over(time));
        *kept = young;
        let old: Vec<Kept> = old;
        old
    };
    old.into_iter().for_each(Kept::end);
}

/// The server, if there is one for that account.
pub fn server(account: &Account) -> Option<Peer> {
    let time = parameters::keep_connection();
    lock(&KEPT)
        .iter()
        .find(|one| one.account == *account && !one.is_over(time))
        .map(|one| one.connection.peer().clone())
}

/// The one for that account and this answer of `mm_login`, if the server has not said anything on it since.
pub fn take(account: &Account, answer: &Answer) -> Option<Box<Live>> {
    let time = parameters::keep_connection();
    loop {
        let mut one = {
            let mut kept = lock(&KEPT);
            let fits = |one: &Kept| {
                one.account == *account && !one.is_over(time) && one.credential.is_of(answer)
            };
            let at = kept.iter().rposition(fits)?;
            kept.swap_remove(at)
        };
        if one.process != std::process::id() {
            one.end();
            continue;
        }
        let mut events = Vec::new();
        let quiet = one.connection.glance(&mut events).is_ok()
            && events.is_empty()
            && one.connection.session().state() == State::Authenticated;
        if !quiet {
            one.connection.close();
            continue;
        }
        one.connection.set_read_timeout(parameters::read_timeout());
        let mut live = Box::new(Live::new(one.connection, one.how, one.auth_flags));
        live.user = one.user;
        live.credential = Some(one.credential);
        live.account = Some(one.account);
        return Some(live);
    }
}

/// Keeps the connection of a stream that is being closed, if it may be. Nothing has been said to the server then but that
/// no mailbox is selected any more.
pub fn keep(cx: &Entered) -> bool {
    let time = parameters::keep_connection();
    if time.is_zero() || !cx.is_connected() {
        return false;
    }
    let may = |live: &mut Live| {
        live.credential.is_some()
            && live.account.is_some()
            && live.posted.is_empty()
            && live.pending.is_empty()
            && !live.bye_seen
            && !live.unprotected
    };
    if cx.with(may) != Some(true) {
        return false;
    }
    cx.with(|live| live.hearing = crate::abi::stream::live::Hearing::Not);
    let state = |live: &mut Live| live.connection.as_ref().map(|c| c.session().state());
    if cx.with(state).flatten() == Some(State::Selected) {
        // Not CLOSE, which would expunge.
        if !cx.capabilities().unselect || !cx.exec(&Command::new("UNSELECT")).is_ok() {
            return false;
        }
    }
    let quiet = |live: &mut Live| {
        let connection = live.connection.as_ref()?;
        let session = connection.session();
        let quiet = session.state() == State::Authenticated
            && !session.is_waiting()
            && !session.has_idle()
            && !live.bye_seen;
        quiet.then_some(())
    };
    if cx.with(quiet).flatten().is_none() {
        return false;
    }
    let Some(mut live) = cx.take() else {
        return false;
    };
    let (Some(connection), Some(account), Some(credential)) = (
        live.connection.take(),
        live.account.take(),
        live.credential.take(),
    ) else {
        return false;
    };
    let new = Kept {
        account,
        credential,
        connection,
        how: core::mem::take(&mut live.how),
        user: live.user.take(),
        auth_flags: live.auth_flags,
        since: Instant::now(),
        process: std::process::id(),
    };
    let oldest = {
        let mut kept = lock(&KEPT);
        kept.push(new);
        (kept.len() > limits::CONNECTIONS_KEPT).then(|| kept.remove(0))
    };
    if let Some(oldest) = oldest {
        oldest.end();
    }
    true
}
