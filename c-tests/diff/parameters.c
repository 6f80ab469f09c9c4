/* mail_parameters: the default, the set value and the value got back of every number. */
#include "common.h"

static void any_function(void) {}

enum kind { NUMBER, STRING_COPY, FUNCTION };
struct parameter {
    const char *name;
    long get, set;
    enum kind kind;
};
#define P(name, kind) {#name, GET_##name, SET_##name, kind}

static const struct parameter parameters[] = {
    P(GETS, FUNCTION), P(CACHE, FUNCTION), P(SMTPVERBOSE, FUNCTION), P(RFC822OUTPUT, FUNCTION),
    P(READPROGRESS, FUNCTION), P(MAILPROXYCOPY, FUNCTION), P(SERVICENAME, STRING_COPY), P(EXPUNGEATPING, NUMBER),
    P(PARSEPHRASE, FUNCTION), P(SSLDRIVER, FUNCTION), P(TRYSSLFIRST, NUMBER), P(BLOCKNOTIFY, FUNCTION),
    P(SORTRESULTS, FUNCTION), P(THREADRESULTS, FUNCTION), P(PARSELINE, FUNCTION), P(NEWSRCQUERY, FUNCTION),
    P(FREEENVELOPESPAREP, FUNCTION), P(FREEELTSPAREP, FUNCTION), P(SSLSTART, FUNCTION), P(DEBUGSENSITIVE, NUMBER),
    P(TCPDEBUG, NUMBER), P(FREESTREAMSPAREP, FUNCTION), P(FREEBODYSPAREP, FUNCTION), P(COPYUID, FUNCTION),
    P(APPENDUID, FUNCTION), P(RFC822OUTPUTFULL, FUNCTION), P(BLOCKENVINIT, NUMBER),
    P(HOMEDIR, STRING_COPY), P(LOCALHOST, STRING_COPY), P(SYSINBOX, STRING_COPY), P(USERPROMPT, FUNCTION),
    P(DISABLEPLAINTEXT, NUMBER), P(CHROOTSERVER, NUMBER), P(ADVERTISETHEWORLD, NUMBER),
    P(DISABLEAUTOSHAREDNS, NUMBER), P(MAILSUBDIR, STRING_COPY), P(DISABLE822TZTEXT, NUMBER),
    P(LIMITEDADVERTISE, NUMBER), P(LOGOUTHOOK, FUNCTION), P(LOGOUTDATA, FUNCTION), P(EXTERNALAUTHID, STRING_COPY),
    P(SSLCAPATH, STRING_COPY),
    P(OPENTIMEOUT, NUMBER), P(READTIMEOUT, NUMBER), P(WRITETIMEOUT, NUMBER), P(CLOSETIMEOUT, NUMBER),
    P(TIMEOUT, FUNCTION), P(RSHTIMEOUT, NUMBER), P(ALLOWREVERSEDNS, NUMBER), P(RSHCOMMAND, STRING_COPY),
    P(RSHPATH, STRING_COPY), P(SSHTIMEOUT, NUMBER), P(SSHCOMMAND, STRING_COPY), P(SSHPATH, STRING_COPY),
    P(SSLCERTIFICATEQUERY, FUNCTION), P(SSLFAILURE, FUNCTION), P(NEWSRCCANONHOST, NUMBER), P(KINIT, FUNCTION),
    P(SSLCLIENTCERT, FUNCTION), P(SSLCLIENTKEY, FUNCTION), P(KERBEROS_CP_SVR_NAME, NUMBER),
    P(MAXLOGINTRIALS, NUMBER), P(LOOKAHEAD, NUMBER), P(IMAPPORT, NUMBER), P(PREFETCH, NUMBER),
    P(CLOSEONERROR, NUMBER), P(POP3PORT, NUMBER), P(UIDLOOKAHEAD, NUMBER), P(NNTPPORT, NUMBER),
    P(IMAPENVELOPE, FUNCTION), P(IMAPREFERRAL, FUNCTION), P(SSLIMAPPORT, NUMBER), P(SSLPOPPORT, NUMBER),
    P(SSLNNTPPORT, NUMBER), P(SSLSMTPPORT, NUMBER), P(SMTPPORT, NUMBER), P(IMAPEXTRAHEADERS, STRING_COPY),
    P(ACL, FUNCTION), P(LISTRIGHTS, FUNCTION), P(MYRIGHTS, FUNCTION), P(QUOTA, FUNCTION), P(QUOTAROOT, FUNCTION),
    P(IMAPTRYSSL, NUMBER), P(NNTPRANGE, NUMBER), P(NNTPHIDEPATH, NUMBER), P(SENDCOMMAND, FUNCTION),
    P(IDLETIMEOUT, NUMBER), P(FETCHLOOKAHEADLIMIT, NUMBER),
    P(MBXPROTECTION, NUMBER), P(DIRPROTECTION, NUMBER), P(LOCKPROTECTION, NUMBER), P(FROMWIDGET, NUMBER),
    P(NEWSACTIVE, STRING_COPY), P(NEWSSPOOL, STRING_COPY), P(NEWSRC, STRING_COPY),
    P(DISABLEFCNTLLOCK, NUMBER), P(LOCKEACCESERROR, NUMBER), P(LISTMAXLEVEL, NUMBER), P(ANONYMOUSHOME, STRING_COPY),
    P(FTPHOME, STRING_COPY), P(PUBLICHOME, STRING_COPY), P(SHAREDHOME, STRING_COPY), P(MHPROFILE, STRING_COPY),
    P(MHPATH, STRING_COPY), P(USERHASNOLIFE, NUMBER), P(FTPPROTECTION, NUMBER),
    P(PUBLICPROTECTION, NUMBER), P(SHAREDPROTECTION, NUMBER), P(LOCKTIMEOUT, NUMBER), P(NOTIMEZONES, NUMBER),
    P(HIDEDOTFILES, NUMBER), P(FTPDIRPROTECTION, NUMBER), P(PUBLICDIRPROTECTION, NUMBER),
    P(SHAREDDIRPROTECTION, NUMBER), P(TRUSTDNS, NUMBER), P(SASLUSESPTRNAME, NUMBER), P(NETFSSTATBUG, NUMBER),
    P(SNARFINTERVAL, NUMBER), P(SNARFPRESERVE, NUMBER), P(SCANCONTENTS, FUNCTION), P(MHALLOWINBOX, NUMBER),
    P(ANNOTATION, FUNCTION),
};
#define COUNT ((long)(sizeof parameters / sizeof *parameters))

static char given[] = "given";

static void show_value(const char *label, const struct parameter *p, void *value)
{
    if (!value)
        show(" %s NIL", label);
    else if (value == (void *)any_function)
        show(" %s the function", label);
    else if ((unsigned long)value < 100000)
        show(" %s %ld", label, (long)value);
    else if (p->kind == STRING_COPY && !strcmp(value, given))
        show(" %s \"given\"", label);
    else
        show(" %s something", label);
}

static void one(long index)
{
    const struct parameter *p = &parameters[index];
    void *value = p->kind == NUMBER ? (void *)7 : p->kind == STRING_COPY ? (void *)given : (void *)any_function;
    show("%s", p->name);
    show_value("default", p, mail_parameters(NIL, p->get, NIL));
    show_value("set", p, mail_parameters(NIL, p->set, value));
    show_value("get", p, mail_parameters(NIL, p->get, NIL));
    if (p->kind != STRING_COPY) {
        show_value("clear", p, mail_parameters(NIL, p->set, NIL));
        show_value("get", p, mail_parameters(NIL, p->get, NIL));
    }
    show("\n");
}

static void every_number(void)
{
    for (long i = 0; i < COUNT; i++)
        isolated(one, i);
}

static void unknown(long number)
{
    show("%ld: %s\n", number, mail_parameters(NIL, number, NIL) ? "something" : "NIL");
}

static void unknown_numbers(void)
{
    static const long numbers[] = {0, 9, 99, 100, 163, 199, 250, 299, 399, 499, 578, 999, -1, 1L << 40};
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
        isolated(unknown, numbers[i]);
}

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
    {"every_number", every_number},
    {"unknown_numbers", unknown_numbers},
    {"setters_of_drivers", setters_of_drivers},
    {"setters_of_authenticators", setters_of_authenticators},
    {"all_authenticators_off", all_authenticators_off},
    {"default_port", default_port},
    {"tls_hooks", tls_hooks},
    {NULL, NULL},
};
