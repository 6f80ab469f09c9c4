//! The machine's time zone.

use crate::mime::date::Zone;

/// The local zone now; UTC if the system does not tell.
pub fn zone() -> Zone {
    // SAFETY: `time` takes NULL; `localtime_r` fills in the struct it is given.
    unsafe {
        let now = libc::time(core::ptr::null_mut());
        let mut local: libc::tm = core::mem::zeroed();
        if libc::localtime_r(&now, &mut local).is_null() {
            return Zone::UTC;
        }
        Zone::from_minutes(i32::try_from(local.tm_gmtoff / 60).unwrap_or(0))
    }
}
