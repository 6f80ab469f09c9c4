//! What our parsers make of a case, in the words of `c-tests/oracle/rfc822_dump.c`.

use crate::mime::address::{Address, parse_address_list};
use crate::mime::body::{ParseOptions, parse_message};
use crate::mime::content::{
    Body, Extent, MediaTables, Nested, Parameter, TYPE_MESSAGE, TYPE_MULTIPART,
};
use crate::mime::filter::filter_header;
use crate::mime::header::{HeaderEnvelope, Hooks};

use super::cases::Case;

const HOST: &[u8] = b"default.host";

pub(super) fn dump(case: &Case) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut lines = Vec::new();
    match case {
        Case::AddressList(text) => {
            let mut list = Vec::new();
            parse_address_list(&mut list, text, Some(HOST), &mut warnings);
            addresses(&mut lines, "address", &list);
        }
        Case::Message { header, text } => {
            let mut tables = MediaTables::default();
            let options = ParseOptions {
                host: Some(HOST),
                ..ParseOptions::default()
            };
            let (env, tree) = parse_message(
                header,
                text,
                &options,
                &mut tables,
                &mut warnings,
                &mut Hooks::default(),
            );
            envelope(&mut lines, &env);
            body(&mut lines, &tree, &tables);
        }
        Case::Filter { header, names, not } => {
            let header = filter_header(header, names, *not);
            lines.push(format!("filtered{}", quoted(Some(&header))));
        }
    }
    let warnings = warnings
        .iter()
        .map(|line| format!("L{}", quoted(Some(line))));
    warnings.chain(lines).collect()
}

fn quoted(text: Option<&[u8]>) -> String {
    let Some(text) = text else { return " -".into() };
    let mut line = String::from(" \"");
    for &octet in text {
        if octet <= b' ' || octet >= 127 || octet == b'%' || octet == b'"' {
            line += &format!("%{octet:02X}");
        } else {
            line.push(char::from(octet));
        }
    }
    line + "\""
}

fn addresses(lines: &mut Vec<String>, name: &str, list: &[Address]) {
    for address in list {
        let Address {
            name: personal,
            adl,
            mailbox,
            host,
        } = address;
        let parts = [personal, adl, mailbox, host].map(|part| quoted(part.as_deref()));
        lines.push(name.to_owned() + &parts.concat());
    }
}

fn field(lines: &mut Vec<String>, name: &str, text: Option<&Vec<u8>>) {
    lines.extend(text.map(|text| name.to_owned() + &quoted(Some(text))));
}

fn envelope(lines: &mut Vec<String>, env: &HeaderEnvelope) {
    field(lines, "remail", env.remail.as_ref());
    addresses(lines, "return-path", &env.return_path);
    field(lines, "date", env.date.as_ref());
    addresses(lines, "from", &env.from);
    addresses(lines, "sender", &env.sender);
    addresses(lines, "reply-to", &env.reply_to);
    field(lines, "subject", env.subject.as_ref());
    addresses(lines, "to", &env.to);
    addresses(lines, "cc", &env.cc);
    addresses(lines, "bcc", &env.bcc);
    field(lines, "in-reply-to", env.in_reply_to.as_ref());
    field(lines, "message-id", env.message_id.as_ref());
    field(lines, "newsgroups", env.newsgroups.as_ref());
    field(lines, "followup-to", env.followup_to.as_ref());
    field(lines, "references", env.references.as_ref());
}

fn parameters(lines: &mut Vec<String>, name: &str, list: &[Parameter]) {
    for (attribute, value) in list {
        lines.push(name.to_owned() + &quoted(Some(attribute)) + &quoted(Some(value)));
    }
}

fn extent(lines: &mut Vec<String>, name: &str, extent: Extent) {
    lines.push(format!("{name} {} {}", extent.offset, extent.size));
}

fn body(lines: &mut Vec<String>, body: &Body, tables: &MediaTables) {
    let name = |list: &[Vec<u8>], index: u16| quoted(Some(&list[usize::from(index)]));
    let media_type = name(tables.types.names(), body.media_type);
    let encoding = name(tables.encodings.names(), body.encoding);
    let subtype = quoted(body.subtype.as_deref());
    let (line_count, bytes) = (body.lines, body.bytes);
    lines.push(format!(
        "body{media_type}{encoding}{subtype} lines {line_count} bytes {bytes}"
    ));
    parameters(lines, "parameter", &body.parameters);
    field(lines, "id", body.id.as_ref());
    field(lines, "description", body.description.as_ref());
    field(lines, "disposition", body.disposition.as_ref());
    parameters(lines, "disposition-parameter", &body.disposition_parameters);
    lines.extend(
        body.language
            .iter()
            .map(|language| "language".to_owned() + &quoted(Some(language))),
    );
    field(lines, "location", body.location.as_ref());
    field(lines, "md5", body.md5.as_ref());
    extent(lines, "mime", body.mime);
    extent(lines, "contents", body.contents);
    match &body.nested {
        Nested::None => assert_ne!(body.media_type, TYPE_MULTIPART),
        Nested::Parts(parts) => {
            assert_eq!(body.media_type, TYPE_MULTIPART);
            for part in parts {
                lines.push("part".into());
                self::body(lines, part, tables);
            }
            lines.push("end of parts".into());
        }
        Nested::Message(message) => {
            assert_eq!(body.media_type, TYPE_MESSAGE);
            lines.push("message".into());
            extent(lines, "full", message.full);
            extent(lines, "header", message.header);
            extent(lines, "text", message.text);
            match &message.envelope {
                Some(env) => envelope(lines, env),
                None => lines.push("no envelope".into()),
            }
            match &message.body {
                Some(body) => self::body(lines, body, tables),
                None => lines.push("no body".into()),
            }
            lines.push("end of message".into());
        }
    }
}
