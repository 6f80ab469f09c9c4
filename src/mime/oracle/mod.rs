//! Compares what our parsers make of generated mail with what UW c-client makes of it, and feeds them mail that is
//! odder still.
//!
//! UW's library is looked for under `target/uw`, where `c-tests/uw.sh` unpacks it; without it this says that it is
//! skipped. The seed is printed; `MIME_ORACLE_SEED` and `MIME_ORACLE_CASES` replay or extend a run.

mod cases;
mod dump;
mod text;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::address::parse_address_list;
use super::body::{ParseOptions, parse_message};
use super::content::{Body, MediaTables, Nested};
use super::filter::filter_header;
use super::header::Hooks;
use cases::{Case, Generator};

const CASES: usize = 12_000;
/// Cases that one run of the C program gets: when it crashes, the rest of them goes to a new run.
const BATCH: usize = 500;
/// UW crashes that are in order in a run: an empty domain literal in a route, and little else.
const CRASHES_PER_THOUSAND: usize = 5;

fn uw() -> Option<PathBuf> {
    let uw = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/uw");
    uw.join("lib/libc-client.so").exists().then_some(uw)
}

/// Compiles a C program against UW's library.
fn compile(uw: &Path, name: &str) -> PathBuf {
    let program = uw.join(name);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("c-tests/oracle/{name}.c"));
    let library = uw.join("lib");
    let status = Command::new("gcc")
        .args(["-Wall", "-Wextra", "-Werror", "-g", "-isystem"])
        .arg(uw.join("include"))
        .arg("-o")
        .arg(&program)
        .arg(source)
        .arg(library.join("libc-client.so"))
        .arg(format!("-Wl,-rpath,{}", library.display()))
        .status()
        .expect("gcc runs");
    assert!(status.success(), "the C program does not compile");
    program
}

/// UW's answers; None where it crashed.
fn ask_uw(program: &Path, cases: &[Case]) -> Vec<Option<Vec<String>>> {
    let mut answers = Vec::new();
    while answers.len() < cases.len() {
        let left = &cases[answers.len()..];
        let left = &left[..left.len().min(BATCH)];
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the C program starts");
        let mut input = child.stdin.take().expect("a pipe");
        let octets: Vec<u8> = left.iter().flat_map(Case::encode).collect();
        let writer = std::thread::spawn(move || {
            // A crash of the program closes the pipe.
            let _ = input.write_all(&octets);
        });
        let output = child.wait_with_output().expect("the C program ends");
        writer.join().expect("the writer ends");
        let text = String::from_utf8(output.stdout).expect("ASCII");
        let mut answer = Vec::new();
        let mut count = 0;
        for line in text.lines() {
            if line == "." {
                answers.push(Some(std::mem::take(&mut answer)));
                count += 1;
            } else {
                answer.push(line.to_owned());
            }
        }
        if count < left.len() {
            assert!(
                !output.status.success(),
                "the C program stopped before its time"
            );
            answers.push(None);
        }
    }
    answers
}

fn compare(kind: &str, make: impl Fn(&mut Generator) -> Case) {
    let Some(uw) = uw() else {
        // Past the test harness, which would keep it to itself.
        let line =
            format!("SKIPPED ({kind}): UW's library is not there; c-tests/uw.sh unpacks it\n");
        let _ = std::io::stderr().write_all(line.as_bytes());
        return;
    };
    let number = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
    };
    let seed = number("MIME_ORACLE_SEED", 2007);
    let count = usize::try_from(number("MIME_ORACLE_CASES", CASES as u64)).expect("a count");
    println!("MIME_ORACLE_SEED={seed} MIME_ORACLE_CASES={count} ({kind})");
    let mut generator = Generator::new(seed);
    let cases: Vec<Case> = (0..count).map(|_| make(&mut generator)).collect();
    static COMPILED: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    let answers = ask_uw(COMPILED.get_or_init(|| compile(&uw, "rfc822_dump")), &cases);
    let (mut crashes, mut different, mut too_long) = (0, 0, 0);
    for (index, (case, theirs)) in cases.iter().zip(&answers).enumerate() {
        let ours = dump::dump(case);
        let Some(theirs) = theirs else {
            crashes += 1;
            println!(
                "case {index}: UW crashes, we say {} lines: {case:?}",
                ours.len()
            );
            continue;
        };
        if &ours == theirs {
            continue;
        }
        if case.has_one_octet_too_many(&ours, theirs) {
            too_long += 1;
            continue;
        }
        different += 1;
        if different <= 5 {
            println!("case {index}: {case:?}");
            let lines = ours.len().max(theirs.len());
            let none = String::from("(nothing)");
            for line in 0..lines {
                let (our, their) = (
                    ours.get(line).unwrap_or(&none),
                    theirs.get(line).unwrap_or(&none),
                );
                if our != their {
                    println!("  UW:   {their}\n  ours: {our}");
                }
            }
        }
    }
    println!(
        "{count} cases: {different} differ, {crashes} crash UW, {too_long} get an octet too many from UW"
    );
    assert_eq!(different, 0, "{kind}: some cases differ, see above");
    assert!(
        crashes * 1_000 <= count.max(1_000) * CRASHES_PER_THOUSAND,
        "{kind}: UW crashed {crashes} times"
    );
}

/// All octets of a tree lie in its text, and it is no deeper than the limit.
fn check(body: &Body, text: &[u8], depth: usize) {
    assert!(depth <= crate::limits::BODY_DEPTH + 1);
    for extent in [body.mime, body.contents] {
        assert!(extent.offset + extent.size <= text.len());
    }
    match &body.nested {
        Nested::None => {}
        Nested::Parts(parts) => parts.iter().for_each(|part| check(part, text, depth + 1)),
        Nested::Message(message) => {
            for extent in [message.full, message.header, message.text] {
                assert!(extent.offset + extent.size <= text.len());
            }
            message
                .body
                .iter()
                .for_each(|body| check(body, text, depth + 1));
        }
    }
}

#[test]
fn no_mail_is_too_odd_for_a_small_stack() {
    let seed = std::env::var("MIME_SEED").map_or(2011, |seed| seed.parse().expect("a number"));
    println!("MIME_SEED={seed}");
    let work = move || {
        let mut generator = Generator::new(seed);
        for _ in 0..2_000 {
            let text = generator.nested();
            let (mut tables, mut warnings) = (MediaTables::default(), Vec::new());
            let options = ParseOptions {
                crlf: true,
                ..ParseOptions::default()
            };
            let (_, body) = parse_message(
                &text,
                &text,
                &options,
                &mut tables,
                &mut warnings,
                &mut Hooks::default(),
            );
            check(&body, &text, 0);
            let mut list = Vec::new();
            parse_address_list(&mut list, &text, None, &mut warnings);
            let kept = filter_header(&text, &["subject"], false).len();
            assert!(kept + filter_header(&text, &["subject"], true).len() >= text.len());
            // c-client says no more than a few words about each octet.
            assert!(warnings.len() <= 100 + 4 * text.len());
        }
    };
    std::thread::Builder::new()
        .stack_size(112 << 10)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn address_lists_are_read_as_uw_reads_them() {
    compare("address lists", Generator::address_list);
}

#[test]
fn messages_are_read_as_uw_reads_them() {
    compare("messages", Generator::message);
}

#[test]
fn headers_are_filtered_as_uw_filters_them() {
    compare("header filters", Generator::filter);
}
