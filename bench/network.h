/* What the scenarios with a server share. */
#ifndef BENCH_NETWORK_H
#define BENCH_NETWORK_H

#include "driver.h"
#include <c-client/imap4r1.h>

extern MAILSTREAM *stream;
extern unsigned long count;     /* mailboxes or streams */
extern unsigned long freshness; /* milliseconds */

/* These enclose what is measured: each writes a line and waits for one. */
void begin(void);
void end(void);

const char *name(const char *user, const char *folder);
MAILSTREAM *open_mailbox(MAILSTREAM *old, const char *user, const char *folder);
void close_mailbox(void);

void a_open(void);
void a_open_again(void);
void a_vmmain(void);
void a_vmmain_10k(void);
void b_leave60(void);
void b_leave500(void);
void c_listen(void);
void d_ast(void);
void d_uid(void);
void d_copy(void);
void d_ast_all(void);
void d_uid_all(void);
void d_copy_all(void);
void e_mwi_ast(void);
void e_mwi_keep(void);
void e_mwi_ast_later(void);
void e_mwi_keep_later(void);
void e_mwi_ast_asking(void);
void e_mwi_keep_asking(void);
void e_count10k_first(void);
void e_count10k(void);
void f_env10k(void);
void f_envbody10k(void);
void g_flagodd(void);
void h_streams(void);
void h_idle(void);
#endif
