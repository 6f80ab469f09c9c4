//! Search programs.

use core::ffi::{c_uint, c_ulong, c_ushort};

use super::bits::bitfields;
use super::{SizedText, StringList};

/// A search: all criteria that are set must match. C name: `SEARCHPGM`.
#[repr(C)]
pub struct SearchPgm {
    /// Message numbers.
    pub msgno: *mut SearchSet,
    /// UIDs.
    pub uid: *mut SearchSet,
    /// Pairs of programs; of each pair one must match.
    pub or: *mut SearchOr,
    /// Programs, none of which may match.
    pub not: *mut SearchPgmList,
    /// Texts in header fields.
    pub header: *mut SearchHeader,
    /// Texts in Bcc.
    pub bcc: *mut StringList,
    /// Texts in the body.
    pub body: *mut StringList,
    /// Texts in Cc.
    pub cc: *mut StringList,
    /// Texts in From.
    pub from: *mut StringList,
    /// Keywords that it has.
    pub keyword: *mut StringList,
    /// Keywords that it has not.
    pub unkeyword: *mut StringList,
    /// Texts in Subject.
    pub subject: *mut StringList,
    /// Texts in header or body.
    pub text: *mut StringList,
    /// Texts in To.
    pub to: *mut StringList,
    /// Of more octets than this; 0: does not count.
    pub larger: c_ulong,
    /// Of fewer octets than this; 0: does not count.
    pub smaller: c_ulong,
    /// Came in more seconds ago than this; 0: does not count.
    pub older: c_ulong,
    /// Came in within so many seconds; 0: does not count.
    pub younger: c_ulong,
    /// Its Date is before this day (`mail_shortdate`); 0: does not count, as with all days.
    pub sentbefore: c_ushort,
    /// Its Date is this day.
    pub senton: c_ushort,
    /// Its Date is this day or later.
    pub sentsince: c_ushort,
    /// Came in before this day.
    pub before: c_ushort,
    /// Came in on this day.
    pub on: c_ushort,
    /// Came in on this day or later.
    pub since: c_ushort,
    pub bits: c_uint,
    /// Texts in other fields, which are looked for by HEADER; so with all that follow.
    pub return_path: *mut StringList,
    pub sender: *mut StringList,
    pub reply_to: *mut StringList,
    pub in_reply_to: *mut StringList,
    pub message_id: *mut StringList,
    pub newsgroups: *mut StringList,
    pub followup_to: *mut StringList,
    pub references: *mut StringList,
}
bitfields! { SearchPgm {
    /// Flags: each that is set must hold.
    bits: answered, set_answered: 0, 1;
    bits: unanswered, set_unanswered: 1, 1;
    bits: deleted, set_deleted: 2, 1;
    bits: undeleted, set_undeleted: 3, 1;
    bits: draft, set_draft: 4, 1;
    bits: undraft, set_undraft: 5, 1;
    bits: flagged, set_flagged: 6, 1;
    bits: unflagged, set_unflagged: 7, 1;
    bits: recent, set_recent: 8, 1;
    /// Not recent.
    bits: old, set_old: 9, 1;
    bits: seen, set_seen: 10, 1;
    bits: unseen, set_unseen: 11, 1;
} }

/// A set of message numbers or UIDs, from `first` to `last`, or `first` alone when `last` is 0. C name: `SEARCHSET`.
#[repr(C)]
pub struct SearchSet {
    /// The first number.
    pub first: c_ulong,
    /// The last number; 0 for `first` alone.
    pub last: c_ulong,
    /// The next range; NULL at the end.
    pub next: *mut SearchSet,
}

/// A HEADER criterion: field name and text. C name: `SEARCHHEADER`.
#[repr(C)]
pub struct SearchHeader {
    /// The field's name.
    pub line: SizedText,
    /// What it must hold; empty: the field must be there.
    pub text: SizedText,
    /// The next one; NULL at the end.
    pub next: *mut SearchHeader,
}

/// An OR criterion of two programs. C name: `SEARCHOR`.
#[repr(C)]
pub struct SearchOr {
    /// One program.
    pub first: *mut SearchPgm,
    /// The other.
    pub second: *mut SearchPgm,
    /// The next pair; NULL at the end.
    pub next: *mut SearchOr,
}

/// A list of programs, each of which is negated. C name: `SEARCHPGMLIST`.
#[repr(C)]
pub struct SearchPgmList {
    /// The program.
    pub pgm: *mut SearchPgm,
    /// The next one; NULL at the end.
    pub next: *mut SearchPgmList,
}
