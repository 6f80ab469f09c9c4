/* An authenticator of the program's own logs in: it is called as c-client calls its own, with challenges, answers and
 * the count of trials.
 * server:
 */
#include "../common.h"

static int cancel_at = -1; /* the trial at which it gives up */

static long client(authchallenge_t challenger, authrespond_t responder, char *service, NETMBX *mb, void *stream,
                   unsigned long *trial, char *user)
{
    char password[MAILTMPLEN] = "", message[3 * MAILTMPLEN];
    unsigned long length;
    void *challenge;
    show("  client: service %s, host %s, user %s, trial %lu\n", service, mb->host, mb->user, *trial);
    if (!(challenge = challenger(stream, &length))) {
        show("  client: no challenge\n");
        return NIL;
    }
    show_bytes("  client: challenge", challenge, length);
    fs_give(&challenge);
    if ((long)*trial == cancel_at) {
        show("  client: cancels, %ld\n", responder(stream, NIL, 0));
        *trial = 0;
        return T;
    }
    mm_login(mb, user, password, (*trial)++);
    length = sprintf(message, "%c%s%c%s", 0, user, 0, password);
    show("  client: answers, %ld\n", responder(stream, message, length));
    if (!(challenge = challenger(stream, &length))) return T;
    show_bytes("  client: another challenge", challenge, length);
    fs_give(&challenge);
    return NIL;
}

static AUTHENTICATOR own = { 0, "PLAIN", NIL, client, NIL, NIL };

static void prepare(void)
{
    show_login = 1;
    auth_link(&own);
    /* The first of a name counts, unless it is switched off. */
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "PLAIN");
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "CRAM-MD5");
    show("found as %d of those\n", mail_lookup_auth_name("plain", NIL) > 0);
}

static void try_open(char *name)
{
    MAILSTREAM *stream = mail_open(NIL, name, NIL);
    show("%s\n", stream ? "opened" : "not opened");
    if (stream) show_stream(stream);
    mail_close(stream);
}

static char *pop(void)
{
    static char name[256];
    snprintf(name, sizeof name, "{%s:%s/pop3/notls/user=%s}INBOX", setting("T_HOST"), setting("T_POP3"), setting("T_USER"));
    return name;
}

static void in(void)
{
    prepare();
    try_open(spec("INBOX"));
    try_open(pop());
}

static void wrong(void)
{
    prepare();
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "LOGIN");
    login_password = "wrong";
    try_open(spec("INBOX"));
    try_open(pop());
    mail_parameters(NIL, SET_MAXLOGINTRIALS, (void *)1);
    try_open(spec("INBOX"));
}

static void cancelled(void)
{
    prepare();
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "LOGIN");
    cancel_at = 0;
    try_open(spec("INBOX"));
    try_open(pop());
}

const struct test_case cases[] = {
    { "in", in },
    { "wrong", wrong },
    { "cancelled", cancelled },
    { NULL, NULL },
};
