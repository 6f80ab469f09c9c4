//! Content transfer encodings (RFC 2045 section 6), as tolerant and as strict as c-client's
//! `rfc822_base64` and `rfc822_binary`.

#![forbid(unsafe_code)]

/// What a base64 text holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Base64 {
    /// The octets.
    pub data: Vec<u8>,
    /// Where, after the padding that ends the data, more data follows: the text was probably
    /// two texts once, and what follows is ignored.
    pub trailing: Option<usize>,
}

/// Octets of one encoded line: 60 characters.
const LINE: usize = 45;
/// Octets of its text, with its line end.
const ENCODED_LINE: usize = LINE / 3 * 4 + 2;

/// Decodes base64.
///
/// White space (space, tab, CR, LF, form feed, NUL) is skipped anywhere except between the two
/// `=` of a padding. After complete padding everything but data characters is ignored. A text that
/// ends without padding gives its complete octets. Any other octet, and padding in the wrong
/// place, make the whole text invalid: `None`.
pub fn decode_base64(text: &[u8]) -> Option<Base64> {
    // One octet more, for a NUL.
    let mut data = vec![0; text.len() / 4 * 3 + 4];
    // Octets so far; the bits of the running quantum, and how many characters of it have come.
    let (mut size, mut bits, mut count) = (0, 0u32, 0);
    let mut at = 0;
    let mut trailing = None;
    loop {
        if count == 0 {
            let quanta = decode_quanta(&text[at..], &mut data[size..]);
            at += quanta * 4;
            size += quanta * 3;
        }
        let Some(&octet) = text.get(at) else { break };
        at += 1;
        if let Some(value) = sextet(octet) {
            bits = bits << 6 | u32::from(value);
            count += 1;
            if count == 4 {
                data[size..size + 3].copy_from_slice(&bits.to_be_bytes()[1..]);
                size += 3;
                (bits, count) = (0, 0);
            }
        } else if octet == b'=' {
            if !(count == 3 || count == 2 && text.get(at) == Some(&b'=')) {
                return None;
            }
            let rest = text[at..].iter();
            trailing = rest.clone().position(|&octet| sextet(octet).is_some());
            trailing = trailing.map(|more| at + more);
            break;
        } else if !is_space(octet) {
            return None;
        }
    }
    // A quantum that is not whole has 8 or 16 bits of data; 6 are none.
    data.truncate(size);
    match count {
        2 => data.push((bits >> 4) as u8),
        3 => data.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => {}
    }
    Some(Base64 { data, trailing })
}

/// Not a data character, in [`QUANTUM`].
const NO_SEXTET: u32 = 1 << 31;

/// What each octet contributes as the first to the fourth character of a quantum.
static QUANTUM: [[u32; 256]; 4] = {
    let mut tables = [[NO_SEXTET; 256]; 4];
    let mut place = 0;
    while place < 4 {
        let mut octet = 0;
        while octet < 256 {
            if let Some(value) = sextet(octet as u8) {
                tables[place][octet] = (value as u32) << (18 - 6 * place);
            }
            octet += 1;
        }
        place += 1;
    }
    tables
};

/// Decodes quanta of four data characters up to where something else stands; returns how many.
fn decode_quanta(text: &[u8], data: &mut [u8]) -> usize {
    let [first, second, third, fourth] = &QUANTUM;
    let mut quanta = 0;
    for (from, to) in text.chunks_exact(4).zip(data.chunks_exact_mut(3)) {
        let bits = first[usize::from(from[0])]
            | second[usize::from(from[1])]
            | third[usize::from(from[2])]
            | fourth[usize::from(from[3])];
        if bits & NO_SEXTET != 0 {
            break;
        }
        to.copy_from_slice(&bits.to_be_bytes()[1..]);
        quanta += 1;
    }
    quanta
}

/// Encodes octets as base64: lines of 60 characters, each ended with CRLF, and a CRLF at the end
/// (so that input of whole lines, or none, ends in an empty line).
pub fn encode_base64(data: &[u8]) -> Vec<u8> {
    // One octet more, for a NUL.
    let mut text = Vec::with_capacity(encoded_size(data.len()) + 1);
    text.resize(encoded_size(data.len()), 0);
    let (lines, rest) = data.as_chunks::<LINE>();
    let (encoded, last) = text.split_at_mut(lines.len() * ENCODED_LINE);
    let (encoded, _) = encoded.as_chunks_mut::<ENCODED_LINE>();
    for (line, to) in lines.iter().zip(encoded) {
        encode_quanta(line, to);
        to[ENCODED_LINE - 2..].copy_from_slice(b"\r\n");
    }
    let whole = rest.len() / 3 * 3;
    encode_quanta(&rest[..whole], last);
    let mut end = whole / 3 * 4;
    if whole < rest.len() {
        let mut quantum = [0; 3];
        quantum[..rest.len() - whole].copy_from_slice(&rest[whole..]);
        encode_quanta(&quantum, &mut last[end..]);
        last[end + rest.len() - whole + 1..end + 4].fill(b'=');
        end += 4;
    }
    // One CRLF, or two if the padding filled the line.
    for line_end in last[end..].chunks_exact_mut(2) {
        line_end.copy_from_slice(b"\r\n");
    }
    text
}

/// Octets of the base64 text of that many octets, line ends included.
fn encoded_size(octets: usize) -> usize {
    let quanta = octets.div_ceil(3);
    quanta * 4 + 2 * (quanta / (LINE / 3) + 1)
}

/// Two characters for each twelve bits.
static PAIRS: [[u8; 2]; 4096] = {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut pairs = [[0; 2]; 4096];
    let mut bits = 0;
    while bits < pairs.len() {
        pairs[bits] = [ALPHABET[bits >> 6], ALPHABET[bits & 0x3f]];
        bits += 1;
    }
    pairs
};

/// Encodes groups of three octets, as far as there is room.
fn encode_quanta(data: &[u8], text: &mut [u8]) {
    let (groups, _) = data.as_chunks::<3>();
    let (quanta, _) = text.as_chunks_mut::<4>();
    for (&[a, b, c], quantum) in groups.iter().zip(quanta) {
        let bits = u32::from_be_bytes([0, a, b, c]);
        let [high, low] = [
            PAIRS[(bits >> 12) as usize & 0xfff],
            PAIRS[bits as usize & 0xfff],
        ];
        *quantum = [high[0], high[1], low[0], low[1]];
    }
}

/// What a quoted-printable text holds.
#[derive(Debug, PartialEq, Eq)]
pub struct QuotedPrintable {
    /// The octets.
    pub data: Vec<u8>,
    /// Where, in the text, the first wrong sequence is: the octet behind its `=`, or the one behind that if the
    /// first could have been a digit.
    pub invalid: Option<usize>,
}

/// Decodes quoted-printable as `rfc822_qprint` does: never fails.
///
/// Spaces before a line end go, tabs stay; `=` at a line end joins lines and keeps spaces before it. `=` before
/// something that is not two hexadecimal digits stays, with the octet behind it; of two octets of which only the
/// first is a digit the second is lost. `=` at the end of the text goes.
pub fn decode_quoted_printable(text: &[u8]) -> QuotedPrintable {
    // Room for a NUL, and for copying eight octets where fewer count.
    let mut data = vec![0; text.len() + 9];
    // Octets so far; what lies behind `kept` are octets of the text itself, whose spaces a line end would remove.
    let (mut size, mut kept, mut invalid) = (0, 0, None);
    let mut at = 0;
    while at < text.len() {
        if let Some(&eight) = text[at..].first_chunk() {
            data[size..size + 8].copy_from_slice(&eight);
            let plain = plain_octets(eight);
            at += plain;
            size += plain;
            if plain == 8 {
                continue;
            }
        }
        let octet = text[at];
        at += 1;
        if !matches!(octet, b'\r' | b'\n' | b'=') {
            data[size] = octet;
            size += 1;
            continue;
        }
        if octet != b'=' {
            while size > kept && data[size - 1] == b' ' {
                size -= 1;
            }
            data[size] = octet;
            size += 1;
            continue;
        }
        let first = text.get(at).copied().unwrap_or(0);
        let second = text.get(at + 1).copied();
        match first {
            // The end, or what C takes for it.
            0 => continue,
            b'\n' => at += 1,
            b'\r' => at += 1 + usize::from(second == Some(b'\n')),
            _ => {
                let high = HEX[usize::from(first)];
                let low = second.map_or(NO_DIGIT, |second| HEX[usize::from(second)]);
                if high | low < 16 {
                    at += 2;
                    data[size] = high << 4 | low;
                    size += 1;
                } else {
                    let digit = high != NO_DIGIT && second.is_some();
                    invalid = invalid.or(Some(at + usize::from(digit)));
                    at += 1 + usize::from(digit);
                    data[size..size + 2].copy_from_slice(&[b'=', first]);
                    size += 2;
                }
            }
        }
        kept = size;
    }
    data.truncate(size);
    QuotedPrintable { data, invalid }
}

/// How many of eight octets stand before the first `=`, CR or LF.
fn plain_octets(eight: [u8; 8]) -> usize {
    const ONES: u64 = u64::MAX / 0xff;
    let octets = u64::from_le_bytes(eight);
    // In an octet of a difference that is 0, and in none before it, the highest bit becomes 1.
    let found = [b'=', b'\r', b'\n'].map(|octet| {
        let differs = octets ^ (ONES * u64::from(octet));
        differs.wrapping_sub(ONES) & !differs & (ONES << 7)
    });
    ((found[0] | found[1] | found[2]).trailing_zeros() / 8) as usize
}

/// In [`HEX`].
const NO_DIGIT: u8 = 0xff;

/// The values of hexadecimal digits, of either case.
static HEX: [u8; 256] = {
    let mut table = [NO_DIGIT; 256];
    let mut octet = 0;
    while octet < 256 {
        if let Some(value) = (octet as u8 as char).to_digit(16) {
            table[octet] = value as u8;
        }
        octet += 1;
    }
    table
};

/// The value of a hexadecimal digit, of either case.
pub(super) fn hex_digit(octet: u8) -> Option<u8> {
    let value = HEX[usize::from(octet)];
    (value != NO_DIGIT).then_some(value)
}

/// The six bits of a data character.
pub(super) const fn sextet(octet: u8) -> Option<u8> {
    Some(match octet {
        b'A'..=b'Z' => octet - b'A',
        b'a'..=b'z' => octet - b'a' + 26,
        b'0'..=b'9' => octet - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// What c-client skips inside base64.
fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'\x0c' | b'\0')
}

/// Longest line of quoted-printable without the `=` that continues it (RFC 2045 section 6.7).
const QUOTED_LINE: usize = 75;

/// Encodes octets as quoted-printable, as `rfc822_8bit` does: CR LF is a line end, all other controls are quoted.
pub fn encode_quoted_printable(data: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut text = Vec::with_capacity(data.len() + data.len() / 8 + 1);
    let (mut column, mut at) = (0, 0);
    while let Some(&octet) = data.get(at) {
        // What needs nothing, up to the end of the line that is being written.
        let room = &data[at..data.len().min(at + QUOTED_LINE - column)];
        let plain = room.iter().take_while(|&&octet| PLAIN[usize::from(octet)]);
        let plain = plain.count();
        if plain > 0 {
            // A space before a CR is quoted.
            let space = data[at + plain - 1] == b' ' && data.get(at + plain) == Some(&b'\r');
            let run = plain - usize::from(space);
            text.extend_from_slice(&data[at..at + run]);
            column += run;
            at += run;
            if run > 0 {
                continue;
            }
        }
        let next = data.get(at + 1);
        if octet == b'\r' && next == Some(&b'\n') {
            text.extend_from_slice(b"\r\n");
            column = 0;
            at += 2;
            continue;
        }
        let quoted = !PLAIN[usize::from(octet)] || octet == b' ' && next == Some(&b'\r');
        let width = if quoted { 3 } else { 1 };
        if column + width > QUOTED_LINE {
            text.extend_from_slice(b"=\r\n");
            column = 0;
        }
        column += width;
        if quoted {
            let (high, low) = (usize::from(octet >> 4), usize::from(octet & 15));
            text.extend_from_slice(&[b'=', DIGITS[high], DIGITS[low]]);
        } else {
            text.push(octet);
        }
        at += 1;
    }
    text
}

/// What quoted-printable takes as it is, spaces at the end of a line excepted.
static PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = b' ';
    while octet <= b'~' {
        table[octet as usize] = octet != b'=';
        octet += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn data(text: &[u8]) -> Option<Vec<u8>> {
        decode_base64(text).map(|decoded| decoded.data)
    }

    #[test]
    fn rfc_4648_vectors() {
        for (plain, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(data(text.as_bytes()).unwrap(), plain.as_bytes());
            assert_eq!(
                encode_base64(plain.as_bytes()),
                format!("{text}\r\n").as_bytes()
            );
        }
    }

    #[test]
    fn what_is_encoded_decodes_again() {
        for length in 0..200 {
            let plain: Vec<u8> = (0..length).map(|i| (i * 37 + length) as u8).collect();
            assert_eq!(data(&encode_base64(&plain)).unwrap(), plain);
        }
    }

    #[test]
    fn lines_have_sixty_characters() {
        assert_eq!(
            encode_base64(&[0; 45]),
            [&[b'A'; 60][..], b"\r\n\r\n"].concat()
        );
        assert_eq!(
            encode_base64(&[0; 46]),
            [&[b'A'; 60][..], b"\r\nAA==\r\n"].concat()
        );
        // Padding fills a line, too.
        assert_eq!(
            encode_base64(&[0; 43]),
            [&[b'A'; 58][..], b"==\r\n\r\n"].concat()
        );
        assert_eq!(encode_base64(&[0; 42]), [&[b'A'; 56][..], b"\r\n"].concat());
    }

    #[test]
    fn white_space_is_skipped_but_not_between_pads() {
        assert_eq!(data(b"Z m9\r\nv\tYg\0==\x0c").unwrap(), b"foob");
        assert_eq!(data(b"Zg= ="), None);
    }

    #[test]
    fn missing_padding_gives_the_whole_octets() {
        assert_eq!(data(b"Z").unwrap(), b"");
        assert_eq!(data(b"Zg").unwrap(), b"f");
        assert_eq!(data(b"Zm8").unwrap(), b"fo");
    }

    #[test]
    fn rubbish_and_misplaced_padding_are_refused() {
        for text in [
            &b"Zg.="[..],
            b"=",
            b"Z===",
            b"Zg=",
            b"Zm9v=",
            b"Zm9v\x0b",
            b"Zg==\x80A=",
        ] {
            assert_eq!(data(text).is_none(), text != b"Zg==\x80A=", "{text:?}");
        }
    }

    fn quoted(text: &[u8]) -> Vec<u8> {
        decode_quoted_printable(text).data
    }

    #[test]
    fn quoted_printable() {
        assert_eq!(quoted(b"Gr=C3=BC=c3=9fe"), "Gr\u{fc}\u{df}e".as_bytes());
        assert_eq!(quoted(b"a  \r\nb \t \nc  "), b"a\r\nb \t\nc  ");
        assert_eq!(quoted(b"soft  =\r\nline =\n=\rend="), b"soft  line end");
        assert_eq!(quoted(b"=\0=20 \n"), b"\0 \n");
    }

    #[test]
    fn wrong_quoted_printable_stays_and_is_reported() {
        for (text, plain, at) in [
            (&b"a=zz"[..], &b"a=zz"[..], 2),
            (b"a=4z5=x", b"a=45=x", 3),
            (b"a=4", b"a=4", 2),
            (b"== ", b"== ", 1),
        ] {
            let decoded = decode_quoted_printable(text);
            assert_eq!(
                (decoded.data.as_slice(), decoded.invalid),
                (plain, Some(at))
            );
        }
        assert_eq!(decode_quoted_printable(b"=41").invalid, None);
    }

    #[test]
    fn data_after_padding_is_reported() {
        let decoded = decode_base64(b"Zm8=\r\n-- \r\nlist footer").unwrap();
        assert_eq!(decoded.data, b"fo");
        assert_eq!(decoded.trailing, Some(11));
        assert_eq!(decode_base64(b"Zm8=\r\n==--").unwrap().trailing, None);
    }

    #[test]
    fn quoted_printable_decodes_again_and_has_short_lines() {
        for length in 0..400usize {
            let data: Vec<u8> = (0..length).map(|i| (i * 31 + length * 7) as u8).collect();
            let text = encode_quoted_printable(&data);
            assert!(text.split(|&b| b == b'\n').all(|line| line.len() <= 77));
            // A space at the very end has no line end behind it and stays.
            assert_eq!(decode_quoted_printable(&text).data, data);
        }
    }

    #[test]
    fn line_ends_stay_and_spaces_before_them_are_quoted() {
        assert_eq!(
            encode_quoted_printable(b"a \r\n=\tb\n\xff"),
            b"a=20\r\n=3D=09b=0A=FF"
        );
    }
}
