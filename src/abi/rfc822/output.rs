//! Writing messages through an `RFC822BUFFER`.
//!
//! The buffer is drained as soon as it is full and never later, so that the drain function of a host sees the same
//! pieces as with c-client; the place at `end` is where it finds the NUL.

use core::ffi::{CStr, c_char, c_long, c_ushort, c_void};
use std::borrow::Cow;

use super::super::constants::{
    ENC7BIT, ENCMAX, ENCOTHER, TYPEMAX, TYPEMULTIPART, TYPEOTHER, TYPETEXT,
};
use super::super::entry::entry;
use super::super::memory::bytes;
use super::super::objects::{body_encodings, body_types};
use super::super::parameters;
use super::super::tree::default_subtype;
use super::super::types::{Address, Body, Envelope, Parameter, Part, Rfc822Buffer, StringList};
use super::encode;
use crate::mime::quote::{Rule, quote};

/// What stands before a continued line.
const CONTINUATION: &[u8] = b"\r\n    ";
/// An address list is continued after this column.
const COLUMNS: c_long = 78;
/// Prefix of header lines of a message that is sent again.
const RESENT: &[u8] = b"ReSent-";

/// A buffer of the host's. `None` from its functions: the host could not take what was written.
#[derive(Clone, Copy)]
pub(super) struct Out(*mut Rfc822Buffer);

impl Out {
    /// # Safety
    /// `buf` is NULL or a buffer with `beg <= cur <= end`, and `end` itself may be written to; this holds after its
    /// function has run, too, and as long as the value lives.
    pub(super) unsafe fn new(buf: *mut Rfc822Buffer) -> Option<Out> {
        (!buf.is_null()).then_some(Out(buf))
    }

    /// Hands over what the buffer holds.
    fn flush(self) -> Option<()> {
        // SAFETY: `new` asks for it; the host's function is called as its prototype says, with no reference alive.
        let taken = unsafe {
            *(*self.0).cur = 0;
            (*self.0).cur = (*self.0).beg;
            let (drain, stream, text) = ((*self.0).f?, (*self.0).s, (*self.0).beg);
            drain(stream, text)
        };
        (taken != 0).then_some(())
    }

    pub(super) fn put(self, mut text: &[u8]) -> Option<()> {
        while !text.is_empty() {
            // SAFETY: `new` asks for it.
            let room = unsafe { (*self.0).end.offset_from((*self.0).cur) };
            let length = usize::try_from(room).ok()?.min(text.len());
            let (now, later) = text.split_at(length);
            // SAFETY: there is room for `length` octets.
            let full = unsafe {
                core::ptr::copy_nonoverlapping(now.as_ptr().cast(), (*self.0).cur, length);
                (*self.0).cur = (*self.0).cur.add(length);
                // A buffer without room would be drained for ever.
                if (*self.0).end <= (*self.0).beg {
                    return None;
                }
                (*self.0).cur == (*self.0).end
            };
            if full {
                self.flush()?;
            }
            text = later;
        }
        Some(())
    }

    fn all(self, texts: &[&[u8]]) -> Option<()> {
        texts.iter().try_for_each(|text| self.put(text))
    }

    /// Where writing goes on.
    fn place(self) -> *mut c_char {
        // SAFETY: `new` asks for it.
        unsafe { (*self.0).cur }
    }

    /// How many octets were written since `base` was the place: c-client's reckoning, to which nothing written is a
    /// whole buffer.
    fn since(self, base: *mut c_char) -> c_long {
        // SAFETY: `new` asks for it.
        let (beg, cur, end) = unsafe { ((*self.0).beg, (*self.0).cur, (*self.0).end) };
        let (beg, cur, end, base) = (beg as c_long, cur as c_long, end as c_long, base as c_long);
        if cur > base {
            cur - base
        } else {
            (end - base) + (cur - beg)
        }
    }
}

/// c-client's truth value.
fn truth(done: Option<()>) -> c_long {
    c_long::from(done.is_some())
}

/// What a set of special octets of the caller's means; none are those of a dot-atom.
///
/// # Safety
/// NULL or a C string that outlives `'s`.
pub(super) unsafe fn rule<'s>(specials: *const c_char) -> Rule<'s> {
    if specials.is_null() {
        Rule::DotAtom
    } else {
        // SAFETY: the caller vouches for it.
        Rule::Octets(unsafe { bytes(specials) })
    }
}

/// A name of one of the tables that applications may change.
fn table_name(table: *const *mut c_char, at: c_ushort, last: i32, other: i32) -> &'static [u8] {
    let at = if i32::from(at) > last {
        other
    } else {
        at.into()
    };
    // SAFETY: the exported tables have `last` + 1 slots, each NULL or a C string that is never freed.
    let name = unsafe { bytes(*table.add(at as usize)) };
    if name.is_empty() { b"X-UNKNOWN" } else { name }
}

/// # Safety
/// `text` is NULL or a C string.
pub(super) unsafe fn header_line(
    out: Out,
    name: &[u8],
    resent: bool,
    text: *const c_char,
) -> Option<()> {
    if text.is_null() {
        return Some(());
    }
    let prefix = if resent { RESENT } else { b"" };
    // SAFETY: not NULL.
    out.all(&[prefix, name, b": ", unsafe { bytes(text) }, b"\r\n"])
}

/// # Safety
/// `list` is NULL or a valid list.
pub(super) unsafe fn address_line(
    out: Out,
    name: &[u8],
    resent: bool,
    list: *const Address,
) -> Option<()> {
    if list.is_null() {
        return Some(());
    }
    let prefix = if resent { RESENT } else { b"" };
    out.all(&[prefix, name, b": "])?;
    // SAFETY: the caller vouches for the list.
    unsafe { address_list(out, list, (prefix.len() + name.len()) as c_long)? };
    out.put(b"\r\n")
}

/// # Safety
/// `list` is NULL or a valid list.
pub(super) unsafe fn address_list(out: Out, list: *const Address, pretty: c_long) -> Option<()> {
    let (mut column, mut open) = (pretty, 0u64);
    let mut at = list;
    // SAFETY: the caller vouches for the list and its strings.
    while let Some(now) = unsafe { at.as_ref() } {
        let base = out.place();
        // SAFETY: likewise.
        let next = unsafe { now.next.as_ref() };
        let goes_on = next.is_some_and(|next| !next.mailbox.is_null());
        if !now.host.is_null() {
            // Members of a group are not worth a line of their own.
            if column == 0 || open == 0 {
                // SAFETY: likewise.
                let personal = unsafe { bytes(now.personal) };
                if personal.is_empty() {
                    // SAFETY: likewise.
                    unsafe { address(out, now)? };
                } else {
                    out.all(&[&quote(personal, Rule::Phrase), b" <"])?;
                    // SAFETY: likewise.
                    unsafe { address(out, now)? };
                    out.put(b">")?;
                }
                if goes_on {
                    out.put(b", ")?;
                }
            }
        } else if !now.mailbox.is_null() {
            // SAFETY: likewise.
            let name = unsafe { bytes(now.mailbox) };
            out.all(&[&quote(name, Rule::Phrase), b": "])?;
            open += 1;
        } else if open > 0 {
            out.put(b";")?;
            open -= 1;
            if open == 0 && goes_on {
                out.put(b", ")?;
            }
        }
        if column != 0 && next.is_some() {
            column = column.wrapping_add(out.since(base));
            if column >= COLUMNS {
                out.put(CONTINUATION)?;
                column = CONTINUATION.len() as c_long - 2;
            }
        }
        at = now.next;
    }
    Some(())
}

/// # Safety
/// The strings of `of` are NULL or C strings.
pub(super) unsafe fn address(out: Out, of: &Address) -> Option<()> {
    if of.host.is_null() {
        return Some(());
    }
    // SAFETY: the caller vouches for it.
    let (mailbox, host) = unsafe { (bytes(of.mailbox), bytes(of.host)) };
    out.put(&quote(mailbox, Rule::DotAtom))?;
    if host.starts_with(b"@") {
        return Some(());
    }
    out.all(&[b"@", &quote(host, Rule::DotAtom)])
}

/// # Safety
/// `list` is NULL or a valid list.
unsafe fn parameter_list(out: Out, list: *const Parameter) -> Option<()> {
    let mut at = list;
    // SAFETY: the caller vouches for it.
    while let Some(now) = unsafe { at.as_ref() } {
        // SAFETY: likewise.
        let (name, value) = unsafe { (bytes(now.attribute), bytes(now.value)) };
        out.all(&[b"; ", name, b"=", &quote(value, Rule::Token)])?;
        at = now.next;
    }
    Some(())
}

/// # Safety
/// `list` is NULL or a valid list of NUL-ended texts.
unsafe fn string_list(out: Out, list: *const StringList) -> Option<()> {
    let mut at = list;
    // SAFETY: the caller vouches for it.
    while let Some(now) = unsafe { at.as_ref() } {
        // SAFETY: likewise.
        let text = unsafe { bytes(now.text.data.cast()) };
        out.put(&quote(text, Rule::Token))?;
        if !now.next.is_null() {
            out.put(b", ")?;
        }
        at = now.next;
    }
    Some(())
}

/// # Safety
/// The members of `env` and `body` are valid.
pub(super) unsafe fn header(
    out: Out,
    env: &Envelope,
    body: Option<&Body>,
    with_bcc: bool,
) -> Option<()> {
    // SAFETY: the caller vouches for all that hangs on both.
    unsafe {
        let remail = bytes(env.remail);
        let again = !remail.is_empty();
        // The prefix ends in an empty line, which comes at the end.
        let kept = match remail.len().checked_sub(4) {
            Some(at @ 1..) if remail[at] == b'\r' => remail.len() - 2,
            _ => remail.len(),
        };
        out.put(&remail[..kept])?;
        header_line(out, b"Newsgroups", again, env.newsgroups)?;
        header_line(out, b"Date", again, env.date.cast())?;
        address_line(out, b"From", again, env.from)?;
        address_line(out, b"Sender", again, env.sender)?;
        address_line(out, b"Reply-To", again, env.reply_to)?;
        header_line(out, b"Subject", again, env.subject)?;
        if !env.bcc.is_null() && env.to.is_null() && env.cc.is_null() {
            out.put(b"To: undisclosed recipients: ;\r\n")?;
        }
        address_line(out, b"To", again, env.to)?;
        address_line(out, b"cc", again, env.cc)?;
        if with_bcc {
            address_line(out, b"bcc", again, env.bcc)?;
        }
        header_line(out, b"In-Reply-To", again, env.in_reply_to)?;
        header_line(out, b"Message-ID", again, env.message_id)?;
        header_line(out, b"Followup-to", again, env.followup_to)?;
        header_line(out, b"References", again, env.references)?;
        if let Some(body) = body.filter(|_| env.remail.is_null()) {
            out.put(b"MIME-Version: 1.0\r\n")?;
            body_header(out, body)?;
        }
    }
    out.put(b"\r\n")
}

/// # Safety
/// The members of `body` are valid.
pub(super) unsafe fn body_header(out: Out, body: &Body) -> Option<()> {
    // SAFETY: the caller vouches for all that hangs on the body.
    unsafe {
        let types = &raw const body_types as *const *mut c_char;
        let subtype = if body.subtype.is_null() {
            default_subtype(body.r#type)
        } else {
            bytes(body.subtype)
        };
        let name = table_name(types, body.r#type, TYPEMAX, TYPEOTHER);
        out.all(&[b"Content-Type: ", name, b"/", subtype])?;
        if !body.parameter.is_null() {
            parameter_list(out, body.parameter)?;
        } else if i32::from(body.r#type) == TYPETEXT {
            let plain = i32::from(body.encoding) == ENC7BIT;
            let charset: &[u8] = if plain { b"US-ASCII" } else { b"X-UNKNOWN" };
            out.all(&[b"; CHARSET=", charset])?;
        }
        if body.encoding != 0 {
            let encodings = &raw const body_encodings as *const *mut c_char;
            let name = table_name(encodings, body.encoding, ENCMAX, ENCOTHER);
            out.all(&[b"\r\nContent-Transfer-Encoding: ", name])?;
        }
        for (name, text) in [
            (&b"\r\nContent-ID: "[..], body.id),
            (b"\r\nContent-Description: ", body.description),
            (b"\r\nContent-MD5: ", body.md5),
        ] {
            if !text.is_null() {
                out.all(&[name, bytes(text)])?;
            }
        }
        if !body.language.is_null() {
            out.put(b"\r\nContent-Language: ")?;
            string_list(out, body.language)?;
        }
        if !body.location.is_null() {
            out.all(&[b"\r\nContent-Location: ", bytes(body.location)])?;
        }
        if !body.disposition.r#type.is_null() {
            out.all(&[b"\r\nContent-Disposition: ", bytes(body.disposition.r#type)])?;
            parameter_list(out, body.disposition.parameter)?;
        }
    }
    out.put(b"\r\n")
}

/// The contents. No recursion: a host builds bodies of any depth.
///
/// # Safety
/// `body` is a valid tree whose texts are NUL-ended.
pub(super) unsafe fn text(out: Out, body: *mut Body) -> Option<()> {
    let mut open: Vec<(Cow<'_, [u8]>, *mut Part)> = Vec::new();
    let mut at = body;
    loop {
        // SAFETY: the caller vouches for the tree; nothing else refers to it now.
        unsafe {
            if i32::from((*at).r#type) == TYPEMULTIPART {
                let cookie = encode::boundary(at, true).to_vec();
                open.push((Cow::Owned(cookie), (*at).nested.part));
            } else {
                out.all(&[bytes((*at).contents.text.data.cast()), b"\r\n"])?;
            }
        }
        // The next part there is, on whatever level.
        loop {
            let Some((cookie, part)) = open.last_mut() else {
                return Some(());
            };
            if part.is_null() {
                out.all(&[b"--", cookie, b"--\r\n"])?;
                open.pop();
                continue;
            }
            // SAFETY: as above.
            unsafe {
                at = &raw mut (**part).body;
                *part = (**part).next;
                out.all(&[b"--", cookie, b"\r\n"])?;
                body_header(out, &*at)?;
            }
            out.put(b"\r\n")?;
            break;
        }
    }
}

/// Header and contents.
///
/// # Safety
/// As for its parts.
unsafe fn message(
    buf: *mut Rfc822Buffer,
    env: *mut Envelope,
    body: *mut Body,
    ok8: c_long,
) -> c_long {
    // SAFETY: the caller vouches for everything, and for the host's functions.
    unsafe {
        let Some(out) = Out::new(buf) else { return 0 };
        if let Some(write) = parameters::rfc822_output_full_hook() {
            return write(buf, env, body, ok8);
        }
        if let Some(write) = parameters::rfc822_output_hook() {
            return write((*buf).cur, env, body, (*buf).f, (*buf).s, ok8);
        }
        if env.is_null() {
            return 0;
        }
        encode::encode_body(body, ok8 != 0);
        truth((|| {
            header(out, &*env, body.as_ref(), false)?;
            if !body.is_null() {
                text(out, body)?;
            }
            out.flush()
        })())
    }
}

entry! {
    /// Hands what the buffer holds, NUL-ended, to its function. Returns that function's answer.
    fn rfc822_output_flush(buf: *mut Rfc822Buffer) -> c_long {
        // SAFETY: a buffer of the caller's.
        truth(unsafe { Out::new(buf) }.and_then(Out::flush))
    }

    /// Writes a message, for sending: no bcc. With `ok8` 0 eight-bit and binary contents are encoded in the body
    /// first, else binary ones. `SET_RFC822OUTPUTFULL` and `SET_RFC822OUTPUT` replace it. NIL when the buffer's
    /// function fails.
    fn rfc822_output_full(buf: *mut Rfc822Buffer, env: *mut Envelope, body: *mut Body, ok8: c_long) -> c_long {
        // SAFETY: all of the caller's.
        unsafe { message(buf, env, body, ok8) }
    }

    /// As `rfc822_output_full`, with a buffer of `SENDBUFLEN` octets.
    fn rfc822_output(
        t: *mut c_char,
        env: *mut Envelope,
        body: *mut Body,
        f: super::super::types::soutr_t,
        s: *mut c_void,
        ok8bit: c_long
    ) -> c_long {
        if let Some(write) = parameters::rfc822_output_hook() {
            // SAFETY: the host's function, called as its prototype says.
            return unsafe { write(t, env, body, f, s, ok8bit) };
        }
        // SAFETY: the caller's buffer has that length.
        unsafe {
            let end = t.add(super::legacy::ROOM);
            let mut buf = Rfc822Buffer { f, s, beg: t, cur: t, end };
            message(&mut buf, env, body, ok8bit)
        }
    }

    /// Writes the contents of a body.
    fn rfc822_output_body(body: *mut Body, f: super::super::types::soutr_t, s: *mut c_void) -> c_long {
        let mut place = vec![0 as c_char; super::legacy::ROOM + 2];
        let beg = place.as_mut_ptr();
        // SAFETY: the place is one longer than what the buffer says.
        unsafe {
            let mut buf = Rfc822Buffer { f, s, beg, cur: beg, end: beg.add(super::legacy::ROOM + 1) };
            let Some(out) = Out::new(&mut buf).filter(|_| !body.is_null()) else { return 0 };
            truth(text(out, body).and_then(|()| out.flush()))
        }
    }

    /// Writes the header of a message and its empty line; bcc if `flags` is not 0. `specials` is not looked at.
    fn rfc822_output_header(
        buf: *mut Rfc822Buffer,
        env: *mut Envelope,
        body: *mut Body,
        specials: *const c_char,
        flags: c_long
    ) -> c_long {
        let _ = specials;
        // SAFETY: all of the caller's.
        unsafe {
            let (Some(out), Some(env)) = (Out::new(buf), env.as_ref()) else { return 0 };
            truth(header(out, env, body.as_ref(), flags != 0))
        }
    }

    /// Writes one line of a header, with `ReSent-` before it if `resent` is not 0; nothing if there is no text.
    fn rfc822_output_header_line(
        buf: *mut Rfc822Buffer,
        r#type: *mut c_char,
        resent: c_long,
        text: *mut c_char
    ) -> c_long {
        // SAFETY: all of the caller's.
        unsafe {
            let Some(out) = Out::new(buf) else { return 0 };
            truth(header_line(out, bytes(r#type), resent != 0, text))
        }
    }

    /// Writes a header line of addresses; nothing if there are none. `specials` is not looked at.
    fn rfc822_output_address_line(
        buf: *mut Rfc822Buffer,
        r#type: *mut c_char,
        resent: c_long,
        adr: *mut Address,
        specials: *const c_char
    ) -> c_long {
        let _ = specials;
        // SAFETY: all of the caller's.
        unsafe {
            let Some(out) = Out::new(buf) else { return 0 };
            truth(address_line(out, bytes(r#type), resent != 0, adr))
        }
    }

    /// Writes an address list. `pretty`, if not 0, is the column it begins at: then lines are continued, and members
    /// of groups left out. `specials` is not looked at.
    fn rfc822_output_address_list(
        buf: *mut Rfc822Buffer,
        adr: *mut Address,
        pretty: c_long,
        specials: *const c_char
    ) -> c_long {
        let _ = specials;
        // SAFETY: all of the caller's.
        unsafe { truth(Out::new(buf).and_then(|out| address_list(out, adr, pretty))) }
    }

    /// Writes mailbox and host of an address; nothing if it has no host.
    fn rfc822_output_address(buf: *mut Rfc822Buffer, adr: *mut Address) -> c_long {
        // SAFETY: all of the caller's.
        unsafe {
            let Some(out) = Out::new(buf) else { return 0 };
            truth(adr.as_ref().map_or(Some(()), |adr| address(out, adr)))
        }
    }

    /// Writes a word, in quotes if one of the `specials` is in it, or if it is empty; with NULL, if it is no dot-atom.
    fn rfc822_output_cat(buf: *mut Rfc822Buffer, src: *mut c_char, specials: *const c_char) -> c_long {
        // SAFETY: all of the caller's.
        unsafe { truth(Out::new(buf).and_then(|out| out.put(&quote(bytes(src), rule(specials))))) }
    }

    /// Writes parameters, each with `; ` before it.
    fn rfc822_output_parameter(buf: *mut Rfc822Buffer, param: *mut Parameter) -> c_long {
        // SAFETY: all of the caller's.
        unsafe { truth(Out::new(buf).and_then(|out| parameter_list(out, param))) }
    }

    /// Writes the texts of a list, with commas between.
    fn rfc822_output_stringlist(buf: *mut Rfc822Buffer, stl: *mut StringList) -> c_long {
        // SAFETY: all of the caller's.
        unsafe { truth(Out::new(buf).and_then(|out| string_list(out, stl))) }
    }

    /// Writes the `Content-` lines of a body.
    fn rfc822_output_body_header(buf: *mut Rfc822Buffer, body: *mut Body) -> c_long {
        // SAFETY: all of the caller's.
        unsafe {
            let (Some(out), Some(body)) = (Out::new(buf), body.as_ref()) else { return 0 };
            truth(body_header(out, body))
        }
    }

    /// Writes the contents of a body, parts with their headers and boundaries.
    fn rfc822_output_text(buf: *mut Rfc822Buffer, body: *mut Body) -> c_long {
        // SAFETY: all of the caller's.
        unsafe { truth(Out::new(buf).filter(|_| !body.is_null()).and_then(|out| text(out, body))) }
    }

    /// The subtype of a body that names none; not the caller's to free.
    fn rfc822_default_subtype(r#type: c_ushort) -> *mut c_char {
        let names: [&CStr; 6] = [c"PLAIN", c"MIXED", c"RFC822", c"OCTET-STREAM", c"BASIC", c"UNKNOWN"];
        names[usize::from(r#type).min(5)].as_ptr().cast_mut()
    }
}
