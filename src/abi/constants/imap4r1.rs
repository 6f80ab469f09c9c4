//! Constants of `imap4r1.h`.

use core::ffi::c_int;

// How far a body's extension data has been read.
pub const BODYEXTMD5: c_int = 1;
pub const BODYEXTDSP: c_int = 2;
pub const BODYEXTLANG: c_int = 3;
pub const BODYEXTLOC: c_int = 4;
