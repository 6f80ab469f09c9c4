/* A real server that is busy: Dovecot, which takes one connection of a user from an address at a time.
 * server: connections=1 no-quota
 */
#include "common.h"

#include <pthread.h>
#include <time.h>

static void *close_soon(void *stream)
{
    struct timespec moment = {0, 700000000};
    nanosleep(&moment, NULL);
    mail_close_full((MAILSTREAM *)stream, NIL);
    return NULL;
}

/* The first is closed while the second waits. */
static void in_turn(void)
{
    pthread_t thread;
    quiet = 1;
    mail_parameters(NIL, SET_BUSYWAIT, (void *)20);
    MAILSTREAM *first = mail_open(NIL, spec("INBOX"), NIL);
    check(first != NIL, "not open: %s", last_error);
    if (pthread_create(&thread, NULL, close_soon, first))
        exit(3);
    MAILSTREAM *second = mail_open(NIL, spec("INBOX"), NIL);
    check(second && second->nmsgs && !errors_logged, "not open in the end: %s", last_error);
    check(login_count == 2, "mm_login asked %d times", login_count);
    pthread_join(thread, NULL);
    mail_close_full(second, NIL);
}

static void in_vain(void)
{
    quiet = 1;
    MAILSTREAM *first = mail_open(NIL, spec("INBOX"), NIL);
    errors_logged = login_count = 0;
    double began = seconds_since_start();
    check(first && !mail_open(NIL, spec("INBOX"), NIL), "two are open");
    double took = seconds_since_start() - began;
    check(took > 1 && took < 10, "%.1f s", took);
    check(errors_logged == 1 && strstr(last_error, "[LIMIT]") && strstr(last_error, "asked "), "%d errors, %s", errors_logged,
          last_error);
    check(login_count == 1, "mm_login asked %d times", login_count);
    /* The one that is there is as good as before. */
    check(mail_ping(first) == 1, "no ping");
    mail_close_full(first, NIL);
}

const struct test_case cases[] = {{"in_turn", in_turn}, {"in_vain", in_vain}, {NULL, NULL}};
