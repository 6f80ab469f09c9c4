//! Reading whole messages: what was read as ENVELOPE and BODY trees in C's memory.

use core::ffi::{c_char, c_ulong, c_ushort};
use core::ptr::null_mut;

use super::super::constants::DR_CRLF;
use super::super::entry::{c_str, entry};
use super::super::memory::{bytes, copy_bytes};
use super::super::reading::{Envelopes, log_warnings, read};
use super::super::string_drivers::{self, position, seek};
use super::super::types::{
    Body, Envelope, MailString, Message, Parameter, Part, PartText, SizedText, StringList,
};
use super::super::{destructors, tree};
use super::addresses::Place;
use super::source;
use crate::mime::address::MISSING_HOST;
use crate::mime::body::{ParseOptions, parse_content};
use crate::mime::content::{self, Extent, MediaTables, Nested, parse_content_line};
use crate::mime::header::{HeaderEnvelope, Hooks, parse_envelope, parse_header};
use crate::mime::scan::{Scanner, Warnings};

/// What a BODY says that counts for reading on. Texts are only there or not, but for the subtype and the parameters of
/// the content type.
///
/// # Safety
/// A valid BODY.
unsafe fn known(body: &Body) -> content::Body {
    let there = |field: *mut c_char| (!field.is_null()).then(Vec::new);
    let mut parameters = Vec::new();
    let mut at = body.parameter;
    // SAFETY: the lists and texts of a valid BODY.
    unsafe {
        while let Some(parameter) = at.as_ref() {
            parameters.push((
                bytes(parameter.attribute).to_vec(),
                bytes(parameter.value).to_vec(),
            ));
            at = parameter.next;
        }
        content::Body {
            media_type: body.r#type,
            encoding: body.encoding,
            subtype: c_str(body.subtype).map(|subtype| subtype.to_bytes().to_vec()),
            parameters,
            id: there(body.id),
            description: there(body.description),
            disposition: there(body.disposition.r#type),
            language: if body.language.is_null() {
                Vec::new()
            } else {
                vec![Vec::new()]
            },
            location: there(body.location),
            md5: there(body.md5),
            ..content::Body::default()
        }
    }
}

/// The tables of types and encodings while mail is read.
struct Names {
    tables: MediaTables,
    /// How many types and encodings C's tables had.
    known: (usize, usize),
}

impl Names {
    fn now() -> Names {
        let tables = tree::media_tables();
        let known = (tables.types.names().len(), tables.encodings.names().len());
        Names { tables, known }
    }

    /// Adds the new names to C's tables, in their order; returns the indices there of new types and encodings.
    fn add(&self) -> [Vec<c_ushort>; 2] {
        let new = |names: &[Vec<u8>], known: usize, add: fn(&[u8]) -> c_ushort| {
            names[known..].iter().map(|name| add(name)).collect()
        };
        [
            new(self.tables.types.names(), self.known.0, tree::media_type),
            new(self.tables.encodings.names(), self.known.1, tree::encoding),
        ]
    }
}

/// Puts what was read into a BODY that was [`known`] before.
struct Filler<'t> {
    known: (usize, usize),
    types: Vec<c_ushort>,
    encodings: Vec<c_ushort>,
    /// Where the text begins in its STRING.
    base: c_ulong,
    envelopes: &'t mut Envelopes,
}

impl Filler<'_> {
    /// All that was read, with the bodies inside.
    ///
    /// # Safety
    /// `to` is a valid BODY, ours alone.
    unsafe fn fill(&mut self, to: *mut Body, from: content::Body) {
        let mut todo = vec![(to, from)];
        while let Some((to, mut from)) = todo.pop() {
            // SAFETY: the caller's, or made below and not handed out yet.
            let to = unsafe { &mut *to };
            let nested = core::mem::take(&mut from.nested);
            // SAFETY: as above.
            unsafe { self.header(to, &mut from) };
            to.size.lines += from.lines as c_ulong;
            to.size.bytes = from.bytes as c_ulong;
            if from.mime != Extent::default() {
                to.mime = self.place(from.mime);
            }
            if from.contents != Extent::default() {
                let PartText { offset, text } = self.place(from.contents);
                to.contents.offset = offset;
                to.contents.text.size = text.size;
            }
            match nested {
                Nested::None => {}
                Nested::Parts(parts) => {
                    let mut tail: *mut *mut Part = null_mut();
                    for part in parts {
                        let new = tree::zeroed::<Part>();
                        // SAFETY: `tail` points into the part made before.
                        unsafe {
                            if tail.is_null() {
                                to.nested.part = new;
                            } else {
                                *tail = new;
                            }
                            tail = &raw mut (*new).next;
                            todo.push((&raw mut (*new).body, part));
                        }
                    }
                }
                Nested::Message(message) => {
                    let new = tree::zeroed::<Message>();
                    to.nested.msg = new;
                    // SAFETY: made here.
                    let new = unsafe { &mut *new };
                    let Some(envelope) = message.envelope else {
                        continue;
                    };
                    new.env = self.envelopes.take(envelope);
                    new.full = self.place(message.full);
                    new.header = self.place(message.header);
                    new.text = self.place(message.text);
                    if let Some(body) = message.body {
                        new.body = tree::zeroed::<Body>();
                        // Even of an empty text it is known where it begins, but not of an empty part.
                        // SAFETY: made above.
                        unsafe { (*new.body).contents.offset = self.base };
                        todo.push((new.body, body));
                    }
                }
            }
        }
    }

    /// What header lines said.
    ///
    /// # Safety
    /// `to` is a valid BODY.
    unsafe fn header(&self, to: &mut Body, from: &mut content::Body) {
        fn keep(to: &mut *mut c_char, from: &Option<Vec<u8>>) {
            if let (true, Some(text)) = (to.is_null(), from) {
                *to = copy_bytes(text);
            }
        }
        to.r#type = index(from.media_type, self.known.0, &self.types);
        to.encoding = index(from.encoding, self.known.1, &self.encodings);
        keep(&mut to.subtype, &from.subtype);
        keep(&mut to.id, &from.id);
        keep(&mut to.description, &from.description);
        keep(&mut to.disposition.r#type, &from.disposition);
        keep(&mut to.location, &from.location);
        keep(&mut to.md5, &from.md5);
        // SAFETY: the lists of a valid BODY.
        unsafe {
            if to.parameter.is_null() {
                append(&raw mut to.parameter, &from.parameters);
            }
            append(
                &raw mut to.disposition.parameter,
                &from.disposition_parameters,
            );
        }
        if to.language.is_null() {
            to.language = languages(&from.language);
        }
    }

    fn place(&self, extent: Extent) -> PartText {
        PartText {
            offset: self.base + extent.offset as c_ulong,
            text: SizedText {
                data: null_mut(),
                size: extent.size as c_ulong,
            },
        }
    }
}

/// The index in C's table of what has an index in ours: the same, but for `new` names.
fn index(ours: u16, known: usize, new: &[c_ushort]) -> c_ushort {
    let at = usize::from(ours).checked_sub(known);
    at.and_then(|at| new.get(at).copied()).unwrap_or(ours)
}

fn languages(from: &[Vec<u8>]) -> *mut StringList {
    tree::string_list(from.iter().map(Vec::as_slice))
}

/// Appends parameters to a list.
///
/// # Safety
/// `to` points to NULL or a valid list.
unsafe fn append(to: *mut *mut Parameter, from: &[content::Parameter]) {
    let mut tail = to;
    // SAFETY: the caller's list up to its end, then nodes made here.
    unsafe {
        while !(*tail).is_null() {
            tail = &raw mut (**tail).next;
        }
        for (attribute, value) in from {
            let new = tree::zeroed::<Parameter>();
            (*new).attribute = copy_bytes(attribute);
            (*new).value = copy_bytes(value);
            *tail = new;
            tail = &raw mut (*new).next;
        }
    }
}

/// Reads a header if there is one, and a body if one is wanted: `header` is `None` for what follows a header that was
/// read before. Returns the envelope; completes `*body`.
///
/// # Safety
/// `body` is a valid BODY or NULL, `bs` was set up by its driver or is NULL.
unsafe fn message(
    header: Option<&[u8]>,
    body: *mut Body,
    bs: *mut MailString,
    host: Option<&[u8]>,
    depth: c_ulong,
    flags: c_ulong,
) -> *mut Envelope {
    // SAFETY: as the caller says.
    let (start, text) = unsafe {
        match bs.as_mut() {
            Some(bs) if !body.is_null() => {
                let start = position(bs);
                (start, string_drivers::read(bs, usize::MAX))
            }
            _ => (0, Vec::new()),
        }
    };
    let mut names = Names::now();
    let host = host.unwrap_or(MISSING_HOST);
    let options = ParseOptions {
        host: Some(host),
        crlf: flags & DR_CRLF as c_ulong != 0,
        depth: depth as usize,
    };
    // SAFETY: as the caller says.
    let mut tree = unsafe { body.as_ref() }.map(|body| unsafe { known(body) });
    let work = |hooks: &mut Hooks<'_>, warnings: &mut Warnings| {
        let Some(mut tree) = tree.take() else {
            let envelope = header.map(|header| parse_envelope(header, Some(host), warnings, hooks));
            return (envelope, None);
        };
        let envelope: Option<HeaderEnvelope> = header.map(|header| {
            parse_header(
                header,
                Some(host),
                &mut tree,
                &mut names.tables,
                warnings,
                hooks,
            )
        });
        let read = parse_content(tree, &text, &options, &mut names.tables, warnings, hooks);
        (envelope, Some(read))
    };
    let ((envelope, read), mut envelopes) = read(Some(host), work);
    if let Some((tree, stop)) = read {
        let [types, encodings] = names.add();
        let mut filler = Filler {
            known: names.known,
            types,
            encodings,
            base: start,
            envelopes: &mut envelopes,
        };
        // SAFETY: as the caller says.
        unsafe {
            (*body).contents.offset = start;
            (*body).contents.text.size = 0;
            filler.fill(body, tree);
            if let Some(bs) = bs.as_mut() {
                seek(bs, start + stop as c_ulong);
            }
        }
    }
    envelope.map_or(null_mut(), |envelope| envelopes.take(envelope))
}

entry! {
    /// Reads a message: the header of `i` octets at `s`, and the body that is left in `bs`. `*en` gets the envelope,
    /// `*bdy` the body, both the caller's to free; without `bdy` no body is read. `host` is that of addresses without
    /// one, `depth` counts the messages around this one, `flags` says `DR_CRLF` if lines end with CR LF. What is wrong
    /// with the message stands in PARSE lines in the log.
    fn rfc822_parse_msg_full(en: *mut *mut Envelope, bdy: *mut *mut Body, s: *mut c_char, i: c_ulong, bs: *mut MailString, host: *mut c_char, depth: c_ulong, flags: c_ulong) {
        // SAFETY: what the interface demands.
        unsafe {
            let body = if bdy.is_null() { null_mut() } else { tree::zeroed::<Body>() };
            if let Some(bdy) = bdy.as_mut() {
                *bdy = body;
            }
            let header = source(s.cast_const().cast(), i);
            let host = c_str(host).map(|host| host.to_bytes());
            let mut envelope = message(Some(header), body, bs, host, depth, flags);
            match en.as_mut() {
                Some(en) => *en = envelope,
                None => destructors::mail_free_envelope(&raw mut envelope),
            }
        }
    }

    /// Completes a body, of which the header was read, by what is left in `bs`; the arguments are those of
    /// `rfc822_parse_msg_full`.
    fn rfc822_parse_content(body: *mut Body, bs: *mut MailString, h: *mut c_char, depth: c_ulong, flags: c_ulong) {
        // SAFETY: what the interface demands.
        unsafe {
            if !body.is_null() {
                let host = c_str(h).map(|host| host.to_bytes());
                message(None, body, bs, host, depth, flags);
            }
        }
    }

    /// Takes a header line into a body. `name` is in upper case and lacks the `Content-`; a space in it becomes its
    /// end. What is wrong with the line stands in PARSE lines in the log.
    fn rfc822_parse_content_header(body: *mut Body, name: *mut c_char, s: *mut c_char) {
        // SAFETY: what the interface demands; strings that may be written to.
        unsafe {
            let (Some(to), Some(name), Some(value)) = (body.as_mut(), Place::of(name), Place::of(s)) else {
                return;
            };
            let mut names = Names::now();
            let mut warnings = Vec::new();
            let mut from = known(to);
            let changes = parse_content_line(&mut from, name.octets(), value.octets(), &mut names.tables, &mut warnings);
            let space = name.octets().iter().position(|&octet| octet == b' ');
            name.settle(space.map(|space| (space, 0)).into_iter().collect());
            value.settle(changes);
            let envelopes = &mut Envelopes::default();
            let [types, encodings] = names.add();
            let filler = Filler { known: names.known, types, encodings, base: 0, envelopes };
            filler.header(to, &mut from);
            log_warnings(&mut warnings);
        }
    }

    /// Reads `; name=value; …` and appends it to `*par`. What is wrong with it stands in PARSE lines in the log.
    fn rfc822_parse_parameter(par: *mut *mut Parameter, text: *mut c_char) {
        // SAFETY: what the interface demands.
        unsafe {
            let mut warnings: Warnings = Vec::new();
            let mut list = Vec::new();
            match Place::of(text) {
                Some(place) => {
                    let mut scan = Scanner::new(place.octets());
                    content::parse_parameters(&mut list, &mut scan, 0, &mut warnings);
                    place.settle(scan.into_changes());
                }
                None => warnings.push(b"Missing parameter".to_vec()),
            }
            if !par.is_null() {
                append(par, &list);
            }
            log_warnings(&mut warnings);
        }
    }
}
