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

@constants smtp@

#define smtp_open(hostlist,options) smtp_open_full (NIL,(hostlist),(char *) "smtp",NIL,(options))

@functions@

#ifdef __cplusplus
}
#endif

#endif
