use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::keep::{Keep, Terms};
use super::*;

fn text(answer: &str) -> Result<String, String> {
    read_answer(answer.as_bytes()).map(|token| String::from_utf8(token.text.to_vec()).unwrap())
}

#[test]
fn answers_of_commands() {
    assert_eq!(
        text("abc.DEF-1_2~3+4/5==\r\n").unwrap(),
        "abc.DEF-1_2~3+4/5=="
    );
    assert_eq!(text("").unwrap_err(), "no token: nothing there");
    assert_eq!(text(" \n").unwrap_err(), "no token: nothing there");
    assert_eq!(text("a\nb").unwrap_err(), "no token: more than one line");
    let ascii = "no token: a token is visible ASCII without blanks";
    assert_eq!(text("a b").unwrap_err(), ascii);
    assert_eq!(text("a\u{1}b").unwrap_err(), ascii);
    assert_eq!(text("é").unwrap_err(), ascii);
    assert_eq!(
        text(&"a".repeat(limits::TOKEN)).unwrap().len(),
        limits::TOKEN
    );
    assert!(
        text(&"a".repeat(limits::TOKEN + 1))
            .unwrap_err()
            .contains("longer than")
    );
}

#[test]
fn answers_of_token_endpoints() {
    let answer = |json: &str| {
        let token = read_answer(json.as_bytes())?;
        let seconds = token.lifetime.map(|lifetime| lifetime.as_secs());
        Ok::<_, String>((String::from_utf8(token.text.to_vec()).unwrap(), seconds))
    };
    let ok = |token: &str, seconds| Ok((token.to_owned(), seconds));
    assert_eq!(answer(r#"{"access_token":"t"}"#), ok("t", None));
    assert_eq!(
        answer(
            "{\n \"token_type\":\"Bearer\", \"scope\":[{\"a\":null}],\"expires_in\":3599,\"access_token\":\"t\"}\n"
        ),
        ok("t", Some(3599))
    );
    // Some send the number as a text, or with a fraction; what makes no sense is none.
    assert_eq!(
        answer(r#"{"expires_in":"3599","access_token":"a\u002fb"}"#),
        ok("a/b", Some(3599))
    );
    assert_eq!(
        answer(r#"{"expires_in":9.5,"access_token":"t"}"#),
        ok("t", Some(9))
    );
    for odd in ["-5", "1e30", "\"soon\"", "null", "[1]", "{\"a\":1}", "true"] {
        let json = format!("{{\"expires_in\":{odd},\"access_token\":\"t\"}}");
        assert_eq!(answer(&json), ok("t", None), "{odd}");
    }
    for (json, error) in [
        (r#"{"token":"t"}"#, "no token: JSON without access_token"),
        (
            r#"{"access_token":null}"#,
            "no token: JSON without access_token",
        ),
        (r#"{"error":"invalid_grant"}"#, "no token: invalid_grant"),
        (
            r#"{"error":"invalid_grant","error_description":"AADSTS700082: expired\r\nTrace ID: 1"}"#,
            "no token: invalid_grant: AADSTS700082: expired",
        ),
        (
            r#"{"access_token":"a b"}"#,
            "no token: a token is visible ASCII without blanks",
        ),
        (
            r#"{"access_token":"secret"#,
            "JSON that cannot be read (line 1, column 23)",
        ),
        (
            r#"{"access_token":"t"} x"#,
            "JSON that cannot be read (line 1, column 22)",
        ),
    ] {
        assert_eq!(answer(json).unwrap_err(), error, "{json}");
    }
    let deep = format!("{{\"a\":{}1", "[".repeat(30_000));
    assert!(
        answer(&deep)
            .unwrap_err()
            .starts_with("JSON that cannot be read")
    );
    let token = read_answer(br#"{"access_token":"hunter2"}"#).unwrap();
    assert!(!format!("{token:?}").contains("hunter2"));
}

#[test]
fn tokens_in_files() {
    let path = std::env::temp_dir().join(format!("c-client-token-file-{}", std::process::id()));
    fs::write(&path, "abc\n").unwrap();
    for (mode, good) in [
        (0o600, true),
        (0o640, true),
        (0o644, false),
        (0o620, false),
        (0o602, false),
    ] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        assert_eq!(from_file(&path).is_ok(), good, "{mode:o}");
    }
    fs::remove_file(&path).unwrap();
    assert!(
        from_file(&path)
            .unwrap_err()
            .starts_with("cannot be read: No such file")
    );
    assert!(
        from_file(Path::new("/dev/zero"))
            .unwrap_err()
            .contains("no ordinary file")
    );
}

const SECOND: Duration = Duration::from_secs(1);

fn terms(lifetime: u64, margin: u64) -> Terms {
    Terms {
        lifetime: SECOND * lifetime as u32,
        margin: SECOND * margin as u32,
        patience: SECOND * 60,
    }
}

fn key(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

/// Token `n` for the n-th call.
struct Issuer {
    calls: AtomicUsize,
    lifetime: Option<Duration>,
}

impl Issuer {
    const fn new(lifetime: Option<Duration>) -> Self {
        Self {
            calls: AtomicUsize::new(0),
            lifetime,
        }
    }

    fn issue(&self) -> Result<Token, String> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        Ok(Token {
            text: Secret::new(number.to_string().into_bytes()),
            lifetime: self.lifetime,
        })
    }
}

#[test]
fn a_token_is_kept_until_its_end_draws_near_or_it_is_refused() {
    let keep = Keep::new();
    let issuer = Issuer::new(Some(SECOND * 3600));
    let get = |name: &str, margin| {
        let got = keep
            .get(&key(name), terms(1, margin), || issuer.issue())
            .unwrap();
        (String::from_utf8(got.token.to_vec()).unwrap(), got.kept)
    };
    let one = |token: &str, kept| (token.to_owned(), kept);
    assert_eq!(get("a", 60), one("1", false));
    assert_eq!(get("a", 60), one("1", true));
    assert_eq!(get("b", 60), one("2", false));
    // A margin that is wider than what is left.
    assert_eq!(get("a", 3601), one("3", false));
    assert_eq!(get("a", 60), one("4", false));
    // Another token than the one kept has been refused.
    keep.drop_refused(&key("a"), b"3");
    assert_eq!(get("a", 60), one("4", true));
    keep.drop_refused(&key("a"), b"4");
    assert_eq!(get("a", 60), one("5", false));
    assert_eq!(get("b", 60), one("2", true));
}

#[test]
fn without_a_lifetime_of_its_own_the_configured_one_counts() {
    let keep = Keep::new();
    let issuer = Issuer::new(None);
    for calls in 1..=3 {
        keep.get(&key("a"), terms(0, 0), || issuer.issue()).unwrap();
        assert_eq!(issuer.calls.load(Ordering::SeqCst), calls);
    }
    for _ in 0..3 {
        keep.get(&key("a"), terms(100, 10), || issuer.issue())
            .unwrap();
    }
    assert_eq!(issuer.calls.load(Ordering::SeqCst), 4);
}

#[test]
fn a_failure_is_not_kept_and_spares_a_token_that_is_still_good() {
    let keep = Keep::new();
    let fail = || Err("broken".to_owned());
    assert_eq!(
        keep.get(&key("a"), terms(9, 0), fail).unwrap_err(),
        "broken"
    );
    let issuer = Issuer::new(Some(SECOND * 50));
    keep.get(&key("a"), terms(9, 10), || issuer.issue())
        .unwrap();
    let got = keep.get(&key("a"), terms(9, 60), fail).unwrap();
    assert_eq!(
        (got.token.as_slice(), got.kept, got.trouble.as_deref()),
        (&b"1"[..], true, Some("broken"))
    );
    assert!(!format!("{got:?}").contains("49"));
}

#[test]
fn one_fetches_and_the_others_wait() {
    static KEEP: Keep = Keep::new();
    static ISSUER: Issuer = Issuer::new(Some(Duration::from_secs(600)));
    let begun = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..6)
        .map(|_| {
            let begun = begun.clone();
            std::thread::spawn(move || {
                begun.fetch_add(1, Ordering::SeqCst);
                let slow = || {
                    while begun.load(Ordering::SeqCst) < 6 {
                        std::thread::yield_now();
                    }
                    std::thread::sleep(Duration::from_millis(50));
                    ISSUER.issue()
                };
                KEEP.get(&key("a"), terms(9, 1), slow)
                    .unwrap()
                    .token
                    .to_vec()
            })
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), b"1");
    }
    assert_eq!(ISSUER.calls.load(Ordering::SeqCst), 1);
}

#[test]
fn a_fetch_that_hangs_or_panics_does_not_hold_others_for_ever() {
    static KEEP: Keep = Keep::new();
    let (started, wait) = std::sync::mpsc::channel();
    let (finish, finished) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        let hang = || {
            started.send(()).unwrap();
            let _ = finished.recv();
            panic!("in the middle")
        };
        let fetch = || KEEP.get(&key("a"), terms(9, 1), hang);
        assert!(std::panic::catch_unwind(fetch).is_err());
    });
    wait.recv().unwrap();
    let impatient = Terms {
        patience: Duration::from_millis(20),
        ..terms(9, 1)
    };
    let error = KEEP
        .get(&key("a"), impatient, || unreachable!())
        .unwrap_err();
    assert_eq!(error, "another thread has been fetching it for too long");
    finish.send(()).unwrap();
    thread.join().unwrap();
    let issuer = Issuer::new(None);
    assert!(KEEP.get(&key("a"), terms(9, 1), || issuer.issue()).is_ok());
}
