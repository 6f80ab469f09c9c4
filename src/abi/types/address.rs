//! Addresses and envelopes.

use core::ffi::{c_char, c_uchar, c_uint, c_void};

use super::bits::bitfields;

/// A nested member of [`Address`].
#[repr(C)]
pub struct AddressOrcpt {
    /// Its type (`rfc822`).
    pub r#type: *mut c_char,
    /// The address.
    pub addr: *mut c_char,
}
/// One address of a header list (RFC 5322). A group starts with `host` NULL and ends with `mailbox` NULL. C name: `ADDRESS`.
#[repr(C)]
pub struct Address {
    /// The name (`Ada Lovelace`), still with RFC 2047's encoded words; NULL without one.
    pub personal: *mut c_char,
    /// The route before the address, which nobody writes any more; NULL without one.
    pub adl: *mut c_char,
    /// What stands before the `@`; the name where a group starts, NULL where it ends.
    pub mailbox: *mut c_char,
    /// What stands behind the `@`; NULL where a group starts or ends.
    pub host: *mut c_char,
    /// What a mail server said of it when it was sent to; NULL.
    pub error: *mut c_char,
    /// The address it was first sent to (RFC 3461).
    pub orcpt: AddressOrcpt,
    /// The next address; NULL at the end.
    pub next: *mut Address,
}

/// The parsed header of a message. Strings and address lists are owned by the envelope. C name: `ENVELOPE`.
#[repr(C)]
pub struct Envelope {
    pub bits: c_uint,
    /// The header of a message that is sent anew: it is written first, and the fields here as ReSent- behind it.
    pub remail: *mut c_char,
    /// Return-Path.
    pub return_path: *mut Address,
    /// Date, as it is written; `mail_parse_date` reads it.
    pub date: *mut c_uchar,
    /// From.
    pub from: *mut Address,
    /// Sender; as From where the message has none.
    pub sender: *mut Address,
    /// Reply-To; as From where the message has none.
    pub reply_to: *mut Address,
    /// Subject, still with encoded words; `utf8_mime2text` reads them.
    pub subject: *mut c_char,
    /// To.
    pub to: *mut Address,
    /// Cc.
    pub cc: *mut Address,
    /// Bcc.
    pub bcc: *mut Address,
    /// In-Reply-To.
    pub in_reply_to: *mut c_char,
    /// Message-ID, with its `<>`.
    pub message_id: *mut c_char,
    /// Newsgroups. IMAP's ENVELOPE lacks this and the next two.
    pub newsgroups: *mut c_char,
    /// Followup-To.
    pub followup_to: *mut c_char,
    /// References.
    pub references: *mut c_char,
    /// The program's own.
    pub sparep: *mut c_void,
}
bitfields! { Envelope {
    /// Only what an overview needs is here.
    bits: incomplete, set_incomplete: 0, 1;
    /// Only what IMAP's ENVELOPE holds is here.
    bits: imapenvonly, set_imapenvonly: 1, 1;
} }
