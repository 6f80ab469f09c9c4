//! What a driver tells the upper layer about its mailbox, and the debug log (UW's mail_exists, mail_dlog, …). IMAP streams
//! do it by themselves; these serve drivers that a program brings along.

use core::ffi::{c_char, c_long, c_ulong};

use super::callbacks;
use super::constants::{DISABLE_DEBUG, ENABLE_DEBUG, ERROR, MAXMESSAGES};
use super::entry::{c_str, entry};
use super::stream::enter;
use super::types::{Driver, MailStream};
use super::{mail_open, memory, parameters, tell};

/// Turns debugging of a stream on or off, and tells its driver.
fn set_debug(stream: *mut MailStream, on: bool) {
    let Some(cx) = enter(stream) else { return };
    let driver = cx.edit(|s| {
        s.set_debug(u32::from(on));
        s.dtb
    });
    let function = if on { ENABLE_DEBUG } else { DISABLE_DEBUG };
    // SAFETY: the driver of an open stream stays in memory and takes its stream with this function.
    unsafe {
        if let Some(tell) = driver.as_ref().and_then(|driver| driver.parameters) {
            tell(function, stream.cast());
        }
    }
}

entry! {
    /// The mailbox has `nmsgs` messages now; tells the program through mm_exists.
    fn mail_exists(stream: *mut MailStream, nmsgs: c_ulong) {
        let Some(cx) = enter(stream) else { return };
        let most = MAXMESSAGES as c_ulong;
        if nmsgs > most {
            let text = format!("Mailbox has more messages ({nmsgs}) exist than maximum ({most})");
            tell::log(text, ERROR);
        }
        cx.exists(u32::try_from(nmsgs.min(most)).unwrap_or(u32::MAX));
    }

    /// `recent` of the messages are recent.
    fn mail_recent(stream: *mut MailStream, recent: c_ulong) {
        let Some(cx) = enter(stream) else { return };
        let nmsgs = cx.edit(|s| s.nmsgs);
        match u32::try_from(recent) {
            Ok(recent) if c_ulong::from(recent) <= nmsgs => cx.recent(recent),
            _ => tell::log(format!("Non-existent recent message(s) {recent}, nmsgs={nmsgs}"), ERROR),
        }
    }

    /// Message `msgno` is gone; tells the program through mm_expunged.
    fn mail_expunged(stream: *mut MailStream, msgno: c_ulong) {
        let Some(cx) = enter(stream) else { return };
        match u32::try_from(msgno) {
            Ok(msgno) if cx.has_message(msgno) => cx.expunged(msgno),
            _ => {
                let nmsgs = cx.edit(|s| s.nmsgs);
                tell::log(format!("Expunge of non-existent message {msgno}, nmsgs={nmsgs}"), ERROR);
            }
        }
    }

    /// From now on the stream's conversation goes to mm_dlog, without passwords and tokens.
    fn mail_debug(stream: *mut MailStream) {
        set_debug(stream, true);
    }

    /// Ends what mail_debug began.
    fn mail_nodebug(stream: *mut MailStream) {
        set_debug(stream, false);
    }

    /// Gives a line to mm_dlog; a sensitive one (`flag`) only if `SET_DEBUGSENSITIVE` allows it, else `<suppressed>`.
    fn mail_dlog(string: *mut c_char, flag: c_long) {
        let show = flag == 0 || parameters::debug_sensitive();
        // SAFETY: NULL or a NUL-ended string.
        let text = unsafe { c_str(string) }.filter(|_| show);
        callbacks::dlog(text.unwrap_or(if show { c"" } else { c"<suppressed>" }));
    }

    /// As mail_open, with a driver `d` that is known to take the name.
    fn mail_open_work(d: *mut Driver, stream: *mut MailStream, name: *mut c_char, options: c_long) -> *mut MailStream {
        if d.is_null() {
            return mail_open::close_stream(stream, 0);
        }
        // SAFETY: a C string by the interface.
        // It may be a field of the very stream that is to be recycled: copied before that changes.
        let name = unsafe { memory::bytes(name) }.to_vec();
        mail_open::open_with(d, mail_open::open_or_null(stream), &name, options)
    }

    /// Whether an open stream can serve another mailbox name: same server, service and user.
    fn mail_usable_network_stream(stream: *mut MailStream, name: *mut c_char) -> c_long {
        // SAFETY: a C string by the interface.
        let name = unsafe { memory::bytes(name) };
        c_long::from(enter(stream).is_some_and(|cx| mail_open::usable_for(&cx, name)))
    }
}
