//! What the `Content-*` lines of a header say about a body (RFC 2045, RFC 2183, RFC 3282), read as
//! `rfc822_parse_content_header` reads it.

#![forbid(unsafe_code)]

use super::header::HeaderEnvelope;
use super::scan::{Delimiters, Scanner, Warnings, excerpt, unquote, upper, warn};

/// Index of `TEXT` in [`MediaTables::types`]: c-client's `TYPETEXT`.
pub const TYPE_TEXT: u16 = 0;
/// Index of `MULTIPART`.
pub const TYPE_MULTIPART: u16 = 1;
/// Index of `MESSAGE`.
pub const TYPE_MESSAGE: u16 = 2;
/// Index of `APPLICATION`.
pub const TYPE_APPLICATION: u16 = 3;
/// Index of `AUDIO`.
pub const TYPE_AUDIO: u16 = 4;
/// Index of `X-UNKNOWN`: what stands for a type that the full table has no room for.
pub const TYPE_OTHER: u16 = 8;
/// Index of `7BIT` in [`MediaTables::encodings`]: c-client's `ENC7BIT`.
pub const ENCODING_7BIT: u16 = 0;
/// Index of `8BIT`.
pub const ENCODING_8BIT: u16 = 1;
/// Index of `BINARY`.
pub const ENCODING_BINARY: u16 = 2;
/// Index of `X-UNKNOWN`.
pub const ENCODING_OTHER: u16 = 5;

/// A list of names that grows by what mail brings, up to a fixed length. c-client shows its lists to applications as
/// the arrays `body_types` and `body_encodings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTable {
    names: Vec<Vec<u8>>,
    room: usize,
    other: u16,
    /// How a new name, and one that finds no room, is announced.
    unknown: &'static str,
    overflow: &'static str,
}

impl NameTable {
    /// The names in the order of their indices, upper case.
    pub fn names(&self) -> &[Vec<u8>] {
        &self.names
    }

    /// The index of a name, whatever its ASCII case. An unknown name is added, with a warning; where there is no room
    /// left it counts as `X-UNKNOWN`.
    pub fn index(&mut self, name: &[u8], warnings: &mut Warnings) -> u16 {
        if let Some(index) = self
            .names
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name))
        {
            return u16::try_from(index).unwrap_or(self.other);
        }
        if self.names.len() >= self.room {
            self.announce(self.overflow, name, warnings);
            return self.other;
        }
        let name = upper(name);
        self.announce(self.unknown, &name, warnings);
        self.names.push(name);
        u16::try_from(self.names.len() - 1).unwrap_or(self.other)
    }

    fn announce(&self, words: &str, name: &[u8], warnings: &mut Warnings) {
        let mut line = words.as_bytes().to_vec();
        line.extend_from_slice(excerpt(name, 100));
        warnings.push(line);
    }
}

/// The known media types and transfer encodings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaTables {
    /// Top-level media types, at most 16.
    pub types: NameTable,
    /// Content transfer encodings, at most 11.
    pub encodings: NameTable,
}

impl Default for MediaTables {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|name| name.as_bytes().to_vec()).collect();
        let types = [
            "TEXT",
            "MULTIPART",
            "MESSAGE",
            "APPLICATION",
            "AUDIO",
            "IMAGE",
            "VIDEO",
            "MODEL",
            "X-UNKNOWN",
        ];
        let encodings = [
            "7BIT",
            "8BIT",
            "BINARY",
            "BASE64",
            "QUOTED-PRINTABLE",
            "X-UNKNOWN",
        ];
        MediaTables {
            types: NameTable {
                names: list(&types),
                room: 16,
                other: TYPE_OTHER,
                unknown: "Unknown MIME type: ",
                overflow: "MIME type table overflow: ",
            },
            encodings: NameTable {
                names: list(&encodings),
                room: 11,
                other: ENCODING_OTHER,
                unknown: "Unknown MIME transfer encoding: ",
                overflow: "MIME encoding table overflow: ",
            },
        }
    }
}

/// A piece of the text that a body was parsed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    /// Octets before it.
    pub offset: usize,
    /// Octets in it.
    pub size: usize,
}

/// Name in upper case, value without its quotes. RFC 2231's forms are left as they came.
pub type Parameter = (Vec<u8>, Vec<u8>);

/// A message body or body part: c-client's `BODY`.
///
/// Nesting is at most [`crate::limits::BODY_DEPTH`] and one more, so that dropping and comparing it is safe on a small stack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    /// Index in [`MediaTables::types`].
    pub media_type: u16,
    /// Index in [`MediaTables::encodings`].
    pub encoding: u16,
    /// Upper case; None only before the content was parsed.
    pub subtype: Option<Vec<u8>>,
    /// Parameters of the content type, in their order.
    pub parameters: Vec<Parameter>,
    /// Content-ID.
    pub id: Option<Vec<u8>>,
    /// Content-Description, not decoded.
    pub description: Option<Vec<u8>>,
    /// Content-Disposition, upper case.
    pub disposition: Option<Vec<u8>>,
    /// Parameters of the disposition, in their order.
    pub disposition_parameters: Vec<Parameter>,
    /// Content-Language, upper case.
    pub language: Vec<Vec<u8>>,
    /// Content-Location.
    pub location: Option<Vec<u8>>,
    /// Content-MD5.
    pub md5: Option<Vec<u8>>,
    /// The part's own header; empty for a body that is not a part.
    pub mime: Extent,
    /// What follows that header.
    pub contents: Extent,
    /// Line feeds in the contents of TEXT and MESSAGE.
    pub lines: usize,
    /// Octets of the contents, line ends counted as CR LF.
    pub bytes: usize,
    /// What is inside.
    pub nested: Nested,
}

/// What is inside a body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Nested {
    /// Nothing with a structure.
    #[default]
    None,
    /// MULTIPART: at least one part.
    Parts(Vec<Body>),
    /// MESSAGE/RFC822.
    Message(Box<NestedMessage>),
}

/// A message inside a message: c-client's `MESSAGE`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NestedMessage {
    /// None for an empty part of a digest.
    pub envelope: Option<HeaderEnvelope>,
    /// None for an empty part of a digest.
    pub body: Option<Body>,
    /// Header and body.
    pub full: Extent,
    /// The header with the empty line that ends it.
    pub header: Extent,
    /// What follows the header.
    pub text: Extent,
}

/// The subtype of a body that names none (`rfc822_default_subtype`).
pub fn default_subtype(media_type: u16) -> &'static str {
    match media_type {
        TYPE_TEXT => "PLAIN",
        TYPE_MULTIPART => "MIXED",
        TYPE_MESSAGE => "RFC822",
        TYPE_APPLICATION => "OCTET-STREAM",
        TYPE_AUDIO => "BASIC",
        _ => "UNKNOWN",
    }
}

/// Takes one header line into the body. `name` is in upper case and lacks the `Content-`.
///
/// The first line of a kind wins, but the last Content-Transfer-Encoding.
pub fn parse_content_line(
    body: &mut Body,
    name: &[u8],
    value: &[u8],
    tables: &mut MediaTables,
    warnings: &mut Warnings,
) {
    let mut scan = Scanner::new(value);
    let start = scan.skip_space(0, warnings);
    let name = name.split(|&byte| byte == b' ').next().unwrap_or_default();
    match name {
        b"ID" => keep_first(&mut body.id, scan.rest(start)),
        b"DESCRIPTION" => keep_first(&mut body.description, scan.rest(start)),
        b"LOCATION" => keep_first(&mut body.location, scan.rest(start)),
        b"MD5" => keep_first(&mut body.md5, scan.rest(start)),
        b"DISPOSITION" if body.disposition.is_none() => {
            if let Some(end) = scan.word(start, Delimiters::Mime, warnings) {
                body.disposition = Some(upper(scan.slice(start, end)));
                let at = scan.skip_space(end, warnings);
                parse_parameters(&mut body.disposition_parameters, &mut scan, at, warnings);
            }
        }
        b"LANGUAGE" if body.language.is_empty() => {
            languages(&mut body.language, &mut scan, start, warnings)
        }
        b"TYPE" if body.subtype.is_none() && body.parameters.is_empty() => {
            content_type(body, &mut scan, start, tables, warnings);
        }
        b"TRANSFER-ENCODING" => {
            if let Some(end) = scan.word(start, Delimiters::Mime, warnings) {
                body.encoding = tables
                    .encodings
                    .index(&unquote(scan.slice(start, end)), warnings);
            }
        }
        _ => {}
    }
}

fn keep_first(place: &mut Option<Vec<u8>>, value: &[u8]) {
    place.get_or_insert_with(|| value.to_vec());
}

fn languages(
    list: &mut Vec<Vec<u8>>,
    scan: &mut Scanner<'_>,
    mut start: usize,
    warnings: &mut Warnings,
) {
    while let Some(end) = scan.word(start, Delimiters::Mime, warnings) {
        list.push(upper(scan.slice(start, end)));
        let comma = scan.skip_space(end, warnings);
        if scan.at(comma) != b',' {
            break;
        }
        start = scan.skip_space(comma + 1, warnings);
    }
}

fn content_type(
    body: &mut Body,
    scan: &mut Scanner<'_>,
    start: usize,
    tables: &mut MediaTables,
    warnings: &mut Warnings,
) {
    let Some(end) = scan.word(start, Delimiters::Mime, warnings) else {
        return;
    };
    body.media_type = tables
        .types
        .index(&unquote(scan.slice(start, end)), warnings);
    let mut at = scan.skip_space(end, warnings);
    if scan.at(at) == b'/' {
        let end = scan.word(at + 1, Delimiters::Mime, warnings);
        let subtype = scan.skip_space(at + 1, warnings);
        at = match end {
            Some(end) => {
                body.subtype = Some(upper(&unquote(scan.slice(subtype, end))));
                scan.skip_space(end, warnings)
            }
            None => subtype,
        };
    }
    parse_parameters(&mut body.parameters, scan, at, warnings);
}

/// Reads `; name=value; …` (`rfc822_parse_parameter`).
fn parse_parameters(
    list: &mut Vec<Parameter>,
    scan: &mut Scanner<'_>,
    mut at: usize,
    warnings: &mut Warnings,
) {
    let missing = |warnings: &mut Warnings| warnings.push(b"Missing parameter".to_vec());
    while scan.at(at) == b';' {
        let Some(end) = scan.word(at + 1, Delimiters::Mime, warnings) else {
            return missing(warnings);
        };
        let start = scan.skip_space(at + 1, warnings);
        if start >= end {
            at = end;
            continue;
        }
        let name = upper(scan.slice(start, end));
        let mut value = None;
        let mut next = Some(scan.skip_space(end, warnings));
        if let Some(equals) = next.filter(|&next| scan.at(next) == b'=') {
            next = scan.word(equals + 1, Delimiters::Mime, warnings);
            if let Some(end) = next {
                let start = scan.skip_space(equals + 1, warnings);
                value = (start < end).then(|| unquote(scan.slice(start, end)));
                next = Some(scan.skip_space(end, warnings));
            }
        }
        let value = value.unwrap_or_else(|| {
            warn(warnings, "Missing parameter value: ", &name);
            b"MISSING_PARAMETER_VALUE".to_vec()
        });
        list.push((name, value));
        match next {
            Some(next) => at = next,
            None => return missing(warnings),
        }
    }
    if scan.at(at) != 0 {
        warn(
            warnings,
            "Unexpected characters at end of parameters: ",
            scan.rest(at),
        );
    }
}
