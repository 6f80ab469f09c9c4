//! Overviews of messages, whatever driver has them (UW's mail_fetch_overview, mail_fetch_overview_default).

use core::ffi::{c_char, c_ulong};
use core::ptr::null_mut;

use super::entry::entry;
use super::mail_fetch::mail_fetch_structure;
use super::mail_messages::{mail_ping, mail_uid};
use super::mail_sequence::{mail_sequence, mail_uid_sequence};
use super::stream::{Entered, enter};
use super::types::{Envelope, MailStream, Overview, overview_t};

/// Tells of one message, whose envelope `get` gives, if there is one.
///
/// # Safety
/// `get` gives an envelope of the cache, or NULL.
pub unsafe fn tell_overview(
    cx: &Entered,
    msgno: u32,
    ofn: overview_t,
    get: impl Fn() -> *mut Envelope,
) {
    let (false, Some(receiver)) = (get().is_null(), ofn) else {
        return;
    };
    // SAFETY: an entered stream.
    let uid = unsafe { mail_uid(cx.raw(), msgno.into()) };
    let octets = cx.edit_element(msgno, |elt| elt.rfc822_size).unwrap_or(0);
    // Asking for the UID may have changed the cache.
    let envelope = get();
    if envelope.is_null() || cx.is_closed() {
        return;
    }
    // SAFETY: zero is a value of each member; the envelope lends its members for the call.
    unsafe {
        let mut overview: Overview = core::mem::zeroed();
        overview.subject = (*envelope).subject;
        overview.from = (*envelope).from;
        overview.date = (*envelope).date.cast();
        overview.message_id = (*envelope).message_id;
        overview.references = (*envelope).references;
        overview.optional.octets = octets;
        receiver(cx.raw(), uid, &mut overview, msgno.into());
    }
}

/// The messages with their `sequence` bit set.
pub fn marked(cx: &Entered) -> Vec<u32> {
    let is_marked = |&msgno: &u32| {
        // SAFETY: an element of an entered stream.
        cx.existing_element(msgno)
            .is_some_and(|elt| unsafe { (*elt).sequence() != 0 })
    };
    (1..=cx.count()).filter(is_marked).collect()
}

fn overview(
    stream: *mut MailStream,
    sequence: *mut c_char,
    ofn: overview_t,
    mark: unsafe extern "C-unwind" fn(*mut MailStream, *mut u8) -> core::ffi::c_long,
) {
    let Some(cx) = enter(stream) else { return };
    let driver = cx.edit(|s| s.dtb);
    // SAFETY: NULL or the driver of an open stream, which stays in memory; a sequence by the interface.
    unsafe {
        let Some(driver) = driver.as_ref() else {
            return;
        };
        if mark(stream, sequence.cast()) == 0 || cx.is_closed() {
            return;
        }
        let done = driver.overview.is_some_and(|get| get(stream, ofn) != 0);
        if !done && mail_ping(stream) != 0 {
            mail_fetch_overview_default(stream, ofn);
        }
    }
}

entry! {
    /// Gives an overview of each message of a sequence of UIDs to `ofn`, in the order of their numbers, and fetches
    /// what that takes. What the overview points to belongs to the stream, and is good while `ofn` runs.
    fn mail_fetch_overview(stream: *mut MailStream, sequence: *mut c_char, ofn: overview_t) {
        overview(stream, sequence, ofn, mail_uid_sequence);
    }

    /// As `mail_fetch_overview`, for a sequence of message numbers.
    fn mail_fetch_overview_sequence(stream: *mut MailStream, sequence: *mut c_char, ofn: overview_t) {
        overview(stream, sequence, ofn, mail_sequence);
    }

    /// Gives an overview of each message with its `sequence` bit set to `ofn`, fetching one envelope after the other.
    fn mail_fetch_overview_default(stream: *mut MailStream, ofn: overview_t) {
        let Some(cx) = enter(stream) else { return };
        for msgno in marked(&cx) {
            if cx.is_closed() {
                return;
            }
            // SAFETY: an entered stream; the envelope is of the cache.
            unsafe {
                let get = || mail_fetch_structure(stream, c_ulong::from(msgno), null_mut(), 0);
                tell_overview(&cx, msgno, ofn, get);
            }
        }
    }
}
