//! Constants of `mail.h`, but for the parameters.

use core::ffi::{CStr, c_int, c_long, c_ulong};

// The release whose interface this is.
pub const CCLIENTVERSION: &CStr = c"2007f";

// Sizes.
/// Messages by which the cache grows.
pub const CACHEINCREMENT: c_int = 250;
/// Size of the library's name buffers; longer mailbox names are refused.
pub const MAILTMPLEN: c_int = 1024;
/// Size of an output buffer.
pub const SENDBUFLEN: c_int = 16385;

// Limits.
/// Mechanisms that can be offered at once.
pub const MAXAUTHENTICATORS: c_int = 8;
/// Most messages a mailbox may have.
pub const MAXMESSAGES: c_ulong = 1000000;
/// Login attempts before giving up, unless `SET_MAXLOGINTRIALS`.
pub const MAXLOGINTRIALS: c_int = 3;
/// Most wildcards in a LIST pattern.
pub const MAXWILDCARDS: c_int = 10;
/// Longest user flag name.
pub const MAXUSERFLAG: c_int = 50;
/// User flags a stream can hold.
pub const NUSERFLAGS: c_int = 30;
/// Year 0 of `MessageCache::year` and of short dates.
pub const BASEYEAR: c_int = 1970;

// Host names that stand for a missing or unreadable one.
pub const BADHOST: &CStr = c".MISSING-HOST-NAME.";
pub const ERRHOST: &CStr = c".SYNTAX-ERROR.";

// Truth values.
/// False, or no pointer.
pub const NIL: c_int = 0;
/// True, and success.
pub const T: c_int = 1;
/// True, as a `long`.
pub const LONGT: c_long = 1;

// `mail_parameters`: switch a driver, a mechanism, debugging on or off.
pub const ENABLE_DRIVER: c_long = 1;
pub const ENABLE_AUTHENTICATOR: c_long = 3;
pub const ENABLE_DEBUG: c_long = 5;
pub const DISABLE_DRIVER: c_long = 2;
pub const DISABLE_AUTHENTICATOR: c_long = 4;
pub const DISABLE_DEBUG: c_long = 6;
pub const HIDE_AUTHENTICATOR: c_long = 7;
pub const UNHIDE_AUTHENTICATOR: c_long = 8;

// Driver flags.
/// Switched off.
pub const DR_DISABLE: c_long = 0x1;
/// Local files.
pub const DR_LOCAL: c_long = 0x2;
/// Holds mail.
pub const DR_MAIL: c_long = 0x4;
/// Holds news.
pub const DR_NEWS: c_long = 0x8;
/// Read-only.
pub const DR_READONLY: c_long = 0x10;
/// "Fast" data is slow to get.
pub const DR_NOFAST: c_long = 0x20;
/// Takes namespace names.
pub const DR_NAMESPACE: c_long = 0x40;
/// Memory is short.
pub const DR_LOWMEM: c_long = 0x80;
/// Locks.
pub const DR_LOCKING: c_long = 0x100;
/// Keeps CRLF line ends.
pub const DR_CRLF: c_long = 0x200;
/// UIDs do not last.
pub const DR_NOSTICKY: c_long = 0x400;
/// A stream can be opened again on another mailbox.
pub const DR_RECYCLE: c_long = 0x800;
/// Needs to be told of expunges.
pub const DR_XPOINT: c_long = 0x1000;
/// Has no internal dates.
pub const DR_NOINTDATE: c_long = 0x2000;
/// Does not tell of new mail.
pub const DR_NONEWMAIL: c_long = 0x4000;
/// Does not tell of new mail when read-only.
pub const DR_NONEWMAILRONLY: c_long = 0x8000;
/// Can be half open.
pub const DR_HALFOPEN: c_long = 0x10000;
/// A mailbox is a directory.
pub const DR_DIRFMT: c_long = 0x20000;
/// Has modification sequences.
pub const DR_MODSEQ: c_long = 0x40000;

// Message cache operations (`mailcache_t`).
pub const CH_INIT: c_long = 10;
pub const CH_SIZE: c_long = 11;
pub const CH_MAKEELT: c_long = 30;
pub const CH_ELT: c_long = 31;
pub const CH_SORTCACHE: c_long = 35;
pub const CH_FREE: c_long = 40;
pub const CH_FREESORTCACHE: c_long = 43;
pub const CH_EXPUNGE: c_long = 45;

// `mail_open` options.
/// Log the protocol through `mm_dlog`.
pub const OP_DEBUG: c_long = 0x1;
/// Open without the right to change.
pub const OP_READONLY: c_long = 0x2;
/// Log in as anonymous.
pub const OP_ANONYMOUS: c_long = 0x4;
/// Keep elts only for a while.
pub const OP_SHORTCACHE: c_long = 0x8;
/// Call no `mm_exists` and the like.
pub const OP_SILENT: c_long = 0x10;
/// Return the driver's prototype stream, open nothing.
pub const OP_PROTOTYPE: c_long = 0x20;
/// Connect and log in, select no mailbox.
pub const OP_HALFOPEN: c_long = 0x40;
/// Expunge when the stream is recycled.
pub const OP_EXPUNGE: c_long = 0x80;
/// Refuse plain-text authentication.
pub const OP_SECURE: c_long = 0x100;
/// Try TLS first.
pub const OP_TRYSSL: c_long = 0x200;
/// Many newsrc files.
pub const OP_MULNEWSRC: c_long = 0x400;
/// Do not send the kiss of death.
pub const OP_NOKOD: c_long = 0x800;
/// Only look at the mailbox.
pub const OP_SNIFF: c_long = 0x1000;
/// Bits the library keeps for itself.
pub const OP_RESERVED: c_ulong = 0xff000000;
/// Old name of `OP_TRYSSL`.
pub const OP_TRYALT: c_long = OP_TRYSSL;

// Flags of a network open; the port number is in the low bits.
pub const NET_SILENT: c_ulong = 0x80000000;
pub const NET_NOVALIDATECERT: c_ulong = 0x40000000;
pub const NET_NOOPENTIMEOUT: c_ulong = 0x20000000;
pub const NET_TLSCLIENT: c_ulong = 0x10000000;
pub const NET_TRYSSL: c_ulong = 0x8000000;

// `mail_close_full` options.
/// Expunge before closing.
pub const CL_EXPUNGE: c_long = 1;

// Fetch flags.
/// The number or set is of UIDs.
pub const FT_UID: c_long = 0x1;
/// Do not set \Seen.
pub const FT_PEEK: c_long = 0x2;
/// The header lines are those to leave out.
pub const FT_NOT: c_long = 0x4;
/// The text may point into the library's own memory.
pub const FT_INTERNAL: c_long = 0x8;
/// Fetch the text together with the header.
pub const FT_PREFETCHTEXT: c_long = 0x20;
/// Fetch no header lines beside the envelope.
pub const FT_NOHDRS: c_long = 0x40;
/// Fetch the envelope too (fast fetch).
pub const FT_NEEDENV: c_long = 0x80;
/// Fetch the body structure too (fast fetch).
pub const FT_NEEDBODY: c_long = 0x100;
/// Fetch for this message only.
pub const FT_NOLOOKAHEAD: c_long = 0x200;
/// Look ahead in the searched messages.
pub const FT_SEARCHLOOKAHEAD: c_long = 0x400;
/// Return the text as a string structure.
pub const FT_RETURNSTRINGSTRUCT: c_long = 0x800;

// Flag-setting flags.
/// The set is of UIDs.
pub const ST_UID: c_long = 0x1;
/// Do not report the new flags.
pub const ST_SILENT: c_long = 0x2;
/// Set rather than clear.
pub const ST_SET: c_long = 0x4;

// `mail_expunge_full` options.
/// The set is of UIDs.
pub const EX_UID: c_long = 0x1;

// `mail_copy_full` options.
/// The set is of UIDs.
pub const CP_UID: c_long = 0x1;
/// Delete from the source.
pub const CP_MOVE: c_long = 0x2;
/// With `CP_MOVE`, where the server has MOVE (RFC 6851): move in one step, so that no copy is left behind and the
/// messages are gone at once. This library's own; UW has none.
pub const CP_ATOMIC: c_long = 0x1000;
/// Log the protocol of streams opened for this.
pub const CP_DEBUG: c_long = 0x20000000;

// Search flags.
/// Report UIDs.
pub const SE_UID: c_long = 0x1;
/// Free the program when done.
pub const SE_FREE: c_long = 0x2;
/// Do not fetch envelopes of the hits.
pub const SE_NOPREFETCH: c_long = 0x4;
/// Do not let the server search.
pub const SE_NOSERVER: c_long = 0x10;
/// Keep earlier hits.
pub const SE_RETAIN: c_long = 0x20;
/// Fetch body structures of the hits.
pub const SE_NEEDBODY: c_long = 0x80;
/// Fetch no header lines of the hits.
pub const SE_NOHDRS: c_long = 0x100;
/// Do not search locally when the server cannot.
pub const SE_NOLOCAL: c_long = 0x200;
/// Allow searches that make no sense.
pub const SE_SILLYOK: c_long = 0x400;

// Sort flags.
/// Free the sort program when done.
pub const SO_FREE: c_long = 0x8;
/// Load overviews.
pub const SO_OVERVIEW: c_long = 0x40;
/// Do not let the server sort.
pub const SO_NOSERVER: c_long = SE_NOSERVER;

// `mail_status` items.
/// Number of messages.
pub const SA_MESSAGES: c_long = 0x1;
/// Number of recent messages.
pub const SA_RECENT: c_long = 0x2;
/// Number of unseen messages.
pub const SA_UNSEEN: c_long = 0x4;
/// The next UID.
pub const SA_UIDNEXT: c_long = 0x8;
/// UID validity.
pub const SA_UIDVALIDITY: c_long = 0x10;
/// Log the protocol of a stream opened for this.
pub const SA_DEBUG: c_long = 0x10000000;
/// Many newsrc files.
pub const SA_MULNEWSRC: c_long = 0x20000000;

// Mailgets flags (`GetsData::flags`).
/// The number is a UID.
pub const MG_UID: c_long = 0x1;
/// The text must be copied.
pub const MG_COPY: c_long = 0x2;

// Authenticator flags.
/// Does not send the password as it is.
pub const AU_SECURE: c_long = 0x1;
/// Can log in as another user.
pub const AU_AUTHUSER: c_long = 0x2;
/// Not offered by default.
pub const AU_HIDE: c_long = 0x10000000;
/// Switched off.
pub const AU_DISABLE: c_long = 0x20000000;

// What `mail_gc` frees.
/// Message cache elements.
pub const GC_ELT: c_long = 0x1;
/// Envelopes and bodies.
pub const GC_ENV: c_long = 0x2;
/// Texts.
pub const GC_TEXTS: c_long = 0x4;

// Severities of `mm_log` and `mm_notify` (NIL: information).
/// A warning.
pub const WARN: c_long = 1;
/// A failure.
pub const ERROR: c_long = 2;
/// A syntax complaint.
pub const PARSE: c_long = 3;
/// The server hangs up.
pub const BYE: c_long = 4;
/// TCP debugging.
pub const TCPDEBUG: c_long = 5;

// Flag bits of `mail_parse_flags`.
pub const fSEEN: c_int = 0x1;
pub const fDELETED: c_int = 0x2;
pub const fFLAGGED: c_int = 0x4;
pub const fANSWERED: c_int = 0x8;
pub const fOLD: c_int = 0x10;
pub const fDRAFT: c_int = 0x20;
pub const fEXPUNGED: c_int = 0x8000;

// Attributes of a listed mailbox (`mm_list`, `mm_lsub`).
/// Cannot have children.
pub const LATT_NOINFERIORS: c_long = 0x1;
/// Cannot be opened.
pub const LATT_NOSELECT: c_long = 0x2;
/// May have new messages.
pub const LATT_MARKED: c_long = 0x4;
/// Has no new messages.
pub const LATT_UNMARKED: c_long = 0x8;
/// Is on another server.
pub const LATT_REFERRAL: c_long = 0x10;
/// Has children.
pub const LATT_HASCHILDREN: c_long = 0x20;
/// Has no children.
pub const LATT_HASNOCHILDREN: c_long = 0x40;

// Sort criteria.
/// By the Date header.
pub const SORTDATE: c_int = 0;
/// By arrival.
pub const SORTARRIVAL: c_int = 1;
/// By the first From address.
pub const SORTFROM: c_int = 2;
/// By subject.
pub const SORTSUBJECT: c_int = 3;
/// By the first To address.
pub const SORTTO: c_int = 4;
/// By the first Cc address.
pub const SORTCC: c_int = 5;
/// By size.
pub const SORTSIZE: c_int = 6;

// Why a referral came (`imapreferral_t`).
pub const REFAUTHFAILED: c_long = 0;
pub const REFAUTH: c_long = 1;
pub const REFSELECT: c_long = 2;
pub const REFCREATE: c_long = 3;
pub const REFDELETE: c_long = 4;
pub const REFRENAME: c_long = 5;
pub const REFSUBSCRIBE: c_long = 6;
pub const REFUNSUBSCRIBE: c_long = 7;
pub const REFSTATUS: c_long = 8;
pub const REFCOPY: c_long = 9;
pub const REFAPPEND: c_long = 10;

// Results of `mail_expunge_full`.
pub const SC_EXPUNGEDEFERRED: c_long = 1;

// Why a mailbox that is watched wants a call (`mailboxwatch_t`).
/// The server has told of a change: any call tells what.
pub const WATCH_CHANGED: c_long = 1;
/// The server has been quiet for as long as it is believed (`SET_IDLETRUST`): mail_ping asks it, and the watch goes on.
pub const WATCH_RENEW: c_long = 2;
/// The connection is gone, or the server does not tell by itself after all: this stream is no longer watched.
pub const WATCH_LOST: c_long = 3;

// What the library is blocked in (`blocknotify_t`).
pub const BLOCK_NONE: c_int = 0;
pub const BLOCK_SENSITIVE: c_int = 1;
pub const BLOCK_NONSENSITIVE: c_int = 2;
pub const BLOCK_DNSLOOKUP: c_int = 10;
pub const BLOCK_TCPOPEN: c_int = 11;
pub const BLOCK_TCPREAD: c_int = 12;
pub const BLOCK_TCPWRITE: c_int = 13;
pub const BLOCK_TCPCLOSE: c_int = 14;
pub const BLOCK_FILELOCK: c_int = 20;

// Sizes of `NetMbx` members, the final NUL included.
pub const NETMAXHOST: c_int = 256;
pub const NETMAXUSER: c_int = 65;
pub const NETMAXMBX: c_int = MAILTMPLEN / 4;
pub const NETMAXSRV: c_int = 21;

// Primary body types: indexes of `body_types`.
/// Text.
pub const TYPETEXT: c_int = 0;
/// Parts.
pub const TYPEMULTIPART: c_int = 1;
/// An enclosed message.
pub const TYPEMESSAGE: c_int = 2;
/// Application data.
pub const TYPEAPPLICATION: c_int = 3;
/// Sound.
pub const TYPEAUDIO: c_int = 4;
/// A picture.
pub const TYPEIMAGE: c_int = 5;
/// Moving pictures.
pub const TYPEVIDEO: c_int = 6;
/// A model.
pub const TYPEMODEL: c_int = 7;
/// Not known.
pub const TYPEOTHER: c_int = 8;
/// Last slot of `body_types`.
pub const TYPEMAX: c_int = 15;

// Content transfer encodings: indexes of `body_encodings`.
/// 7 bit lines.
pub const ENC7BIT: c_int = 0;
/// 8 bit lines.
pub const ENC8BIT: c_int = 1;
/// Any octets.
pub const ENCBINARY: c_int = 2;
/// Base64.
pub const ENCBASE64: c_int = 3;
/// Quoted-printable.
pub const ENCQUOTEDPRINTABLE: c_int = 4;
/// Not known.
pub const ENCOTHER: c_int = 5;
/// Last slot of `body_encodings`.
pub const ENCMAX: c_int = 10;
