//! What programs see of TLS: a driver for the net_ functions, and a routine that puts TLS on an open stream. The
//! library's own connections do not go through them.

use core::ffi::c_void;
use core::sync::atomic::{AtomicBool, Ordering};

use super::super::net::{TLS, ssl_start};
use super::super::types::sslstart_t;
use super::store::set;
use super::table::Slot;

/// What `ssl_onceonlyinit` does, the first time: sets `SSLDRIVER` and `SSLSTART`.
pub fn announce_tls() {
    static DONE: AtomicBool = AtomicBool::new(false);
    if DONE.swap(true, Ordering::AcqRel) {
        return;
    }
    // SAFETY: neither setting is a text; a function pointer is one word.
    unsafe {
        set(Slot::SslDriver, TLS.address().cast());
        let start: sslstart_t = Some(ssl_start);
        set(
            Slot::SslStart,
            core::mem::transmute::<sslstart_t, *mut c_void>(start),
        );
    }
}
