//! A connection that is found gone is replaced within the call that finds it, and the call goes on, where that does no harm.
//!
//! The mailbox is selected again by a new connection, and compared with what is known of it ([`crate::imap::resume`]). Only
//! if message numbers mean the same as before, or it is known which messages are gone, does the stream go on with that
//! connection. Else it is lost, as it always was.

use core::ffi::c_long;

use super::Entered;
use super::changes::{select_command, wants_changes};
use super::exec::{Broken, Purpose};
use super::live::{Hearing, Live};
use crate::abi::constants::{
    ERROR, OP_ANONYMOUS, OP_DEBUG, OP_HALFOPEN, OP_SECURE, OP_SILENT, OP_TRYSSL, WARN,
};
use crate::abi::imap::own::{Outcome, OwnStream, for_a_while};
use crate::abi::{memory, parameters, tell};
use crate::imap::command::Command;
use crate::imap::connection::Lost;
use crate::imap::mirror::Mirror;
use crate::imap::response::{Number, Status, StatusText, Untagged};
use crate::imap::resume::{Anew, Known, compare, gone, holds_alone, may_be_repeated, question};
use crate::imap::sequence::compress;
use crate::imap::session::{Completion, Event};

/// The mailbox of a stream, selected by a stream of our own.
struct Found {
    on: OwnStream,
    anew: Anew,
    /// Messages that are gone, highest number first.
    gone: Vec<Number>,
}

impl Entered {
    /// Runs `attempt`, which sends these commands. Should the connection turn out to be gone, it is replaced, and `attempt`
    /// runs once more if they may be repeated. What remains undone has been told, and is returned.
    pub(super) fn persistently<R>(
        &self,
        commands: &[&Command],
        attempt: impl Fn() -> Result<R, Broken>,
    ) -> Result<R, Completion> {
        self.make_sure_it_stands(commands)?;
        match attempt() {
            Ok(result) => return Ok(result),
            Err(broken) => self.mend(broken, commands)?,
        }
        attempt().map_err(|broken| self.failed(broken))
    }

    fn make_sure_it_stands(&self, commands: &[&Command]) -> Result<(), Completion> {
        if !is_repeatable(commands) && self.may_recover() {
            // Once it has been sent, nobody will know whether it was done.
            if let Err(lost) = self.converse(|connection, events| connection.glance(events)) {
                self.recover(&lost, commands, false)?;
            }
        }
        Ok(())
    }

    fn mend(&self, broken: Broken, commands: &[&Command]) -> Result<(), Completion> {
        match broken {
            Broken::Refused(done) => Err(done),
            Broken::Lost(lost) => self.recover(&lost, commands, true),
        }
    }

    fn failed(&self, broken: Broken) -> Completion {
        match broken {
            Broken::Refused(done) => done,
            Broken::Lost(lost) => self.report_lost(&lost),
        }
    }

    /// Whether a connection that is gone may be replaced.
    fn may_recover(&self) -> bool {
        let may = |live: &mut Live| {
            let sure = live.selected.as_ref().is_none_or(|s| !s.is_doubtful());
            live.opened && sure && live.telling == 0 && live.hearing == Hearing::Telling
        };
        parameters::reconnects() && !self.is_closed() && self.with(may) == Some(true)
    }

    /// Replaces a connection that is gone. `sent`: it went while these commands were under way.
    ///
    /// # Errors
    /// The completion of the commands, if they must not be sent (again) now. A connection that is gone for good has been
    /// told then.
    pub fn recover(
        &self,
        lost: &Lost,
        commands: &[&Command],
        sent: bool,
    ) -> Result<(), Completion> {
        if !lost.hung_up || !self.may_recover() {
            return Err(self.report_lost(lost));
        }
        let numbers = self.begin_numbers();
        self.with(|live| live.opened = false);
        let goodbye = self.deliver_facts();
        let stores = |live: &mut Live| {
            let store = |(_, purpose): &(_, Purpose)| matches!(purpose, Purpose::Store { .. });
            live.posted.iter().any(store)
        };
        let under_way = sent && (!commands.is_empty() || self.with(stores) == Some(true));
        let done = self.replace(lost, under_way);
        self.with(|live| live.renumbered = live.renumbered.min(live.gone_from));
        self.end_numbers(numbers);
        if let Err(why) = done {
            if let Some(text) = goodbye {
                self.tell(Untagged::Status {
                    status: Status::Bye,
                    text,
                });
            }
            let lost = Lost {
                reason: format!("{}; {why}", lost.reason),
                ..lost.clone()
            };
            return Err(self.report_lost(&lost));
        }
        if sent && !is_repeatable(commands) {
            let name = commands.first().map_or("command", |c| c.name());
            let text = format!(
                "[CLOSED] Connection lost before {name} was answered: whether it was done is not known"
            );
            return Err(Completion::failure(&text));
        }
        Ok(())
    }

    /// Whether the number, which the program gave, has come to mean another message, or none, since its call began, by what a
    /// new connection told.
    pub fn is_renumbered(&self, number: Number) -> bool {
        let none = Number::MAX;
        self.with(|live| live.renumbered != none && live.renumbered <= number) == Some(true)
    }

    /// Says why nothing is done about such a number.
    pub fn tell_renumbered(&self) {
        tell::log(super::exec::NUMBERS_CHANGED, ERROR);
    }

    /// The number that this call is about has been found out just now.
    pub fn takes_numbers_anew(&self) {
        self.with(|live| live.renumbered = Number::MAX);
    }

    /// Tells what is pending and true without the answer that it belonged to. The server's goodbye is returned.
    fn deliver_facts(&self) -> Option<StatusText> {
        let mut goodbye = None;
        while !self.is_closed() {
            let Some(event) = self.with(|live| live.pending.pop()).flatten() else {
                break;
            };
            match event {
                Event::Untagged(Untagged::Status {
                    status: Status::Bye,
                    text,
                }) => goodbye = Some(text),
                Event::Untagged(untagged) if !holds_alone(&untagged) => {}
                event => self.tell_event(event),
            }
        }
        goodbye
    }

    /// A new connection in place of the one that is gone, with the mailbox selected; why not.
    fn replace(&self, lost: &Lost, under_way: bool) -> Result<(), String> {
        let name = self.secured_name()?;
        let heard = self.hears_now();
        let found = self.find(&name)?;
        let fresh = found.on.stream().take();
        let Some(mut fresh) = fresh.filter(|fresh| fresh.connection.is_some()) else {
            return Err("the new connection is gone, too".to_owned());
        };
        drop(found.on);
        let posted = self.with(|live| {
            let expunges = live.expunges;
            live.continue_with(&mut fresh);
            for &number in &found.gone {
                let event = Event::Untagged(Untagged::Expunge(number));
                live.pending.extend([event]);
            }
            let left = live.mirror.len() - found.gone.len();
            if live.selected.is_some() && left < found.anew.exists as usize {
                let event = Event::Untagged(Untagged::Exists(found.anew.exists));
                live.pending.extend([event]);
            }
            let mut posted = core::mem::take(&mut live.posted);
            posted.retain(|(_, purpose)| matches!(purpose, Purpose::Store { .. }));
            (posted, expunges)
        });
        self.deliver();
        if self.is_closed() {
            return Err("the program has closed the stream".to_owned());
        }
        let (posted, expunges) = posted.unwrap_or_default();
        self.note_answer("SELECT", heard);
        let anew = found.anew;
        let since = self.with(|live| {
            let since = live.mod_seq.filter(|_| anew.mod_seq.is_some());
            live.mod_seq = anew.mod_seq;
            live.mirror.uid_next = anew.uid_next;
            live.mirror.next_of_first = anew.uid_next.map(|next| (next, anew.exists as usize));
            since
        });
        if let Some(next) = anew.uid_next {
            self.edit(|s| s.uid_last = next.saturating_sub(1).into());
        }
        for (_, purpose) in posted {
            let Purpose::Store { command, before } = &purpose else {
                continue;
            };
            let same =
                command.last_number().is_none() || (*before == expunges && found.gone.is_empty());
            if same {
                self.repost(command.clone(), purpose)?;
            } else {
                let text = format!(
                    "[CLOSED] Connection lost before {} was answered",
                    command.name()
                );
                self.posted_done(&purpose, &Completion::failure(&text));
            }
        }
        self.refresh_flags(since.flatten(), anew.mod_seq)?;
        self.with(|live| live.opened = true);
        self.tell_recovered(lost, found.gone.len(), under_way);
        Ok(())
    }

    fn repost(&self, command: Command, purpose: Purpose) -> Result<(), String> {
        let tag = self
            .converse(|connection, _| connection.post(&command))
            .map_err(|lost| lost.reason)?;
        match tag {
            Ok(tag) => {
                self.with(|live| live.posted.push((tag, purpose)));
            }
            Err(done) => self.posted_done(&purpose, &done),
        }
        Ok(())
    }

    /// Flags that are known are asked for: they may have changed meanwhile.
    fn refresh_flags(&self, since: Option<u64>, now: Option<u64>) -> Result<(), String> {
        let known = |mirror: &Mirror| {
            let known = mirror
                .messages()
                .filter(|(_, m)| m.flags.is_some() || m.learned.known != 0);
            compress(known.map(|(number, _)| number))
        };
        let set = self.with(|live| known(&live.mirror)).unwrap_or_default();
        if set.is_empty() || (since.is_some() && since == now) {
            return Ok(());
        }
        let command = Command::new("FETCH")
            .sequence_set(&set)
            .open()
            .atom("FLAGS")
            .close();
        let command = match since {
            Some(since) => command.open().atom("CHANGEDSINCE").number(since).close(),
            None => command,
        };
        let heard = self.hears_now();
        let done = self.talk(|connection, events| connection.run(&command, events));
        let done = done.map_err(|lost| lost.reason)?;
        if done.is_ok() {
            self.with(|live| {
                live.flags_asked = Some(std::time::Instant::now());
                live.flags_heard = heard;
            });
        } else {
            self.with(|live| live.mirror.forget_flags(crate::imap::mirror::bit::ALL));
        }
        Ok(())
    }

    /// A connection that ended while nothing was under way is none of the administrator's business.
    fn tell_recovered(&self, lost: &Lost, gone: usize, under_way: bool) {
        let told = self.with(|live| {
            let mailbox = live.selected.as_ref().map(|s| s.mailbox.clone());
            (live.host_name(), mailbox)
        });
        let (host, mailbox) = told.unwrap_or_default();
        let mailbox = mailbox.map(|mailbox| {
            let messages = match gone {
                0 => "its messages are all there".to_owned(),
                1 => "1 message is gone".to_owned(),
                more => format!("{more} messages are gone"),
            };
            format!(
                "; {} selected again, {messages}",
                String::from_utf8_lossy(&mailbox)
            )
        });
        let text = format!(
            "Connection to {} lost ({}), connected again{}",
            String::from_utf8_lossy(&host),
            lost.reason,
            mailbox.unwrap_or_default()
        );
        tell::log(text, if under_way { WARN } else { 0 });
    }

    /// The name by which the mailbox was opened, for a connection in place of this one.
    fn secured_name(&self) -> Result<Vec<u8>, String> {
        // SAFETY: the stream owns its name, a C string.
        let name = unsafe { memory::bytes(self.edit(|s| s.original_mailbox)) }.to_vec();
        self.secured(&name)
            .ok_or_else(|| "its name cannot be used again".to_owned())
    }

    /// A name for a connection in place of this one: what was protected by TLS is to be again, or whoever cut the
    /// connection could have the password. `None`: that cannot be.
    pub fn secured(&self, name: &[u8]) -> Option<Vec<u8>> {
        let how = self.with(|live| (live.how.ssl, live.how.tls));
        let (ssl, tls) = how.unwrap_or_default();
        crate::mailbox_name::secured(name, ssl, tls)
    }

    fn find(&self, name: &[u8]) -> Result<Found, String> {
        let options = self.edit(|s| {
            let option = |is: u32, option: c_long| if is != 0 { option } else { 0 };
            OP_HALFOPEN
                | OP_SILENT
                | option(s.debug(), OP_DEBUG)
                | option(s.anonymous(), OP_ANONYMOUS)
                | option(s.secure(), OP_SECURE)
                | option(s.tryssl(), OP_TRYSSL)
        });
        for_a_while(|| {
            let Some(on) = OwnStream::open(name, options) else {
                return Outcome::NotYet("and not to be had again".to_owned());
            };
            if self.is_closed() {
                return Outcome::Never("the program has closed the stream".to_owned());
            }
            let (mine, its) = (|live: &mut Live| live.user.clone(), on.stream());
            if its.with(mine) != self.with(mine) {
                return Outcome::Never("the new login is another user's".to_owned());
            }
            match self.look_at(&on) {
                Some(Ok((anew, gone))) => Outcome::Done(Found { on, anew, gone }),
                Some(Err(why)) => Outcome::Never(why),
                None => Outcome::NotYet("and the new connection as well".to_owned()),
            }
        })
    }

    /// Selects the mailbox on a stream of our own and compares; `None` if that one's connection is gone, too.
    fn look_at(&self, on: &OwnStream) -> Option<Result<(Anew, Vec<Number>), String>> {
        let selected = |live: &mut Live| {
            let selected = live.selected.as_ref()?;
            Some((selected.mailbox.clone(), selected.readonly))
        };
        let Some((mailbox, readonly)) = self.with(selected).flatten() else {
            return Some(Ok((Anew::default(), Vec::new())));
        };
        let changes = wants_changes() && on.stream().capabilities().condstore;
        let (done, told) = on
            .stream()
            .converse_privately(&[select_command(&mailbox, readonly, changes)])?;
        let done = done.into_iter().next()?;
        let name = String::from_utf8_lossy(&mailbox).into_owned();
        if !done.is_ok() {
            let said = String::from_utf8_lossy(&done.text.raw).into_owned();
            return Some(Err(format!("{name} cannot be selected any more: {said}")));
        }
        let anew = Anew::of(&told, &done);
        if anew.only_read && self.edit(|s| s.rdonly() == 0) {
            return Some(Err(format!("{name} can only be read now")));
        }
        let changed = || {
            Some(Err(format!(
                "{name} has changed meanwhile: it is to be opened anew"
            )))
        };
        match self.with(|live| compare(&live.mirror, &anew))? {
            Known::Hold => Some(Ok((anew, Vec::new()))),
            Known::Nothing => changed(),
            Known::Ask(bound) => {
                let (done, told) = on.stream().converse_privately(&[question(bound)])?;
                if !done.first()?.is_ok() {
                    return changed();
                }
                let uids = told.into_iter().filter_map(|told| match told {
                    Untagged::Search { numbers, .. } => Some(numbers),
                    _ => None,
                });
                let uids = uids.flatten().collect();
                match self.with(|live| gone(&live.mirror, bound, uids))? {
                    Some(gone) => Some(Ok((anew, gone))),
                    None => changed(),
                }
            }
        }
    }
}

fn is_repeatable(commands: &[&Command]) -> bool {
    commands
        .iter()
        .all(|command| may_be_repeated(command.name()))
}

impl Live {
    /// Goes on with the connection of another stream, which has the same mailbox selected.
    fn continue_with(&mut self, fresh: &mut Self) {
        self.connection = fresh.connection.take();
        self.peer = fresh.peer;
        self.how = core::mem::take(&mut fresh.how);
        self.credential = fresh.credential.take();
        self.account = fresh.account.take();
        self.unprotected = fresh.unprotected;
        self.bye_seen = false;
        self.idling = None;
        self.ahead = None;
        self.to_send_ahead = None;
        self.storing = false;
        self.stored_by_uid = false;
        self.heard = None;
        self.flags_asked = None;
        self.flags_heard = None;
        self.quota = None;
        self.foreseen = crate::imap::ahead::Foreseen::default();
        self.hits.clear();
    }
}
