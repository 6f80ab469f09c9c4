//! Search programs from words (`mail_criteria`), and sets of message numbers.

use core::ffi::{CStr, c_char, c_int, c_uchar, c_ulong, c_ushort};
use core::ptr;

use super::constants::ERROR;
use super::destructors::{mail_free_searchpgm, mail_free_searchset};
use super::entry::{c_str, entry};
use super::local_time;
use super::memory::{copy_bytes, new_zeroed};
use super::tell;
use super::types::{SearchPgm, SearchSet, SizedText, StringList};
use crate::mime::date;

/// What follows a criterion, as `strtok_r` keeps it between calls.
type Rest = *mut *mut c_char;

/// Takes the next word, which ends before one of `delimiters`, and puts a NUL behind it. NULL for none.
///
/// # Safety
/// `from` is NULL or a NUL-ended string that may be written to; else `rest` points to one.
unsafe fn word(from: *mut c_char, delimiters: &CStr, rest: Rest) -> *mut c_char {
    // SAFETY: as the caller says.
    unsafe {
        if from.is_null() && (*rest).is_null() {
            return ptr::null_mut();
        }
        libc::strtok_r(from, delimiters.as_ptr(), rest)
    }
}

/// The argument that comes next: a word, a quoted string, or a literal of the form `{5}` CR LF and 5 octets.
///
/// # Safety
/// `rest` points to NULL or to a NUL-ended string that may be written to.
unsafe fn argument<'a>(rest: Rest) -> Option<&'a [u8]> {
    // SAFETY: the caller vouches for the rest; each pointer made here stays within its string, whose end is looked for
    // first.
    unsafe {
        let start = word(ptr::null_mut(), c"", rest);
        let text = c_str(start)?.to_bytes();
        match text.first()? {
            b' ' => None,
            b'{' => {
                let (skip, size) = literal(text)?;
                // The octet before the argument stands in for a word, so that what follows is taken up behind it.
                let before = start.add(skip + size - 1);
                let saved = *before;
                *before = -1i8 as c_char;
                word(before, c" ", rest);
                *before = saved;
                Some(core::slice::from_raw_parts(
                    start.add(skip).cast::<u8>(),
                    size,
                ))
            }
            b'"' if !text[1..].contains(&b'"') => None,
            first => {
                let end = if *first == b'"' { c"\"" } else { c" " };
                Some(c_str(word(start, end, rest))?.to_bytes())
            }
        }
    }
}

/// Where the octets of a literal begin, and how many they are; `None` if it is none, or other octets than those end the
/// text or come before a space.
fn literal(text: &[u8]) -> Option<(usize, usize)> {
    // As strtoul would have it, blanks and a plus sign are fine, and no digits are 0.
    let blank = |b: &&u8| b.is_ascii_whitespace() || **b == 0x0b;
    let blanks = text[1..].iter().take_while(blank).count();
    let plus = usize::from(text[1 + blanks..].first() == Some(&b'+'));
    let digits = &text[1 + blanks + plus..];
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let size = digits[..count].iter().try_fold(0usize, |size, digit| {
        size.checked_mul(10)?.checked_add(usize::from(digit - b'0'))
    })?;
    let data = if count == 0 {
        &text[1..]
    } else {
        &digits[count..]
    };
    let data = data.strip_prefix(b"}\r\n")?;
    let follows = data.get(size..)?.first();
    matches!(follows, None | Some(b' ')).then_some((text.len() - data.len(), size))
}

/// Adds the next argument to the end of `list`.
///
/// # Safety
/// As [`argument`]; the list is well formed.
unsafe fn add_string(list: &mut *mut StringList, rest: Rest) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        let Some(text) = argument(rest) else {
            return false;
        };
        let mut end: *mut *mut StringList = list;
        while let Some(node) = (*end).as_mut() {
            end = &raw mut node.next;
        }
        let node = new_zeroed::<StringList>();
        let data = copy_bytes(text).cast::<c_uchar>();
        match node.as_mut() {
            Some(node) if !data.is_null() => {
                node.text = SizedText {
                    data,
                    size: text.len() as c_ulong,
                };
            }
            _ => {
                libc::free(node.cast());
                libc::free(data.cast());
                return false;
            }
        }
        *end = node;
        true
    }
}

/// Reads the next argument as a date, packed by `mail_shortdate`.
///
/// # Safety
/// As [`argument`].
unsafe fn read_date(short: &mut c_ushort, rest: Rest) -> bool {
    // SAFETY: as the caller says.
    let text = unsafe { argument(rest) };
    match text.and_then(|text| date::parse(text, local_time::zone())) {
        Some(date) => {
            *short = date.short();
            *short != 0
        }
        None => false,
    }
}

/// Puts one criterion, in capitals, into the program; false if there is no such, or its argument is wrong.
///
/// # Safety
/// As [`argument`].
unsafe fn add(pgm: &mut SearchPgm, criterion: &[u8], rest: Rest) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        match criterion {
            b"BCC" => return add_string(&mut pgm.bcc, rest),
            b"BODY" => return add_string(&mut pgm.body, rest),
            b"CC" => return add_string(&mut pgm.cc, rest),
            b"FROM" => return add_string(&mut pgm.from, rest),
            b"KEYWORD" => return add_string(&mut pgm.keyword, rest),
            b"SUBJECT" => return add_string(&mut pgm.subject, rest),
            b"TEXT" => return add_string(&mut pgm.text, rest),
            b"TO" => return add_string(&mut pgm.to, rest),
            b"UNKEYWORD" => return add_string(&mut pgm.unkeyword, rest),
            b"BEFORE" => return read_date(&mut pgm.before, rest),
            b"ON" => return read_date(&mut pgm.on, rest),
            b"SINCE" => return read_date(&mut pgm.since, rest),
            _ => {}
        }
    }
    match criterion {
        b"ALL" => {}
        b"ANSWERED" => pgm.set_answered(1),
        b"DELETED" => pgm.set_deleted(1),
        b"FLAGGED" => pgm.set_flagged(1),
        b"NEW" => {
            pgm.set_recent(1);
            pgm.set_unseen(1);
        }
        b"OLD" => pgm.set_old(1),
        b"RECENT" => pgm.set_recent(1),
        b"SEEN" => pgm.set_seen(1),
        b"UNANSWERED" => pgm.set_unanswered(1),
        b"UNDELETED" => pgm.set_undeleted(1),
        b"UNFLAGGED" => pgm.set_unflagged(1),
        b"UNSEEN" => pgm.set_unseen(1),
        _ => return false,
    }
    true
}

/// Reads the number at `*at` and goes behind it; more than fits saturates.
///
/// # Safety
/// `*at` is a NUL-ended string.
unsafe fn number(at: &mut *mut c_char) -> c_ulong {
    let mut number: c_ulong = 0;
    // SAFETY: stops at the NUL at the latest.
    unsafe {
        while digit_at(*at) {
            let digit = c_ulong::from(**at as u8 - b'0');
            number = number.saturating_mul(10).saturating_add(digit);
            *at = at.add(1);
        }
    }
    number
}

/// Whether a digit stands at `at`.
///
/// # Safety
/// `at` may be read.
unsafe fn digit_at(at: *const c_char) -> bool {
    // SAFETY: as the caller says.
    unsafe { (*at as u8).is_ascii_digit() }
}

/// The ranges of a set, and where it ends.
///
/// # Safety
/// `at` is a NUL-ended string.
unsafe fn ranges(mut at: *mut c_char) -> Option<(Vec<(c_ulong, c_ulong)>, *mut c_char)> {
    let mut ranges = Vec::new();
    // SAFETY: no step goes beyond the NUL: each is taken over an octet that was seen to be another.
    unsafe {
        while digit_at(at) {
            let (first, mut last) = (number(&mut at), 0);
            let mut range = false;
            if first != 0 && *at as u8 == b':' {
                range = true;
                at = at.add(1);
                last = number(&mut at);
            }
            if first == 0 || (range && last == 0) {
                return None;
            }
            ranges.push((first, last));
            if *at as u8 != b',' {
                return Some((ranges, at));
            }
            at = at.add(1);
        }
    }
    None
}

entry! {
    /// A search program from words, those of IMAP's SEARCH that c-client knew in 1996: ALL, ANSWERED, BCC "text",
    /// BEFORE 1-Jan-2000 and so on. The program is the caller's to free (mail_free_searchpgm, or SE_FREE); NULL for
    /// NULL, and, with a line in the log, for what is no such criterion.
    fn mail_criteria(criteria: *mut c_char) -> *mut SearchPgm {
        // SAFETY: NULL or a NUL-ended string; words are cut out of a copy.
        unsafe {
            let Some(criteria) = c_str(criteria) else {
                return ptr::null_mut();
            };
            let mut copy = criteria.to_bytes_with_nul().to_vec();
            let mut pgm = new_zeroed::<SearchPgm>();
            let mut rest = ptr::null_mut();
            let mut next = word(copy.as_mut_ptr().cast(), c" ", &raw mut rest);
            while let (Some(criterion), Some(program)) = (c_str(next), pgm.as_mut()) {
                let criterion = criterion.to_bytes().to_ascii_uppercase();
                if !add(program, &criterion, &raw mut rest) {
                    let shown = &criterion[..criterion.len().min(30)];
                    tell::log_with("Unknown search criterion: ", shown, ERROR);
                    mail_free_searchpgm(&raw mut pgm);
                    break;
                }
                next = word(ptr::null_mut(), c" ", &raw mut rest);
            }
            pgm
        }
    }

    /// Reads the date that comes next behind a criterion into `*date`; `r` is what `strtok_r` keeps. T or NIL.
    fn mail_criteria_date(date: *mut c_ushort, r: *mut *mut c_char) -> c_int {
        // SAFETY: the caller's number, and a string that may be written to.
        unsafe {
            let (Some(date), false) = (date.as_mut(), r.is_null()) else {
                return 0;
            };
            c_int::from(read_date(date, r))
        }
    }

    /// Adds the string that comes next behind a criterion to the list `*s`; `r` is what `strtok_r` keeps. T or NIL.
    fn mail_criteria_string(s: *mut *mut StringList, r: *mut *mut c_char) -> c_int {
        // SAFETY: the caller's list, and a string that may be written to.
        unsafe {
            let (Some(list), false) = (s.as_mut(), r.is_null()) else {
                return 0;
            };
            c_int::from(add_string(list, r))
        }
    }

    /// A search set from text (`1:3,7`; no `*`), the caller's to free; `*ret` is then where it ends. NULL, and `*ret` as
    /// it was, for what is none.
    fn mail_parse_set(s: *mut c_char, ret: *mut *mut c_char) -> *mut SearchSet {
        let mut head = ptr::null_mut::<SearchSet>();
        // SAFETY: a NUL-ended string, and a pointer of the caller's.
        unsafe {
            let Some((ranges, end)) = (!s.is_null()).then(|| ranges(s)).flatten() else {
                return head;
            };
            for (first, last) in ranges.into_iter().rev() {
                let node = new_zeroed::<SearchSet>();
                let Some(range) = node.as_mut() else {
                    mail_free_searchset(&raw mut head);
                    return ptr::null_mut();
                };
                (range.first, range.last, range.next) = (first, last, head);
                head = node;
            }
            if let Some(ret) = ret.as_mut() {
                *ret = end;
            }
        }
        head
    }

    /// Adds a message number to the end of a set, with which it is freed, and returns that end; NULL for NULL. A number
    /// one above the last extends its range.
    fn mail_append_set(set: *mut SearchSet, msgno: c_ulong) -> *mut SearchSet {
        let mut tail = set;
        // SAFETY: NULL or a well-formed set of the caller's.
        unsafe {
            while let Some(node) = tail.as_ref().filter(|node| !node.next.is_null()) {
                tail = node.next;
            }
            let Some(end) = tail.as_mut() else {
                return tail;
            };
            let last = if end.last != 0 { end.last } else { end.first };
            if end.first == 0 {
                end.first = msgno;
            } else if msgno == last.wrapping_add(1) {
                end.last = msgno;
            } else {
                end.next = new_zeroed();
                tail = end.next;
                if let Some(new) = tail.as_mut() {
                    new.first = msgno;
                }
            }
        }
        tail
    }
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn a_literal_must_lie_within_its_text() {
        assert_eq!(literal(b"{3}\r\nabc"), Some((5, 3)));
        assert_eq!(literal(b"{3}\r\nabc SEEN"), Some((5, 3)));
        assert_eq!(literal(b"{3}\r\nabcd"), None);
        assert_eq!(literal(b"{4}\r\nabc"), None);
        assert_eq!(literal(b"{18446744073709551615}\r\nabc"), None);
        assert_eq!(literal(b"{-6}\r\nabc"), None);
        assert_eq!(literal(b"{"), None);
    }
}
