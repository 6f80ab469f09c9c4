/* What programs do with a server, above all Asterisk's voicemail, call for call.
 *
 *   network --list           every scenario: NAME COUNT TLS WHAT
 *   network NAME [COUNT]     does it; "begin" and "end" on standard output, each answered by a line on standard
 *                            input, enclose what is measured; then the check and the times
 *
 * BENCH_SPEC is the mailbox's name with a %s where more flags, and another %s where the folder goes. BENCH_FRESHNESS is
 * for how many milliseconds the library may take what it knows for current (500): where round trips are counted it is
 * so many that a slow machine does not change the count. The check covers what the program got to see, so it must be the
 * same with every library. */
#include "network.h"

MAILSTREAM *stream;
unsigned long count;
unsigned long freshness = 500;
static const char *more = ""; /* more flags of the mailbox's name */

void mm_status(MAILSTREAM *where, char *mailbox, MAILSTATUS *status)
{
    if (status->flags & SA_UIDNEXT)
        check_number(status->uidnext);
}

const char *name(const char *user, const char *folder)
{
    static char text[512];
    char flags[128];
    const char *spec = getenv("BENCH_SPEC");
    if (!spec)
        die("no BENCH_SPEC");
    snprintf(flags, sizeof flags, "%s/user=%s", more, user);
    snprintf(text, sizeof text, spec, flags, folder);
    return text;
}

static void mark(const char *what)
{
    char answer[16];
    printf("%s\n", what);
    fflush(stdout);
    if (!fgets(answer, sizeof answer, stdin))
        die("nobody answers");
}

static struct times started, ended;

void begin(void)
{
    mark("begin");
    started = now();
}

void end(void)
{
    ended = now();
    mark("end");
}

MAILSTREAM *open_mailbox(MAILSTREAM *old, const char *user, const char *folder)
{
    MAILSTREAM *opened = mail_open(old, (char *) name(user, folder), 0);
    if (!opened)
        die("mail_open");
    return opened;
}

void close_mailbox(void)
{
    mail_close_full(stream, 0);
    stream = NULL;
}

static const struct scenario {
    const char *name;
    void (*run)(void);
    unsigned long count; /* mailboxes or streams */
    int tls;
    const char *what;
} scenarios[] = {
    {"a_open", a_open, 0, 0, "open and close a mailbox"},
    {"a_open_tls", a_open, 0, 1, "the same over TLS"},
    {"a_open_tls_again", a_open_again, 0, 1, "the same over TLS for the second time"},
    {"a_vmmain", a_vmmain, 0, 0, "what VoiceMailMain does on entry: count new, old and urgent, quota"},
    {"a_vmmain_10k", a_vmmain_10k, 0, 0, "the same with 10,000 messages"},
    {"b_leave60", b_leave60, 0, 0, "leave a message with 60 kB of sound"},
    {"b_leave500", b_leave500, 0, 0, "leave a message with 500 kB of sound"},
    {"c_listen", c_listen, 0, 0, "count, listen to ten messages"},
    {"d_ast", d_ast, 0, 0, "delete ten messages by number, expunge"},
    {"d_uid", d_uid, 0, 0, "delete ten messages by UID, expunge those"},
    {"d_copy", d_copy, 0, 0, "save ten messages to a folder"},
    {"d_ast_all", d_ast_all, 0, 0, "open, delete ten messages with an EXPUNGE for each, as Asterisk does, close"},
    {"d_uid_all", d_uid_all, 0, 0, "open, delete ten messages by UID, expunge those, close"},
    {"d_copy_all", d_copy_all, 0, 0, "open, save ten messages to a folder, close"},
    {"e_mwi_ast", e_mwi_ast, 20, 0, "poll the unchanged lamps of 20 mailboxes as Asterisk does"},
    {"e_mwi_ast_later", e_mwi_ast_later, 20, 0, "the same, when what was heard is no longer current"},
    {"e_mwi_ast_asking", e_mwi_ast_asking, 20, 0, "the same without IDLE"},
    {"e_mwi_keep", e_mwi_keep, 20, 0, "poll 20 unchanged mailboxes: ping and two searches"},
    {"e_mwi_keep_later", e_mwi_keep_later, 20, 0, "the same, when what was heard is no longer current"},
    {"e_mwi_keep_asking", e_mwi_keep_asking, 20, 0, "the same without IDLE"},
    {"e_count10k_first", e_count10k_first, 0, 0, "count 10,000 messages, just opened"},
    {"e_count10k", e_count10k, 0, 0, "count them once more, a while later"},
    {"f_env10k", f_env10k, 0, 0, "the envelopes of 10,000 messages, one after the other"},
    {"f_envbody10k", f_envbody10k, 0, 0, "their envelopes and structures"},
    {"g_flagodd", g_flagodd, 0, 0, "flag the 5,000 odd ones of 10,000 messages"},
    {"h_plain", h_streams, 100, 0, "memory of a stream, of 100 that are open"},
    {"h_tls", h_streams, 50, 1, "memory of a stream over TLS, of 50 that are open"},
    {"h_idle", h_idle, 10000, 0, "memory of a stream, of 10,000 that are open (of UW's, 1,000)"},
};

/* By itself, so that callgrind can be told to count what it calls. */
static __attribute__((noinline)) void measured(const struct scenario *scenario)
{
    scenario->run();
    fflush(stdout);
}

int main(int argc, char **argv)
{
    int list = argc == 2 && !strcmp(argv[1], "--list");
    if (argc < 2)
        die("usage: network --list | network NAME [COUNT]");
    mail_link(&imapdriver);
    auth_link(&auth_pla);
    mail_parameters(NULL, SET_RSHTIMEOUT, (void *) 0);
    ssl_onceonlyinit();
    if (getenv("BENCH_FRESHNESS"))
        freshness = strtoul(getenv("BENCH_FRESHNESS"), NULL, 10);
    /* UW's library does not know it. */
    mail_parameters(NULL, SET_FRESHNESS, (void *) freshness);
    for (unsigned long at = 0; at < sizeof scenarios / sizeof *scenarios; at++) {
        const struct scenario *it = scenarios + at;
        if (list)
            printf("%s\t%lu\t%d\t%s\n", it->name, it->count, it->tls, it->what);
        else if (!strcmp(it->name, argv[1])) {
            count = argc > 2 ? strtoul(argv[2], NULL, 10) : it->count;
            more = it->tls ? "/ssl/novalidate-cert" : "/notls";
            measured(it);
            report(it->name, started, ended);
            return 0;
        }
    }
    if (!list)
        die("no such scenario");
    return 0;
}
