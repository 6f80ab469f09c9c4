//! Stage one of reading: cuts the server's byte stream into whole responses.
//!
//! A response is a line, or several lines with literals between them (RFC 9051 section 4.3). Only this stage
//! decides where a response ends; parsing works on whole frames, so a response that cannot be parsed never makes
//! the next one be read from the wrong place.

use std::ops::Range;
use std::sync::Arc;

use memchr::{memchr, memchr_iter, memrchr};

use crate::limits::Limits;
use crate::scan;

/// A literal inside a [`Frame`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiteralSpan {
    /// Offset of the announcement: of `{`, or of `~` in `~{n}`.
    pub announced_at: usize,
    /// Offsets of the octets of the literal.
    pub data: Range<usize>,
    /// `~{n}` of RFC 3516: may hold NUL.
    pub binary: bool,
}

/// One whole response as it came: lines, literals, and the line ends between them, without the last line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    bytes: Arc<Vec<u8>>,
    literals: Vec<LiteralSpan>,
}

impl Frame {
    /// All octets, announcements and line ends of literals included.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same, to be kept for as long as pieces of it are of use.
    pub fn shared(&self) -> &Arc<Vec<u8>> {
        &self.bytes
    }

    /// Where the literals lie, in order.
    pub fn literals(&self) -> &[LiteralSpan] {
        &self.literals
    }

    /// Octets of all literals together.
    pub fn literal_octets(&self) -> usize {
        self.literals.iter().map(|l| l.data.len()).sum()
    }

    /// The lines of the response without the octets of literals and without line ends: what c-client's protocol
    /// telemetry (`mm_dlog`) shows.
    pub fn text_lines(&self) -> impl Iterator<Item = &[u8]> {
        let ends = self
            .literals
            .iter()
            .map(|l| l.data.start)
            .chain([self.bytes.len()]);
        let starts = [0]
            .into_iter()
            .chain(self.literals.iter().map(|l| l.data.end));
        starts.zip(ends).map(|(start, end)| {
            let line = &self.bytes[start..end];
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            line.strip_suffix(b"\r").unwrap_or(line)
        })
    }
}

/// Why the stream cannot be read further. There is no way to find the next response after this: the connection is
/// lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameError {
    /// A line grew past [`Limits::line`].
    LineTooLong {
        /// The limit.
        limit: usize,
    },
    /// A literal was announced with more octets than [`Limits::literal`], or than 64 bits can say.
    LiteralTooLarge {
        /// What was announced; `None` if it does not fit 64 bits.
        announced: Option<u64>,
        /// The limit.
        limit: u64,
    },
    /// Lines and literals together grew past [`Limits::response`].
    ResponseTooLarge {
        /// The limit.
        limit: u64,
    },
    /// One response held more literals than [`Limits::literals`].
    TooManyLiterals {
        /// The limit.
        limit: usize,
    },
}

impl std::fmt::Display for FrameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FrameError::LineTooLong { limit } => {
                write!(f, "server line longer than {limit} octets")
            }
            FrameError::LiteralTooLarge {
                announced: Some(n),
                limit,
            } => {
                write!(f, "server literal of {n} octets is larger than {limit}")
            }
            FrameError::LiteralTooLarge {
                announced: None,
                limit,
            } => {
                write!(f, "server literal of an absurd size (limit {limit} octets)")
            }
            FrameError::ResponseTooLarge { limit } => {
                write!(f, "server response larger than {limit} octets")
            }
            FrameError::TooManyLiterals { limit } => {
                write!(f, "server response with more than {limit} literals")
            }
        }
    }
}

impl std::error::Error for FrameError {}

/// How far the response now being received has come; for timeouts and for reports about stalled servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Octets received that belong to no complete response yet.
    pub buffered: usize,
    /// Inside a literal: how many of its octets are still to come.
    pub literal_remaining: Option<u64>,
}

/// Collects octets and hands out whole responses. Each octet is looked at once, however small the reads are.
#[derive(Debug)]
pub struct Framer {
    limits: Limits,
    /// Received and not yet handed out; the response under way begins at `start`.
    buffer: Vec<u8>,
    start: usize,
    /// Everything before this offset has been looked at.
    scanned: usize,
    line_start: usize,
    /// Octets of the literal under way that have not arrived.
    literal_remaining: u64,
    /// Spans of the response under way, relative to `start`.
    literals: Vec<LiteralSpan>,
    /// Whether literals can occur in this response; decided by its first line's first words.
    kind: Kind,
    failed: Option<FrameError>,
}

/// What the first words of a response tell about literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Undecided,
    /// Text for humans, which may end in something that looks like an announcement.
    Status,
    Data,
}

impl Framer {
    /// A framer at the start of a response.
    pub fn new(limits: Limits) -> Self {
        Framer {
            limits,
            buffer: Vec::new(),
            start: 0,
            scanned: 0,
            line_start: 0,
            literal_remaining: 0,
            literals: Vec::new(),
            kind: Kind::Undecided,
            failed: None,
        }
    }

    /// A framer over responses that were cut before and put behind one another, each with its line end.
    pub fn over(responses: Vec<u8>) -> Self {
        Framer {
            buffer: responses,
            ..Framer::new(Limits::default())
        }
    }

    /// Takes octets as they were received.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.compact();
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The next whole response; `None` if more octets are needed.
    ///
    /// # Errors
    /// [`FrameError`] when a limit is passed; every later call then fails the same way.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.scan().inspect_err(|&error| {
            self.failed = Some(error);
            // Nothing of it can be used; do not keep a large buffer until the stream is closed.
            self.buffer = Vec::new();
            (
                self.start,
                self.scanned,
                self.line_start,
                self.literal_remaining,
            ) = (0, 0, 0, 0);
        })
    }

    /// Whether octets were received that belong to no response handed out so far. After the tagged OK to STARTTLS
    /// this must be false: such octets came in clear and would be read as if they came through TLS.
    pub fn has_buffered(&self) -> bool {
        self.buffer.len() > self.start
    }

    /// Gives away the octets of [`has_buffered`](Self::has_buffered) and starts afresh.
    pub fn take_buffered(&mut self) -> Vec<u8> {
        let rest = self.buffer.split_off(self.start);
        *self = Framer::new(self.limits);
        rest
    }

    /// How far the response under way has come.
    pub fn progress(&self) -> Progress {
        let inside = self
            .literals
            .last()
            .is_some_and(|_| self.literal_remaining > 0);
        Progress {
            buffered: self.buffer.len() - self.start,
            literal_remaining: inside.then(|| {
                self.literal_remaining
                    - (self.literal_remaining).min((self.buffer.len() - self.scanned) as u64)
            }),
        }
    }

    /// Drops what was handed out, but only when that at least halves the buffer: amortised linear.
    fn compact(&mut self) {
        if self.start > 0 && self.start >= self.buffer.len() - self.start {
            self.buffer.drain(..self.start);
            self.scanned -= self.start;
            self.line_start -= self.start;
            self.start = 0;
        }
    }

    fn scan(&mut self) -> Result<Option<Frame>, FrameError> {
        loop {
            if self.literal_remaining > 0 {
                let available = (self.buffer.len() - self.scanned) as u64;
                let taken = self.literal_remaining.min(available);
                self.scanned += taken as usize;
                self.literal_remaining -= taken;
                if self.literal_remaining > 0 {
                    return Ok(None);
                }
                self.line_start = self.scanned;
            }
            let Some(end) = self.scan_line()? else {
                return Ok(None);
            };
            // `end` is the offset of the LF.
            let content_end = if end > self.line_start && self.buffer[end - 1] == b'\r' {
                end - 1
            } else {
                end
            };
            self.scanned = end + 1;
            let line = &self.buffer[self.line_start..content_end];
            if self.kind == Kind::Undecided {
                self.kind = kind_of(line);
            }
            let announcement = match self.kind {
                Kind::Data => announcement(line).filter(|_| !ends_in_string(line)),
                _ => None,
            };
            let Some(announcement) = announcement else {
                return Ok(Some(self.cut(content_end)));
            };
            self.begin_literal(&announcement)?;
        }
    }

    /// Looks at octets up to the next LF.
    fn scan_line(&mut self) -> Result<Option<usize>, FrameError> {
        let limit = self.limits.line;
        let found = memchr(b'\n', &self.buffer[self.scanned..]).map(|n| self.scanned + n);
        let at = found.unwrap_or(self.buffer.len());
        self.scanned = at;
        if at - self.line_start > limit {
            return Err(FrameError::LineTooLong { limit });
        }
        if (at - self.start) as u64 > self.limits.response {
            return Err(FrameError::ResponseTooLarge {
                limit: self.limits.response,
            });
        }
        Ok(found)
    }

    fn begin_literal(&mut self, announcement: &Announcement) -> Result<(), FrameError> {
        let limit = self.limits.literal;
        let size =
            announcement
                .size
                .filter(|&n| n <= limit)
                .ok_or(FrameError::LiteralTooLarge {
                    announced: announcement.size,
                    limit,
                })?;
        if self.literals.len() >= self.limits.literals {
            return Err(FrameError::TooManyLiterals {
                limit: self.limits.literals,
            });
        }
        let begin = self.scanned - self.start;
        let too_large = FrameError::ResponseTooLarge {
            limit: self.limits.response,
        };
        let end = (begin as u64)
            .checked_add(size)
            .filter(|&end| end <= self.limits.response)
            .ok_or(too_large)?;
        let end = usize::try_from(end).map_err(|_| too_large)?;
        self.literals.push(LiteralSpan {
            announced_at: self.line_start - self.start + announcement.offset,
            data: begin..end,
            binary: announcement.binary,
        });
        self.literal_remaining = size;
        self.line_start = self.scanned;
        Ok(())
    }

    /// Hands out the response that ends before `content_end`; the scan stands behind its line end.
    fn cut(&mut self, content_end: usize) -> Frame {
        let length = content_end - self.start;
        let bytes = if length >= LARGE && length >= self.buffer.len() - self.scanned {
            // A fetched message: take the buffer over and keep a copy of the little behind it.
            let rest = self.buffer.split_off(self.scanned);
            let mut bytes = std::mem::replace(&mut self.buffer, rest);
            bytes.truncate(content_end);
            bytes.drain(..self.start);
            self.scanned = 0;
            bytes
        } else {
            self.buffer[self.start..content_end].to_vec()
        };
        self.start = self.scanned;
        self.line_start = self.scanned;
        self.kind = Kind::Undecided;
        Frame {
            bytes: Arc::new(bytes),
            literals: std::mem::take(&mut self.literals),
        }
    }
}

/// From this size on a response is handed out without being copied.
const LARGE: usize = 64 << 10;

/// Whether the line ends inside a quoted string: then what looks like an announcement is none.
fn ends_in_string(line: &[u8]) -> bool {
    // Behind the last backslash, and what it stands before, quotes come in pairs, most of the time.
    let tail = memrchr(b'\\', line).map_or(0, |at| line.len().min(at + 2));
    if memchr_iter(b'"', &line[tail..]).count().is_multiple_of(2) {
        return is_in_string(&line[..tail]);
    }
    is_in_string(line)
}

fn is_in_string(line: &[u8]) -> bool {
    let mut quoted = false;
    let mut escaped = None;
    scan::each_quote_or_backslash(line, |at| {
        if escaped == Some(at) {
        } else if line[at] == b'"' {
            quoted = !quoted && opens_string(&line[..at]);
        } else if quoted {
            // A backslash stands for the octet after it.
            escaped = Some(at + 1);
        }
    });
    quoted
}

/// Whether a `"` after `before` (same line) begins a quoted string. Inside an atom it does not: a stray one must
/// not hide the literal that follows.
fn opens_string(before: &[u8]) -> bool {
    !matches!(before.last(), Some(b) if b.is_ascii_alphanumeric() || *b >= 0x80)
}

/// Decides from the first line of a response whether it is a status response or a continuation request: their text
/// is for humans and holds no literals.
fn kind_of(line: &[u8]) -> Kind {
    let mut words = line.split(|&b| b == b' ').filter(|word| !word.is_empty());
    if words.next() != Some(b"*") {
        return Kind::Status;
    }
    let status = |word: &[u8]| {
        [&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"]
            .iter()
            .any(|s| s.eq_ignore_ascii_case(word))
    };
    match words.next() {
        Some(word) if status(word) => Kind::Status,
        _ => Kind::Data,
    }
}

struct Announcement {
    /// Offset of `~` or `{` in the line.
    offset: usize,
    /// `None`: more than 64 bits.
    size: Option<u64>,
    binary: bool,
}

/// Finds `{n}`, `{n+}` or `~{n}` at the end of a line. Anything else in braces is text.
fn announcement(line: &[u8]) -> Option<Announcement> {
    let inner = line.strip_suffix(b"}")?;
    let inner = inner.strip_suffix(b"+").unwrap_or(inner);
    let digits = inner
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_digit())
        .count();
    let (head, number) = inner.split_at(inner.len() - digits);
    let head = head.strip_suffix(b"{")?;
    if number.is_empty() {
        return None;
    }
    let size = number.iter().try_fold(0u64, |n, &b| {
        n.checked_mul(10)?.checked_add(u64::from(b - b'0'))
    });
    let binary = head.last() == Some(&b'~');
    Some(Announcement {
        offset: head.len() - usize::from(binary),
        size,
        binary,
    })
}

#[cfg(test)]
mod tests;
