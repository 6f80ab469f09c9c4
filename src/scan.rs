//! Looks for octets that matter in texts, eight at a time. The texts of an envelope are short: what finds one octet in
//! megabytes takes longer to begin with them than this does in all.

const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH: u64 = LOW << 7;

/// The top bit of each octet that is below `limit` (at most 128); right up to the first of them.
const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(LOW * limit as u64) & !word & HIGH
}

/// The same of each octet that is `octet`.
const fn equal(word: u64, octet: u8) -> u64 {
    below(word ^ (LOW * octet as u64), 1)
}

#[inline(always)]
fn find(text: &[u8], in_word: impl Fn(u64) -> u64) -> Option<usize> {
    let (words, rest) = text.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let hits = in_word(u64::from_le_bytes(*word));
        if hits != 0 {
            return Some(number * 8 + hits.trailing_zeros() as usize / 8);
        }
    }
    if rest.is_empty() {
        return None;
    }
    let (last, start) = match text.last_chunk() {
        // Looks at some once more.
        Some(last) => (u64::from_le_bytes(*last), text.len() - 8),
        // What fills up the word is none of the octets that are looked for.
        None => (
            rest.iter()
                .rev()
                .fold(LOW * u64::from(b' '), |word, &octet| {
                    (word << 8) | u64::from(octet)
                }),
            0,
        ),
    };
    let hits = in_word(last);
    (hits != 0).then(|| start + hits.trailing_zeros() as usize / 8)
}

/// The top bit of each octet that is `octet`, of no other one.
const fn exactly(word: u64, octet: u8) -> u64 {
    let others = word ^ (LOW * octet as u64);
    !(((others & !HIGH) + !HIGH) | others | !HIGH)
}

/// Calls `found` with the place of each `"` and each backslash.
#[inline(always)]
pub fn each_quote_or_backslash(text: &[u8], mut found: impl FnMut(usize)) {
    let (words, rest) = text.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let mut hits = exactly(word, b'"') | exactly(word, b'\\');
        while hits != 0 {
            found(number * 8 + hits.trailing_zeros() as usize / 8);
            hits &= hits - 1;
        }
    }
    for (number, octet) in rest.iter().enumerate() {
        if matches!(octet, b'"' | b'\\') {
            found(words.len() * 8 + number);
        }
    }
}

/// The first `"`, backslash or control character.
pub fn quote_or_control(text: &[u8]) -> Option<usize> {
    find(text, |word| {
        equal(word, b'"') | equal(word, b'\\') | below(word, b' ')
    })
}

/// The first control character.
pub fn control(text: &[u8]) -> Option<usize> {
    find(text, |word| below(word, b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_found_wherever_they_are() {
        for length in 0..40 {
            for octet in 0..=255u8 {
                for filler in [b' ', b'a', 0xff, 0x80, b'#', b'!', b'['] {
                    let mut text = vec![filler; length];
                    assert_eq!(control(&text), None);
                    assert_eq!(quote_or_control(&text), None);
                    for at in 0..length {
                        text[at] = octet;
                        let is_control = octet < b' ';
                        let either = is_control || matches!(octet, b'"' | b'\\');
                        assert_eq!(control(&text), is_control.then_some(at));
                        assert_eq!(quote_or_control(&text), either.then_some(at));
                        text[at] = filler;
                    }
                }
            }
        }
    }

    #[test]
    fn each_one_is_found() {
        for first in 0..=255u8 {
            for second in 0..=255u8 {
                let text = [
                    first, second, b'"', first, second, b'a', b'\\', second, first, b'"', second,
                ];
                let is = |&(_, octet): &(usize, &u8)| matches!(octet, b'"' | b'\\');
                let wanted: Vec<usize> = text
                    .iter()
                    .enumerate()
                    .filter(is)
                    .map(|(at, _)| at)
                    .collect();
                let mut all = Vec::new();
                each_quote_or_backslash(&text, |at| all.push(at));
                assert_eq!(all, wanted);
            }
        }
    }

    #[test]
    fn the_first_one_counts() {
        assert_eq!(quote_or_control(b"abc\\\"\n"), Some(3));
        assert_eq!(quote_or_control(b"\"\\"), Some(0));
        assert_eq!(control(b"12345678\x01\x00"), Some(8));
    }
}
