//! What can be wrong with a certificate, in words for administrators.

use std::fmt;

use rustls::pki_types::UnixTime;

use super::certificate::{Facts, one_line};

/// What is wrong with a server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// In OpenSSL's words, where it has words for it.
    pub reason: String,
    /// Subject of the certificate in question, `/CN=…`.
    pub subject: String,
    /// Who issued it, and when it is valid.
    pub origin: String,
    /// What can be done about it.
    pub cure: String,
    /// The application was asked, and wants no connection.
    pub declined: bool,
}

impl Problem {
    pub(super) fn new(facts: &Facts<'_>, reason: &str, cure: impl Into<String>) -> Problem {
        Problem {
            reason: reason.to_string(),
            subject: one_line(facts.subject),
            origin: facts.origin(),
            cure: cure.into(),
            declined: false,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.subject)?;
        if !self.origin.is_empty() {
            write!(f, ", {}", self.origin)?;
        }
        write!(f, " ({})", self.cure)
    }
}

impl std::error::Error for Problem {}

/// The least that the signature algorithms in use here take.
const RSA_BITS: usize = 2048;

pub(super) const REPLACE_IT: &str = "the server needs another certificate";

pub(super) fn unreadable() -> Problem {
    Problem {
        reason: "certificate cannot be read".to_string(),
        subject: "(no name)".to_string(),
        origin: String::new(),
        cure: "the server must present an X.509 version 3 certificate".to_string(),
        declined: false,
    }
}

pub(super) fn purpose_problem(facts: &Facts<'_>) -> Problem {
    Problem::new(
        facts,
        "unsuitable certificate purpose",
        "its extendedKeyUsage must say serverAuth; the server needs another certificate",
    )
}

/// A key for which no signature counts, whoever vouches for it.
pub(super) fn key_problem(facts: &Facts<'_>) -> Option<Problem> {
    let bits = facts.rsa_bits().filter(|bits| *bits < RSA_BITS)?;
    Some(Problem::new(
        facts,
        "EE certificate key too weak",
        format!(
            "its RSA key has {bits} bits, {RSA_BITS} are the least; the server needs another key \
             and certificate"
        ),
    ))
}

pub(super) fn critical_problem(facts: &Facts<'_>) -> Problem {
    Problem::new(
        facts,
        "unhandled critical extension",
        "it demands something that this library does not know; the server needs another \
         certificate",
    )
}

pub(super) fn name_problem(facts: &Facts<'_>) -> Problem {
    let names = facts.names();
    let cure = if names.is_empty() {
        "the certificate names no host; it needs a subjectAltName".to_string()
    } else {
        format!("the certificate is for {names}")
    };
    Problem::new(facts, "hostname mismatch", cure)
}

pub(super) fn date_problem(facts: &Facts<'_>, now: UnixTime) -> Option<Problem> {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if now > facts.not_after {
        let days = (now - facts.not_after) / 86_400;
        let cure = format!("it expired {days} days ago and must be renewed");
        Some(Problem::new(facts, "certificate has expired", cure))
    } else if now < facts.not_before {
        let cure = "check the clock of this machine";
        Some(Problem::new(facts, "certificate is not yet valid", cure))
    } else {
        None
    }
}
