//! Rust's heap in this library is C's.
//!
//! What Rust made can so be given to a host without a copy: it is a block of `malloc` that the host may `free`
//! ([`memory::hand_over`](super::memory::hand_over)). The standard library's own allocator happens to do the same, but
//! does not promise it.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

/// `malloc` and its family.
struct CHeap;

#[global_allocator]
static HEAP: CHeap = CHeap;

/// How every block of `malloc` is aligned at least: two machine words.
const ALIGNED: usize = 2 * size_of::<usize>();

// SAFETY: blocks come from malloc's family, with the size and alignment asked for; nothing here unwinds.
unsafe impl GlobalAlloc for CHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= ALIGNED {
            // SAFETY: any size.
            return unsafe { libc::malloc(layout.size()) }.cast();
        }
        let mut block = ptr::null_mut();
        // SAFETY: a place for the answer; a layout's alignment is a power of two, and here a multiple of a word.
        match unsafe { libc::posix_memalign(&mut block, layout.align(), layout.size()) } {
            0 => block.cast(),
            _ => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: a live block of the functions above.
        unsafe { libc::free(block.cast()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= ALIGNED {
            // SAFETY: any size.
            return unsafe { libc::calloc(layout.size(), 1) }.cast();
        }
        // SAFETY: the caller's layout; a block of that size, if there is one.
        unsafe {
            let block = self.alloc(layout);
            if !block.is_null() {
                ptr::write_bytes(block, 0, layout.size());
            }
            block
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.align() <= ALIGNED {
            // SAFETY: a live block of malloc, calloc or realloc.
            return unsafe { libc::realloc(block.cast(), size) }.cast();
        }
        // SAFETY: the caller says that the new size, with this alignment, is a layout; both blocks hold the less of
        // the two sizes.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_aligned_grow_and_are_cleared() {
        for align in [1, 16, 64, 4096] {
            let layout = Layout::from_size_align(100, align).unwrap();
            // SAFETY: one block, made, resized and freed with its layout.
            unsafe {
                let block = HEAP.alloc_zeroed(layout);
                assert!(!block.is_null() && block.addr().is_multiple_of(align));
                let octets = core::slice::from_raw_parts_mut(block, 100);
                assert!(octets.iter().all(|&octet| octet == 0));
                octets.fill(7);
                let block = HEAP.realloc(block, layout, 10_000);
                assert!(!block.is_null() && block.addr().is_multiple_of(align));
                assert!(
                    core::slice::from_raw_parts(block, 100)
                        .iter()
                        .all(|&octet| octet == 7)
                );
                HEAP.dealloc(block, Layout::from_size_align(10_000, align).unwrap());
            }
        }
    }
}
