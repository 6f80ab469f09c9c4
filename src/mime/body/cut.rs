//! Where headers, lines and parts end, and what text looks like.

#![forbid(unsafe_code)]

use crate::mime::content::{ENCODING_7BIT, ENCODING_8BIT, ENCODING_BINARY, Extent};

/// Reads the lines of a part's header. The count of octets left may end between CR and LF; the LF is read all the same.
pub(super) struct PartHeader<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    pub(super) left: usize,
}

impl PartHeader<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    /// Reads one logical line, runs of white space as one space; false at the empty line and at the end.
    pub(super) fn line(&mut self, line: &mut Vec<u8>) -> bool {
        line.clear();
        if self.left == 0 || matches!(self.peek(), b'\r' | b'\n') {
            return false;
        }
        let mut last = b' ';
        while self.left > 0 {
            let octet = self.peek();
            self.at += 1;
            match octet {
                b'\r' | b'\n' => {
                    if octet == b'\r' && self.peek() == b'\n' {
                        self.at += 1;
                        self.left -= 1;
                    }
                    if self.left == 0 || !matches!(self.peek(), b' ' | b'\t') {
                        self.left = self.left.saturating_sub(1);
                        break;
                    }
                }
                0 => {
                    self.left -= 1;
                    break;
                }
                b' ' | b'\t' if last == b' ' => {}
                b' ' | b'\t' => {
                    last = b' ';
                    line.push(b' ');
                }
                _ => {
                    last = octet;
                    line.push(octet);
                }
            }
            self.left -= 1;
        }
        true
    }

    pub(super) fn blank_line(&mut self) {
        for octet in [b'\r', b'\n'] {
            if self.left > 0 && self.peek() == octet {
                self.at += 1;
                self.left -= 1;
            }
        }
    }
}

/// Finds the parts of a multipart between `start` and `end`: where each begins, and its size without the line end
/// before the next boundary. At most `room`; the last one takes the rest. With the position behind what was looked at.
pub(super) fn split_parts(
    text: &[u8],
    start: usize,
    end: usize,
    boundary: &[u8],
    room: usize,
) -> (Vec<Extent>, usize) {
    let mut parts: Vec<Extent> = Vec::new();
    let mut open = false;
    let mut lines = Lines {
        text,
        at: start,
        left: end.saturating_sub(start),
    };
    let mut last = b'\n';
    while lines.left > boundary.len() + 2 && parts.len() < room {
        if last != b'\r' && last != b'\n' {
            last = lines.next();
            continue;
        }
        // In front of the line end that is about to be looked behind.
        let line_end = lines.at.saturating_sub(1);
        if last == b'\r' && lines.peek() == b'\n' {
            last = lines.next();
        }
        let delimiter = b"--".iter().chain(boundary);
        let mut differs = false;
        for &wanted in delimiter {
            last = lines.next();
            if last != wanted {
                differs = true;
                break;
            }
        }
        if differs {
            continue;
        }
        last = lines.next();
        let last_one = last == b'-';
        if last_one {
            if lines.left == 0 {
                continue;
            }
            last = lines.next();
            if last != b'-' {
                continue;
            }
            if lines.left > 0 {
                last = lines.next();
                if last != b'\r' && last != b'\n' {
                    continue;
                }
            }
        }
        while !last_one && matches!(last, b' ' | b'\t') {
            last = lines.next();
        }
        if !last_one && last == b'\r' && lines.left > 0 && lines.peek() == b'\n' {
            last = lines.next();
        }
        if last_one || matches!(last, b'\r' | b'\n') {
            if let Some(part) = parts.last_mut().filter(|_| open) {
                part.size = line_end.saturating_sub(part.offset);
            }
            if last_one {
                return (parts, lines.at);
            }
            open = true;
            parts.push(Extent {
                offset: lines.at,
                size: 0,
            });
        }
    }
    if let Some(part) = parts.last_mut() {
        part.size = lines.left + lines.at.saturating_sub(part.offset);
    }
    (parts, lines.at)
}

/// The octets of a multipart, and a line feed where they end.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    left: usize,
}

impl Lines<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn next(&mut self) -> u8 {
        if self.left == 0 {
            return b'\n';
        }
        let octet = self.peek();
        self.at += 1;
        self.left -= 1;
        octet
    }
}

/// Octets of the header of a message, with the empty line that ends it.
pub(super) fn header_size(text: &[u8]) -> usize {
    let mut last = b'\n';
    for (at, &octet) in text.iter().enumerate() {
        if last == b'\n' && octet == b'\n' {
            return at + 1;
        }
        if octet != b'\r' {
            last = octet;
        }
    }
    text.len()
}

/// Octets of a text when all its line ends are CR LF (`strcrlflen`).
pub(super) fn size_with_crlf(text: &[u8]) -> usize {
    let mut size = text.len();
    let mut octets = text.iter().peekable();
    while let Some(&octet) = octets.next() {
        match octet {
            b'\r' => {
                octets.next_if_eq(&&b'\n');
            }
            b'\n' => size += 1,
            _ => {}
        }
    }
    size
}

pub(super) fn count_lines(text: &[u8]) -> usize {
    text.iter().filter(|&&octet| octet == b'\n').count()
}

/// The charset of a text that names none: what its octets look like.
pub(super) fn guess_charset(text: &[u8], encoding: u16) -> &'static str {
    let mut octets = text.iter().copied();
    while let Some(mut octet) = octets.next() {
        // The shift to JIS X 0208 of RFC 1468. What was looked at on the way is not looked at again.
        if octet == 0x1b
            && let Some(second) = octets.next()
        {
            octet = second;
            if second == b'$'
                && let Some(third) = octets.next()
            {
                octet = third;
                if matches!(third, b'@' | b'B') {
                    return "ISO-2022-JP";
                }
            }
        }
        if octet >= 0x80 {
            return "X-UNKNOWN";
        }
    }
    match encoding {
        ENCODING_7BIT | ENCODING_8BIT | ENCODING_BINARY => "US-ASCII",
        _ => "X-UNKNOWN",
    }
}
