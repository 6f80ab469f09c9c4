use std::sync::Arc;
use std::sync::Mutex;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

use super::*;

/// A certificate and its key.
struct Made {
    der: CertificateDer<'static>,
    key: KeyPair,
    params: CertificateParams,
}

/// Parameters for these subjectAltNames; the common name is the first of them.
fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let common = names.first().cloned().unwrap_or_default();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common);
    params
}

/// Parameters of a certificate that has a common name only.
fn common_name_only(name: &str) -> CertificateParams {
    let mut params = params(&[]);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// Parameters of a certificate authority.
fn authority(name: &str) -> CertificateParams {
    let mut params = common_name_only(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn new_key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

fn self_signed(params: CertificateParams) -> Made {
    let key = new_key();
    let der = params.self_signed(&key).unwrap().der().clone();
    Made { der, key, params }
}

fn signed(params: CertificateParams, by: &Made) -> Made {
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

fn server_config(
    chain: &[&Made],
    key: &KeyPair,
    versions: &[&'static SupportedProtocolVersion],
) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
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
fn serve_tls<T: Send + 'static>(
    config: Arc<ServerConfig>,
    act: impl FnOnce(StreamOwned<ServerConnection, TcpStream>) -> T + Send + 'static,
) -> (SocketAddr, JoinHandle<T>) {
    serve(move |stream| {
        let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
        let _ = tls.conn.complete_io(&mut tls.sock);
        act(tls)
    })
}

fn trusting(made: &[&Made]) -> Roots {
    let certificates = made.iter().map(|made| made.der.clone());
    Roots::Only(Arc::new(TrustStore::from_certificates(certificates)))
}

fn options(host: &str, roots: Roots) -> TlsOptions {
    TlsOptions {
        host: host.as_bytes().to_vec(),
        roots,
        ..TlsOptions::default()
    }
}

/// The outcome of connecting with `options` to a server that shows `chain` and owns `key`.
fn try_tls(chain: &[&Made], key: &KeyPair, options: &TlsOptions) -> Result<Transport, TlsError> {
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
fn refusal(chain: &[&Made], options: &TlsOptions) -> String {
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
            "Certificate failure for {host}: hostname mismatch: /CN=mail.example.org (the \
             certificate is for mail.example.org, *.wild.example.org, 127.0.0.1, ::1)"
        );
        assert_eq!(text, expected);
    }
}

#[test]
fn both_versions_and_much_data() {
    let root = self_signed(authority("Root"));
    let leaf = signed(params(&["localhost"]), &root);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let size = 3_000_000;
        let config = server_config(&[&leaf], &leaf.key, &[version]);
        let (address, server) = serve_tls(config, move |mut tls| {
            // Says much before it listens: the client must keep it while it writes.
            tls.write_all(&pattern(400_000)).unwrap();
            let mut got = vec![0; size];
            tls.read_exact(&mut got).unwrap();
            tls.write_all(&got).unwrap();
            tls.conn.send_close_notify();
            tls.flush().unwrap();
        });
        let mut wire = dial(address, &limits(LONG));
        wire.start_tls(&options("localhost", trusting(&[&root])), b"")
            .unwrap();
        let description = wire.tls_description().unwrap();
        assert!(
            description.starts_with(version_name(version)),
            "{description}"
        );
        let sent = pattern(size);
        wire.write_all(&sent).unwrap();
        assert_eq!(read_exactly(&mut wire, 400_000), pattern(400_000));
        assert!(read_exactly(&mut wire, size) == sent);
        assert_eq!(wire.read(&mut Vec::new()).unwrap(), 0);
        server.join().unwrap();
    }
}

fn version_name(version: &SupportedProtocolVersion) -> &'static str {
    version.version.as_str().unwrap()
}

#[test]
fn unknown_issuers() {
    let root = self_signed(authority("Root"));
    let other = self_signed(authority("Other"));
    let middle = signed(authority("Middle"), &root);
    let leaf = signed(params(&["localhost"]), &middle);
    let cure = |issuer: &str| {
        format!(
            "(add the certificate of /CN={issuer} to the system's trust store, or use \
             /novalidate-cert)"
        )
    };
    let start = "Certificate failure for localhost: ";
    let trust_other = options("localhost", trusting(&[&other]));
    assert_eq!(
        refusal(&[&leaf, &middle], &trust_other),
        format!(
            "{start}unable to get local issuer certificate: /CN=Middle {}",
            cure("Root")
        )
    );
    assert_eq!(
        refusal(&[&leaf], &trust_other),
        format!(
            "{start}unable to get local issuer certificate: /CN=localhost {}",
            cure("Middle")
        )
    );
    assert_eq!(
        refusal(&[&leaf, &middle, &root], &trust_other),
        format!(
            "{start}self-signed certificate in certificate chain: /CN=Root {}",
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
        (old.clone(), "has expired: /CN=localhost (it expired "),
        (new, "is not yet valid: /CN=localhost (check the clock"),
    ] {
        let expected = format!("{start}{expected}");
        let leaf = signed(dates.clone(), &root);
        let text = refusal(&[&leaf], &options("localhost", trusting(&[&root])));
        assert!(text.starts_with(&expected), "{text}");
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
        text.starts_with(&format!("{start}has expired: /CN=Middle (")),
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
            "Certificate failure for localhost: self-signed certificate: /CN=localhost (";
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
        assert_eq!(try_tls(&[&own], &own.key, &options).is_ok(), accept);
        let asked = answer.1.lock().unwrap();
        assert_eq!(asked.len(), 1);
        let (reason, rest) = asked[0].split_once('|').unwrap();
        assert_eq!(reason, "unable to get local issuer certificate");
        assert_eq!(rest, "localhost|/CN=localhost");
    }
}

#[test]
fn sessions_are_resumed() {
    let own = self_signed(params(&["localhost"]));
    let config = server_config(&[&own], &own.key, rustls::ALL_VERSIONS);
    let mut options = options("resumed.example.org", Roots::System);
    options.no_validate = true;
    let mut descriptions = Vec::new();
    for _ in 0..2 {
        let (address, server) = serve_tls(Arc::clone(&config), |mut tls| {
            tls.write_all(b"x").unwrap();
            drain(tls)
        });
        let mut wire = dial(address, &limits(LONG));
        wire.start_tls(&options, b"").unwrap();
        read_exactly(&mut wire, 1);
        descriptions.push(wire.tls_description().unwrap());
        wire.close();
        server.join().unwrap();
    }
    assert!(!descriptions[0].ends_with("resumed"), "{descriptions:?}");
    assert!(descriptions[1].ends_with(", resumed"), "{descriptions:?}");
}

#[test]
fn injected_bytes_end_the_connection() {
    let (address, server) = serve(drain);
    let mut wire = dial(address, &limits(LONG));
    let mut options = options("localhost", Roots::System);
    options.no_validate = true;
    let error = wire
        .start_tls(&options, b"* OK [ALERT] boo\r\n")
        .unwrap_err();
    assert!(
        error.to_string().contains("in clear after STARTTLS"),
        "{error}"
    );
    assert!(matches!(wire.write_all(b"x"), Err(WireError::Closed)));
    assert_eq!(server.join().unwrap(), b"", "not one byte may be sent");
    // The same if the transport itself has read them.
    let (address, server) = serve(|mut stream| {
        stream.write_all(b"* OK boo\r\n").unwrap();
        drain(stream)
    });
    let mut wire = dial(address, &limits(LONG));
    assert!(wire.wait_readable(LONG).unwrap());
    assert!(wire.start_tls(&options, b"").is_err());
    assert_eq!(server.join().unwrap(), b"");
    // And if they are still on their way.
    let (address, _server) = serve(|mut stream| {
        stream.write_all(b"* OK boo\r\n").unwrap();
        drain(stream)
    });
    let mut wire = dial(address, &limits(LONG));
    let error = wire.start_tls(&options, b"").unwrap_err();
    let expected = "TLS/SSL failure for localhost: the server does not speak TLS here (";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[test]
fn a_handshake_that_stalls_or_drips_is_ended() {
    let root = self_signed(authority("Root"));
    let leaf = signed(params(&["localhost"]), &root);
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (silent, _server) = serve(move |_stream| {
        let _ = wait.recv();
    });
    let config = server_config(&[&leaf], &leaf.key, rustls::ALL_VERSIONS);
    let (dripping, _server) = serve(move |mut stream| {
        // A good server behind a very slow line.
        let mut tls = ServerConnection::new(config).unwrap();
        let mut flight = Vec::new();
        while flight.is_empty() {
            tls.read_tls(&mut stream).unwrap();
            tls.process_new_packets().unwrap();
            while tls.wants_write() {
                tls.write_tls(&mut flight).unwrap();
            }
        }
        for byte in flight {
            std::thread::sleep(SHORT / 10);
            if stream.write_all(&[byte]).is_err() {
                return;
            }
        }
    });
    for address in [silent, dripping] {
        let timeouts = Timeouts {
            open: Some(SHORT),
            ..Timeouts::default()
        };
        let mut wire = dial(address, &timeouts);
        let options = options("localhost", trusting(&[&root]));
        let (error, time) = took(|| wire.start_tls(&options, b"").unwrap_err());
        let expected = "TLS/SSL failure for localhost: TLS handshake timed out";
        assert_eq!(error.to_string(), expected);
        assert!(time >= SHORT && time < SHORT * 8, "{time:?}");
    }
    drop(go);
}

#[test]
fn without_an_open_limit_the_read_limit_ends_a_handshake() {
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (address, _server) = serve(move |_stream| {
        let _ = wait.recv();
    });
    let timeouts = Timeouts {
        read: Some(SHORT),
        ..Timeouts::default()
    };
    let mut wire = dial(address, &timeouts);
    let (error, time) = took(|| {
        wire.start_tls(&options("h", trusting(&[])), b"")
            .unwrap_err()
    });
    assert_eq!(
        error.to_string(),
        "TLS/SSL failure for h: TLS handshake timed out"
    );
    assert!(time >= SHORT && time < SHORT * 8, "{time:?}");
    drop(go);
}

#[test]
fn a_handshake_cut_short() {
    let (address, _server) = serve(|mut stream| {
        let _ = stream.read(&mut [0; 1024]);
    });
    let mut wire = dial(address, &limits(LONG));
    let error = wire
        .start_tls(&options("h", trusting(&[])), b"")
        .unwrap_err();
    assert!(matches!(error, TlsError::Failure { .. }));
}

#[test]
fn a_hangup_without_goodbye_is_the_end() {
    let own = self_signed(params(&["localhost"]));
    let config = server_config(&[&own], &own.key, rustls::ALL_VERSIONS);
    let (address, server) = serve_tls(config, |mut tls| {
        tls.write_all(b"* BYE\r\n").unwrap();
    });
    let mut wire = dial(address, &limits(LONG));
    wire.start_tls(&options("localhost", trusting(&[&own])), b"")
        .unwrap();
    assert_eq!(read_exactly(&mut wire, 7), b"* BYE\r\n");
    assert_eq!(wire.read(&mut Vec::new()).unwrap(), 0);
    server.join().unwrap();
}

#[test]
fn plaintext_after_the_handshake_is_an_error() {
    let own = self_signed(params(&["localhost"]));
    let config = server_config(&[&own], &own.key, rustls::ALL_VERSIONS);
    let (address, server) = serve_tls(config, |mut tls| {
        tls.sock.write_all(b"* OK not encrypted\r\n").unwrap();
        drain(tls.sock)
    });
    let mut wire = dial(address, &limits(LONG));
    wire.start_tls(&options("localhost", trusting(&[&own])), b"")
        .unwrap();
    let mut got = Vec::new();
    let error = wire.read(&mut got).unwrap_err();
    assert!(matches!(error, WireError::Tls(_)), "{error}");
    assert!(got.is_empty());
    assert!(matches!(wire.read(&mut got), Err(WireError::Closed)));
    server.join().unwrap();
}

#[test]
fn tls_upon_tls_is_refused() {
    let own = self_signed(params(&["localhost"]));
    let config = server_config(&[&own], &own.key, rustls::ALL_VERSIONS);
    let (address, _server) = serve_tls(config, drain);
    let mut wire = dial(address, &limits(LONG));
    let options = options("localhost", trusting(&[&own]));
    wire.start_tls(&options, b"").unwrap();
    let error = wire.start_tls(&options, b"").unwrap_err();
    assert!(
        error.to_string().ends_with("TLS is already in effect"),
        "{error}"
    );
}

/// Asterisk's threads have 496 KiB, some programs' 112.
#[test]
fn a_handshake_fits_a_small_stack() {
    let root = self_signed(authority("Root"));
    let middle = signed(authority("Middle"), &root);
    let leaf = signed(params(&["localhost"]), &middle);
    let config = server_config(&[&leaf, &middle], &leaf.key, rustls::ALL_VERSIONS);
    let (address, server) = serve_tls(config, |mut tls| {
        tls.write_all(&pattern(100_000)).unwrap();
        drain(tls)
    });
    let options = options("localhost", trusting(&[&root]));
    let client = std::thread::Builder::new()
        .stack_size(112 << 10)
        .spawn(move || {
            let mut wire = dial(address, &limits(LONG));
            wire.start_tls(&options, b"").unwrap();
            assert_eq!(read_exactly(&mut wire, 100_000), pattern(100_000));
            wire.write_all(&pattern(100_000)).unwrap();
        });
    client.unwrap().join().unwrap();
    assert_eq!(server.join().unwrap(), pattern(100_000));
}
