//! Byte streams for programs (UW's net_*, tcp_* and the TLS driver): a host and a port, lines and octets.
//!
//! What C calls a TCP stream is a number here, given once and never again, so that a call on a closed one finds nothing.
//! A `NETSTREAM` is a struct that programs may look into; it is known by its address until net_close. No lock is held
//! while a stream waits: it is taken out of the table meanwhile, and a second call on it fails.

use core::ffi::{c_char, c_long, c_ulong, c_void};
use core::ptr::null_mut;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::{CStr, CString};
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard};

use super::constants::{
    ERROR, NET_NOOPENTIMEOUT, NET_NOVALIDATECERT, NET_SILENT, NET_TRYSSL, NETMAXHOST,
};
use super::dial::{Telling, dial};
use super::entry::{Refusal, c_str, entry, refuse};
use super::lock::lock;
use super::types::{NetDriver, NetMbx, NetStream};
use super::{memory, parameters, tell, tls_hooks};
use crate::limits;
use crate::mailbox_name::NetMbx as Name;
use crate::pop3::lines::Lines;
use crate::transport::{Peer, Transport, Wire, canonical_name};

/// One open connection.
struct Raw {
    wire: Transport,
    /// What has come and nobody has asked for yet.
    lines: Lines,
    host: CString,
    remote: CString,
    local: CString,
    port: c_ulong,
}

/// The connections of the program. `None`: somebody waits for it just now.
struct Table {
    next: usize,
    open: BTreeMap<usize, Option<Box<Raw>>>,
    streams: BTreeSet<usize>,
    /// What tcp_canonical has answered lately.
    names: VecDeque<CString>,
}

static TABLE: Mutex<Table> = Mutex::new(Table {
    // An address that is never mapped, should a program look at it.
    next: 16,
    open: BTreeMap::new(),
    streams: BTreeSet::new(),
    names: VecDeque::new(),
});

/// Answers of tcp_canonical that stay readable.
const NAMES: usize = 16;

fn table() -> MutexGuard<'static, Table> {
    lock(&TABLE)
}

fn handle(number: usize) -> *mut c_void {
    core::ptr::without_provenance_mut(number)
}

/// Runs `work` on an open connection, which belongs to this thread meanwhile. `None` if there is none, or it broke.
fn with<R>(stream: *mut c_void, work: impl FnOnce(&mut Raw) -> Option<R>) -> Option<R> {
    let number = stream.addr();
    let mut raw = table().open.get_mut(&number)?.take()?;
    let result = work(&mut raw);
    // Gone when the program closed it from a hook, or another thread did.
    if let Some(place) = table().open.get_mut(&number) {
        *place = Some(raw);
    }
    result
}

/// One word about an open connection; NIL when there is none.
fn word(stream: *mut c_void, pick: impl FnOnce(&Raw) -> &CStr) -> *mut c_char {
    match table().open.get(&stream.addr()) {
        // The text stays where it is as long as the connection does.
        Some(Some(raw)) => pick(raw).as_ptr().cast_mut(),
        _ => null_mut(),
    }
}

/// A port number from C, and what stands above it: `NET_*` flags.
fn port_of(port: c_ulong) -> Option<u16> {
    u16::try_from(port & 0xffff).ok().filter(|&port| port > 0)
}

/// The name of this end, as tcp_localhost gives it.
fn local_name(address: Option<SocketAddr>) -> CString {
    let Some(address) = address else {
        return parameters::local_host_name().to_owned();
    };
    let literal = format!("[{}]", address.ip());
    let here = Peer {
        given: literal.clone(),
        host: literal,
        address,
    };
    tell::c_string(here.remote_name(parameters::allow_reverse_dns()).as_bytes())
}

/// Connects; with TLS if `tls`. NIL on failure, which has been told unless `port` says NET_SILENT.
///
/// # Safety
/// `host` is NULL or a C string.
unsafe fn open(host: *mut c_char, port: c_ulong, tls: bool) -> *mut c_void {
    // SAFETY: the caller vouches for it.
    let host = unsafe { memory::bytes(host) }.to_vec();
    let silent = port & NET_SILENT != 0;
    let valid = !host.is_empty()
        && host.len() < NETMAXHOST as usize
        && host
            .iter()
            .all(|byte| byte.is_ascii_graphic() && *byte != b'/');
    let number = port_of(port).filter(|_| valid && !host.starts_with(b"-"));
    let Some(number) = number else {
        if !silent {
            tell::log_with("Invalid host name: ", &host, ERROR);
        }
        return null_mut();
    };
    let telling = if silent {
        Telling::Attempts
    } else {
        Telling::All
    };
    let Some(mut wire) = dial(&host, number, telling) else {
        return null_mut();
    };
    if tls {
        let name = named(&host, port);
        let done = tls_hooks::options(&name).and_then(|options| wire.start_tls(&options, b""));
        if let Err(error) = done {
            tls_hooks::report(&error, port);
            return null_mut();
        }
    }
    let peer = wire.peer();
    let raw = Raw {
        host: tell::c_string(peer.host.as_bytes()),
        remote: tell::c_string(peer.remote_name(parameters::allow_reverse_dns()).as_bytes()),
        // c-client takes the high bits of a port for those of a stream to another program.
        local: local_name(wire.local_address().filter(|_| number < 0x1000)),
        port: number.into(),
        lines: Lines::default(),
        wire,
    };
    let mut table = table();
    let number = table.next;
    table.next += 1;
    table.open.insert(number, Some(Box::new(raw)));
    handle(number)
}

/// What TLS must hold to.
fn named(host: &[u8], flags: c_ulong) -> Name {
    Name {
        host: host.to_vec(),
        novalidate: flags & NET_NOVALIDATECERT != 0,
        ..Name::default()
    }
}

/// Reads more from the wire. `None` when nothing more comes; the connection is closed then.
fn more(raw: &mut Raw) -> Option<()> {
    let mut octets = Vec::new();
    match raw.wire.read(&mut octets) {
        Ok(got) if got > 0 => {
            raw.lines.feed(&octets);
            Some(())
        }
        _ => {
            raw.wire.close();
            None
        }
    }
}

fn line(raw: &mut Raw) -> Option<*mut c_char> {
    raw.wire.set_timeouts(super::dial::timeouts());
    loop {
        match raw.lines.next(limits::LINE) {
            Ok(Some(line)) => return Some(memory::copy_bytes(line)),
            Ok(None) => more(raw)?,
            Err(_) => {
                raw.wire.close();
                return None;
            }
        }
    }
}

fn send(stream: *mut c_void, octets: &[u8]) -> c_long {
    let sent = with(stream, |raw| {
        raw.wire.set_timeouts(super::dial::timeouts());
        let sent = raw.wire.write_all(octets);
        if sent.is_err() {
            raw.wire.close();
        }
        sent.ok()
    });
    c_long::from(sent.is_some())
}

/// # Safety
/// `buffer` is NULL or has room for `size` octets and a NUL.
unsafe fn fill(stream: *mut c_void, size: c_ulong, buffer: *mut c_char) -> c_long {
    let wanted = size as usize;
    if buffer.is_null() {
        return 0;
    }
    let done = with(stream, |raw| {
        raw.wire.set_timeouts(super::dial::timeouts());
        let mut done = 0;
        loop {
            let octets = raw.lines.take(wanted - done);
            // SAFETY: room for `wanted` octets, of which `done` are written.
            unsafe {
                buffer
                    .add(done)
                    .copy_from_nonoverlapping(octets.as_ptr().cast(), octets.len());
            }
            done += octets.len();
            if done == wanted {
                // SAFETY: room for one more.
                unsafe { *buffer.add(done) = 0 };
                return Some(());
            }
            more(raw)?;
        }
    });
    c_long::from(done.is_some())
}

fn close(stream: *mut c_void) {
    let raw = table().open.remove(&stream.addr());
    if let Some(Some(mut raw)) = raw {
        raw.wire.close();
    }
}

/// The driver of plain connections.
///
/// # Safety
/// As for the entries below.
pub unsafe extern "C-unwind" fn ssl_open(
    host: *mut c_char,
    _service: *mut c_char,
    port: c_ulong,
) -> *mut c_void {
    super::entry::fence("ssl_open", || {
        // SAFETY: a C string by the interface.
        unsafe { open(host, port, true) }
    })
}

unsafe extern "C-unwind" fn no_command(
    _: *mut NetMbx,
    _: *mut c_char,
    _: *mut c_char,
) -> *mut c_void {
    refuse("net_aopen", Refusal::Shell)
}

/// TLS on an open connection (`GET_SSLSTART`): the same stream, or NIL with the connection closed.
///
/// # Safety
/// `host` is NULL or a C string.
pub unsafe extern "C-unwind" fn ssl_start(
    stream: *mut c_void,
    host: *mut c_char,
    flags: c_ulong,
) -> *mut c_void {
    super::entry::fence("ssl_start", || {
        // SAFETY: the caller vouches for it.
        let name = named(unsafe { memory::bytes(host) }, flags);
        let mut problem = None;
        let done = match tls_hooks::options(&name) {
            Ok(options) => with(stream, |raw| {
                let unread = raw.lines.unread().to_vec();
                raw.wire
                    .start_tls(&options, &unread)
                    .map_err(|error| problem = Some(error))
                    .ok()
            }),
            Err(error) => {
                problem = Some(error);
                None
            }
        };
        if done.is_some() {
            return stream;
        }
        close(stream);
        if let Some(error) = problem {
            tls_hooks::report(&error, flags);
        }
        null_mut()
    })
}

const fn driver(
    open: unsafe extern "C-unwind" fn(*mut c_char, *mut c_char, c_ulong) -> *mut c_void,
) -> NetDriver {
    NetDriver {
        open: Some(open),
        aopen: Some(no_command),
        getline: Some(tcp_getline),
        getbuffer: Some(tcp_getbuffer),
        soutr: Some(tcp_soutr),
        sout: Some(tcp_sout),
        close: Some(tcp_close),
        host: Some(tcp_host),
        remotehost: Some(tcp_remotehost),
        port: Some(tcp_port),
        localhost: Some(tcp_localhost),
    }
}

/// A table of functions that C sees as mutable; nobody writes there.
pub struct Constant(NetDriver);

impl Constant {
    /// Its address for C.
    pub const fn address(&self) -> *mut NetDriver {
        (&raw const self.0).cast_mut()
    }
}

// SAFETY: never written to.
unsafe impl Sync for Constant {}

/// The driver of connections in clear.
static TCP: Constant = Constant(driver(tcp_open));

/// The driver of connections with TLS (`GET_SSLDRIVER`).
pub static TLS: Constant = Constant(driver(ssl_open));

/// The stream and the driver of an open NETSTREAM.
fn parts(stream: *mut NetStream) -> Option<(*mut c_void, *mut NetDriver)> {
    if !table().streams.contains(&stream.addr()) {
        return None;
    }
    // SAFETY: a struct that net_open_work made and net_close has not freed.
    let (raw, driver) = unsafe { ((*stream).stream, (*stream).dtb) };
    (!driver.is_null()).then_some((raw, driver))
}

/// Makes a NETSTREAM of what a driver has opened.
fn wrap(raw: *mut c_void, driver: *mut NetDriver) -> *mut NetStream {
    if raw.is_null() {
        return null_mut();
    }
    let stream: *mut NetStream = memory::new_zeroed();
    if !stream.is_null() {
        // SAFETY: freshly allocated.
        unsafe {
            (*stream).stream = raw;
            (*stream).dtb = driver;
        }
        table().streams.insert(stream.addr());
    }
    stream
}

/// # Safety
/// `driver` is a driver, the strings are NULL or NUL-ended.
unsafe fn open_with(
    driver: *mut NetDriver,
    host: *mut c_char,
    service: *mut c_char,
    port: c_ulong,
    explicit: c_ulong,
    flags: c_ulong,
) -> *mut NetStream {
    // SAFETY: the caller vouches for them.
    unsafe {
        let Some(open) = driver.as_ref().and_then(|driver| driver.open) else {
            return null_mut();
        };
        // A service in a star's company needs no time limit, says c-client to its drivers.
        let starred = c_str(service).is_some_and(|name| name.to_bytes().starts_with(b"*"));
        let service = if starred { service.add(1) } else { service };
        let starred_flag = if starred { NET_NOOPENTIMEOUT } else { 0 };
        let (service, port) = match explicit {
            0 => (service, port),
            explicit => (null_mut(), explicit),
        };
        let flags = flags | starred_flag;
        wrap(open(host, service, port | flags), driver)
    }
}

macro_rules! ask {
    ($stream:expr, $member:ident, $otherwise:expr $(, $argument:expr)*) => {
        match parts($stream) {
            // SAFETY: the driver's own function, on the stream it opened.
            Some((raw, driver)) => match unsafe { (*driver).$member } {
                // SAFETY: likewise.
                Some(function) => unsafe { function(raw $(, $argument)*) },
                None => $otherwise,
            },
            None => $otherwise,
        }
    };
}

entry! {
    /// Connects to a host (a name, or an address in brackets). `service` is not looked up, `port` counts. A stream for
    /// tcp_close; NIL on failure, which has been told.
    fn tcp_open(host: *mut c_char, _service: *mut c_char, port: c_ulong) -> *mut c_void {
        // SAFETY: a C string by the interface.
        unsafe { open(host, port, false) }
    }

    /// The next line without its CR LF, the caller's to free; NIL at the end.
    fn tcp_getline(stream: *mut c_void) -> *mut c_char {
        with(stream, line).unwrap_or(null_mut())
    }

    /// Reads exactly `size` octets and puts a NUL behind them. T, or NIL when they do not come.
    fn tcp_getbuffer(stream: *mut c_void, size: c_ulong, buffer: *mut c_char) -> c_long {
        // SAFETY: the room that the interface demands.
        unsafe { fill(stream, size, buffer) }
    }

    /// Waits until there is something to read. T, or NIL when nothing comes.
    fn tcp_getdata(stream: *mut c_void) -> c_long {
        let there = with(stream, |raw| {
            if raw.lines.unread().is_empty() { more(raw) } else { Some(()) }
        });
        c_long::from(there.is_some())
    }

    /// Sends a string. T if it went out.
    fn tcp_soutr(stream: *mut c_void, string: *mut c_char) -> c_long {
        // SAFETY: a C string by the interface.
        send(stream, unsafe { memory::bytes(string) })
    }

    /// Sends `size` octets. T if they went out.
    fn tcp_sout(stream: *mut c_void, string: *mut c_char, size: c_ulong) -> c_long {
        if string.is_null() {
            return c_long::from(size == 0 && with(stream, |_| Some(())).is_some());
        }
        // SAFETY: that many octets by the interface.
        send(stream, unsafe { core::slice::from_raw_parts(string.cast(), size as usize) })
    }

    /// Closes a connection. One that is closed already is left alone.
    fn tcp_close(stream: *mut c_void) {
        close(stream);
    }

    /// The canonical name of the host, the stream's own; NIL for a closed one.
    fn tcp_host(stream: *mut c_void) -> *mut c_char {
        word(stream, |raw| &raw.host)
    }

    /// The name of the other end's address, the stream's own; NIL for a closed one.
    fn tcp_remotehost(stream: *mut c_void) -> *mut c_char {
        word(stream, |raw| &raw.remote)
    }

    /// The name of this end's address, the stream's own; NIL for a closed one.
    fn tcp_localhost(stream: *mut c_void) -> *mut c_char {
        word(stream, |raw| &raw.local)
    }

    /// The port of the other end; 0 for a closed stream.
    fn tcp_port(stream: *mut c_void) -> c_ulong {
        match table().open.get(&stream.addr()) {
            Some(Some(raw)) => raw.port,
            _ => 0,
        }
    }

    /// The canonical name of a host, the library's own and good for the next few calls; `name` itself if DNS knows none.
    fn tcp_canonical(name: *mut c_char) -> *mut c_char {
        // SAFETY: NULL or a C string.
        let Some(given) = (unsafe { c_str(name) }) else {
            return null_mut();
        };
        let found = canonical_name(given.to_bytes());
        if found == given.to_bytes() {
            return name;
        }
        let mut table = table();
        if table.names.len() >= NAMES {
            table.names.pop_front();
        }
        let found = tell::c_string(&found);
        let address = found.as_ptr().cast_mut();
        table.names.push_back(found);
        address
    }

    /// The address of the client of a server program: there is none here. NIL.
    fn tcp_clientaddr() -> *mut c_char {
        null_mut()
    }

    /// The host of the client of a server program: `UNKNOWN`, as UW says where there is none.
    fn tcp_clienthost() -> *mut c_char {
        c"UNKNOWN".as_ptr().cast_mut()
    }

    /// The port of the client of a server program: -1.
    fn tcp_clientport() -> c_long {
        -1
    }

    /// The address that a client of a server program came to: NIL.
    fn tcp_serveraddr() -> *mut c_char {
        null_mut()
    }

    /// The name of this host, as a server program tells it.
    fn tcp_serverhost() -> *mut c_char {
        parameters::local_host_name().as_ptr().cast_mut()
    }

    /// The port that a client of a server program came to: -1.
    fn tcp_serverport() -> c_long {
        -1
    }

    /// Whether a host is the client of a server program: never.
    fn tcp_isclienthost(_host: *mut c_char) -> c_long {
        0
    }

    /// Connects to the host of a mailbox name: with `dv` if that is given, with `ssld` where the name says `/ssl` (or
    /// `/tryssl`, and then the flag says whether it did), else in clear. `port` and `sslp` count where the name has none.
    /// For net_close; NIL on failure.
    fn net_open(
        mb: *mut NetMbx,
        dv: *mut NetDriver,
        port: c_ulong,
        ssld: *mut NetDriver,
        ssls: *mut c_char,
        sslp: c_ulong,
    ) -> *mut NetStream {
        // SAFETY: a parsed name of the caller's, drivers or NULL, a string or NULL.
        unsafe {
            let Some(name) = mb.as_mut() else { return null_mut() };
            let flags = if name.novalidate() != 0 { NET_NOVALIDATECERT } else { 0 };
            let (host, service) = ((&raw mut name.host).cast(), (&raw mut name.service).cast());
            let explicit = name.port;
            if !dv.is_null() {
                return open_with(dv, host, service, port, explicit, flags);
            }
            if name.sslflag() != 0 && !ssld.is_null() {
                return open_with(ssld, host, ssls, sslp, explicit, flags);
            }
            if (name.trysslflag() != 0 || parameters::try_ssl_first()) && !ssld.is_null() {
                let flags = flags | NET_SILENT | NET_TRYSSL;
                let stream = open_with(ssld, host, ssls, sslp, explicit, flags);
                if !stream.is_null() {
                    // A driver may connect first and find out with the first octets.
                    if net_sout(stream, c"".as_ptr().cast_mut(), 0) != 0 {
                        name.set_sslflag(1);
                        return stream;
                    }
                    net_close(stream);
                    return null_mut();
                }
            }
            open_with(TCP.address(), host, service, port, explicit, flags)
        }
    }

    /// Connects with a driver; `portoverride` is the port if it is not 0. The stream is the caller's until net_close;
    /// NIL on failure.
    fn net_open_work(
        dv: *mut NetDriver,
        host: *mut c_char,
        service: *mut c_char,
        port: c_ulong,
        portoverride: c_ulong,
        flags: c_ulong,
    ) -> *mut NetStream {
        // SAFETY: a driver or NULL, strings or NULL.
        unsafe { open_with(dv, host, service, port, portoverride, flags) }
    }

    /// The next line without its CR LF, the caller's to free; NIL at the end.
    fn net_getline(stream: *mut NetStream) -> *mut c_char {
        ask!(stream, getline, null_mut())
    }

    /// Reads exactly `size` octets and puts a NUL behind them. T, or NIL when they do not come.
    fn net_getbuffer(stream: *mut c_void, size: c_ulong, buffer: *mut c_char) -> c_long {
        ask!(stream.cast(), getbuffer, 0, size, buffer)
    }

    /// Sends a string. T if it went out.
    fn net_soutr(stream: *mut NetStream, string: *mut c_char) -> c_long {
        ask!(stream, soutr, 0, string)
    }

    /// Sends `size` octets. T if they went out.
    fn net_sout(stream: *mut NetStream, string: *mut c_char, size: c_ulong) -> c_long {
        ask!(stream, sout, 0, string, size)
    }

    /// Closes a stream and frees it. One that is closed already is left alone.
    fn net_close(stream: *mut NetStream) {
        ask!(stream, close, ());
        if table().streams.remove(&stream.addr()) {
            let mut stream = stream;
            // SAFETY: a struct of ours, which nobody knows any more.
            unsafe { memory::release(&mut stream) };
        }
    }

    /// The canonical name of the host, the stream's own; NIL for a closed one.
    fn net_host(stream: *mut NetStream) -> *mut c_char {
        ask!(stream, host, null_mut())
    }

    /// The name of the other end's address, the stream's own; NIL for a closed one.
    fn net_remotehost(stream: *mut NetStream) -> *mut c_char {
        ask!(stream, remotehost, null_mut())
    }

    /// The port of the other end; 0 for a closed stream.
    fn net_port(stream: *mut NetStream) -> c_ulong {
        ask!(stream, port, 0)
    }

    /// The name of this end's address, the stream's own; NIL for a closed one.
    fn net_localhost(stream: *mut NetStream) -> *mut c_char {
        ask!(stream, localhost, null_mut())
    }
}
