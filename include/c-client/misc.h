/* Comparing, searching, hashing, copying.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_MISC_H
#define CCLIENT_MISC_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Multiplier of the hash function. */

#define HASHMULT 29

struct hash_entry;
#define HASHENT struct hash_entry
struct hash_table;
#define HASHTAB struct hash_table

/* One bucket entry of a [`HashTab`]; `data` is really as long as the caller asked for. */
struct hash_entry {
  HASHENT *next;  /* The next entry of the list; NULL at the end. */
  char *name;  /* The key, its owner's. */
  void *data[1];  /* The data words. */
};

/* A hash table; `table` is really `size` entries long. */
struct hash_table {
  size_t size;  /* How many lists there are. */
  HASHENT *table[1];  /* The lists. */
};

#define min Min
#define max Max
#define pmatch(s,pat) pmatch_full ((s),(pat),NIL)

/* The larger of two numbers. */
long Max(long i, long j);

/* The smaller of two numbers. */
long Min(long i, long j);

/* Compares a string with a counted text, as `compare_cstring` does. */
int compare_csizedtext(unsigned char *s1, SIZEDTEXT *s2);

/* Compares two strings, ASCII letters without regard to case: -1, 0 or 1. NULL comes first. */
int compare_cstring(unsigned char *s1, unsigned char *s2);

/* Compares two octets, ASCII letters without regard to case: -1, 0 or 1. */
int compare_uchar(unsigned char c1, unsigned char c2);

/* Compares two numbers: -1, 0 or 1. */
int compare_ulong(unsigned long l1, unsigned long l2);

/* A copy of `string`, for the caller to free; NULL for NULL. */
char *cpystr(const char *string);

/* Replaces the text of `dst` by a copy of the `size` octets at `text`, with a NUL after
 * them, and returns it. The old text is freed.
 */
char *cpytxt(SIZEDTEXT *dst, char *text, unsigned long size);

/* The number of the lowest of the 32 low bits that is set in `*valptr`, which is cleared;
 * 0xffffffff when none is.
 */
unsigned long find_rightmost_bit(unsigned long *valptr);

/* Adds an entry, whether or not `key` has one already; the newest is found first. `key` must
 * stay as it is; `extra` is the number of data words beyond the first. The entry is the
 * table's.
 */
HASHENT *hash_add(HASHTAB *hashtab, char *key, void *data, long extra);

/* A new hash table of `size` lists, the caller's until hash_destroy. */
HASHTAB *hash_create(size_t size);

/* Empties and frees a hash table. Keys and data are their owners'. */
void hash_destroy(HASHTAB **hashtab);

/* The number of the list that `key` belongs to. */
unsigned long hash_index(HASHTAB *hashtab, char *key);

/* The data words of `key`, which are the table's; NULL when it is not there. */
void **hash_lookup(HASHTAB *hashtab, char *key);

/* The data words of `key`, which are the table's; it is added when it is not there. */
void **hash_lookup_and_add(HASHTAB *hashtab, char *key, void *data, long extra);

/* Empties a hash table. */
void hash_reset(HASHTAB *hashtab);

/* The octet two hexadecimal digits stand for. */
unsigned char hex2byte(unsigned char c1, unsigned char c2);

/* Makes the ASCII letters of `string` lower case, in place; returns it. */
unsigned char *lcase(unsigned char *string);

/* Whether the `basec` octets at `base` hold the `patc` at `pat`, ASCII letters without
 * regard to case. An empty pattern is in every text that has octets.
 */
long search(unsigned char *base, long basec, unsigned char *pat, long patc);

/* Whether the `basec` octets at `base` hold the `patc` at `pat`. */
long ssearch(unsigned char *base, long basec, unsigned char *pat, long patc);

/* Replaces the text of `dst` by a copy of that of `src`, and returns it. */
char *textcpy(SIZEDTEXT *dst, SIZEDTEXT *src);

/* Replaces `text` by `size` octets of `bs` from `offset` on, fewer when it ends; returns it. */
char *textcpyoffstring(SIZEDTEXT *text, STRING *bs, unsigned long offset, unsigned long size);

/* Replaces `text` by all that is left to read of `bs`; returns it. */
char *textcpystring(SIZEDTEXT *text, STRING *bs);

/* Makes the ASCII letters of `string` upper case, in place; returns it. */
unsigned char *ucase(unsigned char *string);

#ifdef __cplusplus
}
#endif

#endif
