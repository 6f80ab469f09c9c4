//! How c-client makes texts comparable when it searches by itself.

use super::local::TextRules;
use crate::mime::canonical::{Form, Writer};
use crate::mime::{charset, encoded_word};

/// Brings texts to canonical UTF-8: letters of either case, composed or not, wide or narrow, are the same
/// (`U8T_CANONICAL`).
///
/// A text in an unknown charset is taken for what it looks like. What is not valid in its charset is still
/// compared: ASCII and UTF-8 in it like any other, further octets as they are. c-client leaves such a text alone and so
/// misses what it contains.
#[derive(Debug, Clone, Copy, Default)]
pub struct CanonicalRules;

impl TextRules for CanonicalRules {
    fn header(&self, raw: &[u8]) -> Vec<u8> {
        match encoded_word::decode(raw, Form::CANONICAL) {
            Ok(text) => text.into_owned(),
            Err(encoded_word::Undecodable) => lenient(raw),
        }
    }

    fn text(&self, raw: &[u8], name: Option<&[u8]>) -> Vec<u8> {
        let decoded = charset::to_utf8(raw, name, Form::CANONICAL)
            .or_else(|_| charset::to_utf8(raw, None, Form::CANONICAL));
        match decoded {
            Ok(std::borrow::Cow::Owned(text)) => text,
            // Nothing could be converted.
            _ => lenient(raw),
        }
    }
}

fn lenient(raw: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(Form::CANONICAL, raw.len());
    writer.push_lenient(raw);
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &[u8], name: &str) -> Vec<u8> {
        CanonicalRules.text(raw, Some(name.as_bytes()).filter(|name| !name.is_empty()))
    }

    #[test]
    fn one_text_in_many_charsets() {
        let wanted = text("Grüße".as_bytes(), "");
        assert_eq!(wanted, "GRU\u{308}ßE".as_bytes());
        for (raw, name) in [
            (&b"gR\xfc\xdfe"[..], "iso-8859-1"),
            (b"gR\xfc\xdfe", "Windows-1252"),
            (b"gr\x81\xe1e", "ibm850"),
            (b"gr+APwA3w-e", "utf-7"),
            (b"\0g\0R\0\xfc\0\xdf\0e", "UTF-16"),
            ("ｇｒüßｅ".as_bytes(), "utf-8"),
            ("grüße".as_bytes(), "x-unknown"),
        ] {
            assert_eq!(text(raw, name), wanted, "{name}");
        }
        assert_ne!(text(b"gr\xfc\xdfe", "iso-8859-5"), wanted);
    }

    #[test]
    fn headers_in_pieces_raw_and_broken() {
        for raw in [
            "=?utf-8?q?gr=C3=BC?= =?iso-8859-1?q?=DFe?=",
            "grüße",
            "GRU\u{308}ßE",
        ] {
            assert_eq!(
                CanonicalRules.header(raw.as_bytes()),
                "GRU\u{308}ßE".as_bytes()
            );
        }
        assert_eq!(
            CanonicalRules.header(b"a =?utf-8?q?=xy?= b \xfc"),
            b"A =?UTF-8?Q?=XY?= B \xfc"
        );
    }

    #[test]
    fn text_that_is_not_what_it_says() {
        assert_eq!(text(b"abc \xfc \xc3\xbc", "utf-8"), b"ABC \xfc U\xcc\x88");
        assert_eq!(text(b"abc \xfc", ""), b"ABC \xfc");
    }
}
