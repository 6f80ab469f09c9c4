//! Commands that are sent before earlier ones are answered.

use super::*;

fn command(name: &'static str) -> Command {
    Command::new(name)
}

/// NOOP and CHECK in one go, answered by this: what each was told, and what else came.
fn both_answered(by: &str) -> ([Answered; 2], Vec<Event>) {
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| {
        s.expect("00000000 NOOP\r\n00000001 CHECK\r\n").send(by)
    });
    let mut events = Vec::new();
    let done = connection
        .run_all(&[command("NOOP"), command("CHECK")], &mut events)
        .expect("answered");
    finish(&script);
    let done: [Answered; 2] = done.try_into().expect("two");
    assert_eq!(
        [&done[0], &done[1]].map(|(_, d)| d.text.text.as_slice()),
        [&b"noop"[..], b"check"]
    );
    (done, events)
}

#[test]
fn commands_go_in_one_go_and_answers_come_in_order() {
    let (done, events) = both_answered("00000000 OK noop\r\n* 1 EXISTS\r\n00000001 NO check\r\n");
    assert!(done[0].0.expect("sent").is(b"00000000"));
    assert!(matches!(events[..], [Event::Untagged(_)]));
}

#[test]
fn answers_may_come_in_another_order() {
    let (_, events) = both_answered("00000001 OK check\r\n00000000 OK noop\r\n");
    assert!(events.is_empty());
}

#[test]
fn a_command_that_cannot_be_written_does_not_stop_the_others() {
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| {
        s.expect("00000000 NOOP\r\n").send("00000000 OK\r\n")
    });
    let bad = Command::new("CREATE").astring(b"a\0b");
    let done = connection
        .run_all(&[bad, command("NOOP")], &mut Vec::new())
        .expect("answered");
    assert!(done[0].0.is_none() && !done[0].1.is_ok() && done[1].1.is_ok());
    finish(&script);
}

#[test]
fn much_goes_in_portions() {
    let long = || Command::new("CREATE").checked_atom("x".repeat(limits::PIPELINE));
    let name = "x".repeat(limits::PIPELINE);
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| {
        s.expect(format!("00000000 CREATE {name}\r\n"))
            .send("00000000 OK\r\n")
            .expect(format!("00000001 CREATE {name}\r\n"))
            .send("00000001 OK\r\n")
    });
    let done = connection.run_all(&[long(), long()], &mut Vec::new());
    assert_eq!(done.expect("answered").len(), 2);
    finish(&script);
}

#[test]
fn the_answer_to_a_posted_command_comes_with_the_next() {
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| {
        s.expect("00000000 CHECK\r\n00000001 NOOP\r\n")
            .send("00000000 NO no\r\n00000001 OK\r\n")
    });
    let tag = connection
        .post(&command("CHECK"))
        .expect("alive")
        .expect("sent");
    let mut events = Vec::new();
    assert!(
        connection
            .run(&command("NOOP"), &mut events)
            .expect("answered")
            .is_ok()
    );
    assert!(matches!(&events[..], [Event::Done(of, done)] if *of == tag && !done.is_ok()));
    connection.settle(&mut events).expect("nothing to wait for");
    finish(&script);
}

#[test]
fn settling_waits_for_what_was_posted() {
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| {
        s.expect("00000000 CHECK\r\n")
            .send("* 1 EXISTS\r\n")
            .send("00000000 OK\r\n")
    });
    connection
        .post(&command("CHECK"))
        .expect("alive")
        .expect("sent");
    let mut events = Vec::new();
    connection.settle(&mut events).expect("answered");
    assert!(matches!(
        events[..],
        [Event::Untagged(_), Event::Done(_, _)]
    ));
    finish(&script);
}

#[test]
fn an_idle_ends_with_the_next_command() {
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| {
        s.expect("00000000 IDLE\r\n")
            .send("+ idling\r\n")
            .send("* 3 EXISTS\r\n")
            .expect("DONE\r\n00000001 NOOP\r\n")
            .send("00000000 OK idled\r\n00000001 OK\r\n")
    });
    connection.idle().expect("alive");
    assert!(
        !connection.session().is_idling(),
        "the server has not said so"
    );
    let mut events = Vec::new();
    connection.glance(&mut events).expect("alive");
    assert!(connection.session().is_idling() && !connection.session().is_waiting());
    assert!(matches!(events[..], [Event::Untagged(_)]));
    connection.idle().expect("one is enough");
    connection
        .run(&command("NOOP"), &mut events)
        .expect("answered");
    assert!(!connection.session().is_idling());
    finish(&script);
}

#[test]
fn commands_within_an_idle_go_on_with_it() {
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| {
        s.expect("00000000 IDLE\r\n")
            .send("+ idling\r\n")
            .expect("DONE\r\n00000001 NOOP\r\n00000002 IDLE\r\n")
            .send("00000000 OK idled\r\n00000001 OK\r\n+ idling\r\n")
    });
    let mut events = Vec::new();
    connection.idle().expect("alive");
    connection.glance(&mut events).expect("alive");
    connection
        .run_within_idle(&[command("NOOP")], false, &mut events)
        .expect("answered");
    connection.glance(&mut events).expect("alive");
    assert!(connection.session().is_idling());
    finish(&script);
}

#[test]
fn the_end_of_an_idle_waits_for_its_beginning() {
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| {
        s.expect("00000000 IDLE\r\n")
            .send("+ idling\r\n")
            .expect("DONE\r\n00000001 NOOP\r\n")
            .send("00000000 OK idled\r\n00000001 OK\r\n")
    });
    connection.idle().expect("alive");
    connection
        .run(&command("NOOP"), &mut Vec::new())
        .expect("answered");
    finish(&script);
}

#[test]
fn a_refused_idle_is_not_asked_for_again() {
    let greeting = "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi\r\n";
    let (mut connection, script) = greeted(greeting, |s| {
        s.expect("00000000 IDLE\r\n")
            .send("00000000 BAD what\r\n")
            .expect("00000001 NOOP\r\n")
            .send("00000001 OK\r\n")
    });
    assert!(connection.session().capabilities().idle);
    connection.idle().expect("alive");
    let mut events = Vec::new();
    connection
        .run(&command("NOOP"), &mut events)
        .expect("answered");
    assert!(!connection.session().capabilities().idle);
    assert!(!String::from_utf8_lossy(&script.lock().unwrap().log).contains("DONE"));
    finish(&script);
}

#[test]
fn a_glance_sees_that_the_server_has_hung_up() {
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", Scripted::hangup);
    let lost = connection.glance(&mut Vec::new()).expect_err("it has");
    assert_eq!(lost.step, "command");
    assert!(is_closed(&script));
}

#[test]
fn a_select_goes_along_with_the_login() {
    let greeting = "* OK [CAPABILITY IMAP4rev1 SASL-IR] hi\r\n";
    let (mut connection, script) = greeted(greeting, |s| {
        s.expect(format!(
            "00000000 AUTHENTICATE PLAIN {PLAIN}\r\n00000001 SELECT INBOX\r\n"
        ))
        .send("00000000 OK in\r\n* 3 EXISTS\r\n")
        .send("00000001 OK selected\r\n")
    });
    let select = Command::new("SELECT").mailbox(b"INBOX");
    let mut events = Vec::new();
    let (exchange, sent) = connection
        .authenticate(&mut *plain(), Some(&select), &mut events)
        .expect("answered");
    assert!(matches!(exchange, Exchange::Verdict(done) if done.is_ok()));
    assert!(events.is_empty(), "what belongs to the mailbox comes later");
    let done = connection.finish(sent.expect("sent along"), &mut events);
    assert!(done.expect("answered").is_ok());
    assert!(matches!(events[..], [Event::Untagged(Untagged::Exists(3))]));
    assert_eq!(connection.session().state(), State::Selected);
    finish(&script);
}

#[test]
fn a_select_goes_along_with_the_last_answer_to_a_challenge() {
    let answer = "dGltIGQ2MjE1OWIyZmM1YmY1NzQyZjllMGU5ZmIwZmE4MTIy\r\n00000001 SELECT INBOX\r\n";
    let (mut connection, script) = greeted("* OK hi\r\n", |s| {
        s.expect("00000000 AUTHENTICATE CRAM-MD5\r\n")
            .send("+ PDE+\r\n")
            .expect(answer)
            .send("00000000 NO wrong\r\n00000001 BAD not logged in\r\n")
    });
    let select = Command::new("SELECT").mailbox(b"INBOX");
    let mut mechanism = mechanism("CRAM-MD5");
    let (exchange, sent) = connection
        .authenticate(&mut *mechanism, Some(&select), &mut Vec::new())
        .expect("answered");
    assert!(matches!(exchange, Exchange::Verdict(done) if !done.is_ok()));
    assert_eq!(sent, None, "it was refused as well");
    finish(&script);
}

#[test]
fn a_server_that_asks_on_gets_no_command_for_an_answer() {
    let greeting = "* OK [CAPABILITY IMAP4rev1 SASL-IR] hi\r\n";
    let (mut connection, script) = greeted(greeting, |s| {
        s.expect(format!(
            "00000000 AUTHENTICATE PLAIN {PLAIN}\r\n00000001 SELECT INBOX\r\n"
        ))
        .send("+ more\r\n")
    });
    let select = Command::new("SELECT").mailbox(b"INBOX");
    connection
        .authenticate(&mut *plain(), Some(&select), &mut Vec::new())
        .expect_err("nothing good can come of it");
    assert!(is_closed(&script));
}
