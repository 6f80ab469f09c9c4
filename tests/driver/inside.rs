//! Calls from within callbacks.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::calls::{NIL, Stream, close, expunge, flag, header, open, open_on, ping, uid};
use crate::host;
use crate::server::Server;

/// A server that answers NOOP so.
fn with_news(news: &'static str) -> Server {
    Server::start(move |command| (command == "NOOP").then(|| format!("{news}# OK done\r\n")))
}

/// Does something once, inside the first callback of that name.
fn once_in(name: &'static str, mut work: impl FnMut() + 'static) -> Rc<Cell<bool>> {
    let done = Rc::new(Cell::new(false));
    let flag = Rc::clone(&done);
    host::react(move |call| {
        if call.name == name && !flag.replace(true) {
            work();
        }
    });
    done
}

#[test]
fn a_fetch_inside_mm_exists_works() {
    let server = with_news("* 5 EXISTS\r\n* 4 FETCH (FLAGS ())\r\n");
    let stream = open(&server.mailbox("INBOX"));
    let got = Rc::new(RefCell::new(String::new()));
    let into = Rc::clone(&got);
    let done = once_in("exists", move || *into.borrow_mut() = header(stream, 5));
    host::take();
    assert!(ping(stream));
    host::calm();
    assert!(done.get());
    assert_eq!(*got.borrow(), "Subject: hi\r\n\r\n");
    assert_eq!(host::take(), ["exists 5", "flags 4"]);
    close(stream);
}

/// What a nested command does while numbers change: nothing reaches the server.
fn refused_inside(news: &'static str, callback: &'static str) {
    let server = with_news(news);
    let stream = open(&server.mailbox("INBOX"));
    let got = Rc::new(Cell::new(99));
    let into = Rc::clone(&got);
    let done = once_in(callback, move || {
        into.set(uid(stream, 3));
        flag(stream, "3", "\\Deleted");
        assert_eq!(header(stream, 3), "");
    });
    assert!(ping(stream));
    host::calm();
    assert!(done.get());
    assert_eq!(got.get(), 0, "inside {callback}");
    let heard = server.heard();
    let stale = heard
        .iter()
        .find(|c| c.contains("FETCH") || c.contains("STORE"));
    assert_eq!(stale, None, "inside {callback}");
    // Afterwards all is well.
    assert_eq!(uid(stream, 1), 11);
    close(stream);
}

#[test]
fn stale_numbers_are_refused_while_an_expunge_is_untold() {
    refused_inside("* 4 EXISTS\r\n* 1 EXPUNGE\r\n", "exists");
}

#[test]
fn stale_numbers_are_refused_while_an_expunge_is_being_told() {
    refused_inside("* 1 EXPUNGE\r\n", "expunged");
}

#[test]
fn a_stream_may_be_closed_inside_any_callback() {
    let news = "* 5 EXISTS\r\n* 4 FETCH (FLAGS (\\Flagged))\r\n* NO watch out\r\n* 2 EXPUNGE\r\n\
                * SEARCH 1 2\r\n* LIST () \"/\" a\r\n* LSUB () \"/\" a\r\n* STATUS a (MESSAGES 1)\r\n\
                * 3 EXISTS\r\n";
    for name in [
        "exists", "flags", "notify", "expunged", "searched", "list", "lsub", "status",
    ] {
        let server = with_news(news);
        let stream = open(&server.mailbox("INBOX"));
        let done = once_in(name, move || {
            // What was pending may be told while it is being closed, as UW does with what comes with the goodbye.
            assert_eq!(close(stream), NIL);
            host::take();
        });
        assert!(!ping(stream), "{name}");
        host::calm();
        assert!(done.get(), "{name}");
        let told = host::take();
        let of_stream = told
            .iter()
            .find(|t| !t.starts_with("log") && !t.starts_with("notify"));
        assert_eq!(
            of_stream, None,
            "{name}: nothing is told of a closed stream"
        );
        assert!(!ping(stream));
        assert_eq!(close(stream), NIL);
    }
}

#[test]
fn a_stream_may_be_closed_while_it_is_opened() {
    for name in ["exists", "notify"] {
        let server = Server::start(|command| {
            command
                .starts_with("SELECT")
                .then(|| "* 3 EXISTS\r\n* NO careful\r\n# OK [READ-WRITE] done\r\n".to_owned())
        });
        // The host does not know the stream yet, but the callback names it; here all it can do is find it.
        let stream = open(&server.mailbox("INBOX"));
        let other = server.mailbox("Other");
        let done = once_in(name, move || assert_eq!(close(stream), NIL));
        let again = open_on(stream, &other, 0);
        host::calm();
        assert!(done.get());
        assert_eq!(again, NIL, "{name}");
        assert!(!ping(stream));
    }
}

#[test]
fn a_panic_in_a_callback_kills_that_stream_only() {
    for name in ["exists", "flags", "expunged", "notify"] {
        let server =
            with_news("* 5 EXISTS\r\n* 4 FETCH (FLAGS (\\Flagged))\r\n* NO hm\r\n* 2 EXPUNGE\r\n");
        let victim = open(&server.mailbox("INBOX"));
        let other = open(&server.mailbox("INBOX"));
        let done = once_in(name, || panic!("the host's own fault"));
        host::take();
        assert!(!ping(victim), "{name}");
        assert!(done.get());
        host::calm();
        let told = host::take();
        let errors: Vec<_> = told.iter().filter(|t| t.starts_with("log 2")).collect();
        assert_eq!(
            errors,
            ["log 2 mail_ping: internal error: the host's own fault"]
        );
        assert!(!ping(victim));
        assert_eq!(header(victim, 1), "");
        assert!(ping(other), "{name}");
        assert_eq!(close(victim), NIL);
        assert_eq!(close(other), NIL);
    }
}

#[test]
fn a_panic_in_mm_log_does_not_get_through() {
    let server =
        Server::start(|command| (command == "EXPUNGE").then(|| "# OK gone\r\n".to_owned()));
    let stream = open(&server.mailbox("INBOX"));
    host::react(|call| {
        if call.name == "log" {
            panic!("cannot log");
        }
    });
    assert!(!expunge(stream));
    host::calm();
    assert!(!ping(stream));
    close(stream);
}

#[test]
fn a_panic_deep_inside_is_the_inner_calls_failure() {
    let server = with_news("* 5 EXISTS\r\n");
    let stream = open(&server.mailbox("INBOX"));
    let depth = Rc::new(Cell::new(0));
    let at = Rc::clone(&depth);
    host::react(move |call| {
        if call.name == "exists" {
            at.set(at.get() + 1);
            host::react(|call| {
                if call.name == "flags" {
                    panic!("inner");
                }
            });
            assert_eq!(uid(stream, 1), 0);
        }
    });
    host::take();
    // The inner call lost the stream; the outer one had its answer already.
    ping(stream);
    host::calm();
    assert_eq!(depth.get(), 1);
    let told = host::take();
    assert!(
        told.iter()
            .any(|t| t == "log 2 mail_uid: internal error: inner"),
        "{told:?}"
    );
    assert!(!ping(stream));
    close(stream);
}

#[test]
fn a_closed_stream_may_be_opened_upon() {
    let server = Server::start(|_| None);
    let first = open(&server.mailbox("INBOX"));
    close(first);
    let second = open_on(first, &server.mailbox("INBOX"), 0);
    assert_ne!(second, NIL);
    assert_ne!(second, first);
    assert!(ping(second) && !ping(first));
    close(second);
}

#[test]
fn a_fetch_inside_mm_flags_and_mm_log_works() {
    let server = Server::start(|command| match command {
        "NOOP" => Some("* 2 FETCH (FLAGS (\\Flagged))\r\n# OK\r\n".to_owned()),
        "EXPUNGE" => Some("# OK nothing to do\r\n".to_owned()),
        _ => None,
    });
    let stream = open(&server.mailbox("INBOX"));
    for (name, work) in [("flags", ping as fn(Stream) -> bool), ("log", expunge)] {
        let done = once_in(name, move || {
            assert_eq!(header(stream, 2), "Subject: hi\r\n\r\n");
            assert_eq!(uid(stream, 2), 12);
        });
        assert!(work(stream), "{name}");
        host::calm();
        assert!(done.get(), "{name}");
    }
    close(stream);
}

#[test]
fn a_stream_may_be_closed_inside_mm_log() {
    let server = Server::start(|_| None);
    // While it is opened on, while it is expunged, and while it says goodbye.
    type Work = fn(&Server, Stream);
    let works: [Work; 3] = [
        |server, stream| {
            assert_eq!(open_on(stream, &server.mailbox("Other"), 0), NIL);
        },
        |_, stream| {
            expunge(stream);
        },
        |_, stream| {
            assert_eq!(open_on(stream, "{127.0.0.1:1/imap}x", 0), NIL);
        },
    ];
    for work in works {
        let stream = open(&server.mailbox("INBOX"));
        let done = once_in("log", move || assert_eq!(close(stream), NIL));
        work(&server, stream);
        host::calm();
        assert!(done.get());
        assert!(!ping(stream));
    }
}
