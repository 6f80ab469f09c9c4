//! Whether a mailbox that is selected anew, by another connection, is as it was known: then message numbers hold.

use super::command::Command;
use super::mirror::Mirror;
use super::response::{Code, Number, Untagged};
use super::session::Completion;

/// A mailbox, as the SELECT told that has just been answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anew {
    /// How many messages there are.
    pub exists: Number,
    /// UIDVALIDITY
    pub validity: Option<Number>,
    /// UIDNEXT
    pub uid_next: Option<Number>,
    /// HIGHESTMODSEQ (RFC 7162)
    pub mod_seq: Option<u64>,
    /// It can only be read, although SELECT was used.
    pub only_read: bool,
}

impl Anew {
    /// What the server has said, and how the command ended.
    pub fn of(told: &[Untagged], done: &Completion) -> Self {
        let mut anew = Self::default();
        for told in told {
            match told {
                Untagged::Exists(count) => anew.exists = *count,
                Untagged::Status { text, .. } => match &text.code {
                    Some(Code::UidValidity(validity)) => anew.validity = Some(*validity),
                    Some(Code::UidNext(next)) => anew.uid_next = Some(*next),
                    Some(Code::HighestModSeq(mod_seq)) => anew.mod_seq = Some(*mod_seq),
                    _ => {}
                },
                _ => {}
            }
        }
        anew.only_read = matches!(done.text.code, Some(Code::ReadOnly));
        anew
    }
}

/// What is known of the messages that were there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// All are there, with their numbers.
    Hold,
    /// To tell, the server has to be asked which UIDs there are up to this one.
    Ask(Number),
    /// It is another mailbox, or nobody can tell.
    Nothing,
}

/// Compares the mailbox with what was known of it.
pub fn compare(mirror: &Mirror, anew: &Anew) -> Known {
    if anew.validity.is_none() || anew.validity != mirror.uid_validity {
        return Known::Nothing;
    }
    let known = mirror.len() as u64;
    if known == 0 {
        return Known::Hold;
    }
    let next = mirror.next_of_first.zip(anew.uid_next);
    if let Some((first, next)) = next
        && u64::from(anew.exists) >= known
        && are_all_there(first, anew.exists as usize, next)
    {
        return Known::Hold;
    }
    let last = mirror.messages().last().map(|(_, m)| m.last_uid());
    let before_next = mirror
        .next_of_first
        .filter(|&(_, first)| first == mirror.len());
    let before_next = before_next.map(|(next, _)| next.saturating_sub(1));
    match last.filter(|&uid| uid > 0).or(before_next) {
        Some(bound) if bound > 0 => Known::Ask(bound),
        _ => Known::Nothing,
    }
}

/// Whether no message is gone since UIDNEXT was the one and there were so many messages (`then`), now that there are `count`
/// and it is `next`: as many more have come as UIDs were given away.
pub fn are_all_there(then: (Number, usize), count: usize, next: Number) -> bool {
    let came = next.checked_sub(then.0);
    came.is_some_and(|came| count as u64 == then.1 as u64 + u64::from(came))
}

/// The question for the UIDs up to one.
pub fn question(up_to: Number) -> Command {
    Command::new("UID SEARCH")
        .atom("UID")
        .sequence_set(&[(1, up_to)])
}

/// Which messages have gone, by their numbers, highest first: `uids` are there of those up to `bound`. `None`: nobody can
/// tell.
pub fn gone(mirror: &Mirror, bound: Number, mut uids: Vec<Number>) -> Option<Vec<Number>> {
    uids.sort_unstable();
    uids.dedup();
    uids.retain(|&uid| uid != 0 && uid <= bound);
    let mut gone = Vec::new();
    let mut left = uids.as_slice();
    // Messages in a row whose UIDs are not known.
    let mut row: Vec<Number> = Vec::new();
    let mut before = 0;
    for (number, message) in mirror.messages() {
        let uid = message.last_uid();
        if uid == 0 {
            row.push(number);
            continue;
        }
        if uid <= before || uid > bound {
            return None;
        }
        let between = left.partition_point(|&there| there < uid);
        settle(&mut row, between, &mut gone)?;
        left = &left[between..];
        match left.split_first() {
            Some((&there, rest)) if there == uid => left = rest,
            _ => gone.push(number),
        }
        before = uid;
    }
    settle(&mut row, left.len(), &mut gone)?;
    gone.reverse();
    Some(gone)
}

/// So many of those in a row are there: all, or none, or else it is not known which.
fn settle(row: &mut Vec<Number>, there: usize, gone: &mut Vec<Number>) -> Option<()> {
    match there {
        all if all == row.len() => row.clear(),
        0 => gone.append(row),
        _ => return None,
    }
    Some(())
}

/// Whether a command does the same when it is done twice, or does nothing but tell: it may be sent again when it is not known
/// whether the server has got it.
pub fn may_be_repeated(command: &str) -> bool {
    let word = command.strip_prefix("UID ").unwrap_or(command);
    matches!(
        word,
        "CAPABILITY"
            | "CHECK"
            | "CLOSE"
            | "EXPUNGE"
            | "FETCH"
            | "GETACL"
            | "GETANNOTATION"
            | "GETQUOTA"
            | "GETQUOTAROOT"
            | "LIST"
            | "LISTRIGHTS"
            | "LSUB"
            | "MYRIGHTS"
            | "NAMESPACE"
            | "NOOP"
            | "RLIST"
            | "RLSUB"
            | "SCAN"
            | "SEARCH"
            | "SETACL"
            | "SETQUOTA"
            | "SORT"
            | "STATUS"
            | "STORE"
            | "SUBSCRIBE"
            | "THREAD"
    )
}

/// Up to which message a command is about others when messages have gone; `None`: it names none by number.
pub fn names_up_to(command: &Command) -> Option<Number> {
    match command.name() {
        // Numbers may be among the criteria.
        "SEARCH" | "UID SEARCH" | "SORT" | "UID SORT" | "THREAD" | "UID THREAD" => {
            Some(Number::MAX)
        }
        _ => command.last_number(),
    }
}

/// Whether what the server said while the connection was going is true without the answer that it belonged to.
pub fn holds_alone(untagged: &Untagged) -> bool {
    matches!(
        untagged,
        Untagged::Exists(_)
            | Untagged::Recent(_)
            | Untagged::Expunge(_)
            | Untagged::Fetch { .. }
            | Untagged::Flags(_)
            | Untagged::Status { .. }
            | Untagged::Quota { .. }
    )
}

#[cfg(test)]
mod tests;
