//! `#[repr(C)]` twins of the public structs and function-pointer types.
//!
//! A member has the name C gives it; C's nested anonymous structs have a type of their own here,
//! and its bit-fields lie in words (`bits`, `bits2`, …) with an accessor each. Every struct is
//! valid when all its bytes are zero, which is how the library hands out new ones.

#![allow(non_camel_case_types)]
// A member means what its C name says in every mail client; the structs say the rest.
#![allow(missing_docs)]

mod address;
mod bits;
mod body;
mod charset;
mod driver;
mod hooks;
mod lists;
mod local;
mod message;
mod net;
mod search;
mod send;
mod sort;
mod stream;
mod string;
mod text;

pub use address::*;
pub use bits::{BitField, BitFields};
pub use body::*;
pub use charset::*;
pub use driver::*;
pub use hooks::*;
pub use lists::*;
pub use local::*;
pub use message::*;
pub use net::*;
pub use search::*;
pub use send::*;
pub use sort::*;
pub use stream::*;
pub use string::*;
pub use text::*;
