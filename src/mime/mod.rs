//! Mail formats: headers, addresses, dates, body trees, encodings.

#![forbid(unsafe_code)]

pub mod date;
pub mod encoding;
