//! Text of status responses: what their codes change, and whether the application hears the words
//! (UW's imap_parse_response).

use core::ffi::{c_long, c_ulong};

use super::Entered;
use super::changes::wants_changes;
use crate::abi::constants::PARSE;
use crate::abi::destructors::mail_free_searchset;
use crate::abi::parameters;
use crate::abi::tell;
use crate::abi::tree;
use crate::abi::types::MailStream;
use crate::imap::response::{Code, SequenceSet, StatusText};

/// How loud a response is for mm_notify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// OK: NIL.
    Normal,
    /// WARN, ERROR or BYE.
    Of(c_long),
}

impl Level {
    fn code(self) -> c_long {
        match self {
            Self::Normal => 0,
            Self::Of(code) => code,
        }
    }
}

impl Entered {
    /// Takes the code of a status response to heart and tells the application. `notify`: even if it has no code.
    pub fn response_text(&self, text: &StatusText, level: Level, notify: bool) {
        if self.with(|live| live.unprotected).unwrap_or(false) {
            // Who knows who said it.
            return;
        }
        let mut level = level.code();
        let mut tell = notify;
        if let Some(code) = &text.code {
            // A code with an argument is told only if nobody here knows what to do with it.
            if has_argument(&text.raw) {
                tell = !self.take_code(code);
            } else {
                match code {
                    Code::UidNotSticky => {
                        self.edit(|s| s.set_uid_nosticky(1));
                        tell = false;
                    }
                    Code::ReadOnly => self.edit(|s| s.set_rdonly(1)),
                    Code::ReadWrite => self.edit(|s| s.set_rdonly(0)),
                    Code::Parse if level == 0 => level = PARSE,
                    _ => {}
                }
            }
        }
        if tell && self.edit(|s| s.silent() == 0) {
            tell::notify(self.raw(), &text.raw, level);
        }
    }

    /// Whether the code was one of those that are not told.
    fn take_code(&self, code: &Code) -> bool {
        match code {
            // The one that is known already is told, as in UW: a mailbox made this very second.
            Code::UidValidity(validity) => return self.set_uid_validity(*validity),
            Code::UidNext(next) => {
                self.with(|live| live.mirror.uid_next = Some(*next));
                self.edit(|s| s.uid_last = c_ulong::from(next.saturating_sub(1)));
            }
            Code::PermanentFlags(flags) => self.set_permanent_flags(flags),
            // The session has them already.
            Code::Capability(_) => {}
            Code::Referral(url) => {
                self.with(|live| live.referral = Some(url.clone()));
                return false;
            }
            Code::CopyUid {
                validity,
                source,
                destination,
            } => return self.tell_copy_uid(*validity, source, destination),
            Code::AppendUid { validity, uids } => return self.tell_append_uid(*validity, uids),
            // The answer to what is asked along with SELECT (changes.rs) is no news for the program.
            Code::HighestModSeq(_) | Code::NoModSeq => return wants_changes(),
            _ => return false,
        }
        true
    }

    /// Whether it is another one than before.
    fn set_uid_validity(&self, validity: u32) -> bool {
        let known = self.edit(|s| core::mem::replace(&mut s.uid_validity, c_ulong::from(validity)));
        self.with(|live| live.mirror.set_uid_validity(validity));
        let changed = known != c_ulong::from(validity);
        if changed {
            for msgno in 1..=self.count() {
                if self.existing_element(msgno).is_some() {
                    self.edit_element(msgno, |elt| elt.private.uid = 0);
                }
            }
        }
        changed
    }

    fn set_permanent_flags(&self, flags: &[Vec<u8>]) {
        let keywords = self
            .with(|live| live.mirror.flags_from(flags).keywords)
            .unwrap_or(0);
        self.edit(|s: &mut MailStream| {
            let has = |name: &[u8]| u32::from(flags.iter().any(|f| f.eq_ignore_ascii_case(name)));
            s.set_perm_seen(has(b"\\Seen"));
            s.set_perm_deleted(has(b"\\Deleted"));
            s.set_perm_flagged(s.perm_flagged() | has(b"\\Flagged"));
            s.set_perm_answered(has(b"\\Answered"));
            s.set_perm_draft(has(b"\\Draft"));
            s.set_kwd_create(has(b"\\*"));
            s.perm_user_flags = c_ulong::from(keywords);
        });
    }

    fn append_destination(&self) -> Option<Vec<u8>> {
        self.with(|live| {
            let uidplus = live
                .connection
                .as_ref()
                .is_some_and(|c| c.session().capabilities().uidplus);
            live.append_mailbox.clone().filter(|_| uidplus)
        })
        .flatten()
    }

    fn tell_copy_uid(
        &self,
        validity: u32,
        source: &SequenceSet,
        destination: &SequenceSet,
    ) -> bool {
        let (Some(mailbox), Some(hook)) = (self.append_destination(), parameters::copyuid()) else {
            return false;
        };
        let mailbox = tell::c_string(&mailbox);
        let mut source = tree::search_set(source);
        let mut destination = tree::search_set(destination);
        // SAFETY: everything lives over the call; the sets are the hook's to read, ours to free.
        unsafe {
            hook(
                self.raw(),
                mailbox.as_ptr().cast_mut(),
                c_ulong::from(validity),
                source,
                destination,
            );
            mail_free_searchset(&mut source);
            mail_free_searchset(&mut destination);
        }
        true
    }

    fn tell_append_uid(&self, validity: u32, uids: &SequenceSet) -> bool {
        let (Some(mailbox), Some(hook)) = (self.append_destination(), parameters::appenduid())
        else {
            return false;
        };
        let mailbox = tell::c_string(&mailbox);
        let mut uids = tree::search_set(uids);
        // SAFETY: as in `tell_copy_uid`.
        unsafe {
            hook(mailbox.as_ptr().cast_mut(), c_ulong::from(validity), uids);
            mail_free_searchset(&mut uids);
        }
        true
    }
}

/// Whether the bracketed code at the start of the text has an argument.
fn has_argument(raw: &[u8]) -> bool {
    let end = raw.iter().position(|&b| b == b']').unwrap_or(raw.len());
    raw.starts_with(b"[") && raw[..end].contains(&b' ')
}
