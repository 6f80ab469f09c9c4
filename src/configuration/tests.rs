use super::*;

const EXAMPLE: &str = r#"
# Voicemail of the whole house
[account]
host = outlook.office365.com
user = *@example.org
mechanism = XOAuth2
token-command = /usr/local/bin/token --user %u "a b" "c \"d\" \\"
timeout = 5
token-lifetime = 3000
refresh-margin = 120
login = voicemail@example.org

[account]
  host = *.example.net
  token-file = /run/tokens/%u@%h

; a password, but never in clear
[account]
mechanism = scram-sha-256
"#;

#[test]
fn everything_that_can_be_said() {
    let accounts = parse(EXAMPLE).unwrap().accounts;
    let words = ["/usr/local/bin/token", "--user", "%u", "a b", "c \"d\" \\"];
    assert_eq!(
        accounts[0],
        Account {
            line: 3,
            host: "outlook.office365.com".to_owned(),
            user: "*@example.org".to_owned(),
            login: Some("voicemail@example.org".to_owned()),
            mechanism: Some("XOAUTH2".to_owned()),
            source: Some(Source::Command(words.map(str::to_owned).to_vec())),
            timeout: Duration::from_secs(5),
            lifetime: Duration::from_secs(3000),
            margin: Duration::from_secs(120),
        }
    );
    assert_eq!(
        accounts[1].source,
        Some(Source::File("/run/tokens/%u@%h".to_owned()))
    );
    assert_eq!(
        (
            accounts[1].timeout,
            accounts[1].lifetime,
            accounts[1].margin
        ),
        (TIMEOUT, LIFETIME, MARGIN)
    );
    assert_eq!(accounts[2].mechanism.as_deref(), Some("SCRAM-SHA-256"));
    assert!(parse("").unwrap().accounts.is_empty());
}

#[test]
fn hosts_and_users_match_in_any_case() {
    let accounts = parse(EXAMPLE).unwrap().accounts;
    assert!(accounts[0].is_for_host(b"Outlook.Office365.COM"));
    assert!(!accounts[0].is_for_host(b"outlook.office365.com.evil.example"));
    assert!(accounts[0].is_for_user(b"Ada@EXAMPLE.org"));
    assert!(!accounts[0].is_for_user(b"ada@example.com"));
    assert!(accounts[1].is_for_host(b"a.b.example.net"));
    assert!(!accounts[1].is_for_host(b"example.net"));
    assert!(accounts[2].is_for_host(b"anything") && accounts[2].is_for_user(b""));
}

#[test]
fn mistakes_are_told_with_their_line() {
    let account = "[account]\ntoken-file = /t\n";
    for (text, expected) in [
        ("host = x", "line 1: host stands before the first [account]"),
        (
            "\n[acount]",
            "line 2: unknown section [acount]; there are [account] and [mailboxes]",
        ),
        (
            "[account]\nhost",
            "line 2: neither a section, as \"[account]\", nor \"key = value\"",
        ),
        ("[account]\nhost =", "line 2: host has no value"),
        (
            "[account]\nhost = a\n\nhost = b",
            "line 4: host is given twice",
        ),
        (
            "[account]\nhost = a%b",
            "line 2: host is a name, in which * stands for anything",
        ),
        ("[account]\nhosts = a", "line 2: unknown key hosts"),
        ("[account]\nHost = a", "line 2: unknown key Host"),
        ("[account]\nhost = a\u{1}b", "line 2: control character"),
        (
            "[account]\ntoken-file = t",
            "line 2: token-file needs a path that begins with /",
        ),
        ("[mailboxes]\nhost = a", "line 2: unknown key host"),
        (
            "[mailboxes]\nfreshness = 60001",
            "line 2: freshness must be a number of milliseconds from 0 to 60000",
        ),
        (
            "[mailboxes]\nidle = never",
            "line 2: idle must be a number of seconds from 0 to 1740",
        ),
        (
            "[account]\ntoken-command = token",
            "line 2: token-command needs a path that begins with /",
        ),
        (
            "[account]\ntoken-file = /t/%x",
            "line 2: after % must come u, h or %",
        ),
        (
            "[account]\ntoken-command = /t 100%",
            "line 2: after % must come u, h or %",
        ),
        (
            "[account]\ntoken-command = /t \"a",
            "line 2: a quotation mark is missing",
        ),
        (
            "[account]\ntoken-command = /t \"a\"b",
            "line 2: a closing quotation mark must end the word",
        ),
        (
            "[account]\ntoken-command = /t \"a\\n\"",
            "line 2: in quotes \\ stands only before \" and \\",
        ),
        (
            "[account]\ntoken-command = /t a | b",
            "line 2: |: there is no shell; put such a word between quotation marks",
        ),
        (
            "[account]\ntoken-file = /t\ntoken-command = /t",
            "line 3: only one of token-file and token-command can be given",
        ),
        (
            "[account]\ntimeout = 0",
            "line 2: timeout must be a number of seconds from 1 to 120",
        ),
        (
            "[account]\ntimeout = +5",
            "line 2: timeout must be a number of seconds from 1 to 120",
        ),
        (
            "[account]\nrefresh-margin = 1h",
            "line 2: refresh-margin must be a number of seconds from 0 to 86400",
        ),
        (
            "# x\n[account]\nhost = a\n[account]\nmechanism = plain",
            "line 2: this account has neither mechanism nor token-file nor token-command",
        ),
        (
            "[account]\nmechanism = plain\ntoken-file = /t",
            "line 1: token-file and token-command are for the mechanisms xoauth2 and oauthbearer",
        ),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), expected, "{text}");
    }
    let unknown = parse("[account]\nmechanism = ntlm")
        .unwrap_err()
        .to_string();
    assert!(
        unknown.starts_with("line 2: unknown mechanism ntlm; known are xoauth2, "),
        "{unknown}"
    );
    let many = account.repeat(limits::CONFIGURATION_ACCOUNTS + 1);
    assert!(parse(&many).unwrap_err().what.contains("too many"));
    let long = format!(
        "[account]\ntoken-command = /t{}",
        " a".repeat(limits::COMMAND_WORDS)
    );
    assert_eq!(parse(&long).unwrap_err().what, "too many words");
}

#[test]
fn names_are_put_into_texts() {
    let put = |text: &str| expand(text, b"ada", b"h.example");
    assert_eq!(put("/t/%u@%h/100%%").unwrap(), "/t/ada@h.example/100%");
    assert!(expand("%u", b"\xff", b"h").is_err());
    assert!(expand("%u", b"a\nb", b"h").is_err());
}

mod files {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use super::super::file::current;

    fn me() -> u32 {
        use std::os::unix::fs::MetadataExt;
        fs::metadata("/proc/self").unwrap().uid()
    }

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let place =
                std::env::temp_dir().join(format!("c-client-{name}-{}", std::process::id()));
            fs::create_dir_all(&place).unwrap();
            Self(place)
        }

        fn write(&self, text: &str, mode: u32) -> PathBuf {
            let path = self.0.join("conf");
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            path
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn read_again_when_it_changes() {
        let scratch = Scratch::new("conf-change");
        let path = scratch.write("[account]\ntoken-file = /a\n", 0o600);
        let first = current(Some(path.clone()), me()).unwrap().1;
        assert_eq!(first.accounts.len(), 1);
        let text = "[account]\ntoken-file = /a\n[account]\ntoken-file = /b\n";
        scratch.write(text, 0o600);
        assert_eq!(current(Some(path), me()).unwrap().1.accounts.len(), 2);
    }

    #[test]
    fn what_is_wrong_with_the_file_is_told() {
        let scratch = Scratch::new("conf-wrong");
        let fault = |path: PathBuf| current(Some(path), me()).unwrap_err().to_string();
        let path = scratch.write("[account]\ntoken-file = /a\n", 0o666);
        let name = path.display().to_string();
        assert_eq!(
            fault(path.clone()),
            format!("{name}: others than its owner can write it (mode 666; chmod go-w)")
        );
        scratch.write("[account]\nx = y\n", 0o600);
        assert_eq!(
            fault(path.clone()),
            format!("{name}: line 2: unknown key x")
        );
        fs::write(&path, b"\xff").unwrap();
        assert_eq!(fault(path.clone()), format!("{name}: is not UTF-8 text"));
        fs::write(&path, vec![b'\n'; 300_000]).unwrap();
        assert_eq!(
            fault(path.clone()),
            format!("{name}: cannot be read: it is larger than 262144 octets")
        );
        fs::remove_file(&path).unwrap();
        assert!(fault(path).contains("cannot be read: No such file"));
        assert!(fault(scratch.0.clone()).ends_with("cannot be read: it is no ordinary file"));
        // The owner is neither root nor, by its own word, the user.
        let path = scratch.write("", 0o600);
        if me() != 0 {
            assert!(
                current(Some(path), me() + 1)
                    .unwrap_err()
                    .what
                    .starts_with("belongs to user")
            );
        }
    }
}

#[test]
fn how_current_mailboxes_are_to_be() {
    let text = "[mailboxes]\nfreshness = 0\nidle = 30\nkeep = 90\nbusy = 0\n[account]\nmechanism = plain\n";
    let configuration = parse(text).unwrap();
    let mailboxes = configuration.mailboxes;
    assert_eq!(mailboxes.freshness, Some(Duration::ZERO));
    assert_eq!(mailboxes.keep, Some(Duration::from_secs(90)));
    assert_eq!(mailboxes.busy, Some(Duration::ZERO));
    assert!(parse("[mailboxes]\nbusy = 31\n").is_err());
    assert_eq!(mailboxes.idle, Some(Duration::from_secs(30)));
    assert_eq!(configuration.accounts.len(), 1);
    assert_eq!(parse("").unwrap().mailboxes, Mailboxes::default());
}

/// Blocks of a document that are configuration files of ours: those with one of our sections.
fn examples(document: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Vec<&str> = Vec::new();
    for line in document.lines().chain([""]) {
        let trimmed = line.trim();
        let indented = line.starts_with("    ");
        // In a manual page blocks are not indented.
        let inside = (indented || document.starts_with(".\\\"")) && !trimmed.starts_with('.');
        if inside {
            block.push(trimmed);
        } else if !(trimmed.is_empty() && !block.is_empty() && document.starts_with(".\\\"")) {
            let text = std::mem::take(&mut block).join("\n") + "\n";
            if text
                .lines()
                .any(|line| matches!(line, "[account]" | "[mailboxes]"))
            {
                blocks.push(text);
            }
        }
    }
    blocks
}

#[test]
fn the_examples_of_the_documents_are_configuration_files() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = 0;
    for name in [
        "README.md",
        "docs/configuration.md",
        "docs/voicemail.md",
        "docs/vmimap.md",
        "docs/tls.md",
        "man/c-client.conf.5",
    ] {
        let document = std::fs::read_to_string(root.join(name)).unwrap();
        for block in examples(&document) {
            found += 1;
            if let Err(mistake) = parse(&block) {
                panic!("{name}, line {} of\n{block}{}", mistake.line, mistake.what);
            }
        }
    }
    assert!(found >= 7, "only {found} examples found");
}
