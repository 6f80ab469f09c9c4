//! What the server told as trees, in C's memory: ENVELOPE, ADDRESS, BODY, PARAMETER.
//!
//! Everything made here is owned by whoever it is handed to and freed with the `mail_free_*` functions. No recursion:
//! the nesting of a `BodyStructure` is bounded, but our callers' stacks are small.

use core::ffi::{c_char, c_ulong, c_ushort};
use core::ops::Deref;
use std::sync::Mutex;

use super::constants::{
    ENCMAX, ENCOTHER, TYPEMAX, TYPEMESSAGE, TYPEMULTIPART, TYPEOTHER, TYPETEXT,
};
use super::lock::lock;
use super::memory::{self, copy_bytes as string};
use super::objects::{body_encodings, body_types};
use super::types::{
    Address, Body, Envelope, Message, Parameter, Part, SearchSet, SizedText, StringList,
};
use crate::imap::octets::Octets;
use crate::imap::response as imap;
use crate::mime::content::MediaTables;

/// A new zeroed struct. Without memory this panics, which the entry's fence turns into a failure.
pub fn zeroed<T>() -> *mut T {
    let new = memory::new_zeroed::<T>();
    assert!(!new.is_null(), "out of memory");
    new
}

/// A counted copy.
pub fn sized_text(text: &[u8]) -> SizedText {
    SizedText {
        data: string(text).cast(),
        size: text.len() as c_ulong,
    }
}

/// A SEARCHSET of ranges; single numbers have `last` 0.
pub fn search_set(ranges: &[(u32, u32)]) -> *mut SearchSet {
    let mut first = core::ptr::null_mut();
    let mut tail: *mut *mut SearchSet = &mut first;
    for &(from, to) in ranges {
        let new = zeroed::<SearchSet>();
        // SAFETY: `new` is freshly allocated; `tail` points to `first` or into the node made before.
        unsafe {
            (*new).first = c_ulong::from(from);
            (*new).last = if from == to { 0 } else { c_ulong::from(to) };
            *tail = new;
            tail = &mut (*new).next;
        }
    }
    first
}

/// Free slots of `body_types` and `body_encodings` are filled with names met on the way, as UW does; one at a time.
static NAMES: Mutex<()> = Mutex::new(());

/// A word as a C string; line breaks of literals were made spaces where it was read.
fn word(bytes: &Option<impl Deref<Target = [u8]>>) -> *mut c_char {
    bytes.as_deref().map_or(core::ptr::null_mut(), string)
}

fn upper(bytes: &[u8]) -> *mut c_char {
    string(&bytes.to_ascii_uppercase())
}

/// An ENVELOPE from the server's. `warnings` gets what UW reports through mm_notify.
pub fn envelope(from: &imap::Envelope, warnings: &mut Vec<String>) -> *mut Envelope {
    let to = zeroed::<Envelope>();
    // SAFETY: freshly allocated, zeroed, ours alone.
    let env = unsafe { &mut *to };
    env.date = word(&from.date).cast();
    env.subject = word(&from.subject);
    env.from = addresses(&from.from, warnings);
    env.sender = addresses(&from.sender, warnings);
    env.reply_to = addresses(&from.reply_to, warnings);
    env.to = addresses(&from.to, warnings);
    env.cc = addresses(&from.cc, warnings);
    env.bcc = addresses(&from.bcc, warnings);
    env.in_reply_to = word(&from.in_reply_to);
    env.message_id = word(&from.message_id);
    env.set_imapenvonly(1);
    to
}

/// An ADDRESS list; group marks that make no sense are left out with a warning.
pub fn addresses<Text: Deref<Target = [u8]>>(
    from: &[imap::Address<Text>],
    warnings: &mut Vec<String>,
) -> *mut Address {
    let text = |field: &Option<Text>| {
        String::from_utf8_lossy(field.as_deref().unwrap_or_default()).into_owned()
    };
    let mut groups = 0usize;
    let mut first = core::ptr::null_mut();
    let mut tail: *mut *mut Address = &mut first;
    for address in from {
        match (&address.mailbox, &address.host) {
            (None, host) => {
                if groups > 0 && address.name.is_none() && address.adl.is_none() && host.is_none() {
                    groups -= 1;
                } else {
                    warnings.push(if groups > 0 {
                        format!(
                            "Junk in end of group: pn={:.80} al={:.80} dn={:.80}",
                            text(&address.name),
                            text(&address.adl),
                            text(host)
                        )
                    } else {
                        "End of group encountered when not in group".to_owned()
                    });
                    continue;
                }
            }
            (Some(_), None) => {
                if address.name.is_some() || address.adl.is_some() {
                    warnings.push(format!(
                        "Junk in start of group: pn={:.80} al={:.80}",
                        text(&address.name),
                        text(&address.adl)
                    ));
                    continue;
                }
                groups += 1;
            }
            (Some(_), Some(_)) => {}
        }
        let new = zeroed::<Address>();
        // SAFETY: `new` is freshly allocated; `tail` points to `first` or into the node made before.
        unsafe {
            (*new).personal = word(&address.name);
            (*new).adl = word(&address.adl);
            (*new).mailbox = word(&address.mailbox);
            (*new).host = word(&address.host);
            *tail = new;
            tail = &mut (*new).next;
        }
    }
    first
}

fn parameters(from: &[(Octets, Option<Octets>)]) -> *mut Parameter {
    let mut first = core::ptr::null_mut();
    let mut tail: *mut *mut Parameter = &mut first;
    for (attribute, value) in from {
        let new = zeroed::<Parameter>();
        // SAFETY: `new` is freshly allocated; `tail` points to `first` or into the node made before.
        unsafe {
            (*new).attribute = string(attribute);
            (*new).value = value.as_deref().map_or_else(|| string(b"UNKNOWN"), string);
            *tail = new;
            tail = &mut (*new).next;
        }
    }
    first
}

/// A STRINGLIST of copies.
pub fn string_list<'a>(from: impl IntoIterator<Item = &'a [u8]>) -> *mut StringList {
    let mut first = core::ptr::null_mut();
    let mut tail: *mut *mut StringList = &mut first;
    for text in from {
        let new = zeroed::<StringList>();
        // SAFETY: `new` is freshly allocated; `tail` points to `first` or into the node made before.
        unsafe {
            (*new).text = sized_text(text);
            *tail = new;
            tail = &mut (*new).next;
        }
    }
    first
}

/// What a media type stands at in c-client's table; new names take a free slot.
pub(super) fn media_type(name: &[u8]) -> c_ushort {
    named(
        name,
        &raw mut body_types as *mut *mut c_char,
        TYPEMAX as usize,
        TYPEOTHER as c_ushort,
    )
}

/// The same for a transfer encoding.
pub(super) fn encoding(name: &[u8]) -> c_ushort {
    named(
        name,
        &raw mut body_encodings as *mut *mut c_char,
        ENCMAX as usize,
        ENCOTHER as c_ushort,
    )
}

/// The names that c-client's tables hold now.
pub(super) fn media_tables() -> MediaTables {
    let _one_at_a_time = lock(&NAMES);
    let known = |table: *mut *mut c_char, last: usize| {
        (0..=last).map_while(move |slot| {
            // SAFETY: the exported tables have `last` + 1 slots, each NULL or a C string that is never freed.
            unsafe {
                let entry = *table.add(slot);
                (!entry.is_null()).then(|| memory::bytes(entry).to_vec())
            }
        })
    };
    let empty = MediaTables::default();
    let types = &raw mut body_types as *mut *mut c_char;
    let encodings = &raw mut body_encodings as *mut *mut c_char;
    MediaTables {
        types: empty.types.with_names(known(types, TYPEMAX as usize)),
        encodings: empty
            .encodings
            .with_names(known(encodings, ENCMAX as usize)),
    }
}

fn named(name: &[u8], table: *mut *mut c_char, last: usize, other: c_ushort) -> c_ushort {
    let name = name.to_ascii_uppercase();
    if name.contains(&0) {
        return other;
    }
    let _one_at_a_time = lock(&NAMES);
    for slot in 0..=last {
        // SAFETY: the exported tables have `last` + 1 slots, each NULL or a C string that is never freed.
        unsafe {
            let entry = *table.add(slot);
            if entry.is_null() {
                *table.add(slot) = string(&name);
                return slot as c_ushort;
            }
            if core::ffi::CStr::from_ptr(entry).to_bytes() == name {
                return slot as c_ushort;
            }
        }
    }
    other
}

/// The subtype a part has when the server names none (rfc822_default_subtype).
pub fn default_subtype(media_type: c_ushort) -> &'static [u8] {
    match i32::from(media_type) {
        TYPETEXT => b"PLAIN",
        TYPEMULTIPART => b"MIXED",
        TYPEMESSAGE => b"RFC822",
        super::constants::TYPEAPPLICATION => b"OCTET-STREAM",
        super::constants::TYPEAUDIO => b"BASIC",
        _ => b"UNKNOWN",
    }
}

/// A BODY tree from the server's. `warnings` gets what UW reports through mm_notify.
pub fn body(from: &imap::BodyStructure, warnings: &mut Vec<String>) -> *mut Body {
    let root = zeroed::<Body>();
    let mut todo: Vec<(*mut Body, &imap::BodyStructure)> = vec![(root, from)];
    while let Some((to, from)) = todo.pop() {
        // SAFETY: each `to` is a zeroed BODY made here, visited once; nobody else knows it yet.
        let to = unsafe { &mut *to };
        fill(to, from, warnings, &mut todo);
    }
    root
}

fn fill<'a>(
    to: &mut Body,
    from: &'a imap::BodyStructure,
    warnings: &mut Vec<String>,
    todo: &mut Vec<(*mut Body, &'a imap::BodyStructure)>,
) {
    let multipart = !from.parts.is_empty();
    if !multipart && from.media_type.is_empty() {
        // `()`: nothing is known of the part, it stays an empty text.
        return;
    }
    if multipart {
        to.r#type = TYPEMULTIPART as c_ushort;
    } else {
        to.r#type = media_type(&from.media_type);
        to.encoding = from
            .encoding
            .as_deref()
            .map_or(ENCOTHER as c_ushort, encoding);
        to.id = word(&from.id);
        to.description = word(&from.description);
        to.size.bytes = from.octets as c_ulong;
        to.size.lines = from.lines.unwrap_or(0) as c_ulong;
        to.md5 = word(&from.md5);
    }
    to.subtype = match &from.subtype {
        Some(subtype) => upper(subtype),
        None => {
            warnings.push(
                if multipart {
                    "Missing multipart subtype"
                } else {
                    "Missing body subtype"
                }
                .to_owned(),
            );
            string(default_subtype(to.r#type))
        }
    };
    to.parameter = parameters(&from.parameters);
    if let Some(disposition) = &from.disposition {
        to.disposition.r#type = string(&disposition.kind);
        to.disposition.parameter = parameters(&disposition.parameters);
    }
    to.language = string_list(from.language.iter().map(|name| &**name));
    to.location = word(&from.location);
    let mut tail: *mut *mut Part = core::ptr::null_mut();
    for part in &from.parts {
        let new = zeroed::<Part>();
        // SAFETY: `new` is freshly allocated; `tail` points into the part made before.
        unsafe {
            if tail.is_null() {
                to.nested.part = new;
            } else {
                *tail = new;
            }
            tail = &mut (*new).next;
            todo.push((&raw mut (*new).body, part));
        }
    }
    let rfc822 = i32::from(to.r#type) == TYPEMESSAGE
        && from
            .subtype
            .as_deref()
            .is_some_and(|s| s.eq_ignore_ascii_case(b"RFC822"));
    if rfc822 {
        match &from.message {
            Some(message) => {
                let new = zeroed::<Message>();
                let inner = zeroed::<Body>();
                // SAFETY: both freshly allocated, ours alone.
                unsafe {
                    (*new).env = envelope(&message.0, warnings);
                    (*new).body = inner;
                }
                to.nested.msg = new;
                todo.push((inner, &message.1));
            }
            None => {
                // mail_body() and mail_free_body() take a message/rfc822 for one with an inside.
                warnings.push("Missing body message envelope".to_owned());
                // SAFETY: made above.
                unsafe { memory::release(&mut to.subtype) };
                to.subtype = string(b"RFC822_MISSING_ENVELOPE");
            }
        }
    }
}
