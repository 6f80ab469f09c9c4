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

/* `utf8_text` flags. */

#define U8T_CASECANON 2
#define U8T_DECOMPOSE 4
#define U8T_CANONICAL (U8T_CASECANON | U8T_DECOMPOSE)

/* Mask of the bits beyond the Basic Multilingual Plane. */

#define U8GM_NONBMP 0xffff0000

/* Errors of `utf8_get`. */

#define U8G_ERROR 0x80000000
#define U8G_BADCONT (U8G_ERROR + 1)
#define U8G_INCMPLT (U8G_ERROR + 2)
#define U8G_NOTUTF8 (U8G_ERROR + 3)
#define U8G_ENDSTRG (U8G_ERROR + 4)
#define U8G_ENDSTRI (U8G_ERROR + 5)
#define U8G_SURROGA (U8G_ERROR + 6)
#define U8G_NOTUNIC (U8G_ERROR + 7)

/* Errors of `ucs4_width`. */

#define U4W_ERROR 0x80000000
#define U4W_NOTUNCD (U4W_ERROR + 1)
#define U4W_PRIVATE (U4W_ERROR + 2)
#define U4W_SSPCHAR (U4W_ERROR + 3)
#define U4W_UNASSGN (U4W_ERROR + 4)
#define U4W_CONTROL (U4W_ERROR + 5)
#define U4W_CTLSRGT U4W_CONTROL

/* ISO 2022: states of the reader. */

#define I2S_CHAR 0
#define I2S_ESC 1
#define I2S_MUL 2
#define I2S_INT 3

/* ISO 2022: designators and shifts. */

#define I2C_G0 0
#define I2C_G1 1
#define I2C_G2 2
#define I2C_G3 3
#define I2C_SG2 (2 << 2)
#define I2C_SG3 (3 << 2)
#define I2C_ESC 0x1b
#define I2C_STRUCTURE 0x20
#define I2C_C0 0x21
#define I2C_C1 0x22
#define I2C_CONTROL 0x23
#define I2C_MULTI 0x24
#define I2C_OTHER 0x25
#define I2C_REVISED 0x26
#define I2C_G0_94 0x28
#define I2C_G1_94 0x29
#define I2C_G2_94 0x2A
#define I2C_G3_94 0x2B
#define I2C_G0_96 0x2C
#define I2C_G1_96 0x2D
#define I2C_G2_96 0x2E
#define I2C_G3_96 0x2F
#define I2C_SI 0x0f
#define I2C_SO 0x0e
#define I2C_LS2 0x6e
#define I2C_LS3 0x6f
#define I2C_LS1R 0x7e
#define I2C_LS2R 0x7d
#define I2C_LS3R 0x7c
#define I2C_SS2_ALT 0x8e
#define I2C_SS3_ALT 0x8f
#define I2C_SS2_ALT_7 0x19
#define I2C_SS3_ALT_7 0x1d
#define I2C_SS2 0x4e
#define I2C_SS3 0x4f

/* ISO 2022: character sets. */

#define I2CS_94_BRITISH 0x41
#define I2CS_94_ASCII 0x42
#define I2CS_94_JIS_BUGROM 0x48
#define I2CS_94_JIS_KANA 0x49
#define I2CS_94_JIS_ROMAN 0x4a
#define I2CS_94x94_JIS_OLD 0x40
#define I2CS_94x94_GB 0x41
#define I2CS_94x94_JIS_NEW 0x42
#define I2CS_94x94_KSC 0x43
#define I2CS_94x94_JIS_EXT 0x44
#define I2CS_94x94_CNS1 0x47
#define I2CS_94x94_CNS2 0x48
#define I2CS_94x94_CNS3 0x49
#define I2CS_94x94_CNS4 0x4a
#define I2CS_94x94_CNS5 0x4b
#define I2CS_94x94_CNS6 0x4c
#define I2CS_94x94_CNS7 0x4d
#define I2CS_96_ISO8859_1 0x41
#define I2CS_96_ISO8859_2 0x42
#define I2CS_96_ISO8859_3 0x43
#define I2CS_96_ISO8859_4 0x44
#define I2CS_96_ISO8859_7 0x46
#define I2CS_96_ISO8859_6 0x47
#define I2CS_96_ISO8859_8 0x48
#define I2CS_96_ISO8859_5 0x4c
#define I2CS_96_ISO8859_9 0x4d
#define I2CS_96_TIS620 0x54
#define I2CS_96_ISO8859_10 0x56
#define I2CS_96_ISO8859_13 0x59
#define I2CS_96_VSCII 0x5a
#define I2CS_96_ISO8859_14 0x5c
#define I2CS_96_ISO8859_15 0x62
#define I2CS_96_ISO8859_16 0x66
#define I2CS_94 0x000
#define I2CS_96 0x100
#define I2CS_MUL 0x200
#define I2CS_94x94 (I2CS_MUL | I2CS_94)
#define I2CS_96x96 (I2CS_MUL | I2CS_96)
#define I2CS_BRITISH (I2CS_94 | I2CS_94_BRITISH)
#define I2CS_ASCII (I2CS_94 | I2CS_94_ASCII)
#define I2CS_JIS_BUGROM (I2CS_94 | I2CS_94_JIS_BUGROM)
#define I2CS_JIS_KANA (I2CS_94 | I2CS_94_JIS_KANA)
#define I2CS_JIS_ROMAN (I2CS_94 | I2CS_94_JIS_ROMAN)
#define I2CS_JIS_OLD (I2CS_94x94 | I2CS_94x94_JIS_OLD)
#define I2CS_GB (I2CS_94x94 | I2CS_94x94_GB)
#define I2CS_JIS_NEW (I2CS_94x94 | I2CS_94x94_JIS_NEW)
#define I2CS_KSC (I2CS_94x94 | I2CS_94x94_KSC)
#define I2CS_JIS_EXT (I2CS_94x94 | I2CS_94x94_JIS_EXT)
#define I2CS_CNS1 (I2CS_94x94 | I2CS_94x94_CNS1)
#define I2CS_CNS2 (I2CS_94x94 | I2CS_94x94_CNS2)
#define I2CS_CNS3 (I2CS_94x94 | I2CS_94x94_CNS3)
#define I2CS_CNS4 (I2CS_94x94 | I2CS_94x94_CNS4)
#define I2CS_CNS5 (I2CS_94x94 | I2CS_94x94_CNS5)
#define I2CS_CNS6 (I2CS_94x94 | I2CS_94x94_CNS6)
#define I2CS_CNS7 (I2CS_94x94 | I2CS_94x94_CNS7)
#define I2CS_ISO8859_1 (I2CS_96 | I2CS_96_ISO8859_1)
#define I2CS_ISO8859_2 (I2CS_96 | I2CS_96_ISO8859_2)
#define I2CS_ISO8859_3 (I2CS_96 | I2CS_96_ISO8859_3)
#define I2CS_ISO8859_4 (I2CS_96 | I2CS_96_ISO8859_4)
#define I2CS_ISO8859_7 (I2CS_96 | I2CS_96_ISO8859_7)
#define I2CS_ISO8859_6 (I2CS_96 | I2CS_96_ISO8859_6)
#define I2CS_ISO8859_8 (I2CS_96 | I2CS_96_ISO8859_8)
#define I2CS_ISO8859_5 (I2CS_96 | I2CS_96_ISO8859_5)
#define I2CS_ISO8859_9 (I2CS_96 | I2CS_96_ISO8859_9)
#define I2CS_TIS620 (I2CS_96 | I2CS_96_TIS620)
#define I2CS_ISO8859_10 (I2CS_96 | I2CS_96_ISO8859_10)
#define I2CS_ISO8859_13 (I2CS_96 | I2CS_96_ISO8859_13)
#define I2CS_VSCII (I2CS_96 | I2CS_96_VSCII)
#define I2CS_ISO8859_14 (I2CS_96 | I2CS_96_ISO8859_14)
#define I2CS_ISO8859_15 (I2CS_96 | I2CS_96_ISO8859_15)
#define I2CS_ISO8859_16 (I2CS_96 | I2CS_96_ISO8859_16)

/* EUC: single shifts. */

#define EUC_CS2 0x8e
#define EUC_CS3 0x8f

/* Bit masks. */

#define BITS7 0x7f
#define BIT8 0x80

/* Code points of the Basic Multilingual Plane. */

#define UCS2_C0CONTROL 0x00
#define UCS2_C0CONTROLEND 0x1F
#define UCS2_C1CONTROL 0x80
#define UCS2_C1CONTROLEND 0x9F
#define UCS2_POUNDSTERLING 0x00a3
#define UCS2_YEN 0x00a5
#define UCS2_OVERLINE 0x203e
#define UCS2_EURO 0x20ac
#define UCS2_KATAKANA 0xff61
#define UCS2_BOM 0xfeff
#define UCS2_BOGON 0xfffd
#define UCS2_BOMCHECK 0xfffe
#define UCS2_NOTCHAR 0xffff

/* Planes. */

#define UCS4_BMPBASE 0x0000
#define UCS4_SMPBASE 0x10000
#define UCS4_SIPBASE 0x20000
#define UCS4_UNABASE 0x40000
#define UCS4_SSPBASE 0xe0000
#define UCS4_PVTBASE 0xf0000
#define UCS4_MAXUNICODE 0x10ffff

/* UTF-16 surrogates. */

#define UTF16_BASE 0x10000
#define UTF16_SHIFT 10
#define UTF16_MASK 0x3ff
#define UTF16_SURR 0xd800
#define UTF16_SURRH 0xd800
#define UTF16_SURRHEND 0xdbff
#define UTF16_SURRL 0xdc00
#define UTF16_SURRLEND 0xdfff
#define UTF16_MAXSURR 0xdfff

/* Replacements for what cannot be converted. */

#define UBOGON UCS2_BOGON
#define NOCHAR UCS2_NOTCHAR

/* Characters that national sets put in place of ASCII's. */

#define BRITISH_POUNDSTERLING 0x23
#define JISROMAN_YEN 0x5c
#define JISROMAN_OVERLINE 0x7e

/* Half-width katakana. */

#define MIN_KANA_7 0x21
#define MIN_KANA_8 (MIN_KANA_7 | BIT8)
#define MAX_KANA_7 0x60
#define MAX_KANA_8 (MAX_KANA_7 | BIT8)
#define KANA_7 (UCS2_KATAKANA - MIN_KANA_7)
#define KANA_8 (UCS2_KATAKANA - MIN_KANA_8)

/* Scripts, one bit each. */

#define SC_UNICODE 0x1
#define SC_LATIN_1 0x10
#define SC_LATIN_2 0x20
#define SC_LATIN_3 0x40
#define SC_LATIN_4 0x80
#define SC_LATIN_5 0x100
#define SC_LATIN_6 0x200
#define SC_LATIN_7 0x400
#define SC_LATIN_8 0x800
#define SC_LATIN_9 0x1000
#define SC_LATIN_0 SC_LATIN_9
#define SC_ARABIC 0x2000
#define SC_CYRILLIC 0x4000
#define SC_GREEK 0x8000
#define SC_HEBREW 0x10000
#define SC_THAI 0x20000
#define SC_UKRANIAN 0x40000
#define SC_LATIN_10 0x80000
#define SC_VIETNAMESE 0x100000
#define SC_CHINESE_SIMPLIFIED 0x1000000
#define SC_CHINESE_TRADITIONAL 0x2000000
#define SC_JAPANESE 0x4000000
#define SC_KOREAN 0x8000000

/* Charset types (`Charset::type`). */

#define CT_UNKNOWN 0
#define CT_ASCII 1
#define CT_UCS2 2
#define CT_UCS4 3
#define CT_1BYTE0 10
#define CT_1BYTE 11
#define CT_1BYTE8 12
#define CT_EUC 100
#define CT_DBYTE 101
#define CT_DBYTE2 102
#define CT_UTF16 1000
#define CT_UTF8 1001
#define CT_UTF7 1002
#define CT_2022 10000
#define CT_SJIS 10001

/* Charset flags (`Charset::flags`). */

#define CF_PRIMARY 0x1
#define CF_DISPLAY 0x2
#define CF_POSTING 0x4
#define CF_UNSUPRT 0x8
#define CF_NOEMAIL 0x10

/* UTF-7: states of the reader. */

#define U7_ASCII 0
#define U7_PLUS 1
#define U7_UNICODE 2
#define U7_MINUS 3

typedef struct utf8_scent SCRIPT;
typedef struct utf8_csent CHARSET;
struct utf8_eucparam;

/* Maps one character to its canonical form. */
typedef unsigned long (*ucs4cn_t)(unsigned long c);

/* Decomposes one character; called again with 0 while `*more` is set. */
typedef unsigned long (*ucs4de_t)(unsigned long c, void **more);

/* One known script: name, description, its bit. */
struct utf8_scent {
  char *name;  /* Its name. */
  char *description;  /* What it is. */
  unsigned long script;  /* Its bit in CHARSET's `script`. */
};

/* One known charset: its name, encoding scheme, flags and table. */
struct utf8_csent {
  char *name;  /* Its name, in upper case. */
  unsigned short type;  /* How it is encoded (`CT_*`). */
  unsigned short flags;  /* `CF_*`. */
  void *tab;  /* Its table, as `type` says. */
  unsigned long script;  /* Which scripts it has, a bit each. */
  char *preferred;  /* The charset that is better written instead; NULL. */
};

/* Parameters of one EUC code set. */
struct utf8_eucparam {
  unsigned int base_ku : 8;  /* The lowest first octet. */
  unsigned int base_ten : 8;  /* The lowest second octet. */
  unsigned int max_ku : 8;  /* How many first octets there are. */
  unsigned int max_ten : 8;  /* How many second octets there are. */
  void *tab;  /* The characters, row by row. */
};

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

/* The character at `*s`, of `*i` octets that remain, in a charset, and steps over it. What
 * has `U8G_ERROR` set is the reason why there is none; then nothing moves. ISO 2022 and
 * UTF-7 cannot be read one by one.
 */
unsigned long ucs4_cs_get(CHARSET *cs, unsigned char **s, unsigned long *i);

/* What a character decomposes to in one step, by compatibility: the first of it. If `*more`
 * is set then, the next follow by calls with `U8G_ERROR` until it is NULL again, and only
 * then is nothing left to free.
 */
unsigned long ucs4_decompose(unsigned long c, void **more);

/* Likewise, down to what decomposes no more. */
unsigned long ucs4_decompose_recursive(unsigned long c, void **more);

/* Converts code points by a map to `t`, which has room for what `ucs4_rmaplen` says and a
 * NUL. What cannot be converted becomes `errch`, even if that is 0. T.
 */
long ucs4_rmapbuf(unsigned char *t, unsigned long *ucs4, unsigned long len, unsigned short
    *rmap, unsigned long errch);

/* How many octets `ucs4_rmaptext` makes; -1 if it fails. */
long ucs4_rmaplen(unsigned long *ucs4, unsigned long len, unsigned short *rmap, unsigned long
    errch);

/* Converts code points by a map, as `utf8_rmaptext` does, but not to ISO-2022-JP. NIL if
 * that cannot be done; then `ret` is not touched.
 */
long ucs4_rmaptext(unsigned long *ucs4, unsigned long len, unsigned short *rmap, SIZEDTEXT
    *ret, unsigned long errch);

/* The title case of a character: as a rule its capital, one for one. */
unsigned long ucs4_titlecase(unsigned long c);

/* The columns of a character on a terminal: 0, 1 or 2, or one of the `U4W_` for what has no
 * width.
 */
long ucs4_width(unsigned long c);

/* What to tell a client of a charset that is unknown: a `BADCHARSET` response code with all
 * that are known, of the caller's to free. NULL if it is known, or NULL.
 */
char *utf8_badcharset(char *charset);

/* The charset of that name, in any case; the whole table, which ends with an entry without a
 * name, for NULL. NULL for a name that is unknown or empty. Nothing of it is the caller's to
 * free or change.
 */
const CHARSET *utf8_charset(char *charset);

/* Converts UTF-8 to the charset of that name, as `utf8_rmaptext` does; to ISO-2022-JP, too.
 * NIL if that cannot be done; if the charset is at fault, `ret` is not touched.
 */
long utf8_cstext(SIZEDTEXT *text, char *charset, SIZEDTEXT *ret, unsigned long errch);

/* Converts a text from the charset `sc` (inferred if NULL or empty) to the charset `dc`, as
 * `utf8_cstext` does. Between charsets that are the same, `dst` is the source. Free it only
 * if its data is another.
 */
long utf8_cstocstext(SIZEDTEXT *text, char *sc, SIZEDTEXT *ret, char *dc, unsigned long
    errch);

/* Which of some charsets have which character: for each of the Basic Multilingual Plane a
 * word, bit 1 of it for the first charset and so on; bit 0 says that the character is not of
 * East Asia. Of the caller's to free.
 *
 * `charsets` ends with NULL. NULL if one is unknown, has no table, or a word has no bit for
 * it.
 */
unsigned long *utf8_csvalidmap(char **charsets);

/* The Unicode character at `*s`, of `*i` octets that remain, and steps over it. What has
 * `U8G_ERROR` set is the reason why there is none; then nothing moves.
 */
unsigned long utf8_get(unsigned char **s, unsigned long *i);

/* As `utf8_get`, but of any 31 bits: surrogates and what is beyond Unicode count as
 * characters.
 */
unsigned long utf8_get_raw(unsigned char **s, unsigned long *i);

/* The charset that a text without one is in: ISO-2022-JP, UTF-8 or US-ASCII; of the
 * library's own table. NULL if it is none of these.
 */
const CHARSET *utf8_infercharset(SIZEDTEXT *src);

/* Writes a character to `s`, which has room for `utf8_size` octets; returns the place behind
 * it.
 */
unsigned char *utf8_put(unsigned char *s, unsigned long c);

/* The map from Unicode to the charset of that name: 65,536 entries, for each character of
 * the Basic Multilingual Plane its one or two octets as a number, 0xFFFF for none. Not the
 * caller's to free; it stays valid. NULL if the charset is unknown or nothing can be
 * converted to it.
 */
unsigned short *utf8_rmap(char *charset);

/* Likewise for a charset at hand. The map of one that is not from `utf8_charset` holds until
 * the next such one.
 */
unsigned short *utf8_rmap_cs(const CHARSET *cs);

/* A map for a charset: `oldmap`, filled anew, or a new one of the caller's to free. NULL,
 * and nothing changed, if nothing can be converted to the charset.
 */
unsigned short *utf8_rmap_gen(const CHARSET *cs, unsigned short *oldmap);

/* How many octets `utf8_rmaptext` makes, and one more; 0 if it fails. */
unsigned long utf8_rmapsize(SIZEDTEXT *text, unsigned short *rmap, unsigned long errch, long
    iso2022jp);

/* Converts UTF-8 by a map. Byte order marks are left out. What the map does not have becomes
 * `errch`, or is a failure if that is 0; so is a character beyond U+FFFF and what is not
 * UTF-8. With `iso2022jp` the map is that of EUC-JP and ISO-2022-JP comes out. `ret` gets a
 * new text of the caller's.
 *
 * T, or NIL; then `ret` is NULL, of size 0.
 */
long utf8_rmaptext(SIZEDTEXT *text, unsigned short *rmap, SIZEDTEXT *ret, unsigned long errch,
    long iso2022jp);

/* The script of that name, in any case; the whole table for NULL. NULL for a name that is
 * unknown or empty.
 */
SCRIPT *utf8_script(char *script);

/* How many octets of UTF-8 a character takes: 1 to 6, 0 for more than 31 bits. */
unsigned long utf8_size(unsigned long c);

/* The columns of a NUL-ended text of UTF-8; -1 if it is none. What has no width counts as
 * its `U4W_` number.
 */
long utf8_strwidth(unsigned char *s);

/* Brings a text to UTF-8, in the form that `flags` ask for. No charset, or an empty one,
 * means that it is inferred. `ret` gets a new text of the caller's, or the data of `text`
 * itself when nothing is to be changed: free it only if its data is another. Without `ret`
 * only the charset is judged.
 *
 * T, or NIL for a charset that is unknown; then `ret` is the source.
 */
long utf8_text(SIZEDTEXT *text, char *charset, SIZEDTEXT *ret, long flags);

/* ASCII and a table of 128 characters above to UTF-8, likewise. */
void utf8_text_1byte(SIZEDTEXT *text, SIZEDTEXT *ret, void *tab, ucs4cn_t cv, ucs4de_t de);

/* ISO 8859-1 to UTF-8; the rest as `utf8_text_cs`, but `ret` is always new. */
void utf8_text_1byte0(SIZEDTEXT *text, SIZEDTEXT *ret, ucs4cn_t cv, ucs4de_t de);

/* A table of 256 characters to UTF-8, likewise. */
void utf8_text_1byte8(SIZEDTEXT *text, SIZEDTEXT *ret, void *tab, ucs4cn_t cv, ucs4de_t de);

/* ISO 2022 to UTF-8, likewise. */
void utf8_text_2022(SIZEDTEXT *text, SIZEDTEXT *ret, ucs4cn_t cv, ucs4de_t de);

/* Brings a text in a charset to UTF-8; each character goes through `cv`, which may change
 * it, and then `de`, which may make several of it, where they are not NULL. `ret` gets a new
 * text of the caller's, or the data of `text` itself: free it only if its data is another.
 *
 * T, or NIL if the charset is of an unknown type; then `ret` is the source.
 */
long utf8_text_cs(SIZEDTEXT *text, const CHARSET *cs, SIZEDTEXT *ret, ucs4cn_t cv, ucs4de_t
    de);

/* ASCII and pairs to UTF-8, likewise; `tab` is a `struct utf8_eucparam`. */
void utf8_text_dbyte(SIZEDTEXT *text, SIZEDTEXT *ret, void *tab, ucs4cn_t cv, ucs4de_t de);

/* ASCII and pairs in two planes to UTF-8, likewise; `tab` is two `struct utf8_eucparam`. */
void utf8_text_dbyte2(SIZEDTEXT *text, SIZEDTEXT *ret, void *tab, ucs4cn_t cv, ucs4de_t de);

/* EUC to UTF-8, likewise; `tab` is three `struct utf8_eucparam`. */
void utf8_text_euc(SIZEDTEXT *text, SIZEDTEXT *ret, void *tab, ucs4cn_t cv, ucs4de_t de);

/* Shift-JIS to UTF-8, likewise. */
void utf8_text_sjis(SIZEDTEXT *text, SIZEDTEXT *ret, ucs4cn_t cv, ucs4de_t de);

/* UCS-2, most significant octet first, to UTF-8, likewise. */
void utf8_text_ucs2(SIZEDTEXT *text, SIZEDTEXT *ret, ucs4cn_t cv, ucs4de_t de);

/* UCS-4, most significant octet first, to UTF-8, likewise. */
void utf8_text_ucs4(SIZEDTEXT *text, SIZEDTEXT *ret, ucs4cn_t cv, ucs4de_t de);

/* UTF-16 to UTF-8, likewise. */
void utf8_text_utf16(SIZEDTEXT *text, SIZEDTEXT *ret, ucs4cn_t cv, ucs4de_t de);

/* UTF-7 to UTF-8, likewise. */
void utf8_text_utf7(SIZEDTEXT *text, SIZEDTEXT *ret, ucs4cn_t cv, ucs4de_t de);

/* UTF-8 through `cv` and `de` to UTF-8, likewise; what is not UTF-8 is handed back as it is. */
void utf8_text_utf8(SIZEDTEXT *text, SIZEDTEXT *ret, ucs4cn_t cv, ucs4de_t de);

/* Likewise of a counted text. */
long utf8_textwidth(SIZEDTEXT *utf8);

/* How many octets the character at `s` has; -1 if the `i` octets there begin with none. */
long utf8_validate(unsigned char *s, unsigned long i);

#ifdef __cplusplus
}
#endif

#endif
