//! Sorting without the server (RFC 5256 sections 2 and 3): base subjects, sort keys, and the fields they come from.
//!
//! As in c-client texts are compared in UW's canonical form, octet by octet, ASCII letters in any case.

use std::cmp::Ordering;

use crate::mime::canonical::Form;
use crate::mime::encoded_word;

/// A subject without what mail programs put around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseSubject {
    /// In canonical form (one case, decomposed), without NUL.
    pub text: Vec<u8>,
    /// Whether it was that of a reply or of a forwarded message.
    pub refwd: bool,
}

/// The base subject of `subject` (RFC 5256 section 2.1, `mail_strip_subject`). `trailing` is told of base64 data behind
/// the padding of an encoded word.
///
/// A subject with an encoded word that cannot be decoded is taken as it stands, in its own case.
pub fn base_subject(subject: &[u8], trailing: impl FnMut(&[u8])) -> BaseSubject {
    let decoded = encoded_word::decode_telling(subject, Form::CANONICAL, trailing);
    let decoded = decoded.unwrap_or(subject.into());
    let end = decoded.iter().position(|&octet| octet == 0);
    let text = single_spaces(&decoded[..end.unwrap_or(decoded.len())]);
    let (mut from, mut to, mut refwd) = (0, text.len(), false);
    loop {
        strip_trailers(&text, from, &mut to, &mut refwd);
        from = strip_leaders(&text[..to], from, &mut refwd);
        let rest = &text[from..to];
        let wrapped = rest.len() >= 6
            && rest[..5].eq_ignore_ascii_case(b"[fwd:")
            && rest.last() == Some(&b']');
        if !wrapped {
            return BaseSubject {
                text: rest.to_vec(),
                refwd,
            };
        }
        from += 5;
        to -= 1;
        refwd = true;
    }
}

/// Tabs become spaces, several spaces one.
fn single_spaces(text: &[u8]) -> Vec<u8> {
    let mut single = Vec::with_capacity(text.len());
    for &octet in text {
        let octet = if octet == b'\t' { b' ' } else { octet };
        if octet != b' ' || single.last() != Some(&b' ') {
            single.push(octet);
        }
    }
    single
}

/// Takes `(fwd)` and spaces off the end.
fn strip_trailers(text: &[u8], from: usize, to: &mut usize, refwd: &mut bool) {
    loop {
        let rest = &text[from..*to];
        if rest.last() == Some(&b' ') {
            *to -= 1;
        } else if rest.len() >= 5 && rest[rest.len() - 5..].eq_ignore_ascii_case(b"(fwd)") {
            *to -= 5;
            *refwd = true;
        } else {
            return;
        }
    }
}

/// Where the subject begins behind `Re:`, `Fwd:` and blobs in brackets. A blob that is all there is stays.
fn strip_leaders(text: &[u8], mut at: usize, refwd: &mut bool) -> usize {
    let octet = |at: usize| text.get(at).copied().unwrap_or(0).to_ascii_lowercase();
    loop {
        let word = match (octet(at), octet(at + 1), octet(at + 2)) {
            (b' ', ..) => {
                at = skip_spaces(text, at);
                continue;
            }
            (b'[', ..) => match skip_blob(text, at) {
                Some(after) if after < text.len() => {
                    at = after;
                    continue;
                }
                _ => return at,
            },
            (b'r', b'e', _) => 2,
            (b'f', b'w', b'd') => 3,
            (b'f', b'w', _) => 2,
            _ => return at,
        };
        match skip_blob(text, skip_spaces(text, at + word)) {
            Some(colon) if octet(colon) == b':' => at = colon + 1,
            _ => return at,
        }
        *refwd = true;
    }
}

/// The first position from `at` on without a space or tab (`mail_strip_subject_wsp`).
pub fn skip_spaces(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take_while(|&&octet| matches!(octet, b' ' | b'\t'))
        .count()
}

/// Behind the blob `[…]` and its spaces if one stands at `at`, else `at`; `None` for a bracket that is not closed before
/// another opens (`mail_strip_subject_blob`).
pub fn skip_blob(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'[') {
        return Some(at);
    }
    let inside = &text[at + 1..];
    let end = inside
        .iter()
        .position(|octet| matches!(octet, b'[' | b']' | 0))?;
    (inside[end] == b']').then(|| skip_spaces(text, at + 1 + end + 1))
}

/// The value of the first field of a header, on one line: from behind the colon to the first line that does not go on
/// with white space. With `again`, a line that begins with that letter (in any case) and has a colon goes on, too, as
/// the rest of the same list; `None` without a colon.
pub fn first_value(header: &[u8], again: Option<u8>) -> Option<Vec<u8>> {
    let mut rest = &header[header.iter().position(|&octet| octet == b':')? + 1..];
    let mut value = Vec::new();
    loop {
        let end = rest
            .iter()
            .position(|octet| matches!(octet, b'\r' | b'\n' | 0));
        let line = end.unwrap_or(rest.len());
        value.extend_from_slice(&rest[..line]);
        rest = &rest[line..];
        let next = match rest {
            [b'\r', b'\n', next @ ..] | [b'\r' | b'\n', next @ ..] => next,
            _ => return Some(value),
        };
        let colon = next.iter().position(|&octet| octet == b':');
        rest = match (next.first(), colon) {
            (Some(b' ' | b'\t'), _) => next,
            (Some(first), Some(colon)) if again.is_some_and(|l| l.eq_ignore_ascii_case(first)) => {
                &next[colon + 1..]
            }
            _ => return Some(value),
        };
    }
}

/// What a message can be sorted by (RFC 5256 section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    /// The Date field, else the internal date.
    Date,
    /// The internal date.
    Arrival,
    /// The mailbox of the first From address.
    From,
    /// The base subject.
    Subject,
    /// The mailbox of the first To address.
    To,
    /// The mailbox of the first Cc address.
    Cc,
    /// The size in octets.
    Size,
}

impl Criterion {
    /// All of them, each at its `SORT*` number.
    pub const ALL: [Criterion; 7] = [
        Criterion::Date,
        Criterion::Arrival,
        Criterion::From,
        Criterion::Subject,
        Criterion::To,
        Criterion::Cc,
        Criterion::Size,
    ];

    /// Its name in a SORT command.
    pub fn name(self) -> &'static str {
        match self {
            Criterion::Date => "DATE",
            Criterion::Arrival => "ARRIVAL",
            Criterion::From => "FROM",
            Criterion::Subject => "SUBJECT",
            Criterion::To => "TO",
            Criterion::Cc => "CC",
            Criterion::Size => "SIZE",
        }
    }
}

/// What is known of a message that is sorted; texts that are not known come first.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "each is the key of the criterion of its name")]
pub struct Keys<'a> {
    pub number: u64,
    pub date: u64,
    pub arrival: u64,
    pub size: u64,
    pub from: Option<&'a [u8]>,
    pub subject: Option<&'a [u8]>,
    pub to: Option<&'a [u8]>,
    pub cc: Option<&'a [u8]>,
}

impl Keys<'_> {
    /// How two messages compare by one criterion.
    pub fn compare(&self, other: &Self, by: Criterion) -> Ordering {
        match by {
            Criterion::Date => self.date.cmp(&other.date),
            Criterion::Arrival => self.arrival.cmp(&other.arrival),
            Criterion::Size => self.size.cmp(&other.size),
            Criterion::From => compare_text(self.from, other.from),
            Criterion::Subject => compare_text(self.subject, other.subject),
            Criterion::To => compare_text(self.to, other.to),
            Criterion::Cc => compare_text(self.cc, other.cc),
        }
    }
}

/// Octet by octet, ASCII letters in any case; nothing comes first.
pub fn compare_text(one: Option<&[u8]>, other: Option<&[u8]>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => {
            let (one, other) = (one.iter(), other.iter());
            one.map(u8::to_ascii_lowercase)
                .cmp(other.map(u8::to_ascii_lowercase))
        }
        _ => one.is_some().cmp(&other.is_some()),
    }
}

#[cfg(test)]
mod tests;
