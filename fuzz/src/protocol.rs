//! What servers say, without a connection.

use c_client::imap::frame::{Frame, FrameError, Framer};
use c_client::imap::response::parse;
use c_client::limits::{self, Limits};
use c_client::pop3::capability::Capabilities;
use c_client::pop3::lines::{Lines, unstuff};
use c_client::sasl::{Credentials, MECHANISMS, Secret};

/// Frames of `data` when it comes in pieces of these sizes, over and over.
fn frames(data: &[u8], sizes: &[usize]) -> (Vec<Frame>, Option<FrameError>) {
    let mut framer = Framer::new(Limits::default());
    let mut frames = Vec::new();
    let mut sizes = sizes.iter().cycle();
    let mut rest = data;
    while !rest.is_empty() {
        let size = (*sizes.next().unwrap_or(&rest.len())).clamp(1, rest.len());
        framer.push(&rest[..size]);
        rest = &rest[size..];
        loop {
            match framer.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
    }
    (frames, None)
}

/// Framing and reading of IMAP responses. The frames are the same however the octets come.
pub fn responses(data: &[u8]) {
    let (whole, error) = frames(data, &[]);
    for sizes in [&[1][..], &[2, 3], &[7, 1, 13], &[64]] {
        let (pieces, other) = frames(data, sizes);
        assert_eq!(error.is_some(), other.is_some());
        assert!(pieces.len() == whole.len());
        for (one, other) in pieces.iter().zip(&whole) {
            assert_eq!(one.bytes(), other.bytes());
            assert_eq!(one.literals(), other.literals());
        }
    }
    let total: usize = whole.iter().map(|frame| frame.bytes().len()).sum();
    assert!(total <= data.len());
    for frame in &whole {
        for literal in frame.literals() {
            assert!(literal.announced_at < literal.data.start);
            assert!(literal.data.end <= frame.bytes().len());
        }
        if let Ok(response) = parse(frame) {
            // Copying and comparing go through the tree as reading did.
            assert!(response.clone() == response);
            std::hint::black_box(format!("{response:?}"));
        }
    }
}

/// Lines of POP3, which are the same however the octets come; capabilities.
pub fn pop3(data: &[u8]) {
    let read = |size: usize| {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for piece in data.chunks(size) {
            lines.feed(piece);
            while let Ok(Some(line)) = lines.next(limits::POP3_LINE) {
                found.push(line.to_vec());
            }
        }
        (found, lines.unread().to_vec())
    };
    let whole = read(data.len().max(1));
    assert!(whole == read(1));
    assert!(whole == read(3));
    let mut capabilities = Capabilities::of_old_server();
    for line in &whole.0 {
        if let Some(line) = unstuff(line) {
            capabilities.line(line);
        }
    }
    std::hint::black_box(capabilities);
}

/// SASL mechanisms against any challenges: the first octet says which mechanism; lines are challenges. No mechanism
/// with a proof of the server takes one that cannot be.
pub fn sasl(data: &[u8]) {
    let Some((&which, challenges)) = data.split_first() else {
        return;
    };
    let info = &MECHANISMS[usize::from(which) % MECHANISMS.len()];
    let credentials = Credentials {
        user: b"user".to_vec(),
        authuser: (which >= 128).then(|| b"other".to_vec()),
        password: Secret::new(b"pencil".to_vec()),
    };
    let Ok(mut mechanism) = (info.start)(credentials) else {
        return;
    };
    let first = mechanism.initial_response().unwrap_or_default();
    let nonce = first
        .windows(2)
        .position(|two| two == b"r=")
        .map(|at| first[at + 2..].to_vec());
    for challenge in challenges.split(|&octet| octet == b'\n').take(8) {
        // `$` is the client's nonce, without which SCRAM would be over at once.
        let challenge = match (&nonce, challenge.iter().position(|&octet| octet == b'$')) {
            (Some(nonce), Some(at)) => [&challenge[..at], nonce, &challenge[at + 1..]].concat(),
            _ => challenge.to_vec(),
        };
        if mechanism.respond(&challenge).is_err() {
            break;
        }
    }
    let done = mechanism.finish(None);
    if info.name.starts_with("SCRAM") {
        assert!(done.is_err(), "nobody can guess the server's signature");
    }
}
