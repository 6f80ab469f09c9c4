/* Text in mail as UTF-8.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_UTF8AUX_H
#define CCLIENT_UTF8AUX_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

#include "utf8.h"

long mime2_decode(unsigned char *e, unsigned char *t, unsigned char *te, SIZEDTEXT *txt);
unsigned char *mime2_text(unsigned char *s, unsigned char *se);
unsigned char *mime2_token(unsigned char *s, unsigned char *se, unsigned char **t);
unsigned char *utf8_from_mutf7(unsigned char *src);
long utf8_mime2text(SIZEDTEXT *src, SIZEDTEXT *dst, long flags);
void utf8_searchpgm(SEARCHPGM *pgm, char *charset);
unsigned char *utf8_to_mutf7(unsigned char *src);

#ifdef __cplusplus
}
#endif

#endif
