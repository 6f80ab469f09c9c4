/* Line ends.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_NL_H
#define CCLIENT_NL_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

unsigned long strcrlfcpy(unsigned char **dst, unsigned long *dstl, unsigned char *src,
    unsigned long srcl);

unsigned long strcrlflen(STRING *s);

#ifdef __cplusplus
}
#endif

#endif
