//! SCRAM (RFC 5802, RFC 7677): both sides prove that they know the password, and neither says it.
//!
//! The PLUS mechanisms also prove that both are at the ends of the same TLS connection (channel binding, RFC 5929 and
//! RFC 9266).

use std::fmt;
use std::num::NonZeroU32;

use crate::crypto::rand::{SecureRandom, SystemRandom};
use crate::crypto::{digest, hmac, pbkdf2};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{Channel, Credentials, Mechanism, MechanismInfo, SaslError, Secret};
use crate::limits;

/// One of the family.
struct Kind {
    name: &'static str,
    digest: &'static digest::Algorithm,
    hmac: hmac::Algorithm,
    rounds: pbkdf2::Algorithm,
    plus: bool,
}

static SHA256_PLUS: Kind = Kind {
    name: "SCRAM-SHA-256-PLUS",
    plus: true,
    ..SHA256_KIND
};
static SHA256: Kind = SHA256_KIND;
static SHA1_PLUS: Kind = Kind {
    name: "SCRAM-SHA-1-PLUS",
    plus: true,
    ..SHA1_KIND
};
static SHA1: Kind = SHA1_KIND;

const SHA256_KIND: Kind = Kind {
    name: "SCRAM-SHA-256",
    digest: &digest::SHA256,
    hmac: hmac::HMAC_SHA256,
    rounds: pbkdf2::PBKDF2_HMAC_SHA256,
    plus: false,
};
const SHA1_KIND: Kind = Kind {
    name: "SCRAM-SHA-1",
    digest: &digest::SHA1_FOR_LEGACY_USE_ONLY,
    hmac: hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
    rounds: pbkdf2::PBKDF2_HMAC_SHA1,
    plus: false,
};

macro_rules! infos {
    ($($(#[$meta:meta])* $info:ident: $kind:ident;)*) => { $(
        $(#[$meta])*
        pub(super) const $info: MechanismInfo = MechanismInfo {
            name: $kind.name,
            secure: true,
            authuser: true,
            start: |credentials| Ok(Box::new(Scram::new(&$kind, credentials, nonce()?)?)),
        };
    )* };
}

infos! {
    /// The entry of SCRAM-SHA-256-PLUS in the registry.
    SHA_256_PLUS: SHA256_PLUS;
    /// The entry of SCRAM-SHA-256.
    SHA_256: SHA256;
    /// The entry of SCRAM-SHA-1-PLUS.
    SHA_1_PLUS: SHA1_PLUS;
    /// The entry of SCRAM-SHA-1.
    SHA_1: SHA1;
}

/// 144 random bits, as text.
fn nonce() -> Result<String, SaslError> {
    let mut random = [0; 18];
    SystemRandom::new()
        .fill(&mut random)
        .map_err(|_| SaslError::Unrepresentable("SCRAM"))?;
    Ok(STANDARD.encode(random))
}

#[derive(PartialEq, Eq)]
enum State {
    /// Nothing said yet.
    First,
    /// The client's first message is out.
    Final,
    /// The proof is out, the server's is due. Its signature is known.
    Server(Vec<u8>),
    /// The server has proved that it knows the password.
    Done,
}

/// A SCRAM exchange.
pub struct Scram {
    kind: &'static Kind,
    /// `n=…,r=…`: the client's first message without its head.
    bare: Vec<u8>,
    /// `a=…` of the head, if the account is another's.
    authorization: Vec<u8>,
    nonce: String,
    password: Secret,
    /// Head of the first message, and the data of the channel binding.
    head: Vec<u8>,
    binding: Vec<u8>,
    state: State,
}

impl fmt::Debug for Scram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name)
    }
}

/// SASLprep (RFC 4013) of what is text it can prepare; other octets stay as they are, as servers that do not prepare
/// passwords have them. Without Unicode's tables all stay as they are, which for ASCII is the same.
fn prepared(text: &[u8]) -> Secret {
    #[cfg(not(feature = "unicode"))]
    let prepared: Option<std::borrow::Cow<'_, str>> = None;
    #[cfg(feature = "unicode")]
    let prepared = std::str::from_utf8(text)
        .ok()
        .and_then(|text| stringprep::saslprep(text).ok());
    match prepared {
        Some(std::borrow::Cow::Owned(mut owned)) => {
            let bytes = Secret::new(owned.as_bytes().to_vec());
            zeroize::Zeroize::zeroize(&mut owned);
            bytes
        }
        _ => Secret::new(text.to_vec()),
    }
}

/// A name as the messages write it: comma and equals sign are taken.
fn escaped(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    for &byte in name {
        match byte {
            b',' => out.extend_from_slice(b"=2C"),
            b'=' => out.extend_from_slice(b"=3D"),
            other => out.push(other),
        }
    }
    out
}

impl Scram {
    fn new(
        kind: &'static Kind,
        credentials: Credentials,
        nonce: String,
    ) -> Result<Scram, SaslError> {
        let authuser = credentials.authuser.filter(|name| !name.is_empty());
        let (user, authorization) = match authuser {
            Some(authuser) => (authuser, Some(credentials.user)),
            None => (credentials.user, None),
        };
        let text = |name: &[u8]| -> Result<Vec<u8>, SaslError> {
            if name.contains(&0) || std::str::from_utf8(name).is_err() {
                return Err(SaslError::Unrepresentable(kind.name));
            }
            Ok(escaped(&prepared(name)))
        };
        let mut bare = b"n=".to_vec();
        bare.extend_from_slice(&text(&user)?);
        bare.extend_from_slice(b",r=");
        bare.extend_from_slice(nonce.as_bytes());
        let authorization = match authorization {
            Some(name) => [b"a=", &text(&name)?[..]].concat(),
            None => Vec::new(),
        };
        let mut scram = Scram {
            kind,
            bare,
            authorization,
            nonce,
            password: prepared(&credentials.password),
            head: Vec::new(),
            binding: Vec::new(),
            state: State::First,
        };
        scram.set_head(b"n");
        Ok(scram)
    }

    fn set_head(&mut self, flag: &[u8]) {
        self.head = [flag, b",", &self.authorization, b","].concat();
    }

    fn first(&mut self) -> Secret {
        self.state = State::Final;
        Secret::new([&self.head[..], &self.bare].concat())
    }

    fn bad(&self) -> SaslError {
        SaslError::BadChallenge(self.kind.name)
    }

    /// The answer to the server's first message: nonce, channel binding and proof.
    fn proof(&mut self, server_first: &[u8]) -> Result<Secret, SaslError> {
        let mut parts = server_first.split(|&byte| byte == b',');
        let mut value = |name: &[u8]| -> Option<&[u8]> { parts.next()?.strip_prefix(name) };
        // An extension that must be understood would stand first, and none is known.
        let (nonce, salt, rounds) = match (value(b"r="), value(b"s="), value(b"i=")) {
            (Some(nonce), Some(salt), Some(rounds)) => (nonce, salt, rounds),
            _ => return Err(self.bad()),
        };
        if nonce.len() <= self.nonce.len() || !nonce.starts_with(self.nonce.as_bytes()) {
            return Err(self.bad());
        }
        let salt = STANDARD.decode(salt).map_err(|_| self.bad())?;
        let rounds = std::str::from_utf8(rounds)
            .ok()
            .and_then(|rounds| rounds.parse::<u32>().ok())
            .and_then(NonZeroU32::new)
            .ok_or_else(|| self.bad())?;
        if !(limits::SCRAM_LEAST_ROUNDS..=limits::SCRAM_MOST_ROUNDS).contains(&rounds.get()) {
            return Err(SaslError::Rounds(self.kind.name, rounds.get()));
        }
        let mut salted = Zeroizing::new([0u8; digest::MAX_OUTPUT_LEN]);
        let salted = &mut salted[..self.kind.digest.output_len()];
        pbkdf2::derive(self.kind.rounds, rounds, &salt, &self.password, salted);
        self.password = Secret::default();
        let salted = hmac::Key::new(self.kind.hmac, salted);
        let client_key = hmac::sign(&salted, b"Client Key");
        let server_key = hmac::sign(&salted, b"Server Key");

        let mut head = self.head.clone();
        head.extend_from_slice(&self.binding);
        let mut message = b"c=".to_vec();
        message.extend_from_slice(STANDARD.encode(head).as_bytes());
        message.extend_from_slice(b",r=");
        message.extend_from_slice(nonce);
        let signed = [&self.bare[..], b",", server_first, b",", &message].concat();
        let stored = digest::digest(self.kind.digest, client_key.as_ref());
        let signature = hmac::sign(&hmac::Key::new(self.kind.hmac, stored.as_ref()), &signed);
        let proof: Vec<u8> = client_key
            .as_ref()
            .iter()
            .zip(signature.as_ref())
            .map(|(key, mask)| key ^ mask)
            .collect();
        message.extend_from_slice(b",p=");
        message.extend_from_slice(STANDARD.encode(proof).as_bytes());
        let server_key = hmac::Key::new(self.kind.hmac, server_key.as_ref());
        self.state = State::Server(hmac::sign(&server_key, &signed).as_ref().to_vec());
        Ok(Secret::new(message))
    }

    fn check(&mut self, server_final: &[u8], signature: &[u8]) -> Result<Secret, SaslError> {
        let first = server_final.split(|&byte| byte == b',').next();
        let first = first.unwrap_or_default();
        if let Some(error) = first.strip_prefix(b"e=") {
            let said = String::from_utf8_lossy(error);
            return Err(match &*said {
                // Somebody between has changed what the server offered, or has a TLS connection of their own.
                "server-does-support-channel-binding" | "channel-bindings-dont-match" => {
                    SaslError::Untrusted(self.kind.name)
                }
                _ => SaslError::Refused(self.kind.name, said.chars().take(80).collect()),
            });
        }
        let verified = first
            .strip_prefix(b"v=")
            .and_then(|text| STANDARD.decode(text).ok())
            // One guess for each nonce: the time it takes tells nothing of use.
            .is_some_and(|theirs| !signature.is_empty() && theirs == signature);
        if !verified {
            return Err(SaslError::Untrusted(self.kind.name));
        }
        self.state = State::Done;
        Ok(Secret::default())
    }
}

impl Mechanism for Scram {
    fn name(&self) -> &'static str {
        self.kind.name
    }

    fn bind(&mut self, channel: &Channel) -> Result<(), SaslError> {
        if self.kind.plus {
            let binding = channel
                .bindings
                .first()
                .ok_or(SaslError::Unrepresentable(self.kind.name))?;
            self.set_head(format!("p={}", binding.kind).as_bytes());
            self.binding = binding.data.clone();
        } else if !channel.bindings.is_empty() && !channel.server_binds {
            // We could, and think that the server cannot: it will object if somebody has hidden that it can.
            self.set_head(b"y");
        }
        Ok(())
    }

    fn initial_response(&mut self) -> Option<Secret> {
        Some(self.first())
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Secret, SaslError> {
        if challenge.len() > limits::SCRAM_MESSAGE {
            return Err(self.bad());
        }
        // What fails leaves a state in which no success is believed.
        match std::mem::replace(&mut self.state, State::Server(Vec::new())) {
            State::First if challenge.is_empty() => Ok(self.first()),
            State::First => Err(self.bad()),
            State::Final => self.proof(challenge),
            State::Server(signature) => self.check(challenge, &signature),
            State::Done => Err(SaslError::UnexpectedChallenge(self.kind.name)),
        }
    }

    fn finish(&mut self, data: Option<&[u8]>) -> Result<(), SaslError> {
        if let (State::Server(signature), Some(data)) = (&self.state, data) {
            let signature = signature.clone();
            self.check(data, &signature)?;
        }
        match self.state {
            State::Done => Ok(()),
            _ => Err(SaslError::Untrusted(self.kind.name)),
        }
    }

    fn tried_password(&self) -> bool {
        !matches!(self.state, State::First | State::Final)
    }
}

#[cfg(test)]
mod tests;
