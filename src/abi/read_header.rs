//! Reads message headers for the host: its hooks are called, its log hears what is wrong, and the envelope is C's.

use core::ffi::c_char;
use core::ptr::null_mut;

use super::constants::PARSE;
use super::destructors::mail_free_address;
use super::memory::{self, copy_bytes as string};
use super::types::{Address, Envelope, parseline_t, parsephrase_t};
use super::{parameters, tell, tree};
use crate::imap::response as imap;
use crate::mime::header::{self, HeaderEnvelope, Hooks};

/// A C string that its reader may write to, as it may to c-client's own.
fn writable(text: &[u8]) -> Vec<u8> {
    tell::c_string(text).into_bytes_with_nul()
}

/// An ENVELOPE from a header, as rfc822_parse_msg makes it without a body. Addresses without a host get `host`.
///
/// Runs the application's code (`SET_PARSELINE`, `SET_PARSEPHRASE`, mm_log): no pointer into a stream is good for
/// anything after this. A line hook gets an ENVELOPE in which only what it put there stands; that wins over the header,
/// as c-client lets the first line of a kind win.
pub fn read_header(header: &[u8], host: &[u8]) -> *mut Envelope {
    let (line, phrase) = (parameters::parse_line(), parameters::parse_phrase());
    // SAFETY: the host's hooks do what their types say.
    unsafe { read_with(header, host, line, phrase) }
}

/// # Safety
/// The hooks, if any, do what their types say; `phrase` returns a list of mail_newaddr, or NULL.
unsafe fn read_with(
    header: &[u8],
    host: &[u8],
    line: parseline_t,
    phrase: parsephrase_t,
) -> *mut Envelope {
    let to = tree::zeroed::<Envelope>();
    let mut host_name = writable(host);
    let host_name: *mut c_char = host_name.as_mut_ptr().cast();
    let mut line = line.map(|hook| {
        move |_: &mut HeaderEnvelope, name: &[u8], value: &[u8]| {
            let (mut name, mut value) = (writable(name), writable(value));
            // SAFETY: a valid envelope and NUL-ended strings that live until the hook returns.
            unsafe {
                hook(
                    to,
                    name.as_mut_ptr().cast(),
                    value.as_mut_ptr().cast(),
                    host_name,
                )
            }
        }
    });
    let mut phrase = phrase.map(|hook| {
        move |text: &[u8], length: usize, _: Option<&[u8]>| {
            let mut text = writable(text);
            // SAFETY: `length` octets of the text are the phrase, so its end lies in the string.
            let end = unsafe { text.as_mut_ptr().add(length.min(text.len() - 1)) };
            // SAFETY: NUL-ended strings that live until the hook returns.
            let mut list = unsafe { hook(text.as_mut_ptr().cast(), end.cast(), host_name) };
            // SAFETY: the hook hands over a list from mail_newaddr, or NULL.
            unsafe {
                let known = addresses(list);
                mail_free_address(&mut list);
                known
            }
        }
    });
    let mut hooks = Hooks {
        line: line.as_mut().map(|hook| hook as _),
        phrase: phrase.as_mut().map(|hook| hook as _),
    };
    let mut warnings = Vec::new();
    let from = header::parse_envelope(header, Some(host), &mut warnings, &mut hooks);
    for warning in warnings {
        tell::log(warning, PARSE);
    }
    // SAFETY: made above, and no hook runs any more.
    fill(unsafe { &mut *to }, &from);
    to
}

fn fill(env: &mut Envelope, from: &HeaderEnvelope) {
    fn keep<T>(to: &mut *mut T, make: impl FnOnce() -> *mut T) {
        if to.is_null() {
            *to = make();
        }
    }
    let text = |field: &Option<Vec<u8>>| field.as_deref().map_or(null_mut(), string);
    // Lists from the parser are well formed, so that nothing is dropped.
    let list = |list: &[imap::Address]| tree::addresses(list, &mut Vec::new());
    keep(&mut env.remail, || text(&from.remail));
    keep(&mut env.return_path, || list(&from.return_path));
    keep(&mut env.date, || text(&from.date).cast());
    keep(&mut env.from, || list(&from.from));
    keep(&mut env.sender, || list(&from.sender));
    keep(&mut env.reply_to, || list(&from.reply_to));
    keep(&mut env.subject, || text(&from.subject));
    keep(&mut env.to, || list(&from.to));
    keep(&mut env.cc, || list(&from.cc));
    keep(&mut env.bcc, || list(&from.bcc));
    keep(&mut env.in_reply_to, || text(&from.in_reply_to));
    keep(&mut env.message_id, || text(&from.message_id));
    keep(&mut env.newsgroups, || text(&from.newsgroups));
    keep(&mut env.followup_to, || text(&from.followup_to));
    keep(&mut env.references, || text(&from.references));
    env.set_incomplete(u32::from(from.incomplete));
    env.set_imapenvonly(u32::from(from.imap_only));
}

/// What a list of the host's says.
///
/// # Safety
/// `list` is NULL or a valid list.
unsafe fn addresses(list: *const Address) -> Vec<imap::Address> {
    let mut known = Vec::new();
    let mut at = list;
    while !at.is_null() {
        // SAFETY: the caller vouches for the list and its strings.
        unsafe {
            let text =
                |field: *mut c_char| (!field.is_null()).then(|| memory::bytes(field).to_vec());
            let address = &*at;
            known.push(imap::Address {
                name: text(address.personal),
                adl: text(address.adl),
                mailbox: text(address.mailbox),
                host: text(address.host),
            });
            at = address.next;
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::callbacks::fake::take_log;
    use crate::abi::constructors::mail_newaddr;
    use crate::abi::destructors::mail_free_envelope;

    fn text(field: *const c_char) -> String {
        assert!(!field.is_null());
        // SAFETY: strings of an envelope made here.
        String::from_utf8_lossy(unsafe { memory::bytes(field) }).into_owned()
    }

    unsafe extern "C-unwind" fn on_line(
        env: *mut Envelope,
        name: *mut c_char,
        value: *mut c_char,
        _: *mut c_char,
    ) {
        if text(name) == "X-MARK" {
            // SAFETY: what the library promises its hooks.
            unsafe { (*env).subject = string(format!("<{}>", text(value)).as_bytes()) }
        }
    }

    unsafe extern "C-unwind" fn on_phrase(
        phrase: *mut c_char,
        end: *mut c_char,
        host: *mut c_char,
    ) -> *mut Address {
        if text(phrase) != "marked one, two" {
            return null_mut();
        }
        assert_eq!(text(end), ", two");
        // SAFETY: made here, handed over.
        unsafe {
            let known = mail_newaddr();
            (*known).mailbox = string(b"known");
            (*known).host = string(text(host).as_bytes());
            known
        }
    }

    #[test]
    fn hooks_are_called_and_warnings_logged() {
        take_log();
        let header = b"Subject: a\r\nX-Mark: b\r\nTo: marked one, two\r\nCc: x@\r\n\r\n";
        // SAFETY: the hooks above.
        let mut env = unsafe { read_with(header, b"host", Some(on_line), Some(on_phrase)) };
        // SAFETY: made above.
        unsafe {
            assert_eq!(text((*env).subject), "<b>");
            let to = &*(*env).to;
            assert_eq!(
                (text(to.mailbox), text(to.host)),
                ("known".into(), "host".into())
            );
            assert_eq!(text((*to.next).mailbox), "two");
            assert_eq!(text((*(*env).cc).host), ".SYNTAX-ERROR.");
            mail_free_envelope(&mut env);
        }
        let warning = "Missing or invalid host name after @".to_owned();
        assert_eq!(take_log(), [(warning, PARSE)]);
    }
}
