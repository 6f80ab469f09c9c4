use super::*;
use crate::imap::search::STAR;
use crate::imap::search::rules::CanonicalRules;

#[derive(Clone, Default)]
struct Mail {
    number: u32,
    uid: u32,
    size: u64,
    date: &'static str,
    flags: MessageFlags,
    keywords: Vec<&'static str>,
    sent: Option<&'static str>,
    from: Option<&'static str>,
    subject: Option<&'static str>,
    lines: &'static str,
    header: &'static str,
    bodies: Vec<&'static str>,
    /// What was asked for, to see that cheap criteria come first.
    fetched: Vec<&'static str>,
}

impl SearchMessage for Mail {
    fn number(&mut self) -> u32 {
        self.number
    }
    fn uid(&mut self) -> u32 {
        self.uid
    }
    fn size(&mut self) -> u64 {
        self.size
    }
    fn internal_date(&mut self) -> Date {
        date::parse(self.date.as_bytes(), Zone::UTC).unwrap()
    }
    fn flags(&mut self) -> MessageFlags {
        self.flags
    }
    fn has_keyword(&mut self, keyword: &[u8]) -> bool {
        self.keywords
            .iter()
            .any(|have| have.as_bytes().eq_ignore_ascii_case(keyword))
    }
    fn sent_date(&mut self) -> Option<Vec<u8>> {
        self.fetched.push("sent");
        self.sent.map(|text| text.as_bytes().to_vec())
    }
    fn addresses(&mut self, field: AddressField) -> Option<Vec<u8>> {
        self.fetched.push("addresses");
        self.from
            .filter(|_| field == AddressField::From)
            .map(|text| text.as_bytes().to_vec())
    }
    fn field(&mut self, field: TextField) -> Option<Vec<u8>> {
        self.fetched.push("field");
        self.subject
            .filter(|_| field == TextField::Subject)
            .map(|text| text.as_bytes().to_vec())
    }
    fn header_lines(&mut self, name: &[u8]) -> Vec<u8> {
        self.fetched.push("lines");
        let wanted = name.eq_ignore_ascii_case(b"X-Test");
        if wanted {
            self.lines.as_bytes().to_vec()
        } else {
            Vec::new()
        }
    }
    fn texts(&mut self, headers: bool, visit: &mut dyn FnMut(SearchText<'_>) -> bool) {
        self.fetched.push("texts");
        if headers && visit(SearchText::Header(self.header.as_bytes())) {
            return;
        }
        for body in &self.bodies {
            self.fetched.push("body");
            if visit(SearchText::Body {
                text: body.as_bytes(),
                charset: None,
            }) {
                return;
            }
        }
    }
}

fn mail() -> Mail {
    Mail {
        number: 3,
        uid: 30,
        size: 100,
        date: "2-Feb-2020 10:00:00 +0000",
        flags: MessageFlags {
            seen: true,
            ..Default::default()
        },
        keywords: vec!["$Junk"],
        sent: Some("Sat, 1 Feb 2020 23:00:00 -0500"),
        from: Some("Joe Q <joe@example.com>,ann@x"),
        subject: Some("Hello World\r\n"),
        lines: "X-Test: one\r\n two\r\nx-test:three\r\n",
        header: "Subject: Hello World\r\nReceived: by relay\r\n",
        bodies: vec!["first part", "second PART"],
        ..Default::default()
    }
}

fn matches_in(program: SearchProgram, mail: &mut Mail) -> bool {
    // 3 February 2020, 10:00 UTC.
    LocalSearch::new(program, None, &CanonicalRules, 1_580_724_000)
        .unwrap()
        .matches(mail)
}

macro_rules! matches {
    ($($field:ident: $value:expr),* $(,)?) => {
        matches_in(SearchProgram { $($field: $value,)* ..Default::default() }, &mut mail())
    };
}

fn texts(texts: &[&str]) -> Strings {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn short(text: &str) -> u16 {
    date::parse(text.as_bytes(), Zone::UTC).unwrap().short()
}

#[test]
fn sets() {
    assert!(matches!());
    assert!(matches!(messages: vec![(3, 0)]) && matches!(messages: vec![(1, 0), (9, 2)]));
    assert!(!matches!(messages: vec![(4, STAR)]) && matches!(messages: vec![(2, STAR)]));
    assert!(matches!(uids: vec![(30, 0)]) && !matches!(uids: vec![(3, 0)]));
}

#[test]
fn sizes_flags_keywords() {
    assert!(
        matches!(larger: 99, smaller: 101) && !matches!(larger: 100) && !matches!(smaller: 100)
    );
    assert!(
        matches!(seen: true, unanswered: true, undeleted: true, old: true, undraft: true, unflagged: true)
    );
    for wrong in [
        matches!(unseen: true),
        matches!(answered: true),
        matches!(deleted: true),
        matches!(recent: true),
        matches!(draft: true),
        matches!(flagged: true),
        matches!(seen: true, unseen: true),
    ] {
        assert!(!wrong);
    }
    assert!(matches!(keyword: texts(&["$junk"])) && !matches!(keyword: texts(&["$Junk", "other"])));
    assert!(
        matches!(unkeyword: texts(&["other"])) && !matches!(unkeyword: texts(&["other", "$JUNK"]))
    );
}

#[test]
fn dates() {
    assert!(
        matches!(on: short("2-Feb-2020"), since: short("2-Feb-2020"), before: short("3-Feb-2020"))
    );
    assert!(!matches!(on: short("3-Feb-2020")) && !matches!(since: short("3-Feb-2020")));
    assert!(!matches!(before: short("2-Feb-2020")));
    // The day as written in the header, not in UTC.
    assert!(
        matches!(sent_on: short("1-Feb-2020"), sent_since: short("1-Feb-2020"), sent_before: short("2-Feb-2020"))
    );
    assert!(!matches!(sent_on: short("2-Feb-2020")));
    for sent in [None, Some("yesterday")] {
        let program = SearchProgram {
            sent_before: short("2-Feb-2050"),
            ..Default::default()
        };
        assert!(!matches_in(program, &mut Mail { sent, ..mail() }));
    }
    // One day old exactly.
    assert!(matches!(older: 86_400, younger: 86_400));
    assert!(!matches!(older: 86_401) && !matches!(younger: 86_399));
    assert!(!matches!(older: u64::MAX) && matches!(younger: u64::MAX));
}

#[test]
fn envelope() {
    assert!(matches!(from: texts(&["JOE q", "ann@"]), subject: texts(&["lo wor", "WORLD", ""])));
    assert!(!matches!(from: texts(&["joe", "bob"])) && !matches!(subject: texts(&["world\r"])));
    // A field that is not there matches nothing, not even the empty string.
    assert!(!matches!(to: texts(&[""])) && !matches!(message_id: texts(&[""])));
    assert!(!matches_in(
        SearchProgram {
            subject: texts(&["x"]),
            ..Default::default()
        },
        &mut Mail {
            subject: Some(""),
            ..mail()
        }
    ));
    assert!(matches_in(
        SearchProgram {
            subject: texts(&[""]),
            ..Default::default()
        },
        &mut Mail {
            subject: Some(""),
            ..mail()
        }
    ));
}

#[test]
fn header_lines() {
    let header =
        |name: &str, text: &str| vec![(name.as_bytes().to_vec(), text.as_bytes().to_vec())];
    assert!(matches!(header: header("X-Test", "")) && !matches!(header: header("X-Other", "")));
    for found in ["one", "two", "THREE"] {
        assert!(matches!(header: header("x-test", found)), "{found}");
    }
    // Names are no part of the value.
    assert!(
        !matches!(header: header("X-Test", "x-test"))
            && !matches!(header: header("X-Test", "onetwo"))
    );
}

#[test]
fn body_and_text() {
    assert!(matches!(body: texts(&["first", "second part"])) && !matches!(body: texts(&["relay"])));
    assert!(
        matches!(text: texts(&["relay", "SECOND"])) && !matches!(text: texts(&["relay", "third"]))
    );
    let mut mail = mail();
    assert!(matches_in(
        SearchProgram {
            text: texts(&["hello"]),
            ..Default::default()
        },
        &mut mail
    ));
    assert_eq!(
        mail.fetched,
        ["texts"],
        "found in the header, no body fetched"
    );
}

#[test]
fn logic_and_cheap_first() {
    let seen = || SearchProgram {
        seen: true,
        ..Default::default()
    };
    let flagged = || SearchProgram {
        flagged: true,
        ..Default::default()
    };
    let or = |a: SearchProgram, b: SearchProgram| (a.into(), b.into());
    assert!(matches!(or: vec![or(flagged(), seen())]));
    assert!(!matches!(or: vec![or(seen(), seen()), or(flagged(), flagged())]));
    assert!(matches!(not: vec![flagged().into()]));
    assert!(!matches!(not: vec![flagged().into(), seen().into()]));
    let mut mail = mail();
    assert!(!matches_in(
        SearchProgram {
            text: texts(&["x"]),
            from: texts(&["y"]),
            ..flagged()
        },
        &mut mail
    ));
    assert!(mail.fetched.is_empty());
}

#[test]
fn the_deepest_program_on_a_small_stack() {
    let work = || {
        let innermost = SearchProgram {
            body: texts(&["absent"]),
            ..Default::default()
        };
        let flagged = SearchProgram {
            flagged: true,
            ..Default::default()
        };
        let program =
            (1..crate::limits::SEARCH_DEPTH).fold(innermost, |inner, level| match level % 2 {
                0 => SearchProgram {
                    not: vec![inner.into()],
                    ..Default::default()
                },
                _ => SearchProgram {
                    or: vec![(flagged.clone().into(), inner.into())],
                    ..Default::default()
                },
            });
        // An odd number of NOTs or an even one: the last level decides.
        let levels = crate::limits::SEARCH_DEPTH - 1;
        LocalSearch::new(program, None, &CanonicalRules, 0)
            .unwrap()
            .matches(&mut mail())
            == ((levels / 2) % 2 == 1)
    };
    assert!(
        std::thread::Builder::new()
            .stack_size(112 << 10)
            .spawn(work)
            .unwrap()
            .join()
            .unwrap()
    );
}

#[test]
fn finding_a_string() {
    assert!(
        contains(b"", b"")
            && !contains(b"", b"a")
            && contains(b"aab", b"ab")
            && !contains(b"aa", b"aaa")
    );
    assert!(
        contains(b"abababac", b"ababac")
            && !contains(b"abababab", b"ababac")
            && contains(b"xa\0b", b"a\0")
    );
    let text = vec![b'a'; 1 << 20];
    let mut pattern = vec![b'a'; 1 << 19];
    pattern.push(b'b');
    assert!(!contains(&text, &pattern));
}

fn part(media_type: &str) -> BodyStructure {
    BodyStructure {
        media_type: media_type.as_bytes().into(),
        ..Default::default()
    }
}

fn multipart(parts: Vec<BodyStructure>) -> BodyStructure {
    BodyStructure {
        parts,
        ..part("MULTIPART")
    }
}

fn message(body: BodyStructure) -> BodyStructure {
    BodyStructure {
        message: Some(Box::new((Default::default(), body))),
        ..part("message")
    }
}

#[test]
fn sections_of_a_message() {
    let names = |body: &BodyStructure, headers| -> Vec<String> {
        text_sections(body, headers)
            .into_iter()
            .map(|found| found.section)
            .collect()
    };
    assert_eq!(names(&part("text"), true), ["1"]);
    assert_eq!(names(&part("image"), true), [""; 0]);
    let mixed = multipart(vec![
        part("TEXT"),
        part("audio"),
        message(multipart(vec![part("text"), part("text")])),
        message(part("text")),
        multipart(vec![part("text")]),
    ]);
    assert_eq!(names(&mixed, false), ["1", "3.1", "3.2", "4.1", "5.1"]);
    assert_eq!(
        names(&mixed, true),
        [
            "1.MIME", "1", "2.MIME", "3.MIME", "3.HEADER", "3.MIME", "3.1.MIME", "3.1", "3.2.MIME",
            "3.2", "4.MIME", "4.HEADER", "4.1.MIME", "4.1", "5.MIME", "5.1.MIME", "5.1",
        ]
    );
    assert_eq!(
        names(&message(multipart(vec![part("text")])), true),
        ["1.HEADER", "1.MIME", "1.1.MIME", "1.1"]
    );
}
