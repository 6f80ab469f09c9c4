//! What has changed since (CONDSTORE, RFC 7162): flags that were asked for once are brought up to date by asking for what
//! others have changed since, and what was known of a mailbox outlives its connection.

use std::net::SocketAddr;

use super::Entered;
use super::live::Live;
use crate::abi::parameters;
use crate::imap::busy::Busy;
use crate::imap::command::Command;
use crate::imap::mirror::Mirror;
use crate::imap::resume::are_all_there;
use crate::imap::search::memory::Searches;
use crate::imap::session::Completion;

/// Where and whose a mailbox is.
type Place = (Vec<u8>, Option<SocketAddr>, Option<Vec<u8>>);

/// What was known of the selected mailbox when its connection went.
pub struct Remembered {
    place: Place,
    mailbox: Vec<u8>,
    readonly: bool,
    validity: u32,
    next_of_first: (u32, usize),
    mod_seq: u64,
    mirror: Mirror,
    searches: Searches,
}

impl Live {
    fn place(&self) -> Place {
        let peer = |c: &crate::imap::connection::Connection| c.peer().address;
        let name = self.host_name().to_ascii_lowercase();
        // The name stands for the server: which of its addresses answers does not matter, the port does.
        let address = self.connection.as_ref().map(peer).or(self.peer);
        (name, address, self.user.clone())
    }

    /// Takes what may be of use when the mailbox is selected again; `None` if it is not known what it will have to be
    /// compared with.
    pub fn remember(&mut self) -> Option<Remembered> {
        let selected = self.selected.as_ref().filter(|s| !s.is_doubtful())?;
        let kept = Remembered {
            place: self.place(),
            mailbox: selected.mailbox.clone(),
            readonly: selected.readonly,
            validity: self.mirror.uid_validity?,
            next_of_first: self.mirror.next_of_first?,
            mod_seq: self.mod_seq?,
            mirror: Mirror::default(),
            searches: Searches::default(),
        };
        Some(Remembered {
            mirror: core::mem::take(&mut self.mirror),
            searches: core::mem::take(&mut self.searches),
            ..kept
        })
    }

    /// The mailbox has just been selected, perhaps another one. Takes over what is still true.
    pub fn recall(&mut self, old: Remembered) {
        let same = self.selected.as_ref().is_some_and(|s| {
            s.mailbox == old.mailbox && s.readonly == old.readonly && !s.is_doubtful()
        });
        let port = |place: &Place| place.1.map(|address| address.port());
        let place = self.place();
        let same_place = (&place.0, port(&place), &place.2)
            == (&old.place.0, port(&old.place), &old.place.2)
            && port(&place).is_some();
        let (Some(uid_next), Some(mod_seq)) = (self.mirror.uid_next, self.mod_seq) else {
            return;
        };
        let complete = self.mirror.len() >= old.mirror.len()
            && are_all_there(old.next_of_first, self.mirror.len(), uid_next);
        let valid = self.mirror.uid_validity == Some(old.validity);
        if !(same && same_place && valid && complete) || mod_seq < old.mod_seq {
            return;
        }
        self.mirror.take_over(old.mirror);
        self.searches = old.searches;
        // If something has changed, it will be asked what when flags matter.
        self.mod_seq = Some(old.mod_seq);
        self.flags_asked = (mod_seq == old.mod_seq).then(std::time::Instant::now);
    }

    /// What flags are to be asked for since; `None` if all have to be asked for.
    pub fn flags_since(&self) -> Option<u64> {
        let knows = |c: &crate::imap::connection::Connection| c.session().capabilities().condstore;
        let able = self.connection.as_ref().is_some_and(knows);
        self.mod_seq
            .filter(|&since| since > 0 && able && parameters::condstore())
    }

    /// A message is said to have been changed last at this time.
    pub fn note_mod_seq(&mut self, mod_seq: u64) {
        self.mod_seq_heard = self.mod_seq_heard.max(mod_seq);
    }
}

/// Whether changes since are worth knowing: not to a program that has everything asked.
pub fn wants_changes() -> bool {
    parameters::condstore() && !parameters::freshness().is_zero()
}

/// SELECT or EXAMINE; `with_changes`: it has the server tell the modification sequence of the mailbox.
pub fn select_command(mailbox: &[u8], readonly: bool, with_changes: bool) -> Command {
    let name = if readonly { "EXAMINE" } else { "SELECT" };
    let command = Command::new(name).mailbox(mailbox);
    if with_changes {
        command.open().atom("CONDSTORE").close()
    } else {
        command
    }
}

impl Entered {
    /// Asks which flags have changed since; they have been told when this returns. Whether the server knew.
    pub fn ask_changes(&self, since: u64) -> bool {
        let heard = self.hears_now();
        let command = Command::new("FETCH")
            .atom("1:*")
            .open()
            .atom("FLAGS")
            .close()
            .open()
            .atom("CHANGEDSINCE")
            .number(since)
            .close();
        let known = self.persistently(&[&command], || {
            self.with(|live| live.mod_seq_heard = since);
            self.begin([&command])?;
            let idle = self.may_idle();
            let known = self.talk(|connection, events| {
                let commands = core::slice::from_ref(&command);
                let mut answered = connection.run_within_idle(commands, idle, events)?;
                let done = answered.pop().map(|(_, done)| done);
                let known = done.as_ref().is_some_and(Completion::is_ok);
                let busy = done.as_ref().is_some_and(|done| Busy::of(done).is_some());
                if !known && !busy {
                    // It says that it can, and does not: it is not asked so again.
                    connection.session_mut().disbelieve_condstore();
                }
                Ok(known)
            })?;
            Ok(known)
        });
        if known != Ok(true) {
            return false;
        }
        self.with(|live| {
            live.mod_seq = Some(live.mod_seq_heard);
            live.flags_heard = heard;
        });
        true
    }
}
