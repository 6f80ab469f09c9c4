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

/* Refused, as server programs are not supported here: logs an error and returns 0. */
long anonymous_login(int argc, char **argv);

/* Refused, as server programs are not supported here: logs an error and returns 0. */
long authserver_login(char *user, char *authuser, int argc, char **argv);

/* The stream whose driver makes new mailboxes on this machine (or, `T`, takes new mail): its
 * driver opens nothing here. Not to be closed. NIL while it is not known who the user is.
 */
MAILSTREAM *default_proto(long type);

/* Whether `s` is a directory in which something may match `pat`. T or NIL. */
long dmatch(unsigned char *s, unsigned char *pat, unsigned char delim);

/* The part of `mail_parameters` that concerns user, host and local files; what it returns is
 * as there.
 */
void *env_parameters(long function, void *value);

/* Writes the time now as IMAP has it, `07-Jul-1996 02:44:25 -0700`, to `date`, which must
 * have room for 40 octets.
 */
void internal_date(char *date);

/* Writes the path of the mailbox `name` to `dst` (`MAILTMPLEN` octets) and returns it: an
 * empty one for INBOX, NIL when the name is none.
 */
char *mailboxfile(char *dst, char *name);

/* The user's home directory, the library's own; empty when it is not known. */
char *myhomedir(void);

/* This host's name; it belongs to the library and stays valid. Never NULL. */
char *mylocalhost(void);

/* Whether `s` matches `pat`: `*` stands for anything, `%` for anything without `delim`. T or
 * NIL.
 */
long pmatch_full(unsigned char *s, unsigned char *pat, unsigned char delim);

/* Writes the time now as mail headers have it, `Wed, 7 Jul 1996 02:44:25 -0700 (PDT)`, to
 * `date`, which must have room for 100 octets. `SET_DISABLE822TZTEXT` leaves out the zone's
 * name. Any thread may call it.
 */
void rfc822_date(char *date);

/* Appends the name of the local zone at the moment `t` (a `struct tm`), ` (PDT)`, to the
 * text `s`.
 */
void rfc822_timezone(char *s, void *t);

/* Refused, as server programs are not supported here: logs an error and does nothing. */
void server_init(char *server, char *service, char *sasl, void *clkint, void *kodint, void
    *hupint, void *trmint, void *staint);

/* Refused, as server programs are not supported here: logs an error and returns 0. */
long server_input_wait(long seconds);

/* Refused, as server programs are not supported here: logs an error and returns 0. */
long server_login(char *user, char *pass, char *authuser, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
