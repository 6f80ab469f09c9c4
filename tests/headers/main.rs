//! The C headers are generated, committed, and must not be stale. `UPDATE_HEADERS=1 cargo test
//! --test headers` writes them anew, and `MATRIX.md` with them.

#[path = "../support/bit_fields.rs"]
mod bit_fields;
mod comments;
mod generate;
#[path = "../support/host.rs"]
mod host;
mod matrix;
mod signatures;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a committed file with what it should be, or writes it.
fn check(path: PathBuf, wanted: &str) -> Option<String> {
    if std::env::var_os("UPDATE_HEADERS").is_some_and(|value| value == "1") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, wanted).unwrap();
        return None;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let same = found
        .lines()
        .zip(wanted.lines())
        .take_while(|(found, wanted)| found == wanted);
    (found != wanted).then(|| {
        let line = same.count();
        format!(
            "{} is stale, line {}: have {:?}, want {:?}",
            path.strip_prefix(root()).unwrap().display(),
            line + 1,
            found.lines().nth(line).unwrap_or("end of file"),
            wanted.lines().nth(line).unwrap_or("end of file"),
        )
    })
}

#[test]
fn headers_are_current() {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("headers");
    let headers = generate::headers(root(), &scratch);
    let directory = root().join("include/c-client");
    let mut stale: Vec<String> = headers
        .iter()
        .filter_map(|(file, text)| check(directory.join(file), text))
        .collect();
    for entry in fs::read_dir(&directory).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        if !headers.contains_key(&file) {
            stale.push(format!("include/c-client/{file} has no template"));
        }
    }
    assert!(
        stale.is_empty(),
        "{}\nrun UPDATE_HEADERS=1 cargo test --test headers",
        stale.join("\n")
    );
}

#[test]
fn everything_in_the_headers_has_a_comment() {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("comments");
    let mut looked_at = 0;
    let mut bare = Vec::new();
    for (file, text) in generate::headers(root(), &scratch) {
        let (count, missing) = comments::missing(&text);
        looked_at += count;
        bare.extend(missing.into_iter().map(|what| format!("{file}: {what}")));
    }
    assert!(bare.is_empty(), "no comment on\n{}", bare.join("\n"));
    assert!(looked_at > 900, "only {looked_at} declarations found");
}

#[test]
fn the_matrix_is_current() {
    let matrix = matrix::write(&generate::symbols(root()));
    let stale = check(root().join("MATRIX.md"), &matrix);
    assert!(
        stale.is_none(),
        "{}\nrun UPDATE_HEADERS=1 cargo test --test headers",
        stale.unwrap()
    );
}

#[test]
fn the_symbol_table_and_the_code_agree() {
    let complaints = signatures::compare(root(), &generate::symbols(root()));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
