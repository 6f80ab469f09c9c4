//! Network mailbox names and byte streams.

use core::ffi::{c_char, c_long, c_uint, c_ulong, c_void};

use super::Threader;
use super::bits::bitfields;

/// A parsed `{host:port/flags}mailbox` name. Callers keep these on their own stack. C name: `NETMBX`.
#[repr(C)]
pub struct NetMbx {
    pub host: [c_char; 256],
    pub orighost: [c_char; 256],
    pub user: [c_char; 65],
    pub authuser: [c_char; 65],
    pub mailbox: [c_char; 256],
    pub service: [c_char; 21],
    pub port: c_ulong,
    pub bits: c_uint,
}
bitfields! { NetMbx {
    bits: anoflag, set_anoflag: 0, 1;
    bits: dbgflag, set_dbgflag: 1, 1;
    bits: secflag, set_secflag: 2, 1;
    bits: sslflag, set_sslflag: 3, 1;
    bits: trysslflag, set_trysslflag: 4, 1;
    bits: novalidate, set_novalidate: 5, 1;
    bits: tlsflag, set_tlsflag: 6, 1;
    bits: notlsflag, set_notlsflag: 7, 1;
    bits: readonlyflag, set_readonlyflag: 8, 1;
    bits: norsh, set_norsh: 9, 1;
    bits: loser, set_loser: 10, 1;
    bits: tlssslv23, set_tlssslv23: 11, 1;
} }

/// The dispatch table of a byte stream (TCP, TLS). C name: `NETDRIVER`.
#[repr(C)]
pub struct NetDriver {
    pub open: Option<unsafe extern "C-unwind" fn(*mut c_char, *mut c_char, c_ulong) -> *mut c_void>,
    pub aopen:
        Option<unsafe extern "C-unwind" fn(*mut NetMbx, *mut c_char, *mut c_char) -> *mut c_void>,
    pub getline: Option<unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_char>,
    pub getbuffer: Option<unsafe extern "C-unwind" fn(*mut c_void, c_ulong, *mut c_char) -> c_long>,
    pub soutr: Option<unsafe extern "C-unwind" fn(*mut c_void, *mut c_char) -> c_long>,
    pub sout: Option<unsafe extern "C-unwind" fn(*mut c_void, *mut c_char, c_ulong) -> c_long>,
    pub close: Option<unsafe extern "C-unwind" fn(*mut c_void)>,
    pub host: Option<unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_char>,
    pub remotehost: Option<unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_char>,
    pub port: Option<unsafe extern "C-unwind" fn(*mut c_void) -> c_ulong>,
    pub localhost: Option<unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_char>,
}

/// An open byte stream and its driver. C name: `NETSTREAM`.
#[repr(C)]
pub struct NetStream {
    pub stream: *mut c_void,
    pub dtb: *mut NetDriver,
}

/// What an IMAP server can do, one bit per capability; read by the `LEVEL…` macros. C name: `IMAPCAP`.
#[repr(C)]
pub struct ImapCap {
    pub bits: c_uint,
    pub extlevel: c_uint,
    pub bits2: c_uint,
    pub threader: *mut Threader,
}
bitfields! { ImapCap {
    bits: rfc1176, set_rfc1176: 0, 1;
    bits: imap2bis, set_imap2bis: 1, 1;
    bits: imap4, set_imap4: 2, 1;
    bits: imap4rev1, set_imap4rev1: 3, 1;
    bits: acl, set_acl: 4, 1;
    bits: quota, set_quota: 5, 1;
    bits: litplus, set_litplus: 6, 1;
    bits: idle, set_idle: 7, 1;
    bits: mbx_ref, set_mbx_ref: 8, 1;
    bits: log_ref, set_log_ref: 9, 1;
    bits: authanon, set_authanon: 10, 1;
    bits: namespace, set_namespace: 11, 1;
    bits: uidplus, set_uidplus: 12, 1;
    bits: starttls, set_starttls: 13, 1;
    bits: logindisabled, set_logindisabled: 14, 1;
    bits: id, set_id: 15, 1;
    bits: children, set_children: 16, 1;
    bits: multiappend, set_multiappend: 17, 1;
    bits: binary, set_binary: 18, 1;
    bits: unselect, set_unselect: 19, 1;
    bits: sasl_ir, set_sasl_ir: 20, 1;
    bits: sort, set_sort: 21, 1;
    bits: scan, set_scan: 22, 1;
    bits: urlauth, set_urlauth: 23, 1;
    bits: catenate, set_catenate: 24, 1;
    bits: condstore, set_condstore: 25, 1;
    bits: esearch, set_esearch: 26, 1;
    bits: within, set_within: 27, 1;
    bits2: auth, set_auth: 0, 8;
} }
