/* OAuth 2: XOAUTH2 and OAUTHBEARER with tokens of the program's, of files and of commands that a configuration names.
 * server: oauth2
 * second: cert=good
 */
#include "common.h"
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *path(const char *name)
{
    static char paths[8][512];
    static int next;
    char *found = paths[next++ % 8];
    snprintf(found, sizeof paths[0], "%s/%s", setting("HOME"), name);
    return found;
}

static void write_file(const char *name, mode_t mode, const char *text)
{
    FILE *out = fopen(path(name), "w");
    if (!out || fputs(text, out) < 0 || fclose(out)) perror(name);
    chmod(path(name), mode);
}

/* The configuration; the library is told where it is. */
static void configure(const char *format, ...)
{
    char text[4096];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    write_file("c-client.conf", 0600, text);
    setenv("C_CLIENT_CONFIG", path("c-client.conf"), 1);
    login_password = ""; /* tokens are none of the program's business */
}

/* A command that notes each run, then does what `script` says. Its environment is clean: all it needs is in its text. */
static void command(const char *script)
{
    char text[8192];
    snprintf(text, sizeof text, "#!/bin/sh\necho run \"$@\" >> %s\n%s\n", path("runs"), script);
    write_file("token", 0700, text);
}

static void command_prints(const char *token)
{
    char text[4096];
    snprintf(text, sizeof text, "echo %s", token);
    command(text);
}

static int runs(void)
{
    int lines = 0, c;
    FILE *in = fopen(path("runs"), "r");
    if (!in) return 0;
    while ((c = getc(in)) != EOF) lines += c == '\n';
    fclose(in);
    return lines;
}

static int opens_as(const char *user, const char *flags)
{
    MAILSTREAM *stream = mail_open(NIL, spec_for(user, flags, "INBOX"), OP_HALFOPEN);
    if (stream) mail_close(stream);
    return stream != NIL;
}

static void works(const char *flags) { check(opens_as("u1", flags), "%s was refused: %s", flags, last_error); }

static void refused(const char *flags, const char *word)
{
    int before = errors_logged;
    check(!opens_as("u1", flags), "%s was accepted", flags);
    check(errors_logged > before, "no error was logged");
    check(!!strstr(last_error, word), "the error does not say %s: %s", word, last_error);
    check(!strstr(last_error, "eyJhbGci"), "the error tells a token: %s", last_error);
}

#define TLS "/tls/novalidate-cert"
#define ACCOUNT "[account]\nhost = 127.0.0.1\nuser = u*\n"

/* -- tokens of the program's ------------------------------------------------------------------------- */

static void from_program(void)
{
    MAILSTREAM *stream;
    login_password = setting("T_TOKEN");
    works(TLS "/auth=xoauth2");
    works(TLS "/auth=OAuthBearer");
    stream = mail_open(NIL, spec_for("u1", TLS "/auth=xoauth2", "INBOX"), NIL);
    check(stream && strstr(stream->mailbox, "/auth=xoauth2/user=\"u1\"}INBOX"), "name %s", stream ? stream->mailbox : "none");
    if (stream) {
        /* The name can be opened again. */
        char *again = cpystr(stream->mailbox);
        MAILSTREAM *second = mail_open(NIL, again, NIL);
        check(second != NIL, "not again: %s", last_error);
        if (second) mail_close(second);
        fs_give((void **)&again);
        mail_close(stream);
    }
}

static void from_program_wrong(void)
{
    login_password = setting("T_TOKEN_EXPIRED");
    refused(TLS "/auth=xoauth2", "XOAUTH2 as u1 at 127.0.0.1, token from the program");
    refused(TLS "/auth=oauthbearer", "OAUTHBEARER as u1");
    login_password = setting("T_TOKEN_FORGED");
    refused(TLS "/auth=xoauth2", "Can not authenticate to IMAP server");
    refused(TLS "/auth=oauthbearer", "Can not authenticate to IMAP server");
    login_password = "no token";
    refused(TLS "/auth=xoauth2", "cannot be sent");
    login_password = "";
    refused(TLS "/auth=xoauth2", "IMAP Authentication cancelled");
    check(!opens_as("u2", TLS "/auth=xoauth2"), "another's token was accepted");
}

/* /auth= names every other mechanism, too. */
static void other_mechanisms(void)
{
    works(TLS "/auth=plain");
    works(TLS "/auth=login");
    works(TLS "/auth=cram-md5");
    refused(TLS "/auth=gssapi", "does not offer GSSAPI authentication, which the mailbox name demands");
    configure(ACCOUNT "mechanism = scram-sha-1\n");
    refused(TLS, "does not offer SCRAM-SHA-1 authentication, which ");
    configure(ACCOUNT "mechanism = cram-md5\n");
    login_password = NULL;
    works(TLS);
}

/* -- tokens of files --------------------------------------------------------------------------------- */

static void from_file(void)
{
    configure(ACCOUNT "mechanism = oauthbearer\ntoken-file = %s/token-of-%%u\n", setting("HOME"));
    refused(TLS, "No such file");
    write_file("token-of-u1", 0640, setting("T_TOKEN"));
    works(TLS);
    works(TLS "/auth=xoauth2");
    /* It is looked at anew for each login. */
    write_file("token-of-u1", 0640, setting("T_TOKEN_EXPIRED"));
    refused(TLS, "Can not authenticate");
    write_file("token-of-u1", 0640, setting("T_TOKEN"));
    works(TLS);
    write_file("token-of-u1", 0644, setting("T_TOKEN"));
    refused(TLS, "everybody can read it");
    write_file("token-of-u1", 0640, "");
    refused(TLS, "no token: nothing there");
}

static void as_somebody_else(void)
{
    configure(ACCOUNT "token-file = %s/t\nlogin = u1\n", setting("HOME"));
    write_file("t", 0600, setting("T_TOKEN"));
    check(opens_as("unknown", TLS), "refused: %s", last_error);
    check(!opens_as("v1", TLS), "a user that the account is not for");
}

/* -- tokens of commands ------------------------------------------------------------------------------ */

static void from_command(void)
{
    char json[2048];
    int i;
    configure(ACCOUNT "token-command = %s/token %%u \"a b\"\n", setting("HOME"));
    command_prints(setting("T_TOKEN"));
    for (i = 0; i < 4; i++) works(TLS);
    check(runs() == 1, "%d runs instead of 1", runs());
    /* Without a lifetime nothing is kept. */
    configure(ACCOUNT "token-command = %s/token -u \"%%u\"\ntoken-lifetime = 0\n", setting("HOME"));
    for (i = 0; i < 2; i++) works(TLS);
    check(runs() == 3, "%d runs instead of 3", runs());
    /* What the issuer says counts, less the margin. */
    configure(ACCOUNT "token-command = %s/token json\nrefresh-margin = 100\n", setting("HOME"));
    snprintf(json, sizeof json, "echo '{\"token_type\":\"Bearer\",\"expires_in\":%d,\"access_token\":\"%s\"}'", 90, setting("T_TOKEN"));
    command(json);
    for (i = 0; i < 2; i++) works(TLS);
    check(runs() == 5, "%d runs instead of 5", runs());
    snprintf(json, sizeof json, "echo '{\"token_type\":\"Bearer\",\"expires_in\":%d,\"access_token\":\"%s\"}'", 3600, setting("T_TOKEN"));
    command(json);
    for (i = 0; i < 3; i++) works(TLS);
    check(runs() == 6, "%d runs instead of 6", runs());
}

/* A token that was kept and is refused is replaced at once; one that has just come is not. */
static void replaced(void)
{
    char script[4096];
    configure("[account]\nuser = u*\ntoken-command = %s/token\n", setting("HOME"));
    command_prints(setting("T_TOKEN_EXPIRED"));
    refused(TLS, "Can not authenticate");
    check(runs() == 1, "%d runs instead of 1", runs());
    snprintf(script, sizeof script, "test -e %s && echo %s || echo %s", path("second"), setting("T_TOKEN_U2"), setting("T_TOKEN"));
    command(script);
    works(TLS);
    works(TLS);
    check(runs() == 2, "%d runs instead of 2", runs());
    write_file("second", 0600, "");
    /* The same command: what is kept is u1's. */
    check(opens_as("u2", TLS), "not replaced: %s", last_error);
    check(runs() == 3, "%d runs instead of 3", runs());
    check(opens_as("u2", TLS), "not kept: %s", last_error);
    check(runs() == 3, "%d runs instead of 3", runs());
    command_prints(setting("T_TOKEN_FORGED"));
    refused(TLS, "Can not authenticate");
    check(runs() == 4, "%d runs instead of 4", runs());
}

static int descriptors(void)
{
    int fd, open = 0;
    for (fd = 0; fd < 256; fd++) {
        struct stat ignored;
        open += !fstat(fd, &ignored);
    }
    return open;
}

static void bad_commands(void)
{
    double begun;
    int before = descriptors();
    configure(ACCOUNT "token-command = %s/token\ntimeout = 60\n", setting("HOME"));
    refused(TLS, "No token for u1 at 127.0.0.1 (");
    refused(TLS, "cannot be started: No such file");
    command("echo 'account locked' >&2; exit 4");
    refused(TLS, "failed with exit status 4; it says: account locked");
    command("echo '{\"error\":\"invalid_grant\",\"error_description\":\"refresh token expired\"}'");
    refused(TLS, "no token: invalid_grant: refresh token expired");
    command("yes | head -c 200000");
    refused(TLS, "printed more than 65536 octets");
    command("echo one; echo two");
    refused(TLS, "more than one line");
    configure(ACCOUNT "token-command = %s/token\ntimeout = 1\n", setting("HOME"));
    begun = seconds_since_start();
    command("sleep 1000");
    refused(TLS, "did not end in 1 seconds");
    check(seconds_since_start() - begun < 20, "it took %f seconds", seconds_since_start() - begun);
    check(descriptors() == before, "%d descriptors, then %d", before, descriptors());
    check(waitpid(-1, NULL, WNOHANG) == -1, "a child was left behind");
}

/* Asterisk collects every child that ends, ours among them. */
static void collect(int ignored)
{
    while (waitpid(-1, NULL, WNOHANG) > 0);
}

static void host_collects_children(void)
{
    int i;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = collect;
    sigaction(SIGCHLD, &action, NULL);
    configure(ACCOUNT "token-command = %s/token\ntoken-lifetime = 0\n", setting("HOME"));
    command_prints(setting("T_TOKEN"));
    for (i = 0; i < 5; i++) works(TLS);
    command("exit 3");
    for (i = 0; i < 3; i++) refused(TLS, "No token for u1");
    signal(SIGCHLD, SIG_IGN);
    command_prints(setting("T_TOKEN"));
    for (i = 0; i < 3; i++) works(TLS);
}

static void *open_in_thread(void *ignored)
{
    return opens_as("u1", TLS) ? "" : NULL;
}

static void one_run_for_many_threads(void)
{
    pthread_t threads[6];
    char script[2048];
    int i;
    void *opened;
    configure(ACCOUNT "token-command = %s/token\ntimeout = 60\n", setting("HOME"));
    snprintf(script, sizeof script, "sleep 1; echo %s", setting("T_TOKEN"));
    command(script);
    quiet = 1;
    for (i = 0; i < 6; i++) pthread_create(&threads[i], NULL, open_in_thread, NULL);
    for (i = 0; i < 6; i++) {
        pthread_join(threads[i], &opened);
        check(opened != NULL, "thread %d: %s", i, last_error);
    }
    quiet = 0;
    check(runs() == 1, "%d runs instead of 1", runs());
}

/* -- the file ---------------------------------------------------------------------------------------- */

static void mistakes(void)
{
    configure("# voicemail\n[account]\ntoken-fiel = /t\n");
    login_password = NULL; /* a good password is no help */
    refused(TLS, "c-client.conf: line 3: unknown key token-fiel");
    configure(ACCOUNT "mechanism = plain\n");
    login_password = NULL;
    works(TLS);
    chmod(path("c-client.conf"), 0666);
    refused(TLS, "others than its owner can write it (mode 666; chmod go-w)");
    unlink(path("c-client.conf"));
    refused(TLS, "c-client.conf: cannot be read: No such file");
    configure("[account]\nhost = elsewhere.example\ntoken-file = /nonexistent\n");
    login_password = NULL;
    works(TLS);
    setenv("C_CLIENT_CONFIG", "", 1);
    works(TLS);
}

static void server_without(void)
{
    MAILSTREAM *stream;
    configure(ACCOUNT "token-file = %s/t\n", setting("HOME"));
    write_file("t", 0600, setting("T_TOKEN"));
    stream = mail_open(NIL, spec_port("T_PORT2", "u1", TLS, "INBOX"), NIL);
    check(!stream, "opened");
    check(!!strstr(last_error, "Server 127.0.0.1 does not offer XOAUTH2 or OAUTHBEARER authentication, which "), "%s", last_error);
    check(!!strstr(last_error, "c-client.conf line 1 demands"), "%s", last_error);
}

static void pop3(void)
{
    char name[256];
    MAILSTREAM *stream;
    int good;
    configure(ACCOUNT "token-file = %s/t\n", setting("HOME"));
    for (good = 1; good >= 0; good--) {
        write_file("t", 0600, setting(good ? "T_TOKEN" : "T_TOKEN_EXPIRED"));
        snprintf(name, sizeof name, "{127.0.0.1:%s/pop3" TLS "/user=u1}INBOX", setting("T_POP3"));
        stream = mail_open(NIL, name, NIL);
        check(!!stream == good, "%s: %s", stream ? "opened" : "refused", last_error);
        if (stream) mail_close(stream);
    }
    check(!!strstr(last_error, "Can not authenticate to POP3 server"), "%s", last_error);
}

/* Nothing that is logged tells a token, nor what it is sent as. */
static void nothing_is_told(void)
{
    static char text[1 << 20];
    size_t length;
    FILE *in;
    int saved = dup(1);
    configure(ACCOUNT "token-command = %s/token\n", setting("HOME"));
    command_prints(setting("T_TOKEN"));
    fflush(stdout);
    if (!freopen(path("log"), "w", stdout)) return;
    show_dlog = 1;
    mail_close(mail_open(NIL, spec_for("u1", TLS "/auth=xoauth2", "INBOX"), OP_DEBUG));
    mail_close(mail_open(NIL, spec_for("u1", TLS "/auth=oauthbearer", "INBOX"), OP_DEBUG));
    login_password = setting("T_TOKEN_FORGED");
    unsetenv("C_CLIENT_CONFIG");
    mail_open(NIL, spec_for("u1", TLS "/auth=xoauth2", "INBOX"), OP_DEBUG);
    mail_open(NIL, spec_for("u1", TLS "/auth=oauthbearer", "INBOX"), OP_DEBUG);
    fflush(stdout);
    dup2(saved, 1);
    in = fopen(path("log"), "r");
    length = in ? fread(text, 1, sizeof text - 1, in) : 0;
    if (in) fclose(in);
    check(length > 500 && strstr(text, "mm_dlog \"<suppressed>\""), "no log: %.300s", text);
    check(strstr(text, "XOAUTH2 error: {") && strstr(text, "OAUTHBEARER error: {"), "what the server complains of is missing");
    check(!strstr(text, "eyJhbGci"), "a token was told");
    check(!strstr(text, "dXNlcj1") && !strstr(text, "bixhPX"), "an answer was told");
}

const struct test_case cases[] = {
    {"from_program", from_program},
    {"from_program_wrong", from_program_wrong},
    {"other_mechanisms", other_mechanisms},
    {"from_file", from_file},
    {"as_somebody_else", as_somebody_else},
    {"from_command", from_command},
    {"replaced", replaced},
    {"bad_commands", bad_commands},
    {"host_collects_children", host_collects_children},
    {"one_run_for_many_threads", one_run_for_many_threads},
    {"mistakes", mistakes},
    {"server_without", server_without},
    {"pop3", pop3},
    {"nothing_is_told", nothing_is_told},
    {NULL, NULL},
};
