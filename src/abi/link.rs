//! The lists of linked drivers and authenticators, and what `linkage.c` calls beside them.

use core::ffi::{CStr, c_char, c_long, c_uint, c_ulong};
use core::ptr;
use std::sync::{Mutex, MutexGuard};

use super::callbacks;
use super::constants::{AU_DISABLE, CCLIENTVERSION, WARN};
use super::entry::{c_str, entry};
use super::lock::lock;
use super::types::{Authenticator, Driver};
use super::{gssapi, parameters};

/// The heads of the two lists. `linkage.c` runs once per connection in Asterisk, from any thread,
/// so linking happens under this lock and a second link of the same object changes nothing.
struct Heads {
    drivers: *mut Driver,
    authenticators: *mut Authenticator,
}

// SAFETY: the objects are static data of the program or the library, good for every thread.
unsafe impl Send for Heads {}

static HEADS: Mutex<Heads> = Mutex::new(Heads {
    drivers: ptr::null_mut(),
    authenticators: ptr::null_mut(),
});

fn heads() -> MutexGuard<'static, Heads> {
    lock(&HEADS)
}

/// Appends `object` to a list unless it is in it; `next` names the link of an object.
///
/// # Safety
/// `object` and all objects of the list are live for the rest of the program.
unsafe fn append<T>(head: &mut *mut T, object: *mut T, next: unsafe fn(*mut T) -> *mut *mut T) {
    let mut link: *mut *mut T = head;
    // SAFETY: the list is made of live objects and ends in NULL.
    unsafe {
        while !(*link).is_null() {
            if *link == object {
                return;
            }
            link = next(*link);
        }
        // An object may come with a stale link from an earlier life.
        *next(object) = ptr::null_mut();
        *link = object;
    }
}

unsafe fn next_driver(driver: *mut Driver) -> *mut *mut Driver {
    // SAFETY: a live driver.
    unsafe { &raw mut (*driver).next }
}

unsafe fn next_authenticator(authenticator: *mut Authenticator) -> *mut *mut Authenticator {
    // SAFETY: a live authenticator.
    unsafe { &raw mut (*authenticator).next }
}

/// The linked drivers, in the order they were linked.
pub fn drivers() -> Vec<*mut Driver> {
    let mut found = Vec::new();
    let mut driver = heads().drivers;
    while !driver.is_null() {
        found.push(driver);
        // SAFETY: linked objects are live; links are only ever appended.
        driver = unsafe { *next_driver(driver) };
    }
    found
}

/// The linked authenticators, in the order they were linked.
pub fn authenticators() -> Vec<*mut Authenticator> {
    let mut found = Vec::new();
    let mut authenticator = heads().authenticators;
    while !authenticator.is_null() {
        found.push(authenticator);
        // SAFETY: as for `drivers`.
        authenticator = unsafe { *next_authenticator(authenticator) };
    }
    found
}

entry! {
    /// Adds `driver` to the list of mail drivers, at its end. A second time does nothing. Programs include `linkage.c`
    /// instead, once, before anything else: it links what this library has.
    fn mail_link(driver: *mut Driver) {
        if driver.is_null() {
            return;
        }
        let mut heads = heads();
        // SAFETY: drivers are static objects.
        unsafe { append(&mut heads.drivers, driver, next_driver) };
    }

    /// Adds `auth` to the list of authenticators, at its end, if its `valid` allows. A second time does nothing. `auth`
    /// has to stay.
    fn auth_link(auth: *mut Authenticator) {
        // SAFETY: NULL or a static object.
        let Some(valid) = (unsafe { auth.as_ref() }).map(|auth| auth.valid) else {
            return;
        };
        // The host's function runs before the lock is taken.
        // SAFETY: an authenticator's own function, called as its prototype says.
        if valid.is_none_or(|valid| unsafe { valid() } != 0) {
            let mut heads = heads();
            // SAFETY: authenticators are static objects.
            unsafe { append(&mut heads.authenticators, auth, next_authenticator) };
        }
    }

    /// The `i`-th authenticator, counted from 1; NULL when there are fewer. The library's own.
    fn mail_lookup_auth(i: c_ulong) -> *mut Authenticator {
        // UW counts down from `i`, so that 0 finds nothing.
        match usize::try_from(i) {
            Ok(i) if i > 0 => authenticators().get(i - 1).copied().unwrap_or(ptr::null_mut()),
            _ => ptr::null_mut(),
        }
    }

    /// The number (from 1) of the authenticator called `mechanism`, whatever its case, that has a
    /// client side, has all of `flags` (`AU_*`) and is not switched off; 0 when there is none.
    fn mail_lookup_auth_name(mechanism: *mut c_char, flags: c_long) -> c_uint {
        // SAFETY: NULL or a NUL-ended string.
        let Some(mechanism) = (unsafe { c_str(mechanism) }) else {
            return 0;
        };
        for (index, authenticator) in authenticators().into_iter().enumerate() {
            // SAFETY: linked objects are live, and their names are C strings.
            let (auth, name) = unsafe { (&*authenticator, c_str((*authenticator).name)) };
            if auth.client.is_some()
                && flags & !auth.flags == 0
                && auth.flags & AU_DISABLE == 0
                && name.is_some_and(|name| {
                    name.to_bytes().eq_ignore_ascii_case(mechanism.to_bytes())
                })
            {
                return index as c_uint + 1;
            }
        }
        0
    }

    /// Compares the header's `CCLIENTVERSION` with the library's. A difference is a warning in
    /// the log, where UW c-client ends the program.
    fn mail_versioncheck(version: *mut c_char) {
        // SAFETY: NULL or a NUL-ended string.
        if let Some(version) = unsafe { c_str(version) } {
            check_version(version);
        }
    }

    /// Announces TLS to programs that look for it (`GET_SSLDRIVER`, `GET_SSLSTART`). Does so once:
    /// what a program sets afterwards stands. TLS itself needs no preparation here.
    fn ssl_onceonlyinit() {
        parameters::announce_tls();
    }

    /// Whether Kerberos can be used: the system has its library, and that can make names of services. Build systems probe
    /// for it.
    fn auth_gssapi_valid() -> c_long {
        c_long::from(gssapi::valid())
    }
}

fn check_version(version: &CStr) {
    if version != CCLIENTVERSION {
        callbacks::log(
            c"c-client header and library are of different versions",
            WARN,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::objects::{auth_log, auth_pla, dummydriver, imapdriver, unixdriver};

    #[test]
    fn linking_is_idempotent_keeps_order_and_bears_threads() {
        let objects = [
            (&raw mut imapdriver) as usize,
            (&raw mut unixdriver) as usize,
            (&raw mut dummydriver) as usize,
        ];
        // SAFETY: static objects.
        unsafe { mail_link(&raw mut imapdriver) };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for object in objects {
                        // SAFETY: static objects.
                        unsafe { mail_link(object as *mut Driver) };
                    }
                });
            }
        });
        let linked = drivers();
        assert_eq!(linked.len(), 3);
        assert_eq!(linked[0], &raw mut imapdriver);
    }

    #[test]
    fn authenticators_are_found_by_name_and_number() {
        // SAFETY: static objects.
        unsafe {
            auth_link(&raw mut auth_pla);
            auth_link(&raw mut auth_log);
            auth_link(&raw mut auth_pla);
        }
        assert_eq!(authenticators(), [&raw mut auth_pla, &raw mut auth_log]);
        // SAFETY: plain numbers.
        unsafe {
            assert_eq!(mail_lookup_auth(2), &raw mut auth_log);
            assert!(mail_lookup_auth(3).is_null());
            assert!(mail_lookup_auth(0).is_null());
        }
    }
}
