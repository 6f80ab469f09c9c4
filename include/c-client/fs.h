/* Memory: the C library's own heap.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_FS_H
#define CCLIENT_FS_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A block of `size` octets of the C heap, for the caller to free with `fs_give` or `free`.
 * NULL when there is no memory, where UW c-client ends the program.
 */
void *fs_get(size_t size);

/* Frees `*block`, a block of fs_get or `malloc`, and sets it to NULL; NULL is left alone. */
void fs_give(void **block);

/* Changes the size of `*block`, which may move; what it held stays, up to the smaller size.
 * Without memory `*block` stays as it was.
 */
void fs_resize(void **block, size_t size);

#ifdef __cplusplus
}
#endif

#endif
