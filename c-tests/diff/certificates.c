/* TLS from the first octet with certificates of every kind, trusted in every way: who is let in, and what the hooks get.
 * server: odd-certificates
 * fake: certificates
 */
#include "common.h"

#include <ctype.h>
#include <sys/stat.h>

static const char *kinds[] = { "good", "self", "wronghost", "expired", "recipe", "selfclient", "selfcritical", "notyet",
                               "client", "critical", "authority", "common", "sha1", "rsa1024", "chain", "nochain",
                               "bounded", "nobounds" };
#define KINDS (long)(sizeof kinds / sizeof *kinds)

/* A file beside the authority's. */
static char *beside(const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s", setting("T_CA"));
    snprintf(strrchr(path, '/') + 1, 256, "%s", name);
    return path;
}

static char *name_of(long kind, const char *flags)
{
    static char name[512];
    char variable[64];
    snprintf(variable, sizeof variable, "T_FAKE_CERTIFICATES_%s", kinds[kind]);
    for (char *s = variable; *s; s++)
        *s = toupper(*s);
    snprintf(name, sizeof name, "{localhost:%s/imap%s/user=u1}INBOX", setting(variable), flags);
    return name;
}

static void attempt(long kind, const char *flags)
{
    quiet = 1;
    errors_logged = 0;
    MAILSTREAM *stream = mail_open(NIL, name_of(kind, flags), NIL);
    show("%s: %s\n", kinds[kind], stream ? "opened" : "refused");
    if (errors_logged) {
        /* Up to the subject: behind it ours says more. */
        char *subject = strstr(last_error, "CN=");
        show("  \"%.*s\"\n", subject ? (int) strcspn(subject, " ,(") + (int) (subject - last_error) : 40, last_error);
    }
    if (stream)
        mail_close_full(stream, NIL);
}

static void of_the_authority(long kind)
{
    setenv("SSL_CERT_FILE", setting("T_CA"), 1);
    attempt(kind, "/ssl");
}

static void of_itself(long kind)
{
    char file[64];
    snprintf(file, sizeof file, "%s.pem", kinds[kind]);
    setenv("SSL_CERT_FILE", beside(file), 1);
    attempt(kind, "/ssl");
}

static void of_nobody(long kind)
{
    setenv("SSL_CERT_FILE", "/nonexistent", 1);
    setenv("SSL_CERT_DIR", "/nonexistent", 1);
    attempt(kind, "/ssl");
}

static void of_anybody(long kind) { attempt(kind, "/ssl/novalidate-cert"); }

static void of_a_directory(long kind)
{
    setenv("SSL_CERT_DIR", beside("trusted"), 1);
    attempt(kind, "/ssl");
}

static void of_capath(long kind)
{
    mail_parameters(NIL, SET_SSLCAPATH, beside("trusted"));
    attempt(kind, "/ssl");
}

static void each(void (*step)(long))
{
    for (long kind = 0; kind < KINDS; kind++)
        if (!passed_over())
            isolated(step, kind);
}

static void authority_trusted(void) { each(of_the_authority); }
static void itself_trusted(void) { each(of_itself); }
static void nobody_trusted(void) { each(of_nobody); }
static void anybody_trusted(void) { each(of_anybody); }
static void directory_trusted(void) { each(of_a_directory); }
static void capath_trusted(void) { each(of_capath); }

static void on_failure(char *host, char *reason, unsigned long flags)
{
    char *subject = strstr(reason, "CN=");
    show("  failure of %s, \"%.*s\", flags %x\n", host,
         subject ? (int) strcspn(subject, " ,(") + (int) (subject - reason) : 0, reason, (unsigned) flags & 0xffff0000);
}

static long answer;

static long on_query(char *reason, char *host, char *subject)
{
    static int asked;
    if (!asked++)
        show("  asked of %s, \"%s\", %s\n", host, reason, subject);
    return answer;
}

static void told(long kind)
{
    mail_parameters(NIL, SET_SSLFAILURE, (void *) on_failure);
    of_the_authority(kind);
}

static void hooks_failure(void) { each(told); }

static void asked(long kind)
{
    mail_parameters(NIL, SET_SSLCERTIFICATEQUERY, (void *) on_query);
    mail_parameters(NIL, SET_SSLFAILURE, (void *) on_failure);
    of_the_authority(kind);
}

static void hooks_yes(void)
{
    answer = T;
    each(asked);
}

static void hooks_no(void)
{
    answer = NIL;
    each(asked);
}

/* TLS is tried first: with a bad certificate nobody goes on in clear. */
static void tried_first(long kind)
{
    setenv("SSL_CERT_FILE", setting("T_CA"), 1);
    quiet = 1;
    MAILSTREAM *stream = mail_open(NIL, name_of(kind, "/tryssl"), OP_TRYSSL);
    show("%s: %s\n", kinds[kind], stream ? "opened" : "refused");
    if (errors_logged) {
        char *subject = strstr(last_error, "CN=");
        show("  \"%.*s\"\n", subject ? (int) strcspn(subject, " ,(") + (int) (subject - last_error) : 40, last_error);
    }
    if (stream)
        mail_close_full(stream, NIL);
}

static void tryssl(void) { each(tried_first); }

/* The program has taken STARTTLS away: not asked for, it is not done; demanded, it fails. */
static void no_start(void)
{
    mail_parameters(NIL, SET_SSLSTART, NIL);
    for (int i = 0; i < 4; i++) {
        char name[256];
        snprintf(name, sizeof name, "{localhost:%s/%s%s/user=u1}INBOX", setting(i & 1 ? "T_POP3" : "T_PORT"),
                 i & 1 ? "pop3" : "imap", i & 2 ? "/tls" : "");
        MAILSTREAM *stream = mail_open(NIL, name, NIL);
        show("%s\n", stream ? stream->mailbox : "refused");
        if (stream)
            mail_close_full(stream, NIL);
    }
}

const struct test_case cases[] = {
    { "authority_trusted", authority_trusted },
    { "itself_trusted", itself_trusted },
    { "nobody_trusted", nobody_trusted },
    { "anybody_trusted", anybody_trusted },
    { "directory_trusted", directory_trusted },
    { "capath_trusted", capath_trusted },
    { "hooks_failure", hooks_failure },
    { "hooks_yes", hooks_yes },
    { "hooks_no", hooks_no },
    { "tryssl", tryssl },
    { "no_start", no_start },
    { NULL, NULL },
};
