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

@functions@

#ifdef __cplusplus
}
#endif

#endif
