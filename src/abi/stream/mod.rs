//! A `MAILSTREAM` and what stands behind it.
//!
//! [`registry`] knows which streams are open and lets one thread at a time work on each, `waits` sees when
//! threads would wait for each other; [`peek`] looks at elements of
//! a stream that nobody works on. [`live`] is the IMAP conversation of a stream, [`pop3`] the POP3 one; [`deliver`]
//! turns what the server said into C structs and callbacks; [`elements`] is the
//! message cache the callers see; [`prototype`] is a stream that is none; [`settings`] is what a stream answers to `mail_parameters`.

pub mod changes;
pub mod current;
pub mod deliver;
pub mod elements;
pub mod exec;
pub mod foresight;
pub mod live;
pub mod patience;
pub mod peek;
pub mod pop3;
pub mod prototype;
pub mod quota;
pub mod registry;
pub mod response_text;
mod resume;
pub mod sections;
pub mod settings;
pub mod uids;
mod waits;

use super::types::MailStream;
pub use registry::{Entered, enter, enter_unsettled};

impl Entered {
    /// Reads or changes the public struct. `work` must not call back into the application: the application may look
    /// at the same struct.
    pub fn edit<R>(&self, work: impl FnOnce(&mut MailStream) -> R) -> R {
        // SAFETY: the memory of an entered stream is kept at least until it is left (see `registry`), only this thread
        // works on it, and `work` runs no code of the application.
        work(unsafe { &mut *self.raw() })
    }
}
