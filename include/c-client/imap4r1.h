/* What is particular to IMAP.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_IMAP4R1_H
#define CCLIENT_IMAP4R1_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `namespace` is a word of C++. */
#ifdef __cplusplus
#define namespace cclientNamespace
#endif

/* How far a body's extension data has been read. */

#define BODYEXTMD5 1
#define BODYEXTDSP 2
#define BODYEXTLANG 3
#define BODYEXTLOC 4

typedef struct imap_cap IMAPCAP;

/* What an IMAP server can do, one bit per capability; read by the `LEVEL…` macros. */
struct imap_cap {
  unsigned int rfc1176 : 1;  /* Speaks IMAP2. */
  unsigned int imap2bis : 1;  /* Speaks IMAP2bis. */
  unsigned int imap4 : 1;  /* Speaks IMAP4 (RFC 1730). */
  unsigned int imap4rev1 : 1;  /* Speaks IMAP4rev1 (RFC 3501). */
  unsigned int acl : 1;  /* ACL (RFC 4314). */
  unsigned int quota : 1;  /* QUOTA (RFC 9208). */
  unsigned int litplus : 1;  /* LITERAL+ (RFC 7888). */
  unsigned int idle : 1;  /* IDLE (RFC 2177). */
  unsigned int mbx_ref : 1;  /* MAILBOX-REFERRALS (RFC 2193). */
  unsigned int log_ref : 1;  /* LOGIN-REFERRALS (RFC 2221). */
  unsigned int authanon : 1;  /* AUTH=ANONYMOUS. */
  unsigned int namespace : 1;  /* NAMESPACE (RFC 2342). */
  unsigned int uidplus : 1;  /* UIDPLUS (RFC 4315). */
  unsigned int starttls : 1;  /* STARTTLS. */
  unsigned int logindisabled : 1;  /* LOGINDISABLED. */
  unsigned int id : 1;  /* ID (RFC 2971). */
  unsigned int children : 1;  /* CHILDREN (RFC 3348). */
  unsigned int multiappend : 1;  /* MULTIAPPEND (RFC 3502). */
  unsigned int binary : 1;  /* BINARY (RFC 3516). */
  unsigned int unselect : 1;  /* UNSELECT (RFC 3691). */
  unsigned int sasl_ir : 1;  /* SASL-IR (RFC 4959). */
  unsigned int sort : 1;  /* SORT (RFC 5256). */
  unsigned int scan : 1;  /* SCAN. */
  unsigned int urlauth : 1;  /* URLAUTH (RFC 4467). */
  unsigned int catenate : 1;  /* CATENATE (RFC 4469). */
  unsigned int condstore : 1;  /* CONDSTORE (RFC 7162). */
  unsigned int esearch : 1;  /* ESEARCH (RFC 4731). */
  unsigned int within : 1;  /* WITHIN (RFC 5032). */
  unsigned int extlevel;  /* The level of the library's extensions. */
  /* Which authenticators it offers: bit n stands for number n + 1 of `mail_lookup_auth`. */
  unsigned int auth : 8;
  THREADER *threader;  /* Which ways of threading it has (RFC 5256). */
};

/* What the server of `stream` can do. */

#define LEVELIMAP4rev1(stream) (imap_cap (stream)->imap4rev1)
#define LEVELSTATUS LEVELIMAP4rev1
#define LEVELIMAP4(stream) (imap_cap (stream)->imap4rev1 || imap_cap (stream)->imap4)
#define LEVEL1730(stream) (imap_cap (stream)->imap4)
#define LEVELIMAP2bis(stream) (imap_cap (stream)->imap2bis)
#define LEVEL1176(stream) (imap_cap (stream)->rfc1176)
#define LEVEL1064(stream) 1
#define LEVELACL(stream) (imap_cap (stream)->acl)
#define LEVELQUOTA(stream) (imap_cap (stream)->quota)
#define LEVELLITERALPLUS(stream) (imap_cap (stream)->litplus)
#define LEVELIDLE(stream) (imap_cap (stream)->idle)
#define LEVELMBX_REF(stream) (imap_cap (stream)->mbx_ref)
#define LEVELLOG_REF(stream) (imap_cap (stream)->log_ref)
#define LEVELANONYMOUS(stream) (imap_cap (stream)->authanon)
#ifdef __cplusplus
#define LEVELNAMESPACE(stream) (imap_cap (stream)->cclientNamespace)
#else
#define LEVELNAMESPACE(stream) (imap_cap (stream)->namespace)
#endif
#define LEVELUIDPLUS(stream) (imap_cap (stream)->uidplus)
#define LEVELSTARTTLS(stream) (imap_cap (stream)->starttls)
#define LEVELLOGINDISABLED(stream) (imap_cap (stream)->logindisabled)
#define LEVELID(stream) (imap_cap (stream)->id)
#define LEVELCHILDREN(stream) (imap_cap (stream)->children)
#define LEVELMULTIAPPEND(stream) (imap_cap (stream)->multiappend)
#define LEVELBINARY(stream) (imap_cap (stream)->binary)
#define LEVELUNSELECT(stream) (imap_cap (stream)->unselect)
#define LEVELSASLIR(stream) (imap_cap (stream)->sasl_ir)
#define LEVELSORT(stream) (imap_cap (stream)->sort)
#define LEVELTHREAD(stream) (imap_cap (stream)->threader ? T : NIL)
#define LEVELSCAN(stream) (imap_cap (stream)->scan)
#define LEVELURLAUTH(stream) (imap_cap (stream)->urlauth)
#define LEVELCATENATE(stream) (imap_cap (stream)->catenate)
#define LEVELCONDSTORE(stream) (imap_cap (stream)->condstore)
#define LEVELESEARCH(stream) (imap_cap (stream)->esearch)
#define LEVELWITHIN(stream) (imap_cap (stream)->within)

/* Puts a text of the caller's into the cache, as the section `seg` of a message (`1.2`,
 * `HEADER`, `1.TEXT`; `stl`: the fields of a HEADER.FIELDS); `text` and `stl` are the
 * cache's then, and `seg` may be changed. Without a text only asks. T if the section lies in
 * the cache.
 */
long imap_cache(MAILSTREAM *stream, unsigned long msgno, char *seg, STRINGLIST *stl, SIZEDTEXT
    *text);

/* What the server can do; belongs to the stream, up to date until the next call on it. Never
 * NIL, because the LEVEL macros look into it at once: a stream that is no open IMAP stream
 * can do nothing.
 */
IMAPCAP *imap_cap(MAILSTREAM *stream);

/* Removes an identifier from the list of a mailbox (bare name). T on success. */
long imap_deleteacl(MAILSTREAM *stream, char *mailbox, char *id);

/* Asks for the access control list of a mailbox (bare name); the answer comes through
 * SET_ACL before this returns. T on success.
 */
long imap_getacl(MAILSTREAM *stream, char *mailbox);

/* Asks for annotations of a mailbox (bare name): the entries and attributes named; the
 * answer comes through SET_ANNOTATION.
 */
long imap_getannotation(MAILSTREAM *stream, char *mailbox, STRINGLIST *entries, STRINGLIST
    *attributes);

/* Asks for the quota of a root; the answer comes through SET_QUOTA before this returns. T on
 * success.
 */
long imap_getquota(MAILSTREAM *stream, char *qroot);

/* Asks for the quota of the roots of a mailbox (bare name, without `{…}`); answers come
 * through SET_QUOTAROOT and SET_QUOTA before this returns. T on success; NIL, with an error
 * in the log, on a server without quota.
 */
long imap_getquotaroot(MAILSTREAM *stream, char *mailbox);

/* The name of the server, which belongs to the stream; ".NO-IMAP-CONNECTION." without a
 * connection.
 */
char *imap_host(MAILSTREAM *stream);

/* Asks which rights an identifier could have; the answer comes through SET_LISTRIGHTS before
 * this returns. T on success.
 */
long imap_listrights(MAILSTREAM *stream, char *mailbox, char *id);

/* Asks for one's own rights; the answer comes through SET_MYRIGHTS before this returns. T on
 * success.
 */
long imap_myrights(MAILSTREAM *stream, char *mailbox);

/* Sets the rights of an identifier on a mailbox (bare name). T on success. */
long imap_setacl(MAILSTREAM *stream, char *mailbox, char *id, char *rights);

/* Sets annotations of a mailbox: the entry of `annotation` to its values. T on success. */
long imap_setannotation(MAILSTREAM *stream, ANNOTATION *annotation);

/* Sets the limits of a root: resource names, with the limit as the size of each text. T on
 * success.
 */
long imap_setquota(MAILSTREAM *stream, char *qroot, STRINGLIST *limits);

#ifdef __cplusplus
#undef namespace
#endif

#ifdef __cplusplus
}
#endif

#endif
