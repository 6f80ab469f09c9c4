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

@functions@

#ifdef __cplusplus
}
#endif

#endif
