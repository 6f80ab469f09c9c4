//! The login with a token itself.

use core::ffi::c_long;
use std::path::Path;
use std::time::Duration;

use super::{Outcome, Plan, Wanted, cancelled, not_offered};
use crate::abi::constants::{ERROR, WARN};
use crate::abi::sasl_login::{Answer, Heard, Protocol};
use crate::abi::stream::Entered;
use crate::abi::{environment, tell, token_command};
use crate::configuration::{Account, Source, expand};
use crate::mailbox_name::NetMbx;
use crate::sasl::{OauthBearer, SaslError, Secret, Xoauth2};
use crate::token::keep::{Got, Keep, Terms};
use crate::token::{self, printable};

/// Tokens of commands, for all streams.
static TOKENS: Keep = Keep::new();

/// What [`wanted`](super::wanted) says of a login with a token, which is fetched.
pub(super) fn wanted_token(mailbox: &NetMbx, plan: Plan) -> Result<Wanted, String> {
    let (user, host) = (&mailbox.user, &mailbox.orighost);
    let account = plan.account.as_ref();
    let login = match account.and_then(|account| account.login.as_deref()) {
        Some(login) => expand(login, user, host)?.into_bytes(),
        None => user.clone(),
    };
    let source = account.and_then(|account| Some((account, account.source.as_ref()?)));
    let token = match source {
        Some((account, source)) => {
            let got = words(source, user, host).and_then(|words| fetch(source, &words, account));
            let missing = |error: String| {
                let (user, host) = (printable(user), printable(host));
                format!("No token for {user} at {host} ({}): {error}", plan.demanded)
            };
            Some(got.map_err(missing)?.token)
        }
        None => None,
    };
    Ok(Wanted::Token {
        mechanism: plan.mechanism,
        login,
        token,
        demanded: plan.demanded,
    })
}

/// Logs in with the token that `plan` says, or with the program's, which is `answer`'s password.
pub(super) fn with_token<P: Protocol>(
    cx: &Entered,
    mailbox: &NetMbx,
    offered: &[String],
    path: &Path,
    answer: Answer,
    plan: &Plan,
) -> Outcome {
    if answer.user.is_empty() {
        return cancelled::<P>();
    }
    let Some(address) = P::address(cx) else {
        return Outcome::Out;
    };
    let private = P::is_encrypted(cx) || address.ip().is_loopback();
    let Some(mechanism) = mechanism(mailbox, offered, private, plan) else {
        return Outcome::Out;
    };
    let account = plan.account.as_ref();
    let login = Login {
        cx,
        mailbox,
        port: address.port(),
        mechanism,
        user: &answer.user,
        path,
        account,
    };
    let done = match account.and_then(|account| Some((account, account.source.as_ref()?))) {
        Some((account, source)) => login.with_source::<P>(account, source),
        None if answer.password.is_empty() => return cancelled::<P>(),
        None => login
            .with_token::<P>(&answer.password)
            .map_err(|refusal| login.give_up::<P>(&refusal)),
    };
    match done {
        Ok(()) => Outcome::In(answer.user),
        Err(()) => {
            if P::is_busy(cx) {
                cx.with(|live| live.answered = Some(answer));
            }
            Outcome::Out
        }
    }
}

/// The mechanism that both sides know. Tells why there is none.
fn mechanism(
    mailbox: &NetMbx,
    offered: &[String],
    private: bool,
    plan: &Plan,
) -> Option<&'static str> {
    let found = ["XOAUTH2", "OAUTHBEARER"].into_iter().find(|name| {
        plan.mechanism
            .as_deref()
            .is_none_or(|wanted| wanted == *name)
            && offered.iter().any(|offered| offered == name)
    });
    let Some(found) = found else {
        let wanted = plan
            .mechanism
            .as_deref()
            .unwrap_or("XOAUTH2 or OAUTHBEARER");
        not_offered(mailbox, wanted, &plan.demanded);
        return None;
    };
    if !private {
        let host = String::from_utf8_lossy(&mailbox.orighost);
        let text = format!(
            "The token for {host} is not sent in clear: use ssl or tls in the mailbox name"
        );
        tell::log(text, ERROR);
        return None;
    }
    Some(found)
}

/// Why a token was not enough.
struct Refusal {
    text: Vec<u8>,
    /// Another token may do.
    of_token: bool,
}

/// Whether the server says that it is not the token's fault (RFC 5530, RFC 2449, RFC 3206).
fn is_temporary(text: &[u8]) -> bool {
    ["[UNAVAILABLE]", "[SYS/", "[IN-USE]"].iter().any(|code| {
        text.get(..code.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(code.as_bytes()))
    })
}

/// One login with a token.
struct Login<'a> {
    cx: &'a Entered,
    mailbox: &'a NetMbx,
    port: u16,
    mechanism: &'static str,
    user: &'a [u8],
    path: &'a Path,
    account: Option<&'a Account>,
}

impl Login<'_> {
    /// Where a token came from, for log lines.
    fn place(&self) -> String {
        match self.account {
            Some(account) if account.source.is_some() => {
                format!("{} line {}", self.path.display(), account.line)
            }
            _ => "the program".to_owned(),
        }
    }

    fn give_up<P: Protocol>(&self, refusal: &Refusal) {
        if P::is_busy(self.cx) {
            return;
        }
        let text = format!(
            "Can not authenticate to {} server: {} ({} as {} at {}, token from {})",
            P::NAME,
            printable(&refusal.text),
            self.mechanism,
            printable(self.user),
            String::from_utf8_lossy(&self.mailbox.orighost),
            self.place(),
        );
        tell::log(text, ERROR);
    }

    /// Tells that there is no token.
    fn no_token(&self, source: &Source, error: &str, level: c_long) {
        let (key, what) = match source {
            Source::File(path) => ("token-file", path.as_str()),
            Source::Command(words) => ("token-command", words.first().map_or("", String::as_str)),
        };
        let text = format!(
            "No token for {} at {} ({}, {key} {what}): {error}",
            printable(self.user),
            String::from_utf8_lossy(&self.mailbox.orighost),
            self.place(),
        );
        tell::log(text, level);
    }

    fn with_source<P: Protocol>(&self, account: &Account, source: &Source) -> Result<(), ()> {
        let words = words(source, self.user, &self.mailbox.orighost)
            .map_err(|error| self.no_token(source, &error, ERROR))?;
        let mut refused: Option<(Secret, Refusal)> = None;
        loop {
            let got = match fetch(source, &words, account) {
                Ok(got) => got,
                Err(error) => {
                    self.no_token(source, &error, ERROR);
                    return Err(());
                }
            };
            if let Some(trouble) = &got.trouble {
                self.no_token(
                    source,
                    &format!("{trouble}; the one at hand is still good"),
                    WARN,
                );
            }
            if let Some((_, refusal)) = refused.take_if(|(token, _)| *token == got.token) {
                self.give_up::<P>(&refusal);
                return Err(());
            }
            let refusal = match self.with_token::<P>(&got.token) {
                Ok(()) => return Ok(()),
                Err(refusal) => refusal,
            };
            if refusal.of_token {
                TOKENS.drop_refused(&words, &got.token);
            }
            let another = got.kept || matches!(source, Source::File(_));
            if !refusal.of_token || !another || refused.is_some() {
                self.give_up::<P>(&refusal);
                return Err(());
            }
            let text = format!(
                "Retrying with a new token after {}",
                printable(&refusal.text)
            );
            tell::log(text, 0);
            refused = Some((got.token, refusal));
        }
    }

    /// Tries one token.
    fn with_token<P: Protocol>(&self, token: &[u8]) -> Result<(), Refusal> {
        let impossible = |error: SaslError| Refusal {
            text: error.to_string().into_bytes(),
            of_token: false,
        };
        let host = &self.mailbox.orighost;
        let login = match self.account.and_then(|account| account.login.as_deref()) {
            Some(login) => expand(login, self.user, host).map(String::into_bytes),
            None => Ok(self.user.to_vec()),
        };
        let login = login.map_err(|text| Refusal {
            text: text.into_bytes(),
            of_token: false,
        })?;
        let (heard, complaint) = if self.mechanism == "XOAUTH2" {
            let mut exchange = Xoauth2::new(&login, token).map_err(impossible)?;
            let heard = P::authenticate(self.cx, &mut exchange);
            (heard, exchange.complaint().map(<[u8]>::to_vec))
        } else {
            let port = self.port;
            let mut exchange = OauthBearer::new(&login, token, host, port).map_err(impossible)?;
            let heard = P::authenticate(self.cx, &mut exchange);
            (heard, exchange.complaint().map(<[u8]>::to_vec))
        };
        match heard {
            Heard::Verdict { ok: true, .. } => Ok(()),
            Heard::Verdict { text, .. } => {
                self.tell_complaint(complaint.as_deref(), token);
                Err(Refusal {
                    of_token: !is_temporary(&text),
                    text,
                })
            }
            Heard::Cancelled(reason) | Heard::Untrusted(reason) => Err(Refusal {
                text: reason.into_bytes(),
                of_token: false,
            }),
            Heard::Lost(text) => Err(Refusal {
                text,
                of_token: false,
            }),
        }
    }

    /// What the server has said of the token: which scope it wants, for one.
    fn tell_complaint(&self, complaint: Option<&[u8]>, token: &[u8]) {
        let Some(complaint) = complaint.filter(|text| !text.trim_ascii().is_empty()) else {
            return;
        };
        if !complaint.windows(token.len()).any(|part| part == token) {
            let text = format!("{} error: {}", self.mechanism, printable(complaint));
            tell::log(text, 0);
        }
    }
}

/// The texts of a source with the names in them: a path, or a command.
fn words(source: &Source, user: &[u8], host: &[u8]) -> Result<Vec<String>, String> {
    let expanded = |text: &str| expand(text, user, host);
    match source {
        Source::File(path) => {
            if path.contains("%u") && user.contains(&b'/') {
                return Err("the user's name holds a / and cannot be part of a path".to_owned());
            }
            Ok(vec![expanded(path)?])
        }
        Source::Command(words) => words
            .iter()
            .map(|word| {
                let text = expanded(word)?;
                if text.starts_with('-') && !word.starts_with('-') {
                    return Err("a name begins with - and would be an option".to_owned());
                }
                Ok(text)
            })
            .collect(),
    }
}

/// Gets the token; `words` name the source.
fn fetch(source: &Source, words: &[String], account: &Account) -> Result<Got, String> {
    let terms = Terms {
        lifetime: account.lifetime,
        margin: account.margin,
        patience: account.timeout + Duration::from_secs(2),
    };
    match source {
        Source::Command(_) => TOKENS.get(words, terms, || {
            token_command::run(
                words,
                &environment::home_by_password_file(),
                account.timeout,
            )
        }),
        Source::File(_) => {
            let path = words.first().map_or("", String::as_str);
            token::from_file(Path::new(path)).map(|token| Got {
                token: token.text,
                kept: false,
                trouble: None,
            })
        }
    }
}

#[cfg(test)]
mod tests;
