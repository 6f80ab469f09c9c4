/* mail_thread and its algorithms, on the server and without it. */
#include "drawn_mail.h"

static MAILSTREAM *stream;

static void show_threads(THREADNODE *node)
{
    for (; node; node = node->branch) {
        show("(%lu", node->num);
        if (node->next) {
            show(" ");
            show_threads(node->next);
        }
        show(")");
    }
}

/* What the nodes know; not the name a message gets, which has the port in it. */
static void show_caches(THREADNODE *node)
{
    for (; node; node = node->branch) {
        if (node->sc) {
            show("    %lu date %lu refwd %u", node->sc->num, node->sc->date, node->sc->refwd);
            show_string(" subject", node->sc->subject);
        }
        show_caches(node->next);
    }
}

static void heard(MAILSTREAM *s, THREADNODE *threads)
{
    show("  heard%s ", s == stream ? "" : " of another stream");
    show_threads(threads);
    show("\n");
}

static void run_thread(const char *label, const char *type, SEARCHPGM *program, long flags)
{
    char name[80];
    strcpy(name, type);
    THREADNODE *threads = mail_thread(stream, name, NIL, program, flags);
    show("%s %s %lx: ", label, type, flags);
    show_threads(threads);
    show("\n");
    show_caches(threads);
    mail_free_threadnode(&threads);
}

static SEARCHPGM *flagged(void)
{
    SEARCHPGM *program = mail_newsearchpgm();
    program->flagged = 1;
    return program;
}

static const char *types[] = {"REFERENCES", "ORDEREDSUBJECT", "orderedsubject", "REFS", "NOSUCH"};

static void every_way(void)
{
    for (size_t t = 0; t < sizeof(types) / sizeof(*types); t++)
        for (int server = 0; server < 2; server++)
            for (int uid = 0; uid < 2; uid++) {
                long flags = (server ? NIL : SE_NOSERVER) | (uid ? SE_UID : NIL);
                run_thread("all", types[t], mail_newsearchpgm(), flags | SE_FREE);
                run_thread("found before", types[t], NIL, flags);
                run_thread("flagged", types[t], flagged(), flags | SE_FREE);
                run_thread("flagged before", types[t], NIL, flags);
            }
    run_thread("no local", "REFERENCES", flagged(), SE_NOSERVER | SE_NOLOCAL | SE_FREE);
}

static void inbox(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    every_way();
    close_quietly(stream);
}

static void empty(void)
{
    stream = open_quietly(spec("Empty"), NIL);
    every_way();
    close_quietly(stream);
}

static void read_only_and_short_cached(void)
{
    stream = open_quietly(spec("INBOX"), OP_READONLY | OP_SHORTCACHE);
    every_way();
    close_quietly(stream);
}

static void results_are_told(void)
{
    mail_parameters(NIL, SET_THREADRESULTS, (void *)heard);
    stream = open_quietly(spec("INBOX"), NIL);
    every_way();
    close_quietly(stream);
    show("%d\n", mail_parameters(NIL, GET_THREADRESULTS, NIL) == (void *)heard);
}

static void threaders(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    int count = 0;
    for (THREADER *t = mail_parameters(stream, GET_THREADERS, NIL); t; t = t->next, count++)
        show("%s\n", t->name);
    for (THREADER *t = mail_parameters(NIL, GET_THREADERS, NIL); t; t = t->next)
        show("here %s\n", t->name);
    close_quietly(stream);
}

static void after_sorting(void)
{
    /* What a sort has loaded serves the threader, and the other way round. */
    stream = open_quietly(spec("INBOX"), NIL);
    SORTPGM *program = mail_newsortpgm();
    program->function = SORTSUBJECT;
    unsigned long *list = mail_sort(stream, NIL, mail_newsearchpgm(), program, SE_FREE | SO_FREE | SE_NOSERVER);
    for (unsigned long *l = list; l && *l; l++)
        show(" %lu", *l);
    show("\n");
    fs_give((void **)&list);
    run_thread("after sort", "REFERENCES", mail_newsearchpgm(), SE_FREE | SE_NOSERVER);
    run_thread("again", "REFERENCES", mail_newsearchpgm(), SE_FREE | SE_NOSERVER);
    run_thread("once more", "ORDEREDSUBJECT", mail_newsearchpgm(), SE_FREE | SE_NOSERVER);
    close_quietly(stream);
}

static void msgs(void)
{
    char references[] = "REFERENCES", subject[] = "ORDEREDSUBJECT", none[] = "X";
    char *names[] = {references, subject, none};
    stream = open_quietly(spec("INBOX"), NIL);
    for (int n = 0; n < 3; n++) {
        SEARCHPGM *program = flagged();
        THREADNODE *threads = mail_thread_msgs(stream, names[n], NIL, program, SE_NOSERVER, mail_sort_msgs);
        show_threads(threads);
        show("\n");
        mail_free_threadnode(&threads);
        mail_free_searchpgm(&program);
    }
    close_quietly(stream);
}

static void drawn(unsigned long series)
{
    char mailbox[80];
    struct other *other = other_login("u3");
    reseed(series);
    for (int box = 0; box < 6; box++) {
        unsigned long messages = 1 + draw(30);
        sprintf(mailbox, "drawn%lu-%d", series, box);
        draw_mailbox(other, mailbox, messages);
        stream = open_quietly(spec_for("u3", "/notls", mailbox), draw(4) ? NIL : OP_SHORTCACHE);
        run_thread("here", "REFERENCES", mail_newsearchpgm(), SE_FREE | SE_NOSERVER);
        run_thread("here", "ORDEREDSUBJECT", mail_newsearchpgm(), SE_FREE | SE_NOSERVER);
        run_thread("some here", "REFERENCES", flagged(), SE_FREE | SE_NOSERVER | (draw(2) ? SE_UID : NIL));
        run_thread("some here", "ORDEREDSUBJECT", NIL, SE_NOSERVER | (draw(2) ? SE_UID : NIL));
        run_thread("there", "REFERENCES", mail_newsearchpgm(), SE_FREE | (draw(2) ? SE_UID : NIL));
        run_thread("there", "ORDEREDSUBJECT", flagged(), SE_FREE);
        close_quietly(stream);
    }
    other_logout(other);
}

#define DRAWN(n) \
    static void drawn_##n(void) { drawn(n); }
DRAWN(1) DRAWN(2) DRAWN(3) DRAWN(4) DRAWN(5) DRAWN(6) DRAWN(7) DRAWN(8)

const struct test_case cases[] = {
    {"inbox", inbox},
    {"empty", empty},
    {"read_only_and_short_cached", read_only_and_short_cached},
    {"results_are_told", results_are_told},
    {"threaders", threaders},
    {"after_sorting", after_sorting},
    {"msgs", msgs},
    {"drawn_1", drawn_1},
    {"drawn_2", drawn_2},
    {"drawn_3", drawn_3},
    {"drawn_4", drawn_4},
    {"drawn_5", drawn_5},
    {"drawn_6", drawn_6},
    {"drawn_7", drawn_7},
    {"drawn_8", drawn_8},
    {NULL, NULL},
};
