//! The prototype stream of a driver (`mail_open(NIL, name, OP_PROTOTYPE)`): has a driver and nothing else.

use core::cell::UnsafeCell;

use crate::abi::types::{Driver, MailStream};

/// One such stream, for the life of the library. It is not open, so that every call on it is refused.
pub struct Prototype(UnsafeCell<MailStream>);

// SAFETY: the library never writes to it after it was made, and C only reads the driver.
unsafe impl Sync for Prototype {}

impl Prototype {
    /// Of that driver.
    pub const fn new(driver: *mut Driver) -> Self {
        // SAFETY: a stream is valid when zero.
        let mut stream: MailStream = unsafe { core::mem::zeroed() };
        stream.dtb = driver;
        Self(UnsafeCell::new(stream))
    }

    /// For the application, which does not close it.
    pub const fn stream(&self) -> *mut MailStream {
        self.0.get()
    }
}
