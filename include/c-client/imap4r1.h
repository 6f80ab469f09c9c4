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
  unsigned int rfc1176 : 1;
  unsigned int imap2bis : 1;
  unsigned int imap4 : 1;
  unsigned int imap4rev1 : 1;
  unsigned int acl : 1;
  unsigned int quota : 1;
  unsigned int litplus : 1;
  unsigned int idle : 1;
  unsigned int mbx_ref : 1;
  unsigned int log_ref : 1;
  unsigned int authanon : 1;
  unsigned int namespace : 1;
  unsigned int uidplus : 1;
  unsigned int starttls : 1;
  unsigned int logindisabled : 1;
  unsigned int id : 1;
  unsigned int children : 1;
  unsigned int multiappend : 1;
  unsigned int binary : 1;
  unsigned int unselect : 1;
  unsigned int sasl_ir : 1;
  unsigned int sort : 1;
  unsigned int scan : 1;
  unsigned int urlauth : 1;
  unsigned int catenate : 1;
  unsigned int condstore : 1;
  unsigned int esearch : 1;
  unsigned int within : 1;
  unsigned int extlevel;
  unsigned int auth : 8;
  THREADER *threader;
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

/* Removes an identifier from the list of a mailbox. */
long imap_deleteacl(MAILSTREAM *stream, char *mailbox, char *id);

/* Asks for the access control list of a mailbox; the answer comes through SET_ACL. */
long imap_getacl(MAILSTREAM *stream, char *mailbox);

/* Asks for annotations of a mailbox (bare name): the entries and attributes named; the
 * answer comes through SET_ANNOTATION.
 */
long imap_getannotation(MAILSTREAM *stream, char *mailbox, STRINGLIST *entries, STRINGLIST
    *attributes);

/* Asks for the quota of a root; the answer comes through SET_QUOTA. */
long imap_getquota(MAILSTREAM *stream, char *qroot);

/* Asks for the quota of the roots of a mailbox (bare name); answers come through
 * SET_QUOTAROOT and SET_QUOTA.
 */
long imap_getquotaroot(MAILSTREAM *stream, char *mailbox);

/* The name of the server, which belongs to the stream; ".NO-IMAP-CONNECTION." without a
 * connection.
 */
char *imap_host(MAILSTREAM *stream);

/* Asks which rights an identifier could have; the answer comes through SET_LISTRIGHTS. */
long imap_listrights(MAILSTREAM *stream, char *mailbox, char *id);

/* Asks for one's own rights; the answer comes through SET_MYRIGHTS. */
long imap_myrights(MAILSTREAM *stream, char *mailbox);

/* Sets the rights of an identifier on a mailbox. */
long imap_setacl(MAILSTREAM *stream, char *mailbox, char *id, char *rights);

/* Sets annotations of a mailbox: the entry of `annotation` to its values. */
long imap_setannotation(MAILSTREAM *stream, ANNOTATION *annotation);

/* Sets the limits of a root: resource names, with the limit as the size of each text. */
long imap_setquota(MAILSTREAM *stream, char *qroot, STRINGLIST *limits);

#ifdef __cplusplus
#undef namespace
#endif

#ifdef __cplusplus
}
#endif

#endif
