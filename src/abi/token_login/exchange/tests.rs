use super::*;

#[test]
fn the_mechanism_is_one_that_both_know_and_nobody_can_overhear() {
    let names = |names: &[&str]| -> Vec<String> { names.iter().map(|&n| n.to_owned()).collect() };
    let plan = |mechanism: Option<&str>| Plan {
        mechanism: mechanism.map(str::to_owned),
        account: None,
        demanded: "the test".to_owned(),
    };
    let found = |offered: &[&str], private, wanted| {
        mechanism(
            &NetMbx::parse(b"{h}").unwrap(),
            &names(offered),
            private,
            &plan(wanted),
        )
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
