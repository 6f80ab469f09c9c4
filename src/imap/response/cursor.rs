//! A reading position in a [`Frame`], and the small words of the grammar: spaces, atoms, strings, numbers.
//!
//! Tolerant where servers are known to be odd (extra spaces, NIL or an atom where a string belongs), never
//! recursive.

use std::sync::Arc;

use memchr::{memchr, memchr2, memchr3};

use super::{ParseError, SequenceSet};
use crate::imap::frame::{Frame, LiteralSpan};
use crate::imap::octets::Octets;
use crate::{limits, scan};

type Result<T> = std::result::Result<T, ParseError>;

/// A reading position. Cheap to copy, so a parser can look ahead and come back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    literals: &'a [LiteralSpan],
    /// What `bytes` are a part of.
    whole: Option<&'a Arc<Vec<u8>>>,
    at: usize,
}

/// A string as it lies in the frame.
pub(super) enum Text<'a> {
    /// Between the quotes, without escapes or control characters.
    Plain(&'a [u8]),
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
            whole: Some(frame.shared()),
            at: 0,
        }
    }

    /// A cursor over a piece of text that holds no literals.
    pub fn over(bytes: &'a [u8]) -> Self {
        Cursor {
            bytes,
            literals: &[],
            whole: None,
            at: 0,
        }
    }

    pub fn error(&self, reason: &'static str) -> ParseError {
        ParseError::new(reason, self.bytes, self.at)
    }

    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// What stands after any spaces.
    pub fn peek_spaced(&self) -> Option<u8> {
        let mut ahead = *self;
        ahead.skip_spaces();
        ahead.peek()
    }

    pub fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// A piece of the frame, to be kept.
    pub fn keep(&self, piece: &[u8]) -> Octets {
        match self.whole {
            Some(whole) => Octets::within(whole, piece),
            None => piece.into(),
        }
    }

    /// Everything from here on, literals and line ends as they came.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// A frame's line without literals could be handed to a parser that knows only plain text.
    #[cfg(feature = "imap-proto")]
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
        let start = self.at;
        self.skip_spaces();
        let found = self.eat(byte);
        if !found {
            self.at = start;
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
        self.take_while(in_atom)
    }

    /// Takes the keyword `word` (any case) if the next atom is just that.
    pub fn eat_keyword(&mut self, word: &[u8]) -> bool {
        let start = self.at;
        let found = self.atom().eq_ignore_ascii_case(word);
        if !found {
            self.at = start;
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
        match self.peek() {
            Some(b'"') => {
                let start = self.at + 1;
                let rest = self.bytes.get(start..).unwrap_or_default();
                if let Some(length) = scan::quote_or_control(rest)
                    && rest[length] == b'"'
                {
                    self.at = start + length + 1;
                    return Ok(Text::Plain(&rest[..length]));
                }
                let mut end = start;
                loop {
                    let rest = self.bytes.get(end..).unwrap_or_default();
                    match memchr3(b'"', b'\\', b'\n', rest).map(|n| (end + n, rest[n])) {
                        Some((at, b'"')) => {
                            self.at = at + 1;
                            return Ok(Text::Quoted(&self.bytes[start..at]));
                        }
                        Some((at, b'\\')) => end = at + 2,
                        // A string cannot run over the end of its line into a literal's octets.
                        _ => return Err(self.error("unterminated quoted string")),
                    }
                }
            }
            Some(b'N' | b'n') if self.is_at_nil() => {
                self.at += 3;
                Ok(Text::Nil)
            }
            Some(b'{' | b'~') => match self.literal() {
                Some(data) => Ok(Text::Literal(data)),
                None => self.bare_text(),
            },
            _ => self.bare_text(),
        }
    }

    /// Whether the atom that stands here is NIL: what [`bare_text`](Self::bare_text) finds in the end.
    fn is_at_nil(&self) -> bool {
        match self.rest() {
            [b'N' | b'n', b'I' | b'i', b'L' | b'l', after @ ..] => {
                !after.first().is_some_and(|&b| in_atom(b))
            }
            _ => false,
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
    pub fn nstring(&mut self) -> Result<Option<Octets>> {
        Ok(match self.text()? {
            Text::Quoted(inner) => Some(self.unescaped(inner)),
            Text::Plain(data) | Text::Literal(data) | Text::Atom(data) => Some(self.keep(data)),
            Text::Nil => None,
        })
    }

    /// The same as octets of their own.
    pub fn nstring_copy(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(self.nstring()?.map(|octets| octets.to_vec()))
    }

    /// A string or NIL that c-client uses as one line: CR, LF and TAB of a literal become spaces
    /// (`imap_parse_string` with its filter flag).
    pub fn nstring_line(&mut self) -> Result<Option<Octets>> {
        Ok(match self.text()? {
            Text::Plain(inner) => Some(self.keep(inner)),
            Text::Quoted(inner) => {
                let text = self.unescaped(inner);
                Some(match memchr(b'\r', &text) {
                    None => text,
                    Some(_) => one_line(&text).into(),
                })
            }
            Text::Literal(data) | Text::Atom(data) => {
                Some(match memchr3(b'\r', b'\n', b'\t', data) {
                    None => self.keep(data),
                    Some(_) => one_line(data).into(),
                })
            }
            Text::Nil => None,
        })
    }

    /// An atom or string; NIL is the word itself (a mailbox may be called so).
    pub fn astring(&mut self) -> Result<Octets> {
        let mut ahead = *self;
        ahead.skip_spaces();
        let start = ahead.at;
        if !matches!(ahead.peek(), Some(b'"' | b'{' | b'~')) {
            let word = ahead.atom();
            if !word.is_empty() {
                *self = ahead;
                return Ok(self.keep(word));
            }
        }
        let result = match ahead.text()? {
            Text::Quoted(inner) => self.unescaped(inner),
            Text::Plain(data) | Text::Literal(data) | Text::Atom(data) => self.keep(data),
            Text::Nil => self.keep(&ahead.bytes[start..ahead.at]),
        };
        *self = ahead;
        Ok(result)
    }

    /// The same as octets of their own.
    pub fn astring_copy(&mut self) -> Result<Vec<u8>> {
        Ok(self.astring()?.to_vec())
    }

    /// The inside of a quoted string without its escapes: a backslash stands for the octet after it, whichever that is.
    fn unescaped(&self, inner: &[u8]) -> Octets {
        if memchr(b'\\', inner).is_none() {
            return self.keep(inner);
        }
        let mut out = Vec::with_capacity(inner.len());
        let mut octets = inner.iter();
        while let Some(&b) = octets.next() {
            out.push(if b == b'\\' {
                octets.next().copied().unwrap_or(b)
            } else {
                b
            });
        }
        out.into()
    }

    /// A mailbox name: as [`astring`](Self::astring), but an unquoted one runs up to the next space, whatever odd
    /// characters a server leaves in it.
    pub fn mailbox(&mut self) -> Result<Vec<u8>> {
        self.skip_spaces();
        match self.peek() {
            Some(b'"' | b'{' | b'~') => self.astring_copy(),
            None => Err(self.error("mailbox name expected")),
            Some(_) => Ok(self.word().to_vec()),
        }
    }

    /// `(word word …)`, or NIL: flags and the like.
    pub fn word_list(&mut self) -> Result<Vec<Vec<u8>>> {
        self.words(<[u8]>::to_vec)
    }

    /// The same, each word as `make` makes it.
    pub fn words<T>(&mut self, make: impl Fn(&'a [u8]) -> T) -> Result<Vec<T>> {
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
                Some(_) => words.push(make(
                    self.take_while(|b| !matches!(b, b' ' | b')' | b'\r' | b'\n')),
                )),
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
    pub fn string_list(&mut self) -> Result<Vec<Octets>> {
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

    /// The rest of a short list, behind its parenthesis, if it holds nothing but atoms: what stands between them included.
    pub fn plain_list(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest();
        let list = &rest[..memchr(b')', &rest[..rest.len().min(limits::COMMAND_LINE)])?];
        let plain = scan::quote_or_control(list).is_none() && memchr2(b'{', b'(', list).is_none();
        plain.then(|| {
            self.at += list.len() + 1;
            list
        })
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

fn in_atom(octet: u8) -> bool {
    octet > b' ' && !matches!(octet, b'(' | b')' | b'"' | b'{' | 0x7f)
}

fn one_line(text: &[u8]) -> Vec<u8> {
    let flat = |&b: &u8| match b {
        b'\r' | b'\n' | b'\t' => b' ',
        _ => b,
    };
    text.iter().map(flat).collect()
}

/// A word in upper case, to be compared with names that are not so long.
pub(super) struct Upper {
    octets: [u8; Self::LENGTH],
    length: usize,
}

impl Upper {
    /// No name that is looked for is so long.
    const LENGTH: usize = 24;

    pub fn of(word: &[u8]) -> Self {
        let mut octets = [0; Self::LENGTH];
        let length = word.len().min(Self::LENGTH);
        octets[..length].copy_from_slice(&word[..length]);
        octets.make_ascii_uppercase();
        Self { octets, length }
    }

    pub fn as_slice(&self) -> &[u8] {
        &self.octets[..self.length]
    }
}
