//! What logins have learnt of servers and keep for a while, so that what failed once does not cost each later login a
//! step, or the seconds that servers make a failed one wait.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use crate::limits;

/// Facts that stay good for a while, so many at most; oldest first.
struct Memory<K> {
    most: usize,
    facts: Mutex<Vec<(K, Instant)>>,
}

impl<K: PartialEq> Memory<K> {
    const fn new(most: usize) -> Self {
        Self {
            most,
            facts: Mutex::new(Vec::new()),
        }
    }

    fn facts(&self) -> MutexGuard<'_, Vec<(K, Instant)>> {
        super::lock::lock(&self.facts)
    }

    fn has(&self, fact: &K) -> bool {
        self.facts()
            .iter()
            .any(|(known, since)| known == fact && since.elapsed() < limits::LOGIN_MEMORY)
    }

    /// A fact that is known already does not become younger: it would never be put to the test again.
    fn note(&self, fact: K) {
        if self.has(&fact) {
            return;
        }
        let mut facts = self.facts();
        facts.retain(|(known, _)| *known != fact);
        let excess = (facts.len() + 1).saturating_sub(self.most);
        facts.drain(..excess);
        facts.push((fact, Instant::now()));
    }

    fn forget(&self, fact: &K) {
        self.facts().retain(|(known, _)| known != fact);
    }
}

/// Servers that offer channel binding, know another kind than we do, and let us in without.
static UNBOUND: Memory<SocketAddr> = Memory::new(limits::SERVERS_WITHOUT_BINDING);

/// Who was let in with the password itself after the server had refused it in a challenge.
static SENDS: Memory<(SocketAddr, Vec<u8>)> = Memory::new(limits::ACCOUNTS_WITHOUT_CHALLENGE);

/// Whether this server refuses channel binding.
pub fn is_unbound(server: SocketAddr) -> bool {
    UNBOUND.has(&server)
}

/// Notes that it does.
pub fn note_unbound(server: SocketAddr) {
    UNBOUND.note(server);
}

/// Whether this server lets this user in with the password itself only.
pub fn wants_password(server: SocketAddr, user: &[u8]) -> bool {
    SENDS.has(&(server, user.to_vec()))
}

/// Notes whether it does.
pub fn note_wants_password(server: SocketAddr, user: &[u8], wants: bool) {
    let account = (server, user.to_vec());
    if wants {
        SENDS.note(account);
    } else {
        SENDS.forget(&account);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_kept_within_bounds() {
        let memory = Memory::new(3);
        assert!(!memory.has(&1));
        for fact in 1..=4 {
            memory.note(fact);
            memory.note(fact);
        }
        assert!(!memory.has(&1) && memory.has(&2) && memory.has(&4));
        memory.forget(&2);
        assert!(!memory.has(&2));
        assert_eq!(memory.facts().len(), 2);
    }
}
