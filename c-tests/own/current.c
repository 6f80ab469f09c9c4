/* What the library keeps of a mailbox is what a fresh connection finds, whatever another client does meanwhile: appends,
 * flags, expunges, the mailbox made anew, the connection cut, in drawn order. Where the library is set to believe what it
 * has heard, other clients' changes may take a moment; our own never do.
 */
#include "common.h"
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MOST 40
#define LINES 4096
#define LONGEST 8.0  /* seconds until no new step is begun */
#define PATIENCE 5.0 /* seconds until a server must have told */

static struct other *other;
static char mailbox[64], *box; /* the name on the server, and the whole name */
static MAILSTREAM *stream;
static int others[64]; /* descriptors that are not the stream's */

/* A mailbox of this process alone: not every server is begun anew for each. */
static void begin_mailbox(const char *name)
{
    const char *prefix = getenv("T_PREFIX");
    snprintf(mailbox, sizeof mailbox, "%s%s%ld", prefix ? prefix : "", name, (long)getpid());
    other_command(other, NULL, "CREATE %s", mailbox);
    box = strdup(spec(mailbox));
}

/* -- what is compared ---------------------------------------------------------------------- */

static char *into; /* where hits are written */
static MAILSTREAM *searching;
static unsigned long unseen, next_uid;

static void note(const char *format, unsigned long number)
{
    sprintf(into + strlen(into), format, number);
}

static void heard(const char *name, MAILSTREAM *where, unsigned long number)
{
    if (into && where == searching && !strcmp(name, "searched"))
        note(" %lu", mail_uid(where, number));
}

static void find(MAILSTREAM *where, const char *extension, const char *criteria)
{
    char text[] = "                                        ";
    SEARCHPGM *program = mail_criteria(strcpy(text, criteria));
    if (extension)
        program->header = mail_newsearchheader((char *)"X-Asterisk-VM-Extension", (char *)extension);
    note("\n  ", 0);
    strcat(into, criteria);
    strcat(into, extension ? extension : "");
    strcat(into, ":");
    searching = where;
    mail_search_full(where, NIL, program, SE_FREE | SE_NOPREFETCH);
    searching = NIL;
}

/* Everything that the library may have kept; in an order that differs from call to call, but for the text. */
static void describe(MAILSTREAM *where, char *text)
{
    static const struct { const char *extension, *criteria; } searches[] = {
        {"100", "UNSEEN UNDELETED UNFLAGGED"}, {"100", "SEEN UNDELETED"}, {"100", "UNSEEN UNDELETED FLAGGED"},
        {"200", "UNSEEN UNDELETED"}, {NIL, "DELETED"}, {NIL, "ANSWERED"},
    };
    enum { COUNT = sizeof searches / sizeof *searches };
    char found[COUNT][LINES];
    unsigned long first = draw(COUNT);
    sprintf(text, "nmsgs %lu validity %lu", where->nmsgs, where->uid_validity);
    unseen = next_uid = 0;
    if (!mail_status(where, box, SA_UIDNEXT | SA_MESSAGES))
        strcat(text, " no status");
    for (int n = 0; n < COUNT; n++) {
        int which = (first + n) % COUNT;
        into = found[which];
        *into = 0;
        find(where, searches[which].extension, searches[which].criteria);
        into = NIL;
    }
    for (int n = 0; n < COUNT; n++)
        strcat(text, found[n]);
    strcat(text, "\n  all:");
    for (unsigned long n = 1; n <= where->nmsgs; n++)
        sprintf(text + strlen(text), " %lu", mail_uid(where, n));
}

/* Whether the stream, opened anew, is as a fresh one, at the latest after `patience` seconds. */
static void compare(const char *after, double patience)
{
    char ours[LINES * 8], fresh[LINES * 8];
    struct timespec moment = {0, 50 * 1000 * 1000};
    double until = seconds_since_start() + patience;
    for (;;) {
        stream = mail_open(stream, box, NIL);
        if (!stream) {
            check(0, "mail_open after %s", after);
            exit(1);
        }
        describe(stream, ours);
        MAILSTREAM *second = mail_open(NIL, box, NIL);
        describe(second, fresh);
        mail_close_full(second, NIL);
        if (!strcmp(ours, fresh))
            return;
        if (seconds_since_start() > until) {
            check(0, "after %s:\nkept  %s\nfresh %s", after, ours, fresh);
            exit(1);
        }
        nanosleep(&moment, NULL);
    }
}

/* -- what happens -------------------------------------------------------------------------- */

static const char *const flags[] = {"\\Seen", "\\Deleted", "\\Flagged", "\\Answered", "\\Draft", "$Label1"};
static const char *flag(void) { return flags[draw(6)]; }

static char *letter(void)
{
    static char text[256];
    static int count;
    snprintf(text, sizeof text, "Subject: number %d\r\n%s%s\r\nText.\r\n", ++count,
             draw(3) ? "X-Asterisk-VM-Extension: 100\r\n" : "", draw(4) ? "" : "X-Asterisk-VM-Extension: 200\r\n");
    return text;
}

static void other_appends(void)
{
    char *text = letter();
    char flag_list[64] = "";
    if (draw(2))
        snprintf(flag_list, sizeof flag_list, " (%s)", flag());
    other_command(other, text, "APPEND %s%s", mailbox, flag_list);
}

static void other_flags(void)
{
    if (stream->nmsgs)
        other_command(other, NULL, "UID STORE %lu %sFLAGS (%s)", mail_uid(stream, 1 + draw(stream->nmsgs)),
                      draw(3) ? "+" : "-", flag());
}

static void other_expunges(void)
{
    other_command(other, NULL, "EXPUNGE");
}

static void other_waits(void)
{
    other_command(other, NULL, "NOOP");
}

static void we_append(void)
{
    STRING text;
    char *mail = letter();
    INIT(&text, mail_string, mail, strlen(mail));
    mail_append_full(stream, box, (char *)(draw(2) ? flag() : NIL), NIL, &text);
}

static char *some(void)
{
    static char text[32];
    unsigned long first = 1 + draw(stream->nmsgs);
    snprintf(text, sizeof text, "%lu:%lu", first, first + draw(stream->nmsgs - first + 1));
    return text;
}

static void we_flag(void)
{
    for (unsigned long times = 1 + draw(3); stream->nmsgs && times; times--) {
        long options = draw(4) ? 0 : ST_SILENT;
        if (draw(3))
            mail_setflag_full(stream, some(), (char *)flag(), options);
        else
            mail_clearflag_full(stream, some(), (char *)flag(), options);
    }
}

static void we_flag_by_uid(void)
{
    char uid[24];
    for (unsigned long times = 1 + draw(4); stream->nmsgs && times; times--) {
        snprintf(uid, sizeof uid, "%lu", mail_uid(stream, 1 + draw(stream->nmsgs)));
        mail_setflag_full(stream, uid, (char *)flag(), ST_UID);
    }
}

static void we_expunge(void) { mail_expunge(stream); }

static void we_read(void)
{
    unsigned long length, first = 1, count = stream->nmsgs ? 1 + draw(4) : 0;
    if (stream->nmsgs)
        first = 1 + draw(stream->nmsgs);
    for (unsigned long n = first; n < first + count && n <= stream->nmsgs; n++) {
        BODY *body;
        mail_fetchheader(stream, n);
        mail_fetchstructure(stream, n, &body);
        mail_fetchbody(stream, n, (char *)"1", &length);
    }
}

static void we_ping(void) { mail_ping(stream); }

static void we_copy(void)
{
    if (stream->nmsgs && stream->nmsgs < MOST)
        mail_copy(stream, some(), mailbox);
}

static void cut(void)
{
    struct stat status;
    for (int fd = 3; fd < 64; fd++)
        if (!others[fd] && !fstat(fd, &status) && S_ISSOCK(status.st_mode))
            shutdown(fd, SHUT_RDWR);
}

static const struct { const char *name; void (*act)(void); unsigned weight; int ours; } acts[] = {
    {"an append by another", other_appends, 6, 0}, {"flags by another", other_flags, 8, 0},
    {"an expunge by another", other_expunges, 3, 0},
    {"nothing", other_waits, 2, 0}, {"a cut", cut, 1, 0},
    {"our append", we_append, 4, 1}, {"our flags", we_flag, 6, 1}, {"our flags by UID", we_flag_by_uid, 5, 1},
    {"our expunge", we_expunge, 3, 1}, {"our reading", we_read, 4, 1}, {"our ping", we_ping, 3, 0}, {"our copy", we_copy, 2, 1},
};

static void run(long freshness, long idle, long condstore, int asks_always, unsigned long steps)
{
    unsigned long all = 0;
    int settled = 1; /* nothing that another client has done is still on its way */
    struct stat status;
    as_we_do(freshness);
    mail_parameters(NIL, 903 /* SET_IDLETRUST */, (void *)idle);
    mail_parameters(NIL, 911 /* SET_CONDSTORE */, (void *)condstore);
    quiet = 1;
    callback_hook = heard;
    other = other_login("u1");
    begin_mailbox("Fresh");
    other_command(other, NULL, "SELECT %s", mailbox);
    for (int fd = 0; fd < 64; fd++)
        others[fd] = !fstat(fd, &status);
    stream = mail_open(NIL, box, NIL);
    for (size_t n = 0; n < sizeof acts / sizeof *acts; n++)
        all += acts[n].weight;
    reseed(freshness + idle + condstore);
    for (unsigned long step = 0; step < steps && seconds_since_start() < LONGEST; step++) {
        unsigned long which = draw(all), n = 0;
        while (which >= acts[n].weight)
            which -= acts[n++].weight;
        if (stream->nmsgs >= MOST && (acts[n].act == other_appends || acts[n].act == we_append))
            continue;
        acts[n].act();
        if (acts[n].ours && settled)
            compare(acts[n].name, 0);
        else if (!asks_always || draw(3))
            /* Who asks always believes what he has heard for a millisecond. */
            compare(acts[n].name, asks_always ? 2.0 : PATIENCE);
        else {
            settled = 0;
            continue;
        }
        settled = 1;
    }
    mail_close_full(stream, NIL);
    other_logout(other);
    free(box);
}

static void asking(void) { run(1, 0, 1, 1, enough(250)); }
static void believing(void) { run(500, 0, 1, 0, enough(60)); }
static void idling(void) { run(1, 120, 1, 0, enough(60)); }
static void both(void) { run(500, 120, 1, 0, enough(60)); }
/* The same without CONDSTORE. */
static void plain_asking(void) { run(1, 0, 0, 1, enough(250)); }
static void plain_believing(void) { run(500, 0, 0, 0, enough(60)); }
static void plain_idling(void) { run(1, 120, 0, 0, enough(60)); }
static void plain_both(void) { run(500, 120, 0, 0, enough(60)); }

/* A mailbox that is deleted and made anew while the stream has it open. Each time another one: Dovecot's own index of a
 * mailbox does not survive this more than once. */
static void made_anew(long freshness, long idle, int cut_before)
{
    as_we_do(freshness);
    mail_parameters(NIL, 903 /* SET_IDLETRUST */, (void *)idle);
    quiet = 1;
    callback_hook = heard;
    other = other_login("u1");
    struct stat status;
    for (int fd = 0; fd < 64; fd++)
        others[fd] = !fstat(fd, &status);
    for (int round = 0; round < 4; round++) {
        char name[24];
        snprintf(name, sizeof name, "Anew%d", round);
        begin_mailbox(name);
        other_command(other, letter(), "APPEND %s", mailbox);
        other_command(other, letter(), "APPEND %s (\\Seen)", mailbox);
        stream = mail_open(NIL, box, NIL);
        compare("the beginning", 0);
        if (round % 2)
            mail_ping(stream);
        if (cut_before)
            cut();
        other_command(other, NULL, "DELETE %s", mailbox);
        other_command(other, NULL, "CREATE %s", mailbox);
        other_command(other, letter(), "APPEND %s (\\Flagged)", mailbox);
        if (cut_before)
            other_command(other, letter(), "APPEND %s", mailbox);
        compare("another mailbox under this name", PATIENCE);
        mail_close_full(stream, NIL);
        free(box);
    }
    other_logout(other);
}

static void anew_asking(void) { made_anew(1, 0, 0); }
/* Cyrus under IDLE says nothing of it: until the library asks. */
static void anew_believing(void) { made_anew(500, 2, 0); }
/* The connection is lost meanwhile, and there are as many messages as before. */
static void anew_after_cut(void) { made_anew(1, 0, 1); }

/* -- what outlives a connection ------------------------------------------------------------- */

static unsigned long asked_searches, asked_fetches;

static void sent(MAILSTREAM *where, char *command, long options)
{
    (void)where, (void)options;
    asked_searches += !strcmp(command, "SEARCH");
    asked_fetches += !strcmp(command, "FETCH");
}

static void counted(const char *after, unsigned long searches, unsigned long fetches)
{
    char text[LINES * 8];
    mail_parameters(NIL, SET_SENDCOMMAND, (void *)sent);
    asked_searches = asked_fetches = 0;
    stream = mail_open(stream, box, NIL);
    if (stream)
        describe(stream, text);
    mail_parameters(NIL, SET_SENDCOMMAND, NIL);
    check(stream && asked_searches <= searches && asked_fetches <= fetches && asked_fetches + asked_searches >= fetches,
          "after %s: %lu SEARCHes of %lu, %lu FETCHes of %lu", after, asked_searches, searches, asked_fetches, fetches);
    if (!stream)
        exit(1);
    compare(after, 0);
}

/* Of a mailbox that nobody has touched nothing is asked again after the connection was lost; of one where flags were
 * changed, which ones. */
static void after_cut(void)
{
    struct stat status;
    as_we_do(5000);
    mail_parameters(NIL, 903 /* SET_IDLETRUST */, (void *)0);
    quiet = 1;
    callback_hook = heard;
    other = other_login("u1");
    begin_mailbox("Cut");
    for (int n = 0; n < 8; n++)
        other_command(other, letter(), "APPEND %s%s", mailbox, n % 3 ? "" : " (\\Seen)");
    other_command(other, NULL, "SELECT %s", mailbox);
    for (int fd = 0; fd < 64; fd++)
        others[fd] = !fstat(fd, &status);
    stream = mail_open(NIL, box, NIL);
    compare("the beginning", 0);
    cut();
    counted("a cut", 0, 0);
    cut();
    other_command(other, NULL, "STORE 2,5 +FLAGS.SILENT (\\Flagged)");
    other_command(other, NULL, "STORE 4 -FLAGS.SILENT (\\Seen)");
    counted("a cut and flags", 0, 1);
    cut();
    counted("another cut", 0, 0);
    cut();
    other_command(other, letter(), "APPEND %s (\\Seen)", mailbox);
    compare("a cut and an append", 0);
    cut();
    other_command(other, NULL, "STORE 3 +FLAGS.SILENT (\\Deleted)");
    other_command(other, NULL, "EXPUNGE");
    other_command(other, letter(), "APPEND %s", mailbox);
    compare("a cut, one gone, one come", 0);
    mail_close_full(stream, NIL);
    other_logout(other);
    free(box);
}


/* -- what is told -------------------------------------------------------------------------- */

static unsigned long exists, times;

static void count(const char *name, MAILSTREAM *where, unsigned long number)
{
    check(!strcmp(name, "exists"), "%s", name);
    exists = number;
    times++;
}

/* A mailbox that stays selected is told of as by SELECT, once, and nothing of what happened before. */
static void told_again(void)
{
    quiet = 1;
    other = other_login("u1");
    begin_mailbox("Told");
    for (int n = 0; n < 3; n++)
        other_command(other, letter(), "APPEND %s (\\Seen $Label1)", mailbox);
    stream = mail_open(NIL, box, NIL);
    mail_ping(stream);
    mail_fetch_flags(stream, (char *)"1:*", 0);
    other_command(other, letter(), "APPEND %s", mailbox);
    other_command(other, NULL, "SELECT %s", mailbox);
    other_command(other, NULL, "STORE 1 +FLAGS.SILENT (\\Deleted)");
    other_command(other, NULL, "EXPUNGE");
    as_we_do(1);
    mail_parameters(NIL, 903 /* SET_IDLETRUST */, (void *)0);
    callback_hook = count;
    MAILSTREAM *again = mail_open(stream, box, NIL);
    callback_hook = NIL;
    check(again == stream, "another stream");
    check(times == 1 && exists == 3 && stream->nmsgs == 3, "told %lu times, of %lu, nmsgs %lu", times, exists, stream->nmsgs);
    for (unsigned long n = 1; n <= stream->nmsgs; n++)
        check(!mail_elt(stream, n)->valid, "flags of %lu before they are asked for", n);
    MAILSTREAM *fresh = mail_open(NIL, box, NIL);
    check(stream->uid_validity == fresh->uid_validity && stream->uid_last == fresh->uid_last, "UIDs %lu %lu, %lu %lu",
          stream->uid_validity, stream->uid_last, fresh->uid_validity, fresh->uid_last);
    check(stream->perm_seen == fresh->perm_seen && stream->perm_deleted == fresh->perm_deleted &&
          stream->kwd_create == fresh->kwd_create && stream->rdonly == fresh->rdonly && stream->inbox == fresh->inbox &&
          stream->perm_user_flags == fresh->perm_user_flags, "what may be changed");
    check(!strcmp(stream->mailbox, fresh->mailbox), "%s, %s", stream->mailbox, fresh->mailbox);
    for (int n = 0; n < NUSERFLAGS; n++)
        check(!stream->user_flags[n] == !fresh->user_flags[n], "keyword %d", n);
    mail_close_full(fresh, NIL);
    mail_close_full(stream, NIL);
    other_logout(other);
    free(box);
}

const struct test_case cases[] = {
    {"told_again", told_again},
    {"anew_asking", anew_asking}, {"anew_believing", anew_believing}, {"anew_after_cut", anew_after_cut},
    {"after_cut", after_cut},
    {"asking", asking}, {"believing", believing}, {"idling", idling}, {"both", both},
    {"plain_asking", plain_asking}, {"plain_believing", plain_believing},
    {"plain_idling", plain_idling}, {"plain_both", plain_both}, {NULL, NULL},
};
