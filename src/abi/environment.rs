//! Who the user is and where things would be (UW's env_unix.c), as far as that is right without
//! keeping mail in files: names and paths are worked out, no file is made or read.

use core::ffi::{CStr, c_char, c_int, c_long, c_ulong, c_void};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, Ordering};
use std::ffi::CString;

use super::callbacks;
use super::constants::*;
use super::entry::{c_str, entry};
use super::local_time::rfc822_fixed_date;
use super::memory::bytes;
use super::objects::unixdriver;
use super::stream::prototype::Prototype;
use super::types::MailStream;
use super::{parameters, tell};

/// The user is `nobody`: `env_init` was called without a name.
static ANONYMOUS: AtomicBool = AtomicBool::new(false);

/// Where Debian keeps arriving mail (UW's MAILSPOOL).
const MAIL_SPOOL: &[u8] = b"/var/mail/";

/// An entry of the password file: name and home directory.
struct Account {
    name: CString,
    home: CString,
}

/// The entry of the user `id` in the password file.
fn account_of(id: libc::uid_t) -> Option<Account> {
    // Enough for any sane entry (sysconf(_SC_GETPW_R_SIZE_MAX) says 1024 on Linux).
    let mut buffer: Vec<c_char> = vec![0; 16 * 1024];
    let mut found = null_mut();
    // SAFETY: a passwd is plain data and may be zero; valid pointers and the length of the buffer,
    // in which the strings lie, NUL-ended.
    unsafe {
        let mut entry: libc::passwd = core::mem::zeroed();
        let (at, size) = (buffer.as_mut_ptr(), buffer.len());
        if libc::getpwuid_r(id, &mut entry, at, size, &mut found) != 0 || found.is_null() {
            return None;
        }
        Some(Account {
            name: c_str(entry.pw_name)?.to_owned(),
            home: c_str(entry.pw_dir)?.to_owned(),
        })
    }
}

/// The effective user's home directory by the password file, whatever the program has set or its environment says.
pub fn home_by_password_file() -> CString {
    // SAFETY: asks for a number.
    let id = unsafe { libc::geteuid() };
    account_of(id).map_or(c"/".to_owned(), |account| account.home)
}

/// The user's name and what `MU_*` says of it (myusername_full). Root counts as nobody in
/// particular until a name is set.
fn user() -> (&'static CStr, c_int) {
    if parameters::user_name().is_none() {
        // SAFETY: asks for a number.
        let id = unsafe { libc::geteuid() };
        if id == 0 {
            return (UNLOGGEDUSER, MU_NOTLOGGEDIN);
        }
        // c-client ends the program when the user has no entry; a number is a name, too.
        let account = account_of(id).unwrap_or_else(|| Account {
            name: CString::new(id.to_string()).unwrap_or_default(),
            home: c"/".to_owned(),
        });
        let home = std::env::var_os("HOME")
            .filter(|home| home.len() < NETMAXMBX as usize && std::path::Path::new(home).is_dir())
            .and_then(|home| CString::new(home.into_encoded_bytes()).ok())
            .filter(|home| !home.is_empty());
        parameters::keep_user(&account.name, home.as_deref().unwrap_or(&account.home));
    }
    let kind = if ANONYMOUS.load(Ordering::Acquire) {
        MU_ANONYMOUS
    } else {
        MU_LOGGEDIN
    };
    (parameters::user_name().unwrap_or(UNLOGGEDUSER), kind)
}

/// The user's name.
pub fn user_name() -> &'static CStr {
    user().0
}

/// Whether it is known who the user is: only then does c-client make mailboxes on this machine.
pub fn is_logged_in() -> bool {
    user().1 != MU_NOTLOGGEDIN
}

/// The user's home directory (myhomedir).
pub fn home() -> &'static CStr {
    if parameters::home_directory().is_none() {
        user();
    }
    parameters::home_directory().unwrap_or(c"")
}

fn system_inbox() -> &'static CStr {
    if parameters::system_inbox().is_none() {
        let path = [MAIL_SPOOL, user().0.to_bytes()].concat();
        parameters::keep_system_inbox(&tell::c_string(&path));
    }
    parameters::system_inbox().unwrap_or(c"")
}

fn starts_with(name: &[u8], word: &[u8]) -> bool {
    name.get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn below(directory: &[u8], name: &[u8]) -> Vec<u8> {
    [directory, b"/", name].concat()
}

/// INBOX is spelt so, whatever the program wrote.
fn canonical_inbox(name: &[u8]) -> &[u8] {
    if name.eq_ignore_ascii_case(b"INBOX") {
        b"INBOX"
    } else {
        name
    }
}

/// The file of a mailbox (mailboxfile); empty for INBOX, of which the format decides; `None` for
/// names that are none.
pub fn mailbox_path(name: &[u8]) -> Option<Vec<u8>> {
    let anonymous = ANONYMOUS.load(Ordering::Acquire);
    let contains = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
    let first = *name.first()?;
    if first == b'{'
        || name.len() > NETMAXMBX as usize
        || contains(b"..")
        || contains(b"//")
        || contains(b"/~")
    {
        return None;
    }
    match first {
        b'#' if starts_with(name, b"#ftp/") => {
            Some(below(parameters::ftp_home()?.to_bytes(), &name[5..]))
        }
        b'#' if starts_with(name, b"#public/") => Some(below(
            parameters::public_home()?.to_bytes(),
            canonical_inbox(&name[8..]),
        )),
        b'#' if starts_with(name, b"#shared/") && !anonymous => Some(below(
            parameters::shared_home()?.to_bytes(),
            canonical_inbox(&name[8..]),
        )),
        b'#' => None,
        // Of the rest of the disk only the user's arriving mail, and nothing of other users: so is
        // Debian's c-client configured.
        b'/' => (!anonymous && name == system_inbox().to_bytes()).then(|| name.to_vec()),
        b'~' if !anonymous && name.get(1) == Some(&b'/') => {
            Some(below(home().to_bytes(), &name[2..]))
        }
        b'~' => None,
        _ if name.eq_ignore_ascii_case(b"INBOX") => Some(if anonymous {
            below(home().to_bytes(), b"INBOX")
        } else {
            Vec::new()
        }),
        _ => Some(below(home().to_bytes(), name)),
    }
}

/// Writes a path into the caller's buffer of `MAILTMPLEN` octets; NIL if it is longer.
///
/// # Safety
/// `dst` is NULL or has that room.
unsafe fn put(dst: *mut c_char, path: &[u8]) -> *mut c_char {
    if dst.is_null() || path.len() >= MAILTMPLEN as usize {
        return null_mut();
    }
    // SAFETY: room for MAILTMPLEN octets.
    unsafe {
        dst.copy_from_nonoverlapping(path.as_ptr().cast(), path.len());
        *dst.add(path.len()) = 0;
    }
    dst
}

unsafe extern "C" {
    /// POSIX's; the crate libc has it for glibc only.
    fn ctime_r(time: *const c_long, text: *mut c_char) -> *mut c_char;
}

/// A time as `ctime` writes it, without the end of the line.
fn local_ctime(seconds: u64) -> String {
    let mut text = [0; 64];
    let time = c_long::try_from(seconds).unwrap_or(0);
    // SAFETY: room for more than the 26 octets that it writes.
    let written = unsafe { ctime_r(&time, text.as_mut_ptr()) };
    if written.is_null() {
        return String::new();
    }
    // SAFETY: a C string in `text`.
    let text = unsafe { bytes(text.as_ptr()) };
    String::from_utf8_lossy(text).trim_end().to_owned()
}

/// What `default_proto` points to: of the driver for UNIX mailboxes.
static PROTOTYPE: Prototype = Prototype::new(&raw mut unixdriver);

entry! {
    /// Says who the user is, for all that follows. `user` NIL is the anonymous user; `home` NIL
    /// makes the root the home. T, always; a second time changes nothing.
    fn env_init(user: *mut c_char, home: *mut c_char) -> c_long {
        if parameters::block_env_init() || parameters::user_name().is_some() {
            return 1;
        }
        // SAFETY: NULL or NUL-ended strings.
        let (user, home) = unsafe { (c_str(user), c_str(home)) };
        if user.is_none() {
            ANONYMOUS.store(true, Ordering::Release);
        }
        let anonymous_home = parameters::anonymous_home();
        match (user, home) {
            (_, None) => parameters::keep_system_inbox(c"INBOX"),
            (None, Some(_)) => {
                let inbox = below(anonymous_home.to_bytes(), b"INBOX");
                parameters::keep_system_inbox(&tell::c_string(&inbox));
            }
            (Some(_), Some(_)) => {}
        }
        let home = match (user, home) {
            (_, None) => c"",
            (None, Some(_)) => anonymous_home,
            (Some(_), Some(home)) => home,
        };
        parameters::keep_user(user.unwrap_or(ANONYMOUSUSER), home);
        1
    }

    /// The user's name, the library's own; `flags` gets `MU_*`.
    fn myusername_full(flags: *mut c_ulong) -> *mut c_char {
        let (name, kind) = user();
        // SAFETY: NULL or a number of the caller's.
        if let Some(flags) = unsafe { flags.as_mut() } {
            *flags = kind as c_ulong;
        }
        name.as_ptr().cast_mut()
    }

    /// The user's home directory, the library's own; empty when it is not known.
    fn myhomedir() -> *mut c_char {
        home().as_ptr().cast_mut()
    }

    /// The file where the system puts the user's mail, the library's own.
    fn sysinbox() -> *mut c_char {
        system_inbox().as_ptr().cast_mut()
    }

    /// Writes the path of the mailbox `dir` + `name` to `dst` (`MAILTMPLEN` octets) and returns
    /// it; the directory of mailboxes when both are NIL; NIL when the name is none.
    fn mailboxdir(dst: *mut c_char, dir: *mut c_char, name: *mut c_char) -> *mut c_char {
        // SAFETY: NULL or NUL-ended strings, and a buffer of MAILTMPLEN octets.
        unsafe {
            if dir.is_null() && name.is_null() {
                return put(dst, home().to_bytes());
            }
            let (dir, name) = (bytes(dir), bytes(name));
            if dir.len().max(name.len()) > NETMAXMBX as usize {
                return null_mut();
            }
            match mailbox_path(&[dir, name].concat()) {
                Some(path) => put(dst, &path),
                None => null_mut(),
            }
        }
    }

    /// Writes the path of the mailbox `name` to `dst` (`MAILTMPLEN` octets) and returns it: an
    /// empty one for INBOX, NIL when the name is none.
    fn mailboxfile(dst: *mut c_char, name: *mut c_char) -> *mut c_char {
        // SAFETY: NULL or a NUL-ended string, and a buffer of MAILTMPLEN octets.
        unsafe {
            match mailbox_path(bytes(name)) {
                Some(path) => put(dst, &path),
                None => null_mut(),
            }
        }
    }

    /// The stream whose driver makes new mailboxes on this machine (or, `T`, takes new mail): its
    /// driver opens nothing here. Not to be closed. NIL while it is not known who the user is.
    fn default_proto(_type: c_long) -> *mut MailStream {
        if is_logged_in() {
            PROTOTYPE.stream()
        } else {
            null_mut()
        }
    }

    /// Gives a stream the keywords of the user's configuration: there are none.
    fn user_flags(stream: *mut MailStream) -> *mut MailStream {
        stream
    }

    /// The `i`-th keyword of the user's configuration: there is none.
    fn default_user_flag(_i: c_ulong) -> *mut c_char {
        null_mut()
    }

    /// The protection of new directories at a mailbox name.
    fn get_dir_protection(mailbox: *mut c_char) -> c_long {
        // SAFETY: NULL or a NUL-ended string.
        let name = unsafe { bytes(mailbox) };
        if starts_with(name, b"#ftp/") {
            parameters::ftp_dir_protection()
        } else if starts_with(name, b"#public/") {
            parameters::public_dir_protection()
        } else if starts_with(name, b"#shared/") {
            parameters::shared_dir_protection()
        } else {
            parameters::dir_protection()
        }
    }

    /// Looks at the file `name` into `sbuf` (a `struct stat`): the number of its names, NIL for a
    /// symbolic link (and a log line), -1 when there is none.
    fn chk_notsymlink(name: *mut c_char, sbuf: *mut c_void) -> c_long {
        if name.is_null() || sbuf.is_null() {
            return -1;
        }
        let sbuf: *mut libc::stat = sbuf.cast();
        // SAFETY: a NUL-ended string and room for a stat; read only when lstat filled it.
        unsafe {
            if libc::lstat(name, sbuf) != 0 {
                return -1;
            }
            if (*sbuf).st_mode & libc::S_IFMT == libc::S_IFLNK {
                tell::log("symbolic link on lock name", ERROR);
                return 0;
            }
            (*sbuf).st_nlink as c_long
        }
    }

    /// Writes all `nbytes` octets to `fd`, however many the system takes at a time. Their number,
    /// or -1 (see `errno`).
    fn safe_write(fd: c_int, buf: *mut c_char, nbytes: c_long) -> c_long {
        let total = usize::try_from(nbytes).unwrap_or(0);
        let mut done = 0;
        while done < total && !buf.is_null() {
            // SAFETY: the rest of the caller's `nbytes` octets.
            let n = unsafe { libc::write(fd, buf.add(done).cast(), total - done) };
            match usize::try_from(n) {
                // Nothing taken and no error: as good as one, else this would not end.
                Ok(0) => return -1,
                Ok(n) => done += n,
                Err(_) => {
                    let error = std::io::Error::last_os_error();
                    if error.kind() != std::io::ErrorKind::Interrupted {
                        return -1;
                    }
                }
            }
        }
        nbytes
    }

    /// Sets what a signal does (a handler, `SIG_DFL` or `SIG_IGN`) and returns what it did; system
    /// calls go on after it. `SIG_ERR` when the system refuses.
    fn arm_signal(sig: c_int, action: *mut c_void) -> *mut c_void {
        // SAFETY: plain data, valid when zero; the handler is the program's own.
        unsafe {
            let mut new: libc::sigaction = core::mem::zeroed();
            let mut old: libc::sigaction = core::mem::zeroed();
            new.sa_sigaction = action as libc::sighandler_t;
            new.sa_flags = libc::SA_RESTART;
            if libc::sigaction(sig, &new, &mut old) != 0 {
                return libc::SIG_ERR as *mut c_void;
            }
            old.sa_sigaction as *mut c_void
        }
    }

    /// Waits for the child `pid`, after a hang-up signal to it if `killreq`; `status` (an `int`)
    /// gets what `waitpid` says. Numbers that are no single process are left alone.
    fn grim_pid_reap_status(pid: c_int, killreq: c_int, status: *mut c_void) {
        if pid <= 0 {
            return;
        }
        // SAFETY: numbers, and NULL or an int of the caller's.
        unsafe {
            if killreq != 0 {
                libc::kill(pid, libc::SIGHUP);
            }
            while libc::waitpid(pid, status.cast(), 0) < 0
                && std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted
            {}
        }
    }

    /// Writes to `hdr` the message that stands first in a UNIX mailbox and holds what the format has no place for: UID
    /// validity, last UID and keywords of `stream`. Its length. The room must be that of c-client: keywords have at most
    /// 64 octets, this host's name counts with 80 each time, and all the rest is below 800.
    fn unix_pseudo(stream: *mut MailStream, hdr: *mut c_char) -> c_ulong {
        if stream.is_null() || hdr.is_null() {
            return 0;
        }
        let mut date = [0; MAILTMPLEN as usize];
        // SAFETY: room for a date; a stream of the caller's, its keywords NULL or C strings.
        let (date, validity, last, keywords) = unsafe {
            rfc822_fixed_date(date.as_mut_ptr());
            let keywords: Vec<u8> = (*stream)
                .user_flags
                .iter()
                .filter(|flag| !flag.is_null())
                .flat_map(|&flag| {
                    let flag = bytes(flag);
                    [b" ", &flag[..flag.len().min(MAXUSERFLAG as usize)]].concat()
                })
                .collect();
            let date = bytes(date.as_ptr()).to_vec();
            (date, (*stream).uid_validity, (*stream).uid_last, keywords)
        };
        let host = parameters::local_host_name().to_bytes();
        let host = String::from_utf8_lossy(&host[..host.len().min(80)]);
        let date = String::from_utf8_lossy(&date);
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |now| now.as_secs());
        let when = local_ctime(now);
        let head = format!(
            "From MAILER-DAEMON {when}\nDate: {date}\n\
             From: Mail System Internal Data <MAILER-DAEMON@{host}>\n\
             Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\
             Message-ID: <{now}@{host}>\nX-IMAP: {validity:010} {last:010}"
        );
        let tail = "\nStatus: RO\n\nMail programs keep data about this folder here. If this message is deleted, \
                    they make it anew\nand forget what it said.\n\n";
        let text = [head.as_bytes(), &keywords, tail.as_bytes()].concat();
        // SAFETY: the room that the interface demands.
        unsafe {
            hdr.copy_from_nonoverlapping(text.as_ptr().cast(), text.len());
            *hdr.add(text.len()) = 0;
        }
        text.len() as c_ulong
    }

    /// Tells the program through `mm_fatal`, and returns: UW c-client ends the program.
    fn fatal(string: *mut c_char) {
        // SAFETY: NULL or a NUL-ended string.
        callbacks::fatal(unsafe { c_str(string) }.unwrap_or(c""));
    }
}
