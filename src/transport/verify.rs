//! Is this the server we wanted? The rules for certificates, on top of webpki's.
//!
//! Chain, dates, purposes and names are webpki's work. Two things are added, because OpenSSL does
//! them and installations rely on it: a self-signed certificate that the administrator put into
//! the trust store is trusted as a server's own, also when it calls itself a CA, as
//! `openssl req -x509` makes it; and a certificate without any DNS name in subjectAltName is held
//! against its common name.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};

use super::certificate::{Facts, facts, one_line};
use super::problem::{
    Problem, REPLACE_IT, critical_problem, date_problem, key_problem, name_problem,
    purpose_problem, unreadable,
};
use super::tls::CertificateQuery;
use super::trust::TrustStore;

/// How much to demand.
#[derive(Clone)]
pub(super) enum Rule {
    /// A trusted chain and the right name; the application may be asked to overlook a failure.
    Trusted(Arc<TrustStore>, Option<Arc<dyn CertificateQuery>>),
    /// Whatever the server shows (`/novalidate-cert`). It must still own the key of it.
    Anything,
}

/// The verifier of one kind of connection.
pub(super) struct Verifier {
    pub rule: Rule,
    pub algorithms: WebPkiSupportedAlgorithms,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.rule {
            Rule::Trusted(..) => "Verifier(trusted)",
            Rule::Anything => "Verifier(anything)",
        })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let own = facts(end_entity);
        // Without a good signature anybody could show this certificate.
        if let Some(problem) = own.as_ref().and_then(key_problem) {
            return Err(refusal(problem));
        }
        let Rule::Trusted(store, query) = &self.rule else {
            return Ok(ServerCertVerified::assertion());
        };
        let chain = Chain {
            end_entity,
            intermediates,
            facts: own,
            store,
        };
        let mut problem = match chain.verify(server_name, now, &self.algorithms) {
            Ok(()) => return Ok(ServerCertVerified::assertion()),
            Err(problem) => problem,
        };
        let host = server_name.to_str();
        if let Some(query) = query {
            if query.accept(&problem.reason, &host, &problem.subject) {
                return Ok(ServerCertVerified::assertion());
            }
            problem.declined = true;
        }
        Err(refusal(problem))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if is_strange(cert) {
            return self.verify_with_strange(message, cert, dss);
        }
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // TLS 1.3 has no use for the older kind of RSA signatures (RFC 8446 section 4.4.3).
        if is_strange(cert) && !is_pkcs1(dss.scheme) {
            return self.verify_with_strange(message, cert, dss);
        }
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl Verifier {
    /// Checks the handshake's signature with the key of a certificate that webpki does not read.
    fn verify_with_strange(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let facts = facts(cert).ok_or(CertificateError::BadEncoding)?;
        let candidates = self.algorithms.mapping.iter();
        let valid = candidates
            .filter(|(scheme, _)| *scheme == dss.scheme)
            .flat_map(|(_, algorithms)| algorithms.iter())
            .filter(|algorithm| algorithm.public_key_alg_id().as_ref() == facts.key_algorithm)
            .any(|algorithm| {
                algorithm
                    .verify_signature(facts.key, message, dss.signature())
                    .is_ok()
            });
        if valid {
            Ok(HandshakeSignatureValid::assertion())
        } else {
            Err(CertificateError::BadSignature.into())
        }
    }
}

fn refusal(problem: Problem) -> Error {
    let other = CertificateError::Other(OtherError(Arc::new(problem)));
    Error::InvalidCertificate(other)
}

/// Is this a certificate that webpki does not read at all? One without extensions, as `openssl
/// x509 -req` makes them unless told otherwise; or one with an extension it does not know. When
/// its key is asked for, it has been accepted: from the store, by the program, by
/// `/novalidate-cert`.
fn is_strange(cert: &CertificateDer<'_>) -> bool {
    ParsedCertificate::try_from(cert).is_err() && facts(cert).is_some()
}

fn is_pkcs1(scheme: SignatureScheme) -> bool {
    matches!(
        scheme,
        SignatureScheme::RSA_PKCS1_SHA1
            | SignatureScheme::RSA_PKCS1_SHA256
            | SignatureScheme::RSA_PKCS1_SHA384
            | SignatureScheme::RSA_PKCS1_SHA512
    )
}

/// What a server presented, and what it is measured by.
struct Chain<'a> {
    end_entity: &'a CertificateDer<'a>,
    intermediates: &'a [CertificateDer<'a>],
    facts: Option<Facts<'a>>,
    store: &'a TrustStore,
}

impl Chain<'_> {
    fn verify(
        &self,
        server_name: &ServerName<'_>,
        now: UnixTime,
        algorithms: &WebPkiSupportedAlgorithms,
    ) -> Result<(), Problem> {
        let parsed =
            ParsedCertificate::try_from(self.end_entity).map_err(|error| self.problem(&error, now));
        if self.is_trusted_itself() {
            self.check_itself(now)?;
        } else {
            let parsed = parsed.as_ref().map_err(Problem::clone)?;
            verify_server_cert_signed_by_trust_anchor(
                parsed,
                &self.store.anchors,
                self.intermediates,
                now,
                algorithms.all,
            )
            .map_err(|error| self.problem(&error, now))?;
        }
        let named = parsed.is_ok_and(|parsed| verify_server_name(&parsed, server_name).is_ok());
        if named || self.common_name_matches(server_name) {
            return Ok(());
        }
        Err(self.facts.as_ref().map_or_else(unreadable, name_problem))
    }

    /// A self-signed certificate that stands in the trust store.
    fn is_trusted_itself(&self) -> bool {
        self.facts.as_ref().is_some_and(Facts::self_issued) && self.store.contains(self.end_entity)
    }

    /// What counts also for a certificate that is trusted for its own sake, as in OpenSSL.
    fn check_itself(&self, now: UnixTime) -> Result<(), Problem> {
        let own = self.facts.as_ref().ok_or_else(unreadable)?;
        if let Some(problem) = date_problem(own, now) {
            return Err(problem);
        }
        if own.not_for_servers {
            return Err(purpose_problem(own));
        }
        if own.unknown_critical {
            return Err(critical_problem(own));
        }
        Ok(())
    }

    /// Does a certificate without DNS names carry the host in its common name? Not if a name
    /// constraint is in force anywhere: those do not see common names.
    fn common_name_matches(&self, server_name: &ServerName<'_>) -> bool {
        let (Some(own), ServerName::DnsName(host)) = (&self.facts, server_name) else {
            return false;
        };
        if !own.dns_names.is_empty() {
            return false;
        }
        let presented = std::iter::once(self.end_entity).chain(self.intermediates);
        let constrained = presented.map(|der| facts(der)).any(|facts| match facts {
            None => true,
            Some(facts) => {
                facts.name_constraints
                    || self.store.anchors.roots.iter().any(|anchor| {
                        anchor.name_constraints.is_some() && *anchor.subject == *facts.issuer
                    })
            }
        });
        !constrained
            && own
                .common_names()
                .iter()
                .any(|name| name_matches(name, host.as_ref()))
    }

    /// Says what a failure is about, and which certificate, in words an administrator can use.
    fn problem(&self, error: &Error, now: UnixTime) -> Problem {
        let Some(own) = &self.facts else {
            return unreadable();
        };
        if own.version_1 && !self.is_trusted_itself() {
            let cure = "it is of X.509 version 1: make a new one with a subjectAltName, or use \
                        /novalidate-cert";
            return Problem::new(own, "unsupported certificate version", cure);
        }
        let Error::InvalidCertificate(error) = error else {
            return Problem::new(own, &error.to_string(), REPLACE_IT);
        };
        // First of all, as in OpenSSL: whatever else is wrong with it, nobody vouches for it.
        let last = self.last_in_chain();
        let last = last.as_ref().unwrap_or(own);
        let known = |name: &[u8]| {
            let mut anchors = self.store.anchors.roots.iter();
            anchors.any(|anchor| *anchor.subject == *name)
        };
        let between = last.subject != own.subject && known(last.subject);
        if own.self_issued() || !(known(last.issuer) || between) {
            return self.no_issuer(own);
        }
        let presented: Vec<_> = std::iter::once(self.end_entity)
            .chain(self.intermediates)
            .filter_map(|der| facts(der))
            .collect();
        // Dates come first: an expired certificate is often other things, too.
        if !matches!(error, CertificateError::UnknownIssuer)
            && let Some(problem) = presented.iter().find_map(|facts| date_problem(facts, now))
        {
            return problem;
        }
        match error {
            CertificateError::UnknownIssuer => self.no_issuer(own),
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                let culprit = presented.iter().find(|facts| facts.not_for_servers);
                purpose_problem(culprit.unwrap_or(own))
            }
            CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                Problem::new(
                    own,
                    "CA signature digest algorithm too weak",
                    "it, or the certificate of its issuer, must be signed with SHA-256 or better; \
                     the server needs another certificate",
                )
            }
            CertificateError::BadSignature => Problem::new(
                own,
                "certificate signature failure",
                "the key of its issuer is another one, or an RSA key of less than 2048 bits; the \
                 server needs another certificate",
            ),
            // What rustls has no word of its own for is webpki's.
            CertificateError::Other(other) => {
                let name = other.to_string();
                match presented.iter().find(|facts| facts.unknown_critical) {
                    Some(culprit) if name == "UnsupportedCriticalExtension" => {
                        critical_problem(culprit)
                    }
                    _ => self.other(own, &name),
                }
            }
            error => Problem::new(own, &error.to_string(), REPLACE_IT),
        }
    }

    /// The chain ends where nobody is trusted.
    fn no_issuer(&self, own: &Facts<'_>) -> Problem {
        let last = self.last_in_chain();
        let last = last.as_ref().unwrap_or(own);
        if self.store.is_empty() {
            let reason = if own.self_issued() {
                "self-signed certificate"
            } else {
                "unable to get local issuer certificate"
            };
            return Problem::new(
                last,
                reason,
                "no trusted certificates are installed on this machine: install the package \
                 ca-certificates, or set SSL_CERT_FILE",
            );
        }
        let issuer = one_line(last.issuer);
        let add = format!(
            "add the certificate of {issuer} to the system's trust store, or use /novalidate-cert"
        );
        if own.self_issued() {
            Problem::new(own, "self-signed certificate", add)
        } else if last.self_issued() {
            Problem::new(last, "self-signed certificate in certificate chain", add)
        } else if self.intermediates.is_empty() {
            let cure = format!(
                "the server sends no certificate of {issuer} along: let it send its whole chain; \
                 or {add}"
            );
            Problem::new(last, "unable to get local issuer certificate", cure)
        } else {
            Problem::new(last, "unable to get local issuer certificate", add)
        }
    }

    /// A failure that webpki calls `name`.
    fn other(&self, own: &Facts<'_>, name: &str) -> Problem {
        if name.starts_with("NameConstraint") {
            return Problem::new(
                own,
                "permitted subtree violation",
                "an authority above it may not issue for this name; the server needs a \
                 certificate of another authority",
            );
        }
        if name.starts_with("PathLen") {
            return Problem::new(
                own,
                "path length constraint exceeded",
                "an authority above it may not have authorities below it; the server needs \
                 another chain",
            );
        }
        if own.self_issued() {
            return Problem::new(
                own,
                "self-signed certificate",
                "add this certificate to the system's trust store, or use /novalidate-cert",
            );
        }
        if own.authority {
            return Problem::new(
                own,
                "an authority's certificate used as a server's",
                "make one with CA:FALSE for the server, or use /novalidate-cert",
            );
        }
        Problem::new(own, name, REPLACE_IT)
    }

    /// The certificate at which the chain of issuers ends.
    fn last_in_chain(&self) -> Option<Facts<'_>> {
        let mut rest: Vec<_> = self
            .intermediates
            .iter()
            .filter_map(|der| facts(der))
            .collect();
        let mut last = facts(self.end_entity)?;
        while !last.self_issued()
            && let Some(index) = rest.iter().position(|facts| facts.subject == last.issuer)
        {
            last = rest.swap_remove(index);
        }
        Some(last)
    }
}

/// Compares a name in a certificate with a host: equal but for case, or with `*` as the whole
/// first label and at least two labels behind it (RFC 6125 section 6.4.3).
fn name_matches(pattern: &str, host: &str) -> bool {
    let pattern = pattern.trim_end_matches('.');
    match pattern.strip_prefix("*.") {
        None => pattern.eq_ignore_ascii_case(host),
        Some(parent) => {
            parent.contains('.')
                && host.split_once('.').is_some_and(|(first, rest)| {
                    !first.is_empty() && rest.eq_ignore_ascii_case(parent)
                })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_wildcards() {
        for (pattern, host) in [
            ("mail.example.org", "mail.example.org"),
            ("Mail.Example.ORG", "mail.example.org"),
            ("localhost", "localhost"),
            ("*.example.org", "mail.example.org"),
        ] {
            assert!(name_matches(pattern, host), "{pattern} {host}");
        }
        for (pattern, host) in [
            ("*.example.org", "example.org"),
            ("*.example.org", "a.b.example.org"),
            ("*.org", "example.org"),
            ("*", "localhost"),
            ("m*.example.org", "mail.example.org"),
            ("*.example.org", ".example.org"),
            ("example.org", "mail.example.org"),
        ] {
            assert!(!name_matches(pattern, host), "{pattern} {host}");
        }
    }

    #[test]
    fn a_certificate_that_only_webpki_reads_still_needs_the_right_name() {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["mail.example.org".into()]).unwrap();
        let made = params.self_signed(&key).unwrap();
        let store = TrustStore::from_certificates([made.der().clone()]);
        let provider = crate::crypto::provider::default_provider();
        let verify = |host: &str| {
            let chain = Chain {
                end_entity: made.der(),
                intermediates: &[],
                facts: None,
                store: &store,
            };
            let host = ServerName::try_from(host.to_string()).unwrap();
            let algorithms = provider.signature_verification_algorithms;
            chain.verify(&host, UnixTime::now(), &algorithms)
        };
        assert_eq!(verify("mail.example.org"), Ok(()));
        assert_eq!(verify("other.example.org"), Err(unreadable()));
    }
}
