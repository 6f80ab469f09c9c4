//! The comparisons themselves.

use super::*;

/// Mathematical letters that UW's table has shifted by one.
const SHIFTED: [std::ops::RangeInclusive<u32>; 2] = [0x1d4a4..=0x1d4af, 0x1d50c..=0x1d50f];

#[test]
fn characters_compare_as_in_uw() {
    let codes = (0..0x3_0000).filter(|&code| char::from_u32(code).is_some());
    let mut differences = Differences::default();
    let cases = codes.map(Case::Code).collect();
    compare("characters", cases, |case, ours, theirs| {
        let Case::Code(code) = case else { return };
        // Characters that are younger than UW's tables it leaves alone.
        let unchanged =
            char::from_u32(*code).is_some_and(|c| theirs.text == c.to_string().as_bytes());
        if ours != theirs && !unchanged && !SHIFTED.iter().any(|range| range.contains(code)) {
            differences.add(format!("{case:?}: ours {ours:?}, UW {theirs:?}"));
        }
    });
}

/// Whether we read this differently on purpose: a mistake in UW's table; signs and letters of Big5 that are elsewhere
/// in the Big5 of today.
fn table_differs(name: &str, lead: u8, trail: u8) -> bool {
    match (lead, trail) {
        (0xb4, _) => name.starts_with("KOI8-"),
        (0xa1, 0x45 | 0x4e | 0xc2 | 0xe3 | 0xf2 | 0xf3)
        | (0xa2, 0x41 | 0x42 | 0x44 | 0x46 | 0x47)
        | (0xc6 | 0xc7, _) => name.contains("BIG"),
        (0xc8, 0x40..=0xfe) => name.contains("BIG"),
        _ => false,
    }
}

#[test]
fn tables_are_those_of_uw() {
    let starts = |name: &str, starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    let mut cases = Vec::new();
    let case = |text: Vec<u8>, name| Case::Text(text, name, Form::PLAIN);
    for &charset::Charset { name, .. } in CHARSETS {
        let one = [
            "ISO-8859",
            "KOI8",
            "TIS",
            "VISCII",
            "WINDOWS-1",
            "WINDOWS-8",
            "CP1",
            "CP8",
            "IBM4",
            "IBM7",
            "IBM8",
        ];
        let two = ["GB", "CN-", "BIG", "EUC", "KS", "WINDOWS-9", "CP9", "X-W"];
        if starts(name, &one) {
            cases.extend((0..=u8::MAX).map(|octet| case(vec![octet], name)));
        } else if starts(name, &two) {
            cases.extend((0x80..=u8::MAX).map(|lead| {
                case(
                    (0..=u8::MAX).flat_map(|trail| [lead, trail]).collect(),
                    name,
                )
            }));
        }
    }
    // Shift-JIS: what UW makes of wrong pairs is arithmetic.
    for lead in (0x81..=0x9f).chain(0xe0..=0xef) {
        let trails = (0x40..=0x7e).chain(0x80..=0xfc);
        cases.push(case(
            trails.flat_map(|trail| [lead, trail]).collect(),
            "SHIFT_JIS",
        ));
    }
    cases.push(case((0..0x80).chain(0xa1..0xe0).collect(), "SHIFT_JIS"));
    // Each set that ISO 2022 can call.
    for end in b"@ABCDGH" {
        for lead in 0x21..=0x7e {
            let text = (0..=u8::MAX).flat_map(|trail| [lead, trail]);
            cases.push(case(
                [b"\x1b$(", &[*end][..], &text.collect::<Vec<_>>()].concat(),
                "ISO-2022-JP-2",
            ));
        }
    }
    for kind in [b'(', b','] {
        for end in 0x40..=0x7e {
            let text = (0..0x80).filter(|octet| !b"\x0e\x0f\x19\x1b\x1d".contains(octet));
            cases.push(case(
                [&[0x1b, kind, end][..], &text.collect::<Vec<_>>()].concat(),
                "ISO-2022-JP-2",
            ));
        }
    }
    let mut differences = Differences::default();
    compare("tables", cases, |case, ours, theirs| {
        let Case::Text(text, name, _) = case else {
            return;
        };
        let ours = String::from_utf8(ours.text).expect("UTF-8");
        let theirs = String::from_utf8_lossy(&theirs.text).into_owned();
        let (ours, theirs): (Vec<_>, Vec<_>) = (ours.chars().collect(), theirs.chars().collect());
        if ours.len() != theirs.len() {
            differences.add(format!(
                "{case:?}: {} characters, UW {}",
                ours.len(),
                theirs.len()
            ));
        }
        for (at, (our, their)) in ours.iter().zip(&theirs).enumerate() {
            // What UW does not know we may.
            if our != their && *their != BOGON && !table_differs(name, text[0], at as u8) {
                differences.add(format!(
                    "{name} {:02x?} {at:02x}: {our:?}, UW {their:?}",
                    &text[..4.min(text.len())]
                ));
            }
        }
    });
}

/// Whether what UW does not know is all that differs.
fn differs_by_bogons(ours: &str, theirs: &str) -> bool {
    ours.chars().count() == theirs.chars().count()
        && ours
            .chars()
            .zip(theirs.chars())
            .all(|(our, their)| our == their || their == BOGON)
}

/// Whether an octet above 0x7F follows an escape.
fn escapes_eight_bits(text: &[u8]) -> bool {
    text.windows(2).any(|two| two[0] == 0x1b && two[1] >= 0x80)
}

fn compare_exactly(
    kind: &str,
    cases: Vec<Case>,
    on_purpose: impl Fn(&Case, &Answer, &Answer) -> bool,
) {
    let mut differences = Differences::default();
    compare(kind, cases, |case, ours, theirs| {
        if ours != theirs && !on_purpose(case, &ours, &theirs) {
            differences.add(format!("{case:?}: ours {ours:?}, UW {theirs:?}"));
        }
    });
}

#[test]
fn charsets_that_uw_does_not_know() {
    let mut names: Vec<Vec<u8>> = [
        "",
        "x",
        "utf-8",
        "Utf-16",
        "iso-8859-12",
        "ISO8859-1",
        "UTF8",
    ]
    .iter()
    .map(|name| name.as_bytes().to_vec())
    .collect();
    names.extend(
        CHARSETS
            .iter()
            .map(|known| known.name.to_lowercase().into_bytes()),
    );
    names.push(vec![b'x'; 200]);
    compare_exactly(
        "names",
        names.into_iter().map(Case::Bad).collect(),
        |_, _, _| false,
    );
}

#[test]
fn charsets_are_inferred_as_uw_infers_them() {
    let pieces: &[&[u8]] = &[
        b"a",
        b"\x1b",
        b"$",
        b"(",
        b"B",
        b"J",
        b"@",
        b"A",
        b"\xc3",
        b"\xbc",
        b"\xe2",
        b"\x82",
        b"\xac",
        b"\xff",
        b"\x1b$B",
        b"\x1b(B",
        b"0!",
        b"\xf0\x90\x90\xa8",
        b"\xed\xa0\x80",
        b"\xc0\x80",
        b"\xf4\x90\x80\x80",
    ];
    let mut cases: Vec<Case> = Vec::new();
    for text in texts(pieces, 20_000, 12) {
        cases.push(Case::Text(text.clone(), "", Form::CANONICAL));
        cases.push(Case::Text(text, "US-ASCII", Form::PLAIN));
    }
    compare_exactly("inferred", cases, |case, ours, _| {
        // There UW copies an octet that is no UTF-8.
        matches!(case, Case::Text(text, ..) if escapes_eight_bits(text) && ours.text != *text)
    });
}

#[test]
fn shifting_charsets_are_read_as_uw_reads_them() {
    let pieces: &[&[u8]] = &[
        b"a",
        b"0",
        b"!",
        b"\n",
        b"\\",
        b"#",
        b"\x1b",
        b"$",
        b"(",
        b")",
        b"*",
        b"+",
        b",",
        b"-",
        b".",
        b"/",
        b"\x1b$B",
        b"\x1b(B",
        b"\x1b(J",
        b"\x1b(I",
        b"\x1b$)C",
        b"\x1b$A",
        b"\x1b$(D",
        b"\x1b.F",
        b"\x1b$*H",
        b"\x1b$)G",
        b"\x0e",
        b"\x0f",
        b"\x19",
        b"\x1d",
        b"\x8e",
        b"\x8f",
        b"\xb0\xa1",
        b"\xe4",
        b"\x1b-B",
        b"\x1b$(Q",
    ];
    // Not shifts by escape sequence: after one UW still reads the next octet as if it belonged to it.
    let mut cases: Vec<Case> = texts(pieces, 20_000, 14)
        .into_iter()
        .filter(|text| !escapes_eight_bits(text))
        .map(|text| Case::Text(text, "ISO-2022-KR", Form::PLAIN))
        .collect();
    let pieces: &[&[u8]] = &[
        b"+", b"-", b"A", b"AP", b"APw", b"APwA3w", b"/", b"&", b" ", b"z", b"9", b"\xfc",
        b"+AGE-", b"+2D3c",
    ];
    cases.extend(
        texts(pieces, 20_000, 10)
            .into_iter()
            .map(|text| Case::Text(text, "UTF-7", Form::PLAIN)),
    );
    compare_exactly("shifting", cases, |case, ours, theirs| {
        // UW drops what UTF-7 writes with surrogates, and lets half of a pair pass elsewhere.
        let Case::Text(_, name, _) = case else {
            return false;
        };
        let text = String::from_utf8_lossy(&ours.text);
        if *name == "ISO-2022-KR"
            && differs_by_bogons(&text, &String::from_utf8_lossy(&theirs.text))
        {
            return true;
        }
        let surrogates = text.contains(|c| c > '\u{ffff}' || c == BOGON);
        surrogates && (*name == "UTF-7" || std::str::from_utf8(&theirs.text).is_err())
    });
}

#[test]
fn wide_charsets_are_read_as_uw_reads_them() {
    let pieces: &[&[u8]] = &[
        b"\0",
        b"a",
        b"\0a",
        b"\xd8\x3d",
        b"\xdc\x80",
        b"\x20\xac",
        b"\xff\xfd",
        b"\xd8",
    ];
    let mut cases = Vec::new();
    for mut text in texts(pieces, 10_000, 8) {
        // A high surrogate at the end lets UW read on far behind it.
        text.resize(text.len().next_multiple_of(2), b' ');
        text.extend_from_slice(b"\0z");
        cases.push(Case::Text(text.clone(), "UTF-16", Form::CANONICAL));
        cases.push(Case::Text(text, "UCS-2", Form::PLAIN));
    }
    let pieces: &[&[u8]] = &[
        b"\0",
        b"a",
        b"\xa4\x40",
        b"\xc3\xbc",
        b"\xb0",
        b"\x8e\xb1",
        b"\x8f\xb0\xa1",
        b"\x80",
        b"\xff",
    ];
    for text in texts(pieces, 5_000, 8) {
        for name in ["EUC-JP", "GBK", "BIG5", "EUC-KR", "CN-GB-12345"] {
            cases.push(Case::Text(text.clone(), name, Form::CANONICAL));
        }
    }
    compare_exactly("wide", cases, |case, ours, theirs| {
        let Case::Text(_, name, _) = case else {
            return false;
        };
        let lone_surrogate = std::str::from_utf8(&theirs.text).is_err();
        let known_to_us = String::from_utf8_lossy(&theirs.text).contains(BOGON)
            && !matches!(*name, "UTF-16" | "UCS-2");
        ours.ok && theirs.ok && (lone_surrogate || known_to_us)
    });
}

#[test]
fn headers_are_decoded_as_uw_decodes_them() {
    let pieces: &[&[u8]] = &[
        b"=?",
        b"?=",
        b"?",
        b"=",
        b"utf-8",
        b"ISO-8859-1",
        b"x-no",
        b"*en",
        b"Q",
        b"b",
        b"?Q?",
        b"?B?",
        b"a",
        b"_",
        b" ",
        b" ",
        b"\t",
        b"\r\n ",
        b"\n",
        b"\r",
        b"=E4",
        b"=c3=a4",
        b"=4",
        b"w6Q=",
        b"w6Q",
        b"abcdefghijklmnopqrstuvwxyz",
        b"=?utf-8?Q?x=C3=A4?=",
        b"=?utf-8?Q?x=C3=A4?=",
        b"=?iso-8859-1?B?5A==?=",
        b"=?ISO-2022-JP?B?GyRCMCEbKEI=?=",
        b"=?utf-8?Q?x ?=",
        b"=?x?Q?=C3=A4?=",
        b"=?*de?Q?=E4?=",
        b"=?utf-8?Q?=?=",
        b"Word",
        b".",
        b"[",
        b"(",
        b"\0",
    ];
    let mut cases = Vec::new();
    for text in texts(pieces, 40_000, 9) {
        cases.push(Case::Header(text.clone(), Form::PLAIN));
        cases.push(Case::Header(text, Form::CANONICAL));
    }
    compare_exactly("headers", cases, |_, _, _| false);
}

#[test]
fn quoted_printable_is_decoded_as_uw_decodes_it() {
    let pieces: &[&[u8]] = &[
        b"=", b"=", b"=4", b"1", b"a", b"f", b"G", b"=3D", b"=e4", b" ", b" ", b"\t", b"\r", b"\n",
        b"\r\n", b"=\r\n", b"\0", b"\xff", b"x",
    ];
    let cases = texts(pieces, 40_000, 12)
        .into_iter()
        .map(Case::Quoted)
        .collect();
    compare_exactly("quoted-printable", cases, |_, _, _| false);
}
