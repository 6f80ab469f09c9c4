//! Damaged responses through framing and parsing: no panic, no overflow of a small stack, no response lost.
//!
//! Deterministic; `TEST_SEED` and `TEST_ROUNDS` in the environment change what is tried, the seed is printed.

use super::{Response, parse};
use crate::imap::frame::{Frame, FrameError, Framer};
use crate::limits::Limits;

const GOOD: [&str; 34] = [
    "* OK [CAPABILITY IMAP4rev1 LITERAL+ AUTH=PLAIN] server ready",
    "* PREAUTH [ALERT] welcome {5}",
    "* BYE closing",
    "+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+",
    "A3 NO [TRYCREATE] no such mailbox",
    "A4 OK [APPENDUID 38505 3955] done",
    "A5 OK [COPYUID 38505 304,319:320 3956:3958] done",
    "* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] limited",
    "* OK [BADCHARSET (UTF-8 \"US ASCII\")] x",
    "* CAPABILITY IMAP4rev1 IDLE NAMESPACE QUOTA",
    "* FLAGS (\\Answered \\Flagged $Forwarded)",
    "* 172 EXISTS",
    "* 44 EXPUNGE",
    "* VANISHED (EARLIER) 1:100,200",
    "* LIST (\\HasNoChildren \\Sent) \"/\" \"a \\\"b\\\" c\"",
    "* LSUB () NIL {5}\r\nx\r\ny\"",
    "* STATUS {3}\r\nin\" (MESSAGES 3 UIDNEXT 7 MAILBOXID (F1))",
    "* SEARCH 2 84 882 (MODSEQ 917)",
    "* ESEARCH (TAG \"A2\") UID ALL 1:3,9 COUNT 4",
    "* SORT 5 3 4",
    "* THREAD (2)(3 6 (4 23)(44 7 96))((5)(8))",
    "* NAMESPACE ((\"\" \"/\")(\"#mh/\" NIL \"X\" (\"a\" \"b\"))) NIL ((\"~\" \"\\\\\"))",
    "* QUOTA \"User quota\" (STORAGE 10 512)",
    "* QUOTAROOT INBOX \"\" {2}\r\n\\x",
    "* ACL INBOX fred rwip \"a b\" lr",
    "* LISTRIGHTS INBOX smith la r s",
    "* MYRIGHTS INBOX rwip",
    "* ID (\"name\" \"x\" \"y\" NIL)",
    "* 1 FETCH (FLAGS (\\Seen) UID 7 INTERNALDATE \" 1-Jan-2020 00:00:00 +0000\" RFC822.SIZE 44827 MODSEQ (12))",
    "* 2 FETCH (BODY[HEADER.FIELDS (From {2}\r\nTo)]<0> {8}\r\nA: b\r\n\r\n BINARY[1] ~{3}\r\na\0b UID 3)",
    "* 3 FETCH (ENVELOPE (\"date\" {4}\r\nsu\"b ((\"n\" NIL \"m\" \"h\")) NIL NIL ((NIL NIL \"g\" NIL)(NIL NIL NIL NIL)) NIL NIL \"i\" \"m\"))",
    "* 4 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"x\") NIL NIL \"7bit\" 5 1)(\"audio\" \"x-wav\" NIL NIL \"d\" \"base64\" 9 NIL (\"attachment\" (\"filename\" \"f\")) (\"en\") \"l\" (1 (2))) \"mixed\" (\"b\" \"c\")))",
    "* 5 FETCH (BODYSTRUCTURE (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) 3))",
    "* 6 FETCH (RFC822.HEADER {4}\r\na:b\n X-GM-LABELS (a \"b\") RFC822 NIL)",
];

const PIECES: [&[u8]; 24] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\"",
    b"\\",
    b"(",
    b")",
    b"((((((((",
    b"))))))))",
    b"{5}\r\n",
    b"{0}\r\n",
    b"~{1}\r\n",
    b"{",
    b"}",
    b"{99999999999999999999}\r\n",
    b"NIL",
    b" ",
    b"[",
    b"]",
    b"\xff",
    b"4294967296",
    b"-1",
    b"* 1 FETCH (",
];

/// xorshift64*
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// The frames of `input`, fed in chunks of up to `chunk` octets, and the error that ended it.
fn frames(input: &[u8], mut chunk: impl FnMut() -> usize) -> (Vec<Frame>, Option<FrameError>) {
    let mut framer = Framer::new(Limits {
        line: 5_000,
        literal: 5_000,
        response: 20_000,
        literals: 50,
    });
    let mut out = Vec::new();
    let mut rest = input;
    loop {
        match framer.next_frame() {
            Ok(Some(frame)) => out.push(frame),
            Err(error) => return (out, Some(error)),
            Ok(None) if rest.is_empty() => return (out, None),
            Ok(None) => {
                let (now, later) = rest.split_at(chunk().min(rest.len()));
                framer.push(now);
                rest = later;
            }
        }
    }
}

/// Changes anything.
fn damage(input: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(input.len() + 1);
        let end = (at + random.below(12)).min(input.len());
        match random.below(5) {
            0 => input
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|b| *b = random.next() as u8),
            1 => drop(input.splice(at..at, random.pick(&PIECES).iter().copied())),
            2 => drop(input.splice(at..end, [])),
            3 => drop(input.splice(at..end, random.pick(&PIECES).iter().copied())),
            _ => {
                let copy = input[at..end].repeat(1 + random.below(20));
                drop(input.splice(at..at, copy));
            }
        }
    }
}

/// Changes octets, but nothing that framing depends on: no line end, no quote, no brace, nothing in the first word.
fn discolour(input: &mut [u8], random: &mut Random) {
    let untouched = |b: u8| {
        matches!(b, b'\r' | b'\n' | b'"' | b'\\' | b'{' | b'}' | b'~' | b'+') || b.is_ascii_digit()
    };
    for _ in 0..=random.below(4) {
        let at = 2 + random.below(input.len() - 2);
        let new = random.next() as u8;
        // Whether a quote opens a string depends on what stands before it.
        let before_quote = input.get(at + 1) == Some(&b'"');
        if !untouched(input[at]) && !untouched(new) && !before_quote {
            input[at] = new;
        }
    }
}

fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(112 << 10)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn damaged_responses_are_harmless() {
    let seed = setting("TEST_SEED", 0x5EED_1234_5678);
    println!("TEST_SEED={seed}");
    on_a_small_stack(move || {
        let mut random = Random(seed | 1);
        for round in 0..setting("TEST_ROUNDS", 6_000) {
            let mut input = Vec::new();
            for _ in 0..=random.below(3) {
                input.extend_from_slice(random.pick(&GOOD).as_bytes());
                input.extend_from_slice(b"\r\n");
            }
            damage(&mut input, &mut random);
            let (whole, error) = frames(&input, || usize::MAX);
            let pieces = frames(&input, || 1 + random.below(40));
            // The end of a damaged stream may be seen before or after a limit is; the responses are the same.
            assert_eq!(whole, pieces.0, "round {round}: {}", input.escape_ascii());
            assert_eq!(error, pieces.1, "round {round}: {}", input.escape_ascii());
            for frame in &whole {
                if let Err(error) = parse(frame) {
                    assert!(error.to_string().len() < 500);
                }
            }
        }
    });
}

#[test]
fn discoloured_responses_lose_no_other() {
    let seed = setting("TEST_SEED", 0xC010_0235_EED5);
    println!("TEST_SEED={seed}");
    on_a_small_stack(move || {
        let mut random = Random(seed | 1);
        for round in 0..setting("TEST_ROUNDS", 6_000) {
            let mut input = random.pick(&GOOD).as_bytes().to_vec();
            if input.starts_with(b"* PREAUTH") {
                // Its text ends like a literal's announcement; as another response it would be one.
                continue;
            }
            discolour(&mut input, &mut random);
            input.extend_from_slice(b"\r\nZ9 OK done\r\n");
            let (frames, error) = frames(&input, || 1 + random.below(40));
            assert_eq!(
                (frames.len(), error),
                (2, None),
                "round {round}: {}",
                input.escape_ascii()
            );
            let last = parse(&frames[1]);
            assert!(
                matches!(last, Ok(Response::Tagged { .. })),
                "round {round}: {}",
                input.escape_ascii()
            );
        }
    });
}

#[test]
fn the_undamaged_are_all_understood() {
    for good in GOOD {
        let (frames, _) = frames(format!("{good}\r\n").as_bytes(), || 7);
        assert_eq!(frames.len(), 1, "{good}");
        let response = parse(&frames[0]).unwrap_or_else(|error| panic!("{good}: {error}"));
        let text = format!("{response:?}");
        assert!(
            !text.contains("Unknown {") && !text.contains("Other {"),
            "{good}: {text}"
        );
    }
}
