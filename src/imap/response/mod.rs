//! Stage two of reading: makes sense of one whole response.
//!
//! Own parsers for what is hot or dangerous, with explicit stacks instead of recursion; imap-proto for the
//! responses it reads soundly (see `account.rs`). A response that cannot be read is one [`ParseError`] and no more:
//! framing has already found where the next one begins.

mod account;
mod body;
mod cursor;
mod envelope;
mod fetch;
mod mailbox;
mod status;
mod thread;
mod types;

pub use types::*;

use crate::imap::frame::Frame;
use crate::limits;
use cursor::{Cursor, Upper};

/// Why a response could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// What was expected or missing.
    pub reason: &'static str,
    /// Offset in the frame.
    pub at: usize,
    /// What stood there: at most [`limits::EXCERPT`] octets, unprintable ones escaped.
    pub excerpt: String,
}

impl ParseError {
    fn new(reason: &'static str, bytes: &[u8], at: usize) -> Self {
        let rest = bytes.get(at..).unwrap_or_default();
        let excerpt = rest[..rest.len().min(limits::EXCERPT)]
            .escape_ascii()
            .to_string();
        ParseError {
            reason,
            at,
            excerpt,
        }
    }
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: {}",
            self.reason,
            if self.excerpt.is_empty() {
                "(end of line)"
            } else {
                &self.excerpt
            }
        )
    }
}

impl std::error::Error for ParseError {}

/// The message that a response is about if it is a FETCH response; what else it says is yet to be read.
pub fn fetch_number(frame: &Frame) -> Option<Number> {
    let mut cursor = Cursor::new(frame);
    if cursor.word() != b"*" {
        return None;
    }
    let number = cursor.number().ok()?;
    is_fetch(message_keyword(&mut cursor)).then_some(number)
}

fn message_keyword<'a>(cursor: &mut Cursor<'a>) -> &'a [u8] {
    cursor.skip_spaces();
    cursor.take_while(|b| b > b' ' && b != b'(')
}

fn is_fetch(keyword: &[u8]) -> bool {
    // STORE: IMAP2 servers, and c-client still listens to it.
    keyword.eq_ignore_ascii_case(b"FETCH") || keyword.eq_ignore_ascii_case(b"STORE")
}

/// Reads one response.
///
/// # Errors
/// [`ParseError`] if it is none, or not one that can be understood; the stream stays usable.
pub fn parse(frame: &Frame) -> Result<Response, ParseError> {
    let mut cursor = Cursor::new(frame);
    let start = cursor;
    let tag = cursor.word();
    match tag {
        b"" => Err(start.error("server sent a blank line")),
        b"+" => Ok(Response::Continuation(status::text(&mut cursor))),
        b"*" => untagged(&mut cursor).map(Response::Untagged),
        _ => {
            let word = cursor.word();
            let Some(status @ (Status::Ok | Status::No | Status::Bad)) = status::condition(word)
            else {
                return Err(start.error("neither a tagged nor an untagged response"));
            };
            Ok(Response::Tagged {
                tag: tag.to_vec(),
                status,
                text: status::text(&mut cursor),
            })
        }
    }
}

fn untagged(cursor: &mut Cursor<'_>) -> Result<Untagged, ParseError> {
    cursor.skip_spaces();
    if cursor.peek().is_some_and(|b| b.is_ascii_digit()) {
        return numbered(cursor);
    }
    let before = *cursor;
    // Not `word`: some servers leave out the space before a list.
    let keyword = cursor.take_while(|b| b > b' ' && b != b'(');
    if keyword.is_empty() {
        return Err(before.error("untagged response without a keyword"));
    }
    if let Some(status) = status::condition(keyword) {
        return Ok(Untagged::Status {
            status,
            text: status::text(cursor),
        });
    }
    match Upper::of(keyword).as_slice() {
        b"CAPABILITY" => mailbox::words(cursor).map(Untagged::Capability),
        b"ENABLED" => mailbox::words(cursor).map(Untagged::Enabled),
        b"FLAGS" => cursor.word_list().map(Untagged::Flags),
        b"LIST" | b"XLIST" => mailbox::list(cursor).map(Untagged::List),
        b"LSUB" => mailbox::list(cursor).map(Untagged::Lsub),
        b"STATUS" => mailbox::status(cursor),
        b"SEARCH" => mailbox::search(cursor),
        b"ESEARCH" => mailbox::esearch(cursor).map(Untagged::Esearch),
        b"NAMESPACE" => mailbox::namespace(cursor),
        b"ID" => mailbox::id(cursor).map(Untagged::Id),
        b"THREAD" => thread::thread(cursor).map(Untagged::Thread),
        b"SORT" => account::sort(&before, cursor),
        b"VANISHED" => account::vanished(&before, cursor),
        b"QUOTA" => account::quota(cursor),
        b"QUOTAROOT" => account::quota_root(&before, cursor),
        b"ACL" => account::acl(cursor),
        b"LISTRIGHTS" => account::list_rights(cursor),
        b"MYRIGHTS" => account::my_rights(cursor),
        b"ANNOTATION" => account::annotation(cursor),
        _ => Ok(unknown(keyword, cursor)),
    }
}

fn numbered(cursor: &mut Cursor<'_>) -> Result<Untagged, ParseError> {
    let number = cursor.number()?;
    let before = *cursor;
    let keyword = message_keyword(cursor);
    match Upper::of(keyword).as_slice() {
        b"" => Err(before.error("missing message data")),
        b"EXISTS" => Ok(Untagged::Exists(number)),
        b"RECENT" => Ok(Untagged::Recent(number)),
        b"EXPUNGE" => Ok(Untagged::Expunge(number)),
        _ if is_fetch(keyword) => Ok(Untagged::Fetch {
            number,
            items: fetch::items(cursor)?,
        }),
        _ => Ok(unknown(keyword, cursor)),
    }
}

fn unknown(keyword: &[u8], cursor: &mut Cursor<'_>) -> Untagged {
    cursor.eat(b' ');
    Untagged::Unknown {
        keyword: keyword.to_ascii_uppercase(),
        rest: cursor.rest().to_vec(),
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod random;
