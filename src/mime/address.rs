//! RFC 5322 address lists, read as c-client reads them (`rfc822_parse_adrlist` and what it calls).
//!
//! Lenient where mail in the field is odd: comments serve as personal names, ` at ` as `@`, dots may stand alone.
//! Where the text makes no sense, an address of the host `.SYNTAX-ERROR.` marks the place and a warning tells why.

#![forbid(unsafe_code)]

use super::scan::{Delimiters, Scanner, Warnings, excerpt, unquote, warn};
use crate::limits;

pub use crate::imap::response::Address;

/// Host of an address that stands for a syntax error: c-client's `ERRHOST`.
pub const ERROR_HOST: &[u8] = b".SYNTAX-ERROR.";

/// Host of an address that was written without one, where the caller names no other: c-client's `BADHOST`.
pub const MISSING_HOST: &[u8] = b".MISSING-HOST-NAME.";

/// What the application may know about a phrase that stands where an address should: the text from the phrase on,
/// the length of the phrase, the default host, the warnings so far. No address in return means that it knows nothing.
/// (`SET_PARSEPHRASE`.)
pub type PhraseHook<'h> =
    &'h mut dyn FnMut(&[u8], usize, Option<&[u8]>, &mut Warnings) -> Vec<Address>;

/// Reads an address list and appends what it holds to `into`.
///
/// A mailbox without `@` gets `default_host`; without that its host is `None`, which makes it look like a group.
/// Groups are marked as in IMAP (RFC 9051 section 7.5.2).
pub fn parse_address_list(
    into: &mut Vec<Address>,
    text: &[u8],
    default_host: Option<&[u8]>,
    warnings: &mut Warnings,
) {
    parse_address_list_with(into, text, default_host, warnings, None);
}

/// As [`parse_address_list`], and asks `hook` about phrases without an address.
pub fn parse_address_list_with(
    into: &mut Vec<Address>,
    text: &[u8],
    default_host: Option<&[u8]>,
    warnings: &mut Warnings,
    hook: Option<PhraseHook<'_>>,
) {
    Parser::new(into, text, default_host, warnings, hook).list();
}

/// Whether a phrase before this stands alone (`rfc822_phraseonly`).
pub fn phrase_only(after: &[u8]) -> bool {
    let follows = after.iter().find(|&&byte| byte != b' ');
    matches!(follows, None | Some(b',' | b';'))
}

/// The mailbox of the first address; none if that is a group, as for c-client (`rfc822_parse_address`). What follows is
/// not looked at.
pub fn first_mailbox(
    text: &[u8],
    default_host: Option<&[u8]>,
    warnings: &mut Warnings,
) -> Option<Vec<u8>> {
    let mut found = Vec::new();
    Parser::new(&mut found, text, default_host, warnings, None)
        .one_address(0, 0)
        .ok()?;
    found.pop().and_then(|address| address.mailbox)
}

/// The message IDs of a text such as that of References, without their brackets; phrases before them are passed over
/// (`mail_thread_parse_msgid`).
pub struct MessageIds<'a> {
    scan: Scanner<'a>,
    at: Option<usize>,
}

impl<'a> MessageIds<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a [u8]) -> Self {
        MessageIds {
            scan: Scanner::new(text),
            at: Some(0),
        }
    }

    /// Where the rest begins; `None` at the end, and where no message ID stood.
    pub fn position(&self) -> Option<usize> {
        self.at
    }

    /// The next message ID.
    pub fn next(&mut self, warnings: &mut Warnings) -> Option<Vec<u8>> {
        let at = self.scan.skip_space(self.at.take()?, warnings);
        let open = match self.scan.at(at) {
            b'<' => at,
            _ => self.scan.phrase(at, warnings)?,
        };
        let mut found = Vec::new();
        let mut parser = Parser {
            scan: self.scan.clone(),
            into: &mut found,
            host: Some(MISSING_HOST),
            warnings,
            hook: None,
        };
        let after = parser.route_address(open, None);
        // A comment without end is cut off for what follows, too.
        self.scan = parser.scan;
        self.at = after.flatten();
        let address = found.into_iter().next()?;
        Some([&address.mailbox?[..], b"@", &address.host?].concat())
    }
}

/// The address that marks a syntax error.
fn error_address(what: &str) -> Address {
    Address {
        mailbox: Some(what.into()),
        host: Some(ERROR_HOST.to_vec()),
        ..Address::default()
    }
}

/// What was found where an address should stand.
enum Found {
    /// Nothing that could be read, seen from here.
    Nothing(usize),
    /// A group was opened; its members follow here.
    Group(usize),
    /// A mailbox; what follows stands here, `None` at the end of the text.
    Mailbox(Option<usize>),
}

/// One part of a domain, that is what stands between two dots with space around them.
enum DomainPart {
    /// In brackets: taken as it is. With the position behind it.
    Literal(Vec<u8>, usize),
    /// Without its quotes. With the position behind it.
    Word(Vec<u8>, usize),
    /// Not a domain. With the position where the reader goes on, if that changes: `Some(None)` is the end of the text.
    Wrong(Option<Option<usize>>),
}

/// Reads addresses at any place of a text, as the `rfc822_parse_*` functions do; what it finds it appends to a list.
pub struct Parser<'a, 'c, 'h> {
    scan: Scanner<'a>,
    into: &'c mut Vec<Address>,
    host: Option<&'a [u8]>,
    warnings: &'c mut Warnings,
    hook: Option<PhraseHook<'h>>,
}

impl<'a, 'c, 'h> Parser<'a, 'c, 'h> {
    /// Arguments as for [`parse_address_list_with`].
    pub fn new(
        into: &'c mut Vec<Address>,
        text: &'a [u8],
        default_host: Option<&'a [u8]>,
        warnings: &'c mut Warnings,
        hook: Option<PhraseHook<'h>>,
    ) -> Self {
        Parser {
            scan: Scanner::new(text),
            into,
            host: default_host,
            warnings,
            hook,
        }
    }

    /// The text as it was read.
    pub fn into_scan(self) -> Scanner<'a> {
        self.scan
    }

    fn space(&mut self, at: usize) -> usize {
        self.scan.skip_space(at, self.warnings)
    }

    fn say(&mut self, words: &str) {
        self.warnings.push(words.into());
    }

    /// The whole list (`rfc822_parse_adrlist`).
    pub fn list(&mut self) {
        let mut at = Some(self.space(0));
        loop {
            // Empty places are legal here (RFC 5322 section 4.4), but not in groups.
            while let Some(comma) = at.filter(|&at| self.scan.at(at) == b',') {
                at = Some(self.space(comma + 1));
            }
            let Some(here) = at.filter(|&at| self.scan.at(at) != 0) else {
                return;
            };
            at = match self.one_address(here, 0) {
                Ok(after) => self.after_address(after, false),
                Err(here) => return self.no_address(here, false),
            };
        }
    }

    /// An address, or a group with its members, that lies in `depth` groups (`rfc822_parse_address`). The position
    /// behind it, `None` at the end of the text.
    ///
    /// # Errors
    /// There is none; the position where it should be.
    pub fn one_address(&mut self, at: usize, depth: usize) -> Result<Option<usize>, usize> {
        match self.address(at, depth) {
            Found::Mailbox(after) => Ok(after),
            Found::Group(members) => Ok(self.members(members, depth)),
            Found::Nothing(at) => Err(at),
        }
    }

    /// A group with its members (`rfc822_parse_group`); as [`Parser::one_address`].
    ///
    /// # Errors
    /// As above.
    pub fn one_group(&mut self, at: usize, depth: usize) -> Result<Option<usize>, usize> {
        let members = self.group(at, depth)?;
        Ok(self.members(members, depth))
    }

    /// The members of a group that lies in `depth` others, and its end. Groups in groups are counted, not called.
    fn members(&mut self, at: usize, depth: usize) -> Option<usize> {
        let mut at = Some(at);
        let mut open = depth + 1;
        while open > depth {
            at = match at.filter(|&at| !matches!(self.scan.at(at), 0 | b';')) {
                Some(here) => match self.address(here, open) {
                    Found::Group(members) => {
                        open += 1;
                        Some(members)
                    }
                    Found::Mailbox(after) => self.after_address(after, true),
                    Found::Nothing(here) => {
                        self.no_address(here, true);
                        None
                    }
                },
                None => {
                    at = at.map(|end| self.space(end + usize::from(self.scan.at(end) == b';')));
                    self.into.push(Address::default());
                    open -= 1;
                    if open > depth {
                        at = self.after_address(at, true);
                    }
                    at
                }
            };
        }
        at
    }

    /// What may follow an address: a comma, the end of the group, the end of the text.
    fn after_address(&mut self, at: Option<usize>, group: bool) -> Option<usize> {
        let at = self.space(at?);
        let rest = self.scan.rest(at);
        match self.scan.at(at) {
            b',' => return Some(at + 1),
            0 => return group.then_some(at),
            b';' if group => return Some(at),
            _ if group => {
                warn(
                    self.warnings,
                    "Unexpected characters after address in group: ",
                    rest,
                );
                self.into
                    .push(error_address("UNEXPECTED_DATA_AFTER_ADDRESS_IN_GROUP"));
            }
            next => {
                let words = if next.is_ascii_alphanumeric() {
                    "Must use comma to separate addresses: "
                } else {
                    "Unexpected characters at end of address: "
                };
                warn(self.warnings, words, rest);
                self.into
                    .push(error_address("UNEXPECTED_DATA_AFTER_ADDRESS"));
            }
        }
        None
    }

    fn no_address(&mut self, at: usize, group: bool) {
        if group {
            warn(
                self.warnings,
                "Invalid group mailbox list: ",
                self.scan.rest(at),
            );
            self.into.push(error_address("INVALID_ADDRESS_IN_GROUP"));
            return;
        }
        let at = self.space(at);
        if self.scan.at(at) == 0 {
            self.say("Missing address after comma");
        } else {
            warn(self.warnings, "Invalid mailbox list: ", self.scan.rest(at));
        }
        self.into.push(error_address("INVALID_ADDRESS"));
    }

    /// One address or the beginning of a group.
    fn address(&mut self, at: usize, open: usize) -> Found {
        let at = self.space(at);
        if self.scan.at(at) == 0 {
            return Found::Nothing(at);
        }
        if let Ok(members) = self.group(at, open) {
            return Found::Group(members);
        }
        // Reading the group's name may have cut off a comment here.
        let at = self.space(at);
        if self.scan.at(at) == 0 {
            return Found::Nothing(at);
        }
        match self.mailbox(at) {
            Some(after) => Found::Mailbox(after),
            None => Found::Nothing(at),
        }
    }

    /// The name of a group and its colon; behind the white space there, if it is none.
    fn group(&mut self, at: usize, open: usize) -> Result<usize, usize> {
        if open > limits::GROUP_DEPTH {
            self.say("Ignoring excessively deep group recursion");
            return Err(at);
        }
        let at = self.space(at);
        let end = match self.scan.at(at) {
            0 => return Err(at),
            b':' => at,
            _ => self.scan.phrase(at, self.warnings).ok_or(at)?,
        };
        let colon = self.space(end);
        if self.scan.at(colon) != b':' {
            return Err(at);
        }
        let members = self.space(colon + 1);
        let name = unquote(self.scan.slice(at, end));
        self.scan.change(end, 0);
        self.into.push(Address {
            mailbox: Some(name),
            ..Address::default()
        });
        Ok(members)
    }

    /// One mailbox at the white space before it or behind that (`rfc822_parse_mailbox`); as [`Parser::one_address`].
    ///
    /// # Errors
    /// As above.
    pub fn one_mailbox(&mut self, at: usize) -> Result<Option<usize>, usize> {
        let at = self.space(at);
        if self.scan.at(at) == 0 {
            return Err(at);
        }
        self.mailbox(at).ok_or(at)
    }

    /// One mailbox: `<route-address>`, `phrase <route-address>`, or a bare address. The position behind it, `None`
    /// at the end of the text.
    fn mailbox(&mut self, at: usize) -> Option<Option<usize>> {
        if self.scan.at(at) == b'<' {
            return self.route_address(at, None);
        }
        let end = self.scan.phrase(at, self.warnings)?;
        let phrase = self.scan.slice(at, end);
        if let Some(after) = self.route_address(end, Some(phrase)) {
            self.scan.change(end, 0);
            return Some(after);
        }
        if let Some(hook) = &mut self.hook
            && phrase_only(self.scan.rest(end))
        {
            let known = hook(self.scan.rest(at), end - at, self.host, self.warnings);
            if !known.is_empty() {
                self.into.extend(known);
                return Some(Some(self.space(end)));
            }
        }
        let (address, after) = self.address_spec(at)?;
        self.into.push(address);
        Some(after)
    }

    /// `<@route,@route:mailbox@host>` from the white space before it on; a phrase before it is the personal name
    /// (`rfc822_parse_routeaddr`). The position behind it, `None` at the end of the text.
    pub fn route_address(&mut self, at: usize, phrase: Option<&[u8]>) -> Option<Option<usize>> {
        let open = self.space(at);
        if self.scan.at(open) != b'<' {
            return None;
        }
        let mut start = open + 1;
        let mut at = self.space(start);
        let mut route = Vec::new();
        while self.scan.at(at) == b'@' {
            match self.domain(at + 1) {
                (Some(domain), after) => {
                    route.extend_from_slice(if route.is_empty() { b"@" } else { b",@" });
                    route.extend_from_slice(&domain);
                    at = self.space(after.flatten().unwrap_or(at));
                }
                (None, after) => {
                    at = after.map_or(at, |after| after.unwrap_or(self.scan.end()));
                    break;
                }
            }
            if self.scan.at(at) != b',' {
                break;
            }
            at = self.space(at + 1);
        }
        if !route.is_empty() {
            if self.scan.at(at) == b':' {
                start = at + 1;
            } else {
                let mut words = b"Unterminated at-domain-list: ".to_vec();
                words.extend_from_slice(excerpt(&route, limits::EXCERPT));
                words.extend_from_slice(excerpt(self.scan.rest(at), limits::EXCERPT));
                self.warnings.push(words);
            }
        }
        let (mut address, after) = self.address_spec(start)?;
        if !route.is_empty() {
            address.adl = Some(route);
        }
        if let Some(phrase) = phrase {
            address.name = Some(unquote(phrase));
        }
        if let Some(close) = after.filter(|&after| self.scan.at(after) == b'>') {
            self.into.push(address);
            let after = self.space(close + 1);
            return Some((self.scan.at(after) != 0).then_some(after));
        }
        let mut words = b"Unterminated mailbox: ".to_vec();
        words.extend_from_slice(excerpt(
            address.mailbox.as_deref().unwrap_or_default(),
            limits::EXCERPT,
        ));
        words.push(b'@');
        // Programs use "@" as the default host to recognise addresses without one.
        let host = address
            .host
            .as_deref()
            .filter(|host| !host.starts_with(b"@"))
            .unwrap_or(b"<null>");
        words.extend_from_slice(excerpt(host, limits::EXCERPT));
        self.warnings.push(words);
        self.into.push(address);
        self.into.push(error_address("MISSING_MAILBOX_TERMINATOR"));
        Some(after)
    }

    /// `mailbox@host (name)`, `mailbox at host`, or `mailbox` alone (`rfc822_parse_addrspec`). With the position behind
    /// it, `None` at the end.
    pub fn address_spec(&mut self, at: usize) -> Option<(Address, Option<usize>)> {
        let start = self.space(at);
        let mut end = self.scan.word(start, Delimiters::Word, self.warnings)?;
        let mut mailbox = unquote(self.scan.slice(start, end));
        let mut at = self.space(end);
        while self.scan.at(at) == b'.' {
            let part = self.space(at + 1);
            let Some(after) = self.scan.word(part, Delimiters::Word, self.warnings) else {
                self.say("Invalid mailbox part after .");
                break;
            };
            mailbox.push(b'.');
            mailbox.extend(unquote(self.scan.slice(part, after)));
            end = after;
            at = self.space(end);
        }
        let mut address = Address {
            mailbox: Some(mailbox),
            ..Address::default()
        };
        let mut after = Some(end);
        match self.at_sign(end) {
            None => address.host = self.host.map(<[u8]>::to_vec),
            Some(domain) => {
                let (host, moved) = self.domain(domain);
                after = moved.unwrap_or(Some(domain));
                address.host = Some(host.unwrap_or_else(|| ERROR_HOST.to_vec()));
            }
        }
        if let Some(mut at) = after {
            while self.scan.at(at) == b' ' {
                at += 1;
            }
            if self.scan.at(at) == b'('
                && let Some(comment) = self.scan.comment(at, self.warnings)
            {
                at = comment.after;
                self.scan.trim(comment);
                if comment.start < comment.end {
                    address.name = Some(unquote(self.scan.slice(comment.start, comment.end)));
                }
            }
            at = self.space(at);
            after = (self.scan.at(at) != 0).then_some(at);
        }
        Some((address, after))
    }

    /// Behind the `@`, or behind the word ` at ` of RFC 733, if one follows.
    fn at_sign(&mut self, at: usize) -> Option<usize> {
        let at = self.space(at);
        let next = |offset| self.scan.at(at + offset);
        if next(0) == b'@' {
            return Some(at + 1);
        }
        let spelled = next(0).eq_ignore_ascii_case(&b'a') && next(1).eq_ignore_ascii_case(&b't');
        let spelled = spelled && matches!(next(2), b' ' | b'\t' | b'\r' | b'\n' | b'(');
        if spelled {
            self.scan.change(at + 1, b'@');
        }
        spelled.then_some(at + 2)
    }

    /// A host name; white space may stand around its dots (`rfc822_parse_domain`).
    ///
    /// The second value says where to go on, if that changes: `Some(None)` is the end of the text.
    pub fn domain(&mut self, at: usize) -> (Option<Vec<u8>>, Option<Option<usize>>) {
        let (mut name, mut end) = match self.domain_part(at) {
            DomainPart::Word(word, end) => (word, end),
            DomainPart::Literal(literal, end) => return (Some(literal), Some(Some(end))),
            DomainPart::Wrong(after) => return (None, after),
        };
        // c-client calls itself for what follows a dot, and takes off quotes once at each level on the way back.
        let mut level = 0;
        while let Some(part) = self.after_dot(end) {
            match part {
                DomainPart::Word(word, after) => {
                    level += 1;
                    end = after;
                    append(&mut name, word, level);
                }
                DomainPart::Literal(literal, after) => {
                    end = after;
                    append(&mut name, literal, level + 1);
                }
                DomainPart::Wrong(_) => {
                    self.say("Invalid domain part after .");
                    // Each level sees the dot again and says so again.
                    for _ in 0..level.min(limits::DOMAIN_COMPLAINTS) {
                        if let Some(DomainPart::Wrong(_)) = self.after_dot(end) {
                            self.say("Invalid domain part after .");
                        }
                    }
                    return (Some(name), Some(Some(end)));
                }
            }
        }
        // Each level looks once more at what follows, and an open comment there is cut off further.
        for _ in 0..level.min(limits::DOMAIN_COMPLAINTS) {
            let stop = self.space(end);
            if self.scan.at(stop) != b'(' {
                break;
            }
        }
        (Some(name), Some(Some(end)))
    }

    /// The part of a domain behind the dot that follows `at`, if one does.
    fn after_dot(&mut self, at: usize) -> Option<DomainPart> {
        let dot = self.space(at);
        if self.scan.at(dot) != b'.' {
            return None;
        }
        let part = self.space(dot + 1);
        Some(self.domain_part(part))
    }

    fn domain_part(&mut self, at: usize) -> DomainPart {
        let start = self.space(at);
        if self.scan.at(start) == b'[' {
            return match self
                .scan
                .word(start + 1, Delimiters::Literal, self.warnings)
            {
                None => {
                    self.say("Empty domain literal");
                    DomainPart::Wrong(Some(None))
                }
                Some(close) if self.scan.at(close) == b']' => {
                    DomainPart::Literal(self.scan.slice(start, close + 1).to_vec(), close + 1)
                }
                Some(close) => {
                    self.say("Unterminated domain literal");
                    DomainPart::Wrong(Some(Some(close)))
                }
            };
        }
        match self.scan.word(start, Delimiters::Word, self.warnings) {
            Some(end) => DomainPart::Word(unquote(self.scan.slice(start, end)), end),
            None => {
                self.say("Missing or invalid host name after @");
                DomainPart::Wrong(None)
            }
        }
    }
}

/// Appends a part to a domain, its quotes taken off `times` over. Each time halves what is quoted, so this ends soon.
fn append(name: &mut Vec<u8>, mut part: Vec<u8>, times: usize) {
    for _ in 0..times {
        if !part.iter().any(|byte| matches!(byte, b'"' | b'\\')) {
            break;
        }
        part = unquote(&part);
    }
    name.push(b'.');
    name.append(&mut part);
}

#[cfg(test)]
mod tests;
