//! Whether what is known of the selected mailbox is current, and how little it takes to make it so.
//!
//! It is when the server has told all it knew a moment ago ([`parameters::freshness`]), or tells of changes by itself
//! (IDLE, RFC 2177) and is believed for a while ([`parameters::idle_trust`]); and no stream of this process has changed
//! anything of that account since. Else a NOOP asks.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::Entered;
use super::live::Live;
use super::response_text::Level;
use crate::abi::parameters;
use crate::imap::command::Command;
use crate::imap::connection::Connection;
use crate::imap::mirror::bit;
use crate::imap::response::{Code, SequenceSet, Status, StatusText, Untagged};
use crate::imap::session::Completion;
use crate::limits;

/// When the server last told all it knew.
#[derive(Debug, Clone, Copy)]
pub struct Heard {
    /// When.
    at: Instant,
    /// The changes that this process had made to the account.
    changes: u64,
    /// Those of them that were this stream's.
    own: u64,
}

impl Heard {
    /// The same, as long as the answer to it took.
    pub(super) fn until_now(self) -> Self {
        Self {
            at: Instant::now(),
            ..self
        }
    }

    /// The same, when this stream's changes are so many: those that were answered meanwhile had been sent before.
    fn after_our(self, own: u64) -> Self {
        Self {
            changes: self.changes + (own - self.own),
            own,
            ..self
        }
    }
}

/// The mailbox that is selected, as SELECT told of it.
#[derive(Debug, Clone)]
pub struct Selected {
    /// Its name on the server.
    pub mailbox: Vec<u8>,
    /// EXAMINE was used.
    pub readonly: bool,
    /// What SELECT said, in order.
    told: Vec<Untagged>,
    /// The end of SELECT.
    done: Option<Completion>,
    /// Messages came, went or changed since.
    changed: bool,
    /// The server has complained: the mailbox may have been deleted, and another be there under its name.
    doubtful: bool,
    /// Messages that the server has called recent since they were selected.
    recent: u32,
    /// Those of them that the application was told of when it opened the mailbox before.
    recent_before: u32,
}

impl Selected {
    /// A mailbox that is being selected.
    pub fn new(mailbox: &[u8], readonly: bool) -> Self {
        Self {
            mailbox: mailbox.to_vec(),
            readonly,
            told: Vec::new(),
            done: None,
            changed: false,
            doubtful: false,
            recent: 0,
            recent_before: 0,
        }
    }

    /// The mailbox under this name has that UIDVALIDITY now, the selected one has the other.
    pub fn note_validity(&mut self, of_name: u32, of_selected: Option<u32>) {
        self.doubtful |= of_selected.is_some_and(|validity| validity != of_name);
    }

    /// Whether what is known of it may be of a mailbox that is no more.
    pub fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    /// How many messages are recent for the application, of so many that the server calls so.
    pub fn still_recent(&self, count: u32) -> u32 {
        count.saturating_sub(self.recent_before)
    }

    /// Whether a name means this mailbox.
    pub fn is(&self, mailbox: &[u8]) -> bool {
        let inbox = |name: &[u8]| name.eq_ignore_ascii_case(b"INBOX");
        self.mailbox == mailbox || (inbox(&self.mailbox) && inbox(mailbox))
    }

    /// The modification sequence that SELECT told.
    pub fn mod_seq(&self) -> Option<u64> {
        self.told.iter().find_map(|told| match told {
            Untagged::Status { text, .. } => match text.code {
                Some(Code::HighestModSeq(mod_seq)) => Some(mod_seq),
                _ => None,
            },
            _ => None,
        })
    }

    /// SELECT is through.
    pub fn finish(&mut self, done: &Completion) {
        self.done = Some(done.clone());
    }

    /// Takes note of what the server says; `selecting`: in answer to SELECT.
    fn note(&mut self, untagged: &Untagged, selecting: bool) {
        if let Untagged::Recent(count) = untagged {
            self.recent = *count;
        }
        if let Untagged::Status { status, .. } = untagged {
            self.doubtful |= matches!(status, Status::No | Status::Bad);
        }
        let kept = match untagged {
            Untagged::Flags(_) | Untagged::Exists(_) | Untagged::Recent(_) => true,
            Untagged::Status { status, text } => *status == Status::Ok && text.code.is_some(),
            _ => false,
        };
        if selecting {
            if kept && self.told.len() < limits::SELECT_RESPONSES {
                self.told.push(untagged.clone());
            }
        } else if let Some(old) = self.told.iter_mut().find(|old| is_newer(untagged, old)) {
            *old = untagged.clone();
        }
        self.changed |= !selecting
            && matches!(
                untagged,
                Untagged::Exists(_) | Untagged::Expunge(_) | Untagged::Fetch { .. }
            );
    }
}

/// Whether `new` tells anew what `old` told.
fn is_newer(new: &Untagged, old: &Untagged) -> bool {
    match (new, old) {
        (Untagged::Flags(_), Untagged::Flags(_)) => true,
        (Untagged::Status { text: new, .. }, Untagged::Status { text: old, .. }) => matches!(
            (&new.code, &old.code),
            (Some(Code::PermanentFlags(_)), Some(Code::PermanentFlags(_)))
        ),
        _ => false,
    }
}

/// How often streams of this process have changed something, per account. Accounts that share a place cost each other
/// a NOOP.
static CHANGES: [AtomicU64; 1024] = [const { AtomicU64::new(0) }; 1024];

impl Live {
    /// How often this account has been changed so far.
    fn changes(&self) -> &'static AtomicU64 {
        let mut hasher = DefaultHasher::new();
        self.host_name().to_ascii_lowercase().hash(&mut hasher);
        self.user.hash(&mut hasher);
        &CHANGES[hasher.finish() as usize % CHANGES.len()]
    }

    /// Whether the server has told all it knew a moment ago.
    fn is_fresh(&self) -> bool {
        self.has_heard(parameters::freshness())
    }

    /// Whether the server tells of changes by itself, and is believed to do so still.
    fn is_watched(&self) -> bool {
        let idling = |c: &Connection| c.session().is_idling();
        self.connection.as_ref().is_some_and(idling) && self.has_heard(parameters::idle_trust())
    }

    /// Whether the server can tell of changes by itself, and is wanted to.
    pub fn may_be_watched(&self) -> bool {
        let can = |c: &Connection| c.session().capabilities().idle;
        self.selected.is_some()
            && self.connection.as_ref().is_some_and(can)
            && parameters::idle_trust() > Duration::ZERO
    }

    fn has_heard(&self, for_how_long: Duration) -> bool {
        self.heard
            .is_some_and(|heard| self.holds(heard, for_how_long))
    }

    /// Whether what was heard then is not older than that, and nothing has been changed since.
    pub(super) fn holds(&self, heard: Heard, for_how_long: Duration) -> bool {
        heard.at.elapsed() < for_how_long && heard.changes == self.changes().load(Ordering::Acquire)
    }

    /// Whether flags have been asked for so recently that they are current.
    pub fn has_just_asked_flags(&self) -> bool {
        self.flags_heard
            .is_some_and(|heard| self.holds(heard, parameters::freshness()))
    }

    /// Whether what is known of flags has not been asked for so long that it should be: not every server tells of all that
    /// others change. If so, the time begins anew.
    pub fn flags_are_old(&mut self) -> bool {
        let old = self
            .flags_asked
            .is_none_or(|asked| asked.elapsed() > limits::FLAG_MEMORY);
        if old {
            self.flags_asked = Some(Instant::now());
        }
        old
    }

    /// Whether it is known of every message that it is not marked \Deleted.
    pub fn has_none_deleted(&self) -> bool {
        let recently = |asked: Instant| asked.elapsed() <= limits::FLAG_MEMORY;
        let selected = self.selected.as_ref();
        selected.is_some_and(|s| !s.readonly && !s.is_doubtful())
            && self.flags_asked.is_some_and(recently)
            && self.mirror.messages().all(|(_, message)| {
                let learned = &message.learned;
                learned.known & !learned.set & bit::DELETED != 0
            })
    }

    /// Messages with these UIDs were appended to a mailbox that had so many before. If it is the selected one and they are
    /// all that came, they are the last, and the next UID is known.
    pub fn note_appended(
        &mut self,
        mailbox: &[u8],
        before: usize,
        validity: u32,
        uids: &SequenceSet,
    ) {
        let here = self.selected.as_ref().is_some_and(|s| s.is(mailbox));
        let count: usize = uids.iter().map(|&(a, b)| a.abs_diff(b) as usize + 1).sum();
        let last = uids.iter().map(|&(a, b)| a.max(b)).max();
        if here && self.mirror.uid_validity == Some(validity) && self.mirror.len() == before + count
        {
            self.mirror.uid_next = last.and_then(|last| last.checked_add(1));
            self.mirror.next_of_first = self.mirror.uid_next.map(|next| (next, before + count));
        }
    }

    /// Takes note of what the server says of the selected mailbox.
    pub(super) fn note_selected(&mut self, untagged: &Untagged) {
        let selecting = self.selecting;
        if let Some(selected) = &mut self.selected {
            selected.note(untagged, selecting);
        }
    }

    /// Changes the mirror alone by what the server says of messages.
    pub(super) fn hear_quietly(&mut self, untagged: &Untagged) {
        match untagged {
            Untagged::Exists(count) => self.mirror.exists(*count),
            Untagged::Expunge(number) => {
                self.expunge(*number);
            }
            Untagged::Fetch { number, items } => {
                for item in items {
                    self.mirror.fetched(*number, item);
                }
            }
            _ => {}
        }
    }
}

/// Whether its answer comes with all that the server knows of the selected mailbox. Of a server that does not look at it for
/// GETQUOTAROOT, STATUS, LIST or CREATE (Dovecot) nothing is learned by them.
fn brings_news(command: &str) -> bool {
    command.starts_with("UID ")
        || matches!(
            command,
            "SELECT" | "EXAMINE" | "NOOP" | "CHECK" | "EXPUNGE" | "APPEND" | "COPY" | "MOVE"
        )
}

/// Whether it may change what other streams see.
fn changes(command: &str) -> bool {
    let word = command.strip_prefix("UID ").unwrap_or(command);
    matches!(
        word,
        "STORE" | "APPEND" | "COPY" | "MOVE" | "EXPUNGE" | "CLOSE" | "CREATE" | "DELETE" | "RENAME"
    )
}

impl Entered {
    /// What is known from an answer to a command that is sent now.
    pub fn hears_now(&self) -> Option<Heard> {
        self.with(|live| Heard {
            at: Instant::now(),
            changes: live.changes().load(Ordering::Acquire),
            own: live.own_changes,
        })
    }

    /// A command has been answered that was sent when [`hears_now`](Self::hears_now) said so.
    pub(super) fn note_answer(&self, command: &str, heard: Option<Heard>) {
        if brings_news(command) {
            self.with(|live| {
                let own = live.own_changes;
                live.heard = heard.map(|heard| heard.until_now().after_our(own));
            });
        }
        if changes(command) {
            self.note_change();
        }
    }

    /// This stream has changed something, or let the server do so.
    pub fn note_change(&self) {
        self.with(|live| {
            let before = live.changes().fetch_add(1, Ordering::AcqRel);
            live.own_changes += 1;
            let (heard, flags) = (&mut live.heard, &mut live.flags_heard);
            for heard in [heard, flags].into_iter().flatten() {
                if heard.changes == before {
                    heard.changes = before + 1;
                }
            }
        });
    }

    /// A call begins that means messages by their numbers. What [`end_numbers`](Self::end_numbers) is to be given.
    pub fn begin_numbers(&self) -> u32 {
        self.with(|live| core::mem::replace(&mut live.gone_from, u32::MAX))
            .unwrap_or(u32::MAX)
    }

    /// Whether that number has come to mean another message, or none, since the call began.
    pub fn has_another_meaning(&self, number: u32) -> bool {
        self.with(|live| live.gone_from <= number) == Some(true)
    }

    /// Such a call ends; it may have been within another one.
    pub fn end_numbers(&self, before: u32) {
        self.with(|live| live.gone_from = live.gone_from.min(before));
    }

    /// Messages have come into a mailbox by this stream's doing. If that is the selected one, and the server has not said
    /// so, it is to be asked.
    pub fn note_arrival(&self, mailbox: &[u8], messages_before: usize) {
        self.with(|live| {
            let here = live.selected.as_ref().is_some_and(|s| s.is(mailbox));
            if here && live.mirror.len() <= messages_before {
                live.heard = None;
            }
        });
    }

    /// Whether what is known of the selected mailbox holds without asking. What the server has said by itself has been
    /// told when this returns; so has a connection that turns out to be gone.
    pub fn is_current(&self) -> bool {
        self.is_so_after_a_glance(|live| live.is_fresh() || live.is_watched())
    }

    /// Whether the server has told all it knew a moment ago. As [`is_current`](Self::is_current) otherwise.
    pub fn is_fresh(&self) -> bool {
        self.is_so_after_a_glance(Live::is_fresh)
    }

    /// Whether the server has been telling of changes by itself, and is believed to do so still. As
    /// [`is_current`](Self::is_current) otherwise.
    pub fn is_watched(&self) -> bool {
        self.is_so_after_a_glance(Live::is_watched)
    }

    fn is_so_after_a_glance(&self, holds: impl FnOnce(&Live) -> bool) -> bool {
        if !self.is_connected() {
            return false;
        }
        let heard = self.persistently(&[], || {
            Ok(self.talk(|connection, events| connection.glance(events))?)
        });
        heard.is_ok() && self.with(|live| holds(live)) == Some(true)
    }

    /// Asks for changes with NOOP, and has the server tell of later ones by itself where it can.
    pub fn poll(&self) -> Completion {
        match self.poll_with(None) {
            Ok(done) | Err(done) => done,
        }
    }

    /// As [`poll`](Self::poll), and sees whether the selected mailbox is still the one under its name: a server need not
    /// say that it was deleted.
    ///
    /// # Errors
    /// The connection is gone, which has been told.
    pub fn poll_mailbox(&self) -> Result<Completion, Completion> {
        let selected = self.with(|live| live.selected.as_ref().map(|s| s.mailbox.clone()));
        let status = selected.flatten().map(|mailbox| {
            let status = Command::new("STATUS").mailbox(&mailbox).open();
            status.atom("UIDNEXT").atom("UIDVALIDITY").close()
        });
        self.poll_with(status.as_ref())
    }

    /// Whether the server can tell of changes by itself, and is wanted to.
    pub(super) fn may_idle(&self) -> bool {
        self.with(|live| live.may_be_watched()) == Some(true)
    }

    fn poll_with(&self, status: Option<&Command>) -> Result<Completion, Completion> {
        let command = Command::new("NOOP");
        self.persistently(&[&command], || {
            let heard = self.hears_now();
            let idle = self.may_idle();
            for command in [Some(&command), status].into_iter().flatten() {
                self.tell_sendcommand(command.name());
            }
            let done = self.talk(|connection, events| {
                let tag = connection.post(&command);
                let status = status.map(|status| connection.post(status));
                if idle {
                    connection.session_mut().idle();
                }
                let done = match tag? {
                    Ok(tag) => connection.finish(tag, events)?,
                    Err(done) => done,
                };
                if let Some(Ok(tag)) = status.transpose()? {
                    // A NO is as good: the selection is looked at below.
                    connection.finish(tag, events)?;
                }
                Ok(done)
            })?;
            self.note_answer(command.name(), heard);
            Ok(done)
        })
    }

    /// Tells of the selected mailbox as SELECT did, as it is now. The completion of that SELECT, for the caller to take to
    /// heart.
    pub fn tell_selected(&self) -> Option<Completion> {
        let (count, selected) = self.with(|live| {
            live.mirror.tell_anew();
            live.reading.begins_anew();
            let selected = live.selected.as_mut()?;
            let before = selected.clone();
            selected.recent_before = selected.recent;
            Some((live.mirror.len() as u32, before))
        })??;
        for told in selected.told {
            match told {
                Untagged::Exists(_) => self.exists(count),
                Untagged::Recent(_) => self.recent(0),
                Untagged::Flags(flags) => self.mailbox_flags(&flags),
                Untagged::Status { text, .. } if !(selected.changed && is_passing(&text)) => {
                    self.response_text(&text, Level::Normal, true);
                }
                _ => {}
            }
            if self.is_closed() {
                return None;
            }
        }
        let next = self.with(|live| live.mirror.uid_next).flatten();
        if let Some(next) = next {
            self.edit(|s| s.uid_last = next.saturating_sub(1).into());
        }
        selected.done
    }
}

/// Whether a text of SELECT holds only until something changes.
fn is_passing(text: &StatusText) -> bool {
    matches!(
        &text.code,
        Some(Code::Unseen(_) | Code::UidNext(_) | Code::HighestModSeq(_))
    )
}
