//! Lines out of octets. A line ends in CR LF; a CR or an LF alone is part of it, as in c-client.

use std::fmt;

/// A line is longer than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server sent a line without end")
    }
}

/// Octets that have come, and how far they have been cut.
#[derive(Debug, Default)]
pub struct Lines {
    octets: Vec<u8>,
    /// Where the next line begins.
    start: usize,
    /// Before this there is no end of that line.
    looked: usize,
}

impl Lines {
    /// Takes in what has come.
    pub fn feed(&mut self, octets: &[u8]) {
        if self.start > 0 {
            // At most once for each read, so that each octet is moved a few times at most.
            self.octets.drain(..self.start);
            self.looked -= self.start;
            self.start = 0;
        }
        self.octets.extend_from_slice(octets);
    }

    /// The next whole line without its CR LF; `None` when more octets are needed.
    ///
    /// # Errors
    /// [`TooLong`] if it has more than `limit` octets, whether or not its end has come.
    pub fn next(&mut self, limit: usize) -> Result<Option<&[u8]>, TooLong> {
        let from = self.looked;
        let end = self.octets[from..]
            .windows(2)
            .position(|pair| pair == b"\r\n")
            .map(|at| from + at);
        let length = end.unwrap_or(self.octets.len()) - self.start;
        if length > limit.saturating_add(1) || end.is_some() && length > limit {
            return Err(TooLong);
        }
        let Some(end) = end else {
            // The last octet may be the CR of the end.
            self.looked = self.octets.len().saturating_sub(1).max(self.start);
            return Ok(None);
        };
        let line = self.start..end;
        self.start = end + 2;
        self.looked = self.start;
        Ok(Some(&self.octets[line]))
    }

    /// At most `count` octets of what has come, whatever they are.
    pub fn take(&mut self, count: usize) -> Vec<u8> {
        let end = self.start + count.min(self.octets.len() - self.start);
        let taken = self.octets[self.start..end].to_vec();
        self.start = end;
        self.looked = self.looked.max(end);
        taken
    }

    /// What has come and was not asked for yet.
    pub fn unread(&self) -> &[u8] {
        &self.octets[self.start..]
    }
}

/// A line of a multi-line answer: what it says, or that the answer ends (RFC 1939, section 3).
pub fn unstuff(line: &[u8]) -> Option<&[u8]> {
    match line {
        b"." => None,
        [b'.', rest @ ..] => Some(rest),
        line => Some(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(lines: &mut Lines, limit: usize) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        while let Some(line) = lines.next(limit).unwrap() {
            found.push(line.to_vec());
        }
        found
    }

    #[test]
    fn lines_are_the_same_however_they_arrive() {
        let text = b"+OK\r\n\r\na\rb\nc\0\r\r\n.\r\n..x\r\nrest\r";
        let want: [&[u8]; 5] = [b"+OK", b"", b"a\rb\nc\0\r", b".", b"..x"];
        for size in 1..=text.len() {
            let mut lines = Lines::default();
            let mut found = Vec::new();
            for piece in text.chunks(size) {
                lines.feed(piece);
                found.extend(all(&mut lines, 100));
            }
            assert_eq!(found, want, "in pieces of {size}");
            assert_eq!(lines.unread(), b"rest\r");
        }
    }

    #[test]
    fn a_line_without_end_is_refused_at_the_limit() {
        let mut lines = Lines::default();
        lines.feed(&[b'x'; 10]);
        assert_eq!(lines.next(10), Ok(None));
        lines.feed(b"\r");
        assert_eq!(lines.next(10), Ok(None));
        lines.feed(b"\n");
        assert_eq!(lines.next(10), Ok(Some(&[b'x'; 10][..])));
        lines.feed(&[b'x'; 11]);
        lines.feed(b"\r\n");
        assert_eq!(lines.next(10), Err(TooLong));
        let mut lines = Lines::default();
        lines.feed(&[b'x'; 12]);
        assert_eq!(lines.next(10), Err(TooLong));
    }

    #[test]
    fn octets_and_lines_in_turn() {
        let mut lines = Lines::default();
        lines.feed(b"ab\r\ncdef\r\ng");
        assert_eq!(lines.take(1), b"a");
        assert_eq!(lines.next(9), Ok(Some(&b"b"[..])));
        assert_eq!(lines.take(2), b"cd");
        assert_eq!(lines.next(9), Ok(Some(&b"ef"[..])));
        assert_eq!(lines.next(9), Ok(None));
        assert_eq!(lines.take(9), b"g");
        lines.feed(b"\r\n");
        assert_eq!(lines.next(9), Ok(Some(&b""[..])));
    }

    #[test]
    fn dots_are_taken_off() {
        assert_eq!(unstuff(b"."), None);
        assert_eq!(unstuff(b".."), Some(&b"."[..]));
        assert_eq!(unstuff(b".x"), Some(&b"x"[..]));
        assert_eq!(unstuff(b""), Some(&b""[..]));
        assert_eq!(unstuff(b"x."), Some(&b"x."[..]));
    }
}
