//! Threads: several on one stream, one each on many.

use std::time::{Duration, Instant};

use crate::calls::{NIL, close, header, open, open_on, ping, uid};
use crate::server::Server;

#[test]
fn two_threads_on_one_stream_take_turns() {
    let server = Server::start(|_| None);
    let stream = open(&server.mailbox("INBOX"));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for n in 1..=3 {
                    assert!(ping(stream));
                    assert_eq!(uid(stream, n), 10 + n);
                    assert_eq!(header(stream, n), "Subject: hi\r\n\r\n");
                }
            });
        }
    });
    close(stream);
}

#[test]
fn many_threads_on_many_streams_do_not_wait_for_each_other() {
    let pause = Duration::from_millis(300);
    let server = Server::start(move |command| {
        if command == "NOOP" {
            std::thread::sleep(pause);
        }
        None
    });
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                let stream = open(&server.mailbox("INBOX"));
                assert_ne!(stream, NIL);
                assert!(ping(stream));
                assert_eq!(uid(stream, 2), 12);
                assert_eq!(close(stream), NIL);
            });
        }
    });
    assert!(
        begun.elapsed() < pause * 11,
        "one after the other: {:?}",
        begun.elapsed()
    );
}

#[test]
fn a_stream_closed_by_one_thread_is_closed_for_all() {
    let server = Server::start(|command| {
        if command == "NOOP" {
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    });
    for round in 0..6 {
        let stream = open(&server.mailbox("INBOX"));
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| while ping(stream) {});
            }
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(10 * round));
                assert_eq!(close(stream), NIL);
            });
        });
        assert_eq!(header(stream, 1), "");
    }
}

#[test]
fn opening_on_a_pointer_that_another_thread_closed_gives_a_fresh_stream() {
    let server = Server::start(|_| None);
    for _ in 0..6 {
        let stream = open(&server.mailbox("INBOX"));
        let opened = std::thread::scope(|scope| {
            scope.spawn(|| close(stream));
            let other = scope.spawn(|| open_on(stream, &server.mailbox("Other"), 0));
            other.join().expect("no panic")
        });
        // Whoever came first: what the second thread has is either open, or was closed in its hands.
        if opened != NIL && opened != stream {
            assert!(ping(opened));
        }
        close(opened);
    }
}
