//! Search programs.

use core::ffi::{c_uint, c_ulong, c_ushort};

use super::bits::bitfields;
use super::{SizedText, StringList};

/// A search: all criteria that are set must match. C name: `SEARCHPGM`.
#[repr(C)]
pub struct SearchPgm {
    pub msgno: *mut SearchSet,
    pub uid: *mut SearchSet,
    pub or: *mut SearchOr,
    pub not: *mut SearchPgmList,
    pub header: *mut SearchHeader,
    pub bcc: *mut StringList,
    pub body: *mut StringList,
    pub cc: *mut StringList,
    pub from: *mut StringList,
    pub keyword: *mut StringList,
    pub unkeyword: *mut StringList,
    pub subject: *mut StringList,
    pub text: *mut StringList,
    pub to: *mut StringList,
    pub larger: c_ulong,
    pub smaller: c_ulong,
    pub older: c_ulong,
    pub younger: c_ulong,
    pub sentbefore: c_ushort,
    pub senton: c_ushort,
    pub sentsince: c_ushort,
    pub before: c_ushort,
    pub on: c_ushort,
    pub since: c_ushort,
    pub bits: c_uint,
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
    bits: answered, set_answered: 0, 1;
    bits: unanswered, set_unanswered: 1, 1;
    bits: deleted, set_deleted: 2, 1;
    bits: undeleted, set_undeleted: 3, 1;
    bits: draft, set_draft: 4, 1;
    bits: undraft, set_undraft: 5, 1;
    bits: flagged, set_flagged: 6, 1;
    bits: unflagged, set_unflagged: 7, 1;
    bits: recent, set_recent: 8, 1;
    bits: old, set_old: 9, 1;
    bits: seen, set_seen: 10, 1;
    bits: unseen, set_unseen: 11, 1;
} }

/// A set of message numbers or UIDs, from `first` to `last`, or `first` alone when `last` is 0. C name: `SEARCHSET`.
#[repr(C)]
pub struct SearchSet {
    pub first: c_ulong,
    pub last: c_ulong,
    pub next: *mut SearchSet,
}

/// A HEADER criterion: field name and text. C name: `SEARCHHEADER`.
#[repr(C)]
pub struct SearchHeader {
    pub line: SizedText,
    pub text: SizedText,
    pub next: *mut SearchHeader,
}

/// An OR criterion of two programs. C name: `SEARCHOR`.
#[repr(C)]
pub struct SearchOr {
    pub first: *mut SearchPgm,
    pub second: *mut SearchPgm,
    pub next: *mut SearchOr,
}

/// A list of programs, each of which is negated. C name: `SEARCHPGMLIST`.
#[repr(C)]
pub struct SearchPgmList {
    pub pgm: *mut SearchPgm,
    pub next: *mut SearchPgmList,
}
