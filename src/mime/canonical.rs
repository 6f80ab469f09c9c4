//! The canonical form of texts that are compared: one case, decomposed (`U8T_CANONICAL`, `ucs4_titlecase`,
//! `ucs4_decompose_recursive`).
//!
//! As in c-client each character is brought to title case by itself and then decomposed by compatibility (Unicode
//! NFKD), except that Hangul syllables stay whole and marks keep their order. The Unicode version is that of the
//! standard library and of unicode-normalization, not 5.0 as in c-client.

#![forbid(unsafe_code)]

#[cfg(feature = "unicode")]
use unicode_normalization::char::decompose_compatible;

/// Without Unicode's tables every character is one that does not decompose.
#[cfg(not(feature = "unicode"))]
fn decompose_compatible(c: char, mut put: impl FnMut(char)) {
    put(c);
}

/// What is done to each character of a text on its way to UTF-8.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Form {
    /// Letters in one case (`U8T_CASECANON`).
    pub one_case: bool,
    /// Letters without their marks, which follow; ligatures, wide forms and the like resolved (`U8T_DECOMPOSE`).
    pub decompose: bool,
}

impl Form {
    /// As it is.
    pub const PLAIN: Form = Form {
        one_case: false,
        decompose: false,
    };
    /// To compare (`U8T_CANONICAL`).
    pub const CANONICAL: Form = Form {
        one_case: true,
        decompose: true,
    };
}

/// Takes characters, one after the other.
pub trait Sink {
    /// One character.
    fn push(&mut self, c: char);

    /// Octets that stay as they are.
    fn push_raw(&mut self, octets: &[u8]);

    /// A code point, or U+FFFD if it is none.
    fn push_code(&mut self, code: u32) {
        self.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    }

    /// A character, or U+FFFD for none.
    fn push_found(&mut self, c: Option<char>) {
        self.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
    }

    /// A cell of a table, or U+FFFD if it is not in there.
    fn push_cell(&mut self, cell: Option<&u16>) {
        self.push_found(cell.and_then(|&cell| char::from_u32(cell.into())));
    }
}

/// Takes characters, gives UTF-8 in a [`Form`].
#[derive(Debug)]
pub struct Writer {
    form: Form,
    out: Vec<u8>,
}

impl Writer {
    /// Starts a text; `expected` octets or so will come.
    pub fn new(form: Form, expected: usize) -> Self {
        Writer {
            form,
            out: Vec::with_capacity(expected),
        }
    }

    /// Valid UTF-8.
    pub fn push_str(&mut self, text: &str) {
        text.chars().for_each(|c| self.push(c));
    }

    /// What should be UTF-8 and may not be: characters in the form, other octets as they are.
    pub fn push_lenient(&mut self, text: &[u8]) {
        for chunk in text.utf8_chunks() {
            self.push_str(chunk.valid());
            self.push_raw(chunk.invalid());
        }
    }

    /// The text.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }
}

impl Sink for Writer {
    fn push(&mut self, c: char) {
        if c.is_ascii() {
            let octet = c as u8;
            self.out.push(if self.form.one_case {
                octet.to_ascii_uppercase()
            } else {
                octet
            });
            return;
        }
        let c = if self.form.one_case { title_case(c) } else { c };
        let out = &mut self.out;
        let put = |c: char| out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        if self.form.decompose {
            decompose(c, put);
        } else {
            let mut put = put;
            put(c);
        }
    }

    fn push_raw(&mut self, octets: &[u8]) {
        self.out.extend_from_slice(octets);
    }
}

/// Hands the letters and marks of a character to `put`, down to what decomposes no more
/// (`ucs4_decompose_recursive`). Hangul syllables stay whole.
pub fn decompose(c: char, mut put: impl FnMut(char)) {
    if ('\u{ac00}'..='\u{d7a3}').contains(&c) {
        put(c);
    } else {
        decompose_compatible(c, put);
    }
}

/// What Unicode's data file says a character decomposes to, which may decompose further (`ucs4_decompose`).
pub fn decompose_once(c: char, mut put: impl FnMut(char)) {
    if cfg!(not(feature = "unicode")) {
        return put(c);
    }
    let mut whole = true;
    decompose(c, |part| whole &= part == c);
    let line = (!whole)
        .then(|| LEVELS.lines().find_map(|line| line.strip_prefix(c)))
        .flatten();
    match line {
        Some(parts) => parts.chars().for_each(put),
        None if whole => put(c),
        None => decompose(c, put),
    }
}

/// Characters whose parts decompose further, a line each with these parts.
static LEVELS: &str = include_str!("canonical/levels.txt");

/// The simple title case of a character: one character for one, so that ß stays.
pub fn title_case(c: char) -> char {
    match c {
        // Digraphs have a third form for titles.
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Greek with iota subscript: in full these become two letters.
        '\u{1f80}'..='\u{1faf}' => char::from_u32(c as u32 | 8).unwrap_or(c),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => char::from_u32(c as u32 + 9).unwrap_or(c),
        // Georgian has capitals for whole texts only; a title is in small letters.
        '\u{10d0}'..='\u{10ff}' => c,
        '\u{1c90}'..='\u{1cbf}' => c.to_lowercase().next().unwrap_or(c),
        _ => {
            let mut upper = c.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        let mut writer = Writer::new(Form::CANONICAL, text.len());
        writer.push_str(text);
        String::from_utf8(writer.finish()).unwrap()
    }

    #[test]
    fn one_case_and_decomposed() {
        assert_eq!(canonical("Grüße"), "GRU\u{308}ßE");
        assert_eq!(canonical("ﬁ ｗｉｄｅ №"), "fi WIDE No");
        assert_eq!(canonical("ǆ ĳ ſ ẞ ᾳ ი"), "Dz\u{30c} IJ S ẞ Α\u{345} ი");
        assert_eq!(canonical("각하"), "각하");
        assert_eq!(canonical("Ω ☎"), "Ω ☎");
    }

    #[test]
    fn a_second_time_changes_no_letter_that_has_one_form() {
        for c in ('\0'..char::MAX).filter(|c| c.is_alphabetic()) {
            let once = canonical(&c.to_string());
            assert_eq!(
                canonical(&c.to_lowercase().to_string()).is_empty(),
                once.is_empty()
            );
            assert!(once.len() <= 36, "{c:?}");
        }
    }

    #[test]
    fn cases_of_simple_letters_meet() {
        for c in ('\0'..'\u{20000}').filter(|c| c.is_uppercase()) {
            let mut lower = c.to_lowercase();
            let (Some(small), None) = (lower.next(), lower.next()) else {
                continue;
            };
            if small.to_uppercase().eq([c]) {
                assert_eq!(title_case(c), title_case(small), "{c:?}");
            }
        }
    }

    #[test]
    fn what_is_not_utf_8_stays() {
        let mut writer = Writer::new(Form::CANONICAL, 0);
        writer.push_lenient(b"a\xe4b\xc3\xa4\xed\xa0\x80c\xc3");
        assert_eq!(writer.finish(), b"A\xe4BA\xcc\x88\xed\xa0\x80C\xc3");
    }
}
