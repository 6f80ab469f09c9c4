/* The whole interface of the c-client library, as programs include it.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 *
 * What holds for all of it:
 *
 * Values. NIL (0, NULL) is no and failure, T (1) yes and success. Sizes are in octets, times in
 * seconds, texts end with a NUL. Message numbers count from 1. A call that fails has told the
 * program why through mm_log, with ERROR or WARN, before it returns. No call ends the program.
 *
 * Before anything else a program includes linkage.c once, in a function that it runs at its
 * start, and defines the fifteen functions mm_* (mail.h).
 *
 * Who owns what.
 * - What "belongs to the stream" is read and not freed. It is good until the same thing is
 *   fetched again, its message is expunged, mail_gc drops it, or the stream is closed or opens
 *   another mailbox. A program that wants it longer copies it. (Memory of that kind is kept a
 *   little longer, as a shield against slips; that is no promise.)
 * - What is "the caller's to free" is a block of malloc: fs_give or free for texts and vectors,
 *   mail_free_* for structures, with all that hangs on them.
 * - What is "the library's own" stays valid and is not changed.
 * - Arguments stay the caller's and are copied where they are needed longer, unless a function
 *   says that it frees them (SE_FREE, SO_FREE). They are not written to unless it says so.
 * - `sparep` and the members called `spare` are the program's.
 *
 * Threads. Any function may be called from any thread, without a lock of the program's. A stream
 * serves one thread at a time; others wait, two minutes at most, and fail then. Streams do not
 * wait for each other. Who shares a stream has to agree on when it is closed or expunged, as
 * what was fetched goes with it. A child of fork leaves its parent's streams alone.
 *
 * Callbacks, the mm_* and those that mail_parameters sets, run on the thread that made the call,
 * inside that call and before it returns, with no lock held; but for SET_MAILBOXWATCH, whose
 * hook has a thread of the library's. Texts and structures that they get are good while they
 * run. They may call the library, on the same stream too, and may close it. While messages are
 * told as expunged, commands to the server are refused there. They have to return: longjmp or a
 * C++ exception out of one leaves the stream busy, or ends the program.
 *
 * Waiting. SET_OPENTIMEOUT, SET_READTIMEOUT, SET_WRITETIMEOUT and SET_CLOSETIMEOUT bound each
 * wait for a server. SIGPIPE never comes of it.
 *
 * Other versions. The file name of the library, and sizes, members and values here, are those
 * of UW c-client 2007f and stay. mail_parameters answers NIL to a number that the library at
 * hand does not know: so a program finds out what it can do.
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
