//! `utf8.h` and `utf8aux.h`: texts, header fields, search programs and mailbox names in UTF-8.

use core::ffi::{c_char, c_long, c_uchar, c_ulong};
use core::ptr;
use std::borrow::Cow;

use super::constants::{
    U8G_BADCONT, U8G_ENDSTRG, U8G_ENDSTRI, U8G_INCMPLT, U8G_NOTUNIC, U8G_NOTUTF8, U8G_SURROGA,
    U8T_CASECANON, U8T_DECOMPOSE,
};
use super::entry::{c_str, entry};
use super::mail_folders::utf7_fault;
use super::memory::{bytes, hand_over, release, text_bytes};
use super::rfc822::log_truncation;
use super::types::{SearchPgm, SizedText, StringList};
use crate::mime::canonical::Form;
use crate::mime::utf8::{self, Fault};
use crate::mime::{charset, encoded_word, mutf7};

/// The form that `U8T_` flags ask for.
fn form(flags: c_long) -> Form {
    Form {
        one_case: flags & c_long::from(U8T_CASECANON) != 0,
        decompose: flags & c_long::from(U8T_DECOMPOSE) != 0,
    }
}

/// What `text` is handed out as: a new block for what was converted, else the source itself.
///
/// NULL, of size 0, when there is no memory.
pub fn hand_out(text: Cow<[u8]>, source: &SizedText) -> SizedText {
    let Cow::Owned(text) = text else {
        return SizedText {
            data: source.data,
            size: source.size,
        };
    };
    let size = text.len() as c_ulong;
    let data: *mut c_uchar = hand_over(text).cast();
    SizedText {
        data,
        size: if data.is_null() { 0 } else { size },
    }
}

/// The number that says why there is no character.
pub fn code(fault: Fault) -> c_ulong {
    c_ulong::from(match fault {
        Fault::Continuation => U8G_BADCONT,
        Fault::Incomplete => U8G_INCMPLT,
        Fault::NotUtf8 => U8G_NOTUTF8,
        Fault::End => U8G_ENDSTRG,
        Fault::EndWithin => U8G_ENDSTRI,
        Fault::Surrogate => U8G_SURROGA,
        Fault::NotUnicode => U8G_NOTUNIC,
    })
}

/// The octets at `*s`, each read when it is asked for: `*i` may say more than there are when a NUL comes before.
///
/// # Safety
/// `*s` is good for `*i` octets, or up to a NUL.
pub unsafe fn octets(s: *mut *mut c_uchar, i: *mut c_ulong) -> impl Iterator<Item = u8> {
    // SAFETY: the caller's pointer and number.
    let (start, count) = unsafe { (*s, *i) };
    (0..count).map(move |offset| {
        // SAFETY: no octet is asked for behind one that ends a character, as a NUL does.
        unsafe { *start.add(offset as usize) }
    })
}

/// The octets from `s` to before `se`.
///
/// # Safety
/// Two places in one text, or NULL.
unsafe fn between<'a>(s: *mut c_uchar, se: *mut c_uchar) -> &'a [u8] {
    if s.is_null() || se <= s {
        return &[];
    }
    // SAFETY: the caller's text.
    unsafe { core::slice::from_raw_parts(s, se as usize - s as usize) }
}

/// Steps over the character that was found; returns it or why there is none.
///
/// # Safety
/// `*s` and `*i` may be written to, and the character lies there.
pub unsafe fn step(
    s: *mut *mut c_uchar,
    i: *mut c_ulong,
    found: Result<(u32, usize), Fault>,
) -> c_ulong {
    match found {
        Ok((character, size)) => {
            // SAFETY: as the caller says.
            unsafe {
                *s = (*s).add(size);
                *i -= size as c_ulong;
            }
            character.into()
        }
        Err(fault) => code(fault),
    }
}

/// Brings a text of a search program to canonical UTF-8; one that cannot be read stays.
///
/// # Safety
/// A text whose data is a live block of the C heap, or NULL.
unsafe fn canonical(text: &mut SizedText, charset: Option<&[u8]>) {
    // SAFETY: as the caller says; the old block goes once the new one is there.
    unsafe {
        if let Ok(Cow::Owned(new)) = charset::to_utf8(text_bytes(text), charset, Form::CANONICAL) {
            let size = new.len() as c_ulong;
            let data = hand_over(new);
            if !data.is_null() {
                release(&mut text.data);
                text.data = data.cast();
                text.size = size;
            }
        }
    }
}

entry! {
    /// Brings a text to UTF-8, in the form that `flags` ask for. No charset, or an empty one, means that it is
    /// inferred. `ret` gets a new text of the caller's, or the data of `text` itself when nothing is to be changed:
    /// free it only if its data is another. Without `ret` only the charset is judged.
    ///
    /// T, or NIL for a charset that is unknown; then `ret` is the source.
    fn utf8_text(text: *mut SizedText, charset: *mut c_char, ret: *mut SizedText, flags: c_long) -> c_long {
        // SAFETY: NULL or texts and a string of the caller's.
        unsafe {
            let (source, name) = (text.as_ref(), bytes(charset));
            let octets = source.map_or(&[][..], |source| text_bytes(source));
            let (Some(source), false) = (source, ret.is_null()) else {
                let known = if name.is_empty() {
                    charset::infer(octets)
                } else {
                    charset::find(name)
                };
                return known.is_some().into();
            };
            let converted = charset::to_utf8(octets, Some(name), form(flags));
            let good = converted.is_ok();
            let out = hand_out(converted.unwrap_or(Cow::Borrowed(octets)), source);
            ret.write(out);
            good.into()
        }
    }

    /// What to tell a client of a charset that is unknown: a `BADCHARSET` response code with all that are known, of
    /// the caller's to free. NULL if it is known, or NULL.
    fn utf8_badcharset(charset: *mut c_char) -> *mut c_char {
        // SAFETY: NULL or a NUL-ended string.
        match unsafe { c_str(charset) } {
            Some(name) => charset::complaint(name.to_bytes()).map_or(ptr::null_mut(), hand_over),
            None => ptr::null_mut(),
        }
    }

    /// Decodes the encoded words of a header field (RFC 2047) to UTF-8, in the form that `flags` ask for. `dst` gets
    /// a new text of the caller's, or the data of `src` itself: free it only if its data is another.
    ///
    /// T, or NIL if a word cannot be decoded; then `dst` is the source.
    fn utf8_mime2text(src: *mut SizedText, dst: *mut SizedText, flags: c_long) -> c_long {
        // SAFETY: two texts of the caller's, `dst` perhaps not set yet.
        unsafe {
            let (Some(source), false) = (src.as_ref(), dst.is_null()) else {
                return 0;
            };
            let octets = text_bytes(source);
            let decoded = encoded_word::decode_telling(octets, form(flags), log_truncation);
            let good = decoded.is_ok();
            let out = hand_out(decoded.unwrap_or(Cow::Borrowed(octets)), source);
            dst.write(out);
            good.into()
        }
    }

    /// The token at `s`, before `se`: returns `s`, and `*t` is at the `?` behind it. NULL if there is none; then `*t` is
    /// where that shows.
    fn mime2_token(s: *mut c_uchar, se: *mut c_uchar, t: *mut *mut c_uchar) -> *mut c_uchar {
        // SAFETY: a text of the caller's.
        let found = encoded_word::token_end(unsafe { between(s, se) });
        let (Ok(end) | Err(end)) = found;
        // SAFETY: NULL or a pointer of the caller's; the end lies in the text.
        if let Some(t) = unsafe { t.as_mut() } {
            *t = s.wrapping_add(end);
        }
        if found.is_ok() { s } else { ptr::null_mut() }
    }

    /// The `?=` behind the text of an encoded word at `s`, if white space or the end `se` follows; else NULL.
    fn mime2_text(s: *mut c_uchar, se: *mut c_uchar) -> *mut c_uchar {
        // SAFETY: a text of the caller's.
        match encoded_word::encoded_text(unsafe { between(s, se) }) {
            Some(text) => s.wrapping_add(text.len()),
            None => ptr::null_mut(),
        }
    }

    /// Decodes the text from `t` to `te` of an encoded word whose encoding stands at `e`; `txt` gets a new text of the
    /// caller's. T, or NIL if it cannot be decoded; then `txt` has no data.
    fn mime2_decode(e: *mut c_uchar, t: *mut c_uchar, te: *mut c_uchar, txt: *mut SizedText) -> c_long {
        // SAFETY: an octet, a text and room for a text of the caller's.
        unsafe {
            let (Some(&encoding), Some(to)) = (e.as_ref(), txt.as_mut()) else {
                return 0;
            };
            let text = between(t, te);
            to.data = ptr::null_mut();
            let Some((data, trailing)) = encoded_word::decode_text(encoding, text) else {
                return 0;
            };
            if let Some(trailing) = trailing {
                log_truncation(&text[trailing..]);
            }
            let size = data.len() as c_ulong;
            to.data = hand_over(data).cast();
            to.size = if to.data.is_null() { 0 } else { size };
            (!to.data.is_null()).into()
        }
    }

    /// Brings all texts of a search program from a charset (inferred if NULL) to canonical UTF-8, in place. What
    /// cannot be read stays as it is.
    fn utf8_searchpgm(pgm: *mut SearchPgm, charset: *mut c_char) {
        let mut programs = vec![pgm];
        // SAFETY: NULL or a tree of the caller's with texts of the C heap; each of its lists ends.
        unsafe {
            let name = c_str(charset).map(|name| name.to_bytes());
            while let Some(program) = programs.pop() {
                let Some(program) = program.as_mut() else { continue };
                let mut header = program.header.as_mut();
                while let Some(node) = header {
                    canonical(&mut node.line, name);
                    canonical(&mut node.text, name);
                    header = node.next.as_mut();
                }
                let mut or = program.or.as_ref();
                while let Some(node) = or {
                    programs.extend([node.first, node.second]);
                    or = node.next.as_ref();
                }
                let mut not = program.not.as_ref();
                while let Some(node) = not {
                    programs.push(node.pgm);
                    not = node.next.as_ref();
                }
                for list in lists(program) {
                    let mut string = list.as_mut();
                    while let Some(node) = string {
                        canonical(&mut node.text, name);
                        string = node.next.as_mut();
                    }
                }
            }
        }
    }

    /// A mailbox name in modified UTF-7 (RFC 3501), of the caller's to free. NULL if `src` is not UTF-8.
    fn utf8_to_mutf7(src: *mut c_uchar) -> *mut c_uchar {
        // SAFETY: NULL or a NUL-ended string.
        match unsafe { c_str(src.cast()) }.map(|name| name.to_str()) {
            Some(Ok(name)) => hand_over(mutf7::encode(name).into_bytes()).cast(),
            _ => ptr::null_mut(),
        }
    }

    /// The UTF-8 of a mailbox name in modified UTF-7, of the caller's to free. NULL if `src` is none.
    fn utf8_from_mutf7(src: *mut c_uchar) -> *mut c_uchar {
        // SAFETY: NULL or a NUL-ended string.
        match unsafe { c_str(src.cast()) }.map(|name| name.to_bytes()) {
            Some(name) if utf7_fault(name).is_none() => hand_over(mutf7::decode(name)).cast(),
            _ => ptr::null_mut(),
        }
    }

    /// The Unicode character at `*s`, of `*i` octets that remain, and steps over it. What has `U8G_ERROR` set is the
    /// reason why there is none; then nothing moves.
    fn utf8_get(s: *mut *mut c_uchar, i: *mut c_ulong) -> c_ulong {
        // SAFETY: a position of the caller's and what remains.
        unsafe { step(s, i, utf8::first(octets(s, i))) }
    }

    /// As `utf8_get`, but of any 31 bits: surrogates and what is beyond Unicode count as characters.
    fn utf8_get_raw(s: *mut *mut c_uchar, i: *mut c_ulong) -> c_ulong {
        // SAFETY: as above.
        unsafe { step(s, i, utf8::first_raw(octets(s, i))) }
    }

    /// Writes a character to `s`, which has room for `utf8_size` octets; returns the place behind it.
    fn utf8_put(s: *mut c_uchar, c: c_ulong) -> *mut c_uchar {
        let mut out = [0; 6];
        let size = utf8::put(c as usize, &mut out);
        // SAFETY: the caller has the room.
        unsafe {
            ptr::copy_nonoverlapping(out.as_ptr(), s, size);
            s.add(size)
        }
    }

    /// How many octets of UTF-8 a character takes: 1 to 6, 0 for more than 31 bits.
    fn utf8_size(c: c_ulong) -> c_ulong {
        utf8::size(c as usize) as c_ulong
    }

    /// How many octets the character at `s` has; -1 if the `i` octets there begin with none.
    fn utf8_validate(s: *mut c_uchar, i: c_ulong) -> c_long {
        let (mut s, mut i) = (s, i);
        // SAFETY: a text of the caller's.
        utf8::first(unsafe { octets(&raw mut s, &raw mut i) }).map_or(-1, |(_, size)| size as c_long)
    }
}

/// The lists whose texts are words, not keywords.
fn lists(program: &SearchPgm) -> [*mut StringList; 15] {
    [
        program.bcc,
        program.cc,
        program.from,
        program.to,
        program.subject,
        program.body,
        program.text,
        program.return_path,
        program.sender,
        program.reply_to,
        program.in_reply_to,
        program.message_id,
        program.newsgroups,
        program.followup_to,
        program.references,
    ]
}
