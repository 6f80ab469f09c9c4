//! Untagged data that waits for the end of its command as it came.
//!
//! The application is told what the server said when a command is done. Read responses are many times as large as their
//! octets, so that a server could take gigabytes by a flood of short ones. Those beyond the first are therefore kept as
//! octets, behind one another, and cut anew when their turn comes. FETCH responses are read only then in any case.

use std::collections::VecDeque;

use super::frame::{Frame, Framer};
use super::response::{self, Response, Untagged};
use super::session::{self, Event};

/// Responses that the session has accepted, each with a line end behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    octets: Vec<u8>,
    expunges: bool,
    trace: bool,
}

impl Backlog {
    /// One response; `trace` asks for its lines as telemetry.
    pub fn of(expunges: bool, frame: &Frame, trace: bool) -> Self {
        let mut new = Self {
            octets: Vec::new(),
            expunges: false,
            trace: false,
        };
        new.add(expunges, frame, trace);
        new
    }

    fn add(&mut self, expunges: bool, frame: &Frame, trace: bool) {
        self.octets.extend_from_slice(frame.bytes());
        self.octets.extend_from_slice(b"\r\n");
        self.expunges |= expunges;
        self.trace |= trace;
    }

    /// Whether a message goes.
    pub fn expunges(&self) -> bool {
        self.expunges
    }

    fn append(&mut self, later: &Self) {
        self.octets.extend_from_slice(&later.octets);
        self.expunges |= later.expunges;
        self.trace |= later.trace;
    }
}

/// Where events wait.
pub trait Queue {
    /// The youngest.
    fn youngest(&mut self) -> Option<&mut Event>;
    /// Takes a younger one.
    fn append(&mut self, event: Event);
}

impl Queue for Vec<Event> {
    fn youngest(&mut self) -> Option<&mut Event> {
        self.last_mut()
    }

    fn append(&mut self, event: Event) {
        self.push(event);
    }
}

impl Queue for VecDeque<Event> {
    fn youngest(&mut self) -> Option<&mut Event> {
        self.back_mut()
    }

    fn append(&mut self, event: Event) {
        self.push_back(event);
    }
}

/// Puts an event behind the others; what belongs to a backlog joins the one before it.
pub fn keep(queue: &mut impl Queue, event: Event) {
    if let Event::Backlog(new) = &event
        && let Some(Event::Backlog(old)) = queue.youngest()
    {
        return old.append(new);
    }
    queue.append(event);
}

/// Puts a response behind the others as it came; `trace` as in [`Backlog::of`].
pub fn spill(queue: &mut impl Queue, expunges: bool, frame: &Frame, trace: bool) {
    if let Some(Event::Backlog(old)) = queue.youngest() {
        return old.add(expunges, frame, trace);
    }
    queue.append(Event::Backlog(Backlog::of(expunges, frame, trace)));
}

/// Whether it may say that a message with this number, or one before it, goes.
pub fn expunges_up_to(event: &Event, last: u32) -> bool {
    match event {
        Event::Untagged(Untagged::Expunge(number)) => *number <= last,
        Event::Backlog(backlog) => backlog.expunges(),
        _ => false,
    }
}

/// Events in the order in which they are to be told; a backlog is read response by response.
#[derive(Debug, Default)]
pub struct Pending {
    /// Come before everything else: from the response of the backlog that was read last.
    at_hand: VecDeque<Event>,
    /// The backlog that is being read.
    reading: Option<(Framer, Backlog)>,
    later: VecDeque<Event>,
    /// How many responses could not be read since there was nothing to tell.
    troubles: usize,
}

impl Pending {
    /// Takes later events.
    pub fn extend(&mut self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            keep(&mut self.later, event);
        }
    }

    /// The oldest.
    pub fn pop(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.at_hand.pop_front() {
                return Some(event);
            }
            if let Some((framer, backlog)) = &mut self.reading {
                // What was cut before is so now.
                if let Ok(Some(frame)) = framer.next_frame() {
                    if backlog.trace {
                        let lines = frame.text_lines();
                        self.at_hand
                            .extend(lines.map(|line| Event::Trace(line.to_vec())));
                    }
                    let event = self.read(&frame);
                    self.at_hand.extend(event);
                    continue;
                }
                self.reading = None;
            }
            let Some(event) = self.later.pop_front() else {
                self.troubles = 0;
                return None;
            };
            match event {
                Event::Fetch(_, frame) => {
                    if let Some(event) = self.read(&frame) {
                        return Some(event);
                    }
                }
                Event::Backlog(mut backlog) => {
                    let octets = std::mem::take(&mut backlog.octets);
                    self.reading = Some((Framer::over(octets), backlog));
                }
                event => return Some(event),
            }
        }
    }

    fn read(&mut self, frame: &Frame) -> Option<Event> {
        match response::parse(frame) {
            Ok(Response::Untagged(untagged)) => Some(Event::Untagged(untagged)),
            Ok(_) => None,
            Err(error) => {
                self.troubles += 1;
                session::nth_trouble(self.troubles, || error.to_string())
            }
        }
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.at_hand.is_empty() && self.reading.is_none() && self.later.is_empty()
    }

    /// Whether the going of a message with this number, or one before it, is yet to be told.
    pub fn expunges_up_to(&self, last: u32) -> bool {
        let expunge = |event: &Event| expunges_up_to(event, last);
        self.at_hand.iter().any(expunge)
            || self.reading.as_ref().is_some_and(|(_, b)| b.expunges())
            || self.later.iter().any(expunge)
    }

    /// Whether the going of a message is yet to be told.
    pub fn expunges(&self) -> bool {
        let expunge = |event: &Event| match event {
            Event::Untagged(Untagged::Expunge(_)) => true,
            Event::Backlog(backlog) => backlog.expunges(),
            _ => false,
        };
        self.at_hand.iter().any(expunge)
            || self.reading.as_ref().is_some_and(|(_, b)| b.expunges())
            || self.later.iter().any(expunge)
    }
}

#[cfg(test)]
mod tests;
