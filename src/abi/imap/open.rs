//! Opening: connect, TLS, login, SELECT; or another mailbox on a connection that stands (UW's imap_open, imap_close).

use core::ffi::{c_long, c_ulong};

use super::tries::{Tries, Trouble};
use super::{kept, login, referral};
use crate::abi::constants::{
    AU_AUTHUSER, AU_SECURE, CL_EXPUNGE, ERROR, REFAUTH, REFAUTHFAILED, REFSELECT, WARN,
};
use crate::abi::dial::{self, Ports};
use crate::abi::objects::imapdriver;
use crate::abi::sasl_login::{Answer, ask_program};
use crate::abi::stream::changes::{Remembered, select_command, wants_changes};
use crate::abi::stream::current::Selected;
use crate::abi::stream::live::{Hearing, How, Live};
use crate::abi::stream::prototype::Prototype;
use crate::abi::stream::response_text::Level;
use crate::abi::stream::{Entered, enter};
use crate::abi::types::MailStream;
use crate::abi::{memory, parameters, tell, tls_hooks};
use crate::imap::busy::Again;
use crate::imap::command::Command;
use crate::imap::connection::{Connection, Lost};
use crate::imap::response::{Status, StatusText};
use crate::imap::session::Completion;
use crate::limits;
use crate::mailbox_name::{CanonicalName, NetMbx};
use crate::transport::TlsError;

/// `imapdriver.open`: NULL gives the prototype, a stream gets its connection and mailbox.
pub(crate) unsafe extern "C-unwind" fn imap_open(stream: *mut MailStream) -> *mut MailStream {
    if stream.is_null() {
        static PROTOTYPE: Prototype = Prototype::new(&raw mut imapdriver);
        return PROTOTYPE.stream();
    }
    match enter(stream) {
        Some(cx) if open(&cx) => stream,
        _ => core::ptr::null_mut(),
    }
}

/// `imapdriver.close`.
pub(crate) unsafe extern "C-unwind" fn imap_close(stream: *mut MailStream, options: c_long) {
    if let Some(cx) = enter(stream) {
        kept::end_old();
        if options & CL_EXPUNGE == 0 && kept::keep(&cx) {
            cx.edit(|s| s.local = core::ptr::null_mut());
        } else {
            close(&cx, options);
        }
    }
}

/// Says goodbye and drops the conversation.
pub fn close(cx: &Entered, options: c_long) {
    if !cx.with(|live| live.bye_seen).unwrap_or(true) {
        if options & CL_EXPUNGE != 0 && cx.is_connected() {
            // Silently: a half-open stream has nothing to close, and hears a complaint.
            cx.exec(&Command::new("CLOSE"));
            cx.with(|live| live.selected = None);
        }
        let at_most = parameters::close_timeout();
        if cx.is_connected() {
            match cx.talk(|connection, events| connection.logout(at_most, events)) {
                Ok(done) if cx.ok(&done) => {}
                Ok(done) => tell::log(&done.text.raw, WARN),
                Err(lost) => tell::log(&cx.report_lost(&lost).text.raw, WARN),
            }
        }
    }
    if let Some(mut live) = cx.take()
        && let Some(connection) = &mut live.connection
    {
        connection.close();
    }
    cx.edit(|s| s.local = core::ptr::null_mut());
}

fn has_conversation(cx: &Entered) -> bool {
    cx.with(|_| ()).is_some()
}

/// Why a mailbox is not open.
enum Stop {
    Failed,
    /// The connection broke on the way.
    Lost,
    /// The program follows a referral to this name.
    Referred(Vec<u8>),
    /// The connection does not serve; another one may.
    Trouble(Trouble),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

fn open(cx: &Entered) -> bool {
    let mut hops = 0;
    loop {
        match attempt(cx, hops) {
            Ok(()) => return true,
            Err(Stop::Failed | Stop::Lost | Stop::Trouble(_)) => return false,
            Err(Stop::Referred(name)) => {
                hops += 1;
                close(cx, 0);
                if cx.is_closed() {
                    return false;
                }
                cx.edit(|s| {
                    // SAFETY: the stream owns its name.
                    unsafe { memory::release(&mut s.mailbox) };
                    s.mailbox = memory::copy_bytes(&name);
                });
            }
        }
    }
}

/// What the program says to a referral; `hops` were followed before.
fn follow(cx: &Entered, code: c_long, hops: usize, mailbox: &NetMbx) -> Result<(), Stop> {
    let protected = mailbox.tlsflag || mailbox.sslflag || cx.is_protected();
    match referral::ask(cx, code, hops, protected) {
        Some(target) => Err(Stop::Referred(target.name)),
        None if cx.is_closed() => Err(Stop::Failed),
        None => Ok(()),
    }
}

fn attempt(cx: &Entered, hops: usize) -> Result<(), Stop> {
    // SAFETY: mail_open_work has set the name; it is a C string owned by the stream.
    let name = unsafe { memory::bytes(cx.edit(|s| s.mailbox)) }.to_vec();
    let Ok(mut mailbox) = NetMbx::parse(&name) else {
        tell::log_with(
            "Can't open mailbox: invalid remote specification: ",
            &name,
            ERROR,
        );
        return Err(Stop::Failed);
    };
    cx.with(|live| live.opened = false);
    let standing = if has_conversation(cx) {
        standing(cx, &mailbox)
    } else {
        Standing::Gone
    };
    let mut remembered = None;
    if standing == Standing::Gone && has_conversation(cx) {
        remembered = cx.with(|live| live.remember()).flatten();
        close(cx, 0);
    }
    cx.edit(|s| {
        let set = |flag: bool| u32::from(flag);
        s.set_debug(s.debug() | set(mailbox.dbgflag));
        s.set_rdonly(s.rdonly() | set(mailbox.readonlyflag));
        s.set_anonymous(s.anonymous() | set(mailbox.anoflag));
        s.set_secure(s.secure() | set(mailbox.secflag));
        s.set_tryssl(s.tryssl() | set(mailbox.trysslflag || parameters::try_ssl()));
    });
    if standing != Standing::Gone {
        tell_reuse(cx);
        match open_mailbox(cx, &mailbox, hops, standing, None) {
            // The connection broke while it was put to use: one that was found broken before would have been replaced.
            Err(Stop::Lost) if !cx.is_closed() => close(cx, 0),
            other => return other,
        }
    }
    let mut answer = None;
    if take_kept(cx, &mailbox, &mut answer)? {
        tell_reuse(cx);
        match open_mailbox(cx, &mailbox, hops, Standing::Reusable, remembered.take()) {
            Err(Stop::Lost) if !cx.is_closed() => close(cx, 0),
            other => return other,
        }
    }
    connect(cx, &mut mailbox, hops, answer)?;
    if !cx.is_connected() {
        return Err(Stop::Failed);
    }
    open_mailbox(cx, &mailbox, hops, Standing::New, remembered)
}

/// What can be made of the connection that a stream has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing.
    Gone,
    /// It serves to select another mailbox.
    Reusable,
    /// The mailbox that is wanted is selected already, and what is known of it is current.
    Selected,
    /// It has just been made.
    New,
}

fn standing(cx: &Entered, mailbox: &NetMbx) -> Standing {
    let (halfopen, readonly) = cx.edit(|s| {
        let readonly = s.rdonly() != 0 || mailbox.readonlyflag;
        (s.halfopen() != 0, readonly)
    });
    if !cx.is_connected() || (halfopen && !cx.capabilities().unselect) {
        return Standing::Gone;
    }
    let same = cx.with(|live| {
        let selected = live.selected.as_ref();
        selected.is_some_and(|s| s.is(&mailbox.mailbox) && s.readonly == readonly)
    });
    // Who wants to have everything asked has it selected again, after a NOOP, as by UW.
    let asks_always = parameters::freshness().is_zero();
    let same = same == Some(true) && !halfopen && !asks_always;
    // Nothing about single messages is told any more: the program gets to know the mailbox as a whole.
    let silent = cx.edit(|s| {
        let before = s.silent();
        s.set_silent(1);
        before
    });
    cx.with(|live| {
        live.hearing = if same { Hearing::Quietly } else { Hearing::Not };
    });
    let alive = if same {
        bring_up_to_date(cx)
    } else if halfopen || asks_always {
        let done = cx.exec(&Command::new("NOOP"));
        cx.ok(&done)
    } else {
        // Whether it stands will be seen by the SELECT.
        cx.is_current();
        cx.is_connected()
    };
    cx.with(|live| live.hearing = Hearing::Telling);
    cx.edit(|s| s.set_silent(silent));
    if !alive || !cx.is_connected() {
        return Standing::Gone;
    }
    // The selection may have ended while we asked.
    let sure = |live: &mut Live| live.selected.as_ref().is_some_and(|s| !s.is_doubtful());
    if same && cx.with(sure) == Some(true) {
        return Standing::Selected;
    }
    if halfopen {
        cx.exec(&Command::new("UNSELECT"));
        cx.with(|live| live.selected = None);
    }
    Standing::Reusable
}

/// Makes sure that what is known of the selected mailbox is current; false if the connection is gone.
fn bring_up_to_date(cx: &Entered) -> bool {
    if cx.is_current() {
        return know_next_uid(cx);
    }
    if !cx.is_connected() {
        return false;
    }
    match cx.poll_mailbox() {
        // STATUS may have been answered before the NOOP told of new messages.
        Ok(done) => cx.ok(&done) && know_next_uid(cx),
        Err(_) => false,
    }
}

/// SELECT tells UIDNEXT. When messages have come since, the server has to be asked for it; false if the connection is gone.
fn know_next_uid(cx: &Entered) -> bool {
    let selected = cx.with(|live| match live.mirror.uid_next {
        None => live.selected.as_ref().map(|s| s.mailbox.clone()),
        Some(_) => None,
    });
    if let Some(mailbox) = selected.flatten() {
        let command = Command::new("STATUS").mailbox(&mailbox).open();
        cx.exec(&command.atom("UIDNEXT").close());
    }
    cx.is_connected()
}

fn tell_reuse(cx: &Entered) {
    if cx.edit(|s| s.silent() != 0) {
        return;
    }
    let text = cx.with(|live| {
        let mut text = b"Reusing connection to ".to_vec();
        text.extend_from_slice(&live.host_name());
        if let Some(user) = &live.user {
            text.extend_from_slice(b"/user=\"");
            text.extend_from_slice(user);
            text.push(b'"');
        }
        text
    });
    tell::log(text.unwrap_or_default(), 0);
}

/// The connection of a closed stream, if there is one for this account. `answer`: what `mm_login` said when it was asked for
/// that and nothing came of it.
fn take_kept(cx: &Entered, mailbox: &NetMbx, answer: &mut Option<Answer>) -> Result<bool, Stop> {
    kept::end_old();
    let account = kept::Account::of(cx, mailbox, ports());
    let Some(server) = kept::server(&account) else {
        return Ok(false);
    };
    let mut shown = mailbox.clone();
    if parameters::trust_dns() {
        shown.host = login::shown_host(server);
    }
    let said = ask_program(&shown, 0);
    if cx.is_closed() {
        return Err(Stop::Failed);
    }
    match kept::take(&account, &said) {
        Some(live) => {
            cx.put(live);
            cx.edit(|s| s.local = s as *mut MailStream as *mut core::ffi::c_void);
            Ok(true)
        }
        None => {
            *answer = Some(said);
            Ok(false)
        }
    }
}

fn ports() -> Ports {
    Ports {
        plain: parameters::imap_port().unwrap_or(143),
        tls: parameters::ssl_imap_port().unwrap_or(993),
    }
}

/// Makes a connection and logs in, at whichever of the server's addresses serves, and again while the server is busy. On
/// failure everything is told and cleaned up by the caller's close.
fn connect(
    cx: &Entered,
    mailbox: &mut NetMbx,
    hops: usize,
    mut answer: Option<Answer>,
) -> Result<(), Stop> {
    let named = mailbox.clone();
    let mut tries = Tries::begun();
    loop {
        tries.begin();
        let trouble = match connect_once(cx, mailbox, hops, answer.take(), &mut tries) {
            Err(Stop::Trouble(trouble)) => trouble,
            other => return other,
        };
        if cx.is_closed() {
            return Err(Stop::Failed);
        }
        // What mm_login has said holds for the next connection, too.
        let at = |live: &mut Live| (live.answered.take(), live.peer.map(|at| at.ip()));
        let (kept, address) = cx.with(at).unwrap_or_default();
        answer = kept;
        let release = || {
            if let Some(mut live) = cx.take()
                && let Some(connection) = &mut live.connection
            {
                connection.close();
            }
            cx.edit(|s| s.local = core::ptr::null_mut());
        };
        if !tries.go_on(cx, &named.host, address, trouble, release) || cx.is_closed() {
            return Err(Stop::Failed);
        }
        mailbox.clone_from(&named);
    }
}

/// One connection, and a login on it.
fn connect_once(
    cx: &Entered,
    mailbox: &mut NetMbx,
    hops: usize,
    answer: Option<Answer>,
    tries: &mut Tries,
) -> Result<(), Stop> {
    let ports = ports();
    let account = kept::Account::of(cx, mailbox, ports);
    let try_ssl = cx.edit(|s| s.tryssl() != 0);
    let Some(wire) = dial::dial_and_secure(mailbox, ports, try_ssl, &mut tries.route) else {
        if tries.route.passed.is_empty() {
            return Err(Stop::Failed);
        }
        return Err(Trouble::Unreachable.into());
    };
    let others = tries.route.others > 0;
    let mut auth_flags = 0;
    if cx.edit(|s| s.secure() != 0) {
        auth_flags |= AU_SECURE;
    }
    if !mailbox.authuser.is_empty() {
        auth_flags |= AU_AUTHUSER;
    }
    let mut read_timeout = parameters::read_timeout();
    if tries.route.is_brief() {
        let brief = limits::SILENT_ADDRESS;
        read_timeout = Some(read_timeout.map_or(brief, |limit| limit.min(brief)));
    }
    let connection = Connection::new(wire, read_timeout);
    cx.put(Box::new(Live::new(
        connection,
        How {
            loser: mailbox.loser,
            ..How::default()
        },
        auth_flags,
    )));
    cx.edit(|s| s.local = s as *mut MailStream as *mut core::ffi::c_void);
    let unprotected = mailbox.tlsflag && !mailbox.sslflag;
    cx.with(|live| {
        live.unprotected = unprotected;
        live.answered = answer;
        live.account = Some(account);
    });
    let greeting = greet(cx)?;
    cx.with(|live| {
        if let Some(connection) = &mut live.connection {
            connection.set_read_timeout(parameters::read_timeout());
        }
    });
    // Known before the login, it travels along with it where it can.
    let (halfopen, readonly) = cx.edit(|s| (s.halfopen() != 0, s.rdonly() != 0));
    let (greeting, takes_ahead) = (greeting.0, takes_commands_ahead(&greeting.1));
    if !halfopen && takes_ahead {
        // A server that calls itself Dovecot knows CONDSTORE; what it knows it tells after login only.
        let readonly = readonly || mailbox.readonlyflag;
        let select = select_command(&mailbox.mailbox, readonly, wants_changes());
        cx.with(|live| live.to_send_ahead = Some(select));
    }
    let preauth = greeting == Status::Preauth;
    if preauth {
        if mailbox.tlsflag {
            tell::log(
                "Unable to negotiate TLS with this server: it claims the session is authenticated already",
                ERROR,
            );
            drop_connection(cx);
            return Err(Stop::Failed);
        }
    } else if let Err(stop) = secure(cx, mailbox) {
        return Err(match stop {
            // Told already: there is nothing more to say if this was the last address.
            Stop::Lost if others => Trouble::Broken.into(),
            other => other,
        });
    } else {
        // What was said before TLS is nobody's word.
        cx.with(|live| live.referral = None);
        if !login::login(cx, mailbox) {
            let (refused, broke) = cx
                .with(|live| (live.login_busy.take(), live.login_broke))
                .unwrap_or_default();
            if let Some((busy, text)) = refused {
                return Err(Trouble::Login(busy, text).into());
            }
            follow(cx, REFAUTHFAILED, hops, mailbox)?;
            if broke && others {
                return Err(Trouble::Broken.into());
            }
            return Err(Stop::Failed);
        }
        follow(cx, REFAUTH, hops, mailbox)?;
    }
    // With a SELECT on its way the rest has time until that is answered.
    if cx.with(|live| live.ahead.is_some()) != Some(true) {
        get_acquainted(cx);
    }
    cx.with(|live| {
        live.how = How {
            tls: mailbox.tlsflag,
            tls_sslv23: mailbox.tlssslv23,
            notls: mailbox.notlsflag,
            ssl: mailbox.sslflag,
            novalidate: mailbox.novalidate,
            loser: mailbox.loser,
            auth: mailbox.auth.clone(),
        };
    });
    Ok(())
}

/// What is done once after login: capabilities, if the server has not told them, and names.
fn get_acquainted(cx: &Entered) {
    if cx.is_connected() && !cx.with(knows_capabilities).unwrap_or(true) {
        ask_capabilities(cx);
    }
    introduce(cx);
}

/// Tells the server who we are (RFC 2971), for its log. Goes out with the next command and costs no wait.
fn introduce(cx: &Entered) {
    if !cx.capabilities().id {
        return;
    }
    let command = Command::new("ID")
        .open()
        .string(b"name")
        .string(b"c-client-rs")
        .string(b"version")
        .string(env!("CARGO_PKG_VERSION").as_bytes())
        .close();
    cx.with(|live| {
        if let Some(connection) = &mut live.connection {
            connection.queue(&command);
        }
    });
}

fn drop_connection(cx: &Entered) {
    cx.with(|live| {
        if let Some(mut connection) = live.connection.take() {
            connection.close();
        }
    });
}

/// Whether a server that greets so reads what is sent behind an AUTHENTICATE before that is answered. Cyrus, for one,
/// throws it away, and its answer would be waited for in vain; Dovecot and its proxy are known not to.
fn takes_commands_ahead(greeting: &StatusText) -> bool {
    let word = b"dovecot";
    greeting
        .raw
        .windows(word.len())
        .any(|text| text.eq_ignore_ascii_case(word))
}

fn greet(cx: &Entered) -> Result<(Status, StatusText), Trouble> {
    match cx.talk(|connection, events| connection.greeting(events)) {
        Ok((Status::Bye, text)) => {
            drop_connection(cx);
            Err(Trouble::Bye(text))
        }
        Ok((status, text)) => {
            cx.response_text(&text, Level::Normal, true);
            Ok((status, text))
        }
        Err(lost) => Err(Trouble::Ungreeted(lost)),
    }
}

fn knows_capabilities(live: &mut Live) -> bool {
    live.connection
        .as_ref()
        .is_some_and(|c| c.session().capabilities_known())
}

/// Asks for the capabilities; a server that does not know the command is an ancient one.
pub fn ask_capabilities(cx: &Entered) {
    cx.exec(&Command::new("CAPABILITY"));
    cx.with(|live| {
        if let Some(connection) = live
            .connection
            .as_mut()
            .filter(|c| !c.session().capabilities_known())
        {
            connection.session_mut().forget_capabilities();
        }
    });
}

/// STARTTLS where the server offers it and the name does not forbid it; whether login may go on. [`Stop::Lost`]: it may
/// go better elsewhere.
fn secure(cx: &Entered, mailbox: &mut NetMbx) -> Result<(), Stop> {
    let connected = |cx: &Entered| cx.is_connected().then_some(()).ok_or(Stop::Lost);
    if !cx.with(knows_capabilities).unwrap_or(true) {
        ask_capabilities(cx);
    }
    connected(cx)?;
    if mailbox.sslflag {
        return Ok(());
    }
    if cx.capabilities().starttls && !mailbox.notlsflag && parameters::has_ssl_start() {
        let done: Completion = cx.exec(&Command::new("STARTTLS"));
        if cx.ok(&done) {
            return upgrade(cx, mailbox);
        }
    }
    if mailbox.tlsflag {
        tell::log("Unable to negotiate TLS with this server", ERROR);
        return Err(Stop::Failed);
    }
    connected(cx)
}

fn upgrade(cx: &Entered, mailbox: &mut NetMbx) -> Result<(), Stop> {
    let mut problem = None;
    let result = tls_hooks::options(mailbox).map(|options| {
        cx.talk(|connection, _| {
            connection.start_tls(&options).map_err(|error| {
                problem = Some(error);
                Lost {
                    reason: String::new(),
                    step: "starttls",
                    hung_up: false,
                }
            })
        })
    });
    let offered = result.is_ok();
    let done = match result {
        Ok(talked) => {
            cx.deliver();
            talked.is_ok()
        }
        Err(error) => {
            // What came in clear does not count, and the server waits for a handshake.
            drop_connection(cx);
            problem = Some(error);
            false
        }
    };
    // A wrong certificate is no reason to look for a right one elsewhere, nor is one of the program's that cannot be used.
    let mut stop = Stop::Failed;
    if let Some(error) = problem {
        tls_hooks::report(&error, tls_hooks::start_flags(mailbox));
        if offered && matches!(error, TlsError::Failure { .. }) {
            stop = Stop::Lost;
        }
    }
    if !done {
        return Err(stop);
    }
    mailbox.tlsflag = true;
    cx.with(|live| live.unprotected = false);
    ask_capabilities(cx);
    cx.is_connected().then_some(()).ok_or(Stop::Lost)
}

/// Selects the mailbox of the name, unless the stream is to stay half-open or it is selected already, and writes the
/// canonical name.
fn open_mailbox(
    cx: &Entered,
    mailbox: &NetMbx,
    hops: usize,
    standing: Standing,
    remembered: Option<Remembered>,
) -> Result<(), Stop> {
    let modern = cx.capabilities().level_imap4();
    cx.edit(|s| {
        let ancient = u32::from(!modern);
        s.set_perm_seen(ancient);
        s.set_perm_deleted(ancient);
        s.set_perm_answered(ancient);
        s.set_perm_draft(ancient);
        s.perm_user_flags = if modern { 0 } else { 0xffff_ffff };
        s.sequence = s.sequence.wrapping_add(1);
    });
    // As it was asked for: a server that opens read-only on its own does not change the name.
    let readonly = cx.edit(|s| s.rdonly() != 0);
    let mut selected = false;
    if cx.edit(|s| s.halfopen() == 0) {
        cx.edit(|s| s.nmsgs = 0);
        let again = match standing {
            Standing::Selected => cx.tell_selected(),
            _ => None,
        };
        let done = match again {
            Some(done) => done,
            None => select(cx, &mailbox.mailbox, readonly, remembered),
        };
        if cx.ok(&done) {
            selected = true;
            if cx.edit(|s| s.nmsgs == 0 && s.silent() == 0) {
                tell::log("Mailbox is empty", 0);
            }
            let inbox = mailbox.is_inbox();
            cx.edit(|s| s.set_inbox(u32::from(inbox)));
        } else {
            if standing == Standing::Reusable && !cx.is_connected() {
                return Err(Stop::Lost);
            }
            follow(cx, REFSELECT, hops, mailbox)?;
            tell::log(&done.text.raw, ERROR);
            if parameters::close_on_error() {
                return Err(Stop::Failed);
            }
            // The connection is good: the caller may create the mailbox on it.
            cx.edit(|s| s.set_halfopen(1));
        }
    }
    if cx.is_closed() {
        return Err(Stop::Failed);
    }
    let name = canonical_name(cx, mailbox, readonly, selected);
    if cx.edit(|s| s.halfopen() != 0) {
        cx.with(|live| live.leave_mailbox());
        cx.exists(0);
        cx.recent(0);
    }
    cx.edit(|s| {
        // SAFETY: the stream owns its name.
        unsafe { memory::release(&mut s.mailbox) };
        s.mailbox = memory::copy_bytes(&name);
    });
    if cx.is_connected() {
        cx.with(|live| live.opened = true);
        Ok(())
    } else {
        Err(Stop::Failed)
    }
}

fn select(
    cx: &Entered,
    mailbox: &[u8],
    readonly: bool,
    remembered: Option<Remembered>,
) -> Completion {
    if !cx.is_connected() {
        return Completion::failure("[CLOSED] IMAP connection lost");
    }
    cx.with(|live| {
        live.leave_mailbox();
        live.selected = Some(Selected::new(mailbox, readonly));
        live.selecting = true;
        live.to_send_ahead = None;
    });
    let changes = wants_changes() && cx.capabilities().condstore;
    let mut done = match cx.with(|live| live.ahead.take()).flatten() {
        Some(tag) => {
            let done = cx.finish(tag, if readonly { "EXAMINE" } else { "SELECT" });
            get_acquainted(cx);
            done
        }
        None => cx.exec(&select_command(mailbox, readonly, changes)),
    };
    // BAD may mean that it came too early for this server, or that it knows no CONDSTORE whatever it says.
    if done.status == Status::Bad && cx.is_connected() {
        cx.with(|live| {
            if let Some(connection) = &mut live.connection {
                connection.session_mut().disbelieve_condstore();
            }
        });
        done = cx.exec(&select_command(mailbox, readonly, false));
    }
    let mut first = Some(done);
    let done = cx.patiently(Again::Same, None, Some(mailbox), || {
        first.take().unwrap_or_else(|| {
            cx.with(|live| {
                live.leave_mailbox();
                live.selected = Some(Selected::new(mailbox, readonly));
            });
            let changes = wants_changes() && cx.capabilities().condstore;
            cx.exec(&select_command(mailbox, readonly, changes))
        })
    });
    cx.with(|live| {
        live.selecting = false;
        match &mut live.selected {
            Some(selected) if done.is_ok() => {
                selected.finish(&done);
                live.mod_seq = selected.mod_seq();
                let count = live.mirror.len();
                live.mirror.next_of_first = live.mirror.uid_next.map(|next| (next, count));
                if let Some(old) = remembered {
                    live.recall(old);
                }
            }
            other => *other = None,
        }
    });
    done
}

fn canonical_name(cx: &Entered, mailbox: &NetMbx, readonly: bool, selected: bool) -> Vec<u8> {
    let (secure, anonymous) = cx.edit(|s| (s.secure() != 0, s.anonymous() != 0));
    cx.with(|live| {
        let peer = live.connection.as_ref().map(|c| c.peer().clone());
        let host = match &peer {
            Some(peer) if parameters::trust_dns() => peer.host.clone().into_bytes(),
            _ => mailbox.host.clone(),
        };
        CanonicalName {
            service: b"imap",
            host: &host,
            port: peer.map_or(0, |p| p.address.port()),
            tls: live.how.tls,
            tls_sslv23: live.how.tls_sslv23,
            notls: live.how.notls,
            ssl: live.how.ssl,
            novalidate: live.how.novalidate,
            loser: live.how.loser,
            secure,
            readonly,
            anonymous,
            auth: &live.how.auth,
            user: live.user.as_deref(),
            mailbox: selected.then_some(mailbox.mailbox.as_slice()),
        }
        .to_bytes()
    })
    .unwrap_or_default()
}

/// Number of messages as C counts them.
pub fn c_count(count: u32) -> c_ulong {
    c_ulong::from(count)
}
