//! Counted text and lists of it.

use core::ffi::{c_char, c_uchar, c_ulong, c_void};

use super::soutr_t;

/// Counted text; `data` need not end in NUL, but does wherever the library makes one. C name: `SIZEDTEXT`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SizedText {
    pub data: *mut c_uchar,
    pub size: c_ulong,
}

/// A list of counted strings. C name: `STRINGLIST`.
#[repr(C)]
pub struct StringList {
    pub text: SizedText,
    pub next: *mut StringList,
}

/// An output buffer and the function that drains it when it is full. C name: `RFC822BUFFER`.
#[repr(C)]
pub struct Rfc822Buffer {
    pub f: soutr_t,
    pub s: *mut c_void,
    pub beg: *mut c_char,
    pub cur: *mut c_char,
    pub end: *mut c_char,
}
