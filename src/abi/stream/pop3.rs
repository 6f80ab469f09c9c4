//! The POP3 side of one stream: what UW keeps in its POP3LOCAL.

use core::ffi::c_ulong;
use std::sync::Arc;

use super::Entered;
use crate::abi::constants::BYE;
use crate::abi::tell;
use crate::abi::types::MessageCache;
use crate::pop3::capability::Capabilities;
use crate::pop3::connection::{Connection, Lost, Reply, Text};

/// What is known of one message before it is looked at.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// The number it had when the mailbox was opened; the server goes on calling it so.
    number: u32,
    /// Octets, as LIST told; 0 when it did not.
    size: u64,
}

/// The POP3 side of one stream.
pub struct Pop3 {
    /// `None` once the connection is lost, and while a command runs.
    connection: Option<Connection>,
    /// What the server can do.
    pub capabilities: Capabilities,
    /// `/loser`: the server is not trusted to know TOP and LIST.
    pub loser: bool,
    messages: Vec<Known>,
    /// The message fetched last, with its number. Callers hold pointers into it until the next one.
    pub fetched: Option<(u32, Arc<Text>)>,
    /// What the server said last to an authenticator of the program's, or what c-client says of the lost connection.
    pub exchange: Option<Result<Reply, Vec<u8>>>,
}

impl Pop3 {
    /// For a connection that has just been made.
    pub fn new(connection: Connection, loser: bool) -> Self {
        Self {
            connection: Some(connection),
            capabilities: Capabilities::default(),
            loser,
            messages: Vec::new(),
            fetched: None,
            exchange: None,
        }
    }

    /// The connection, to look at.
    pub fn connection(&self) -> Option<&Connection> {
        self.connection.as_ref()
    }

    /// Gives the connection back.
    pub fn give_connection(&mut self, connection: Connection) {
        self.connection = Some(connection);
    }

    /// Takes the connection away.
    pub fn take_connection(&mut self) -> Option<Connection> {
        self.connection.take()
    }

    /// The mailbox has that many messages.
    pub fn fill(&mut self, count: u32) {
        self.messages = (1..=count)
            .map(|number| Known { number, size: 0 })
            .collect();
    }

    /// Keeps the size of a message, as LIST tells it.
    pub fn set_size(&mut self, msgno: u32, size: u64) {
        if let Some(message) = index(msgno).and_then(|at| self.messages.get_mut(at)) {
            message.size = size;
        }
    }

    /// Forgets an expunged message.
    pub fn expunge(&mut self, msgno: u32) {
        if let Some(at) = index(msgno).filter(|&at| at < self.messages.len()) {
            self.messages.remove(at);
        }
    }

    /// What the server calls a message; 0 if there is no such message. It is its UID here, too.
    pub fn number(&self, msgno: u32) -> u32 {
        let message = index(msgno).and_then(|at| self.messages.get(at));
        message.map_or(0, |message| message.number)
    }

    /// The place of a message that the server calls `number`; 0 if it is gone.
    pub fn msgno(&self, number: u32) -> u32 {
        let found = self
            .messages
            .binary_search_by_key(&number, |message| message.number);
        found.map_or(0, |at| u32::try_from(at + 1).unwrap_or(0))
    }

    /// Fills a new element. All messages are new here: POP3 has no flags.
    pub fn project(&self, msgno: u32, elt: &mut MessageCache) {
        let Some(message) = index(msgno).and_then(|at| self.messages.get(at)) else {
            return;
        };
        elt.private.uid = c_ulong::from(message.number);
        if elt.rfc822_size == 0 {
            elt.rfc822_size = c_ulong::try_from(message.size).unwrap_or(c_ulong::MAX);
        }
        if elt.valid() == 0 {
            elt.set_valid(1);
            elt.set_recent(1);
        }
    }
}

fn index(msgno: u32) -> Option<usize> {
    usize::try_from(msgno).ok()?.checked_sub(1)
}

/// What came of a command: an answer, or what c-client says when the connection broke.
pub struct Sent {
    /// The server said yes.
    pub ok: bool,
    /// The text of its answer, for the log.
    pub text: Vec<u8>,
}

impl From<Reply> for Sent {
    fn from(reply: Reply) -> Self {
        Self {
            ok: reply.is_ok(),
            text: reply.text().to_vec(),
        }
    }
}

impl Entered {
    /// Whether the connection of a POP3 stream stands.
    pub fn is_pop3_connected(&self) -> bool {
        self.with_pop3(|pop3| pop3.connection.is_some())
            .unwrap_or(false)
    }

    /// Runs `conversation` on the connection, which belongs to nobody else meanwhile.
    ///
    /// # Errors
    /// What c-client says of the lost connection; mm_notify has told it.
    pub fn pop3_talk<R>(
        &self,
        conversation: impl FnOnce(&mut Connection) -> Result<R, Lost>,
    ) -> Result<R, Vec<u8>> {
        let Some(mut connection) = self.with_pop3(Pop3::take_connection).flatten() else {
            return Err(self.pop3_lost("POP3 connection lost".to_owned()));
        };
        connection.set_trace(self.edit(|s| s.debug() != 0));
        let result = conversation(&mut connection);
        for line in connection.take_trace() {
            tell::dlog(&line);
        }
        match result {
            Ok(result) => {
                if self.is_closed() {
                    // A hook has closed the stream meanwhile: nobody will ask for this connection again.
                    connection.close();
                } else {
                    self.with_pop3(|pop3| pop3.connection = Some(connection));
                }
                Ok(result)
            }
            Err(lost) => {
                let mut text = format!("POP3 connection broken in {}", lost.step);
                if let Some(reason) = lost.reason {
                    text = format!("{text}: {reason}");
                }
                Err(self.pop3_lost(text))
            }
        }
    }

    fn pop3_lost(&self, text: String) -> Vec<u8> {
        tell::notify(self.raw(), text.as_bytes(), BYE);
        text.into_bytes()
    }

    /// Sends a command and waits for the first line of its answer.
    pub fn pop3_send(&self, command: &str) -> Sent {
        match self
            .pop3_talk(|connection| connection.command(command.as_bytes(), command.as_bytes()))
        {
            Ok(reply) => reply.into(),
            Err(text) => Sent { ok: false, text },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::scripted::Scripted;

    #[test]
    fn numbers_stay_when_messages_go() {
        let connection = Connection::new(Box::new(Scripted::new()), None);
        let mut pop3 = Pop3::new(connection, false);
        pop3.fill(4);
        pop3.set_size(3, 30);
        pop3.set_size(9, 90);
        pop3.expunge(2);
        pop3.expunge(0);
        pop3.expunge(7);
        assert_eq!(
            [0, 1, 2, 3, 4].map(|msgno| pop3.number(msgno)),
            [0, 1, 3, 4, 0]
        );
        assert_eq!(
            [0, 1, 2, 3, 4, 5].map(|number| pop3.msgno(number)),
            [0, 1, 0, 2, 3, 0]
        );
    }
}
