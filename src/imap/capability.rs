//! What the server says it can do (RFC 9051 section 6.1.1).
//!
//! A fresh set replaces the old one: capabilities from before TLS or before login must not survive either
//! (RFC 9051 section 6.2.1, 6.2.2).

/// Capabilities as a typed set. Names the client has no use for are kept in [`Capabilities::names`] only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Every capability in upper case, in the server's order.
    pub names: Vec<String>,
    /// Mechanisms of `AUTH=…`, upper case, in the server's order.
    pub auth: Vec<String>,
    /// Algorithms of `THREAD=…`, as sent, in the server's order.
    pub threaders: Vec<String>,
    /// IMAP4rev1 or IMAP4rev2.
    pub imap4rev1: bool,
    /// Old IMAP4 (RFC 1730).
    pub imap4: bool,
    /// RFC 7888 LITERAL+: any literal may go without waiting.
    pub literal_plus: bool,
    /// RFC 7888 LITERAL-: literals up to 4,096 octets may.
    pub literal_minus: bool,
    /// RFC 4959: an initial response on the AUTHENTICATE line.
    pub sasl_ir: bool,
    /// RFC 3501 section 6.2.1.
    pub starttls: bool,
    /// RFC 3501 section 6.2.3: LOGIN is refused (for now, on this connection).
    pub login_disabled: bool,
    /// RFC 4315.
    pub uidplus: bool,
    /// RFC 9208 and RFC 2087.
    pub quota: bool,
    /// RFC 6851.
    pub r#move: bool,
    /// RFC 3691.
    pub unselect: bool,
    /// RFC 2971.
    pub id: bool,
    /// RFC 2342.
    pub namespace: bool,
    /// RFC 3348.
    pub children: bool,
    /// RFC 4314.
    pub acl: bool,
    /// RFC 2177.
    pub idle: bool,
    /// RFC 3502.
    pub multiappend: bool,
    /// RFC 3516.
    pub binary: bool,
    /// RFC 5256.
    pub sort: bool,
    /// RFC 4731.
    pub esearch: bool,
    /// RFC 7162.
    pub condstore: bool,
    /// RFC 5032.
    pub within: bool,
    /// RFC 2193 and RFC 2221.
    pub mailbox_referrals: bool,
    /// RFC 2221.
    pub login_referrals: bool,
    /// The SCAN extension of UW imapd.
    pub scan: bool,
    /// RFC 4467.
    pub urlauth: bool,
    /// RFC 4469.
    pub catenate: bool,
    /// `AUTH=ANONYMOUS` (RFC 4505).
    pub auth_anonymous: bool,
    /// IMAP2 (RFC 1176), or any later level.
    pub imap2: bool,
    /// IMAP2bis, or any later level.
    pub imap2bis: bool,
}

impl Capabilities {
    /// The set that the given words name.
    pub fn from_words<W: AsRef<[u8]>>(words: &[W]) -> Self {
        let mut set = Self::default();
        for word in words {
            set.add(&String::from_utf8_lossy(word.as_ref()));
        }
        set
    }

    /// What a server that answers CAPABILITY with BAD is taken for: IMAP2bis, as UW does.
    pub fn ancient() -> Self {
        Self {
            imap2: true,
            imap2bis: true,
            ..Self::default()
        }
    }

    fn add(&mut self, word: &str) {
        let upper = word.to_ascii_uppercase();
        if let Some(mechanism) = upper.strip_prefix("AUTH=") {
            if mechanism == "ANONYMOUS" {
                self.auth_anonymous = true;
            }
            self.auth.push(mechanism.to_owned());
        } else if upper.starts_with("THREAD=") {
            self.threaders.push(word["THREAD=".len()..].to_owned());
        } else {
            match upper.as_str() {
                "IMAP4REV1" | "IMAP4REV2" => {
                    self.imap4rev1 = true;
                    self.imap2 = true;
                    self.imap2bis = true;
                    if upper == "IMAP4REV2" {
                        self.imply_rev2();
                    }
                }
                "IMAP4" => {
                    self.imap4 = true;
                    self.imap2 = true;
                    self.imap2bis = true;
                }
                "IMAP2BIS" => {
                    self.imap2 = true;
                    self.imap2bis = true;
                }
                "IMAP2" => self.imap2 = true,
                "LITERAL+" => self.literal_plus = true,
                "LITERAL-" => self.literal_minus = true,
                "SASL-IR" => self.sasl_ir = true,
                "STARTTLS" => self.starttls = true,
                "LOGINDISABLED" => self.login_disabled = true,
                "UIDPLUS" => self.uidplus = true,
                "QUOTA" => self.quota = true,
                "MOVE" => self.r#move = true,
                "UNSELECT" => self.unselect = true,
                "ID" => self.id = true,
                "NAMESPACE" => self.namespace = true,
                "CHILDREN" => self.children = true,
                "ACL" => self.acl = true,
                "IDLE" => self.idle = true,
                "MULTIAPPEND" => self.multiappend = true,
                "BINARY" => self.binary = true,
                "ESEARCH" => self.esearch = true,
                "CONDSTORE" => self.condstore = true,
                "WITHIN" => self.within = true,
                "MAILBOX-REFERRALS" => self.mailbox_referrals = true,
                "LOGIN-REFERRALS" => self.login_referrals = true,
                "SCAN" => self.scan = true,
                "URLAUTH" => self.urlauth = true,
                "CATENATE" => self.catenate = true,
                // SORT and SORT=DISPLAY alike, as UW takes them.
                other if other.starts_with("SORT") => self.sort = true,
                _ => {}
            }
        }
        self.names.push(upper);
    }

    /// What RFC 9051 appendix E folds into IMAP4rev2 itself, as far as it keeps its IMAP4rev1 meaning.
    fn imply_rev2(&mut self) {
        self.literal_minus = true;
        self.sasl_ir = true;
        self.uidplus = true;
        self.r#move = true;
        self.unselect = true;
        self.namespace = true;
        self.children = true;
        self.idle = true;
        self.esearch = true;
    }

    /// Whether the server has the capability of this name (any case).
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|n| n.eq_ignore_ascii_case(name))
    }

    /// IMAP4 or better: UIDs, BODYSTRUCTURE and the rest of today's commands.
    pub fn level_imap4(&self) -> bool {
        self.imap4rev1 || self.imap4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_bits() {
        let caps = Capabilities::from_words(&[
            "IMAP4rev1",
            "AUTH=plain",
            "literal+",
            "THREAD=REFS",
            "SORT=DISPLAY",
        ]);
        assert!(caps.imap4rev1 && caps.literal_plus && caps.sort && caps.level_imap4());
        assert_eq!(caps.auth, ["PLAIN"]);
        assert_eq!(caps.threaders, ["REFS"]);
        assert!(!caps.uidplus && caps.has("LITERAL+"));
    }

    #[test]
    fn rev2_brings_what_it_folds_in() {
        let caps = Capabilities::from_words(&["IMAP4rev2"]);
        assert!(
            caps.imap4rev1
                && caps.uidplus
                && caps.sasl_ir
                && caps.literal_minus
                && !caps.literal_plus
        );
    }
}
