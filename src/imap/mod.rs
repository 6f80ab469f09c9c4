//! The IMAP client core: no sockets here, bytes in, events and bytes out.

#![forbid(unsafe_code)]
