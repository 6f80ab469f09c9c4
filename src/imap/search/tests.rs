use super::*;
use crate::imap::command::EncodeOptions;

fn wire_with(program: &SearchProgram, charset: Option<&[u8]>, messages: u32) -> String {
    let options = EncodeOptions {
        literal_plus: true,
        ..EncodeOptions::default()
    };
    let encoded = program
        .write(Command::new("SEARCH"), charset, messages)
        .encode("A1", options)
        .unwrap();
    let line = encoded.pieces[0]
        .bytes()
        .unwrap()
        .strip_suffix(b"\r\n")
        .unwrap();
    line.strip_prefix(b"A1 SEARCH ")
        .unwrap()
        .escape_ascii()
        .to_string()
}

fn wire(program: SearchProgram) -> String {
    wire_with(&program, None, 9)
}

fn texts(texts: &[&str]) -> Strings {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn seen() -> SearchProgram {
    SearchProgram {
        seen: true,
        ..Default::default()
    }
}

fn short(text: &str) -> u16 {
    date::parse(text.as_bytes(), date::Zone::UTC)
        .unwrap()
        .short()
}

#[test]
fn what_asterisk_searches_for() {
    let program = SearchProgram {
        header: vec![
            (b"X-Asterisk-VM-Extension".to_vec(), b"4123".to_vec()),
            (b"X-Asterisk-VM-Context".to_vec(), b"default".to_vec()),
        ],
        unseen: true,
        undeleted: true,
        ..SearchProgram::default()
    };
    assert_eq!(
        wire(program),
        "UNDELETED UNSEEN HEADER X-Asterisk-VM-Extension 4123 HEADER X-Asterisk-VM-Context default"
    );
}

#[test]
fn everything_in_c_client_order() {
    let program = SearchProgram {
        messages: vec![(1, 3), (5, 0), (7, STAR)],
        uids: vec![(STAR, 0), (9, 9)],
        larger: 10,
        smaller: 20,
        answered: true,
        unanswered: true,
        deleted: true,
        undeleted: true,
        draft: true,
        undraft: true,
        flagged: true,
        unflagged: true,
        recent: true,
        old: true,
        seen: true,
        unseen: true,
        keyword: texts(&["$A", "b c"]),
        unkeyword: texts(&["d"]),
        sent_before: short("1-Feb-1994"),
        sent_on: short("2-Feb-1994"),
        sent_since: short("3-Feb-1994"),
        before: short("4-Feb-1994"),
        on: short("5-Feb-1994"),
        since: short("16-Dec-2026"),
        older: 60,
        younger: 70,
        bcc: texts(&["1"]),
        cc: texts(&["2", "2b"]),
        from: texts(&["3"]),
        to: texts(&["4"]),
        subject: texts(&["s t"]),
        body: texts(&["5"]),
        text: texts(&["6"]),
        return_path: texts(&["7"]),
        sender: texts(&["8"]),
        reply_to: texts(&["9"]),
        in_reply_to: texts(&["10"]),
        message_id: texts(&["11"]),
        newsgroups: texts(&["12"]),
        followup_to: texts(&["13"]),
        references: texts(&["14"]),
        header: vec![(b"X".to_vec(), b"".to_vec())],
        or: vec![(seen().into(), SearchProgram::default().into())],
        not: vec![
            SearchProgram {
                to: texts(&["x"]),
                ..Default::default()
            }
            .into(),
        ],
    };
    assert_eq!(
        wire(program),
        "1:3,5,7:* UID *,9 LARGER 10 SMALLER 20 ANSWERED UNANSWERED DELETED UNDELETED DRAFT UNDRAFT FLAGGED \
         UNFLAGGED RECENT OLD SEEN UNSEEN KEYWORD $A KEYWORD \\\"b c\\\" UNKEYWORD d SENTBEFORE 1-Feb-1994 SENTON \
         2-Feb-1994 SENTSINCE 3-Feb-1994 BEFORE 4-Feb-1994 ON 5-Feb-1994 SINCE 16-Dec-2026 OLDER 60 YOUNGER 70 BCC 1 \
         CC 2 CC 2b FROM 3 TO 4 SUBJECT \\\"s t\\\" BODY 5 TEXT 6 HEADER Return-Path 7 HEADER Sender 8 HEADER Reply-To 9 \
         HEADER In-Reply-To 10 HEADER Message-ID 11 HEADER Newsgroups 12 HEADER Followup-To 13 HEADER References 14 \
         HEADER X \\\"\\\" OR (SEEN) (ALL) NOT (TO x)"
    );
}

#[test]
fn all_is_left_out_or_alone() {
    let all = |messages| SearchProgram {
        messages,
        ..Default::default()
    };
    assert_eq!(wire(all(vec![])), "ALL");
    assert_eq!(wire(all(vec![(1, 9)])), "ALL");
    assert_eq!(wire(all(vec![(1, 8)])), "1:8");
    assert_eq!(
        wire(SearchProgram {
            seen: true,
            ..all(vec![(1, 9)])
        }),
        "SEEN"
    );
    let not = SearchProgram {
        not: vec![all(vec![(1, 9)]).into()],
        ..Default::default()
    };
    assert_eq!(wire(not), "NOT (ALL)");
    assert!(
        all(vec![(1, 2)]).is_silly()
            && SearchProgram {
                older: 3,
                ..Default::default()
            }
            .is_silly()
    );
    assert!(
        !SearchProgram {
            seen: true,
            ..Default::default()
        }
        .is_silly()
    );
    assert!(
        SearchProgram {
            younger: 3,
            ..Default::default()
        }
        .needs_within()
    );
}

#[test]
fn charset_and_strings_cannot_break_the_line() {
    let program = SearchProgram {
        subject: texts(&["\u{e9}", "a\r\nA2 LOGOUT"]),
        ..Default::default()
    };
    assert_eq!(
        wire_with(&program, Some(b"UTF-8"), 9),
        "CHARSET UTF-8 SUBJECT {2+}\\r\\n\\xc3\\xa9 SUBJECT {12+}\\r\\na\\r\\nA2 LOGOUT"
    );
    assert_eq!(
        wire_with(&SearchProgram::default(), Some(b"x\r\ny"), 9),
        "CHARSET {4+}\\r\\nx\\r\\ny ALL"
    );
    let fails = |program: SearchProgram| {
        program
            .write(Command::new("SEARCH"), None, 9)
            .encode("A", EncodeOptions::default())
            .unwrap_err()
    };
    assert_eq!(
        fails(SearchProgram {
            keyword: texts(&["a\0"]),
            ..Default::default()
        }),
        EncodeError::Nul
    );
    assert_eq!(
        fails(SearchProgram {
            on: 1,
            ..Default::default()
        }),
        EncodeError::BadDate
    );
    assert_eq!(
        fails(SearchProgram {
            on: 13 << 5,
            ..Default::default()
        }),
        EncodeError::BadDate
    );
}

#[test]
fn long_sets_are_broken_by_literals() {
    let set: SearchSet = (1..=1000).map(|n| (n * 2, 0)).collect();
    let program = SearchProgram {
        uids: set.clone(),
        seen: true,
        ..Default::default()
    };
    let text = wire(program);
    let lines: Vec<&str> = text.split("\\r\\n").collect();
    assert!(lines.len() > 3 && lines.iter().all(|line| line.len() <= limits::COMMAND_LINE));
    assert!(
        lines[0].starts_with("OR UID 2,4,6") && lines[0].ends_with(" ((OR BCC FOO NOT BCC {3+}")
    );
    assert!(lines[1].starts_with("FOO) OR UID "));
    assert!(
        lines[lines.len() - 1].ends_with(&format!(",2000{} SEEN", ")".repeat(lines.len() - 1)))
    );
    // All numbers are there, in order.
    let numbers = text
        .split(['(', ')', ' ', ',', '{', '\\'])
        .filter_map(|word| word.parse().ok());
    assert_eq!(numbers.map(|n| (n, 0)).collect::<SearchSet>(), set);
}

fn nested(levels: usize) -> SearchProgram {
    (1..levels).fold(SearchProgram::default(), |inner, level| match level % 2 {
        0 => SearchProgram {
            not: vec![inner.into()],
            ..Default::default()
        },
        _ => SearchProgram {
            or: vec![(SearchProgram::default().into(), inner.into())],
            ..Default::default()
        },
    })
}

#[test]
fn nesting_is_limited_and_safe_on_a_small_stack() {
    let work = || {
        let deepest = nested(limits::SEARCH_DEPTH);
        assert!(wire(deepest.clone()).ends_with(")))"));
        assert!(
            local::LocalSearch::new(deepest.clone(), None, &rules::CanonicalRules, 0).is_some()
        );
        let too_deep = nested(limits::SEARCH_DEPTH + 1);
        let command = too_deep.write(Command::new("SEARCH"), None, 9);
        assert_eq!(
            command.encode("A", EncodeOptions::default()),
            Err(EncodeError::SearchTooDeep)
        );
        assert!(local::LocalSearch::new(too_deep, None, &rules::CanonicalRules, 0).is_none());
    };
    std::thread::Builder::new()
        .stack_size(112 << 10)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}
