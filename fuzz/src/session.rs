//! Whole sessions through the C functions: what a program does with a mailbox, whatever the server says.
//!
//! The input is the server: its answers, separated by octets 0xFF, the greeting first. Each line from the client takes
//! the next answer, in which `#` stands for the tag; unless it ends with `!`, `# OK done` follows. When there are no
//! answers left, the connection ends; also when the client waits for more than an answer holds.

use c_client::abi::constants as c;
use c_client::abi::destructors::{mail_free_searchpgm, mail_free_sortpgm, mail_free_threadnode};
use c_client::abi::imap4r1::{imap_getacl, imap_getquotaroot};
use c_client::abi::link::mail_link;
use c_client::abi::mail_criteria::mail_criteria;
use c_client::abi::memory::{fs_get, fs_give};
use c_client::abi::objects::{imapdriver, pop3driver};
use c_client::abi::parameters::mail_parameters;
use c_client::abi::types::{MailStream, SortPgm};
use c_client::abi::{
    mail_fetch, mail_folders, mail_messages, mail_open, mail_overview, mail_sort, mail_thread,
};
use core::ffi::{CStr, c_char, c_long};
use std::ffi::CString;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::ptr::{null_mut, slice_from_raw_parts};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

/// How long the server waits for a line before it hangs up: the client waits for the server then.
const PATIENCE: Duration = Duration::from_millis(15);
/// Messages that are looked at.
const LOOKED_AT: u64 = 3;

struct Server {
    port: u16,
    inputs: SyncSender<Vec<u8>>,
    done: Receiver<()>,
}

fn set(number: c_long, value: usize) {
    // SAFETY: a plain number is what these settings take.
    unsafe { mail_parameters(null_mut(), number, value as *mut _) };
}

/// The one server of this process; its thread plays an input at a time.
fn server() -> &'static Mutex<Server> {
    static SERVER: OnceLock<Mutex<Server>> = OnceLock::new();
    SERVER.get_or_init(|| {
        // SAFETY: static objects.
        unsafe {
            mail_link(&raw mut imapdriver);
            mail_link(&raw mut pop3driver);
        }
        for setting in [
            c::SET_OPENTIMEOUT,
            c::SET_READTIMEOUT,
            c::SET_WRITETIMEOUT,
            c::SET_CLOSETIMEOUT,
        ] {
            set(setting, 5);
        }
        set(c::SET_MAXLOGINTRIALS, 1);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        let port = listener.local_addr().expect("bound").port();
        let (inputs, to_play) = sync_channel::<Vec<u8>>(1);
        let (tell, done) = sync_channel(1);
        std::thread::spawn(move || {
            for input in to_play {
                if let Ok((stream, _)) = listener.accept() {
                    // A client that goes away ends the conversation, which is all there is to do.
                    let _ = play(&stream, &input);
                    // The end is a reset, or each connection would keep its port for a minute.
                    let _ = see_off(&stream);
                }
                let _ = tell.send(());
            }
        });
        Mutex::new(Server { port, inputs, done })
    })
}

fn see_off(stream: &TcpStream) -> std::io::Result<()> {
    // What the client has not read yet, it shall still get: only when it has closed its side, or after a while.
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut rest = [0; 4096];
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    while matches!(std::io::Read::read(&mut &*stream, &mut rest), Ok(1..)) {}
    Ok(())
}

fn play(stream: &TcpStream, input: &[u8]) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(Duration::from_secs(2)))?;
    let mut answers = input.split(|&octet| octet == 0xff);
    let mut out = stream;
    out.write_all(answers.next().unwrap_or_default())?;
    out.write_all(b"\r\n")?;
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new();
    for answer in answers {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let tag = line
            .split(|&octet| octet == b' ')
            .next()
            .unwrap_or_default();
        let (answer, ending) = match answer.strip_suffix(b"!") {
            Some(answer) => (answer, &b""[..]),
            None => (answer, &b"# OK done\r\n"[..]),
        };
        let mut told = Vec::with_capacity(answer.len() + 32);
        for &octet in answer.iter().chain(ending) {
            if octet == b'#' {
                told.extend_from_slice(tag);
            } else {
                told.push(octet);
            }
        }
        out.write_all(&told)?;
    }
    Ok(())
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
    converse(data, "imap");
}

/// A POP3 server.
pub fn pop3_session(data: &[u8]) {
    converse(data, "pop3");
}

fn converse(data: &[u8], service: &str) {
    let server = server().lock().expect("no panic");
    server.inputs.send(data.to_vec()).expect("a server");
    let name = format!(
        "{{127.0.0.1:{}/{service}/notls/user=user}}INBOX",
        server.port
    );
    let name = CString::new(name).expect("no NUL");
    // SAFETY: C strings; a stream that was just opened, which the library knows even when it is broken.
    unsafe {
        let stream = mail_open::mail_open(null_mut(), name.as_ptr().cast_mut(), 0);
        if !stream.is_null() {
            use_it(stream, &name);
            mail_open::mail_close_full(stream, 0);
        }
    }
    server.done.recv().expect("a server");
}

/// # Safety
/// An open stream.
unsafe fn use_it(stream: *mut MailStream, name: &CStr) {
    // SAFETY: arguments as the interface wants them; what is returned is freed once, by its function.
    unsafe {
        let (name, all) = (name.as_ptr().cast_mut(), text(c"1:3"));
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
