//! APPEND: messages from the application's callback into a mailbox (UW's imap_append).

use core::ffi::{c_char, c_long, c_ulong, c_void};
use std::collections::VecDeque;

use super::{arg, referral};
use crate::abi::constants::{ERROR, OP_DEBUG, OP_HALFOPEN, OP_SILENT, REFAPPEND};
use crate::abi::mail_open::{close_stream, open_stream};
use crate::abi::stream::{Entered, enter};
use crate::abi::types::{MailStream, MailString, append_t};
use crate::abi::{local_time, parameters, tell};
use crate::imap::command::Command;
use crate::imap::response::Code;
use crate::imap::session::Completion;
use crate::limits;
use crate::mailbox_name::valid_net;
use crate::mime::date;

/// One message of an append.
struct Item {
    flags: Option<Vec<u8>>,
    date: Option<String>,
    text: Vec<u8>,
}

/// What the callback gave.
enum Next {
    Item(Item),
    End,
    /// The callback gave up.
    GivenUp,
    /// What it gave is no good; told already.
    Failed,
}

/// The stream to append with: the one that was given, or one of our own, which is closed when dropped.
struct Appending {
    cx: Entered,
    own: bool,
}

impl Appending {
    fn open(name: &[u8], debug: bool) -> Option<Self> {
        let options = OP_HALFOPEN | OP_SILENT | if debug { OP_DEBUG } else { 0 };
        let cx = enter(open_stream(core::ptr::null_mut(), name, options))?;
        Some(Self { cx, own: true })
    }
}

impl Drop for Appending {
    fn drop(&mut self) {
        if self.own {
            close_stream(self.cx.raw(), 0);
        }
    }
}

/// Why an append did not happen.
enum Failure {
    /// Told already, or nothing to tell.
    Told,
    /// What the server said. What it did not store waits for the server that it refers to, if any.
    Refused(Completion),
}

/// Messages that come from the program's callback.
struct Source<F> {
    next: F,
    /// Kept until a server has stored them, where the program follows referrals.
    waiting: VecDeque<Item>,
    ended: bool,
    keep: bool,
}

impl<F: Fn(bool) -> Next> Source<F> {
    fn ask(&mut self, binary: bool) -> Next {
        if self.ended {
            return Next::End;
        }
        let next = (self.next)(binary);
        self.ended = !matches!(next, Next::Item(_));
        next
    }
}

/// `imapdriver.append`.
pub(crate) unsafe extern "C-unwind" fn imap_append(
    stream: *mut MailStream,
    mailbox: *mut c_char,
    callback: append_t,
    data: *mut c_void,
) -> c_long {
    // SAFETY: a C string by the interface.
    let mut name = unsafe { arg(mailbox) }.to_vec();
    let (Some(target), Some(callback)) = (valid_net(&name, b"imap"), callback) else {
        return 0;
    };
    let debug = enter(stream).is_some_and(|cx| cx.edit(|s| s.debug() != 0));
    let given = enter(stream).filter(Entered::is_connected);
    let mut on = match given {
        Some(cx) => Appending { cx, own: false },
        None => match Appending::open(&name, debug) {
            Some(on) => on,
            None => {
                tell::log("Can't access server for append", ERROR);
                return 0;
            }
        },
    };
    let mut source = Source {
        // SAFETY: callback and data go together.
        next: |binary: bool| unsafe { next_message(stream, callback, data, binary) },
        waiting: VecDeque::new(),
        ended: false,
        keep: parameters::imap_referral().is_some(),
    };
    let mut target = target.mailbox;
    let mut hops = 0;
    loop {
        on.cx.with(|live| live.append_mailbox = Some(name.clone()));
        let done = if on.cx.capabilities().multiappend && (hops == 0 || source.ended) {
            append_together(&on.cx, &target, &mut source)
        } else {
            append_singly(&on.cx, &target, &mut source)
        };
        on.cx.with(|live| live.append_mailbox = None);
        let refused = match done {
            Ok(stored) => return c_long::from(stored),
            Err(Failure::Told) => return 0,
            Err(Failure::Refused(refused)) => refused,
        };
        let protected = on.cx.is_protected();
        let Some(next) = referral::ask(&on.cx, REFAPPEND, hops, protected) else {
            tell::log(&refused.text.raw, ERROR);
            return 0;
        };
        hops += 1;
        drop(on);
        name = next.name;
        target = match valid_net(&name, b"imap") {
            Some(parsed) => parsed.mailbox,
            None => return 0,
        };
        on = match Appending::open(&name, debug) {
            Some(on) => on,
            None => {
                tell::log_with("Can't access referral server: ", &name, ERROR);
                return 0;
            }
        };
    }
}

fn with_item(command: Command, item: &Item, text: Vec<u8>) -> Command {
    let mut command = command;
    if let Some(flags) = &item.flags {
        command = command.flag_list(flags);
        if !all_known(flags) {
            // The message is a stranger's text: it must not be taken for commands if a flag is refused.
            command = command.synchronise();
        }
    }
    if let Some(date) = &item.date {
        command = command.string(date.as_bytes());
    }
    command.message(text)
}

/// Whether every flag is one of RFC 9051's that a server cannot but know.
fn all_known(flags: &[u8]) -> bool {
    flags
        .split(|b| matches!(b, b' ' | b'(' | b')'))
        .filter(|flag| !flag.is_empty())
        .all(|flag| {
            [
                &b"\\Seen"[..],
                b"\\Answered",
                b"\\Flagged",
                b"\\Deleted",
                b"\\Draft",
            ]
            .iter()
            .any(|known| flag.eq_ignore_ascii_case(known))
        })
}

/// All messages in one command (RFC 3502): all of them are stored, or none.
fn append_together<F: Fn(bool) -> Next>(
    cx: &Entered,
    mailbox: &[u8],
    source: &mut Source<F>,
) -> Result<bool, Failure> {
    let binary = cx.capabilities().binary;
    let mut command = Command::new("APPEND").mailbox(mailbox);
    let (mut octets, mut count) = (0, 0);
    for item in &source.waiting {
        count += 1;
        octets += item.text.len();
        command = with_item(command, item, item.text.clone());
    }
    loop {
        match source.ask(binary) {
            Next::Item(mut item) => {
                octets += item.text.len();
                if octets > limits::APPEND {
                    tell::log(
                        "Messages to append are too large to be stored together",
                        ERROR,
                    );
                    return Err(Failure::Told);
                }
                count += 1;
                if source.keep {
                    command = with_item(command, &item, item.text.clone());
                    source.waiting.push_back(item);
                } else {
                    let text = core::mem::take(&mut item.text);
                    command = with_item(command, &item, text);
                }
            }
            Next::End if count > 0 => break,
            Next::End | Next::GivenUp | Next::Failed => return Err(Failure::Told),
        }
    }
    run(cx, mailbox, &command).map(|()| true)
}

/// One after the other; those that wait for it first.
fn append_singly<F: Fn(bool) -> Next>(
    cx: &Entered,
    mailbox: &[u8],
    source: &mut Source<F>,
) -> Result<bool, Failure> {
    let binary = cx.capabilities().binary;
    let mut stored = false;
    loop {
        let mut item = match source.waiting.pop_front() {
            Some(item) => item,
            None => match source.ask(binary) {
                Next::Item(item) => item,
                Next::End | Next::GivenUp => return Ok(stored),
                Next::Failed => return Err(Failure::Told),
            },
        };
        let text = if source.keep {
            item.text.clone()
        } else {
            core::mem::take(&mut item.text)
        };
        let command = with_item(Command::new("APPEND").mailbox(mailbox), &item, text);
        if let Err(failure) = run(cx, mailbox, &command) {
            source.waiting.push_front(item);
            return Err(failure);
        }
        stored = true;
    }
}

fn run(cx: &Entered, mailbox: &[u8], command: &Command) -> Result<(), Failure> {
    let before = cx.with(|live| live.mirror.len()).unwrap_or_default();
    let done = cx.exec(command);
    cx.note_arrival(mailbox, before);
    if cx.ok(&done) {
        if let Some(Code::AppendUid { validity, uids }) = &done.text.code {
            cx.with(|live| live.note_appended(mailbox, before, *validity, uids));
        }
        Ok(())
    } else {
        Err(Failure::Refused(done))
    }
}

/// Asks the application for the next message.
///
/// # Safety
/// `callback` follows append_t and takes `data`.
unsafe fn next_message(
    stream: *mut MailStream,
    callback: unsafe extern "C-unwind" fn(
        *mut MailStream,
        *mut c_void,
        *mut *mut c_char,
        *mut *mut c_char,
        *mut *mut MailString,
    ) -> c_long,
    data: *mut c_void,
    binary: bool,
) -> Next {
    let mut flags: *mut c_char = core::ptr::null_mut();
    let mut date: *mut c_char = core::ptr::null_mut();
    let mut message: *mut MailString = core::ptr::null_mut();
    // SAFETY: the caller vouches for callback and data; what it gives lives until it is called again.
    unsafe {
        if callback(stream, data, &mut flags, &mut date, &mut message) == 0 {
            return Next::GivenUp;
        }
        if message.is_null() {
            return Next::End;
        }
        let date = if date.is_null() {
            None
        } else {
            match date::append_date(arg(date), local_time::zone()) {
                Some(date) => Some(date),
                None => {
                    tell::log("Bad date in append", ERROR);
                    return Next::Failed;
                }
            }
        };
        let Some(text) = read_string(&mut *message, binary) else {
            return Next::Failed;
        };
        let flags = (!flags.is_null()).then(|| arg(flags).to_vec());
        Next::Item(Item { flags, date, text })
    }
}

/// Reads what is left of a STRING, through its driver. NUL becomes 0x80, as in UW, where the server cannot store NUL.
///
/// # Safety
/// A STRING its driver has initialised.
unsafe fn read_string(string: &mut MailString, binary: bool) -> Option<Vec<u8>> {
    // SAFETY: the members of an initialised STRING lie in its chunk.
    let position = string
        .offset
        .wrapping_add(unsafe { string.curpos.offset_from(string.chunk) } as c_ulong);
    let mut left = usize::try_from(string.size.checked_sub(position)?).ok()?;
    if left > limits::APPEND {
        tell::log(
            format!("Message of {left} octets is too large to append"),
            ERROR,
        );
        return None;
    }
    let mut text = Vec::with_capacity(left);
    let mut idle = 0;
    while left > 0 {
        let chunk = left.min(usize::try_from(string.cursize).unwrap_or(usize::MAX));
        if chunk > 0 {
            // SAFETY: `cursize` octets are readable at `curpos`.
            text.extend_from_slice(unsafe {
                core::slice::from_raw_parts(string.curpos.cast::<u8>(), chunk)
            });
            left -= chunk;
            idle = 0;
            // `next` expects to stand on the last octet of a chunk that is used up.
            // SAFETY: stays within the chunk.
            string.curpos = unsafe { string.curpos.add(chunk - 1) };
            string.cursize = 0;
        } else {
            idle += 1;
            if idle > 1 {
                tell::log(
                    format!("Message to append ended {left} octets before its time"),
                    ERROR,
                );
                return None;
            }
        }
        // SAFETY: an initialised STRING has a driver, which takes its own STRING.
        unsafe { (*string.dtb).next?(string) };
    }
    if !binary {
        for octet in text.iter_mut().filter(|o| **o == 0) {
            *octet = 0x80;
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::all_known;

    #[test]
    fn only_system_flags_go_without_waiting() {
        assert!(all_known(b"\\FLAGGED"));
        assert!(all_known(b"(\\Seen \\Draft)"));
        assert!(all_known(b""));
        assert!(!all_known(b"\\Nonsense"));
        assert!(!all_known(b"\\Seen keyword"));
    }
}
