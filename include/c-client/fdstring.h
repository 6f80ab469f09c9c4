/* Strings behind a file descriptor.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_FDSTRING_H
#define CCLIENT_FDSTRING_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fd_data FDDATA;

/* What the `fd_string` driver reads: a file, from a position on, through a buffer of the
 * caller's.
 */
struct fd_data {
  int fd;  /* The file. */
  unsigned long pos;  /* Where the string begins in it. */
  char *chunk;  /* The buffer. */
  unsigned long chunksize;  /* Its size. */
};

/* Strings behind a file descriptor. */
extern STRINGDRIVER fd_string;

#ifdef __cplusplus
}
#endif

#endif
