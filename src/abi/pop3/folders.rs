//! Names and mailboxes: there is one on each server.

use core::ffi::{c_char, c_long};
use core::ptr::{addr_of_mut, null_mut};

use crate::abi::constants::{ERROR, LATT_NOINFERIORS, OP_SILENT, SA_UNSEEN};
use crate::abi::entry::{Refusal, refuse};
use crate::abi::mail_open::{close_stream, open_stream, usable_for};
use crate::abi::objects::pop3driver;
use crate::abi::stream::enter;
use crate::abi::types::{Driver, MailStatus, MailStream, append_t};
use crate::abi::{callbacks, memory, parameters, subscriptions, tell};
use crate::mailbox_name::NetMbx;
use crate::wildcard;

/// The parsed name, if it is one of ours.
pub fn parse(name: &[u8]) -> Option<NetMbx> {
    let name = NetMbx::parse(name).ok()?;
    (name.service == b"pop3" && name.authuser.is_empty()).then_some(name)
}

fn is_ours(name: &[u8]) -> bool {
    parse(name).is_some_and(|name| name.mailbox.eq_ignore_ascii_case(b"INBOX"))
}

/// `pop3driver.valid`. Without the feature `pop3` a POP3 mailbox is none, and the log has the reason.
pub(crate) unsafe extern "C-unwind" fn pop3_valid(name: *mut c_char) -> *mut Driver {
    // SAFETY: a C string by the interface.
    if !is_ours(unsafe { memory::bytes(name) }) {
        null_mut()
    } else if cfg!(feature = "pop3") {
        addr_of_mut!(pop3driver)
    } else {
        refuse("pop3_open", Refusal::Pop3)
    }
}

/// Whether `INBOX` fits a pattern in which `*` and `%` stand for anything: there is no hierarchy here.
fn inbox_matches(pattern: &[u8]) -> bool {
    let name = b"INBOX";
    // reach[i]: the pattern so far fits the first i octets of the name.
    let mut reach = [true, false, false, false, false, false];
    for &octet in pattern {
        if matches!(octet, b'*' | b'%') {
            for at in 1..reach.len() {
                reach[at] |= reach[at - 1];
            }
        } else {
            for at in (1..reach.len()).rev() {
                reach[at] = reach[at - 1] && name[at - 1] == octet;
            }
            reach[0] = false;
        }
    }
    reach[name.len()]
}

/// The name that reference and pattern stand for, if that is a POP3 mailbox.
fn found(reference: &[u8], pattern: &[u8]) -> Option<Vec<u8>> {
    let (server, fits) = if reference.is_empty() {
        let fits = parse(pattern).is_some_and(|name| inbox_matches(&name.mailbox));
        (pattern, fits)
    } else {
        (reference, is_ours(reference) && inbox_matches(pattern))
    };
    let end = server.iter().position(|&b| b == b'}').filter(|_| fits)?;
    Some([&server[..=end], b"INBOX"].concat())
}

/// `pop3driver.scan`.
pub(crate) unsafe extern "C-unwind" fn pop3_scan(
    _stream: *mut MailStream,
    reference: *mut c_char,
    pattern: *mut c_char,
    _contents: *mut c_char,
) {
    // SAFETY: C strings by the interface.
    let found = unsafe { found(memory::bytes(reference), memory::bytes(pattern)) };
    if found.is_some() {
        tell::log("Scan not valid for POP3 mailboxes", ERROR);
    }
}

/// `pop3driver.list`.
pub(crate) unsafe extern "C-unwind" fn pop3_list(
    stream: *mut MailStream,
    reference: *mut c_char,
    pattern: *mut c_char,
) {
    // SAFETY: C strings by the interface.
    let found = unsafe { found(memory::bytes(reference), memory::bytes(pattern)) };
    if let Some(name) = found {
        tell::mailbox(
            stream,
            None,
            &tell::c_string(&name),
            LATT_NOINFERIORS,
            false,
        );
    }
}

/// `pop3driver.lsub`: POP3 mailboxes of the list in the user's home. The pattern stands behind the reference as it is.
pub(crate) unsafe extern "C-unwind" fn pop3_lsub(
    stream: *mut MailStream,
    reference: *mut c_char,
    pattern: *mut c_char,
) {
    // SAFETY: C strings by the interface, NULL allowed for the reference.
    let (reference, pattern) = unsafe { (memory::bytes(reference), memory::bytes(pattern)) };
    let (remote, reference) = if pattern.starts_with(b"{") {
        (pattern, &b""[..])
    } else {
        (reference, reference)
    };
    if remote.starts_with(b"{") && !is_ours(remote) {
        return;
    }
    let pattern = [reference, pattern].concat();
    for name in subscriptions::names() {
        if is_ours(&name) && wildcard::matches(&name, &pattern, 0) {
            tell::mailbox(stream, None, &tell::c_string(&name), 0, true);
        }
    }
}

/// `pop3driver.subscribe`: there is no list on the server, so it is kept in the user's home.
pub(crate) unsafe extern "C-unwind" fn pop3_subscribe(
    _stream: *mut MailStream,
    mailbox: *mut c_char,
) -> c_long {
    // SAFETY: a C string by the interface.
    subscriptions::subscribe(unsafe { memory::bytes(mailbox) })
}

/// `pop3driver.unsubscribe`.
pub(crate) unsafe extern "C-unwind" fn pop3_unsubscribe(
    _stream: *mut MailStream,
    mailbox: *mut c_char,
) -> c_long {
    // SAFETY: a C string by the interface.
    subscriptions::unsubscribe(unsafe { memory::bytes(mailbox) })
}

/// `pop3driver.create`, `mbxdel`: there is nothing to make or delete.
pub(crate) unsafe extern "C-unwind" fn pop3_no_mailbox(
    _stream: *mut MailStream,
    _mailbox: *mut c_char,
) -> c_long {
    0
}

/// `pop3driver.mbxren`: there is nothing to rename.
pub(crate) unsafe extern "C-unwind" fn pop3_rename(
    _stream: *mut MailStream,
    _old: *mut c_char,
    _new: *mut c_char,
) -> c_long {
    0
}

/// `pop3driver.append`: mail does not come in this way.
pub(crate) unsafe extern "C-unwind" fn pop3_append(
    _stream: *mut MailStream,
    _mailbox: *mut c_char,
    _callback: append_t,
    _data: *mut core::ffi::c_void,
) -> c_long {
    tell::log("Append not valid for POP3", ERROR);
    0
}

/// `pop3driver.copy`: only the program can, with a hook of its own (`SET_MAILPROXYCOPY`).
pub(crate) unsafe extern "C-unwind" fn pop3_copy(
    stream: *mut MailStream,
    sequence: *mut c_char,
    mailbox: *mut c_char,
    options: c_long,
) -> c_long {
    match parameters::mail_proxy_copy() {
        // SAFETY: the hook takes what the driver got, as mailproxycopy_t says.
        Some(hook) => unsafe { hook(stream, sequence, mailbox, options) },
        None => {
            tell::log("Copy not valid for POP3", ERROR);
            0
        }
    }
}

/// `pop3driver.status`: on the stream if it is there, else on one made for it.
pub(crate) unsafe extern "C-unwind" fn pop3_status(
    stream: *mut MailStream,
    mailbox: *mut c_char,
    flags: c_long,
) -> c_long {
    // SAFETY: a C string by the interface.
    let name = unsafe { memory::bytes(mailbox) }.to_vec();
    let usable = enter(stream).is_some_and(|cx| cx.is_pop3_connected() && usable_for(&cx, &name));
    let used = if usable {
        stream
    } else {
        open_stream(null_mut(), &name, OP_SILENT)
    };
    let Some(cx) = enter(used) else { return 0 };
    // SAFETY: all members are integers.
    let mut status: MailStatus = unsafe { core::mem::zeroed() };
    status.flags = flags;
    (
        status.messages,
        status.recent,
        status.uidnext,
        status.uidvalidity,
    ) = cx.edit(|s| (s.nmsgs, s.recent, s.uid_last + 1, s.uid_validity));
    if flags & SA_UNSEEN != 0 {
        let seen = |msgno| {
            cx.edit_element(msgno, |elt| elt.seen() != 0)
                .unwrap_or(false)
        };
        status.unseen = (1..=cx.count()).filter(|&msgno| !seen(msgno)).count() as _;
    }
    // SAFETY: the stream is entered; name and status outlive the call.
    unsafe { callbacks::status(used, &tell::c_string(&name), &mut status) };
    drop(cx);
    if used != stream {
        close_stream(used, 0);
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for pattern in [
            "INBOX", "*", "%", "IN*", "*X", "I%B*X", "**", "INBOX*", "%INBOX",
        ] {
            assert!(inbox_matches(pattern.as_bytes()), "{pattern}");
        }
        for pattern in ["", "inbox", "INBO", "INBOXES", "X*", "*B", "INBOX.*x"] {
            assert!(!inbox_matches(pattern.as_bytes()), "{pattern}");
        }
        let name = |reference: &str, pattern: &str| found(reference.as_bytes(), pattern.as_bytes());
        assert_eq!(name("", "{h/pop3}*"), Some(b"{h/pop3}INBOX".to_vec()));
        assert_eq!(name("{h/pop3}", "%"), Some(b"{h/pop3}INBOX".to_vec()));
        assert_eq!(name("{h/imap}", "%"), None);
        assert_eq!(name("", "{h/pop3}x"), None);
    }
}
