//! `utf8.h`: single characters, and how wide texts are.

use core::ffi::{c_long, c_uchar, c_ulong, c_void};
use core::ptr;

use super::charsets::as_seen;
use super::constants::*;
use super::entry::{c_str, entry};
use super::memory::{allocate, release, text_bytes};
use super::tell;
use super::types::{Charset, SizedText};
use super::utf8::{code, octets, step};
use crate::mime::canonical::{decompose, decompose_once, title_case};
use crate::mime::utf8::Fault;
use crate::mime::width::{self, NoWidth};

/// What is left of a decomposition: what `*more` points to, a block of the C heap.
#[repr(C)]
struct More {
    /// Tells such a block from others.
    mark: u32,
    next: u32,
    count: u32,
    codes: [u32; LONGEST],
}

/// The most characters that one decomposes to (U+FDFA).
const LONGEST: usize = 18;
const MARK: u32 = 0x6d6f_7265;

/// The character of a number, if it is one.
fn character(c: c_ulong) -> Option<char> {
    u32::try_from(c as usize).ok().and_then(char::from_u32)
}

/// Starts a decomposition, or goes on with it if `c` has `U8G_ERROR` set.
///
/// # Safety
/// `more` may be written to, and `*more` is, where it goes on, NULL or what this function has put there.
unsafe fn decomposed(
    name: &str,
    c: c_ulong,
    more: *mut *mut c_void,
    parts: fn(char, &mut dyn FnMut(char)),
) -> c_ulong {
    if more.is_null() {
        return c;
    }
    // SAFETY: as the caller says.
    unsafe {
        if c & c_ulong::from(U8G_ERROR) != 0 {
            let block = (*more).cast::<More>();
            if block.is_null() {
                tell::log(format!("no more block provided to {name}!"), ERROR);
                return 0;
            }
            // A block that is not ours may lie anywhere.
            if ptr::read_unaligned(&raw const (*block).mark) != MARK {
                tell::log(format!("invalid more block argument to {name}!"), ERROR);
                *more = ptr::null_mut();
                return 0;
            }
            let found = (*block).codes.get((*block).next as usize).copied();
            (*block).next += 1;
            if (*block).next >= (*block).count {
                (*block).mark = 0;
                release(&mut *more);
            }
            return found.unwrap_or(0).into();
        }
        *more = ptr::null_mut();
        let Some(whole) = character(c) else { return c };
        let mut found = Vec::new();
        parts(whole, &mut |part| found.push(u32::from(part)));
        let Some((&first, rest)) = found.split_first() else {
            return c;
        };
        if !rest.is_empty() {
            let block = allocate(size_of::<More>()).cast::<More>();
            if !block.is_null() {
                let mut codes = [0; LONGEST];
                let count = rest.len().min(LONGEST);
                codes[..count].copy_from_slice(&rest[..count]);
                block.write(More {
                    mark: MARK,
                    next: 0,
                    count: count as u32,
                    codes,
                });
                *more = block.cast();
            }
        }
        first.into()
    }
}

/// The number of a code without a width.
fn error(fault: NoWidth) -> c_long {
    let number = match fault {
        NoWidth::NoCharacter => U4W_NOTUNCD,
        NoWidth::Private => U4W_PRIVATE,
        NoWidth::Special => U4W_SSPCHAR,
        NoWidth::Unassigned => U4W_UNASSGN,
        NoWidth::Control => U4W_CONTROL,
    };
    number as c_long
}

/// The width of a text; -1 if it is not UTF-8.
fn text_width(text: &[u8]) -> c_long {
    width::of_text(text, |fault| error(fault) as usize).map_or(-1, |width| width as c_long)
}

entry! {
    /// The character at `*s`, of `*i` octets that remain, in a charset, and steps over it. What has `U8G_ERROR` set
    /// is the reason why there is none; then nothing moves. ISO 2022 and UTF-7 cannot be read one by one.
    fn ucs4_cs_get(cs: *mut Charset, s: *mut *mut c_uchar, i: *mut c_ulong) -> c_ulong {
        // SAFETY: a charset, a position of the caller's and what remains.
        unsafe {
            let coding = cs.as_ref().and_then(|cs| as_seen(cs.r#type.into(), cs.tab));
            match coding {
                Some(coding) => step(s, i, coding.first(octets(s, i))),
                None if *i == 0 => code(Fault::End),
                None => code(Fault::NotUtf8),
            }
        }
    }

    /// The title case of a character: as a rule its capital, one for one.
    fn ucs4_titlecase(c: c_ulong) -> c_ulong {
        character(c).map_or(c, |c| u32::from(title_case(c)).into())
    }

    /// The columns of a character on a terminal: 0, 1 or 2, or one of the `U4W_` for what has no width.
    fn ucs4_width(c: c_ulong) -> c_long {
        width::columns(c as usize).map_or_else(error, c_long::from)
    }

    /// What a character decomposes to in one step, by compatibility: the first of it. If `*more` is set then, the next
    /// follow by calls with `U8G_ERROR` until it is NULL again, and only then is nothing left to free.
    fn ucs4_decompose(c: c_ulong, more: *mut *mut c_void) -> c_ulong {
        // SAFETY: a place of the caller's with what an earlier call has put there.
        unsafe { decomposed("ucs4_decompose", c, more, |c, put| decompose_once(c, put)) }
    }

    /// Likewise, down to what decomposes no more.
    fn ucs4_decompose_recursive(c: c_ulong, more: *mut *mut c_void) -> c_ulong {
        // SAFETY: as above.
        unsafe { decomposed("ucs4_decompose_recursive", c, more, |c, put| decompose(c, put)) }
    }

    /// The columns of a NUL-ended text of UTF-8; -1 if it is none. What has no width counts as its `U4W_` number.
    fn utf8_strwidth(s: *mut c_uchar) -> c_long {
        // SAFETY: NULL or a NUL-ended string.
        unsafe { c_str(s.cast()) }.map_or(0, |text| text_width(text.to_bytes()))
    }

    /// Likewise of a counted text.
    fn utf8_textwidth(utf8: *mut SizedText) -> c_long {
        // SAFETY: NULL or a text of the caller's.
        unsafe { utf8.as_ref().map_or(0, |text| text_width(text_bytes(text))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::callbacks::fake;

    fn parts(
        c: c_ulong,
        by: unsafe extern "C-unwind" fn(c_ulong, *mut *mut c_void) -> c_ulong,
    ) -> Vec<c_ulong> {
        let mut more = ptr::null_mut();
        // SAFETY: a place of ours.
        let mut found = vec![unsafe { by(c, &raw mut more) }];
        while !more.is_null() {
            // SAFETY: as above.
            found.push(unsafe { by(U8G_ERROR.into(), &raw mut more) });
        }
        found
    }

    #[test]
    fn characters_decompose_step_by_step() {
        assert_eq!(parts(0x1d5, ucs4_decompose), [0xdc, 0x304]);
        assert_eq!(parts(0x1d5, ucs4_decompose_recursive), [0x55, 0x308, 0x304]);
        assert_eq!(parts(0xfdfa, ucs4_decompose).len(), LONGEST);
        for c in [0x41, 0xac00, 0xd800, 0x11_0000, 0x1_0000_00e4] {
            assert_eq!(parts(c, ucs4_decompose_recursive), [c]);
        }
    }

    #[test]
    fn a_decomposition_that_nobody_began_is_a_line_in_the_log() {
        fake::take_log();
        let mut more = ptr::null_mut();
        let mut other = [0u8; size_of::<More>()];
        // SAFETY: a place of ours; a block that is none.
        unsafe {
            assert_eq!(ucs4_decompose(U8G_ERROR.into(), &raw mut more), 0);
            more = other.as_mut_ptr().cast();
            assert_eq!(ucs4_decompose(U8G_ERROR.into(), &raw mut more), 0);
            assert!(more.is_null());
        }
        assert_eq!(fake::take_log().len(), 2);
    }
}
