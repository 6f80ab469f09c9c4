//! UTF-8 one character at a time, with c-client's reasons why an octet is none (`utf8_get_raw`, `utf8_get`,
//! `utf8_put`).

#![forbid(unsafe_code)]

/// Why no character stands at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A continuation without a beginning (`U8G_BADCONT`).
    Continuation,
    /// A character that another octet breaks off (`U8G_INCMPLT`).
    Incomplete,
    /// An octet that begins nothing, or one that makes a form longer than it need be (`U8G_NOTUTF8`).
    NotUtf8,
    /// There is no text (`U8G_ENDSTRG`).
    End,
    /// The text ends within a character (`U8G_ENDSTRI`).
    EndWithin,
    /// Half of a UTF-16 pair (`U8G_SURROGA`).
    Surrogate,
    /// Beyond U+10FFFF (`U8G_NOTUNIC`).
    NotUnicode,
}

/// The first character of a text and how many octets it has, of ISO 10646 as it was: up to six octets and 31 bits.
///
/// No octet is asked for behind the one that decides.
pub fn first_raw(octets: impl Iterator<Item = u8>) -> Result<(u32, usize), Fault> {
    let mut octets = octets.peekable();
    let first = octets.next().ok_or(Fault::End)?;
    // How many octets follow, the bits in the first one, and below what the second must not be when these are 0.
    let (more, bits, least) = match first {
        0..0x80 => return Ok((first.into(), 1)),
        0x80..0xc0 => return Err(Fault::Continuation),
        0xc0 | 0xc1 | 0xfe | 0xff => return Err(Fault::NotUtf8),
        0xc2..0xe0 => (1, first & 0x1f, 0),
        0xe0..0xf0 => (2, first & 0x0f, 0xa0),
        0xf0..0xf8 => (3, first & 0x07, 0x90),
        0xf8..0xfc => (4, first & 0x03, 0x88),
        0xfc..0xfe => (5, first & 0x01, 0x84),
    };
    if bits == 0 && octets.peek().is_some_and(|&second| second < least) {
        return Err(Fault::NotUtf8);
    }
    let mut code = u32::from(bits);
    for _ in 0..more {
        match octets.next() {
            None => return Err(Fault::EndWithin),
            Some(octet @ 0x80..0xc0) => code = code << 6 | u32::from(octet & 0x3f),
            Some(_) => return Err(Fault::Incomplete),
        }
    }
    Ok((code, more + 1))
}

/// The first character of a text, of today's Unicode, and how many octets it has.
pub fn first(octets: impl Iterator<Item = u8>) -> Result<(u32, usize), Fault> {
    match first_raw(octets)? {
        (0xd800..0xe000, _) => Err(Fault::Surrogate),
        (0x11_0000.., _) => Err(Fault::NotUnicode),
        found => Ok(found),
    }
}

/// Octets that a code of up to 31 bits takes; 0 beyond that.
pub fn size(code: usize) -> usize {
    match code {
        0..0x80 => 1,
        0x80..0x800 => 2,
        0x800..0x1_0000 => 3,
        0x1_0000..0x20_0000 => 4,
        0x20_0000..0x400_0000 => 5,
        0x400_0000..0x8000_0000 => 6,
        _ => 0,
    }
}

/// Writes a code, of any 31 bits, into `out`; returns how many of the six octets it took.
pub fn put(code: usize, out: &mut [u8; 6]) -> usize {
    let size = size(code);
    let mut rest = code;
    for octet in out[..size].iter_mut().skip(1).rev() {
        *octet = 0x80 | (rest & 0x3f) as u8;
        rest >>= 6;
    }
    if size > 0 {
        let mark = [0, 0xc0, 0xe0, 0xf0, 0xf8, 0xfc][size - 1];
        out[0] = mark | rest as u8;
    }
    size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_got() {
        for code in (0..0x8000_0000usize).step_by(997) {
            let mut out = [0; 6];
            let size = put(code, &mut out);
            assert_eq!(
                first_raw(out[..size].iter().copied()),
                Ok((code as u32, size))
            );
        }
        assert_eq!(put(0x8000_0000, &mut [0; 6]), 0);
    }

    #[test]
    fn agrees_with_the_standard_library() {
        for start in 0..=0xff {
            for second in 0..=0xff {
                for rest in [[0x80, 0x80], [0x41, 0x80], [0xbf, 0xbf]] {
                    let text = [start, second, rest[0], rest[1]];
                    let wanted = text.utf8_chunks().next();
                    let wanted = wanted.and_then(|chunk| chunk.valid().chars().next());
                    let found = first(text.iter().copied()).ok();
                    assert_eq!(
                        found.map(|(code, _)| code),
                        wanted.map(u32::from),
                        "{text:x?}"
                    );
                }
            }
        }
    }

    #[test]
    fn reasons() {
        for (text, fault) in [
            (&b""[..], Fault::End),
            (b"\x80", Fault::Continuation),
            (b"\xc3", Fault::EndWithin),
            (b"\xe0", Fault::EndWithin),
            (b"\xe0\x80\x80", Fault::NotUtf8),
            (b"\xe1a", Fault::Incomplete),
            (b"\xff", Fault::NotUtf8),
            (b"\xed\xa0\x80", Fault::Surrogate),
            (b"\xf4\x90\x80\x80", Fault::NotUnicode),
        ] {
            assert_eq!(first(text.iter().copied()), Err(fault), "{text:x?}");
        }
    }
}
