//! The lexical level of RFC 5322 and RFC 2045 as c-client reads it: white space, comments, words, phrases.
//!
//! Positions are octet offsets into the text. A comment that never ends makes c-client cut the text off at the
//! parenthesis, so that nobody complains about it twice; [`Scanner::end`] moves down accordingly.

#![forbid(unsafe_code)]

/// Warnings in the words of c-client, in the order in which it hands them to `mm_log` with `PARSE`.
pub type Warnings = Vec<Vec<u8>>;

use crate::limits;

const ESC: u8 = 0x1b;

/// Which octets end a word, and which hide others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiters {
    /// Words of a phrase: as [`Delimiters::Word`], but ISO-2022-JP text (RFC 1468) is passed over as a whole.
    Phrase,
    /// Words of an address: c-client's `wspecials`, that is RFC 5322's specials, space and controls, but not the dot.
    Word,
    /// Tokens of RFC 2045 section 5.1: c-client's `tspecials`.
    Mime,
    /// The inside of a domain literal.
    Literal,
}

const fn table(marks: &[u8], controls: bool) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    let mut control = 1;
    while controls && control < 0x20 {
        table[control] = true;
        control += 1;
    }
    table[0x7f] = controls;
    table
}

static WORD: [bool; 256] = table(b" ()<>@,;:\\\"[]", true);
static MIME: [bool; 256] = table(b" ()<>@,;:\\\"[]/?=", true);
static LITERAL: [bool; 256] = table(b"]\\", false);

/// A comment that was read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Where the first octet that is not a space stands.
    pub start: usize,
    /// Behind the last octet that is not an unquoted space; not before `start`.
    pub end: usize,
    /// Behind the closing parenthesis.
    pub after: usize,
}

/// A text being read. Everything from the first NUL on does not exist, as in C.
#[derive(Debug, Clone)]
pub struct Scanner<'a> {
    text: &'a [u8],
    changes: Vec<(usize, u8)>,
}

impl<'a> Scanner<'a> {
    /// Starts reading `text`.
    pub fn new(text: &'a [u8]) -> Self {
        let end = text
            .iter()
            .position(|&byte| byte == 0)
            .unwrap_or(text.len());
        Scanner {
            text: &text[..end],
            changes: Vec::new(),
        }
    }

    /// What c-client writes into its caller's text while it reads it: position and octet. Besides the NULs where open
    /// comments are cut off nothing that is read later depends on it.
    pub fn into_changes(self) -> Vec<(usize, u8)> {
        self.changes
    }

    /// Ends the text of a comment by a NUL.
    pub fn trim(&mut self, comment: Comment) {
        self.change(comment.end, 0);
    }

    /// Notes that c-client writes an octet.
    pub(super) fn change(&mut self, at: usize, octet: u8) {
        self.changes.push((at, octet));
    }

    /// Octets that are left of the text: all of it, unless an unterminated comment was cut off.
    pub fn end(&self) -> usize {
        self.text.len()
    }

    /// The octet at `at`, 0 at and behind the end.
    pub fn at(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    /// The text from `from` to before `to`; empty if there is none.
    pub fn slice(&self, from: usize, to: usize) -> &'a [u8] {
        self.text
            .get(from..to.min(self.text.len()))
            .unwrap_or_default()
    }

    /// The text from `from` on.
    pub fn rest(&self, from: usize) -> &'a [u8] {
        self.text.get(from..).unwrap_or_default()
    }

    /// The first position from `at` on that does not hold white space or a comment (`rfc822_skipws`).
    pub fn skip_space(&mut self, mut at: usize, warnings: &mut Warnings) -> usize {
        loop {
            match self.at(at) {
                b' ' | b'\t' | b'\r' | b'\n' => at += 1,
                b'(' => match self.comment(at, warnings) {
                    Some(comment) => at = comment.after,
                    None => return at,
                },
                _ => return at,
            }
        }
    }

    /// Reads the comment whose parenthesis stands at `open` (`rfc822_skip_comment`).
    ///
    /// `None`: it does not end. The text then ends before the innermost parenthesis left open.
    pub fn comment(&mut self, open: usize, warnings: &mut Warnings) -> Option<Comment> {
        let mut start = open + 1;
        while self.at(start) == b' ' {
            start += 1;
        }
        let mut end = start;
        let mut opened = vec![open];
        let mut at = open + 1;
        loop {
            match self.at(at) {
                b'(' => opened.push(at),
                b')' => {
                    opened.pop();
                    if opened.is_empty() {
                        return Some(Comment {
                            start,
                            end,
                            after: at + 1,
                        });
                    }
                    if opened.len() == 1 {
                        end = at + 1;
                    }
                }
                b'\\' if self.at(at + 1) != 0 => {
                    at += 1;
                    if opened.len() == 1 {
                        end = at + 1;
                    }
                }
                0 | b'\\' => {
                    let innermost = opened.pop().unwrap_or(open);
                    warn(warnings, "Unterminated comment: ", self.rest(innermost));
                    self.text = &self.text[..innermost];
                    self.change(innermost, 0);
                    return None;
                }
                b' ' => {}
                _ if opened.len() == 1 => end = at + 1,
                _ => {}
            }
            at += 1;
        }
    }

    /// Where the word ends that begins at `at` or behind the white space there (`rfc822_parse_word`).
    ///
    /// `None`: there is no word, or a quoted string in it does not end.
    pub fn word(
        &mut self,
        at: usize,
        delimiters: Delimiters,
        warnings: &mut Warnings,
    ) -> Option<usize> {
        let stops = match delimiters {
            Delimiters::Phrase | Delimiters::Word => &WORD,
            Delimiters::Mime => &MIME,
            Delimiters::Literal => &LITERAL,
        };
        self.word_until(at, stops, delimiters == Delimiters::Phrase, warnings)
    }

    /// As [`Scanner::word`], with any set of octets that end the word; `"` and `\` hide others only if they are in it.
    /// In a `phrase` ISO-2022-JP text is passed over.
    pub fn word_until(
        &mut self,
        at: usize,
        stops: &[bool; 256],
        phrase: bool,
        warnings: &mut Warnings,
    ) -> Option<usize> {
        let start = self.skip_space(at, warnings);
        if self.at(start) == 0 {
            return None;
        }
        let mut hunt = start;
        loop {
            let stop = hunt
                + self
                    .rest(hunt)
                    .iter()
                    .position(|&byte| stops[usize::from(byte)])
                    .unwrap_or(usize::MAX / 2);
            match self.at(stop) {
                0 => return Some(self.end()),
                ESC if phrase => hunt = self.after_escape(stop + 1),
                b'"' => hunt = self.after_quote(stop)?,
                b'\\' if self.at(stop + 1) != 0 => hunt = stop + 2,
                _ => return (stop != start).then_some(stop),
            }
        }
    }

    /// Behind the quoted string whose opening quote stands at `open`; `None` if it does not end.
    fn after_quote(&self, open: usize) -> Option<usize> {
        let mut at = open + 1;
        loop {
            match self.at(at) {
                0 => return None,
                b'"' => return Some(at + 1),
                b'\\' if self.at(at + 1) == 0 => return None,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
    }

    /// Where to go on behind an ESC, `at` being the octet after it. Text that shifts to JIS X 0208 is passed over
    /// up to the shift back; without one it takes everything.
    fn after_escape(&self, at: usize) -> usize {
        let back = |at: usize| matches!(self.at(at), b'B' | b'J' | b'H');
        match (self.at(at), self.at(at + 1)) {
            (b'$', b'@' | b'B') => {
                let mut from = at + 2;
                while let Some(escape) = self.rest(from).iter().position(|&byte| byte == ESC) {
                    from += escape + 1;
                    if self.at(from) == b'(' && back(from + 1) {
                        return from + 2;
                    }
                }
                self.end()
            }
            (b'(', _) if back(at + 1) => at + 2,
            _ => at,
        }
    }

    /// Where the phrase ends that begins at `at` or behind the white space there (`rfc822_parse_phrase`).
    pub fn phrase(&mut self, at: usize, warnings: &mut Warnings) -> Option<usize> {
        let mut end = self.word(at, Delimiters::Phrase, warnings)?;
        while self.at(end) != 0 {
            let next = self.skip_space(end, warnings);
            match self.word(next, Delimiters::Phrase, warnings) {
                Some(more) => end = more,
                None => break,
            }
        }
        Some(end)
    }
}

/// The text without its quotes: each `"` dropped, each `\` dropped and what it hides kept (`rfc822_quote`).
///
/// A `\` at the very end is dropped; c-client would read on behind the string there.
pub fn unquote(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut octets = text.iter();
    while let Some(&octet) = octets.next() {
        match octet {
            b'"' => {}
            b'\\' => plain.extend(octets.next()),
            _ => plain.push(octet),
        }
    }
    plain
}

/// Adds a warning that quotes the beginning of a text, as c-client's `%.80s` does.
pub(super) fn warn(warnings: &mut Warnings, words: &str, text: &[u8]) {
    let mut line = words.as_bytes().to_vec();
    line.extend_from_slice(excerpt(text, limits::EXCERPT));
    warnings.push(line);
}

/// At most the first `most` octets of a text, and nothing from a NUL on.
pub(super) fn excerpt(text: &[u8], most: usize) -> &[u8] {
    let text = &text[..text.len().min(most)];
    let end = text
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(text.len());
    &text[..end]
}

/// The text with ASCII letters in upper case, as `ucase` leaves it.
pub(super) fn upper(text: &[u8]) -> Vec<u8> {
    text.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &[u8], delimiters: Delimiters) -> Option<usize> {
        Scanner::new(text).word(0, delimiters, &mut Vec::new())
    }

    #[test]
    fn words_end_at_their_delimiters() {
        assert_eq!(word(b"a.b@c", Delimiters::Word), Some(3));
        assert_eq!(word(b" (x) ab/c", Delimiters::Mime), Some(7));
        assert_eq!(word(b"a\"@ \\\" \"b c", Delimiters::Word), Some(9));
        assert_eq!(word(b"a\\@b@", Delimiters::Word), Some(4));
        assert_eq!(word(b"1.2]", Delimiters::Literal), Some(3));
        assert_eq!(word(b"@", Delimiters::Word), None);
        assert_eq!(word(b"\"open", Delimiters::Word), None);
        assert_eq!(word(b"\"open\\", Delimiters::Word), None);
        assert_eq!(word(b"a\\", Delimiters::Word), Some(1));
        assert_eq!(word(b"", Delimiters::Word), None);
    }

    #[test]
    fn japanese_text_is_one_word_of_a_phrase_only() {
        let text = b"\x1b$B<@,>\x1b(B rest";
        assert_eq!(word(text, Delimiters::Phrase), Some(10));
        assert_eq!(word(text, Delimiters::Word), None);
        assert_eq!(word(b"\x1b$B<@,>", Delimiters::Phrase), Some(7));
        assert_eq!(word(b"\x1b(Jab,c", Delimiters::Phrase), Some(5));
        assert_eq!(word(b"\x1bab,c", Delimiters::Phrase), Some(3));
    }

    #[test]
    fn comments_nest_and_are_trimmed() {
        let text = b"(  a (b\\)) c\\   ) x";
        let mut scanner = Scanner::new(text);
        let comment = scanner.comment(0, &mut Vec::new()).unwrap();
        assert_eq!(scanner.slice(comment.start, comment.end), b"a (b\\)) c\\ ");
        assert_eq!(scanner.rest(comment.after), b" x");
        let empty = Scanner::new(b"(  )").comment(0, &mut Vec::new()).unwrap();
        assert_eq!((empty.start, empty.end), (3, 3));
    }

    #[test]
    fn an_open_comment_is_cut_off_from_the_inside() {
        let mut warnings = Vec::new();
        let mut scanner = Scanner::new(b"a (b (c");
        assert_eq!(scanner.skip_space(1, &mut warnings), 2);
        assert_eq!(
            (scanner.end(), warnings.last().unwrap().as_slice()),
            (5, &b"Unterminated comment: (c"[..])
        );
        assert_eq!(scanner.skip_space(1, &mut warnings), 2);
        assert_eq!(
            (scanner.end(), warnings.last().unwrap().as_slice()),
            (2, &b"Unterminated comment: (b "[..])
        );
        assert_eq!(scanner.skip_space(1, &mut warnings), 2);
        assert_eq!(warnings.len(), 2);
    }

    #[test]
    fn a_million_parentheses_need_no_stack() {
        let text = vec![b'('; 1_000_000];
        assert_eq!(Scanner::new(&text).comment(0, &mut Vec::new()), None);
        let mut closed = text.clone();
        closed.resize(2_000_000, b')');
        assert_eq!(
            Scanner::new(&closed)
                .comment(0, &mut Vec::new())
                .unwrap()
                .after,
            2_000_000
        );
    }

    #[test]
    fn quoting_is_taken_off() {
        assert_eq!(unquote(b"\"a \\\"b\\\\\" c\\"), b"a \"b\\ c");
    }
}
