//! Tells the application what the server said: each event first changes mirror and C structs, then calls back
//! (UW's imap_parse_unsolicited, mail_exists, mail_expunged, …).
//!
//! No lock is held over a callback, and nothing is borrowed from the stream: the callback may come back in or close it.

use core::ffi::{c_long, c_ulong};

use super::Entered;
use super::live::{Hearing, Live};
use super::response_text::Level;
use crate::abi::constants::{
    BYE, ERROR, GC_ENV, GC_TEXTS, LATT_HASCHILDREN, LATT_HASNOCHILDREN, LATT_MARKED,
    LATT_NOINFERIORS, LATT_NOSELECT, LATT_UNMARKED, NUSERFLAGS, SA_MESSAGES, SA_RECENT, SA_UIDNEXT,
    SA_UIDVALIDITY, SA_UNSEEN, WARN,
};
use crate::abi::destructors::{
    mail_free_acllist, mail_free_annotation, mail_free_body, mail_free_envelope,
    mail_free_quotalist, mail_free_stringlist,
};
use crate::abi::mm_cache::mail_gc;
use crate::abi::types::{
    AclList, Annotation, AnnotationValues, Envelope, MailStatus, MessageCache, QuotaList,
};
use crate::abi::{callbacks, local_time, memory, parameters, tell, tree};
use crate::imap::response::{
    AnnotationEntry, FetchItem, ListItem, QuotaResource, Status, StatusItem, StatusText, Untagged,
};
use crate::imap::session::Event;
use crate::mime::date::{self, Zone};

impl Entered {
    /// Tells everything that is pending, oldest first.
    pub fn deliver(&self) {
        while !self.is_closed() {
            let Some(event) = self.with(|live| live.pending.pop()).flatten() else {
                return;
            };
            self.tell_event(event);
        }
    }

    pub(super) fn tell_event(&self, event: Event) {
        self.with(|live| live.telling += 1);
        self.tell_one(event);
        self.with(|live| live.telling = live.telling.saturating_sub(1));
    }

    fn tell_one(&self, event: Event) {
        match event {
            Event::Untagged(untagged) => self.tell(untagged),
            Event::Trouble(text) => self.trouble(&text),
            Event::Trace(line) => tell::dlog(&line),
            Event::Greeting { status, text } => self.status_response(status, &text),
            // Of a command that nobody waited for.
            Event::Done(tag, done) => self.posted_ended(tag, &done),
            // Challenges are for whoever runs the command, a backlog has been read.
            Event::Challenge(_) | Event::Backlog(_) | Event::Fetch(..) => {}
        }
    }

    /// The server said something that cannot be right.
    pub fn trouble(&self, text: &str) {
        self.edit(|s| s.set_unhealthy(1));
        tell::notify(self.raw(), text.as_bytes(), WARN);
    }

    fn silent(&self) -> bool {
        self.edit(|s| s.silent() != 0)
    }

    pub(super) fn tell(&self, untagged: Untagged) {
        let Some(untagged) = self.foresee(untagged) else {
            return;
        };
        let about_messages = matches!(
            untagged,
            Untagged::Exists(_)
                | Untagged::Recent(_)
                | Untagged::Expunge(_)
                | Untagged::Fetch { .. }
        );
        let hearing = self.with(|live| {
            live.note_selected(&untagged);
            if let Some(quota) = &mut live.quota {
                quota.note(&untagged);
            }
            if about_messages && live.hearing == Hearing::Quietly {
                live.hear_quietly(&untagged);
            }
            live.hearing
        });
        if about_messages && hearing.is_some_and(|hearing| hearing != Hearing::Telling) {
            return;
        }
        match untagged {
            Untagged::Status { status, text } => self.status_response(status, &text),
            Untagged::Exists(count) => self.exists(count),
            Untagged::Recent(count) => {
                let selected = |live: &mut Live| Some(live.selected.as_ref()?.still_recent(count));
                self.recent(self.with(selected).flatten().unwrap_or(count));
            }
            Untagged::Expunge(msgno) => self.expunged(msgno),
            Untagged::Fetch { number, items } => self.fetched(number, items),
            Untagged::Flags(flags) => self.mailbox_flags(&flags),
            Untagged::Search { numbers, .. } => self.searched(&numbers),
            Untagged::Sort(numbers) => self.sorted(&numbers),
            Untagged::Thread(nodes) => self.threaded(&nodes),
            Untagged::List(item) => self.listed(&item, false),
            Untagged::Lsub(item) => self.listed(&item, true),
            Untagged::MailboxStatus { mailbox, items } => self.mailbox_status(&mailbox, &items),
            Untagged::Quota { root, resources } => self.quota(&root, &resources),
            Untagged::QuotaRoot { mailbox, roots } => self.quota_root(&mailbox, &roots),
            Untagged::Acl { mailbox, entries } => self.acl(&mailbox, &entries),
            Untagged::ListRights {
                mailbox,
                identifier,
                required,
                optional,
            } => {
                self.list_rights(&mailbox, &identifier, &required, &optional);
            }
            Untagged::MyRights { mailbox, rights } => self.my_rights(&mailbox, &rights),
            Untagged::Annotation { mailbox, entries } => self.annotations(&mailbox, &entries),
            Untagged::Namespace {
                personal,
                other,
                shared,
            } => {
                let all = [personal, other, shared].map(Option::unwrap_or_default);
                self.with(|live| live.shown.set_namespaces(&all));
            }
            Untagged::Unknown { keyword, .. } => {
                let shown: String = String::from_utf8_lossy(&keyword).chars().take(80).collect();
                self.trouble(&format!("Unexpected untagged message: {shown}"));
            }
            // Nobody asked for these, or the session has taken them.
            Untagged::Capability(_)
            | Untagged::Esearch(_)
            | Untagged::Enabled(_)
            | Untagged::Id(_)
            | Untagged::Vanished { .. } => {}
        }
    }

    fn status_response(&self, status: Status, text: &StatusText) {
        let level = match status {
            Status::Ok | Status::Preauth => Level::Normal,
            Status::No => Level::Of(WARN),
            Status::Bad => Level::Of(ERROR),
            Status::Bye => {
                self.with(|live| live.bye_seen = true);
                Level::Of(BYE)
            }
        };
        self.response_text(text, level, true);
    }

    /// mail_exists: the mailbox has that many messages.
    pub fn exists(&self, count: u32) {
        self.with(|live| live.mirror.exists(count));
        self.size_cache(count);
        self.edit(|s| s.nmsgs = c_ulong::from(count));
        if !self.silent() {
            tell::exists(self.raw(), c_ulong::from(count));
        }
    }

    /// mail_recent: that many of them are recent.
    pub fn recent(&self, count: u32) {
        if count <= self.count() {
            self.edit(|s| s.recent = c_ulong::from(count));
        }
    }

    /// mail_expunged: the message is gone.
    pub fn expunged(&self, msgno: u32) {
        if !self.has_message(msgno) {
            return self.trouble(&format!("Unknown message data: {msgno} EXPUNGE"));
        }
        if !self.silent() {
            // The server has counted anew already, the application does so after this.
            self.with(|live| live.telling_expunge = true);
            tell::expunged(self.raw(), c_ulong::from(msgno));
            self.with(|live| live.telling_expunge = false);
            if self.is_closed() {
                return;
            }
        }
        self.with(|live| live.expunge(msgno));
        self.expunge_element(msgno);
        let (short_cache, current) = self.edit(|s| {
            s.nmsgs -= 1;
            (s.scache() != 0, core::mem::replace(&mut s.msgno, 0))
        });
        if short_cache && current != 0 {
            self.drop_short_cache();
            // Texts that hang on the elements go, too, as in UW.
            // SAFETY: the stream is entered.
            unsafe { mail_gc(self.raw(), GC_ENV | GC_TEXTS) };
        }
    }

    /// Frees envelope, body and text of the one message a short-cached stream keeps.
    pub fn drop_short_cache(&self) {
        self.edit(|s| {
            // SAFETY: the stream owns these trees; pointers into them are void once the message changes.
            unsafe {
                mail_free_envelope(&mut s.env);
                mail_free_body(&mut s.body);
                memory::release(&mut s.text.data);
            }
            s.text.size = 0;
        });
    }

    /// FETCH: data of a message.
    pub(in crate::abi) fn fetched(&self, msgno: u32, items: Vec<FetchItem>) {
        if !self.has_message(msgno) {
            return self.trouble(&format!("Unknown message data: {msgno} FETCH"));
        }
        let mut envelope: *mut Envelope = core::ptr::null_mut();
        let (mirrored, mut changed) = self.mirror(msgno, &items);
        if mirrored {
            self.refresh_element(msgno);
        }
        for item in items {
            match item {
                FetchItem::Flags(_) => {
                    if core::mem::take(&mut changed) {
                        tell::flags(self.raw(), c_ulong::from(msgno));
                    }
                }
                FetchItem::InternalDate(Some(text)) => self.internal_date(msgno, &text),
                FetchItem::Envelope(from) => envelope = self.keep_envelope(msgno, &from),
                FetchItem::BodyStructure(from) => self.keep_body(msgno, &from),
                FetchItem::Section(section)
                    if self.has_no_more_fields(msgno, &section, envelope) => {}
                FetchItem::Section(section) => {
                    let parsed = self.keep_section(msgno, *section);
                    if !parsed.is_null() {
                        envelope = parsed;
                    }
                }
                FetchItem::Unknown(name) => {
                    let shown: String = String::from_utf8_lossy(&name).chars().take(80).collect();
                    self.trouble(&format!("Unknown message property: {shown}"));
                }
                FetchItem::Uid(_)
                | FetchItem::Rfc822Size(_)
                | FetchItem::InternalDate(None)
                | FetchItem::ModSeq(_)
                | FetchItem::Binary(_)
                | FetchItem::BinarySize { .. } => {}
            }
            if self.is_closed() {
                return;
            }
        }
        // A callback in between may have had the cache collected: the hook gets what is there now.
        let envelope = if envelope.is_null() {
            envelope
        } else {
            self.known_envelope(msgno)
        };
        if let (Some(hook), false) = (parameters::imap_envelope(), envelope.is_null()) {
            // SAFETY: the envelope belongs to the cache of an entered stream and lives over the call.
            unsafe { hook(self.raw(), c_ulong::from(msgno), envelope) };
        }
    }

    /// What the mirror keeps of a message. Whether there was anything, and whether its flags changed or became known.
    fn mirror(&self, msgno: u32, items: &[FetchItem]) -> (bool, bool) {
        let noted = self.with(|live| {
            let (mut any, mut changed) = (false, false);
            for item in items {
                if let FetchItem::Uid(uid) = item {
                    live.last_uid = (*uid, msgno);
                }
                if let FetchItem::ModSeq(mod_seq) = item {
                    live.note_mod_seq(*mod_seq);
                }
                if matches!(
                    item,
                    FetchItem::Flags(_) | FetchItem::Uid(_) | FetchItem::Rfc822Size(_)
                ) {
                    any = true;
                    changed |= live.mirror.fetched(msgno, item);
                }
            }
            (any, changed)
        });
        noted.unwrap_or_default()
    }

    fn internal_date(&self, msgno: u32, text: &[u8]) {
        let parsed = date::read(text, local_time::zone).ok();
        if parsed.is_none() {
            let shown: String = String::from_utf8_lossy(text).chars().take(80).collect();
            self.trouble(&format!("Bogus date: {shown}"));
        }
        // A default, so that it is not asked for again and again.
        let date = parsed.or_else(|| date::parse(b"01-Jan-1970 00:00:00 +0000", Zone::UTC));
        if let Some(date) = date {
            self.edit_element(msgno, |elt| set_date(elt, &date));
        }
    }

    pub(super) fn mailbox_flags(&self, flags: &[Vec<u8>]) {
        let Some(keywords) = self.with(|live| {
            live.mirror.set_keywords(flags);
            live.mirror.keywords.clone()
        }) else {
            return;
        };
        self.edit(|s| {
            for (slot, keyword) in s
                .user_flags
                .iter_mut()
                .zip(&keywords)
                .take(NUSERFLAGS as usize)
            {
                if slot.is_null() {
                    *slot = memory::copy_bytes(keyword);
                }
            }
        });
    }

    /// mm_searched for what a search has found.
    pub fn searched(&self, numbers: &[u32]) {
        let Some((uids, filter)) = self.with(|live| {
            if !live.uid_search {
                live.hits.found(numbers);
            }
            (live.uid_search, live.filter.clone())
        }) else {
            return;
        };
        for &number in numbers {
            // UIDs always go to the application; numbers only if they are asked for, and wanted aloud.
            let told = uids
                || (filter
                    .as_ref()
                    .is_none_or(|f| f.get((number as usize).wrapping_sub(1)) == Some(&true))
                    && self
                        .edit_element(number, |elt| elt.set_searched(1))
                        .is_some()
                    && !self.silent());
            if told {
                tell::searched(self.raw(), c_ulong::from(number));
            }
            if self.is_closed() {
                return;
            }
        }
    }

    fn listed(&self, item: &ListItem, subscribed: bool) {
        let mut attributes: c_long = 0;
        for attribute in &item.attributes {
            attributes |= match attribute.to_ascii_lowercase().as_slice() {
                b"\\noinferiors" => LATT_NOINFERIORS,
                b"\\noselect" => LATT_NOSELECT,
                b"\\marked" => LATT_MARKED,
                b"\\unmarked" => LATT_UNMARKED,
                b"\\haschildren" => LATT_HASCHILDREN,
                b"\\hasnochildren" => LATT_HASNOCHILDREN,
                _ => 0,
            };
        }
        let mut name = self
            .with(|live| live.list_prefix.clone())
            .flatten()
            .unwrap_or_default();
        name.extend_from_slice(&item.mailbox);
        tell::mailbox(
            self.raw(),
            item.delimiter,
            &tell::c_string(&name),
            attributes,
            subscribed,
        );
    }

    /// mm_status: counts of a mailbox.
    pub fn mailbox_status(&self, mailbox: &[u8], items: &[StatusItem]) {
        self.with(|live| {
            let here = live.selected.as_ref().is_some_and(|s| s.is(mailbox));
            for item in items.iter().filter(|_| here) {
                match item {
                    StatusItem::UidNext(next) => live.mirror.uid_next = Some(*next),
                    StatusItem::UidValidity(validity) => {
                        let known = live.mirror.uid_validity;
                        if let Some(selected) = &mut live.selected {
                            selected.note_validity(*validity, known);
                        }
                    }
                    _ => {}
                }
            }
        });
        if self.with(|live| live.hearing) == Some(Hearing::Quietly) {
            // The library has asked.
            return;
        }
        let mut status = MailStatus {
            flags: 0,
            messages: 0,
            recent: 0,
            unseen: 0,
            uidnext: 0,
            uidvalidity: 0,
        };
        for item in items {
            let (flag, field, value) = match item {
                StatusItem::Messages(n) => (SA_MESSAGES, &mut status.messages, n),
                StatusItem::Recent(n) => (SA_RECENT, &mut status.recent, n),
                StatusItem::Unseen(n) => (SA_UNSEEN, &mut status.unseen, n),
                StatusItem::UidNext(n) => (SA_UIDNEXT, &mut status.uidnext, n),
                StatusItem::UidValidity(n) => (SA_UIDVALIDITY, &mut status.uidvalidity, n),
                StatusItem::HighestModSeq(_) | StatusItem::Size(_) | StatusItem::Unknown(_) => {
                    continue;
                }
            };
            *field = c_ulong::from(*value);
            status.flags |= flag;
        }
        let mut name = self.prefix_of_stream();
        name.extend_from_slice(mailbox);
        // SAFETY: the stream is entered.
        unsafe { callbacks::status(self.raw(), &tell::c_string(&name), &mut status) };
    }

    /// `stream->mailbox` up to and with its `}`.
    fn prefix_of_stream(&self) -> Vec<u8> {
        let mailbox = self.edit(|s| s.mailbox);
        // SAFETY: the mailbox name of an open stream is a C string owned by it.
        let name = unsafe { memory::bytes(mailbox) };
        let end = name.iter().position(|&b| b == b'}').map_or(0, |at| at + 1);
        name[..end].to_vec()
    }

    fn quota(&self, root: &[u8], resources: &[QuotaResource]) {
        let Some(hook) = parameters::quota() else {
            return;
        };
        let mut first: *mut QuotaList = core::ptr::null_mut();
        let mut tail: *mut *mut QuotaList = &mut first;
        for resource in resources {
            let new = tree::zeroed::<QuotaList>();
            // SAFETY: `new` is freshly allocated; `tail` points to `first` or into the node made before.
            unsafe {
                (*new).name = memory::copy_bytes(&resource.name);
                (*new).usage = c_ulong::try_from(resource.usage).unwrap_or(c_ulong::MAX);
                (*new).limit = c_ulong::try_from(resource.limit).unwrap_or(c_ulong::MAX);
                *tail = new;
                tail = &mut (*new).next;
            }
        }
        let root = tell::c_string(root);
        // SAFETY: list and name live over the call; the hook may read them, we free them.
        unsafe {
            hook(self.raw(), root.as_ptr().cast_mut().cast(), first);
            mail_free_quotalist(&mut first);
        }
    }

    fn quota_root(&self, mailbox: &[u8], roots: &[Vec<u8>]) {
        let Some(hook) = parameters::quota_root() else {
            return;
        };
        let mut list = tree::string_list(roots.iter().map(Vec::as_slice));
        let mailbox = tell::c_string(mailbox);
        // SAFETY: as in `quota`.
        unsafe {
            hook(self.raw(), mailbox.as_ptr().cast_mut(), list);
            mail_free_stringlist(&mut list);
        }
    }

    fn acl(&self, mailbox: &[u8], entries: &[(Vec<u8>, Vec<u8>)]) {
        let Some(hook) = parameters::acl() else {
            return;
        };
        let mut first: *mut AclList = core::ptr::null_mut();
        let mut tail: *mut *mut AclList = &mut first;
        for (identifier, rights) in entries {
            let new = tree::zeroed::<AclList>();
            // SAFETY: as in `quota`.
            unsafe {
                (*new).identifier = memory::copy_bytes(identifier);
                (*new).rights = memory::copy_bytes(rights);
                *tail = new;
                tail = &mut (*new).next;
            }
        }
        let mailbox = tell::c_string(mailbox);
        // SAFETY: as in `quota`.
        unsafe {
            hook(self.raw(), mailbox.as_ptr().cast_mut(), first);
            mail_free_acllist(&mut first);
        }
    }

    fn list_rights(
        &self,
        mailbox: &[u8],
        identifier: &[u8],
        required: &[u8],
        optional: &[Vec<u8>],
    ) {
        let Some(hook) = parameters::list_rights() else {
            return;
        };
        let mailbox = tell::c_string(mailbox);
        let identifier = tell::c_string(identifier);
        let required = tell::c_string(required);
        let mut list = tree::string_list(optional.iter().map(Vec::as_slice));
        // SAFETY: as in `quota`.
        unsafe {
            hook(
                self.raw(),
                mailbox.as_ptr().cast_mut(),
                identifier.as_ptr().cast_mut(),
                required.as_ptr().cast_mut(),
                list,
            );
            mail_free_stringlist(&mut list);
        }
    }

    fn my_rights(&self, mailbox: &[u8], rights: &[u8]) {
        let Some(hook) = parameters::my_rights() else {
            return;
        };
        let mailbox = tell::c_string(mailbox);
        let rights = tell::c_string(rights);
        // SAFETY: as in `quota`.
        unsafe {
            hook(
                self.raw(),
                mailbox.as_ptr().cast_mut(),
                rights.as_ptr().cast_mut(),
            )
        };
    }

    fn annotations(&self, mailbox: &[u8], entries: &[AnnotationEntry]) {
        let Some(hook) = parameters::annotation() else {
            return;
        };
        for entry in entries {
            let mut annotation = annotation(mailbox, entry);
            // SAFETY: as in `quota`.
            unsafe {
                hook(self.raw(), annotation);
                mail_free_annotation(&mut annotation);
            }
            if self.is_closed() {
                return;
            }
        }
    }
}

/// An annotation for the application's hook, freed afterwards.
fn annotation(mailbox: &[u8], entry: &AnnotationEntry) -> *mut Annotation {
    let new = tree::zeroed::<Annotation>();
    let mut tail: *mut *mut AnnotationValues = core::ptr::null_mut();
    // SAFETY: freshly allocated; `tail` points into it or into the node made before.
    unsafe {
        (*new).mbox = memory::copy_bytes(mailbox);
        (*new).entry = memory::copy_bytes(&entry.name);
        for (attribute, value) in &entry.values {
            let node = tree::zeroed::<AnnotationValues>();
            (*node).attr = memory::copy_bytes(attribute);
            if let Some(value) = value {
                (*node).value = memory::copy_bytes(value);
            }
            let end = if tail.is_null() {
                &raw mut (*new).values
            } else {
                tail
            };
            *end = node;
            tail = &raw mut (*node).next;
        }
    }
    new
}

/// Writes a date into an element's bit-fields.
pub fn set_date(elt: &mut MessageCache, date: &date::Date) {
    elt.set_day(u32::from(date.day));
    elt.set_month(u32::from(date.month));
    elt.set_year(u32::from(date.year));
    elt.set_hours(u32::from(date.hours));
    elt.set_minutes(u32::from(date.minutes));
    elt.set_seconds(u32::from(date.seconds));
    elt.set_zoccident(u32::from(date.zone.west));
    elt.set_zhours(u32::from(date.zone.hours));
    elt.set_zminutes(u32::from(date.zone.minutes));
}
