//! The client's own certificate, for servers that ask for one.

use std::fmt;
use std::sync::Arc;

use crate::crypto::provider::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{Error, InconsistentKeys};
use zeroize::Zeroize;

/// A certificate, those of its issuers, and the key: ready to be shown.
#[derive(Clone)]
pub struct ClientIdentity(Arc<CertifiedKey>);

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientIdentity({} certificates)", self.0.cert.len())
    }
}

impl ClientIdentity {
    /// From PEM text: the certificate first, those of its issuers behind it; `key` is PKCS #8,
    /// PKCS #1 or SEC 1 without a passphrase. The error says what is wrong with the texts, and
    /// nothing of their content.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<ClientIdentity, &'static str> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificates).collect();
        let chain = chain.map_err(|_| "its PEM text is damaged")?;
        if chain.is_empty() {
            return Err("there is no certificate in its PEM text");
        }
        let mut der = PrivateKeyDer::from_pem_slice(key).map_err(
            |_| "there is no key in PEM that needs no passphrase (see openssl pkey -in FILE)",
        )?;
        let signer = any_supported_type(&der);
        der.zeroize();
        let signer = signer.map_err(|_| "its key is of no kind that TLS uses here")?;
        let identity = CertifiedKey::new(chain, signer);
        match identity.keys_match() {
            // Only a certainty counts: the server judges the certificate.
            Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
                Err("its key belongs to another certificate")
            }
            _ => Ok(ClientIdentity(Arc::new(identity))),
        }
    }

    pub(super) fn resolver(&self) -> Arc<SingleCertAndKey> {
        Arc::new(SingleCertAndKey::from(Arc::clone(&self.0)))
    }
}
