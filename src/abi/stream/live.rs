//! The IMAP side of one stream: what UW keeps in its IMAPLOCAL.

use core::ffi::c_char;
use std::ffi::CString;
use std::time::Instant;

use super::current::{Heard, Selected};
use super::exec::Purpose;
use super::quota::Quota;
use super::settings::Shown;
use crate::abi::imap::kept::{Account, Credential};
use crate::abi::imap::sort::Answers;
use crate::abi::sasl_login::Answer;
use crate::abi::types::{ImapCap, Threader};
use crate::abi::{memory, tell, tree};
use crate::imap::ahead::{Foreseen, Hits, Reading};
use crate::imap::backlog::Pending;
use crate::imap::busy::Busy;
use crate::imap::capability::Capabilities;
use crate::imap::command::Command;
use crate::imap::connection::{ByHand, Connection};
use crate::imap::mirror::Mirror;
use crate::imap::response::StatusText;
use crate::imap::search::memory::Searches;
use crate::imap::session::Tag;

/// How the connection was made; kept for the canonical mailbox name of later mailboxes.
#[derive(Debug, Clone, Default)]
pub struct How {
    /// TLS by STARTTLS.
    pub tls: bool,
    /// `/tls-sslv23` was given.
    pub tls_sslv23: bool,
    /// `/notls` was given.
    pub notls: bool,
    /// TLS from the first octet.
    pub ssl: bool,
    /// Certificates are not checked.
    pub novalidate: bool,
    /// `/loser` was given.
    pub loser: bool,
    /// The mechanism that `/auth=` named, or empty.
    pub auth: Vec<u8>,
}

/// What becomes of data about messages that the server sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    /// The application is told.
    Telling,
    /// The mirror only is changed: the application is about to be told of the mailbox as a whole.
    Quietly,
    /// They are of no use to anybody: the stream is on its way to another mailbox.
    Not,
}

/// The IMAP side of one stream.
pub struct Live {
    /// Name of the server.
    host: CString,
    /// `None` once the connection is lost.
    pub connection: Option<Connection>,
    /// Opening is through: should the connection go, it may be replaced.
    pub opened: bool,
    /// How many messages have gone.
    pub expunges: u64,
    /// From which number on messages have other numbers than when the program's call began, since a new connection told so.
    pub renumbered: u32,
    /// The program is being told of events: a call now comes from within its callback.
    pub telling: u32,
    /// The mailbox as the application knows it.
    pub mirror: Mirror,
    /// Events not yet told to the application, oldest first.
    pub pending: Pending,
    /// Commands that were sent and not waited for.
    pub posted: Vec<(Tag, Purpose)>,
    /// Flags were stored, or messages copied, and nothing else was done since but EXPUNGE: the next STORE need not be
    /// waited for.
    pub storing: bool,
    /// Some of them by UID: in answer to those messages may go.
    pub stored_by_uid: bool,
    /// The program has asked for an element since the cache was emptied, and may have kept the pointer.
    pub elements_shown: bool,
    /// How often this stream has changed something.
    pub own_changes: u64,
    /// When the server last told all it knew of the mailbox.
    pub heard: Option<Heard>,
    /// The mailbox that is selected.
    pub selected: Option<Selected>,
    /// The SELECT that is wanted after login; sent along with an AUTHENTICATE that needs no challenge.
    pub to_send_ahead: Option<Command>,
    /// It has been sent along.
    pub ahead: Option<Tag>,
    /// What SELECT said is being noted in `selected`.
    pub selecting: bool,
    /// Which searches the mirror remembers.
    pub searches: Searches,
    /// What the server has said of a quota.
    pub quota: Option<Quota>,
    /// When flags of the selected mailbox were asked for first of all, or all of them again.
    pub flags_asked: Option<Instant>,
    /// When flags were asked for last.
    pub flags_heard: Option<Heard>,
    /// The modification sequence of the mailbox (RFC 7162) as of which flags are known, those that are.
    pub mod_seq: Option<u64>,
    /// The highest one that a message was said to have.
    pub mod_seq_heard: u64,
    /// Where the connection went, when it is gone.
    pub peer: Option<std::net::SocketAddr>,
    /// Envelopes have been asked for since the last search.
    pub envelopes_read: bool,
    /// Which structures it asks for.
    pub reading: Reading,
    /// What the last searches have found.
    pub hits: Hits,
    /// What was fetched for the next message that it will ask for.
    pub foreseen: Foreseen,
    /// The lowest number of a message that has gone since a call began that names messages.
    pub gone_from: u32,
    /// mm_expunged is being called.
    pub telling_expunge: bool,
    /// How the connection was made.
    pub how: How,
    /// Who is logged in.
    pub user: Option<Vec<u8>>,
    /// With what the program has logged in, where the server has seen it.
    pub credential: Option<Credential>,
    /// What the program was asked for and nobody has used yet.
    pub answered: Option<Answer>,
    /// The login was refused because the server is busy.
    pub login_busy: Option<(Busy, StatusText)>,
    /// The connection broke during the login.
    pub login_broke: bool,
    /// What the connection was made for.
    pub account: Option<Account>,
    /// `AU_*` that an authenticator must have here.
    pub auth_flags: core::ffi::c_long,
    /// The `{…}` part that LIST and LSUB answers are prefixed with.
    pub list_prefix: Option<Vec<u8>>,
    /// Destination of the COPY or APPEND under way, for COPYUID and APPENDUID.
    pub append_mailbox: Option<Vec<u8>>,
    /// SEARCH answers hold UIDs.
    pub uid_search: bool,
    /// Only these messages count in SEARCH, SORT and THREAD answers (number n at index n-1).
    pub filter: Option<Vec<bool>>,
    /// What SORT and THREAD have answered.
    pub answers: Answers,
    /// UID and number of the last FETCH answer that told a UID.
    pub last_uid: (u32, u32),
    /// C structs that the application holds pointers into.
    pub shown: Shown,
    /// The IDLE that goes on, and when it was first seen to.
    pub idling: Option<(Tag, Instant)>,
    /// What becomes of data about messages.
    pub hearing: Hearing,
    /// TLS is demanded and not there yet: what comes may be anybody's word.
    pub unprotected: bool,
    /// Where the server said to go, in the answer to the last command.
    pub referral: Option<Vec<u8>>,
    /// The server said BYE.
    pub bye_seen: bool,
    /// The exchange that an authenticator of the program's is in.
    pub exchange: Option<ByHand>,
    /// What imap_cap() points to; the address stays for the life of the stream.
    cap: Box<ImapCap>,
    /// What `cap` was made from.
    cap_source: Capabilities,
    /// What the server could do whose connection was lost.
    pub was_capable: Capabilities,
}

// SAFETY: the raw pointers inside are lists that `cap` and `shown` own; whoever owns the `Live` owns them.
unsafe impl Send for Live {}

impl Live {
    /// For a connection that has just been made.
    pub fn new(connection: Connection, how: How, auth_flags: core::ffi::c_long) -> Self {
        Self {
            peer: Some(connection.peer().address),
            credential: None,
            answered: None,
            login_busy: None,
            login_broke: false,
            account: None,
            mod_seq: None,
            mod_seq_heard: 0,
            host: tell::c_string(connection.peer().host.as_bytes()),
            connection: Some(connection),
            opened: false,
            expunges: 0,
            renumbered: u32::MAX,
            telling: 0,
            mirror: Mirror::default(),
            pending: Pending::default(),
            posted: Vec::new(),
            storing: false,
            stored_by_uid: false,
            elements_shown: false,
            own_changes: 0,
            heard: None,
            selected: None,
            to_send_ahead: None,
            ahead: None,
            selecting: false,
            searches: Searches::default(),
            quota: None,
            flags_asked: None,
            flags_heard: None,
            envelopes_read: false,
            reading: Reading::default(),
            hits: Hits::default(),
            foreseen: Foreseen::default(),
            gone_from: u32::MAX,
            telling_expunge: false,
            how,
            user: None,
            auth_flags,
            list_prefix: None,
            append_mailbox: None,
            uid_search: false,
            filter: None,
            answers: Answers::default(),
            last_uid: (0, 0),
            shown: Shown::default(),
            idling: None,
            hearing: Hearing::Telling,
            unprotected: false,
            referral: None,
            bye_seen: false,
            exchange: None,
            // SAFETY: all members are integers or pointers; zero is a value of each.
            cap: Box::new(unsafe { core::mem::zeroed() }),
            cap_source: Capabilities::default(),
            was_capable: Capabilities::default(),
        }
    }

    /// Forgets the mailbox that was selected.
    pub fn leave_mailbox(&mut self) {
        self.mirror.clear();
        self.searches = Searches::default();
        self.selected = None;
        self.heard = None;
        self.flags_asked = None;
        self.flags_heard = None;
        self.mod_seq = None;
        self.reading = Reading::default();
        self.hits.clear();
        self.foreseen = Foreseen::default();
    }

    /// A message is gone.
    pub fn expunge(&mut self, number: u32) {
        self.gone_from = self.gone_from.min(number);
        self.expunges += 1;
        self.mirror.expunge(number);
        self.hits.clear();
        self.foreseen.expunge(number);
    }

    /// Whether nothing that was sent is unanswered, and nobody is about to send such a thing.
    pub fn is_settled(&self) -> bool {
        self.posted.is_empty() && !self.storing && self.elements_shown
    }

    /// What the server can do, or could before the connection was lost: what fails then fails for that.
    pub fn capabilities(&self) -> &Capabilities {
        self.connection
            .as_ref()
            .map_or(&self.was_capable, |c| c.session().capabilities())
    }

    /// The public view of the capabilities, brought up to date.
    pub fn cap(&mut self) -> *mut ImapCap {
        if *self.capabilities() != self.cap_source {
            self.cap_source = self.capabilities().clone();
            let extlevel = self.cap.extlevel;
            self.free_threaders();
            fill_cap(&mut self.cap, &self.cap_source, self.auth_flags);
            self.cap.extlevel = extlevel;
        }
        &raw mut *self.cap
    }

    fn free_threaders(&mut self) {
        let mut next = core::mem::replace(&mut self.cap.threader, core::ptr::null_mut());
        while !next.is_null() {
            // SAFETY: the list was made by `fill_cap` and belongs to `cap`.
            unsafe {
                let mut this = next;
                next = (*this).next;
                memory::release(&mut (*this).name);
                memory::release(&mut this);
            }
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.free_threaders();
    }
}

fn fill_cap(cap: &mut ImapCap, from: &Capabilities, auth_flags: core::ffi::c_long) {
    // SAFETY: as in `Live::new`.
    *cap = unsafe { core::mem::zeroed() };
    let bit = u32::from;
    cap.set_rfc1176(bit(from.imap2));
    cap.set_imap2bis(bit(from.imap2bis));
    cap.set_imap4(bit(from.imap4));
    cap.set_imap4rev1(bit(from.imap4rev1));
    cap.set_acl(bit(from.acl));
    cap.set_quota(bit(from.quota));
    cap.set_litplus(bit(from.literal_plus));
    cap.set_idle(bit(from.idle));
    cap.set_mbx_ref(bit(from.mailbox_referrals));
    cap.set_log_ref(bit(from.login_referrals));
    cap.set_authanon(bit(from.auth_anonymous));
    cap.set_namespace(bit(from.namespace));
    cap.set_uidplus(bit(from.uidplus));
    cap.set_starttls(bit(from.starttls));
    cap.set_logindisabled(bit(from.login_disabled));
    cap.set_id(bit(from.id));
    cap.set_children(bit(from.children));
    cap.set_multiappend(bit(from.multiappend));
    cap.set_binary(bit(from.binary));
    cap.set_unselect(bit(from.unselect));
    cap.set_sasl_ir(bit(from.sasl_ir));
    cap.set_sort(bit(from.sort));
    cap.set_scan(bit(from.scan));
    cap.set_urlauth(bit(from.urlauth));
    cap.set_catenate(bit(from.catenate));
    cap.set_condstore(bit(from.condstore));
    cap.set_esearch(bit(from.esearch));
    cap.set_within(bit(from.within));
    cap.set_auth(crate::abi::authenticators::mask(&from.auth, auth_flags));
    for name in &from.threaders {
        let new = tree::zeroed::<Threader>();
        // SAFETY: freshly allocated, ours alone until it is linked in front of the list.
        unsafe {
            (*new).name = memory::copy_bytes(name.as_bytes());
            (*new).next = cap.threader;
        }
        cap.threader = new;
    }
}

impl Live {
    /// How much of BODYSTRUCTURE's extension data the server has shown (IMAPCAP.extlevel).
    pub fn note_extension_level(&mut self, body: &crate::imap::response::BodyStructure) {
        use crate::abi::constants::{BODYEXTDSP, BODYEXTLANG, BODYEXTLOC, BODYEXTMD5};
        let mut level = 0;
        let mut todo = vec![body];
        while let Some(part) = todo.pop() {
            level = level.max(match part {
                p if p.location.is_some() => BODYEXTLOC,
                p if !p.language.is_empty() => BODYEXTLANG,
                p if p.disposition.is_some() => BODYEXTDSP,
                p if p.md5.is_some() => BODYEXTMD5,
                _ => 0,
            });
            todo.extend(&part.parts);
            todo.extend(part.message.as_deref().map(|m| &m.1));
        }
        self.cap.extlevel = self.cap.extlevel.max(level as core::ffi::c_uint);
    }

    /// Takes what the application wants looked ahead at.
    pub fn take_lookahead(&mut self) -> Vec<(u32, u32)> {
        self.shown.take_lookahead()
    }

    /// The name of the server, for messages and as default host of addresses.
    pub fn host_name(&self) -> Vec<u8> {
        self.host.to_bytes().to_vec()
    }

    /// The same for C; the text stays as long as the stream is open, and nobody writes to it.
    pub fn host_pointer(&self) -> *mut c_char {
        self.host.as_ptr().cast_mut()
    }
}
