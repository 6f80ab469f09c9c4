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
    /// The table with other names in it; what it has no room for is left out.
    pub fn with_names(mut self, names: impl IntoIterator<Item = Vec<u8>>) -> Self {
        self.names = names.into_iter().take(self.room).collect();
        self
    }

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
/// Nesting is at most [`crate::limits::BODY_DEPTH`] and one more, so that dropping it is safe on a small stack.
#[derive(Debug, PartialEq, Eq, Default)]
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
#[derive(Debug, PartialEq, Eq, Default)]
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
#[derive(Debug, PartialEq, Eq, Default)]
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
///
/// Returns what c-client writes into the value ([`Scanner::into_changes`]).
pub fn parse_content_line(
    body: &mut Body,
    name: &[u8],
    value: &[u8],
    tables: &mut MediaTables,
    warnings: &mut Warnings,
) -> Vec<(usize, u8)> {
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
    scan.into_changes()
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
pub fn parse_parameters(
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[(&str, &str)]) -> (Body, MediaTables, Vec<String>) {
        let (mut body, mut tables, mut warnings) =
            (Body::default(), MediaTables::default(), Vec::new());
        for (name, value) in lines {
            parse_content_line(
                &mut body,
                name.as_bytes(),
                value.as_bytes(),
                &mut tables,
                &mut warnings,
            );
        }
        let warnings = warnings
            .iter()
            .map(|line| String::from_utf8_lossy(line).into_owned());
        (body, tables, warnings.collect())
    }

    fn parameter(name: &str, value: &str) -> Parameter {
        (name.into(), value.into())
    }

    #[test]
    fn types_and_their_parameters() {
        let (body, _, warnings) = read(&[(
            "TYPE",
            "(c) Image / \"png\" (d) ; Name = \"a \\\"b\" ; x*0*=utf-8''c",
        )]);
        assert_eq!(
            (body.media_type, body.subtype.as_deref()),
            (5, Some(&b"PNG"[..]))
        );
        assert_eq!(
            body.parameters,
            [parameter("NAME", "a \"b"), parameter("X*0*", "utf-8''c")]
        );
        assert!(warnings.is_empty());
    }

    #[test]
    fn new_types_are_remembered_until_the_table_is_full() {
        let lines: Vec<String> = (0..9).map(|number| format!("new{number}/x")).collect();
        let (mut tables, mut warnings) = (MediaTables::default(), Vec::new());
        for line in &lines {
            parse_content_line(
                &mut Body::default(),
                b"TYPE",
                line.as_bytes(),
                &mut tables,
                &mut warnings,
            );
        }
        assert_eq!(tables.types.names().len(), 16);
        assert_eq!(warnings.len(), 9);
        assert_eq!(warnings[6], b"Unknown MIME type: NEW6");
        assert_eq!(warnings[7], b"MIME type table overflow: new7");
        assert_eq!(tables.types.index(b"New3", &mut warnings), 12);
        assert_eq!(tables.types.index(b"new8", &mut warnings), TYPE_OTHER);
        let (body, tables, warnings) = read(&[("TRANSFER-ENCODING", "x-uue")]);
        assert_eq!(
            tables.encodings.names()[usize::from(body.encoding)],
            b"X-UUE"
        );
        assert_eq!(warnings, ["Unknown MIME transfer encoding: X-UUE"]);
    }

    #[test]
    fn broken_parameters_are_named() {
        let (body, _, warnings) = read(&[("TYPE", "text/plain; a; b=\"open")]);
        assert_eq!(
            body.parameters,
            [
                parameter("A", "MISSING_PARAMETER_VALUE"),
                parameter("B", "MISSING_PARAMETER_VALUE")
            ]
        );
        assert_eq!(
            warnings,
            [
                "Missing parameter value: A",
                "Missing parameter value: B",
                "Missing parameter"
            ]
        );
        let (_, _, warnings) = read(&[("DISPOSITION", "inline x")]);
        assert_eq!(warnings, ["Unexpected characters at end of parameters: x"]);
        let (_, _, warnings) = read(&[("TYPE", "text/plain;")]);
        assert_eq!(warnings, ["Missing parameter"]);
    }

    #[test]
    fn the_first_line_of_a_kind_wins_but_for_the_encoding() {
        let (body, _, _) = read(&[
            ("ID", "<1>"),
            ("ID", "<2>"),
            ("LANGUAGE", "en, De (x) ,fr"),
            ("LANGUAGE", "it"),
            ("MD5", "(c) Q2hl"),
            ("LOCATION", "http://x"),
            ("TRANSFER-ENCODING", "base64"),
            ("TRANSFER-ENCODING", "8bit"),
        ]);
        assert_eq!(body.id.as_deref(), Some(&b"<1>"[..]));
        assert_eq!(body.language, [&b"EN"[..], b"DE", b"FR"]);
        assert_eq!(body.md5.as_deref(), Some(&b"Q2hl"[..]));
        assert_eq!(body.location.as_deref(), Some(&b"http://x"[..]));
        assert_eq!(body.encoding, ENCODING_8BIT);
    }
}
