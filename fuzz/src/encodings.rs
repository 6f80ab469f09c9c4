//! Encodings: what is encoded comes back, and what is decoded stays within a size that the input gives.

use c_client::abi::memory::fs_give;
use c_client::abi::types::SizedText;
use c_client::abi::utf8_map::{ucs4_rmapbuf, ucs4_rmaplen};
use c_client::abi::utf8_map::{utf8_cstext, utf8_rmap, utf8_rmapsize};
use c_client::mime::canonical::Form;
use c_client::mime::charset::{self, CHARSETS};
use c_client::mime::encoded_word;
use c_client::mime::encoding::{
    decode_base64, decode_quoted_printable, encode_base64, encode_quoted_printable,
};
use c_client::mime::mutf7;
use core::ffi::{c_ulong, c_ushort};
use std::borrow::Cow;
use std::ffi::CString;
use std::ptr::{null_mut, slice_from_raw_parts};

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

/// UTF-8 to charsets, through the C functions: the first octet says to which. What comes without a substitute means the
/// same.
pub fn to_charsets(data: &[u8]) {
    let Some((&which, text)) = data.split_first() else {
        return;
    };
    let charset = &CHARSETS[usize::from(which) % CHARSETS.len()];
    let name = CString::new(charset.name).expect("no NUL");
    let name = name.as_ptr().cast_mut();
    let mut source = SizedText {
        data: text.as_ptr().cast_mut(),
        size: text.len() as c_ulong,
    };
    for substitute in [0, c_ulong::from(b'?'), 0x3f3f] {
        let mut result = SizedText {
            data: null_mut(),
            size: 0,
        };
        // SAFETY: texts, a name, and a map of the library's; the result is ours to free.
        unsafe {
            let done = utf8_cstext(&raw mut source, name, &raw mut result, substitute) != 0;
            assert_eq!(done, !result.data.is_null());
            let map = utf8_rmap(name);
            // ISO-2022-JP has no map of its own.
            if !map.is_null() {
                let size = utf8_rmapsize(&raw mut source, map, substitute, 0);
                assert_eq!(size, if done { result.size + 1 } else { 0 });
                codes(text, map, substitute);
            }
            if !done {
                continue;
            }
            let octets = &*slice_from_raw_parts(result.data, result.size as usize + 1);
            assert_eq!(octets.last(), Some(&0));
            // A character of one octet between two of JIS: two escape sequences.
            assert!(octets.len() <= text.len() * 8 + 8);
            if substitute == 0 {
                same(charset, text, &octets[..octets.len() - 1]);
            }
            fs_give((&raw mut result.data).cast());
        }
    }
}

/// Does `octets` mean `text`, as far as the charset can say it?
fn same(charset: &charset::Charset, text: &[u8], octets: &[u8]) {
    // Controls that change the meaning of what follows, or in whose place VISCII has letters; what BIG5 has twice.
    let other = match charset.name {
        "ISO-2022-JP" => "\x0e\x0f\x19\x1b\x1d",
        "VISCII" => "\x02\x05\x06\x14\x19\x1e",
        "BIG5" => "•､‾∼♁☉¥¢£",
        _ => "",
    };
    // Unicode of 31 bits is taken, as long as there is nothing above U+FFFF.
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    if text.contains(|c| other.contains(c)) {
        return;
    }
    let alike = |text: &str| -> String {
        let chars = text.chars().filter(|&c| c != '\u{feff}');
        let chars = chars.map(|c| match c {
            '\u{a0}' => ' ',
            '¥' => '\\',
            '‾' => '~',
            c => c,
        });
        chars.collect()
    };
    let back = charset.decode(octets, Form::PLAIN);
    let back = String::from_utf8_lossy(&back);
    assert_eq!(alike(&back), alike(text), "{}", charset.name);
}

/// The same through code points, in a buffer of just the size that was told.
///
/// # Safety
/// A map of the library's.
unsafe fn codes(text: &[u8], map: *mut c_ushort, substitute: c_ulong) {
    let mut codes: Vec<c_ulong> = String::from_utf8_lossy(text)
        .chars()
        .map(|c| c_ulong::from(u32::from(c)))
        .collect();
    let (start, count) = (codes.as_mut_ptr(), codes.len() as c_ulong);
    // SAFETY: code points, a map, and room for what the function says.
    unsafe {
        let size = ucs4_rmaplen(start, count, map, substitute);
        if let Ok(size) = usize::try_from(size) {
            let mut room = vec![1u8; size + 1].into_boxed_slice();
            ucs4_rmapbuf(room.as_mut_ptr(), start, count, map, substitute);
            assert_eq!(room.last(), Some(&0));
        }
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
