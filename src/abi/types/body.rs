//! MIME structure.

use core::ffi::{c_char, c_ulong, c_ushort, c_void};

use super::{Envelope, SizedText, StringList};

/// One parameter of a content type or disposition; the list keeps the server's order. C name: `PARAMETER`.
#[repr(C)]
pub struct Parameter {
    /// Its name; compare it without regard to case.
    pub attribute: *mut c_char,
    /// Its value, without quotes.
    pub value: *mut c_char,
    /// The next one; NULL at the end.
    pub next: *mut Parameter,
}

/// Where a piece of text lies in its message, and the text once it was fetched. C name: `PARTTEXT`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct PartText {
    /// Where it begins in the whole message, where that is known.
    pub offset: c_ulong,
    /// The text; `data` is NULL as long as it was not fetched.
    pub text: SizedText,
}

/// A nested member of [`Body`].
#[repr(C)]
pub struct BodyDisposition {
    /// `ATTACHMENT`, `INLINE` or another word, in any case; NULL without one.
    pub r#type: *mut c_char,
    /// Its parameters, such as FILENAME.
    pub parameter: *mut Parameter,
}
/// A nested member of [`Body`].
#[derive(Clone, Copy)]
#[repr(C)]
pub union BodyNested {
    /// Of TYPEMULTIPART: the first part.
    pub part: *mut Part,
    /// Of TYPEMESSAGE with subtype RFC822: the message.
    pub msg: *mut Message,
}
/// A nested member of [`Body`].
#[repr(C)]
pub struct BodySize {
    /// In lines, where the server tells.
    pub lines: c_ulong,
    /// In octets, as encoded.
    pub bytes: c_ulong,
}
/// The MIME structure of a message or part: `TYPE*`, `ENC*`, parameters, and the parts inside. C name: `BODY`.
#[repr(C)]
pub struct Body {
    /// `TYPE*`; `body_types` has the names.
    pub r#type: c_ushort,
    /// `ENC*`; `body_encodings` has the names.
    pub encoding: c_ushort,
    /// Subtype; compare it without regard to case. NULL when none was given.
    pub subtype: *mut c_char,
    /// Parameters of the type, such as CHARSET.
    pub parameter: *mut Parameter,
    /// Content-ID.
    pub id: *mut c_char,
    /// Content-Description.
    pub description: *mut c_char,
    /// Content-Disposition.
    pub disposition: BodyDisposition,
    /// Content-Language.
    pub language: *mut StringList,
    /// Content-Location.
    pub location: *mut c_char,
    /// The part's own header.
    pub mime: PartText,
    /// The part's contents, as encoded.
    pub contents: PartText,
    /// What lies inside: which member counts says `type`.
    pub nested: BodyNested,
    /// How large the contents are.
    pub size: BodySize,
    /// Content-MD5, as encoded.
    pub md5: *mut c_char,
    /// The program's own.
    pub sparep: *mut c_void,
}

/// One part of a multipart body. C name: `PART`.
#[repr(C)]
pub struct Part {
    /// The part.
    pub body: Body,
    /// The next one; NULL at the end.
    pub next: *mut Part,
}

/// The inside of a `MESSAGE/RFC822` part. C name: `MESSAGE`.
#[repr(C)]
pub struct Message {
    /// Its envelope; NULL as long as it was not fetched.
    pub env: *mut Envelope,
    /// Its structure; NULL as long as it was not fetched.
    pub body: *mut Body,
    /// The whole message.
    pub full: PartText,
    /// Which lines `header` was cut down to; NULL for all.
    pub lines: *mut StringList,
    /// Its header.
    pub header: PartText,
    /// All but the header.
    pub text: PartText,
}
