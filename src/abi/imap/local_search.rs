//! SEARCH without the server (UW's mail_search_default): each message is looked at here, fetching what the program asks.

use core::ffi::{c_char, c_long, c_ulong};

use super::fetch;
use crate::abi::constants::{
    ENCBASE64, ENCQUOTEDPRINTABLE, ERROR, FT_INTERNAL, FT_PEEK, FT_SEARCHLOOKAHEAD, PARSE, SE_UID,
    TYPEMESSAGE, TYPEMULTIPART, TYPETEXT,
};
use crate::abi::mail_fetch::{mail_fetch_body, mail_fetch_header, mail_fetch_mime};
use crate::abi::stream::Entered;
use crate::abi::stream::sections::nested_message;
use crate::abi::types::{Address, Body, Envelope, SizedText, StringList};
use crate::abi::{memory, rfc822, tell};
use crate::imap::search::SearchProgram;
use crate::imap::search::local::{
    AddressField, FastData, LocalSearch, MessageFlags, SearchMessage, SearchText, TextField,
};
use crate::imap::search::rules::CanonicalRules;
use crate::imap::sequence::WireSequence;
use crate::mime::date::{self, Date, Zone};
use crate::mime::{charset, encoding};

/// Looks at every message. Hits are marked and told as the server's would be. False if it cannot be done.
pub fn search_here(
    cx: &Entered,
    charset: Option<&[u8]>,
    program: &SearchProgram,
    flags: c_long,
) -> bool {
    if let Some(complaint) = charset.and_then(charset::complaint) {
        tell::log(complaint, ERROR);
        return false;
    }
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |t| t.as_secs());
    let Some(search) = LocalSearch::new(program.clone(), charset, &CanonicalRules, now) else {
        tell::log("Search program nested too deeply", ERROR);
        return false;
    };
    // More may come while it goes on.
    let mut msgno = 0;
    while msgno < cx.count() {
        msgno += 1;
        if cx.is_closed() {
            return false;
        }
        if !cx.has_message(msgno) || !search.matches(&mut Looked { cx, msgno }) {
            continue;
        }
        if flags & SE_UID != 0 {
            tell::searched(cx.raw(), c_ulong::from(fetch::uid(cx, msgno)));
        } else {
            cx.edit_element(msgno, |elt| elt.set_searched(1));
            if cx.edit(|s| s.silent() == 0) {
                tell::searched(cx.raw(), c_ulong::from(msgno));
            }
        }
    }
    true
}

/// A message as the search sees it.
struct Looked<'a> {
    cx: &'a Entered,
    msgno: u32,
}

impl Looked<'_> {
    fn envelope(&self) -> *mut Envelope {
        fetch::structure(self.cx, c_ulong::from(self.msgno), None, 0)
    }

    fn with_envelope<R>(&self, otherwise: R, read: impl FnOnce(&Envelope) -> R) -> R {
        // SAFETY: an envelope of the cache, not changed while it is read.
        unsafe { self.envelope().as_ref() }.map_or(otherwise, read)
    }
}

/// # Safety
/// A C string or NULL.
unsafe fn owned(text: *const c_char) -> Option<Vec<u8>> {
    // SAFETY: the caller vouches for it.
    (!text.is_null()).then(|| unsafe { memory::bytes(text) }.to_vec())
}

/// An address list as a header would have it.
///
/// # Safety
/// NULL or a valid list.
unsafe fn address_line(list: *const Address) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    let mut at = list;
    // SAFETY: the caller vouches for the list.
    while let Some(address) = unsafe { at.as_ref() } {
        if !line.is_empty() {
            line.push(b',');
        }
        // SAFETY: members are C strings or NULL.
        let [name, mailbox, host] = unsafe {
            [address.personal, address.mailbox, address.host].map(|part| memory::bytes(part))
        };
        if name.is_empty() {
            line.extend_from_slice(mailbox);
            line.push(b'@');
            line.extend_from_slice(host);
        } else {
            line.extend_from_slice(&[name, b" <", mailbox, b"@", host, b">"].concat());
        }
        at = address.next;
    }
    (!list.is_null()).then_some(line)
}

impl SearchMessage for Looked<'_> {
    fn prepare(&mut self, wanted: FastData) {
        let lacks = |msgno: u32| {
            self.cx
                .edit_element(msgno, |elt| {
                    (wanted.size && elt.rfc822_size == 0)
                        || (wanted.date && elt.day() == 0)
                        || (wanted.flags && elt.valid() == 0)
                })
                .unwrap_or(false)
        };
        if !lacks(self.msgno) {
            return;
        }
        // The messages behind will be looked at next.
        let end = self.cx.count();
        let last = (self.msgno..end).find(|&n| !lacks(n + 1)).unwrap_or(end);
        if let Some(sequence) = WireSequence::from_set(&[(self.msgno, last)]) {
            let done = fetch::fetch(self.cx, &sequence, 0);
            fetch::log_unless_ok(self.cx, &done);
        }
    }

    fn has_envelope(&mut self, and_header: bool) -> bool {
        if and_header && !self.cx.is_short_cached() {
            let none = core::ptr::null_mut();
            let flags = FT_PEEK | FT_SEARCHLOOKAHEAD;
            // SAFETY: the stream is entered; no section, no list, no place for a length.
            unsafe {
                mail_fetch_header(
                    self.cx.raw(),
                    c_ulong::from(self.msgno),
                    none,
                    none.cast(),
                    none.cast(),
                    flags,
                )
            };
        }
        !self.cx.is_closed() && !self.envelope().is_null()
    }

    fn number(&mut self) -> u32 {
        self.msgno
    }

    fn uid(&mut self) -> u32 {
        fetch::uid(self.cx, self.msgno)
    }

    fn size(&mut self) -> u64 {
        self.cx
            .edit_element(self.msgno, |elt| elt.rfc822_size as u64)
            .unwrap_or(0)
    }

    fn internal_date(&mut self) -> Date {
        self.cx
            .edit_element(self.msgno, |elt| Date {
                day: elt.day() as u8,
                month: elt.month() as u8,
                year: elt.year() as u8,
                hours: elt.hours() as u8,
                minutes: elt.minutes() as u8,
                seconds: elt.seconds() as u8,
                zone: Zone {
                    west: elt.zoccident() != 0,
                    hours: elt.zhours() as u8,
                    minutes: elt.zminutes() as u8,
                },
            })
            .or_else(|| date::parse(b"01-Jan-1970 00:00:00 +0000", Zone::UTC))
            .unwrap_or_default()
    }

    fn flags(&mut self) -> MessageFlags {
        self.cx
            .edit_element(self.msgno, |elt| MessageFlags {
                answered: elt.answered() != 0,
                deleted: elt.deleted() != 0,
                draft: elt.draft() != 0,
                flagged: elt.flagged() != 0,
                recent: elt.recent() != 0,
                seen: elt.seen() != 0,
            })
            .unwrap_or_default()
    }

    fn has_keyword(&mut self, keyword: &[u8]) -> bool {
        self.cx
            .with(|live| {
                let bit = live.mirror.keyword_bit(keyword)?;
                live.mirror
                    .message(self.msgno)?
                    .flags
                    .map(|f| f.keywords >> bit & 1 == 1)
            })
            .flatten()
            .unwrap_or(false)
    }

    fn sent_date(&mut self) -> Option<Vec<u8>> {
        // SAFETY: members of an envelope are C strings or NULL.
        self.with_envelope(None, |env| unsafe { owned(env.date.cast()) })
    }

    fn addresses(&mut self, field: AddressField) -> Option<Vec<u8>> {
        // SAFETY: members of an envelope are valid lists or NULL.
        self.with_envelope(None, |env| unsafe {
            address_line(match field {
                AddressField::Bcc => env.bcc,
                AddressField::Cc => env.cc,
                AddressField::From => env.from,
                AddressField::To => env.to,
                AddressField::ReturnPath => env.return_path,
                AddressField::Sender => env.sender,
                AddressField::ReplyTo => env.reply_to,
            })
        })
    }

    fn field(&mut self, field: TextField) -> Option<Vec<u8>> {
        // SAFETY: members of an envelope are C strings or NULL.
        self.with_envelope(None, |env| unsafe {
            owned(match field {
                TextField::Subject => env.subject,
                TextField::InReplyTo => env.in_reply_to,
                TextField::MessageId => env.message_id,
                TextField::Newsgroups => env.newsgroups,
                TextField::FollowupTo => env.followup_to,
                TextField::References => env.references,
            })
        })
    }

    fn header_lines(&mut self, name: &[u8]) -> Vec<u8> {
        let mut name = name.to_vec();
        let mut line = StringList {
            text: SizedText {
                data: name.as_mut_ptr(),
                size: name.len() as c_ulong,
            },
            next: core::ptr::null_mut(),
        };
        let mut size = 0;
        let flags = FT_INTERNAL | FT_PEEK | FT_SEARCHLOOKAHEAD;
        // SAFETY: the stream is entered; the list lives over the call; the text has `size` octets.
        unsafe {
            let text = mail_fetch_header(
                self.cx.raw(),
                c_ulong::from(self.msgno),
                core::ptr::null_mut(),
                &mut line,
                &mut size,
                flags,
            );
            octets(text, size)
        }
    }

    fn texts(&mut self, headers: bool, visit: &mut dyn FnMut(SearchText<'_>) -> bool) {
        if headers {
            let mut size = 0;
            // SAFETY: as in `header_lines`.
            let text = unsafe {
                let none = core::ptr::null_mut();
                let text = mail_fetch_header(
                    self.cx.raw(),
                    c_ulong::from(self.msgno),
                    none,
                    none.cast(),
                    &mut size,
                    FT_PEEK,
                );
                octets(text, size)
            };
            if visit(SearchText::Header(&text)) {
                return;
            }
        }
        let mut body = core::ptr::null_mut();
        fetch::structure(self.cx, c_ulong::from(self.msgno), Some(&mut body), 0);
        // SAFETY: a BODY tree of the cache; fetching texts fills it in and does not rebuild it.
        for part in unsafe { parts(body) } {
            if self.cx.is_closed() || self.visit_part(&part, headers, visit) {
                return;
            }
        }
    }
}

/// # Safety
/// `size` octets are readable at `text`.
unsafe fn octets(text: *const c_char, size: c_ulong) -> Vec<u8> {
    let size = usize::try_from(size).unwrap_or(0);
    if text.is_null() || size == 0 {
        return Vec::new();
    }
    // SAFETY: the caller vouches for it.
    unsafe { core::slice::from_raw_parts(text.cast::<u8>(), size) }.to_vec()
}

/// What a text search looks at in a part.
struct Visit {
    section: String,
    part: *mut Body,
    /// Whether the part has a MIME header of its own.
    has_mime: bool,
    /// Whether it is a message, with a header.
    is_message: bool,
}

/// The parts of a BODY tree with their sections, in the order of a text search (`mail_search_body`); without recursion.
///
/// # Safety
/// NULL or a valid tree.
unsafe fn parts(body: *mut Body) -> Vec<Visit> {
    let mut found = Vec::new();
    // Section, part, and whether it lies below another.
    let mut todo = vec![("1".to_owned(), body, false)];
    while let Some((section, body, below)) = todo.pop() {
        if body.is_null() {
            continue;
        }
        // SAFETY: the caller vouches for the tree.
        let (kind, inner) = unsafe { (i32::from((*body).r#type), nested_message(body)) };
        found.push(Visit {
            section: section.clone(),
            part: body,
            has_mime: below,
            is_message: !inner.is_null(),
        });
        if kind == TYPEMULTIPART {
            let mut children = Vec::new();
            // SAFETY: as above.
            let mut part = unsafe { (*body).nested.part };
            while !part.is_null() {
                let number = children.len() + 1;
                let name = if below {
                    format!("{section}.{number}")
                } else {
                    number.to_string()
                };
                // SAFETY: as above.
                unsafe {
                    children.push((name, &raw mut (*part).body, true));
                    part = (*part).next;
                }
            }
            todo.extend(children.into_iter().rev());
        } else if !inner.is_null() {
            // SAFETY: as above.
            unsafe {
                let nested = (*inner).body;
                // A nested multipart numbers its parts below the message; a single part is its part 1.
                let multipart = !nested.is_null() && i32::from((*nested).r#type) == TYPEMULTIPART;
                let name = if multipart {
                    section
                } else {
                    format!("{section}.1")
                };
                todo.push((name, nested, true));
            }
        }
    }
    found
}

impl Looked<'_> {
    fn visit_part(
        &self,
        what: &Visit,
        headers: bool,
        visit: &mut dyn FnMut(SearchText<'_>) -> bool,
    ) -> bool {
        let name = tell::c_string(what.section.as_bytes());
        let part = what.part;
        let mut size = 0;
        // SAFETY: the stream is entered, the name lives over the calls, texts have the size they tell.
        unsafe {
            let name = name.as_ptr().cast_mut();
            let (stream, msgno) = (self.cx.raw(), c_ulong::from(self.msgno));
            if headers && what.has_mime {
                let text = mail_fetch_mime(stream, msgno, name, &mut size, FT_PEEK);
                if visit(SearchText::Header(&octets(text, size))) {
                    return true;
                }
            }
            if headers && what.is_message {
                let none = core::ptr::null_mut();
                let text = mail_fetch_header(stream, msgno, name, none, &mut size, FT_PEEK);
                if visit(SearchText::Header(&octets(text, size))) {
                    return true;
                }
            }
            if what.is_message || !matches!(i32::from((*part).r#type), TYPETEXT | TYPEMESSAGE) {
                return false;
            }
            let text = mail_fetch_body(stream, msgno, name, &mut size, FT_PEEK);
            let raw = octets(text, size);
            let Some(text) = decoded(raw, i32::from((*part).encoding)) else {
                return false;
            };
            visit(SearchText::Body {
                text: &text,
                charset: charset_of(part).as_deref(),
            })
        }
    }
}

/// A part's text without its transfer encoding; none if it is no base64. Complains as `rfc822_base64` and
/// `rfc822_qprint` do.
fn decoded(raw: Vec<u8>, encoding: i32) -> Option<Vec<u8>> {
    Some(match encoding {
        ENCBASE64 => {
            let decoded = encoding::decode_base64(&raw)?;
            if let Some(trailing) = decoded.trailing {
                rfc822::log_truncation(&raw[trailing..]);
            }
            decoded.data
        }
        ENCQUOTEDPRINTABLE => {
            let decoded = encoding::decode_quoted_printable(&raw);
            if let Some(at) = decoded.invalid {
                tell::log_with("Invalid quoted-printable sequence: =", &raw[at..], PARSE);
            }
            decoded.data
        }
        _ => raw,
    })
}

/// # Safety
/// A valid BODY.
unsafe fn charset_of(part: *const Body) -> Option<Vec<u8>> {
    // SAFETY: the caller vouches for it.
    unsafe {
        let mut at = (*part).parameter;
        while let Some(parameter) = at.as_ref() {
            if memory::bytes(parameter.attribute).eq_ignore_ascii_case(b"CHARSET") {
                return owned(parameter.value);
            }
            at = parameter.next;
        }
    }
    None
}
