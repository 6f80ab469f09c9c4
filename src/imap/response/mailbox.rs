//! Responses about mailboxes and searches: CAPABILITY, LIST, STATUS, SEARCH, ESEARCH, NAMESPACE, ID.

use super::cursor::{Cursor, Text};
use super::{Esearch, ListItem, Namespace, Parameters, ParseError, StatusItem, Untagged};
use crate::imap::octets::Octets;
use crate::limits;

type Result<T> = std::result::Result<T, ParseError>;

/// Words with spaces between them, up to the end of the line.
pub(super) fn words(cursor: &mut Cursor<'_>) -> Result<Vec<Vec<u8>>> {
    let mut words = Vec::new();
    loop {
        match cursor.word() {
            b"" => return Ok(words),
            _ if words.len() >= limits::LIST_ITEMS => return Err(cursor.error("list too long")),
            word => words.push(word.to_vec()),
        }
    }
}

/// `(attributes) delimiter mailbox`; what LIST-EXTENDED (RFC 5258) adds behind is passed over.
pub(super) fn list(cursor: &mut Cursor<'_>) -> Result<ListItem> {
    let attributes = cursor.word_list()?;
    let delimiter = match cursor.text()? {
        Text::Nil => None,
        Text::Quoted(inner) => inner.strip_prefix(b"\\").unwrap_or(inner).first().copied(),
        Text::Plain(data) | Text::Literal(data) | Text::Atom(data) => data.first().copied(),
    };
    Ok(ListItem {
        attributes,
        delimiter,
        mailbox: cursor.mailbox()?,
    })
}

/// `STATUS mailbox (item value …)`
pub(super) fn status(cursor: &mut Cursor<'_>) -> Result<Untagged> {
    let mailbox = cursor.mailbox()?;
    cursor.expect(b'(', "status items expected")?;
    let mut items = Vec::new();
    while !cursor.eat_spaced(b')') {
        if items.len() >= limits::LIST_ITEMS {
            return Err(cursor.error("too many status items"));
        }
        let before = *cursor;
        let name = cursor.atom().to_ascii_uppercase();
        if name.is_empty() {
            return Err(before.error("status item name expected"));
        }
        let value = *cursor;
        items.push(match status_item(&name, cursor) {
            Ok(item) => item,
            Err(error) => {
                *cursor = value;
                cursor.skip_value().map_err(|_| error)?;
                StatusItem::Unknown(name)
            }
        });
    }
    Ok(Untagged::MailboxStatus { mailbox, items })
}

fn status_item(name: &[u8], cursor: &mut Cursor<'_>) -> Result<StatusItem> {
    Ok(match name {
        b"MESSAGES" => StatusItem::Messages(cursor.number()?),
        b"RECENT" => StatusItem::Recent(cursor.number()?),
        b"UIDNEXT" => StatusItem::UidNext(cursor.number()?),
        b"UIDVALIDITY" => StatusItem::UidValidity(cursor.number()?),
        b"UNSEEN" => StatusItem::Unseen(cursor.number()?),
        b"HIGHESTMODSEQ" => StatusItem::HighestModSeq(cursor.number64()?),
        b"SIZE" => StatusItem::Size(cursor.number64()?),
        _ => return Err(cursor.error("unknown status item")),
    })
}

/// `SEARCH n n … [(MODSEQ n)]`. What is no number is passed over, as in c-client; so is 0.
pub(super) fn search(cursor: &mut Cursor<'_>) -> Result<Untagged> {
    let mut numbers = Vec::new();
    let mut mod_seq = None;
    loop {
        cursor.skip_spaces();
        if cursor.is_at_end() {
            return Ok(Untagged::Search { numbers, mod_seq });
        }
        if cursor.eat(b'(') {
            if cursor.eat_keyword(b"MODSEQ") {
                mod_seq = Some(cursor.number64()?);
            }
            cursor.expect(b')', "unterminated MODSEQ")?;
            continue;
        }
        if numbers.len() >= limits::SEARCH_RESULTS {
            return Err(cursor.error("too many search results"));
        }
        let mut word = Cursor::over(cursor.word());
        numbers.extend(word.number().ok().filter(|&n| n > 0));
    }
}

/// RFC 4731: `ESEARCH [(TAG "t")] [UID] name value …`
pub(super) fn esearch(cursor: &mut Cursor<'_>) -> Result<Esearch> {
    let mut result = Esearch::default();
    if cursor.eat_spaced(b'(') {
        if cursor.eat_keyword(b"TAG") {
            result.tag = Some(cursor.astring_copy()?);
        }
        while !cursor.eat_spaced(b')') {
            cursor.skip_value()?;
        }
    }
    result.uid = cursor.eat_keyword(b"UID");
    loop {
        match cursor.atom().to_ascii_uppercase().as_slice() {
            b"" => break,
            b"MIN" => result.min = Some(cursor.number()?),
            b"MAX" => result.max = Some(cursor.number()?),
            b"COUNT" => result.count = Some(cursor.number()?),
            b"ALL" => result.all = cursor.sequence_set()?,
            b"MODSEQ" => result.mod_seq = Some(cursor.number64()?),
            _ => cursor.skip_value()?,
        }
    }
    if cursor.is_at_end() {
        Ok(result)
    } else {
        Err(cursor.error("junk in ESEARCH"))
    }
}

/// RFC 2342. Trailing groups that are not there are as good as NIL.
pub(super) fn namespace(cursor: &mut Cursor<'_>) -> Result<Untagged> {
    let (personal, other, shared) = (
        namespaces(cursor)?,
        namespaces(cursor)?,
        namespaces(cursor)?,
    );
    Ok(Untagged::Namespace {
        personal,
        other,
        shared,
    })
}

fn namespaces(cursor: &mut Cursor<'_>) -> Result<Option<Vec<Namespace>>> {
    cursor.skip_spaces();
    if cursor.is_at_end() || cursor.eat_keyword(b"NIL") {
        return Ok(None);
    }
    cursor.expect(b'(', "not a namespace")?;
    let mut list = Vec::new();
    while !cursor.eat_spaced(b')') {
        if list.len() >= limits::LIST_ITEMS {
            return Err(cursor.error("too many namespaces"));
        }
        cursor.expect(b'(', "not a namespace")?;
        let prefix = cursor.nstring_copy()?.unwrap_or_default();
        let delimiter = cursor.nstring()?.and_then(|text| text.first().copied());
        let mut parameters = Vec::new();
        while !cursor.eat_spaced(b')') {
            if parameters.len() >= limits::LIST_ITEMS {
                return Err(cursor.error("too many namespace extensions"));
            }
            let values = |list: Vec<Octets>| list.iter().map(|text| text.to_vec()).collect();
            parameters.push((cursor.astring_copy()?, values(cursor.string_list()?)));
        }
        list.push(Namespace {
            prefix,
            delimiter,
            parameters,
        });
    }
    Ok(Some(list))
}

/// RFC 2971: `ID ("name" "value" …)` or `ID NIL`.
pub(super) fn id(cursor: &mut Cursor<'_>) -> Result<Option<Parameters>> {
    if cursor.eat_keyword(b"NIL") {
        return Ok(None);
    }
    cursor.expect(b'(', "not an ID list")?;
    let mut pairs = Vec::new();
    while !cursor.eat_spaced(b')') {
        if pairs.len() >= limits::LIST_ITEMS {
            return Err(cursor.error("ID list too long"));
        }
        pairs.push((cursor.astring_copy()?, cursor.nstring_copy()?));
    }
    Ok(Some(pairs))
}
