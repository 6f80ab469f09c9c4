//! Encoded words in header fields (RFC 2047), as `utf8_mime2text` reads them.

#![forbid(unsafe_code)]

use std::borrow::Cow;

use super::canonical::{Form, Sink, Writer};
use super::charset;
use super::encoding::{decode_base64, hex_digit};

/// Octets that an encoded word has at least one more than.
const SHORTEST: usize = 9;
/// Octets from the beginning of a word to the `?` that ends its text: fewer than these (RFC 2047 section 2).
const LONGEST: usize = 75;

/// An encoded word has the right form and cannot be decoded: unknown encoding, bad digits, bad base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecodable;

/// Brings a header text to UTF-8. Borrowed if nothing was to be done.
///
/// Encoded words are seen at the beginning and after white space, if white space or the end follows. White space
/// between two of them goes. A word in an unknown charset is read as [`charset::to_utf8`] reads texts without a
/// charset. Everything else stays; to be compared it is read as UTF-8, octets that are none stay as they are.
///
/// One word that cannot be decoded fails the whole text, as in c-client.
pub fn decode(text: &[u8], form: Form) -> Result<Cow<'_, [u8]>, Undecodable> {
    decode_telling(text, form, |_| ())
}

/// As [`decode`]; `trailing` is told of base64 data that stands behind the padding of a word: the text from there on.
pub fn decode_telling(
    text: &[u8],
    form: Form,
    mut trailing: impl FnMut(&[u8]),
) -> Result<Cow<'_, [u8]>, Undecodable> {
    let mut out: Option<Writer> = (form != Form::PLAIN).then(|| Writer::new(form, text.len()));
    // The text from `plain` on is not written yet.
    let (mut plain, mut at) = (0, 0);
    while at < text.len() {
        let Some(word) = Word::at(text, at) else {
            at = text[at..]
                .iter()
                .position(|&octet| is_space(octet))
                .map_or(text.len(), |space| at + space + 1);
            continue;
        };
        let (octets, more) = word.octets().ok_or(Undecodable)?;
        if let Some(more) = more {
            trailing(&text[word.end - 2 - word.text.len() + more..]);
        }
        let decoded = charset::to_utf8(&octets, Some(word.charset), form)
            .or_else(|_| charset::to_utf8(&octets, None, form))
            .unwrap_or(Cow::Borrowed(&octets));
        let out = out.get_or_insert_with(|| Writer::new(form, text.len()));
        write_plain(out, &text[plain..at], form);
        out.push_raw(&decoded);
        plain = next_word(text, word.end).unwrap_or(word.end);
        at = plain;
    }
    Ok(match out {
        None => Cow::Borrowed(text),
        Some(mut out) => {
            write_plain(&mut out, &text[plain..], form);
            Cow::Owned(out.finish())
        }
    })
}

fn write_plain(out: &mut Writer, text: &[u8], form: Form) {
    // Only what is to be compared is brought to the form outside of encoded words.
    if form.one_case {
        out.push_lenient(text);
    } else {
        out.push_raw(text);
    }
}

/// An encoded word.
struct Word<'t> {
    /// Its charset, without the language that RFC 2231 allows behind it.
    charset: &'t [u8],
    encoding: u8,
    text: &'t [u8],
    /// Where the text goes on behind it.
    end: usize,
}

impl<'t> Word<'t> {
    /// The word that begins here.
    fn at(whole: &'t [u8], begin: usize) -> Option<Self> {
        let rest = &whole[begin..];
        if rest.len() <= SHORTEST {
            return None;
        }
        let charset = token(rest.strip_prefix(b"=?")?)?;
        let after = &rest[2 + charset.len() + 1..];
        let &[encoding] = token(after)? else {
            return None;
        };
        let text = after.get(2..).and_then(encoded_text)?;
        let mark = rest.len() - after.len() + 2 + text.len();
        (mark < LONGEST).then(|| Word {
            charset: charset
                .split(|&octet| octet == b'*')
                .next()
                .unwrap_or_default(),
            encoding,
            text,
            end: begin + mark + 2,
        })
    }

    /// What the word encodes, and where in its text base64 data begins that is too much.
    fn octets(&self) -> Option<(Vec<u8>, Option<usize>)> {
        decode_text(self.encoding, self.text)
    }
}

/// What a text in the encoding `Q` or `B` encodes, and where in it base64 data begins that is too much
/// (`mime2_decode`).
pub fn decode_text(encoding: u8, text: &[u8]) -> Option<(Vec<u8>, Option<usize>)> {
    match encoding {
        b'Q' | b'q' => decode_q(text).map(|data| (data, None)),
        b'B' | b'b' => decode_base64(text).map(|decoded| (decoded.data, decoded.trailing)),
        _ => None,
    }
}

/// What stands before a `?`, if it is a token.
fn token(text: &[u8]) -> Option<&[u8]> {
    token_end(text).ok().map(|end| &text[..end])
}

/// Where the `?` behind a token stands (`mime2_token`).
///
/// # Errors
/// There is none; where that shows.
pub fn token_end(text: &[u8]) -> Result<usize, usize> {
    let end = text
        .iter()
        .position(|octet| !octet.is_ascii_graphic() || b"()<>@,;:\\\"/[].=?".contains(octet))
        .unwrap_or(text.len());
    if text.get(end) == Some(&b'?') {
        Ok(end)
    } else {
        Err(end)
    }
}

/// What stands before `?=`, behind which white space or nothing follows (`mime2_text`). One octet that should not be
/// there, a space say, is borne before the `?`, as in c-client.
pub fn encoded_text(text: &[u8]) -> Option<&[u8]> {
    let stop = text
        .iter()
        .position(|&octet| octet == b'?' || !octet.is_ascii_graphic())?;
    let mark = if text[stop] == b'?' { stop } else { stop + 1 };
    match text.get(mark..)? {
        [b'?', b'='] => Some(&text[..mark]),
        [b'?', b'=', next, ..] if is_space(*next) => Some(&text[..mark]),
        _ => None,
    }
}

/// Where the next encoded word begins, if only white space lies between: one line end, at most.
fn next_word(text: &[u8], from: usize) -> Option<usize> {
    let blank = |&octet: &u8| matches!(octet, b' ' | b'\t');
    let skip = |at: usize| at + text[at..].iter().take_while(|octet| blank(octet)).count();
    let mut at = skip(from);
    // So near the end no word is looked for.
    let enough = |at: usize| at + SHORTEST < text.len();
    if !enough(at) {
        return None;
    }
    if matches!(text[at], b'\r' | b'\n') {
        at += if text[at..].starts_with(b"\r\n") {
            2
        } else {
            1
        };
        text.get(at).filter(|octet| blank(octet))?;
        at = skip(at);
        // One octet less is enough behind a line end, in c-client.
        if !enough(at - 1) {
            return None;
        }
    }
    text[at..].starts_with(b"=?").then_some(at)
}

/// The Q encoding (RFC 2047 section 4.2).
fn decode_q(text: &[u8]) -> Option<Vec<u8>> {
    let mut data = Vec::with_capacity(text.len());
    let mut octets = text.iter().copied();
    while let Some(octet) = octets.next() {
        data.push(match octet {
            b'=' => hex_digit(octets.next()?)? << 4 | hex_digit(octets.next()?)?,
            b'_' => b' ',
            _ => octet,
        });
    }
    Some(data)
}

fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        String::from_utf8(decode(text.as_bytes(), Form::PLAIN).unwrap().into_owned()).unwrap()
    }

    #[test]
    fn examples_of_rfc_2047() {
        for (text, wanted) in [
            (
                "=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>",
                "Keith Moore <moore@cs.utk.edu>",
            ),
            ("=?ISO-8859-1?Q?Andr=E9?= Pirard", "André Pirard"),
            (
                "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n    =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
                "If you can read this you understand the example.",
            ),
            ("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"),
            ("=?ISO-8859-1?Q?a?=  \r\n  =?ISO-8859-1?Q?b?= c", "ab c"),
            ("=?ISO-8859-1?Q?a_b?=", "a b"),
            ("=?ISO-8859-1?Q?a?= b", "a b"),
        ] {
            assert_eq!(plain(text), wanted);
        }
    }

    #[test]
    fn what_is_no_word_stays() {
        for text in [
            "",
            "=?",
            "nothing here",
            "x=?ISO-8859-1?Q?abc?=",
            "=?ISO-8859-1?Q?abc?=x",
            "=?ISO-8859-1?QQ?abc?=",
            "=?ISO.8859?Q?abc?=",
            "=?ISO-8859-1?Q?a b?=",
            "=?ISO-8859-1?Q?abc",
            "=?ISO-8859-1?Q",
        ] {
            assert!(
                matches!(decode(text.as_bytes(), Form::PLAIN), Ok(Cow::Borrowed(same)) if same == text.as_bytes()),
                "{text}"
            );
        }
    }

    #[test]
    fn charsets_with_a_language_or_unknown() {
        assert_eq!(plain("=?ISO-8859-1*de?q?gr=fc=DFe?="), "grüße");
        assert_eq!(plain("=?x-unheard-of?q?gr=c3=bc?="), "grü");
        let raw = decode(b"=?x-unheard-of?q?gr=fc?=", Form::PLAIN).unwrap();
        assert_eq!(&*raw, b"gr\xfc");
    }

    #[test]
    fn broken_words_fail() {
        for text in [
            "=?utf-8?Q?=zz?=",
            "=?utf-8?X?abcd?=",
            "a =?utf-8?B?=====?=",
            "=?utf-8?Q?abc=4?=",
        ] {
            assert_eq!(
                decode(text.as_bytes(), Form::CANONICAL),
                Err(Undecodable),
                "{text}"
            );
        }
    }

    #[test]
    fn canonical_form() {
        let decoded = decode("Ä a =?utf-8?q?=C3=A4?= \u{e4}".as_bytes(), Form::CANONICAL).unwrap();
        assert_eq!(decoded, "A\u{308} A A\u{308} A\u{308}".as_bytes());
    }
}
