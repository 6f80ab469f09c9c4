//! Servers of one connection each, on loopback, good and bad; what the transport makes of them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::*;

mod dialling;
mod identity;
mod made;
mod plain;
mod reasons;
mod tls;
mod verifying;

/// Short enough for a test that waits for it, long enough for a busy machine.
const SHORT: Duration = Duration::from_millis(150);
/// What a test that must not time out allows itself.
const LONG: Duration = Duration::from_secs(20);

/// Accepts one connection in a thread and hands it to `act`.
fn serve<T: Send + 'static>(
    act: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (SocketAddr, JoinHandle<T>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.set_write_timeout(Some(LONG)).unwrap();
        act(stream)
    });
    (address, server)
}

/// All three limits alike.
fn limits(each: Duration) -> Timeouts {
    Timeouts {
        open: Some(each),
        read: Some(each),
        write: Some(each),
        close: None,
    }
}

/// Dials a server of this module.
fn dial(address: SocketAddr, timeouts: &Timeouts) -> Transport {
    let host = address.ip().to_string();
    connect(host.as_bytes(), address.port(), timeouts, &mut ()).unwrap()
}

/// Reads until `size` bytes are there.
fn read_exactly(wire: &mut dyn Wire, size: usize) -> Vec<u8> {
    let mut got = Vec::new();
    while got.len() < size {
        assert_ne!(wire.read(&mut got).unwrap(), 0, "end of stream");
    }
    assert_eq!(got.len(), size);
    got
}

/// Bytes that do not repeat in a short cycle.
fn pattern(size: usize) -> Vec<u8> {
    (0..size)
        .map(|index| (index % 251) as u8 ^ (index >> 12) as u8)
        .collect()
}

/// Reads to the end; what a client does after it has hung up does not matter here.
fn drain(mut stream: impl Read) -> Vec<u8> {
    let mut got = Vec::new();
    let _ = stream.read_to_end(&mut got);
    got
}

fn took<T>(act: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let result = act();
    (result, began.elapsed())
}
