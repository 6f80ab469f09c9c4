/* Servers that refer to other servers (RFC 2193, RFC 2221): what the program's functions are asked, and what becomes of
 * the command (SET_IMAPREFERRAL, SET_MAILPROXYCOPY).
 * fake: referrals
 */
#include "../common.h"

#define MOVED spec_port("T_FAKE_REFERRALS_FIRST", "u1", "/notls", "Moved")

static int follows = 1;

static char *place(const char *server, const char *mailbox)
{
    char variable[64] = "T_FAKE_REFERRALS_";
    char *end = variable + strlen(variable);
    while (*server && *server != '/') *end++ = (char)(*server++ & ~32);
    *end = '\0';
    return spec_port(variable, "u1", "/notls", mailbox);
}

/* imap://SERVER/MAILBOX; a rename has two of them. */
static char *referral(MAILSTREAM *stream, char *url, long code)
{
    static char kept[600];
    char names[600], *mailbox = strchr(url + 7, '/');
    show("  referral %ld <%s> of %s\n", code, url, stream->mailbox);
    if (!follows) return NIL;
    memset(names, 0, sizeof names);
    strcpy(names, place(url + 7, mailbox && mailbox[1] ? "Moved" : "INBOX"));
    if (code == REFRENAME) strcpy(names + strlen(names) + 1, place(url + 7, "New"));
    /* The name of a stream to open belongs to the library; of the others it takes a copy. */
    char *answer = code <= REFSELECT ? (char *)fs_get(sizeof names) : kept;
    memcpy(answer, names, sizeof names);
    return answer;
}

static long proxy(MAILSTREAM *stream, char *sequence, char *mailbox, long options)
{
    show("  proxy copy %s to %s, %lx of %s\n", sequence, mailbox, options, stream->mailbox);
    return 42;
}

static void follow(void) { mail_parameters(NIL, SET_IMAPREFERRAL, (void *)referral); }

static void open_one(char *name, long options)
{
    MAILSTREAM *stream;
    show("-- open\n");
    stream = mail_open(NIL, name, options);
    if (!stream) return;
    show_stream(stream);
    show("ping %ld\n", mail_ping(stream));
    mail_close(stream);
}

static void open_all(void)
{
    open_one(place("login_refused", "INBOX"), NIL);
    open_one(place("login_refused", "INBOX"), OP_HALFOPEN);
    open_one(place("login_accepted", "INBOX"), NIL);
    open_one(place("first", "INBOX"), NIL);
    open_one(MOVED, NIL);
    open_one(MOVED, OP_READONLY);
    open_one(MOVED, OP_SILENT);
    mail_parameters(NIL, SET_CLOSEONERROR, (void *)1);
    open_one(MOVED, NIL);
}

static void opening_without(void) { open_all(); }
static void opening_nowhere(void) { follow(); follows = 0; open_all(); }
static void opening(void) { follow(); open_all(); }

static void reopening(void)
{
    MAILSTREAM *stream;
    follow();
    stream = mail_open(NIL, place("first", "INBOX"), NIL);
    show("-- the other mailbox\n");
    stream = mail_open(stream, MOVED, NIL);
    show_stream(stream);
    mail_close(stream);
}

static void manage(MAILSTREAM *stream)
{
    char *new_name = spec_port("T_FAKE_REFERRALS_FIRST", "u1", "/notls", "New");
    show("create %ld\n", mail_create(stream, MOVED));
    show("delete %ld\n", mail_delete(stream, MOVED));
    show("rename %ld\n", mail_rename(stream, MOVED, new_name));
    show("subscribe %ld\n", mail_subscribe(stream, MOVED));
    show("unsubscribe %ld\n", mail_unsubscribe(stream, MOVED));
    show("status %ld\n", mail_status(stream, MOVED, SA_MESSAGES));
}

static void manage_all(void)
{
    MAILSTREAM *stream = mail_open(NIL, place("first", "INBOX"), NIL);
    manage(stream);
    show("-- without a stream\n");
    manage(NIL);
    mail_close(stream);
}

static void managing_without(void) { manage_all(); }
static void managing_nowhere(void) { follow(); follows = 0; manage_all(); }
static void managing(void) { follow(); manage_all(); }

static void listing(void)
{
    MAILSTREAM *stream = mail_open(NIL, place("first", "INBOX"), NIL);
    mail_list(stream, place("first", ""), "*");
    mail_lsub(stream, place("first", ""), "*");
    follow();
    mail_list(stream, place("first", ""), "*");
    mail_lsub(stream, place("first", ""), "*");
    mail_close(stream);
}

static void copying(void)
{
    MAILSTREAM *stream = mail_open(NIL, place("first", "INBOX"), NIL);
    for (int functions = 0; functions < 4; functions++) {
        show("-- %d\n", functions);
        mail_parameters(NIL, SET_IMAPREFERRAL, functions & 1 ? (void *)referral : NIL);
        mail_parameters(NIL, SET_MAILPROXYCOPY, functions & 2 ? (void *)proxy : NIL);
        show("copy %ld\n", mail_copy(stream, "1:2", "Moved"));
        show("move %ld\n", mail_move(stream, "3", "Moved"));
        stream->debug = T;
        show("copy %ld\n", mail_copy_full(stream, "*", "Moved", NIL));
        stream->debug = NIL;
    }
    follows = 0;
    show("nowhere %ld\n", mail_copy(stream, "1", "Moved"));
    mail_close(stream);
}

/* Many messages in one command, after a referral: UW crashes (own/referrals.c). */
static long give(MAILSTREAM *stream, void *data, char **flags, char **date, STRING **message)
{
    static STRING strings[3];
    static char texts[3][32];
    int *given = (int *)data;
    *flags = *date = NIL;
    *message = NIL;
    if (*given == 3) return T;
    snprintf(texts[*given], sizeof *texts, "From: %d\r\n\r\nx\r\n", *given + 1);
    INIT(strings + *given, mail_string, texts[*given], strlen(texts[*given]));
    *message = strings + *given;
    ++*given;
    return T;
}

static void append_all(const char *server)
{
    int given = 0;
    char *name = place(server, "Moved");
    MAILSTREAM *stream = mail_open(NIL, place(server, "INBOX"), OP_HALFOPEN);
    show("append %ld\n", mail_append_multiple(stream, name, give, &given));
    show("given %d\n", given);
    given = 0;
    show("append %ld\n", mail_append_multiple(NIL, name, give, &given));
    mail_close(stream);
}

static void append_without(void) { append_all("first"); }
static void append_nowhere(void) { follow(); follows = 0; append_all("first"); }
static void append_one_by_one(void) { follow(); append_all("first"); }

const struct test_case cases[] = {
    {"opening_without", opening_without}, {"opening_nowhere", opening_nowhere}, {"opening", opening},
    {"reopening", reopening}, {"managing_without", managing_without}, {"managing_nowhere", managing_nowhere},
    {"managing", managing}, {"listing", listing}, {"copying", copying}, {"append_without", append_without},
    {"append_nowhere", append_nowhere}, {"append_one_by_one", append_one_by_one},
    {NULL, NULL},
};
