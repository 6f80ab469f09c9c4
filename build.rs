//! Gives the shared library its SONAME, and writes the functions that are left out on purpose and say
//! so when they are called (`refused:why` in the table).

use std::fmt::Write;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/abi/symbols.tsv");
    // Nothing else is asked of the linker. rustc's defaults bind everything when the library is
    // loaded: every known program defines all fifteen mm_* callbacks, so there is nothing to put
    // off, and the tables of addresses are read-only from then on. Never -Bsymbolic: programs with
    // COPY relocations hold the data objects themselves.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libc-client.so.2007e");

    let table = std::fs::read_to_string("src/abi/symbols.tsv").expect("src/abi/symbols.tsv");
    let mut left_out = String::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, kind, _size, _header, status, _consumers, signature] = fields[..] else {
            panic!("symbols.tsv: not seven fields: {line}");
        };
        if kind != "fn" {
            continue;
        }
        let arguments = signature.strip_prefix("fn").expect("a function type");
        if let Some(why) = status.strip_prefix("refused:") {
            // `files` in the table is `Refusal::Files`.
            let (first, rest) = why.split_at(1);
            let why = first.to_uppercase() + rest;
            writeln!(left_out, "refused! {{ {why} fn {name}{arguments} }}")
                .expect("a string grows");
        }
    }
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join("left_out.rs"), left_out).expect("OUT_DIR is writable");
}
