//! `NETMBX`: a parsed network mailbox name as C has it.

use core::ffi::{c_char, c_ulong};

use super::types::NetMbx as CNetMbx;
use crate::mailbox_name::NetMbx;

fn put(to: &mut [c_char], from: &[u8]) {
    let room = to.len() - 1;
    let count = from.len().min(room);
    for (to, &from) in to.iter_mut().zip(&from[..count]) {
        *to = c_char::from_ne_bytes([from]);
    }
    to[count..].fill(0);
}

/// The C twin. Parts longer than its arrays do not occur: the parser refuses them.
pub fn to_c(from: &NetMbx) -> CNetMbx {
    // SAFETY: all members are arrays and integers; zero is a value of each.
    let mut to: CNetMbx = unsafe { core::mem::zeroed() };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_arrive_whole() {
        let name =
            NetMbx::parse(b"{mail.example:1143/imap/user=u1/novalidate-cert}Work").expect("valid");
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
