//! Sorting and threading.

use c_client::imap::sort::base_subject;
use c_client::imap::thread::{Message, Threads, ordered_subject, references};

/// Base subjects; a base subject has no prefix left to take off.
pub fn subjects(data: &[u8]) {
    let base = base_subject(data, |_| ());
    assert!(base.text.len() <= data.len() * 40 + 8);
    if data.is_ascii() && !data.contains(&b'=') {
        let again = base_subject(&base.text, |_| ());
        assert_eq!(again.text, base.text);
    }
}

/// Threads of up to 255 messages, each described by a line: an octet for the subject, one for the ID, the rest for
/// references. Each message is in the tree, and once.
pub fn threads(data: &[u8]) {
    const IDS: [u8; 256] = {
        let mut ids = [0; 256];
        let mut at = 0;
        while at < 256 {
            ids[at] = at as u8;
            at += 1;
        }
        ids
    };
    let id = |octet: u8| &IDS[usize::from(octet)..=usize::from(octet)];
    let mut taken = [false; 256];
    let mut messages = Vec::new();
    let mut own = Vec::new();
    for (at, line) in data.split(|&octet| octet == b'\n').take(255).enumerate() {
        // Another name if an earlier message has that ID.
        own.push(format!("own{at}").into_bytes());
        let &[subject, name, ref ancestors @ ..] = line else {
            continue;
        };
        messages.push((at, subject, name, ancestors));
    }
    let messages: Vec<Message<'_>> = messages
        .into_iter()
        .map(|(at, subject, name, ancestors)| Message {
            number: at as u64 + 1,
            date: u64::from(subject ^ name) / 2,
            subject: if subject < 8 { b"" } else { id(subject & 0xf0) },
            refwd: subject & 1 == 1,
            id: if std::mem::replace(&mut taken[usize::from(name)], true) {
                &own[at]
            } else {
                id(name)
            },
            references: ancestors.iter().map(|&octet| id(octet)).collect(),
        })
        .collect();
    for threads in [references(&messages), ordered_subject(&messages)] {
        let mut seen = vec![0; messages.len()];
        walk(&threads, &mut seen);
        assert!(seen.iter().all(|&times| times == 1), "{seen:?}");
    }
}

fn walk(threads: &Threads, seen: &mut [usize]) {
    let mut open = threads.roots.clone();
    let mut steps = 0;
    while let Some(node) = open.pop() {
        steps += 1;
        assert!(steps <= threads.nodes.len(), "a node is there twice");
        let node = &threads.nodes[node];
        assert!(node.message.is_some() || !node.children.is_empty());
        if let Some(message) = node.message {
            seen[message] += 1;
        }
        open.extend(&node.children);
    }
}
