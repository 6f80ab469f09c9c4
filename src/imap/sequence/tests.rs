use super::*;

#[test]
fn message_sequences_as_c_client_reads_them() {
    assert_eq!(messages(b"1,3:5,*", 9).unwrap(), [(1, 1), (3, 5), (9, 9)]);
    assert_eq!(messages(b"5:3", 9).unwrap(), [(3, 5)]);
    assert_eq!(messages(b"*:2,", 9).unwrap(), [(2, 9)]);
    assert_eq!(messages(b"", 0).unwrap(), []);
    let fails = |text: &[u8], count| messages(text, count).unwrap_err().to_string();
    assert_eq!(fails(b"0", 9), "Sequence out of range");
    assert_eq!(fails(b"10", 9), "Sequence out of range");
    assert_eq!(
        fails(b"99999999999999999999999", 9),
        "Sequence out of range"
    );
    assert_eq!(fails(b"1:10", 9), "Sequence range invalid");
    assert_eq!(fails(b"1:", 9), "Sequence range invalid");
    assert_eq!(fails(b"1:x", 9), "Sequence range invalid");
    assert_eq!(fails(b"1:2x", 9), "Sequence range syntax error");
    assert_eq!(fails(b"x", 9), "Syntax error in sequence");
    assert_eq!(fails(b",1", 9), "Syntax error in sequence");
    assert_eq!(fails(b"1 2", 9), "Sequence syntax error");
    assert_eq!(fails(b"1\r\nA NOOP", 9), "Sequence syntax error");
    assert_eq!(fails(b"*", 0), "No messages, so no maximum message number");
    assert_eq!(fails(b"1:*", 0), "Sequence out of range");
}

#[test]
fn uid_sequences_as_c_client_reads_them() {
    assert_eq!(uids(b"7,100:*", 50).unwrap(), [(7, 7), (50, 100)]);
    assert_eq!(uids(b"*", 0).unwrap(), []);
    assert_eq!(uids(b"1:99999999999", 3).unwrap(), [(1, u32::MAX)]);
    assert_eq!(uids(b"99999999999", 3).unwrap(), []);
    assert_eq!(
        uids(b"0", 3).unwrap_err().to_string(),
        "UID may not be zero"
    );
    assert_eq!(
        uids(b"1:0", 3).unwrap_err().to_string(),
        "UID sequence range invalid"
    );
    assert_eq!(
        uids(b"1:2;", 3).unwrap_err().to_string(),
        "UID sequence range syntax error"
    );
    assert_eq!(
        uids(b"1;", 3).unwrap_err().to_string(),
        "UID sequence syntax error"
    );
    assert_eq!(
        uids(b"a", 3).unwrap_err().to_string(),
        "Syntax error in sequence"
    );
}

#[test]
fn only_sequences_go_on_the_wire() {
    for good in ["1", "1:*", "*", "5:3,007", "1,2,3:4"] {
        assert_eq!(WireSequence::new(good.as_bytes()).unwrap().as_str(), good);
    }
    for bad in [
        "", ",", "1,", "1:", ":1", "1:2:3", "1 2", "1\r\n", "1\0", "{1}", "a", "-1", "**", "\u{e9}",
    ] {
        assert!(WireSequence::new(bad.as_bytes()).is_err(), "{bad:?}");
    }
}

#[test]
fn long_sequences_are_cut_at_commas() {
    let numbers: Vec<u32> = (1..2000).map(|n| n * 2).collect();
    let whole = WireSequence::from_set(&compress(numbers.iter().copied())).unwrap();
    assert!(needs_split(&whole));
    let pieces = whole.split(1000);
    assert!(pieces.iter().all(|piece| piece.as_str().len() <= 1000));
    let back: Vec<_> = pieces.iter().map(WireSequence::as_str).collect();
    assert_eq!(back.join(","), whole.as_str());
    assert_eq!(WireSequence::new(b"1:2").unwrap().split(1).len(), 1);
}

#[test]
fn sets_stay_small() {
    assert_eq!(
        compress([1, 2, 3, 7, 6, 5, u32::MAX]),
        [(1, 3), (7, 7), (6, 6), (5, 5), (u32::MAX, u32::MAX)]
    );
    assert_eq!(
        normalise(&[(5, 9), (1, 4), (7, 8), (20, 20)]),
        [(1, 9), (20, 20)]
    );
    assert_eq!(
        normalise(&[(1, u32::MAX), (u32::MAX, u32::MAX)]),
        [(1, u32::MAX)]
    );
    assert_eq!(format_set(&[(1, 3), (5, 5)]), "1:3,5");
    let all = [(1, u32::MAX)];
    assert_eq!(count(&all), u64::from(u32::MAX));
    assert_eq!(iter(&all).take(3).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(contains(&all, 77) && !contains(&[(2, 3)], 4));
    assert_eq!(WireSequence::from_set(&[]), None);
}
