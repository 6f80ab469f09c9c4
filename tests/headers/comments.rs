//! Whether each declaration of a header has a comment: the C interface is documented there and nowhere else.

/// How many declarations there are, and those without a comment: functions, callbacks, objects, types, structs, and the
/// members of structs. What members inside of a member are is said there, and a row of members of one kind (flags,
/// criteria) may have one comment at its head.
pub fn missing(header: &str) -> (usize, Vec<String>) {
    let mut count = 0;
    let mut bare = Vec::new();
    let mut in_struct = false;
    let mut depth = 0;
    let mut documented = false;
    let mut row = false;
    let mut continued = false;
    for line in header.lines() {
        let trimmed = line.trim();
        if std::mem::take(&mut continued) {
            continued = goes_on(trimmed);
            documented = false;
            continue;
        }
        if is_comment(trimmed) && trimmed.ends_with("*/") {
            documented = true;
            continue;
        }
        if in_struct {
            if depth == 0 && line == "};" {
                in_struct = false;
            } else if trimmed.ends_with('{') {
                // The members inside stand under the comment of the whole.
                (count, depth) = (count + 1, depth + 1);
                if depth == 1 && !documented {
                    bare.push(trimmed.to_owned());
                }
            } else if trimmed.starts_with('}') {
                depth -= 1;
                row = false;
            } else if !is_comment(trimmed) {
                count += 1;
                row |= documented || trimmed.ends_with("*/");
                if depth == 0 && !row {
                    bare.push(trimmed.to_owned());
                }
                continued = goes_on(trimmed);
            }
            documented = is_comment(trimmed) && documented;
            continue;
        }
        let aggregate = line.starts_with("struct ") && line.ends_with('{');
        let function_type = line.starts_with("typedef ") && !line.starts_with("typedef struct");
        let other = line.starts_with("extern ") && !line.contains("\"C\"")
            || line.starts_with(|first: char| first.is_ascii_alphabetic())
                && line.contains('(')
                && !line.starts_with("typedef ");
        if aggregate || function_type || other {
            count += 1;
            if !documented {
                bare.push(line.to_owned());
            }
            (in_struct, row) = (aggregate, false);
            continued = !aggregate && goes_on(trimmed);
        }
        documented = false;
    }
    (count, bare)
}

/// Whether a declaration has another line.
fn goes_on(line: &str) -> bool {
    !line.contains(';')
}

/// Whether a line is one of a comment of several.
fn is_comment(line: &str) -> bool {
    line.starts_with("/*") || line.starts_with('*')
}

#[test]
fn what_has_no_comment_is_found() {
    let bare = |text: &str| missing(text).1;
    assert_eq!(bare("/* Does. */\nlong f(int a,\n    int b);\n"), [""; 0]);
    assert_eq!(bare("long f(int a);\n"), ["long f(int a);"]);
    assert_eq!(
        bare("/* A. */\nlong f(int a);\nlong g(int a);\n"),
        ["long g(int a);"]
    );
    assert_eq!(
        bare("/* A. */\nstruct a {\n  int b;\n  int c;  /* C. */\n};\n"),
        ["int b;"]
    );
    assert_eq!(bare("extern DRIVER d;\n"), ["extern DRIVER d;"]);
    assert_eq!(
        bare("typedef void (*f)(int);\n"),
        ["typedef void (*f)(int);"]
    );
}
