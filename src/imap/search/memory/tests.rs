use super::*;
use crate::imap::command::EncodeOptions;
use crate::imap::response::FetchItem;

fn mirror(count: Number) -> Mirror {
    let mut mirror = Mirror::default();
    mirror.exists(count);
    mirror
}

/// New voicemail of a mailbox, as Asterisk asks for it.
fn new_ones() -> SearchProgram {
    SearchProgram {
        header: vec![(b"X-Asterisk-VM-Extension".to_vec(), b"100".to_vec())],
        unseen: true,
        undeleted: true,
        ..SearchProgram::default()
    }
}

fn words(searches: &Searches, question: &Question, count: u32) -> String {
    let command = searches.write(question, Command::new("SEARCH"), count);
    let encoded = command
        .encode("t", EncodeOptions::default())
        .expect("can be written");
    String::from_utf8_lossy(&encoded.telemetry[0]).into_owned()
}

#[test]
fn each_part_is_asked_once_and_joined() {
    let mut mirror = mirror(5);
    let mut searches = Searches::default();
    let plan = searches
        .plan(None, &new_ones(), &mut mirror)
        .expect("can be taken apart");
    let questions = plan.questions(&mirror);
    let asked: Vec<String> = questions.iter().map(|q| words(&searches, q, 5)).collect();
    assert_eq!(
        asked,
        [
            "t SEARCH HEADER X-Asterisk-VM-Extension 100",
            "t SEARCH SEEN",
            "t SEARCH DELETED",
            "t SEARCH FLAGGED"
        ]
    );
    questions[0].learn(&vec![(1, 3), (5, 5)], &mut mirror);
    questions[1].learn(&vec![(2, 2)], &mut mirror);
    questions[2].learn(&vec![], &mut mirror);
    assert!(plan.questions(&mirror).is_empty());
    assert_eq!(plan.hits(&mirror), [1, 3, 5]);
    // Old ones need no question.
    let old = SearchProgram {
        unseen: false,
        seen: true,
        ..new_ones()
    };
    let old = searches.plan(None, &old, &mut mirror).expect("as above");
    assert!(old.questions(&mirror).is_empty());
    assert_eq!(old.hits(&mirror), [2]);
}

#[test]
fn only_new_messages_are_asked_for() {
    let mut mirror = mirror(2);
    let mut searches = Searches::default();
    let plan = searches
        .plan(None, &new_ones(), &mut mirror)
        .expect("as above");
    for question in plan.questions(&mirror) {
        question.learn(&vec![], &mut mirror);
    }
    mirror.expunge(1);
    mirror.exists(3);
    let asked: Vec<String> = plan
        .questions(&mirror)
        .iter()
        .map(|q| words(&searches, q, 3))
        .collect();
    assert_eq!(
        asked,
        [
            "t SEARCH 2:3 HEADER X-Asterisk-VM-Extension 100",
            "t SEARCH 2:3 SEEN",
            "t SEARCH 2:3 DELETED",
            "t SEARCH 2:3 FLAGGED"
        ]
    );
}

#[test]
fn what_the_server_tells_of_flags_counts() {
    let mut mirror = mirror(2);
    let mut searches = Searches::default();
    let seen = SearchProgram {
        seen: true,
        ..SearchProgram::default()
    };
    let plan = searches.plan(None, &seen, &mut mirror).expect("as above");
    for question in plan.questions(&mirror) {
        question.learn(&vec![(1, 1)], &mut mirror);
    }
    assert_eq!(plan.hits(&mirror), [1]);
    mirror.fetched(2, &FetchItem::Flags(vec![b"\\Seen".into()]));
    mirror.fetched(1, &FetchItem::Flags(vec![]));
    assert_eq!(plan.hits(&mirror), [2]);
    mirror.forget_flags(bit::FLAGGED);
    assert!(
        plan.questions(&mirror).is_empty(),
        "not of this plan's business"
    );
    mirror.forget_flags(bit::SEEN);
    assert_eq!(plan.questions(&mirror).len(), 2);
    assert!(plan.hits(&mirror).is_empty());
}

#[test]
fn what_can_change_otherwise_is_asked_as_a_whole() {
    let mut mirror = mirror(1);
    let mut searches = Searches::default();
    let varying = [
        SearchProgram {
            keyword: vec![b"x".to_vec()],
            ..SearchProgram::default()
        },
        SearchProgram {
            recent: true,
            ..SearchProgram::default()
        },
        SearchProgram {
            younger: 3,
            ..SearchProgram::default()
        },
        SearchProgram {
            not: vec![std::sync::Arc::new(new_ones())],
            ..SearchProgram::default()
        },
        SearchProgram {
            messages: vec![(1, 1)],
            ..SearchProgram::default()
        },
    ];
    for program in varying {
        assert_eq!(
            searches.plan(None, &program, &mut mirror),
            None,
            "{program:?}"
        );
    }
}

#[test]
fn the_place_of_the_search_used_longest_ago_is_given_away() {
    let mut mirror = mirror(1);
    let mut searches = Searches::default();
    let numbered = |n: u64| SearchProgram {
        larger: n + 1,
        ..SearchProgram::default()
    };
    for n in 0..9 {
        let plan = searches
            .plan(None, &numbered(n), &mut mirror)
            .expect("immutable");
        for question in plan.questions(&mirror) {
            question.learn(&vec![(1, 1)], &mut mirror);
        }
        assert_eq!(plan.hits(&mirror), [1]);
    }
    let mut lacking = |n| {
        let plan = searches.plan(None, &numbered(n), &mut mirror);
        !plan.expect("immutable").questions(&mirror).is_empty()
    };
    assert!(!lacking(8) && !lacking(1) && lacking(0));
    assert!(lacking(2), "its place went to number 0");
}

#[test]
fn other_charsets_are_other_searches() {
    let mut mirror = mirror(1);
    let mut searches = Searches::default();
    let first = searches.plan(None, &new_ones(), &mut mirror);
    let other = searches.plan(Some(b"UTF-8"), &new_ones(), &mut mirror);
    assert_ne!(first, other);
}

#[test]
fn contradictions_find_nothing() {
    let mut mirror = mirror(1);
    let mut searches = Searches::default();
    let program = SearchProgram {
        seen: true,
        unseen: true,
        ..SearchProgram::default()
    };
    let plan = searches
        .plan(None, &program, &mut mirror)
        .expect("flags only");
    for question in plan.questions(&mirror) {
        question.learn(&vec![(1, 1)], &mut mirror);
    }
    assert!(plan.hits(&mirror).is_empty());
}

#[test]
fn answers_about_others_are_not_believed() {
    let about: SequenceSet = vec![(2, 3), (6, 9)];
    assert_eq!(
        intersection(&about, &vec![(1, 2), (8, 5), (12, 12)]),
        [(2, 2), (6, 8)]
    );
}
