//! The IMAP driver: what stands behind `imapdriver`'s dispatch table, for one stream at a time.
//!
//! Each function takes the stream as C has it, enters it, and converts; the conversation itself is
//! [`crate::imap`]'s. Names are those of UW's imap4r1.c.

// c_ulong has 32 bits on some machines.
#![allow(clippy::unnecessary_cast)]

pub mod append;
pub mod fetch;
pub mod folders;
pub mod kept;
pub mod local_search;
pub mod login;
pub mod messages;
pub mod open;
pub mod own;
pub mod referral;
pub mod search;
pub mod sort;
pub mod stored;
pub mod structure;
pub mod tries;

use super::stream::Entered;
use super::types::MailStream;
use crate::imap::capability::Capabilities;

impl Entered {
    /// What the server of this stream can do.
    pub fn capabilities(&self) -> Capabilities {
        self.with(|live| live.capabilities().clone())
            .unwrap_or_default()
    }
}

/// The octets of a C string argument; NULL is empty.
///
/// # Safety
/// NULL, or a NUL-terminated string that lives over the call.
unsafe fn arg<'a>(text: *const core::ffi::c_char) -> &'a [u8] {
    // SAFETY: the caller vouches for it.
    unsafe { super::memory::bytes(text) }
}

/// Whether a stream is one of ours with a conversation that still stands.
pub fn is_usable(stream: *mut MailStream) -> bool {
    super::stream::enter(stream).is_some_and(|cx| cx.is_connected())
}
