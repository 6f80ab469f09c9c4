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

/* Decodes the text from `t` to `te` of an encoded word whose encoding stands at `e`; `txt`
 * gets a new text of the caller's. T, or NIL if it cannot be decoded; then `txt` has no
 * data.
 */
long mime2_decode(unsigned char *e, unsigned char *t, unsigned char *te, SIZEDTEXT *txt);

/* The `?=` behind the text of an encoded word at `s`, if white space or the end `se`
 * follows; else NULL.
 */
unsigned char *mime2_text(unsigned char *s, unsigned char *se);

/* The token at `s`, before `se`: returns `s`, and `*t` is at the `?` behind it. NULL if
 * there is none; then `*t` is where that shows.
 */
unsigned char *mime2_token(unsigned char *s, unsigned char *se, unsigned char **t);

/* The UTF-8 of a mailbox name in modified UTF-7, of the caller's to free. NULL if `src` is
 * none.
 */
unsigned char *utf8_from_mutf7(unsigned char *src);

/* Decodes the encoded words of a header field (RFC 2047) to UTF-8, in the form that `flags`
 * ask for. `dst` gets a new text of the caller's, or the data of `src` itself: free it only
 * if its data is another.
 *
 * T, or NIL if a word cannot be decoded; then `dst` is the source.
 */
long utf8_mime2text(SIZEDTEXT *src, SIZEDTEXT *dst, long flags);

/* Brings all texts of a search program from a charset (inferred if NULL) to canonical UTF-8,
 * in place. What cannot be read stays as it is.
 */
void utf8_searchpgm(SEARCHPGM *pgm, char *charset);

/* A mailbox name in modified UTF-7 (RFC 3501), of the caller's to free. NULL if `src` is not
 * UTF-8.
 */
unsigned char *utf8_to_mutf7(unsigned char *src);

#ifdef __cplusplus
}
#endif

#endif
