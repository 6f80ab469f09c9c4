//! Asking a busy server again: what [`busy`](crate::imap::busy) decides, done. While it waits the connection lies in the
//! stream, and no lock is held.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, Instant};

use super::Entered;
use super::current::Selected;
use crate::abi::constants::ERROR;
use crate::abi::{parameters, tell};
use crate::imap::busy::{Again, Busy, Patience};
use crate::imap::command::Command;
use crate::imap::session::Completion;

/// One call that waits for a busy server.
pub struct Waiting {
    patience: Patience,
    began: Instant,
}

impl Waiting {
    /// A call that may wait so long if the server is busy, and take no longer than `limit` with that.
    pub fn new(at_most: Duration, limit: Option<Duration>) -> Self {
        Self {
            patience: Patience::new(at_most, limit),
            began: Instant::now(),
        }
    }

    /// The server at `host` has said that it is busy. Waits, after a call of `release`; whether it may be asked again.
    /// `quiet`: nothing is told.
    pub fn refused(
        &mut self,
        host: &[u8],
        busy: Busy,
        again: Again,
        said: &[u8],
        quiet: bool,
        release: impl FnOnce(),
    ) -> bool {
        let dice = RandomState::new().build_hasher().finish();
        let elapsed = self.began.elapsed();
        let Some(wait) = self.patience.refused(busy, again, elapsed, dice) else {
            return false;
        };
        if !quiet {
            let text = format!(
                "{} is busy and is asked again in {} s: ",
                String::from_utf8_lossy(host),
                seconds(wait)
            );
            tell::log_with(&text, said, 0);
        }
        release();
        std::thread::sleep(wait);
        true
    }

    /// What is put behind the server's words when it is given up: who said so about what, how often, and what to do.
    pub fn conclusion(&self, host: &[u8], mailbox: Option<&[u8]>, busy: Busy) -> String {
        let host = String::from_utf8_lossy(tell::clipped(host));
        let mailbox = mailbox.map_or_else(String::new, |mailbox| {
            format!(", {}", String::from_utf8_lossy(tell::clipped(mailbox)))
        });
        let times = match self.patience.refusals() {
            0 | 1 => String::new(),
            refusals => format!(
                ", asked {refusals} times in {} s",
                seconds(self.began.elapsed())
            ),
        };
        format!(" ({host}{mailbox}{times}; {})", busy.cure())
    }
}

/// With one decimal place; what prints floating-point numbers is large.
fn seconds(time: Duration) -> String {
    let tenths = (time.as_millis() + 50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

impl Entered {
    /// As [`exec`](Self::exec), of a command that does the same when it is sent again: a busy server is asked again.
    pub fn exec_patiently(&self, command: &Command) -> Completion {
        self.patiently(Again::Same, command.last_number(), None, || {
            self.exec(command)
        })
    }

    /// Runs what asks the server, and again while it is busy. `last`: the highest number by which messages are called;
    /// `mailbox`: what it is about, if that is not the selected mailbox. What the server said last, with what is to be
    /// said about that if it is still busy.
    pub fn patiently(
        &self,
        again: Again,
        last: Option<u32>,
        mailbox: Option<&[u8]>,
        mut ask: impl FnMut() -> Completion,
    ) -> Completion {
        let limit = parameters::read_timeout();
        let mut waiting = Waiting::new(parameters::busy_wait(), limit);
        let opened = self.edit(|s| s.sequence);
        let before = self.begin_numbers();
        let done = loop {
            let mut done = ask();
            let Some(busy) = Busy::of(&done) else {
                break done;
            };
            // The program may have been called back meanwhile, and messages may have gone.
            let same = self.is_connected()
                && self.edit(|s| s.sequence) == opened
                && !last.is_some_and(|last| self.has_another_meaning(last));
            let host = self.host_of_connection();
            let quiet = self.edit(|s| s.silent() != 0);
            if same
                && waiting.refused(&host, busy, again, &done.text.raw, quiet, || ())
                && !self.is_closed()
            {
                continue;
            }
            let selected = self.selected_name();
            let about = mailbox.or(selected.as_deref());
            let conclusion = waiting.conclusion(&host, about, busy);
            done.text.raw.extend_from_slice(conclusion.as_bytes());
            break done;
        };
        self.end_numbers(before);
        done
    }

    /// As [`all_right`](Self::all_right), for what c-client keeps silent about when it fails: only that the server is busy is
    /// told.
    pub fn ok_or_busy(&self, done: &Completion) -> bool {
        let ok = self.ok(done);
        if Busy::of(done).is_some() {
            tell::log(&done.text.raw, ERROR);
        }
        ok
    }

    /// Says of a command that is not sent again what there is to say if the server was busy.
    pub fn concluded(&self, mut done: Completion) -> Completion {
        if let Some(busy) = Busy::of(&done) {
            let waiting = Waiting::new(Duration::ZERO, None);
            let selected = self.selected_name();
            let host = self.host_of_connection();
            let text = waiting.conclusion(&host, selected.as_deref(), busy);
            done.text.raw.extend_from_slice(text.as_bytes());
        }
        done
    }

    fn host_of_connection(&self) -> Vec<u8> {
        self.with(|live| live.host_name()).unwrap_or_default()
    }

    fn selected_name(&self) -> Option<Vec<u8>> {
        let name = |selected: &Selected| selected.mailbox.clone();
        self.with(|live| live.selected.as_ref().map(name)).flatten()
    }
}
