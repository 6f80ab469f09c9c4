//! APPEND: messages from the application's callback into a mailbox (UW's imap_append).

use core::ffi::{c_char, c_long, c_ulong, c_void};
use std::collections::VecDeque;

use super::own::{Outcome, OwnStream, for_a_while};
use super::stored::{self, Before, Fate, Mark};
use super::{arg, referral};
use crate::abi::constants::{ERROR, OP_DEBUG, OP_HALFOPEN, OP_SILENT, REFAPPEND, WARN};
use crate::abi::stream::exec::Unanswered;
use crate::abi::stream::patience::Waiting;
use crate::abi::stream::{Entered, enter};
use crate::abi::types::{MailStream, MailString, append_t};
use crate::abi::{local_time, parameters, tell};
use crate::imap::busy::{Again, Busy};
use crate::imap::command::Command;
use crate::imap::connection::Lost;
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

/// The stream to append with.
struct Appending {
    /// The one that was given.
    given: Option<Entered>,
    /// How its connection went, when it has; that is told, or mended, when all is over.
    lost: Option<Lost>,
    /// One of our own in its place.
    own: Option<OwnStream>,
}

impl Appending {
    fn cx(&self) -> &Entered {
        let own = self.own.as_ref().map(OwnStream::stream);
        own.or(self.given.as_ref()).expect("one of them is there")
    }

    /// All is over: the stream that was given is to serve again, if the messages have been stored.
    fn settle(self, stored: bool) {
        if let (Some(given), Some(lost)) = (self.given, self.lost) {
            if stored {
                // That it cannot has been told.
                let _ = given.recover(&lost, &[], false);
            } else {
                given.report_lost(&lost);
            }
        }
    }
}

fn open(name: &[u8], debug: bool) -> Option<OwnStream> {
    let options = OP_HALFOPEN | OP_SILENT | if debug { OP_DEBUG } else { 0 };
    OwnStream::open(name, options)
}

/// Where messages go.
struct Target {
    /// The whole name.
    name: Vec<u8>,
    /// The mailbox on the server.
    mailbox: Vec<u8>,
    debug: bool,
}

impl Target {
    /// By this name for it.
    fn open(&self, name: &[u8]) -> Option<OwnStream> {
        let on = open(name, self.debug)?;
        on.stream()
            .with(|live| live.append_mailbox = Some(self.name.clone()));
        Some(on)
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
    let name = unsafe { arg(mailbox) }.to_vec();
    let (Some(target), Some(callback)) = (valid_net(&name, b"imap"), callback) else {
        return 0;
    };
    let debug = enter(stream).is_some_and(|cx| cx.edit(|s| s.debug() != 0));
    let given = enter(stream).filter(Entered::is_connected);
    let own = match given {
        Some(_) => None,
        None => match open(&name, debug) {
            Some(own) => Some(own),
            None => {
                tell::log("Can't access server for append", ERROR);
                return 0;
            }
        },
    };
    let mut on = Appending {
        given,
        lost: None,
        own,
    };
    let mut source = Source {
        // SAFETY: callback and data go together.
        next: |binary: bool| unsafe { next_message(stream, callback, data, binary) },
        waiting: VecDeque::new(),
        ended: false,
        keep: parameters::imap_referral().is_some(),
    };
    let mut to = Target {
        name,
        mailbox: target.mailbox,
        debug,
    };
    let stored = append(&mut on, &mut to, &mut source);
    on.settle(stored);
    c_long::from(stored)
}

/// Appends what the source gives, where need be at the servers that referrals lead to.
fn append<F: Fn(bool) -> Next>(
    on: &mut Appending,
    to: &mut Target,
    source: &mut Source<F>,
) -> bool {
    let mut hops = 0;
    loop {
        on.cx()
            .with(|live| live.append_mailbox = Some(to.name.clone()));
        let done = if on.cx().capabilities().multiappend && (hops == 0 || source.ended) {
            append_together(on, to, source)
        } else {
            append_singly(on, to, source)
        };
        on.cx().with(|live| live.append_mailbox = None);
        let refused = match done {
            Ok(stored) => return stored,
            Err(Failure::Told) => return false,
            Err(Failure::Refused(refused)) => refused,
        };
        let protected = on.cx().is_protected();
        let Some(next) = referral::ask(on.cx(), REFAPPEND, hops, protected) else {
            tell::log(&refused.text.raw, ERROR);
            return false;
        };
        hops += 1;
        to.name = next.name;
        to.mailbox = match valid_net(&to.name, b"imap") {
            Some(parsed) => parsed.mailbox,
            None => return false,
        };
        on.own = open(&to.name, to.debug);
        if on.own.is_none() {
            tell::log_with("Can't access referral server: ", &to.name, ERROR);
            return false;
        }
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
    on: &mut Appending,
    to: &Target,
    source: &mut Source<F>,
) -> Result<bool, Failure> {
    let binary = on.cx().capabilities().binary;
    let mut command = Command::new("APPEND").mailbox(&to.mailbox);
    let mut octets = 0;
    let mut marks = Vec::new();
    for item in &source.waiting {
        marks.push(Mark::of(&item.text));
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
                marks.push(Mark::of(&item.text));
                if source.keep {
                    command = with_item(command, &item, item.text.clone());
                    source.waiting.push_back(item);
                } else {
                    let text = core::mem::take(&mut item.text);
                    command = with_item(command, &item, text);
                }
            }
            Next::End if !marks.is_empty() => break,
            Next::End | Next::GivenUp | Next::Failed => return Err(Failure::Told),
        }
    }
    run(on, to, &command, &marks).map(|()| true)
}

/// One after the other; those that wait for it first.
fn append_singly<F: Fn(bool) -> Next>(
    on: &mut Appending,
    to: &Target,
    source: &mut Source<F>,
) -> Result<bool, Failure> {
    let binary = on.cx().capabilities().binary;
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
        let marks = [Mark::of(&text)];
        let command = with_item(Command::new("APPEND").mailbox(&to.mailbox), &item, text);
        if let Err(failure) = run(on, to, &command, &marks) {
            source.waiting.push_front(item);
            return Err(failure);
        }
        stored = true;
    }
}

/// Appends what the command holds, once: should the connection break before the server has answered, or should the server
/// speak of an error of its own, it is looked up on a new one, `on` from then on, and appended again where it is not there.
/// A server that is busy is asked again: of an APPEND that was refused nothing is stored (RFC 9051 section 6.3.12).
fn run(on: &mut Appending, to: &Target, command: &Command, marks: &[Mark]) -> Result<(), Failure> {
    let once = parameters::reconnects();
    let mut before = None;
    let mut times = 0;
    let mut waiting = Waiting::new(parameters::busy_wait(), parameters::read_timeout());
    loop {
        let count = on.cx().with(|live| live.mirror.len()).unwrap_or_default();
        let mut status = None;
        if once && before.is_none() {
            before = Before::of_selected(on.cx(), &to.mailbox);
            status = before.is_none().then(|| stored::status(&to.mailbox));
        }
        let (told, done) = on.cx().exec_append(status.as_ref(), command);
        before = before.or_else(|| Before::of_status(&told?));
        on.cx().note_arrival(&to.mailbox, count);
        let mut trouble = LOST;
        let mut last_time = false;
        let (failed, sent) = match done {
            Ok(done) if on.cx().ok(&done) => {
                if let Some(Code::AppendUid { validity, uids }) = &done.text.code {
                    on.cx()
                        .with(|live| live.note_appended(&to.mailbox, count, *validity, uids));
                }
                if times > 0 {
                    tell_lost(
                        to,
                        LOST,
                        "connected again: it was not stored, and is now",
                        WARN,
                    );
                }
                return Ok(());
            }
            Ok(mut done) => {
                let Some(busy) = Busy::of(&done) else {
                    return Err(Failure::Refused(done));
                };
                // By its own words anything may have happened.
                let looks = busy == Busy::ServerBug && once;
                let again = if looks { Again::Same } else { Again::Adds };
                let host = host_of(to);
                let quiet = on.cx().edit(|s| s.silent() != 0);
                let said = &done.text.raw;
                let waited = waiting.refused(&host, busy, again, said, quiet, || ());
                if waited && !looks && on.cx().is_connected() {
                    continue;
                }
                let conclusion = waiting.conclusion(&host, Some(&to.mailbox), busy);
                done.text.raw.extend_from_slice(conclusion.as_bytes());
                if !looks {
                    return Err(Failure::Refused(done));
                }
                trouble = SERVER_BUG;
                last_time = !waited;
                (done, true)
            }
            Err(Unanswered { lost, sent }) => {
                let failed = on.cx().lost_completion(&lost);
                if on.own.is_none() {
                    on.lost = Some(lost);
                } else {
                    on.cx().report_lost(&lost);
                }
                (failed, sent)
            }
        };
        times += 1;
        if !once || on.cx().is_closed() {
            return Err(Failure::Refused(failed));
        }
        let mut looks = 0;
        let fate = loop {
            let name = on.cx().secured(&to.name);
            let Some(anew) = name.and_then(|name| reconnect(to, &name)) else {
                tell_lost(to, trouble, "and not to be had again", ERROR);
                return Err(Failure::Refused(failed));
            };
            on.own = Some(anew);
            looks += 1;
            match stored::look_for(on.cx(), &to.mailbox, before, marks, sent) {
                Fate::Lost if looks < limits::APPENDS => {}
                fate => break fate,
            }
        };
        match fate {
            Fate::Stored => {
                tell_lost(to, trouble, "connected again: it has been stored", WARN);
                return Ok(());
            }
            // What the server has said is told by who asked.
            Fate::Missing(_) if last_time => return Err(Failure::Refused(failed)),
            Fate::Missing(now) if times < limits::APPENDS => before = now,
            Fate::Missing(_) => {
                tell_lost(to, trouble, "again and again: it is not stored", ERROR);
                return Err(Failure::Refused(failed));
            }
            Fate::Unknown | Fate::Lost => {
                tell_lost(to, trouble, "whether it is stored is not known", ERROR);
                return Err(Failure::Refused(failed));
            }
        }
    }
}

const LOST: &str = "Connection to {} lost while a message was being stored; ";
const SERVER_BUG: &str = "Error of the server {} while a message was being stored; ";

fn host_of(to: &Target) -> Vec<u8> {
    valid_net(&to.name, b"imap").map_or(Vec::new(), |parsed| parsed.host)
}

/// `what` happened, with `{}` for the server's name, and `how` it went on.
fn tell_lost(to: &Target, what: &str, how: &str, severity: c_long) {
    let host = host_of(to);
    let what = what.replace("{}", &String::from_utf8_lossy(&host));
    tell::log(what + how, severity);
}

/// A new connection of our own, which is tried for a while.
fn reconnect(to: &Target, name: &[u8]) -> Option<OwnStream> {
    let open = || match to.open(name) {
        Some(on) => Outcome::Done(on),
        None => Outcome::NotYet(String::new()),
    };
    for_a_while(open).ok()
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
