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
    let done = |symbols: &mut dyn Iterator<Item = &&Symbol>| {
        let (mut all, mut there) = (0, 0);
        for symbol in symbols {
            all += 1;
            there += usize::from(symbol.status == "implemented");
        }
        format!("{there} of {all}")
    };
    let mut text = String::from(
        "# What is there\n\n\
         Generated from `src/abi/symbols.tsv` by `UPDATE_HEADERS=1 cargo test --test headers`.\n\
         A stub links and loads, and says in the log that it is not available.\n\n\
         | symbols of | implemented |\n|---|---|\n",
    );
    writeln!(
        text,
        "| the whole interface | {} |",
        done(&mut exported.iter())
    )
    .unwrap();
    for (letter, consumer) in CONSUMERS {
        let used = exported
            .iter()
            .filter(|symbol| symbol.consumers.contains(*letter));
        writeln!(text, "| {consumer} | {} |", done(&mut used.into_iter())).unwrap();
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
            if symbol.status == "host" {
                "defined by the host program"
            } else {
                &symbol.status
            },
            users.join(", ")
        )
        .unwrap();
    }
    text
}
