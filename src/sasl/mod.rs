//! SASL mechanisms, one file each.
//!
//! A [`Mechanism`] is one authentication exchange: it is built from [`Credentials`], answers the
//! server's challenges in binary and knows nothing of IMAP. [`MECHANISMS`] lists what there is in
//! the order of preference; [`choose`] picks from it. [`wire`] turns answers into the base64 of
//! the protocols. Answers and passwords live in buffers that are wiped when dropped, and no type
//! here shows a secret in its `Debug`.

#![forbid(unsafe_code)]

use std::fmt;

use zeroize::Zeroizing;

pub use crate::transport::ChannelBinding;

mod bearer;
mod cram_md5;
mod external;
mod login;
mod oauthbearer;
mod plain;
mod scram;
pub mod wire;
mod xoauth2;

pub use cram_md5::CramMd5;
pub use external::External;
pub use login::Login;
pub use oauthbearer::OauthBearer;
pub use plain::Plain;
pub use xoauth2::Xoauth2;

/// Bytes that are wiped when dropped.
pub type Secret = Zeroizing<Vec<u8>>;

/// Who logs in, and with whose password.
#[derive(Clone)]
pub struct Credentials {
    /// The account to work in.
    pub user: Vec<u8>,
    /// Whose password it is, when that is not `user` (`/authuser=`).
    pub authuser: Option<Vec<u8>>,
    /// The password.
    pub password: Secret,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &String::from_utf8_lossy(&self.user))
            .field(
                "authuser",
                &self.authuser.as_deref().map(String::from_utf8_lossy),
            )
            .finish_non_exhaustive()
    }
}

/// Why a mechanism cannot go on. The exchange is then cancelled (`*` in IMAP).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaslError {
    /// The server asked for more than the mechanism has.
    UnexpectedChallenge(&'static str),
    /// The server's challenge makes no sense for this mechanism.
    BadChallenge(&'static str),
    /// User or password hold a byte that the mechanism cannot carry.
    Unrepresentable(&'static str),
    /// The challenge is not base64.
    NotBase64,
    /// The server asks for so many rounds of hashing: too few to be safe, or too many to be honest.
    Rounds(&'static str, u32),
    /// The server says within the exchange why it refuses.
    Refused(&'static str, String),
    /// The server has not proved that it is the one we mean. Nothing may be tried on this connection any more: another
    /// mechanism would show it the password.
    Untrusted(&'static str),
}

impl SaslError {
    /// Whether the connection must not be used any more.
    pub fn is_untrusted(&self) -> bool {
        matches!(self, SaslError::Untrusted(_))
    }
}

impl fmt::Display for SaslError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaslError::UnexpectedChallenge(name) => {
                write!(f, "unexpected challenge in {name} authentication")
            }
            SaslError::BadChallenge(name) => {
                write!(f, "invalid challenge in {name} authentication")
            }
            SaslError::Unrepresentable(name) => {
                write!(
                    f,
                    "user or password cannot be sent by {name} authentication"
                )
            }
            SaslError::NotBase64 => f.write_str("challenge is not base64"),
            SaslError::Rounds(name, rounds) => {
                write!(f, "{name} authentication with {rounds} rounds is refused")
            }
            SaslError::Refused(name, reason) => {
                write!(f, "{name} authentication refused: {reason}")
            }
            SaslError::Untrusted(name) => write!(
                f,
                "the server did not prove in {name} authentication who it is, or somebody is between"
            ),
        }
    }
}

impl std::error::Error for SaslError {}

/// One exchange, seen from the client.
pub trait Mechanism: fmt::Debug + Send {
    /// Registered name, upper case.
    fn name(&self) -> &'static str;

    /// What the client may say before the server has asked (RFC 4422 section 3), for protocols
    /// that can carry it with the first command. `None` where the server speaks first. A session
    /// that has sent it does not offer it to [`respond`](Mechanism::respond) again; one that has
    /// not gives the server's empty first challenge to `respond`.
    fn initial_response(&mut self) -> Option<Secret>;

    /// Answers one challenge, already decoded from base64.
    fn respond(&mut self, challenge: &[u8]) -> Result<Secret, SaslError>;

    /// Whether the server has nothing more to ask once it has what was said last, whatever it makes of it.
    fn asks_nothing(&self) -> bool {
        false
    }

    /// Tells of the connection, before anything is said.
    fn bind(&mut self, _channel: &Channel) -> Result<(), SaslError> {
        Ok(())
    }

    /// The server says that it was a success, with `data` if the protocol can carry some. An error is the client's own
    /// verdict: the server has not proved who it is.
    fn finish(&mut self, _data: Option<&[u8]>) -> Result<(), SaslError> {
        Ok(())
    }

    /// Whether a refusal can mean the password: not if the server refused before it could know of it.
    fn tried_password(&self) -> bool {
        true
    }
}

/// What a mechanism may want to know of the connection.
#[derive(Clone, Debug, Default)]
pub struct Channel {
    /// What ties the authentication to the TLS connection, the preferred kind first; empty without TLS.
    pub bindings: Vec<ChannelBinding>,
    /// Whether the server offers any mechanism with channel binding.
    pub server_binds: bool,
}

impl Channel {
    /// For a server that offers these mechanisms.
    pub fn new<N: AsRef<str>>(bindings: Vec<ChannelBinding>, offered: &[N]) -> Channel {
        Channel {
            bindings,
            server_binds: offered.iter().any(|name| binds(name.as_ref())),
        }
    }
}

/// Whether a mechanism of this name binds itself to the TLS connection.
pub fn binds(name: &str) -> bool {
    name.to_ascii_uppercase().ends_with("-PLUS")
}

/// A mechanism in the registry.
pub struct MechanismInfo {
    /// Registered name, upper case; compared without regard to case.
    pub name: &'static str,
    /// The password itself is not sent (c-client's `AU_SECURE`); `/secure` demands it.
    pub secure: bool,
    /// It can carry an authorization identity (c-client's `AU_AUTHUSER`); `/authuser=` demands it.
    pub authuser: bool,
    /// Begins an exchange.
    pub start: fn(Credentials) -> Result<Box<dyn Mechanism>, SaslError>,
}

impl MechanismInfo {
    /// Begins an exchange on this channel.
    ///
    /// # Errors
    /// The mechanism cannot express the credentials, or has no binding to this channel.
    pub fn begin(
        &self,
        credentials: Credentials,
        channel: &Channel,
    ) -> Result<Box<dyn Mechanism>, SaslError> {
        let mut exchange = (self.start)(credentials)?;
        exchange.bind(channel)?;
        Ok(exchange)
    }
}

impl fmt::Debug for MechanismInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// All mechanisms with a password, the preferred ones first: c-client's order, SCRAM before it (EXTERNAL and GSSAPI
/// come before these).
pub static MECHANISMS: [MechanismInfo; 7] = [
    scram::SHA_256_PLUS,
    scram::SHA_1_PLUS,
    scram::SHA_256,
    scram::SHA_1,
    cram_md5::INFO,
    plain::INFO,
    login::INFO,
];

/// What the mailbox name demands of a mechanism.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// `/secure`
    pub secure: bool,
    /// `/authuser=`
    pub authuser: bool,
}

/// The mechanisms that the server offers and the requirements permit, in order of preference.
/// `offered` are the names after `AUTH=` in the capabilities.
pub fn choose<'a, N: AsRef<str>>(
    offered: &'a [N],
    needs: Requirements,
) -> impl Iterator<Item = &'static MechanismInfo> + 'a {
    MECHANISMS.iter().filter(move |mechanism| {
        (mechanism.secure || !needs.secure)
            && (mechanism.authuser || !needs.authuser)
            && offered
                .iter()
                .any(|name| name.as_ref().eq_ignore_ascii_case(mechanism.name))
    })
}

/// Looks a mechanism up by name (`authenticate` by the application's wish).
pub fn lookup(name: &str) -> Option<&'static MechanismInfo> {
    MECHANISMS
        .iter()
        .find(|mechanism| mechanism.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
pub(crate) fn test_credentials(user: &str, authuser: Option<&str>, password: &str) -> Credentials {
    Credentials {
        user: user.into(),
        authuser: authuser.map(Into::into),
        password: Zeroizing::new(password.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(offered: &[&str], needs: Requirements) -> Vec<&'static str> {
        choose(offered, needs).map(|m| m.name).collect()
    }

    #[test]
    fn preference_and_requirements() {
        let all = ["login", "PLAIN", "CRAM-MD5", "SCRAM-SHA-256", "XOAUTH2"];
        let none = Requirements::default();
        assert_eq!(
            names(&all, none),
            ["SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN"]
        );
        assert_eq!(names(&["XOAUTH2"], none), [""; 0]);
        let secure = Requirements {
            secure: true,
            ..none
        };
        assert_eq!(names(&all, secure), ["SCRAM-SHA-256", "CRAM-MD5"]);
        assert_eq!(names(&["PLAIN"], secure), [""; 0]);
        let authuser = Requirements {
            authuser: true,
            ..none
        };
        assert_eq!(names(&all, authuser), ["SCRAM-SHA-256", "PLAIN"]);
        let both = Requirements {
            secure: true,
            authuser: true,
        };
        assert_eq!(names(&all, both), ["SCRAM-SHA-256"]);
    }

    #[test]
    fn lookup_by_name() {
        assert_eq!(lookup("Cram-md5").unwrap().name, "CRAM-MD5");
        assert!(lookup("PLAI").is_none());
    }

    #[test]
    fn registry_and_mechanisms_agree_and_hide_secrets() {
        for info in &MECHANISMS {
            let credentials = test_credentials("someone", None, "hunter2");
            assert!(!format!("{credentials:?}").contains("hunter2"));
            let mut mechanism = (info.start)(credentials).unwrap();
            assert_eq!(mechanism.name(), info.name);
            assert!(!format!("{mechanism:?}").contains("hunter2"));
            assert!(!format!("{mechanism:?}").contains("104, 117, 110"));
            // However long a server goes on asking, it gets an error in the end, not a panic.
            let mut answers = 0;
            while mechanism.respond(b"").is_ok() {
                answers += 1;
                assert!(answers < 5, "{} never ends", info.name);
            }
        }
    }
}
