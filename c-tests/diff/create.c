/* mail_create and mail_list. */
#include "common.h"

static MAILSTREAM *stream;

static void make(MAILSTREAM *with, char *name)
{
    show("-- create %s\n", name);
    show("  %ld\n", mail_create(with, name));
}

static void list(MAILSTREAM *with, char *reference, char *pattern)
{
    show("-- list %s %s\n", reference ? reference : "NIL", pattern ? pattern : "NIL");
    mail_list(with, reference, pattern);
}

static void on_a_stream(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    make(stream, spec("Fresh"));
    make(stream, spec("Fresh"));
    make(stream, spec("INBOX"));
    make(stream, spec("inbox"));
    make(stream, spec("Deep/er/est"));
    make(stream, spec("Trailing/"));
    make(stream, spec("with space"));
    make(stream, spec("with \"quote\""));
    make(stream, spec("back\\slash"));
    make(stream, spec("&AOQ-"));
    make(stream, spec("raw\xe4"));
    make(stream, spec("100%"));
    make(stream, spec("star*"));
    make(stream, spec(""));
    make(stream, spec("/"));
    make(stream, spec("double//slash"));
    make(stream, "Bare");
    list(stream, spec(""), "*");
    close_quietly(stream);
}

static void without_a_stream(void)
{
    make(NIL, spec("Alone"));
    make(NIL, spec("INBOX"));
    make(NIL, spec_port("T_REFUSED", "u1", "/notls", "Alone"));
}

static void lists(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    list(stream, spec(""), "*");
    list(stream, spec(""), "%");
    list(stream, spec(""), "");
    list(stream, spec("Sub/"), "%");
    list(stream, spec("Sub"), "%");
    list(stream, spec(""), "W*");
    list(stream, spec(""), "inbox");
    list(stream, spec(""), "Missing*");
    list(stream, spec(""), "Sub/%");
    list(stream, spec("~/"), "*");
    list(stream, "{127.0.0.1}", "*");
    list(stream, "{localhost}", "%");
    list(stream, "{other.invalid}", "%");
    list(stream, "", "*");
    list(stream, NIL, "*");
    list(stream, "Sub/", "%");
    list(stream, NIL, spec("W%"));
    list(stream, spec("ignored"), spec("W%"));
    close_quietly(stream);
}

static void lists_without_a_stream(void)
{
    list(NIL, spec(""), "%");
    list(NIL, NIL, spec("%"));
    list(NIL, spec_port("T_REFUSED", "u1", "/notls", ""), "*");
}

static void many_wildcards(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    list(stream, spec(""), "**********");
    list(stream, spec(""), "***********");
    list(stream, spec(""), "%%%%%%%%%%%%%%%%%%%%");
    close_quietly(stream);
}

const struct test_case cases[] = {
    {"on_a_stream", on_a_stream},
    {"without_a_stream", without_a_stream},
    {"lists", lists},
    {"lists_without_a_stream", lists_without_a_stream},
    {"many_wildcards", many_wildcards},
    {NULL, NULL},
};
