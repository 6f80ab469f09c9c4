use super::fetch::body;
use super::*;
use crate::imap::octets::Octets;

#[test]
fn deep_nesting_is_cut() {
    let limit = limits::BODY_DEPTH;
    for (open, close) in [
        ("(", " \"mixed\")"),
        (
            "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)",
            " 1)",
        ),
    ] {
        for levels in [1, limit - 1, limit, 1000] {
            let text = format!(
                "{} (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) {}",
                open.repeat(levels),
                close.repeat(levels)
            );
            let mut depth = 0;
            let mut at = &body(text);
            while let Some(inner) = at.parts.first().or(at.message.as_ref().map(|m| &m.1)) {
                depth += 1;
                at = inner;
            }
            assert_eq!(depth, levels.min(limit));
            assert_eq!(
                at.media_type,
                if levels < limit {
                    &b"text"[..]
                } else {
                    b"APPLICATION"
                }
            );
        }
    }
}

/// Runs on the smallest stack that callers have.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(112 << 10)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn a_million_levels_on_a_small_stack() {
    on_a_small_stack(|| {
        let deep = "(".repeat(1_000_000);
        let closed = format!("{deep}{}", ")".repeat(1_000_000));
        for form in [
            "* 1 FETCH (BODYSTRUCTURE @)",
            "* 1 FETCH (BODYSTRUCTURE (\"a\" \"b\" NIL NIL NIL \"x\" 1 NIL NIL NIL NIL @))",
            "* 1 FETCH (ENVELOPE @)",
            "* 1 FETCH (ENVELOPE (NIL NIL @ NIL NIL NIL NIL NIL NIL NIL))",
            "* 1 FETCH (X @)",
            "* 1 FETCH (FLAGS @)",
            "* THREAD @",
            "* NAMESPACE @ NIL NIL",
            "* STATUS x @",
            "* STATUS x (X @)",
            "* ESEARCH @",
            "* LIST @ \"/\" x",
            "* QUOTA x @",
            "* ID @",
            "* SEARCH 1 @",
            "* SORT @",
            "* VANISHED @ 1",
        ] {
            for nest in [&deep, &closed] {
                drop(read(form.replace('@', nest).as_bytes()));
            }
        }
    });
}

#[test]
fn odd_octets_in_every_string_type() {
    for odd in [&b"\0"[..], b"\r", b"\xff\xfe", b"\x7f", b"a\0b\rc\x80"] {
        let quoted = fetched([b"BODY[] \"", odd, b"\" UID 7"].concat());
        let literal = fetched(
            [
                format!("BODY[] {{{}}}\r\n", odd.len()).as_bytes(),
                odd,
                b" UID 7",
            ]
            .concat(),
        );
        for items in [quoted, literal] {
            assert_eq!(
                items[0],
                FetchItem::Section(Box::new(Section {
                    section: Octets::default(),
                    fields: Fields::default(),
                    origin: None,
                    data: Some(odd[..].into())
                }))
            );
            assert_eq!(items[1], FetchItem::Uid(7));
        }
        let mut framer = Framer::new(Limits::default());
        framer.push(
            &[
                b"* LIST () \"/\" ",
                odd,
                b"\r\n* XX \"",
                odd,
                b"\r\n",
                b"* OK ",
                odd,
                b"\r\nA9 OK x\r\n",
            ]
            .concat(),
        );
        let mut last = None;
        while let Some(frame) = framer.next_frame().unwrap() {
            last = Some(parse(&frame));
        }
        assert!(
            matches!(last, Some(Ok(Response::Tagged { .. }))),
            "{}",
            odd.escape_ascii()
        );
    }
}

#[test]
fn the_deepest_body_on_a_small_stack() {
    on_a_small_stack(|| {
        for (open, close) in [
            ("(", " \"mixed\")"),
            (
                "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)",
                " 1)",
            ),
        ] {
            let levels = limits::BODY_DEPTH + 5;
            let text = format!(
                "{}(\"a\" \"b\" NIL NIL NIL \"x\" 5){}",
                open.repeat(levels),
                close.repeat(levels)
            );
            let deepest = body(text);
            // What Rust derives for such a tree goes through it by recursion; the limit must leave room for that.
            let copy = deepest.clone();
            assert!(copy == deepest);
        }
        let levels = 100_000;
        for text in [
            "(1".repeat(levels) + &")".repeat(levels),
            format!("({})", "1 ".repeat(levels).trim_end()),
        ] {
            let Untagged::Thread(thread) = untagged(format!("* THREAD {text}")) else {
                panic!()
            };
            assert!(thread.clone() == thread);
        }
    });
}
