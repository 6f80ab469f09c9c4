//! The host program's half of the interface: callbacks that look at what they are given, as a program does.

use c_client::abi::types::{MailStatus, MailStream, NetMbx};
use core::ffi::{CStr, c_char, c_int, c_long, c_ulong};

/// Reads a text to its end, which AddressSanitizer watches.
fn look(text: *const c_char) {
    if !text.is_null() {
        // SAFETY: the library passes NUL-ended strings.
        std::hint::black_box(unsafe { CStr::from_ptr(text) }.to_bytes().len());
    }
}

macro_rules! host {
    ($($name:ident($($arg:ident: $ty:ty),*) $does:block)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name($($arg: $ty),*) $does
    )* };
}

host! {
    mm_searched(_s: *mut MailStream, _n: c_ulong) {}
    mm_exists(_s: *mut MailStream, _n: c_ulong) {}
    mm_expunged(_s: *mut MailStream, _n: c_ulong) {}
    mm_flags(_s: *mut MailStream, _n: c_ulong) {}
    mm_notify(_s: *mut MailStream, text: *mut c_char, _level: c_long) { look(text) }
    mm_list(_s: *mut MailStream, _delimiter: c_int, name: *mut c_char, _a: c_long) { look(name) }
    mm_lsub(_s: *mut MailStream, _delimiter: c_int, name: *mut c_char, _a: c_long) { look(name) }
    mm_status(_s: *mut MailStream, name: *mut c_char, _status: *mut MailStatus) { look(name) }
    mm_log(text: *mut c_char, _level: c_long) {
        look(text);
    }
    mm_dlog(text: *mut c_char) { look(text) }
    mm_critical(_s: *mut MailStream) {}
    mm_nocritical(_s: *mut MailStream) {}
    mm_fatal(text: *mut c_char) { look(text); std::process::abort() }
    mm_login(_mb: *mut NetMbx, user: *mut c_char, password: *mut c_char, _trial: c_long) {
        // SAFETY: login buffers have 1,024 octets (MAILTMPLEN).
        unsafe {
            user.copy_from(c"user".as_ptr(), 5);
            password.copy_from(c"pass".as_ptr(), 5);
        }
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn mm_diskerror(_s: *mut MailStream, _code: c_long, _serious: c_long) -> c_long {
    0
}
