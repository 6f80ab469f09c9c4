/* The message cache and what needs no server: mail_elt, mm_cache, mail_gc, mail_sequence,
 * mail_uid_sequence, mail_parse_flags, mail_body, mail_filter, mail_match_lines. */
#include "common.h"

static void marked(MAILSTREAM *stream, long answer)
{
    show("  %ld:", answer);
    for (unsigned long i = 1; i <= stream->nmsgs; i++)
        if (mail_elt(stream, i)->sequence)
            show(" %lu", i);
    show("\n");
}

static void sequences(void)
{
    static const char *const texts[] = {
        "1", "2:4", "4:2", "*", "*:10", "10:*", "1,3,5", "1:2,4:*", "", "3,", "1: 2", "1:+2", "0002", "x", " 1", ",1",
        "0", "2,60", "99999999999999999999999", "1:60", "1:", "1:-1", "1:0", "1:2:3", "3,1 2", "*x", "1:x", "-1",
        "1,,2", "\t1", "1:*,*:1", "5:5",
    };
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", texts[i]);
        show("\"%s\"\n", text);
        marked(stream, mail_sequence(stream, (unsigned char *)text));
    }
    show("NIL\n");
    marked(stream, mail_sequence(stream, NIL));
    close_quietly(stream);
}

static void uid_sequences(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    unsigned long first = mail_uid(stream, 1), last = mail_uid(stream, stream->nmsgs);
    static const char *const texts[] = {
        "%lu", "%lu:%lu", "*", "1:*", "*:1", "%lu,%lu", "1:%lu", "0", "x", "1:x", "1:2 3", "1 2", "4294967295",
        "99999999999999999999:1", "", "2:2", "%lu:*",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[96];
        snprintf(text, sizeof text, texts[i], first + 1, last);
        show("\"%s\"\n", text);
        marked(stream, mail_uid_sequence(stream, (unsigned char *)text));
    }
    close_quietly(stream);
}

static void empty_mailbox(void)
{
    mail_create(NIL, spec("Nothing here"));
    MAILSTREAM *stream = open_quietly(spec("Nothing here"), NIL);
    show_counts(stream);
    marked(stream, mail_sequence(stream, (unsigned char *)"*"));
    marked(stream, mail_sequence(stream, (unsigned char *)"1"));
    marked(stream, mail_uid_sequence(stream, (unsigned char *)"*"));
    marked(stream, mail_uid_sequence(stream, (unsigned char *)"1:*"));
    close_quietly(stream);
}

static void flag_strings(void)
{
    static const char *const texts[] = {
        "\\Seen", "\\SEEN \\deleted", "(\\Seen \\Answered)", "\\seen \\deleted \\flagged \\answered \\draft", "()", "",
        "(\\Seen", "\\Seen)", "(", ")", "\\Odd", "\\", "\\Recent", "$New", "a  b", " a", "a ", "b* ok", "x\"y", "p%", "a(b",
        "a{b", "a]b", "caf\xc3\xa9", "tab\there",
        "a-keyword-that-is-longer-than-the-fifty-characters-allowed", "$New $new $NEW",
    };
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    show("create %u\n", stream->kwd_create);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[96];
        unsigned long keywords = 99;
        snprintf(text, sizeof text, "%s", texts[i]);
        long system = mail_parse_flags(stream, text, &keywords);
        show_string("flags", text);
        show("  system %lx keywords %lx\n", system, keywords);
    }
    for (int i = 0; i < NUSERFLAGS; i++)
        show_string("  slot", stream->user_flags[i]);
    for (int i = 0; i < 32; i++) {
        char text[16];
        unsigned long keywords;
        snprintf(text, sizeof text, "many%d", i);
        mail_parse_flags(stream, text, &keywords);
        show("%s %lx create %u\n", text, keywords, stream->kwd_create);
    }
    close_quietly(stream);
}

static void sections(void)
{
    static const char *const texts[] = { "1", "2", "1.1", "1.2", "2.1", "2.2", "2.1.1", "3", "3.1", "0", "1.", ".1", "1.x",
                                         "", "x", "99999999999999999999", "1..1" };
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    for (unsigned long msgno = 1; msgno <= stream->nmsgs; msgno++) {
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            char text[32];
            snprintf(text, sizeof text, "%s", texts[i]);
            BODY *body = mail_body(stream, msgno, (unsigned char *)text);
            show("%lu \"%s\" ", msgno, text);
            if (body)
                show("%s/%s %lu octets\n", body_types[body->type], body->subtype ? body->subtype : "NIL", body->size.bytes);
            else
                show("NIL\n");
        }
        show("%lu NIL %s\n", msgno, mail_body(stream, msgno, NIL) ? "a body" : "NIL");
    }
    close_quietly(stream);
}

/* All end in a newline: UW looks beyond the end of those that do not. */
static void filters(void)
{
    static const char *const headers[] = {
        "From: a\r\nTo: b\r\n c\r\nSubject: d\r\n\r\n", "from : a\nTO:b\n", "To\n", ": x\nTo: y\n", "\n\nTo: z\n", "",
        "A: 1\r\nTo: 2\r\n\t3\r\nTo: 4\r\n", "Toto: 1\nT: 2\nTo:\n",
    };
    STRINGLIST *lines = stringlist("TO", stringlist("subject", NIL));
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        for (long flags = 0; flags <= FT_NOT; flags += FT_NOT) {
            char buffer[256];
            strcpy(buffer, headers[i]);
            unsigned long length = mail_filter(buffer, strlen(buffer), lines, flags);
            show("%zu %s %lu ", i, flags ? "not" : "only", length);
            show_bytes("kept", buffer, length + 1);
        }
    STRINGLIST *one = stringlist("To", NIL), *other = stringlist("From", NIL);
    show("%ld %ld %ld %ld %ld %ld\n", mail_match_lines(one, lines, NIL), mail_match_lines(lines, one, NIL),
         mail_match_lines(lines, NIL, NIL), mail_match_lines(NIL, lines, NIL), mail_match_lines(one, lines, FT_NOT),
         mail_match_lines(other, lines, NIL));
    mail_free_stringlist(&lines);
    mail_free_stringlist(&one);
    mail_free_stringlist(&other);
}

static int freed;

static void count_freed(void **sparep)
{
    freed++;
    *sparep = NIL;
}

static void spare_pointers(void)
{
    mail_parameters(NIL, SET_FREEELTSPAREP, (void *)count_freed);
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    mail_elt(stream, 1)->sparep = &freed;
    mail_elt(stream, 3)->sparep = &freed;
    mail_gc(stream, GC_ENV | GC_TEXTS);
    show("after gc %d\n", freed);
    mail_free_cache(stream);
    show("after the cache went %d, nmsgs %lu\n", freed, stream->nmsgs);
    show("elt %s\n", mm_cache(stream, 1, CH_SIZE) ? "there" : "NIL");
    mail_close(stream);
}

static void garbage(void)
{
    BODY *body = NIL;
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    mail_fetch_structure(stream, 2, &body, NIL);
    unsigned long length;
    mail_fetch_text(stream, 2, NIL, &length, FT_PEEK);
    MESSAGECACHE *elt = mail_elt(stream, 2);
    show("%s %s\n", elt->private.msg.env ? "envelope" : "-", elt->private.msg.body ? "body" : "-");
    mail_gc(stream, GC_TEXTS);
    show("%s %s %s\n", elt->private.msg.env ? "envelope" : "-", elt->private.msg.body ? "body" : "-",
         elt->private.msg.text.text.data ? "text" : "-");
    mail_gc(stream, GC_ENV);
    show("%s %s\n", elt->private.msg.env ? "envelope" : "-", elt->private.msg.body ? "body" : "-");
    show("uid %lu same elt %d\n", mail_uid(stream, 2), mail_elt(stream, 2) == elt);
    mail_gc(stream, GC_ELT);
    show_envelope("  ", mail_fetch_structure(stream, 2, &body, NIL));
    show_body("  ", body);
    close_quietly(stream);
}

/* The cache manager by hand, on a stream that no driver knows. */
static void by_hand(void)
{
    MAILSTREAM *stream = calloc(1, sizeof *stream);
    mm_cache(stream, 3, CH_SIZE);
    show("size %lu\n", stream->cachesize);
    stream->nmsgs = 3;
    MESSAGECACHE *second = mm_cache(stream, 2, CH_MAKEELT), *third = mm_cache(stream, 3, CH_MAKEELT);
    show("%lu %lu locks %u\n", second->msgno, third->msgno, second->lockcount);
    SORTCACHE *sort = mm_cache(stream, 3, CH_SORTCACHE);
    mm_cache(stream, 2, CH_FREE);
    mm_cache(stream, 2, CH_FREESORTCACHE);
    mm_cache(stream, 2, CH_EXPUNGE);
    stream->nmsgs = 2;
    show("moved %d %d, number %lu\n", mm_cache(stream, 2, CH_ELT) == third, mm_cache(stream, 2, CH_SORTCACHE) == sort,
         third->msgno);
    show("first %s\n", mm_cache(stream, 1, CH_ELT) ? "there" : "NIL");
    mm_cache(stream, 253, CH_SIZE);
    show("size %lu\n", stream->cachesize);
    mm_cache(stream, 254, CH_SIZE);
    show("size %lu\n", stream->cachesize);
    third->lockcount++;
    mm_cache(stream, 0, CH_INIT);
    show("size %lu nmsgs %lu cache %s locks %u\n", stream->cachesize, stream->nmsgs, stream->cache ? "there" : "NIL",
         third->lockcount);
    mail_free_elt(&third);
    show("%s\n", third ? "kept" : "freed");
    free(stream);
}

/* -- what UW ends the program for ---------------------------------------------------------- */

static void a_number_too_high(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    MESSAGECACHE *elt = mail_elt(stream, stream->nmsgs + 1);
    show("number %lu deleted %u\n", elt->msgno, elt->deleted);
    close_quietly(stream);
}

static void number_nought(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    MESSAGECACHE *elt = mail_elt(stream, 0);
    show("number %lu deleted %u\n", elt->msgno, elt->deleted);
    close_quietly(stream);
}

static void bad_operation(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    show("%s\n", mm_cache(stream, 1, 999) ? "something" : "NIL");
    close_quietly(stream);
}

const struct test_case cases[] = {
    { "sequences", sequences },
    { "uid_sequences", uid_sequences },
    { "empty_mailbox", empty_mailbox },
    { "flag_strings", flag_strings },
    { "sections", sections },
    { "filters", filters },
    { "spare_pointers", spare_pointers },
    { "garbage", garbage },
    { "by_hand", by_hand },
    { "a_number_too_high", a_number_too_high },
    { "number_nought", number_nought },
    { "bad_operation", bad_operation },
    { NULL, NULL },
};
