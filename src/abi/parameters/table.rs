//! Every setting of `mail_parameters` as data: numbers, kind, default, what it does here.
//!
//! `docs/parameters.md` is written from these rows, and the lookups are made of them.

use core::ffi::{CStr, c_long};

use super::super::constants::*;

/// Which part of c-client answers for a setting. `mail_parameters` asks the first itself, the next
/// three always, the drivers only when they are linked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// `mail_parameters` itself.
    Mail,
    /// `env_parameters`: user, host and local files.
    Env,
    /// `tcp_parameters`: network and time-outs.
    Tcp,
    /// `smtp_parameters`.
    Smtp,
    /// The IMAP driver.
    Imap,
    /// The NNTP driver.
    Nntp,
    /// The POP3 driver.
    Pop3,
    /// The traditional UNIX mailbox driver.
    Unix,
    /// The MH driver.
    Mh,
}

/// What SET stores and what both calls return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number in the pointer's place, kept as it is.
    Number,
    /// A function pointer, kept as it is.
    Hook,
    /// A pointer that the caller keeps alive, kept as it is.
    Borrowed,
    /// A text that is copied; NULL clears it, back to the default if there is one.
    Text,
    /// As `Text`, but SET returns NIL whatever it was given.
    QuietText,
    /// Kept as true or false, returned as `VOIDT` or NIL.
    Flag,
}

/// The value before the first SET.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initial {
    /// NIL.
    Nil,
    /// A number.
    Number(c_long),
    /// `VOIDT`.
    True,
    /// A text.
    Text(&'static CStr),
    /// The function `mm_cache`.
    MmCache,
    /// The host's `mm_dlog`.
    MmDlog,
    /// The function `mm_blocknotify`.
    MmBlockNotify,
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name without `GET_` or `SET_`.
    pub name: &'static str,
    /// Who answers for it.
    pub layer: Layer,
    /// The number that reads it.
    pub get: c_long,
    /// The number that sets it.
    pub set: c_long,
    /// What is stored.
    pub kind: Kind,
    /// The value before the first SET.
    pub default: Initial,
    /// What it does in this library.
    pub effect: &'static str,
}

/// What a number asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// The value of a setting.
    Get(Slot),
    /// A new value for it.
    Set(Slot),
}

macro_rules! settings {
    ($($layer:ident { $($slot:ident $name:literal $get:ident $set:ident
        $kind:ident $default:expr, $effect:expr;)* })*) => {
        /// The settings, one variant a row.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        #[allow(missing_docs)]
        pub enum Slot { $($($slot,)*)* }

        /// All settings, indexed by [`Slot`].
        pub const ROWS: &[Row] = &[$($(Row {
            name: $name,
            layer: Layer::$layer,
            get: $get as c_long,
            set: $set as c_long,
            kind: Kind::$kind,
            default: $default,
            effect: $effect,
        },)*)*];

        /// What `number` asks of `layer`, if anything.
        // A few of the numbers are `int` in the headers.
        #[allow(clippy::unnecessary_cast)]
        pub fn find(layer: Layer, number: c_long) -> Option<Request> {
            match layer {
                $(Layer::$layer => match number {
                    $(_ if number == $get as c_long => Some(Request::Get(Slot::$slot)),
                      _ if number == $set as c_long => Some(Request::Set(Slot::$slot)),)*
                    _ => None,
                },)*
            }
        }
    };
}

const KEPT: &str = "kept only: no local mail files here";
const NEWS: &str = "kept only: no news here yet";
const SERVER: &str = "kept only: concerns server programs";
const NO_RSH: &str = "kept only: the library starts no programs";
const POSTING: &str = "kept only: no posting here yet";

use Initial::{MmBlockNotify, MmCache, MmDlog, Nil, Number, Text, True};

settings! {
    Mail {
        Gets "GETS" GET_GETS SET_GETS Hook Nil, "called for each text that is fetched, in place of the library's reader";
        ReadProgress "READPROGRESS" GET_READPROGRESS SET_READPROGRESS Hook Nil, "told while a text is read how many octets have come";
        Cache "CACHE" GET_CACHE SET_CACHE Hook MmCache, "called for every access to the message cache";
        Rfc822Output "RFC822OUTPUT" GET_RFC822OUTPUT SET_RFC822OUTPUT Hook Nil, "called in place of `rfc822_output` and `rfc822_output_full`";
        Rfc822OutputFull "RFC822OUTPUTFULL" GET_RFC822OUTPUTFULL SET_RFC822OUTPUTFULL Hook Nil, "called in place of `rfc822_output_full`";
        SmtpVerbose "SMTPVERBOSE" GET_SMTPVERBOSE SET_SMTPVERBOSE Hook MmDlog, POSTING;
        MailProxyCopy "MAILPROXYCOPY" GET_MAILPROXYCOPY SET_MAILPROXYCOPY Hook Nil, "called to copy over POP3, and to where a server refers a copy";
        ParseLine "PARSELINE" GET_PARSELINE SET_PARSELINE Hook Nil, "called when a header is parsed";
        ParsePhrase "PARSEPHRASE" GET_PARSEPHRASE SET_PARSEPHRASE Hook Nil, "called when an address list is parsed";
        NewsrcQuery "NEWSRCQUERY" GET_NEWSRCQUERY SET_NEWSRCQUERY Hook Nil, NEWS;
        NewsrcCanonHost "NEWSRCCANONHOST" GET_NEWSRCCANONHOST SET_NEWSRCCANONHOST Number Number(1), NEWS;
        CopyUid "COPYUID" GET_COPYUID SET_COPYUID Hook Nil, "receives the UIDs of messages that were copied, where the server tells";
        AppendUid "APPENDUID" GET_APPENDUID SET_APPENDUID Hook Nil, "receives the UIDs of messages that were appended, where the server tells";
        FreeEnvelopeSparep "FREEENVELOPESPAREP" GET_FREEENVELOPESPAREP SET_FREEENVELOPESPAREP Hook Nil, "frees the `sparep` of an envelope that is freed";
        FreeEltSparep "FREEELTSPAREP" GET_FREEELTSPAREP SET_FREEELTSPAREP Hook Nil, "frees the `sparep` of an elt that is freed";
        FreeStreamSparep "FREESTREAMSPAREP" GET_FREESTREAMSPAREP SET_FREESTREAMSPAREP Hook Nil, "frees the `sparep` of a stream that is closed";
        FreeBodySparep "FREEBODYSPAREP" GET_FREEBODYSPAREP SET_FREEBODYSPAREP Hook Nil, "frees the `sparep` of a body that is freed";
        SslStart "SSLSTART" GET_SSLSTART SET_SSLSTART Hook Nil, "set by `ssl_onceonlyinit`; TLS itself does not go through it";
        SslDriver "SSLDRIVER" GET_SSLDRIVER SET_SSLDRIVER Borrowed Nil, "set by `ssl_onceonlyinit`; TLS itself does not go through it";
        SslCertificateQuery "SSLCERTIFICATEQUERY" GET_SSLCERTIFICATEQUERY SET_SSLCERTIFICATEQUERY Hook Nil, "asked when a certificate does not check out";
        SslClientCert "SSLCLIENTCERT" GET_SSLCLIENTCERT SET_SSLCLIENTCERT Hook Nil, "gives the client's certificate and its issuers' (PEM), wiped after use";
        SslClientKey "SSLCLIENTKEY" GET_SSLCLIENTKEY SET_SSLCLIENTKEY Hook Nil, "gives the key of it (PEM), wiped after use; without it the key stands with the certificate";
        SslFailure "SSLFAILURE" GET_SSLFAILURE SET_SSLFAILURE Hook Nil, "told why TLS failed, in place of the log";
        Kinit "KINIT" GET_KINIT SET_KINIT Hook Nil, "asked to get a ticket when there is none, or it has expired";
        SendCommand "SENDCOMMAND" GET_SENDCOMMAND SET_SENDCOMMAND Hook Nil, "told of each IMAP command before it is sent";
        ServiceName "SERVICENAME" GET_SERVICENAME SET_SERVICENAME Borrowed Text(c"unknown"), SERVER;
        ExpungeAtPing "EXPUNGEATPING" GET_EXPUNGEATPING SET_EXPUNGEATPING Flag True, KEPT;
        SortResults "SORTRESULTS" GET_SORTRESULTS SET_SORTRESULTS Hook Nil, "receives sorted message numbers, from `SORT` and from here";
        ThreadResults "THREADRESULTS" GET_THREADRESULTS SET_THREADRESULTS Hook Nil, "receives threads, from `THREAD` and from here";
        TrySslFirst "TRYSSLFIRST" GET_TRYSSLFIRST SET_TRYSSLFIRST Flag Nil, "a connection tries TLS on the TLS port first";
        NoTimezones "NOTIMEZONES" GET_NOTIMEZONES SET_NOTIMEZONES Flag Nil, KEPT;
        TrustDns "TRUSTDNS" GET_TRUSTDNS SET_TRUSTDNS Flag True, "host names are made canonical through DNS";
        SaslUsesPtrName "SASLUSESPTRNAME" GET_SASLUSESPTRNAME SET_SASLUSESPTRNAME Flag True, "`mm_login` and SASL get the name that reverse DNS gives";
        DebugSensitive "DEBUGSENSITIVE" GET_DEBUGSENSITIVE SET_DEBUGSENSITIVE Flag Nil, "lets `mail_dlog` show sensitive lines; the library's own never show passwords";
        Acl "ACL" GET_ACL SET_ACL Hook Nil, "receives the answer to `imap_getacl`";
        ListRights "LISTRIGHTS" GET_LISTRIGHTS SET_LISTRIGHTS Hook Nil, "receives the answer to `imap_listrights`";
        MyRights "MYRIGHTS" GET_MYRIGHTS SET_MYRIGHTS Hook Nil, "receives the answer to `imap_myrights`";
        Quota "QUOTA" GET_QUOTA SET_QUOTA Hook Nil, "receives the resources of a quota root";
        QuotaRoot "QUOTAROOT" GET_QUOTAROOT SET_QUOTAROOT Hook Nil, "receives the names of a mailbox's quota roots";
        Annotation "ANNOTATION" GET_ANNOTATION SET_ANNOTATION Hook Nil, "receives an annotation";
        SnarfInterval "SNARFINTERVAL" GET_SNARFINTERVAL SET_SNARFINTERVAL Number Number(60), "kept only: no `#move` here yet";
        SnarfPreserve "SNARFPRESERVE" GET_SNARFPRESERVE SET_SNARFPRESERVE Number Nil, "kept only: no `#move` here yet";
        MailboxWatch "MAILBOXWATCH" GET_MAILBOXWATCH SET_MAILBOXWATCH Hook Nil, "called on a thread of the library's when a mailbox that is watched between calls has changed; it should do no more than wake a thread of the program's (docs/watching.md of the source tells all). Not in c-client";
        ExternalAuthId "EXTERNALAUTHID" GET_EXTERNALAUTHID SET_EXTERNALAUTHID Text Nil, "hides or shows the EXTERNAL authenticator";
    }
    Env {
        UserName "USERNAME" GET_USERNAME SET_USERNAME Text Nil, KEPT;
        HomeDir "HOMEDIR" GET_HOMEDIR SET_HOMEDIR Text Nil, KEPT;
        LocalHost "LOCALHOST" GET_LOCALHOST SET_LOCALHOST Text Nil, "this host's name, where one must be told";
        Newsrc "NEWSRC" GET_NEWSRC SET_NEWSRC Text Nil, NEWS;
        NewsActive "NEWSACTIVE" GET_NEWSACTIVE SET_NEWSACTIVE Text Nil, NEWS;
        NewsSpool "NEWSSPOOL" GET_NEWSSPOOL SET_NEWSSPOOL Text Nil, NEWS;
        AnonymousHome "ANONYMOUSHOME" GET_ANONYMOUSHOME SET_ANONYMOUSHOME Text Text(c"/var/mail/anonymous"), KEPT;
        FtpHome "FTPHOME" GET_FTPHOME SET_FTPHOME Text Nil, KEPT;
        PublicHome "PUBLICHOME" GET_PUBLICHOME SET_PUBLICHOME Text Nil, KEPT;
        SharedHome "SHAREDHOME" GET_SHAREDHOME SET_SHAREDHOME Text Nil, KEPT;
        SysInbox "SYSINBOX" GET_SYSINBOX SET_SYSINBOX Text Nil, KEPT;
        SslCaPath "SSLCAPATH" GET_SSLCAPATH SET_SSLCAPATH QuietText Nil, "directory of trusted certificates, besides the system's";
        ListMaxLevel "LISTMAXLEVEL" GET_LISTMAXLEVEL SET_LISTMAXLEVEL Number Number(20), KEPT;
        MbxProtection "MBXPROTECTION" GET_MBXPROTECTION SET_MBXPROTECTION Number Number(0o600), KEPT;
        DirProtection "DIRPROTECTION" GET_DIRPROTECTION SET_DIRPROTECTION Number Number(0o700), KEPT;
        LockProtection "LOCKPROTECTION" GET_LOCKPROTECTION SET_LOCKPROTECTION Number Number(0o666), KEPT;
        FtpProtection "FTPPROTECTION" GET_FTPPROTECTION SET_FTPPROTECTION Number Number(0o644), KEPT;
        PublicProtection "PUBLICPROTECTION" GET_PUBLICPROTECTION SET_PUBLICPROTECTION Number Number(0o666), KEPT;
        SharedProtection "SHAREDPROTECTION" GET_SHAREDPROTECTION SET_SHAREDPROTECTION Number Number(0o660), KEPT;
        FtpDirProtection "FTPDIRPROTECTION" GET_FTPDIRPROTECTION SET_FTPDIRPROTECTION Number Number(0o755), KEPT;
        PublicDirProtection "PUBLICDIRPROTECTION" GET_PUBLICDIRPROTECTION SET_PUBLICDIRPROTECTION Number Number(0o777), KEPT;
        SharedDirProtection "SHAREDDIRPROTECTION" GET_SHAREDDIRPROTECTION SET_SHAREDDIRPROTECTION Number Number(0o770), KEPT;
        LockTimeout "LOCKTIMEOUT" GET_LOCKTIMEOUT SET_LOCKTIMEOUT Number Number(5), KEPT;
        DisableFcntlLock "DISABLEFCNTLLOCK" GET_DISABLEFCNTLLOCK SET_DISABLEFCNTLLOCK Flag Nil, KEPT;
        LockEaccesError "LOCKEACCESERROR" GET_LOCKEACCESERROR SET_LOCKEACCESERROR Flag True, KEPT;
        HideDotFiles "HIDEDOTFILES" GET_HIDEDOTFILES SET_HIDEDOTFILES Flag Nil, KEPT;
        DisablePlaintext "DISABLEPLAINTEXT" GET_DISABLEPLAINTEXT SET_DISABLEPLAINTEXT Number Nil, SERVER;
        ChrootServer "CHROOTSERVER" GET_CHROOTSERVER SET_CHROOTSERVER Flag Nil, SERVER;
        AdvertiseTheWorld "ADVERTISETHEWORLD" GET_ADVERTISETHEWORLD SET_ADVERTISETHEWORLD Flag Nil, SERVER;
        LimitedAdvertise "LIMITEDADVERTISE" GET_LIMITEDADVERTISE SET_LIMITEDADVERTISE Flag Nil, SERVER;
        DisableAutoSharedNs "DISABLEAUTOSHAREDNS" GET_DISABLEAUTOSHAREDNS SET_DISABLEAUTOSHAREDNS Flag Nil, SERVER;
        Disable822TzText "DISABLE822TZTEXT" GET_DISABLE822TZTEXT SET_DISABLE822TZTEXT Flag Nil, "`rfc822_date` leaves out the name of the zone";
        UserHasNoLife "USERHASNOLIFE" GET_USERHASNOLIFE SET_USERHASNOLIFE Flag Nil, KEPT;
        KerberosCpSvrName "KERBEROS_CP_SVR_NAME" GET_KERBEROS_CP_SVR_NAME SET_KERBEROS_CP_SVR_NAME Flag Nil, SERVER;
        NetFsStatBug "NETFSSTATBUG" GET_NETFSSTATBUG SET_NETFSSTATBUG Flag Nil, KEPT;
        BlockEnvInit "BLOCKENVINIT" GET_BLOCKENVINIT SET_BLOCKENVINIT Flag Nil, KEPT;
        BlockNotify "BLOCKNOTIFY" GET_BLOCKNOTIFY SET_BLOCKNOTIFY Hook MmBlockNotify, "told before the library waits and after";
        LogoutHook "LOGOUTHOOK" GET_LOGOUTHOOK SET_LOGOUTHOOK Hook Nil, SERVER;
        LogoutData "LOGOUTDATA" GET_LOGOUTDATA SET_LOGOUTDATA Borrowed Nil, SERVER;
    }
    Tcp {
        Timeout "TIMEOUT" GET_TIMEOUT SET_TIMEOUT Hook Nil, "asked whether to go on waiting";
        OpenTimeout "OPENTIMEOUT" GET_OPENTIMEOUT SET_OPENTIMEOUT Number Nil, "seconds to connect; none when 0 or less";
        ReadTimeout "READTIMEOUT" GET_READTIMEOUT SET_READTIMEOUT Number Nil, "seconds to wait for the server; none when 0 or less";
        WriteTimeout "WRITETIMEOUT" GET_WRITETIMEOUT SET_WRITETIMEOUT Number Nil, "seconds to wait until the server takes what is sent; none when 0 or less";
        CloseTimeout "CLOSETIMEOUT" GET_CLOSETIMEOUT SET_CLOSETIMEOUT Number Nil, "seconds to wait for the answer to LOGOUT; none when 0 or less. c-client ignores it and always returns NIL";
        AllowReverseDns "ALLOWREVERSEDNS" GET_ALLOWREVERSEDNS SET_ALLOWREVERSEDNS Number Number(1), "a loopback address is told to `mm_login` by its name";
        TcpDebug "TCPDEBUG" GET_TCPDEBUG SET_TCPDEBUG Number Nil, "kept only: nothing more is told";
        RshTimeout "RSHTIMEOUT" GET_RSHTIMEOUT SET_RSHTIMEOUT Number Number(15), NO_RSH;
        RshCommand "RSHCOMMAND" GET_RSHCOMMAND SET_RSHCOMMAND Text Nil, NO_RSH;
        RshPath "RSHPATH" GET_RSHPATH SET_RSHPATH Text Nil, NO_RSH;
        SshTimeout "SSHTIMEOUT" GET_SSHTIMEOUT SET_SSHTIMEOUT Number Number(15), NO_RSH;
        SshCommand "SSHCOMMAND" GET_SSHCOMMAND SET_SSHCOMMAND Text Nil, NO_RSH;
        SshPath "SSHPATH" GET_SSHPATH SET_SSHPATH Text Nil, NO_RSH;
    }
    Smtp {
        SmtpMaxLoginTrials "MAXLOGINTRIALS" GET_MAXLOGINTRIALS SET_MAXLOGINTRIALS Number Number(MAXLOGINTRIALS as c_long), POSTING;
        SmtpPort "SMTPPORT" GET_SMTPPORT SET_SMTPPORT Number Nil, POSTING;
        SslSmtpPort "SSLSMTPPORT" GET_SSLSMTPPORT SET_SSLSMTPPORT Number Nil, POSTING;
    }
    Imap {
        ImapMaxLoginTrials "MAXLOGINTRIALS" GET_MAXLOGINTRIALS SET_MAXLOGINTRIALS Number Number(MAXLOGINTRIALS as c_long), "how often a login is tried";
        Lookahead "LOOKAHEAD" GET_LOOKAHEAD SET_LOOKAHEAD Number Number(20), "messages whose envelopes are fetched along with one that is asked for; unless it is set, more and more while they are asked for one after the other";
        UidLookahead "UIDLOOKAHEAD" GET_UIDLOOKAHEAD SET_UIDLOOKAHEAD Number Number(1000), "messages whose UIDs are fetched along with one that is asked for";
        ImapPort "IMAPPORT" GET_IMAPPORT SET_IMAPPORT Number Nil, "the port, where the mailbox name has none; 143 when 0";
        SslImapPort "SSLIMAPPORT" GET_SSLIMAPPORT SET_SSLIMAPPORT Number Nil, "the TLS port, where the mailbox name has none; 993 when 0";
        Prefetch "PREFETCH" GET_PREFETCH SET_PREFETCH Number Number(20), "messages whose envelopes are fetched after a search; unless it is set, only where envelopes have been asked for";
        CloseOnError "CLOSEONERROR" GET_CLOSEONERROR SET_CLOSEONERROR Number Nil, "a failed SELECT closes the stream";
        ImapEnvelope "IMAPENVELOPE" GET_IMAPENVELOPE SET_IMAPENVELOPE Hook Nil, "told of each envelope that a server sends";
        ImapReferral "IMAPREFERRAL" GET_IMAPREFERRAL SET_IMAPREFERRAL Hook Nil, "asked where to go when a server refers to another";
        ImapExtraHeaders "IMAPEXTRAHEADERS" GET_IMAPEXTRAHEADERS SET_IMAPEXTRAHEADERS Borrowed Nil, "header fields that are fetched along with envelopes";
        ImapTrySsl "IMAPTRYSSL" GET_IMAPTRYSSL SET_IMAPTRYSSL Number Nil, "a connection tries TLS on the TLS port first";
        Freshness "FRESHNESS" GET_FRESHNESS SET_FRESHNESS Number Number(500), "milliseconds for which what the server has told of a mailbox counts as current; 0: it is asked each time. Not in c-client";
        IdleTrust "IDLETRUST" GET_IDLETRUST SET_IDLETRUST Number Number(120), "seconds for which a server that has been told IDLE is believed to tell of all changes by itself; 0: no IDLE. Not in c-client";
        Reconnect "RECONNECT" GET_RECONNECT SET_RECONNECT Number Number(1), "an IMAP connection that the server or the network has ended is replaced within the call that finds it, if message numbers still mean the same, and a message whose APPEND was not answered is looked for before it is appended again; 0: the stream is lost then. Not in c-client";
        Condstore "CONDSTORE" GET_CONDSTORE SET_CONDSTORE Number Number(1), "a server that can is asked for changed flags only (CONDSTORE, RFC 7162); 0: for all of them. Not in c-client";
        KeepConnection "KEEPCONNECTION" GET_KEEPCONNECTION SET_KEEPCONNECTION Number Nil, "seconds for which the connection of a closed stream is kept for the next stream of the same account, 600 at most; 0: mail_close logs out. Not in c-client";
        BusyWait "BUSYWAIT" GET_BUSYWAIT SET_BUSYWAIT Number Number(2), "seconds within which a call asks a server again that says that it is busy (RFC 5530, or BYE), 30 at most and never longer than the open or read time limit; 0: it asks once. Not in c-client";
        FetchLookaheadLimit "FETCHLOOKAHEADLIMIT" GET_FETCHLOOKAHEADLIMIT SET_FETCHLOOKAHEADLIMIT Number Number(20), "most messages that look-ahead adds to one FETCH";
    }
    Nntp {
        NntpMaxLoginTrials "MAXLOGINTRIALS" GET_MAXLOGINTRIALS SET_MAXLOGINTRIALS Number Number(MAXLOGINTRIALS as c_long), NEWS;
        NntpPort "NNTPPORT" GET_NNTPPORT SET_NNTPPORT Number Nil, NEWS;
        SslNntpPort "SSLNNTPPORT" GET_SSLNNTPPORT SET_SSLNNTPPORT Number Nil, NEWS;
        NntpRange "NNTPRANGE" GET_NNTPRANGE SET_NNTPRANGE Number Nil, NEWS;
        NntpHidePath "NNTPHIDEPATH" GET_NNTPHIDEPATH SET_NNTPHIDEPATH Number Nil, NEWS;
    }
    Pop3 {
        Pop3MaxLoginTrials "MAXLOGINTRIALS" GET_MAXLOGINTRIALS SET_MAXLOGINTRIALS Number Number(MAXLOGINTRIALS as c_long), "how often a login is tried";
        Pop3Port "POP3PORT" GET_POP3PORT SET_POP3PORT Number Nil, "the port, where the mailbox name has none; 110 when 0";
        SslPopPort "SSLPOPPORT" GET_SSLPOPPORT SET_SSLPOPPORT Number Nil, "the TLS port, where the mailbox name has none; 995 when 0";
    }
    Unix {
        FromWidget "FROMWIDGET" GET_FROMWIDGET SET_FROMWIDGET Number Number(1), KEPT;
    }
    Mh {
        MhProfile "MHPROFILE" GET_MHPROFILE SET_MHPROFILE Text Nil, KEPT;
        MhPath "MHPATH" GET_MHPATH SET_MHPATH Text Nil, KEPT;
        MhAllowInbox "MHALLOWINBOX" GET_MHALLOWINBOX SET_MHALLOWINBOX Flag Nil, KEPT;
    }
}

impl Slot {
    /// The row of this setting.
    pub fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}
