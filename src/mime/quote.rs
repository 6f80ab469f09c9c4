//! Quoting words for headers.

#![forbid(unsafe_code)]

use std::borrow::Cow;

/// What makes a word need quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule<'s> {
    /// One of these octets, or nothing in it.
    Octets(&'s [u8]),
    /// It is no atom: RFC 5322's specials, controls, or nothing in it; spaces may stand.
    Phrase,
    /// It is no dot-atom of RFC 5322 section 3.2.3.
    DotAtom,
    /// It is no token of RFC 2045 section 5.1.
    Token,
}

impl Rule<'_> {
    fn needs_quotes(self, word: &[u8]) -> bool {
        let control_or = |marks: &[u8]| {
            word.iter()
                .any(|&octet| octet < 0x20 || octet == 0x7f || marks.contains(&octet))
        };
        let special = match self {
            Rule::Octets(octets) => word.iter().any(|octet| octets.contains(octet)),
            Rule::Phrase => control_or(b"()<>@,;:\\\"[]."),
            Rule::Token => control_or(b" ()<>@,;:\\\"[]/?="),
            Rule::DotAtom => {
                control_or(b" ()<>@,;:\\\"[]")
                    || word.starts_with(b".")
                    || word.ends_with(b".")
                    || word.windows(2).any(|pair| pair == b"..")
            }
        };
        special || word.is_empty()
    }
}

/// The word, in quotes if the rule says so (`rfc822_cat`).
pub fn quote<'w>(word: &'w [u8], rule: Rule<'_>) -> Cow<'w, [u8]> {
    if !rule.needs_quotes(word) {
        return Cow::Borrowed(word);
    }
    let mut quoted = Vec::with_capacity(word.len() + 2);
    quoted.push(b'"');
    for &octet in word {
        if matches!(octet, b'\\' | b'"') {
            quoted.push(b'\\');
        }
        quoted.push(octet);
    }
    quoted.push(b'"');
    Cow::Owned(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_they_must() {
        for (word, rule, quoted) in [
            ("", Rule::Phrase, "\"\""),
            ("A Name", Rule::Phrase, "A Name"),
            ("A. Name", Rule::Phrase, "\"A. Name\""),
            ("a.b", Rule::DotAtom, "a.b"),
            ("a..b", Rule::DotAtom, "\"a..b\""),
            (".a", Rule::DotAtom, "\".a\""),
            ("a.", Rule::DotAtom, "\"a.\""),
            ("a.", Rule::Token, "a."),
            ("a/b", Rule::Token, "\"a/b\""),
            ("a\\\"b", Rule::DotAtom, "\"a\\\\\\\"b\""),
            ("a\\b", Rule::Octets(b"x"), "a\\b"),
            ("axb", Rule::Octets(b"x"), "\"axb\""),
        ] {
            assert_eq!(*quote(word.as_bytes(), rule), *quoted.as_bytes(), "{word}");
        }
    }
}
