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

/* Copies `srcl` octets with CR LF for each line end to `*dst` and ends them with a NUL;
 * returns their number. `*dstl` is what `*dst` has room for, the NUL not counted. If that is
 * too little, or `*dst` is NULL, there is a new block, and the old one is freed.
 */
unsigned long strcrlfcpy(unsigned char **dst, unsigned long *dstl, unsigned char *src,
    unsigned long srcl);

/* How long what is left of a string is with CR LF for each line end. The string stays where
 * it is.
 */
unsigned long strcrlflen(STRING *s);

#ifdef __cplusplus
}
#endif

#endif
