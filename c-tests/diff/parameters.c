/* What some settings do (mail_parameters.c holds the values of all). */
#include "common.h"

static void setters_of_drivers(void)
{
    show("%s\n", mail_parameters(NIL, DISABLE_DRIVER, "imap") ? "done" : "NIL");
    show("%s\n", mail_open(NIL, spec("INBOX"), NIL) ? "opened" : "NIL");
    show("%s\n", mail_parameters(NIL, ENABLE_DRIVER, "imap") ? "done" : "NIL");
    show("%s\n", mail_parameters(NIL, ENABLE_DRIVER, "nonsense") ? "done" : "NIL");
    MAILSTREAM *stream = mail_open(NIL, spec("INBOX"), NIL);
    show("%s\n", stream ? "opened" : "NIL");
    if (stream)
        mail_close_full(stream, NIL);
}

static void setters_of_authenticators(void)
{
    show("%s\n", mail_parameters(NIL, DISABLE_AUTHENTICATOR, "CRAM-MD5") ? "done" : "NIL");
    MAILSTREAM *stream = mail_open(NIL, spec("INBOX"), NIL);
    if (stream)
        mail_close_full(stream, NIL);
    show("%s\n", mail_parameters(NIL, DISABLE_AUTHENTICATOR, "PLAIN") ? "done" : "NIL");
    stream = mail_open(NIL, spec("INBOX"), NIL);
    if (stream)
        mail_close_full(stream, NIL);
    show("%s\n", mail_parameters(NIL, ENABLE_AUTHENTICATOR, "CRAM-MD5") ? "done" : "NIL");
    show("%s\n", mail_parameters(NIL, DISABLE_AUTHENTICATOR, "NONSENSE") ? "done" : "NIL");
    stream = mail_open(NIL, spec("INBOX"), NIL);
    if (stream)
        mail_close_full(stream, NIL);
}

static void all_authenticators_off(void)
{
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "CRAM-MD5");
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "PLAIN");
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "LOGIN");
    MAILSTREAM *stream = mail_open(NIL, spec("INBOX"), NIL);
    show("%s\n", stream ? "opened" : "NIL");
    if (stream)
        mail_close_full(stream, NIL);
}

static void default_port(void)
{
    char name[256];
    snprintf(name, sizeof name, "{%s/imap/notls/user=u1}Work", setting("T_HOST"));
    mail_parameters(NIL, SET_IMAPPORT, (void *)atol(setting("T_PORT")));
    MAILSTREAM *stream = mail_open(NIL, name, NIL);
    show_stream(stream);
    if (stream)
        mail_close_full(stream, NIL);
    mail_parameters(NIL, SET_SSLIMAPPORT, (void *)atol(setting("T_SPORT")));
    snprintf(name, sizeof name, "{%s/imap/ssl/novalidate-cert/user=u1}Work", setting("T_HOST"));
    stream = mail_open(NIL, name, NIL);
    show_stream(stream);
    if (stream)
        mail_close_full(stream, NIL);
}

static void on_failure(char *host, char *reason, unsigned long flags)
{
    (void)flags; /* UW hands over what happens to be in a register */
    show("  sslfailure %s \"%s\"\n", host, reason);
}

static long on_query(char *reason, char *host, char *cert)
{
    show("  certificatequery \"%s\" %s %s\n", reason, host, cert);
    return T;
}

static void tls_hooks(void)
{
    mail_parameters(NIL, SET_SSLFAILURE, (void *)on_failure);
    MAILSTREAM *stream = mail_open(NIL, spec_port("T_SPORT", "u1", "/ssl", "Work"), NIL);
    show("%s\n", stream ? "opened" : "NIL");
    mail_parameters(NIL, SET_SSLCERTIFICATEQUERY, (void *)on_query);
    stream = mail_open(NIL, spec_port("T_SPORT", "u1", "/ssl", "Work"), NIL);
    show("%s\n", stream ? "opened" : "NIL");
    if (stream)
        mail_close_full(stream, NIL);
}

const struct test_case cases[] = {
    {"setters_of_drivers", setters_of_drivers},
    {"setters_of_authenticators", setters_of_authenticators},
    {"all_authenticators_off", all_authenticators_off},
    {"default_port", default_port},
    {"tls_hooks", tls_hooks},
    {NULL, NULL},
};
