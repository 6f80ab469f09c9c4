//! The MIME tree of a message, as `rfc822_parse_msg_full` and `rfc822_parse_content` build it.

#![forbid(unsafe_code)]

mod cut;

use super::content::{
    Body, ENCODING_7BIT, ENCODING_8BIT, ENCODING_BINARY, Extent, MediaTables, Nested,
    NestedMessage, TYPE_MESSAGE, TYPE_MULTIPART, TYPE_TEXT, default_subtype, parse_content_line,
};
use super::header::{HeaderEnvelope, Hooks, parse_header};
use super::scan::Warnings;
use crate::limits;
use cut::{PartHeader, count_lines, guess_charset, header_size, size_with_crlf, split_parts};

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
    hooks: &mut Hooks<'_>,
) -> (HeaderEnvelope, Body) {
    let mut body = Body::default();
    let envelope = parse_header(header, options.host, &mut body, tables, warnings, hooks);
    let (body, _) = parse_content(body, text, options, tables, warnings, hooks);
    (envelope, body)
}

/// Completes a body, of which the header was read, by what its text holds (`rfc822_parse_content`). With the position
/// in the text at which c-client stops reading.
pub fn parse_content(
    body: Body,
    text: &[u8],
    options: &ParseOptions<'_>,
    tables: &mut MediaTables,
    warnings: &mut Warnings,
    hooks: &mut Hooks<'_>,
) -> (Body, usize) {
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
        hooks,
        nodes: vec![node],
        tasks: Vec::new(),
        at: 0,
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
            Task::Stop(at) => builder.at = at,
        }
    }
    let at = builder.at;
    (builder.finish(), at)
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
    /// Go to a position.
    Stop(usize),
}

/// A body on its way into its parent; parents stand before their children.
struct Node {
    body: Body,
    parent: usize,
    /// The message in which this is the body, or which is an empty part of a digest.
    message: Option<NestedMessage>,
}

struct Builder<'c, 'h> {
    text: &'c [u8],
    options: &'c ParseOptions<'c>,
    tables: &'c mut MediaTables,
    warnings: &'c mut Warnings,
    hooks: &'c mut Hooks<'h>,
    nodes: Vec<Node>,
    tasks: Vec<Task>,
    /// Where c-client's reader stands.
    at: usize,
}

impl Builder<'_, '_> {
    fn say(&mut self, words: &str) {
        self.warnings.push(words.into());
    }

    fn content(&mut self, node: usize, start: usize, end: usize, depth: usize) {
        if depth > limits::BODY_DEPTH {
            self.nodes[node].body.media_type = TYPE_TEXT;
            self.say("Ignoring excessively deep MIME recursion");
        }
        self.at = start;
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
                self.at = end;
                body.lines = count_lines(text);
                if body.parameters.is_empty() {
                    let charset = guess_charset(text, body.encoding);
                    body.parameters.push((b"CHARSET".to_vec(), charset.into()));
                }
            }
            TYPE_MESSAGE => {
                self.at = end;
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
            self.hooks,
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
        // Behind what is inside, its lines are counted.
        self.tasks.push(Task::Stop(end));
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
        let (mut parts, at) = split_parts(self.text, start, end, boundary, room);
        self.at = at;
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

#[cfg(test)]
mod tests;
