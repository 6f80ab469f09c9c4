//! Memory that crosses the boundary: the C library's heap, so that either side can free it.
//!
//! Nothing here aborts when memory runs out: the allocators return NULL and say so in the log.

use core::ffi::{CStr, c_char, c_uchar, c_ulong, c_void};
use core::mem::ManuallyDrop;
use core::ptr;

use super::callbacks;
use super::constants::{BLOCK_NONSENSITIVE, BLOCK_SENSITIVE, ERROR};
use super::entry::{c_str, entry};
use super::types::SizedText;
use super::{linger, parameters};

/// `size` octets of the C heap, uninitialised; NULL (and a log line) when there is no memory.
pub fn allocate(size: usize) -> *mut c_void {
    // SAFETY: malloc takes any size; 0 is made 1 as c-client does, so that NULL means failure.
    let block = unsafe { libc::malloc(size.max(1)) };
    if block.is_null() {
        callbacks::log(c"Out of memory", ERROR);
    }
    block
}

/// A new `T` on the C heap, all zero; NULL when there is no memory.
///
/// Only for the structs of [`super::types`], which are valid when zero.
pub fn new_zeroed<T>() -> *mut T {
    // The compiler must not make this a calloc, which passes by the blocks that glibc has ready for each thread.
    let block = core::hint::black_box(allocate(size_of::<T>()));
    if !block.is_null() {
        // SAFETY: the block has just been allocated with that size.
        unsafe { ptr::write_bytes(block.cast::<u8>(), 0, size_of::<T>()) };
    }
    block.cast()
}

/// A copy of `bytes` on the C heap with a NUL after it; NULL when there is no memory.
pub fn copy_bytes(bytes: &[u8]) -> *mut c_char {
    let block = allocate(bytes.len() + 1).cast::<u8>();
    if !block.is_null() {
        // SAFETY: the block holds one octet more than `bytes`, and is new, so cannot overlap.
        unsafe {
            ptr::copy_nonoverlapping(bytes.as_ptr(), block, bytes.len());
            *block.add(bytes.len()) = 0;
        }
    }
    block.cast()
}

/// The text itself, with a NUL after it, as a block of the C heap; NULL when there is no memory.
pub fn hand_over(mut text: Vec<u8>) -> *mut c_char {
    if text.try_reserve_exact(1).is_err() {
        callbacks::log(c"Out of memory", ERROR);
        return ptr::null_mut();
    }
    text.push(0);
    // Hosts keep texts: what was guessed too large goes back.
    if text.capacity() - text.len() > text.len() / 4 + 16 {
        text.shrink_to_fit();
    }
    // The heap is C's (see `heap`), and a vector of octets is aligned as malloc's blocks are.
    ManuallyDrop::new(text).as_mut_ptr().cast()
}

/// A copy of a C string on the C heap; NULL when there is no memory.
pub fn copy_str(string: &CStr) -> *mut c_char {
    copy_bytes(string.to_bytes())
}

/// Frees a block of the C heap (which [`linger`] may keep for a while) and clears the pointer to it. NULL is left alone.
///
/// # Safety
/// `*block` is NULL or a live block of the C heap that nothing else will use.
pub unsafe fn release<T>(block: &mut *mut T) {
    if block.is_null() {
        return;
    }
    // SAFETY: free takes live blocks of its heap; the caller vouches for that.
    unsafe {
        if !linger::keep(block.cast::<c_void>()) {
            libc::free(block.cast::<c_void>());
        }
    }
    *block = ptr::null_mut();
}

/// The octets of a C string; empty for NULL.
///
/// # Safety
/// NULL, or a NUL-ended string that stays unchanged for `'a`.
pub unsafe fn bytes<'a>(string: *const c_char) -> &'a [u8] {
    // SAFETY: the caller vouches for it.
    unsafe { c_str(string) }.map_or(&[], CStr::to_bytes)
}

/// Replaces the text of `dst` by a copy of `bytes`, NUL-ended, and returns it.
///
/// # Safety
/// `dst.data` is NULL or a live block of the C heap; `bytes` may lie in that very block.
pub unsafe fn set_text(dst: &mut SizedText, bytes: &[u8]) -> *mut c_uchar {
    let copy = copy_bytes(bytes).cast::<c_uchar>();
    let size = if copy.is_null() { 0 } else { bytes.len() };
    // SAFETY: as the caller says; the copy has been made already.
    unsafe { release(&mut dst.data) };
    dst.data = copy;
    dst.size = size as c_ulong;
    copy
}

/// The octets of a counted text; empty when it has none.
///
/// # Safety
/// `text.data` is NULL or points to `text.size` octets that stay unchanged for `'a`.
pub unsafe fn text_bytes<'a>(text: &SizedText) -> &'a [u8] {
    if text.data.is_null() {
        return &[];
    }
    // SAFETY: not NULL, and the caller vouches for the size.
    unsafe { core::slice::from_raw_parts(text.data, text.size as usize) }
}

/// Runs `work` between the two calls a `SET_BLOCKNOTIFY` function gets around heap work, so that
/// a program with signal handlers can put them off.
fn sensitive<R>(work: impl FnOnce() -> R) -> R {
    let Some(notify) = parameters::block_notify() else {
        return work();
    };
    // SAFETY: the host's function, called as its prototype says.
    let data = unsafe { notify(BLOCK_SENSITIVE, ptr::null_mut()) };
    let result = work();
    // SAFETY: as above, with the data it gave.
    unsafe { notify(BLOCK_NONSENSITIVE, data) };
    result
}

entry! {
    /// A block of `size` octets of the C heap, for the caller to free with `fs_give` or `free`.
    /// NULL when there is no memory, where UW c-client ends the program.
    fn fs_get(size: usize) -> *mut c_void {
        sensitive(|| allocate(size))
    }

    /// Changes the size of `*block`, which may move; what it held stays, up to the smaller size. Without memory
    /// `*block` stays as it was.
    fn fs_resize(block: *mut *mut c_void, size: usize) {
        if block.is_null() {
            return;
        }
        // SAFETY: `*block` is NULL or a live block of the C heap, as the interface demands.
        sensitive(|| unsafe {
            let moved = libc::realloc(*block, size.max(1));
            if moved.is_null() {
                callbacks::log(c"Can't resize memory", ERROR);
            } else {
                *block = moved;
            }
        });
    }

    /// Frees `*block`, a block of fs_get or `malloc`, and sets it to NULL; NULL is left alone.
    fn fs_give(block: *mut *mut c_void) {
        // SAFETY: `block` is NULL or points to a pointer to a live block, or to NULL.
        if let Some(block) = unsafe { block.as_mut() } {
            // SAFETY: as above.
            sensitive(|| unsafe { release(block) });
        }
    }

    /// A copy of `string`, for the caller to free; NULL for NULL.
    fn cpystr(string: *const c_char) -> *mut c_char {
        // SAFETY: NULL or a NUL-ended string.
        match unsafe { c_str(string) } {
            Some(string) => copy_str(string),
            None => ptr::null_mut(),
        }
    }

    /// Replaces the text of `dst` by a copy of the `size` octets at `text`, with a NUL after
    /// them, and returns it. The old text is freed.
    fn cpytxt(dst: *mut SizedText, text: *mut c_char, size: c_ulong) -> *mut c_char {
        let source = SizedText { data: text.cast(), size };
        // SAFETY: `dst` is a counted text of the caller's, `text` holds `size` octets.
        unsafe {
            match dst.as_mut() {
                Some(dst) => set_text(dst, text_bytes(&source)).cast(),
                None => ptr::null_mut(),
            }
        }
    }

    /// Replaces the text of `dst` by a copy of that of `src`, and returns it.
    fn textcpy(dst: *mut SizedText, src: *mut SizedText) -> *mut c_char {
        // SAFETY: both are counted texts of the caller's.
        unsafe {
            match (dst.as_mut(), src.as_ref()) {
                (Some(dst), Some(src)) => set_text(dst, text_bytes(src)).cast(),
                _ => ptr::null_mut(),
            }
        }
    }
}

/// Copies of the texts of a list.
///
/// # Safety
/// NULL or a list whose texts are readable.
pub unsafe fn list_bytes(list: *const super::types::StringList) -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    let mut at = list;
    // SAFETY: the caller vouches for the list.
    while let Some(node) = unsafe { at.as_ref() } {
        // SAFETY: likewise.
        texts.push(unsafe { text_bytes(&node.text) }.to_vec());
        at = node.next;
    }
    texts
}
