/* mail_fetch_overview, mail_fetch_overview_sequence, mail_fetch_overview_default, mail_thread_loadcache. */
#include "drawn_mail.h"

static MAILSTREAM *stream;

static void heard(MAILSTREAM *s, unsigned long uid, OVERVIEW *ov, unsigned long msgno)
{
    show("  %lu uid %lu octets %lu lines %lu xref %s%s\n", msgno, uid, ov->optional.octets, ov->optional.lines,
         ov->optional.xref ? ov->optional.xref : "NIL", s == stream ? "" : " of another stream");
    show_string("    subject", ov->subject);
    show_addresses("    ", "from", ov->from);
    show_string("    date", ov->date);
    show_string("    message_id", ov->message_id);
    show_string("    references", ov->references);
}

static void by_uid(const char *sequence, overview_t receiver)
{
    char copy[80];
    strcpy(copy, sequence);
    show("uid %s\n", sequence);
    mail_fetch_overview(stream, copy, receiver);
}

static void by_number(const char *sequence, overview_t receiver)
{
    char copy[80];
    strcpy(copy, sequence);
    show("number %s\n", sequence);
    mail_fetch_overview_sequence(stream, copy, receiver);
}

static void show_loaded(void)
{
    mailcache_t manager = (mailcache_t)mail_parameters(NIL, GET_CACHE, NIL);
    for (unsigned long n = 1; n <= stream->nmsgs; n++) {
        SORTCACHE *s = manager(stream, n, CH_SORTCACHE);
        show("  %lu date %lu size %lu refwd %u dirty %u\n", n, s->date, s->size, s->refwd, s->dirty);
        show_string("    subject", s->subject);
        show_string("    from", s->from);
        show_string("    message_id", s->message_id);
        if (!s->references)
            show("    references NIL\n");
        for (STRINGLIST *r = s->references; r; r = r->next)
            show_bytes("    reference", r->text.data ? r->text.data : (unsigned char *)"", r->text.size);
    }
}

static const char *sequences[] = {"1", "3:5", "2,4,6:*", "*", "", "x", "0", "7:6", "1:999999", "103", "101:104,900", "1,,2"};

static void every_sequence(long options)
{
    for (size_t s = 0; s < sizeof(sequences) / sizeof(*sequences); s++) {
        stream = open_quietly(spec("INBOX"), options);
        by_uid(sequences[s], heard);
        by_uid(sequences[s], heard);
        close_quietly(stream);
        stream = open_quietly(spec("INBOX"), options);
        by_number(sequences[s], heard);
        by_number(sequences[s], NIL);
        close_quietly(stream);
    }
}

static void inbox(void) { every_sequence(NIL); }
static void short_cached(void) { every_sequence(OP_SHORTCACHE | OP_READONLY); }

static void empty(void)
{
    stream = open_quietly(spec("Empty"), NIL);
    for (size_t s = 0; s < sizeof(sequences) / sizeof(*sequences); s++) {
        by_uid(sequences[s], heard);
        by_number(sequences[s], heard);
    }
    close_quietly(stream);
}

static void one_after_the_other(void)
{
    char sequence[] = "1,3:4,9";
    stream = open_quietly(spec("INBOX"), NIL);
    show("%ld\n", mail_sequence(stream, (unsigned char *)sequence));
    mail_fetch_overview_default(stream, heard);
    show_elts(stream);
    close_quietly(stream);
}

static void for_the_threader(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    by_number("1:*", mail_thread_loadcache);
    show_loaded();
    by_number("1:*", mail_thread_loadcache);
    show_loaded();
    mail_thread_loadcache(stream, 101, NIL, 1);
    close_quietly(stream);
}

static int left;
static void closes(MAILSTREAM *s, unsigned long uid, OVERVIEW *ov, unsigned long msgno)
{
    show("  %lu uid %lu\n", msgno, uid);
    if (!--left)
        mail_ping(s);
}

static void from_within(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    left = 3;
    by_number("1:*", closes);
    close_quietly(stream);
}

static void drawn(void)
{
    char mailbox[80];
    struct other *other = other_login("u3");
    reseed(1);
    for (int box = 0; box < 5; box++) {
        unsigned long messages = 1 + draw(25);
        sprintf(mailbox, "drawn%d", box);
        draw_mailbox(other, mailbox, messages);
        stream = open_quietly(spec_for("u3", "/notls", mailbox), draw(3) ? NIL : OP_SHORTCACHE);
        by_number("1:*", heard);
        by_uid("1:*", mail_thread_loadcache);
        show_loaded();
        close_quietly(stream);
    }
    other_logout(other);
}

const struct test_case cases[] = {
    {"inbox", inbox},
    {"short_cached", short_cached},
    {"empty", empty},
    {"one_after_the_other", one_after_the_other},
    {"for_the_threader", for_the_threader},
    {"from_within", from_within},
    {"drawn", drawn},
    {NULL, NULL},
};
