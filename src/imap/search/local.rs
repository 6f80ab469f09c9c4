//! Search without the server: does one message match a program (`mail_search_msg`)?
//!
//! Pure: a [`SearchMessage`] fetches what is asked for, [`TextRules`] say how texts compare. Cheap criteria are
//! looked at first, so nothing is fetched for a message that a flag or a date rules out.

use std::sync::Arc;

use super::{SearchProgram, SearchSet, Strings};
use crate::imap::response::BodyStructure;
use crate::limits;
use crate::mime::date::{self, Date, Zone};

/// Address lists of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the header fields of these names")]
pub enum AddressField {
    Bcc,
    Cc,
    From,
    To,
    ReturnPath,
    Sender,
    ReplyTo,
}

/// Other fields of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the header fields of these names")]
pub enum TextField {
    Subject,
    InReplyTo,
    MessageId,
    Newsgroups,
    FollowupTo,
    References,
}

/// System flags of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the flags of these names")]
pub struct MessageFlags {
    pub answered: bool,
    pub deleted: bool,
    pub draft: bool,
    pub flagged: bool,
    pub recent: bool,
    pub seen: bool,
}

/// A text of a message to search in.
#[derive(Debug, Clone, Copy)]
pub enum SearchText<'a> {
    /// A message's or part's header.
    Header(&'a [u8]),
    /// A part's content, its transfer encoding taken off.
    Body {
        /// The octets.
        text: &'a [u8],
        /// The part's CHARSET parameter.
        charset: Option<&'a [u8]>,
    },
}

/// What a program looks at that a fast fetch brings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "RFC822.SIZE, INTERNALDATE, FLAGS")]
pub struct FastData {
    pub size: bool,
    pub date: bool,
    pub flags: bool,
}

/// A message being searched. Methods are called only if the program needs them, and may fetch.
pub trait SearchMessage {
    /// Makes sure that this is known of the message; comes before size, date, flags and keywords are asked for.
    fn prepare(&mut self, _wanted: FastData) {}
    /// Whether the message has an envelope; comes before its date, addresses and fields are asked for. `and_header`: the
    /// program looks at header lines, too.
    fn has_envelope(&mut self, _and_header: bool) -> bool {
        true
    }
    /// Its number in the mailbox.
    fn number(&mut self) -> u32;
    /// Its UID.
    fn uid(&mut self) -> u32;
    /// RFC822.SIZE.
    fn size(&mut self) -> u64;
    /// INTERNALDATE.
    fn internal_date(&mut self) -> Date;
    /// System flags.
    fn flags(&mut self) -> MessageFlags;
    /// Whether the keyword is set; case does not matter.
    fn has_keyword(&mut self, keyword: &[u8]) -> bool;
    /// The envelope's date as the header says it.
    fn sent_date(&mut self) -> Option<Vec<u8>>;
    /// An address list as it would be written into a header, addresses with a comma and no space between them; `None`
    /// if there is none.
    fn addresses(&mut self, field: AddressField) -> Option<Vec<u8>>;
    /// Another field of the envelope, undecoded; `None` if there is none.
    fn field(&mut self, field: TextField) -> Option<Vec<u8>>;
    /// The header lines with this field name, names and line ends included; empty if there is none.
    fn header_lines(&mut self, name: &[u8]) -> Vec<u8>;
    /// Hands over the message's texts one by one, until `visit` says true: with `headers`, that of the message first
    /// and those of its parts; then each text part (see [`text_sections`]).
    fn texts(&mut self, headers: bool, visit: &mut dyn FnMut(SearchText<'_>) -> bool);
}

/// How texts are made comparable; c-client turns both sides into canonical UTF-8.
pub trait TextRules {
    /// A header's text: encoded words decoded, then as [`text`](Self::text).
    fn header(&self, raw: &[u8]) -> Vec<u8>;
    /// Any text in a charset, letters in one case.
    fn text(&self, raw: &[u8], charset: Option<&[u8]>) -> Vec<u8>;
}

/// A program whose search strings have been made comparable (`utf8_searchpgm`).
#[derive(Debug, Clone)]
pub struct LocalSearch<'r, R> {
    program: SearchProgram,
    rules: &'r R,
    now: u64,
}

impl<'r, R: TextRules> LocalSearch<'r, R> {
    /// Prepares `program`, whose strings are in `charset`. `now` is in seconds since 1970.
    ///
    /// `None` if the program nests deeper than [`limits::SEARCH_DEPTH`].
    pub fn new(
        mut program: SearchProgram,
        charset: Option<&[u8]>,
        rules: &'r R,
        now: u64,
    ) -> Option<Self> {
        if program.depth() > limits::SEARCH_DEPTH {
            return None;
        }
        canonicalise(&mut program, &|text| rules.text(text, charset));
        Self::prepared(program, rules, now)
    }

    /// As [`new`](Self::new), for a program whose strings are comparable already.
    pub fn prepared(program: SearchProgram, rules: &'r R, now: u64) -> Option<Self> {
        if program.depth() > limits::SEARCH_DEPTH {
            return None;
        }
        Some(LocalSearch {
            program,
            rules,
            now,
        })
    }

    /// Whether the message matches.
    pub fn matches(&self, message: &mut impl SearchMessage) -> bool {
        self.program_matches(&self.program, message)
    }

    fn program_matches(&self, program: &SearchProgram, message: &mut impl SearchMessage) -> bool {
        if !in_sets(program, message) {
            return false;
        }
        message.prepare(fast_data(program));
        size_matches(program, message)
            && flags_match(program, message)
            && self.internal_date_matches(program, message)
            && (!asks_envelope(program) || message.has_envelope(!program.header.is_empty()))
            && sent_date_matches(program, message)
            && self.envelope_matches(program, message)
            && self.header_matches(program, message)
            && self.texts_match(&program.text, true, message)
            && self.texts_match(&program.body, false, message)
            && program
                .or
                .iter()
                .all(|(a, b)| self.program_matches(a, message) || self.program_matches(b, message))
            && !program
                .not
                .iter()
                .any(|not| self.program_matches(not, message))
    }

    fn internal_date_matches(
        &self,
        program: &SearchProgram,
        message: &mut impl SearchMessage,
    ) -> bool {
        let SearchProgram {
            before,
            on,
            since,
            older,
            younger,
            ..
        } = *program;
        if before == 0 && on == 0 && since == 0 && older == 0 && younger == 0 {
            return true;
        }
        let date = message.internal_date();
        let seconds = date.seconds_since_1970();
        date_in(date.short(), before, on, since)
            && (older == 0 || seconds <= self.now.saturating_sub(older))
            && (younger == 0 || seconds >= self.now.saturating_sub(younger))
    }

    fn envelope_matches(&self, program: &SearchProgram, message: &mut impl SearchMessage) -> bool {
        let addresses = [
            (AddressField::Bcc, &program.bcc),
            (AddressField::Cc, &program.cc),
            (AddressField::From, &program.from),
            (AddressField::To, &program.to),
            (AddressField::ReturnPath, &program.return_path),
            (AddressField::Sender, &program.sender),
            (AddressField::ReplyTo, &program.reply_to),
        ];
        let fields = [
            (TextField::Subject, &program.subject),
            (TextField::InReplyTo, &program.in_reply_to),
            (TextField::MessageId, &program.message_id),
            (TextField::Newsgroups, &program.newsgroups),
            (TextField::FollowupTo, &program.followup_to),
            (TextField::References, &program.references),
        ];
        let holds = |text: Option<Vec<u8>>, wanted: &Strings| {
            text.is_some_and(|text| self.header_holds(&text, wanted))
        };
        addresses
            .iter()
            .all(|(field, wanted)| wanted.is_empty() || holds(message.addresses(*field), wanted))
            && fields
                .iter()
                .all(|(field, wanted)| wanted.is_empty() || holds(message.field(*field), wanted))
    }

    fn header_matches(&self, program: &SearchProgram, message: &mut impl SearchMessage) -> bool {
        program.header.iter().all(|(name, wanted)| {
            let lines = message.header_lines(name);
            lines.contains(&b':')
                && (wanted.is_empty()
                    || self.header_holds(&field_values(&lines), std::slice::from_ref(wanted)))
        })
    }

    fn header_holds(&self, raw: &[u8], wanted: &[Vec<u8>]) -> bool {
        header_holds(self.rules, raw, wanted)
    }

    /// Each of `wanted` somewhere in the message, not all in one text (`mail_search_text`).
    fn texts_match(
        &self,
        wanted: &Strings,
        headers: bool,
        message: &mut impl SearchMessage,
    ) -> bool {
        let mut missing: Vec<&Vec<u8>> = wanted.iter().collect();
        if !missing.is_empty() {
            message.texts(headers, &mut |text| {
                let canonical = match text {
                    SearchText::Header(raw) => self.rules.header(raw),
                    SearchText::Body { text, charset } => self.rules.text(text, charset),
                };
                // Not even the empty pattern is in an empty text.
                missing.retain(|pattern| canonical.is_empty() || !contains(&canonical, pattern));
                missing.is_empty()
            });
        }
        missing.is_empty()
    }
}

/// All of `wanted` in one header text (`mail_search_header`).
pub fn header_holds<T: AsRef<[u8]>>(rules: &impl TextRules, raw: &[u8], wanted: &[T]) -> bool {
    let text = rules.header(raw);
    let end = text
        .iter()
        .rposition(|b| !matches!(b, b'\r' | b'\n'))
        .map_or(0, |last| last + 1);
    wanted
        .iter()
        .all(|pattern| contains(&text[..end], pattern.as_ref()))
}

fn canonicalise(program: &mut SearchProgram, rule: &dyn Fn(&[u8]) -> Vec<u8>) {
    canonicalise_own(program, rule);
    for (a, b) in &mut program.or {
        canonicalise(Arc::make_mut(a), rule);
        canonicalise(Arc::make_mut(b), rule);
    }
    for inner in &mut program.not {
        canonicalise(Arc::make_mut(inner), rule);
    }
}

fn canonicalise_own(program: &mut SearchProgram, rule: &dyn Fn(&[u8]) -> Vec<u8>) {
    let lists = [
        &mut program.bcc,
        &mut program.cc,
        &mut program.from,
        &mut program.to,
        &mut program.subject,
        &mut program.body,
        &mut program.text,
        &mut program.return_path,
        &mut program.sender,
        &mut program.reply_to,
        &mut program.in_reply_to,
        &mut program.message_id,
        &mut program.newsgroups,
        &mut program.followup_to,
        &mut program.references,
    ];
    for text in lists.into_iter().flatten() {
        *text = rule(text);
    }
    for (name, text) in &mut program.header {
        *name = rule(name);
        *text = rule(text);
    }
}

fn fast_data(program: &SearchProgram) -> FastData {
    let p = program;
    FastData {
        size: p.larger != 0 || p.smaller != 0,
        date: p.older != 0
            || p.younger != 0
            || [p.before, p.on, p.since].iter().any(|&day| day != 0),
        flags: p.flags().iter().any(|&(_, wanted)| wanted)
            || !p.keyword.is_empty()
            || !p.unkeyword.is_empty(),
    }
}

fn asks_envelope(program: &SearchProgram) -> bool {
    let p = program;
    let dates = [p.sent_before, p.sent_on, p.sent_since];
    let texts = [
        &p.bcc,
        &p.cc,
        &p.from,
        &p.to,
        &p.subject,
        &p.return_path,
        &p.sender,
        &p.reply_to,
        &p.in_reply_to,
        &p.message_id,
        &p.newsgroups,
        &p.followup_to,
        &p.references,
    ];
    dates.iter().any(|&day| day != 0) || texts.iter().any(|wanted| !wanted.is_empty())
}

fn in_sets(program: &SearchProgram, message: &mut impl SearchMessage) -> bool {
    (program.messages.is_empty() || in_set(&program.messages, u64::from(message.number())))
        && (program.uids.is_empty() || in_set(&program.uids, u64::from(message.uid())))
}

fn in_set(set: &SearchSet, number: u64) -> bool {
    set.iter().any(|&(first, last)| {
        let last = if last == 0 { first } else { last };
        (first.min(last)..=first.max(last)).contains(&number)
    })
}

fn size_matches(program: &SearchProgram, message: &mut impl SearchMessage) -> bool {
    (program.larger == 0 || message.size() > program.larger)
        && (program.smaller == 0 || message.size() < program.smaller)
}

fn flags_match(program: &SearchProgram, message: &mut impl SearchMessage) -> bool {
    let p = program;
    if p.flags().iter().any(|&(_, wanted)| wanted) {
        let have = message.flags();
        let pairs = [
            (p.answered, p.unanswered, have.answered),
            (p.deleted, p.undeleted, have.deleted),
            (p.draft, p.undraft, have.draft),
            (p.flagged, p.unflagged, have.flagged),
            (p.recent, p.old, have.recent),
            (p.seen, p.unseen, have.seen),
        ];
        if pairs
            .iter()
            .any(|&(set, unset, have)| (set && !have) || (unset && have))
        {
            return false;
        }
    }
    p.keyword.iter().all(|word| message.has_keyword(word))
        && !p.unkeyword.iter().any(|word| message.has_keyword(word))
}

fn date_in(short: u16, before: u16, on: u16, since: u16) -> bool {
    (before == 0 || short < before) && (on == 0 || short == on) && (since == 0 || short >= since)
}

fn sent_date_matches(program: &SearchProgram, message: &mut impl SearchMessage) -> bool {
    let SearchProgram {
        sent_before,
        sent_on,
        sent_since,
        ..
    } = *program;
    if sent_before == 0 && sent_on == 0 && sent_since == 0 {
        return true;
    }
    let text = message.sent_date().unwrap_or_default();
    // The day as written; the zone does not matter.
    date::parse(&text, Zone::UTC)
        .map(|date| date.short())
        .is_some_and(|short| short != 0 && date_in(short, sent_before, sent_on, sent_since))
}

/// Header lines without field names and line ends, each ended by LF. Folded lines stay separate.
fn field_values(lines: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(lines.len());
    for line in lines
        .split(|b| matches!(b, b'\r' | b'\n'))
        .filter(|line| !line.is_empty())
    {
        let value = match line[0] {
            b' ' | b'\t' => line,
            _ => line
                .iter()
                .position(|&b| b == b':')
                .map_or(&[][..], |colon| &line[colon + 1..]),
        };
        out.extend_from_slice(value);
        out.push(b'\n');
    }
    out
}

/// Whether `text` contains `pattern`; the empty pattern is everywhere. Linear (Knuth, Morris, Pratt), because both
/// sides can be a stranger's.
pub fn contains(text: &[u8], pattern: &[u8]) -> bool {
    if pattern.is_empty() {
        return true;
    }
    // back[i]: length of the longest proper prefix of the pattern that ends at i.
    let mut back = vec![0usize; pattern.len()];
    let mut length = 0;
    for i in 1..pattern.len() {
        while length > 0 && pattern[i] != pattern[length] {
            length = back[length - 1];
        }
        length += usize::from(pattern[i] == pattern[length]);
        back[i] = length;
    }
    let mut matched = 0;
    for &byte in text {
        while matched > 0 && byte != pattern[matched] {
            matched = back[matched - 1];
        }
        matched += usize::from(byte == pattern[matched]);
        if matched == pattern.len() {
            return true;
        }
    }
    false
}

/// A section of a message that a text search looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextSection<'b> {
    /// As in `BODY[section]`: `2.1.MIME`, `2.HEADER`, `1`.
    pub section: String,
    /// The part whose content it is, for its encoding and charset; `None` for headers.
    pub part: Option<&'b BodyStructure>,
}

/// The sections that a text search looks at below the message's own header, in order (`mail_search_body`): each text
/// part and each message part that is no RFC 822 message, and with `headers` those of parts and attached messages.
pub fn text_sections(body: &BodyStructure, headers: bool) -> Vec<TextSection<'_>> {
    struct Open<'b> {
        body: &'b BodyStructure,
        /// Section number, and what its parts' numbers begin with.
        section: String,
        /// A single part's top level has no MIME header of its own.
        is_part: bool,
        is_root_multipart: bool,
    }
    let is = |text: &[u8], name: &[u8]| text.eq_ignore_ascii_case(name);
    let mut sections = Vec::new();
    let mut open = vec![Open {
        body,
        section: "1".to_owned(),
        is_part: false,
        is_root_multipart: is(&body.media_type, b"MULTIPART"),
    }];
    while let Some(Open {
        body,
        section,
        is_part,
        is_root_multipart,
    }) = open.pop()
    {
        let header = |kind: &str| TextSection {
            section: format!("{section}.{kind}"),
            part: None,
        };
        if headers && is_part {
            sections.push(header("MIME"));
        }
        if is(&body.media_type, b"MULTIPART") {
            let numbered = |number: usize| {
                if is_root_multipart {
                    number.to_string()
                } else {
                    format!("{section}.{number}")
                }
            };
            open.extend(
                body.parts
                    .iter()
                    .enumerate()
                    .rev()
                    .map(|(index, part)| Open {
                        body: part,
                        section: numbered(index + 1),
                        is_part: true,
                        is_root_multipart: false,
                    }),
            );
        } else if let Some(message) = &body.message {
            if headers {
                sections.push(header("HEADER"));
            }
            // The parts of an attached multipart are numbered below the message itself.
            let inner = &message.1;
            let multipart = is(&inner.media_type, b"MULTIPART");
            let inner_section = if multipart {
                section.clone()
            } else {
                format!("{section}.1")
            };
            open.push(Open {
                body: inner,
                section: inner_section,
                is_part: true,
                is_root_multipart: false,
            });
        } else if is(&body.media_type, b"TEXT")
            || is(&body.media_type, b"MESSAGE")
            || body.media_type.is_empty()
        {
            sections.push(TextSection {
                section,
                part: Some(body),
            });
        }
    }
    sections
}

#[cfg(test)]
mod tests;
