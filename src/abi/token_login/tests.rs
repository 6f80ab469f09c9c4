use super::*;
use crate::configuration::parse;

fn loaded(text: &str) -> Loaded {
    Loaded {
        path: PathBuf::from("/etc/c-client.conf"),
        configuration: std::sync::Arc::new(parse(text).unwrap()),
    }
}

fn mailbox(name: &str) -> NetMbx {
    NetMbx::parse(name.as_bytes()).unwrap()
}

/// What is to be done, in a word or two.
fn chosen(text: &str, name: &str, user: Option<&str>) -> String {
    match choose(&loaded(text), &mailbox(name), user.map(str::as_bytes)) {
        Choice::Ordinary(None) => "ordinary".to_owned(),
        Choice::Ordinary(Some(only)) => format!("only {} by {}", only.mechanism, only.demanded),
        Choice::Token(plan) => format!(
            "token, {} by {}",
            plan.mechanism.as_deref().unwrap_or("any"),
            plan.demanded
        ),
    }
}

#[test]
fn what_name_and_file_say() {
    let file = "[account]\nhost = h\nuser = p*\nmechanism = plain\n[account]\nhost = h\nuser = t*\ntoken-file = /t\n";
    let second = "token, any by /etc/c-client.conf line 5";
    assert_eq!(chosen("", "{h}", None), "ordinary");
    assert_eq!(chosen(file, "{other}", None), "ordinary");
    assert_eq!(chosen(file, "{h}", Some("x")), "ordinary");
    assert_eq!(
        chosen(file, "{h}", Some("paul")),
        "only PLAIN by /etc/c-client.conf line 1"
    );
    assert_eq!(chosen(file, "{H}", Some("Tom")), second);
    // Nobody knows yet: mm_login will tell.
    assert_eq!(chosen(file, "{h}", None), second);
    // The name has the last word on the mechanism.
    assert_eq!(
        chosen(file, "{h/auth=login}", Some("tom")),
        "only LOGIN by the mailbox name"
    );
    assert_eq!(
        chosen(file, "{h/auth=xoauth2}", Some("paul")),
        "token, XOAUTH2 by the mailbox name"
    );
}

#[test]
fn the_mechanism_is_one_that_both_know_and_nobody_can_overhear() {
    let names = |names: &[&str]| -> Vec<String> { names.iter().map(|&n| n.to_owned()).collect() };
    let plan = |mechanism: Option<&str>| Plan {
        mechanism: mechanism.map(str::to_owned),
        account: None,
        demanded: "the test".to_owned(),
    };
    let found = |offered: &[&str], private, wanted| {
        mechanism(&mailbox("{h}"), &names(offered), private, &plan(wanted))
    };
    let both = ["PLAIN", "OAUTHBEARER", "XOAUTH2"];
    assert_eq!(found(&both, true, None), Some("XOAUTH2"));
    assert_eq!(found(&both, true, Some("OAUTHBEARER")), Some("OAUTHBEARER"));
    assert_eq!(found(&["OAUTHBEARER"], true, None), Some("OAUTHBEARER"));
    assert_eq!(found(&["OAUTHBEARER"], true, Some("XOAUTH2")), None);
    assert_eq!(found(&["PLAIN"], true, None), None);
    assert_eq!(found(&both, false, None), None);
}

#[test]
fn what_is_not_the_tokens_fault() {
    assert!(is_temporary(b"[UNAVAILABLE] later"));
    assert!(is_temporary(b"[sys/temp] later"));
    assert!(!is_temporary(b"[AUTHENTICATIONFAILED] no"));
    assert!(!is_temporary(b"["));
}

#[test]
fn names_in_paths_and_commands() {
    let words = |user: &str, source: Source| super::words(&source, user.as_bytes(), b"h.example");
    let file = || Source::File("/t/%u@%h".to_owned());
    assert_eq!(words("ada", file()).unwrap(), ["/t/ada@h.example"]);
    assert!(words("../../etc/shadow", file()).is_err());
    let command = || Source::Command(["/c", "-u", "%u", "-%h"].map(str::to_owned).to_vec());
    assert_eq!(
        words("ada; rm -r /", command()).unwrap(),
        ["/c", "-u", "ada; rm -r /", "-h.example"]
    );
    assert!(words("--output=/etc/passwd", command()).is_err());
}
