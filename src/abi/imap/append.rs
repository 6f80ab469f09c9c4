//! APPEND: messages from the application's callback into a mailbox (UW's imap_append).

use core::ffi::{c_char, c_long, c_ulong, c_void};

use super::arg;
use crate::abi::constants::{ERROR, OP_DEBUG, OP_HALFOPEN, OP_SILENT};
use crate::abi::mail_open::{close_stream, open_stream};
use crate::abi::stream::{Entered, enter};
use crate::abi::types::{MailStream, MailString, append_t};
use crate::abi::{local_time, tell};
use crate::imap::command::Command;
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

/// `imapdriver.append`.
pub(crate) unsafe extern "C-unwind" fn imap_append(
    stream: *mut MailStream,
    mailbox: *mut c_char,
    callback: append_t,
    data: *mut c_void,
) -> c_long {
    // SAFETY: a C string by the interface.
    let name = unsafe { arg(mailbox) };
    let (Some(target), Some(callback)) = (valid_net(name, b"imap"), callback) else {
        return 0;
    };
    let given = enter(stream).filter(Entered::is_connected);
    let own = given.is_none();
    let cx = match given {
        Some(cx) => cx,
        None => {
            let debug = enter(stream).is_some_and(|cx| cx.edit(|s| s.debug() != 0));
            let options = OP_HALFOPEN | OP_SILENT | if debug { OP_DEBUG } else { 0 };
            match enter(open_stream(core::ptr::null_mut(), name, options)) {
                Some(cx) => cx,
                None => {
                    tell::log("Can't access server for append", ERROR);
                    return 0;
                }
            }
        }
    };
    cx.with(|live| live.append_mailbox = Some(name.to_vec()));
    // SAFETY: callback and data go together.
    let next = |binary: bool| unsafe { next_message(stream, callback, data, binary) };
    let done = if cx.capabilities().multiappend {
        append_together(&cx, &target.mailbox, next)
    } else {
        append_singly(&cx, &target.mailbox, next)
    };
    cx.with(|live| live.append_mailbox = None);
    if own {
        let raw = cx.raw();
        drop(cx);
        close_stream(raw, 0);
    }
    c_long::from(done)
}

fn with_item(command: Command, item: Item) -> Command {
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
    command.message(item.text)
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
fn append_together(cx: &Entered, mailbox: &[u8], next: impl Fn(bool) -> Next) -> bool {
    let binary = cx.capabilities().binary;
    let mut command = Command::new("APPEND").mailbox(mailbox);
    let mut octets = 0;
    let mut count = 0;
    loop {
        match next(binary) {
            Next::Item(item) => {
                octets += item.text.len();
                if octets > limits::APPEND {
                    tell::log(
                        "Messages to append are too large to be stored together",
                        ERROR,
                    );
                    return false;
                }
                count += 1;
                command = with_item(command, item);
            }
            Next::End if count > 0 => break,
            Next::End | Next::GivenUp | Next::Failed => return false,
        }
    }
    cx.exec_ok(&command)
}

fn append_singly(cx: &Entered, mailbox: &[u8], next: impl Fn(bool) -> Next) -> bool {
    let binary = cx.capabilities().binary;
    let mut stored = false;
    loop {
        match next(binary) {
            Next::Item(item) => {
                if !cx.exec_ok(&with_item(Command::new("APPEND").mailbox(mailbox), item)) {
                    return false;
                }
                stored = true;
            }
            Next::End | Next::GivenUp => return stored,
            Next::Failed => return false,
        }
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
