//! TLS as c-client's callers steer it: `/novalidate-cert`, SET_SSLCERTIFICATEQUERY, SET_SSLFAILURE, SET_SSLCAPATH,
//! SET_SSLCLIENTCERT, SET_SSLCLIENTKEY.

use core::ffi::{CStr, c_char, c_ulong};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::{Zeroize, Zeroizing};

use super::constants::{ERROR, NET_NOOPENTIMEOUT, NET_NOVALIDATECERT, NET_TLSCLIENT, NET_TRYSSL};
use super::{memory, parameters, tell};
use crate::mailbox_name::NetMbx;
use crate::transport::{CertificateQuery, ClientIdentity, Roots, TlsError, TlsOptions};

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

/// What TLS must hold to for a mailbox name. Asks the application for the client's certificate, so no lock may be
/// held here.
pub fn options(mailbox: &NetMbx) -> Result<TlsOptions, TlsError> {
    Ok(TlsOptions {
        host: mailbox.host.clone(),
        no_validate: mailbox.novalidate,
        roots: parameters::ssl_ca_path().map_or_else(Roots::default, |path: &CStr| {
            Roots::SystemAnd(PathBuf::from(OsStr::from_bytes(path.to_bytes())))
        }),
        query: parameters::ssl_certificate_query()
            .map(|_| Arc::new(AskApplication) as Arc<dyn CertificateQuery>),
        identity: identity().map_err(|reason| {
            let host = String::from_utf8_lossy(&mailbox.host);
            TlsError::failure(&host, format!("SSL client certificate failed: {reason}"))
        })?,
    })
}

/// The client's certificate and key from the application's functions, as UW asks for them: PEM texts of the
/// application, wiped after use; without a function for the key it stands with the certificate.
fn identity() -> Result<Option<ClientIdentity>, &'static str> {
    let Some(give_certificate) = parameters::ssl_client_cert() else {
        return Ok(None);
    };
    // SAFETY: the hook takes nothing and returns NULL or a C string that may be written to (sslclientcert_t).
    let certificate = unsafe { give_certificate() };
    // SAFETY: as above.
    if certificate.is_null() || unsafe { *certificate } == 0 {
        return Ok(None);
    }
    // A copy, because the next hook may use the same memory again.
    // SAFETY: as above.
    let chain = Zeroizing::new(unsafe { memory::bytes(certificate) }.to_vec());
    let mut key = certificate;
    let found = match parameters::ssl_client_key() {
        None => ClientIdentity::from_pem(&chain, &chain),
        Some(give_key) => {
            // SAFETY: as for the certificate (sslclientkey_t).
            key = unsafe { give_key() };
            // SAFETY: NULL or a C string, as above.
            ClientIdentity::from_pem(&chain, unsafe { memory::bytes(key) })
        }
    };
    // SAFETY: C strings that belong to us for writing until here, as in UW.
    unsafe {
        wipe(key);
        wipe(certificate);
    }
    found.map(Some)
}

/// Overwrites a C string.
///
/// # Safety
/// `text` is NULL or a C string that may be written to.
unsafe fn wipe(text: *mut c_char) {
    if !text.is_null() {
        // SAFETY: the caller vouches for it.
        let length = unsafe { CStr::from_ptr(text) }.count_bytes();
        // SAFETY: as many octets as there are before the NUL.
        let octets = unsafe { core::slice::from_raw_parts_mut(text.cast::<u8>(), length) };
        octets.zeroize();
    }
}

/// Flags of a connection that has TLS from the first octet, as UW passes them on: those of net_open and the port.
pub fn open_flags(mailbox: &NetMbx, port: u16) -> c_ulong {
    NET_NOOPENTIMEOUT | validation(mailbox) | c_ulong::from(port)
}

/// Flags of STARTTLS and STLS, as UW's drivers pass them on.
pub fn start_flags(mailbox: &NetMbx) -> c_ulong {
    let kind = if mailbox.tlssslv23 { 0 } else { NET_TLSCLIENT };
    kind | validation(mailbox)
}

fn validation(mailbox: &NetMbx) -> c_ulong {
    if mailbox.novalidate {
        NET_NOVALIDATECERT
    } else {
        0
    }
}

/// Tells a failure: to the application's hook if it has one, else to its log. Not what it decided itself; and with
/// NET_TRYSSL among the flags only what is wrong with a certificate.
pub fn report(error: &TlsError, flags: c_ulong) {
    match error {
        TlsError::Declined { .. } => return,
        TlsError::Failure { .. } if flags & NET_TRYSSL != 0 => return,
        TlsError::Certificate { .. } | TlsError::Failure { .. } => {}
    }
    let Some(hook) = parameters::ssl_failure() else {
        tell::log(error.to_string(), ERROR);
        return;
    };
    let (host, reason) = error.parts();
    let (host, reason) = (
        tell::c_string(host.as_bytes()),
        tell::c_string(reason.as_bytes()),
    );
    // SAFETY: two C strings that live over the call, as sslfailure_t says.
    unsafe { hook(host.as_ptr().cast_mut(), reason.as_ptr().cast_mut(), flags) };
}
