use super::*;
use crate::imap::response::FetchItem;

fn mirror(uids: &[u32], next: Option<u32>) -> Mirror {
    let mut mirror = Mirror::default();
    mirror.set_uid_validity(7);
    mirror.exists(uids.len() as u32);
    for (number, &uid) in (1..).zip(uids) {
        if uid != 0 {
            mirror.fetched(number, &FetchItem::Uid(uid));
        }
    }
    mirror.next_of_first = next.map(|next| (next, uids.len()));
    mirror
}

fn anew(exists: u32, next: u32) -> Anew {
    Anew {
        exists,
        validity: Some(7),
        uid_next: Some(next),
        ..Anew::default()
    }
}

#[test]
fn as_many_new_messages_as_uids_were_given_away() {
    let old = mirror(&[0, 0, 0], Some(10));
    assert_eq!(compare(&old, &anew(3, 10)), Known::Hold);
    assert_eq!(compare(&old, &anew(5, 12)), Known::Hold);
    assert_eq!(compare(&old, &anew(4, 12)), Known::Ask(9));
    assert_eq!(compare(&old, &anew(2, 10)), Known::Ask(9));
    assert_eq!(compare(&old, &anew(3, 9)), Known::Ask(9));
    let last = mirror(&[0, 0, 8], Some(10));
    assert_eq!(compare(&last, &anew(2, 10)), Known::Ask(8));
    let nothing = mirror(&[5, 0, 0], None);
    assert_eq!(compare(&nothing, &anew(3, 10)), Known::Nothing);
}

#[test]
fn another_uidvalidity_is_another_mailbox() {
    let old = mirror(&[1, 2], Some(3));
    let mut now = anew(2, 3);
    now.validity = Some(8);
    assert_eq!(compare(&old, &now), Known::Nothing);
    now.validity = None;
    assert_eq!(compare(&old, &now), Known::Nothing);
    now.validity = Some(7);
    assert_eq!(compare(&old, &now), Known::Hold);
    assert_eq!(compare(&mirror(&[], Some(3)), &now), Known::Hold);
}

#[test]
fn who_has_gone_is_told_or_nobody_is() {
    let all = mirror(&[2, 4, 6], None);
    assert_eq!(gone(&all, 6, vec![6, 4, 2]), Some(vec![]));
    assert_eq!(gone(&all, 6, vec![4]), Some(vec![3, 1]));
    assert_eq!(gone(&all, 6, vec![]), Some(vec![3, 2, 1]));
    // A message that nobody has told of, between those that are known.
    assert_eq!(gone(&all, 6, vec![2, 3, 4, 6]), None);
    let some = mirror(&[2, 0, 0, 6], None);
    assert_eq!(gone(&some, 6, vec![2, 3, 5, 6]), Some(vec![]));
    assert_eq!(gone(&some, 6, vec![2, 6]), Some(vec![3, 2]));
    assert_eq!(gone(&some, 6, vec![2, 5, 6]), None);
    assert_eq!(gone(&some, 6, vec![3, 5, 6]), Some(vec![1]));
    let none = mirror(&[0, 0], Some(9));
    assert_eq!(gone(&none, 8, vec![3, 8]), Some(vec![]));
    assert_eq!(gone(&none, 8, vec![3]), None);
    assert_eq!(gone(&none, 8, vec![1, 3, 8]), None);
    assert_eq!(gone(&mirror(&[4, 2], None), 4, vec![2, 4]), None);
}

/// Whatever is claimed of drawn mailboxes is so.
#[test]
fn claims_are_true() {
    let mut state = 0x9e37_79b9_u32;
    let mut draw = move |below: u32| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % below
    };
    let (mut claims, mut unknown) = (0, 0);
    for _ in 0..4_000 {
        let mut next = 1;
        let mut uids = Vec::new();
        for _ in 0..draw(8) {
            next += 1 + draw(3);
            uids.push(next);
        }
        next += 1 + draw(2);
        let known: Vec<u32> = uids.iter().map(|&u| u * u32::from(draw(3) > 0)).collect();
        let mut old = mirror(&known, (draw(3) > 0).then_some(next));
        if draw(3) == 0 {
            // The last have come since UIDNEXT was told.
            let first = draw(uids.len() as u32 + 1) as usize;
            let then = uids.get(first).map_or(next, |&uid| uid - draw(2));
            old.next_of_first = Some((then, first));
        }
        let mut now: Vec<u32> = uids.iter().copied().filter(|_| draw(4) > 0).collect();
        if draw(2) == 0 {
            now.clone_from(&uids);
        }
        for _ in 0..draw(3) {
            // Some of those that came have gone again.
            if draw(3) > 0 {
                now.push(next);
            }
            next += 1;
        }
        let mut truth: Vec<u32> = (1..)
            .zip(&uids)
            .filter(|(_, uid)| !now.contains(uid))
            .map(|(number, _)| number)
            .collect();
        truth.reverse();
        let told = match compare(&old, &anew(now.len() as u32, next)) {
            Known::Hold => Some(vec![]),
            Known::Ask(bound) => gone(&old, bound, now.clone()),
            Known::Nothing => None,
        };
        match told {
            Some(told) => {
                assert_eq!(told, truth, "{known:?} {uids:?} {now:?}");
                claims += 1;
            }
            None => unknown += 1,
        }
    }
    assert!(claims > 2_000 && unknown > 100, "{claims} {unknown}");
}

#[test]
fn what_must_not_happen_twice_is_not_repeated() {
    for word in [
        "APPEND",
        "COPY",
        "UID COPY",
        "MOVE",
        "CREATE",
        "DELETE",
        "RENAME",
        "AUTHENTICATE",
        "LOGIN",
        "UNSUBSCRIBE",
    ] {
        assert!(!may_be_repeated(word), "{word}");
    }
    assert!(may_be_repeated("UID STORE") && may_be_repeated("NOOP"));
}
