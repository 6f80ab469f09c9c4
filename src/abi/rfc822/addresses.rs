//! Reading addresses: the `rfc822_parse_*` functions that take a place in a text and say where they stopped, and what
//! they are made of.
//!
//! As in c-client the text may change: an open comment is cut off, names are ended by a NUL.

use core::ffi::{c_char, c_long, c_ulong};
use core::ptr::null_mut;

use super::super::entry::{c_str, entry};
use super::super::memory::{bytes, copy_bytes, copy_str};
use super::super::reading::{address_list, append, copy_addresses, log_warnings, read};
use super::super::types::Address;
use crate::mime::address::{Parser, phrase_only};
use crate::mime::scan::{Delimiters, Scanner, Warnings, unquote};

/// A text of the caller's, from a place in it to its end.
pub(super) struct Place<'a> {
    start: *mut c_char,
    octets: &'a [u8],
}

impl<'a> Place<'a> {
    /// `None` for NULL.
    ///
    /// # Safety
    /// NULL, or a NUL-ended string that may be written to, lives for `'a`, and is not changed by the host's callbacks.
    pub(super) unsafe fn of(start: *mut c_char) -> Option<Place<'a>> {
        // SAFETY: the caller vouches for it.
        let octets = unsafe { c_str(start) }?.to_bytes();
        Some(Place { start, octets })
    }

    /// The text at `*string`.
    ///
    /// # Safety
    /// `string` is NULL or points to what [`Place::of`] takes.
    unsafe fn at(string: *mut *mut c_char) -> Option<Place<'a>> {
        // SAFETY: the caller vouches for it.
        unsafe { Place::of(*string.as_ref()?) }
    }

    pub(super) fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// The place `offset` octets on, which is at most the end.
    pub(super) fn pointer(&self, offset: usize) -> *mut c_char {
        self.start.wrapping_add(offset.min(self.octets.len()))
    }

    /// The same, and NULL for the end of the text.
    fn pointer_or_null(&self, offset: Option<usize>) -> *mut c_char {
        offset.map_or(null_mut(), |offset| self.pointer(offset))
    }

    /// Writes what c-client writes into the text. It is not looked at any more.
    ///
    /// # Safety
    /// As for [`Place::of`].
    pub(super) unsafe fn settle(self, changes: Vec<(usize, u8)>) {
        for (at, octet) in changes {
            // SAFETY: positions in the text, or of its NUL.
            unsafe { *self.start.add(at.min(self.octets.len())) = octet as c_char };
        }
    }
}

/// Reads at a place without the application's hooks.
///
/// # Safety
/// As for [`Place::of`].
unsafe fn scan<R>(
    place: Place<'_>,
    work: impl FnOnce(&Place<'_>, &mut Scanner<'_>, &mut Warnings) -> R,
) -> R {
    let mut scanner = Scanner::new(place.octets);
    let mut warnings = Vec::new();
    let done = work(&place, &mut scanner, &mut warnings);
    // SAFETY: as the caller says.
    unsafe { place.settle(scanner.into_changes()) };
    log_warnings(&mut warnings);
    done
}

/// Reads addresses at a place; returns what `work` says and what was found.
///
/// # Safety
/// As for [`Place::of`]; `host` is NULL or a NUL-ended string.
unsafe fn parse<R>(
    place: Place<'_>,
    host: *mut c_char,
    work: impl FnOnce(&Place<'_>, &mut Parser<'_, '_, '_>) -> R,
) -> (R, Vec<crate::mime::address::Address>) {
    // SAFETY: as the caller says.
    let host = unsafe { c_str(host) }.map(|host| host.to_bytes());
    let mut found = Vec::new();
    let (done, _) = read(host, |hooks, warnings| {
        let phrase = hooks
            .phrase
            .as_mut()
            .map(|hook| &mut **hook as crate::mime::address::PhraseHook<'_>);
        let mut parser = Parser::new(&mut found, place.octets, host, warnings, phrase);
        let done = work(&place, &mut parser);
        // SAFETY: as the caller says.
        unsafe { place.settle(parser.into_scan().into_changes()) };
        done
    });
    (done, found)
}

/// What `rfc822_parse_address` and `rfc822_parse_group` share.
///
/// # Safety
/// As for [`parse`]; `lst` is NULL or points to a list.
unsafe fn parse_into(
    lst: *mut *mut Address,
    last: *mut Address,
    string: *mut *mut c_char,
    host: *mut c_char,
    work: impl FnOnce(&mut Parser<'_, '_, '_>) -> Result<Option<usize>, usize>,
) -> *mut Address {
    // SAFETY: as the caller says.
    unsafe {
        let (Some(place), false) = (Place::at(string), lst.is_null()) else {
            return null_mut();
        };
        let ((stop, done), found) = parse(place, host, |place, parser| match work(parser) {
            Ok(after) => (place.pointer_or_null(after), true),
            Err(at) => (place.pointer(at), false),
        });
        *string = stop;
        if !done {
            return null_mut();
        }
        if last.is_null() || (*lst).is_null() {
            append(lst, &found)
        } else {
            append(&raw mut (*last).next, &found)
        }
    }
}

entry! {
    /// Reads an address list and appends it to `*lst`. Addresses without a host get `host`. Where the text makes no
    /// sense, an address of the host `.SYNTAX-ERROR.` stands and a PARSE line in the log says why. The list is the
    /// caller's to free (mail_free_address).
    fn rfc822_parse_adrlist(lst: *mut *mut Address, string: *mut c_char, host: *mut c_char) {
        // SAFETY: a list of the caller's, NUL-ended strings or NULL.
        unsafe {
            let (Some(place), false) = (Place::of(string), lst.is_null()) else {
                return;
            };
            let ((), found) = parse(place, host, |_, parser| parser.list());
            append(lst, &found);
        }
    }

    /// Reads one address, or a group with its members, at `*string` and appends it behind `last`, the end of `*lst`,
    /// with which it is freed. Returns the new end, or NULL if there is no address. `*string` goes behind it, and
    /// becomes NULL at the end of the text or where nothing more can be read.
    fn rfc822_parse_address(lst: *mut *mut Address, last: *mut Address, string: *mut *mut c_char, defaulthost: *mut c_char, depth: c_ulong) -> *mut Address {
        // SAFETY: what the interface demands.
        unsafe {
            parse_into(lst, last, string, defaulthost, |parser| parser.one_address(0, depth as usize))
        }
    }

    /// As `rfc822_parse_address`, of a group only.
    fn rfc822_parse_group(lst: *mut *mut Address, last: *mut Address, string: *mut *mut c_char, defaulthost: *mut c_char, depth: c_ulong) -> *mut Address {
        // SAFETY: what the interface demands.
        unsafe {
            parse_into(lst, last, string, defaulthost, |parser| parser.one_group(0, depth as usize))
        }
    }

    /// Reads one mailbox at `*string`. The address is the caller's to free; one that marks an error may follow it. NULL
    /// if there is none. `*string` as in `rfc822_parse_address`.
    fn rfc822_parse_mailbox(string: *mut *mut c_char, defaulthost: *mut c_char) -> *mut Address {
        // SAFETY: what the interface demands.
        unsafe {
            let Some(place) = Place::at(string) else {
                return null_mut();
            };
            let (stop, found) = parse(place, defaulthost, |place, parser| match parser.one_mailbox(0) {
                Ok(after) => place.pointer_or_null(after),
                Err(at) => place.pointer(at),
            });
            *string = stop;
            address_list(&found)
        }
    }

    /// Reads an address in angle brackets. The address is the caller's to free; one that marks an error may follow it.
    /// `*ret` gets the place behind it, NULL at the end of the text. NULL if there is none; then `*ret` stays.
    fn rfc822_parse_routeaddr(string: *mut c_char, ret: *mut *mut c_char, defaulthost: *mut c_char) -> *mut Address {
        // SAFETY: what the interface demands.
        unsafe {
            let Some(place) = Place::of(string) else {
                return null_mut();
            };
            let (stop, found) = parse(place, defaulthost, |place, parser| {
                parser.route_address(0, None).map(|after| place.pointer_or_null(after))
            });
            if let (Some(stop), Some(ret)) = (stop, ret.as_mut()) {
                *ret = stop;
            }
            address_list(&found)
        }
    }

    /// Reads `mailbox@host (name)`. The address is the caller's to free. `*ret` as in `rfc822_parse_routeaddr`.
    fn rfc822_parse_addrspec(string: *mut c_char, ret: *mut *mut c_char, defaulthost: *mut c_char) -> *mut Address {
        // SAFETY: what the interface demands.
        unsafe {
            let Some(place) = Place::of(string) else {
                return null_mut();
            };
            let (found, _) = parse(place, defaulthost, |place, parser| {
                parser.address_spec(0).map(|(address, after)| (address, place.pointer_or_null(after)))
            });
            let Some((address, stop)) = found else {
                return null_mut();
            };
            if let Some(ret) = ret.as_mut() {
                *ret = stop;
            }
            address_list(&[address])
        }
    }

    /// Reads a host name or domain literal; the caller frees it. `*end` gets the place behind it. NULL if there is
    /// none; then `*end` stays, or says where a domain literal went wrong, NULL if it is empty.
    fn rfc822_parse_domain(string: *mut c_char, end: *mut *mut c_char) -> *mut c_char {
        // SAFETY: what the interface demands.
        unsafe {
            let Some(place) = Place::of(string) else {
                return null_mut();
            };
            let ((name, stop), _) = parse(place, null_mut(), |place, parser| {
                let (name, after) = parser.domain(0);
                (name, after.map(|after| place.pointer_or_null(after)))
            });
            if let (Some(stop), Some(end)) = (stop, end.as_mut()) {
                *end = stop;
            }
            name.map_or(null_mut(), |name| copy_bytes(&name))
        }
    }

    /// The end of the phrase that begins at `string` or behind the white space there; NULL if there is none.
    fn rfc822_parse_phrase(string: *mut c_char) -> *mut c_char {
        // SAFETY: what the interface demands.
        unsafe {
            Place::of(string).map_or(null_mut(), |place| {
                scan(place, |place, scanner, warnings| {
                    place.pointer_or_null(scanner.phrase(0, warnings))
                })
            })
        }
    }

    /// The end of the word that begins at `string` or behind the white space there; NULL if there is none. It ends at
    /// one of the `delimiters`; NULL stands for those of a phrase.
    fn rfc822_parse_word(string: *mut c_char, delimiters: *const c_char) -> *mut c_char {
        // SAFETY: what the interface demands.
        unsafe {
            let stops = c_str(delimiters).map(|delimiters| {
                let mut stops = [false; 256];
                delimiters.to_bytes().iter().for_each(|&octet| stops[usize::from(octet)] = true);
                stops
            });
            Place::of(string).map_or(null_mut(), |place| {
                scan(place, |place, scanner, warnings| {
                    place.pointer_or_null(match &stops {
                        Some(stops) => scanner.word_until(0, stops, false, warnings),
                        None => scanner.word(0, Delimiters::Phrase, warnings),
                    })
                })
            })
        }
    }

    /// T if nothing but spaces stands between the end of a phrase and a comma, a semicolon or the end of the text.
    fn rfc822_phraseonly(end: *mut c_char) -> c_long {
        // SAFETY: NULL or a NUL-ended string.
        unsafe { c_str(end) }.is_some_and(|after| phrase_only(after.to_bytes())).into()
    }

    /// Moves `*s` behind white space and comments. An open comment is cut off, with a PARSE line in the log.
    fn rfc822_skipws(s: *mut *mut c_char) {
        // SAFETY: what the interface demands.
        unsafe {
            let Some(s) = s.as_mut().filter(|s| !s.is_null()) else {
                return;
            };
            while matches!(**s as u8, b' ' | b'\t' | b'\r' | b'\n') {
                *s = s.add(1);
            }
            if **s as u8 == b'('
                && let Some(place) = Place::of(*s)
            {
                *s = scan(place, |place, scanner, warnings| {
                    place.pointer(scanner.skip_space(0, warnings))
                });
            }
        }
    }

    /// Moves `*s`, which is at a parenthesis, behind the comment and returns its text from the first octet that is not
    /// a space; with `trim` it ends with a NUL behind its last one. NULL if the comment does not end: then it is cut
    /// off, with a PARSE line in the log.
    fn rfc822_skip_comment(s: *mut *mut c_char, trim: c_long) -> *mut c_char {
        // SAFETY: what the interface demands.
        unsafe {
            let Some(place) = Place::at(s) else {
                return null_mut();
            };
            let (stop, text) = scan(place, |place, scanner, warnings| {
                match scanner.comment(0, warnings) {
                    Some(comment) => {
                        if trim != 0 {
                            scanner.trim(comment);
                        }
                        (Some(place.pointer(comment.after)), place.pointer(comment.start))
                    }
                    None => (None, null_mut()),
                }
            });
            if let Some(stop) = stop {
                *s = stop;
            }
            text
        }
    }

    /// A copy of a text without its quotes, for the caller to free; NULL for NULL.
    fn rfc822_cpy(src: *mut c_char) -> *mut c_char {
        // SAFETY: NULL or a NUL-ended string.
        match unsafe { c_str(src) } {
            Some(text) if is_quoted(text.to_bytes()) => copy_bytes(&unquote(text.to_bytes())),
            Some(text) => copy_str(text),
            None => null_mut(),
        }
    }

    /// Takes the quotes off a text in its place; returns `src`.
    fn rfc822_quote(src: *mut c_char) -> *mut c_char {
        // SAFETY: NULL or a NUL-ended string of the caller's, which gets shorter.
        unsafe {
            let text = bytes(src);
            if is_quoted(text) {
                let plain = unquote(text);
                core::ptr::copy_nonoverlapping(plain.as_ptr(), src.cast::<u8>(), plain.len());
                *src.add(plain.len()) = 0;
            }
        }
        src
    }

    /// A copy of an address list, for the caller to free, without `error` and `orcpt`.
    fn rfc822_cpy_adr(adr: *mut Address) -> *mut Address {
        // SAFETY: NULL or a list of the caller's.
        unsafe { copy_addresses(adr) }
    }
}

fn is_quoted(text: &[u8]) -> bool {
    text.iter().any(|octet| matches!(octet, b'\\' | b'"'))
}
