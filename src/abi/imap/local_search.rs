//! SEARCH without the server (UW's mail_search_default): each message is looked at here, fetching what the program asks.

use core::ffi::{c_char, c_long, c_ulong};

use crate::abi::constants::{
    ENCBASE64, ENCQUOTEDPRINTABLE, ERROR, FT_INTERNAL, FT_PEEK, FT_SEARCHLOOKAHEAD, PARSE, SE_UID,
    TYPEMESSAGE, TYPEMULTIPART, TYPETEXT,
};
use crate::abi::mail_fetch::{self, mail_fetch_body, mail_fetch_header, mail_fetch_mime};
use crate::abi::mail_messages::{mail_fetch_fast, mail_uid};
use crate::abi::mail_search::address_text;
use crate::abi::stream::Entered;
use crate::abi::stream::sections::{find_part, nested_message};
use crate::abi::types::{Body, Envelope, Message, SizedText, StringList};
use crate::abi::{memory, rfc822, tell};
use crate::imap::search::SearchProgram;
use crate::imap::search::local::{
    AddressField, FastData, LocalSearch, MessageFlags, SearchMessage, SearchText, TextField,
};
use crate::imap::search::rules::CanonicalRules;
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
        if !cx.has_message(msgno)
            || !search.matches(&mut Looked {
                cx,
                msgno,
                section: None,
            })
        {
            continue;
        }
        if flags & SE_UID != 0 {
            // SAFETY: the stream is entered.
            tell::searched(cx.raw(), unsafe { mail_uid(cx.raw(), msgno.into()) });
        } else {
            cx.edit_element(msgno, |elt| elt.set_searched(1));
            if cx.edit(|s| s.silent() == 0) {
                tell::searched(cx.raw(), c_ulong::from(msgno));
            }
        }
    }
    true
}

/// A message as the search sees it; or, with a section, the message that is attached there.
pub struct Looked<'a> {
    /// The stream.
    pub cx: &'a Entered,
    /// The number of the message.
    pub msgno: u32,
    /// Which attached message; `None` for the message itself.
    pub section: Option<&'a [u8]>,
}

impl Looked<'_> {
    fn envelope(&self) -> *mut Envelope {
        let null = core::ptr::null_mut();
        match self.section {
            None => mail_fetch::structure(self.cx.raw(), self.msgno.into(), null, 0),
            // SAFETY: a BODY tree of the cache, not changed meanwhile.
            Some(section) => unsafe {
                let message = self.attached(section);
                if message.is_null() {
                    null.cast()
                } else {
                    (*message).env
                }
            },
        }
    }

    fn body(&self) -> *mut Body {
        let mut body = core::ptr::null_mut();
        mail_fetch::structure(self.cx.raw(), self.msgno.into(), &mut body, 0);
        body
    }

    /// The message attached at a section, NULL if there is none.
    fn attached(&self, section: &[u8]) -> *mut Message {
        // SAFETY: a BODY tree of the cache, not changed meanwhile.
        unsafe {
            let part = find_part(self.body(), section);
            if part.is_null() {
                core::ptr::null_mut()
            } else {
                nested_message(part)
            }
        }
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
        let sequence = tell::c_string(format!("{}:{last}", self.msgno).as_bytes());
        // SAFETY: the stream is entered; the sequence lives over the call.
        unsafe { mail_fetch_fast(self.cx.raw(), sequence.as_ptr().cast_mut(), 0) };
    }

    fn has_envelope(&mut self, and_header: bool) -> bool {
        if and_header && self.section.is_none() && !self.cx.is_short_cached() {
            let none = core::ptr::null_mut();
            let (stream, msgno) = (self.cx.raw(), self.msgno.into());
            let flags = FT_PEEK | FT_SEARCHLOOKAHEAD;
            // SAFETY: the stream is entered; no section, no list, no place for a length.
            unsafe { mail_fetch_header(stream, msgno, none, none.cast(), none.cast(), flags) };
        }
        !self.cx.is_closed() && !self.envelope().is_null()
    }

    fn number(&mut self) -> u32 {
        self.msgno
    }

    fn uid(&mut self) -> u32 {
        // SAFETY: the stream is entered.
        let uid = unsafe { mail_uid(self.cx.raw(), self.msgno.into()) };
        u32::try_from(uid).unwrap_or(0)
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
        let have = self.cx.edit_element(self.msgno, |elt| elt.user_flags);
        let bit = self.cx.edit(|s| {
            // SAFETY: the keywords of a stream are C strings, those behind the first NULL are not there.
            let named = |flag: &&*mut c_char| unsafe {
                memory::bytes(**flag).eq_ignore_ascii_case(keyword)
            };
            let flags = s.user_flags.iter();
            flags
                .take_while(|flag| !flag.is_null())
                .position(|flag| named(&flag))
        });
        have.zip(bit)
            .is_some_and(|(have, bit)| have >> bit & 1 == 1)
    }

    fn sent_date(&mut self) -> Option<Vec<u8>> {
        // SAFETY: members of an envelope are C strings or NULL.
        self.with_envelope(None, |env| unsafe { owned(env.date.cast()) })
    }

    fn addresses(&mut self, field: AddressField) -> Option<Vec<u8>> {
        // SAFETY: members of an envelope are valid lists or NULL.
        self.with_envelope(None, |env| unsafe {
            address_text(match field {
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
            let section = self.section.map(tell::c_string);
            let section = section.as_ref().map_or(core::ptr::null(), |s| s.as_ptr());
            // SAFETY: as in `header_lines`.
            let text = unsafe {
                let text = mail_fetch_header(
                    self.cx.raw(),
                    c_ulong::from(self.msgno),
                    section.cast_mut(),
                    core::ptr::null_mut(),
                    &mut size,
                    FT_PEEK,
                );
                octets(text, size)
            };
            if visit(SearchText::Header(&text)) {
                return;
            }
        }
        let start = match self.section {
            None => Start::message(self.body()),
            Some(section) => {
                let message = self.attached(section);
                // SAFETY: as in `attached`.
                let inner = unsafe { message.as_ref() }.map_or(core::ptr::null_mut(), |m| m.body);
                let section = String::from_utf8_lossy(section).into_owned();
                Start::attached(section, inner)
            }
        };
        visit_parts(self.cx, self.msgno, start, headers, visit);
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

/// Where a search of a BODY tree begins.
pub struct Start {
    body: *mut Body,
    section: String,
    /// The parts of a message's multipart are numbered from 1, not below it; and it has no MIME header of its own.
    top: bool,
}

impl Start {
    /// The structure of a message.
    pub fn message(body: *mut Body) -> Self {
        Self {
            body,
            section: "1".to_owned(),
            top: true,
        }
    }

    /// A part with its number.
    pub fn part(section: String, body: *mut Body) -> Self {
        Self {
            body,
            section,
            top: false,
        }
    }

    /// The structure of the message attached at a section: the parts of a multipart are numbered below the message
    /// itself, a single part is its part 1.
    fn attached(section: String, body: *mut Body) -> Self {
        // SAFETY: NULL or a BODY of the cache.
        let multipart =
            unsafe { body.as_ref() }.is_some_and(|b| i32::from(b.r#type) == TYPEMULTIPART);
        Self::part(
            if multipart {
                section
            } else {
                format!("{section}.1")
            },
            body,
        )
    }
}

/// Hands over the texts below `start` in order until `visit` says true (`mail_search_body`): text parts, attached messages
/// that are none of RFC 822, and with `headers` the MIME headers of parts and the headers of attached messages. Without
/// recursion. Fetching texts fills a BODY tree of the cache in and does not rebuild it.
pub fn visit_parts(
    cx: &Entered,
    msgno: u32,
    start: Start,
    headers: bool,
    visit: &mut dyn FnMut(SearchText<'_>) -> bool,
) {
    let mut todo = vec![start];
    while let Some(Start { body, section, top }) = todo.pop() {
        if body.is_null() || cx.is_closed() {
            continue;
        }
        let fetch = |what| text_of(cx, msgno, &section, what);
        if headers && !top && visit(SearchText::Header(&fetch(What::Mime))) {
            return;
        }
        // SAFETY: a BODY tree of the cache, or one that the caller vouches for.
        unsafe {
            let kind = i32::from((*body).r#type);
            if kind == TYPEMULTIPART {
                let mut children = Vec::new();
                let mut part = (*body).nested.part;
                while !part.is_null() {
                    let number = children.len() + 1;
                    let name = if top {
                        number.to_string()
                    } else {
                        format!("{section}.{number}")
                    };
                    children.push(Start::part(name, &raw mut (*part).body));
                    part = (*part).next;
                }
                todo.extend(children.into_iter().rev());
                continue;
            }
            let message = nested_message(body);
            if !message.is_null() {
                let found = headers && visit(SearchText::Header(&fetch(What::Header)));
                if cx.is_closed() {
                    return;
                }
                let inside = Start::attached(section, (*message).body);
                if found {
                    // UW fetches one text more even then, which lies in the cache afterwards.
                    if !inside.body.is_null() {
                        text_of(cx, msgno, &inside.section, What::Mime);
                    }
                    return;
                }
                todo.push(inside);
            } else if matches!(kind, TYPETEXT | TYPEMESSAGE) {
                let raw = fetch(What::Body);
                if cx.is_closed() {
                    return;
                }
                let Some(text) = decoded(raw, i32::from((*body).encoding)) else {
                    continue;
                };
                let charset = charset_of(body);
                if visit(SearchText::Body {
                    text: &text,
                    charset: charset.as_deref(),
                }) {
                    return;
                }
            }
        }
    }
}

/// What is fetched of a part.
enum What {
    Mime,
    Header,
    Body,
}

fn text_of(cx: &Entered, msgno: u32, section: &str, what: What) -> Vec<u8> {
    let name = tell::c_string(section.as_bytes());
    let (stream, msgno, name) = (cx.raw(), c_ulong::from(msgno), name.as_ptr().cast_mut());
    let mut size = 0;
    // SAFETY: the stream is entered, the name lives over the calls, texts have the size they tell.
    unsafe {
        let none = core::ptr::null_mut();
        let text = match what {
            What::Mime => mail_fetch_mime(stream, msgno, name, &mut size, FT_PEEK),
            What::Header => mail_fetch_header(stream, msgno, name, none, &mut size, FT_PEEK),
            What::Body => mail_fetch_body(stream, msgno, name, &mut size, FT_PEEK),
        };
        octets(text, size)
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
