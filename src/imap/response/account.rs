//! Quota, rights, sorting, vanished messages.
//!
//! SORT, VANISHED and QUOTAROOT go through imap-proto, which reads them soundly as long as they are plain ASCII
//! without escapes and literals (it would hand out lossy UTF-8, and keeps backslashes). What it cannot take is read
//! here, and all of it where the library is built without imap-proto. QUOTA and rights are read here throughout: imap-proto does not export the types of quota resources, and
//! runs the groups of LISTRIGHTS together.

use super::cursor::Cursor;
use super::{AnnotationEntry, ParseError, QuotaResource, SequenceSet, Untagged};
use crate::limits;

type Result<T> = std::result::Result<T, ParseError>;

/// What imap-proto makes of a response whose keyword is the next word; `None` for what it is not to read or does not
/// parse to the end. The text is bounded by the line limit, and none of the grammars behind these keywords nests.
#[cfg(feature = "imap-proto")]
mod plain {
    use super::{Cursor, SequenceSet};
    use imap_proto as proto;

    fn read<T>(keyword: &Cursor<'_>, take: impl Fn(proto::Response<'_>) -> Option<T>) -> Option<T> {
        if !keyword.is_plain_ascii() {
            return None;
        }
        let text = [b"* ", keyword.rest().trim_ascii_end(), b"\r\n"].concat();
        match proto::Response::parse(&text) {
            Ok((b"", response)) => take(response),
            _ => None,
        }
    }

    pub fn sort(keyword: &Cursor<'_>) -> Option<Vec<u32>> {
        read(keyword, |response| match response {
            proto::Response::MailboxData(proto::MailboxDatum::Sort(numbers)) => Some(numbers),
            _ => None,
        })
    }

    pub fn vanished(keyword: &Cursor<'_>) -> Option<(bool, SequenceSet)> {
        read(keyword, |response| match response {
            proto::Response::Vanished { earlier, uids } => {
                let ordered = uids
                    .iter()
                    .map(|r| (*r.start().min(r.end()), *r.start().max(r.end())));
                Some((earlier, ordered.collect::<SequenceSet>()))
            }
            _ => None,
        })
    }

    /// A mailbox and its quota roots.
    pub fn quota_root(keyword: &Cursor<'_>) -> Option<(Vec<u8>, Vec<Vec<u8>>)> {
        read(keyword, |response| match response {
            proto::Response::QuotaRoot(root) => {
                let names = root.quota_root_names.iter();
                Some((
                    root.mailbox_name.as_bytes().to_vec(),
                    names.map(|name| name.as_bytes().to_vec()).collect(),
                ))
            }
            _ => None,
        })
    }
}

/// Leaves everything to the readers here.
#[cfg(not(feature = "imap-proto"))]
mod plain {
    use super::{Cursor, SequenceSet};

    pub fn sort(_: &Cursor<'_>) -> Option<Vec<u32>> {
        None
    }

    pub fn vanished(_: &Cursor<'_>) -> Option<(bool, SequenceSet)> {
        None
    }

    pub fn quota_root(_: &Cursor<'_>) -> Option<(Vec<u8>, Vec<Vec<u8>>)> {
        None
    }
}

/// RFC 5256: `SORT n n …`. `keyword` stands before the word SORT, `cursor` behind it.
pub(super) fn sort(keyword: &Cursor<'_>, cursor: &mut Cursor<'_>) -> Result<Untagged> {
    let numbers = match plain::sort(keyword) {
        Some(numbers) => numbers,
        None => match super::mailbox::search(cursor)? {
            Untagged::Search { numbers, .. } => numbers,
            _ => Vec::new(),
        },
    };
    if numbers.len() > limits::SEARCH_RESULTS {
        return Err(cursor.error("too many sort results"));
    }
    Ok(Untagged::Sort(
        numbers.into_iter().filter(|&n| n > 0).collect(),
    ))
}

/// RFC 7162 section 3.2.10: `VANISHED [(EARLIER)] uids`
pub(super) fn vanished(keyword: &Cursor<'_>, cursor: &mut Cursor<'_>) -> Result<Untagged> {
    let (earlier, uids) = match plain::vanished(keyword) {
        Some(read) => read,
        None => {
            let earlier = cursor
                .word_list_if_any()?
                .iter()
                .any(|word| word.eq_ignore_ascii_case(b"EARLIER"));
            (earlier, cursor.sequence_set()?)
        }
    };
    if uids.len() > limits::SET_RANGES {
        return Err(cursor.error("sequence set too long"));
    }
    if uids.iter().any(|&(first, _)| first == 0) {
        return Err(cursor.error("zero in a sequence set"));
    }
    Ok(Untagged::Vanished { earlier, uids })
}

/// RFC 9208: `QUOTA root (resource usage limit …)`
pub(super) fn quota(cursor: &mut Cursor<'_>) -> Result<Untagged> {
    let root = cursor.mailbox()?;
    cursor.expect(b'(', "quota resource list expected")?;
    let mut resources = Vec::new();
    while !cursor.eat_spaced(b')') {
        if resources.len() >= limits::LIST_ITEMS {
            return Err(cursor.error("quota resource list too long"));
        }
        resources.push(QuotaResource {
            name: cursor.astring_copy()?,
            usage: amount(cursor)?,
            limit: amount(cursor)?,
        });
    }
    Ok(Untagged::Quota { root, resources })
}

/// An amount; negative ones, which some servers print, count as 0.
fn amount(cursor: &mut Cursor<'_>) -> Result<u64> {
    cursor.skip_spaces();
    let negative = cursor.eat(b'-');
    let number = cursor.number64()?;
    Ok(if negative { 0 } else { number })
}

/// RFC 9208: `QUOTAROOT mailbox root …`
pub(super) fn quota_root(keyword: &Cursor<'_>, cursor: &mut Cursor<'_>) -> Result<Untagged> {
    if let Some((mailbox, roots)) = plain::quota_root(keyword) {
        return Ok(Untagged::QuotaRoot { mailbox, roots });
    }
    Ok(Untagged::QuotaRoot {
        mailbox: cursor.mailbox()?,
        roots: astrings(cursor)?,
    })
}

/// Strings up to the end of the line.
fn astrings(cursor: &mut Cursor<'_>) -> Result<Vec<Vec<u8>>> {
    let mut list = Vec::new();
    loop {
        cursor.skip_spaces();
        if cursor.is_at_end() {
            return Ok(list);
        }
        if list.len() >= limits::LIST_ITEMS {
            return Err(cursor.error("list too long"));
        }
        list.push(cursor.astring_copy()?);
    }
}

/// RFC 4314: `ACL mailbox identifier rights …`
pub(super) fn acl(cursor: &mut Cursor<'_>) -> Result<Untagged> {
    let mailbox = cursor.mailbox()?;
    let words = astrings(cursor)?;
    let (pairs, []) = words.as_chunks::<2>() else {
        return Err(cursor.error("identifier without rights"));
    };
    let entries = pairs
        .iter()
        .map(|[identifier, rights]| (identifier.clone(), rights.clone()))
        .collect();
    Ok(Untagged::Acl { mailbox, entries })
}

/// RFC 4314: `LISTRIGHTS mailbox identifier required optional …`
pub(super) fn list_rights(cursor: &mut Cursor<'_>) -> Result<Untagged> {
    Ok(Untagged::ListRights {
        mailbox: cursor.mailbox()?,
        identifier: cursor.astring_copy()?,
        required: cursor.astring_copy()?,
        optional: astrings(cursor)?,
    })
}

/// RFC 4314: `MYRIGHTS mailbox rights`
pub(super) fn my_rights(cursor: &mut Cursor<'_>) -> Result<Untagged> {
    Ok(Untagged::MyRights {
        mailbox: cursor.mailbox()?,
        rights: cursor.astring_copy()?,
    })
}

/// draft-daboo-imap-annotatemore: `ANNOTATION mailbox entry (attribute value …) …`. Names of entries alone, which a
/// server sends when something changed, are entries without values.
pub(super) fn annotation(cursor: &mut Cursor<'_>) -> Result<Untagged> {
    let mailbox = cursor.mailbox()?;
    let mut entries = Vec::new();
    loop {
        cursor.skip_spaces();
        if cursor.is_at_end() {
            return Ok(Untagged::Annotation { mailbox, entries });
        }
        let name = cursor.astring_copy()?;
        let mut values = Vec::new();
        if cursor.eat_spaced(b'(') {
            while !cursor.eat_spaced(b')') {
                if values.len() >= limits::LIST_ITEMS {
                    return Err(cursor.error("list too long"));
                }
                values.push((cursor.astring_copy()?, cursor.nstring_copy()?));
            }
        }
        if entries.len() >= limits::LIST_ITEMS {
            return Err(cursor.error("list too long"));
        }
        entries.push(AnnotationEntry { name, values });
    }
}
