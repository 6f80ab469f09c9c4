/* Byte streams.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_TCP_H
#define CCLIENT_TCP_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef TCPSTREAM
#define TCPSTREAM void
#endif

@functions@

#ifdef __cplusplus
}
#endif

#endif
