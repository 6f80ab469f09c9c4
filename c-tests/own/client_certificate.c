/* A server that lets nobody in without a certificate of the client's: SET_SSLCLIENTCERT, SET_SSLCLIENTKEY, EXTERNAL.
 * server: client-certificates mechanisms=plain,external
 */
#include "common.h"

static char text[2][8192]; /* what the hooks hand out; the library wipes it */
static const char *file_of_certificate = "user.pem";
static const char *file_of_key = "user.key";
static int asked_for_certificate, asked_for_key;

static char *content(char *into, const char *name)
{
    char path[1100];
    snprintf(path, sizeof path, "%s", setting("T_CA"));
    snprintf(strrchr(path, '/') + 1, 64, "%s", name);
    FILE *file = fopen(path, "r");
    check(!!file, "%s cannot be read", path);
    into[file ? fread(into, 1, sizeof text[0] - 1, file) : 0] = '\0';
    if (file)
        fclose(file);
    return into;
}

static char *certificate(void)
{
    asked_for_certificate++;
    return content(text[0], file_of_certificate);
}

static char *key(void)
{
    asked_for_key++;
    return content(text[1], file_of_key);
}

/* Certificate and key in one text. */
static char *both(void)
{
    char *end = certificate();
    content(end + strlen(end), file_of_key);
    return text[0];
}

static char *nothing(void) { return NIL; }
static char *empty(void) { return strcpy(text[0], ""); }

static void use(char *(*give_certificate)(void), char *(*give_key)(void))
{
    setenv("SSL_CERT_FILE", setting("T_CA"), 1);
    mail_parameters(NIL, SET_SSLCLIENTCERT, (void *)give_certificate);
    mail_parameters(NIL, SET_SSLCLIENTKEY, (void *)give_key);
}

static char *name(const char *service, const char *port, const char *flags)
{
    static char made[512];
    snprintf(made, sizeof made, "{localhost:%s/%s%s/user=u1}INBOX", setting(port), service, flags);
    return made;
}

static char *each[4];

static void names(void)
{
    static char made[4][512];
    strcpy(each[0] = made[0], name("imap", "T_SPORT", "/ssl"));
    strcpy(each[1] = made[1], name("imap", "T_PORT", "/tls"));
    strcpy(each[2] = made[2], name("pop3", "T_SPOP3", "/ssl"));
    strcpy(each[3] = made[3], name("pop3", "T_POP3", "/tls"));
}

static int wiped(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i])
            return 0;
    return 1;
}

static void opens(void)
{
    names();
    for (int i = 0; i < 4; i++) {
        MAILSTREAM *stream = mail_open(NIL, each[i], NIL);
        check(!!stream, "%s: %s", each[i], last_error);
        if (stream)
            mail_close_full(stream, NIL);
        check(wiped(text[0], sizeof text[0]) && wiped(text[1], sizeof text[1]), "certificate or key were left in memory");
    }
}

static void refused(const char *reason)
{
    names();
    for (int i = 0; i < 4; i++) {
        *last_error = '\0';
        MAILSTREAM *stream = mail_open(NIL, each[i], NIL);
        check(!stream, "%s was let in", each[i]);
        check(!!strstr(last_error, reason), "%s: %s", each[i], last_error);
        if (stream)
            mail_close_full(stream, NIL);
    }
}

static void shown(void)
{
    use(certificate, key);
    opens();
    check(asked_for_certificate == 4 && asked_for_key == 4, "asked %d and %d times", asked_for_certificate, asked_for_key);
}

static void in_one_text(void)
{
    use(both, NIL);
    opens();
}

/* The server says so, not we: without one it lets nobody log in. */
static void not_shown(void)
{
    use(NIL, NIL);
    refused("");
    use(nothing, NIL);
    refused("");
    use(empty, key);
    refused("");
    check(!asked_for_key, "asked for the key of no certificate");
}

static void bad_texts(void)
{
    file_of_key = "good.key";
    use(certificate, key);
    refused("TLS/SSL failure for localhost: SSL client certificate failed: its key belongs to another certificate");
    check(wiped(text[0], sizeof text[0]) && wiped(text[1], sizeof text[1]), "certificate or key were left in memory");
    use(certificate, NIL);
    refused("SSL client certificate failed: there is no key in PEM");
    use(certificate, nothing);
    refused("SSL client certificate failed: there is no key in PEM");
    file_of_certificate = "user.key";
    use(certificate, key);
    refused("SSL client certificate failed: there is no certificate in its PEM text");
}

/* One that another authority signed. */
static void a_stranger_s(void)
{
    file_of_certificate = "self.pem";
    file_of_key = "self.key";
    use(certificate, key);
    refused("");
}

/* The certificate is all that is needed: no password is asked for. */
static void external(void)
{
    use(certificate, key);
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, (void *)"PLAIN");
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, (void *)"LOGIN");
    mail_parameters(NIL, UNHIDE_AUTHENTICATOR, (void *)"EXTERNAL");
    login_password = "wrong";
    opens();
    file_of_certificate = file_of_key = NIL;
    use(NIL, NIL);
    refused("");
}

const struct test_case cases[] = {
    { "shown", shown },
    { "in_one_text", in_one_text },
    { "not_shown", not_shown },
    { "bad_texts", bad_texts },
    { "a_stranger_s", a_stranger_s },
    { "external", external },
    { NULL, NULL },
};
