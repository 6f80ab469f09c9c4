//! `utf8.h`: which charsets and scripts there are, and their tables.

use core::ffi::{c_char, c_int, c_uint, c_ulong, c_void};
use core::ptr;
use std::ffi::CString;
use std::sync::atomic::{AtomicPtr, Ordering};

use once_cell::race::OnceBox;

use super::constants::*;
use super::entry::{c_str, entry};
use super::memory::{allocate, text_bytes};
use super::types::{Charset, Script, SizedText, Utf8EucParam};
use crate::mime::charset::coding::{Coding, Plane};
use crate::mime::charset::list::SCRIPTS;
use crate::mime::charset::{self, CHARSETS};

/// Entries of a table of the Basic Multilingual Plane.
pub const BMP: usize = 0x1_0000;

/// All charsets as C sees them, made at the first call that asks for one and never freed.
pub struct Table {
    /// In the order of [`CHARSETS`], and an entry without a name at the end.
    charsets: Vec<Charset>,
    /// For each charset what it is converted to with, once someone has asked.
    maps: Vec<AtomicPtr<u16>>,
    /// What `charsets` points to.
    _names: Vec<CString>,
    _parameters: Vec<Box<[Utf8EucParam]>>,
}

// SAFETY: what the pointers point to belongs to the table or is static, and is never written to again.
unsafe impl Send for Table {}
// SAFETY: as above; the maps are atomic.
unsafe impl Sync for Table {}

static TABLE: OnceBox<Table> = OnceBox::new();

/// The C string of a name; NULL for none.
fn keep(name: &str, names: &mut Vec<CString>) -> *mut c_char {
    match CString::new(name) {
        Ok(name) if !name.is_empty() => {
            let text = name.as_ptr().cast_mut();
            names.push(name);
            text
        }
        _ => ptr::null_mut(),
    }
}

/// The C type of a coding.
fn type_of(coding: &Coding) -> c_int {
    match coding {
        Coding::Ascii => CT_ASCII,
        Coding::Utf8 => CT_UTF8,
        Coding::Utf7 => CT_UTF7,
        Coding::Latin1 => CT_1BYTE0,
        Coding::Half(_) => CT_1BYTE,
        Coding::Full(_) => CT_1BYTE8,
        Coding::Euc(_) => CT_EUC,
        Coding::Pairs(_) => CT_DBYTE,
        Coding::TwoPlanes(_) => CT_DBYTE2,
        Coding::ShiftJis => CT_SJIS,
        Coding::Iso2022 => CT_2022,
        Coding::Ucs2 => CT_UCS2,
        Coding::Ucs4 => CT_UCS4,
        Coding::Utf16 => CT_UTF16,
    }
}

/// A plane as C sees it.
fn parameters(plane: &Plane<'static>) -> Utf8EucParam {
    let mut parameters = Utf8EucParam {
        bits: 0,
        tab: match plane.cells {
            // In a set of one octet c-client keeps a number in the pointer.
            [] => ptr::without_provenance_mut(plane.offset),
            cells => cells.as_ptr().cast_mut().cast(),
        },
    };
    parameters.set_base_ku(plane.base_row.into());
    parameters.set_base_ten(plane.base_column.into());
    parameters.set_max_ku(plane.rows.into());
    parameters.set_max_ten(plane.columns.into());
    parameters
}

impl Table {
    fn new() -> Box<Self> {
        let mut names = Vec::new();
        let mut kept: Vec<Box<[Utf8EucParam]>> = Vec::new();
        let mut tab = |coding: &Coding<'static>| -> *mut c_void {
            let planes: &[Plane] = match coding {
                Coding::Half(cells) | Coding::Full(cells) => {
                    return cells.as_ptr().cast_mut().cast();
                }
                Coding::Euc(planes) => planes,
                Coding::Pairs(plane) => core::slice::from_ref(plane),
                Coding::TwoPlanes(planes) => planes,
                _ => return ptr::null_mut(),
            };
            let new: Box<[_]> = planes.iter().map(parameters).collect();
            let known = kept
                .iter()
                .position(|known| known.len() == new.len() && known[0].tab == new[0].tab);
            let at = known.unwrap_or_else(|| {
                kept.push(new);
                kept.len() - 1
            });
            kept[at].as_ptr().cast_mut().cast()
        };
        let mut charsets: Vec<Charset> = Vec::with_capacity(CHARSETS.len() + 1);
        for known in CHARSETS {
            let coding = known.coding();
            charsets.push(Charset {
                name: keep(known.name, &mut names),
                r#type: type_of(&coding) as _,
                flags: known.flags,
                tab: tab(&coding),
                script: known.scripts.into(),
                preferred: keep(known.preferred, &mut names),
            });
        }
        charsets.push(Charset {
            name: ptr::null_mut(),
            r#type: 0,
            flags: 0,
            tab: ptr::null_mut(),
            script: 0,
            preferred: ptr::null_mut(),
        });
        Box::new(Table {
            maps: CHARSETS.iter().map(|_| AtomicPtr::default()).collect(),
            charsets,
            _names: names,
            _parameters: kept,
        })
    }

    /// The one and only.
    pub fn get() -> &'static Self {
        TABLE.get_or_init(Table::new)
    }

    /// The entry of a charset.
    pub fn entry(&self, charset: &'static charset::Charset) -> &Charset {
        let at = CHARSETS.iter().position(|known| known.name == charset.name);
        &self.charsets[at.unwrap_or(0)]
    }

    /// Where the first charset with this coding stands, if it is one of ours.
    fn first_like(&self, like: &Charset) -> Option<usize> {
        let like = (like.r#type, like.tab);
        let mut entries = self.charsets.iter().take(CHARSETS.len());
        entries.position(|known| (known.r#type, known.tab) == like)
    }

    /// The place for the map of a charset with this coding; all charsets alike share one.
    pub fn map(&self, like: &Charset) -> Option<&AtomicPtr<u16>> {
        self.maps.get(self.first_like(like)?)
    }
}

/// The charset of ours that a type and a table of a program's belong to. Where the type wants none, any table will do.
pub fn known(kind: c_int, tab: *const c_void) -> Option<&'static charset::Charset> {
    let tables = matches!(kind, CT_1BYTE | CT_1BYTE8 | CT_EUC | CT_DBYTE | CT_DBYTE2);
    let tab = if tables { tab } else { ptr::null() };
    // A program that has a table of ours has got it from there. Those without a table stand there, too.
    let table = Table::get();
    let at = table
        .charsets
        .iter()
        .take(CHARSETS.len())
        .position(|known| c_int::from(known.r#type) == kind && ptr::eq(known.tab, tab));
    at.and_then(|at| CHARSETS.get(at))
}

/// A plane of a program's, whose table has so many columns in all.
///
/// # Safety
/// The table lives as long as `'a`, is not written to, and has what the parameters say.
unsafe fn plane<'a>(parameters: &Utf8EucParam, columns: u32) -> Plane<'a> {
    let count = (parameters.max_ku() * columns) as usize;
    let single = parameters.base_ten() == 0;
    Plane {
        base_row: parameters.base_ku() as u8,
        base_column: parameters.base_ten() as u8,
        rows: parameters.max_ku() as u8,
        columns: parameters.max_ten() as u8,
        // SAFETY: as the caller says; in a set of one octet the pointer is a number and there is no table.
        cells: unsafe { cells(if single { ptr::null() } else { parameters.tab }, count) },
        offset: if single { parameters.tab.addr() } else { 0 },
        also: &[],
    }
}

/// So many cells; none for NULL.
///
/// # Safety
/// As [`plane`].
unsafe fn cells<'a>(tab: *const c_void, count: usize) -> &'a [u16] {
    if tab.is_null() {
        return &[];
    }
    // SAFETY: not NULL, and the caller vouches for the rest.
    unsafe { core::slice::from_raw_parts(tab.cast(), count) }
}

/// How a charset of a program's is written; None for an unknown type.
///
/// # Safety
/// `tab` is what the type says: NULL or a table that lives as long as `'a` and is not written to.
pub unsafe fn coding<'a>(kind: c_int, tab: *const c_void) -> Option<Coding<'a>> {
    if let Some(charset) = known(kind, tab) {
        return Some(charset.coding());
    }
    // SAFETY: as the caller says.
    unsafe { as_seen(kind, tab) }
}

/// Likewise by what a program can see, even of our own charsets.
///
/// # Safety
/// As [`coding`].
pub unsafe fn as_seen<'a>(kind: c_int, tab: *const c_void) -> Option<Coding<'a>> {
    let first: *const Utf8EucParam = tab.cast();
    // SAFETY: as the caller says.
    Some(unsafe {
        match kind {
            CT_ASCII => Coding::Ascii,
            CT_UTF8 => Coding::Utf8,
            CT_UTF7 => Coding::Utf7,
            CT_1BYTE0 => Coding::Latin1,
            CT_1BYTE => Coding::Half(cells(tab, 128)),
            CT_1BYTE8 => Coding::Full(cells(tab, 256)),
            CT_SJIS => Coding::ShiftJis,
            CT_2022 => Coding::Iso2022,
            CT_UCS2 => Coding::Ucs2,
            CT_UCS4 => Coding::Ucs4,
            CT_UTF16 => Coding::Utf16,
            CT_EUC | CT_DBYTE | CT_DBYTE2 if tab.is_null() => return None,
            CT_EUC => {
                let plane = |at| {
                    let parameters = &*first.add(at);
                    plane(parameters, parameters.max_ten())
                };
                Coding::Euc([plane(0), plane(1), plane(2)])
            }
            CT_DBYTE => Coding::Pairs(plane(&*first, (*first).max_ten())),
            CT_DBYTE2 => {
                let (low, high) = (&*first, &*first.add(1));
                let columns = low.max_ten() + high.max_ten();
                let high = Utf8EucParam {
                    bits: high.bits,
                    tab: ptr::null_mut(),
                };
                Coding::TwoPlanes([plane(low, columns), plane(&high, 0)])
            }
            _ => return None,
        }
    })
}

/// All scripts as C sees them, and an entry without a name at the end.
struct Scripts {
    all: Vec<Script>,
    _names: Vec<CString>,
}

// SAFETY: what the pointers point to belongs to the list and is never written to again.
unsafe impl Send for Scripts {}
// SAFETY: as above.
unsafe impl Sync for Scripts {}

fn scripts() -> &'static Scripts {
    static ALL: OnceBox<Scripts> = OnceBox::new();
    ALL.get_or_init(|| {
        let mut names = Vec::new();
        let mut script = |name, description, bit: u32| Script {
            name: keep(name, &mut names),
            description: keep(description, &mut names),
            script: bit.into(),
        };
        let listed = SCRIPTS
            .iter()
            .map(|known| (known.name, known.description, known.bit));
        let all = listed
            .chain([("", "", 0)])
            .map(|(name, description, bit)| script(name, description, bit));
        let all = all.collect();
        Box::new(Scripts { all, _names: names })
    })
}

/// Marks the characters of the Basic Multilingual Plane that do not belong to East Asia, as c-client draws the line;
/// each of its ranges ends one short.
fn mark_not_cjk(map: &mut [c_ulong]) {
    for range in [
        0..0x2e7f,
        0xa720..0xabff,
        0xd800..0xf8ff,
        0xfb00..0xfe2f,
        0xfe70..0xfeff,
        0xfff0..0x1_0000,
    ] {
        map[range].fill(1);
    }
}

entry! {
    /// The charset of that name, in any case; the whole table, which ends with an entry without a name, for NULL.
    /// NULL for a name that is unknown or empty. Nothing of it is the caller's to free or change.
    fn utf8_charset(charset: *mut c_char) -> *const Charset {
        // SAFETY: NULL or a NUL-ended string.
        match unsafe { c_str(charset) } {
            None => Table::get().charsets.as_ptr(),
            Some(name) => charset::find(name.to_bytes()).map_or(ptr::null(), |known| Table::get().entry(known)),
        }
    }

    /// The script of that name, in any case; the whole table for NULL. NULL for a name that is unknown or empty.
    fn utf8_script(script: *mut c_char) -> *mut Script {
        let all = &scripts().all;
        // SAFETY: NULL or a NUL-ended string.
        let at = match unsafe { c_str(script) } {
            None => Some(0),
            Some(name) => SCRIPTS.iter().position(|known| known.name.as_bytes().eq_ignore_ascii_case(name.to_bytes())),
        };
        at.map_or(ptr::null_mut(), |at| ptr::from_ref(&all[at]).cast_mut())
    }

    /// The charset that a text without one is in: ISO-2022-JP, UTF-8 or US-ASCII; of the library's own table. NULL if
    /// it is none of these.
    fn utf8_infercharset(src: *mut SizedText) -> *const Charset {
        // SAFETY: NULL or a text of the caller's.
        let octets = unsafe { src.as_ref().map_or(&[][..], |src| text_bytes(src)) };
        charset::infer(octets).map_or(ptr::null(), |known| Table::get().entry(known))
    }

    /// Which of some charsets have which character: for each of the Basic Multilingual Plane a word, bit 1 of it for
    /// the first charset and so on; bit 0 says that the character is not of East Asia. Of the caller's to free.
    ///
    /// `charsets` ends with NULL. NULL if one is unknown, has no table, or a word has no bit for it.
    fn utf8_csvalidmap(charsets: *mut *mut c_char) -> *mut c_ulong {
        let mut map = vec![0; BMP];
        mark_not_cjk(&mut map);
        for at in 0.. {
            // SAFETY: NULL or a list of strings that ends with NULL.
            let name = unsafe { if charsets.is_null() { None } else { c_str(*charsets.add(at)) } };
            let Some(name) = name else { break };
            let name = match name.to_bytes() {
                name if name.eq_ignore_ascii_case(b"ISO-2022-JP") => b"EUC-JP",
                name => name,
            };
            let (Some(known), Some(bit)) = (charset::find(name), (1 as c_ulong).checked_shl(at as c_uint + 1)) else {
                return ptr::null_mut();
            };
            let each = known.coding().each(|character, _| map[usize::from(character)] |= bit);
            if each.is_none() {
                return ptr::null_mut();
            }
            map[..0x80].iter_mut().for_each(|word| *word |= bit);
        }
        let block: *mut c_ulong = allocate(BMP * size_of::<c_ulong>()).cast();
        if !block.is_null() {
            // SAFETY: the block is new and has as many words.
            unsafe { ptr::copy_nonoverlapping(map.as_ptr(), block, BMP) };
        }
        block
    }
}

/// The map in a place, made now if there is none yet; NULL without memory.
pub fn shared(place: &AtomicPtr<u16>, make: impl FnOnce() -> *mut u16) -> *mut u16 {
    let map = place.load(Ordering::Acquire);
    if !map.is_null() {
        return map;
    }
    let mut new = make();
    match place.compare_exchange(ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => new,
        Err(other) => {
            // SAFETY: another thread was faster; nobody knows of this one.
            unsafe { super::memory::release(&mut new) };
            other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::charset::list::{DISPLAY, NO_EMAIL, POSTING, PRIMARY, UNSUPPORTED};

    #[test]
    fn flags_and_scripts_are_those_of_the_header() {
        let flags = [PRIMARY, DISPLAY, POSTING, UNSUPPORTED, NO_EMAIL].map(c_int::from);
        assert_eq!(
            flags,
            [CF_PRIMARY, CF_DISPLAY, CF_POSTING, CF_UNSUPRT, CF_NOEMAIL]
        );
        let bit =
            |name: &str| SCRIPTS.iter().find(|known| known.name == name).unwrap().bit as c_int;
        for (name, wanted) in [
            ("Arabic", SC_ARABIC),
            ("Latin-1", SC_LATIN_1),
            ("Latin-9", SC_LATIN_9),
            ("Latin-10", SC_LATIN_10),
            ("Thai", SC_THAI),
            ("Cyrillic Ukranian", SC_UKRANIAN),
            ("Vietnamese", SC_VIETNAMESE),
            ("Chinese Simplified", SC_CHINESE_SIMPLIFIED),
            ("Korean", SC_KOREAN),
        ] {
            assert_eq!(bit(name), wanted, "{name}");
        }
    }

    #[test]
    fn what_c_sees_is_read_as_it_was_written() {
        let table = Table::get();
        for charset in CHARSETS {
            let entry = table.entry(charset);
            let kind = entry.r#type.into();
            let alike = known(kind, entry.tab).unwrap();
            assert_eq!(type_of(&alike.coding()), type_of(&charset.coding()));
            // SAFETY: a table of ours.
            let seen = unsafe { as_seen(kind, entry.tab) }.unwrap();
            let mut there = Vec::new();
            let mut here = Vec::new();
            seen.each(|character, octets| there.push((character, octets)));
            charset
                .coding()
                .each(|character, octets| here.push((character, octets)));
            // Big5 has nine more at the end.
            assert!(here.starts_with(&there), "{charset:?}");
            assert!(here.len() - there.len() < 10, "{charset:?}");
        }
    }
}
