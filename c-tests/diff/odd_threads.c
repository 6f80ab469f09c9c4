/* Odd answers to SORT and THREAD.
 * fake: threads
 */
#include "common.h"

static MAILSTREAM *stream;

static void show_threads(THREADNODE *node)
{
    for (; node; node = node->branch) {
        show("(%lu", node->num);
        show_threads(node->next);
        show(")");
    }
}

static void threads_heard(MAILSTREAM *s, THREADNODE *threads)
{
    show("  heard ");
    show_threads(threads);
    show("\n");
}

static void show_list(unsigned long *list)
{
    if (!list)
        show(" NIL");
    for (; list && *list; list++)
        show(" %lu", *list);
    show("\n");
}

static void numbers_heard(MAILSTREAM *s, unsigned long *list, unsigned long size)
{
    show("  heard %lu:", size);
    show_list(list);
}

static void sort(SEARCHPGM *search, long flags)
{
    SORTPGM *program = mail_newsortpgm();
    program->function = SORTSUBJECT;
    show("sort %lx %d\n", flags, search != NIL);
    unsigned long *list = mail_sort(stream, NIL, search, program, flags | SE_FREE);
    show(" ");
    show_list(list);
    show("  nmsgs %lu unhealthy %u\n", program->nmsgs, stream->unhealthy);
    fs_give((void **)&list);
    mail_free_sortpgm(&program);
}

static void thread(const char *type, SEARCHPGM *search, long flags)
{
    char name[80];
    strcpy(name, type);
    show("thread %s %lx %d\n", type, flags, search != NIL);
    THREADNODE *threads = mail_thread(stream, name, NIL, search, flags | SE_FREE);
    show("  ");
    show_threads(threads);
    show(" unhealthy %u\n", stream->unhealthy);
    mail_free_threadnode(&threads);
}

static void mark(const char *sequence)
{
    for (unsigned long n = 1; n <= stream->nmsgs; n++)
        mail_elt(stream, n)->searched = strchr(sequence, '0' + (int)n) ? T : NIL;
}

static void server(const char *port)
{
    mail_parameters(NIL, SET_SORTRESULTS, (void *)numbers_heard);
    mail_parameters(NIL, SET_THREADRESULTS, (void *)threads_heard);
    stream = open_quietly(spec_port(port, "u1", "/notls", "INBOX"), NIL);
    static const long ways[] = {NIL, SE_UID, SE_NOLOCAL, SE_UID | SE_NOLOCAL};
    for (size_t w = 0; w < sizeof(ways) / sizeof(*ways); w++) {
        sort(mail_newsearchpgm(), ways[w]);
        mark("235");
        sort(NIL, ways[w]);
        mark("");
        sort(NIL, ways[w]);
        thread("REFERENCES", mail_newsearchpgm(), ways[w]);
        mark("235");
        thread("REFERENCES", NIL, ways[w]);
        mark("12345");
        thread("odd", NIL, ways[w]);
        mark("");
        thread("ODD", NIL, ways[w]);
    }
    show("ping %ld\n", mail_ping(stream));
    mail_close_full(stream, NIL);
}

#define SERVER(name, NAME) \
    static void name(void) { server("T_FAKE_THREADS_" #NAME); }
SERVER(plain, PLAIN)
SERVER(refuses, REFUSES)
SERVER(bad, BAD)
SERVER(no_numbers, NO_NUMBERS)
SERVER(silent, SILENT)
SERVER(empty, EMPTY)
SERVER(twice, TWICE)
SERVER(nested, NESTED)
SERVER(too_many, TOO_MANY)
SERVER(gone, GONE)
SERVER(bogus, BOGUS)

const struct test_case cases[] = {
    {"plain", plain},       {"refuses", refuses}, {"bad", bad},       {"no_numbers", no_numbers},
    {"silent", silent},     {"empty", empty},     {"twice", twice},   {"nested", nested},
    {"too_many", too_many}, {"gone", gone},       {"bogus", bogus},   {NULL, NULL},
};
