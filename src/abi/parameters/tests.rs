//! Settings are process-wide and tests run in threads: a test that sets holds [`alone`].

use core::ptr::null_mut;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::super::callbacks::fake;
use super::table::{Initial, Kind, ROWS};
use super::*;

/// Keeps the tests of this file that set from each other's settings.
fn alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

fn call(function: c_long, value: *mut c_void) -> *mut c_void {
    // SAFETY: tests pass what each number wants.
    unsafe { mail_parameters(null_mut(), function, value) }
}

fn text(pointer: *mut c_void) -> &'static str {
    assert!(!pointer.is_null());
    // SAFETY: the library returned it for a text setting.
    unsafe { CStr::from_ptr(pointer.cast()) }.to_str().unwrap()
}

#[test]
fn what_c_client_aborts_for_is_refused_in_its_words() {
    fake::take_log();
    for (function, words) in [
        (SET_INBOXPATH, "SET_INBOXPATH not permitted"),
        (SET_THREADERS, "SET_THREADERS not permitted"),
        (SET_NAMESPACE, "SET_NAMESPACE not permitted"),
        (ENABLE_DEBUG, "ENABLE_DEBUG not permitted"),
        (DISABLE_DEBUG, "DISABLE_DEBUG not permitted"),
        (SET_DIRFMTTEST, "SET_DIRFMTTEST not permitted"),
        (GET_DIRFMTTEST, "GET_DIRFMTTEST not permitted"),
        (SET_DRIVERS, "SET_DRIVERS not permitted"),
        (SET_DRIVER, "SET_DRIVER not permitted"),
        (SET_SNARFMAILBOXNAME, "SET_SNARFMAILBOXNAME with no stream"),
    ] {
        assert!(call(function, null_mut()).is_null(), "{words}");
        assert_eq!(fake::take_log(), [(words.to_owned(), ERROR)]);
    }
}

#[test]
fn numbers_nobody_knows_are_nil_and_silent() {
    fake::take_log();
    for function in [
        -1, 0, 9, 100, 163, 209, 210, 219, 220, 300_000, 514, 515, 578,
    ] {
        assert!(call(function, c"x".as_ptr().cast_mut().cast()).is_null());
    }
    assert!(fake::take_log().is_empty());
}

#[test]
fn every_row_keeps_what_its_kind_says() {
    let store = store::Store::new();
    for row in ROWS {
        let given: *mut c_void = c"a value".as_ptr().cast_mut().cast();
        // SAFETY: a text serves as a value for every kind: nothing reads it as anything else.
        let set = |value| unsafe { store.answer(row.layer, row.set, value) };
        // SAFETY: as above.
        let get = || unsafe { store.answer(row.layer, row.get, null_mut()) };
        let before = get();
        let answer = set(given);
        match row.kind {
            Kind::Number | Kind::Hook | Kind::Borrowed => {
                assert_eq!((answer, get()), (given, given), "{}", row.name);
            }
            Kind::Flag => assert_eq!((text(answer), text(get())), ("", ""), "{}", row.name),
            Kind::Text => {
                assert_ne!(answer, given, "{}", row.name);
                assert_eq!(
                    (text(answer), text(get())),
                    ("a value", "a value"),
                    "{}",
                    row.name
                );
            }
            Kind::QuietText => {
                assert!(answer.is_null(), "{}", row.name);
                assert_eq!(text(get()), "a value", "{}", row.name);
            }
        }
        let cleared = set(null_mut());
        if row.kind == Kind::Text && matches!(row.default, Initial::Text(_)) {
            assert_eq!(cleared, before, "{}", row.name);
        } else {
            assert!(cleared.is_null() && get().is_null(), "{}", row.name);
        }
    }
}

#[test]
fn time_outs_are_seconds_and_zero_is_none() {
    let _alone = alone();
    assert_eq!(open_timeout(), None);
    for (set, get) in [
        (SET_OPENTIMEOUT, open_timeout as fn() -> Option<Duration>),
        (SET_READTIMEOUT, read_timeout),
        (SET_WRITETIMEOUT, write_timeout),
        (SET_CLOSETIMEOUT, close_timeout),
    ] {
        assert_eq!(call(set, store::number(60)).addr(), 60);
        assert_eq!(get(), Some(Duration::from_secs(60)));
        call(set, store::number(-1));
        assert_eq!(get(), None);
        call(set, null_mut());
        assert_eq!(get(), None);
    }
}

#[test]
fn the_library_reads_defaults_though_no_driver_is_linked() {
    let _alone = alone();
    assert_eq!(lookahead(), 20);
    assert_eq!(uid_lookahead(), 1000);
    assert_eq!(fetch_lookahead_limit(), 20);
    assert_eq!((imap_port(), ssl_imap_port()), (None, None));
    assert!(trust_dns() && sasl_uses_ptr_name() && !debug_sensitive());
    assert!(smtp_verbose().is_some() && block_notify().is_some() && gets().is_none());
}

#[test]
fn the_imap_driver_answers_for_its_settings() {
    let _alone = alone();
    // SAFETY: the numbers used take numbers.
    let imap = |function, value| unsafe { imap_parameters(function, value) };
    assert_eq!(imap(SET_PREFETCH, store::number(7)).addr(), 7);
    assert_eq!(imap(GET_PREFETCH, null_mut()).addr(), 7);
    assert_eq!(prefetch(), 7);
    imap(SET_PREFETCH, store::number(-3));
    assert_eq!(prefetch(), 0);
    imap(SET_PREFETCH, store::number(20));
    assert_eq!(imap(GET_IDLETIMEOUT, null_mut()).addr(), 30);
    for value in [70_000, -5] {
        imap(SET_IMAPPORT, store::number(value));
        assert_eq!(imap_port(), None);
    }
    imap(SET_IMAPPORT, store::number(1143));
    assert_eq!(imap_port(), Some(1143));
    imap(SET_IMAPPORT, null_mut());
    fake::take_log();
    assert!(imap(SET_FETCHLOOKAHEAD, null_mut()).is_null());
    assert!(imap(SET_IDLETIMEOUT, null_mut()).is_null());
    assert_eq!(fake::take_log().len(), 2);
    assert!(imap(GET_FETCHLOOKAHEAD, null_mut()).is_null());
}

#[test]
fn a_hook_comes_back_as_the_function_it_is() {
    let _alone = alone();
    unsafe extern "C-unwind" fn send(_: *mut MailStream, _: *mut c_char, _: c_long) {}
    // Made once: a function need not have the same address twice.
    let send: unsafe extern "C-unwind" fn(*mut MailStream, *mut c_char, c_long) = send;
    assert!(send_command().is_none());
    call(SET_SENDCOMMAND, send as *mut c_void);
    assert!(send_command().is_some_and(|hook| core::ptr::fn_addr_eq(hook, send)));
    call(SET_SENDCOMMAND, null_mut());
    assert!(send_command().is_none());
}

#[test]
fn without_a_stream_the_library_s_own_threaders_are_listed() {
    let threader: *mut Threader = call(GET_THREADERS, null_mut()).cast();
    // SAFETY: the list is static and ends in NULL.
    let names: Vec<&str> = unsafe {
        let next = (*threader).next;
        assert!((*next).next.is_null());
        assert!((*threader).dispatch.is_some() && (*next).dispatch.is_some());
        [threader, next].map(|t| text((*t).name.cast())).to_vec()
    };
    assert_eq!(names, ["REFERENCES", "ORDEREDSUBJECT"]);
}

#[test]
fn without_a_stream_the_name_spaces_are_three_empty_lists() {
    let lists: *mut *mut Namespace = call(GET_NAMESPACE, null_mut()).cast();
    // SAFETY: a static array of three.
    let lists = unsafe { *lists.cast::<[*mut Namespace; 3]>() };
    assert!(lists.iter().all(|list| list.is_null()));
}

#[test]
fn a_stream_is_asked_through_its_driver() {
    unsafe extern "C-unwind" fn parameters(function: c_long, value: *mut c_void) -> *mut c_void {
        match function {
            GET_THREADERS | GET_NAMESPACE | GET_NEWSRC => value,
            GET_PREFETCH => store::number(99),
            _ => null_mut(),
        }
    }
    // SAFETY: all-zero structs are valid, and the driver outlives the calls.
    unsafe {
        let mut driver: Driver = core::mem::zeroed();
        driver.parameters = Some(parameters);
        // On the heap: the memory of streams that are closed is kept.
        let s = crate::abi::tree::zeroed::<MailStream>();
        (*s).dtb = &raw mut driver;
        // Nobody knows it yet.
        assert_ne!(mail_parameters(s, GET_THREADERS, null_mut()), s.cast());
        assert!(mail_parameters(s, GET_SNARFMAILBOXNAME, null_mut()).is_null());
        registry::register(s);
        for function in [GET_THREADERS, GET_NAMESPACE, GET_NEWSRC] {
            assert_eq!(mail_parameters(s, function, null_mut()), s.cast());
        }
        assert_eq!(mail_parameters(s, GET_PREFETCH, null_mut()).addr(), 99);
        fake::take_log();
        assert!(mail_parameters(s, SET_NEWSRC, null_mut()).is_null());
        assert_eq!(fake::take_log()[0].0, "SET_NEWSRC not permitted");

        let name = c"{host}source".as_ptr().cast_mut().cast();
        assert_eq!(
            text(mail_parameters(s, SET_SNARFMAILBOXNAME, name)),
            "{host}source"
        );
        assert_eq!(
            text(mail_parameters(s, GET_SNARFMAILBOXNAME, null_mut())),
            "{host}source"
        );
        assert!(mail_parameters(s, SET_SNARFMAILBOXNAME, null_mut()).is_null());
        assert!(mail_parameters(s, GET_SNARFMAILBOXNAME, null_mut()).is_null());

        // A driver that answers nothing, or a stream that was closed, is no trouble.
        driver.parameters = None;
        (*s).dtb = &raw mut driver;
        assert!(mail_parameters(s, GET_THREADERS, null_mut()).is_null());
        (*s).dtb = null_mut();
        assert!(!mail_parameters(s, GET_THREADERS, null_mut()).is_null());
        registry::retire(s, false);
    }
}

#[test]
fn tls_is_announced_once() {
    let _alone = alone();
    announce_tls();
    assert!(has_ssl_driver() && has_ssl_start());
    fake::take_log();
    let driver: *mut crate::abi::types::NetDriver = call(GET_SSLDRIVER, null_mut()).cast();
    // SAFETY: the static driver, whose functions take anything.
    unsafe {
        let stream = (*driver).open.unwrap()(null_mut(), null_mut(), 993);
        assert!(stream.is_null());
    }
    assert_eq!(fake::take_log().len(), 1);
    call(SET_SSLDRIVER, null_mut());
    announce_tls();
    assert!(!has_ssl_driver());
}
