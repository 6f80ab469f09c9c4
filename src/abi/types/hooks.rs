//! The function-pointer types of the interface: hooks that callers set, readers they hand in.
//!
//! All are nullable, and all may unwind or re-enter the library: hold no lock across a call.

use core::ffi::{c_char, c_int, c_long, c_ulong, c_void};

use super::{
    AclList, Address, Annotation, Body, Envelope, GetsData, MailStream, MailString, NetMbx,
    Overview, QuotaList, Rfc822Buffer, SearchPgm, SearchSet, SortPgm, StringList, ThreadNode,
};

/// Called when sorting by one criterion is done.
pub type postsort_t = Option<unsafe extern "C-unwind" fn(sc: *mut c_void)>;

/// Reads `size` octets of a stream into `buffer`; T when all came.
pub type readfn_t = Option<
    unsafe extern "C-unwind" fn(stream: *mut c_void, size: c_ulong, buffer: *mut c_char) -> c_long,
>;

/// Reads a text of `size` octets through `f` and returns it in memory the library gives back with `fs_give` (`SET_GETS`).
pub type mailgets_t = Option<
    unsafe extern "C-unwind" fn(
        f: readfn_t,
        stream: *mut c_void,
        size: c_ulong,
        md: *mut GetsData,
    ) -> *mut c_char,
>;

/// Told how many octets of a text have been read (`SET_READPROGRESS`).
pub type readprogress_t =
    Option<unsafe extern "C-unwind" fn(md: *mut GetsData, octets: c_ulong) -> *mut c_char>;

/// The message cache manager (`SET_CACHE`, `CH_*`).
pub type mailcache_t = Option<
    unsafe extern "C-unwind" fn(stream: *mut MailStream, msgno: c_ulong, op: c_long) -> *mut c_void,
>;

/// Copies messages to a mailbox the server does not hold (`SET_MAILPROXYCOPY`).
pub type mailproxycopy_t = Option<
    unsafe extern "C-unwind" fn(
        stream: *mut MailStream,
        sequence: *mut c_char,
        mailbox: *mut c_char,
        options: c_long,
    ) -> c_long,
>;

/// Asked on a time-out whether to go on waiting; seconds in all, seconds since the last time (`SET_TIMEOUT`).
pub type tcptimeout_t =
    Option<unsafe extern "C-unwind" fn(overall: c_long, last: c_long) -> c_long>;

/// Gets the server's next challenge, decoded.
pub type authchallenge_t =
    Option<unsafe extern "C-unwind" fn(stream: *mut c_void, len: *mut c_ulong) -> *mut c_void>;

/// Sends a response; NULL cancels.
pub type authrespond_t = Option<
    unsafe extern "C-unwind" fn(stream: *mut c_void, s: *mut c_char, size: c_ulong) -> c_long,
>;

/// Tells whether a mechanism can be used here.
pub type authcheck_t = Option<unsafe extern "C-unwind" fn() -> c_long>;

/// The client side of a mechanism.
pub type authclient_t = Option<
    unsafe extern "C-unwind" fn(
        challenger: authchallenge_t,
        responder: authrespond_t,
        service: *mut c_char,
        mb: *mut NetMbx,
        s: *mut c_void,
        trial: *mut c_ulong,
        user: *mut c_char,
    ) -> c_long,
>;

/// Server side: sends a challenge, gets the response.
pub type authresponse_t = Option<
    unsafe extern "C-unwind" fn(
        challenge: *mut c_void,
        clen: c_ulong,
        rlen: *mut c_ulong,
    ) -> *mut c_char,
>;

/// The server side of a mechanism.
pub type authserver_t = Option<
    unsafe extern "C-unwind" fn(
        responder: authresponse_t,
        argc: c_int,
        argv: *mut *mut c_char,
    ) -> *mut c_char,
>;

/// Told the server's replies (`SET_SMTPVERBOSE`).
pub type smtpverbose_t = Option<unsafe extern "C-unwind" fn(buffer: *mut c_char)>;

/// Told of each envelope that arrives (`SET_IMAPENVELOPE`).
pub type imapenvelope_t = Option<
    unsafe extern "C-unwind" fn(stream: *mut MailStream, msgno: c_ulong, env: *mut Envelope),
>;

/// Asked what to do with a referral, `REF*` (`SET_IMAPREFERRAL`).
pub type imapreferral_t = Option<
    unsafe extern "C-unwind" fn(
        stream: *mut MailStream,
        url: *mut c_char,
        code: c_long,
    ) -> *mut c_char,
>;

/// Receives one overview.
pub type overview_t = Option<
    unsafe extern "C-unwind" fn(
        stream: *mut MailStream,
        uid: c_ulong,
        ov: *mut Overview,
        msgno: c_ulong,
    ),
>;

/// A sorting function, as given to a threader.
pub type sorter_t = Option<
    unsafe extern "C-unwind" fn(
        stream: *mut MailStream,
        charset: *mut c_char,
        spg: *mut SearchPgm,
        pgm: *mut SortPgm,
        flags: c_long,
    ) -> *mut c_ulong,
>;

/// Told of each header line that is parsed (`SET_PARSELINE`).
pub type parseline_t = Option<
    unsafe extern "C-unwind" fn(
        env: *mut Envelope,
        hdr: *mut c_char,
        data: *mut c_char,
        host: *mut c_char,
    ),
>;

/// Asked to make an address of a bare phrase (`SET_PARSEPHRASE`).
pub type parsephrase_t = Option<
    unsafe extern "C-unwind" fn(
        phrase: *mut c_char,
        end: *mut c_char,
        host: *mut c_char,
    ) -> *mut Address,
>;

/// Told when the library is about to block, and when it no longer does, `BLOCK_*` (`SET_BLOCKNOTIFY`).
pub type blocknotify_t =
    Option<unsafe extern "C-unwind" fn(reason: c_int, data: *mut c_void) -> *mut c_void>;

/// Asked to get Kerberos credentials (`SET_KINIT`).
pub type kinit_t =
    Option<unsafe extern "C-unwind" fn(host: *mut c_char, reason: *mut c_char) -> c_long>;

/// Told of each IMAP command that is sent (`SET_SENDCOMMAND`).
pub type sendcommand_t =
    Option<unsafe extern "C-unwind" fn(stream: *mut MailStream, cmd: *mut c_char, flags: c_long)>;

/// Called on a thread of the library's when a mailbox that is watched between calls has changed, `WATCH_*`
/// (`SET_MAILBOXWATCH`). It is to wake a thread of the program's, and nothing else: while it runs, no other stream is
/// looked at, and it must not wait for a thread that may be closing a stream. Not called again for this stream until a call
/// on it has ended, and not at all once mail_close has returned. A call may come when nothing has changed after all.
pub type mailboxwatch_t = Option<unsafe extern "C-unwind" fn(stream: *mut MailStream, why: c_long)>;

/// Asked for the name of a newsrc file (`SET_NEWSRCQUERY`).
pub type newsrcquery_t = Option<
    unsafe extern "C-unwind" fn(
        stream: *mut MailStream,
        mulname: *mut c_char,
        name: *mut c_char,
    ) -> *mut c_char,
>;

/// Receives the answer to `imap_getacl` (`SET_ACL`).
pub type getacl_t = Option<
    unsafe extern "C-unwind" fn(stream: *mut MailStream, mailbox: *mut c_char, acl: *mut AclList),
>;

/// Receives the answer to `imap_listrights` (`SET_LISTRIGHTS`).
pub type listrights_t = Option<
    unsafe extern "C-unwind" fn(
        stream: *mut MailStream,
        mailbox: *mut c_char,
        id: *mut c_char,
        alwaysrights: *mut c_char,
        possiblerights: *mut StringList,
    ),
>;

/// Receives the answer to `imap_myrights` (`SET_MYRIGHTS`).
pub type myrights_t = Option<
    unsafe extern "C-unwind" fn(stream: *mut MailStream, mailbox: *mut c_char, rights: *mut c_char),
>;

/// Receives the resources of one quota root (`SET_QUOTA`).
pub type quota_t = Option<
    unsafe extern "C-unwind" fn(stream: *mut MailStream, qroot: *mut c_char, qlist: *mut QuotaList),
>;

/// Receives the names of a mailbox's quota roots (`SET_QUOTAROOT`).
pub type quotaroot_t = Option<
    unsafe extern "C-unwind" fn(stream: *mut MailStream, mbx: *mut c_char, qroot: *mut StringList),
>;

/// Receives the result of a sort (`SET_SORTRESULTS`).
pub type sortresults_t =
    Option<unsafe extern "C-unwind" fn(stream: *mut MailStream, list: *mut c_ulong, size: c_ulong)>;

/// Asked for a user name (`SET_USERPROMPT`).
pub type userprompt_t = Option<unsafe extern "C-unwind" fn() -> *mut c_char>;

/// Gives the next message to append; `*message` NULL ends the list.
pub type append_t = Option<
    unsafe extern "C-unwind" fn(
        stream: *mut MailStream,
        data: *mut c_void,
        flags: *mut *mut c_char,
        date: *mut *mut c_char,
        message: *mut *mut MailString,
    ) -> c_long,
>;

/// Receives the UIDs of copied messages (`SET_COPYUID`); the callback owns the sets' use only while it runs.
pub type copyuid_t = Option<
    unsafe extern "C-unwind" fn(
        stream: *mut MailStream,
        mailbox: *mut c_char,
        uidvalidity: c_ulong,
        sourceset: *mut SearchSet,
        destset: *mut SearchSet,
    ),
>;

/// Receives the UIDs of appended messages (`SET_APPENDUID`).
pub type appenduid_t = Option<
    unsafe extern "C-unwind" fn(mailbox: *mut c_char, uidvalidity: c_ulong, set: *mut SearchSet),
>;

/// Asked whether a name belongs to a directory-format mailbox (`SET_DIRFMTTEST`).
pub type dirfmttest_t = Option<unsafe extern "C-unwind" fn(name: *mut c_char) -> c_long>;

/// Asked whether a file holds a text (`SET_SCANCONTENTS`).
pub type scancontents_t = Option<
    unsafe extern "C-unwind" fn(
        name: *mut c_char,
        contents: *mut c_char,
        csiz: c_ulong,
        fsiz: c_ulong,
    ) -> c_long,
>;

/// Frees an elt's `sparep` (`SET_FREEELTSPAREP`).
pub type freeeltsparep_t = Option<unsafe extern "C-unwind" fn(sparep: *mut *mut c_void)>;

/// Frees an envelope's `sparep` (`SET_FREEENVELOPESPAREP`).
pub type freeenvelopesparep_t = Option<unsafe extern "C-unwind" fn(sparep: *mut *mut c_void)>;

/// Frees a body's `sparep` (`SET_FREEBODYSPAREP`).
pub type freebodysparep_t = Option<unsafe extern "C-unwind" fn(sparep: *mut *mut c_void)>;

/// Frees a stream's `sparep` (`SET_FREESTREAMSPAREP`).
pub type freestreamsparep_t = Option<unsafe extern "C-unwind" fn(sparep: *mut *mut c_void)>;

/// Starts TLS on a stream (`SET_SSLSTART`).
pub type sslstart_t = Option<
    unsafe extern "C-unwind" fn(
        stream: *mut c_void,
        host: *mut c_char,
        flags: c_ulong,
    ) -> *mut c_void,
>;

/// Asked whether to accept a certificate that failed the check; T accepts (`SET_SSLCERTIFICATEQUERY`).
pub type sslcertificatequery_t = Option<
    unsafe extern "C-unwind" fn(
        reason: *mut c_char,
        host: *mut c_char,
        cert: *mut c_char,
    ) -> c_long,
>;

/// Told that TLS could not be set up (`SET_SSLFAILURE`).
pub type sslfailure_t =
    Option<unsafe extern "C-unwind" fn(host: *mut c_char, reason: *mut c_char, flags: c_ulong)>;

/// Called when a server session ends (`SET_LOGOUTHOOK`).
pub type logouthook_t = Option<unsafe extern "C-unwind" fn(data: *mut c_void)>;

/// Gives the client certificate, PEM (`SET_SSLCLIENTCERT`).
pub type sslclientcert_t = Option<unsafe extern "C-unwind" fn() -> *mut c_char>;

/// Gives the client key, PEM (`SET_SSLCLIENTKEY`).
pub type sslclientkey_t = Option<unsafe extern "C-unwind" fn() -> *mut c_char>;

/// Receives one annotation (`SET_ANNOTATION`).
pub type getannotation_t =
    Option<unsafe extern "C-unwind" fn(stream: *mut MailStream, annot: *mut Annotation)>;

/// Receives the result of a threading (`SET_THREADRESULTS`).
pub type threadresults_t =
    Option<unsafe extern "C-unwind" fn(stream: *mut MailStream, tree: *mut ThreadNode)>;

/// Writes a NUL-ended string; T when all was written.
pub type soutr_t =
    Option<unsafe extern "C-unwind" fn(stream: *mut c_void, string: *mut c_char) -> c_long>;

/// Replaces the library's message output (`SET_RFC822OUTPUT`).
pub type rfc822out_t = Option<
    unsafe extern "C-unwind" fn(
        tmp: *mut c_char,
        env: *mut Envelope,
        body: *mut Body,
        f: soutr_t,
        s: *mut c_void,
        ok8bit: c_long,
    ) -> c_long,
>;

/// Replaces the library's message output, buffered form (`SET_RFC822OUTPUTFULL`).
pub type rfc822outfull_t = Option<
    unsafe extern "C-unwind" fn(
        buf: *mut Rfc822Buffer,
        env: *mut Envelope,
        body: *mut Body,
        ok8bit: c_long,
    ) -> c_long,
>;

/// Maps one character to its canonical form.
pub type ucs4cn_t = Option<unsafe extern "C-unwind" fn(c: c_ulong) -> c_ulong>;

/// Decomposes one character; called again with 0 while `*more` is set.
pub type ucs4de_t =
    Option<unsafe extern "C-unwind" fn(c: c_ulong, more: *mut *mut c_void) -> c_ulong>;
