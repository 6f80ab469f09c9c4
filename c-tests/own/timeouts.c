/* A server that falls silent costs no more than the timeout, at any step; then the call fails with a log line.
 * UW holds no deadline in a TLS handshake, so it is not the judge here.
 * fake: stall
 */
#include "common.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define TIMEOUT_SECONDS 2
/* What a call may wait beyond the timeout; one that waits for a second timeout waits longer. */
#define LATE_SECONDS 1.5

/* Seconds in which this thread could have run, and was not waiting for anything: what it ran, and what a loaded machine
 * let it stand in line. 0 where the kernel does not tell. */
static double busy(void)
{
    unsigned long long ran = 0, stood = 0;
    FILE *file = fopen("/proc/thread-self/schedstat", "r");
    if (file) {
        if (fscanf(file, "%llu %llu", &ran, &stood) != 2)
            ran = stood = 0;
        fclose(file);
    }
    return (double)(ran + stood) / 1e9;
}

static char *at(const char *section, const char *flags)
{
    char variable[64];
    snprintf(variable, sizeof variable, "T_FAKE_STALL_%s", section);
    return spec_port(variable, "u1", flags, "INBOX");
}

static void timeouts(long seconds)
{
    mail_parameters(NIL, SET_OPENTIMEOUT, (void *)seconds);
    mail_parameters(NIL, SET_READTIMEOUT, (void *)seconds);
    mail_parameters(NIL, SET_WRITETIMEOUT, (void *)seconds);
    mail_parameters(NIL, SET_CLOSETIMEOUT, (void *)seconds);
}

static double started, busy_before;
static int errors_before;

static void start_the_clock(void)
{
    busy_before = busy();
    started = seconds_since_start();
}

static MAILSTREAM *begin(const char *section)
{
    timeouts(TIMEOUT_SECONDS);
    MAILSTREAM *stream = open_quietly(at(section, "/notls"), NIL);
    errors_before = errors_logged;
    start_the_clock();
    return stream;
}

/* `times` timeouts may have passed, and at least most of one must have. */
static void in_time(const char *step, int times)
{
    double took = seconds_since_start() - started;
    double waited = took - (busy() - busy_before);
    show("%s waited about %.0f s\n", step, waited);
    check(waited < TIMEOUT_SECONDS * times + LATE_SECONDS, "%s waited %.1f s of %.1f", step, waited, took);
    check(took > TIMEOUT_SECONDS * 0.7, "%s ended after %.1f s, before the timeout", step, took);
}

static void told(void)
{
    check(errors_logged > errors_before, "nothing was logged as an error");
}

static void close_at_once(MAILSTREAM *stream)
{
    start_the_clock();
    mail_close_full(stream, NIL);
    double waited = seconds_since_start() - started - (busy() - busy_before);
    check(waited < TIMEOUT_SECONDS + LATE_SECONDS, "closing waited %.1f s", waited);
}

static void opening(const char *section, const char *flags)
{
    timeouts(TIMEOUT_SECONDS);
    start_the_clock();
    MAILSTREAM *stream = mail_open(NIL, at(section, flags), NIL);
    check(!stream, "a stream was opened");
    in_time(section, 1);
    told();
}

static void no_greeting(void) { opening("SILENT", "/notls"); }
static void half_a_greeting(void) { opening("GREETING", "/notls"); }
static void no_handshake(void) { opening("SILENT", "/ssl/novalidate-cert"); }
static void no_handshake_after_starttls(void) { opening("STARTTLS", "/tls/novalidate-cert"); }
static void login(void) { opening("LOGIN", "/notls"); }
static void selecting(void) { opening("SELECT", "/notls"); }

static void connecting(void)
{
    /* A listener whose queue is full and who accepts nothing: the SYN is not answered. */
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    char name[128];
    int fillers[8];
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    check(!bind(listener, (struct sockaddr *)&address, sizeof address) && !listen(listener, 0), "cannot listen");
    getsockname(listener, (struct sockaddr *)&address, &length);
    for (int i = 0; i < 8; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(fillers[i], (struct sockaddr *)&address, sizeof address);
    }
    snprintf(name, sizeof name, "{127.0.0.1:%d/imap/notls/user=u1}INBOX", ntohs(address.sin_port));
    timeouts(TIMEOUT_SECONDS);
    start_the_clock();
    check(!mail_open(NIL, name, NIL), "a stream was opened");
    in_time("connecting", 1);
    told();
}

static void fetching(void)
{
    MAILSTREAM *stream = begin("FETCH");
    unsigned long length = 1;
    char *text = mail_fetch_body(stream, 1, "1", &length, NIL);
    check(!text || !length, "there was a text");
    in_time("fetch", 1);
    close_at_once(stream);
}

static void searching(void)
{
    MAILSTREAM *stream = begin("SEARCH");
    SEARCHPGM *program = mail_newsearchpgm();
    program->seen = 1;
    long result = mail_search_full(stream, NIL, program, SE_FREE | SE_NOPREFETCH);
    check(!result, "search said %ld", result);
    in_time("search", 1);
    close_at_once(stream);
}

static void pinging(void)
{
    MAILSTREAM *stream = begin("PING");
    check(!mail_ping(stream), "ping said T");
    in_time("ping", 1);
    close_at_once(stream);
}

static void appending(void)
{
    MAILSTREAM *stream = begin("APPEND");
    STRING message;
    INIT(&message, mail_string, "Subject: x\r\n\r\n", 14);
    check(!mail_append_full(stream, at("APPEND", "/notls"), NIL, NIL, &message), "append said T");
    in_time("append", 1);
    told();
    close_at_once(stream);
}

/* The server reads nothing more: the send buffer fills up. */
static void writing(void)
{
    MAILSTREAM *stream = begin("WRITE");
    size_t size = 16 << 20; /* More than the buffers of both ends take. */
    char *text = malloc(size);
    STRING message;
    memset(text, 'a', size);
    INIT(&message, mail_string, text, size);
    check(!mail_append_full(stream, at("WRITE", "/notls"), NIL, NIL, &message), "append said T");
    in_time("write", 1);
    told();
    close_at_once(stream);
    free(text);
}

static void asking_status(void)
{
    MAILSTREAM *stream = begin("STATUS");
    check(!mail_status(stream, at("STATUS", "/notls"), SA_MESSAGES), "status said T");
    in_time("status", 1);
    close_at_once(stream);
}

static void logging_out(void)
{
    MAILSTREAM *stream = begin("LOGOUT");
    mail_close_full(stream, NIL);
    in_time("logout", 1);
}

/* A line that never ends is no answer: octets alone do not keep a call waiting for ever. */
static void dripping(void)
{
    MAILSTREAM *stream = begin("DRIP");
    check(!mail_ping(stream), "ping said T");
    in_time("drip", 2);
    close_at_once(stream);
}

/* Slow is not silent: an answer now and then keeps the connection. */
static void slow_lines(void)
{
    MAILSTREAM *stream = begin("LINES");
    check(mail_ping(stream) == T, "ping gave up although lines came");
    double took = seconds_since_start() - started;
    check(took > TIMEOUT_SECONDS * 1.5, "the lines came too fast to prove anything: %.1f s", took);
    close_at_once(stream);
}

static int asked;

static long on_timeout(long overall, long last)
{
    asked++;
    show("timeout hook: overall and last are told\n");
    check(overall >= TIMEOUT_SECONDS - 1 && last >= TIMEOUT_SECONDS - 1, "hook was told %ld, %ld", overall, last);
    return asked < 2;
}

/* SET_TIMEOUT's function decides whether to go on waiting. */
static void hook(void)
{
    mail_parameters(NIL, SET_TIMEOUT, (void *)on_timeout);
    MAILSTREAM *stream = begin("PING");
    check(!mail_ping(stream), "ping said T");
    check(asked == 2, "the hook was asked %d times", asked);
    in_time("ping with a hook", 2);
    close_at_once(stream);
}

/* A stream that timed out is dead but safe: every call answers at once. */
static void afterwards(void)
{
    MAILSTREAM *stream = begin("PING");
    mail_ping(stream);
    start_the_clock();
    unsigned long length = 1;
    check(!mail_ping(stream), "ping said T");
    mail_fetch_body(stream, 1, "1", &length, NIL);
    mail_flag(stream, "1", "\\Seen", ST_SET);
    check(!mail_expunge_full(stream, NIL, NIL), "expunge said T");
    check(!mail_copy_full(stream, "1", "Work", NIL), "copy said T");
    check(!imap_getquotaroot(stream, "INBOX"), "quota said T");
    mail_close_full(stream, NIL);
    double waited = seconds_since_start() - started - (busy() - busy_before);
    check(waited < LATE_SECONDS, "a dead stream still waits: %.1f s", waited);
}

const struct test_case cases[] = {
    {"no_greeting", no_greeting},
    {"half_a_greeting", half_a_greeting},
    {"no_handshake", no_handshake},
    {"no_handshake_after_starttls", no_handshake_after_starttls},
    {"login", login},
    {"selecting", selecting},
    {"connecting", connecting},
    {"fetching", fetching},
    {"searching", searching},
    {"pinging", pinging},
    {"appending", appending},
    {"writing", writing},
    {"asking_status", asking_status},
    {"logging_out", logging_out},
    {"dripping", dripping},
    {"slow_lines", slow_lines},
    {"hook", hook},
    {"afterwards", afterwards},
    {NULL, NULL},
};
