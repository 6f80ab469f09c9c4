/* mail_rename, mail_scan, mail_utf7_valid, mail_status_default. */
#include "common.h"

static MAILSTREAM *stream;

static void rename_to(MAILSTREAM *with, char *old, char *newname)
{
    show("-- %s to %s\n", old, newname);
    show("  %ld\n", mail_rename(with, old, newname));
}

static void on_a_stream(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    rename_to(stream, spec("Work"), spec("Werk"));
    rename_to(stream, spec("Work"), spec("Again"));
    rename_to(stream, spec("Werk"), spec("Empty"));
    rename_to(stream, spec("Missing"), spec("Found"));
    rename_to(stream, spec("Sub"), spec("Deep/er/Sub"));
    rename_to(stream, spec("Werk"), spec("Werk/below"));
    rename_to(stream, spec("Empty"), spec("Empty"));
    rename_to(stream, spec("Empty"), spec("with space"));
    rename_to(stream, spec("with space"), spec("with \"quote\" & more"));
    rename_to(stream, spec("with space"), spec("with \"quote\""));
    rename_to(stream, spec("with \"quote\""), spec("&AOQ-"));
    rename_to(stream, spec("&AOQ-"), spec("raw\xe4"));
    rename_to(stream, spec("&AOQ-"), spec("&open"));
    rename_to(stream, spec("&AOQ-"), spec("&a b-"));
    rename_to(stream, spec("&AOQ-"), spec(""));
    rename_to(stream, spec("&AOQ-"), spec("INBOX"));
    rename_to(stream, spec("&AOQ-"), "Bare");
    rename_to(stream, "Bare", spec("Other"));
    rename_to(stream, spec("&AOQ-"), spec("with\r\nline"));
    rename_to(stream, spec("with\r\nline"), spec("Other"));
    mail_list(stream, spec(""), "*");
    close_quietly(stream);
}

/* INBOX keeps its name: its messages move out. */
static void the_inbox(void)
{
    stream = open_quietly(spec("Work"), NIL);
    rename_to(stream, spec("INBOX"), spec("Was"));
    mail_list(stream, spec(""), "*");
    show("-- Was\n");
    show("  %ld\n", mail_status(stream, spec("Was"), SA_MESSAGES | SA_UIDNEXT));
    show("-- INBOX\n");
    show("  %ld\n", mail_status(stream, spec("INBOX"), SA_MESSAGES));
    close_quietly(stream);
}

/* The mailbox that is open. */
static void while_selected(void)
{
    stream = open_quietly(spec("Work"), NIL);
    rename_to(stream, spec("Work"), spec("Werk"));
    show("still called %s\n", stream->mailbox);
    show("  ping %ld\n", mail_ping(stream));
    close_quietly(stream);
}

static void without_a_stream(void)
{
    rename_to(NIL, spec("Work"), spec("Werk"));
    rename_to(NIL, spec("Missing"), spec("Werk2"));
    rename_to(NIL, spec_port("T_REFUSED", "u1", "/notls", "Work"), spec("Werk2"));
    stream = open_quietly(spec("INBOX"), NIL);
    mail_list(stream, spec(""), "*");
    close_quietly(stream);
}

static void halfopen(void)
{
    stream = open_quietly(spec(""), OP_HALFOPEN);
    rename_to(stream, spec("Work"), spec("Werk"));
    mail_list(stream, spec(""), "*");
    close_quietly(stream);
}

static void scan(MAILSTREAM *with, char *reference, char *pattern)
{
    show("-- scan %s %s\n", reference ? reference : "NIL", pattern);
    mail_scan(with, reference, pattern, "needle");
}

/* Dovecot cannot; the script fake/scan.txt can. */
static void scan_where_it_is_not(void)
{
    char longest[NETMAXMBX + 2];
    stream = open_quietly(spec("INBOX"), NIL);
    scan(stream, spec(""), "*");
    scan(stream, NIL, spec("*"));
    scan(stream, NIL, "*");
    scan(NIL, spec(""), "*");
    memset(longest, 'x', sizeof longest);
    longest[NETMAXMBX + 1] = 0;
    scan(stream, longest, "*");
    scan(stream, NIL, longest);
    close_quietly(stream);
}

static void valid_names(void)
{
    static const char pieces[][6] = {"a", "&", "-", "&AOQ-", "b", "+", ",", " ", "\xc3", "Z", "9", "&-", "{", "/"};
    reseed(1);
    for (int i = 0; i < 3000; i++) {
        char name[200] = "";
        for (unsigned long n = draw(8); n; n--)
            strcat(name, pieces[draw(sizeof pieces / sizeof *pieces)]);
        show_string("name", name);
        show_string("  fault", mail_utf7_valid(name));
    }
}

static void status_default(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    mail_fetch_fast(stream, "1:*", NIL);
    show("  %ld\n", mail_status_default(stream, spec("Whatever"), SA_MESSAGES | SA_RECENT | SA_UNSEEN));
    show("  %ld\n", mail_status_default(stream, spec("INBOX"), SA_MESSAGES | SA_UIDNEXT | SA_UIDVALIDITY));
    close_quietly(stream);
    show("  %ld\n", mail_status_default(NIL, spec("Work"), SA_MESSAGES));
    show("  %ld\n", mail_status_default(NIL, spec("Missing"), SA_MESSAGES));
}

const struct test_case cases[] = {
    {"on_a_stream", on_a_stream},
    {"the_inbox", the_inbox},
    {"while_selected", while_selected},
    {"without_a_stream", without_a_stream},
    {"halfopen", halfopen},
    {"scan_where_it_is_not", scan_where_it_is_not},
    {"valid_names", valid_names},
    {"status_default", status_default},
    {NULL, NULL},
};
