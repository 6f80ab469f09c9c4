/* mail_ping, and what another client does meanwhile. */
#include "common.h"

static MAILSTREAM *stream;
static struct other *other;

static void ping(const char *label)
{
    show("-- %s\n", label);
    show("  %ld\n", mail_ping(stream));
    show_counts(stream);
}

static void quietly(void)
{
    stream = open_quietly(spec("Work"), NIL);
    ping("nothing new");
    ping("nothing new");
    close_quietly(stream);
    stream = open_quietly(spec("Work"), OP_HALFOPEN);
    ping("half open");
    close_quietly(stream);
    show("NIL %ld\n", mail_ping(NIL));
}

static void events(void)
{
    stream = open_quietly(spec("Work"), NIL);
    other = other_login("u1");
    other_command(other, NULL, "SELECT Work");
    other_command(other, "Subject: new\r\n\r\nx\r\n", "APPEND Work");
    ping("new mail");
    show_elts(stream);
    other_command(other, NULL, "STORE 1 +FLAGS (\\Flagged urgent)");
    ping("flags");
    other_command(other, NULL, "STORE 2:3 +FLAGS.SILENT (\\Deleted)");
    other_command(other, NULL, "EXPUNGE");
    ping("expunged");
    show_elts(stream);
    other_command(other, "Subject: newer\r\n\r\nx\r\n", "APPEND Work (\\Seen) \"12-May-2019 10:20:30 +0000\"");
    other_command(other, NULL, "STORE 1 -FLAGS (\\Flagged)");
    other_command(other, NULL, "STORE 1 +FLAGS (\\Deleted)");
    other_command(other, NULL, "EXPUNGE");
    ping("several at once");
    show_elts(stream);
    other_logout(other);
    close_quietly(stream);
}

/* Deletions may not be told while numbers are in use: no EXPUNGE during FETCH, STORE, SEARCH. */
static void events_in_other_commands(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    other = other_login("u1");
    other_command(other, NULL, "SELECT INBOX");
    other_command(other, NULL, "STORE 2 +FLAGS (\\Deleted)");
    other_command(other, NULL, "EXPUNGE");
    unsigned long length = 0;
    show_bytes("body", mail_fetch_body(stream, 3, "1.1", &length, FT_PEEK), length);
    show_counts(stream);
    mail_flag(stream, "1", "\\Flagged", ST_SET);
    show_counts(stream);
    show("status %ld\n", mail_status(stream, spec("Work"), SA_MESSAGES));
    show_counts(stream);
    show("expunge %ld\n", mail_expunge_full(stream, NIL, NIL));
    show_counts(stream);
    show_elts(stream);
    other_logout(other);
    close_quietly(stream);
}

static void deleted_message_is_asked_for(void)
{
    stream = open_quietly(spec("Work"), NIL);
    other = other_login("u1");
    other_command(other, NULL, "SELECT Work");
    other_command(other, NULL, "STORE 1:* +FLAGS (\\Deleted)");
    other_command(other, NULL, "EXPUNGE");
    unsigned long length = 0;
    BODY *body = NIL;
    char *text = mail_fetch_body(stream, 1, "1", &length, NIL);
    show_bytes("body", text ? text : "(null)", text ? length : 6);
    show_envelope("", mail_fetch_structure(stream, 1, &body, NIL));
    ping("after");
    other_logout(other);
    close_quietly(stream);
}

static void mailbox_goes_away(void)
{
    stream = open_quietly(spec("Work"), NIL);
    other = other_login("u1");
    other_command(other, NULL, "DELETE Work");
    ping("deleted mailbox");
    ping("again");
    other_logout(other);
    if (stream)
        mail_close_full(stream, NIL);
}

const struct test_case cases[] = {
    {"quietly", quietly},
    {"events", events},
    {"events_in_other_commands", events_in_other_commands},
    {"deleted_message_is_asked_for", deleted_message_is_asked_for},
    {"mailbox_goes_away", mailbox_goes_away},
    {NULL, NULL},
};
