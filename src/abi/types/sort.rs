//! Sorting and threading.

use core::ffi::{c_char, c_long, c_short, c_uint, c_ulong, c_ushort, c_void};

use super::bits::bitfields;
use super::{MailStream, SearchPgm, StringList, postsort_t, sorter_t};

/// A nested member of [`SortPgm`].
#[repr(C)]
pub struct SortPgmProgress {
    /// Messages of which the library knows what it sorts by.
    pub cached: c_ulong,
    /// Messages that are in order.
    pub sorted: c_ulong,
    /// Messages behind which `postsort` has been called.
    pub postsorted: c_ulong,
}
/// A sort order: `function` (`SORT*`), direction, and the next criterion. C name: `SORTPGM`.
#[repr(C)]
pub struct SortPgm {
    pub bits: c_ushort,
    /// `SORT*`.
    pub function: c_short,
    /// How many messages are sorted.
    pub nmsgs: c_ulong,
    /// How far it has come.
    pub progress: SortPgmProgress,
    /// Called when all is sorted; NULL.
    pub postsort: postsort_t,
    /// The criterion for what is equal by this one; NULL at the end.
    pub next: *mut SortPgm,
}
bitfields! { SortPgm {
    /// The other way round.
    bits: reverse, set_reverse: 0, 1;
    /// Set by the program (in a callback): give up.
    bits: abort, set_abort: 1, 1;
} }

/// What sorting and threading keep of one message. C name: `SORTCACHE`.
#[repr(C)]
pub struct SortCache {
    pub bits: c_uint,
    /// The program that it is sorted by.
    pub pgm: *mut SortPgm,
    /// Its number, or UID.
    pub num: c_ulong,
    /// Seconds since 1970 of its Date.
    pub date: c_ulong,
    /// Seconds since 1970 of its internal date.
    pub arrival: c_ulong,
    /// Its size in octets.
    pub size: c_ulong,
    /// The mailbox of the first From.
    pub from: *mut c_char,
    /// The mailbox of the first To.
    pub to: *mut c_char,
    /// The mailbox of the first Cc.
    pub cc: *mut c_char,
    /// The base subject.
    pub subject: *mut c_char,
    /// Message-ID, without `<>`.
    pub message_id: *mut c_char,
    /// What tells it from others of the same Message-ID.
    pub unique: *mut c_char,
    /// The Message-IDs that it refers to.
    pub references: *mut StringList,
}
bitfields! { SortCache {
    /// Counted as sorted.
    bits: sorted, set_sorted: 0, 1;
    /// Counted as sorted for good.
    bits: postsorted, set_postsorted: 1, 1;
    /// Its subject is that of a reply or of a forwarded message.
    bits: refwd, set_refwd: 2, 1;
    /// To be read anew.
    bits: dirty, set_dirty: 3, 1;
} }

/// One node of a thread tree; `num` is 0 for a message that is missing. C name: `THREADNODE`.
#[repr(C)]
pub struct ThreadNode {
    /// The message's number or UID; 0 for one that is missing.
    pub num: c_ulong,
    /// Its sort cache; not the node's own.
    pub sc: *mut SortCache,
    /// The next thread on the same level (siblings).
    pub branch: *mut ThreadNode,
    /// The first answer to it (child).
    pub next: *mut ThreadNode,
}

/// A threading algorithm that the server or the library offers. C name: `THREADER`.
#[repr(C)]
pub struct Threader {
    /// Its name (`REFERENCES`).
    pub name: *mut c_char,
    /// Threads without the server; NULL where the server does it.
    pub dispatch: Option<
        unsafe extern "C-unwind" fn(
            *mut MailStream,
            *mut c_char,
            *mut SearchPgm,
            c_long,
            sorter_t,
        ) -> *mut ThreadNode,
    >,
    /// The next one; NULL at the end.
    pub next: *mut Threader,
}

/// A node of the threader's working tree, opaque. C name: `container_t`.
pub type container_t = *mut *mut c_void;
