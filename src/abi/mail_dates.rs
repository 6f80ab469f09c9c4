//! Dates in elts: reading, writing, counting.

use core::ffi::{c_char, c_long, c_uchar, c_uint, c_ulong, c_ushort};
use core::ptr;

use super::entry::{c_str, entry};
use super::local_time;
use super::stream::deliver::set_date;
use super::types::MessageCache;
use crate::mime::date::{self, Date, Zone};

/// The date that an elt holds.
fn date_of(elt: &MessageCache) -> Date {
    // Every field has fewer bits than an octet.
    Date {
        day: elt.day() as u8,
        month: elt.month() as u8,
        year: elt.year() as u8,
        hours: elt.hours() as u8,
        minutes: elt.minutes() as u8,
        seconds: elt.seconds() as u8,
        zone: Zone {
            west: elt.zoccident() != 0,
            hours: elt.zhours() as u8,
            minutes: elt.zminutes() as u8,
        },
    }
}

/// Writes the date of an elt as `format` does, with a NUL; returns `string`.
///
/// # Safety
/// `elt` is NULL or an elt, `string` is NULL or has room.
unsafe fn write(
    string: *mut c_char,
    elt: *const MessageCache,
    format: fn(&Date) -> String,
) -> *mut c_char {
    // SAFETY: as the caller says.
    if let (Some(elt), false) = (unsafe { elt.as_ref() }, string.is_null()) {
        let text = format(&date_of(elt));
        // SAFETY: the caller's room; a date is never longer than 40 octets.
        unsafe {
            ptr::copy_nonoverlapping(text.as_ptr(), string.cast::<u8>(), text.len());
            *string.add(text.len()) = 0;
        }
    }
    string
}

entry! {
    /// Writes an elt's date as IMAP does, `17-Jul-1996 02:44:25 -0700`, into `string`, which must have room for 27
    /// octets; returns `string`. Day and month 0 count as 1.
    fn mail_date(string: *mut c_char, elt: *mut MessageCache) -> *mut c_char {
        // SAFETY: room and an elt of the caller's.
        unsafe { write(string, elt, Date::internal) }
    }

    /// Writes an elt's date as mailbox files do, `Wed Jul 17 02:44:25 1996 -0700` and a line feed, into `string`, which
    /// must have room for 32 octets; returns `string`.
    fn mail_cdate(string: *mut c_char, elt: *mut MessageCache) -> *mut c_char {
        // SAFETY: room and an elt of the caller's.
        unsafe { write(string, elt, Date::ctime) }
    }

    /// Reads a date into an elt: as mail headers have it, as IMAP has it, and with the slips that mail programs make.
    /// T, or NIL for what is no date: the elt's fields are then 0, but for the day if only the time behind it is wrong.
    fn mail_parse_date(elt: *mut MessageCache, string: *mut c_uchar) -> c_long {
        // SAFETY: an elt of the caller's, NULL or a NUL-ended string.
        let (Some(elt), text) = (unsafe { (elt.as_mut(), c_str(string.cast())) }) else {
            return 0;
        };
        let read = date::read(text.map_or(&[], |text| text.to_bytes()), local_time::zone);
        let (Ok(date) | Err(date)) = read;
        set_date(elt, &date);
        c_long::from(read.is_ok())
    }

    /// Seconds since 1970 in UTC of an elt's date; 0 for moments before.
    fn mail_longdate(elt: *mut MessageCache) -> c_ulong {
        // SAFETY: NULL or an elt of the caller's.
        unsafe { elt.as_ref() }.map_or(0, |elt| date_of(elt).seconds_since_1970() as c_ulong)
    }

    /// A day in 16 bits, as search programs hold it; `year` counts from 1970.
    fn mail_shortdate(year: c_uint, month: c_uint, day: c_uint) -> c_ushort {
        (year << 9).wrapping_add(month << 5).wrapping_add(day) as c_ushort
    }
}
