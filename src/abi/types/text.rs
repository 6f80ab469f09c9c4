//! Counted text and lists of it.

use core::ffi::{c_char, c_uchar, c_ulong, c_void};

use super::soutr_t;

/// Counted text; `data` need not end in NUL, but does wherever the library makes one. C name: `SIZEDTEXT`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SizedText {
    /// The octets.
    pub data: *mut c_uchar,
    /// Their number, an ending NUL not counted.
    pub size: c_ulong,
}

/// A list of counted strings. C name: `STRINGLIST`.
#[repr(C)]
pub struct StringList {
    /// One string.
    pub text: SizedText,
    /// The next one; NULL at the end.
    pub next: *mut StringList,
}

/// An output buffer and the function that drains it when it is full. C name: `RFC822BUFFER`.
#[repr(C)]
pub struct Rfc822Buffer {
    /// Takes what is in the buffer, NUL-ended, when it is full; T if all went well.
    pub f: soutr_t,
    /// Its first argument.
    pub s: *mut c_void,
    /// The buffer, with one octet more than counts, for the NUL.
    pub beg: *mut c_char,
    /// Where the next octet goes.
    pub cur: *mut c_char,
    /// The end of the room.
    pub end: *mut c_char,
}
