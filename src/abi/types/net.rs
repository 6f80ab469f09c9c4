//! Network mailbox names and byte streams.

use core::ffi::{c_char, c_long, c_uint, c_ulong, c_void};

use super::Threader;
use super::bits::bitfields;

/// A parsed `{host:port/flags}mailbox` name. Callers keep these on their own stack. C name: `NETMBX`.
#[repr(C)]
pub struct NetMbx {
    /// The host, in its canonical name where that is known.
    pub host: [c_char; 256],
    /// The host, as it was written.
    pub orighost: [c_char; 256],
    /// `/user=`; empty without.
    pub user: [c_char; 65],
    /// `/authuser=`; empty without.
    pub authuser: [c_char; 65],
    /// What stands behind the `}`.
    pub mailbox: [c_char; 256],
    /// `imap` or `pop3`.
    pub service: [c_char; 21],
    /// The port; 0 when none was written.
    pub port: c_ulong,
    pub bits: c_uint,
}
bitfields! { NetMbx {
    /// `/anonymous`.
    bits: anoflag, set_anoflag: 0, 1;
    /// `/debug`.
    bits: dbgflag, set_dbgflag: 1, 1;
    /// `/secure`.
    bits: secflag, set_secflag: 2, 1;
    /// `/ssl`.
    bits: sslflag, set_sslflag: 3, 1;
    /// `/tryssl`.
    bits: trysslflag, set_trysslflag: 4, 1;
    /// `/novalidate-cert`.
    bits: novalidate, set_novalidate: 5, 1;
    /// `/tls`.
    bits: tlsflag, set_tlsflag: 6, 1;
    /// `/notls`.
    bits: notlsflag, set_notlsflag: 7, 1;
    /// `/readonly`.
    bits: readonlyflag, set_readonlyflag: 8, 1;
    /// `/norsh`.
    bits: norsh, set_norsh: 9, 1;
    /// `/loser`.
    bits: loser, set_loser: 10, 1;
    /// `/tls-sslv23`.
    bits: tlssslv23, set_tlssslv23: 11, 1;
} }

/// The dispatch table of a byte stream (TCP, TLS). C name: `NETDRIVER`.
#[repr(C)]
pub struct NetDriver {
    /// Connects: host, service, port; returns the stream that the others get.
    pub open: Option<unsafe extern "C-unwind" fn(*mut c_char, *mut c_char, c_ulong) -> *mut c_void>,
    /// Starts a command on another machine: nothing here does.
    pub aopen:
        Option<unsafe extern "C-unwind" fn(*mut NetMbx, *mut c_char, *mut c_char) -> *mut c_void>,
    /// As net_getline.
    pub getline: Option<unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_char>,
    /// As net_getbuffer.
    pub getbuffer: Option<unsafe extern "C-unwind" fn(*mut c_void, c_ulong, *mut c_char) -> c_long>,
    /// As net_soutr.
    pub soutr: Option<unsafe extern "C-unwind" fn(*mut c_void, *mut c_char) -> c_long>,
    /// As net_sout.
    pub sout: Option<unsafe extern "C-unwind" fn(*mut c_void, *mut c_char, c_ulong) -> c_long>,
    /// As net_close.
    pub close: Option<unsafe extern "C-unwind" fn(*mut c_void)>,
    /// As net_host.
    pub host: Option<unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_char>,
    /// As net_remotehost.
    pub remotehost: Option<unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_char>,
    /// As net_port.
    pub port: Option<unsafe extern "C-unwind" fn(*mut c_void) -> c_ulong>,
    /// As net_localhost.
    pub localhost: Option<unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_char>,
}

/// An open byte stream and its driver. C name: `NETSTREAM`.
#[repr(C)]
pub struct NetStream {
    /// What the driver's functions get.
    pub stream: *mut c_void,
    /// The driver.
    pub dtb: *mut NetDriver,
}

/// What an IMAP server can do, one bit per capability; read by the `LEVEL…` macros. C name: `IMAPCAP`.
#[repr(C)]
pub struct ImapCap {
    pub bits: c_uint,
    /// The level of the library's extensions.
    pub extlevel: c_uint,
    pub bits2: c_uint,
    /// Which ways of threading it has (RFC 5256).
    pub threader: *mut Threader,
}
bitfields! { ImapCap {
    /// Speaks IMAP2.
    bits: rfc1176, set_rfc1176: 0, 1;
    /// Speaks IMAP2bis.
    bits: imap2bis, set_imap2bis: 1, 1;
    /// Speaks IMAP4 (RFC 1730).
    bits: imap4, set_imap4: 2, 1;
    /// Speaks IMAP4rev1 (RFC 3501).
    bits: imap4rev1, set_imap4rev1: 3, 1;
    /// ACL (RFC 4314).
    bits: acl, set_acl: 4, 1;
    /// QUOTA (RFC 9208).
    bits: quota, set_quota: 5, 1;
    /// LITERAL+ (RFC 7888).
    bits: litplus, set_litplus: 6, 1;
    /// IDLE (RFC 2177).
    bits: idle, set_idle: 7, 1;
    /// MAILBOX-REFERRALS (RFC 2193).
    bits: mbx_ref, set_mbx_ref: 8, 1;
    /// LOGIN-REFERRALS (RFC 2221).
    bits: log_ref, set_log_ref: 9, 1;
    /// AUTH=ANONYMOUS.
    bits: authanon, set_authanon: 10, 1;
    /// NAMESPACE (RFC 2342).
    bits: namespace, set_namespace: 11, 1;
    /// UIDPLUS (RFC 4315).
    bits: uidplus, set_uidplus: 12, 1;
    /// STARTTLS.
    bits: starttls, set_starttls: 13, 1;
    /// LOGINDISABLED.
    bits: logindisabled, set_logindisabled: 14, 1;
    /// ID (RFC 2971).
    bits: id, set_id: 15, 1;
    /// CHILDREN (RFC 3348).
    bits: children, set_children: 16, 1;
    /// MULTIAPPEND (RFC 3502).
    bits: multiappend, set_multiappend: 17, 1;
    /// BINARY (RFC 3516).
    bits: binary, set_binary: 18, 1;
    /// UNSELECT (RFC 3691).
    bits: unselect, set_unselect: 19, 1;
    /// SASL-IR (RFC 4959).
    bits: sasl_ir, set_sasl_ir: 20, 1;
    /// SORT (RFC 5256).
    bits: sort, set_sort: 21, 1;
    /// SCAN.
    bits: scan, set_scan: 22, 1;
    /// URLAUTH (RFC 4467).
    bits: urlauth, set_urlauth: 23, 1;
    /// CATENATE (RFC 4469).
    bits: catenate, set_catenate: 24, 1;
    /// CONDSTORE (RFC 7162).
    bits: condstore, set_condstore: 25, 1;
    /// ESEARCH (RFC 4731).
    bits: esearch, set_esearch: 26, 1;
    /// WITHIN (RFC 5032).
    bits: within, set_within: 27, 1;
    /// Which authenticators it offers: bit n stands for number n + 1 of `mail_lookup_auth`.
    bits2: auth, set_auth: 0, 8;
} }
