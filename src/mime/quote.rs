//! Quoting: words for headers, and texts as quoted-printable.

#![forbid(unsafe_code)]

use std::borrow::Cow;

/// What makes a word need quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule<'s> {
    /// One of these octets, or nothing in it.
    Octets(&'s [u8]),
    /// It is no atom: RFC 5322's specials other than the dot, space, controls, or nothing in it.
    Phrase,
    /// It is no dot-atom of RFC 5322 section 3.2.3.
    DotAtom,
    /// It is no token of RFC 2045 section 5.1.
    Token,
}

impl Rule<'_> {
    fn needs_quotes(self, word: &[u8]) -> bool {
        let control_or = |marks: &[u8]| {
            word.iter()
                .any(|&octet| octet < 0x20 || octet == 0x7f || marks.contains(&octet))
        };
        let special = match self {
            Rule::Octets(octets) => word.iter().any(|octet| octets.contains(octet)),
            Rule::Phrase => control_or(b"()<>@,;:\\\"[]."),
            Rule::Token => control_or(b" ()<>@,;:\\\"[]/?="),
            Rule::DotAtom => {
                control_or(b" ()<>@,;:\\\"[]")
                    || word.starts_with(b".")
                    || word.ends_with(b".")
                    || word.windows(2).any(|pair| pair == b"..")
            }
        };
        special || word.is_empty()
    }
}

/// The word, in quotes if the rule says so (`rfc822_cat`).
pub fn quote<'w>(word: &'w [u8], rule: Rule<'_>) -> Cow<'w, [u8]> {
    if !rule.needs_quotes(word) {
        return Cow::Borrowed(word);
    }
    let mut quoted = Vec::with_capacity(word.len() + 2);
    quoted.push(b'"');
    for &octet in word {
        if matches!(octet, b'\\' | b'"') {
            quoted.push(b'\\');
        }
        quoted.push(octet);
    }
    quoted.push(b'"');
    Cow::Owned(quoted)
}

/// Longest line of quoted-printable without the `=` that continues it (RFC 2045 section 6.7).
const LINE: usize = 75;

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
        if column + width > LINE {
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
    use crate::mime::encoding::decode_quoted_printable;

    #[test]
    fn words_are_quoted_where_they_must() {
        for (word, rule, quoted) in [
            ("", Rule::Phrase, "\"\""),
            ("A Name", Rule::Phrase, "A Name"),
            ("A. Name", Rule::Phrase, "\"A. Name\""),
            ("a.b", Rule::DotAtom, "a.b"),
            ("a..b", Rule::DotAtom, "\"a..b\""),
            (".a", Rule::DotAtom, "\".a\""),
            ("a.", Rule::DotAtom, "\"a.\""),
            ("a.", Rule::Token, "a."),
            ("a/b", Rule::Token, "\"a/b\""),
            ("a\\\"b", Rule::DotAtom, "\"a\\\\\\\"b\""),
            ("a\\b", Rule::Octets(b"x"), "a\\b"),
            ("axb", Rule::Octets(b"x"), "\"axb\""),
        ] {
            assert_eq!(*quote(word.as_bytes(), rule), *quoted.as_bytes(), "{word}");
        }
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
