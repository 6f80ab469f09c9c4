//! The C interface: the only room with `unsafe`. One file per public header.
