/* Servers that offer IDLE, CONDSTORE or ESEARCH and refuse it, or do not do it: what is asked then is right all the same, and
 * they are not asked so again. And servers that never tell what other clients do.
 * fake: refusals
 */
#include "common.h"
#include <time.h>

static int searches, fetches, selects;

static void sent(MAILSTREAM *stream, char *command, long flags)
{
    (void)stream, (void)flags;
    searches += !strcmp(command, "SEARCH");
    fetches += !strcmp(command, "FETCH");
    selects += !strcmp(command, "SELECT");
}

static MAILSTREAM *open_at(const char *section, long freshness, long idle)
{
    char variable[64];
    quiet = 1;
    as_we_do(freshness);
    mail_parameters(NIL, SET_IDLETRUST, (void *)idle);
    mail_parameters(NIL, SET_SENDCOMMAND, (void *)sent);
    snprintf(variable, sizeof variable, "T_FAKE_REFUSALS_%s", section);
    MAILSTREAM *stream = mail_open(NIL, spec_port(variable, "u1", "/notls", "INBOX"), NIL);
    check(stream && stream->nmsgs == 20, "%s is not open", section);
    if (!stream)
        exit(1);
    return stream;
}

static unsigned long found;

static unsigned long seen(MAILSTREAM *stream)
{
    SEARCHPGM *program = mail_newsearchpgm();
    program->seen = 1;
    return found = hits(stream, program);
}

static void pause_for(long milliseconds)
{
    struct timespec moment = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&moment, NULL);
}

/* A server that tells nothing of flags is asked for them again when what was heard is no longer current. */
static void counts(const char *section, long idle, long wait)
{
    MAILSTREAM *stream = open_at(section, 1, idle);
    errors_logged = 0;
    check(seen(stream) == 2, "%s: %lu at first", section, found);
    pause_for(wait);
    check(seen(stream) == 3, "%s: %lu when another has been seen", section, found);
    pause_for(wait);
    check(seen(stream) == 3, "%s: %lu in the end", section, found);
    for (int n = 0; n < 3; n++) {
        check(mail_ping(stream), "%s: ping %d", section, n);
        pause_for(5);
    }
    check(!errors_logged, "%s: %d errors, %s", section, errors_logged, last_error);
    mail_close_full(stream, NIL);
}

static void idle_refused(void)
{
    counts("IDLE_NO", 120, 20);
    counts("IDLE_BAD", 120, 20);
}

static void nothing_told(void)
{
    counts("MUTE", 0, 20);
}

static void nothing_told_under_idle(void)
{
    counts("MUTE_MODSEQ", 1, 1200);
    check(searches, "no SEARCH at all");
}

static void select_refused(void)
{
    counts("SELECT_BAD", 0, 20);
    /* Once with the parameter, once without. */
    check(selects == 2, "%d SELECTs", selects);
}

static void walk(const char *section, unsigned long most, unsigned long first)
{
    char text[32];
    MAILSTREAM *stream = open_at(section, 10000, 0);
    for (unsigned long n = 1; n <= stream->nmsgs; n++) {
        ENVELOPE *env = mail_fetchenvelope(stream, n);
        snprintf(text, sizeof text, "number %lu", n);
        check(env && env->subject && !strcmp(env->subject, text), "%s: envelope of %lu", section, n);
    }
    check(stream->nmsgs == most, "%s: %lu messages", section, stream->nmsgs);
    for (unsigned long n = 1; n < 20; n++)
        check(mail_uid(stream, n) == first + n, "%s: UID of %lu is %lu", section, n, mail_uid(stream, n));
    mail_close_full(stream, NIL);
}

static void uids_refused(void)
{
    walk("UIDS_FEW", 20, 200);
    walk("UIDS_BAD", 20, 200);
    walk("UIDS_MOVED", 19, 200);
}

const struct test_case cases[] = {
    {"idle_refused", idle_refused}, {"nothing_told", nothing_told},
    {"nothing_told_under_idle", nothing_told_under_idle}, {"select_refused", select_refused},
    {"uids_refused", uids_refused}, {NULL, NULL},
};
