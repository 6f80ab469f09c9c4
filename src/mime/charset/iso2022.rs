//! ISO 2022 (`utf8_text_2022`): ISO-2022-JP, -KR, -CN and whatever else mixes sets by escape sequences.
//!
//! More is understood than each of those names allows, and nothing is refused: what is not understood counts as
//! ISO 8859-1.

use super::{double, single};
use crate::mime::canonical::Sink;

const ESC: u8 = 0x1b;

/// A set that was designated: its final octet, and of which kind it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    /// Of 94 characters.
    Short(u8),
    /// Of 96 characters.
    Long(u8),
    /// Of 94 by 94 characters.
    Double(u8),
    /// Of 96 by 96 characters; none is in use.
    LongDouble,
}

/// Decodes a whole text.
pub fn decode(text: &[u8], out: &mut impl Sink) {
    let mut decoder = Decoder {
        sets: [
            Set::Short(b'B'),
            Set::Long(b'A'),
            Set::Short(b'B'),
            Set::Long(b'A'),
        ],
        left: 0,
        right: 1,
        once: None,
    };
    let mut octets = text.iter().copied();
    while let Some(octet) = octets.next() {
        match octet {
            ESC => decoder.escape(&mut octets, out),
            0x0f => decoder.shift(0),
            0x0e => decoder.shift(1),
            0x8e | 0x19 => decoder.shift_once(2),
            0x8f | 0x1d => decoder.shift_once(3),
            _ => decoder.character(octet, &mut octets, out),
        }
    }
}

/// G0 to G3, and which of them octets without and with bit 8 mean.
struct Decoder {
    sets: [Set; 4],
    left: usize,
    right: usize,
    /// The set of the next character only.
    once: Option<usize>,
}

impl Decoder {
    /// Ends a shift for one character that had none.
    fn shift(&mut self, set: usize) {
        (self.left, self.once) = (set, None);
    }

    fn shift_once(&mut self, set: usize) {
        // Two such shifts in a row mean the third set in c-client, whichever they are.
        self.once = Some(self.once.map_or(set, |before| before | set));
    }

    fn escape(&mut self, octets: &mut impl Iterator<Item = u8>, out: &mut impl Sink) {
        let Some(octet) = octets.next() else { return };
        match octet {
            b'$' => {
                let Some(next) = octets.next() else { return };
                match next {
                    b'(' | b')' | b'*' | b'+' => {
                        self.designate(next - b'(', octets.next(), Set::Double);
                    }
                    b','..=b'/' => {
                        self.designate(next - b',', octets.next(), |_| Set::LongDouble);
                    }
                    _ => self.sets[0] = Set::Double(next),
                }
            }
            b'(' | b')' | b'*' | b'+' => self.designate(octet - b'(', octets.next(), Set::Short),
            b','..=b'/' => self.designate(octet - b',', octets.next(), Set::Long),
            b'N' | 0x8e => self.shift_once(2),
            b'O' | 0x8f => self.shift_once(3),
            b'n' => self.shift(2),
            b'o' => self.shift(3),
            b'~' => self.right = 1,
            b'}' => self.right = 2,
            b'|' => self.right = 3,
            _ => {
                out.push_raw(&[ESC]);
                match octet {
                    0..0x80 => out.push_raw(&[octet]),
                    // c-client leaves half a character in the text.
                    _ => out.push(char::from(octet)),
                }
            }
        }
    }

    fn designate(&mut self, which: u8, end: Option<u8>, set: fn(u8) -> Set) {
        // A text that ends here needs the set no more.
        if let Some(end) = end {
            self.sets[usize::from(which & 3)] = set(end);
        }
    }

    fn character(&mut self, octet: u8, octets: &mut impl Iterator<Item = u8>, out: &mut impl Sink) {
        let set = match self.once.take() {
            Some(once) => self.sets[once],
            None if octet.is_ascii() => self.sets[self.left],
            None => self.sets[self.right],
        };
        let low = octet & 0x7f;
        if let Set::Double(_) | Set::LongDouble = set
            && low.is_ascii_graphic()
        {
            let second = octets.next().unwrap_or(0);
            match set {
                Set::Double(end) => out.push_found(double(end, octet, second)),
                _ => out.push_code(u32::from(octet) << 8 | u32::from(second)),
            }
        } else {
            out.push_code(single(set, octet).into());
        }
    }
}

/// A character of a set of one octet.
fn single(set: Set, octet: u8) -> u16 {
    let low = octet & 0x7f;
    let half = match set {
        Set::Short(b'B') => return low.into(),
        Set::Short(b'A') if low == b'#' => return '£' as u16,
        Set::Short(b'A') => return low.into(),
        Set::Short(b'J' | b'H') => {
            return match low {
                b'\\' => '¥' as u16,
                b'~' => '‾' as u16,
                _ => low.into(),
            };
        }
        Set::Short(b'I') => {
            let kana = double::katakana(low | 0x80).map(|c| c as u16);
            return kana.unwrap_or(low.into());
        }
        Set::Long(b'A') => return (low | 0x80).into(),
        // VISCII in c-client; its lower half at that, which is ASCII but for a few controls.
        Set::Long(b'Z') => return single::VISCII_FULL[usize::from(low)],
        Set::Long(b'B') => &single::ISO_8859_2,
        Set::Long(b'C') => &single::ISO_8859_3,
        Set::Long(b'D') => &single::ISO_8859_4,
        Set::Long(b'L') => &single::ISO_8859_5,
        Set::Long(b'G') => &single::ISO_8859_6,
        Set::Long(b'F') => &single::ISO_8859_7,
        Set::Long(b'H') => &single::ISO_8859_8,
        Set::Long(b'M') => &single::ISO_8859_9,
        Set::Long(b'T') => &single::TIS_620,
        Set::Long(b'V') => &single::ISO_8859_10,
        Set::Long(b'Y') => &single::ISO_8859_13,
        Set::Long(b'\\') => &single::ISO_8859_14,
        Set::Long(b'b') => &single::ISO_8859_15,
        Set::Long(b'f') => &single::ISO_8859_16,
        _ => return octet.into(),
    };
    half[usize::from(low)]
}

/// A character of a set of two octets; an unknown set counts as UCS-2, as in c-client.
fn double(end: u8, first: u8, second: u8) -> Option<char> {
    match end {
        b'@' | b'B' => double::jis_0208(first, second & 0x7f),
        b'A' => double::gbk(first | 0x80, second | 0x80),
        b'C' => double::korean(first | 0x80, second | 0x80),
        b'D' => double::jis_0212(first, second & 0x7f),
        b'G' => double::cns_11643(1, first, second),
        b'H' => double::cns_11643(2, first, second),
        // Planes 3 to 7: characters that ISO-2022-CN-EXT alone has.
        b'I'..=b'M' => None,
        _ => char::from_u32(u32::from(first) << 8 | u32::from(second)),
    }
}
