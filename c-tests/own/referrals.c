/* Referrals that are not followed, or not as they came: circles, from TLS to no TLS, what was said before TLS; and many
 * messages in one command, where UW crashes.
 * fake: referrals
 */
#include "common.h"

static const char *answer_flags = "";
static int asked;

static char *at(const char *server, const char *flags, const char *mailbox)
{
    char variable[64];
    snprintf(variable, sizeof variable, "T_FAKE_REFERRALS_%s", server);
    for (char *c = variable; *c; c++)
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 32);
    return spec_port(variable, "u1", flags, mailbox);
}

static char *referral(MAILSTREAM *stream, char *url, long code)
{
    char server[64];
    asked++;
    check(sscanf(url, "imap://%63[^/]", server) == 1, "an odd URL: %s", url);
    /* The name of a stream to open belongs to the library; of the others it takes a copy. */
    char *name = at(server, answer_flags, strstr(url, "Moved") ? "Moved" : "INBOX");
    return code <= REFSELECT ? cpystr(name) : name;
}

static void follow(const char *flags)
{
    setenv("SSL_CERT_FILE", setting("T_CA"), 1);
    mail_parameters(NIL, SET_IMAPREFERRAL, (void *)referral);
    answer_flags = flags;
}

static long give(MAILSTREAM *stream, void *data, char **flags, char **date, STRING **message)
{
    static STRING strings[3];
    static char texts[3][32];
    int *given = (int *)data;
    *flags = *date = NIL;
    *message = NIL;
    if (*given == 3) return T;
    snprintf(texts[*given], sizeof *texts, "From: %d\r\n\r\nx\r\n", *given + 1);
    INIT(strings + *given, mail_string, texts[*given], strlen(texts[*given]));
    *message = strings + *given;
    ++*given;
    return T;
}

static void append_together(void)
{
    int given = 0;
    follow("/notls");
    check(mail_append_multiple(NIL, at("multi", "/notls", "Moved"), give, &given), "not stored: %s", last_error);
    check(given == 3, "%d messages were asked for", given);
    check(asked == 1, "%d referrals", asked);
}

static void circles(void)
{
    int given = 0;
    follow("/notls");
    MAILSTREAM *stream = mail_open(NIL, at("circle", "/notls", "Moved"), NIL);
    check(stream && stream->halfopen, "opened in a circle");
    check(asked == 10, "asked %d times", asked);
    mail_close(stream);
    check(!mail_open(NIL, at("login_circle", "/notls", "INBOX"), NIL), "logged in in a circle");
    check(asked == 20, "asked %d times", asked);
    check(!mail_create(NIL, at("circle", "/notls", "Moved")), "created in a circle");
    check(asked == 30, "asked %d times", asked);
    check(!mail_status(NIL, at("circle", "/notls", "Moved"), SA_MESSAGES), "counted in a circle");
    check(asked == 40, "asked %d times", asked);
    check(!mail_append_multiple(NIL, at("circle", "/notls", "Moved"), give, &given), "stored in a circle");
    check(asked == 50, "asked %d times", asked);
    check(!!strcasestr(last_error, "moved"), "the last error is %s", last_error);
}

/* The next server has no TLS, and gets no password. */
static void tls_stays(void)
{
    int given = 0;
    follow("");
    check(!mail_open(NIL, at("protected", "/tls", "INBOX"), NIL), "logged in in clear");
    check(asked == 1, "asked %d times", asked);
    check(!!strstr(last_error, "Unable to negotiate TLS"), "the error is %s", last_error);
    check(!mail_open(NIL, at("protected_mailbox", "", "Moved"), NIL), "opened in clear");
    check(asked == 2, "asked %d times", asked);
    check(!mail_create(NIL, at("protected_mailbox", "", "Moved")), "created in clear");
    check(!mail_status(NIL, at("protected_mailbox", "", "Moved"), SA_MESSAGES), "counted in clear");
    check(!mail_append_multiple(NIL, at("protected_mailbox", "", "Moved"), give, &given), "stored in clear");
    check(asked == 5, "asked %d times", asked);
    follow("/notls");
    check(!mail_open(NIL, at("protected", "/tls", "INBOX"), NIL), "logged in in clear");
    check(!mail_status(NIL, at("protected_mailbox", "", "Moved"), SA_MESSAGES), "counted in clear");
    check(asked == 7, "asked %d times", asked);
    check(!!strstr(last_error, "without is not followed"), "the error is %s", last_error);
}

static void said_before_tls(void)
{
    follow("/notls");
    MAILSTREAM *stream = mail_open(NIL, at("injected", "", "INBOX"), NIL);
    check(stream && stream->nmsgs == 3, "not opened: %s", last_error);
    check(!asked, "asked %d times", asked);
    mail_close(stream);
}

const struct test_case cases[] = {
    {"append_together", append_together}, {"circles", circles}, {"tls_stays", tls_stays},
    {"said_before_tls", said_before_tls}, {NULL, NULL},
};
