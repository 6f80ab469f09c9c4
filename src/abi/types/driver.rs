//! Dispatch tables of mail drivers and authenticators.

use core::ffi::{c_char, c_long, c_ulong, c_void};

use super::{
    Body, Envelope, MailStream, MailString, MessageCache, SearchPgm, SortPgm, StringList,
    ThreadNode, append_t, authcheck_t, authclient_t, authserver_t, overview_t,
};

/// A mail driver: name, `DR_*` flags and its dispatch table. Linked in by `mail_link`. C name: `DRIVER`.
#[repr(C)]
pub struct Driver {
    /// Its name.
    pub name: *mut c_char,
    /// `DR_*`.
    pub flags: c_ulong,
    /// The next linked driver.
    pub next: *mut Driver,
    /// Whether it takes a mailbox name: itself, or NULL.
    pub valid: Option<unsafe extern "C-unwind" fn(*mut c_char) -> *mut Driver>,
    /// Its part of mail_parameters.
    pub parameters: Option<unsafe extern "C-unwind" fn(c_long, *mut c_void) -> *mut c_void>,
    /// As mail_scan; so with each member the function of the same name.
    pub scan:
        Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut c_char, *mut c_char)>,
    pub list: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut c_char)>,
    pub lsub: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut c_char)>,
    pub subscribe: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char) -> c_long>,
    pub unsubscribe: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char) -> c_long>,
    pub create: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char) -> c_long>,
    /// mail_delete.
    pub mbxdel: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char) -> c_long>,
    /// mail_rename.
    pub mbxren:
        Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut c_char) -> c_long>,
    pub status: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, c_long) -> c_long>,
    /// mail_open_work; with NULL the driver's prototype.
    pub open: Option<unsafe extern "C-unwind" fn(*mut MailStream) -> *mut MailStream>,
    /// mail_close_full, while the stream is still there.
    pub close: Option<unsafe extern "C-unwind" fn(*mut MailStream, c_long)>,
    /// mail_fetch_fast.
    pub fast: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, c_long)>,
    /// mail_fetch_flags.
    pub msgflags: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, c_long)>,
    /// mail_fetch_overview, of what `sequence` marks.
    pub overview: Option<unsafe extern "C-unwind" fn(*mut MailStream, overview_t) -> c_long>,
    /// mail_fetch_structure.
    pub structure: Option<
        unsafe extern "C-unwind" fn(
            *mut MailStream,
            c_ulong,
            *mut *mut Body,
            c_long,
        ) -> *mut Envelope,
    >,
    /// The whole header; NULL if the driver is asked by `msgdata`.
    pub header: Option<
        unsafe extern "C-unwind" fn(*mut MailStream, c_ulong, *mut c_ulong, c_long) -> *mut c_char,
    >,
    /// The whole text, into a string.
    pub text: Option<
        unsafe extern "C-unwind" fn(*mut MailStream, c_ulong, *mut MailString, c_long) -> c_long,
    >,
    /// Fetches a section into the cache: section, first octet, how many, lines.
    pub msgdata: Option<
        unsafe extern "C-unwind" fn(
            *mut MailStream,
            c_ulong,
            *mut c_char,
            c_ulong,
            c_ulong,
            *mut StringList,
            c_long,
        ) -> c_long,
    >,
    pub uid: Option<unsafe extern "C-unwind" fn(*mut MailStream, c_ulong) -> c_ulong>,
    pub msgno: Option<unsafe extern "C-unwind" fn(*mut MailStream, c_ulong) -> c_ulong>,
    /// mail_flag.
    pub flag:
        Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut c_char, c_long)>,
    /// Called for each message before and after its flags are changed; NULL: not.
    pub flagmsg: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut MessageCache)>,
    pub search: Option<
        unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut SearchPgm, c_long) -> c_long,
    >,
    pub sort: Option<
        unsafe extern "C-unwind" fn(
            *mut MailStream,
            *mut c_char,
            *mut SearchPgm,
            *mut SortPgm,
            c_long,
        ) -> *mut c_ulong,
    >,
    pub thread: Option<
        unsafe extern "C-unwind" fn(
            *mut MailStream,
            *mut c_char,
            *mut c_char,
            *mut SearchPgm,
            c_long,
        ) -> *mut ThreadNode,
    >,
    pub ping: Option<unsafe extern "C-unwind" fn(*mut MailStream) -> c_long>,
    pub check: Option<unsafe extern "C-unwind" fn(*mut MailStream)>,
    pub expunge:
        Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, c_long) -> c_long>,
    pub copy: Option<
        unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut c_char, c_long) -> c_long,
    >,
    /// mail_append_multiple.
    pub append: Option<
        unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, append_t, *mut c_void) -> c_long,
    >,
    /// mail_gc.
    pub gc: Option<unsafe extern "C-unwind" fn(*mut MailStream, c_long)>,
}

/// A SASL mechanism: `AU_*` flags, name, client and server sides. Linked in by `auth_link`. C name: `AUTHENTICATOR`.
#[repr(C)]
pub struct Authenticator {
    /// `AU_*`.
    pub flags: c_long,
    /// Its name (`PLAIN`).
    pub name: *mut c_char,
    /// Whether it can be used here; NULL: always.
    pub valid: authcheck_t,
    /// The client's side; NULL: none.
    pub client: authclient_t,
    /// The server's side; NULL: none.
    pub server: authserver_t,
    /// The next linked one.
    pub next: *mut Authenticator,
}
