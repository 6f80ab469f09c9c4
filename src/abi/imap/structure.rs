//! Fetching what messages are made of: envelope and structure, with those of later messages (UW's imap_structure).

use core::ffi::{c_long, c_ulong};

use super::fetch::{extra_fields, fetch, log_unless_ok};
use crate::abi::constants::{FT_NEEDBODY, FT_NEEDENV, FT_NOHDRS, FT_NOLOOKAHEAD, FT_UID};
use crate::abi::parameters;
use crate::abi::stream::{Entered, enter};
use crate::abi::types::{Body, Envelope, MailStream};
use crate::imap::busy::Again;
use crate::imap::command::Command;
use crate::imap::sequence::{WireSequence, compress};

/// Whether the envelope of a message is known.
pub(super) fn has_envelope(cx: &Entered, msgno: u32) -> bool {
    // SAFETY: an element of an entered stream.
    cx.existing_element(msgno)
        .is_some_and(|elt| unsafe { !(*elt).private.msg.env.is_null() })
}

/// `imapdriver.structure`.
pub(crate) unsafe extern "C-unwind" fn imap_structure(
    stream: *mut MailStream,
    msgno: c_ulong,
    body: *mut *mut Body,
    flags: c_long,
) -> *mut Envelope {
    match enter(stream) {
        // SAFETY: by the interface.
        Some(cx) => unsafe { imap_structure_of(&cx, msgno, body, flags) },
        None => {
            // SAFETY: NULL, or the caller's place for a pointer.
            if let Some(body) = unsafe { body.as_mut() } {
                *body = core::ptr::null_mut();
            }
            core::ptr::null_mut()
        }
    }
}

/// The same of an entered stream.
///
/// # Safety
/// `body` is NULL, or the caller's place for a pointer.
pub(crate) unsafe fn imap_structure_of(
    cx: &Entered,
    msgno: c_ulong,
    body: *mut *mut Body,
    flags: c_long,
) -> *mut Envelope {
    let mut found = core::ptr::null_mut();
    let wanted = (!body.is_null()).then_some(&mut found);
    // Who wants the body as well may want nothing else.
    let envelope_alone = wanted.is_none();
    cx.with(|live| live.envelopes_read |= envelope_alone);
    let envelope = structure(cx, msgno, wanted, flags);
    // SAFETY: as the caller says.
    if let Some(body) = unsafe { body.as_mut() } {
        *body = found;
    }
    envelope
}

/// What is known of a message's structure: envelope, and body if wanted.
fn known(cx: &Entered, msgno: u32) -> (*mut Envelope, *mut Body) {
    if cx.is_short_cached() {
        return cx.edit(|s| (s.env, s.body));
    }
    cx.edit_element(msgno, |elt| (elt.private.msg.env, elt.private.msg.body))
        .unwrap_or((core::ptr::null_mut(), core::ptr::null_mut()))
}

/// Envelope, and body if wanted, of a message; fetches what is not known, and looks ahead as configured.
pub fn structure(
    cx: &Entered,
    number: c_ulong,
    mut body: Option<&mut *mut Body>,
    flags: c_long,
) -> *mut Envelope {
    let null = core::ptr::null_mut();
    let Ok(number) = u32::try_from(number) else {
        return null;
    };
    let mut msgno = number;
    if flags & FT_UID != 0 {
        match cx.with(|live| live.mirror.number_of(number)).flatten() {
            Some(known) => msgno = known,
            None => return structure_by_uid(cx, number, body, flags),
        }
    }
    if !cx.has_message(msgno) || (flags & FT_UID == 0 && cx.is_renumbered(msgno)) {
        return null;
    }
    if cx.is_short_cached() && cx.edit(|s| s.msgno) != c_ulong::from(msgno) {
        cx.drop_short_cache();
        cx.edit(|s| s.msgno = c_ulong::from(msgno));
    }
    let wants_body = body.is_some();
    cx.with(|live| {
        live.reading.reads(msgno);
        if wants_body {
            live.reading.reads_structure(msgno);
        }
    });
    let (envelope, tree) = known(cx, msgno);
    // SAFETY: a cached envelope.
    let needs_envelope = envelope.is_null() || unsafe { (*envelope).incomplete() != 0 };
    let needs_body = wants_body && tree.is_null();
    let ahead =
        if flags & FT_NOLOOKAHEAD == 0 && !cx.is_short_cached() && (needs_envelope || needs_body) {
            look_ahead(cx, msgno, wants_body)
        } else {
            Vec::new()
        };
    if let Some(lacking) = Lacking::of(cx, msgno, needs_envelope, needs_body) {
        let mut numbers = compress(ahead);
        match numbers.first_mut() {
            Some(first) if first.0 == msgno.saturating_add(1) => first.0 = msgno,
            _ => numbers.insert(0, (msgno, msgno)),
        }
        let apart = lacking.uid && cx.asks_uids_apart(&numbers);
        let command = lacking.command(&numbers, !apart, flags);
        let gone = cx.begin_numbers();
        let done = if apart {
            let last = command.last_number();
            let ask = || cx.exec_with_uids(&command, &numbers);
            cx.patiently(Again::Same, last, None, ask)
        } else {
            cx.exec_patiently(&command)
        };
        log_unless_ok(cx, &done);
        let another = cx.has_another_meaning(msgno);
        cx.end_numbers(gone);
        if another {
            return null;
        }
    }
    if cx.is_closed() {
        return null;
    }
    let (envelope, tree) = known(cx, msgno);
    if let Some(body) = &mut body {
        **body = tree;
    }
    envelope
}

/// What is not known of a message.
struct Lacking {
    uid: bool,
    envelope: bool,
    body: bool,
    date: bool,
    size: bool,
}

impl Lacking {
    /// `None` if nothing is.
    fn of(cx: &Entered, msgno: u32, envelope: bool, body: bool) -> Option<Self> {
        let (uid, day, size) = cx
            .edit_element(msgno, |elt| (elt.private.uid, elt.day(), elt.rfc822_size))
            .unwrap_or((0, 0, 0));
        let lacking = Self {
            uid: uid == 0,
            envelope,
            body,
            date: day == 0,
            size: size == 0,
        };
        let any = lacking.uid || envelope || body || lacking.date || lacking.size;
        any.then_some(lacking)
    }

    /// What asks for it; for the UID only if `with_uid`.
    fn command(&self, numbers: &[(u32, u32)], with_uid: bool, flags: c_long) -> Command {
        let mut command = Command::new("FETCH").sequence_set(numbers).open();
        if self.uid && with_uid {
            command = command.atom("UID");
        }
        if self.envelope {
            command = command.atom("ENVELOPE");
            if flags & FT_NOHDRS == 0 {
                command = command.section(&extra_fields());
            }
        }
        if self.body {
            command = command.atom("BODYSTRUCTURE");
        }
        if self.date {
            command = command.atom("INTERNALDATE");
        }
        if self.size {
            command = command.atom("RFC822.SIZE");
        }
        command.atom("FLAGS").close()
    }
}

/// Later messages whose structure will be wanted next: those the application named (GET_FETCHLOOKAHEAD), else the
/// following ones without an envelope.
fn look_ahead(cx: &Entered, msgno: u32, wants_body: bool) -> Vec<u32> {
    let lacks = |n: u32| {
        // SAFETY: an element of an entered stream.
        n != msgno
            && !cx.existing_element(n).is_some_and(|elt| unsafe {
                !(*elt).private.msg.env.is_null()
                    && (!wants_body || !(*elt).private.msg.body.is_null())
            })
    };
    let named = cx.with(|live| live.take_lookahead()).unwrap_or_default();
    if named.is_empty() {
        let usual = parameters::lookahead();
        let many = if parameters::sets_lookahead() {
            usual
        } else {
            cx.with(|live| live.reading.looks_ahead(usual))
                .unwrap_or(usual)
        };
        return (msgno.saturating_add(1)..=cx.count())
            .filter(|&n| !has_envelope(cx, n))
            .take(many as usize)
            .collect();
    }
    let last = cx.count();
    named
        .into_iter()
        .flat_map(|(from, to)| from.min(last)..=to.min(last))
        .filter(|&n| n != 0 && lacks(n))
        .take(parameters::fetch_lookahead_limit() as usize)
        .collect()
}

/// A message of which only the UID is known: asks the server for it, then looks which number came with it.
fn structure_by_uid(
    cx: &Entered,
    uid: u32,
    body: Option<&mut *mut Body>,
    flags: c_long,
) -> *mut Envelope {
    let wanted =
        FT_UID | FT_NEEDENV | (flags & FT_NOHDRS) | if body.is_some() { FT_NEEDBODY } else { 0 };
    if let Some(sequence) = WireSequence::from_set(&[(uid, uid)]) {
        let done = fetch(cx, &sequence, wanted);
        log_unless_ok(cx, &done);
    }
    let Some(msgno) = cx.with(|live| live.mirror.number_of(uid)).flatten() else {
        return core::ptr::null_mut();
    };
    let (envelope, tree) = known(cx, msgno);
    if let Some(body) = body {
        *body = tree;
    }
    envelope
}
