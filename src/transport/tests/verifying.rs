use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};

use super::made::*;
use super::*;

/// The outcome of connecting with `options` to a server that shows `chain` and owns `key`.
pub(super) fn try_tls(
    chain: &[&Made],
    key: &KeyPair,
    options: &TlsOptions,
) -> Result<Transport, TlsError> {
    let config = server_config(chain, key, rustls::ALL_VERSIONS);
    let (address, server) = serve_tls(config, |mut tls| {
        let _ = tls.write_all(b"* OK secret\r\n");
        drain(tls)
    });
    let mut wire = dial(address, &limits(LONG));
    let result = wire.start_tls(options, b"");
    assert_eq!(wire.is_tls(), result.is_ok());
    if result.is_ok() {
        assert_eq!(read_exactly(&mut wire, 13), b"* OK secret\r\n");
        wire.write_all(b"hello").unwrap();
        wire.close();
        assert_eq!(server.join().unwrap(), b"hello");
    } else {
        assert!(matches!(wire.write_all(b"x"), Err(WireError::Closed)));
        server.join().unwrap();
    }
    result.map(|()| wire)
}

/// The text of a refusal for a certificate.
pub(super) fn refusal(chain: &[&Made], options: &TlsOptions) -> String {
    let error = try_tls(chain, &chain[0].key, options).unwrap_err();
    assert!(matches!(error, TlsError::Certificate { .. }), "{error}");
    error.to_string()
}

#[test]
fn a_chain_to_a_trusted_authority() {
    let root = self_signed(authority("Root"));
    let middle = signed(authority("Middle"), &root);
    let leaf = signed(
        params(&["mail.example.org", "*.wild.example.org", "127.0.0.1", "::1"]),
        &middle,
    );
    for host in [
        "mail.example.org",
        "MAIL.example.org.",
        "a.wild.example.org",
        "127.0.0.1",
        "[127.0.0.1]",
        "[::1]",
    ] {
        try_tls(
            &[&leaf, &middle],
            &leaf.key,
            &options(host, trusting(&[&root])),
        )
        .unwrap();
    }
    for host in [
        "example.org",
        "a.b.wild.example.org",
        "wild.example.org",
        "[127.0.0.2]",
    ] {
        let text = refusal(&[&leaf, &middle], &options(host, trusting(&[&root])));
        let expected = format!(
            "Certificate failure for {host}: hostname mismatch: /CN=mail.example.org, issued by \
             /CN=Middle, valid from 1975-01-01 to 4096-01-01 (the certificate is for mail.example.org, *.wild.example.org, 127.0.0.1, ::1)"
        );
        assert_eq!(text, expected);
    }
}

#[test]
fn unknown_issuers() {
    let root = self_signed(authority("Root"));
    let other = self_signed(authority("Other"));
    let middle = signed(authority("Middle"), &root);
    let leaf = signed(params(&["localhost"]), &middle);
    let dates = "valid from 1975-01-01 to 4096-01-01";
    let cure = |issuer: &str| {
        format!(
            "add the certificate of /CN={issuer} to the system's trust store, or use \
             /novalidate-cert)"
        )
    };
    let start = "Certificate failure for localhost: ";
    let trust_other = options("localhost", trusting(&[&other]));
    assert_eq!(
        refusal(&[&leaf, &middle], &trust_other),
        format!(
            "{start}unable to get local issuer certificate: /CN=Middle, issued by /CN=Root, \
             {dates} ({}",
            cure("Root")
        )
    );
    assert_eq!(
        refusal(&[&leaf], &trust_other),
        format!(
            "{start}unable to get local issuer certificate: /CN=localhost, issued by /CN=Middle, \
             {dates} (the server sends no certificate of /CN=Middle along: let it send its whole \
             chain; or {}",
            cure("Middle")
        )
    );
    assert_eq!(
        refusal(&[&leaf, &middle, &root], &trust_other),
        format!(
            "{start}self-signed certificate in certificate chain: /CN=Root, issued by itself, \
             {dates} ({}",
            cure("Root")
        )
    );
    let text = refusal(&[&leaf], &options("localhost", trusting(&[])));
    assert!(
        text.contains("install the package ca-certificates"),
        "{text}"
    );
}

#[test]
fn an_authority_of_the_same_name_is_another() {
    let root = self_signed(authority("Root"));
    let forged = self_signed(authority("Root"));
    let leaf = signed(params(&["localhost"]), &forged);
    let text = refusal(&[&leaf], &options("localhost", trusting(&[&root])));
    assert!(
        text.starts_with("Certificate failure for localhost: "),
        "{text}"
    );
    // Nor may a server's certificate sign others.
    let good = signed(params(&["localhost"]), &root);
    let leaf = signed(params(&["mail.example.org"]), &good);
    let text = refusal(
        &[&leaf, &good],
        &options("mail.example.org", trusting(&[&root])),
    );
    assert!(
        text.starts_with("Certificate failure for mail.example.org: "),
        "{text}"
    );
}

#[test]
fn dates() {
    let root = self_signed(authority("Root"));
    let mut old = params(&["localhost"]);
    old.not_before = rcgen::date_time_ymd(2001, 1, 1);
    old.not_after = rcgen::date_time_ymd(2002, 1, 1);
    let mut new = params(&["localhost"]);
    new.not_before = rcgen::date_time_ymd(2400, 1, 1);
    new.not_after = rcgen::date_time_ymd(2401, 1, 1);
    let start = "Certificate failure for localhost: certificate ";
    for (dates, expected) in [
        (old.clone(), "has expired: /CN=localhost, issued by "),
        (new, "is not yet valid: /CN=localhost, issued by "),
    ] {
        let expected = format!("{start}{expected}");
        let leaf = signed(dates.clone(), &root);
        let text = refusal(&[&leaf], &options("localhost", trusting(&[&root])));
        assert!(text.starts_with(&expected), "{text}");
        assert!(
            text.contains("valid from 2001-01-01 to 2002-01-01 (it expired ")
                || text.contains("valid from 2400-01-01 to 2401-01-01 (check the clock"),
            "{text}"
        );
        // A date counts also for a certificate that is trusted for its own sake.
        for ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
            let mut dates = dates.clone();
            dates.is_ca = ca;
            let own = self_signed(dates);
            let text = refusal(&[&own], &options("localhost", trusting(&[&own])));
            assert!(text.starts_with(&expected), "{text}");
        }
    }
    // The message names the certificate that expired, not the server's.
    let mut expired = authority("Middle");
    expired.not_before = old.not_before;
    expired.not_after = old.not_after;
    let middle = signed(expired, &root);
    let leaf = signed(params(&["localhost"]), &middle);
    let text = refusal(&[&leaf, &middle], &options("localhost", trusting(&[&root])));
    assert!(
        text.starts_with(&format!("{start}has expired: /CN=Middle, ")),
        "{text}"
    );
}

#[test]
fn self_signed_certificates_in_the_store() {
    for ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let mut made = params(&["localhost"]);
        made.is_ca = ca;
        let own = self_signed(made);
        try_tls(&[&own], &own.key, &options("localhost", trusting(&[&own]))).unwrap();
        let text = refusal(&[&own], &options("mail.example.org", trusting(&[&own])));
        assert!(text.contains("hostname mismatch: /CN=localhost"), "{text}");
        let stranger = self_signed(authority("Stranger"));
        let text = refusal(&[&own], &options("localhost", trusting(&[&stranger])));
        let expected =
            "Certificate failure for localhost: self-signed certificate: /CN=localhost, ";
        assert!(text.starts_with(expected), "{text}");
        // To show the certificate is not to own its key.
        let thief = new_key();
        let error = try_tls(&[&own], &thief, &options("localhost", trusting(&[&own])));
        assert!(matches!(error, Err(TlsError::Failure { .. })), "{error:?}");
    }
}

#[test]
fn a_leaf_in_the_store_vouches_for_itself_only_if_self_signed() {
    let root = self_signed(authority("Root"));
    let leaf = signed(params(&["localhost"]), &root);
    let text = refusal(&[&leaf], &options("localhost", trusting(&[&leaf])));
    assert!(
        text.contains("unable to get local issuer certificate"),
        "{text}"
    );
}

#[test]
fn an_authority_is_no_server() {
    let root = self_signed(authority("Root"));
    let mut both = params(&["localhost"]);
    both.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let leaf = signed(both, &root);
    let text = refusal(&[&leaf], &options("localhost", trusting(&[&root])));
    let expected = "Certificate failure for localhost: an authority's certificate used as a \
                    server's: /CN=localhost, ";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("(make one with CA:FALSE"), "{text}");
}

#[test]
fn common_names() {
    let root = self_signed(authority("Root"));
    let trust = || trusting(&[&root]);
    let leaf = signed(common_name_only("Mail.example.org"), &root);
    try_tls(&[&leaf], &leaf.key, &options("mail.example.org", trust())).unwrap();
    let text = refusal(&[&leaf], &options("mail.example.com", trust()));
    assert!(
        text.ends_with("(the certificate is for Mail.example.org)"),
        "{text}"
    );
    // With a subjectAltName the common name is only decoration.
    let mut decorated = params(&["other.example.org"]);
    decorated
        .distinguished_name
        .push(DnType::CommonName, "mail.example.org");
    let leaf = signed(decorated, &root);
    let text = refusal(&[&leaf], &options("mail.example.org", trust()));
    assert!(text.contains("hostname mismatch"), "{text}");
    // An address is no common name.
    let leaf = signed(common_name_only("127.0.0.1"), &root);
    let text = refusal(&[&leaf], &options("127.0.0.1", trust()));
    assert!(text.contains("hostname mismatch"), "{text}");
    // An authority for one domain only could write another's name there unseen.
    for in_store in [false, true] {
        let (bounded, store);
        if in_store {
            bounded = self_signed(bounded_params());
            store = trusting(&[&bounded]);
        } else {
            bounded = signed(bounded_params(), &root);
            store = trust();
        }
        let leaf = signed(common_name_only("mail.example.org"), &bounded);
        let chain = [&leaf, &bounded];
        let chain = if in_store { &chain[..1] } else { &chain[..] };
        let text = refusal(chain, &options("mail.example.org", store));
        assert!(text.contains("hostname mismatch"), "{text}");
    }
}

fn bounded_params() -> CertificateParams {
    let mut bounded = authority("Bounded");
    bounded.name_constraints = Some(rcgen::NameConstraints {
        permitted_subtrees: vec![rcgen::GeneralSubtree::DnsName("example.com".into())],
        excluded_subtrees: Vec::new(),
    });
    bounded
}

/// The same certificate without version and extensions, its signature no longer right: what
/// `openssl x509 -req` makes looks like that.
fn version_1(made: Made) -> Made {
    fn element(der: &[u8]) -> (usize, usize) {
        match der[1] {
            0x81 => (3, usize::from(der[2])),
            0x82 => (4, usize::from(der[2]) << 8 | usize::from(der[3])),
            short => (2, usize::from(short)),
        }
    }
    fn wrap(content: &[u8]) -> Vec<u8> {
        let size = u16::try_from(content.len()).unwrap().to_be_bytes();
        let head: &[u8] = match size[0] {
            0 => &[0x30, 0x81, size[1]],
            high => &[0x30, 0x82, high, size[1]],
        };
        [head, content].concat()
    }
    let der = &made.der;
    let outer = &der[element(der).0..];
    let (head, size) = element(outer);
    let (mut fields, rest) = (&outer[head..head + size], &outer[head + size..]);
    let mut kept = Vec::new();
    while !fields.is_empty() {
        let (head, size) = element(fields);
        let (field, after) = fields.split_at(head + size);
        if !matches!(field[0], 0xa0 | 0xa3) {
            kept.extend_from_slice(field);
        }
        fields = after;
    }
    let der = wrap(&[wrap(&kept).as_slice(), rest].concat());
    Made {
        der: der.into(),
        ..made
    }
}

#[test]
fn version_1_certificates() {
    let own = version_1(self_signed(common_name_only("localhost")));
    let trusted = options("localhost", trusting(&[&own]));
    let mut any = options("localhost", Roots::System);
    any.no_validate = true;
    let thief = new_key();
    for options in [&trusted, &any] {
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            for (key, good) in [(&own.key, true), (&thief, false)] {
                let config = server_config(&[&own], key, &[version]);
                let (address, server) = serve_tls(config, drain);
                let mut wire = dial(address, &limits(LONG));
                let result = wire.start_tls(options, b"");
                assert_eq!(result.is_ok(), good, "{result:?}");
                wire.close();
                server.join().unwrap();
            }
        }
    }
    let text = refusal(&[&own], &options("other", trusting(&[&own])));
    assert!(text.contains("hostname mismatch: /CN=localhost"), "{text}");
    let root = self_signed(authority("Root"));
    let leaf = version_1(signed(common_name_only("localhost"), &root));
    for chain in [&[&own][..], &[&leaf]] {
        let text = refusal(chain, &options("localhost", trusting(&[&root])));
        let start = "Certificate failure for localhost: unsupported certificate version: \
                     /CN=localhost, ";
        assert!(text.starts_with(start), "{text}");
        assert!(text.contains("(it is of X.509 version 1"), "{text}");
    }
}

#[test]
fn no_validation_still_wants_the_key() {
    let mut old = params(&["wrong.example.org"]);
    old.not_before = rcgen::date_time_ymd(2001, 1, 1);
    old.not_after = rcgen::date_time_ymd(2002, 1, 1);
    let leaf = self_signed(old);
    let mut options = options("localhost", Roots::System);
    options.no_validate = true;
    try_tls(&[&leaf], &leaf.key, &options).unwrap();
    let thief = new_key();
    let error = try_tls(&[&leaf], &thief, &options).unwrap_err();
    assert!(matches!(error, TlsError::Failure { .. }), "{error}");
}

/// Notes the question and gives the answer.
struct Answer(bool, Mutex<Vec<String>>);

impl CertificateQuery for Answer {
    fn accept(&self, reason: &str, host: &str, subject: &str) -> bool {
        self.1
            .lock()
            .unwrap()
            .push(format!("{reason}|{host}|{subject}"));
        self.0
    }
}

#[test]
fn the_application_may_overlook_a_failure() {
    let own = self_signed(params(&["localhost"]));
    for accept in [true, false, true] {
        let answer = Arc::new(Answer(accept, Mutex::default()));
        let mut options = options("localhost", trusting(&[]));
        options.query = Some(Arc::clone(&answer) as Arc<dyn CertificateQuery>);
        match try_tls(&[&own], &own.key, &options) {
            Ok(_) => assert!(accept),
            Err(error) => {
                assert!(!accept);
                assert!(matches!(error, TlsError::Declined { .. }), "{error:?}");
            }
        }
        let asked = answer.1.lock().unwrap();
        assert_eq!(asked.len(), 1);
        let (reason, rest) = asked[0].split_once('|').unwrap();
        assert_eq!(reason, "self-signed certificate");
        assert_eq!(rest, "localhost|/CN=localhost");
    }
}
