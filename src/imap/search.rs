//! Search programs: what an application looks for, as SEARCH arguments ([`SearchProgram::write`]) and as a test on
//! one message ([`local`]) for where the server cannot search.

pub mod local;
pub mod memory;
pub mod rules;

use std::sync::Arc;

use crate::imap::command::{Command, EncodeError};
use crate::limits;
use crate::mime::date;

/// Message numbers or UIDs as c-client's SEARCHSET holds them: first and last, last 0 for a single number; either
/// can be [`STAR`], and a range can be backwards.
pub type SearchSet = Vec<(u64, u64)>;

/// The number that stands for `*`.
pub const STAR: u64 = 0xffff_ffff;

/// A list of strings, all of which must be found.
pub type Strings = Vec<Vec<u8>>;

/// What to look for; the safe twin of SEARCHPGM. Everything in it must hold; empty fields say nothing.
///
/// Dates are packed as by [`date::Date::short`], 0 for none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "each field is the search key of its name in RFC 9051 section 6.4.4"
)]
pub struct SearchProgram {
    pub messages: SearchSet,
    pub uids: SearchSet,
    /// Shared, so that a clone does not go through the levels by recursion.
    pub or: Vec<(Arc<SearchProgram>, Arc<SearchProgram>)>,
    pub not: Vec<Arc<SearchProgram>>,
    /// Field name, and text in the field's value.
    pub header: Vec<(Vec<u8>, Vec<u8>)>,
    pub bcc: Strings,
    pub body: Strings,
    pub cc: Strings,
    pub from: Strings,
    pub keyword: Strings,
    pub unkeyword: Strings,
    pub subject: Strings,
    pub text: Strings,
    pub to: Strings,
    pub larger: u64,
    pub smaller: u64,
    /// RFC 5032; seconds.
    pub older: u64,
    /// RFC 5032; seconds.
    pub younger: u64,
    pub sent_before: u16,
    pub sent_on: u16,
    pub sent_since: u16,
    pub before: u16,
    pub on: u16,
    pub since: u16,
    pub answered: bool,
    pub unanswered: bool,
    pub deleted: bool,
    pub undeleted: bool,
    pub draft: bool,
    pub undraft: bool,
    pub flagged: bool,
    pub unflagged: bool,
    pub recent: bool,
    pub old: bool,
    pub seen: bool,
    pub unseen: bool,
    pub return_path: Strings,
    pub sender: Strings,
    pub reply_to: Strings,
    pub in_reply_to: Strings,
    pub message_id: Strings,
    pub newsgroups: Strings,
    pub followup_to: Strings,
    pub references: Strings,
}

impl SearchProgram {
    /// How deep OR and NOT nest; 1 for a program without them. Whoever builds a program from an application's data
    /// keeps this within [`limits::SEARCH_DEPTH`].
    pub fn depth(&self) -> usize {
        let inner = self.or.iter().flat_map(|(a, b)| [a, b]).chain(&self.not);
        1 + inner.map(|program| program.depth()).max().unwrap_or(0)
    }

    /// Whether c-client would answer it without the server: no criterion, or message numbers alone.
    pub fn is_silly(&self) -> bool {
        // OLDER and YOUNGER are not looked at, as in imap_search.
        let rest = SearchProgram {
            messages: Vec::new(),
            older: 0,
            younger: 0,
            ..self.clone()
        };
        rest == SearchProgram::default()
    }

    /// Whether the server must know WITHIN (RFC 5032). As in c-client, only the outermost program is looked at.
    pub fn needs_within(&self) -> bool {
        self.older > 0 || self.younger > 0
    }

    /// Appends the arguments of SEARCH to a command, in c-client's order and form (`imap_send_spgm`), with CHARSET if
    /// one is given. `messages` is the size of the mailbox: a set that names all of it is left out.
    ///
    /// What cannot be written makes the command's `encode` fail.
    pub fn write(&self, command: Command, charset: Option<&[u8]>, messages: u32) -> Command {
        if self.depth() > limits::SEARCH_DEPTH {
            return command.fail(EncodeError::SearchTooDeep);
        }
        let command = match charset {
            Some(charset) => command.atom("CHARSET").astring(charset),
            None => command,
        };
        self.write_keys(command, messages)
    }

    /// The only recursion here, so it keeps little on the stack.
    fn write_keys(&self, command: Command, messages: u32) -> Command {
        let before = command.parts();
        let mut command = self.write_own_keys(command, messages);
        for (first, second) in &self.or {
            command = first
                .write_keys(command.atom("OR").open(), messages)
                .close();
            command = second.write_keys(command.open(), messages).close();
        }
        for program in &self.not {
            command = program
                .write_keys(command.atom("NOT").open(), messages)
                .close();
        }
        if command.parts() == before {
            command.atom("ALL")
        } else {
            command
        }
    }

    fn write_own_keys(&self, mut command: Command, messages: u32) -> Command {
        if self.messages != [(1, u64::from(messages))] {
            command = write_set(command, None, &self.messages);
        }
        command = write_set(command, Some("UID"), &self.uids);
        for (key, number) in [("LARGER", self.larger), ("SMALLER", self.smaller)] {
            command = write_number(command, key, number);
        }
        for (key, wanted) in self.flags() {
            if wanted {
                command = command.atom(key);
            }
        }
        for (key, keywords) in [("KEYWORD", &self.keyword), ("UNKEYWORD", &self.unkeyword)] {
            command = keywords
                .iter()
                .fold(command, |command, word| command.atom(key).astring(word));
        }
        for (key, short) in self.dates() {
            command = write_date(command, key, short);
        }
        for (key, seconds) in [("OLDER", self.older), ("YOUNGER", self.younger)] {
            command = write_number(command, key, seconds);
        }
        for (key, texts) in self.texts() {
            command = texts
                .iter()
                .fold(command, |command, text| command.atom(key).astring(text));
        }
        for (field, text) in &self.header {
            command = command.atom("HEADER").astring(field).astring(text);
        }
        command
    }

    fn flags(&self) -> [(&'static str, bool); 12] {
        [
            ("ANSWERED", self.answered),
            ("UNANSWERED", self.unanswered),
            ("DELETED", self.deleted),
            ("UNDELETED", self.undeleted),
            ("DRAFT", self.draft),
            ("UNDRAFT", self.undraft),
            ("FLAGGED", self.flagged),
            ("UNFLAGGED", self.unflagged),
            ("RECENT", self.recent),
            ("OLD", self.old),
            ("SEEN", self.seen),
            ("UNSEEN", self.unseen),
        ]
    }

    fn dates(&self) -> [(&'static str, u16); 6] {
        [
            ("SENTBEFORE", self.sent_before),
            ("SENTON", self.sent_on),
            ("SENTSINCE", self.sent_since),
            ("BEFORE", self.before),
            ("ON", self.on),
            ("SINCE", self.since),
        ]
    }

    /// Whether the answer for a message can change: by flags, by its number, or as time goes by.
    pub(crate) fn varies(&self) -> bool {
        !self.messages.is_empty()
            || !self.uids.is_empty()
            || !self.keyword.is_empty()
            || !self.unkeyword.is_empty()
            || self.older > 0
            || self.younger > 0
            || self.flags().iter().any(|(_, wanted)| *wanted)
            || self.or.iter().any(|(a, b)| a.varies() || b.varies())
            || self.not.iter().any(|p| p.varies())
    }

    fn texts(&self) -> [(&'static str, &Strings); 15] {
        [
            ("BCC", &self.bcc),
            ("CC", &self.cc),
            ("FROM", &self.from),
            ("TO", &self.to),
            ("SUBJECT", &self.subject),
            ("BODY", &self.body),
            ("TEXT", &self.text),
            ("HEADER Return-Path", &self.return_path),
            ("HEADER Sender", &self.sender),
            ("HEADER Reply-To", &self.reply_to),
            ("HEADER In-Reply-To", &self.in_reply_to),
            ("HEADER Message-ID", &self.message_id),
            ("HEADER Newsgroups", &self.newsgroups),
            ("HEADER Followup-To", &self.followup_to),
            ("HEADER References", &self.references),
        ]
    }
}

fn write_number(command: Command, key: &'static str, number: u64) -> Command {
    if number == 0 {
        command
    } else {
        command.atom(key).number(number)
    }
}

fn write_date(command: Command, key: &'static str, short: u16) -> Command {
    if short == 0 {
        return command;
    }
    let (day, month, year) = date::unpack_short(short);
    match date::month_name(month) {
        Some(month) => command
            .atom(key)
            .checked_atom(format!("{day}-{month}-{year}")),
        None => command.fail(EncodeError::BadDate),
    }
}

/// Longest piece of a set on one line.
const SET_LINE: usize = limits::COMMAND_LINE - 100;

/// Writes a set. One too long for a line is cut in pieces joined by OR, with a key between them that matches every
/// message and holds a literal: only a literal breaks an IMAP line. This is c-client's own trick (`imap_send_sset`).
fn write_set(mut command: Command, key: Option<&'static str>, set: &SearchSet) -> Command {
    let mut ranges = set
        .iter()
        .map(|&(first, last)| range_text(first, last))
        .peekable();
    let mut open = 0;
    while let Some(mut line) = ranges.next() {
        while let Some(next) = ranges.next_if(|next| line.len() + 1 + next.len() <= SET_LINE) {
            line.push(',');
            line.push_str(&next);
        }
        let more = ranges.peek().is_some();
        if more {
            command = command.atom("OR");
        }
        command = match key {
            Some(key) => command.atom(key),
            None => command,
        };
        command = command.checked_atom(line);
        if more {
            // ((OR BCC FOO NOT BCC FOO) rest…
            command = command
                .open()
                .open()
                .atom("OR BCC FOO NOT BCC")
                .literal(b"FOO")
                .close();
            open += 1;
        }
    }
    (0..open).fold(command, |command, _| command.close())
}

fn range_text(first: u64, last: u64) -> String {
    let point = |number: u64| {
        if number == STAR {
            "*".to_owned()
        } else {
            number.to_string()
        }
    };
    if last == 0 || first == last {
        point(first)
    } else {
        format!("{}:{}", point(first), point(last))
    }
}

#[cfg(test)]
mod tests;
