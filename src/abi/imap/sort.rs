//! SORT and THREAD (RFC 5256) on the server, or here where the server cannot (UW's imap_sort, imap_thread).

use core::ffi::{c_char, c_long, c_ulong};
use core::ptr::null_mut;

use super::{arg, fetch};
use crate::abi::constants::{
    ERROR, FT_NEEDENV, FT_NOHDRS, SE_NOHDRS, SE_NOLOCAL, SE_NOSERVER, SE_UID,
};
use crate::abi::mail_sort::{
    criterion, found, mail_sort_msgs, number_list, search_quietly, sort_found,
};
use crate::abi::mail_thread::{answered_threads, mail_thread_msgs, threader};
use crate::abi::memory::release;
use crate::abi::stream::{Entered, enter};
use crate::abi::types::{MailStream, SearchPgm, SortPgm, ThreadNode};
use crate::abi::{destructors, parameters, tell};
use crate::imap::command::Command;
use crate::imap::response::{Status, Thread};
use crate::imap::search::SearchProgram;
use crate::imap::sequence::{WireSequence, compress};
use crate::imap::session::Completion;
use crate::imap::sort::Criterion;

/// Answers to SORT and THREAD that nobody has taken yet.
pub struct Answers {
    sorted: *mut c_ulong,
    sorted_count: c_ulong,
    threads: *mut ThreadNode,
}

impl Default for Answers {
    fn default() -> Self {
        Answers {
            sorted: null_mut(),
            sorted_count: 0,
            threads: null_mut(),
        }
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        // SAFETY: a list and a tree that only this has.
        unsafe {
            release(&mut self.sorted);
            destructors::mail_free_threadnode(&mut self.threads);
        }
    }
}

impl Entered {
    /// Keeps the answer to SORT and tells `SET_SORTRESULTS`'s function.
    pub fn sorted(&self, numbers: &[u32]) {
        let filter = self.with(|live| live.filter.clone()).flatten();
        let numbers: Vec<c_ulong> = numbers
            .iter()
            .filter(|&&number| is_wanted(filter.as_deref(), number))
            .take(self.count() as usize)
            .map(|&number| number.into())
            .collect();
        let count = numbers.len() as c_ulong;
        let list = number_list(&numbers);
        if let Some(hook) = parameters::sort_results() {
            // SAFETY: an entered stream; the list is kept over the call, where nobody frees it.
            unsafe { hook(self.raw(), list, count) };
        }
        let mut answer = Answers {
            sorted: list,
            sorted_count: count,
            ..Answers::default()
        };
        self.with(|live| {
            core::mem::swap(&mut live.answers.sorted, &mut answer.sorted);
            live.answers.sorted_count = count;
        });
    }

    /// Keeps the answer to THREAD and tells `SET_THREADRESULTS`'s function.
    pub fn threaded(&self, nodes: &[Thread]) {
        let filter = self.with(|live| live.filter.clone()).flatten();
        let threads = answered_threads(nodes, |number| is_wanted(filter.as_deref(), number));
        if let Some(hook) = parameters::thread_results() {
            // SAFETY: an entered stream; the tree is kept over the call, where nobody frees it.
            unsafe { hook(self.raw(), threads) };
        }
        let mut answer = Answers {
            threads,
            ..Answers::default()
        };
        self.with(|live| core::mem::swap(&mut live.answers.threads, &mut answer.threads));
    }

    /// Whether the server can sort, and whether it can search for that program.
    fn can_sort(&self, spg: *const SearchPgm) -> bool {
        self.with(|live| {
            let cap = live.cap();
            // SAFETY: the capabilities of this stream; a program by the interface.
            unsafe { (*cap).sort() != 0 && ((*cap).within() != 0 || !needs_within(spg)) }
        })
        .unwrap_or(false)
    }

    /// Whether the server knows that way to thread, and can search for that program.
    fn can_thread(&self, name: &[u8], spg: *const SearchPgm) -> bool {
        self.with(|live| {
            let cap = live.cap();
            // SAFETY: as above.
            unsafe {
                threader((*cap).threader, name).is_some()
                    && ((*cap).within() != 0 || !needs_within(spg))
            }
        })
        .unwrap_or(false)
    }
}

fn is_wanted(filter: Option<&[bool]>, number: u32) -> bool {
    filter.is_none_or(|filter| filter.get((number as usize).wrapping_sub(1)) == Some(&true))
}

/// # Safety
/// NULL or a valid program.
unsafe fn needs_within(spg: *const SearchPgm) -> bool {
    // SAFETY: the caller's promise.
    unsafe { spg.as_ref() }.is_some_and(|spg| spg.older != 0 || spg.younger != 0)
}

/// Sends SORT or THREAD: `command` so far, then charset and search keys. Without a program it asks for the messages
/// found last. `None` if there are none, or the program nests too deeply.
///
/// # Safety
/// A valid program or NULL; a string or NULL.
unsafe fn ask(
    cx: &Entered,
    command: Command,
    charset: *const c_char,
    spg: *const SearchPgm,
    flags: c_long,
) -> Option<Completion> {
    // SAFETY: the caller's promise.
    let charset = match unsafe { arg(charset) } {
        b"" if charset.is_null() => b"US-ASCII",
        charset => charset,
    };
    let command = command.astring(charset);
    let send = |program: &SearchProgram| {
        cx.exec_patiently(&program.write(command.clone(), None, cx.count()))
    };
    if !spg.is_null() {
        // SAFETY: the caller's promise.
        let Some(program) = (unsafe { super::search::program(spg) }) else {
            tell::log("Search program nested too deeply", ERROR);
            return None;
        };
        return Some(send(&program));
    }
    let numbers = found(cx);
    if numbers.is_empty() {
        return None;
    }
    let mut filter = vec![false; cx.count() as usize];
    numbers.iter().for_each(|&n| filter[n as usize - 1] = true);
    let last_of = |(first, last): (u32, u32)| {
        (
            u64::from(first),
            if first == last { 0 } else { u64::from(last) },
        )
    };
    let program = SearchProgram {
        messages: compress(numbers).into_iter().map(last_of).collect(),
        ..SearchProgram::default()
    };
    let done = send(&program);
    if done.status != Status::Bad || flags & SE_UID != 0 {
        return Some(done);
    }
    // Some servers do not take message numbers: ask without them and pick here.
    cx.with(|live| live.filter = Some(filter));
    let done = send(&SearchProgram::default());
    cx.with(|live| live.filter = None);
    Some(done)
}

/// The sort program as SORT takes it; `None`, with an error in the log, for a criterion that is none.
///
/// # Safety
/// A valid program.
unsafe fn sort_command(name: &'static str, pgm: *const SortPgm) -> Option<Command> {
    let mut command = Command::new(name).open();
    // SAFETY: the caller's promise.
    let mut at = unsafe { pgm.as_ref() };
    while let Some(step) = at {
        let Some(by) = criterion(step.function) else {
            tell::log("Unknown sort program function in imap_send()!", ERROR);
            return None;
        };
        if step.reverse() != 0 {
            command = command.atom("REVERSE");
        }
        command = command.atom(by.name());
        // SAFETY: as above.
        at = unsafe { step.next.as_ref() };
    }
    Some(command.close())
}

/// `imapdriver.sort`.
pub(crate) unsafe extern "C-unwind" fn imap_sort(
    stream: *mut MailStream,
    charset: *mut c_char,
    spg: *mut SearchPgm,
    pgm: *mut SortPgm,
    flags: c_long,
) -> *mut c_ulong {
    let (Some(cx), false) = (enter(stream), pgm.is_null()) else {
        return null_mut();
    };
    // SAFETY: programs and a string by the interface.
    unsafe {
        (*pgm).nmsgs = 0;
        if flags & SE_NOSERVER != 0 || !cx.can_sort(spg) {
            return sort_here(&cx, charset, spg, pgm, flags);
        }
        let name = if flags & SE_UID != 0 {
            "UID SORT"
        } else {
            "SORT"
        };
        let Some(command) = sort_command(name, pgm) else {
            return null_mut();
        };
        let Some(done) = ask(&cx, command, charset, spg, flags) else {
            return null_mut();
        };
        if done.status == Status::Bad {
            return if flags & SE_NOLOCAL != 0 {
                null_mut()
            } else {
                sort_here(&cx, charset, spg, pgm, flags | SE_NOSERVER)
            };
        }
        if !cx.ok(&done) {
            tell::log(&done.text.raw, ERROR);
            return null_mut();
        }
        let taken = cx.with(|live| {
            let list = core::mem::replace(&mut live.answers.sorted, null_mut());
            (list, live.answers.sorted_count)
        });
        let (list, count) = taken.unwrap_or((null_mut(), 0));
        (*pgm).nmsgs = if list.is_null() { 0 } else { count };
        list
    }
}

/// Sorting without the server: what is not known of the messages is fetched in one go.
///
/// # Safety
/// Valid programs, a string or NULL.
unsafe fn sort_here(
    cx: &Entered,
    charset: *mut c_char,
    spg: *mut SearchPgm,
    pgm: *mut SortPgm,
    flags: c_long,
) -> *mut c_ulong {
    // SAFETY: the caller's promise.
    unsafe {
        if cx.is_short_cached() {
            return mail_sort_msgs(cx.raw(), charset, spg, pgm, flags);
        }
        let mut wanted = 0;
        let mut at = pgm.as_ref();
        while let Some(step) = at {
            if !matches!(
                criterion(step.function),
                None | Some(Criterion::Arrival | Criterion::Size)
            ) {
                wanted = FT_NEEDENV | if flags & SE_NOHDRS != 0 { FT_NOHDRS } else { 0 };
            }
            at = step.next.as_ref();
        }
        search_quietly(cx, charset, spg, flags & SE_NOSERVER);
        let numbers = found(cx);
        (*pgm).nmsgs = numbers.len() as c_ulong;
        (*pgm).progress.cached = 0;
        let lacks = |&msgno: &u32| {
            cx.existing_element(msgno).is_none_or(|elt| {
                if wanted == 0 {
                    (*elt).day() == 0
                } else {
                    (*elt).private.msg.env.is_null()
                }
            })
        };
        let unknown = compress(numbers.into_iter().filter(lacks));
        if let Some(sequence) = WireSequence::from_set(&unknown) {
            fetch::fetch(cx, &sequence, wanted);
        }
        if (*pgm).nmsgs == 0 || cx.is_closed() {
            return null_mut();
        }
        let list = sort_found(cx, pgm, flags);
        if let (Some(hook), false) = (parameters::sort_results(), cx.is_closed()) {
            hook(cx.raw(), list, (*pgm).nmsgs);
        }
        list
    }
}

/// `imapdriver.thread`.
pub(crate) unsafe extern "C-unwind" fn imap_thread(
    stream: *mut MailStream,
    r#type: *mut c_char,
    charset: *mut c_char,
    spg: *mut SearchPgm,
    flags: c_long,
) -> *mut ThreadNode {
    let Some(cx) = enter(stream) else {
        return null_mut();
    };
    // SAFETY: a program and strings by the interface.
    unsafe {
        let here = || {
            if flags & SE_NOLOCAL != 0 {
                return null_mut();
            }
            let flags = flags | SE_NOSERVER;
            mail_thread_msgs(stream, r#type, charset, spg, flags, Some(imap_sort))
        };
        if flags & SE_NOSERVER != 0 || !cx.can_thread(arg(r#type), spg) {
            return here();
        }
        let name = if flags & SE_UID != 0 {
            "UID THREAD"
        } else {
            "THREAD"
        };
        let command = Command::new(name).word(arg(r#type));
        let Some(done) = ask(&cx, command, charset, spg, flags) else {
            return null_mut();
        };
        if done.status == Status::Bad {
            return here();
        }
        if !cx.ok(&done) {
            tell::log(&done.text.raw, ERROR);
            return null_mut();
        }
        cx.with(|live| core::mem::replace(&mut live.answers.threads, null_mut()))
            .unwrap_or(null_mut())
    }
}
