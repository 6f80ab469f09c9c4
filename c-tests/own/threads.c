/* Many threads, no lock of the program's. UW's library is not made for it, so the program judges by itself.
 * fake: stall
 */
#include "common.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 64
#define SECONDS 80
/* What the smallest threads of Asterisk have is 112 KiB; T_STACK_KIB is for sanitizers, which need more. */
#define STACK_KIB 112

static int sanitized(void) { return getenv("T_STACK_KIB") != NULL; }

/* -- threads ------------------------------------------------------------------------------- */

struct worker {
    pthread_t thread;
    void (*work)(int);
    int number;
    pthread_barrier_t *gate;
};

static void *begin(void *argument)
{
    struct worker *worker = argument;
    pthread_barrier_wait(worker->gate);
    worker->work(worker->number);
    return NULL;
}

/* Runs work(0) to work(count - 1), all at once. */
static void all_at_once(int count, void (*work)(int))
{
    static struct worker workers[MOST];
    pthread_barrier_t gate;
    pthread_attr_t attributes;
    pthread_barrier_init(&gate, NULL, (unsigned)count);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, (size_t)(sanitized() ? atol(getenv("T_STACK_KIB")) : STACK_KIB) << 10);
    for (int n = 0; n < count; n++) {
        workers[n].work = work;
        workers[n].number = n;
        workers[n].gate = &gate;
        if (pthread_create(&workers[n].thread, &attributes, begin, &workers[n])) {
            show("!! no thread\n");
            exit(3);
        }
    }
    for (int n = 0; n < count; n++)
        pthread_join(workers[n].thread, NULL);
    pthread_attr_destroy(&attributes);
    pthread_barrier_destroy(&gate);
}

static long get(long *number) { return __atomic_load_n(number, __ATOMIC_SEQ_CST); }
static void set(long *number, long value) { __atomic_store_n(number, value, __ATOMIC_SEQ_CST); }
static void add(long *number, long value) { __atomic_fetch_add(number, value, __ATOMIC_SEQ_CST); }

static void prepare(void)
{
    quiet = 1;
    alarm(SECONDS);
}

/* As those of common.h, whose buffers all threads share. */
static char *own_spec(const char *port_variable, const char *user, const char *flags, const char *mailbox)
{
    static __thread char buffers[4][256];
    static __thread unsigned turn;
    char *out = buffers[turn++ % 4];
    snprintf(out, sizeof buffers[0], "{%s:%s/imap%s/user=%s}%s", setting("T_HOST"), setting(port_variable), flags, user,
             mailbox);
    return out;
}
#define spec_port own_spec
#define spec_for(user, flags, mailbox) own_spec("T_PORT", user, flags, mailbox)
#define spec(mailbox) own_spec("T_PORT", "u1", "/notls", mailbox)

static char *at_fake(const char *variable, const char *mailbox) { return spec_port(variable, "u1", "/notls", mailbox); }

/* -- streams of their own -------------------------------------------------------------------- */

static long appended(MAILSTREAM *stream, char *mailbox, const char *text)
{
    STRING message;
    INIT(&message, mail_string, (void *)text, strlen(text));
    return mail_append_full(stream, mailbox, NIL, NIL, &message);
}

static const char *flags_of_thread(int n) { return n % 3 ? "/notls" : "/tls/novalidate-cert"; }

static void whole_life(int n)
{
    char name[64], mailbox[1024], text[256], subject[64];
    unsigned long length = 0;
    snprintf(name, sizeof name, "T%d", n);
    snprintf(subject, sizeof subject, "of thread %d", n);
    snprintf(mailbox, sizeof mailbox, "%s", spec_for("u3", flags_of_thread(n), name));
    MAILSTREAM *stream = mail_open(NIL, spec_for("u3", flags_of_thread(n), "INBOX"), NIL);
    if (!stream) {
        check(0, "thread %d: no stream: %s", n, last_error);
        return;
    }
    check(mail_create(stream, mailbox) != NIL, "thread %d: create", n);
    for (int i = 1; i <= 3; i++) {
        snprintf(text, sizeof text, "From: t%d@example.org\r\nSubject: %s\r\n\r\nbody %d of thread %d\r\n", n, subject, i, n);
        check(appended(stream, mailbox, text) != NIL, "thread %d: append %d", n, i);
    }
    stream = mail_open(stream, mailbox, NIL);
    if (!stream) {
        check(0, "thread %d: the stream was lost", n);
        return;
    }
    check(stream->nmsgs == 3, "thread %d: %lu messages", n, stream->nmsgs);
    SEARCHPGM *program = mail_newsearchpgm();
    program->subject = mail_newstringlist();
    program->subject->text.data = (unsigned char *)cpystr(subject);
    program->subject->text.size = strlen(subject);
    check(mail_search_full(stream, NIL, program, SE_FREE) != NIL, "thread %d: search", n);
    for (unsigned long i = 1; i <= stream->nmsgs; i++) {
        MESSAGECACHE *elt = mail_elt(stream, i);
        BODY *body = NIL;
        ENVELOPE *envelope = mail_fetch_structure(stream, i, &body, NIL);
        check(elt->msgno == i && elt->searched, "thread %d: element %lu", n, i);
        check(envelope && envelope->subject && !strcmp(envelope->subject, subject) && body && body->type == TYPETEXT,
              "thread %d: envelope %lu", n, i);
        char sequence[32], wanted[64];
        snprintf(wanted, sizeof wanted, "body %lu of thread %d\r\n", i, n);
        char *got = mail_fetch_text(stream, i, NIL, &length, NIL);
        check(got && length == strlen(wanted) && !memcmp(got, wanted, length), "thread %d: text %lu: %s", n, i, got);
        got = mail_fetch_header(stream, i, NIL, NIL, &length, NIL);
        check(got && strstr(got, subject), "thread %d: header %lu", n, i);
        snprintf(sequence, sizeof sequence, "%lu", i);
        if (i < 3)
            mail_flag(stream, sequence, (char *)"\\Deleted", ST_SET);
    }
    check(mail_status(stream, mailbox, SA_MESSAGES) != NIL, "thread %d: status", n);
    mail_expunge(stream);
    check(stream->nmsgs == 1 && mail_uid(stream, 1) == 3, "thread %d: %lu messages after expunge", n, stream->nmsgs);
    check(mail_ping(stream) != NIL, "thread %d: ping", n);
    mail_close(stream);
}

static void together(void)
{
    prepare();
    all_at_once(MOST, whole_life);
}

/* -- linkage --------------------------------------------------------------------------------- */

static void link_all(int n)
{
    for (int round = 0; round < 50; round++) {
#include <c-client/linkage.c>
        check(mail_lookup_auth(1) != NIL, "thread %d: no authenticator", n);
        check(mail_parameters(NIL, GET_DRIVER, (void *)"imap") == (void *)&imapdriver, "thread %d: no driver", n);
    }
}

static void linkage(void)
{
    int drivers = 0, authenticators = 0, before;
    prepare();
    /* Once before (common.c), to know how many there are; a circle would not end. */
    for (before = 0; mail_lookup_auth((unsigned long)before + 1); before++)
        ;
    all_at_once(MOST, link_all);
    for (DRIVER *d = (DRIVER *)mail_parameters(NIL, GET_DRIVERS, NIL); d && drivers < 1000; d = d->next)
        drivers++;
    for (; authenticators < 1000 && mail_lookup_auth((unsigned long)authenticators + 1); authenticators++)
        ;
    show("%d drivers\n", drivers);
    check(drivers == 15, "%d drivers", drivers);
    check(authenticators == before, "%d authenticators, %d before", authenticators, before);
}

/* -- settings -------------------------------------------------------------------------------- */

static long workers_left;

static void setting_or_working(int n)
{
    static const char *const texts[] = {"first/directory", "second/directory/that/is/longer", "third"};
    if (n < 4) {
        for (int round = 0; round < 4; round++) {
            MAILSTREAM *stream = mail_open(NIL, spec("INBOX"), n % 2 ? OP_READONLY : NIL);
            check(stream && mail_ping(stream), "thread %d: %s", n, last_error);
            char *text = mail_fetch_text(stream, 1, NIL, NIL, FT_PEEK);
            check(text && *text, "thread %d: no text", n);
            mail_close(stream);
        }
        add(&workers_left, -1);
        return;
    }
    for (unsigned round = 0; get(&workers_left); round++) {
        long seconds = 30 + (long)(round % 7);
        int known = 0;
        mail_parameters(NIL, SET_READTIMEOUT, (void *)seconds);
        mail_parameters(NIL, SET_OPENTIMEOUT, (void *)seconds);
        mail_parameters(NIL, SET_MAXLOGINTRIALS, (void *)(seconds % 3 + 1));
        mail_parameters(NIL, SET_SSLCAPATH, (void *)texts[round % 3]);
        long got = (long)mail_parameters(NIL, GET_READTIMEOUT, NIL);
        check(got >= 30 && got <= 36, "thread %d: a time limit that nobody set: %ld", n, got);
        const char *text = (const char *)mail_parameters(NIL, GET_SSLCAPATH, NIL);
        for (int i = 0; i < 3; i++)
            known |= text && !strcmp(text, texts[i]);
        check(known, "thread %d: a text that nobody set: %s", n, text ? text : "NIL");
        usleep(200);
    }
}

static void settings(void)
{
    prepare();
    workers_left = 4;
    all_at_once(12, setting_or_working);
}

/* -- closed by another thread ------------------------------------------------------------------ */

static MAILSTREAM *shared;
static long round_number;

static void use_or_close(int n)
{
    MAILSTREAM *stream = shared;
    unsigned long length;
    switch (n % 8) {
    case 0:
        usleep((useconds_t)(get(&round_number) * 1500));
        mail_close(stream);
        break;
    case 1:
        while (mail_ping(stream))
            ;
        break;
    case 2:
        for (int i = 0; i < 30; i++)
            mail_fetch_text(stream, 1 + (unsigned long)i % 3, NIL, &length, FT_PEEK);
        break;
    case 3:
        for (int i = 0; i < 3000; i++)
            check(mail_elt(stream, 1) != NIL, "no element");
        break;
    case 4:
        for (int i = 0; i < 10; i++) {
            SEARCHPGM *program = mail_newsearchpgm();
            program->unseen = 1;
            mail_search_full(stream, NIL, program, SE_FREE);
        }
        break;
    case 5:
        for (int i = 0; i < 10; i++)
            mail_status(stream, spec("Work"), SA_MESSAGES);
        break;
    case 6:
        for (int i = 0; i < 20; i++) {
            mail_gc(stream, GC_ENV | GC_TEXTS);
            mail_fetch_structure(stream, 2, NIL, NIL);
        }
        break;
    default:
        for (int i = 0; i < 10; i++) {
            mail_uid(stream, 2);
            mail_flag(stream, (char *)"1", (char *)"\\Flagged", i % 2 ? ST_SET : NIL);
            mail_expunge(stream);
        }
    }
}

static void closed_under(void)
{
    prepare();
    for (round_number = 0; round_number < 10; add(&round_number, 1)) {
        shared = open_quietly(spec("INBOX"), NIL);
        all_at_once(16, use_or_close);
        mail_close(shared);
        check(!mail_ping(shared), "a closed stream answers");
    }
}

/* Asterisk's way: one variable that every thread opens again on what is in it, and closes. */
static void open_again_or_close(int n)
{
    for (int round = 0; round < 6; round++) {
        MAILSTREAM *old = __atomic_load_n(&shared, __ATOMIC_SEQ_CST);
        if (n % 4 == 3) {
            mail_close(old);
            continue;
        }
        MAILSTREAM *now = mail_open(old, spec(n % 2 ? "Work" : "INBOX"), NIL);
        if (now && now != old) {
            /* What it finds in the variable is another thread's: closed, as all. */
            mail_close(__atomic_exchange_n(&shared, now, __ATOMIC_SEQ_CST));
        }
        mail_ping(now);
        mail_fetch_header(now, 1, NIL, NIL, NIL, FT_PEEK);
    }
}

static void opened_under(void)
{
    prepare();
    for (int round = 0; round < 4; round++) {
        shared = open_quietly(spec("INBOX"), NIL);
        all_at_once(12, open_again_or_close);
        mail_close(shared);
    }
    MAILSTREAM *stream = mail_open(shared, spec("INBOX"), NIL);
    check(stream && mail_ping(stream), "no stream on a closed one: %s", last_error);
    mail_close(stream);
}

/* -- held over close, expunge, gc ------------------------------------------------------------- */

static MAILSTREAM *holder_stream;
static pthread_barrier_t taken, gone;

static void hold_or_close(int n)
{
    if (n) {
        pthread_barrier_wait(&taken);
        if (n == 1) {
            mail_gc(holder_stream, GC_ENV | GC_TEXTS | GC_ELT);
            mail_flag(holder_stream, (char *)"1", (char *)"\\Deleted", ST_SET);
            mail_expunge(holder_stream);
            mail_close(holder_stream);
        }
        pthread_barrier_wait(&gone);
        return;
    }
    BODY *body = NIL;
    unsigned long length = 0;
    MESSAGECACHE *elt = mail_elt(holder_stream, 1);
    ENVELOPE *envelope = mail_fetch_structure(holder_stream, 1, &body, NIL);
    char *subject = envelope->subject;
    ADDRESS *from = envelope->from;
    char *text = mail_fetch_text(holder_stream, 1, NIL, &length, FT_PEEK);
    char *header = mail_fetch_header(holder_stream, 1, NIL, NIL, NIL, FT_PEEK);
    char kept_text[512], kept_subject[256];
    snprintf(kept_text, sizeof kept_text, "%s", text);
    snprintf(kept_subject, sizeof kept_subject, "%s", subject);
    pthread_barrier_wait(&taken);
    pthread_barrier_wait(&gone);
    check(!strncmp(kept_text, text, sizeof kept_text - 1), "the text has changed");
    check(!strcmp(kept_subject, subject), "the subject has changed");
    check(!envelope->subject || envelope->subject == subject, "the envelope has changed");
    check(!from || !from->host || strlen(from->host) < 1000, "the address has changed");
    check(strchr(header, ':') != NULL, "the header has changed");
    check(body->type <= TYPEMAX && (!body->subtype || *body->subtype), "the body has changed");
    check(elt->msgno <= 1, "the element has changed");
    check(holder_stream->dtb == NIL, "the stream is not closed");
}

static void held(void)
{
    if (sanitized())
        return; /* memory is given back at once there, so that their eyes see every use after it */
    prepare();
    for (int round = 0; round < 5; round++) {
        pthread_barrier_init(&taken, NULL, 3);
        pthread_barrier_init(&gone, NULL, 3);
        holder_stream = open_quietly(spec_for("u2", "/notls", "INBOX"), NIL);
        if (!holder_stream->nmsgs)
            appended(holder_stream, spec_for("u2", "/notls", "INBOX"), "From: a@example.org\r\nSubject: one\r\n\r\ntext\r\n");
        mail_ping(holder_stream);
        all_at_once(3, hold_or_close);
    }
}

/* -- servers that stall ------------------------------------------------------------------------ */

static long stalled, others_left;

#define STALLED 6
#define AT_WORK 4

/* The first ones wait for servers that say nothing; the others must be through before the first of those is. */
static void stall_or_work(int n)
{
    static const char *const where[] = {"PING", "SILENT", "LOGIN", "SELECT", "SEARCH", "LOGOUT"};
    char variable[64];
    if (n < STALLED) {
        snprintf(variable, sizeof variable, "T_FAKE_STALL_%s", where[n]);
        MAILSTREAM *stream = mail_open(NIL, at_fake(variable, "INBOX"), NIL);
        if (stream && n == 0)
            mail_ping(stream);
        if (stream && n == 4) {
            SEARCHPGM *program = mail_newsearchpgm();
            program->seen = 1;
            mail_search_full(stream, NIL, program, SE_FREE | SE_NOPREFETCH);
        }
        mail_close(stream);
        check(!get(&others_left), "%s was through before those who had work to do", where[n]);
        add(&stalled, -1);
        return;
    }
    for (int round = 0; round < 3; round++) {
        MAILSTREAM *stream = mail_open(NIL, spec("INBOX"), NIL);
        check(stream && mail_ping(stream) && mail_elt(stream, 1), "no work done: %s", last_error);
        mail_status(stream, spec("Work"), SA_MESSAGES);
        mail_close(stream);
    }
    check(get(&stalled) == STALLED, "%ld of the stalled still there", get(&stalled));
    add(&others_left, -1);
}

static void stalls(void)
{
    prepare();
    long seconds = sanitized() ? 25 : 12;
    mail_parameters(NIL, SET_OPENTIMEOUT, (void *)seconds);
    mail_parameters(NIL, SET_READTIMEOUT, (void *)seconds);
    mail_parameters(NIL, SET_CLOSETIMEOUT, (void *)seconds);
    stalled = STALLED;
    others_left = AT_WORK;
    all_at_once(STALLED + AT_WORK, stall_or_work);
}

/* The program's own, for the library too: a resolver that does not answer for one name. */
static long resolver_waits;

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
    typedef int function(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    function *real = (function *)dlsym(RTLD_NEXT, "getaddrinfo");
    if (!node || strcmp(node, "stalled.invalid"))
        return real(node, service, hints, result);
    add(&resolver_waits, 1);
    while (get(&others_left))
        usleep(1000);
    return EAI_AGAIN;
}

static void resolve_or_work(int n)
{
    if (n < 2) {
        check(!mail_open(NIL, (char *)"{stalled.invalid:143/imap/notls/user=u1}INBOX", NIL), "a stream without a host");
        return;
    }
    while (get(&resolver_waits) < 2)
        usleep(1000);
    for (int round = 0; round < 3; round++) {
        MAILSTREAM *stream = mail_open(NIL, spec_port("T_PORT", "u1", "/notls", "INBOX"), NIL);
        check(stream && mail_ping(stream), "no work done: %s", last_error);
        mail_close(stream);
    }
    add(&others_left, -1);
}

/* It ends only if those with work get through while the resolver stalls. */
static void names(void)
{
    prepare();
    others_left = 3;
    all_at_once(5, resolve_or_work);
    check(resolver_waits >= 2, "the resolver was asked %ld times", resolver_waits);
}

/* -- from within callbacks ----------------------------------------------------------------------- */

static long came_back, inside_now, inside_most;
static __thread int depth;

static void come_back(const char *name, MAILSTREAM *stream, unsigned long number)
{
    if (depth || strcmp(name, "exists") || !number)
        return;
    depth++;
    add(&inside_now, 1);
    long now = get(&inside_now);
    if (now > get(&inside_most))
        set(&inside_most, now);
    check(mail_elt(stream, 1)->msgno == 1, "no element in mm_exists");
    MAILSTREAM *other = mail_open(NIL, spec("Work"), OP_READONLY);
    check(other && other->nmsgs == 3, "no stream from within mm_exists: %s", last_error);
    ENVELOPE *envelope = mail_fetch_structure(other, 2, NIL, NIL);
    check(envelope && envelope->subject && !strcmp(envelope->subject, "work 2"), "no envelope in mm_exists");
    mail_close(other);
    add(&inside_now, -1);
    add(&came_back, 1);
    depth--;
}

static void open_and_ping(int n)
{
    MAILSTREAM *stream = mail_open(NIL, spec_for("u1", "/notls", n % 2 ? "INBOX" : "Work"), NIL);
    check(stream && mail_ping(stream), "thread %d", n);
    mail_close(stream);
}

static void reentrant(void)
{
    prepare();
    callback_hook = come_back;
    all_at_once(16, open_and_ping);
    check(came_back >= 16, "%ld callbacks came back in", came_back);
    check(inside_most > 1, "callbacks wait for each other");
}

/* Two callbacks, each with a stream in hand, that call into the other's. */
static MAILSTREAM *pair[2];
static pthread_barrier_t both_inside;

static void cross(const char *name, MAILSTREAM *stream, unsigned long number)
{
    (void)number;
    if (depth || strcmp(name, "searched"))
        return;
    depth++;
    pthread_barrier_wait(&both_inside);
    mail_ping(stream == pair[0] ? pair[1] : pair[0]);
}

static void search_and_cross(int n)
{
    SEARCHPGM *program = mail_newsearchpgm();
    program->msgno = mail_newsearchset();
    program->msgno->first = 1;
    mail_search_full(pair[n], NIL, program, SE_FREE);
    depth = 0;
}

static void crossing(void)
{
    prepare();
    pthread_barrier_init(&both_inside, NULL, 2);
    pair[0] = open_quietly(spec("INBOX"), NIL);
    pair[1] = open_quietly(spec("Work"), NIL);
    callback_hook = cross;
    double begun = seconds_since_start();
    all_at_once(2, search_and_cross);
    check(seconds_since_start() - begun < 30, "they waited for each other");
    callback_hook = NULL;
    check(mail_ping(pair[0]) && mail_ping(pair[1]), "the streams are of no use any more");
    mail_close(pair[0]);
    mail_close(pair[1]);
}

/* -- fork ------------------------------------------------------------------------------------------ */

static void fork_or_work(int n)
{
    if (n) {
        for (int round = 0; round < 4; round++) {
            MAILSTREAM *stream = mail_open(NIL, spec("INBOX"), NIL);
            check(stream && mail_ping(stream), "thread %d: %s", n, last_error);
            mail_fetch_header(stream, 1, NIL, NIL, NIL, FT_PEEK);
            mail_close(stream);
        }
        add(&workers_left, -1);
        return;
    }
    while (get(&workers_left)) {
        int status = 0;
        pid_t child = fork();
        if (!child) {
            /* No connection of the library's goes on to what is executed. */
            for (int fd = 3; fd < 256; fd++) {
                int type = 0;
                socklen_t size = sizeof type;
                if (!getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) && !(fcntl(fd, F_GETFD) & FD_CLOEXEC))
                    _exit(9);
            }
            execl("/bin/true", "true", (char *)NULL);
            _exit(8);
        }
        waitpid(child, &status, 0);
        check(WIFEXITED(status) && !WEXITSTATUS(status), "the child ended with %d", WEXITSTATUS(status));
        usleep(3000);
    }
}

static void forks(void)
{
    prepare();
    workers_left = 7;
    all_at_once(8, fork_or_work);
}

const struct test_case cases[] = {
    {"together", together},     {"linkage", linkage},   {"settings", settings},   {"closed_under", closed_under},
    {"opened_under", opened_under}, {"held", held},     {"stalls", stalls},       {"names", names},
    {"reentrant", reentrant},   {"crossing", crossing}, {"forks", forks},         {NULL, NULL},
};
