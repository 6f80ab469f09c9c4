//! The open mailbox, and what is told while its text is read.

use core::ffi::{c_char, c_long, c_uint, c_ulong, c_ushort, c_void};

use super::bits::bitfields;
use super::{Body, Driver, Envelope, MailString, MessageCache, SizedText, SortCache, StringList};

/// A nested member of [`MailStream`].
#[repr(C)]
pub struct MailStreamSnarf {
    pub name: *mut c_char,
    pub time: c_ulong,
    pub options: c_long,
}
/// A nested member of [`MailStream`].
#[repr(C)]
pub struct MailStreamPrivateSearch {
    pub string: *mut StringList,
    pub result: c_long,
    pub text: *mut c_char,
}
/// A nested member of [`MailStream`].
#[repr(C)]
pub struct MailStreamPrivate {
    pub search: MailStreamPrivateSearch,
    pub string: MailString,
}
/// An open mailbox. Callers read `dtb`, `mailbox`, `original_mailbox`, `nmsgs`, `recent`, the permanent flags and `user_flags`, and own `sparep`. C name: `MAILSTREAM`.
#[repr(C)]
pub struct MailStream {
    pub dtb: *mut Driver,
    pub local: *mut c_void,
    pub mailbox: *mut c_char,
    pub original_mailbox: *mut c_char,
    pub r#use: c_ushort,
    pub sequence: c_ushort,
    pub bits: c_uint,
    pub perm_user_flags: c_ulong,
    pub gensym: c_ulong,
    pub nmsgs: c_ulong,
    pub recent: c_ulong,
    pub uid_validity: c_ulong,
    pub uid_last: c_ulong,
    pub user_flags: [*mut c_char; 30],
    pub cachesize: c_ulong,
    pub cache: *mut *mut MessageCache,
    pub sc: *mut *mut SortCache,
    pub msgno: c_ulong,
    pub env: *mut Envelope,
    pub body: *mut Body,
    pub text: SizedText,
    pub snarf: MailStreamSnarf,
    pub private: MailStreamPrivate,
    pub sparep: *mut c_void,
    pub bits2: c_uint,
}
bitfields! { MailStream {
    bits: inbox, set_inbox: 0, 1;
    bits: lock, set_lock: 1, 1;
    bits: debug, set_debug: 2, 1;
    bits: silent, set_silent: 3, 1;
    bits: rdonly, set_rdonly: 4, 1;
    bits: anonymous, set_anonymous: 5, 1;
    bits: scache, set_scache: 6, 1;
    bits: halfopen, set_halfopen: 7, 1;
    bits: secure, set_secure: 8, 1;
    bits: tryssl, set_tryssl: 9, 1;
    bits: mulnewsrc, set_mulnewsrc: 10, 1;
    bits: perm_seen, set_perm_seen: 11, 1;
    bits: perm_deleted, set_perm_deleted: 12, 1;
    bits: perm_flagged, set_perm_flagged: 13, 1;
    bits: perm_answered, set_perm_answered: 14, 1;
    bits: perm_draft, set_perm_draft: 15, 1;
    bits: kwd_create, set_kwd_create: 16, 1;
    bits: uid_nosticky, set_uid_nosticky: 17, 1;
    bits: unhealthy, set_unhealthy: 18, 1;
    bits: nokod, set_nokod: 19, 1;
    bits: sniff, set_sniff: 20, 1;
    bits2: spare, set_spare: 0, 1;
    bits2: spare2, set_spare2: 1, 1;
    bits2: spare3, set_spare3: 2, 1;
    bits2: spare4, set_spare4: 3, 1;
    bits2: spare5, set_spare5: 4, 1;
    bits2: spare6, set_spare6: 5, 1;
    bits2: spare7, set_spare7: 6, 1;
    bits2: spare8, set_spare8: 7, 1;
} }

/// A weak reference to a stream: valid while `sequence` equals the stream's own. C name: `MAILHANDLE`.
#[repr(C)]
pub struct MailHandle {
    pub stream: *mut MailStream,
    pub sequence: c_ushort,
}

/// What a `SET_GETS` callback is told about the text it is about to read. C name: `GETS_DATA`.
#[repr(C)]
pub struct GetsData {
    pub stream: *mut MailStream,
    pub msgno: c_ulong,
    pub what: *mut c_char,
    pub stl: *mut StringList,
    pub first: c_ulong,
    pub last: c_ulong,
    pub flags: c_long,
}

/// The answer to STATUS; `flags` (`SA_*`) says which members are set. C name: `MAILSTATUS`.
#[repr(C)]
pub struct MailStatus {
    pub flags: c_long,
    pub messages: c_ulong,
    pub recent: c_ulong,
    pub unseen: c_ulong,
    pub uidnext: c_ulong,
    pub uidvalidity: c_ulong,
}
