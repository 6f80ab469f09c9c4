//! A message header as an envelope, read as `rfc822_parse_msg_full` reads it.

#![forbid(unsafe_code)]

use super::address::{Address, MISSING_HOST, PhraseHook, parse_address_list_with};
use super::content::{Body, MediaTables, parse_content_line};
use super::scan::{Scanner, Warnings};

/// What a header says about its message: all fields of c-client's `ENVELOPE`. Header words are not decoded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeaderEnvelope {
    /// Some of it may be missing.
    pub incomplete: bool,
    /// It holds what an IMAP ENVELOPE holds and no more.
    pub imap_only: bool,
    /// Prefix of the header that was used, if the message was sent again. No parser sets it.
    pub remail: Option<Vec<u8>>,
    /// Where errors go. No parser sets it.
    pub return_path: Vec<Address>,
    /// Date, as written.
    pub date: Option<Vec<u8>>,
    /// From, also in its old form `>From:`.
    pub from: Vec<Address>,
    /// Sender; From where there is none.
    pub sender: Vec<Address>,
    /// Reply-To; From where there is none.
    pub reply_to: Vec<Address>,
    /// Subject.
    pub subject: Option<Vec<u8>>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Bcc.
    pub bcc: Vec<Address>,
    /// In-Reply-To.
    pub in_reply_to: Option<Vec<u8>>,
    /// Message-ID.
    pub message_id: Option<Vec<u8>>,
    /// Newsgroups, without spaces.
    pub newsgroups: Option<Vec<u8>>,
    /// Followup-To, without spaces.
    pub followup_to: Option<Vec<u8>>,
    /// References.
    pub references: Option<Vec<u8>>,
    /// For a line hook to know the envelope by; 0 at first.
    pub tag: usize,
}

impl HeaderEnvelope {
    /// Sender and Reply-To are From where they are missing.
    pub fn default_senders(&mut self) {
        for default in [&mut self.sender, &mut self.reply_to] {
            if default.is_empty() {
                default.clone_from(&self.from);
            }
        }
    }
}

/// What the application does with a header line before it is taken: the envelope so far, the name in upper case, the
/// unfolded value, the warnings so far. (`SET_PARSELINE`.)
///
/// Who has such a hook may take things out of the envelope, and calls [`HeaderEnvelope::default_senders`] himself.
pub type LineHook<'h> = &'h mut dyn FnMut(&mut HeaderEnvelope, &[u8], &[u8], &mut Warnings);

/// The application's part in reading mail.
#[derive(Default)]
pub struct Hooks<'h> {
    /// Called for each header line.
    pub line: Option<LineHook<'h>>,
    /// Called for each phrase without an address.
    pub phrase: Option<PhraseHook<'h>>,
}

/// Reads a header, up to its empty line or its end. Addresses without a host get `host`, or
/// [`MISSING_HOST`] without that.
pub fn parse_envelope(
    header: &[u8],
    host: Option<&[u8]>,
    warnings: &mut Warnings,
    hooks: &mut Hooks<'_>,
) -> HeaderEnvelope {
    Reader::new(host, None, warnings, hooks).read(header)
}

/// As [`parse_envelope`], and takes what the header says about the contents into `body`.
///
/// That counts only if a MIME-Version comes first or follows, or if the first such line is an encoding or a type with
/// a subtype.
pub fn parse_header(
    header: &[u8],
    host: Option<&[u8]>,
    body: &mut Body,
    tables: &mut MediaTables,
    warnings: &mut Warnings,
    hooks: &mut Hooks<'_>,
) -> HeaderEnvelope {
    let content = Content {
        body,
        tables,
        is_mime: None,
    };
    Reader::new(host, Some(content), warnings, hooks).read(header)
}

struct Content<'c> {
    body: &'c mut Body,
    tables: &'c mut MediaTables,
    /// None until the first Content line or MIME-Version.
    is_mime: Option<bool>,
}

struct Reader<'c, 'h> {
    host: &'c [u8],
    content: Option<Content<'c>>,
    warnings: &'c mut Warnings,
    hooks: &'c mut Hooks<'h>,
    envelope: HeaderEnvelope,
}

impl<'c, 'h> Reader<'c, 'h> {
    fn new(
        host: Option<&'c [u8]>,
        content: Option<Content<'c>>,
        warnings: &'c mut Warnings,
        hooks: &'c mut Hooks<'h>,
    ) -> Self {
        let host = host.unwrap_or(MISSING_HOST);
        Reader {
            host,
            content,
            warnings,
            hooks,
            envelope: HeaderEnvelope::default(),
        }
    }

    fn read(mut self, header: &[u8]) -> HeaderEnvelope {
        let mut line = Vec::new();
        let mut at = 0;
        while header.get(at).is_some_and(|&byte| byte != b'\n') {
            line.clear();
            at = unfold(header, at, &mut line);
            let Some(colon) = line.iter().position(|&byte| byte == b':') else {
                continue;
            };
            let (name, value) = line.split_at_mut(colon);
            let value = &value[1..];
            let end = name
                .iter()
                .rposition(|&byte| byte != b' ')
                .map_or(0, |last| last + 1);
            let name = &mut name[..end];
            name.make_ascii_uppercase();
            let start = value
                .iter()
                .position(|&byte| byte != b' ')
                .unwrap_or(value.len());
            self.line(name, &value[start..], header, at);
        }
        if self.hooks.line.is_none() {
            self.envelope.default_senders();
        }
        self.envelope
    }

    /// Takes one line; the next one begins at `next`.
    fn line(&mut self, name: &[u8], value: &[u8], header: &[u8], next: usize) {
        if let Some(hook) = &mut self.hooks.line {
            hook(&mut self.envelope, name, value, self.warnings);
        }
        let envelope = &mut self.envelope;
        let addresses = match name {
            b"FROM" | b">FROM" => &mut envelope.from,
            b"SENDER" => &mut envelope.sender,
            b"REPLY-TO" => &mut envelope.reply_to,
            b"TO" => &mut envelope.to,
            b"CC" => &mut envelope.cc,
            b"BCC" => &mut envelope.bcc,
            _ => return self.text_line(name, value, header, next),
        };
        let hook = self
            .hooks
            .phrase
            .as_mut()
            .map(|hook| &mut **hook as PhraseHook<'_>);
        parse_address_list_with(addresses, value, Some(self.host), self.warnings, hook);
    }

    fn text_line(&mut self, name: &[u8], value: &[u8], header: &[u8], next: usize) {
        let envelope = &mut self.envelope;
        let without_spaces = || {
            value
                .iter()
                .copied()
                .filter(|&byte| byte != b' ')
                .collect::<Vec<u8>>()
        };
        let place = match name {
            b"DATE" => &mut envelope.date,
            b"SUBJECT" => &mut envelope.subject,
            b"IN-REPLY-TO" => &mut envelope.in_reply_to,
            b"MESSAGE-ID" => &mut envelope.message_id,
            b"REFERENCES" => &mut envelope.references,
            b"NEWSGROUPS" => {
                envelope.newsgroups.get_or_insert_with(without_spaces);
                return;
            }
            b"FOLLOWUP-TO" => {
                envelope.followup_to = Some(without_spaces());
                return;
            }
            b"MIME-VERSION" => return self.mime_version(value),
            _ => {
                if let Some(rest) = name.strip_prefix(b"CONTENT-") {
                    self.content_line(rest, value, header, next);
                }
                return;
            }
        };
        place.get_or_insert_with(|| value.to_vec());
    }

    fn mime_version(&mut self, value: &[u8]) {
        let mut scan = Scanner::new(value);
        let end = scan.phrase(0, self.warnings);
        let start = scan.skip_space(0, self.warnings);
        let version = scan.slice(start, end.unwrap_or(scan.end()));
        if version != b"1.0" && version != b"RFC-XXXX" {
            self.warnings
                .push(b"Warning: message has unknown MIME version".to_vec());
        }
        if let Some(content) = &mut self.content {
            content.is_mime = Some(true);
        }
    }

    fn content_line(&mut self, name: &[u8], value: &[u8], header: &[u8], next: usize) {
        let Some(content) = &mut self.content else {
            return;
        };
        let is_mime = *content.is_mime.get_or_insert_with(|| {
            let announced = find_mime_version(header, next);
            // Mail that forgets MIME-Version but is MIME all the same.
            let evident =
                name == b"TRANSFER-ENCODING" || (name == b"TYPE" && value.contains(&b'/'));
            if !announced && evident {
                self.warnings
                    .push(b"Warning: MIME header encountered in non-MIME message".to_vec());
            }
            announced || evident
        });
        if is_mime {
            parse_content_line(content.body, name, value, content.tables, self.warnings);
        }
    }
}

/// Whether a MIME-Version line follows. Like c-client, this looks from the octet before `next` to the one before the
/// last of the header.
fn find_mime_version(header: &[u8], next: usize) -> bool {
    const LINE: &[u8] = b"\nMIME-Version";
    let rest =
        &header[next.saturating_sub(1)..header.len().saturating_sub(1).max(next.saturating_sub(1))];
    rest.windows(LINE.len())
        .any(|window| window.eq_ignore_ascii_case(LINE))
}

/// Appends the logical line that begins at `at` to `line`, tabs as spaces; returns where the next one begins.
///
/// Lines end at LF or bare CR, unless a space or tab follows; a NUL ends a line, too.
fn unfold(header: &[u8], mut at: usize, line: &mut Vec<u8>) -> usize {
    loop {
        let rest = &header[at..];
        let plain = rest
            .iter()
            .position(|&octet| matches!(octet, 0 | b'\t' | b'\r' | b'\n'));
        let plain = plain.unwrap_or(rest.len());
        line.extend_from_slice(&rest[..plain]);
        at += plain;
        let Some(&octet) = header.get(at) else { break };
        at += 1;
        let next = header.get(at).copied().unwrap_or(0);
        match octet {
            b'\r' if next == b'\n' => {}
            b'\r' | b'\n' if next != b' ' && next != b'\t' => break,
            b'\r' | b'\n' => {}
            0 => break,
            _ => line.push(b' '),
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailboxes(list: &[Address]) -> Vec<String> {
        let show = |text: &Option<Vec<u8>>| {
            text.as_deref()
                .map_or("-".into(), String::from_utf8_lossy)
                .into_owned()
        };
        list.iter()
            .map(|address| {
                format!(
                    "{} {} {}",
                    show(&address.name),
                    show(&address.mailbox),
                    show(&address.host)
                )
            })
            .collect()
    }

    #[test]
    fn a_header_becomes_an_envelope() {
        let header = b"Return-Path: <x@y>\r\n>From: old@host\r\nFROM : \"A B\"\r\n\t<a@b>\r\nSubject: one\r\n\ttwo\r\nSubject: three\r\n\
            Date:  Thu\r\nTo: c\r\nTo: d@e\r\nNewsgroups: a, b\r\nFollowup-To: c\r\nFollowup-To: d e\r\n\
            message-id: <1>\r\nIn-Reply-To: <0>\r\nReferences: <0>\r\n\r\nSubject: body\r\n";
        let mut warnings = Vec::new();
        let envelope = parse_envelope(header, Some(b"here"), &mut warnings, &mut Hooks::default());
        assert_eq!(mailboxes(&envelope.from), ["- old host", "A B a b"]);
        assert_eq!(envelope.sender, envelope.from);
        assert_eq!(envelope.reply_to, envelope.from);
        assert_eq!(mailboxes(&envelope.to), ["- c here", "- d e"]);
        assert_eq!(envelope.subject.as_deref(), Some(&b"one two"[..]));
        assert_eq!(envelope.date.as_deref(), Some(&b"Thu"[..]));
        assert_eq!(envelope.newsgroups.as_deref(), Some(&b"a,b"[..]));
        assert_eq!(envelope.followup_to.as_deref(), Some(&b"de"[..]));
        assert_eq!(envelope.message_id.as_deref(), Some(&b"<1>"[..]));
        assert_eq!(envelope.in_reply_to.as_deref(), Some(&b"<0>"[..]));
        assert_eq!(envelope.references.as_deref(), Some(&b"<0>"[..]));
        assert!(
            envelope.return_path.is_empty() && envelope.remail.is_none() && warnings.is_empty()
        );
    }

    #[test]
    fn missing_hosts_and_fields() {
        let envelope = parse_envelope(
            b"From: a\nX: y\nno colon\n",
            None,
            &mut Vec::new(),
            &mut Hooks::default(),
        );
        assert_eq!(mailboxes(&envelope.from), ["- a .MISSING-HOST-NAME."]);
        assert_eq!(
            parse_envelope(b"", None, &mut Vec::new(), &mut Hooks::default()),
            HeaderEnvelope::default()
        );
    }

    #[test]
    fn nul_and_bare_cr_end_lines_and_8_bit_passes() {
        let envelope = parse_envelope(
            b"Subject: a\xff\0To: b@c\rCc: d@e\r f@g",
            None,
            &mut Vec::new(),
            &mut Hooks::default(),
        );
        assert_eq!(envelope.subject.as_deref(), Some(&b"a\xff"[..]));
        assert_eq!(mailboxes(&envelope.to), ["- b c"]);
        assert_eq!(
            mailboxes(&envelope.cc),
            ["- d e", "- UNEXPECTED_DATA_AFTER_ADDRESS .SYNTAX-ERROR."]
        );
    }

    #[test]
    fn content_lines_count_in_mime_messages() {
        let read = |header: &[u8]| {
            let (mut body, mut warnings) = (Body::default(), Vec::new());
            parse_header(
                header,
                None,
                &mut body,
                &mut MediaTables::default(),
                &mut warnings,
                &mut Hooks::default(),
            );
            (
                body.subtype
                    .map(|subtype| String::from_utf8(subtype).unwrap()),
                warnings.len(),
            )
        };
        assert_eq!(
            read(b"MIME-Version: 1.0 (x)\nContent-Type: text/html\n"),
            (Some("HTML".into()), 0)
        );
        assert_eq!(
            read(b"Content-Type: text/html\nmime-version: 1.0\n"),
            (Some("HTML".into()), 0)
        );
        assert_eq!(read(b"Content-Type: text/html\n"), (Some("HTML".into()), 1));
        assert_eq!(
            read(b"Content-Type: text\nContent-Type: text/html\n"),
            (None, 0)
        );
        assert_eq!(
            read(b"MIME-Version: 2.0\nContent-Type: text/html\n"),
            (Some("HTML".into()), 1)
        );
    }

    #[test]
    fn the_application_sees_each_line_first() {
        let mut seen = Vec::new();
        let mut line =
            |envelope: &mut HeaderEnvelope, name: &[u8], value: &[u8], _: &mut Warnings| {
                seen.push((name.to_vec(), value.to_vec(), envelope.subject.is_some()));
                if name == b"DATE" {
                    envelope.date = Some(b"never".to_vec());
                }
            };
        let mut phrase = |_: &[u8], length: usize, host: Option<&[u8]>, _: &mut Warnings| {
            assert_eq!((length, host), (3, Some(MISSING_HOST)));
            vec![Address {
                mailbox: Some(b"known".to_vec()),
                ..Address::default()
            }]
        };
        let mut hooks = Hooks {
            line: Some(&mut line),
            phrase: Some(&mut phrase),
        };
        let header = b"Subject: a\nX-Y : b\n c\nDate: now\nTo: a b\n";
        let envelope = parse_envelope(header, None, &mut Vec::new(), &mut hooks);
        assert_eq!(mailboxes(&envelope.to), ["- known -"]);
        assert_eq!(envelope.date.as_deref(), Some(&b"never"[..]));
        let seen: Vec<_> = seen
            .iter()
            .map(|(name, value, _)| (&name[..], &value[..]))
            .collect();
        let expected: [(&[u8], &[u8]); 4] = [
            (b"SUBJECT", b"a"),
            (b"X-Y", b"b c"),
            (b"DATE", b"now"),
            (b"TO", b"a b"),
        ];
        assert_eq!(seen, expected);
    }
}
