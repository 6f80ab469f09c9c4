//! GSSAPI (RFC 4752): logging in with a Kerberos ticket, without a security layer of its own (UW's auth_gss.c).

use core::fmt;

use super::constants::WARN;
use super::{environment, parameters, tell};
use crate::mailbox_name::NetMbx;
use crate::sasl::{Mechanism, SaslError, Secret};

mod library;

use library::{CREDENTIALS_EXPIRED, Context, Failure, NO_CRED, library};

const NAME: &str = "GSSAPI";

/// The security layer that is none.
const NO_LAYER: u8 = 1;

/// An exchange, and the user it is for.
pub type Begun = (Box<dyn Mechanism>, Vec<u8>);

/// Whether the system has the library for it.
pub fn is_there() -> bool {
    library().is_some()
}

/// What UW's `auth_gssapi_valid` asks: whether names of services can be made. Tickets may come later.
pub fn valid() -> bool {
    let service = parameters::service_name().unwrap_or_default();
    let host = parameters::local_host_name();
    let name = [service.to_bytes(), b"@", host.to_bytes()].concat();
    library().is_some_and(|library| library.service(&name).is_ok())
}

/// Begins a login to `service` at the mailbox's host with the caller's ticket; also returns the user it is for. Nothing
/// has been said to the server: without a ticket, nothing will be.
///
/// # Errors
/// The reason, which has been logged. `None` when a program that did not ask for Kerberos has no ticket.
pub fn begin(service: &str, mailbox: &NetMbx, linked: bool) -> Result<Begun, Option<String>> {
    let warned = |text: String| {
        tell::log(&text, WARN);
        Some(text)
    };
    let me = || environment::user_name().to_bytes().to_vec();
    if !mailbox.authuser.is_empty() && mailbox.authuser != me() {
        return Err(warned("Can't use Kerberos: invalid /authuser".to_owned()));
    }
    let user = if mailbox.user.is_empty() {
        me()
    } else {
        mailbox.user.clone()
    };
    let mut ask = parameters::kinit();
    loop {
        let failure = match Gssapi::new(service, &mailbox.host, &user) {
            Ok(gssapi) => return Ok((Box::new(gssapi), user)),
            Err(failure) => failure,
        };
        let ticket = matches!(failure.major, NO_CRED | CREDENTIALS_EXPIRED)
            || failure.text.contains("expired");
        if ticket && let Some(ask) = ask.take() {
            let (host, reason) = (
                tell::c_string(&mailbox.host),
                tell::c_string(failure.text.as_bytes()),
            );
            // SAFETY: two strings that live over the call; the hook follows kinit_t.
            if unsafe { ask(host.as_ptr().cast_mut(), reason.as_ptr().cast_mut()) } != 0 {
                continue;
            }
        }
        if failure.major == NO_CRED && !linked {
            return Err(None);
        }
        let host = String::from_utf8_lossy(&mailbox.host);
        return Err(warned(if failure.major == CREDENTIALS_EXPIRED {
            format!("Kerberos credentials expired (try running kinit) for {host}")
        } else if ticket {
            format!(
                "Kerberos error: {} (try running kinit) for {host}",
                failure.text
            )
        } else {
            format!("GSSAPI failure: {} for {host}", failure.text)
        }));
    }
}

enum State {
    /// The first token is ready.
    First(Secret),
    /// Tokens go to and fro.
    Negotiating,
    /// The context stands; the server will name its security layers.
    Layer,
    Done,
}

/// A GSSAPI exchange.
struct Gssapi {
    context: Context,
    user: Vec<u8>,
    state: State,
}

impl fmt::Debug for Gssapi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gssapi")
    }
}

impl Gssapi {
    fn new(service: &str, host: &[u8], user: &[u8]) -> Result<Gssapi, Failure> {
        let none = || Failure {
            major: NO_CRED,
            text: "no Kerberos library".to_owned(),
        };
        let name = [service.as_bytes(), b"@", host].concat();
        let mut context = Context::new(library().ok_or_else(none)?.service(&name)?);
        let (token, _) = context.step(None)?;
        Ok(Gssapi {
            context,
            user: user.to_vec(),
            state: State::First(token),
        })
    }

    /// Chooses no security layer, and says who one wants to be (RFC 4752 section 3.1).
    fn choose_layer(&mut self, challenge: &[u8]) -> Result<Secret, SaslError> {
        let offer = self.context.unwrap(challenge).map_err(said)?;
        if offer.len() < 4 || offer[0] & NO_LAYER == 0 {
            return Err(SaslError::BadChallenge(NAME));
        }
        let choice = [&[NO_LAYER, 0, 0, 0], &self.user[..]].concat();
        self.context.wrap(&choice).map_err(said)
    }
}

fn said(failure: Failure) -> SaslError {
    SaslError::Refused(NAME, failure.text)
}

impl Mechanism for Gssapi {
    fn name(&self) -> &'static str {
        NAME
    }

    fn initial_response(&mut self) -> Option<Secret> {
        match core::mem::replace(&mut self.state, State::Negotiating) {
            State::First(token) => Some(token),
            _ => None,
        }
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Secret, SaslError> {
        match core::mem::replace(&mut self.state, State::Done) {
            State::First(token) if challenge.is_empty() => {
                self.state = State::Negotiating;
                Ok(token)
            }
            State::First(_) => Err(SaslError::BadChallenge(NAME)),
            State::Negotiating => {
                let stepped = self.context.step(Some(challenge));
                let (token, stands) = stepped.map_err(|failure| {
                    self.state = State::Negotiating;
                    said(failure)
                })?;
                self.state = if stands {
                    State::Layer
                } else {
                    State::Negotiating
                };
                Ok(token)
            }
            State::Layer => {
                let chosen = self.choose_layer(challenge);
                if chosen.is_err() {
                    self.state = State::Layer;
                }
                chosen
            }
            State::Done => Err(SaslError::UnexpectedChallenge(NAME)),
        }
    }

    fn finish(&mut self, _data: Option<&[u8]>) -> Result<(), SaslError> {
        match self.state {
            State::Done => Ok(()),
            _ => Err(SaslError::Untrusted(NAME)),
        }
    }

    fn tried_password(&self) -> bool {
        false
    }
}
