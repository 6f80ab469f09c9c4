//! Runs commands for a stream: takes the conversation out, talks, puts it back, then tells the application.

use super::Entered;
use super::current::Heard;
use super::response_text::Level;
use super::uids;
use crate::abi::constants::{BYE, ERROR, SC_EXPUNGEDEFERRED, WARN};
use crate::abi::parameters;
use crate::abi::tell;
use crate::imap::backlog::{Pending, expunges_up_to};
use crate::imap::busy::Busy;
use crate::imap::command::Command;
use crate::imap::connection::{Answered, Connection, Lost};
use crate::imap::response::{Esearch, SequenceSet, Status, StatusItem, Untagged};
use crate::imap::resume::names_up_to;
use crate::imap::session::{Completion, Event, Tag};

pub(super) const NUMBERS_CHANGED: &str =
    "Messages are gone that another client has expunged: message numbers have changed";
const NUMBERS_CHANGE: &str = "Message numbers are changing: command refused inside this callback";

/// Why commands have not been run to their end.
pub enum Broken {
    /// They must not be; that has not been told.
    Refused(Completion),
    /// The connection is gone; that has not been told.
    Lost(Lost),
}

impl From<Lost> for Broken {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

/// What a command was sent for whose answer is read later.
#[derive(Debug, Clone)]
pub enum Purpose {
    /// Flags were changed; the application hears when that failed.
    Store {
        /// To be sent again, should the connection go before the answer has come.
        command: Command,
        /// How many messages had gone when it was sent.
        before: u64,
    },
    /// What the program may want next is fetched; it need not know.
    Foresight,
}

/// What came of searches.
#[derive(Debug, Clone)]
pub struct Answers {
    /// What each has found, in order, up to the first that was not answered as it should be.
    pub found: Vec<SequenceSet>,
    /// Messages whose flags the server told of between the answers: which is newer is not known.
    pub unsure: Vec<u32>,
}

/// The connection went before the command was answered, which has not been told.
pub struct Unanswered {
    /// How.
    pub lost: Lost,
    /// All of the command may have got through.
    pub sent: bool,
}

/// The answers to searches, up to the first that failed.
fn collect_answers(
    answered: Vec<Answered>,
    mut of: impl FnMut(Tag) -> Option<Esearch>,
) -> Vec<SequenceSet> {
    answered
        .into_iter()
        .map_while(|(tag, done)| tag.filter(|_| done.is_ok()).and_then(&mut of))
        .map(|answer| answer.all)
        .collect()
}

impl Entered {
    /// Sends a command and waits for its end. Whatever the server said on the way has been told to the application when
    /// this returns. A connection that turns out to be gone is replaced, and the command sent again, where that does no harm
    /// (see [`super::resume`]); else it is reported through mm_notify(BYE) and as a NO with a `[CLOSED]` text.
    pub fn exec(&self, command: &Command) -> Completion {
        let done = self.persistently(&[command], || {
            let heard = self.begin([command])?;
            let last = self.unsure_up_to([command]);
            let (done, gone) =
                self.talk_about(last, |connection, events| connection.run(command, events))?;
            self.note_answer(command.name(), heard);
            if gone && done.is_ok() {
                return Err(Broken::Refused(Completion::failure(NUMBERS_CHANGED)));
            }
            Ok(done)
        });
        done.unwrap_or_else(|failed| failed)
    }

    /// Sends commands in one go and waits for the end of all; completions in order. What the server says is told as by
    /// one [`exec`](Self::exec) after the other.
    pub fn exec_all(&self, commands: &[Command]) -> Vec<Completion> {
        let all: Vec<&Command> = commands.iter().collect();
        let done = self.persistently(&all, || {
            let heard = self.begin(commands)?;
            let last = self.unsure_up_to(commands);
            let (answered, gone) = self.talk_about(last, |connection, events| {
                connection.run_all(commands, events)
            })?;
            for command in commands {
                self.note_answer(command.name(), heard);
            }
            if gone && answered.iter().all(|(_, done)| done.is_ok()) {
                return Err(Broken::Refused(Completion::failure(NUMBERS_CHANGED)));
            }
            Ok(answered.into_iter().map(|(_, done)| done).collect())
        });
        done.unwrap_or_else(|failed| vec![failed; commands.len()])
    }

    /// As [`exec`](Self::exec), for APPEND. `status` goes ahead of it, and its answer is not told but returned. A connection
    /// that is gone is the caller's to report or to replace.
    pub fn exec_append(
        &self,
        status: Option<&Command>,
        command: &Command,
    ) -> (Option<Vec<StatusItem>>, Result<Completion, Unanswered>) {
        let (mut told, mut sent) = (None, false);
        let heard = match self.begin([command]) {
            Ok(heard) => heard,
            Err(Broken::Refused(done)) => return (None, Ok(done)),
            Err(Broken::Lost(lost)) => return (None, Err(Unanswered { lost, sent })),
        };
        let result = self.talk(|connection, events| {
            let result = connection.run_behind(status, command, &mut sent, events);
            events.retain_mut(|event| match event {
                Event::Untagged(Untagged::MailboxStatus { items, .. }) if status.is_some() => {
                    told = Some(core::mem::take(items));
                    false
                }
                _ => true,
            });
            result
        });
        let result = match result {
            Ok(done) => {
                self.note_answer(command.name(), heard);
                Ok(done)
            }
            Err(lost) => Err(Unanswered { lost, sent }),
        };
        (told, result)
    }

    /// Sends commands of which the program is to hear nothing, on a stream that it does not know; completions, and what the
    /// server said. `None`: the connection is lost.
    pub fn converse_privately(
        &self,
        commands: &[Command],
    ) -> Option<(Vec<Completion>, Vec<Untagged>)> {
        let asked = self.converse(|connection, events| {
            let answered = connection.run_all(commands, events)?;
            let mut told = Pending::default();
            told.extend(events.drain(..));
            let told = core::iter::from_fn(|| told.pop()).filter_map(|event| match event {
                Event::Untagged(untagged) => Some(untagged),
                _ => None,
            });
            let done = answered.into_iter().map(|(_, done)| done);
            Ok((done.collect(), told.collect()))
        });
        asked.ok()
    }

    /// What comes before commands are sent. The completion of those that must not be.
    pub(super) fn begin<'a>(
        &self,
        commands: impl IntoIterator<Item = &'a Command>,
    ) -> Result<Option<Heard>, Broken> {
        if self.unsafe_to_interrupt() {
            return Err(Broken::Refused(Completion::failure(NUMBERS_CHANGE)));
        }
        self.edit(|s| s.set_unhealthy(0));
        let (mut last, mut writes) = (None, false);
        for command in commands {
            self.refuse_renumbered(command)?;
            last = last.max(command.last_number());
            writes |= command.writes_by_number();
            self.tell_sendcommand(command.name());
        }
        if let Some(last) = last {
            self.make_sure_of_numbers(last, writes)?;
        }
        // A referral is of the command that it answers.
        self.with(|live| live.referral = None);
        Ok(self.hears_now())
    }

    fn refuse_renumbered(&self, command: &Command) -> Result<(), Broken> {
        match names_up_to(command) {
            Some(last) if self.is_renumbered(last) => {
                Err(Broken::Refused(Completion::failure(NUMBERS_CHANGED)))
            }
            _ => Ok(()),
        }
    }

    /// Takes what an IDLE may have brought before messages are called by numbers up to `last`: the server may know them by
    /// other numbers by now. To change messages the IDLE has to be over; if one is only read, it is seen by the answer.
    fn make_sure_of_numbers(&self, last: u32, writes: bool) -> Result<(), Broken> {
        if self.is_unsure_of_numbers() {
            let idle = self.has_idle();
            let heard = self.converse(|connection, events| match (idle, writes) {
                (true, true) => connection.end_idle(events),
                (true, false) => connection.glance(events),
                (false, _) => connection.settle(events),
            });
            self.with(|live| live.stored_by_uid &= idle && !writes);
            heard?;
        }
        if self.with(|live| live.pending.expunges_up_to(last)) == Some(true) {
            self.deliver();
            return Err(Broken::Refused(Completion::failure(NUMBERS_CHANGED)));
        }
        Ok(())
    }

    /// The highest number by which commands call messages, if the server may know these by other numbers.
    fn unsure_up_to<'a>(&self, commands: impl IntoIterator<Item = &'a Command>) -> Option<u32> {
        let last = commands.into_iter().filter_map(Command::last_number).max();
        last.filter(|_| self.is_unsure_of_numbers())
    }

    /// As [`talk`](Self::talk), and whether messages have gone meanwhile that come before, or are, one that was called by
    /// number: then what was said is about others.
    fn talk_about<R>(
        &self,
        last: Option<u32>,
        conversation: impl FnOnce(&mut Connection, &mut Vec<Event>) -> Result<R, Lost>,
    ) -> Result<(R, bool), Lost> {
        self.talk(|connection, events| {
            let result = conversation(connection, events)?;
            let gone = |last| events.iter().any(|event| expunges_up_to(event, last));
            Ok((result, last.is_some_and(gone)))
        })
    }

    /// Sends `SEARCH RETURN (ALL) …` commands in one go. What else the server said is yet to be delivered. `None`: nothing
    /// could be asked, and that has been told.
    pub fn ask(&self, commands: &[Command]) -> Option<Answers> {
        let all: Vec<&Command> = commands.iter().collect();
        self.persistently(&all, || self.ask_once(commands)).ok()
    }

    fn ask_once(&self, commands: &[Command]) -> Result<Answers, Broken> {
        self.begin(commands)?;
        let idle = self.may_idle();
        // While the IDLE lasts, messages are better called by their UIDs.
        let unknown = self.unknown_uids().filter(|_| idle);
        let mut sent = commands.to_vec();
        sent.extend(unknown.map(|numbers| uids::question(&[numbers])));
        let (answers, uids) = self.converse(|connection, events| {
            let mut answered = connection.run_within_idle(&sent, idle, events)?;
            let uids = answered.split_off(commands.len()).pop();
            let uids = uids.and_then(|(tag, _)| uids::answer(tag?, events));
            let (mut found, mut unsure, mut told) = (Vec::new(), Vec::new(), Vec::new());
            events.retain_mut(|event| match event {
                Event::Untagged(Untagged::Esearch(answer)) => {
                    found.push(core::mem::take(answer));
                    unsure.append(&mut told);
                    false
                }
                Event::Fetch(number, _) => {
                    told.push(*number);
                    true
                }
                _ => true,
            });
            let of = |tag: Tag| {
                let answer = found
                    .iter()
                    .position(|f| f.tag.as_ref().is_some_and(|of| tag.is(of)))?;
                Some(found.swap_remove(answer)).filter(|answer| !answer.uid)
            };
            let busy = answered.iter().any(|(_, done)| Busy::of(done).is_some());
            let found = collect_answers(answered, of);
            if found.len() < commands.len() && !busy {
                // It says that it can, and does not: it is not asked so again.
                connection.session_mut().disbelieve_esearch();
            }
            Ok((Answers { found, unsure }, uids))
        })?;
        if let (Some(numbers), Some(uids)) = (unknown, uids) {
            self.learn_uids(&[numbers], uids);
        }
        Ok(answers)
    }

    /// Sends a STORE and does not wait for its answer, which is read with those of later commands. Whether it was sent; if
    /// not, that has been told.
    pub fn post(&self, command: &Command) -> bool {
        let purpose = || Purpose::Store {
            command: command.clone(),
            before: self.with(|live| live.expunges).unwrap_or_default(),
        };
        let posted = self.persistently(&[command], || {
            if self.unsafe_to_interrupt() {
                return Err(Broken::Refused(Completion::failure(NUMBERS_CHANGE)));
            }
            self.refuse_renumbered(command)?;
            if let Some(last) = command.last_number() {
                self.make_sure_of_numbers(last, true)?;
            }
            self.tell_sendcommand(command.name());
            let sent = self.converse(|connection, _| connection.post(command))?;
            sent.map_err(Broken::Refused)
        });
        match posted {
            Ok(tag) => {
                // Other streams must not rely on what they have heard before.
                self.note_change();
                let purpose = purpose();
                self.with(|live| live.posted.push((tag, purpose)));
                true
            }
            Err(failed) => {
                self.posted_done(&purpose(), &failed);
                false
            }
        }
    }

    /// As [`exec`](Self::exec); `later` is sent along and not waited for.
    pub fn exec_with(&self, command: &Command, later: &Command, purpose: &Purpose) -> Completion {
        let done = self.persistently(&[command], || {
            let heard = self.begin([command, later])?;
            let mut sent = None;
            let last = self.unsure_up_to([command]);
            let (done, gone) = self.talk_about(last, |connection, events| {
                let first = connection.post(command)?;
                sent = connection.post(later)?.ok();
                match first {
                    Ok(tag) => connection.finish(tag, events),
                    Err(done) => Ok(done),
                }
            })?;
            if let Some(tag) = sent {
                self.with(|live| live.posted.push((tag, purpose.clone())));
            }
            self.note_answer(command.name(), heard);
            if gone && done.is_ok() {
                return Err(Broken::Refused(Completion::failure(NUMBERS_CHANGED)));
            }
            Ok(done)
        });
        done.unwrap_or_else(|failed| failed)
    }

    /// Waits for the end of a command that was sent before, as [`exec`](Self::exec) does.
    pub fn finish(&self, tag: Tag, name: &str) -> Completion {
        let heard = self.hears_now();
        match self.talk(|connection, events| connection.finish(tag, events)) {
            Ok(done) => {
                self.note_answer(name, heard);
                done
            }
            Err(lost) => self.report_lost(&lost),
        }
    }

    /// Waits for the answers to commands that were posted, and tells what they brought.
    pub fn settle(&self) {
        if self.with(|live| live.posted.is_empty()) != Some(false) {
            return;
        }
        // What cannot be settled has been told.
        let _ = self.persistently(&[], || {
            Ok(self.talk(|connection, events| connection.settle(events))?)
        });
    }

    /// What was posted before the connection went will not be answered.
    fn posted_failed(&self, done: &Completion) {
        let posted = self.with(|live| core::mem::take(&mut live.posted));
        for (_, purpose) in posted.unwrap_or_default() {
            self.posted_done(&purpose, done);
        }
    }

    /// The end of a command that was posted.
    pub(super) fn posted_ended(&self, tag: Tag, done: &Completion) {
        let purpose = self.with(|live| {
            let at = live.posted.iter().position(|(of, _)| *of == tag)?;
            Some(live.posted.remove(at).1)
        });
        if let Some(purpose) = purpose.flatten() {
            self.posted_done(&purpose, done);
        }
    }

    pub(super) fn posted_done(&self, purpose: &Purpose, done: &Completion) {
        match purpose {
            Purpose::Store { .. } => {
                self.all_right(&self.concluded(done.clone()));
                self.note_change();
            }
            Purpose::Foresight => {}
        }
    }

    /// Runs `conversation` on the connection, which belongs to nobody else meanwhile, and delivers what came of it.
    ///
    /// # Errors
    /// [`Lost`], with the connection gone; the caller reports it, and with it what came until then.
    pub fn talk<R>(
        &self,
        conversation: impl FnOnce(&mut Connection, &mut Vec<Event>) -> Result<R, Lost>,
    ) -> Result<R, Lost> {
        let result = self.converse(conversation)?;
        self.deliver();
        Ok(result)
    }

    /// As [`talk`](Self::talk), but leaves it to the caller to deliver.
    pub(super) fn converse<R>(
        &self,
        conversation: impl FnOnce(&mut Connection, &mut Vec<Event>) -> Result<R, Lost>,
    ) -> Result<R, Lost> {
        // Most of it is compiled once, not for each conversation.
        let mut result = None;
        let mut conversation = Some(conversation);
        self.converse_once(&mut |connection, events| {
            let conversation = conversation.take();
            let done = conversation.map(|conversation| conversation(connection, events));
            let ok = matches!(done, Some(Ok(_)));
            result = done;
            ok
        });
        result.unwrap_or_else(|| {
            Err(Lost {
                reason: String::new(),
                step: "lost",
                hung_up: false,
            })
        })
    }

    /// Holds the conversation, which returns whether the connection stands, if there is a connection.
    fn converse_once(
        &self,
        conversation: &mut dyn FnMut(&mut Connection, &mut Vec<Event>) -> bool,
    ) {
        let Some(mut live) = self.take() else {
            return;
        };
        let Some(mut connection) = live.connection.take() else {
            self.put(live);
            return;
        };
        connection
            .session_mut()
            .set_trace(self.edit(|s| s.debug() != 0));
        let mut events = Vec::new();
        let stands = conversation(&mut connection, &mut events);
        live.pending.extend(events);
        if self.is_closed() {
            // A time-out hook has closed the stream meanwhile: nobody will ask for this connection again.
            connection.close();
            return;
        }
        if stands {
            live.connection = Some(connection);
        } else {
            let session = connection.session_mut();
            live.was_capable = session.capabilities().clone();
            live.pending
                .extend(std::iter::from_fn(|| session.next_event()));
        }
        self.put(live);
    }

    /// Tells what is pending, and mm_notify(BYE) of the lost connection; the completion its command gets.
    pub fn report_lost(&self, lost: &Lost) -> Completion {
        self.deliver();
        let done = self.lost_completion(lost);
        tell::notify(self.raw(), &done.text.raw, BYE);
        self.posted_failed(&done);
        done
    }

    /// The completion that a command gets whose connection is lost.
    pub fn lost_completion(&self, lost: &Lost) -> Completion {
        if lost.reason.is_empty() {
            return Completion::failure("[CLOSED] IMAP connection lost");
        }
        let host = self.with(|live| live.host_name()).unwrap_or_default();
        Completion::failure(&format!(
            "[CLOSED] IMAP connection broken ({}) to {}: {}",
            lost.step,
            String::from_utf8_lossy(&host),
            lost.reason
        ))
    }

    /// Whether an IDLE goes on, or has been asked for.
    fn has_idle(&self) -> bool {
        let idling = |c: &Connection| c.session().has_idle();
        self.with(|live| live.connection.as_ref().is_some_and(idling)) == Some(true)
    }

    /// Whether the server may know messages by other numbers than the program: it may have told so under IDLE, or in answer to
    /// commands by UID that were not waited for.
    pub fn is_unsure_of_numbers(&self) -> bool {
        self.has_idle()
            || self.with(|live| live.stored_by_uid && !live.posted.is_empty()) == Some(true)
    }

    /// As [`post`](Self::post), of a STORE by UID.
    pub fn post_by_uid(&self, command: &Command) -> bool {
        let posted = self.post(command);
        self.with(|live| live.stored_by_uid = true);
        posted
    }

    /// Whether the connection still stands.
    pub fn is_connected(&self) -> bool {
        self.with(|live| live.connection.is_some()).unwrap_or(false)
    }

    /// What imap_OK does with a tagged response: its code takes effect, BAD is logged. Whether it was OK.
    pub fn ok(&self, completion: &Completion) -> bool {
        let level = match completion.status {
            Status::Ok => Level::Normal,
            Status::No => Level::Of(WARN),
            _ => Level::Of(ERROR),
        };
        self.response_text(&completion.text, level, false);
        match completion.status {
            Status::Ok => true,
            Status::No => false,
            Status::Bad => {
                tell::log_with("IMAP protocol error: ", &completion.text.raw, ERROR);
                false
            }
            Status::Bye | Status::Preauth => {
                tell::log_with("Unexpected IMAP response: ", &completion.text.raw, ERROR);
                false
            }
        }
    }

    /// As [`ok`](Self::ok); the text of a failure goes to mm_log(ERROR).
    pub fn all_right(&self, done: &Completion) -> bool {
        let ok = self.ok(done);
        if !ok {
            tell::log(&done.text.raw, ERROR);
        }
        ok
    }

    /// Inside a callback while earlier EXPUNGEs are still untold: the numbers the application would name now are not
    /// those the server knows.
    fn unsafe_to_interrupt(&self) -> bool {
        self.is_nested()
            && self
                .with(|live| live.telling_expunge || live.pending.expunges())
                .unwrap_or(false)
    }

    pub(super) fn tell_sendcommand(&self, name: &str) {
        if let Some(hook) = parameters::send_command() {
            let deferred = matches!(name, "FETCH" | "STORE" | "SEARCH");
            let text = tell::c_string(name.as_bytes());
            // SAFETY: the hook gets an entered stream and a NUL-terminated name that lives over the call.
            unsafe {
                hook(
                    self.raw(),
                    text.as_ptr().cast_mut(),
                    if deferred { SC_EXPUNGEDEFERRED } else { 0 },
                )
            };
        }
    }
}
