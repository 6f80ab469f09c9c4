use super::*;
use crate::imap::octets::Octets;

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
        FetchItem::Section(Box::new(Section {
            section: section.as_bytes().into(),
            fields: Fields::default(),
            origin: None,
            data,
        }))
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
            FetchItem::Section(Box::new(Section {
                section: b"1.2".into(),
                fields: Fields::default(),
                origin: Some(5),
                data: some("abc")
            })),
            FetchItem::Section(Box::new(Section {
                section: b"HEADER.FIELDS".into(),
                fields: Fields::Names(bytes(&["From", "X-A", "B"])),
                origin: Some(0),
                data: some("\r\n")
            })),
        ]
    );
    assert_eq!(
        fetched("BINARY[1]<3> ~{3}\r\na\0b BINARY.SIZE[1] 7"),
        [
            FetchItem::Binary(Box::new(Section {
                section: b"1".into(),
                fields: Fields::default(),
                origin: Some(3),
                data: some("a\0b")
            })),
            FetchItem::BinarySize {
                section: b"1".into(),
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
        "* 1 FETCH (UID",
        "* 1 FETCH (BODY[] {-1}",
        "* 1 FETCH (BODY[1 x",
        "* 1 FETCH (BODY[] \"x)",
        "* 1 FETCH (FLAGS (a",
        "* 1 FETCH (BODYSTRUCTURE (()",
    ] {
        assert!(read(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn envelopes() {
    let address = |name: Option<&str>, mailbox: Option<&str>, host: Option<&str>| Address::<Octets> {
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

pub(super) fn body(text: impl AsRef<[u8]>) -> BodyStructure {
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
        (&*body.media_type, body.subtype.as_deref()),
        (&b"MULTIPART"[..], Some(&b"mixed"[..]))
    );
    assert_eq!(
        body.parameters,
        [(b"boundary".into(), some("----voicemail_00004123"))]
    );
    assert_eq!(body.language, bytes::<Octets>(&["en"]));
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
        kind: b"attachment".into(),
        parameters: vec![(b"filename".into(), some("msg0000.wav"))],
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
        [(b"a".into(), None), (b"b".into(), some("c"))]
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
fn a_forgotten_last_parenthesis() {
    for text in ["* 1 FETCH (UID 5 FLAGS (a)", "* 1 FETCH (UID 5 FLAGS (a) "] {
        let Untagged::Fetch { items, .. } = untagged(text) else {
            panic!()
        };
        assert_eq!(items, [FetchItem::Uid(5), FetchItem::Flags(bytes(&["a"]))]);
    }
}
