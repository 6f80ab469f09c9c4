//! The `mail_free_…` and pure `mail_gc_…` functions.
//!
//! All take the address of a pointer, free what it points to and everything that hangs on it, and
//! set it to NULL; NULL is left alone. Lists are walked, and trees kept on an explicit stack:
//! their depth comes from the server or the application, and some callers have little stack.

use core::ffi::{c_char, c_long};
use core::ptr;

use super::constants::{GC_ENV, GC_TEXTS, TYPEMESSAGE, TYPEMULTIPART};
use super::entry::{c_str, entry};
use super::memory::release;
use super::parameters;
use super::types::*;

/// Takes `*pointer`, leaving NULL.
///
/// # Safety
/// `pointer` is NULL or good to read and write.
unsafe fn take<T>(pointer: *mut *mut T) -> *mut T {
    // SAFETY: as the caller says.
    unsafe { pointer.as_mut() }.map_or(ptr::null_mut(), |pointer| {
        std::mem::replace(pointer, ptr::null_mut())
    })
}

/// Frees a list: `free` frees what hangs on one node and returns the next.
///
/// # Safety
/// The list is made of live blocks of the C heap that nothing else will use.
unsafe fn free_list<T>(head: *mut *mut T, mut free: impl FnMut(&mut T) -> *mut T) {
    // SAFETY: as the caller says.
    unsafe {
        let mut node = take(head);
        while !node.is_null() {
            let next = free(&mut *node);
            release(&mut node);
            node = next;
        }
    }
}

/// Frees several strings or texts.
macro_rules! release_all {
    ($($member:expr),+ $(,)?) => { $(release(&mut $member);)+ };
}

unsafe fn free_parameters(parameters: *mut *mut Parameter) {
    // SAFETY: the caller owns the list.
    unsafe {
        free_list(parameters, |parameter| {
            release_all!(parameter.attribute, parameter.value);
            parameter.next
        });
    }
}

unsafe fn free_strings(strings: *mut *mut StringList) {
    // SAFETY: the caller owns the list.
    unsafe {
        free_list(strings, |string| {
            release(&mut string.text.data);
            string.next
        });
    }
}

unsafe fn free_addresses(addresses: *mut *mut Address) {
    // SAFETY: the caller owns the list.
    unsafe {
        free_list(addresses, |address| {
            release_all!(
                address.personal,
                address.adl,
                address.mailbox,
                address.host,
                address.error,
                address.orcpt.r#type,
                address.orcpt.addr,
            );
            address.next
        });
    }
}

unsafe fn free_envelope(envelope: *mut *mut Envelope) {
    // SAFETY: the caller owns the envelope.
    unsafe {
        let mut block = take(envelope);
        let Some(env) = block.as_mut() else { return };
        release_all!(
            env.remail,
            env.date,
            env.subject,
            env.in_reply_to,
            env.message_id,
            env.newsgroups,
            env.followup_to,
            env.references,
        );
        for addresses in [
            &mut env.return_path,
            &mut env.from,
            &mut env.sender,
            &mut env.reply_to,
            &mut env.to,
            &mut env.cc,
            &mut env.bcc,
        ] {
            free_addresses(addresses);
        }
        free_sparep(&mut env.sparep, parameters::free_envelope_sparep());
        release(&mut block);
    }
}

/// Hands a `sparep` that is set to the host's function, if there is one.
unsafe fn free_sparep(
    sparep: &mut *mut core::ffi::c_void,
    free: Option<unsafe extern "C-unwind" fn(*mut *mut core::ffi::c_void)>,
) {
    if let Some(free) = free
        && !sparep.is_null()
    {
        // SAFETY: the host's function for exactly this, with the member it asked for.
        unsafe { free(sparep) };
    }
}

/// What is still to be freed of a body tree.
enum Branch {
    /// A body on its own.
    Body(*mut Body),
    /// A list of parts.
    Parts(*mut Part),
}

/// Frees bodies and part lists, with everything below them.
unsafe fn free_branches(mut branches: Vec<Branch>) {
    // SAFETY: the caller owns the trees; each block is put on the stack once, by its only owner.
    unsafe {
        while let Some(branch) = branches.pop() {
            match branch {
                Branch::Body(mut body) => {
                    if let Some(data) = body.as_mut() {
                        free_body_members(data, &mut branches);
                        release(&mut body);
                    }
                }
                Branch::Parts(mut part) => {
                    if let Some(first) = part.as_mut() {
                        branches.push(Branch::Parts(first.next));
                        free_body_members(&mut first.body, &mut branches);
                        release(&mut part);
                    }
                }
            }
        }
    }
}

/// Whether a body's `nested.msg` is one that c-client fills in: that of MESSAGE/RFC822.
unsafe fn holds_message(body: &Body) -> bool {
    // SAFETY: a body's subtype is NULL or a string.
    body.r#type == TYPEMESSAGE as u16
        && unsafe { c_str(body.subtype) } == Some(c"RFC822")
        // SAFETY: `msg` is the member in use in a TYPEMESSAGE body.
        && !unsafe { body.nested.msg }.is_null()
}

/// Frees what hangs on a body but not the body; what is below it goes on the stack.
unsafe fn free_body_members(body: &mut Body, branches: &mut Vec<Branch>) {
    // SAFETY: the caller owns the body; `type` says which member of `nested` is in use.
    unsafe {
        if body.r#type == TYPEMULTIPART as u16 {
            branches.push(Branch::Parts(body.nested.part));
            body.nested.part = ptr::null_mut();
        } else if body.r#type == TYPEMESSAGE as u16 {
            if holds_message(body) {
                let msg = &mut *body.nested.msg;
                free_strings(&mut msg.lines);
                free_envelope(&mut msg.env);
                branches.push(Branch::Body(take(&mut msg.body)));
                free_message_texts(msg);
            }
            release(&mut body.nested.msg);
        }
        release_all!(
            body.subtype,
            body.id,
            body.description,
            body.disposition.r#type,
            body.location,
            body.mime.text.data,
            body.contents.text.data,
            body.md5,
        );
        free_parameters(&mut body.parameter);
        free_parameters(&mut body.disposition.parameter);
        free_strings(&mut body.language);
        free_sparep(&mut body.sparep, parameters::free_body_sparep());
    }
}

/// Frees the texts of one message, not those of its body.
unsafe fn free_message_texts(msg: &mut Message) {
    // SAFETY: the caller owns the message.
    unsafe {
        release(&mut msg.full.text.data);
        if !msg.header.text.data.is_null() {
            // The lines say which part of the header the text is.
            free_strings(&mut msg.lines);
            release(&mut msg.header.text.data);
        }
        release(&mut msg.text.text.data);
    }
}

/// Frees the texts of a body tree, leaving its structure.
unsafe fn free_body_texts(body: *mut Body) {
    let mut bodies = vec![body];
    // SAFETY: the caller owns the tree.
    unsafe {
        while let Some(body) = bodies.pop() {
            let Some(body) = body.as_mut() else { continue };
            if body.r#type == TYPEMULTIPART as u16 {
                let mut part = body.nested.part;
                while let Some(member) = part.as_mut() {
                    bodies.push(&mut member.body);
                    part = member.next;
                }
            } else if holds_message(body) {
                let msg = &mut *body.nested.msg;
                free_strings(&mut msg.lines);
                free_message_texts(msg);
                bodies.push(msg.body);
            }
            release_all!(body.mime.text.data, body.contents.text.data);
        }
    }
}

/// Frees what `gcflags` names of a message.
///
/// # Safety
/// `msg` is a message whose members nothing else will use.
pub unsafe fn gc_message(msg: &mut Message, gcflags: c_long) {
    // SAFETY: as the caller says.
    unsafe {
        if gcflags & GC_ENV != 0 {
            free_envelope(&mut msg.env);
            if !msg.body.is_null() {
                free_branches(vec![Branch::Body(take(&mut msg.body))]);
            }
        }
        if gcflags & GC_TEXTS != 0 {
            free_message_texts(msg);
            if !msg.body.is_null() {
                free_body_texts(msg.body);
            }
        }
    }
}

/// Frees search programs, with everything below them.
unsafe fn free_programs(mut programs: Vec<*mut SearchPgm>) {
    // SAFETY: the caller owns the trees.
    unsafe {
        while let Some(mut block) = programs.pop() {
            let Some(pgm) = block.as_mut() else { continue };
            free_sets(&mut pgm.msgno);
            free_sets(&mut pgm.uid);
            free_list(&mut pgm.or, |or| {
                programs.extend([or.first, or.second]);
                or.next
            });
            free_list(&mut pgm.not, |not| {
                programs.push(not.pgm);
                not.next
            });
            free_headers(&mut pgm.header);
            for strings in [
                &mut pgm.bcc,
                &mut pgm.body,
                &mut pgm.cc,
                &mut pgm.from,
                &mut pgm.keyword,
                &mut pgm.unkeyword,
                &mut pgm.subject,
                &mut pgm.text,
                &mut pgm.to,
                &mut pgm.return_path,
                &mut pgm.sender,
                &mut pgm.reply_to,
                &mut pgm.in_reply_to,
                &mut pgm.message_id,
                &mut pgm.newsgroups,
                &mut pgm.followup_to,
                &mut pgm.references,
            ] {
                free_strings(strings);
            }
            release(&mut block);
        }
    }
}

unsafe fn free_sets(sets: *mut *mut SearchSet) {
    // SAFETY: the caller owns the list.
    unsafe { free_list(sets, |set| set.next) }
}

unsafe fn free_headers(headers: *mut *mut SearchHeader) {
    // SAFETY: the caller owns the list.
    unsafe {
        free_list(headers, |header| {
            release_all!(header.line.data, header.text.data);
            header.next
        });
    }
}

entry! {
    /// Frees a body and everything below it, and sets the pointer to NULL. Only for bodies that are the program's own.
    fn mail_free_body(body: *mut *mut Body) {
        // SAFETY: NULL, or the address of a body the caller owns.
        unsafe { free_branches(vec![Branch::Body(take(body))]) }
    }

    /// Frees what hangs on a body, but not the body.
    fn mail_free_body_data(body: *mut Body) {
        let mut branches = Vec::new();
        // SAFETY: NULL or a body the caller owns.
        unsafe {
            if let Some(body) = body.as_mut() {
                free_body_members(body, &mut branches);
            }
            free_branches(branches);
        }
    }

    /// Frees a parameter list.
    fn mail_free_body_parameter(parameter: *mut *mut Parameter) {
        // SAFETY: NULL, or the address of a list the caller owns.
        unsafe { free_parameters(parameter) }
    }

    /// Frees a list of parts and everything below them.
    fn mail_free_body_part(part: *mut *mut Part) {
        // SAFETY: NULL, or the address of a list the caller owns.
        unsafe { free_branches(vec![Branch::Parts(take(part))]) }
    }

    /// Drops a reference to an elt; the last one frees it.
    fn mail_free_elt(elt: *mut *mut MessageCache) {
        // SAFETY: NULL, or the address of an elt the caller references.
        unsafe {
            let mut block = take(elt);
            let Some(elt) = block.as_mut() else { return };
            let references = elt.lockcount().saturating_sub(1);
            elt.set_lockcount(references);
            if references == 0 {
                gc_message(&mut elt.private.msg, GC_ENV | GC_TEXTS);
                free_sparep(&mut elt.sparep, parameters::free_elt_sparep());
                release(&mut block);
            }
        }
    }

    /// Frees an envelope, with its lists and texts, and sets the pointer to NULL. Only for envelopes that are the
    /// program's own.
    fn mail_free_envelope(env: *mut *mut Envelope) {
        // SAFETY: NULL, or the address of an envelope the caller owns.
        unsafe { free_envelope(env) }
    }

    /// Frees an address list with its texts, and sets the pointer to NULL.
    fn mail_free_address(address: *mut *mut Address) {
        // SAFETY: NULL, or the address of a list the caller owns.
        unsafe { free_addresses(address) }
    }

    /// Frees a string list with its texts, and sets the pointer to NULL.
    fn mail_free_stringlist(string: *mut *mut StringList) {
        // SAFETY: NULL, or the address of a list the caller owns.
        unsafe { free_strings(string) }
    }

    /// Frees a search program and everything below it, and sets the pointer to NULL. (UW c-client leaves some lists
    /// behind.)
    fn mail_free_searchpgm(pgm: *mut *mut SearchPgm) {
        // SAFETY: NULL, or the address of a program the caller owns.
        unsafe { free_programs(vec![take(pgm)]) }
    }

    /// Frees a list of HEADER criteria.
    fn mail_free_searchheader(hdr: *mut *mut SearchHeader) {
        // SAFETY: NULL, or the address of a list the caller owns.
        unsafe { free_headers(hdr) }
    }

    /// Frees a search set.
    fn mail_free_searchset(set: *mut *mut SearchSet) {
        // SAFETY: NULL, or the address of a set the caller owns.
        unsafe { free_sets(set) }
    }

    /// Frees a list of OR criteria and their programs.
    fn mail_free_searchor(orl: *mut *mut SearchOr) {
        let mut programs = Vec::new();
        // SAFETY: NULL, or the address of a list the caller owns.
        unsafe {
            free_list(orl, |or| {
                programs.extend([or.first, or.second]);
                or.next
            });
            free_programs(programs);
        }
    }

    /// Frees a list of programs.
    fn mail_free_searchpgmlist(pgl: *mut *mut SearchPgmList) {
        let mut programs = Vec::new();
        // SAFETY: NULL, or the address of a list the caller owns.
        unsafe {
            free_list(pgl, |list| {
                programs.push(list.pgm);
                list.next
            });
            free_programs(programs);
        }
    }

    /// Frees a list of namespaces.
    fn mail_free_namespace(n: *mut *mut Namespace) {
        // SAFETY: NULL, or the address of a list the caller owns.
        unsafe {
            free_list(n, |namespace| {
                release::<c_char>(&mut namespace.name);
                free_parameters(&mut namespace.param);
                namespace.next
            });
        }
    }

    /// Frees a sort program.
    fn mail_free_sortpgm(pgm: *mut *mut SortPgm) {
        // SAFETY: NULL, or the address of a program the caller owns.
        unsafe { free_list(pgm, |pgm| pgm.next) }
    }

    /// Frees a thread tree; the sort cache it points to is not its own.
    fn mail_free_threadnode(thr: *mut *mut ThreadNode) {
        // SAFETY: NULL, or the address of a tree the caller owns.
        unsafe {
            let mut trees = vec![take(thr)];
            while let Some(mut tree) = trees.pop() {
                free_list(&mut tree, |node| {
                    if !node.branch.is_null() {
                        trees.push(node.branch);
                    }
                    node.next
                });
            }
        }
    }

    /// Frees an access-control list.
    fn mail_free_acllist(al: *mut *mut AclList) {
        // SAFETY: NULL, or the address of a list the caller owns.
        unsafe {
            free_list(al, |acl| {
                release_all!(acl.identifier, acl.rights);
                acl.next
            });
        }
    }

    /// Frees a quota list.
    fn mail_free_quotalist(ql: *mut *mut QuotaList) {
        // SAFETY: NULL, or the address of a list the caller owns.
        unsafe {
            free_list(ql, |quota| {
                release(&mut quota.name);
                quota.next
            });
        }
    }

    /// Frees an annotation and its values.
    fn mail_free_annotation(a: *mut *mut Annotation) {
        // SAFETY: NULL, or the address of an annotation the caller owns.
        unsafe {
            free_list(a, |annotation| {
                release_all!(annotation.mbox, annotation.entry);
                free_list(&mut annotation.values, |value| {
                    release_all!(value.attr, value.value);
                    value.next
                });
                ptr::null_mut()
            });
        }
    }

    /// Frees what `gcflags` (`GC_ENV`, `GC_TEXTS`) names of a message.
    fn mail_gc_msg(msg: *mut Message, gcflags: c_long) {
        // SAFETY: NULL or a message the caller owns.
        if let Some(msg) = unsafe { msg.as_mut() } {
            // SAFETY: as above.
            unsafe { gc_message(msg, gcflags) }
        }
    }

    /// Frees the texts of a body and of everything below it.
    fn mail_gc_body(body: *mut Body) {
        // SAFETY: NULL or a body the caller owns.
        unsafe { free_body_texts(body) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::constants::SET_FREEBODYSPAREP;
    use crate::abi::constructors::*;
    use crate::abi::memory::{copy_bytes, new_zeroed};
    use std::sync::atomic::{AtomicUsize, Ordering};

    // Leaks and double frees show when these run under valgrind, as `make test` does with the C
    // tests; here the shapes are what counts.

    #[test]
    fn a_deep_search_program_is_freed_without_recursion() {
        // SAFETY: trees made and freed here.
        unsafe {
            let mut pgm = mail_newsearchpgm();
            // Miri takes minutes for as many as overflow a stack.
            for depth in 0..if cfg!(miri) { 200 } else { 200_000 } {
                let outer = mail_newsearchpgm();
                if depth % 2 == 0 {
                    let or = new_zeroed::<SearchOr>();
                    (*or).first = pgm;
                    (*or).second = mail_newsearchpgm();
                    (*outer).or = or;
                } else {
                    let not = new_zeroed::<SearchPgmList>();
                    (*not).pgm = pgm;
                    (*outer).not = not;
                }
                pgm = outer;
            }
            std::thread::Builder::new()
                .stack_size(112 * 1024)
                .spawn({
                    let address = pgm as usize;
                    move || {
                        let mut pgm = address as *mut SearchPgm;
                        mail_free_searchpgm(&mut pgm);
                        assert!(pgm.is_null());
                    }
                })
                .unwrap()
                .join()
                .unwrap();
        }
    }

    static FREED: AtomicUsize = AtomicUsize::new(0);

    unsafe extern "C-unwind" fn count(sparep: *mut *mut core::ffi::c_void) {
        FREED.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the library passes the member it asked about.
        unsafe { *sparep = ptr::null_mut() };
    }

    fn set_free_body_sparep(function: freebodysparep_t) {
        let function = function.map_or(ptr::null_mut(), |f| f as *mut core::ffi::c_void);
        // SAFETY: the function is of the type the setting wants.
        unsafe { parameters::mail_parameters(ptr::null_mut(), SET_FREEBODYSPAREP, function) };
    }

    #[test]
    fn a_body_tree_is_freed_with_its_messages_and_spareps() {
        // SAFETY: trees made and freed here.
        unsafe {
            set_free_body_sparep(Some(count));
            let mut body = mail_newbody();
            (*body).r#type = TYPEMULTIPART as u16;
            (*body).sparep = body.cast();
            let part = mail_newbody_part();
            (*body).nested.part = part;
            (*part).next = mail_newbody_part();
            (*part).body.r#type = TYPEMESSAGE as u16;
            (*part).body.subtype = copy_bytes(b"RFC822");
            let msg = mail_newmsg();
            (*part).body.nested.msg = msg;
            (*msg).env = mail_newenvelope();
            (*(*msg).env).from = mail_newaddr();
            (*msg).body = mail_newbody();
            (*(*msg).body).sparep = body.cast();
            (*msg).header.text.data = copy_bytes(b"A: b").cast();
            (*msg).lines = mail_newstringlist();

            mail_gc_body(body);
            assert!((*msg).header.text.data.is_null() && (*msg).lines.is_null());
            assert!(!(*msg).env.is_null());
            mail_free_body(&mut body);
            assert!(body.is_null());
            set_free_body_sparep(None);
            assert_eq!(FREED.load(Ordering::Relaxed), 2);
        }
    }

    #[test]
    fn an_elt_lives_until_its_last_reference() {
        // SAFETY: an elt made and freed here.
        unsafe {
            let mut elt = mail_new_cache_elt(7);
            assert_eq!(((*elt).msgno, (*elt).lockcount()), (7, 1));
            (*elt).set_lockcount(2);
            let kept = elt;
            mail_free_elt(&mut elt);
            assert!(elt.is_null());
            assert_eq!((*kept).lockcount(), 1);
            elt = kept;
            mail_free_elt(&mut elt);
        }
    }

    #[test]
    fn null_is_left_alone() {
        // SAFETY: NULL is allowed everywhere.
        unsafe {
            mail_free_body(ptr::null_mut());
            let mut none: *mut Envelope = ptr::null_mut();
            mail_free_envelope(&mut none);
            mail_free_body_data(ptr::null_mut());
            mail_gc_msg(ptr::null_mut(), GC_TEXTS);
        }
    }
}
