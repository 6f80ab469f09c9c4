use super::*;

fn frames(input: &[u8], chunk: usize) -> Vec<Frame> {
    let mut framer = Framer::new(Limits::default());
    let mut out = Vec::new();
    for part in input.chunks(chunk) {
        framer.push(part);
        while let Some(frame) = framer.next_frame().unwrap() {
            out.push(frame);
        }
    }
    out
}

fn texts(input: &[u8]) -> Vec<Vec<u8>> {
    frames(input, input.len().max(1))
        .into_iter()
        .map(|f| f.bytes().to_vec())
        .collect()
}

#[test]
fn chunk_size_does_not_matter() {
    let input = b"* OK hi {3}\r\n* 1 FETCH (BODY[] {5}\r\na\r\nb) X ~{2}\r\n\0\" Y {0}\r\n)\r\n+ go\nA1 OK done\r\n* LIST () \"{3}\" x\r\n";
    let whole = frames(input, input.len());
    assert_eq!(whole.len(), 5);
    assert_eq!(whole[1].literals.len(), 3);
    assert_eq!(
        &whole[1].bytes[whole[1].literals[0].data.clone()],
        b"a\r\nb)"
    );
    assert!(whole[1].literals[1].binary);
    assert_eq!(&whole[1].bytes[whole[1].literals[1].data.clone()], b"\0\"");
    assert!(whole[1].literals[2].data.is_empty());
    let lines: Vec<_> = whole[1].text_lines().collect();
    assert_eq!(
        lines,
        [&b"* 1 FETCH (BODY[] {5}"[..], b" X ~{2}", b" Y {0}", b")"]
    );
    assert_eq!(whole[2].bytes(), b"+ go");
    for chunk in 1..input.len() {
        assert_eq!(frames(input, chunk), whole, "chunk {chunk}");
    }
}

#[test]
fn announcements_in_human_text_are_text() {
    let input = b"* NO disk {5}\r\n* OK [ALERT] {5}\r\n* bye {7}\r\n+ {9}\r\nA1 BAD {12}\r\n* PREAUTH {3}\r\n";
    assert_eq!(texts(input).len(), 6);
}

#[test]
fn announcements_in_quoted_strings_are_text() {
    assert_eq!(
        texts(b"* LIST () \"/\" \"a {5}\"\r\n* LIST () \"/\" \"a\\\" {5}\r\nx\r\n").len(),
        3
    );
    // A stray quote inside an atom does not hide a literal.
    assert_eq!(
        texts(b"* 1 FETCH (FLAGS (a\"b) BODY[] {3}\r\nxyz)\r\n").len(),
        1
    );
    // An unterminated string ends with its line: the next response is found again.
    assert_eq!(
        texts(b"* LIST () \"/\" \"open\r\nA1 OK\r\n"),
        [b"* LIST () \"/\" \"open".to_vec(), b"A1 OK".to_vec()]
    );
}

#[test]
fn odd_braces_are_text() {
    for odd in ["{-1}", "{}", "{+}", "{1a}", "{0x10}", "{5}}", "{ 5}", "5}"] {
        let input = format!("* 1 FETCH (BODY[] {odd}\r\nA OK\r\n");
        assert_eq!(texts(input.as_bytes()).len(), 2, "{odd}");
    }
    assert_eq!(texts(b"* 1 FETCH (BODY[] {005+}\r\nabcde)\r\n").len(), 1);
}

#[test]
fn bare_line_feed_and_bare_carriage_return() {
    assert_eq!(
        texts(b"* 1 EXISTS\n* OK a\rb\r\n\r\n\nX OK\r\n"),
        [&b"* 1 EXISTS"[..], b"* OK a\rb", b"", b"", b"X OK"]
    );
    assert_eq!(
        frames(b"* 1 FETCH (BODY[] {2}\nab)\n", 1)[0].literals[0].data,
        22..24
    );
}

#[test]
fn absurd_literals_are_refused_and_stay_refused() {
    for size in [
        "4294967295",
        "99999999999999999999",
        "9223372036854775807",
        "18446744073709551615",
    ] {
        let mut framer = Framer::new(Limits::default());
        framer.push(format!("* 1 FETCH (BODY[] {{{size}}}\r\nrest").as_bytes());
        let error = framer.next_frame().unwrap_err();
        assert!(
            matches!(error, FrameError::LiteralTooLarge { .. }),
            "{size}"
        );
        framer.push(b"A OK\r\n");
        assert_eq!(framer.next_frame(), Err(error));
        assert_eq!(framer.progress().buffered, 0);
    }
}

#[test]
fn limits_hold() {
    let limits = Limits {
        line: 20,
        literal: 30,
        response: 60,
        literals: 2,
    };
    let fail = |input: &[u8]| {
        let mut framer = Framer::new(limits);
        framer.push(input);
        framer.next_frame()
    };
    assert!(fail(b"* 12345678901234567\r\n").unwrap().is_some());
    assert_eq!(
        fail(&[b'x'; 21]),
        Err(FrameError::LineTooLong { limit: 20 })
    );
    assert!(matches!(
        fail(b"* X {31}\r\n"),
        Err(FrameError::LiteralTooLarge {
            announced: Some(31),
            ..
        })
    ));
    let mut input = b"* X {30}\r\n".to_vec();
    input.extend([b'y'; 30]);
    input.extend(b" {30}\r\n");
    assert_eq!(
        fail(&input),
        Err(FrameError::ResponseTooLarge { limit: 60 })
    );
    assert_eq!(
        fail(b"* X {0}\r\n{0}\r\n{0}\r\n"),
        Err(FrameError::TooManyLiterals { limit: 2 })
    );
}

#[test]
fn bytes_after_a_response_are_seen() {
    let mut framer = Framer::new(Limits::default());
    framer.push(b"A1 OK begin TLS\r\n* injected");
    assert!(framer.next_frame().unwrap().is_some());
    assert!(framer.has_buffered());
    assert_eq!(framer.take_buffered(), b"* injected");
    assert!(!framer.has_buffered());
    framer.push(b"A2 OK\r\n");
    assert!(framer.next_frame().unwrap().is_some());
    assert!(!framer.has_buffered());
}

#[test]
fn progress_tells_about_literals() {
    let mut framer = Framer::new(Limits::default());
    assert_eq!(
        framer.progress(),
        Progress {
            buffered: 0,
            literal_remaining: None
        }
    );
    framer.push(b"* 1 FETCH (BODY[] {10}\r\nabc");
    assert_eq!(framer.next_frame(), Ok(None));
    assert_eq!(framer.progress().literal_remaining, Some(7));
    framer.push(b"de");
    assert_eq!(framer.progress().literal_remaining, Some(5));
    framer.push(b"fghij)\r\n");
    assert!(framer.next_frame().unwrap().is_some());
    assert_eq!(
        framer.progress(),
        Progress {
            buffered: 0,
            literal_remaining: None
        }
    );
}

#[test]
fn many_small_reads_take_linear_time() {
    // 4 MiB in 16-octet reads: a rescan at every read would take minutes.
    let mut framer = Framer::new(Limits::default());
    let mut line = b"* SEARCH".to_vec();
    while line.len() < 4 << 20 {
        line.extend_from_slice(b" 123456");
    }
    line.extend_from_slice(b"\r\n");
    let started = std::time::Instant::now();
    for part in line.chunks(16) {
        assert!(framer.next_frame().unwrap().is_none());
        framer.push(part);
    }
    assert!(framer.next_frame().unwrap().is_some());
    // 300,000 small responses in one push.
    let many = b"* 1 EXPUNGE\r\n".repeat(300_000);
    framer.push(&many);
    let mut count = 0;
    while framer.next_frame().unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 300_000);
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn large_responses_keep_their_neighbours() {
    let mut input = b"* 1 EXISTS\r\n".to_vec();
    input.extend(format!("* 1 FETCH (BODY[] {{{}}}\r\n", 200_000).as_bytes());
    input.extend([b'x'; 200_000]);
    input.extend(b")\r\n* 2 EXISTS\r\n* 3 FETCH (BODY[] {100000}\r\n");
    input.extend([b'y'; 100_000]);
    input.extend(b")\r\nA1 OK\r\n* rest");
    for chunk in [input.len(), 1000, 70_000] {
        let frames = frames(&input, chunk);
        let sizes: Vec<_> = frames.iter().map(|frame| frame.bytes().len()).collect();
        assert_eq!(sizes, [10, 200_029, 10, 100_029, 5], "chunk {chunk}");
        assert!(
            frames[3].bytes().ends_with(b"yyy)")
                && frames[1].bytes()[frames[1].literals()[0].data.clone()] == [b'x'; 200_000]
        );
    }
}
