//! The subscription manager: `sm_subscribe`, `sm_unsubscribe`, `sm_read`.

use core::ffi::{c_char, c_long, c_void};
use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::constants::ERROR;
use super::entry::entry;
use super::{environment, memory, tell};
use crate::subscriptions::{self, Fault, Names};

/// The directory that holds the list; `None` while it is not known whose home it would be.
fn home() -> Option<PathBuf> {
    let home = environment::home().to_bytes();
    (!home.is_empty()).then(|| PathBuf::from(OsStr::from_bytes(home)))
}

/// Says what went wrong; T or NIL.
fn told(name: &[u8], done: Result<(), Fault>) -> c_long {
    let Err(fault) = done else { return 1 };
    match fault {
        Fault::BadName => tell::log("Can't subscribe to mailbox with such a name", ERROR),
        Fault::Subscribed => tell::log_with("Already subscribed to mailbox ", name, ERROR),
        Fault::NotSubscribed => tell::log_with("Not subscribed to mailbox ", name, ERROR),
        Fault::NoList => tell::log("No subscriptions", ERROR),
        Fault::CannotAppend => tell::log("Can't append to subscription database", ERROR),
        Fault::CannotCreate => tell::log("Can't create subscription temporary file", ERROR),
        Fault::CannotWrite => tell::log("Can't write subscription temporary file", ERROR),
        Fault::CannotUpdate => tell::log("Can't update subscription database", ERROR),
    }
    0
}

/// INBOX as it stands in the list.
fn shown(name: &[u8]) -> &[u8] {
    if name.eq_ignore_ascii_case(b"INBOX") {
        b"INBOX"
    } else {
        name
    }
}

/// A list that is being read, and the name it gave last.
struct Reading {
    names: Names,
    last: CString,
}

/// sm_subscribe for the library's own use.
pub fn subscribe(name: &[u8]) -> c_long {
    let done = home().map_or(Err(Fault::CannotAppend), |home| {
        subscriptions::subscribe(&home, name)
    });
    told(shown(name), done)
}

/// sm_unsubscribe for the library's own use.
pub fn unsubscribe(name: &[u8]) -> c_long {
    let done = home().map_or(Err(Fault::NoList), |home| {
        subscriptions::unsubscribe(&home, name)
    });
    told(shown(name), done)
}

/// The names of the list in the user's home, one by one; none if there is no list.
pub fn names() -> impl Iterator<Item = Vec<u8>> {
    home()
        .and_then(|home| Names::open(&home))
        .into_iter()
        .flatten()
}

entry! {
    /// Adds a mailbox to the list in the user's home. T on success.
    fn sm_subscribe(mailbox: *mut c_char) -> c_long {
        // SAFETY: a C string by the interface.
        subscribe(unsafe { memory::bytes(mailbox) })
    }

    /// Takes a mailbox out of the list in the user's home. T on success.
    fn sm_unsubscribe(mailbox: *mut c_char) -> c_long {
        // SAFETY: a C string by the interface.
        unsubscribe(unsafe { memory::bytes(mailbox) })
    }

    /// The next name of the list, the library's own; it stays until the next call. `*sdb` is NULL at first and again
    /// when NULL comes, which ends the list: a program must read on until then.
    fn sm_read(sdb: *mut *mut c_void) -> *mut c_char {
        let none = core::ptr::null_mut();
        // SAFETY: the caller's place, with NULL or what an earlier call put there.
        unsafe {
            let Some(place) = sdb.as_mut() else { return none };
            if place.is_null() {
                let Some(names) = home().and_then(|home| Names::open(&home)) else { return none };
                *place = Box::into_raw(Box::new(Reading { names, last: CString::default() })).cast();
            }
            let reading = &mut *place.cast::<Reading>();
            if let Some(name) = reading.names.next() {
                reading.last = tell::c_string(&name);
                return reading.last.as_ptr().cast_mut();
            }
            drop(Box::from_raw(place.cast::<Reading>()));
            *place = none.cast();
        }
        none
    }
}
