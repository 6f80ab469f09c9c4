//! Which of the linked authenticators can log in where (UW's mail_lookup_auth_name), and what they are inside.

use core::ffi::{c_char, c_int, c_long, c_uint};

use super::constants::{AU_DISABLE, AU_SECURE, MAXAUTHENTICATORS, WARN};
use super::entry::entry;
use super::types::authresponse_t;
use super::{link, memory, parameters, tell};
use crate::sasl::{self, Credentials, Mechanism, MechanismInfo, SaslError, Secret};

/// An authenticator that server, application and mailbox name all agree to.
#[derive(Debug, Clone, Copy)]
pub struct Usable {
    info: &'static MechanismInfo,
}

impl Usable {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.info.name
    }

    /// Begins an exchange.
    ///
    /// # Errors
    /// [`SaslError`] if user or password cannot be said in this mechanism.
    pub fn start(self, credentials: Credentials) -> Result<Box<dyn Mechanism>, SaslError> {
        (self.info.start)(credentials)
    }

    /// Tells that a password is about to go out in clear.
    pub fn warn_about(self, encrypted: bool) {
        if !encrypted && self.name() == "PLAIN" {
            tell::log(
                format!(
                    "SECURITY PROBLEM: insecure server advertised AUTH={}",
                    self.name()
                ),
                WARN,
            );
        }
    }
}

/// The linked authenticators in their order, with their place: name and flags.
fn linked() -> Vec<(String, c_long)> {
    link::authenticators()
        .into_iter()
        .map(|authenticator| {
            // SAFETY: linked authenticators stay in memory; their names are C strings.
            unsafe {
                let name = super::memory::bytes((*authenticator).name);
                (
                    String::from_utf8_lossy(name).to_ascii_uppercase(),
                    (*authenticator).flags,
                )
            }
        })
        .collect()
}

/// Those that may be used on a server that offers `offered` (upper case), if they must have `flags`. PLAIN hides LOGIN:
/// they say the same, and PLAIN needs one step less.
pub fn usable(offered: &[String], flags: c_long) -> Vec<Usable> {
    let mut found: Vec<Usable> = linked()
        .into_iter()
        .filter(|(name, has)| offered.contains(name) && flags & !has == 0 && has & AU_DISABLE == 0)
        .filter_map(|(name, _)| sasl::MECHANISMS.iter().find(|info| info.name == name))
        .map(|info| Usable { info })
        .collect();
    if found.iter().any(|u| u.name() == "PLAIN") {
        found.retain(|u| u.name() != "LOGIN");
    }
    found
}

/// The same as bits, bit n for the authenticator linked as n-th, for IMAPCAP.auth.
pub fn mask(offered: &[String], flags: c_long) -> c_uint {
    let names: Vec<&str> = usable(offered, flags)
        .into_iter()
        .map(Usable::name)
        .collect();
    linked()
        .iter()
        .take(MAXAUTHENTICATORS as usize)
        .enumerate()
        .filter(|(_, (name, _))| names.contains(&name.as_str()))
        .fold(0, |mask, (bit, _)| mask | 1 << bit)
}

/// ANONYMOUS (RFC 4505): leaves a trace, asks for nothing.
#[derive(Debug)]
pub struct Anonymous {
    trace: Vec<u8>,
}

impl Anonymous {
    /// With the trace to leave.
    pub fn new(trace: &[u8]) -> Self {
        Self {
            trace: trace.to_vec(),
        }
    }
}

impl Mechanism for Anonymous {
    fn name(&self) -> &'static str {
        "ANONYMOUS"
    }

    fn initial_response(&mut self) -> Option<Secret> {
        Some(Secret::new(self.trace.clone()))
    }

    fn respond(&mut self, _challenge: &[u8]) -> Result<Secret, SaslError> {
        Ok(Secret::new(self.trace.clone()))
    }
}

entry! {
    /// The server's side of a login: the name of who has logged in by `mechanism`, NULL on failure. Ours have no server's
    /// side; a linked authenticator of the program's may, and it is refused where it shows passwords in clear and
    /// `SET_DISABLEPLAINTEXT` forbids that.
    fn mail_auth(mechanism: *mut c_char, resp: authresponse_t, argc: c_int, argv: *mut *mut c_char) -> *mut c_char {
        // SAFETY: a C string by the interface; linked authenticators stay in memory, their names are C strings.
        unsafe {
            let wanted = memory::bytes(mechanism);
            for authenticator in link::authenticators() {
                let found = &*authenticator;
                let Some(server) = found.server else { continue };
                if memory::bytes(found.name).eq_ignore_ascii_case(wanted) {
                    let allowed = found.flags & AU_DISABLE == 0
                        && (found.flags & AU_SECURE != 0 || parameters::disable_plaintext() == 0);
                    return if allowed { server(resp, argc, argv) } else { core::ptr::null_mut() };
                }
            }
        }
        core::ptr::null_mut()
    }
}
