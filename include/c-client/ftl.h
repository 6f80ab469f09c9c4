/* The end of the program.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_FTL_H
#define CCLIENT_FTL_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Tells the program through `mm_fatal`, and returns: UW c-client ends the program. */
void fatal(char *string);

#ifdef __cplusplus
}
#endif

#endif
