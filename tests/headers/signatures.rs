//! Compares the signatures of the symbol table with the `entry!` functions in the code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::generate::Symbol;

/// What is wrong, one line each.
pub fn compare(root: &Path, symbols: &[Symbol]) -> Vec<String> {
    let mut entries = BTreeMap::new();
    collect(&root.join("src/abi"), &mut entries);
    let mut complaints = Vec::new();
    for symbol in symbols.iter().filter(|symbol| symbol.kind == "fn") {
        let wanted = normal(symbol.signature.strip_prefix("fn").unwrap());
        match (symbol.status.as_str(), entries.remove(&symbol.name)) {
            ("implemented" | "partial" | "refused", Some(found)) if found != wanted => complaints
                .push(format!(
                    "{}: the table has {wanted}, the code {found}",
                    symbol.name
                )),
            ("implemented" | "partial" | "refused", Some(_)) => {}
            (status @ ("implemented" | "partial" | "refused"), None) => {
                complaints.push(format!("{}: {status}, but there is no entry!", symbol.name));
            }
            ("refused:files" | "refused:server" | "refused:sending" | "refused:shell", None) => {}
            (status, found) => {
                complaints.push(format!(
                    "{}: {status}, and there is {} entry!",
                    symbol.name,
                    if found.is_some() { "an" } else { "no" }
                ));
            }
        }
    }
    complaints.extend(
        entries
            .keys()
            .map(|name| format!("{name}: not in the table")),
    );
    complaints
}

/// Finds the functions inside `entry!` blocks: those indented by four spaces, as rustfmt leaves
/// macro bodies, from `fn` to the brace of the body.
fn collect(directory: &Path, entries: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, entries);
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs")
            || path.ends_with("abi/entry.rs")
        {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let mut rest = source.as_str();
        while let Some(at) = rest.find("\nentry! {\n") {
            let block = &rest[at + 1..];
            let end = block.find("\n}").expect("an entry! block ends");
            for function in block[..end].split("\n    fn ").skip(1) {
                let head = &function[..function.find('{').expect("an entry has a body")];
                let (name, signature) = head.split_at(head.find('(').unwrap());
                entries.insert(name.to_owned(), normal(signature));
            }
            rest = &block[end..];
        }
        for list in source.split("\nzeroed! {\n").skip(1) {
            for line in list[..list.find("\n}").unwrap()].lines() {
                if let Some((name, ty)) = line.trim().trim_end_matches(';').split_once(" -> ") {
                    entries.insert(name.to_owned(), format!("()->*mut {ty}"));
                }
            }
        }
    }
}

/// A signature without parameter names, spaces, and paths, with C's types under one name.
fn normal(signature: &str) -> String {
    let joined = signature.split_whitespace().collect::<Vec<_>>().join(" ");
    let (parameters, ret) = match joined.rsplit_once(") -> ") {
        Some((parameters, ret)) => (parameters.to_owned(), format!("->{}", ty(ret))),
        None => (
            joined.trim_end().trim_end_matches(')').to_owned(),
            String::new(),
        ),
    };
    let types: Vec<String> = parameters
        .trim_start_matches('(')
        .split(',')
        .filter(|parameter| !parameter.trim().is_empty())
        .map(|parameter| ty(parameter.split_once(": ").map_or(parameter, |(_, ty)| ty)))
        .collect();
    format!("({}){ret}", types.join(","))
}

fn ty(ty: &str) -> String {
    let (pointers, base) = ty.trim().rsplit_once(' ').unwrap_or(("", ty.trim()));
    let base = base.rsplit("::").next().unwrap();
    let base = match base {
        "u8" => "c_uchar",
        "size_t" => "usize",
        other => other,
    };
    format!("{pointers} {base}").trim().to_owned()
}
