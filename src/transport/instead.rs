//! A peer in the same process instead of one on a socket, for the fuzz targets: built with `--cfg fuzzing` only.

use std::sync::{Mutex, PoisonError};

use super::Wire;

/// Connects to a port; `None` if nobody listens there.
pub type Dialler = fn(port: u16) -> Option<Box<dyn Wire>>;

static DIALLER: Mutex<Option<Dialler>> = Mutex::new(None);

/// From now on the connections of mailboxes are made by `dialler`.
pub fn set_dialler(dialler: Dialler) {
    *DIALLER.lock().unwrap_or_else(PoisonError::into_inner) = Some(dialler);
}

/// What [`set_dialler`] was given last.
pub fn dialler() -> Option<Dialler> {
    *DIALLER.lock().unwrap_or_else(PoisonError::into_inner)
}
