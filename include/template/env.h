/* The environment: users, names, dates.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_ENV_H
#define CCLIENT_ENV_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

@functions@

#ifdef __cplusplus
}
#endif

#endif
