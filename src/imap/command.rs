//! Writing commands. Arguments are typed: what an application hands in becomes an atom, a quoted string or a
//! literal as its octets need, so CR, LF and NUL are never written raw and cannot begin a command of their own.

use zeroize::{Zeroize, Zeroizing};

use crate::imap::sequence::WireSequence;
use crate::limits;

/// What the encoder must know about the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EncodeOptions {
    /// LITERAL+ (RFC 7888): no literal waits for the server.
    pub literal_plus: bool,
    /// LITERAL-: literals of at most 4,096 octets do not wait.
    pub literal_minus: bool,
    /// BINARY (RFC 3516): messages with NUL can be appended, as `~{n}`.
    pub binary: bool,
}

/// Why a command cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodeError {
    /// NUL in a string; IMAP has no way to write it.
    Nul,
    /// NUL in a message, and the server does not know BINARY.
    NulInMessage,
    /// A flag that is not `\` and an atom, or an atom.
    BadFlag,
    /// A word that must be an atom and is none.
    BadAtom,
    /// A body section with anything but letters, digits and dots.
    BadSection,
    /// A search program nested deeper than [`limits::SEARCH_DEPTH`].
    SearchTooDeep,
    /// A search date without a valid month.
    BadDate,
}

impl std::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            EncodeError::Nul => "NUL in an argument",
            EncodeError::NulInMessage => "NUL in a message, and the server does not support BINARY",
            EncodeError::BadFlag => "invalid flag",
            EncodeError::BadAtom => "invalid atom",
            EncodeError::BadSection => "invalid body section",
            EncodeError::SearchTooDeep => "search program nested too deeply",
            EncodeError::BadDate => "invalid date in search program",
        })
    }
}

impl std::error::Error for EncodeError {}

/// What to do next to send a command.
#[derive(PartialEq, Eq)]
pub enum Piece {
    /// Send these octets.
    Bytes(Vec<u8>),
    /// Send these octets; they hold a password and are wiped afterwards.
    Secret(Zeroizing<Vec<u8>>),
    /// Send what came before and wait for the server's `+`.
    Synchronise,
}

impl Piece {
    /// The octets to send, if any.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Piece::Bytes(bytes) => Some(bytes),
            Piece::Secret(bytes) => Some(bytes),
            Piece::Synchronise => None,
        }
    }
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Piece::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Piece::Secret(_) => f.write_str("Secret(<redacted>)"),
            Piece::Synchronise => f.write_str("Synchronise"),
        }
    }
}

/// A command ready to be sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Encoded {
    /// In order; octets and waits alternate, the last is octets.
    pub pieces: Vec<Piece>,
    /// The lines c-client's protocol telemetry (`mm_dlog`) shows: tag, name and arguments without line ends and
    /// without the octets of literals. Of a command with a secret only `<suppressed>`, behind
    /// the mechanism if it is AUTHENTICATE.
    pub telemetry: Vec<Vec<u8>>,
}

/// A body section of FETCH.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SectionRequest {
    /// `BODY.PEEK` instead of `BODY`: does not set `\Seen`.
    pub peek: bool,
    /// Between the brackets, without field names: `""`, `1.2`, `HEADER.FIELDS`.
    pub section: Vec<u8>,
    /// Field names of HEADER.FIELDS and HEADER.FIELDS.NOT.
    pub fields: Vec<Vec<u8>>,
    /// First octet and count of a partial fetch.
    pub partial: Option<(u32, u32)>,
}

/// A command: its name and its arguments. Arguments are separated by one space, lists are set in parentheses.
///
/// An argument that cannot be written makes [`encode`](Self::encode) fail; building never does.
#[derive(Clone)]
pub struct Command {
    name: &'static str,
    parts: Vec<Part>,
    error: Option<EncodeError>,
    /// Literals wait for the server whatever it offers.
    synchronise: bool,
}

#[derive(Clone)]
enum Part {
    /// Checked, or our own words.
    Atom(Vec<u8>),
    String {
        bytes: Zeroizing<Vec<u8>>,
        form: Form,
        secret: bool,
    },
    Message(Vec<u8>),
    Open,
    Close,
    /// No space before the next part.
    Glue,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Astring,
    /// Never an atom.
    String,
    /// List wildcards may stay in an atom.
    ListMailbox,
    /// A literal even where a quoted string would do.
    Literal,
    /// Base64 (RFC 4959): stays as it is, however long. Tokens have thousands of octets, and nothing else may stand there.
    Base64,
}

impl Command {
    /// A command without arguments yet: `Command::new("UID FETCH")`.
    pub fn new(name: &'static str) -> Self {
        Command {
            name,
            parts: Vec::new(),
            error: None,
            synchronise: false,
        }
    }

    /// The name it was made with.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it changes messages that it calls by number.
    pub fn writes_by_number(&self) -> bool {
        matches!(self.name, "STORE" | "COPY" | "MOVE")
    }

    /// The highest message number that it names, if it calls messages by number and it matters which ones these are: to
    /// read of all up to the last is to read of those there are.
    pub fn last_number(&self) -> Option<u32> {
        if self.name != "FETCH" && !self.writes_by_number() {
            return None;
        }
        let Some(Part::Atom(set)) = self.parts.first() else {
            return None;
        };
        if set.contains(&b'*') {
            return self.writes_by_number().then_some(u32::MAX);
        }
        let words = set.split(|b| matches!(b, b',' | b':'));
        let number = |word| std::str::from_utf8(word).ok()?.parse().ok();
        words.map(|word| number(word).unwrap_or(u32::MAX)).max()
    }

    fn push(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// How many parts it has, to tell whether something was added.
    pub(super) fn parts(&self) -> usize {
        self.parts.len()
    }

    pub(super) fn fail(mut self, error: EncodeError) -> Self {
        self.error.get_or_insert(error);
        self
    }

    /// Words of our own: `INBOX`, `(UID FLAGS)`, `+FLAGS.SILENT`.
    pub fn atom(self, text: &'static str) -> Self {
        self.push(Part::Atom(text.as_bytes().to_vec()))
    }

    /// A word of the application's that the grammar wants as an atom, such as the name of a quota resource.
    pub fn word(self, text: &[u8]) -> Self {
        if text.is_empty() || !text.iter().all(|&b| is_atom_char(b)) {
            return self.fail(EncodeError::BadAtom);
        }
        self.push(Part::Atom(text.to_vec()))
    }

    /// Text that cannot hold anything but what an atom may: numbers, dates, sets.
    pub(super) fn checked_atom(self, text: String) -> Self {
        self.push(Part::Atom(text.into_bytes()))
    }

    /// A number.
    pub fn number(self, number: u64) -> Self {
        self.checked_atom(number.to_string())
    }

    /// A sequence set.
    pub fn sequence(self, sequence: &WireSequence) -> Self {
        self.push(Part::Atom(sequence.as_str().as_bytes().to_vec()))
    }

    /// A set of numbers; must not be empty.
    pub fn sequence_set(self, set: &[(u32, u32)]) -> Self {
        self.checked_atom(super::sequence::format_set(set))
    }

    fn text(self, bytes: &[u8], form: Form, secret: bool) -> Self {
        self.push(Part::String {
            bytes: Zeroizing::new(bytes.to_vec()),
            form,
            secret,
        })
    }

    /// Atom, quoted string or literal, whichever can hold `bytes`; c-client's choice (`imap_send_astring`).
    pub fn astring(self, bytes: &[u8]) -> Self {
        self.text(bytes, Form::Astring, false)
    }

    /// Quoted string or literal.
    pub fn string(self, bytes: &[u8]) -> Self {
        self.text(bytes, Form::String, false)
    }

    /// A literal, whatever the octets.
    pub fn literal(self, bytes: &[u8]) -> Self {
        self.text(bytes, Form::Literal, false)
    }

    /// A string or NIL.
    pub fn nstring(self, bytes: Option<&[u8]>) -> Self {
        match bytes {
            Some(bytes) => self.string(bytes),
            None => self.atom("NIL"),
        }
    }

    /// A mailbox name, already in the encoding of the wire.
    pub fn mailbox(self, name: &[u8]) -> Self {
        self.text(name, Form::Astring, false)
    }

    /// A mailbox pattern of LIST or LSUB: `*` and `%` need no quotes.
    pub fn list_mailbox(self, pattern: &[u8]) -> Self {
        self.text(pattern, Form::ListMailbox, false)
    }

    /// As [`astring`](Self::astring), but kept out of telemetry and Debug, and wiped after use.
    pub fn secret(self, bytes: &[u8]) -> Self {
        self.text(bytes, Form::Astring, true)
    }

    /// Base64 of an initial authentication response, sent as an atom and treated as a [`secret`](Self::secret).
    /// Empty is sent as `=` (RFC 4959).
    pub fn initial_response(self, base64: &[u8]) -> Self {
        self.text(
            if base64.is_empty() { b"=" } else { base64 },
            Form::Base64,
            true,
        )
    }

    /// A message for APPEND: always a literal.
    pub fn message(self, bytes: Vec<u8>) -> Self {
        self.push(Part::Message(bytes))
    }

    /// Lets every literal wait for the server. For a command that the server may find fault with before it comes to the
    /// literal: Dovecot 2.3 then takes the octets of a literal that did not wait for commands.
    pub fn synchronise(mut self) -> Self {
        self.synchronise = true;
        self
    }

    /// Begins a parenthesised list.
    pub fn open(self) -> Self {
        self.push(Part::Open)
    }

    /// Ends a parenthesised list.
    pub fn close(self) -> Self {
        self.push(Part::Close)
    }

    /// A parenthesised list of [`astring`](Self::astring)s.
    pub fn astring_list<'a>(self, items: impl IntoIterator<Item = &'a [u8]>) -> Self {
        items
            .into_iter()
            .fold(self.open(), Command::astring)
            .close()
    }

    /// Flags as applications write them, `\Seen $Junk` or `(\Seen $Junk)`; sent in parentheses.
    pub fn flag_list(self, flags: &[u8]) -> Self {
        let trimmed = flags.trim_ascii();
        let inner = match trimmed.strip_prefix(b"(") {
            Some(inner) => match inner.strip_suffix(b")") {
                Some(inner) => inner,
                None => return self.fail(EncodeError::BadFlag),
            },
            None => trimmed,
        };
        let mut command = self.open();
        for flag in inner.split(|&b| b == b' ').filter(|flag| !flag.is_empty()) {
            let atom = flag.strip_prefix(b"\\").unwrap_or(flag);
            let wildcard = flag == b"\\*";
            if !wildcard && (atom.is_empty() || !atom.iter().all(|&b| is_atom_char(b))) {
                return command.fail(EncodeError::BadFlag);
            }
            command = command.push(Part::Atom(flag.to_vec()));
        }
        command.close()
    }

    /// A body section of FETCH: `BODY.PEEK[HEADER.FIELDS (A B)]<0.100>`.
    pub fn section(self, request: &SectionRequest) -> Self {
        let SectionRequest {
            peek,
            section,
            fields,
            partial,
        } = request;
        if !section
            .iter()
            .all(|&b| b.is_ascii_alphanumeric() || b == b'.')
        {
            return self.fail(EncodeError::BadSection);
        }
        let mut head = if *peek {
            b"BODY.PEEK[".to_vec()
        } else {
            b"BODY[".to_vec()
        };
        head.extend_from_slice(section);
        let mut command = self.push(Part::Atom(head));
        if !fields.is_empty() {
            command = command.astring_list(fields.iter().map(Vec::as_slice));
        }
        let tail = match partial {
            Some((first, count)) => format!("]<{first}.{count}>"),
            None => "]".to_owned(),
        };
        command.push(Part::Glue).push(Part::Atom(tail.into_bytes()))
    }

    /// Whether a part of it is a secret.
    pub fn is_sensitive(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::String { secret: true, .. }))
    }

    /// Writes the command.
    ///
    /// # Errors
    /// [`EncodeError`] for the first argument that cannot be written; nothing of the command may be sent then.
    pub fn encode(&self, tag: &str, options: EncodeOptions) -> Result<Encoded, EncodeError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let options = EncodeOptions {
            literal_plus: options.literal_plus && !self.synchronise,
            literal_minus: options.literal_minus && !self.synchronise,
            ..options
        };
        let size_hint = self.size_hint(tag);
        let mut writer = Writer {
            options,
            secret: self.is_sensitive(),
            size_hint,
            current: Vec::with_capacity(size_hint),
            line_start: 0,
            pieces: Vec::new(),
            telemetry: Vec::new(),
        };
        writer.current.extend_from_slice(tag.as_bytes());
        writer.current.push(b' ');
        writer.current.extend_from_slice(self.name.as_bytes());
        let mut space = true;
        for part in &self.parts {
            if space && !matches!(part, Part::Close | Part::Glue) {
                writer.current.push(b' ');
            }
            space = !matches!(part, Part::Open | Part::Glue);
            match part {
                Part::Atom(text) => writer.current.extend_from_slice(text),
                Part::String { bytes, form, .. } => writer.string(bytes, *form)?,
                Part::Message(bytes) => writer.message(bytes)?,
                Part::Open => writer.current.push(b'('),
                Part::Close => writer.current.push(b')'),
                Part::Glue => {}
            }
        }
        let mut encoded = writer.finish();
        if self.name == "AUTHENTICATE"
            && self.is_sensitive()
            && let Some(Part::Atom(mechanism)) = self.parts.first()
        {
            // Which mechanism it is, is no secret.
            let shown = [
                tag.as_bytes(),
                b" AUTHENTICATE ",
                mechanism,
                b" <suppressed>",
            ]
            .concat();
            encoded.telemetry = vec![shown];
        }
        Ok(encoded)
    }

    /// Enough octets that the buffer of a command with a secret is never moved, which would leave copies behind.
    fn size_hint(&self, tag: &str) -> usize {
        let part = |part: &Part| match part {
            Part::Atom(text) => text.len() + 1,
            Part::String { bytes, .. } => bytes.len() + 32,
            Part::Message(bytes) => bytes.len() + 32,
            Part::Open | Part::Close | Part::Glue => 2,
        };
        tag.len() + self.name.len() + 8 + self.parts.iter().map(part).sum::<usize>()
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)?;
        for part in &self.parts {
            match part {
                Part::Atom(text) => write!(f, " {}", text.escape_ascii())?,
                Part::String { secret: true, .. } => f.write_str(" <redacted>")?,
                Part::String { bytes, .. } => write!(f, " {:?}", bytes.escape_ascii().to_string())?,
                Part::Message(bytes) => write!(f, " <message of {} octets>", bytes.len())?,
                Part::Open => f.write_str(" (")?,
                Part::Close => f.write_str(" )")?,
                Part::Glue => {}
            }
        }
        Ok(())
    }
}

/// What RFC 9051 allows in an atom; 8-bit octets pass as they do in c-client, for the server to judge.
fn is_atom_char(b: u8) -> bool {
    b > b' ' && b != 0x7f && !matches!(b, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\' | b']')
}

struct Writer {
    options: EncodeOptions,
    secret: bool,
    size_hint: usize,
    current: Vec<u8>,
    /// Where the current line begins in `current`: behind the last literal, or 0.
    line_start: usize,
    pieces: Vec<Piece>,
    telemetry: Vec<Vec<u8>>,
}

/// Longest literal that LITERAL- lets go without waiting (RFC 7888 section 5).
const LITERAL_MINUS: usize = 4096;

impl Writer {
    fn string(&mut self, bytes: &[u8], form: Form) -> Result<(), EncodeError> {
        if bytes.contains(&0) {
            return Err(EncodeError::Nul);
        }
        if form == Form::Base64 {
            self.current.extend_from_slice(bytes);
            return Ok(());
        }
        let line = self.current.len() - self.line_start;
        let needs_literal = form == Form::Literal
            || line + bytes.len() > limits::COMMAND_LINE
            || bytes
                .iter()
                .any(|&b| b >= 0x80 || matches!(b, b'\r' | b'\n' | b'"' | b'\\'));
        if needs_literal {
            return self.literal(bytes, false);
        }
        let special = |b: u8| match b {
            b'*' | b'%' => form != Form::ListMailbox,
            b'(' | b')' | b'{' | 0x7f => true,
            _ => b <= b' ',
        };
        let quote = form == Form::String || bytes.is_empty() || bytes.iter().any(|&b| special(b));
        if quote {
            self.current.push(b'"');
        }
        self.current.extend_from_slice(bytes);
        if quote {
            self.current.push(b'"');
        }
        Ok(())
    }

    fn message(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        let binary = bytes.contains(&0);
        if binary && !self.options.binary {
            return Err(EncodeError::NulInMessage);
        }
        self.literal(bytes, binary)
    }

    fn literal(&mut self, bytes: &[u8], binary: bool) -> Result<(), EncodeError> {
        let EncodeOptions {
            literal_plus,
            literal_minus,
            ..
        } = self.options;
        let waits = !(literal_plus || (literal_minus && bytes.len() <= LITERAL_MINUS));
        let announcement = format!(
            "{}{{{}{}}}",
            if binary { "~" } else { "" },
            bytes.len(),
            if waits { "" } else { "+" }
        );
        self.current.extend_from_slice(announcement.as_bytes());
        self.end_line();
        if waits {
            self.cut();
            self.pieces.push(Piece::Synchronise);
            if self.secret {
                self.current.reserve(self.size_hint);
            }
        }
        self.current.extend_from_slice(bytes);
        self.line_start = self.current.len();
        Ok(())
    }

    /// Ends the line and notes it for telemetry.
    fn end_line(&mut self) {
        if !self.secret {
            self.telemetry
                .push(self.current[self.line_start..].to_vec());
        }
        self.current.extend_from_slice(b"\r\n");
    }

    fn cut(&mut self) {
        let bytes = std::mem::take(&mut self.current);
        self.pieces.push(if self.secret {
            Piece::Secret(Zeroizing::new(bytes))
        } else {
            Piece::Bytes(bytes)
        });
    }

    fn finish(mut self) -> Encoded {
        self.end_line();
        self.cut();
        if self.secret {
            self.telemetry = vec![b"<suppressed>".to_vec()];
        }
        Encoded {
            pieces: std::mem::take(&mut self.pieces),
            telemetry: std::mem::take(&mut self.telemetry),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Left over when encoding failed half way.
        if self.secret {
            self.current.zeroize();
        }
    }
}

#[cfg(test)]
mod tests;
