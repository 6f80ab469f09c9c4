/* The drivers and authenticators that a program can link in; see linkage.c.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_LINKAGE_H
#define CCLIENT_LINKAGE_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

@objects@

#ifdef __cplusplus
}
#endif

#endif
