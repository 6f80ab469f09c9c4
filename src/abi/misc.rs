//! `misc.h`: comparing, searching, hashing, copying.

use core::ffi::{c_char, c_int, c_long, c_uchar, c_uint, c_ulong, c_void};
use core::ptr;
use std::cmp::Ordering;

use super::constants::HASHMULT;
use super::entry::{c_str, entry};
use super::memory::{allocate, release, set_text, text_bytes};
use super::string_drivers;
use super::types::{HashEnt, HashTab, MailString, SizedText};

/// -1, 0 or 1.
fn sign(ordering: Ordering) -> c_int {
    ordering as c_int
}

/// Compares octets, ASCII letters without regard to case, as their lower case sorts.
fn compare(left: &[u8], right: &[u8]) -> Ordering {
    left.iter()
        .map(u8::to_ascii_lowercase)
        .cmp(right.iter().map(u8::to_ascii_lowercase))
}

/// The octets of a text and a pattern given as pointer and length; `None` when they cannot match.
///
/// # Safety
/// Each pointer is NULL or good for its length.
unsafe fn haystack_and_needle<'a>(
    base: *mut c_uchar,
    basec: c_long,
    pat: *mut c_uchar,
    patc: c_long,
) -> Option<(&'a [u8], &'a [u8])> {
    if base.is_null() || pat.is_null() || basec <= 0 || basec < patc {
        return None;
    }
    // SAFETY: not NULL, and the caller vouches for the lengths.
    unsafe {
        Some((
            core::slice::from_raw_parts(base, basec as usize),
            core::slice::from_raw_parts(pat, patc.max(0) as usize),
        ))
    }
}

/// The list of a hash table that `key` belongs to.
///
/// # Safety
/// `hashtab` is a live table, `key` a NUL-ended string.
unsafe fn bucket(hashtab: *mut HashTab, key: *const c_char) -> *mut *mut HashEnt {
    // SAFETY: a table has `size` lists behind its header; the index is below that.
    unsafe {
        (&raw mut (*hashtab).table)
            .cast::<*mut HashEnt>()
            .add(index(hashtab, key) as usize)
    }
}

/// The number of the list that `key` belongs to; 0 in a table without lists.
///
/// # Safety
/// As [`bucket`].
unsafe fn index(hashtab: *mut HashTab, key: *const c_char) -> c_ulong {
    // SAFETY: as the caller says.
    let (size, key) = unsafe { ((*hashtab).size as c_ulong, c_str(key).unwrap_or(c"")) };
    let hash = key.to_bytes().iter().fold(0 as c_ulong, |hash, &octet| {
        // An octet beyond ASCII counts as C's plain `char` makes it: negative where that is signed.
        hash.wrapping_mul(HASHMULT as c_ulong)
            .wrapping_add(octet as c_char as c_uint as c_ulong)
    });
    hash.checked_rem(size).unwrap_or(0)
}

/// The entry of `key` in its list, or NULL.
///
/// # Safety
/// As [`bucket`].
unsafe fn find(hashtab: *mut HashTab, key: *const c_char) -> *mut HashEnt {
    // SAFETY: as the caller says; entries' names are the callers' strings.
    unsafe {
        if (*hashtab).size == 0 {
            return ptr::null_mut();
        }
        let mut entry = *bucket(hashtab, key);
        while !entry.is_null() && c_str((*entry).name) != c_str(key) {
            entry = (*entry).next;
        }
        entry
    }
}

/// Puts a new entry with room for `extra` more words at the head of its list.
///
/// # Safety
/// As [`bucket`]; `key` must live as long as the entry.
unsafe fn add(
    hashtab: *mut HashTab,
    key: *mut c_char,
    data: *mut c_void,
    extra: c_long,
) -> *mut HashEnt {
    // SAFETY: a live table.
    if unsafe { (*hashtab).size } == 0 {
        return ptr::null_mut();
    }
    let size = size_of::<HashEnt>() + extra.max(0) as usize * size_of::<*mut c_void>();
    let entry = allocate(size).cast::<HashEnt>();
    // SAFETY: NULL or a new block of that size.
    unsafe {
        if !entry.is_null() {
            ptr::write_bytes(entry.cast::<u8>(), 0, size);
            let list = bucket(hashtab, key);
            (*entry).next = *list;
            (*entry).name = key;
            (*entry).data[0] = data;
            *list = entry;
        }
    }
    entry
}

/// The data words of an entry; NULL for NULL.
fn data_of(entry: *mut HashEnt) -> *mut *mut c_void {
    if entry.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: a live entry; only an address is made.
    unsafe { (&raw mut (*entry).data).cast() }
}

/// The value of a hexadecimal digit as c-client computes it, sense or not.
fn nibble(digit: u8) -> u8 {
    let base = match digit {
        b'0'..=b'9' => b'0',
        ..=b'Z' => b'A' - 10,
        _ => b'a' - 10,
    };
    digit.wrapping_sub(base)
}

/// Changes a C string in place, octet by octet.
///
/// # Safety
/// `string` is NULL or a NUL-ended string that may be written to.
unsafe fn map_in_place(string: *mut c_uchar, map: fn(&u8) -> u8) -> *mut c_uchar {
    // SAFETY: as the caller says.
    unsafe {
        let length = c_str(string.cast()).map_or(0, |string| string.count_bytes());
        for offset in 0..length {
            let octet = string.add(offset);
            *octet = map(&*octet);
        }
    }
    string
}

entry! {
    /// The smaller of two numbers.
    fn Min(i: c_long, j: c_long) -> c_long {
        i.min(j)
    }

    /// The larger of two numbers.
    fn Max(i: c_long, j: c_long) -> c_long {
        i.max(j)
    }

    /// Makes the ASCII letters of `string` upper case, in place; returns it.
    fn ucase(string: *mut c_uchar) -> *mut c_uchar {
        // SAFETY: a string of the caller's, to be changed.
        unsafe { map_in_place(string, u8::to_ascii_uppercase) }
    }

    /// Makes the ASCII letters of `string` lower case, in place; returns it.
    fn lcase(string: *mut c_uchar) -> *mut c_uchar {
        // SAFETY: a string of the caller's, to be changed.
        unsafe { map_in_place(string, u8::to_ascii_lowercase) }
    }

    /// Compares two numbers: -1, 0 or 1.
    fn compare_ulong(l1: c_ulong, l2: c_ulong) -> c_int {
        sign(l1.cmp(&l2))
    }

    /// Compares two octets, ASCII letters without regard to case: -1, 0 or 1.
    fn compare_uchar(c1: c_uchar, c2: c_uchar) -> c_int {
        sign(compare(&[c1], &[c2]))
    }

    /// Compares two strings, ASCII letters without regard to case: -1, 0 or 1. NULL comes first.
    fn compare_cstring(s1: *mut c_uchar, s2: *mut c_uchar) -> c_int {
        // SAFETY: NULL or NUL-ended strings.
        match unsafe { (c_str(s1.cast()), c_str(s2.cast())) } {
            (Some(s1), Some(s2)) => sign(compare(s1.to_bytes(), s2.to_bytes())),
            (s1, s2) => sign(s1.is_some().cmp(&s2.is_some())),
        }
    }

    /// Compares a string with a counted text, as `compare_cstring` does.
    fn compare_csizedtext(s1: *mut c_uchar, s2: *mut SizedText) -> c_int {
        // SAFETY: NULL or a NUL-ended string; NULL or a counted text.
        match unsafe { (c_str(s1.cast()), s2.as_ref().map(|s2| text_bytes(s2))) } {
            (Some(s1), Some(s2)) => sign(compare(s1.to_bytes(), s2)),
            (s1, s2) => sign(s1.is_some().cmp(&s2.is_some())),
        }
    }

    /// The number of the lowest of the 32 low bits that is set in `*valptr`, which is cleared;
    /// 0xffffffff when none is.
    fn find_rightmost_bit(valptr: *mut c_ulong) -> c_ulong {
        // SAFETY: NULL or a number of the caller's.
        match unsafe { valptr.as_mut() } {
            Some(value) if *value as u32 != 0 => {
                let bit = (*value as u32).trailing_zeros();
                *value ^= 1 << bit;
                bit as c_ulong
            }
            _ => 0xffff_ffff,
        }
    }

    /// The octet two hexadecimal digits stand for.
    fn hex2byte(c1: c_uchar, c2: c_uchar) -> c_uchar {
        (nibble(c1) << 4).wrapping_add(nibble(c2))
    }

    /// Whether the `basec` octets at `base` hold the `patc` at `pat`, ASCII letters without regard
    /// to case. An empty pattern is in every text that has octets.
    fn search(base: *mut c_uchar, basec: c_long, pat: *mut c_uchar, patc: c_long) -> c_long {
        // SAFETY: both are good for their lengths.
        let Some((text, pattern)) = (unsafe { haystack_and_needle(base, basec, pat, patc) }) else {
            return 0;
        };
        c_long::from(
            pattern.is_empty()
                || text.windows(pattern.len()).any(|part| part.eq_ignore_ascii_case(pattern)),
        )
    }

    /// Whether the `basec` octets at `base` hold the `patc` at `pat`.
    fn ssearch(base: *mut c_uchar, basec: c_long, pat: *mut c_uchar, patc: c_long) -> c_long {
        // SAFETY: both are good for their lengths.
        let Some((text, pattern)) = (unsafe { haystack_and_needle(base, basec, pat, patc) }) else {
            return 0;
        };
        c_long::from(
            pattern.is_empty() || text.windows(pattern.len()).any(|part| part == pattern),
        )
    }

    /// Replaces `text` by all that is left to read of `bs`; returns it.
    fn textcpystring(text: *mut SizedText, bs: *mut MailString) -> *mut c_char {
        // SAFETY: NULL or a text and a string of the caller's.
        unsafe {
            match (text.as_mut(), bs.as_mut()) {
                (Some(text), Some(bs)) => {
                    set_text(text, &string_drivers::read(bs, usize::MAX)).cast()
                }
                _ => ptr::null_mut(),
            }
        }
    }

    /// Replaces `text` by `size` octets of `bs` from `offset` on, fewer when it ends; returns it.
    fn textcpyoffstring(
        text: *mut SizedText,
        bs: *mut MailString,
        offset: c_ulong,
        size: c_ulong,
    ) -> *mut c_char {
        // SAFETY: NULL or a text and a string of the caller's.
        unsafe {
            match (text.as_mut(), bs.as_mut()) {
                (Some(text), Some(bs)) => {
                    string_drivers::seek(bs, offset);
                    set_text(text, &string_drivers::read(bs, size as usize)).cast()
                }
                _ => ptr::null_mut(),
            }
        }
    }

    /// A new hash table of `size` lists, the caller's until hash_destroy.
    fn hash_create(size: usize) -> *mut HashTab {
        let Some(octets) = size
            .checked_mul(size_of::<*mut HashEnt>())
            .and_then(|lists| lists.checked_add(size_of::<HashTab>()))
        else {
            return ptr::null_mut();
        };
        let table = allocate(octets).cast::<HashTab>();
        // SAFETY: NULL or a new block of that size.
        unsafe {
            if !table.is_null() {
                ptr::write_bytes(table.cast::<u8>(), 0, octets);
                (*table).size = size;
            }
        }
        table
    }

    /// Empties and frees a hash table. Keys and data are their owners'.
    fn hash_destroy(hashtab: *mut *mut HashTab) {
        // SAFETY: NULL, or the address of a table the caller owns.
        unsafe {
            if let Some(hashtab) = hashtab.as_mut()
                && !hashtab.is_null()
            {
                hash_reset(*hashtab);
                release(hashtab);
            }
        }
    }

    /// Empties a hash table.
    fn hash_reset(hashtab: *mut HashTab) {
        // SAFETY: NULL or a live table, with `size` lists behind its header.
        unsafe {
            if hashtab.is_null() {
                return;
            }
            let lists = (&raw mut (*hashtab).table).cast::<*mut HashEnt>();
            for list in 0..(*hashtab).size {
                let mut entry = std::mem::replace(&mut *lists.add(list), ptr::null_mut());
                while !entry.is_null() {
                    let next = (*entry).next;
                    release(&mut entry);
                    entry = next;
                }
            }
        }
    }

    /// The number of the list that `key` belongs to.
    fn hash_index(hashtab: *mut HashTab, key: *mut c_char) -> c_ulong {
        // SAFETY: a live table and a NUL-ended string.
        unsafe { index(hashtab, key) }
    }

    /// The data words of `key`, which are the table's; NULL when it is not there.
    fn hash_lookup(hashtab: *mut HashTab, key: *mut c_char) -> *mut *mut c_void {
        // SAFETY: a live table and a NUL-ended string.
        unsafe { data_of(find(hashtab, key)) }
    }

    /// Adds an entry, whether or not `key` has one already; the newest is found first. `key` must stay as it is;
    /// `extra` is the number of data words beyond the first. The entry is the table's.
    fn hash_add(
        hashtab: *mut HashTab,
        key: *mut c_char,
        data: *mut c_void,
        extra: c_long,
    ) -> *mut HashEnt {
        // SAFETY: a live table and a NUL-ended string.
        unsafe { add(hashtab, key, data, extra) }
    }

    /// The data words of `key`, which are the table's; it is added when it is not there.
    fn hash_lookup_and_add(
        hashtab: *mut HashTab,
        key: *mut c_char,
        data: *mut c_void,
        extra: c_long,
    ) -> *mut *mut c_void {
        // SAFETY: a live table and a NUL-ended string.
        unsafe {
            let found = find(hashtab, key);
            data_of(if found.is_null() { add(hashtab, key, data, extra) } else { found })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(string: &core::ffi::CStr) -> *mut c_uchar {
        string.as_ptr().cast_mut().cast()
    }

    #[test]
    fn strings_compare_without_case_and_null_first() {
        // SAFETY: NUL-ended strings or NULL.
        unsafe {
            assert_eq!(compare_cstring(text(c"Inbox"), text(c"INBOX")), 0);
            assert_eq!(compare_cstring(text(c"a"), text(c"B")), -1);
            assert_eq!(compare_cstring(text(c"ab"), text(c"A")), 1);
            // Letters sort as lower case: '_' lies between the cases.
            assert_eq!(compare_cstring(text(c"A"), text(c"_")), 1);
            assert_eq!(compare_cstring(ptr::null_mut(), text(c"")), -1);
            assert_eq!(compare_cstring(text(c""), ptr::null_mut()), 1);
            assert_eq!(compare_cstring(ptr::null_mut(), ptr::null_mut()), 0);
        }
    }

    #[test]
    fn the_lowest_bit_is_taken() {
        let mut value: c_ulong = 0x8000_0100;
        // SAFETY: a number of ours.
        unsafe {
            assert_eq!(find_rightmost_bit(&mut value), 8);
            assert_eq!(find_rightmost_bit(&mut value), 31);
            assert_eq!(find_rightmost_bit(&mut value), 0xffff_ffff);
        }
        assert_eq!(value, 0);
    }

    #[test]
    fn a_hash_table_keeps_what_it_is_given() {
        // SAFETY: a table made and freed here, keys are literals.
        unsafe {
            let mut table = hash_create(3);
            for (value, key) in [c"INBOX", c"INBOX.Old", c"INBOX.Work", c"caf\xe9"]
                .iter()
                .enumerate()
            {
                let words = hash_lookup_and_add(table, key.as_ptr().cast_mut(), value as _, 1);
                *words.add(1) = words.cast();
            }
            let again = hash_lookup_and_add(table, c"INBOX".as_ptr().cast_mut(), 9 as _, 0);
            assert_eq!(*again as usize, 0);
            hash_add(table, c"INBOX".as_ptr().cast_mut(), 9 as _, 0);
            assert_eq!(
                *hash_lookup(table, c"INBOX".as_ptr().cast_mut()) as usize,
                9
            );
            assert_eq!(
                *hash_lookup(table, c"caf\xe9".as_ptr().cast_mut()) as usize,
                3
            );
            assert!(hash_lookup(table, c"inbox".as_ptr().cast_mut()).is_null());
            hash_destroy(&mut table);
            assert!(table.is_null());
        }
    }

    #[test]
    fn search_minds_its_edges() {
        let find = |base: &[u8], pattern: &[u8]| {
            // SAFETY: both with their own lengths.
            unsafe {
                search(
                    base.as_ptr().cast_mut(),
                    base.len() as c_long,
                    pattern.as_ptr().cast_mut(),
                    pattern.len() as c_long,
                )
            }
        };
        assert_eq!(find(b"Hello World", b"WORLD"), 1);
        assert_eq!(find(b"Hello", b"Hello!"), 0);
        assert_eq!(find(b"x", b""), 1);
        assert_eq!(find(b"", b""), 0);
        assert_eq!(find(b"[", b"{"), 0);
    }
}
