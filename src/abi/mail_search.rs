//! The pieces that searching without the server is made of, as c-client shows them (UW's mail_search_default,
//! mail_search_msg, mail_search_string, …). Patterns are in canonical UTF-8 (`utf8_searchpgm`) throughout.

use core::ffi::{c_char, c_long, c_ulong, c_void};
use std::time::{SystemTime, UNIX_EPOCH};

use super::constants::{ERROR, MAILTMPLEN, SENDBUFLEN};
use super::entry::{c_str, entry};
use super::imap::local_search::{Looked, Start, search_here, visit_parts};
use super::imap::search::program;
use super::memory::{self, text_bytes};
use super::rfc822::rfc822_write_address_full;
use super::stream::{Entered, enter};
use super::tell;
use super::types::{
    Address, AddressOrcpt, Body, GetsData, MailStream, MessageCache, SearchPgm, SizedText,
    StringList, readfn_t,
};
use crate::imap::search::SearchProgram;
use crate::imap::search::local::{
    LocalSearch, SearchMessage, SearchText, TextRules, contains, header_holds,
};
use crate::imap::search::rules::CanonicalRules;

/// An address list as a header would have it, addresses with a comma and no space between them (`mail_search_addr`);
/// those too long for a line of c-client's left out. `None` for NULL.
///
/// # Safety
/// NULL or a valid list.
pub unsafe fn address_text(list: *const Address) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let mut buffer = vec![0u8; SENDBUFLEN as usize + 1];
    let mut at = list;
    // SAFETY: the caller vouches for the list; the buffer is as long as the function it is given to wants it.
    unsafe {
        while let Some(address) = at.as_ref() {
            let cost = |part: *mut c_char, fixed: usize| match c_str(part) {
                Some(part) => fixed + 2 * part.count_bytes(),
                None => 0,
            };
            let cost = cost(address.personal, 3)
                + cost(address.adl, 3)
                + cost(address.host, 3)
                + cost(address.mailbox, 4).max(3)
                + 2 * usize::from(!address.personal.is_null() || !address.adl.is_null());
            if cost < SENDBUFLEN as usize - 10 {
                let mut alone = Address {
                    personal: address.personal,
                    adl: address.adl,
                    mailbox: address.mailbox,
                    host: address.host,
                    error: core::ptr::null_mut(),
                    orcpt: AddressOrcpt {
                        r#type: core::ptr::null_mut(),
                        addr: core::ptr::null_mut(),
                    },
                    next: core::ptr::null_mut(),
                };
                // The function appends.
                let start = buffer.as_mut_ptr().cast::<c_char>();
                *start = 0;
                rfc822_write_address_full(start, &mut alone, core::ptr::null_mut());
                text.extend_from_slice(memory::bytes(start));
                if !address.next.is_null() {
                    text.push(b',');
                }
            }
            at = address.next;
        }
    }
    (!list.is_null()).then_some(text)
}

/// Takes the patterns that `text` holds out of the list. Whether none is left.
///
/// # Safety
/// `list` is NULL or the address of a valid list, whose nodes, but not their texts, may be freed.
unsafe fn strike_out(text: &[u8], list: *mut *mut StringList) -> bool {
    let mut at = list;
    // SAFETY: the caller vouches for the list.
    unsafe {
        if at.is_null() {
            return true;
        }
        while let Some(node) = (*at).as_mut() {
            // An empty text holds nothing, not even the empty pattern.
            let found = !text.is_empty()
                && !node.text.data.is_null()
                && contains(text, text_bytes(&node.text));
            if found {
                let next = node.next;
                memory::release(&mut *at);
                *at = next;
            } else {
                at = &raw mut node.next;
            }
        }
        (*list).is_null()
    }
}

/// Whether a header holds all of the patterns.
///
/// # Safety
/// NULL or a valid list.
unsafe fn in_header(raw: &[u8], patterns: *const StringList) -> c_long {
    // SAFETY: the caller vouches for the list.
    let wanted = unsafe { memory::list_bytes(patterns) };
    c_long::from(header_holds(&CanonicalRules, raw, &wanted))
}

/// The stream if it is open and has that message.
fn message(stream: *mut MailStream, msgno: c_ulong) -> Option<(Entered, u32)> {
    let cx = enter(stream)?;
    let msgno = u32::try_from(msgno).ok().filter(|&n| cx.has_message(n))?;
    Some((cx, msgno))
}

/// Whether a message, or the one attached at `section`, matches.
fn matches(
    stream: *mut MailStream,
    msgno: c_ulong,
    section: Option<&[u8]>,
    program: SearchProgram,
) -> c_long {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |t| t.as_secs());
    let Some((cx, msgno)) = message(stream, msgno) else {
        return 0;
    };
    let Some(search) = LocalSearch::prepared(program, &CanonicalRules, now) else {
        tell::log("Search program nested too deeply", ERROR);
        return 0;
    };
    let found = search.matches(&mut Looked {
        cx: &cx,
        msgno,
        section,
    });
    c_long::from(found && !cx.is_closed())
}

/// A text in canonical UTF-8.
fn canonical(text: SearchText<'_>) -> Vec<u8> {
    match text {
        SearchText::Header(raw) => CanonicalRules.header(raw),
        SearchText::Body { text, charset } => CanonicalRules.text(text, charset),
    }
}

/// Octets that a pattern may lie across from one piece of a text to the next.
const SLOP: usize = 128;

/// Reads a text piece by piece and looks for the stream's patterns (mail_search_gets).
///
/// # Safety
/// `read` and `from` go together; the stream is entered.
unsafe fn search_pieces(
    cx: &Entered,
    read: unsafe extern "C-unwind" fn(*mut c_void, c_ulong, *mut c_char) -> c_long,
    from: *mut c_void,
    size: c_ulong,
) {
    const PIECE: usize = MAILTMPLEN as usize;
    let mut buffer = [0u8; SLOP + PIECE];
    let mut left = usize::try_from(size).unwrap_or(usize::MAX);
    let (mut begin, mut found) = (SLOP, false);
    cx.edit(|s| s.private.search.result = 0);
    while left > 0 || begin == SLOP {
        let piece = left.min(PIECE);
        // SAFETY: the buffer has room for the piece behind what is kept of the one before.
        unsafe { read(from, piece as c_ulong, buffer.as_mut_ptr().add(SLOP).cast()) };
        left -= piece;
        if !found {
            let text = CanonicalRules.text(&buffer[begin..SLOP + piece], None);
            // SAFETY: the patterns of a stream are a valid list of its own.
            found = cx.edit(|s| unsafe { strike_out(&text, &raw mut s.private.search.string) });
        }
        // Only the last piece is shorter.
        buffer.copy_within(piece..piece + SLOP, 0);
        begin = SLOP.saturating_sub(piece);
        if left == 0 {
            break;
        }
    }
    cx.edit(|s| s.private.search.result = c_long::from(found));
}

entry! {
    /// Searches without the server, whatever the driver: hits as from mail_search_full. NIL for a charset that is not
    /// known.
    fn mail_search_default(stream: *mut MailStream, charset: *mut c_char, pgm: *mut SearchPgm, flags: c_long) -> c_long {
        let Some(cx) = enter(stream) else { return 0 };
        // SAFETY: a search program and NULL or a C string by the interface.
        let (program, charset) = unsafe { (program(pgm), c_str(charset)) };
        let Some(program) = program else {
            tell::log("Search program nested too deeply", ERROR);
            return 0;
        };
        c_long::from(search_here(&cx, charset.map(|c| c.to_bytes()), &program, flags))
    }

    /// Whether a message matches a program; with a section the message attached there, but for header lines.
    fn mail_search_msg(stream: *mut MailStream, msgno: c_ulong, section: *mut c_char, pgm: *mut SearchPgm) -> c_long {
        // SAFETY: a search program and NULL or a C string by the interface.
        let (program, section) = unsafe { (program(pgm), c_str(section)) };
        match program {
            Some(program) => matches(stream, msgno, section.map(|s| s.to_bytes()), program),
            None => {
                tell::log("Search program nested too deeply", ERROR);
                0
            }
        }
    }

    /// Whether a message, or the one attached at `section`, holds all of `st` in its texts, and with `flags` in its
    /// headers.
    fn mail_search_text(
        stream: *mut MailStream,
        msgno: c_ulong,
        section: *mut c_char,
        st: *mut StringList,
        flags: c_long,
    ) -> c_long {
        // SAFETY: NULL or a C string, and a list, by the interface.
        let (section, wanted) = unsafe { (c_str(section), memory::list_bytes(st)) };
        let Some((cx, msgno)) = message(stream, msgno) else { return 0 };
        if wanted.is_empty() {
            return 0;
        }
        let mut missing = wanted;
        let section = section.map(|s| s.to_bytes());
        Looked { cx: &cx, msgno, section }.texts(flags != 0, &mut |text| {
            let text = canonical(text);
            missing.retain(|pattern| text.is_empty() || !contains(&text, pattern));
            missing.is_empty()
        });
        c_long::from(missing.is_empty() && !cx.is_closed())
    }

    /// Looks for the patterns in `stream->private.search.string` in the texts of a part, which has the number `prefix`
    /// and `section` together, and takes those out of the list that it finds. With `flags` also in headers. T when none
    /// is left.
    fn mail_search_body(
        stream: *mut MailStream,
        msgno: c_ulong,
        body: *mut Body,
        prefix: *mut c_char,
        section: c_ulong,
        flags: c_long,
    ) -> c_long {
        // SAFETY: NULL or a C string.
        let prefix = unsafe { c_str(prefix) };
        let Some((cx, msgno)) = message(stream, msgno) else { return 0 };
        let start = match prefix {
            None => Start::message(body),
            Some(prefix) => Start::part(format!("{}{section}", prefix.to_string_lossy()), body),
        };
        let mut found = false;
        visit_parts(&cx, msgno, start, flags != 0, &mut |text| {
            let text = canonical(text);
            // SAFETY: the patterns of a stream are a valid list of its own.
            found = cx.edit(|s| unsafe { strike_out(&text, &raw mut s.private.search.string) });
            found
        });
        c_long::from(found && !cx.is_closed())
    }

    /// Whether an address list holds all of `st`.
    fn mail_search_addr(adr: *mut Address, st: *mut StringList) -> c_long {
        // SAFETY: lists by the interface.
        unsafe { address_text(adr).map_or(0, |text| in_header(&text, st)) }
    }

    /// Whether a header holds all of `st`.
    fn mail_search_header(hdr: *mut SizedText, st: *mut StringList) -> c_long {
        // SAFETY: NULL or a text, and a list, by the interface.
        unsafe { hdr.as_ref().map_or(0, |hdr| in_header(text_bytes(hdr), st)) }
    }

    /// As mail_search_header, for a C string; NIL for NULL.
    fn mail_search_header_text(s: *mut c_char, st: *mut StringList) -> c_long {
        // SAFETY: NULL or a C string, and a list, by the interface.
        unsafe { c_str(s).map_or(0, |s| in_header(s.to_bytes(), st)) }
    }

    /// Takes the patterns that a text in `charset` holds out of the list `*st` and frees their nodes, not their texts. T
    /// when none is left.
    fn mail_search_string(s: *mut SizedText, charset: *mut c_char, st: *mut *mut StringList) -> c_long {
        // SAFETY: NULL or a text and a C string, and a list, by the interface.
        unsafe {
            let Some(text) = s.as_ref() else { return 0 };
            let charset = c_str(charset).map(|c| c.to_bytes());
            c_long::from(strike_out(&CanonicalRules.text(text_bytes(text), charset), st))
        }
    }

    /// As mail_search_string, for a text that is canonical UTF-8 already.
    fn mail_search_string_work(s: *mut SizedText, st: *mut *mut StringList) -> c_long {
        // SAFETY: NULL or a text, and a list, by the interface.
        unsafe { s.as_ref().map_or(0, |text| c_long::from(strike_out(text_bytes(text), st))) }
    }

    /// Whether a message has all of the keywords `st`, or, if `flag` is NIL, none of them.
    fn mail_search_keyword(
        stream: *mut MailStream,
        elt: *mut MessageCache,
        st: *mut StringList,
        flag: c_long,
    ) -> c_long {
        // SAFETY: an element of the stream's, and a list, by the interface.
        let (set, wanted) = unsafe {
            let Some(elt) = elt.as_ref() else { return 0 };
            (elt.user_flags, memory::list_bytes(st))
        };
        let Some(cx) = enter(stream) else { return 0 };
        let mut named: c_ulong = 0;
        for keyword in wanted {
            let bit = cx.edit(|s| {
                let flags = s.user_flags.iter().take_while(|flag| !flag.is_null());
                // SAFETY: the keywords of a stream are C strings.
                flags.map(|&flag| unsafe { memory::bytes(flag) }).position(|flag| flag.eq_ignore_ascii_case(&keyword))
            });
            match bit {
                Some(bit) => named |= 1 << bit,
                None if flag != 0 => return 0,
                None => {}
            }
        }
        c_long::from(if flag != 0 { set & named == named } else { set & named == 0 })
    }

    /// A reader (SET_GETS) that keeps nothing of a text: looks for the patterns in `private.search.string` of the stream
    /// of `md`, takes those out that it finds, and tells in `private.search.result` whether none is left. NULL.
    fn mail_search_gets(f: readfn_t, stream: *mut c_void, size: c_ulong, md: *mut GetsData) -> *mut c_char {
        // SAFETY: reader, its stream and `md` by the interface.
        unsafe {
            let (Some(read), Some(about)) = (f, md.as_ref()) else { return core::ptr::null_mut() };
            let Some(cx) = enter(about.stream) else { return core::ptr::null_mut() };
            if cx.edit(|s| s.private.search.string.is_null()) {
                let mailbox = cx.edit(|s| s.mailbox);
                let number = format!(", msg = {}[", about.msgno);
                let text = [
                    b"Search botch, mbx = ",
                    tell::clipped(memory::bytes(mailbox)),
                    number.as_bytes(),
                    tell::clipped(memory::bytes(about.what)),
                    b"]",
                ];
                tell::log(text.concat(), ERROR);
                return core::ptr::null_mut();
            }
            search_pieces(&cx, read, stream, size);
        }
        core::ptr::null_mut()
    }
}
