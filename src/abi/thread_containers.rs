//! The threader's working tree as c-client exports it: containers of four pointers (message, parent, younger sibling,
//! first child) and what is done to them. Threading itself does not use them ([`crate::imap::thread`]).

use core::ffi::c_long;
use core::ptr::null_mut;

use super::constants::SE_UID;
use super::entry::entry;
use super::mail_messages::mail_uid;
use super::tree;
use super::types::{MailStream, SortCache, ThreadNode, container_t};

const MESSAGE: usize = 0;
const PARENT: usize = 1;
const SIBLING: usize = 2;
const CHILD: usize = 3;

/// # Safety
/// A container.
unsafe fn link(container: container_t, which: usize) -> container_t {
    // SAFETY: the caller's promise.
    unsafe { (*container.add(which)).cast() }
}

/// # Safety
/// A container.
unsafe fn set_link(container: container_t, which: usize, to: container_t) {
    // SAFETY: the caller's promise.
    unsafe { *container.add(which) = to.cast() };
}

/// All containers below `head`, parents before their children; with `head` first, and its younger siblings if wanted.
///
/// # Safety
/// NULL or a container of a finite tree.
unsafe fn all_below(head: container_t, siblings: bool) -> Vec<container_t> {
    let mut all = Vec::new();
    let mut next = vec![(head, siblings)];
    while let Some((at, siblings)) = next.pop() {
        if at.is_null() {
            continue;
        }
        all.push(at);
        // SAFETY: the caller's promise.
        unsafe {
            next.push((link(at, CHILD), true));
            if siblings {
                next.push((link(at, SIBLING), true));
            }
        }
    }
    all
}

/// Takes the missing messages out of the first `count` of a list of siblings, whose children are done already. Returns
/// what stands first of these now.
///
/// # Safety
/// NULL or a container; `elder` NULL or the one before it.
unsafe fn prune_siblings(head: container_t, elder: container_t, count: usize) -> container_t {
    let (mut first, mut elder, mut at): (container_t, _, _) = (null_mut(), elder, head);
    // SAFETY: (whole body) links within the tree.
    unsafe {
        for _ in 0..count {
            if at.is_null() {
                break;
            }
            let next = link(at, SIBLING);
            let (children, parent) = (link(at, CHILD), link(at, PARENT));
            let message = !(*at.add(MESSAGE)).is_null();
            let several = !children.is_null() && !link(children, SIBLING).is_null();
            if message || (several && parent.is_null()) {
                if first.is_null() {
                    first = at;
                }
                elder = at;
            } else if children.is_null() {
                if !elder.is_null() {
                    set_link(elder, SIBLING, next);
                }
            } else {
                if !elder.is_null() {
                    set_link(elder, SIBLING, children);
                } else if !parent.is_null() {
                    set_link(parent, CHILD, children);
                }
                set_link(children, PARENT, parent);
                if first.is_null() {
                    first = children;
                }
                elder = children;
                while !link(elder, SIBLING).is_null() {
                    elder = link(elder, SIBLING);
                }
                set_link(elder, SIBLING, next);
            }
            at = next;
        }
    }
    first
}

/// Does that to the children of these containers, which come before what is below them.
///
/// # Safety
/// Containers of a finite tree.
unsafe fn prune_below(containers: Vec<container_t>) {
    for container in containers.into_iter().rev() {
        // SAFETY: the caller's promise.
        unsafe {
            let child = prune_siblings(link(container, CHILD), null_mut(), usize::MAX);
            set_link(container, CHILD, child);
        }
    }
}

entry! {
    /// Takes missing messages without use out of a container, its younger siblings, and all below; returns what stands
    /// first then.
    fn mail_thread_prune_dummy(msg: container_t, ane: container_t) -> container_t {
        // SAFETY: containers by the interface.
        unsafe {
            prune_below(all_below(msg, true));
            prune_siblings(msg, ane, usize::MAX)
        }
    }

    /// As `mail_thread_prune_dummy`, up to the first container that stays.
    fn mail_thread_prune_dummy_work(msg: container_t, ane: container_t) -> container_t {
        // SAFETY: containers by the interface.
        unsafe {
            let mut at = msg;
            while !at.is_null() {
                let next = link(at, SIBLING);
                prune_below(all_below(at, false));
                let stays = prune_siblings(at, ane, 1);
                if !stays.is_null() {
                    return stays;
                }
                at = next;
            }
        }
        null_mut()
    }

    /// T if `mother` is `daughter` or below it, so that it cannot become its mother.
    fn mail_thread_check_child(mother: container_t, daughter: container_t) -> c_long {
        if mother.is_null() {
            return 0;
        }
        // SAFETY: containers by the interface.
        unsafe { all_below(daughter, false) }.contains(&mother).into()
    }

    /// Thread nodes of a container, its younger siblings, and all below, with message numbers, or UIDs with SE_UID; the
    /// caller's until mail_free_threadnode.
    fn mail_thread_c2node(stream: *mut MailStream, con: container_t, flags: c_long) -> *mut ThreadNode {
        let mut head = null_mut();
        let mut next: Vec<(container_t, *mut *mut ThreadNode)> = vec![(con, &raw mut head)];
        // SAFETY: containers by the interface; the places lie in nodes made here.
        unsafe {
            while let Some((at, place)) = next.pop() {
                if at.is_null() {
                    continue;
                }
                let node = tree::zeroed::<ThreadNode>();
                *place = node;
                let sc: *mut SortCache = (*at.add(MESSAGE)).cast();
                (*node).sc = sc;
                if let Some(sc) = sc.as_ref() {
                    let number = sc.num;
                    (*node).num = if flags & SE_UID == 0 { number } else { mail_uid(stream, number) };
                }
                next.push((link(at, CHILD), &raw mut (*node).next));
                next.push((link(at, SIBLING), &raw mut (*node).branch));
            }
        }
        head
    }
}
