//! The client's certificate, shown to a server that demands one.

use std::sync::Arc;

use rcgen::KeyPair;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;

use super::made::*;
use super::*;
use crate::transport::ClientIdentity;

fn pem(label: &str, der: &[u8]) -> String {
    let text = crate::sasl::wire::encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.push_str(std::str::from_utf8(line).unwrap());
        pem.push('\n');
    }
    pem + &format!("-----END {label}-----\n")
}

fn certificate(made: &Made) -> String {
    pem("CERTIFICATE", &made.der)
}

fn key(key: &KeyPair) -> String {
    pem("PRIVATE KEY", &key.serialize_der())
}

/// A server that demands a certificate of this authority, and tells the subject it saw.
fn demanding(
    root: &Made,
    leaf: &Made,
    version: &'static rustls::SupportedProtocolVersion,
) -> Arc<ServerConfig> {
    let provider = Arc::new(crate::crypto::provider::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(root.der.clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .unwrap();
    let key = PrivateKeyDer::try_from(leaf.key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![leaf.der.clone()], key)
        .unwrap();
    Arc::new(config)
}

#[test]
fn shown_when_asked_for() {
    let root = self_signed(authority("Root"));
    let leaf = signed(params(&["localhost"]), &root);
    let clients = signed(authority("Clients"), &root);
    let user = signed(params(&["ada"]), &clients);
    let chain = certificate(&user) + &certificate(&clients);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for shown in [true, false] {
            let (address, server) = serve_tls(demanding(&root, &leaf, version), |mut tls| {
                let _ = tls.write_all(b"* OK\r\n");
                let seen = tls.conn.peer_certificates().map(|chain| chain[0].to_vec());
                drain(tls);
                seen
            });
            let mut wire = dial(address, &limits(LONG));
            let mut options = options("localhost", trusting(&[&root]));
            options.identity = shown.then(|| {
                ClientIdentity::from_pem(chain.as_bytes(), key(&user.key).as_bytes()).unwrap()
            });
            // In TLS 1.3 the server's refusal comes behind the handshake.
            let result = wire
                .start_tls(&options, b"")
                .map_err(|error| error.to_string())
                .and_then(|()| {
                    wire.read(&mut Vec::new())
                        .map_err(|error| error.to_string())
                });
            wire.close();
            let seen = server.join().unwrap();
            if shown {
                assert_eq!(result, Ok(6));
                assert_eq!(seen.unwrap(), user.der.to_vec());
            } else {
                assert!(
                    result.unwrap_err().contains("CertificateRequired") || seen.is_none(),
                    "{version:?}"
                );
                assert_eq!(seen, None);
            }
        }
    }
}

#[test]
fn texts_that_are_no_identity() {
    let root = self_signed(authority("Root"));
    let user = signed(params(&["ada"]), &root);
    let (good, good_key) = (certificate(&user), key(&user.key));
    let both = good.clone() + &good_key;
    let both = both.as_bytes();
    assert!(ClientIdentity::from_pem(both, both).is_ok());
    let refused = |certificate: &str, key: &str| {
        ClientIdentity::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap_err()
    };
    let no_certificate = "there is no certificate in its PEM text";
    assert_eq!(refused("", &good_key), no_certificate);
    assert_eq!(refused("rubbish", &good_key), no_certificate);
    assert_eq!(refused(&good_key, &good_key), no_certificate);
    let damaged = &good[..good.len() / 2];
    assert_eq!(refused(damaged, &good_key), "its PEM text is damaged");
    let locked = pem("ENCRYPTED PRIVATE KEY", &user.key.serialize_der());
    for no_key in ["", "rubbish", good.as_str(), &locked] {
        let text = refused(&good, no_key);
        assert!(text.starts_with("there is no key in PEM"), "{text}");
    }
    let strange = pem("PRIVATE KEY", b"strange");
    let text = refused(&good, &strange);
    assert_eq!(text, "its key is of no kind that TLS uses here");
    let text = refused(&good, &key(&new_key()));
    assert_eq!(text, "its key belongs to another certificate");
    // Nothing secret is printed with the options.
    let identity = ClientIdentity::from_pem(both, both).unwrap();
    assert_eq!(format!("{identity:?}"), "ClientIdentity(1 certificates)");
}
