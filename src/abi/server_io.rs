//! Standard input and output, as programs for servers use them (`PBIN`, `PSOUT`, …). In clear: the server's side of TLS is
//! not here.

use core::ffi::{c_char, c_int, c_long, c_ulong};

use super::entry::entry;
use super::memory::text_bytes;
use super::types::SizedText;

unsafe extern "C" {
    static mut stdin: *mut libc::FILE;
    static mut stdout: *mut libc::FILE;
}

/// Whether the call before was only interrupted by a signal.
fn interrupted() -> bool {
    std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted
}

entry! {
    /// The next octet of standard input; EOF at its end.
    fn PBIN() -> c_int {
        // SAFETY: takes nothing.
        unsafe { libc::getchar() }
    }

    /// The next line of standard input, at most `n - 1` octets, at `s`, which is returned; NULL at the end.
    fn PSIN(s: *mut c_char, n: c_int) -> *mut c_char {
        // SAFETY: room for `n` octets, as the interface demands.
        unsafe { if s.is_null() { s } else { libc::fgets(s, n, stdin) } }
    }

    /// Reads `n` octets of standard input to `s`. T if they came.
    fn PSINR(s: *mut c_char, n: c_ulong) -> c_long {
        let mut read = 0;
        let wanted = n as usize;
        // SAFETY: room for `n` octets, as the interface demands.
        unsafe {
            while !s.is_null() && read < wanted {
                let more = libc::fread(s.add(read).cast(), 1, wanted - read, stdin);
                if more == 0 && (libc::feof(stdin) != 0 || !interrupted()) {
                    break;
                }
                read += more;
            }
        }
        c_long::from(read == wanted)
    }

    /// Waits for standard input, at most that many seconds. T if there is some, or its end.
    fn INWAIT(seconds: c_long) -> c_long {
        let milliseconds = seconds.max(0).saturating_mul(1_000);
        let milliseconds = c_int::try_from(milliseconds).unwrap_or(c_int::MAX);
        let mut input = libc::pollfd { fd: libc::STDIN_FILENO, events: libc::POLLIN, revents: 0 };
        // SAFETY: one descriptor.
        c_long::from(unsafe { libc::poll(&mut input, 1, milliseconds) } > 0)
    }

    /// Writes one octet to standard output; returns it, or EOF.
    fn PBOUT(c: c_int) -> c_int {
        // SAFETY: takes a number.
        unsafe { libc::putchar(c) }
    }

    /// Writes a string to standard output. EOF on failure.
    fn PSOUT(s: *mut c_char) -> c_int {
        // SAFETY: NULL or a C string.
        unsafe { if s.is_null() { libc::EOF } else { libc::fputs(s, stdout) } }
    }

    /// Writes a text to standard output. EOF on failure, else 0.
    fn PSOUTR(s: *mut SizedText) -> c_int {
        // SAFETY: NULL or a text of the caller's.
        unsafe {
            let mut left = s.as_ref().map_or(&[][..], |s| text_bytes(s));
            while !left.is_empty() {
                let written = libc::fwrite(left.as_ptr().cast(), 1, left.len(), stdout);
                if written == 0 && !interrupted() {
                    return libc::EOF;
                }
                left = &left[written..];
            }
        }
        0
    }

    /// Sends on what lies in the buffer of standard output. EOF on failure, else 0.
    fn PFLUSH() -> c_int {
        // SAFETY: standard output.
        unsafe { libc::fflush(stdout) }
    }
}
