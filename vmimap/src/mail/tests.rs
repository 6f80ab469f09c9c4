use super::*;
use crate::voicemail::Setting;

fn set(value: &str) -> Setting {
    Setting {
        value: value.to_owned(),
        place: None,
    }
}

fn mailbox() -> Mailbox {
    Mailbox {
        context: "default".into(),
        number: "100".into(),
        name: "Ada \"L\" Łovelace".into(),
        imapuser: set("ada"),
        ..Mailbox::default()
    }
}

fn info() -> Info {
    let pairs = [
        ("origmailbox", "100"),
        ("context", "from-sip"),
        ("exten", "*100"),
        ("callerid", "\"Žofie; 100%\" <200>"),
        ("origdate", "Wed Nov 25 11:21:52 PM UTC 2026"),
        ("origtime", "1795648912"),
        ("msg_id", "1795648912-00000001"),
        ("flag", ""),
        ("duration", "65"),
        ("odd", ""),
    ];
    Info(
        pairs
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect(),
    )
}

fn recording(format: &str, size: usize) -> Recording {
    Recording {
        format: format.to_owned(),
        octets: (0..size)
            .map(|n| u8::try_from(n * 7 % 251).expect("small"))
            .collect(),
    }
}

const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[test]
fn a_message_comes_back_from_its_mail() {
    let (voicemail, mailbox, info) = (Voicemail::default(), mailbox(), info());
    for size in [0, 1, 44, 45, 46, 10_000] {
        let (said, intro) = (recording("wav", size), recording("wav", size / 2 + 1));
        let letter = Letter {
            voicemail: &voicemail,
            mailbox: &mailbox,
            kind: Kind::Message(7, &info),
            time: 1_795_648_912,
            digest: DIGEST,
            recording: &said,
            intro: Some(&intro),
        };
        let text = letter.text();
        assert!(text.is_ascii() || size == 0 || String::from_utf8(text.clone()).is_ok());
        assert!(
            !text.windows(2).any(|w| w[1] == b'\n' && w[0] != b'\r'),
            "a bare LF"
        );
        let mail = Mail::read(&text);
        assert_eq!(mail.recording, Some(("msg0007".to_owned(), said)));
        assert_eq!(mail.intro, Some(intro));
        assert!(mail.is_of(&mailbox));
        assert_eq!(mail.get("message-id"), message_id(DIGEST));
        assert_eq!(mail.own("Duration"), "65");
        assert_eq!(mail.own("Message-Num"), "8");
        assert_eq!(mail.own("Caller-ID-Num"), "200");
        assert_eq!(mail.own("Caller-ID-Name"), "?ofie; 100%");
        assert_eq!(mail.own("Orig-time"), "1795648912");
        assert_eq!(mail.own("Message-ID"), "1795648912-00000001");
        assert_eq!(mail.own("Message-Type"), "Message");
        let back = mail.info(&mailbox, 0, false);
        for (name, value) in &info.0 {
            assert_eq!(back.get(name), value, "{name}");
        }
        assert_eq!(mail.info(&mailbox, 0, true).get("flag"), "Urgent");
    }
}

#[test]
fn a_greeting_is_found_by_its_name() {
    let (voicemail, mailbox, said) = (Voicemail::default(), mailbox(), recording("WAV", 100));
    let letter = Letter {
        voicemail: &voicemail,
        mailbox: &mailbox,
        kind: Kind::Greeting("unavail"),
        time: 0,
        digest: DIGEST,
        recording: &said,
        intro: None,
    };
    let text = letter.text();
    assert!(String::from_utf8_lossy(&text).contains("audio/x-WAV; name=\"unavail.WAV\""));
    let mail = Mail::read(&text);
    assert_eq!(mail.recording, Some(("unavail".to_owned(), said)));
    assert_eq!(mail.own("Message-Type"), "unavail");
}

#[test]
fn what_a_file_says_cannot_add_lines() {
    let mut info = info();
    info.set("callerid", "\"a\r\nBcc: x\" <2\n00>");
    info.set("category", "a\nX-Asterisk-VM-Extension: 999");
    info.set("x\r\ny", "1\r\n2");
    let (voicemail, mailbox, said) = (Voicemail::default(), mailbox(), recording("wav", 9));
    let letter = Letter {
        voicemail: &voicemail,
        mailbox: &mailbox,
        kind: Kind::Message(0, &info),
        time: 1,
        digest: DIGEST,
        recording: &said,
        intro: None,
    };
    let mail = Mail::read(&letter.text());
    assert_eq!(mail.get("Bcc"), "");
    assert_eq!(
        mail.header
            .iter()
            .filter(|(n, _)| n == "X-Asterisk-VM-Extension")
            .count(),
        1
    );
    // A file has lines, too.
    assert!(!mail.info(&mailbox, 0, false).text("k").contains("\nBcc"));
}

#[test]
fn asterisks_own_mail_is_read() {
    let text = b"Date: Wed, 25 Nov 2026 23:21:52 +0000\r\nFrom: Asterisk PBX <asterisk@pbx>\r\n\
X-Asterisk-VM-Context: default\r\nX-Asterisk-VM-Extension: 100\r\nX-Asterisk-VM-Flag: \r\nX-Asterisk-VM-Priority: 2\r\n\
X-Asterisk-VM-Caller-ID-Num: 200\r\nX-Asterisk-VM-Caller-ID-Name: Bob\r\nX-Asterisk-VM-Duration: 3\r\n\
X-Asterisk-VM-Orig-time: 1795648912\r\nX-Asterisk-VM-Message-ID: 1795648912-00000001\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=\"----voicemail_01\"\r\n\r\n\r\nThis is a multi-part message in MIME format.\r\n\r\n\
------voicemail_01\r\nContent-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nDear Ada\r\n\
------voicemail_01\r\nContent-Type: audio/x-wav; name=\"msg0000.wav\"\r\nContent-Transfer-Encoding: base64\r\n\
Content-Disposition: attachment; filename=\"msg0000.wav\"\r\n\r\nUklGRg==\r\n\r\n\r\n------voicemail_01--\r\n.\r\n";
    let mail = Mail::read(text);
    let (name, said) = mail.recording.clone().expect("a recording");
    assert_eq!(
        (name.as_str(), said.format.as_str(), said.octets.as_slice()),
        ("msg0000", "wav", &b"RIFF"[..])
    );
    let info = mail.info(&mailbox(), 0, false);
    assert_eq!(info.get("callerid"), "\"Bob\" <200>");
    assert_eq!(
        (info.get("duration"), info.get("origtime")),
        ("3", "1795648912")
    );
    assert_eq!(info.get("origdate"), "Wed Nov 25 11:21:52 PM UTC 2026");
    let mut other = mailbox();
    other.number = "10".into();
    assert!(!mail.is_of(&other));
}

#[test]
fn names_of_attachments_do_not_lead_elsewhere() {
    let mail = |name: &str| {
        let text = format!(
            "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: audio/x-wav; name=\"{name}\"\r\n\r\nx\r\n--b--\r\n"
        );
        Mail::read(text.as_bytes()).recording
    };
    assert!(mail("msg0000.wav").is_some());
    for name in [
        "../x.wav",
        "msg0000",
        "msg0000.txt",
        "a.b/c",
        "a.",
        ".wav",
        "msg0000.w v",
    ] {
        assert_eq!(mail(name), None, "{name}");
    }
    assert_eq!(
        Mail::read(b"Subject: no mail of ours\r\n\r\nhello").recording,
        None
    );
    assert_eq!(Mail::read(b""), Mail::default());
}

#[test]
fn no_mail_is_too_odd_to_be_read() {
    let (voicemail, mailbox, info, said) = (
        Voicemail::default(),
        mailbox(),
        info(),
        recording("wav", 300),
    );
    let letter = Letter {
        voicemail: &voicemail,
        mailbox: &mailbox,
        kind: Kind::Message(0, &info),
        time: 1,
        digest: DIGEST,
        recording: &said,
        intro: None,
    };
    let whole = letter.text();
    let mut state = 7_u32;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(state >> 16).expect("small")
    };
    for _ in 0..2_000 {
        let mut text = whole.clone();
        for _ in 0..draw() % 6 {
            let at = draw() % text.len();
            match draw() % 4 {
                0 => text[at] = u8::try_from(draw() % 256).expect("small"),
                1 => text.truncate(at.max(1)),
                2 => drop(text.drain(at..(at + draw() % 40).min(text.len()))),
                _ => {
                    let piece = text[at..(at + draw() % 40).min(text.len())].to_vec();
                    text.splice(at..at, piece);
                }
            }
            if text.is_empty() {
                break;
            }
        }
        let mail = Mail::read(&text);
        let file = mail.info(&mailbox, 1, false).text("key");
        // Whatever was in it, a file has one section, and lines of one name and value each.
        assert_eq!(file.lines().filter(|line| line.starts_with('[')).count(), 1);
        assert!(
            file.lines()
                .all(|line| line.starts_with([';', '[']) || line.contains('=')),
            "{file}"
        );
        if let Some((name, recording)) = mail.recording {
            assert!(!name.contains(['/', '.']) && !recording.format.contains(['/', '.']));
        }
    }
}
