/* mail_fetch_header, mail_fetch_structure and mail_fetch_body on ordinary and odd messages. */
#include "common.h"

static MAILSTREAM *stream;

static void begin(long options) { stream = open_quietly(spec("INBOX"), options); }
static void end(void) { close_quietly(stream); }

static void header(unsigned long number, STRINGLIST *lines, long flags)
{
    unsigned long length = 4711;
    show("-- header %lu %lx\n", number, flags);
    char *text = mail_fetch_header(stream, number, NIL, lines, &length, flags);
    show_bytes("  text", text ? text : "(null)", text ? length : 6);
    if (text && !(flags & FT_INTERNAL) && text[length])
        show("  does not end with NUL\n");
}

static void section_header(unsigned long number, char *section, long flags)
{
    unsigned long length = 4711;
    show("-- header %lu section %s %lx\n", number, section, flags);
    char *text = mail_fetch_header(stream, number, section, NIL, &length, flags);
    show_bytes("  text", text ? text : "(null)", text ? length : 6);
}

static char *body(unsigned long number, char *section, long flags)
{
    unsigned long length = 4711;
    show("-- body %lu %s %lx\n", number, section, flags);
    char *text = mail_fetch_body(stream, number, section, &length, flags);
    show_bytes("  text", text ? text : "(null)", text ? length : 6);
    return text;
}

static void structure(unsigned long number, long flags)
{
    BODY *found = NIL;
    show("-- structure %lu %lx\n", number, flags);
    ENVELOPE *env = mail_fetch_structure(stream, number, &found, flags);
    show_envelope("  ", env);
    show_body("  ", found);
}

static void structures(void)
{
    begin(NIL);
    for (unsigned long i = 1; i <= stream->nmsgs; i++)
        structure(i, NIL);
    show_elts(stream);
    end();
}

static void structures_by_uid(void)
{
    begin(NIL);
    structure(103, FT_UID);
    structure(104, FT_UID);
    structure(9999, FT_UID);
    structure(1, FT_UID);
    end();
}

static void envelope_only(void)
{
    begin(NIL);
    show_envelope("", mail_fetch_structure(stream, 3, NIL, NIL));
    show_envelope("", mail_fetch_structure(stream, 3, NIL, FT_NOLOOKAHEAD));
    show_envelope("", mail_fetch_structure(stream, 8, NIL, FT_NOHDRS));
    structure(8, NIL);
    end();
}

static void short_cache(void)
{
    begin(OP_SHORTCACHE);
    structure(3, NIL);
    structure(2, NIL);
    structure(3, NIL);
    header(2, NIL, NIL);
    body(2, "1", FT_PEEK);
    body(1, "1", FT_PEEK);
    end();
}

static void headers(void)
{
    begin(NIL);
    for (unsigned long i = 1; i <= stream->nmsgs; i++)
        header(i, NIL, NIL);
    header(1, NIL, FT_PEEK);
    header(103, NIL, FT_UID);
    header(104, NIL, FT_UID);
    header(2, NIL, FT_INTERNAL);
    header(7, NIL, FT_PREFETCHTEXT | FT_PEEK);
    body(7, "1", FT_PEEK);
    header(8, NIL, FT_PREFETCHTEXT);
    show_elts(stream);
    end();
}

static void header_lines(void)
{
    begin(NIL);
    STRINGLIST *lines = stringlist("Subject", stringlist("x-twice", NIL));
    header(8, lines, NIL);
    header(8, lines, FT_NOT);
    header(8, lines, FT_PEEK);
    header(8, NIL, NIL);
    header(8, lines, NIL);
    header(1, lines, NIL);
    header(110, lines, FT_UID);
    STRINGLIST *none = stringlist("X-Missing", NIL);
    header(1, none, NIL);
    header(4, none, FT_NOT);
    mail_free_stringlist(&lines);
    mail_free_stringlist(&none);
    end();
}

static void part_headers(void)
{
    begin(NIL);
    section_header(3, "2", NIL);
    section_header(3, "2.1", NIL);
    section_header(3, "1", NIL);
    section_header(3, "9", NIL);
    section_header(3, "", NIL);
    section_header(9, "1", FT_PEEK);
    STRINGLIST *lines = stringlist("Subject", NIL);
    unsigned long length = 0;
    char *text = mail_fetch_header(stream, 3, "2", lines, &length, NIL);
    show_bytes("lines of part 2", text, length);
    mail_free_stringlist(&lines);
    end();
}

static void bodies(void)
{
    begin(NIL);
    body(1, "1", FT_PEEK);
    show_elt(stream, 1);
    body(1, "1", NIL);
    show_elt(stream, 1);
    body(2, "1", NIL);
    body(2, "2", NIL);
    body(3, "1", NIL);
    body(3, "1.1", NIL);
    body(3, "1.2", NIL);
    body(3, "2", NIL);
    body(3, "2.1", NIL);
    body(3, "2.2", NIL);
    body(3, "3", NIL);
    body(4, "1", NIL);
    body(5, "1", NIL);
    body(6, "1", NIL);
    body(7, "1", NIL);
    body(9, "1", NIL);
    body(9, "2.1", NIL);
    body(9, "3", NIL);
    body(10, "5", NIL);
    body(12, "1", NIL);
    show_elts(stream);
    end();
}

static void bodies_missing(void)
{
    begin(NIL);
    body(1, "2", NIL);
    body(1, "1.1", NIL);
    body(2, "3", NIL);
    body(2, "0", NIL);
    body(2, "", NIL);
    body(2, "x", NIL);
    body(2, "1.MIME", NIL);
    body(2, "1x", NIL);
    body(2, "-1", NIL);
    body(2, "4294967297", NIL);
    body(3, "1.3", NIL);
    body(3, "2.3", NIL);
    body(3, "2.2.1", NIL);
    show_elts(stream);
    end();
}

static void bodies_by_uid(void)
{
    begin(NIL);
    body(101, "1", FT_UID);
    body(103, "2.1", FT_UID | FT_PEEK);
    body(104, "1", FT_UID);
    body(9999, "1", FT_UID);
    show_elts(stream);
    end();
}

static void internal_text(void)
{
    begin(NIL);
    body(2, "2", FT_INTERNAL);
    body(2, "2", FT_INTERNAL | FT_PEEK);
    body(2, "2", NIL);
    end();
}

/* What was returned stays until something else is fetched: app_voicemail relies on it. */
static void lifetimes(void)
{
    begin(NIL);
    BODY *found = NIL;
    unsigned long length = 0;
    char *head = mail_fetch_header(stream, 2, NIL, NIL, NIL, FT_PEEK);
    ENVELOPE *env = mail_fetch_structure(stream, 2, &found, NIL);
    mail_fetch_body(stream, 2, "1", &length, NIL);
    mail_fetch_body(stream, 2, "2", &length, NIL);
    mail_ping(stream);
    show_string("header", head);
    show_envelope("", env);
    show_body("", found);
    end();
}

/* app_voicemail's cast: a pointer where a section's length is not wanted. */
static void no_length(void)
{
    begin(NIL);
    show_string("header", mail_fetch_header(stream, 1, NIL, NIL, NIL, NIL));
    show_string("body", mail_fetch_body(stream, 1, "1", NIL, NIL));
    end();
}

static void halfopen(void)
{
    begin(OP_HALFOPEN);
    show("nmsgs %lu\n", stream->nmsgs);
    header(101, NIL, FT_UID);
    body(101, "1", FT_UID);
    structure(101, FT_UID);
    end();
}

/* Numbers that do not exist: UW gives up the whole program for these. */
static void header_out_of_range(void)
{
    begin(NIL);
    header(99, NIL, NIL);
    end();
}

static void structure_zero(void)
{
    begin(NIL);
    structure(0, NIL);
    end();
}

static void body_out_of_range(void)
{
    begin(NIL);
    body(13, "1", NIL);
    end();
}

static char *on_gets(readfn_t read_more, void *source, unsigned long size, GETS_DATA *md)
{
    char *text = fs_get(size + 1);
    unsigned long had = 0;
    show("  gets msgno=%lu what=%s first=%lu last=%lu flags=%lx size=%lu stl=%s on %s\n", md->msgno,
         md->what ? md->what : "NIL", md->first, md->last, md->flags, size, md->stl ? "given" : "NIL",
         md->stream->mailbox);
    while (had < size) {
        unsigned long piece = size - had < 20 ? size - had : 20;
        if (!(*read_more)(source, piece, text + had)) {
            show("  read failed\n");
            break;
        }
        had += piece;
    }
    text[had] = 0;
    return text;
}

static void gets(void)
{
    begin(NIL);
    mail_parameters(NIL, SET_GETS, (void *)on_gets);
    header(1, NIL, NIL);
    /* A part's text that SET_GETS' function made is the caller's, and asked for anew each time. */
    char *text = body(2, "2", NIL);
    fs_give((void **)&text);
    text = body(2, "2", FT_PEEK);
    fs_give((void **)&text);
    body(4, "1", NIL);
    structure(3, NIL);
    STRINGLIST *lines = stringlist("Subject", NIL);
    header(8, lines, NIL);
    mail_free_stringlist(&lines);
    mail_parameters(NIL, SET_GETS, NIL);
    body(2, "1", NIL);
    end();
}

/* What a reader makes of a piece is handed to nobody. */
static char *on_piece(readfn_t read_more, void *source, unsigned long size, GETS_DATA *md)
{
    char *text = on_gets(read_more, source, size, md);
    fs_give((void **)&text);
    return NIL;
}

/* From an octet on: by the driver, as mail_partial_body would. */
static void rest_of_a_text(void)
{
    BODY *found = NIL;
    begin(NIL);
    mail_parameters(NIL, SET_GETS, (void *)on_piece);
    mail_fetch_structure(stream, 2, &found, NIL);
    show("%ld\n", stream->dtb->msgdata(stream, 2, "1", 5, 0, NIL, FT_PEEK));
    mail_parameters(NIL, SET_GETS, NIL);
    end();
}

static char *on_progress(GETS_DATA *md, unsigned long octets)
{
    if (md)
        show("  progress msgno=%lu what=%s octets=%lu\n", md->msgno, md->what ? md->what : "NIL", octets);
    else
        show("  progress NIL octets=%lu\n", octets);
    return NIL;
}

static void progress(void)
{
    begin(NIL);
    mail_parameters(NIL, SET_READPROGRESS, (void *)on_progress);
    body(2, "2", NIL);
    header(2, NIL, NIL);
    end();
}

static void on_envelope(MAILSTREAM *s, unsigned long number, ENVELOPE *env)
{
    show("  imapenvelope %lu %s on %s\n", number, env && env->subject ? env->subject : "NIL", s->mailbox);
}

static void envelope_hook(void)
{
    begin(NIL);
    mail_parameters(NIL, SET_IMAPENVELOPE, (void *)on_envelope);
    structure(1, NIL);
    structure(2, NIL);
    end();
}

static void envelope_hook_short_cached(void)
{
    begin(OP_SHORTCACHE);
    mail_parameters(NIL, SET_IMAPENVELOPE, (void *)on_envelope);
    structure(1, NIL);
    header(2, NIL, FT_PEEK);
    end();
}

static void lookahead(void)
{
    mail_parameters(NIL, SET_LOOKAHEAD, (void *)2);
    begin(NIL);
    structure(2, NIL);
    show_elts(stream);
    end();
}

static void set_fetchlookahead(void)
{
    show("%p\n", mail_parameters(NIL, SET_FETCHLOOKAHEAD, NIL));
}

static void extra_headers(void)
{
    begin(NIL);
    mail_parameters(NIL, SET_IMAPEXTRAHEADERS, "X-Twice X-Long");
    structure(8, NIL);
    header(8, NIL, NIL);
    end();
}

const struct test_case cases[] = {
    {"structures", structures},
    {"structures_by_uid", structures_by_uid},
    {"envelope_only", envelope_only},
    {"short_cache", short_cache},
    {"headers", headers},
    {"header_lines", header_lines},
    {"part_headers", part_headers},
    {"bodies", bodies},
    {"bodies_missing", bodies_missing},
    {"bodies_by_uid", bodies_by_uid},
    {"internal_text", internal_text},
    {"lifetimes", lifetimes},
    {"no_length", no_length},
    {"halfopen", halfopen},
    {"header_out_of_range", header_out_of_range},
    {"structure_zero", structure_zero},
    {"body_out_of_range", body_out_of_range},
    {"gets", gets},
    {"rest_of_a_text", rest_of_a_text},
    {"progress", progress},
    {"envelope_hook", envelope_hook},
    {"envelope_hook_short_cached", envelope_hook_short_cached},
    {"lookahead", lookahead},
    {"set_fetchlookahead", set_fetchlookahead},
    {"extra_headers", extra_headers},
    {NULL, NULL},
};
