/* mail_open with a stream that is open already: used again or replaced.
 * second:
 */
#include "common.h"

#include <sys/socket.h>

static int marker;

static void again(const char *first, const char *second, long first_options, long options)
{
    MAILSTREAM *stream = open_quietly((char *)first, first_options);
    stream->sparep = (void *)&marker;
    stream->spare3 = 1;
    show("-- %s then %s\n", first, second);
    MAILSTREAM *next = mail_open(stream, (char *)second, options);
    show_stream(next);
    if (next) {
        /* Not by address: a new stream may get the old one's memory. */
        show("  sparep %s spare3=%d\n", next->sparep == (void *)&marker ? "kept" : "lost", next->spare3);
        show_elts(next);
        mail_close_full(next, NIL);
    }
}

static void same_mailbox(void) { again(spec("INBOX"), spec("INBOX"), NIL, NIL); }
static void other_mailbox(void) { again(spec("INBOX"), spec("Work"), NIL, NIL); }
static void to_empty(void) { again(spec("INBOX"), spec("Empty"), NIL, NIL); }
static void to_missing(void) { again(spec("INBOX"), spec("Missing"), NIL, NIL); }
static void to_readonly(void) { again(spec("INBOX"), spec("Work"), NIL, OP_READONLY); }
static void to_readonly_flag(void) { again(spec("INBOX"), spec_for("u1", "/notls/readonly", "Work"), NIL, NIL); }
static void from_readonly(void) { again(spec("INBOX"), spec("Work"), OP_READONLY, NIL); }
static void to_halfopen(void) { again(spec("INBOX"), spec("Work"), NIL, OP_HALFOPEN); }
static void from_halfopen(void) { again(spec("INBOX"), spec("Work"), OP_HALFOPEN, NIL); }
static void to_silent(void) { again(spec("INBOX"), spec("Work"), NIL, OP_SILENT); }
static void to_debug(void) { again(spec("INBOX"), spec("Work"), NIL, OP_DEBUG); }
static void to_expunge(void) { again(spec("INBOX"), spec("Work"), NIL, OP_EXPUNGE); }
static void other_user(void) { again(spec("INBOX"), spec_for("u2", "/notls", "INBOX"), NIL, NIL); }
static void other_server(void) { again(spec("INBOX"), spec_port("T_PORT2", "u1", "/notls", "Work"), NIL, NIL); }
static void other_host_name(void)
{
    char name[256];
    snprintf(name, sizeof name, "{localhost:%s/imap/notls/user=u1}Work", setting("T_PORT"));
    again(spec("INBOX"), name, NIL, NIL);
}
static void without_user(void) { again(spec("INBOX"), spec_for("", "/notls", "Work"), NIL, NIL); }
static void user_case(void) { again(spec("INBOX"), spec_for("U1", "/notls", "Work"), NIL, NIL); }
static void without_notls(void) { again(spec("INBOX"), spec_for("u1", "", "Work"), NIL, NIL); }
static void plain_to_ssl(void)
{
    again(spec("INBOX"), spec_port("T_SPORT", "u1", "/ssl/novalidate-cert", "Work"), NIL, NIL);
}
static void to_refused(void) { again(spec("INBOX"), spec_port("T_REFUSED", "u1", "/notls", "INBOX"), NIL, NIL); }
static void to_bad_name(void) { again(spec("INBOX"), "{bad", NIL, NIL); }
static void to_prototype(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    MAILSTREAM *next = mail_open(stream, spec("Work"), OP_PROTOTYPE);
    show("  %s\n", !next ? "NIL" : next == stream ? "same stream" : next->dtb->name);
    show_counts(stream);
    close_quietly(stream);
}

/* What app_voicemail does before every operation. */
static void many_times(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    for (int i = 0; i < 5; i++) {
        stream = mail_open(stream, i % 2 ? spec("INBOX") : spec("Work"), NIL);
        show_stream(stream);
    }
    mail_close_full(stream, NIL);
}

static void new_mail_meanwhile(void)
{
    MAILSTREAM *stream = open_quietly(spec("Work"), NIL);
    struct other *other = other_login("u1");
    other_command(other, "Subject: new\r\n\r\nx\r\n", "APPEND Work");
    stream = mail_open(stream, spec("Work"), NIL);
    show_stream(stream);
    show_elts(stream);
    other_command(other, NULL, "SELECT Work");
    other_command(other, NULL, "STORE 1 +FLAGS (\\Deleted)");
    other_command(other, NULL, "EXPUNGE");
    stream = mail_open(stream, spec("Work"), NIL);
    show_stream(stream);
    show_elts(stream);
    other_logout(other);
    mail_close_full(stream, NIL);
}

static void after_the_connection_was_cut(void)
{
    MAILSTREAM *stream = open_quietly(spec("Work"), NIL);
    MAILSTREAM *next = NIL;
    /* Every descriptor from 3 on is the library's here. */
    for (int fd = 3; fd < 20; fd++)
        shutdown(fd, 2);
    show("-- again\n");
    next = mail_open(stream, spec("INBOX"), NIL);
    show_stream(next);
    if (next)
        mail_close_full(next, NIL);
}

const struct test_case cases[] = {
    {"same_mailbox", same_mailbox},
    {"other_mailbox", other_mailbox},
    {"to_empty", to_empty},
    {"to_missing", to_missing},
    {"to_readonly", to_readonly},
    {"to_readonly_flag", to_readonly_flag},
    {"from_readonly", from_readonly},
    {"to_halfopen", to_halfopen},
    {"from_halfopen", from_halfopen},
    {"to_silent", to_silent},
    {"to_debug", to_debug},
    {"to_expunge", to_expunge},
    {"other_user", other_user},
    {"other_server", other_server},
    {"other_host_name", other_host_name},
    {"without_user", without_user},
    {"user_case", user_case},
    {"without_notls", without_notls},
    {"plain_to_ssl", plain_to_ssl},
    {"to_refused", to_refused},
    {"to_bad_name", to_bad_name},
    {"to_prototype", to_prototype},
    {"many_times", many_times},
    {"new_mail_meanwhile", new_mail_meanwhile},
    {"after_the_connection_was_cut", after_the_connection_was_cut},
    {NULL, NULL},
};
