//! Names of this machine's own addresses, from `/etc/hosts` alone: asking the system's resolver could mean asking the DNS,
//! which can keep a program waiting for as long as its servers are silent.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::limits;

const HOSTS: &str = "/etc/hosts";

/// The first name that `/etc/hosts` has for an address.
pub fn name_of(address: IpAddr) -> Option<String> {
    let file = File::open(HOSTS).ok()?;
    look(BufReader::new(file.take(limits::HOSTS_FILE)), address)
}

fn look(lines: impl BufRead, address: IpAddr) -> Option<String> {
    lines.split(b'\n').map_while(Result::ok).find_map(|line| {
        let line = String::from_utf8_lossy(&line);
        let mut words = line.split('#').next()?.split_ascii_whitespace();
        let listed = words.next()?.parse().ok()?;
        same(listed, address)
            .then(|| words.next())
            .flatten()
            .map(str::to_owned)
    })
}

/// As the C library has it: the two loopback addresses are one.
fn same(listed: IpAddr, wanted: IpAddr) -> bool {
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    listed == wanted || (listed == IpAddr::V6(Ipv6Addr::LOCALHOST) && wanted == loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &[u8], address: &str) -> Option<String> {
        look(text, address.parse().unwrap())
    }

    #[test]
    fn the_first_name_of_the_first_line_counts() {
        let text = b"# 127.0.0.1 comment\n127.0.0.1\tone two # three\n127.0.0.1 four\n\n::1 six\r\n127.0.0.2\nnonsense\n";
        assert_eq!(found(text, "127.0.0.1").as_deref(), Some("one"));
        assert_eq!(found(text, "::1").as_deref(), Some("six"));
        assert_eq!(found(text, "127.0.0.2"), None);
        assert_eq!(found(text, "192.0.2.1"), None);
        assert_eq!(found(b"::1 six", "127.0.0.1").as_deref(), Some("six"));
        assert_eq!(found(b"127.0.0.1 one", "::1"), None);
        assert_eq!(
            found(b"127.0.0.1 a\xff", "127.0.0.1").as_deref(),
            Some("a\u{fffd}")
        );
    }
}
