//! LOGIN (draft-murchison-sasl-login-00): user and password, each at the server's prompt.

use std::fmt;

use super::{Credentials, Mechanism, MechanismInfo, SaslError, Secret};

const NAME: &str = "LOGIN";

/// The entry in the registry.
pub(super) const INFO: MechanismInfo = MechanismInfo {
    name: NAME,
    secure: false,
    authuser: false,
    start: |credentials| Ok(Box::new(Login::new(credentials))),
};

/// A LOGIN exchange.
pub struct Login {
    user: Option<Secret>,
    password: Option<Secret>,
}

impl Login {
    /// Prepares the exchange; an `authuser` cannot be carried and is not looked at.
    pub fn new(credentials: Credentials) -> Login {
        Login {
            user: Some(Secret::new(credentials.user)),
            password: Some(credentials.password),
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

impl Mechanism for Login {
    fn name(&self) -> &'static str {
        NAME
    }

    fn initial_response(&mut self) -> Option<Secret> {
        None
    }

    fn asks_nothing(&self) -> bool {
        self.password.is_none()
    }

    fn respond(&mut self, _challenge: &[u8]) -> Result<Secret, SaslError> {
        // The prompts differ from server to server, so only their order counts.
        self.user
            .take()
            .or_else(|| self.password.take())
            .ok_or(SaslError::UnexpectedChallenge(NAME))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_credentials;
    use super::*;

    #[test]
    fn user_then_password_then_no_more() {
        let mut login = Login::new(test_credentials("tim", None, "pass word"));
        assert_eq!(login.initial_response(), None);
        assert_eq!(login.respond(b"User Name\0").unwrap().as_slice(), b"tim");
        assert_eq!(
            login.respond(b"Password\0").unwrap().as_slice(),
            b"pass word"
        );
        let error = login.respond(b"Password\0");
        assert_eq!(error, Err(SaslError::UnexpectedChallenge(NAME)));
    }
}
