//! Certificates of every kind, and servers that show them.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

use super::*;

/// A certificate and its key.
pub(super) struct Made {
    pub der: CertificateDer<'static>,
    pub key: KeyPair,
    pub params: CertificateParams,
}

/// Parameters for these subjectAltNames; the common name is the first of them.
pub(super) fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let common = names.first().cloned().unwrap_or_default();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common);
    params
}

/// Parameters of a certificate that has a common name only.
pub(super) fn common_name_only(name: &str) -> CertificateParams {
    let mut params = params(&[]);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// Parameters of a certificate authority.
pub(super) fn authority(name: &str) -> CertificateParams {
    let mut params = common_name_only(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

pub(super) fn new_key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

pub(super) fn self_signed(params: CertificateParams) -> Made {
    let key = new_key();
    let der = params.self_signed(&key).unwrap().der().clone();
    Made { der, key, params }
}

pub(super) fn signed(params: CertificateParams, by: &Made) -> Made {
    let key = new_key();
    let issuer = Issuer::from_params(&by.params, &by.key);
    let der = params.signed_by(&key, &issuer).unwrap().der().clone();
    Made { der, key, params }
}

/// Shows one certificate whatever is asked for, its key fitting or not.
#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

pub(super) fn server_config(
    chain: &[&Made],
    key: &KeyPair,
    versions: &[&'static SupportedProtocolVersion],
) -> Arc<ServerConfig> {
    let provider = Arc::new(crate::crypto::provider::default_provider());
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let key = provider.key_provider.load_private_key(key).unwrap();
    let chain = chain.iter().map(|made| made.der.clone()).collect();
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Always(Arc::new(CertifiedKey::new(chain, key)))));
    Arc::new(config)
}

/// A server of one TLS connection, which `act` has once the handshake is done (or has failed).
pub(super) fn serve_tls<T: Send + 'static>(
    config: Arc<ServerConfig>,
    act: impl FnOnce(StreamOwned<ServerConnection, TcpStream>) -> T + Send + 'static,
) -> (SocketAddr, JoinHandle<T>) {
    serve(move |stream| {
        let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
        let _ = tls.conn.complete_io(&mut tls.sock);
        act(tls)
    })
}

pub(super) fn trusting(made: &[&Made]) -> Roots {
    let certificates = made.iter().map(|made| made.der.clone());
    Roots::Only(Arc::new(TrustStore::from_certificates(certificates)))
}

pub(super) fn options(host: &str, roots: Roots) -> TlsOptions {
    TlsOptions {
        host: host.as_bytes().to_vec(),
        roots,
        ..TlsOptions::default()
    }
}
