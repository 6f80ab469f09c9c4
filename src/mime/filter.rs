//! Choosing lines of a message header: `mail_filter` and `mail_match_lines`, and c-client's `HEADER.FIELDS` cache.

#![forbid(unsafe_code)]

use std::collections::HashSet;

/// The header without the lines that are not wanted (`mail_filter`).
///
/// A line goes with the lines that continue it. `names` are matched without regard to ASCII case; those lines are
/// kept, or with `not` (`FT_NOT`) dropped. Lines without a name, the empty line at the end above all, stay.
/// As in c-client, a NUL at the end of a line's name becomes a space.
pub fn filter_header<N: AsRef<[u8]>>(header: &[u8], names: &[N], not: bool) -> Vec<u8> {
    let names: HashSet<Vec<u8>> = names
        .iter()
        .map(|name| name.as_ref().to_ascii_lowercase())
        .collect();
    let mut kept = Vec::with_capacity(header.len());
    let mut rest = header;
    while !rest.is_empty() {
        let (line, after) = rest.split_at(logical_line(rest));
        rest = after;
        let end = line
            .iter()
            .position(|byte| matches!(byte, b':' | b' ' | b'\t' | b'\r' | b'\n' | 0));
        let end = end.unwrap_or(line.len());
        let named = names.contains(&line[..end].to_ascii_lowercase());
        if end == 0 || named != not {
            kept.extend_from_slice(&line[..end]);
            if let Some((&stop, tail)) = line[end..].split_first() {
                kept.push(if stop == 0 { b' ' } else { stop });
                kept.extend_from_slice(tail);
            }
        }
    }
    kept
}

/// Octets of the first line and of the lines that continue it, with their line ends.
fn logical_line(text: &[u8]) -> usize {
    let mut end = 0;
    while let Some(line) = text[end..].iter().position(|&byte| byte == b'\n') {
        end += line + 1;
        if !matches!(text.get(end), Some(b' ' | b'\t')) {
            return end;
        }
    }
    text.len()
}

/// Whether a header that was fetched for the lines `have` can serve a wish for the lines `want`
/// (`mail_match_lines`).
///
/// `have` None is the whole header. A part of it serves only when all that is wanted is named; it never serves a
/// wish with `not` (`FT_NOT`), nor one for everything (`want` None or empty).
pub fn match_lines<W: AsRef<[u8]>, H: AsRef<[u8]>>(
    want: Option<&[W]>,
    have: Option<&[H]>,
    not: bool,
) -> bool {
    let Some(have) = have.filter(|have| !have.is_empty()) else {
        return true;
    };
    let Some(want) = want.filter(|want| !want.is_empty() && !not) else {
        return false;
    };
    let have: HashSet<Vec<u8>> = have
        .iter()
        .map(|name| name.as_ref().to_ascii_lowercase())
        .collect();
    want.iter()
        .all(|name| have.contains(&name.as_ref().to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &[u8] = b"From: a\r\nTo: b,\r\n\tc\r\nX-Long : d\r\nto: e\r\n\r\n";

    #[test]
    fn named_lines_are_kept_with_their_continuations() {
        assert_eq!(
            filter_header(HEADER, &["TO"], false),
            b"To: b,\r\n\tc\r\nto: e\r\n\r\n"
        );
        assert_eq!(
            filter_header(HEADER, &["x-long"], false),
            b"X-Long : d\r\n\r\n"
        );
        assert_eq!(filter_header::<&[u8]>(HEADER, &[], false), b"\r\n");
    }

    #[test]
    fn named_lines_are_dropped_when_asked() {
        assert_eq!(
            filter_header(HEADER, &["To", "From"], true),
            b"X-Long : d\r\n\r\n"
        );
        assert_eq!(filter_header::<&[u8]>(HEADER, &[], true), HEADER);
    }

    #[test]
    fn odd_ends_are_safe() {
        assert_eq!(filter_header(b"a: 1\nb: 2", &["b"], false), b"b: 2");
        assert_eq!(filter_header(b"a: 1\nb: 2", &["a"], false), b"a: 1\n");
        assert_eq!(
            filter_header(b"a\0: 1\n \xff: 2\n: x", &["a"], false),
            b"a : 1\n \xff: 2\n: x"
        );
        assert_eq!(filter_header(b"", &["a"], false), b"");
        // Longer than c-client's buffer of 1,024 octets.
        let name = vec![b'n'; 5_000];
        let line = [&name[..], b": v\n"].concat();
        assert_eq!(filter_header(&line, &[&name], false), line);
        assert_eq!(filter_header(&line, &[&name[..1023]], false), b"");
    }

    #[test]
    fn cached_lines_serve_what_they_hold() {
        let none: Option<&[&str]> = None;
        assert!(match_lines(Some(&["a"]), none, true));
        assert!(match_lines(Some(&["a"]), Some(&["B", "A"]), false));
        assert!(!match_lines(Some(&["a", "c"]), Some(&["B", "A"]), false));
        assert!(!match_lines(Some(&["a"]), Some(&["a"]), true));
        assert!(!match_lines(none, Some(&["a"]), false));
    }
}
