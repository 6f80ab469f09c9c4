//! Dates: IMAP's internal dates and those of mail headers, read as leniently as `mail_parse_date` reads them.

use crate::limits;

/// The year that c-client counts from.
pub const BASE_YEAR: u32 = 1970;
/// The last year that fits c-client's seven bits.
pub const LAST_YEAR: u32 = BASE_YEAR + 127;

/// Offset from UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Zone {
    /// West of Greenwich, behind UTC (`zoccident`).
    pub west: bool,
    /// 0 to 15, c-client's four bits.
    pub hours: u8,
    /// 0 to 59.
    pub minutes: u8,
}

impl Zone {
    /// No offset.
    pub const UTC: Zone = Zone {
        west: false,
        hours: 0,
        minutes: 0,
    };

    /// The offset of a clock that many minutes ahead of UTC.
    pub fn from_minutes(ahead: i32) -> Zone {
        let minutes = ahead.unsigned_abs();
        Zone {
            west: ahead < 0,
            hours: (minutes / 60 % 16) as u8,
            minutes: (minutes % 60) as u8,
        }
    }

    const fn hours(west: bool, hours: u8) -> Zone {
        Zone {
            west,
            hours,
            minutes: 0,
        }
    }
}

/// A moment as c-client's MESSAGECACHE holds it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Date {
    /// 1 to 31; 0 only from the compact form `yyyymm00`.
    pub day: u8,
    /// 1 to 12; 0 only from the compact form `yyyy0000`.
    pub month: u8,
    /// Years since [`BASE_YEAR`], 0 to 127.
    pub year: u8,
    /// 0 to 23.
    pub hours: u8,
    /// 0 to 59.
    pub minutes: u8,
    /// 0 to 60.
    pub seconds: u8,
    /// Offset from UTC of the fields above.
    pub zone: Zone,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// The three letters of a month counted from 1; `None` for others.
pub fn month_name(month: u32) -> Option<&'static str> {
    let index = usize::try_from(month).ok()?.checked_sub(1)?;
    MONTHS.get(index).copied()
}

impl Date {
    /// `17-Jul-1996 02:44:25 -0700`: IMAP's date-time, as APPEND takes it (`mail_date`). The day is padded with a
    /// space.
    pub fn internal(&self) -> String {
        let Date {
            hours,
            minutes,
            seconds,
            zone,
            ..
        } = self;
        let (year, day, month) = (
            BASE_YEAR + u32::from(self.year),
            self.day.max(1),
            self.month_text(),
        );
        let sign = if zone.west { '-' } else { '+' };
        format!(
            "{day:2}-{month}-{year} {hours:02}:{minutes:02}:{seconds:02} {sign}{:02}{:02}",
            zone.hours, zone.minutes
        )
    }

    /// `Wed Jul 17 02:44:25 1996 -0700` and a line feed: extended ctime (`mail_cdate`).
    pub fn ctime(&self) -> String {
        let Date {
            hours,
            minutes,
            seconds,
            zone,
            ..
        } = self;
        let (year, day, month) = (
            BASE_YEAR + u32::from(self.year),
            self.day.max(1),
            self.month_text(),
        );
        let weekday = DAYS[(self.days() % 7) as usize];
        let sign = if zone.west { '-' } else { '+' };
        format!(
            "{weekday} {month} {day:2} {hours:02}:{minutes:02}:{seconds:02} {year:4} {sign}{:02}{:02}\n",
            zone.hours, zone.minutes
        )
    }

    fn month_text(&self) -> &'static str {
        MONTHS[usize::from(self.month.clamp(1, 12)) - 1]
    }

    /// Days since 1 January 1970 of the date as written. A day past the month's end counts on into the next.
    fn days(&self) -> u64 {
        let (year, month) = (
            u64::from(BASE_YEAR) + u64::from(self.year),
            u64::from(self.month.max(1)),
        );
        // Count years from March, so that the leap day is the last.
        let (march_year, march_month) = if month < 3 {
            (year - 1, month + 9)
        } else {
            (year, month - 3)
        };
        let leaps = march_year / 4 - march_year / 100 + march_year / 400;
        let first = march_year * 365 + leaps + (march_month * 153 + 2) / 5;
        // 719,468 such days lie between 1 March of year 0 and 1 January 1970.
        first - 719_468 + u64::from(self.day.max(1) - 1)
    }

    /// Seconds since 1970 in UTC (`mail_longdate`); moments before are 0.
    pub fn seconds_since_1970(&self) -> u64 {
        let local = (self.days() * 24 + u64::from(self.hours)) * 60 + u64::from(self.minutes);
        let zone = u64::from(self.zone.hours) * 60 + u64::from(self.zone.minutes);
        let utc = if self.zone.west {
            Some(local + zone)
        } else {
            local.checked_sub(zone)
        };
        utc.map_or(0, |minutes| minutes * 60 + u64::from(self.seconds))
    }

    /// The date packed into 16 bits as search programs hold it (`mail_shortdate`).
    pub fn short(&self) -> u16 {
        u16::from(self.year) << 9 | u16::from(self.month) << 5 | u16::from(self.day)
    }
}

/// Day, month, year of a date packed by [`Date::short`].
pub fn unpack_short(short: u16) -> (u32, u32, u32) {
    let short = u32::from(short);
    (short & 0x1f, short >> 5 & 0xf, BASE_YEAR + (short >> 9))
}

/// What APPEND sends for a date the application gave: the date read and written anew, so that nothing of the
/// application's text reaches the server. `None` if it is no date; c-client then appends nothing.
pub fn append_date(text: &[u8], local: Zone) -> Option<String> {
    Some(parse(text, local)?.internal())
}

/// Reads a date (`mail_parse_date`): `[www, ]` and one of mm/dd/yy, dd-mmm-yy, dd mmm yy with an optional time
/// `hh:mm[:ss]` and zone, or yyyy-mm-dd or yyyymmdd alone; years of two, three or four digits. Where no zone that we
/// know is given it is `local`, the machine's.
pub fn parse(text: &[u8], local: Zone) -> Option<Date> {
    read(text, || local).ok()
}

/// As [`parse`], but also tells what was read before the error; `local` is asked only where the text has no zone.
///
/// # Errors
/// What c-client leaves in the elt: the day if only the time after it is wrong, else nothing.
pub fn read(text: &[u8], local: impl FnOnce() -> Zone) -> Result<Date, Date> {
    match standard(text) {
        Some(date) => Ok(date),
        None => read_any(text, local),
    }
}

/// The form of RFC 9051, as servers write it: `17-Jul-1996 02:44:25 -0700`. `None` for anything else, and what is odd
/// about it.
fn standard(text: &[u8]) -> Option<Date> {
    let text: &[u8; 26] = text.try_into().ok()?;
    let number = |at: usize| match text[at..at + 2] {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some((a - b'0') * 10 + b - b'0'),
        _ => None,
    };
    let marks = [
        (2, b'-'),
        (6, b'-'),
        (11, b' '),
        (14, b':'),
        (17, b':'),
        (20, b' '),
    ];
    if !marks.iter().all(|&(at, mark)| text[at] == mark) {
        return None;
    }
    let month = MONTHS
        .iter()
        .position(|name| *name.as_bytes() == text[3..6])?;
    let year = u32::from(number(7)?) * 100 + u32::from(number(9)?);
    let year = year.checked_sub(BASE_YEAR).filter(|&y| y <= 127)?;
    let zone = Zone {
        west: match text[21] {
            b'-' => true,
            b'+' => false,
            _ => return None,
        },
        hours: number(22)?,
        minutes: number(24)?,
    };
    let date = Date {
        day: number(0)?,
        month: month as u8 + 1,
        year: year as u8,
        hours: number(12)?,
        minutes: number(15)?,
        seconds: number(18)?,
        zone,
    };
    let usual = (1..=31).contains(&date.day)
        && date.hours < 24
        && date.minutes < 60
        && date.seconds <= 60
        && zone.hours < 16
        && zone.minutes < 60;
    usual.then_some(date)
}

fn read_any(text: &[u8], local: impl FnOnce() -> Zone) -> Result<Date, Date> {
    let mut at_fault = Date::default();
    if text.is_empty() || text.len() > limits::DATE_TEXT || text.contains(&0) {
        return Err(at_fault);
    }
    let mut at = Text(text);
    let Some(day) = whole_day(&mut at) else {
        return Err(at_fault);
    };
    at_fault = day;
    let mut date = day;
    let mut known = None;
    if at.peek(0) != 0 {
        at.skip(1);
        let hours = at.number();
        if !at.eat(b':') {
            return Err(at_fault);
        }
        let minutes = at.number();
        let seconds = if at.eat(b':') { at.number() } else { 0 };
        if hours > 23 || minutes > 59 || seconds > 60 {
            return Err(at_fault);
        }
        (date.hours, date.minutes, date.seconds) = (hours as u8, minutes as u8, seconds as u8);
        known = zone(&mut at);
    }
    date.zone = known.unwrap_or_else(local);
    Ok(date)
}

/// The date before the time, at midnight UTC.
fn whole_day(at: &mut Text<'_>) -> Option<Date> {
    if let [a, b, c, b',', b' ', ..] = at.0
        && [a, b, c].iter().all(|letter| letter.is_ascii_alphabetic())
    {
        at.skip(5);
    }
    at.skip_spaces();
    let (year, month, day) = year_month_day(at)?;
    if day > 31 || month > 12 {
        return None;
    }
    // RFC 5322 section 4.3, with c-client's bounds.
    let year = match year {
        0..49 => year + 2000,
        49..999 => year + 1900,
        _ => year,
    };
    let year = year
        .checked_sub(u64::from(BASE_YEAR))
        .filter(|&y| y <= 127)?;
    Some(Date {
        day: day as u8,
        month: month as u8,
        year: year as u8,
        ..Date::default()
    })
}

/// The text still to be read, letters in upper case; behind its end stand zeros, as in C.
struct Text<'a>(&'a [u8]);

impl Text<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.0.get(ahead).map_or(0, u8::to_ascii_uppercase)
    }

    fn skip(&mut self, count: usize) {
        self.0 = &self.0[count.min(self.0.len())..];
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek(0) == byte;
        self.skip(usize::from(found));
        found
    }

    fn skip_spaces(&mut self) {
        while self.eat(b' ') {}
    }

    /// A number as strtoul reads it: white space and a plus sign before it are fine, no digits are 0, overflow
    /// saturates. A minus makes a number that no field accepts.
    fn number(&mut self) -> u64 {
        let mut at = 0;
        while matches!(self.0.get(at), Some(b' ' | b'\t'..=b'\r')) {
            at += 1;
        }
        let negative = self.0.get(at) == Some(&b'-');
        at += usize::from(matches!(self.0.get(at), Some(b'+' | b'-')));
        let start = at;
        let mut number = 0u64;
        while let Some(&digit @ b'0'..=b'9') = self.0.get(at) {
            number = number
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'));
            at += 1;
        }
        if at == start {
            return 0;
        }
        self.0 = &self.0[at..];
        if negative && number != 0 {
            u64::MAX
        } else {
            number
        }
    }
}

fn year_month_day(at: &mut Text<'_>) -> Option<(u64, u64, u64)> {
    let some = |n: u64| (n > 0).then_some(n);
    let first = some(at.number())?;
    match at.peek(0) {
        b'/' => {
            at.skip(1);
            let day = at
                .peek(0)
                .is_ascii_digit()
                .then(|| at.number())
                .and_then(some)?;
            if !at.eat(b'/') || !at.peek(0).is_ascii_digit() {
                return None;
            }
            let year = at.number();
            (at.peek(0) == 0).then_some((year, first, day))
        }
        // yyyymmdd
        0 => (first >= u64::from(BASE_YEAR) * 10_000).then_some((
            first / 10_000,
            first / 100 % 100,
            first % 100,
        )),
        delimiter @ (b' ' | b'-') => {
            while delimiter == b' ' && at.peek(1) == b' ' {
                at.skip(1);
            }
            if at.peek(1).is_ascii_digit() {
                // yyyy-mm-dd
                at.skip(1);
                let month = some(at.number())?;
                let day = at.eat(b'-').then(|| at.number()).and_then(some)?;
                return (at.peek(0) == 0).then_some((first, month, day));
            }
            if at.0.len() < 5 {
                return None;
            }
            let packed = packed(at.peek(1), at.peek(2), at.peek(3));
            let month = 1 + PACKED_MONTHS.iter().position(|&name| name == packed)?;
            at.skip(4);
            // A full month name is as good.
            while at.peek(0).is_ascii_alphabetic() && at.peek(0) != delimiter {
                at.skip(1);
            }
            if !at.eat(delimiter) {
                return None;
            }
            at.skip_spaces();
            let year = at.peek(0).is_ascii_digit().then(|| at.number())?;
            matches!(at.peek(0), 0 | b' ').then_some((year, month as u64, first))
        }
        _ => None,
    }
}

/// Three letters in one number, c-client's way of comparing them.
const fn packed(a: u8, b: u8, c: u8) -> i32 {
    (a as i32 - b'A' as i32) * 1024 + (b as i32 - b'A' as i32) * 32 + (c as i32 - b'A' as i32)
}

/// A name of two or three letters, of two as if an A followed.
const fn packed_name(name: &str) -> i32 {
    let letters = name.as_bytes();
    let third = if letters.len() < 3 { b'A' } else { letters[2] };
    packed(
        letters[0].to_ascii_uppercase(),
        letters[1].to_ascii_uppercase(),
        third.to_ascii_uppercase(),
    )
}

const PACKED_MONTHS: [i32; 12] = {
    let mut packed = [0; 12];
    let mut month = 0;
    while month < 12 {
        packed[month] = packed_name(MONTHS[month]);
        month += 1;
    }
    packed
};

/// What follows the time; `None` where c-client falls back to the local zone.
fn zone(at: &mut Text<'_>) -> Option<Zone> {
    match at.peek(0) {
        b' ' => {
            while at.peek(1) == b' ' {
                at.skip(1);
            }
            if !at.peek(1).is_ascii_alphabetic() {
                at.skip(1);
                return Some(numeric_zone(at));
            }
        }
        b'-' => {}
        _ => return None,
    }
    at.skip(1);
    let letter = |ahead| at.peek(ahead);
    match at.0.len() {
        0 => Some(Zone::UTC),
        1 => military_zone(letter(0)),
        2 => named_zone(packed(letter(0), letter(1), b'A')),
        3 => named_zone(packed(letter(0), letter(1), letter(2))),
        _ => None,
    }
}

/// `+hhmm`. What is no such number is UTC, west of it if there was a minus: that is what c-client makes of it.
fn numeric_zone(at: &mut Text<'_>) -> Zone {
    let west = at.peek(0) == b'-';
    if west || at.peek(0) == b'+' {
        at.skip(1);
    }
    let digit = |ahead: usize| {
        at.peek(ahead)
            .is_ascii_digit()
            .then(|| at.peek(ahead) - b'0')
    };
    match (digit(0), digit(1), digit(2), digit(3)) {
        (Some(a), Some(b), Some(c @ 0..6), Some(d)) => Zone {
            west,
            // Four bits in c-client.
            hours: (a * 10 + b) & 0xf,
            minutes: c * 10 + d,
        },
        _ => Zone { west, ..Zone::UTC },
    }
}

/// The one-letter zones of RFC 822; there is no J.
fn military_zone(letter: u8) -> Option<Zone> {
    match letter {
        b'Z' => Some(Zone::UTC),
        b'A'..=b'I' => Some(Zone::hours(false, letter - b'A' + 1)),
        b'K'..=b'M' => Some(Zone::hours(false, letter - b'K' + 10)),
        b'N'..=b'Y' => Some(Zone::hours(true, letter - b'N' + 1)),
        _ => None,
    }
}

/// The zones with names that c-client knows: RFC 822's, and some of Europe, Japan and North America.
fn named_zone(name: i32) -> Option<Zone> {
    const NAMES: [(i32, bool, u8); 19] = [
        (packed_name("UT"), false, 0),
        (packed_name("UTC"), false, 0),
        (packed_name("GMT"), false, 0),
        (packed_name("MET"), false, 1),
        (packed_name("EET"), false, 2),
        (packed_name("JST"), false, 9),
        (packed_name("ADT"), true, 3),
        (packed_name("AST"), true, 4),
        (packed_name("EDT"), true, 4),
        (packed_name("EST"), true, 5),
        (packed_name("CDT"), true, 5),
        (packed_name("CST"), true, 6),
        (packed_name("MDT"), true, 6),
        (packed_name("MST"), true, 7),
        (packed_name("PDT"), true, 7),
        (packed_name("PST"), true, 8),
        (packed_name("YDT"), true, 8),
        (packed_name("YST"), true, 9),
        (packed_name("HST"), true, 10),
    ];
    NAMES
        .iter()
        .find(|&&(packed, ..)| packed == name)
        .map(|&(_, west, hours)| Zone::hours(west, hours))
}

#[cfg(test)]
mod tests;
