//! The C functions under test, as safe as a host that keeps to the interface can make them. A stream that has been
//! closed is allowed everywhere: the library must notice.

use c_client::abi::constants as c;
use c_client::abi::link::mail_link;
use c_client::abi::objects::imapdriver;
use c_client::abi::parameters::mail_parameters;
use c_client::abi::types::MailStream;
use c_client::abi::{mail_fetch, mail_messages, mail_open};
use core::ffi::{CStr, c_long, c_ulong, c_void};
use std::ffi::CString;
use std::ptr::null_mut;
use std::sync::Once;

/// A stream as the host holds it, to hand to other threads, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream(pub usize);

pub const NIL: Stream = Stream(0);

impl Stream {
    pub fn raw(self) -> *mut MailStream {
        self.0 as *mut MailStream
    }

    /// Messages as the stream says.
    pub fn count(self) -> c_ulong {
        // SAFETY: streams are kept for some time after they have been closed.
        unsafe { (*self.raw()).nmsgs }
    }
}

fn set(number: c_long, value: usize) {
    // SAFETY: a plain number is what these settings take.
    unsafe { mail_parameters(null_mut(), number, value as *mut c_void) };
}

/// Links the driver and sets time limits, once.
pub fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: a static object.
        unsafe { mail_link(&raw mut imapdriver) };
        set(c::SET_OPENTIMEOUT, 10);
        set(c::SET_READTIMEOUT, 10);
        set(c::SET_WRITETIMEOUT, 10);
        set(c::SET_CLOSETIMEOUT, 3);
        set(c::SET_MAXLOGINTRIALS, 1);
    });
}

fn c_string(text: &str) -> CString {
    CString::new(text).expect("no NUL")
}

pub fn open_on(stream: Stream, name: &str, options: c_long) -> Stream {
    prepare();
    let name = c_string(name);
    // SAFETY: a stream or what was one, and a C string.
    Stream(
        unsafe { mail_open::mail_open(stream.raw(), name.as_ptr().cast_mut(), options) } as usize,
    )
}

pub fn open(name: &str) -> Stream {
    open_on(NIL, name, 0)
}

pub fn close(stream: Stream) -> Stream {
    // SAFETY: a stream or what was one.
    Stream(unsafe { mail_open::mail_close_full(stream.raw(), 0) } as usize)
}

pub fn ping(stream: Stream) -> bool {
    // SAFETY: a stream or what was one.
    unsafe { mail_messages::mail_ping(stream.raw()) != 0 }
}

pub fn header(stream: Stream, msgno: c_ulong) -> String {
    // SAFETY: a stream or what was one; the answer is a C string, read before anything else happens to the stream.
    unsafe {
        let text = mail_fetch::mail_fetch_header(
            stream.raw(),
            msgno,
            null_mut(),
            null_mut(),
            null_mut(),
            c::FT_PEEK,
        );
        CStr::from_ptr(text).to_string_lossy().into_owned()
    }
}

pub fn uid(stream: Stream, msgno: c_ulong) -> c_ulong {
    // SAFETY: a stream or what was one.
    unsafe { mail_messages::mail_uid(stream.raw(), msgno) }
}

pub fn flag(stream: Stream, sequence: &str, flag: &str) {
    let (sequence, flag) = (c_string(sequence), c_string(flag));
    // SAFETY: a stream or what was one, and C strings.
    unsafe {
        mail_messages::mail_flag(
            stream.raw(),
            sequence.as_ptr().cast_mut(),
            flag.as_ptr().cast_mut(),
            c::ST_SET,
        );
    }
}

pub fn expunge(stream: Stream) -> bool {
    // SAFETY: a stream or what was one.
    unsafe { mail_messages::mail_expunge_full(stream.raw(), null_mut(), 0) != 0 }
}
