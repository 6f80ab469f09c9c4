//! Texts and structure of messages, whatever driver has them (UW's mail_fetch_structure, mail_fetch_header,
//! mail_fetch_body, …).
//!
//! What is returned belongs to the stream's cache: it stays until the message is expunged, the cache is collected, or
//! the stream goes to another mailbox. Failure is an empty string, never NULL.

use core::cell::UnsafeCell;
use core::ffi::{CStr, c_char, c_long, c_ulong, c_ushort};

use super::constants::{
    FT_INTERNAL, FT_NOT, FT_PEEK, FT_UID, MAILTMPLEN, MG_UID, ST_SET, TYPEMULTIPART,
};
use super::entry::entry;
use super::fetch_default::{self, Plain, Wanted};
use super::imap::structure::imap_structure_of;
use super::mail_messages::mail_msgno;
use super::mm_cache::complain_of_number;
use super::objects::imapdriver;
use super::stream::sections::{find_part, give_to_reader, nested_message};
use super::stream::{Entered, enter};
use super::types::{
    Body, BodyNested, Driver, Envelope, GetsData, MailStream, Message, Part, SizedText, StringList,
};
use super::{memory, tell};
use crate::mime::filter;

/// The empty answer.
pub(super) fn nothing() -> *mut c_char {
    const EMPTY: &CStr = c"";
    EMPTY.as_ptr().cast_mut()
}

/// A section name longer than this is refused, as UW does.
const SECTION_LIMIT: usize = MAILTMPLEN as usize - 20;

/// One request: the stream, the message, how.
pub(super) struct Request {
    pub(super) cx: Entered,
    driver: *mut Driver,
    pub(super) msgno: u32,
    /// The number as the caller gave it, which is a UID with FT_UID.
    named: c_ulong,
    flags: c_long,
    /// What had gone before.
    gone: u32,
}

impl Drop for Request {
    fn drop(&mut self) {
        self.cx.end_numbers(self.gone);
    }
}

impl Request {
    /// Checks stream, number and section; turns a UID into a number. `None`: nothing to be had.
    pub(super) fn new(
        stream: *mut MailStream,
        number: c_ulong,
        section: &[u8],
        flags: c_long,
    ) -> Option<Self> {
        if section.len() > SECTION_LIMIT {
            return None;
        }
        let cx = enter(stream)?;
        let named = number;
        let mut number = number;
        if flags & FT_UID != 0 {
            // SAFETY: the stream is entered.
            number = unsafe { mail_msgno(stream, number) };
            cx.takes_numbers_anew();
        }
        let Some(msgno) = u32::try_from(number).ok().filter(|&n| cx.has_message(n)) else {
            // c-client has no word for a UID that there is not, and its last for such a number.
            if flags & FT_UID == 0 {
                complain_of_number(&cx, number);
            }
            return None;
        };
        if flags & FT_UID == 0 && cx.is_renumbered(msgno) {
            cx.tell_renumbered();
            return None;
        }
        let driver = cx.edit(|s| s.dtb);
        let gone = cx.begin_numbers();
        Some(Self {
            cx,
            gone,
            driver,
            msgno,
            named,
            flags: flags & !FT_UID,
        })
    }

    /// The part of that section, from the structure, which is fetched if it is not known.
    pub(super) fn part(&self, section: &[u8]) -> *mut Body {
        let mut body = core::ptr::null_mut();
        structure(self.cx.raw(), self.msgno.into(), &mut body, 0);
        if self.means_another() {
            return core::ptr::null_mut();
        }
        // SAFETY: a BODY tree of the cache, valid until the next change of it.
        unsafe { find_part(body, section) }
    }

    /// Whether the number means another message by now, or none.
    fn means_another(&self) -> bool {
        self.cx.has_another_meaning(self.msgno)
    }

    /// The inside of the message itself (empty section) or of a nested one.
    pub(super) fn message(&self, section: &[u8]) -> *mut Message {
        if self.means_another() {
            return core::ptr::null_mut();
        }
        if section.is_empty() {
            return self
                .cx
                .edit_element(self.msgno, |elt| &raw mut elt.private.msg)
                .unwrap_or(core::ptr::null_mut());
        }
        let part = self.part(section);
        // SAFETY: as in `part`.
        if part.is_null() {
            core::ptr::null_mut()
        } else {
            // SAFETY: as in `part`.
            unsafe { nested_message(part) }
        }
    }

    /// The driver, if it has no parts of messages, only headers and texts.
    pub(super) fn plain(&self) -> Option<Plain> {
        // SAFETY: the driver of an open stream.
        unsafe { Plain::of(self.driver) }
    }

    /// What such a driver is asked for.
    pub(super) fn wanted<'a>(
        &'a self,
        section: Option<&'a CStr>,
        len: *mut c_ulong,
        flags: c_long,
    ) -> Wanted<'a> {
        Wanted {
            cx: &self.cx,
            msgno: self.msgno,
            section,
            len,
            flags,
        }
    }

    /// Fetches a section into the cache.
    fn fetch(&self, section: &[u8], lines: *mut StringList) -> bool {
        self.fetch_piece(section, (0, 0), lines)
    }

    /// Fetches a section into the cache; or, if not both numbers are 0, only octets of it, from the first on and so many
    /// (0: all), for the program's reader.
    pub(super) fn fetch_piece(
        &self,
        section: &[u8],
        (first, count): (c_ulong, c_ulong),
        lines: *mut StringList,
    ) -> bool {
        if self.driver.is_null() {
            return false;
        }
        // SAFETY: the driver of an open stream.
        let Some(fetch) = (unsafe { (*self.driver).msgdata }) else {
            return false;
        };
        let section = tell::c_string(section);
        // SAFETY: the driver takes its stream, a C string and the caller's list.
        unsafe {
            fetch(
                self.cx.raw(),
                self.msgno.into(),
                section.as_ptr().cast_mut(),
                first,
                count,
                lines,
                self.flags,
            ) != 0
                && !self.cx.is_closed()
                && !self.means_another()
        }
    }

    /// Reading without FT_PEEK marks the message \Seen, also when the text lay in the cache.
    pub(super) fn mark_seen(&self) {
        let seen = self
            .cx
            .edit_element(self.msgno, |elt| elt.seen() != 0)
            .unwrap_or(true);
        if self.flags & FT_PEEK != 0 || seen || self.driver.is_null() {
            return;
        }
        // SAFETY: the driver of an open stream takes its stream and C strings.
        unsafe {
            if let Some(flag) = (*self.driver).flag {
                let sequence = tell::c_string(self.msgno.to_string().as_bytes());
                flag(
                    self.cx.raw(),
                    sequence.as_ptr().cast_mut(),
                    c"\\Seen".as_ptr().cast_mut(),
                    ST_SET,
                );
            }
        }
        if !self.cx.is_closed() {
            tell::flags(self.cx.raw(), self.msgno.into());
        }
    }

    /// Returns a cached text, through the application's reader if it has one, which is told section and number.
    fn give(
        &self,
        text: *mut SizedText,
        section: Option<&CStr>,
        number: c_ulong,
        len: *mut c_ulong,
        flags: c_long,
    ) -> *mut c_char {
        if self.cx.is_closed() || self.means_another() {
            return nothing();
        }
        // SAFETY: `text` lies in the cache; `len` is NULL or the caller's place.
        unsafe {
            if (*text).data.is_null() {
                return nothing();
            }
            set_length(len, (*text).size);
            if (*text).size == 0 {
                return nothing();
            }
            let mut about = GetsData {
                stream: self.cx.raw(),
                msgno: number,
                what: section.map_or(core::ptr::null_mut(), |name| name.as_ptr().cast_mut()),
                stl: core::ptr::null_mut(),
                first: 0,
                last: 0,
                flags,
            };
            let octets = memory::text_bytes(&*text);
            give_to_reader(octets, &mut about).unwrap_or((*text).data.cast())
        }
    }
}

/// # Safety
/// NULL or a place for a number.
pub(super) unsafe fn set_length(len: *mut c_ulong, value: c_ulong) {
    if !len.is_null() {
        // SAFETY: the caller vouches for it.
        unsafe { *len = value };
    }
}

/// Two constants that C sees as mutable.
#[repr(transparent)]
struct Shared<T>(UnsafeCell<T>);

// SAFETY: the library never writes there, and the interface forbids callers to write into a BODY of the cache.
unsafe impl<T> Sync for Shared<T> {}

/// What stands in for the structure of a message that exists and that the server did not give: a multipart of one empty
/// text part. Asterisk looks into the BODY without asking whether there is one, and died of a connection lost there.
fn no_structure() -> *mut Body {
    // SAFETY: all zero is a text part without anything.
    static PART: Shared<Part> = Shared(UnsafeCell::new(unsafe { core::mem::zeroed() }));
    static BODY: Shared<Body> = Shared(UnsafeCell::new(Body {
        r#type: TYPEMULTIPART as c_ushort,
        nested: BodyNested { part: PART.0.get() },
        // SAFETY: all zero is a body without anything.
        ..unsafe { core::mem::zeroed() }
    }));
    BODY.0.get()
}

/// mail_fetch_structure for the library's own use.
pub(super) fn structure(
    stream: *mut MailStream,
    msgno: c_ulong,
    body: *mut *mut Body,
    flags: c_long,
) -> *mut Envelope {
    let null = core::ptr::null_mut();
    let Some(cx) = enter(stream) else {
        if !body.is_null() {
            // SAFETY: the caller's place for a pointer.
            unsafe { *body = core::ptr::null_mut() };
        }
        return null;
    };
    let driver = cx.edit(|s| s.dtb);
    if core::ptr::eq(driver, &raw const imapdriver) {
        // Most calls by far: they need not find the stream again.
        // SAFETY: `body` is NULL or the caller's place.
        return unsafe { imap_structure_of(&cx, msgno, body, flags) };
    }
    // SAFETY: the driver of an open stream takes its stream; `body` is NULL or the caller's place.
    unsafe {
        if let (false, Some(get)) = (driver.is_null(), driver.as_ref().and_then(|d| d.structure)) {
            return get(stream, msgno, body, flags);
        }
        if let Some(plain) = Plain::of(driver) {
            return fetch_default::structure(&cx, plain, msgno, body, flags);
        }
        if !body.is_null() {
            *body = core::ptr::null_mut();
        }
    }
    null
}

fn header(
    stream: *mut MailStream,
    msgno: c_ulong,
    section: &[u8],
    lines: *mut StringList,
    len: *mut c_ulong,
    flags: c_long,
) -> *mut c_char {
    let Some(request) = Request::new(stream, msgno, section, flags) else {
        return nothing();
    };
    let message = request.message(section);
    if message.is_null() {
        return nothing();
    }
    // SAFETY: `message` lies in the cache, which nobody changes but the calls below; it is looked up again after each.
    unsafe {
        let plain = request.plain();
        if let (Some(plain), false) = (plain, section.is_empty()) {
            let (offset, size) = ((*message).header.offset, (*message).header.text.size);
            return nested_header(&request, plain, (offset, size), lines, len);
        }
        let wanted = memory::list_bytes(lines);
        let wanted = (!lines.is_null()).then_some(wanted.as_slice());
        let have = memory::list_bytes((*message).lines);
        let have = (!(*message).lines.is_null()).then_some(have.as_slice());
        let cached = !(*message).header.text.data.is_null()
            && filter::match_lines(wanted, have, flags & FT_NOT != 0);
        if cached {
            request.mark_seen();
        } else if let Some(plain) = plain {
            request.mark_seen();
            let text = plain.header(&request.cx, request.msgno, flags & !FT_UID);
            let message = request.message(section);
            if request.cx.is_closed() || message.is_null() {
                return nothing();
            }
            if (*message).header.text.data.is_null() {
                // A driver that keeps its headers to itself.
                return filtered(&request, text, wanted, len);
            }
        } else {
            let name = if section.is_empty() {
                b"HEADER".to_vec()
            } else {
                [section, b".HEADER"].concat()
            };
            if !request.fetch(&name, lines) {
                return nothing();
            }
        }
        let message = request.message(section);
        if request.cx.is_closed() || message.is_null() || (*message).header.text.data.is_null() {
            return nothing();
        }
        let text = &raw mut (*message).header.text;
        // What the server was asked to pick out needs no picking here.
        let picked = !cached && !(*message).lines.is_null();
        match wanted {
            Some(wanted) if !picked => {
                let kept =
                    filter::filter_header(memory::text_bytes(&*text), wanted, flags & FT_NOT != 0);
                set_length(len, kept.len() as c_ulong);
                request
                    .cx
                    .edit(|s| memory::set_text(&mut s.text, &kept))
                    .cast()
            }
            _ => {
                set_length(len, (*text).size);
                (*text).data.cast()
            }
        }
    }
}

/// A header that is not in the cache, the wanted lines of it.
fn filtered(
    request: &Request,
    text: Vec<u8>,
    wanted: Option<&[Vec<u8>]>,
    len: *mut c_ulong,
) -> *mut c_char {
    let text = match wanted {
        Some(wanted) => filter::filter_header(&text, wanted, request.flags & FT_NOT != 0),
        None => text,
    };
    request.wanted(None, len, 0).keep(&text)
}

/// The header of an attached message, out of the text of the whole.
///
/// # Safety
/// As for `mail_fetch_header`.
unsafe fn nested_header(
    request: &Request,
    plain: Plain,
    (offset, size): (c_ulong, c_ulong),
    lines: *mut StringList,
    len: *mut c_ulong,
) -> *mut c_char {
    // SAFETY: the caller's list.
    let wanted = unsafe { memory::list_bytes(lines) };
    let flags = request.flags & !FT_INTERNAL;
    match request
        .wanted(None, len, flags)
        .quiet_part(plain, offset, size)
    {
        Some(text) => {
            let wanted = (!lines.is_null()).then_some(wanted.as_slice());
            filtered(request, text, wanted, len)
        }
        None => nothing(),
    }
}

/// A whole message, or a text that hangs on a MESSAGE struct. The application's reader is told the section as the caller
/// named it: `None` for NULL.
fn message_text(
    stream: *mut MailStream,
    msgno: c_ulong,
    named: Option<&[u8]>,
    whole: bool,
    len: *mut c_ulong,
    flags: c_long,
) -> *mut c_char {
    let section = named.unwrap_or_default();
    let Some(request) = Request::new(stream, msgno, section, flags) else {
        return nothing();
    };
    let place = |request: &Request| {
        let message = request.message(section);
        // SAFETY: only the address of a member is taken.
        (!message.is_null()).then(|| unsafe {
            if whole {
                &raw mut (*message).full.text
            } else {
                &raw mut (*message).text.text
            }
        })
    };
    let Some(text) = place(&request) else {
        return nothing();
    };
    // SAFETY: `text` lies in the cache.
    if unsafe { !(*text).data.is_null() } {
        request.mark_seen();
    } else if let Some(plain) = request.plain() {
        let shown = named.map(tell::c_string);
        let wanted = request.wanted(shown.as_deref(), len, request.flags);
        if whole {
            let mut size = 0;
            let none = core::ptr::null_mut();
            let text = header(
                stream,
                request.msgno.into(),
                b"",
                none,
                &mut size,
                request.flags,
            );
            // SAFETY: what `header` gives has that size and stays until the next call.
            let text = unsafe { core::slice::from_raw_parts(text.cast::<u8>(), size as usize) };
            return wanted.whole(plain, text.to_vec());
        }
        if section.is_empty() {
            return wanted.part(plain, None, None);
        }
        let message = request.message(section);
        // SAFETY: the message lies in the cache.
        let (offset, size) = unsafe { ((*message).text.offset, (*message).text.text.size) };
        return wanted.part(plain, Some(offset), Some(size));
    } else {
        let name = match (whole, section.is_empty()) {
            (true, _) => Vec::new(),
            (false, true) => b"TEXT".to_vec(),
            (false, false) => [section, b".TEXT"].concat(),
        };
        if !request.fetch(&name, core::ptr::null_mut()) {
            return nothing();
        }
    }
    match place(&request) {
        Some(text) => {
            let shown = named.map(tell::c_string);
            request.give(text, shown.as_deref(), request.msgno.into(), len, 0)
        }
        None => nothing(),
    }
}

fn body(
    stream: *mut MailStream,
    msgno: c_ulong,
    section: &[u8],
    len: *mut c_ulong,
    flags: c_long,
) -> *mut c_char {
    if section.is_empty() {
        return message_text(stream, msgno, Some(b""), true, len, flags);
    }
    if section.len() > SECTION_LIMIT {
        return nothing();
    }
    let flags = flags & !FT_INTERNAL;
    // Section 0 was the header once (RFC 1730).
    if let Some(part) = section
        .strip_suffix(b".0")
        .or((section == b"0").then_some(b""))
    {
        return header_as_body(stream, msgno, section, part, len, flags);
    }
    let Some(request) = Request::new(stream, msgno, section, flags) else {
        return nothing();
    };
    part_text(&request, section, section, len, true)
}

fn header_as_body(
    stream: *mut MailStream,
    msgno: c_ulong,
    section: &[u8],
    part: &[u8],
    len: *mut c_ulong,
    flags: c_long,
) -> *mut c_char {
    let mut size = 0;
    let text = header(stream, msgno, part, core::ptr::null_mut(), &mut size, flags);
    let Some(request) = Request::new(stream, msgno, part, flags) else {
        return nothing();
    };
    let mut text = SizedText {
        data: text.cast(),
        size,
    };
    let by_uid = if flags & FT_UID != 0 { MG_UID } else { 0 };
    request.give(
        &mut text,
        Some(&tell::c_string(section)),
        msgno,
        len,
        by_uid,
    )
}

/// Contents or MIME header of a part.
fn part_text(
    request: &Request,
    section: &[u8],
    name: &[u8],
    len: *mut c_ulong,
    contents: bool,
) -> *mut c_char {
    let place = || {
        let part = request.part(section);
        // SAFETY: only the address of a member is taken.
        (!part.is_null()).then(|| unsafe {
            if contents {
                &raw mut (*part).contents.text
            } else {
                &raw mut (*part).mime.text
            }
        })
    };
    let Some(text) = place() else {
        return nothing();
    };
    // SAFETY: `text` lies in the cache.
    if unsafe { !(*text).data.is_null() } {
        request.mark_seen();
    } else if let Some(plain) = request.plain() {
        return plain_part(request, plain, section, len, contents);
    } else if !request.fetch(name, core::ptr::null_mut()) {
        return nothing();
    }
    match place() {
        Some(text) if contents => {
            let shown = tell::c_string(section);
            request.give(text, Some(&shown), request.named, len, 0)
        }
        // SAFETY: `text` lies in the cache, `len` is NULL or the caller's place.
        Some(text) if !request.cx.is_closed() => unsafe {
            if (*text).data.is_null() {
                return nothing();
            }
            set_length(len, (*text).size);
            (*text).data.cast()
        },
        _ => nothing(),
    }
}

/// The same out of the text of the whole message.
fn plain_part(
    request: &Request,
    plain: Plain,
    section: &[u8],
    len: *mut c_ulong,
    contents: bool,
) -> *mut c_char {
    let part = request.part(section);
    if part.is_null() {
        return nothing();
    }
    // SAFETY: a BODY of the cache, and the caller's place.
    let (offset, size) = unsafe {
        let text = if contents {
            &(*part).contents
        } else {
            &(*part).mime
        };
        (text.offset, text.text.size)
    };
    let name = tell::c_string(section);
    let wanted = request.wanted(Some(&name), len, request.flags);
    if size == 0 {
        request.mark_seen();
        return nothing();
    }
    if contents {
        return wanted.part(plain, Some(offset), Some(size));
    }
    match wanted.quiet_part(plain, offset, size) {
        Some(text) => wanted.keep(&text),
        None => nothing(),
    }
}

fn mime(
    stream: *mut MailStream,
    msgno: c_ulong,
    section: &[u8],
    len: *mut c_ulong,
    flags: c_long,
) -> *mut c_char {
    if section.is_empty() {
        return nothing();
    }
    let Some(request) = Request::new(stream, msgno, section, flags & !FT_INTERNAL) else {
        return nothing();
    };
    part_text(&request, section, &[section, b".MIME"].concat(), len, false)
}

entry! {
    /// Envelope of a message (UID with FT_UID) and, if `body` is not NULL, its MIME structure, fetched when they are
    /// not there yet. Both belong to the stream, until the message is expunged, mail_gc with GC_ENV or mail_close; with
    /// OP_SHORTCACHE until the next message's. NIL on failure.
    ///
    /// Of a message that is there, and whose structure the server did not give, `*body` is a multipart of one empty
    /// text: it is never NULL then.
    fn mail_fetch_structure(stream: *mut MailStream, msgno: c_ulong, body: *mut *mut Body, flags: c_long) -> *mut Envelope {
        let by_number = flags & FT_UID == 0;
        let entered = enter(stream);
        let messages = entered.as_ref().map_or(0, |cx| cx.edit(|s| s.nmsgs));
        let exists = by_number && (1..=messages).contains(&msgno);
        let mut another = false;
        if let Some(cx) = entered.as_ref().filter(|_| by_number) {
            if !exists {
                complain_of_number(cx, msgno);
            }
            another = u32::try_from(msgno).is_ok_and(|number| cx.is_renumbered(number));
            if another {
                cx.tell_renumbered();
            }
        }
        // Within another call on the stream less is asked for at once.
        drop(entered);
        let envelope = if another {
            // SAFETY: `body` is NULL or the caller's place.
            if let Some(body) = unsafe { body.as_mut() } {
                *body = core::ptr::null_mut();
            }
            core::ptr::null_mut()
        } else {
            structure(stream, msgno, body, flags)
        };
        // SAFETY: `body` is NULL or the caller's place.
        unsafe {
            if exists && !body.is_null() && (*body).is_null() {
                *body = no_structure();
            }
        }
        envelope
    }

    /// The header of a message, or of the nested message at `section` (`2.1`); only the lines named in `lines`, or all
    /// others with FT_NOT. Ends with the empty line. Sets `len`, if it is not NULL. "" on failure. Without FT_PEEK,
    /// which mail_fetchheader gives, a server may mark the message `\Seen`.
    ///
    /// The text belongs to the stream, and has a NUL behind it. The whole header stays until mail_gc with GC_TEXTS, an
    /// expunge of the message, or mail_close; a part of it only until the next fetch of a header.
    fn mail_fetch_header(
        stream: *mut MailStream,
        msgno: c_ulong,
        section: *mut c_char,
        lines: *mut StringList,
        len: *mut c_ulong,
        flags: c_long,
    ) -> *mut c_char {
        // SAFETY: `len` and strings by the interface.
        unsafe {
            set_length(len, 0);
            header(stream, msgno, memory::bytes(section), lines, len, flags)
        }
    }

    /// A whole message as RFC 822 text; sets `len`, if it is not NULL. Marks it `\Seen` unless FT_PEEK. Belongs to the
    /// stream, until the next fetch of a text, mail_gc with GC_TEXTS or mail_close. "" on failure.
    fn mail_fetch_message(stream: *mut MailStream, msgno: c_ulong, len: *mut c_ulong, flags: c_long) -> *mut c_char {
        // SAFETY: `len` by the interface.
        unsafe { set_length(len, 0) };
        message_text(stream, msgno, Some(b""), true, len, flags)
    }

    /// All but the header of a message, or of the nested message at `section`; the rest as for mail_fetch_message.
    fn mail_fetch_text(
        stream: *mut MailStream,
        msgno: c_ulong,
        section: *mut c_char,
        len: *mut c_ulong,
        flags: c_long,
    ) -> *mut c_char {
        // SAFETY: `len` and string by the interface.
        unsafe {
            set_length(len, 0);
            let named = (!section.is_null()).then(|| memory::bytes(section));
            let flags = if named.unwrap_or_default().is_empty() { flags } else { flags & !FT_INTERNAL };
            message_text(stream, msgno, named, false, len, flags)
        }
    }

    /// The MIME header of the part at `section`. Without FT_PEEK a server may mark the message `\Seen`. The rest is as
    /// for mail_fetch_body.
    fn mail_fetch_mime(
        stream: *mut MailStream,
        msgno: c_ulong,
        section: *mut c_char,
        len: *mut c_ulong,
        flags: c_long,
    ) -> *mut c_char {
        // SAFETY: `len` and string by the interface.
        unsafe {
            set_length(len, 0);
            mime(stream, msgno, memory::bytes(section), len, flags)
        }
    }

    /// The contents of the part at `section` (`2.1`), still encoded as its `encoding` says (rfc822_base64,
    /// rfc822_qprint decode them); the whole message for an empty section. Sets `len`, if it is not NULL. Marks the
    /// message `\Seen` unless FT_PEEK. "" on failure, and for a part there is not.
    ///
    /// The text belongs to the stream, and has a NUL behind it. It stays until mail_gc with GC_TEXTS, an expunge of the
    /// message, or mail_close; a program should not count on it beyond the next fetch.
    fn mail_fetch_body(
        stream: *mut MailStream,
        msgno: c_ulong,
        section: *mut c_char,
        len: *mut c_ulong,
        flags: c_long,
    ) -> *mut c_char {
        // SAFETY: `len` and string by the interface.
        unsafe {
            set_length(len, 0);
            body(stream, msgno, memory::bytes(section), len, flags)
        }
    }
}
