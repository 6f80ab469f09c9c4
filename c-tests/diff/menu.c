/* mail_fetchfrom and mail_fetchsubject: lines of a menu. */
#include "common.h"

static void line(MAILSTREAM *stream, unsigned long number, long length)
{
    char text[600];
    memset(text, '#', sizeof text);
    show("message %lu in %ld\n", number, length);
    mail_fetchfrom(text, stream, number, length);
    show_bytes("  from", text, (unsigned long)length + 2);
    memset(text, '#', sizeof text);
    mail_fetchsubject(text, stream, number, length);
    show_bytes("  subject", text, (unsigned long)length + 2);
}

/* Of every message, in every width up to that of a terminal, and in some that are drawn. */
static void widths(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    reseed(1);
    for (unsigned long number = 1; number <= stream->nmsgs; number++) {
        for (long length = 1; length <= 80; length += 1 + (long)draw(9))
            line(stream, number, length);
        line(stream, number, 81 + (long)draw(500));
    }
    close_quietly(stream);
}

const struct test_case cases[] = {
    {"widths", widths},
    {NULL, NULL},
};
