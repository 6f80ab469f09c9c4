//! What an IMAP server can say, as owned Rust values (RFC 9051 section 7, RFC 3501 section 7).
//!
//! All text stays bytes: c-client hands servers' bytes to its callers as they came, whatever their charset.
//! Quoted strings are unescaped, literals are taken over, `NIL` is `None`. What a FETCH response holds stays pieces of the
//! frame that it came in ([`Octets`]); everything else is copied.

#![allow(
    missing_docs,
    reason = "variants and fields bear the names of the RFC's grammar; what needs a word has one"
)]

use crate::imap::octets::Octets;

/// Names and values, as in ID; a value can be NIL.
pub type Parameters = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// The same of a body part.
pub type BodyParameters = Vec<(Octets, Option<Octets>)>;

/// A sequence number or UID; never 0 where the grammar says `nz-number`.
pub type Number = u32;

/// One whole response, as framed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// `+ …`: the server waits for a literal or for the next step of an authentication exchange.
    Continuation(StatusText),
    /// `tag OK|NO|BAD …`
    Tagged {
        tag: Vec<u8>,
        status: Status,
        text: StatusText,
    },
    /// `* …`
    Untagged(Untagged),
}

/// The condition of a status response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Ok,
    No,
    Bad,
    /// Untagged only.
    Bye,
    /// Untagged only, as the greeting.
    Preauth,
}

/// Text of a status response: optional code in brackets, then words for humans.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatusText {
    pub code: Option<Code>,
    /// The words after the code, without leading space.
    pub text: Vec<u8>,
    /// Everything after the status word, the code included, as it came (c-client shows this to the user).
    pub raw: Vec<u8>,
}

/// Response codes (RFC 9051 section 7.1, RFC 5530, RFC 4315, RFC 7162, …).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    Alert,
    BadCharset(Vec<Vec<u8>>),
    Capability(Vec<Vec<u8>>),
    Parse,
    PermanentFlags(Vec<Vec<u8>>),
    ReadOnly,
    ReadWrite,
    TryCreate,
    UidNext(Number),
    UidValidity(Number),
    Unseen(Number),
    UidNotSticky,
    /// `APPENDUID uidvalidity uid-set`
    AppendUid {
        validity: Number,
        uids: SequenceSet,
    },
    /// `COPYUID uidvalidity source-set destination-set`
    CopyUid {
        validity: Number,
        source: SequenceSet,
        destination: SequenceSet,
    },
    HighestModSeq(u64),
    NoModSeq,
    Modified(SequenceSet),
    Closed,
    Referral(Vec<u8>),
    /// Any code without an own variant (RFC 5530's AUTHENTICATIONFAILED, OVERQUOTA, INUSE, … and unknown ones): atom in
    /// upper case, and the rest up to the `]`.
    Other {
        name: Vec<u8>,
        argument: Vec<u8>,
    },
}

/// A set of numbers as ranges, in the order the server gave them; `(n, n)` for one number. Never holds `*`.
pub type SequenceSet = Vec<(Number, Number)>;

/// Untagged responses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untagged {
    Status {
        status: Status,
        text: StatusText,
    },
    Capability(Vec<Vec<u8>>),
    Enabled(Vec<Vec<u8>>),
    Flags(Vec<Vec<u8>>),
    Exists(Number),
    Recent(Number),
    /// Sequence number as sent; 0 or out of range is the session's to judge.
    Expunge(Number),
    /// RFC 7162: `VANISHED [(EARLIER)] uid-set`
    Vanished {
        earlier: bool,
        uids: SequenceSet,
    },
    Fetch {
        number: Number,
        items: Vec<FetchItem>,
    },
    List(ListItem),
    Lsub(ListItem),
    MailboxStatus {
        mailbox: Vec<u8>,
        items: Vec<StatusItem>,
    },
    /// `mod_seq` is RFC 7162's trailing `(MODSEQ n)`.
    Search {
        numbers: Vec<Number>,
        mod_seq: Option<u64>,
    },
    Esearch(Esearch),
    Sort(Vec<Number>),
    Thread(Vec<Thread>),
    Namespace {
        personal: Option<Vec<Namespace>>,
        other: Option<Vec<Namespace>>,
        shared: Option<Vec<Namespace>>,
    },
    Quota {
        root: Vec<u8>,
        resources: Vec<QuotaResource>,
    },
    QuotaRoot {
        mailbox: Vec<u8>,
        roots: Vec<Vec<u8>>,
    },
    Acl {
        mailbox: Vec<u8>,
        entries: Vec<(Vec<u8>, Vec<u8>)>,
    },
    ListRights {
        mailbox: Vec<u8>,
        identifier: Vec<u8>,
        required: Vec<u8>,
        optional: Vec<Vec<u8>>,
    },
    MyRights {
        mailbox: Vec<u8>,
        rights: Vec<u8>,
    },
    /// ANNOTATEMORE draft: entries of a mailbox, each with attributes and their values (`None` for NIL).
    Annotation {
        mailbox: Vec<u8>,
        entries: Vec<AnnotationEntry>,
    },
    /// RFC 2971; `None` for `ID NIL`.
    Id(Option<Parameters>),
    /// Well framed, but no response we know: keyword in upper case and the rest as it came. Logged, else ignored.
    Unknown {
        keyword: Vec<u8>,
        rest: Vec<u8>,
    },
}

/// One data item of a FETCH response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchItem {
    Flags(Vec<Octets>),
    Uid(Number),
    /// Text between the quotes, not interpreted (`17-Jul-1996 02:44:25 -0700`); `None` for a stray NIL.
    InternalDate(Option<Octets>),
    Rfc822Size(u64),
    ModSeq(u64),
    Envelope(Box<Envelope>),
    /// BODY (non-extensible) or BODYSTRUCTURE.
    BodyStructure(Box<BodyStructure>),
    /// `BODY[section]<origin>` and the old RFC822, RFC822.HEADER, RFC822.TEXT (as sections `""`, `HEADER`, `TEXT`).
    Section(Box<Section>),
    /// `BINARY[..]`
    Binary(Box<Section>),
    BinarySize {
        section: Octets,
        size: u64,
    },
    /// An item we do not know; its value was skipped.
    Unknown(Vec<u8>),
}

/// `BODY[section]<origin> data`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Section text in upper case without brackets and without the field list: `""`, `1.2`, `HEADER.FIELDS`, `3.MIME`.
    pub section: Octets,
    /// Names of HEADER.FIELDS and HEADER.FIELDS.NOT.
    pub fields: Fields,
    pub origin: Option<u32>,
    /// `None` for NIL.
    pub data: Option<Octets>,
}

/// Names of header fields.
#[derive(Debug, Clone, Eq)]
pub enum Fields {
    /// One by one.
    Names(Vec<Octets>),
    /// With spaces between them, as they came.
    Line(Octets),
}

impl Fields {
    /// The names.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let (names, line): (&[Octets], &[u8]) = match self {
            Self::Names(names) => (names, b""),
            Self::Line(line) => (&[], line),
        };
        let words = line.split(|&b| b == b' ').filter(|word| !word.is_empty());
        names.iter().map(|name| &**name).chain(words)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl Default for Fields {
    fn default() -> Self {
        Self::Names(Vec::new())
    }
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Section {
    /// Whether it is the whole header of the message.
    pub fn is_header(&self) -> bool {
        &*self.section == b"HEADER" && self.origin.is_none()
    }
}

/// ENVELOPE (RFC 9051 section 7.5.2). Header words are not decoded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Envelope {
    pub date: Option<Octets>,
    pub subject: Option<Octets>,
    pub from: Vec<Address<Octets>>,
    pub sender: Vec<Address<Octets>>,
    pub reply_to: Vec<Address<Octets>>,
    pub to: Vec<Address<Octets>>,
    pub cc: Vec<Address<Octets>>,
    pub bcc: Vec<Address<Octets>>,
    pub in_reply_to: Option<Octets>,
    pub message_id: Option<Octets>,
}

/// One address; groups are marked as in IMAP: `host` None with `mailbox` Some opens, both None closes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address<Text = Vec<u8>> {
    pub name: Option<Text>,
    pub adl: Option<Text>,
    pub mailbox: Option<Text>,
    pub host: Option<Text>,
}

/// A body part. Nesting is at most [`crate::limits::BODY_DEPTH`]; what lies deeper is replaced by an empty
/// `application/octet-stream` part. Dropping it is safe on a small stack because of that limit.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct BodyStructure {
    /// Media type in the case the server sent it.
    pub media_type: Octets,
    pub subtype: Option<Octets>,
    pub parameters: BodyParameters,
    pub id: Option<Octets>,
    pub description: Option<Octets>,
    pub encoding: Option<Octets>,
    pub octets: u64,
    /// text/* and message/rfc822.
    pub lines: Option<u64>,
    /// multipart: the parts. Else empty.
    pub parts: Vec<BodyStructure>,
    /// message/rfc822 and message/global.
    pub message: Option<Box<(Envelope, BodyStructure)>>,
    pub md5: Option<Octets>,
    pub disposition: Option<Disposition>,
    pub language: Vec<Octets>,
    pub location: Option<Octets>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Disposition {
    pub kind: Octets,
    pub parameters: BodyParameters,
}

/// LIST and LSUB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListItem {
    /// With their backslash, as sent.
    pub attributes: Vec<Vec<u8>>,
    pub delimiter: Option<u8>,
    pub mailbox: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusItem {
    Messages(Number),
    Recent(Number),
    UidNext(Number),
    UidValidity(Number),
    Unseen(Number),
    HighestModSeq(u64),
    Size(u64),
    Unknown(Vec<u8>),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Esearch {
    pub tag: Option<Vec<u8>>,
    pub uid: bool,
    pub min: Option<Number>,
    pub max: Option<Number>,
    pub count: Option<Number>,
    pub all: SequenceSet,
    pub mod_seq: Option<u64>,
}

/// A node of a THREAD answer (RFC 5256); they come in order, parents before their children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Thread {
    /// `None` for a dummy parent.
    pub number: Option<Number>,
    /// Index of the node above.
    pub parent: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    pub prefix: Vec<u8>,
    pub delimiter: Option<u8>,
    pub parameters: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
}

/// An annotated entry of a mailbox, with the attributes the server tells and their values; `None` is NIL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotationEntry {
    pub name: Vec<u8>,
    pub values: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaResource {
    pub name: Vec<u8>,
    pub usage: u64,
    pub limit: u64,
}
