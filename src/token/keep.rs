//! Tokens that are still good, and who is fetching one just now.
//!
//! One thread fetches a token, others that want the same wait for it, each no longer than it would have to wait for its
//! own. No lock is held while it is fetched.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Token;
use crate::limits;
use crate::sasl::Secret;

/// How long tokens are used.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// How long a token is good that does not say so itself.
    pub lifetime: Duration,
    /// How long before its end it is replaced.
    pub margin: Duration,
    /// How long to wait for another thread that fetches it.
    pub patience: Duration,
}

/// A token to log in with.
#[derive(Debug)]
pub struct Got {
    /// The token.
    pub token: Secret,
    /// It was kept from an earlier login: if the server refuses it, a new one may do.
    pub kept: bool,
    /// What went wrong when it was to be replaced in good time; it is still good.
    pub trouble: Option<String>,
}

/// A fetch under way, and what came of it.
struct Flight {
    outcome: Mutex<Option<Result<Secret, String>>>,
    landed: Condvar,
}

#[derive(Default)]
struct Slot {
    token: Option<(Secret, Instant)>,
    flight: Option<Arc<Flight>>,
}

/// Tokens by what they come from.
pub struct Keep {
    slots: Mutex<BTreeMap<Vec<String>, Slot>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends a flight, also when fetching panicked.
struct Landing<'a> {
    keep: &'a Keep,
    key: &'a [String],
    flight: Arc<Flight>,
}

impl Landing<'_> {
    fn land(&self, outcome: Result<Secret, String>) {
        *lock(&self.flight.outcome) = Some(outcome);
        self.flight.landed.notify_all();
    }
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        let mut slots = lock(&self.keep.slots);
        if let Some(slot) = slots.get_mut(self.key) {
            slot.flight = None;
            if slot.token.is_none() {
                slots.remove(self.key);
            }
        }
        drop(slots);
        lock(&self.flight.outcome).get_or_insert_with(|| Err("it could not be fetched".to_owned()));
        self.flight.landed.notify_all();
    }
}

impl Keep {
    /// Nothing kept.
    pub const fn new() -> Self {
        Self {
            slots: Mutex::new(BTreeMap::new()),
        }
    }

    /// The token from `key`: the one that is kept, or what `fetch` brings.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn get(
        &self,
        key: &[String],
        terms: Terms,
        fetch: impl FnOnce() -> Result<Token, String>,
    ) -> Result<Got, String> {
        let now = Instant::now();
        let mut slots = lock(&self.slots);
        let slot = slots.entry(key.to_vec()).or_default();
        let mut old = None;
        if let Some((token, until)) = &slot.token {
            if now + terms.margin < *until {
                return Ok(Got::kept(token));
            }
            old = (now < *until).then(|| token.clone());
        }
        if let Some(flight) = slot.flight.clone() {
            drop(slots);
            return wait(&flight, old, terms.patience);
        }
        let flight = Arc::new(Flight {
            outcome: Mutex::new(None),
            landed: Condvar::new(),
        });
        slot.flight = Some(flight.clone());
        drop(slots);
        let landing = Landing {
            keep: self,
            key,
            flight,
        };
        match fetch() {
            Ok(token) => {
                self.put(key, &token, terms);
                landing.land(Ok(token.text.clone()));
                Ok(Got {
                    token: token.text,
                    kept: false,
                    trouble: None,
                })
            }
            Err(error) => {
                landing.land(Err(error.clone()));
                old.map(|token| Got::late(&token, &error)).ok_or(error)
            }
        }
    }

    fn put(&self, key: &[String], token: &Token, terms: Terms) {
        let lifetime = token.lifetime.unwrap_or(terms.lifetime);
        let now = Instant::now();
        let mut slots = lock(&self.slots);
        slots.retain(|_, slot| {
            slot.flight.is_some() || slot.token.as_ref().is_some_and(|(_, until)| now < *until)
        });
        let room = slots.len() <= limits::TOKENS_KEPT;
        if let Some(slot) = slots.get_mut(key) {
            let until = now
                .checked_add(lifetime)
                .filter(|_| room && lifetime > terms.margin);
            slot.token = until.map(|until| (token.text.clone(), until));
        }
    }

    /// The server has refused that token: it is not used again.
    pub fn drop_refused(&self, key: &[String], refused: &[u8]) {
        if let Some(slot) = lock(&self.slots).get_mut(key)
            && slot
                .token
                .as_ref()
                .is_some_and(|(token, _)| token.as_slice() == refused)
        {
            slot.token = None;
        }
    }
}

impl Default for Keep {
    fn default() -> Self {
        Self::new()
    }
}

impl Got {
    fn kept(token: &Secret) -> Self {
        Self {
            token: token.clone(),
            kept: true,
            trouble: None,
        }
    }

    fn late(token: &Secret, error: &str) -> Self {
        Self {
            trouble: Some(error.to_owned()),
            ..Self::kept(token)
        }
    }
}

/// Waits for what another thread fetches. A token that is good for a moment still is used meanwhile.
fn wait(flight: &Flight, old: Option<Secret>, patience: Duration) -> Result<Got, String> {
    if let Some(token) = old {
        return Ok(Got::kept(&token));
    }
    let until = Instant::now() + patience;
    let mut outcome = lock(&flight.outcome);
    loop {
        match &*outcome {
            Some(Ok(token)) => {
                return Ok(Got {
                    token: token.clone(),
                    kept: false,
                    trouble: None,
                });
            }
            Some(Err(error)) => return Err(error.clone()),
            None => {}
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err("another thread has been fetching it for too long".to_owned());
        }
        outcome = flight
            .landed
            .wait_timeout(outcome, left)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
    }
}
