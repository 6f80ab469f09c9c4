//! From Unicode to other charsets, by the tables of [`super::coding`] (`utf8_rmaptext` and its kin).

use crate::mime::utf8;

/// What a table has where there is no character.
const NONE: u16 = 0xffff;
const BYTE_ORDER_MARK: usize = 0xfeff;
const TO_JIS: &[u8] = b"\x1b$B";
const TO_ROMAN: &[u8] = b"\x1b(J";

/// Writes characters of one or two octets.
enum Writer {
    Plain,
    /// ISO-2022-JP, at ASCII or so, or at JIS X 0208.
    Roman,
    Jis,
}

impl Writer {
    fn put(&mut self, code: usize, out: &mut Vec<u8>) {
        let pair = [(code >> 8) as u8, code as u8];
        let both = pair.map(|octet| octet & 0x7f);
        match (&self, code) {
            (Writer::Plain, 0..=0xff) | (Writer::Roman, 0..=0x7f) => out.push(pair[1]),
            (Writer::Plain, _) => out.extend_from_slice(&pair),
            (Writer::Roman, _) => {
                out.extend_from_slice(TO_JIS);
                out.extend_from_slice(&both);
                *self = Writer::Jis;
            }
            (Writer::Jis, 0..=0x7f) => {
                out.extend_from_slice(TO_ROMAN);
                out.push(pair[1]);
                *self = Writer::Roman;
            }
            (Writer::Jis, _) => out.extend_from_slice(&both),
        }
    }
}

/// The octets of a character; `substitute` if it has none, unless that is 0.
fn look_up(code: usize, map: &[u16], substitute: usize) -> Option<usize> {
    match *map.get(code)? {
        NONE => Some(substitute).filter(|&substitute| substitute != 0),
        octets => Some(octets.into()),
    }
}

/// Converts UTF-8 by a table of 65,536 entries (`utf8_rmaptext`). Byte order marks are left out.
///
/// `substitute` stands for what the table does not have, 0 for none. `iso_2022_jp` says that the table is that of
/// EUC-JP and ISO-2022-JP is wanted. None if the text is not UTF-8, has a character beyond U+FFFF, or one that is not
/// in the table and has no substitute.
pub fn from_utf8(
    text: &[u8],
    map: &[u16],
    substitute: usize,
    iso_2022_jp: bool,
) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut writer = if iso_2022_jp {
        Writer::Roman
    } else {
        Writer::Plain
    };
    let mut at = 0;
    while at < text.len() {
        let (code, size) = utf8::first(text[at..].iter().copied()).ok()?;
        at += size;
        let code = code as usize;
        if code != BYTE_ORDER_MARK {
            writer.put(look_up(code, map, substitute)?, &mut out);
        }
    }
    if let Writer::Jis = writer {
        out.extend_from_slice(TO_ROMAN);
    }
    Some(out)
}

/// Converts code points likewise (`ucs4_rmaptext`).
pub fn from_codes(
    codes: impl Iterator<Item = usize>,
    map: &[u16],
    substitute: usize,
) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for code in codes.filter(|&code| code != BYTE_ORDER_MARK) {
        Writer::Plain.put(look_up(code, map, substitute)?, &mut out);
    }
    Some(out)
}

/// Converts code points likewise, with `substitute` for all that is not in the table, even if that is 0
/// (`ucs4_rmapbuf`).
pub fn from_codes_always(
    codes: impl Iterator<Item = usize>,
    map: &[u16],
    substitute: usize,
) -> Vec<u8> {
    let mut out = Vec::new();
    for code in codes.filter(|&code| code != BYTE_ORDER_MARK) {
        Writer::Plain.put(
            look_up(code, map, substitute).unwrap_or(substitute),
            &mut out,
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::canonical::Form;
    use crate::mime::charset::{find, to_utf8};

    fn map(name: &str) -> Vec<u16> {
        let mut map = vec![0; 0x1_0000];
        find(name.as_bytes())
            .unwrap()
            .coding()
            .reverse(&mut map)
            .unwrap();
        map
    }

    #[test]
    fn there_and_back() {
        for (name, text) in [
            ("ISO-8859-15", "5 €"),
            ("KOI8-R", "Привет"),
            ("BIG5", "中文 a"),
            ("SHIFT_JIS", "日本ｱ"),
            ("EUC-KR", "한글"),
            ("VISCII", "Việt Ẳ"),
        ] {
            let octets = from_utf8(text.as_bytes(), &map(name), 0, false).unwrap();
            let back = to_utf8(&octets, Some(name.as_bytes()), Form::PLAIN).unwrap();
            assert_eq!(String::from_utf8_lossy(&back), text, "{name}");
        }
    }

    #[test]
    fn iso_2022_jp_ends_in_roman() {
        let map = map("EUC-JP");
        let text = |text: &str| from_utf8(text.as_bytes(), &map, b'?'.into(), true).unwrap();
        assert_eq!(text("a日本b"), b"a\x1b$BF|K\\\x1b(Jb");
        assert_eq!(text("\u{feff}日"), b"\x1b$BF|\x1b(J");
        assert_eq!(text("日ä日"), b"\x1b$BF|\x1b(J?\x1b$BF|\x1b(J");
        assert_eq!(from_utf8("ä".as_bytes(), &map, 0, true), None);
        assert_eq!(from_utf8("😀".as_bytes(), &map, b'?'.into(), true), None);
        assert_eq!(from_utf8(b"\xe4", &map, b'?'.into(), true), None);
    }

    #[test]
    fn code_points() {
        let map = map("ISO-8859-1");
        let codes = [0x41, 0xfeff, 0xe4, 0x20ac];
        assert_eq!(
            from_codes(codes.into_iter(), &map, b'?'.into()),
            Some(b"A\xe4?".to_vec())
        );
        assert_eq!(from_codes(codes.into_iter(), &map, 0), None);
        assert_eq!(from_codes([0x1_0041].into_iter(), &map, b'?'.into()), None);
        assert_eq!(
            from_codes_always([0x1_0041, 0x20ac].into_iter(), &map, 0x4142),
            b"ABAB"
        );
        assert_eq!(from_codes_always([0x1_0041].into_iter(), &map, 0), b"\0");
    }
}
