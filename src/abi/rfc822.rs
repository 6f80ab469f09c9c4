//! `rfc822.h`: reading and writing mail formats.

mod addresses;
pub mod bodies;
mod encode;
pub mod legacy;
pub mod output;

pub(super) use legacy::rfc822_write_address_full;

use core::ffi::{c_ulong, c_void};
use core::ptr;
use std::ffi::CString;

use super::callbacks;
use super::constants::PARSE;
use super::entry::entry;
use super::memory::hand_over;
use super::tell;
use crate::mime::encoding::{self, encode_quoted_printable};

/// The octets of a source argument.
///
/// # Safety
/// `src` is NULL or good for `srcl` octets.
pub(super) unsafe fn source<'a>(src: *const c_void, srcl: c_ulong) -> &'a [u8] {
    if src.is_null() {
        return &[];
    }
    // SAFETY: not NULL, and the caller vouches for the length.
    unsafe { core::slice::from_raw_parts(src.cast(), srcl as usize) }
}

/// Hands `octets` out with a NUL after them, which `*len` does not count.
///
/// # Safety
/// `len` is NULL or may be written to.
unsafe fn hand_out(octets: Vec<u8>, len: *mut c_ulong) -> *mut c_void {
    let size = octets.len() as c_ulong;
    let block = hand_over(octets);
    // SAFETY: as the caller says.
    if let Some(len) = unsafe { len.as_mut() } {
        *len = if block.is_null() { 0 } else { size };
    }
    block.cast()
}

entry! {
    /// Decodes the base64 text of `srcl` octets at `src`. The result, of `*len` octets and a NUL,
    /// is the caller's to free; NULL, with `*len` 0, when the text is no base64.
    ///
    /// Data after the final padding is ignored, with a PARSE line in the log.
    fn rfc822_base64(src: *mut u8, srcl: c_ulong, len: *mut c_ulong) -> *mut c_void {
        // SAFETY: the source has that length.
        let text = unsafe { source(src.cast_const().cast(), srcl) };
        let Some(decoded) = encoding::decode_base64(text) else {
            // SAFETY: a number of the caller's, or NULL.
            if let Some(len) = unsafe { len.as_mut() } {
                *len = 0;
            }
            return ptr::null_mut();
        };
        if let Some(trailing) = decoded.trailing {
            log_truncation(&text[trailing..]);
        }
        // SAFETY: a number of the caller's, or NULL.
        unsafe { hand_out(decoded.data, len) }
    }

    /// Encodes the `srcl` octets at `src` as base64, in lines of 60 characters with CRLF. The
    /// result, of `*len` octets and a NUL, is the caller's to free.
    fn rfc822_binary(src: *mut c_void, srcl: c_ulong, len: *mut c_ulong) -> *mut u8 {
        // SAFETY: the source has that length; `len` is a number of the caller's, or NULL.
        unsafe { hand_out(encoding::encode_base64(source(src, srcl)), len).cast() }
    }

    /// Decodes the quoted-printable text of `srcl` octets at `src`. The result, of `*len` octets and a NUL, is the
    /// caller's to free. What is no quoted-printable stays as it is, with a PARSE line in the log for the first.
    fn rfc822_qprint(src: *mut u8, srcl: c_ulong, len: *mut c_ulong) -> *mut u8 {
        // SAFETY: the source has that length.
        let text = unsafe { source(src.cast_const().cast(), srcl) };
        let decoded = encoding::decode_quoted_printable(text);
        if let Some(at) = decoded.invalid {
            tell::log_with("Invalid quoted-printable sequence: =", &text[at..], PARSE);
        }
        // SAFETY: a number of the caller's, or NULL.
        unsafe { hand_out(decoded.data, len).cast() }
    }

    /// Encodes the `srcl` octets at `src` as quoted-printable. The result, of `*len` octets and a NUL, is the
    /// caller's to free.
    fn rfc822_8bit(src: *mut u8, srcl: c_ulong, len: *mut c_ulong) -> *mut u8 {
        // SAFETY: the source has that length; `len` is a number of the caller's, or NULL.
        unsafe {
            let text = source(src.cast_const().cast(), srcl);
            hand_out(encode_quoted_printable(text), len).cast()
        }
    }
}

/// Says that base64 data went on after its end, and how: up to the line's end, 80 octets at most.
pub(super) fn log_truncation(rest: &[u8]) {
    let end = rest
        .iter()
        .position(|octet| b"\r\n\0".contains(octet))
        .unwrap_or(rest.len());
    let mut line = b"Possible data truncation in rfc822_base64(): ".to_vec();
    line.extend_from_slice(&rest[..end.min(80)]);
    if let Ok(line) = CString::new(line) {
        callbacks::log(&line, PARSE);
    }
}
