//! The door every exported function goes through.
//!
//! [`entry!`] exports a function under its C name and fences it: a panic inside becomes one
//! `mm_log` line and the function's failure value, never an unwinding into the host program.
//! [`refused!`] exports one that this library leaves out on purpose.

use core::ffi::CStr;
use std::any::Any;
use std::ffi::CString;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::callbacks;
use super::constants::ERROR;

/// What a function returns when it fails: c-client's NIL.
pub trait Failure {
    /// Zero, or a null pointer.
    fn failure() -> Self;
}

macro_rules! zero_is_failure {
    ($($int:ty)*) => { $(impl Failure for $int { fn failure() -> Self { 0 } })* };
}
zero_is_failure!(i8 u8 i16 u16 i32 u32 i64 u64 isize usize);

impl Failure for () {
    fn failure() -> Self {}
}

impl<T> Failure for *mut T {
    fn failure() -> Self {
        core::ptr::null_mut()
    }
}

impl<T> Failure for *const T {
    fn failure() -> Self {
        core::ptr::null()
    }
}

/// Runs the body of the entry `name`; on a panic logs it and returns the failure value.
///
/// The streams that were being worked on close themselves while the panic passes them.
#[inline(always)]
pub fn fence<R: Failure>(name: &str, body: impl FnOnce() -> R) -> R {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => {
            tell_of_panic(name, payload);
            R::failure()
        }
    }
}

#[cold]
#[inline(never)]
fn tell_of_panic(name: &str, payload: Box<dyn Any + Send>) {
    // The host's mm_log may be what panicked: nothing may get through to the host all the same.
    let told = catch_unwind(AssertUnwindSafe(|| {
        log(&format!("{name}: internal error: {}", message(&*payload)));
    }));
    core::mem::forget(told);
    // Dropping a payload can itself panic; this one has nothing worth freeing.
    core::mem::forget(payload);
}

/// Why this library leaves a function out; the table has `refused:files` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It reads, writes or locks mail on the local disk.
    Files,
    /// It is a part of a server: it logs users in, or takes a connection.
    Server,
    /// It sends mail or posts news.
    Sending,
    /// It starts `ssh` or `rsh`.
    Shell,
    /// It is POP3, which was left out when the library was built.
    Pop3,
}

impl Refusal {
    /// The reason, as the log has it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Files => "mail files on this machine are not supported",
            Self::Server => "functions of mail servers are not supported",
            Self::Sending => "sending mail and posting news are not supported",
            Self::Shell => "starting ssh or rsh is not supported",
            Self::Pop3 => "this library was built without POP3",
        }
    }
}

/// The failure value of the entry `name`, which this library leaves out; says why in the log.
pub fn refuse<R: Failure>(name: &str, why: Refusal) -> R {
    log(&format!("{name} refused: {}", why.text()));
    R::failure()
}

/// Reports a failure to the host.
fn log(text: &str) {
    // A NUL inside would cut the line short: it becomes a space.
    if let Ok(line) = CString::new(text.replace('\0', " ")) {
        callbacks::log(&line, ERROR);
    }
}

/// The text of a panic.
fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// A C string argument, or `None` for NULL.
///
/// # Safety
/// `string` is NULL or points to a NUL-ended string that outlives `'a` and is not written to.
pub unsafe fn c_str<'a>(string: *const core::ffi::c_char) -> Option<&'a CStr> {
    if string.is_null() {
        return None;
    }
    // SAFETY: not NULL, and the caller vouches for the rest.
    Some(unsafe { CStr::from_ptr(string) })
}

/// Exports functions of the C interface.
///
/// ```text
/// entry! {
///     /// Frees … (what it does, who owns what, what it returns on failure).
///     fn mail_free_stringlist(string: *mut *mut StringList) {
///         // SAFETY: …
///         unsafe { … }
///     }
/// }
/// ```
///
/// The name must stand in `symbols.tsv` as `implemented`, with the same types.
macro_rules! entry {
    ($($(#[$meta:meta])* fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block)+) => {
        $(
            $(#[$meta])*
            ///
            /// # Safety
            /// Pointers are what c-client's interface says they are: NULL where it allows that,
            /// else valid for the call, strings NUL-ended.
            #[unsafe(no_mangle)]
            pub unsafe extern "C-unwind" fn $name($($arg: $ty),*) $(-> $ret)? {
                $crate::abi::entry::fence(stringify!($name), || $(-> $ret)? { $body })
            }
        )+
    };
}
pub(crate) use entry;

/// Exports a function that this library leaves out on purpose. `build.rs` writes these.
macro_rules! refused {
    ($why:ident fn $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)?) => {
        #[doc = "Left out on purpose: logs why, and returns failure."]
        ///
        /// # Safety
        /// None of the arguments is looked at.
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name($($arg: $ty),*) $(-> $ret)? {
            $(let _ = $arg;)*
            $crate::abi::entry::refuse(stringify!($name), $crate::abi::entry::Refusal::$why)
        }
    };
}
pub(crate) use refused;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::callbacks::fake;

    #[test]
    fn a_panic_becomes_a_log_line_and_the_failure_value() {
        fake::take_log();
        let value: i64 = fence("mail_ping", || panic!("broken {}", 7));
        assert_eq!(value, 0);
        let pointer: *mut u8 = fence("mail_open", || panic!("plain"));
        assert!(pointer.is_null());
        let log = fake::take_log();
        assert_eq!(
            log,
            [
                ("mail_ping: internal error: broken 7".to_owned(), ERROR),
                ("mail_open: internal error: plain".to_owned(), ERROR),
            ]
        );
    }

    #[test]
    fn what_does_not_panic_passes_through() {
        fake::take_log();
        assert_eq!(fence("x", || 5i64), 5);
        assert!(fake::take_log().is_empty());
    }

    #[test]
    fn what_is_left_out_says_why() {
        fake::take_log();
        let value: *mut u8 = refuse("smtp_open_full", Refusal::Sending);
        assert!(value.is_null());
        assert_eq!(
            fake::take_log(),
            [(
                "smtp_open_full refused: sending mail and posting news are not supported"
                    .to_owned(),
                ERROR
            )]
        );
    }
}
