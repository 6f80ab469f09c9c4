/* What TLS streams share and what not: sessions, trusted certificates, memory; the name that is sent; hooks that call.
 * fake: sessions
 */
#include "common.h"

#include <malloc.h>
#include <unistd.h>

#define STREAMS 100
#define MOST 90000 /* octets of one TLS stream: a tenth of what one of UW's takes */

static char *at(const char *host, const char *section, const char *flags)
{
    static char name[512];
    char variable[64];
    snprintf(variable, sizeof variable, "T_FAKE_SESSIONS_%s", section);
    snprintf(name, sizeof name, "{%s:%s/imap%s/user=u1}INBOX", host, setting(variable), flags);
    return name;
}

static void trust(void) { setenv("SSL_CERT_FILE", setting("T_CA"), 1); }

static char *beside(const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s", setting("T_CA"));
    snprintf(strrchr(path, '/') + 1, 256, "%s", name);
    return path;
}

static char *content(const char *path)
{
    static char text[2][8192];
    static int turn;
    char *into = text[turn++ % 2];
    FILE *file = fopen(path, "r");
    into[file ? fread(into, 1, sizeof text[0] - 1, file) : 0] = '\0';
    check(file && *into, "%s cannot be read", path);
    if (file)
        fclose(file);
    return into;
}

enum { RESUMED = 1, NEW = 2 };

/* Opens, sees what the server says of the session, and closes. */
static void is(unsigned long what, const char *section, const char *flags)
{
    MAILSTREAM *stream = mail_open(NIL, at("localhost", section, flags), NIL);
    check(!!stream, "%s%s: %s", section, flags, last_error);
    if (!stream)
        return;
    check(stream->nmsgs == what, "%s%s: the session was %s", section, flags, stream->nmsgs == NEW ? "new" : "resumed");
    mail_close_full(stream, NIL);
}

static void resumed_12(void)
{
    trust();
    is(NEW, "V12", "/tls");
    is(RESUMED, "V12", "/tls");
    is(RESUMED, "V12", "");
}

static void resumed_13(void)
{
    trust();
    is(NEW, "V13", "/tls");
    is(RESUMED, "V13", "/tls");
    is(NEW, "IMPLICIT", "/ssl"); /* a ticket of another server on the same host */
    is(RESUMED, "IMPLICIT", "/ssl");
}

/* A second stream while the first is open. */
static void resumed_beside(void)
{
    trust();
    MAILSTREAM *first = mail_open(NIL, at("localhost", "IMPLICIT", "/ssl"), NIL);
    check(first && first->nmsgs == NEW, "first: %s", last_error);
    is(RESUMED, "IMPLICIT", "/ssl");
    check(first && mail_ping(first), "the first stream died");
    if (first)
        mail_close_full(first, NIL);
}

static void not_without_validation(void)
{
    trust();
    is(NEW, "IMPLICIT", "/ssl/novalidate-cert");
    is(NEW, "IMPLICIT", "/ssl");
    is(RESUMED, "IMPLICIT", "/ssl/novalidate-cert");
    is(RESUMED, "IMPLICIT", "/ssl");
    /* Or else a session of a server that nobody vouches for would let it in. */
    is(NEW, "SELF", "/ssl/novalidate-cert");
    MAILSTREAM *stream = mail_open(NIL, at("localhost", "SELF", "/ssl"), NIL);
    check(!stream, "a session without validation let a stranger in");
}

static void not_with_another_store(void)
{
    char path[1100], next[1110];
    trust();
    is(NEW, "IMPLICIT", "/ssl");
    mail_parameters(NIL, SET_SSLCAPATH, beside("trusted"));
    is(NEW, "IMPLICIT", "/ssl");
    is(RESUMED, "IMPLICIT", "/ssl");
    mail_parameters(NIL, SET_SSLCAPATH, NIL);
    /* A file that changes: the sessions of the old one do not count. */
    snprintf(path, sizeof path, "%s/store.pem", setting("HOME"));
    snprintf(next, sizeof next, "%s.next", path);
    for (int turn = 0; turn < 2; turn++) {
        FILE *file = fopen(next, "w");
        fprintf(file, "%s", content(setting("T_CA")));
        fclose(file);
        rename(next, path);
        setenv("SSL_CERT_FILE", path, 1);
        is(NEW, "IMPLICIT", "/ssl");
        is(RESUMED, "IMPLICIT", "/ssl");
    }
    FILE *file = fopen(next, "w");
    fprintf(file, "%s", content(beside("self.pem")));
    fclose(file);
    rename(next, path);
    MAILSTREAM *stream = mail_open(NIL, at("localhost", "IMPLICIT", "/ssl"), NIL);
    check(!stream, "an authority that was taken away still counts");
    is(NEW, "SELF", "/ssl");
}

static int asked;

static long yes(char *reason, char *host, char *subject)
{
    (void)reason, (void)host, (void)subject;
    asked++;
    return T;
}

static void not_with_a_judge(void)
{
    mail_parameters(NIL, SET_SSLCERTIFICATEQUERY, (void *)yes);
    is(NEW, "SELF", "/ssl");
    is(NEW, "SELF", "/ssl");
    check(asked == 2, "asked %d times", asked);
}

static char *certificate(void) { return content(beside("user.pem")); }
static char *key(void) { return content(beside("user.key")); }

static void not_with_a_client_s(void)
{
    trust();
    is(NEW, "IMPLICIT", "/ssl");
    mail_parameters(NIL, SET_SSLCLIENTCERT, (void *)certificate);
    mail_parameters(NIL, SET_SSLCLIENTKEY, (void *)key);
    is(NEW, "IMPLICIT", "/ssl");
    is(NEW, "IMPLICIT", "/ssl");
}

static void names_are_sent(void)
{
    trust();
    MAILSTREAM *stream = mail_open(NIL, at("localhost", "NAME", "/ssl"), NIL);
    check(!!strstr(last_error, "the name is localhost"), "host: %s", last_error);
    if (stream)
        mail_close_full(stream, NIL);
    stream = mail_open(NIL, at("127.0.0.1", "NAME", "/ssl"), NIL);
    check(!!strstr(last_error, "the name is -"), "address: %s", last_error);
    if (stream)
        mail_close_full(stream, NIL);
}

/* Opens another stream, and closes it, while the first is in its handshake. */
static long yes_from_inside(char *reason, char *host, char *subject)
{
    (void)reason, (void)host, (void)subject;
    if (!asked++) {
        MAILSTREAM *other = mail_open(NIL, at("localhost", "SELF", "/ssl"), NIL);
        check(!!other, "the second stream: %s", last_error);
        if (other)
            mail_close_full(other, NIL);
    }
    return T;
}

static void fails_from_inside(char *host, char *reason, unsigned long flags)
{
    (void)host, (void)reason, (void)flags;
    asked++;
    is(NEW, "IMPLICIT", "/ssl/novalidate-cert");
}

static char *certificate_from_inside(void)
{
    mail_parameters(NIL, SET_SSLCLIENTCERT, NIL);
    is(RESUMED, "IMPLICIT", "/ssl/novalidate-cert");
    return certificate();
}

static void hooks_may_call(void)
{
    mail_parameters(NIL, SET_SSLCERTIFICATEQUERY, (void *)yes_from_inside);
    is(NEW, "SELF", "/ssl");
    check(asked == 2, "asked %d times", asked);
    mail_parameters(NIL, SET_SSLCERTIFICATEQUERY, NIL);
    mail_parameters(NIL, SET_SSLFAILURE, (void *)fails_from_inside);
    asked = errors_logged = 0;
    MAILSTREAM *stream = mail_open(NIL, at("localhost", "SELF", "/ssl"), NIL);
    check(!stream && asked == 1 && !errors_logged, "told %d times, %d errors", asked, errors_logged);
    mail_parameters(NIL, SET_SSLCLIENTCERT, (void *)certificate_from_inside);
    mail_parameters(NIL, SET_SSLCLIENTKEY, (void *)key);
    is(NEW, "IMPLICIT", "/ssl/novalidate-cert");
}

static long in_use(void) { return (long)mallinfo2().uordblks; }

static long dirty(void)
{
    char line[256];
    long kib = 0;
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    while (file && fgets(line, sizeof line, file))
        sscanf(line, "Private_Dirty: %ld", &kib);
    if (file)
        fclose(file);
    return kib * 1024;
}

/* Octets of each of many open streams: allocated, and of memory that is the process's own. */
static void cost(const char *section, const char *flags, long *allocated, long *touched)
{
    static MAILSTREAM *streams[STREAMS];
    is(NEW, section, flags); /* what the first of all costs once */
    long before = in_use(), pages = dirty();
    for (int i = 0; i < STREAMS; i++) {
        streams[i] = mail_open(NIL, at("localhost", section, flags), NIL);
        check(!!streams[i], "%d: %s", i, last_error);
    }
    *allocated = (in_use() - before) / STREAMS;
    *touched = (dirty() - pages) / STREAMS;
    for (int i = 0; i < STREAMS; i++)
        if (streams[i])
            mail_close_full(streams[i], NIL);
    show("%s%s: %ld octets allocated, %ld touched\n", section, flags, *allocated, *touched);
}

static void holds(const char *section, const char *flags)
{
    long allocated, touched;
    quiet = 1;
    trust();
    cost(section, flags, &allocated, &touched);
    check(allocated <= MOST && touched <= MOST, "%ld octets allocated, %ld touched", allocated, touched);
}

static void memory_12(void) { holds("V12", "/tls"); }
static void memory_13(void) { holds("V13", "/tls"); }

/* With nothing to share but the trusted certificates. */
static void memory_not_resumed(void)
{
    mail_parameters(NIL, SET_SSLCERTIFICATEQUERY, (void *)yes);
    holds("IMPLICIT", "/ssl");
    check(!asked, "asked %d times", asked);
}

const struct test_case cases[] = {
    { "resumed_12", resumed_12 },
    { "resumed_13", resumed_13 },
    { "resumed_beside", resumed_beside },
    { "not_without_validation", not_without_validation },
    { "not_with_another_store", not_with_another_store },
    { "not_with_a_judge", not_with_a_judge },
    { "not_with_a_client_s", not_with_a_client_s },
    { "names_are_sent", names_are_sent },
    { "hooks_may_call", hooks_may_call },
    { "memory_12", memory_12 },
    { "memory_13", memory_13 },
    { "memory_not_resumed", memory_not_resumed },
    { NULL, NULL },
};
