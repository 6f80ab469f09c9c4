//! What the local-mailbox and hash helpers share.

use core::ffi::{c_char, c_int, c_ulong, c_void};

/// State of a held `.lock` file, filled by `dotlock_lock`. C name: `DOTLOCK`.
#[repr(C)]
pub struct DotLock {
    /// The lock file's name.
    pub lock: [c_char; 1024],
    /// The process that holds it answers here; -1.
    pub pipei: c_int,
    /// And is told here; -1.
    pub pipeo: c_int,
}

/// One bucket entry of a [`HashTab`]; `data` is really as long as the caller asked for. C name: `struct hash_entry`.
#[repr(C)]
pub struct HashEnt {
    /// The next entry of the list; NULL at the end.
    pub next: *mut HashEnt,
    /// The key, its owner's.
    pub name: *mut c_char,
    /// The data words.
    pub data: [*mut c_void; 1],
}

/// A hash table; `table` is really `size` entries long. C name: `struct hash_table`.
#[repr(C)]
pub struct HashTab {
    /// How many lists there are.
    pub size: usize,
    /// The lists.
    pub table: [*mut HashEnt; 1],
}

/// What the `fd_string` driver reads: a file, from a position on, through a buffer of the
/// caller's. C name: `FDDATA`.
#[repr(C)]
pub struct FdData {
    /// The file.
    pub fd: c_int,
    /// Where the string begins in it.
    pub pos: c_ulong,
    /// The buffer.
    pub chunk: *mut c_char,
    /// Its size.
    pub chunksize: c_ulong,
}
