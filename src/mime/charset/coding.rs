//! Charsets as c-client's interface describes them: a way of coding and, for some, tables that programs can read or
//! bring along (`CHARSET`, `struct utf8_eucparam`).

use once_cell::race::OnceBox;

use super::{double, table};
use crate::mime::canonical::Sink;
use crate::mime::utf8::{self, Fault};

/// What a table has where there is no character.
const NONE: u16 = 0xfffd;

/// A way of coding, with its tables of characters of the Basic Multilingual Plane.
#[derive(Debug, Clone, Copy)]
#[allow(
    missing_docs,
    reason = "those without a table have the names of charsets"
)]
pub enum Coding<'t> {
    Ascii,
    Utf8,
    Utf7,
    Latin1,
    /// ASCII, and the 128 characters above.
    Half(&'t [u16]),
    /// 256 characters.
    Full(&'t [u16]),
    /// ASCII, and three sets: of pairs, behind 0x8E, behind 0x8F. Bit 8 of each octet is set.
    Euc([Plane<'t>; 3]),
    /// ASCII and pairs.
    Pairs(Plane<'t>),
    /// ASCII and pairs whose second octets lie in two ranges. The first plane has the cells of both.
    TwoPlanes([Plane<'t>; 2]),
    ShiftJis,
    Iso2022,
    Ucs2,
    Ucs4,
    Utf16,
}

/// A set of rows and columns.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plane<'t> {
    /// The first octet of the first row; 0 for a set that there is not.
    pub base_row: u8,
    /// The second octet of the first column; 0 for a set of one octet.
    pub base_column: u8,
    /// How many rows; for a set of one octet, what is one more than its last octet.
    pub rows: u8,
    /// How many columns.
    pub columns: u8,
    /// The characters, row by row.
    pub cells: &'t [u16],
    /// What is added to the octet of a set of one octet.
    pub offset: usize,
    /// Characters that are written like others, though they are not read: each with its two octets.
    pub also: &'static [(u16, u16)],
}

/// Signs whose places in Big5 belong to similar ones today: c-client has always written them there.
const BIG5_ALSO: &[(u16, u16)] = &[
    ('•' as u16, 0xa145),
    ('､' as u16, 0xa14e),
    ('‾' as u16, 0xa1c2),
    ('∼' as u16, 0xa1e3),
    ('♁' as u16, 0xa1f2),
    ('☉' as u16, 0xa1f3),
    ('¥' as u16, 0xa244),
    ('¢' as u16, 0xa246),
    ('£' as u16, 0xa247),
];

impl Plane<'static> {
    const fn shape(base_row: u8, base_column: u8, rows: u8, columns: u8) -> Self {
        Plane {
            base_row,
            base_column,
            rows,
            columns,
            cells: &[],
            offset: 0,
            also: &[],
        }
    }

    /// Fills the table once, which takes a few milliseconds.
    fn fill(
        mut self,
        once: &'static OnceBox<Vec<u16>>,
        pair: impl Fn(u8, u8) -> Option<char>,
    ) -> Self {
        self.cells = once.get_or_init(|| {
            let row = |row| {
                (0..self.columns)
                    .map(move |column| (self.base_row + row, self.base_column + column))
            };
            let cell = |(first, second)| {
                pair(first, second).and_then(|c| u16::try_from(u32::from(c)).ok())
            };
            let cells = (0..self.rows)
                .flat_map(row)
                .map(|octets| cell(octets).unwrap_or(NONE));
            Box::new(cells.collect())
        });
        self
    }

    /// GBK.
    pub fn gbk() -> Self {
        static CELLS: OnceBox<Vec<u16>> = OnceBox::new();
        // The second ideographic space is read only.
        let once = |lead, trail| double::gbk(lead, trail).filter(|_| (lead, trail) != (0xa3, 0xa0));
        Plane::shape(0x81, 0x40, 125, 191).fill(&CELLS, once)
    }

    /// GB 12345.
    pub fn gb_12345() -> Self {
        Plane {
            cells: double::GB_12345.cells(),
            ..Plane::shape(0xa1, 0xa1, 89, 94)
        }
    }

    /// EUC-KR with the extension of code page 949.
    pub fn korean() -> Self {
        static CELLS: OnceBox<Vec<u16>> = OnceBox::new();
        Plane::shape(0x81, 0x41, 125, 190).fill(&CELLS, double::korean)
    }

    /// Big5 from row 0xA1: 63 columns from 0x40, then 94 from 0xA1.
    pub fn big5() -> [Self; 2] {
        static CELLS: OnceBox<Vec<u16>> = OnceBox::new();
        let second = |column: u8| {
            if column < 63 {
                0x40 + column
            } else {
                0xa1 + (column - 63)
            }
        };
        let both = Plane::shape(0xa1, 0, 89, 63 + 94);
        // What ETEN has a second time is read only.
        let twice = |row, column| {
            (row == 0xf9 && matches!(column, 0xe9..=0xeb | 0xf9..=0xfd))
                || (row, column) == (0xc6, 0xde)
        };
        let once = |row, column| double::big5(row, column).filter(|_| !twice(row, column));
        let both = both.fill(&CELLS, |row, column| once(row, second(column)));
        let low = Plane {
            cells: both.cells,
            also: BIG5_ALSO,
            ..Plane::shape(0xa1, 0x40, 89, 63)
        };
        [low, Plane::shape(0xa1, 0xa1, 89, 94)]
    }

    /// JIS X 0208.
    pub fn jis_0208() -> Self {
        static CELLS: OnceBox<Vec<u16>> = OnceBox::new();
        // Signs that row 13 has a second time are read only.
        let twice =
            |row, column| row == 0x2d && matches!(column, 0x70..=0x72 | 0x75..=0x77 | 0x7a..=0x7c);
        let once = |row, column| double::jis_0208(row, column).filter(|_| !twice(row, column));
        Plane::shape(0x21, 0x21, 84, 94).fill(&CELLS, once)
    }

    /// JIS X 0212.
    pub fn jis_0212() -> Self {
        static CELLS: OnceBox<Vec<u16>> = OnceBox::new();
        Plane::shape(0x22, 0x21, 76, 94).fill(&CELLS, double::jis_0212)
    }

    /// Half-width katakana, a set of one octet.
    pub fn katakana() -> Self {
        Plane {
            offset: 0xff61 - 0xa1,
            ..Plane::shape(0xa1, 0, 0xe0, 0)
        }
    }
}

impl Plane<'_> {
    /// Where a pair stands; None outside of the plane.
    fn place(&self, first: u8, second: u8) -> Option<(usize, usize)> {
        let row = first.checked_sub(self.base_row)?;
        let column = second.checked_sub(self.base_column)?;
        (row < self.rows && column < self.columns).then_some((row.into(), column.into()))
    }

    /// The cell of a pair; None outside of the plane.
    fn cell(&self, first: u8, second: u8) -> Option<u16> {
        let (row, column) = self.place(first, second)?;
        self.cells
            .get(row * usize::from(self.columns) + column)
            .copied()
    }

    /// The character of an octet; only for a set of one octet.
    fn of_one(&self, octet: u8) -> Option<u16> {
        let within = (self.base_row..self.rows).contains(&octet);
        within.then_some(usize::from(octet).wrapping_add(self.offset) as u16)
    }

    /// All characters that there are, with the octets of their pairs.
    fn each(&self, mut tell: impl FnMut(u16, [u8; 2])) {
        for (row, cells) in (0..self.rows).zip(self.cells.chunks(usize::from(self.columns).max(1)))
        {
            for (column, &cell) in (0..self.columns).zip(cells) {
                if cell != NONE {
                    tell(
                        cell,
                        [
                            self.base_row.wrapping_add(row),
                            self.base_column.wrapping_add(column),
                        ],
                    );
                }
            }
        }
    }
}

/// The cell of a pair in one of two planes.
fn cell_of_two([low, high]: &[Plane; 2], first: u8, second: u8) -> Option<u16> {
    let plane = if second.is_ascii() { low } else { high };
    let (row, column) = plane.place(first, second)?;
    let before = if second.is_ascii() {
        0
    } else {
        low.columns.into()
    };
    let columns = usize::from(low.columns) + usize::from(high.columns);
    low.cells.get(row * columns + before + column).copied()
}

/// The cell of a pair of EUC, bit 8 set in both. None outside of the table.
fn cell_of_euc([main, _, third]: &[Plane; 3], first: u8, second: u8) -> Option<u16> {
    let (row, column) = main.place(first & 0x7f, second & 0x7f)?;
    let found = main.cell(first & 0x7f, second & 0x7f)?;
    if found != NONE || !(1..10).contains(&row) || third.base_column == 0 || third.cells.is_empty()
    {
        return Some(found);
    }
    // Rows that are empty in JIS X 0208 are sometimes meant to be those of JIS X 0212.
    let below = third.base_row.wrapping_sub(main.base_row);
    let row = row.checked_sub(below.into())?;
    third
        .cells
        .get(row * usize::from(third.columns) + column)
        .copied()
}

impl Coding<'_> {
    /// The first character of a text and how many octets it has (`ucs4_cs_get`). What the table does not know is
    /// U+FFFD; what lies outside of the table, or is no whole character, is a fault.
    ///
    /// No octet is asked for behind the character.
    pub fn first(&self, mut octets: impl Iterator<Item = u8>) -> Result<(u32, usize), Fault> {
        if let Coding::Utf8 = self {
            return utf8::first(octets);
        }
        let first = octets.next().ok_or(Fault::End)?;
        let mut next = || octets.next().ok_or(Fault::EndWithin);
        let inside = |cell: Option<u16>| cell.map(u32::from).ok_or(Fault::NotUtf8);
        let one = |cell: Option<&u16>| Ok((cell.map_or(u32::from(NONE), |&cell| cell.into()), 1));
        match self {
            Coding::Ascii if !first.is_ascii() => Err(Fault::NotUtf8),
            Coding::Ascii | Coding::Latin1 => Ok((first.into(), 1)),
            Coding::Full(all) => one(all.get(usize::from(first))),
            // c-client leaves 0x80 to itself, too.
            Coding::Half(half) if first > 0x80 => one(half.get(usize::from(first & 0x7f))),
            Coding::ShiftJis if first == b'\\' => Ok(('¥'.into(), 1)),
            Coding::Half(_)
            | Coding::Euc(_)
            | Coding::Pairs(_)
            | Coding::TwoPlanes(_)
            | Coding::ShiftJis
                if first.is_ascii() || matches!(self, Coding::Half(_)) =>
            {
                Ok((first.into(), 1))
            }
            Coding::Pairs(plane) => Ok((inside(plane.cell(first, next()?))?, 2)),
            Coding::TwoPlanes(planes) => Ok((inside(cell_of_two(planes, first, next()?))?, 2)),
            Coding::Euc(planes) => {
                let second = Some(next()?)
                    .filter(|second| !second.is_ascii())
                    .ok_or(Fault::NotUtf8)?;
                let set = match first {
                    0x8e => &planes[1],
                    0x8f => &planes[2],
                    _ => return Ok((inside(cell_of_euc(planes, first, second))?, 2)),
                };
                match (set.base_row, set.base_column) {
                    (0, _) => Err(Fault::NotUtf8),
                    (_, 0) => Ok((inside(set.of_one(second))?, 2)),
                    _ => {
                        let third = Some(next()?)
                            .filter(|third| !third.is_ascii())
                            .ok_or(Fault::NotUtf8)?;
                        Ok((inside(set.cell(second & 0x7f, third & 0x7f))?, 3))
                    }
                }
            }
            Coding::ShiftJis => match double::katakana(first) {
                Some(kana) => Ok((kana.into(), 1)),
                None => {
                    let found = double::shift_jis_pair(first, next()?);
                    Ok((found.map_or(NONE.into(), u32::from), 2))
                }
            },
            Coding::Ucs2 => Ok((u32::from_be_bytes([0, 0, first, next()?]), 2)),
            Coding::Ucs4 if !first.is_ascii() => Err(Fault::NotUtf8),
            Coding::Ucs4 => Ok((u32::from_be_bytes([first, next()?, next()?, next()?]), 4)),
            Coding::Utf16 => match u16::from_be_bytes([first, next()?]) {
                high @ 0xd800..0xdc00 => {
                    let mut next = || next().map_err(|_| Fault::NotUtf8);
                    match u16::from_be_bytes([next()?, next()?]) {
                        low @ 0xdc00..0xe000 => Ok((super::unicode::pair(high, low), 4)),
                        _ => Err(Fault::NotUtf8),
                    }
                }
                0xdc00..0xe000 => Err(Fault::NotUtf8),
                unit => Ok((unit.into(), 2)),
            },
            _ => Err(Fault::NotUtf8),
        }
    }

    /// Hands the characters of a text to `out`; only for the codings that have tables.
    pub fn read(&self, text: &[u8], out: &mut impl Sink) {
        let cell = |cell: Option<u16>| cell.and_then(|cell| char::from_u32(cell.into()));
        match self {
            Coding::Half(half) => table::read_half(text, half, out),
            Coding::Full(full) => table::read_full(text, full, out),
            Coding::Pairs(plane) => {
                double::pairs(text, out, |lead, trail| cell(plane.cell(lead, trail)), None)
            }
            Coding::TwoPlanes(planes) => {
                double::pairs(
                    text,
                    out,
                    |lead, trail| cell(cell_of_two(planes, lead, trail)),
                    None,
                );
            }
            Coding::Euc(planes) => {
                let mut octets = text.iter().copied();
                while let Some(first) = octets.next() {
                    if first.is_ascii() {
                        out.push(char::from(first));
                    } else {
                        let found = octets.next().filter(|second| !second.is_ascii());
                        let found = found.and_then(|second| {
                            let set = match first {
                                0x8e => &planes[1],
                                0x8f => &planes[2],
                                _ => return cell_of_euc(planes, first, second),
                            };
                            match (set.base_row, set.base_column) {
                                // A set that there is not is taken to be one of pairs.
                                (0, _) => octets.next().and(None),
                                (_, 0) => set.of_one(second),
                                _ => {
                                    let third = octets.next().filter(|third| !third.is_ascii())?;
                                    set.cell(second & 0x7f, third & 0x7f)
                                }
                            }
                        });
                        out.push_found(cell(found));
                    }
                }
            }
            _ => {}
        }
    }

    /// Tells of all characters above ASCII that can be written, each with its octets as a number, in the order of
    /// these (`utf8_rmap_gen`, `utf8_csvalidmap`). None if this coding is of another kind.
    ///
    /// Of EUC only the first set is written, as in c-client.
    pub fn each(&self, mut tell: impl FnMut(u16, u16)) -> Option<()> {
        let mut one = |cells: &[u16], base: u16| {
            for (octet, &cell) in (base..256).zip(cells).filter(|(_, cell)| **cell != NONE) {
                tell(cell, octet);
            }
        };
        match self {
            Coding::Ascii => {}
            Coding::Latin1 => (0x80..0x100).for_each(|octet| tell(octet, octet)),
            Coding::Half(half) => one(half, 0x80),
            Coding::Full(full) => one(full, 0),
            Coding::Pairs(plane) => {
                plane.each(|cell, octets| tell(cell, u16::from_be_bytes(octets)))
            }
            Coding::Euc(planes) => {
                planes[0].each(|cell, octets| {
                    tell(cell, u16::from_be_bytes(octets).wrapping_add(0x8080))
                });
            }
            Coding::TwoPlanes([low, high]) => {
                let low_columns = usize::from(low.columns);
                let columns = low_columns + usize::from(high.columns);
                for (row, cells) in (0..low.rows).zip(low.cells.chunks(columns.max(1))) {
                    for (column, &cell) in
                        cells.iter().enumerate().filter(|(_, cell)| **cell != NONE)
                    {
                        let second = match column.checked_sub(low_columns) {
                            None => usize::from(low.base_column) + column,
                            Some(column) => usize::from(high.base_column) + column,
                        };
                        tell(
                            cell,
                            u16::from_be_bytes([low.base_row.wrapping_add(row), second as u8]),
                        );
                    }
                }
                low.also
                    .iter()
                    .for_each(|&(character, octets)| tell(character, octets));
            }
            Coding::ShiftJis => {
                Plane::jis_0208().each(|cell, [row, column]| tell(cell, shift_jis(row, column)));
                (0xa1..0xe0).for_each(|octet| tell(0xff61 - 0xa1 + octet, octet));
            }
            _ => return None,
        }
        Some(())
    }

    /// Fills a table of 65,536 entries with what each character of the Basic Multilingual Plane is in this charset,
    /// 0xFFFF where it has none (`utf8_rmap_gen`). None if nothing can be converted to it.
    pub fn reverse(&self, map: &mut [u16]) -> Option<()> {
        // What has no table is not touched.
        if let Coding::Utf8
        | Coding::Utf7
        | Coding::Iso2022
        | Coding::Ucs2
        | Coding::Ucs4
        | Coding::Utf16 = self
        {
            return None;
        }
        map.fill(0xffff);
        (0..0x80)
            .zip(&mut *map)
            .for_each(|(ascii, entry)| *entry = ascii);
        self.each(|character, octets| map[usize::from(character)] = octets)?;
        if let Coding::ShiftJis = self {
            map[usize::from('¥' as u16)] = b'\\'.into();
            map[usize::from('‾' as u16)] = b'~'.into();
        }
        // A space that does not break is better a space than nothing.
        if map[0xa0] == 0xffff {
            map[0xa0] = map[usize::from(b' ')];
        }
        Some(())
    }
}

/// Shift-JIS of a row and column of JIS X 0208, both from 0x21.
fn shift_jis(row: u8, column: u8) -> u16 {
    let lead = row.div_ceil(2) + if row < 95 { 112 } else { 176 };
    let trail = column
        + match (row % 2, column) {
            (0, _) => 126,
            (_, 96..) => 32,
            _ => 31,
        };
    u16::from_be_bytes([lead, trail])
}

#[cfg(test)]
mod tests {
    use super::super::CHARSETS;
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut map = vec![0; 0x1_0000];
        for known in CHARSETS {
            let coding = known.coding();
            if coding.reverse(&mut map).is_none() {
                assert!(coding.each(|_, _| {}).is_none(), "{known:?}");
                continue;
            }
            // Characters that are made others on the way there, and controls in whose place VISCII has letters.
            let hacks = [
                2,
                5,
                6,
                0x14,
                0x19,
                0x1e,
                '\u{a0}' as u16,
                '‾' as u16,
                '\\' as u16,
            ];
            let also = |code| BIG5_ALSO.iter().any(|&(character, _)| character == code);
            for (code, &octets) in map
                .iter()
                .enumerate()
                .filter(|(_, octets)| **octets != 0xffff)
            {
                let pair = octets.to_be_bytes();
                let octets = &pair[usize::from(octets < 0x100)..];
                let found = coding.first(octets.iter().copied());
                if !hacks.contains(&(code as u16)) && !also(code as u16) && octets != [0x80] {
                    assert_eq!(found, Ok((code as u32, octets.len())), "{known:?} {code:x}");
                }
            }
        }
    }

    #[test]
    fn parts_of_characters_are_faults() {
        for known in CHARSETS {
            let coding = known.coding();
            assert_eq!(coding.first([].into_iter()), Err(Fault::End), "{known:?}");
            for first in 0..=0xff {
                for more in [&[][..], &[0x21], &[0xa1], &[0xa1, 0xa1]] {
                    let octets = [&[first], more].concat();
                    if let Ok((_, size)) = coding.first(octets.iter().copied()) {
                        assert!((1..=octets.len()).contains(&size), "{known:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn tables_that_are_shorter_than_they_say() {
        let plane = Plane {
            base_row: 0xa1,
            base_column: 0xa1,
            rows: 94,
            columns: 94,
            cells: &[0x4e00],
            ..Plane::default()
        };
        let coding = Coding::Pairs(plane);
        assert_eq!(coding.first([0xa1, 0xa1].into_iter()), Ok((0x4e00, 2)));
        assert_eq!(coding.first([0xfe, 0xa1].into_iter()), Err(Fault::NotUtf8));
        let mut count = 0;
        assert!(coding.each(|_, _| count += 1).is_some());
        assert_eq!(count, 1);
    }
}
