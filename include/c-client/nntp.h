/* Posting news.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_NNTP_H
#define CCLIENT_NNTP_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Port. */

#define NNTPTCPPORT ((long) 119)

/* `nntp_open` options. */

#define NOP_DEBUG ((long) 0x1)
#define NOP_READONLY ((long) 0x2)
#define NOP_TRYSSL ((long) 0x4)
#define NOP_RESERVED ((unsigned long) 0xff000000)

#define nntp_open(hostlist,options) nntp_open_full (NIL,(hostlist),(char *) "nntp",NIL,(options))

/* Refused, as sending mail and posting news are not supported here: logs an error and
 * returns NULL.
 */
SENDSTREAM *nntp_close(SENDSTREAM *stream);

/* Refused, as sending mail and posting news are not supported here: logs an error and
 * returns 0.
 */
long nntp_mail(SENDSTREAM *stream, ENVELOPE *msg, BODY *body);

/* Refused, as sending mail and posting news are not supported here: logs an error and
 * returns NULL.
 */
SENDSTREAM *nntp_open_full(NETDRIVER *dv, char **hostlist, char *service, unsigned long port,
    long options);

#ifdef __cplusplus
}
#endif

#endif
