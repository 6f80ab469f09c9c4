//! Referrals: a server that names another one (RFC 2193 for mailboxes, RFC 2221 for logins). Where to go says the
//! program, by its `SET_IMAPREFERRAL` function; without one nothing is followed.

use core::ffi::c_long;

use crate::abi::constants::{ERROR, REFAUTH, REFAUTHFAILED, REFRENAME, REFSELECT};
use crate::abi::stream::Entered;
use crate::abi::{memory, parameters, tell};
use crate::limits;
use crate::mailbox_name::NetMbx;

/// Where the program wants to go instead.
pub struct Target {
    /// The mailbox's name, `{server}` included.
    pub name: Vec<u8>,
    /// For `REFRENAME`: the new name.
    pub second: Vec<u8>,
}

impl Entered {
    /// Whether the program follows referrals, and the server has just given one.
    pub fn is_referred(&self) -> bool {
        parameters::imap_referral().is_some()
            && self.with(|live| live.referral.is_some()) == Some(true)
    }

    /// Whether the connection is, or was, protected by TLS.
    pub fn is_protected(&self) -> bool {
        self.with(|live| {
            live.how.tls || live.how.ssl || live.connection.as_ref().is_some_and(|c| c.is_tls())
        })
        .unwrap_or(false)
    }
}

/// Asks the program where to go, for the command that `code` (`REF*`) names. `None`: nowhere. `hops`: how many referrals
/// were followed already. `protected`: the server that refers us was spoken to over TLS; then so must be the next.
pub fn ask(cx: &Entered, code: c_long, hops: usize, protected: bool) -> Option<Target> {
    let hook = parameters::imap_referral()?;
    let url = cx.with(|live| live.referral.take()).flatten()?;
    if hops >= limits::REFERRALS {
        tell::log("Too many referrals: this one is not followed", ERROR);
        return None;
    }
    let url = tell::c_string(&url);
    // SAFETY: an entered stream and a C string that live over the call. What comes back is a C string, two for a rename.
    let mut given = unsafe { hook(cx.raw(), url.as_ptr().cast_mut(), code) };
    if given.is_null() {
        return None;
    }
    // SAFETY: as above.
    let (name, second) = unsafe {
        let name = memory::bytes(given).to_vec();
        let second = if code == REFRENAME {
            memory::bytes(given.add(name.len() + 1)).to_vec()
        } else {
            Vec::new()
        };
        (name, second)
    };
    if matches!(code, REFAUTHFAILED | REFAUTH | REFSELECT) {
        // The name of a stream that is being opened belongs to the library; of the others UW frees none.
        // SAFETY: a block of the C heap by the interface.
        unsafe { memory::release(&mut given) };
    }
    if cx.is_closed() {
        return None;
    }
    let name = if protected { with_tls(name)? } else { name };
    Some(Target { name, second })
}

/// The name, with TLS demanded: nobody who can answer for one server may lead a program to speak in clear to another.
fn with_tls(name: Vec<u8>) -> Option<Vec<u8>> {
    let Ok(parsed) = NetMbx::parse(&name) else {
        // What is wrong with it says who opens it.
        return Some(name);
    };
    if parsed.sslflag || parsed.tlsflag {
        return Some(name);
    }
    if parsed.notlsflag {
        tell::log_with(
            "Referral from a connection with TLS to one without is not followed: ",
            &name,
            ERROR,
        );
        return None;
    }
    let end = name.iter().position(|&b| b == b'}')?;
    let (server, mailbox) = name.split_at(end);
    Some([server, b"/tls", mailbox].concat())
}

#[cfg(test)]
mod tests {
    use super::with_tls;
    use crate::abi::callbacks::fake;

    #[test]
    fn tls_stays() {
        fake::take_log();
        let name = |text: &str| {
            with_tls(text.as_bytes().to_vec()).map(|n| String::from_utf8(n).expect("text"))
        };
        assert_eq!(name("{h}a").as_deref(), Some("{h/tls}a"));
        assert_eq!(
            name("{h:99/imap/user=x}").as_deref(),
            Some("{h:99/imap/user=x/tls}")
        );
        assert_eq!(name("{h/ssl}a").as_deref(), Some("{h/ssl}a"));
        assert_eq!(name("{h/tls}a").as_deref(), Some("{h/tls}a"));
        assert!(fake::take_log().is_empty());
        assert_eq!(name("{h/notls}a"), None);
        assert_eq!(fake::take_log().len(), 1);
    }
}
