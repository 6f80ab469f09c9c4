//! The driver as a host program sees it: callbacks in order, calls from within callbacks, streams closed at the worst
//! moment, threads. A process of its own, because settings and linked drivers are process-wide.

mod calls;
mod host;
mod inside;
mod nothing;
mod order;
mod server;
mod threads;
