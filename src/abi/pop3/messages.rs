//! Messages: headers and texts, pulse and expunge (UW's pop3_header, pop3_text, pop3_expunge, …).

use core::ffi::{c_char, c_long, c_ulong};
use std::sync::Arc;

use crate::abi::constants::{EX_UID, FT_PEEK, FT_UID};
use crate::abi::mail_messages::mail_msgno;
use crate::abi::mail_sequence::{mail_sequence, mail_uid_sequence};
use crate::abi::objects::mail_string;
use crate::abi::stream::{Entered, enter};
use crate::abi::string_drivers::seek;
use crate::abi::types::{MailStream, MailString};
use crate::abi::{fetch_default, memory, tell};
use crate::pop3::connection::Text;

/// Marks the messages of a sequence; whether it is one.
///
/// # Safety
/// A C string.
pub unsafe fn mark_sequence(cx: &Entered, sequence: *mut c_char, by_uid: bool) -> bool {
    // SAFETY: an entered stream and a C string.
    unsafe {
        if by_uid {
            mail_uid_sequence(cx.raw(), sequence.cast()) != 0
        } else {
            mail_sequence(cx.raw(), sequence.cast()) != 0
        }
    }
}

/// Whether a message is marked by the last sequence.
pub fn is_marked(cx: &Entered, msgno: u32) -> bool {
    let marked = cx.existing_element(msgno).is_some();
    marked
        && cx
            .edit_element(msgno, |elt| elt.sequence() != 0)
            .unwrap_or(false)
}

/// The number of a message that exists, from what a caller gave.
fn msgno(cx: &Entered, number: c_ulong, flags: c_long) -> Option<u32> {
    let number = if flags & FT_UID != 0 {
        // SAFETY: the stream is entered.
        unsafe { mail_msgno(cx.raw(), number) }
    } else {
        number
    };
    u32::try_from(number).ok().filter(|&n| cx.has_message(n))
}

/// The whole message, from the server unless it was the last one fetched.
fn whole(cx: &Entered, msgno: u32) -> Option<Arc<Text>> {
    let (number, fetched) = cx.with_pop3(|pop3| {
        let number = pop3.number(msgno);
        let fetched = pop3.fetched.as_ref().filter(|(have, _)| *have == number);
        (number, fetched.map(|(_, text)| Arc::clone(text)))
    })?;
    if fetched.is_some() {
        return fetched;
    }
    let text = retrieve(cx, &format!("RETR {number}"));
    let text = text.map(Arc::new);
    // A bare `RETR` that failed leaves nothing of the message before, as in c-client.
    cx.with_pop3(|pop3| pop3.fetched = text.clone().map(|text| (number, text)));
    if let Some(text) = &text {
        cx.edit_element(msgno, |elt| elt.rfc822_size = text.octets.len() as c_ulong);
    }
    text
}

/// A command that is answered by a message, or the head of one.
fn retrieve(cx: &Entered, command: &str) -> Option<Text> {
    let command = command.as_bytes();
    let said = cx.pop3_talk(|connection| {
        if connection.command(command, command)?.is_ok() {
            connection.text().map(Some)
        } else {
            Ok(None)
        }
    });
    said.ok().flatten()
}

fn header_text(cx: &Entered, msgno: u32) -> Option<Vec<u8>> {
    let (number, top) = cx.with_pop3(|pop3| {
        let top = !pop3.loser && pop3.capabilities.top;
        (pop3.number(msgno), top)
    })?;
    if top {
        retrieve(cx, &format!("TOP {number} 0")).map(|text| text.octets)
    } else {
        whole(cx, msgno).map(|text| text.octets[..text.header].to_vec())
    }
}

/// `pop3driver.header`: the header, which stays in the cache; empty on failure.
pub(crate) unsafe extern "C-unwind" fn pop3_header(
    stream: *mut MailStream,
    number: c_ulong,
    size: *mut c_ulong,
    flags: c_long,
) -> *mut c_char {
    let nothing = c"".as_ptr().cast_mut();
    let mut unused = 0;
    // SAFETY: NULL or the caller's place.
    let size = unsafe { size.as_mut() }.unwrap_or(&mut unused);
    *size = 0;
    let Some(cx) = enter(stream) else {
        return nothing;
    };
    let Some(msgno) = msgno(&cx, number, flags) else {
        return nothing;
    };
    let cached = |cx: &Entered| {
        let text = cx.edit_element(msgno, |elt| {
            let text = &elt.private.msg.header.text;
            (text.data, text.size)
        });
        text.filter(|(data, _)| !data.is_null())
    };
    if cached(&cx).is_none()
        && let Some(text) = header_text(&cx, msgno)
    {
        cx.edit_element(msgno, |elt| {
            // SAFETY: a text of the cache, empty so far.
            unsafe { memory::set_text(&mut elt.private.msg.header.text, &text) };
        });
    }
    match cached(&cx) {
        Some((data, length)) => {
            *size = length;
            data.cast()
        }
        None => nothing,
    }
}

/// `pop3driver.text`: a string over the whole message, at the start of its text. It is good until another message is
/// fetched.
pub(crate) unsafe extern "C-unwind" fn pop3_text(
    stream: *mut MailStream,
    number: c_ulong,
    string: *mut MailString,
    flags: c_long,
) -> c_long {
    if string.is_null() {
        return 0;
    }
    // SAFETY: the caller's struct.
    unsafe { start(string, b"", 0) };
    let Some(cx) = enter(stream) else { return 0 };
    let Some(msgno) = msgno(&cx, number, flags) else {
        return 0;
    };
    let Some(text) = whole(&cx, msgno) else {
        return 0;
    };
    if flags & FT_PEEK == 0 {
        cx.edit_element(msgno, |elt| elt.set_seen(1));
        tell::flags(cx.raw(), c_ulong::from(msgno));
    }
    if cx.is_closed() {
        return 0;
    }
    // SAFETY: the caller's struct; the text is kept in `fetched`.
    unsafe { start(string, &text.octets, text.header) };
    1
}

/// Makes a string over octets that stay where they are, and goes to a position.
///
/// # Safety
/// `string` is a place for one.
unsafe fn start(string: *mut MailString, octets: &[u8], position: usize) {
    // SAFETY: the caller vouches for it; the driver takes octets and their number.
    unsafe {
        let string = &mut *string;
        string.dtb = &raw mut mail_string;
        if let Some(init) = (*string.dtb).init {
            init(
                string,
                octets.as_ptr().cast_mut().cast(),
                octets.len() as c_ulong,
            );
        }
        seek(string, position as c_ulong);
    }
}

/// `pop3driver.fast`.
pub(crate) unsafe extern "C-unwind" fn pop3_fast(
    stream: *mut MailStream,
    sequence: *mut c_char,
    flags: c_long,
) {
    let Some(cx) = enter(stream) else { return };
    // SAFETY: a C string by the interface.
    if unsafe { !mark_sequence(&cx, sequence, flags & FT_UID != 0) } {
        return;
    }
    for msgno in 1..=cx.count() {
        if is_marked(&cx, msgno) && !cx.is_closed() {
            let known = cx.edit_element(msgno, |elt| elt.day() != 0 && elt.rfc822_size != 0);
            if known == Some(false) {
                fetch_default::learn(&cx, msgno);
            }
        }
    }
}

/// `pop3driver.ping`.
pub(crate) unsafe extern "C-unwind" fn pop3_ping(stream: *mut MailStream) -> c_long {
    enter(stream).map_or(0, |cx| c_long::from(cx.pop3_send("NOOP").ok))
}

/// `pop3driver.check`.
pub(crate) unsafe extern "C-unwind" fn pop3_check(stream: *mut MailStream) {
    if enter(stream).is_some_and(|cx| cx.pop3_send("NOOP").ok) {
        tell::log("Check completed", 0);
    }
}

/// `pop3driver.expunge`.
pub(crate) unsafe extern "C-unwind" fn pop3_expunge(
    stream: *mut MailStream,
    sequence: *mut c_char,
    options: c_long,
) -> c_long {
    let Some(cx) = enter(stream) else { return 0 };
    c_long::from(expunge(
        &cx,
        (!sequence.is_null()).then_some(sequence),
        options,
    ))
}

/// Deletes what is marked so; of a sequence only, if there is one.
pub fn expunge(cx: &Entered, sequence: Option<*mut c_char>, options: c_long) -> bool {
    if let Some(sequence) = sequence {
        // SAFETY: a C string by the interface.
        if unsafe { !mark_sequence(cx, sequence, options & EX_UID != 0) } {
            return false;
        }
    }
    let (mut msgno, mut gone) = (1, 0);
    while msgno <= cx.count() && !cx.is_closed() {
        // Who has no element has no flags.
        let deleted = cx.existing_element(msgno).is_some()
            && cx.edit_element(msgno, |elt| elt.deleted() != 0) == Some(true)
            && (sequence.is_none() || is_marked(cx, msgno));
        let number = cx.with_pop3(|pop3| pop3.number(msgno)).unwrap_or(0);
        if !deleted || !cx.pop3_send(&format!("DELE {number}")).ok {
            msgno += 1;
            continue;
        }
        cx.with_pop3(|pop3| {
            if pop3
                .fetched
                .as_ref()
                .is_some_and(|(have, _)| *have == number)
            {
                pop3.fetched = None;
            }
        });
        cx.expunged(msgno);
        cx.with_pop3(|pop3| pop3.expunge(msgno));
        gone += 1;
    }
    if cx.edit(|s| s.silent() == 0) && !cx.is_closed() {
        let text = match gone {
            0 => "No messages deleted, so no update needed".to_owned(),
            gone => format!("Expunged {gone} messages"),
        };
        tell::log(text, 0);
    }
    // Without a connection nothing will be deleted, nor has been: the server does it at QUIT.
    cx.is_pop3_connected()
}
