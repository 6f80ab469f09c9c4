/* What programs do with a server, above all Asterisk's voicemail, call for call.
 *
 *   network --list           every scenario: NAME MAILBOX WHAT
 *   network NAME [COUNT]     does it; "begin" and "end" on standard output, each answered by a line on standard
 *                            input, enclose what is measured; then the check and the times
 *
 * BENCH_SPEC is the mailbox's name with a %s where more flags, and another %s where the folder goes. The check covers
 * what the program got to see, so it must be the same with every library. */
#include "driver.h"
#include <c-client/imap4r1.h>

static MAILSTREAM *stream;
#define LISTENED 10
static unsigned long hits;
static unsigned long found[LISTENED], messages[LISTENED]; /* what the last search found; the first new messages */
static unsigned long count;     /* the COUNT argument */
static const char *more = "";   /* more flags of the mailbox's name */

void mm_searched(MAILSTREAM *where, unsigned long number)
{
    if (hits < LISTENED)
        found[hits] = number;
    hits++;
    check_number(number);
}

void mm_status(MAILSTREAM *where, char *mailbox, MAILSTATUS *status)
{
    if (status->flags & SA_UIDNEXT)
        check_number(status->uidnext);
}

static const char *name(const char *user, const char *folder)
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

static void begin(void)
{
    mark("begin");
    started = now();
}

static void end(void)
{
    ended = now();
    mark("end");
}

static MAILSTREAM *open_mailbox(MAILSTREAM *old, const char *user, const char *folder)
{
    MAILSTREAM *opened = mail_open(old, (char *) name(user, folder), 0);
    if (!opened)
        die("mail_open");
    return opened;
}

/* As init_mailstream() of app_voicemail: opens, or opens again, and asks whether the folder is there. */
static MAILSTREAM *init(MAILSTREAM *old, const char *user, const char *folder)
{
    MAILSTREAM *opened = open_mailbox(old, user, folder);
    if (!mail_status(opened, (char *) name(user, folder), SA_UIDNEXT))
        die("mail_status");
    return opened;
}

enum which { NEW, OLD, URGENT };

/* As the counts of app_voicemail. */
static void look(MAILSTREAM *where, enum which which)
{
    SEARCHPGM *pgm = mail_newsearchpgm();
    SEARCHHEADER *header = mail_newsearchheader("X-Asterisk-VM-Extension", "1234");
    header->next = mail_newsearchheader("X-Asterisk-VM-Context", "default");
    pgm->header = header;
    pgm->undeleted = 1;
    pgm->unseen = which != OLD;
    pgm->seen = which == OLD;
    pgm->flagged = which == URGENT;
    pgm->unflagged = which == NEW;
    hits = 0;
    mail_search_full(where, NULL, pgm, 0);
    mail_free_searchpgm(&pgm);
    check_number(hits);
    if (which == NEW && hits >= LISTENED)
        memcpy(messages, found, sizeof messages);
}

static void counts(void)
{
    for (enum which which = NEW; which <= URGENT; which++) {
        stream = init(stream, "u1", "INBOX");
        look(stream, which);
    }
}

static void quota(MAILSTREAM *where, unsigned char *root, QUOTALIST *list)
{
    for (; list; list = list->next) {
        check_string(list->name);
        check_number(list->usage);
        check_number(list->limit);
    }
}

static void close_mailbox(void)
{
    mail_close_full(stream, 0);
    stream = NULL;
}

/* -- scenarios --------------------------------------------------------------------------------- */

static void a_open(void)
{
    begin();
    stream = open_mailbox(NULL, "u1", "INBOX");
    check_number(stream->nmsgs);
    close_mailbox();
    end();
}

static void a_vmmain(void)
{
    begin();
    counts();
    mail_parameters(NULL, SET_QUOTA, (void *) quota);
    if (!imap_getquotaroot(stream, "INBOX"))
        die("imap_getquotaroot");
    close_mailbox();
    end();
}

static char *message(unsigned long audio)
{
    static const char head[] =
        "From: \"Asterisk PBX\" <asterisk@pbx.example.org>\r\nTo: \"Ada\" <u1@example.org>\r\n"
        "Subject: New message 1 in mailbox 1234\r\nMessage-ID: <left@pbx.example.org>\r\nMIME-Version: 1.0\r\n"
        "X-Asterisk-VM-Extension: 1234\r\nX-Asterisk-VM-Context: default\r\n"
        "Content-Type: multipart/mixed; boundary=\"voicemail\"\r\n\r\n"
        "--voicemail\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nA caller left a message.\r\n\r\n"
        "--voicemail\r\nContent-Type: audio/x-wav; name=\"msg0000.wav\"\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename=\"msg0000.wav\"\r\n\r\n";
    static const char tail[] = "\r\n--voicemail--\r\n";
    unsigned long length;
    char *data = malloc(audio);
    for (unsigned long at = 0; at < audio; at++)
        data[at] = draw(256);
    unsigned char *text = rfc822_binary(data, audio, &length);
    char *mail = malloc(sizeof head + length + sizeof tail);
    sprintf(mail, "%s%s%s", head, text, tail);
    fs_give((void **) &text);
    free(data);
    return mail;
}

static void leave(unsigned long audio)
{
    STRING text;
    char *mail = message(audio);
    begin();
    counts();
    INIT(&text, mail_string, mail, strlen(mail));
    if (!mail_append_full(stream, (char *) name("u1", "INBOX"), "", NULL, &text))
        die("mail_append");
    stream = init(stream, "u1", "INBOX");
    look(stream, NEW);
    close_mailbox();
    end();
    free(mail);
}

static void b_leave60(void) { leave(60000); }
static void b_leave500(void) { leave(500000); }

static void c_listen(void)
{
    begin();
    counts();
    for (int at = 0; at < LISTENED; at++) {
        BODY *body;
        unsigned long length, number = messages[at];
        stream = init(stream, "u1", "INBOX");
        check_string(mail_fetchheader(stream, number));
        if (!mail_fetchstructure(stream, number, &body) || !body || body->type != TYPEMULTIPART)
            die("mail_fetchstructure");
        check_body(body);
        char *audio = mail_fetchbody(stream, number, "2", &length);
        check_bytes(audio, length);
    }
    close_mailbox();
    end();
}

static void voicemails(void)
{
    stream = open_mailbox(NULL, "u1", "INBOX");
    look(stream, NEW);
}

/* Ten messages deleted, one after the other, by number; then expunged, as Asterisk does. */
static void d_ast(void)
{
    voicemails();
    begin();
    stream = init(stream, "u1", "INBOX");
    for (int at = 0; at < LISTENED; at++) {
        char text[24];
        sprintf(text, "%lu", messages[at]);
        mail_setflag(stream, text, "\\Deleted");
    }
    mail_expunge(stream);
    end();
    check_number(stream->nmsgs);
    close_mailbox();
}

/* Ten messages flagged by UID, and those alone expunged. */
static void d_uid(void)
{
    char uids[256] = "";
    voicemails();
    for (int at = 0; at < LISTENED; at++)
        sprintf(uids + strlen(uids), "%s%lu", at ? "," : "", mail_uid(stream, messages[at]));
    begin();
    for (char *at = uids, *next; at; at = next) {
        char uid[24];
        next = strchr(at, ',');
        snprintf(uid, sizeof uid, "%.*s", (int) (next ? next - at : (long) strlen(at)), at);
        if (next)
            next++;
        mail_setflag_full(stream, uid, "\\Deleted", ST_UID);
    }
    mail_expunge_full(stream, uids, EX_UID);
    end();
    check_number(stream->nmsgs);
    close_mailbox();
}

/* Ten messages saved to another folder. */
static void d_copy(void)
{
    voicemails();
    if (!mail_create(stream, (char *) name("u1", "Old")))
        die("mail_create");
    begin();
    for (int at = 0; at < LISTENED; at++) {
        char text[24];
        stream = init(stream, "u1", "INBOX");
        sprintf(text, "%lu", messages[at]);
        if (!mail_copy(stream, text, "Old"))
            die("mail_copy");
        mail_setflag(stream, text, "\\Seen");
    }
    end();
    close_mailbox();
}

/* The polling of a lamp, as Asterisk does it on streams that it keeps. */
static void e_mwi_ast(void)
{
    MAILSTREAM **streams = calloc(count, sizeof *streams);
    for (unsigned long at = 0; at < count; at++)
        streams[at] = open_mailbox(NULL, "u2", "INBOX");
    begin();
    for (unsigned long at = 0; at < count; at++)
        for (enum which which = NEW; which <= URGENT; which++) {
            streams[at] = init(streams[at], "u2", "INBOX");
            look(streams[at], which);
        }
    end();
    for (unsigned long at = 0; at < count; at++)
        mail_close_full(streams[at], 0);
    free(streams);
}

/* The least it takes: is there anything new, and how much is new and old. */
static void e_mwi_keep(void)
{
    MAILSTREAM **streams = calloc(count, sizeof *streams);
    for (unsigned long at = 0; at < count; at++)
        streams[at] = open_mailbox(NULL, "u2", "INBOX");
    begin();
    for (unsigned long at = 0; at < count; at++) {
        if (!mail_ping(streams[at]))
            die("mail_ping");
        for (enum which which = NEW; which <= OLD; which++) {
            SEARCHPGM *pgm = mail_newsearchpgm();
            pgm->undeleted = 1;
            pgm->unseen = which == NEW;
            pgm->seen = which == OLD;
            mail_search_full(streams[at], NULL, pgm, SE_FREE | SE_NOPREFETCH);
        }
    }
    end();
    for (unsigned long at = 0; at < count; at++)
        mail_close_full(streams[at], 0);
    free(streams);
}

static unsigned long anonymous(void)
{
    char line[256];
    unsigned long kilo = 0;
    FILE *maps = fopen("/proc/self/smaps_rollup", "r");
    while (maps && fgets(line, sizeof line, maps))
        sscanf(line, "Anonymous: %lu kB", &kilo);
    if (maps)
        fclose(maps);
    return kilo;
}

static void walk(int structure)
{
    stream = open_mailbox(NULL, "u3", "INBOX");
    unsigned long before = anonymous();
    begin();
    for (unsigned long number = 1; number <= stream->nmsgs; number++) {
        BODY *body = NULL;
        ENVELOPE *env = structure ? mail_fetchstructure(stream, number, &body) : mail_fetchenvelope(stream, number);
        check_envelope(env);
        if (structure)
            check_body(body);
    }
    end();
    printf("kilo=%lu ", anonymous() - before);
    close_mailbox();
}

static void f_env10k(void) { walk(0); }
static void f_envbody10k(void) { walk(1); }

static void g_flagodd(void)
{
    char *odd, *at;
    stream = open_mailbox(NULL, "u3", "INBOX");
    odd = at = malloc(8 * stream->nmsgs);
    for (unsigned long number = 1; number <= stream->nmsgs; number += 2)
        at += sprintf(at, "%s%lu", number > 1 ? "," : "", number);
    begin();
    mail_setflag(stream, odd, "\\Flagged");
    end();
    for (unsigned long number = 1; number <= stream->nmsgs; number++)
        check_number(mail_elt(stream, number)->flagged);
    close_mailbox();
    free(odd);
}

static void h_streams(void)
{
    MAILSTREAM **streams = calloc(count, sizeof *streams);
    /* What the first one alone takes is the library's, not the stream's. */
    stream = open_mailbox(NULL, "u2", "INBOX");
    unsigned long before = anonymous();
    begin();
    for (unsigned long at = 0; at < count; at++)
        streams[at] = open_mailbox(NULL, "u2", "INBOX");
    end();
    printf("kilo=%lu ", anonymous() - before);
    for (unsigned long at = 0; at < count; at++)
        mail_close_full(streams[at], 0);
    close_mailbox();
    free(streams);
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
    {"a_vmmain", a_vmmain, 0, 0, "what VoiceMailMain does on entry: count new, old and urgent, quota"},
    {"b_leave60", b_leave60, 0, 0, "leave a message with 60 kB of sound"},
    {"b_leave500", b_leave500, 0, 0, "leave a message with 500 kB of sound"},
    {"c_listen", c_listen, 0, 0, "count, listen to ten messages"},
    {"d_ast", d_ast, 0, 0, "delete ten messages as Asterisk does"},
    {"d_uid", d_uid, 0, 0, "delete ten messages by UID, expunge those"},
    {"d_copy", d_copy, 0, 0, "save ten messages to a folder"},
    {"e_mwi_ast", e_mwi_ast, 20, 0, "poll the lamps of 20 mailboxes as Asterisk does"},
    {"e_mwi_keep", e_mwi_keep, 20, 0, "poll 20 mailboxes: ping and two searches"},
    {"f_env10k", f_env10k, 0, 0, "the envelopes of 10,000 messages, one after the other"},
    {"f_envbody10k", f_envbody10k, 0, 0, "their envelopes and structures"},
    {"g_flagodd", g_flagodd, 0, 0, "flag the 5,000 odd ones of 10,000 messages"},
    {"h_plain", h_streams, 100, 0, "memory of a stream, of 100 that are open"},
    {"h_tls", h_streams, 50, 1, "memory of a stream over TLS, of 50 that are open"},
};

int main(int argc, char **argv)
{
    int list = argc == 2 && !strcmp(argv[1], "--list");
    if (argc < 2)
        die("usage: network --list | network NAME [COUNT]");
    mail_link(&imapdriver);
    auth_link(&auth_pla);
    mail_parameters(NULL, SET_RSHTIMEOUT, (void *) 0);
    ssl_onceonlyinit();
    for (unsigned long at = 0; at < sizeof scenarios / sizeof *scenarios; at++) {
        const struct scenario *it = scenarios + at;
        if (list)
            printf("%s\t%lu\t%d\t%s\n", it->name, it->count, it->tls, it->what);
        else if (!strcmp(it->name, argv[1])) {
            count = it->count;
            more = it->tls ? "/ssl/novalidate-cert" : "/notls";
            it->run();
            report(it->name, started, ended);
            return 0;
        }
    }
    if (!list)
        die("no such scenario");
    return 0;
}
