//! CRAM-MD5 (RFC 2195): the server's challenge, keyed with the password.

use std::fmt;

use hmac::{Hmac, Mac};
use md5::Md5;

use super::{Credentials, Mechanism, MechanismInfo, SaslError, Secret};

const NAME: &str = "CRAM-MD5";

/// The entry in the registry.
pub(super) const INFO: MechanismInfo = MechanismInfo {
    name: NAME,
    secure: true,
    authuser: false,
    start: |credentials| Ok(Box::new(CramMd5::new(credentials))),
};

/// A CRAM-MD5 exchange.
pub struct CramMd5 {
    credentials: Option<Credentials>,
}

impl CramMd5 {
    /// Prepares the exchange; an `authuser` cannot be carried and is not looked at.
    pub fn new(credentials: Credentials) -> CramMd5 {
        CramMd5 {
            credentials: Some(credentials),
        }
    }
}

impl fmt::Debug for CramMd5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CramMd5")
    }
}

impl Mechanism for CramMd5 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn initial_response(&mut self) -> Option<Secret> {
        None
    }

    fn asks_nothing(&self) -> bool {
        self.credentials.is_none()
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Secret, SaslError> {
        let credentials = self
            .credentials
            .take()
            .ok_or(SaslError::UnexpectedChallenge(NAME))?;
        // HMAC takes keys of every length; the error cannot happen.
        let mut hmac = Hmac::<Md5>::new_from_slice(&credentials.password)
            .map_err(|_| SaslError::Unrepresentable(NAME))?;
        hmac.update(challenge);
        let digest = hmac.finalize().into_bytes();
        let mut answer = Secret::new(Vec::with_capacity(credentials.user.len() + 33));
        answer.extend_from_slice(&credentials.user);
        answer.push(b' ');
        for byte in digest {
            for nibble in [byte >> 4, byte & 15] {
                answer.push(b"0123456789abcdef"[usize::from(nibble)]);
            }
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_credentials;
    use super::*;

    fn answer(user: &str, password: &str, challenge: &[u8]) -> String {
        let mut cram = CramMd5::new(test_credentials(user, None, password));
        assert_eq!(cram.initial_response(), None);
        let answer = cram.respond(challenge).unwrap();
        let again = cram.respond(challenge);
        assert_eq!(again, Err(SaslError::UnexpectedChallenge(NAME)));
        String::from_utf8(answer.to_vec()).unwrap()
    }

    #[test]
    fn rfc_2195_example() {
        let challenge = b"<1896.697170952@postoffice.reston.mci.net>";
        assert_eq!(
            answer("tim", "tanstaaftanstaaf", challenge),
            "tim b913a602c7eda7a495b4e6e7334d3890"
        );
    }

    #[test]
    fn rfc_2202_long_key() {
        // Test case 6: a key longer than MD5's block of 64 octets is hashed first. The key is
        // not UTF-8, as passwords from C need not be.
        let mut cram = CramMd5::new(Credentials {
            user: b"u".to_vec(),
            authuser: None,
            password: Secret::new(vec![0xaa; 80]),
        });
        let challenge = b"Test Using Larger Than Block-Size Key - Hash Key First";
        let answer = cram.respond(challenge).unwrap();
        assert_eq!(answer.as_slice(), b"u 6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
    }
}
