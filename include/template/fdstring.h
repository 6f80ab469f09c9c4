/* Strings behind a file descriptor.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_FDSTRING_H
#define CCLIENT_FDSTRING_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

@names@

@types@

@objects@

#ifdef __cplusplus
}
#endif

#endif
