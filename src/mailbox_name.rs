//! Parsing of `{host:port/flags}mailbox` names.

#![forbid(unsafe_code)]
