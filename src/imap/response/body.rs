//! BODY and BODYSTRUCTURE (RFC 9051 section 7.5.2), without recursion: the open parts lie on a stack of our own.

use super::cursor::Cursor;
use super::envelope::envelope;
use super::{BodyParameters, BodyStructure, Disposition, Envelope, ParseError};
use crate::limits;

type Result<T> = std::result::Result<T, ParseError>;

/// A part whose end has not been read: `(part part …`, or `("MESSAGE" "RFC822" … envelope part …`.
struct Open {
    part: BodyStructure,
    /// Of an attached message; a multipart has none.
    envelope: Option<Box<Envelope>>,
}

/// Reads a body structure. `()` and NIL are a part without a type.
pub(super) fn body(cursor: &mut Cursor<'_>) -> Result<BodyStructure> {
    let mut stack: Vec<Open> = Vec::new();
    let mut parts = 0usize;
    loop {
        parts += 1;
        if parts > limits::BODY_PARTS {
            return Err(cursor.error("too many body parts"));
        }
        let mut done = match begin(cursor, stack.len())? {
            Begun::Open(open) => {
                stack.push(open);
                continue;
            }
            Begun::Done(part) => part,
        };
        // `done` is complete: give it to the part around it, and close that one if it ends here.
        loop {
            let Some(Open { mut part, envelope }) = stack.pop() else {
                return Ok(done);
            };
            if let Some(envelope) = envelope {
                part.message = Some(Box::new((*envelope, done)));
                part.lines = optional_number(cursor)?;
                single_tail(cursor, &mut part)?;
            } else {
                part.parts.push(done);
                if next_is_list(cursor) {
                    stack.push(Open { part, envelope });
                    break;
                }
                part.subtype = cursor.nstring_line()?;
                if more(cursor) {
                    part.parameters = parameters(cursor)?;
                }
                tail(cursor, &mut part)?;
            }
            done = part;
        }
    }
}

enum Begun {
    Open(Open),
    Done(BodyStructure),
}

/// Reads the beginning of a part, or all of it if it holds no others.
fn begin(cursor: &mut Cursor<'_>, depth: usize) -> Result<Begun> {
    if cursor.eat_keyword(b"NIL") {
        return Ok(Begun::Done(BodyStructure::default()));
    }
    // The root is level 0; parts of level BODY_DEPTH are not kept.
    if depth >= limits::BODY_DEPTH {
        cursor.skip_value()?;
        return Ok(Begun::Done(too_deep()));
    }
    cursor.expect(b'(', "not a body structure")?;
    if next_is_list(cursor) {
        let multipart = BodyStructure {
            media_type: b"MULTIPART".into(),
            ..Default::default()
        };
        return Ok(Begun::Open(Open {
            part: multipart,
            envelope: None,
        }));
    }
    let mut part = BodyStructure::default();
    if cursor.eat_spaced(b')') {
        return Ok(Begun::Done(part));
    }
    // c-client's name for a type the server leaves open.
    part.media_type = cursor
        .nstring_line()?
        .unwrap_or_else(|| b"X-UNKNOWN".into());
    part.subtype = cursor.nstring_line()?;
    part.parameters = parameters(cursor)?;
    part.id = cursor.nstring_line()?;
    part.description = cursor.nstring_line()?;
    part.encoding = cursor.nstring_line()?;
    part.octets = optional_number(cursor)?.unwrap_or(0);
    if part.media_type.eq_ignore_ascii_case(b"TEXT") {
        part.lines = optional_number(cursor)?;
    } else if holds_message(&part) && next_is_list(cursor) {
        if let Some(envelope) = envelope(cursor)? {
            return Ok(Begun::Open(Open {
                part,
                envelope: Some(Box::new(envelope)),
            }));
        }
    } else if holds_message(&part) && cursor.eat_keyword(b"NIL") {
        // No envelope, as some servers send for an attached message they cannot read; body and lines may follow.
        if next_is_list(cursor) || cursor.eat_keyword(b"NIL") {
            if next_is_list(cursor) {
                cursor.skip_value()?;
            }
            part.lines = optional_number(cursor)?;
        }
    }
    single_tail(cursor, &mut part)?;
    Ok(Begun::Done(part))
}

fn holds_message(part: &BodyStructure) -> bool {
    let subtype = part.subtype.as_deref().unwrap_or_default();
    part.media_type.eq_ignore_ascii_case(b"MESSAGE")
        && (subtype.eq_ignore_ascii_case(b"RFC822") || subtype.eq_ignore_ascii_case(b"GLOBAL"))
}

fn too_deep() -> BodyStructure {
    BodyStructure {
        media_type: b"APPLICATION".into(),
        subtype: Some(b"OCTET-STREAM".into()),
        ..Default::default()
    }
}

/// Extension data of a part that is no multipart: MD5, then what all have.
fn single_tail(cursor: &mut Cursor<'_>, part: &mut BodyStructure) -> Result<()> {
    if more(cursor) {
        part.md5 = cursor.nstring_line()?;
    }
    tail(cursor, part)
}

/// Disposition, language, location, unknown extensions, and the closing parenthesis.
fn tail(cursor: &mut Cursor<'_>, part: &mut BodyStructure) -> Result<()> {
    if more(cursor) {
        part.disposition = disposition(cursor)?;
    }
    if more(cursor) {
        part.language = cursor.string_list()?;
    }
    if more(cursor) {
        part.location = cursor.nstring_line()?;
    }
    while more(cursor) {
        cursor.skip_value()?;
    }
    cursor.expect(b')', "unterminated body part")
}

fn disposition(cursor: &mut Cursor<'_>) -> Result<Option<Disposition>> {
    if !cursor.eat_spaced(b'(') {
        // NIL, or a bare word from servers that leave the list out.
        return Ok(cursor.nstring_line()?.map(|kind| Disposition {
            kind,
            parameters: Vec::new(),
        }));
    }
    let kind = cursor.nstring_line()?.unwrap_or_default();
    let parameters = if more(cursor) {
        parameters(cursor)?
    } else {
        Vec::new()
    };
    while more(cursor) {
        cursor.skip_value()?;
    }
    cursor.expect(b')', "unterminated disposition")?;
    Ok(Some(Disposition { kind, parameters }))
}

/// `("NAME" "value" …)` or NIL. A name that is NIL is "UNKNOWN", as in c-client.
fn parameters(cursor: &mut Cursor<'_>) -> Result<BodyParameters> {
    let mut list = Vec::new();
    if !cursor.eat_spaced(b'(') {
        return match cursor.nstring_line()? {
            None => Ok(list),
            Some(_) => Err(cursor.error("not a parameter list")),
        };
    }
    while !cursor.eat_spaced(b')') {
        if list.len() >= limits::LIST_ITEMS {
            return Err(cursor.error("parameter list too long"));
        }
        let name = cursor.nstring_line()?.unwrap_or_else(|| b"UNKNOWN".into());
        let value = if more(cursor) {
            cursor.nstring_line()?
        } else {
            None
        };
        list.push((name, value));
    }
    Ok(list)
}

/// Whether something follows before the closing parenthesis.
fn more(cursor: &Cursor<'_>) -> bool {
    !matches!(cursor.peek_spaced(), None | Some(b')'))
}

fn next_is_list(cursor: &Cursor<'_>) -> bool {
    cursor.peek_spaced() == Some(b'(')
}

/// A count; NIL, a string and nothing at all are 0 or absent, as servers send them for broken parts.
fn optional_number(cursor: &mut Cursor<'_>) -> Result<Option<u64>> {
    match cursor.peek_spaced() {
        Some(b'0'..=b'9') => cursor.number64().map(Some),
        Some(b'N' | b'n') if cursor.eat_keyword(b"NIL") => Ok(None),
        // `-1` of servers that print a signed unknown.
        Some(b'-') => {
            cursor.atom();
            Ok(None)
        }
        _ => Ok(None),
    }
}

impl Clone for BodyStructure {
    /// Goes through the tree level by level: the derived one takes more stack per level than small threads have for
    /// fifty of them.
    fn clone(&self) -> Self {
        // Parents before their children.
        let mut nodes: Vec<(&BodyStructure, usize, Option<&Envelope>)> = vec![(self, 0, None)];
        let mut at = 0;
        while let Some(&(node, ..)) = nodes.get(at) {
            nodes.extend(node.parts.iter().map(|part| (part, at, None)));
            nodes.extend(
                node.message
                    .iter()
                    .map(|message| (&message.1, at, Some(&message.0))),
            );
            at += 1;
        }
        let mut copies: Vec<BodyStructure> = nodes
            .iter()
            .map(|(node, ..)| node.without_parts())
            .collect();
        while let (Some(mut copy), Some((_, parent, envelope))) = (copies.pop(), nodes.pop()) {
            copy.parts.reverse();
            match (copies.get_mut(parent), envelope) {
                (None, _) => return copy,
                (Some(outer), None) => outer.parts.push(copy),
                (Some(outer), Some(envelope)) => {
                    outer.message = Some(Box::new((envelope.clone(), copy)))
                }
            }
        }
        BodyStructure::default()
    }
}

impl BodyStructure {
    fn without_parts(&self) -> Self {
        BodyStructure {
            media_type: self.media_type.clone(),
            subtype: self.subtype.clone(),
            parameters: self.parameters.clone(),
            id: self.id.clone(),
            description: self.description.clone(),
            encoding: self.encoding.clone(),
            octets: self.octets,
            lines: self.lines,
            parts: Vec::new(),
            message: None,
            md5: self.md5.clone(),
            disposition: self.disposition.clone(),
            language: self.language.clone(),
            location: self.location.clone(),
        }
    }
}
