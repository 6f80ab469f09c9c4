//! The C interface: the only room with `unsafe`. One file per public header.
//!
//! * [`types`], [`constants`]: what the headers declare; [`objects`]: the data they declare.
//! * [`entry`]: the door every function goes through; [`left_out`]: what is left out.
//! * [`callbacks`]: the functions the host defines.
//! * [`parameters`]: the settings of `mail_parameters`.
//! * [`mm_cache`]: the message cache; [`mail_sequence`], [`mail_text`]: sequences, flag strings and
//!   sections, which need no server.
//! * [`lock`]: locks; [`memory`], `heap`: the C heap; [`linger`]: freed, and kept for a while; [`constructors`], [`destructors`]: structs on it; [`link`]: the lists of
//!   drivers and authenticators; [`string_drivers`]: strings that are read piece by piece.

pub mod auth_clients;
pub mod authenticators;
pub mod callbacks;
pub mod charsets;
pub mod constants;
pub mod constructors;
pub mod destructors;
pub mod dial;
pub mod entry;
pub mod environment;
pub mod fetch_default;
pub mod gssapi;
mod heap;
pub mod imap;
pub mod imap4r1;
pub mod left_out;
pub mod linger;
pub mod link;
pub mod local_time;
pub mod lock;
pub mod login_memory;
pub mod mail_criteria;
pub mod mail_dates;
pub mod mail_events;
pub mod mail_fetch;
pub mod mail_folders;
pub mod mail_handle;
pub mod mail_messages;
pub mod mail_open;
pub mod mail_overview;
pub mod mail_partial;
pub mod mail_search;
pub mod mail_sequence;
pub mod mail_sort;
pub mod mail_text;
pub mod mail_thread;
pub mod md5;
pub mod memory;
pub mod misc;
pub mod mm_cache;
pub mod net;
pub mod net_mailbox;
pub mod nl;
pub mod objects;
pub mod parameters;
pub mod pop3;
pub mod reading;
pub mod refused;
pub mod rfc822;
pub mod sasl_login;
pub mod server_io;
pub mod stream;
pub mod string_drivers;
pub mod subscriptions;
pub mod tell;
pub mod thread_containers;
pub mod tls_hooks;
#[cfg(feature = "oauth")]
pub mod token_command;
pub mod token_login;
pub mod tree;
pub mod types;
pub mod ucs4;
pub mod utf8;
pub mod utf8_map;
pub mod utf8_text;
pub mod watch;
pub mod wildcard;
