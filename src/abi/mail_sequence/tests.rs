use super::super::callbacks::fake;
use super::super::constants::{CH_INIT, CH_MAKEELT, CH_SIZE};
use super::super::memory::new_zeroed;
use super::super::mm_cache::mm_cache;
use super::super::stream::registry;
use super::*;
use std::ffi::CString;

/// A mailbox of five, and a numbering by UIDs 10, 20, … that asks nobody.
struct Mailbox(*mut MailStream);

impl Mailbox {
    fn new(count: c_ulong) -> Self {
        fake::take_log();
        let stream: *mut MailStream = new_zeroed();
        // SAFETY: a new stream.
        unsafe {
            mm_cache(stream, count, CH_SIZE);
            (*stream).nmsgs = count;
            (*stream).uid_last = 99;
        }
        registry::register(stream);
        Self(stream)
    }

    fn marked(&self) -> Vec<c_ulong> {
        // SAFETY: the stream of this test.
        unsafe {
            (1..=(*self.0).nmsgs)
                .filter(|&n| {
                    let elt: *mut MessageCache = mm_cache(self.0, n, CH_ELT).cast();
                    elt.as_ref().is_some_and(|elt| elt.sequence() != 0)
                })
                .collect()
        }
    }

    fn sequence(&self, text: &str) -> (c_long, Vec<c_ulong>, Vec<String>) {
        let text = CString::new(text).unwrap();
        // SAFETY: the stream of this test and a string.
        let answer = unsafe { mail_sequence(self.0, text.as_ptr().cast_mut().cast()) };
        let log = fake::take_log().into_iter().map(|line| line.0).collect();
        (answer, self.marked(), log)
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        // SAFETY: the stream of this test, for the last time.
        unsafe {
            mm_cache(self.0, 0, CH_INIT);
        }
        enter(self.0).unwrap().mark_closed();
        // The memory stays: other tests use the same quarantine, with addresses of their own.
        registry::retire(self.0, false);
    }
}

#[test]
fn sequences_mark_what_they_name_and_only_that() {
    let mailbox = Mailbox::new(5);
    for (text, marked) in [
        ("1", vec![1]),
        ("2:4", vec![2, 3, 4]),
        ("4:2", vec![2, 3, 4]),
        ("*", vec![5]),
        ("*:4", vec![4, 5]),
        ("1,3,5", vec![1, 3, 5]),
        ("1:2,4:*", vec![1, 2, 4, 5]),
        ("", vec![]),
        // As lenient as c-client.
        ("3,", vec![3]),
        ("1: 2", vec![1, 2]),
        ("1:+2", vec![1, 2]),
        ("0002", vec![2]),
    ] {
        assert_eq!(mailbox.sequence(text), (1, marked, vec![]), "{text}");
    }
    // SAFETY: a stream and no string.
    let none = unsafe { mail_sequence(mailbox.0, core::ptr::null_mut()) };
    assert_eq!(none, 1);
    assert!(mailbox.marked().is_empty());
}

#[test]
fn what_does_not_parse_says_why_and_keeps_what_came_before() {
    let mailbox = Mailbox::new(5);
    for (text, marked, error) in [
        ("x", vec![], "Syntax error in sequence"),
        (" 1", vec![], "Syntax error in sequence"),
        (",1", vec![], "Syntax error in sequence"),
        ("0", vec![], "Sequence out of range"),
        ("2,6", vec![2], "Sequence out of range"),
        ("99999999999999999999999", vec![], "Sequence out of range"),
        ("1:6", vec![], "Sequence range invalid"),
        ("1:", vec![], "Sequence range invalid"),
        ("1:-1", vec![], "Sequence range invalid"),
        ("1:2:3", vec![], "Sequence range syntax error"),
        ("3,1 2", vec![3], "Sequence syntax error"),
        ("*x", vec![], "Sequence syntax error"),
    ] {
        assert_eq!(
            mailbox.sequence(text),
            (0, marked, vec![error.to_owned()]),
            "{text}"
        );
    }
    let empty = Mailbox::new(0);
    for text in ["*", "*:*"] {
        assert_eq!(
            empty.sequence(text).2,
            ["No messages, so no maximum message number"]
        );
    }
    assert_eq!(empty.sequence("1").2, ["Sequence out of range"]);
    // SAFETY: no stream.
    let nobody = unsafe { mail_sequence(core::ptr::null_mut(), c"1".as_ptr().cast_mut().cast()) };
    assert_eq!(nobody, 0);
}

#[test]
fn elts_are_made_only_for_what_is_named() {
    let mailbox = Mailbox::new(5);
    mailbox.sequence("2");
    // SAFETY: the stream of this test.
    unsafe {
        assert!(mm_cache(mailbox.0, 1, CH_ELT).is_null());
        assert!(!mm_cache(mailbox.0, 2, CH_ELT).is_null());
        assert_eq!(
            mm_cache(mailbox.0, 2, CH_ELT),
            mm_cache(mailbox.0, 2, CH_MAKEELT)
        );
    }
}

#[test]
fn numbers_are_read_as_strtoul_does() {
    for (text, number, rest) in [
        (&b"12,"[..], 12, &b","[..]),
        (b"\t +7x", 7, b"x"),
        (b"-1", c_ulong::MAX, b""),
        (b"18446744073709551616", c_ulong::MAX, b""),
        (b"-", 0, b"-"),
        (b"", 0, b""),
    ] {
        assert_eq!(strtoul(text), (number, rest));
    }
}
