//! NULL, and closed streams, wherever a program could pass them: the failure value, never a crash.

use core::ffi::{c_char, c_long, c_ulong};
use std::ptr::null_mut;

use c_client::abi::constants as c;
use c_client::abi::constructors::{mail_newsearchheader, mail_newsearchpgm};
use c_client::abi::destructors::mail_free_searchpgm;
use c_client::abi::imap4r1::*;
use c_client::abi::link::*;
use c_client::abi::mail_fetch::*;
use c_client::abi::mail_folders::*;
use c_client::abi::mail_messages::*;
use c_client::abi::mail_open::*;
use c_client::abi::mail_sequence::*;
use c_client::abi::mail_text::*;
use c_client::abi::mm_cache::*;
use c_client::abi::net_mailbox::mail_valid;
use c_client::abi::objects::imapdriver;
use c_client::abi::parameters::mail_parameters;
use c_client::abi::rfc822::rfc822_base64;
use c_client::abi::types::{Body, MailStream};

use crate::calls::{NIL, Stream, close, open, ping, prepare};
use crate::host;
use crate::server::Server;

/// An empty text, as a host reads it.
fn is_empty(text: *mut c_char) -> bool {
    // SAFETY: what the library returns is NULL or a C string; the answer must be the latter.
    !text.is_null() && unsafe { *text == 0 }
}

/// Every function that takes a stream, with these strings for all of its strings: all must fail. Returns what did not.
fn all_fail(stream: *mut MailStream, text: *mut c_char) -> Vec<&'static str> {
    let mut wrong = Vec::new();
    let mut must = |name, failed: bool| {
        if !failed {
            wrong.push(name);
        }
    };
    let len: *mut c_ulong = &mut 7;
    let mut body: *mut Body = core::ptr::dangling_mut();
    // SAFETY: NULL, a closed stream and C strings are what the library must bear; places for answers live over the
    // calls; search programs that are handed in are freed by SE_FREE.
    unsafe {
        must(
            "mail_append_full",
            mail_append_full(stream, text, text, text, null_mut()) == 0,
        );
        must(
            "mail_append_multiple",
            mail_append_multiple(stream, text, None, null_mut()) == 0,
        );
        mail_check(stream);
        must(
            "mail_close_full",
            mail_close_full(stream, c::CL_EXPUNGE).is_null(),
        );
        must(
            "mail_copy_full",
            mail_copy_full(stream, text, text, c::CP_MOVE) == 0,
        );
        must("mail_create", mail_create(stream, text) == 0);
        must("mail_delete", mail_delete(stream, text) == 0);
        must("mail_elt", !mail_elt(stream, 1).is_null());
        must(
            "mail_expunge_full",
            mail_expunge_full(stream, text, c::EX_UID) == 0,
        );
        must(
            "mail_fetch_body",
            is_empty(mail_fetch_body(stream, 1, text, len, 0)),
        );
        must("mail_fetch_body length", *len == 0);
        mail_fetch_fast(stream, text, 0);
        mail_fetch_flags(stream, text, 0);
        *len = 7;
        must(
            "mail_fetch_header",
            is_empty(mail_fetch_header(stream, 1, text, null_mut(), len, 0)),
        );
        must("mail_fetch_header length", *len == 0);
        must(
            "mail_fetch_message",
            is_empty(mail_fetch_message(stream, 1, len, c::FT_UID)),
        );
        must(
            "mail_fetch_mime",
            is_empty(mail_fetch_mime(stream, 1, text, len, 0)),
        );
        must(
            "mail_fetch_structure",
            mail_fetch_structure(stream, 1, &mut body, 0).is_null(),
        );
        must("mail_fetch_structure body", body.is_null());
        must(
            "mail_fetch_structure NULL",
            mail_fetch_structure(stream, 1, null_mut(), 0).is_null(),
        );
        must(
            "mail_fetch_text",
            is_empty(mail_fetch_text(stream, 1, text, null_mut(), 0)),
        );
        mail_flag(stream, text, text, c::ST_SET);
        mail_gc(stream, c::GC_ELT | c::GC_ENV | c::GC_TEXTS);
        mail_list(stream, text, text);
        mail_lsub(stream, text, text);
        must("mail_msgno", mail_msgno(stream, 1) == 0);
        must("mail_ping", mail_ping(stream) == 0);
        must(
            "mail_search_full",
            mail_search_full(stream, text, null_mut(), 0) == 0,
        );
        must(
            "mail_search_full with a program",
            mail_search_full(stream, text, mail_newsearchpgm(), c::SE_FREE) == 0,
        );
        must("mail_sequence", mail_sequence(stream, text.cast()) == 0);
        must(
            "mail_status",
            mail_status(stream, text, c::SA_MESSAGES) == 0,
        );
        must("mail_subscribe", mail_subscribe(stream, text) == 0);
        must("mail_uid", mail_uid(stream, 1) == 0);
        must(
            "mail_uid_sequence",
            mail_uid_sequence(stream, text.cast()) == 0,
        );
        must("mail_unsubscribe", mail_unsubscribe(stream, text) == 0);
        must("mail_valid", mail_valid(stream, text, text).is_null());
        must("mail_body", mail_body(stream, 1, text.cast()).is_null());
        must("imap_cap", (*imap_cap(stream)).bits == 0);
        must("imap_deleteacl", imap_deleteacl(stream, text, text) == 0);
        must("imap_getacl", imap_getacl(stream, text) == 0);
        must("imap_getquota", imap_getquota(stream, text) == 0);
        must("imap_getquotaroot", imap_getquotaroot(stream, text) == 0);
        must("imap_listrights", imap_listrights(stream, text, text) == 0);
        must("imap_myrights", imap_myrights(stream, text) == 0);
        must("imap_setacl", imap_setacl(stream, text, text, text) == 0);
        must(
            "imap_setquota",
            imap_setquota(stream, text, null_mut()) == 0,
        );
        // Neither opens anything, but a closed stream may be named.
        must("mail_open", mail_open(stream, text, 0).is_null());
        must(
            "mail_open prototype",
            mail_open(stream, text, c::OP_PROTOTYPE).is_null(),
        );
        mail_parameters(stream, c::GET_THREADERS, stream.cast());
        mail_parameters(stream, c::GET_NAMESPACE, stream.cast());
    }
    wrong
}

#[test]
fn no_stream_at_all() {
    prepare();
    assert_eq!(all_fail(null_mut(), null_mut()), [""; 0]);
    assert_eq!(all_fail(null_mut(), c"".as_ptr().cast_mut()), [""; 0]);
    assert_eq!(all_fail(null_mut(), c"1".as_ptr().cast_mut()), [""; 0]);
    assert!(host::take().iter().all(|t| !t.contains("internal error")));
}

#[test]
fn a_closed_stream() {
    let server = Server::start(|_| None);
    let stream = open(&server.mailbox("INBOX"));
    close(stream);
    host::take();
    for text in [
        null_mut(),
        c"".as_ptr().cast_mut(),
        c"1".as_ptr().cast_mut(),
    ] {
        assert_eq!(all_fail(stream.raw(), text), [""; 0]);
    }
    assert!(host::take().iter().all(|t| !t.contains("internal error")));
    assert_eq!(server.heard().last().map(String::as_str), Some("LOGOUT"));
}

#[test]
fn a_pointer_that_never_was_a_stream() {
    prepare();
    // Somewhere in the host's memory; a host that keeps to the interface has no such pointer, one that frees twice may.
    // Only what asks whether the stream is open is called: parameters look into what they are given.
    let memory = vec![0u8; 4096];
    let stream = Stream(memory.as_ptr().addr());
    assert!(!ping(stream));
    assert_eq!(close(stream), NIL);
    assert_eq!(crate::calls::header(stream, 1), "");
    assert!(memory.iter().all(|&b| b == 0));
}

#[test]
fn an_open_stream_and_no_strings() {
    let server = Server::start(|_| None);
    let stream = open(&server.mailbox("INBOX"));
    let raw = stream.raw();
    host::take();
    // SAFETY: an open stream; NULL is what the library must bear.
    unsafe {
        mail_append_full(raw, null_mut(), null_mut(), null_mut(), null_mut());
        mail_append_multiple(raw, null_mut(), None, null_mut());
        mail_copy_full(raw, null_mut(), null_mut(), 0);
        mail_create(raw, null_mut());
        mail_delete(raw, null_mut());
        mail_expunge_full(raw, null_mut(), 0);
        mail_fetch_body(raw, 1, null_mut(), null_mut(), c::FT_PEEK);
        mail_fetch_header(raw, 1, null_mut(), null_mut(), null_mut(), c::FT_PEEK);
        mail_fetch_mime(raw, 1, null_mut(), null_mut(), c::FT_PEEK);
        mail_fetch_structure(raw, 1, null_mut(), 0);
        mail_fetch_text(raw, 1, null_mut(), null_mut(), c::FT_PEEK);
        mail_fetch_fast(raw, null_mut(), 0);
        mail_flag(raw, null_mut(), null_mut(), 0);
        mail_list(raw, null_mut(), null_mut());
        mail_lsub(raw, null_mut(), null_mut());
        mail_search_full(raw, null_mut(), null_mut(), 0);
        mail_sequence(raw, null_mut());
        mail_uid_sequence(raw, null_mut());
        mail_status(raw, null_mut(), 0);
        mail_subscribe(raw, null_mut());
        imap_getquotaroot(raw, null_mut());
        imap_setquota(raw, null_mut(), null_mut());
        imap_setacl(raw, null_mut(), null_mut(), null_mut());
        mail_parse_flags(raw, null_mut(), null_mut());
    }
    let told = host::take();
    assert!(
        told.iter().all(|t| !t.contains("internal error")),
        "{told:?}"
    );
    assert!(ping(stream), "the stream has not suffered");
    close(stream);
}

#[test]
fn numbers_outside_the_mailbox() {
    let server = Server::start(|_| None);
    let stream = open(&server.mailbox("INBOX"));
    let raw = stream.raw();
    let sent = server.heard().len();
    for number in [0, 4, u32::MAX.into(), c_ulong::MAX] {
        // SAFETY: an open stream.
        unsafe {
            assert!(is_empty(mail_fetch_header(
                raw,
                number,
                null_mut(),
                null_mut(),
                null_mut(),
                0
            )));
            assert!(is_empty(mail_fetch_body(
                raw,
                number,
                c"1".as_ptr().cast_mut(),
                null_mut(),
                0
            )));
            assert!(mail_fetch_structure(raw, number, null_mut(), 0).is_null());
            assert_eq!(mail_uid(raw, number), 0);
            assert!(!mail_elt(raw, number).is_null());
        }
    }
    assert_eq!(server.heard().len(), sent, "{:?}", server.heard());
    close(stream);
}

#[test]
fn functions_without_a_stream() {
    prepare();
    let mut len: c_ulong = 0;
    // SAFETY: NULL is what the library must bear; what is made is freed.
    unsafe {
        auth_link(null_mut());
        mail_link(null_mut());
        mail_versioncheck(null_mut());
        mail_free_searchpgm(null_mut());
        let mut program = null_mut();
        mail_free_searchpgm(&mut program);
        program = mail_newsearchpgm();
        (*program).header = mail_newsearchheader(null_mut(), null_mut());
        mail_free_searchpgm(&mut program);
        assert!(program.is_null());
        let empty = rfc822_base64(null_mut(), 0, &mut len);
        assert_eq!(len, 0);
        libc::free(empty);
        ssl_onceonlyinit();
        ssl_onceonlyinit();
    }
}

#[test]
fn the_drivers_own_functions_bear_null() {
    prepare();
    let (no, text): (*mut MailStream, *mut c_char) = (null_mut(), null_mut());
    // SAFETY: the driver's table is not written to; NULL is what its functions must bear.
    unsafe {
        let table = &raw const imapdriver;
        let driver = &*table;
        let fails = |answer: Option<c_long>| assert_eq!(answer.unwrap_or(0), 0);
        assert!(driver.valid.is_none_or(|f| f(text).is_null()));
        if let Some(f) = driver.list {
            f(no, text, text);
        }
        if let Some(f) = driver.lsub {
            f(no, text, text);
        }
        fails(driver.subscribe.map(|f| f(no, text)));
        fails(driver.unsubscribe.map(|f| f(no, text)));
        fails(driver.create.map(|f| f(no, text)));
        fails(driver.mbxdel.map(|f| f(no, text)));
        fails(driver.mbxren.map(|f| f(no, text, text)));
        fails(driver.status.map(|f| f(no, text, 0)));
        if let Some(f) = driver.close {
            f(no, 0);
        }
        if let Some(f) = driver.fast {
            f(no, text, 0);
        }
        if let Some(f) = driver.flag {
            f(no, text, text, 0);
        }
        fails(driver.ping.map(|f| f(no)));
        if let Some(f) = driver.check {
            f(no);
        }
        fails(driver.expunge.map(|f| f(no, text, 0)));
        fails(driver.copy.map(|f| f(no, text, text, 0)));
        fails(driver.append.map(|f| f(no, text, None, null_mut())));
        if let Some(f) = driver.gc {
            f(no, 0);
        }
        assert!(
            driver
                .structure
                .is_none_or(|f| f(no, 1, null_mut(), 0).is_null())
        );
        assert_eq!(driver.uid.map_or(0, |f| f(no, 1)), 0);
        assert_eq!(driver.msgno.map_or(0, |f| f(no, 1)), 0);
    }
    host::take();
}
