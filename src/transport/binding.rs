//! Channel bindings: octets that both ends of one TLS connection know and nobody between them can have on both sides
//! (RFC 5056). SCRAM's PLUS mechanisms put them under the password's protection.

use crate::crypto::digest;
use rustls::{ClientConnection, ProtocolVersion};

use super::certificate::signature_algorithm;

/// One binding of a connection.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelBinding {
    /// Its registered name, `tls-exporter` or `tls-server-end-point`.
    pub kind: &'static str,
    /// Its octets.
    pub data: Vec<u8>,
}

impl std::fmt::Debug for ChannelBinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind)
    }
}

/// The bindings of a connection, the preferred one first. `tls-exporter` is for TLS 1.3 only: RFC 9266 section 4.2
/// wants the extended master secret under TLS 1.2, which this end cannot see. `tls-unique` cannot be had from rustls.
pub(super) fn of(tls: &ClientConnection) -> Vec<ChannelBinding> {
    let mut found = Vec::new();
    if tls.protocol_version() == Some(ProtocolVersion::TLSv1_3)
        && let Ok(data) =
            tls.export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(b""))
    {
        found.push(ChannelBinding {
            kind: "tls-exporter",
            data: data.to_vec(),
        });
    }
    if let Some(certificate) = tls.peer_certificates().and_then(<[_]>::first)
        && let Some(data) = server_end_point(certificate)
    {
        found.push(ChannelBinding {
            kind: "tls-server-end-point",
            data,
        });
    }
    found
}

/// Hash of the server's certificate (RFC 5929 section 4.1): the hash of its own signature, but SHA-256 in place of MD5
/// and SHA-1. `None` for signatures without one hash, such as Ed25519's.
fn server_end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
    const HASHES: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
    let (algorithm, parameters) = signature_algorithm(certificate)?;
    let hash = if let Some(rest) = algorithm.strip_prefix(RSA) {
        match rest {
            [4 | 5 | 11] => &digest::SHA256,
            [12] => &digest::SHA384,
            [13] => &digest::SHA512,
            // RSASSA-PSS names its hash in the parameters; without one it is SHA-1.
            [10] => parameters
                .windows(HASHES.len() + 1)
                .find_map(|window| match window.strip_prefix(HASHES) {
                    Some([1]) => Some(&digest::SHA256),
                    Some([2]) => Some(&digest::SHA384),
                    Some([3]) => Some(&digest::SHA512),
                    _ => None,
                })
                .unwrap_or(&digest::SHA256),
            _ => return None,
        }
    } else {
        match algorithm.strip_prefix(ECDSA)? {
            [1] | [3, 2] => &digest::SHA256,
            [3, 3] => &digest::SHA384,
            [3, 4] => &digest::SHA512,
            _ => return None,
        }
    };
    Some(digest::digest(hash, certificate).as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_point_is_hashed_as_its_signature_is() {
        for (algorithm, length) in [
            (&rcgen::PKCS_ECDSA_P256_SHA256, Some(32)),
            (&rcgen::PKCS_ECDSA_P384_SHA384, Some(48)),
            (&rcgen::PKCS_ED25519, None),
        ] {
            let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
            let certificate = rcgen::CertificateParams::new(["a.example".to_owned()])
                .unwrap()
                .self_signed(&key)
                .unwrap();
            let hash = server_end_point(certificate.der());
            assert_eq!(hash.map(|hash| hash.len()), length, "{algorithm:?}");
        }
        assert_eq!(server_end_point(b"no certificate"), None);
    }
}
