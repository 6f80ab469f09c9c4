//! SEARCH: on the server, or here where the server cannot (UW's imap_search).

use core::ffi::{c_char, c_long};
use std::sync::Arc;

use super::arg;
use super::local_search::search_here;
use crate::abi::constants::{
    ERROR, FT_NEEDBODY, FT_NEEDENV, FT_NOHDRS, SE_NEEDBODY, SE_NOHDRS, SE_NOLOCAL, SE_NOPREFETCH,
    SE_NOSERVER, SE_SILLYOK, SE_UID,
};
use crate::abi::stream::{Entered, enter};
use crate::abi::types::{MailStream, SearchPgm, SearchSet as CSearchSet, StringList};
use crate::abi::{memory, parameters, tell};
use crate::imap::command::Command;
use crate::imap::mirror::bit;
use crate::imap::response::Status;
use crate::imap::search::memory::Question;
use crate::imap::search::{STAR, SearchProgram, SearchSet, Strings};
use crate::imap::sequence::{WireSequence, compress};
use crate::imap::session::Completion;
use crate::limits;

/// `imapdriver.search`.
pub(crate) unsafe extern "C-unwind" fn imap_search(
    stream: *mut MailStream,
    charset: *mut c_char,
    pgm: *mut SearchPgm,
    flags: c_long,
) -> c_long {
    let Some(cx) = enter(stream) else { return 0 };
    // SAFETY: a search program and a C string or NULL by the interface.
    let (program, charset) = unsafe { (program(pgm), (!charset.is_null()).then(|| arg(charset))) };
    let Some(program) = program else {
        tell::log("Search program nested too deeply", ERROR);
        return 0;
    };
    let found = search(&cx, charset, &program, flags);
    if found && !cx.is_closed() {
        prefetch(&cx, flags);
    }
    c_long::from(found && !cx.is_closed())
}

fn search(cx: &Entered, charset: Option<&[u8]>, program: &SearchProgram, flags: c_long) -> bool {
    let caps = cx.capabilities();
    let loser = cx.with(|live| live.how.loser).unwrap_or(false);
    let here = || flags & SE_NOLOCAL == 0 && search_here(cx, charset, program, flags);
    if flags & SE_NOSERVER != 0 || loser || (program.needs_within() && !caps.within) {
        return here();
    }
    if flags & (SE_NOLOCAL | SE_SILLYOK) == 0 && program.is_silly() {
        return search_here(cx, None, program, flags);
    }
    if caps.esearch && flags & SE_UID == 0 && search_again(cx, charset, program) {
        return true;
    }
    cx.with(|live| live.uid_search = flags & SE_UID != 0);
    let mut done = ask(cx, charset, program, flags);
    if done.status == Status::Bad && flags & SE_UID == 0 && !program.messages.is_empty() {
        // Some servers do not take message numbers: ask without them and pick here.
        let filter = wanted(&program.messages, cx.count());
        cx.with(|live| live.filter = Some(filter));
        let rest = SearchProgram {
            messages: Vec::new(),
            ..program.clone()
        };
        done = ask(cx, charset, &rest, flags);
        cx.with(|live| live.filter = None);
    }
    cx.with(|live| live.uid_search = false);
    if done.status == Status::Bad {
        return here();
    }
    let ok = cx.ok(&done);
    if !ok {
        tell::log(&done.text.raw, ERROR);
    }
    ok
}

/// Searches by what the mirror has kept of earlier searches, and asks the server for what is lacking: about each message
/// once whether it matches, and once for each flag. False: it has to be asked as it is.
fn search_again(cx: &Entered, charset: Option<&[u8]>, program: &SearchProgram) -> bool {
    cx.settle();
    // No question about messages would tell that an empty mailbox is not empty any more.
    let current = cx.is_current() || (cx.count() == 0 && cx.poll().is_ok());
    if !cx.is_connected() {
        return false;
    }
    let planned = cx.with(|live| {
        live.selected.as_ref().filter(|s| !s.is_doubtful())?;
        let plan = live.searches.plan(charset, program, &mut live.mirror)?;
        let stale = !(current || live.has_just_asked_flags()) || live.flags_are_old();
        // Where all is known but for what has changed since, that will do.
        let mut since = live.flags_since().filter(|_| stale);
        let all_known =
            plan.has_flags() && !live.mirror.is_empty() && plan.questions(&live.mirror).is_empty();
        if !all_known {
            since = None;
        }
        if stale && since.is_none() {
            live.mirror.forget_flags(bit::ALL);
        }
        let count = live.mirror.len() as u32;
        let questions = plan.questions(&live.mirror);
        let write = |question| {
            let command = Command::new("SEARCH").atom("RETURN").open().atom("ALL");
            live.searches.write(question, command.close(), count)
        };
        let mut commands: Vec<Command> = questions.iter().map(write).collect();
        if commands.is_empty() && stale && since.is_none() && count > 0 {
            // There is nothing to ask about the messages that are known (it is not about flags): whether more have come, and
            // what else is new, is to be heard all the same.
            commands.push(Command::new("NOOP"));
        }
        Some((plan, questions, commands, stale, since))
    });
    let Some((plan, questions, commands, stale, since)) = planned.flatten() else {
        return false;
    };
    if let Some(since) = since
        && !cx.ask_changes(since)
    {
        // It does not say what has changed, and is not asked so again: all flags are to be asked for.
        cx.with(|live| live.mirror.forget_flags(bit::ALL));
        return cx.is_connected() && search_again(cx, charset, program);
    }
    let mut unsure = Vec::new();
    if !commands.is_empty() {
        let heard = cx.hears_now();
        let Some(answers) = cx.ask(&commands) else {
            return false;
        };
        if answers.found.len() != questions.len() {
            cx.deliver();
            return false;
        }
        cx.with(|live| {
            for (question, found) in questions.iter().zip(&answers.found) {
                question.learn(found, &mut live.mirror);
            }
            if stale && questions.iter().any(Question::is_of_flags) {
                live.flags_heard = heard;
            }
        });
        unsure = answers.unsure;
    } else if since.is_none() {
        // Asterisk reads the count of one search after it has let the next begin, relying on that to take a while.
        std::thread::sleep(limits::ANSWER_FROM_MEMORY);
    }
    let hits = cx.with(|live| plan.hits(&live.mirror));
    cx.searched(&hits.unwrap_or_default());
    // What else was said is told behind the hits, as after any SEARCH.
    cx.deliver();
    cx.with(|live| {
        for number in unsure {
            if let Some(message) = live.mirror.message_mut(number) {
                message.learned.known = 0;
            }
        }
    });
    true
}

fn ask(cx: &Entered, charset: Option<&[u8]>, program: &SearchProgram, flags: c_long) -> Completion {
    let name = if flags & SE_UID != 0 {
        "UID SEARCH"
    } else {
        "SEARCH"
    };
    cx.exec_patiently(&program.write(Command::new(name), charset, cx.count()))
}

/// Which of `count` messages a set names: number n at index n-1.
fn wanted(set: &SearchSet, count: u32) -> Vec<bool> {
    let mut named = vec![false; count as usize];
    let number = |n: u64| if n == STAR { u64::from(count) } else { n };
    for &(first, last) in set {
        let (first, last) = (number(first), number(if last == 0 { first } else { last }));
        let (from, to) = (
            first.min(last).max(1),
            first.max(last).min(u64::from(count)),
        );
        for n in from..=to {
            named[n as usize - 1] = true;
        }
    }
    named
}

/// Fetches the envelopes of the first hits, as many as configured (SET_PREFETCH).
fn prefetch(cx: &Entered, flags: c_long) {
    if flags & (SE_NOPREFETCH | SE_UID) != 0 || cx.is_short_cached() {
        return;
    }
    let wanted = parameters::sets_prefetch()
        || cx.with(|live| core::mem::take(&mut live.envelopes_read)) == Some(true);
    if !wanted {
        return;
    }
    let hits = (1..=cx.count())
        .filter(|&n| {
            // SAFETY: an element of an entered stream.
            cx.existing_element(n).is_some_and(|elt| unsafe {
                (*elt).searched() != 0 && (*elt).private.msg.env.is_null()
            })
        })
        .take(parameters::prefetch() as usize);
    let Some(sequence) = WireSequence::from_set(&compress(hits)) else {
        return;
    };
    let mut wanted = FT_NEEDENV;
    if flags & SE_NOHDRS != 0 {
        wanted |= FT_NOHDRS;
    }
    if flags & SE_NEEDBODY != 0 {
        wanted |= FT_NEEDBODY;
    }
    let done = super::fetch::fetch(cx, &sequence, wanted);
    if !cx.ok(&done) {
        tell::log(&done.text.raw, ERROR);
    }
}

/// # Safety
/// NULL or a valid list.
unsafe fn strings(list: *mut StringList) -> Strings {
    // SAFETY: the caller vouches for it.
    unsafe { memory::list_bytes(list) }
}

/// # Safety
/// NULL or a valid list.
unsafe fn set(list: *mut CSearchSet) -> SearchSet {
    let mut numbers = SearchSet::new();
    let mut at = list;
    // SAFETY: the caller vouches for it.
    while let Some(node) = unsafe { at.as_ref() } {
        numbers.push((node.first as u64, node.last as u64));
        at = node.next;
    }
    numbers
}

/// The safe twin of a search program; NULL is the empty one. `None` if it nests too deeply.
///
/// # Safety
/// NULL or a valid program.
pub unsafe fn program(from: *const SearchPgm) -> Option<SearchProgram> {
    // SAFETY: the caller vouches for it.
    unsafe { program_at(from, limits::SEARCH_DEPTH) }
}

/// # Safety
/// As for [`program`].
unsafe fn program_at(from: *const SearchPgm, depth: usize) -> Option<SearchProgram> {
    let depth = depth.checked_sub(1)?;
    // SAFETY: the caller vouches for the program and all it points to.
    unsafe {
        let Some(from) = from.as_ref() else {
            return Some(SearchProgram::default());
        };
        let mut to = SearchProgram {
            messages: set(from.msgno),
            uids: set(from.uid),
            bcc: strings(from.bcc),
            body: strings(from.body),
            cc: strings(from.cc),
            from: strings(from.from),
            keyword: strings(from.keyword),
            unkeyword: strings(from.unkeyword),
            subject: strings(from.subject),
            text: strings(from.text),
            to: strings(from.to),
            larger: from.larger as u64,
            smaller: from.smaller as u64,
            older: from.older as u64,
            younger: from.younger as u64,
            sent_before: from.sentbefore,
            sent_on: from.senton,
            sent_since: from.sentsince,
            before: from.before,
            on: from.on,
            since: from.since,
            answered: from.answered() != 0,
            unanswered: from.unanswered() != 0,
            deleted: from.deleted() != 0,
            undeleted: from.undeleted() != 0,
            draft: from.draft() != 0,
            undraft: from.undraft() != 0,
            flagged: from.flagged() != 0,
            unflagged: from.unflagged() != 0,
            recent: from.recent() != 0,
            old: from.old() != 0,
            seen: from.seen() != 0,
            unseen: from.unseen() != 0,
            return_path: strings(from.return_path),
            sender: strings(from.sender),
            reply_to: strings(from.reply_to),
            in_reply_to: strings(from.in_reply_to),
            message_id: strings(from.message_id),
            newsgroups: strings(from.newsgroups),
            followup_to: strings(from.followup_to),
            references: strings(from.references),
            ..SearchProgram::default()
        };
        let mut header = from.header;
        while let Some(node) = header.as_ref() {
            to.header.push((
                memory::text_bytes(&node.line).to_vec(),
                memory::text_bytes(&node.text).to_vec(),
            ));
            header = node.next;
        }
        let mut or = from.or;
        while let Some(node) = or.as_ref() {
            let (first, second) = (
                program_at(node.first, depth)?,
                program_at(node.second, depth)?,
            );
            to.or.push((Arc::new(first), Arc::new(second)));
            or = node.next;
        }
        let mut not = from.not;
        while let Some(node) = not.as_ref() {
            to.not.push(Arc::new(program_at(node.pgm, depth)?));
            not = node.next;
        }
        Some(to)
    }
}

#[cfg(test)]
mod tests {
    use super::wanted;

    #[test]
    fn sets_name_messages_in_either_direction() {
        assert_eq!(
            wanted(&vec![(2, 0), (4, 3)], 5),
            [false, true, true, true, false]
        );
        assert_eq!(wanted(&vec![(0xffff_ffff, 2)], 3), [false, true, true]);
        assert_eq!(wanted(&vec![(9, 0)], 3), [false, false, false]);
        assert_eq!(wanted(&vec![(1, 0)], 0), Vec::<bool>::new());
    }
}
