//! Sorting, whatever driver has the messages (UW's mail_sort, mail_sort_msgs, mail_sort_loadcache, mail_strip_subject).
//!
//! What is fetched for a message goes into its SORTCACHE at once, and pointers to these are taken when all is there:
//! while the server is asked, messages may go.

// c_ulong has 32 bits on some machines.
#![allow(clippy::unnecessary_cast)]

use core::ffi::{c_char, c_int, c_long, c_uint, c_ulong, c_void};
use core::ptr::null_mut;
use std::cmp::Ordering;

use super::constants::{
    CH_SORTCACHE, DR_NOINTDATE, ERROR, FT_INTERNAL, FT_PEEK, PARSE, SE_FREE, SE_UID, SO_FREE,
};
use super::destructors::{mail_free_searchpgm, mail_free_sortpgm};
use super::entry::{c_str, entry};
use super::mail_dates::{mail_longdate, mail_parse_date};
use super::mail_fetch::mail_fetch_header;
use super::mail_messages::{mail_fetch_fast, mail_search_full, mail_uid};
use super::memory::{self, allocate, copy_bytes, release};
use super::rfc822::log_truncation;
use super::stream::elements::cache;
use super::stream::{Entered, enter};
use super::types::{
    Address, Envelope, MailStream, MessageCache, SearchPgm, SizedText, SortCache, SortPgm,
    StringList,
};
use super::{parameters, tell};
use crate::imap::sort::{self, Criterion, Keys};
use crate::mime::address::{MISSING_HOST, first_mailbox};

/// What a sort program's `function` means; `None` for a number that is none of `SORT*`.
pub fn criterion(function: i16) -> Option<Criterion> {
    let number = usize::try_from(function).ok()?;
    Criterion::ALL.get(number).copied()
}

/// The messages that the last search has found.
pub fn found(cx: &Entered) -> Vec<u32> {
    let is_found = |&msgno: &u32| is_found(cx, msgno);
    (1..=cx.count()).filter(is_found).collect()
}

fn is_found(cx: &Entered, msgno: u32) -> bool {
    // SAFETY: an element of an entered stream.
    cx.existing_element(msgno)
        .is_some_and(|elt| unsafe { (*elt).searched() != 0 })
}

/// Searches without mm_searched, if there is a program.
///
/// # Safety
/// As mail_search_full.
pub unsafe fn search_quietly(
    cx: &Entered,
    charset: *mut c_char,
    spg: *mut SearchPgm,
    flags: c_long,
) {
    if spg.is_null() {
        return;
    }
    let silent = cx.edit(|s| {
        let before = s.silent();
        s.set_silent(1);
        before
    });
    // SAFETY: the caller's promise.
    unsafe { mail_search_full(cx.raw(), charset, spg, flags) };
    cx.edit(|s| s.set_silent(silent));
}

/// The sort cache of a message; `None` if there is no such message any more.
pub fn sort_cache(cx: &Entered, msgno: u32) -> Option<*mut SortCache> {
    if cx.is_closed() || !cx.has_message(msgno) {
        return None;
    }
    let sc = cache(cx.raw(), msgno.into(), CH_SORTCACHE).cast::<SortCache>();
    (!sc.is_null()).then_some(sc)
}

/// Looks at a sort cache or changes it. `work` must not call back into the application.
pub fn edit_sort_cache<R>(
    cx: &Entered,
    msgno: u32,
    work: impl FnOnce(&mut SortCache) -> R,
) -> Option<R> {
    // SAFETY: a sort cache of an entered stream lives until its message goes, which only this thread can do.
    sort_cache(cx, msgno).map(|sc| work(unsafe { &mut *sc }))
}

/// The envelope of a message if it is in the cache.
fn known_envelope(cx: &Entered, msgno: u32) -> *mut Envelope {
    if cx.is_short_cached() {
        return cx.edit(|s| {
            if s.msgno == c_ulong::from(msgno) {
                s.env
            } else {
                null_mut()
            }
        });
    }
    // SAFETY: an element of an entered stream.
    cx.existing_element(msgno)
        .map_or(null_mut(), |elt| unsafe { (*elt).private.msg.env })
}

/// A message that is being looked at.
#[derive(Clone, Copy)]
struct Looked<'a> {
    cx: &'a Entered,
    msgno: u32,
    /// Its envelope was in the cache before anything was fetched for it. If not, it is not asked for one: header
    /// fields that are fetched make an envelope with these alone.
    has_envelope: bool,
}

impl Looked<'_> {
    fn envelope(&self) -> *mut Envelope {
        if self.has_envelope {
            known_envelope(self.cx, self.msgno)
        } else {
            null_mut()
        }
    }
}

/// Has the fast data of a message fetched if `lacks` says so.
fn fetch_fast_if(cx: &Entered, msgno: u32, lacks: impl Fn(&MessageCache) -> bool) {
    if cx.edit_element(msgno, |elt| lacks(elt)) == Some(true) {
        let sequence = tell::c_string(msgno.to_string().as_bytes());
        // SAFETY: an entered stream and a string that lives over the call.
        unsafe { mail_fetch_fast(cx.raw(), sequence.as_ptr().cast_mut(), 0) };
    }
}

/// When a message arrived, in seconds since 1970; 1 if that is not known.
pub fn arrival(cx: &Entered, msgno: u32) -> c_ulong {
    let driver = cx.edit(|s| s.dtb);
    // SAFETY: NULL or the driver of an open stream.
    let dated = unsafe { driver.as_ref() }.is_some_and(|d| d.flags as c_long & DR_NOINTDATE == 0);
    fetch_fast_if(cx, msgno, |elt| dated && elt.day() == 0);
    cx.edit_element(msgno, |elt| {
        if elt.day() == 0 {
            1
        } else {
            // SAFETY: an elt.
            unsafe { mail_longdate(elt) }
        }
    })
    .unwrap_or(1)
}

/// When a message was sent as its Date field says; 0 if it says nothing.
pub fn sent(text: &[u8]) -> c_ulong {
    // SAFETY: zero is a value of each member.
    let mut elt: MessageCache = unsafe { core::mem::zeroed() };
    let text = tell::c_string(text);
    // SAFETY: an elt of ours and a string that lives over the call.
    unsafe {
        if mail_parse_date(&mut elt, text.as_ptr().cast_mut().cast()) == 0 {
            return 0;
        }
        mail_longdate(&mut elt)
    }
}

/// The value of one field of the header, on one line; with `also`, of what comes first of two fields.
fn field(
    Looked { cx, msgno, .. }: Looked<'_>,
    name: &[u8],
    also: Option<&[u8]>,
    again: Option<u8>,
) -> Option<Vec<u8>> {
    let line = |name: &[u8], next| StringList {
        text: SizedText {
            data: name.as_ptr().cast_mut(),
            size: name.len() as c_ulong,
        },
        next,
    };
    let mut second = also.map(|also| line(also, null_mut()));
    let mut first = line(name, second.as_mut().map_or(null_mut(), |s| &raw mut *s));
    // SAFETY: an entered stream; the list lives over the call and is not written to; the text is copied at once.
    unsafe {
        let header = mail_fetch_header(
            cx.raw(),
            msgno.into(),
            null_mut(),
            &mut first,
            null_mut(),
            FT_INTERNAL | FT_PEEK,
        );
        sort::first_value(memory::bytes(header), again)
    }
}

/// The mailbox of the first address of a field.
fn first_address(
    looked: Looked<'_>,
    from_envelope: fn(&Envelope) -> *mut Address,
    name: &[u8],
    also: Option<&[u8]>,
    again: Option<u8>,
) -> Vec<u8> {
    // SAFETY: an envelope of the cache, with valid lists and strings; nobody changes it meanwhile.
    unsafe {
        if let Some(envelope) = looked.envelope().as_ref() {
            let first = from_envelope(envelope).as_ref();
            return first.map_or(Vec::new(), |first| memory::bytes(first.mailbox).to_vec());
        }
    }
    let Some(value) = field(looked, name, also, again) else {
        return Vec::new();
    };
    let mut warnings = Vec::new();
    let mailbox = first_mailbox(&value, Some(MISSING_HOST), &mut warnings);
    for warning in warnings {
        tell::log(warning, PARSE);
    }
    mailbox.unwrap_or_default()
}

/// The base subject in C's memory, and whether it was that of a reply or of a forwarded message.
pub fn stripped(subject: &[u8]) -> (*mut c_char, c_uint) {
    let base = sort::base_subject(subject, log_truncation);
    (copy_bytes(&base.text), base.refwd.into())
}

fn load_date(looked: Looked<'_>) {
    let Looked { cx, msgno, .. } = looked;
    // SAFETY: an envelope of the cache.
    let text = match unsafe { looked.envelope().as_ref() } {
        // SAFETY: its date is NULL or a string.
        Some(envelope) => Some(unsafe { memory::bytes(envelope.date.cast()) }.to_vec()),
        None => field(looked, b"date", None, None),
    };
    let text = text.unwrap_or_default();
    let mut date = sent(&text[sort::skip_spaces(&text, 0)..]);
    if date == 0 {
        date = edit_sort_cache(cx, msgno, |sc| sc.arrival).unwrap_or(1);
        if date == 0 {
            date = arrival(cx, msgno);
            edit_sort_cache(cx, msgno, |sc| sc.arrival = date);
        }
    }
    edit_sort_cache(cx, msgno, |sc| sc.date = date);
}

fn load_subject(looked: Looked<'_>) {
    let Looked { cx, msgno, .. } = looked;
    // SAFETY: an envelope of the cache.
    let subject = match unsafe { looked.envelope().as_ref() } {
        // SAFETY: its subject is NULL or a string.
        Some(envelope) => Some(unsafe { memory::bytes(envelope.subject) }.to_vec()),
        None => field(looked, b"subject", None, None),
    };
    let base = sort::base_subject(&subject.unwrap_or_default(), log_truncation);
    // Copied only now: the message may have gone while its header was fetched.
    edit_sort_cache(cx, msgno, |sc| {
        // SAFETY: NULL or a text of the C heap.
        unsafe { release(&mut sc.subject) };
        sc.subject = copy_bytes(&base.text);
        sc.set_refwd(base.refwd.into());
    });
}

/// Which text of a sort cache an address goes to.
type Slot = fn(&mut SortCache) -> &mut *mut c_char;

fn load_address(cx: &Entered, msgno: u32, slot: Slot, mailbox: &[u8]) {
    edit_sort_cache(cx, msgno, |sc| {
        // SAFETY: NULL or a text of the C heap.
        unsafe { release(slot(sc)) };
        *slot(sc) = copy_bytes(mailbox);
    });
}

/// Sees to it that a message's sort cache has what a criterion asks for.
fn load(looked: Looked<'_>, by: Criterion) {
    let Looked { cx, msgno, .. } = looked;
    let known = edit_sort_cache(cx, msgno, |sc| match by {
        Criterion::Date => sc.date != 0,
        Criterion::Arrival => sc.arrival != 0,
        Criterion::Size => sc.size != 0,
        Criterion::From => !sc.from.is_null(),
        Criterion::To => !sc.to.is_null(),
        Criterion::Cc => !sc.cc.is_null(),
        Criterion::Subject => !sc.subject.is_null(),
    });
    if known != Some(false) {
        return;
    }
    match by {
        Criterion::Date => load_date(looked),
        Criterion::Subject => load_subject(looked),
        Criterion::Arrival => {
            let arrival = arrival(cx, msgno);
            edit_sort_cache(cx, msgno, |sc| sc.arrival = arrival);
        }
        Criterion::Size => {
            fetch_fast_if(cx, msgno, |elt| elt.rfc822_size == 0);
            let size = cx.edit_element(msgno, |elt| elt.rfc822_size).unwrap_or(0);
            edit_sort_cache(cx, msgno, |sc| sc.size = size.max(1));
        }
        Criterion::From => {
            let mailbox = first_address(looked, |e| e.from, b"from", Some(b">from"), Some(b'f'));
            load_address(cx, msgno, |sc| &mut sc.from, &mailbox);
        }
        Criterion::To => {
            let mailbox = first_address(looked, |e| e.to, b"to", None, Some(b't'));
            load_address(cx, msgno, |sc| &mut sc.to, &mailbox);
        }
        Criterion::Cc => {
            let mailbox = first_address(looked, |e| e.cc, b"cc", None, None);
            load_address(cx, msgno, |sc| &mut sc.cc, &mailbox);
        }
    }
    edit_sort_cache(cx, msgno, |sc| sc.set_dirty(1));
}

/// The body of `mail_sort_loadcache`: the vector, and how many messages stand in it. NULL for a program that makes no
/// sense.
///
/// # Safety
/// A valid sort program.
pub unsafe fn load_cache(cx: &Entered, pgm: *mut SortPgm) -> (*mut *mut SortCache, usize) {
    let mut criteria = Vec::new();
    // SAFETY: (whole body) the caller's program stays valid; each list ends.
    unsafe {
        let mut at = pgm;
        while let Some(step) = at.as_ref() {
            let Some(by) = criterion(step.function) else {
                tell::log("Unknown sort function", ERROR);
                return (null_mut(), 0);
            };
            criteria.push(by);
            at = step.next;
        }
        let room = usize::try_from((*pgm).nmsgs).unwrap_or(usize::MAX);
        let mut loaded = Vec::new();
        let mut msgno = 1;
        while (*pgm).abort() == 0 && msgno <= cx.count() && loaded.len() < room && !cx.is_closed() {
            if is_found(cx, msgno) {
                loaded.push(msgno);
                (*pgm).progress.cached += 1;
                let looked = Looked {
                    cx,
                    msgno,
                    has_envelope: !known_envelope(cx, msgno).is_null(),
                };
                for &by in &criteria {
                    load(looked, by);
                }
            }
            msgno += 1;
        }
        let vector: *mut *mut SortCache =
            allocate(room.saturating_mul(size_of::<*mut SortCache>())).cast();
        if vector.is_null() {
            return (vector, 0);
        }
        vector.write_bytes(0, room);
        let mut count = 0;
        for msgno in loaded {
            if let Some(sc) = sort_cache(cx, msgno) {
                (*sc).pgm = pgm;
                (*sc).num = msgno.into();
                *vector.add(count) = sc;
                count += 1;
            }
        }
        (vector, count)
    }
}

/// How two messages compare by the program of the first.
///
/// # Safety
/// Valid sort caches with a program.
unsafe fn compare(one: &SortCache, other: &SortCache) -> Ordering {
    // SAFETY: texts are NULL or strings, the program is a list that ends.
    unsafe {
        let keys = |sc: &SortCache| Keys {
            number: sc.num as u64,
            date: sc.date as u64,
            arrival: sc.arrival as u64,
            size: sc.size as u64,
            from: c_str(sc.from).map(|text| text.to_bytes()),
            subject: c_str(sc.subject).map(|text| text.to_bytes()),
            to: c_str(sc.to).map(|text| text.to_bytes()),
            cc: c_str(sc.cc).map(|text| text.to_bytes()),
        };
        let (one_keys, other_keys) = (keys(one), keys(other));
        let mut at = one.pgm.as_ref();
        while let Some(step) = at {
            let by = criterion(step.function);
            let order = by.map_or(Ordering::Equal, |by| one_keys.compare(&other_keys, by));
            if order != Ordering::Equal {
                return if step.reverse() != 0 {
                    order.reverse()
                } else {
                    order
                };
            }
            at = step.next.as_ref();
        }
        one_keys.number.cmp(&other_keys.number)
    }
}

/// Counts a message as one that has been looked at.
///
/// # Safety
/// A valid sort cache with a program, or NULL.
unsafe fn count_sorted(sc: *mut SortCache) {
    // SAFETY: the caller's promise.
    unsafe {
        if let Some(sc) = sc.as_mut()
            && sc.sorted() == 0
        {
            sc.set_sorted(1);
            if let Some(pgm) = sc.pgm.as_mut() {
                pgm.progress.sorted += 1;
            }
        }
    }
}

/// A list of numbers in C's memory, with a 0 behind it.
pub fn number_list(numbers: &[c_ulong]) -> *mut c_ulong {
    let list: *mut c_ulong = allocate((numbers.len() + 1) * size_of::<c_ulong>()).cast();
    if !list.is_null() {
        // SAFETY: a new block with room for all and the 0.
        unsafe {
            core::ptr::copy_nonoverlapping(numbers.as_ptr(), list, numbers.len());
            *list.add(numbers.len()) = 0;
        }
    }
    list
}

/// The body of `mail_sort_cache`, for a vector of `count`.
///
/// # Safety
/// A valid program; the vector has `count` sort caches or NULLs.
pub unsafe fn sort_vector(
    cx: &Entered,
    pgm: *mut SortPgm,
    vector: *mut *mut SortCache,
    count: usize,
    flags: c_long,
) -> *mut c_ulong {
    // SAFETY: (whole body) the caller's promise; nothing is fetched before the numbers are copied.
    unsafe {
        let mut sorted: Vec<*mut SortCache> = (0..count)
            .map(|at| *vector.add(at))
            .filter(|sc| !sc.is_null())
            .collect();
        if sorted.len() > 1 {
            sorted.iter().for_each(|&sc| count_sorted(sc));
            sorted.sort_by(|&one, &other| compare(&*one, &*other));
        }
        for (at, &sc) in sorted.iter().enumerate() {
            *vector.add(at) = sc;
        }
        if let Some(hook) = (*pgm).postsort {
            hook(vector.cast());
        }
        let mut numbers: Vec<c_ulong> = (0..sorted.len())
            .filter_map(|at| (*vector.add(at)).as_ref())
            .map(|sc| sc.num)
            .collect();
        if flags & SE_UID != 0 {
            for number in &mut numbers {
                *number = mail_uid(cx.raw(), *number);
            }
        }
        number_list(&numbers)
    }
}

/// Loads and sorts what was found: pass 2 and 3 of `mail_sort_msgs`. NULL when the program is aborted.
///
/// # Safety
/// A valid program with its counters set.
pub unsafe fn sort_found(cx: &Entered, pgm: *mut SortPgm, flags: c_long) -> *mut c_ulong {
    // SAFETY: the caller's promise.
    unsafe {
        let (mut vector, count) = load_cache(cx, pgm);
        let mut list = null_mut();
        if !vector.is_null() && (*pgm).abort() == 0 && !cx.is_closed() {
            (*pgm).nmsgs = count as c_ulong;
            list = sort_vector(cx, pgm, vector, count, flags);
        }
        release(&mut vector);
        list
    }
}

entry! {
    /// Sorts the messages that `spg` finds, or without one those that were found last, by `pgm`: a list of message
    /// numbers, or UIDs with SE_UID, that ends with 0 and is the caller's to free with fs_give. NIL on failure; and NIL
    /// from the IMAP driver when there are none.
    ///
    /// SE_FREE frees the search program, SO_FREE the sort program, whatever happens.
    fn mail_sort(
        stream: *mut MailStream,
        charset: *mut c_char,
        spg: *mut SearchPgm,
        pgm: *mut SortPgm,
        flags: c_long,
    ) -> *mut c_ulong {
        let mut list = null_mut();
        if let Some(cx) = enter(stream) && !pgm.is_null() {
            let driver = cx.edit(|s| s.dtb);
            // SAFETY: the driver of an open stream; the rest is passed on.
            unsafe {
                if let Some(driver) = driver.as_ref() {
                    list = match driver.sort {
                        Some(sort) => sort(stream, charset, spg, pgm, flags),
                        None => mail_sort_msgs(stream, charset, spg, pgm, flags),
                    };
                }
            }
        }
        let (mut spg, mut pgm) = (spg, pgm);
        // SAFETY: the flags make the programs ours.
        unsafe {
            if flags & SE_FREE != 0 {
                mail_free_searchpgm(&mut spg);
            }
            if flags & SO_FREE != 0 {
                mail_free_sortpgm(&mut pgm);
            }
        }
        list
    }

    /// As `mail_sort`, but always here and not by the server, and the programs stay the caller's. Without messages the
    /// list is empty.
    fn mail_sort_msgs(
        stream: *mut MailStream,
        charset: *mut c_char,
        spg: *mut SearchPgm,
        pgm: *mut SortPgm,
        flags: c_long,
    ) -> *mut c_ulong {
        let (Some(cx), false) = (enter(stream), pgm.is_null()) else {
            return null_mut();
        };
        // SAFETY: programs of the caller's; the list lives until the caller frees it.
        unsafe {
            search_quietly(&cx, charset, spg, 0);
            (*pgm).nmsgs = found(&cx).len() as c_ulong;
            (*pgm).progress.cached = 0;
            let list = if (*pgm).nmsgs == 0 {
                number_list(&[])
            } else {
                sort_found(&cx, pgm, flags)
            };
            if let (Some(hook), false) = (parameters::sort_results(), cx.is_closed()) {
                hook(stream, list, (*pgm).nmsgs);
            }
            list
        }
    }

    /// The sort caches of the messages that were found last, with all that `pgm` sorts by: a vector of `pgm->nmsgs`
    /// pointers that is the caller's to free; what is behind the last message is NULL. NIL, with an error in the log,
    /// for a program with an unknown criterion.
    fn mail_sort_loadcache(stream: *mut MailStream, pgm: *mut SortPgm) -> *mut *mut SortCache {
        match enter(stream) {
            // SAFETY: a program of the caller's.
            Some(cx) if !pgm.is_null() => unsafe { load_cache(&cx, pgm).0 },
            _ => null_mut(),
        }
    }

    /// Sorts a vector of `pgm->nmsgs` sort caches in place; returns a list as `mail_sort` does.
    fn mail_sort_cache(
        stream: *mut MailStream,
        pgm: *mut SortPgm,
        sc: *mut *mut SortCache,
        flags: c_long,
    ) -> *mut c_ulong {
        match enter(stream) {
            // SAFETY: program and vector of the caller's.
            Some(cx) if !pgm.is_null() && !sc.is_null() => unsafe {
                let count = usize::try_from((*pgm).nmsgs).unwrap_or(usize::MAX);
                sort_vector(&cx, pgm, sc, count, flags)
            },
            _ => null_mut(),
        }
    }

    /// Compares two sort caches, given by pointers to pointers, by the sort program of the first: -1, 0 or 1.
    fn mail_sort_compare(a1: *const c_void, a2: *const c_void) -> c_int {
        // SAFETY: pointers to sort caches by the interface.
        unsafe {
            let (one, other) = (*a1.cast::<*mut SortCache>(), *a2.cast::<*mut SortCache>());
            count_sorted(one);
            count_sorted(other);
            compare(&*one, &*other) as c_int
        }
    }

    /// The base subject of a subject (RFC 5256 section 2.1), in `*ret`, which is the caller's to free. T if it was that
    /// of a reply or of a forwarded message.
    fn mail_strip_subject(t: *mut c_char, ret: *mut *mut c_char) -> c_uint {
        // SAFETY: a string and a place of the caller's.
        unsafe {
            let (text, refwd) = stripped(memory::bytes(t));
            match ret.as_mut() {
                Some(ret) => *ret = text,
                None => {
                    let mut text = text;
                    release(&mut text);
                }
            }
            refwd
        }
    }

    /// Behind the spaces and tabs at `s`.
    fn mail_strip_subject_wsp(s: *mut c_char) -> *mut c_char {
        // SAFETY: NULL or a string; the place is within it.
        unsafe { s.add(sort::skip_spaces(memory::bytes(s), 0)) }
    }

    /// Behind the blob in brackets at `s` and the spaces behind it, in the same text; `s` if there is none, NIL if it
    /// does not end.
    fn mail_strip_subject_blob(s: *mut c_char) -> *mut c_char {
        // SAFETY: NULL or a string; the place is within it.
        unsafe { sort::skip_blob(memory::bytes(s), 0).map_or(null_mut(), |at| s.add(at)) }
    }
}
