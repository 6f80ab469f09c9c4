//! The IMAP client core: no sockets here, bytes in, events and bytes out.

#![forbid(unsafe_code)]

pub mod ahead;
pub mod backlog;
pub mod busy;
pub mod capability;
pub mod command;
pub mod connection;
pub mod frame;
pub mod mirror;
pub mod octets;
pub mod response;
pub mod resume;
pub mod search;
pub mod sequence;
pub mod session;
pub mod sort;
pub mod thread;
