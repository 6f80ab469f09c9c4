//! The IMAP client core: no sockets here, bytes in, events and bytes out.

#![forbid(unsafe_code)]

pub mod command;
pub mod frame;
pub mod response;
pub mod search;
pub mod sequence;
