//! What imap4r1.h declares beyond mail.h: capabilities, quota, access control lists.

use core::ffi::{c_char, c_long, c_ulong};

use super::constants::ERROR;
use super::entry::entry;
use super::stream::{Entered, enter};
use super::types::{Annotation, ImapCap, MailStream, SizedText, StringList};
use super::{memory, tell};
use crate::imap::command::Command;
use crate::imap::session::Completion;

/// What a stream can do that is not open. C may look at it, nobody writes to it.
static mut NO_CAPABILITIES: ImapCap = ImapCap {
    bits: 0,
    extlevel: 0,
    bits2: 0,
    threader: core::ptr::null_mut(),
};

/// Runs a command of an extension; if the server lacks it, `missing` is told instead.
fn run(
    stream: *mut MailStream,
    has: impl Fn(&Entered) -> bool,
    missing: &str,
    command: &Command,
) -> c_long {
    run_by(stream, has, missing, |cx| cx.exec(command))
}

/// As [`run`], with whatever sends the command.
fn run_by(
    stream: *mut MailStream,
    has: impl Fn(&Entered) -> bool,
    missing: &str,
    send: impl Fn(&Entered) -> Completion,
) -> c_long {
    let Some(cx) = enter(stream).filter(|cx| cx.with(|_| ()).is_some()) else {
        tell::log("No open IMAP stream", ERROR);
        return 0;
    };
    if !has(&cx) {
        tell::log(missing, ERROR);
        return 0;
    }
    c_long::from(cx.all_right(&send(&cx)))
}

const NO_QUOTA: &str = "Quota not available on this IMAP server";

fn quota(stream: *mut MailStream, command: &Command) -> c_long {
    run(stream, |cx| cx.capabilities().quota, NO_QUOTA, command)
}

fn acl(stream: *mut MailStream, command: &Command) -> c_long {
    run(
        stream,
        |cx| cx.capabilities().acl,
        "ACL not available on this IMAP server",
        command,
    )
}

/// ANNOTATEMORE draft: servers tell that they have it under several names, so none is asked for.
fn annotation(stream: *mut MailStream, command: &Command) -> c_long {
    run(stream, |_| true, "", command)
}

/// A list in parentheses, of strings that are quoted whatever they hold.
///
/// # Safety
/// NULL or a valid list.
unsafe fn quoted_list(command: Command, list: *const StringList) -> Command {
    // SAFETY: the caller vouches for the list.
    let texts = unsafe { memory::list_bytes(list) };
    let command = texts
        .iter()
        .fold(command.open(), |command, text| command.string(text));
    command.close()
}

entry! {
    /// What the server can do; belongs to the stream, up to date until the next call on it. Never NIL, because the
    /// LEVEL macros look into it at once: a stream that is no open IMAP stream can do nothing.
    fn imap_cap(stream: *mut MailStream) -> *mut ImapCap {
        enter(stream).and_then(|cx| cx.with(|live| live.cap())).unwrap_or(&raw mut NO_CAPABILITIES)
    }

    /// The name of the server, which belongs to the stream; ".NO-IMAP-CONNECTION." without a connection.
    fn imap_host(stream: *mut MailStream) -> *mut c_char {
        let host = enter(stream)
            .filter(Entered::is_connected)
            .and_then(|cx| cx.with(|live| live.host_pointer()));
        host.unwrap_or(c".NO-IMAP-CONNECTION.".as_ptr().cast_mut())
    }

    /// Asks for the quota of the roots of a mailbox (bare name, without `{…}`); answers come through SET_QUOTAROOT and
    /// SET_QUOTA before this returns. T on success; NIL, with an error in the log, on a server without quota.
    fn imap_getquotaroot(stream: *mut MailStream, mailbox: *mut c_char) -> c_long {
        // SAFETY: a C string by the interface.
        let mailbox = unsafe { memory::bytes(mailbox) };
        run_by(stream, |cx| cx.capabilities().quota, NO_QUOTA, |cx| cx.quota_root_of(mailbox))
    }

    /// Asks for the quota of a root; the answer comes through SET_QUOTA before this returns. T on success.
    fn imap_getquota(stream: *mut MailStream, qroot: *mut c_char) -> c_long {
        // SAFETY: a C string by the interface.
        quota(stream, &Command::new("GETQUOTA").astring(unsafe { memory::bytes(qroot) }))
    }

    /// Sets the limits of a root: resource names, with the limit as the size of each text. T on success.
    fn imap_setquota(stream: *mut MailStream, qroot: *mut c_char, limits: *mut StringList) -> c_long {
        // SAFETY: a C string and a list by the interface; a text's size is a limit here, its data a C string.
        unsafe {
            let mut command = Command::new("SETQUOTA").astring(memory::bytes(qroot)).open();
            let mut at = limits;
            while let Some(node) = at.as_ref() {
                command = command.astring(memory::bytes(node.text.data.cast())).number(node.text.size as usize as u64);
                at = node.next;
            }
            quota(stream, &command.close())
        }
    }

    /// Sets the rights of an identifier on a mailbox (bare name). T on success.
    fn imap_setacl(stream: *mut MailStream, mailbox: *mut c_char, id: *mut c_char, rights: *mut c_char) -> c_long {
        // SAFETY: C strings by the interface.
        unsafe {
            let command = Command::new("SETACL").mailbox(memory::bytes(mailbox));
            acl(stream, &command.astring(memory::bytes(id)).astring(memory::bytes(rights)))
        }
    }

    /// Removes an identifier from the list of a mailbox (bare name). T on success.
    fn imap_deleteacl(stream: *mut MailStream, mailbox: *mut c_char, id: *mut c_char) -> c_long {
        // SAFETY: C strings by the interface.
        unsafe { acl(stream, &Command::new("DELETEACL").mailbox(memory::bytes(mailbox)).astring(memory::bytes(id))) }
    }

    /// Asks for the access control list of a mailbox (bare name); the answer comes through SET_ACL before this returns.
    /// T on success.
    fn imap_getacl(stream: *mut MailStream, mailbox: *mut c_char) -> c_long {
        // SAFETY: a C string by the interface.
        acl(stream, &Command::new("GETACL").mailbox(unsafe { memory::bytes(mailbox) }))
    }

    /// Asks which rights an identifier could have; the answer comes through SET_LISTRIGHTS before this returns. T on
    /// success.
    fn imap_listrights(stream: *mut MailStream, mailbox: *mut c_char, id: *mut c_char) -> c_long {
        // SAFETY: C strings by the interface.
        unsafe { acl(stream, &Command::new("LISTRIGHTS").mailbox(memory::bytes(mailbox)).astring(memory::bytes(id))) }
    }

    /// Asks for one's own rights; the answer comes through SET_MYRIGHTS before this returns. T on success.
    fn imap_myrights(stream: *mut MailStream, mailbox: *mut c_char) -> c_long {
        // SAFETY: a C string by the interface.
        acl(stream, &Command::new("MYRIGHTS").mailbox(unsafe { memory::bytes(mailbox) }))
    }

    /// Asks for annotations of a mailbox (bare name): the entries and attributes named; the answer comes through
    /// SET_ANNOTATION.
    fn imap_getannotation(
        stream: *mut MailStream,
        mailbox: *mut c_char,
        entries: *mut StringList,
        attributes: *mut StringList,
    ) -> c_long {
        // SAFETY: a C string and lists by the interface.
        unsafe {
            let command = Command::new("GETANNOTATION").mailbox(memory::bytes(mailbox));
            let command = quoted_list(command, entries);
            annotation(stream, &quoted_list(command, attributes))
        }
    }

    /// Sets annotations of a mailbox: the entry of `annotation` to its values. T on success.
    fn imap_setannotation(stream: *mut MailStream, annotation: *mut Annotation) -> c_long {
        // SAFETY: an annotation by the interface, its texts C strings.
        unsafe {
            let Some(wanted) = annotation.as_ref() else { return 0 };
            let command = Command::new("SETANNOTATION").mailbox(memory::bytes(wanted.mbox));
            let mut command = command.string(memory::bytes(wanted.entry)).open();
            let mut at = wanted.values;
            while let Some(value) = at.as_ref() {
                command = command.string(memory::bytes(value.attr)).string(memory::bytes(value.value));
                at = value.next;
            }
            self::annotation(stream, &command.close())
        }
    }

    /// Puts a text of the caller's into the cache, as the section `seg` of a message (`1.2`, `HEADER`, `1.TEXT`; `stl`: the
    /// fields of a HEADER.FIELDS); `text` and `stl` are the cache's then, and `seg` may be changed. Without a text only
    /// asks. T if the section lies in the cache.
    fn imap_cache(
        stream: *mut MailStream,
        msgno: c_ulong,
        seg: *mut c_char,
        stl: *mut StringList,
        text: *mut SizedText,
    ) -> c_long {
        let (Some(cx), Ok(msgno)) = (enter(stream), u32::try_from(msgno)) else { return 0 };
        // SAFETY: a C string; NULL, or a list and a text that are the caller's to give.
        unsafe {
            let section = memory::bytes(seg).to_vec();
            let given = text.as_ref().map(|text| SizedText { data: text.data, size: text.size });
            c_long::from(cx.cache_section(msgno, &section, stl, given))
        }
    }
}
