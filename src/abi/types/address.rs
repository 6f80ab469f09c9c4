//! Addresses and envelopes.

use core::ffi::{c_char, c_uchar, c_uint, c_void};

use super::bits::bitfields;

/// A nested member of [`Address`].
#[repr(C)]
pub struct AddressOrcpt {
    pub r#type: *mut c_char,
    pub addr: *mut c_char,
}
/// One address of a header list (RFC 5322). A group starts with `host` NULL and ends with `mailbox` NULL. C name: `ADDRESS`.
#[repr(C)]
pub struct Address {
    pub personal: *mut c_char,
    pub adl: *mut c_char,
    pub mailbox: *mut c_char,
    pub host: *mut c_char,
    pub error: *mut c_char,
    pub orcpt: AddressOrcpt,
    pub next: *mut Address,
}

/// The parsed header of a message. Strings and address lists are owned by the envelope. C name: `ENVELOPE`.
#[repr(C)]
pub struct Envelope {
    pub bits: c_uint,
    pub remail: *mut c_char,
    pub return_path: *mut Address,
    pub date: *mut c_uchar,
    pub from: *mut Address,
    pub sender: *mut Address,
    pub reply_to: *mut Address,
    pub subject: *mut c_char,
    pub to: *mut Address,
    pub cc: *mut Address,
    pub bcc: *mut Address,
    pub in_reply_to: *mut c_char,
    pub message_id: *mut c_char,
    pub newsgroups: *mut c_char,
    pub followup_to: *mut c_char,
    pub references: *mut c_char,
    pub sparep: *mut c_void,
}
bitfields! { Envelope {
    bits: incomplete, set_incomplete: 0, 1;
    bits: imapenvonly, set_imapenvonly: 1, 1;
} }
