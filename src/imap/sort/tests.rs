use super::*;

fn base(subject: &str) -> (String, bool) {
    let base = base_subject(subject.as_bytes(), |_| ());
    (String::from_utf8(base.text).unwrap(), base.refwd)
}

#[test]
fn a_base_subject_is_without_what_replies_and_lists_put_around_it() {
    for (subject, text, refwd) in [
        ("", "", false),
        ("  plain \t words ", "PLAIN WORDS", false),
        ("Re: a", "A", true),
        ("re [list] : a", "A", true),
        ("RE[2]: Fw: FWD: a (fwd) (Fwd)  ", "A", true),
        ("[list] [other] a", "A", false),
        ("[list]", "[LIST]", false),
        ("[list] ", "[LIST]", false),
        ("[list] re: [other]", "[OTHER]", true),
        ("[fwd: [list] re: a]", "A", true),
        ("[fwd:]", "", true),
        ("Re: [fwd: Re: a (fwd)]", "A", true),
        ("[not [a] blob", "[NOT [A] BLOB", false),
        ("re a", "RE A", false),
        ("reply: a", "REPLY: A", false),
        ("fwdd: a", "FWDD: A", false),
        ("re[x: a", "RE[X: A", false),
        ("=?utf-8?q?Re:_caf=C3=A9?=", "CAFE\u{301}", true),
        ("a  b (fwd)", "A B", true),
        ("a(fwd)", "A", true),
        ("(fwd)", "", true),
    ] {
        assert_eq!(base(subject), (text.to_owned(), refwd), "{subject:?}");
    }
}

#[test]
fn a_word_that_cannot_be_decoded_leaves_the_subject_in_its_case() {
    assert_eq!(
        base("Re: =?utf-8?b?*?= Words"),
        ("=?utf-8?b?*?= Words".to_owned(), true)
    );
}

#[test]
fn long_subjects_take_linear_time() {
    for unit in ["re: ", "[fwd: ", "[a] ", "(fwd)", "[", "re[", " ", "fwd[x]"] {
        let subject = unit.repeat(40_000);
        base_subject(subject.as_bytes(), |_| ());
        base_subject(format!("{subject}]").as_bytes(), |_| ());
        base_subject((subject + &"]".repeat(40_000)).as_bytes(), |_| ());
    }
}

#[test]
fn a_field_is_read_on_one_line() {
    let value = |header: &[u8], again| {
        first_value(header, again).map(|value| String::from_utf8(value).unwrap())
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(value(b"Date: a\r\n b\n\tc\r\n\r\n", None), some(" a b\tc"));
    assert_eq!(value(b"Date: a\r\nDate: b\r\n\r\n", None), some(" a"));
    assert_eq!(
        value(b"From: a,\r\nfrom: b\r\nTo: c\r\n\r\n", Some(b'F')),
        some(" a, b")
    );
    assert_eq!(value(b"From: a\r\nf", Some(b'F')), some(" a"));
    assert_eq!(value(b"Date: a", None), some(" a"));
    assert_eq!(value(b"\r\n", None), None);
}

#[test]
fn texts_compare_in_any_case_and_nothing_comes_first() {
    let keys = |from: Option<&'static str>| Keys {
        from: from.map(str::as_bytes),
        ..Keys::default()
    };
    let by = Criterion::From;
    for (one, other, expected) in [
        (None, None, Ordering::Equal),
        (None, Some(""), Ordering::Less),
        (Some("abc"), Some("ABC"), Ordering::Equal),
        (Some("ab"), Some("ABC"), Ordering::Less),
        (Some("_"), Some("A"), Ordering::Less),
    ] {
        assert_eq!(keys(one).compare(&keys(other), by), expected);
        assert_eq!(keys(other).compare(&keys(one), by), expected.reverse());
    }
}
