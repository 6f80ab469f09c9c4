//! `nl.h`: line ends; and `mail_read`.

use core::ffi::{c_char, c_long, c_ulong, c_void};
use core::ptr;

use super::entry::entry;
use super::memory::{allocate, release};
use super::string_drivers::{position, read, remaining, seek};
use super::types::MailString;

/// Octets of a string that are looked at together.
const PIECE: usize = 16 << 10;

entry! {
    /// Copies `srcl` octets with CR LF for each line end to `*dst` and ends them with a NUL; returns their number.
    /// `*dstl` is what `*dst` has room for, the NUL not counted. If that is too little, or `*dst` is NULL, there is a
    /// new block, and the old one is freed.
    fn strcrlfcpy(dst: *mut *mut u8, dstl: *mut c_ulong, src: *mut u8, srcl: c_ulong) -> c_ulong {
        // SAFETY: a block of the C heap with its size, and a text of that length.
        unsafe {
            let (Some(dst), Some(room)) = (dst.as_mut(), dstl.as_mut()) else {
                return 0;
            };
            let text = super::rfc822::source(src.cast_const().cast(), srcl);
            let mut most = srcl.saturating_mul(2);
            if !dst.is_null() {
                if most > *room {
                    most = srcl + text.iter().filter(|&&octet| octet == b'\n').count() as c_ulong;
                }
                if most > *room {
                    release(dst);
                }
            }
            if dst.is_null() {
                *dst = allocate((most as usize).saturating_add(1)).cast();
                *room = if dst.is_null() { 0 } else { most };
            }
            if dst.is_null() {
                return 0;
            }
            let mut to = *dst;
            let mut last = 0;
            for &octet in text {
                if octet == b'\n' && last != b'\r' {
                    *to = b'\r';
                    to = to.add(1);
                }
                *to = octet;
                to = to.add(1);
                last = octet;
            }
            *to = 0;
            to.offset_from(*dst) as c_ulong
        }
    }

    /// How long what is left of a string is with CR LF for each line end. The string stays where it is.
    fn strcrlflen(s: *mut MailString) -> c_ulong {
        // SAFETY: a string that its driver has set up.
        unsafe {
            let Some(s) = s.as_mut() else { return 0 };
            let start = position(s);
            let mut size = remaining(s);
            let mut last = 0;
            loop {
                let piece = read(s, PIECE);
                if piece.is_empty() {
                    break;
                }
                for octet in piece {
                    size += c_ulong::from(octet == b'\n' && last != b'\r');
                    last = octet;
                }
            }
            seek(s, start);
            size
        }
    }

    /// Reads `size` octets of a string to `buffer`; what it does not have is NUL. Returns T. It is a reader for
    /// functions that take one, with the string as its stream.
    fn mail_read(stream: *mut c_void, size: c_ulong, buffer: *mut c_char) -> c_long {
        // SAFETY: a string that its driver has set up, and room for `size` octets.
        unsafe {
            let Some(s) = stream.cast::<MailString>().as_mut() else { return 0 };
            let mut done = 0;
            while done < size {
                let piece = read(s, PIECE.min((size - done) as usize));
                let to = buffer.add(done as usize);
                if piece.is_empty() {
                    ptr::write_bytes(to, 0, (size - done) as usize);
                    break;
                }
                ptr::copy_nonoverlapping(piece.as_ptr(), to.cast::<u8>(), piece.len());
                done += piece.len() as c_ulong;
            }
            1
        }
    }
}
