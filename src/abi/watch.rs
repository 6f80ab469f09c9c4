//! Tells the program that a mailbox has changed, between its calls (`SET_MAILBOXWATCH`).
//!
//! The one thread of this library, and only while the program has set that hook. It waits for what comes on the sockets of
//! all streams whose server can tell of changes by itself (IDLE, RFC 2177). What comes is read here, so that "Still here"
//! and the like wake nobody, and told by the program's next call as ever: nothing is called here but the hook.
//!
//! The thread enters a stream only where nobody works on it, writes nothing but IDLE, and waits for no server. It has
//! descriptors of its own, so that a stream may be closed meanwhile. No lock is held while the hook runs.

use core::ffi::{c_int, c_long, c_void};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, Ordering};
use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use super::constants::{ERROR, WATCH_CHANGED, WATCH_LOST, WATCH_RENEW};
use super::entry::fence;
use super::lock::{self, lock};
use super::stream::exec::Purpose;
use super::stream::live::Live;
use super::stream::registry::{Glimpse, enter_if_idle, open_streams, this_thread};
use super::types::MailStream;
use super::{parameters, tell};
use crate::imap::response::{Status, Untagged};
use crate::imap::session::Event;
use crate::limits;

/// A stream as a key: its address, never dereferenced here.
type Key = usize;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// What comes is looked at.
    Armed,
    /// A call is under way, whose end arms it.
    Busy,
    /// The hook has been called; the next call arms it.
    Told,
}

struct Entry {
    state: State,
    /// Which call has armed it.
    turn: u64,
    /// When it is to be looked at whether something has come or not.
    due: Option<Instant>,
    /// Our descriptor of the connection of that number.
    socket: Option<(u64, Arc<OwnedFd>)>,
}

/// What the thread and those who end it have in common.
struct Shared {
    /// An eventfd that ends its wait.
    wake: OwnedFd,
    stop: AtomicBool,
}

impl Shared {
    fn wake(&self) {
        let one = 1_u64;
        // SAFETY: eight octets of our own, as eventfd(2) wants them. It cannot fail but for a counter that is full.
        unsafe {
            libc::write(
                self.wake.as_raw_fd(),
                (&raw const one).cast(),
                size_of::<u64>(),
            )
        };
    }
}

struct Thread {
    id: libc::pthread_t,
    /// A child made by fork has no such thread.
    process: u32,
    shared: Arc<Shared>,
}

struct Watch {
    thread: Option<Thread>,
    entries: BTreeMap<Key, Entry>,
    /// Streams for which the hook is being called, and on which thread.
    calls: Vec<(Key, usize)>,
    turns: u64,
    /// When the thread looks again by itself; `None`: not at all.
    wakes: Option<Instant>,
}

impl Watch {
    fn remove(&mut self, key: Key) {
        let entry = self.entries.remove(&key);
        // The thread may be waiting for that socket.
        if entry.is_some_and(|entry| entry.socket.is_some())
            && let Some(thread) = &self.thread
        {
            thread.shared.wake();
        }
    }
}

// SAFETY: what pthread_create names a thread by is a number or a pointer that only the system follows, for any thread.
unsafe impl Send for Thread {}

static WATCH: Mutex<Watch> = Mutex::new(Watch {
    thread: None,
    entries: BTreeMap::new(),
    calls: Vec::new(),
    turns: 0,
    wakes: None,
});

/// A call of the hook has ended.
static CALLED: Condvar = Condvar::new();

static ON: AtomicBool = AtomicBool::new(false);

/// Whether streams are watched at all.
pub fn is_on() -> bool {
    ON.load(Ordering::Acquire)
}

/// `GET_MAILBOXWATCHED`: whether the hook will be called when something happens to this stream's mailbox.
pub fn is_watched(stream: *mut MailStream) -> bool {
    let watch = lock(&WATCH);
    let entry = watch.entries.get(&(stream as Key));
    entry.is_some_and(|entry| entry.state != State::Told)
}

/// A call on the stream has ended; `watchable`: there is something to watch.
pub fn left(stream: *mut MailStream, watchable: bool) {
    let mut watch = lock(&WATCH);
    if !watchable || !is_on() {
        watch.remove(stream as Key);
        return;
    }
    watch.turns += 1;
    let turn = watch.turns;
    let due = Instant::now() + limits::WATCH_QUIET;
    let entry = watch.entries.entry(stream as Key).or_insert(Entry {
        state: State::Armed,
        turn,
        due: None,
        socket: None,
    });
    (entry.state, entry.turn, entry.due) = (State::Armed, turn, Some(due));
    if watch.wakes.is_none_or(|wakes| wakes > due) {
        watch.wakes = Some(due);
        if let Some(thread) = &watch.thread {
            thread.shared.wake();
        }
    }
}

/// A stream has been closed. When this returns no hook is called for it any more, nor runs, but on the calling thread.
pub fn forget(stream: *mut MailStream) {
    let mut watch = lock(&WATCH);
    watch.remove(stream as Key);
    let me = this_thread();
    await_calls(watch, |&(of, on)| of == stream as Key && on != me);
}

/// Waits until no such call of the hook runs.
fn await_calls(mut watch: std::sync::MutexGuard<'_, Watch>, which: impl Fn(&(Key, usize)) -> bool) {
    let until = Instant::now() + limits::STREAM_WAIT;
    while watch.calls.iter().any(&which) {
        let Some(left) = until.checked_duration_since(Instant::now()) else {
            drop(watch);
            tell::log("The function of SET_MAILBOXWATCH does not return", ERROR);
            return;
        };
        watch = lock::wait(&CALLED, &WATCH, watch, left);
    }
}

/// `SET_MAILBOXWATCH`. NULL ends the thread; when this returns, that or the former function is called no more. Returns what
/// now stands; refuses to work within the function itself.
pub fn set(function: *mut c_void) -> *mut c_void {
    let me = this_thread();
    let mut watch = lock(&WATCH);
    if watch.calls.iter().any(|&(_, on)| on == me) {
        drop(watch);
        tell::log("SET_MAILBOXWATCH not permitted in its own function", ERROR);
        return null_mut();
    }
    parameters::keep_mailbox_watch(function);
    if function.is_null() {
        ON.store(false, Ordering::Release);
        watch.entries.clear();
        let thread = watch.thread.take();
        if let Some(thread) = &thread {
            thread.shared.stop.store(true, Ordering::Release);
        }
        drop(watch);
        if let Some(thread) = thread {
            end(&thread);
            let mut watch = lock(&WATCH);
            if watch.calls.is_empty() {
                // The program may be about to unload the library.
                watch.calls = Vec::new();
            }
        }
        return function;
    }
    let process = std::process::id();
    if watch.thread.as_ref().is_none_or(|t| t.process != process) {
        let Some(thread) = begin(process) else {
            parameters::keep_mailbox_watch(null_mut());
            drop(watch);
            tell::log("Mailboxes cannot be watched: no thread can be made", ERROR);
            return null_mut();
        };
        watch.thread = Some(thread);
        watch.wakes = None;
    }
    ON.store(true, Ordering::Release);
    await_calls(watch, |_| true);
    for stream in open_streams() {
        // Leaving it arms it; so will whoever works on it now.
        drop(enter_if_idle(stream, false));
    }
    function
}

/// Makes the thread, with all signals blocked: they are the program's.
fn begin(process: u32) -> Option<Thread> {
    // SAFETY: (whole body) plain system calls on values of our own; the thread gets a count of `shared`, which it gives back.
    unsafe {
        let wake = libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK);
        if wake < 0 {
            return None;
        }
        let shared = Arc::new(Shared {
            wake: OwnedFd::from_raw_fd(wake),
            stop: AtomicBool::new(false),
        });
        let mut attributes: libc::pthread_attr_t = core::mem::zeroed();
        if libc::pthread_attr_init(&raw mut attributes) != 0 {
            return None;
        }
        libc::pthread_attr_setstacksize(&raw mut attributes, limits::WATCH_STACK);
        let (mut all, mut before): (libc::sigset_t, libc::sigset_t) = core::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const all, &raw mut before);
        let mut id: libc::pthread_t = core::mem::zeroed();
        let given = Arc::into_raw(Arc::clone(&shared));
        let failed = libc::pthread_create(
            &raw mut id,
            &raw const attributes,
            main,
            given.cast_mut().cast(),
        );
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, null_mut());
        libc::pthread_attr_destroy(&raw mut attributes);
        if failed != 0 {
            drop(Arc::from_raw(given));
            return None;
        }
        Some(Thread {
            id,
            process,
            shared,
        })
    }
}

/// Waits for the end of the thread, which has been told to stop.
fn end(thread: &Thread) {
    if thread.process != std::process::id() {
        return;
    }
    thread.shared.wake();
    // SAFETY: a thread that was made by `begin` and is joined once: who calls this has taken it out of `WATCH`.
    unsafe { libc::pthread_join(thread.id, null_mut()) };
}

extern "C" fn main(shared: *mut c_void) -> *mut c_void {
    // SAFETY: what `begin` gave away.
    let shared = unsafe { Arc::from_raw(shared.cast_const().cast::<Shared>()) };
    fence("mailbox watch", || run(&shared));
    if !shared.stop.load(Ordering::Acquire) {
        // It has failed: nobody is to believe that anything is watched.
        ON.store(false, Ordering::Release);
        lock(&WATCH).entries.clear();
    }
    null_mut()
}

fn run(shared: &Shared) {
    let mut polled: Vec<libc::pollfd> = Vec::new();
    // Which streams they are of; the descriptors stay open meanwhile.
    let mut streams: Vec<(Key, u64, Option<Arc<OwnedFd>>)> = Vec::new();
    while !shared.stop.load(Ordering::Acquire) {
        polled.clear();
        streams.clear();
        polled.push(waits_for(shared.wake.as_raw_fd()));
        let now = Instant::now();
        let mut watch = lock(&WATCH);
        let armed = watch
            .entries
            .iter()
            .filter(|(_, e)| e.state == State::Armed);
        let mut wakes: Option<Instant> = None;
        for (&key, entry) in armed {
            let socket = entry.socket.as_ref().map(|(_, socket)| Arc::clone(socket));
            // A negative descriptor is passed over.
            polled.push(waits_for(socket.as_ref().map_or(-1, |s| s.as_raw_fd())));
            streams.push((key, entry.turn, socket));
            wakes = [wakes, entry.due].into_iter().flatten().min();
        }
        watch.wakes = wakes;
        drop(watch);
        wait(&mut polled, wakes);
        // While we are awake nobody has to wake us.
        let mut watch = lock(&WATCH);
        watch.wakes = Some(now);
        let now = Instant::now();
        let is_due = |&(key, turn, _): &(Key, u64, _)| {
            let entry = watch.entries.get(&key).filter(|e| e.turn == turn);
            entry.is_some_and(|e| e.due.is_some_and(|due| due <= now))
        };
        let due: Vec<bool> = streams.iter().map(is_due).collect();
        drop(watch);
        if polled[0].revents != 0 {
            let mut count = 0_u64;
            // SAFETY: as in `Shared::wake`; it does not block.
            unsafe { libc::read(polled[0].fd, (&raw mut count).cast(), size_of::<u64>()) };
        }
        for (n, &(key, turn, _)) in streams.iter().enumerate() {
            if due[n] || polled[n + 1].revents != 0 {
                attend(shared, key, turn, due[n]);
            }
        }
    }
}

fn waits_for(fd: c_int) -> libc::pollfd {
    libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    }
}

fn wait(polled: &mut [libc::pollfd], until: Option<Instant>) {
    let left = until.map(|until| until.saturating_duration_since(Instant::now()));
    // Rounded up, or the last millisecond would be a busy one.
    let milliseconds = left.map_or(-1, |left| {
        c_int::try_from((left + Duration::from_micros(999)).as_millis()).unwrap_or(c_int::MAX)
    });
    // SAFETY: a slice of our own. Should it fail, as with EINTR or for lack of memory, nothing has come.
    let ready = unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as _, milliseconds) };
    if ready <= 0 {
        for one in polled {
            one.revents = 0;
        }
    }
    if ready < 0 {
        // Lack of memory passes, or else this would be a busy loop.
        // SAFETY: waits on no descriptor.
        unsafe { libc::poll(null_mut(), 0, 20) };
    }
}

/// What a look at a stream has shown.
enum Seen {
    /// Nothing to be told; when to look again, and our descriptor.
    Nothing(Option<Instant>, Option<(u64, Arc<OwnedFd>)>),
    /// A call is under way.
    Busy,
    /// It is not open.
    Gone,
    /// The program is to make a call.
    Call(c_long),
}

/// Looks at a stream, and calls the hook if there is a reason.
fn attend(shared: &Shared, key: Key, turn: u64, due: bool) {
    let socket = {
        let watch = lock(&WATCH);
        let entry = watch.entries.get(&key).filter(|e| e.turn == turn);
        let Some(entry) = entry else { return };
        entry.socket.clone()
    };
    let seen = look(key, due, socket);
    let mut watch = lock(&WATCH);
    let Some(entry) = watch.entries.get_mut(&key).filter(|e| e.turn == turn) else {
        // A call has ended meanwhile: that one has told what there was to tell.
        return;
    };
    let why = match seen {
        Seen::Nothing(due, socket) => {
            (entry.due, entry.socket) = (due, socket);
            return;
        }
        Seen::Busy => {
            entry.state = State::Busy;
            return;
        }
        Seen::Gone => {
            watch.entries.remove(&key);
            return;
        }
        Seen::Call(why) => why,
    };
    entry.state = State::Told;
    let Some(hook) = parameters::mailbox_watch() else {
        return;
    };
    if shared.stop.load(Ordering::Acquire) {
        return;
    }
    let me = this_thread();
    watch.calls.push((key, me));
    drop(watch);
    let call = CallUnderWay((key, me));
    // SAFETY: the hook takes a stream, which is open at least until it returns: who closes it waits (see `forget`).
    fence("SET_MAILBOXWATCH", || unsafe {
        hook(key as *mut MailStream, why)
    });
    drop(call);
}

/// Takes a call off the list when it is over, in whatever way.
struct CallUnderWay((Key, usize));

impl Drop for CallUnderWay {
    fn drop(&mut self) {
        let mut watch = lock(&WATCH);
        if let Some(at) = watch.calls.iter().position(|call| *call == self.0) {
            watch.calls.swap_remove(at);
        }
        drop(watch);
        CALLED.notify_all();
    }
}

fn look(key: Key, quiet: bool, socket: Option<(u64, Arc<OwnedFd>)>) -> Seen {
    let cx = match enter_if_idle(key as *mut MailStream, true) {
        Glimpse::Idle(cx) => cx,
        Glimpse::Busy => return Seen::Busy,
        Glimpse::Gone => return Seen::Gone,
    };
    let Some(mut live) = cx.take() else {
        return Seen::Gone;
    };
    let seen = look_at(&mut live, quiet, socket);
    cx.put(live);
    seen
}

fn look_at(live: &mut Live, quiet: bool, socket: Option<(u64, Arc<OwnedFd>)>) -> Seen {
    if !live.may_be_watched() {
        return Seen::Call(WATCH_LOST);
    }
    let Some(connection) = &mut live.connection else {
        return Seen::Call(WATCH_LOST);
    };
    let before = connection.session().idle_tag();
    let mut events = Vec::new();
    let stands = connection.look(&mut events);
    // Flags of a message that is fetched ahead are no news.
    let foreseen = live
        .posted
        .iter()
        .any(|(_, p)| matches!(p, Purpose::Foresight));
    let (mut changed, mut bye) = (false, false);
    for event in &events {
        match event {
            Event::Fetch(..) => changed |= !foreseen,
            Event::Untagged(Untagged::Exists(_) | Untagged::Expunge(_) | Untagged::Recent(_)) => {
                changed = true;
            }
            Event::Untagged(Untagged::Fetch { .. }) | Event::Backlog(_) => changed = true,
            Event::Untagged(Untagged::Status { status, .. }) => bye |= *status == Status::Bye,
            _ => {}
        }
    }
    live.pending.extend(events);
    if bye || !stands {
        return Seen::Call(WATCH_LOST);
    }
    if changed {
        return Seen::Call(WATCH_CHANGED);
    }
    if !connection.session().capabilities().idle {
        return Seen::Call(WATCH_LOST);
    }
    let now = Instant::now();
    match (before, connection.session().idle_tag()) {
        // The server has had enough of it.
        (Some(_), None) => return renew(live),
        (None, None) if quiet && connection.idle_now().is_err() => {
            return Seen::Call(WATCH_LOST);
        }
        _ => {}
    }
    let serial = connection.serial();
    let socket = match socket {
        Some((of, socket)) if of == serial => Some((of, socket)),
        _ => connection.duplicate().map(|new| (serial, Arc::new(new))),
    };
    if socket.is_none() {
        // No descriptor left.
        return Seen::Call(WATCH_LOST);
    }
    let Some(tag) = connection.session().idle_tag() else {
        // Not written yet, for whatever reason.
        return Seen::Nothing(Some(now + limits::WATCH_QUIET), socket);
    };
    let since = match live.idling {
        Some((of, since)) if of == tag => since,
        _ => now,
    };
    live.idling = Some((tag, since));
    let until = since + parameters::idle_trust().min(limits::IDLE);
    if until <= now {
        return renew(live);
    }
    Seen::Nothing(Some(until), socket)
}

/// From now on the server has to be asked.
fn renew(live: &mut Live) -> Seen {
    live.heard = None;
    Seen::Call(WATCH_RENEW)
}
