//! Pieces of texts, and what the fetching functions return (UW's mail_partial_text, mail_fetch_text_return, …).

use core::ffi::{c_char, c_long, c_ulong};

use super::constants::{ERROR, FT_INTERNAL, FT_RETURNSTRINGSTRUCT};
use super::entry::entry;
use super::mail_fetch::{Request, nothing, set_length};
use super::nl::mail_read;
use super::stream::sections::{give_to_reader, nested_message};
use super::string_drivers;
use super::types::{GetsData, MailStream, MailString, SizedText};
use super::{memory, parameters, tell};

/// The piece of `text` that begins at `first` and has at most `count` octets (0: all).
fn piece(text: &[u8], first: c_ulong, count: c_ulong) -> &[u8] {
    let first = usize::try_from(first).unwrap_or(usize::MAX);
    // What begins behind the end is empty.
    let rest = text.get(first..).unwrap_or_default();
    match usize::try_from(count).unwrap_or(usize::MAX) {
        0 => rest,
        count => &rest[..rest.len().min(count)],
    }
}

/// What is wanted of a message.
struct Piece<'a> {
    section: &'a [u8],
    /// The text of the message at the section, not the contents of the part.
    text: bool,
    first: c_ulong,
    count: c_ulong,
}

fn partial(stream: *mut MailStream, msgno: c_ulong, wanted: &Piece<'_>, flags: c_long) -> c_long {
    if parameters::gets().is_none() {
        let name = if wanted.text { "text" } else { "body" };
        tell::log(
            format!("mail_partial_{name}() called without a mailgets!"),
            ERROR,
        );
        return 0;
    }
    let flags = flags & !FT_INTERNAL;
    let Some(request) = Request::new(stream, msgno, wanted.section, flags) else {
        return 0;
    };
    // SAFETY: the cache of an entered stream, looked at before anything else changes it.
    let place = unsafe {
        if wanted.text {
            if !wanted.section.is_empty() {
                let part = request.part(wanted.section);
                if part.is_null() || nested_message(part).is_null() {
                    return 0;
                }
            }
            let message = request.message(wanted.section);
            if message.is_null() {
                return 0;
            }
            &raw mut (*message).text
        } else {
            let part = request.part(wanted.section);
            if part.is_null() {
                return 0;
            }
            &raw mut (*part).contents
        }
    };
    let name = match (wanted.text, wanted.section.is_empty()) {
        (true, true) => b"TEXT".to_vec(),
        (true, false) => [wanted.section, b".TEXT"].concat(),
        (false, _) => wanted.section.to_vec(),
    };
    // SAFETY: as above.
    let known = unsafe {
        (!(*place).text.data.is_null()).then(|| {
            piece(
                memory::text_bytes(&(*place).text),
                wanted.first,
                wanted.count,
            )
            .to_vec()
        })
    };
    let known = if let Some(known) = known {
        request.mark_seen();
        known
    } else if let Some(plain) = request.plain() {
        // A section lies within the text of the whole message.
        // SAFETY: as above.
        let section = unsafe { ((*place).offset, (*place).text.size) };
        let section = (!wanted.section.is_empty()).then_some(section);
        let wish = request.wanted(None, core::ptr::null_mut(), flags);
        let range = (wanted.first, wanted.count);
        match wish.piece_of(plain, section, range) {
            Some(piece) => piece,
            None => return 0,
        }
    } else {
        let range = (wanted.first, wanted.count);
        return c_long::from(request.fetch_piece(&name, range, core::ptr::null_mut()));
    };
    let what = tell::c_string(&name);
    let mut about = GetsData {
        stream,
        msgno: request.msgno.into(),
        what: what.as_ptr().cast_mut(),
        stl: core::ptr::null_mut(),
        first: wanted.first,
        last: wanted.count,
        flags: 0,
    };
    give_to_reader(&known, &mut about);
    1
}

entry! {
    /// Hands a piece of the text of a message, or of the nested one at `section`, to the program's reader (SET_GETS),
    /// without which there is nothing to be had: octets from `first` on, at most `last` of them, 0 for all. T if the
    /// reader was called.
    fn mail_partial_text(
        stream: *mut MailStream,
        msgno: c_ulong,
        section: *mut c_char,
        first: c_ulong,
        last: c_ulong,
        flags: c_long,
    ) -> c_long {
        // SAFETY: NULL or a C string.
        let section = unsafe { memory::bytes(section) };
        partial(stream, msgno, &Piece { section, text: true, first, count: last }, flags)
    }

    /// As mail_partial_text, with the contents of the part at `section`; without a section the text of the message.
    fn mail_partial_body(
        stream: *mut MailStream,
        msgno: c_ulong,
        section: *mut c_char,
        first: c_ulong,
        last: c_ulong,
        flags: c_long,
    ) -> c_long {
        // SAFETY: NULL or a C string.
        let section = unsafe { memory::bytes(section) };
        partial(stream, msgno, &Piece { section, text: section.is_empty(), first, count: last }, flags)
    }

    /// What a fetching function returns for a text: what the program's reader makes of it, else the text itself, "" if
    /// it is empty. Sets `len` to its size. It stays whose it was.
    fn mail_fetch_text_return(md: *mut GetsData, t: *mut SizedText, len: *mut c_ulong) -> *mut c_char {
        // SAFETY: NULL or what the interface says.
        unsafe {
            let Some(text) = t.as_ref() else { return nothing() };
            set_length(len, text.size);
            if text.size == 0 || text.data.is_null() {
                return nothing();
            }
            let made = md.as_mut().and_then(|md| give_to_reader(memory::text_bytes(text), md));
            made.unwrap_or(text.data.cast())
        }
    }

    /// As mail_fetch_text_return, for the next `i` octets of a string. A string in memory is returned in place, any other
    /// as a copy that belongs to the stream of `md`. With FT_RETURNSTRINGSTRUCT the string goes to that stream's
    /// `private.string`, and NULL is returned.
    fn mail_fetch_string_return(
        md: *mut GetsData,
        bs: *mut MailString,
        i: c_ulong,
        len: *mut c_ulong,
        flags: c_long,
    ) -> *mut c_char {
        let none = core::ptr::null_mut();
        // SAFETY: what the interface says: a string that its driver has set up, `md` of an open stream.
        unsafe {
            set_length(len, i);
            let (Some(string), Some(about)) = (bs.as_mut(), md.as_ref()) else { return none };
            let Some(cx) = super::stream::enter(about.stream) else { return none };
            if flags & FT_RETURNSTRINGSTRUCT != 0 {
                return cx.edit(|s| {
                    core::ptr::copy_nonoverlapping(bs, &raw mut s.private.string, 1);
                    let copy = &mut s.private.string;
                    let position = copy.offset + copy.curpos.offset_from(copy.chunk) as c_ulong;
                    string_drivers::seek(copy, position);
                    none
                });
            }
            if let Some(reader) = parameters::gets() {
                drop(cx);
                return reader(Some(mail_read), bs.cast(), i, md);
            }
            if string_drivers::is_in_memory(string) {
                return string.curpos;
            }
            let octets = string_drivers::read(string, usize::try_from(i).unwrap_or(usize::MAX));
            cx.edit(|s| memory::set_text(&mut s.text, &octets)).cast()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::piece;

    #[test]
    fn pieces_lie_within_their_text() {
        assert_eq!(piece(b"abcdef", 0, 0), b"abcdef");
        assert_eq!(piece(b"abcdef", 2, 3), b"cde");
        assert_eq!(piece(b"abcdef", 4, 3), b"ef");
        assert_eq!(piece(b"abcdef", 6, 1), b"");
        assert_eq!(piece(b"abcdef", core::ffi::c_ulong::MAX, 1), b"");
    }
}
