//! Encodings: what is encoded comes back, and what is decoded stays within a size that the input gives.

use c_client::mime::canonical::Form;
use c_client::mime::charset::{self, CHARSETS};
use c_client::mime::encoded_word;
use c_client::mime::encoding::{
    decode_base64, decode_quoted_printable, encode_base64, encode_quoted_printable,
};
use c_client::mime::mutf7;
use std::borrow::Cow;

/// BASE64 and QUOTED-PRINTABLE.
pub fn encodings(data: &[u8]) {
    let text = encode_base64(data);
    assert!(text.len() <= data.len() * 2 + 8);
    let back = decode_base64(&text).expect("our own BASE64");
    assert_eq!(back.data, data);
    let text = encode_quoted_printable(data);
    assert!(text.len() <= data.len() * 4 + 8);
    let back = decode_quoted_printable(&text);
    assert_eq!(back.invalid, None);
    assert_eq!(back.data, data);
    if let Some(decoded) = decode_base64(data) {
        assert!(decoded.data.len() <= data.len());
    }
    assert!(decode_quoted_printable(data).data.len() <= data.len());
}

/// Modified UTF-7, the names of mailboxes.
pub fn mailbox_utf7(data: &[u8]) {
    assert!(mutf7::decode(data).len() <= data.len() * 3 + 8);
    if let Ok(name) = std::str::from_utf8(data) {
        let encoded = mutf7::encode(name);
        assert!(encoded.is_ascii());
        assert!(encoded.len() <= data.len() * 6 + 8);
        if !name.contains(char::is_control) {
            assert_eq!(mutf7::decode(encoded.as_bytes()), data);
        }
    }
}

/// Charsets to UTF-8: the first octet says which.
pub fn charsets(data: &[u8]) {
    let Some((&which, text)) = data.split_first() else {
        return;
    };
    let charset = &CHARSETS[usize::from(which) % CHARSETS.len()];
    let plain = charset.decode(text, Form::PLAIN);
    // The scheme that gives most: a character of three octets for each octet.
    assert!(plain.len() <= text.len() * 6 + 8);
    // ASCII and UTF-8 are handed on as they are.
    if matches!(plain, Cow::Owned(_)) {
        assert!(std::str::from_utf8(&plain).is_ok(), "{}", charset.name);
    }
    let canonical = charset.decode(text, Form::CANONICAL);
    // U+FDFA decomposes to 18 characters of two octets.
    assert!(canonical.len() <= plain.len() * 18 + 8);
    if let Some(found) = charset::infer(text) {
        let _ = found.decode(text, Form::CANONICAL);
    }
}

/// Encoded words of headers.
pub fn encoded_words(data: &[u8]) {
    for form in [Form::PLAIN, Form::CANONICAL] {
        if let Ok(decoded) = encoded_word::decode(data, form) {
            assert!(decoded.len() <= data.len() * 40 + 8);
        }
    }
}
