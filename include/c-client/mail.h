/* Mailboxes and messages.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_MAIL_H
#define CCLIENT_MAIL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The release whose interface this is. */

#define CCLIENTVERSION "2007f"

/* Sizes. */

#define CACHEINCREMENT 250  /* Messages by which the cache grows. */
/* Size of the library's name buffers; longer mailbox names are refused. */
#define MAILTMPLEN 1024
#define SENDBUFLEN 16385  /* Size of an output buffer. */

/* Limits. */

#define MAXAUTHENTICATORS 8  /* Mechanisms that can be offered at once. */
#define MAXMESSAGES ((unsigned long) 1000000)  /* Most messages a mailbox may have. */
#define MAXLOGINTRIALS 3  /* Login attempts before giving up, unless `SET_MAXLOGINTRIALS`. */
#define MAXWILDCARDS 10  /* Most wildcards in a LIST pattern. */
#define MAXUSERFLAG 50  /* Longest user flag name. */
#define NUSERFLAGS 30  /* User flags a stream can hold. */
#define BASEYEAR 1970  /* Year 0 of `MessageCache::year` and of short dates. */

/* Host names that stand for a missing or unreadable one. */

#define BADHOST ".MISSING-HOST-NAME."
#define ERRHOST ".SYNTAX-ERROR."

/* Truth values. */

#define NIL 0  /* False, or no pointer. */
#define T 1  /* True, and success. */
#define LONGT ((long) 1)  /* True, as a `long`. */

/* `mail_parameters`: switch a driver, a mechanism, debugging on or off. */

#define ENABLE_DRIVER ((long) 1)
#define ENABLE_AUTHENTICATOR ((long) 3)
#define ENABLE_DEBUG ((long) 5)
#define DISABLE_DRIVER ((long) 2)
#define DISABLE_AUTHENTICATOR ((long) 4)
#define DISABLE_DEBUG ((long) 6)
#define HIDE_AUTHENTICATOR ((long) 7)
#define UNHIDE_AUTHENTICATOR ((long) 8)

/* Driver flags. */

#define DR_DISABLE ((long) 0x1)  /* Switched off. */
#define DR_LOCAL ((long) 0x2)  /* Local files. */
#define DR_MAIL ((long) 0x4)  /* Holds mail. */
#define DR_NEWS ((long) 0x8)  /* Holds news. */
#define DR_READONLY ((long) 0x10)  /* Read-only. */
#define DR_NOFAST ((long) 0x20)  /* "Fast" data is slow to get. */
#define DR_NAMESPACE ((long) 0x40)  /* Takes namespace names. */
#define DR_LOWMEM ((long) 0x80)  /* Memory is short. */
#define DR_LOCKING ((long) 0x100)  /* Locks. */
#define DR_CRLF ((long) 0x200)  /* Keeps CRLF line ends. */
#define DR_NOSTICKY ((long) 0x400)  /* UIDs do not last. */
#define DR_RECYCLE ((long) 0x800)  /* A stream can be opened again on another mailbox. */
#define DR_XPOINT ((long) 0x1000)  /* Needs to be told of expunges. */
#define DR_NOINTDATE ((long) 0x2000)  /* Has no internal dates. */
#define DR_NONEWMAIL ((long) 0x4000)  /* Does not tell of new mail. */
#define DR_NONEWMAILRONLY ((long) 0x8000)  /* Does not tell of new mail when read-only. */
#define DR_HALFOPEN ((long) 0x10000)  /* Can be half open. */
#define DR_DIRFMT ((long) 0x20000)  /* A mailbox is a directory. */
#define DR_MODSEQ ((long) 0x40000)  /* Has modification sequences. */

/* Message cache operations (`mailcache_t`). */

#define CH_INIT ((long) 10)
#define CH_SIZE ((long) 11)
#define CH_MAKEELT ((long) 30)
#define CH_ELT ((long) 31)
#define CH_SORTCACHE ((long) 35)
#define CH_FREE ((long) 40)
#define CH_FREESORTCACHE ((long) 43)
#define CH_EXPUNGE ((long) 45)

/* `mail_open` options. */

#define OP_DEBUG ((long) 0x1)  /* Log the protocol through `mm_dlog`. */
#define OP_READONLY ((long) 0x2)  /* Open without the right to change. */
#define OP_ANONYMOUS ((long) 0x4)  /* Log in as anonymous. */
#define OP_SHORTCACHE ((long) 0x8)  /* Keep elts only for a while. */
#define OP_SILENT ((long) 0x10)  /* Call no `mm_exists` and the like. */
#define OP_PROTOTYPE ((long) 0x20)  /* Return the driver's prototype stream, open nothing. */
#define OP_HALFOPEN ((long) 0x40)  /* Connect and log in, select no mailbox. */
#define OP_EXPUNGE ((long) 0x80)  /* Expunge when the stream is recycled. */
#define OP_SECURE ((long) 0x100)  /* Refuse plain-text authentication. */
#define OP_TRYSSL ((long) 0x200)  /* Try TLS first. */
#define OP_MULNEWSRC ((long) 0x400)  /* Many newsrc files. */
#define OP_NOKOD ((long) 0x800)  /* Do not send the kiss of death. */
#define OP_SNIFF ((long) 0x1000)  /* Only look at the mailbox. */
#define OP_RESERVED ((unsigned long) 0xff000000)  /* Bits the library keeps for itself. */
#define OP_TRYALT OP_TRYSSL  /* Old name of `OP_TRYSSL`. */

/* Flags of a network open; the port number is in the low bits. */

#define NET_SILENT ((unsigned long) 0x80000000)
#define NET_NOVALIDATECERT ((unsigned long) 0x40000000)
#define NET_NOOPENTIMEOUT ((unsigned long) 0x20000000)
#define NET_TLSCLIENT ((unsigned long) 0x10000000)
#define NET_TRYSSL ((unsigned long) 0x8000000)

/* `mail_close_full` options. */

#define CL_EXPUNGE ((long) 1)  /* Expunge before closing. */

/* Fetch flags. */

#define FT_UID ((long) 0x1)  /* The number or set is of UIDs. */
#define FT_PEEK ((long) 0x2)  /* Do not set \Seen. */
#define FT_NOT ((long) 0x4)  /* The header lines are those to leave out. */
#define FT_INTERNAL ((long) 0x8)  /* The text may point into the library's own memory. */
#define FT_PREFETCHTEXT ((long) 0x20)  /* Fetch the text together with the header. */
#define FT_NOHDRS ((long) 0x40)  /* Fetch no header lines beside the envelope. */
#define FT_NEEDENV ((long) 0x80)  /* Fetch the envelope too (fast fetch). */
#define FT_NEEDBODY ((long) 0x100)  /* Fetch the body structure too (fast fetch). */
#define FT_NOLOOKAHEAD ((long) 0x200)  /* Fetch for this message only. */
#define FT_SEARCHLOOKAHEAD ((long) 0x400)  /* Look ahead in the searched messages. */
#define FT_RETURNSTRINGSTRUCT ((long) 0x800)  /* Return the text as a string structure. */

/* Flag-setting flags. */

#define ST_UID ((long) 0x1)  /* The set is of UIDs. */
#define ST_SILENT ((long) 0x2)  /* Do not report the new flags. */
#define ST_SET ((long) 0x4)  /* Set rather than clear. */

/* `mail_expunge_full` options. */

#define EX_UID ((long) 0x1)  /* The set is of UIDs. */

/* `mail_copy_full` options. */

#define CP_UID ((long) 0x1)  /* The set is of UIDs. */
#define CP_MOVE ((long) 0x2)  /* Delete from the source. */
/* With `CP_MOVE`, where the server has MOVE (RFC 6851): move in one step, so that no copy is
 * left behind and the messages are gone at once. This library's own; UW has none.
 */
#define CP_ATOMIC ((long) 0x1000)
#define CP_DEBUG ((long) 0x20000000)  /* Log the protocol of streams opened for this. */

/* Search flags. */

#define SE_UID ((long) 0x1)  /* Report UIDs. */
#define SE_FREE ((long) 0x2)  /* Free the program when done. */
#define SE_NOPREFETCH ((long) 0x4)  /* Do not fetch envelopes of the hits. */
#define SE_NOSERVER ((long) 0x10)  /* Do not let the server search. */
#define SE_RETAIN ((long) 0x20)  /* Keep earlier hits. */
#define SE_NEEDBODY ((long) 0x80)  /* Fetch body structures of the hits. */
#define SE_NOHDRS ((long) 0x100)  /* Fetch no header lines of the hits. */
#define SE_NOLOCAL ((long) 0x200)  /* Do not search locally when the server cannot. */
#define SE_SILLYOK ((long) 0x400)  /* Allow searches that make no sense. */

/* Sort flags. */

#define SO_FREE ((long) 0x8)  /* Free the sort program when done. */
#define SO_OVERVIEW ((long) 0x40)  /* Load overviews. */
#define SO_NOSERVER SE_NOSERVER  /* Do not let the server sort. */

/* `mail_status` items. */

#define SA_MESSAGES ((long) 0x1)  /* Number of messages. */
#define SA_RECENT ((long) 0x2)  /* Number of recent messages. */
#define SA_UNSEEN ((long) 0x4)  /* Number of unseen messages. */
#define SA_UIDNEXT ((long) 0x8)  /* The next UID. */
#define SA_UIDVALIDITY ((long) 0x10)  /* UID validity. */
#define SA_DEBUG ((long) 0x10000000)  /* Log the protocol of a stream opened for this. */
#define SA_MULNEWSRC ((long) 0x20000000)  /* Many newsrc files. */

/* Mailgets flags (`GetsData::flags`). */

#define MG_UID ((long) 0x1)  /* The number is a UID. */
#define MG_COPY ((long) 0x2)  /* The text must be copied. */

/* Authenticator flags. */

#define AU_SECURE ((long) 0x1)  /* Does not send the password as it is. */
#define AU_AUTHUSER ((long) 0x2)  /* Can log in as another user. */
#define AU_HIDE ((long) 0x10000000)  /* Not offered by default. */
#define AU_DISABLE ((long) 0x20000000)  /* Switched off. */

/* What `mail_gc` frees. */

#define GC_ELT ((long) 0x1)  /* Message cache elements. */
#define GC_ENV ((long) 0x2)  /* Envelopes and bodies. */
#define GC_TEXTS ((long) 0x4)  /* Texts. */

/* Severities of `mm_log` and `mm_notify` (NIL: information). */

#define WARN ((long) 1)  /* A warning. */
#define ERROR ((long) 2)  /* A failure. */
#define PARSE ((long) 3)  /* A syntax complaint. */
#define BYE ((long) 4)  /* The server hangs up. */
#define TCPDEBUG ((long) 5)  /* TCP debugging. */

/* Flag bits of `mail_parse_flags`. */

#define fSEEN 0x1
#define fDELETED 0x2
#define fFLAGGED 0x4
#define fANSWERED 0x8
#define fOLD 0x10
#define fDRAFT 0x20
#define fEXPUNGED 0x8000

/* Attributes of a listed mailbox (`mm_list`, `mm_lsub`). */

#define LATT_NOINFERIORS ((long) 0x1)  /* Cannot have children. */
#define LATT_NOSELECT ((long) 0x2)  /* Cannot be opened. */
#define LATT_MARKED ((long) 0x4)  /* May have new messages. */
#define LATT_UNMARKED ((long) 0x8)  /* Has no new messages. */
#define LATT_REFERRAL ((long) 0x10)  /* Is on another server. */
#define LATT_HASCHILDREN ((long) 0x20)  /* Has children. */
#define LATT_HASNOCHILDREN ((long) 0x40)  /* Has no children. */

/* Sort criteria. */

#define SORTDATE 0  /* By the Date header. */
#define SORTARRIVAL 1  /* By arrival. */
#define SORTFROM 2  /* By the first From address. */
#define SORTSUBJECT 3  /* By subject. */
#define SORTTO 4  /* By the first To address. */
#define SORTCC 5  /* By the first Cc address. */
#define SORTSIZE 6  /* By size. */

/* Why a referral came (`imapreferral_t`). */

#define REFAUTHFAILED ((long) 0)
#define REFAUTH ((long) 1)
#define REFSELECT ((long) 2)
#define REFCREATE ((long) 3)
#define REFDELETE ((long) 4)
#define REFRENAME ((long) 5)
#define REFSUBSCRIBE ((long) 6)
#define REFUNSUBSCRIBE ((long) 7)
#define REFSTATUS ((long) 8)
#define REFCOPY ((long) 9)
#define REFAPPEND ((long) 10)

/* Results of `mail_expunge_full`. */

#define SC_EXPUNGEDEFERRED ((long) 1)

/* Why a mailbox that is watched wants a call (`mailboxwatch_t`). */

#define WATCH_CHANGED ((long) 1)  /* The server has told of a change: any call tells what. */
/* The server has been quiet for as long as it is believed (`SET_IDLETRUST`): mail_ping asks
 * it, and the watch goes on.
 */
#define WATCH_RENEW ((long) 2)
/* The connection is gone, or the server does not tell by itself after all: this stream is no
 * longer watched.
 */
#define WATCH_LOST ((long) 3)

/* What the library is blocked in (`blocknotify_t`). */

#define BLOCK_NONE 0
#define BLOCK_SENSITIVE 1
#define BLOCK_NONSENSITIVE 2
#define BLOCK_DNSLOOKUP 10
#define BLOCK_TCPOPEN 11
#define BLOCK_TCPREAD 12
#define BLOCK_TCPWRITE 13
#define BLOCK_TCPCLOSE 14
#define BLOCK_FILELOCK 20

/* Sizes of `NetMbx` members, the final NUL included. */

#define NETMAXHOST 256
#define NETMAXUSER 65
#define NETMAXMBX (MAILTMPLEN / 4)
#define NETMAXSRV 21

/* Primary body types: indexes of `body_types`. */

#define TYPETEXT 0  /* Text. */
#define TYPEMULTIPART 1  /* Parts. */
#define TYPEMESSAGE 2  /* An enclosed message. */
#define TYPEAPPLICATION 3  /* Application data. */
#define TYPEAUDIO 4  /* Sound. */
#define TYPEIMAGE 5  /* A picture. */
#define TYPEVIDEO 6  /* Moving pictures. */
#define TYPEMODEL 7  /* A model. */
#define TYPEOTHER 8  /* Not known. */
#define TYPEMAX 15  /* Last slot of `body_types`. */

/* Content transfer encodings: indexes of `body_encodings`. */

#define ENC7BIT 0  /* 7 bit lines. */
#define ENC8BIT 1  /* 8 bit lines. */
#define ENCBINARY 2  /* Any octets. */
#define ENCBASE64 3  /* Base64. */
#define ENCQUOTEDPRINTABLE 4  /* Quoted-printable. */
#define ENCOTHER 5  /* Not known. */
#define ENCMAX 10  /* Last slot of `body_encodings`. */

/* Parameters: numbers of mail_parameters. */

/* Read a parameter. */

#define GET_DRIVERS ((long) 101)
#define GET_GETS ((long) 103)
#define GET_CACHE ((long) 105)
#define GET_SMTPVERBOSE ((long) 107)
#define GET_RFC822OUTPUT ((long) 109)
#define GET_READPROGRESS ((long) 111)
#define GET_THREADERS ((long) 113)
#define GET_NAMESPACE ((long) 115)
#define GET_MAILPROXYCOPY ((long) 117)
#define GET_SERVICENAME ((long) 119)
#define GET_DRIVER ((long) 121)
#define GET_EXPUNGEATPING ((long) 123)
#define GET_PARSEPHRASE ((long) 125)
#define GET_SSLDRIVER ((long) 127)
#define GET_TRYSSLFIRST ((long) 129)
#define GET_BLOCKNOTIFY ((long) 131)
#define GET_SORTRESULTS ((long) 133)
#define GET_THREADRESULTS ((long) 135)
#define GET_PARSELINE ((long) 137)
#define GET_NEWSRCQUERY ((long) 139)
#define GET_FREEENVELOPESPAREP ((long) 141)
#define GET_FREEELTSPAREP ((long) 143)
#define GET_SSLSTART ((long) 145)
#define GET_DEBUGSENSITIVE ((long) 147)
#define GET_TCPDEBUG ((long) 149)
#define GET_FREESTREAMSPAREP ((long) 151)
#define GET_FREEBODYSPAREP ((long) 153)
#define GET_COPYUID ((long) 155)
#define GET_APPENDUID ((long) 157)
#define GET_RFC822OUTPUTFULL ((long) 159)
#define GET_BLOCKENVINIT ((long) 161)
#define GET_USERNAME ((long) 201)
#define GET_HOMEDIR ((long) 203)
#define GET_LOCALHOST ((long) 205)
#define GET_SYSINBOX ((long) 207)
#define GET_USERPROMPT ((long) 209)
#define GET_DISABLEPLAINTEXT ((long) 211)
#define GET_CHROOTSERVER ((long) 213)
#define GET_ADVERTISETHEWORLD ((long) 215)
#define GET_DISABLEAUTOSHAREDNS ((long) 217)
#define GET_MAILSUBDIR 219
#define GET_DISABLE822TZTEXT 221
#define GET_LIMITEDADVERTISE ((long) 223)
#define GET_LOGOUTHOOK ((long) 225)
#define GET_LOGOUTDATA ((long) 227)
#define GET_EXTERNALAUTHID ((long) 229)
#define GET_SSLCAPATH ((long) 231)
#define GET_OPENTIMEOUT ((long) 300)
#define GET_READTIMEOUT ((long) 302)
#define GET_WRITETIMEOUT ((long) 304)
#define GET_CLOSETIMEOUT ((long) 306)
#define GET_TIMEOUT ((long) 308)
#define GET_RSHTIMEOUT ((long) 310)
#define GET_ALLOWREVERSEDNS ((long) 312)
#define GET_RSHCOMMAND ((long) 314)
#define GET_RSHPATH ((long) 316)
#define GET_SSHTIMEOUT ((long) 318)
#define GET_SSHCOMMAND ((long) 320)
#define GET_SSHPATH ((long) 322)
#define GET_SSLCERTIFICATEQUERY ((long) 324)
#define GET_SSLFAILURE ((long) 326)
#define GET_NEWSRCCANONHOST ((long) 328)
#define GET_KINIT ((long) 330)
#define GET_SSLCLIENTCERT ((long) 332)
#define GET_SSLCLIENTKEY ((long) 334)
#define GET_KERBEROS_CP_SVR_NAME ((long) 336)
#define GET_MAXLOGINTRIALS ((long) 400)
#define GET_LOOKAHEAD ((long) 402)
#define GET_IMAPPORT ((long) 404)
#define GET_PREFETCH ((long) 406)
#define GET_CLOSEONERROR ((long) 408)
#define GET_POP3PORT ((long) 410)
#define GET_UIDLOOKAHEAD ((long) 412)
#define GET_NNTPPORT ((long) 414)
#define GET_IMAPENVELOPE ((long) 416)
#define GET_IMAPREFERRAL ((long) 418)
#define GET_SSLIMAPPORT ((long) 420)
#define GET_SSLPOPPORT ((long) 422)
#define GET_SSLNNTPPORT ((long) 424)
#define GET_SSLSMTPPORT ((long) 426)
#define GET_SMTPPORT ((long) 428)
#define GET_IMAPEXTRAHEADERS ((long) 430)
#define GET_ACL ((long) 432)
#define GET_LISTRIGHTS ((long) 434)
#define GET_MYRIGHTS ((long) 436)
#define GET_QUOTA ((long) 438)
#define GET_QUOTAROOT ((long) 440)
#define GET_IMAPTRYSSL ((long) 442)
#define GET_FETCHLOOKAHEAD ((long) 444)
#define GET_NNTPRANGE ((long) 446)
#define GET_NNTPHIDEPATH ((long) 448)
#define GET_SENDCOMMAND ((long) 450)
#define GET_IDLETIMEOUT ((long) 452)
#define GET_FETCHLOOKAHEADLIMIT ((long) 454)
#define GET_MBXPROTECTION ((long) 500)
#define GET_DIRPROTECTION ((long) 502)
#define GET_LOCKPROTECTION ((long) 504)
#define GET_FROMWIDGET ((long) 506)
#define GET_NEWSACTIVE ((long) 508)
#define GET_NEWSSPOOL ((long) 510)
#define GET_NEWSRC ((long) 512)
#define GET_EXTENSION ((long) 514)
#define GET_DISABLEFCNTLLOCK ((long) 516)
#define GET_LOCKEACCESERROR ((long) 518)
#define GET_LISTMAXLEVEL ((long) 520)
#define GET_ANONYMOUSHOME ((long) 522)
#define GET_FTPHOME ((long) 524)
#define GET_PUBLICHOME ((long) 526)
#define GET_SHAREDHOME ((long) 528)
#define GET_MHPROFILE ((long) 530)
#define GET_MHPATH ((long) 532)
#define GET_ONETIMEEXPUNGEATPING ((long) 534)
#define GET_USERHASNOLIFE ((long) 536)
#define GET_FTPPROTECTION ((long) 538)
#define GET_PUBLICPROTECTION ((long) 540)
#define GET_SHAREDPROTECTION ((long) 542)
#define GET_LOCKTIMEOUT ((long) 544)
#define GET_NOTIMEZONES ((long) 546)
#define GET_HIDEDOTFILES ((long) 548)
#define GET_FTPDIRPROTECTION ((long) 550)
#define GET_PUBLICDIRPROTECTION ((long) 552)
#define GET_SHAREDDIRPROTECTION ((long) 554)
#define GET_TRUSTDNS ((long) 556)
#define GET_SASLUSESPTRNAME ((long) 558)
#define GET_NETFSSTATBUG ((long) 560)
#define GET_SNARFMAILBOXNAME ((long) 562)
#define GET_SNARFINTERVAL ((long) 564)
#define GET_SNARFPRESERVE ((long) 566)
#define GET_INBOXPATH ((long) 568)
#define GET_DIRFMTTEST ((long) 570)
#define GET_SCANCONTENTS ((long) 572)
#define GET_MHALLOWINBOX ((long) 574)
#define GET_ANNOTATION ((long) 576)
#define GET_FRESHNESS ((long) 900)
#define GET_IDLETRUST ((long) 902)
#define GET_MAILBOXWATCH ((long) 904)
#define GET_MAILBOXWATCHED ((long) 906)
#define GET_RECONNECT ((long) 908)
#define GET_CONDSTORE ((long) 910)
#define GET_KEEPCONNECTION ((long) 912)
#define GET_BUSYWAIT ((long) 914)
#define GET_TRYALTFIRST GET_TRYSSLFIRST
#define GET_IMAPTRYALT GET_IMAPTRYSSL

/* Set a parameter. */

#define SET_DRIVERS ((long) 102)
/* Function: called for each text that is fetched, in place of the library's reader. */
#define SET_GETS ((long) 104)
#define SET_CACHE ((long) 106)  /* Function: called for every access to the message cache. */
#define SET_SMTPVERBOSE ((long) 108)  /* Function: kept only: no posting here yet. */
/* Function: called in place of `rfc822_output` and `rfc822_output_full`. */
#define SET_RFC822OUTPUT ((long) 110)
/* Function: told while a text is read how many octets have come. */
#define SET_READPROGRESS ((long) 112)
#define SET_THREADERS ((long) 114)
#define SET_NAMESPACE ((long) 116)
/* Function: called to copy over POP3, and to where a server refers a copy. */
#define SET_MAILPROXYCOPY ((long) 118)
/* Pointer, not copied: kept only: concerns server programs. */
#define SET_SERVICENAME ((long) 120)
#define SET_DRIVER ((long) 122)
#define SET_EXPUNGEATPING ((long) 124)  /* Flag: kept only: no local mail files here. */
#define SET_PARSEPHRASE ((long) 126)  /* Function: called when an address list is parsed. */
/* Pointer, not copied: set by `ssl_onceonlyinit`; TLS itself does not go through it. */
#define SET_SSLDRIVER ((long) 128)
#define SET_TRYSSLFIRST ((long) 130)  /* Flag: a connection tries TLS on the TLS port first. */
#define SET_BLOCKNOTIFY ((long) 132)  /* Function: told before the library waits and after. */
/* Function: receives sorted message numbers, from `SORT` and from here. */
#define SET_SORTRESULTS ((long) 134)
/* Function: receives threads, from `THREAD` and from here. */
#define SET_THREADRESULTS ((long) 136)
#define SET_PARSELINE ((long) 138)  /* Function: called when a header is parsed. */
#define SET_NEWSRCQUERY ((long) 140)  /* Function: kept only: no news here yet. */
/* Function: frees the `sparep` of an envelope that is freed. */
#define SET_FREEENVELOPESPAREP ((long) 142)
/* Function: frees the `sparep` of an elt that is freed. */
#define SET_FREEELTSPAREP ((long) 144)
/* Function: set by `ssl_onceonlyinit`; TLS itself does not go through it. */
#define SET_SSLSTART ((long) 146)
/* Flag: lets `mail_dlog` show sensitive lines; the library's own never show passwords. */
#define SET_DEBUGSENSITIVE ((long) 148)
#define SET_TCPDEBUG ((long) 150)  /* Number: kept only: nothing more is told. */
/* Function: frees the `sparep` of a stream that is closed. */
#define SET_FREESTREAMSPAREP ((long) 152)
/* Function: frees the `sparep` of a body that is freed. */
#define SET_FREEBODYSPAREP ((long) 154)
/* Function: receives the UIDs of messages that were copied, where the server tells. */
#define SET_COPYUID ((long) 156)
/* Function: receives the UIDs of messages that were appended, where the server tells. */
#define SET_APPENDUID ((long) 158)
/* Function: called in place of `rfc822_output_full`. */
#define SET_RFC822OUTPUTFULL ((long) 160)
#define SET_BLOCKENVINIT ((long) 162)  /* Flag: kept only: no local mail files here. */
#define SET_USERNAME ((long) 202)  /* Text: kept only: no local mail files here. */
#define SET_HOMEDIR ((long) 204)  /* Text: kept only: no local mail files here. */
#define SET_LOCALHOST ((long) 206)  /* Text: this host's name, where one must be told. */
#define SET_SYSINBOX ((long) 208)  /* Text: kept only: no local mail files here. */
#define SET_USERPROMPT ((long) 210)
#define SET_DISABLEPLAINTEXT ((long) 212)  /* Number: kept only: concerns server programs. */
#define SET_CHROOTSERVER ((long) 214)  /* Flag: kept only: concerns server programs. */
#define SET_ADVERTISETHEWORLD ((long) 216)  /* Flag: kept only: concerns server programs. */
#define SET_DISABLEAUTOSHAREDNS ((long) 218)  /* Flag: kept only: concerns server programs. */
#define SET_MAILSUBDIR 220
#define SET_DISABLE822TZTEXT 222  /* Flag: `rfc822_date` leaves out the name of the zone. */
#define SET_LIMITEDADVERTISE ((long) 224)  /* Flag: kept only: concerns server programs. */
#define SET_LOGOUTHOOK ((long) 226)  /* Function: kept only: concerns server programs. */
/* Pointer, not copied: kept only: concerns server programs. */
#define SET_LOGOUTDATA ((long) 228)
#define SET_EXTERNALAUTHID ((long) 230)  /* Text: hides or shows the EXTERNAL authenticator. */
/* Text: directory of trusted certificates, besides the system's. */
#define SET_SSLCAPATH ((long) 232)
#define SET_OPENTIMEOUT ((long) 301)  /* Number: seconds to connect; none when 0 or less. */
/* Number: seconds to wait for the server; none when 0 or less. */
#define SET_READTIMEOUT ((long) 303)
/* Number: seconds to wait until the server takes what is sent; none when 0 or less. */
#define SET_WRITETIMEOUT ((long) 305)
/* Number: seconds to wait for the answer to LOGOUT; none when 0 or less. c-client ignores it
 * and always returns NIL.
 */
#define SET_CLOSETIMEOUT ((long) 307)
#define SET_TIMEOUT ((long) 309)  /* Function: asked whether to go on waiting. */
#define SET_RSHTIMEOUT ((long) 311)  /* Number: kept only: the library starts no programs. */
/* Number: a loopback address is told to `mm_login` by its name. */
#define SET_ALLOWREVERSEDNS ((long) 313)
#define SET_RSHCOMMAND ((long) 315)  /* Text: kept only: the library starts no programs. */
#define SET_RSHPATH ((long) 317)  /* Text: kept only: the library starts no programs. */
#define SET_SSHTIMEOUT ((long) 319)  /* Number: kept only: the library starts no programs. */
#define SET_SSHCOMMAND ((long) 321)  /* Text: kept only: the library starts no programs. */
#define SET_SSHPATH ((long) 323)  /* Text: kept only: the library starts no programs. */
/* Function: asked when a certificate does not check out. */
#define SET_SSLCERTIFICATEQUERY ((long) 325)
#define SET_SSLFAILURE ((long) 327)  /* Function: told why TLS failed, in place of the log. */
#define SET_NEWSRCCANONHOST ((long) 329)  /* Number: kept only: no news here yet. */
/* Function: asked to get a ticket when there is none, or it has expired. */
#define SET_KINIT ((long) 331)
/* Function: gives the client's certificate and its issuers' (PEM), wiped after use. */
#define SET_SSLCLIENTCERT ((long) 333)
/* Function: gives the key of it (PEM), wiped after use; without it the key stands with the
 * certificate.
 */
#define SET_SSLCLIENTKEY ((long) 335)
#define SET_KERBEROS_CP_SVR_NAME ((long) 337)  /* Flag: kept only: concerns server programs. */
#define SET_MAXLOGINTRIALS ((long) 401)  /* Number: kept only: no posting here yet. */
/* Number: messages whose envelopes are fetched along with one that is asked for; unless it
 * is set, more and more while they are asked for one after the other.
 */
#define SET_LOOKAHEAD ((long) 403)
/* Number: the port, where the mailbox name has none; 143 when 0. */
#define SET_IMAPPORT ((long) 405)
/* Number: messages whose envelopes are fetched after a search; unless it is set, only where
 * envelopes have been asked for.
 */
#define SET_PREFETCH ((long) 407)
#define SET_CLOSEONERROR ((long) 409)  /* Number: a failed SELECT closes the stream. */
/* Number: the port, where the mailbox name has none; 110 when 0. */
#define SET_POP3PORT ((long) 411)
/* Number: messages whose UIDs are fetched along with one that is asked for. */
#define SET_UIDLOOKAHEAD ((long) 413)
#define SET_NNTPPORT ((long) 415)  /* Number: kept only: no news here yet. */
#define SET_IMAPENVELOPE ((long) 417)  /* Function: told of each envelope that a server sends. */
/* Function: asked where to go when a server refers to another. */
#define SET_IMAPREFERRAL ((long) 419)
/* Number: the TLS port, where the mailbox name has none; 993 when 0. */
#define SET_SSLIMAPPORT ((long) 421)
/* Number: the TLS port, where the mailbox name has none; 995 when 0. */
#define SET_SSLPOPPORT ((long) 423)
#define SET_SSLNNTPPORT ((long) 425)  /* Number: kept only: no news here yet. */
#define SET_SSLSMTPPORT ((long) 427)  /* Number: kept only: no posting here yet. */
#define SET_SMTPPORT ((long) 429)  /* Number: kept only: no posting here yet. */
/* Pointer, not copied: header fields that are fetched along with envelopes. */
#define SET_IMAPEXTRAHEADERS ((long) 431)
#define SET_ACL ((long) 433)  /* Function: receives the answer to `imap_getacl`. */
#define SET_LISTRIGHTS ((long) 435)  /* Function: receives the answer to `imap_listrights`. */
#define SET_MYRIGHTS ((long) 437)  /* Function: receives the answer to `imap_myrights`. */
#define SET_QUOTA ((long) 439)  /* Function: receives the resources of a quota root. */
#define SET_QUOTAROOT ((long) 441)  /* Function: receives the names of a mailbox's quota roots. */
#define SET_IMAPTRYSSL ((long) 443)  /* Number: a connection tries TLS on the TLS port first. */
#define SET_FETCHLOOKAHEAD ((long) 445)
#define SET_NNTPRANGE ((long) 447)  /* Number: kept only: no news here yet. */
#define SET_NNTPHIDEPATH ((long) 449)  /* Number: kept only: no news here yet. */
#define SET_SENDCOMMAND ((long) 451)  /* Function: told of each IMAP command before it is sent. */
#define SET_IDLETIMEOUT ((long) 453)
/* Number: most messages that look-ahead adds to one FETCH. */
#define SET_FETCHLOOKAHEADLIMIT ((long) 455)
#define SET_MBXPROTECTION ((long) 501)  /* Number: kept only: no local mail files here. */
#define SET_DIRPROTECTION ((long) 503)  /* Number: kept only: no local mail files here. */
#define SET_LOCKPROTECTION ((long) 505)  /* Number: kept only: no local mail files here. */
#define SET_FROMWIDGET ((long) 507)  /* Number: kept only: no local mail files here. */
#define SET_NEWSACTIVE ((long) 509)  /* Text: kept only: no news here yet. */
#define SET_NEWSSPOOL ((long) 511)  /* Text: kept only: no news here yet. */
#define SET_NEWSRC ((long) 513)  /* Text: kept only: no news here yet. */
#define SET_EXTENSION ((long) 515)
#define SET_DISABLEFCNTLLOCK ((long) 517)  /* Flag: kept only: no local mail files here. */
#define SET_LOCKEACCESERROR ((long) 519)  /* Flag: kept only: no local mail files here. */
#define SET_LISTMAXLEVEL ((long) 521)  /* Number: kept only: no local mail files here. */
#define SET_ANONYMOUSHOME ((long) 523)  /* Text: kept only: no local mail files here. */
#define SET_FTPHOME ((long) 525)  /* Text: kept only: no local mail files here. */
#define SET_PUBLICHOME ((long) 527)  /* Text: kept only: no local mail files here. */
#define SET_SHAREDHOME ((long) 529)  /* Text: kept only: no local mail files here. */
#define SET_MHPROFILE ((long) 531)  /* Text: kept only: no local mail files here. */
#define SET_MHPATH ((long) 533)  /* Text: kept only: no local mail files here. */
#define SET_ONETIMEEXPUNGEATPING ((long) 535)
#define SET_USERHASNOLIFE ((long) 537)  /* Flag: kept only: no local mail files here. */
#define SET_FTPPROTECTION ((long) 539)  /* Number: kept only: no local mail files here. */
#define SET_PUBLICPROTECTION ((long) 541)  /* Number: kept only: no local mail files here. */
#define SET_SHAREDPROTECTION ((long) 543)  /* Number: kept only: no local mail files here. */
#define SET_LOCKTIMEOUT ((long) 545)  /* Number: kept only: no local mail files here. */
#define SET_NOTIMEZONES ((long) 547)  /* Flag: kept only: no local mail files here. */
#define SET_HIDEDOTFILES ((long) 549)  /* Flag: kept only: no local mail files here. */
#define SET_FTPDIRPROTECTION ((long) 551)  /* Number: kept only: no local mail files here. */
#define SET_PUBLICDIRPROTECTION ((long) 553)  /* Number: kept only: no local mail files here. */
#define SET_SHAREDDIRPROTECTION ((long) 555)  /* Number: kept only: no local mail files here. */
#define SET_TRUSTDNS ((long) 557)  /* Flag: host names are made canonical through DNS. */
/* Flag: `mm_login` and SASL get the name that reverse DNS gives. */
#define SET_SASLUSESPTRNAME ((long) 559)
#define SET_NETFSSTATBUG ((long) 561)  /* Flag: kept only: no local mail files here. */
#define SET_SNARFMAILBOXNAME ((long) 563)
#define SET_SNARFINTERVAL ((long) 565)  /* Number: kept only: no `#move` here yet. */
#define SET_SNARFPRESERVE ((long) 567)  /* Number: kept only: no `#move` here yet. */
#define SET_INBOXPATH ((long) 569)
#define SET_DIRFMTTEST ((long) 571)
#define SET_SCANCONTENTS ((long) 573)
#define SET_MHALLOWINBOX ((long) 575)  /* Flag: kept only: no local mail files here. */
#define SET_ANNOTATION ((long) 577)  /* Function: receives an annotation. */
/* Number: milliseconds for which what the server has told of a mailbox counts as current; 0:
 * it is asked each time. Not in c-client.
 */
#define SET_FRESHNESS ((long) 901)
/* Number: seconds for which a server that has been told IDLE is believed to tell of all
 * changes by itself; 0: no IDLE. Not in c-client.
 */
#define SET_IDLETRUST ((long) 903)
/* Function: called on a thread of the library's when a mailbox that is watched between calls
 * has changed; it should do no more than wake a thread of the program's (docs/watching.md of
 * the source tells all). Not in c-client.
 */
#define SET_MAILBOXWATCH ((long) 905)
/* Number: an IMAP connection that the server or the network has ended is replaced within the
 * call that finds it, if message numbers still mean the same, and a message whose APPEND was
 * not answered is looked for before it is appended again; 0: the stream is lost then. Not in
 * c-client.
 */
#define SET_RECONNECT ((long) 909)
/* Number: a server that can is asked for changed flags only (CONDSTORE, RFC 7162); 0: for
 * all of them. Not in c-client.
 */
#define SET_CONDSTORE ((long) 911)
/* Number: seconds for which the connection of a closed stream is kept for the next stream of
 * the same account, 600 at most; 0: mail_close logs out. Not in c-client.
 */
#define SET_KEEPCONNECTION ((long) 913)
/* Number: seconds within which a call asks a server again that says that it is busy (RFC
 * 5530, or BYE), 30 at most and never longer than the open or read time limit; 0: it asks
 * once. Not in c-client.
 */
#define SET_BUSYWAIT ((long) 915)
#define SET_TRYALTFIRST SET_TRYSSLFIRST
#define SET_IMAPTRYALT SET_IMAPTRYSSL

/* A pointer that is not NULL and points to nothing of interest. */
#define VOIDT ((void *) "")

/* An older name of a member of NETMBX. */
#define altflag sslflag

/* Structures. */

struct mail_sizedtext;
#define SIZEDTEXT struct mail_sizedtext
struct string_list;
#define STRINGLIST struct string_list
struct mail_address;
#define ADDRESS struct mail_address
typedef struct mail_envelope ENVELOPE;
struct mail_body_parameter;
#define PARAMETER struct mail_body_parameter
struct mail_body_text;
#define PARTTEXT struct mail_body_text
struct mail_bodystruct;
#define BODY struct mail_bodystruct
struct mail_body_part;
#define PART struct mail_body_part
struct mail_body_message;
#define MESSAGE struct mail_body_message
typedef struct message_cache MESSAGECACHE;
typedef struct mail_overview OVERVIEW;
typedef struct mailstring STRING;
struct string_driver;
#define STRINGDRIVER struct string_driver
typedef struct mail_stream MAILSTREAM;
typedef struct mail_stream_handle MAILHANDLE;
typedef struct getsdata GETS_DATA;
typedef struct mbx_status MAILSTATUS;
struct search_program;
#define SEARCHPGM struct search_program
struct search_set;
#define SEARCHSET struct search_set
struct search_header;
#define SEARCHHEADER struct search_header
struct search_or;
#define SEARCHOR struct search_or
struct search_pgm_list;
#define SEARCHPGMLIST struct search_pgm_list
struct sort_program;
#define SORTPGM struct sort_program
struct sort_cache;
#define SORTCACHE struct sort_cache
struct thread_node;
#define THREADNODE struct thread_node
struct threader_list;
#define THREADER struct threader_list
struct acl_list;
#define ACLLIST struct acl_list
struct annotation;
#define ANNOTATION struct annotation
struct annotation_value_list;
#define ANNOTATION_VALUES struct annotation_value_list
struct quota_list;
#define QUOTALIST struct quota_list
struct mail_namespace;
#define NAMESPACE struct mail_namespace
struct driver;
#define DRIVER struct driver
struct mail_authenticator;
#define AUTHENTICATOR struct mail_authenticator
typedef struct net_mailbox NETMBX;
struct net_driver;
#define NETDRIVER struct net_driver
typedef struct net_stream NETSTREAM;
typedef struct send_stream SENDSTREAM;

/* Functions that programs hand in. */

/* Tells whether a mechanism can be used here. */
typedef long (*authcheck_t)(void);

/* Gets the server's next challenge, decoded. */
typedef void *(*authchallenge_t)(void *stream, unsigned long *len);

/* Sends a response; NULL cancels. */
typedef long (*authrespond_t)(void *stream, char *s, unsigned long size);

/* The client side of a mechanism. */
typedef long (*authclient_t)(authchallenge_t challenger,
                             authrespond_t responder,
                             char *service,
                             NETMBX *mb,
                             void *s,
                             unsigned long *trial,
                             char *user);

/* Server side: sends a challenge, gets the response. */
typedef char *(*authresponse_t)(void *challenge, unsigned long clen, unsigned long *rlen);

/* The server side of a mechanism. */
typedef char *(*authserver_t)(authresponse_t responder, int argc, char **argv);

/* Receives one overview. */
typedef void (*overview_t)(MAILSTREAM *stream,
                           unsigned long uid,
                           OVERVIEW *ov,
                           unsigned long msgno);

/* Called when sorting by one criterion is done. */
typedef void (*postsort_t)(void *sc);

/* Gives the next message to append; `*message` NULL ends the list. */
typedef long (*append_t)(MAILSTREAM *stream,
                         void *data,
                         char **flags,
                         char **date,
                         STRING **message);

/* A sorting function, as given to a threader. */
typedef unsigned long *(*sorter_t)(MAILSTREAM *stream,
                                   char *charset,
                                   SEARCHPGM *spg,
                                   SORTPGM *pgm,
                                   long flags);

/* Reads `size` octets of a stream into `buffer`; T when all came. */
typedef long (*readfn_t)(void *stream, unsigned long size, char *buffer);

/* A node of the threader's working tree, opaque. */
typedef void **container_t;

/* Reads a text of `size` octets through `f` and returns it in memory the library gives back
 * with `fs_give` (`SET_GETS`).
 */
typedef char *(*mailgets_t)(readfn_t f, void *stream, unsigned long size, GETS_DATA *md);

/* Told how many octets of a text have been read (`SET_READPROGRESS`). */
typedef char *(*readprogress_t)(GETS_DATA *md, unsigned long octets);

/* The message cache manager (`SET_CACHE`, `CH_*`). */
typedef void *(*mailcache_t)(MAILSTREAM *stream, unsigned long msgno, long op);

/* Copies messages to a mailbox the server does not hold (`SET_MAILPROXYCOPY`). */
typedef long (*mailproxycopy_t)(MAILSTREAM *stream,
                                char *sequence,
                                char *mailbox,
                                long options);

/* Asked on a time-out whether to go on waiting; seconds in all, seconds since the last time
 * (`SET_TIMEOUT`).
 */
typedef long (*tcptimeout_t)(long overall, long last);

/* Told the server's replies (`SET_SMTPVERBOSE`). */
typedef void (*smtpverbose_t)(char *buffer);

/* Told of each envelope that arrives (`SET_IMAPENVELOPE`). */
typedef void (*imapenvelope_t)(MAILSTREAM *stream,
                               unsigned long msgno,
                               ENVELOPE *env);

/* Asked what to do with a referral, `REF*` (`SET_IMAPREFERRAL`). */
typedef char *(*imapreferral_t)(MAILSTREAM *stream, char *url, long code);

/* Told of each header line that is parsed (`SET_PARSELINE`). */
typedef void (*parseline_t)(ENVELOPE *env, char *hdr, char *data, char *host);

/* Asked to make an address of a bare phrase (`SET_PARSEPHRASE`). */
typedef ADDRESS *(*parsephrase_t)(char *phrase, char *end, char *host);

/* Told when the library is about to block, and when it no longer does, `BLOCK_*`
 * (`SET_BLOCKNOTIFY`).
 */
typedef void *(*blocknotify_t)(int reason, void *data);

/* Asked to get Kerberos credentials (`SET_KINIT`). */
typedef long (*kinit_t)(char *host, char *reason);

/* Told of each IMAP command that is sent (`SET_SENDCOMMAND`). */
typedef void (*sendcommand_t)(MAILSTREAM *stream, char *cmd, long flags);

/* Called on a thread of the library's when a mailbox that is watched between calls has
 * changed, `WATCH_*` (`SET_MAILBOXWATCH`). It is to wake a thread of the program's, and
 * nothing else: while it runs, no other stream is looked at, and it must not wait for a
 * thread that may be closing a stream. Not called again for this stream until a call on it
 * has ended, and not at all once mail_close has returned. A call may come when nothing has
 * changed after all.
 */
typedef void (*mailboxwatch_t)(MAILSTREAM *stream, long why);

/* Asked for the name of a newsrc file (`SET_NEWSRCQUERY`). */
typedef char *(*newsrcquery_t)(MAILSTREAM *stream, char *mulname, char *name);

/* Receives the answer to `imap_getacl` (`SET_ACL`). */
typedef void (*getacl_t)(MAILSTREAM *stream, char *mailbox, ACLLIST *acl);

/* Receives the answer to `imap_listrights` (`SET_LISTRIGHTS`). */
typedef void (*listrights_t)(MAILSTREAM *stream,
                             char *mailbox,
                             char *id,
                             char *alwaysrights,
                             STRINGLIST *possiblerights);

/* Receives the answer to `imap_myrights` (`SET_MYRIGHTS`). */
typedef void (*myrights_t)(MAILSTREAM *stream, char *mailbox, char *rights);

/* Receives the resources of one quota root (`SET_QUOTA`). */
typedef void (*quota_t)(MAILSTREAM *stream, char *qroot, QUOTALIST *qlist);

/* Receives the names of a mailbox's quota roots (`SET_QUOTAROOT`). */
typedef void (*quotaroot_t)(MAILSTREAM *stream, char *mbx, STRINGLIST *qroot);

/* Receives the result of a sort (`SET_SORTRESULTS`). */
typedef void (*sortresults_t)(MAILSTREAM *stream,
                              unsigned long *list,
                              unsigned long size);

/* Asked for a user name (`SET_USERPROMPT`). */
typedef char *(*userprompt_t)(void);

/* Receives the UIDs of copied messages (`SET_COPYUID`); the callback owns the sets' use only
 * while it runs.
 */
typedef void (*copyuid_t)(MAILSTREAM *stream,
                          char *mailbox,
                          unsigned long uidvalidity,
                          SEARCHSET *sourceset,
                          SEARCHSET *destset);

/* Receives the UIDs of appended messages (`SET_APPENDUID`). */
typedef void (*appenduid_t)(char *mailbox, unsigned long uidvalidity, SEARCHSET *set);

/* Asked whether a name belongs to a directory-format mailbox (`SET_DIRFMTTEST`). */
typedef long (*dirfmttest_t)(char *name);

/* Asked whether a file holds a text (`SET_SCANCONTENTS`). */
typedef long (*scancontents_t)(char *name,
                               char *contents,
                               unsigned long csiz,
                               unsigned long fsiz);

/* Frees an elt's `sparep` (`SET_FREEELTSPAREP`). */
typedef void (*freeeltsparep_t)(void **sparep);

/* Frees an envelope's `sparep` (`SET_FREEENVELOPESPAREP`). */
typedef void (*freeenvelopesparep_t)(void **sparep);

/* Frees a body's `sparep` (`SET_FREEBODYSPAREP`). */
typedef void (*freebodysparep_t)(void **sparep);

/* Frees a stream's `sparep` (`SET_FREESTREAMSPAREP`). */
typedef void (*freestreamsparep_t)(void **sparep);

/* Starts TLS on a stream (`SET_SSLSTART`). */
typedef void *(*sslstart_t)(void *stream, char *host, unsigned long flags);

/* Asked whether to accept a certificate that failed the check; T accepts
 * (`SET_SSLCERTIFICATEQUERY`).
 */
typedef long (*sslcertificatequery_t)(char *reason, char *host, char *cert);

/* Told that TLS could not be set up (`SET_SSLFAILURE`). */
typedef void (*sslfailure_t)(char *host, char *reason, unsigned long flags);

/* Called when a server session ends (`SET_LOGOUTHOOK`). */
typedef void (*logouthook_t)(void *data);

/* Gives the client certificate, PEM (`SET_SSLCLIENTCERT`). */
typedef char *(*sslclientcert_t)(void);

/* Gives the client key, PEM (`SET_SSLCLIENTKEY`). */
typedef char *(*sslclientkey_t)(void);

/* Receives one annotation (`SET_ANNOTATION`). */
typedef void (*getannotation_t)(MAILSTREAM *stream, ANNOTATION *annot);

/* Receives the result of a threading (`SET_THREADRESULTS`). */
typedef void (*threadresults_t)(MAILSTREAM *stream, THREADNODE *tree);

/* Counted text; `data` need not end in NUL, but does wherever the library makes one. */
struct mail_sizedtext {
  unsigned char *data;  /* The octets. */
  unsigned long size;  /* Their number, an ending NUL not counted. */
};

/* A list of counted strings. */
struct string_list {
  SIZEDTEXT text;  /* One string. */
  STRINGLIST *next;  /* The next one; NULL at the end. */
};

/* One address of a header list (RFC 5322). A group starts with `host` NULL and ends with
 * `mailbox` NULL.
 */
struct mail_address {
  /* The name (`Ada Lovelace`), still with RFC 2047's encoded words; NULL without one. */
  char *personal;
  char *adl;  /* The route before the address, which nobody writes any more; NULL without one. */
  /* What stands before the `@`; the name where a group starts, NULL where it ends. */
  char *mailbox;
  char *host;  /* What stands behind the `@`; NULL where a group starts or ends. */
  char *error;  /* What a mail server said of it when it was sent to; NULL. */
  /* The address it was first sent to (RFC 3461). */
  struct {
    char *type;  /* Its type (`rfc822`). */
    char *addr;  /* The address. */
  } orcpt;
  ADDRESS *next;  /* The next address; NULL at the end. */
};

/* The parsed header of a message. Strings and address lists are owned by the envelope. */
struct mail_envelope {
  unsigned int incomplete : 1;  /* Only what an overview needs is here. */
  unsigned int imapenvonly : 1;  /* Only what IMAP's ENVELOPE holds is here. */
  /* The header of a message that is sent anew: it is written first, and the fields here as
   * ReSent- behind it.
   */
  char *remail;
  ADDRESS *return_path;  /* Return-Path. */
  unsigned char *date;  /* Date, as it is written; `mail_parse_date` reads it. */
  ADDRESS *from;  /* From. */
  ADDRESS *sender;  /* Sender; as From where the message has none. */
  ADDRESS *reply_to;  /* Reply-To; as From where the message has none. */
  char *subject;  /* Subject, still with encoded words; `utf8_mime2text` reads them. */
  ADDRESS *to;  /* To. */
  ADDRESS *cc;  /* Cc. */
  ADDRESS *bcc;  /* Bcc. */
  char *in_reply_to;  /* In-Reply-To. */
  char *message_id;  /* Message-ID, with its `<>`. */
  char *newsgroups;  /* Newsgroups. IMAP's ENVELOPE lacks this and the next two. */
  char *followup_to;  /* Followup-To. */
  char *references;  /* References. */
  void *sparep;  /* The program's own. */
};

/* One parameter of a content type or disposition; the list keeps the server's order. */
struct mail_body_parameter {
  char *attribute;  /* Its name; compare it without regard to case. */
  char *value;  /* Its value, without quotes. */
  PARAMETER *next;  /* The next one; NULL at the end. */
};

/* Where a piece of text lies in its message, and the text once it was fetched. */
struct mail_body_text {
  unsigned long offset;  /* Where it begins in the whole message, where that is known. */
  SIZEDTEXT text;  /* The text; `data` is NULL as long as it was not fetched. */
};

/* The MIME structure of a message or part: `TYPE*`, `ENC*`, parameters, and the parts
 * inside.
 */
struct mail_bodystruct {
  unsigned short type;  /* `TYPE*`; `body_types` has the names. */
  unsigned short encoding;  /* `ENC*`; `body_encodings` has the names. */
  char *subtype;  /* Subtype; compare it without regard to case. NULL when none was given. */
  PARAMETER *parameter;  /* Parameters of the type, such as CHARSET. */
  char *id;  /* Content-ID. */
  char *description;  /* Content-Description. */
  /* Content-Disposition. */
  struct {
    char *type;  /* `ATTACHMENT`, `INLINE` or another word, in any case; NULL without one. */
    PARAMETER *parameter;  /* Its parameters, such as FILENAME. */
  } disposition;
  STRINGLIST *language;  /* Content-Language. */
  char *location;  /* Content-Location. */
  PARTTEXT mime;  /* The part's own header. */
  PARTTEXT contents;  /* The part's contents, as encoded. */
  /* What lies inside: which member counts says `type`. */
  union {
    PART *part;  /* Of TYPEMULTIPART: the first part. */
    MESSAGE *msg;  /* Of TYPEMESSAGE with subtype RFC822: the message. */
  } nested;
  /* How large the contents are. */
  struct {
    unsigned long lines;  /* In lines, where the server tells. */
    unsigned long bytes;  /* In octets, as encoded. */
  } size;
  char *md5;  /* Content-MD5, as encoded. */
  void *sparep;  /* The program's own. */
};

/* One part of a multipart body. */
struct mail_body_part {
  BODY body;  /* The part. */
  PART *next;  /* The next one; NULL at the end. */
};

/* The inside of a `MESSAGE/RFC822` part. */
struct mail_body_message {
  ENVELOPE *env;  /* Its envelope; NULL as long as it was not fetched. */
  BODY *body;  /* Its structure; NULL as long as it was not fetched. */
  PARTTEXT full;  /* The whole message. */
  STRINGLIST *lines;  /* Which lines `header` was cut down to; NULL for all. */
  PARTTEXT header;  /* Its header. */
  PARTTEXT text;  /* All but the header. */
};

/* What is known of one message ("elt"): flags, size, internal date, and the private text
 * caches.
 */
struct message_cache {
  unsigned long msgno;  /* Its number, 1 and up; 0 of an elt that is no message's. */
  unsigned int lockcount : 8;  /* References to it; `mail_free_elt` drops one. */
  /* Size in octets; 0 as long as it was not fetched (`mail_fetch_fast`). */
  unsigned long rfc822_size;
  /* The library's own. */
  struct {
    unsigned long uid;  /* The UID; 0 as long as it is not known. `mail_uid` asks. */
    unsigned long mod;  /* The modification sequence, for drivers that have one. */
    PARTTEXT special;  /* For drivers. */
    MESSAGE msg;  /* What was fetched: envelope, structure, texts. */
    /* For drivers. */
    union {
      unsigned long data;  /* A number. */
      void *ptr;  /* A pointer. */
    } spare;
    unsigned int sequence : 1;  /* For drivers. */
    unsigned int dirty : 1;  /* For drivers. */
    unsigned int filter : 1;  /* For drivers. */
    unsigned int ghost : 1;  /* For drivers. */
  } private;
  unsigned int day : 5;  /* Internal date: day, 1 to 31; 0 as long as it was not fetched. */
  unsigned int month : 4;  /* Month, 1 to 12. */
  unsigned int year : 7;  /* Years since BASEYEAR. */
  unsigned int hours : 5;  /* Hours, 0 to 23. */
  unsigned int minutes : 6;  /* Minutes. */
  unsigned int seconds : 6;  /* Seconds; 60 is a leap second. */
  unsigned int zoccident : 1;  /* T west of Greenwich. */
  unsigned int zhours : 4;  /* Hours from UTC. */
  unsigned int zminutes : 6;  /* And minutes. */
  unsigned int seen : 1;  /* `\Seen`. Flags are good once `valid` is set. */
  unsigned int deleted : 1;  /* `\Deleted`. */
  unsigned int flagged : 1;  /* `\Flagged`. */
  unsigned int answered : 1;  /* `\Answered`. */
  unsigned int draft : 1;  /* `\Draft`. */
  unsigned int recent : 1;  /* `\Recent`. */
  unsigned int valid : 1;  /* The flags are known. */
  unsigned int searched : 1;  /* The last search found it. */
  unsigned int sequence : 1;  /* `mail_sequence` has marked it. */
  unsigned int spare : 1;  /* The program's own, and all that follow. */
  unsigned int spare2 : 1;
  unsigned int spare3 : 1;
  unsigned int spare4 : 1;
  unsigned int spare5 : 1;
  unsigned int spare6 : 1;
  unsigned int spare7 : 1;
  unsigned int spare8 : 1;
  void *sparep;  /* The program's own. */
  unsigned long user_flags;  /* Keywords: bit n stands for `user_flags[n]` of the stream. */
};

/* The short description of a message that `mail_fetch_overview` reports. */
struct mail_overview {
  char *subject;  /* Subject. */
  ADDRESS *from;  /* From. */
  char *date;  /* Date. */
  char *message_id;  /* Message-ID. */
  char *references;  /* References, or what stands for them. */
  /* What not every server has. */
  struct {
    unsigned long octets;  /* Size in octets. */
    unsigned long lines;  /* Lines of the text; 0 where nobody tells. */
    char *xref;  /* Xref of news; NULL. */
  } optional;
};

/* A string read through a driver, so that a message need not be in memory at once. Lives on
 * the caller's stack; driven by `INIT`, `SNX`, `CHR`, `SETPOS`, `GETPOS`, `SIZE`.
 */
struct mailstring {
  void *data;  /* What the driver reads from. */
  unsigned long data1;  /* The driver's own. */
  unsigned long size;  /* Size of the whole in octets. */
  char *chunk;  /* The piece that is in memory. */
  unsigned long chunksize;  /* The size of a piece. */
  unsigned long offset;  /* Where the piece begins in the whole. */
  char *curpos;  /* The current position in the piece. */
  unsigned long cursize;  /* Octets of the piece from there on. */
  STRINGDRIVER *dtb;  /* The driver. */
};

/* How a [`MailString`] reads its data. */
struct string_driver {
  void (*init)(STRING*, void*, unsigned long);  /* Begins: the string, its data, its size. */
  /* Gets the next piece; returns the octet at the position and moves on. */
  char (*next)(STRING*);
  void (*setpos)(STRING*, unsigned long);  /* Moves to a position, and gets the piece there. */
};

/* An open mailbox. Callers read `dtb`, `mailbox`, `original_mailbox`, `nmsgs`, `recent`, the
 * permanent flags and `user_flags`, and own `sparep`.
 */
struct mail_stream {
  DRIVER *dtb;  /* Its driver; its `name` is `imap` or `pop3`. */
  void *local;  /* The driver's own. */
  char *mailbox;  /* The name of what is open, in full (`{host:port/imap/user="…"}INBOX`). */
  char *original_mailbox;  /* The name as the program gave it to mail_open. */
  unsigned short use;  /* The driver's own. */
  /* Changes when another mailbox is opened on the stream; see MAILHANDLE. */
  unsigned short sequence;
  unsigned int inbox : 1;  /* INBOX is open. */
  unsigned int lock : 1;  /* Busy; see mail_lock. */
  unsigned int debug : 1;  /* The conversation goes to mm_dlog. */
  unsigned int silent : 1;  /* No events are told: opened with OP_SILENT. */
  unsigned int rdonly : 1;  /* Flags cannot be changed, nothing expunged. */
  unsigned int anonymous : 1;  /* Opened with OP_ANONYMOUS. */
  /* Opened with OP_SHORTCACHE: only the envelope and structure fetched last are kept. */
  unsigned int scache : 1;
  unsigned int halfopen : 1;  /* Logged in, and no mailbox is open. */
  unsigned int secure : 1;  /* Opened with OP_SECURE. */
  unsigned int tryssl : 1;  /* Opened with OP_TRYSSL. */
  unsigned int mulnewsrc : 1;  /* Of news. */
  unsigned int perm_seen : 1;  /* `\Seen` can be changed for good; so with those that follow. */
  unsigned int perm_deleted : 1;
  unsigned int perm_flagged : 1;
  unsigned int perm_answered : 1;
  unsigned int perm_draft : 1;
  unsigned int kwd_create : 1;  /* New keywords can be made. */
  unsigned int uid_nosticky : 1;  /* UIDs hold for this session only. */
  unsigned int unhealthy : 1;  /* The driver's own. */
  unsigned int nokod : 1;  /* Opened with OP_NOKOD. */
  unsigned int sniff : 1;  /* Opened with OP_SNIFF. */
  /* Which keywords can be changed for good: bit n stands for `user_flags[n]`. */
  unsigned long perm_user_flags;
  unsigned long gensym;  /* The driver's own counter. */
  unsigned long nmsgs;  /* How many messages there are; numbers go from 1 to this. */
  unsigned long recent;  /* How many of them are recent. */
  /* While this stays, UIDs mean the same messages; 0 when not known. */
  unsigned long uid_validity;
  unsigned long uid_last;  /* The highest UID that was given so far, where that is known. */
  char *user_flags[30];  /* Keywords that are known; NULL behind the last. */
  unsigned long cachesize;  /* Places in `cache`. */
  MESSAGECACHE **cache;  /* The elts; go by `mail_elt`. */
  SORTCACHE **sc;  /* The sort caches; go by the cache manager. */
  unsigned long msgno;  /* With OP_SHORTCACHE: whose `env` and `body` these are. */
  ENVELOPE *env;  /* With OP_SHORTCACHE: the envelope. */
  BODY *body;  /* With OP_SHORTCACHE: the structure. */
  SIZEDTEXT text;  /* A text that is kept for the caller until the next call. */
  /* For drivers of local files. */
  struct {
    char *name;  /* The mailbox that is moved. */
    unsigned long time;  /* When that was done last. */
    long options;  /* How to open it. */
  } snarf;
  /* The library's own. */
  struct {
    /* Of a search that goes on. */
    struct {
      STRINGLIST *string;  /* The patterns that are left. */
      long result;  /* Whether all were found. */
      char *text;  /* The driver's own. */
    } search;
    STRING string;  /* Where FT_RETURNSTRINGSTRUCT puts the text. */
  } private;
  void *sparep;  /* The program's own; see SET_FREESTREAMSPAREP. */
  unsigned int spare : 1;  /* The program's own, and all that follow. */
  unsigned int spare2 : 1;
  unsigned int spare3 : 1;
  unsigned int spare4 : 1;
  unsigned int spare5 : 1;
  unsigned int spare6 : 1;
  unsigned int spare7 : 1;
  unsigned int spare8 : 1;
};

/* A weak reference to a stream: valid while `sequence` equals the stream's own. */
struct mail_stream_handle {
  MAILSTREAM *stream;  /* The stream; go by `mail_stream`. */
  unsigned short sequence;  /* What its `sequence` was. */
};

/* What a `SET_GETS` callback is told about the text it is about to read. */
struct getsdata {
  MAILSTREAM *stream;  /* The stream; NULL when none is involved. */
  unsigned long msgno;  /* The message, or its UID if `flags` has FT_UID. */
  char *what;  /* The section, as the caller named it; NULL or a word such as `HEADER`. */
  STRINGLIST *stl;  /* The header lines that are asked for; NULL for all. */
  unsigned long first;  /* The first octet of a piece. */
  unsigned long last;  /* And how many; 0 with `first` 0 for the whole. */
  long flags;  /* The caller's `FT_*`. */
};

/* The answer to STATUS; `flags` (`SA_*`) says which members are set. */
struct mbx_status {
  long flags;  /* Which of the others are set (`SA_*`). */
  unsigned long messages;  /* Messages. */
  unsigned long recent;  /* Recent ones. */
  unsigned long unseen;  /* Those that are not `\Seen`. */
  unsigned long uidnext;  /* The UID of the next message to come. */
  unsigned long uidvalidity;  /* As `uid_validity` of a stream. */
};

/* A search: all criteria that are set must match. */
struct search_program {
  SEARCHSET *msgno;  /* Message numbers. */
  SEARCHSET *uid;  /* UIDs. */
  SEARCHOR *or;  /* Pairs of programs; of each pair one must match. */
  SEARCHPGMLIST *not;  /* Programs, none of which may match. */
  SEARCHHEADER *header;  /* Texts in header fields. */
  STRINGLIST *bcc;  /* Texts in Bcc. */
  STRINGLIST *body;  /* Texts in the body. */
  STRINGLIST *cc;  /* Texts in Cc. */
  STRINGLIST *from;  /* Texts in From. */
  STRINGLIST *keyword;  /* Keywords that it has. */
  STRINGLIST *unkeyword;  /* Keywords that it has not. */
  STRINGLIST *subject;  /* Texts in Subject. */
  STRINGLIST *text;  /* Texts in header or body. */
  STRINGLIST *to;  /* Texts in To. */
  unsigned long larger;  /* Of more octets than this; 0: does not count. */
  unsigned long smaller;  /* Of fewer octets than this; 0: does not count. */
  unsigned long older;  /* Came in more seconds ago than this; 0: does not count. */
  unsigned long younger;  /* Came in within so many seconds; 0: does not count. */
  /* Its Date is before this day (`mail_shortdate`); 0: does not count, as with all days. */
  unsigned short sentbefore;
  unsigned short senton;  /* Its Date is this day. */
  unsigned short sentsince;  /* Its Date is this day or later. */
  unsigned short before;  /* Came in before this day. */
  unsigned short on;  /* Came in on this day. */
  unsigned short since;  /* Came in on this day or later. */
  unsigned int answered : 1;  /* Flags: each that is set must hold. */
  unsigned int unanswered : 1;
  unsigned int deleted : 1;
  unsigned int undeleted : 1;
  unsigned int draft : 1;
  unsigned int undraft : 1;
  unsigned int flagged : 1;
  unsigned int unflagged : 1;
  unsigned int recent : 1;
  unsigned int old : 1;  /* Not recent. */
  unsigned int seen : 1;
  unsigned int unseen : 1;
  /* Texts in other fields, which are looked for by HEADER; so with all that follow. */
  STRINGLIST *return_path;
  STRINGLIST *sender;
  STRINGLIST *reply_to;
  STRINGLIST *in_reply_to;
  STRINGLIST *message_id;
  STRINGLIST *newsgroups;
  STRINGLIST *followup_to;
  STRINGLIST *references;
};

/* A set of message numbers or UIDs, from `first` to `last`, or `first` alone when `last` is
 * 0.
 */
struct search_set {
  unsigned long first;  /* The first number. */
  unsigned long last;  /* The last number; 0 for `first` alone. */
  SEARCHSET *next;  /* The next range; NULL at the end. */
};

/* A HEADER criterion: field name and text. */
struct search_header {
  SIZEDTEXT line;  /* The field's name. */
  SIZEDTEXT text;  /* What it must hold; empty: the field must be there. */
  SEARCHHEADER *next;  /* The next one; NULL at the end. */
};

/* An OR criterion of two programs. */
struct search_or {
  SEARCHPGM *first;  /* One program. */
  SEARCHPGM *second;  /* The other. */
  SEARCHOR *next;  /* The next pair; NULL at the end. */
};

/* A list of programs, each of which is negated. */
struct search_pgm_list {
  SEARCHPGM *pgm;  /* The program. */
  SEARCHPGMLIST *next;  /* The next one; NULL at the end. */
};

/* A sort order: `function` (`SORT*`), direction, and the next criterion. */
struct sort_program {
  unsigned int reverse : 1;  /* The other way round. */
  unsigned int abort : 1;  /* Set by the program (in a callback): give up. */
  short function;  /* `SORT*`. */
  unsigned long nmsgs;  /* How many messages are sorted. */
  /* How far it has come. */
  struct {
    unsigned long cached;  /* Messages of which the library knows what it sorts by. */
    unsigned long sorted;  /* Messages that are in order. */
    unsigned long postsorted;  /* Messages behind which `postsort` has been called. */
  } progress;
  postsort_t postsort;  /* Called when all is sorted; NULL. */
  SORTPGM *next;  /* The criterion for what is equal by this one; NULL at the end. */
};

/* What sorting and threading keep of one message. */
struct sort_cache {
  unsigned int sorted : 1;  /* Counted as sorted. */
  unsigned int postsorted : 1;  /* Counted as sorted for good. */
  unsigned int refwd : 1;  /* Its subject is that of a reply or of a forwarded message. */
  unsigned int dirty : 1;  /* To be read anew. */
  SORTPGM *pgm;  /* The program that it is sorted by. */
  unsigned long num;  /* Its number, or UID. */
  unsigned long date;  /* Seconds since 1970 of its Date. */
  unsigned long arrival;  /* Seconds since 1970 of its internal date. */
  unsigned long size;  /* Its size in octets. */
  char *from;  /* The mailbox of the first From. */
  char *to;  /* The mailbox of the first To. */
  char *cc;  /* The mailbox of the first Cc. */
  char *subject;  /* The base subject. */
  char *message_id;  /* Message-ID, without `<>`. */
  char *unique;  /* What tells it from others of the same Message-ID. */
  STRINGLIST *references;  /* The Message-IDs that it refers to. */
};

/* One node of a thread tree; `num` is 0 for a message that is missing. */
struct thread_node {
  unsigned long num;  /* The message's number or UID; 0 for one that is missing. */
  SORTCACHE *sc;  /* Its sort cache; not the node's own. */
  THREADNODE *branch;  /* The next thread on the same level (siblings). */
  THREADNODE *next;  /* The first answer to it (child). */
};

/* A threading algorithm that the server or the library offers. */
struct threader_list {
  char *name;  /* Its name (`REFERENCES`). */
  /* Threads without the server; NULL where the server does it. */
  THREADNODE *(*dispatch)(MAILSTREAM*,
                                  char*,
                                  SEARCHPGM*,
                                  long,
                                  sorter_t);
  THREADER *next;  /* The next one; NULL at the end. */
};

/* One entry of an access-control list (RFC 4314), as given to the `SET_ACL` callback. */
struct acl_list {
  char *identifier;  /* Who. */
  char *rights;  /* What they may, a letter for each right. */
  ACLLIST *next;  /* The next entry; NULL at the end. */
};

/* One annotated entry (ANNOTATEMORE draft): a mailbox, an entry name, its values. */
struct annotation {
  char *mbox;  /* The mailbox. */
  char *entry;  /* The entry. */
  ANNOTATION_VALUES *values;  /* Its values. */
};

/* Attribute and value pairs of an [`Annotation`]. */
struct annotation_value_list {
  char *attr;  /* The attribute. */
  char *value;  /* Its value; NULL for none. */
  ANNOTATION_VALUES *next;  /* The next one; NULL at the end. */
};

/* One resource of a quota root (RFC 9208), in the units of the resource. */
struct quota_list {
  char *name;  /* The resource: `STORAGE` (in units of 1,024 octets), `MESSAGE`, … */
  unsigned long usage;  /* How much of it is used. */
  unsigned long limit;  /* How much may be. */
  QUOTALIST *next;  /* The next one; NULL at the end. */
};

/* One namespace (RFC 2342). */
struct mail_namespace {
  char *name;  /* What its names begin with. */
  int delimiter;  /* What stands between levels; 0 for a flat one. */
  PARAMETER *param;  /* Extensions. */
  NAMESPACE *next;  /* The next one; NULL at the end. */
};

/* A mail driver: name, `DR_*` flags and its dispatch table. Linked in by `mail_link`. */
struct driver {
  char *name;  /* Its name. */
  unsigned long flags;  /* `DR_*`. */
  DRIVER *next;  /* The next linked driver. */
  DRIVER *(*valid)(char*);  /* Whether it takes a mailbox name: itself, or NULL. */
  void *(*parameters)(long, void*);  /* Its part of mail_parameters. */
  /* As mail_scan; so with each member the function of the same name. */
  void (*scan)(MAILSTREAM*, char*, char*, char*);
  void (*list)(MAILSTREAM*, char*, char*);
  void (*lsub)(MAILSTREAM*, char*, char*);
  long (*subscribe)(MAILSTREAM*, char*);
  long (*unsubscribe)(MAILSTREAM*, char*);
  long (*create)(MAILSTREAM*, char*);
  long (*mbxdel)(MAILSTREAM*, char*);  /* mail_delete. */
  long (*mbxren)(MAILSTREAM*, char*, char*);  /* mail_rename. */
  long (*status)(MAILSTREAM*, char*, long);
  MAILSTREAM *(*open)(MAILSTREAM*);  /* mail_open_work; with NULL the driver's prototype. */
  void (*close)(MAILSTREAM*, long);  /* mail_close_full, while the stream is still there. */
  void (*fast)(MAILSTREAM*, char*, long);  /* mail_fetch_fast. */
  void (*msgflags)(MAILSTREAM*, char*, long);  /* mail_fetch_flags. */
  long (*overview)(MAILSTREAM*, overview_t);  /* mail_fetch_overview, of what `sequence` marks. */
  /* mail_fetch_structure. */
  ENVELOPE *(*structure)(MAILSTREAM*,
                                     unsigned long,
                                     BODY**,
                                     long);
  /* The whole header; NULL if the driver is asked by `msgdata`. */
  char *(*header)(MAILSTREAM*, unsigned long, unsigned long*, long);
  long (*text)(MAILSTREAM*, unsigned long, STRING*, long);  /* The whole text, into a string. */
  /* Fetches a section into the cache: section, first octet, how many, lines. */
  long (*msgdata)(MAILSTREAM*,
                  unsigned long,
                  char*,
                  unsigned long,
                  unsigned long,
                  STRINGLIST*,
                  long);
  unsigned long (*uid)(MAILSTREAM*, unsigned long);
  unsigned long (*msgno)(MAILSTREAM*, unsigned long);
  void (*flag)(MAILSTREAM*, char*, char*, long);  /* mail_flag. */
  /* Called for each message before and after its flags are changed; NULL: not. */
  void (*flagmsg)(MAILSTREAM*, MESSAGECACHE*);
  long (*search)(MAILSTREAM*, char*, SEARCHPGM*, long);
  unsigned long *(*sort)(MAILSTREAM*,
                         char*,
                         SEARCHPGM*,
                         SORTPGM*,
                         long);
  THREADNODE *(*thread)(MAILSTREAM*, char*, char*, SEARCHPGM*, long);
  long (*ping)(MAILSTREAM*);
  void (*check)(MAILSTREAM*);
  long (*expunge)(MAILSTREAM*, char*, long);
  long (*copy)(MAILSTREAM*, char*, char*, long);
  long (*append)(MAILSTREAM*, char*, append_t, void*);  /* mail_append_multiple. */
  void (*gc)(MAILSTREAM*, long);  /* mail_gc. */
};

/* A SASL mechanism: `AU_*` flags, name, client and server sides. Linked in by `auth_link`. */
struct mail_authenticator {
  long flags;  /* `AU_*`. */
  char *name;  /* Its name (`PLAIN`). */
  authcheck_t valid;  /* Whether it can be used here; NULL: always. */
  authclient_t client;  /* The client's side; NULL: none. */
  authserver_t server;  /* The server's side; NULL: none. */
  AUTHENTICATOR *next;  /* The next linked one. */
};

/* A parsed `{host:port/flags}mailbox` name. Callers keep these on their own stack. */
struct net_mailbox {
  char host[256];  /* The host, in its canonical name where that is known. */
  char orighost[256];  /* The host, as it was written. */
  char user[65];  /* `/user=`; empty without. */
  char authuser[65];  /* `/authuser=`; empty without. */
  char mailbox[256];  /* What stands behind the `}`. */
  char service[21];  /* `imap` or `pop3`. */
  unsigned long port;  /* The port; 0 when none was written. */
  unsigned int anoflag : 1;  /* `/anonymous`. */
  unsigned int dbgflag : 1;  /* `/debug`. */
  unsigned int secflag : 1;  /* `/secure`. */
  unsigned int sslflag : 1;  /* `/ssl`. */
  unsigned int trysslflag : 1;  /* `/tryssl`. */
  unsigned int novalidate : 1;  /* `/novalidate-cert`. */
  unsigned int tlsflag : 1;  /* `/tls`. */
  unsigned int notlsflag : 1;  /* `/notls`. */
  unsigned int readonlyflag : 1;  /* `/readonly`. */
  unsigned int norsh : 1;  /* `/norsh`. */
  unsigned int loser : 1;  /* `/loser`. */
  unsigned int tlssslv23 : 1;  /* `/tls-sslv23`. */
};

/* The dispatch table of a byte stream (TCP, TLS). */
struct net_driver {
  /* Connects: host, service, port; returns the stream that the others get. */
  void *(*open)(char*, char*, unsigned long);
  /* Starts a command on another machine: nothing here does. */
  void *(*aopen)(NETMBX*, char*, char*);
  char *(*getline)(void*);  /* As net_getline. */
  long (*getbuffer)(void*, unsigned long, char*);  /* As net_getbuffer. */
  long (*soutr)(void*, char*);  /* As net_soutr. */
  long (*sout)(void*, char*, unsigned long);  /* As net_sout. */
  void (*close)(void*);  /* As net_close. */
  char *(*host)(void*);  /* As net_host. */
  char *(*remotehost)(void*);  /* As net_remotehost. */
  unsigned long (*port)(void*);  /* As net_port. */
  char *(*localhost)(void*);  /* As net_localhost. */
};

/* An open byte stream and its driver. */
struct net_stream {
  void *stream;  /* What the driver's functions get. */
  NETDRIVER *dtb;  /* The driver. */
};

/* An open SMTP or NNTP posting connection. */
struct send_stream {
  NETSTREAM *netstream;  /* Its connection. */
  char *host;  /* The server. */
  char *reply;  /* The server's last reply. */
  long replycode;  /* Its number. */
  unsigned int debug : 1;  /* The conversation goes to mm_dlog. */
  unsigned int sensitive : 1;  /* What is sent is a secret. */
  unsigned int loser : 1;  /* The driver's own. */
  unsigned int saslcancel : 1;  /* The program gave no password. */
  /* What the server can do. */
  union {
    struct {
      unsigned int ok : 1;
      struct {
        unsigned int send : 1;
        unsigned int soml : 1;
        unsigned int saml : 1;
        unsigned int expn : 1;
        unsigned int help : 1;
        unsigned int turn : 1;
        unsigned int etrn : 1;
        unsigned int starttls : 1;
        unsigned int relay : 1;
        unsigned int pipe : 1;
        unsigned int ensc : 1;
        unsigned int bmime : 1;
        unsigned int chunk : 1;
      } service;
      struct {
        unsigned int ok : 1;
        unsigned int want : 1;
      } eightbit;
      struct {
        unsigned int ok : 1;
        unsigned int want : 1;
        struct {
          unsigned int failure : 1;
          unsigned int delay : 1;
          unsigned int success : 1;
        } notify;
        unsigned int full : 1;
        char *envid;
      } dsn;
      struct {
        unsigned int ok : 1;
        unsigned long limit;
      } size;
      struct {
        unsigned int ok : 1;
        unsigned long minby;
      } deliverby;
      struct {
        unsigned int ok : 1;
        char *domains;
      } atrn;
      unsigned int auth : 8;
    } esmtp;
    struct {
      unsigned int post : 1;
      struct {
        unsigned int ok : 1;
        unsigned int listgroup : 1;
        unsigned int over : 1;
        unsigned int hdr : 1;
        unsigned int pat : 1;
        unsigned int starttls : 1;
        unsigned int multidomain : 1;
        unsigned int authuser : 1;
        unsigned int sasl : 8;
      } ext;
    } nntp;
  } protocol;
};

/* Strings behind a driver: `s` points to a STRING. */

/* Sets up `s` for `size` octets that the string driver `d` gets from `data`. */
#define INIT(s,d,data,size) ((*((s)->dtb = &d)->init) ((s),(data),(size)))
/* The octets that are left to read. */
#define SIZE(s) ((s)->size - GETPOS (s))
/* The octet at the current position. */
#define CHR(s) (*(s)->curpos)
/* The octet at the current position, which moves on by one. */
#define SNX(s) (--(s)->cursize ? *(s)->curpos++ : (*(s)->dtb->next) (s))
/* The current position. */
#define GETPOS(s) ((s)->offset + ((s)->curpos - (s)->chunk))
/* Moves to position `i`. */
#define SETPOS(s,i) ((*(s)->dtb->setpos) ((s),(i)))

/* Sets up the GETS_DATA `md`. */
#define INIT_GETS(md,s,m,w,f,l) \
  ((md).stream = (s), (md).msgno = (m), (md).what = (w), (md).first = (f), \
   (md).last = (l), (md).stl = NIL, (md).flags = NIL)

/* Functions, with the arguments that are mostly left out. */

#define mail_close(stream) mail_close_full ((stream),NIL)
#define mail_fetchfast(stream,sequence) mail_fetch_fast ((stream),(sequence),NIL)
#define mail_fetchfast_full mail_fetch_fast
#define mail_fetchflags(stream,sequence) mail_fetch_flags ((stream),(sequence),NIL)
#define mail_fetchflags_full mail_fetch_flags
#define mail_fetchenvelope(stream,msgno) mail_fetch_structure ((stream),(msgno),NIL,NIL)
#define mail_fetchstructure(stream,msgno,body) mail_fetch_structure ((stream),(msgno),(body),NIL)
#define mail_fetchstructure_full mail_fetch_structure
#define mail_fetchheader(stream,msgno) mail_fetch_header ((stream),(msgno),NIL,NIL,NIL,FT_PEEK)
#define mail_fetchheader_full(stream,msgno,lines,len,flags) \
  mail_fetch_header ((stream),(msgno),NIL,(lines),(len),FT_PEEK | (flags))
#define mail_fetchtext(stream,msgno) mail_fetch_text ((stream),(msgno),NIL,NIL,NIL)
#define mail_fetchtext_full(stream,msgno,length,flags) \
  mail_fetch_text ((stream),(msgno),NIL,(length),(flags))
#define mail_fetchbody(stream,msgno,section,length) \
  mail_fetch_body ((stream),(msgno),(section),(length),NIL)
#define mail_fetchbody_full mail_fetch_body
#define mail_setflag(stream,sequence,flag) mail_flag ((stream),(sequence),(flag),ST_SET)
#define mail_setflag_full(stream,sequence,flag,flags) \
  mail_flag ((stream),(sequence),(flag),ST_SET | (flags))
#define mail_clearflag(stream,sequence,flag) mail_flag ((stream),(sequence),(flag),NIL)
#define mail_clearflag_full mail_flag
#define mail_search(stream,criteria) \
  mail_search_full ((stream),NIL,mail_criteria (criteria),SE_FREE)
#define mail_expunge(stream) mail_expunge_full ((stream),NIL,NIL)
#define mail_copy(stream,sequence,mailbox) mail_copy_full ((stream),(sequence),(mailbox),NIL)
#define mail_move(stream,sequence,mailbox) mail_copy_full ((stream),(sequence),(mailbox),CP_MOVE)
#define mail_append(stream,mailbox,message) \
  mail_append_full ((stream),(mailbox),NIL,NIL,(message))

/* Calls that UW c-client can be built to wrap; here they are what they say. */

#define SAFE_DELETE(dtb,stream,mailbox) ((*(dtb)->mbxdel) ((stream),(mailbox)))
#define SAFE_RENAME(dtb,stream,old,newname) ((*(dtb)->mbxren) ((stream),(old),(newname)))
#define SAFE_STATUS(dtb,stream,mbx,flags) ((*(dtb)->status) ((stream),(mbx),(flags)))
#define SAFE_COPY(dtb,stream,sequence,mailbox,options) \
  ((*(dtb)->copy) ((stream),(sequence),(mailbox),(options)))
#define SAFE_APPEND(dtb,stream,mailbox,af,data) \
  ((*(dtb)->append) ((stream),(mailbox),(af),(data)))
#define SAFE_SCAN_CONTENTS(dtb,name,contents,csiz,fsiz) \
  scan_contents ((dtb),(name),(contents),(csiz),(fsiz))
#define MM_EXISTS mm_exists
#define MM_EXPUNGED mm_expunged
#define MM_FLAGS mm_flags
#define MM_NOTIFY mm_notify
#define MM_STATUS mm_status
#define MM_LOG mm_log
#define MM_CRITICAL mm_critical
#define MM_NOCRITICAL mm_nocritical
#define MM_DISKERROR mm_diskerror
#define MM_FATAL mm_fatal
#define MM_APPEND(af) (*(af))

/* Functions that the program defines and the library calls. */

/* Would announce work on a mail file that must not be interrupted. This library has none,
 * and never calls it.
 */
void mm_critical(MAILSTREAM *stream);

/* Would ask what to do when a mail file cannot be written. Never called. */
long mm_diskerror(MAILSTREAM *stream, long errcode, long serious);

/* A line of the conversation with a server (OP_DEBUG, mail_debug), or of the program's own
 * mail_dlog. Passwords and tokens are left out.
 */
void mm_dlog(char *string);

/* The mailbox has `number` messages now: when it is opened, and when one has come.
 * `stream->nmsgs` says so already.
 */
void mm_exists(MAILSTREAM *stream, unsigned long number);

/* Message `number` is gone, and those behind it count one less from now on. Several are told
 * one by one, each number as it is after the one before. While this runs, `stream->nmsgs`
 * and the elts are still those before it.
 *
 * Until the last is told, commands to the server from inside this callback are refused:
 * their numbers would mean other messages there.
 */
void mm_expunged(MAILSTREAM *stream, unsigned long number);

/* Announces the end of the program. The library ends no program; only `fatal`, which
 * programs call themselves, comes here.
 */
void mm_fatal(char *string);

/* Flags of message `number` may have changed; its elt has the new ones. */
void mm_flags(MAILSTREAM *stream, unsigned long number);

/* mail_list or mail_scan has found the mailbox `name`. `delimiter` stands between the levels
 * of its name, 0 where there are no levels; `attributes` are `LATT_*`. If mail_list got no
 * stream, `stream` is one that is closed before it returns.
 */
void mm_list(MAILSTREAM *stream, int delimiter, char *name, long attributes);

/* A line for the program's log, without a line end. `errflg`: NIL for information, WARN,
 * ERROR for what made a call fail, PARSE for odd mail, BYE when a server says good-bye.
 * Called on whatever thread the call runs on; never for a secret.
 */
void mm_log(char *string, long errflg);

/* Asks for user name and password for the server that `mb` describes. `user` and `pwd` have
 * room for MAILTMPLEN octets each, the NUL counted. Both come empty; a name that stands in
 * the mailbox name is in `mb->user`, for the program to copy. `trial` counts from 0 for each
 * login: when it is not 0, what was given before was refused. An empty password gives up.
 *
 * It may come within any call on a stream, not only within mail_open: a connection that the
 * server or the network has ended is replaced then, and an APPEND is repeated on a
 * connection of its own, also by a call without a stream. So no lock that this function
 * takes may be held over a call. `SET_RECONNECT` 0 keeps streams from it.
 *
 * The password's buffer is wiped after use. Where the configuration file gets a token for
 * the account, the password is not looked at.
 */
void mm_login(NETMBX *mb, char *user, char *pwd, long trial);

/* mail_lsub has found the subscribed mailbox `name`; the rest as for mm_list. */
void mm_lsub(MAILSTREAM *stream, int delimiter, char *name, long attributes);

/* Would announce its end. Never called. */
void mm_nocritical(MAILSTREAM *stream);

/* The server says something about `stream`; `errflg` as for mm_log. `[CLOSED]` at the
 * beginning means that the connection is gone: then mail_close, or mail_open on this stream,
 * is what is left to do with it.
 */
void mm_notify(MAILSTREAM *stream, char *string, long errflg);

/* A search has found message `number`: its UID if the caller gave SE_UID. */
void mm_searched(MAILSTREAM *stream, unsigned long number);

/* What mail_status has asked for. `status` is the library's, and good while this runs;
 * `status->flags` says which members count. If mail_status got no stream, `stream` is one
 * that is closed before it returns.
 */
void mm_status(MAILSTREAM *stream, char *mailbox, MAILSTATUS *status);

/* Data. */

/* Names of the content transfer encodings, by `ENC*`. */
extern char *body_encodings[11];

/* Names of the primary body types, by `TYPE*`. The slots after X-UNKNOWN are for types that
 * turn up in mail.
 */
extern char *body_types[16];

/* English names of the days, from Sunday. */
extern const char *days[7];

/* Strings in memory. */
extern STRINGDRIVER mail_string;

/* English names of the months. */
extern const char *months[12];

/* Functions. */

/* Waits for standard input, at most that many seconds. T if there is some, or its end. */
long INWAIT(long seconds);

/* The next octet of standard input; EOF at its end. */
int PBIN(void);

/* Writes one octet to standard output; returns it, or EOF. */
int PBOUT(int c);

/* Sends on what lies in the buffer of standard output. EOF on failure, else 0. */
int PFLUSH(void);

/* The next line of standard input, at most `n - 1` octets, at `s`, which is returned; NULL
 * at the end.
 */
char *PSIN(char *s, int n);

/* Reads `n` octets of standard input to `s`. T if they came. */
long PSINR(char *s, unsigned long n);

/* Writes a string to standard output. EOF on failure. */
int PSOUT(char *s);

/* Writes a text to standard output. EOF on failure, else 0. */
int PSOUTR(SIZEDTEXT *s);

/* Adds `auth` to the list of authenticators, at its end, if its `valid` allows. A second
 * time does nothing. `auth` has to stay.
 */
void auth_link(AUTHENTICATOR *auth);

/* Appends a message to a mailbox, whether it is open or not: with `flags` (`\Seen $Junk`)
 * and internal date (`17-Jul-1996 02:44:25 -0700`), if they are not NULL. `message` is read
 * from its position to its end, with lines that end with CR LF, and stays the caller's.
 * `stream` may be NULL.
 *
 * T when the server says that it is stored. A connection that is lost on the way is made
 * anew, and the library looks whether the message has come through: it is stored once or not
 * at all. The new UID comes through SET_APPENDUID, where the server tells.
 */
long mail_append_full(MAILSTREAM *stream, char *mailbox, char *flags, char *date, STRING
    *message);

/* Appends the messages that `af` gives, until it gives none; `data` is for `af`. What `af`
 * points to has to stay until it is called again. T on success.
 */
long mail_append_multiple(MAILSTREAM *stream, char *mailbox, append_t af, void *data);

/* Adds a message number to the end of a set, with which it is freed, and returns that end;
 * NULL for NULL. A number one above the last extends its range.
 */
SEARCHSET *mail_append_set(SEARCHSET *set, unsigned long msgno);

/* The server's side of a login: the name of who has logged in by `mechanism`, NULL on
 * failure. Ours have no server's side; a linked authenticator of the program's may, and it
 * is refused where it shows passwords in clear and `SET_DISABLEPLAINTEXT` forbids that.
 */
char *mail_auth(char *mechanism, authresponse_t resp, int argc, char **argv);

/* The body of part `section` (`2.1`) of a message, which may have to be fetched; NULL if
 * there is no such part. It belongs to the stream, as what mail_fetch_structure gives.
 */
BODY *mail_body(MAILSTREAM *stream, unsigned long msgno, unsigned char *section);

/* Writes an elt's date as mailbox files do, `Wed Jul 17 02:44:25 1996 -0700` and a line
 * feed, into `string`, which must have room for 32 octets; returns `string`.
 */
char *mail_cdate(char *string, MESSAGECACHE *elt);

/* Has the server write down what it may still keep in memory (CHECK), and hears what is new. */
void mail_check(MAILSTREAM *stream);

/* Closes a stream and frees all that belongs to it; with CL_EXPUNGE it expunges first.
 * Returns NIL, always. NULL, and a stream that is closed already, are left alone. Waits
 * until other threads have come out of the stream.
 */
MAILSTREAM *mail_close_full(MAILSTREAM *stream, long options);

/* Copies messages to a mailbox of the same server; `sequence` of UIDs with CP_UID. CP_MOVE
 * marks the originals `\Deleted`; with CP_ATOMIC, too, they are moved in one step where the
 * server can. T on success. UIDs of the copies come through SET_COPYUID.
 */
long mail_copy_full(MAILSTREAM *stream, char *sequence, char *mailbox, long options);

/* Creates a mailbox; one whose name ends with the delimiter is a folder for others. `stream`
 * may be NULL. T on success.
 */
long mail_create(MAILSTREAM *stream, char *mailbox);

/* A search program from words, those of IMAP's SEARCH that c-client knew in 1996: ALL,
 * ANSWERED, BCC "text", BEFORE 1-Jan-2000 and so on. The program is the caller's to free
 * (mail_free_searchpgm, or SE_FREE); NULL for NULL, and, with a line in the log, for what is
 * no such criterion.
 */
SEARCHPGM *mail_criteria(char *criteria);

/* Reads the date that comes next behind a criterion into `*date`; `r` is what `strtok_r`
 * keeps. T or NIL.
 */
int mail_criteria_date(unsigned short *date, char **r);

/* Adds the string that comes next behind a criterion to the list `*s`; `r` is what
 * `strtok_r` keeps. T or NIL.
 */
int mail_criteria_string(STRINGLIST **s, char **r);

/* Writes an elt's date as IMAP does, `17-Jul-1996 02:44:25 -0700`, into `string`, which must
 * have room for 27 octets; returns `string`. Day and month 0 count as 1.
 */
char *mail_date(char *string, MESSAGECACHE *elt);

/* From now on the stream's conversation goes to mm_dlog, without passwords and tokens. */
void mail_debug(MAILSTREAM *stream);

/* Deletes a mailbox and all that is in it. `stream` may be NULL. T on success. */
long mail_delete(MAILSTREAM *stream, char *mailbox);

/* Gives a line to mm_dlog; a sensitive one (`flag`) only if `SET_DEBUGSENSITIVE` allows it,
 * else `<suppressed>`.
 */
void mail_dlog(char *string, long flag);

/* The elt of message `msgno`, made if it is not there yet. Never NULL. It belongs to the
 * stream, and stays until the message is expunged, mail_gc with GC_ELT or mail_close; its
 * members change with each call that hears from the server.
 *
 * For a number outside the mailbox, where c-client aborts: an error in the log, and an elt
 * of no message (`msgno` 0, nothing set). It is this thread's until the next such call and
 * may be written to.
 */
MESSAGECACHE *mail_elt(MAILSTREAM *stream, unsigned long msgno);

/* The mailbox has `nmsgs` messages now; tells the program through mm_exists. */
void mail_exists(MAILSTREAM *stream, unsigned long nmsgs);

/* Removes messages marked `\Deleted` for good: of `sequence` only, if it is not NULL (UIDs
 * with EX_UID). Each is told by mm_expunged. T on success, also when there was none.
 */
long mail_expunge_full(MAILSTREAM *stream, char *sequence, long options);

/* Message `msgno` is gone; tells the program through mm_expunged. */
void mail_expunged(MAILSTREAM *stream, unsigned long msgno);

/* The contents of the part at `section` (`2.1`), still encoded as its `encoding` says
 * (rfc822_base64, rfc822_qprint decode them); the whole message for an empty section. Sets
 * `len`, if it is not NULL. Marks the message `\Seen` unless FT_PEEK. "" on failure, and for
 * a part there is not.
 *
 * The text belongs to the stream, and has a NUL behind it. It stays until mail_gc with
 * GC_TEXTS, an expunge of the message, or mail_close; a program should not count on it
 * beyond the next fetch.
 */
char *mail_fetch_body(MAILSTREAM *stream, unsigned long msgno, char *section, unsigned long
    *len, long flags);

/* Fetches flags, internal dates and sizes of a sequence (of UIDs with FT_UID) into the elts;
 * with FT_NEEDENV also envelopes. mail_elt gives the elts afterwards.
 */
void mail_fetch_fast(MAILSTREAM *stream, char *sequence, long flags);

/* Fetches flags of a sequence (of UIDs with FT_UID) into the elts, as the server has them
 * now.
 */
void mail_fetch_flags(MAILSTREAM *stream, char *sequence, long flags);

/* The header of a message, or of the nested message at `section` (`2.1`); only the lines
 * named in `lines`, or all others with FT_NOT. Ends with the empty line. Sets `len`, if it
 * is not NULL. "" on failure. Without FT_PEEK, which mail_fetchheader gives, a server may
 * mark the message `\Seen`.
 *
 * The text belongs to the stream, and has a NUL behind it. The whole header stays until
 * mail_gc with GC_TEXTS, an expunge of the message, or mail_close; a part of it only until
 * the next fetch of a header.
 */
char *mail_fetch_header(MAILSTREAM *stream, unsigned long msgno, char *section, STRINGLIST
    *lines, unsigned long *len, long flags);

/* A whole message as RFC 822 text; sets `len`, if it is not NULL. Marks it `\Seen` unless
 * FT_PEEK. Belongs to the stream, until the next fetch of a text, mail_gc with GC_TEXTS or
 * mail_close. "" on failure.
 */
char *mail_fetch_message(MAILSTREAM *stream, unsigned long msgno, unsigned long *len, long
    flags);

/* The MIME header of the part at `section`. Without FT_PEEK a server may mark the message
 * `\Seen`. The rest is as for mail_fetch_body.
 */
char *mail_fetch_mime(MAILSTREAM *stream, unsigned long msgno, char *section, unsigned long
    *len, long flags);

/* Gives an overview of each message of a sequence of UIDs to `ofn`, in the order of their
 * numbers, and fetches what that takes. What the overview points to belongs to the stream,
 * and is good while `ofn` runs.
 */
void mail_fetch_overview(MAILSTREAM *stream, char *sequence, overview_t ofn);

/* Gives an overview of each message with its `sequence` bit set to `ofn`, fetching one
 * envelope after the other.
 */
void mail_fetch_overview_default(MAILSTREAM *stream, overview_t ofn);

/* As `mail_fetch_overview`, for a sequence of message numbers. */
void mail_fetch_overview_sequence(MAILSTREAM *stream, char *sequence, overview_t ofn);

/* As mail_fetch_text_return, for the next `i` octets of a string. A string in memory is
 * returned in place, any other as a copy that belongs to the stream of `md`. With
 * FT_RETURNSTRINGSTRUCT the string goes to that stream's `private.string`, and NULL is
 * returned.
 */
char *mail_fetch_string_return(GETS_DATA *md, STRING *bs, unsigned long i, unsigned long *len,
    long flags);

/* Envelope of a message (UID with FT_UID) and, if `body` is not NULL, its MIME structure,
 * fetched when they are not there yet. Both belong to the stream, until the message is
 * expunged, mail_gc with GC_ENV or mail_close; with OP_SHORTCACHE until the next message's.
 * NIL on failure.
 *
 * Of a message that is there, and whose structure the server did not give, `*body` is a
 * multipart of one empty text: it is never NULL then.
 */
ENVELOPE *mail_fetch_structure(MAILSTREAM *stream, unsigned long msgno, BODY **body, long
    flags);

/* All but the header of a message, or of the nested message at `section`; the rest as for
 * mail_fetch_message.
 */
char *mail_fetch_text(MAILSTREAM *stream, unsigned long msgno, char *section, unsigned long
    *len, long flags);

/* What a fetching function returns for a text: what the program's reader makes of it, else
 * the text itself, "" if it is empty. Sets `len` to its size. It stays whose it was.
 */
char *mail_fetch_text_return(GETS_DATA *md, SIZEDTEXT *t, unsigned long *len);

/* Writes the name of the first author of a message, or the address of one without a name, to
 * `s`, filled up with spaces to `length` octets and ended by a NUL.
 */
void mail_fetchfrom(char *s, MAILSTREAM *stream, unsigned long msgno, long length);

/* Writes the subject of a message to `s`: at most `length` octets, NULs up to that many and
 * one more. Of a message without one a space.
 */
void mail_fetchsubject(char *s, MAILSTREAM *stream, unsigned long msgno, long length);

/* Leaves of the `len` octets of header at `text` only the lines named in `lines`, or with
 * `FT_NOT` only the others. Works in place and ends the result with a NUL, for which there
 * must be room after the `len` octets. Returns the new length.
 */
unsigned long mail_filter(char *text, unsigned long len, STRINGLIST *lines, long flags);

/* Sets (ST_SET) or clears `flag` (`\Seen \Deleted`, keywords) of the messages of a sequence;
 * by UID with ST_UID. Failure is a line in the log. With ST_SILENT mm_flags is not called
 * for it.
 */
void mail_flag(MAILSTREAM *stream, char *sequence, char *flag, long flags);

/* Frees an access-control list. */
void mail_free_acllist(ACLLIST **al);

/* Frees an address list with its texts, and sets the pointer to NULL. */
void mail_free_address(ADDRESS **address);

/* Frees an annotation and its values. */
void mail_free_annotation(ANNOTATION **a);

/* Frees a body and everything below it, and sets the pointer to NULL. Only for bodies that
 * are the program's own.
 */
void mail_free_body(BODY **body);

/* Frees what hangs on a body, but not the body. */
void mail_free_body_data(BODY *body);

/* Frees a parameter list. */
void mail_free_body_parameter(PARAMETER **parameter);

/* Frees a list of parts and everything below them. */
void mail_free_body_part(PART **part);

/* Frees all that is cached of `stream`, and the cache itself. */
void mail_free_cache(MAILSTREAM *stream);

/* Drops a reference to an elt; the last one frees it. */
void mail_free_elt(MESSAGECACHE **elt);

/* Frees an envelope, with its lists and texts, and sets the pointer to NULL. Only for
 * envelopes that are the program's own.
 */
void mail_free_envelope(ENVELOPE **env);

/* Frees a handle and sets the pointer to NULL. The stream stays open if it is. */
void mail_free_handle(MAILHANDLE **handle);

/* Frees a list of namespaces. */
void mail_free_namespace(NAMESPACE **n);

/* Frees a quota list. */
void mail_free_quotalist(QUOTALIST **ql);

/* Frees a list of HEADER criteria. */
void mail_free_searchheader(SEARCHHEADER **hdr);

/* Frees a list of OR criteria and their programs. */
void mail_free_searchor(SEARCHOR **orl);

/* Frees a search program and everything below it, and sets the pointer to NULL. (UW c-client
 * leaves some lists behind.)
 */
void mail_free_searchpgm(SEARCHPGM **pgm);

/* Frees a list of programs. */
void mail_free_searchpgmlist(SEARCHPGMLIST **pgl);

/* Frees a search set. */
void mail_free_searchset(SEARCHSET **set);

/* Frees a sort program. */
void mail_free_sortpgm(SORTPGM **pgm);

/* Frees a string list with its texts, and sets the pointer to NULL. */
void mail_free_stringlist(STRINGLIST **string);

/* Frees a thread tree; the sort cache it points to is not its own. */
void mail_free_threadnode(THREADNODE **thr);

/* Frees what is cached of `stream`: `GC_ENV` envelopes and bodies, `GC_TEXTS` texts,
 * `GC_ELT` elts and what the driver knows of them. What earlier calls have returned of it is
 * not to be used any more.
 */
void mail_gc(MAILSTREAM *stream, long gcflags);

/* Frees the texts of a body and of everything below it. */
void mail_gc_body(BODY *body);

/* Frees what `gcflags` (`GC_ENV`, `GC_TEXTS`) names of a message. */
void mail_gc_msg(MESSAGE *msg, long gcflags);

/* Makes `body` a new body, without freeing what it held: TEXT, 7BIT, nothing else set. */
BODY *mail_initbody(BODY *body);

/* Adds `driver` to the list of mail drivers, at its end. A second time does nothing.
 * Programs include `linkage.c` instead, once, before anything else: it links what this
 * library has.
 */
void mail_link(DRIVER *driver);

/* Lists mailboxes through mm_list before it returns: those that match `pat` (`*` is
 * anything, `%` anything on one level) behind `reference`. With a stream, on its connection
 * whatever server the names give; answers carry the `{…}` as given. Without a stream a
 * connection is made, and closed.
 */
void mail_list(MAILSTREAM *stream, char *reference, char *pat);

/* Marks `stream` as busy; an error in the log if it is already. */
void mail_lock(MAILSTREAM *stream);

/* Seconds since 1970 in UTC of an elt's date; 0 for moments before. */
unsigned long mail_longdate(MESSAGECACHE *elt);

/* The `i`-th authenticator, counted from 1; NULL when there are fewer. The library's own. */
AUTHENTICATOR *mail_lookup_auth(unsigned long i);

/* The number (from 1) of the authenticator called `mechanism`, whatever its case, that has a
 * client side, has all of `flags` (`AU_*`) and is not switched off; 0 when there is none.
 */
unsigned int mail_lookup_auth_name(char *mechanism, long flags);

/* As mail_list, for subscribed mailboxes, through mm_lsub. */
void mail_lsub(MAILSTREAM *stream, char *reference, char *pat);

/* A new handle on an open stream, the caller's to free with `mail_free_handle`. NULL for a
 * stream that is not open.
 */
MAILHANDLE *mail_makehandle(MAILSTREAM *stream);

/* Whether a header that was cached for the lines `msglines` (NULL: all of it) serves a wish
 * for `lines` (NULL: all lines) with `flags` (`FT_NOT`). T or NIL.
 */
long mail_match_lines(STRINGLIST *lines, STRINGLIST *msglines, long flags);

/* The number of the message with that UID; 0 if there is none. Asks the server where UIDs
 * are not known yet.
 */
unsigned long mail_msgno(MAILSTREAM *stream, unsigned long uid);

/* A new elt for message `msgno`, referenced once; the caller's until mail_free_elt. */
MESSAGECACHE *mail_new_cache_elt(unsigned long msgno);

/* A new, empty access-control list, the caller's until mail_free_acllist. */
ACLLIST *mail_newacllist(void);

/* A new, empty address, the caller's until mail_free_address, or until it hangs on something
 * that is freed.
 */
ADDRESS *mail_newaddr(void);

/* A new, empty annotation, the caller's until mail_free_annotation. */
ANNOTATION *mail_newannotation(void);

/* A new, empty annotation value, the caller's until it hangs on an annotation that is freed. */
ANNOTATION_VALUES *mail_newannotationvalue(void);

/* A new body: TEXT, 7BIT, nothing else set. The caller's until mail_free_body. */
BODY *mail_newbody(void);

/* A new, empty body parameter, the caller's until mail_free_body_parameter, or until it
 * hangs on a body that is freed.
 */
PARAMETER *mail_newbody_parameter(void);

/* A new body part: TEXT, 7BIT, nothing else set. The caller's until mail_free_body_part, or
 * until it hangs on a body that is freed.
 */
PART *mail_newbody_part(void);

/* A new, empty envelope, the caller's until mail_free_envelope. What is hung on it is freed
 * with it: texts from cpystr, lists of mail_newaddr.
 */
ENVELOPE *mail_newenvelope(void);

/* A new, empty message body, the caller's until it hangs on a body that is freed. */
MESSAGE *mail_newmsg(void);

/* A new, empty quota list, the caller's until mail_free_quotalist. */
QUOTALIST *mail_newquotalist(void);

/* A new HEADER criterion with copies of `line`, the field name, and `text`; the caller's
 * until mail_free_searchheader, or until it hangs on a program that is freed. NULL strings
 * count as empty.
 */
SEARCHHEADER *mail_newsearchheader(char *line, char *text);

/* A new OR criterion of two empty programs, the caller's until mail_free_searchor, or until
 * it hangs on a program that is freed.
 */
SEARCHOR *mail_newsearchor(void);

/* A new search program without criteria, the caller's until mail_free_searchpgm or a search
 * with SE_FREE. Lists that are hung on it are its own then, and their texts blocks of fs_get
 * or cpystr.
 */
SEARCHPGM *mail_newsearchpgm(void);

/* A new list of one empty program, the caller's until mail_free_searchpgmlist, or until it
 * hangs on a program that is freed.
 */
SEARCHPGMLIST *mail_newsearchpgmlist(void);

/* A new, empty search set, the caller's until mail_free_searchset, or until it hangs on a
 * program that is freed.
 */
SEARCHSET *mail_newsearchset(void);

/* A new sort program: by date. The caller's until mail_free_sortpgm, or a sort with SO_FREE. */
SORTPGM *mail_newsortpgm(void);

/* A new, empty string list, the caller's until mail_free_stringlist, or until it hangs on
 * something that is freed.
 */
STRINGLIST *mail_newstringlist(void);

/* A new thread node for the message that `sc` describes, which may be NULL and stays whose
 * it was; the caller's until mail_free_threadnode.
 */
THREADNODE *mail_newthreadnode(SORTCACHE *sc);

/* Ends what mail_debug began. */
void mail_nodebug(MAILSTREAM *stream);

/* Opens a mailbox: on `stream` if that is connected to the same server as the same user,
 * else on a new stream. `name` is `{host:port/switches}mailbox`; `options` are `OP_*`. A
 * `stream` for another server is closed.
 *
 * Returns the stream, the caller's until mail_close. NIL on failure, and then `stream` is
 * closed, too (but a name that no driver takes gives `stream` back as it is). Waits as long
 * as SET_OPENTIMEOUT and its like say; calls mm_login, mm_exists, mm_log and others.
 */
MAILSTREAM *mail_open(MAILSTREAM *stream, char *name, long options);

/* As mail_open, with a driver `d` that is known to take the name. */
MAILSTREAM *mail_open_work(DRIVER *d, MAILSTREAM *stream, char *name, long options);

/* Gets or sets one parameter of the library; `function` is a `GET_`, `SET_`, `ENABLE_` or
 * `DISABLE_` number. c-client-parameters(3) lists them all. They are the process's, not a
 * thread's; any thread may ask and set at any time. A hook is called with what was set at
 * that moment, on the thread that makes the call.
 *
 * GET returns the value, SET the value that now stands (numbers and flags in a pointer's
 * place; a flag that is on is `VOIDT`). Texts are copied; those that are returned belong to
 * the library and stay valid. NIL for an unknown number, or when no linked driver has the
 * parameter.
 */
void *mail_parameters(MAILSTREAM *stream, long function, void *value);

/* Reads a date into an elt: as mail headers have it, as IMAP has it, and with the slips that
 * mail programs make. T, or NIL for what is no date: the elt's fields are then 0, but for
 * the day if only the time behind it is wrong.
 */
long mail_parse_date(MESSAGECACHE *elt, unsigned char *string);

/* Parses a flag string (`\Seen`, `(\Deleted $Junk)`). Returns the system flags (`f…` bits)
 * and puts the keywords into `*uf`, one bit for each slot of `stream->user_flags`.
 *
 * A keyword that the stream does not know takes the next free slot where the server lets
 * clients make keywords. Flags that are no good are left out, with a warning in the log; a
 * string that is no flag list at all is an error and names no flags.
 */
long mail_parse_flags(MAILSTREAM *stream, char *flag, unsigned long *uf);

/* A search set from text (`1:3,7`; no `*`), the caller's to free; `*ret` is then where it
 * ends. NULL, and `*ret` as it was, for what is none.
 */
SEARCHSET *mail_parse_set(char *s, char **ret);

/* As mail_partial_text, with the contents of the part at `section`; without a section the
 * text of the message.
 */
long mail_partial_body(MAILSTREAM *stream, unsigned long msgno, char *section, unsigned long
    first, unsigned long last, long flags);

/* Hands a piece of the text of a message, or of the nested one at `section`, to the
 * program's reader (SET_GETS), without which there is nothing to be had: octets from `first`
 * on, at most `last` of them, 0 for all. T if the reader was called.
 */
long mail_partial_text(MAILSTREAM *stream, unsigned long msgno, char *section, unsigned long
    first, unsigned long last, long flags);

/* Sees whether the stream is alive, and hears what is new: events come through mm_exists and
 * its like before this returns. T; NIL when the connection is gone: then the stream is of no
 * use but for mail_close, or to open the mailbox again with mail_open.
 */
long mail_ping(MAILSTREAM *stream);

/* Reads `size` octets of a string to `buffer`; what it does not have is NUL. Returns T. It
 * is a reader for functions that take one, with the string as its stream.
 */
long mail_read(void *stream, unsigned long size, char *buffer);

/* `recent` of the messages are recent. */
void mail_recent(MAILSTREAM *stream, unsigned long recent);

/* Renames a mailbox; `newname` is as the old one's name, server included. `stream` may be
 * NULL. T on success.
 */
long mail_rename(MAILSTREAM *stream, char *old, char *newname);

/* As mail_list, for the mailboxes that hold the text `contents`. IMAP servers need an
 * extension for it (SCAN), which hardly one has.
 */
void mail_scan(MAILSTREAM *stream, char *reference, char *pat, char *contents);

/* Whether an address list holds all of `st`. */
long mail_search_addr(ADDRESS *adr, STRINGLIST *st);

/* Looks for the patterns in `stream->private.search.string` in the texts of a part, which
 * has the number `prefix` and `section` together, and takes those out of the list that it
 * finds. With `flags` also in headers. T when none is left.
 */
long mail_search_body(MAILSTREAM *stream, unsigned long msgno, BODY *body, char *prefix,
    unsigned long section, long flags);

/* Searches without the server, whatever the driver: hits as from mail_search_full. NIL for a
 * charset that is not known.
 */
long mail_search_default(MAILSTREAM *stream, char *charset, SEARCHPGM *pgm, long flags);

/* Searches. Hits come through mm_searched before this returns, and as `searched` bits of the
 * elts; they are numbers, or UIDs with SE_UID. `charset` is that of the texts in `pgm`; NULL
 * for US-ASCII. T on success, also without hits; NIL when nothing could be found out.
 *
 * `pgm` stays the caller's; with SE_FREE it is freed, whatever happens.
 */
long mail_search_full(MAILSTREAM *stream, char *charset, SEARCHPGM *pgm, long flags);

/* A reader (SET_GETS) that keeps nothing of a text: looks for the patterns in
 * `private.search.string` of the stream of `md`, takes those out that it finds, and tells in
 * `private.search.result` whether none is left. NULL.
 */
char *mail_search_gets(readfn_t f, void *stream, unsigned long size, GETS_DATA *md);

/* Whether a header holds all of `st`. */
long mail_search_header(SIZEDTEXT *hdr, STRINGLIST *st);

/* As mail_search_header, for a C string; NIL for NULL. */
long mail_search_header_text(char *s, STRINGLIST *st);

/* Whether a message has all of the keywords `st`, or, if `flag` is NIL, none of them. */
long mail_search_keyword(MAILSTREAM *stream, MESSAGECACHE *elt, STRINGLIST *st, long flag);

/* Whether a message matches a program; with a section the message attached there, but for
 * header lines.
 */
long mail_search_msg(MAILSTREAM *stream, unsigned long msgno, char *section, SEARCHPGM *pgm);

/* Takes the patterns that a text in `charset` holds out of the list `*st` and frees their
 * nodes, not their texts. T when none is left.
 */
long mail_search_string(SIZEDTEXT *s, char *charset, STRINGLIST **st);

/* As mail_search_string, for a text that is canonical UTF-8 already. */
long mail_search_string_work(SIZEDTEXT *s, STRINGLIST **st);

/* Whether a message, or the one attached at `section`, holds all of `st` in its texts, and
 * with `flags` in its headers.
 */
long mail_search_text(MAILSTREAM *stream, unsigned long msgno, char *section, STRINGLIST *st,
    long flags);

/* Marks the messages of a sequence of message numbers (`1:3,7,*`), and those only. Returns
 * T, or NIL with an error in the log when it does not parse or names a message that is not
 * there. NULL and the empty sequence name nothing.
 */
long mail_sequence(MAILSTREAM *stream, unsigned char *sequence);

/* A day in 16 bits, as search programs hold it; `year` counts from 1970. */
unsigned short mail_shortdate(unsigned int year, unsigned int month, unsigned int day);

/* Sorts the messages that `spg` finds, or without one those that were found last, by `pgm`:
 * a list of message numbers, or UIDs with SE_UID, that ends with 0 and is the caller's to
 * free with fs_give. NIL on failure; and NIL from the IMAP driver when there are none.
 *
 * SE_FREE frees the search program, SO_FREE the sort program, whatever happens.
 */
unsigned long *mail_sort(MAILSTREAM *stream, char *charset, SEARCHPGM *spg, SORTPGM *pgm, long
    flags);

/* Sorts a vector of `pgm->nmsgs` sort caches in place; returns a list as `mail_sort` does. */
unsigned long *mail_sort_cache(MAILSTREAM *stream, SORTPGM *pgm, SORTCACHE **sc, long flags);

/* Compares two sort caches, given by pointers to pointers, by the sort program of the first:
 * -1, 0 or 1.
 */
int mail_sort_compare(const void *a1, const void *a2);

/* The sort caches of the messages that were found last, with all that `pgm` sorts by: a
 * vector of `pgm->nmsgs` pointers that is the caller's to free; what is behind the last
 * message is NULL. NIL, with an error in the log, for a program with an unknown criterion.
 */
SORTCACHE **mail_sort_loadcache(MAILSTREAM *stream, SORTPGM *pgm);

/* As `mail_sort`, but always here and not by the server, and the programs stay the caller's.
 * Without messages the list is empty.
 */
unsigned long *mail_sort_msgs(MAILSTREAM *stream, char *charset, SEARCHPGM *spg, SORTPGM *pgm,
    long flags);

/* Asks for the counts of a mailbox that need not be open (`SA_*`); the answer comes through
 * mm_status before this returns. T on success; NIL if there is no such mailbox. `stream` may
 * be NULL, then a connection is made for it, or be any stream of the same server.
 */
long mail_status(MAILSTREAM *stream, char *mbx, long flags);

/* What mail_status does for a driver that cannot ask a server: counts from the open stream,
 * which need not be the one of that name, or without one from a stream opened for it. Unseen
 * messages are counted by what is in the cache.
 */
long mail_status_default(MAILSTREAM *stream, char *mbx, long flags);

/* The stream of a handle; NULL when it has been closed. */
MAILSTREAM *mail_stream(MAILHANDLE *handle);

/* The base subject of a subject (RFC 5256 section 2.1), in `*ret`, which is the caller's to
 * free. T if it was that of a reply or of a forwarded message.
 */
unsigned int mail_strip_subject(char *t, char **ret);

/* Behind the blob in brackets at `s` and the spaces behind it, in the same text; `s` if
 * there is none, NIL if it does not end.
 */
char *mail_strip_subject_blob(char *s);

/* Behind the spaces and tabs at `s`. */
char *mail_strip_subject_wsp(char *s);

/* Subscribes to a mailbox. `stream` may be NULL. T on success. */
long mail_subscribe(MAILSTREAM *stream, char *mailbox);

/* Threads the messages that `spg` finds, or without one those that were found last, by
 * `ORDEREDSUBJECT`, `REFERENCES`, or what else the server knows. The tree has message
 * numbers, or UIDs with SE_UID; it is the caller's to free. NIL on failure and without
 * messages. SE_FREE frees the search program, whatever happens.
 */
THREADNODE *mail_thread(MAILSTREAM *stream, char *type, char *charset, SEARCHPGM *spg, long
    flags);

/* Thread nodes of a container, its younger siblings, and all below, with message numbers, or
 * UIDs with SE_UID; the caller's until mail_free_threadnode.
 */
THREADNODE *mail_thread_c2node(MAILSTREAM *stream, container_t con, long flags);

/* T if `mother` is `daughter` or below it, so that it cannot become its mother. */
long mail_thread_check_child(container_t mother, container_t daughter);

/* Compares two thread nodes, given by pointers to pointers, by date and number: -1, 0 or 1.
 * A node without a message counts as its first child.
 */
int mail_thread_compare_date(const void *a1, const void *a2);

/* Keeps what an overview tells in the message's sort cache (an `overview_t`). */
void mail_thread_loadcache(MAILSTREAM *stream, unsigned long uid, OVERVIEW *ov, unsigned long
    msgno);

/* As `mail_thread`, but here and not by the server; `sorter` sorts where the algorithm asks
 * for that. The search program stays the caller's.
 */
THREADNODE *mail_thread_msgs(MAILSTREAM *stream, char *type, char *charset, SEARCHPGM *spg,
    long flags, sorter_t sorter);

/* Threads by subject alone: each thread is the earliest message of a subject, with all
 * others below it. The tree is the caller's, as that of mail_thread.
 */
THREADNODE *mail_thread_orderedsubject(MAILSTREAM *stream, char *charset, SEARCHPGM *spg, long
    flags, sorter_t sorter);

/* The message ID at `s`, without its brackets, for the caller to free; NIL if there is none.
 * `*ss` is what follows it, NIL at the end.
 */
char *mail_thread_parse_msgid(char *s, char **ss);

/* The message IDs at `s`, all of them or only the first, for the caller to free; NIL if
 * there are none.
 */
STRINGLIST *mail_thread_parse_references(char *s, long flag);

/* Takes missing messages without use out of a container, its younger siblings, and all
 * below; returns what stands first then.
 */
container_t mail_thread_prune_dummy(container_t msg, container_t ane);

/* As `mail_thread_prune_dummy`, up to the first container that stays. */
container_t mail_thread_prune_dummy_work(container_t msg, container_t ane);

/* Threads by References and by subject (RFC 5256 section 3). In-Reply-To counts where the
 * driver has no overviews only, as in c-client.
 */
THREADNODE *mail_thread_references(MAILSTREAM *stream, char *charset, SEARCHPGM *spg, long
    flags, sorter_t sorter);

/* Sorts a thread tree by date, all levels; returns its new head. `tc` is not needed here. */
THREADNODE *mail_thread_sort(THREADNODE *thr, THREADNODE **tc);

/* The UID of a message; 0 on failure. Asks the server where it is not known yet. */
unsigned long mail_uid(MAILSTREAM *stream, unsigned long msgno);

/* As `mail_sequence`, but of UIDs; those that no message has are no error. May ask the
 * server for UIDs.
 */
long mail_uid_sequence(MAILSTREAM *stream, unsigned char *sequence);

/* Marks `stream` as no longer busy; an error in the log if it was not. */
void mail_unlock(MAILSTREAM *stream);

/* Ends a subscription; what no server keeps is looked for in the list in the user's home. T
 * on success.
 */
long mail_unsubscribe(MAILSTREAM *stream, char *mailbox);

/* Whether an open stream can serve another mailbox name: same server, service and user. */
long mail_usable_network_stream(MAILSTREAM *stream, char *name);

/* Why a mailbox name is no modified UTF-7, a text of the library's; NIL if it is. */
char *mail_utf7_valid(char *mailbox);

/* The linked driver that takes a mailbox name, the library's own; NULL if none does: then,
 * with `purpose` ("open mailbox"), an error in the log says what cannot be done.
 */
DRIVER *mail_valid(MAILSTREAM *stream, char *mailbox, char *purpose);

/* Whether a network name is for the service of `drv`; returns `drv` or NULL. Host and
 * mailbox are copied to where the caller wants them (`NETMAXHOST` and `NETMAXMBX` octets),
 * or not if NULL.
 */
DRIVER *mail_valid_net(char *name, DRIVER *drv, char *host, char *mailbox);

/* Takes a `{host:port/switches}mailbox` name apart, into `*mb`, which is the caller's. T, or
 * NIL with `*mb` all zero.
 */
long mail_valid_net_parse(char *name, NETMBX *mb);

/* As `mail_valid_net_parse`, for names without a service in them: `service` is theirs. */
long mail_valid_net_parse_work(char *name, NETMBX *mb, char *service);

/* Compares the header's `CCLIENTVERSION` with the library's. A difference is a warning in
 * the log, where UW c-client ends the program.
 */
void mail_versioncheck(char *version);

/* The standard cache manager: does `op` (`CH_*`) for message `msgno`, or for that many
 * messages with `CH_SIZE`.
 *
 * `CH_MAKEELT` and `CH_ELT` return the elt, `CH_SORTCACHE` the sort cache; all else returns
 * NULL. So do, with an error in the log, an unknown `op` and a number that has no place.
 */
void *mm_cache(MAILSTREAM *stream, unsigned long msgno, long op);

/* Refused, as commands on other machines are not supported here: logs an error and returns
 * NULL.
 */
NETSTREAM *net_aopen(NETDRIVER *dv, NETMBX *mb, char *service, char *usrbuf);

/* Closes a stream and frees it. One that is closed already is left alone. */
void net_close(NETSTREAM *stream);

/* Reads exactly `size` octets and puts a NUL behind them. T, or NIL when they do not come. */
long net_getbuffer(void *stream, unsigned long size, char *buffer);

/* The next line without its CR LF, the caller's to free; NIL at the end. */
char *net_getline(NETSTREAM *stream);

/* The canonical name of the host, the stream's own; NIL for a closed one. */
char *net_host(NETSTREAM *stream);

/* The name of this end's address, the stream's own; NIL for a closed one. */
char *net_localhost(NETSTREAM *stream);

/* Connects to the host of a mailbox name: with `dv` if that is given, with `ssld` where the
 * name says `/ssl` (or `/tryssl`, and then the flag says whether it did), else in clear.
 * `port` and `sslp` count where the name has none. For net_close; NIL on failure.
 */
NETSTREAM *net_open(NETMBX *mb, NETDRIVER *dv, unsigned long port, NETDRIVER *ssld, char
    *ssls, unsigned long sslp);

/* Connects with a driver; `portoverride` is the port if it is not 0. The stream is the
 * caller's until net_close; NIL on failure.
 */
NETSTREAM *net_open_work(NETDRIVER *dv, char *host, char *service, unsigned long port,
    unsigned long portoverride, unsigned long flags);

/* The port of the other end; 0 for a closed stream. */
unsigned long net_port(NETSTREAM *stream);

/* The name of the other end's address, the stream's own; NIL for a closed one. */
char *net_remotehost(NETSTREAM *stream);

/* Sends `size` octets. T if they went out. */
long net_sout(NETSTREAM *stream, char *string, unsigned long size);

/* Sends a string. T if it went out. */
long net_soutr(NETSTREAM *stream, char *string);

/* The next name of the list, the library's own; it stays until the next call. `*sdb` is NULL
 * at first and again when NULL comes, which ends the list: a program must read on until
 * then.
 */
char *sm_read(void **sdb);

/* Adds a mailbox to the list in the user's home. T on success. */
long sm_subscribe(char *mailbox);

/* Takes a mailbox out of the list in the user's home. T on success. */
long sm_unsubscribe(char *mailbox);

/* Announces TLS to programs that look for it (`GET_SSLDRIVER`, `GET_SSLSTART`). Does so
 * once: what a program sets afterwards stands. TLS itself needs no preparation here.
 */
void ssl_onceonlyinit(void);

/* Refused, as server programs are not supported here: logs an error and does nothing. */
void ssl_server_init(char *server);

/* Would start TLS as a server. Refused, and the answer is why: NIL would be success. */
char *ssl_start_tls(char *s);

#include "linkage.h"

#ifdef __cplusplus
}
#endif

#endif
