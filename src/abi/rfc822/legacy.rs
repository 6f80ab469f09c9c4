//! The old functions that write into a buffer of unknown length, of which c-client expects `SENDBUFLEN` octets.

use core::ffi::{c_char, c_long, c_void};

use super::super::constants::{ERROR, SENDBUFLEN};
use super::super::entry::entry;
use super::super::memory::bytes;
use super::super::tell;
use super::super::types::{Address, Body, Envelope, Rfc822Buffer};
use super::output::{self, Out, rule};
use crate::mime::quote::quote;

/// Octets for text in a buffer of `SENDBUFLEN`.
pub(super) const ROOM: usize = SENDBUFLEN as usize - 1;

/// More text than any buffer of the interface holds: nothing takes it.
unsafe extern "C-unwind" fn overflow(_: *mut c_void, _: *mut c_char) -> c_long {
    tell::log("rfc822.c legacy routine buffer overflow", ERROR);
    0
}

/// Writes at `at`, ends the text with a NUL and returns where that stands. What does not fit is not written at all.
///
/// # Safety
/// `at` is NULL or good for `SENDBUFLEN` octets.
unsafe fn write_at(at: *mut c_char, write: impl FnOnce(Out) -> Option<()>) -> *mut c_char {
    if at.is_null() {
        return at;
    }
    // SAFETY: the caller vouches for the length.
    unsafe {
        let mut buf = Rfc822Buffer {
            f: Some(overflow),
            s: core::ptr::null_mut(),
            beg: at,
            cur: at,
            end: at.add(ROOM),
        };
        let buf = &raw mut buf;
        if Out::new(buf).and_then(write).is_none() {
            (*buf).cur = at;
        }
        *(*buf).cur = 0;
        (*buf).cur
    }
}

/// Where the text of `dest` ends.
///
/// # Safety
/// NULL or a C string.
unsafe fn end(dest: *mut c_char) -> *mut c_char {
    if dest.is_null() {
        return dest;
    }
    // SAFETY: the NUL belongs to the string.
    unsafe { dest.add(bytes(dest).len()) }
}

/// Appends to `*header` and moves it to the new end.
///
/// # Safety
/// `header` is NULL or points to a C string with room for `SENDBUFLEN` octets behind it.
unsafe fn append(header: *mut *mut c_char, write: impl FnOnce(Out) -> Option<()>) {
    // SAFETY: the caller vouches for it.
    unsafe {
        if let Some(header) = header.as_mut() {
            *header = write_at(end(*header), write);
        }
    }
}

entry! {
    /// Writes a message's header to `header`. There must be room for SENDBUFLEN octets from there on; what would be
    /// longer is not written, which is an error in the log.
    fn rfc822_header(header: *mut c_char, env: *mut Envelope, body: *mut Body) {
        // SAFETY: all of the caller's.
        unsafe {
            write_at(header, |out| output::header(out, env.as_ref()?, body.as_ref(), false));
        }
    }

    /// Appends a header line to `*header` and moves it to the end. There must be room for SENDBUFLEN octets from there
    /// on; what would be longer is not written, which is an error in the log.
    fn rfc822_header_line(header: *mut *mut c_char, r#type: *mut c_char, env: *mut Envelope, text: *mut c_char) {
        // SAFETY: all of the caller's.
        unsafe {
            append(header, |out| {
                output::header_line(out, bytes(r#type), !env.as_ref()?.remail.is_null(), text)
            });
        }
    }

    /// Appends a header line of addresses to `*header` and moves it to the end. There must be room for SENDBUFLEN
    /// octets from there on; what would be longer is not written, which is an error in the log.
    fn rfc822_address_line(header: *mut *mut c_char, r#type: *mut c_char, env: *mut Envelope, adr: *mut Address) {
        // SAFETY: all of the caller's.
        unsafe {
            append(header, |out| {
                output::address_line(out, bytes(r#type), !env.as_ref()?.remail.is_null(), adr)
            });
        }
    }

    /// Appends an address list to `dest` and returns the end. `base`, unless NULL, is where the header line begins:
    /// then the list is continued on new lines. There must be room for SENDBUFLEN octets from there on; what would be
    /// longer is not written, which is an error in the log.
    fn rfc822_write_address_full(dest: *mut c_char, adr: *mut Address, base: *mut c_char) -> *mut c_char {
        let column = if base.is_null() { 0 } else { (dest as c_long).wrapping_sub(base as c_long) };
        // SAFETY: all of the caller's.
        unsafe { write_at(end(dest), |out| output::address_list(out, adr, column)) }
    }

    /// Appends mailbox and host of an address to `dest`. There must be room for SENDBUFLEN octets from there on; what
    /// would be longer is not written, which is an error in the log.
    fn rfc822_address(dest: *mut c_char, adr: *mut Address) {
        // SAFETY: all of the caller's.
        unsafe {
            write_at(end(dest), |out| adr.as_ref().map_or(Some(()), |adr| output::address(out, adr)));
        }
    }

    /// Appends a word to `dest`, in quotes as `rfc822_output_cat` has it. There must be room for SENDBUFLEN octets from
    /// there on; what would be longer is not written, which is an error in the log.
    fn rfc822_cat(dest: *mut c_char, src: *mut c_char, specials: *const c_char) {
        // SAFETY: all of the caller's.
        unsafe {
            write_at(end(dest), |out| out.put(&quote(bytes(src), rule(specials))));
        }
    }

    /// Appends the `Content-` lines of a body to `*header` and moves it to the end. There must be room for SENDBUFLEN
    /// octets from there on; what would be longer is not written, which is an error in the log.
    fn rfc822_write_body_header(header: *mut *mut c_char, body: *mut Body) {
        // SAFETY: all of the caller's.
        unsafe { append(header, |out| output::body_header(out, body.as_ref()?)) }
    }
}
