//! Whole sessions through the C functions: what a program does with a mailbox, whatever the server says.
//!
//! The input is the server: its answers, separated by octets 0xFF, the greeting first. Each line from the client takes
//! the next answer, in which `#` stands for the tag; unless it ends with `!`, `# OK done` follows. When there are no
//! answers left, the connection ends; also when the client waits for more than an answer holds.

use crate::answers;
use c_client::abi::constants as c;
use c_client::abi::destructors::{mail_free_searchpgm, mail_free_sortpgm, mail_free_threadnode};
use c_client::abi::imap4r1::{
    imap_getacl, imap_getquotaroot, imap_listrights, imap_myrights, imap_setacl,
};
use c_client::abi::link::{auth_link, mail_link};
use c_client::abi::mail_criteria::mail_criteria;
use c_client::abi::memory::{fs_get, fs_give};
use c_client::abi::objects::{auth_log, auth_md5, auth_pla, imapdriver, mail_string, pop3driver};
use c_client::abi::parameters::mail_parameters;
use c_client::abi::types::{MailStream, MailString, SortPgm};
use c_client::abi::{
    mail_fetch, mail_folders, mail_messages, mail_open, mail_overview, mail_sort, mail_thread,
    mm_cache,
};
use core::ffi::{CStr, c_char, c_long, c_ulong};
use std::ptr::{null_mut, slice_from_raw_parts};
use std::sync::Once;

/// Messages that are looked at.
const LOOKED_AT: u64 = 3;

fn set_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: static objects; a plain number is what that setting takes.
        unsafe {
            mail_link(&raw mut imapdriver);
            mail_link(&raw mut pop3driver);
            for mechanism in [&raw mut auth_md5, &raw mut auth_pla, &raw mut auth_log] {
                auth_link(mechanism);
            }
            mail_parameters(null_mut(), c::SET_MAXLOGINTRIALS, 1 as *mut _);
        }
        answers::listen();
    });
}

fn text(string: &'static CStr) -> *mut c_char {
    string.as_ptr().cast_mut()
}

/// Reads what a function returned, to its end.
fn look(text: *const c_char, length: u64) {
    if !text.is_null() {
        // SAFETY: so many octets and a NUL, by the interface.
        let octets = unsafe { &*slice_from_raw_parts(text.cast::<u8>(), length as usize + 1) };
        assert_eq!(octets.last(), Some(&0));
        std::hint::black_box(octets.iter().fold(0u8, |sum, octet| sum ^ octet));
    }
}

/// An IMAP server.
pub fn imap_session(data: &[u8]) {
    converse(data, c"{mail.example.org:143/imap/user=user}INBOX", true);
}

/// A POP3 server.
pub fn pop3_session(data: &[u8]) {
    converse(data, c"{mail.example.org:110/pop3/user=user}INBOX", false);
}

fn converse(data: &[u8], name: &'static CStr, imap: bool) {
    set_up();
    answers::play(data);
    // SAFETY: C strings; a stream that was just opened, which the library knows even when it is broken.
    unsafe {
        let mut stream = mail_open::mail_open(null_mut(), text(name), 0);
        if !stream.is_null() {
            use_it(stream, name);
            if imap {
                stream = use_folders(stream);
            }
            mail_open::mail_close_full(stream, 0);
        }
    }
}

/// # Safety
/// An open stream.
unsafe fn use_it(stream: *mut MailStream, name: &'static CStr) {
    // SAFETY: arguments as the interface wants them; what is returned is freed once, by its function.
    unsafe {
        let (name, all) = (text(name), text(c"1:3"));
        let count = |stream: *mut MailStream| (*stream).nmsgs.min(LOOKED_AT);
        mail_overview::mail_fetch_overview(stream, all, None);
        for number in 1..=count(stream) {
            let mut body = null_mut();
            let mut length = 0;
            mail_fetch::mail_fetch_structure(stream, number, &raw mut body, 0);
            let header = mail_fetch::mail_fetch_header(
                stream,
                number,
                null_mut(),
                null_mut(),
                &raw mut length,
                0,
            );
            look(header, length);
            let whole = mail_fetch::mail_fetch_text(stream, number, null_mut(), &raw mut length, 0);
            look(whole, length);
            for section in [c"1", c"2.1"] {
                let part =
                    mail_fetch::mail_fetch_body(stream, number, text(section), &raw mut length, 0);
                look(part, length);
                let mime =
                    mail_fetch::mail_fetch_mime(stream, number, text(section), &raw mut length, 0);
                look(mime, length);
            }
        }
        mail_messages::mail_flag(stream, all, text(c"\\Deleted"), 2);
        let mut program = mail_criteria(text(c"TEXT \"a\" UNDELETED"));
        mail_messages::mail_search_full(stream, null_mut(), program, 0);
        mail_free_searchpgm(&raw mut program);

        let mut all_messages = mail_criteria(text(c"ALL"));
        let mut sort = fs_get(size_of::<SortPgm>()).cast::<SortPgm>();
        sort.write_bytes(0, 1);
        (*sort).function = c::SORTSUBJECT as _;
        let mut list = mail_sort::mail_sort(stream, null_mut(), all_messages, sort, 0);
        if !list.is_null() {
            let mut at = list;
            while *at != 0 {
                at = at.add(1);
            }
            fs_give((&raw mut list).cast());
        }
        mail_free_sortpgm(&raw mut sort);
        let mut threads =
            mail_thread::mail_thread(stream, text(c"REFERENCES"), null_mut(), all_messages, 0);
        if !threads.is_null() {
            mail_free_threadnode(&raw mut threads);
        }
        mail_free_searchpgm(&raw mut all_messages);

        mail_folders::mail_list(stream, null_mut(), text(c"*"));
        mail_folders::mail_lsub(stream, null_mut(), text(c"%"));
        mail_folders::mail_status(stream, name, c_long::from(0x1fu8));
        imap_getquotaroot(stream, text(c"INBOX"));
        imap_getacl(stream, text(c"INBOX"));
        mail_messages::mail_copy_full(stream, all, text(c"other"), 0);
        mail_messages::mail_expunge_full(stream, null_mut(), 0);
        mail_messages::mail_ping(stream);
        mail_messages::mail_check(stream);
    }
}

/// What only IMAP has, or does more with. Returns the stream, or NULL when it was closed.
///
/// # Safety
/// An open stream.
unsafe fn use_folders(stream: *mut MailStream) -> *mut MailStream {
    // SAFETY: as in `use_it`.
    unsafe {
        let other = text(c"{mail.example.org:143/imap/user=user}other");
        let mail = c"Subject: x\r\n\r\nHello\r\n";
        let mut message: MailString = std::mem::zeroed();
        let size = mail.count_bytes() as c_ulong;
        if let Some(init) = mail_string.init {
            message.dtb = &raw mut mail_string;
            message.size = size;
            init(&raw mut message, text(mail).cast(), size);
        }
        mail_messages::mail_append_full(
            stream,
            other,
            text(c"\\Seen"),
            text(c"17-Jul-1996 02:44:25 -0700"),
            &raw mut message,
        );
        mail_folders::mail_create(stream, other);
        mail_folders::mail_rename(stream, other, other);
        mail_folders::mail_subscribe(stream, other);
        mail_folders::mail_unsubscribe(stream, other);
        mail_folders::mail_delete(stream, other);
        mail_folders::mail_scan(stream, null_mut(), text(c"*"), text(c"x"));
        imap_myrights(stream, text(c"INBOX"));
        imap_listrights(stream, text(c"INBOX"), text(c"ada"));
        imap_setacl(stream, text(c"INBOX"), text(c"ada"), text(c"lr"));

        // By UID, and what is not in the cache any more.
        mm_cache::mail_gc(stream, c_long::from(0x7u8));
        mail_messages::mail_fetch_flags(stream, text(c"7:9"), c::FT_UID);
        let mut length = 0;
        let whole = mail_fetch::mail_fetch_message(stream, 7, &raw mut length, c::FT_UID);
        look(whole, length);
        for number in 1..=(*stream).nmsgs.min(LOOKED_AT) {
            mail_messages::mail_uid(stream, number);
        }
        mail_messages::mail_msgno(stream, 8);

        // The same connection for another mailbox.
        mail_open::mail_open(stream, other, 0)
    }
}
