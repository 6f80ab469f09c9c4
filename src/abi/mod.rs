//! The C interface: the only room with `unsafe`. One file per public header.

pub mod constants;
pub mod types;
