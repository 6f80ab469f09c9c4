/* mail_copy_full.
 * second:
 */
#include "common.h"

static MAILSTREAM *stream;

static void on_copyuid(MAILSTREAM *s, char *mailbox, unsigned long validity, SEARCHSET *source, SEARCHSET *target)
{
    show("  copyuid \"%s\" %lu on %s\n", mailbox, validity, s->mailbox);
    show_searchset("    source", source);
    show_searchset("    target", target);
}

static long on_proxycopy(MAILSTREAM *s, char *sequence, char *mailbox, long options)
{
    show("  proxycopy %s %s %lx on %s\n", sequence, mailbox, options, s->mailbox);
    return NIL;
}

static void copy(char *sequence, char *mailbox, long options)
{
    show("-- copy %s %s %lx\n", sequence, mailbox, options);
    show("  %ld\n", mail_copy_full(stream, sequence, mailbox, options));
}

static void begin(long options) { stream = open_quietly(spec("INBOX"), options); }

static void end(void)
{
    show("-- all\n");
    show_elts(stream);
    close_quietly(stream);
    stream = open_quietly(spec("Work"), OP_READONLY);
    show("-- Work\n");
    show_counts(stream);
    close_quietly(stream);
}

static void bare(void)
{
    mail_parameters(NIL, SET_COPYUID, (void *)on_copyuid);
    begin(NIL);
    copy("1", "Work", NIL);
    copy("2:3,5", "Work", NIL);
    copy("101,103", "Work", CP_UID);
    copy("*", "Work", NIL);
    copy("1", "INBOX", NIL);
    copy("1", spec("Work"), NIL);
    end();
}

static void moved(void)
{
    mail_parameters(NIL, SET_COPYUID, (void *)on_copyuid);
    begin(NIL);
    copy("1:2", "Work", CP_MOVE);
    copy("103", "Work", CP_MOVE | CP_UID);
    copy("1", "Missing", CP_MOVE);
    end();
}

static void refused(void)
{
    begin(NIL);
    copy("1", "Missing", NIL);
    copy("1", spec("Missing"), NIL);
    copy("99", "Work", NIL);
    copy("9999", "Work", CP_UID);
    copy("x", "Work", NIL);
    copy("", "Work", NIL);
    copy("1", "", NIL);
    copy("1:2", "with \"odd\" name", NIL);
    end();
}

static void elsewhere(void)
{
    begin(NIL);
    copy("1", spec_port("T_PORT2", "u1", "/notls", "Work"), NIL);
    copy("1", spec_for("u2", "/notls", "INBOX"), NIL);
    mail_parameters(NIL, SET_MAILPROXYCOPY, (void *)on_proxycopy);
    copy("1", spec_port("T_PORT2", "u1", "/notls", "Work"), NIL);
    copy("1", spec_port("T_PORT2", "u1", "/notls", "Work"), CP_MOVE);
    end();
}

static void readonly(void)
{
    begin(OP_READONLY);
    copy("1", "Work", NIL);
    copy("1", "Work", CP_MOVE);
    end();
}

static void halfopen(void)
{
    begin(OP_HALFOPEN);
    copy("1", "Work", NIL);
    close_quietly(stream);
}

const struct test_case cases[] = {
    {"bare", bare}, {"moved", moved}, {"refused", refused}, {"elsewhere", elsewhere}, {"readonly", readonly},
    {"halfopen", halfopen}, {NULL, NULL},
};
