//! TLS as c-client's callers steer it: `/novalidate-cert`, SET_SSLCERTIFICATEQUERY, SET_SSLFAILURE, SET_SSLCAPATH.

use core::ffi::CStr;
use std::path::PathBuf;
use std::sync::Arc;

use super::constants::ERROR;
use super::{parameters, tell};
use crate::mailbox_name::NetMbx;
use crate::transport::{CertificateQuery, Roots, TlsError, TlsOptions};

/// NET_NOVALIDATECERT, NET_SILENT and the like do not reach the failure hook from here: it gets no flags.
const NO_FLAGS: core::ffi::c_ulong = 0;

/// Asks the application about a certificate that does not check out.
struct AskApplication;

impl CertificateQuery for AskApplication {
    fn accept(&self, reason: &str, host: &str, subject: &str) -> bool {
        let Some(hook) = parameters::ssl_certificate_query() else {
            return false;
        };
        let (reason, host, subject) = (
            tell::c_string(reason.as_bytes()),
            tell::c_string(host.as_bytes()),
            tell::c_string(subject.as_bytes()),
        );
        // SAFETY: three C strings that live over the call, as sslcertificatequery_t says.
        unsafe {
            hook(
                reason.as_ptr().cast_mut(),
                host.as_ptr().cast_mut(),
                subject.as_ptr().cast_mut(),
            ) != 0
        }
    }
}

/// What TLS must hold to for a mailbox name.
pub fn options(mailbox: &NetMbx) -> TlsOptions {
    TlsOptions {
        host: mailbox.host.clone(),
        no_validate: mailbox.novalidate,
        roots: parameters::ssl_ca_path().map_or_else(Roots::default, |path: &CStr| {
            Roots::SystemAnd(PathBuf::from(
                String::from_utf8_lossy(path.to_bytes()).into_owned(),
            ))
        }),
        query: parameters::ssl_certificate_query()
            .map(|_| Arc::new(AskApplication) as Arc<dyn CertificateQuery>),
    }
}

/// Tells a failure: to the application's hook if it has one, else to its log.
pub fn report(error: &TlsError, mailbox: &NetMbx) {
    let (host, reason) = error.parts();
    if let Some(hook) = parameters::ssl_failure() {
        let (host, reason) = (
            tell::c_string(host.as_bytes()),
            tell::c_string(reason.as_bytes()),
        );
        // SAFETY: two C strings that live over the call, as sslfailure_t says.
        unsafe {
            hook(
                host.as_ptr().cast_mut(),
                reason.as_ptr().cast_mut(),
                NO_FLAGS,
            )
        };
        return;
    }
    let _ = mailbox;
    tell::log(error.to_string(), ERROR);
}
