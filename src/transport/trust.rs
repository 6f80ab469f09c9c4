//! Whom to trust: the system's certificates, read once for the whole process.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls_native_certs::{load_certs_from_paths, load_native_certs};

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

    /// Reads the system's store and, if given, a directory of PEM files besides
    /// (`SET_SSLCAPATH`). What cannot be read is left out.
    fn load(environment: &Environment, directory: Option<&Path>) -> TrustStore {
        let mut certificates = Vec::new();
        let mut add = |file: Option<&Path>, directory: Option<&Path>| {
            certificates.extend(load_certs_from_paths(file, directory).certs);
        };
        match environment {
            Environment {
                file: None,
                dirs: None,
            } => {
                certificates = load_native_certs().certs;
            }
            // As OpenSSL does: each variable replaces its own default only.
            Environment { file, dirs } => {
                if let Some(file) = file {
                    add(Some(Path::new(file)), None);
                }
                let usual = OsString::from(USUAL_DIRECTORY);
                for dir in std::env::split_paths(dirs.as_ref().unwrap_or(&usual)) {
                    add(None, Some(&dir));
                }
            }
        }
        if directory.is_some() {
            certificates.extend(load_certs_from_paths(None, directory).certs);
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

/// Where OpenSSL looks if `SSL_CERT_DIR` does not say otherwise.
const USUAL_DIRECTORY: &str = "/etc/ssl/certs";

/// The variables that OpenSSL heeds.
#[derive(Default)]
struct Environment {
    /// `SSL_CERT_FILE`: a file of PEM certificates.
    file: Option<OsString>,
    /// `SSL_CERT_DIR`: directories of such files, with colons between.
    dirs: Option<OsString>,
}

impl Environment {
    fn read() -> Environment {
        Environment {
            file: std::env::var_os("SSL_CERT_FILE"),
            dirs: std::env::var_os("SSL_CERT_DIR"),
        }
    }
}

/// Which certificates a connection trusts.
#[derive(Clone, Debug, Default)]
pub enum Roots {
    /// The system's: `SSL_CERT_FILE` and `SSL_CERT_DIR`, as OpenSSL reads them, else where the
    /// system keeps them.
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
        let store = Arc::new(TrustStore::load(
            &Environment::read(),
            directory.map(PathBuf::as_path),
        ));
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

    /// A fresh directory, gone at the end.
    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str) -> Directory {
            let name = format!("c-client-trust-{}-{name}", std::process::id());
            let path = std::env::temp_dir().join(name);
            std::fs::create_dir(&path).unwrap();
            Directory(path)
        }

        /// Puts a new certificate there.
        fn certificate(&self, name: &str) -> (PathBuf, CertificateDer<'static>) {
            let params = rcgen::CertificateParams::new(vec![name.to_string()]).unwrap();
            let key = rcgen::KeyPair::generate().unwrap();
            let der = params.self_signed(&key).unwrap().der().clone();
            let text = crate::sasl::wire::encode(&der);
            let mut pem = "-----BEGIN CERTIFICATE-----\n".to_string();
            for line in text.as_bytes().chunks(64) {
                pem.push_str(std::str::from_utf8(line).unwrap());
                pem.push('\n');
            }
            pem.push_str("-----END CERTIFICATE-----\n");
            let path = self.0.join(name);
            std::fs::write(&path, pem).unwrap();
            (path, der)
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn variables_and_the_extra_directory() {
        let (one, two, extra) = (
            Directory::new("one"),
            Directory::new("two"),
            Directory::new("extra"),
        );
        let (file, in_file) = one.certificate("a");
        let (_, in_dir) = two.certificate("b");
        let (_, in_extra) = extra.certificate("c");
        std::fs::write(two.0.join("rubbish"), "no certificate").unwrap();
        let with = |file: Option<&PathBuf>, dirs: Option<&PathBuf>, more: Option<&PathBuf>| {
            let environment = Environment {
                file: file.map(Into::into),
                dirs: dirs.map(Into::into),
            };
            let store = TrustStore::load(&environment, more.map(PathBuf::as_path));
            let has = [&in_file, &in_dir, &in_extra].map(|der| store.contains(der));
            (has, store.certificates.len())
        };
        let (has, system) = with(None, None, None);
        assert_eq!(has, [false, false, false]);
        assert_eq!(with(None, Some(&two.0), None), ([false, true, false], 1));
        assert_eq!(
            with(Some(&file), Some(&two.0), None),
            ([true, true, false], 2)
        );
        assert_eq!(
            with(Some(&file), Some(&two.0), Some(&extra.0)),
            ([true, true, true], 3)
        );
        let (has, _) = with(None, None, Some(&extra.0));
        assert_eq!(has, [false, false, true]);
        // The file does not put the system's directory out of force.
        let (has, size) = with(Some(&file), None, None);
        assert_eq!(has, [true, false, false]);
        if system > 0 && Path::new(USUAL_DIRECTORY).is_dir() {
            assert!(size > 1, "{size}");
        }
        let nowhere = PathBuf::from("/nonexistent");
        assert_eq!(
            with(Some(&nowhere), Some(&nowhere), Some(&nowhere)),
            ([false; 3], 0)
        );
    }
}
