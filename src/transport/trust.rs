//! Whom to trust: the system's certificates, read once for the whole process.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

/// Trusted certificates, ready for checking chains. It does not change; a newer state of the
/// files would be a new store.
pub struct TrustStore {
    /// Trust anchors in the form the chain builder wants.
    pub(super) anchors: RootCertStore,
    /// The certificates themselves, to recognise a server that presents one of them.
    certificates: HashSet<Vec<u8>>,
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustStore({})", self.certificates.len())
    }
}

impl TrustStore {
    /// A store of these certificates (DER); those that cannot be read are left out, as one bad
    /// file must not lock everybody out.
    pub fn from_certificates<'a>(
        certificates: impl IntoIterator<Item = CertificateDer<'a>>,
    ) -> TrustStore {
        let mut anchors = RootCertStore::empty();
        let mut known = HashSet::new();
        for certificate in certificates {
            if !known.contains(certificate.as_ref()) {
                known.insert(certificate.to_vec());
                // Not an anchor for others, perhaps (no X.509v3), but still itself.
                let _ = anchors.add(certificate);
            }
        }
        TrustStore {
            anchors,
            certificates: known,
        }
    }

    /// Reads the system's store (`SSL_CERT_FILE` and `SSL_CERT_DIR` if set, else where the system
    /// keeps them) and, if given, a directory of PEM files besides (`SET_SSLCAPATH`).
    fn load(directory: Option<&Path>) -> TrustStore {
        let mut certificates = rustls_native_certs::load_native_certs().certs;
        if directory.is_some() {
            let more = rustls_native_certs::load_certs_from_paths(None, directory);
            certificates.extend(more.certs);
        }
        TrustStore::from_certificates(certificates)
    }

    /// Is this very certificate in the store?
    pub(super) fn contains(&self, certificate: &CertificateDer<'_>) -> bool {
        self.certificates.contains(certificate.as_ref())
    }

    /// Is the store empty, so that nothing at all can be trusted?
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }
}

/// Which certificates a connection trusts.
#[derive(Clone, Debug, Default)]
pub enum Roots {
    /// The system's.
    #[default]
    System,
    /// The system's and those in a directory.
    SystemAnd(PathBuf),
    /// Exactly these.
    Only(Arc<TrustStore>),
}

/// What has been loaded, by the extra directory. Later reloading only has to replace an entry:
/// connections hold what they began with.
static LOADED: Mutex<Option<HashMap<Option<PathBuf>, Arc<TrustStore>>>> = Mutex::new(None);

impl Roots {
    /// The certificates, read at the first use and kept.
    pub(super) fn store(&self) -> Arc<TrustStore> {
        let directory = match self {
            Roots::System => None,
            Roots::SystemAnd(directory) => Some(directory),
            Roots::Only(store) => return Arc::clone(store),
        };
        let known = |loaded: &Option<HashMap<_, Arc<TrustStore>>>| {
            loaded.as_ref()?.get(&directory.cloned()).cloned()
        };
        if let Some(store) = known(&LOADED.lock().unwrap_or_else(PoisonError::into_inner)) {
            return store;
        }
        // Read without the lock: nobody waits for the files of another, and two who read the same
        // get the same.
        let store = Arc::new(TrustStore::load(directory.map(PathBuf::as_path)));
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        let stores = loaded.get_or_insert_default();
        Arc::clone(stores.entry(directory.cloned()).or_insert(store))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loaded_once_and_shared() {
        let first = Roots::System.store();
        assert!(Arc::ptr_eq(&first, &Roots::System.store()));
        let elsewhere = Roots::SystemAnd("/nonexistent".into()).store();
        assert!(!Arc::ptr_eq(&first, &elsewhere));
        assert_eq!(first.certificates, elsewhere.certificates);
    }

    #[test]
    fn unreadable_certificates_are_left_out() {
        let rubbish = CertificateDer::from(b"rubbish".to_vec());
        let store = TrustStore::from_certificates([rubbish.clone()]);
        assert_eq!(store.anchors.len(), 0);
        assert!(store.contains(&rubbish));
    }
}
