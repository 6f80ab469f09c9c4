//! SMTP and NNTP posting.

use core::ffi::{c_char, c_long, c_uint, c_ulong};

use super::NetStream;
use super::bits::bitfields;

/// A nested member of [`SendStream`].
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SendStreamProtocolEsmtpService {
    pub bits: c_uint,
}
bitfields! { SendStreamProtocolEsmtpService {
    bits: send, set_send: 0, 1;
    bits: soml, set_soml: 1, 1;
    bits: saml, set_saml: 2, 1;
    bits: expn, set_expn: 3, 1;
    bits: help, set_help: 4, 1;
    bits: turn, set_turn: 5, 1;
    bits: etrn, set_etrn: 6, 1;
    bits: starttls, set_starttls: 7, 1;
    bits: relay, set_relay: 8, 1;
    bits: pipe, set_pipe: 9, 1;
    bits: ensc, set_ensc: 10, 1;
    bits: bmime, set_bmime: 11, 1;
    bits: chunk, set_chunk: 12, 1;
} }
/// A nested member of [`SendStream`].
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SendStreamProtocolEsmtpEightbit {
    pub bits: c_uint,
}
bitfields! { SendStreamProtocolEsmtpEightbit {
    bits: ok, set_ok: 0, 1;
    bits: want, set_want: 1, 1;
} }
/// A nested member of [`SendStream`].
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SendStreamProtocolEsmtpDsnNotify {
    pub bits: c_uint,
}
bitfields! { SendStreamProtocolEsmtpDsnNotify {
    bits: failure, set_failure: 0, 1;
    bits: delay, set_delay: 1, 1;
    bits: success, set_success: 2, 1;
} }
/// A nested member of [`SendStream`].
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SendStreamProtocolEsmtpDsn {
    pub bits: c_uint,
    pub notify: SendStreamProtocolEsmtpDsnNotify,
    pub bits2: c_uint,
    pub envid: *mut c_char,
}
bitfields! { SendStreamProtocolEsmtpDsn {
    bits: ok, set_ok: 0, 1;
    bits: want, set_want: 1, 1;
    bits2: full, set_full: 0, 1;
} }
/// A nested member of [`SendStream`].
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SendStreamProtocolEsmtpSize {
    pub bits: c_uint,
    pub limit: c_ulong,
}
bitfields! { SendStreamProtocolEsmtpSize {
    bits: ok, set_ok: 0, 1;
} }
/// A nested member of [`SendStream`].
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SendStreamProtocolEsmtpDeliverby {
    pub bits: c_uint,
    pub minby: c_ulong,
}
bitfields! { SendStreamProtocolEsmtpDeliverby {
    bits: ok, set_ok: 0, 1;
} }
/// A nested member of [`SendStream`].
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SendStreamProtocolEsmtpAtrn {
    pub bits: c_uint,
    pub domains: *mut c_char,
}
bitfields! { SendStreamProtocolEsmtpAtrn {
    bits: ok, set_ok: 0, 1;
} }
/// A nested member of [`SendStream`].
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SendStreamProtocolEsmtp {
    pub bits: c_uint,
    pub service: SendStreamProtocolEsmtpService,
    pub eightbit: SendStreamProtocolEsmtpEightbit,
    pub dsn: SendStreamProtocolEsmtpDsn,
    pub size: SendStreamProtocolEsmtpSize,
    pub deliverby: SendStreamProtocolEsmtpDeliverby,
    pub atrn: SendStreamProtocolEsmtpAtrn,
    pub bits2: c_uint,
}
bitfields! { SendStreamProtocolEsmtp {
    bits: ok, set_ok: 0, 1;
    bits2: auth, set_auth: 0, 8;
} }
/// A nested member of [`SendStream`].
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SendStreamProtocolNntpExt {
    pub bits: c_uint,
}
bitfields! { SendStreamProtocolNntpExt {
    bits: ok, set_ok: 0, 1;
    bits: listgroup, set_listgroup: 1, 1;
    bits: over, set_over: 2, 1;
    bits: hdr, set_hdr: 3, 1;
    bits: pat, set_pat: 4, 1;
    bits: starttls, set_starttls: 5, 1;
    bits: multidomain, set_multidomain: 6, 1;
    bits: authuser, set_authuser: 7, 1;
    bits: sasl, set_sasl: 8, 8;
} }
/// A nested member of [`SendStream`].
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SendStreamProtocolNntp {
    pub bits: c_uint,
    pub ext: SendStreamProtocolNntpExt,
}
bitfields! { SendStreamProtocolNntp {
    bits: post, set_post: 0, 1;
} }
/// A nested member of [`SendStream`].
#[derive(Clone, Copy)]
#[repr(C)]
pub union SendStreamProtocol {
    pub esmtp: SendStreamProtocolEsmtp,
    pub nntp: SendStreamProtocolNntp,
}
/// An open SMTP or NNTP posting connection. C name: `SENDSTREAM`.
#[repr(C)]
pub struct SendStream {
    /// Its connection.
    pub netstream: *mut NetStream,
    /// The server.
    pub host: *mut c_char,
    /// The server's last reply.
    pub reply: *mut c_char,
    /// Its number.
    pub replycode: c_long,
    pub bits: c_uint,
    /// What the server can do.
    pub protocol: SendStreamProtocol,
}
bitfields! { SendStream {
    /// The conversation goes to mm_dlog.
    bits: debug, set_debug: 0, 1;
    /// What is sent is a secret.
    bits: sensitive, set_sensitive: 1, 1;
    /// The driver's own.
    bits: loser, set_loser: 2, 1;
    /// The program gave no password.
    bits: saslcancel, set_saslcancel: 3, 1;
} }
