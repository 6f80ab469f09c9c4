/* Characters and charsets.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_UTF8_H
#define CCLIENT_UTF8_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

@constants utf8@

@names@

@typedefs@

@types@

/* Octets of a character of the Basic Multilingual Plane in UTF-8. */
#define UTF8_SIZE_BMP(c) (((c) & 0xff80) ? (((c) & 0xf800) ? 3 : 2) : 1)

/* Writes such a character at `b`, which moves on; a statement. */
#define UTF8_PUT_BMP(b,c) { \
    if ((c) & 0xf800) { \
      *(b)++ = 0xe0 | ((c) >> 12); \
      *(b)++ = 0x80 | (((c) >> 6) & 0x3f); \
      *(b)++ = 0x80 | ((c) & 0x3f); \
    } \
    else if ((c) & 0xff80) { \
      *(b)++ = 0xc0 | (((c) >> 6) & 0x3f); \
      *(b)++ = 0x80 | ((c) & 0x3f); \
    } \
    else *(b)++ = (c); \
  }

@functions@

#ifdef __cplusplus
}
#endif

#endif
