//! A look at a stream that nobody works on, without the registry's locks.
//!
//! Programs ask for elements by the thousand (`mail_elt` for each message of a folder), and each time a stream must be
//! known to be open and not in another thread's hands. One word says both: it holds the stream's address while the
//! stream is open and idle. Whoever swaps it for [`BUSY`] has the stream for a few instructions.
//!
//! A stream whose place is taken by another one is simply always entered, as are streams that are worked on.

use core::ffi::c_ulong;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::abi::types::{MailStream, MessageCache};
use crate::abi::{mm_cache, parameters};

/// Places; a power of two. Two streams that are open at once seldom meet in one.
const PLACES: usize = 256;

/// Stands for the address while somebody looks; no stream lies there.
const BUSY: usize = 1;

struct Place {
    /// The address of the stream that has this place; 0 for none.
    holder: AtomicUsize,
    /// The same address while the stream is idle, [`BUSY`], or 0.
    idle: AtomicUsize,
}

static TABLE: [Place; PLACES] = [const {
    Place {
        holder: AtomicUsize::new(0),
        idle: AtomicUsize::new(0),
    }
}; PLACES];

fn place(stream: usize) -> &'static Place {
    // Streams lie some hundred octets apart; the multiplication spreads what differs over the upper bits.
    const SPREAD: usize = 0x9e37_79b9_7f4a_7c15_u64 as usize;
    &TABLE[(stream >> 4).wrapping_mul(SPREAD) >> (usize::BITS - PLACES.trailing_zeros())]
}

/// The stream is open now, and idle.
pub(super) fn open(stream: usize) {
    let place = place(stream);
    let taken = place
        .holder
        .compare_exchange(0, stream, Ordering::AcqRel, Ordering::Relaxed);
    if taken.is_ok() {
        place.idle.store(stream, Ordering::Release);
    }
}

/// Somebody enters the idle stream: from now on nobody looks. Waits for one who does.
pub(super) fn hold(stream: usize) {
    let place = place(stream);
    if place.holder.load(Ordering::Acquire) != stream {
        return;
    }
    let mut turns = 0;
    // Not the weak one, which may fail for no reason (on ARM it does): the stream would be entered while others still look.
    while let Err(BUSY) =
        place
            .idle
            .compare_exchange(stream, 0, Ordering::AcqRel, Ordering::Acquire)
    {
        // A few instructions, unless the one who looks has lost the processor, perhaps to this very thread.
        turns += 1;
        match turns {
            0..100 => core::hint::spin_loop(),
            _ => std::thread::sleep(Duration::from_micros(50)),
        }
    }
}

/// The stream is idle again.
pub(super) fn let_go(stream: usize) {
    let place = place(stream);
    if place.holder.load(Ordering::Acquire) == stream {
        place.idle.store(stream, Ordering::Release);
    }
}

/// The stream is closed: its place is free.
pub(super) fn close(stream: usize) {
    hold(stream);
    let place = place(stream);
    // Nobody else takes it out: it is held or never was in.
    let _ = place
        .holder
        .compare_exchange(stream, 0, Ordering::AcqRel, Ordering::Relaxed);
}

/// The element of a message of an idle stream. None if the stream is not idle, or not open, or the element is not there
/// yet, or the program keeps the elements itself: then the stream is to be entered.
#[allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "any pointer will do: only that of an open stream is followed"
)]
pub fn element(stream: *mut MailStream, msgno: c_ulong) -> Option<*mut MessageCache> {
    let address = stream.addr();
    let place = place(address);
    if address <= BUSY || !parameters::cache_is_ours() {
        return None;
    }
    place
        .idle
        .compare_exchange(address, BUSY, Ordering::Acquire, Ordering::Relaxed)
        .ok()?;
    // SAFETY: an open stream, which nobody else works on and nobody closes as long as its place says so. No code of the
    // host's runs.
    let elt = unsafe { mm_cache::existing(stream, msgno) };
    place.idle.store(address, Ordering::Release);
    (!elt.is_null()).then_some(elt)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Streams that nobody dereferences: they have no element to look for.
    fn idle(stream: usize) -> bool {
        place(stream).idle.load(Ordering::Relaxed) == stream
    }

    #[test]
    fn a_stream_is_idle_between_its_calls() {
        let stream = 0x7777_0000;
        open(stream);
        assert!(idle(stream));
        hold(stream);
        assert!(!idle(stream));
        let_go(stream);
        assert!(idle(stream));
        close(stream);
        assert!(!idle(stream));
        let_go(stream);
        assert!(!idle(stream));
    }

    #[test]
    fn one_stream_has_a_place() {
        let first = 0x7776_0000;
        let second = (first + 16..)
            .step_by(16)
            .find(|&other| core::ptr::eq(place(first), place(other)));
        let second = second.expect("places are few");
        open(first);
        open(second);
        assert!(idle(first) && !idle(second));
        hold(second);
        let_go(second);
        close(second);
        assert!(idle(first));
        close(first);
        open(second);
        assert!(idle(second));
        close(second);
    }

    #[test]
    fn who_enters_waits_for_who_looks() {
        let stream = 0x7775_0000;
        open(stream);
        place(stream).idle.store(BUSY, Ordering::Release);
        let other = std::thread::spawn(move || hold(stream));
        std::thread::sleep(Duration::from_millis(30));
        assert!(!other.is_finished());
        place(stream).idle.store(stream, Ordering::Release);
        other.join().expect("no panic");
        assert!(!idle(stream));
        close(stream);
    }
}
