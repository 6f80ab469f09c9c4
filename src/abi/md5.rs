//! MD5 as c-client exports it without a declaration; programs declare the context themselves.
//!
//! They give it the 120 octets of c-client's own, on a 64-bit machine, and look at nothing inside: here it holds the
//! state of the `md-5` crate, without pointers, so that a context may even be copied. On some 32-bit processors the
//! program's context is aligned to less than that state: it is copied out and in.

use core::ffi::{c_ulong, c_void};
use core::ptr;

use ::md5::{Digest, Md5};

use super::entry::entry;

/// c-client's context: six words, a block, a pointer.
const CONTEXT: usize = 6 * size_of::<c_ulong>() + 64 + size_of::<*mut u8>();
const _: () = assert!(size_of::<Md5>() <= CONTEXT);

entry! {
    /// Begins a digest in the context of 120 octets at `ctx`.
    fn md5_init(ctx: *mut c_void) {
        if !ctx.is_null() {
            // SAFETY: the caller's context, which is large enough, see above.
            unsafe { ctx.cast::<Md5>().write_unaligned(Md5::new()) }
        }
    }

    /// Adds `len` octets to a digest.
    fn md5_update(ctx: *mut c_void, data: *mut u8, len: c_ulong) {
        if ctx.is_null() {
            return;
        }
        // SAFETY: a context that md5_init set up, and a text of that length.
        unsafe {
            let mut state = ctx.cast::<Md5>().read_unaligned();
            state.update(super::rfc822::source(data.cast_const().cast(), len));
            ctx.cast::<Md5>().write_unaligned(state);
        }
    }

    /// Writes the 16 octets of a digest to `digest` and wipes the context.
    fn md5_final(digest: *mut u8, ctx: *mut c_void) {
        if ctx.is_null() || digest.is_null() {
            return;
        }
        // SAFETY: a context that md5_init set up, and room for 16 octets.
        unsafe {
            let octets = ctx.cast::<Md5>().read_unaligned().finalize();
            ptr::write_bytes(ctx.cast::<u8>(), 0, CONTEXT);
            ptr::copy_nonoverlapping(octets.as_ptr(), digest, octets.len());
        }
    }
}
