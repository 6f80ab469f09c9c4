//! The selected mailbox as the application has been told it is.
//!
//! Events reach the application in the server's order, and each changes the mirror just before the application hears
//! of it: a message number means the same to the mirror, to the application and to the next command.

use std::ops::Deref;

use super::response::{FetchItem, Number};

/// System flags of a message as bits (RFC 9051 section 2.3.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SystemFlags {
    /// `\Seen`
    pub seen: bool,
    /// `\Deleted`
    pub deleted: bool,
    /// `\Flagged`
    pub flagged: bool,
    /// `\Answered`
    pub answered: bool,
    /// `\Draft`
    pub draft: bool,
    /// `\Recent`
    pub recent: bool,
}

/// Flags of one message; keywords as bits into [`Mirror::keywords`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags {
    /// The system flags.
    pub system: SystemFlags,
    /// Bit n stands for keyword n.
    pub keywords: u32,
}

impl Flags {
    /// Whether the two differ in what c-client reports through mm_flags (`\Recent` does not count).
    fn differs(self, other: Self) -> bool {
        let quiet = |mut f: Self| {
            f.system.recent = false;
            f
        };
        quiet(self) != quiet(other)
    }
}

/// One bit for each system flag but `\Recent`.
pub mod bit {
    /// `\Seen`
    pub const SEEN: u8 = 1;
    /// `\Deleted`
    pub const DELETED: u8 = 2;
    /// `\Flagged`
    pub const FLAGGED: u8 = 4;
    /// `\Answered`
    pub const ANSWERED: u8 = 8;
    /// `\Draft`
    pub const DRAFT: u8 = 16;
    /// All of them.
    pub const ALL: u8 = 31;
}

impl SystemFlags {
    /// As [`bit`]s.
    pub fn bits(self) -> u8 {
        let bit = |on: bool, bit: u8| if on { bit } else { 0 };
        bit(self.seen, bit::SEEN)
            | bit(self.deleted, bit::DELETED)
            | bit(self.flagged, bit::FLAGGED)
            | bit(self.answered, bit::ANSWERED)
            | bit(self.draft, bit::DRAFT)
    }
}

/// What the library knows of a message for itself, whether the application has been told or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Learned {
    /// Which flags are known, as [`bit`]s.
    pub known: u8,
    /// Those that are set.
    pub set: u8,
    /// Which of the remembered searches it was looked at for (bit n: the search in place n).
    pub looked: u8,
    /// Those that it matches.
    pub matches: u8,
    /// The application has opened the mailbox anew since it came: it is recent no more, as after another SELECT.
    pub old: bool,
}

impl Learned {
    /// Notes that the flags `mask` are as in `set`.
    pub fn flags(&mut self, mask: u8, set: u8) {
        self.known |= mask;
        self.set = (self.set & !mask) | (set & mask);
    }
}

/// What is known of one message.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// 0 while unknown.
    pub uid: Number,
    /// The UID, where the application has dropped what it knew: it need not be asked for again. 0 if unknown.
    pub kept: Number,
    /// `None` while unknown.
    pub flags: Option<Flags>,
    /// RFC822.SIZE; `None` while unknown. A server may say 0, of a message that is gone for others.
    pub size: Option<u64>,
    /// What has been learned besides.
    pub learned: Learned,
}

impl Message {
    /// The UID, told to the application or kept. 0 if unknown.
    pub fn last_uid(&self) -> Number {
        if self.uid == 0 { self.kept } else { self.uid }
    }
}

/// c-client has room for this many keywords in a mailbox (NUSERFLAGS).
pub const MAX_KEYWORDS: usize = 30;

/// The selected mailbox.
#[derive(Debug, Clone, Default)]
pub struct Mirror {
    messages: Vec<Message>,
    /// Keywords of the mailbox in the order the server named them; at most [`MAX_KEYWORDS`].
    pub keywords: Vec<Vec<u8>>,
    /// UIDVALIDITY as the server gave it.
    pub uid_validity: Option<Number>,
    /// UIDNEXT, while it is known. It may count in messages that the server has yet to tell of.
    pub uid_next: Option<Number>,
    /// A UIDNEXT, and how many messages there were then: those have lower UIDs, all others that one or higher ones.
    pub next_of_first: Option<(Number, usize)>,
}

impl Mirror {
    /// Number of messages.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// The message of that number, counted from 1.
    pub fn message(&self, number: Number) -> Option<&Message> {
        self.messages.get((number as usize).checked_sub(1)?)
    }

    /// The message of that number, counted from 1.
    pub fn message_mut(&mut self, number: Number) -> Option<&mut Message> {
        self.messages.get_mut((number as usize).checked_sub(1)?)
    }

    /// All messages, the first is number 1.
    pub fn messages(&self) -> impl Iterator<Item = (Number, &Message)> {
        (1..).zip(self.messages.iter())
    }

    /// EXISTS: the mailbox has this many messages now; never fewer than before.
    pub fn exists(&mut self, count: Number) {
        if count as usize > self.messages.len() {
            // Whether the new ones are those it counted on is not known.
            self.uid_next = None;
            self.messages.resize_with(count as usize, Message::default);
        }
    }

    /// EXPUNGE: the message is gone and later ones move down. False if there is no such message.
    pub fn expunge(&mut self, number: Number) -> bool {
        let known = number != 0 && number as usize <= self.messages.len();
        if known {
            self.messages.remove(number as usize - 1);
            if let Some((_, first)) = &mut self.next_of_first
                && number as usize <= *first
            {
                *first -= 1;
            }
        }
        known
    }

    /// All messages, to change them.
    pub fn messages_mut(&mut self) -> impl Iterator<Item = (Number, &mut Message)> {
        (1..).zip(self.messages.iter_mut())
    }

    /// The application starts anew with the same mailbox: what it was told counts no more, what was learned does.
    pub fn tell_anew(&mut self) {
        for message in &mut self.messages {
            message.flags = None;
            message.learned.old = true;
        }
    }

    /// The application starts anew with the same mailbox, by another connection: `old` is what was known of its first
    /// messages. What it was told counts no more, what was learned does.
    pub fn take_over(&mut self, old: Self) {
        for (new, old) in self.messages.iter_mut().zip(old.messages) {
            *new = Message {
                flags: new.flags.take(),
                learned: Learned {
                    old: false,
                    ..old.learned
                },
                ..old
            };
        }
    }

    /// Some flags may have changed without a word: they are to be asked for again.
    pub fn forget_flags(&mut self, mask: u8) {
        for message in &mut self.messages {
            message.learned.known &= !mask;
        }
    }

    /// The number of the message with that UID, if it is known.
    pub fn number_of(&self, uid: Number) -> Option<Number> {
        if uid == 0 {
            return None;
        }
        // UIDs ascend, but those that are not known yet are 0.
        match self.messages.binary_search_by_key(&uid, |m| m.uid) {
            Ok(index) => Some(index as Number + 1),
            Err(_) => self.messages().find(|(_, m)| m.uid == uid).map(|(n, _)| n),
        }
    }

    /// UIDVALIDITY changed: UIDs known so far mean nothing any more.
    pub fn set_uid_validity(&mut self, validity: Number) {
        if self.uid_validity != Some(validity) {
            self.uid_validity = Some(validity);
            for message in &mut self.messages {
                message.uid = 0;
                message.kept = 0;
            }
        }
    }

    /// FLAGS: the mailbox's flags. Keywords beyond [`MAX_KEYWORDS`] are left out.
    pub fn set_keywords(&mut self, flags: &[Vec<u8>]) {
        for flag in flags.iter().filter(|f| !f.starts_with(b"\\")) {
            if self.keyword_bit(flag).is_none() && self.keywords.len() < MAX_KEYWORDS {
                self.keywords.push(flag.clone());
            }
        }
    }

    /// Index of a keyword, compared without case.
    pub fn keyword_bit(&self, keyword: &[u8]) -> Option<usize> {
        self.keywords
            .iter()
            .position(|k| k.eq_ignore_ascii_case(keyword))
    }

    /// Flags as the server lists them, as bits.
    pub fn flags_from(&self, words: &[impl Deref<Target = [u8]>]) -> Flags {
        let mut flags = Flags::default();
        for word in words {
            let system = &mut flags.system;
            let known = [
                (&b"\\seen"[..], &mut system.seen),
                (b"\\deleted", &mut system.deleted),
                (b"\\flagged", &mut system.flagged),
                (b"\\answered", &mut system.answered),
                (b"\\draft", &mut system.draft),
                (b"\\recent", &mut system.recent),
            ];
            let flag = known
                .into_iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(word));
            if let Some((_, flag)) = flag {
                *flag = true;
            } else if let Some(bit) = self.keyword_bit(word) {
                flags.keywords |= 1 << bit;
            }
        }
        flags
    }

    /// Takes a FETCH item that the mirror keeps. Returns whether the flags changed or became known.
    pub fn fetched(&mut self, number: Number, item: &FetchItem) -> bool {
        let flags = match item {
            FetchItem::Flags(words) => Some(self.flags_from(words)),
            _ => None,
        };
        let Some(message) = self.message_mut(number) else {
            return false;
        };
        match item {
            FetchItem::Uid(uid) => message.uid = *uid,
            FetchItem::Rfc822Size(size) => message.size = Some(*size),
            _ => {}
        }
        let Some(mut flags) = flags else { return false };
        flags.system.recent &= !message.learned.old;
        message.learned.flags(bit::ALL, flags.system.bits());
        let changed = message.flags.is_none_or(|old| old.differs(flags));
        message.flags = Some(flags);
        changed
    }

    /// Forgets everything: another mailbox, or none.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(words: &[&str]) -> FetchItem {
        FetchItem::Flags(words.iter().map(|w| w.as_bytes().into()).collect())
    }

    #[test]
    fn expunge_moves_later_messages_down() {
        let mut mirror = Mirror::default();
        mirror.exists(3);
        for n in 1..=3 {
            mirror.fetched(n, &FetchItem::Uid(n * 10));
        }
        assert!(mirror.expunge(2));
        assert_eq!(mirror.number_of(30), Some(2));
        assert_eq!(mirror.number_of(20), None);
        assert!(!mirror.expunge(0) && !mirror.expunge(3));
    }

    #[test]
    fn flags_report_only_changes() {
        let mut mirror = Mirror::default();
        mirror.exists(1);
        mirror.set_keywords(&[b"$Forwarded".to_vec()]);
        assert!(mirror.fetched(1, &flags(&["\\Seen"])));
        assert!(!mirror.fetched(1, &flags(&["\\SEEN", "\\Recent"])));
        assert!(mirror.fetched(1, &flags(&["\\Seen", "$forwarded"])));
        assert!(!mirror.fetched(2, &flags(&[])));
    }

    #[test]
    fn a_new_uidvalidity_forgets_uids() {
        let mut mirror = Mirror::default();
        mirror.exists(1);
        mirror.set_uid_validity(1);
        mirror.fetched(1, &FetchItem::Uid(7));
        mirror.set_uid_validity(1);
        assert_eq!(mirror.number_of(7), Some(1));
        mirror.set_uid_validity(2);
        assert_eq!(mirror.number_of(7), None);
    }

    #[test]
    fn keywords_beyond_the_room_are_left_out() {
        let mut mirror = Mirror::default();
        let many: Vec<Vec<u8>> = (0..40).map(|n| format!("k{n}").into_bytes()).collect();
        mirror.set_keywords(&many);
        assert_eq!(mirror.keywords.len(), MAX_KEYWORDS);
    }
}
