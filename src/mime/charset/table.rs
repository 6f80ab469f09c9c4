//! Character tables: texts in the source, arrays in the library.

use crate::mime::canonical::Sink;

/// What octets 0x80 to 0xFF of a charset stand for.
pub type Half = [u16; 128];

/// ISO-8859-1: the first 256 characters.
pub static LATIN_1: Half = {
    let mut half = [0; 128];
    let mut high = 0;
    while high < 128 {
        half[high] = 0x80 + high as u16;
        high += 1;
    }
    half
};

/// Brings a text in a one-octet charset to UTF-8.
pub fn recode(text: &[u8], half: &Half) -> Vec<u8> {
    const HIGH: u64 = u64::MAX / 0xff * 0x80;
    let more = text.iter().filter(|&&octet| octet >= 0x80).count() * 2;
    // Room for a NUL, and for copying eight octets where fewer count. Nothing grows.
    let mut out = vec![0; text.len() + more + 9];
    let (mut at, mut size) = (0, 0);
    while at < text.len() {
        if let Some(&eight) = text[at..].first_chunk() {
            out[size..size + 8].copy_from_slice(&eight);
            let high = u64::from_le_bytes(eight) & HIGH;
            let ascii = (high.trailing_zeros() / 8) as usize;
            at += ascii;
            size += ascii;
            if ascii == 8 {
                continue;
            }
        }
        let octet = text[at];
        at += 1;
        if octet < 0x80 {
            out[size] = octet;
            size += 1;
        } else {
            let code = u32::from(half[usize::from(octet & 0x7f)]);
            let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            let mut four = [0; 4];
            let length = c.encode_utf8(&mut four).len();
            out[size..size + 4].copy_from_slice(&four);
            size += length;
        }
    }
    out.truncate(size);
    out
}

/// A set of 94 columns: GB 12345, CNS 11643.
pub struct Grid<const CELLS: usize> {
    cells: [u16; CELLS],
}

impl<const CELLS: usize> Grid<CELLS> {
    /// Reads lines of 94 characters.
    pub const fn new(text: &str) -> Self {
        Grid { cells: units(text) }
    }

    /// Its cells, row by row; U+FFFD where there is no character.
    pub fn cells(&self) -> &[u16] {
        &self.cells
    }

    /// The character in a row and column, both from 0.
    pub fn get(&self, row: u8, column: u8) -> Option<char> {
        if column >= 94 {
            return None;
        }
        let cell = self
            .cells
            .get(usize::from(row) * 94 + usize::from(column))?;
        char::from_u32(u32::from(*cell)).filter(|&c| c != char::REPLACEMENT_CHARACTER)
    }
}

/// Reads 128 characters.
pub const fn half(text: &str) -> Half {
    units(text)
}

/// The characters of a text, line ends left out. Runs at compile time: a text of another length does not compile.
const fn units<const COUNT: usize>(text: &str) -> [u16; COUNT] {
    let octets = text.as_bytes();
    let mut found = [0; COUNT];
    let (mut at, mut count) = (0, 0);
    while at < octets.len() {
        let lead = octets[at] as u16;
        let (first, more) = match lead {
            0x0a => {
                at += 1;
                continue;
            }
            0..0x80 => (lead, 0),
            0xc0..0xe0 => (lead & 0x1f, 1),
            0xe0..0xf0 => (lead & 0x0f, 2),
            _ => panic!("not a character of the BMP"),
        };
        let mut unit = first;
        let mut next = 1;
        while next <= more {
            unit = unit << 6 | (octets[at + next] & 0x3f) as u16;
            next += 1;
        }
        found[count] = unit;
        count += 1;
        at += next;
    }
    assert!(count == COUNT, "a table of another size");
    found
}

/// Reads a text of ASCII and a table of what is above.
pub fn read_half(text: &[u8], half: &[u16], out: &mut impl Sink) {
    for &octet in text {
        match octet.checked_sub(0x80) {
            None => out.push(char::from(octet)),
            Some(high) => out.push_cell(half.get(usize::from(high))),
        }
    }
}

/// Reads a text by a table of all octets.
pub fn read_full(text: &[u8], full: &[u16], out: &mut impl Sink) {
    for &octet in text {
        out.push_cell(full.get(usize::from(octet)));
    }
}

/// VISCII (RFC 1456) as a whole: six letters stand where ASCII has controls.
pub const fn viscii(upper: &Half) -> [u16; 256] {
    let mut all = [0; 256];
    let mut at = 0;
    while at < 128 {
        all[at] = match at {
            0x02 => 'Ẳ' as u16,
            0x05 => 'Ẵ' as u16,
            0x06 => 'Ẫ' as u16,
            0x14 => 'Ỷ' as u16,
            0x19 => 'Ỹ' as u16,
            0x1e => 'Ỵ' as u16,
            _ => at as u16,
        };
        all[at + 128] = upper[at];
        at += 1;
    }
    all
}
