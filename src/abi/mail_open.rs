//! Opening and closing streams (UW's mail_open, mail_open_work, mail_close_full, mail_valid).

use core::ffi::{c_char, c_long, c_ushort};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::constants::{
    CH_INIT, DR_DISABLE, DR_HALFOPEN, DR_LOCAL, DR_NOSTICKY, DR_RECYCLE, DR_XPOINT, ERROR,
    NETMAXHOST, NETMAXMBX, NETMAXSRV, NETMAXUSER, OP_ANONYMOUS, OP_DEBUG, OP_HALFOPEN,
    OP_MULNEWSRC, OP_NOKOD, OP_PROTOTYPE, OP_READONLY, OP_SECURE, OP_SHORTCACHE, OP_SILENT,
    OP_SNIFF, OP_TRYSSL,
};
use super::entry::{Refusal, entry};
use super::stream::elements::cache;
use super::stream::{Entered, enter, enter_unsettled, registry};
use super::types::{Driver, MailStream};
use super::{environment, link, memory, parameters, tell, tree, watch};
use crate::mailbox_name::{NetMbx, OpenStream, usable_for as name_usable_for};
use crate::transport;

/// A mailbox name must be shorter than this (mail_valid).
pub const NAME_LIMIT: usize = (NETMAXHOST + NETMAXUSER * 2 + NETMAXMBX + NETMAXSRV + 50) as usize;

/// The name of a driver.
///
/// # Safety
/// A linked driver.
pub unsafe fn driver_name<'a>(driver: *mut Driver) -> &'a [u8] {
    // SAFETY: linked drivers stay in memory; their names are C strings.
    unsafe { memory::bytes((*driver).name) }
}

fn has_line_break(name: &[u8]) -> bool {
    name.iter().any(|b| matches!(b, b'\r' | b'\n'))
}

/// Why a name no driver takes is refused: what this library leaves out, else what c-client says.
pub fn refusal(name: &[u8]) -> &'static str {
    if name.starts_with(b"{") {
        let news = NetMbx::parse(name).is_ok_and(|name| name.service.eq_ignore_ascii_case(b"nntp"));
        return if news {
            "news servers are not supported"
        } else {
            "invalid remote specification"
        };
    }
    if starts_with(name, b"#news.") {
        return "news servers are not supported";
    }
    // Where c-client would open a file, or make one, the reason is that this library does not.
    let local = name.eq_ignore_ascii_case(b"INBOX")
        || starts_with(name, b"#mh")
        || starts_with(name, b"#driver.")
        || environment::mailbox_path(name)
            .is_some_and(|path| !path.is_empty() && Path::new(OsStr::from_bytes(&path)).exists());
    if local {
        Refusal::Files.text()
    } else {
        "no such mailbox"
    }
}

/// The driver for a mailbox name (mail_valid). `purpose`: what could not be done, for the log; `None` logs nothing.
/// With a stream, its driver must be the one.
pub(crate) fn valid(stream: *mut MailStream, name: &[u8], purpose: Option<&str>) -> *mut Driver {
    if has_line_break(name) {
        if let Some(purpose) = purpose {
            tell::log(format!("Can't {purpose} with such a name"), ERROR);
        }
        return core::ptr::null_mut();
    }
    let mut found = if name.len() < NAME_LIMIT {
        first_taker(name)
    } else {
        core::ptr::null_mut()
    };
    if let Some(cx) = enter(stream) {
        let own = cx.edit(|s| s.dtb);
        // SAFETY: drivers of open streams and linked drivers stay in memory.
        unsafe {
            if !found.is_null() && !own.is_null() && own != found && driver_name(own) != b"dummy" {
                found = if driver_name(found) == b"dummy" {
                    own
                } else {
                    core::ptr::null_mut()
                };
            }
        }
    }
    if let (true, Some(purpose)) = (found.is_null(), purpose) {
        let text = [
            format!("Can't {purpose} ").as_bytes(),
            tell::clipped(name),
            b": ",
            refusal(name).as_bytes(),
        ]
        .concat();
        tell::log(text, ERROR);
    }
    found
}

fn first_taker(name: &[u8]) -> *mut Driver {
    let c_name = tell::c_string(name);
    for driver in link::drivers() {
        // SAFETY: linked drivers stay in memory; `valid` takes a C string it does not write to.
        unsafe {
            let flags = (*driver).flags as c_long;
            if flags & DR_DISABLE != 0 || (flags & DR_LOCAL != 0 && name.starts_with(b"{")) {
                continue;
            }
            if (*driver)
                .valid
                .is_some_and(|valid| !valid(c_name.as_ptr().cast_mut()).is_null())
            {
                return driver;
            }
        }
    }
    core::ptr::null_mut()
}

/// Whether an open stream can serve another mailbox name: same server, service and user.
pub fn usable_for(cx: &Entered, name: &[u8]) -> bool {
    let (driver, mailbox, original, anonymous) =
        cx.edit(|s| (s.dtb, s.mailbox, s.original_mailbox, s.anonymous() != 0));
    // SAFETY: driver and names of an open stream.
    unsafe {
        if driver.is_null() || (*driver).flags as c_long & DR_LOCAL != 0 {
            return false;
        }
        let open = OpenStream {
            mailbox: memory::bytes(mailbox),
            original_mailbox: memory::bytes(original),
            anonymous,
        };
        name_usable_for(open, name, |host| {
            if parameters::trust_dns() {
                transport::canonical_name(host)
            } else {
                host.to_vec()
            }
        })
    }
}

/// A pseudo-name `#xxxx…`: whether `name` starts with `word`, whatever the case.
fn starts_with(name: &[u8], word: &[u8]) -> bool {
    name.get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// A pointer that is no open stream any more counts as none.
pub(crate) fn open_or_null(stream: *mut MailStream) -> *mut MailStream {
    if registry::is_open(stream) {
        stream
    } else {
        core::ptr::null_mut()
    }
}

/// mail_open for the library's own use.
pub(crate) fn open_stream(
    stream: *mut MailStream,
    name: &[u8],
    options: c_long,
) -> *mut MailStream {
    let null = core::ptr::null_mut();
    let stream = open_or_null(stream);
    if starts_with(name, b"#move") || starts_with(name, b"#pop{") {
        tell::log_with(
            "Can't open mailbox: moving mail from another mailbox is not supported: ",
            name,
            ERROR,
        );
        return close_stream(stream, 0);
    }
    if options & OP_PROTOTYPE != 0 && starts_with(name, b"#driver.") {
        return open_prototype(stream, name);
    }
    let purpose = (options & OP_SILENT == 0).then_some("open mailbox");
    let driver = valid(null, name, purpose);
    if driver.is_null() {
        stream
    } else {
        open_with(driver, stream, name, options)
    }
}

fn open_prototype(stream: *mut MailStream, name: &[u8]) -> *mut MailStream {
    let rest = &name[b"#driver.".len()..];
    let Some(end) = rest.iter().position(|b| matches!(b, b'/' | b'\\' | b':')) else {
        log_unresolved(name, "bad driver syntax");
        return close_stream(stream, 0);
    };
    for driver in link::drivers() {
        // SAFETY: linked drivers stay in memory; open(NULL) gives the prototype.
        unsafe {
            if driver_name(driver).eq_ignore_ascii_case(&rest[..end]) {
                return (*driver)
                    .open
                    .map_or(core::ptr::null_mut(), |open| open(core::ptr::null_mut()));
            }
        }
    }
    log_unresolved(name, "unknown driver");
    close_stream(stream, 0)
}

fn log_unresolved(name: &[u8], why: &str) {
    let text = [
        b"Can't resolve mailbox ",
        tell::clipped(name),
        b": ",
        why.as_bytes(),
    ]
    .concat();
    tell::log(text, ERROR);
}

/// mail_open_work: opens with a known driver, on the given stream if that can be recycled.
pub(crate) fn open_with(
    driver: *mut Driver,
    stream: *mut MailStream,
    name: &[u8],
    options: c_long,
) -> *mut MailStream {
    let null = core::ptr::null_mut();
    // SAFETY: linked drivers stay in memory.
    let (flags, open) = unsafe { ((*driver).flags as c_long, (*driver).open) };
    let Some(open) = open else {
        let text = [
            b"Can't open mailbox ",
            tell::clipped(name),
            b": this kind of mailbox is not supported",
        ]
        .concat();
        tell::log(text, ERROR);
        return close_stream(stream, 0);
    };
    if options & OP_PROTOTYPE != 0 {
        // SAFETY: open(NULL) gives the prototype.
        return unsafe { open(null) };
    }
    let mut stream = stream;
    // Held until the driver has opened: another thread must not see, or close, what is half a stream.
    let mut entered = enter(stream);
    if let Some(cx) = entered.take() {
        let recyclable = cx.edit(|s| s.dtb) == driver
            && flags & DR_RECYCLE != 0
            && (flags & DR_HALFOPEN != 0 || options & OP_HALFOPEN == 0)
            && usable_for(&cx, name);
        if recyclable {
            if flags & DR_XPOINT != 0 {
                // SAFETY: the driver's own checkpoint function.
                unsafe { (*driver).check.map(|check| check(stream)) };
            }
            if cx.is_closed() {
                // By a callback.
                return null;
            }
            clear_mailbox(&cx);
            entered = Some(cx);
        } else {
            announce_closing(&cx);
            drop(cx);
            stream = close_stream(stream, 0);
        }
    } else if options & OP_HALFOPEN != 0 && flags & DR_HALFOPEN == 0 {
        return null;
    } else {
        // Another thread may have closed it just now.
        stream = open_or_null(stream);
    }
    if stream.is_null() {
        stream = tree::zeroed::<MailStream>();
        registry::register(stream);
        cache(stream, 0, CH_INIT);
    }
    let Some(cx) = entered.or_else(|| enter(stream)) else {
        return null;
    };
    initialise(&cx, driver, flags, name, options);
    // SAFETY: the driver opens the stream prepared for it.
    let opened = unsafe { open(stream) };
    if opened.is_null() || cx.is_closed() {
        drop(cx);
        return close_stream(stream, 0);
    }
    stream
}

fn initialise(cx: &Entered, driver: *mut Driver, flags: c_long, name: &[u8], options: c_long) {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |t| t.as_secs());
    cx.edit(|s| {
        let set = |option: c_long| u32::from(options & option != 0);
        s.dtb = driver;
        s.original_mailbox = memory::copy_bytes(name);
        s.mailbox = memory::copy_bytes(name);
        s.set_inbox(0);
        s.set_lock(0);
        s.set_debug(set(OP_DEBUG));
        s.set_rdonly(set(OP_READONLY));
        s.set_anonymous(set(OP_ANONYMOUS));
        s.set_scache(set(OP_SHORTCACHE));
        s.set_silent(set(OP_SILENT));
        s.set_halfopen(set(OP_HALFOPEN));
        s.set_secure(set(OP_SECURE));
        s.set_tryssl(set(OP_TRYSSL));
        s.set_mulnewsrc(set(OP_MULNEWSRC));
        s.set_nokod(set(OP_NOKOD));
        s.set_sniff(set(OP_SNIFF));
        s.set_perm_seen(0);
        s.set_perm_deleted(0);
        s.set_perm_flagged(0);
        s.set_perm_answered(0);
        s.set_perm_draft(0);
        s.set_kwd_create(0);
        s.set_uid_nosticky(u32::from(flags & DR_NOSTICKY != 0));
        s.uid_last = 0;
        s.uid_validity = core::ffi::c_ulong::try_from(now).unwrap_or(core::ffi::c_ulong::MAX);
    });
}

/// Frees what belongs to the mailbox that was open on a stream.
fn clear_mailbox(cx: &Entered) {
    // SAFETY: the stream is entered.
    unsafe { super::mm_cache::mail_free_cache(cx.raw()) };
    cx.with(|live| live.elements_shown = false);
    let _kept = super::linger::Lingering::begin();
    cx.edit(|s| {
        // SAFETY: names and keywords belong to the stream.
        unsafe {
            memory::release(&mut s.mailbox);
            memory::release(&mut s.original_mailbox);
            for flag in &mut s.user_flags {
                memory::release(flag);
            }
        }
    });
}

fn announce_closing(cx: &Entered) {
    let (silent, driver, mailbox) = cx.edit(|s| (s.silent() != 0, s.dtb, s.mailbox));
    // SAFETY: driver and name of an open stream.
    unsafe {
        if silent || driver.is_null() || (*driver).flags as c_long & DR_LOCAL != 0 {
            return;
        }
        if let Ok(parsed) = NetMbx::parse(memory::bytes(mailbox)) {
            tell::log_with("Closing connection to ", &parsed.host, 0);
        }
    }
}

/// mail_close_full for the library's own use. Returns NULL, as c-client does.
pub(crate) fn close_stream(stream: *mut MailStream, options: c_long) -> *mut MailStream {
    let null = core::ptr::null_mut();
    // What is not answered yet is, before the server says goodbye.
    let Some(cx) = enter_unsettled(stream) else {
        return null;
    };
    if cx.is_closed() {
        return null;
    }
    let driver = cx.edit(|s| s.dtb);
    // SAFETY: the driver closes its own stream.
    unsafe {
        if !driver.is_null()
            && let Some(close) = (*driver).close
        {
            close(stream, options);
        }
    }
    cx.edit(|s| {
        s.dtb = core::ptr::null_mut();
        s.sequence = s.sequence.wrapping_add(1);
        // SAFETY: the snarf name belongs to the stream.
        unsafe { memory::release(&mut s.snarf.name) };
    });
    clear_mailbox(&cx);
    let (hook, mut sparep) = (parameters::free_stream_sparep(), cx.edit(|s| s.sparep));
    if let (Some(hook), false) = (hook, sparep.is_null()) {
        // SAFETY: the application's own pointer, handed back to it.
        unsafe { hook(&mut sparep) };
        cx.edit(|s| s.sparep = sparep);
    }
    let in_use: c_ushort = cx.edit(|s| s.r#use);
    cx.mark_closed();
    drop(cx);
    let free = registry::retire(stream, in_use != 0);
    watch::forget(stream);
    for mut old in free {
        // SAFETY: nobody is in a call on it and it was closed long ago.
        unsafe { memory::release(&mut old) };
    }
    null
}

entry! {
    /// Opens a mailbox: on `stream` if that is connected to the same server as the same user, else on a new stream.
    /// `name` is `{host:port/switches}mailbox`; `options` are `OP_*`. A `stream` for another server is closed.
    ///
    /// Returns the stream, the caller's until mail_close. NIL on failure, and then `stream` is closed, too (but a name
    /// that no driver takes gives `stream` back as it is). Waits as long as SET_OPENTIMEOUT and its like say; calls
    /// mm_login, mm_exists, mm_log and others.
    fn mail_open(stream: *mut MailStream, name: *mut c_char, options: c_long) -> *mut MailStream {
        // SAFETY: a C string by the interface.
        // The name may be a field of the very stream that is to be recycled: copied before that changes.
        let name = unsafe { memory::bytes(name) }.to_vec();
        open_stream(stream, &name, options)
    }

    /// Closes a stream and frees all that belongs to it; with CL_EXPUNGE it expunges first. Returns NIL, always. NULL,
    /// and a stream that is closed already, are left alone. Waits until other threads have come out of the stream.
    fn mail_close_full(stream: *mut MailStream, options: c_long) -> *mut MailStream {
        close_stream(stream, options)
    }
}
