/* The client side of each authenticator, over an exchange of the test's own. */
#include "common.h"

static const char *const *challenges;

static void *challenger(void *stream, unsigned long *length)
{
    if (!*challenges) {
        show("  no challenge\n");
        return NIL;
    }
    *length = strlen(*challenges);
    show_bytes("  challenge", *challenges, *length);
    return cpystr((char *)*challenges++);
}

static long responder(void *stream, char *text, unsigned long length)
{
    if (text)
        show_bytes("  answer", text, length);
    else
        show("  cancelled\n");
    return T;
}

static void run(AUTHENTICATOR *auth, const char *authuser, const char *const *server)
{
    NETMBX mb;
    char user[MAILTMPLEN] = "";
    unsigned long trial = 1;
    char name[256];
    snprintf(name, sizeof name, "{host/imap/user=someone%s%s}INBOX", *authuser ? "/authuser=" : "", authuser);
    mail_valid_net_parse(name, &mb);
    challenges = server;
    show("-- %s\n", auth->name);
    long answer = (*auth->client)(challenger, responder, "imap", &mb, NIL, &trial, user);
    show("  returns %ld, trial %lu, user \"%s\"\n", answer, trial, user);
}

static const char *const prompts[] = { "User Name", "Password", NIL };
static const char *const one_too_many[] = { "User Name", "Password", "And?", NIL };
static const char *const cram[] = { "<1896.697170952@postoffice.example>", NIL };
static const char *const cram_twice[] = { "<1@host>", "<2@host>", NIL };
static const char *const empty[] = { "", NIL };
static const char *const empty_twice[] = { "", "", NIL };
static const char *const nothing[] = { NIL };

static void login(void)
{
    run(&auth_log, "", prompts);
    run(&auth_log, "", one_too_many);
    run(&auth_log, "", nothing);
}

static void cram_md5(void)
{
    run(&auth_md5, "", cram);
    run(&auth_md5, "", cram_twice);
    run(&auth_md5, "", nothing);
}

static void plain(void)
{
    run(&auth_pla, "", empty);
    run(&auth_pla, "master", empty);
    run(&auth_pla, "", empty_twice);
    run(&auth_pla, "", nothing);
}

static void external(void)
{
    run(&auth_ext, "", empty);
    run(&auth_ext, "", empty_twice);
    run(&auth_ext, "", nothing);
}

static void no_password(void)
{
    login_password = "";
    run(&auth_log, "", prompts);
    run(&auth_md5, "", cram);
    run(&auth_pla, "", empty);
}

const struct test_case cases[] = {
    { "login", login },
    { "cram_md5", cram_md5 },
    { "plain", plain },
    { "external", external },
    { "no_password", no_password },
    { NULL, NULL },
};
