//! UIDs of many messages, asked for all at once.
//!
//! A FETCH response tells the UID of its message in a dozen octets. Of messages that stand together
//! `UID SEARCH RETURN (ALL)` (RFC 4731) tells them as a range.

use super::Entered;
use crate::abi::parameters;
use crate::imap::command::Command;
use crate::imap::response::{Number, SequenceSet, Untagged};
use crate::imap::session::{Completion, Event};
use crate::limits;

/// The UIDs of so many messages, in the order of the messages; `None` if these are not the UIDs of all of them.
fn in_order(mut uids: SequenceSet, count: usize) -> Option<Vec<Number>> {
    for range in &mut uids {
        *range = (range.0.min(range.1), range.0.max(range.1));
    }
    uids.sort_unstable();
    let apart = uids.windows(2).all(|pair| pair[0].1 < pair[1].0);
    let total: u64 = uids.iter().map(|&(a, b)| u64::from(b - a) + 1).sum();
    let fits = apart && total == count as u64 && uids.first().is_none_or(|first| first.0 > 0);
    fits.then(|| uids.into_iter().flat_map(|(a, b)| a..=b).collect())
}

/// How many messages ranges name.
fn size(numbers: &[(Number, Number)]) -> usize {
    numbers.iter().map(|&(a, b)| (b - a) as usize + 1).sum()
}

impl Entered {
    /// Whether the UIDs of these messages are better asked for apart from what else is fetched of them.
    pub fn asks_uids_apart(&self, numbers: &[(Number, Number)]) -> bool {
        // Within a callback there may be changes yet to be told.
        numbers.len() <= 2
            && numbers.windows(2).all(|pair| pair[0].1 < pair[1].0)
            && size(numbers) >= limits::UIDS_APART
            && !parameters::freshness().is_zero()
            && !self.is_nested()
            && self.capabilities().esearch
    }

    /// Runs a FETCH of messages, and along with it asks for their UIDs. Numbers are in order, each message once.
    pub fn exec_with_uids(&self, fetch: &Command, numbers: &[(Number, Number)]) -> Completion {
        let search = Command::new("UID SEARCH")
            .atom("RETURN")
            .open()
            .atom("ALL")
            .close()
            .sequence_set(numbers);
        let commands = [fetch.clone(), search];
        let heard = match self.begin(&commands) {
            Ok(heard) => heard,
            Err(done) => return done,
        };
        let asked = self.converse(|connection, events| {
            let mut answered = connection.run_all(&commands, events)?.into_iter();
            let fetched = answered.next().map(|(_, done)| done);
            let tag = answered.next().and_then(|(tag, _)| tag);
            let mut uids = None;
            events.retain_mut(|event| match event {
                Event::Untagged(Untagged::Esearch(answer))
                    if tag.is_some_and(|tag| answer.tag.as_ref().is_some_and(|of| tag.is(of))) =>
                {
                    uids = answer.uid.then(|| core::mem::take(&mut answer.all));
                    false
                }
                _ => true,
            });
            let moved = events.iter().any(|event| match event {
                Event::Untagged(Untagged::Expunge(_)) => true,
                Event::Backlog(backlog) => backlog.expunges(),
                _ => false,
            });
            let uids = uids.and_then(|uids| in_order(uids, size(numbers)));
            if uids.is_none() && !moved {
                // It says that it can, and does not: it is not asked so again.
                connection.session_mut().disbelieve_esearch();
            }
            Ok((fetched, uids.filter(|_| !moved), moved))
        });
        let (fetched, uids, moved) = match asked {
            Ok(answers) => answers,
            Err(lost) => {
                self.deliver();
                return self.report_lost(&lost);
            }
        };
        let known = uids.is_some();
        if let Some(uids) = uids {
            self.with(|live| {
                let numbers = numbers.iter().flat_map(|&(a, b)| a..=b);
                for (number, uid) in numbers.clone().zip(uids) {
                    if let Some(message) = live.mirror.message_mut(number) {
                        message.uid = uid;
                    }
                }
            });
        }
        self.deliver();
        for command in &commands {
            self.note_answer(command.name(), heard);
        }
        // When messages have gone, whoever wants a UID asks for it by the number of then.
        if !known && !moved && self.is_connected() {
            self.exec(&Command::new("FETCH").sequence_set(numbers).atom("UID"));
        }
        fetched.unwrap_or_else(|| Completion::failure("FETCH not sent"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_are_those_of_all_or_of_none() {
        assert_eq!(in_order(vec![(5, 7), (2, 2)], 4), Some(vec![2, 5, 6, 7]));
        assert_eq!(in_order(vec![(7, 5)], 3), Some(vec![5, 6, 7]));
        assert_eq!(in_order(vec![], 0), Some(vec![]));
        for wrong in [
            vec![(5, 7)],
            vec![(5, 7), (6, 6)],
            vec![(5, 8), (8, 8)],
            vec![(0, 3)],
            vec![(1, u32::MAX)],
        ] {
            assert_eq!(in_order(wrong, 4), None);
        }
    }
}
