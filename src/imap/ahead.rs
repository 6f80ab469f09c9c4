//! How a program reads messages, and how far it is worth looking ahead of it.

use std::collections::VecDeque;

use super::response::{FetchItem, Number, SequenceSet};
use super::sequence::compress;
use crate::limits;

/// Which messages a program has asked for, as far as that tells which it will ask for next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// The one after the last that it asked for; 0 before it has.
    next: Number,
    /// How many were fetched ahead the last time; 0 if it has jumped since.
    ahead: u32,
    /// The last of them.
    until: Number,
    /// It has opened the mailbox anew since, and what was fetched ahead was gone unread.
    wasted: bool,
    /// The message whose header it asked for last.
    header: Number,
    /// It has asked for the structure of that, too.
    structure: bool,
    /// It did so with the message before.
    in_pairs: bool,
}

impl Reading {
    /// It asks for a message.
    pub fn reads(&mut self, number: Number) {
        let next = number.saturating_add(1);
        // Asking twice for the same is no jump.
        if number != self.next && next != self.next {
            self.ahead = 0;
        }
        self.next = next;
    }

    /// It asks for a header. Whether the structure will be wanted next, as it was for the message before.
    pub fn reads_header(&mut self, number: Number) -> bool {
        if number != self.header {
            self.in_pairs = self.structure;
            self.header = number;
            self.structure = false;
        }
        self.in_pairs
    }

    /// It asks for a structure.
    pub fn reads_structure(&mut self, number: Number) {
        self.structure |= number == self.header;
    }

    /// Whether this is the message of which it has read header and structure last.
    pub fn has_read(&self, number: Number) -> bool {
        self.structure && number == self.header
    }

    /// It opens the mailbox anew: nothing that was fetched is at hand any more.
    pub fn begins_anew(&mut self) {
        self.wasted = self.until != 0 && self.next <= self.until;
        self.ahead = 0;
        self.until = 0;
    }

    /// How many messages behind the one it asks for now are fetched along with it: `usual` at first, and twice as many as
    /// before if it has read them all one after the other. None for one that opens the mailbox anew for each message.
    pub fn looks_ahead(&mut self, usual: u32) -> u32 {
        if core::mem::take(&mut self.wasted) {
            // This once: what it does now will show.
            self.until = self.next;
            return 0;
        }
        self.ahead = if self.ahead == 0 {
            usual
        } else {
            (self.ahead * 2).min(limits::LOOKAHEAD).max(usual)
        };
        self.until = self.next.saturating_sub(1).saturating_add(self.ahead);
        self.ahead
    }
}

/// What the last searches have found.
#[derive(Debug, Clone, Default)]
pub struct Hits(VecDeque<SequenceSet>);

impl Hits {
    /// A search has found these.
    pub fn found(&mut self, numbers: &[Number]) {
        let set = compress(numbers.iter().copied());
        if set.is_empty() || set.len() > limits::HIT_RANGES {
            return;
        }
        self.0.retain(|other| *other != set);
        self.0.push_front(set);
        self.0.truncate(limits::HITS_KEPT);
    }

    /// Numbers do not mean what they did.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// What one reads next who goes through what a search has found: the last that found `number`; else through all.
    pub fn after(&self, number: Number) -> Number {
        let next = number.saturating_add(1);
        self.0
            .iter()
            .find_map(|set| {
                let mut ranges = set.iter();
                let of = ranges.find(|(first, last)| (*first..=*last).contains(&number))?;
                if number < of.1 {
                    return Some(next);
                }
                ranges.next().map(|(first, _)| *first)
            })
            .unwrap_or(next)
    }
}

/// What was fetched of one message for the time when the program will ask for it.
#[derive(Debug, Clone, Default)]
pub struct Foreseen {
    /// The message; 0 for none.
    number: Number,
    items: Vec<FetchItem>,
}

impl Foreseen {
    /// Whether nothing has been kept.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The message is being asked for.
    pub fn expect(&mut self, number: Number) {
        *self = Self {
            number,
            items: Vec::new(),
        };
    }

    /// Whether that message is the one.
    pub fn expects(&self, number: Number) -> bool {
        number == self.number && number != 0
    }

    /// Takes what the server says of the expected message, if it is what was asked for; gives it back otherwise.
    pub fn take_in(&mut self, number: Number, items: Vec<FetchItem>) -> Result<(), Vec<FetchItem>> {
        let header = |item: &FetchItem| matches!(item, FetchItem::Section(s) if s.is_header());
        if number == self.number && self.items.is_empty() && items.iter().any(header) {
            self.items = items;
            return Ok(());
        }
        Err(items)
    }

    /// The flags of a message are others now.
    pub fn note_flags(&mut self, number: Number, items: &[FetchItem]) {
        if number != self.number {
            return;
        }
        for new in items
            .iter()
            .filter(|item| matches!(item, FetchItem::Flags(_)))
        {
            for old in &mut self.items {
                if matches!(old, FetchItem::Flags(_)) {
                    *old = new.clone();
                }
            }
        }
    }

    /// A message is gone.
    pub fn expunge(&mut self, number: Number) {
        match number.cmp(&self.number) {
            std::cmp::Ordering::Less => self.number -= 1,
            std::cmp::Ordering::Equal => *self = Self::default(),
            std::cmp::Ordering::Greater => {}
        }
    }

    /// Gives away what is there of a message; whatever is there of another is of no use then.
    pub fn give(&mut self, number: Number) -> Vec<FetchItem> {
        let all = core::mem::take(self);
        if all.number == number {
            all.items
        } else {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_is_the_next_hit() {
        let mut hits = Hits::default();
        assert_eq!(hits.after(4), 5);
        hits.found(&[1, 2, 4, 7, 9]);
        hits.found(&[]);
        hits.found(&[3, 4]);
        assert_eq!(
            [1, 2, 3, 7, 9, 20].map(|n| hits.after(n)),
            [2, 4, 4, 9, 10, 21]
        );
        // The last of one search: nothing more comes of it.
        assert_eq!(hits.after(4), 7);
        hits.clear();
        assert_eq!(hits.after(2), 3);
    }

    #[test]
    fn what_is_foreseen_is_given_once_with_the_flags_of_now() {
        let header = || {
            FetchItem::Section(Box::new(crate::imap::response::Section {
                section: b"HEADER".as_slice().into(),
                fields: Default::default(),
                origin: None,
                data: None,
            }))
        };
        let flags = |word: &[u8]| FetchItem::Flags(vec![word.into()]);
        let mut foreseen = Foreseen::default();
        assert!(foreseen.take_in(5, vec![header()]).is_err());
        foreseen.expect(5);
        assert!(foreseen.take_in(5, vec![flags(b"x")]).is_err());
        assert!(foreseen.take_in(6, vec![header()]).is_err());
        assert!(foreseen.take_in(5, vec![flags(b"x"), header()]).is_ok());
        assert!(foreseen.take_in(5, vec![header()]).is_err());
        foreseen.expunge(9);
        foreseen.expunge(2);
        foreseen.note_flags(5, &[flags(b"z")]);
        foreseen.note_flags(4, &[flags(b"y")]);
        let mut other = foreseen.clone();
        assert_eq!(foreseen.give(4), [flags(b"y"), header()]);
        assert!(foreseen.give(4).is_empty() && other.clone().give(5).is_empty());
        other.expunge(4);
        assert!(other.give(4).is_empty());
    }

    /// Reads these messages where each fetch brings what is ahead; how many fetches that took, and the last look-ahead.
    fn fetches(numbers: impl IntoIterator<Item = u32>) -> (usize, u32) {
        let mut reading = Reading::default();
        let (mut known, mut count, mut last) = (0, 0, 0);
        for number in numbers {
            reading.reads(number);
            if number > known {
                last = reading.looks_ahead(20);
                known = number + last;
                count += 1;
            }
        }
        (count, last)
    }

    #[test]
    fn who_reads_on_gets_twice_as_many() {
        assert_eq!(fetches(1..=10_000), (10, 2_560));
        assert_eq!(fetches((1..=10_000).flat_map(|n| [n, n])), (10, 2_560));
        assert_eq!(fetches(1..=60), (2, 40));
    }

    #[test]
    fn who_jumps_begins_anew() {
        assert_eq!(fetches((1..=10_000).step_by(2)), (455, 20));
        assert_eq!(fetches((1..=100).chain([5_000])), (4, 20));
    }

    #[test]
    fn who_opens_the_mailbox_for_each_message_gets_one_at_a_time() {
        let mut reading = Reading::default();
        let mut ahead = |number| {
            reading.reads(number);
            let ahead = reading.looks_ahead(20);
            reading.begins_anew();
            ahead
        };
        assert_eq!([ahead(1), ahead(2), ahead(3), ahead(9)], [20, 0, 0, 0]);
        reading.reads(10);
        assert_eq!(reading.looks_ahead(20), 0);
        reading.reads(11);
        assert_eq!(reading.looks_ahead(20), 20);
        reading.reads(32);
        reading.begins_anew();
        reading.reads(1);
        assert_eq!(reading.looks_ahead(20), 20);
    }

    #[test]
    fn who_wants_header_and_structure_wants_them_of_the_next() {
        let mut reading = Reading::default();
        assert!(!reading.reads_header(3) && !reading.has_read(3));
        reading.reads_structure(3);
        assert!(reading.has_read(3) && !reading.has_read(4));
        assert!(!reading.reads_header(3));
        assert!(reading.reads_header(7) && !reading.has_read(7));
        reading.reads_structure(8);
        assert!(!reading.has_read(7) && !reading.has_read(8));
        assert!(!reading.reads_header(9));
    }

    #[test]
    fn there_is_an_end_to_it() {
        let (_, last) = fetches(1..=200_000);
        assert_eq!(last, limits::LOOKAHEAD);
        assert_eq!(Reading::default().looks_ahead(0), 0);
    }
}
