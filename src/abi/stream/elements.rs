//! The message cache as callers see it: `MESSAGECACHE` elements, made on demand from the mirror.

use core::ffi::{c_long, c_ulong, c_void};

use super::Entered;
use crate::abi::constants::{CH_ELT, CH_EXPUNGE, CH_FREE, CH_FREESORTCACHE, CH_MAKEELT, CH_SIZE};
use crate::abi::linger::Lingering;
use crate::abi::types::{MailStream, MessageCache};
use crate::abi::{mm_cache, parameters};
use crate::imap::mirror::{Flags, Message};

/// Calls the cache manager: ours, or the one the application set (`SET_CACHE`).
#[inline]
pub(crate) fn cache(stream: *mut MailStream, msgno: c_ulong, op: c_long) -> *mut c_void {
    if parameters::cache_is_ours() {
        // Most calls by far, so without the fence: whoever came here is behind one.
        // SAFETY: (both) a stream of ours.
        return unsafe {
            match op {
                CH_ELT => mm_cache::existing(stream, msgno).cast(),
                _ => mm_cache::manage(stream, msgno, op),
            }
        };
    }
    match parameters::cache() {
        // SAFETY: a cache manager takes any stream of ours, a number within the mailbox, and a CH_ code.
        Some(manager) => unsafe { manager(stream, msgno, op) },
        None => core::ptr::null_mut(),
    }
}

impl Entered {
    /// The element of a message, if it exists already.
    pub fn existing_element(&self, msgno: u32) -> Option<*mut MessageCache> {
        if !self.has_message(msgno) {
            return None;
        }
        let elt = cache(self.raw(), c_ulong::from(msgno), CH_ELT).cast::<MessageCache>();
        (!elt.is_null()).then_some(elt)
    }

    /// The element of a message, made if need be and filled with what is known. `None` if there is no such message.
    pub fn element(&self, msgno: u32) -> Option<*mut MessageCache> {
        if let Some(elt) = self.existing_element(msgno) {
            return Some(elt);
        }
        if !self.has_message(msgno) {
            return None;
        }
        let elt = cache(self.raw(), c_ulong::from(msgno), CH_MAKEELT).cast::<MessageCache>();
        if elt.is_null() {
            return None;
        }
        self.project(msgno, elt);
        Some(elt)
    }

    /// Whether that number is within the mailbox as the application knows it.
    pub fn has_message(&self, msgno: u32) -> bool {
        msgno != 0 && self.edit(|s| c_ulong::from(msgno) <= s.nmsgs && !s.cache.is_null())
    }

    /// Number of messages the application knows of.
    pub fn count(&self) -> u32 {
        self.edit(|s| u32::try_from(s.nmsgs).unwrap_or(u32::MAX))
    }

    /// Changes an element. `work` must not call back into the application.
    pub fn edit_element<R>(
        &self,
        msgno: u32,
        work: impl FnOnce(&mut MessageCache) -> R,
    ) -> Option<R> {
        // SAFETY: an element of an entered stream lives until it is expunged, which only this thread can do.
        self.element(msgno).map(|elt| work(unsafe { &mut *elt }))
    }

    /// Copies what the mirror knows into the element, if there is one.
    pub fn refresh_element(&self, msgno: u32) {
        if let Some(elt) = self.existing_element(msgno) {
            self.project(msgno, elt);
        }
    }

    fn project(&self, msgno: u32, elt: *mut MessageCache) {
        let imap = self.with(|live| {
            if let Some(message) = live.mirror.message(msgno) {
                // SAFETY: as in `edit_element`.
                project(message, unsafe { &mut *elt });
            }
        });
        if imap.is_none() {
            self.with_pop3(|pop3| {
                // SAFETY: as in `edit_element`.
                pop3.project(msgno, unsafe { &mut *elt });
            });
        }
    }

    /// Room for that many messages.
    pub fn size_cache(&self, count: u32) {
        cache(self.raw(), c_ulong::from(count), CH_SIZE);
    }

    /// Drops the element of an expunged message and moves the later ones down.
    pub fn expunge_element(&self, msgno: u32) {
        let number = c_ulong::from(msgno);
        if let Some(elt) = self.existing_element(msgno) {
            // SAFETY: as in `edit_element`.
            unsafe { (*elt).msgno = 0 };
            let _kept = Lingering::begin();
            cache(self.raw(), number, CH_FREE);
            cache(self.raw(), number, CH_FREESORTCACHE);
        }
        cache(self.raw(), number, CH_EXPUNGE);
    }
}

fn project(message: &Message, elt: &mut MessageCache) {
    elt.private.uid = c_ulong::from(message.uid);
    if let Some(size) = message.size {
        elt.rfc822_size = c_ulong::try_from(size).unwrap_or(c_ulong::MAX);
    }
    if let Some(Flags { system, keywords }) = message.flags {
        elt.set_valid(1);
        elt.set_seen(u32::from(system.seen));
        elt.set_deleted(u32::from(system.deleted));
        elt.set_flagged(u32::from(system.flagged));
        elt.set_answered(u32::from(system.answered));
        elt.set_draft(u32::from(system.draft));
        elt.set_recent(u32::from(system.recent));
        elt.user_flags = c_ulong::from(keywords);
    }
}
