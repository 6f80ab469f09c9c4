/* Comparing, searching, hashing, copying.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_MISC_H
#define CCLIENT_MISC_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

@constants misc@

@names@

@types@

#define min Min
#define max Max
#define pmatch(s,pat) pmatch_full ((s),(pat),NIL)

@functions@

#ifdef __cplusplus
}
#endif

#endif
