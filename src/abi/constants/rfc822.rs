//! Constants of `rfc822.h`.

use core::ffi::c_int;

// Nesting limits.
pub const MAXGROUPDEPTH: c_int = 50;
pub const MAXMIMEDEPTH: c_int = 50;
