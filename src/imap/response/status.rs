//! Status responses and their codes (RFC 9051 section 7.1).

use super::cursor::Cursor;
use super::{Code, ParseError, Status, StatusText};

/// The condition a keyword stands for.
pub(super) fn condition(word: &[u8]) -> Option<Status> {
    const WORDS: [(&[u8], Status); 5] = [
        (b"OK", Status::Ok),
        (b"NO", Status::No),
        (b"BAD", Status::Bad),
        (b"BYE", Status::Bye),
        (b"PREAUTH", Status::Preauth),
    ];
    WORDS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))
        .map(|&(_, status)| status)
}

/// What follows the condition. Never fails: what is no code is text.
pub(super) fn text(cursor: &mut Cursor<'_>) -> StatusText {
    cursor.eat(b' ');
    let raw = cursor.rest();
    let trimmed = raw.trim_ascii_start();
    let code = trimmed.strip_prefix(b"[").and_then(|inner| {
        let end = inner.iter().position(|&b| b == b']')?;
        Some((&inner[..end], &inner[end + 1..]))
    });
    match code {
        Some((inner, text)) if !inner.is_empty() => StatusText {
            code: Some(parse_code(inner)),
            text: text.strip_prefix(b" ").unwrap_or(text).to_vec(),
            raw: raw.to_vec(),
        },
        _ => StatusText {
            code: None,
            text: trimmed.to_vec(),
            raw: raw.to_vec(),
        },
    }
}

fn parse_code(inner: &[u8]) -> Code {
    let inner = inner.trim_ascii_start();
    let split = inner.iter().position(|&b| b == b' ').unwrap_or(inner.len());
    let (name, argument) = inner.split_at(split);
    let name = name.to_ascii_uppercase();
    let argument = argument.strip_prefix(b" ").unwrap_or(argument);
    known_code(&name, argument).unwrap_or_else(|| Code::Other {
        name,
        argument: argument.to_vec(),
    })
}

/// `None`: no code we know, or an argument that does not fit it.
fn known_code(name: &[u8], argument: &[u8]) -> Option<Code> {
    let mut at = Cursor::over(argument);
    let code = match name {
        b"ALERT" => Code::Alert,
        b"PARSE" => Code::Parse,
        b"READ-ONLY" => Code::ReadOnly,
        b"READ-WRITE" => Code::ReadWrite,
        b"TRYCREATE" => Code::TryCreate,
        b"UIDNOTSTICKY" => Code::UidNotSticky,
        b"NOMODSEQ" => Code::NoModSeq,
        b"CLOSED" => Code::Closed,
        b"REFERRAL" => Code::Referral(argument.to_vec()),
        b"CAPABILITY" => Code::Capability(super::mailbox::words(&mut at).ok()?),
        b"BADCHARSET" if argument.is_empty() => Code::BadCharset(Vec::new()),
        b"BADCHARSET" => Code::BadCharset(
            at.string_list()
                .ok()?
                .iter()
                .map(|name| name.to_vec())
                .collect(),
        ),
        b"PERMANENTFLAGS" => Code::PermanentFlags(at.word_list().ok()?),
        b"UIDNEXT" => Code::UidNext(at.number().ok()?),
        b"UIDVALIDITY" => Code::UidValidity(at.number().ok()?),
        b"UNSEEN" => Code::Unseen(at.number().ok()?),
        b"HIGHESTMODSEQ" => Code::HighestModSeq(at.number64().ok()?),
        b"MODIFIED" => Code::Modified(at.sequence_set().ok()?),
        b"APPENDUID" => append_uid(&mut at).ok()?,
        b"COPYUID" => copy_uid(&mut at).ok()?,
        _ => return None,
    };
    Some(code)
}

fn append_uid(at: &mut Cursor<'_>) -> Result<Code, ParseError> {
    Ok(Code::AppendUid {
        validity: at.number()?,
        uids: at.sequence_set()?,
    })
}

fn copy_uid(at: &mut Cursor<'_>) -> Result<Code, ParseError> {
    Ok(Code::CopyUid {
        validity: at.number()?,
        source: at.sequence_set()?,
        destination: at.sequence_set()?,
    })
}
