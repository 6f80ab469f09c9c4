//! CRAM-MD5 (RFC 2195): the server's challenge, keyed with the password.

use std::fmt;

use md5::{Digest, Md5};
use zeroize::Zeroizing;

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
        let digest = keyed(&credentials.password, challenge);
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

/// HMAC-MD5 (RFC 2104). Not the hmac crate's: that leaves a copy of the key on the stack.
fn keyed(key: &[u8], text: &[u8]) -> [u8; 16] {
    let mut block = Zeroizing::new([0; 64]);
    if key.len() > block.len() {
        block[..16].copy_from_slice(&Md5::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let mut padded = |pad: u8| {
        block.iter_mut().for_each(|octet| *octet ^= pad);
        Md5::new_with_prefix(block.as_slice())
    };
    let inner = padded(0x36).chain_update(text).finalize();
    // From the inner padding to the outer one.
    padded(0x36 ^ 0x5c).chain_update(inner).finalize().into()
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
