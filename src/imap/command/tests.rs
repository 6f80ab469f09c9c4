use super::*;

const PLAIN: EncodeOptions = EncodeOptions {
    literal_plus: false,
    literal_minus: false,
    binary: false,
};
const PLUS: EncodeOptions = EncodeOptions {
    literal_plus: true,
    ..PLAIN
};
const MINUS: EncodeOptions = EncodeOptions {
    literal_minus: true,
    ..PLAIN
};

/// Pieces as text, waits as `^`.
fn wire(command: &Command, options: EncodeOptions) -> String {
    let encoded = command.encode("A1", options).unwrap();
    let text = encoded.pieces.iter().map(|piece| match piece.bytes() {
        Some(bytes) => bytes.escape_ascii().to_string(),
        None => "^".to_owned(),
    });
    text.collect()
}

#[test]
fn strings_take_the_form_c_client_gives_them() {
    let astring = |bytes: &[u8]| wire(&Command::new("X").astring(bytes), PLAIN);
    assert_eq!(astring(b"INBOX"), "A1 X INBOX\\r\\n");
    assert_eq!(astring(b""), "A1 X \\\"\\\"\\r\\n");
    assert_eq!(astring(b"a b"), "A1 X \\\"a b\\\"\\r\\n");
    assert_eq!(astring(b"100%"), "A1 X \\\"100%\\\"\\r\\n");
    assert_eq!(astring(b"a\"b"), "A1 X {3}\\r\\n^a\\\"b\\r\\n");
    assert_eq!(astring(b"a\\b"), "A1 X {3}\\r\\n^a\\\\b\\r\\n");
    assert_eq!(astring(b"\xe9"), "A1 X {1}\\r\\n^\\xe9\\r\\n");
    assert_eq!(
        astring(b"x\r\nA2 NOOP"),
        "A1 X {10}\\r\\n^x\\r\\nA2 NOOP\\r\\n"
    );
    assert_eq!(
        wire(
            &Command::new("LIST").string(b"").list_mailbox(b"a/*%"),
            PLAIN
        ),
        "A1 LIST \\\"\\\" a/*%\\r\\n"
    );
    assert_eq!(
        wire(&Command::new("LIST").list_mailbox(b"a b*"), PLAIN),
        "A1 LIST \\\"a b*\\\"\\r\\n"
    );
}

#[test]
fn an_initial_response_is_never_a_literal() {
    let long = "QUJD".repeat(1000);
    let command = Command::new("AUTHENTICATE").atom("XOAUTH2");
    let text = wire(&command.initial_response(long.as_bytes()), PLUS);
    assert_eq!(text, format!("A1 AUTHENTICATE XOAUTH2 {long}\\r\\n"));
}

#[test]
fn long_strings_become_literals() {
    let long = vec![b'a'; 2000];
    let text = wire(&Command::new("X").astring(&long).astring(b"b"), PLAIN);
    assert!(text.starts_with("A1 X {2000}\\r\\n^aaa") && text.ends_with("a b\\r\\n"));
}

#[test]
fn literals_wait_only_where_they_must() {
    let command = Command::new("APPEND")
        .mailbox(b"IN \xe9")
        .message(vec![b'm'; 5000]);
    assert_eq!(wire(&command, PLAIN).matches('^').count(), 2);
    assert_eq!(wire(&command, MINUS).matches('^').count(), 1);
    assert!(wire(&command, MINUS).contains("{4+}\\r\\nIN \\xe9 {5000}\\r\\n^m"));
    let encoded = command.encode("A1", PLUS).unwrap();
    assert_eq!(encoded.pieces.len(), 1);
    assert_eq!(
        encoded.telemetry,
        [&b"A1 APPEND {4+}"[..], b" {5000+}", b""]
    );
}

#[test]
fn nul_is_refused_or_binary() {
    let fail = |command: Command, options| command.encode("A", options).unwrap_err();
    for options in [
        PLAIN,
        PLUS,
        EncodeOptions {
            binary: true,
            ..PLAIN
        },
    ] {
        assert_eq!(
            fail(Command::new("X").astring(b"a\0b"), options),
            EncodeError::Nul
        );
        assert_eq!(
            fail(Command::new("X").secret(b"a\0b"), options),
            EncodeError::Nul
        );
    }
    let append = Command::new("APPEND")
        .mailbox(b"INBOX")
        .message(b"a\0b".to_vec());
    assert_eq!(fail(append.clone(), PLAIN), EncodeError::NulInMessage);
    let binary = EncodeOptions {
        binary: true,
        ..PLUS
    };
    assert_eq!(
        wire(&append, binary),
        "A1 APPEND INBOX ~{3+}\\r\\na\\x00b\\r\\n"
    );
}

#[test]
fn flags_are_checked() {
    let flags = |flags: &[u8]| {
        Command::new("STORE")
            .atom("1 +FLAGS")
            .flag_list(flags)
            .encode("A1", PLAIN)
    };
    for same in [
        &b"\\Seen $Junk"[..],
        b"(\\Seen $Junk)",
        b"  (\\Seen  $Junk) ",
    ] {
        assert_eq!(
            flags(same).unwrap().pieces[0].bytes().unwrap(),
            b"A1 STORE 1 +FLAGS (\\Seen $Junk)\r\n"
        );
    }
    assert_eq!(
        flags(b"").unwrap().pieces[0].bytes().unwrap(),
        b"A1 STORE 1 +FLAGS ()\r\n"
    );
    for bad in [
        &b"a\r\nA2 NOOP"[..],
        b"a\0",
        b"(a",
        b"a)",
        b"a b)(c",
        b"{5}",
        b"a\"",
        b"\\",
        b"a\\b",
        b"a]",
        b"\x7f",
    ] {
        assert_eq!(
            flags(bad),
            Err(EncodeError::BadFlag),
            "{}",
            bad.escape_ascii()
        );
    }
}

#[test]
fn sections() {
    let request = SectionRequest {
        peek: true,
        section: b"1.HEADER.FIELDS".to_vec(),
        fields: vec![b"From".to_vec(), b"X Y".to_vec()],
        partial: Some((0, 100)),
    };
    let command = Command::new("UID FETCH")
        .number(7)
        .open()
        .section(&request)
        .atom("FLAGS")
        .close();
    let text = wire(&command, PLAIN);
    assert_eq!(
        text,
        "A1 UID FETCH 7 (BODY.PEEK[1.HEADER.FIELDS (From \\\"X Y\\\")]<0.100> FLAGS)\\r\\n"
    );
    assert_eq!(
        wire(
            &Command::new("FETCH")
                .number(7)
                .section(&SectionRequest::default()),
            PLAIN
        ),
        "A1 FETCH 7 BODY[]\\r\\n"
    );
    for bad in [&b"1]"[..], b"1 2", b"\r\n", b"HEADER.FIELDS (A)", b"\0"] {
        let request = SectionRequest {
            section: bad.to_vec(),
            ..Default::default()
        };
        let result = Command::new("FETCH").section(&request).encode("A", PLAIN);
        assert_eq!(result, Err(EncodeError::BadSection));
    }
    let injected = SectionRequest {
        section: b"HEADER.FIELDS".to_vec(),
        fields: vec![b"a\r\nb".to_vec()],
        ..Default::default()
    };
    assert!(
        wire(&Command::new("FETCH").section(&injected), PLUS).contains("({4+}\\r\\na\\r\\nb)]")
    );
}

#[test]
fn a_mechanism_shows_and_its_initial_response_does_not() {
    let command = Command::new("AUTHENTICATE")
        .atom("PLAIN")
        .initial_response(b"AGpvZQBodW50ZXIy");
    let encoded = command.encode("A1", PLAIN).unwrap();
    assert_eq!(encoded.telemetry, [b"A1 AUTHENTICATE PLAIN <suppressed>"]);
}

#[test]
fn secrets_do_not_show() {
    for password in [&b"hunter2"[..], b"hun ter2", b"hunter2\"\xe9"] {
        let command = Command::new("LOGIN").astring(b"joe").secret(password);
        assert!(command.is_sensitive());
        let encoded = command.encode("A1", PLAIN).unwrap();
        assert_eq!(encoded.telemetry, [b"<suppressed>"]);
        assert!(
            encoded
                .pieces
                .iter()
                .all(|piece| !matches!(piece, Piece::Bytes(_)))
        );
        let debug = format!("{command:?}");
        assert!(
            debug.contains("<redacted>") && !debug.contains("ter2"),
            "{debug}"
        );
        assert!(!format!("{encoded:?}").contains("ter2"));
    }
    let auth = Command::new("AUTHENTICATE")
        .atom("PLAIN")
        .initial_response(b"");
    assert_eq!(wire(&auth, PLAIN), "A1 AUTHENTICATE PLAIN =\\r\\n");
}

#[test]
fn words_of_the_application_are_atoms() {
    let limits = Command::new("SETQUOTA")
        .astring(b"")
        .open()
        .word(b"STORAGE")
        .number(512)
        .close();
    assert_eq!(
        wire(&limits, PLAIN),
        "A1 SETQUOTA \\\"\\\" (STORAGE 512)\\r\\n"
    );
    for bad in [&b""[..], b"a b", b"a\r\nb", b"{1}", b"\0", b"a)"] {
        let command = Command::new("SETQUOTA").word(bad);
        assert_eq!(command.encode("A1", PLAIN), Err(EncodeError::BadAtom));
    }
}
