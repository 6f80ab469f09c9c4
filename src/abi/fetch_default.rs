//! Structure, texts, flags and UIDs for drivers that have only headers and texts (POP3): what UW's upper layer does
//! when a driver has no function of its own for it.

use core::ffi::{c_char, c_long, c_ulong};
use core::ptr::null_mut;

use super::constants::{
    BADHOST, FT_INTERNAL, FT_PEEK, FT_RETURNSTRINGSTRUCT, FT_UID, GC_ENV, GC_TEXTS, ST_SET, ST_UID,
    WARN, fANSWERED, fDELETED, fDRAFT, fFLAGGED, fSEEN,
};
use super::destructors::{mail_free_body, mail_free_envelope};
use super::mail_dates::mail_parse_date;
use super::mail_messages::mail_msgno;
use super::mail_text::mail_parse_flags;
use super::mm_cache::mail_gc;
use super::pop3::messages::{is_marked, mark_sequence};
use super::rfc822::bodies::rfc822_parse_msg_full;
use super::stream::{Entered, enter};
use super::string_drivers::{read, remaining, seek};
use super::types::{Body, Driver, Envelope, GetsData, MailStream, MailString, MessageCache};
use super::{memory, tell, tree};

type HeaderFunction =
    unsafe extern "C-unwind" fn(*mut MailStream, c_ulong, *mut c_ulong, c_long) -> *mut c_char;
type TextFunction =
    unsafe extern "C-unwind" fn(*mut MailStream, c_ulong, *mut MailString, c_long) -> c_long;

/// A driver that gives headers and texts, and no parts of them.
#[derive(Clone, Copy)]
pub struct Plain {
    header: HeaderFunction,
    text: TextFunction,
    flags: c_ulong,
}

impl Plain {
    /// The driver, if it is of that kind.
    ///
    /// # Safety
    /// NULL or a driver.
    pub unsafe fn of(driver: *mut Driver) -> Option<Self> {
        // SAFETY: the caller vouches for it; drivers stay in memory.
        let driver = unsafe { driver.as_ref() }?;
        if driver.msgdata.is_some() {
            return None;
        }
        Some(Self {
            header: driver.header?,
            text: driver.text?,
            flags: driver.flags,
        })
    }

    /// The header of a message, a copy.
    pub fn header(self, cx: &Entered, msgno: u32, flags: c_long) -> Vec<u8> {
        let mut size = 0;
        // SAFETY: the driver takes its stream, and gives a text of that size that stays until the next call.
        unsafe {
            let text = (self.header)(cx.raw(), msgno.into(), &mut size, flags);
            if text.is_null() || cx.is_closed() {
                return Vec::new();
            }
            core::slice::from_raw_parts(text.cast::<u8>(), size as usize).to_vec()
        }
    }

    /// The text of a message, at its start.
    pub fn text(self, cx: &Entered, msgno: u32, flags: c_long) -> Option<MailString> {
        // SAFETY: the driver takes its stream and a string to fill, which may be zero before.
        unsafe {
            let mut string: MailString = core::mem::zeroed();
            let got = (self.text)(cx.raw(), msgno.into(), &mut string, flags);
            (got != 0 && !string.dtb.is_null() && !cx.is_closed()).then_some(string)
        }
    }
}

/// Reads `size` octets of a string from `offset` on; from where it stands without one.
fn piece(string: &mut MailString, offset: Option<c_ulong>, size: c_ulong) -> Vec<u8> {
    // SAFETY: a string that a driver has just filled.
    unsafe {
        if let Some(offset) = offset {
            seek(string, offset);
        }
        let size = size.min(remaining(string));
        read(string, size as usize)
    }
}

/// What a text is read for, and where it goes.
pub struct Wanted<'a> {
    /// The stream.
    pub cx: &'a Entered,
    /// The message.
    pub msgno: u32,
    /// The section as the caller named it; `None` for NULL.
    pub section: Option<&'a core::ffi::CStr>,
    /// NULL or the caller's place for the size.
    pub len: *mut c_ulong,
    /// `FT_*`
    pub flags: c_long,
}

impl Wanted<'_> {
    /// Keeps octets as the stream's text, where they stay until the next call.
    pub fn keep(&self, octets: &[u8]) -> *mut c_char {
        if !self.len.is_null() {
            // SAFETY: the caller's place.
            unsafe { *self.len = octets.len() as c_ulong };
        }
        // SAFETY: the stream owns its text.
        self.cx
            .edit(|s| unsafe { memory::set_text(&mut s.text, octets) })
            .cast()
    }

    fn about(&self) -> GetsData {
        GetsData {
            stream: self.cx.raw(),
            msgno: self.msgno.into(),
            what: self
                .section
                .map_or(core::ptr::null(), core::ffi::CStr::as_ptr)
                .cast_mut(),
            stl: null_mut(),
            first: 0,
            last: 0,
            flags: 0,
        }
    }

    /// Gives octets: to the program's reader if it has one (mail_fetch_text_return).
    fn give(&self, octets: &[u8]) -> *mut c_char {
        let kept = self.keep(octets);
        super::stream::sections::give_to_reader(octets, &mut self.about()).unwrap_or(kept)
    }

    /// Part of the text of the message, from its driver (mail_fetch_string_return).
    pub fn part(
        &self,
        plain: Plain,
        offset: Option<c_ulong>,
        size: Option<c_ulong>,
    ) -> *mut c_char {
        let Some(mut string) = plain.text(self.cx, self.msgno, self.flags) else {
            return super::mail_fetch::nothing();
        };
        // SAFETY: a string that a driver has just filled.
        let size = size.unwrap_or_else(|| unsafe { remaining(&string) });
        if self.flags & FT_RETURNSTRINGSTRUCT != 0 {
            // SAFETY: as above; the caller's place.
            unsafe {
                if let Some(offset) = offset {
                    seek(&mut string, offset);
                }
                if !self.len.is_null() {
                    *self.len = size;
                }
            }
            self.cx.edit(|s| s.private.string = string);
            return null_mut();
        }
        self.give(&piece(&mut string, offset, size))
    }

    /// The same for callers that get it without the program's reader.
    pub fn quiet_part(&self, plain: Plain, offset: c_ulong, size: c_ulong) -> Option<Vec<u8>> {
        let mut string = plain.text(self.cx, self.msgno, self.flags)?;
        Some(piece(&mut string, Some(offset), size))
    }

    /// Octets of a section that lies in the text at (offset, size), or of the whole text: from `first` on, at most `count`
    /// (0: all). `None` if the driver has no text.
    pub fn piece_of(
        &self,
        plain: Plain,
        section: Option<(c_ulong, c_ulong)>,
        (first, count): (c_ulong, c_ulong),
    ) -> Option<Vec<u8>> {
        let mut string = plain.text(self.cx, self.msgno, self.flags)?;
        // SAFETY: a string that a driver has just filled.
        let (offset, size) = section.unwrap_or_else(|| (0, unsafe { remaining(&string) }));
        let size = match size.saturating_sub(first) {
            0 => return Some(Vec::new()),
            size if count != 0 => size.min(count),
            size => size,
        };
        Some(piece(&mut string, Some(offset.saturating_add(first)), size))
    }

    /// Header and text of a message, together (mail_fetch_message).
    pub fn whole(&self, plain: Plain, header: Vec<u8>) -> *mut c_char {
        let Some(mut string) = plain.text(self.cx, self.msgno, self.flags) else {
            return super::mail_fetch::nothing();
        };
        let mut octets = header;
        // SAFETY: a string that a driver has just filled.
        let size = unsafe { remaining(&string) };
        octets.append(&mut piece(&mut string, None, size));
        let size = octets.len() as c_ulong;
        let told = self.cx.edit_element(self.msgno, |elt| {
            if elt.rfc822_size == 0 {
                elt.rfc822_size = size;
            }
            elt.rfc822_size
        });
        if let Some(told) = told.filter(|&told| told != size) {
            let text = format!("Calculated RFC822.SIZE ({size}) != reported size ({told})");
            tell::log(text, WARN);
        }
        self.give(&octets)
    }
}

/// Where envelope and structure of a message lie: in the stream's one place, or with the message.
fn slots(cx: &Entered, msgno: u32) -> Option<(*mut *mut Envelope, *mut *mut Body)> {
    let number = c_ulong::from(msgno);
    if cx.edit(|s| s.scache() != 0) {
        if cx.edit(|s| s.msgno != number) {
            // SAFETY: the stream is entered.
            unsafe { mail_gc(cx.raw(), GC_ENV | GC_TEXTS) };
            cx.edit(|s| s.msgno = number);
        }
        return Some(cx.edit(|s| (&raw mut s.env, &raw mut s.body)));
    }
    cx.edit_element(msgno, |elt| {
        let message = &mut elt.private.msg;
        (&raw mut message.env, &raw mut message.body)
    })
}

/// Reads a message; `string` for its structure, too.
fn parse(
    header: &[u8],
    string: Option<&mut MailString>,
    flags: c_ulong,
) -> (*mut Envelope, *mut Body) {
    let (mut envelope, mut body) = (null_mut(), null_mut());
    let mut header = header.to_vec();
    let size = header.len() as c_ulong;
    header.push(0);
    let (bs, place) = match string {
        Some(string) => (&raw mut *string, &raw mut body),
        None => (null_mut(), null_mut()),
    };
    // SAFETY: a header of that size with a NUL behind, a string of a driver or NULL, places for the results.
    unsafe {
        rfc822_parse_msg_full(
            &mut envelope,
            place,
            header.as_mut_ptr().cast(),
            size,
            bs,
            BADHOST.as_ptr().cast_mut(),
            0,
            flags,
        );
    }
    (envelope, body)
}

/// mail_fetch_structure for a driver that has none. `body` is NULL or the caller's place.
///
/// # Safety
/// As said.
pub unsafe fn structure(
    cx: &Entered,
    plain: Plain,
    number: c_ulong,
    body: *mut *mut Body,
    flags: c_long,
) -> *mut Envelope {
    let null = null_mut();
    // SAFETY: (whole body) the caller's place; slots of the cache, looked up anew after each call that may run code of
    // the program.
    unsafe {
        if !body.is_null() {
            *body = null_mut();
        }
        let number = if flags & FT_UID != 0 {
            mail_msgno(cx.raw(), number)
        } else {
            number
        };
        let Some(msgno) = u32::try_from(number).ok().filter(|&n| cx.has_message(n)) else {
            return null;
        };
        let flags = flags & !FT_UID;
        let Some((env, bdy)) = slots(cx, msgno) else {
            return null;
        };
        let known = !(*env).is_null() && (**env).incomplete() == 0;
        if !known || (!body.is_null() && (*bdy).is_null()) {
            let sized = cx.edit_element(msgno, |elt| elt.rfc822_size != 0) == Some(true);
            let (mut envelope, mut tree) = if !body.is_null() || !sized {
                let header = plain.header(cx, msgno, flags & !FT_INTERNAL);
                let mut string = plain.text(cx, msgno, (flags & !FT_INTERNAL) | FT_PEEK);
                if let Some(string) = &string {
                    let size = header.len() as c_ulong + remaining(string);
                    cx.edit_element(msgno, |elt| {
                        if elt.rfc822_size == 0 {
                            elt.rfc822_size = size;
                        }
                    });
                }
                let mut empty: MailString = core::mem::zeroed();
                empty.dtb = &raw mut super::objects::mail_string;
                let string = string.as_mut().unwrap_or(&mut empty);
                parse(&header, (!body.is_null()).then_some(string), plain.flags)
            } else {
                let header = plain.header(cx, msgno, flags | FT_INTERNAL);
                if header.is_empty() {
                    (tree::zeroed::<Envelope>(), null_mut())
                } else {
                    parse(&header, None, plain.flags)
                }
            };
            let Some((env, bdy)) = slots(cx, msgno).filter(|_| !cx.is_closed()) else {
                mail_free_envelope(&mut envelope);
                mail_free_body(&mut tree);
                return null;
            };
            mail_free_envelope(env);
            mail_free_body(bdy);
            (*env, *bdy) = (envelope, tree);
        }
        let Some((env, bdy)) = slots(cx, msgno) else {
            return null;
        };
        let date = (*env).as_ref().map_or(null_mut(), |env| env.date.cast());
        take_date(cx, msgno, date);
        if !body.is_null() {
            *body = *bdy;
        }
        *env
    }
}

/// Gives a message a date: that of its header, for lack of another.
///
/// # Safety
/// `date` is NULL or a C string.
unsafe fn take_date(cx: &Entered, msgno: u32, date: *mut c_char) {
    let Some(elt) = cx.element(msgno) else { return };
    // SAFETY: an element of an entered stream.
    unsafe {
        if (*elt).day() == 0 && !date.is_null() {
            mail_parse_date(elt, date.cast());
        }
        if (*elt).day() == 0 {
            (*elt).set_day(1);
            (*elt).set_month(1);
        }
    }
}

/// Learns size and date of a message, and its envelope on the way (UW's pop3_fetchfast).
pub fn learn(cx: &Entered, msgno: u32) {
    // SAFETY: the driver of an open stream.
    let Some(plain) = (unsafe { Plain::of(cx.edit(|s| s.dtb)) }) else {
        return;
    };
    let number = c_ulong::from(msgno);
    // SAFETY: (whole body) slots of the cache, looked up anew after each call.
    unsafe {
        let slot = |cx: &Entered| {
            if cx.edit(|s| s.scache() == 0 || s.msgno == number) {
                slots(cx, msgno).map(|(env, _)| env)
            } else {
                None
            }
        };
        let known = slot(cx).is_some_and(|env| !(*env).is_null());
        let sized = cx.edit_element(msgno, |elt| elt.rfc822_size != 0) == Some(true);
        let mut unkept = null_mut();
        if !known || !sized {
            let header = plain.header(cx, msgno, 0);
            let mut envelope = if known {
                null_mut()
            } else {
                parse(&header, None, plain.flags).0
            };
            if !sized {
                let text = plain.text(cx, msgno, FT_PEEK);
                let size = header.len() as c_ulong + text.map_or(0, |text| remaining(&text));
                cx.edit_element(msgno, |elt| elt.rfc822_size = size);
            }
            if cx.is_closed() {
                mail_free_envelope(&mut envelope);
                return;
            }
            match slot(cx) {
                Some(env) if (*env).is_null() => *env = envelope,
                _ => unkept = envelope,
            }
        }
        let envelope = slot(cx).map_or(unkept, |env| *env);
        let date = envelope.as_ref().map_or(null_mut(), |env| env.date.cast());
        take_date(cx, msgno, date);
        mail_free_envelope(&mut unkept);
    }
}

/// mail_flag for a driver that keeps no flags: they live in the elements.
///
/// # Safety
/// C strings.
pub unsafe fn flag(
    stream: *mut MailStream,
    sequence: *mut c_char,
    flag: *mut c_char,
    flags: c_long,
) {
    let Some(cx) = enter(stream) else { return };
    let mut keywords = 0;
    // SAFETY: an entered stream and C strings by the interface.
    let system = unsafe {
        if !mark_sequence(&cx, sequence, flags & ST_UID != 0) {
            return;
        }
        mail_parse_flags(stream, flag, &mut keywords)
    };
    if system == 0 && keywords == 0 {
        return;
    }
    let on = flags & ST_SET != 0;
    let change = |elt: &mut MessageCache| {
        let (before, words) = (elt.bits3, elt.user_flags);
        let was_valid = elt.valid();
        let bit = u32::from(on);
        if system & c_long::from(fSEEN) != 0 {
            elt.set_seen(bit);
        }
        if system & c_long::from(fDELETED) != 0 {
            elt.set_deleted(bit);
        }
        if system & c_long::from(fFLAGGED) != 0 {
            elt.set_flagged(bit);
        }
        if system & c_long::from(fANSWERED) != 0 {
            elt.set_answered(bit);
        }
        if system & c_long::from(fDRAFT) != 0 {
            elt.set_draft(bit);
        }
        if on {
            elt.user_flags |= keywords;
        } else {
            elt.user_flags &= !keywords;
        }
        elt.set_valid(1);
        was_valid == 0 || elt.bits3 != before || elt.user_flags != words
    };
    for msgno in 1..=cx.count() {
        if cx.is_closed() {
            return;
        }
        if is_marked(&cx, msgno) && cx.edit_element(msgno, change) == Some(true) {
            tell::flags(stream, msgno.into());
        }
    }
}

/// mail_uid for a driver that gives UIDs to all messages at once: they stand in the elements.
pub fn uid(cx: &Entered, msgno: c_ulong) -> c_ulong {
    let msgno = u32::try_from(msgno).unwrap_or(0);
    cx.edit_element(msgno, |elt| elt.private.uid).unwrap_or(0)
}

/// mail_msgno for such a driver. UIDs grow.
pub fn msgno(cx: &Entered, wanted: c_ulong) -> c_ulong {
    let (mut first, mut end) = (1, cx.count().saturating_add(1));
    while first < end {
        let middle = first + (end - first) / 2;
        match uid(cx, middle.into()).cmp(&wanted) {
            core::cmp::Ordering::Equal => return middle.into(),
            core::cmp::Ordering::Less => first = middle + 1,
            core::cmp::Ordering::Greater => end = middle,
        }
    }
    0
}
