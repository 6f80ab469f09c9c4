mod fetch;
mod hostile;
#[cfg(feature = "imap-proto")]
mod oracle;

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

fn bytes<T: From<Vec<u8>>>(words: &[&str]) -> Vec<T> {
    let word = |word: &&str| word.as_bytes().to_vec().into();
    words.iter().map(word).collect()
}

fn some<T: From<Vec<u8>>>(text: &str) -> Option<T> {
    Some(text.as_bytes().to_vec().into())
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
    let entry = |name: &str, values| AnnotationEntry {
        name: name.into(),
        values,
    };
    assert_eq!(
        untagged("* ANNOTATION INBOX \"/comment\" (\"value\" \"x\" \"size\" NIL) /other"),
        Untagged::Annotation {
            mailbox: b"INBOX".to_vec(),
            entries: vec![
                entry(
                    "/comment",
                    vec![(b"value".to_vec(), some("x")), (b"size".to_vec(), None)]
                ),
                entry("/other", Vec::new()),
            ],
        }
    );
    for bad in [
        "* ANNOTATION",
        "* ANNOTATION INBOX /x (value",
        "* ANNOTATION INBOX /x (value)",
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
    let thread = |input: &str| match untagged(input) {
        Untagged::Thread(thread) => thread,
        other => panic!("{other:?}"),
    };
    let nodes = |nodes: &[(u32, Option<usize>)]| -> Vec<Thread> {
        let node = |&(number, parent)| Thread {
            number: (number != 0).then_some(number),
            parent,
        };
        nodes.iter().map(node).collect()
    };
    assert_eq!(
        thread("* THREAD (2)(3 6 (4 23)(44 7 96))"),
        nodes(&[
            (2, None),
            (3, None),
            (6, Some(1)),
            (4, Some(2)),
            (23, Some(3)),
            (44, Some(2)),
            (7, Some(5)),
            (96, Some(6)),
        ])
    );
    assert_eq!(
        thread("* THREAD ((3)(5))"),
        nodes(&[(0, None), (3, Some(0)), (5, Some(0))])
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
    // A long chain keeps its form.
    let chain: Vec<String> = (1..=5000).map(|n| n.to_string()).collect();
    let read = thread(&format!("* THREAD ({})", chain.join(" ")));
    let above = |index: usize| index.checked_sub(1);
    assert!(
        read.iter()
            .enumerate()
            .all(|(index, node)| node.parent == above(index))
    );
    assert_eq!(read.len(), 5000);
}
