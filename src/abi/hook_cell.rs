//! A process-wide slot for one function pointer of the host, readable from any thread.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Holds a nullable function pointer (one of the `…_t` types, an `Option` of a function).
///
/// A thread that reads the slot sees the old or the new function whole; which, when another
/// thread is setting it, is up to the host.
pub struct HookCell<F> {
    pointer: AtomicPtr<()>,
    kind: PhantomData<fn() -> F>,
}

impl<F: Copy> HookCell<F> {
    /// An empty slot.
    pub const fn new() -> Self {
        const {
            assert!(
                size_of::<F>() == size_of::<*mut ()>(),
                "a function pointer has the size of a data pointer"
            );
        }
        Self {
            pointer: AtomicPtr::new(std::ptr::null_mut()),
            kind: PhantomData,
        }
    }

    /// The function, or `None` in the type's own sense.
    pub fn get(&self) -> F {
        let pointer = self.pointer.load(Ordering::Acquire);
        // SAFETY: the slot holds NULL, which is `None`, or what `set` took out of an `F` of the
        // same size.
        unsafe { std::mem::transmute_copy(&pointer) }
    }

    /// Puts in another function.
    pub fn set(&self, function: F) {
        // SAFETY: `F` has the size of a pointer, checked in `new`, and is an optional function.
        let pointer: *mut () = unsafe { std::mem::transmute_copy(&function) };
        self.pointer.store(pointer, Ordering::Release);
    }
}

impl<F: Copy> Default for HookCell<F> {
    fn default() -> Self {
        Self::new()
    }
}
