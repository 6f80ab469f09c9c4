//! The fifteen functions the host program defines: how the library talks back.
//!
//! They stay undefined in the shared library, and no other symbol does (build systems probe for
//! exactly these). They run on the calling thread, may take as long as they like, may call the
//! library again on the same stream, and may unwind or `longjmp` through it: hold no lock and no
//! `&mut` to anything a stream owns across one.

use core::ffi::{CStr, c_char, c_int, c_long, c_ulong};

use super::constants::MAILTMPLEN;
use super::types::{MailStatus, MailStream, NetMbx};

#[cfg(any(not(feature = "client"), test))]
unsafe extern "C-unwind" {
    /// A search has found message `number`: its UID if the caller gave SE_UID.
    fn mm_searched(stream: *mut MailStream, number: c_ulong);
    /// The mailbox has `number` messages now: when it is opened, and when one has come. `stream->nmsgs` says so
    /// already.
    fn mm_exists(stream: *mut MailStream, number: c_ulong);
    /// Message `number` is gone, and those behind it count one less from now on. Several are told one by one, each
    /// number as it is after the one before. While this runs, `stream->nmsgs` and the elts are still those before it.
    ///
    /// Until the last is told, commands to the server from inside this callback are refused: their numbers would mean
    /// other messages there.
    fn mm_expunged(stream: *mut MailStream, number: c_ulong);
    /// Flags of message `number` may have changed; its elt has the new ones.
    fn mm_flags(stream: *mut MailStream, number: c_ulong);
    /// The server says something about `stream`; `errflg` as for mm_log. `[CLOSED]` at the beginning means that the
    /// connection is gone: then mail_close, or mail_open on this stream, is what is left to do with it.
    fn mm_notify(stream: *mut MailStream, string: *mut c_char, errflg: c_long);
    /// mail_list or mail_scan has found the mailbox `name`. `delimiter` stands between the levels of its name, 0 where
    /// there are no levels; `attributes` are `LATT_*`. If mail_list got no stream, `stream` is one that is closed
    /// before it returns.
    fn mm_list(stream: *mut MailStream, delimiter: c_int, name: *mut c_char, attributes: c_long);
    /// mail_lsub has found the subscribed mailbox `name`; the rest as for mm_list.
    fn mm_lsub(stream: *mut MailStream, delimiter: c_int, name: *mut c_char, attributes: c_long);
    /// What mail_status has asked for. `status` is the library's, and good while this runs; `status->flags` says which
    /// members count. If mail_status got no stream, `stream` is one that is closed before it returns.
    fn mm_status(stream: *mut MailStream, mailbox: *mut c_char, status: *mut MailStatus);
    /// A line for the program's log, without a line end. `errflg`: NIL for information, WARN, ERROR for what made a
    /// call fail, PARSE for odd mail, BYE when a server says good-bye. Called on whatever thread the call runs on;
    /// never for a secret.
    fn mm_log(string: *mut c_char, errflg: c_long);
    /// A line of the conversation with a server (OP_DEBUG, mail_debug), or of the program's own mail_dlog. Passwords
    /// and tokens are left out.
    fn mm_dlog(string: *mut c_char);
    /// Asks for user name and password for the server that `mb` describes. `user` and `pwd` have room for MAILTMPLEN
    /// octets each, the NUL counted. Both come empty; a name that stands in the mailbox name is in `mb->user`, for the
    /// program to copy. `trial` counts from 0 for each login: when it is not 0, what was given before was refused. An
    /// empty password gives up.
    ///
    /// It may come within any call on a stream, not only within mail_open: a connection that the server or the network has
    /// ended is replaced then, and an APPEND is repeated on a connection of its own, also by a call without a stream. So no
    /// lock that this function takes may be held over a call. `SET_RECONNECT` 0 keeps streams from it.
    ///
    /// The password's buffer is wiped after use. Where the configuration file gets a token for the account, the
    /// password is not looked at.
    fn mm_login(mb: *mut NetMbx, user: *mut c_char, pwd: *mut c_char, trial: c_long);
    /// Would announce work on a mail file that must not be interrupted. This library has none, and never calls it.
    fn mm_critical(stream: *mut MailStream);
    /// Would announce its end. Never called.
    fn mm_nocritical(stream: *mut MailStream);
    /// Would ask what to do when a mail file cannot be written. Never called.
    fn mm_diskerror(stream: *mut MailStream, errcode: c_long, serious: c_long) -> c_long;
    /// Announces the end of the program. The library ends no program; only `fatal`, which programs call themselves,
    /// comes here.
    fn mm_fatal(string: *mut c_char);
}

/// Nobody, in the host's place: for Rust programs that use [`crate::client`] and nothing of the C interface.
#[cfg(all(feature = "client", not(test)))]
mod nobody {
    use super::*;

    macro_rules! silent {
        ($($name:ident($($ty:ty),*) $(-> $ret:ty)?;)*) => { $(
            pub unsafe extern "C-unwind" fn $name($(_: $ty),*) $(-> $ret)? { $(0 as $ret)? }
        )* };
    }
    silent! {
        mm_searched(*mut MailStream, c_ulong);
        mm_exists(*mut MailStream, c_ulong);
        mm_expunged(*mut MailStream, c_ulong);
        mm_flags(*mut MailStream, c_ulong);
        mm_notify(*mut MailStream, *mut c_char, c_long);
        mm_list(*mut MailStream, c_int, *mut c_char, c_long);
        mm_lsub(*mut MailStream, c_int, *mut c_char, c_long);
        mm_status(*mut MailStream, *mut c_char, *mut MailStatus);
        mm_log(*mut c_char, c_long);
        mm_dlog(*mut c_char);
        mm_login(*mut NetMbx, *mut c_char, *mut c_char, c_long);
        mm_critical(*mut MailStream);
        mm_nocritical(*mut MailStream);
        mm_fatal(*mut c_char);
    }
}
#[cfg(all(feature = "client", not(test)))]
use nobody::*;

/// A reference to each callback of the host, used or not.
///
/// An executable only exports the `mm_*` it defines when a library on its command line refers to
/// them, and a build system's probe only fails as it should when one is missing.
#[cfg(any(not(feature = "client"), test))]
#[used]
static REFERENCES: [unsafe extern "C-unwind" fn(); 15] = {
    // SAFETY: the addresses are only kept for the linker, never called through these types.
    unsafe {
        use core::mem::transmute as t;
        type F = unsafe extern "C-unwind" fn();
        [
            t::<unsafe extern "C-unwind" fn(*mut MailStream, c_ulong), F>(mm_searched),
            t::<unsafe extern "C-unwind" fn(*mut MailStream, c_ulong), F>(mm_exists),
            t::<unsafe extern "C-unwind" fn(*mut MailStream, c_ulong), F>(mm_expunged),
            t::<unsafe extern "C-unwind" fn(*mut MailStream, c_ulong), F>(mm_flags),
            t::<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, c_long), F>(mm_notify),
            t::<unsafe extern "C-unwind" fn(*mut MailStream, c_int, *mut c_char, c_long), F>(
                mm_list,
            ),
            t::<unsafe extern "C-unwind" fn(*mut MailStream, c_int, *mut c_char, c_long), F>(
                mm_lsub,
            ),
            t::<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut MailStatus), F>(
                mm_status,
            ),
            t::<unsafe extern "C-unwind" fn(*mut c_char, c_long), F>(mm_log),
            t::<unsafe extern "C-unwind" fn(*mut c_char), F>(mm_dlog),
            t::<unsafe extern "C-unwind" fn(*mut NetMbx, *mut c_char, *mut c_char, c_long), F>(
                mm_login,
            ),
            t::<unsafe extern "C-unwind" fn(*mut MailStream), F>(mm_critical),
            t::<unsafe extern "C-unwind" fn(*mut MailStream), F>(mm_nocritical),
            t::<unsafe extern "C-unwind" fn(*mut MailStream, c_long, c_long) -> c_long, F>(
                mm_diskerror,
            ),
            t::<unsafe extern "C-unwind" fn(*mut c_char), F>(mm_fatal),
        ]
    }
};

/// A name or password as the host fills it in, `MAILTMPLEN` octets, NUL-ended.
pub type LoginBuffer = [c_char; MAILTMPLEN as usize];

/// Message `number` of `stream` matches the running search (`mm_searched`).
///
/// # Safety
/// `stream` is a stream the host knows.
pub unsafe fn searched(stream: *mut MailStream, number: c_ulong) {
    // SAFETY: the host's function, called as its prototype says.
    unsafe { mm_searched(stream, number) }
}

/// The mailbox of `stream` now has `number` messages (`mm_exists`).
///
/// # Safety
/// As [`searched`].
pub unsafe fn exists(stream: *mut MailStream, number: c_ulong) {
    // SAFETY: as above.
    unsafe { mm_exists(stream, number) }
}

/// Message `number` is gone; later ones have moved down by one (`mm_expunged`).
///
/// # Safety
/// As [`searched`].
pub unsafe fn expunged(stream: *mut MailStream, number: c_ulong) {
    // SAFETY: as above.
    unsafe { mm_expunged(stream, number) }
}

/// The flags of message `number` may have changed (`mm_flags`).
///
/// # Safety
/// As [`searched`].
pub unsafe fn flags(stream: *mut MailStream, number: c_ulong) {
    // SAFETY: as above.
    unsafe { mm_flags(stream, number) }
}

/// Something the server says about `stream`; severity as for [`log`] (`mm_notify`).
///
/// # Safety
/// As [`searched`]; `stream` may be NULL.
pub unsafe fn notify(stream: *mut MailStream, text: &CStr, severity: c_long) {
    // SAFETY: as above; the host reads the text and does not keep it.
    unsafe { mm_notify(stream, text.as_ptr().cast_mut(), severity) }
}

/// A mailbox that `mail_list` found; `delimiter` 0 when the name space is flat (`mm_list`).
///
/// # Safety
/// As [`searched`]; `stream` may be NULL.
pub unsafe fn list(stream: *mut MailStream, delimiter: c_int, name: &CStr, attributes: c_long) {
    // SAFETY: as for `notify`.
    unsafe { mm_list(stream, delimiter, name.as_ptr().cast_mut(), attributes) }
}

/// A subscribed mailbox that `mail_lsub` found (`mm_lsub`).
///
/// # Safety
/// As [`list`].
pub unsafe fn lsub(stream: *mut MailStream, delimiter: c_int, name: &CStr, attributes: c_long) {
    // SAFETY: as for `notify`.
    unsafe { mm_lsub(stream, delimiter, name.as_ptr().cast_mut(), attributes) }
}

/// The status of `mailbox` (`mm_status`).
///
/// # Safety
/// As [`list`].
pub unsafe fn status(stream: *mut MailStream, mailbox: &CStr, status: &mut MailStatus) {
    // SAFETY: as for `notify`; the status is the host's to read while it runs.
    unsafe { mm_status(stream, mailbox.as_ptr().cast_mut(), status) }
}

/// A line for the host's log; severity 0 (information), `WARN`, `ERROR`, `PARSE`, `BYE` (`mm_log`).
pub fn log(text: &CStr, severity: c_long) {
    // SAFETY: the host reads the text and does not keep it.
    unsafe { mm_log(text.as_ptr().cast_mut(), severity) }
}

/// A line of protocol, for debugging (`mm_dlog`).
pub fn dlog(text: &CStr) {
    // SAFETY: as for `log`.
    unsafe { mm_dlog(text.as_ptr().cast_mut()) }
}

/// Where the host's `mm_dlog` is: the verbose hook of SMTP until another is set.
pub fn dlog_address() -> *mut core::ffi::c_void {
    mm_dlog as *const () as *mut core::ffi::c_void
}

/// Asks for user name and password; an empty password gives up (`mm_login`).
///
/// The buffers are ended with a NUL whatever the host wrote.
pub fn login(mb: &mut NetMbx, user: &mut LoginBuffer, password: &mut LoginBuffer, trial: c_long) {
    // SAFETY: both buffers have the size the interface promises, `MAILTMPLEN`.
    unsafe { mm_login(mb, user.as_mut_ptr(), password.as_mut_ptr(), trial) }
    user[user.len() - 1] = 0;
    password[password.len() - 1] = 0;
}

/// The library is about to do what should not be interrupted (`mm_critical`).
///
/// # Safety
/// As [`list`].
pub unsafe fn critical(stream: *mut MailStream) {
    // SAFETY: as above.
    unsafe { mm_critical(stream) }
}

/// The library may be interrupted again (`mm_nocritical`).
///
/// # Safety
/// As [`list`].
pub unsafe fn nocritical(stream: *mut MailStream) {
    // SAFETY: as above.
    unsafe { mm_nocritical(stream) }
}

/// Tells the host that the program is about to end (`mm_fatal`). The library itself never does
/// that; only the exported `fatal`, which programs call on purpose, comes here.
pub fn fatal(text: &CStr) {
    // SAFETY: as for `log`.
    unsafe { mm_fatal(text.as_ptr().cast_mut()) }
}

/// A host for unit tests: records what it is told, per thread.
#[cfg(test)]
pub mod fake {
    use super::*;
    use std::cell::RefCell;

    thread_local! {
        static LOG: RefCell<Vec<(String, c_long)>> = const { RefCell::new(Vec::new()) };
    }

    /// The lines `mm_log` got on this thread since the last call.
    pub fn take_log() -> Vec<(String, c_long)> {
        LOG.with(|log| log.take())
    }

    #[unsafe(no_mangle)]
    extern "C-unwind" fn mm_log(string: *mut c_char, errflg: c_long) {
        // SAFETY: the library passes NUL-ended strings.
        let text = unsafe { CStr::from_ptr(string) }
            .to_string_lossy()
            .into_owned();
        LOG.with(|log| log.borrow_mut().push((text, errflg)));
    }

    macro_rules! silent {
        ($($name:ident($($ty:ty),*) $(-> $ret:ty)?;)*) => { $(
            #[unsafe(no_mangle)]
            extern "C-unwind" fn $name($(_: $ty),*) $(-> $ret)? { $(0 as $ret)? }
        )* };
    }
    silent! {
        mm_searched(*mut MailStream, c_ulong);
        mm_exists(*mut MailStream, c_ulong);
        mm_expunged(*mut MailStream, c_ulong);
        mm_flags(*mut MailStream, c_ulong);
        mm_notify(*mut MailStream, *mut c_char, c_long);
        mm_list(*mut MailStream, c_int, *mut c_char, c_long);
        mm_lsub(*mut MailStream, c_int, *mut c_char, c_long);
        mm_status(*mut MailStream, *mut c_char, *mut MailStatus);
        mm_dlog(*mut c_char);
        mm_login(*mut NetMbx, *mut c_char, *mut c_char, c_long);
        mm_critical(*mut MailStream);
        mm_nocritical(*mut MailStream);
        mm_diskerror(*mut MailStream, c_long, c_long) -> c_long;
        mm_fatal(*mut c_char);
    }
}
