//! Functions that are left out on purpose and whose failure is no zero (`refused` in `symbols.tsv`).

use core::ffi::{c_char, c_int, c_long, c_void};

use super::entry::{Refusal, entry, refuse};

/// No file descriptor: 0 would be one.
fn no_descriptor(name: &str) -> c_int {
    let () = refuse(name, Refusal::Files);
    -1
}

entry! {
    /// Would lock a mail file. Refused: -1.
    fn lockname(_lock: *mut c_char, _fname: *mut c_char, _op: c_int, _pid: *mut c_long) -> c_int {
        no_descriptor("lockname")
    }

    /// Would lock an open mail file. Refused: -1.
    fn lockfd(_fd: c_int, _lock: *mut c_char, _op: c_int) -> c_int {
        no_descriptor("lockfd")
    }

    /// Would open and lock a lock file. Refused: -1.
    fn lock_work(_lock: *mut c_char, _sbuf: *mut c_void, _op: c_int, _pid: *mut c_long) -> c_int {
        no_descriptor("lock_work")
    }

    /// Would start TLS as a server. Refused, and the answer is why: NIL would be success.
    fn ssl_start_tls(_s: *mut c_char) -> *mut c_char {
        let () = refuse("ssl_start_tls", Refusal::Server);
        c"functions of mail servers are not supported".as_ptr().cast_mut()
    }
}
