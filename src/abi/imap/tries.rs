//! Opening a connection where not every address of the server serves, or the server is busy: which address is next, when
//! all of them are tried again, and what is told in the end.

use std::net::IpAddr;
use std::time::Instant;

use crate::abi::constants::{BYE, ERROR, WARN};
use crate::abi::dial::{Passed, Route};
use crate::abi::stream::Entered;
use crate::abi::stream::patience::Waiting;
use crate::abi::stream::response_text::Level;
use crate::abi::{parameters, tell};
use crate::imap::busy::{Again, Busy};
use crate::imap::connection::Lost;
use crate::imap::response::{Code, StatusText};

/// What kept a connection from being used that stood.
pub enum Trouble {
    /// It greeted with BYE.
    Bye(StatusText),
    /// The login was refused, and not because of user or password.
    Login(Busy, StatusText),
    /// It broke before there was a greeting; the program has not been told.
    Ungreeted(Lost),
    /// It broke later, or TLS did not come about; that has been told.
    Broken,
    /// None of the addresses that are left took a connection; that has been told.
    Unreachable,
}

impl Trouble {
    fn busy(&self) -> Option<Busy> {
        match self {
            // A referral is for the program to follow, and a server that refers has done its part.
            Self::Bye(text) if matches!(text.code, Some(Code::Referral(_))) => None,
            Self::Bye(text) => Some(Busy::of_text(text).unwrap_or(Busy::Bye)),
            Self::Login(busy, _) => Some(*busy),
            Self::Ungreeted(_) | Self::Broken | Self::Unreachable => None,
        }
    }

    fn said(&self) -> Vec<u8> {
        match self {
            Self::Bye(text) | Self::Login(_, text) => text.raw.clone(),
            Self::Ungreeted(lost) => lost.reason.clone().into_bytes(),
            Self::Broken | Self::Unreachable => b"the connection was lost".to_vec(),
        }
    }
}

/// One opening.
pub struct Tries {
    /// Where to, and where no more.
    pub route: Route,
    began: Instant,
    /// When it must be over.
    until: Option<Instant>,
    /// Begun when the server is busy for the first time.
    waiting: Option<Waiting>,
    /// What is to be told in the end, if nothing that comes later says more.
    worst: Option<Trouble>,
}

impl Tries {
    /// One that begins now.
    pub fn begun() -> Self {
        let limit = parameters::open_timeout();
        Self {
            route: Route::default(),
            began: Instant::now(),
            until: limit.and_then(|limit| Instant::now().checked_add(limit)),
            waiting: None,
            worst: None,
        }
    }

    /// How long the next attempt to connect may take at most, if the first was not the last.
    pub fn begin(&mut self) {
        let now = Instant::now();
        let left = self.until.map(|until| until.saturating_duration_since(now));
        self.route.limit = left.filter(|_| !self.route.passed.is_empty());
    }

    /// A connection to `address` came to nothing. Waits, where that is to be done; whether to connect once more. `release` is
    /// called before, and lets go of the connection. If not, everything is told.
    pub fn go_on(
        &mut self,
        cx: &Entered,
        host: &[u8],
        address: Option<IpAddr>,
        trouble: Trouble,
        release: impl FnOnce(),
    ) -> bool {
        let busy = trouble.busy();
        let silent = matches!(&trouble, Trouble::Ungreeted(_)) && self.route.is_brief();
        if let Some(address) = address {
            let why = match busy {
                Some(_) => Passed::Busy,
                None if silent => Passed::Silent,
                None => Passed::Broken,
            };
            self.route.pass(address, why);
        }
        let in_time = self.until.is_none_or(|until| Instant::now() < until);
        let others = address.is_some() && self.route.others > 0;
        let said = trouble.said();
        self.note(trouble);
        if in_time && others {
            let place = address.map_or_else(String::new, |address| format!(" at [{address}]"));
            let host = String::from_utf8_lossy(tell::clipped(host)).into_owned();
            let before = format!("{host}{place} does not serve, the next address is tried: ");
            tell::log_with(&before, &said, WARN);
            release();
            return true;
        }
        // One that takes longer than the program waits for any server will not do.
        let waits = parameters::read_timeout().is_none_or(|limit| self.began.elapsed() < limit);
        if in_time && waits && self.route.give_whole_time() {
            release();
            return true;
        }
        let busy = self.worst.as_ref().and_then(Trouble::busy);
        if let Some(busy) = busy.filter(|_| in_time) {
            let (grant, limit) = (parameters::busy_wait(), parameters::open_timeout());
            let quiet = cx.edit(|s| s.silent() != 0);
            let waiting = self
                .waiting
                .get_or_insert_with(|| Waiting::new(grant, limit));
            // Nothing is held on the server while it is waited for.
            if waiting.refused(host, busy, Again::Opens, &said, quiet, release) {
                self.route.busy_again();
                return !cx.is_closed();
            }
        }
        self.tell(cx, host);
        false
    }

    /// A server that is busy counts for more than one that is not there.
    fn note(&mut self, trouble: Trouble) {
        let rank = |trouble: &Trouble| match trouble {
            trouble if trouble.busy().is_some() => 3,
            Trouble::Ungreeted(_) | Trouble::Bye(_) | Trouble::Login(..) => 2,
            Trouble::Broken => 1,
            Trouble::Unreachable => 0,
        };
        if self
            .worst
            .as_ref()
            .is_none_or(|worst| rank(worst) <= rank(&trouble))
        {
            self.worst = Some(trouble);
        }
    }

    /// The end.
    fn tell(&mut self, cx: &Entered, host: &[u8]) {
        let Some(trouble) = self.worst.take() else {
            return;
        };
        let waiting = self.waiting.take();
        let waiting = waiting.unwrap_or_else(|| Waiting::new(core::time::Duration::ZERO, None));
        let busy = trouble.busy();
        let conclusion = busy.map_or_else(String::new, |busy| waiting.conclusion(host, None, busy));
        let with = |text: &[u8]| [text, conclusion.as_bytes()].concat();
        match trouble {
            Trouble::Bye(text) => {
                cx.response_text(&text, Level::Of(BYE), true);
                tell::log(with(&text.raw), ERROR);
            }
            Trouble::Login(_, text) => {
                let before = b"Can not authenticate to IMAP server: ";
                tell::log(with(&[before, &text.raw[..]].concat()), ERROR);
            }
            Trouble::Ungreeted(lost) => {
                let text = cx.report_lost(&lost).text.raw;
                tell::log(text, ERROR);
            }
            Trouble::Broken | Trouble::Unreachable => {}
        }
    }
}
