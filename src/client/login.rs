//! Logging in: as the configuration file says, else with a Kerberos ticket, else with the password, by whatever hides it
//! best; the rules are those of the C interface.

use super::{Client, Error, lost};
use crate::abi::gssapi;
use crate::abi::token_login::{self, Wanted};
use crate::imap::command::Command;
use crate::imap::connection::Exchange;
use crate::imap::session::Completion;
use crate::sasl::{
    self, Channel, Credentials, Mechanism, OauthBearer, Requirements, Secret, Xoauth2,
};
use crate::token::printable;

/// How somebody has logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogIn {
    /// The SASL mechanism, `LOGIN` also for the command of that name, `PREAUTH` where nothing was asked.
    pub mechanism: String,
    /// The password, or something that is as good as it, went over the network in clear.
    pub in_clear: bool,
}

/// What one trial came to.
enum Tried {
    In,
    /// Refused; what the server said.
    Refused(String),
}

impl Client {
    /// Logs in as the account's user, on the word of its `authuser` if it has one. Without a password only Kerberos and
    /// what the configuration file gives are tried. A password is sent to the server once.
    ///
    /// # Errors
    /// [`Error::Login`] with the server's words; [`Error::Lost`].
    pub fn log_in(&mut self, password: Option<&[u8]>) -> Result<LogIn, Error> {
        let mechanism = if self.logged_in {
            "PREAUTH".to_owned()
        } else {
            self.try_all(password)?
        };
        self.logged_in = true;
        self.know_capabilities()?;
        let hidden = ["PREAUTH", "GSSAPI", "CRAM-MD5"].contains(&mechanism.as_str())
            || mechanism.starts_with("SCRAM-");
        Ok(LogIn {
            in_clear: !self.is_tls() && !hidden,
            mechanism,
        })
    }

    fn try_all(&mut self, password: Option<&[u8]>) -> Result<String, Error> {
        let only = match token_login::wanted(&self.account).map_err(Error::Login)? {
            Wanted::Ordinary(only) => only,
            Wanted::Token {
                mechanism,
                login,
                token,
                demanded,
            } => {
                let token = token.or_else(|| password.map(|p| Secret::new(p.to_vec())));
                return self.with_token(mechanism.as_deref(), &login, token, &demanded);
            }
        };
        let offered = self.capabilities().auth.clone();
        let wants = |name: &str| only.as_ref().is_none_or(|(mechanism, _)| mechanism == name);
        let mut said = None;
        if wants("GSSAPI") && offered.iter().any(|name| name == "GSSAPI") && gssapi::is_there() {
            let mut account = self.account.clone();
            account.host = self.peer().remote_name(true).into_bytes();
            match gssapi::begin("imap", &account, only.is_some()) {
                Ok((mut exchange, _)) => match self.exchange(&mut *exchange)? {
                    Tried::In => return Ok("GSSAPI".to_owned()),
                    Tried::Refused(text) => said = Some(text),
                },
                Err(reason) => said = reason,
            }
        }
        let needs = Requirements {
            secure: self.account.secflag,
            authuser: !self.account.authuser.is_empty(),
        };
        let mut usable: Vec<_> = sasl::choose(&offered, needs)
            .filter(|info| wants(info.name))
            .collect();
        let login_command = wants("LOGIN")
            && !self.capabilities().login_disabled
            && !needs.secure
            && !needs.authuser;
        if let Some((mechanism, demanded)) = &only
            && usable.is_empty()
            && said.is_none()
            && !(mechanism == "LOGIN" && login_command)
        {
            let host = String::from_utf8_lossy(&self.account.orighost);
            return Err(Error::Login(format!(
                "Server {host} does not offer {mechanism} authentication, which {demanded} demands"
            )));
        }
        let Some(password) = password.filter(|password| !password.is_empty()) else {
            return Err(Error::Login(match said {
                Some(text) => format!("Can not authenticate to IMAP server: {text}"),
                None => {
                    "there is no password for this user, and nothing else to log in with".into()
                }
            }));
        };
        // A mechanism that hides the password may fail because the server keeps nothing that it could be compared with; then
        // the password itself is sent, once.
        while !usable.is_empty() {
            let info = usable.remove(0);
            let credentials = Credentials {
                user: self.account.user.clone(),
                authuser: needs.authuser.then(|| self.account.authuser.clone()),
                password: Secret::new(password.to_vec()),
            };
            let channel = Channel::new(self.connection.channel_bindings(), &offered);
            let mut exchange = match info.begin(credentials, &channel) {
                Ok(exchange) => exchange,
                Err(error) => {
                    said = Some(error.to_string());
                    continue;
                }
            };
            match self.exchange(&mut *exchange)? {
                Tried::In => return Ok(info.name.to_owned()),
                Tried::Refused(text) => said = Some(text),
            }
            if !info.secure {
                break;
            }
            if sasl::binds(info.name) {
                // It may be another kind of binding that the server means.
                usable.retain(|other| !sasl::binds(other.name));
            } else {
                usable.retain(|other| !other.secure);
            }
        }
        if said.is_none() && login_command {
            let command = Command::new("LOGIN").astring(&self.account.user);
            let (done, _) = self.run(&command.secret(password))?;
            match verdict(&done) {
                Tried::In => return Ok("LOGIN".to_owned()),
                Tried::Refused(text) => said = Some(text),
            }
        }
        Err(Error::Login(match said {
            Some(text) => format!("Can not authenticate to IMAP server: {text}"),
            None if needs.secure => "Can't do secure authentication with this server".to_owned(),
            None if needs.authuser => "Can't do /authuser with this server".to_owned(),
            None => "Server disables LOGIN, no recognized SASL authenticator".to_owned(),
        }))
    }

    fn with_token(
        &mut self,
        mechanism: Option<&str>,
        login: &[u8],
        token: Option<Secret>,
        demanded: &str,
    ) -> Result<String, Error> {
        let host = String::from_utf8_lossy(&self.account.orighost).into_owned();
        let port = self.peer().address.port();
        let offered = &self.capabilities().auth;
        let found = ["XOAUTH2", "OAUTHBEARER"].into_iter().find(|name| {
            mechanism.is_none_or(|wanted| wanted == *name) && offered.iter().any(|o| o == name)
        });
        let Some(name) = found else {
            let wanted = mechanism.unwrap_or("XOAUTH2 or OAUTHBEARER");
            return Err(Error::Login(format!(
                "Server {host} does not offer {wanted} authentication, which {demanded} demands"
            )));
        };
        if !self.is_tls() && !self.peer().address.ip().is_loopback() {
            return Err(Error::Login(format!(
                "The token for {host} is not sent in clear: use ssl or tls in the mailbox name"
            )));
        }
        let Some(token) = token else {
            return Err(Error::Login("there is no token".to_owned()));
        };
        let impossible = |error: sasl::SaslError| Error::Login(error.to_string());
        let tried = if name == "XOAUTH2" {
            let mut exchange = Xoauth2::new(login, &token).map_err(impossible)?;
            self.exchange(&mut exchange)?
        } else {
            let host = self.account.orighost.clone();
            let mut exchange = OauthBearer::new(login, &token, &host, port).map_err(impossible)?;
            self.exchange(&mut exchange)?
        };
        match tried {
            Tried::In => Ok(name.to_owned()),
            Tried::Refused(text) => Err(Error::Login(format!(
                "Can not authenticate to IMAP server: {text} ({name}, token from {demanded})"
            ))),
        }
    }

    fn exchange(&mut self, mechanism: &mut dyn Mechanism) -> Result<Tried, Error> {
        let mut events = std::mem::take(&mut self.heard);
        let (exchange, _) = self
            .connection
            .authenticate(mechanism, None, &mut events)
            .map_err(|l| lost(&l))?;
        match exchange {
            Exchange::Verdict(done) => Ok(verdict(&done)),
            Exchange::Cancelled(reason) => Ok(Tried::Refused(reason)),
            Exchange::Untrusted(reason) => Err(Error::Login(reason)),
        }
    }
}

fn verdict(done: &Completion) -> Tried {
    if done.is_ok() {
        return Tried::In;
    }
    Tried::Refused(printable(&done.text.raw))
}
