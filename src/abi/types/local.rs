//! What the local-mailbox and hash helpers share.

use core::ffi::{c_char, c_int, c_ulong, c_void};

/// State of a held `.lock` file, filled by `dotlock_lock`. C name: `DOTLOCK`.
#[repr(C)]
pub struct DotLock {
    pub lock: [c_char; 1024],
    pub pipei: c_int,
    pub pipeo: c_int,
}

/// One bucket entry of a [`HashTab`]; `data` is really as long as the caller asked for. C name: `struct hash_entry`.
#[repr(C)]
pub struct HashEnt {
    pub next: *mut HashEnt,
    pub name: *mut c_char,
    pub data: [*mut c_void; 1],
}

/// A hash table; `table` is really `size` entries long. C name: `struct hash_table`.
#[repr(C)]
pub struct HashTab {
    pub size: usize,
    pub table: [*mut HashEnt; 1],
}

/// What the `fd_string` driver reads: a file, from a position on, through a buffer of the
/// caller's. C name: `FDDATA`.
#[repr(C)]
pub struct FdData {
    pub fd: c_int,
    pub pos: c_ulong,
    pub chunk: *mut c_char,
    pub chunksize: c_ulong,
}
