use super::*;

fn read(name: &str, text: &str) -> Voicemail {
    let path = std::env::temp_dir().join(format!("vmimap-vm-{}-{name}.conf", std::process::id()));
    std::fs::write(&path, text).expect("a file");
    let voicemail = Voicemail::read(&path, None);
    std::fs::remove_file(&path).expect("a file");
    voicemail.expect("a configuration")
}

const TEXT: &str = "\
[general]
format=wav49|gsm
imapserver=mail.example.org
imapport=993
imapflags=ssl
imapgreetings=yes
greetingsfolder=Greetings
imapopentimeout=7
authuser=master
maxmsg=50
aliasescontext=aliases
[zonemessages]
eastern=America/New_York|'vm-received' Q 'digits/at' IMp
[aliases]
1@x => 2@y
[default]
100 => 1234,Ada Lovelace,ada@example.org,,imapuser=ada|imappassword=se=cret|imapfolder=Voice
200 => ,Bob
100 => 9,Ada,,,imapport=143
[sales]
100 => 1,Carl,,,attach=yes|imapuser=carl|IMAPSECRET=x|imapserver=other.example.org|imapvmshareid=900
";

#[test]
fn boxes_have_what_their_lines_say() {
    let voicemail = read("boxes", TEXT);
    let ids: Vec<String> = voicemail.mailboxes.iter().map(Mailbox::id).collect();
    assert_eq!(ids, ["100@default", "200@default", "100@sales"]);
    let ada = &voicemail.mailboxes[0];
    // The second line says it again: Asterisk ignores it.
    assert_eq!(ada.name, "Ada Lovelace");
    assert_eq!(ada.email, "ada@example.org");
    assert!(!ada.imapport.is_set());
    assert_eq!(ada.imappassword.reveal(), "se=cret");
    assert_eq!(ada.imapfolder.value, "Voice");
    assert_eq!(ada.place.as_ref().map(|p| p.line), Some(17));
    assert_eq!(ada.imapuser.place.as_ref().map(|p| p.line), Some(17));
    let carl = &voicemail.mailboxes[2];
    assert_eq!((carl.extension(), carl.imappassword.reveal()), ("900", "x"));
    assert_eq!(voicemail.mailboxes[1].extension(), "200");
}

#[test]
fn accounts_are_what_asterisk_makes_of_them() {
    let voicemail = read("accounts", TEXT);
    let spec = |index: usize| voicemail.account(&voicemail.mailboxes[index]).spec();
    assert_eq!(
        spec(0),
        "{mail.example.org:993/imap/authuser=master/ssl/user=ada}"
    );
    assert_eq!(
        spec(2),
        "{other.example.org:993/imap/authuser=master/ssl/user=carl}"
    );
    let account = voicemail.account(&voicemail.mailboxes[2]);
    let (parsed, quoting) = account.parse().expect("a name");
    assert_eq!(quoting, Quoting::Same);
    assert_eq!(
        (parsed.user, parsed.port, parsed.sslflag),
        (b"carl".to_vec(), Some(993), true)
    );
    let limits = voicemail.timeouts(20);
    assert_eq!(limits, Timeouts::from_seconds(7, 20, 20, 20));
}

#[test]
fn defaults_are_asterisks() {
    let voicemail = read("defaults", "[default]\n1 => 1,A\n");
    let general = &voicemail.general;
    let values = [
        &general.imapserver,
        &general.imapport,
        &general.imapflags,
        &general.imapfolder,
        &general.greetingsfolder,
    ];
    assert_eq!(
        values.map(|s| s.value.as_str()),
        ["localhost", "143", "", "INBOX", "INBOX"]
    );
    assert!(general.expungeonhangup && !general.pollmailboxes && !general.imapgreetings);
    assert_eq!(general.timeouts, [60; 4]);
}

#[test]
fn greetingfolder_wins() {
    let text = "[general]\ngreetingsfolder=A\ngreetingfolder=B\nimapfolder=C\n";
    assert_eq!(read("greet1", text).general.greetingsfolder.value, "B");
    let text = "[general]\nimapfolder=C\n";
    assert_eq!(read("greet2", text).general.greetingsfolder.value, "C");
}

#[test]
fn what_does_not_do_what_it_seems_to_is_said() {
    let long = "x".repeat(64);
    let text = format!(
        "[general]\nimapserver={long}\n[general]\nimapport=1\n[default]\n1 => 1,A\n1 => 1,B\n"
    );
    let voicemail = read("said", &text);
    let lines: Vec<usize> = voicemail.notes.iter().map(|n| n.place.line).collect();
    assert_eq!(lines, [3, 2, 7]);
    assert_eq!(voicemail.general.imapport.value, "143");
}

#[test]
fn names_are_quoted_as_the_patch_quotes_them() {
    let parse = |user: &str, authuser: &str| {
        let set = |value: &str| Setting {
            value: value.to_owned(),
            place: None,
        };
        let account = Account {
            server: set("localhost"),
            port: set("993"),
            flags: set("ssl"),
            user: set(user),
            authuser: set(authuser),
            ..Account::default()
        };
        account.parse().map(|(parsed, quoting)| {
            let text = |octets: Vec<u8>| String::from_utf8(octets).expect("a text");
            (text(parsed.user), text(parsed.authuser), quoting)
        })
    };
    let is = |user: &str, authuser: &str, quoting| {
        Ok::<_, NameError>((user.to_owned(), authuser.to_owned(), quoting))
    };
    assert_eq!(parse("ada", ""), is("ada", "", Quoting::Same));
    assert_eq!(parse("ada b", ""), is("ada b", "", Quoting::Same));
    for user in ["EXAMPLE/ada", "a:b", "a/\"b\\c\" d/", "/"] {
        assert_eq!(parse(user, ""), is(user, "", Quoting::Needed), "{user}");
        assert_eq!(parse("x", user), is("x", user, Quoting::Needed), "{user}");
    }
    // What works without the patch goes on to be tried like that.
    assert_eq!(parse("\"D/ada\"", ""), is("D/ada", "", Quoting::Differs));
    assert_eq!(parse("ada/secure", ""), is("ada", "", Quoting::Differs));
    for user in ["a}b", "\"a}b/", &"x".repeat(65), &"/".repeat(250)] {
        assert!(parse(user, "").is_err(), "{user}");
    }
}

#[test]
fn what_asterisk_cuts_or_ignores_is_said() {
    let (short, long) = ("x".repeat(80), "x".repeat(1024));
    let text = format!(
        "[general]\nauthpassword={short}\nsearchcontexts=yes\n[a]\n\
         1 => 1,A,,,imapuser=a|imappassword={short}\n2 => 1,A,,,imapuser=a |imapsecret={long}\n\
         *3 => 1,A\n[b]\n1 => 1,A\n4 => 1,A,,,imapuser=a| imappassword=x\n"
    );
    let voicemail = read("cut", &text);
    let said: Vec<(usize, bool, bool)> = voicemail
        .notes
        .iter()
        .map(|n| {
            (
                n.place.line,
                n.text.contains("1023"),
                n.text.contains(", too"),
            )
        })
        .collect();
    let wanted = [
        (2, true, false),
        (5, true, false),
        (6, false, false),
        (6, true, true),
        (7, false, false),
        (9, false, false),
        (10, false, false),
    ];
    assert_eq!(said, wanted);
    let user = |index: usize| voicemail.mailboxes[index].imapuser.value.as_str();
    assert_eq!(
        (user(0), user(1), voicemail.mailboxes.len()),
        ("a", "a ", 3)
    );
    assert!(!voicemail.mailboxes[2].imappassword.is_set());
}

#[test]
fn boxes_are_chosen_by_number_and_context() {
    let voicemail = read("chosen", TEXT);
    let ids = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        voicemail
            .chosen(&names)
            .map(|m| m.iter().map(|m| m.id()).collect::<Vec<_>>())
    };
    assert_eq!(ids(&[]).expect("all").len(), 3);
    assert_eq!(ids(&["100"]).expect("two"), ["100@default", "100@sales"]);
    assert_eq!(
        ids(&["@sales", "200@default"]).expect("two"),
        ["200@default", "100@sales"]
    );
    assert!(ids(&["300"]).is_err());
}

#[test]
fn passwords_are_not_shown() {
    let voicemail = read("hidden", TEXT);
    let shown = format!(
        "{:?} {:?}",
        voicemail.mailboxes,
        voicemail.account(&voicemail.mailboxes[0])
    );
    assert!(!shown.contains("se=cret"), "{shown}");
}
