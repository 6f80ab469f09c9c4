//! Handles: pointers to a stream that can tell whether it is still the one they were made for (`MAILHANDLE`).

use super::entry::entry;
use super::memory::{new_zeroed, release};
use super::stream::{enter, registry};
use super::types::{MailHandle, MailStream};

/// Gives back the memory of closed streams that nothing points to any more.
fn free(streams: Vec<*mut MailStream>) {
    for mut old in streams {
        // SAFETY: the registry has forgotten them: nobody is in a call on one.
        unsafe { release(&mut old) };
    }
}

entry! {
    /// A new handle on an open stream, the caller's to free with `mail_free_handle`. NULL for a stream that is not open.
    fn mail_makehandle(stream: *mut MailStream) -> *mut MailHandle {
        let Some(cx) = enter(stream) else {
            return core::ptr::null_mut();
        };
        let Some(in_use) = cx.edit(|s| s.r#use.checked_add(1)) else {
            return core::ptr::null_mut();
        };
        let handle = new_zeroed::<MailHandle>();
        // SAFETY: NULL or a new block of our own.
        if let Some(new) = unsafe { handle.as_mut() } {
            new.stream = stream;
            new.sequence = cx.edit(|s| {
                s.r#use = in_use;
                s.sequence
            });
        }
        handle
    }

    /// Frees a handle and sets the pointer to NULL. The stream stays open if it is.
    fn mail_free_handle(handle: *mut *mut MailHandle) {
        // SAFETY: NULL, or the address of a handle the caller owns.
        unsafe {
            let Some(handle) = handle.as_mut() else { return };
            let Some(held) = handle.as_ref() else { return };
            let stream = held.stream;
            release(handle);
            match enter(stream) {
                Some(cx) => cx.edit(|s| s.r#use = s.r#use.saturating_sub(1)),
                // Closed: its memory waits for the last handle.
                None if registry::is_there(stream) => {
                    (*stream).r#use = (*stream).r#use.saturating_sub(1);
                    if (*stream).r#use == 0 {
                        free(registry::let_go(stream));
                    }
                }
                None => {}
            }
        }
    }

    /// The stream of a handle; NULL when it has been closed.
    fn mail_stream(handle: *mut MailHandle) -> *mut MailStream {
        let none = core::ptr::null_mut();
        // SAFETY: NULL or a live handle, whose stream's memory is there as long as the handle is.
        unsafe {
            let Some(handle) = handle.as_ref() else { return none };
            let stream = handle.stream;
            let same = registry::is_open(stream)
                && !(*stream).dtb.is_null()
                && (*stream).sequence == handle.sequence;
            if same { stream } else { none }
        }
    }
}
