//! The settings as the rest of the library reads them: typed, with defaults applied.

use core::ffi::{CStr, c_char, c_long, c_void};
use std::ffi::CString;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::super::types::*;
use super::store::{get, get_flag, get_number, get_text, is_default, is_set, set};
use super::table::Slot;
use crate::configuration::Mailboxes;
use crate::limits;

/// A time-out in seconds; none when 0 or less.
fn timeout(slot: Slot) -> Option<Duration> {
    u64::try_from(get_number(slot))
        .ok()
        .filter(|&seconds| seconds > 0)
        .map(Duration::from_secs)
}

/// A count of messages; none when negative.
fn count(slot: Slot) -> u32 {
    get_number(slot).clamp(0, c_long::from(i32::MAX)) as u32
}

fn seconds(slot: Slot) -> Duration {
    Duration::from_secs(count(slot).into())
}

fn milliseconds(slot: Slot) -> Duration {
    Duration::from_millis(count(slot).into())
}

/// What the configuration file says, in milliseconds; for where the program says nothing.
static FRESHNESS: AtomicU64 = AtomicU64::new(UNCONFIGURED);
static IDLE_TRUST: AtomicU64 = AtomicU64::new(UNCONFIGURED);
static KEEP_CONNECTION: AtomicU64 = AtomicU64::new(UNCONFIGURED);
static BUSY_WAIT: AtomicU64 = AtomicU64::new(UNCONFIGURED);
const UNCONFIGURED: u64 = u64::MAX;

/// Takes over what the configuration file says of mailboxes.
pub fn configure(mailboxes: Mailboxes) {
    let number = |time: Option<Duration>| {
        time.map_or(UNCONFIGURED, |time| {
            u64::try_from(time.as_millis()).unwrap_or(UNCONFIGURED)
        })
    };
    FRESHNESS.store(number(mailboxes.freshness), Ordering::Relaxed);
    IDLE_TRUST.store(number(mailboxes.idle), Ordering::Relaxed);
    KEEP_CONNECTION.store(number(mailboxes.keep), Ordering::Relaxed);
    BUSY_WAIT.store(number(mailboxes.busy), Ordering::Relaxed);
}

fn configured(slot: Slot, file: &AtomicU64, own: impl Fn(Slot) -> Duration) -> Duration {
    match file.load(Ordering::Relaxed) {
        UNCONFIGURED => own(slot),
        _ if is_set(slot) => own(slot),
        milliseconds => Duration::from_millis(milliseconds),
    }
}

/// How long what the server has told of a mailbox counts as current (`SET_FRESHNESS`).
pub fn freshness() -> Duration {
    configured(Slot::Freshness, &FRESHNESS, milliseconds)
}

/// How long a server under IDLE is believed to tell of changes by itself (`SET_IDLETRUST`); zero: no IDLE.
pub fn idle_trust() -> Duration {
    configured(Slot::IdleTrust, &IDLE_TRUST, seconds)
}

/// How long connections of closed streams are kept (`SET_KEEPCONNECTION`); zero: they are not.
pub fn keep_connection() -> Duration {
    configured(Slot::KeepConnection, &KEEP_CONNECTION, seconds).min(limits::CONNECTION_KEPT)
}

/// For how long a busy server is asked again (`SET_BUSYWAIT`); zero: it is not.
pub fn busy_wait() -> Duration {
    configured(Slot::BusyWait, &BUSY_WAIT, seconds).min(limits::BUSY_WAIT)
}

/// A port; `None` leaves the protocol's own. Numbers that are no port count as none.
fn port(slot: Slot) -> Option<u16> {
    u16::try_from(get_number(slot))
        .ok()
        .filter(|&port| port > 0)
}

macro_rules! getters {
    ($($(#[doc = $doc:literal])+ $name:ident() -> $ret:ty = $read:ident($slot:ident);)*) => { $(
        $(#[doc = $doc])+
        pub fn $name() -> $ret {
            $read(Slot::$slot)
        }
    )* };
}

getters! {
    /// How long to try to connect (`SET_OPENTIMEOUT`).
    open_timeout() -> Option<Duration> = timeout(OpenTimeout);
    /// How long to wait for the server to say something (`SET_READTIMEOUT`).
    read_timeout() -> Option<Duration> = timeout(ReadTimeout);
    /// How long to wait for the server to take what is sent (`SET_WRITETIMEOUT`).
    write_timeout() -> Option<Duration> = timeout(WriteTimeout);
    /// How long to wait for the answer to LOGOUT (`SET_CLOSETIMEOUT`).
    close_timeout() -> Option<Duration> = timeout(CloseTimeout);
    /// Whether addresses may be turned into names (`SET_ALLOWREVERSEDNS`).
    allow_reverse_dns() -> bool = get_flag(AllowReverseDns);
    /// Whether to tell about connections through `mm_log` (`SET_TCPDEBUG`).
    tcp_debug() -> bool = get_flag(TcpDebug);
    /// Whether host names are made canonical through DNS (`SET_TRUSTDNS`).
    trust_dns() -> bool = get_flag(TrustDns);
    /// Whether SASL and `mm_login` get the name from reverse DNS (`SET_SASLUSESPTRNAME`).
    sasl_uses_ptr_name() -> bool = get_flag(SaslUsesPtrName);
    /// Whether debug lines show passwords (`SET_DEBUGSENSITIVE`).
    debug_sensitive() -> bool = get_flag(DebugSensitive);
    /// Whether authenticators of servers must not show passwords in clear (`SET_DISABLEPLAINTEXT`).
    disable_plaintext() -> c_long = get_number(DisablePlaintext);

    /// Whether any driver tries TLS on the TLS port first (`SET_TRYSSLFIRST`).
    try_ssl_first() -> bool = get_flag(TrySslFirst);
    /// Whether a connection that is gone is replaced (`SET_RECONNECT`).
    reconnects() -> bool = get_flag(Reconnect);
    /// Whether servers are asked for changed flags only (`SET_CONDSTORE`).
    condstore() -> bool = get_flag(Condstore);
    /// Whether IMAP tries TLS on the TLS port first (`SET_IMAPTRYSSL`).
    try_ssl() -> bool = get_flag(ImapTrySsl);
    /// Directory of trusted certificates besides the system's (`SET_SSLCAPATH`).
    ssl_ca_path() -> Option<&'static CStr> = get_text(SslCaPath);
    /// Whether a TLS driver is set: `ssl_onceonlyinit` does so, a caller may take it back.
    has_ssl_driver() -> bool = get_flag(SslDriver);
    /// Whether STARTTLS may be used: `ssl_onceonlyinit` allows it, a caller may take it back.
    has_ssl_start() -> bool = get_flag(SslStart);

    /// The IMAP port where a mailbox name has none (`SET_IMAPPORT`).
    imap_port() -> Option<u16> = port(ImapPort);
    /// The IMAP port for TLS where a mailbox name has none (`SET_SSLIMAPPORT`).
    ssl_imap_port() -> Option<u16> = port(SslImapPort);
    /// The POP3 port where a mailbox name has none (`SET_POP3PORT`).
    pop3_port() -> Option<u16> = port(Pop3Port);
    /// The POP3 port for TLS where a mailbox name has none (`SET_SSLPOPPORT`).
    ssl_pop_port() -> Option<u16> = port(SslPopPort);
    /// How often a POP3 login is tried (`SET_MAXLOGINTRIALS` of the POP3 driver).
    pop3_max_login_trials() -> u32 = count(Pop3MaxLoginTrials);
    /// Messages whose envelopes are fetched after a search (`SET_PREFETCH`).
    prefetch() -> u32 = count(Prefetch);
    /// Whether the program has set how many envelopes are fetched after a search.
    sets_prefetch() -> bool = is_set(Prefetch);
    /// Whether the program has set how many envelopes are fetched along with one.
    sets_lookahead() -> bool = is_set(Lookahead);
    /// Messages whose envelopes are fetched along with one (`SET_LOOKAHEAD`).
    lookahead() -> u32 = count(Lookahead);
    /// Messages whose UIDs are fetched along with one (`SET_UIDLOOKAHEAD`).
    uid_lookahead() -> u32 = count(UidLookahead);
    /// Most messages that look-ahead adds to one FETCH (`SET_FETCHLOOKAHEADLIMIT`).
    fetch_lookahead_limit() -> u32 = count(FetchLookaheadLimit);
    /// How often a login is tried (`SET_MAXLOGINTRIALS`).
    max_login_trials() -> u32 = count(ImapMaxLoginTrials);
    /// Whether a failed SELECT closes the stream (`SET_CLOSEONERROR`).
    close_on_error() -> bool = get_flag(CloseOnError);

    /// Whether `rfc822_date` leaves out the zone's name (`SET_DISABLE822TZTEXT`).
    disable_822_tz_text() -> bool = get_flag(Disable822TzText);
    /// Whether `mail_ping` may report expunged messages (`SET_EXPUNGEATPING`).
    expunge_at_ping() -> bool = get_flag(ExpungeAtPing);
    /// Seconds between two fetches from a `#move` source (`SET_SNARFINTERVAL`).
    snarf_interval() -> c_long = get_number(SnarfInterval);
    /// What happens to fetched messages of a `#move` source (`SET_SNARFPRESERVE`).
    snarf_preserve() -> c_long = get_number(SnarfPreserve);
    /// The identity for EXTERNAL (`SET_EXTERNALAUTHID`).
    external_auth_id() -> Option<&'static CStr> = get_text(ExternalAuthId);
    /// This host's name, if the host program set it (`SET_LOCALHOST`).
    local_host() -> Option<&'static CStr> = get_text(LocalHost);
    /// The user's name, once it is known (`SET_USERNAME`).
    user_name() -> Option<&'static CStr> = get_text(UserName);
    /// The user's home directory, once it is known (`SET_HOMEDIR`).
    home_directory() -> Option<&'static CStr> = get_text(HomeDir);
    /// The file where the system puts the user's mail, once it is known (`SET_SYSINBOX`).
    system_inbox() -> Option<&'static CStr> = get_text(SysInbox);
    /// Where `#ftp/` is (`SET_FTPHOME`).
    ftp_home() -> Option<&'static CStr> = get_text(FtpHome);
    /// Where `#public/` is (`SET_PUBLICHOME`).
    public_home() -> Option<&'static CStr> = get_text(PublicHome);
    /// Where `#shared/` is (`SET_SHAREDHOME`).
    shared_home() -> Option<&'static CStr> = get_text(SharedHome);
    /// Whether `env_init` does nothing (`SET_BLOCKENVINIT`).
    block_env_init() -> bool = get_flag(BlockEnvInit);
    /// Protection of directories (`SET_DIRPROTECTION`).
    dir_protection() -> c_long = get_number(DirProtection);
    /// Protection of directories in `#ftp/` (`SET_FTPDIRPROTECTION`).
    ftp_dir_protection() -> c_long = get_number(FtpDirProtection);
    /// Protection of directories in `#public/` (`SET_PUBLICDIRPROTECTION`).
    public_dir_protection() -> c_long = get_number(PublicDirProtection);
    /// Protection of directories in `#shared/` (`SET_SHAREDDIRPROTECTION`).
    shared_dir_protection() -> c_long = get_number(SharedDirProtection);

    /// Reads fetched texts in the library's place (`SET_GETS`).
    gets() -> mailgets_t = hook(Gets);
    /// Told how far a text has been read (`SET_READPROGRESS`).
    read_progress() -> readprogress_t = hook(ReadProgress);
    /// The message cache (`SET_CACHE`); `mm_cache` unless the host has its own.
    cache() -> mailcache_t = hook(Cache);
    /// Writes messages in the library's place (`SET_RFC822OUTPUT`).
    rfc822_output_hook() -> rfc822out_t = hook(Rfc822Output);
    /// Writes messages in the library's place, buffered (`SET_RFC822OUTPUTFULL`).
    rfc822_output_full_hook() -> rfc822outfull_t = hook(Rfc822OutputFull);
    /// Told the replies of an SMTP server (`SET_SMTPVERBOSE`).
    smtp_verbose() -> smtpverbose_t = hook(SmtpVerbose);
    /// Copies to another server in the library's place (`SET_MAILPROXYCOPY`).
    mail_proxy_copy() -> mailproxycopy_t = hook(MailProxyCopy);
    /// Told of header lines (`SET_PARSELINE`).
    parse_line() -> parseline_t = hook(ParseLine);
    /// Asked about bare phrases in address lists (`SET_PARSEPHRASE`).
    parse_phrase() -> parsephrase_t = hook(ParsePhrase);
    /// Receives the UIDs of copies (`SET_COPYUID`).
    copyuid() -> copyuid_t = hook(CopyUid);
    /// Receives the UIDs of appended messages (`SET_APPENDUID`).
    appenduid() -> appenduid_t = hook(AppendUid);
    /// Frees an envelope's `sparep` (`SET_FREEENVELOPESPAREP`).
    free_envelope_sparep() -> freeenvelopesparep_t = hook(FreeEnvelopeSparep);
    /// Frees an elt's `sparep` (`SET_FREEELTSPAREP`).
    free_elt_sparep() -> freeeltsparep_t = hook(FreeEltSparep);
    /// Frees a stream's `sparep` (`SET_FREESTREAMSPAREP`).
    free_stream_sparep() -> freestreamsparep_t = hook(FreeStreamSparep);
    /// Frees a body's `sparep` (`SET_FREEBODYSPAREP`).
    free_body_sparep() -> freebodysparep_t = hook(FreeBodySparep);
    /// Asked whether to accept a certificate that does not check out (`SET_SSLCERTIFICATEQUERY`).
    ssl_certificate_query() -> sslcertificatequery_t = hook(SslCertificateQuery);
    /// Told why TLS failed, in place of the log (`SET_SSLFAILURE`).
    ssl_failure() -> sslfailure_t = hook(SslFailure);
    /// Gives the client's certificate (`SET_SSLCLIENTCERT`).
    ssl_client_cert() -> sslclientcert_t = hook(SslClientCert);
    /// Gives the client's key (`SET_SSLCLIENTKEY`).
    ssl_client_key() -> sslclientkey_t = hook(SslClientKey);
    /// Told of commands that are sent (`SET_SENDCOMMAND`).
    send_command() -> sendcommand_t = hook(SendCommand);
    /// Called when a mailbox that is watched has changed (`SET_MAILBOXWATCH`).
    mailbox_watch() -> mailboxwatch_t = hook(MailboxWatch);
    /// Receives sorted message numbers (`SET_SORTRESULTS`).
    sort_results() -> sortresults_t = hook(SortResults);
    /// Receives threads (`SET_THREADRESULTS`).
    thread_results() -> threadresults_t = hook(ThreadResults);
    /// Receives access control lists (`SET_ACL`).
    acl() -> getacl_t = hook(Acl);
    /// Receives the answer to LISTRIGHTS (`SET_LISTRIGHTS`).
    list_rights() -> listrights_t = hook(ListRights);
    /// Receives the answer to MYRIGHTS (`SET_MYRIGHTS`).
    my_rights() -> myrights_t = hook(MyRights);
    /// Receives quota (`SET_QUOTA`).
    quota() -> quota_t = hook(Quota);
    /// Receives quota roots (`SET_QUOTAROOT`).
    quota_root() -> quotaroot_t = hook(QuotaRoot);
    /// Receives annotations (`SET_ANNOTATION`).
    annotation() -> getannotation_t = hook(Annotation);
    /// Told of arriving envelopes (`SET_IMAPENVELOPE`).
    imap_envelope() -> imapenvelope_t = hook(ImapEnvelope);
    /// Asked what to do with a referral (`SET_IMAPREFERRAL`).
    imap_referral() -> imapreferral_t = hook(ImapReferral);
    /// Asked whether to go on waiting (`SET_TIMEOUT`).
    tcp_timeout() -> tcptimeout_t = hook(Timeout);
    /// Told before the library waits and after (`SET_BLOCKNOTIFY`).
    block_notify() -> blocknotify_t = hook(BlockNotify);
    /// Gets a Kerberos ticket (`SET_KINIT`).
    kinit() -> kinit_t = hook(Kinit);
}

/// A type of nullable function pointers.
trait Hook: Copy {}
macro_rules! hooks { ($($t:ty)*) => { $(impl Hook for $t {})* }; }
// `free*sparep_t` are one type, as are `sslclient*_t`: each is named once.
hooks! {
    mailgets_t readprogress_t mailcache_t rfc822out_t rfc822outfull_t smtpverbose_t
    mailproxycopy_t parseline_t parsephrase_t copyuid_t appenduid_t freeeltsparep_t
    sslcertificatequery_t sslfailure_t sslclientcert_t sendcommand_t sortresults_t
    threadresults_t getacl_t listrights_t myrights_t quota_t quotaroot_t getannotation_t
    imapenvelope_t imapreferral_t mailboxwatch_t tcptimeout_t blocknotify_t kinit_t
}

/// Whether the message cache is the library's own, [`mm_cache`](super::super::mm_cache::mm_cache).
pub fn cache_is_ours() -> bool {
    is_default(Slot::Cache)
}

/// A setting that is a function.
fn hook<F: Hook>(slot: Slot) -> F {
    const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
    let address = get(slot);
    // SAFETY: `F` is an optional function pointer: one word, any address. That it is of this type
    // is what the interface asks of whoever set it.
    unsafe { core::mem::transmute_copy(&address) }
}

/// The header fields to fetch along with envelopes, separated by spaces (`SET_IMAPEXTRAHEADERS`).
pub fn extra_headers() -> Option<CString> {
    let text = get(Slot::ImapExtraHeaders).cast::<c_char>();
    // SAFETY: the host keeps the string it set alive until it sets another: c-client's contract.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned())
}

/// The name of the calling service (`SET_SERVICENAME`).
pub fn service_name() -> Option<CString> {
    let text = get(Slot::ServiceName).cast::<c_char>();
    // SAFETY: as for `extra_headers`.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned())
}

/// This host's own name: what `SET_LOCALHOST` says, else the system's name, else `unknown`. The
/// first answer stays, and `GET_LOCALHOST` gives it from then on.
///
/// c-client asks DNS for the full form of the name; this does not wait for a name server.
pub fn local_host_name() -> &'static CStr {
    if let Some(name) = local_host() {
        return name;
    }
    let name = system_host_name().unwrap_or_else(|| c"unknown".to_owned());
    // SAFETY: a NUL-ended string.
    unsafe { set(Slot::LocalHost, name.as_ptr().cast_mut().cast()) };
    local_host().unwrap_or(c"unknown")
}

/// The home of the anonymous user (`SET_ANONYMOUSHOME`).
pub fn anonymous_home() -> &'static CStr {
    get_text(Slot::AnonymousHome).unwrap_or(c"")
}

/// Keeps who the user is and where the home directory is, unless that is known already.
pub fn keep_user(name: &CStr, home: &CStr) {
    for (slot, text) in [(Slot::UserName, name), (Slot::HomeDir, home)] {
        if get(slot).is_null() {
            // SAFETY: a NUL-ended string.
            unsafe { set(slot, text.as_ptr().cast_mut().cast()) };
        }
    }
}

/// Keeps the file where the system puts the user's mail.
pub fn keep_system_inbox(path: &CStr) {
    // SAFETY: a NUL-ended string.
    unsafe { set(Slot::SysInbox, path.as_ptr().cast_mut().cast()) };
}

/// The name the system goes by, if it is printable.
fn system_host_name() -> Option<CString> {
    // POSIX allows 255 octets (_POSIX_HOST_NAME_MAX), and a longer name need not be NUL-ended.
    let mut buffer = [0u8; 256];
    // SAFETY: the last octet is not given away, so the name ends in NUL.
    let failed = unsafe { libc::gethostname(buffer.as_mut_ptr().cast(), buffer.len() - 1) };
    let name = CStr::from_bytes_until_nul(&buffer).ok()?.to_bytes();
    let printable = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    (failed == 0 && printable).then(|| CString::new(name).ok())?
}

/// Keeps the function for `SET_MAILBOXWATCH`.
#[allow(clippy::not_unsafe_ptr_arg_deref, reason = "kept as it is")]
pub fn keep_mailbox_watch(function: *mut c_void) {
    // SAFETY: not a text.
    unsafe { set(Slot::MailboxWatch, function) };
}
