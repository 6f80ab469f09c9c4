use super::*;
use crate::imap::command::Command;
use crate::imap::session::Session;
use crate::limits;

/// A session in a mailbox, with a command under way.
fn busy(trace: bool) -> Session {
    let mut session = Session::new();
    session.receive(b"* PREAUTH hello\r\n").unwrap();
    session
        .submit(&Command::new("SELECT").mailbox(b"x"))
        .unwrap();
    let _ = session.output();
    session
        .receive(b"* 1000 EXISTS\r\n00000000 OK done\r\n")
        .unwrap();
    session.submit(&Command::new("NOOP")).unwrap();
    let _ = session.output();
    while session.next_event().is_some() {}
    session.set_trace(trace);
    session
}

/// The n-th line of a flood, some of them with a literal.
fn line(n: usize) -> String {
    match n % 5 {
        0 => format!("* {} FETCH (FLAGS (\\Seen k{n}))", n % 900 + 1),
        1 => format!("* LIST () \"/\" {{3}}\r\na\r{}", n % 10),
        2 => format!("* OK text \"{n} {{3}}"),
        3 => format!("* SEARCH {n}"),
        _ => format!("* {} FETCH (BODY[] {{4}}\r\n\r\n\" UID {n})", n % 900 + 1),
    }
}

#[test]
fn a_backlog_tells_what_the_server_said_in_its_order() {
    for trace in [false, true] {
        let count = limits::EVENTS_AT_HAND + 5_000;
        let mut session = busy(trace);
        let mut pending = Pending::default();
        for n in 0..count {
            session
                .receive(format!("{}\r\n", line(n)).as_bytes())
                .unwrap();
            if n % 7 == 0 {
                pending.extend(std::iter::from_fn(|| session.next_event()));
            }
        }
        session.receive(b"00000001 OK done\r\n").unwrap();
        pending.extend(std::iter::from_fn(|| session.next_event()));
        assert!(pending.later.len() < limits::EVENTS_AT_HAND * 3 + 10);
        for n in 0..count {
            let mut framer = Framer::over(format!("{}\r\n", line(n)).into_bytes());
            let frame = framer.next_frame().unwrap().unwrap();
            let Ok(Response::Untagged(wanted)) = response::parse(&frame) else {
                panic!()
            };
            if trace {
                for text in frame.text_lines() {
                    assert_eq!(pending.pop(), Some(Event::Trace(text.to_vec())));
                }
            }
            assert_eq!(pending.pop(), Some(Event::Untagged(wanted)), "{n}");
        }
        if trace {
            assert!(matches!(pending.pop(), Some(Event::Trace(_))));
        }
        assert!(matches!(pending.pop(), Some(Event::Done(..))));
        assert_eq!(pending.pop(), None);
    }
}

#[test]
fn an_expunge_in_a_backlog_is_known() {
    let mut session = busy(false);
    let mut pending = Pending::default();
    for _ in 0..=limits::EVENTS_AT_HAND {
        session.receive(b"* 1000 EXISTS\r\n").unwrap();
    }
    pending.extend(std::iter::from_fn(|| session.next_event()));
    assert!(!pending.expunges());
    session
        .receive(b"* 1000 EXPUNGE\r\n* 999 EXISTS\r\n")
        .unwrap();
    pending.extend(std::iter::from_fn(|| session.next_event()));
    let mut told = 0;
    while pending.expunges() {
        told += usize::from(pending.pop().is_some());
    }
    // To the end of the backlog, to be on the safe side.
    assert_eq!(told, limits::EVENTS_AT_HAND + 3);
}

#[test]
fn a_flood_costs_little_more_than_its_octets() {
    let mut session = busy(false);
    let mut pending = Pending::default();
    let lot = "* 1000 EXISTS\r\n".repeat(1_000);
    for _ in 0..100 {
        session.receive(lot.as_bytes()).unwrap();
        pending.extend(std::iter::from_fn(|| session.next_event()));
    }
    let Some(Event::Backlog(backlog)) = pending.later.back() else {
        panic!()
    };
    assert!(pending.later.len() <= limits::EVENTS_AT_HAND + 1);
    assert!(backlog.octets.len() <= 100 * lot.len());
}

#[test]
fn complaints_are_bounded() {
    let mut session = busy(true);
    session.receive(&b"\r\n".repeat(300_000)).unwrap();
    let mut troubles = Vec::new();
    while let Some(event) = session.next_event() {
        if let Event::Trouble(text) = event {
            troubles.push(text);
        }
    }
    assert_eq!(troubles.len(), limits::TROUBLES_PER_COMMAND);
    assert!(troubles.pop().unwrap().contains("more"));
    assert!(troubles.pop().unwrap().contains("blank"));
}

#[test]
fn what_cannot_be_read_is_told_in_its_place_and_not_without_end() {
    for before in [0, limits::EVENTS_AT_HAND] {
        let mut session = busy(false);
        let mut pending = Pending::default();
        session
            .receive("* 1000 EXISTS\r\n".repeat(before).as_bytes())
            .unwrap();
        session
            .receive(b"* SEARCH 1\r\n* 3 FETCH (UID 7\r\n")
            .unwrap();
        session
            .receive("* 3 FETCH UID\r\n".repeat(5_000).as_bytes())
            .unwrap();
        session.receive(b"* SEARCH 2\r\n").unwrap();
        pending.extend(std::iter::from_fn(|| session.next_event()));
        for _ in 0..before {
            assert!(matches!(pending.pop(), Some(Event::Untagged(_))));
        }
        let search = |number| {
            let numbers = vec![number];
            let mod_seq = None;
            Some(Event::Untagged(Untagged::Search { numbers, mod_seq }))
        };
        assert_eq!(pending.pop(), search(1));
        // Some servers forget the last parenthesis.
        let Some(Event::Untagged(Untagged::Fetch { number: 3, .. })) = pending.pop() else {
            panic!()
        };
        for n in 1..=limits::TROUBLES_PER_COMMAND {
            let Some(Event::Trouble(text)) = pending.pop() else {
                panic!("{n}")
            };
            assert_eq!(text.contains("more"), n == limits::TROUBLES_PER_COMMAND);
        }
        assert_eq!(pending.pop(), search(2));
        assert_eq!(pending.pop(), None);
        pending.extend([Event::Fetch(3, frame_of(b"* 3 FETCH UID\r\n"))]);
        assert!(matches!(pending.pop(), Some(Event::Trouble(_))));
    }
}

fn frame_of(line: &[u8]) -> Frame {
    let mut framer = Framer::over(line.to_vec());
    framer.next_frame().unwrap().unwrap()
}
