//! Whom to trust: the system's certificates, read once for the whole process, and again when
//! somebody changes them.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fmt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls_native_certs::load_certs_from_paths;

use crate::limits::TRUST_STORES;

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

    /// Reads these files and directories. What cannot be read is left out.
    fn load(places: &Places) -> TrustStore {
        let mut certificates = Vec::new();
        if let Some(file) = &places.file {
            certificates.extend(load_certs_from_paths(Some(file), None).certs);
        }
        for directory in &places.directories {
            certificates.extend(load_certs_from_paths(None, Some(directory)).certs);
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

/// Where certificates are read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Places {
    file: Option<PathBuf>,
    directories: Vec<PathBuf>,
}

impl Places {
    /// The system's places, as the environment names them, and a directory besides (`SET_SSLCAPATH`).
    fn of(environment: &Environment, extra: Option<&Path>) -> Places {
        let mut places = match environment {
            Environment {
                file: None,
                dirs: None,
            } => {
                let found = openssl_probe::probe();
                Places {
                    file: found.cert_file,
                    directories: found.cert_dir,
                }
            }
            // As OpenSSL does: each variable replaces its own default only.
            Environment { file, dirs } => {
                let usual = OsString::from(USUAL_DIRECTORY);
                Places {
                    file: file.as_ref().map(PathBuf::from),
                    directories: std::env::split_paths(dirs.as_ref().unwrap_or(&usual)).collect(),
                }
            }
        };
        places.directories.extend(extra.map(Path::to_path_buf));
        places
    }

    /// What changes when somebody changes the files: who the file is, its size and time; for a
    /// directory that a name came or went there. A few system calls, however large the store.
    fn stamp(&self) -> Vec<Option<Stamp>> {
        let paths = self.file.iter().chain(&self.directories);
        paths
            .map(|path| {
                let found = std::fs::metadata(path).ok()?;
                Some(Stamp {
                    file: (found.dev(), found.ino(), found.size()),
                    changed: (found.ctime(), found.ctime_nsec()),
                })
            })
            .collect()
    }
}

/// The state of one file or directory.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    file: (u64, u64, u64),
    changed: (i64, i64),
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

/// A store, where it was read, and how that looked then.
struct Loaded {
    places: Places,
    stamp: Vec<Option<Stamp>>,
    store: Arc<TrustStore>,
}

/// What has been read, newest last: one store for a program, a few for one that changes
/// `SET_SSLCAPATH`. Connections hold what they began with.
static LOADED: Cache = Cache(Mutex::new(Vec::new()));

struct Cache(Mutex<Vec<Loaded>>);

impl Roots {
    /// The certificates: read at the first use, kept, and read again when the files have changed.
    pub(super) fn store(&self) -> Arc<TrustStore> {
        let directory = match self {
            Roots::System => None,
            Roots::SystemAnd(directory) => Some(directory.as_path()),
            Roots::Only(store) => return Arc::clone(store),
        };
        LOADED.read(&Places::of(&Environment::read(), directory))
    }
}

impl Cache {
    /// The store of these places as they are now.
    fn read(&self, places: &Places) -> Arc<TrustStore> {
        let known = |loaded: &[Loaded], stamp: &Vec<Option<Stamp>>| {
            let found = loaded
                .iter()
                .find(|known| known.places == *places && known.stamp == *stamp)?;
            Some(Arc::clone(&found.store))
        };
        // Before reading: a change that comes while we read is seen the next time.
        let stamp = places.stamp();
        if let Some(store) = known(
            &self.0.lock().unwrap_or_else(PoisonError::into_inner),
            &stamp,
        ) {
            return store;
        }
        // Read without the lock: nobody waits for the files of another, and two who read the same
        // get the same.
        let store = Arc::new(TrustStore::load(places));
        let mut loaded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = known(&loaded, &stamp) {
            return store;
        }
        loaded.retain(|known| known.places != *places);
        if loaded.len() >= TRUST_STORES {
            loaded.remove(0);
        }
        loaded.push(Loaded {
            places: places.clone(),
            stamp,
            store: Arc::clone(&store),
        });
        store
    }
}

#[cfg(test)]
mod tests;
