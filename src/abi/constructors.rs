//! The `mail_new…` functions: empty structs on the C heap, for `mail_free_…` to free.
//!
//! Each returns NULL, after a line in the log, when there is no memory.

use core::ffi::{c_char, c_ulong};
use core::ptr;

use super::entry::{c_str, entry};
use super::memory::{copy_str, new_zeroed, release};
use super::types::*;

macro_rules! zeroed {
    ($($(#[$meta:meta])* $name:ident -> $ty:ty;)+) => { entry! { $(
        $(#[$meta])*
        fn $name() -> *mut $ty {
            new_zeroed()
        }
    )+ } };
}

zeroed! {
    /// A new, empty envelope, the caller's until mail_free_envelope. What is hung on it is freed with it: texts from
    /// cpystr, lists of mail_newaddr.
    mail_newenvelope -> Envelope;
    /// A new, empty address, the caller's until mail_free_address, or until it hangs on something that is freed.
    mail_newaddr -> Address;
    /// A new body: TEXT, 7BIT, nothing else set. The caller's until mail_free_body.
    mail_newbody -> Body;
    /// A new, empty body parameter, the caller's until mail_free_body_parameter, or until it hangs on a body that is
    /// freed.
    mail_newbody_parameter -> Parameter;
    /// A new body part: TEXT, 7BIT, nothing else set. The caller's until mail_free_body_part, or until it hangs on a
    /// body that is freed.
    mail_newbody_part -> Part;
    /// A new, empty message body, the caller's until it hangs on a body that is freed.
    mail_newmsg -> Message;
    /// A new, empty string list, the caller's until mail_free_stringlist, or until it hangs on something that is freed.
    mail_newstringlist -> StringList;
    /// A new search program without criteria, the caller's until mail_free_searchpgm or a search with SE_FREE. Lists
    /// that are hung on it are its own then, and their texts blocks of fs_get or cpystr.
    mail_newsearchpgm -> SearchPgm;
    /// A new, empty search set, the caller's until mail_free_searchset, or until it hangs on a program that is freed.
    mail_newsearchset -> SearchSet;
    /// A new sort program: by date. The caller's until mail_free_sortpgm, or a sort with SO_FREE.
    mail_newsortpgm -> SortPgm;
    /// A new, empty access-control list, the caller's until mail_free_acllist.
    mail_newacllist -> AclList;
    /// A new, empty quota list, the caller's until mail_free_quotalist.
    mail_newquotalist -> QuotaList;
    /// A new, empty annotation, the caller's until mail_free_annotation.
    mail_newannotation -> Annotation;
    /// A new, empty annotation value, the caller's until it hangs on an annotation that is freed.
    mail_newannotationvalue -> AnnotationValues;
}

entry! {
    /// Makes `body` a new body, without freeing what it held: TEXT, 7BIT, nothing else set.
    fn mail_initbody(body: *mut Body) -> *mut Body {
        if !body.is_null() {
            // SAFETY: a body of the caller's; all zero is TEXT and 7BIT.
            unsafe { ptr::write_bytes(body, 0, 1) };
        }
        body
    }

    /// A new elt for message `msgno`, referenced once; the caller's until mail_free_elt.
    fn mail_new_cache_elt(msgno: c_ulong) -> *mut MessageCache {
        let elt = new_zeroed::<MessageCache>();
        // SAFETY: NULL or a new elt.
        if let Some(elt) = unsafe { elt.as_mut() } {
            elt.msgno = msgno;
            elt.set_lockcount(1);
        }
        elt
    }

    /// A new HEADER criterion with copies of `line`, the field name, and `text`; the caller's until
    /// mail_free_searchheader, or until it hangs on a program that is freed. NULL strings count as empty.
    fn mail_newsearchheader(line: *mut c_char, text: *mut c_char) -> *mut SearchHeader {
        let header = new_zeroed::<SearchHeader>();
        // SAFETY: NULL or a new header; the arguments are NULL or NUL-ended strings.
        unsafe {
            if let Some(header) = header.as_mut() {
                for (member, string) in [(&mut header.line, line), (&mut header.text, text)] {
                    let string = c_str(string).unwrap_or(c"");
                    member.data = copy_str(string).cast();
                    if !member.data.is_null() {
                        member.size = string.count_bytes() as c_ulong;
                    }
                }
            }
        }
        header
    }

    /// A new OR criterion of two empty programs, the caller's until mail_free_searchor, or until it hangs on a program
    /// that is freed.
    fn mail_newsearchor() -> *mut SearchOr {
        let mut or = new_zeroed::<SearchOr>();
        // SAFETY: NULL or a new criterion, whose programs are NULL or new.
        unsafe {
            if let Some(both) = or.as_mut() {
                both.first = new_zeroed();
                both.second = new_zeroed();
                if both.first.is_null() || both.second.is_null() {
                    release(&mut both.first);
                    release(&mut both.second);
                    release(&mut or);
                }
            }
        }
        or
    }

    /// A new list of one empty program, the caller's until mail_free_searchpgmlist, or until it hangs on a program that
    /// is freed.
    fn mail_newsearchpgmlist() -> *mut SearchPgmList {
        let mut list = new_zeroed::<SearchPgmList>();
        // SAFETY: NULL or a new list.
        unsafe {
            if let Some(only) = list.as_mut() {
                only.pgm = new_zeroed();
                if only.pgm.is_null() {
                    release(&mut list);
                }
            }
        }
        list
    }

    /// A new thread node for the message that `sc` describes, which may be NULL and stays whose it was; the caller's
    /// until mail_free_threadnode.
    fn mail_newthreadnode(sc: *mut SortCache) -> *mut ThreadNode {
        let node = new_zeroed::<ThreadNode>();
        // SAFETY: NULL or a new node.
        if let Some(node) = unsafe { node.as_mut() } {
            node.sc = sc;
        }
        node
    }
}
