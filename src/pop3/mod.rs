//! The POP3 client (RFC 1939; CAPA of RFC 2449, STLS of RFC 2595, AUTH of RFC 5034).
//!
//! [`lines`] cuts octets into lines and does no I/O; [`capability`] makes sense of CAPA; [`connection`]
//! runs one command after the other over a wire. Nothing here calls the application.

#![forbid(unsafe_code)]

pub mod capability;
pub mod connection;
pub mod lines;
