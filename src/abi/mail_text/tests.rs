use super::super::callbacks::fake;
use super::super::memory::{copy_str, new_zeroed, release};
use super::super::types::{Message, Part};
use super::*;

/// A stream with keywords `$Junk` and `todo`.
struct Mailbox(*mut MailStream);

impl Mailbox {
    fn new(makes_keywords: bool) -> Self {
        fake::take_log();
        let stream: *mut MailStream = new_zeroed();
        // SAFETY: a new stream.
        unsafe {
            (*stream).user_flags[0] = copy_str(c"$Junk");
            (*stream).user_flags[1] = copy_str(c"todo");
            (*stream).set_kwd_create(u32::from(makes_keywords));
        }
        Self(stream)
    }

    fn parse(&self, text: &str) -> (c_long, c_ulong, Vec<(String, c_long)>) {
        let text = CString::new(text).unwrap();
        let mut keywords = 77;
        // SAFETY: a stream, a string, a place.
        let system =
            unsafe { mail_parse_flags(self.0, text.as_ptr().cast_mut(), &raw mut keywords) };
        (system, keywords, fake::take_log())
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        // SAFETY: the stream of this test, for the last time.
        unsafe {
            for slot in &mut (*self.0).user_flags {
                release(slot);
            }
            release(&mut self.0);
        }
    }
}

#[test]
fn flags_are_read_with_and_without_parentheses() {
    let mailbox = Mailbox::new(false);
    let (seen, deleted) = (c_long::from(fSEEN), c_long::from(fDELETED));
    let all = [fSEEN, fDELETED, fFLAGGED, fANSWERED, fDRAFT]
        .map(c_long::from)
        .iter()
        .sum();
    for (text, system, keywords) in [
        ("\\Seen", seen, 0),
        ("\\SEEN \\deleted", seen | deleted, 0),
        ("(\\Seen TODO $junk)", seen, 3),
        ("\\seen \\deleted \\flagged \\answered \\draft", all, 0),
        ("todo ", 0, 2),
        ("()", 0, 0),
        ("", 0, 0),
    ] {
        assert_eq!(mailbox.parse(text), (system, keywords, vec![]), "{text}");
    }
    // SAFETY: no string, no place for keywords.
    let none = unsafe { mail_parse_flags(mailbox.0, null_mut(), null_mut()) };
    assert_eq!(none, 0);
}

#[test]
fn bad_flags_are_left_out_with_a_warning() {
    let mailbox = Mailbox::new(false);
    for (text, keywords, line, severity) in [
        ("(todo", 0, "Bad flag list", ERROR),
        ("todo)", 0, "Bad flag list", ERROR),
        ("(", 0, "Bad flag list", ERROR),
        ("todo \\Odd", 2, "Unsupported system flag: \\Odd", WARN),
        ("todo \\", 2, "Unsupported system flag: \\", WARN),
        ("new todo", 2, "Unknown flag: new", WARN),
        ("todo  $junk", 3, "Empty flag invalid", WARN),
    ] {
        assert_eq!(
            mailbox.parse(text),
            (0, keywords, vec![(line.to_owned(), severity)]),
            "{text}"
        );
    }
    assert_eq!(mailbox.parse(&"x".repeat(1024)).2[0].0, "Bad flag list");
    assert_eq!(
        mailbox.parse(&"x".repeat(200)).2[0].0,
        format!("Unknown flag: {}", "x".repeat(80))
    );
}

#[test]
fn keywords_are_made_where_the_server_lets_us() {
    let mailbox = Mailbox::new(true);
    assert_eq!(mailbox.parse("fresh todo"), (0, 0b110, vec![]));
    // SAFETY: the stream of this test.
    assert_eq!(unsafe { c_str((*mailbox.0).user_flags[2]) }, Some(c"fresh"));
    assert_eq!(mailbox.parse("FRESH"), (0, 0b100, vec![]));
    for bad in [
        "a*", "a%", "a\"", "a\\", "a(b", "a{", "a]", "a\u{7f}", "a\u{e9}",
    ] {
        let (_, keywords, log) = mailbox.parse(bad);
        assert_eq!(keywords, 0, "{bad}");
        assert!(log[0].0.starts_with("Invalid flag: "), "{bad}: {log:?}");
    }
    let long = "k".repeat(MAXUSERFLAG as usize + 1);
    assert_eq!(mailbox.parse(&long).2[0].0, format!("Unknown flag: {long}"));
    for number in 3..30 {
        assert_eq!(
            mailbox.parse(&format!("k{number}")),
            (0, 1 << number, vec![])
        );
    }
    // SAFETY: the stream of this test.
    assert_eq!(unsafe { (*mailbox.0).kwd_create() }, 0);
    assert_eq!(mailbox.parse("k30").2[0].0, "Unknown flag: k30");
}

#[test]
fn header_lines_are_filtered_in_place() {
    let header = b"From: a\r\nTo: b\r\n c\r\nSubject: d\r\n\r\n\0";
    let mut second = StringList {
        text: super::super::types::SizedText {
            data: c"subject".as_ptr().cast_mut().cast(),
            size: 7,
        },
        next: null_mut(),
    };
    let mut first = StringList {
        text: super::super::types::SizedText {
            data: c"TO".as_ptr().cast_mut().cast(),
            size: 2,
        },
        next: &raw mut second,
    };
    for (flags, kept) in [
        (0, &b"To: b\r\n c\r\nSubject: d\r\n\r\n"[..]),
        (FT_NOT, b"From: a\r\n\r\n"),
    ] {
        let mut buffer = header.to_vec();
        let len = header.len() as c_ulong - 1;
        // SAFETY: a buffer with room for the NUL, a list that lives over the call.
        let new = unsafe { mail_filter(buffer.as_mut_ptr().cast(), len, &raw mut first, flags) };
        assert_eq!(&buffer[..new as usize], kept);
        assert_eq!(buffer[new as usize], 0);
    }
    // SAFETY: lists that live over the calls.
    unsafe {
        let (both, one, none) = (&raw mut first, &raw mut second, null_mut());
        assert_eq!(mail_match_lines(one, both, 0), 1);
        assert_eq!(mail_match_lines(both, one, 0), 0);
        assert_eq!(mail_match_lines(both, none, 0), 1);
        assert_eq!(mail_match_lines(none, both, 0), 0);
        assert_eq!(mail_match_lines(one, both, FT_NOT), 0);
        assert_eq!(mail_filter(null_mut(), 0, one, 0), 0);
    }
}

#[test]
fn sections_are_found_by_number() {
    // A multipart of a text and a message, which holds a multipart of one text.
    // SAFETY: zeroed structs are valid; all of them outlive the calls.
    unsafe {
        let mut parts: [Part; 3] = core::mem::zeroed();
        let [text, message, inner] = [0, 1, 2].map(|n| (&raw mut parts).cast::<Part>().add(n));
        let mut envelope: Message = core::mem::zeroed();
        let inside = &raw mut envelope;
        let mut bodies: [Body; 2] = core::mem::zeroed();
        let [whole, nested] = [0, 1].map(|n| (&raw mut bodies).cast::<Body>().add(n));
        (*whole).r#type = TYPEMULTIPART as u16;
        (*whole).nested.part = text;
        (*text).next = message;
        (*message).body.r#type = TYPEMESSAGE as u16;
        (*message).body.subtype = c"RFC822".as_ptr().cast_mut();
        (*message).body.nested.msg = inside;
        (*inside).body = nested;
        (*nested).r#type = TYPEMULTIPART as u16;
        (*nested).nested.part = inner;

        for (section, part) in [
            ("1", &raw mut (*text).body),
            ("2", &raw mut (*message).body),
            ("2.1", &raw mut (*inner).body),
            ("2.1.1", null_mut()),
            ("2.2", null_mut()),
            ("1.1", null_mut()),
            ("3", null_mut()),
            ("0", null_mut()),
            ("1.", null_mut()),
            (".1", null_mut()),
            ("1.x", null_mut()),
            ("+1", null_mut()),
            ("99999999999999999999999", null_mut()),
        ] {
            assert_eq!(find_part(whole, section.as_bytes()), part, "{section}");
        }
        assert_eq!(
            find_part(&raw mut (*text).body, b"1"),
            &raw mut (*text).body
        );
        (*inside).body = null_mut();
        assert!(find_part(whole, b"2.1").is_null());
        (*message).body.subtype = c"EXTERNAL-BODY".as_ptr().cast_mut();
        assert!(find_part(whole, b"2.1").is_null());
        assert!(find_part(null_mut(), b"1").is_null());
    }
}
