/* The environment on Unix: files, locks, processes.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_ENV_UNIX_H
#define CCLIENT_ENV_UNIX_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

#include "env.h"

struct passwd;

@constants env_unix@

@names@

@types@

/* Puts the name of the file of subscriptions, or of its replacement, into `t`. */
#define SUBSCRIPTIONFILE(t) sprintf ((t),"%s/.mailboxlist",myhomedir ())
#define SUBSCRIPTIONTEMP(t) sprintf ((t),"%s/.mlbxlsttmp",myhomedir ())
#define myusername() myusername_full (NIL)
#define grim_pid_reap(pid,killreq) grim_pid_reap_status ((pid),(killreq),NIL)

@functions@

#ifdef __cplusplus
}
#endif

#endif
