//! What is known of one message.

use core::ffi::{c_char, c_uint, c_ulong, c_void};

use super::bits::bitfields;
use super::{Address, Message, PartText};

/// A nested member of [`MessageCache`].
#[derive(Clone, Copy)]
#[repr(C)]
pub union MessageCachePrivateSpare {
    /// A number.
    pub data: c_ulong,
    /// A pointer.
    pub ptr: *mut c_void,
}
/// A nested member of [`MessageCache`].
#[repr(C)]
pub struct MessageCachePrivate {
    /// The UID; 0 as long as it is not known. `mail_uid` asks.
    pub uid: c_ulong,
    /// The modification sequence, for drivers that have one.
    pub r#mod: c_ulong,
    /// For drivers.
    pub special: PartText,
    /// What was fetched: envelope, structure, texts.
    pub msg: Message,
    /// For drivers.
    pub spare: MessageCachePrivateSpare,
    pub bits: c_uint,
}
bitfields! { MessageCachePrivate {
    /// For drivers.
    bits: sequence, set_sequence: 0, 1;
    /// For drivers.
    bits: dirty, set_dirty: 1, 1;
    /// For drivers.
    bits: filter, set_filter: 2, 1;
    /// For drivers.
    bits: ghost, set_ghost: 3, 1;
} }
/// What is known of one message ("elt"): flags, size, internal date, and the private text caches. C name: `MESSAGECACHE`.
#[repr(C)]
pub struct MessageCache {
    /// Its number, 1 and up; 0 of an elt that is no message's.
    pub msgno: c_ulong,
    pub bits: c_uint,
    /// Size in octets; 0 as long as it was not fetched (`mail_fetch_fast`).
    pub rfc822_size: c_ulong,
    /// The library's own.
    pub private: MessageCachePrivate,
    pub bits2: c_uint,
    pub bits3: c_uint,
    pub bits4: c_uint,
    /// The program's own.
    pub sparep: *mut c_void,
    /// Keywords: bit n stands for `user_flags[n]` of the stream.
    pub user_flags: c_ulong,
}
bitfields! { MessageCache {
    /// References to it; `mail_free_elt` drops one.
    bits: lockcount, set_lockcount: 0, 8;
    /// Internal date: day, 1 to 31; 0 as long as it was not fetched.
    bits2: day, set_day: 0, 5;
    /// Month, 1 to 12.
    bits2: month, set_month: 5, 4;
    /// Years since BASEYEAR.
    bits2: year, set_year: 9, 7;
    /// Hours, 0 to 23.
    bits2: hours, set_hours: 16, 5;
    /// Minutes.
    bits2: minutes, set_minutes: 21, 6;
    /// Seconds; 60 is a leap second.
    bits3: seconds, set_seconds: 0, 6;
    /// T west of Greenwich.
    bits3: zoccident, set_zoccident: 6, 1;
    /// Hours from UTC.
    bits3: zhours, set_zhours: 7, 4;
    /// And minutes.
    bits3: zminutes, set_zminutes: 11, 6;
    /// `\Seen`. Flags are good once `valid` is set.
    bits3: seen, set_seen: 17, 1;
    /// `\Deleted`.
    bits3: deleted, set_deleted: 18, 1;
    /// `\Flagged`.
    bits3: flagged, set_flagged: 19, 1;
    /// `\Answered`.
    bits3: answered, set_answered: 20, 1;
    /// `\Draft`.
    bits3: draft, set_draft: 21, 1;
    /// `\Recent`.
    bits3: recent, set_recent: 22, 1;
    /// The flags are known.
    bits3: valid, set_valid: 23, 1;
    /// The last search found it.
    bits3: searched, set_searched: 24, 1;
    /// `mail_sequence` has marked it.
    bits3: sequence, set_sequence: 25, 1;
    /// The program's own, and all that follow.
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
    /// Size in octets.
    pub octets: c_ulong,
    /// Lines of the text; 0 where nobody tells.
    pub lines: c_ulong,
    /// Xref of news; NULL.
    pub xref: *mut c_char,
}
/// The short description of a message that `mail_fetch_overview` reports. C name: `OVERVIEW`.
#[repr(C)]
pub struct Overview {
    /// Subject.
    pub subject: *mut c_char,
    /// From.
    pub from: *mut Address,
    /// Date.
    pub date: *mut c_char,
    /// Message-ID.
    pub message_id: *mut c_char,
    /// References, or what stands for them.
    pub references: *mut c_char,
    /// What not every server has.
    pub optional: OverviewOptional,
}
