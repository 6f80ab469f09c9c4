//! An IMAP client for Rust programs: blocking, one connection, no threads, no callbacks.
//!
//! It is the same client as behind the C interface, with the same rules for TLS, logins and limits. Mailboxes are named
//! as c-client names them, `{host:port/flags/user=name}`; what [`Client::connect`] needs of that is a [`NetMbx`].
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use c_client::client::{Client, Search};
//! use c_client::mailbox_name::NetMbx;
//! use c_client::transport::Timeouts;
//!
//! let account = NetMbx::parse(b"{mail.example.org:993/imap/ssl/user=ada}")?;
//! let mut client = Client::connect(&account, Timeouts::from_seconds(10, 20, 20, 5))?;
//! client.log_in(Some(b"secret"))?;
//! let selected = client.select(b"INBOX", true)?;
//! let unread = client.search(&Search { seen: Some(false), ..Search::default() })?;
//! println!("{} of {} are new", unread.len(), selected.exists);
//! client.log_out();
//! # Ok(())
//! # }
//! ```
//!
//! A program that links this crate, and is no C program that defines the fifteen `mm_*` functions, needs the feature
//! `client`.

#![forbid(unsafe_code)]

use std::fmt;
use std::time::Duration;

use crate::imap::backlog::Pending;
use crate::imap::capability::Capabilities;
use crate::imap::command::Command;
use crate::imap::connection::{Connection, Lost};
use crate::imap::response::{
    Code, FetchItem, ListItem, QuotaResource, Response, Status, StatusItem, Untagged, parse,
};
use crate::imap::session::{Completion, Event};
use crate::mailbox_name::{NameError, NetMbx};
use crate::token::printable;
use crate::transport::connect as dial;
use crate::transport::{Certificate, DialError, Peer, Timeouts, TlsError, TlsOptions, Wire};

mod login;
mod search;
#[cfg(test)]
mod tests;

pub use login::LogIn;
pub use search::Search;

/// Why something did not work, in words for an administrator. No text holds a password.
#[derive(Debug)]
pub enum Error {
    /// The mailbox name is none.
    Name(NameError),
    /// The server cannot be found or reached.
    Dial(DialError),
    /// TLS could not be set up, or the certificate is not to be trusted.
    Tls(TlsError),
    /// The name demands TLS (`/tls`), and the server does not offer it; or its greeting leaves no room for it.
    NoTls(String),
    /// The server greeted with a refusal.
    Greeting(String),
    /// Nobody is logged in; what was tried, and what the server said.
    Login(String),
    /// The connection broke, or a time limit passed, during this step.
    Lost(String),
    /// The server refused a command.
    Refused {
        /// Name of the command.
        command: &'static str,
        /// The response code's word, upper case, if there is one: `TRYCREATE`, `OVERQUOTA`, …
        code: Option<String>,
        /// What the server said.
        text: String,
    },
    /// The server has not got the extension that this needs.
    Unsupported(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Name(error) => error.fmt(f),
            Error::Dial(error) => error.fmt(f),
            Error::Tls(error) => error.fmt(f),
            Error::NoTls(text) | Error::Login(text) | Error::Lost(text) => f.write_str(text),
            Error::Greeting(text) => write!(f, "the server does not want us: {text}"),
            Error::Refused { command, text, .. } => {
                write!(f, "the server refuses {command}: {text}")
            }
            Error::Unsupported(what) => write!(f, "the server does not know {what}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<NameError> for Error {
    fn from(error: NameError) -> Self {
        Error::Name(error)
    }
}

impl Error {
    /// Whether the connection is gone.
    pub fn is_lost(&self) -> bool {
        matches!(self, Error::Lost(_))
    }

    /// Whether the server refused with this response code (RFC 5530), given in upper case.
    pub fn is_code(&self, word: &str) -> bool {
        matches!(self, Error::Refused { code: Some(code), .. } if code == word)
    }
}

/// A mailbox as SELECT tells of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    /// How many messages it has.
    pub exists: u32,
    /// UIDVALIDITY (RFC 9051 section 2.3.1.1).
    pub uid_validity: Option<u32>,
    /// The next UID, where told.
    pub uid_next: Option<u32>,
}

/// A message, or the part of it that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Its UID.
    pub uid: u32,
    /// Its flags as the server writes them.
    pub flags: Vec<String>,
    /// INTERNALDATE as the server writes it.
    pub internal_date: Option<String>,
    /// Octets of the whole message.
    pub size: u64,
    /// The octets that were asked for.
    pub octets: Vec<u8>,
}

impl Message {
    /// Whether it has this flag, in whatever case.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.flags.iter().any(|f| f.eq_ignore_ascii_case(flag))
    }
}

/// What of a message is to be fetched. Nothing of it marks the message as seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Flags, date and size.
    Summary,
    /// That and the header.
    Header,
    /// That and the whole message.
    Whole,
}

/// One conversation with a server, not logged in at first.
pub struct Client {
    connection: Connection,
    account: NetMbx,
    timeouts: Timeouts,
    /// PREAUTH, or a login that went well.
    logged_in: bool,
    /// What the server said by itself since it was last asked.
    heard: Vec<Event>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("peer", self.connection.peer())
            .field("logged_in", &self.logged_in)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Connects as `account` says: TLS from the first octet (`/ssl`), STARTTLS where it is offered unless `/notls`, or
    /// demanded (`/tls`); and asks for the capabilities. Time limits hold at every step but name resolution.
    ///
    /// # Errors
    /// Why there is no connection.
    pub fn connect(account: &NetMbx, timeouts: Timeouts) -> Result<Client, Error> {
        let port = account
            .port
            .unwrap_or(if account.sslflag { 993 } else { 143 });
        let mut wire = dial(&account.host, port, &timeouts, &mut ()).map_err(Error::Dial)?;
        if account.sslflag {
            wire.start_tls(&tls_options(account), b"")
                .map_err(Error::Tls)?;
        }
        Self::over(Box::new(wire), account, timeouts)
    }

    /// Over a wire that has just been connected, with TLS if the account says `/ssl`.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub fn over(
        wire: Box<dyn Wire>,
        account: &NetMbx,
        timeouts: Timeouts,
    ) -> Result<Client, Error> {
        let mut client = Client {
            connection: Connection::new(wire, timeouts.read),
            account: account.clone(),
            timeouts,
            logged_in: false,
            heard: Vec::new(),
        };
        let (status, text) = client
            .connection
            .greeting(&mut client.heard)
            .map_err(|l| lost(&l))?;
        match status {
            Status::Ok => {}
            Status::Preauth => {
                if account.tlsflag {
                    let text = "Unable to negotiate TLS with this server: it claims the session is authenticated already";
                    return Err(Error::NoTls(text.to_owned()));
                }
                client.logged_in = true;
            }
            _ => return Err(Error::Greeting(printable(&text.raw))),
        }
        client.know_capabilities()?;
        if !account.sslflag && !client.logged_in {
            client.start_tls()?;
        }
        Ok(client)
    }

    fn start_tls(&mut self) -> Result<(), Error> {
        let mut refusal = None;
        if self.capabilities().starttls && !self.account.notlsflag {
            let done = self.run(&Command::new("STARTTLS"))?.0;
            if done.is_ok() {
                self.connection
                    .start_tls(&tls_options(&self.account))
                    .map_err(Error::Tls)?;
                return self.know_capabilities();
            }
            refusal = Some(printable(&done.text.raw));
        }
        if self.account.tlsflag {
            let mut text = "Unable to negotiate TLS with this server".to_owned();
            if let Some(refusal) = refusal {
                text = format!("{text}: {refusal}");
            }
            return Err(Error::NoTls(text));
        }
        Ok(())
    }

    fn know_capabilities(&mut self) -> Result<(), Error> {
        if !self.connection.session().capabilities_known() {
            self.run(&Command::new("CAPABILITY"))?;
            if !self.connection.session().capabilities_known() {
                self.connection.session_mut().forget_capabilities();
            }
        }
        Ok(())
    }

    /// What the server can do, as it told last.
    pub fn capabilities(&self) -> &Capabilities {
        self.connection.session().capabilities()
    }

    /// Whether the connection is encrypted.
    pub fn is_tls(&self) -> bool {
        self.connection.is_tls()
    }

    /// The server's certificate; `None` without TLS, or when the TLS session was resumed without it.
    pub fn certificate(&self) -> Option<Certificate> {
        self.connection.certificate()
    }

    /// Who is at the other end.
    pub fn peer(&self) -> &Peer {
        self.connection.peer()
    }

    /// Runs a command; its completion, and the untagged responses that came, in order.
    fn run(&mut self, command: &Command) -> Result<(Completion, Vec<Untagged>), Error> {
        let mut events = std::mem::take(&mut self.heard);
        let done = self
            .connection
            .run(command, &mut events)
            .map_err(|l| lost(&l))?;
        Ok((done, read(events)))
    }

    /// As [`run`](Self::run); a refusal is an error.
    fn must(&mut self, command: &Command) -> Result<(Completion, Vec<Untagged>), Error> {
        let (done, said) = self.run(command)?;
        if done.is_ok() {
            return Ok((done, said));
        }
        Err(Error::Refused {
            command: command.name(),
            code: match &done.text.code {
                Some(Code::TryCreate) => Some("TRYCREATE".to_owned()),
                Some(Code::Other { name, .. }) => Some(String::from_utf8_lossy(name).into_owned()),
                _ => None,
            },
            text: printable(&done.text.raw),
        })
    }

    /// Selects a mailbox, `read_only` by EXAMINE. Names are as on the wire (modified UTF-7).
    ///
    /// # Errors
    /// The server's refusal; then nothing is selected.
    pub fn select(&mut self, mailbox: &[u8], read_only: bool) -> Result<Selected, Error> {
        let name = if read_only { "EXAMINE" } else { "SELECT" };
        let (_, said) = self.must(&Command::new(name).mailbox(mailbox))?;
        let mut selected = Selected::default();
        for one in said {
            match one {
                Untagged::Exists(number) => selected.exists = number,
                Untagged::Status { text, .. } => match text.code {
                    Some(Code::UidValidity(number)) => selected.uid_validity = Some(number),
                    Some(Code::UidNext(number)) => selected.uid_next = Some(number),
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(selected)
    }

    /// UIDs of the messages in the selected mailbox that fit, ascending.
    ///
    /// # Errors
    /// The server's refusal.
    pub fn search(&mut self, search: &Search) -> Result<Vec<u32>, Error> {
        let command = search.program().write(Command::new("UID SEARCH"), None, 0);
        let (_, said) = self.must(&command)?;
        let mut found: Vec<u32> = Vec::new();
        for one in said {
            if let Untagged::Search { numbers, .. } = one {
                found.extend(numbers);
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Fetches a part of some messages of the selected mailbox, by UID; those that are gone are left out.
    ///
    /// # Errors
    /// The server's refusal.
    pub fn fetch(&mut self, uids: &[u32], what: What) -> Result<Vec<Message>, Error> {
        if uids.is_empty() {
            return Ok(Vec::new());
        }
        let command = Command::new("UID FETCH").sequence_set(&ranges(uids)).open();
        let command = command.atom("UID FLAGS INTERNALDATE RFC822.SIZE");
        let command = match what {
            What::Summary => command,
            What::Header => command.atom("BODY.PEEK[HEADER]"),
            What::Whole => command.atom("BODY.PEEK[]"),
        };
        let (_, said) = self.must(&command.close())?;
        let mut messages: Vec<Message> = Vec::new();
        for one in said {
            let Untagged::Fetch { items, .. } = one else {
                continue;
            };
            let message = message(items);
            // The server may tell of other messages' flags meanwhile.
            if uids.contains(&message.uid) {
                match messages.iter_mut().find(|m| m.uid == message.uid) {
                    Some(known) if message.octets.is_empty() => known.flags = message.flags,
                    Some(known) => *known = message,
                    None => messages.push(message),
                }
            }
        }
        Ok(messages)
    }

    /// Puts a message into a mailbox, with flags (`\Seen \Flagged`) and a date (`17-Jul-1996 02:44:25 -0700`); its UID
    /// where the server tells (UIDPLUS).
    ///
    /// # Errors
    /// The server's refusal; [`is_code`](Error::is_code)`("TRYCREATE")` when the mailbox is not there.
    pub fn append(
        &mut self,
        mailbox: &[u8],
        flags: &str,
        date: Option<&str>,
        message: Vec<u8>,
    ) -> Result<Option<u32>, Error> {
        let mut command = Command::new("APPEND").mailbox(mailbox);
        if !flags.is_empty() {
            command = command.flag_list(flags.as_bytes());
        }
        if let Some(date) = date {
            command = command.string(date.as_bytes());
        }
        // Dovecot, for one, may find fault with the mailbox before it reads the message.
        let (done, _) = self.must(&command.message(message).synchronise())?;
        Ok(match done.text.code {
            Some(Code::AppendUid { uids, .. }) => uids.first().map(|&(uid, _)| uid),
            _ => None,
        })
    }

    /// Sets or clears flags of messages of the selected mailbox.
    ///
    /// # Errors
    /// The server's refusal.
    pub fn store(&mut self, uids: &[u32], flags: &str, set: bool) -> Result<(), Error> {
        if uids.is_empty() {
            return Ok(());
        }
        let command = Command::new("UID STORE").sequence_set(&ranges(uids));
        let item = if set {
            "+FLAGS.SILENT"
        } else {
            "-FLAGS.SILENT"
        };
        self.must(&command.atom(item).flag_list(flags.as_bytes()))?;
        Ok(())
    }

    /// Makes a mailbox.
    ///
    /// # Errors
    /// The server's refusal.
    pub fn create(&mut self, mailbox: &[u8]) -> Result<(), Error> {
        self.must(&Command::new("CREATE").mailbox(mailbox))?;
        Ok(())
    }

    /// The mailboxes that fit a pattern (`*`, `%`), or the hierarchy delimiter for an empty one.
    ///
    /// # Errors
    /// The server's refusal.
    pub fn list(&mut self, pattern: &str) -> Result<Vec<ListItem>, Error> {
        let command = Command::new("LIST").string(b"");
        let (_, said) = self.must(&command.list_mailbox(pattern.as_bytes()))?;
        let items = said.into_iter().filter_map(|one| match one {
            Untagged::List(item) => Some(item),
            _ => None,
        });
        Ok(items.collect())
    }

    /// What the user's own mailboxes begin with (NAMESPACE, RFC 2342): prefix and delimiter of each of these name spaces.
    /// Empty without that extension.
    ///
    /// # Errors
    /// The server's refusal.
    pub fn namespaces(&mut self) -> Result<Vec<(String, Option<u8>)>, Error> {
        if !self.capabilities().namespace {
            return Ok(Vec::new());
        }
        let (_, said) = self.must(&Command::new("NAMESPACE"))?;
        let personal = said.into_iter().find_map(|one| match one {
            Untagged::Namespace { personal, .. } => personal,
            _ => None,
        });
        let text = |prefix: Vec<u8>| String::from_utf8_lossy(&prefix).into_owned();
        let spaces = personal.unwrap_or_default().into_iter();
        Ok(spaces.map(|s| (text(s.prefix), s.delimiter)).collect())
    }

    /// How many messages a mailbox has, by STATUS; `None` if the server says that there is no such mailbox, or keeps it
    /// to itself.
    ///
    /// # Errors
    /// A lost connection.
    pub fn count(&mut self, mailbox: &[u8]) -> Result<Option<u32>, Error> {
        let command = Command::new("STATUS").mailbox(mailbox).open();
        let (done, said) = self.run(&command.atom("MESSAGES").close())?;
        if !done.is_ok() {
            return Ok(None);
        }
        Ok(said.into_iter().find_map(|one| match one {
            Untagged::MailboxStatus { items, .. } => {
                items.into_iter().find_map(|item| match item {
                    StatusItem::Messages(number) => Some(number),
                    _ => None,
                })
            }
            _ => None,
        }))
    }

    /// Usage and limits of what a mailbox counts to, in the server's order. Empty: no limits.
    ///
    /// # Errors
    /// [`Error::Unsupported`] without QUOTA (RFC 9208).
    pub fn quota(&mut self, mailbox: &[u8]) -> Result<Vec<QuotaResource>, Error> {
        if !self.capabilities().quota {
            return Err(Error::Unsupported("QUOTA"));
        }
        let (_, said) = self.must(&Command::new("GETQUOTAROOT").mailbox(mailbox))?;
        let mut found = Vec::new();
        for one in said {
            if let Untagged::Quota { resources, .. } = one {
                found.extend(resources);
            }
        }
        Ok(found)
    }

    /// Asks for news of the selected mailbox (NOOP).
    ///
    /// # Errors
    /// A lost connection.
    pub fn poll(&mut self) -> Result<(), Error> {
        self.must(&Command::new("NOOP"))?;
        Ok(())
    }

    /// Waits, `at_most` that long, until the server tells of a change of the selected mailbox (IDLE, RFC 2177); whether it
    /// did. The IDLE ends with the next command.
    ///
    /// # Errors
    /// [`Error::Unsupported`] without IDLE; a lost connection.
    pub fn idle(&mut self, at_most: Duration) -> Result<bool, Error> {
        if !self.capabilities().idle {
            return Err(Error::Unsupported("IDLE"));
        }
        self.connection.idle().map_err(|l| lost(&l))?;
        let until = std::time::Instant::now() + at_most;
        loop {
            let left = until.saturating_duration_since(std::time::Instant::now());
            let mut events = Vec::new();
            self.connection
                .listen(left, &mut events)
                .map_err(|l| lost(&l))?;
            let changed = read(events).iter().any(|one| {
                matches!(
                    one,
                    Untagged::Exists(_)
                        | Untagged::Expunge(_)
                        | Untagged::Fetch { .. }
                        | Untagged::Vanished { .. }
                )
            });
            if changed || left.is_zero() {
                return Ok(changed);
            }
        }
    }

    /// Says goodbye, within the time limit for that, and closes.
    pub fn log_out(mut self) {
        let mut events = Vec::new();
        let _ = self.connection.logout(self.timeouts.close, &mut events);
        self.connection.close();
    }
}

/// UIDs as ranges, neighbours together.
fn ranges(uids: &[u32]) -> Vec<(u32, u32)> {
    let mut sorted = uids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in sorted {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(uid) => *last = uid,
            _ => ranges.push((uid, uid)),
        }
    }
    ranges
}

fn tls_options(account: &NetMbx) -> TlsOptions {
    TlsOptions {
        host: account.orighost.clone(),
        no_validate: account.novalidate,
        ..TlsOptions::default()
    }
}

fn lost(lost: &Lost) -> Error {
    Error::Lost(format!(
        "IMAP connection broken ({}): {}",
        lost.step, lost.reason
    ))
}

/// The untagged responses among events, in order. What cannot be read is left out, as the session has left out what is not
/// legal.
fn read(events: Vec<Event>) -> Vec<Untagged> {
    let mut pending = Pending::default();
    pending.extend(events);
    let mut said = Vec::new();
    while let Some(event) = pending.pop() {
        match event {
            Event::Untagged(untagged) => said.push(untagged),
            Event::Fetch(_, frame) => {
                if let Ok(Response::Untagged(untagged)) = parse(&frame) {
                    said.push(untagged);
                }
            }
            _ => {}
        }
    }
    said
}

fn message(items: Vec<FetchItem>) -> Message {
    let mut message = Message::default();
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    for item in items {
        match item {
            FetchItem::Uid(uid) => message.uid = uid,
            FetchItem::Flags(flags) => message.flags = flags.iter().map(|f| text(f)).collect(),
            FetchItem::InternalDate(date) => message.internal_date = date.map(|d| text(&d)),
            FetchItem::Rfc822Size(size) => message.size = size,
            FetchItem::Section(section) => {
                message.octets = section.data.map(|data| data.to_vec()).unwrap_or_default();
            }
            _ => {}
        }
    }
    message
}
