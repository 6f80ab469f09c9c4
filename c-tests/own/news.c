/* Answers that bring no news of the selected mailbox (Dovecot does not look at it for GETQUOTAROOT, STATUS, LIST, CREATE or
 * SUBSCRIBE) are not taken for news: what another client did before is found by the next search.
 */
#include "common.h"
#include <time.h>
#include <unistd.h>

static unsigned long found;

static void undeleted(MAILSTREAM *stream)
{
    SEARCHPGM *program = mail_newsearchpgm();
    program->undeleted = 1;
    found = hits(stream, program);
}

static char other_box[128];

static void quota(MAILSTREAM *stream) { imap_getquotaroot(stream, (char *)"INBOX"); }
static void status(MAILSTREAM *stream) { mail_status(stream, other_box, SA_MESSAGES | SA_UNSEEN); }
static void list(MAILSTREAM *stream) { mail_list(stream, (char *)spec(""), (char *)"%"); }
static void make(MAILSTREAM *stream) { mail_create(stream, (char *)other_box); }
static void subscribe(MAILSTREAM *stream) { mail_subscribe(stream, (char *)other_box); }
static void noop(MAILSTREAM *stream) { mail_ping(stream); }

static void after_each(void)
{
    static const struct { const char *name; void (*call)(MAILSTREAM *stream); } calls[] = {
        {"CREATE", make}, {"GETQUOTAROOT", quota}, {"STATUS", status}, {"LIST", list}, {"SUBSCRIBE", subscribe}, {"NOOP", noop},
    };
    struct timespec moment = {0, 300 * 1000 * 1000};
    char name[64], *box;
    quiet = 1;
    as_we_do(200);
    mail_parameters(NIL, SET_IDLETRUST, (void *)0);
    struct other *other = other_login("u1");
    snprintf(name, sizeof name, "News%ld", (long)getpid());
    box = strdup(spec(name));
    snprintf(other_box, sizeof other_box, "%sother", box);
    other_command(other, NULL, "CREATE %s", name);
    MAILSTREAM *stream = mail_open(NIL, box, NIL);
    check(stream != NIL, "open %s", box);
    for (size_t n = 0; stream && n < sizeof calls / sizeof *calls; n++) {
        undeleted(stream);
        check(found == n, "%lu before %s, not %lu", found, calls[n].name, (unsigned long)n);
        nanosleep(&moment, NULL); /* what was heard is old */
        other_command(other, "Subject: news\r\n\r\nText.\r\n", "APPEND %s", name);
        calls[n].call(stream);
        if (n) /* a server tells of new messages behind the answer to SEARCH; of the first one, the library has to ask */
            undeleted(stream);
        undeleted(stream);
        check(found == n + 1, "%lu after %s, not %lu", found, calls[n].name, (unsigned long)n + 1);
    }
    mail_close_full(stream, NIL);
    other_command(other, NULL, "DELETE %s", name);
    other_command(other, NULL, "DELETE %sother", name);
    other_logout(other);
    free(box);
}

const struct test_case cases[] = {{"after_each", after_each}, {NULL, NULL}};
