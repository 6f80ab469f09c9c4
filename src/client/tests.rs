use super::*;
use crate::transport::scripted::Scripted;

fn account(name: &str) -> NetMbx {
    NetMbx::parse(name.as_bytes()).expect("a name")
}

fn over(name: &str, script: Scripted) -> Result<Client, Error> {
    let limits = Timeouts::from_seconds(5, 5, 5, 5);
    Client::over(Box::new(script), &account(name), limits)
}

const NAME: &str = "{mail.example.org/user=ada}";
const HELLO: &str = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\r\n";
const LOGIN: &str = "00000000 AUTHENTICATE PLAIN AGFkYQBzZWNyZXQ=\r\n";
const IN: &str = "00000000 OK [CAPABILITY IMAP4rev1 UIDPLUS IDLE QUOTA] in\r\n";

/// Logged in, and going on with the script.
fn logged_in(script: impl FnOnce(Scripted) -> Scripted) -> Client {
    let begun = Scripted::new().send(HELLO).expect(LOGIN).send(IN);
    let mut client = over(NAME, script(begun)).expect("a connection");
    let how = client.log_in(Some(b"secret")).expect("a login");
    assert_eq!((how.mechanism.as_str(), how.in_clear), ("PLAIN", true));
    client
}

#[test]
fn a_mailbox_is_selected_searched_and_read() {
    let mut client = logged_in(|script| {
        script
            .expect("00000001 SELECT INBOX\r\n")
            .send("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 12] ok\r\n00000001 OK done\r\n")
            .expect("00000002 UID SEARCH UNDELETED UNFLAGGED UNSEEN HEADER X-Asterisk-VM-Extension 100\r\n")
            .send("* SEARCH 11 9\r\n00000002 OK done\r\n")
            .expect("00000003 UID FETCH 9,11 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER])\r\n")
            .send("* 1 FETCH (UID 9 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 99 BODY[HEADER] {6}\r\nA: b\r\n)\r\n")
            .send("* 3 FETCH (FLAGS (\\Deleted) UID 12)\r\n00000003 OK done\r\n")
    });
    let selected = client.select(b"INBOX", false).expect("a mailbox");
    assert_eq!(
        (selected.exists, selected.uid_validity, selected.uid_next),
        (3, Some(7), Some(12))
    );
    let search = Search {
        header: vec![("X-Asterisk-VM-Extension".into(), "100".into())],
        seen: Some(false),
        flagged: Some(false),
        deleted: Some(false),
    };
    let found = client.search(&search).expect("an answer");
    assert_eq!(found, [9, 11]);
    let got = client.fetch(&found, What::Header).expect("an answer");
    // 11 has gone, and nobody asked for 12.
    assert_eq!(got.len(), 1);
    assert_eq!((got[0].uid, got[0].size), (9, 99));
    assert_eq!(got[0].octets, b"A: b\r\n");
    assert!(got[0].has_flag("\\seen"));
    assert_eq!(
        got[0].internal_date.as_deref(),
        Some("17-Jul-1996 02:44:25 -0700")
    );
}

#[test]
fn a_message_is_appended_with_flags_and_date() {
    let mut client = logged_in(|script| {
        script
            .expect(
                "00000001 APPEND Work (\\Seen \\Flagged) \"17-Jul-1996 02:44:25 -0700\" {4}\r\n",
            )
            .send("+ go on\r\n")
            .expect("x\r\ny\r\n")
            .send("00000001 OK [APPENDUID 7 23] done\r\n")
            .expect("00000002 APPEND Nowhere {1}\r\n")
            .send("00000002 NO [TRYCREATE] no such mailbox\r\n")
    });
    let date = Some("17-Jul-1996 02:44:25 -0700");
    let uid = client.append(b"Work", "\\Seen \\Flagged", date, b"x\r\ny".to_vec());
    assert_eq!(uid.expect("room"), Some(23));
    let error = client
        .append(b"Nowhere", "", None, b"x".to_vec())
        .unwrap_err();
    assert!(error.is_code("TRYCREATE") && !error.is_lost());
    assert_eq!(
        error.to_string(),
        "the server refuses APPEND: [TRYCREATE] no such mailbox"
    );
}

#[test]
fn idle_hears_of_changes_and_of_their_absence() {
    let mut client = logged_in(|script| {
        script
            .expect("00000001 SELECT INBOX\r\n")
            .send("* 0 EXISTS\r\n00000001 OK done\r\n")
            .expect("00000002 IDLE\r\n")
            .send("+ idling\r\n* 1 EXISTS\r\n")
    });
    client.select(b"INBOX", false).expect("a mailbox");
    assert!(client.idle(Duration::from_secs(5)).expect("a connection"));
}

#[test]
fn a_password_is_sent_once_and_stands_in_no_text() {
    let script = Scripted::new()
        .send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=LOGIN] hello\r\n")
        .expect(LOGIN)
        .send("00000000 NO [AUTHENTICATIONFAILED] wrong\r\n");
    let mut client = over(NAME, script).expect("a connection");
    let error = client.log_in(Some(b"secret")).unwrap_err();
    let text = format!("{error} {error:?} {client:?}");
    assert!(text.contains("[AUTHENTICATIONFAILED] wrong"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn without_authenticators_there_is_the_login_command() {
    let script = Scripted::new()
        .send("* OK [CAPABILITY IMAP4rev1] hello\r\n")
        .expect("00000000 LOGIN ada secret\r\n")
        .send("00000000 OK in\r\n")
        .expect("00000001 CAPABILITY\r\n")
        .send("* CAPABILITY IMAP4rev1\r\n00000001 OK done\r\n");
    let mut client = over(NAME, script).expect("a connection");
    let how = client.log_in(Some(b"secret")).expect("a login");
    assert_eq!(how.mechanism, "LOGIN");
    assert!(matches!(
        client.quota(b"INBOX"),
        Err(Error::Unsupported("QUOTA"))
    ));
}

#[test]
fn tls_is_had_or_nothing() {
    let hello = "* OK [CAPABILITY IMAP4rev1] hello\r\n";
    let error = over(
        "{mail.example.org/tls/user=ada}",
        Scripted::new().send(hello),
    )
    .unwrap_err();
    assert!(matches!(error, Error::NoTls(_)), "{error}");
    let preauth = "* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n";
    let error = over(
        "{mail.example.org/tls/user=ada}",
        Scripted::new().send(preauth),
    )
    .unwrap_err();
    assert!(matches!(error, Error::NoTls(_)), "{error}");
    let upgraded = Scripted::new()
        .send("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hello\r\n")
        .expect("00000000 STARTTLS\r\n")
        .send("00000000 OK go\r\n")
        .tls(true)
        .expect("00000001 CAPABILITY\r\n")
        .send("* CAPABILITY IMAP4rev1\r\n00000001 OK done\r\n");
    let client = over(NAME, upgraded).expect("a connection");
    assert!(client.is_tls() && client.capabilities().auth.is_empty());
}

#[test]
fn silence_and_goodbyes_are_said_in_words() {
    let error = over(NAME, Scripted::new()).unwrap_err();
    assert!(
        error.is_lost() && error.to_string().contains("timed out"),
        "{error}"
    );
    let error = over(NAME, Scripted::new().send("* BYE too busy\r\n")).unwrap_err();
    assert_eq!(error.to_string(), "the server does not want us: too busy");
}

#[test]
fn mailboxes_are_listed_counted_made_and_measured() {
    let mut client = logged_in(|script| {
        script
            .expect("00000001 LIST \"\" \"\"\r\n")
            .send("* LIST (\\Noselect) \"/\" \"\"\r\n00000001 OK done\r\n")
            .expect("00000002 STATUS Work (MESSAGES)\r\n")
            .send("00000002 NO [NONEXISTENT] no such mailbox\r\n")
            .expect("00000003 CREATE Work\r\n")
            .send("00000003 OK done\r\n")
            .expect("00000004 STATUS Work (MESSAGES)\r\n")
            .send("* STATUS Work (MESSAGES 5 UNSEEN 1)\r\n00000004 OK done\r\n")
            .expect("00000005 GETQUOTAROOT Work\r\n")
            .send("* QUOTAROOT Work user\r\n* QUOTA user (STORAGE 10 512 MESSAGE 5 100)\r\n00000005 OK done\r\n")
            .expect("00000006 CREATE Work\r\n")
            .send("00000006 NO [ALREADYEXISTS] it is there\r\n")
    });
    let listed = client.list("").expect("an answer");
    assert_eq!(
        listed.iter().map(|item| item.delimiter).collect::<Vec<_>>(),
        [Some(b'/')]
    );
    assert_eq!(client.count(b"Work").expect("an answer"), None);
    client.create(b"Work").expect("room");
    assert_eq!(client.count(b"Work").expect("an answer"), Some(5));
    let quota = client.quota(b"Work").expect("an answer");
    let numbers: Vec<_> = quota
        .iter()
        .map(|q| (&q.name[..], q.usage, q.limit))
        .collect();
    assert_eq!(
        numbers,
        [(&b"STORAGE"[..], 10, 512), (&b"MESSAGE"[..], 5, 100)]
    );
    assert!(client.create(b"Work").unwrap_err().is_code("ALREADYEXISTS"));
    // Without the extension nothing is asked.
    assert_eq!(client.namespaces().expect("nothing"), []);
}

#[test]
fn flags_are_changed_by_uid() {
    let mut client = logged_in(|script| {
        script
            .expect("00000001 SELECT INBOX\r\n")
            .send("* 9 EXISTS\r\n00000001 OK done\r\n")
            .expect("00000002 UID STORE 4:5,9 +FLAGS.SILENT (\\Seen)\r\n")
            .send("00000002 OK done\r\n")
            .expect("00000003 UID STORE 9 -FLAGS.SILENT (\\Flagged)\r\n")
            .send("00000003 OK done\r\n")
    });
    client.select(b"INBOX", false).expect("a mailbox");
    client.store(&[4, 5, 9], "\\Seen", true).expect("done");
    client.store(&[9], "\\Flagged", false).expect("done");
    // Nothing to do, nothing said.
    client.store(&[], "\\Seen", true).expect("nothing");
    assert!(client.fetch(&[], What::Whole).expect("nothing").is_empty());
}

#[test]
fn a_connection_that_breaks_is_told_as_such() {
    let mut client = logged_in(|script| script.expect("00000001 NOOP\r\n").hangup());
    let error = client.poll().unwrap_err();
    assert!(error.is_lost(), "{error}");
    assert!(client.poll().unwrap_err().is_lost());
}
