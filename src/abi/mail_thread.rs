//! Threading, whatever driver has the messages (UW's mail_thread, mail_thread_msgs, mail_thread_orderedsubject,
//! mail_thread_references and their helpers). The algorithms are [`crate::imap::thread`]'s.

// c_ulong has 32 bits on some machines.
#![allow(clippy::unnecessary_cast)]

use core::ffi::{c_char, c_int, c_long, c_ulong, c_void};
use core::ptr::null_mut;
use std::collections::BTreeSet;

use super::constants::{ERROR, PARSE, SE_FREE, SE_UID};
use super::destructors::mail_free_searchpgm;
use super::entry::{c_str, entry};
use super::mail_fetch::mail_fetch_structure;
use super::mail_messages::mail_uid;
use super::mail_overview::mail_fetch_overview;
use super::mail_sort::{
    arrival, edit_sort_cache, found, mail_sort_msgs, search_quietly, sent, sort_cache, stripped,
};
use super::memory::{self, copy_bytes, release};
use super::parameters::mylocalhost;
use super::stream::{Entered, enter};
use super::types::{
    Envelope, MailStream, Overview, SearchPgm, SortCache, SortPgm, StringList, ThreadNode,
    Threader, sorter_t,
};
use super::{parameters, tell, tree};
use crate::abi::constants::{SORTDATE, SORTSUBJECT};
use crate::imap::response;
use crate::imap::thread::{self, Message, Node, Threads};
use crate::mime::address::MessageIds;

/// What a node of a tree gets: its sort cache, and its number or UID.
type Label = (*mut SortCache, c_ulong);

/// A tree in C's memory. `label` tells of a message, given by its index.
pub fn thread_nodes(threads: &Threads, label: impl Fn(usize) -> Label) -> *mut ThreadNode {
    let nodes: Vec<*mut ThreadNode> = threads
        .nodes
        .iter()
        .map(|node| {
            let new = tree::zeroed::<ThreadNode>();
            if let Some(message) = node.message {
                // SAFETY: freshly allocated, ours alone.
                unsafe { ((*new).sc, (*new).num) = label(message) };
            }
            new
        })
        .collect();
    let mut root = null_mut();
    let mut used = vec![false; nodes.len()];
    let places = nodes.iter().map(|&node| {
        // SAFETY: the place of a node's children.
        unsafe { &raw mut (*node).next }
    });
    let lists = threads.nodes.iter().map(|node| &node.children);
    for (siblings, place) in lists.zip(places).chain([(&threads.roots, &raw mut root)]) {
        let mut place = place;
        for &node in siblings {
            used[node] = true;
            let node = nodes[node];
            // SAFETY: nodes made above, each with one place in the tree.
            unsafe {
                *place = node;
                place = &raw mut (*node).branch;
            }
        }
    }
    for (mut node, used) in nodes.into_iter().zip(used) {
        if !used {
            // Joined with another and empty.
            // SAFETY: nobody has it.
            unsafe { release(&mut node) };
        }
    }
    root
}

/// The tree of a THREAD answer in C's memory. Numbers that `keep` does not want are missing messages.
pub fn answered_threads(
    answer: &[response::Thread],
    keep: impl Fn(u32) -> bool,
) -> *mut ThreadNode {
    let mut threads = Threads::default();
    for (index, node) in answer.iter().enumerate() {
        threads.nodes.push(Node {
            message: Some(index),
            children: Vec::new(),
        });
        match node.parent {
            Some(parent) => threads.nodes[parent].children.push(index),
            None => threads.roots.push(index),
        }
    }
    thread_nodes(&threads, |index| {
        let number = answer[index].number.filter(|&number| keep(number));
        (null_mut(), number.unwrap_or(0).into())
    })
}

/// The message IDs of a text, as c-client reads References; only the first unless `all`.
fn message_ids(text: &[u8], all: bool) -> Vec<Vec<u8>> {
    let mut ids = MessageIds::new(text);
    let mut warnings = Vec::new();
    let mut found = Vec::new();
    while let Some(id) = ids.next(&mut warnings) {
        found.push(id);
        if !all {
            break;
        }
    }
    for warning in warnings {
        tell::log(warning, PARSE);
    }
    found
}

/// A message ID in C's memory; NULL if there is none.
fn message_id(text: &[u8]) -> *mut c_char {
    message_ids(text, false)
        .first()
        .map_or(null_mut(), |id| copy_bytes(id))
}

/// A list of message IDs in C's memory; NULL if there are none.
fn references(text: &[u8], all: bool) -> *mut StringList {
    tree::string_list(message_ids(text, all).iter().map(Vec::as_slice))
}

/// What threading takes from an overview or an envelope.
#[derive(Default)]
struct Facts {
    subject: Option<Vec<u8>>,
    from: Option<Vec<u8>>,
    date: Option<Vec<u8>>,
    message_id: Option<Vec<u8>>,
    references: Option<Vec<u8>>,
    in_reply_to: Option<Vec<u8>>,
    octets: c_ulong,
}

/// # Safety
/// NULL or a string.
unsafe fn text(string: *const c_char) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise.
    unsafe { c_str(string) }.map(|text| text.to_bytes().to_vec())
}

/// Adds to a sort cache what it lacks and `facts` know.
fn add_facts(cx: &Entered, msgno: u32, facts: &Facts) {
    let lacks = edit_sort_cache(cx, msgno, |sc| {
        (
            sc.subject.is_null(),
            sc.date == 0,
            sc.message_id.is_null(),
            sc.references.is_null(),
        )
    });
    let Some((subject, date, id, references_lack)) = lacks else {
        return;
    };
    // The log hears of odd texts: everything is read before the sort cache is written to.
    let subject = facts.subject.as_deref().filter(|_| subject).map(stripped);
    let date = facts.date.as_deref().filter(|_| date).map_or(0, sent);
    let id = facts.message_id.as_deref().filter(|_| id).map(message_id);
    let mut ids = null_mut();
    if references_lack {
        ids = references(facts.references.as_deref().unwrap_or_default(), true);
        if ids.is_null() && facts.in_reply_to.is_some() {
            ids = references(facts.in_reply_to.as_deref().unwrap_or_default(), false);
        }
    }
    edit_sort_cache(cx, msgno, |sc| {
        if let Some((text, refwd)) = subject {
            sc.subject = text;
            sc.set_refwd(refwd);
            sc.set_dirty(1);
        }
        if let (true, Some(from)) = (sc.from.is_null(), &facts.from) {
            sc.from = copy_bytes(from);
            sc.set_dirty(1);
        }
        if date != 0 {
            sc.date = date;
            sc.set_dirty(1);
        }
        if let Some(id) = id {
            sc.message_id = id;
            sc.set_dirty(1);
        }
        if references_lack {
            sc.references = ids;
        }
        if sc.size == 0 && facts.octets != 0 {
            sc.size = facts.octets;
            sc.set_dirty(1);
        }
    });
}

/// # Safety
/// An envelope of the cache.
unsafe fn facts_of_envelope(envelope: &Envelope) -> Facts {
    // SAFETY: members are NULL or strings.
    unsafe {
        Facts {
            subject: text(envelope.subject),
            date: text(envelope.date.cast()),
            message_id: text(envelope.message_id).filter(|id| !id.is_empty()),
            references: text(envelope.references),
            in_reply_to: text(envelope.in_reply_to),
            ..Facts::default()
        }
    }
}

/// No references: what stands for them once they have been looked for.
fn no_references(cx: &Entered, msgno: u32) {
    edit_sort_cache(cx, msgno, |sc| {
        if sc.references.is_null() {
            sc.references = memory::new_zeroed();
            sc.set_dirty(1);
        }
    });
}

fn is_complete(cx: &Entered, msgno: u32) -> bool {
    edit_sort_cache(cx, msgno, |sc| {
        sc.date != 0
            && !sc.subject.is_null()
            && !sc.message_id.is_null()
            && !sc.references.is_null()
    })
    .unwrap_or(true)
}

/// Sees to it that the sort caches of these messages have what threading asks for.
fn load(cx: &Entered, numbers: &[u32]) {
    let driver = cx.edit(|s| s.dtb);
    // SAFETY: NULL or the driver of an open stream.
    let overviews = unsafe { driver.as_ref() }.is_some_and(|driver| driver.overview.is_some());
    // Up to here overviews have been asked for.
    let mut asked = 0;
    for (index, &msgno) in numbers.iter().enumerate() {
        if cx.is_closed() {
            return;
        }
        if is_complete(cx, msgno) {
            continue;
        }
        if overviews && index >= asked {
            let lacks = |&&msgno: &&u32| {
                edit_sort_cache(cx, msgno, |sc| sc.references.is_null()) == Some(true)
            };
            asked = index + 1 + numbers[index + 1..].iter().take_while(lacks).count();
            // SAFETY: an entered stream; the sequence lives over the call.
            unsafe {
                let first = mail_uid(cx.raw(), msgno.into());
                let last = mail_uid(cx.raw(), numbers[asked - 1].into());
                let sequence = if first == last {
                    first.to_string()
                } else {
                    format!("{first}:{last}")
                };
                let sequence = tell::c_string(sequence.as_bytes());
                mail_fetch_overview(
                    cx.raw(),
                    sequence.as_ptr().cast_mut(),
                    Some(mail_thread_loadcache),
                );
            }
        }
        if !is_complete(cx, msgno) {
            complete(cx, msgno);
        }
    }
}

/// Adds what the envelope knows, and what stands for things that nobody knows.
fn complete(cx: &Entered, msgno: u32) {
    // SAFETY: an entered stream; the envelope is copied at once.
    let facts = unsafe {
        let envelope = mail_fetch_structure(cx.raw(), msgno.into(), null_mut(), 0);
        envelope
            .as_ref()
            .map(|envelope| facts_of_envelope(envelope))
    };
    if let Some(facts) = facts {
        add_facts(cx, msgno, &facts);
    }
    if edit_sort_cache(cx, msgno, |sc| sc.date) == Some(0) {
        let mut date = edit_sort_cache(cx, msgno, |sc| sc.arrival).unwrap_or(0);
        if date == 0 {
            date = arrival(cx, msgno);
            edit_sort_cache(cx, msgno, |sc| sc.arrival = date);
        }
        edit_sort_cache(cx, msgno, |sc| sc.date = date);
    }
    edit_sort_cache(cx, msgno, |sc| {
        if sc.subject.is_null() {
            sc.subject = copy_bytes(b"");
        }
        sc.set_dirty(1);
    });
    no_references(cx, msgno);
}

/// Gives a message a name of its own: its message ID, unless an earlier one has that.
///
/// # Safety
/// A sort cache of the stream.
unsafe fn name(sc: &mut SortCache, named: &mut BTreeSet<Vec<u8>>, otherwise: &[u8]) {
    // SAFETY: texts are NULL or strings of the C heap.
    unsafe {
        if sc.unique != sc.message_id {
            release(&mut sc.unique);
        }
        sc.unique = if sc.message_id.is_null() {
            sc.message_id = copy_bytes(otherwise);
            sc.message_id
        } else if named.contains(memory::bytes(sc.message_id)) {
            copy_bytes(otherwise)
        } else {
            sc.message_id
        };
        named.insert(memory::bytes(sc.unique).to_vec());
    }
}

/// What threading knows of a message.
///
/// # Safety
/// A loaded sort cache, not changed while the result is in use.
unsafe fn message<'a>(sc: &'a SortCache) -> Message<'a> {
    // SAFETY: the caller's promise.
    unsafe {
        let mut ancestors = Vec::new();
        let mut at = sc.references.as_ref();
        while let Some(node) = at.filter(|node| !node.text.data.is_null()) {
            ancestors.push(memory::bytes(node.text.data.cast()));
            at = node.next.as_ref();
        }
        Message {
            number: sc.num as u64,
            date: sc.date as u64,
            subject: memory::bytes(sc.subject),
            refwd: sc.refwd() != 0,
            id: memory::bytes(sc.unique),
            references: ancestors,
        }
    }
}

/// The body of `mail_thread_references`.
fn by_references(cx: &Entered, flags: c_long) -> *mut ThreadNode {
    let numbers = found(cx);
    load(cx, &numbers);
    // SAFETY: (all calls) an entered stream.
    let uids: Vec<c_ulong> = numbers
        .iter()
        .map(|&msgno| unsafe { mail_uid(cx.raw(), msgno.into()) })
        .collect();
    // From here on nobody is asked and nobody is told, so that no message goes.
    let (mailbox, validity) = cx.edit(|s| {
        // SAFETY: the name of an open stream.
        (unsafe { memory::bytes(s.mailbox) }.to_vec(), s.uid_validity)
    });
    // SAFETY: takes nothing; the name stays.
    let host = unsafe { memory::bytes(mylocalhost()) };
    let mut named = BTreeSet::new();
    let mut caches: Vec<(*mut SortCache, c_ulong)> = Vec::with_capacity(numbers.len());
    for (&msgno, &uid) in numbers.iter().zip(&uids) {
        let Some(sc) = sort_cache(cx, msgno) else {
            continue;
        };
        let tail = format!(".{validity:x}.{uid:x}@");
        // SAFETY: a sort cache of the stream.
        unsafe {
            (*sc).num = msgno.into();
            name(
                &mut *sc,
                &mut named,
                &[&mailbox[..], tail.as_bytes(), host].concat(),
            );
            let shown = if flags & SE_UID != 0 { uid } else { (*sc).num };
            caches.push((sc, shown));
        }
    }
    // SAFETY: sort caches of the stream, which nobody changes meanwhile.
    let messages: Vec<Message<'_>> = caches
        .iter()
        .map(|&(sc, _)| unsafe { message(&*sc) })
        .collect();
    thread_nodes(&thread::references(&messages), |index| caches[index])
}

/// Sorts by subject and date.
///
/// # Safety
/// As a `sorter_t` wants it.
unsafe fn sorted_by_subject(
    stream: *mut MailStream,
    charset: *mut c_char,
    spg: *mut SearchPgm,
    flags: c_long,
    sorter: sorter_t,
) -> Option<Vec<c_ulong>> {
    // SAFETY: zero is a value of each member; both programs outlive the call; the list ends with 0 and is ours.
    unsafe {
        let mut by_date: SortPgm = core::mem::zeroed();
        by_date.function = SORTDATE as _;
        let mut by_subject: SortPgm = core::mem::zeroed();
        by_subject.function = SORTSUBJECT as _;
        by_subject.next = &mut by_date;
        let flags = flags & !(SE_FREE | SE_UID);
        let mut list = sorter?(stream, charset, spg, &mut by_subject, flags);
        if list.is_null() {
            return None;
        }
        let mut numbers = Vec::new();
        while *list.add(numbers.len()) != 0 {
            numbers.push(*list.add(numbers.len()));
        }
        release(&mut list);
        Some(numbers)
    }
}

/// The body of `mail_thread_orderedsubject`: `numbers` come sorted by subject and date.
fn by_subject(cx: &Entered, numbers: &[c_ulong], flags: c_long) -> *mut ThreadNode {
    let numbers: Vec<u32> = numbers
        .iter()
        .filter_map(|&number| u32::try_from(number).ok())
        .collect();
    let shown: Vec<c_ulong> = numbers
        .iter()
        .map(|&msgno| match flags & SE_UID {
            0 => msgno.into(),
            // SAFETY: an entered stream.
            _ => unsafe { mail_uid(cx.raw(), msgno.into()) },
        })
        .collect();
    let caches: Vec<Label> = numbers
        .iter()
        .zip(shown)
        .filter_map(|(&msgno, shown)| Some((sort_cache(cx, msgno)?, shown)))
        .collect();
    // SAFETY: sort caches of the stream, which nobody changes meanwhile.
    let messages: Vec<Message<'_>> = caches
        .iter()
        .map(|&(sc, _)| unsafe { message(&*sc) })
        .collect();
    thread_nodes(&thread::ordered_subject(&messages), |index| caches[index])
}

/// The threader of that name.
///
/// # Safety
/// `list` is a list of threaders.
pub unsafe fn threader<'a>(list: *mut Threader, name: &[u8]) -> Option<&'a Threader> {
    // SAFETY: the caller's promise; names are strings.
    unsafe {
        let mut at = list.as_ref();
        while let Some(threader) = at {
            if memory::bytes(threader.name).eq_ignore_ascii_case(name) {
                return Some(threader);
            }
            at = threader.next.as_ref();
        }
    }
    None
}

entry! {
    /// Threads the messages that `spg` finds, or without one those that were found last, by `ORDEREDSUBJECT`,
    /// `REFERENCES`, or what else the server knows. The tree has message numbers, or UIDs with SE_UID; it is the
    /// caller's to free. NIL on failure and without messages. SE_FREE frees the search program, whatever happens.
    fn mail_thread(
        stream: *mut MailStream,
        r#type: *mut c_char,
        charset: *mut c_char,
        spg: *mut SearchPgm,
        flags: c_long,
    ) -> *mut ThreadNode {
        let mut threads = null_mut();
        if let Some(cx) = enter(stream) {
            let driver = cx.edit(|s| s.dtb);
            // SAFETY: the driver of an open stream; the rest is passed on.
            unsafe {
                if let Some(driver) = driver.as_ref() {
                    threads = match driver.thread {
                        Some(thread) => thread(stream, r#type, charset, spg, flags),
                        None => mail_thread_msgs(stream, r#type, charset, spg, flags, Some(mail_sort_msgs)),
                    };
                }
            }
        }
        if flags & SE_FREE != 0 {
            let mut spg = spg;
            // SAFETY: SE_FREE makes the program ours.
            unsafe { mail_free_searchpgm(&mut spg) };
        }
        threads
    }

    /// As `mail_thread`, but here and not by the server; `sorter` sorts where the algorithm asks for that. The search
    /// program stays the caller's.
    fn mail_thread_msgs(
        stream: *mut MailStream,
        r#type: *mut c_char,
        charset: *mut c_char,
        spg: *mut SearchPgm,
        flags: c_long,
        sorter: sorter_t,
    ) -> *mut ThreadNode {
        // SAFETY: strings and programs by the interface; the tree is the caller's and the hook's.
        unsafe {
            let Some(cx) = enter(stream) else { return null_mut() };
            let name = memory::bytes(r#type);
            let threads = if name.eq_ignore_ascii_case(b"REFERENCES") {
                mail_thread_references(stream, charset, spg, flags, sorter)
            } else if name.eq_ignore_ascii_case(b"ORDEREDSUBJECT") {
                mail_thread_orderedsubject(stream, charset, spg, flags, sorter)
            } else {
                tell::log("No such thread type", ERROR);
                return null_mut();
            };
            if let (Some(hook), false) = (parameters::thread_results(), cx.is_closed()) {
                hook(stream, threads);
            }
            threads
        }
    }

    /// Threads by subject alone: each thread is the earliest message of a subject, with all others below it. The tree
    /// is the caller's, as that of mail_thread.
    fn mail_thread_orderedsubject(
        stream: *mut MailStream,
        charset: *mut c_char,
        spg: *mut SearchPgm,
        flags: c_long,
        sorter: sorter_t,
    ) -> *mut ThreadNode {
        let Some(cx) = enter(stream) else { return null_mut() };
        // SAFETY: as a sorter wants it, by the interface.
        match unsafe { sorted_by_subject(stream, charset, spg, flags, sorter) } {
            Some(numbers) if !cx.is_closed() => by_subject(&cx, &numbers, flags),
            _ => null_mut(),
        }
    }

    /// Threads by References and by subject (RFC 5256 section 3). In-Reply-To counts where the driver has no overviews
    /// only, as in c-client.
    fn mail_thread_references(
        stream: *mut MailStream,
        charset: *mut c_char,
        spg: *mut SearchPgm,
        flags: c_long,
        _sorter: sorter_t,
    ) -> *mut ThreadNode {
        let Some(cx) = enter(stream) else { return null_mut() };
        // SAFETY: a search program by the interface.
        unsafe { search_quietly(&cx, charset, spg, 0) };
        by_references(&cx, flags)
    }

    /// Keeps what an overview tells in the message's sort cache (an `overview_t`).
    fn mail_thread_loadcache(stream: *mut MailStream, _uid: c_ulong, ov: *mut Overview, msgno: c_ulong) {
        // SAFETY: an overview of the caller's; its members are NULL, strings or lists.
        unsafe {
            let (Some(cx), Some(ov), Ok(msgno)) = (enter(stream), ov.as_ref(), u32::try_from(msgno)) else {
                return;
            };
            if msgno == 0 {
                return;
            }
            let facts = Facts {
                subject: text(ov.subject),
                from: ov.from.as_ref().and_then(|from| text(from.mailbox)),
                date: text(ov.date),
                message_id: text(ov.message_id),
                references: text(ov.references),
                in_reply_to: None,
                octets: ov.optional.octets,
            };
            add_facts(&cx, msgno, &facts);
            no_references(&cx, msgno);
        }
    }

    /// The message ID at `s`, without its brackets, for the caller to free; NIL if there is none. `*ss` is what follows
    /// it, NIL at the end.
    fn mail_thread_parse_msgid(s: *mut c_char, ss: *mut *mut c_char) -> *mut c_char {
        // SAFETY: NULL or a string; a place of the caller's or NULL. The position lies within the string.
        unsafe {
            let mut ids = MessageIds::new(memory::bytes(s));
            let mut warnings = Vec::new();
            let id = ids.next(&mut warnings);
            for warning in warnings {
                tell::log(warning, PARSE);
            }
            if let Some(ss) = ss.as_mut() {
                *ss = ids.position().filter(|_| !s.is_null()).map_or(null_mut(), |at| s.add(at));
            }
            id.map_or(null_mut(), |id| copy_bytes(&id))
        }
    }

    /// The message IDs at `s`, all of them or only the first, for the caller to free; NIL if there are none.
    fn mail_thread_parse_references(s: *mut c_char, flag: c_long) -> *mut StringList {
        // SAFETY: NULL or a string.
        references(unsafe { memory::bytes(s) }, flag != 0)
    }

    /// Compares two thread nodes, given by pointers to pointers, by date and number: -1, 0 or 1. A node without a
    /// message counts as its first child.
    fn mail_thread_compare_date(a1: *const c_void, a2: *const c_void) -> c_int {
        // SAFETY: pointers to thread nodes by the interface.
        unsafe {
            let key = |node: *const c_void| date_key(*node.cast::<*mut ThreadNode>());
            key(a1).cmp(&key(a2)) as c_int
        }
    }

    /// Sorts a thread tree by date, all levels; returns its new head. `tc` is not needed here.
    fn mail_thread_sort(thr: *mut ThreadNode, _tc: *mut *mut ThreadNode) -> *mut ThreadNode {
        let mut head = thr;
        // SAFETY: a tree of the caller's.
        unsafe { sort_tree(&mut head) };
        head
    }
}

/// What a node is sorted by.
///
/// # Safety
/// NULL or a node of a tree whose sort caches are valid.
unsafe fn date_key(node: *mut ThreadNode) -> Option<(c_ulong, c_ulong)> {
    // SAFETY: the caller's promise.
    unsafe {
        let node = node.as_ref()?;
        let own = node.sc.as_ref();
        let sc = own.or_else(|| node.next.as_ref()?.sc.as_ref())?;
        Some((sc.date, sc.num))
    }
}

/// # Safety
/// A valid tree.
unsafe fn sort_tree(head: *mut *mut ThreadNode) {
    // SAFETY: (whole body) places within the tree, each list once; those further down are sorted first.
    unsafe {
        let mut places = vec![head];
        let mut looked_at = 0;
        while let Some(&place) = places.get(looked_at) {
            let mut node = *place;
            while !node.is_null() {
                places.push(&raw mut (*node).next);
                node = (*node).branch;
            }
            looked_at += 1;
        }
        for place in places.into_iter().rev() {
            let mut siblings = Vec::new();
            let mut node = *place;
            while !node.is_null() {
                siblings.push(node);
                node = (*node).branch;
            }
            siblings.sort_by_key(|&node| date_key(node));
            let mut next = null_mut();
            for node in siblings.into_iter().rev() {
                (*node).branch = next;
                next = node;
            }
            *place = next;
        }
    }
}
