/* Sending mail.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_SMTP_H
#define CCLIENT_SMTP_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Ports. */

#define SMTPTCPPORT ((long) 25)
#define SUBMITTCPPORT ((long) 587)

/* `smtp_open` options. */

#define SOP_DEBUG ((long) 1)
#define SOP_DSN ((long) 2)
#define SOP_DSN_NOTIFY_FAILURE ((long) 4)
#define SOP_DSN_NOTIFY_DELAY ((long) 8)
#define SOP_DSN_NOTIFY_SUCCESS ((long) 16)
#define SOP_DSN_RETURN_FULL ((long) 32)
#define SOP_8BITMIME ((long) 64)
#define SOP_SECURE ((long) 256)
#define SOP_TRYSSL ((long) 512)
#define SOP_TRYALT SOP_TRYSSL
#define SOP_RESERVED ((unsigned long) 0xff000000)

#define smtp_open(hostlist,options) smtp_open_full (NIL,(hostlist),(char *) "smtp",NIL,(options))

/* Refused, as sending mail and posting news are not supported here: logs an error and
 * returns NULL.
 */
SENDSTREAM *smtp_close(SENDSTREAM *stream);

/* Refused, as sending mail and posting news are not supported here: logs an error and
 * returns 0.
 */
long smtp_mail(SENDSTREAM *stream, char *type, ENVELOPE *msg, BODY *body);

/* Refused, as sending mail and posting news are not supported here: logs an error and
 * returns NULL.
 */
SENDSTREAM *smtp_open_full(NETDRIVER *dv, char **hostlist, char *service, unsigned long port,
    long options);

/* The part of `mail_parameters` that concerns SMTP; what it returns is as there. */
void *smtp_parameters(long function, void *value);

/* Told the replies of an SMTP server (`SET_SMTPVERBOSE`). Refused, as sending mail and
 * posting news are not supported here: logs an error and returns 0.
 */
long smtp_verbose(SENDSTREAM *stream);

#ifdef __cplusplus
}
#endif

#endif
