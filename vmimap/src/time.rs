//! Moments as texts: in UTC, because a spool directory says nothing of time zones.

use std::time::{SystemTime, UNIX_EPOCH};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// Seconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(0)
}

/// A moment, taken apart.
struct Parts {
    year: i64,
    month: usize,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    weekday: usize,
}

fn parts(seconds: i64) -> Parts {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Years that begin in March, so that the odd day comes last; eras of 400 years.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 {
        from_march + 2
    } else {
        from_march - 10
    };
    Parts {
        year: era * 400 + year_of_era + i64::from(month < 2),
        month: usize::try_from(month).unwrap_or(0),
        day: of_year - (153 * from_march + 2) / 5 + 1,
        hour: rest / 3_600,
        minute: rest / 60 % 60,
        second: rest % 60,
        weekday: usize::try_from(days.rem_euclid(7)).unwrap_or(0),
    }
}

/// `2026-11-25`.
pub fn day(seconds: i64) -> String {
    let p = parts(seconds);
    format!("{:04}-{:02}-{:02}", p.year, p.month + 1, p.day)
}

/// `2026-11-25T23:21:52Z`.
pub fn moment(seconds: i64) -> String {
    let p = parts(seconds);
    format!(
        "{}T{:02}:{:02}:{:02}Z",
        day(seconds),
        p.hour,
        p.minute,
        p.second
    )
}

/// `Wed, 25 Nov 2026 23:21:52 +0000`, as in the header of a mail.
pub fn of_mail(seconds: i64) -> String {
    let p = parts(seconds);
    let (weekday, month) = (DAYS[p.weekday], MONTHS[p.month]);
    format!(
        "{weekday}, {:02} {month} {:04} {:02}:{:02}:{:02} +0000",
        p.day, p.year, p.hour, p.minute, p.second
    )
}

/// `25-Nov-2026 23:21:52 +0000`, as APPEND takes it.
pub fn internal(seconds: i64) -> String {
    let p = parts(seconds);
    let month = MONTHS[p.month];
    format!(
        "{:2}-{month}-{:04} {:02}:{:02}:{:02} +0000",
        p.day, p.year, p.hour, p.minute, p.second
    )
}

/// `Wed Nov 25 11:21:52 PM UTC 2026`, as `origdate` of a message's file.
pub fn of_asterisk(seconds: i64) -> String {
    let p = parts(seconds);
    let (weekday, month) = (DAYS[p.weekday], MONTHS[p.month]);
    let hour = match p.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let half = if p.hour < 12 { "AM" } else { "PM" };
    format!(
        "{weekday} {month} {:2} {hour:02}:{:02}:{:02} {half} UTC {:04}",
        p.day, p.minute, p.second, p.year
    )
}

/// Seconds since 1970 of INTERNALDATE's text.
pub fn from_internal(text: &str) -> Option<i64> {
    let date = c_client::mime::date::parse(text.as_bytes(), c_client::mime::date::Zone::UTC)?;
    i64::try_from(date.seconds_since_1970()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_all_forms() {
        let seconds = 1_795_648_912;
        assert_eq!(moment(seconds), "2026-11-25T23:21:52Z");
        assert_eq!(of_mail(seconds), "Wed, 25 Nov 2026 23:21:52 +0000");
        assert_eq!(internal(seconds), "25-Nov-2026 23:21:52 +0000");
        assert_eq!(of_asterisk(seconds), "Wed Nov 25 11:21:52 PM UTC 2026");
        assert_eq!(
            of_asterisk(1_709_164_800 - 86_400),
            "Wed Feb 28 12:00:00 AM UTC 2024"
        );
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(moment(-1), "1969-12-31T23:59:59Z");
        assert_eq!(from_internal("25-Nov-2026 23:21:52 +0000"), Some(seconds));
        assert_eq!(from_internal("26-Nov-2026 01:21:52 +0200"), Some(seconds));
    }
}
