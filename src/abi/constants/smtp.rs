//! Constants of `smtp.h`.

use core::ffi::{c_long, c_ulong};

// Ports.
pub const SMTPTCPPORT: c_long = 25;
pub const SUBMITTCPPORT: c_long = 587;

// `smtp_open` options.
pub const SOP_DEBUG: c_long = 1;
pub const SOP_DSN: c_long = 2;
pub const SOP_DSN_NOTIFY_FAILURE: c_long = 4;
pub const SOP_DSN_NOTIFY_DELAY: c_long = 8;
pub const SOP_DSN_NOTIFY_SUCCESS: c_long = 16;
pub const SOP_DSN_RETURN_FULL: c_long = 32;
pub const SOP_8BITMIME: c_long = 64;
pub const SOP_SECURE: c_long = 256;
pub const SOP_TRYSSL: c_long = 512;
pub const SOP_TRYALT: c_long = SOP_TRYSSL;
pub const SOP_RESERVED: c_ulong = 0xff000000;
