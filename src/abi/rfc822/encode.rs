//! Encoding a body for its way: binary as base64, eight bits as quoted-printable.

use core::ffi::c_ushort;
use std::hash::{BuildHasher, Hasher, RandomState};

use super::super::constants::{
    ENC7BIT, ENC8BIT, ENCBASE64, ENCBINARY, ENCQUOTEDPRINTABLE, ERROR, PARSE, TYPEMESSAGE,
    TYPEMULTIPART,
};
use super::super::entry::entry;
use super::super::memory::{bytes, copy_bytes, set_text, text_bytes};
use super::super::tell;
use super::super::tree::zeroed;
use super::super::types::{Body, Envelope, Parameter};
use crate::mime::encoding::{encode_base64, encode_quoted_printable};

/// A boundary that neither base64 nor quoted-printable text holds, in c-client's shape.
fn new_boundary() -> Vec<u8> {
    // Each state has keys of its own, from the system's random numbers.
    let random = || RandomState::new().build_hasher().finish();
    format!(
        "{}-{}-{}=:{}",
        random() >> 32,
        random() >> 32,
        random() >> 32,
        std::process::id()
    )
    .into_bytes()
}

/// The boundary of a multipart body, which gets one if it has none: as its first parameter, or its last.
///
/// # Safety
/// `body` is valid, and stays as it is for `'a`.
pub(super) unsafe fn boundary<'a>(body: *mut Body, first: bool) -> &'a [u8] {
    // SAFETY: the caller vouches for the list of parameters.
    unsafe {
        let mut slot = &raw mut (*body).parameter;
        while let Some(parameter) = (*slot).as_mut() {
            if bytes(parameter.attribute) == b"BOUNDARY" {
                return bytes(parameter.value);
            }
            slot = &raw mut parameter.next;
        }
        let new = zeroed::<Parameter>();
        (*new).attribute = copy_bytes(b"BOUNDARY");
        (*new).value = copy_bytes(&new_boundary());
        if first {
            (*new).next = (*body).parameter;
            (*body).parameter = new;
        } else {
            *slot = new;
        }
        bytes((*new).value)
    }
}

/// Encodes what may not stay as it is. No recursion: a host builds bodies of any depth.
///
/// # Safety
/// `body` is NULL or a valid tree whose texts are blocks of the C heap.
pub(super) unsafe fn encode_body(body: *mut Body, eight_bits: bool) {
    let mut todo = vec![body];
    while let Some(at) = todo.pop() {
        // SAFETY: the caller vouches for the tree; each body is visited once.
        let Some(body) = (unsafe { at.as_mut() }) else {
            continue;
        };
        let encoding = i32::from(body.encoding);
        match i32::from(body.r#type) {
            TYPEMULTIPART => {
                // SAFETY: as above.
                unsafe {
                    boundary(at, false);
                    let from = todo.len();
                    let mut part = (*at).nested.part;
                    while !part.is_null() {
                        todo.push(&raw mut (*part).body);
                        part = (*part).next;
                    }
                    // In their order, for the sake of the log.
                    todo[from..].reverse();
                }
            }
            TYPEMESSAGE => complain(encoding, eight_bits),
            _ => {
                // SAFETY: as above.
                let text = unsafe { text_bytes(&body.contents.text) };
                let (encoded, becomes) = match encoding {
                    ENC8BIT if !eight_bits => (encode_quoted_printable(text), ENCQUOTEDPRINTABLE),
                    ENCBINARY => (encode_base64(text), ENCBASE64),
                    _ => continue,
                };
                // SAFETY: as above.
                unsafe { set_text(&mut body.contents.text, &encoded) };
                body.encoding = becomes as c_ushort;
            }
        }
    }
}

/// A message inside a message cannot be encoded (RFC 2046 section 5.2.1); says so.
fn complain(encoding: i32, eight_bits: bool) {
    let outer = if eight_bits { 8 } else { 7 };
    match encoding {
        ENC7BIT => {}
        ENC8BIT if eight_bits => {}
        ENC8BIT => tell::log("8-bit included message in 7-bit message body", PARSE),
        ENCBINARY => tell::log(
            format!("Binary included message in {outer}-bit message body"),
            PARSE,
        ),
        _ => tell::log("Invalid rfc822_encode_body_7bit message encoding", ERROR),
    }
}

entry! {
    /// Encodes the contents of a body for a way of seven bits, and gives multipart bodies a boundary. Texts are
    /// replaced, the old ones freed.
    fn rfc822_encode_body_7bit(env: *mut Envelope, body: *mut Body) {
        let _ = env;
        // SAFETY: of the caller's.
        unsafe { encode_body(body, false) }
    }

    /// As `rfc822_encode_body_7bit`, for a way of eight bits.
    fn rfc822_encode_body_8bit(env: *mut Envelope, body: *mut Body) {
        let _ = env;
        // SAFETY: of the caller's.
        unsafe { encode_body(body, true) }
    }
}
