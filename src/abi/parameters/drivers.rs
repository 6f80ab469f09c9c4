//! What each mail driver answers to `mail_parameters`: the `parameters` member of its table.

use core::ffi::{c_long, c_void};
use core::ptr::null_mut;

use super::super::constants::*;
use super::super::entry::fence;
use super::super::stream::settings;
use super::store::{answer, number};
use super::table::Layer;
use super::{number_of, refuse};

/// Minutes an IMAP server must bear an idle client (RFC 3501, section 5.4).
const IMAP_IDLE_MINUTES: c_long = 30;
/// Minutes a news server bears one, as c-client has it.
const NNTP_IDLE_MINUTES: c_long = 3;
/// Minutes a POP3 server bears one (RFC 1939, section 3).
const POP3_IDLE_MINUTES: c_long = 10;

/// The IMAP driver's parameters.
///
/// # Safety
/// `value` is what `function` wants; for `GET_NAMESPACE`, `GET_THREADERS` and
/// `GET_FETCHLOOKAHEAD`, the stream.
pub unsafe extern "C-unwind" fn imap_parameters(
    function: c_long,
    value: *mut c_void,
) -> *mut c_void {
    fence("imap_parameters", || match number_of(function) {
        GET_NAMESPACE => settings::namespaces(value.cast()).cast(),
        GET_THREADERS => settings::threaders(value.cast()).cast(),
        GET_FETCHLOOKAHEAD => settings::fetch_lookahead(value.cast()).cast(),
        SET_FETCHLOOKAHEAD => refuse(c"SET_FETCHLOOKAHEAD not permitted"),
        SET_IDLETIMEOUT => refuse(c"SET_IDLETIMEOUT not permitted"),
        GET_IDLETIMEOUT => number(IMAP_IDLE_MINUTES),
        // SAFETY: the caller's promise.
        other => unsafe { answer(Layer::Imap, other, value) },
    })
}

/// The NNTP driver's parameters.
///
/// # Safety
/// `value` is what `function` wants.
pub unsafe extern "C-unwind" fn nntp_parameters(
    function: c_long,
    value: *mut c_void,
) -> *mut c_void {
    fence("nntp_parameters", || match number_of(function) {
        GET_IDLETIMEOUT => number(NNTP_IDLE_MINUTES),
        // SAFETY: the caller's promise.
        other => unsafe { answer(Layer::Nntp, other, value) },
    })
}

/// The POP3 driver's parameters.
///
/// # Safety
/// `value` is what `function` wants.
pub unsafe extern "C-unwind" fn pop3_parameters(
    function: c_long,
    value: *mut c_void,
) -> *mut c_void {
    fence("pop3_parameters", || match number_of(function) {
        GET_IDLETIMEOUT => number(POP3_IDLE_MINUTES),
        // SAFETY: the caller's promise.
        other => unsafe { answer(Layer::Pop3, other, value) },
    })
}

/// The parameters of the driver for traditional UNIX mailboxes.
///
/// # Safety
/// `value` is what `function` wants.
pub unsafe extern "C-unwind" fn unix_parameters(
    function: c_long,
    value: *mut c_void,
) -> *mut c_void {
    fence("unix_parameters", || {
        // SAFETY: the caller's promise.
        unsafe { answer(Layer::Unix, number_of(function), value) }
    })
}

/// The MH driver's parameters.
///
/// # Safety
/// `value` is what `function` wants.
pub unsafe extern "C-unwind" fn mh_parameters(function: c_long, value: *mut c_void) -> *mut c_void {
    fence("mh_parameters", || {
        // SAFETY: the caller's promise.
        unsafe { answer(Layer::Mh, number_of(function), value) }
    })
}

/// The parameters of every other driver for local mail: none, as it opens nothing.
///
/// # Safety
/// Nothing is looked at.
pub unsafe extern "C-unwind" fn local_parameters(
    _function: c_long,
    _value: *mut c_void,
) -> *mut c_void {
    null_mut()
}
