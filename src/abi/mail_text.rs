//! Flag strings, header lines and body sections: `mail_parse_flags`, `mail_filter`,
//! `mail_match_lines`, `mail_body`.

use core::ffi::{c_char, c_int, c_long, c_uchar, c_ulong};
use core::ptr::null_mut;
use std::borrow::Cow;
use std::ffi::CString;

use super::callbacks;
use super::constants::*;
use super::entry::{c_str, entry};
use super::mail_fetch::mail_fetch_structure;
use super::memory::{bytes, copy_bytes, text_bytes};
use super::stream::sections::find_part;
use super::types::{Body, MailStream, StringList};
use crate::mime::filter;

entry! {
    /// Parses a flag string (`\Seen`, `(\Deleted $Junk)`). Returns the system flags (`f…` bits)
    /// and puts the keywords into `*uf`, one bit for each slot of `stream->user_flags`.
    ///
    /// A keyword that the stream does not know takes the next free slot where the server lets
    /// clients make keywords. Flags that are no good are left out, with a warning in the log; a
    /// string that is no flag list at all is an error and names no flags.
    fn mail_parse_flags(stream: *mut MailStream, flag: *mut c_char, uf: *mut c_ulong) -> c_long {
        // SAFETY: NULL or a stream, NULL or a NUL-ended string, NULL or a place for the result.
        unsafe {
            let text = c_str(flag).map_or(Vec::new(), |flag| flag.to_bytes().to_vec());
            let (system, keywords) = parse_flags(stream, &text);
            if let Some(uf) = uf.as_mut() {
                *uf = keywords;
            }
            system
        }
    }

    /// Leaves of the `len` octets of header at `text` only the lines named in `lines`, or with
    /// `FT_NOT` only the others. Works in place and ends the result with a NUL, for which there
    /// must be room after the `len` octets. Returns the new length.
    fn mail_filter(text: *mut c_char, len: c_ulong, lines: *mut StringList, flags: c_long) -> c_ulong {
        if text.is_null() {
            return 0;
        }
        // SAFETY: the caller gives a buffer of `len` octets and one more, and a list.
        unsafe {
            let buffer = core::slice::from_raw_parts_mut(text.cast::<u8>(), len as usize + 1);
            let names = names(lines);
            let kept = filter::filter_header(&buffer[..len as usize], &names, flags & FT_NOT != 0);
            buffer[..kept.len()].copy_from_slice(&kept);
            buffer[kept.len()] = 0;
            kept.len() as c_ulong
        }
    }

    /// Whether a header that was cached for the lines `msglines` (NULL: all of it) serves a wish
    /// for `lines` (NULL: all lines) with `flags` (`FT_NOT`). T or NIL.
    fn mail_match_lines(lines: *mut StringList, msglines: *mut StringList, flags: c_long) -> c_long {
        // SAFETY: two lists, or NULL.
        let (want, have) = unsafe { (names(lines), names(msglines)) };
        let want = (!lines.is_null()).then_some(&want[..]);
        let have = (!msglines.is_null()).then_some(&have[..]);
        c_long::from(filter::match_lines(want, have, flags & FT_NOT != 0))
    }

    /// Writes the name of the first author of a message, or the address of one without a name, to `s`, filled up with
    /// spaces to `length` octets and ended by a NUL.
    fn mail_fetchfrom(s: *mut c_char, stream: *mut MailStream, msgno: c_ulong, length: c_long) {
        // SAFETY: room for `length` octets and the NUL; the stream's envelope.
        unsafe {
            let env = mail_fetch_structure(stream, msgno, null_mut(), 0);
            let Some(room) = menu_line(s, length) else { return };
            room.fill(b' ');
            let Some(env) = env.as_ref() else { return };
            let mut from = env.from;
            while let Some(author) = from.as_ref() {
                if !author.host.is_null() {
                    let text = if author.personal.is_null() {
                        let part = |text| &bytes(text)[..bytes(text).len().min(256)];
                        Cow::Owned([part(author.mailbox), b"@", part(author.host)].concat())
                    } else {
                        Cow::Borrowed(bytes(author.personal))
                    };
                    let size = text.len().min(room.len());
                    room[..size].copy_from_slice(&text[..size]);
                    return;
                }
                from = author.next;
            }
        }
    }

    /// Writes the subject of a message to `s`: at most `length` octets, NULs up to that many and one more. Of a message
    /// without one a space.
    fn mail_fetchsubject(s: *mut c_char, stream: *mut MailStream, msgno: c_ulong, length: c_long) {
        // SAFETY: room for `length` octets and the NUL; the stream's envelope.
        unsafe {
            let env = mail_fetch_structure(stream, msgno, null_mut(), 0);
            let Some(room) = menu_line(s, length) else { return };
            room.fill(0);
            let text = match env.as_ref() {
                Some(env) if !env.subject.is_null() => bytes(env.subject),
                _ => b" ",
            };
            let size = text.len().min(room.len());
            room[..size].copy_from_slice(&text[..size]);
        }
    }

    /// The body of part `section` (`2.1`) of a message, which may have to be fetched; NULL if there is no such part. It
    /// belongs to the stream, as what mail_fetch_structure gives.
    fn mail_body(stream: *mut MailStream, msgno: c_ulong, section: *mut c_uchar) -> *mut Body {
        // SAFETY: NULL or a NUL-ended string; what the stream keeps of the message is a tree.
        unsafe {
            let Some(section) = c_str(section.cast()).filter(|section| !section.is_empty()) else {
                return null_mut();
            };
            // Fetching may run the host's code, which may change its string.
            let section = section.to_bytes().to_vec();
            let mut body = null_mut();
            mail_fetch_structure(stream, msgno, &raw mut body, 0);
            find_part(body, &section)
        }
    }
}

/// The `length` octets at `s`, with a NUL behind them; `None` for no room at all.
///
/// # Safety
/// NULL, or room for `length` octets and one more that nobody else uses.
unsafe fn menu_line<'a>(s: *mut c_char, length: c_long) -> Option<&'a mut [u8]> {
    let length = usize::try_from(length).ok()?;
    if s.is_null() {
        return None;
    }
    // SAFETY: the caller's room.
    unsafe {
        *s.add(length) = 0;
        Some(core::slice::from_raw_parts_mut(s.cast::<u8>(), length))
    }
}

/// The texts of a list.
///
/// # Safety
/// `list` is NULL or a list whose texts stay unchanged for `'a`.
unsafe fn names<'a>(mut list: *const StringList) -> Vec<&'a [u8]> {
    let mut names = Vec::new();
    // SAFETY: the caller's promise.
    while let Some(node) = unsafe { list.as_ref() } {
        // SAFETY: as above.
        names.push(unsafe { text_bytes(&node.text) });
        list = node.next;
    }
    names
}

/// System flags and keywords of a flag string.
///
/// # Safety
/// `stream` is NULL or a stream.
unsafe fn parse_flags(stream: *mut MailStream, text: &[u8]) -> (c_long, c_ulong) {
    let (Some(&first), Some(&last)) = (text.first(), text.last()) else {
        return (0, 0);
    };
    let list = first == b'(';
    if list != (last == b')') || text.len() >= MAILTMPLEN as usize {
        callbacks::log(c"Bad flag list", ERROR);
        return (0, 0);
    }
    let mut rest = if list { &text[1..text.len() - 1] } else { text };
    let (mut system, mut keywords) = (0, 0);
    // A blank at the very end ends nothing; one in front of another is an empty flag.
    while !rest.is_empty() {
        let end = rest
            .iter()
            .position(|&byte| byte == b' ')
            .unwrap_or(rest.len());
        let flag = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        if flag.first() == Some(&b'\\') {
            match system_flag(&flag[1..]) {
                Some(bit) => system |= bit,
                None => warn("Unsupported system flag: ", flag),
            }
        } else {
            // SAFETY: the caller's promise.
            keywords |= unsafe { keyword(stream, flag) };
        }
    }
    (c_long::from(system), keywords)
}

/// The `f…` bit of a system flag.
fn system_flag(name: &[u8]) -> Option<c_int> {
    [
        (&b"SEEN"[..], fSEEN),
        (b"DELETED", fDELETED),
        (b"FLAGGED", fFLAGGED),
        (b"ANSWERED", fANSWERED),
        (b"DRAFT", fDRAFT),
    ]
    .into_iter()
    .find_map(|(known, bit)| name.eq_ignore_ascii_case(known).then_some(bit))
}

/// The bit of a keyword, which may be made for it; 0 if there is none.
///
/// # Safety
/// `stream` is NULL or a stream.
unsafe fn keyword(stream: *mut MailStream, flag: &[u8]) -> c_ulong {
    // SAFETY: (whole body) the slots of a stream are NULL or NUL-ended strings of its own.
    unsafe {
        let slots = match stream.as_ref() {
            Some(stream) => stream.user_flags,
            None => [null_mut(); NUSERFLAGS as usize],
        };
        let mut free = 0;
        while let Some(known) = slots.get(free).and_then(|&slot| c_str(slot)) {
            if known.to_bytes().eq_ignore_ascii_case(flag) {
                return 1 << free;
            }
            free += 1;
        }
        if flag.is_empty() {
            callbacks::log(c"Empty flag invalid", WARN);
            return 0;
        }
        let room = free < NUSERFLAGS as usize && flag.len() <= MAXUSERFLAG as usize;
        if stream.is_null() || (*stream).kwd_create() == 0 || !room {
            warn("Unknown flag: ", flag);
            return 0;
        }
        if !flag.iter().all(|&byte| is_flag_char(byte)) {
            warn("Invalid flag: ", flag);
            return 0;
        }
        (*stream).user_flags[free] = copy_bytes(flag);
        if free + 1 == NUSERFLAGS as usize {
            (*stream).set_kwd_create(0);
        }
        1 << free
    }
}

/// Whether an octet may stand in a keyword (`flag-keyword`, RFC 3501 section 9: an atom).
fn is_flag_char(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"*%\"\\(){]".contains(&byte)
}

/// A warning that quotes the flag, cut to 80 octets.
fn warn(words: &str, flag: &[u8]) {
    let text = [words.as_bytes(), &flag[..flag.len().min(80)]].concat();
    callbacks::log(&CString::new(text).unwrap_or_default(), WARN);
}

#[cfg(test)]
mod tests;
