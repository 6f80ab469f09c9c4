//! `utf8.h`: from UTF-8 and UCS-4 to other charsets.

use core::ffi::{c_char, c_int, c_long, c_uchar, c_ulong, c_ushort, c_void};
use core::ptr;
use std::borrow::Cow;
use std::sync::Mutex;

use super::charsets::{BMP, Table, coding, shared};
use super::constants::CT_2022;
use super::entry::entry;
use super::lock::lock;
use super::memory::{allocate, bytes, copy_bytes, release, text_bytes};
use super::types::{Charset, SizedText};
use super::utf8::hand_out;
use crate::mime::canonical::Form;
use crate::mime::charset::{self, reverse};

const ISO_2022_JP: &str = "ISO-2022-JP";

/// Fills a map of 65,536 entries, or a new one, for a charset; NULL if nothing can be converted to it.
///
/// # Safety
/// A charset, and NULL or a map that nobody else uses now.
unsafe fn fill(cs: &Charset, old: *mut u16) -> *mut u16 {
    // SAFETY: as the caller says; a new map has as many entries and is made of something before it is looked at.
    unsafe {
        let Some(coding) = coding(cs.r#type.into(), cs.tab) else {
            return ptr::null_mut();
        };
        let mut map = old;
        if map.is_null() {
            map = allocate(BMP * size_of::<u16>()).cast();
            if map.is_null() {
                return map;
            }
            ptr::write_bytes(map, 0xff, BMP);
        }
        if coding
            .reverse(core::slice::from_raw_parts_mut(map, BMP))
            .is_none()
        {
            if old.is_null() {
                release(&mut map);
            }
            return ptr::null_mut();
        }
        map
    }
}

/// The map of a charset that is not one of ours, until the next such one is asked for.
struct Foreign {
    /// The charset, its type and its table.
    key: (*const Charset, c_ushort, *mut c_void),
    map: *mut u16,
}

// SAFETY: the pointers of the key are only compared; the map is written to under the lock.
unsafe impl Send for Foreign {}

static FOREIGN: Mutex<Foreign> = Mutex::new(Foreign {
    key: (ptr::null(), 0, ptr::null_mut()),
    map: ptr::null_mut(),
});

/// The map of a charset; NULL if nothing can be converted to it.
///
/// # Safety
/// A charset of ours or the program's.
unsafe fn map_of(cs: &Charset) -> *mut u16 {
    // SAFETY: as the caller says. The maps of our own are each made once.
    unsafe {
        if let Some(place) = Table::get().map(cs) {
            return shared(place, || fill(cs, ptr::null_mut()));
        }
        let key = (ptr::from_ref(cs), cs.r#type, cs.tab);
        let mut foreign = lock(&FOREIGN);
        if foreign.key != key || foreign.map.is_null() {
            let map = fill(cs, foreign.map);
            if map.is_null() {
                return map;
            }
            *foreign = Foreign { key, map };
        }
        foreign.map
    }
}

/// The map to convert to a charset with, and whether it is to become ISO-2022-JP by way of EUC-JP.
fn map_to(known: &'static charset::Charset) -> (*mut u16, bool) {
    let jp = known.name == ISO_2022_JP;
    let table = if jp {
        charset::find(b"EUC-JP").unwrap_or(known)
    } else {
        known
    };
    // SAFETY: a charset of ours.
    (unsafe { map_of(Table::get().entry(table)) }, jp)
}

/// The charset of a name; US-ASCII, the first of all, for NULL.
///
/// # Safety
/// NULL or a NUL-ended string.
unsafe fn named(charset: *mut c_char) -> Option<&'static charset::Charset> {
    if charset.is_null() {
        return charset::CHARSETS.first();
    }
    // SAFETY: as the caller says.
    charset::find(unsafe { bytes(charset) })
}

/// The entries of a map; None for NULL.
///
/// # Safety
/// NULL or a map of 65,536 entries that stays unchanged for `'a`.
unsafe fn entries<'a>(map: *const u16) -> Option<&'a [u16]> {
    if map.is_null() {
        return None;
    }
    // SAFETY: not NULL, and the caller vouches for the rest.
    Some(unsafe { core::slice::from_raw_parts(map, BMP) })
}

/// Converts a text by a map; NIL and no text if that cannot be done.
///
/// # Safety
/// A map or NULL; the place for a text or NULL.
unsafe fn convert(
    octets: &[u8],
    map: *const u16,
    ret: *mut SizedText,
    errch: c_ulong,
    jp: bool,
) -> c_long {
    // SAFETY: as the caller says.
    unsafe {
        if ret.is_null() {
            return 0;
        }
        let mut out = SizedText {
            data: ptr::null_mut(),
            size: 0,
        };
        let converted =
            entries(map).and_then(|map| reverse::from_utf8(octets, map, errch as usize, jp));
        if let Some(text) = converted {
            let source = SizedText {
                data: ptr::null_mut(),
                size: 0,
            };
            out = hand_out(Cow::Owned(text), &source);
        }
        let good = !out.data.is_null();
        ret.write(out);
        good.into()
    }
}

entry! {
    /// The map from Unicode to the charset of that name: 65,536 entries, for each character of the Basic Multilingual
    /// Plane its one or two octets as a number, 0xFFFF for none. Not the caller's to free; it stays valid. NULL if
    /// the charset is unknown or nothing can be converted to it.
    fn utf8_rmap(charset: *mut c_char) -> *mut c_ushort {
        // SAFETY: NULL or a NUL-ended string; a charset of ours.
        unsafe { named(charset).map_or(ptr::null_mut(), |known| map_of(Table::get().entry(known))) }
    }

    /// Likewise for a charset at hand. The map of one that is not from `utf8_charset` holds until the next such one.
    fn utf8_rmap_cs(cs: *const Charset) -> *mut c_ushort {
        // SAFETY: NULL or a charset.
        unsafe { cs.as_ref().map_or(ptr::null_mut(), |cs| map_of(cs)) }
    }

    /// A map for a charset: `oldmap`, filled anew, or a new one of the caller's to free. NULL, and nothing changed, if
    /// nothing can be converted to the charset.
    fn utf8_rmap_gen(cs: *const Charset, oldmap: *mut c_ushort) -> *mut c_ushort {
        // SAFETY: NULL or a charset; NULL or a map of the caller's.
        unsafe { cs.as_ref().map_or(ptr::null_mut(), |cs| fill(cs, oldmap)) }
    }

    /// Converts UTF-8 by a map. Byte order marks are left out. What the map does not have becomes `errch`, or is a
    /// failure if that is 0; so is a character beyond U+FFFF and what is not UTF-8. With `iso2022jp` the map is that
    /// of EUC-JP and ISO-2022-JP comes out. `ret` gets a new text of the caller's.
    ///
    /// T, or NIL; then `ret` is NULL, of size 0.
    fn utf8_rmaptext(text: *mut SizedText, rmap: *mut c_ushort, ret: *mut SizedText, errch: c_ulong, iso2022jp: c_long) -> c_long {
        // SAFETY: texts and a map of the caller's, or NULL.
        unsafe {
            let octets = text.as_ref().map_or(&[][..], |text| text_bytes(text));
            convert(octets, rmap, ret, errch, iso2022jp != 0)
        }
    }

    /// How many octets `utf8_rmaptext` makes, and one more; 0 if it fails.
    fn utf8_rmapsize(text: *mut SizedText, rmap: *mut c_ushort, errch: c_ulong, iso2022jp: c_long) -> c_ulong {
        // SAFETY: a text and a map of the caller's, or NULL.
        unsafe {
            let octets = text.as_ref().map_or(&[][..], |text| text_bytes(text));
            let text = entries(rmap).and_then(|map| reverse::from_utf8(octets, map, errch as usize, iso2022jp != 0));
            text.map_or(0, |text| text.len() as c_ulong + 1)
        }
    }

    /// Converts UTF-8 to the charset of that name, as `utf8_rmaptext` does; to ISO-2022-JP, too. NIL if that cannot be
    /// done; if the charset is at fault, `ret` is not touched.
    fn utf8_cstext(text: *mut SizedText, charset: *mut c_char, ret: *mut SizedText, errch: c_ulong) -> c_long {
        // SAFETY: texts and a string of the caller's, or NULL.
        unsafe {
            let Some((map, jp)) = named(charset).map(map_to).filter(|(map, _)| !map.is_null()) else {
                return 0;
            };
            let octets = text.as_ref().map_or(&[][..], |text| text_bytes(text));
            convert(octets, map, ret, errch, jp)
        }
    }

    /// Converts a text from the charset `sc` (inferred if NULL or empty) to the charset `dc`, as `utf8_cstext` does.
    /// Between charsets that are the same, `dst` is the source. Free it only if its data is another.
    fn utf8_cstocstext(text: *mut SizedText, sc: *mut c_char, ret: *mut SizedText, dc: *mut c_char, errch: c_ulong) -> c_long {
        // SAFETY: texts and strings of the caller's, or NULL.
        unsafe {
            let (Some(source), false) = (text.as_ref(), ret.is_null()) else {
                return 0;
            };
            let octets = text_bytes(source);
            let Some(to) = charset::find(bytes(dc)) else { return 0 };
            let (map, jp) = map_to(to);
            let from = match bytes(sc) {
                [] => charset::infer(octets),
                name => charset::find(name),
            };
            let Some(from) = from.filter(|_| !map.is_null()) else { return 0 };
            let (here, there) = (Table::get().entry(from), Table::get().entry(to));
            if here.r#type == there.r#type && here.tab == there.tab {
                let same = SizedText { data: source.data, size: source.size };
                ret.write(same);
                return 1;
            }
            debug_assert!(jp || c_int::from(there.r#type) != CT_2022);
            let utf8 = from.decode(octets, Form::PLAIN);
            convert(&utf8, map, ret, errch, jp)
        }
    }

    /// Converts code points by a map, as `utf8_rmaptext` does, but not to ISO-2022-JP. NIL if that cannot be done;
    /// then `ret` is not touched.
    fn ucs4_rmaptext(ucs4: *mut c_ulong, len: c_ulong, rmap: *mut c_ushort, ret: *mut SizedText, errch: c_ulong) -> c_long {
        // SAFETY: code points and a map of the caller's, and the place for a text.
        unsafe {
            let text = entries(rmap).and_then(|map| reverse::from_codes(codes(ucs4, len), map, errch as usize));
            let (Some(text), false) = (text, ret.is_null()) else { return 0 };
            let data: *mut c_uchar = copy_bytes(&text).cast();
            if data.is_null() {
                return 0;
            }
            ret.write(SizedText { data, size: text.len() as c_ulong });
            1
        }
    }

    /// How many octets `ucs4_rmaptext` makes; -1 if it fails.
    fn ucs4_rmaplen(ucs4: *mut c_ulong, len: c_ulong, rmap: *mut c_ushort, errch: c_ulong) -> c_long {
        // SAFETY: as above.
        unsafe {
            let text = entries(rmap).and_then(|map| reverse::from_codes(codes(ucs4, len), map, errch as usize));
            text.map_or(-1, |text| text.len() as c_long)
        }
    }

    /// Converts code points by a map to `t`, which has room for what `ucs4_rmaplen` says and a NUL. What cannot be
    /// converted becomes `errch`, even if that is 0. T.
    fn ucs4_rmapbuf(t: *mut c_uchar, ucs4: *mut c_ulong, len: c_ulong, rmap: *mut c_ushort, errch: c_ulong) -> c_long {
        // SAFETY: as above; the caller has the room.
        unsafe {
            let Some(map) = entries(rmap).filter(|_| !t.is_null()) else { return 0 };
            let text = reverse::from_codes_always(codes(ucs4, len), map, errch as usize);
            ptr::copy_nonoverlapping(text.as_ptr(), t, text.len());
            *t.add(text.len()) = 0;
        }
        1
    }
}

/// The code points at `ucs4`.
///
/// # Safety
/// NULL or `len` of them, which stay unchanged for `'a`.
unsafe fn codes<'a>(ucs4: *const c_ulong, len: c_ulong) -> impl Iterator<Item = usize> + 'a {
    let codes = if ucs4.is_null() {
        &[][..]
    } else {
        // SAFETY: as the caller says.
        unsafe { core::slice::from_raw_parts(ucs4, len as usize) }
    };
    codes.iter().map(|&code| code as usize)
}
