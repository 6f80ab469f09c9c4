/* What a program may not do and does (Asterisk does: streams used after their end, numbers of messages that are gone, parts that
 * a message does not have): each function with such an argument answers as for a failure, and both process and stream are as
 * good as before.
 */
#include "common.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char place[64];
static const char *step; /* the call under way, for messages */
static int lines;        /* mm_log lines of an error or a warning in it */
static int calls;

/* -- judging ------------------------------------------------------------------------------- */

static void begin_call(const char *what)
{
    step = what;
    calls++;
    errors_logged = 0;
    last_error[0] = 0;
}

/* `logs`: how many error lines there must be; less than nothing: at most so many. */
static void end_call(const char *where, int good, int logs)
{
    check(good, "%s: %s answers wrongly", where, step);
    lines = errors_logged;
    /* A server's BAD is two lines, as in c-client: its text, and that it was a protocol error. */
    if (logs < 0)
        check(lines <= -logs, "%s: %s logs %d errors, %s", where, step, lines, last_error);
    else
        check(lines == logs, "%s: %s logs %d errors instead of %d, %s", where, step, lines, logs, last_error);
}

#define FAILS(where, logs, call) (begin_call(#call), end_call(where, !(call), logs))
#define ENDS(where, logs, call) (begin_call(#call), (void)(call), end_call(where, 1, logs))
#define EMPTY(where, logs, call) (begin_call(#call), end_call(where, is_empty(call), logs))

/* c-client's texts are "" where there is none, and some NIL. */
static int is_empty(const char *text) { return !text || !*text; }

static int is_no_elt(MESSAGECACHE *elt)
{
    return elt && !elt->msgno && !elt->valid && !elt->deleted && !elt->rfc822_size;
}

static void overview(MAILSTREAM *stream, unsigned long uid, OVERVIEW *ov, unsigned long msgno)
{
    (void)stream, (void)uid, (void)ov, (void)msgno;
}

/* Of each text function the length, too. */
static int no_text(char *text, unsigned long length) { return is_empty(text) && !length; }

#define NO_TEXT(where, logs, call) (begin_call(#call), length = 77, text = (call), end_call(where, no_text(text, length), logs))

/* -- every function -------------------------------------------------------------------------- */

/* With a message number that means nothing, or a stream that is none. */
static void by_number(MAILSTREAM *s, const char *where, unsigned long n, int logs)
{
    char *text, words[8];
    unsigned long length;
    BODY *body = NIL;
    STRINGLIST *list = stringlist("Subject", NIL);
    NO_TEXT(where, logs, mail_fetch_header(s, n, NIL, NIL, &length, FT_PEEK));
    NO_TEXT(where, logs, mail_fetch_header(s, n, (char *)"1", list, &length, FT_PEEK));
    NO_TEXT(where, logs, mail_fetch_text(s, n, NIL, &length, FT_PEEK));
    NO_TEXT(where, logs, mail_fetch_text(s, n, (char *)"1", &length, FT_PEEK));
    NO_TEXT(where, logs, mail_fetch_body(s, n, (char *)"1", &length, FT_PEEK));
    NO_TEXT(where, logs, mail_fetch_body(s, n, (char *)"1", &length, NIL));
    NO_TEXT(where, logs, mail_fetch_mime(s, n, (char *)"1", &length, FT_PEEK));
    NO_TEXT(where, logs, mail_fetch_message(s, n, &length, FT_PEEK));
    FAILS(where, logs, mail_partial_text(s, n, NIL, 0, 10, FT_PEEK));
    FAILS(where, logs, mail_partial_body(s, n, (char *)"1", 0, 10, FT_PEEK));
    FAILS(where, logs, mail_fetch_structure(s, n, NIL, NIL));
    begin_call("mail_fetch_structure with a body");
    int no_env = !mail_fetch_structure(s, n, &body, NIL);
    /* Asterisk looks into it. */
    end_call(where, no_env && (!body || (body->type == TYPEMULTIPART ? body->nested.part != NIL : 1)), logs);
    FAILS(where, logs, mail_body(s, n, (unsigned char *)"1"));
    FAILS(where, logs, mail_uid(s, n));
    begin_call("mail_elt");
    end_call(where, is_no_elt(mail_elt(s, n)), logs);
    memset(words, 'x', sizeof words);
    ENDS(where, logs, mail_fetchfrom(words, s, n, 5));
    check(!words[5], "%s: no end behind five characters", where);
    ENDS(where, logs, mail_fetchsubject(words, s, n, 5));
    check(!words[5], "%s: no end behind five characters", where);
    mail_free_stringlist(&list);
}

static void by_sequence(MAILSTREAM *s, const char *where, const char *sequence, int logs)
{
    char text[64];
    snprintf(text, sizeof text, "%s", sequence);
    ENDS(where, logs, mail_fetch_fast(s, text, NIL));
    ENDS(where, logs, mail_fetch_flags(s, text, NIL));
    ENDS(where, logs, mail_fetch_overview_sequence(s, text, overview));
    ENDS(where, logs, mail_setflag(s, text, (char *)"\\Seen"));
    ENDS(where, logs, mail_clearflag(s, text, (char *)"\\Seen"));
    FAILS(where, logs, mail_copy_full(s, text, (char *)"INBOX", NIL));
    FAILS(where, logs, mail_copy_full(s, text, (char *)"INBOX", CP_MOVE));
    FAILS(where, logs, mail_sequence(s, (unsigned char *)text));
}

/* `a_stream`: the memory is one's, as the cache functions, which work on any MAILSTREAM of a program, want it. */
static void by_stream(MAILSTREAM *s, const char *where, int a_stream)
{
    int logs = -1;
    char text[64];
    unsigned long flags = 0;
    SORTPGM *order = mail_newsortpgm();
    SORTCACHE **cache;
    STRING message;
    begin_call("by numbers");
    by_number(s, where, 1, logs);
    by_sequence(s, where, "1", logs);
    ENDS(where, logs, mail_fetch_overview(s, (char *)"1", overview));
    FAILS(where, logs, mail_msgno(s, 1));
    FAILS(where, logs, mail_uid_sequence(s, (unsigned char *)"1"));
    FAILS(where, logs, mail_ping(s));
    ENDS(where, logs, mail_check(s));
    FAILS(where, logs, mail_expunge_full(s, NIL, NIL));
    FAILS(where, logs, mail_expunge_full(s, (char *)"1", EX_UID));
    FAILS(where, logs, mail_search_full(s, NIL, mail_newsearchpgm(), SE_FREE));
    FAILS(where, logs, mail_sort(s, NIL, NIL, order, NIL));
    FAILS(where, logs, mail_thread(s, (char *)"REFERENCES", NIL, NIL, NIL));
    cache = mail_sort_loadcache(s, order);
    if (cache)
        fs_give((void **)&cache);
    mail_free_sortpgm(&order);
    ENDS(where, logs, mail_gc(s, GC_ELT | GC_ENV | GC_TEXTS));
    ENDS(where, logs, mail_debug(s));
    ENDS(where, logs, mail_nodebug(s));
    ENDS(where, logs, mail_exists(s, 3));
    ENDS(where, logs, mail_recent(s, 3));
    ENDS(where, logs, mail_expunged(s, 1));
    ENDS(where, logs, mail_lock(s));
    ENDS(where, logs, mail_unlock(s));
    snprintf(text, sizeof text, "%s", "\\Seen");
    ENDS(where, logs, mail_parse_flags(s, text, &flags));
    FAILS(where, logs, mail_usable_network_stream(s, (char *)"{127.0.0.1:9}x"));
    FAILS(where, logs, mail_parameters(s, GET_IMAPEXTRAHEADERS, NIL));
    ENDS(where, logs, mail_parameters(s, GET_FETCHLOOKAHEAD, NIL));
    ENDS(where, logs, mail_parameters(s, GET_MAILBOXWATCHED, NIL));
    INIT(&message, mail_string, (void *)"x", 1);
    FAILS(where, logs, mail_append_full(s, (char *)"nowhere", NIL, NIL, &message));
    FAILS(where, logs, mail_status(s, (char *)"nowhere", SA_MESSAGES));
    FAILS(where, logs, mail_create(s, (char *)"nowhere"));
    FAILS(where, logs, mail_delete(s, (char *)"nowhere"));
    FAILS(where, logs, mail_rename(s, (char *)"nowhere", (char *)"elsewhere"));
    ENDS(where, logs, mail_list(s, NIL, (char *)"nowhere"));
    ENDS(where, logs, mail_lsub(s, NIL, (char *)"nowhere"));
    ENDS(where, logs, mail_scan(s, NIL, (char *)"nowhere", (char *)"x"));
    ENDS(where, logs, mail_valid(s, (char *)"nowhere", (char *)"do"));
    if (a_stream) {
        ENDS(where, logs, mm_cache(s, 1, CH_SIZE));
        ENDS(where, logs, mm_cache(s, 1, CH_ELT));
        ENDS(where, logs, mm_cache(s, 1, CH_MAKEELT));
        ENDS(where, logs, mm_cache(s, 1, CH_FREE));
        ENDS(where, logs, mm_cache(s, 1, CH_EXPUNGE));
        ENDS(where, logs, mm_cache(s, 0, CH_INIT));
    }
    FAILS(where, logs, imap_getquota(s, (char *)""));
    FAILS(where, logs, imap_getquotaroot(s, (char *)"INBOX"));
    FAILS(where, logs, imap_setquota(s, (char *)"", NIL));
    FAILS(where, logs, imap_getacl(s, (char *)"INBOX"));
    FAILS(where, logs, imap_myrights(s, (char *)"INBOX"));
    FAILS(where, logs, imap_listrights(s, (char *)"INBOX", (char *)"u1"));
    FAILS(where, logs, imap_setacl(s, (char *)"INBOX", (char *)"u1", (char *)"lr"));
    FAILS(where, logs, imap_deleteacl(s, (char *)"INBOX", (char *)"u1"));
    ENDS(where, logs, imap_host(s));
    begin_call("imap_cap");
    end_call(where, imap_cap(s) != NIL && !imap_cap(s)->quota, logs);
    FAILS(where, logs, mail_close_full(s, NIL));
    FAILS(where, logs, mail_close_full(s, CL_EXPUNGE));
    begin_call("mail_makehandle");
    MAILHANDLE *handle = mail_makehandle(s);
    end_call(where, !handle || !mail_stream(handle), logs);
    if (handle)
        mail_free_handle(&handle);
}

/* -- a mailbox ------------------------------------------------------------------------------- */

static MAILSTREAM *filled(void)
{
    struct other *other = other_login("u1");
    static const char *const mails[] = {"Subject: one\r\n\r\nfirst\r\n",
                                        "Subject: two\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
                                        "Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nside\r\n--b--\r\n",
                                        "Subject: three\r\n\r\nthird\r\n"};
    quiet = 1;
    snprintf(place, sizeof place, "harmless%ld", (long)getpid());
    other_command(other, NULL, "CREATE %s", place);
    for (int n = 0; n < 3; n++)
        other_command(other, mails[n], "APPEND %s", place);
    other_logout(other);
    MAILSTREAM *stream = mail_open(NIL, spec(place), NIL);
    check(stream && stream->nmsgs == 3, "not open: %s", last_error);
    if (!stream)
        exit(1);
    return stream;
}

/* Whether it still does what it should. */
static void still_good(MAILSTREAM *stream, const char *after, unsigned long count)
{
    unsigned long length;
    ENVELOPE *env;
    BODY *body = NIL;
    errors_logged = 0;
    check(mail_ping(stream) == 1, "no ping after %s", after);
    check(stream->nmsgs == count, "%lu messages after %s", stream->nmsgs, after);
    char *text = mail_fetch_body(stream, 1, (char *)"1", &length, FT_PEEK);
    check(text && !strcmp(text, "first\r\n"), "another text after %s: %s", after, text);
    env = mail_fetch_structure(stream, count, &body, NIL);
    check(env && env->subject && body, "no structure after %s", after);
    check(mail_elt(stream, 1)->msgno == 1 && mail_uid(stream, 1), "no element after %s", after);
    check(!errors_logged, "an error after %s: %s", after, last_error);
}

static void done(MAILSTREAM *stream)
{
    mail_close_full(stream, NIL);
    struct other *other = other_login("u1");
    other_command(other, NULL, "DELETE %s", place);
    other_logout(other);
    show("%d calls\n", calls);
}

static void closed(void)
{
    MAILSTREAM *stream = filled();
    MAILSTREAM *second = mail_open(NIL, spec(place), NIL);
    mail_close_full(second, NIL);
    by_stream(second, "closed", 1);
    still_good(stream, "use of a closed stream", 3);
    done(stream);
}

static void none(void)
{
    MAILSTREAM *stream = filled();
    by_stream(NIL, "NIL", 1);
    still_good(stream, "use of NIL", 3);
    done(stream);
}

/* Memory that never was a stream. */
static void invented(void)
{
    static char memory[sizeof(MAILSTREAM)];
    memset(memory, 0x55, sizeof memory);
    MAILSTREAM *stream = filled();
    by_stream((MAILSTREAM *)memory, "no stream", 0);
    still_good(stream, "use of what is no stream", 3);
    done(stream);
}

static void numbers(void)
{
    static const unsigned long wrong[] = {0, 4, 5, 1000, 0x7fffffff, 0x80000000, 0xffffffff, (unsigned long)-1, (unsigned long)-3};
    MAILSTREAM *stream = filled();
    for (unsigned n = 0; n < sizeof wrong / sizeof *wrong; n++) {
        char where[64], text[64];
        snprintf(where, sizeof where, "message %lu of 3", wrong[n]);
        by_number(stream, where, wrong[n], 1);
        snprintf(text, sizeof text, "%lu", wrong[n]);
        by_sequence(stream, where, text, -2);
        still_good(stream, where, 3);
    }
    by_sequence(stream, "nonsense", "1,,2", 1);
    by_sequence(stream, "nonsense", "x", 1);
    by_sequence(stream, "nonsense", "1:4", -2);
    /* No messages at all are a sequence to mail_sequence, as in c-client. */
    ENDS("nothing", -2, mail_setflag(stream, (char *)"", (char *)"\\Seen"));
    FAILS("nothing", -2, mail_copy_full(stream, (char *)"", (char *)"INBOX", NIL));
    FAILS("no such UID", 0, mail_msgno(stream, 0));
    FAILS("no such UID", 0, mail_msgno(stream, 99));
    FAILS("no such UID", 0, mail_msgno(stream, (unsigned long)-1));
    still_good(stream, "no such UIDs", 3);
    done(stream);
}

/* The last message is expunged; its number, element, envelope and structure are still used. */
static void expunged(void)
{
    MAILSTREAM *stream = filled();
    BODY *body = NIL;
    ENVELOPE *env = mail_fetch_structure(stream, 3, &body, NIL);
    MESSAGECACHE *elt = mail_elt(stream, 3);
    check(env && body && elt->msgno == 3, "no message 3");
    mail_setflag(stream, (char *)"3", (char *)"\\Deleted");
    mail_expunge(stream);
    check(stream->nmsgs == 2, "%lu messages", stream->nmsgs);
    by_number(stream, "expunged", 3, 1);
    by_sequence(stream, "expunged", "3", -2);
    (void)(elt->deleted + !env->subject + body->type);
    still_good(stream, "use of an expunged message", 2);
    done(stream);
}

static void parts(void)
{
    static const char *const wrong[] = {"9", "1.7", "2.9", "2.1.1.1", ".", "1.", ".1", "x", "1x", "-1", "1.HEADER", "TEXT", " 1",
                                        "99999999999999999999", "1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1", "\"", "1]", "{5}", "\r\n"};
    char longest[5000], digits[3000], where[64], *text;
    unsigned long length;
    MAILSTREAM *stream = filled();
    memset(digits, '1', sizeof digits);
    digits[sizeof digits - 1] = 0;
    for (unsigned n = 0; n < sizeof longest - 1; n++)
        longest[n] = n % 2 ? '.' : '1';
    longest[sizeof longest - 2] = 0;
    for (unsigned n = 0; n < sizeof wrong / sizeof *wrong + 2; n++) {
        char section[5000];
        const unsigned count = sizeof wrong / sizeof *wrong;
        strcpy(section, n < count ? wrong[n] : n == count ? longest : digits);
        snprintf(where, sizeof where, "part %.20s of 2", section);
        NO_TEXT(where, -1, mail_fetch_body(stream, 2, section, &length, FT_PEEK));
        NO_TEXT(where, -1, mail_fetch_mime(stream, 2, section, &length, FT_PEEK));
        NO_TEXT(where, -1, mail_fetch_text(stream, 2, section, &length, FT_PEEK));
        NO_TEXT(where, -1, mail_fetch_header(stream, 2, section, NIL, &length, FT_PEEK));
        FAILS(where, -1, mail_partial_body(stream, 2, section, 0, 5, FT_PEEK));
        FAILS(where, -1, mail_partial_text(stream, 2, section, 0, 5, FT_PEEK));
        FAILS(where, -1, mail_body(stream, 2, (unsigned char *)section));
        still_good(stream, where, 3);
    }
    /* Nothing at all is the message as a whole to some, and no part to others. */
    ENDS("no part", -1, mail_fetch_body(stream, 2, (char *)"", &length, FT_PEEK));
    ENDS("no part", -1, mail_fetch_body(stream, 2, NIL, &length, FT_PEEK));
    ENDS("no part", -1, mail_fetch_mime(stream, 2, (char *)"", &length, FT_PEEK));
    ENDS("no part", -1, mail_fetch_mime(stream, 2, NIL, &length, FT_PEEK));
    ENDS("no part", -1, mail_body(stream, 2, (unsigned char *)""));
    ENDS("no part", -1, mail_partial_body(stream, 2, (char *)"", 0, 5, FT_PEEK));
    still_good(stream, "no part", 3);
    done(stream);
}

/* A connection that is gone for good: what fails fails for that, and not for something that the server cannot do. */
static void gone(void)
{
    struct stat status;
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    quiet = 1;
    for (int fd = 3; fd < 64; fd++)
        if (!fstat(fd, &status) && S_ISSOCK(status.st_mode))
            shutdown(fd, SHUT_RDWR);
    check(!mail_ping(stream), "ping on a connection that was cut");
    FAILS("gone", 1, mail_expunge_full(stream, (char *)"1", EX_UID));
    check(strstr(last_error, "CLOSED") != NULL, "UID EXPUNGE: %s", last_error);
    FAILS("gone", 1, imap_getquotaroot(stream, (char *)"INBOX"));
    check(strstr(last_error, "CLOSED") != NULL, "GETQUOTAROOT: %s", last_error);
    FAILS("gone", 1, imap_getacl(stream, (char *)"INBOX"));
    mail_close(stream);
}

const struct test_case cases[] = {
    {"closed", closed},   {"none", none},         {"invented", invented}, {"numbers", numbers},
    {"expunged", expunged}, {"parts", parts}, {"gone", gone}, {NULL, NULL},
};
