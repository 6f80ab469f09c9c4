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
    releasing(mutex);
    let (guard, _) = signal
        .wait_timeout(guard, time)
        .unwrap_or_else(PoisonError::into_inner);
    acquired(mutex);
    guard
}

/// The unlocking thread wrote to the first word of the mutex, in code that the sanitizer sees.
#[cfg(sanitized = "thread")]
fn acquired<T>(mutex: &Mutex<T>) {
    // SAFETY: the sanitizer's own function; it looks at the number only.
    unsafe { __tsan_acquire(core::ptr::from_ref(mutex).cast_mut().cast()) };
}

/// What unlocks is code that the sanitizer does not see.
#[cfg(sanitized = "thread")]
fn releasing<T>(mutex: &Mutex<T>) {
    // SAFETY: as above.
    unsafe { __tsan_release(core::ptr::from_ref(mutex).cast_mut().cast()) };
}

#[cfg(sanitized = "thread")]
unsafe extern "C" {
    fn __tsan_acquire(address: *mut core::ffi::c_void);
    fn __tsan_release(address: *mut core::ffi::c_void);
}

#[cfg(not(sanitized = "thread"))]
fn acquired<T>(_: &Mutex<T>) {}

#[cfg(not(sanitized = "thread"))]
fn releasing<T>(_: &Mutex<T>) {}
