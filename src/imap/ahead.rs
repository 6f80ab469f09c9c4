//! How a program reads messages, and how far it is worth looking ahead of it.

use super::response::Number;
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

    /// It opens the mailbox anew: nothing that was fetched is at hand any more.
    pub fn begins_anew(&mut self) {
        self.wasted = self.next <= self.until;
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn there_is_an_end_to_it() {
        let (_, last) = fetches(1..=200_000);
        assert_eq!(last, limits::LOOKAHEAD);
        assert_eq!(Reading::default().looks_ahead(0), 0);
    }
}
