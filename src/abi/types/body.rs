//! MIME structure.

use core::ffi::{c_char, c_ulong, c_ushort, c_void};

use super::{Envelope, SizedText, StringList};

/// One parameter of a content type or disposition; the list keeps the server's order. C name: `PARAMETER`.
#[repr(C)]
pub struct Parameter {
    pub attribute: *mut c_char,
    pub value: *mut c_char,
    pub next: *mut Parameter,
}

/// Where a piece of text lies in its message, and the text once it was fetched. C name: `PARTTEXT`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct PartText {
    pub offset: c_ulong,
    pub text: SizedText,
}

/// A nested member of [`Body`].
#[repr(C)]
pub struct BodyDisposition {
    pub r#type: *mut c_char,
    pub parameter: *mut Parameter,
}
/// A nested member of [`Body`].
#[derive(Clone, Copy)]
#[repr(C)]
pub union BodyNested {
    pub part: *mut Part,
    pub msg: *mut Message,
}
/// A nested member of [`Body`].
#[repr(C)]
pub struct BodySize {
    pub lines: c_ulong,
    pub bytes: c_ulong,
}
/// The MIME structure of a message or part: `TYPE*`, `ENC*`, parameters, and the parts inside. C name: `BODY`.
#[repr(C)]
pub struct Body {
    pub r#type: c_ushort,
    pub encoding: c_ushort,
    pub subtype: *mut c_char,
    pub parameter: *mut Parameter,
    pub id: *mut c_char,
    pub description: *mut c_char,
    pub disposition: BodyDisposition,
    pub language: *mut StringList,
    pub location: *mut c_char,
    pub mime: PartText,
    pub contents: PartText,
    pub nested: BodyNested,
    pub size: BodySize,
    pub md5: *mut c_char,
    pub sparep: *mut c_void,
}

/// One part of a multipart body. C name: `PART`.
#[repr(C)]
pub struct Part {
    pub body: Body,
    pub next: *mut Part,
}

/// The inside of a `MESSAGE/RFC822` part. C name: `MESSAGE`.
#[repr(C)]
pub struct Message {
    pub env: *mut Envelope,
    pub body: *mut Body,
    pub full: PartText,
    pub lines: *mut StringList,
    pub header: PartText,
    pub text: PartText,
}
