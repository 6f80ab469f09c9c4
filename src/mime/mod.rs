//! Mail formats: headers, addresses, dates, body trees, encodings, charsets.

#![forbid(unsafe_code)]

pub mod address;
pub mod body;
pub mod canonical;
pub mod charset;
pub mod content;
pub mod date;
pub mod encoded_word;
pub mod encoding;
pub mod filter;
pub mod header;
pub mod mutf7;
#[cfg(test)]
mod oracle;
pub mod quote;
pub mod scan;
pub mod utf8;
pub mod width;
