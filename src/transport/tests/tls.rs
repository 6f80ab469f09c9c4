use std::sync::Arc;

use rustls::{ServerConnection, SupportedProtocolVersion};

use super::made::*;
use super::*;

#[test]
fn both_versions_and_much_data() {
    let root = self_signed(authority("Root"));
    let leaf = signed(params(&["localhost"]), &root);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let size = 3_000_000;
        let config = server_config(&[&leaf], &leaf.key, &[version]);
        let (address, server) = serve_tls(config, move |mut tls| {
            // Says much before it listens: the client must keep it while it writes.
            tls.write_all(&pattern(400_000)).unwrap();
            let mut got = vec![0; size];
            tls.read_exact(&mut got).unwrap();
            tls.write_all(&got).unwrap();
            tls.conn.send_close_notify();
            tls.flush().unwrap();
        });
        let mut wire = dial(address, &limits(LONG));
        wire.start_tls(&options("localhost", trusting(&[&root])), b"")
            .unwrap();
        let description = wire.tls_description().unwrap();
        assert!(
            description.starts_with(version_name(version)),
            "{description}"
        );
        let sent = pattern(size);
        wire.write_all(&sent).unwrap();
        assert_eq!(read_exactly(&mut wire, 400_000), pattern(400_000));
        assert!(read_exactly(&mut wire, size) == sent);
        assert_eq!(wire.read(&mut Vec::new()).unwrap(), 0);
        server.join().unwrap();
    }
}

fn version_name(version: &SupportedProtocolVersion) -> &'static str {
    version.version.as_str().unwrap()
}

#[test]
fn sessions_are_resumed() {
    let own = self_signed(params(&["localhost"]));
    let config = server_config(&[&own], &own.key, rustls::ALL_VERSIONS);
    let mut options = options("resumed.example.org", Roots::System);
    options.no_validate = true;
    let mut descriptions = Vec::new();
    for _ in 0..2 {
        let (address, server) = serve_tls(Arc::clone(&config), |mut tls| {
            tls.write_all(b"x").unwrap();
            drain(tls)
        });
        let mut wire = dial(address, &limits(LONG));
        wire.start_tls(&options, b"").unwrap();
        read_exactly(&mut wire, 1);
        descriptions.push(wire.tls_description().unwrap());
        wire.close();
        server.join().unwrap();
    }
    assert!(!descriptions[0].ends_with("resumed"), "{descriptions:?}");
    assert!(descriptions[1].ends_with(", resumed"), "{descriptions:?}");
}

#[test]
fn injected_bytes_end_the_connection() {
    let (address, server) = serve(drain);
    let mut wire = dial(address, &limits(LONG));
    let mut options = options("localhost", Roots::System);
    options.no_validate = true;
    let error = wire
        .start_tls(&options, b"* OK [ALERT] boo\r\n")
        .unwrap_err();
    assert!(
        error.to_string().contains("in clear after STARTTLS"),
        "{error}"
    );
    assert!(matches!(wire.write_all(b"x"), Err(WireError::Closed)));
    assert_eq!(server.join().unwrap(), b"", "not one byte may be sent");
    // The same if the transport itself has read them.
    let (address, server) = serve(|mut stream| {
        stream.write_all(b"* OK boo\r\n").unwrap();
        drain(stream)
    });
    let mut wire = dial(address, &limits(LONG));
    assert!(wire.wait_readable(LONG).unwrap());
    assert!(wire.start_tls(&options, b"").is_err());
    assert_eq!(server.join().unwrap(), b"");
    // And if they are still on their way.
    let (address, _server) = serve(|mut stream| {
        stream.write_all(b"* OK boo\r\n").unwrap();
        drain(stream)
    });
    let mut wire = dial(address, &limits(LONG));
    let error = wire.start_tls(&options, b"").unwrap_err();
    let expected = "TLS/SSL failure for localhost: the server does not speak TLS here (";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[test]
fn a_handshake_that_stalls_or_drips_is_ended() {
    let root = self_signed(authority("Root"));
    let leaf = signed(params(&["localhost"]), &root);
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (silent, _server) = serve(move |_stream| {
        let _ = wait.recv();
    });
    let config = server_config(&[&leaf], &leaf.key, rustls::ALL_VERSIONS);
    let (dripping, _server) = serve(move |mut stream| {
        // A good server behind a very slow line.
        let mut tls = ServerConnection::new(config).unwrap();
        let mut flight = Vec::new();
        while flight.is_empty() {
            tls.read_tls(&mut stream).unwrap();
            tls.process_new_packets().unwrap();
            while tls.wants_write() {
                tls.write_tls(&mut flight).unwrap();
            }
        }
        for byte in flight {
            std::thread::sleep(SHORT / 10);
            if stream.write_all(&[byte]).is_err() {
                return;
            }
        }
    });
    for address in [silent, dripping] {
        let timeouts = Timeouts {
            open: Some(SHORT),
            ..Timeouts::default()
        };
        let mut wire = dial(address, &timeouts);
        let options = options("localhost", trusting(&[&root]));
        let (error, time) = took(|| wire.start_tls(&options, b"").unwrap_err());
        let expected = "TLS/SSL failure for localhost: TLS handshake timed out";
        assert_eq!(error.to_string(), expected);
        assert!(time >= SHORT && time < LONG / 2, "{time:?}");
    }
    drop(go);
}

#[test]
fn without_an_open_limit_the_read_limit_ends_a_handshake() {
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (address, _server) = serve(move |_stream| {
        let _ = wait.recv();
    });
    let timeouts = Timeouts {
        read: Some(SHORT),
        ..Timeouts::default()
    };
    let mut wire = dial(address, &timeouts);
    let (error, time) = took(|| {
        wire.start_tls(&options("h", trusting(&[])), b"")
            .unwrap_err()
    });
    assert_eq!(
        error.to_string(),
        "TLS/SSL failure for h: TLS handshake timed out"
    );
    assert!(time >= SHORT && time < LONG / 2, "{time:?}");
    drop(go);
}

#[test]
fn a_handshake_cut_short() {
    let (address, _server) = serve(|mut stream| {
        let _ = stream.read(&mut [0; 1024]);
    });
    let mut wire = dial(address, &limits(LONG));
    let error = wire
        .start_tls(&options("h", trusting(&[])), b"")
        .unwrap_err();
    assert!(matches!(error, TlsError::Failure { .. }));
}

#[test]
fn a_hangup_without_goodbye_is_the_end() {
    let own = self_signed(params(&["localhost"]));
    let config = server_config(&[&own], &own.key, rustls::ALL_VERSIONS);
    let (address, server) = serve_tls(config, |mut tls| {
        tls.write_all(b"* BYE\r\n").unwrap();
    });
    let mut wire = dial(address, &limits(LONG));
    wire.start_tls(&options("localhost", trusting(&[&own])), b"")
        .unwrap();
    assert_eq!(read_exactly(&mut wire, 7), b"* BYE\r\n");
    assert_eq!(wire.read(&mut Vec::new()).unwrap(), 0);
    server.join().unwrap();
}

#[test]
fn plaintext_after_the_handshake_is_an_error() {
    let own = self_signed(params(&["localhost"]));
    let config = server_config(&[&own], &own.key, rustls::ALL_VERSIONS);
    let (address, server) = serve_tls(config, |mut tls| {
        tls.sock.write_all(b"* OK not encrypted\r\n").unwrap();
        drain(tls.sock)
    });
    let mut wire = dial(address, &limits(LONG));
    wire.start_tls(&options("localhost", trusting(&[&own])), b"")
        .unwrap();
    let mut got = Vec::new();
    let error = wire.read(&mut got).unwrap_err();
    assert!(matches!(error, WireError::Tls(_)), "{error}");
    assert!(got.is_empty());
    assert!(matches!(wire.read(&mut got), Err(WireError::Closed)));
    server.join().unwrap();
}

#[test]
fn tls_upon_tls_is_refused() {
    let own = self_signed(params(&["localhost"]));
    let config = server_config(&[&own], &own.key, rustls::ALL_VERSIONS);
    let (address, _server) = serve_tls(config, drain);
    let mut wire = dial(address, &limits(LONG));
    let options = options("localhost", trusting(&[&own]));
    wire.start_tls(&options, b"").unwrap();
    let error = wire.start_tls(&options, b"").unwrap_err();
    assert!(
        error.to_string().ends_with("TLS is already in effect"),
        "{error}"
    );
}

/// Asterisk's threads have 496 KiB, some programs' 112.
#[test]
fn a_handshake_fits_a_small_stack() {
    let root = self_signed(authority("Root"));
    let middle = signed(authority("Middle"), &root);
    let leaf = signed(params(&["localhost"]), &middle);
    let config = server_config(&[&leaf, &middle], &leaf.key, rustls::ALL_VERSIONS);
    let (address, server) = serve_tls(config, |mut tls| {
        tls.write_all(&pattern(100_000)).unwrap();
        drain(tls)
    });
    let options = options("localhost", trusting(&[&root]));
    let client = std::thread::Builder::new()
        .stack_size(112 << 10)
        .spawn(move || {
            let mut wire = dial(address, &limits(LONG));
            wire.start_tls(&options, b"").unwrap();
            assert_eq!(read_exactly(&mut wire, 100_000), pattern(100_000));
            wire.write_all(&pattern(100_000)).unwrap();
        });
    client.unwrap().join().unwrap();
    assert_eq!(server.join().unwrap(), pattern(100_000));
}
