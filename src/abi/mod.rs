//! The C interface: the only room with `unsafe`. One file per public header.
//!
//! * [`types`], [`constants`]: what the headers declare; [`objects`]: the data they declare.
//! * [`entry`]: the door every function goes through; [`stubs`]: what is not there yet.
//! * [`callbacks`]: the functions the host defines.
//! * [`parameters`]: the settings of `mail_parameters`.
//! * [`mm_cache`]: the message cache; [`mail_sequence`], [`mail_text`]: sequences, flag strings and
//!   sections, which need no server.
//! * [`memory`]: the C heap; [`constructors`], [`destructors`]: structs on it; [`link`]: the lists of
//!   drivers and authenticators; [`string_drivers`]: strings that are read piece by piece.

pub mod callbacks;
pub mod constants;
pub mod constructors;
pub mod destructors;
pub mod entry;
pub mod link;
pub mod mail_sequence;
pub mod mail_text;
pub mod memory;
pub mod misc;
pub mod mm_cache;
pub mod objects;
pub mod parameters;
pub mod rfc822;
pub mod string_drivers;
pub mod stubs;
pub mod types;
