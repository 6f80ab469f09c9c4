//! UIDs of many messages, asked for all at once.
//!
//! A FETCH response tells the UID of its message in a dozen octets. Of messages that stand together
//! `UID SEARCH RETURN (ALL)` (RFC 4731) tells them as a range.

use super::Entered;
use super::exec::Broken;
use crate::abi::parameters;
use crate::imap::busy::Busy;
use crate::imap::command::Command;
use crate::imap::response::{Number, SequenceSet, Untagged};
use crate::imap::session::{Completion, Event, Tag};
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

/// The question for the UIDs of messages.
pub(super) fn question(numbers: &[(Number, Number)]) -> Command {
    let search = Command::new("UID SEARCH").atom("RETURN").open();
    search.atom("ALL").close().sequence_set(numbers)
}

/// The answer to it, which is taken out.
pub(super) fn answer(tag: Tag, events: &mut Vec<Event>) -> Option<SequenceSet> {
    let mut uids = None;
    events.retain_mut(|event| match event {
        Event::Untagged(Untagged::Esearch(answer))
            if answer.tag.as_ref().is_some_and(|of| tag.is(of)) =>
        {
            uids = answer.uid.then(|| core::mem::take(&mut answer.all));
            false
        }
        _ => true,
    });
    uids
}

impl Entered {
    /// The messages from the first to the last of which the UID is not known, where the server can tell UIDs of many.
    pub(super) fn unknown_uids(&self) -> Option<(Number, Number)> {
        if parameters::freshness().is_zero() || !self.capabilities().esearch {
            return None;
        }
        self.with(|live| {
            let mut unknown = live.mirror.messages().filter(|(_, m)| m.uid == 0);
            let first = unknown.next()?.0;
            let last = unknown.last().map_or(first, |(last, _)| last);
            (!live.pending.expunges()).then_some((first, last))
        })?
    }

    /// Takes what was answered to [`question`], if it is of all those messages and none of them has gone meanwhile. What
    /// else was said is yet to be delivered.
    pub(super) fn learn_uids(&self, numbers: &[(Number, Number)], uids: SequenceSet) {
        let moved = self.with(|live| live.pending.expunges()) != Some(false);
        if let Some(uids) = in_order(uids, size(numbers)).filter(|_| !moved) {
            self.note_uids(numbers, uids);
        }
    }

    fn note_uids(&self, numbers: &[(Number, Number)], uids: Vec<Number>) {
        self.with(|live| {
            let numbers = numbers.iter().flat_map(|&(a, b)| a..=b);
            for (number, uid) in numbers.zip(uids) {
                if let Some(message) = live.mirror.message_mut(number) {
                    message.uid = uid;
                }
            }
        });
    }

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
        let commands = [fetch.clone(), question(numbers)];
        let done = self.persistently(&[fetch], || self.run_with_uids(&commands, numbers));
        let (fetched, known, moved) = match done {
            Ok(done) => done,
            Err(done) => return done,
        };
        // When messages have gone, whoever wants a UID asks for it by the number of then.
        if !known && !moved && self.is_connected() {
            self.exec_patiently(&Command::new("FETCH").sequence_set(numbers).atom("UID"));
        }
        fetched.unwrap_or_else(|| Completion::failure("FETCH not sent"))
    }

    /// How the FETCH ended, whether the UIDs are known, and whether messages have gone.
    fn run_with_uids(
        &self,
        commands: &[Command; 2],
        numbers: &[(Number, Number)],
    ) -> Result<(Option<Completion>, bool, bool), Broken> {
        let heard = self.begin(commands)?;
        let (fetched, uids, moved) = self.converse(|connection, events| {
            let mut answered = connection.run_all(commands, events)?.into_iter();
            let fetched = answered.next().map(|(_, done)| done);
            let tag = answered.next().and_then(|(tag, _)| tag);
            let uids = tag.and_then(|tag| answer(tag, events));
            let moved = events.iter().any(|event| match event {
                Event::Untagged(Untagged::Expunge(_)) => true,
                Event::Backlog(backlog) => backlog.expunges(),
                _ => false,
            });
            let uids = uids.and_then(|uids| in_order(uids, size(numbers)));
            let busy = fetched
                .as_ref()
                .is_some_and(|done| Busy::of(done).is_some());
            if uids.is_none() && !moved && !busy {
                // It says that it can, and does not: it is not asked so again.
                connection.session_mut().disbelieve_esearch();
            }
            Ok((fetched, uids.filter(|_| !moved), moved))
        })?;
        let known = uids.is_some();
        if let Some(uids) = uids {
            self.note_uids(numbers, uids);
        }
        self.deliver();
        for command in commands {
            self.note_answer(command.name(), heard);
        }
        Ok((fetched, known, moved))
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
