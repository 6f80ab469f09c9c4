//! What `symbols.tsv` lists as `refused:why`: there, so that every binary links and loads, and honest about it when it is
//! called. To put one in its place, write its `entry!` and change its status.

#![allow(non_snake_case, clippy::too_many_arguments)]

use core::ffi::{c_char, c_int, c_long, c_ulong, c_void};

use super::entry::refused;
use super::types::*;

include!(concat!(env!("OUT_DIR"), "/left_out.rs"));
