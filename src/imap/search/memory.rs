//! Searches that need not be asked again: what a header holds never changes, and flags are known as they are.
//!
//! A program is taken apart into what is immutable ("HEADER …", "SINCE …") and flags. The server is asked for each part
//! by itself, about those messages that have not been looked at, and the mirror keeps the answers with each message: so
//! they move along when others are expunged. The parts are joined here.

use std::collections::VecDeque;

use super::SearchProgram;
use crate::imap::command::Command;
use crate::imap::mirror::{Learned, Mirror, bit};
use crate::imap::response::{Number, SequenceSet};
use crate::imap::sequence::compress;

/// How many different searches are remembered; as many as [`Learned::looked`] has bits.
const PLACES: usize = 8;

/// A search without what can change, and the charset of its strings.
type Key = (Option<Vec<u8>>, SearchProgram);

/// Which searches the bits in [`Learned`] stand for.
#[derive(Debug, Clone, Default)]
pub struct Searches {
    places: [Option<Key>; PLACES],
    /// Places in the order of their last use, the latest last.
    used: VecDeque<usize>,
}

/// A search taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The place of the immutable part; `None` if the program has none.
    place: Option<usize>,
    /// Flags that must be set, as [`bit`]s.
    set: u8,
    /// Flags that must not.
    clear: u8,
}

/// What is asked for some messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Whether they match the search in that place.
    Match(usize, SequenceSet),
    /// Whether they have that flag.
    Flag(u8, SequenceSet),
}

/// In the order in which they are asked for.
const FLAGS: [u8; 5] = [
    bit::SEEN,
    bit::DELETED,
    bit::FLAGGED,
    bit::ANSWERED,
    bit::DRAFT,
];

/// Flags that are asked for together: Asterisk's counts of new, old and urgent messages differ by these.
const COMPANIONS: u8 = bit::SEEN | bit::DELETED | bit::FLAGGED;

impl Searches {
    /// Takes a program apart. `None`: it holds what can be asked only as a whole.
    pub fn plan(
        &mut self,
        charset: Option<&[u8]>,
        program: &SearchProgram,
        mirror: &mut Mirror,
    ) -> Option<Plan> {
        let wanted = |on: bool, bit: u8| if on { bit } else { 0 };
        let set = wanted(program.seen, bit::SEEN)
            | wanted(program.deleted, bit::DELETED)
            | wanted(program.flagged, bit::FLAGGED)
            | wanted(program.answered, bit::ANSWERED)
            | wanted(program.draft, bit::DRAFT);
        let clear = wanted(program.unseen, bit::SEEN)
            | wanted(program.undeleted, bit::DELETED)
            | wanted(program.unflagged, bit::FLAGGED)
            | wanted(program.unanswered, bit::ANSWERED)
            | wanted(program.undraft, bit::DRAFT);
        let rest = SearchProgram {
            seen: false,
            unseen: false,
            deleted: false,
            undeleted: false,
            flagged: false,
            unflagged: false,
            answered: false,
            unanswered: false,
            draft: false,
            undraft: false,
            ..program.clone()
        };
        if rest.varies() {
            return None;
        }
        let place = (rest != SearchProgram::default())
            .then(|| self.place((charset.map(<[u8]>::to_vec), rest), mirror));
        Some(Plan { place, set, clear })
    }

    fn place(&mut self, key: Key, mirror: &mut Mirror) -> usize {
        let known = self.places.iter().position(|p| p.as_ref() == Some(&key));
        let free = || self.places.iter().position(Option::is_none);
        let place = known
            .or_else(free)
            .or_else(|| self.used.front().copied())
            .unwrap_or(0);
        if known.is_none() {
            self.places[place] = Some(key);
            for (_, message) in mirror.messages_mut() {
                message.learned.looked &= !(1 << place);
            }
        }
        self.used.retain(|&other| other != place);
        self.used.push_back(place);
        place
    }

    /// Writes a question as the arguments of SEARCH.
    pub fn write(&self, question: &Question, command: Command, messages: u32) -> Command {
        let about = |set: &SequenceSet| {
            let all = set.as_slice() == [(1, messages)];
            let set = set.iter().map(|&(a, b)| (u64::from(a), u64::from(b)));
            SearchProgram {
                messages: if all { Vec::new() } else { set.collect() },
                ..SearchProgram::default()
            }
        };
        match question {
            Question::Match(place, set) => {
                let (charset, program) = match &self.places[*place] {
                    Some((charset, program)) => (charset.as_deref(), program.clone()),
                    None => (None, SearchProgram::default()),
                };
                SearchProgram {
                    messages: about(set).messages,
                    ..program
                }
                .write(command, charset, messages)
            }
            Question::Flag(flag, set) => {
                let mut program = about(set);
                match *flag {
                    bit::SEEN => program.seen = true,
                    bit::DELETED => program.deleted = true,
                    bit::FLAGGED => program.flagged = true,
                    bit::ANSWERED => program.answered = true,
                    _ => program.draft = true,
                }
                program.write(command, None, messages)
            }
        }
    }
}

impl Plan {
    /// The flags that matter, as [`bit`]s.
    fn flags(&self) -> u8 {
        self.set | self.clear
    }

    /// Whether flags matter at all.
    pub fn has_flags(&self) -> bool {
        self.flags() != 0
    }

    /// What has to be asked before the plan can be answered; nothing if all is known.
    pub fn questions(&self, mirror: &Mirror) -> Vec<Question> {
        let lacking = |lacks: &dyn Fn(&Learned) -> bool| {
            compress(
                mirror
                    .messages()
                    .filter(|(_, message)| lacks(&message.learned))
                    .map(|(number, _)| number),
            )
        };
        let mut questions = Vec::new();
        if let Some(place) = self.place {
            let set = lacking(&|learned| learned.looked & (1 << place) == 0);
            if !set.is_empty() {
                questions.push(Question::Match(place, set));
            }
        }
        let lacks = |flag: u8| lacking(&|learned| learned.known & flag == 0);
        let flags: Vec<(u8, SequenceSet)> = FLAGS
            .into_iter()
            .filter(|flag| (self.flags() | COMPANIONS) & flag != 0)
            .map(|flag| (flag, lacks(flag)))
            .filter(|(_, set)| !set.is_empty())
            .collect();
        // Who asks for one of the companions will ask for the others, too: they cost no wait if they go along.
        if flags.iter().any(|(flag, _)| self.flags() & flag != 0) {
            questions.extend(flags.into_iter().map(|(f, set)| Question::Flag(f, set)));
        }
        questions
    }

    /// The messages that the plan finds, as far as they are known.
    pub fn hits(&self, mirror: &Mirror) -> Vec<Number> {
        let wanted = self.flags();
        let place = self.place.map_or(0, |place| 1u8 << place);
        mirror
            .messages()
            .filter(|(_, message)| {
                let learned = &message.learned;
                learned.known & wanted == wanted
                    && learned.set & wanted == self.set
                    && self.set & self.clear == 0
                    && learned.looked & learned.matches & place == place
            })
            .map(|(number, _)| number)
            .collect()
    }
}

impl Question {
    /// Whether it asks for a flag.
    pub fn is_of_flags(&self) -> bool {
        matches!(self, Self::Flag(..))
    }

    /// Notes the answer: `found` are those messages for which it is yes.
    pub fn learn(&self, found: &SequenceSet, mirror: &mut Mirror) {
        let (Self::Match(_, about) | Self::Flag(_, about)) = self;
        let mut note = |set: &SequenceSet, yes: bool| {
            for &(first, last) in set {
                for number in first.min(last).max(1)..=first.max(last).min(mirror.len() as Number) {
                    let Some(message) = mirror.message_mut(number) else {
                        continue;
                    };
                    let learned = &mut message.learned;
                    match self {
                        Self::Match(place, _) => {
                            let place = 1 << place;
                            learned.looked |= place;
                            learned.matches &= !place;
                            if yes {
                                learned.matches |= place;
                            }
                        }
                        Self::Flag(flag, _) => learned.flags(*flag, if yes { *flag } else { 0 }),
                    }
                }
            }
        };
        note(about, false);
        // A server that names others than it was asked about knows no more of them than was asked.
        note(&intersection(about, found), true);
    }
}

/// What is in both; ranges of `about` ascend and are apart, as `compress` makes them.
fn intersection(about: &SequenceSet, found: &SequenceSet) -> SequenceSet {
    let mut both = Vec::new();
    for &(a, b) in found {
        let (first, last) = (a.min(b), a.max(b));
        let from = about.partition_point(|&(_, end)| end < first);
        for &(begin, end) in about[from..].iter().take_while(|(begin, _)| *begin <= last) {
            both.push((first.max(begin), last.min(end)));
        }
    }
    both
}

#[cfg(test)]
mod tests;
