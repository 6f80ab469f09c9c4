//! The open mailbox, and what is told while its text is read.

use core::ffi::{c_char, c_long, c_uint, c_ulong, c_ushort, c_void};

use super::bits::bitfields;
use super::{Body, Driver, Envelope, MailString, MessageCache, SizedText, SortCache, StringList};

/// A nested member of [`MailStream`].
#[repr(C)]
pub struct MailStreamSnarf {
    /// The mailbox that is moved.
    pub name: *mut c_char,
    /// When that was done last.
    pub time: c_ulong,
    /// How to open it.
    pub options: c_long,
}
/// A nested member of [`MailStream`].
#[repr(C)]
pub struct MailStreamPrivateSearch {
    /// The patterns that are left.
    pub string: *mut StringList,
    /// Whether all were found.
    pub result: c_long,
    /// The driver's own.
    pub text: *mut c_char,
}
/// A nested member of [`MailStream`].
#[repr(C)]
pub struct MailStreamPrivate {
    /// Of a search that goes on.
    pub search: MailStreamPrivateSearch,
    /// Where FT_RETURNSTRINGSTRUCT puts the text.
    pub string: MailString,
}
/// An open mailbox. Callers read `dtb`, `mailbox`, `original_mailbox`, `nmsgs`, `recent`, the permanent flags and `user_flags`, and own `sparep`. C name: `MAILSTREAM`.
#[repr(C)]
pub struct MailStream {
    /// Its driver; its `name` is `imap` or `pop3`.
    pub dtb: *mut Driver,
    /// The driver's own.
    pub local: *mut c_void,
    /// The name of what is open, in full (`{host:port/imap/user="…"}INBOX`).
    pub mailbox: *mut c_char,
    /// The name as the program gave it to mail_open.
    pub original_mailbox: *mut c_char,
    /// The driver's own.
    pub r#use: c_ushort,
    /// Changes when another mailbox is opened on the stream; see MAILHANDLE.
    pub sequence: c_ushort,
    pub bits: c_uint,
    /// Which keywords can be changed for good: bit n stands for `user_flags[n]`.
    pub perm_user_flags: c_ulong,
    /// The driver's own counter.
    pub gensym: c_ulong,
    /// How many messages there are; numbers go from 1 to this.
    pub nmsgs: c_ulong,
    /// How many of them are recent.
    pub recent: c_ulong,
    /// While this stays, UIDs mean the same messages; 0 when not known.
    pub uid_validity: c_ulong,
    /// The highest UID that was given so far, where that is known.
    pub uid_last: c_ulong,
    /// Keywords that are known; NULL behind the last.
    pub user_flags: [*mut c_char; 30],
    /// Places in `cache`.
    pub cachesize: c_ulong,
    /// The elts; go by `mail_elt`.
    pub cache: *mut *mut MessageCache,
    /// The sort caches; go by the cache manager.
    pub sc: *mut *mut SortCache,
    /// With OP_SHORTCACHE: whose `env` and `body` these are.
    pub msgno: c_ulong,
    /// With OP_SHORTCACHE: the envelope.
    pub env: *mut Envelope,
    /// With OP_SHORTCACHE: the structure.
    pub body: *mut Body,
    /// A text that is kept for the caller until the next call.
    pub text: SizedText,
    /// For drivers of local files.
    pub snarf: MailStreamSnarf,
    /// The library's own.
    pub private: MailStreamPrivate,
    /// The program's own; see SET_FREESTREAMSPAREP.
    pub sparep: *mut c_void,
    pub bits2: c_uint,
}
bitfields! { MailStream {
    /// INBOX is open.
    bits: inbox, set_inbox: 0, 1;
    /// Busy; see mail_lock.
    bits: lock, set_lock: 1, 1;
    /// The conversation goes to mm_dlog.
    bits: debug, set_debug: 2, 1;
    /// No events are told: opened with OP_SILENT.
    bits: silent, set_silent: 3, 1;
    /// Flags cannot be changed, nothing expunged.
    bits: rdonly, set_rdonly: 4, 1;
    /// Opened with OP_ANONYMOUS.
    bits: anonymous, set_anonymous: 5, 1;
    /// Opened with OP_SHORTCACHE: only the envelope and structure fetched last are kept.
    bits: scache, set_scache: 6, 1;
    /// Logged in, and no mailbox is open.
    bits: halfopen, set_halfopen: 7, 1;
    /// Opened with OP_SECURE.
    bits: secure, set_secure: 8, 1;
    /// Opened with OP_TRYSSL.
    bits: tryssl, set_tryssl: 9, 1;
    /// Of news.
    bits: mulnewsrc, set_mulnewsrc: 10, 1;
    /// `\Seen` can be changed for good; so with those that follow.
    bits: perm_seen, set_perm_seen: 11, 1;
    bits: perm_deleted, set_perm_deleted: 12, 1;
    bits: perm_flagged, set_perm_flagged: 13, 1;
    bits: perm_answered, set_perm_answered: 14, 1;
    bits: perm_draft, set_perm_draft: 15, 1;
    /// New keywords can be made.
    bits: kwd_create, set_kwd_create: 16, 1;
    /// UIDs hold for this session only.
    bits: uid_nosticky, set_uid_nosticky: 17, 1;
    /// The driver's own.
    bits: unhealthy, set_unhealthy: 18, 1;
    /// Opened with OP_NOKOD.
    bits: nokod, set_nokod: 19, 1;
    /// Opened with OP_SNIFF.
    bits: sniff, set_sniff: 20, 1;
    /// The program's own, and all that follow.
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
    /// The stream; go by `mail_stream`.
    pub stream: *mut MailStream,
    /// What its `sequence` was.
    pub sequence: c_ushort,
}

/// What a `SET_GETS` callback is told about the text it is about to read. C name: `GETS_DATA`.
#[repr(C)]
pub struct GetsData {
    /// The stream; NULL when none is involved.
    pub stream: *mut MailStream,
    /// The message, or its UID if `flags` has FT_UID.
    pub msgno: c_ulong,
    /// The section, as the caller named it; NULL or a word such as `HEADER`.
    pub what: *mut c_char,
    /// The header lines that are asked for; NULL for all.
    pub stl: *mut StringList,
    /// The first octet of a piece.
    pub first: c_ulong,
    /// And how many; 0 with `first` 0 for the whole.
    pub last: c_ulong,
    /// The caller's `FT_*`.
    pub flags: c_long,
}

/// The answer to STATUS; `flags` (`SA_*`) says which members are set. C name: `MAILSTATUS`.
#[repr(C)]
pub struct MailStatus {
    /// Which of the others are set (`SA_*`).
    pub flags: c_long,
    /// Messages.
    pub messages: c_ulong,
    /// Recent ones.
    pub recent: c_ulong,
    /// Those that are not `\Seen`.
    pub unseen: c_ulong,
    /// The UID of the next message to come.
    pub uidnext: c_ulong,
    /// As `uid_validity` of a stream.
    pub uidvalidity: c_ulong,
}
