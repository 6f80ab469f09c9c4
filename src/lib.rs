//! `libc-client.so.2007e` in Rust: the C interface of UW c-client over a modern IMAP client.
//!
//! The map of the house:
//!
//! * [`abi`]: the C interface; the only room with `unsafe`. One file per public header.
//! * [`mailbox_name`]: `{host:port/flags}mailbox` names.
//! * [`client`]: the IMAP client for Rust programs, blocking; `vmimap` is built on it.
//! * [`limits`]: every resource limit, named, with its reason.
//! * [`imap`]: the IMAP client without I/O: bytes in, events and bytes out.
//! * [`sasl`]: one file per authentication mechanism.
//! * [`crypto`]: who does the cryptography.
//! * [`configuration`]: the configuration file; [`token`]: where OAuth 2 tokens come from.
//! * [`transport`]: sockets, deadlines, TLS.
//! * [`subscriptions`]: the list of subscriptions in the user's home; [`wildcard`]: patterns of names.
//! * [`mime`]: headers, addresses, dates, bodies, encodings.
//!
//! Data walks one way: C call, `abi` (convert), session, command bytes, transport, framing,
//! response, mirror, `abi` (convert), C structs and callbacks.

#![deny(unsafe_code)]
// Where C's long has 32 bits, what is looked at because it may have 64 cannot fail.
#![cfg_attr(target_pointer_width = "32", allow(irrefutable_let_patterns))]

#[allow(unsafe_code)]
pub mod abi;
pub mod client;
pub mod configuration;
pub mod crypto;
pub mod imap;
pub mod limits;
pub mod mailbox_name;
pub mod mime;
pub mod pop3;
pub mod sasl;
pub mod scan;
pub mod subscriptions;
pub mod token;
pub mod transport;
pub mod wildcard;
