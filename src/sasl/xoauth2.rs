//! XOAUTH2: the mechanism of Google and Microsoft for OAuth 2 tokens, older than RFC 7628 and offered where that is not.

use std::fmt;

use super::{Mechanism, SaslError, Secret, bearer};

const NAME: &str = "XOAUTH2";

/// An XOAUTH2 exchange.
pub struct Xoauth2 {
    message: Option<Secret>,
    complaint: Option<Vec<u8>>,
}

impl Xoauth2 {
    /// Prepares the exchange for `user` with an access token.
    ///
    /// # Errors
    /// [`SaslError::Unrepresentable`] if the token is none, or the user's name holds a control character.
    pub fn new(user: &[u8], token: &[u8]) -> Result<Xoauth2, SaslError> {
        if !bearer::is_name(user) || !bearer::is_token(token) {
            return Err(SaslError::Unrepresentable(NAME));
        }
        let parts = [b"user=", user, b"\x01auth=Bearer ", token, b"\x01\x01"];
        Ok(Xoauth2 {
            message: Some(bearer::join(&parts)),
            complaint: None,
        })
    }

    /// What the server said by way of an error: JSON, if it keeps to its own rules.
    pub fn complaint(&self) -> Option<&[u8]> {
        self.complaint.as_deref()
    }
}

impl fmt::Debug for Xoauth2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Xoauth2")
    }
}

impl Mechanism for Xoauth2 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn initial_response(&mut self) -> Option<Secret> {
        self.message.take()
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Secret, SaslError> {
        if let Some(message) = self.message.take() {
            // Who asks for something else than the message does not get the token.
            return if challenge.is_empty() {
                Ok(message)
            } else {
                Err(SaslError::BadChallenge(NAME))
            };
        }
        if self.complaint.is_some() {
            return Err(SaslError::UnexpectedChallenge(NAME));
        }
        // The error is a challenge, and the empty answer lets the server say its NO.
        self.complaint = Some(challenge.to_vec());
        Ok(Secret::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn googles_example() {
        let user = b"someuser@example.com";
        let mut exchange =
            Xoauth2::new(user, b"ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg").unwrap();
        let message = exchange.initial_response().unwrap();
        assert_eq!(
            super::super::wire::encode(&message).as_str(),
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0\
             Q2cBAQ=="
        );
    }

    #[test]
    fn an_error_is_answered_by_nothing_and_once() {
        let mut exchange = Xoauth2::new(b"u", b"t").unwrap();
        assert_eq!(
            exchange.respond(b"").unwrap().as_slice(),
            b"user=u\x01auth=Bearer t\x01\x01"
        );
        let error = br#"{"status":"401","schemes":"bearer"}"#;
        assert_eq!(exchange.complaint(), None);
        assert_eq!(exchange.respond(error).unwrap().as_slice(), b"");
        assert_eq!(exchange.complaint(), Some(&error[..]));
        assert_eq!(
            exchange.respond(b""),
            Err(SaslError::UnexpectedChallenge(NAME))
        );
        assert!(!format!("{exchange:?}").contains("Bearer"));
    }

    #[test]
    fn the_token_is_for_an_empty_challenge_only() {
        let mut exchange = Xoauth2::new(b"u", b"t").unwrap();
        assert_eq!(
            exchange.respond(b"Password:"),
            Err(SaslError::BadChallenge(NAME))
        );
        assert_eq!(exchange.initial_response(), None);
    }

    #[test]
    fn nothing_can_be_slipped_in() {
        for (user, token) in [
            (&b"u\x01auth=x"[..], &b"t"[..]),
            (b"", b"t"),
            (b"u", b""),
            (b"u", b"t t"),
            (b"u", b"t\x01"),
        ] {
            let refused = Xoauth2::new(user, token).err();
            assert_eq!(refused, Some(SaslError::Unrepresentable(NAME)));
        }
    }
}
