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

@constants imap4r1@

@names@

@types@

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

@functions@

#ifdef __cplusplus
#undef namespace
#endif

#ifdef __cplusplus
}
#endif

#endif
