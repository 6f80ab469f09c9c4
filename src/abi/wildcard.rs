//! Patterns of mailbox names: `pmatch_full` and `dmatch`.

use core::ffi::{c_long, c_uchar};

use super::entry::entry;
use super::memory::bytes;
use crate::wildcard::{is_directory_of, matches};

entry! {
    /// Whether `s` matches `pat`: `*` stands for anything, `%` for anything without `delim`. T or NIL.
    fn pmatch_full(s: *mut c_uchar, pat: *mut c_uchar, delim: c_uchar) -> c_long {
        // SAFETY: C strings by the interface.
        c_long::from(unsafe { matches(bytes(s.cast()), bytes(pat.cast()), delim) })
    }

    /// Whether `s` is a directory in which something may match `pat`. T or NIL.
    fn dmatch(s: *mut c_uchar, pat: *mut c_uchar, delim: c_uchar) -> c_long {
        // SAFETY: C strings by the interface.
        c_long::from(unsafe { is_directory_of(bytes(s.cast()), bytes(pat.cast()), delim) })
    }
}
