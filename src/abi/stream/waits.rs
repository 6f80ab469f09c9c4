//! Which threads wait for which streams, to see when they would wait for each other.
//!
//! A thread may come from a callback of one stream and ask for another. When that one's thread is in a callback, too,
//! and asks for the first, neither ever gets through. So each thread that has to wait says what for, and the one that
//! would close a circle is refused.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use super::registry::Cell;
use crate::abi::lock::lock;

/// Thread and the stream it waits for. Held while owners of streams are looked up: nobody may hold one of those locks
/// when taking this.
static WAITING: Mutex<BTreeMap<usize, Arc<Cell>>> = Mutex::new(BTreeMap::new());

fn waiting() -> MutexGuard<'static, BTreeMap<usize, Arc<Cell>>> {
    lock(&WAITING)
}

/// A thread that waits, until dropped.
pub(super) struct Waiting(usize);

/// The thread `me` waits for a stream from now on. `None` if that would be for ever: the stream is in the hands of a
/// thread that waits for one in this thread's hands, perhaps over others.
pub(super) fn begin(me: usize, stream: &Arc<Cell>) -> Option<Waiting> {
    let mut waiting = waiting();
    let mut wanted = stream;
    // A thread that has just got its stream may still be listed: no longer a chain than there are threads.
    for _ in 0..=waiting.len() {
        let Some(owner) = wanted.owner() else { break };
        if owner == me {
            return None;
        }
        match waiting.get(&owner) {
            Some(next) => wanted = next,
            None => break,
        }
    }
    waiting.insert(me, Arc::clone(stream));
    Some(Waiting(me))
}

impl Drop for Waiting {
    fn drop(&mut self) {
        waiting().remove(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::super::enter;
    use super::super::registry::{register, retire};
    use crate::abi::types::MailStream;
    use std::sync::Barrier;

    /// Each of three threads holds a stream and asks for the next one's.
    #[test]
    fn who_closes_a_circle_is_refused_and_the_others_get_through() {
        let streams = [0x2000_0000_usize, 0x2000_1000, 0x2000_2000];
        for stream in streams {
            register(stream as *mut MailStream);
        }
        let all_hold = Barrier::new(streams.len());
        let got = std::thread::scope(|scope| {
            let all_hold = &all_hold;
            let threads: Vec<_> = (0..streams.len())
                .map(|n| {
                    scope.spawn(move || {
                        let mine = enter(streams[n] as *mut MailStream).expect("idle");
                        all_hold.wait();
                        let next = enter(streams[(n + 1) % streams.len()] as *mut MailStream);
                        drop(mine);
                        next.is_some()
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| usize::from(thread.join().expect("no panic")))
                .sum::<usize>()
        });
        assert_eq!(got, streams.len() - 1);
        for stream in streams {
            assert!(enter(stream as *mut MailStream).is_some());
            retire(stream as *mut MailStream, false);
        }
    }
}
