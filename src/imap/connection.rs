//! A session on a wire: runs commands to their end within the time limits.
//!
//! Blocking, without threads. What the server says on the way is handed over as events, in order; nothing here calls
//! the application.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::backlog;
use super::command::{Command, EncodeError};
use super::response::{Status, StatusText};
use super::session::{Completion, Event, Session, SessionError, Tag};
use crate::limits;
use crate::sasl::{self, Mechanism};
use crate::transport::{Certificate, Operation, Peer, TlsError, TlsOptions, Wire, WireError};

/// The connection is gone; the text says why, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// What happened, without host name.
    pub reason: String,
    /// What was going on, as UW names it in its `[CLOSED]` texts: `command`, `data`, `server response`, …
    pub step: &'static str,
    /// The other side, or the network, has ended it: no time limit of ours, and nothing that was said.
    pub hung_up: bool,
}

impl Lost {
    fn new(step: &'static str, reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            step,
            hung_up: false,
        }
    }
}

/// How an authentication exchange ended.
#[derive(Debug)]
pub enum Exchange {
    /// The server gave its verdict.
    Verdict(Completion),
    /// We cancelled it because of what the server sent; the text says why.
    Cancelled(String),
    /// The server is not who it should be, by what it sent; the connection is closed.
    Untrusted(String),
}

/// An exchange whose client is not a [`Mechanism`].
#[derive(Debug)]
pub enum ByHand {
    /// The server is to speak.
    Waits(Tag),
    /// The server has asked.
    Asked(Tag),
    /// It is over.
    Over(Completion),
}

/// A command's tag, if it was sent, and its completion.
pub type Answered = (Option<Tag>, Completion);

/// How many connections there have been.
static CONNECTIONS: AtomicU64 = AtomicU64::new(0);

/// A session and the wire it talks over.
pub struct Connection {
    session: Session,
    wire: Box<dyn Wire>,
    /// Time limit of one read; `None` is for ever.
    read_timeout: Option<Duration>,
    /// When everything must be over, whatever the other limits say: set while logging out.
    until: Option<Instant>,
    /// Read buffer, kept between reads.
    buffer: Vec<u8>,
    /// Which connection of this process it is.
    serial: u64,
}

impl Connection {
    /// Over a wire that has just been connected.
    pub fn new(wire: Box<dyn Wire>, read_timeout: Option<Duration>) -> Self {
        Self {
            session: Session::new(),
            wire,
            read_timeout,
            until: None,
            buffer: Vec::new(),
            serial: CONNECTIONS.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The session, to change how it works.
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Changes the time limit of one read.
    pub fn set_read_timeout(&mut self, limit: Option<Duration>) {
        self.read_timeout = limit;
    }

    /// Who is at the other end.
    pub fn peer(&self) -> &Peer {
        self.wire.peer()
    }

    /// Whether TLS is in effect.
    pub fn is_tls(&self) -> bool {
        self.wire.is_tls()
    }

    /// Waits for the greeting.
    ///
    /// # Errors
    /// [`Lost`] when none comes, or it is no greeting.
    pub fn greeting(&mut self, events: &mut Vec<Event>) -> Result<(Status, StatusText), Lost> {
        loop {
            while let Some(event) = self.session.next_event() {
                if let Event::Greeting { status, text } = event {
                    return Ok((status, text));
                }
                backlog::keep(events, event);
            }
            self.read("server response")?;
        }
    }

    /// Sends a command and waits until it is done; everything else that happened is appended to `events`.
    ///
    /// # Errors
    /// [`Lost`] when the connection breaks or a time limit passes; it is closed then.
    pub fn run(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<Completion, Lost> {
        match self.session.submit(command) {
            Ok(tag) => self.finish(tag, events),
            Err(error) => Ok(refused(command, error)),
        }
    }

    /// As [`run`](Self::run), with another command sent ahead in the same go, whose completion is nobody's business. `sent`
    /// becomes whether all of the command has been written.
    ///
    /// # Errors
    /// As there.
    pub fn run_behind(
        &mut self,
        ahead: Option<&Command>,
        command: &Command,
        sent: &mut bool,
        events: &mut Vec<Event>,
    ) -> Result<Completion, Lost> {
        let ahead = ahead.and_then(|ahead| self.session.submit(ahead).ok());
        let tag = match self.session.submit(command) {
            Ok(tag) => tag,
            Err(error) => return Ok(refused(command, error)),
        };
        let result = self.flush().and_then(|()| {
            let result = self.finish(tag, events);
            *sent = self.session.queued() == 0;
            result
        });
        events.retain(|event| !matches!(event, Event::Done(done, _) if Some(*done) == ahead));
        result
    }

    /// Sends commands in one go and waits until all are done; tags and completions, in order. No tag: not sent. Long ones
    /// go in portions of [`limits::PIPELINE`] octets.
    ///
    /// # Errors
    /// [`Lost`] as for [`run`](Self::run).
    pub fn run_all(
        &mut self,
        commands: &[Command],
        events: &mut Vec<Event>,
    ) -> Result<Vec<Answered>, Lost> {
        self.run_all_and(commands, false, events)
    }

    /// As [`run_all`](Self::run_all), with an IDLE behind them if `idle`, or if they end one.
    ///
    /// # Errors
    /// As there.
    pub fn run_within_idle(
        &mut self,
        commands: &[Command],
        idle: bool,
        events: &mut Vec<Event>,
    ) -> Result<Vec<Answered>, Lost> {
        let idle = idle || self.session.has_idle();
        self.run_all_and(commands, idle, events)
    }

    fn run_all_and(
        &mut self,
        commands: &[Command],
        idle: bool,
        events: &mut Vec<Event>,
    ) -> Result<Vec<Answered>, Lost> {
        let mut done = Vec::with_capacity(commands.len());
        let mut waiting: VecDeque<Result<Tag, Completion>> = VecDeque::new();
        for command in commands {
            waiting.push_back(
                self.session
                    .submit(command)
                    .map_err(|error| refused(command, error)),
            );
            if self.session.queued() > limits::PIPELINE {
                self.finish_all(&mut waiting, events, &mut done)?;
            }
        }
        if idle {
            self.session.idle();
        }
        self.finish_all(&mut waiting, events, &mut done)?;
        Ok(done)
    }

    fn finish_all(
        &mut self,
        waiting: &mut VecDeque<Result<Tag, Completion>>,
        events: &mut Vec<Event>,
        done: &mut Vec<Answered>,
    ) -> Result<(), Lost> {
        for sent in waiting.drain(..) {
            done.push(match sent {
                Ok(tag) => (Some(tag), self.finish(tag, events)?),
                Err(completion) => (None, completion),
            });
        }
        Ok(())
    }

    /// Sends a command whose answer is read later: with those of the next commands, or by [`finish`](Self::finish) or
    /// [`settle`](Self::settle).
    ///
    /// # Errors
    /// The completion of a command that cannot be sent, or [`Lost`].
    pub fn post(&mut self, command: &Command) -> Result<Result<Tag, Completion>, Lost> {
        match self.session.submit(command) {
            Ok(tag) => self.flush().map(|()| Ok(tag)),
            Err(error) => Ok(Err(refused(command, error))),
        }
    }

    /// Begins an IDLE, whose end needs no call, and waits for nothing.
    ///
    /// # Errors
    /// [`Lost`]
    pub fn idle(&mut self) -> Result<(), Lost> {
        self.session.idle();
        self.flush()
    }

    /// Ends an IDLE, if one goes on, and waits for that.
    ///
    /// # Errors
    /// [`Lost`] as for [`run`](Self::run).
    pub fn end_idle(&mut self, events: &mut Vec<Event>) -> Result<(), Lost> {
        match self.session.end_idle() {
            Some(tag) => self.finish(tag, events).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Waits for the end of a command that was sent before.
    ///
    /// # Errors
    /// [`Lost`] as for [`run`](Self::run).
    pub fn finish(&mut self, tag: Tag, events: &mut Vec<Event>) -> Result<Completion, Lost> {
        // A server may have answered it before another one that was waited for (RFC 9051 section 5.5).
        let earlier = |event: &Event| matches!(event, Event::Done(done, _) if *done == tag);
        if let Some(at) = events.iter().position(earlier)
            && let Event::Done(_, done) = events.remove(at)
        {
            return Ok(done);
        }
        loop {
            if let Some(done) = self.drain(tag, events) {
                return Ok(done);
            }
            self.flush()?;
            self.read("server response")?;
        }
    }

    /// Waits until no command sent before waits for its answer.
    ///
    /// # Errors
    /// [`Lost`] as for [`run`](Self::run).
    pub fn settle(&mut self, events: &mut Vec<Event>) -> Result<(), Lost> {
        loop {
            while let Some(event) = self.session.next_event() {
                backlog::keep(events, event);
            }
            if !self.session.is_waiting() {
                return Ok(());
            }
            self.flush()?;
            self.read("server response")?;
        }
    }

    /// Takes what the server has said by itself, without waiting.
    ///
    /// # Errors
    /// [`Lost`] when it has hung up, or said what cannot be right.
    pub fn glance(&mut self, events: &mut Vec<Event>) -> Result<(), Lost> {
        while self
            .wire
            .wait_readable(Duration::ZERO)
            .map_err(|error| self.lost("command", &error))?
        {
            self.read("command")?;
        }
        while let Some(event) = self.session.next_event() {
            backlog::keep(events, event);
        }
        Ok(())
    }

    /// Which connection of this process it is: no other has or had the same number.
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// A second descriptor of the socket, to wait for what comes.
    pub fn duplicate(&self) -> Option<OwnedFd> {
        self.wire.duplicate()
    }

    /// As [`glance`](Self::glance), but never waits, asks nobody, and leaves a broken connection to whoever uses it next to
    /// find and report. Whether it still stands.
    pub fn look(&mut self, events: &mut Vec<Event>) -> bool {
        let alive = self.take_what_came();
        while let Some(event) = self.session.next_event() {
            backlog::keep(events, event);
        }
        alive
    }

    fn take_what_came(&mut self) -> bool {
        // Who sends on and on is read on when it is his turn again.
        for _ in 0..limits::LOOKS {
            match self.wire.wait_readable(Duration::ZERO) {
                Ok(true) => {}
                Ok(false) => return true,
                Err(_) => return false,
            }
            self.buffer.clear();
            // The end of the stream is there at the next read, too.
            if !matches!(self.wire.read(&mut self.buffer), Ok(1..)) {
                return false;
            }
            if self.session.receive(&self.buffer).is_err() {
                self.wire.close();
                return false;
            }
        }
        true
    }

    /// As [`idle`](Self::idle), if that can be written without waiting.
    ///
    /// # Errors
    /// [`Lost`]
    pub fn idle_now(&mut self) -> Result<(), Lost> {
        if self.wire.takes_octets() {
            self.idle()?;
        }
        Ok(())
    }

    /// Waits until the server says something by itself, `at_most` that long, and takes it; whether it did.
    ///
    /// # Errors
    /// [`Lost`] as for [`glance`](Self::glance).
    pub fn listen(&mut self, at_most: Duration, events: &mut Vec<Event>) -> Result<bool, Lost> {
        self.wire.set_deadline(None);
        let heard = self
            .wire
            .wait_readable(at_most)
            .map_err(|error| self.lost("server response", &error))?;
        self.glance(events)?;
        Ok(heard)
    }

    /// Runs an authentication exchange (RFC 9051 section 6.2.2; RFC 4959 where the server offers it).
    ///
    /// # Errors
    /// [`Lost`] when the connection breaks or a time limit passes.
    ///
    /// `ahead`: a command for after the login, which is sent along when the server has nothing more to ask; its tag, and it
    /// is awaited by [`finish`](Self::finish). If the login fails, it has failed too.
    pub fn authenticate(
        &mut self,
        mechanism: &mut dyn Mechanism,
        ahead: Option<&Command>,
        events: &mut Vec<Event>,
    ) -> Result<(Exchange, Option<Tag>), Lost> {
        let (exchange, sent) = self.exchange(mechanism, ahead, events)?;
        let refused = !matches!(&exchange, Exchange::Verdict(done) if done.is_ok());
        match sent {
            // Refused as well; its completion is no news.
            Some(tag) if refused => {
                if !matches!(exchange, Exchange::Untrusted(_)) && self.session.awaits(tag) {
                    // A server that hangs up on it has said what counts before.
                    let _ = self.finish(tag, events);
                }
                Ok((exchange, None))
            }
            sent => Ok((exchange, sent)),
        }
    }

    fn exchange(
        &mut self,
        mechanism: &mut dyn Mechanism,
        ahead: Option<&Command>,
        events: &mut Vec<Event>,
    ) -> Result<(Exchange, Option<Tag>), Lost> {
        let initial = if self.session.capabilities().sasl_ir {
            mechanism.initial_response()
        } else {
            None
        };
        let at_once = initial.is_some() && mechanism.asks_nothing();
        let mut command = Command::new("AUTHENTICATE").atom(mechanism.name());
        if let Some(secret) = initial {
            command = command.initial_response(sasl::wire::encode(&secret).as_bytes());
        }
        let tag = match self.session.submit(&command) {
            Ok(tag) => tag,
            Err(error) => return Ok((Exchange::Verdict(refused(&command, error)), None)),
        };
        let mut ahead = ahead;
        let mut send_ahead = |session: &mut Session| session.submit(ahead.take()?).ok();
        let mut sent = if at_once {
            send_ahead(&mut self.session)
        } else {
            None
        };
        let mut cancelled = None;
        let mut challenges = 0;
        loop {
            if challenges > limits::CHALLENGES {
                self.wire.close();
                let reason = format!("server asked more than {} times", limits::CHALLENGES);
                return Err(Lost::new("authenticate", reason));
            }
            while let Some(event) = self.session.next_event() {
                match event {
                    Event::Done(done, completion) if done == tag => {
                        // An OK to a cancelled exchange proves nothing.
                        let exchange = match cancelled {
                            Some(reason) => Exchange::Cancelled(reason),
                            None if completion.status == Status::Ok => {
                                match mechanism.finish(None) {
                                    Ok(()) => Exchange::Verdict(completion),
                                    Err(error) => self.distrust(&error),
                                }
                            }
                            None => Exchange::Verdict(completion),
                        };
                        return Ok((exchange, sent));
                    }
                    Event::Challenge(_) if sent.is_some() => {
                        // What we have sent along is now taken for an answer.
                        self.wire.close();
                        let reason = "server asks for more than it should need";
                        return Err(Lost::new("authenticate", reason));
                    }
                    Event::Challenge(challenge) if cancelled.is_none() => {
                        challenges += 1;
                        let answer = sasl::wire::decode(&challenge)
                            .and_then(|challenge| mechanism.respond(&challenge))
                            .map(|answer| sasl::wire::encode(&answer));
                        match answer {
                            Ok(line) => {
                                self.session.respond(line.as_bytes());
                                if mechanism.asks_nothing() {
                                    sent = send_ahead(&mut self.session);
                                }
                            }
                            Err(error) if error.is_untrusted() => {
                                return Ok((self.distrust(&error), sent));
                            }
                            Err(error) => {
                                cancelled = Some(error.to_string());
                                self.session.respond(b"*");
                            }
                        }
                    }
                    Event::Challenge(_) => {
                        challenges += 1;
                        self.session.respond(b"*");
                    }
                    other => backlog::keep(events, other),
                }
            }
            self.flush()?;
            self.read("authenticate")?;
        }
    }

    fn distrust(&mut self, error: &sasl::SaslError) -> Exchange {
        self.wire.close();
        Exchange::Untrusted(error.to_string())
    }

    /// Begins an exchange that goes on by [`next_step`](Self::next_step) and [`answer`](Self::answer).
    ///
    /// # Errors
    /// [`Lost`]
    pub fn begin_exchange(&mut self, name: &str) -> Result<ByHand, Lost> {
        let command = Command::new("AUTHENTICATE").astring(name.as_bytes());
        let tag = match self.session.submit(&command) {
            Ok(tag) => tag,
            Err(error) => return Ok(ByHand::Over(refused(&command, error))),
        };
        self.flush()?;
        Ok(ByHand::Waits(tag))
    }

    /// Waits for the next challenge, still in base64, or for the end.
    ///
    /// # Errors
    /// [`Lost`]
    pub fn next_step(
        &mut self,
        tag: Tag,
        events: &mut Vec<Event>,
    ) -> Result<Result<Vec<u8>, Completion>, Lost> {
        loop {
            while let Some(event) = self.session.next_event() {
                match event {
                    Event::Done(done, completion) if done == tag => return Ok(Err(completion)),
                    Event::Challenge(challenge) => return Ok(Ok(challenge)),
                    other => events.push(other),
                }
            }
            self.flush()?;
            self.read("authenticate")?;
        }
    }

    /// Answers a challenge; `None` cancels.
    ///
    /// # Errors
    /// [`Lost`]
    pub fn answer(&mut self, answer: Option<&[u8]>) -> Result<(), Lost> {
        match answer {
            Some(answer) => self.session.respond(sasl::wire::encode(answer).as_bytes()),
            None => self.session.respond(b"*"),
        }
        self.flush()
    }

    /// The certificate that the server has shown.
    pub fn certificate(&self) -> Option<Certificate> {
        self.wire.certificate()
    }

    /// What ties an authentication to the TLS connection.
    pub fn channel_bindings(&self) -> Vec<sasl::ChannelBinding> {
        self.wire.channel_bindings()
    }

    /// Puts TLS on the connection after the server's OK to STARTTLS. All that was known of the server is forgotten
    /// (RFC 9051 section 6.2.1).
    ///
    /// # Errors
    /// The connection is closed then.
    pub fn start_tls(&mut self, options: &TlsOptions) -> Result<(), TlsError> {
        let unread = self.session.unread();
        self.wire.set_deadline(None);
        self.wire.start_tls(options, &unread)?;
        self.session.forget_capabilities();
        Ok(())
    }

    /// Queues a command that goes out with the next one that is run; nobody waits for its answer.
    pub fn queue(&mut self, command: &Command) {
        // What cannot be written is not worth sending.
        let _ = self.session.submit(command);
    }

    /// Says LOGOUT and waits for the answer, `at_most` that long in all, however busy the server is with other things.
    ///
    /// # Errors
    /// [`Lost`] when the server does not answer in time.
    pub fn logout(
        &mut self,
        at_most: Option<Duration>,
        events: &mut Vec<Event>,
    ) -> Result<Completion, Lost> {
        self.until = at_most.map(|limit| Instant::now() + limit);
        self.run(&Command::new("LOGOUT"), events)
    }

    /// Closes the connection without a word.
    pub fn close(&mut self) {
        self.wire.close();
    }

    /// Moves events up to the completion of `tag`.
    fn drain(&mut self, tag: Tag, events: &mut Vec<Event>) -> Option<Completion> {
        while let Some(event) = self.session.next_event() {
            match event {
                Event::Done(done, completion) if done == tag => return Some(completion),
                other => backlog::keep(events, other),
            }
        }
        None
    }

    /// Writes what may be written now.
    fn flush(&mut self) -> Result<(), Lost> {
        let bytes = self.session.output();
        if bytes.is_empty() {
            return Ok(());
        }
        self.wire.set_deadline(self.until);
        self.wire
            .write_all(&bytes)
            .map_err(|error| self.lost("command", &error))
    }

    /// Reads until something whole has come, or a good deal more of something large: a server that drips octets runs
    /// into the read time limit all the same.
    fn read(&mut self, step: &'static str) -> Result<(), Lost> {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            // A server that talks without end never makes the wire wait, which is where deadlines strike.
            return Err(self.lost(step, &WireError::TimedOut(Operation::Read)));
        }
        let limit = self.read_timeout.map(|limit| Instant::now() + limit);
        self.wire.set_deadline(match (limit, self.until) {
            (Some(limit), Some(until)) => Some(limit.min(until)),
            (limit, until) => limit.or(until),
        });
        let mut since = 0;
        loop {
            self.buffer.clear();
            let got = match self.wire.read(&mut self.buffer) {
                Ok(0) => {
                    self.wire.close();
                    return Err(Lost {
                        hung_up: true,
                        ..Lost::new(step, "server closed the connection")
                    });
                }
                Ok(got) => got,
                Err(error) => return Err(self.lost(step, &error)),
            };
            since += got;
            let whole = self
                .session
                .receive(&self.buffer)
                .map_err(|error: SessionError| {
                    self.wire.close();
                    Lost::new(step, error.to_string())
                })?;
            if whole || since >= limits::PROGRESS {
                return Ok(());
            }
        }
    }

    fn lost(&mut self, step: &'static str, error: &WireError) -> Lost {
        self.wire.close();
        Lost {
            hung_up: matches!(error, WireError::Io(..)),
            ..Lost::new(step, error.to_string())
        }
    }
}

/// The completion of a command that was not sent.
fn refused(command: &Command, error: EncodeError) -> Completion {
    Completion::failure(&format!("{} not sent: {error}", command.name()))
}

#[cfg(test)]
mod tests;
