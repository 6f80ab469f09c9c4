//! Writes `docs/parameters.md` and the manual page `man/c-client-parameters.3` from the table, and fails when they are
//! stale.

use std::fmt::Write as _;

use super::super::constants::*;
use super::table::{Initial, Kind, Layer, ROWS, Row};
use core::ffi::c_long;

const HEAD: &str = "# Settings: what `mail_parameters` knows

Written from `src/abi/parameters/table.rs` by `UPDATE_DOCS=1 cargo test --lib document`; the tests fail
when it is stale.

All settings belong to the process and may be read and set by any thread at any time. GET returns the
value, SET the value that now stands; a setting of a mail driver is NIL, and cannot be set, until that
driver is linked. With a stream as first argument, of the mail drivers only that stream's is asked.

Values: *number* is a `long` in the pointer's place, *function* a function pointer, *flag* is on for
anything but NIL and read as `VOIDT` (true, and a pointer to an empty string) or NIL. A *text* is copied
when it is set; what GET returns belongs to the library and stays valid. A *text, not copied* must
live as long as it is set.
";

const SPECIAL: &str = "
## Numbers that are not settings

| Number | Name | What it does |
|---|---|---|
";

/// Numbers that `mail_parameters` answers by other means than the table.
const OTHERS: &[(&str, &[c_long], &str)] = &[
    (
        "`ENABLE_DRIVER`, `DISABLE_DRIVER`",
        &[ENABLE_DRIVER, DISABLE_DRIVER],
        "switches the linked driver of that name on or off; returns the driver, NIL if there is none",
    ),
    (
        "`ENABLE_AUTHENTICATOR`, `DISABLE_AUTHENTICATOR`",
        &[ENABLE_AUTHENTICATOR, DISABLE_AUTHENTICATOR],
        "the same for an authenticator",
    ),
    (
        "`HIDE_AUTHENTICATOR`, `UNHIDE_AUTHENTICATOR`",
        &[HIDE_AUTHENTICATOR, UNHIDE_AUTHENTICATOR],
        "sets or clears the authenticator's `AU_HIDE`; returns it, NIL if there is none",
    ),
    (
        "`ENABLE_DEBUG`, `DISABLE_DEBUG`",
        &[ENABLE_DEBUG, DISABLE_DEBUG],
        "refused: `mail_debug` and `mail_nodebug` do that",
    ),
    (
        "`GET_DRIVERS`",
        &[GET_DRIVERS],
        "the first of the linked drivers",
    ),
    (
        "`GET_DRIVER`",
        &[GET_DRIVER],
        "the linked driver of that name, letter case aside",
    ),
    (
        "`SET_DRIVERS`, `SET_DRIVER`",
        &[SET_DRIVERS, SET_DRIVER],
        "refused",
    ),
    (
        "`GET_THREADERS`",
        &[GET_THREADERS],
        "the threading algorithms of the stream's server; without a stream the library's own",
    ),
    (
        "`GET_NAMESPACE`",
        &[GET_NAMESPACE],
        "the address of the stream's pointer to its three name space lists; without a stream, three empty lists",
    ),
    (
        "`SET_THREADERS`, `SET_NAMESPACE`",
        &[SET_THREADERS, SET_NAMESPACE],
        "refused",
    ),
    (
        "`SET_NEWSRC` with an open stream",
        &[SET_NEWSRC],
        "refused: it is too late",
    ),
    (
        "`GET_FETCHLOOKAHEAD`",
        &[GET_FETCHLOOKAHEAD],
        "with the stream also as value: where a sequence to be fetched ahead may be put",
    ),
    (
        "`GET_MAILBOXWATCHED`",
        &[GET_MAILBOXWATCHED],
        "with a stream: `VOIDT` if the function of `SET_MAILBOXWATCH` will be called when its mailbox changes, else NIL",
    ),
    ("`SET_FETCHLOOKAHEAD`", &[SET_FETCHLOOKAHEAD], "refused"),
    (
        "`GET_IDLETIMEOUT`",
        &[GET_IDLETIMEOUT],
        "minutes a server bears an idle client: IMAP 30, NNTP 3, POP3 10",
    ),
    ("`SET_IDLETIMEOUT`", &[SET_IDLETIMEOUT], "refused"),
    (
        "`GET_SNARFMAILBOXNAME`, `SET_SNARFMAILBOXNAME`",
        &[GET_SNARFMAILBOXNAME, SET_SNARFMAILBOXNAME],
        "the stream's `#move` source; setting without a stream is refused",
    ),
    (
        "`GET_INBOXPATH`",
        &[GET_INBOXPATH],
        "NIL: no local mail files here",
    ),
    (
        "`SET_INBOXPATH`, `GET_DIRFMTTEST`, `SET_DIRFMTTEST`",
        &[SET_INBOXPATH, GET_DIRFMTTEST, SET_DIRFMTTEST],
        "refused",
    ),
];

const SILENT: &str = "
NIL, as in c-client on UNIX, though the headers have the numbers: `USERPROMPT`, `MAILSUBDIR`,
`EXTENSION`. NIL because there is no local mail: `SCANCONTENTS`, `ONETIMEEXPUNGEATPING`.

*Refused* means one `mm_log` line of severity `ERROR` (\"SET_DRIVERS not permitted\") and NIL. c-client
aborts the program there.
";

fn heading(layer: Layer) -> &'static str {
    match layer {
        Layer::Mail => "Everything (`mail_parameters` itself)",
        Layer::Env => "User, host, local files (`env_parameters`)",
        Layer::Tcp => "Network (`tcp_parameters`)",
        Layer::Smtp => "Posting (`smtp_parameters`)",
        Layer::Imap => "The IMAP driver",
        Layer::Nntp => "The NNTP driver",
        Layer::Pop3 => "The POP3 driver",
        Layer::Unix => "The driver for UNIX mailboxes",
        Layer::Mh => "The MH driver",
    }
}

fn value(row: &Row) -> &'static str {
    match row.kind {
        Kind::Number => "number",
        Kind::Hook => "function",
        Kind::Borrowed if row.name == "SSLDRIVER" => "`NETDRIVER *`",
        Kind::Borrowed if row.name == "LOGOUTDATA" => "pointer",
        Kind::Borrowed => "text, not copied",
        Kind::Text => "text",
        Kind::QuietText => "text; SET returns NIL",
        Kind::Flag => "flag",
    }
}

fn initial(row: &Row) -> String {
    match row.default {
        Initial::Nil if matches!(row.kind, Kind::Number) => "0".into(),
        Initial::Nil if matches!(row.kind, Kind::Flag) => "off".into(),
        Initial::Nil => "NIL".into(),
        Initial::Number(mode) if row.name.ends_with("PROTECTION") => format!("0{mode:o}"),
        Initial::Number(number) => number.to_string(),
        Initial::True => "on".into(),
        Initial::Text(text) => format!("`{}`", text.to_string_lossy()),
        Initial::MmCache => "`mm_cache`".into(),
        Initial::MmDlog => "`mm_dlog`".into(),
        Initial::MmBlockNotify => "`mm_blocknotify`".into(),
    }
}

fn document() -> String {
    let mut out = String::from(HEAD);
    let mut layer = None;
    for row in ROWS {
        if layer != Some(row.layer) {
            layer = Some(row.layer);
            let heading = heading(row.layer);
            write!(out, "\n## {heading}\n\n| GET, SET | Name | Value | Default | Here |\n|---|---|---|---|---|\n")
                .unwrap();
        }
        let (value, initial) = (value(row), initial(row));
        writeln!(
            out,
            "| {}, {} | `{}` | {value} | {initial} | {} |",
            row.get, row.set, row.name, row.effect
        )
        .unwrap();
    }
    out.push_str(SPECIAL);
    for (names, numbers, effect) in OTHERS {
        let numbers: Vec<String> = numbers.iter().map(|number| number.to_string()).collect();
        writeln!(out, "| {} | {names} | {effect} |", numbers.join(", ")).unwrap();
    }
    out.push_str(SILENT);
    out
}

const PAGE_HEAD: &str = r#".\" SPDX-License-Identifier: MIT OR Apache-2.0
.\" Written from src/abi/parameters/table.rs.
.Dd November 26, 2026
.Dt C-CLIENT-PARAMETERS 3
.Os
.Sh NAME
.Nm c-client-parameters
.Nd settings of the mail library c-client
.Sh SYNOPSIS
.In c-client/c-client.h
.Ft void *
.Fn mail_parameters "MAILSTREAM *stream" "long function" "void *value"
.Sh DESCRIPTION
"#;

const PAGE_TAIL: &str = ".Sh SEE ALSO
.Xr c-client 3 ,
.Xr c-client.conf 5
";

/// Text of Markdown as lines of mdoc, with what stands in backquotes in bold.
fn mdoc(text: &str) -> String {
    let mut out = String::new();
    for paragraph in text.trim().split("\n\n") {
        if !out.is_empty() {
            out.push_str(".Pp\n");
        }
        let mut line = String::new();
        let paragraph = paragraph.replace('\\', "\\e");
        let mut bold = false;
        let mut marked = String::new();
        for c in paragraph.chars() {
            match c {
                '`' => {
                    bold = !bold;
                    marked.push_str(if bold { "\\fB" } else { "\\fP" });
                }
                '*' if paragraph.contains("NETDRIVER *") => marked.push('*'),
                '*' => {}
                c => marked.push(c),
            }
        }
        let words: Vec<&str> = marked.split_whitespace().collect();
        for (index, word) in words.iter().enumerate() {
            if !line.is_empty() && line.len() + word.len() > 76 {
                writeln!(out, "{line}").unwrap();
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            } else if word.starts_with(['.', '\'']) {
                line.push_str("\\&");
            }
            line.push_str(word);
            // A sentence ends its line.
            if word.ends_with(['.', ':']) && index + 1 < words.len() {
                writeln!(out, "{line}").unwrap();
                line.clear();
            }
        }
        if !line.is_empty() {
            writeln!(out, "{line}").unwrap();
        }
    }
    out
}

/// The manual page.
fn page() -> String {
    let mut out = String::from(PAGE_HEAD);
    let told = HEAD.split("\n\n").skip(2).collect::<Vec<_>>().join("\n\n");
    out.push_str(&mdoc(&told));
    out.push_str(".Pp\nThe names below go with \\fBGET_\\fP and \\fBSET_\\fP before them.\n");
    let mut layer = None;
    for row in ROWS {
        if layer != Some(row.layer) {
            if layer.is_some() {
                out.push_str(".El\n");
            }
            layer = Some(row.layer);
            let title = heading(row.layer);
            let title = title.split(" (").next().unwrap();
            writeln!(out, ".Ss {title}\n.Bl -tag -width Ds").unwrap();
        }
        let (value, initial) = (mdoc(value(row)), mdoc(&initial(row)));
        write!(
            out,
            ".It Dv {} No ( {}, {} )\n{}, by default {};\n{}.\n",
            row.name,
            row.get,
            row.set,
            value.trim_end(),
            initial.trim_end(),
            mdoc(row.effect).trim_end()
        )
        .unwrap();
    }
    out.push_str(".El\n.Ss Numbers that are not settings\n.Bl -tag -width Ds\n");
    for (names, _, effect) in OTHERS {
        let names = names.replace('`', "");
        write!(out, ".It {names}\n{}.\n", mdoc(effect).trim_end()).unwrap();
    }
    out.push_str(".El\n.Pp\n");
    out.push_str(&mdoc(SILENT));
    out.push_str(PAGE_TAIL);
    out
}

/// Compares a committed file with what it should be, or writes it.
fn is_current(name: &str, fresh: &str) {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, fresh).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == fresh,
        "{name} is stale: UPDATE_DOCS=1 cargo test --lib document"
    );
}

#[test]
fn the_document_is_current() {
    is_current("docs/parameters.md", &document());
}

#[test]
fn the_manual_page_is_current() {
    is_current("man/c-client-parameters.3", &page());
}

#[test]
fn every_number_of_the_headers_is_in_the_document() {
    let document = document();
    let mut listed: Vec<c_long> = ROWS.iter().flat_map(|row| [row.get, row.set]).collect();
    listed.extend(OTHERS.iter().flat_map(|(_, numbers, _)| *numbers));
    let header = include_str!("../constants/parameters.rs");
    let mut seen = 0;
    for line in header.lines() {
        let Some((name, rest)) = line
            .strip_prefix("pub const ")
            .and_then(|line| line.split_once(": "))
        else {
            continue;
        };
        let bare = &name[4..];
        let number = rest
            .split_once("= ")
            .and_then(|(_, number)| number.trim_end_matches(';').parse::<c_long>().ok());
        seen += 1;
        // The two aliases have another setting's name for a value.
        let listed = number.is_none_or(|number| listed.contains(&number));
        assert!(
            listed || document.contains(&format!("`{bare}`")),
            "{name} is not in the document"
        );
    }
    assert!(seen > 250, "only {seen} numbers found");
}
