use super::*;
use crate::sasl::{ChannelBinding, test_credentials};

fn exchange(kind: &'static Kind, authuser: Option<&str>, nonce: &str) -> Scram {
    Scram::new(
        kind,
        test_credentials("user", authuser, "pencil"),
        nonce.into(),
    )
    .unwrap()
}

fn text(answer: Secret) -> String {
    String::from_utf8(answer.to_vec()).unwrap()
}

const SHA_1_FIRST: &[u8] =
    b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";

#[test]
fn rfc_5802_example() {
    let mut scram = exchange(&SHA1, None, "fyko+d2lbbFgONRv9qkxdawL");
    assert_eq!(
        text(scram.initial_response().unwrap()),
        "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"
    );
    assert!(!scram.tried_password());
    assert_eq!(
        text(scram.respond(SHA_1_FIRST).unwrap()),
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
    );
    assert!(scram.tried_password());
    assert_eq!(scram.finish(None), Err(SaslError::Untrusted(SHA1.name)));
    assert_eq!(
        text(scram.respond(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=").unwrap()),
        ""
    );
    assert_eq!(scram.finish(None), Ok(()));
    assert_eq!(
        scram.respond(b""),
        Err(SaslError::UnexpectedChallenge(SHA1.name))
    );
}

#[test]
fn rfc_7677_example() {
    let mut scram = exchange(&SHA256, None, "rOprNGfwEbeRWgbNEkqO");
    assert_eq!(
        text(scram.respond(b"").unwrap()),
        "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    );
    assert_eq!(
        text(
            scram
                .respond(
                    b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
                )
                .unwrap()
        ),
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
         p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    );
    // The server's word may come with its OK, where the protocol has room for it.
    let word = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
    assert_eq!(scram.finish(Some(word)), Ok(()));
}

#[test]
fn names_are_escaped_and_the_account_may_be_anothers() {
    let credentials = test_credentials("a,b=c", Some("boss"), "x");
    let mut scram = Scram::new(&SHA256, credentials, "n".into()).unwrap();
    let channel = Channel {
        bindings: vec![binding()],
        server_binds: false,
    };
    scram.bind(&channel).unwrap();
    assert_eq!(
        text(scram.initial_response().unwrap()),
        "y,a=a=2Cb=3Dc,n=boss,r=n"
    );
    let nul = Scram::new(&SHA256, test_credentials("a\0", None, "x"), "n".into());
    assert!(nul.is_err());
}

fn binding() -> ChannelBinding {
    ChannelBinding {
        kind: "tls-exporter",
        data: b"octets".to_vec(),
    }
}

#[test]
fn the_head_says_what_could_be_bound() {
    let with = |bindings: Vec<ChannelBinding>, server_binds| Channel {
        bindings,
        server_binds,
    };
    for (kind, channel, head) in [
        (&SHA256, with(vec![], false), "n,,"),
        (&SHA256, with(vec![], true), "n,,"),
        (&SHA256, with(vec![binding()], false), "y,,"),
        // The server can, and we have chosen not to: to say `y` would look like an attack.
        (&SHA256, with(vec![binding()], true), "n,,"),
        (
            &SHA256_PLUS,
            with(vec![binding()], true),
            "p=tls-exporter,,",
        ),
    ] {
        let mut scram = exchange(kind, None, "nonce");
        scram.bind(&channel).unwrap();
        let first = text(scram.initial_response().unwrap());
        assert_eq!(first, format!("{head}n=user,r=nonce"));
        let answer = text(
            scram
                .respond(b"r=nonce1,s=QSXCR+Q6sek8bf92,i=4096")
                .unwrap(),
        );
        let mut bound = head.as_bytes().to_vec();
        if kind.plus {
            bound.extend_from_slice(b"octets");
        }
        assert!(answer.starts_with(&format!("c={},r=nonce1,p=", STANDARD.encode(bound))));
    }
    let mut plus = exchange(&SHA1_PLUS, None, "nonce");
    assert!(plus.bind(&with(vec![], true)).is_err());
}

#[test]
fn a_server_that_does_not_know_the_password_is_found_out() {
    for word in [
        &b"v=rmF9pqV8S7suAoZWja4dJRkFsKR="[..],
        b"v=rmF9pqV8S7suAoZWja4dJRkFsK0=",
        b"v=",
        b"",
        b"x=1",
        b"e=channel-bindings-dont-match",
        b"e=server-does-support-channel-binding",
    ] {
        let mut scram = exchange(&SHA1, None, "fyko+d2lbbFgONRv9qkxdawL");
        scram.initial_response();
        scram.respond(SHA_1_FIRST).unwrap();
        assert_eq!(
            scram.respond(word),
            Err(SaslError::Untrusted(SHA1.name)),
            "{word:?}"
        );
        assert_eq!(scram.finish(None), Err(SaslError::Untrusted(SHA1.name)));
    }
    // Nor does an OK out of turn do.
    let mut scram = exchange(&SHA1, None, "x");
    assert!(scram.finish(None).is_err());
    scram.initial_response();
    assert!(scram.finish(Some(b"v=")).is_err());
}

#[test]
fn what_a_server_may_not_say() {
    for challenge in [
        &b""[..],
        b"r=other,s=QSXCR+Q6sek8bf92,i=4096",
        b"r=nonce,s=QSXCR+Q6sek8bf92,i=4096",
        b"m=1,r=nonce1,s=QSXCR+Q6sek8bf92,i=4096",
        b"r=nonce1,s=****,i=4096",
        b"r=nonce1,s=QSXCR+Q6sek8bf92,i=",
        b"r=nonce1,s=QSXCR+Q6sek8bf92,i=-5",
        b"r=nonce1,s=QSXCR+Q6sek8bf92,i=0",
        b"r=nonce1,i=4096,s=QSXCR+Q6sek8bf92",
    ] {
        let mut scram = exchange(&SHA256, None, "nonce");
        scram.initial_response();
        assert_eq!(
            scram.respond(challenge),
            Err(SaslError::BadChallenge(SHA256.name)),
            "{challenge:?}"
        );
    }
    for rounds in [1, 4095, 5_000_001, u32::MAX] {
        let mut scram = exchange(&SHA256, None, "nonce");
        scram.initial_response();
        let challenge = format!("r=nonce1,s=QSXCR+Q6sek8bf92,i={rounds}");
        let error = scram.respond(challenge.as_bytes());
        assert_eq!(error, Err(SaslError::Rounds(SHA256.name, rounds)));
    }
    let mut scram = exchange(&SHA256, None, "nonce");
    assert!(scram.respond(b"before we spoke").is_err());
    let mut scram = exchange(&SHA256, None, "nonce");
    scram.initial_response();
    let mut long = b"r=nonce1,s=QSXCR+Q6sek8bf92,i=4096,".to_vec();
    long.resize(100_000, b'x');
    assert!(scram.respond(&long).is_err());
}

#[test]
fn passwords_are_prepared() {
    // RFC 4013 section 3; what it forbids, and what is no UTF-8, stays as it is.
    for (given, wanted) in [
        ("I\u{ad}X", "IX"),
        ("\u{aa}", "a"),
        ("\u{2168}", "IX"),
        ("\u{a0}x", " x"),
        ("\u{7}", "\u{7}"),
    ] {
        assert_eq!(prepared(given.as_bytes()).as_slice(), wanted.as_bytes());
    }
    assert_eq!(prepared(b"\xff").as_slice(), b"\xff");
}

#[test]
fn nonces_differ_and_need_no_escape() {
    let (one, two) = (nonce().unwrap(), nonce().unwrap());
    assert_ne!(one, two);
    assert_eq!(one.len(), 24);
    assert!(!one.contains(','));
}

#[test]
fn no_success_is_believed_after_an_error() {
    for lines in [
        &[&b"x"[..]][..],
        &[b"", b""],
        &[b"", b"r=other,s=QSXCR+Q6sek8bf92,i=4096"],
        &[b"", SHA_1_FIRST, b"v=AAAA"],
    ] {
        let mut scram = exchange(&SHA1, None, "fyko+d2lbbFgONRv9qkxdawL");
        let last = lines.iter().map(|line| scram.respond(line)).last();
        assert!(last.is_some_and(|answer| answer.is_err()));
        assert_eq!(scram.finish(None), Err(SaslError::Untrusted(SHA1.name)));
        let forged = Some(&b"v=AAAA"[..]);
        assert_eq!(scram.finish(forged), Err(SaslError::Untrusted(SHA1.name)));
    }
}
