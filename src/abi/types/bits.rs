//! C bit-fields: Rust has none, so a struct keeps the words they lie in and gets accessors.

/// Where one bit-field of a public struct lies. The headers and the layout tests read these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitField {
    /// Rust name of the struct.
    pub owner: &'static str,
    /// The member that holds the bits.
    pub word: &'static str,
    /// Byte offset of that member.
    pub offset: usize,
    /// C name of the bit-field.
    pub name: &'static str,
    /// Lowest bit, counted from the least significant bit of the word.
    pub shift: u32,
    /// Number of bits.
    pub width: u32,
    /// What it says, for the headers.
    pub doc: &'static str,
}

/// A struct with bit-fields.
pub trait BitFields {
    /// All of them, in C's order.
    const BIT_FIELDS: &'static [BitField];
}

/// Writes getter and setter for each bit-field of a struct, and the table the headers come from.
///
/// A setter keeps as many low bits of its argument as the field has, like C. The comment above a field is the one in the
/// headers.
macro_rules! bitfields {
    ($owner:ident { $(
        $(#[doc = $doc:literal])* $word:ident: $get:ident, $set:ident: $shift:literal, $width:literal;
    )* }) => {
        impl $owner {
            $(
                #[doc = concat!("Bit-field `", stringify!($get), "`, ", stringify!($width), " bit(s) wide.", $($doc),*)]
                #[inline]
                pub fn $get(&self) -> u32 {
                    (u32::from(self.$word) >> $shift) & ((1u32 << $width) - 1)
                }

                #[doc = concat!("Sets bit-field `", stringify!($get), "`.")]
                #[inline]
                pub fn $set(&mut self, value: u32) {
                    let mask = ((1u32 << $width) - 1) << $shift;
                    let word = (u32::from(self.$word) & !mask) | ((value << $shift) & mask);
                    // No bit above the word's own width is ever set: shift + width fit it.
                    self.$word = word as _;
                }
            )*
        }

        impl $crate::abi::types::BitFields for $owner {
            const BIT_FIELDS: &'static [$crate::abi::types::BitField] = &[
                $($crate::abi::types::BitField {
                    owner: stringify!($owner),
                    word: stringify!($word),
                    offset: core::mem::offset_of!($owner, $word),
                    name: stringify!($get),
                    shift: $shift,
                    width: $width,
                    doc: concat!($($doc),*),
                },)*
            ];
        }
    };
}
pub(crate) use bitfields;
