//! Mailbox names: modified UTF-7 (RFC 3501 section 5.1.3) and UTF-8.

#![forbid(unsafe_code)]

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

use super::canonical::Form;
use super::charset;

/// The base64 of a run: `,` in place of `/`, no padding.
const RUN: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// A name in modified UTF-7 (`utf8_to_mutf7`).
///
/// ASCII stays, `&` becomes `&-`, everything else goes into runs of UTF-16 in base64.
pub fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len() * 2);
    let mut run = Vec::new();
    for c in name.chars() {
        if !c.is_ascii() {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                run.extend_from_slice(&unit.to_be_bytes());
            }
            continue;
        }
        end_run(&mut run, &mut out);
        out.push(c);
        if c == '&' {
            out.push('-');
        }
    }
    end_run(&mut run, &mut out);
    out
}

fn end_run(run: &mut Vec<u8>, out: &mut String) {
    if !run.is_empty() {
        out.push('&');
        RUN.encode_string(&run, out);
        out.push('-');
        run.clear();
    }
}

/// The UTF-8 of a name in modified UTF-7 (`utf8_from_mutf7`), which must be ASCII with every run ended.
///
/// It is read as UTF-7 with `&` and `+` exchanged, before and after. As in c-client this also exchanges a `&` and a
/// `+` that stand in a run, where RFC 3501 allows neither.
pub fn decode(name: &[u8]) -> Vec<u8> {
    let mut in_run = false;
    let name: Vec<u8> = name
        .iter()
        .map(|&octet| match octet {
            b'&' => {
                in_run = true;
                b'+'
            }
            b'-' => {
                in_run = false;
                b'-'
            }
            b'+' if !in_run => b'&',
            b',' if in_run => b'/',
            _ => octet,
        })
        .collect();
    let mut text = match charset::to_utf8(&name, Some(b"UTF-7"), Form::PLAIN) {
        Ok(text) => text.into_owned(),
        Err(charset::UnknownCharset) => name,
    };
    for octet in &mut text {
        *octet = match *octet {
            b'&' => b'+',
            b'+' => b'&',
            other => other,
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (text, name) in [
            ("", ""),
            ("INBOX", "INBOX"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("a&b+c-d,e", "a&-b+c-d,e"),
            // The example of RFC 3501.
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("😀&é", "&2D3eAA-&-&AOk-"),
        ] {
            assert_eq!(encode(text), name);
            assert_eq!(decode(name.as_bytes()), text.as_bytes());
        }
    }

    #[test]
    fn every_character_comes_back() {
        for c in ('\u{1}'..=char::MAX).step_by(7) {
            let text = format!("a{c}b");
            assert_eq!(decode(encode(&text).as_bytes()), text.as_bytes(), "{c:?}");
        }
    }

    #[test]
    fn anything_is_read_without_harm() {
        for name in ["&", "&-&", "+", "&AAA", "&2D0-", "&A-", "&,,,,-x"] {
            decode(name.as_bytes());
        }
        assert_eq!(decode(b"&ACY-"), b"+");
    }
}
