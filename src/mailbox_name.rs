//! Parsing of `{host:port/flags}mailbox` names.
//!
//! The grammar and the limits are those of c-client's `mail_valid_net_parse`: what it refuses is
//! refused here. Three things it takes are refused as well, because nothing good can follow:
//! a host that begins with `-` (CVE-2018-19518 passed one to `ssh`), control characters in the
//! host, and a port that is not 1..65535 (c-client kept flags such as "do not check the
//! certificate" in the higher bits of the same number).

#![forbid(unsafe_code)]

use std::fmt;

#[cfg(test)]
mod tests;

/// Size of `NETMBX.host`, its final NUL included.
pub const NET_MAX_HOST: usize = 256;
/// Size of `NETMBX.user` and `NETMBX.authuser`, the final NUL included.
pub const NET_MAX_USER: usize = 65;
/// Size of `NETMBX.mailbox`, its final NUL included.
pub const NET_MAX_MAILBOX: usize = 256;
/// Size of `NETMBX.service`, its final NUL included.
pub const NET_MAX_SERVICE: usize = 21;
/// The part between host and `}` must be shorter than this (c-client's `MAILTMPLEN`).
pub const NET_MAX_SWITCHES: usize = 1024;

/// The mailbox every account has, and what an empty mailbox part means.
pub const INBOX: &[u8] = b"INBOX";

/// A parsed network mailbox name; the safe twin of c-client's `NETMBX`.
///
/// Names come from C and need not be UTF-8, so all parts are byte strings; none holds a NUL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetMbx {
    /// Host to connect to; domain literals keep their brackets. The session may replace it by
    /// the name it shows to `mm_login`.
    pub host: Vec<u8>,
    /// Host as it was written.
    pub orighost: Vec<u8>,
    /// `/user=`, empty when absent.
    pub user: Vec<u8>,
    /// `/authuser=`, empty when absent: whose password is used to act as `user`.
    pub authuser: Vec<u8>,
    /// Mailbox on that host; `INBOX` when the name has none.
    pub mailbox: Vec<u8>,
    /// Service in lower case: `imap`, `pop3`, `nntp`, `smtp`, `submit`, or what `/service=` said.
    pub service: Vec<u8>,
    /// Explicit port.
    pub port: Option<u16>,
    /// `/anonymous`
    pub anoflag: bool,
    /// `/debug`
    pub dbgflag: bool,
    /// `/secure`: never send a password in clear.
    pub secflag: bool,
    /// `/ssl`: TLS from the first byte.
    pub sslflag: bool,
    /// `/tryssl`
    pub trysslflag: bool,
    /// `/novalidate-cert`
    pub novalidate: bool,
    /// `/tls` (or `/tls-sslv23`): STARTTLS or nothing.
    pub tlsflag: bool,
    /// `/notls`, and set by `/ssl`: never STARTTLS.
    pub notlsflag: bool,
    /// `/readonly`
    pub readonlyflag: bool,
    /// `/norsh`
    pub norsh: bool,
    /// `/loser`
    pub loser: bool,
    /// `/tls-sslv23`
    pub tlssslv23: bool,
    /// `/auth=`, upper case, empty when absent: the only mechanism to log in by. Alpine's switch; UW has none.
    pub auth: Vec<u8>,
}

/// Why a name is not a network mailbox name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// It does not begin with `{`: a local name.
    NotRemote,
    /// It holds a NUL, or host or `}` cannot be found.
    Malformed,
    /// Host missing, or not one that can be dialled safely.
    BadHost,
    /// Host, switches or mailbox longer than c-client's structure.
    TooLong,
    /// Port missing, given twice, or not 1..65535.
    BadPort,
    /// Unknown switch, one that contradicts another, one given twice, or a bad value.
    BadSwitch,
    /// A quoted value without its closing quote.
    Unterminated,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NameError::NotRemote => "not a remote mailbox name",
            NameError::Malformed => "no host or no closing brace",
            NameError::BadHost => "invalid host",
            NameError::TooLong => "a part is too long",
            NameError::BadPort => "invalid port",
            NameError::BadSwitch => "invalid switch",
            NameError::Unterminated => "unterminated quoted value",
        })
    }
}

impl std::error::Error for NameError {}

impl NetMbx {
    /// Parses a name whose service is IMAP unless a switch says otherwise
    /// (c-client's `mail_valid_net_parse`).
    pub fn parse(name: &[u8]) -> Result<NetMbx, NameError> {
        NetMbx::parse_with_service(name, b"imap")
    }

    /// Parses a name, `service` being the default (c-client's `mail_valid_net_parse_work`).
    pub fn parse_with_service(name: &[u8], service: &[u8]) -> Result<NetMbx, NameError> {
        if name.contains(&0) {
            return Err(NameError::Malformed);
        }
        let rest = name.strip_prefix(b"{").ok_or(NameError::NotRemote)?;
        let host_len = host_length(rest)?;
        let (host, rest) = rest.split_at(host_len);
        let close = find(rest, b"}").ok_or(NameError::Malformed)?;
        let (switches, mailbox) = (&rest[..close], &rest[close + 1..]);
        if host.len() >= NET_MAX_HOST
            || switches.len() >= NET_MAX_SWITCHES
            || mailbox.len() >= NET_MAX_MAILBOX
        {
            return Err(NameError::TooLong);
        }
        if host.is_empty() || host[0] == b'-' || host.iter().any(u8::is_ascii_control) {
            return Err(NameError::BadHost);
        }
        let mut net = NetMbx {
            host: host.to_vec(),
            orighost: host.to_vec(),
            mailbox: mailbox.to_vec(),
            ..NetMbx::default()
        };
        net.switches(switches)?;
        if net.mailbox.is_empty() {
            net.mailbox = INBOX.to_vec();
        }
        if net.service.is_empty() {
            net.service = service.to_vec();
        }
        // Remote shells are an IMAP affair, and so is forbidding them.
        if net.norsh && net.service != b"imap" {
            return Err(NameError::BadSwitch);
        }
        Ok(net)
    }

    /// Does the mailbox part name the INBOX, in whatever case?
    pub fn is_inbox(&self) -> bool {
        is_inbox(&self.mailbox)
    }

    /// Reads `:port` and `/switch` items until the text ends.
    fn switches(&mut self, text: &[u8]) -> Result<(), NameError> {
        let mut rest = text;
        while let Some((&delimiter, after)) = rest.split_first() {
            rest = match delimiter {
                b':' => self.port(after)?,
                b'/' => {
                    let end = find(after, b"/:=").unwrap_or(after.len());
                    let (switch, tail) = after.split_at(end);
                    match tail.strip_prefix(b"=") {
                        Some(value) => self.valued_switch(switch, value)?,
                        None => {
                            self.plain_switch(switch)?;
                            tail
                        }
                    }
                }
                _ => return Err(NameError::BadSwitch),
            };
        }
        Ok(())
    }

    /// Reads a port as `strtoul` would (blanks and a plus sign before the digits are let pass).
    fn port<'a>(&mut self, text: &'a [u8]) -> Result<&'a [u8], NameError> {
        let blanks = text
            .iter()
            .take_while(|byte| matches!(byte, b' ' | 9..=13))
            .count();
        let number = &text[blanks..];
        let number = number.strip_prefix(b"+").unwrap_or(number);
        let digits = number.iter().take_while(|b| b.is_ascii_digit()).count();
        let port = number[..digits].iter().try_fold(0u16, |value, digit| {
            value.checked_mul(10)?.checked_add(u16::from(digit - b'0'))
        });
        match port {
            Some(port) if port != 0 && self.port.is_none() => self.port = Some(port),
            _ => return Err(NameError::BadPort),
        }
        Ok(&number[digits..])
    }

    /// Handles `/name=value`; `text` begins after the `=`. Returns what follows the value.
    fn valued_switch<'a>(&mut self, name: &[u8], text: &'a [u8]) -> Result<&'a [u8], NameError> {
        let (value, rest) = match text.strip_prefix(b"\"") {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = find(text, b"/:").unwrap_or(text.len());
                (text[..end].to_vec(), &text[end..])
            }
        };
        let is = |what: &str| name.eq_ignore_ascii_case(what.as_bytes());
        let (field, size) = if is("service") {
            (&mut self.service, NET_MAX_SERVICE)
        } else if is("user") {
            (&mut self.user, NET_MAX_USER)
        } else if is("authuser") {
            (&mut self.authuser, NET_MAX_USER)
        } else if is("auth") {
            (&mut self.auth, NET_MAX_SERVICE)
        } else {
            return Err(NameError::BadSwitch);
        };
        // A second value is refused, unless the first was empty: so c-client.
        if value.len() >= size || !field.is_empty() {
            return Err(NameError::BadSwitch);
        }
        *field = value;
        self.service.make_ascii_lowercase();
        self.auth.make_ascii_uppercase();
        // RFC 4422 section 3.1; it goes into commands and names as it is.
        let legal = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if !self.auth.iter().all(legal) {
            return Err(NameError::BadSwitch);
        }
        Ok(rest)
    }

    /// Handles a switch without a value.
    fn plain_switch(&mut self, name: &[u8]) -> Result<(), NameError> {
        let lower = name.to_ascii_lowercase();
        match lower.as_slice() {
            b"anonymous" => self.anoflag = true,
            b"debug" => self.dbgflag = true,
            b"readonly" => self.readonlyflag = true,
            b"secure" => self.secflag = true,
            b"norsh" => self.norsh = true,
            b"loser" => self.loser = true,
            b"tls" if !self.notlsflag => self.tlsflag = true,
            b"tls-sslv23" if !self.notlsflag => {
                self.tlsflag = true;
                self.tlssslv23 = true;
            }
            b"notls" if !self.tlsflag => self.notlsflag = true,
            b"tryssl" => self.trysslflag = true,
            b"ssl" if !self.tlsflag => {
                self.sslflag = true;
                self.notlsflag = true;
            }
            b"novalidate-cert" => self.novalidate = true,
            b"validate-cert" => {}
            _ if !self.service.is_empty() => return Err(NameError::BadSwitch),
            b"imap" | b"nntp" | b"pop3" | b"smtp" | b"submit" => self.service = lower,
            b"imap2" | b"imap2bis" | b"imap4" | b"imap4rev1" => self.service = b"imap".to_vec(),
            b"pop" => self.service = b"pop3".to_vec(),
            _ => return Err(NameError::BadSwitch),
        }
        Ok(())
    }
}

/// Parses a name for one service only (c-client's `mail_valid_net`): `None` unless it is a
/// network name of exactly that service.
pub fn valid_net(name: &[u8], service: &[u8]) -> Option<NetMbx> {
    NetMbx::parse(name)
        .ok()
        .filter(|net| net.service == service)
}

/// The same name, which demands TLS: from the first octet, or by STARTTLS. `None`: that cannot be.
pub fn secured(name: &[u8], ssl: bool, tls: bool) -> Option<Vec<u8>> {
    let net = NetMbx::parse(name).ok()?;
    let switch: &[u8] = match (ssl, tls) {
        (true, _) if !net.sslflag => b"/ssl",
        (false, true) if !net.tlsflag => b"/tls",
        _ => return Some(name.to_vec()),
    };
    let host = 1 + host_length(name.strip_prefix(b"{")?).ok()?;
    let at = host + find(&name[host..], b"}")?;
    let secured = [&name[..at], switch, &name[at..]].concat();
    let parsed = NetMbx::parse(&secured).ok()?;
    (parsed.sslflag || parsed.tlsflag).then_some(secured)
}

/// Does this mailbox part name the INBOX (RFC 3501 section 5.1: in any case)?
pub fn is_inbox(mailbox: &[u8]) -> bool {
    mailbox.eq_ignore_ascii_case(INBOX)
}

/// What an open stream is, for [`usable_for`].
#[derive(Clone, Copy, Debug)]
pub struct OpenStream<'a> {
    /// `stream->mailbox`: the canonical name, see [`CanonicalName`].
    pub mailbox: &'a [u8],
    /// `stream->original_mailbox`: the name as the application gave it.
    pub original_mailbox: &'a [u8],
    /// `stream->anonymous`
    pub anonymous: bool,
}

/// May an open network stream serve `name`: same server, service, port and user
/// (c-client's `mail_usable_network_stream`)?
///
/// `canonical_host` turns the host of `name` into the form in the canonical name (when DNS is
/// trusted; else it returns it unchanged). It may ask the DNS, so it is called only where the
/// answer hangs on it. Unlike c-client, a name that demands `/tls` or `/ssl` never gets a stream
/// in clear.
pub fn usable_for(
    stream: OpenStream<'_>,
    name: &[u8],
    canonical_host: impl FnOnce(&[u8]) -> Vec<u8>,
) -> bool {
    let (Ok(wanted), Ok(current), Ok(original)) = (
        NetMbx::parse(name),
        NetMbx::parse(stream.mailbox),
        NetMbx::parse(stream.original_mailbox),
    ) else {
        return false;
    };
    if wanted.anoflag != stream.anonymous {
        return false;
    }
    if (wanted.tlsflag || wanted.sslflag) && !(current.tlsflag || current.sslflag) {
        return false;
    }
    let same_account = |open: &NetMbx| {
        open.service == wanted.service
            && (wanted.port.is_none() || open.port == wanted.port)
            && (wanted.user.is_empty() || open.user == wanted.user)
    };
    if same_account(&original) && original.host.eq_ignore_ascii_case(&wanted.host) {
        return true;
    }
    same_account(&current)
        && (current.host.eq_ignore_ascii_case(&wanted.host)
            || current
                .host
                .eq_ignore_ascii_case(&canonical_host(&wanted.host)))
}

/// The name of an open stream, as `imap_open` and `pop3_open` leave it in `stream->mailbox`.
#[derive(Clone, Copy, Debug, Default)]
pub struct CanonicalName<'a> {
    /// `imap`, `pop3`.
    pub service: &'a [u8],
    /// Canonical host name if DNS is trusted, else as given; domain literals with brackets.
    pub host: &'a [u8],
    /// Port in use.
    pub port: u16,
    /// STARTTLS was done.
    pub tls: bool,
    /// The name said `/tls-sslv23`.
    pub tls_sslv23: bool,
    /// The name said `/notls` or `/ssl`.
    pub notls: bool,
    /// TLS from the first byte.
    pub ssl: bool,
    /// The name said `/novalidate-cert`.
    pub novalidate: bool,
    /// The name said `/loser`.
    pub loser: bool,
    /// Only secure authentication.
    pub secure: bool,
    /// Opened read-only.
    pub readonly: bool,
    /// Logged in as anonymous; then no user is shown.
    pub anonymous: bool,
    /// What the name said by `/auth=`, in any case; empty if nothing.
    pub auth: &'a [u8],
    /// Who logged in, if anybody did (nobody after PREAUTH).
    pub user: Option<&'a [u8]>,
    /// Selected mailbox; `None` when half-open.
    pub mailbox: Option<&'a [u8]>,
}

impl CanonicalName<'_> {
    /// Writes the name; flags stand in c-client's order. Quotes in the user are escaped (c-client
    /// wrote them raw), and a user that no such name can express, one with `}`, is left out.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut name = b"{".to_vec();
        name.extend_from_slice(self.host);
        name.extend_from_slice(format!(":{}/", self.port).as_bytes());
        name.extend_from_slice(self.service);
        for (flag, text) in [
            (self.tls, "/tls"),
            (self.tls_sslv23, "/tls-sslv23"),
            (self.notls, "/notls"),
            (self.ssl, "/ssl"),
            (self.novalidate, "/novalidate-cert"),
            (self.loser, "/loser"),
            (self.secure, "/secure"),
            (self.readonly, "/readonly"),
            (self.anonymous, "/anonymous"),
        ] {
            if flag {
                name.extend_from_slice(text.as_bytes());
            }
        }
        if !self.auth.is_empty() {
            name.extend_from_slice(b"/auth=");
            name.extend_from_slice(&self.auth.to_ascii_lowercase());
        }
        if let Some(user) = self.user
            && !self.anonymous
            && !user.contains(&b'}')
        {
            name.extend_from_slice(b"/user=\"");
            for &byte in user {
                if matches!(byte, b'"' | b'\\') {
                    name.push(b'\\');
                }
                name.push(byte);
            }
            name.push(b'"');
        }
        name.push(b'}');
        name.extend_from_slice(self.mailbox.unwrap_or(b"<no_mailbox>"));
        name
    }
}

/// Length of the host part: a domain literal to its bracket, else up to `/`, `:` or `}`.
fn host_length(text: &[u8]) -> Result<usize, NameError> {
    if text.first() == Some(&b'[') {
        match find(text, b"]}") {
            Some(end) if text[end] == b']' => Ok(end + 1),
            _ => Err(NameError::Malformed),
        }
    } else {
        find(text, b"/:}").ok_or(NameError::Malformed)
    }
}

/// Reads a quoted value whose opening quote is gone; returns it and what follows the closing one.
fn unquote(text: &[u8]) -> Result<(Vec<u8>, &[u8]), NameError> {
    let mut value = Vec::new();
    let mut bytes = text.iter();
    loop {
        match *bytes.next().ok_or(NameError::Unterminated)? {
            b'"' => return Ok((value, bytes.as_slice())),
            b'\\' => value.push(*bytes.next().ok_or(NameError::Unterminated)?),
            byte => value.push(byte),
        }
    }
}

/// Index of the first byte of `text` that is one of `set`.
fn find(text: &[u8], set: &[u8]) -> Option<usize> {
    text.iter().position(|byte| set.contains(byte))
}
