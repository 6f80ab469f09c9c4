//! GETQUOTAROOT is not asked twice in a moment: Asterisk asks three times when a caller enters his mailbox.

use super::Entered;
use super::current::Heard;
use crate::abi::parameters;
use crate::imap::command::Command;
use crate::imap::response::Untagged;
use crate::imap::session::Completion;
use crate::limits;

/// What the server has said of the quota of a mailbox.
#[derive(Debug, Clone)]
pub struct Quota {
    mailbox: Vec<u8>,
    /// QUOTAROOT and QUOTA, in order.
    told: Vec<Untagged>,
    /// When, and how it ended; `None` while it is being asked.
    done: Option<(Heard, Completion)>,
}

impl Quota {
    /// Takes note of what the server says while it is being asked.
    pub(super) fn note(&mut self, untagged: &Untagged) {
        let wanted = matches!(
            untagged,
            Untagged::Quota { .. } | Untagged::QuotaRoot { .. }
        );
        if wanted && self.done.is_none() && self.told.len() < limits::QUOTA_RESPONSES {
            self.told.push(untagged.clone());
        }
    }
}

impl Entered {
    /// GETQUOTAROOT of a mailbox (RFC 9208), or what it has told a moment ago, told again.
    pub fn quota_root_of(&self, mailbox: &[u8]) -> Completion {
        let known = self.with(|live| {
            let quota = live.quota.as_ref().filter(|q| q.mailbox == mailbox)?;
            let (heard, done) = quota.done.as_ref()?;
            live.holds(*heard, parameters::freshness())
                .then(|| (quota.told.clone(), done.clone()))
        });
        if let Some((told, done)) = known.flatten() {
            for untagged in told {
                self.tell(untagged);
                if self.is_closed() {
                    break;
                }
            }
            return done;
        }
        let heard = self.with(|live| {
            live.quota = Some(Quota {
                mailbox: mailbox.to_vec(),
                told: Vec::new(),
                done: None,
            });
        });
        let heard = heard.and_then(|()| self.hears_now());
        let done = self.exec_patiently(&Command::new("GETQUOTAROOT").mailbox(mailbox));
        self.with(|live| {
            live.quota = match (live.quota.take(), heard) {
                (Some(quota), Some(heard)) if done.is_ok() => Some(Quota {
                    done: Some((heard.until_now(), done.clone())),
                    ..quota
                }),
                _ => None,
            };
        });
        done
    }
}
