//! What becomes of a server's word that it cannot do something just now (RFC 5530, RFC 9051 section 7.1.5): whether it is
//! asked again, and after how long. Nothing here waits or talks.

#![forbid(unsafe_code)]

use std::time::Duration;

use super::response::{Code, Status, StatusText};
use super::session::Completion;
use crate::limits;

/// Why a server does not do now what it may do in a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Busy {
    /// A part of it is down.
    Unavailable,
    /// Somebody else holds the mailbox.
    InUse,
    /// So many, or so much, and no more.
    Limit,
    /// It has made a mistake.
    ServerBug,
    /// It greeted with BYE.
    Bye,
}

impl Busy {
    /// By the response code of a status response.
    pub fn of_text(text: &StatusText) -> Option<Self> {
        let Some(Code::Other { name, .. }) = &text.code else {
            return None;
        };
        match name.as_slice() {
            b"UNAVAILABLE" => Some(Self::Unavailable),
            b"INUSE" => Some(Self::InUse),
            b"LIMIT" => Some(Self::Limit),
            b"SERVERBUG" => Some(Self::ServerBug),
            _ => None,
        }
    }

    /// By a tagged response: only NO says that nothing was done and that it was not the command's fault.
    pub fn of(done: &Completion) -> Option<Self> {
        (done.status == Status::No)
            .then(|| Self::of_text(&done.text))
            .flatten()
    }

    /// What whoever reads the log can do about it.
    pub fn cure(self) -> &'static str {
        match self {
            Self::Unavailable => "a part of the server is down: see its log",
            Self::InUse => "another program holds the mailbox: try again later",
            Self::Limit => "a limit of the server: its log or its settings say which",
            Self::ServerBug => "an error of the server: see its log",
            Self::Bye => "the server takes no connections now: see its log",
        }
    }
}

/// What a command does when it is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It asks for a connection, or for a login.
    Opens,
    /// The same as once: it only reads, or says how things are to be.
    Same,
    /// It would add something a second time, if the server has done it in spite of its NO.
    Adds,
}

/// How long one call puts up with a busy server.
#[derive(Debug, Clone)]
pub struct Patience {
    /// All its waiting must be over so long after it began.
    at_most: Duration,
    /// How often the server has refused.
    refusals: u32,
}

impl Patience {
    /// `at_most`: what the program grants; `limit`: the time limit of such a call, if it has one.
    pub fn new(at_most: Duration, limit: Option<Duration>) -> Self {
        Self {
            at_most: at_most
                .min(limits::BUSY_WAIT)
                .min(limit.unwrap_or(limits::BUSY_WAIT)),
            refusals: 0,
        }
    }

    /// How often the server has been asked in vain.
    pub fn refusals(&self) -> u32 {
        self.refusals
    }

    /// The server has said `busy`, `elapsed` after the call began: how long to wait before it is asked again, or `None` to
    /// give up. `dice` is anything random: callers who were turned away together do not come back together.
    pub fn refused(
        &mut self,
        busy: Busy,
        again: Again,
        elapsed: Duration,
        dice: u64,
    ) -> Option<Duration> {
        self.refusals = self.refusals.saturating_add(1);
        let tries = match (busy, again) {
            // It may have happened half.
            (Busy::ServerBug, Again::Adds) => 1,
            // What is too much for a mailbox will be so in a second; a place for a connection may be free by then.
            (Busy::Limit, Again::Same | Again::Adds) => 2,
            _ => limits::BUSY_TRIES,
        };
        if self.refusals >= tries {
            return None;
        }
        let doubled = limits::BUSY_PAUSE.saturating_mul(1 << (self.refusals - 1).min(16));
        // From three to five quarters of it.
        let percent = 75 + u32::try_from(dice % 51).unwrap_or(0);
        let wait = doubled.saturating_mul(percent) / 100;
        (elapsed.saturating_add(wait) <= self.at_most).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: Status, code: &str) -> Completion {
        let code = Code::Other {
            name: code.as_bytes().to_vec(),
            argument: Vec::new(),
        };
        let mut done = Completion::failure("text");
        done.status = status;
        done.text.code = Some(code);
        done
    }

    /// Waits until it gives up, the server answering at once.
    fn waits(mut patience: Patience, busy: Busy, again: Again, dice: u64) -> Vec<Duration> {
        let mut waits: Vec<Duration> = Vec::new();
        while let Some(wait) = patience.refused(busy, again, waits.iter().sum(), dice) {
            waits.push(wait);
            assert!(waits.len() < 100, "never gives up");
        }
        waits
    }

    #[test]
    fn only_a_refusal_with_a_code_of_the_moment_is_busy() {
        assert_eq!(Busy::of(&said(Status::No, "INUSE")), Some(Busy::InUse));
        assert_eq!(Busy::of(&said(Status::No, "LIMIT")), Some(Busy::Limit));
        for lasting in [
            "AUTHENTICATIONFAILED",
            "EXPIRED",
            "OVERQUOTA",
            "NOPERM",
            "NONEXISTENT",
            "CONTACTADMIN",
            "ALERT",
        ] {
            assert_eq!(Busy::of(&said(Status::No, lasting)), None, "{lasting}");
        }
        assert_eq!(Busy::of(&said(Status::Ok, "UNAVAILABLE")), None);
        assert_eq!(Busy::of(&said(Status::Bad, "UNAVAILABLE")), None);
        assert_eq!(Busy::of(&Completion::failure("no code")), None);
    }

    #[test]
    fn waits_grow_and_end() {
        let patience = Patience::new(Duration::from_secs(60), None);
        for dice in 0..200 {
            let waits = waits(patience.clone(), Busy::Unavailable, Again::Opens, dice);
            assert!(waits.len() >= 3, "{waits:?}");
            assert!((waits.len() as u32) < limits::BUSY_TRIES);
            assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
            assert!(waits.iter().sum::<Duration>() <= limits::BUSY_WAIT);
        }
    }

    #[test]
    fn dice_spread_the_callers() {
        let wait = |dice| {
            Patience::new(Duration::from_secs(5), None).refused(
                Busy::InUse,
                Again::Same,
                Duration::ZERO,
                dice,
            )
        };
        assert!(wait(0) < wait(50));
        assert_eq!(wait(0), wait(51));
    }

    #[test]
    fn a_limit_of_the_program_ends_it_sooner() {
        let short = Some(Duration::from_millis(500));
        let patience = Patience::new(Duration::from_secs(60), short);
        let waits = waits(patience, Busy::InUse, Again::Same, 25);
        assert_eq!(waits.len(), 1, "{waits:?}");
        let mut late = Patience::new(Duration::from_secs(60), None);
        let answered_after = limits::BUSY_WAIT;
        assert_eq!(
            late.refused(Busy::InUse, Again::Same, answered_after, 0),
            None
        );
        let mut off = Patience::new(Duration::ZERO, None);
        assert_eq!(
            off.refused(Busy::InUse, Again::Same, Duration::ZERO, 0),
            None
        );
    }

    #[test]
    fn nothing_is_added_twice() {
        let long = || Patience::new(Duration::from_secs(60), None);
        assert!(waits(long(), Busy::ServerBug, Again::Adds, 7).is_empty());
        assert_eq!(waits(long(), Busy::Limit, Again::Adds, 7).len(), 1);
        assert_eq!(waits(long(), Busy::Limit, Again::Same, 7).len(), 1);
        assert!(waits(long(), Busy::ServerBug, Again::Same, 7).len() > 2);
        assert!(waits(long(), Busy::Limit, Again::Opens, 7).len() > 2);
    }
}
