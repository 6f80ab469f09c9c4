//! One IMAP conversation without I/O: octets in, events and octets out (RFC 9051 section 3, 5.5, 7).
//!
//! [`Session::submit`] queues a command, [`Session::output`] gives what may be written now, [`Session::receive`] takes
//! what was read, [`Session::next_event`] tells what came of it, in the server's order. Commands may be submitted
//! before earlier ones are done; their completions come in the event stream.
//!
//! Nothing here calls anybody: who wants to hear of new mail reads the events.

use std::cmp::Ordering;
use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::backlog::{self, Backlog};
use super::capability::Capabilities;
use super::command::{Command, EncodeError, EncodeOptions, Piece};
use super::frame::{Frame, FrameError, Framer};
use super::response::{self, ParseError};
use super::response::{Code, Number, Response, Status, StatusText, Untagged};
use crate::limits;

/// Names one submitted command of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag(u32);

impl Tag {
    fn text(self) -> String {
        format!("{:08x}", self.0)
    }

    /// Whether a server that writes `tag` means this one.
    pub fn is(self, tag: &[u8]) -> bool {
        self.text().as_bytes().eq_ignore_ascii_case(tag)
    }
}

/// Where the conversation stands (RFC 9051 section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing received yet.
    Greeting,
    /// Before login: only capabilities and status responses count (CVE-2021-38370).
    NotAuthenticated,
    /// Logged in, no mailbox selected.
    Authenticated,
    /// A mailbox is selected, or being selected.
    Selected,
    /// The server said BYE.
    Logout,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// OK, NO or BAD.
    pub status: Status,
    /// Code and text of the tagged response.
    pub text: StatusText,
}

impl Completion {
    /// A NO made here, for what the server cannot be asked, or did not answer.
    pub fn failure(text: &str) -> Self {
        let text = text.as_bytes().to_vec();
        Self {
            status: Status::No,
            text: StatusText {
                code: None,
                text: text.clone(),
                raw: text,
            },
        }
    }

    /// Whether the server said OK.
    pub fn is_ok(&self) -> bool {
        self.status == Status::Ok
    }
}

/// What the server did, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The greeting: OK, PREAUTH or BYE; anything else is the caller's to refuse.
    Greeting {
        /// Condition of the greeting.
        status: Status,
        /// Its text.
        text: StatusText,
    },
    /// Untagged data that is legal in the present state; message numbers are within the mailbox.
    Untagged(Untagged),
    /// A FETCH response about that message of the mailbox, to be read when its turn comes: there may be many, and what is
    /// read is larger.
    Fetch(Number, Frame),
    /// A continuation request that no literal waited for: the next challenge of an authentication exchange.
    Challenge(Vec<u8>),
    /// A command ended.
    Done(Tag, Completion),
    /// The server said something that cannot be right; it was ignored. Text for the log, bounded.
    Trouble(String),
    /// Untagged data as it came, more of it than is good to have ready in memory. See [`Backlog`].
    Backlog(Backlog),
    /// A line of protocol telemetry, secrets already replaced (only if asked for with [`Session::set_trace`]).
    Trace(Vec<u8>),
}

/// Why a conversation cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionError {
    /// The stream cannot be framed any more.
    Frame(FrameError),
    /// Untagged data of one command passed this many octets: [`limits::UNTAGGED_PER_COMMAND`], or
    /// [`limits::LITERALS_PER_COMMAND`].
    Flood(u64),
    /// More than [`limits::RESPONSES_PER_COMMAND`].
    Endless,
    /// The greeting was no greeting.
    BadGreeting(String),
}

impl std::fmt::Display for SessionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Frame(e) => e.fmt(f),
            Self::Flood(limit) => write!(
                f,
                "server sent more than {limit} octets of untagged data for one command"
            ),
            Self::Endless => write!(
                f,
                "server sent more than {} responses to one command",
                limits::RESPONSES_PER_COMMAND
            ),
            Self::BadGreeting(line) => write!(f, "server greeted with \"{line}\""),
        }
    }
}

impl std::error::Error for SessionError {}

/// What a completion changes besides ending its command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    None,
    /// SELECT, EXAMINE: OK selects; anything else leaves nothing selected.
    Select,
    /// CLOSE, UNSELECT.
    Unselect,
    /// LOGIN, AUTHENTICATE: OK authenticates.
    Login,
    /// IDLE: a server that refuses it is not asked again.
    Idle,
}

struct InFlight {
    tag: Tag,
    effect: Effect,
    /// Continuation requests are challenges (AUTHENTICATE).
    interactive: bool,
    /// An IDLE that goes on until we say DONE.
    idle: bool,
}

enum Outgoing {
    /// The octets a command begins with.
    Begin(Tag, Zeroizing<Vec<u8>>),
    /// Later octets of a command.
    More(Tag, Zeroizing<Vec<u8>>),
    /// An answer to a challenge.
    Answer(Zeroizing<Vec<u8>>),
    /// Wait for `+` before writing on; the tag tells whose literal it is.
    Continuation(Tag),
}

impl Outgoing {
    /// Whether it is a piece of that command.
    fn is_of(&self, tag: Tag) -> bool {
        match self {
            Self::Begin(of, _) | Self::More(of, _) | Self::Continuation(of) => *of == tag,
            Self::Answer(_) => false,
        }
    }
}

/// What came while a command runs.
#[derive(Default)]
struct Brought {
    /// Responses of any kind.
    responses: u64,
    /// Octets of lines.
    octets: u64,
    /// Octets of literals.
    literals: u64,
    /// Untagged responses that are events.
    events: usize,
    /// Those of them that answer searches.
    answers: usize,
    /// Complaints.
    troubles: usize,
}

/// One conversation.
pub struct Session {
    framer: Framer,
    state: State,
    capabilities: Capabilities,
    /// Whether `capabilities` were told since the last change of state that makes them stale.
    capabilities_known: bool,
    outgoing: VecDeque<Outgoing>,
    in_flight: VecDeque<InFlight>,
    events: VecDeque<Event>,
    next_tag: u32,
    /// Messages in the mailbox as the responses read so far tell.
    exists: Number,
    /// What the command under way has brought so far.
    brought: Brought,
    /// [`limits::UNTAGGED_PER_COMMAND`], but in tests.
    flood: u64,
    trace: bool,
}

impl Session {
    /// A conversation that awaits the greeting.
    pub fn new() -> Self {
        Self {
            framer: Framer::new(limits::Limits::default()),
            state: State::Greeting,
            capabilities: Capabilities::ancient(),
            capabilities_known: false,
            outgoing: VecDeque::new(),
            in_flight: VecDeque::new(),
            events: VecDeque::new(),
            next_tag: 0,
            exists: 0,
            brought: Brought::default(),
            flood: limits::UNTAGGED_PER_COMMAND,
            trace: false,
        }
    }

    /// Turns protocol telemetry on or off.
    pub fn set_trace(&mut self, on: bool) {
        self.trace = on;
    }

    /// Where the conversation stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// What the server can do, as far as known.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Whether the server told its capabilities since they last became stale.
    pub fn capabilities_known(&self) -> bool {
        self.capabilities_known
    }

    /// Forgets the capabilities, as after STARTTLS (RFC 9051 section 6.2.1) or a CAPABILITY command that failed.
    pub fn forget_capabilities(&mut self) {
        self.capabilities = Capabilities::ancient();
        self.capabilities_known = false;
    }

    /// The server offers ESEARCH (RFC 4731) and does not know what it is.
    pub fn disbelieve_esearch(&mut self) {
        self.capabilities.esearch = false;
    }

    /// The server offers CONDSTORE (RFC 7162) and does not know what it is.
    pub fn disbelieve_condstore(&mut self) {
        self.capabilities.condstore = false;
    }

    /// Takes what was received and not understood yet, events included. After the OK to STARTTLS there must be none:
    /// it came in clear and would be taken for something that came through TLS (response injection).
    pub fn unread(&mut self) -> Vec<u8> {
        let mut unread = self.framer.take_buffered();
        if self.events.iter().any(|e| !matches!(e, Event::Trace(_))) {
            unread.extend_from_slice(b"*");
        }
        unread
    }

    /// Whether a command awaits its completion; an IDLE does not count, it waits for us.
    pub fn is_waiting(&self) -> bool {
        self.in_flight.iter().any(|f| !f.idle)
    }

    /// Whether that command awaits its completion.
    pub fn awaits(&self, tag: Tag) -> bool {
        self.in_flight.iter().any(|f| f.tag == tag)
    }

    /// Whether the server tells of changes by itself: it has accepted an IDLE (RFC 2177) that goes on.
    pub fn is_idling(&self) -> bool {
        let asked = |tag| {
            let waits = |o: &Outgoing| matches!(o, Outgoing::Continuation(of) if *of == tag);
            self.outgoing.iter().any(waits)
        };
        self.in_flight.iter().any(|f| f.idle && !asked(f.tag))
    }

    /// Whether an IDLE goes on, or has been asked for.
    pub fn has_idle(&self) -> bool {
        self.in_flight.iter().any(|f| f.idle)
    }

    /// The IDLE that goes on, or has been asked for.
    pub fn idle_tag(&self) -> Option<Tag> {
        self.in_flight.iter().find(|f| f.idle).map(|f| f.tag)
    }

    /// Octets that wait to be written, those behind a literal that the server has to ask for included.
    pub fn queued(&self) -> usize {
        let size = |o: &Outgoing| match o {
            Outgoing::Begin(_, bytes) | Outgoing::More(_, bytes) | Outgoing::Answer(bytes) => {
                bytes.len()
            }
            Outgoing::Continuation(_) => 0,
        };
        self.outgoing.iter().map(size).sum()
    }

    /// Queues an IDLE. It ends by itself before the next command. Nothing is queued where one goes on already.
    pub fn idle(&mut self) {
        if self.has_idle() {
            return;
        }
        if let Ok(tag) = self.submit(&Command::new("IDLE")) {
            self.outgoing.push_back(Outgoing::Continuation(tag));
        }
    }

    /// Queues the end of an IDLE. Where the server has not accepted it yet, the end waits for that.
    pub fn end_idle(&mut self) -> Option<Tag> {
        let flight = self.in_flight.iter_mut().find(|f| f.idle)?;
        // From now on it is a command like any other, whose completion comes.
        flight.idle = false;
        let tag = flight.tag;
        self.outgoing
            .push_back(Outgoing::More(tag, Zeroizing::new(b"DONE\r\n".to_vec())));
        if self.trace {
            self.events.push_back(Event::Trace(b"DONE".to_vec()));
        }
        Some(tag)
    }

    /// Queues a command. Its completion comes as [`Event::Done`] with the tag returned.
    ///
    /// # Errors
    /// [`EncodeError`] if an argument cannot be written; then nothing was queued.
    pub fn submit(&mut self, command: &Command) -> Result<Tag, EncodeError> {
        let tag = Tag(self.next_tag);
        let encoded = command.encode(
            &tag.text(),
            EncodeOptions {
                literal_plus: self.capabilities.literal_plus,
                literal_minus: self.capabilities.literal_minus,
                binary: self.capabilities.binary,
            },
        )?;
        self.end_idle();
        self.next_tag = self.next_tag.wrapping_add(1);
        let effect = match command.name() {
            "SELECT" | "EXAMINE" => Effect::Select,
            "CLOSE" | "UNSELECT" => Effect::Unselect,
            "LOGIN" | "AUTHENTICATE" => Effect::Login,
            "IDLE" => Effect::Idle,
            _ => Effect::None,
        };
        if effect == Effect::Login {
            // What was told before login is no word on what comes after (RFC 9051 section 6.2).
            self.capabilities_known = false;
        }
        if effect == Effect::Select && matches!(self.state, State::Authenticated | State::Selected)
        {
            // What comes now belongs to the new mailbox; the caller never selects with data of the old one under way.
            self.exists = 0;
            self.state = State::Selected;
        }
        if self.trace {
            self.events
                .extend(encoded.telemetry.into_iter().map(Event::Trace));
        }
        let mut begun = false;
        for piece in encoded.pieces {
            let bytes = match piece {
                Piece::Bytes(bytes) => Zeroizing::new(bytes),
                Piece::Secret(bytes) => bytes,
                Piece::Synchronise => {
                    self.outgoing.push_back(Outgoing::Continuation(tag));
                    continue;
                }
            };
            self.outgoing.push_back(if begun {
                Outgoing::More(tag, bytes)
            } else {
                Outgoing::Begin(tag, bytes)
            });
            begun = true;
        }
        self.in_flight.push_back(InFlight {
            tag,
            effect,
            interactive: command.name() == "AUTHENTICATE",
            idle: effect == Effect::Idle,
        });
        Ok(tag)
    }

    /// Queues a raw line: the answer to a [`Event::Challenge`], already encoded, without CRLF. Never traced.
    pub fn respond(&mut self, line: &[u8]) {
        if self.trace {
            self.events
                .push_back(Event::Trace(b"<suppressed>".to_vec()));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(line.len() + 2));
        bytes.extend_from_slice(line);
        bytes.extend_from_slice(b"\r\n");
        self.outgoing.push_back(Outgoing::Answer(bytes));
    }

    /// The octets that may be written now; empty when a literal waits for its continuation, or nothing is queued.
    pub fn output(&mut self) -> Zeroizing<Vec<u8>> {
        let waits = |o: &Outgoing| matches!(o, Outgoing::Continuation(_));
        let ready = self
            .outgoing
            .iter()
            .position(waits)
            .unwrap_or(self.outgoing.len());
        let mut pieces: Vec<_> = self
            .outgoing
            .drain(..ready)
            .filter_map(|piece| match piece {
                Outgoing::Begin(_, bytes) | Outgoing::More(_, bytes) | Outgoing::Answer(bytes) => {
                    Some(bytes)
                }
                Outgoing::Continuation(_) => None,
            })
            .collect();
        if pieces.len() < 2 {
            return pieces.pop().unwrap_or_default();
        }
        // Made in its full size at once: growing would leave a copy of a password behind.
        let size = pieces.iter().map(|piece| piece.len()).sum();
        let mut all = Zeroizing::new(Vec::with_capacity(size));
        for piece in pieces {
            all.extend_from_slice(&piece);
        }
        all
    }

    /// Takes octets as they were received. Returns whether a whole response was among them.
    ///
    /// # Errors
    /// [`SessionError`] when the conversation cannot go on; what was understood before stays in the event queue.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<bool, SessionError> {
        self.framer.push(bytes);
        let mut whole = false;
        while let Some(frame) = self.framer.next_frame().map_err(SessionError::Frame)? {
            self.take_frame(frame)?;
            whole = true;
        }
        Ok(whole)
    }

    /// What happened, oldest first.
    pub fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn take_frame(&mut self, frame: Frame) -> Result<(), SessionError> {
        let spills = self.spills();
        let literals = frame.literal_octets() as u64;
        self.brought.literals = self.brought.literals.saturating_add(literals);
        self.brought.octets = self
            .brought
            .octets
            .saturating_add(frame.bytes().len() as u64 - literals + 2);
        if self.brought.octets > self.flood {
            return Err(SessionError::Flood(self.flood));
        }
        if self.brought.literals > limits::LITERALS_PER_COMMAND {
            return Err(SessionError::Flood(limits::LITERALS_PER_COMMAND));
        }
        self.brought.responses += 1;
        if self.brought.responses > limits::RESPONSES_PER_COMMAND {
            return Err(SessionError::Endless);
        }
        if let Some(number) = response::fetch_number(&frame)
            && self.has_message(number)
        {
            self.take_fetch(number, frame, spills);
            return Ok(());
        }
        let frame = &frame;
        let response = response::parse(frame);
        // In a flood, telemetry comes from the backlog.
        if self.trace && (!spills || matches!(response, Ok(Response::Tagged { .. }))) {
            self.trace_lines(frame);
        }
        let response = match response {
            Ok(response) => response,
            Err(error) => return self.unreadable(&error, frame),
        };
        match response {
            Response::Continuation(text) => self.take_continuation(text),
            Response::Tagged { tag, status, text } => self.take_tagged(&tag, status, text)?,
            Response::Untagged(untagged) => self.take_untagged(untagged, frame, spills)?,
        }
        Ok(())
    }

    fn trace_lines(&mut self, frame: &Frame) {
        let lines = frame.text_lines();
        self.events
            .extend(lines.map(|line| Event::Trace(line.to_vec())));
    }

    /// Whether the mailbox has that message; none before login.
    fn has_message(&self, number: Number) -> bool {
        !matches!(self.state, State::Greeting | State::NotAuthenticated)
            && (1..=self.exists).contains(&number)
    }

    fn take_fetch(&mut self, number: Number, frame: Frame, spills: bool) {
        self.brought.events += 1;
        if spills {
            backlog::spill(&mut self.events, false, &frame, self.trace);
            return;
        }
        if self.trace {
            self.trace_lines(&frame);
        }
        self.events.push_back(Event::Fetch(number, frame));
    }

    fn unreadable(&mut self, error: &ParseError, frame: &Frame) -> Result<(), SessionError> {
        if self.state == State::Greeting {
            return Err(SessionError::BadGreeting(excerpt(frame.bytes())));
        }
        if frame.bytes().is_empty() {
            self.trouble("IMAP server sent a blank line".to_owned());
        } else {
            self.trouble(error.to_string());
        }
        Ok(())
    }

    fn take_continuation(&mut self, text: StatusText) {
        if let Some(Outgoing::Continuation(_)) = self.outgoing.front() {
            self.outgoing.pop_front();
        } else if self.in_flight.front().is_some_and(|f| f.interactive) {
            self.events.push_back(Event::Challenge(text.raw));
        } else {
            self.trouble("Unexpected continuation request from IMAP server".to_owned());
        }
    }

    fn take_tagged(
        &mut self,
        tag: &[u8],
        status: Status,
        text: StatusText,
    ) -> Result<(), SessionError> {
        if self.state == State::Greeting {
            return Err(SessionError::BadGreeting(excerpt(tag)));
        }
        // A command that has not been written cannot have been answered.
        let position = self.in_flight.iter().position(|f| {
            f.tag.text().as_bytes().eq_ignore_ascii_case(tag) && self.is_begun(f.tag)
        });
        let Some(flight) = position.and_then(|at| self.in_flight.remove(at)) else {
            let word = match status {
                Status::Ok => "OK",
                Status::No => "NO",
                _ => "BAD",
            };
            let reason = format!(
                "Unexpected tagged response: {} {word} {}",
                excerpt(tag),
                excerpt(&text.raw)
            );
            self.trouble(reason);
            return Ok(());
        };
        self.brought = Brought::default();
        self.drop_unsent(flight.tag);
        let ok = status == Status::Ok;
        match flight.effect {
            Effect::Login if ok && self.state == State::NotAuthenticated => {
                // A SELECT may have been sent along with it.
                self.state = if self.in_flight.iter().any(|f| f.effect == Effect::Select) {
                    State::Selected
                } else {
                    State::Authenticated
                };
            }
            Effect::Select if !ok => self.nothing_selected(),
            Effect::Idle if !ok => self.capabilities.idle = false,
            Effect::Unselect if ok => self.nothing_selected(),
            _ => {}
        }
        self.take_code(&text);
        self.events
            .push_back(Event::Done(flight.tag, Completion { status, text }));
        Ok(())
    }

    /// Whether any of the command has been written.
    fn is_begun(&self, tag: Tag) -> bool {
        !self
            .outgoing
            .iter()
            .any(|o| matches!(o, Outgoing::Begin(of, _) if *of == tag))
    }

    /// A command that ended before all its literals were asked for: the rest of it must not be written any more. A
    /// literal that was asked for is written all the same, the server waits for it.
    fn drop_unsent(&mut self, tag: Tag) {
        let asked = |o: &Outgoing| matches!(o, Outgoing::Continuation(of) if *of == tag);
        if let Some(first) = self.outgoing.iter().position(asked) {
            let mut at = 0;
            self.outgoing.retain(|o| {
                at += 1;
                at <= first || !o.is_of(tag)
            });
        }
    }

    fn nothing_selected(&mut self) {
        if self.state == State::Selected {
            self.state = State::Authenticated;
        }
        self.exists = 0;
    }

    /// Whether so much waits to be told that more had better wait as it came.
    fn spills(&self) -> bool {
        self.brought.events >= limits::EVENTS_AT_HAND
            || self.brought.troubles >= limits::TROUBLES_PER_COMMAND
            || self.brought.octets + self.brought.literals >= limits::OCTETS_AT_HAND
    }

    fn take_untagged(
        &mut self,
        untagged: Untagged,
        frame: &Frame,
        spills: bool,
    ) -> Result<(), SessionError> {
        if self.state == State::Greeting {
            return self.take_greeting(untagged, frame);
        }
        let allowed = match &untagged {
            Untagged::Status { .. } | Untagged::Capability(_) => true,
            Untagged::Id(_) | Untagged::Enabled(_) => self.state != State::NotAuthenticated,
            _ => !matches!(self.state, State::NotAuthenticated),
        };
        if !allowed {
            self.trouble(format!(
                "Ignored data sent by IMAP server before login: {}",
                excerpt(frame.bytes())
            ));
            return Ok(());
        }
        if let (Untagged::Unknown { keyword, .. }, Some(number)) =
            (&untagged, message_number(frame.bytes()))
        {
            self.trouble(format!(
                "Unknown message data: {number} {}",
                excerpt(keyword)
            ));
            return Ok(());
        }
        match &untagged {
            Untagged::Capability(words) => self.set_capabilities(words),
            Untagged::Status { status, text } => {
                let text = text.clone();
                if *status == Status::Bye {
                    self.state = State::Logout;
                }
                self.take_code(&text);
            }
            Untagged::Exists(n) => {
                if *n < self.exists {
                    self.trouble(format!("Unknown message data: {n} EXISTS"));
                    return Ok(());
                }
                if *n > limits::MESSAGES {
                    self.trouble(format!(
                        "Mailbox has {n} messages, more than the {} that can be handled",
                        limits::MESSAGES
                    ));
                    return Ok(());
                }
                self.exists = *n;
            }
            Untagged::Recent(n) if *n > self.exists => {
                // UW drops it silently (imap_parse_unsolicited); RECENT is advice only.
                return Ok(());
            }
            Untagged::Expunge(n) | Untagged::Fetch { number: n, .. }
                if *n == 0 || *n > self.exists =>
            {
                let what = if matches!(untagged, Untagged::Expunge(_)) {
                    "EXPUNGE"
                } else {
                    "FETCH"
                };
                self.trouble(format!("Unknown message data: {n} {what}"));
                return Ok(());
            }
            Untagged::Expunge(_) => self.exists -= 1,
            _ => {}
        }
        self.brought.events += 1;
        if spills && !self.is_awaited(&untagged) {
            let expunges = matches!(untagged, Untagged::Expunge(_));
            backlog::spill(&mut self.events, expunges, frame, self.trace);
        } else {
            self.events.push_back(Event::Untagged(untagged));
        }
        Ok(())
    }

    /// Whether it is the answer to a search that is under way: whoever has sent that looks for it among the events. One is
    /// for each search, and no more.
    fn is_awaited(&mut self, untagged: &Untagged) -> bool {
        let Untagged::Esearch(answer) = untagged else {
            return false;
        };
        let of = |flight: &InFlight| answer.tag.as_ref().is_some_and(|tag| flight.tag.is(tag));
        let awaited = self.brought.answers < self.in_flight.len() && self.in_flight.iter().any(of);
        self.brought.answers += usize::from(awaited);
        awaited
    }

    fn take_greeting(&mut self, untagged: Untagged, frame: &Frame) -> Result<(), SessionError> {
        let Untagged::Status { status, text } = untagged else {
            return Err(SessionError::BadGreeting(excerpt(frame.bytes())));
        };
        self.state = match status {
            Status::Ok => State::NotAuthenticated,
            Status::Preauth => State::Authenticated,
            Status::Bye => State::Logout,
            Status::No | Status::Bad => {
                return Err(SessionError::BadGreeting(excerpt(frame.bytes())));
            }
        };
        self.take_code(&text);
        self.events.push_back(Event::Greeting { status, text });
        Ok(())
    }

    fn take_code(&mut self, text: &StatusText) {
        if let Some(Code::Capability(words)) = &text.code {
            let words = words.clone();
            self.set_capabilities(&words);
        }
    }

    fn set_capabilities(&mut self, words: &[Vec<u8>]) {
        self.capabilities = Capabilities::from_words(words);
        self.capabilities_known = true;
    }

    fn trouble(&mut self, reason: String) {
        self.brought.troubles += 1;
        self.events
            .extend(nth_trouble(self.brought.troubles, || reason));
    }
}

/// What is told of the `nth` complaint: not more than [`limits::TROUBLES_PER_COMMAND`] in a row.
pub(super) fn nth_trouble(nth: usize, reason: impl FnOnce() -> String) -> Option<Event> {
    match nth.cmp(&limits::TROUBLES_PER_COMMAND) {
        Ordering::Less => Some(Event::Trouble(reason())),
        Ordering::Equal => {
            let more = "The server says more that cannot be right";
            Some(Event::Trouble(more.to_owned()))
        }
        Ordering::Greater => None,
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

/// The start of what the server sent, fit for a log line.
fn excerpt(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(limits::EXCERPT)])
        .escape_debug()
        .to_string()
}

#[cfg(test)]
mod tests;

/// The number of a response about a message, `* 3 FETCH …`.
fn message_number(response: &[u8]) -> Option<u32> {
    let word = response.strip_prefix(b"* ")?.split(|&b| b == b' ').next()?;
    core::str::from_utf8(word).ok()?.parse().ok()
}
