//! `NETMBX`: a parsed network mailbox name as C has it.

use core::ffi::{c_char, c_long, c_ulong};
use core::ptr::null_mut;

use super::entry::{c_str, entry};
use super::mail_open::valid;
use super::types::{Driver, MailStream, NetMbx};
use crate::mailbox_name::NetMbx as Name;

fn put(to: &mut [c_char], from: &[u8]) {
    let room = to.len() - 1;
    let count = from.len().min(room);
    for (to, &from) in to.iter_mut().zip(&from[..count]) {
        *to = c_char::from_ne_bytes([from]);
    }
    to[count..].fill(0);
}

/// The C twin. Parts longer than its arrays do not occur: the parser refuses them.
pub fn to_c(from: &Name) -> NetMbx {
    // SAFETY: all members are arrays and integers; zero is a value of each.
    let mut to: NetMbx = unsafe { core::mem::zeroed() };
    put(&mut to.host, &from.host);
    put(&mut to.orighost, &from.orighost);
    put(&mut to.user, &from.user);
    put(&mut to.authuser, &from.authuser);
    put(&mut to.mailbox, &from.mailbox);
    put(&mut to.service, &from.service);
    to.port = c_ulong::from(from.port.unwrap_or(0));
    to.set_anoflag(u32::from(from.anoflag));
    to.set_dbgflag(u32::from(from.dbgflag));
    to.set_secflag(u32::from(from.secflag));
    to.set_sslflag(u32::from(from.sslflag));
    to.set_trysslflag(u32::from(from.trysslflag));
    to.set_novalidate(u32::from(from.novalidate));
    to.set_tlsflag(u32::from(from.tlsflag));
    to.set_notlsflag(u32::from(from.notlsflag));
    to.set_readonlyflag(u32::from(from.readonlyflag));
    to.set_norsh(u32::from(from.norsh));
    to.set_loser(u32::from(from.loser));
    to.set_tlssslv23(u32::from(from.tlssslv23));
    to
}

/// Parses a name into `*mb`, which is all zero if the name is no good. T or NIL.
///
/// # Safety
/// `name` and `service` are NULL or NUL-ended strings, `mb` NULL or a place for the result.
unsafe fn parse_into(name: *const c_char, mb: *mut NetMbx, service: *const c_char) -> c_long {
    // SAFETY: the caller's promise.
    let (Some(name), Some(service)) = (unsafe { (c_str(name), c_str(service)) }) else {
        return 0;
    };
    let parsed = Name::parse_with_service(name.to_bytes(), service.to_bytes());
    // SAFETY: all zero is a name without parts.
    let c = parsed
        .as_ref()
        .map_or_else(|_| unsafe { core::mem::zeroed() }, to_c);
    if !mb.is_null() {
        // SAFETY: the caller's place.
        unsafe { mb.write(c) };
    }
    c_long::from(parsed.is_ok())
}

entry! {
    /// Takes a `{host:port/switches}mailbox` name apart, into `*mb`, which is the caller's. T, or NIL with `*mb` all
    /// zero.
    fn mail_valid_net_parse(name: *mut c_char, mb: *mut NetMbx) -> c_long {
        // SAFETY: as the interface says.
        unsafe { parse_into(name, mb, c"imap".as_ptr()) }
    }

    /// As `mail_valid_net_parse`, for names without a service in them: `service` is theirs.
    fn mail_valid_net_parse_work(name: *mut c_char, mb: *mut NetMbx, service: *mut c_char) -> c_long {
        // SAFETY: as the interface says.
        unsafe { parse_into(name, mb, service) }
    }

    /// Whether a network name is for the service of `drv`; returns `drv` or NULL. Host and mailbox are copied to where
    /// the caller wants them (`NETMAXHOST` and `NETMAXMBX` octets), or not if NULL.
    fn mail_valid_net(name: *mut c_char, drv: *mut Driver, host: *mut c_char, mailbox: *mut c_char) -> *mut Driver {
        // SAFETY: a name, a driver with a name, places large enough.
        unsafe {
            let mut mb: NetMbx = core::mem::zeroed();
            let own = drv.as_ref().and_then(|drv| c_str(drv.name));
            if parse_into(name, &raw mut mb, c"imap".as_ptr()) == 0 || own.is_none() || c_str(mb.service.as_ptr()) != own {
                return null_mut();
            }
            for (to, part) in [(host, &mb.host), (mailbox, &mb.mailbox)] {
                if !to.is_null() {
                    libc::strcpy(to, part.as_ptr());
                }
            }
            drv
        }
    }

    /// The linked driver that takes a mailbox name, the library's own; NULL if none does: then, with `purpose` ("open
    /// mailbox"), an error in the log says what cannot be done.
    fn mail_valid(stream: *mut MailStream, mailbox: *mut c_char, purpose: *mut c_char) -> *mut Driver {
        // SAFETY: NULL or NUL-ended strings.
        let (Some(mailbox), purpose) = (unsafe { (c_str(mailbox), c_str(purpose)) }) else {
            return null_mut();
        };
        valid(stream, mailbox.to_bytes(), purpose.map(|purpose| purpose.to_string_lossy()).as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_arrive_whole() {
        let name =
            Name::parse(b"{mail.example:1143/imap/user=u1/novalidate-cert}Work").expect("valid");
        let c = to_c(&name);
        let text = |part: &[c_char]| -> Vec<u8> {
            part.iter()
                .take_while(|&&b| b != 0)
                .map(|b| b.to_ne_bytes()[0])
                .collect()
        };
        assert_eq!(text(&c.host), b"mail.example");
        assert_eq!(text(&c.user), b"u1");
        assert_eq!(text(&c.mailbox), b"Work");
        assert_eq!((c.port, c.novalidate(), c.sslflag()), (1143, 1, 0));
    }
}
