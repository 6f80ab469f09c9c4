use super::*;
use crate::sasl::{Credentials, MECHANISMS, Secret};
use crate::transport::scripted::Scripted;

fn over(script: Scripted) -> Connection {
    Connection::new(Box::new(script), Some(Duration::from_secs(1)))
}

fn credentials() -> Credentials {
    Credentials {
        user: b"ada".to_vec(),
        authuser: None,
        password: Secret::new(b"secret".to_vec()),
    }
}

fn mechanism(name: &str) -> Box<dyn Mechanism> {
    let info = MECHANISMS.iter().find(|info| info.name == name).unwrap();
    (info.start)(credentials()).unwrap()
}

#[test]
fn a_message_comes_whole_however_it_is_cut() {
    for size in [0, 1, 2, 3, 7] {
        let script = Scripted::new()
            .expect("RETR 1\r\n")
            .send("+OK 12 octets\r\nA: b\r\n\r\n..x\r\n.\0y\r\n\r\n.\r\n+OK next\r\n")
            .in_chunks(size);
        let mut connection = over(script);
        assert!(connection.command(b"RETR 1", b"").unwrap().is_ok());
        let text = connection.text().unwrap();
        assert_eq!(text.octets, b"A: b\r\n\r\n.x\r\n\0y\r\n\r\n");
        assert_eq!(text.header, 8);
        assert_eq!(connection.reply().unwrap().text(), b"next");
    }
}

#[test]
fn a_message_without_its_end_is_none() {
    for end in [".", "A: b\r\n", ".\r", "\r\n\r\ntext\r\n"] {
        let mut connection = over(Scripted::new().send(format!("+OK\r\n{end}")).hangup());
        connection.reply().unwrap();
        assert_eq!(connection.text().unwrap_err().reason, None);
    }
    let mut connection = over(Scripted::new().send("+OK\r\nA: b\r\n").stall());
    connection.reply().unwrap();
    assert_eq!(
        connection.text().unwrap_err().reason.as_deref(),
        Some("read timed out")
    );
}

#[test]
fn what_does_not_end_is_cut_off() {
    let mut connection = over(Scripted::new().send(vec![b'x'; limits::POP3_LINE + 3]));
    assert!(connection.reply().unwrap_err().reason.is_some());
    let many = [
        &b"+OK\r\n"[..],
        &b"SASL X\r\n".repeat(limits::POP3_CAPABILITIES / 8 + 2),
    ]
    .concat();
    let mut connection = over(Scripted::new().expect("CAPA\r\n").send(many));
    assert!(connection.capabilities().unwrap_err().reason.is_some());
}

#[test]
fn no_argument_becomes_a_command() {
    let mut connection = over(Scripted::new());
    for command in [&b"USER a\r\nDELE 1"[..], b"USER a\nb", b"USER a\0"] {
        assert!(!connection.command(command, b"").unwrap().is_ok());
    }
}

#[test]
fn old_and_new_servers() {
    let mut connection = over(Scripted::new().expect("CAPA\r\n").send("-ERR what?\r\n"));
    assert_eq!(connection.capabilities(), Ok(Capabilities::of_old_server()));
    let mut connection = over(
        Scripted::new()
            .expect("CAPA\r\n")
            .send("+OK\r\nTOP\r\nSASL PLAIN\r\n.\r\n"),
    );
    let found = connection.capabilities().unwrap();
    assert!(found.capa && found.top && !found.user);
    assert_eq!(found.sasl, ["PLAIN"]);
}

#[test]
fn exchanges() {
    let mut connection = over(
        Scripted::new()
            .expect("AUTH PLAIN\r\n")
            .send("+ \r\n")
            .expect("AGFkYQBzZWNyZXQ=\r\n")
            .send("+OK in\r\n"),
    );
    connection.set_trace(true);
    let verdict = connection.authenticate(&mut *mechanism("PLAIN"));
    assert!(matches!(verdict, Ok(Exchange::Verdict(reply)) if reply.is_ok()));
    let trace = connection.take_trace().concat();
    assert!(!trace.windows(8).any(|part| part == b"AGFkYQBz"));

    // What is no challenge is answered with `*`, and a yes after that is none.
    let mut connection = over(
        Scripted::new()
            .expect("AUTH CRAM-MD5\r\n")
            .send("+ %%%\r\n")
            .expect("*\r\n")
            .send("+OK in\r\n"),
    );
    let verdict = connection.authenticate(&mut *mechanism("CRAM-MD5"));
    assert!(matches!(verdict, Ok(Exchange::Cancelled(_))));

    let mut connection = over(Scripted::new().expect("AUTH LOGIN\r\n").send("-ERR no\r\n"));
    let verdict = connection.authenticate(&mut *mechanism("LOGIN"));
    assert!(matches!(verdict, Ok(Exchange::Verdict(reply)) if !reply.is_ok()));
}

#[test]
fn a_server_that_asks_without_end_gets_nothing_more() {
    let mut script = Scripted::new().expect("AUTH PLAIN\r\n").send("+ \r\n");
    script = script.expect("AGFkYQBzZWNyZXQ=\r\n").send("+ \r\n");
    script = script.expect("*\r\n").send("+ \r\n+ \r\n");
    let verdict = over(script).authenticate(&mut *mechanism("PLAIN"));
    assert!(matches!(verdict, Ok(Exchange::Cancelled(_))));
}

#[test]
fn what_stands_behind_the_yes_to_stls_is_an_attack() {
    let options = TlsOptions {
        host: b"mail.example.org".to_vec(),
        ..TlsOptions::default()
    };
    let mut connection = over(
        Scripted::new()
            .expect("STLS\r\n")
            .send("+OK\r\n+OK injected\r\n")
            .tls(true),
    );
    assert!(connection.command(b"STLS", b"STLS").unwrap().is_ok());
    assert!(connection.start_tls(&options).is_err());
}
