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
