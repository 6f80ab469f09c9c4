//! Talking to the host program in octets: texts from servers become C strings here.

use core::ffi::{c_long, c_ulong};
use std::ffi::{CStr, CString};

use super::callbacks;
use super::types::MailStream;

/// A C string of `text`; it ends at a NUL inside.
pub fn c_string(text: &[u8]) -> CString {
    let end = text.iter().position(|&b| b == 0).unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}

/// The first 80 octets, as c-client quotes what it complains about.
pub fn clipped(text: &[u8]) -> &[u8] {
    &text[..text.len().min(80)]
}

/// mm_log.
pub fn log(text: impl AsRef<[u8]>, severity: c_long) {
    callbacks::log(&c_string(text.as_ref()), severity);
}

/// mm_log of `before`, then the first 80 octets of `text`.
pub fn log_with(before: &str, text: &[u8], severity: c_long) {
    log([before.as_bytes(), clipped(text)].concat(), severity);
}

/// mm_notify.
pub(crate) fn notify(stream: *mut MailStream, text: impl AsRef<[u8]>, severity: c_long) {
    // SAFETY: callers pass a stream that is entered.
    unsafe { callbacks::notify(stream, &c_string(text.as_ref()), severity) }
}

/// mm_dlog.
pub fn dlog(text: &[u8]) {
    callbacks::dlog(&c_string(text));
}

macro_rules! numbered {
    ($($(#[$meta:meta])* $name:ident;)*) => { $(
        $(#[$meta])*
        pub(crate) fn $name(stream: *mut MailStream, number: c_ulong) {
            // SAFETY: callers pass a stream that is entered.
            unsafe { callbacks::$name(stream, number) }
        }
    )* };
}

numbered! {
    /// mm_searched.
    searched;
    /// mm_exists.
    exists;
    /// mm_expunged.
    expunged;
    /// mm_flags.
    flags;
}

/// A mailbox for mm_list (or mm_lsub if `subscribed`).
pub(crate) fn mailbox(
    stream: *mut MailStream,
    delimiter: Option<u8>,
    name: &CStr,
    attributes: c_long,
    subscribed: bool,
) {
    let delimiter = core::ffi::c_int::from(delimiter.unwrap_or(0));
    // SAFETY: callers pass a stream that is entered.
    unsafe {
        if subscribed {
            callbacks::lsub(stream, delimiter, name, attributes);
        } else {
            callbacks::list(stream, delimiter, name, attributes);
        }
    }
}
