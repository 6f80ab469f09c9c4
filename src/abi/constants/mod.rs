//! The `#define` constants of the public headers, one file per header.
//!
//! Types are those the C expressions have: most are `long`. The headers of this project are
//! written from these lines, so a value is stated once.

#![allow(non_upper_case_globals)]
// The group headings and the names say it; a line of prose is there where they do not.
#![allow(missing_docs)]

mod env_unix;
mod imap4r1;
mod mail;
mod misc;
mod nntp;
mod parameters;
mod rfc822;
mod smtp;
mod utf8;

pub use env_unix::*;
pub use imap4r1::*;
pub use mail::*;
pub use misc::*;
pub use nntp::*;
pub use parameters::*;
pub use rfc822::*;
pub use smtp::*;
pub use utf8::*;
