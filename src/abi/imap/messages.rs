//! Messages of the selected mailbox: flags, copy, expunge; and the server's pulse (UW's imap_flag, imap_copy,
//! imap_expunge, imap_ping, imap_check).

use core::ffi::{c_char, c_long};
use std::time::Duration;

use super::{arg, referral};
use crate::abi::constants::{
    CP_ATOMIC, CP_DEBUG, CP_MOVE, CP_UID, ERROR, EX_UID, REFCOPY, ST_SET, ST_SILENT, ST_UID,
};
use crate::abi::mail_sequence::{mail_sequence, mail_uid_sequence};
use crate::abi::stream::live::Live;
use crate::abi::stream::{Entered, enter};
use crate::abi::types::MailStream;
use crate::abi::{memory, parameters, tell};
use crate::imap::busy::Again;
use crate::imap::command::Command;
use crate::imap::mirror::{Message, bit};
use crate::imap::sequence::{WireSequence, compress};
use crate::imap::session::Completion;
use crate::limits;

/// The sequence of the application, fit for the wire; a bad one is refused before anything is sent.
pub fn wire_sequence(text: &[u8]) -> Option<WireSequence> {
    match WireSequence::new(text) {
        Ok(sequence) => Some(sequence),
        Err(error) => {
            tell::log(error.to_string(), ERROR);
            None
        }
    }
}

/// Runs a command for a sequence, in pieces where it is long: as many of them in one go as the server may be sent before
/// it is heard. The first failure, behind which no more are sent; else how the last ended.
pub fn for_sequence(
    cx: &Entered,
    sequence: &WireSequence,
    command: impl Fn(&WireSequence) -> Command,
) -> Completion {
    let at_once = limits::PIPELINE / limits::SEQUENCE_LINE;
    in_pieces(cx, sequence, at_once, Again::Same, command)
}

/// As [`for_sequence`], so many pieces in one go.
fn in_pieces(
    cx: &Entered,
    sequence: &WireSequence,
    at_once: usize,
    again: Again,
    command: impl Fn(&WireSequence) -> Command,
) -> Completion {
    let mut last = Completion::failure("Empty sequence");
    for pieces in sequence.split(limits::SEQUENCE_LINE).chunks(at_once.max(1)) {
        let mut commands: Vec<Command> = pieces.iter().map(&command).collect();
        let highest = commands.iter().filter_map(Command::last_number).max();
        last = cx.patiently(again, highest, None, || {
            let mut last = Completion::failure("Empty sequence");
            let answered = cx.exec_all(&commands);
            if let Some(failed) = answered.iter().position(|done| !done.is_ok()) {
                // If it is asked again, then from here on.
                commands.drain(..failed.min(commands.len()));
            }
            for done in answered {
                last = done;
                if !last.is_ok() {
                    break;
                }
            }
            last
        });
        if !last.is_ok() {
            return last;
        }
    }
    last
}

/// `imapdriver.flag`.
pub(crate) unsafe extern "C-unwind" fn imap_flag(
    stream: *mut MailStream,
    sequence: *mut c_char,
    flag: *mut c_char,
    flags: c_long,
) {
    let Some(cx) = enter(stream) else { return };
    // SAFETY: C strings by the interface.
    let (sequence, flag) = unsafe { (arg(sequence), arg(flag)) };
    store(&cx, sequence, flag, flags);
}

fn store(cx: &Entered, sequence: &[u8], flag: &[u8], flags: c_long) {
    let Some(sequence) = wire_sequence(sequence) else {
        return;
    };
    let silent = flags & ST_SILENT != 0;
    let item = match (flags & ST_SET != 0, silent) {
        (true, false) => "+FLAGS",
        (true, true) => "+FLAGS.SILENT",
        (false, false) => "-FLAGS",
        (false, true) => "-FLAGS.SILENT",
    };
    let by_uid = flags & ST_UID != 0;
    let name = if by_uid { "UID STORE" } else { "STORE" };
    let command = |name: &'static str, part: &WireSequence| {
        Command::new(name).sequence(part).atom(item).flag_list(flag)
    };
    // Those that come one after the other wait only once. None waits about messages that the program holds nothing of, or
    // calls by their UIDs: it will have to ask for their flags if it wants to see them.
    let storing = is_storing(cx);
    let unseen = |numbers: &Numbers| in_series() && (by_uid || !holds_any(cx, &numbers.1));
    let certain = uids_under_idle(cx, &sequence, by_uid);
    let few = few_numbers(cx, &sequence, by_uid);
    let stored = match few.filter(|numbers| storing || unseen(numbers)) {
        Some((numbers, _)) => match &certain {
            Some(uids) => cx.post_by_uid(&command("UID STORE", uids)),
            None => cx.post(&command("STORE", &numbers)),
        },
        None => {
            let (name, sequence) = match &certain {
                Some(uids) => ("UID STORE", uids),
                None => (name, &sequence),
            };
            let done = for_sequence(cx, sequence, |part| command(name, part));
            cx.all_right(&done)
        }
    };
    cx.with(|live| {
        live.storing = stored && in_series();
        if silent {
            live.mirror.forget_flags(bit::ALL);
        }
    });
}

/// Whether a program may get to know with its next call what became of the last.
fn in_series() -> bool {
    parameters::freshness() > Duration::ZERO
}

/// Whether the last thing that was done on the stream was to store flags, to copy, or to expunge then; and not too many of such commands wait.
fn is_storing(cx: &Entered) -> bool {
    if cx.with(|live| live.posted.len() >= limits::POSTED) == Some(true) {
        cx.settle();
    }
    cx.with(|live| live.storing) == Some(true)
}

/// Message numbers, for the wire and one by one.
type Numbers = (WireSequence, Vec<u32>);

/// Whether the program may hold the element of one of these messages, and look at its flags.
fn holds_any(cx: &Entered, numbers: &[u32]) -> bool {
    // A cache of the program's own holds them all.
    let shown = cx.with(|live| live.elements_shown) != Some(false) || !parameters::cache_is_ours();
    shown
        && numbers
            .iter()
            .any(|&number| cx.existing_element(number).is_some())
}

/// The numbers of the messages that a sequence names one by one, if they are not many. For UIDs those of which the number
/// is known: while flags are stored by number no message goes.
fn few_numbers(cx: &Entered, sequence: &WireSequence, by_uid: bool) -> Option<Numbers> {
    let words = sequence
        .as_str()
        .split(',')
        .take(limits::POSTED_MESSAGES + 1);
    let numbers: Vec<u32> = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
    if numbers.len() > limits::POSTED_MESSAGES {
        return None;
    }
    let number = |live: &Live, of| match by_uid {
        true => live.mirror.number_of(of),
        false => live.mirror.message(of).map(|_| of),
    };
    let known = |live: &mut Live| numbers.iter().map(|&n| number(live, n)).collect();
    let numbers: Vec<u32> = cx.with(known).flatten()?;
    let sequence = WireSequence::from_set(&compress(numbers.iter().copied()))?;
    Some((sequence, numbers))
}

/// The UIDs of the messages that a sequence names, if the server may know them by other numbers by now, and they are known.
fn uids_under_idle(cx: &Entered, sequence: &WireSequence, by_uid: bool) -> Option<WireSequence> {
    if !in_series() || !cx.is_unsure_of_numbers() {
        return None;
    }
    if by_uid {
        return Some(sequence.clone());
    }
    let mut uids = Vec::new();
    for range in sequence.as_str().split(',') {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        for number in first.min(last)..=first.max(last) {
            let uid = cx.with(|live| live.mirror.message(number).map(Message::last_uid));
            uids.push(uid.flatten().filter(|&uid| uid != 0)?);
        }
    }
    uids.sort_unstable();
    uids.dedup();
    WireSequence::from_set(&compress(uids))
}

/// `imapdriver.ping`.
pub(crate) unsafe extern "C-unwind" fn imap_ping(stream: *mut MailStream) -> c_long {
    let Some(cx) = enter(stream).filter(Entered::is_connected) else {
        return 0;
    };
    if cx.is_watched() {
        return c_long::from(!cx.is_closed());
    }
    if !cx.is_connected() {
        return 0;
    }
    let done = cx.poll();
    c_long::from(cx.ok(&done) && !cx.is_closed())
}

/// `imapdriver.check`.
pub(crate) unsafe extern "C-unwind" fn imap_check(stream: *mut MailStream) {
    let Some(cx) = enter(stream) else { return };
    let done = cx.exec_patiently(&Command::new("CHECK"));
    let ok = cx.ok(&done);
    tell::log(&done.text.raw, if ok { 0 } else { ERROR });
}

/// `imapdriver.expunge`.
pub(crate) unsafe extern "C-unwind" fn imap_expunge(
    stream: *mut MailStream,
    sequence: *mut c_char,
    options: c_long,
) -> c_long {
    let Some(cx) = enter(stream) else { return 0 };
    let done = if sequence.is_null() {
        if has_nothing_to_expunge(&cx) {
            // What c-client's drivers for local mailboxes say.
            tell::log("No messages deleted, so no update needed", 0);
            return c_long::from(!cx.is_closed());
        }
        cx.exec_patiently(&Command::new("EXPUNGE"))
    } else {
        // SAFETY: a C string by the interface.
        let uids = unsafe {
            if options & EX_UID != 0 {
                wire_sequence(arg(sequence))
            } else {
                uids_of(&cx, sequence)
            }
        };
        let Some(uids) = uids else {
            return 0;
        };
        if !cx.capabilities().uidplus {
            tell::log("[NOTUIDPLUS] Can't do UID EXPUNGE with this server", ERROR);
            return 0;
        }
        for_sequence(&cx, &uids, |part| {
            Command::new("UID EXPUNGE").sequence(part)
        })
    };
    let ok = cx.ok(&done);
    tell::log(&done.text.raw, if ok { 0 } else { ERROR });
    c_long::from(ok)
}

/// Whether no message of the mailbox is marked \Deleted, as far as can be told without asking.
fn has_nothing_to_expunge(cx: &Entered) -> bool {
    // An IDLE alone does not do: what others mark may take a second to be told.
    if parameters::freshness() == Duration::ZERO || cx.edit(|s| s.rdonly() != 0) || !cx.is_fresh() {
        return false;
    }
    cx.with(|live| live.posted.is_empty() && live.has_none_deleted()) == Some(true)
}

/// The UIDs of a sequence of message numbers; marks its messages as `mail_sequence` does, which also tells what is wrong.
///
/// # Safety
/// `text` is a C string.
unsafe fn uids_of(cx: &Entered, text: *mut c_char) -> Option<WireSequence> {
    // SAFETY: the stream is entered; the caller vouches for the string.
    if unsafe { mail_sequence(cx.raw(), text.cast()) } == 0 {
        return None;
    }
    let marked = |n: u32| cx.edit_element(n, |elt| elt.sequence() != 0) == Some(true);
    let mut uids = Vec::new();
    let mut msgno = 0;
    while msgno < cx.count() {
        msgno += 1;
        if !marked(msgno) {
            continue;
        }
        let first = super::fetch::uid(cx, msgno);
        let mut last = first;
        let start = msgno;
        while msgno < cx.count() && marked(msgno + 1) {
            msgno += 1;
        }
        if msgno != start {
            last = super::fetch::uid(cx, msgno);
        }
        if first == 0 || last == 0 {
            return None;
        }
        uids.push((first, last));
    }
    WireSequence::from_set(&uids)
}

/// `imapdriver.copy`.
pub(crate) unsafe extern "C-unwind" fn imap_copy(
    stream: *mut MailStream,
    sequence: *mut c_char,
    mailbox: *mut c_char,
    options: c_long,
) -> c_long {
    let Some(cx) = enter(stream) else { return 0 };
    // SAFETY: C strings by the interface.
    let (text, mailbox) = unsafe { (arg(sequence), arg(mailbox)) };
    let Some(sequence) = wire_sequence(text) else {
        return 0;
    };
    let by_uid = options & CP_UID != 0;
    let atomic = options & CP_MOVE != 0 && options & CP_ATOMIC != 0 && cx.capabilities().r#move;
    let name = match (by_uid, atomic) {
        (true, true) => "UID MOVE",
        (false, true) => "MOVE",
        (true, false) => "UID COPY",
        (false, false) => "COPY",
    };
    let before = cx.with(|live| {
        live.append_mailbox = Some(mailbox.to_vec());
        live.mirror.len()
    });
    let certain = uids_under_idle(&cx, &sequence, by_uid);
    let (name, sequence) = match (certain, atomic) {
        (Some(uids), true) => ("UID MOVE", uids),
        (Some(uids), false) => ("UID COPY", uids),
        (None, _) => (name, sequence),
    };
    // One piece at a time: what is behind a failure is not copied.
    let done = in_pieces(&cx, &sequence, 1, Again::Adds, |part| {
        Command::new(name).sequence(part).mailbox(mailbox)
    });
    cx.note_arrival(mailbox, before.unwrap_or_default());
    let ok = cx.ok(&done);
    cx.with(|live| {
        live.append_mailbox = None;
        // What is copied is marked next.
        live.storing = ok && in_series();
    });
    if !ok {
        if let Some(copied) = copy_elsewhere(&cx, text, options) {
            return copied;
        }
        tell::log(&done.text.raw, ERROR);
    } else if options & CP_MOVE != 0 && !atomic {
        store(
            &cx,
            text,
            b"\\Deleted",
            ST_SET | if by_uid { ST_UID } else { 0 },
        );
    }
    c_long::from(ok)
}

/// The program copies the messages itself, to where a referral leads, if it has both functions for it. `None`: nowhere.
fn copy_elsewhere(cx: &Entered, sequence: &[u8], options: c_long) -> Option<c_long> {
    let copy = parameters::mail_proxy_copy().filter(|_| cx.is_referred())?;
    let text = tell::c_string(sequence);
    let stream = cx.raw();
    // SAFETY: the stream is entered, and the text lives over the call.
    let marked = unsafe {
        if options & CP_UID != 0 {
            mail_uid_sequence(stream, text.as_ptr().cast_mut().cast())
        } else {
            mail_sequence(stream, text.as_ptr().cast_mut().cast())
        }
    };
    if marked == 0 {
        return None;
    }
    let target = referral::ask(cx, REFCOPY, 0, cx.is_protected())?;
    let name = tell::c_string(&target.name);
    let debug = cx.edit(|s| s.debug() != 0);
    let options = options | if debug { CP_DEBUG } else { 0 };
    // SAFETY: the function takes an entered stream and C strings that live over the call.
    Some(unsafe {
        copy(
            stream,
            text.as_ptr().cast_mut(),
            name.as_ptr().cast_mut(),
            options,
        )
    })
}

/// `imapdriver.gc`: texts kept in BODY trees and, on request, unused elements.
pub(crate) unsafe extern "C-unwind" fn imap_gc(stream: *mut MailStream, flags: c_long) {
    use crate::abi::constants::{CH_FREE, GC_ELT, GC_TEXTS};
    let Some(cx) = enter(stream) else { return };
    let mut shared = Vec::new();
    for msgno in 1..=cx.count() {
        let Some(elt) = cx.existing_element(msgno) else {
            continue;
        };
        // SAFETY: an element of an entered stream, which owns the BODY tree.
        let used = unsafe {
            if flags & GC_TEXTS != 0 {
                free_texts((*elt).private.msg.body);
            }
            (*elt).lockcount() != 1
        };
        if used {
            shared.push(msgno);
        } else if flags & GC_ELT != 0 {
            crate::abi::stream::elements::cache(cx.raw(), msgno.into(), CH_FREE);
        }
    }
    if flags & GC_ELT != 0 {
        // The program knows nothing of the other messages any more: the next fetch tells their flags, and calls mm_flags.
        // UIDs stay what they are: they are kept, and told when they are asked for.
        cx.with(|live| {
            for (msgno, message) in live.mirror.messages_mut() {
                if shared.binary_search(&msgno).is_err() {
                    *message = Message {
                        kept: message.last_uid(),
                        learned: message.learned,
                        ..Message::default()
                    };
                }
            }
        });
    }
    if flags & GC_TEXTS != 0 {
        // SAFETY: the short-cached BODY tree belongs to the stream.
        unsafe { free_texts(cx.edit(|s| s.body)) };
    }
}

/// Frees the texts in a BODY tree, which itself stays.
unsafe fn free_texts(body: *mut crate::abi::types::Body) {
    if body.is_null() {
        return;
    }
    use crate::abi::constants::TYPEMULTIPART;
    use crate::abi::stream::sections::nested_message;
    use crate::abi::types::PartText;
    let give = |text: &mut PartText| {
        // SAFETY: texts in a BODY tree are blocks of the C heap owned by it.
        unsafe { memory::release(&mut text.text.data) };
        text.text.size = 0;
    };
    let mut todo = vec![body];
    while let Some(body) = todo.pop() {
        if body.is_null() {
            continue;
        }
        // SAFETY: the caller vouches for the tree.
        unsafe {
            give(&mut (*body).mime);
            // The size of the contents is part of the structure; UW clears it along with the text.
            give(&mut (*body).contents);
            if i32::from((*body).r#type) == TYPEMULTIPART {
                let mut part = (*body).nested.part;
                while !part.is_null() {
                    todo.push(&raw mut (*part).body);
                    part = (*part).next;
                }
            } else {
                let inner = nested_message(body);
                if !inner.is_null() {
                    give(&mut (*inner).full);
                    give(&mut (*inner).header);
                    give(&mut (*inner).text);
                    todo.push((*inner).body);
                }
            }
        }
    }
}
