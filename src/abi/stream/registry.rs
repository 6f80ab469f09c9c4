//! Which streams are open, and who is working on each.
//!
//! c-client's callers hold bare `MAILSTREAM*`. Some use one after closing it, or close it while another thread is about
//! to use it (Asterisk's open issue #2163). So every stream is registered here, a call on a pointer that is not
//! registered fails harmlessly, and the memory of a closed stream is kept for a while with `dtb` NULL.
//!
//! One thread at a time works on a stream; it may come in again from a callback. Nobody else waits longer than
//! [`limits::STREAM_WAIT`]. The registry's own lock is held for a look-up only, never over I/O or a callback.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Instant;

use super::live::Live;
use super::peek;
use super::pop3::Pop3;
use super::waits;
use crate::abi::constants::ERROR;
use crate::abi::lock::{self, lock};
use crate::abi::tell;
use crate::abi::types::MailStream;
use crate::abi::watch;
use crate::limits;

/// A stream as a key: its address, never dereferenced.
type Key = usize;

struct Registry {
    open: BTreeMap<Key, Arc<Cell>>,
    /// Closed streams whose memory is not given back yet, oldest first.
    quarantine: VecDeque<(Key, Arc<Cell>)>,
    /// Closed streams that a MAILHANDLE still points to.
    held: BTreeMap<Key, Arc<Cell>>,
}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    open: BTreeMap::new(),
    quarantine: VecDeque::new(),
    held: BTreeMap::new(),
});

/// A thread as a key: where its copy of a variable without destructor lies. `std::thread::current()` would do, but it
/// leaves a destructor with the thread, in code that is gone when the host unloads the library before the thread ends.
pub fn this_thread() -> usize {
    thread_local! {
        static HERE: u8 = const { 0 };
    }
    HERE.with(|here| std::ptr::from_ref(here).addr())
}

struct Occupancy {
    /// Which thread works on the stream, as [`this_thread`] tells.
    owner: Option<usize>,
    depth: u32,
    /// Who waits for the owner to leave, in the order they came: else a thread in a loop would keep the others out.
    waiting: VecDeque<usize>,
    closed: bool,
    /// The driver's data of an IMAP stream; taken out while a command runs.
    live: Option<Box<Live>>,
    /// The driver's data of a POP3 stream.
    pop3: Option<Box<Pop3>>,
}

/// One open stream.
pub struct Cell {
    occupancy: Mutex<Occupancy>,
    left: Condvar,
}

impl Cell {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            occupancy: Mutex::new(Occupancy {
                owner: None,
                depth: 0,
                waiting: VecDeque::new(),
                closed: false,
                live: None,
                pop3: None,
            }),
            left: Condvar::new(),
        })
    }

    /// Which thread works on the stream.
    pub(super) fn owner(&self) -> Option<usize> {
        lock(&self.occupancy).owner
    }
}

/// The right to work on a stream, held by one thread until dropped.
pub struct Entered {
    stream: *mut MailStream,
    cell: Arc<Cell>,
    /// The thread was unwinding already when it came: what made it do so is none of this stream's business.
    unwinding: bool,
    /// It only looks, for [`watch`].
    looking: bool,
}

/// Registers a new stream.
pub fn register(stream: *mut MailStream) {
    let cell = Cell::new();
    // Both in one go: who enters finds it here.
    let mut registry = lock(&REGISTRY);
    registry.open.insert(stream as Key, cell);
    peek::open(stream as Key);
}

/// Whether the pointer is an open stream.
pub fn is_open(stream: *mut MailStream) -> bool {
    lock(&REGISTRY).open.contains_key(&(stream as Key))
}

/// Takes a closed stream off the books. Returns streams whose memory may be given back now. `held`: a MAILHANDLE still
/// points to this one; it goes after the last handle did ([`let_go`]).
pub fn retire(stream: *mut MailStream, held: bool) -> Vec<*mut MailStream> {
    peek::close(stream as Key);
    let mut registry = lock(&REGISTRY);
    if let Some(cell) = registry.open.remove(&(stream as Key)) {
        if held {
            registry.held.insert(stream as Key, cell);
        } else {
            registry.quarantine.push_back((stream as Key, cell));
        }
    }
    forget_old(&mut registry)
}

/// The last handle of a stream is gone. Returns what [`retire`] does.
pub fn let_go(stream: *mut MailStream) -> Vec<*mut MailStream> {
    let mut registry = lock(&REGISTRY);
    if let Some(cell) = registry.held.remove(&(stream as Key)) {
        registry.quarantine.push_back((stream as Key, cell));
    }
    forget_old(&mut registry)
}

/// Whether the memory of a stream is there for its handles: it is open, or held closed.
pub fn is_there(stream: *mut MailStream) -> bool {
    let registry = lock(&REGISTRY);
    registry.open.contains_key(&(stream as Key)) || registry.held.contains_key(&(stream as Key))
}

fn forget_old(registry: &mut Registry) -> Vec<*mut MailStream> {
    let mut free = Vec::new();
    while registry.quarantine.len() > limits::STREAM_QUARANTINE {
        match registry.quarantine.front() {
            // Somebody is still in a call on it: this one and younger ones wait for the next turn.
            Some((_, cell)) if Arc::strong_count(cell) > 1 => break,
            _ => free.extend(
                registry
                    .quarantine
                    .pop_front()
                    .map(|(key, _)| key as *mut MailStream),
            ),
        }
    }
    free
}

/// Begins work on a stream. `None` if it is not open; and, with a line in the log, if another thread does not let go of it
/// in time or waits for this one. What commands that were not waited for have brought has been told when this returns.
pub fn enter(stream: *mut MailStream) -> Option<Entered> {
    let cx = enter_unsettled(stream)?;
    if cx.is_unsettled() {
        cx.settle();
    }
    Some(cx)
}

/// As [`enter`], for what sends a command behind those that were not waited for, and looks at nothing that they change.
pub fn enter_unsettled(stream: *mut MailStream) -> Option<Entered> {
    if stream.is_null() {
        return None;
    }
    let cell = lock(&REGISTRY).open.get(&(stream as Key)).cloned()?;
    let me = this_thread();
    // Given up after the lock of `occupancy` is.
    let waiting;
    let mut occupancy = lock(&cell.occupancy);
    let mine = occupancy.owner == Some(me);
    if !mine && (occupancy.owner.is_some() || !occupancy.waiting.is_empty()) {
        drop(occupancy);
        waiting = waits::begin(me, &cell);
        if waiting.is_none() {
            tell::log(
                "Two threads would wait for each other's streams: call refused",
                ERROR,
            );
            return None;
        }
        let Some(mine) = wait(&cell, me) else {
            drop(waiting);
            tell::log("Another thread does not let go of this stream", ERROR);
            return None;
        };
        occupancy = mine;
    } else {
        waiting = None;
    }
    if occupancy.closed && occupancy.depth == 0 {
        drop(occupancy);
        cell.left.notify_all();
        return None;
    }
    if occupancy.depth == 0 {
        peek::hold(stream as Key);
        if let Some(live) = &mut occupancy.live {
            live.renumbered = u32::MAX;
        }
    }
    occupancy.owner = Some(me);
    occupancy.depth += 1;
    drop(occupancy);
    drop(waiting);
    Some(Entered {
        stream,
        cell,
        unwinding: std::thread::panicking(),
        looking: false,
    })
}

/// What became of [`enter_if_idle`].
pub enum Glimpse {
    /// Nobody else works on the stream.
    Idle(Entered),
    /// Somebody does, or waits to.
    Busy,
    /// It is not open.
    Gone,
}

/// Begins work on a stream if nobody works on it. `looking`: when it is left again, that was no call of the program's.
pub fn enter_if_idle(stream: *mut MailStream, looking: bool) -> Glimpse {
    let Some(cell) = lock(&REGISTRY).open.get(&(stream as Key)).cloned() else {
        return Glimpse::Gone;
    };
    let mut occupancy = lock(&cell.occupancy);
    if occupancy.closed {
        return Glimpse::Gone;
    }
    if occupancy.owner.is_some() || !occupancy.waiting.is_empty() {
        return Glimpse::Busy;
    }
    peek::hold(stream as Key);
    occupancy.owner = Some(this_thread());
    occupancy.depth = 1;
    drop(occupancy);
    Glimpse::Idle(Entered {
        stream,
        cell,
        unwinding: std::thread::panicking(),
        looking,
    })
}

/// All streams that are open.
pub fn open_streams() -> Vec<*mut MailStream> {
    let registry = lock(&REGISTRY);
    let streams = registry.open.keys().map(|&key| key as *mut MailStream);
    streams.collect()
}

/// Waits for the stream until nobody is before this thread; `None` if that takes too long.
fn wait(cell: &Cell, me: usize) -> Option<MutexGuard<'_, Occupancy>> {
    let until = Instant::now() + limits::STREAM_WAIT;
    let mut occupancy = lock(&cell.occupancy);
    occupancy.waiting.push_back(me);
    while occupancy.owner.is_some() || occupancy.waiting.front().is_some_and(|&next| next != me) {
        let Some(left) = until.checked_duration_since(Instant::now()) else {
            occupancy.waiting.retain(|&waiting| waiting != me);
            drop(occupancy);
            // It may have been this one's turn.
            cell.left.notify_all();
            return None;
        };
        occupancy = lock::wait(&cell.left, &cell.occupancy, occupancy, left);
    }
    occupancy.waiting.retain(|&waiting| waiting != me);
    Some(occupancy)
}

impl Entered {
    /// The stream; its memory stays valid as long as `self` lives, even if a callback closes it.
    pub fn raw(&self) -> *mut MailStream {
        self.stream
    }

    /// Whether a callback has closed the stream meanwhile.
    pub fn is_closed(&self) -> bool {
        lock(&self.cell.occupancy).closed
    }

    /// Whether this is a call from within a callback of another call on the same stream.
    pub fn is_nested(&self) -> bool {
        lock(&self.cell.occupancy).depth > 1
    }

    /// Whether commands wait for their answers that this call, which is not from within another, is to look at. A series
    /// of STOREs is over.
    fn is_unsettled(&self) -> bool {
        let mut occupancy = lock(&self.cell.occupancy);
        let outermost = occupancy.depth == 1;
        match &mut occupancy.live {
            Some(live) if outermost => {
                live.storing = false;
                !live.posted.is_empty()
            }
            _ => false,
        }
    }

    /// Marks the stream closed: calls that are still in it stop at their next step.
    pub fn mark_closed(&self) {
        lock(&self.cell.occupancy).closed = true;
    }

    /// Looks at the driver's data. `None` without any, or while a command runs.
    pub fn with<R>(&self, work: impl FnOnce(&mut Live) -> R) -> Option<R> {
        lock(&self.cell.occupancy).live.as_deref_mut().map(work)
    }

    /// Looks at the driver's data of a POP3 stream. `None` without any.
    pub fn with_pop3<R>(&self, work: impl FnOnce(&mut Pop3) -> R) -> Option<R> {
        lock(&self.cell.occupancy).pop3.as_deref_mut().map(work)
    }

    /// Sets or takes away the driver's data of a POP3 stream, and returns what was there.
    pub fn set_pop3(&self, pop3: Option<Box<Pop3>>) -> Option<Box<Pop3>> {
        std::mem::replace(&mut lock(&self.cell.occupancy).pop3, pop3)
    }

    /// Takes the driver's data out, for I/O or to destroy it.
    pub fn take(&self) -> Option<Box<Live>> {
        lock(&self.cell.occupancy).live.take()
    }

    /// Puts the driver's data in.
    pub fn put(&self, live: Box<Live>) {
        lock(&self.cell.occupancy).live = Some(live);
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut occupancy = lock(&self.cell.occupancy);
        // A panic on its way to the fence: the state of this stream cannot be trusted any more, the connection goes.
        let lost = if std::thread::panicking() && !self.unwinding {
            (occupancy.live.take(), occupancy.pop3.take())
        } else {
            (None, None)
        };
        occupancy.depth -= 1;
        let left = occupancy.depth == 0;
        if left {
            occupancy.owner = None;
            // What is under way changes elements: whoever wants one is to come in.
            if !occupancy.closed && occupancy.live.as_ref().is_none_or(|live| live.is_settled()) {
                peek::let_go(self.stream as Key);
            }
        }
        // Waking is a system call: only if somebody sleeps.
        let wake = left && !occupancy.waiting.is_empty();
        let watchable = (left && !self.looking && watch::is_on() && !occupancy.closed)
            .then(|| occupancy.live.as_deref().is_some_and(Live::may_be_watched));
        drop(occupancy);
        drop(lost);
        if let Some(watchable) = watchable {
            watch::left(self.stream, watchable);
        }
        if wake {
            self.cell.left.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A number nobody dereferences.
    fn fake(n: usize) -> *mut MailStream {
        (0x1000_0000 + n * 16) as *mut MailStream
    }

    #[test]
    fn an_unknown_or_closed_stream_cannot_be_entered() {
        assert!(enter(fake(1)).is_none());
        register(fake(2));
        let entered = enter(fake(2)).expect("registered");
        entered.mark_closed();
        assert!(
            enter(fake(2)).is_some(),
            "the same call may finish its work"
        );
        drop(entered);
        assert!(enter(fake(2)).is_none());
        retire(fake(2), false);
        assert!(!is_open(fake(2)));
    }

    #[test]
    fn memory_is_kept_for_so_many_closed_streams_and_while_somebody_is_in_one() {
        let mut registry = Registry {
            open: BTreeMap::new(),
            quarantine: (0..limits::STREAM_QUARANTINE)
                .map(|n| (n, Cell::new()))
                .collect(),
            held: BTreeMap::new(),
        };
        assert!(forget_old(&mut registry).is_empty());
        for n in 0..3 {
            let younger = (limits::STREAM_QUARANTINE + n, Cell::new());
            registry.quarantine.push_back(younger);
        }
        let someone = Arc::clone(&registry.quarantine[1].1);
        let free = forget_old(&mut registry);
        assert_eq!(free.iter().map(|s| s.addr()).collect::<Vec<_>>(), [0]);
        drop(someone);
        let free = forget_old(&mut registry);
        assert_eq!(free.iter().map(|s| s.addr()).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(registry.quarantine.len(), limits::STREAM_QUARANTINE);
    }

    #[test]
    fn one_thread_at_a_time() {
        register(fake(3));
        let mine = enter(fake(3)).expect("registered");
        assert!(!mine.is_nested());
        assert!(enter(fake(3)).expect("same thread").is_nested());
        let other = std::thread::spawn(|| {
            let begin = Instant::now();
            enter(fake(3)).map(|_| begin.elapsed())
        });
        std::thread::sleep(Duration::from_millis(50));
        drop(mine);
        let waited = other
            .join()
            .expect("no panic")
            .expect("entered after the first left");
        assert!(waited >= Duration::from_millis(10));
        retire(fake(3), false);
    }
}
