/* Names that are not good: mail_open, mail_create, mail_status and the rest say why and return NIL. */
#include "common.h"

static void try_name(const char *name)
{
    show("-- %s\n", name);
    MAILSTREAM *stream = mail_open(NIL, (char *)name, NIL);
    show("  open %s\n", stream ? "a stream" : "NIL");
    if (stream)
        mail_close_full(stream, NIL);
    show("  status %ld\n", mail_status(NIL, (char *)name, SA_MESSAGES));
    show("  create %ld\n", mail_create(NIL, (char *)name));
}

static void try_all(const char *const *names)
{
    for (; *names; names++)
        try_name(*names);
}

static void braces(void)
{
    static const char *const names[] = {"{", "{}", "{}INBOX", "{host", "{host:143", "}", "{{host}INBOX", "{ }INBOX",
                                        "{/imap}INBOX", "{:143}INBOX", NULL};
    try_all(names);
}

static void ports(void)
{
    static const char *const names[] = {"{127.0.0.1:}INBOX",      "{127.0.0.1:x}INBOX",     "{127.0.0.1:0}INBOX",
                                        "{127.0.0.1:-1}INBOX",    "{127.0.0.1:1:2}INBOX",   "{127.0.0.1:143x}INBOX",
                                        NULL};
    try_all(names);
}

static void flags(void)
{
    static const char *const names[] = {"{127.0.0.1:1/nonsense}INBOX",
                                        "{127.0.0.1:1/}INBOX",
                                        "{127.0.0.1:1/imap/imap}INBOX",
                                        "{127.0.0.1:1/imap/pop3}INBOX",
                                        "{127.0.0.1:1/service=}INBOX",
                                        "{127.0.0.1:1/service=nonsense}INBOX",
                                        "{127.0.0.1:1/user=}INBOX",
                                        "{127.0.0.1:1/user=a/user=b}INBOX",
                                        "{127.0.0.1:1/user=\"a}INBOX",
                                        "{127.0.0.1:1/user=\"a\"b}INBOX",
                                        "{127.0.0.1:1/debug=1}INBOX",
                                        "{127.0.0.1:1/tls/notls}INBOX",
                                        "{127.0.0.1:1/ssl/tls}INBOX",
                                        "{127.0.0.1:1/authuser=}INBOX",
                                        "{127.0.0.1:1/validate-cert/novalidate-cert}INBOX",
                                        NULL};
    try_all(names);
}

static void filled(char *out, const char *before, int length, const char *after)
{
    char middle[3000];
    memset(middle, 'a', (size_t)length);
    middle[length] = 0;
    sprintf(out, "%s%s%s", before, middle, after);
}

static void lengths(void)
{
    char name[4096];
    filled(name, "{127.0.0.1:1/user=", 64, "}INBOX");
    try_name(name);
    filled(name, "{127.0.0.1:1/user=", 65, "}INBOX");
    try_name(name);
    filled(name, "{127.0.0.1:1/service=", 21, "}INBOX");
    try_name(name);
    filled(name, "{", 255, ":1}INBOX");
    try_name(name);
    filled(name, "{", 256, ":1}INBOX");
    try_name(name);
    filled(name, "{127.0.0.1:1}", 255, "");
    try_name(name);
    filled(name, "{127.0.0.1:1}", 256, "");
    try_name(name);
    filled(name, "{127.0.0.1:1}", 2000, "");
    try_name(name);
}

static void ends_of_line(void)
{
    try_name("{127.0.0.1:1}IN\nBOX");
    try_name("{127.0.0.1:1}IN\rBOX");
    try_name("{127.0.0.1:1/user=a\nb}INBOX");
}

static void list_of_bad_names(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    mail_list(stream, "{bad", "*");
    mail_list(NIL, "{bad", "*");
    mail_list(NIL, NIL, "{bad");
    mail_list(NIL, "", "{127.0.0.1:1/nonsense}*");
    close_quietly(stream);
}

static void with_a_stream(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    show("create %ld\n", mail_create(stream, "{bad"));
    show("status %ld\n", mail_status(stream, "{bad", SA_MESSAGES));
    show("copy %ld\n", mail_copy_full(stream, "1", "{bad", NIL));
    STRING message;
    INIT(&message, mail_string, "Subject: x\r\n\r\n", 14);
    show("append %ld\n", mail_append_full(stream, "{bad", NIL, NIL, &message));
    INIT(&message, mail_string, "Subject: x\r\n\r\n", 14);
    show("append %ld\n", mail_append_full(NIL, "{127.0.0.1:1/nonsense}INBOX", NIL, NIL, &message));
    close_quietly(stream);
}

const struct test_case cases[] = {
    {"braces", braces},
    {"ports", ports},
    {"flags", flags},
    {"lengths", lengths},
    {"ends_of_line", ends_of_line},
    {"list_of_bad_names", list_of_bad_names},
    {"with_a_stream", with_a_stream},
    {NULL, NULL},
};
