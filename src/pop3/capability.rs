//! What a POP3 server says it can do (RFC 2449).

/// The answer to CAPA, as far as it matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// The server knows CAPA, so it is none of the old ones.
    pub capa: bool,
    /// STLS may be said.
    pub stls: bool,
    /// TOP is there.
    pub top: bool,
    /// USER and PASS may be said.
    pub user: bool,
    /// SASL mechanisms, upper case, in the server's order.
    pub sasl: Vec<String>,
}

/// Mechanisms kept of one answer. There are not that many in the world.
const MECHANISMS: usize = 100;

impl Capabilities {
    /// What is assumed of a server that does not know CAPA.
    pub fn of_old_server() -> Self {
        Self {
            user: true,
            ..Self::default()
        }
    }

    /// Takes in one line of the answer.
    pub fn line(&mut self, line: &[u8]) {
        let mut words = line.split(|&b| b == b' ');
        let name = words.next().unwrap_or_default();
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        if is("STLS") {
            self.stls = true;
        } else if is("TOP") {
            self.top = true;
        } else if is("USER") {
            self.user = true;
        } else if is("SASL") {
            for word in words {
                self.mechanism(word);
            }
        }
    }

    /// Adds a mechanism: a word of the SASL line, or a line of the answer to a bare AUTH.
    pub fn mechanism(&mut self, name: &[u8]) {
        if !name.is_empty() && self.sasl.len() < MECHANISMS {
            let name = String::from_utf8_lossy(name).to_ascii_uppercase();
            self.sasl.push(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_capa() {
        let mut caps = Capabilities::default();
        for line in [
            "TOP",
            "uidl",
            "Stls",
            "USER",
            "SASL PLAIN  login",
            "EXPIRE NEVER",
            "",
            " ",
        ] {
            caps.line(line.as_bytes());
        }
        assert!(caps.top && caps.stls && caps.user && !caps.capa);
        assert_eq!(caps.sasl, ["PLAIN", "LOGIN"]);
        for _ in 0..1000 {
            caps.line(b"SASL A B C D");
        }
        assert_eq!(caps.sasl.len(), MECHANISMS);
    }
}
