//! One command after the other over a wire, within the time limits.

use std::time::{Duration, Instant};

use super::capability::Capabilities;
use super::lines::{Lines, unstuff};
use crate::limits;
use crate::sasl::{self, Mechanism};
use crate::transport::{Operation, Peer, TlsError, TlsOptions, Wire, WireError};

/// The connection is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// What was going on: `command`, `response`.
    pub step: &'static str,
    /// Why, if it is more than that the server hung up.
    pub reason: Option<String>,
}

/// The first line of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The whole line.
    pub line: Vec<u8>,
}

impl Reply {
    /// Whether it begins with `+`.
    pub fn is_ok(&self) -> bool {
        self.line.first() == Some(&b'+')
    }

    /// The challenge, still in base64, if it is one.
    pub fn challenge(&self) -> Option<&[u8]> {
        match &self.line[..] {
            b"+" => Some(&b""[..]),
            [b'+', b' ', rest @ ..] => Some(rest),
            _ => None,
        }
    }

    /// What stands after the first blank, or the whole line.
    pub fn text(&self) -> &[u8] {
        let blank = self.line.iter().position(|&b| b == b' ');
        blank.map_or(&self.line, |at| &self.line[at + 1..])
    }
}

/// A message, or the head of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Lines, each with CR LF.
    pub octets: Vec<u8>,
    /// How many of them are header, with the empty line after it; all, if there is no such line.
    pub header: usize,
}

/// How an authentication exchange ended.
#[derive(Debug)]
pub enum Exchange {
    /// The server gave its verdict.
    Verdict(Reply),
    /// We cancelled it because of what the server sent; the text says why.
    Cancelled(String),
    /// The server is not who it should be, by what it sent; the connection is closed.
    Untrusted(String),
}

/// A wire and what has come over it.
pub struct Connection {
    wire: Box<dyn Wire>,
    lines: Lines,
    /// Time limit of one read; `None` is for ever.
    read_timeout: Option<Duration>,
    /// When everything must be over: set while saying goodbye.
    until: Option<Instant>,
    /// Read buffer, kept between reads.
    buffer: Vec<u8>,
    /// What was said and heard, for the debug log; `None` when nobody wants it.
    trace: Option<Vec<Vec<u8>>>,
}

impl Connection {
    /// Over a wire that has just been connected.
    pub fn new(wire: Box<dyn Wire>, read_timeout: Option<Duration>) -> Self {
        Self {
            wire,
            lines: Lines::default(),
            read_timeout,
            until: None,
            buffer: Vec::new(),
            trace: None,
        }
    }

    /// Whether to keep lines for the debug log.
    pub fn set_trace(&mut self, wanted: bool) {
        self.trace = wanted.then(Vec::new);
    }

    /// The lines kept for the debug log.
    pub fn take_trace(&mut self) -> Vec<Vec<u8>> {
        self.trace.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Who is at the other end.
    pub fn peer(&self) -> &Peer {
        self.wire.peer()
    }

    /// Whether TLS is in effect.
    pub fn is_tls(&self) -> bool {
        self.wire.is_tls()
    }

    /// Closes the connection without a word.
    pub fn close(&mut self) {
        self.wire.close();
    }

    /// From now on everything must be over within that time.
    pub fn limit(&mut self, at_most: Option<Duration>) {
        self.until = at_most.map(|limit| Instant::now() + limit);
    }

    /// Waits for the first line of an answer, or the greeting.
    ///
    /// # Errors
    /// [`Lost`]
    pub fn reply(&mut self) -> Result<Reply, Lost> {
        let line = self.line(limits::POP3_LINE, &mut Progress::default())?;
        self.note(&line);
        Ok(Reply { line })
    }

    /// Sends a command and waits for the first line of the answer. `shown`: what the debug log has of it.
    ///
    /// # Errors
    /// [`Lost`]
    pub fn command(&mut self, command: &[u8], shown: &[u8]) -> Result<Reply, Lost> {
        if command.iter().any(|b| matches!(b, b'\r' | b'\n' | 0)) {
            // Nothing a caller says may become a command of its own.
            return Ok(Reply {
                line: b"-ERR Command with a line break or NUL not sent".to_vec(),
            });
        }
        self.note(shown);
        // All the room at once: a buffer that grew would leave copies of a password behind.
        let mut line = sasl::Secret::new(Vec::with_capacity(command.len() + 2));
        line.extend_from_slice(command);
        line.extend_from_slice(b"\r\n");
        self.send(&line)?;
        self.reply()
    }

    /// Reads the lines of a multi-line answer, its dots taken off.
    ///
    /// # Errors
    /// [`Lost`], also when the answer does not end within `limit` octets.
    pub fn each_line(&mut self, limit: usize, mut line: impl FnMut(&[u8])) -> Result<(), Lost> {
        let mut left = limit;
        let mut progress = Progress::default();
        loop {
            let got = self.line(left, &mut progress)?;
            let Some(text) = unstuff(&got) else {
                return Ok(());
            };
            line(text);
            left = match left.checked_sub(got.len() + 2) {
                Some(left) => left,
                None => return Err(self.endless()),
            };
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`Lost`]: a message of which the end did not come is none.
    pub fn text(&mut self) -> Result<Text, Lost> {
        let mut text = Text::default();
        let limit = usize::try_from(limits::LITERAL).unwrap_or(usize::MAX);
        self.each_line(limit, |line| {
            text.octets.extend_from_slice(line);
            text.octets.extend_from_slice(b"\r\n");
            if line.is_empty() && text.header == 0 {
                text.header = text.octets.len();
            }
        })?;
        if text.header == 0 {
            text.header = text.octets.len();
        }
        Ok(text)
    }

    /// Asks what the server can do.
    ///
    /// # Errors
    /// [`Lost`]
    pub fn capabilities(&mut self) -> Result<Capabilities, Lost> {
        if !self.command(b"CAPA", b"CAPA")?.is_ok() {
            return Ok(Capabilities::of_old_server());
        }
        let mut found = Capabilities {
            capa: true,
            ..Capabilities::default()
        };
        let mut heard = Vec::new();
        let tracing = self.trace.is_some();
        self.each_line(limits::POP3_CAPABILITIES, |line| {
            found.line(line);
            if tracing {
                heard.push(line.to_vec());
            }
        })?;
        if let Some(trace) = &mut self.trace {
            trace.append(&mut heard);
            trace.push(b".".to_vec());
        }
        Ok(found)
    }

    /// Puts TLS on the connection after the server's yes to STLS.
    ///
    /// # Errors
    /// The connection is closed then; also when something stood behind that yes.
    pub fn start_tls(&mut self, options: &TlsOptions) -> Result<(), TlsError> {
        let unread = self.lines.unread().to_vec();
        self.wire.set_deadline(None);
        self.wire.start_tls(options, &unread)?;
        self.lines = Lines::default();
        Ok(())
    }

    /// Runs an authentication exchange. The server speaks first, as c-client lets it.
    ///
    /// # Errors
    /// [`Lost`]
    pub fn authenticate(&mut self, mechanism: &mut dyn Mechanism) -> Result<Exchange, Lost> {
        let command = format!("AUTH {}", mechanism.name()).into_bytes();
        let mut reply = self.command(&command, &command)?;
        let mut cancelled = None;
        loop {
            let challenge = reply.challenge();
            let Some(challenge) = challenge else {
                // A yes to a cancelled exchange proves nothing.
                return Ok(match cancelled {
                    Some(reason) => Exchange::Cancelled(reason),
                    None if reply.is_ok() => match mechanism.finish(None) {
                        Ok(()) => Exchange::Verdict(reply),
                        Err(error) => self.distrust(&error),
                    },
                    None => Exchange::Verdict(reply),
                });
            };
            let answer = match cancelled {
                None => match sasl::wire::decode(challenge)
                    .and_then(|challenge| mechanism.respond(&challenge))
                {
                    Err(error) if error.is_untrusted() => return Ok(self.distrust(&error)),
                    other => other.map_err(|error| error.to_string()),
                },
                // It goes on asking after `*`.
                Some(reason) => {
                    self.wire.close();
                    return Ok(Exchange::Cancelled(reason));
                }
            };
            match answer {
                Ok(answer) => {
                    reply = self.answer(Some(&answer))?;
                    cancelled = None;
                }
                Err(reason) => {
                    reply = self.answer(None)?;
                    cancelled = Some(reason);
                }
            }
        }
    }

    fn distrust(&mut self, error: &sasl::SaslError) -> Exchange {
        self.wire.close();
        Exchange::Untrusted(error.to_string())
    }

    /// Answers a challenge, `None` cancels, and waits for what the server says then.
    ///
    /// # Errors
    /// [`Lost`]
    pub fn answer(&mut self, answer: Option<&[u8]>) -> Result<Reply, Lost> {
        match answer {
            Some(answer) => {
                let text = sasl::wire::encode(answer);
                let mut line = sasl::Secret::new(Vec::with_capacity(text.len() + 2));
                line.extend_from_slice(text.as_bytes());
                line.extend_from_slice(b"\r\n");
                self.note(b"<suppressed>");
                self.send(&line)?;
            }
            None => {
                self.note(b"*");
                self.send(b"*\r\n")?;
            }
        }
        self.reply()
    }

    /// What ties an authentication to the TLS connection.
    pub fn channel_bindings(&self) -> Vec<sasl::ChannelBinding> {
        self.wire.channel_bindings()
    }

    fn note(&mut self, line: &[u8]) {
        if let Some(trace) = &mut self.trace {
            trace.push(line.to_vec());
        }
    }

    fn send(&mut self, octets: &[u8]) -> Result<(), Lost> {
        self.wire.set_deadline(self.until);
        self.wire.write_all(octets).map_err(|error| {
            self.wire.close();
            lost("command", &error)
        })
    }

    /// The next line. The read time limit starts anew with each lot of octets only, so that a server that drips them, or
    /// lines of an answer, runs into it.
    fn line(&mut self, limit: usize, progress: &mut Progress) -> Result<Vec<u8>, Lost> {
        loop {
            match self.lines.next(limit) {
                Ok(Some(line)) => return Ok(line.to_vec()),
                Ok(None) => {}
                Err(_) => return Err(self.endless()),
            }
            if self.until.is_some_and(|until| Instant::now() >= until) {
                self.wire.close();
                return Err(lost("response", &WireError::TimedOut(Operation::Read)));
            }
            if progress.enough() {
                let limit = self.read_timeout.map(|limit| Instant::now() + limit);
                self.wire.set_deadline(match (limit, self.until) {
                    (Some(limit), Some(until)) => Some(limit.min(until)),
                    (limit, until) => limit.or(until),
                });
            }
            self.buffer.clear();
            match self.wire.read(&mut self.buffer) {
                Ok(0) => {
                    self.wire.close();
                    return Err(Lost {
                        step: "response",
                        reason: None,
                    });
                }
                Ok(got) => progress.since += got,
                Err(error) => {
                    self.wire.close();
                    return Err(lost("response", &error));
                }
            }
            self.lines.feed(&self.buffer);
        }
    }

    fn endless(&mut self) -> Lost {
        self.wire.close();
        Lost {
            step: "response",
            reason: Some("the server's answer does not end".to_owned()),
        }
    }
}

/// How much of an answer has come since the time limit was set.
struct Progress {
    since: usize,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            since: limits::PROGRESS,
        }
    }
}

impl Progress {
    /// Whether the limit is to be set anew; what comes counts from here on then.
    fn enough(&mut self) -> bool {
        let enough = self.since >= limits::PROGRESS;
        if enough {
            self.since = 0;
        }
        enough
    }
}

/// How a broken wire is told. That the server hung up needs no reason, as in c-client.
fn lost(step: &'static str, error: &WireError) -> Lost {
    let reason = match error {
        WireError::Closed | WireError::Io(..) => None,
        other => Some(other.to_string()),
    };
    Lost { step, reason }
}

#[cfg(test)]
mod tests;
