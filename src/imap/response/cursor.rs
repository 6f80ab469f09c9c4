//! A reading position in a [`Frame`], and the small words of the grammar: spaces, atoms, strings, numbers.
//!
//! Tolerant where servers are known to be odd (extra spaces, NIL or an atom where a string belongs), never
//! recursive.

use super::{ParseError, SequenceSet};
use crate::imap::frame::{Frame, LiteralSpan};
use crate::limits;

type Result<T> = std::result::Result<T, ParseError>;

/// A reading position. Cheap to copy, so a parser can look ahead and come back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    literals: &'a [LiteralSpan],
    at: usize,
}

/// A string as it lies in the frame.
pub(super) enum Text<'a> {
    /// Between the quotes, escapes included.
    Quoted(&'a [u8]),
    Literal(&'a [u8]),
    /// No string, but servers send these where strings belong.
    Atom(&'a [u8]),
    Nil,
}

impl<'a> Cursor<'a> {
    pub fn new(frame: &'a Frame) -> Self {
        Cursor {
            bytes: frame.bytes(),
            literals: frame.literals(),
            at: 0,
        }
    }

    /// A cursor over a piece of text that holds no literals.
    pub fn over(bytes: &'a [u8]) -> Self {
        Cursor {
            bytes,
            literals: &[],
            at: 0,
        }
    }

    pub fn error(&self, reason: &'static str) -> ParseError {
        ParseError::new(reason, self.bytes, self.at)
    }

    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Everything from here on, literals and line ends as they came.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// A frame's line without literals could be handed to a parser that knows only plain text.
    pub fn is_plain_ascii(&self) -> bool {
        self.literals.is_empty()
            && self
                .bytes
                .iter()
                .all(|&b| (0x20..0x7f).contains(&b) && b != b'\\')
    }

    pub fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Takes one octet if it is `byte`.
    pub fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Takes `byte` after any spaces; stays before the spaces if it is not there.
    pub fn eat_spaced(&mut self, byte: u8) -> bool {
        let mut ahead = *self;
        ahead.skip_spaces();
        let found = ahead.eat(byte);
        if found {
            *self = ahead;
        }
        found
    }

    pub fn expect(&mut self, byte: u8, reason: &'static str) -> Result<()> {
        if self.eat_spaced(byte) {
            Ok(())
        } else {
            Err(self.error(reason))
        }
    }

    pub fn take_while(&mut self, keep: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let len = rest.iter().position(|&b| !keep(b)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    /// Octets up to a space (or the end), spaces before it skipped.
    pub fn word(&mut self) -> &'a [u8] {
        self.skip_spaces();
        self.take_while(|b| b != b' ')
    }

    /// An atom in the widest sense: up to a space, parenthesis, quote or control. Brackets and 8-bit belong to it.
    pub fn atom(&mut self) -> &'a [u8] {
        self.skip_spaces();
        self.take_while(|b| b > b' ' && !matches!(b, b'(' | b')' | b'"' | b'{' | 0x7f))
    }

    /// Takes the keyword `word` (any case) if the next atom is just that.
    pub fn eat_keyword(&mut self, word: &[u8]) -> bool {
        let mut ahead = *self;
        let found = ahead.atom().eq_ignore_ascii_case(word);
        if found {
            *self = ahead;
        }
        found
    }

    pub fn number64(&mut self) -> Result<u64> {
        self.skip_spaces();
        let before = *self;
        let digits = self.take_while(|b| b.is_ascii_digit());
        if digits.is_empty() {
            return Err(before.error("number expected"));
        }
        digits
            .iter()
            .try_fold(0u64, |n, &b| {
                n.checked_mul(10)?.checked_add(u64::from(b - b'0'))
            })
            .ok_or_else(|| before.error("number too large"))
    }

    pub fn number(&mut self) -> Result<u32> {
        let before = *self;
        u32::try_from(self.number64()?).map_err(|_| before.error("number too large"))
    }

    fn literal(&mut self) -> Option<&'a [u8]> {
        let index = self
            .literals
            .binary_search_by_key(&self.at, |span| span.announced_at)
            .ok()?;
        let span = &self.literals[index];
        self.at = span.data.end;
        self.bytes.get(span.data.clone())
    }

    /// A quoted string, literal, NIL, or an atom in place of them; spaces before it skipped.
    pub fn text(&mut self) -> Result<Text<'a>> {
        self.skip_spaces();
        let before = *self;
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                let start = self.at;
                loop {
                    match self.peek() {
                        // A string cannot run over the end of its line into a literal's octets.
                        None | Some(b'\n') => {
                            return Err(before.error("unterminated quoted string"));
                        }
                        Some(b'"') => break,
                        Some(b'\\') => self.at += 2,
                        Some(_) => self.at += 1,
                    }
                }
                let inner = &self.bytes[start..self.at];
                self.at += 1;
                Ok(Text::Quoted(inner))
            }
            _ => match self.literal() {
                Some(data) => Ok(Text::Literal(data)),
                None => self.bare_text(),
            },
        }
    }

    fn bare_text(&mut self) -> Result<Text<'a>> {
        let before = *self;
        match self.atom() {
            b"" => Err(before.error("string expected")),
            atom if atom.eq_ignore_ascii_case(b"NIL") => Ok(Text::Nil),
            atom => Ok(Text::Atom(atom)),
        }
    }

    /// A string or NIL, its octets as they came.
    pub fn nstring(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(match self.text()? {
            Text::Quoted(inner) => Some(unescape(inner)),
            Text::Literal(data) | Text::Atom(data) => Some(data.to_vec()),
            Text::Nil => None,
        })
    }

    /// A string or NIL that c-client uses as one line: CR, LF and TAB of a literal become spaces
    /// (`imap_parse_string` with its filter flag).
    pub fn nstring_line(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(match self.text()? {
            Text::Quoted(inner) => Some(unescape(inner)),
            Text::Literal(data) | Text::Atom(data) => Some(
                data.iter()
                    .map(|&b| {
                        if matches!(b, b'\r' | b'\n' | b'\t') {
                            b' '
                        } else {
                            b
                        }
                    })
                    .collect(),
            ),
            Text::Nil => None,
        })
    }

    /// An atom or string; NIL is the word itself (a mailbox may be called so).
    pub fn astring(&mut self) -> Result<Vec<u8>> {
        let mut ahead = *self;
        ahead.skip_spaces();
        let start = ahead.at;
        let result = match ahead.text()? {
            Text::Quoted(inner) => unescape(inner),
            Text::Literal(data) | Text::Atom(data) => data.to_vec(),
            Text::Nil => ahead.bytes[start..ahead.at].to_vec(),
        };
        *self = ahead;
        Ok(result)
    }

    /// A mailbox name: as [`astring`](Self::astring), but an unquoted one runs up to the next space, whatever odd
    /// characters a server leaves in it.
    pub fn mailbox(&mut self) -> Result<Vec<u8>> {
        self.skip_spaces();
        match self.peek() {
            Some(b'"' | b'{' | b'~') => self.astring(),
            None => Err(self.error("mailbox name expected")),
            Some(_) => Ok(self.word().to_vec()),
        }
    }

    /// `(word word …)`, or NIL: flags and the like.
    pub fn word_list(&mut self) -> Result<Vec<Vec<u8>>> {
        self.skip_spaces();
        if self.peek() != Some(b'(') && self.eat_keyword(b"NIL") {
            return Ok(Vec::new());
        }
        self.expect(b'(', "list expected")?;
        let mut words = Vec::new();
        loop {
            self.skip_spaces();
            match self.peek() {
                Some(b')') => {
                    self.at += 1;
                    return Ok(words);
                }
                None | Some(b'\r' | b'\n') => return Err(self.error("unterminated list")),
                Some(_) if words.len() >= limits::LIST_ITEMS => {
                    return Err(self.error("list too long"));
                }
                Some(_) => words.push(
                    self.take_while(|b| !matches!(b, b' ' | b')' | b'\r' | b'\n'))
                        .to_vec(),
                ),
            }
        }
    }

    /// A [`word_list`](Self::word_list) if one stands here, else nothing.
    pub fn word_list_if_any(&mut self) -> Result<Vec<Vec<u8>>> {
        self.skip_spaces();
        if self.peek() == Some(b'(') {
            self.word_list()
        } else {
            Ok(Vec::new())
        }
    }

    /// `(string string …)` or NIL or one string alone.
    pub fn string_list(&mut self) -> Result<Vec<Vec<u8>>> {
        if !self.eat_spaced(b'(') {
            return Ok(self.nstring_line()?.into_iter().collect());
        }
        let mut list = Vec::new();
        while !self.eat_spaced(b')') {
            if list.len() >= limits::LIST_ITEMS {
                return Err(self.error("list too long"));
            }
            list.extend(self.nstring_line()?);
        }
        Ok(list)
    }

    /// `1:5,7`, ranges turned so that the smaller number comes first.
    pub fn sequence_set(&mut self) -> Result<SequenceSet> {
        let mut set = Vec::new();
        loop {
            if set.len() >= limits::SET_RANGES {
                return Err(self.error("sequence set too long"));
            }
            let first = self.number()?;
            let last = if self.eat(b':') {
                self.number()?
            } else {
                first
            };
            if first == 0 || last == 0 {
                return Err(self.error("zero in a sequence set"));
            }
            set.push((first.min(last), first.max(last)));
            if !self.eat(b',') {
                return Ok(set);
            }
        }
    }

    /// Steps over one value of whatever kind, lists within lists included.
    pub fn skip_value(&mut self) -> Result<()> {
        let mut depth = 0usize;
        loop {
            self.skip_spaces();
            match self.peek() {
                Some(b'(') => {
                    self.at += 1;
                    depth += 1;
                }
                Some(b')') if depth > 0 => {
                    self.at += 1;
                    depth -= 1;
                }
                None | Some(b')') => return Err(self.error("value expected")),
                Some(_) => {
                    self.text()?;
                }
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

/// Takes the escapes out of a quoted string: a backslash stands for the octet after it, whichever that is.
fn unescape(inner: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(inner.len());
    let mut octets = inner.iter();
    while let Some(&b) = octets.next() {
        out.push(if b == b'\\' {
            octets.next().copied().unwrap_or(b)
        } else {
            b
        });
    }
    out
}
