//! What is known of one message.

use core::ffi::{c_char, c_uint, c_ulong, c_void};

use super::bits::bitfields;
use super::{Address, Message, PartText};

/// A nested member of [`MessageCache`].
#[derive(Clone, Copy)]
#[repr(C)]
pub union MessageCachePrivateSpare {
    pub data: c_ulong,
    pub ptr: *mut c_void,
}
/// A nested member of [`MessageCache`].
#[repr(C)]
pub struct MessageCachePrivate {
    pub uid: c_ulong,
    pub r#mod: c_ulong,
    pub special: PartText,
    pub msg: Message,
    pub spare: MessageCachePrivateSpare,
    pub bits: c_uint,
}
bitfields! { MessageCachePrivate {
    bits: sequence, set_sequence: 0, 1;
    bits: dirty, set_dirty: 1, 1;
    bits: filter, set_filter: 2, 1;
    bits: ghost, set_ghost: 3, 1;
} }
/// What is known of one message ("elt"): flags, size, internal date, and the private text caches. C name: `MESSAGECACHE`.
#[repr(C)]
pub struct MessageCache {
    pub msgno: c_ulong,
    pub bits: c_uint,
    pub rfc822_size: c_ulong,
    pub private: MessageCachePrivate,
    pub bits2: c_uint,
    pub bits3: c_uint,
    pub bits4: c_uint,
    pub sparep: *mut c_void,
    pub user_flags: c_ulong,
}
bitfields! { MessageCache {
    bits: lockcount, set_lockcount: 0, 8;
    bits2: day, set_day: 0, 5;
    bits2: month, set_month: 5, 4;
    bits2: year, set_year: 9, 7;
    bits2: hours, set_hours: 16, 5;
    bits2: minutes, set_minutes: 21, 6;
    bits3: seconds, set_seconds: 0, 6;
    bits3: zoccident, set_zoccident: 6, 1;
    bits3: zhours, set_zhours: 7, 4;
    bits3: zminutes, set_zminutes: 11, 6;
    bits3: seen, set_seen: 17, 1;
    bits3: deleted, set_deleted: 18, 1;
    bits3: flagged, set_flagged: 19, 1;
    bits3: answered, set_answered: 20, 1;
    bits3: draft, set_draft: 21, 1;
    bits3: recent, set_recent: 22, 1;
    bits3: valid, set_valid: 23, 1;
    bits3: searched, set_searched: 24, 1;
    bits3: sequence, set_sequence: 25, 1;
    bits3: spare, set_spare: 26, 1;
    bits3: spare2, set_spare2: 27, 1;
    bits3: spare3, set_spare3: 28, 1;
    bits3: spare4, set_spare4: 29, 1;
    bits3: spare5, set_spare5: 30, 1;
    bits3: spare6, set_spare6: 31, 1;
    bits4: spare7, set_spare7: 0, 1;
    bits4: spare8, set_spare8: 1, 1;
} }

/// A nested member of [`Overview`].
#[repr(C)]
pub struct OverviewOptional {
    pub octets: c_ulong,
    pub lines: c_ulong,
    pub xref: *mut c_char,
}
/// The short description of a message that `mail_fetch_overview` reports. C name: `OVERVIEW`.
#[repr(C)]
pub struct Overview {
    pub subject: *mut c_char,
    pub from: *mut Address,
    pub date: *mut c_char,
    pub message_id: *mut c_char,
    pub references: *mut c_char,
    pub optional: OverviewOptional,
}
