//! Sequence sets: what applications write (`1,3:5,*`), and lists of numbers as ranges.

use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::digit1;
use nom::combinator::{all_consuming, opt};
use nom::multi::fold_many0;
use nom::sequence::preceded;
use nom::{IResult, Parser};

use crate::imap::response::SequenceSet;
use crate::limits;

/// Why a sequence string was refused. The words are those c-client logs (`mail_sequence`, `mail_uid_sequence`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SequenceError {
    /// A number was expected.
    Syntax,
    /// Something else than `,`, `:` or the end follows a number.
    Delimiter,
    /// Message number 0, or beyond the last message.
    OutOfRange,
    /// The end of a range is 0, no number, or beyond the last message.
    RangeInvalid,
    /// Something else than `,` or the end follows a range.
    RangeSyntax,
    /// `*` in a mailbox without messages.
    NoMessages,
    /// UID 0.
    UidZero,
    /// As `RangeInvalid`, for UIDs.
    UidRangeInvalid,
    /// As `RangeSyntax`, for UIDs.
    UidRangeSyntax,
    /// As `Delimiter`, for UIDs.
    UidDelimiter,
}

impl std::fmt::Display for SequenceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            SequenceError::Syntax => "Syntax error in sequence",
            SequenceError::Delimiter => "Sequence syntax error",
            SequenceError::OutOfRange => "Sequence out of range",
            SequenceError::RangeInvalid => "Sequence range invalid",
            SequenceError::RangeSyntax => "Sequence range syntax error",
            SequenceError::NoMessages => "No messages, so no maximum message number",
            SequenceError::UidZero => "UID may not be zero",
            SequenceError::UidRangeInvalid => "UID sequence range invalid",
            SequenceError::UidRangeSyntax => "UID sequence range syntax error",
            SequenceError::UidDelimiter => "UID sequence syntax error",
        })
    }
}

impl std::error::Error for SequenceError {}

/// Reads a sequence of message numbers against a mailbox of `messages` messages, as `mail_sequence` does: every
/// number must exist, ranges may be backwards, an empty string names nothing.
///
/// # Errors
/// The [`SequenceError`] that c-client would log.
pub fn messages(text: &[u8], messages: u32) -> Result<SequenceSet, SequenceError> {
    let star = || {
        if messages > 0 {
            Ok(u64::from(messages))
        } else {
            Err(SequenceError::NoMessages)
        }
    };
    let known = |n: u64| n > 0 && n <= u64::from(messages);
    read(
        text,
        star,
        known,
        Errors {
            number: SequenceError::OutOfRange,
            range_end: SequenceError::RangeInvalid,
            range_tail: SequenceError::RangeSyntax,
            delimiter: SequenceError::Delimiter,
        },
    )
}

/// Reads a sequence of UIDs as `mail_uid_sequence` does; `last` is what `*` stands for: the UID of the last message,
/// or the last assigned one in an empty mailbox. UIDs need not exist; what exceeds 32 bits matches nothing.
///
/// # Errors
/// The [`SequenceError`] that c-client would log.
pub fn uids(text: &[u8], last: u32) -> Result<SequenceSet, SequenceError> {
    read(
        text,
        || Ok(u64::from(last)),
        |n| n > 0,
        Errors {
            number: SequenceError::UidZero,
            range_end: SequenceError::UidRangeInvalid,
            range_tail: SequenceError::UidRangeSyntax,
            delimiter: SequenceError::UidDelimiter,
        },
    )
}

struct Errors {
    number: SequenceError,
    range_end: SequenceError,
    range_tail: SequenceError,
    delimiter: SequenceError,
}

fn read(
    mut text: &[u8],
    star: impl Fn() -> Result<u64, SequenceError>,
    known: impl Fn(u64) -> bool,
    errors: Errors,
) -> Result<SequenceSet, SequenceError> {
    let mut set = Vec::new();
    while let Some(&byte) = text.first() {
        let first = match byte {
            b'*' => {
                text = &text[1..];
                star()?
            }
            b'0'..=b'9' => number(&mut text)
                .filter(|&n| known(n))
                .ok_or(errors.number)?,
            _ => return Err(SequenceError::Syntax),
        };
        let last = match text.first() {
            Some(b':') => {
                text = &text[1..];
                let last = match text.first() {
                    Some(b'*') => {
                        text = &text[1..];
                        star()?
                    }
                    _ => number(&mut text)
                        .filter(|&n| known(n))
                        .ok_or(errors.range_end)?,
                };
                text = match text.split_first() {
                    Some((b',', rest)) => rest,
                    None => text,
                    Some(_) => return Err(errors.range_tail),
                };
                last
            }
            Some(b',') => {
                text = &text[1..];
                first
            }
            None => first,
            Some(_) => return Err(errors.delimiter),
        };
        let (low, high) = (first.min(last), first.max(last).min(u64::from(u32::MAX)));
        // `*` of a mailbox that never had a message is 0 and names nothing.
        if let (Ok(low), Ok(high)) = (u32::try_from(low.max(1)), u32::try_from(high))
            && low <= high
        {
            set.push((low, high));
        }
    }
    Ok(set)
}

/// Digits as a number that saturates instead of overflowing.
fn number(text: &mut &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (number, rest) = text.split_at(digits);
    *text = rest;
    (digits > 0).then(|| {
        number.iter().fold(0u64, |n, &b| {
            n.saturating_mul(10).saturating_add(u64::from(b - b'0'))
        })
    })
}

/// A sequence string of the application in a form that can be sent: digits, `:`, `,` and `*`, in the grammar of
/// RFC 9051. Which numbers exist is the server's to say, as with c-client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireSequence(String);

impl WireSequence {
    /// Checks `text`. Leading zeros and backwards ranges are the application's own business.
    ///
    /// # Errors
    /// [`SequenceError::Syntax`] for what is no sequence set, the empty string included.
    pub fn new(text: &[u8]) -> Result<Self, SequenceError> {
        // RFC 9051 section 9: sequence-set = (seq-number / seq-range) ["," sequence-set]
        let point = || alt((tag("*"), digit1));
        let range = (point(), opt(preceded(tag(":"), point())));
        let next = preceded(tag(","), (point(), opt(preceded(tag(":"), point()))));
        let grammar = (range, fold_many0(next, || (), |(), _| ()));
        let text = std::str::from_utf8(text).map_err(|_| SequenceError::Syntax)?;
        let read: IResult<&str, _> = all_consuming(grammar).parse(text);
        read.map_err(|_| SequenceError::Syntax)?;
        Ok(WireSequence(text.to_owned()))
    }

    /// The sequence that names `set`; `None` if that is empty.
    pub fn from_set(set: &[(u32, u32)]) -> Option<Self> {
        (!set.is_empty()).then(|| WireSequence(format_set(set)))
    }

    /// The text to send.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Cuts the sequence at commas into pieces of at most `limit` octets, to be sent in one command each. A single
    /// range longer than that stays whole.
    pub fn split(&self, limit: usize) -> Vec<WireSequence> {
        let mut pieces: Vec<String> = Vec::new();
        for range in self.0.split(',') {
            match pieces.last_mut() {
                Some(piece) if piece.len() + 1 + range.len() <= limit => {
                    piece.push(',');
                    piece.push_str(range);
                }
                _ => pieces.push(range.to_owned()),
            }
        }
        pieces.into_iter().map(WireSequence).collect()
    }
}

/// Numbers as ranges, in the order given: a number one above its predecessor extends the range.
pub fn compress(numbers: impl IntoIterator<Item = u32>) -> SequenceSet {
    let mut set: SequenceSet = Vec::new();
    for number in numbers {
        match set.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => set.push((number, number)),
        }
    }
    set
}

/// The same numbers, each once, in rising order, in as few ranges as possible.
pub fn normalise(set: &[(u32, u32)]) -> SequenceSet {
    let mut sorted = set.to_vec();
    sorted.sort_unstable();
    let mut out: SequenceSet = Vec::new();
    for (first, last) in sorted {
        match out.last_mut() {
            Some((_, end)) if u64::from(first) <= u64::from(*end) + 1 => *end = (*end).max(last),
            _ => out.push((first, last)),
        }
    }
    out
}

/// The numbers of a set one by one, in its order. Costs no memory; bound it with [`count`] before walking through a
/// set that a server sent.
pub fn iter(set: &[(u32, u32)]) -> impl Iterator<Item = u32> + '_ {
    set.iter().flat_map(|&(first, last)| first..=last)
}

/// How many numbers a set names; overlaps count twice.
pub fn count(set: &[(u32, u32)]) -> u64 {
    set.iter()
        .map(|&(first, last)| u64::from(last.saturating_sub(first)) + 1)
        .sum()
}

/// Whether a set names `number`.
pub fn contains(set: &[(u32, u32)], number: u32) -> bool {
    set.iter()
        .any(|&(first, last)| (first..=last).contains(&number))
}

/// `1:3,5`
pub fn format_set(set: &[(u32, u32)]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for &(first, last) in set {
        let comma = if text.is_empty() { "" } else { "," };
        // Writing to a String does not fail.
        let _ = if first == last {
            write!(text, "{comma}{first}")
        } else {
            write!(text, "{comma}{first}:{last}")
        };
    }
    text
}

/// Whether a sequence is too long for one command line and should be [split](WireSequence::split).
pub fn needs_split(sequence: &WireSequence) -> bool {
    sequence.as_str().len() > limits::COMMAND_LINE
}

#[cfg(test)]
mod tests;
