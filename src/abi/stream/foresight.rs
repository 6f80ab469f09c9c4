//! Header and structure of the message that a program will ask for next, fetched while it is busy with this one.
//!
//! Who plays messages one after the other asks for header, structure and sound of each. With the sound of one goes a FETCH
//! for the other two of the next, whose answer nobody waits for. It is kept here, untold, until the program asks.

use super::Entered;
use super::exec::Purpose;
use crate::abi::parameters;
use crate::abi::types::MessageCache;
use crate::imap::busy::Again;
use crate::imap::command::{Command, SectionRequest};
use crate::imap::mirror::bit;
use crate::imap::response::{FetchItem, Untagged};
use crate::imap::session::Completion;

/// FETCH of the header of a message and of what its structure is asked for with.
pub fn header_and_structure(number: u32) -> Command {
    let header = SectionRequest {
        peek: true,
        section: b"HEADER".to_vec(),
        fields: Vec::new(),
        partial: None,
    };
    Command::new("FETCH")
        .sequence_set(&[(number, number)])
        .open()
        .atom("UID")
        .section(&header)
        .atom("BODYSTRUCTURE")
        .atom("INTERNALDATE")
        .atom("RFC822.SIZE")
        .atom("FLAGS")
        .close()
}

impl Entered {
    /// Runs a command that fetches a text of a message; along with it goes a FETCH for the message that comes next, if
    /// the program's habit is to ask for it.
    pub fn exec_with_foresight(&self, command: &Command, number: u32) -> Completion {
        match self.next_to_read(number) {
            Some(next) => {
                self.with(|live| live.foreseen.expect(next));
                let first =
                    self.exec_with(command, &header_and_structure(next), &Purpose::Foresight);
                // What goes along is sent once.
                let mut first = Some(first);
                let ask = || first.take().unwrap_or_else(|| self.exec(command));
                self.patiently(Again::Same, command.last_number(), None, ask)
            }
            None => self.exec_patiently(command),
        }
    }

    /// The message that the program will read when it is through with this one, if that can be guessed.
    fn next_to_read(&self, number: u32) -> Option<u32> {
        if parameters::freshness().is_zero() || self.is_short_cached() {
            return None;
        }
        let next = self.with(|live| {
            let reads = live.reading.has_read(number) && live.posted.is_empty();
            reads.then(|| live.hits.after(number))
        })??;
        // Its structure may be known and lost again: who comes this way opens the mailbox anew for each message.
        let header = |elt: &mut MessageCache| elt.private.msg.header.text.data.is_null();
        (self.edit_element(next, header) == Some(true)).then_some(next)
    }

    /// Keeps what was asked for ahead of time; the rest is to be told.
    pub(super) fn foresee(&self, untagged: Untagged) -> Option<Untagged> {
        let expected = |number| self.with(|live| live.foreseen.expects(number)) == Some(true);
        let (number, items) = match untagged {
            Untagged::Fetch { number, items } if expected(number) => (number, items),
            other => return Some(other),
        };
        let flags: Vec<FetchItem> = items
            .iter()
            .filter(|item| matches!(item, FetchItem::Flags(_)))
            .cloned()
            .collect();
        let taken = self.with(|live| {
            let left = live.foreseen.take_in(number, items);
            live.foreseen.note_flags(number, &flags);
            left
        });
        match taken {
            // The server will not say again what the flags are: who has been told of others is told now.
            Some(Ok(())) => {
                let told = self.with(|live| {
                    let words = flags.iter().find_map(|item| match item {
                        FetchItem::Flags(words) => Some(live.mirror.flags_from(words)),
                        _ => None,
                    });
                    let message = live.mirror.message_mut(number)?;
                    message.learned.flags(bit::ALL, words?.system.bits());
                    Some(message.flags.is_some())
                });
                let items = flags;
                (told.flatten() == Some(true)).then_some(Untagged::Fetch { number, items })
            }
            Some(Err(items)) => Some(Untagged::Fetch { number, items }),
            None => None,
        }
    }

    /// Tells now what was fetched ahead of a message, if it holds. Whether there was anything.
    pub fn tell_foreseen(&self, number: u32) -> bool {
        if self.with(|live| live.foreseen.is_empty()) != Some(false) {
            return false;
        }
        // What has changed since is told first.
        let current = self.is_current();
        let items = self.with(|live| live.foreseen.give(number));
        let items = items.unwrap_or_default();
        if items.is_empty() || !current || self.is_short_cached() {
            return false;
        }
        self.fetched(number, items);
        true
    }
}
