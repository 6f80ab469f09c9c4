//! All fuzz targets in one program, so that there is one thing to link: `FUZZ_TARGET` names the one that runs.

#![no_main]

use c_client_fuzz::TARGETS;
use libfuzzer_sys::{Corpus, fuzz_target};
use std::sync::OnceLock;

fn chosen() -> fn(&[u8]) {
    let wanted = std::env::var("FUZZ_TARGET").unwrap_or_default();
    match TARGETS.iter().find(|(name, _)| *name == wanted) {
        Some(&(_, target)) => target,
        None => {
            let names: Vec<&str> = TARGETS.iter().map(|&(name, _)| name).collect();
            eprintln!("FUZZ_TARGET must be one of: {}", names.join(" "));
            std::process::exit(2);
        }
    }
}

fuzz_target!(|data: &[u8]| -> Corpus {
    static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();
    TARGET.get_or_init(chosen)(data);
    Corpus::Keep
});
