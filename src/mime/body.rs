//! The MIME tree of a message, as `rfc822_parse_msg_full` and `rfc822_parse_content` build it.

#![forbid(unsafe_code)]

use super::content::{
    Body, ENCODING_7BIT, ENCODING_8BIT, ENCODING_BINARY, Extent, MediaTables, Nested,
    NestedMessage, TYPE_MESSAGE, TYPE_MULTIPART, TYPE_TEXT, default_subtype, parse_content_line,
};
use super::header::{HeaderEnvelope, parse_header};
use super::scan::Warnings;
use crate::limits;

/// How a message is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ParseOptions<'a> {
    /// Host of addresses without one; [`super::address::MISSING_HOST`] if None.
    pub host: Option<&'a [u8]>,
    /// Line ends in the text are CR LF, so that its size is its size (`DR_CRLF`).
    pub crlf: bool,
    /// How deep the message lies in another one.
    pub depth: usize,
}

/// Reads a message: `header` up to its empty line, `text` what follows. Offsets in the tree count from `text`.
pub fn parse_message(
    header: &[u8],
    text: &[u8],
    options: &ParseOptions<'_>,
    tables: &mut MediaTables,
    warnings: &mut Warnings,
) -> (HeaderEnvelope, Body) {
    let mut body = Body::default();
    let envelope = parse_header(header, options.host, &mut body, tables, warnings);
    (
        envelope,
        parse_content(body, text, options, tables, warnings),
    )
}

/// Completes a body, of which the header was read, by what its text holds.
pub fn parse_content(
    body: Body,
    text: &[u8],
    options: &ParseOptions<'_>,
    tables: &mut MediaTables,
    warnings: &mut Warnings,
) -> Body {
    let node = Node {
        body,
        parent: 0,
        message: None,
    };
    let mut builder = Builder {
        text,
        options,
        tables,
        warnings,
        nodes: vec![node],
        tasks: Vec::new(),
    };
    builder.tasks.push(Task::Content {
        node: 0,
        start: 0,
        end: text.len(),
        depth: options.depth,
    });
    while let Some(task) = builder.tasks.pop() {
        match task {
            Task::Content {
                node,
                start,
                end,
                depth,
            } => builder.content(node, start, end, depth),
            Task::Part { node, depth } => builder.part(node, depth),
        }
    }
    builder.finish()
}

/// Work that waits; c-client calls itself for it.
enum Task {
    /// Look into what lies between two positions.
    Content {
        node: usize,
        start: usize,
        end: usize,
        depth: usize,
    },
    /// Read the header of a part, then look into it.
    Part { node: usize, depth: usize },
}

/// A body on its way into its parent; parents stand before their children.
struct Node {
    body: Body,
    parent: usize,
    /// The message in which this is the body, or which is an empty part of a digest.
    message: Option<NestedMessage>,
}

struct Builder<'c> {
    text: &'c [u8],
    options: &'c ParseOptions<'c>,
    tables: &'c mut MediaTables,
    warnings: &'c mut Warnings,
    nodes: Vec<Node>,
    tasks: Vec<Task>,
}

impl Builder<'_> {
    fn say(&mut self, words: &str) {
        self.warnings.push(words.into());
    }

    fn content(&mut self, node: usize, start: usize, end: usize, depth: usize) {
        if depth > limits::BODY_DEPTH {
            self.nodes[node].body.media_type = TYPE_TEXT;
            self.say("Ignoring excessively deep MIME recursion");
        }
        let text = self.text.get(start..end).unwrap_or_default();
        let body = &mut self.nodes[node].body;
        body.subtype
            .get_or_insert_with(|| default_subtype(body.media_type).into());
        body.contents = Extent {
            offset: start,
            size: text.len(),
        };
        body.bytes = if self.options.crlf {
            text.len()
        } else {
            size_with_crlf(text)
        };
        match body.media_type {
            TYPE_TEXT => {
                body.lines = count_lines(text);
                if body.parameters.is_empty() {
                    let charset = guess_charset(text, body.encoding);
                    body.parameters.push((b"CHARSET".to_vec(), charset.into()));
                }
            }
            TYPE_MESSAGE => {
                body.lines = count_lines(text);
                if body.subtype.as_deref() == Some(b"RFC822") {
                    self.message(node, start, end, depth);
                }
            }
            TYPE_MULTIPART => self.multipart(node, start, end, depth),
            _ => {}
        }
    }

    /// Warns where something with a structure is said to be encoded, which RFC 2045 section 6.4 forbids.
    fn check_encoding(&mut self, node: usize, warning: &str) {
        if !matches!(
            self.nodes[node].body.encoding,
            ENCODING_7BIT | ENCODING_8BIT | ENCODING_BINARY
        ) {
            self.say(warning);
        }
    }

    fn message(&mut self, node: usize, start: usize, end: usize, depth: usize) {
        self.check_encoding(node, "Ignoring nested encoding of message contents");
        let text = &self.text[start..end];
        let split = header_size(text);
        let mut body = Body::default();
        let header = &text[..split];
        let envelope = parse_header(
            header,
            self.options.host,
            &mut body,
            self.tables,
            self.warnings,
        );
        let message = NestedMessage {
            envelope: Some(envelope),
            body: None,
            full: Extent {
                offset: start,
                size: text.len(),
            },
            header: Extent {
                offset: start,
                size: split,
            },
            text: Extent {
                offset: start + split,
                size: text.len() - split,
            },
        };
        self.nodes.push(Node {
            body,
            parent: node,
            message: Some(message),
        });
        let node = self.nodes.len() - 1;
        self.tasks.push(Task::Content {
            node,
            start: start + split,
            end,
            depth: depth + 1,
        });
    }

    fn multipart(&mut self, node: usize, start: usize, end: usize, depth: usize) {
        self.check_encoding(node, "Ignoring nested encoding of multipart contents");
        let body = &self.nodes[node].body;
        let digest = body.subtype.as_deref() == Some(b"DIGEST");
        let boundary = body.parameters.iter().find(|(name, _)| name == b"BOUNDARY");
        // Where there is no boundary, c-client makes do with a dash.
        let boundary = boundary.map_or(&b"-"[..], |(_, value)| value);
        let room = limits::BODY_PARTS.saturating_sub(self.nodes.len()).max(1);
        let mut parts = split_parts(self.text, start, end, boundary, room);
        let media_type = if digest && !parts.is_empty() {
            TYPE_MESSAGE
        } else {
            TYPE_TEXT
        };
        if parts.is_empty() {
            parts.push(Extent::default());
        }
        let first = self.nodes.len();
        for &mime in &parts {
            let body = Body {
                media_type,
                mime,
                ..Body::default()
            };
            self.nodes.push(Node {
                body,
                parent: node,
                message: None,
            });
        }
        // The stack is last in, first out, and parts are read in their order.
        self.tasks
            .extend((first..self.nodes.len()).rev().map(|node| Task::Part {
                node,
                depth: depth + 1,
            }));
    }

    fn part(&mut self, node: usize, depth: usize) {
        let body = &mut self.nodes[node].body;
        let Extent { offset, size } = body.mime;
        if size == 0 {
            body.subtype = Some(default_subtype(body.media_type).into());
            match body.media_type {
                TYPE_TEXT => body
                    .parameters
                    .push((b"CHARSET".to_vec(), b"US-ASCII".to_vec())),
                TYPE_MESSAGE => body.nested = Nested::Message(Box::default()),
                _ => {}
            }
            return;
        }
        let mut reader = PartHeader {
            text: self.text,
            at: offset,
            left: size,
        };
        let mut line = Vec::new();
        while reader.line(&mut line) {
            let name = line
                .get(..8)
                .filter(|name| name.eq_ignore_ascii_case(b"CONTENT-"));
            let colon = line.iter().skip(8).position(|&byte| byte == b':');
            if let (Some(_), Some(colon)) = (name, colon) {
                let (name, value) = (&line[8..8 + colon], &line[8 + colon + 1..]);
                let start = value
                    .iter()
                    .position(|&byte| byte != b' ')
                    .unwrap_or(value.len());
                let name = name.to_ascii_uppercase();
                parse_content_line(body, &name, &value[start..], self.tables, self.warnings);
            }
        }
        reader.blank_line();
        let (start, left) = (reader.at, reader.left);
        body.mime.size -= left;
        self.tasks.push(Task::Content {
            node,
            start,
            end: start + left,
            depth,
        });
    }

    /// Puts each body into its parent, the last one first.
    fn finish(mut self) -> Body {
        loop {
            let Some(Node {
                mut body,
                parent,
                message,
            }) = self.nodes.pop()
            else {
                return Body::default();
            };
            if let Nested::Parts(parts) = &mut body.nested {
                parts.reverse();
            }
            let Some(parent) = self.nodes.get_mut(parent) else {
                return body;
            };
            match (message, &mut parent.body.nested) {
                (Some(mut message), nested) => {
                    message.body = Some(body);
                    *nested = Nested::Message(Box::new(message));
                }
                (None, Nested::Parts(parts)) => parts.push(body),
                (None, nested) => *nested = Nested::Parts(vec![body]),
            }
        }
    }
}

/// Reads the lines of a part's header. The count of octets left may end between CR and LF; the LF is read all the same.
struct PartHeader<'a> {
    text: &'a [u8],
    at: usize,
    left: usize,
}

impl PartHeader<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    /// Reads one logical line, runs of white space as one space; false at the empty line and at the end.
    fn line(&mut self, line: &mut Vec<u8>) -> bool {
        line.clear();
        if self.left == 0 || matches!(self.peek(), b'\r' | b'\n') {
            return false;
        }
        let mut last = b' ';
        while self.left > 0 {
            let octet = self.peek();
            self.at += 1;
            match octet {
                b'\r' | b'\n' => {
                    if octet == b'\r' && self.peek() == b'\n' {
                        self.at += 1;
                        self.left -= 1;
                    }
                    if self.left == 0 || !matches!(self.peek(), b' ' | b'\t') {
                        self.left = self.left.saturating_sub(1);
                        break;
                    }
                }
                0 => {
                    self.left -= 1;
                    break;
                }
                b' ' | b'\t' if last == b' ' => {}
                b' ' | b'\t' => {
                    last = b' ';
                    line.push(b' ');
                }
                _ => {
                    last = octet;
                    line.push(octet);
                }
            }
            self.left -= 1;
        }
        true
    }

    fn blank_line(&mut self) {
        for octet in [b'\r', b'\n'] {
            if self.left > 0 && self.peek() == octet {
                self.at += 1;
                self.left -= 1;
            }
        }
    }
}

/// Finds the parts of a multipart between `start` and `end`: where each begins, and its size without the line end
/// before the next boundary. At most `room`; the last one takes the rest.
fn split_parts(text: &[u8], start: usize, end: usize, boundary: &[u8], room: usize) -> Vec<Extent> {
    let mut parts: Vec<Extent> = Vec::new();
    let mut open = false;
    let mut lines = Lines {
        text,
        at: start,
        left: end.saturating_sub(start),
    };
    let mut last = b'\n';
    while lines.left > boundary.len() + 2 && parts.len() < room {
        if last != b'\r' && last != b'\n' {
            last = lines.next();
            continue;
        }
        // In front of the line end that is about to be looked behind.
        let line_end = lines.at.saturating_sub(1);
        if last == b'\r' && lines.peek() == b'\n' {
            last = lines.next();
        }
        let delimiter = b"--".iter().chain(boundary);
        let mut differs = false;
        for &wanted in delimiter {
            last = lines.next();
            if last != wanted {
                differs = true;
                break;
            }
        }
        if differs {
            continue;
        }
        last = lines.next();
        let last_one = last == b'-';
        if last_one {
            if lines.left == 0 {
                continue;
            }
            last = lines.next();
            if last != b'-' {
                continue;
            }
            if lines.left > 0 {
                last = lines.next();
                if last != b'\r' && last != b'\n' {
                    continue;
                }
            }
        }
        while !last_one && matches!(last, b' ' | b'\t') {
            last = lines.next();
        }
        if !last_one && last == b'\r' && lines.left > 0 && lines.peek() == b'\n' {
            last = lines.next();
        }
        if last_one || matches!(last, b'\r' | b'\n') {
            if let Some(part) = parts.last_mut().filter(|_| open) {
                part.size = line_end.saturating_sub(part.offset);
            }
            if last_one {
                return parts;
            }
            open = true;
            parts.push(Extent {
                offset: lines.at,
                size: 0,
            });
        }
    }
    if let Some(part) = parts.last_mut() {
        part.size = lines.left + lines.at.saturating_sub(part.offset);
    }
    parts
}

/// The octets of a multipart, and a line feed where they end.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    left: usize,
}

impl Lines<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn next(&mut self) -> u8 {
        if self.left == 0 {
            return b'\n';
        }
        let octet = self.peek();
        self.at += 1;
        self.left -= 1;
        octet
    }
}

/// Octets of the header of a message, with the empty line that ends it.
fn header_size(text: &[u8]) -> usize {
    let mut last = b'\n';
    for (at, &octet) in text.iter().enumerate() {
        if last == b'\n' && octet == b'\n' {
            return at + 1;
        }
        if octet != b'\r' {
            last = octet;
        }
    }
    text.len()
}

/// Octets of a text when all its line ends are CR LF (`strcrlflen`).
fn size_with_crlf(text: &[u8]) -> usize {
    let mut size = text.len();
    let mut octets = text.iter().peekable();
    while let Some(&octet) = octets.next() {
        match octet {
            b'\r' => {
                octets.next_if_eq(&&b'\n');
            }
            b'\n' => size += 1,
            _ => {}
        }
    }
    size
}

fn count_lines(text: &[u8]) -> usize {
    text.iter().filter(|&&octet| octet == b'\n').count()
}

/// The charset of a text that names none: what its octets look like.
fn guess_charset(text: &[u8], encoding: u16) -> &'static str {
    let mut octets = text.iter().copied();
    while let Some(mut octet) = octets.next() {
        // The shift to JIS X 0208 of RFC 1468. What was looked at on the way is not looked at again.
        if octet == 0x1b
            && let Some(second) = octets.next()
        {
            octet = second;
            if second == b'$'
                && let Some(third) = octets.next()
            {
                octet = third;
                if matches!(third, b'@' | b'B') {
                    return "ISO-2022-JP";
                }
            }
        }
        if octet >= 0x80 {
            return "X-UNKNOWN";
        }
    }
    match encoding {
        ENCODING_7BIT | ENCODING_8BIT | ENCODING_BINARY => "US-ASCII",
        _ => "X-UNKNOWN",
    }
}
