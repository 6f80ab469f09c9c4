//! Opening and closing (UW's pop3_open, pop3_close).

use core::ffi::{c_long, c_ulong};

use super::{folders, login, messages};
use crate::abi::constants::{BYE, CL_EXPUNGE, ERROR, WARN};
use crate::abi::dial::{self, Ports, Route};
use crate::abi::objects::pop3driver;
use crate::abi::stream::pop3::{Pop3, Sent};
use crate::abi::stream::prototype::Prototype;
use crate::abi::stream::{Entered, enter};
use crate::abi::types::MailStream;
use crate::abi::{memory, parameters, tell};
use crate::limits;
use crate::mailbox_name::{CanonicalName, NetMbx};
use crate::pop3::connection::Connection;

/// `pop3driver.open`: NULL gives the prototype, a stream gets its connection.
pub(crate) unsafe extern "C-unwind" fn pop3_open(stream: *mut MailStream) -> *mut MailStream {
    if stream.is_null() {
        static PROTOTYPE: Prototype = Prototype::new(&raw mut pop3driver);
        return PROTOTYPE.stream();
    }
    match enter(stream) {
        Some(cx) if open(&cx) => stream,
        _ => core::ptr::null_mut(),
    }
}

/// `pop3driver.close`.
pub(crate) unsafe extern "C-unwind" fn pop3_close(stream: *mut MailStream, options: c_long) {
    if let Some(cx) = enter(stream) {
        close(&cx, options);
    }
}

/// Says goodbye and drops the conversation.
fn close(cx: &Entered, options: c_long) {
    if cx.is_pop3_connected() {
        if options & CL_EXPUNGE != 0 {
            let silent = cx.edit(|s| {
                let before = s.silent();
                s.set_silent(1);
                before
            });
            messages::expunge(cx, None, 0);
            cx.edit(|s| s.set_silent(silent));
        }
        let said = cx.pop3_talk(|connection| {
            connection.limit(parameters::close_timeout());
            connection.command(b"QUIT", b"QUIT")
        });
        let text = said.map_or_else(|text| text, |reply| Sent::from(reply).text);
        tell::notify(cx.raw(), text, BYE);
    }
    if let Some(mut connection) = cx
        .set_pop3(None)
        .and_then(|mut pop3| pop3.take_connection())
    {
        connection.close();
    }
    cx.edit(|s| s.local = core::ptr::null_mut());
}

fn open(cx: &Entered) -> bool {
    // SAFETY: mail_open_work has set the name; it is a C string owned by the stream.
    let name = unsafe { memory::bytes(cx.edit(|s| s.mailbox)) }.to_vec();
    let Some(mut mailbox) = folders::parse(&name) else {
        tell::log_with(
            "Can't open mailbox: invalid remote specification: ",
            &name,
            ERROR,
        );
        return false;
    };
    if mailbox.anoflag || cx.edit(|s| s.anonymous() != 0) {
        tell::log("Anonymous POP3 login not available", ERROR);
        return false;
    }
    if mailbox.readonlyflag || cx.edit(|s| s.rdonly() != 0) {
        tell::log("Read-only POP3 access not available", ERROR);
        return false;
    }
    cx.edit(|s| {
        let set = |flag: bool| u32::from(flag);
        s.set_debug(s.debug() | set(mailbox.dbgflag));
        s.set_secure(s.secure() | set(mailbox.secflag));
        s.set_tryssl(s.tryssl() | set(mailbox.trysslflag));
        s.sequence = s.sequence.wrapping_add(1);
        s.set_perm_deleted(1);
    });
    connect(cx, &mut mailbox)
}

/// Connects, logs in, and looks at the mailbox.
fn connect(cx: &Entered, mailbox: &mut NetMbx) -> bool {
    let ports = Ports {
        plain: parameters::pop3_port().unwrap_or(110),
        tls: parameters::ssl_pop_port().unwrap_or(995),
    };
    let Some(wire) = dial::dial_and_secure(
        mailbox,
        ports,
        cx.edit(|s| s.tryssl() != 0),
        &mut Route::default(),
    ) else {
        return false;
    };
    let connection = Connection::new(wire, parameters::read_timeout());
    cx.set_pop3(Some(Box::new(Pop3::new(connection, mailbox.loser))));
    cx.edit(|s| s.local = std::ptr::from_mut(s).cast());
    let greeting = match cx.pop3_talk(|connection| connection.reply()) {
        Ok(reply) => Sent::from(reply),
        Err(text) => Sent { ok: false, text },
    };
    if !greeting.ok {
        tell::log(&greeting.text, ERROR);
        return false;
    }
    // Before the TLS that the name demands, the text may be a stranger's.
    if !mailbox.tlsflag || mailbox.sslflag {
        tell::log(&greeting.text, 0);
    }
    let host = mailbox.host.clone();
    let Some(user) = login::login(cx, mailbox) else {
        return false;
    };
    select(cx, mailbox, host, &user)
}

/// Gives the stream its full name. Whether the connection stands.
fn rename(cx: &Entered, mailbox: &NetMbx, host: Vec<u8>, user: &[u8]) -> bool {
    let secure = cx.edit(|s| s.secure() != 0);
    let peer = cx.with_pop3(|pop3| {
        pop3.connection()
            .map(|connection| connection.peer().clone())
    });
    let Some(peer) = peer.flatten() else {
        return false;
    };
    let host = if parameters::trust_dns() {
        peer.host.into_bytes()
    } else {
        host
    };
    let name = CanonicalName {
        service: b"pop3",
        host: &host,
        port: peer.address.port(),
        tls: mailbox.tlsflag,
        tls_sslv23: mailbox.tlssslv23,
        notls: mailbox.notlsflag,
        ssl: mailbox.sslflag,
        novalidate: mailbox.novalidate,
        loser: mailbox.loser,
        secure,
        readonly: false,
        anonymous: false,
        auth: &mailbox.auth,
        user: Some(user),
        mailbox: Some(&mailbox.mailbox),
    }
    .to_bytes();
    cx.edit(|s| {
        s.set_inbox(1);
        // SAFETY: the stream owns its name.
        unsafe { memory::release(&mut s.mailbox) };
        s.mailbox = memory::copy_bytes(&name);
    });
    true
}

/// The number at the start of a text, and what follows it.
fn number(text: &[u8]) -> (u64, &[u8]) {
    let text = text.trim_ascii_start();
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let value = text[..digits].iter().fold(0u64, |value, digit| {
        value
            .saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    });
    (value, &text[digits..])
}

/// Learns how many messages there are, and how large.
fn select(cx: &Entered, mailbox: &NetMbx, host: Vec<u8>, user: &[u8]) -> bool {
    let sent = cx.pop3_send("STAT");
    if !sent.ok {
        tell::log(&sent.text, ERROR);
        return false;
    }
    if !rename(cx, mailbox, host, user) {
        return false;
    }
    let count = u32::try_from(number(&sent.text).0).unwrap_or(u32::MAX);
    if count > limits::MESSAGES {
        let most = limits::MESSAGES;
        tell::log(
            format!("Mailbox has more messages ({count}) exist than maximum ({most})"),
            ERROR,
        );
    }
    let count = count.min(limits::MESSAGES);
    let silent = cx.edit(|s| {
        let before = s.silent();
        s.set_silent(1);
        before
    });
    cx.with_pop3(|pop3| pop3.fill(count));
    cx.exists(count);
    cx.edit(|s| s.uid_last = c_ulong::from(count));
    cx.recent(count);
    let trusted = cx.with_pop3(|pop3| pop3.capabilities.capa).unwrap_or(false) && !mailbox.loser;
    let listed = !trusted || list(cx, count);
    cx.edit(|s| s.set_silent(silent));
    if !listed {
        return false;
    }
    cx.exists(count);
    if count == 0 && silent == 0 {
        tell::log("Mailbox is empty", WARN);
    }
    !cx.is_closed()
}

/// The sizes. A server may refuse to tell; only a lost connection is a failure.
fn list(cx: &Entered, count: u32) -> bool {
    let said = cx.pop3_talk(|connection| {
        let mut sizes = Vec::new();
        if connection.command(b"LIST", b"LIST")?.is_ok() {
            connection.each_line(limits::POP3_LIST, |line| {
                let (msgno, rest) = number(line);
                let msgno = u32::try_from(msgno).unwrap_or(0);
                if (1..=count).contains(&msgno) && sizes.len() < limits::MESSAGES as usize {
                    sizes.push((msgno, number(rest).0));
                }
            })?;
        }
        Ok(sizes)
    });
    let Ok(sizes) = said else {
        tell::log("POP3 connection broken while itemizing messages", ERROR);
        return false;
    };
    cx.with_pop3(|pop3| {
        for (msgno, size) in sizes {
            pop3.set_size(msgno, size);
        }
    });
    true
}
