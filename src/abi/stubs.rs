//! What `symbols.tsv` lists as `stub`: there, so that every binary links and loads, and honest
//! about it when it is called. To replace one, write its `entry!` and flip its status. And what the
//! table lists as `refused:why`: left out on purpose.

#![allow(non_snake_case, clippy::too_many_arguments)]

#[allow(
    unused_imports,
    reason = "which types the stubs take changes with the table"
)]
use core::ffi::{c_char, c_int, c_long, c_uchar, c_uint, c_ulong, c_void};

#[allow(unused_imports, reason = "the table may have no stub left")]
use super::entry::{refused, stub};
use super::types::*;

include!(concat!(env!("OUT_DIR"), "/stubs.rs"));
