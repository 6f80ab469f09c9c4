//! What programs see of TLS: a driver and a STARTTLS routine that say it is there.
//!
//! Programs only test whether they are set. The library's own connections do not go through them,
//! and there is no raw stream to be had: called, they refuse.

use core::ffi::{c_char, c_ulong, c_void};
use core::sync::atomic::{AtomicBool, Ordering};

use super::super::types::{NetDriver, NetMbx, sslstart_t};
use super::store::set;
use super::table::Slot;
use super::{Shared, refuse};

unsafe extern "C-unwind" fn open(_: *mut c_char, _: *mut c_char, _: c_ulong) -> *mut c_void {
    refuse(c"The TLS driver is not for direct use")
}

unsafe extern "C-unwind" fn open_command(
    _: *mut NetMbx,
    _: *mut c_char,
    _: *mut c_char,
) -> *mut c_void {
    refuse(c"The TLS driver is not for direct use")
}

unsafe extern "C-unwind" fn start(_: *mut c_void, _: *mut c_char, _: c_ulong) -> *mut c_void {
    refuse(c"The TLS driver is not for direct use")
}

/// What works on an open stream is missing, as no stream ever is.
static DRIVER: Shared<NetDriver> = Shared(NetDriver {
    open: Some(open),
    aopen: Some(open_command),
    getline: None,
    getbuffer: None,
    soutr: None,
    sout: None,
    close: None,
    host: None,
    remotehost: None,
    port: None,
    localhost: None,
});

/// What `ssl_onceonlyinit` does, the first time: sets `SSLDRIVER` and `SSLSTART`.
pub fn announce_tls() {
    static DONE: AtomicBool = AtomicBool::new(false);
    if DONE.swap(true, Ordering::AcqRel) {
        return;
    }
    // SAFETY: neither setting is a text; a function pointer is one word.
    unsafe {
        set(Slot::SslDriver, (&raw const DRIVER.0).cast_mut().cast());
        let start: sslstart_t = Some(start);
        set(
            Slot::SslStart,
            core::mem::transmute::<sslstart_t, *mut c_void>(start),
        );
    }
}
