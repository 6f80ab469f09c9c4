mod ahead;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::*;
use crate::imap::response::Untagged;
use crate::imap::session::State;
use crate::transport::scripted::Scripted;
use crate::transport::{Timeouts, WireError};

/// A [`Scripted`] that the test can still look at when the connection owns it.
struct Shared(Arc<Mutex<Scripted>>, Peer);

impl Wire for Shared {
    fn read(&mut self, into: &mut Vec<u8>) -> Result<usize, WireError> {
        self.0.lock().unwrap().read(into)
    }
    fn write_all(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        self.0.lock().unwrap().write_all(bytes)
    }
    fn wait_readable(&mut self, at_most: Duration) -> Result<bool, WireError> {
        self.0.lock().unwrap().wait_readable(at_most)
    }
    fn set_timeouts(&mut self, timeouts: Timeouts) {
        self.0.lock().unwrap().set_timeouts(timeouts);
    }
    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.0.lock().unwrap().set_deadline(deadline);
    }
    fn start_tls(&mut self, options: &TlsOptions, unread: &[u8]) -> Result<(), TlsError> {
        self.0.lock().unwrap().start_tls(options, unread)
    }
    fn is_tls(&self) -> bool {
        self.0.lock().unwrap().is_tls()
    }
    fn peer(&self) -> &Peer {
        &self.1
    }
    fn close(&mut self) {
        self.0.lock().unwrap().close();
    }
}

fn over(script: Scripted) -> (Connection, Arc<Mutex<Scripted>>) {
    let peer = script.peer().clone();
    let script = Arc::new(Mutex::new(script));
    let wire = Shared(Arc::clone(&script), peer);
    let limit = Some(Duration::from_secs(30));
    (Connection::new(Box::new(wire), limit), script)
}

/// A connection that has heard this greeting and goes on with the script.
fn greeted(
    greeting: &str,
    script: impl FnOnce(Scripted) -> Scripted,
) -> (Connection, Arc<Mutex<Scripted>>) {
    let (mut connection, shared) = over(script(Scripted::new().send(greeting)));
    connection.greeting(&mut Vec::new()).expect("a greeting");
    (connection, shared)
}

fn finish(script: &Mutex<Scripted>) {
    script.lock().unwrap().finish();
}

/// Whether the connection has closed its wire.
fn is_closed(script: &Mutex<Scripted>) -> bool {
    let peeked = script.lock().unwrap().wait_readable(Duration::ZERO);
    matches!(peeked, Err(WireError::Closed))
}

#[test]
fn a_greeting_is_waited_for() {
    let (mut connection, script) = over(Scripted::new().send("* OK hello\r\n").in_chunks(3));
    let (status, text) = connection.greeting(&mut Vec::new()).unwrap();
    assert_eq!((status, text.text.as_slice()), (Status::Ok, &b"hello"[..]));
    finish(&script);
}

#[test]
fn no_greeting_means_no_connection() {
    for (script, reason) in [
        (Scripted::new().hangup(), "closed the connection"),
        (Scripted::new().stall(), "timed out"),
        (
            Scripted::new().send("* OK hel").hangup(),
            "closed the connection",
        ),
        (Scripted::new().send("* OK hel").stall(), "timed out"),
        (Scripted::new().send("220 hello\r\n"), "220 hello"),
        (Scripted::new().send("* NO hello\r\n"), "NO hello"),
        (Scripted::new().send("a OK hello\r\n"), "greeted with"),
        (Scripted::new().send("* X {99999999999}\r\n"), ""),
    ] {
        let shown = format!("{script:?}");
        let (mut connection, script) = over(script);
        let lost = connection.greeting(&mut Vec::new()).expect_err(&shown);
        assert!(lost.reason.contains(reason), "{lost:?}: {shown}");
        assert!(is_closed(&script), "{shown}");
    }
}

#[test]
fn a_command_that_gets_no_answer_loses_the_connection() {
    type Ending = fn(Scripted) -> Scripted;
    let cases: [(&str, Ending, &str, usize); 6] = [
        ("silence", Scripted::stall, "timed out", 0),
        ("end", Scripted::hangup, "closed the connection", 0),
        (
            "half a line",
            |s| s.send("00000000 O").hangup(),
            "closed",
            0,
        ),
        (
            "half a literal",
            |s| s.send("* X {9}\r\nabc").stall(),
            "timed out",
            0,
        ),
        ("BYE", |s| s.send("* BYE going\r\n").hangup(), "closed", 1),
        (
            "a literal beyond all limits",
            |s| s.send("* X {99999999999999999999}\r\n"),
            "",
            0,
        ),
    ];
    for (name, ending, reason, told) in cases {
        let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| {
            ending(s.expect("00000000 NOOP\r\n"))
        });
        let mut events = Vec::new();
        let lost = connection
            .run(&Command::new("NOOP"), &mut events)
            .expect_err(name);
        assert_eq!(lost.step, "server response", "{name}");
        assert!(lost.reason.contains(reason), "{name}: {lost:?}");
        assert_eq!(events.len(), told, "{name}: {events:?}");
        assert!(is_closed(&script), "{name}");
        // And it stays lost.
        let again = connection.run(&Command::new("NOOP"), &mut events);
        assert_eq!(again.expect_err(name).step, "command", "{name}");
    }
}

#[test]
fn garbage_between_is_told_and_the_command_goes_on() {
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| {
        s.expect("00000000 NOOP\r\n")
            .send("\r\nwhat?\r\n* \r\n+ go\r\nX1 OK\r\n")
            .send("* 1 EXISTS\r\n00000000 OK done\r\n")
    });
    let mut events = Vec::new();
    assert!(
        connection
            .run(&Command::new("NOOP"), &mut events)
            .unwrap()
            .is_ok()
    );
    let troubles = events
        .iter()
        .filter(|e| matches!(e, Event::Trouble(_)))
        .count();
    assert_eq!((events.len(), troubles), (6, 5), "{events:?}");
    finish(&script);
}

#[test]
fn literals_wait_on_the_wire_too() {
    let command = Command::new("APPEND")
        .mailbox(b"Box")
        .message(b"hello".to_vec());
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| {
        s.expect("00000000 APPEND Box {5}\r\n")
            .send("+ ready\r\n")
            .expect("hello\r\n")
            .send("00000000 OK stored\r\n")
            .expect("00000001 APPEND Box {5}\r\n")
            .send("00000001 NO [OVERQUOTA] full\r\n")
            .expect("00000002 NOOP\r\n")
            .send("00000002 OK\r\n")
    });
    let mut events = Vec::new();
    assert!(connection.run(&command, &mut events).unwrap().is_ok());
    assert_eq!(
        connection.run(&command, &mut events).unwrap().status,
        Status::No
    );
    assert!(
        connection
            .run(&Command::new("NOOP"), &mut events)
            .unwrap()
            .is_ok()
    );
    assert!(events.is_empty());
    finish(&script);
}

#[test]
fn a_command_that_cannot_be_written_is_refused_here() {
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| s);
    let done = connection
        .run(&Command::new("CREATE").mailbox(b"a\0b"), &mut Vec::new())
        .unwrap();
    assert_eq!(done.status, Status::No);
    assert!(String::from_utf8_lossy(&done.text.raw).starts_with("CREATE not sent"));
    finish(&script);
}

fn plain() -> Box<dyn Mechanism> {
    mechanism("PLAIN")
}

fn mechanism(name: &str) -> Box<dyn Mechanism> {
    let credentials = sasl::test_credentials("tim", None, "secret");
    let info = sasl::MECHANISMS
        .iter()
        .find(|m| m.name == name)
        .expect("known");
    (info.start)(credentials).unwrap()
}

/// Base64 of NUL tim NUL secret.
const PLAIN: &str = "AHRpbQBzZWNyZXQ=";

#[test]
fn an_initial_response_goes_along_only_where_the_server_takes_it() {
    for (capabilities, sasl_ir) in [("IMAP4rev1", false), ("IMAP4rev1 SASL-IR", true)] {
        let greeting = format!("* OK [CAPABILITY {capabilities}] hi\r\n");
        let (mut connection, script) = greeted(&greeting, |s| {
            let s = if sasl_ir {
                s.expect(format!("00000000 AUTHENTICATE PLAIN {PLAIN}\r\n"))
            } else {
                s.expect("00000000 AUTHENTICATE PLAIN\r\n")
                    .send("+ \r\n")
                    .expect(format!("{PLAIN}\r\n"))
            };
            s.send("00000000 OK [CAPABILITY IMAP4rev1 QUOTA] in\r\n")
        });
        let exchange = connection
            .authenticate(&mut *plain(), None, &mut Vec::new())
            .map(|(exchange, _)| exchange);
        let Ok(Exchange::Verdict(done)) = exchange else {
            panic!("{exchange:?}")
        };
        assert!(done.is_ok());
        assert_eq!(connection.session().state(), State::Authenticated);
        assert!(connection.session().capabilities_known());
        finish(&script);
    }
}

#[test]
fn a_bad_challenge_cancels_the_exchange() {
    for challenge in ["+ !!!\r\n", "+ UGFzc3dvcmQ6\r\n"] {
        // What the server makes of it does not matter, least of all an OK.
        for verdict in ["BAD cancelled", "NO", "OK welcome"] {
            let (mut connection, script) = greeted("* OK hi\r\n", |s| {
                s.expect("00000000 AUTHENTICATE PLAIN\r\n")
                    .send(challenge)
                    .expect("*\r\n")
                    .send(format!("00000000 {verdict}\r\n"))
            });
            let exchange = connection
                .authenticate(&mut *plain(), None, &mut Vec::new())
                .map(|(exchange, _)| exchange);
            assert!(
                matches!(&exchange, Ok(Exchange::Cancelled(reason)) if !reason.is_empty()),
                "{exchange:?}"
            );
            assert!(!String::from_utf8_lossy(&script.lock().unwrap().log).contains(PLAIN));
            finish(&script);
        }
    }
}

#[test]
fn one_challenge_too_many_is_no_second_answer() {
    // "<1>" and its digest under the password "secret".
    let answer = "dGltIGQ2MjE1OWIyZmM1YmY1NzQyZjllMGU5ZmIwZmE4MTIy\r\n";
    let (mut connection, script) = greeted("* OK hi\r\n", |s| {
        s.expect("00000000 AUTHENTICATE CRAM-MD5\r\n")
            .send("+ PDE+\r\n")
            .expect(answer)
            .send("+ PDI+\r\n")
            .expect("*\r\n")
            .send("+ again\r\n")
            .expect("*\r\n")
            .send("00000000 BAD stop\r\n")
    });
    let exchange = connection
        .authenticate(&mut *mechanism("CRAM-MD5"), None, &mut Vec::new())
        .map(|(exchange, _)| exchange);
    assert!(
        matches!(exchange, Ok(Exchange::Cancelled(_))),
        "{exchange:?}"
    );
    finish(&script);
}

#[test]
fn an_exchange_that_breaks_off_loses_the_connection() {
    for ending in [Scripted::hangup, Scripted::stall] {
        let (mut connection, script) = greeted("* OK hi\r\n", |s| {
            ending(
                s.expect("00000000 AUTHENTICATE PLAIN\r\n")
                    .send("+\r\n")
                    .expect(format!("{PLAIN}\r\n")),
            )
        });
        let lost = connection
            .authenticate(&mut *plain(), None, &mut Vec::new())
            .map(|(exchange, _)| exchange)
            .expect_err("no verdict");
        assert_eq!(lost.step, "authenticate");
        assert!(is_closed(&script));
    }
}

fn starttls(connection: &mut Connection) -> Result<(), TlsError> {
    let done = connection
        .run(&Command::new("STARTTLS"), &mut Vec::new())
        .expect("answered");
    assert!(done.is_ok());
    connection.start_tls(&TlsOptions::default())
}

#[test]
fn tls_makes_all_that_was_known_void() {
    let (mut connection, script) = greeted("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n", |s| {
        s.expect("00000000 STARTTLS\r\n")
            .send("00000000 OK [CAPABILITY IMAP4rev1 LITERAL+] go\r\n")
            .tls(true)
    });
    starttls(&mut connection).unwrap();
    assert!(connection.is_tls());
    assert!(!connection.session().capabilities_known());
    assert!(!connection.session().capabilities().literal_plus);
    finish(&script);
}

#[test]
fn what_was_injected_before_tls_closes_the_connection() {
    for injected in [
        "* PREAUTH you are in\r\n",
        "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n",
        "00000001 OK done\r\n",
        "* half a li",
        "\r\n",
        "*",
    ] {
        let (mut connection, script) = greeted("* OK hi\r\n", |s| {
            s.expect("00000000 STARTTLS\r\n")
                .send(format!("00000000 OK go\r\n{injected}"))
                .tls(true)
        });
        starttls(&mut connection).expect_err(injected);
        assert!(is_closed(&script), "{injected:?}");
        assert!(!connection.is_tls());
    }
}

#[test]
fn a_failed_handshake_closes_the_connection() {
    let (mut connection, script) = greeted("* OK hi\r\n", |s| {
        s.expect("00000000 STARTTLS\r\n")
            .send("00000000 OK go\r\n")
            .tls(false)
    });
    starttls(&mut connection).expect_err("scripted failure");
    assert!(is_closed(&script));
}

/// A wire on which each read takes some time of its own clock and brings what `next` says; it keeps to deadlines, as
/// the transport does.
struct Slow {
    peer: Peer,
    deadline: Option<Instant>,
    pace: Duration,
    lots: VecDeque<Vec<u8>>,
}

impl Wire for Slow {
    fn read(&mut self, into: &mut Vec<u8>) -> Result<usize, WireError> {
        std::thread::sleep(self.pace);
        if self.deadline.is_some_and(|limit| limit <= Instant::now()) {
            return Err(WireError::TimedOut(Operation::Read));
        }
        let lot = self.lots.pop_front().unwrap_or_default();
        into.extend_from_slice(&lot);
        Ok(lot.len())
    }
    fn write_all(&mut self, _bytes: &[u8]) -> Result<(), WireError> {
        if self.deadline.is_some_and(|limit| limit <= Instant::now()) {
            return Err(WireError::TimedOut(Operation::Write));
        }
        Ok(())
    }
    fn wait_readable(&mut self, _at_most: Duration) -> Result<bool, WireError> {
        Ok(true)
    }
    fn set_timeouts(&mut self, _timeouts: Timeouts) {}
    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }
    fn start_tls(&mut self, _options: &TlsOptions, _unread: &[u8]) -> Result<(), TlsError> {
        Ok(())
    }
    fn is_tls(&self) -> bool {
        false
    }
    fn peer(&self) -> &Peer {
        &self.peer
    }
    fn close(&mut self) {
        self.lots.clear();
    }
}

const LIMIT: Duration = Duration::from_millis(400);
const PACE: Duration = Duration::from_millis(40);

fn slow(lots: impl IntoIterator<Item = Vec<u8>>) -> Connection {
    let wire = Slow {
        peer: Scripted::new().peer().clone(),
        deadline: None,
        pace: PACE,
        lots: [b"* PREAUTH hi\r\n".to_vec()]
            .into_iter()
            .chain(lots)
            .collect(),
    };
    let mut connection = Connection::new(Box::new(wire), Some(LIMIT));
    connection.greeting(&mut Vec::new()).expect("greeted");
    connection
}

#[test]
fn dripping_octets_are_no_progress() {
    let line = b"* 1 FETCH (FLAGS (\\Seen))\r\n00000000 OK\r\n";
    let mut connection = slow(line.iter().map(|&octet| vec![octet]));
    let begun = Instant::now();
    let lost = connection
        .run(&Command::new("NOOP"), &mut Vec::new())
        .expect_err("too slow");
    assert!(lost.reason.contains("timed out"), "{lost:?}");
    assert!(begun.elapsed() < LIMIT * 10);
}

#[test]
fn whole_lines_and_large_lots_are_progress() {
    // Twelve lines, then sixty kilobytes of one literal, take longer than the limit.
    let lines = (0..12).map(|_| b"* 1 EXISTS\r\n".to_vec());
    let literal = format!("* 1 FETCH (BODY[] {{{}}}\r\n", 12 * 4096).into_bytes();
    let lots = (0..12).map(|_| vec![b'x'; 4096]);
    let end = b")\r\n00000000 OK\r\n".to_vec();
    let mut connection = slow(lines.chain([literal]).chain(lots).chain([end]));
    let mut events = Vec::new();
    let begun = Instant::now();
    assert!(
        connection
            .run(&Command::new("NOOP"), &mut events)
            .unwrap()
            .is_ok()
    );
    assert_eq!(events.len(), 13);
    assert!(begun.elapsed() > LIMIT, "the test proves nothing otherwise");
}

#[test]
fn logging_out_has_one_limit_for_all_of_it() {
    // As long as lines come each read makes progress; the goodbye ends all the same.
    let chatter = || (0..500).map(|_| b"* 1 EXISTS\r\n".to_vec());
    let mut connection = slow(chatter());
    let begun = Instant::now();
    let lost = connection
        .logout(Some(LIMIT), &mut Vec::new())
        .expect_err("never answered");
    assert!(lost.reason.contains("timed out"), "{lost:?}");
    assert!(begun.elapsed() < LIMIT * 10, "{:?}", begun.elapsed());
}

#[test]
fn a_goodbye_in_time_is_heard() {
    let (mut connection, script) = greeted("* PREAUTH hi\r\n", |s| {
        s.expect("00000000 LOGOUT\r\n")
            .send("* BYE bye\r\n00000000 OK\r\n")
            .hangup()
    });
    let mut events = Vec::new();
    let limit = Some(Duration::from_secs(5));
    assert!(connection.logout(limit, &mut events).unwrap().is_ok());
    assert_eq!(events.len(), 1);
    let deadline = script.lock().unwrap().deadline.expect("set");
    assert!(deadline <= Instant::now() + Duration::from_secs(5));
    connection.close();
    finish(&script);
}
