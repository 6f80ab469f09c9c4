use super::*;
use crate::imap::frame::Framer;
use crate::limits::Limits;

fn read(input: &[u8]) -> Result<Response, ParseError> {
    let mut framer = Framer::new(Limits::default());
    framer.push(input);
    framer.push(b"\r\n");
    let frame = framer.next_frame().unwrap().expect("one whole response");
    assert!(
        !framer.has_buffered(),
        "more than one response in the test's input"
    );
    parse(&frame)
}

fn untagged(input: impl AsRef<[u8]>) -> Untagged {
    match read(input.as_ref()) {
        Ok(Response::Untagged(untagged)) => untagged,
        other => panic!("{}: {other:?}", input.as_ref().escape_ascii()),
    }
}

fn fetched(items: impl AsRef<[u8]>) -> Vec<FetchItem> {
    let input = [b"* 1 FETCH (", items.as_ref(), b")"].concat();
    match untagged(&input) {
        Untagged::Fetch { number: 1, items } => items,
        other => panic!("{other:?}"),
    }
}

fn code(text: &str) -> Code {
    match untagged(format!("* OK [{text}] words")) {
        Untagged::Status {
            text:
                StatusText {
                    code: Some(code),
                    text,
                    ..
                },
            ..
        } => {
            assert_eq!(text, b"words");
            code
        }
        other => panic!("{other:?}"),
    }
}

fn bytes(words: &[&str]) -> Vec<Vec<u8>> {
    words.iter().map(|word| word.as_bytes().to_vec()).collect()
}

fn some(text: &str) -> Option<Vec<u8>> {
    Some(text.as_bytes().to_vec())
}

#[test]
fn the_three_kinds() {
    let Ok(Response::Tagged {
        tag,
        status: Status::No,
        text,
    }) = read(b"0000002e no [TRYCREATE] Can't")
    else {
        panic!()
    };
    assert_eq!(
        (tag.as_slice(), text.code, text.text.as_slice()),
        (&b"0000002e"[..], Some(Code::TryCreate), &b"Can't"[..])
    );
    assert_eq!(text.raw, b"[TRYCREATE] Can't");
    for (input, expected) in [
        (&b"+ PDE="[..], &b"PDE="[..]),
        (b"+", b""),
        (b"+ ", b""),
        (b"+ idling {5}", b"idling {5}"),
    ] {
        let Ok(Response::Continuation(text)) = read(input) else {
            panic!()
        };
        assert_eq!(text.raw, expected);
    }
    assert!(matches!(
        untagged("* BYE"),
        Untagged::Status {
            status: Status::Bye,
            ..
        }
    ));
    assert!(matches!(
        untagged("* PREAUTH hi"),
        Untagged::Status {
            status: Status::Preauth,
            ..
        }
    ));
    for bad in [
        &b""[..],
        b" ",
        b"*",
        b"* ",
        b"A1",
        b"A1 ",
        b"A1 FINE",
        b"A1 BYE x",
        b"HTTP/1.1 200 OK",
        b"220 mail ESMTP",
        b"* 5",
        b"* 99999999999 EXISTS",
        b"* (",
    ] {
        assert!(read(bad).is_err(), "{}", bad.escape_ascii());
    }
}

#[test]
fn errors_quote_a_bounded_excerpt() {
    let mut input = b"* 1 FETCH \x01\xff".to_vec();
    input.extend([b'x'; 10_000]);
    let error = read(&input).unwrap_err();
    assert!(error.excerpt.len() < 400);
    assert!(
        error
            .to_string()
            .starts_with("message data is not a list: ")
    );
}

#[test]
fn status_text_survives_anything() {
    let text = |input: &str| match untagged(input) {
        Untagged::Status { text, .. } => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(text("* OK [ALERT]\u{e9}").text, "\u{e9}".as_bytes());
    assert_eq!(text("* OK [ALERT]\u{e9}").code, Some(Code::Alert));
    assert_eq!(text("* OK [unfinished").code, None);
    assert_eq!(text("* OK []").code, None);
    assert_eq!(text("* OK").raw, b"");
    assert_eq!(text("* NO no space after{5}").text, b"no space after{5}");
}

#[test]
fn codes() {
    assert_eq!(code("alert"), Code::Alert);
    assert_eq!(
        code("UIDVALIDITY 1795334516"),
        Code::UidValidity(1_795_334_516)
    );
    assert_eq!(code("UIDNEXT 2"), Code::UidNext(2));
    assert_eq!(code("UNSEEN 1"), Code::Unseen(1));
    assert_eq!(code("READ-ONLY"), Code::ReadOnly);
    assert_eq!(
        code("PERMANENTFLAGS (\\* \\Seen Junk)"),
        Code::PermanentFlags(bytes(&["\\*", "\\Seen", "Junk"]))
    );
    assert_eq!(code("PERMANENTFLAGS ()"), Code::PermanentFlags(Vec::new()));
    assert_eq!(
        code("CAPABILITY IMAP4rev1 AUTH=PLAIN"),
        Code::Capability(bytes(&["IMAP4rev1", "AUTH=PLAIN"]))
    );
    assert_eq!(
        code("BADCHARSET (US-ASCII \"UTF-8\")"),
        Code::BadCharset(bytes(&["US-ASCII", "UTF-8"]))
    );
    assert_eq!(code("BADCHARSET"), Code::BadCharset(Vec::new()));
    assert_eq!(
        code("APPENDUID 7 4,6:5"),
        Code::AppendUid {
            validity: 7,
            uids: vec![(4, 4), (5, 6)]
        }
    );
    let copied = Code::CopyUid {
        validity: 38505,
        source: vec![(304, 304), (319, 320)],
        destination: vec![(3956, 3958)],
    };
    assert_eq!(code("COPYUID 38505 304,319:320 3956:3958"), copied);
    assert_eq!(
        code("HIGHESTMODSEQ 9223372036854775807"),
        Code::HighestModSeq(9_223_372_036_854_775_807)
    );
    assert_eq!(code("MODIFIED 7,9"), Code::Modified(vec![(7, 7), (9, 9)]));
    assert_eq!(
        code("REFERRAL imap://h/x"),
        Code::Referral(b"imap://h/x".to_vec())
    );
    let other = |name: &str, argument: &str| Code::Other {
        name: name.into(),
        argument: argument.into(),
    };
    assert_eq!(code("overquota"), other("OVERQUOTA", ""));
    assert_eq!(code("X-Thing a (b"), other("X-THING", "a (b"));
    // A known code with an argument that does not fit.
    for odd in [
        "UIDNEXT x",
        "UIDNEXT 99999999999",
        "APPENDUID 7",
        "COPYUID 1 2",
        "COPYUID 1 0 5",
        "PERMANENTFLAGS x",
        "APPENDUID 7 1:*",
    ] {
        assert!(matches!(code(odd), Code::Other { .. }), "{odd}");
    }
}

#[test]
fn mailbox_data() {
    assert_eq!(untagged("* 23 EXISTS"), Untagged::Exists(23));
    assert_eq!(untagged("*  3  recent "), Untagged::Recent(3));
    assert_eq!(untagged("* 0 EXPUNGE"), Untagged::Expunge(0));
    assert_eq!(
        untagged("* FLAGS (\\Answered  $X )"),
        Untagged::Flags(bytes(&["\\Answered", "$X"]))
    );
    assert_eq!(
        untagged("* CAPABILITY IMAP4rev2  QUOTA "),
        Untagged::Capability(bytes(&["IMAP4rev2", "QUOTA"]))
    );
    assert_eq!(
        untagged("* ENABLED CONDSTORE"),
        Untagged::Enabled(bytes(&["CONDSTORE"]))
    );
    assert_eq!(
        untagged("* 1 COPY x"),
        Untagged::Unknown {
            keyword: b"COPY".to_vec(),
            rest: b"x".to_vec()
        }
    );
    assert_eq!(
        untagged("* XFoo  (a {b}"),
        Untagged::Unknown {
            keyword: b"XFOO".to_vec(),
            rest: b" (a {b}".to_vec()
        }
    );
}

#[test]
fn lists() {
    let item = |attributes: &[&str], delimiter, mailbox: &str| ListItem {
        attributes: bytes(attributes),
        delimiter,
        mailbox: mailbox.into(),
    };
    let list = |input: &str| match untagged(input) {
        Untagged::List(item) => item,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        list("* LIST (\\NoInferiors \\Allsorts) NIL INBOX"),
        item(&["\\NoInferiors", "\\Allsorts"], None, "INBOX")
    );
    assert_eq!(
        list("* LIST () \"/\" \"a b\\\"c\""),
        item(&[], Some(b'/'), "a b\"c")
    );
    assert_eq!(list("* LIST () \"\\\\\" x"), item(&[], Some(b'\\'), "x"));
    assert_eq!(
        list("* LIST() . [Gmail]/All(x)"),
        item(&[], Some(b'.'), "[Gmail]/All(x)")
    );
    assert_eq!(
        list("* LIST () \"\" {4}\r\na\r\nb"),
        item(&[], None, "a\r\nb")
    );
    assert_eq!(
        list("* LIST () \"/\" foo (\"CHILDINFO\" (\"SUBSCRIBED\"))"),
        item(&[], Some(b'/'), "foo")
    );
    assert_eq!(
        list("* LIST (\\Noselect) \"/\" \"\""),
        item(&["\\Noselect"], Some(b'/'), "")
    );
    assert_eq!(list("* LIST () \"/\" NIL"), item(&[], Some(b'/'), "NIL"));
    assert_eq!(
        untagged("* LSUB () \"/\" b\u{e4}r"),
        Untagged::Lsub(item(&[], Some(b'/'), "b\u{e4}r"))
    );
    for bad in [
        "* LIST",
        "* LIST (\\A",
        "* LIST ()",
        "* LIST () \"/\"",
        "* LIST () \"/\" \"open",
    ] {
        assert!(read(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn status_items() {
    let Untagged::MailboxStatus { mailbox, items } = untagged(
        "* STATUS \"INBOX.a b\" (MESSAGES 3 recent 0 UNSEEN 1 UIDNEXT 9 UIDVALIDITY 7 SIZE 99999999999 HIGHESTMODSEQ 5 MAILBOXID (F1 \"2\") DELETED 4 UNSEEN NIL)",
    ) else {
        panic!()
    };
    assert_eq!(mailbox, b"INBOX.a b");
    assert_eq!(
        items,
        [
            StatusItem::Messages(3),
            StatusItem::Recent(0),
            StatusItem::Unseen(1),
            StatusItem::UidNext(9),
            StatusItem::UidValidity(7),
            StatusItem::Size(99_999_999_999),
            StatusItem::HighestModSeq(5),
            StatusItem::Unknown(b"MAILBOXID".to_vec()),
            StatusItem::Unknown(b"DELETED".to_vec()),
            StatusItem::Unknown(b"UNSEEN".to_vec()),
        ]
    );
    assert!(matches!(
        untagged("* STATUS x ()"),
        Untagged::MailboxStatus { .. }
    ));
    for bad in [
        "* STATUS",
        "* STATUS x",
        "* STATUS x (MESSAGES",
        "* STATUS x (MESSAGES)",
    ] {
        assert!(read(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn searches() {
    let search = |input: &str| match untagged(input) {
        Untagged::Search { numbers, mod_seq } => (numbers, mod_seq),
        other => panic!("{other:?}"),
    };
    assert_eq!(search("* SEARCH"), (vec![], None));
    assert_eq!(search("* SEARCH 2 84  882 "), (vec![2, 84, 882], None));
    assert_eq!(
        search("* SEARCH 2 5 (MODSEQ 917162500)"),
        (vec![2, 5], Some(917_162_500))
    );
    assert_eq!(search("* SEARCH 0 x 7 99999999999"), (vec![7], None));
    assert_eq!(untagged("* SORT 5 3 4"), Untagged::Sort(vec![5, 3, 4]));
    assert_eq!(untagged("* SORT"), Untagged::Sort(vec![]));
    assert_eq!(untagged("* SORT 5  x 3"), Untagged::Sort(vec![5, 3]));
    let Untagged::Esearch(esearch) = untagged(
        "* ESEARCH (TAG \"A2\") UID MIN 2 MAX 47 COUNT 3 ALL 2,10:11 MODSEQ 9 RELEVANCY (4 5)",
    ) else {
        panic!()
    };
    assert_eq!(
        esearch,
        Esearch {
            tag: some("A2"),
            uid: true,
            min: Some(2),
            max: Some(47),
            count: Some(3),
            all: vec![(2, 2), (10, 11)],
            mod_seq: Some(9),
        }
    );
    assert_eq!(untagged("* ESEARCH"), Untagged::Esearch(Esearch::default()));
    assert!(read(b"* ESEARCH ALL 0").is_err());
    assert!(read(b"* ESEARCH MIN 1 )").is_err());
}

#[test]
fn vanished() {
    assert_eq!(
        untagged("* VANISHED 41,43:116"),
        Untagged::Vanished {
            earlier: false,
            uids: vec![(41, 41), (43, 116)]
        }
    );
    assert_eq!(
        untagged("* VANISHED (EARLIER) 1:4294967295"),
        Untagged::Vanished {
            earlier: true,
            uids: vec![(1, u32::MAX)]
        }
    );
    assert_eq!(
        untagged("* vanished  (earlier)  5:3"),
        Untagged::Vanished {
            earlier: true,
            uids: vec![(3, 5)]
        }
    );
    for bad in [
        "* VANISHED",
        "* VANISHED 0",
        "* VANISHED 1:*",
        "* VANISHED (EARLIER)",
    ] {
        assert!(read(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn namespaces() {
    let space = |prefix: &str, delimiter| Namespace {
        prefix: prefix.into(),
        delimiter,
        parameters: vec![],
    };
    let Untagged::Namespace {
        personal,
        other,
        shared,
    } = untagged(
        "* NAMESPACE ((\"\" \"/\")(\"#mh/\" NIL \"X-PARAM\" (\"FLAG1\" \"FLAG2\"))) NIL ((\"~\" \"\\\\\"))",
    )
    else {
        panic!()
    };
    let with_parameter = Namespace {
        parameters: vec![(b"X-PARAM".to_vec(), bytes(&["FLAG1", "FLAG2"]))],
        ..space("#mh/", None)
    };
    assert_eq!(personal, Some(vec![space("", Some(b'/')), with_parameter]));
    assert_eq!(other, None);
    assert_eq!(shared, Some(vec![space("~", Some(b'\\'))]));
    assert_eq!(
        untagged("* NAMESPACE nil"),
        Untagged::Namespace {
            personal: None,
            other: None,
            shared: None
        }
    );
    for bad in [
        "* NAMESPACE (",
        "* NAMESPACE x",
        "* NAMESPACE ((\"a\"",
        "* NAMESPACE ((\"a\" \"/\" \"X\"))",
    ] {
        assert!(read(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn quota_and_rights() {
    let resource = |name: &str, usage, limit| QuotaResource {
        name: name.into(),
        usage,
        limit,
    };
    let quota = |root: &str, resources| Untagged::Quota {
        root: root.into(),
        resources,
    };
    assert_eq!(
        untagged("* QUOTA \"\" (STORAGE 10 512 MESSAGE 1 2)"),
        quota(
            "",
            vec![resource("STORAGE", 10, 512), resource("MESSAGE", 1, 2)]
        )
    );
    assert_eq!(
        untagged("* QUOTA \"User quota\" ()"),
        quota("User quota", vec![])
    );
    assert_eq!(
        untagged("* QUOTA a (STORAGE -1 99999999999)"),
        quota("a", vec![resource("STORAGE", 0, 99_999_999_999)])
    );
    assert_eq!(
        untagged("* QUOTAROOT INBOX \"User quota\" {2}\r\na\\"),
        Untagged::QuotaRoot {
            mailbox: b"INBOX".to_vec(),
            roots: bytes(&["User quota", "a\\"])
        }
    );
    assert_eq!(
        untagged("* QUOTAROOT \"a\\\\b\""),
        Untagged::QuotaRoot {
            mailbox: b"a\\b".to_vec(),
            roots: vec![]
        }
    );
    assert_eq!(
        untagged("* QUOTAROOT inbox \"\""),
        Untagged::QuotaRoot {
            mailbox: b"inbox".to_vec(),
            roots: bytes(&[""])
        }
    );
    assert_eq!(
        untagged("* ACL INBOX Fred rwipslda \"a b\" lr"),
        Untagged::Acl {
            mailbox: b"INBOX".to_vec(),
            entries: vec![
                (b"Fred".to_vec(), b"rwipslda".to_vec()),
                (b"a b".to_vec(), b"lr".to_vec())
            ]
        }
    );
    assert_eq!(
        untagged("* LISTRIGHTS ~/Mail smith la r s ipk"),
        Untagged::ListRights {
            mailbox: b"~/Mail".to_vec(),
            identifier: b"smith".to_vec(),
            required: b"la".to_vec(),
            optional: bytes(&["r", "s", "ipk"])
        }
    );
    assert_eq!(
        untagged("* MYRIGHTS INBOX rwipsldexta"),
        Untagged::MyRights {
            mailbox: b"INBOX".to_vec(),
            rights: b"rwipsldexta".to_vec()
        }
    );
    for bad in [
        "* QUOTA",
        "* QUOTA x",
        "* QUOTA x (STORAGE 1)",
        "* QUOTA x (STORAGE",
        "* QUOTAROOT",
        "* ACL x a",
        "* LISTRIGHTS x y",
        "* MYRIGHTS x",
    ] {
        assert!(read(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn identification() {
    assert_eq!(untagged("* ID NIL"), Untagged::Id(None));
    let pairs = vec![(b"name".to_vec(), some("Dovecot")), (b"x".to_vec(), None)];
    assert_eq!(
        untagged("* ID (\"name\" \"Dovecot\" \"x\" NIL)"),
        Untagged::Id(Some(pairs))
    );
    assert_eq!(untagged("* ID ()"), Untagged::Id(Some(vec![])));
    assert!(read(b"* ID").is_err());
}

#[test]
fn threads() {
    let node = |number, children: Vec<Thread>| Thread { number, children };
    let leaf = |number| node(Some(number), vec![]);
    let thread = |input: &str| match untagged(input) {
        Untagged::Thread(thread) => thread,
        other => panic!("{other:?}"),
    };
    let expected = node(
        Some(3),
        vec![node(
            Some(6),
            vec![
                node(Some(4), vec![leaf(23)]),
                node(Some(44), vec![node(Some(7), vec![leaf(96)])]),
            ],
        )],
    );
    assert_eq!(
        thread("* THREAD (2)(3 6 (4 23)(44 7 96))"),
        [leaf(2), expected]
    );
    assert_eq!(
        thread("* THREAD ((3)(5))"),
        [node(None, vec![leaf(3), leaf(5)])]
    );
    assert_eq!(thread("* THREAD"), []);
    for bad in [
        "* THREAD (",
        "* THREAD 1",
        "* THREAD (1))",
        "* THREAD (x)",
        "* THREAD (0)",
    ] {
        assert!(read(bad.as_bytes()).is_err(), "{bad}");
    }
    // A long chain loses no message and does not nest without end.
    let chain = format!(
        "* THREAD ({})",
        (1..=5000)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(" ")
    );
    let (mut count, mut deepest, mut open) = (0, 0, vec![(1, thread(&chain))]);
    while let Some((depth, nodes)) = open.pop() {
        count += nodes.len();
        deepest = deepest.max(depth);
        open.extend(nodes.into_iter().map(|node| (depth + 1, node.children)));
    }
    assert_eq!(count, 5000);
    assert!(deepest <= limits::THREAD_DEPTH + 1, "{deepest}");
}

#[test]
fn fetch_items() {
    let items = fetched(
        "FLAGS (\\Seen $MDNSent) UID 53 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 44827000000 MODSEQ (65402)",
    );
    assert_eq!(
        items,
        [
            FetchItem::Flags(bytes(&["\\Seen", "$MDNSent"])),
            FetchItem::Uid(53),
            FetchItem::InternalDate(some("17-Jul-1996 02:44:25 -0700")),
            FetchItem::Rfc822Size(44_827_000_000),
            FetchItem::ModSeq(65402),
        ]
    );
    assert_eq!(fetched("INTERNALDATE NIL"), [FetchItem::InternalDate(None)]);
    assert_eq!(fetched(""), []);
    assert_eq!(fetched("  flags  ()  "), [FetchItem::Flags(vec![])]);
    let section = |section: &str, data| {
        FetchItem::Section(Section {
            section: section.into(),
            fields: vec![],
            origin: None,
            data,
        })
    };
    assert_eq!(
        fetched("RFC822.HEADER {6}\r\nA: b\r\n RFC822.TEXT NIL RFC822 \"x\""),
        [
            section("HEADER", some("A: b\r\n")),
            section("TEXT", None),
            section("", some("x")),
        ]
    );
    assert_eq!(
        fetched(
            "BODY[] {0}\r\n BODY[1.2]<5> \"abc\" BODY[header.fields (From \"X-A\" {1}\r\nB)]<0.9> {2}\r\n\r\n"
        ),
        [
            section("", some("")),
            FetchItem::Section(Section {
                section: b"1.2".to_vec(),
                fields: vec![],
                origin: Some(5),
                data: some("abc")
            }),
            FetchItem::Section(Section {
                section: b"HEADER.FIELDS".to_vec(),
                fields: bytes(&["From", "X-A", "B"]),
                origin: Some(0),
                data: some("\r\n")
            }),
        ]
    );
    assert_eq!(
        fetched("BINARY[1]<3> ~{3}\r\na\0b BINARY.SIZE[1] 7"),
        [
            FetchItem::Binary {
                section: b"1".to_vec(),
                origin: Some(3),
                data: some("a\0b")
            },
            FetchItem::BinarySize {
                section: b"1".to_vec(),
                size: 7
            },
        ]
    );
    assert_eq!(
        fetched("SAVEDATE \"x\" PREVIEW {2}\r\n)( X-GM-LABELS (a (\"b)\")) X[1] 5 UID 1"),
        [
            FetchItem::Unknown(b"SAVEDATE".to_vec()),
            FetchItem::Unknown(b"PREVIEW".to_vec()),
            FetchItem::Unknown(b"X-GM-LABELS".to_vec()),
            FetchItem::Unknown(b"X".to_vec()),
            FetchItem::Uid(1),
        ]
    );
    // A broken item costs itself only.
    assert_eq!(
        fetched(
            "UID x ENVELOPE (1 2) BODY \"x\" BODYSTRUCTURE (() 5 (((6)))) MODSEQ NIL FLAGS (a)"
        ),
        [
            FetchItem::Unknown(b"UID".to_vec()),
            FetchItem::Unknown(b"ENVELOPE".to_vec()),
            FetchItem::Unknown(b"BODY".to_vec()),
            FetchItem::Unknown(b"BODYSTRUCTURE".to_vec()),
            FetchItem::Unknown(b"MODSEQ".to_vec()),
            FetchItem::Flags(bytes(&["a"])),
        ]
    );
    for bad in [
        "* 1 FETCH",
        "* 1 FETCH (",
        "* 1 FETCH (UID",
        "* 1 FETCH (UID 5",
        "* 1 FETCH (BODY[] {-1}",
        "* 1 FETCH (BODY[1 x",
        "* 1 FETCH (BODY[] \"x)",
        "* 1 FETCH (FLAGS (a",
    ] {
        assert!(read(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn envelopes() {
    let address = |name: Option<&str>, mailbox: Option<&str>, host: Option<&str>| Address {
        name: name.and_then(some),
        adl: None,
        mailbox: mailbox.and_then(some),
        host: host.and_then(some),
    };
    let items = fetched(
        "ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700\" {7}\r\na\r\n\tb c ((\"T \\\"G\\\"\" NIL \"gray\" \"x.edu\")(NIL NIL \"y\" \"z\")) NIL () ((NIL NIL \"grp\" NIL) (NIL NIL \"a\" \"b\")(NIL NIL NIL NIL)) NIL NIL \"<i@j>\" \"<k@l>\")",
    );
    let [FetchItem::Envelope(envelope)] = items.as_slice() else {
        panic!("{items:?}")
    };
    assert_eq!(
        **envelope,
        Envelope {
            date: some("Wed, 17 Jul 1996 02:23:25 -0700"),
            subject: some("a   b c"),
            from: vec![
                address(Some("T \"G\""), Some("gray"), Some("x.edu")),
                address(None, Some("y"), Some("z"))
            ],
            to: vec![
                address(None, Some("grp"), None),
                address(None, Some("a"), Some("b")),
                address(None, None, None)
            ],
            in_reply_to: some("<i@j>"),
            message_id: some("<k@l>"),
            ..Envelope::default()
        }
    );
    // Group marks that do not fit are dropped, what follows the ten fields is passed over.
    let items = fetched(
        "ENVELOPE (NIL NIL ((NIL NIL NIL NIL)(\"x\" NIL \"g\" NIL)(NIL NIL \"a\" \"b\")) NIL NIL NIL NIL NIL NIL NIL (extra \"x\") 5)",
    );
    let [FetchItem::Envelope(envelope)] = items.as_slice() else {
        panic!("{items:?}")
    };
    assert_eq!(envelope.from, [address(None, Some("a"), Some("b"))]);
    assert_eq!(fetched("ENVELOPE NIL UID 1"), [FetchItem::Uid(1)]);
}

fn body(text: impl AsRef<[u8]>) -> BodyStructure {
    let mut items = fetched([b"BODYSTRUCTURE ", text.as_ref()].concat());
    match items.pop() {
        Some(FetchItem::BodyStructure(body)) if items.is_empty() => *body,
        other => panic!("{}: {other:?}", text.as_ref().escape_ascii()),
    }
}

#[test]
fn voicemail_body_structure() {
    let body = body(
        "((\"text\" \"plain\" (\"charset\" \"ISO-8859-1\") NIL NIL \"8bit\" 297 9 NIL NIL NIL NIL)(\"audio\" \"x-wav\" (\"name\" \"msg0000.wav\") NIL \"Voicemail sound attachment.\" \"base64\" 20630 NIL (\"attachment\" (\"filename\" \"msg0000.wav\")) (\"en\" \"de\") \"loc\" ext (1 (2)) 3) \"mixed\" (\"boundary\" \"----voicemail_00004123\") NIL \"en\" NIL)",
    );
    assert_eq!(
        (body.media_type.as_slice(), body.subtype.as_deref()),
        (&b"MULTIPART"[..], Some(&b"mixed"[..]))
    );
    assert_eq!(
        body.parameters,
        [(b"boundary".to_vec(), some("----voicemail_00004123"))]
    );
    assert_eq!(body.language, bytes(&["en"]));
    let [text, audio] = body.parts.as_slice() else {
        panic!()
    };
    assert_eq!((text.octets, text.lines), (297, Some(9)));
    assert_eq!(audio.description, some("Voicemail sound attachment."));
    assert_eq!(
        (audio.octets, audio.lines, audio.encoding.clone()),
        (20630, None, some("base64"))
    );
    let disposition = Disposition {
        kind: b"attachment".to_vec(),
        parameters: vec![(b"filename".to_vec(), some("msg0000.wav"))],
    };
    assert_eq!(audio.disposition, Some(disposition));
    assert_eq!(
        (audio.language.clone(), audio.location.clone()),
        (bytes(&["en", "de"]), some("loc"))
    );
}

#[test]
fn odd_body_structures() {
    assert_eq!(body("()"), BodyStructure::default());
    assert_eq!(body("NIL"), BodyStructure::default());
    // The short form, under its own name.
    assert!(matches!(
        fetched("BODY (\"a\" \"b\" NIL NIL NIL \"7bit\" 3)")[0],
        FetchItem::BodyStructure(_)
    ));
    // NIL and missing strings, numbers that are none, spaces, a literal as type, a parameter without value.
    let odd = body("( {4}\r\nTEXT  NIL (\"a\" NIL \"b\" \"c\")  NIL NIL NIL NIL NIL )");
    assert_eq!(odd.media_type, b"TEXT");
    assert_eq!(odd.subtype, None);
    assert_eq!(
        odd.parameters,
        [(b"a".to_vec(), None), (b"b".to_vec(), some("c"))]
    );
    assert_eq!((odd.octets, odd.lines), (0, None));
    assert_eq!(body("(NIL NIL NIL NIL NIL NIL 5)").media_type, b"X-UNKNOWN");
    assert_eq!(body("(\"a\" \"b\" NIL NIL NIL \"x\" -1)").octets, 0);
    assert_eq!(
        body("(\"a\" \"b\" NIL NIL NIL \"x\" 99999999999 \"md5\" \"inline\")")
            .disposition
            .unwrap()
            .kind,
        b"inline"
    );
    // A multipart whose parts are all there is.
    assert_eq!(
        body("((\"a\" \"b\" NIL NIL NIL \"x\" 1) \"mixed\")")
            .parts
            .len(),
        1
    );
    assert_eq!(body("(() NIL)").parts, [BodyStructure::default()]);
}

#[test]
fn attached_messages() {
    let envelope = "(NIL \"inner\" NIL NIL NIL NIL NIL NIL NIL NIL)";
    let body_of = |rest: &str| {
        body(format!(
            "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 99 {rest})"
        ))
    };
    let outer = body_of(&format!(
        "{envelope} ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) \"mixed\") 12 NIL (\"inline\" NIL)"
    ));
    let (inner_envelope, inner) = *outer.message.unwrap();
    assert_eq!(inner_envelope.subject, some("inner"));
    assert_eq!(inner.parts[0].lines, Some(1));
    assert_eq!((outer.octets, outer.lines), (99, Some(12)));
    assert_eq!(outer.disposition.unwrap().kind, b"inline");
    for missing in [
        "",
        "NIL",
        "NIL NIL 12",
        "NIL (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) 12",
        "NIL NIL 12 \"md5\"",
    ] {
        assert_eq!(body_of(missing).message, None, "{missing}");
    }
}

#[test]
fn deep_nesting_is_cut() {
    let limit = limits::BODY_DEPTH;
    for (open, close) in [
        ("(", " \"mixed\")"),
        (
            "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)",
            " 1)",
        ),
    ] {
        for levels in [1, limit - 1, limit, 1000] {
            let text = format!(
                "{} (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) {}",
                open.repeat(levels),
                close.repeat(levels)
            );
            let mut depth = 0;
            let mut at = &body(text);
            while let Some(inner) = at.parts.first().or(at.message.as_ref().map(|m| &m.1)) {
                depth += 1;
                at = inner;
            }
            assert_eq!(depth, levels.min(limit));
            assert_eq!(
                at.media_type,
                if levels < limit {
                    &b"text"[..]
                } else {
                    b"APPLICATION"
                }
            );
        }
    }
}

/// Runs on the smallest stack that callers have.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(112 << 10)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn a_million_levels_on_a_small_stack() {
    on_a_small_stack(|| {
        let deep = "(".repeat(1_000_000);
        let closed = format!("{deep}{}", ")".repeat(1_000_000));
        for form in [
            "* 1 FETCH (BODYSTRUCTURE @)",
            "* 1 FETCH (BODYSTRUCTURE (\"a\" \"b\" NIL NIL NIL \"x\" 1 NIL NIL NIL NIL @))",
            "* 1 FETCH (ENVELOPE @)",
            "* 1 FETCH (ENVELOPE (NIL NIL @ NIL NIL NIL NIL NIL NIL NIL))",
            "* 1 FETCH (X @)",
            "* 1 FETCH (FLAGS @)",
            "* THREAD @",
            "* NAMESPACE @ NIL NIL",
            "* STATUS x @",
            "* STATUS x (X @)",
            "* ESEARCH @",
            "* LIST @ \"/\" x",
            "* QUOTA x @",
            "* ID @",
            "* SEARCH 1 @",
            "* SORT @",
            "* VANISHED @ 1",
        ] {
            for nest in [&deep, &closed] {
                drop(read(form.replace('@', nest).as_bytes()));
            }
        }
    });
}

#[test]
fn odd_octets_in_every_string_type() {
    for odd in [&b"\0"[..], b"\r", b"\xff\xfe", b"\x7f", b"a\0b\rc\x80"] {
        let quoted = fetched([b"BODY[] \"", odd, b"\" UID 7"].concat());
        let literal = fetched(
            [
                format!("BODY[] {{{}}}\r\n", odd.len()).as_bytes(),
                odd,
                b" UID 7",
            ]
            .concat(),
        );
        for items in [quoted, literal] {
            assert_eq!(
                items[0],
                FetchItem::Section(Section {
                    section: vec![],
                    fields: vec![],
                    origin: None,
                    data: Some(odd.to_vec())
                })
            );
            assert_eq!(items[1], FetchItem::Uid(7));
        }
        let mut framer = Framer::new(Limits::default());
        framer.push(
            &[
                b"* LIST () \"/\" ",
                odd,
                b"\r\n* XX \"",
                odd,
                b"\r\n",
                b"* OK ",
                odd,
                b"\r\nA9 OK x\r\n",
            ]
            .concat(),
        );
        let mut last = None;
        while let Some(frame) = framer.next_frame().unwrap() {
            last = Some(parse(&frame));
        }
        assert!(
            matches!(last, Some(Ok(Response::Tagged { .. }))),
            "{}",
            odd.escape_ascii()
        );
    }
}

#[test]
fn the_deepest_body_on_a_small_stack() {
    on_a_small_stack(|| {
        for (open, close) in [
            ("(", " \"mixed\")"),
            (
                "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)",
                " 1)",
            ),
        ] {
            let levels = limits::BODY_DEPTH + 5;
            let text = format!(
                "{}(\"a\" \"b\" NIL NIL NIL \"x\" 5){}",
                open.repeat(levels),
                close.repeat(levels)
            );
            let deepest = body(text);
            // What Rust derives for such a tree goes through it by recursion; the limit must leave room for that.
            let copy = deepest.clone();
            assert!(copy == deepest);
        }
        let levels = limits::THREAD_DEPTH * 2;
        for text in [
            "(1".repeat(levels) + &")".repeat(levels),
            format!("({})", "1 ".repeat(levels).trim_end()),
        ] {
            let Untagged::Thread(thread) = untagged(format!("* THREAD {text}")) else {
                panic!()
            };
            assert!(thread.clone() == thread);
        }
    });
}
