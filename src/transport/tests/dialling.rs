use std::net::IpAddr;

use rustix::net::{AddressFamily, SocketType};

use super::super::dial::connect_to_any;
use super::*;

/// A server that never accepts: its queue is full, so that the system drops what comes.
struct BlackHole {
    address: SocketAddr,
    _listener: std::os::fd::OwnedFd,
    _fillers: Vec<std::os::fd::OwnedFd>,
}

impl BlackHole {
    fn new() -> BlackHole {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let new = || rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        let listener = new();
        rustix::net::bind(&listener, &any).unwrap();
        rustix::net::listen(&listener, 0).unwrap();
        let address = rustix::net::getsockname(&listener)
            .unwrap()
            .try_into()
            .unwrap();
        let fillers = (0..8)
            .map(|_| {
                let filler = new();
                rustix::io::ioctl_fionbio(&filler, true).unwrap();
                let _ = rustix::net::connect(&filler, &address);
                filler
            })
            .collect();
        BlackHole {
            address,
            _listener: listener,
            _fillers: fillers,
        }
    }
}

/// A port that nobody listens on.
fn closed_port() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
}

#[derive(Default)]
struct Notes(Vec<String>);

impl Trace for Notes {
    fn step(&mut self, step: Step<'_>) {
        self.0.push(match step {
            Step::Resolving(host) => format!("resolving {host}"),
            Step::Trying(address) => format!("trying {}", address.ip()),
            Step::Failed(text) => format!("failed {text}"),
            Step::Connected(address) => format!("connected {}", address.ip()),
        });
    }
}

#[test]
fn by_address_name_and_literal() {
    for host in ["127.0.0.1", "[127.0.0.1]", "localhost", "LocalHost"] {
        let (address, server) = serve(|mut stream| {
            stream.write_all(b"* OK\r\n").unwrap();
            drain(stream)
        });
        let mut notes = Notes::default();
        let mut wire = connect(host.as_bytes(), address.port(), &limits(LONG), &mut notes).unwrap();
        assert_eq!(read_exactly(&mut wire, 6), b"* OK\r\n");
        assert_eq!(wire.peer().address, address);
        assert_eq!(wire.peer().given, host);
        assert_eq!(notes.0.first().unwrap(), &format!("resolving {host}"));
        assert!(
            notes.0.contains(&"trying 127.0.0.1".to_string()),
            "{notes:?}",
            notes = notes.0
        );
        assert_eq!(notes.0.last().unwrap(), "connected 127.0.0.1");
        let canonical = match host {
            "LocalHost" => "localhost",
            host => host,
        };
        assert_eq!(wire.peer().host, canonical);
        wire.close();
        assert_eq!(server.join().unwrap(), b"");
    }
}

#[test]
fn ipv6_literal() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        eprintln!("this machine has no IPv6");
        return;
    };
    let port = listener.local_addr().unwrap().port();
    let wire = connect(b"[::1]", port, &limits(LONG), &mut ()).unwrap();
    assert_eq!(wire.peer().host, "[::1]");
    assert!(wire.peer().address.is_ipv6());
}

#[test]
fn refused() {
    let address = closed_port();
    let error = connect(b"localhost", address.port(), &limits(LONG), &mut ()).unwrap_err();
    // "Can't connect to" where the system knows at once, "Connection failed to" where it learns
    // later: c-client's words.
    let text = error.to_string();
    let rest = text
        .strip_prefix("Can't connect to ")
        .or_else(|| text.strip_prefix("Connection failed to "));
    let expected = format!("localhost,{}: Connection refused", address.port());
    assert_eq!(rest, Some(expected.as_str()));
}

#[test]
fn no_such_host() {
    let error = connect(b"no-such-host.invalid", 143, &limits(LONG), &mut ()).unwrap_err();
    assert!(matches!(error, DialError::NoSuchHost(..)));
    let text = error.to_string();
    assert!(
        text.starts_with("No such host as no-such-host.invalid: "),
        "{text}"
    );
    for host in ["", "a b", "h\u{f6}st..x", "a\0b"] {
        let error = connect(host.as_bytes(), 143, &limits(LONG), &mut ()).unwrap_err();
        assert!(matches!(error, DialError::NoSuchHost(..)), "{host} {error}");
    }
}

#[test]
fn bad_literals() {
    for host in ["[]", "[localhost]", "[1.2.3.4.5]", "[::g]"] {
        let error = connect(host.as_bytes(), 143, &limits(LONG), &mut ()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("Bad format domain-literal: {host}")
        );
    }
}

#[test]
fn a_server_that_does_not_answer() {
    let hole = BlackHole::new();
    let port = hole.address.port();
    let (result, time) = took(|| connect(b"127.0.0.1", port, &limits(SHORT), &mut ()));
    let expected = format!("Connection failed to 127.0.0.1,{port}: Connection timed out");
    assert_eq!(result.unwrap_err().to_string(), expected);
    assert!(time >= SHORT && time < LONG / 2, "{time:?}");
}

#[test]
fn the_next_address_is_tried_when_one_is_refused() {
    let (good, _server) = serve(drain);
    let bad = [closed_port(), closed_port()];
    let mut notes = Notes::default();
    let addresses = [bad[0], bad[1], good];
    let wire = connect_to_any("h", &addresses, &limits(LONG), &mut notes).unwrap();
    assert_eq!(wire.peer().address, good);
    // Every failure is told, and before the next attempt.
    assert_eq!(notes.0[0], "trying 127.0.0.1");
    let told = format!(" to h,{}: Connection refused", bad[0].port());
    assert!(notes.0[1].ends_with(&told), "{}", notes.0[1]);
    assert!(
        notes.0[3].ends_with(": Connection refused"),
        "{}",
        notes.0[3]
    );
    assert_eq!(notes.0.len(), 6);
}

#[test]
fn the_next_address_is_tried_beside_one_that_does_not_answer() {
    let (good, _server) = serve(drain);
    let hole = BlackHole::new();
    let addresses = [hole.address, good];
    let (wire, time) = took(|| connect_to_any("h", &addresses, &limits(LONG), &mut ()).unwrap());
    assert_eq!(wire.peer().address, good);
    assert!(time < LONG / 2, "{time:?}");
}

#[test]
fn when_all_fail_the_limit_is_for_all_together() {
    let holes: Vec<_> = (0..3).map(|_| BlackHole::new()).collect();
    let addresses: Vec<_> = holes.iter().map(|hole| hole.address).collect();
    let limit = Duration::from_millis(400);
    let (result, time) = took(|| connect_to_any("h", &addresses, &limits(limit), &mut ()));
    assert!(
        result
            .unwrap_err()
            .to_string()
            .ends_with(": Connection timed out")
    );
    assert!(time >= limit && time < LONG / 2, "{time:?}");
    // One does not answer, the other refuses: the limit still ends it.
    let addresses = [holes[0].address, closed_port()];
    let result = connect_to_any("h", &addresses, &limits(limit), &mut ());
    assert!(
        result
            .unwrap_err()
            .to_string()
            .ends_with(": Connection timed out")
    );
}

#[test]
fn names_of_the_peer() {
    let peer = |host: &str, ip: &str| Peer {
        given: host.to_string(),
        host: host.to_string(),
        address: SocketAddr::new(ip.parse::<IpAddr>().unwrap(), 143),
    };
    assert_eq!(
        peer("mail.example", "192.0.2.1").remote_name(true),
        "mail.example"
    );
    assert_eq!(
        peer("192.0.2.1", "192.0.2.1").remote_name(true),
        "[192.0.2.1]"
    );
    assert_eq!(
        peer("[2001:db8::1]", "2001:db8::1").remote_name(true),
        "[2001:db8::1]"
    );
    // Loopback has a name in every /etc/hosts, and c-client shows it.
    assert_eq!(
        peer("127.0.0.1", "127.0.0.1").remote_name(true),
        "localhost"
    );
    assert_eq!(
        peer("127.0.0.1", "127.0.0.1").remote_name(false),
        "[127.0.0.1]"
    );
    assert_eq!(canonical_name(b"LOCALHOST"), b"localhost");
    assert_eq!(canonical_name(b"[127.0.0.1]"), b"[127.0.0.1]");
    assert_eq!(
        canonical_name(b"no-such-host.invalid"),
        b"no-such-host.invalid"
    );
}

#[test]
fn descriptors_beyond_1024() {
    let id = std::process::id().to_string();
    let raised = std::process::Command::new("prlimit")
        .args(["--pid", &id, "--nofile=2048:"])
        .status()
        .is_ok_and(|status| status.success());
    assert!(
        raised,
        "prlimit(1) of util-linux is needed, and a hard limit of 2048 files"
    );
    let _files: Vec<_> = (0..1100)
        .map(|_| std::fs::File::open("/dev/null").unwrap())
        .collect();
    let (address, server) = serve(drain);
    let mut wire = dial(address, &limits(LONG));
    wire.write_all(b"hello").unwrap();
    drop(wire);
    assert_eq!(server.join().unwrap(), b"hello");
}
