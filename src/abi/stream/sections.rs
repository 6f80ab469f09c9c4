//! Where fetched text is kept: in the element, in the BODY tree, or handed to the application's `SET_GETS` reader
//! (UW's imap_cache and imap_parse_header).

use core::ffi::{c_char, c_long, c_ulong, c_void};

use super::Entered;
use crate::abi::constants::{MAILTMPLEN, MG_COPY, TYPEMESSAGE, TYPEMULTIPART};
use crate::abi::destructors::{mail_free_body, mail_free_envelope, mail_free_stringlist};
use crate::abi::types::{Body, Envelope, GetsData, Message, PartText, SizedText, StringList};
use crate::abi::{mail_fetch, memory, parameters, reading, tell, tree};
use crate::imap::response as imap;

/// A section specifier taken apart: part numbers, then what of the part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Specifier<'a> {
    /// `1.2`; empty for the whole message.
    pub part: &'a [u8],
    /// `HEADER`, `HEADER.FIELDS`, `HEADER.FIELDS.NOT`, `TEXT`, `MIME`; empty for the contents.
    pub what: &'a [u8],
}

impl<'a> Specifier<'a> {
    /// Takes `1.2.HEADER` apart. `0` stands for HEADER, as it did in IMAP4 (RFC 1730).
    pub fn parse(text: &'a [u8]) -> Self {
        let mut at = 0;
        while at < text.len() {
            let end = text[at..]
                .iter()
                .position(|&b| b == b'.')
                .map_or(text.len(), |n| at + n);
            let word = &text[at..end];
            if word == b"0" || !word.iter().all(u8::is_ascii_digit) {
                let what = if word == b"0" { b"HEADER" } else { &text[at..] };
                return Self {
                    part: &text[..at.saturating_sub(1)],
                    what,
                };
            }
            at = end + 1;
        }
        Self {
            part: text,
            what: b"",
        }
    }

    fn is_header(self) -> bool {
        matches!(
            self.what,
            b"HEADER" | b"HEADER.FIELDS" | b"HEADER.FIELDS.NOT"
        )
    }
}

/// Walks a BODY tree to the part of that number (`1.2`; mail_body's rules). NULL if there is none.
///
/// # Safety
/// `body` is NULL or a valid BODY tree.
pub unsafe fn find_part(body: *mut Body, part: &[u8]) -> *mut Body {
    let null = core::ptr::null_mut();
    let mut at = body;
    if part.is_empty() {
        return null;
    }
    let mut words = part.split(|&b| b == b'.').peekable();
    while let Some(word) = words.next() {
        // Rust's parser takes a sign, mail_body's does not.
        let Some(number) = core::str::from_utf8(word)
            .ok()
            .filter(|w| !w.starts_with('+'))
            .and_then(|w| w.parse::<usize>().ok())
        else {
            return null;
        };
        if at.is_null() || number == 0 {
            return null;
        }
        // SAFETY: the caller vouches for the tree; `nested` is read as its type says.
        unsafe {
            if i32::from((*at).r#type) == TYPEMULTIPART {
                let mut part = (*at).nested.part;
                for _ in 1..number {
                    if part.is_null() {
                        break;
                    }
                    part = (*part).next;
                }
                if part.is_null() {
                    return null;
                }
                at = &raw mut (*part).body;
            } else if number != 1 {
                return null;
            }
            if words.peek().is_some() && i32::from((*at).r#type) != TYPEMULTIPART {
                let inner = nested_message(at);
                if inner.is_null() {
                    return null;
                }
                at = (*inner).body;
            }
        }
    }
    at
}

/// The inside of a message/rfc822 part, NULL for any other.
///
/// # Safety
/// `body` is a valid BODY.
pub unsafe fn nested_message(body: *mut Body) -> *mut Message {
    // SAFETY: the caller vouches for the part.
    unsafe {
        if i32::from((*body).r#type) == TYPEMESSAGE && memory::bytes((*body).subtype) == b"RFC822" {
            (*body).nested.msg
        } else {
            core::ptr::null_mut()
        }
    }
}

/// What an application's reader reads from: octets in memory.
struct Cursor<'a> {
    left: &'a [u8],
}

/// The `readfn_t` over a [`Cursor`].
unsafe extern "C-unwind" fn read_cursor(
    stream: *mut c_void,
    size: c_ulong,
    buffer: *mut c_char,
) -> c_long {
    if stream.is_null() || buffer.is_null() {
        return 0;
    }
    // SAFETY: `stream` is the cursor handed to the reader along with this function, still alive; the reader gives a
    // buffer of at least `size` octets.
    unsafe {
        let cursor = &mut *stream.cast::<Cursor<'_>>();
        let wanted = usize::try_from(size).unwrap_or(usize::MAX);
        let count = wanted.min(cursor.left.len());
        core::ptr::copy_nonoverlapping(cursor.left.as_ptr(), buffer.cast(), count);
        // A reader that asks for more than it was promised gets zeros, not whatever lay in its buffer.
        core::ptr::write_bytes(buffer.add(count), 0, wanted - count);
        cursor.left = &cursor.left[count..];
        c_long::from(count == wanted)
    }
}

/// Hands text to the application's reader and returns what the reader made of it; NULL without a reader.
pub fn give_to_reader(text: &[u8], data: &mut GetsData) -> Option<*mut c_char> {
    let reader = parameters::gets()?;
    let mut cursor = Cursor { left: text };
    // SAFETY: reader and data follow mailgets_t; the cursor outlives the call.
    Some(unsafe {
        reader(
            Some(read_cursor),
            (&raw mut cursor).cast(),
            text.len() as c_ulong,
            data,
        )
    })
}

/// # Safety
/// `to.data` is NULL or a block of the C heap that nobody uses any more.
unsafe fn set_text(to: &mut SizedText, text: SizedText) {
    // The application may put into the cache what lies there.
    if to.data != text.data {
        // SAFETY: the caller vouches for it.
        unsafe { memory::release(&mut to.data) };
    }
    *to = text;
}

impl Entered {
    /// Keeps an ENVELOPE; what was known from the header and is not in ENVELOPE stays. Returns it.
    pub fn keep_envelope(&self, msgno: u32, from: &imap::Envelope) -> *mut Envelope {
        let mut warnings = Vec::new();
        let new = tree::envelope(from, &mut warnings);
        let Some(slot) = self.envelope_slot(msgno, true) else {
            let mut unwanted = new;
            // SAFETY: made above, handed to nobody.
            unsafe { mail_free_envelope(&mut unwanted) };
            return core::ptr::null_mut();
        };
        // SAFETY: the slot lies in an element or in the stream, both ours while entered; trees in it are owned by it.
        unsafe {
            let old = *slot;
            if !old.is_null() {
                (*new).newsgroups =
                    core::mem::replace(&mut (*old).newsgroups, core::ptr::null_mut());
                (*new).followup_to =
                    core::mem::replace(&mut (*old).followup_to, core::ptr::null_mut());
                (*new).references =
                    core::mem::replace(&mut (*old).references, core::ptr::null_mut());
                (*new).set_imapenvonly(0);
                mail_free_envelope(slot);
            }
            *slot = new;
        }
        self.warn_all(&warnings);
        new
    }

    /// Keeps a BODY tree.
    pub fn keep_body(&self, msgno: u32, from: &imap::BodyStructure) {
        let mut warnings = Vec::new();
        let new = tree::body(from, &mut warnings);
        let slot = if self.is_short_cached() {
            self.edit(|s| {
                if s.msgno != c_ulong::from(msgno) {
                    // SAFETY: the stream owns its short-cached envelope.
                    unsafe { mail_free_envelope(&mut s.env) };
                    s.msgno = c_ulong::from(msgno);
                }
                &raw mut s.body
            })
        } else {
            match self.edit_element(msgno, |elt| &raw mut elt.private.msg.body) {
                Some(slot) => slot,
                None => return,
            }
        };
        // SAFETY: as in `keep_envelope`.
        unsafe {
            mail_free_body(slot);
            *slot = new;
        }
        self.with(|live| live.note_extension_level(from));
        self.warn_all(&warnings);
    }

    fn warn_all(&self, warnings: &[String]) {
        for warning in warnings {
            if self.is_closed() {
                return;
            }
            self.trouble(warning);
        }
    }

    /// Whether the stream keeps one message at a time (OP_SHORTCACHE).
    pub fn is_short_cached(&self) -> bool {
        self.edit(|s| s.scache() != 0)
    }

    /// Where the envelope of a message is kept. `fresh`: for one that has just arrived.
    fn envelope_slot(&self, msgno: u32, fresh: bool) -> Option<*mut *mut Envelope> {
        if self.is_short_cached() {
            return Some(self.edit(|s| {
                if fresh || s.msgno != c_ulong::from(msgno) {
                    // SAFETY: the stream owns its short-cached body.
                    unsafe { mail_free_body(&mut s.body) };
                    if s.msgno != c_ulong::from(msgno) {
                        // SAFETY: likewise the envelope.
                        unsafe { mail_free_envelope(&mut s.env) };
                    }
                    s.msgno = c_ulong::from(msgno);
                }
                &raw mut s.env
            }));
        }
        self.edit_element(msgno, |elt| &raw mut elt.private.msg.env)
    }

    /// The envelope known of a message, NULL if none is.
    pub fn known_envelope(&self, msgno: u32) -> *mut Envelope {
        let none = core::ptr::null_mut();
        if self.is_short_cached() {
            return self.edit(|s| {
                if s.msgno == c_ulong::from(msgno) {
                    s.env
                } else {
                    none
                }
            });
        }
        self.edit_element(msgno, |elt| elt.private.msg.env)
            .unwrap_or(none)
    }

    /// The BODY tree known of a message, NULL if none is.
    pub fn known_body(&self, msgno: u32) -> *mut Body {
        if self.is_short_cached() {
            return self.edit(|s| {
                if s.msgno == c_ulong::from(msgno) {
                    s.body
                } else {
                    core::ptr::null_mut()
                }
            });
        }
        self.edit_element(msgno, |elt| elt.private.msg.body)
            .unwrap_or(core::ptr::null_mut())
    }

    /// Takes note that a message has none of the header fields that were asked for along with its ENVELOPE, and that this
    /// is all there is to know of them. False if there are some, or if it is not that.
    pub fn has_no_more_fields(
        &self,
        msgno: u32,
        section: &imap::Section,
        envelope: *mut Envelope,
    ) -> bool {
        let empty = matches!(section.data.as_deref(), Some(b"" | b"\r\n"));
        let whole = &*section.section == b"HEADER.FIELDS" && section.origin.is_none();
        if !empty || !whole || envelope.is_null() {
            return false;
        }
        let data = section.data.as_deref().unwrap_or_default();
        tell_progress(data, core::ptr::null_mut());
        // The hook may have had the cache collected.
        let known = if self.is_closed() {
            core::ptr::null_mut()
        } else {
            self.known_envelope(msgno)
        };
        // SAFETY: NULL, or an envelope of the cache of an entered stream.
        if let Some(known) = unsafe { known.as_mut() } {
            known.set_imapenvonly(0);
        }
        true
    }

    /// Keeps a fetched section, or gives it to the application's reader. Returns the envelope if it was the header of
    /// the message, else NULL.
    pub fn keep_section(&self, msgno: u32, section: imap::Section) -> *mut Envelope {
        let null = core::ptr::null_mut();
        let data = section.data.unwrap_or_default();
        let partial = section.origin.is_some();
        let specifier = Specifier::parse(&section.section);
        let top_header = specifier.part.is_empty() && specifier.is_header();
        let mut fields = tree::string_list(section.fields.iter());
        let for_reader = partial || (!section.section.is_empty() && !top_header);
        let mut text = SizedText {
            data: core::ptr::null_mut(),
            size: data.len() as c_ulong,
        };
        let read = if for_reader {
            self.read_section(msgno, &section.section, section.origin, &data, fields)
        } else {
            None
        };
        match read {
            Some(made) => text.data = made.cast(),
            None => {
                text = tree::sized_text(&data);
                if !for_reader {
                    tell_progress(&data, core::ptr::null_mut());
                }
            }
        }
        if partial {
            // A piece is only for the reader; what it returns for a piece is nobody's to keep.
            // SAFETY: made above.
            unsafe {
                if read.is_none() {
                    memory::release(&mut text.data);
                }
                mail_free_stringlist(&mut fields);
            }
            if section.origin == Some(0) && data.is_empty() && !self.is_closed() {
                // No piece at all, to c-client: it looks for the section, and may not know it.
                self.section_slots(msgno, specifier);
            }
            return null;
        }
        let some_only = !section.fields.is_empty();
        let mut octets = text.data;
        match self.keep_text(msgno, specifier, &data, text, fields, some_only) {
            Some(envelope) => envelope,
            None => {
                // SAFETY: made above, and not taken.
                unsafe {
                    if read.is_none() {
                        memory::release(&mut octets);
                    }
                    mail_free_stringlist(&mut fields);
                }
                null
            }
        }
    }

    /// Keeps the text of a section, of which `data` are the octets, and the names of its header fields. Both are the
    /// cache's then; `None`: there is no such section, and they were not taken. Returns the envelope if it was the header
    /// of the message, else NULL.
    fn keep_text(
        &self,
        msgno: u32,
        specifier: Specifier<'_>,
        data: &[u8],
        text: SizedText,
        mut fields: *mut StringList,
        some_only: bool,
    ) -> Option<*mut Envelope> {
        let null = core::ptr::null_mut();
        let top_header = specifier.part.is_empty() && specifier.is_header();
        // Hooks and warnings are the application's code: they come before anything is looked up in the stream.
        let mut parsed = null;
        // Of the fields that were asked for a message has none, most of the time: then there is nothing to read.
        if specifier.is_header() && !matches!(data, b"" | b"\r\n") {
            let host = self.with(|live| live.host_name()).unwrap_or_default();
            parsed = reading::read_header(data, &host);
        }
        let slots = if self.is_closed() {
            None
        } else {
            self.section_slots(msgno, specifier)
        };
        let Some(slots) = slots else {
            // SAFETY: made above.
            unsafe { mail_free_envelope(&mut parsed) };
            return None;
        };
        // SAFETY: the slots lie in an element or in its BODY tree, ours while entered.
        unsafe {
            set_text(&mut (*slots.text).text, text);
            if slots.lines.is_null() {
                mail_free_stringlist(&mut fields);
                mail_free_envelope(&mut parsed);
                return Some(null);
            }
            mail_free_stringlist(&mut *slots.lines);
            if specifier.what == b"HEADER.FIELDS.NOT" {
                forget_names(fields);
            }
            *slots.lines = fields;
        }
        let envelope = if top_header {
            self.envelope_slot(msgno, false)
        } else {
            Some(slots.envelope)
        };
        // SAFETY: the slot lies in an element or in the stream, both ours while entered; `parsed` is ours.
        unsafe {
            let Some(envelope) = envelope else {
                mail_free_envelope(&mut parsed);
                return Some(null);
            };
            merge_header(envelope, parsed, some_only);
            if specifier.what == b"HEADER" && top_header {
                return Some(*envelope);
            }
        }
        Some(null)
    }

    /// imap_cache: keeps a text of the application's as a section, or only looks whether there is one. Text and fields are
    /// the cache's if it returns true for a text.
    pub fn cache_section(
        &self,
        msgno: u32,
        section: &[u8],
        fields: *mut StringList,
        text: Option<SizedText>,
    ) -> bool {
        let specifier = Specifier::parse(section);
        if !self.has_message(msgno) {
            return false;
        }
        if !specifier.part.is_empty() && self.known_body(msgno).is_null() {
            let mut body = core::ptr::null_mut();
            mail_fetch::structure(self.raw(), c_ulong::from(msgno), &mut body, 0);
        }
        match text {
            Some(text) => {
                // SAFETY: the caller's text, which nobody changes before it is kept.
                let data = unsafe { memory::text_bytes(&text) };
                let filled = !text.data.is_null();
                let some_only = !fields.is_null();
                let kept = self.keep_text(msgno, specifier, data, text, fields, some_only);
                kept.is_some() && filled
            }
            None => self.section_slots(msgno, specifier).is_some_and(|slots| {
                // SAFETY: the slot lies in an element or in its BODY tree.
                unsafe { !(*slots.text).text.data.is_null() }
            }),
        }
    }

    fn read_section(
        &self,
        msgno: u32,
        section: &[u8],
        origin: Option<u32>,
        data: &[u8],
        fields: *mut StringList,
    ) -> Option<*mut c_char> {
        let what = tell::c_string(section);
        let mut about = GetsData {
            stream: self.raw(),
            msgno: c_ulong::from(msgno),
            what: what.as_ptr().cast_mut(),
            stl: fields,
            first: origin.map_or(0, c_ulong::from),
            last: if origin.is_some() {
                data.len() as c_ulong
            } else {
                0
            },
            flags: if origin.is_some() { 0 } else { MG_COPY },
        };
        let made = give_to_reader(data, &mut about);
        if made.is_none() {
            tell_progress(data, &mut about);
        }
        made
    }

    fn section_slots(&self, msgno: u32, specifier: Specifier<'_>) -> Option<Slots> {
        let null = core::ptr::null_mut();
        let text_only = |text: *mut PartText| Slots {
            text,
            lines: core::ptr::null_mut(),
            envelope: null,
        };
        if specifier.part.is_empty() {
            return self.edit_element(msgno, |elt| match specifier.what {
                b"TEXT" => Some(text_only(&raw mut elt.private.msg.text)),
                b"" => Some(text_only(&raw mut elt.private.msg.full)),
                _ if specifier.is_header() => Some(Slots {
                    text: &raw mut elt.private.msg.header,
                    lines: &raw mut elt.private.msg.lines,
                    envelope: null,
                }),
                _ => None,
            })?;
        }
        // SAFETY: the known body belongs to the element or stream and is valid.
        unsafe {
            let body = find_part(self.known_body(msgno), specifier.part);
            if body.is_null() {
                let shown = String::from_utf8_lossy(specifier.part).into_owned();
                self.trouble(&format!("Unknown section number: {shown:.80}"));
                return None;
            }
            let inner = nested_message(body);
            match specifier.what {
                b"" => Some(text_only(&raw mut (*body).contents)),
                b"MIME" => Some(text_only(&raw mut (*body).mime)),
                b"TEXT" if !inner.is_null() => Some(text_only(&raw mut (*inner).text)),
                _ if specifier.is_header() && !inner.is_null() => Some(Slots {
                    text: &raw mut (*inner).header,
                    lines: &raw mut (*inner).lines,
                    envelope: &raw mut (*inner).env,
                }),
                _ => {
                    let part = String::from_utf8_lossy(specifier.part).into_owned();
                    let what = String::from_utf8_lossy(specifier.what).into_owned();
                    self.trouble(&format!("Unknown section specifier: {part:.80}.{what:.80}"));
                    None
                }
            }
        }
    }
}

/// Takes from a header's envelope what ENVELOPE does not tell, or takes it whole where there was none.
///
/// # Safety
/// `slot` is valid; the envelope in it, if any, and `parsed`, which may be NULL for that of an empty header, are valid,
/// and `parsed` nobody else's.
unsafe fn merge_header(slot: *mut *mut Envelope, parsed: *mut Envelope, some_fields_only: bool) {
    fn take<T>(to: &mut *mut T, from: &mut *mut T) {
        if to.is_null() {
            core::mem::swap(to, from);
        }
    }
    // SAFETY: the caller vouches for both.
    unsafe {
        let old = *slot;
        if old.is_null() {
            let new = if parsed.is_null() {
                tree::zeroed()
            } else {
                parsed
            };
            (*new).set_incomplete(u32::from(some_fields_only));
            *slot = new;
            return;
        }
        if parsed.is_null() {
            (*old).set_imapenvonly(0);
            return;
        }
        take(&mut (*old).newsgroups, &mut (*parsed).newsgroups);
        take(&mut (*old).followup_to, &mut (*parsed).followup_to);
        take(&mut (*old).references, &mut (*parsed).references);
        take(&mut (*old).sparep, &mut (*parsed).sparep);
        (*old).set_imapenvonly(0);
        let mut rest = parsed;
        mail_free_envelope(&mut rest);
    }
}

/// Tells the application how far a text has been read (`SET_READPROGRESS`), in the steps UW reads in. `about` is NULL for
/// texts that UW does not offer to a reader.
fn tell_progress(data: &[u8], about: *mut GetsData) {
    let Some(hook) = parameters::read_progress() else {
        return;
    };
    let mut octets = 0;
    for chunk in data.chunks(MAILTMPLEN as usize) {
        octets += chunk.len() as c_ulong;
        // SAFETY: NULL, or a description that lives over the call.
        unsafe { hook(about, octets) };
    }
}

/// Where a section goes.
struct Slots {
    text: *mut PartText,
    /// NULL unless it is a header.
    lines: *mut *mut StringList,
    /// NULL unless it is the header of a nested message.
    envelope: *mut *mut Envelope,
}

/// Makes the list of a HEADER.FIELDS.NOT match nothing: such a header cannot serve another request.
unsafe fn forget_names(list: *mut StringList) {
    let mut at = list;
    while !at.is_null() {
        // SAFETY: the caller owns the list.
        unsafe {
            (*at).text.size = 0;
            at = (*at).next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'a>(part: &'a str, what: &'a str) -> Specifier<'a> {
        Specifier {
            part: part.as_bytes(),
            what: what.as_bytes(),
        }
    }

    #[test]
    fn specifiers_come_apart() {
        assert_eq!(Specifier::parse(b""), parts("", ""));
        assert_eq!(Specifier::parse(b"HEADER"), parts("", "HEADER"));
        assert_eq!(Specifier::parse(b"0"), parts("", "HEADER"));
        assert_eq!(Specifier::parse(b"1.2"), parts("1.2", ""));
        assert_eq!(
            Specifier::parse(b"1.2.HEADER.FIELDS"),
            parts("1.2", "HEADER.FIELDS")
        );
        assert_eq!(Specifier::parse(b"3.MIME"), parts("3", "MIME"));
        assert_eq!(Specifier::parse(b"3.0"), parts("3", "HEADER"));
    }
}
