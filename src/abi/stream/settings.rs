//! What only an open IMAP stream can answer to `mail_parameters`: its name spaces, the server's threading algorithms,
//! and where the application may put messages to be looked ahead at.

use core::ffi::{c_int, c_ulong};
use core::ptr::null_mut;

use super::enter;
use crate::abi::destructors::{mail_free_namespace, mail_free_searchset};
use crate::abi::memory::{copy_bytes, new_zeroed};
use crate::abi::types::{MailStream, Namespace, Parameter, SearchSet, Threader};
use crate::imap::command::Command;
use crate::imap::response as imap;

/// C structs that the application holds pointers into, for as long as the stream lives.
pub struct Shown {
    /// Personal, other users', shared name spaces; `None` until the server has told them.
    lists: Option<Box<[*mut Namespace; 3]>>,
    /// What GET_NAMESPACE gives the address of.
    namespaces: *mut *mut Namespace,
    /// What GET_FETCHLOOKAHEAD gives the address of; the application puts a list here.
    lookahead: *mut SearchSet,
}

impl Default for Shown {
    /// Nothing told, nothing wanted.
    fn default() -> Self {
        Self {
            lists: None,
            namespaces: null_mut(),
            lookahead: null_mut(),
        }
    }
}

impl Shown {
    /// Keeps a NAMESPACE answer; an earlier one is freed, as c-client does.
    pub fn set_namespaces(&mut self, told: &[Vec<imap::Namespace>; 3]) {
        self.free_namespaces();
        let lists = self
            .lists
            .insert(Box::new(told.each_ref().map(|list| list_of(list))));
        self.namespaces = lists.as_mut_ptr();
    }

    /// Takes the messages that the application wants looked ahead at, as ranges.
    pub fn take_lookahead(&mut self) -> Vec<(u32, u32)> {
        let mut ranges = Vec::new();
        let clamp = |number: c_ulong| u32::try_from(number).unwrap_or(u32::MAX);
        // SAFETY: a list that the application made with mail_newsearchset and gave away by putting it here.
        unsafe {
            let mut at = self.lookahead;
            while let Some(set) = at.as_ref() {
                let last = if set.last == 0 { set.first } else { set.last };
                ranges.push((clamp(set.first), clamp(last)));
                at = set.next;
            }
            mail_free_searchset(&raw mut self.lookahead);
        }
        ranges
    }

    fn free_namespaces(&mut self) {
        self.namespaces = null_mut();
        for list in self
            .lists
            .take()
            .iter_mut()
            .flat_map(|lists| lists.iter_mut())
        {
            // SAFETY: made by `list_of`, and no longer pointed to.
            unsafe { mail_free_namespace(list) };
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.free_namespaces();
        self.take_lookahead();
    }
}

/// One list of name spaces, in the server's order.
fn list_of(told: &[imap::Namespace]) -> *mut Namespace {
    let mut head = null_mut();
    for one in told.iter().rev() {
        let new = new_zeroed::<Namespace>();
        if new.is_null() {
            continue;
        }
        // SAFETY: freshly allocated, ours alone.
        unsafe {
            (*new).name = copy_bytes(&one.prefix);
            (*new).delimiter = c_int::from(one.delimiter.unwrap_or(0));
            (*new).param = parameters_of(&one.parameters);
            (*new).next = head;
        }
        head = new;
    }
    head
}

/// Extension data of a name space; of an attribute with several values only the first has the name.
fn parameters_of(told: &[(Vec<u8>, Vec<Vec<u8>>)]) -> *mut Parameter {
    let mut head = null_mut();
    for (attribute, values) in told.iter().rev() {
        for (index, value) in values.iter().enumerate().rev() {
            let new = new_zeroed::<Parameter>();
            if new.is_null() {
                continue;
            }
            // SAFETY: freshly allocated, ours alone.
            unsafe {
                if index == 0 {
                    (*new).attribute = copy_bytes(attribute);
                }
                (*new).value = copy_bytes(value);
                (*new).next = head;
            }
            head = new;
        }
    }
    head
}

/// `GET_NAMESPACE`: the address of the stream's pointer to its three lists, which is NULL while nothing is known. Asks
/// the server the first time. NULL for a stream that is no open IMAP stream.
pub fn namespaces(stream: *mut MailStream) -> *mut *mut *mut Namespace {
    let Some(cx) = enter(stream) else {
        return null_mut();
    };
    let unknown = cx.with(|live| live.shown.lists.is_none()).unwrap_or(false);
    if unknown && cx.capabilities().namespace {
        // What it answers arrives untagged; a refusal leaves the pointer NULL.
        let _ = cx.exec(&Command::new("NAMESPACE"));
    }
    cx.with(|live| &raw mut live.shown.namespaces)
        .unwrap_or(null_mut())
}

/// `GET_THREADERS`: the threading algorithms of the server.
pub fn threaders(stream: *mut MailStream) -> *mut Threader {
    enter(stream)
        .and_then(|cx| cx.with(|live| live.cap()))
        // SAFETY: the capabilities belong to the stream, which is entered no longer but was just now.
        .map_or(null_mut(), |cap| unsafe { (*cap).threader })
}

/// `GET_FETCHLOOKAHEAD`: where the application may put a list of messages.
pub fn fetch_lookahead(stream: *mut MailStream) -> *mut *mut SearchSet {
    enter(stream)
        .and_then(|cx| cx.with(|live| &raw mut live.shown.lookahead))
        .unwrap_or(null_mut())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::entry::c_str;

    fn namespace(prefix: &str, parameters: &[(&str, &[&str])]) -> imap::Namespace {
        imap::Namespace {
            prefix: prefix.into(),
            delimiter: Some(b'/'),
            parameters: parameters
                .iter()
                .map(|(name, values)| {
                    (
                        (*name).into(),
                        values.iter().map(|&value| value.into()).collect(),
                    )
                })
                .collect(),
        }
    }

    #[test]
    fn name_spaces_are_shown_in_order_with_their_parameters() {
        let mut shown = Shown::default();
        assert!(shown.namespaces.is_null());
        let personal = vec![
            namespace("", &[]),
            namespace("#mh/", &[("X-A", &["b", "c"]), ("Y", &["d"])]),
        ];
        shown.set_namespaces(&[personal, Vec::new(), vec![namespace("Public/", &[])]]);
        // SAFETY: the lists just made.
        unsafe {
            let text = |text| c_str(text).map(|text| text.to_str().unwrap());
            let [first, none, public] = *shown.namespaces.cast::<[*mut Namespace; 3]>();
            assert_eq!(
                (text((*first).name), (*first).delimiter),
                (Some(""), c_int::from(b'/'))
            );
            let second = (*first).next;
            assert_eq!(text((*second).name), Some("#mh/"));
            assert!((*second).next.is_null() && none.is_null());
            assert_eq!(text((*public).name), Some("Public/"));
            let mut seen = Vec::new();
            let mut at = (*second).param;
            while let Some(parameter) = at.as_ref() {
                seen.push((text(parameter.attribute), text(parameter.value)));
                at = parameter.next;
            }
            assert_eq!(
                seen,
                [
                    (Some("X-A"), Some("b")),
                    (None, Some("c")),
                    (Some("Y"), Some("d"))
                ]
            );
        }
        shown.set_namespaces(&[Vec::new(), Vec::new(), Vec::new()]);
        // SAFETY: as above.
        assert!(unsafe { (*shown.namespaces).is_null() });
    }

    #[test]
    fn what_is_to_be_looked_ahead_at_is_taken_once() {
        let mut shown = Shown::default();
        let (first, second) = (new_zeroed::<SearchSet>(), new_zeroed::<SearchSet>());
        // SAFETY: freshly allocated; given away to `shown`.
        unsafe {
            ((*first).first, (*first).next) = (3, second);
            ((*second).first, (*second).last) = (5, c_ulong::MAX);
        }
        shown.lookahead = first;
        let most = u32::try_from(c_ulong::MAX).unwrap_or(u32::MAX);
        assert_eq!(shown.take_lookahead(), [(3, 3), (5, most)]);
        assert!(shown.take_lookahead().is_empty());
    }

    #[test]
    fn a_stream_that_is_not_open_answers_nothing() {
        assert!(namespaces(null_mut()).is_null());
        assert!(threaders(null_mut()).is_null());
        assert!(fetch_lookahead(null_mut()).is_null());
    }
}
