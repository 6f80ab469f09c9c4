//! ENVELOPE (RFC 9051 section 7.5.2).

use super::cursor::Cursor;
use super::{Address, Envelope, ParseError};
use crate::imap::octets::Octets;
use crate::limits;

type Result<T> = std::result::Result<T, ParseError>;

/// `(date subject from sender …)`; `None` for NIL.
pub(super) fn envelope(cursor: &mut Cursor<'_>) -> Result<Option<Envelope>> {
    if !cursor.eat_spaced(b'(') {
        return if cursor.eat_keyword(b"NIL") {
            Ok(None)
        } else {
            Err(cursor.error("not an envelope"))
        };
    }
    let envelope = Envelope {
        date: cursor.nstring_line()?,
        subject: cursor.nstring_line()?,
        from: addresses(cursor)?,
        sender: addresses(cursor)?,
        reply_to: addresses(cursor)?,
        to: addresses(cursor)?,
        cc: addresses(cursor)?,
        bcc: addresses(cursor)?,
        in_reply_to: cursor.nstring_line()?,
        message_id: cursor.nstring_line()?,
    };
    // Fields of an extension to come are no reason to lose the ten we know.
    while !cursor.eat_spaced(b')') {
        cursor.skip_value()?;
    }
    Ok(Some(envelope))
}

/// `((name adl mailbox host) …)` or NIL. Group marks that do not fit together are dropped, as c-client does.
fn addresses(cursor: &mut Cursor<'_>) -> Result<Vec<Address<Octets>>> {
    if !cursor.eat_spaced(b'(') {
        return if cursor.eat_keyword(b"NIL") {
            Ok(Vec::new())
        } else {
            Err(cursor.error("not an address list"))
        };
    }
    // Most lists have one.
    let mut list = Vec::with_capacity(1);
    let mut open_groups = 0u32;
    while !cursor.eat_spaced(b')') {
        if list.len() >= limits::LIST_ITEMS {
            return Err(cursor.error("address list too long"));
        }
        if !cursor.eat_spaced(b'(') {
            if cursor.eat_keyword(b"NIL") {
                continue;
            }
            return Err(cursor.error("not an address"));
        }
        let address = Address {
            name: cursor.nstring_line()?,
            adl: cursor.nstring_line()?,
            mailbox: cursor.nstring_line()?,
            host: cursor.nstring_line()?,
        };
        while !cursor.eat_spaced(b')') {
            cursor.skip_value()?;
        }
        let bare = address.name.is_none() && address.adl.is_none();
        let keep = match (&address.mailbox, &address.host) {
            (Some(_), Some(_)) => true,
            (Some(_), None) => {
                open_groups += u32::from(bare);
                bare
            }
            (None, host) => {
                let closes = open_groups > 0 && bare && host.is_none();
                open_groups -= u32::from(closes);
                closes
            }
        };
        if keep {
            list.push(address);
        }
    }
    Ok(list)
}
