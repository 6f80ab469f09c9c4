/* POP3: TLS from the first octet and by STLS, time limits, and servers that lie.
 * fake: pop3
 */
#include "common.h"

static MAILSTREAM *open_at(const char *section, const char *flags)
{
    char name[256], variable[64];
    snprintf(variable, sizeof variable, "T_FAKE_POP3_%s", section);
    snprintf(name, sizeof name, "{127.0.0.1:%s/pop3%s/user=u1}INBOX", setting(variable), flags);
    return mail_open(NIL, name, NIL);
}

static MAILSTREAM *opened(const char *section)
{
    MAILSTREAM *stream = open_at(section, "");
    check(!!stream, "%s was refused: %s", section, last_error);
    return stream;
}

static void refused(const char *section, const char *flags, const char *word)
{
    int before = errors_logged;
    MAILSTREAM *stream = open_at(section, flags);
    check(!stream, "%s%s was accepted", section, flags);
    check(errors_logged > before, "no error was logged");
    check(!!strcasestr(last_error, word), "the error does not say %s: %s", word, last_error);
    if (stream) mail_close(stream);
}

static void trust(void) { setenv("SSL_CERT_FILE", setting("T_CA"), 1); }

static void stls(void)
{
    MAILSTREAM *stream;
    trust();
    stream = open_at("STLS", "/tls");
    check(stream && stream->nmsgs == 2, "not opened: %s", last_error);
    if (!stream) return;
    check(!!strstr(stream->mailbox, "/tls"), "the name does not tell: %s", stream->mailbox);
    mail_close(stream);
    stream = open_at("STLS", "");
    check(stream && strstr(stream->mailbox, "/tls"), "STLS was offered and not taken");
    if (stream) mail_close(stream);
}

static void stls_untrusted(void)
{
    trust();
    refused("STLS_SELF", "", "certificate");
}

static void stls_novalidate(void)
{
    MAILSTREAM *stream = open_at("STLS_SELF", "/tls/novalidate-cert");
    check(!!stream, "not opened: %s", last_error);
    if (stream) mail_close(stream);
}

static void stls_refused(void) { refused("STLS_REFUSED", "/tls", "negotiate TLS"); }
static void stls_missing(void) { refused("SOUND", "/tls", "negotiate TLS"); }

static void stls_injection(void)
{
    trust();
    refused("STLS_INJECTION", "/tls", "TLS");
}

static void dovecot(void)
{
    char name[256];
    MAILSTREAM *stream;
    unsigned long len;
    trust();
    snprintf(name, sizeof name, "{localhost:%s/pop3/ssl/user=u1}INBOX", setting("T_SPOP3"));
    stream = mail_open(NIL, name, NIL);
    check(stream && stream->nmsgs == 12, "TLS port: %s", last_error);
    if (stream) {
        mail_fetch_text(stream, 1, NIL, &len, FT_PEEK);
        check(len > 0, "no text");
        mail_close(stream);
    }
    snprintf(name, sizeof name, "{localhost:%s/pop3/tls/user=u1}INBOX", setting("T_POP3"));
    stream = mail_open(NIL, name, NIL);
    check(stream && stream->nmsgs == 12, "STLS: %s", last_error);
    if (stream) mail_close(stream);
    mail_parameters(NIL, SET_SSLPOPPORT, (void *) atol(setting("T_SPOP3")));
    stream = mail_open(NIL, "{localhost/pop3/ssl/user=u1}INBOX", NIL);
    check(stream && stream->nmsgs == 12, "SET_SSLPOPPORT: %s", last_error);
    if (stream) mail_close(stream);
    mail_parameters(NIL, SET_POP3PORT, (void *) atol(setting("T_POP3")));
    stream = mail_open(NIL, "{localhost/pop3/notls/user=u1}INBOX", NIL);
    check(stream && stream->nmsgs == 12, "SET_POP3PORT: %s", last_error);
    if (stream) mail_close(stream);
}

static void no_greeting(void) { refused("SILENT", "", "broken in response"); }

static void in_time(double limit)
{
    check(seconds_since_start() < limit, "it took %.1f s", seconds_since_start());
}

static void stalls(void)
{
    mail_parameters(NIL, SET_READTIMEOUT, (void *) 1);
    refused("STALL_CAPA", "", "timed out");
    refused("STALL_STAT", "", "timed out");
    in_time(20);
}

static void stalls_in_a_message(void)
{
    MAILSTREAM *stream;
    unsigned long len = 9;
    mail_parameters(NIL, SET_READTIMEOUT, (void *) 1);
    stream = opened("STALL_RETR");
    check(!*mail_fetch_text(stream, 1, NIL, &len, NIL) && !len, "half a message");
    check(!mail_ping(stream), "the connection is alive");
    mail_close(stream);
    stream = opened("DRIP_RETR");
    check(!*mail_fetch_text(stream, 1, NIL, &len, NIL) && !len, "half a message");
    mail_close(stream);
    in_time(30);
}

static void stalls_at_quit(void)
{
    MAILSTREAM *stream = opened("STALL_QUIT");
    mail_parameters(NIL, SET_CLOSETIMEOUT, (void *) 1);
    mail_close(stream);
    in_time(10);
}

static void cut(void)
{
    MAILSTREAM *stream;
    unsigned long len = 9;
    refused("CUT_LIST", "", "itemizing");
    stream = opened("CUT_RETR");
    check(!*mail_fetch_text(stream, 1, NIL, &len, NIL) && !len, "half a message");
    check(!mail_elt(stream, 1)->seen, "seen");
    mail_close(stream);
    stream = opened("CUT_TOP");
    check(!*mail_fetch_header(stream, 1, NIL, NIL, &len, NIL) && !len, "half a header");
    mail_close(stream);
}

static void endless(void)
{
    refused("ENDLESS_STAT", "", "does not end");
    refused("ENDLESS_CAPA", "", "does not end");
}

static void numbers(void)
{
    MAILSTREAM *stream = opened("BARE_STAT");
    unsigned long len = 9;
    check(stream->nmsgs == 0, "%lu messages", stream->nmsgs);
    check(!*mail_fetch_text(stream, 1, NIL, &len, NIL), "a text");
    check(!mail_uid(stream, 1) && !mail_msgno(stream, 1), "a UID");
    mail_close(stream);
    stream = opened("BIG_STAT");
    check(stream->nmsgs == 4000000, "%lu messages", stream->nmsgs);
    check(mail_uid(stream, 4000000) == 4000000 && mail_msgno(stream, 3999999) == 3999999, "UIDs");
    mail_close(stream);
}

static void nuls(void)
{
    MAILSTREAM *stream = opened("NUL_RETR");
    unsigned long len;
    char *text = mail_fetch_text(stream, 1, NIL, &len, NIL);
    check(len == 5 && !memcmp(text, "c\0d\r\n", 5), "%lu octets", len);
    mail_close(stream);
}

static void not_deleted(void)
{
    MAILSTREAM *stream = opened("ERR_RETR");
    unsigned long len;
    mail_fetch_text(stream, 1, NIL, &len, NIL);
    check(!mail_elt(stream, 1)->deleted, "marked \\Deleted");
    mail_close(stream);
}

static void bad_challenge(void)
{
    MAILSTREAM *stream = opened("SASL");
    if (stream) mail_close(stream);
    refused("SASL_GREEDY", "", "authenticate");
}

static void line_ends_in_names(void)
{
    char name[256];
    MAILSTREAM *stream;
    snprintf(name, sizeof name, "{127.0.0.1:%s/pop3/user=\"u1\nDELE 1\"}INBOX", setting("T_FAKE_POP3_SOUND"));
    stream = mail_open(NIL, name, NIL);
    check(!stream, "accepted");
    login_password = "secret\r\nDELE 1";
    refused("SOUND", "", "login");
}

static void secure(void) { refused("SOUND", "/secure", "secure authentication"); }

static MAILSTREAM *victim;
static long closing_hook(long overall, long last)
{
    mail_close(victim);
    return NIL;
}

static void closed_from_a_hook(void)
{
    unsigned long len;
    victim = NIL;
    mail_parameters(NIL, SET_READTIMEOUT, (void *) 1);
    mail_parameters(NIL, SET_TIMEOUT, (void *) closing_hook);
    victim = opened("STALL_RETR");
    check(!*mail_fetch_text(victim, 1, NIL, &len, NIL), "a text");
    check(!mail_ping(victim), "alive");
    in_time(20);
}

const struct test_case cases[] = {
    {"stls", stls}, {"stls_untrusted", stls_untrusted}, {"stls_novalidate", stls_novalidate},
    {"stls_refused", stls_refused}, {"stls_missing", stls_missing}, {"stls_injection", stls_injection},
    {"dovecot", dovecot}, {"no_greeting", no_greeting}, {"stalls", stalls},
    {"stalls_in_a_message", stalls_in_a_message}, {"stalls_at_quit", stalls_at_quit}, {"cut", cut}, {"endless", endless},
    {"numbers", numbers}, {"nuls", nuls}, {"not_deleted", not_deleted}, {"bad_challenge", bad_challenge},
    {"line_ends_in_names", line_ends_in_names}, {"secure", secure}, {"closed_from_a_hook", closed_from_a_hook},
    {NULL, NULL},
};
