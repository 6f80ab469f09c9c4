//! Address lists, form by form.

use super::*;

/// Addresses as `name|adl|mailbox|host`, `-` for None, and the warnings behind them.
fn read(text: &str) -> Vec<String> {
    let (mut list, mut warnings) = (Vec::new(), Vec::new());
    parse_address_list(&mut list, text.as_bytes(), Some(b"here"), &mut warnings);
    let show = |text: &Option<Vec<u8>>| {
        text.as_ref().map_or("-".into(), |text| {
            String::from_utf8_lossy(text).into_owned()
        })
    };
    let addresses = list.iter().map(|a| {
        format!(
            "{}|{}|{}|{}",
            show(&a.name),
            show(&a.adl),
            show(&a.mailbox),
            show(&a.host)
        )
    });
    addresses
        .chain(
            warnings
                .iter()
                .map(|line| String::from_utf8_lossy(line).into_owned()),
        )
        .collect()
}

#[test]
fn common_forms() {
    assert_eq!(read("a@b"), ["-|-|a|b"]);
    assert_eq!(
        read("A B <a@b>, \"C, D\" <c@d>"),
        ["A B|-|a|b", "C, D|-|c|d"]
    );
    assert_eq!(read("a@b (A (nested) \\) B )"), ["A (nested) ) B|-|a|b"]);
    assert_eq!(read("<@x,@y:a@b>"), ["-|@x,@y|a|b"]);
    assert_eq!(read("a"), ["-|-|a|here"]);
    assert_eq!(read("a at b.c"), ["-|-|a|b.c"]);
    assert_eq!(read("a . b @ c . [1.2]"), ["-|-|a.b|c.[1.2]"]);
    assert_eq!(read("a@[127.0.0.1]"), ["-|-|a|[127.0.0.1]"]);
    assert_eq!(read(" , ,a@b,,c@d,"), ["-|-|a|b", "-|-|c|d"]);
    assert_eq!(read(""), Vec::<String>::new());
}

#[test]
fn groups() {
    assert_eq!(
        read("G H: a@b, c;, d@e"),
        ["-|-|G H|-", "-|-|a|b", "-|-|c|here", "-|-|-|-", "-|-|d|e"]
    );
    assert_eq!(read("undisclosed:;"), ["-|-|undisclosed|-", "-|-|-|-"]);
    assert_eq!(
        read("a:b:c@d;"),
        ["-|-|a|-", "-|-|b|-", "-|-|c|d", "-|-|-|-", "-|-|-|-"]
    );
    assert_eq!(
        read("a: b@c d@e;"),
        [
            "-|-|a|-",
            "-|-|b|c",
            "-|-|UNEXPECTED_DATA_AFTER_ADDRESS_IN_GROUP|.SYNTAX-ERROR.",
            "-|-|-|-",
            "Unexpected characters after address in group: d@e;",
        ]
    );
}

#[test]
fn errors_have_their_marks() {
    assert_eq!(
        read("a b"),
        [
            "-|-|a|here",
            "-|-|UNEXPECTED_DATA_AFTER_ADDRESS|.SYNTAX-ERROR.",
            "Must use comma to separate addresses: b",
        ]
    );
    assert_eq!(
        read("@"),
        [
            "-|-|INVALID_ADDRESS|.SYNTAX-ERROR.",
            "Invalid mailbox list: @"
        ]
    );
    assert_eq!(
        read("A <a@b"),
        [
            "A|-|a|b",
            "-|-|MISSING_MAILBOX_TERMINATOR|.SYNTAX-ERROR.",
            "Unterminated mailbox: a@b"
        ]
    );
    assert_eq!(
        read("a@"),
        [
            "-|-|a|.SYNTAX-ERROR.",
            "Missing or invalid host name after @"
        ]
    );
    assert_eq!(
        read("a@[]"),
        ["-|-|a|.SYNTAX-ERROR.", "Empty domain literal"]
    );
    // c-client reads a null pointer here.
    assert_eq!(
        read("<@x,@[]:a@b>"),
        [
            "-|-|INVALID_ADDRESS|.SYNTAX-ERROR.",
            "Empty domain literal",
            "Unterminated at-domain-list: @x",
            "Invalid mailbox list: <@x,@[]:a@b>",
        ]
    );
}

#[test]
fn no_default_host_is_no_host() {
    let mut list = Vec::new();
    parse_address_list(&mut list, b"a\0b", None, &mut Vec::new());
    assert_eq!(
        list,
        [Address {
            mailbox: Some(b"a".to_vec()),
            ..Address::default()
        }]
    );
}

#[test]
fn the_application_may_know_a_phrase() {
    let mut seen = Vec::new();
    let mut hook = |text: &[u8], length: usize, host: Option<&[u8]>, _: &mut Warnings| {
        seen.push((text.to_vec(), length, host.map(<[u8]>::to_vec)));
        let known = Address {
            mailbox: Some(b"found".to_vec()),
            ..Address::default()
        };
        if text.starts_with(b"known") {
            vec![known]
        } else {
            Vec::new()
        }
    };
    let mut list = Vec::new();
    let text = b"known one , other, a@b";
    parse_address_list_with(&mut list, text, None, &mut Vec::new(), Some(&mut hook));
    let mailboxes: Vec<_> = list
        .iter()
        .filter_map(|address| address.mailbox.as_deref())
        .collect();
    assert_eq!(mailboxes, [&b"found"[..], b"other", b"a"]);
    assert_eq!(
        seen,
        [(text.to_vec(), 9, None), (b"other, a@b".to_vec(), 5, None)]
    );
}

#[test]
fn depth_costs_neither_stack_nor_time() {
    let deep = |text: String| {
        let thread = std::thread::Builder::new().stack_size(112 << 10);
        thread
            .spawn(move || read(&text).len())
            .unwrap()
            .join()
            .unwrap()
    };
    assert_eq!(deep("a:".repeat(1_000_000)), 51 + 2 + 51 + 2);
    assert!(deep("a@b".to_owned() + &" .c".repeat(300_000) + " .(((") > 100);
    assert!(deep("a@b".to_owned() + &" .c".repeat(300_000) + &" .\"".repeat(299_999)) > 100);
    assert!(deep("(".repeat(1_000_000)) > 0);
    assert_eq!(deep("a .".repeat(1_000_000)), 4);
    // Two addresses, two warnings for each complaint, and one for what is left over.
    let complaints = limits::DOMAIN_COMPLAINTS + 1;
    assert_eq!(
        deep("a@b".to_owned() + &" .c".repeat(300_000) + " ."),
        2 + 2 * complaints + 1
    );
}
