//! Constants of `nntp.h`.

use core::ffi::{c_long, c_ulong};

// Port.
pub const NNTPTCPPORT: c_long = 119;

// `nntp_open` options.
pub const NOP_DEBUG: c_long = 0x1;
pub const NOP_READONLY: c_long = 0x2;
pub const NOP_TRYSSL: c_long = 0x4;
pub const NOP_RESERVED: c_ulong = 0xff000000;
