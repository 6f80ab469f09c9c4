//! The same for texts: charsets, encoded words, quoted-printable, canonical form.

mod tests;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{compile, uw};
use crate::mime::canonical::Form;
use crate::mime::charset::{self, CHARSETS};
use crate::mime::encoding::decode_quoted_printable;
use crate::mime::{encoded_word, encoding};

const BOGON: char = char::REPLACEMENT_CHARACTER;

/// One question to both.
enum Case {
    Text(Vec<u8>, &'static str, Form),
    Header(Vec<u8>, Form),
    Quoted(Vec<u8>),
    Bad(Vec<u8>),
    Code(u32),
}

#[derive(PartialEq, Eq)]
struct Answer {
    ok: bool,
    text: Vec<u8>,
    log: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = String::from_utf8_lossy(&self.text);
        write!(f, "{} {text:?} \"{}\"", self.ok, self.log.escape_ascii())
    }
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Case::Text(text, name, form) => {
                write!(f, "\"{}\" in {name}, {form:?}", text.escape_ascii())
            }
            Case::Header(text, form) => write!(f, "header \"{}\", {form:?}", text.escape_ascii()),
            Case::Quoted(text) => write!(f, "quoted \"{}\"", text.escape_ascii()),
            Case::Bad(name) => write!(f, "name \"{}\"", name.escape_ascii()),
            Case::Code(code) => write!(f, "U+{code:04X}"),
        }
    }
}

impl Case {
    fn encode(&self) -> Vec<u8> {
        let flags = |form: &Form| 2 * u8::from(form.one_case) + 4 * u8::from(form.decompose);
        let line = |kind: &str, text: &[u8], more: usize, flags: u8| {
            let line = format!("{kind} {} {more} {flags}\n", text.len());
            [line.as_bytes(), text, b"\n"].concat()
        };
        match self {
            Case::Text(text, name, form) => {
                let first = line("U", text, name.len(), flags(form));
                [&first, name.as_bytes(), b"\n"].concat()
            }
            Case::Header(text, form) => line("H", text, 0, flags(form)),
            Case::Quoted(text) => line("Q", text, 0, 0),
            Case::Bad(name) => line("B", name, 0, 0),
            Case::Code(code) => format!("C {code} 0 0\n").into_bytes(),
        }
    }

    fn ours(&self) -> Answer {
        let mut log = Vec::new();
        let (ok, text) = match self {
            Case::Text(text, name, form) => {
                match charset::to_utf8(text, Some(name.as_bytes()), *form) {
                    Ok(text) => (true, text.into_owned()),
                    Err(charset::UnknownCharset) => (false, text.clone()),
                }
            }
            Case::Header(text, form) => match encoded_word::decode(text, *form) {
                Ok(text) => (true, text.into_owned()),
                Err(encoded_word::Undecodable) => (false, text.clone()),
            },
            Case::Quoted(text) => {
                let decoded = decode_quoted_printable(text);
                if let Some(at) = decoded.invalid {
                    let rest = &text[at..];
                    let end = rest.iter().position(|&octet| octet == 0);
                    let end = end.unwrap_or(rest.len()).min(80);
                    log = b"3Invalid quoted-printable sequence: =".to_vec();
                    log.extend_from_slice(&rest[..end]);
                }
                (true, decoded.data)
            }
            Case::Bad(name) => match charset::complaint(name) {
                Some(text) => (true, text),
                None => (false, Vec::new()),
            },
            Case::Code(code) => {
                let c = char::from_u32(*code).expect("a character");
                let text = c.to_string();
                let text = charset::to_utf8(text.as_bytes(), Some(b"UTF-8"), Form::CANONICAL);
                (true, text.expect("a known charset").into_owned())
            }
        };
        Answer { ok, text, log }
    }
}

fn unhex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .bytes()
        .map(|digit| encoding::hex_digit(digit).expect("a digit"))
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

/// Hands each case with both answers to `check`. Without UW's library it says so and checks nothing.
fn compare(kind: &str, cases: Vec<Case>, mut check: impl FnMut(&Case, Answer, Answer)) {
    let Some(uw) = uw() else {
        let line =
            format!("SKIPPED ({kind}): UW's library is not there; c-tests/uw.sh unpacks it\n");
        let _ = std::io::stderr().write_all(line.as_bytes());
        return;
    };
    static COMPILED: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    let mut child = Command::new(COMPILED.get_or_init(|| compile(&uw, "utf8_dump")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the C program starts");
    let mut input = child.stdin.take().expect("a pipe");
    let octets: Vec<u8> = cases.iter().flat_map(Case::encode).collect();
    let writer = std::thread::spawn(move || input.write_all(&octets));
    let output = child.wait_with_output().expect("the C program ends");
    let answers = String::from_utf8(output.stdout).expect("ASCII");
    assert_eq!(
        answers.lines().count(),
        cases.len(),
        "{kind}: UW ended at {:?}",
        cases.get(answers.lines().count())
    );
    writer
        .join()
        .expect("the writer ends")
        .expect("all is read");
    for (case, line) in cases.iter().zip(answers.lines()) {
        let mut words = line.split(' ');
        let theirs = Answer {
            ok: words.next() == Some("1"),
            text: unhex(words.next().unwrap_or_default()),
            log: unhex(words.next().unwrap_or_default()),
        };
        check(case, case.ours(), theirs);
    }
}

/// Collects what differs, to fail once with the first of it.
#[derive(Default)]
struct Differences {
    count: usize,
    first: Vec<String>,
}

impl Differences {
    fn add(&mut self, what: String) {
        self.count += 1;
        if self.first.len() < 40 {
            self.first.push(what);
        }
    }
}

impl Drop for Differences {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.count, 0, "{:#?}", self.first);
        }
    }
}

/// Random texts of at most so many pieces.
fn texts(pieces: &[&[u8]], count: usize, longest: usize) -> Vec<Vec<u8>> {
    static DRAWN: std::sync::LazyLock<u64> = std::sync::LazyLock::new(|| {
        let clock = || {
            std::time::UNIX_EPOCH
                .elapsed()
                .map_or(2007, |time| time.as_secs())
        };
        std::env::var("MIME_ORACLE_SEED")
            .map_or_else(|_| clock(), |seed| seed.parse().expect("a number"))
    });
    let seed = *DRAWN;
    println!("MIME_ORACLE_SEED={seed}");
    let mut state: u64 = seed;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    (0..count)
        .map(|_| {
            (0..random(longest + 1))
                .flat_map(|_| pieces[random(pieces.len())].to_vec())
                .collect()
        })
        .collect()
}
