//! Mail formats: headers, addresses, dates, body trees, encodings.

#![forbid(unsafe_code)]

pub mod address;
pub mod date;
pub mod encoding;
pub mod filter;
pub mod scan;
