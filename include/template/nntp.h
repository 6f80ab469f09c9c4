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

@constants nntp@

#define nntp_open(hostlist,options) nntp_open_full (NIL,(hostlist),(char *) "nntp",NIL,(options))

@functions@

#ifdef __cplusplus
}
#endif

#endif
