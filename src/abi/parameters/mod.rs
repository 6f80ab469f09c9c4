//! `mail_parameters`: the settings of the library, process-wide.
//!
//! Every call is a few atomic operations: any thread may set and get at any time, and sees old or
//! new, never half a value. The settings are listed in [`table`]; the library reads them through
//! [`getters`]. What `mail_parameters` does apart from settings (drivers, authenticators,
//! per-stream data) is in this file.
//!
//! Where c-client aborts the program ("SET_DRIVERS not permitted"), this logs the same text and
//! returns NIL.

mod drivers;
mod getters;
mod store;
pub mod table;
mod tls;

use core::ffi::{CStr, c_char, c_int, c_long, c_void};
use core::ptr::{self, null_mut};
use core::sync::atomic::{AtomicUsize, Ordering};

use super::callbacks;
use super::constants::*;
use super::entry::{c_str, entry};
use super::link;
use super::memory::{cpystr, fs_give};
use super::stream::registry;
use super::types::{Driver, MailStream, Namespace, Threader, sorter_t};
use super::types::{SearchPgm, ThreadNode};
use super::watch;
pub use drivers::{
    imap_parameters, local_parameters, mh_parameters, nntp_parameters, pop3_parameters,
    unix_parameters,
};
pub use getters::*;
use table::{Layer, Slot};
pub use tls::announce_tls;

entry! {
    /// Gets or sets one parameter of the library; `function` is a `GET_`, `SET_`, `ENABLE_` or `DISABLE_` number.
    /// c-client-parameters(3) lists them all. They are the process's, not a thread's; any thread may ask and set at any
    /// time. A hook is called with what was set at that moment, on the thread that makes the call.
    ///
    /// GET returns the value, SET the value that now stands (numbers and flags in a pointer's place; a flag that is on
    /// is `VOIDT`). Texts are copied; those that are returned belong to the library and stay valid. NIL for an unknown
    /// number, or when no linked driver has the parameter.
    fn mail_parameters(stream: *mut MailStream, function: c_long, value: *mut c_void) -> *mut c_void {
        // SAFETY: the pointers are the caller's, as the interface wants them.
        unsafe { parameters(stream, number_of(function), value) }
    }

    /// The part of `mail_parameters` that concerns user, host and local files; what it returns is as there.
    fn env_parameters(function: c_long, value: *mut c_void) -> *mut c_void {
        // SAFETY: as above.
        unsafe { env(number_of(function), value) }
    }

    /// The part of `mail_parameters` that concerns the network; what it returns is as there.
    fn tcp_parameters(function: c_long, value: *mut c_void) -> *mut c_void {
        // SAFETY: as above.
        unsafe { store::answer(Layer::Tcp, number_of(function), value) }
    }

    /// The part of `mail_parameters` that concerns SMTP; what it returns is as there.
    fn smtp_parameters(function: c_long, value: *mut c_void) -> *mut c_void {
        // SAFETY: as above.
        unsafe { store::answer(Layer::Smtp, number_of(function), value) }
    }

    /// This host's name; it belongs to the library and stays valid. Never NULL.
    fn mylocalhost() -> *mut c_char {
        local_host_name().as_ptr().cast_mut()
    }

    /// The block notifier that stands until `SET_BLOCKNOTIFY`: returns `data`.
    ///
    /// c-client's switches the process's alarm clock off before it allocates memory, so that a
    /// signal handler may `longjmp` out of everything else. This library needs no such care and
    /// leaves the host's clock alone.
    fn mm_blocknotify(_reason: c_int, data: *mut c_void) -> *mut c_void {
        data
    }
}

/// c-client looks at the low 32 bits only.
fn number_of(function: c_long) -> c_long {
    c_long::from(function as c_int)
}

/// The body of [`mail_parameters`].
///
/// # Safety
/// `stream` is NULL or a stream; `value` is what `function` wants.
unsafe fn parameters(stream: *mut MailStream, function: c_long, value: *mut c_void) -> *mut c_void {
    // SAFETY: (whole body) pointers are passed on under the caller's promise.
    unsafe {
        match function {
            SET_INBOXPATH => refuse(c"SET_INBOXPATH not permitted"),
            SET_THREADERS => refuse(c"SET_THREADERS not permitted"),
            SET_NAMESPACE => refuse(c"SET_NAMESPACE not permitted"),
            SET_DIRFMTTEST => refuse(c"SET_DIRFMTTEST not permitted"),
            SET_DRIVERS => refuse(c"SET_DRIVERS not permitted"),
            SET_DRIVER => refuse(c"SET_DRIVER not permitted"),
            ENABLE_DEBUG => refuse(c"ENABLE_DEBUG not permitted"),
            DISABLE_DEBUG => refuse(c"DISABLE_DEBUG not permitted"),

            // Without a stream c-client asks the driver of a local INBOX; there is none here.
            GET_INBOXPATH => ask_driver(stream, function, value).unwrap_or(null_mut()),
            GET_THREADERS => {
                ask_driver(stream, function, stream.cast()).unwrap_or_else(|| threaders().cast())
            }
            GET_NAMESPACE | GET_NEWSRC => {
                ask_driver(stream, function, stream.cast()).unwrap_or_else(|| env(function, value))
            }
            SET_NEWSRC if is_open(stream) => refuse(c"SET_NEWSRC not permitted"),
            SET_NEWSRC => env(function, value),
            GET_DIRFMTTEST => match ask_driver(stream, function, null_mut()) {
                Some(test) if !test.is_null() => test,
                _ => refuse(c"GET_DIRFMTTEST not permitted"),
            },

            GET_DRIVERS => link::drivers()
                .first()
                .copied()
                .unwrap_or(null_mut())
                .cast(),
            GET_DRIVER => driver(value).cast(),
            ENABLE_DRIVER => with_driver(value, DR_DISABLE, false),
            DISABLE_DRIVER => with_driver(value, DR_DISABLE, true),
            ENABLE_AUTHENTICATOR => with_authenticator(value, AU_DISABLE, false),
            DISABLE_AUTHENTICATOR => with_authenticator(value, AU_DISABLE, true),
            HIDE_AUTHENTICATOR => with_authenticator(value, AU_HIDE, true),
            UNHIDE_AUTHENTICATOR => with_authenticator(value, AU_HIDE, false),
            SET_MAILBOXWATCH => watch::set(value),
            GET_MAILBOXWATCHED if watch::is_watched(stream) => store::voidt(),
            GET_MAILBOXWATCHED => null_mut(),
            SET_EXTERNALAUTHID => set_external_auth_id(value),

            SET_SNARFMAILBOXNAME if !registry::is_open(stream) => {
                refuse(c"SET_SNARFMAILBOXNAME with no stream")
            }
            SET_SNARFMAILBOXNAME => {
                let name = &raw mut (*stream).snarf.name;
                let copy = cpystr(value.cast());
                fs_give(name.cast());
                *name = copy;
                copy.cast()
            }
            GET_SNARFMAILBOXNAME if !registry::is_open(stream) => null_mut(),
            GET_SNARFMAILBOXNAME => (*stream).snarf.name.cast(),

            _ if table::find(Layer::Mail, function).is_some() => {
                store::answer(Layer::Mail, function, value)
            }
            _ => everybody(stream, function, value),
        }
    }
}

/// Refuses what c-client aborts the program for.
fn refuse(text: &CStr) -> *mut c_void {
    callbacks::log(text, ERROR);
    null_mut()
}

/// Asks all parts that may know the number. The last answer that is not NIL counts, as in c-client.
///
/// # Safety
/// As [`parameters`].
unsafe fn everybody(stream: *mut MailStream, function: c_long, value: *mut c_void) -> *mut c_void {
    // SAFETY: (whole body) the caller's promise; linked drivers stay where they are.
    unsafe {
        let mut answer = null_mut();
        let mut note = |new: *mut c_void| {
            if !new.is_null() {
                answer = new;
            }
        };
        note(store::answer(Layer::Smtp, function, value));
        note(env(function, value));
        note(store::answer(Layer::Tcp, function, value));
        if let Some(from_stream) = ask_driver(stream, function, value) {
            note(from_stream);
        } else {
            for driver in link::drivers() {
                if let Some(parameters) = (*driver).parameters {
                    note(parameters(function, value));
                }
            }
        }
        answer
    }
}

/// [`env_parameters`], which also knows the local name spaces.
///
/// # Safety
/// As [`store::set`].
unsafe fn env(function: c_long, value: *mut c_void) -> *mut c_void {
    if function == GET_NAMESPACE {
        return LOCAL_NAMESPACES.0.as_ptr().cast_mut().cast();
    }
    // SAFETY: the caller's promise.
    unsafe { store::answer(Layer::Env, function, value) }
}

/// What the stream's own driver answers; `None` without a stream that has one.
///
/// # Safety
/// As [`parameters`].
unsafe fn ask_driver(
    stream: *mut MailStream,
    function: c_long,
    value: *mut c_void,
) -> Option<*mut c_void> {
    // SAFETY: a driver of a stream.
    let parameters = unsafe { driver_of(stream).as_ref()?.parameters };
    // SAFETY: the caller's promise.
    Some(parameters.map_or(null_mut(), |parameters| unsafe {
        parameters(function, value)
    }))
}

/// The driver of an open stream, or of a driver's prototype; NULL for any other pointer: programs keep streams too long.
fn driver_of(stream: *mut MailStream) -> *mut Driver {
    // SAFETY: linked drivers stay where they are; opening NULL returns the prototype, by contract.
    let is_prototype = |&driver: &*mut Driver| unsafe {
        (*driver)
            .open
            .is_some_and(|open| ptr::eq(open(null_mut()), stream))
    };
    let known = !stream.is_null()
        && (registry::is_there(stream) || link::drivers().iter().any(is_prototype));
    if known {
        // SAFETY: memory of a stream, or of a prototype.
        unsafe { (*stream).dtb }
    } else {
        null_mut()
    }
}

/// Whether `stream` is an open mailbox, not a driver's prototype.
///
/// # Safety
/// As [`parameters`].
unsafe fn is_open(stream: *mut MailStream) -> bool {
    // SAFETY: (whole body) as in `ask_driver`; opening NULL returns the prototype, by contract.
    unsafe {
        let Some(driver) = driver_of(stream).as_ref() else {
            return false;
        };
        driver
            .open
            .is_none_or(|open| !ptr::eq(open(null_mut()), stream))
    }
}

/// The linked driver of that name, or NULL.
///
/// # Safety
/// `name` is NULL or a NUL-ended string.
unsafe fn driver(name: *mut c_void) -> *mut Driver {
    // SAFETY: (whole body) linked drivers stay where they are, and have names.
    unsafe {
        link::drivers()
            .into_iter()
            .find(|&driver| same_name((*driver).name, name))
            .unwrap_or(null_mut())
    }
}

/// Sets or clears a flag of the linked driver of that name and returns the driver, or NULL.
///
/// # Safety
/// As [`driver`].
unsafe fn with_driver(name: *mut c_void, bit: c_long, on: bool) -> *mut c_void {
    // SAFETY: (whole body) as in `driver`.
    unsafe {
        let driver = driver(name);
        if !driver.is_null() {
            switch(&raw mut (*driver).flags, bit, on);
        }
        driver.cast()
    }
}

/// Sets or clears a flag of the authenticator of that name, linked or the library's own, and returns it, or NULL.
///
/// # Safety
/// As [`driver`].
unsafe fn with_authenticator(name: *mut c_void, bit: c_long, on: bool) -> *mut c_void {
    // SAFETY: (whole body) as in `with_driver`.
    unsafe {
        let auth = link::authenticators()
            .into_iter()
            .chain(super::objects::own_authenticators())
            .find(|&auth| same_name((*auth).name, name))
            .unwrap_or(null_mut());
        if !auth.is_null() {
            switch(&raw mut (*auth).flags, bit, on);
        }
        auth.cast()
    }
}

/// Sets or clears one bit of a word of flags at once, whoever else changes another.
///
/// # Safety
/// `flags` is a live word that is changed only through here.
unsafe fn switch<T>(flags: *mut T, bit: c_long, on: bool) {
    const { assert!(size_of::<T>() == size_of::<usize>()) };
    // SAFETY: same size and alignment (both are one machine word), and the caller's promise.
    let flags = unsafe { AtomicUsize::from_ptr(flags.cast()) };
    if on {
        flags.fetch_or(bit as usize, Ordering::AcqRel);
    } else {
        flags.fetch_and(!(bit as usize), Ordering::AcqRel);
    }
}

/// Whether two names are equal, letter case aside; NULL equals nothing.
///
/// # Safety
/// Each is NULL or a NUL-ended string.
unsafe fn same_name(one: *const c_char, other: *const c_void) -> bool {
    // SAFETY: the caller's promise.
    match unsafe { (c_str(one), c_str(other.cast())) } {
        (Some(one), Some(other)) => one.to_bytes().eq_ignore_ascii_case(other.to_bytes()),
        _ => false,
    }
}

/// `SET_EXTERNALAUTHID`: the identity that TLS or the system vouches for; shows the EXTERNAL
/// authenticator while there is one.
///
/// # Safety
/// `value` is NULL or a NUL-ended string.
unsafe fn set_external_auth_id(value: *mut c_void) -> *mut c_void {
    // SAFETY: (whole body) the caller's promise, and a literal.
    unsafe {
        let external = c"EXTERNAL".as_ptr().cast_mut().cast();
        with_authenticator(external, AU_HIDE, value.is_null());
        store::set(Slot::ExternalAuthId, value)
    }
}

/// A static that C code gets a pointer to.
#[repr(transparent)]
struct Shared<T>(T);
// SAFETY: only for data below that nobody writes to.
unsafe impl<T> Sync for Shared<T> {}

/// The local name spaces: personal, other users', shared. There is no local mail, so all are empty.
static LOCAL_NAMESPACES: Shared<[*mut Namespace; 3]> = Shared([null_mut(); 3]);

unsafe extern "C-unwind" {
    fn mail_thread_references(
        stream: *mut MailStream,
        charset: *mut c_char,
        spg: *mut SearchPgm,
        flags: c_long,
        sorter: sorter_t,
    ) -> *mut ThreadNode;
    fn mail_thread_orderedsubject(
        stream: *mut MailStream,
        charset: *mut c_char,
        spg: *mut SearchPgm,
        flags: c_long,
        sorter: sorter_t,
    ) -> *mut ThreadNode;
}

/// The threading algorithms of the library itself.
static ORDERED_SUBJECT: Shared<Threader> = Shared(Threader {
    name: c"ORDEREDSUBJECT".as_ptr().cast_mut(),
    dispatch: Some(mail_thread_orderedsubject),
    next: null_mut(),
});
static REFERENCES: Shared<Threader> = Shared(Threader {
    name: c"REFERENCES".as_ptr().cast_mut(),
    dispatch: Some(mail_thread_references),
    next: (&raw const ORDERED_SUBJECT.0).cast_mut(),
});

fn threaders() -> *mut Threader {
    (&raw const REFERENCES.0).cast_mut()
}

#[cfg(test)]
mod document;
#[cfg(test)]
mod tests;
