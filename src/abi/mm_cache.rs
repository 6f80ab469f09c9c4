//! The message cache: the elts of a stream, their sort caches, and what clears them.
//!
//! All access goes through the cache manager of `SET_CACHE`; [`mm_cache`] is the one that stands
//! unless a program sets its own.
//!
//! A number outside the mailbox makes c-client abort the program, and programs do keep numbers
//! across an expunge. Here it is one error line, and the caller gets nothing (`mm_cache`) or an
//! elt that belongs to no message (`mail_elt`).

use core::cell::UnsafeCell;
use core::ffi::{c_int, c_long, c_ulong, c_void};
use core::ptr::{self, null_mut};
use std::ffi::CString;

use super::callbacks;
use super::constants::*;
use super::constructors::mail_new_cache_elt;
use super::destructors::{
    mail_free_body, mail_free_elt, mail_free_envelope, mail_free_stringlist, mail_gc_msg,
};
use super::entry::{c_str, entry};
use super::linger::Lingering;
use super::memory::{new_zeroed, release};
use super::stream::elements::cache;
use super::stream::{enter, peek};
use super::types::*;

entry! {
    /// The standard cache manager: does `op` (`CH_*`) for message `msgno`, or for that many
    /// messages with `CH_SIZE`.
    ///
    /// `CH_MAKEELT` and `CH_ELT` return the elt, `CH_SORTCACHE` the sort cache; all else returns
    /// NULL. So do, with an error in the log, an unknown `op` and a number that has no place.
    fn mm_cache(stream: *mut MailStream, msgno: c_ulong, op: c_long) -> *mut c_void {
        // SAFETY: a stream of the caller's, or NULL.
        unsafe { manage(stream, msgno, op) }
    }

    /// The elt of message `msgno`, made if it is not there yet. Never NULL. It belongs to the stream, and stays until
    /// the message is expunged, mail_gc with GC_ELT or mail_close; its members change with each call that hears from
    /// the server.
    ///
    /// For a number outside the mailbox, where c-client aborts: an error in the log, and an elt of no message (`msgno`
    /// 0, nothing set). It is this thread's until the next such call and may be written to.
    fn mail_elt(stream: *mut MailStream, msgno: c_ulong) -> *mut MessageCache {
        if let Some(elt) = peek::element(stream, msgno) {
            return elt;
        }
        let Some(cx) = enter(stream) else {
            complain(c"mail_elt on a stream that is not open");
            return elt_of_no_message();
        };
        cx.with(|live| live.elements_shown = true);
        let number = u32::try_from(msgno).ok().filter(|&msgno| !cx.is_renumbered(msgno));
        if let Some(elt) = number.and_then(|msgno| cx.element(msgno)) {
            return elt;
        }
        complain_of_number(&cx, msgno);
        elt_of_no_message()
    }

    /// Frees what is cached of `stream`: `GC_ENV` envelopes and bodies, `GC_TEXTS` texts, `GC_ELT` elts and what the
    /// driver knows of them. What earlier calls have returned of it is not to be used any more.
    fn mail_gc(stream: *mut MailStream, gcflags: c_long) {
        if let Some(cx) = enter(stream) {
            // SAFETY: an entered stream.
            unsafe { collect(cx.raw(), gcflags) };
        }
    }

    /// Frees all that is cached of `stream`, and the cache itself.
    fn mail_free_cache(stream: *mut MailStream) {
        if let Some(cx) = enter(stream) {
            // SAFETY: an entered stream.
            unsafe {
                collect(cx.raw(), GC_ELT | GC_ENV | GC_TEXTS);
                let _kept = Lingering::begin();
                cache(cx.raw(), 0, CH_INIT);
            }
        }
    }

    /// Marks `stream` as busy; an error in the log if it is already.
    fn mail_lock(stream: *mut MailStream) {
        // SAFETY: NULL or a stream.
        unsafe {
            if stream.is_null() {
                return;
            }
            if (*stream).lock() != 0 {
                let text = [b"Lock when already locked, mbx=", name(&*stream)].concat();
                complain(&CString::new(text).unwrap_or_default());
            }
            (*stream).set_lock(1);
        }
    }

    /// Marks `stream` as no longer busy; an error in the log if it was not.
    fn mail_unlock(stream: *mut MailStream) {
        // SAFETY: NULL or a stream.
        if let Some(s) = unsafe { stream.as_mut() } {
            let was_locked = s.lock() != 0;
            s.set_lock(0);
            if !was_locked {
                complain(c"Unlock when not locked");
            }
        }
    }
}

/// The elt of a message that [`mm_cache`] keeps; NULL if there is none, or no such message.
///
/// # Safety
/// `stream` is a stream.
#[inline]
pub(crate) unsafe fn existing(stream: *mut MailStream, msgno: c_ulong) -> *mut MessageCache {
    // SAFETY: the caller's promise; the array has `cachesize` slots.
    unsafe {
        let s = &*stream;
        let index = msgno.wrapping_sub(1);
        if index < s.nmsgs.min(s.cachesize) && !s.cache.is_null() {
            *s.cache.add(index as usize)
        } else {
            null_mut()
        }
    }
}

/// The body of [`mm_cache`].
///
/// # Safety
/// `stream` is NULL or a stream.
pub(crate) unsafe fn manage(stream: *mut MailStream, msgno: c_ulong, op: c_long) -> *mut c_void {
    // c-client looks at the low 32 bits only.
    let op = c_long::from(op as c_int);
    if stream.is_null() {
        return complain(c"mm_cache without a stream");
    }
    // SAFETY: (all calls) a stream; its arrays are as this file makes them.
    unsafe {
        match op {
            CH_INIT => clear(stream),
            CH_SIZE => resize(stream, msgno),
            CH_MAKEELT | CH_ELT | CH_SORTCACHE | CH_FREE | CH_FREESORTCACHE | CH_EXPUNGE => {
                let Some(index) = place(stream, msgno) else {
                    return complain(
                        &CString::new(format!(
                            "Bad msgno {msgno} in mm_cache, cache size = {}",
                            (*stream).cachesize
                        ))
                        .unwrap_or_default(),
                    );
                };
                let elt = (*stream).cache.add(index);
                let sort = (*stream).sc.add(index);
                match op {
                    CH_ELT => return (*elt).cast(),
                    CH_MAKEELT => {
                        if (*elt).is_null() {
                            *elt = mail_new_cache_elt(msgno);
                        }
                        return (*elt).cast();
                    }
                    CH_SORTCACHE => {
                        if (*sort).is_null() {
                            *sort = new_zeroed();
                        }
                        return (*sort).cast();
                    }
                    CH_FREE => free_elt(elt),
                    CH_FREESORTCACHE => free_sort_cache(sort),
                    _ => expunge(stream, index),
                }
            }
            _ => return complain(c"Bad mm_cache op"),
        }
    }
    null_mut()
}

/// The body of [`mail_gc`].
///
/// # Safety
/// `stream` is an open stream, which stays so over the call.
unsafe fn collect(stream: *mut MailStream, gcflags: c_long) {
    let _kept = Lingering::begin();
    // SAFETY: (whole body) a stream; what is freed is the stream's own.
    unsafe {
        if let Some(gc) = (*stream).dtb.as_ref().and_then(|driver| driver.gc) {
            gc(stream, gcflags);
        }
        (*stream).msgno = 0;
        if gcflags & GC_ENV != 0 {
            mail_free_envelope(&raw mut (*stream).env);
            mail_free_body(&raw mut (*stream).body);
        }
        if gcflags & GC_TEXTS != 0 {
            release(&mut (*stream).text.data);
            (*stream).text.size = 0;
        }
        // Freeing calls the host's hooks: the number of messages is looked up each time.
        let mut msgno = 1;
        while msgno <= (*stream).nmsgs {
            let elt: *mut MessageCache = cache(stream, msgno, CH_ELT).cast();
            if !elt.is_null() {
                mail_gc_msg(&raw mut (*elt).private.msg, gcflags);
            }
            msgno += 1;
        }
    }
}

/// Reports what c-client aborts for.
fn complain(text: &core::ffi::CStr) -> *mut c_void {
    callbacks::log(text, ERROR);
    null_mut()
}

/// Where `msgno` lies in the arrays of `stream`, if they are that long.
///
/// # Safety
/// `stream` is a stream.
unsafe fn place(stream: *mut MailStream, msgno: c_ulong) -> Option<usize> {
    // SAFETY: the caller's promise.
    let s = unsafe { &*stream };
    let there = !s.cache.is_null() && !s.sc.is_null() && (1..=s.cachesize).contains(&msgno);
    there.then(|| msgno as usize - 1)
}

/// `CH_INIT`: no messages, no cache.
///
/// # Safety
/// As [`place`].
unsafe fn clear(stream: *mut MailStream) {
    // SAFETY: (whole body) the arrays have `cachesize` slots. Freeing an elt calls the host's
    // hook, so the size goes down first and everything is read anew after each.
    unsafe {
        if (*stream).cache.is_null() {
            return;
        }
        while (*stream).cachesize > 0 {
            (*stream).cachesize -= 1;
            let last = (*stream).cachesize as usize;
            let mut elt = ptr::replace((*stream).cache.add(last), null_mut());
            let mut sort = ptr::replace((*stream).sc.add(last), null_mut());
            mail_free_elt(&raw mut elt);
            free_sort_cache(&raw mut sort);
        }
        release(&mut (*stream).cache);
        release(&mut (*stream).sc);
        (*stream).nmsgs = 0;
    }
}

/// `CH_SIZE`: room for `count` messages and some more. Without memory the cache stays as it was.
///
/// # Safety
/// As [`place`].
unsafe fn resize(stream: *mut MailStream, count: c_ulong) {
    // SAFETY: (whole body) the arrays are blocks of the C heap with `cachesize` slots.
    unsafe {
        let fresh = (*stream).cache.is_null();
        let old = if fresh { 0 } else { (*stream).cachesize };
        if !fresh && count <= old {
            return;
        }
        let grown = count.saturating_add(CACHEINCREMENT as c_ulong);
        if grow(&raw mut (*stream).cache, old, grown) && grow(&raw mut (*stream).sc, old, grown) {
            (*stream).cachesize = grown;
        } else {
            callbacks::log(c"Out of memory for the message cache", ERROR);
            if fresh {
                release(&mut (*stream).cache);
                release(&mut (*stream).sc);
                (*stream).cachesize = 0;
            }
        }
    }
}

/// Makes an array of pointers longer; the new slots are NULL.
///
/// # Safety
/// `*array` is NULL or a block of the C heap with `old` slots.
unsafe fn grow<T>(array: *mut *mut *mut T, old: c_ulong, new: c_ulong) -> bool {
    let Some(size) = usize::try_from(new)
        .ok()
        .and_then(|slots| slots.checked_mul(size_of::<*mut T>()))
    else {
        return false;
    };
    // SAFETY: (whole body) the caller's promise; the slots from `old` on are new.
    unsafe {
        let moved: *mut *mut T = if (*array).is_null() {
            // Pages that are never used are never touched.
            libc::calloc(size, 1).cast()
        } else {
            let moved: *mut *mut T = libc::realloc((*array).cast(), size).cast();
            if !moved.is_null() {
                ptr::write_bytes(moved.add(old as usize), 0, (new - old) as usize);
            }
            moved
        };
        if moved.is_null() {
            return false;
        }
        *array = moved;
        true
    }
}

/// `CH_FREE`. The slot is empty before the host's hook runs.
///
/// # Safety
/// `slot` is a slot of the elt array.
unsafe fn free_elt(slot: *mut *mut MessageCache) {
    // SAFETY: the caller's promise; the cache holds one reference to each of its elts.
    unsafe {
        let mut elt = ptr::replace(slot, null_mut());
        mail_free_elt(&raw mut elt);
    }
}

/// `CH_FREESORTCACHE`.
///
/// # Safety
/// `slot` is a slot of the sort cache array, or a pointer taken out of one.
unsafe fn free_sort_cache(slot: *mut *mut SortCache) {
    // SAFETY: (whole body) a sort cache owns its texts; `unique` may be `message_id` itself.
    unsafe {
        let mut block = ptr::replace(slot, null_mut());
        let Some(sort) = block.as_mut() else { return };
        release(&mut sort.from);
        release(&mut sort.to);
        release(&mut sort.cc);
        release(&mut sort.subject);
        if sort.unique != sort.message_id {
            release(&mut sort.unique);
        }
        release(&mut sort.message_id);
        mail_free_stringlist(&raw mut sort.references);
        release(&mut block);
    }
}

/// `CH_EXPUNGE`: the slot goes, the later ones move down and their elts are renumbered. What is in
/// the slot must have been freed before.
///
/// # Safety
/// As [`place`], which gave `index`.
unsafe fn expunge(stream: *mut MailStream, index: usize) {
    // SAFETY: (whole body) every index is below `cachesize`.
    unsafe {
        let s = &*stream;
        let messages = s.nmsgs.min(s.cachesize) as usize;
        let (cache, sort) = (s.cache, s.sc);
        let mut last = index;
        while last + 1 < messages {
            let elt = *cache.add(last + 1);
            *cache.add(last) = elt;
            if !elt.is_null() {
                (*elt).msgno = last as c_ulong + 1;
            }
            *sort.add(last) = *sort.add(last + 1);
            last += 1;
        }
        *cache.add(last) = null_mut();
        *sort.add(last) = null_mut();
    }
}

/// The mailbox of a stream, as c-client names it in complaints.
fn name(stream: &MailStream) -> &[u8] {
    // SAFETY: NULL or the stream's own NUL-ended name.
    let name = unsafe { c_str(stream.mailbox) }.map_or(&b"???"[..], |name| name.to_bytes());
    &name[..name.len().min(80)]
}

/// Tells of a number outside the mailbox.
pub(super) fn complain_of_number(cx: &super::stream::Entered, msgno: c_ulong) {
    complain(&cx.edit(|s| bad_number(s, msgno)));
}

/// c-client's words for a number outside the mailbox.
fn bad_number(stream: &MailStream, msgno: c_ulong) -> CString {
    let mut text = format!(
        "Bad msgno {msgno} in mail_elt, nmsgs = {}, mbx=",
        stream.nmsgs
    )
    .into_bytes();
    text.extend_from_slice(name(stream));
    CString::new(text).unwrap_or_default()
}

thread_local! {
    // No destructor, so that the library can be unloaded while threads live on.
    static NO_MESSAGE: UnsafeCell<MessageCache> = const {
        // SAFETY: an elt is valid when it is all zero.
        UnsafeCell::new(unsafe { core::mem::zeroed() })
    };
}

/// An elt that belongs to no message, wiped of what an earlier caller wrote.
fn elt_of_no_message() -> *mut MessageCache {
    NO_MESSAGE.with(|elt| {
        let elt = elt.get();
        // SAFETY: this thread's own memory, and no reference to it is held anywhere.
        unsafe {
            ptr::write_bytes(elt, 0, 1);
            // A caller that drops references must not come to zero and free it.
            (*elt).set_lockcount(u32::from(u8::MAX));
        }
        elt
    })
}

#[cfg(test)]
mod tests;
