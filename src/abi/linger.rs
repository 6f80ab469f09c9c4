//! What a stream frees is kept for a while.
//!
//! A thread may still hold an element, an envelope or a text while another one closes the stream, expunges the message
//! or clears the cache. c-client promises nothing then; UW's library has given the memory to somebody else, and the
//! program dies. Here blocks that streams gave up of late stay as they were, within [`limits::LINGERING`]: who is a
//! little late reads what was true, or NULL where a list or text hung, and nobody else's data.
//!
//! Built with `--cfg sanitized=…` nothing is kept, so that the sanitizers see a late use of our own.

use core::cell::Cell;
use core::ffi::c_void;
use std::collections::VecDeque;
use std::sync::Mutex;

use super::lock::lock;
use crate::limits;

/// What a block costs beside its octets: its place here, and malloc's own.
const OVERHEAD: usize = 32;

struct Kept {
    /// Address and cost, oldest first.
    blocks: VecDeque<(usize, usize)>,
    octets: usize,
}

static KEPT: Mutex<Kept> = Mutex::new(Kept {
    blocks: VecDeque::new(),
    octets: 0,
});

/// Keep nothing. Miri has no malloc_usable_size.
const OFF: bool = cfg!(any(sanitized = "address", sanitized = "thread", miri));

/// So many blocks of a thread wait until they are taken in with one look at the lock, ...
const TOGETHER: usize = 64;

/// ... or so many octets of them.
const OCTETS_TOGETHER: usize = limits::LINGERING / 16;

/// What one thread frees. No destructor, as everywhere.
struct Batch {
    /// How many [`Lingering`] the thread has. While it has none, no block waits.
    depth: Cell<u32>,
    count: Cell<usize>,
    octets: Cell<usize>,
    /// Octets that were taken in since the first of the [`Lingering`] began: of more than can be kept, the rest need not
    /// come here at all.
    taken: Cell<usize>,
    /// As in [`Kept`].
    blocks: [Cell<(usize, usize)>; TOGETHER],
}

thread_local! {
    static BATCH: Batch = const {
        Batch {
            depth: Cell::new(0),
            count: Cell::new(0),
            octets: Cell::new(0),
            taken: Cell::new(0),
            blocks: [const { Cell::new((0, 0)) }; TOGETHER],
        }
    };
}

/// As long as it lives, what this thread frees is kept.
pub struct Lingering(());

impl Lingering {
    /// Begins.
    pub fn begin() -> Self {
        BATCH.with(|batch| batch.depth.set(batch.depth.get() + 1));
        Self(())
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        BATCH.with(|batch| {
            batch.depth.set(batch.depth.get() - 1);
            if batch.depth.get() == 0 {
                batch.take_in();
                batch.taken.set(0);
            }
        });
    }
}

/// Takes a block that is about to be freed; whether it did.
///
/// # Safety
/// NULL, or a live block of the C heap that nothing else will free.
#[inline]
pub unsafe fn keep(block: *mut c_void) -> bool {
    if block.is_null() || OFF {
        return false;
    }
    // SAFETY: the caller's promise.
    BATCH.with(|batch| batch.depth.get() > 0 && unsafe { batch.keep(block) })
}

impl Batch {
    /// # Safety
    /// As [`keep`], and not NULL.
    unsafe fn keep(&self, block: *mut c_void) -> bool {
        if self.taken.get() >= limits::LINGERING {
            return false;
        }
        // SAFETY: a live block.
        let cost = unsafe { libc::malloc_usable_size(block) } + OVERHEAD;
        if cost > limits::LINGERING / 4 {
            return false;
        }
        let count = self.count.get();
        self.blocks[count].set((block.expose_provenance(), cost));
        self.count.set(count + 1);
        self.octets.set(self.octets.get() + cost);
        if count + 1 == TOGETHER || self.octets.get() >= OCTETS_TOGETHER {
            self.take_in();
        }
        true
    }

    /// Puts what waits behind what is kept, and frees what is too old.
    fn take_in(&self) {
        let blocks = &self.blocks[..self.count.replace(0)];
        let octets = self.octets.replace(0);
        self.taken.set(self.taken.get() + octets);
        if blocks.is_empty() {
            return;
        }
        let mut kept = lock(&KEPT);
        if kept.blocks.try_reserve(blocks.len()).is_err() {
            drop(kept);
            return blocks.iter().for_each(|block| free(block.get().0));
        }
        kept.blocks.extend(blocks.iter().map(Cell::get));
        kept.octets += octets;
        while kept.octets > limits::LINGERING
            && let Some((oldest, cost)) = kept.blocks.pop_front()
        {
            kept.octets -= cost;
            free(oldest);
        }
    }
}

fn free(block: usize) {
    // SAFETY: it came here to be freed, once.
    unsafe { libc::free(core::ptr::with_exposed_provenance_mut(block)) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_kept_within_the_limit() {
        // SAFETY: (whole body) blocks of this test's own.
        unsafe {
            let block = libc::malloc(100);
            assert!(!keep(block), "nobody asked for it");
            let lingering = Lingering::begin();
            assert!(!keep(core::ptr::null_mut()));
            assert_eq!(keep(block), !OFF);
            if OFF {
                libc::free(block);
                return;
            }
            let large = libc::malloc(limits::LINGERING / 2);
            assert!(!keep(large));
            libc::free(large);
            drop(lingering);
            for _ in 0..5 {
                let _lingering = Lingering::begin();
                for _ in 0..100 {
                    let block = libc::malloc(limits::LINGERING / 10);
                    if !keep(block) {
                        libc::free(block);
                    }
                }
            }
            let kept = lock(&KEPT);
            assert!(kept.octets <= limits::LINGERING && kept.blocks.len() > 5);
            assert!(
                kept.blocks
                    .iter()
                    .all(|&(oldest, _)| oldest != block.addr())
            );
        }
    }
}
