//! Whether messages whose APPEND was not answered have been stored all the same: looked up on a new connection.

use std::time::{Duration, Instant};

use crate::abi::stream::Entered;
use crate::imap::command::{Command, SectionRequest};
use crate::imap::response::{FetchItem, StatusItem, Untagged};
use crate::imap::sequence::compress;
use crate::limits;

/// What a message is known by.
pub struct Mark {
    /// Octets, with CRLF at each line's end, as servers count.
    size: u64,
    /// The header, CR left out.
    header: Vec<u8>,
    /// The Message-ID without white space.
    id: Option<Vec<u8>>,
}

impl Mark {
    /// The mark of this message.
    pub fn of(text: &[u8]) -> Self {
        let bare = memchr::memchr_iter(b'\n', text)
            .filter(|&at| at == 0 || text[at - 1] != b'\r')
            .count();
        let header = header(text);
        Self {
            size: (text.len() + bare) as u64,
            id: message_id(&header),
            header,
        }
    }

    /// Whether that message is this one.
    fn is(&self, found: &Found) -> bool {
        let same_id = self.id.is_some() && self.id == message_id(&found.header);
        same_id || (self.size == found.size && self.header == found.header)
    }
}

/// The header of a message, up to a limit.
fn header(text: &[u8]) -> Vec<u8> {
    let mut header = Vec::new();
    for line in text.split_inclusive(|&b| b == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() || header.len() + line.len() > limits::MARK {
            break;
        }
        header.extend_from_slice(line);
        header.push(b'\n');
    }
    header
}

fn message_id(header: &[u8]) -> Option<Vec<u8>> {
    const NAME: &[u8] = b"message-id:";
    let mut id: Option<Vec<u8>> = None;
    for line in header.split(|&b| b == b'\n') {
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        let value = match &id {
            Some(_) if folded => line,
            Some(_) => break,
            None if line.len() >= NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME) => {
                &line[NAME.len()..]
            }
            None => continue,
        };
        let solid = value.iter().filter(|b| !b.is_ascii_whitespace());
        id.get_or_insert_default().extend(solid);
    }
    id.filter(|id| !id.is_empty())
}

/// A message that is in the mailbox.
#[derive(Default)]
struct Found {
    uid: u32,
    size: u64,
    header: Vec<u8>,
}

/// A mailbox before something is appended to it: UIDVALIDITY, UIDNEXT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    validity: u32,
    next: u32,
}

impl Before {
    /// What the selected mailbox is known to be, if the messages go there.
    pub fn of_selected(cx: &Entered, mailbox: &[u8]) -> Option<Self> {
        cx.with(|live| {
            let here = live.selected.as_ref()?;
            let known = here.is(mailbox) && !here.is_doubtful();
            Some(Self {
                validity: live.mirror.uid_validity.filter(|_| known)?,
                next: live.mirror.uid_next?,
            })
        })?
    }

    /// What a STATUS has answered.
    pub fn of_status(items: &[StatusItem]) -> Option<Self> {
        let (mut validity, mut next) = (None, None);
        for item in items {
            match item {
                StatusItem::UidValidity(n) => validity = Some(*n),
                StatusItem::UidNext(n) => next = Some(*n),
                _ => {}
            }
        }
        Some(Self {
            validity: validity?,
            next: next?,
        })
    }
}

/// The question for it.
pub fn status(mailbox: &[u8]) -> Command {
    let status = Command::new("STATUS").mailbox(mailbox).open();
    status.atom("UIDNEXT").atom("UIDVALIDITY").close()
}

/// What became of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// All of them are there.
    Stored,
    /// None is. The mailbox, as it is without them, if that is known.
    Missing(Option<Before>),
    /// Nobody can tell.
    Unknown,
    /// This connection is lost as well.
    Lost,
}

/// Looks for messages on a stream of our own, with nothing selected. `sent`: the server may have got all of them, and be
/// busy with them still.
pub fn look_for(
    cx: &Entered,
    mailbox: &[u8],
    before: Option<Before>,
    marks: &[Mark],
    sent: bool,
) -> Fate {
    let until = Instant::now() + limits::APPEND_SETTLES;
    let mut pause = Duration::from_millis(50);
    loop {
        let Some((done, told)) = cx.converse_privately(&[status(mailbox)]) else {
            return Fate::Lost;
        };
        let now = told.iter().find_map(|told| match told {
            Untagged::MailboxStatus { items, .. } => Before::of_status(items),
            _ => None,
        });
        let fate = match (done[0].is_ok(), now, before) {
            // A mailbox that is not there holds nothing; the APPEND will say what is wrong.
            (false, ..) => Fate::Missing(None),
            (true, Some(now), Some(before)) if now == before => Fate::Missing(Some(now)),
            (true, now, _) => match look_inside(cx, mailbox, before, marks) {
                Fate::Missing(_) => Fate::Missing(now),
                fate => fate,
            },
        };
        if !matches!(fate, Fate::Missing(_)) || !sent || Instant::now() >= until {
            return fate;
        }
        std::thread::sleep(pause);
        pause *= 2;
    }
}

/// Looks among messages that have come since, or, if that is not known, among those that look alike.
fn look_inside(cx: &Entered, mailbox: &[u8], before: Option<Before>, marks: &[Mark]) -> Fate {
    let examine = Command::new("EXAMINE").mailbox(mailbox);
    let Some((done, told)) = cx.converse_privately(&[examine]) else {
        return Fate::Lost;
    };
    if !done[0].is_ok() {
        return Fate::Unknown;
    }
    let validity = told.iter().find_map(|told| match told {
        Untagged::Status { text, .. } => match text.code {
            Some(crate::imap::response::Code::UidValidity(n)) => Some(n),
            _ => None,
        },
        _ => None,
    });
    let before = before.filter(|before| Some(before.validity) == validity);
    let set = match before {
        Some(before) => vec![(before.next, u32::MAX)],
        None => match alike(cx, marks) {
            Some(uids) if uids.is_empty() => return Fate::Missing(None),
            Some(uids) => compress(uids),
            None if cx.is_connected() => return Fate::Unknown,
            None => return Fate::Lost,
        },
    };
    let fetch = Command::new("UID FETCH")
        .sequence_set(&set)
        .open()
        .atom("UID")
        .atom("RFC822.SIZE")
        .section(&SectionRequest {
            peek: true,
            section: b"HEADER".to_vec(),
            ..SectionRequest::default()
        })
        .close();
    let Some((done, told)) = cx.converse_privately(&[fetch]) else {
        return Fate::Lost;
    };
    if !done[0].is_ok() {
        return Fate::Unknown;
    }
    let mut there: Vec<Found> = told.into_iter().filter_map(found).collect();
    there.retain(|found| before.is_none_or(|before| found.uid >= before.next));
    let mut count = 0;
    for mark in marks {
        if let Some(at) = there.iter().position(|found| mark.is(found)) {
            there.swap_remove(at);
            count += 1;
        }
    }
    match count {
        0 => Fate::Missing(None),
        _ if count == marks.len() => Fate::Stored,
        // Together they are stored, or none is (RFC 3502): this is something else.
        _ => Fate::Unknown,
    }
}

/// UIDs of messages that have the Message-ID of one of these, or its size.
fn alike(cx: &Entered, marks: &[Mark]) -> Option<Vec<u32>> {
    let mut uids = Vec::new();
    for mark in marks {
        let search = match &mark.id {
            Some(id) => Command::new("UID SEARCH")
                .atom("HEADER")
                .atom("Message-ID")
                .string(id),
            None => Command::new("UID SEARCH")
                .atom("LARGER")
                .number(mark.size.saturating_sub(1))
                .atom("SMALLER")
                .number(mark.size + 1),
        };
        let (done, told) = cx.converse_privately(&[search])?;
        if !done[0].is_ok() {
            return None;
        }
        for told in told {
            if let Untagged::Search { numbers, .. } = told {
                uids.extend(numbers);
            }
        }
    }
    uids.sort_unstable();
    uids.dedup();
    Some(uids)
}

fn found(told: Untagged) -> Option<Found> {
    let Untagged::Fetch { items, .. } = told else {
        return None;
    };
    let mut found = Found::default();
    for item in items {
        match item {
            FetchItem::Uid(uid) => found.uid = uid,
            FetchItem::Rfc822Size(size) => found.size = size,
            FetchItem::Section(section) => {
                found.header = header(section.data.as_deref().unwrap_or_default());
            }
            _ => {}
        }
    }
    (found.uid != 0).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(text: &[u8]) -> Found {
        Found {
            uid: 1,
            size: text.len() as u64,
            header: header(text),
        }
    }

    #[test]
    fn a_message_is_known_by_its_id_or_by_header_and_size() {
        let one = b"Subject: x\r\nMessage-ID:\r\n <a@b>\r\nTo: y\r\n\r\nText\r\n";
        let mark = Mark::of(one);
        assert_eq!(mark.id.as_deref(), Some(&b"<a@b>"[..]));
        assert!(mark.is(&there(one)));
        assert!(mark.is(&there(b"X: new\r\nMessage-Id: <a@b>\r\n\r\nText\r\n")));
        assert!(!mark.is(&there(b"Message-Id: <a@c>\r\n\r\nText\r\n")));
        let without = Mark::of(b"Subject: x\r\n\r\nText\r\n");
        assert!(without.is(&there(b"Subject: x\r\n\r\nText\r\n")));
        assert!(!without.is(&there(b"Subject: x\r\n\r\nTexts\r\n")));
        assert!(!without.is(&there(b"Subject: y\r\n\r\nText\r\n")));
    }

    #[test]
    fn bare_line_feeds_count_as_servers_store_them() {
        let mark = Mark::of(b"Subject: x\n\nText\r\nmore\n");
        assert_eq!(
            mark.size,
            b"Subject: x\r\n\r\nText\r\nmore\r\n".len() as u64
        );
        assert!(mark.is(&there(b"Subject: x\r\n\r\nText\r\nmore\r\n")));
    }

    #[test]
    fn an_empty_id_is_none() {
        assert!(Mark::of(b"Message-ID: \r\n\r\n").id.is_none());
        assert!(Mark::of(b"\r\nMessage-ID: <x>\r\n").id.is_none());
    }
}
