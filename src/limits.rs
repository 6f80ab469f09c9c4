//! Every resource limit of the library, named, with its reason.

#![forbid(unsafe_code)]
