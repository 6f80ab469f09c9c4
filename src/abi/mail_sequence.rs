//! Sequences of message numbers and UIDs: `mail_sequence`, `mail_uid_sequence`.
//!
//! Both mark the elts that a sequence names (`elt->sequence`). What is marked before an error
//! stays marked, as in c-client.

use core::ffi::{CStr, c_long, c_uchar, c_ulong};

use super::callbacks;
use super::constants::{CH_ELT, ERROR};
use super::entry::{c_str, entry};
use super::mail_messages::{mail_msgno, mail_uid};
use super::stream::elements::cache;
use super::stream::{Entered, enter};
use super::types::{MailStream, MessageCache};

entry! {
    /// Marks the messages of a sequence of message numbers (`1:3,7,*`), and those only. Returns T,
    /// or NIL with an error in the log when it does not parse or names a message that is not there.
    /// NULL and the empty sequence name nothing.
    fn mail_sequence(stream: *mut MailStream, sequence: *mut c_uchar) -> c_long {
        // SAFETY: NULL or a stream, NULL or a NUL-ended string.
        unsafe { mark_all(stream, sequence, &MESSAGE_NUMBERS) }
    }

    /// As `mail_sequence`, but of UIDs; those that no message has are no error. May ask the server
    /// for UIDs.
    fn mail_uid_sequence(stream: *mut MailStream, sequence: *mut c_uchar) -> c_long {
        // SAFETY: as above.
        unsafe { mark_all(stream, sequence, &UIDS) }
    }
}

/// What the two functions do differently.
struct Numbering {
    /// The number that `*` stands for; an error when there is none.
    last: fn(*mut MailStream) -> Result<c_ulong, &'static CStr>,
    /// Whether the number may stand in a sequence.
    valid: fn(*mut MailStream, c_ulong) -> bool,
    /// Marks from the first number to the second, which is not less.
    mark: fn(&Entered, c_ulong, c_ulong),
    bad_number: &'static CStr,
    bad_range_end: &'static CStr,
    bad_range: &'static CStr,
    bad_syntax: &'static CStr,
}

const NOT_A_NUMBER: &CStr = c"Syntax error in sequence";

static MESSAGE_NUMBERS: Numbering = Numbering {
    last: |stream| match messages(stream) {
        0 => Err(c"No messages, so no maximum message number"),
        last => Ok(last),
    },
    valid: |stream, number| (1..=messages(stream)).contains(&number),
    mark: |cx, first, last| {
        for number in first..=last {
            mark(cx, number);
        }
    },
    bad_number: c"Sequence out of range",
    bad_range_end: c"Sequence range invalid",
    bad_range: c"Sequence range syntax error",
    bad_syntax: c"Sequence syntax error",
};

static UIDS: Numbering = Numbering {
    last: |stream| {
        Ok(match messages(stream) {
            // SAFETY: `mark_all` was given a stream.
            0 => unsafe { (*stream).uid_last },
            last => uid(stream, last),
        })
    },
    valid: |_, number| number != 0,
    mark: mark_uids,
    bad_number: c"UID may not be zero",
    bad_range_end: c"UID sequence range invalid",
    bad_range: c"UID sequence range syntax error",
    bad_syntax: c"UID sequence syntax error",
};

/// Marks what `sequence` names; T, or NIL after an error.
///
/// # Safety
/// `stream` is NULL or a stream, `sequence` NULL or NUL-ended.
unsafe fn mark_all(stream: *mut MailStream, sequence: *const c_uchar, by: &Numbering) -> c_long {
    let Some(cx) = enter(stream) else {
        callbacks::log(c"Sequence for a stream that is not open", ERROR);
        return 0;
    };
    let mut msgno = 1;
    while msgno <= messages(stream) {
        // An elt that is not there yet is not marked.
        // SAFETY: a stream, a number within it, and what the cache manager gave.
        unsafe {
            let elt: *mut MessageCache = cache(stream, msgno, CH_ELT).cast();
            if let Some(elt) = elt.as_mut() {
                elt.set_sequence(0);
            }
        }
        msgno += 1;
    }
    // SAFETY: the caller's promise. The text is copied: asking for UIDs may run the host's code.
    let text = unsafe { c_str(sequence.cast()) }.map_or(Vec::new(), |s| s.to_bytes().to_vec());
    match walk(&text, &cx, by) {
        Ok(()) => 1,
        Err(error) => {
            callbacks::log(error, ERROR);
            0
        }
    }
}

/// Parses `text` and marks as it goes.
fn walk(text: &[u8], cx: &Entered, by: &Numbering) -> Result<(), &'static CStr> {
    let stream = cx.raw();
    let mut rest = text;
    while let Some(&byte) = rest.first() {
        let first;
        if byte == b'*' {
            first = (by.last)(stream)?;
            rest = &rest[1..];
        } else if byte.is_ascii_digit() {
            (first, rest) = strtoul(rest);
            if !(by.valid)(stream, first) {
                return Err(by.bad_number);
            }
        } else {
            return Err(NOT_A_NUMBER);
        }
        match rest.split_first() {
            None => (by.mark)(cx, first, first),
            Some((b',', after)) => {
                rest = after;
                (by.mark)(cx, first, first);
            }
            Some((b':', after)) => {
                let last;
                if let Some((b'*', after)) = after.split_first() {
                    last = (by.last)(stream)?;
                    rest = after;
                } else {
                    (last, rest) = strtoul(after);
                    if !(by.valid)(stream, last) {
                        return Err(by.bad_range_end);
                    }
                }
                if let Some((&byte, after)) = rest.split_first() {
                    if byte != b',' {
                        return Err(by.bad_range);
                    }
                    rest = after;
                }
                (by.mark)(cx, first.min(last), first.max(last));
            }
            Some(_) => return Err(by.bad_syntax),
        }
    }
    Ok(())
}

/// C's `strtoul`, base 10, blanks and sign before the digits included: sequences have been taken
/// by it for thirty years. Returns the number (0 if there is none) and what follows it.
fn strtoul(text: &[u8]) -> (c_ulong, &[u8]) {
    let blanks = text
        .iter()
        .take_while(|&&b| b == b' ' || (b'\t'..=b'\r').contains(&b))
        .count();
    let (negative, digits) = match text[blanks..].split_first() {
        Some((b'-', digits)) => (true, digits),
        Some((b'+', digits)) => (false, digits),
        _ => (false, &text[blanks..]),
    };
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    if count == 0 {
        return (0, text);
    }
    let number = digits[..count]
        .iter()
        .try_fold(0 as c_ulong, |number, digit| {
            number
                .checked_mul(10)?
                .checked_add(c_ulong::from(digit - b'0'))
        });
    let number = match (number, negative) {
        (None, _) => c_ulong::MAX,
        (Some(number), true) => number.wrapping_neg(),
        (Some(number), false) => number,
    };
    (number, &digits[count..])
}

fn messages(stream: *mut MailStream) -> c_ulong {
    // SAFETY: `mark_all` was given a stream; the count is read anew, as the host may run between.
    unsafe { (*stream).nmsgs }
}

fn uid(stream: *mut MailStream, msgno: c_ulong) -> c_ulong {
    // SAFETY: as above, with a number within the mailbox.
    unsafe { mail_uid(stream, msgno) }
}

fn msgno(stream: *mut MailStream, uid: c_ulong) -> c_ulong {
    // SAFETY: as above; any number may be asked for.
    unsafe { mail_msgno(stream, uid) }
}

/// Marks one message, unless it has gone meanwhile.
fn mark(cx: &Entered, msgno: c_ulong) {
    if let Ok(msgno) = u32::try_from(msgno) {
        cx.edit_element(msgno, |elt| elt.set_sequence(1));
    }
}

/// Marks the messages whose UIDs lie from `first` to `last`.
fn mark_uids(cx: &Entered, first: c_ulong, last: c_ulong) {
    let stream = cx.raw();
    let from = msgno(stream, first);
    if first == last {
        mark(cx, from);
        return;
    }
    let to = msgno(stream, last);
    // UIDs ascend: an end that some message has saves the comparison there.
    let mut number = if from != 0 { from } else { 1 };
    let until = |stream| if to != 0 { to } else { messages(stream) };
    while number <= until(stream) {
        let low = from != 0 || uid(stream, number) >= first;
        let high = to != 0 || uid(stream, number) <= last;
        if low && high {
            mark(cx, number);
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests;
