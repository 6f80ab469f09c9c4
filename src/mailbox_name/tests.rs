use super::*;

fn parse(name: &str) -> Result<NetMbx, NameError> {
    NetMbx::parse(name.as_bytes())
}

fn good(name: &str) -> NetMbx {
    parse(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn plain_name() {
    let net = good("{imap.example.org:993/imap/ssl/user=bob}Archive/2024");
    let expected = NetMbx {
        host: b"imap.example.org".to_vec(),
        orighost: b"imap.example.org".to_vec(),
        user: b"bob".to_vec(),
        mailbox: b"Archive/2024".to_vec(),
        service: b"imap".to_vec(),
        port: Some(993),
        sslflag: true,
        notlsflag: true,
        ..NetMbx::default()
    };
    assert_eq!(net, expected);
}

#[test]
fn what_asterisk_writes() {
    let net =
        good("{localhost:143/imap/authuser=vmadmin/novalidate-cert/tls/user=1234}INBOX.Voice");
    assert_eq!(net.authuser, b"vmadmin");
    assert_eq!(net.user, b"1234");
    assert!(net.novalidate && net.tlsflag && !net.sslflag && !net.notlsflag);
    assert_eq!(net.mailbox, b"INBOX.Voice");
}

#[test]
fn defaults() {
    let net = good("{h}");
    assert_eq!(net.mailbox, b"INBOX");
    assert_eq!(net.service, b"imap");
    assert_eq!(net.port, None);
    let net = NetMbx::parse_with_service(b"{h}", b"smtp").unwrap();
    assert_eq!(net.service, b"smtp");
}

#[test]
fn every_switch_sets_its_flag_in_any_case() {
    type Get = fn(&NetMbx) -> bool;
    let table: [(&str, Get); 13] = [
        ("anonymous", |n| n.anoflag),
        ("debug", |n| n.dbgflag),
        ("readonly", |n| n.readonlyflag),
        ("secure", |n| n.secflag),
        ("norsh", |n| n.norsh),
        ("loser", |n| n.loser),
        ("tls", |n| n.tlsflag && !n.tlssslv23),
        ("tls-sslv23", |n| n.tlsflag && n.tlssslv23),
        ("notls", |n| n.notlsflag && !n.sslflag),
        ("tryssl", |n| n.trysslflag),
        ("ssl", |n| n.sslflag && n.notlsflag),
        ("novalidate-cert", |n| n.novalidate),
        ("validate-cert", |n| !n.novalidate),
    ];
    for (switch, flag) in table {
        for written in [switch.to_string(), switch.to_uppercase()] {
            assert!(flag(&good(&format!("{{h/{written}}}x"))), "{written}");
            // Twice is no error.
            assert!(flag(&good(&format!("{{h/{written}/{written}}}x"))));
        }
    }
}

#[test]
fn services() {
    for (switch, service) in [
        ("imap", "imap"),
        ("IMAP2", "imap"),
        ("imap2bis", "imap"),
        ("imap4", "imap"),
        ("imap4rev1", "imap"),
        ("POP3", "pop3"),
        ("pop", "pop3"),
        ("nntp", "nntp"),
        ("smtp", "smtp"),
        ("submit", "submit"),
        ("service=Sieve", "sieve"),
        ("service=\"A/B\"", "a/b"),
        ("service=", "imap"),
    ] {
        let net = good(&format!("{{h/{switch}}}x"));
        assert_eq!(net.service, service.as_bytes(), "{switch}");
    }
    assert_eq!(parse("{h/imap/imap}x"), Err(NameError::BadSwitch));
    assert_eq!(parse("{h/imap/service=imap}x"), Err(NameError::BadSwitch));
    assert_eq!(parse("{h/pop3/norsh}x"), Err(NameError::BadSwitch));
    assert!(good("{h/norsh/imap}x").norsh);
    assert!(valid_net(b"{h/pop3}x", b"imap").is_none());
    assert!(valid_net(b"{h}x", b"imap").is_some());
    assert!(valid_net(b"INBOX", b"imap").is_none());
}

#[test]
fn contradicting_switches() {
    for text in [
        "tls/notls",
        "notls/tls",
        "ssl/tls",
        "tls/ssl",
        "notls/tls-sslv23",
    ] {
        let name = format!("{{h/{text}}}x");
        assert_eq!(parse(&name), Err(NameError::BadSwitch), "{name}");
    }
    assert!(good("{h/notls/ssl}").sslflag);
    assert!(good("{h/ssl/notls}").sslflag);
}

#[test]
fn values() {
    assert_eq!(good(r#"{h/user="a/b:c=\"d\\"}"#).user, br#"a/b:c="d\"#);
    assert_eq!(good(r#"{h/user=""/user=x}"#).user, b"x");
    assert_eq!(good(r#"{h/user="x":99}"#).port, Some(99));
    assert_eq!(good(r#"{h/user=a"b=c}"#).user, br#"a"b=c"#);
    assert_eq!(good("{h/USER=Bob}").user, b"Bob");
    assert_eq!(parse("{h/user=x/user=y}"), Err(NameError::BadSwitch));
    assert_eq!(parse("{h/user}"), Err(NameError::BadSwitch));
    assert_eq!(parse("{h/tls=yes}"), Err(NameError::BadSwitch));
    assert_eq!(parse(r#"{h/user="x"y}"#), Err(NameError::BadSwitch));
    // The brace closes the name even inside quotes.
    for name in [
        r#"{h/user="a}b"}x"#,
        r#"{h/user="a}"#,
        r#"{h/user="a\}"#,
        "{h/user=\"}",
    ] {
        assert_eq!(parse(name), Err(NameError::Unterminated), "{name}");
    }
}

#[test]
fn ports() {
    assert_eq!(good("{h:143}").port, Some(143));
    assert_eq!(good("{h/imap:0143/tls}").port, Some(143));
    assert_eq!(good("{h: +7}").port, Some(7));
    assert_eq!(good("{h:65535}").port, Some(65535));
    for port in [
        "",
        "0",
        "x",
        "-1",
        "65536",
        "1073742817",
        "99999999999999999999999",
        "1:1",
        "1:2",
    ] {
        let name = format!("{{h:{port}}}");
        assert_eq!(parse(&name), Err(NameError::BadPort), "{name}");
    }
    assert_eq!(parse("{h:143x}"), Err(NameError::BadSwitch));
    assert_eq!(parse("{h:143 }"), Err(NameError::BadSwitch));
}

#[test]
fn hosts() {
    assert_eq!(good("{[::1]:143/tls}x").host, b"[::1]");
    assert_eq!(good("{[127.0.0.1]}x").host, b"[127.0.0.1]");
    assert_eq!(good("{h\u{f6}st}x").host, "h\u{f6}st".as_bytes());
    assert_eq!(parse("{[::1}x"), Err(NameError::Malformed));
    assert_eq!(parse("{[::1"), Err(NameError::Malformed));
    assert_eq!(parse("{[::1]x}"), Err(NameError::BadSwitch));
    for name in ["{}x", "{/imap}x", "{:143}x", "{::1}x"] {
        assert_eq!(parse(name), Err(NameError::BadHost), "{name}");
    }
    for name in ["{-oProxyCommand=x}y", "{a\nb}y", "{a\x7fb}y", "{a\tb}y"] {
        assert_eq!(parse(name), Err(NameError::BadHost), "{name}");
    }
    for name in ["", "x", "h}x"] {
        assert_eq!(parse(name), Err(NameError::NotRemote), "{name}");
    }
    for name in ["{", "{h", "{h/imap", "{h:1"] {
        assert_eq!(parse(name), Err(NameError::Malformed), "{name}");
    }
    assert_eq!(NetMbx::parse(b"{h}a\0b"), Err(NameError::Malformed));
}

#[test]
fn limits_are_those_of_the_c_structure() {
    let long = |n: usize| "a".repeat(n);
    assert!(parse(&format!("{{{}}}", long(255))).is_ok());
    assert_eq!(
        parse(&format!("{{{}}}", long(256))),
        Err(NameError::TooLong)
    );
    assert!(parse(&format!("{{h}}{}", long(255))).is_ok());
    assert_eq!(
        parse(&format!("{{h}}{}", long(256))),
        Err(NameError::TooLong)
    );
    for key in ["user", "authuser"] {
        assert!(parse(&format!("{{h/{key}={}}}", long(64))).is_ok());
        assert_eq!(
            parse(&format!("{{h/{key}={}}}", long(65))),
            Err(NameError::BadSwitch)
        );
        assert_eq!(
            parse(&format!("{{h/{key}=\"{}\"}}", long(65))),
            Err(NameError::BadSwitch)
        );
    }
    assert!(parse(&format!("{{h/service={}}}", long(20))).is_ok());
    assert_eq!(
        parse(&format!("{{h/service={}}}", long(21))),
        Err(NameError::BadSwitch)
    );
    // 1023 bytes of switches: 145 times "/secure" and one "/notls" with two more letters short.
    let switches = "/secure".repeat(145) + "/debug";
    assert_eq!(switches.len(), 1021);
    assert!(parse(&format!("{{h{switches}}}")).is_ok());
    assert_eq!(
        parse(&format!("{{h{switches}/debug}}")),
        Err(NameError::TooLong)
    );
}

#[test]
fn inbox_in_any_case() {
    assert!(good("{h}").is_inbox());
    assert!(good("{h}inBox").is_inbox());
    assert!(!good("{h}INBOX.Work").is_inbox());
}

#[test]
fn canonical_name_lists_flags_in_order() {
    let mut name = CanonicalName {
        service: b"imap",
        host: b"localhost",
        port: 143,
        user: Some(b"bob"),
        mailbox: Some(b"INBOX"),
        ..CanonicalName::default()
    };
    assert_eq!(name.to_bytes(), br#"{localhost:143/imap/user="bob"}INBOX"#);
    name.mailbox = None;
    assert_eq!(
        name.to_bytes(),
        br#"{localhost:143/imap/user="bob"}<no_mailbox>"#
    );
    name = CanonicalName {
        service: b"imap",
        tls: true,
        tls_sslv23: true,
        notls: true,
        ssl: true,
        novalidate: true,
        loser: true,
        secure: true,
        readonly: true,
        anonymous: true,
        mailbox: Some(b"x"),
        ..name
    };
    assert_eq!(
        name.to_bytes(),
        &b"{localhost:143/imap/tls/tls-sslv23/notls/ssl/novalidate-cert/loser/secure/readonly\
           /anonymous}x"[..]
    );
}

#[test]
fn the_mechanism_of_a_login() {
    let net = good("{h/ssl/auth=xoauth2/user=ada@example.org}");
    assert_eq!(net.auth, b"XOAUTH2");
    assert_eq!(net.user, b"ada@example.org");
    let again = CanonicalName {
        service: b"imap",
        host: b"h",
        port: 993,
        ssl: true,
        auth: &net.auth,
        user: Some(&net.user),
        mailbox: Some(b"INBOX"),
        ..CanonicalName::default()
    }
    .to_bytes();
    assert_eq!(
        again,
        br#"{h:993/imap/ssl/auth=xoauth2/user="ada@example.org"}INBOX"#
    );
    assert_eq!(NetMbx::parse(&again).unwrap().auth, b"XOAUTH2");
    for bad in [
        "{h/auth}",
        "{h/auth=a/auth=b}",
        "{h/auth=\"a b\"}",
        "{h/auth=aaaaaaaaaabbbbbbbbbbc}",
    ] {
        let error = NetMbx::parse(bad.as_bytes());
        assert_eq!(error, Err(NameError::BadSwitch), "{bad}");
    }
}

#[test]
fn canonical_name_can_be_parsed_again() {
    let canonical = |user: &'static [u8]| {
        CanonicalName {
            service: b"imap",
            host: b"[::1]",
            port: 993,
            ssl: true,
            notls: true,
            user: Some(user),
            mailbox: Some(b"a b"),
            ..CanonicalName::default()
        }
        .to_bytes()
    };
    let net = NetMbx::parse(&canonical(br#"we"ird\u/s:er"#)).unwrap();
    assert_eq!(net.user, br#"we"ird\u/s:er"#);
    assert_eq!((net.port, net.sslflag), (Some(993), true));
    assert_eq!(net.mailbox, b"a b");
    // A brace cannot be written: better no user than a forged switch.
    let net = NetMbx::parse(&canonical(b"x\"/novalidate-cert}y")).unwrap();
    assert_eq!(net.user, b"");
    assert!(!net.novalidate);
}

fn usable(mailbox: &str, original: &str, name: &str) -> bool {
    let stream = OpenStream {
        mailbox: mailbox.as_bytes(),
        original_mailbox: original.as_bytes(),
        anonymous: false,
    };
    usable_for(stream, name.as_bytes(), <[u8]>::to_vec)
}

#[test]
fn stream_serves_names_of_the_same_account() {
    let open = r#"{h1:143/imap/user="bob"}INBOX"#;
    let orig = "{h/user=bob}INBOX";
    for name in [
        "{h}x",
        "{H/user=bob}y",
        "{h1}x",
        "{h1:143/user=bob}x",
        "{H1:143}",
        "{h/imap/debug}z",
    ] {
        assert!(usable(open, orig, name), "{name}");
    }
    for name in [
        "x",
        "{h2}x",
        "{h/user=eve}x",
        "{h1/user=Bob}x",
        "{h1:993}x",
        // The original name had no port, so that one cannot vouch for it.
        "{h:143}x",
        "{h/pop3}x",
        "{h/anonymous}x",
        "{h/tls}x",
        "{h1/ssl}x",
    ] {
        assert!(!usable(open, orig, name), "{name}");
    }
    let open = r#"{h:143/imap/tls/user="bob"}INBOX"#;
    assert!(usable(open, "{h/tls/user=bob}INBOX", "{h:143/tls}x"));
    assert!(!usable(open, "no net name", "{h:143/tls}x"));
}

#[test]
fn dns_is_asked_only_where_needed() {
    let stream = OpenStream {
        mailbox: br#"{real.example:143/imap/user="bob"}INBOX"#,
        original_mailbox: b"{mail.example/user=bob}INBOX",
        anonymous: false,
    };
    let refuse = |_: &[u8]| -> Vec<u8> { panic!("no lookup is needed") };
    assert!(usable_for(stream, b"{mail.example}x", refuse));
    assert!(usable_for(stream, b"{Real.Example:143}x", refuse));
    assert!(!usable_for(stream, b"{other.example/user=eve}x", refuse));
    let resolve = |_: &[u8]| b"real.example".to_vec();
    assert!(usable_for(stream, b"{alias.example}x", resolve));
    let resolve = |_: &[u8]| b"elsewhere.example".to_vec();
    assert!(!usable_for(stream, b"{alias.example}x", resolve));
}

/// Names put together from likely pieces: never a panic, and what is accepted keeps the limits
/// and survives being written out again.
#[test]
fn generated_names() {
    let pieces: [&[u8]; 28] = [
        b"{",
        b"}",
        b"/",
        b":",
        b"=",
        b"\"",
        b"\\",
        b"[",
        b"]",
        b"h",
        b"example.org",
        b"143",
        b"0",
        b"user",
        b"authuser",
        b"service",
        b"imap",
        b"pop3",
        b"tls",
        b"notls",
        b"ssl",
        b"norsh",
        b"-",
        b"\xff\xfe",
        b"\0",
        b" ",
        b"/user=",
        b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % bound
    };
    let mut accepted = 0;
    for round in 0..200_000 {
        let mut name = if round % 2 == 0 {
            b"{h/".to_vec()
        } else {
            Vec::new()
        };
        for _ in 0..next(12) {
            name.extend_from_slice(pieces[next(pieces.len())]);
        }
        if round % 3 != 0 {
            name.push(b'}');
        }
        let Ok(net) = NetMbx::parse(&name) else {
            continue;
        };
        accepted += 1;
        assert!(!net.host.is_empty() && net.host.len() < NET_MAX_HOST);
        assert!(net.user.len() < NET_MAX_USER && net.authuser.len() < NET_MAX_USER);
        assert!(!net.mailbox.is_empty() && net.mailbox.len() < NET_MAX_MAILBOX);
        assert!(!net.service.is_empty() && net.service.len() < NET_MAX_SERVICE);
        assert!(net.port != Some(0));
        let canonical = CanonicalName {
            service: b"imap",
            host: &net.host,
            port: net.port.unwrap_or(143),
            user: Some(&net.user),
            mailbox: Some(&net.mailbox),
            ..CanonicalName::default()
        };
        let again = NetMbx::parse(&canonical.to_bytes()).unwrap();
        assert_eq!((again.user, again.mailbox), (net.user, net.mailbox));
    }
    assert!(
        accepted > 1_000,
        "the generator accepts too little: {accepted}"
    );
}

#[test]
fn a_name_can_be_made_to_demand_tls() {
    let secured = |name: &str, ssl, tls| {
        let name = secured(name.as_bytes(), ssl, tls)?;
        Some(String::from_utf8_lossy(&name).into_owned())
    };
    assert_eq!(secured("{h}x", false, false).unwrap(), "{h}x");
    assert_eq!(secured("{h}x}", false, true).unwrap(), "{h/tls}x}");
    assert_eq!(
        secured("{h:99/tryssl/user=\"a/b\"}", true, false).unwrap(),
        "{h:99/tryssl/user=\"a/b\"/ssl}"
    );
    assert_eq!(secured("{h/tls}x", false, true).unwrap(), "{h/tls}x");
    assert_eq!(secured("{h/ssl}x", true, false).unwrap(), "{h/ssl}x");
    assert_eq!(
        secured("{[::1]:99}x", false, true).unwrap(),
        "{[::1]:99/tls}x"
    );
    assert!(secured("{h/notls}x", false, true).is_none());
    assert!(secured("x", false, true).is_none());
}
