//! Challenges and answers as IMAP, POP3 and SMTP write them: one line of base64 (RFC 4648).

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::{SaslError, Secret};

/// Padding may be missing and spare bits may be set: it is the server's challenge, and what it
/// means is judged by the mechanism.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Encodes an answer; the empty answer is the empty line.
pub fn encode(answer: &[u8]) -> Zeroizing<String> {
    // Base64 makes 4 of 3. All the room at once, and straight into it: a buffer that grew, or one in between, would leave
    // copies behind.
    let mut text = Zeroizing::new(vec![0; answer.len().div_ceil(3) * 4]);
    let written = LENIENT.encode_slice(answer, &mut text).unwrap_or_default();
    text.truncate(written);
    Zeroizing::new(String::from_utf8(std::mem::take(&mut *text)).unwrap_or_default())
}

/// Encodes an initial response that goes with the command itself, where the empty one is written
/// `=` (RFC 4959 section 3).
pub fn encode_initial(answer: &[u8]) -> Zeroizing<String> {
    if answer.is_empty() {
        Zeroizing::new("=".to_string())
    } else {
        encode(answer)
    }
}

/// Decodes a challenge: what stands after `+ `. White space is skipped.
pub fn decode(text: &[u8]) -> Result<Secret, SaslError> {
    let text: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    LENIENT
        .decode(text)
        .map(Secret::new)
        .map_err(|_| SaslError::NotBase64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_4648_vectors() {
        for (binary, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(binary.as_bytes()).as_str(), text);
            assert_eq!(
                decode(text.as_bytes()).unwrap().as_slice(),
                binary.as_bytes()
            );
            let bare = text.trim_end_matches('=').as_bytes();
            assert_eq!(decode(bare).unwrap().as_slice(), binary.as_bytes());
        }
    }

    #[test]
    fn rfc_2195_lines() {
        let challenge = b"PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+";
        let decoded = decode(challenge).unwrap();
        assert_eq!(
            decoded.as_slice(),
            b"<1896.697170952@postoffice.reston.mci.net>"
        );
        let answer = encode(b"tim b913a602c7eda7a495b4e6e7334d3890");
        assert_eq!(
            answer.as_str(),
            "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"
        );
    }

    #[test]
    fn empty_initial_response() {
        assert_eq!(encode_initial(b"").as_str(), "=");
        assert_eq!(encode_initial(b"f").as_str(), "Zg==");
    }

    #[test]
    fn white_space_is_skipped_and_rubbish_refused() {
        assert_eq!(decode(b" Zm9v\r\nYmFy ").unwrap().as_slice(), b"foobar");
        for text in [
            &b"Zm9v!"[..],
            b"Z",
            b"Z===",
            b"=Zg=",
            b"Zm\x009v",
            b"\xff\xff\xff\xff",
        ] {
            assert_eq!(decode(text), Err(SaslError::NotBase64));
        }
    }

    #[test]
    fn no_copy_of_a_secret_is_left_by_growing() {
        for size in 0..100 {
            let text = encode(&vec![b'x'; size]);
            assert_eq!(text.capacity(), size.div_ceil(3) * 4);
        }
    }
}
