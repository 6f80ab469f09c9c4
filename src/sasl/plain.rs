//! PLAIN (RFC 4616): authorization identity, authentication identity and password in one answer.

use std::fmt;

use super::{Credentials, Mechanism, MechanismInfo, SaslError, Secret};

const NAME: &str = "PLAIN";

/// The entry in the registry.
pub(super) const INFO: MechanismInfo = MechanismInfo {
    name: NAME,
    secure: false,
    authuser: true,
    start: |credentials| Ok(Box::new(Plain::new(credentials)?)),
};

/// A PLAIN exchange.
pub struct Plain {
    message: Option<Secret>,
}

impl Plain {
    /// Prepares the exchange. The authorization identity is left empty unless it differs from the
    /// one whose password is used: some servers permit none to ordinary users.
    pub fn new(credentials: Credentials) -> Result<Plain, SaslError> {
        let authuser = credentials.authuser.filter(|name| !name.is_empty());
        let (authorization, authentication) = match &authuser {
            Some(authuser) => (credentials.user.as_slice(), authuser.as_slice()),
            None => (&[][..], credentials.user.as_slice()),
        };
        let parts = [authorization, authentication, &credentials.password];
        // NUL is the delimiter (RFC 4616 section 2).
        if parts.iter().any(|part| part.contains(&0)) {
            return Err(SaslError::Unrepresentable(NAME));
        }
        // Room for all of it: a buffer that grew would leave copies behind.
        let size = parts.iter().map(|part| part.len() + 1).sum();
        let mut message = Secret::new(Vec::with_capacity(size));
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                message.push(0);
            }
            message.extend_from_slice(part);
        }
        Ok(Plain {
            message: Some(message),
        })
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain")
    }
}

impl Mechanism for Plain {
    fn name(&self) -> &'static str {
        NAME
    }

    fn initial_response(&mut self) -> Option<Secret> {
        self.message.take()
    }

    fn asks_nothing(&self) -> bool {
        true
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Secret, SaslError> {
        // The challenge must be empty; a server that says something is not speaking PLAIN, and
        // does not get the password.
        if !challenge.is_empty() {
            return Err(SaslError::BadChallenge(NAME));
        }
        self.message
            .take()
            .ok_or(SaslError::UnexpectedChallenge(NAME))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_credentials;
    use super::*;

    #[test]
    fn rfc_4616_examples() {
        let mut plain = Plain::new(test_credentials("tim", None, "tanstaaftanstaaf")).unwrap();
        assert_eq!(
            plain.respond(b"").unwrap().as_slice(),
            b"\0tim\0tanstaaftanstaaf"
        );
        let credentials = test_credentials("Ursel", Some("Kurt"), "xipj3plmq");
        let mut plain = Plain::new(credentials).unwrap();
        let message = plain.initial_response().unwrap();
        assert_eq!(message.as_slice(), b"Ursel\0Kurt\0xipj3plmq");
    }

    #[test]
    fn the_password_is_given_once_and_only_to_an_empty_challenge() {
        let mut plain = Plain::new(test_credentials("tim", Some(""), "secret")).unwrap();
        assert_eq!(
            plain.respond(b"Password:"),
            Err(SaslError::BadChallenge(NAME))
        );
        assert_eq!(
            plain.initial_response().unwrap().as_slice(),
            b"\0tim\0secret"
        );
        assert_eq!(
            plain.respond(b""),
            Err(SaslError::UnexpectedChallenge(NAME))
        );
        assert_eq!(plain.initial_response(), None);
    }

    #[test]
    fn no_nul_inside() {
        for (user, authuser, password) in [
            ("a\0b", None, "c"),
            ("a", Some("b\0c"), "d"),
            ("a", None, "b\0c"),
        ] {
            let credentials = test_credentials(user, authuser, password);
            let error = Plain::new(credentials).err();
            assert_eq!(error, Some(SaslError::Unrepresentable(NAME)));
        }
    }
}
