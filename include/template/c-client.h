/* The whole interface of the c-client library, as programs include it.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 *
 * C++ programs need -fno-operator-names: two members are called `or` and `not`, which are
 * operators there.
 */
#ifndef __CCLIENT_H
#define __CCLIENT_H

#ifdef __cplusplus
#define private cclientPrivate
#define and cclientAnd
#define or cclientOr
#define not cclientNot
#endif

#include "mail.h"
#include "osdep.h"
#include "rfc822.h"
#include "smtp.h"
#include "nntp.h"
#include "utf8.h"
#include "utf8aux.h"
#include "misc.h"

#ifdef __cplusplus
#undef private
#endif

#endif
