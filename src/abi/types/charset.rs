//! Charset tables.

use core::ffi::{c_char, c_uint, c_ulong, c_ushort, c_void};

use super::bits::bitfields;

/// One known script: name, description, its bit. C name: `SCRIPT`.
#[repr(C)]
pub struct Script {
    pub name: *mut c_char,
    pub description: *mut c_char,
    pub script: c_ulong,
}

/// One known charset: its name, encoding scheme, flags and table. C name: `CHARSET`.
#[repr(C)]
pub struct Charset {
    pub name: *mut c_char,
    pub r#type: c_ushort,
    pub flags: c_ushort,
    pub tab: *mut c_void,
    pub script: c_ulong,
    pub preferred: *mut c_char,
}

/// Parameters of one EUC code set. C name: `struct utf8_eucparam`.
#[repr(C)]
pub struct Utf8EucParam {
    pub bits: c_uint,
    pub tab: *mut c_void,
}
bitfields! { Utf8EucParam {
    bits: base_ku, set_base_ku: 0, 8;
    bits: base_ten, set_base_ten: 8, 8;
    bits: max_ku, set_max_ku: 16, 8;
    bits: max_ten, set_max_ten: 24, 8;
} }
