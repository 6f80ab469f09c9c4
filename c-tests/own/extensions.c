/* Extensions that UW leaves alone, and what a server says before it may say anything.
 * fake: extensions
 */
#include "common.h"

static MAILSTREAM *open_at(const char *section, const char *flags)
{
    char variable[64];
    snprintf(variable, sizeof variable, "T_FAKE_EXTENSIONS_%s", section);
    return mail_open(NIL, spec_port(variable, "u1", flags, "INBOX"), NIL);
}

/* CP_MOVE and CP_ATOMIC: MOVE, by number and by UID; the messages are gone at once. */
static void atomic_move(void)
{
    MAILSTREAM *stream = open_at("MOVE", "/notls");
    check(!!stream, "no stream");
    check(mail_copy_full(stream, "1", "Work", CP_MOVE | CP_ATOMIC) == T, "the move failed: %s", last_error);
    check(stream->nmsgs == 2, "%lu messages after the move of one of three", stream->nmsgs);
    check(mail_copy_full(stream, "2", "Work", CP_MOVE | CP_ATOMIC | CP_UID) == T, "the move by UID failed: %s", last_error);
    check(stream->nmsgs == 1, "%lu messages after the second move", stream->nmsgs);
    /* Alone, neither of the two means MOVE, and this server refuses COPY. */
    check(!mail_copy_full(stream, "1", "Work", CP_ATOMIC), "CP_ATOMIC alone moved");
    check(!mail_copy_full(stream, "1", "Work", CP_MOVE), "CP_MOVE alone used MOVE");
    check(stream->nmsgs == 1, "%lu messages in the end", stream->nmsgs);
    mail_close_full(stream, NIL);
}

/* CP_MOVE alone: copied, then marked, as in UW, though the server has MOVE. */
static void plain_move(void)
{
    MAILSTREAM *stream = open_at("COPY", "/notls");
    check(!!stream, "no stream");
    check(mail_copy_full(stream, "1", "Work", CP_MOVE) == T, "the move failed: %s", last_error);
    check(stream->nmsgs == 3, "%lu messages", stream->nmsgs);
    check(mail_elt(stream, 1)->deleted, "the original is not marked");
    mail_close_full(stream, NIL);
}

/* How many callbacks an open makes. */
static int callbacks_of(const char *section)
{
    int before = callback_count;
    MAILSTREAM *stream = open_at(section, "/notls");
    int made = callback_count - before;
    check(!!stream, "no stream at %s", section);
    check(mail_ping(stream) == T, "the stream at %s is out of step", section);
    mail_close_full(stream, NIL);
    return made;
}

/* ID goes out where it is offered: the server answers it, and nothing else, with an alert. */
static void told_who_we_are(void)
{
    int with = callbacks_of("MOVE"), without = callbacks_of("COPY");
    check(with == without + 1, "%d callbacks with ID, %d without", with, without);
}

/* A session that claims to be logged in already can have no TLS any more. */
static void preauth_where_tls_is_demanded(void)
{
    MAILSTREAM *stream = open_at("PREAUTH", "/tls");
    check(!stream, "the session was taken, in clear");
    check(!!strstr(last_error, "TLS"), "the error does not say why: %s", last_error);
    stream = open_at("PREAUTH", "/notls");
    check(!!stream, "without /tls the session is good: %s", last_error);
    mail_close_full(stream, NIL);
}

/* EXISTS before login is no mailbox of ours. */
static void data_before_login(void)
{
    MAILSTREAM *stream = open_at("BEFORE", "/notls");
    check(!!stream, "no stream");
    check(stream->nmsgs == 0, "%lu messages", stream->nmsgs);
    mail_close_full(stream, NIL);
}

const struct test_case cases[] = {
    {"atomic_move", atomic_move},
    {"plain_move", plain_move},
    {"told_who_we_are", told_who_we_are},
    {"preauth_where_tls_is_demanded", preauth_where_tls_is_demanded},
    {"data_before_login", data_before_login},
    {NULL, NULL},
};
