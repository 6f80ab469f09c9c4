//! Mailbox names against patterns of LIST: `*` stands for anything, `%` for anything without the hierarchy delimiter
//! (RFC 9051 section 6.3.9; c-client's `pmatch_full` and `dmatch`). Linear in the product of both lengths, because both
//! can be a stranger's; c-client's own take exponential time.

#![forbid(unsafe_code)]

/// Whether `name` matches `pattern`. `delimiter` 0: there is no hierarchy, and `%` is as `*`.
pub fn matches(name: &[u8], pattern: &[u8], delimiter: u8) -> bool {
    // Where in the pattern matching may stand, one more for its end.
    let mut here = vec![false; pattern.len() + 1];
    here[0] = true;
    skip_wildcards(&mut here, pattern);
    for &octet in name {
        let mut next = vec![false; pattern.len() + 1];
        for (at, &wanted) in pattern.iter().enumerate().filter(|&(at, _)| here[at]) {
            match wanted {
                b'*' => next[at] = true,
                b'%' => next[at] |= octet != delimiter,
                _ => next[at + 1] |= octet == wanted,
            }
        }
        skip_wildcards(&mut next, pattern);
        here = next;
    }
    here[pattern.len()]
}

/// A wildcard may stand for nothing.
fn skip_wildcards(here: &mut [bool], pattern: &[u8]) {
    for (at, octet) in pattern.iter().enumerate() {
        here[at + 1] |= here[at] && matches!(octet, b'*' | b'%');
    }
}

/// Whether `name` is a directory in which something may match `pattern`: what c-client asks before it looks into one.
pub fn is_directory_of(name: &[u8], pattern: &[u8], delimiter: u8) -> bool {
    // `here`: where matching has just come to. `inside`: the `%` that have taken octets already.
    let mut here = vec![false; pattern.len() + 1];
    let mut inside = vec![false; pattern.len() + 1];
    here[0] = true;
    for (index, &octet) in name.iter().enumerate() {
        let ends_here = octet == delimiter && index + 1 == name.len();
        let mut next = vec![false; pattern.len() + 1];
        let mut next_inside = vec![false; pattern.len() + 1];
        for (at, &wanted) in pattern.iter().enumerate() {
            // A `%` at the end permits nothing below.
            if wanted == b'%' && (here[at] || inside[at]) && at + 1 < pattern.len() {
                if ends_here {
                    return true;
                }
                here[at + 1] = true;
                next_inside[at] |= octet != delimiter;
            } else if here[at] {
                match wanted {
                    b'*' => return true,
                    b'%' => {}
                    _ => next[at + 1] |= octet == wanted,
                }
            }
        }
        (here, inside) = (next, next_inside);
    }
    for (at, &wanted) in pattern.iter().enumerate() {
        if inside[at] && at + 1 < pattern.len() {
            here[at + 1] = true;
        }
        if here[at] && (matches!(wanted, b'*' | b'%') || wanted == delimiter) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_patterns() {
        for (name, pattern, delimiter, wanted) in [
            ("INBOX", "INBOX", b'/', true),
            ("INBOX", "INB", b'/', false),
            ("a/b/c", "a/%", b'/', false),
            ("a/b", "a/%", b'/', true),
            ("a/b/c", "a/*", b'/', true),
            ("a/b/c", "%/c", b'/', false),
            ("a/b/c", "%/%/c", b'/', true),
            ("a/b", "%", 0, true),
            ("", "*%", b'/', true),
            ("", "", b'/', true),
            ("x", "", b'/', false),
        ] {
            let got = matches(name.as_bytes(), pattern.as_bytes(), delimiter);
            assert_eq!(got, wanted, "{name} {pattern}");
        }
    }

    #[test]
    fn many_wildcards_cost_no_more_than_both_lengths() {
        let (name, pattern) = (vec![b'a'; 3_000], b"*a%".repeat(300));
        assert!(!matches(&name, &[&pattern[..], b"b"].concat(), b'/'));
        assert!(is_directory_of(&name, &b"%a".repeat(300), b'/'));
    }

    #[test]
    fn directories_of_patterns() {
        for (name, pattern, wanted) in [
            ("a", "a/b", true),
            ("a", "a/%", true),
            ("a/", "%", false),
            ("a/", "%/x", true),
            ("a", "%c", false),
            ("a", "b/c", false),
            ("", "%", true),
            ("a", "*", true),
            ("a", "a", false),
        ] {
            let got = is_directory_of(name.as_bytes(), pattern.as_bytes(), b'/');
            assert_eq!(got, wanted, "{name} {pattern}");
        }
    }
}
