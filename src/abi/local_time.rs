//! The machine's time zone, and the time now in the forms of mail (`env.h`).

use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::{self, null_mut};

use super::entry::entry;
use super::objects::{days, months};
use super::parameters;
use crate::mime::date::Zone;

unsafe extern "C" {
    fn tzset();
    static tzname: [*mut c_char; 2];
    static daylight: c_int;
}

/// A moment as this machine's clocks show it.
struct Local {
    tm: libc::tm,
    /// Minutes ahead of UTC.
    ahead: c_int,
}

/// Now; `None` if the system does not tell. Looks at `TZ` each time, as localtime does.
fn now() -> Option<Local> {
    // SAFETY: `time` takes NULL; the others fill in the structs they are given.
    unsafe {
        tzset();
        let now = libc::time(null_mut());
        let (mut tm, mut utc): (libc::tm, libc::tm) = core::mem::zeroed();
        if libc::localtime_r(&now, &mut tm).is_null() || libc::gmtime_r(&now, &mut utc).is_null() {
            return None;
        }
        let minutes = |tm: &libc::tm| tm.tm_hour * 60 + tm.tm_min;
        // The dates differ by a day at most, also where they lie in different years.
        let later = match tm.tm_year - utc.tm_year {
            0 => tm.tm_yday - utc.tm_yday,
            years => years,
        };
        let ahead = later * 24 * 60 + minutes(&tm) - minutes(&utc);
        Some(Local { tm, ahead })
    }
}

/// The local zone now; UTC if the system does not tell.
pub fn zone() -> Zone {
    now().map_or(Zone::UTC, |now| Zone::from_minutes(now.ahead))
}

impl Local {
    /// `hh:mm:ss +hhmm`. As in c-client, less than an hour west looks like east.
    fn time(&self) -> String {
        let Local { tm, ahead } = self;
        let (hours, minutes) = (ahead / 60, ahead.abs() % 60);
        format!(
            "{:02}:{:02}:{:02} {hours:+03}{minutes:02}",
            tm.tm_hour, tm.tm_min, tm.tm_sec
        )
    }

    fn year(&self) -> c_int {
        self.tm.tm_year + 1900
    }

    fn weekday(&self) -> &'static str {
        // SAFETY: seven English names that nobody changes.
        unsafe { name((&raw const days).cast(), self.tm.tm_wday) }
    }

    fn month(&self) -> &'static str {
        // SAFETY: twelve English names that nobody changes.
        unsafe { name((&raw const months).cast(), self.tm.tm_mon) }
    }
}

/// # Safety
/// `index` lies in the table, which holds ASCII strings for ever.
unsafe fn name(table: *const *const c_char, index: c_int) -> &'static str {
    // SAFETY: as the caller says.
    unsafe { CStr::from_ptr(*table.add(index as usize)) }
        .to_str()
        .unwrap_or_default()
}

/// The name of the local zone in a comment (`rfc822_timezone`): at most 50 octets of it.
fn zone_name(summer: bool) -> Vec<u8> {
    // SAFETY: what tzset left: strings that the C library keeps.
    let name = unsafe {
        tzset();
        let name = tzname[usize::from(daylight != 0 && summer)];
        if name.is_null() {
            &[]
        } else {
            CStr::from_ptr(name).to_bytes()
        }
    };
    [b" (", &name[..name.len().min(50)], b")"].concat()
}

/// Writes a text and a NUL.
///
/// # Safety
/// `to` is NULL or has room.
unsafe fn write(to: *mut c_char, text: &[u8]) {
    if !to.is_null() {
        // SAFETY: the caller's room.
        unsafe {
            ptr::copy_nonoverlapping(text.as_ptr(), to.cast::<u8>(), text.len());
            *to.add(text.len()) = 0;
        }
    }
}

entry! {
    /// Writes the time now as mail headers have it, `Wed, 7 Jul 1996 02:44:25 -0700 (PDT)`, to `date`, which must have
    /// room for 100 octets. `SET_DISABLE822TZTEXT` leaves out the zone's name. Any thread may call it.
    fn rfc822_date(date: *mut c_char) {
        let Some(now) = now() else { return };
        let (weekday, day, month, year, time) =
            (now.weekday(), now.tm.tm_mday, now.month(), now.year(), now.time());
        let mut text = format!("{weekday}, {day} {month} {year} {time}").into_bytes();
        if !parameters::disable_822_tz_text() {
            text.extend(zone_name(now.tm.tm_isdst > 0));
        }
        // SAFETY: the caller's room.
        unsafe { write(date, &text) }
    }

    /// Writes the time now in a fixed width, `07 Jul 1996 02:44:25 -0700`, to `date`, which must have room for 40
    /// octets.
    fn rfc822_fixed_date(date: *mut c_char) {
        let Some(now) = now() else { return };
        let (day, month, year, time) = (now.tm.tm_mday, now.month(), now.year(), now.time());
        // SAFETY: the caller's room.
        unsafe { write(date, format!("{day:02} {month} {year:4} {time}").as_bytes()) }
    }

    /// Writes the time now as IMAP has it, `07-Jul-1996 02:44:25 -0700`, to `date`, which must have room for 40 octets.
    fn internal_date(date: *mut c_char) {
        let Some(now) = now() else { return };
        let (day, month, year, time) = (now.tm.tm_mday, now.month(), now.year(), now.time());
        // SAFETY: the caller's room.
        unsafe { write(date, format!("{day:02}-{month}-{year} {time}").as_bytes()) }
    }

    /// Appends the name of the local zone at the moment `t` (a `struct tm`), ` (PDT)`, to the text `s`.
    fn rfc822_timezone(s: *mut c_char, t: *mut c_void) {
        // SAFETY: a string with room and a time of the caller's.
        unsafe {
            if let (Some(tm), false) = (t.cast::<libc::tm>().as_ref(), s.is_null()) {
                write(s.add(CStr::from_ptr(s).count_bytes()), &zone_name(tm.tm_isdst > 0));
            }
        }
    }
}
