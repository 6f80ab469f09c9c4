/* mail_sort and its helpers, on the server and without it. */
#include "drawn_mail.h"

static MAILSTREAM *stream;

static const char *names[] = {"DATE", "ARRIVAL", "FROM", "SUBJECT", "TO", "CC", "SIZE"};

static SORTPGM *by(int function, int reverse, SORTPGM *next)
{
    SORTPGM *program = mail_newsortpgm();
    program->function = (short)function;
    program->reverse = reverse ? T : NIL;
    program->next = next;
    return program;
}

static void show_program(SORTPGM *program)
{
    for (; program; program = program->next)
        show(" %s%s", program->reverse ? "REVERSE " : "", names[program->function]);
}

static void show_list(unsigned long *list)
{
    if (!list)
        show(" NIL");
    for (; list && *list; list++)
        show(" %lu", *list);
    show("\n");
}

static void give_list(unsigned long *list)
{
    show_list(list);
    fs_give((void **)&list);
}

static void show_sort_caches(void)
{
    mailcache_t manager = (mailcache_t)mail_parameters(NIL, GET_CACHE, NIL);
    for (unsigned long n = 1; n <= stream->nmsgs; n++) {
        SORTCACHE *s = manager(stream, n, CH_SORTCACHE);
        show("    %lu date %lu arrival %lu size %lu refwd %u sorted %u dirty %u\n", s->num, s->date, s->arrival, s->size,
             s->refwd, s->sorted, s->dirty);
        show_string("      from", s->from);
        show_string("      to", s->to);
        show_string("      cc", s->cc);
        show_string("      subject", s->subject);
    }
}

static void run_sort(SORTPGM *program, SEARCHPGM *search, long flags)
{
    show("%lx", flags);
    show_program(program);
    show(":");
    unsigned long *list = mail_sort(stream, NIL, search, program, flags & ~SO_FREE);
    give_list(list);
    show("  nmsgs %lu cached %lu sorted %lu postsorted %lu\n", program->nmsgs, program->progress.cached,
         program->progress.sorted, program->progress.postsorted);
    mail_free_sortpgm(&program);
}

static SEARCHPGM *flagged(void)
{
    SEARCHPGM *program = mail_newsearchpgm();
    program->flagged = 1;
    return program;
}

static void heard(MAILSTREAM *s, unsigned long *list, unsigned long size)
{
    show("  heard%s %lu:", s == stream ? "" : " of another stream", size);
    show_list(list);
}

static void every_criterion(long options)
{
    for (int function = SORTDATE; function <= SORTSIZE; function++)
        for (int way = 0; way < 8; way++) {
            long flags = options | (way & 1 ? SE_UID : NIL) | (way & 2 ? SE_NOSERVER : NIL);
            run_sort(by(function, way & 4, NIL), mail_newsearchpgm(), flags | SE_FREE);
            run_sort(by(function, way & 4, NIL), NIL, flags);
        }
}

static void every_pair(void)
{
    for (int one = SORTDATE; one <= SORTSIZE; one++)
        for (int two = SORTDATE; two <= SORTSIZE; two++)
            for (int way = 0; way < 2; way++)
                run_sort(by(one, draw(2), by(two, draw(2), draw(2) ? NIL : by(draw(7), draw(2), NIL))), flagged(),
                         SE_FREE | (way ? SE_NOSERVER : NIL));
}

static void inbox(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    every_criterion(NIL);
    show_sort_caches();
    every_pair();
    close_quietly(stream);
}

static void empty(void)
{
    stream = open_quietly(spec("Empty"), NIL);
    every_criterion(NIL);
    SORTPGM *program = by(SORTDATE, 0, NIL);
    give_list(mail_sort_msgs(stream, NIL, NIL, program, NIL));
    mail_free_sortpgm(&program);
    close_quietly(stream);
}

static void short_cached(void)
{
    stream = open_quietly(spec("INBOX"), OP_SHORTCACHE | OP_READONLY);
    every_criterion(NIL);
    show_sort_caches();
    close_quietly(stream);
}

static void results_are_told(void)
{
    mail_parameters(NIL, SET_SORTRESULTS, (void *)heard);
    stream = open_quietly(spec("INBOX"), NIL);
    every_criterion(NIL);
    mail_free_cache(stream);
    show("%d\n", mail_parameters(NIL, GET_SORTRESULTS, NIL) == (void *)heard);
    mail_close_full(stream, NIL);
}

static void without_headers_or_local(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    every_criterion(SE_NOHDRS);
    every_criterion(SE_NOLOCAL);
    close_quietly(stream);
}

/* Turns the vector round. */
static SORTPGM *running;
static void turn(void *vector)
{
    SORTCACHE **sc = vector;
    for (unsigned long i = 0, j = running->nmsgs; i + 1 < j; i++) {
        SORTCACHE *swap = sc[i];
        sc[i] = sc[--j];
        sc[j] = swap;
    }
}

static void steps(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    running = by(SORTSIZE, 0, by(SORTFROM, 1, NIL));
    running->postsort = turn;
    give_list(mail_sort(stream, NIL, mail_newsearchpgm(), running, SE_NOSERVER | SE_FREE));
    running->postsort = NIL;
    running->nmsgs = stream->nmsgs;
    running->progress.cached = 0;
    SORTCACHE **vector = mail_sort_loadcache(stream, running);
    show("cached %lu\n", running->progress.cached);
    for (unsigned long i = 0; i < running->nmsgs; i++)
        show(" %lu", vector[i]->num);
    show("\n");
    for (unsigned long i = 1; i < running->nmsgs; i++)
        show(" %d", mail_sort_compare(&vector[i - 1], &vector[i]));
    show("\n");
    give_list(mail_sort_cache(stream, running, vector, NIL));
    give_list(mail_sort_cache(stream, running, vector, SE_UID));
    running->abort = T;
    give_list(mail_sort(stream, NIL, mail_newsearchpgm(), running, SE_NOSERVER | SE_FREE));
    fs_give((void **)&vector);
    mail_free_sortpgm(&running);
    close_quietly(stream);
}

static void programs_are_freed(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    give_list(mail_sort(stream, NIL, flagged(), by(SORTDATE, 0, by(SORTSIZE, 1, NIL)), SE_FREE | SO_FREE));
    give_list(mail_sort(stream, NIL, flagged(), by(SORTDATE, 0, by(SORTSIZE, 1, NIL)), SE_FREE | SO_FREE | SO_NOSERVER));
    SEARCHPGM *search = mail_newsearchpgm();
    search->subject = stringlist("gr\xc3\xbc", NIL);
    char utf8[] = "UTF-8", unknown[] = "X-UNKNOWN";
    SORTPGM *program = by(SORTDATE, 0, NIL);
    give_list(mail_sort(stream, utf8, search, program, NIL));
    give_list(mail_sort(stream, utf8, search, program, SO_NOSERVER));
    give_list(mail_sort(stream, unknown, search, program, NIL));
    show("%s\n", last_error);
    mail_free_searchpgm(&search);
    mail_free_sortpgm(&program);
    close_quietly(stream);
}

static void drawn(unsigned long series)
{
    char mailbox[80];
    struct other *other = other_login("u3");
    reseed(series);
    for (int box = 0; box < 4; box++) {
        sprintf(mailbox, "drawn%lu-%d", series, box);
        draw_mailbox(other, mailbox, 1 + draw(30));
        stream = open_quietly(spec_for("u3", "/notls", mailbox), draw(3) ? NIL : OP_SHORTCACHE);
        if (draw(2))
            every_criterion(NIL);
        every_pair();
        show_sort_caches();
        close_quietly(stream);
    }
    other_logout(other);
}

#define DRAWN(n) \
    static void drawn_##n(void) { drawn(n); }
DRAWN(1) DRAWN(2) DRAWN(3) DRAWN(4) DRAWN(5) DRAWN(6)

const struct test_case cases[] = {
    {"inbox", inbox},
    {"empty", empty},
    {"short_cached", short_cached},
    {"results_are_told", results_are_told},
    {"without_headers_or_local", without_headers_or_local},
    {"steps", steps},
    {"programs_are_freed", programs_are_freed},
    {"drawn_1", drawn_1},
    {"drawn_2", drawn_2},
    {"drawn_3", drawn_3},
    {"drawn_4", drawn_4},
    {"drawn_5", drawn_5},
    {"drawn_6", drawn_6},
    {NULL, NULL},
};
