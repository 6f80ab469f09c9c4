//! Charset tables.

use core::ffi::{c_char, c_uint, c_ulong, c_ushort, c_void};

use super::bits::bitfields;

/// One known script: name, description, its bit. C name: `SCRIPT`.
#[repr(C)]
pub struct Script {
    /// Its name.
    pub name: *mut c_char,
    /// What it is.
    pub description: *mut c_char,
    /// Its bit in CHARSET's `script`.
    pub script: c_ulong,
}

/// One known charset: its name, encoding scheme, flags and table. C name: `CHARSET`.
#[repr(C)]
pub struct Charset {
    /// Its name, in upper case.
    pub name: *mut c_char,
    /// How it is encoded (`CT_*`).
    pub r#type: c_ushort,
    /// `CF_*`.
    pub flags: c_ushort,
    /// Its table, as `type` says.
    pub tab: *mut c_void,
    /// Which scripts it has, a bit each.
    pub script: c_ulong,
    /// The charset that is better written instead; NULL.
    pub preferred: *mut c_char,
}

/// Parameters of one EUC code set. C name: `struct utf8_eucparam`.
#[repr(C)]
pub struct Utf8EucParam {
    pub bits: c_uint,
    /// The characters, row by row.
    pub tab: *mut c_void,
}
bitfields! { Utf8EucParam {
    /// The lowest first octet.
    bits: base_ku, set_base_ku: 0, 8;
    /// The lowest second octet.
    bits: base_ten, set_base_ten: 8, 8;
    /// How many first octets there are.
    bits: max_ku, set_max_ku: 16, 8;
    /// How many second octets there are.
    bits: max_ten, set_max_ten: 24, 8;
} }
