//! SASL mechanisms, one file each.

#![forbid(unsafe_code)]
