//! The library's own configuration: by which mechanism an account logs in, and where its token comes from.
//!
//! Programs of UW c-client have a user's name and a password and know nothing of tokens; so what they cannot say is said
//! in a file. `docs/configuration.md` describes it. This is the grammar; [`mod@file`] reads it, [`crate::token`] gets tokens.

#![forbid(unsafe_code)]

use std::fmt;
use std::time::Duration;

use crate::limits;
use crate::wildcard;

pub mod file;
#[cfg(test)]
mod tests;

/// Where the token of an account comes from. Texts may hold `%u` (who logs in), `%h` (the server) and `%%`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file that somebody keeps up to date.
    File(String),
    /// A command that prints it: program and arguments.
    Command(Vec<String>),
}

/// One `[account]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Line of its `[account]`.
    pub line: usize,
    /// Pattern of server names; `*` stands for anything.
    pub host: String,
    /// Pattern of users.
    pub user: String,
    /// Whom the mechanism names instead of the user that the program names.
    pub login: Option<String>,
    /// Registered name of the mechanism, upper case; none: the library chooses.
    pub mechanism: Option<String>,
    /// Where tokens come from.
    pub source: Option<Source>,
    /// How long a command may take.
    pub timeout: Duration,
    /// How long a token is good if it does not say so itself.
    pub lifetime: Duration,
    /// How long before its end a token is replaced.
    pub margin: Duration,
}

/// How long a command may take unless the file says otherwise.
const TIMEOUT: Duration = Duration::from_secs(20);
/// How long a token is used that does not say how long it is good: less than any issuer grants.
const LIFETIME: Duration = Duration::from_secs(300);
/// Clocks differ, and a login takes time.
const MARGIN: Duration = Duration::from_secs(60);

impl Account {
    fn new(line: usize) -> Self {
        Self {
            line,
            host: "*".to_owned(),
            user: "*".to_owned(),
            login: None,
            mechanism: None,
            source: None,
            timeout: TIMEOUT,
            lifetime: LIFETIME,
            margin: MARGIN,
        }
    }

    /// Whether it is for that server.
    pub fn is_for_host(&self, host: &[u8]) -> bool {
        matches(&self.host, host)
    }

    /// Whether it is for that user.
    pub fn is_for_user(&self, user: &[u8]) -> bool {
        matches(&self.user, user)
    }
}

/// In any case, as host names and mail addresses are.
fn matches(pattern: &str, text: &[u8]) -> bool {
    let pattern = pattern.to_ascii_lowercase().into_bytes();
    wildcard::matches(&text.to_ascii_lowercase(), &pattern, 0)
}

/// Puts user and host into a text of the file.
///
/// # Errors
/// What is wrong with them there, in words.
pub fn expand(text: &str, user: &[u8], host: &[u8]) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let value = match rest.next() {
            Some('u') => user,
            Some('h') => host,
            // The parser lets nothing else pass.
            _ => b"%",
        };
        let value = std::str::from_utf8(value).map_err(|_| "a name is not UTF-8".to_owned())?;
        if value.chars().any(char::is_control) {
            return Err("a name holds a control character".to_owned());
        }
        out.push_str(value);
    }
    Ok(out)
}

/// Accounts in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// The first that matches counts.
    pub accounts: Vec<Account>,
    /// What programs get that do not say themselves how current they want things to be.
    pub mailboxes: Mailboxes,
}

/// How long what is known of a mailbox is believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mailboxes {
    /// For `SET_FRESHNESS`.
    pub freshness: Option<Duration>,
    /// For `SET_IDLETRUST`.
    pub idle: Option<Duration>,
    /// For `SET_KEEPCONNECTION`.
    pub keep: Option<Duration>,
    /// For `SET_BUSYWAIT`.
    pub busy: Option<Duration>,
}

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    None,
    Account,
    Mailboxes,
}

/// What is wrong in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Counted from 1.
    pub line: usize,
    /// In words.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// Reads a configuration. Everything unknown is a mistake: a misspelt word must not send a password where a token was
/// meant.
///
/// # Errors
/// The first [`Mistake`].
pub fn parse(text: &str) -> Result<Configuration, Mistake> {
    let mut accounts: Vec<Account> = Vec::new();
    let mut mailboxes = Mailboxes::default();
    let mut section = Section::None;
    let mut seen: Vec<&str> = Vec::new();
    let mut number = 0;
    for line in text.lines() {
        number += 1;
        let mistake = |what: String| Mistake { line: number, what };
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if line.contains(char::is_control) {
            return Err(mistake("control character".to_owned()));
        }
        if line.starts_with('[') {
            finish(&accounts)?;
            seen.clear();
            if line == "[mailboxes]" {
                section = Section::Mailboxes;
                continue;
            }
            if line != "[account]" {
                return Err(mistake(format!(
                    "unknown section {line}; there are [account] and [mailboxes]"
                )));
            }
            section = Section::Account;
            if accounts.len() == limits::CONFIGURATION_ACCOUNTS {
                return Err(mistake("too many accounts".to_owned()));
            }
            accounts.push(Account::new(number));
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            return Err(mistake(
                "neither a section, as \"[account]\", nor \"key = value\"".to_owned(),
            ));
        };
        let (key, value) = (key.trim(), value.trim());
        if section == Section::None {
            return Err(mistake(format!("{key} stands before the first [account]")));
        }
        if value.is_empty() {
            return Err(mistake(format!("{key} has no value")));
        }
        if seen.contains(&key) {
            return Err(mistake(format!("{key} is given twice")));
        }
        seen.push(key);
        match (section, accounts.last_mut()) {
            (Section::Account, Some(account)) => set(account, key, value),
            _ => set_mailboxes(&mut mailboxes, key, value),
        }
        .map_err(mistake)?;
    }
    finish(&accounts)?;
    Ok(Configuration {
        accounts,
        mailboxes,
    })
}

fn set_mailboxes(mailboxes: &mut Mailboxes, key: &str, value: &str) -> Result<(), String> {
    match key {
        "freshness" => mailboxes.freshness = Some(milliseconds(key, value, 60_000)?),
        "idle" => mailboxes.idle = Some(seconds(key, value, 0, 1_740)?),
        "keep" => mailboxes.keep = Some(seconds(key, value, 0, 600)?),
        "busy" => mailboxes.busy = Some(seconds(key, value, 0, limits::BUSY_WAIT.as_secs())?),
        _ => return Err(format!("unknown key {key}")),
    }
    Ok(())
}

fn set(account: &mut Account, key: &str, value: &str) -> Result<(), String> {
    let one_source = |account: &Account| match account.source {
        Some(_) => Err("only one of token-file and token-command can be given".to_owned()),
        None => Ok(()),
    };
    match key {
        "host" => account.host = pattern(key, value)?,
        "user" => account.user = pattern(key, value)?,
        "login" => account.login = Some(template(value)?),
        "mechanism" => account.mechanism = Some(mechanism(value)?),
        "token-file" => {
            one_source(account)?;
            account.source = Some(Source::File(template(absolute(key, value)?)?));
        }
        "token-command" => {
            one_source(account)?;
            let words = words(value)?;
            absolute(key, words.first().map_or("", String::as_str))?;
            let words = words
                .iter()
                .map(|word| template(word))
                .collect::<Result<_, _>>()?;
            account.source = Some(Source::Command(words));
        }
        "timeout" => account.timeout = seconds(key, value, 1, 120)?,
        "token-lifetime" => account.lifetime = seconds(key, value, 0, 86_400)?,
        "refresh-margin" => account.margin = seconds(key, value, 0, 86_400)?,
        _ => return Err(format!("unknown key {key}")),
    }
    Ok(())
}

/// What can only be judged when an account is complete.
fn finish(accounts: &[Account]) -> Result<(), Mistake> {
    let Some(account) = accounts.last() else {
        return Ok(());
    };
    let mistake = |what: &str| {
        Err(Mistake {
            line: account.line,
            what: what.to_owned(),
        })
    };
    match (&account.source, account.mechanism.as_deref()) {
        (None, None) => {
            mistake("this account has neither mechanism nor token-file nor token-command")
        }
        (Some(_), Some(name)) if !takes_token(name) => {
            mistake("token-file and token-command are for the mechanisms xoauth2 and oauthbearer")
        }
        _ => Ok(()),
    }
}

/// Whether a mechanism works with a token.
pub fn takes_token(mechanism: &str) -> bool {
    matches!(mechanism, "XOAUTH2" | "OAUTHBEARER")
}

const MECHANISMS: [&str; 11] = [
    "XOAUTH2",
    "OAUTHBEARER",
    "PLAIN",
    "LOGIN",
    "CRAM-MD5",
    "SCRAM-SHA-1",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-256-PLUS",
    "EXTERNAL",
    "GSSAPI",
];

fn mechanism(value: &str) -> Result<String, String> {
    let name = value.to_ascii_uppercase();
    if MECHANISMS.contains(&name.as_str()) {
        Ok(name)
    } else {
        let known = MECHANISMS.join(", ").to_ascii_lowercase();
        Err(format!("unknown mechanism {value}; known are {known}"))
    }
}

fn pattern(key: &str, value: &str) -> Result<String, String> {
    if value.contains(['%', '"', ' ']) {
        return Err(format!("{key} is a name, in which * stands for anything"));
    }
    Ok(value.to_owned())
}

fn absolute<'a>(key: &str, value: &'a str) -> Result<&'a str, String> {
    if value.starts_with('/') {
        Ok(value)
    } else {
        Err(format!("{key} needs a path that begins with /"))
    }
}

/// Checks the `%` of a text.
fn template(value: &str) -> Result<String, String> {
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        if c == '%' && !matches!(rest.next(), Some('u' | 'h' | '%')) {
            return Err("after % must come u, h or %".to_owned());
        }
    }
    Ok(value.to_owned())
}

fn milliseconds(key: &str, value: &str, most: u64) -> Result<Duration, String> {
    seconds(key, value, 0, most)
        .map(|number| Duration::from_millis(number.as_secs()))
        .map_err(|_| format!("{key} must be a number of milliseconds from 0 to {most}"))
}

fn seconds(key: &str, value: &str, least: u64, most: u64) -> Result<Duration, String> {
    value
        .parse()
        .ok()
        .filter(|seconds| {
            value.bytes().all(|b| b.is_ascii_digit()) && (least..=most).contains(seconds)
        })
        .map(Duration::from_secs)
        .ok_or_else(|| format!("{key} must be a number of seconds from {least} to {most}"))
}

/// Splits a command into words, by blanks; `"…"` keeps blanks, `\` before `"` and `\` in it gives the character. There
/// is no shell: nothing else means anything.
fn words(value: &str) -> Result<Vec<String>, String> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = value.chars().peekable();
    loop {
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        let Some(first) = rest.next() else { break };
        let mut word = String::new();
        if first == '"' {
            loop {
                match rest.next() {
                    Some('"') => break,
                    Some('\\') => word.push(
                        rest.next_if(|c| matches!(c, '"' | '\\'))
                            .ok_or("in quotes \\ stands only before \" and \\")?,
                    ),
                    Some(c) => word.push(c),
                    None => return Err("a quotation mark is missing".to_owned()),
                }
            }
            if rest.peek().is_some_and(|c| !c.is_whitespace()) {
                return Err("a closing quotation mark must end the word".to_owned());
            }
        } else {
            word.push(first);
            while let Some(c) = rest.next_if(|c| !c.is_whitespace()) {
                word.push(c);
            }
            if word.contains(['"', '\'', '\\', '`', '$', '|', '<', '>', ';', '&']) {
                return Err(format!(
                    "{word}: there is no shell; put such a word between quotation marks"
                ));
            }
        }
        words.push(word);
        if words.len() > limits::COMMAND_WORDS {
            return Err("too many words".to_owned());
        }
    }
    Ok(words)
}
