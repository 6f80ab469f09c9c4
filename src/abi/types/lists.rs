//! Access rights, annotations, quotas, namespaces.

use core::ffi::{c_char, c_int, c_ulong};

use super::Parameter;

/// One entry of an access-control list (RFC 4314), as given to the `SET_ACL` callback. C name: `ACLLIST`.
#[repr(C)]
pub struct AclList {
    /// Who.
    pub identifier: *mut c_char,
    /// What they may, a letter for each right.
    pub rights: *mut c_char,
    /// The next entry; NULL at the end.
    pub next: *mut AclList,
}

/// One annotated entry (ANNOTATEMORE draft): a mailbox, an entry name, its values. C name: `ANNOTATION`.
#[repr(C)]
pub struct Annotation {
    /// The mailbox.
    pub mbox: *mut c_char,
    /// The entry.
    pub entry: *mut c_char,
    /// Its values.
    pub values: *mut AnnotationValues,
}

/// Attribute and value pairs of an [`Annotation`]. C name: `ANNOTATION_VALUES`.
#[repr(C)]
pub struct AnnotationValues {
    /// The attribute.
    pub attr: *mut c_char,
    /// Its value; NULL for none.
    pub value: *mut c_char,
    /// The next one; NULL at the end.
    pub next: *mut AnnotationValues,
}

/// One resource of a quota root (RFC 9208), in the units of the resource. C name: `QUOTALIST`.
#[repr(C)]
pub struct QuotaList {
    /// The resource: `STORAGE` (in units of 1,024 octets), `MESSAGE`, …
    pub name: *mut c_char,
    /// How much of it is used.
    pub usage: c_ulong,
    /// How much may be.
    pub limit: c_ulong,
    /// The next one; NULL at the end.
    pub next: *mut QuotaList,
}

/// One namespace (RFC 2342). C name: `NAMESPACE`.
#[repr(C)]
pub struct Namespace {
    /// What its names begin with.
    pub name: *mut c_char,
    /// What stands between levels; 0 for a flat one.
    pub delimiter: c_int,
    /// Extensions.
    pub param: *mut Parameter,
    /// The next one; NULL at the end.
    pub next: *mut Namespace,
}
