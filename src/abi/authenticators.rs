//! Which authenticators can log in where (UW's mail_lookup_auth_name), and what they are inside. Beside those that the
//! program links there are the library's own: programs that were built for UW's know nothing of SCRAM.

use core::ffi::{c_char, c_int, c_long, c_uint, c_ulong, c_void};

use super::constants::{AU_DISABLE, AU_SECURE, MAXAUTHENTICATORS, WARN};
use super::entry::entry;
use super::types::{
    Authenticator, NetMbx as CNetMbx, authchallenge_t, authrespond_t, authresponse_t,
};
use super::{auth_clients, gssapi, link, memory, objects, parameters, tell};
use crate::mailbox_name::NetMbx;
use crate::sasl::{self, Mechanism, MechanismInfo, SaslError, Secret};

/// How an authenticator speaks.
#[derive(Debug, Clone, Copy)]
enum Client {
    /// With a password from `mm_login`, by a mechanism of [`crate::sasl`].
    Password(&'static MechanismInfo),
    /// The TLS client certificate has said it already.
    External,
    /// With a Kerberos ticket.
    Gssapi,
    /// By a function of the program's.
    Theirs(ClientFunction),
}

/// The client side of an authenticator: what `authclient_t` may hold.
pub type ClientFunction = unsafe extern "C-unwind" fn(
    authchallenge_t,
    authrespond_t,
    *mut c_char,
    *mut CNetMbx,
    *mut c_void,
    *mut c_ulong,
    *mut c_char,
) -> c_long;

/// An authenticator that server, application and mailbox name all agree to.
#[derive(Debug, Clone)]
pub struct Usable {
    name: String,
    flags: c_long,
    client: Client,
    linked: bool,
}

impl Usable {
    /// Its name, upper case.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the program linked it; the others are the library's own.
    pub fn is_linked(&self) -> bool {
        self.linked
    }

    /// The mechanism, if it works with a password from `mm_login`.
    pub fn with_password(&self) -> Option<&'static MechanismInfo> {
        match self.client {
            Client::Password(info) => Some(info),
            _ => None,
        }
    }

    /// The program's function that speaks for it, if it is the program's.
    pub fn theirs(&self) -> Option<ClientFunction> {
        match self.client {
            Client::Theirs(function) => Some(function),
            _ => None,
        }
    }

    /// Begins an exchange without a password: `service` at `mailbox`'s host, as its user. Returns the user, too, if there
    /// is one to be told.
    ///
    /// # Errors
    /// Why that cannot be, as [`gssapi::begin`] says it.
    pub fn without_password(
        &self,
        service: &str,
        mailbox: &NetMbx,
    ) -> Result<gssapi::Begun, Option<String>> {
        match self.client {
            Client::Gssapi => gssapi::begin(service, mailbox, self.linked),
            _ => Ok((
                Box::new(sasl::External::new(&mailbox.user)),
                mailbox.user.clone(),
            )),
        }
    }

    /// Tells that a password is about to go out in clear.
    pub fn warn_about(&self, encrypted: bool) {
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

/// An authenticator's name, upper case, and what it can do. The library's own objects are known by their function: a
/// program may have a copy of the object.
fn look(authenticator: *mut Authenticator, linked: bool) -> Option<Usable> {
    // SAFETY: linked authenticators stay in memory, as the library's own do; their names are C strings.
    let (name, flags, client) = unsafe {
        let name = memory::bytes((*authenticator).name);
        let name = String::from_utf8_lossy(name).to_ascii_uppercase();
        (name, (*authenticator).flags, (*authenticator).client?)
    };
    let is = |ours: ClientFunction| core::ptr::fn_addr_eq(client, ours);
    let client = if is(auth_clients::external) {
        Client::External
    } else if is(auth_clients::gssapi) {
        Client::Gssapi
    } else if let Some(info) = auth_clients::mechanism(client) {
        Client::Password(info)
    } else {
        Client::Theirs(client)
    };
    Some(Usable {
        name,
        flags,
        client,
        linked,
    })
}

/// All authenticators in the order in which they are tried: the linked ones as they were linked, and the library's own
/// ahead of the first linked one of ours that takes a password.
fn all() -> Vec<Usable> {
    let mut found: Vec<Usable> = link::authenticators()
        .into_iter()
        .filter_map(|authenticator| look(authenticator, true))
        .collect();
    let place = found
        .iter()
        .position(|usable| usable.with_password().is_some())
        .unwrap_or(found.len());
    let own: Vec<Usable> = objects::own_authenticators()
        .into_iter()
        .filter_map(|authenticator| look(authenticator, false))
        .filter(|own| found.iter().all(|linked| linked.name != own.name))
        .collect();
    found.splice(place..place, own);
    found
}

/// Those that may be used on a server that offers `offered` (upper case), if they must have `flags`. PLAIN hides LOGIN:
/// they say the same, and PLAIN needs one step less.
pub fn usable(offered: &[String], flags: c_long) -> Vec<Usable> {
    let mut seen: Vec<String> = Vec::new();
    let mut found: Vec<Usable> = all()
        .into_iter()
        .filter(|usable| {
            offered.contains(&usable.name)
                && flags & !usable.flags == 0
                && usable.flags & AU_DISABLE == 0
        })
        .filter(|usable| {
            // Of two with one name the first counts.
            let new = !seen.contains(&usable.name);
            seen.push(usable.name.clone());
            new
        })
        .filter(|usable| !matches!(usable.client, Client::Gssapi) || gssapi::is_there())
        .collect();
    if found.iter().any(|u| u.name() == "PLAIN") {
        found.retain(|u| u.name() != "LOGIN");
    }
    found
}

/// The linked ones of these as bits, bit n for the authenticator linked as n-th, for IMAPCAP.auth.
pub fn mask(offered: &[String], flags: c_long) -> c_uint {
    let usable = usable(offered, flags);
    link::authenticators()
        .into_iter()
        .take(MAXAUTHENTICATORS as usize)
        .enumerate()
        .filter(|&(_, authenticator)| {
            look(authenticator, true)
                .is_some_and(|one| usable.iter().any(|u| u.linked && u.name == one.name))
        })
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
