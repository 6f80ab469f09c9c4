/* An authenticator of the program's own that leaves challenges unanswered, or asks out of turn: the library cancels what
 * it began. UW waits for a server that waits for it.
 * server:
 */
#include "../common.h"

static int calls;
static int asks_again; /* for a second challenge without an answer to the first */

static long client(authchallenge_t challenger, authrespond_t responder, char *service, NETMBX *mb, void *stream,
                   unsigned long *trial, char *user)
{
    unsigned long length;
    void *challenge = challenger(stream, &length);
    calls++;
    check(challenge != NIL, "there is no challenge");
    if (challenge) fs_give(&challenge);
    if (asks_again) {
        challenge = challenger(stream, &length);
        if (challenge) fs_give(&challenge);
    }
    *trial = 65535;
    return NIL;
}

static AUTHENTICATOR own = { 0, "PLAIN", NIL, client, NIL, NIL };

static void try_open(const char *protocol, const char *port)
{
    char name[256];
    MAILSTREAM *stream;
    snprintf(name, sizeof name, "{%s:%s/%s/notls/user=u1}INBOX", setting("T_HOST"), setting(port), protocol);
    calls = 0;
    stream = mail_open(NIL, name, NIL);
    check(!stream, "%s: logged in", protocol);
    check(calls == 1, "%s: called %d times", protocol, calls);
    check(strstr(last_error, "Can not authenticate to") != NULL, "%s: the last error is %s", protocol, last_error);
    check(seconds_since_start() < 20, "%s: took too long", protocol);
    mail_close(stream);
}

static void both(void)
{
    auth_link(&own);
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "PLAIN");
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "CRAM-MD5");
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "LOGIN");
    try_open("imap", "T_PORT");
    try_open("pop3", "T_POP3");
}

static void says_nothing(void) { both(); }

static void asks_twice(void)
{
    asks_again = 1;
    both();
}

const struct test_case cases[] = {
    { "says_nothing", says_nothing },
    { "asks_twice", asks_twice },
    { NULL, NULL },
};
