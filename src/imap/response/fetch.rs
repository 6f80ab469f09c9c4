//! The data items of a FETCH response (RFC 9051 section 7.5.2).

use super::cursor::{Cursor, Upper};
use super::{FetchItem, Fields, ParseError, Section, body, envelope};
use crate::imap::octets::Octets;
use crate::limits;

type Result<T> = std::result::Result<T, ParseError>;

/// So many items are what c-client asks for at most.
const USUAL_ITEMS: usize = 8;

/// `(name value name value …)`.
///
/// An item whose value is not what its name promises costs that item alone: it becomes [`FetchItem::Unknown`].
pub(super) fn items(cursor: &mut Cursor<'_>) -> Result<Vec<FetchItem>> {
    cursor.expect(b'(', "message data is not a list")?;
    let mut items = Vec::with_capacity(USUAL_ITEMS);
    while !cursor.eat_spaced(b')') {
        cursor.skip_spaces();
        if cursor.is_at_end() {
            // Some servers forget the last parenthesis; c-client does not miss it.
            break;
        }
        if items.len() >= limits::LIST_ITEMS {
            return Err(cursor.error("too many data items"));
        }
        let before = *cursor;
        let name =
            cursor.take_while(|b| b > b' ' && !matches!(b, b'(' | b')' | b'[' | b'"' | b'{'));
        if name.is_empty() {
            return Err(before.error("data item name expected"));
        }
        let value = *cursor;
        items.push(match item(Upper::of(name).as_slice(), cursor) {
            Ok(Some(item)) => item,
            // NIL where the item has nothing to say.
            Ok(None) => continue,
            Err(error) => {
                *cursor = value;
                skip_unknown(cursor).map_err(|_| error)?;
                FetchItem::Unknown(name.to_ascii_uppercase())
            }
        });
    }
    Ok(items)
}

fn item(name: &[u8], cursor: &mut Cursor<'_>) -> Result<Option<FetchItem>> {
    let whole = |section: Octets, data| {
        FetchItem::Section(Box::new(Section {
            section,
            fields: Fields::default(),
            origin: None,
            data,
        }))
    };
    Ok(Some(match name {
        b"FLAGS" => FetchItem::Flags(flags(cursor)?),
        b"UID" => FetchItem::Uid(cursor.number()?),
        b"INTERNALDATE" => FetchItem::InternalDate(cursor.nstring_line()?),
        b"RFC822.SIZE" => FetchItem::Rfc822Size(cursor.number64()?),
        b"MODSEQ" => FetchItem::ModSeq(in_parentheses(cursor)?),
        b"ENVELOPE" => match envelope::envelope(cursor)? {
            Some(envelope) => FetchItem::Envelope(Box::new(envelope)),
            None => return Ok(None),
        },
        b"BODY" | b"BODY.PEEK" if cursor.peek() == Some(b'[') => {
            FetchItem::Section(Box::new(section(cursor)?))
        }
        b"BODY" | b"BODYSTRUCTURE" => FetchItem::BodyStructure(Box::new(body::body(cursor)?)),
        b"RFC822" => whole(Octets::default(), cursor.nstring()?),
        b"RFC822.HEADER" => whole(b"HEADER".into(), cursor.nstring()?),
        b"RFC822.TEXT" => whole(b"TEXT".into(), cursor.nstring()?),
        b"BINARY" if cursor.peek() == Some(b'[') => FetchItem::Binary(Box::new(section(cursor)?)),
        b"BINARY.SIZE" if cursor.peek() == Some(b'[') => {
            let section = bracketed(cursor)?.section;
            FetchItem::BinarySize {
                section,
                size: cursor.number64()?,
            }
        }
        _ => return Err(cursor.error("unknown data item")),
    }))
}

fn flags(cursor: &mut Cursor<'_>) -> Result<Vec<Octets>> {
    let whole = *cursor;
    cursor.words(|word| whole.keep(word))
}

/// Steps over what may stand behind an item's name: brackets, origin, value.
fn skip_unknown(cursor: &mut Cursor<'_>) -> Result<()> {
    if cursor.peek() == Some(b'[') {
        bracketed(cursor)?;
    }
    cursor.skip_value()
}

/// `(n)`, the form of MODSEQ; some servers leave the parentheses out.
fn in_parentheses(cursor: &mut Cursor<'_>) -> Result<u64> {
    let open = cursor.eat_spaced(b'(');
    let number = cursor.number64()?;
    if open {
        cursor.expect(b')', "unterminated MODSEQ")?;
    }
    Ok(number)
}

fn section(cursor: &mut Cursor<'_>) -> Result<Section> {
    let mut section = bracketed(cursor)?;
    section.data = cursor.nstring()?;
    Ok(section)
}

/// The rest of a list of names in parentheses.
fn field_names(cursor: &mut Cursor<'_>) -> Result<Vec<Octets>> {
    let mut fields = Vec::new();
    while !cursor.eat_spaced(b')') {
        if fields.len() >= limits::LIST_ITEMS {
            return Err(cursor.error("header field list too long"));
        }
        fields.push(cursor.astring()?);
    }
    Ok(fields)
}

/// `[section (fields)]<origin>`
fn bracketed(cursor: &mut Cursor<'_>) -> Result<Section> {
    cursor.expect(b'[', "section expected")?;
    cursor.skip_spaces();
    let section = cursor.take_while(|b| b > b' ' && !matches!(b, b']' | b'(' | b')' | b'"'));
    let section = if section.iter().any(u8::is_ascii_lowercase) {
        section.to_ascii_uppercase().into()
    } else {
        cursor.keep(section)
    };
    let mut fields = Fields::default();
    if cursor.eat_spaced(b'(') {
        fields = match cursor.plain_list() {
            Some(line) => Fields::Line(cursor.keep(line)),
            None => Fields::Names(field_names(cursor)?),
        };
    }
    cursor.expect(b']', "unterminated section")?;
    let mut origin = None;
    if cursor.eat(b'<') {
        origin = Some(cursor.number()?);
        // Some servers echo the whole `<origin.length>`.
        if cursor.eat(b'.') {
            cursor.number()?;
        }
        if !cursor.eat(b'>') {
            return Err(cursor.error("unterminated partial data"));
        }
    }
    Ok(Section {
        section,
        fields,
        origin,
        data: None,
    })
}
