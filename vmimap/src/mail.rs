//! A message as the mail that Asterisk stores and reads: its header, and the recording attached.

use c_client::mime::body::{ParseOptions, parse_message};
use c_client::mime::content::{
    Body, ENCODING_7BIT, ENCODING_8BIT, ENCODING_BINARY, MediaTables, Nested,
};
use c_client::mime::encoding::{decode_base64, decode_quoted_printable, encode_base64};
use c_client::mime::header::Hooks;

use crate::spool::{self, Info, Recording};
use crate::time;
use crate::voicemail::{Mailbox, Voicemail};

/// Characters of a line of a header that hold what a file said.
const LINE: usize = 900;

/// What a mail is of.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    /// A message; its number in its folder, from 0.
    Message(u32, &'a Info),
    /// A greeting, as its file is named.
    Greeting(&'a str),
}

/// What a mail is made from.
#[derive(Debug)]
pub struct Letter<'a> {
    /// The configuration.
    pub voicemail: &'a Voicemail,
    /// Whose it is.
    pub mailbox: &'a Mailbox,
    /// What it is.
    pub kind: Kind<'a>,
    /// When it was left, in seconds since 1970.
    pub time: i64,
    /// Names the mail: hexadecimal.
    pub digest: &'a str,
    /// What was said.
    pub recording: &'a Recording,
    /// What somebody who sent it on said before it.
    pub intro: Option<&'a Recording>,
}

/// The Message-ID of a mail, brackets included.
pub fn message_id(digest: &str) -> String {
    format!("<{digest}.vmimap@asterisk.invalid>")
}

/// Asterisk's own name of a message that has none yet.
pub fn own_id(time: i64, digest: &str) -> String {
    format!("{time}-{}", digest.get(..8).unwrap_or("00000000"))
}

/// A text for a line of the header: ASCII, and no line ends.
fn header_text(text: &str) -> String {
    let plain = |c: char| if c.is_ascii() { c } else { '?' };
    text.chars()
        .filter(|c| !c.is_control())
        .map(plain)
        .take(LINE)
        .collect()
}

/// Words for people in the header; an encoded word (RFC 2047) where they are not ASCII.
fn words(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    if clean.is_ascii() {
        return clean.chars().take(LINE).collect();
    }
    // Each word may have 75 characters, and must not cut a letter.
    let mut line = String::new();
    let mut piece = String::new();
    let mut put = |piece: &str| {
        let encoded = encode_base64(piece.as_bytes());
        let encoded: String = String::from_utf8_lossy(&encoded)
            .split_whitespace()
            .collect();
        if !line.is_empty() {
            line += "\r\n ";
        }
        line += &format!("=?UTF-8?B?{encoded}?=");
    };
    for letter in clean.chars().take(LINE) {
        if piece.len() + letter.len_utf8() > 42 {
            put(&piece);
            piece.clear();
        }
        piece.push(letter);
    }
    put(&piece);
    line
}

/// A name before an address.
fn phrase(text: &str) -> String {
    let words = words(text);
    if words.starts_with("=?") {
        return words;
    }
    format!("\"{}\"", words.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What may stand in a header as it is; the rest is written as `%` and two digits.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for octet in text.bytes() {
        match octet {
            b'%' | 0..=0x1f | 0x7f.. => out += &format!("%{octet:02X}"),
            _ => out.push(char::from(octet)),
        }
    }
    out
}

fn unescaped(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after
            .get(..2)
            .and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(octet) if *first == b'%' => {
                out.push(octet);
                rest = &after[2..];
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn media_type(format: &str) -> String {
    let top = if format.eq_ignore_ascii_case("ogg") {
        "application/"
    } else {
        "audio/x-"
    };
    format!("{top}{format}")
}

impl Letter<'_> {
    /// The mail, with CR LF.
    pub fn text(&self) -> Vec<u8> {
        let own = |own: &crate::voicemail::Setting, general: &crate::voicemail::Setting| {
            if own.is_set() {
                own.value.clone()
            } else {
                general.value.clone()
            }
        };
        let (mailbox, general) = (self.mailbox, &self.voicemail.general);
        let sender = own(&mailbox.serveremail, &general.serveremail);
        let sender = if sender.contains('@') {
            sender
        } else {
            format!("{sender}@localhost")
        };
        let from = own(&mailbox.fromstring, &general.fromstring);
        let from = if from.is_empty() || from.contains("${") {
            "Asterisk PBX".to_owned()
        } else {
            from
        };
        let to = if mailbox.email.is_empty() {
            &mailbox.imapuser.value
        } else {
            &mailbox.email
        };
        let boundary = format!(
            "----voicemail_{}",
            self.digest.get(..24).unwrap_or(self.digest)
        );
        let mut text = String::new();
        let mut line = |name: &str, value: &str| text += &format!("{name}: {value}\r\n");
        line("Date", &time::of_mail(self.time));
        line(
            "From",
            &format!("{} <{}>", phrase(&from), header_text(&sender)),
        );
        line(
            "To",
            &format!("{} <{}>", phrase(&mailbox.name), header_text(to)),
        );
        line("Subject", &words(&self.subject()));
        line("Message-ID", &message_id(self.digest));
        self.own_lines(&mut line);
        line("MIME-Version", "1.0");
        line(
            "Content-Type",
            &format!("multipart/mixed; boundary=\"{boundary}\""),
        );
        text += "\r\nThis is a multi-part message in MIME format.\r\n\r\n";
        text += &format!(
            "--{boundary}\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        );
        text += &self.body();
        let mut octets = text.into_bytes();
        let format = &self.recording.format;
        match self.kind {
            Kind::Message(number, _) => {
                attach(
                    &mut octets,
                    &boundary,
                    &format!("msg{number:04}.{format}"),
                    self.recording,
                );
                if let Some(intro) = self.intro {
                    attach(
                        &mut octets,
                        &boundary,
                        &format!("msgintro{number:04}.{}", intro.format),
                        intro,
                    );
                }
            }
            Kind::Greeting(name) => attach(
                &mut octets,
                &boundary,
                &format!("{name}.{format}"),
                self.recording,
            ),
        }
        octets.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        octets
    }

    fn subject(&self) -> String {
        let number = &self.mailbox.number;
        match self.kind {
            Kind::Message(message, info) => {
                let urgent = if info.get("flag") == "Urgent" {
                    "Urgent "
                } else {
                    ""
                };
                format!(
                    "[PBX]: New {urgent}message {} in mailbox {number}",
                    u64::from(message) + 1
                )
            }
            Kind::Greeting(name) => format!("Greeting '{name}' of mailbox {number}"),
        }
    }

    fn body(&self) -> String {
        let on = time::moment(self.time);
        match self.kind {
            Kind::Message(_, info) => {
                let (name, number) = spool::caller(info.get("callerid"));
                let caller: String = format!("{name} {number}")
                    .chars()
                    .filter(|c| !c.is_control())
                    .collect();
                let caller = caller.trim().to_owned();
                let caller = if caller.is_empty() {
                    "an unknown caller".to_owned()
                } else {
                    caller
                };
                format!(
                    "A message of {} seconds for {}\r\nfrom {caller}\r\non {on}\r\n\r\n",
                    seconds(info),
                    self.mailbox.id(),
                )
            }
            Kind::Greeting(name) => format!(
                "The greeting '{name}' of {}, recorded on {on}.\r\nWho deletes this mail deletes the greeting.\r\n\r\n",
                self.mailbox.id(),
            ),
        }
    }

    fn own_lines(&self, line: &mut impl FnMut(&str, &str)) {
        let nothing = Info::default();
        let (number, info, kind) = match self.kind {
            Kind::Message(number, info) => (i64::from(number) + 1, info, "Message"),
            Kind::Greeting(name) => (0, &nothing, name),
        };
        let (caller_name, caller_number) = spool::caller(info.get("callerid"));
        let msg_id = match info.get("msg_id") {
            "" => own_id(self.time, self.digest),
            id => id.to_owned(),
        };
        let fields = [
            ("Message-Num", number.to_string()),
            (
                "Server-Name",
                self.voicemail.general.fromstring.value.clone(),
            ),
            ("Context", self.mailbox.context.clone()),
            ("Extension", self.mailbox.extension().to_owned()),
            ("Flag", info.get("flag").to_owned()),
            (
                "Priority",
                info.get("priority").parse::<i64>().unwrap_or(0).to_string(),
            ),
            ("Caller-ID-Num", caller_number),
            ("Caller-ID-Name", caller_name),
            ("Duration", seconds(info).to_string()),
            ("Category", info.get("category").to_owned()),
            ("Message-Type", kind.to_owned()),
            ("Orig-date", time::of_asterisk(self.time)),
            ("Orig-time", self.time.to_string()),
            ("Message-ID", msg_id),
        ];
        for (name, value) in fields {
            line(&format!("X-Asterisk-VM-{name}"), &header_text(&value));
        }
        // What Asterisk's header has no room for, so that it can be a file again.
        for (name, value) in &info.0 {
            let both = format!("{}={}", escaped(name), escaped(value));
            if both.len() <= LINE {
                line("X-Vmimap-Info", &both);
            }
        }
    }
}

fn seconds(info: &Info) -> u32 {
    info.get("duration").trim().parse().unwrap_or(0)
}

fn attach(octets: &mut Vec<u8>, boundary: &str, name: &str, recording: &Recording) {
    let kind = media_type(&recording.format);
    // The name comes first: Asterisk takes the first parameter for it.
    let head = format!(
        "--{boundary}\r\nContent-Type: {kind}; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Description: Voicemail sound attachment.\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n"
    );
    octets.extend_from_slice(head.as_bytes());
    octets.extend_from_slice(&encode_base64(&recording.octets));
    octets.extend_from_slice(b"\r\n");
}

/// A mail, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// Names and values of the header, unfolded, in order.
    pub header: Vec<(String, String)>,
    /// Part 2: its name without the ending, and what was said.
    pub recording: Option<(String, Recording)>,
    /// Part 3.
    pub intro: Option<Recording>,
}

impl Mail {
    /// Reads a header, or a whole mail.
    pub fn read(text: &[u8]) -> Mail {
        let end = text
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .map_or(text.len(), |at| at + 4);
        let (head, rest) = text.split_at(end);
        let mut mail = Mail {
            header: header(head),
            ..Mail::default()
        };
        let (mut tables, mut warnings) = (MediaTables::default(), Vec::new());
        let options = ParseOptions::default();
        let (_, body) = parse_message(
            head,
            rest,
            &options,
            &mut tables,
            &mut warnings,
            &mut Hooks::default(),
        );
        if let Nested::Parts(parts) = &body.nested {
            mail.recording = parts
                .get(1)
                .and_then(|part| attachment(part, rest, &tables));
            mail.intro = parts
                .get(2)
                .and_then(|part| attachment(part, rest, &tables))
                .map(|(_, recording)| recording);
        }
        mail
    }

    /// The first value of a name, in whatever case; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        let found = self
            .header
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// A value of Asterisk's.
    pub fn own(&self, name: &str) -> &str {
        self.get(&format!("X-Asterisk-VM-{name}"))
    }

    /// Whether it is a message of this box: Asterisk searches for a part of these, vmimap wants the whole.
    pub fn is_of(&self, mailbox: &Mailbox) -> bool {
        self.own("Extension") == mailbox.extension()
            && self.own("Context").eq_ignore_ascii_case(&mailbox.context)
    }

    /// As a message's file says it. `time` is when the server got it, if the mail does not say.
    pub fn info(&self, mailbox: &Mailbox, time: i64, urgent: bool) -> Info {
        let time = self
            .own("Orig-time")
            .parse()
            .ok()
            .filter(|t| *t > 0)
            .unwrap_or(time);
        let (name, number) = (self.own("Caller-ID-Name"), self.own("Caller-ID-Num"));
        let caller = match (name, number) {
            ("", "") => "Unknown".to_owned(),
            (name, "") => format!("\"{name}\""),
            ("", number) => number.to_owned(),
            (name, number) => format!("\"{name}\" <{number}>"),
        };
        let mut info = Info::default();
        for (name, value) in [
            ("origmailbox", mailbox.number.as_str()),
            ("context", self.own("Context")),
            ("exten", mailbox.number.as_str()),
            ("rdnis", "unknown"),
            ("priority", self.own("Priority")),
            ("callerchan", "Unknown"),
            ("callerid", &caller),
            ("origdate", &time::of_asterisk(time)),
            ("origtime", &time.to_string()),
            ("category", self.own("Category")),
            ("msg_id", self.own("Message-ID")),
            ("flag", self.own("Flag")),
            ("duration", self.own("Duration")),
        ] {
            info.set(name, value);
        }
        for (name, value) in self
            .header
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("X-Vmimap-Info"))
        {
            let _ = name;
            if let Some((name, value)) = value.split_once('=') {
                let name: String = unescaped(name)
                    .chars()
                    .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                if !name.is_empty() {
                    info.set(&name, &unescaped(value));
                }
            }
        }
        if urgent {
            info.set("flag", "Urgent");
        }
        info
    }
}

fn header(head: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(head);
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    fields
}

/// Name and recording of a part; nothing if it has no name with an ending, or cannot be decoded.
fn attachment(part: &Body, text: &[u8], tables: &MediaTables) -> Option<(String, Recording)> {
    let name = part.parameters.iter().chain(&part.disposition_parameters);
    let name = name
        .into_iter()
        .find(|(key, _)| key == b"NAME" || key == b"FILENAME")?;
    let name = String::from_utf8_lossy(&name.1).into_owned();
    let (stem, format) = name.split_once('.')?;
    let plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if !plain(stem) || !plain(format) || format == "txt" || format.len() > 16 {
        return None;
    }
    let end = part.contents.offset.checked_add(part.contents.size)?;
    let octets = text.get(part.contents.offset..end)?;
    let encoding = tables.encodings.names().get(usize::from(part.encoding));
    let octets = match encoding.map(Vec::as_slice) {
        Some(b"BASE64") => decode_base64(octets)?.data,
        Some(b"QUOTED-PRINTABLE") => decode_quoted_printable(octets).data,
        _ if [ENCODING_7BIT, ENCODING_8BIT, ENCODING_BINARY].contains(&part.encoding) => {
            octets.to_vec()
        }
        _ => return None,
    };
    let format = format.to_owned();
    Some((stem.to_owned(), Recording { format, octets }))
}

#[cfg(test)]
mod tests;
