//! Sorting and threading.

use core::ffi::{c_char, c_long, c_short, c_uint, c_ulong, c_ushort, c_void};

use super::bits::bitfields;
use super::{MailStream, SearchPgm, StringList, postsort_t, sorter_t};

/// A nested member of [`SortPgm`].
#[repr(C)]
pub struct SortPgmProgress {
    pub cached: c_ulong,
    pub sorted: c_ulong,
    pub postsorted: c_ulong,
}
/// A sort order: `function` (`SORT*`), direction, and the next criterion. C name: `SORTPGM`.
#[repr(C)]
pub struct SortPgm {
    pub bits: c_ushort,
    pub function: c_short,
    pub nmsgs: c_ulong,
    pub progress: SortPgmProgress,
    pub postsort: postsort_t,
    pub next: *mut SortPgm,
}
bitfields! { SortPgm {
    bits: reverse, set_reverse: 0, 1;
    bits: abort, set_abort: 1, 1;
} }

/// What sorting and threading keep of one message. C name: `SORTCACHE`.
#[repr(C)]
pub struct SortCache {
    pub bits: c_uint,
    pub pgm: *mut SortPgm,
    pub num: c_ulong,
    pub date: c_ulong,
    pub arrival: c_ulong,
    pub size: c_ulong,
    pub from: *mut c_char,
    pub to: *mut c_char,
    pub cc: *mut c_char,
    pub subject: *mut c_char,
    pub message_id: *mut c_char,
    pub unique: *mut c_char,
    pub references: *mut StringList,
}
bitfields! { SortCache {
    bits: sorted, set_sorted: 0, 1;
    bits: postsorted, set_postsorted: 1, 1;
    bits: refwd, set_refwd: 2, 1;
    bits: dirty, set_dirty: 3, 1;
} }

/// One node of a thread tree; `num` is 0 for a message that is missing. C name: `THREADNODE`.
#[repr(C)]
pub struct ThreadNode {
    pub num: c_ulong,
    pub sc: *mut SortCache,
    pub branch: *mut ThreadNode,
    pub next: *mut ThreadNode,
}

/// A threading algorithm that the server or the library offers. C name: `THREADER`.
#[repr(C)]
pub struct Threader {
    pub name: *mut c_char,
    pub dispatch: Option<
        unsafe extern "C-unwind" fn(
            *mut MailStream,
            *mut c_char,
            *mut SearchPgm,
            c_long,
            sorter_t,
        ) -> *mut ThreadNode,
    >,
    pub next: *mut Threader,
}

/// A node of the threader's working tree, opaque. C name: `container_t`.
pub type container_t = *mut *mut c_void;
