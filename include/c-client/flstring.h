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

/* Strings in a stdio file. */
extern STRINGDRIVER file_string;

#ifdef __cplusplus
}
#endif

#endif
