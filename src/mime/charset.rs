//! Charsets: which there are, which one a text is in, and what it says in UTF-8 (`utf8_charset`, `utf8_infercharset`,
//! `utf8_text`).
//!
//! Decoding never fails but for an unknown name: what stands for no character becomes U+FFFD. It takes linear time
//! and gives, in canonical form, at most 18 characters for one.

#![forbid(unsafe_code)]

mod double;
mod iso2022;
#[rustfmt::skip]
mod single;
mod table;
mod unicode;

use std::borrow::Cow;

use super::canonical::{Form, Writer};
use table::Half;

/// How a charset is written.
#[derive(Clone, Copy)]
enum Scheme {
    /// ASCII and UTF-8 are one: no octet above 0x7F is ASCII anyway.
    Utf8,
    Utf7,
    Latin1,
    Half(&'static Half),
    Viscii,
    Gbk,
    Gb12345,
    Big5,
    Korean,
    EucJp,
    ShiftJis,
    Iso2022,
    Ucs2,
    Ucs4,
    Utf16,
}

/// A charset that can be read.
#[derive(Clone, Copy)]
pub struct Charset {
    /// Its name, in upper case.
    pub name: &'static str,
    scheme: Scheme,
}

impl std::fmt::Debug for Charset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const fn charset(name: &'static str, scheme: Scheme) -> Charset {
    Charset { name, scheme }
}

const US_ASCII: &Charset = &CHARSETS[0];
const UTF_8: &Charset = &CHARSETS[1];
const ISO_2022_JP: Charset = charset("ISO-2022-JP", Scheme::Iso2022);

/// All charsets, in the order in which c-client lists them.
pub static CHARSETS: &[Charset] = &[
    charset("US-ASCII", Scheme::Utf8),
    charset("UTF-8", Scheme::Utf8),
    charset("UTF-7", Scheme::Utf7),
    charset("ISO-8859-1", Scheme::Latin1),
    charset("ISO-8859-2", Scheme::Half(&single::ISO_8859_2)),
    charset("ISO-8859-3", Scheme::Half(&single::ISO_8859_3)),
    charset("ISO-8859-4", Scheme::Half(&single::ISO_8859_4)),
    charset("ISO-8859-5", Scheme::Half(&single::ISO_8859_5)),
    charset("ISO-8859-6", Scheme::Half(&single::ISO_8859_6)),
    charset("ISO-8859-7", Scheme::Half(&single::ISO_8859_7)),
    charset("ISO-8859-8", Scheme::Half(&single::ISO_8859_8)),
    charset("ISO-8859-9", Scheme::Half(&single::ISO_8859_9)),
    charset("ISO-8859-10", Scheme::Half(&single::ISO_8859_10)),
    charset("ISO-8859-11", Scheme::Half(&single::TIS_620)),
    charset("ISO-8859-13", Scheme::Half(&single::ISO_8859_13)),
    charset("ISO-8859-14", Scheme::Half(&single::ISO_8859_14)),
    charset("ISO-8859-15", Scheme::Half(&single::ISO_8859_15)),
    charset("ISO-8859-16", Scheme::Half(&single::ISO_8859_16)),
    charset("KOI8-R", Scheme::Half(&single::KOI8_R)),
    charset("KOI8-U", Scheme::Half(&single::KOI8_U)),
    charset("KOI8-RU", Scheme::Half(&single::KOI8_U)),
    charset("TIS-620", Scheme::Half(&single::TIS_620)),
    charset("VISCII", Scheme::Viscii),
    charset("GBK", Scheme::Gbk),
    charset("GB2312", Scheme::Gbk),
    charset("CN-GB", Scheme::Gbk),
    charset("ISO-2022-CN", Scheme::Iso2022),
    charset("CN-GB-12345", Scheme::Gb12345),
    charset("BIG5", Scheme::Big5),
    charset("CN-BIG5", Scheme::Big5),
    charset("BIG-5", Scheme::Big5),
    ISO_2022_JP,
    charset("EUC-JP", Scheme::EucJp),
    charset("SHIFT_JIS", Scheme::ShiftJis),
    charset("SHIFT-JIS", Scheme::ShiftJis),
    charset("ISO-2022-JP-1", Scheme::Iso2022),
    charset("ISO-2022-JP-2", Scheme::Iso2022),
    charset("ISO-2022-KR", Scheme::Iso2022),
    charset("EUC-KR", Scheme::Korean),
    charset("KSC5601", Scheme::Korean),
    charset("KSC_5601", Scheme::Korean),
    charset("KS_C_5601-1987", Scheme::Korean),
    charset("KS_C_5601-1989", Scheme::Korean),
    charset("KS_C_5601-1992", Scheme::Korean),
    charset("KS_C_5601-1997", Scheme::Korean),
    charset("WINDOWS-874", Scheme::Half(&single::WINDOWS_874)),
    charset("CP874", Scheme::Half(&single::WINDOWS_874)),
    charset("WINDOWS-936", Scheme::Gbk),
    charset("CP936", Scheme::Gbk),
    charset("WINDOWS-949", Scheme::Korean),
    charset("CP949", Scheme::Korean),
    charset("X-WINDOWS-949", Scheme::Korean),
    charset("WINDOWS-1250", Scheme::Half(&single::WINDOWS_1250)),
    charset("CP1250", Scheme::Half(&single::WINDOWS_1250)),
    charset("WINDOWS-1251", Scheme::Half(&single::WINDOWS_1251)),
    charset("CP1251", Scheme::Half(&single::WINDOWS_1251)),
    charset("WINDOWS-1252", Scheme::Half(&single::WINDOWS_1252)),
    charset("CP1252", Scheme::Half(&single::WINDOWS_1252)),
    charset("WINDOWS-1253", Scheme::Half(&single::WINDOWS_1253)),
    charset("CP1253", Scheme::Half(&single::WINDOWS_1253)),
    charset("WINDOWS-1254", Scheme::Half(&single::WINDOWS_1254)),
    charset("CP1254", Scheme::Half(&single::WINDOWS_1254)),
    charset("WINDOWS-1255", Scheme::Half(&single::WINDOWS_1255)),
    charset("CP1255", Scheme::Half(&single::WINDOWS_1255)),
    charset("WINDOWS-1256", Scheme::Half(&single::WINDOWS_1256)),
    charset("CP1256", Scheme::Half(&single::WINDOWS_1256)),
    charset("WINDOWS-1257", Scheme::Half(&single::WINDOWS_1257)),
    charset("CP1257", Scheme::Half(&single::WINDOWS_1257)),
    charset("WINDOWS-1258", Scheme::Half(&single::WINDOWS_1258)),
    charset("CP1258", Scheme::Half(&single::WINDOWS_1258)),
    charset("IBM367", Scheme::Utf8),
    charset("IBM437", Scheme::Half(&single::IBM437)),
    charset("IBM737", Scheme::Half(&single::IBM737)),
    charset("IBM775", Scheme::Half(&single::IBM775)),
    charset("IBM850", Scheme::Half(&single::IBM850)),
    charset("IBM852", Scheme::Half(&single::IBM852)),
    charset("IBM855", Scheme::Half(&single::IBM855)),
    charset("IBM857", Scheme::Half(&single::IBM857)),
    charset("IBM860", Scheme::Half(&single::IBM860)),
    charset("IBM861", Scheme::Half(&single::IBM861)),
    charset("IBM862", Scheme::Half(&single::IBM862)),
    charset("IBM863", Scheme::Half(&single::IBM863)),
    charset("IBM864", Scheme::Half(&single::IBM864)),
    charset("IBM865", Scheme::Half(&single::IBM865)),
    charset("IBM866", Scheme::Half(&single::IBM866)),
    charset("IBM869", Scheme::Half(&single::IBM869)),
    charset("IBM874", Scheme::Half(&single::WINDOWS_874)),
    charset("ANSI_X3.4-1968", Scheme::Utf8),
    charset("UNICODE-1-1-UTF-7", Scheme::Utf7),
    charset("UCS-2", Scheme::Ucs2),
    charset("UCS-4", Scheme::Ucs4),
    charset("UTF-16", Scheme::Utf16),
];

/// Finds a charset; case does not matter. None for an unknown or empty name.
pub fn find(name: &[u8]) -> Option<&'static Charset> {
    CHARSETS
        .iter()
        .find(|known| known.name.as_bytes().eq_ignore_ascii_case(name))
}

/// What c-client says of a charset that it does not know (`utf8_badcharset`): RFC 3501's BADCHARSET response code with
/// all that it knows, and the name. None if it is known.
pub fn complaint(name: &[u8]) -> Option<Vec<u8>> {
    if find(name).is_some() {
        return None;
    }
    let names: Vec<&str> = CHARSETS.iter().map(|known| known.name).collect();
    let mut line = format!("[BADCHARSET ({})] Unknown charset: ", names.join(" ")).into_bytes();
    line.extend_from_slice(name);
    Some(line)
}

/// What a text without a charset is in: ISO-2022-JP if it calls a Japanese set, UTF-8 or ASCII if it is valid as
/// such. None if it is neither, or calls sets of other languages.
pub fn infer(text: &[u8]) -> Option<&'static Charset> {
    let (mut japanese, mut eight_bit, mut valid) = (false, false, true);
    let mut at = 0;
    while let Some(&octet) = text.get(at) {
        match (octet, text.get(at + 1), text.get(at + 2)) {
            (0x1b, Some(b'$'), Some(b'@' | b'B' | b'D')) => japanese = true,
            (0x1b, Some(b'('), Some(b'A' | b'B' | b'H' | b'J')) => {}
            (0x1b, Some(b'$' | b'('), Some(_)) => return None,
            (0x80.., _, _) if !japanese && valid => {
                let length = utf8_length(&text[at..]);
                eight_bit = true;
                valid = length != 0;
                at += length.max(1);
                continue;
            }
            _ => {
                // An escape takes the next octet with it.
                at += 1 + usize::from(octet == 0x1b);
                continue;
            }
        }
        at += 3;
    }
    if japanese {
        Some(&ISO_2022_JP)
    } else if !valid {
        None
    } else {
        Some(if eight_bit { UTF_8 } else { US_ASCII })
    }
}

/// Octets of the character at the beginning of a text; 0 if it is not UTF-8.
fn utf8_length(text: &[u8]) -> usize {
    let start = &text[..text.len().min(4)];
    start
        .utf8_chunks()
        .next()
        .and_then(|chunk| chunk.valid().chars().next())
        .map_or(0, char::len_utf8)
}

/// The charset of a text is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownCharset;

/// Brings a text to UTF-8 (`utf8_text`). No name, or an empty one, means that the charset is inferred.
///
/// A text that should be UTF-8 or ASCII is borrowed, unseen, if nothing is to be changed in it, and also if it
/// turns out not to be UTF-8: then nothing is converted.
pub fn to_utf8<'t>(
    text: &'t [u8],
    name: Option<&[u8]>,
    form: Form,
) -> Result<Cow<'t, [u8]>, UnknownCharset> {
    let charset = match name {
        Some(name) if !name.is_empty() => find(name),
        _ => infer(text),
    };
    Ok(charset.ok_or(UnknownCharset)?.decode(text, form))
}

impl Charset {
    /// Brings a text in this charset to UTF-8; see [`to_utf8`].
    pub fn decode<'t>(&self, text: &'t [u8], form: Form) -> Cow<'t, [u8]> {
        let mut out = Writer::new(form, 0);
        match self.scheme {
            Scheme::Utf8 => match std::str::from_utf8(text) {
                Ok(text) if form != Form::PLAIN => out.push_str(text),
                _ => return Cow::Borrowed(text),
            },
            Scheme::Utf7 => unicode::utf_7(text, &mut out),
            Scheme::Latin1 => text.iter().for_each(|&octet| out.push(char::from(octet))),
            Scheme::Half(half) => {
                for &octet in text {
                    out.push_code(match octet.checked_sub(0x80) {
                        None => octet.into(),
                        Some(high) => half[usize::from(high)].into(),
                    });
                }
            }
            Scheme::Viscii => text.iter().for_each(|&octet| out.push(viscii(octet))),
            Scheme::Gbk => double::pairs(text, &mut out, double::gbk, Some(0x80)),
            Scheme::Gb12345 => double::pairs(text, &mut out, double::gb_12345, None),
            Scheme::Big5 => double::pairs(text, &mut out, double::big5, None),
            Scheme::Korean => double::pairs(text, &mut out, double::korean, None),
            Scheme::EucJp => double::euc_jp(text, &mut out),
            Scheme::ShiftJis => double::shift_jis(text, &mut out),
            Scheme::Iso2022 => iso2022::decode(text, &mut out),
            Scheme::Ucs2 => unicode::ucs_2(text, &mut out),
            Scheme::Ucs4 => unicode::ucs_4(text, &mut out),
            Scheme::Utf16 => unicode::utf_16(text, &mut out),
        }
        Cow::Owned(out.finish())
    }
}

/// VISCII (RFC 1456): six letters stand where ASCII has controls.
fn viscii(octet: u8) -> char {
    match octet {
        0x02 => 'Ẳ',
        0x05 => 'Ẵ',
        0x06 => 'Ẫ',
        0x14 => 'Ỷ',
        0x19 => 'Ỹ',
        0x1e => 'Ỵ',
        0..0x80 => char::from(octet),
        _ => char::from_u32(single::VISCII[usize::from(octet & 0x7f)].into())
            .unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

#[cfg(test)]
mod tests;
