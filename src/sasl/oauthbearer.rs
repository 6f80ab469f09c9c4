//! OAUTHBEARER (RFC 7628): an OAuth 2 token, and what it is for.

use std::fmt;

use super::{Mechanism, SaslError, Secret, bearer};

const NAME: &str = "OAUTHBEARER";

/// An OAUTHBEARER exchange.
pub struct OauthBearer {
    message: Option<Secret>,
    complaint: Option<Vec<u8>>,
}

impl OauthBearer {
    /// Prepares the exchange for `user` with an access token at `host` and `port`.
    ///
    /// # Errors
    /// [`SaslError::Unrepresentable`] if the token is none, or a name holds a control character.
    pub fn new(
        user: &[u8],
        token: &[u8],
        host: &[u8],
        port: u16,
    ) -> Result<OauthBearer, SaslError> {
        if !bearer::is_name(user) || !bearer::is_name(host) || !bearer::is_token(token) {
            return Err(SaslError::Unrepresentable(NAME));
        }
        // RFC 5801 section 4: `saslname`.
        let mut saslname = Vec::with_capacity(user.len());
        for &byte in user {
            match byte {
                b',' => saslname.extend_from_slice(b"=2C"),
                b'=' => saslname.extend_from_slice(b"=3D"),
                _ => saslname.push(byte),
            }
        }
        let port = port.to_string();
        let parts = [
            b"n,a=",
            &saslname[..],
            b",\x01host=",
            host,
            b"\x01port=",
            port.as_bytes(),
            b"\x01auth=Bearer ",
            token,
            b"\x01\x01",
        ];
        Ok(OauthBearer {
            message: Some(bearer::join(&parts)),
            complaint: None,
        })
    }

    /// What the server said by way of an error: JSON (RFC 7628 section 3.2.2).
    pub fn complaint(&self) -> Option<&[u8]> {
        self.complaint.as_deref()
    }
}

impl fmt::Debug for OauthBearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OauthBearer")
    }
}

impl Mechanism for OauthBearer {
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
        // RFC 7628 section 3.2.3: the error is a challenge; the client acknowledges it, and the server says no.
        self.complaint = Some(challenge.to_vec());
        Ok(Secret::new(vec![1]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7628() {
        let mut exchange = OauthBearer::new(
            b"user@example.com",
            b"vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
            b"server.example.com",
            143,
        )
        .unwrap();
        assert_eq!(
            super::super::wire::encode(&exchange.initial_response().unwrap()).as_str(),
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52\
             YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
        );
        let error = br#"{"status":"invalid_token","scope":"example_scope"}"#;
        assert_eq!(exchange.respond(error).unwrap().as_slice(), b"\x01");
        assert_eq!(exchange.complaint(), Some(&error[..]));
        assert_eq!(
            exchange.respond(b""),
            Err(SaslError::UnexpectedChallenge(NAME))
        );
        assert_eq!(format!("{exchange:?}"), "OauthBearer");
    }

    #[test]
    fn names_are_escaped_and_nothing_can_be_slipped_in() {
        let mut exchange = OauthBearer::new(b"a=b,c", b"t", b"h", 1).unwrap();
        assert_eq!(
            exchange.respond(b"").unwrap().as_slice(),
            b"n,a=a=3Db=2Cc,\x01host=h\x01port=1\x01auth=Bearer t\x01\x01"
        );
        for (user, token, host) in [
            ("u\x01", "t", "h"),
            ("u", "t\x01", "h"),
            ("u", "t", "h\x01"),
            ("u", "a b", "h"),
        ] {
            let refused =
                OauthBearer::new(user.as_bytes(), token.as_bytes(), host.as_bytes(), 1).err();
            assert_eq!(refused, Some(SaslError::Unrepresentable(NAME)));
        }
        let mut exchange = OauthBearer::new(b"u", b"t", b"h", 1).unwrap();
        assert_eq!(
            exchange.respond(b"What?"),
            Err(SaslError::BadChallenge(NAME))
        );
    }
}
