//! Messages: headers, addresses, bodies, dates.

use c_client::imap::response::Address;
use c_client::mime::address::{MessageIds, parse_address_list};
use c_client::mime::body::{ParseOptions, parse_message};
use c_client::mime::content::{Body, MediaTables, Nested};
use c_client::mime::date::{self, Zone};
use c_client::mime::filter::filter_header;
use c_client::mime::header::Hooks;

/// A whole message. Whatever it says, each part lies in the text, and no tree is larger than the text.
pub fn message(data: &[u8]) {
    let end = data
        .windows(2)
        .position(|two| two == b"\n\n")
        .map(|at| at + 2)
        .or_else(|| {
            data.windows(4)
                .position(|four| four == b"\r\n\r\n")
                .map(|at| at + 4)
        })
        .unwrap_or(data.len());
    let (header, text) = data.split_at(end);
    let parse = |crlf| {
        let options = ParseOptions {
            host: Some(b"host"),
            crlf,
            depth: 0,
        };
        let mut warnings = Vec::new();
        let mut tables = MediaTables::default();
        let mut hooks = Hooks::default();
        parse_message(
            header,
            text,
            &options,
            &mut tables,
            &mut warnings,
            &mut hooks,
        )
    };
    let (envelope, body) = parse(true);
    let mut open = vec![&body];
    let mut parts = 0;
    while let Some(body) = open.pop() {
        parts += 1;
        for extent in [body.mime, body.contents] {
            assert!(
                extent.offset + extent.size <= text.len(),
                "{extent:?} of {}",
                text.len()
            );
        }
        assert!(body.lines <= text.len());
        match &body.nested {
            Nested::None => {}
            Nested::Parts(parts) => {
                assert!(!parts.is_empty());
                open.extend(parts);
            }
            Nested::Message(message) => {
                assert!(message.full.offset + message.full.size <= text.len());
                open.extend(&message.body);
            }
        }
    }
    // Even nothing at all can be a message in a message, and a part of a multipart.
    assert!(parts <= text.len() * 2 + 4);
    // The same again, and without CR LF, the same envelope.
    assert!(parse(true) == (envelope, body));
    let _: (_, Body) = parse(false);
    let names: [&[u8]; 3] = [b"subject", b"To", b"x"];
    let kept = filter_header(header, &names, false);
    let dropped = filter_header(header, &names, true);
    assert!(kept.len() <= header.len() + 4 && dropped.len() <= header.len() + 4);
}

/// Address lists and message IDs.
pub fn addresses(data: &[u8]) {
    let mut found: Vec<Address> = Vec::new();
    let mut warnings = Vec::new();
    parse_address_list(&mut found, data, Some(b"host"), &mut warnings);
    assert!(found.len() <= data.len() * 2 + 2);
    let mut ids = MessageIds::new(data);
    let mut count = 0;
    while let Some(id) = ids.next(&mut warnings) {
        // Where no host stands, a word says so.
        assert!(id.len() <= data.len() + 32);
        count += 1;
        assert!(count <= data.len());
    }
    assert!(warnings.len() <= data.len() * 2 + 4);
}

/// Dates of headers, and what is made of them.
pub fn dates(data: &[u8]) {
    if let Some(read) = date::parse(data, Zone::from_minutes(60)) {
        let _ = (read.ctime(), read.seconds_since_1970());
        let _ = date::unpack_short(read.short());
        let again = date::parse(read.internal().as_bytes(), Zone::from_minutes(0));
        let again = again.expect("a date that we wrote");
        assert_eq!(again.seconds_since_1970(), read.seconds_since_1970());
    }
    let _ = date::append_date(data, Zone::from_minutes(-720));
}
