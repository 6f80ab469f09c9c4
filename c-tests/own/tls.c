/* STARTTLS and implicit TLS: versions, trust, names. UW's STARTTLS offers TLS 1.0 only, which no server takes.
 * fake: tls
 */
#include "common.h"

static MAILSTREAM *open_at(const char *section, const char *flags)
{
    char variable[64];
    snprintf(variable, sizeof variable, "T_FAKE_TLS_%s", section);
    return mail_open(NIL, spec_port(variable, "u1", flags, "INBOX"), NIL);
}

static void trust(void) { setenv("SSL_CERT_FILE", setting("T_CA"), 1); }

static void works(const char *section, const char *flags)
{
    MAILSTREAM *stream = open_at(section, flags);
    check(!!stream, "%s%s was refused", section, flags);
    if (stream) {
        check(stream->nmsgs == 3, "%lu messages", stream->nmsgs);
        check(mail_ping(stream), "ping failed");
        mail_close_full(stream, NIL);
    }
}

/* Refused, with an error that names the host and contains `word`. */
static void refused(const char *section, const char *flags, const char *word)
{
    int before = errors_logged;
    MAILSTREAM *stream = open_at(section, flags);
    check(!stream, "%s%s was accepted", section, flags);
    check(errors_logged > before, "no error was logged");
    check(!!strstr(last_error, "127.0.0.1"), "the error does not name the host: %s", last_error);
    check(!!strcasestr(last_error, word), "the error does not say %s: %s", word, last_error);
    if (stream)
        mail_close_full(stream, NIL);
}

static void starttls_12(void)
{
    trust();
    works("V12", "/tls");
}

static void starttls_13(void)
{
    trust();
    works("V13", "/tls");
}

/* Without any flag STARTTLS is used where it is offered. */
static void starttls_by_default(void)
{
    trust();
    works("V13", "");
}

static void starttls_untrusted(void) { refused("V13", "/tls", "certificate"); }
static void starttls_novalidate(void) { works("V13", "/tls/novalidate-cert"); }

static void self_signed(void)
{
    trust();
    refused("SELF", "/tls", "certificate");
    refused("IMPLICITSELF", "/ssl", "certificate");
}

static void self_signed_novalidate(void)
{
    works("SELF", "/tls/novalidate-cert");
    works("IMPLICITSELF", "/ssl/novalidate-cert");
}

static void self_signed_in_the_store(void)
{
    char path[1024];
    snprintf(path, sizeof path, "%s", setting("T_CA"));
    strcpy(strrchr(path, '/'), "/self.pem");
    setenv("SSL_CERT_FILE", path, 1);
    works("IMPLICITSELF", "/ssl");
}

static void wrong_host(void)
{
    trust();
    refused("WRONGHOST", "/tls", "certificate");
    refused("IMPLICITWRONGHOST", "/ssl", "certificate");
}

static void expired(void)
{
    trust();
    refused("EXPIRED", "/tls", "certificate");
    refused("IMPLICITEXPIRED", "/ssl", "certificate");
}

static void injection(void)
{
    trust();
    MAILSTREAM *stream = open_at("INJECTION", "/tls");
    check(!stream, "text sent in clear behind STARTTLS's OK was accepted");
    if (stream)
        mail_close_full(stream, NIL);
}

/* /tls demands it; the default takes what there is. */
static void demanded_but_not_there(void)
{
    int before = errors_logged;
    MAILSTREAM *stream = open_at("WITHOUT", "/tls");
    check(!stream && errors_logged > before, "/tls went on without TLS");
    stream = open_at("REFUSES", "/tls");
    check(!stream, "/tls went on after a refused STARTTLS");
    works("WITHOUT", "");
}

static void no_handshake(void)
{
    trust();
    MAILSTREAM *stream = open_at("NOTTLS", "/tls");
    check(!stream, "accepted");
}

static void implicit(void)
{
    trust();
    works("IMPLICIT", "/ssl");
}

static void real_server(void)
{
    trust();
    MAILSTREAM *stream = mail_open(NIL, spec_for("u1", "/tls", "Work"), NIL);
    check(stream && stream->nmsgs == 3, "STARTTLS with Dovecot failed");
    if (stream) {
        unsigned long length = 0;
        char *text = mail_fetch_body(stream, 1, "1", &length, NIL);
        check(text && length == 12, "body has %lu octets", length);
        check(!!strstr(stream->mailbox, "/user=\"u1\""), "mailbox is %s", stream->mailbox);
        mail_close_full(stream, NIL);
    }
    stream = mail_open(NIL, spec_port("T_SPORT", "u1", "/ssl", "Work"), NIL);
    check(stream && stream->nmsgs == 3, "/ssl with Dovecot failed");
    if (stream)
        mail_close_full(stream, NIL);
    stream = mail_open(NIL, spec_for("u1", "/tls/authuser=master", "Work"), NIL);
    check(stream && stream->nmsgs == 3, "STARTTLS and authuser with Dovecot failed");
    if (stream)
        mail_close_full(stream, NIL);
}

const struct test_case cases[] = {
    {"starttls_12", starttls_12},
    {"starttls_13", starttls_13},
    {"starttls_by_default", starttls_by_default},
    {"starttls_untrusted", starttls_untrusted},
    {"starttls_novalidate", starttls_novalidate},
    {"self_signed", self_signed},
    {"self_signed_novalidate", self_signed_novalidate},
    {"self_signed_in_the_store", self_signed_in_the_store},
    {"wrong_host", wrong_host},
    {"expired", expired},
    {"injection", injection},
    {"demanded_but_not_there", demanded_but_not_there},
    {"no_handshake", no_handshake},
    {"implicit", implicit},
    {"real_server", real_server},
    {NULL, NULL},
};
