//! Charsets of two octets a character, and the sets of 94 by 94 that ISO 2022 calls.
//!
//! How octets make pairs, in bad text too, is as in c-client; which character a pair is, encoding_rs knows. Without the
//! feature `east-asia` no pair is a character, and no charset of the list is written in pairs.

#[cfg(feature = "east-asia")]
use encoding_rs::{BIG5, DecoderResult, EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS};
#[cfg(not(feature = "east-asia"))]
use left_out::{BIG5, EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS};

use super::table::Grid;
use crate::mime::canonical::Sink;

/// The table of a set of so many rows; one without rows, if these charsets are left out.
macro_rules! grid {
    ($see:vis $name:ident, $rows:literal, $file:literal) => {
        #[cfg(feature = "east-asia")]
        $see static $name: Grid<{ $rows * 94 }> = Grid::new(include_str!($file));
        #[cfg(not(feature = "east-asia"))]
        $see static $name: Grid<0> = Grid::new("");
    };
}

grid!(pub GB_12345, 89, "gb12345.txt");
grid!(CNS_1, 93, "cns1.txt");
grid!(CNS_2, 82, "cns2.txt");

/// What stands in encoding_rs's place.
#[cfg(not(feature = "east-asia"))]
mod left_out {
    pub struct Encoding;
    pub static BIG5: &Encoding = &Encoding;
    pub static EUC_JP: &Encoding = &Encoding;
    pub static EUC_KR: &Encoding = &Encoding;
    pub static GBK: &Encoding = &Encoding;
    pub static SHIFT_JIS: &Encoding = &Encoding;
}

/// Half-width katakana: octets 0xA1 to 0xDF.
pub fn katakana(octet: u8) -> Option<char> {
    let offset = octet.checked_sub(0xa1).filter(|&offset| offset < 63)?;
    char::from_u32(0xff61 + u32::from(offset))
}

/// The one character that these octets are.
#[cfg(not(feature = "east-asia"))]
fn one(_: &'static Encoding, _: &[u8]) -> Option<char> {
    None
}

/// The one character that these octets are.
#[cfg(feature = "east-asia")]
fn one(encoding: &'static Encoding, octets: &[u8]) -> Option<char> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut buffer = [0; 16];
    let (result, _, written) =
        decoder.decode_to_utf8_without_replacement(octets, &mut buffer, true);
    let text = std::str::from_utf8(&buffer[..written]).ok()?;
    let mut chars = text.chars();
    match (result, chars.next(), chars.next()) {
        (DecoderResult::InputEmpty, Some(c), None) => Some(c),
        _ => None,
    }
}

/// GBK.
pub fn gbk(lead: u8, trail: u8) -> Option<char> {
    one(GBK, &[lead, trail]).filter(|_| trail >= 0x40)
}

/// EUC-KR with the extension of code page 949.
pub fn korean(lead: u8, trail: u8) -> Option<char> {
    one(EUC_KR, &[lead, trail]).filter(|_| trail >= 0x41)
}

/// GB 12345, both octets with bit 8.
pub fn gb_12345(lead: u8, trail: u8) -> Option<char> {
    GB_12345.get(lead.checked_sub(0xa1)?, trail.checked_sub(0xa1)?)
}

/// Big5 as it is in use: with the ETEN and Hong Kong extensions, Japanese and Cyrillic letters where those have them.
pub fn big5(lead: u8, trail: u8) -> Option<char> {
    one(BIG5, &[lead, trail]).filter(|_| trail >= 0x40)
}

/// JIS X 0208; octets with or without bit 8.
///
/// Two signs are those that Unicode's own table has, not the wide forms that Windows made of them.
pub fn jis_0208(row: u8, column: u8) -> Option<char> {
    match (row | 0x80, column | 0x80) {
        (0xa1, 0xc1) => Some('〜'),
        (0xa1, 0xc2) => Some('‖'),
        (row @ 0xa1.., column @ 0xa1..) => one(EUC_JP, &[row, column]),
        _ => None,
    }
}

/// JIS X 0212; octets with or without bit 8. With four katakana that c-client reads in row 5.
pub fn jis_0212(row: u8, column: u8) -> Option<char> {
    match (row | 0x80, column | 0x80) {
        (0xa2, 0xb7) => Some('~'),
        (0xa5, column @ 0xf7..=0xfa) => char::from_u32(0x30f7 + u32::from(column - 0xf7)),
        (row, column) => one(EUC_JP, &[0x8f, row, column]),
    }
}

/// CNS 11643, plane 1 or 2; octets with or without bit 8.
pub fn cns_11643(plane: u8, row: u8, column: u8) -> Option<char> {
    let row = (row & 0x7f).checked_sub(0x21)?;
    let column = (column & 0x7f).checked_sub(0x21)?;
    match plane {
        1 => CNS_1.get(row, column),
        2 => CNS_2.get(row, column),
        _ => None,
    }
}

/// ASCII and pairs; an octet with bit 8 takes the next with it, whatever that is.
pub fn pairs(
    text: &[u8],
    out: &mut impl Sink,
    pair: impl Fn(u8, u8) -> Option<char>,
    lone: Option<u8>,
) {
    let mut octets = text.iter().copied();
    while let Some(lead) = octets.next() {
        if lead.is_ascii() {
            out.push(char::from(lead));
        } else if lone == Some(lead) {
            // Code page 936.
            out.push('€');
        } else {
            out.push_found(octets.next().and_then(|trail| pair(lead, trail)));
        }
    }
}

/// Shift-JIS. Octet 0x5C is the yen sign, as on Japanese keyboards; 0x7E stays a tilde.
pub fn shift_jis(text: &[u8], out: &mut impl Sink) {
    let mut octets = text.iter().copied();
    while let Some(lead) = octets.next() {
        match lead {
            b'\\' => out.push('¥'),
            0..0x80 => out.push(char::from(lead)),
            0xa1..0xe0 => out.push_found(katakana(lead)),
            _ => out.push_found(octets.next().and_then(|trail| shift_jis_pair(lead, trail))),
        }
    }
}

/// A character of two octets in Shift-JIS.
pub fn shift_jis_pair(lead: u8, trail: u8) -> Option<char> {
    match (lead, trail) {
        // As in JIS X 0208.
        (0x81, 0x60) => Some('〜'),
        (0x81, 0x61) => Some('‖'),
        _ => one(SHIFT_JIS, &[lead, trail]),
    }
}

/// EUC-JP: ASCII, JIS X 0208, and behind 0x8E katakana, behind 0x8F JIS X 0212.
pub fn euc_jp(text: &[u8], out: &mut impl Sink) {
    let mut octets = text.iter().copied();
    while let Some(lead) = octets.next() {
        if lead.is_ascii() {
            out.push(char::from(lead));
            continue;
        }
        let Some(next) = octets.next().filter(|next| !next.is_ascii()) else {
            out.push(char::REPLACEMENT_CHARACTER);
            continue;
        };
        out.push_found(match lead {
            0x8e => katakana(next),
            0x8f => octets
                .next()
                .filter(|third| !third.is_ascii())
                .and_then(|third| jis_0212(next, third)),
            // Rows that are empty in JIS X 0208 are sometimes meant to be those of JIS X 0212.
            _ => jis_0208(lead, next).or_else(|| {
                let row = lead.checked_sub(0xa0)?;
                (2..=10).contains(&row).then(|| jis_0212(lead, next))?
            }),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_stand_where_they_should() {
        assert_eq!(gb_12345(0xa1, 0xa1), Some('\u{3000}'));
        assert_eq!(gb_12345(0xb0, 0xae), Some('愛'));
        assert_eq!(cns_11643(1, 0x44, 0x21), Some('一'));
        assert_eq!(cns_11643(2, 0x21, 0x21), Some('乂'));
        assert_eq!(cns_11643(3, 0x21, 0x21), None);
        assert_eq!(jis_0208(0x30, 0x21), Some('亜'));
        assert_eq!(jis_0212(0x30, 0x21), Some('丂'));
        assert_eq!(gbk(0x81, 0x40), Some('丂'));
        assert_eq!(korean(0xb0, 0xa1), Some('가'));
        assert_eq!(big5(0xa4, 0x40), Some('一'));
        assert_eq!((katakana(0xa0), katakana(0xdf)), (None, Some('ﾟ')));
    }
}
