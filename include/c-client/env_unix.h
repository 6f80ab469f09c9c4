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

/* Restrictions on mailbox names of a server. */

#define RESTRICTROOT 0x1
#define RESTRICTOTHERUSER 0x2

/* Names of files, users and groups. */

#define SYSCONFIG "/etc/c-client.cf"
#define ANONYMOUSUSER "nobody"
#define UNLOGGEDUSER "root"
#define ADMINGROUP "mailadm"

/* Who is logged in (`myusername_full`). */

#define MU_LOGGEDIN 0
#define MU_NOTLOGGEDIN 1
#define MU_ANONYMOUS 2

typedef struct dotlock_base DOTLOCK;

/* State of a held `.lock` file, filled by `dotlock_lock`. */
struct dotlock_base {
  char lock[1024];  /* The lock file's name. */
  int pipei;  /* The process that holds it answers here; -1. */
  int pipeo;  /* And is told here; -1. */
};

/* Puts the name of the file of subscriptions, or of its replacement, into `t`. */
#define SUBSCRIPTIONFILE(t) sprintf ((t),"%s/.mailboxlist",myhomedir ())
#define SUBSCRIPTIONTEMP(t) sprintf ((t),"%s/.mlbxlsttmp",myhomedir ())
#define myusername() myusername_full (NIL)
#define grim_pid_reap(pid,killreq) grim_pid_reap_status ((pid),(killreq),NIL)

/* Sets what a signal does (a handler, `SIG_DFL` or `SIG_IGN`) and returns what it did;
 * system calls go on after it. `SIG_ERR` when the system refuses.
 */
void *arm_signal(int sig, void *action);

/* Refused, as server programs are not supported here: logs an error and returns NULL. */
struct passwd *checkpw(struct passwd *pw, char *pass, int argc, char **argv);

/* Looks at the file `name` into `sbuf` (a `struct stat`): the number of its names, NIL for a
 * symbolic link (and a log line), -1 when there is none.
 */
long chk_notsymlink(char *name, void *sbuf);

/* The `i`-th keyword of the user's configuration: there is none. */
char *default_user_flag(unsigned long i);

/* Refused, as mail files are not supported here: logs an error and does nothing. */
void dorc(char *file, long flag);

/* Refused, as mail files are not supported here: logs an error and returns 0. */
long dotlock_lock(char *file, DOTLOCK *base, int fd);

/* Refused, as mail files are not supported here: logs an error and returns 0. */
long dotlock_unlock(DOTLOCK *base);

/* Says who the user is, for all that follows. `user` NIL is the anonymous user; `home` NIL
 * makes the root the home. T, always; a second time changes nothing.
 */
long env_init(char *user, char *home);

/* The protection of new directories at a mailbox name. */
long get_dir_protection(char *mailbox);

/* Waits for the child `pid`, after a hang-up signal to it if `killreq`; `status` (an `int`)
 * gets what `waitpid` says. Numbers that are no single process are left alone.
 */
void grim_pid_reap_status(int pid, int killreq, void *status);

/* Would open and lock a lock file. Refused: -1. */
int lock_work(char *lock, void *sbuf, int op, long *pid);

/* Would lock an open mail file. Refused: -1. */
int lockfd(int fd, char *lock, int op);

/* Would lock a mail file. Refused: -1. */
int lockname(char *lock, char *fname, int op, long *pid);

/* Refused, as server programs are not supported here: logs an error and returns 0. */
long loginpw(struct passwd *pw, int argc, char **argv);

/* Writes the path of the mailbox `dir` + `name` to `dst` (`MAILTMPLEN` octets) and returns
 * it; the directory of mailboxes when both are NIL; NIL when the name is none.
 */
char *mailboxdir(char *dst, char *dir, char *name);

/* The block notifier that stands until `SET_BLOCKNOTIFY`: returns `data`.
 *
 * c-client's switches the process's alarm clock off before it allocates memory, so that a
 * signal handler may `longjmp` out of everything else. This library needs no such care and
 * leaves the host's clock alone.
 */
void *mm_blocknotify(int reason, void *data);

/* The user's name, the library's own; `flags` gets `MU_*`. */
char *myusername_full(unsigned long *flags);

/* Refused, as mail files are not supported here: logs an error and returns 0. */
long path_create(MAILSTREAM *stream, char *mailbox);

/* Refused, as server programs are not supported here: logs an error and returns 0. */
long pw_login(struct passwd *pw, char *auser, char *user, char *home, int argc, char **argv);

/* Writes the time now in a fixed width, `07 Jul 1996 02:44:25 -0700`, to `date`, which must
 * have room for 40 octets.
 */
void rfc822_fixed_date(char *date);

/* Writes all `nbytes` octets to `fd`, however many the system takes at a time. Their number,
 * or -1 (see `errno`).
 */
long safe_write(int fd, char *buf, long nbytes);

/* Refused, as mail files are not supported here: logs an error and returns 0. */
long set_mbx_protections(char *mailbox, char *path);

/* The file where the system puts the user's mail, the library's own. */
char *sysinbox(void);

/* Refused, as mail files are not supported here: logs an error and does nothing. */
void unlockfd(int fd, char *lock);

/* Gives a stream the keywords of the user's configuration: there are none. */
MAILSTREAM *user_flags(MAILSTREAM *stream);

#ifdef __cplusplus
}
#endif

#endif
