//! What the program and its administrator say: names of mailboxes, search criteria, patterns, sets, the configuration.

use c_client::abi::destructors::mail_free_searchpgm;
use c_client::abi::mail_criteria::mail_criteria;
use c_client::imap::sequence;
use c_client::mailbox_name::NetMbx;
use c_client::{configuration, token, wildcard};
use std::ffi::CString;

/// Names of network mailboxes: `{host:port/flags}mailbox`.
pub fn mailbox_names(data: &[u8]) {
    for service in [&b"imap"[..], b"pop3"] {
        if let Ok(name) = NetMbx::parse_with_service(data, service) {
            assert!(!name.host.is_empty());
            for part in [
                &name.host,
                &name.user,
                &name.authuser,
                &name.mailbox,
                &name.service,
            ] {
                assert!(!part.contains(&0) && part.len() <= data.len().max(8));
            }
        }
    }
}

/// Criteria of searches, through the C function.
pub fn criteria(data: &[u8]) {
    let Ok(text) = CString::new(data) else {
        return;
    };
    // SAFETY: a C string, which is only read; the program is ours to free.
    unsafe {
        let mut program = mail_criteria(text.as_ptr().cast_mut());
        mail_free_searchpgm(&raw mut program);
    }
}

/// Sets of messages, and patterns of mailbox names.
pub fn patterns(data: &[u8]) {
    if let Ok(set) = sequence::messages(data, 100) {
        assert!(set.len() <= data.len());
        let normal = sequence::normalise(&set);
        assert_eq!(sequence::normalise(&normal), normal);
        for (first, last) in normal {
            assert!(first <= last);
            assert!(sequence::contains(&set, first) && sequence::contains(&set, last));
        }
    }
    let _ = sequence::uids(data, 7);
    if let Ok(set) = sequence::WireSequence::new(data) {
        let pieces = set.split(64);
        let joined: Vec<&str> = pieces.iter().map(|piece| piece.as_str()).collect();
        assert_eq!(joined.join(","), set.as_str());
    }
    let at = data.iter().position(|&octet| octet == b'\n').unwrap_or(0);
    let (name, pattern) = data.split_at(at);
    if name.len() * pattern.len() <= 1 << 20 {
        wildcard::matches(name, pattern, b'/');
        wildcard::is_directory_of(name, pattern, b'/');
        let literal = name.iter().all(|octet| !b"*%".contains(octet));
        assert!(!literal || wildcard::matches(name, name, b'/'));
        assert!(wildcard::matches(name, b"*", b'/'));
    }
}

/// The configuration file, and the answers of token endpoints.
pub fn configuration(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        match configuration::parse(text) {
            Ok(found) => assert!(found.accounts.len() <= text.lines().count()),
            Err(mistake) => {
                assert!(mistake.line <= text.lines().count() + 1);
                assert!(mistake.to_string().len() <= data.len() * 8 + 400);
            }
        }
        let _ = configuration::expand(text, b"user", b"host");
    }
    match token::read_answer(data) {
        Ok(token) => assert!(token.text.len() <= data.len()),
        Err(reason) => assert!(reason.len() <= data.len() * 8 + 400),
    }
}
