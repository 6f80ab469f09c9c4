//! Constants of `misc.h`.

use core::ffi::c_int;

// Multiplier of the hash function.
pub const HASHMULT: c_int = 29;
