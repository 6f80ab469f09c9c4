//! What is told when, and what becomes of a stream whose server goes away.

use crate::calls::{NIL, close, expunge, header, open, ping, uid};
use crate::host;
use crate::server::{HANGUP, STALL, Server};

#[test]
fn a_life_in_order() {
    let server = Server::start(|_| None);
    let stream = open(&server.mailbox("INBOX"));
    assert_ne!(stream, NIL);
    assert_eq!(stream.count(), 3);
    let told = host::take();
    let places: Vec<usize> = ["login 0", "exists 3"]
        .iter()
        .map(|wanted| told.iter().position(|t| t == wanted).expect(wanted))
        .collect();
    assert!(places.is_sorted(), "{told:?}");
    assert!(ping(stream));
    assert!(host::take().is_empty());
    assert_eq!(header(stream, 2), "Subject: hi\r\n\r\n");
    assert_eq!(uid(stream, 3), 13);
    assert_eq!(close(stream), NIL);
    let told = host::take();
    assert!(told.iter().all(|t| !t.starts_with("log 2")), "{told:?}");
    let heard = server.heard();
    assert_eq!(heard[0], "LOGIN user password");
    assert_eq!(heard[1], "SELECT INBOX");
    assert_eq!(heard.last().map(String::as_str), Some("LOGOUT"));
}

#[test]
fn news_is_told_in_the_servers_order() {
    let server = Server::start(|command| {
        (command == "NOOP").then(|| {
            "* 2 EXPUNGE\r\n* 4 EXISTS\r\n* 1 FETCH (FLAGS (\\Deleted))\r\n* 1 EXPUNGE\r\n\
             * 3 EXISTS\r\n* 9 EXPUNGE\r\n* NO low on disk\r\n# OK\r\n"
                .to_owned()
        })
    });
    let stream = open(&server.mailbox("INBOX"));
    host::take();
    assert!(ping(stream));
    assert_eq!(
        host::take(),
        [
            "expunged 2",
            "exists 4",
            "flags 1",
            "expunged 1",
            "exists 3",
            "notify 1 Unknown message data: 9 EXPUNGE",
            "notify 1 low on disk",
        ]
    );
    assert_eq!(stream.count(), 3);
    close(stream);
}

#[test]
fn a_server_that_goes_away_is_told_once_and_the_stream_fails_softly() {
    for (ending, first) in [
        (HANGUP, "notify 4 [CLOSED] "),
        ("* 1 FETCH (FLA!", "notify 4 [CLOSED] "),
        ("* BYE enough\r\n!", "notify 4 enough"),
        ("* X {99999999999}\r\n", "notify 4 [CLOSED] "),
    ] {
        let server = Server::start(move |command| (command == "NOOP").then(|| ending.to_owned()));
        let stream = open(&server.mailbox("INBOX"));
        host::take();
        assert!(!ping(stream));
        let told = host::take();
        // A new connection has been made, and told too little of the mailbox to take the place of the old one.
        let notice = told.iter().find(|t| t.starts_with("notify"));
        assert!(notice.is_some_and(|t| t.starts_with(first)), "{told:?}");
        let closed = told.iter().filter(|t| t.starts_with("notify 4 [CLOSED] "));
        assert_eq!(closed.count(), 1, "{told:?}");
        let heard = server.heard().len();
        assert!(!ping(stream));
        assert_eq!(header(stream, 1), "");
        assert_eq!(uid(stream, 1), 0);
        assert!(!expunge(stream));
        assert_eq!(close(stream), NIL);
        assert_eq!(server.heard().len(), heard, "{ending:?}");
    }
}

#[test]
fn a_refused_login_gives_no_stream() {
    let server = Server::start(|command| {
        command
            .starts_with("LOGIN")
            .then(|| "# NO [AUTHENTICATIONFAILED] no\r\n".to_owned())
    });
    host::take();
    assert_eq!(open(&server.mailbox("INBOX")), NIL);
    let told = host::take();
    assert!(told.iter().any(|t| t.starts_with("log 2")), "{told:?}");
    assert_eq!(told.iter().filter(|t| t.starts_with("login")).count(), 1);
}

#[test]
fn a_goodbye_that_is_not_answered_ends_in_time() {
    let server = Server::start(|command| (command == "LOGOUT").then(|| STALL.to_owned()));
    let stream = open(&server.mailbox("INBOX"));
    let begun = std::time::Instant::now();
    assert_eq!(close(stream), NIL);
    // SET_CLOSETIMEOUT is 3 seconds.
    assert!(begun.elapsed().as_secs() < 8);
}
