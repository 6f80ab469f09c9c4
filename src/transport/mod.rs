//! Connections: dialling, deadlines, TLS.

#![forbid(unsafe_code)]
