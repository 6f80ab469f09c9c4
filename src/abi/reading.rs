//! What the application takes part in when mail is read: its hooks are called, its log hears what is wrong, and the
//! envelopes are C's.

use core::ffi::c_char;
use core::ptr::null_mut;

use super::constants::PARSE;
use super::destructors::mail_free_address;
use super::memory::{self, copy_bytes as string};
use super::types::{Address, Envelope, parseline_t, parsephrase_t};
use super::{parameters, tell, tree};
use crate::imap::response as imap;
use crate::limits;
use crate::mime::header::{self, HeaderEnvelope, Hooks};
use crate::mime::scan::Warnings;

/// The envelopes that a line hook has seen, each at its tag less one.
#[derive(Default)]
pub struct Envelopes(Vec<*mut Envelope>);

impl Envelopes {
    /// The ENVELOPE for what was read: the one that the hook has seen, or a new one.
    pub fn take(&mut self, mut from: HeaderEnvelope) -> *mut Envelope {
        let to = self.of(&mut from);
        // SAFETY: made here, not handed out yet, and no hook runs.
        let env = unsafe { &mut *to };
        hand_over(&mut from, env);
        for default in [&raw mut env.sender, &raw mut env.reply_to] {
            // SAFETY: two fields of the envelope, whose lists are its own.
            unsafe {
                if (*default).is_null() {
                    *default = copy_addresses(env.from);
                }
            }
        }
        to
    }

    fn of(&mut self, from: &mut HeaderEnvelope) -> *mut Envelope {
        if let Some(&seen) = from.tag.checked_sub(1).and_then(|index| self.0.get(index)) {
            return seen;
        }
        let new = tree::zeroed::<Envelope>();
        self.0.push(new);
        from.tag = self.0.len();
        new
    }
}

/// A C string that its reader may write to, as it may to c-client's own.
fn writable(text: &[u8]) -> Vec<u8> {
    tell::c_string(text).into_bytes_with_nul()
}

/// Tells the log what was wrong.
pub fn log_warnings(warnings: &mut Warnings) {
    for warning in warnings.drain(..) {
        tell::log(warning, PARSE);
    }
}

/// Lets `work` read mail with the application's hooks (`SET_PARSELINE`, `SET_PARSEPHRASE`), which get `host`, and tells
/// the log what was wrong, all in c-client's order.
///
/// Runs the application's code: no pointer into a stream is good for anything after this.
pub fn read<R>(
    host: Option<&[u8]>,
    work: impl FnOnce(&mut Hooks<'_>, &mut Warnings) -> R,
) -> (R, Envelopes) {
    let (line, phrase) = (parameters::parse_line(), parameters::parse_phrase());
    // SAFETY: the host's hooks do what their types say.
    unsafe { read_with(host, line, phrase, work) }
}

/// An ENVELOPE from a header, as rfc822_parse_msg makes it without a body. Addresses without a host get `host`.
///
/// Runs the application's code, as [`read`] does.
pub fn read_header(header: &[u8], host: &[u8]) -> *mut Envelope {
    let (envelope, mut envelopes) = read(Some(host), |hooks, warnings| {
        header::parse_envelope(header, Some(host), warnings, hooks)
    });
    envelopes.take(envelope)
}

/// # Safety
/// The hooks, if any, do what their types say; `phrase` returns a list of mail_newaddr, or NULL.
unsafe fn read_with<R>(
    host: Option<&[u8]>,
    line: parseline_t,
    phrase: parsephrase_t,
    work: impl FnOnce(&mut Hooks<'_>, &mut Warnings) -> R,
) -> (R, Envelopes) {
    let mut envelopes = Envelopes::default();
    let seen = &mut envelopes;
    let mut host_name = host.map(writable);
    let host_name: *mut c_char = host_name
        .as_mut()
        .map_or(null_mut(), |name| name.as_mut_ptr().cast());
    let mut line = line.map(|hook| {
        move |from: &mut HeaderEnvelope, name: &[u8], value: &[u8], warnings: &mut Warnings| {
            log_warnings(warnings);
            let to = seen.of(from);
            let (mut name, mut value) = (writable(name), writable(value));
            // SAFETY: a valid envelope, and NUL-ended strings that live until the hook returns; no reference to the
            // envelope is held while it runs.
            unsafe {
                hand_over(from, &mut *to);
                hook(
                    to,
                    name.as_mut_ptr().cast(),
                    value.as_mut_ptr().cast(),
                    host_name,
                );
                keep_first(from, &*to);
            }
        }
    });
    let mut phrase = phrase.map(|hook| {
        move |text: &[u8], length: usize, _: Option<&[u8]>, warnings: &mut Warnings| {
            log_warnings(warnings);
            let mut text = writable(&text[..text.len().min(length + limits::PHRASE_TAIL)]);
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
    let done = work(&mut hooks, &mut warnings);
    log_warnings(&mut warnings);
    (done, envelopes)
}

/// Moves what was read into a C envelope. Of texts the first one stays, but of Followup-To the last.
fn hand_over(from: &mut HeaderEnvelope, to: &mut Envelope) {
    fn text(from: &mut Option<Vec<u8>>, to: &mut *mut c_char) {
        if let Some(text) = from.take()
            && to.is_null()
        {
            *to = string(&text);
        }
    }
    fn list(from: &mut Vec<imap::Address>, to: &mut *mut Address) {
        // SAFETY: a list of the envelope's, ours alone.
        unsafe { append(to, &core::mem::take(from)) };
    }
    let mut date = to.date.cast();
    text(&mut from.date, &mut date);
    to.date = date.cast();
    text(&mut from.remail, &mut to.remail);
    text(&mut from.subject, &mut to.subject);
    text(&mut from.in_reply_to, &mut to.in_reply_to);
    text(&mut from.message_id, &mut to.message_id);
    text(&mut from.newsgroups, &mut to.newsgroups);
    text(&mut from.references, &mut to.references);
    if let Some(text) = from.followup_to.take() {
        // SAFETY: a string of the envelope's.
        unsafe { memory::release(&mut to.followup_to) };
        to.followup_to = string(&text);
    }
    list(&mut from.return_path, &mut to.return_path);
    list(&mut from.from, &mut to.from);
    list(&mut from.sender, &mut to.sender);
    list(&mut from.reply_to, &mut to.reply_to);
    list(&mut from.to, &mut to.to);
    list(&mut from.cc, &mut to.cc);
    list(&mut from.bcc, &mut to.bcc);
    if from.incomplete {
        to.set_incomplete(1);
    }
    if from.imap_only {
        to.set_imapenvonly(1);
    }
}

/// Lets the reader know which texts are there already.
fn keep_first(from: &mut HeaderEnvelope, to: &Envelope) {
    let there = |field: *mut c_char| (!field.is_null()).then(Vec::new);
    from.date = there(to.date.cast());
    from.subject = there(to.subject);
    from.in_reply_to = there(to.in_reply_to);
    from.message_id = there(to.message_id);
    from.newsgroups = there(to.newsgroups);
    from.references = there(to.references);
}

/// An ADDRESS list of what was read.
pub fn address_list(from: &[imap::Address]) -> *mut Address {
    let mut first = null_mut();
    // SAFETY: an empty list.
    unsafe { append(&raw mut first, from) };
    first
}

/// Appends what was read to a list; returns its last address, NULL if it is empty.
///
/// # Safety
/// `to` points to NULL or a valid list.
pub unsafe fn append(to: *mut *mut Address, from: &[imap::Address]) -> *mut Address {
    let mut last = null_mut();
    let mut tail = to;
    // SAFETY: the caller's list up to its end, then nodes made here.
    unsafe {
        while !(*tail).is_null() {
            last = *tail;
            tail = &raw mut (*last).next;
        }
        let text = |field: &Option<Vec<u8>>| field.as_deref().map_or(null_mut(), string);
        for address in from {
            last = tree::zeroed::<Address>();
            (*last).personal = text(&address.name);
            (*last).adl = text(&address.adl);
            (*last).mailbox = text(&address.mailbox);
            (*last).host = text(&address.host);
            *tail = last;
            tail = &raw mut (*last).next;
        }
    }
    last
}

/// A copy of a list, without `error` and `orcpt`.
///
/// # Safety
/// NULL or a valid list.
pub unsafe fn copy_addresses(mut list: *const Address) -> *mut Address {
    let mut first = null_mut();
    let mut tail: *mut *mut Address = &raw mut first;
    // SAFETY: the caller vouches for the list and its strings; `tail` points to `first` or into the node made before.
    unsafe {
        let text = |field: *mut c_char| {
            if field.is_null() {
                null_mut()
            } else {
                string(memory::bytes(field))
            }
        };
        while let Some(address) = list.as_ref() {
            let new = tree::zeroed::<Address>();
            (*new).personal = text(address.personal);
            (*new).adl = text(address.adl);
            (*new).mailbox = text(address.mailbox);
            (*new).host = text(address.host);
            *tail = new;
            tail = &raw mut (*new).next;
            list = address.next;
        }
    }
    first
}

/// What a list of the host's says.
///
/// # Safety
/// `list` is NULL or a valid list.
unsafe fn addresses(mut list: *const Address) -> Vec<imap::Address> {
    let mut known = Vec::new();
    // SAFETY: the caller vouches for the list and its strings.
    unsafe {
        let text = |field: *mut c_char| (!field.is_null()).then(|| memory::bytes(field).to_vec());
        while let Some(address) = list.as_ref() {
            known.push(imap::Address {
                name: text(address.personal),
                adl: text(address.adl),
                mailbox: text(address.mailbox),
                host: text(address.host),
            });
            list = address.next;
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
            unsafe {
                assert_eq!(text((*env).subject), "a");
                memory::release(&mut (*env).subject);
                (*env).subject = string(format!("<{}>", text(value)).as_bytes());
            }
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
        let (env, mut envelopes) = unsafe {
            read_with(
                Some(b"host"),
                Some(on_line),
                Some(on_phrase),
                |hooks, warnings| header::parse_envelope(header, Some(b"host"), warnings, hooks),
            )
        };
        let mut env = envelopes.take(env);
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
