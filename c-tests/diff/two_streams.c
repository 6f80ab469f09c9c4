/* Two streams of one program on the same mailbox, by turns: what one does, the other hears. */
#include "drawn.h"

#include <stdarg.h>

#define PLACE "Empty"

static MAILSTREAM *streams[2], *stream;
static int turn;
/* Messages that the other has expunged are still there, but what the server says of them depends on what it happens to
 * remember: its header fields, size and date. They are fetched only after a ping, which tells of their end. */
static int stale[2];

static void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void tell(const char *format, ...)
{
    va_list args;
    printf("-- %d: ", turn);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    puts("");
    fflush(stdout);
}

static void step(void)
{
    unsigned long number = 1 + draw(stream->nmsgs), length = 0;
    char *sequence = draw_sequence(stream->nmsgs), *flags = (char *)draw_flags(), *text;
    STRING message;
    int what = draw(11);
    if (stale[turn] && (what == 2 || what == 3 || what == 4 || what == 8)) {
        tell("ping first");
        show("  %ld\n", mail_ping(stream));
        stale[turn] = 0;
        if (number > stream->nmsgs) what = 99;
    }
    switch (what) {
    case 0: case 1: {
        long options = (draw(2) ? ST_SET : NIL) | (draw(3) ? NIL : ST_SILENT);
        tell("flag %s %s %lx", sequence, flags, options);
        mail_flag(stream, sequence, flags, options);
        break;
    }
    case 2:
        tell("structure %lu", number);
        show_envelope("  ", mail_fetch_structure(stream, number, NIL, NIL));
        break;
    case 3:
        tell("body %lu", number);
        text = mail_fetch_body(stream, number, "1", &length, draw(2) ? FT_PEEK : NIL);
        show_bytes("  text", text, length);
        break;
    case 4:
        tell("header %lu", number);
        text = mail_fetch_header(stream, number, NIL, NIL, &length, FT_PEEK);
        show_bytes("  text", text, length);
        break;
    case 5:
        tell("append %s", flags);
        text = (char *)draw_message();
        INIT(&message, mail_string, text, strlen(text));
        show("  %ld\n", mail_append_full(stream, spec(PLACE), flags, (char *)draw_internal_date(), &message));
        break;
    case 6:
        tell("copy %s", sequence);
        show("  %ld\n", mail_copy_full(stream, sequence, stream->nmsgs < 30 ? PLACE : "Work", draw(3) ? NIL : CP_MOVE));
        break;
    case 7:
        if (stream->nmsgs > 4) {
            tell("expunge");
            stale[!turn] = 1;
            show("  %ld\n", mail_expunge_full(stream, NIL, NIL));
        }
        break;
    case 8: {
        tell("search");
        SEARCHPGM *program = mail_newsearchpgm();
        program->seen = 1;
        show("  %ld\n", mail_search_full(stream, NIL, program, SE_FREE | (draw(2) ? SE_NOPREFETCH : NIL)));
        break;
    }
    default:
        tell("ping");
        show("  %ld\n", mail_ping(stream));
    }
    show_elts(stream);
}

static void turns(unsigned long start, long first, long second, unsigned long steps)
{
    reseed(start);
    struct other *other = other_login("u1");
    fill_mailbox(other, PLACE, 8);
    other_logout(other);
    streams[0] = open_quietly(spec(PLACE), first);
    streams[1] = open_quietly(spec(PLACE), second);
    for (unsigned long i = 0; i < steps; i++) {
        turn = (int)draw(2);
        stream = streams[turn];
        if (stream->nmsgs < 3) {
            char *text = (char *)draw_message();
            STRING message;
            INIT(&message, mail_string, text, strlen(text));
            tell("refill");
            show("  %ld\n", mail_append_full(stream, spec(PLACE), NIL, (char *)draw_internal_date(), &message));
            show("  %ld\n", mail_ping(stream));
        }
        if (stream->nmsgs) step();
    }
    mail_close_full(streams[0], NIL);
    show("-- the other is still there\n");
    show("  %ld\n", mail_ping(streams[1]));
    show_elts(streams[1]);
    mail_close_full(streams[1], CL_EXPUNGE);
}

static void by_turns(void) { turns(21, NIL, NIL, 200); }
static void one_short_cached(void) { turns(22, OP_SHORTCACHE, NIL, 100); }
static void one_readonly(void) { turns(23, OP_READONLY, NIL, 100); }
static void one_silent(void) { turns(24, OP_SILENT, NIL, 100); }

static void show_held(const char *label, MESSAGECACHE *elt)
{
    show("  %s msgno=%lu locks=%u valid=%d deleted=%d flagged=%d size=%lu %s\n", label, elt->msgno, elt->lockcount, elt->valid,
         elt->deleted, elt->flagged, elt->rfc822_size, elt->private.msg.env ? "envelope" : "no envelope");
}

/* An element that a program holds outlives its message, a collection of the cache, and the stream. */
static void held_elements(void)
{
    struct other *other = other_login("u1");
    MESSAGECACHE *held[3];
    stream = open_quietly(spec("Work"), NIL);
    other_command(other, NULL, "SELECT Work");
    for (unsigned long i = 0; i < 3; i++) {
        mail_fetch_structure(stream, i + 1, NIL, NIL);
        held[i] = mail_elt(stream, i + 1);
        held[i]->lockcount++;
        show_held("held", held[i]);
    }
    other_command(other, NULL, "STORE 2 +FLAGS (\\Deleted)");
    other_command(other, NULL, "STORE 3 +FLAGS (\\Flagged)");
    other_command(other, NULL, "EXPUNGE");
    show("-- expunged\n");
    show("  %ld\n", mail_ping(stream));
    for (int i = 0; i < 3; i++)
        show_held("held", held[i]);
    show("  second is %s\n", mail_elt(stream, 2) == held[2] ? "the third" : "another");
    show("-- collected\n");
    mail_gc(stream, GC_ELT | GC_ENV | GC_TEXTS);
    for (int i = 0; i < 3; i++)
        show_held("held", held[i]);
    show("  first is %s\n", mail_elt(stream, 1) == held[0] ? "the same" : "another");
    show_elts(stream);
    show("-- another mailbox\n");
    stream = mail_open(stream, spec("INBOX"), NIL);
    for (int i = 0; i < 3; i++)
        show_held("held", held[i]);
    show("-- closed\n");
    mail_close_full(stream, NIL);
    for (int i = 0; i < 3; i++) {
        show_held("held", held[i]);
        mail_free_elt(&held[i]);
        show("  %s\n", held[i] ? "left" : "free");
    }
    other_logout(other);
}

const struct test_case cases[] = {
    { "by_turns", by_turns },
    { "one_short_cached", one_short_cached },
    { "one_readonly", one_readonly },
    { "one_silent", one_silent },
    { "held_elements", held_elements },
    { NULL, NULL },
};
