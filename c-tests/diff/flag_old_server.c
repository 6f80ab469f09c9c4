/* mail_flag and mail_expunge_full on a server without UIDPLUS.
 * server: without=UIDPLUS,LITERAL+,SASL-IR,MOVE,UNSELECT,CHILDREN,NAMESPACE
 */
#include "common.h"

static MAILSTREAM *stream;

static void flag(char *sequence, char *flags, long options)
{
    show("-- flag %s %s %lx\n", sequence, flags, options);
    mail_flag(stream, sequence, flags, options);
}

static void inbox(void (*steps)(void))
{
    stream = open_quietly(spec("INBOX"), NIL);
    steps();
    show("-- all\n");
    show_elts(stream);
    for (int i = 0; i < NUSERFLAGS; i++)
        if (stream->user_flags[i])
            show("  user_flag %d %s\n", i, stream->user_flags[i]);
    close_quietly(stream);
}

static void set_steps(void)
{
    flag("1", "\\Seen", ST_SET);
    flag("1", "\\Seen", ST_SET);
    flag("1", "\\SEEN", NIL);
    flag("1:2", "\\DELETED", ST_SET);
    flag("1,3:4", "\\Flagged \\Answered", ST_SET);
    flag("2", "(\\Draft)", ST_SET);
    flag("*", "\\Seen", ST_SET);
    flag("1", "\\Seen", ST_SET | ST_SILENT);
    flag("101", "\\Flagged", ST_SET | ST_UID);
    flag("102:105", "\\Flagged", ST_UID);
    flag("9999", "\\Flagged", ST_SET | ST_UID);
}
static void set(void) { inbox(set_steps); }

static void keyword_steps(void)
{
    flag("1", "$Label1", ST_SET);
    flag("1:2", "urgent", ST_SET);
    flag("1", "Fresh", ST_SET);
    flag("1", "fresh", NIL);
    flag("1", "$LABEL1 urgent", NIL);
    flag("2", "two three", ST_SET);
}
static void keywords(void) { inbox(keyword_steps); }

static void bad_steps(void)
{
    flag("1", "\\Nonsense", ST_SET);
    flag("1", "\\Recent", ST_SET);
    flag("1", "", ST_SET);
    flag("1", "bad)flag", ST_SET);
    flag("1", "bad\"flag", ST_SET);
    flag("0", "\\Seen", ST_SET);
    flag("99", "\\Seen", ST_SET);
    flag("x", "\\Seen", ST_SET);
    flag("1:", "\\Seen", ST_SET);
    flag("1,", "\\Seen", ST_SET);
    flag("1 2", "\\Seen", ST_SET);
    flag("", "\\Seen", ST_SET);
    flag("3:1", "\\Seen", ST_SET);
    flag("x", "\\Seen", ST_SET | ST_UID);
}
static void bad(void) { inbox(bad_steps); }

static void readonly(void)
{
    stream = open_quietly(spec("INBOX"), OP_READONLY);
    flag("1", "\\Seen", ST_SET);
    show_elts(stream);
    close_quietly(stream);
}

static void halfopen(void)
{
    stream = open_quietly(spec("INBOX"), OP_HALFOPEN);
    flag("1", "\\Seen", ST_SET);
    flag("1", "\\Seen", ST_SET | ST_UID);
    close_quietly(stream);
}

static void expunge(char *sequence, long options)
{
    show("-- expunge %s %lx\n", sequence ? sequence : "NIL", options);
    show("  %ld\n", mail_expunge_full(stream, sequence, options));
    show_counts(stream);
}

static void expunge_all_steps(void)
{
    expunge(NIL, NIL);
    expunge(NIL, NIL);
    flag("1,3,5", "\\Deleted", ST_SET);
    expunge(NIL, NIL);
    expunge("1", NIL);
    expunge("", EX_UID);
}
static void expunge_all(void) { inbox(expunge_all_steps); }

static void expunge_some_steps(void)
{
    flag("1:4", "\\Deleted", ST_SET);
    expunge("101", EX_UID);
    expunge("102:103,9999", EX_UID);
    expunge("9999", EX_UID);
    expunge("x", EX_UID);
    expunge(NIL, EX_UID);
}
static void expunge_some(void) { inbox(expunge_some_steps); }

static void expunge_readonly(void)
{
    stream = open_quietly(spec("INBOX"), OP_READONLY);
    expunge(NIL, NIL);
    expunge("101", EX_UID);
    close_quietly(stream);
}

static void expunge_halfopen(void)
{
    stream = open_quietly(spec("INBOX"), OP_HALFOPEN);
    expunge(NIL, NIL);
    close_quietly(stream);
}

const struct test_case cases[] = {
    {"set", set},
    {"keywords", keywords},
    {"bad", bad},
    {"readonly", readonly},
    {"halfopen", halfopen},
    {"expunge_all", expunge_all},
    {"expunge_some", expunge_some},
    {"expunge_readonly", expunge_readonly},
    {"expunge_halfopen", expunge_halfopen},
    {NULL, NULL},
};
