//! Runs commands for a stream: takes the conversation out, talks, puts it back, then tells the application.

use super::Entered;
use super::response_text::Level;
use crate::abi::constants::{BYE, ERROR, SC_EXPUNGEDEFERRED, WARN};
use crate::abi::parameters;
use crate::abi::tell;
use crate::imap::command::Command;
use crate::imap::connection::{Connection, Lost};
use crate::imap::response::Status;
use crate::imap::session::{Completion, Event};

impl Entered {
    /// Sends a command and waits for its end. Whatever the server said on the way has been told to the application when
    /// this returns. A lost connection is reported through mm_notify(BYE) and as a NO with a `[CLOSED]` text.
    pub fn exec(&self, command: &Command) -> Completion {
        if self.unsafe_to_interrupt() {
            return Completion::failure(
                "Message numbers are changing: command refused inside this callback",
            );
        }
        self.edit(|s| s.set_unhealthy(0));
        self.tell_sendcommand(command.name());
        // A referral is of the command that it answers.
        self.with(|live| live.referral = None);
        self.talk(|connection, events| connection.run(command, events))
            .unwrap_or_else(|lost| self.report_lost(&lost))
    }

    /// Runs `conversation` on the connection, which belongs to nobody else meanwhile, and delivers what came of it.
    ///
    /// # Errors
    /// [`Lost`], with the connection gone; the caller reports it.
    pub fn talk<R>(
        &self,
        conversation: impl FnOnce(&mut Connection, &mut Vec<Event>) -> Result<R, Lost>,
    ) -> Result<R, Lost> {
        let gone = || Lost {
            reason: String::new(),
            step: "lost",
        };
        let mut live = self.take().ok_or_else(gone)?;
        let Some(mut connection) = live.connection.take() else {
            self.put(live);
            return Err(gone());
        };
        connection
            .session_mut()
            .set_trace(self.edit(|s| s.debug() != 0));
        let mut events = Vec::new();
        let result = conversation(&mut connection, &mut events);
        live.pending.extend(events);
        if self.is_closed() {
            // A time-out hook has closed the stream meanwhile: nobody will ask for this connection again.
            connection.close();
            return result;
        }
        if result.is_ok() {
            live.connection = Some(connection);
        } else {
            let session = connection.session_mut();
            live.pending
                .extend(std::iter::from_fn(|| session.next_event()));
        }
        self.put(live);
        self.deliver();
        result
    }

    /// mm_notify(BYE) for a lost connection, and the completion its command gets.
    pub fn report_lost(&self, lost: &Lost) -> Completion {
        let text = if lost.reason.is_empty() {
            "[CLOSED] IMAP connection lost".to_owned()
        } else {
            let host = self.with(|live| live.host_name()).unwrap_or_default();
            format!(
                "[CLOSED] IMAP connection broken ({}) to {}: {}",
                lost.step,
                String::from_utf8_lossy(&host),
                lost.reason
            )
        };
        tell::notify(self.raw(), text.as_bytes(), BYE);
        Completion::failure(&text)
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

    /// Runs a command; on failure its text goes to mm_log(ERROR). Whether it was OK.
    pub fn exec_ok(&self, command: &Command) -> bool {
        let done = self.exec(command);
        let ok = self.ok(&done);
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

    fn tell_sendcommand(&self, name: &str) {
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
