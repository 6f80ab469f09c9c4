use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use super::*;

#[test]
fn bytes_go_both_ways() {
    let (address, server) = serve(|mut stream| {
        let mut got = vec![0; 300_000];
        stream.read_exact(&mut got).unwrap();
        stream.write_all(&got).unwrap();
    });
    let mut wire = dial(address, &limits(LONG));
    let sent = pattern(300_000);
    wire.write_all(&sent).unwrap();
    assert_eq!(read_exactly(&mut wire, sent.len()), sent);
    assert_eq!(wire.read(&mut Vec::new()).unwrap(), 0);
    assert_eq!(wire.read(&mut Vec::new()).unwrap(), 0);
    server.join().unwrap();
}

#[test]
fn reading_appends() {
    let (address, _server) = serve(|mut stream| stream.write_all(b"def").unwrap());
    let mut wire = dial(address, &limits(LONG));
    let mut buffer = b"abc".to_vec();
    while wire.read(&mut buffer).unwrap() > 0 {}
    assert_eq!(buffer, b"abcdef");
}

#[test]
fn a_silent_server_times_out_and_may_be_waited_for_again() {
    let (go, wait) = channel();
    let (address, _server) = serve(move |mut stream| {
        wait.recv().unwrap();
        stream.write_all(b"late").unwrap();
        drain(stream)
    });
    let mut wire = dial(address, &limits(SHORT));
    let mut buffer = Vec::new();
    let (error, time) = took(|| wire.read(&mut buffer).unwrap_err());
    assert!(
        matches!(error, WireError::TimedOut(Operation::Read)),
        "{error}"
    );
    assert!(time >= SHORT && time < LONG / 2, "{time:?}");
    go.send(()).unwrap();
    wire.set_timeouts(limits(LONG));
    assert_eq!(wire.read(&mut buffer).unwrap(), 4);
}

/// Says yes a few times and notes what it was told.
struct Patient(Arc<Mutex<Vec<(Duration, Duration, String)>>>, usize);

impl TimeoutPolicy for Patient {
    fn go_on(&mut self, overall: Duration, last: Duration, host: &str) -> bool {
        let mut calls = self.0.lock().unwrap();
        calls.push((overall, last, host.to_string()));
        calls.len() < self.1
    }
}

#[test]
fn the_policy_decides() {
    let (go, wait) = channel::<()>();
    let (address, server) = serve(move |_stream| {
        let _ = wait.recv();
    });
    let mut wire = dial(address, &limits(SHORT));
    let calls = Arc::new(Mutex::new(Vec::new()));
    wire.set_policy(Some(Box::new(Patient(Arc::clone(&calls), 3))));
    let (result, time) = took(|| wire.read(&mut Vec::new()));
    assert!(matches!(result, Err(WireError::TimedOut(Operation::Read))));
    assert!(time >= SHORT * 3, "{time:?}");
    let calls = calls.lock().unwrap();
    assert_eq!(calls.len(), 3);
    for (number, (overall, last, host)) in (1..).zip(calls.iter()) {
        assert!(*overall >= SHORT * number, "{overall:?}");
        assert!(*last >= SHORT && *last < *overall + SHORT, "{last:?}");
        assert_eq!(host, "127.0.0.1");
    }
    drop(go);
    server.join().unwrap();
}

/// A server that sends a byte now and then, and the outcome of reading from it: the error, the
/// time it took, the bytes.
fn drip(policy: Option<Patient>) -> (WireError, Duration, Transport) {
    let (address, _server) = serve(|mut stream| {
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(SHORT / 5);
        }
    });
    let mut wire = dial(address, &limits(SHORT * 2));
    if let Some(policy) = policy {
        wire.set_policy(Some(Box::new(policy)));
    }
    wire.set_deadline(Some(Instant::now() + SHORT * 2));
    let mut buffer = Vec::new();
    let (error, time) = took(|| {
        loop {
            if let Err(error) = wire.read(&mut buffer) {
                break error;
            }
        }
    });
    assert!(buffer.len() > 2);
    (error, time, wire)
}

#[test]
fn one_byte_at_a_time_is_ended_by_the_deadline() {
    let (error, time, mut wire) = drip(None);
    assert!(
        matches!(error, WireError::TimedOut(Operation::Read)),
        "{error}"
    );
    assert!(time >= SHORT * 2 && time < LONG / 2, "{time:?}");
    wire.set_deadline(None);
    assert!(wire.read(&mut Vec::new()).is_ok());
}

#[test]
fn the_policy_extends_the_deadline() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let (error, time, _wire) = drip(Some(Patient(Arc::clone(&calls), 3)));
    assert!(
        matches!(error, WireError::TimedOut(Operation::Read)),
        "{error}"
    );
    assert!(time >= SHORT * 6 && time < LONG / 2, "{time:?}");
    let calls = calls.lock().unwrap();
    assert_eq!(calls.len(), 3);
    assert!(calls[2].0 >= SHORT * 6, "{:?}", calls[2]);
}

#[test]
fn a_server_that_does_not_read_times_out() {
    let (go, wait) = channel::<()>();
    let (address, _server) = serve(move |_stream| {
        let _ = wait.recv();
    });
    let mut wire = dial(address, &limits(SHORT));
    let big = vec![b'x'; 64 << 20];
    let (error, time) = took(|| wire.write_all(&big).unwrap_err());
    assert!(
        matches!(error, WireError::TimedOut(Operation::Write)),
        "{error}"
    );
    assert!(time < LONG, "{time:?}");
    // What was written in part cannot be continued.
    assert!(matches!(wire.write_all(b"x"), Err(WireError::Closed)));
    assert!(matches!(wire.read(&mut Vec::new()), Err(WireError::Closed)));
    drop(go);
}

#[test]
fn a_slow_reader_is_progress() {
    let size = 12 << 20;
    let (address, server) = serve(move |mut stream| {
        let mut got = 0;
        let mut buffer = vec![0; 512 << 10];
        while got < size {
            std::thread::sleep(SHORT / 2);
            got += stream.read(&mut buffer).unwrap();
        }
    });
    let limit = SHORT * 5;
    let mut wire = dial(address, &limits(limit));
    let (result, time) = took(|| wire.write_all(&vec![b'x'; size]));
    result.unwrap();
    assert!(time > limit, "the test shows nothing: {time:?}");
    server.join().unwrap();
}

#[test]
fn both_sides_write_first() {
    let size = 8 << 20;
    let talk = 600_000;
    let (address, server) = serve(move |mut stream| {
        // What is said shall not fit between the two.
        rustix::net::sockopt::set_socket_send_buffer_size(&stream, 32 << 10).unwrap();
        // Reads nothing before all is said: a client that does the same would hang.
        for _ in 0..6 {
            stream.write_all(&pattern(talk / 6)).unwrap();
        }
        let mut got = vec![0; size];
        stream.read_exact(&mut got).unwrap();
        got
    });
    let mut wire = dial(address, &limits(LONG));
    let sent = pattern(size);
    wire.write_all(&sent).unwrap();
    assert_eq!(read_exactly(&mut wire, talk), pattern(talk / 6).repeat(6));
    assert!(server.join().unwrap() == sent);
}

#[test]
fn what_a_babbling_server_may_fill_is_limited() {
    let (address, server) = serve(|mut stream| {
        let chunk = [b'x'; 65536];
        let mut sent = 0;
        while stream.write_all(&chunk).is_ok() {
            sent += chunk.len();
        }
        sent
    });
    let mut wire = dial(address, &limits(SHORT * 5));
    let error = wire.write_all(&vec![b'x'; 64 << 20]).unwrap_err();
    assert!(
        matches!(error, WireError::TimedOut(Operation::Write)),
        "{error}"
    );
    // Our limit and the system's buffers.
    let sent = server.join().unwrap();
    assert!(sent < 24 << 20, "{sent}");
}

#[test]
fn a_server_that_never_stops_meets_the_deadline() {
    let (address, _server) = serve(|mut stream| {
        let chunk = [b'x'; 65536];
        while stream.write_all(&chunk).is_ok() {}
    });
    let mut wire = dial(address, &limits(LONG));
    wire.set_deadline(Some(Instant::now() + SHORT));
    let mut buffer = Vec::new();
    let (error, time) = took(|| {
        loop {
            buffer.clear();
            if let Err(error) = wire.read(&mut buffer) {
                break error;
            }
        }
    });
    assert!(
        matches!(error, WireError::TimedOut(Operation::Read)),
        "{error}"
    );
    assert!(time < LONG / 2, "{time:?}");
}

#[test]
fn reset() {
    let (go, wait) = channel();
    let (address, server) = serve(move |stream| {
        wait.recv().unwrap();
        rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
    });
    let mut wire = dial(address, &limits(LONG));
    go.send(()).unwrap();
    server.join().unwrap();
    let error = wire.read(&mut Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "read failed: Connection reset by peer");
    assert!(matches!(wire.write_all(b"x"), Err(WireError::Closed)));
}

#[test]
fn writing_to_a_closed_connection_is_an_error() {
    let (address, server) = serve(drop);
    let mut wire = dial(address, &limits(LONG));
    server.join().unwrap();
    let mut errors = 0;
    for _ in 0..100 {
        errors += usize::from(wire.write_all(&[b'x'; 4096]).is_err());
    }
    assert!(errors > 90, "{errors}");
}

#[test]
fn looking_without_reading() {
    let (go, wait) = channel();
    let (address, _server) = serve(move |mut stream| {
        wait.recv().unwrap();
        stream.write_all(b"abc").unwrap();
    });
    let mut wire = dial(address, &limits(LONG));
    assert!(!wire.wait_readable(Duration::ZERO).unwrap());
    let (ready, time) = took(|| wire.wait_readable(SHORT).unwrap());
    assert!(!ready && time >= SHORT);
    go.send(()).unwrap();
    assert!(wire.wait_readable(LONG).unwrap());
    assert!(wire.wait_readable(Duration::ZERO).unwrap());
    assert_eq!(read_exactly(&mut wire, 3), b"abc");
    // The end of the stream counts: reading would not wait.
    assert!(wire.wait_readable(LONG).unwrap());
    assert_eq!(wire.read(&mut Vec::new()).unwrap(), 0);
    assert!(wire.wait_readable(Duration::ZERO).unwrap());
    wire.close();
    assert_eq!(wire.read(&mut Vec::new()).ok(), Some(0));
}

#[test]
fn closing_twice_and_using_after() {
    let (address, server) = serve(drain);
    let mut wire = dial(address, &limits(LONG));
    wire.close();
    wire.close();
    assert!(matches!(wire.write_all(b"x"), Err(WireError::Closed)));
    assert_eq!(server.join().unwrap(), b"");
}

#[test]
fn seconds() {
    let seconds = |n| Some(Duration::from_secs(n));
    let expected = Timeouts {
        open: seconds(30),
        read: seconds(60),
        write: None,
        close: None,
    };
    assert_eq!(Timeouts::from_seconds(30, 60, 0, -1), expected);
}
