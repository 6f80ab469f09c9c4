//! Content transfer encodings (RFC 2045 section 6), as tolerant and as strict as c-client's
//! `rfc822_base64` and `rfc822_binary`.

#![forbid(unsafe_code)]

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// What a base64 text holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Base64 {
    /// The octets.
    pub data: Vec<u8>,
    /// Where, after the padding that ends the data, more data follows: the text was probably
    /// two texts once, and what follows is ignored.
    pub trailing: Option<usize>,
}

/// Octets of one encoded line: 60 characters.
const LINE: usize = 45;

/// Decodes base64.
///
/// White space (space, tab, CR, LF, form feed, NUL) is skipped anywhere except between the two
/// `=` of a padding. After complete padding everything but data characters is ignored. A text that
/// ends without padding gives its complete octets. Any other octet, and padding in the wrong
/// place, make the whole text invalid: `None`.
pub fn decode_base64(text: &[u8]) -> Option<Base64> {
    let mut data = Vec::with_capacity(text.len() / 4 * 3 + 3);
    // The bits of the running quantum, and how many characters of it have come.
    let (mut bits, mut count) = (0u32, 0);
    let mut octets = text.iter().copied().enumerate();
    while let Some((index, octet)) = octets.next() {
        if let Some(value) = sextet(octet) {
            bits = bits << 6 | u32::from(value);
            count += 1;
            if count == 4 {
                data.extend_from_slice(&bits.to_be_bytes()[1..]);
                (bits, count) = (0, 0);
            }
        } else if octet == b'=' {
            match count {
                2 if text.get(index + 1) == Some(&b'=') => data.push((bits >> 4) as u8),
                3 => data.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
                _ => return None,
            }
            let trailing = octets
                .find(|&(_, octet)| sextet(octet).is_some())
                .map(|(index, _)| index);
            return Some(Base64 { data, trailing });
        } else if !is_space(octet) {
            return None;
        }
    }
    match count {
        2 => data.push((bits >> 4) as u8),
        3 => data.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => {}
    }
    Some(Base64 {
        data,
        trailing: None,
    })
}

/// Encodes octets as base64: lines of 60 characters, each ended with CRLF, and a CRLF at the end
/// (so that input of whole lines, or none, ends in an empty line).
pub fn encode_base64(data: &[u8]) -> Vec<u8> {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new());
    let mut text = Vec::with_capacity(data.len().div_ceil(3) * 4 + 2 * (data.len() / LINE + 1));
    let mut line = String::with_capacity(60);
    for chunk in data.chunks(LINE) {
        line.clear();
        ENGINE.encode_string(chunk, &mut line);
        text.extend_from_slice(line.as_bytes());
        if line.len() == 60 {
            text.extend_from_slice(b"\r\n");
        }
    }
    text.extend_from_slice(b"\r\n");
    text
}

/// What a quoted-printable text holds.
#[derive(Debug, PartialEq, Eq)]
pub struct QuotedPrintable {
    /// The octets.
    pub data: Vec<u8>,
    /// Where, in the text, the first wrong sequence is: the octet behind its `=`, or the one behind that if the
    /// first could have been a digit.
    pub invalid: Option<usize>,
}

/// Decodes quoted-printable as `rfc822_qprint` does: never fails.
///
/// Spaces before a line end go, tabs stay; `=` at a line end joins lines and keeps spaces before it. `=` before
/// something that is not two hexadecimal digits stays, with the octet behind it; of two octets of which only the
/// first is a digit the second is lost. `=` at the end of the text goes.
pub fn decode_quoted_printable(text: &[u8]) -> QuotedPrintable {
    let mut data = Vec::with_capacity(text.len());
    // What lies behind `kept` are spaces that a line end would remove.
    let (mut kept, mut invalid) = (0, None);
    let mut octets = text.iter().copied().enumerate().peekable();
    while let Some((_, octet)) = octets.next() {
        match octet {
            b' ' => {
                data.push(octet);
                continue;
            }
            b'\r' | b'\n' => {
                data.truncate(kept);
                data.push(octet);
            }
            b'=' => match octets.next_if(|&(_, next)| next != 0) {
                None => continue,
                Some((_, b'\n')) => {}
                Some((_, b'\r')) => {
                    octets.next_if(|&(_, next)| next == b'\n');
                }
                Some((at, first)) => {
                    let second = match hex_digit(first) {
                        Some(_) => octets.next(),
                        None => None,
                    };
                    match (
                        hex_digit(first),
                        second.and_then(|(_, second)| hex_digit(second)),
                    ) {
                        (Some(high), Some(low)) => data.push(high << 4 | low),
                        _ => {
                            invalid = invalid.or(Some(second.map_or(at, |(at, _)| at)));
                            data.extend_from_slice(&[b'=', first]);
                        }
                    }
                }
            },
            _ => data.push(octet),
        }
        kept = data.len();
    }
    QuotedPrintable { data, invalid }
}

/// The value of a hexadecimal digit, of either case.
pub(super) fn hex_digit(octet: u8) -> Option<u8> {
    char::from(octet).to_digit(16).map(|value| value as u8)
}

/// The six bits of a data character.
pub(super) fn sextet(octet: u8) -> Option<u8> {
    Some(match octet {
        b'A'..=b'Z' => octet - b'A',
        b'a'..=b'z' => octet - b'a' + 26,
        b'0'..=b'9' => octet - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// What c-client skips inside base64.
fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'\x0c' | b'\0')
}

/// Longest line of quoted-printable without the `=` that continues it (RFC 2045 section 6.7).
const QUOTED_LINE: usize = 75;

/// Encodes octets as quoted-printable, as `rfc822_8bit` does: CR LF is a line end, all other controls are quoted.
pub fn encode_quoted_printable(data: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut text = Vec::with_capacity(data.len() + data.len() / 8);
    let mut column = 0;
    let mut octets = data.iter().copied().peekable();
    while let Some(octet) = octets.next() {
        if octet == b'\r' && octets.next_if_eq(&b'\n').is_some() {
            text.extend_from_slice(b"\r\n");
            column = 0;
            continue;
        }
        let quoted = !matches!(octet, b' '..=b'~')
            || octet == b'='
            || (octet == b' ' && octets.peek() == Some(&b'\r'));
        let width = if quoted { 3 } else { 1 };
        if column + width > QUOTED_LINE {
            text.extend_from_slice(b"=\r\n");
            column = 0;
        }
        column += width;
        if quoted {
            let (high, low) = (usize::from(octet >> 4), usize::from(octet & 15));
            text.extend_from_slice(&[b'=', DIGITS[high], DIGITS[low]]);
        } else {
            text.push(octet);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(text: &[u8]) -> Option<Vec<u8>> {
        decode_base64(text).map(|decoded| decoded.data)
    }

    #[test]
    fn rfc_4648_vectors() {
        for (plain, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(data(text.as_bytes()).unwrap(), plain.as_bytes());
            assert_eq!(
                encode_base64(plain.as_bytes()),
                format!("{text}\r\n").as_bytes()
            );
        }
    }

    #[test]
    fn what_is_encoded_decodes_again() {
        for length in 0..200 {
            let plain: Vec<u8> = (0..length).map(|i| (i * 37 + length) as u8).collect();
            assert_eq!(data(&encode_base64(&plain)).unwrap(), plain);
        }
    }

    #[test]
    fn lines_have_sixty_characters() {
        assert_eq!(
            encode_base64(&[0; 45]),
            [&[b'A'; 60][..], b"\r\n\r\n"].concat()
        );
        assert_eq!(
            encode_base64(&[0; 46]),
            [&[b'A'; 60][..], b"\r\nAA==\r\n"].concat()
        );
    }

    #[test]
    fn white_space_is_skipped_but_not_between_pads() {
        assert_eq!(data(b"Z m9\r\nv\tYg\0==\x0c").unwrap(), b"foob");
        assert_eq!(data(b"Zg= ="), None);
    }

    #[test]
    fn missing_padding_gives_the_whole_octets() {
        assert_eq!(data(b"Z").unwrap(), b"");
        assert_eq!(data(b"Zg").unwrap(), b"f");
        assert_eq!(data(b"Zm8").unwrap(), b"fo");
    }

    #[test]
    fn rubbish_and_misplaced_padding_are_refused() {
        for text in [
            &b"Zg.="[..],
            b"=",
            b"Z===",
            b"Zg=",
            b"Zm9v=",
            b"Zm9v\x0b",
            b"Zg==\x80A=",
        ] {
            assert_eq!(data(text).is_none(), text != b"Zg==\x80A=", "{text:?}");
        }
    }

    fn quoted(text: &[u8]) -> Vec<u8> {
        decode_quoted_printable(text).data
    }

    #[test]
    fn quoted_printable() {
        assert_eq!(quoted(b"Gr=C3=BC=c3=9fe"), "Gr\u{fc}\u{df}e".as_bytes());
        assert_eq!(quoted(b"a  \r\nb \t \nc  "), b"a\r\nb \t\nc  ");
        assert_eq!(quoted(b"soft  =\r\nline =\n=\rend="), b"soft  line end");
        assert_eq!(quoted(b"=\0=20 \n"), b"\0 \n");
    }

    #[test]
    fn wrong_quoted_printable_stays_and_is_reported() {
        for (text, plain, at) in [
            (&b"a=zz"[..], &b"a=zz"[..], 2),
            (b"a=4z5=x", b"a=45=x", 3),
            (b"a=4", b"a=4", 2),
            (b"== ", b"== ", 1),
        ] {
            let decoded = decode_quoted_printable(text);
            assert_eq!(
                (decoded.data.as_slice(), decoded.invalid),
                (plain, Some(at))
            );
        }
        assert_eq!(decode_quoted_printable(b"=41").invalid, None);
    }

    #[test]
    fn data_after_padding_is_reported() {
        let decoded = decode_base64(b"Zm8=\r\n-- \r\nlist footer").unwrap();
        assert_eq!(decoded.data, b"fo");
        assert_eq!(decoded.trailing, Some(11));
        assert_eq!(decode_base64(b"Zm8=\r\n==--").unwrap().trailing, None);
    }

    #[test]
    fn quoted_printable_decodes_again_and_has_short_lines() {
        for length in 0..400usize {
            let data: Vec<u8> = (0..length).map(|i| (i * 31 + length * 7) as u8).collect();
            let text = encode_quoted_printable(&data);
            assert!(text.split(|&b| b == b'\n').all(|line| line.len() <= 77));
            // A space at the very end has no line end behind it and stays.
            assert_eq!(decode_quoted_printable(&text).data, data);
        }
    }

    #[test]
    fn line_ends_stay_and_spaces_before_them_are_quoted() {
        assert_eq!(
            encode_quoted_printable(b"a \r\n=\tb\n\xff"),
            b"a=20\r\n=3D=09b=0A=FF"
        );
    }
}
