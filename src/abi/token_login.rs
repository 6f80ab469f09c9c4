//! Logging in with OAuth 2 tokens, and whatever else the configuration file or `/auth=` of a mailbox name says of a
//! login. UW has nothing like it; programs need not know of it.

use core::ffi::c_long;
use std::path::PathBuf;

use super::authenticators::{self, Usable};
use super::constants::ERROR;
use super::sasl_login::{Answer, Protocol, ask_for_user};
use super::stream::Entered;
use super::tell;
use crate::configuration::{self, Account, Configuration, takes_token};
use crate::mailbox_name::NetMbx;
use crate::sasl::Secret;

#[cfg(feature = "oauth")]
mod exchange;
#[cfg(feature = "oauth")]
use exchange::{wanted_token, with_token};
#[cfg(not(feature = "oauth"))]
mod left_out;
#[cfg(not(feature = "oauth"))]
use left_out::{wanted_token, with_token};

/// What came of it all.
pub enum Outcome {
    /// Logged in, as this user.
    In(Vec<u8>),
    /// Not, and that has been told.
    Out,
    /// It is a login like any other, by one of these authenticators, or by the protocol's own command if there are none;
    /// and mm_login's answer, if it has been asked.
    Ordinary(Vec<Usable>, Option<Answer>),
}

/// A mechanism that somebody has demanded.
struct Only {
    /// Its name, upper case.
    mechanism: String,
    /// Who demands it.
    demanded: String,
}

fn not_offered(mailbox: &NetMbx, mechanism: &str, demanded: &str) {
    let host = String::from_utf8_lossy(&mailbox.orighost);
    let text = format!(
        "Server {host} does not offer {mechanism} authentication, which {demanded} demands"
    );
    tell::log(text, ERROR);
}

/// The configuration file, and what it says.
struct Loaded {
    path: PathBuf,
    configuration: std::sync::Arc<Configuration>,
}

/// Whether the program runs with more rights than who started it (setuid, setgid, capabilities), so that the environment
/// is not to be trusted.
fn privileged() -> bool {
    // SAFETY: asks for a number.
    #[cfg(target_os = "linux")]
    return unsafe { libc::getauxval(libc::AT_SECURE) != 0 };
    // SAFETY: asks for a number.
    #[cfg(not(target_os = "linux"))]
    return unsafe { libc::issetugid() != 0 };
}

fn read_file() -> Result<Loaded, configuration::file::Fault> {
    // SAFETY: asks for a number.
    let me = unsafe { libc::geteuid() };
    let named = std::env::var_os(configuration::file::VARIABLE)
        .filter(|named| !privileged() && !named.is_empty())
        .map(PathBuf::from);
    let (path, configuration) = configuration::file::current(named, me)?;
    Ok(Loaded {
        path,
        configuration,
    })
}

/// In words, what a wrong configuration file means.
fn wrong(fault: &configuration::file::Fault) -> String {
    format!("Nobody is logged in while the configuration file is wrong: {fault}")
}

fn load() -> Option<Loaded> {
    match read_file() {
        Ok(loaded) => {
            super::parameters::configure(loaded.configuration.mailboxes);
            Some(loaded)
        }
        Err(fault) => {
            tell::log(wrong(&fault), ERROR);
            None
        }
    }
}

/// How the configuration file and `/auth=` want a user to log in: for [`crate::client`].
pub enum Wanted {
    /// With password or ticket; by this mechanism only, if there is one, and who demands it.
    Ordinary(Option<(String, String)>),
    /// With a token.
    Token {
        /// The mechanism, if one is demanded.
        mechanism: Option<String>,
        /// The name to log in by.
        login: Vec<u8>,
        /// The token; `None` if the program has it, in the password's place.
        token: Option<Secret>,
        /// Who demands it.
        demanded: String,
    },
}

/// Finds out how this user of this server is to log in, and fetches the token if there is to be one.
///
/// # Errors
/// Why nobody may log in, in words.
pub fn wanted(mailbox: &NetMbx) -> Result<Wanted, String> {
    let loaded = read_file().map_err(|fault| wrong(&fault))?;
    let plan = match choose(&loaded, mailbox, Some(&mailbox.user)) {
        Choice::Ordinary(only) => {
            return Ok(Wanted::Ordinary(only.map(|o| (o.mechanism, o.demanded))));
        }
        Choice::Token(plan) => plan,
    };
    wanted_token(mailbox, plan)
}

/// What is to be done for one user.
enum Choice {
    Ordinary(Option<Only>),
    Token(Plan),
}

/// A login with a token.
#[cfg_attr(
    not(feature = "oauth"),
    expect(dead_code, reason = "who demands a token hears that there are none")
)]
struct Plan {
    mechanism: Option<String>,
    account: Option<Account>,
    /// Who demands it.
    demanded: String,
}

/// What mailbox name and configuration say. A user that is not known yet may become any.
fn choose(loaded: &Loaded, mailbox: &NetMbx, user: Option<&[u8]>) -> Choice {
    let named = String::from_utf8_lossy(&mailbox.auth).into_owned();
    let fits = |account: &&Account| {
        account.is_for_host(&mailbox.orighost) && user.is_none_or(|user| account.is_for_user(user))
    };
    let token = |account: &Account| {
        account.source.is_some() || account.mechanism.as_deref().is_some_and(takes_token)
    };
    let mut accounts = loaded.configuration.accounts.iter().filter(fits);
    let account = match user {
        Some(_) => accounts.next(),
        None => accounts.find(|account| token(account)),
    };
    let place = |account: &Account| format!("{} line {}", loaded.path.display(), account.line);
    if !named.is_empty() {
        let demanded = "the mailbox name".to_owned();
        if !takes_token(&named) {
            return Choice::Ordinary(Some(Only {
                mechanism: named,
                demanded,
            }));
        }
        return Choice::Token(Plan {
            mechanism: Some(named),
            account: account.cloned(),
            demanded,
        });
    }
    match account {
        None => Choice::Ordinary(None),
        Some(account) if token(account) => Choice::Token(Plan {
            mechanism: account.mechanism.clone(),
            account: Some(account.clone()),
            demanded: place(account),
        }),
        Some(account) => Choice::Ordinary(account.mechanism.clone().map(|mechanism| Only {
            mechanism,
            demanded: place(account),
        })),
    }
}

/// Logs in with a token, if this login is one with a token; else finds the authenticators that may be used. `offered`
/// are the server's mechanisms, upper case, `flags` what an authenticator must have. Failures have been told.
pub fn login<P: Protocol>(
    cx: &Entered,
    mailbox: &NetMbx,
    offered: &[String],
    flags: c_long,
) -> Outcome {
    let Some(loaded) = load() else {
        return Outcome::Out;
    };
    let known = (!mailbox.user.is_empty()).then_some(&mailbox.user[..]);
    if let Choice::Ordinary(only) = choose(&loaded, mailbox, known) {
        return ordinary(mailbox, offered, flags, only, None);
    }
    let Some(answer) = ask_for_user(cx, mailbox, 0) else {
        return cancelled::<P>();
    };
    let plan = match choose(&loaded, mailbox, Some(&answer.user)) {
        Choice::Ordinary(only) => {
            let answer = Some(answer).filter(|answer| !answer.password.is_empty());
            return ordinary(mailbox, offered, flags, only, answer);
        }
        Choice::Token(plan) => plan,
    };
    with_token::<P>(cx, mailbox, offered, &loaded.path, answer, &plan)
}

/// A login that needs no token.
fn ordinary(
    mailbox: &NetMbx,
    offered: &[String],
    flags: c_long,
    only: Option<Only>,
    answer: Option<Answer>,
) -> Outcome {
    let mut usable = authenticators::usable(offered, flags);
    if let Some(only) = only {
        usable.retain(|usable| usable.name() == only.mechanism);
        // LOGIN may be had by the protocol's own command.
        if usable.is_empty() && only.mechanism != "LOGIN" {
            not_offered(mailbox, &only.mechanism, &only.demanded);
            return Outcome::Out;
        }
    }
    Outcome::Ordinary(usable, answer)
}

fn cancelled<P: Protocol>() -> Outcome {
    tell::log(format!("{} Authentication cancelled", P::NAME), ERROR);
    Outcome::Out
}

#[cfg(test)]
mod tests;
