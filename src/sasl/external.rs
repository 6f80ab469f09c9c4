//! EXTERNAL (RFC 4422, appendix A): TLS has said already who we are, by its client certificate.

use super::{Mechanism, SaslError, Secret};

const NAME: &str = "EXTERNAL";

/// An EXTERNAL exchange.
#[derive(Debug)]
pub struct External {
    authorization: Option<Vec<u8>>,
}

impl External {
    /// To work as `authorization`; empty leaves it to the server, which knows the certificate.
    pub fn new(authorization: &[u8]) -> External {
        External {
            authorization: Some(authorization.to_vec()),
        }
    }
}

impl Mechanism for External {
    fn name(&self) -> &'static str {
        NAME
    }

    fn initial_response(&mut self) -> Option<Secret> {
        self.authorization.take().map(Secret::new)
    }

    fn asks_nothing(&self) -> bool {
        true
    }

    fn respond(&mut self, _challenge: &[u8]) -> Result<Secret, SaslError> {
        self.authorization
            .take()
            .map(Secret::new)
            .ok_or(SaslError::UnexpectedChallenge(NAME))
    }

    fn tried_password(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_the_name_once() {
        let mut external = External::new(b"");
        assert_eq!(external.initial_response().unwrap().as_slice(), b"");
        assert_eq!(
            external.respond(b""),
            Err(SaslError::UnexpectedChallenge(NAME))
        );
        let mut external = External::new(b"u1");
        assert_eq!(external.respond(b"").unwrap().as_slice(), b"u1");
        assert!(external.respond(b"").is_err());
    }
}
