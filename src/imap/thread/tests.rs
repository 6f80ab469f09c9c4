use super::*;

/// `(number, id, references)`; the date is the number, every subject is its own.
fn threaded(messages: &[(u64, &str, &[&str])]) -> String {
    let messages: Vec<Message<'_>> = messages
        .iter()
        .map(|(number, id, references)| Message {
            number: *number,
            date: *number,
            id: id.as_bytes(),
            references: references.iter().map(|r| r.as_bytes()).collect(),
            ..Message::default()
        })
        .collect();
    written(&references(&messages), &messages)
}

/// As a THREAD answer has it.
fn written(threads: &Threads, messages: &[Message<'_>]) -> String {
    fn write(threads: &Threads, messages: &[Message<'_>], node: usize, out: &mut String) {
        let node = &threads.nodes[node];
        if let Some(message) = node.message {
            out.push_str(&messages[message].number.to_string());
        }
        match node.children[..] {
            [] => {}
            [only] => {
                out.push(' ');
                write(threads, messages, only, out);
            }
            _ => node.children.iter().for_each(|&child| {
                out.push('(');
                write(threads, messages, child, out);
                out.push(')');
            }),
        }
    }
    let mut out = String::new();
    for &root in &threads.roots {
        out.push('(');
        write(threads, messages, root, &mut out);
        out.push(')');
    }
    out
}

#[test]
fn replies_stand_below_what_they_answer() {
    assert_eq!(
        threaded(&[
            (1, "a", &[]),
            (2, "b", &["a"]),
            (3, "c", &["a", "b"]),
            (4, "d", &["a"]),
            (5, "e", &[]),
        ]),
        "(1(2 3)(4))(5)"
    );
}

#[test]
fn what_is_missing_is_left_out_but_above_several() {
    assert_eq!(threaded(&[(1, "b", &["a"])]), "(1)");
    assert_eq!(threaded(&[(1, "b", &["a"]), (2, "c", &["a"])]), "((1)(2))");
    assert_eq!(
        threaded(&[(1, "a", &[]), (2, "c", &["a", "b"]), (3, "d", &["a", "b"])]),
        "(1(2)(3))"
    );
    assert_eq!(
        threaded(&[(1, "c", &["a", "b"]), (2, "d", &["a", "b"])]),
        "((1)(2))"
    );
}

#[test]
fn circles_are_not_closed() {
    assert_eq!(threaded(&[(1, "a", &["a"])]), "(1)");
    assert_eq!(threaded(&[(1, "a", &["b"]), (2, "b", &["a"])]), "(2 1)");
    assert_eq!(
        threaded(&[(1, "a", &["c"]), (2, "b", &["a"]), (3, "c", &["b"])]),
        "(3 1 2)"
    );
}

#[test]
fn what_a_message_says_of_its_own_parent_wins() {
    // 1 says that c answers b; c itself answers a.
    assert_eq!(
        threaded(&[
            (1, "d", &["a", "b", "c"]),
            (2, "a", &[]),
            (3, "b", &["a"]),
            (4, "c", &["a"]),
        ]),
        "(2(3)(4 1))"
    );
}

fn with_subjects(messages: &[(u64, &str, bool)]) -> String {
    let ids: Vec<String> = messages.iter().map(|m| m.0.to_string()).collect();
    let messages: Vec<Message<'_>> = messages
        .iter()
        .zip(&ids)
        .map(|(&(number, subject, refwd), id)| Message {
            number,
            date: number,
            subject: subject.as_bytes(),
            refwd,
            id: id.as_bytes(),
            ..Message::default()
        })
        .collect();
    written(&references(&messages), &messages)
}

#[test]
fn threads_of_one_subject_are_joined() {
    assert_eq!(
        with_subjects(&[(1, "A", false), (2, "A", true), (3, "A", true)]),
        "(1(2)(3))"
    );
    assert_eq!(
        with_subjects(&[(1, "A", true), (2, "A", false), (3, "A", true)]),
        "(2(1)(3))"
    );
    assert_eq!(
        with_subjects(&[
            (1, "A", false),
            (2, "A", false),
            (3, "", false),
            (4, "", false)
        ]),
        "((1)(2))(3)(4)"
    );
}

#[test]
fn an_ordered_subject_thread_is_flat() {
    let messages: Vec<Message<'_>> = [(3, 9, "a"), (1, 10, "A"), (4, 12, "a"), (2, 1, "b")]
        .iter()
        .map(|&(number, date, subject)| Message {
            number,
            date,
            subject: subject.as_bytes(),
            ..Message::default()
        })
        .collect();
    assert_eq!(
        written(&ordered_subject(&messages), &messages),
        "(2)(3(1)(4))"
    );
}

#[test]
fn deep_and_broad_threads_take_little_time_and_stack() {
    const MANY: usize = 60_000;
    let ids: Vec<String> = (0..MANY).map(|n| n.to_string()).collect();
    let work = move || {
        for shape in 0..4 {
            let messages: Vec<Message<'_>> = (0..MANY)
                .map(|n| Message {
                    number: n as u64,
                    id: ids[if shape == 1 { MANY - 1 - n } else { n }].as_bytes(),
                    references: match shape {
                        0 if n > 0 => vec![ids[n - 1].as_bytes()],
                        1 if n > 0 => vec![ids[MANY - n].as_bytes()],
                        2 => vec![b"top"],
                        // Each says something else of the one before.
                        3 if n > 1 => vec![ids[n / 2].as_bytes(), ids[n - 1].as_bytes()],
                        _ => vec![],
                    },
                    subject: b"S",
                    ..Message::default()
                })
                .collect();
            assert!(!references(&messages).roots.is_empty());
        }
    };
    std::thread::Builder::new()
        .stack_size(112 << 10)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}
