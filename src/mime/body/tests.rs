//! MIME trees.

use super::*;

const VOICEMAIL: &[u8] = b"This is a multi-part message.\r\n\r\n--voice\r\n\
Content-Type: text/plain; charset=ISO-8859-1\r\n\
Content-Transfer-Encoding: 8bit\r\n\r\nline one\r\nline two\r\n\r\n--voice\r\n\
Content-Type: audio/x-wav; name=\"msg0000.wav\"\r\n\
Content-Transfer-Encoding: base64\r\n\
Content-Description: Voicemail sound attachment.\r\n\
Content-Disposition: attachment; filename=\"msg0000.wav\"\r\n\r\nUklGRg==\r\n\r\n--voice--\r\n";

struct Read {
    body: Body,
    tables: MediaTables,
    warnings: Vec<String>,
}

fn read(header: &[u8], text: &[u8]) -> Read {
    let (mut tables, mut warnings) = (MediaTables::default(), Vec::new());
    let options = ParseOptions::default();
    let (_, body) = parse_message(
        header,
        text,
        &options,
        &mut tables,
        &mut warnings,
        &mut Hooks::default(),
    );
    let warnings = warnings
        .iter()
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    Read {
        body,
        tables,
        warnings,
    }
}

fn parts(body: &Body) -> &[Body] {
    match &body.nested {
        Nested::Parts(parts) => parts,
        _ => panic!("no multipart"),
    }
}

fn message(body: &Body) -> &NestedMessage {
    match &body.nested {
        Nested::Message(message) => message,
        _ => panic!("no message"),
    }
}

fn content<'t>(body: &Body, text: &'t [u8]) -> &'t [u8] {
    &text[body.contents.offset..body.contents.offset + body.contents.size]
}

#[test]
fn a_voicemail_has_a_text_and_a_recording() {
    let header = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"voice\"\r\n";
    let Read {
        body,
        tables,
        warnings,
    } = read(header, VOICEMAIL);
    assert_eq!(
        (body.media_type, body.subtype.as_deref()),
        (TYPE_MULTIPART, Some(&b"MIXED"[..]))
    );
    assert_eq!(
        body.contents,
        Extent {
            offset: 0,
            size: VOICEMAIL.len()
        }
    );
    let [text, sound] = parts(&body) else {
        panic!("two parts")
    };
    assert_eq!(content(text, VOICEMAIL), b"line one\r\nline two\r\n");
    assert_eq!(
        (text.lines, text.bytes, text.encoding),
        (2, 20, ENCODING_8BIT)
    );
    assert!(VOICEMAIL[text.mime.offset..].starts_with(b"Content-Type: text/plain"));
    assert_eq!(text.mime.offset + text.mime.size, text.contents.offset);
    assert_eq!(content(sound, VOICEMAIL), b"UklGRg==\r\n");
    assert_eq!(
        tables.types.names()[usize::from(sound.media_type)],
        b"AUDIO"
    );
    assert_eq!(
        tables.encodings.names()[usize::from(sound.encoding)],
        b"BASE64"
    );
    assert_eq!(
        sound.parameters,
        [(b"NAME".to_vec(), b"msg0000.wav".to_vec())]
    );
    assert_eq!(sound.disposition.as_deref(), Some(&b"ATTACHMENT"[..]));
    assert_eq!(
        sound.disposition_parameters,
        [(b"FILENAME".to_vec(), b"msg0000.wav".to_vec())]
    );
    assert_eq!(
        sound.description.as_deref(),
        Some(&b"Voicemail sound attachment."[..])
    );
    assert!(warnings.is_empty());
}

#[test]
fn text_that_names_no_charset_gets_one_by_its_looks() {
    let charset = |header: &[u8], text: &[u8]| {
        let mut parameters = read(header, text).body.parameters;
        String::from_utf8(parameters.remove(0).1).unwrap()
    };
    assert_eq!(charset(b"", b"plain"), "US-ASCII");
    assert_eq!(charset(b"", b"caf\xc3\xa9"), "X-UNKNOWN");
    assert_eq!(charset(b"", b"\x1b$B<\x1b(B"), "ISO-2022-JP");
    assert_eq!(charset(b"", b"\x1b@ \x1b\x1b$B"), "US-ASCII");
    assert_eq!(
        charset(
            b"MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n",
            b"YQ=="
        ),
        "X-UNKNOWN"
    );
}

#[test]
fn sizes_count_line_ends_as_two_octets() {
    let body = read(b"", b"a\nb\r\nc\rd\n").body;
    assert_eq!((body.lines, body.bytes, body.contents.size), (3, 11, 9));
}

#[test]
fn a_message_in_a_message() {
    let text = b"Subject: inner\n\nhello\n";
    let body = read(b"MIME-Version: 1.0\nContent-Type: message/rfc822\n", text).body;
    let inner = message(&body);
    assert_eq!(
        inner.header,
        Extent {
            offset: 0,
            size: 16
        }
    );
    assert_eq!(
        inner.text,
        Extent {
            offset: 16,
            size: 6
        }
    );
    assert_eq!(
        inner.full,
        Extent {
            offset: 0,
            size: 22
        }
    );
    assert_eq!(
        inner.envelope.as_ref().unwrap().subject.as_deref(),
        Some(&b"inner"[..])
    );
    assert_eq!(content(inner.body.as_ref().unwrap(), text), b"hello\n");
    assert_eq!(body.lines, 3);
}

#[test]
fn a_digest_holds_messages() {
    let text = b"--d\n\nFrom: a@b\n\nhello\n--d\n--d--\n";
    let body = read(
        b"MIME-Version: 1.0\nContent-Type: multipart/digest; boundary=d\n",
        text,
    )
    .body;
    let [first, second] = parts(&body) else {
        panic!("two parts")
    };
    assert_eq!(message(first).envelope.as_ref().unwrap().from.len(), 1);
    assert_eq!(message(second), &NestedMessage::default());
}

#[test]
fn a_multipart_without_parts_has_an_empty_one() {
    let read = read(
        b"MIME-Version: 1.0\nContent-Type: multipart/x; boundary=b\n",
        b"nothing",
    );
    let [part] = parts(&read.body) else {
        panic!("one part")
    };
    assert_eq!(
        (part.media_type, part.mime, part.contents),
        (TYPE_TEXT, Extent::default(), Extent::default())
    );
}

#[test]
fn encoded_structures_are_warned_about_and_read() {
    let header = b"MIME-Version: 1.0\nContent-Type: multipart/x; boundary=b\nContent-Transfer-Encoding: base64\n";
    let read = read(header, b"--b\n\nx\n--b--\n");
    assert_eq!(
        read.warnings,
        ["Ignoring nested encoding of multipart contents"]
    );
    assert_eq!(parts(&read.body).len(), 1);
}

#[test]
fn depth_is_limited_and_small_stacks_suffice() {
    let work = || {
        let messages = "Content-Type: message/rfc822\n\n".repeat(10_000);
        let multipart = |number: usize| {
            format!("Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n")
        };
        let parts: String = (0..10_000).map(multipart).collect();
        for text in [messages, parts] {
            let header = text.split_inclusive('\n').next().unwrap();
            let read = read(header.as_bytes(), &text.as_bytes()[header.len() + 1..]);
            assert!(
                read.warnings
                    .contains(&"Ignoring excessively deep MIME recursion".to_owned())
            );
            let mut depth = 0;
            let mut body = &read.body;
            loop {
                body = match &body.nested {
                    Nested::None => break,
                    Nested::Parts(parts) => parts.last().unwrap(),
                    Nested::Message(message) => message.body.as_ref().unwrap(),
                };
                depth += 1;
            }
            assert_eq!(depth, limits::BODY_DEPTH + 1);
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
fn the_number_of_parts_is_limited() {
    let text = b"--\n".repeat(limits::BODY_PARTS + 10);
    let body = read(
        b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"\"\n",
        &text,
    )
    .body;
    let parts = parts(&body);
    assert!(parts.len() <= limits::BODY_PARTS);
    assert_eq!(parts.last().map(|part| part.mime.size), Some(33));
}

/// Mail that others' code has composed is read as it was meant.
#[test]
fn mail_of_another_composer_is_read_as_it_was_meant() {
    use mail_builder::MessageBuilder;
    use mail_builder::headers::raw::Raw;
    let recording: Vec<u8> = (0..2_000u32).map(|n| (n * 7 % 251) as u8).collect();
    let mail = MessageBuilder::new()
        .from(("Asterisk PBX", "asterisk@pbx.example"))
        .to("ada@pbx.example")
        .subject("[PBX]: New message 1 in mailbox 100")
        .header("X-Asterisk-VM-Extension", Raw::new("100"))
        .text_body("Dear Ada,\r\nyou have a message.\r\n")
        .attachment("audio/x-wav", "msg0000.wav", recording.as_slice())
        .write_to_vec()
        .expect("a message");
    let end = mail
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .expect("a header")
        + 4;
    let (header, text) = mail.split_at(end);
    let read = read(header, text);
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    let [words, audio] = parts(&read.body) else {
        panic!("not two parts")
    };
    assert_eq!(words.media_type, super::TYPE_TEXT);
    assert_eq!(
        read.tables.types.names()[usize::from(audio.media_type)],
        b"AUDIO"
    );
    assert_eq!(audio.subtype.as_deref(), Some(&b"X-WAV"[..]));
    let decoded = crate::mime::encoding::decode_base64(content(audio, text)).expect("base64");
    assert_eq!(decoded.data, recording);
}
