//! Strings behind a driver.

use core::ffi::{c_char, c_ulong, c_void};

/// A string read through a driver, so that a message need not be in memory at once. Lives on the caller's stack; driven by `INIT`, `SNX`, `CHR`, `SETPOS`, `GETPOS`, `SIZE`. C name: `STRING`.
#[repr(C)]
pub struct MailString {
    pub data: *mut c_void,
    pub data1: c_ulong,
    pub size: c_ulong,
    pub chunk: *mut c_char,
    pub chunksize: c_ulong,
    pub offset: c_ulong,
    pub curpos: *mut c_char,
    pub cursize: c_ulong,
    pub dtb: *mut StringDriver,
}

/// How a [`MailString`] reads its data. C name: `STRINGDRIVER`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct StringDriver {
    pub init: Option<unsafe extern "C-unwind" fn(*mut MailString, *mut c_void, c_ulong)>,
    pub next: Option<unsafe extern "C-unwind" fn(*mut MailString) -> c_char>,
    pub setpos: Option<unsafe extern "C-unwind" fn(*mut MailString, c_ulong)>,
}
