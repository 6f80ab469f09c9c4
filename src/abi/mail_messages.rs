//! Messages of the open mailbox, whatever driver has it (UW's mail_flag, mail_search_full, mail_append_full, …).

use core::ffi::{c_char, c_long, c_ulong, c_void};

use super::constants::{CP_UID, ERROR, EX_UID, SE_FREE, SE_RETAIN, ST_UID};
use super::destructors::mail_free_searchpgm;
use super::entry::entry;
use super::mail_open::{NAME_LIMIT, refusal, valid};
use super::mail_search::mail_search_default;
use super::mm_cache::complain_of_number;
use super::stream::{Entered, enter, enter_unsettled};
use super::types::{Driver, MailStream, MailString, SearchPgm, append_t};
use super::{fetch_default, link, memory, tell};

/// Runs `work` with the driver of an open stream; `otherwise` if there is none.
fn with_driver<R>(stream: *mut MailStream, otherwise: R, work: impl FnOnce(&Driver) -> R) -> R {
    with_driver_of(enter(stream), otherwise, work)
}

fn with_driver_of<R>(entered: Option<Entered>, otherwise: R, work: impl FnOnce(&Driver) -> R) -> R {
    let Some(cx) = entered else {
        return otherwise;
    };
    let driver = cx.edit(|s| s.dtb);
    if driver.is_null() {
        otherwise
    } else {
        // SAFETY: drivers of open streams stay in memory; `cx` keeps the stream.
        work(unsafe { &*driver })
    }
}

/// For a call that names messages by their UIDs: what was heard between calls is told before, as it would be by a command.
/// Not from within a callback, where telling is under way.
fn tell_before(entered: Option<&Entered>) {
    if let Some(cx) = entered.filter(|cx| !cx.is_nested()) {
        cx.deliver();
    }
}

/// What mail_append_full hands to its own callback.
struct Package {
    flags: *mut c_char,
    date: *mut c_char,
    message: *mut MailString,
}

/// The append_t for one message: gives it once.
unsafe extern "C-unwind" fn single(
    _stream: *mut MailStream,
    data: *mut c_void,
    flags: *mut *mut c_char,
    date: *mut *mut c_char,
    message: *mut *mut MailString,
) -> c_long {
    // SAFETY: `data` is the package of mail_append_full, alive; the rest are the caller's places.
    unsafe {
        let package = &mut *data.cast::<Package>();
        *flags = package.flags;
        *date = package.date;
        *message = core::mem::replace(&mut package.message, core::ptr::null_mut());
    }
    1
}

fn append(stream: *mut MailStream, name: &[u8], callback: append_t, data: *mut c_void) -> c_long {
    let fail = |text: Vec<u8>| {
        tell::log(text, ERROR);
        0
    };
    if name.iter().any(|b| matches!(b, b'\r' | b'\n')) {
        return fail(b"Can't append to mailbox with such a name".to_vec());
    }
    if name.len() >= NAME_LIMIT {
        return fail(
            [
                b"Can't append ",
                tell::clipped(name),
                b": ",
                refusal(name).as_bytes(),
            ]
            .concat(),
        );
    }
    let special = b"#driver.";
    let (driver, name) = if name
        .get(..special.len())
        .is_some_and(|s| s.eq_ignore_ascii_case(special))
    {
        let rest = &name[special.len()..];
        let Some(end) = rest.iter().position(|b| matches!(b, b'/' | b'\\' | b':')) else {
            return fail(
                [
                    b"Can't append to mailbox ",
                    tell::clipped(name),
                    b": bad driver syntax",
                ]
                .concat(),
            );
        };
        let found = link::drivers()
            .into_iter()
            // SAFETY: linked drivers stay in memory.
            .find(|&driver| {
                // SAFETY: linked drivers stay in memory.
                unsafe { super::mail_open::driver_name(driver) }.eq_ignore_ascii_case(&rest[..end])
            });
        let Some(driver) = found else {
            return fail(
                [
                    b"Can't append to mailbox ",
                    tell::clipped(name),
                    b": unknown driver",
                ]
                .concat(),
            );
        };
        (driver, &rest[end + 1..])
    } else {
        (valid(stream, name, Some("append to mailbox")), name)
    };
    if driver.is_null() {
        return 0;
    }
    let stream = if enter(stream).is_some() {
        stream
    } else {
        core::ptr::null_mut()
    };
    // SAFETY: drivers of open streams and linked drivers stay in memory.
    match unsafe { (*driver).append } {
        // SAFETY: the driver takes its stream, a C string that it does not write to, and callback and data that go
        // together.
        Some(append) => unsafe {
            append(
                stream,
                tell::c_string(name).as_ptr().cast_mut(),
                callback,
                data,
            )
        },
        None => fail(
            [
                b"Can't append to mailbox ",
                tell::clipped(name),
                b": this kind of mailbox is not supported",
            ]
            .concat(),
        ),
    }
}

entry! {
    /// Sets (ST_SET) or clears `flag` (`\Seen \Deleted`, keywords) of the messages of a sequence; by UID with ST_UID.
    /// Failure is a line in the log. With ST_SILENT mm_flags is not called for it.
    fn mail_flag(stream: *mut MailStream, sequence: *mut c_char, flag: *mut c_char, flags: c_long) {
        let entered = enter_unsettled(stream);
        if flags & ST_UID != 0 {
            tell_before(entered.as_ref());
        }
        with_driver_of(entered, (), |driver| match driver.flag {
            // SAFETY: the driver takes its stream and C strings by the interface.
            Some(function) => unsafe { function(stream, sequence, flag, flags) },
            // SAFETY: the same.
            None => unsafe { fetch_default::flag(stream, sequence, flag, flags) },
        });
    }

    /// Searches. Hits come through mm_searched before this returns, and as `searched` bits of the elts; they are
    /// numbers, or UIDs with SE_UID. `charset` is that of the texts in `pgm`; NULL for US-ASCII. T on success, also
    /// without hits; NIL when nothing could be found out.
    ///
    /// `pgm` stays the caller's; with SE_FREE it is freed, whatever happens.
    fn mail_search_full(stream: *mut MailStream, charset: *mut c_char, pgm: *mut SearchPgm, flags: c_long) -> c_long {
        let mut found = 0;
        if let Some(cx) = enter(stream) {
            if flags & SE_RETAIN == 0 {
                for msgno in 1..=cx.count() {
                    if cx.existing_element(msgno).is_some() {
                        cx.edit_element(msgno, |elt| elt.set_searched(0));
                    }
                }
            }
            if !pgm.is_null() {
                found = with_driver(stream, 0, |driver| match driver.search {
                    // SAFETY: the driver takes its stream and a search program by the interface.
                    Some(search) => unsafe { search(stream, charset, pgm, flags) },
                    // SAFETY: as above.
                    None => unsafe { mail_search_default(stream, charset, pgm, flags) },
                });
            }
        }
        if flags & SE_FREE != 0 {
            let mut pgm = pgm;
            // SAFETY: SE_FREE makes the program ours.
            unsafe { mail_free_searchpgm(&mut pgm) };
        }
        found
    }

    /// Sees whether the stream is alive, and hears what is new: events come through mm_exists and its like before this
    /// returns. T; NIL when the connection is gone: then the stream is of no use but for mail_close, or to open the
    /// mailbox again with mail_open.
    fn mail_ping(stream: *mut MailStream) -> c_long {
        // SAFETY: the driver takes its stream.
        with_driver(stream, 0, |driver| driver.ping.map_or(0, |ping| unsafe { ping(stream) }))
    }

    /// Has the server write down what it may still keep in memory (CHECK), and hears what is new.
    fn mail_check(stream: *mut MailStream) {
        // SAFETY: the driver takes its stream.
        with_driver(stream, (), |driver| if let Some(check) = driver.check { unsafe { check(stream) } });
    }

    /// Removes messages marked `\Deleted` for good: of `sequence` only, if it is not NULL (UIDs with EX_UID). Each is
    /// told by mm_expunged. T on success, also when there was none.
    fn mail_expunge_full(stream: *mut MailStream, sequence: *mut c_char, options: c_long) -> c_long {
        let by_number = !sequence.is_null() && options & EX_UID == 0;
        let entered = if by_number { enter(stream) } else { enter_unsettled(stream) };
        if !by_number {
            tell_before(entered.as_ref());
        }
        // SAFETY: the driver takes its stream and a C string or NULL.
        with_driver_of(entered, 0, |driver| driver.expunge.map_or(0, |expunge| unsafe { expunge(stream, sequence, options) }))
    }

    /// Copies messages to a mailbox of the same server; `sequence` of UIDs with CP_UID. CP_MOVE marks the originals
    /// `\Deleted`; with CP_ATOMIC, too, they are moved in one step where the server can. T on success. UIDs of the
    /// copies come through SET_COPYUID.
    fn mail_copy_full(stream: *mut MailStream, sequence: *mut c_char, mailbox: *mut c_char, options: c_long) -> c_long {
        let entered = enter(stream);
        if options & CP_UID != 0 {
            tell_before(entered.as_ref());
        }
        // SAFETY: the driver takes its stream and C strings by the interface.
        with_driver_of(entered, 0, |driver| driver.copy.map_or(0, |copy| unsafe { copy(stream, sequence, mailbox, options) }))
    }

    /// Appends a message to a mailbox, whether it is open or not: with `flags` (`\Seen $Junk`) and internal date
    /// (`17-Jul-1996 02:44:25 -0700`), if they are not NULL. `message` is read from its position to its end, with lines
    /// that end with CR LF, and stays the caller's. `stream` may be NULL.
    ///
    /// T when the server says that it is stored. A connection that is lost on the way is made anew, and the library
    /// looks whether the message has come through: it is stored once or not at all. The new UID comes through
    /// SET_APPENDUID, where the server tells.
    fn mail_append_full(
        stream: *mut MailStream,
        mailbox: *mut c_char,
        flags: *mut c_char,
        date: *mut c_char,
        message: *mut MailString,
    ) -> c_long {
        let mut package = Package { flags, date, message };
        // SAFETY: a C string by the interface; the package outlives the call.
        append(stream, unsafe { memory::bytes(mailbox) }, Some(single), (&raw mut package).cast())
    }

    /// Appends the messages that `af` gives, until it gives none; `data` is for `af`. What `af` points to has to stay
    /// until it is called again. T on success.
    fn mail_append_multiple(stream: *mut MailStream, mailbox: *mut c_char, af: append_t, data: *mut c_void) -> c_long {
        // SAFETY: a C string by the interface.
        append(stream, unsafe { memory::bytes(mailbox) }, af, data)
    }

    /// The UID of a message; 0 on failure. Asks the server where it is not known yet.
    fn mail_uid(stream: *mut MailStream, msgno: c_ulong) -> c_ulong {
        // Neither this nor the number changes by what is not waited for.
        let entered = enter_unsettled(stream);
        if let Some(cx) = &entered
            && !(1..=cx.edit(|s| s.nmsgs)).contains(&msgno)
        {
            complain_of_number(cx, msgno);
            return 0;
        }
        with_driver_of(entered, 0, |driver| match driver.uid {
            // SAFETY: the driver takes its stream.
            Some(uid) => unsafe { uid(stream, msgno) },
            None => enter(stream).map_or(0, |cx| fetch_default::uid(&cx, msgno)),
        })
    }

    /// The number of the message with that UID; 0 if there is none. Asks the server where UIDs are not known yet.
    fn mail_msgno(stream: *mut MailStream, uid: c_ulong) -> c_ulong {
        with_driver_of(enter_unsettled(stream), 0, |driver| match driver.msgno {
            // SAFETY: the driver takes its stream.
            Some(msgno) => unsafe { msgno(stream, uid) },
            None => enter(stream).map_or(0, |cx| fetch_default::msgno(&cx, uid)),
        })
    }

    /// Fetches flags, internal dates and sizes of a sequence (of UIDs with FT_UID) into the elts; with FT_NEEDENV also
    /// envelopes. mail_elt gives the elts afterwards.
    fn mail_fetch_fast(stream: *mut MailStream, sequence: *mut c_char, flags: c_long) {
        // SAFETY: the driver takes its stream and a C string by the interface.
        with_driver(stream, (), |driver| if let Some(fast) = driver.fast { unsafe { fast(stream, sequence, flags) } });
    }

    /// Fetches flags of a sequence (of UIDs with FT_UID) into the elts, as the server has them now.
    fn mail_fetch_flags(stream: *mut MailStream, sequence: *mut c_char, flags: c_long) {
        // SAFETY: the driver takes its stream and a C string by the interface.
        with_driver(stream, (), |driver| if let Some(get) = driver.msgflags { unsafe { get(stream, sequence, flags) } });
    }
}
