//! Dispatch tables of mail drivers and authenticators.

use core::ffi::{c_char, c_long, c_ulong, c_void};

use super::{
    Body, Envelope, MailStream, MailString, MessageCache, SearchPgm, SortPgm, StringList,
    ThreadNode, append_t, authcheck_t, authclient_t, authserver_t, overview_t,
};

/// A mail driver: name, `DR_*` flags and its dispatch table. Linked in by `mail_link`. C name: `DRIVER`.
#[repr(C)]
pub struct Driver {
    pub name: *mut c_char,
    pub flags: c_ulong,
    pub next: *mut Driver,
    pub valid: Option<unsafe extern "C-unwind" fn(*mut c_char) -> *mut Driver>,
    pub parameters: Option<unsafe extern "C-unwind" fn(c_long, *mut c_void) -> *mut c_void>,
    pub scan:
        Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut c_char, *mut c_char)>,
    pub list: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut c_char)>,
    pub lsub: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut c_char)>,
    pub subscribe: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char) -> c_long>,
    pub unsubscribe: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char) -> c_long>,
    pub create: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char) -> c_long>,
    pub mbxdel: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char) -> c_long>,
    pub mbxren:
        Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut c_char) -> c_long>,
    pub status: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, c_long) -> c_long>,
    pub open: Option<unsafe extern "C-unwind" fn(*mut MailStream) -> *mut MailStream>,
    pub close: Option<unsafe extern "C-unwind" fn(*mut MailStream, c_long)>,
    pub fast: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, c_long)>,
    pub msgflags: Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, c_long)>,
    pub overview: Option<unsafe extern "C-unwind" fn(*mut MailStream, overview_t) -> c_long>,
    pub structure: Option<
        unsafe extern "C-unwind" fn(
            *mut MailStream,
            c_ulong,
            *mut *mut Body,
            c_long,
        ) -> *mut Envelope,
    >,
    pub header: Option<
        unsafe extern "C-unwind" fn(*mut MailStream, c_ulong, *mut c_ulong, c_long) -> *mut c_char,
    >,
    pub text: Option<
        unsafe extern "C-unwind" fn(*mut MailStream, c_ulong, *mut MailString, c_long) -> c_long,
    >,
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
    pub flag:
        Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, *mut c_char, c_long)>,
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
    pub append: Option<
        unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, append_t, *mut c_void) -> c_long,
    >,
    pub gc: Option<unsafe extern "C-unwind" fn(*mut MailStream, c_long)>,
}

/// A SASL mechanism: `AU_*` flags, name, client and server sides. Linked in by `auth_link`. C name: `AUTHENTICATOR`.
#[repr(C)]
pub struct Authenticator {
    pub flags: c_long,
    pub name: *mut c_char,
    pub valid: authcheck_t,
    pub client: authclient_t,
    pub server: authserver_t,
    pub next: *mut Authenticator,
}
