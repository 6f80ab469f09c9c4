//! Locks: what a panic under one means, and what ThreadSanitizer is told.
//!
//! The sanitizer does not see into the standard library, which comes compiled without it. So it misses that a thread
//! which had to wait for a lock got it after the other one's work. With `--cfg sanitized="thread"` it is told here.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Takes the lock. A poisoned one only means that some call panicked; what our locks protect is kept consistent by short
/// critical sections.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    let guard = mutex.lock().unwrap_or_else(PoisonError::into_inner);
    acquired(mutex);
    guard
}

/// Waits for `signal` without the lock of `mutex`, which `guard` holds; `time` at most.
pub fn wait<'m, T>(
    signal: &Condvar,
    mutex: &'m Mutex<T>,
    guard: MutexGuard<'m, T>,
    time: Duration,
) -> MutexGuard<'m, T> {
    let (guard, _) = signal
        .wait_timeout(guard, time)
        .unwrap_or_else(PoisonError::into_inner);
    acquired(mutex);
    guard
}

#[cfg(not(sanitized = "thread"))]
fn acquired<T>(_: &Mutex<T>) {}

/// The word that the unlocking thread wrote to, with code that the sanitizer sees, is the first of the mutex.
#[cfg(sanitized = "thread")]
fn acquired<T>(mutex: &Mutex<T>) {
    unsafe extern "C" {
        fn __tsan_acquire(address: *mut core::ffi::c_void);
    }
    // SAFETY: the sanitizer's own function; it looks at the number only.
    unsafe { __tsan_acquire(core::ptr::from_ref(mutex).cast_mut().cast()) };
}
