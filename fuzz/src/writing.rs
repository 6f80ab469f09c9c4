//! The C functions that write mail: what was read is written, in buffers of any size, and read again.

use c_client::abi::constants as c;
use c_client::abi::destructors::{mail_free_body, mail_free_envelope};
use c_client::abi::memory::fs_get;
use c_client::abi::objects::mail_string;
use c_client::abi::rfc822::bodies::rfc822_parse_msg_full;
use c_client::abi::rfc822::legacy::{rfc822_header, rfc822_write_address_full};
use c_client::abi::rfc822::output::{rfc822_output_full, rfc822_output_header};
use c_client::abi::types::{Address, Body, Envelope, MailString, Rfc822Buffer};
use core::ffi::{CStr, c_char, c_long, c_ulong, c_void};
use std::ptr::{null, null_mut};

/// Octets of a buffer for the old functions.
const OLD_BUFFER: usize = c::SENDBUFLEN as usize;

/// A mail; the first octet says how large the buffer is, and the way for which it is written.
pub fn writing(data: &[u8]) {
    let Some((&how, mail)) = data.split_first() else {
        return;
    };
    let (room, eight_bits) = (usize::from(how >> 1) + 1, how & 1 == 1);
    let first = Mail::read(mail);
    // The first time, texts are encoded and boundaries made.
    let written = first.write(room, eight_bits);
    // Encoded texts are three times as long at most; each part has a header of ours, and may be nothing at all.
    assert!(written.len() <= mail.len() * 300 + 1_000);
    let same = first.write(OLD_BUFFER, eight_bits);
    assert!(unfolded(&same) == unfolded(&written));
    let header = first.header(OLD_BUFFER);
    assert!(unfolded(&first.header(room)) == unfolded(&header));
    assert!(header.len() <= mail.len() * 8 + 1_000);
    first.write_into_old_buffers(&header);
    // What we have written we understand, and write the same way again.
    let second = Mail::read(&header);
    let again = second.header(OLD_BUFFER);
    let third = Mail::read(&again);
    let third = third.header(OLD_BUFFER);
    assert!(
        unfolded(&third) == unfolded(&again),
        "{}\n{}",
        again.escape_ascii(),
        third.escape_ascii()
    );
    drop(Mail::read(&written));
}

/// Where lists of addresses are folded depends on when the buffer was full, and on members of groups that are not
/// written, as with c-client.
fn unfolded(text: &[u8]) -> Vec<u8> {
    let mut left = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [octet, more @ ..] = rest {
        rest = rest.strip_prefix(b"\r\n    ").unwrap_or_else(|| {
            left.push(*octet);
            more
        });
    }
    left
}

struct Mail {
    envelope: *mut Envelope,
    body: *mut Body,
}

impl Drop for Mail {
    fn drop(&mut self) {
        // SAFETY: ours, freed once.
        unsafe {
            mail_free_envelope(&raw mut self.envelope);
            mail_free_body(&raw mut self.body);
        }
    }
}

impl Mail {
    fn read(mail: &[u8]) -> Mail {
        let end = mail
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .map_or(mail.len(), |at| at + 4);
        let (header, text) = mail.split_at(end);
        let mut header = header.to_vec();
        let mut text = text.to_vec();
        let (mut envelope, mut body) = (null_mut(), null_mut());
        // SAFETY: texts that live longer than the call; places for what is read.
        unsafe {
            let mut string: MailString = std::mem::zeroed();
            string.dtb = &raw mut mail_string;
            string.size = text.len() as c_ulong;
            if let Some(init) = mail_string.init {
                init(&raw mut string, text.as_mut_ptr().cast(), string.size);
            }
            rfc822_parse_msg_full(
                &raw mut envelope,
                &raw mut body,
                header.as_mut_ptr().cast(),
                header.len() as c_ulong,
                &raw mut string,
                c"host".as_ptr().cast_mut(),
                0,
                c::DR_CRLF as c_ulong,
            );
            fill(body, &text);
        }
        Mail { envelope, body }
    }

    /// The whole, through a buffer of so many octets.
    fn write(&self, room: usize, eight_bits: bool) -> Vec<u8> {
        // SAFETY: an envelope and a body that were read.
        through(room, |buffer| unsafe {
            rfc822_output_full(buffer, self.envelope, self.body, c_long::from(eight_bits))
        })
    }

    /// The header, with the blind copies.
    fn header(&self, room: usize) -> Vec<u8> {
        // SAFETY: as above.
        through(room, |buffer| unsafe {
            let done = rfc822_output_header(buffer, self.envelope, self.body, null(), 1);
            done & c_client::abi::rfc822::output::rfc822_output_flush(buffer)
        })
    }

    /// The old functions write the same, or nothing where it does not fit.
    fn write_into_old_buffers(&self, header: &[u8]) {
        // On the heap and of just this size, for the sake of AddressSanitizer.
        let mut place = vec![1u8; OLD_BUFFER].into_boxed_slice();
        let start: *mut c_char = place.as_mut_ptr().cast();
        // SAFETY: buffers of the size that the interface demands.
        unsafe {
            let bcc = std::mem::replace(&mut (*self.envelope).bcc, null_mut());
            rfc822_header(start, self.envelope, self.body);
            if bcc.is_null() && header.len() < OLD_BUFFER - 1 {
                assert_eq!(CStr::from_ptr(start).to_bytes(), header);
            }
            (*self.envelope).bcc = bcc;
            let lists: [*mut Address; 3] = [(*self.envelope).from, (*self.envelope).to, bcc];
            for list in lists {
                for base in [null_mut(), start] {
                    *start = 0;
                    let end = rfc822_write_address_full(start, list, base);
                    assert_eq!(*end, 0);
                    assert!(end.offset_from(start) < OLD_BUFFER as isize);
                }
            }
        }
    }
}

/// Gives the leaves of a body their texts, which the library only has the places of.
///
/// # Safety
/// A body that was read from this text.
unsafe fn fill(body: *mut Body, text: &[u8]) {
    let mut open = vec![body];
    while let Some(body) = open.pop() {
        // SAFETY: parts of a tree that was just made.
        unsafe {
            if i32::from((*body).r#type) == c::TYPEMULTIPART {
                let mut part = (*body).nested.part;
                while !part.is_null() {
                    open.push(&raw mut (*part).body);
                    part = (*part).next;
                }
                continue;
            }
            let (from, size) = ((*body).contents.offset, (*body).contents.text.size);
            let octets = &text[from as usize..(from + size) as usize];
            let data = fs_get(octets.len() + 1).cast::<u8>();
            for (at, &octet) in octets.iter().enumerate() {
                // A text of C's: no NUL in it.
                data.add(at).write(octet.max(1));
            }
            data.add(octets.len()).write(0);
            (*body).contents.text.data = data;
        }
    }
}

/// What `write` gives when its buffer has room for so many octets.
fn through(room: usize, write: impl FnOnce(*mut Rfc822Buffer) -> c_long) -> Vec<u8> {
    unsafe extern "C-unwind" fn keep(all: *mut c_void, text: *mut c_char) -> c_long {
        // SAFETY: the vector below, and a C string.
        unsafe {
            (*all.cast::<Vec<u8>>()).extend_from_slice(CStr::from_ptr(text).to_bytes());
        }
        1
    }
    let mut all: Vec<u8> = Vec::new();
    // The octet more is for the NUL.
    let mut place = vec![1u8; room + 1].into_boxed_slice();
    let start: *mut c_char = place.as_mut_ptr().cast();
    let mut buffer = Rfc822Buffer {
        f: Some(keep),
        s: (&raw mut all).cast(),
        beg: start,
        cur: start,
        end: start.wrapping_add(room),
    };
    assert_eq!(write(&raw mut buffer), 1);
    all
}
