//! `MATRIX.md`: which function of the interface is there, and who uses it.

use std::fmt::Write;

use crate::generate::Symbol;

/// The programs whose symbols are known, by the letter the table has for them.
const CONSUMERS: &[(char, &str)] = &[
    ('A', "Asterisk"),
    ('P', "PHP 8.2"),
    ('p', "PHP 7.4"),
    ('U', "mailutil"),
    ('D', "dmail"),
    ('T', "tmail"),
    ('S', "mailsync"),
    ('Y', "prayer"),
];

/// The whole file.
pub fn write(symbols: &[Symbol]) -> String {
    let exported: Vec<&Symbol> = symbols
        .iter()
        .filter(|symbol| symbol.status != "host")
        .collect();
    let count = |symbols: &mut dyn Iterator<Item = &&Symbol>| {
        let mut counts = [0; 4];
        for symbol in symbols {
            let at = match status(symbol) {
                "implemented" => 0,
                "partial" => 1,
                _ => 2,
            };
            counts[at] += 1;
            counts[3] += 1;
        }
        counts.map(|n| n.to_string()).join(" | ")
    };
    let mut text = String::from(
        "# What is there\n\n\
         Generated from `src/abi/symbols.tsv` by `UPDATE_HEADERS=1 cargo test --test headers`.\n\
         What is *refused* is left out on purpose: it links and loads, says in the log why, and returns\n\
         failure.\n\n\
         | symbols of | implemented | partial | refused | all |\n|---|---|---|---|---|\n",
    );
    writeln!(
        text,
        "| the whole interface | {} |",
        count(&mut exported.iter())
    )
    .unwrap();
    for (letter, consumer) in CONSUMERS {
        let used = exported
            .iter()
            .filter(|symbol| symbol.consumers.contains(*letter));
        writeln!(text, "| {consumer} | {} |", count(&mut used.into_iter())).unwrap();
    }
    text.push_str("\n| symbol | kind | header | status | used by |\n|---|---|---|---|---|\n");
    for symbol in symbols {
        let users: Vec<&str> = CONSUMERS
            .iter()
            .filter(|(letter, _)| symbol.consumers.contains(*letter))
            .map(|(_, consumer)| *consumer)
            .collect();
        writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            symbol.name,
            symbol.kind,
            if symbol.header == "-" {
                "none"
            } else {
                &symbol.header
            },
            match (status(symbol), symbol.status.split_once(':')) {
                ("host", _) => "defined by the host program".to_owned(),
                (status, Some((_, why))) => format!("{status} ({why})"),
                (status, None) => status.to_owned(),
            },
            users.join(", ")
        )
        .unwrap();
    }
    text
}

/// The status without the reason.
fn status(symbol: &Symbol) -> &str {
    symbol
        .status
        .split_once(':')
        .map_or(&symbol.status, |(status, _)| status)
}
