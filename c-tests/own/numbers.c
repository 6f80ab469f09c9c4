/* Message numbers that a program holds, while another client expunges: a call by number is about the message that the
 * program means, or fails; it is never about another one. The server tells under IDLE, between our calls.
 */
#include "common.h"
#include <time.h>
#include <unistd.h>

#define COUNT 8

static struct other *other;
static MAILSTREAM *stream;
static unsigned long held[COUNT + 2]; /* which message a number means, as the program has been told */
static char copies[32]; /* where messages are copied to */

static void told(const char *name, MAILSTREAM *where, unsigned long number)
{
    if (where == stream && !strcmp(name, "expunged"))
        memmove(held + number, held + number + 1, sizeof held - (number + 1) * sizeof *held);
}

static void pause_for(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

/* Which message a header or text is of; 0 for none. */
static unsigned long which(const char *text)
{
    const char *found = text ? strstr(text, "message ") : NULL;
    return found ? strtoul(found + 8, NULL, 10) : 0;
}

static int act(unsigned long way, unsigned long number)
{
    unsigned long length, meant = held[number], got = 0;
    char sequence[24];
    BODY *body = NIL;
    ENVELOPE *envelope;
    snprintf(sequence, sizeof sequence, "%lu", number);
    switch (way) {
    case 0: got = which(mail_fetch_header(stream, number, NIL, NIL, &length, FT_PEEK)); break;
    case 1: got = which(mail_fetch_text(stream, number, NIL, &length, NIL)); break;
    case 2: got = which(mail_fetch_body(stream, number, (char *)"1", &length, FT_PEEK)); break;
    case 3:
        envelope = mail_fetch_structure(stream, number, &body, NIL);
        got = envelope ? which(envelope->subject) : 0;
        break;
    case 4: mail_setflag(stream, sequence, (char *)"\\Flagged"); return 0;
    case 5: mail_copy(stream, sequence, copies); return 0;
    case 6: mail_setflag(stream, sequence, (char *)"\\Deleted"); return 0;
    case 7: mail_elt(stream, number); mail_setflag(stream, sequence, (char *)"\\Flagged"); return 0;
    }
    check(!got || got == meant, "way %lu, number %lu: %lu in place of %lu", way, number, got, meant);
    return got != 0;
}

/* The messages that have a flag, seen afresh; a bit each. */
static unsigned long flagged(const char *box, const char *flag)
{
    unsigned long bits = 0;
    MAILSTREAM *fresh = mail_open(NIL, (char *)box, OP_SILENT);
    for (unsigned long n = 1; fresh && n <= fresh->nmsgs; n++) {
        ENVELOPE *envelope = mail_fetch_structure(fresh, n, NIL, NIL);
        mail_fetch_flags(fresh, (char *)"1:*", NIL);
        MESSAGECACHE *elt = mail_elt(fresh, n);
        if (!flag || (*flag == 'F' ? elt->flagged : elt->deleted))
            bits |= 1UL << which(envelope ? envelope->subject : NULL);
    }
    mail_close(fresh);
    return bits;
}

static void run(double pause)
{
    char command[64];
    static const char *const after[] = {"ping", "search", "status"};
    long results = 0, calls = 0;
    quiet = 1;
    callback_hook = told;
    as_we_do(500);
    mail_parameters(NIL, SET_IDLETRUST, (void *)120);
    reseed((unsigned long)(pause * 10));
    other = other_login("u1");
    snprintf(copies, sizeof copies, "NumbersCopy%d", (int)getpid());
    snprintf(command, sizeof command, "CREATE %s", copies);
    other_command(other, NULL, command);
    for (int round = 0; seconds_since_start() < 11; round++) {
        char name[32], text[160];
        snprintf(name, sizeof name, "Numbers%d-%d", (int)getpid(), round);
        other_command(other, NULL, "CREATE %s", name);
        for (int n = 1; n <= COUNT; n++) {
            snprintf(text, sizeof text, "Subject: message %d\r\n\r\nmessage %d\r\n", n, n);
            other_command(other, text, "APPEND %s", name);
            held[n] = (unsigned long)n;
        }
        char *box = strdup(spec(name));
        stream = mail_open(NIL, box, NIL);
        unsigned long way = draw(8), gone = 1 + draw(COUNT), number = 1 + draw(COUNT), how = draw(3);
        if (draw(2))
            for (unsigned long n = 1; n <= COUNT; n++) {
                unsigned long length;
                mail_uid(stream, n);
                if (draw(2))
                    mail_fetch_header(stream, n, NIL, NIL, &length, FT_PEEK);
            }
        if (how == 0)
            mail_ping(stream);
        else if (how == 1) {
            SEARCHPGM *program = mail_newsearchpgm();
            program->undeleted = 1;
            mail_search_full(stream, NIL, program, SE_FREE | SE_NOPREFETCH);
        } else
            mail_status(stream, box, SA_MESSAGES);
        pause_for(0.02);
        other_command(other, NULL, "SELECT %s", name);
        other_command(other, NULL, "STORE %lu +FLAGS.SILENT (\\Deleted)", gone);
        other_command(other, NULL, "EXPUNGE");
        pause_for(pause);
        unsigned long meant = held[number];
        int first = act(way, number);
        results += first;
        calls++;
        /* Again, with what the number means now. */
        if (way < 4 && number <= stream->nmsgs && held[number])
            act(way, number);
        if (way == 4 || way == 7 || way == 6) {
            mail_ping(stream);
            unsigned long bits = flagged(box, way == 6 ? "D" : "F");
            check(!(bits & ~(1UL << meant)), "way %lu after %s: flags of others, %lx, meant %lu, %lu is gone, number %lu", way,
                  after[how], bits, meant, gone, number);
        }
        if (way == 5) {
            unsigned long bits = flagged(spec(copies), NULL);
            check(!(bits & ~(1UL << meant)), "others were copied, %lx, meant %lu, %lu is gone", bits, meant, gone);
            snprintf(command, sizeof command, "SELECT %s", copies);
            other_command(other, NULL, command);
            other_command(other, NULL, "UID STORE 1:* +FLAGS.SILENT (\\Deleted)");
            other_command(other, NULL, "EXPUNGE");
        }
        mail_close(stream);
        stream = NIL;
        free(box);
    }
    check(results > 0, "nothing was ever read, in %ld calls", calls);
    fprintf(stderr, "%ld calls\n", calls);
    other_logout(other);
}

static void told_long_ago(void) { run(0.7); }
static void told_just_now(void) { run(0.0); }
static void being_told(void) { run(0.4); }

const struct test_case cases[] = {
    {"told_long_ago", told_long_ago}, {"told_just_now", told_just_now}, {"being_told", being_told}, {NULL, NULL},
};
