//! Fetching: texts, UIDs, flags (UW's imap_msgdata, imap_uid, imap_msgno, imap_fetch). What messages are made of is
//! fetched in [`super::structure`].

use core::ffi::{c_char, c_long, c_ulong};

use super::arg;
use super::messages::{for_sequence, wire_sequence};
use super::structure::{has_envelope, structure};
use crate::abi::constants::{
    ERROR, FT_NEEDBODY, FT_NEEDENV, FT_NOHDRS, FT_NOT, FT_PEEK, FT_PREFETCHTEXT,
    FT_SEARCHLOOKAHEAD, FT_UID,
};
use crate::abi::mail_overview::{marked, tell_overview};
use crate::abi::stream::foresight::header_and_structure;
use crate::abi::stream::{Entered, enter};
use crate::abi::types::{MailStream, StringList, overview_t};
use crate::abi::{memory, parameters, tell};
use crate::imap::command::{Command, SectionRequest};
use crate::imap::mirror::bit;
use crate::imap::response::FetchItem;
use crate::imap::sequence::{WireSequence, compress};
use crate::imap::session::Completion;
use crate::limits;

/// The header fields that c-client's ENVELOPE has and IMAP's has not.
pub(super) fn extra_fields() -> SectionRequest {
    let extra = parameters::extra_headers();
    let extra = extra
        .as_deref()
        .map(core::ffi::CStr::to_bytes)
        .unwrap_or_default();
    let fields = [&b"Newsgroups"[..]]
        .into_iter()
        .chain(
            extra
                .split(u8::is_ascii_whitespace)
                .filter(|f| !f.is_empty()),
        )
        .chain([&b"Followup-To"[..], &b"References"[..]])
        .map(<[u8]>::to_vec)
        .collect();
    SectionRequest {
        peek: true,
        section: b"HEADER.FIELDS".to_vec(),
        fields,
        partial: None,
    }
}

/// FETCH of the fast data of a sequence, with envelopes and bodies if wanted (imap_fetch).
pub fn fetch(cx: &Entered, sequence: &WireSequence, flags: c_long) -> Completion {
    let name = if flags & FT_UID != 0 {
        "UID FETCH"
    } else {
        "FETCH"
    };
    for_sequence(cx, sequence, |part| {
        let mut command = Command::new(name).sequence(part).open().atom("UID");
        if flags & FT_NEEDENV != 0 {
            command = command.atom("ENVELOPE");
            if flags & FT_NOHDRS == 0 {
                command = command.section(&extra_fields());
            }
            if flags & FT_NEEDBODY != 0 {
                command = command.atom("BODYSTRUCTURE");
            }
        }
        command
            .atom("INTERNALDATE")
            .atom("RFC822.SIZE")
            .atom("FLAGS")
            .close()
    })
}

/// Logs what the server said unless it was OK. Whether it was.
pub fn log_unless_ok(cx: &Entered, done: &Completion) -> bool {
    let ok = cx.ok(done);
    if !ok {
        tell::log(&done.text.raw, ERROR);
    }
    ok
}

/// `imapdriver.fast`.
pub(crate) unsafe extern "C-unwind" fn imap_fast(
    stream: *mut MailStream,
    sequence: *mut c_char,
    flags: c_long,
) {
    let Some(cx) = enter(stream) else { return };
    // SAFETY: a C string by the interface.
    let Some(sequence) = wire_sequence(unsafe { arg(sequence) }) else {
        return;
    };
    let done = fetch(&cx, &sequence, flags & FT_UID);
    log_unless_ok(&cx, &done);
}

/// `imapdriver.msgflags`.
pub(crate) unsafe extern "C-unwind" fn imap_flags(
    stream: *mut MailStream,
    sequence: *mut c_char,
    flags: c_long,
) {
    let Some(cx) = enter(stream) else { return };
    // SAFETY: a C string by the interface.
    let Some(sequence) = wire_sequence(unsafe { arg(sequence) }) else {
        return;
    };
    let name = if flags & FT_UID != 0 {
        "UID FETCH"
    } else {
        "FETCH"
    };
    let done = for_sequence(&cx, &sequence, |part| {
        Command::new(name).sequence(part).atom("FLAGS")
    });
    log_unless_ok(&cx, &done);
}

/// `imapdriver.overview`: one overview for each message with its `sequence` bit set.
pub(crate) unsafe extern "C-unwind" fn imap_overview(
    stream: *mut MailStream,
    receiver: overview_t,
) -> c_long {
    let Some(cx) = enter(stream).filter(Entered::is_connected) else {
        return 0;
    };
    cx.with(|live| live.envelopes_read = true);
    let marked = marked(&cx);
    let unknown = marked.iter().copied().filter(|&n| !has_envelope(&cx, n));
    if let Some(sequence) = WireSequence::from_set(&compress(unknown)) {
        fetch(&cx, &sequence, FT_NEEDENV);
    }
    if receiver.is_none() {
        return 1;
    }
    for msgno in marked {
        if cx.is_closed() {
            break;
        }
        let get = || structure(&cx, c_ulong::from(msgno), None, 0);
        // SAFETY: an envelope of the cache.
        unsafe { tell_overview(&cx, msgno, receiver, get) };
    }
    1
}

/// `imapdriver.msgdata`: fetches a section, which then lies in the cache.
pub(crate) unsafe extern "C-unwind" fn imap_msgdata(
    stream: *mut MailStream,
    msgno: c_ulong,
    section: *mut c_char,
    first: c_ulong,
    last: c_ulong,
    lines: *mut StringList,
    flags: c_long,
) -> c_long {
    let Some(cx) = enter(stream) else { return 0 };
    let Ok(number) = u32::try_from(msgno) else {
        return 0;
    };
    // SAFETY: a C string and a list by the interface.
    let (section, fields) = unsafe { (arg(section), memory::list_bytes(lines)) };
    let peek = flags & FT_PEEK != 0;
    let name = if flags & FT_UID != 0 {
        "UID FETCH"
    } else {
        "FETCH"
    };
    let partial = (first != 0 || last != 0).then(|| {
        let clamp = |n: c_ulong| u32::try_from(n).unwrap_or(u32::MAX);
        (clamp(first), if last == 0 { u32::MAX } else { clamp(last) })
    });
    let request = |section: &[u8], fields: Vec<Vec<u8>>| SectionRequest {
        peek,
        section: section.to_vec(),
        fields,
        partial,
    };
    let numbers = if flags & FT_SEARCHLOOKAHEAD != 0
        && flags & FT_UID == 0
        && number < cx.count()
        && !cx.is_short_cached()
    {
        (
            number,
            number
                .saturating_add(limits::SEARCH_LOOKAHEAD)
                .min(cx.count()),
        )
    } else {
        (number, number)
    };
    let plain_header = section == b"HEADER"
        && fields.is_empty()
        && peek
        && partial.is_none()
        && numbers == (number, number)
        && flags & (FT_UID | FT_PREFETCHTEXT) == 0;
    if plain_header && !parameters::freshness().is_zero() {
        let in_pairs = cx.with(|live| live.reading.reads_header(number)) == Some(true);
        if cx.tell_foreseen(number) {
            return c_long::from(!cx.is_closed());
        }
        if in_pairs && !cx.is_short_cached() && cx.known_body(number).is_null() {
            let done = cx.exec_patiently(&header_and_structure(number));
            return c_long::from(log_unless_ok(&cx, &done) && !cx.is_closed());
        }
    }
    let command = Command::new(name).sequence_set(&[numbers]);
    let command = if section == b"HEADER" && !fields.is_empty() {
        let not = flags & FT_NOT != 0;
        command.section(&request(
            if not {
                b"HEADER.FIELDS.NOT"
            } else {
                b"HEADER.FIELDS"
            },
            fields,
        ))
    } else if section == b"HEADER" && flags & FT_PREFETCHTEXT != 0 {
        command
            .open()
            .section(&request(b"HEADER", Vec::new()))
            .section(&request(b"TEXT", Vec::new()))
            .close()
    } else {
        command.section(&request(section, Vec::new()))
    };
    let part = !section.is_empty() && section.iter().all(|b| matches!(b, b'0'..=b'9' | b'.'));
    let done = if part && partial.is_none() && flags & FT_UID == 0 {
        cx.exec_with_foresight(&command, number)
    } else {
        cx.exec_patiently(&command)
    };
    if !peek {
        note_seen(&cx, number);
    }
    c_long::from(log_unless_ok(&cx, &done) && !cx.is_closed())
}

/// A text was read, which marks the message \Seen: others see that, and not every server says so.
fn note_seen(cx: &Entered, number: u32) {
    cx.with(|live| {
        if let Some(message) = live.mirror.message_mut(number)
            && message.learned.set & bit::SEEN == 0
        {
            message.learned.known &= !bit::SEEN;
        }
    });
    cx.note_change();
}

/// `imapdriver.uid`.
pub(crate) unsafe extern "C-unwind" fn imap_uid(
    stream: *mut MailStream,
    msgno: c_ulong,
) -> c_ulong {
    let Some(cx) = enter(stream) else { return 0 };
    u32::try_from(msgno).map_or(0, |msgno| c_ulong::from(uid(&cx, msgno)))
}

/// The UID of a message; asks for it, and for those of the messages behind it, if it is not known. 0 on failure.
pub fn uid(cx: &Entered, msgno: u32) -> u32 {
    let known = |cx: &Entered| {
        cx.with(|live| live.mirror.message(msgno).map(|m| m.uid))
            .flatten()
    };
    match known(cx) {
        None => return 0,
        Some(0) => {}
        Some(uid) => return uid,
    }
    let ahead = parameters::uid_lookahead() as usize;
    let unknown: Vec<u32> = cx
        .with(|live| {
            live.mirror
                .messages()
                .skip(msgno as usize)
                .filter(|(_, m)| m.uid == 0)
                .map(|(n, _)| n)
                .take(ahead)
                .collect()
        })
        .unwrap_or_default();
    let kept = (!parameters::freshness().is_zero())
        .then(|| {
            let numbers = core::iter::once(msgno).chain(unknown.iter().copied());
            cx.with(|live| {
                let kept = |n| Some((n, live.mirror.message(n)?.kept)).filter(|&(_, uid)| uid != 0);
                numbers.map(kept).collect::<Option<Vec<_>>>()
            })
        })
        .flatten()
        .flatten();
    if let Some(kept) = kept {
        for (number, uid) in kept {
            cx.fetched(number, vec![FetchItem::Uid(uid)]);
        }
        return known(cx).unwrap_or(0);
    }
    let mut numbers = vec![(msgno, msgno)];
    numbers.extend(compress(unknown));
    let done = cx.exec_patiently(&Command::new("FETCH").sequence_set(&numbers).atom("UID"));
    log_unless_ok(cx, &done);
    if cx.is_renumbered(msgno) {
        return 0;
    }
    known(cx).unwrap_or(0)
}

/// `imapdriver.msgno`.
pub(crate) unsafe extern "C-unwind" fn imap_msgno(
    stream: *mut MailStream,
    uid: c_ulong,
) -> c_ulong {
    let Some(cx) = enter(stream) else { return 0 };
    u32::try_from(uid).map_or(0, |uid| c_ulong::from(msgno(&cx, uid)))
}

/// The number of the message with that UID; asks the server if some UIDs are not known. 0 if there is none.
pub fn msgno(cx: &Entered, uid: u32) -> u32 {
    let find = |cx: &Entered| cx.with(|live| live.mirror.number_of(uid)).flatten();
    if let Some(found) = find(cx) {
        return found;
    }
    let holes = cx
        .with(|live| live.mirror.messages().any(|(_, m)| m.uid == 0))
        .unwrap_or(false);
    if !holes || uid == 0 {
        return 0;
    }
    let kept = cx.with(|live| {
        let mut messages = live.mirror.messages();
        messages.find(|(_, m)| m.kept == uid).map(|(n, _)| n)
    });
    if let Some(number) = kept
        .flatten()
        .filter(|_| !parameters::freshness().is_zero())
    {
        cx.fetched(number, vec![FetchItem::Uid(uid)]);
        return find(cx).unwrap_or(0);
    }
    let done = cx.exec_patiently(
        &Command::new("UID FETCH")
            .sequence_set(&[(uid, uid)])
            .atom("UID"),
    );
    log_unless_ok(cx, &done);
    find(cx).unwrap_or(0)
}
