//! Texts of a response that are not copied out of it.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// A piece of a response, which stays in memory as long as any piece of it does; or octets of their own.
///
/// Reading an ENVELOPE costs no copies so: the only ones are those that the application gets.
#[derive(Clone, Default)]
pub struct Octets {
    /// `None` for no octets.
    whole: Option<Arc<Vec<u8>>>,
    range: Range<usize>,
}

impl Octets {
    /// `piece`, which is a part of `whole`; copied if it is not.
    pub fn within(whole: &Arc<Vec<u8>>, piece: &[u8]) -> Self {
        let start = piece.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
        let range = start..start.wrapping_add(piece.len());
        match whole.get(range.clone()) {
            Some(found) if std::ptr::eq(found, piece) => Self {
                whole: Some(Arc::clone(whole)),
                range,
            },
            _ => piece.into(),
        }
    }
}

impl Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.whole
            .as_ref()
            .and_then(|whole| whole.get(self.range.clone()))
            .unwrap_or_default()
    }
}

impl From<Vec<u8>> for Octets {
    fn from(octets: Vec<u8>) -> Self {
        let range = 0..octets.len();
        Self {
            whole: (!octets.is_empty()).then(|| Arc::new(octets)),
            range,
        }
    }
}

impl From<&[u8]> for Octets {
    fn from(octets: &[u8]) -> Self {
        octets.to_vec().into()
    }
}

impl<const N: usize> From<&[u8; N]> for Octets {
    fn from(octets: &[u8; N]) -> Self {
        octets.to_vec().into()
    }
}

impl PartialEq for Octets {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Octets {}

impl<T: AsRef<[u8]> + ?Sized> PartialEq<T> for Octets {
    fn eq(&self, other: &T) -> bool {
        **self == *other.as_ref()
    }
}

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_of_the_whole_is_not_copied() {
        let whole = Arc::new(b"one two".to_vec());
        let piece = Octets::within(&whole, &whole[4..]);
        assert_eq!(*piece, *b"two");
        assert!(std::ptr::eq(&*piece, &whole[4..]));
        assert_eq!(Arc::strong_count(&whole), 2);
    }

    #[test]
    fn what_lies_elsewhere_is_copied() {
        let whole = Arc::new(b"one two".to_vec());
        let other = b"two".to_vec();
        let piece = Octets::within(&whole, &other);
        assert_eq!(piece, Octets::from(b"two"));
        assert!(!std::ptr::eq(&*piece, &other[..]));
        assert_eq!(Arc::strong_count(&whole), 1);
        assert!(Octets::from(b"").is_empty() && Octets::default().is_empty());
    }
}
