//! Mail formats: headers, addresses, dates, body trees, encodings.

#![forbid(unsafe_code)]

pub mod address;
pub mod body;
pub mod content;
pub mod date;
pub mod encoding;
pub mod filter;
pub mod header;
#[cfg(test)]
mod oracle;
pub mod scan;
