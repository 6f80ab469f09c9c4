//! The C interface: the only room with `unsafe`. One file per public header.
//!
//! * [`types`], [`constants`]: what the headers declare; [`objects`]: the data they declare.
//! * [`entry`]: the door every function goes through; [`stubs`]: what is not there yet.
//! * [`callbacks`]: the functions the host defines.
//! * [`parameters`]: the settings of `mail_parameters`.
//! * [`memory`]: the C heap; [`link`]: the lists of drivers and authenticators.

pub mod callbacks;
pub mod constants;
pub mod entry;
pub mod link;
pub mod memory;
pub mod objects;
pub mod parameters;
mod string_drivers;
pub mod stubs;
pub mod types;
