/* What every C test program shares: the 15 mm_* callbacks as tracers, printers for everything that
 * an application can see, the names of the test servers, a second IMAP client on plain sockets.
 *
 * A program is a table `cases`. Each case runs in a process of its own, so that a library that
 * kills its host (UW does, on some input) ends one case only and the next ones still count. */
#ifndef CTESTS_COMMON_H
#define CTESTS_COMMON_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <c-client/c-client.h>
#include <c-client/imap4r1.h>

/* For functions that are exported, but declared in no header. */
#ifdef __cplusplus
#define UNDECLARED extern "C"
#else
#define UNDECLARED extern
#endif

struct test_case {
    const char *name;
    void (*run)(void);
};
extern const struct test_case cases[]; /* ends with a NULL name */

/* -- servers ------------------------------------------------------------------------------- */

/* "{HOST:PORT/imap<flags>/user=<user>}<mailbox>"; the buffers rotate, 16 live at a time. */
char *spec(const char *mailbox);                                       /* plain, /notls, first user */
char *spec_for(const char *user, const char *flags, const char *mailbox); /* first server's plain port */
char *spec_port(const char *port_variable, const char *user, const char *flags, const char *mailbox);
const char *setting(const char *variable); /* an environment variable that must be there */

/* -- logging in ---------------------------------------------------------------------------- */

extern const char *login_password; /* what mm_login answers; NULL: what the runner says */
extern int login_count;             /* how often mm_login has been asked */
extern int show_dlog;              /* print mm_dlog lines (off: the wire is nobody's business) */
extern int show_login;             /* print mm_login calls */
extern long shown_attributes;        /* LATT_ bits that mm_list and mm_lsub print */
extern int quiet;                  /* callbacks print nothing at all */
extern int callback_count;         /* how many callbacks have come */
extern int errors_logged;          /* how many mm_log(ERROR) have come */
extern char last_error[1024];      /* the last of them */
/* Called first by mm_searched, mm_exists, mm_expunged and mm_flags ("searched", …) if it is set. */
extern void (*callback_hook)(const char *name, MAILSTREAM *stream, unsigned long number);

/* -- printing ------------------------------------------------------------------------------ */

void show(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* `length` octets with everything that is not printable ASCII escaped, in double quotes. */
void show_bytes(const char *label, const void *data, unsigned long length);
void show_string(const char *label, const char *text); /* NULL is shown as NIL */
void show_stream(MAILSTREAM *stream);                   /* all that an application may look at */
void show_counts(MAILSTREAM *stream);                   /* nmsgs, recent */
void show_elt(MAILSTREAM *stream, unsigned long msgno);
void show_elts(MAILSTREAM *stream);
void show_envelope(const char *indent, ENVELOPE *env);
void show_addresses(const char *indent, const char *label, ADDRESS *address);
void show_body(const char *indent, BODY *body);
void show_stringlist(const char *label, STRINGLIST *list);
void show_searchset(const char *label, SEARCHSET *set);

/* -- drawing ------------------------------------------------------------------------------- */

extern unsigned long seed;               /* what the next draw comes from; the same at the start of every case */
void reseed(unsigned long start);        /* begins a series of draws that differs from run to run: run.py --seed */
unsigned long draw(unsigned long below); /* 0 to below - 1 */
unsigned long enough(unsigned long all); /* `all`, or a tenth of it under valgrind, which is slow */
int passed_over(void);                   /* for loops over tables: under valgrind true but for one call of ten */

/* -- shortcuts ----------------------------------------------------------------------------- */

MAILSTREAM *open_quietly(char *name, long options); /* a step that is not what the case is about */
void close_quietly(MAILSTREAM *stream);
STRINGLIST *stringlist(const char *text, STRINGLIST *next); /* allocated with mail_newstringlist */

unsigned long hits(MAILSTREAM *stream, SEARCHPGM *program); /* how many messages a search tells of; the program is freed */

/* Runs `step(argument)` in a process of its own and tells when it was killed. */
void isolated(void (*step)(long), long argument);

/* For programs that judge by themselves: says what is wrong when `good` is 0. */
void check(int good, const char *format, ...) __attribute__((format(printf, 2, 3)));
double seconds_since_start(void);

/* Ours again as it comes, after what common.c has set to UW's ways for comparing: what was heard counts as current for so many
 * milliseconds, and a connection that is gone is replaced. */
void as_we_do(long freshness);

/* -- another client ------------------------------------------------------------------------ */

struct other;
struct other *other_login(const char *user);
/* Sends one command and waits for its tagged answer; ends the case when it is not OK.
 * `literal` may be NULL; the command then must not announce one. */
void other_command(struct other *other, const char *literal, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void other_logout(struct other *other);
#endif
