use super::*;

/// Octets that upset every decoder, in an order without a pattern.
fn noise(count: usize) -> Vec<u8> {
    let octets = b"\x1b$(B@+-\x0e\x0f\x8e\x8fa!\0\xff\xa1\xb0\xd8\x3d\xdc=?\\\n";
    let mut state = 2007_u64;
    std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        octets[(state >> 33) as usize % octets.len()]
    })
    .take(count)
    .collect()
}

#[test]
fn any_octets_become_utf_8_of_bounded_size() {
    let noise = noise(50_000);
    for known in CHARSETS.iter().skip(2) {
        if matches!(known.scheme, Scheme::Ascii | Scheme::Utf8) {
            continue;
        }
        for (form, most) in [(Form::PLAIN, 3), (Form::CANONICAL, 33)] {
            for end in (0..200).chain([noise.len()]) {
                let text = known.decode(&noise[..end], form);
                assert!(std::str::from_utf8(&text).is_ok(), "{known:?}");
                assert!(text.len() <= most * end, "{known:?}");
            }
        }
    }
}

#[test]
fn ascii_is_ascii_nearly_everywhere() {
    let text: Vec<u8> = (0x20..0x7f)
        .filter(|octet| !b"\\+".contains(octet))
        .collect();
    for known in CHARSETS {
        let wide = matches!(known.scheme, Scheme::Ucs2 | Scheme::Ucs4 | Scheme::Utf16);
        assert_eq!(
            *known.decode(&text, Form::PLAIN) == text,
            !wide,
            "{known:?}"
        );
    }
}

#[test]
fn names() {
    assert_eq!(find(b"iso-8859-15").unwrap().name, "ISO-8859-15");
    assert!(find(b"").is_none() && find(b"iso-8859-12").is_none());
    assert_eq!(complaint(b"utf-8"), None);
    let complaint = String::from_utf8(complaint(b"x-y").unwrap()).unwrap();
    assert!(complaint.starts_with("[BADCHARSET (US-ASCII UTF-8 UTF-7 "));
    assert!(complaint.ends_with(" UCS-4 UTF-16)] Unknown charset: x-y"));
    for known in CHARSETS {
        assert!(std::ptr::eq(find(known.name.as_bytes()).unwrap(), known));
    }
}

#[test]
fn one_word_in_many_charsets() {
    for (name, raw, word) in [
        ("ISO-8859-2", &b"\xa3\xf3d\xbc"[..], "Łódź"),
        ("windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
        ("KOI8-R", b"\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"),
        ("ibm866", b"\x8f\xe0\xa8\xa2\xa5\xe2", "Привет"),
        ("VISCII", b"Vi\xaet", "Việt"),
        ("TIS-620", b"\xe4\xb7\xc2", "ไทย"),
        ("GB2312", b"\xd6\xd0\xce\xc4\x80", "中文€"),
        ("Big5", b"\xa4\xa4\xa4\xe5", "中文"),
        ("ISO-2022-JP", b"\x1b$BF|K\\\x1b(B.", "日本."),
        ("EUC-JP", b"\xc6\xfc\xcb\xdc\x8e\xb1", "日本ｱ"),
        ("Shift_JIS", b"\x93\xfa\x96{\xb1\\", "日本ｱ¥"),
        ("ISO-2022-KR", b"\x1b$)C\x0eGQ1[\x0f.", "한글."),
        ("EUC-KR", b"\xc7\xd1\xb1\xdb", "한글"),
        ("ISO-2022-CN", b"\x1b$)G\x0eDc\x0f", "中"),
        ("ISO-2022-JP-2", b"\x1b.F\x1bNa", "α"),
        ("UTF-7", b"Hi +ZeVnLIqe- +2D3eAA-!", "Hi 日本語 😀!"),
        ("UTF-16", b"\xff\xfe=\xd8\0\xde", "\u{feff}😀"),
        ("UCS-4", b"\0\x01\xf6\0\0\0", "😀"),
    ] {
        let text = to_utf8(raw, Some(name.as_bytes()), Form::PLAIN).unwrap();
        assert_eq!(String::from_utf8_lossy(&text), word, "{name}");
    }
}

#[test]
fn texts_without_a_charset() {
    let name = |text: &[u8]| infer(text).map(|charset| charset.name);
    assert_eq!(name(b"abc"), Some("US-ASCII"));
    assert_eq!(name("gr\u{fc}n".as_bytes()), Some("UTF-8"));
    assert_eq!(name(b"\x1b$BF|\x1b(B\xff"), Some("ISO-2022-JP"));
    assert_eq!(name(b"gr\xfcn"), None);
    assert_eq!(name(b"\x1b$)C"), None);
    assert_eq!(to_utf8(b"gr\xfcn", None, Form::PLAIN), Err(UnknownCharset));
    assert!(matches!(
        to_utf8(b"gr\xfcn", Some(b"utf-8"), Form::CANONICAL),
        Ok(Cow::Borrowed(_))
    ));
}
