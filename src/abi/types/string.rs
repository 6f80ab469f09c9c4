//! Strings behind a driver.

use core::ffi::{c_char, c_ulong, c_void};

/// A string read through a driver, so that a message need not be in memory at once. Lives on the caller's stack; driven by `INIT`, `SNX`, `CHR`, `SETPOS`, `GETPOS`, `SIZE`. C name: `STRING`.
#[repr(C)]
pub struct MailString {
    /// What the driver reads from.
    pub data: *mut c_void,
    /// The driver's own.
    pub data1: c_ulong,
    /// Size of the whole in octets.
    pub size: c_ulong,
    /// The piece that is in memory.
    pub chunk: *mut c_char,
    /// The size of a piece.
    pub chunksize: c_ulong,
    /// Where the piece begins in the whole.
    pub offset: c_ulong,
    /// The current position in the piece.
    pub curpos: *mut c_char,
    /// Octets of the piece from there on.
    pub cursize: c_ulong,
    /// The driver.
    pub dtb: *mut StringDriver,
}

/// How a [`MailString`] reads its data. C name: `STRINGDRIVER`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct StringDriver {
    /// Begins: the string, its data, its size.
    pub init: Option<unsafe extern "C-unwind" fn(*mut MailString, *mut c_void, c_ulong)>,
    /// Gets the next piece; returns the octet at the position and moves on.
    pub next: Option<unsafe extern "C-unwind" fn(*mut MailString) -> c_char>,
    /// Moves to a position, and gets the piece there.
    pub setpos: Option<unsafe extern "C-unwind" fn(*mut MailString, c_ulong)>,
}
