/* Messages that go while they are sorted and threaded here (fake/threads.txt, shrinks). UW uses their freed memory.
 * fake: threads
 */
#include "common.h"

static MAILSTREAM *stream;

static void begin(void)
{
    stream = open_quietly(spec_port("T_FAKE_THREADS_SHRINKS", "u1", "/notls", "INBOX"), NIL);
    check(stream->nmsgs == 5, "%lu messages before", stream->nmsgs);
}

static void end(void)
{
    check(stream->nmsgs == 3, "%lu messages after", stream->nmsgs);
    mail_close_full(stream, NIL);
}

static void sorting(void)
{
    begin();
    SORTPGM *program = mail_newsortpgm();
    program->function = SORTSUBJECT;
    unsigned long *list = mail_sort(stream, NIL, mail_newsearchpgm(), program, SE_FREE), count = 0;
    check(list != NIL, "no list");
    for (; list && list[count]; count++)
        check(list[count] <= stream->nmsgs, "message %lu is sorted", list[count]);
    check(count == program->nmsgs && count <= 3, "%lu sorted, said to be %lu", count, program->nmsgs);
    fs_give((void **)&list);
    mail_free_sortpgm(&program);
    end();
}

static void count_nodes(THREADNODE *node, unsigned long *count)
{
    for (; node; node = node->branch) {
        check(!node->sc || (node->num <= stream->nmsgs && node->sc->num == node->num), "message %lu is threaded",
              node->num);
        *count += node->num != 0;
        count_nodes(node->next, count);
    }
}

static void threading(void)
{
    begin();
    char type[] = "REFERENCES";
    unsigned long count = 0;
    THREADNODE *threads = mail_thread(stream, type, NIL, mail_newsearchpgm(), SE_FREE);
    count_nodes(threads, &count);
    check(count && count <= 3, "%lu threaded", count);
    mail_free_threadnode(&threads);
    end();
}

const struct test_case cases[] = {
    {"sorting", sorting},
    {"threading", threading},
    {NULL, NULL},
};
