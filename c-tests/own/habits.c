/* What is not waited for: flags stored one after the other, and header and structure of the next message. */
#include "common.h"

#include <unistd.h>

static char place[32]; /* a mailbox of this process alone: the cases share a server where they run under valgrind */
static struct other *other;
static MAILSTREAM *stream;
static unsigned long fetches, expunges, flagged;

static void sent(MAILSTREAM *where, char *command, long flags)
{
    (void)where, (void)flags;
    fetches += !strcmp(command, "FETCH");
    expunges += !strcmp(command, "EXPUNGE");
}

static void heard(const char *name, MAILSTREAM *where, unsigned long number)
{
    (void)where, (void)number;
    flagged += !strcmp(name, "flags");
}

/* So many messages of two parts; the server is believed for long, and asked for each thing that may have changed. */
static void begin(int messages)
{
    char text[400];
    quiet = 1;
    as_we_do(10000);
    mail_parameters(NIL, 903 /* SET_IDLETRUST */, (void *)0);
    mail_parameters(NIL, SET_SENDCOMMAND, (void *)sent);
    callback_hook = heard;
    other = other_login("u1");
    snprintf(place, sizeof place, "Habits%ld", (long)getpid());
    other_command(other, NULL, "CREATE %s", place);
    for (int n = 1; n <= messages; n++) {
        snprintf(text, sizeof text,
                 "From: a%d@example.org\r\nSubject: number %d\r\nMIME-Version: 1.0\r\n"
                 "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=x%d\r\n\r\n"
                 "One.\r\n--b\r\nContent-Type: text/plain\r\n\r\nTwo of %d.\r\n--b--\r\n", n, n, n, n);
        other_command(other, text, "APPEND %s", place);
    }
    other_command(other, NULL, "SELECT %s", place);
    stream = mail_open(NIL, spec(place), NIL);
}

static void end(void)
{
    mail_close_full(stream, NIL);
    other_logout(other);
}

/* -- flags --------------------------------------------------------------------------------- */

static void series(void)
{
    char number[8];
    begin(8);
    mail_fetch_flags(stream, (char *)"1:*", 0);
    /* Nobody waits about messages whose element nobody has. */
    flagged = 0;
    mail_setflag(stream, (char *)"8", (char *)"\\Draft");
    check(!flagged, "%lu told before anybody looks", flagged);
    for (int n = 1; n <= 8; n++)
        check(mail_elt(stream, n)->draft == (n == 8), "draft, message %d", n);
    flagged = 0;
    for (int n = 1; n <= 6; n++) {
        sprintf(number, "%d", n);
        mail_setflag(stream, number, (char *)"\\Flagged");
    }
    check(flagged == 1, "%lu told before anybody looks", flagged);
    for (int n = 1; n <= 8; n++)
        check(mail_elt(stream, n)->flagged == (n <= 6), "message %d", n);
    check(flagged == 6, "%lu told", flagged);
    /* By UID, which is turned into a number, and silently: what is known of flags then is asked for. */
    for (int n = 1; n <= 4; n++) {
        sprintf(number, "%lu", mail_uid(stream, n));
        mail_clearflag_full(stream, number, (char *)"\\Flagged", ST_UID | ST_SILENT);
    }
    SEARCHPGM *program = mail_newsearchpgm();
    program->flagged = 1;
    mail_search_full(stream, NIL, program, SE_FREE);
    for (int n = 1; n <= 8; n++)
        check(mail_elt(stream, n)->searched == (n == 5 || n == 6), "search, message %d", n);
    /* An element that was asked for in between is up to date each time. */
    for (int n = 1; n <= 8; n++) {
        MESSAGECACHE *elt = mail_elt(stream, n);
        sprintf(number, "%d", n);
        mail_setflag(stream, number, (char *)"\\Answered");
        check(elt->answered, "message %d, looked at before", n);
    }
    end();
}

/* What went wrong is told with the next call. */
static void failures(void)
{
    begin(3);
    mail_close_full(stream, NIL);
    stream = mail_open(NIL, spec(place), OP_READONLY);
    errors_logged = 0;
    mail_setflag(stream, (char *)"1", (char *)"\\Flagged");
    int first = errors_logged;
    mail_setflag(stream, (char *)"2", (char *)"\\Flagged");
    mail_setflag(stream, (char *)"3", (char *)"\\Flagged");
    mail_ping(stream);
    check(first ? errors_logged == 3 * first : !errors_logged, "%d errors, %d of the first", errors_logged, first);
    mail_close_full(stream, NIL);
    /* The mailbox is gone for good between two of them. */
    stream = mail_open(NIL, spec(place), NIL);
    mail_setflag(stream, (char *)"1", (char *)"\\Flagged");
    other_command(other, NULL, "STORE 1:* +FLAGS (\\Deleted)");
    other_command(other, NULL, "EXPUNGE");
    mail_setflag(stream, (char *)"2", (char *)"\\Answered");
    mail_setflag(stream, (char *)"3", (char *)"\\Answered");
    mail_ping(stream);
    check(!stream->nmsgs, "%lu messages", stream->nmsgs);
    end();
}

static void many(void)
{
    char number[8];
    begin(12);
    for (int n = 0; n < 400; n++) {
        sprintf(number, "%d", n % 12 + 1);
        if (n % 24 < 12)
            mail_setflag(stream, number, (char *)"\\Flagged");
        else
            mail_clearflag(stream, number, (char *)"\\Flagged");
    }
    for (int n = 1; n <= 12; n++)
        check(mail_elt(stream, n)->flagged == (n > 4), "message %d", n);
    end();
}

static void nothing_to_expunge(void)
{
    begin(3);
    SEARCHPGM *program = mail_newsearchpgm();
    program->deleted = 1;
    mail_search_full(stream, NIL, program, SE_FREE);
    mail_ping(stream);
    check(mail_expunge(stream) && !expunges, "asked in vain");
    mail_setflag(stream, (char *)"2", (char *)"\\Deleted");
    mail_setflag(stream, (char *)"3", (char *)"\\Deleted");
    check(mail_expunge(stream) && expunges == 1 && stream->nmsgs == 1, "our own, %lu left", stream->nmsgs);
    check(mail_expunge(stream) && expunges == 1, "asked once more");
    other_command(other, NULL, "NOOP");
    other_command(other, NULL, "STORE 1 +FLAGS (\\Deleted)");
    mail_ping(stream);
    check(mail_expunge(stream) && expunges == 2 && !stream->nmsgs, "another's, %lu left", stream->nmsgs);
    end();
}

/* -- messages ------------------------------------------------------------------------------ */

static void look(MAILSTREAM *where, unsigned long number, int peek, char *into)
{
    BODY *body = NULL;
    unsigned long length;
    into += sprintf(into, "%s", mail_fetchheader(where, number));
    ENVELOPE *env = mail_fetchstructure(where, number, &body);
    MESSAGECACHE *elt = mail_elt(where, number);
    into += sprintf(into, "%s %s %lu %lu %d%d%d%d ", env->subject, body->nested.part->body.parameter->value,
                    elt->rfc822_size, mail_uid(where, number), elt->seen, elt->deleted, elt->flagged, elt->day);
    sprintf(into, "%s", mail_fetch_body(where, number, (char *)"2", &length, peek ? FT_PEEK : 0));
}

/* One after the other, as Asterisk plays them, while another client is at work: as a fresh connection has it. */
static void playing(void)
{
    char ours[2000], fresh[2000];
    reseed(1);
    begin(30);
    unsigned long number = 1, steps = 0, asked = fetches;
    for (; stream->nmsgs > 3 && steps < enough(60); steps++) {
        unsigned long victim = 1 + draw(stream->nmsgs);
        other_command(other, NULL, "NOOP");
        switch (draw(6)) {
        case 0: other_command(other, NULL, "STORE %lu +FLAGS (\\Flagged)", victim); break;
        case 1: other_command(other, NULL, "STORE %lu -FLAGS (\\Flagged \\Seen)", number <= stream->nmsgs ? number : 1); break;
        case 2:
            other_command(other, NULL, "STORE %lu +FLAGS (\\Deleted)", victim);
            other_command(other, NULL, "EXPUNGE");
            break;
        default: break;
        }
        mail_ping(stream);
        if (!draw(8))
            number = 1 + draw(stream->nmsgs);
        else if (number > stream->nmsgs)
            number = 1;
        stream = mail_open(stream, spec(place), NIL);
        MAILSTREAM *second = mail_open(NIL, spec(place), NIL);
        unsigned long before = fetches;
        look(second, number, 1, fresh);
        asked += fetches - before;
        look(stream, number, 0, ours);
        mail_close_full(second, NIL);
        check(!strcmp(ours, fresh), "message %lu: %s\nfresh: %s", number, ours, fresh);
        number++;
    }
    check(fetches - asked < 3 * steps, "%lu FETCHes in %lu steps", fetches - asked, steps);
    end();
}

/* Nobody's \Seen is set before it is read. */
static void unseen(void)
{
    char text[2000];
    begin(4);
    for (unsigned long number = 1; number <= 2; number++) {
        stream = mail_open(stream, spec(place), NIL);
        look(stream, number, 0, text);
        MAILSTREAM *second = mail_open(NIL, spec(place), NIL);
        mail_fetch_flags(second, (char *)"1:*", 0);
        for (unsigned long n = 1; n <= 4; n++)
            check(mail_elt(second, n)->seen == (n <= number), "message %lu after %lu", n, number);
        mail_close_full(second, NIL);
    }
    end();
}

/* The UIDs of many messages whose envelopes are read come along, those with gaps between them, too; and whatever another
 * client does at the time, no message gets that of another. */
static void walking(void)
{
    char text[64];
    begin(60);
    mail_close_full(stream, NIL);
    reseed(60);
    for (int round = 0; round < 5; round++) {
        for (int n = 0; n < 3; n++)
            other_command(other, NULL, "STORE %lu +FLAGS.SILENT (\\Deleted)", 1 + draw(40));
        other_command(other, NULL, "EXPUNGE");
        stream = mail_open(NIL, spec(place), NIL);
        unsigned long all = stream->nmsgs, moment = draw(all);
        fetches = 0;
        for (unsigned long n = 1; n <= stream->nmsgs; n++) {
            check(mail_fetchenvelope(stream, n) != NIL, "no envelope of %lu", n);
            if (round % 2 && n == moment) {
                other_command(other, NULL, "STORE %lu +FLAGS.SILENT (\\Deleted)", 1 + draw(30));
                other_command(other, NULL, "EXPUNGE");
            }
        }
        for (unsigned long n = 1; n <= stream->nmsgs; n++) {
            ENVELOPE *env = mail_fetchenvelope(stream, n);
            /* The first message of a mailbox has UID 1 and is number 1 in its subject, and so on. */
            snprintf(text, sizeof text, "number %lu", mail_uid(stream, n));
            check(env && !strcmp(env->subject, text), "message %lu: %s, %s", n, text, env ? env->subject : "nothing");
        }
        check(round % 2 || fetches <= 3, "%lu FETCHes for %lu messages", fetches, all);
        mail_close_full(stream, NIL);
    }
    stream = mail_open(NIL, spec(place), NIL);
    end();
}

const struct test_case cases[] = {
    {"series", series}, {"failures", failures}, {"many", many}, {"nothing_to_expunge", nothing_to_expunge},
    {"playing", playing}, {"unseen", unseen}, {"walking", walking}, {NULL, NULL},
};
