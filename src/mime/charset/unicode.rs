//! Unicode's own encodings other than UTF-8.

use crate::mime::canonical::Sink;

/// UCS-2, most significant octet first; half a character at the end is dropped.
pub fn ucs_2(text: &[u8], out: &mut impl Sink) {
    for unit in text.chunks_exact(2) {
        out.push_code(u32::from(unit[0]) << 8 | u32::from(unit[1]));
    }
}

/// UCS-4, most significant octet first; part of a character at the end is dropped.
pub fn ucs_4(text: &[u8], out: &mut impl Sink) {
    for unit in text.chunks_exact(4) {
        out.push_code(u32::from_be_bytes([unit[0], unit[1], unit[2], unit[3]]));
    }
}

/// UTF-16: most significant octet first, unless a byte order mark says otherwise (RFC 2781 section 4.3).
pub fn utf_16(text: &[u8], out: &mut impl Sink) {
    let little = text.starts_with(&[0xff, 0xfe]);
    let units = text.chunks_exact(2).map(|unit| {
        let unit = [unit[0], unit[1]];
        if little {
            u16::from_le_bytes(unit)
        } else {
            u16::from_be_bytes(unit)
        }
    });
    let mut units = units.peekable();
    while let Some(unit) = units.next() {
        match unit {
            // A high surrogate takes the next unit with it, right or wrong.
            0xd800..0xdc00 => match units.next() {
                Some(low @ 0xdc00..0xe000) => out.push_code(pair(unit, low)),
                _ => out.push(char::REPLACEMENT_CHARACTER),
            },
            _ => out.push_code(unit.into()),
        }
    }
}

/// The character of a surrogate pair.
pub fn pair(high: u16, low: u16) -> u32 {
    0x10000 + (u32::from(high & 0x3ff) << 10 | u32::from(low & 0x3ff))
}

/// UTF-7 (RFC 2152): ASCII, and between `+` and `-` UTF-16 in base64.
pub fn utf_7(text: &[u8], out: &mut impl Sink) {
    let mut octets = text.iter().copied().peekable();
    // The units of one run: bits that make no whole unit yet, how many they are, a high surrogate that waits.
    let (mut bits, mut count, mut high) = (0u32, 0u32, None);
    let mut shifted = false;
    while let Some(octet) = octets.next() {
        if !shifted {
            if octet != b'+' {
                out.push_code(octet.into());
            } else if octets.next_if_eq(&b'-').is_some() {
                out.push('+');
            } else {
                (bits, count, high, shifted) = (0, 0, None, true);
            }
            continue;
        }
        let Some(value) = crate::mime::encoding::sextet(octet) else {
            shifted = false;
            // A minus ends the run and is no text; anything else ends it too, and is.
            if octet != b'-' {
                out.push_code(octet.into());
            }
            continue;
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count < 16 {
            continue;
        }
        count -= 16;
        let unit = (bits >> count) as u16;
        bits &= (1 << count) - 1;
        match (unit, high.take()) {
            (0xd800..0xdc00, _) => high = Some(unit),
            (0xdc00..0xe000, Some(high)) => out.push_code(pair(high, unit)),
            _ => out.push_code(unit.into()),
        }
    }
}
