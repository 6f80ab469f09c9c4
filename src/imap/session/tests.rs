use super::*;
use crate::imap::response::FetchItem;

/// A session that has heard this greeting.
fn greeted(line: &str) -> Session {
    let mut session = Session::new();
    session.receive(line.as_bytes()).expect("a greeting");
    assert!(matches!(session.next_event(), Some(Event::Greeting { .. })));
    session
}

/// A session that is logged in, knowing what the words say.
fn logged_in(capabilities: &str) -> Session {
    greeted(&format!("* PREAUTH [CAPABILITY {capabilities}] hello\r\n"))
}

/// A session with a mailbox of so many messages.
fn selected(messages: u32) -> Session {
    let mut session = logged_in("IMAP4rev1");
    let tag = send(&mut session, &Command::new("SELECT").mailbox(b"INBOX"));
    hear(&mut session, &format!("* {messages} EXISTS\r\n"));
    hear(&mut session, &format!("{} OK done\r\n", tag.text()));
    assert_eq!(session.state(), State::Selected);
    session
}

/// Submits and takes out what can be written at once.
fn send(session: &mut Session, command: &Command) -> Tag {
    let tag = session.submit(command).expect("can be encoded");
    session.output();
    tag
}

fn events(session: &mut Session) -> Vec<Event> {
    std::iter::from_fn(|| session.next_event()).collect()
}

fn hear(session: &mut Session, text: &str) -> Vec<Event> {
    session.receive(text.as_bytes()).expect("goes on");
    events(session)
}

/// What the session complained about, when that is all that happened.
fn trouble(events: &[Event]) -> &str {
    match events {
        [Event::Trouble(text)] => text,
        other => panic!("not one complaint: {other:?}"),
    }
}

fn done(events: &[Event]) -> (Tag, Status) {
    match events {
        [Event::Done(tag, completion)] => (*tag, completion.status),
        other => panic!("not one completion: {other:?}"),
    }
}

fn text(session: &mut Session) -> String {
    String::from_utf8(session.output().to_vec()).expect("ASCII")
}

#[test]
fn greetings_decide_the_state() {
    assert_eq!(greeted("* OK hi\r\n").state(), State::NotAuthenticated);
    assert_eq!(greeted("* PREAUTH hi\r\n").state(), State::Authenticated);
    assert_eq!(greeted("* BYE busy\r\n").state(), State::Logout);
}

#[test]
fn what_is_no_greeting_ends_the_conversation() {
    for line in [
        "* NO thanks\r\n",
        "* BAD day\r\n",
        "* 3 EXISTS\r\n",
        "* CAPABILITY IMAP4rev1\r\n",
        "00000000 OK hello\r\n",
        "220 smtp.example.org ESMTP\r\n",
        "\r\n",
        "\u{1}\u{2}\r\n",
    ] {
        let mut session = Session::new();
        let error = session.receive(line.as_bytes()).expect_err(line);
        assert!(matches!(error, SessionError::BadGreeting(_)), "{line:?}");
        assert!(!error.to_string().contains('\r'), "{error}");
        assert!(session.next_event().is_none());
    }
}

#[test]
fn a_continuation_is_no_greeting_either() {
    let mut session = Session::new();
    let events = hear(&mut session, "+ go on\r\n");
    assert!(trouble(&events).contains("continuation"));
    assert_eq!(session.state(), State::Greeting);
}

#[test]
fn capabilities_come_by_greeting_code_and_untagged() {
    let mut session = greeted("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n");
    assert!(session.capabilities_known() && session.capabilities().starttls);
    let tag = send(&mut session, &Command::new("CAPABILITY"));
    hear(&mut session, "* CAPABILITY IMAP4rev1 UIDPLUS\r\n");
    assert!(session.capabilities().uidplus && !session.capabilities().starttls);
    hear(
        &mut session,
        &format!("{} OK [CAPABILITY IMAP4rev1 MOVE] x\r\n", tag.text()),
    );
    assert!(session.capabilities().r#move && !session.capabilities().uidplus);
    session.forget_capabilities();
    assert!(!session.capabilities_known() && !session.capabilities().r#move);
}

#[test]
fn login_makes_capabilities_stale_unless_it_tells_them() {
    let login = || Command::new("LOGIN").astring(b"u").secret(b"p");
    for (answers, known) in [
        ("# OK in\r\n", false),
        ("# OK [CAPABILITY IMAP4rev1 QUOTA] in\r\n", true),
        ("* CAPABILITY IMAP4rev1 QUOTA\r\n# OK in\r\n", true),
    ] {
        let mut session = greeted("* OK [CAPABILITY IMAP4rev1] hi\r\n");
        let tag = send(&mut session, &login());
        hear(&mut session, &answers.replace('#', &tag.text()));
        assert_eq!(session.state(), State::Authenticated);
        assert_eq!(session.capabilities_known(), known, "{answers}");
        assert_eq!(session.capabilities().quota, known, "{answers}");
    }
}

#[test]
fn capabilities_told_by_a_failed_login_do_not_hold_after_the_next() {
    let mut session = greeted("* OK [CAPABILITY IMAP4rev1] hi\r\n");
    let login = Command::new("LOGIN").astring(b"u").secret(b"p");
    let tag = send(&mut session, &login);
    let refusal = format!("{} NO [CAPABILITY IMAP4rev1 ID] no\r\n", tag.text());
    hear(&mut session, &refusal);
    assert_eq!(session.state(), State::NotAuthenticated);
    assert!(session.capabilities_known());
    let tag = send(&mut session, &login);
    hear(&mut session, &format!("{} OK in\r\n", tag.text()));
    assert!(!session.capabilities_known());
}

#[test]
fn literals_go_at_once_where_the_server_takes_them_so() {
    let command = || {
        Command::new("APPEND")
            .mailbox(b"Box")
            .message(vec![b'x'; 5000])
    };
    let mut session = logged_in("IMAP4rev1 LITERAL+");
    session.submit(&command()).unwrap();
    let all = text(&mut session);
    assert!(all.starts_with("00000000 APPEND Box {5000+}\r\nxxx"));
    assert!(all.ends_with("x\r\n"));

    let mut session = logged_in("IMAP4rev1 LITERAL-");
    session.submit(&command()).unwrap();
    assert_eq!(text(&mut session), "00000000 APPEND Box {5000}\r\n");
    let mut session = logged_in("IMAP4rev1 LITERAL-");
    session
        .submit(&Command::new("SEARCH").literal(b"short"))
        .unwrap();
    assert_eq!(text(&mut session), "00000000 SEARCH {5+}\r\nshort\r\n");
}

fn two_literals() -> Command {
    Command::new("SEARCH").literal(b"one").literal(b"two")
}

#[test]
fn literals_wait_for_the_server() {
    let mut session = selected(1);
    let tag = session.submit(&two_literals()).unwrap();
    session.submit(&Command::new("NOOP")).unwrap();
    assert_eq!(
        text(&mut session),
        format!("{} SEARCH {{3}}\r\n", tag.text())
    );
    assert_eq!(text(&mut session), "");
    assert!(hear(&mut session, "+ ready\r\n").is_empty());
    assert_eq!(text(&mut session), "one {3}\r\n");
    // Untagged data between the two changes nothing.
    hear(&mut session, "* 2 EXISTS\r\n");
    assert_eq!(text(&mut session), "");
    hear(&mut session, "+\r\n");
    assert_eq!(text(&mut session), "two\r\n00000002 NOOP\r\n");
    let one_too_many = hear(&mut session, "+\r\n");
    assert!(trouble(&one_too_many).contains("continuation"));
}

#[test]
fn a_refused_literal_takes_the_rest_of_its_command_along_and_nothing_else() {
    for literals_asked_for in 0..2 {
        let mut session = selected(1);
        let tag = session.submit(&two_literals()).unwrap();
        let next = session.submit(&two_literals()).unwrap();
        session.output();
        for _ in 0..literals_asked_for {
            hear(&mut session, "+\r\n");
            assert_eq!(text(&mut session), "one {3}\r\n");
        }
        let refusal = hear(&mut session, &format!("{} NO too big\r\n", tag.text()));
        assert_eq!(done(&refusal), (tag, Status::No));
        assert_eq!(
            text(&mut session),
            format!("{} SEARCH {{3}}\r\n", next.text())
        );
        hear(&mut session, "+\r\n");
        assert_eq!(text(&mut session), "one {3}\r\n");
        hear(&mut session, "+\r\n");
        assert_eq!(text(&mut session), "two\r\n");
        let end = hear(&mut session, &format!("{} OK\r\n", next.text()));
        assert_eq!(done(&end), (next, Status::Ok));
        assert!(!session.is_waiting());
    }
}

#[test]
fn a_literal_that_was_asked_for_is_written_even_if_the_command_fails_meanwhile() {
    let mut session = selected(1);
    let tag = send(&mut session, &two_literals());
    session.submit(&Command::new("NOOP")).unwrap();
    hear(&mut session, &format!("+\r\n{} NO\r\n", tag.text()));
    assert_eq!(text(&mut session), "one {3}\r\n00000002 NOOP\r\n");
}

#[test]
fn a_command_that_was_not_written_cannot_be_answered() {
    let mut session = selected(1);
    let first = send(&mut session, &two_literals());
    let second = session.submit(&Command::new("NOOP")).unwrap();
    let early = hear(&mut session, &format!("{} OK quick\r\n", second.text()));
    assert!(trouble(&early).starts_with("Unexpected tagged response"));
    hear(&mut session, "+\r\n");
    assert_eq!(text(&mut session), "one {3}\r\n");
    hear(&mut session, "+\r\n");
    assert_eq!(text(&mut session), "two\r\n00000002 NOOP\r\n");
    let both = format!("{} OK\r\n{} OK\r\n", first.text(), second.text());
    let ended = hear(&mut session, &both);
    assert_eq!(ended.len(), 2);
}

#[test]
fn pipelined_commands_may_end_in_either_order() {
    for order in [[0, 1], [1, 0]] {
        let mut session = selected(3);
        let tags = [
            session.submit(&Command::new("NOOP")).unwrap(),
            session.submit(&Command::new("CHECK")).unwrap(),
        ];
        assert_eq!(text(&mut session), "00000001 NOOP\r\n00000002 CHECK\r\n");
        for at in order {
            let events = hear(&mut session, &format!("{} OK\r\n", tags[at].text()));
            assert_eq!(done(&events), (tags[at], Status::Ok));
        }
        assert!(!session.is_waiting());
        let again = hear(&mut session, &format!("{} OK\r\n", tags[0].text()));
        assert!(trouble(&again).starts_with("Unexpected tagged response: 00000001 OK"));
    }
}

#[test]
fn tags_are_compared_whole() {
    let mut session = selected(1);
    let tag = send(&mut session, &Command::new("NOOP"));
    for wrong in ["1", "000000010", "0000001", "*1", "A"] {
        let events = hear(&mut session, &format!("{wrong} OK\r\n"));
        assert_eq!(events.len(), 1, "{wrong}");
        assert!(matches!(events[0], Event::Trouble(_)), "{wrong}");
    }
    let end = hear(&mut session, &format!("{} OK\r\n", tag.text()));
    assert_eq!(done(&end).0, tag);
}

#[test]
fn mailbox_data_before_login_is_dropped() {
    for line in [
        "LIST () \"/\" INBOX",
        "LSUB () \"/\" INBOX",
        "STATUS INBOX (MESSAGES 3)",
        "SEARCH 1 2",
        "FLAGS (\\Seen)",
        "3 EXISTS",
        "0 RECENT",
        "1 EXPUNGE",
        "1 FETCH (FLAGS ())",
        "QUOTA \"\" (STORAGE 1 2)",
        "NAMESPACE NIL NIL NIL",
        "ENABLED CONDSTORE",
        "ID NIL",
        "XYZZY",
    ] {
        let mut session = greeted("* OK hi\r\n");
        // Also while the password is under way, when an attacker would inject it.
        send(&mut session, &Command::new("LOGIN").atom("u").secret(b"p"));
        let events = hear(&mut session, &format!("* {line}\r\n"));
        assert!(trouble(&events).contains("before login"), "{line}");
        assert_eq!(session.exists, 0);
    }
}

#[test]
fn a_select_before_login_opens_no_door() {
    let mut session = greeted("* OK hi\r\n");
    send(&mut session, &Command::new("SELECT").mailbox(b"INBOX"));
    assert_eq!(session.state(), State::NotAuthenticated);
    assert!(trouble(&hear(&mut session, "* 3 EXISTS\r\n")).contains("before login"));
}

#[test]
fn exists_never_shrinks() {
    let mut session = selected(3);
    assert_eq!(
        trouble(&hear(&mut session, "* 2 EXISTS\r\n")),
        "Unknown message data: 2 EXISTS"
    );
    assert_eq!(
        hear(&mut session, "* 3 EXISTS\r\n"),
        [Event::Untagged(Untagged::Exists(3))]
    );
    assert_eq!(session.exists, 3);
}

#[test]
fn a_mailbox_of_absurd_size_costs_nothing() {
    let mut session = selected(3);
    let events = hear(&mut session, "* 4294967295 EXISTS\r\n");
    assert!(trouble(&events).contains("4294967295 messages"));
    assert_eq!(session.exists, 3);
}

#[test]
fn message_numbers_are_checked() {
    for line in [
        "0 EXPUNGE",
        "4 EXPUNGE",
        "4294967295 EXPUNGE",
        "0 FETCH (UID 1)",
        "4 FETCH (UID 1)",
    ] {
        let mut session = selected(3);
        let events = hear(&mut session, &format!("* {line}\r\n"));
        assert!(
            trouble(&events).starts_with("Unknown message data: "),
            "{line}"
        );
        assert_eq!(session.exists, 3);
    }
    let mut session = selected(2);
    for left in [1, 0] {
        assert_eq!(
            hear(&mut session, "* 1 EXPUNGE\r\n"),
            [Event::Untagged(Untagged::Expunge(1))]
        );
        assert_eq!(session.exists, left);
    }
    assert!(trouble(&hear(&mut session, "* 1 EXPUNGE\r\n")).contains("EXPUNGE"));
    // After it the count may grow from there, and what was out of range is in range.
    hear(&mut session, "* 1 EXISTS\r\n");
    let events = hear(&mut session, "* 1 FETCH (UID 9)\r\n");
    let Some(Event::Fetch(1, frame)) = events.first() else {
        panic!("{events:?}")
    };
    let items = vec![FetchItem::Uid(9)];
    let read = Untagged::Fetch { number: 1, items };
    assert_eq!(response::parse(frame), Ok(Response::Untagged(read)));
}

#[test]
fn recent_beyond_exists_is_dropped_silently() {
    let mut session = selected(3);
    assert!(hear(&mut session, "* 4 RECENT\r\n").is_empty());
    assert_eq!(
        hear(&mut session, "* 3 RECENT\r\n"),
        [Event::Untagged(Untagged::Recent(3))]
    );
}

#[test]
fn a_failed_select_leaves_nothing_selected() {
    let mut session = selected(3);
    let tag = send(&mut session, &Command::new("SELECT").mailbox(b"None"));
    hear(&mut session, "* 7 EXISTS\r\n");
    hear(&mut session, &format!("{} NO none\r\n", tag.text()));
    assert_eq!(session.state(), State::Authenticated);
    assert!(trouble(&hear(&mut session, "* 1 FETCH (UID 1)\r\n")).contains("1 FETCH"));
}

#[test]
fn close_and_unselect_leave_nothing_selected_if_they_succeed() {
    for name in ["CLOSE", "UNSELECT"] {
        for (word, state) in [("OK", State::Authenticated), ("BAD", State::Selected)] {
            let mut session = selected(3);
            let tag = send(&mut session, &Command::new(name));
            hear(&mut session, &format!("{} {word} x\r\n", tag.text()));
            assert_eq!(session.state(), state, "{name} {word}");
        }
    }
}

#[test]
fn bye_in_mid_command_is_told_and_stays() {
    let mut session = selected(3);
    let tag = send(&mut session, &Command::new("NOOP"));
    let events = hear(&mut session, "* BYE shutting down\r\n");
    assert!(matches!(
        events[..],
        [Event::Untagged(Untagged::Status {
            status: Status::Bye,
            ..
        })]
    ));
    assert_eq!(session.state(), State::Logout);
    let end = hear(&mut session, &format!("{} OK\r\n", tag.text()));
    assert_eq!(done(&end), (tag, Status::Ok));
    // Whatever is sent after it does not bring the session back.
    let tag = send(&mut session, &Command::new("SELECT").mailbox(b"INBOX"));
    hear(&mut session, &format!("{} OK\r\n", tag.text()));
    assert_eq!(session.state(), State::Logout);
}

#[test]
fn a_flood_ends_the_conversation_but_a_completion_starts_the_count_anew() {
    let mut session = selected(1);
    session.flood = 200;
    let line = "* 1 FETCH (FLAGS (\\Seen))\r\n";
    for _ in 0..10 {
        let tag = send(&mut session, &Command::new("NOOP"));
        for _ in 0..5 {
            hear(&mut session, line);
        }
        hear(&mut session, &format!("{} OK\r\n", tag.text()));
    }
    let mut heard = 0;
    let error = loop {
        match session.receive(line.as_bytes()) {
            Ok(_) => heard += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error, SessionError::Flood(200));
    assert!((5..=8).contains(&heard), "{heard}");
}

#[test]
fn blank_lines_and_nonsense_are_complained_about_and_skipped() {
    let mut session = selected(1);
    assert_eq!(
        trouble(&hear(&mut session, "\r\n")),
        "IMAP server sent a blank line"
    );
    for nonsense in [
        "*\r\n",
        "* \r\n",
        "* 1\r\n",
        "hm\r\n",
        "* LIST\r\n",
        "\0\r\n",
    ] {
        let events = hear(&mut session, nonsense);
        let text = trouble(&events);
        assert!(!text.is_empty() && text.len() < 600, "{nonsense:?}: {text}");
    }
    let tag = send(&mut session, &Command::new("NOOP"));
    let end = hear(&mut session, &format!("{} OK\r\n", tag.text()));
    assert_eq!(done(&end).0, tag);
}

#[test]
fn octets_may_come_one_by_one() {
    let mut session = selected(1);
    let tag = send(&mut session, &Command::new("NOOP"));
    let all = format!(
        "* 1 FETCH (BODY[] {{6}}\r\na\r\nb\r\n UID 5)\r\n{} OK done\r\n",
        tag.text()
    );
    let mut whole = 0;
    for octet in all.bytes() {
        whole += usize::from(session.receive(&[octet]).unwrap());
    }
    assert_eq!(whole, 2);
    assert_eq!(events(&mut session).len(), 2);
}

#[test]
fn telemetry_shows_both_sides_but_no_secret() {
    let mut session = Session::new();
    session.set_trace(true);
    session.receive(b"* OK hi\r\n").unwrap();
    let login = Command::new("LOGIN").astring(b"user").secret(b"hunter2");
    let tag = session.submit(&login).unwrap();
    session.output();
    session
        .receive(format!("{} NO\r\n", tag.text()).as_bytes())
        .unwrap();
    let sasl = Command::new("AUTHENTICATE")
        .atom("PLAIN")
        .initial_response(b"aHVudGVyMg==");
    session.submit(&sasl).unwrap();
    session.output();
    session.receive(b"+ Q2hhbGxlbmdl\r\n").unwrap();
    session.respond(b"aHVudGVyMg==");
    session.output();
    session.submit(&Command::new("NOOP")).unwrap();
    let mut trace = Vec::new();
    for event in events(&mut session) {
        if let Event::Trace(line) = event {
            trace.push(String::from_utf8(line).unwrap());
        }
    }
    assert_eq!(
        trace,
        [
            "* OK hi",
            "<suppressed>",
            "00000000 NO",
            "00000001 AUTHENTICATE PLAIN <suppressed>",
            "+ Q2hhbGxlbmdl",
            "<suppressed>",
            "00000002 NOOP"
        ]
    );
}

#[test]
fn challenges_are_for_the_exchange_under_way_only() {
    let mut session = greeted("* OK hi\r\n");
    let tag = send(&mut session, &Command::new("AUTHENTICATE").atom("CRAM-MD5"));
    assert_eq!(
        hear(&mut session, "+ PDE+\r\n"),
        [Event::Challenge(b"PDE+".to_vec())]
    );
    session.respond(b"abc=");
    assert_eq!(text(&mut session), "abc=\r\n");
    let end = hear(&mut session, &format!("{} OK\r\n", tag.text()));
    assert_eq!(done(&end), (tag, Status::Ok));
    assert_eq!(session.state(), State::Authenticated);
    assert!(trouble(&hear(&mut session, "+ more\r\n")).contains("continuation"));
}

#[test]
fn what_cannot_be_written_is_not_queued() {
    let mut session = selected(1);
    assert!(
        session
            .submit(&Command::new("LIST").astring(b"a\0b"))
            .is_err()
    );
    assert!(!session.is_waiting());
    assert_eq!(text(&mut session), "");
    let tag = session.submit(&Command::new("NOOP")).unwrap();
    assert_eq!(tag.text(), "00000001", "no tag was used up");
}

#[test]
fn nothing_unread_means_nothing_at_all() {
    let mut session = greeted("* OK hi\r\n");
    let tag = send(&mut session, &Command::new("STARTTLS"));
    hear(&mut session, &format!("{} OK\r\n", tag.text()));
    assert!(session.unread().is_empty());
    session.receive(b"* CAPA").unwrap();
    assert_eq!(session.unread(), b"* CAPA");
    session.receive(b"* OK injected\r\n").unwrap();
    assert!(!session.unread().is_empty(), "understood, but not yet told");
}

#[test]
fn the_answer_to_a_search_is_at_hand_however_much_came_before_it() {
    let mut session = selected(50_000);
    let tag = send(&mut session, &Command::new("UID SEARCH").atom("ALL"));
    let mut flood = Vec::new();
    for number in 1..=limits::EVENTS_AT_HAND + 10 {
        flood.extend_from_slice(format!("* {number} FETCH (FLAGS ())\r\n").as_bytes());
    }
    let answer = format!("* ESEARCH (TAG \"{}\") UID ALL 1:7\r\n", tag.text());
    for _ in 0..3 {
        flood.extend_from_slice(answer.as_bytes());
    }
    session.receive(&flood).expect("framed");
    let events: Vec<Event> = std::iter::from_fn(|| session.next_event()).collect();
    let answers = |event: &&Event| matches!(event, Event::Untagged(Untagged::Esearch(_)));
    assert_eq!(events.iter().filter(answers).count(), 1);
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Event::Backlog(_)))
    );
}
