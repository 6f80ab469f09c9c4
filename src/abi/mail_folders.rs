//! Mailboxes as such, whatever driver has them (UW's mail_list, mail_create, mail_status, …).

use core::ffi::{CStr, c_char, c_long, c_ulong};

use super::constants::{
    DR_DISABLE, DR_LOCAL, ERROR, NETMAXMBX, OP_PROTOTYPE, OP_READONLY, OP_SILENT, SA_UNSEEN,
};
use super::entry::entry;
use super::mail_open::{NAME_LIMIT, close_stream, driver_name, open_stream, refusal, valid};
use super::stream::enter;
use super::types::{Driver, MailStatus, MailStream};
use super::{callbacks, environment, link, memory, tell};

/// The driver of an open stream; NULL for NULL, for a closed stream, and for one without a driver.
fn driver_of(stream: *mut MailStream) -> *mut Driver {
    enter(stream).map_or(core::ptr::null_mut(), |cx| cx.edit(|s| s.dtb))
}

/// Lists with the stream's driver, or with every driver that can see names of that kind.
///
/// # Safety
/// `reference` is NULL or a C string, `pattern` a C string.
unsafe fn list(
    stream: *mut MailStream,
    reference: *mut c_char,
    pattern: *mut c_char,
    what: &str,
    call: impl Fn(&Driver, *mut MailStream, *mut c_char, *mut c_char),
) {
    // SAFETY: the caller vouches for the strings.
    let (ref_text, pat_text) = unsafe { (memory::bytes(reference), memory::bytes(pattern)) };
    if ref_text.len() > NETMAXMBX as usize {
        return tell::log_with(
            &format!("Invalid {what} reference specification: "),
            ref_text,
            ERROR,
        );
    }
    if pat_text.len() > NETMAXMBX as usize {
        return tell::log_with(
            &format!("Invalid {what} pattern specification: "),
            pat_text,
            ERROR,
        );
    }
    if pattern.is_null() {
        return tell::log(format!("Invalid {what} pattern specification"), ERROR);
    }
    let remote = pat_text.starts_with(b"{") || ref_text.starts_with(b"{");
    // A pattern that names its server has no use for the reference.
    let reference = if pat_text.starts_with(b"{") {
        core::ptr::null_mut()
    } else {
        reference
    };
    let own = driver_of(stream);
    let (stream, drivers) = if own.is_null() {
        (core::ptr::null_mut(), link::drivers())
    } else {
        (stream, vec![own])
    };
    for driver in drivers {
        // SAFETY: drivers of open streams and linked drivers stay in memory.
        let driver = unsafe { &*driver };
        let flags = driver.flags as c_long;
        if (own.is_null() && flags & DR_DISABLE != 0) || (flags & DR_LOCAL != 0 && remote) {
            continue;
        }
        call(driver, stream, reference, pattern);
    }
}

/// Why a name is no modified UTF-7 (mail_utf7_valid), or `None` if it is.
pub fn utf7_fault(name: &[u8]) -> Option<&'static CStr> {
    let mut rest = name.iter();
    while let Some(&octet) = rest.next() {
        if octet & 0x80 != 0 {
            return Some(c"mailbox name with 8-bit octet");
        }
        if octet != b'&' {
            continue;
        }
        loop {
            match rest.next() {
                None => return Some(c"unterminated modified UTF-7 name"),
                Some(b'-') => break,
                Some(b'+' | b',') => {}
                Some(octet) if octet.is_ascii_alphanumeric() => {}
                Some(_) => return Some(c"invalid modified UTF-7 name"),
            }
        }
    }
    None
}

fn complain(before: &str, name: &[u8], after: &str) -> c_long {
    tell::log(
        [before.as_bytes(), tell::clipped(name), after.as_bytes()].concat(),
        ERROR,
    );
    0
}

/// Which driver makes a mailbox of that name, and the name without `#driver.xxx/`.
fn creator<'a>(
    stream: &mut *mut MailStream,
    name: &'a [u8],
) -> Result<(*mut Driver, &'a [u8]), c_long> {
    let special = b"#driver.";
    if name
        .get(..special.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(special))
    {
        let rest = &name[special.len()..];
        let end = rest
            .iter()
            .position(|b| matches!(b, b'/' | b'\\' | b':'))
            .filter(|&end| end > 0);
        let Some(end) = end else {
            return Err(complain(
                "Can't create mailbox ",
                name,
                ": bad driver syntax",
            ));
        };
        // SAFETY: linked drivers stay in memory.
        let found = link::drivers()
            .into_iter()
            .find(|&driver| unsafe { driver_name(driver) } == &rest[..end]);
        return match found {
            Some(driver) => Ok((driver, &rest[end + 1..])),
            None => Err(complain("Can't create mailbox ", name, ": unknown driver")),
        };
    }
    let own = driver_of(*stream);
    if !own.is_null() {
        return Ok((own, name));
    }
    if name.starts_with(b"{") || name.starts_with(b"#") {
        let prototype = open_stream(core::ptr::null_mut(), name, OP_PROTOTYPE | OP_SILENT);
        if !prototype.is_null() {
            // SAFETY: prototypes are static and have a driver.
            let driver = unsafe { (*prototype).dtb };
            *stream = prototype;
            return Ok((driver, name));
        }
    }
    // Where c-client would make a file, the reason is that this library makes none.
    let local = environment::is_logged_in()
        && (environment::mailbox_path(name).is_some() || name.starts_with(b"#mh"));
    Err(complain(
        "Can't create mailbox ",
        name,
        if local {
            ": mail files on this machine are not supported"
        } else {
            ": indeterminate format"
        },
    ))
}

fn create(stream: *mut MailStream, name: &[u8]) -> c_long {
    if name.iter().any(|b| matches!(b, b'\r' | b'\n')) {
        tell::log("Can't create mailbox with such a name", ERROR);
        return 0;
    }
    if name.len() >= NAME_LIMIT {
        return complain("Can't create ", name, &format!(": {}", refusal(name)));
    }
    if name.eq_ignore_ascii_case(b"INBOX") {
        tell::log("Can't create INBOX", ERROR);
        return 0;
    }
    if let Some(fault) = utf7_fault(name) {
        let fault = fault.to_string_lossy();
        return complain(&format!("Can't create {fault}: "), name, "");
    }
    let mut stream = stream;
    let (driver, name) = match creator(&mut stream, name) {
        Ok(found) => found,
        Err(nil) => return nil,
    };
    // SAFETY: drivers of open streams and linked drivers stay in memory.
    match unsafe { (*driver).create } {
        // SAFETY: the driver takes its stream and a C string that it does not write to.
        Some(create) => unsafe { create(stream, tell::c_string(name).as_ptr().cast_mut()) },
        None => complain(
            "Can't create mailbox ",
            name,
            ": this kind of mailbox is not supported",
        ),
    }
}

fn rename(stream: *mut MailStream, old: &[u8], new: &[u8]) -> c_long {
    let driver = valid(stream, old, Some("rename mailbox"));
    if driver.is_null() {
        return 0;
    }
    if let Some(fault) = utf7_fault(new) {
        let fault = fault.to_string_lossy();
        return complain(&format!("Can't rename to {fault}: "), new, "");
    }
    let local = !(old.starts_with(b"{") || old.starts_with(b"#"));
    if local && !valid(core::ptr::null_mut(), new, None).is_null() {
        let text = [
            b"Can't rename ",
            tell::clipped(old),
            b": mailbox ",
            tell::clipped(new),
            b" already exists",
        ];
        tell::log(text.concat(), ERROR);
        return 0;
    }
    // SAFETY: drivers of open streams and linked drivers stay in memory.
    match unsafe { (*driver).mbxren } {
        // SAFETY: as in `create`.
        Some(rename) => unsafe {
            rename(
                live_or_null(stream),
                tell::c_string(old).as_ptr().cast_mut(),
                tell::c_string(new).as_ptr().cast_mut(),
            )
        },
        None => complain(
            "Can't rename mailbox ",
            old,
            ": not supported for this kind of mailbox",
        ),
    }
}

/// The counts of an open stream, or of one opened for them, through mm_status.
fn status_of_messages(stream: *mut MailStream, name: &[u8], flags: c_long) -> c_long {
    let own = if stream.is_null() {
        open_stream(stream, name, OP_READONLY | OP_SILENT)
    } else {
        core::ptr::null_mut()
    };
    let Some(cx) = enter(if own.is_null() { stream } else { own }) else {
        return 0;
    };
    let mut status = cx.edit(|s| MailStatus {
        flags,
        messages: s.nmsgs,
        recent: s.recent,
        unseen: 0,
        uidnext: s.uid_last + 1,
        uidvalidity: s.uid_validity,
    });
    if flags & SA_UNSEEN != 0 {
        let seen = |n: &u32| cx.edit_element(*n, |elt| elt.seen() != 0) == Some(true);
        let unseen = (1..=cx.count()).filter(|n| !seen(n)).count();
        status.unseen = c_ulong::try_from(unseen).unwrap_or(c_ulong::MAX);
    }
    // SAFETY: the stream is entered.
    unsafe { callbacks::status(cx.raw(), &tell::c_string(name), &mut status) };
    drop(cx);
    close_stream(own, 0);
    1
}

/// Runs a function of the driver that takes a name, if there is one (mail_delete, mail_subscribe, …).
fn with_driver(
    stream: *mut MailStream,
    name: &[u8],
    purpose: &str,
    function: impl Fn(
        &Driver,
    )
        -> Option<unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char) -> c_long>,
) -> c_long {
    let driver = valid(stream, name, Some(purpose));
    if driver.is_null() {
        return 0;
    }
    // SAFETY: drivers of open streams and linked drivers stay in memory.
    match unsafe { function(&*driver) } {
        // SAFETY: as in `create`.
        Some(function) => unsafe {
            function(
                live_or_null(stream),
                tell::c_string(name).as_ptr().cast_mut(),
            )
        },
        None => complain(
            &format!("Can't {purpose} "),
            name,
            ": not supported for this kind of mailbox",
        ),
    }
}

/// A stream pointer fit to be handed on.
fn live_or_null(stream: *mut MailStream) -> *mut MailStream {
    if enter(stream).is_some() {
        stream
    } else {
        core::ptr::null_mut()
    }
}

entry! {
    /// Lists mailboxes through mm_list before it returns: those that match `pat` (`*` is anything, `%` anything on one
    /// level) behind `reference`. With a stream, on its connection whatever server the names give; answers carry the
    /// `{…}` as given. Without a stream a connection is made, and closed.
    fn mail_list(stream: *mut MailStream, reference: *mut c_char, pattern: *mut c_char) {
        // SAFETY: C strings by the interface.
        unsafe {
            list(stream, reference, pattern, "LIST", |driver, stream, reference, pattern| {
                if let Some(list) = driver.list {
                    list(stream, reference, pattern);
                }
            });
        }
    }

    /// As mail_list, for subscribed mailboxes, through mm_lsub.
    fn mail_lsub(stream: *mut MailStream, reference: *mut c_char, pattern: *mut c_char) {
        // SAFETY: as in mail_list.
        unsafe {
            list(stream, reference, pattern, "LSUB", |driver, stream, reference, pattern| {
                if let Some(lsub) = driver.lsub {
                    lsub(stream, reference, pattern);
                }
            });
        }
    }

    /// As mail_list, for the mailboxes that hold the text `contents`. IMAP servers need an extension for it (SCAN), which
    /// hardly one has.
    fn mail_scan(stream: *mut MailStream, reference: *mut c_char, pat: *mut c_char, contents: *mut c_char) {
        // SAFETY: as in mail_list.
        unsafe {
            list(stream, reference, pat, "LIST", |driver, stream, reference, pattern| {
                if let Some(scan) = driver.scan {
                    scan(stream, reference, pattern, contents);
                }
            });
        }
    }

    /// Creates a mailbox; one whose name ends with the delimiter is a folder for others. `stream` may be NULL. T on
    /// success.
    fn mail_create(stream: *mut MailStream, mailbox: *mut c_char) -> c_long {
        // SAFETY: a C string by the interface.
        create(live_or_null(stream), unsafe { memory::bytes(mailbox) })
    }

    /// Deletes a mailbox and all that is in it. `stream` may be NULL. T on success.
    fn mail_delete(stream: *mut MailStream, mailbox: *mut c_char) -> c_long {
        // SAFETY: a C string by the interface.
        with_driver(stream, unsafe { memory::bytes(mailbox) }, "delete mailbox", |d| d.mbxdel)
    }

    /// Renames a mailbox; `newname` is as the old one's name, server included. `stream` may be NULL. T on success.
    fn mail_rename(stream: *mut MailStream, old: *mut c_char, newname: *mut c_char) -> c_long {
        // SAFETY: C strings by the interface.
        rename(stream, unsafe { memory::bytes(old) }, unsafe { memory::bytes(newname) })
    }

    /// Why a mailbox name is no modified UTF-7, a text of the library's; NIL if it is.
    fn mail_utf7_valid(mailbox: *mut c_char) -> *mut c_char {
        // SAFETY: a C string by the interface.
        match utf7_fault(unsafe { memory::bytes(mailbox) }) {
            Some(fault) => fault.as_ptr().cast_mut(),
            None => core::ptr::null_mut(),
        }
    }

    /// Subscribes to a mailbox. `stream` may be NULL. T on success.
    fn mail_subscribe(stream: *mut MailStream, mailbox: *mut c_char) -> c_long {
        // SAFETY: a C string by the interface.
        with_driver(stream, unsafe { memory::bytes(mailbox) }, "subscribe to mailbox", |d| d.subscribe)
    }

    /// Ends a subscription; what no server keeps is looked for in the list in the user's home. T on success.
    fn mail_unsubscribe(stream: *mut MailStream, mailbox: *mut c_char) -> c_long {
        // SAFETY: a C string by the interface.
        let name = unsafe { memory::bytes(mailbox) };
        let driver = valid(stream, name, None);
        // SAFETY: drivers of open streams and linked drivers stay in memory.
        match unsafe { driver.as_ref() }.and_then(|driver| driver.unsubscribe) {
            // SAFETY: as in `create`.
            Some(unsubscribe) => unsafe {
                unsubscribe(live_or_null(stream), tell::c_string(name).as_ptr().cast_mut())
            },
            None => super::subscriptions::unsubscribe(name),
        }
    }

    /// Asks for the counts of a mailbox that need not be open (`SA_*`); the answer comes through mm_status before this
    /// returns. T on success; NIL if there is no such mailbox. `stream` may be NULL, then a connection is made for it,
    /// or be any stream of the same server.
    fn mail_status(stream: *mut MailStream, mailbox: *mut c_char, flags: c_long) -> c_long {
        // SAFETY: a C string by the interface.
        let name = unsafe { memory::bytes(mailbox) };
        let driver = valid(stream, name, Some("get status of mailbox"));
        if driver.is_null() {
            return 0;
        }
        let stream = if driver_of(stream) == driver { stream } else { core::ptr::null_mut() };
        // SAFETY: drivers of open streams and linked drivers stay in memory.
        match unsafe { (*driver).status } {
            // SAFETY: as in `create`.
            Some(status) => unsafe { status(stream, tell::c_string(name).as_ptr().cast_mut(), flags) },
            None => complain("Can't get status of mailbox ", name, ": not supported for this kind of mailbox"),
        }
    }
}

entry! {
    /// What mail_status does for a driver that cannot ask a server: counts from the open stream, which need not be the
    /// one of that name, or without one from a stream opened for it. Unseen messages are counted by what is in the cache.
    fn mail_status_default(stream: *mut MailStream, mbx: *mut c_char, flags: c_long) -> c_long {
        // SAFETY: a C string by the interface.
        status_of_messages(stream, unsafe { memory::bytes(mbx) }, flags)
    }
}

#[cfg(test)]
mod tests {
    use super::utf7_fault;

    #[test]
    fn modified_utf7_is_checked_as_uw_does() {
        assert_eq!(utf7_fault(b"Entw&APw-rfe"), None);
        assert_eq!(utf7_fault(b"a&-b"), None);
        assert_eq!(
            utf7_fault(b"a&b"),
            Some(c"unterminated modified UTF-7 name")
        );
        assert_eq!(utf7_fault(b"a&b c-"), Some(c"invalid modified UTF-7 name"));
        assert_eq!(
            utf7_fault("ä".as_bytes()),
            Some(c"mailbox name with 8-bit octet")
        );
    }
}
