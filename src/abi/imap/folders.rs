//! Mailboxes as such: list, create, delete, rename, subscribe, status (UW's imap_list_work, imap_manage, imap_status).

use core::ffi::{c_char, c_long};

use super::{arg, referral};
use crate::abi::constants::{
    ERROR, OP_HALFOPEN, OP_SILENT, REFCREATE, REFDELETE, REFRENAME, REFSTATUS, REFSUBSCRIBE,
    REFUNSUBSCRIBE, SA_MESSAGES, SA_RECENT, SA_UIDNEXT, SA_UIDVALIDITY, SA_UNSEEN,
};
use crate::abi::mail_open::{close_stream, open_stream, usable_for};
use crate::abi::objects::imapdriver;
use crate::abi::stream::{Entered, enter};
use crate::abi::types::{Driver, MailStream};
use crate::abi::{parameters, tell};
use crate::imap::busy::{Again, Busy};
use crate::imap::command::Command;
use crate::imap::mirror::bit;
use crate::imap::response::StatusItem;
use crate::imap::session::Completion;
use crate::mailbox_name::{NetMbx, valid_net};

const IMAP: &[u8] = b"imap";

/// A stream to work on: the one given if its connection stands, else a half-open one of our own, closed when dropped.
struct Worker {
    cx: Entered,
    own: bool,
}

impl Worker {
    fn new(stream: *mut MailStream, name: &[u8]) -> Option<Self> {
        if let Some(cx) = enter(stream).filter(Entered::is_connected) {
            return Some(Self { cx, own: false });
        }
        Self::open(name)
    }

    fn open(name: &[u8]) -> Option<Self> {
        let own = open_stream(core::ptr::null_mut(), name, OP_HALFOPEN | OP_SILENT);
        enter(own).map(|cx| Self { cx, own: true })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if self.own {
            close_stream(self.cx.raw(), 0);
        }
    }
}

/// `imapdriver.valid`: whether a name is an IMAP mailbox's.
pub(crate) unsafe extern "C-unwind" fn imap_valid(name: *mut c_char) -> *mut Driver {
    // SAFETY: a C string by the interface.
    match valid_net(unsafe { arg(name) }, IMAP) {
        Some(_) => &raw mut imapdriver,
        None => core::ptr::null_mut(),
    }
}

/// `imapdriver.list`.
pub(crate) unsafe extern "C-unwind" fn imap_list(
    stream: *mut MailStream,
    reference: *mut c_char,
    pattern: *mut c_char,
) {
    // SAFETY: C strings by the interface, NULL allowed for the reference.
    let (reference, pattern) = unsafe { (arg(reference), arg(pattern)) };
    list(stream, "LIST", reference, pattern, None);
}

/// `imapdriver.lsub`.
pub(crate) unsafe extern "C-unwind" fn imap_lsub(
    stream: *mut MailStream,
    reference: *mut c_char,
    pattern: *mut c_char,
) {
    // SAFETY: as in `imap_list`.
    let (reference, pattern) = unsafe { (arg(reference), arg(pattern)) };
    list(stream, "LSUB", reference, pattern, None);
}

/// `imapdriver.scan`.
pub(crate) unsafe extern "C-unwind" fn imap_scan(
    stream: *mut MailStream,
    reference: *mut c_char,
    pattern: *mut c_char,
    contents: *mut c_char,
) {
    // SAFETY: as in `imap_list`.
    let (reference, pattern, contents) = unsafe { (arg(reference), arg(pattern), arg(contents)) };
    list(stream, "SCAN", reference, pattern, Some(contents));
}

fn list(
    stream: *mut MailStream,
    command: &'static str,
    reference: &[u8],
    pattern: &[u8],
    contents: Option<&[u8]>,
) {
    // The `{server}` part stands in the reference if there is one, else in the pattern; answers get it back in front.
    let remote = if reference.is_empty() {
        pattern
    } else {
        reference
    };
    if valid_net(remote, IMAP).is_none() {
        return;
    }
    let Some(end) = remote.iter().position(|&b| b == b'}') else {
        return;
    };
    let Some(worker) = Worker::new(stream, remote) else {
        return;
    };
    let cx = &worker.cx;
    let (prefix, rest) = remote.split_at(end + 1);
    let (reference, pattern) = if reference.is_empty() {
        (&b""[..], rest)
    } else {
        (rest, pattern)
    };
    // RFC 2193: so a server tells of mailboxes on other servers, too.
    let referrals = cx.capabilities().mailbox_referrals && parameters::imap_referral().is_some();
    let command = match command {
        "LIST" if referrals => "RLIST",
        "LSUB" if referrals => "RLSUB",
        other => other,
    };
    let mut command = Command::new(command)
        .astring(reference)
        .list_mailbox(pattern);
    if let Some(contents) = contents {
        if !cx.capabilities().scan {
            tell::log("Scan not valid on this IMAP server", ERROR);
            return;
        }
        command = command.astring(contents);
    }
    cx.with(|live| live.list_prefix = Some(prefix.to_vec()));
    let done = cx.exec_patiently(&command);
    cx.with(|live| live.list_prefix = None);
    if Busy::of(&done).is_some() {
        // c-client says nothing of a LIST that was refused.
        tell::log(&done.text.raw, ERROR);
    }
}

/// `imapdriver.create`.
pub(crate) unsafe extern "C-unwind" fn imap_create(
    stream: *mut MailStream,
    mailbox: *mut c_char,
) -> c_long {
    // SAFETY: a C string by the interface.
    manage(stream, "CREATE", REFCREATE, unsafe { arg(mailbox) }, None)
}

/// `imapdriver.mbxdel`.
pub(crate) unsafe extern "C-unwind" fn imap_delete(
    stream: *mut MailStream,
    mailbox: *mut c_char,
) -> c_long {
    // SAFETY: as in `imap_create`.
    manage(stream, "DELETE", REFDELETE, unsafe { arg(mailbox) }, None)
}

/// `imapdriver.mbxren`.
pub(crate) unsafe extern "C-unwind" fn imap_rename(
    stream: *mut MailStream,
    old: *mut c_char,
    new: *mut c_char,
) -> c_long {
    // SAFETY: as in `imap_create`.
    let (old, new) = unsafe { (arg(old), arg(new)) };
    manage(stream, "RENAME", REFRENAME, old, Some(new))
}

/// `imapdriver.subscribe`.
pub(crate) unsafe extern "C-unwind" fn imap_subscribe(
    stream: *mut MailStream,
    mailbox: *mut c_char,
) -> c_long {
    // SAFETY: as in `imap_create`.
    manage(
        stream,
        "SUBSCRIBE",
        REFSUBSCRIBE,
        unsafe { arg(mailbox) },
        None,
    )
}

/// `imapdriver.unsubscribe`.
pub(crate) unsafe extern "C-unwind" fn imap_unsubscribe(
    stream: *mut MailStream,
    mailbox: *mut c_char,
) -> c_long {
    // SAFETY: as in `imap_create`.
    manage(
        stream,
        "UNSUBSCRIBE",
        REFUNSUBSCRIBE,
        unsafe { arg(mailbox) },
        None,
    )
}

fn manage(
    stream: *mut MailStream,
    command: &'static str,
    code: c_long,
    mailbox: &[u8],
    second: Option<&[u8]>,
) -> c_long {
    let (mut stream, mut mailbox) = (stream, mailbox.to_vec());
    let mut second = second.map(<[u8]>::to_vec);
    // What the servers that were asked before said, the first of them first; their streams stay open until the end.
    let mut refused = Vec::new();
    let ok = loop {
        let Some((worker, done)) = ask_to(stream, command, &mailbox, second.as_deref()) else {
            break false;
        };
        let ok = worker.cx.ok(&done);
        let target = if ok {
            None
        } else {
            referral::ask(&worker.cx, code, refused.len(), worker.cx.is_protected())
        };
        refused.push((worker, done));
        let Some(target) = target else { break ok };
        stream = core::ptr::null_mut();
        mailbox = target.name;
        second = second.map(|_| target.second);
    };
    while let Some((_worker, done)) = refused.pop() {
        tell::log(&done.text.raw, if ok { 0 } else { ERROR });
    }
    c_long::from(ok)
}

/// Sends the command to the server of a mailbox. `None`: a name is no good, or there is no connection.
fn ask_to(
    stream: *mut MailStream,
    command: &'static str,
    mailbox: &[u8],
    second: Option<&[u8]>,
) -> Option<(Worker, Completion)> {
    let mut command = Command::new(command).mailbox(&valid_net(mailbox, IMAP)?.mailbox);
    if let Some(second) = second {
        command = command.mailbox(&valid_net(second, IMAP)?.mailbox);
    }
    let worker = Worker::new(stream, mailbox)?;
    let parsed = valid_net(mailbox, IMAP)?;
    let about = Some(&parsed.mailbox[..]);
    let ask = || worker.cx.exec(&command);
    let done = worker.cx.patiently(Again::Adds, None, about, ask);
    Some((worker, done))
}

/// `imapdriver.status`.
pub(crate) unsafe extern "C-unwind" fn imap_status(
    stream: *mut MailStream,
    mailbox: *mut c_char,
    flags: c_long,
) -> c_long {
    // SAFETY: a C string by the interface.
    let mut name = unsafe { arg(mailbox) }.to_vec();
    let mut given = enter(stream)
        .filter(|cx| usable_for(cx, &name))
        .map(|cx| Worker { cx, own: false });
    let mut referred = Vec::new();
    loop {
        let Ok(parsed) = NetMbx::parse(&name) else {
            return 0;
        };
        let Some(worker) = given.take().or_else(|| Worker::open(&name)) else {
            return 0;
        };
        if !worker.own
            && referred.is_empty()
            && let Some(items) = known_status(&worker.cx, &parsed.mailbox, flags)
        {
            worker.cx.mailbox_status(&parsed.mailbox, &items);
            return 1;
        }
        let mut command = Command::new("STATUS").mailbox(&parsed.mailbox).open();
        for (flag, item) in [
            (SA_MESSAGES, "MESSAGES"),
            (SA_RECENT, "RECENT"),
            (SA_UNSEEN, "UNSEEN"),
            (SA_UIDNEXT, "UIDNEXT"),
            (SA_UIDVALIDITY, "UIDVALIDITY"),
        ] {
            if flags & flag != 0 {
                command = command.atom(item);
            }
        }
        let command = command.close();
        let ask = || worker.cx.exec(&command);
        let about = Some(&parsed.mailbox[..]);
        let done = worker.cx.patiently(Again::Same, None, about, ask);
        if worker.cx.ok_or_busy(&done) {
            return 1;
        }
        let protected = worker.cx.is_protected();
        let Some(target) = referral::ask(&worker.cx, REFSTATUS, referred.len(), protected) else {
            return 0;
        };
        referred.push(worker);
        name = target.name;
    }
}

/// The counts of the selected mailbox, if all that are wanted are known and current.
fn known_status(cx: &Entered, mailbox: &[u8], flags: c_long) -> Option<Vec<StatusItem>> {
    let selected = cx.with(|live| live.selected.as_ref().is_some_and(|s| s.is(mailbox)));
    let known = SA_MESSAGES | SA_UNSEEN | SA_UIDNEXT | SA_UIDVALIDITY;
    if selected != Some(true) || flags & SA_RECENT != 0 || flags & known == 0 || !cx.is_current() {
        return None;
    }
    cx.with(|live| {
        let mirror = &live.mirror;
        let mut items = Vec::new();
        if flags & SA_MESSAGES != 0 {
            items.push(StatusItem::Messages(mirror.len() as u32));
        }
        if flags & SA_UNSEEN != 0 {
            let mut unseen = 0;
            for (_, message) in mirror.messages() {
                if message.learned.known & bit::SEEN == 0 {
                    return None;
                }
                unseen += u32::from(message.learned.set & bit::SEEN == 0);
            }
            items.push(StatusItem::Unseen(unseen));
        }
        if flags & SA_UIDNEXT != 0 {
            items.push(StatusItem::UidNext(mirror.uid_next?));
        }
        if flags & SA_UIDVALIDITY != 0 {
            items.push(StatusItem::UidValidity(mirror.uid_validity?));
        }
        Some(items)
    })?
}
