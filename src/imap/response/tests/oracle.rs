//! imap-proto reads these forms soundly: it and our own parsers must agree.

use imap_proto::{AttributeValue, MailboxDatum, Response as Proto};

use super::*;
use crate::imap::octets::Octets;

fn text(bytes: &Option<Octets>) -> Option<String> {
    bytes
        .as_ref()
        .map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

fn proto_text(bytes: &Option<std::borrow::Cow<'_, [u8]>>) -> Option<String> {
    bytes
        .as_ref()
        .map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

#[test]
fn envelopes_flags_and_numbers() {
    let line = "* 12 FETCH (FLAGS (\\Seen $X) UID 77 RFC822.SIZE 4286 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" \
        MODSEQ (65402) ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700\" {4}\r\na (b ((\"Terry Gray\" NIL \"gray\" \"x.edu\")) NIL \
        NIL ((NIL NIL \"imap\" \"x.edu\")(NIL NIL \"m\" \"y.org\")) NIL NIL \"<r@x>\" \"<B27397@x>\"))\r\n";
    let (_, Proto::Fetch(12, theirs)) = Proto::parse(line.as_bytes()).unwrap() else {
        panic!()
    };
    let Untagged::Fetch { number: 12, items } = untagged(line.trim_end()) else {
        panic!()
    };
    assert_eq!(items.len(), theirs.len());
    let mut compared = 0;
    for (ours, theirs) in items.iter().zip(&theirs) {
        compared += 1;
        match (ours, theirs) {
            (FetchItem::Flags(a), AttributeValue::Flags(b)) => {
                assert_eq!(
                    *a,
                    b.iter()
                        .map(|flag| flag.as_bytes().to_vec())
                        .collect::<Vec<_>>()
                );
            }
            (FetchItem::Uid(a), AttributeValue::Uid(b)) => assert_eq!(a, b),
            (FetchItem::Rfc822Size(a), AttributeValue::Rfc822Size(b)) => {
                assert_eq!(*a, u64::from(*b))
            }
            (FetchItem::ModSeq(a), AttributeValue::ModSeq(b)) => assert_eq!(a, b),
            (FetchItem::InternalDate(a), AttributeValue::InternalDate(b)) => {
                assert_eq!(text(a).as_deref(), Some(b.as_ref()));
            }
            (FetchItem::Envelope(a), AttributeValue::Envelope(b)) => {
                assert_eq!(text(&a.date), proto_text(&b.date));
                assert_eq!(text(&a.subject), proto_text(&b.subject));
                assert_eq!(text(&a.in_reply_to), proto_text(&b.in_reply_to));
                assert_eq!(text(&a.message_id), proto_text(&b.message_id));
                for (ours, theirs) in [(&a.from, &b.from), (&a.to, &b.to), (&a.cc, &b.cc)] {
                    let theirs = theirs.iter().flatten();
                    let theirs = theirs.map(|x| {
                        (
                            proto_text(&x.name),
                            proto_text(&x.mailbox),
                            proto_text(&x.host),
                        )
                    });
                    let ours = ours
                        .iter()
                        .map(|x| (text(&x.name), text(&x.mailbox), text(&x.host)));
                    assert!(ours.eq(theirs));
                }
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(compared, 6);
}

#[test]
fn searches_and_sets() {
    for line in ["* SEARCH 2 84 882\r\n", "* SEARCH\r\n", "* SEARCH 5 \r\n"] {
        let (_, Proto::MailboxData(MailboxDatum::Search(theirs))) =
            Proto::parse(line.as_bytes()).unwrap()
        else {
            panic!()
        };
        assert_eq!(
            untagged(line.trim_end_matches("\r\n")),
            Untagged::Search {
                numbers: theirs,
                mod_seq: None
            }
        );
    }
    // What goes through imap-proto and what we read ourselves where it cannot: one meaning.
    for (plain, odd) in [
        ("* SORT 5 3 4", "* SORT  5  3 4 x"),
        (
            "* VANISHED (EARLIER) 9:5,7",
            "* VANISHED  (earlier)  9:5,7 \t",
        ),
        (
            "* QUOTAROOT INBOX \"a b\" c",
            "* QUOTAROOT INBOX {3}\r\na b c",
        ),
    ] {
        assert_eq!(untagged(plain), untagged(odd));
    }
}
