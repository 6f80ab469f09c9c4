//! The data objects of the library: fifteen drivers, five authenticators, three string drivers,
//! the names of MIME types and encodings, of days and months.
//!
//! Programs link against these by address and some hold a COPY relocation of them, so their sizes
//! are part of the interface, and there may be one copy only, in the program: compare addresses,
//! never contents. They are `static mut` because C may write to them (`mail_link` sets `next`,
//! parsers add MIME type names to the free slots, `DISABLE_DRIVER` sets a flag).

#![allow(non_upper_case_globals)]

use core::ffi::{CStr, c_char, c_long, c_void};
use core::ptr;

use super::auth_clients;
use super::constants::*;
use super::imap::{append, fetch, folders, messages, open, search, sort, structure};
use super::string_drivers;
use super::types::{Authenticator, Driver, StringDriver};
use super::{parameters, pop3};

/// A C string for a member that C declares without `const`; nobody writes to it.
const fn name(string: &'static CStr) -> *mut c_char {
    string.as_ptr().cast_mut()
}

/// A driver without a function.
const fn driver(name: *mut c_char, flags: c_long) -> Driver {
    Driver {
        name,
        flags: flags as _,
        next: ptr::null_mut(),
        valid: None,
        parameters: None,
        scan: None,
        list: None,
        lsub: None,
        subscribe: None,
        unsubscribe: None,
        create: None,
        mbxdel: None,
        mbxren: None,
        status: None,
        open: None,
        close: None,
        fast: None,
        msgflags: None,
        overview: None,
        structure: None,
        header: None,
        text: None,
        msgdata: None,
        uid: None,
        msgno: None,
        flag: None,
        flagmsg: None,
        search: None,
        sort: None,
        thread: None,
        ping: None,
        check: None,
        expunge: None,
        copy: None,
        append: None,
        gc: None,
    }
}

/// How a driver answers `mail_parameters`.
type Parameters = unsafe extern "C-unwind" fn(c_long, *mut c_void) -> *mut c_void;

/// A driver for a format this library does not read. It keeps its parameters all the same.
const fn absent(name: *mut c_char, flags: c_long, answers: Parameters) -> Driver {
    let mut absent = driver(name, flags);
    absent.valid = Some(no_mailbox);
    absent.parameters = Some(answers);
    absent
}

/// No mailbox name is one of an [`absent`] driver.
unsafe extern "C-unwind" fn no_mailbox(_name: *mut c_char) -> *mut Driver {
    ptr::null_mut()
}

/// The IMAP driver.
#[unsafe(no_mangle)]
pub static mut imapdriver: Driver = {
    let mut imap = driver(
        name(c"imap"),
        DR_MAIL | DR_NEWS | DR_NAMESPACE | DR_CRLF | DR_RECYCLE | DR_HALFOPEN,
    );
    imap.parameters = Some(parameters::imap_parameters);
    imap.valid = Some(folders::imap_valid);
    imap.scan = Some(folders::imap_scan);
    imap.list = Some(folders::imap_list);
    imap.lsub = Some(folders::imap_lsub);
    imap.subscribe = Some(folders::imap_subscribe);
    imap.unsubscribe = Some(folders::imap_unsubscribe);
    imap.create = Some(folders::imap_create);
    imap.mbxdel = Some(folders::imap_delete);
    imap.mbxren = Some(folders::imap_rename);
    imap.status = Some(folders::imap_status);
    imap.open = Some(open::imap_open);
    imap.close = Some(open::imap_close);
    imap.fast = Some(fetch::imap_fast);
    imap.msgflags = Some(fetch::imap_flags);
    imap.overview = Some(fetch::imap_overview);
    imap.structure = Some(structure::imap_structure);
    imap.msgdata = Some(fetch::imap_msgdata);
    imap.uid = Some(fetch::imap_uid);
    imap.msgno = Some(fetch::imap_msgno);
    imap.flag = Some(messages::imap_flag);
    imap.search = Some(search::imap_search);
    imap.sort = Some(sort::imap_sort);
    imap.thread = Some(sort::imap_thread);
    imap.ping = Some(messages::imap_ping);
    imap.check = Some(messages::imap_check);
    imap.expunge = Some(messages::imap_expunge);
    imap.copy = Some(messages::imap_copy);
    imap.append = Some(append::imap_append);
    imap.gc = Some(messages::imap_gc);
    imap
};

/// The POP3 driver. Without the feature `pop3`, one that refuses POP3 mailboxes.
#[unsafe(no_mangle)]
pub static mut pop3driver: Driver = {
    let mut pop3 = driver(
        name(c"pop3"),
        DR_MAIL | DR_NOFAST | DR_CRLF | DR_NOSTICKY | DR_NOINTDATE | DR_NONEWMAIL,
    );
    pop3.parameters = Some(parameters::pop3_parameters);
    pop3.valid = Some(pop3::folders::pop3_valid);
    if cfg!(feature = "pop3") {
        pop3.scan = Some(pop3::folders::pop3_scan);
        pop3.list = Some(pop3::folders::pop3_list);
        pop3.lsub = Some(pop3::folders::pop3_lsub);
        pop3.subscribe = Some(pop3::folders::pop3_subscribe);
        pop3.unsubscribe = Some(pop3::folders::pop3_unsubscribe);
        pop3.create = Some(pop3::folders::pop3_no_mailbox);
        pop3.mbxdel = Some(pop3::folders::pop3_no_mailbox);
        pop3.mbxren = Some(pop3::folders::pop3_rename);
        pop3.status = Some(pop3::folders::pop3_status);
        pop3.open = Some(pop3::open::pop3_open);
        pop3.close = Some(pop3::open::pop3_close);
        pop3.fast = Some(pop3::messages::pop3_fast);
        pop3.header = Some(pop3::messages::pop3_header);
        pop3.text = Some(pop3::messages::pop3_text);
        pop3.ping = Some(pop3::messages::pop3_ping);
        pop3.check = Some(pop3::messages::pop3_check);
        pop3.expunge = Some(pop3::messages::pop3_expunge);
        pop3.copy = Some(pop3::folders::pop3_copy);
        pop3.append = Some(pop3::folders::pop3_append);
    }
    pop3
};

macro_rules! absent_drivers {
    ($($driver:ident: $name:literal, $flags:expr, $answers:ident;)*) => { $(
        #[doc = concat!("The driver ", stringify!($name), ": linkable, but it opens nothing.")]
        #[unsafe(no_mangle)]
        pub static mut $driver: Driver =
            absent(name($name), $flags, parameters::$answers);
    )* };
}

absent_drivers! {
    nntpdriver: c"nntp", DR_NEWS | DR_READONLY | DR_NOFAST | DR_NAMESPACE | DR_CRLF | DR_RECYCLE
        | DR_XPOINT | DR_NOINTDATE | DR_NONEWMAIL | DR_HALFOPEN, nntp_parameters;
    mboxdriver: c"mbox", DR_LOCAL | DR_MAIL | DR_LOCKING | DR_NONEWMAILRONLY, local_parameters;
    mixdriver: c"mix", DR_MAIL | DR_LOCAL | DR_NOFAST | DR_CRLF | DR_LOCKING | DR_DIRFMT | DR_MODSEQ, local_parameters;
    mxdriver: c"mx", DR_MAIL | DR_LOCAL | DR_NOFAST | DR_CRLF | DR_LOCKING | DR_DIRFMT, local_parameters;
    mbxdriver: c"mbx", DR_LOCAL | DR_MAIL | DR_CRLF | DR_LOCKING, local_parameters;
    tenexdriver: c"tenex", DR_LOCAL | DR_MAIL | DR_NOSTICKY | DR_LOCKING, local_parameters;
    mtxdriver: c"mtx", DR_LOCAL | DR_MAIL | DR_CRLF | DR_NOSTICKY | DR_LOCKING, local_parameters;
    mhdriver: c"mh", DR_MAIL | DR_LOCAL | DR_NOFAST | DR_NAMESPACE | DR_NOSTICKY | DR_DIRFMT, mh_parameters;
    mmdfdriver: c"mmdf", DR_LOCAL | DR_MAIL | DR_LOCKING | DR_NONEWMAILRONLY | DR_XPOINT, local_parameters;
    unixdriver: c"unix", DR_LOCAL | DR_MAIL | DR_LOCKING | DR_NONEWMAILRONLY | DR_XPOINT, unix_parameters;
    newsdriver: c"news", DR_NEWS | DR_READONLY | DR_NOFAST | DR_NAMESPACE | DR_NONEWMAIL | DR_DIRFMT, local_parameters;
    philedriver: c"phile", DR_LOCAL | DR_READONLY | DR_NOSTICKY, local_parameters;
    dummydriver: c"dummy", DR_LOCAL | DR_MAIL, local_parameters;
}

macro_rules! authenticators {
    ($($(#[$meta:meta])* $object:ident: $name:literal, $flags:expr, $valid:expr, $client:expr;)*) => { $(
        $(#[$meta])*
        #[unsafe(no_mangle)]
        pub static mut $object: Authenticator = Authenticator {
            flags: $flags,
            name: name($name),
            valid: $valid,
            client: $client,
            server: None,
            next: ptr::null_mut(),
        };
    )* };
}

/// The authenticators that no program needs to link, in the order in which they are tried.
static mut OWN: [Authenticator; 4] = [
    scram(
        name(c"SCRAM-SHA-256-PLUS"),
        auth_clients::scram_sha_256_plus,
    ),
    scram(name(c"SCRAM-SHA-1-PLUS"), auth_clients::scram_sha_1_plus),
    scram(name(c"SCRAM-SHA-256"), auth_clients::scram_sha_256),
    scram(name(c"SCRAM-SHA-1"), auth_clients::scram_sha_1),
];

const fn scram(
    name: *mut core::ffi::c_char,
    client: super::authenticators::ClientFunction,
) -> Authenticator {
    Authenticator {
        flags: AU_SECURE | AU_AUTHUSER,
        name,
        valid: None,
        client: Some(client),
        server: None,
        next: ptr::null_mut(),
    }
}

/// The library's own authenticators: Kerberos, then SCRAM.
pub fn own_authenticators() -> Vec<*mut Authenticator> {
    let own = (&raw mut OWN).cast::<Authenticator>();
    core::iter::once(&raw mut auth_gss)
        .chain((0..4).map(|index| own.wrapping_add(index)))
        .collect()
}

authenticators! {
    /// Kerberos (RFC 4752), where the system has its library.
    auth_gss: c"GSSAPI", AU_SECURE | AU_AUTHUSER, Some(super::link::auth_gssapi_valid), Some(auth_clients::gssapi);
    /// EXTERNAL (RFC 4422): the identity of the TLS client certificate.
    auth_ext: c"EXTERNAL", AU_SECURE | AU_AUTHUSER | AU_HIDE, None, Some(auth_clients::external);
    /// CRAM-MD5 (RFC 2195).
    auth_md5: c"CRAM-MD5", AU_SECURE, None, Some(auth_clients::cram_md5);
    /// PLAIN (RFC 4616).
    auth_pla: c"PLAIN", AU_AUTHUSER | AU_HIDE, None, Some(auth_clients::plain);
    /// LOGIN, the predecessor of PLAIN.
    auth_log: c"LOGIN", AU_HIDE, None, Some(auth_clients::login);
}

/// Strings in memory.
#[unsafe(no_mangle)]
pub static mut mail_string: StringDriver = string_drivers::MEMORY;

/// Strings in a stdio file.
#[unsafe(no_mangle)]
pub static mut file_string: StringDriver = string_drivers::FILE;

/// Strings behind a file descriptor.
#[unsafe(no_mangle)]
pub static mut fd_string: StringDriver = string_drivers::FD;

/// Names of the primary body types, by `TYPE*`. The slots after X-UNKNOWN are for types that turn
/// up in mail.
#[unsafe(no_mangle)]
pub static mut body_types: [*mut c_char; TYPEMAX as usize + 1] = {
    let mut names = [ptr::null_mut(); TYPEMAX as usize + 1];
    names[TYPETEXT as usize] = name(c"TEXT");
    names[TYPEMULTIPART as usize] = name(c"MULTIPART");
    names[TYPEMESSAGE as usize] = name(c"MESSAGE");
    names[TYPEAPPLICATION as usize] = name(c"APPLICATION");
    names[TYPEAUDIO as usize] = name(c"AUDIO");
    names[TYPEIMAGE as usize] = name(c"IMAGE");
    names[TYPEVIDEO as usize] = name(c"VIDEO");
    names[TYPEMODEL as usize] = name(c"MODEL");
    names[TYPEOTHER as usize] = name(c"X-UNKNOWN");
    names
};

/// Names of the content transfer encodings, by `ENC*`.
#[unsafe(no_mangle)]
pub static mut body_encodings: [*mut c_char; ENCMAX as usize + 1] = {
    let mut names = [ptr::null_mut(); ENCMAX as usize + 1];
    names[ENC7BIT as usize] = name(c"7BIT");
    names[ENC8BIT as usize] = name(c"8BIT");
    names[ENCBINARY as usize] = name(c"BINARY");
    names[ENCBASE64 as usize] = name(c"BASE64");
    names[ENCQUOTEDPRINTABLE as usize] = name(c"QUOTED-PRINTABLE");
    names[ENCOTHER as usize] = name(c"X-UNKNOWN");
    names
};

/// English names of the days, from Sunday.
#[unsafe(no_mangle)]
pub static mut days: [*const c_char; 7] = [
    c"Sun".as_ptr(),
    c"Mon".as_ptr(),
    c"Tue".as_ptr(),
    c"Wed".as_ptr(),
    c"Thu".as_ptr(),
    c"Fri".as_ptr(),
    c"Sat".as_ptr(),
];

/// English names of the months.
#[unsafe(no_mangle)]
pub static mut months: [*const c_char; 12] = [
    c"Jan".as_ptr(),
    c"Feb".as_ptr(),
    c"Mar".as_ptr(),
    c"Apr".as_ptr(),
    c"May".as_ptr(),
    c"Jun".as_ptr(),
    c"Jul".as_ptr(),
    c"Aug".as_ptr(),
    c"Sep".as_ptr(),
    c"Oct".as_ptr(),
    c"Nov".as_ptr(),
    c"Dec".as_ptr(),
];
