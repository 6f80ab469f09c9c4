//! Charsets: which there are, which one a text is in, and what it says in UTF-8 (`utf8_charset`, `utf8_infercharset`,
//! `utf8_text`).
//!
//! Decoding never fails but for an unknown name: what stands for no character becomes U+FFFD. It takes linear time
//! and gives, in canonical form, at most 18 characters for one.

#![forbid(unsafe_code)]

pub mod coding;
mod double;
mod iso2022;
pub mod list;
pub mod reverse;
#[rustfmt::skip]
mod single;
mod table;
mod unicode;

use std::borrow::Cow;

use super::canonical::{Form, Sink, Writer};
use coding::{Coding, Plane};
pub use list::CHARSETS;
use table::Half;

/// How a charset is written.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(feature = "east-asia"),
    allow(dead_code, reason = "nothing is written so then")
)]
enum Scheme {
    /// Read as UTF-8: no octet above 0x7F is ASCII anyway.
    Ascii,
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
    /// What it is for: [`list::PRIMARY`] and so on.
    pub flags: u16,
    /// The scripts it is written in (`SC_`).
    pub scripts: u32,
    /// The charset to use in its place; empty if there is none.
    pub preferred: &'static str,
    scheme: Scheme,
}

impl std::fmt::Debug for Charset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

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
        find(b"ISO-2022-JP")
    } else if !valid {
        None
    } else {
        find(if eight_bit { b"UTF-8" } else { b"US-ASCII" })
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
        if form == Form::PLAIN {
            match self.scheme {
                Scheme::Ascii | Scheme::Utf8 => return Cow::Borrowed(text),
                Scheme::Latin1 => return Cow::Owned(table::recode(text, &table::LATIN_1)),
                Scheme::Half(half) => return Cow::Owned(table::recode(text, half)),
                _ => {}
            }
        }
        let mut out = Writer::new(form, text.len());
        match self.scheme {
            Scheme::Ascii | Scheme::Utf8 => match std::str::from_utf8(text) {
                Ok(text) => out.push_str(text),
                Err(_) => return Cow::Borrowed(text),
            },
            _ => self.read(text, &mut out),
        }
        Cow::Owned(out.finish())
    }

    /// Hands the characters of a text in this charset to `out`. What is no character is U+FFFD.
    pub fn read(&self, text: &[u8], out: &mut impl Sink) {
        match self.scheme {
            Scheme::Ascii | Scheme::Utf8 => {
                String::from_utf8_lossy(text)
                    .chars()
                    .for_each(|c| out.push(c));
            }
            Scheme::Utf7 => unicode::utf_7(text, out),
            Scheme::Latin1 => text.iter().for_each(|&octet| out.push(char::from(octet))),
            Scheme::Half(half) => table::read_half(text, half, out),
            Scheme::Viscii => table::read_full(text, &single::VISCII_FULL, out),
            Scheme::Gbk => double::pairs(text, out, double::gbk, Some(0x80)),
            Scheme::Gb12345 => double::pairs(text, out, double::gb_12345, None),
            Scheme::Big5 => double::pairs(text, out, double::big5, None),
            Scheme::Korean => double::pairs(text, out, double::korean, None),
            Scheme::EucJp => double::euc_jp(text, out),
            Scheme::ShiftJis => double::shift_jis(text, out),
            Scheme::Iso2022 => iso2022::decode(text, out),
            Scheme::Ucs2 => unicode::ucs_2(text, out),
            Scheme::Ucs4 => unicode::ucs_4(text, out),
            Scheme::Utf16 => unicode::utf_16(text, out),
        }
    }

    /// How it is written, with the tables that programs see.
    pub fn coding(&self) -> Coding<'static> {
        match self.scheme {
            Scheme::Ascii => Coding::Ascii,
            Scheme::Utf8 => Coding::Utf8,
            Scheme::Utf7 => Coding::Utf7,
            Scheme::Latin1 => Coding::Latin1,
            Scheme::Half(half) => Coding::Half(half),
            Scheme::Viscii => Coding::Full(&single::VISCII_FULL),
            Scheme::Gbk => Coding::Pairs(Plane::gbk()),
            Scheme::Gb12345 => Coding::Pairs(Plane::gb_12345()),
            Scheme::Big5 => Coding::TwoPlanes(Plane::big5()),
            Scheme::Korean => Coding::Pairs(Plane::korean()),
            Scheme::EucJp => Coding::Euc([Plane::jis_0208(), Plane::katakana(), Plane::jis_0212()]),
            Scheme::ShiftJis => Coding::ShiftJis,
            Scheme::Iso2022 => Coding::Iso2022,
            Scheme::Ucs2 => Coding::Ucs2,
            Scheme::Ucs4 => Coding::Ucs4,
            Scheme::Utf16 => Coding::Utf16,
        }
    }
}

#[cfg(test)]
mod tests;
