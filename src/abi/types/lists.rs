//! Access rights, annotations, quotas, namespaces.

use core::ffi::{c_char, c_int, c_ulong};

use super::Parameter;

/// One entry of an access-control list (RFC 4314), as given to the `SET_ACL` callback. C name: `ACLLIST`.
#[repr(C)]
pub struct AclList {
    pub identifier: *mut c_char,
    pub rights: *mut c_char,
    pub next: *mut AclList,
}

/// One annotated entry (ANNOTATEMORE draft): a mailbox, an entry name, its values. C name: `ANNOTATION`.
#[repr(C)]
pub struct Annotation {
    pub mbox: *mut c_char,
    pub entry: *mut c_char,
    pub values: *mut AnnotationValues,
}

/// Attribute and value pairs of an [`Annotation`]. C name: `ANNOTATION_VALUES`.
#[repr(C)]
pub struct AnnotationValues {
    pub attr: *mut c_char,
    pub value: *mut c_char,
    pub next: *mut AnnotationValues,
}

/// One resource of a quota root (RFC 9208), in the units of the resource. C name: `QUOTALIST`.
#[repr(C)]
pub struct QuotaList {
    pub name: *mut c_char,
    pub usage: c_ulong,
    pub limit: c_ulong,
    pub next: *mut QuotaList,
}

/// One namespace (RFC 2342). C name: `NAMESPACE`.
#[repr(C)]
pub struct Namespace {
    pub name: *mut c_char,
    pub delimiter: c_int,
    pub param: *mut Parameter,
    pub next: *mut Namespace,
}
