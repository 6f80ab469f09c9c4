//! What the fuzz targets do with their input: each calls a part of the library and asserts what must hold for any octets.

#![warn(missing_docs)]

pub mod answers;
pub mod encodings;
pub mod host;
pub mod mail;
pub mod protocol;
pub mod session;
pub mod settings;
pub mod sorting;
pub mod writing;

/// A target takes one input.
pub type Target = fn(&[u8]);

/// All targets, by name. `scripts/fuzz.sh` reads the names here: one a line.
pub const TARGETS: [(&str, Target); 20] = [
    ("responses", protocol::responses),
    ("message", mail::message),
    ("imap_session", session::imap_session),
    ("pop3_session", session::pop3_session),
    ("addresses", mail::addresses),
    ("mailbox_names", settings::mailbox_names),
    ("encodings", encodings::encodings),
    ("mailbox_utf7", encodings::mailbox_utf7),
    ("charsets", encodings::charsets),
    ("to_charsets", encodings::to_charsets),
    ("encoded_words", encodings::encoded_words),
    ("pop3", protocol::pop3),
    ("sasl", protocol::sasl),
    ("criteria", settings::criteria),
    ("patterns", settings::patterns),
    ("configuration", settings::configuration),
    ("subjects", sorting::subjects),
    ("threads", sorting::threads),
    ("dates", mail::dates),
    ("writing", writing::writing),
];
