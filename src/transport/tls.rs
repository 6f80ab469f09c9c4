//! TLS settings: what to check, the configurations shared by all connections, error texts.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{IpAddr, ServerName};
use rustls::{CertificateError, ClientConfig, Error, OtherError};

use crate::limits::TRUST_STORES;

use super::identity::ClientIdentity;
use super::problem::Problem;
use super::trust::{Roots, TrustStore};
use super::verify::{Rule, Verifier};

/// The application's say about a certificate that failed: c-client's `SET_SSLCERTIFICATEQUERY`.
pub trait CertificateQuery: Send + Sync {
    /// True accepts the certificate all the same. `subject` is in the form `/CN=…`.
    fn accept(&self, reason: &str, host: &str, subject: &str) -> bool;
}

/// How a connection is to be secured.
#[derive(Clone, Default)]
pub struct TlsOptions {
    /// Name the certificate must be for: the host as in the mailbox name, brackets or not.
    pub host: Vec<u8>,
    /// `/novalidate-cert`: any certificate will do.
    pub no_validate: bool,
    /// Whom to trust.
    pub roots: Roots,
    /// Asked when a certificate fails.
    pub query: Option<Arc<dyn CertificateQuery>>,
    /// What to show a server that asks for the client's certificate.
    pub identity: Option<ClientIdentity>,
}

impl fmt::Debug for TlsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsOptions")
            .field("host", &String::from_utf8_lossy(&self.host))
            .field("no_validate", &self.no_validate)
            .field("roots", &self.roots)
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

/// Why TLS could not be set up. The texts begin as c-client's do; the host is the certificate's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsError {
    /// The certificate is not to be trusted.
    Certificate {
        /// Host that was wanted.
        host: String,
        /// What is wrong, with which certificate, and what to do about it.
        reason: String,
    },
    /// The application was asked about the certificate and said no.
    Declined {
        /// Host that was wanted.
        host: String,
        /// What is wrong, as above.
        reason: String,
    },
    /// Anything else.
    Failure {
        /// Host that was wanted.
        host: String,
        /// What went wrong.
        reason: String,
    },
}

impl TlsError {
    /// Host and reason, as c-client's `SET_SSLFAILURE` callback takes them.
    pub fn parts(&self) -> (&str, &str) {
        match self {
            TlsError::Certificate { host, reason }
            | TlsError::Declined { host, reason }
            | TlsError::Failure { host, reason } => (host, reason),
        }
    }

    /// Anything that is not the server's certificate.
    pub fn failure(host: &str, reason: impl Into<String>) -> TlsError {
        TlsError::Failure {
            host: host.to_string(),
            reason: reason.into(),
        }
    }

    /// Puts a TLS library error into words.
    pub(super) fn from_rustls(host: &str, error: &Error) -> TlsError {
        if let Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) = error
            && let Some(problem) = inner.downcast_ref::<Problem>()
        {
            let (host, reason) = (host.to_string(), problem.to_string());
            return if problem.declined {
                TlsError::Declined { host, reason }
            } else {
                TlsError::Certificate { host, reason }
            };
        }
        TlsError::failure(host, reason(error))
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, reason) = self.parts();
        let what = match self {
            TlsError::Certificate { .. } | TlsError::Declined { .. } => "Certificate",
            TlsError::Failure { .. } => "TLS/SSL",
        };
        write!(f, "{what} failure for {host:.80}: {reason:.700}")
    }
}

impl std::error::Error for TlsError {}

/// What an administrator needs to know about a protocol error.
pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::InvalidMessage(_) => format!("the server does not speak TLS here ({error})"),
        Error::PeerIncompatible(_) => {
            format!("no common TLS version or algorithm; TLS 1.2 or 1.3 is needed ({error})")
        }
        Error::InvalidCertificate(_) => {
            format!("the server's certificate or its signature cannot be used ({error})")
        }
        _ => error.to_string(),
    }
}

/// The name to send and to check.
pub(super) fn server_name(host: &[u8]) -> Result<ServerName<'static>, TlsError> {
    let given = String::from_utf8_lossy(host);
    let literal = given
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(&given);
    // The scope of a link-local address (fe80::1%eth0) is ours and in no certificate.
    let address = literal.split('%').next().unwrap_or_default();
    if let Ok(address) = address.parse::<std::net::IpAddr>() {
        return Ok(ServerName::IpAddress(IpAddr::from(address)));
    }
    let name = given.strip_suffix('.').unwrap_or(&given);
    ServerName::try_from(name.to_string())
        .map_err(|_| TlsError::failure(&given, "not a host name that a certificate can be for"))
}

/// Which of the shared configurations.
#[derive(PartialEq, Eq)]
enum Key {
    NoValidate,
    System,
    SystemAnd(PathBuf),
}

struct Cached {
    key: Key,
    /// The store it was made from: a reloaded store makes a new configuration.
    store: Option<Arc<TrustStore>>,
    config: Arc<ClientConfig>,
}

/// Configurations in use, few in number. They carry the session cache, so that later connections
/// to the same server need no full handshake.
static CONFIGS: Mutex<Vec<Cached>> = Mutex::new(Vec::new());

/// The configuration for these options. Those that depend on nothing but the system are shared
/// by the whole process; others are made anew, without session cache, because what one
/// application's callback accepted must not pass unseen by the next, nor may one identity's
/// session serve another.
pub(super) fn config(options: &TlsOptions) -> Result<Arc<ClientConfig>, TlsError> {
    let (key, store, query) = if options.no_validate {
        (Some(Key::NoValidate), None, None)
    } else {
        let key = match &options.roots {
            Roots::System => Some(Key::System),
            Roots::SystemAnd(directory) => Some(Key::SystemAnd(directory.clone())),
            Roots::Only(_) => None,
        };
        let key = key.filter(|_| options.query.is_none());
        (key, Some(options.roots.store()), options.query.clone())
    };
    // A session proves the identity it began with, and its owner wants the key forgotten.
    let key = key.filter(|_| options.identity.is_none());
    let same_store = |cached: &Cached| match (&cached.store, &store) {
        (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
        (ours, theirs) => ours.is_none() == theirs.is_none(),
    };
    let find = |configs: &[Cached]| {
        let key = key.as_ref()?;
        let found = configs.iter().find(|c| c.key == *key && same_store(c))?;
        Some(Arc::clone(&found.config))
    };
    if let Some(config) = find(&CONFIGS.lock().unwrap_or_else(PoisonError::into_inner)) {
        return Ok(config);
    }
    let rule = match &store {
        None => Rule::Anything,
        Some(store) => Rule::Trusted(Arc::clone(store), query),
    };
    let mut made = make(rule, options.identity.as_ref()).map_err(|error| {
        TlsError::failure(&String::from_utf8_lossy(&options.host), error.to_string())
    })?;
    let Some(key) = key else {
        made.resumption = Resumption::disabled();
        return Ok(Arc::new(made));
    };
    let made = Arc::new(made);
    let mut configs = CONFIGS.lock().unwrap_or_else(PoisonError::into_inner);
    configs.retain(|cached| cached.key != key || same_store(cached));
    match configs.iter().find(|cached| cached.key == key) {
        Some(first) => Ok(Arc::clone(&first.config)),
        None => {
            let config = Arc::clone(&made);
            if configs.len() > TRUST_STORES {
                configs.remove(0);
            }
            configs.push(Cached { key, store, config });
            Ok(made)
        }
    }
}

fn make(rule: Rule, identity: Option<&ClientIdentity>) -> Result<ClientConfig, Error> {
    let provider: Arc<CryptoProvider> = Arc::new(crate::crypto::for_tls());
    let verifier = Verifier {
        rule,
        algorithms: provider.signature_verification_algorithms,
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    Ok(match identity {
        Some(identity) => builder.with_client_cert_resolver(identity.resolver()),
        None => builder.with_no_client_auth(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_names() {
        for (host, name) in [
            ("mail.example.org", "mail.example.org"),
            ("mail.example.org.", "mail.example.org"),
            ("[127.0.0.1]", "127.0.0.1"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "::1"),
            ("::1", "::1"),
            ("[fe80::1%lo]", "fe80::1"),
        ] {
            assert_eq!(server_name(host.as_bytes()).unwrap().to_str(), name);
        }
        for host in ["", "[x]", "a b", "h\u{f6}st"] {
            assert!(server_name(host.as_bytes()).is_err(), "{host}");
        }
    }

    #[test]
    fn configurations_are_shared_where_nothing_private_is_in_them() {
        let system = TlsOptions::default();
        let open = TlsOptions {
            no_validate: true,
            ..TlsOptions::default()
        };
        assert!(Arc::ptr_eq(
            &config(&system).unwrap(),
            &config(&system).unwrap()
        ));
        assert!(Arc::ptr_eq(
            &config(&open).unwrap(),
            &config(&open).unwrap()
        ));
        assert!(!Arc::ptr_eq(
            &config(&system).unwrap(),
            &config(&open).unwrap()
        ));
        let own = TlsOptions {
            roots: Roots::Only(Arc::new(TrustStore::from_certificates([]))),
            ..TlsOptions::default()
        };
        assert!(!Arc::ptr_eq(&config(&own).unwrap(), &config(&own).unwrap()));
    }
}
