/* Strings in a stdio file.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_FLSTRING_H
#define CCLIENT_FLSTRING_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

@objects@

#ifdef __cplusplus
}
#endif

#endif
