/* mail_parameters: every number of the headers, its default, what SET stores and returns, what is
 * refused; drivers and authenticators by name; what an open stream answers. */
#define _GNU_SOURCE
#include "common.h"

#include <dlfcn.h>

UNDECLARED void *env_parameters(long function, void *value);
UNDECLARED void *tcp_parameters(long function, void *value);
UNDECLARED void *smtp_parameters(long function, void *value);
UNDECLARED void *mm_blocknotify(int reason, void *data);

enum kind { NUMBER, HOOK, TEXT, FLAG, BORROWED };

struct parameter {
    const char *name;
    long get;
    long set;
    enum kind kind;
};

#define P(kind, name) { #name, GET_##name, SET_##name, kind }

static const struct parameter parameters[] = {
    P(HOOK, GETS), P(HOOK, CACHE), P(HOOK, SMTPVERBOSE), P(HOOK, RFC822OUTPUT), P(HOOK, READPROGRESS),
    P(HOOK, MAILPROXYCOPY), P(BORROWED, SERVICENAME), P(FLAG, EXPUNGEATPING), P(HOOK, PARSEPHRASE),
    P(HOOK, SSLDRIVER), P(FLAG, TRYSSLFIRST), P(HOOK, BLOCKNOTIFY), P(HOOK, SORTRESULTS), P(HOOK, THREADRESULTS),
    P(HOOK, PARSELINE), P(HOOK, NEWSRCQUERY), P(HOOK, FREEENVELOPESPAREP), P(HOOK, FREEELTSPAREP), P(HOOK, SSLSTART),
    P(FLAG, DEBUGSENSITIVE), P(NUMBER, TCPDEBUG), P(HOOK, FREESTREAMSPAREP), P(HOOK, FREEBODYSPAREP),
    P(HOOK, COPYUID), P(HOOK, APPENDUID), P(HOOK, RFC822OUTPUTFULL), P(FLAG, BLOCKENVINIT),
    P(TEXT, USERNAME), P(TEXT, HOMEDIR), P(TEXT, LOCALHOST), P(TEXT, SYSINBOX), P(HOOK, USERPROMPT),
    P(NUMBER, DISABLEPLAINTEXT), P(FLAG, CHROOTSERVER), P(FLAG, ADVERTISETHEWORLD), P(FLAG, DISABLEAUTOSHAREDNS),
    P(TEXT, MAILSUBDIR), P(FLAG, DISABLE822TZTEXT), P(FLAG, LIMITEDADVERTISE), P(HOOK, LOGOUTHOOK),
    P(HOOK, LOGOUTDATA), P(TEXT, EXTERNALAUTHID), P(TEXT, SSLCAPATH),
    P(NUMBER, OPENTIMEOUT), P(NUMBER, READTIMEOUT), P(NUMBER, WRITETIMEOUT), P(NUMBER, CLOSETIMEOUT), P(HOOK, TIMEOUT),
    P(NUMBER, RSHTIMEOUT), P(NUMBER, ALLOWREVERSEDNS), P(TEXT, RSHCOMMAND), P(TEXT, RSHPATH), P(NUMBER, SSHTIMEOUT),
    P(TEXT, SSHCOMMAND), P(TEXT, SSHPATH), P(HOOK, SSLCERTIFICATEQUERY), P(HOOK, SSLFAILURE),
    P(NUMBER, NEWSRCCANONHOST), P(HOOK, KINIT), P(HOOK, SSLCLIENTCERT), P(HOOK, SSLCLIENTKEY),
    P(FLAG, KERBEROS_CP_SVR_NAME),
    P(NUMBER, MAXLOGINTRIALS), P(NUMBER, LOOKAHEAD), P(NUMBER, IMAPPORT), P(NUMBER, PREFETCH), P(NUMBER, CLOSEONERROR),
    P(NUMBER, POP3PORT), P(NUMBER, UIDLOOKAHEAD), P(NUMBER, NNTPPORT), P(HOOK, IMAPENVELOPE), P(HOOK, IMAPREFERRAL),
    P(NUMBER, SSLIMAPPORT), P(NUMBER, SSLPOPPORT), P(NUMBER, SSLNNTPPORT), P(NUMBER, SSLSMTPPORT), P(NUMBER, SMTPPORT),
    P(BORROWED, IMAPEXTRAHEADERS), P(HOOK, ACL), P(HOOK, LISTRIGHTS), P(HOOK, MYRIGHTS), P(HOOK, QUOTA),
    P(HOOK, QUOTAROOT), P(NUMBER, IMAPTRYSSL), P(NUMBER, NNTPRANGE), P(NUMBER, NNTPHIDEPATH), P(HOOK, SENDCOMMAND),
    P(NUMBER, FETCHLOOKAHEADLIMIT),
    P(NUMBER, MBXPROTECTION), P(NUMBER, DIRPROTECTION), P(NUMBER, LOCKPROTECTION), P(NUMBER, FROMWIDGET),
    P(TEXT, NEWSACTIVE), P(TEXT, NEWSSPOOL), P(TEXT, NEWSRC), P(TEXT, EXTENSION), P(FLAG, DISABLEFCNTLLOCK),
    P(FLAG, LOCKEACCESERROR), P(NUMBER, LISTMAXLEVEL), P(TEXT, ANONYMOUSHOME), P(TEXT, FTPHOME), P(TEXT, PUBLICHOME),
    P(TEXT, SHAREDHOME), P(TEXT, MHPROFILE), P(TEXT, MHPATH), P(FLAG, USERHASNOLIFE), P(NUMBER, FTPPROTECTION),
    P(NUMBER, PUBLICPROTECTION), P(NUMBER, SHAREDPROTECTION), P(NUMBER, LOCKTIMEOUT), P(FLAG, NOTIMEZONES),
    P(FLAG, HIDEDOTFILES), P(NUMBER, FTPDIRPROTECTION), P(NUMBER, PUBLICDIRPROTECTION), P(NUMBER, SHAREDDIRPROTECTION),
    P(FLAG, TRUSTDNS), P(FLAG, SASLUSESPTRNAME), P(FLAG, NETFSSTATBUG), P(NUMBER, SNARFINTERVAL),
    P(NUMBER, SNARFPRESERVE), P(FLAG, MHALLOWINBOX), P(HOOK, ANNOTATION),
    P(FLAG, TRYALTFIRST), P(NUMBER, IMAPTRYALT),
};

#define COUNT (sizeof parameters / sizeof *parameters)

/* Numbers that are not a plain setting; each has a case of its own below. */
static const long special[] = {
    ENABLE_DRIVER, DISABLE_DRIVER, ENABLE_AUTHENTICATOR, DISABLE_AUTHENTICATOR, ENABLE_DEBUG, DISABLE_DEBUG,
    HIDE_AUTHENTICATOR, UNHIDE_AUTHENTICATOR, GET_DRIVERS, SET_DRIVERS, GET_DRIVER, SET_DRIVER, GET_THREADERS,
    SET_THREADERS, GET_NAMESPACE, SET_NAMESPACE, GET_INBOXPATH, SET_INBOXPATH, GET_DIRFMTTEST, SET_DIRFMTTEST,
    GET_SCANCONTENTS, GET_SNARFMAILBOXNAME, SET_SNARFMAILBOXNAME, GET_FETCHLOOKAHEAD, SET_FETCHLOOKAHEAD,
    GET_IDLETIMEOUT, SET_IDLETIMEOUT, GET_ONETIMEEXPUNGEATPING, SET_ONETIMEEXPUNGEATPING,
};

static char value[] = "a value";

static void *ask(long function, void *argument)
{
    return mail_parameters(NIL, function, argument);
}

static void show_value(enum kind kind, void *got)
{
    if (!got)
        show("NIL");
    else if (got == (void *)value)
        show("ours");
    else if (kind == NUMBER)
        show("%ld", (long)got);
    else if (kind == FLAG)
        show("true \"%s\"", (char *)got);
    else if (kind != HOOK)
        show("\"%s\"", (char *)got);
    else if (got == (void *)mm_cache)
        show("mm_cache");
    else if (got == (void *)mm_dlog)
        show("mm_dlog");
    else if (got == (void *)mm_blocknotify)
        show("mm_blocknotify");
    else
        show("set");
}

static void defaults(void)
{
    for (size_t i = 0; i < COUNT; i++) {
        const struct parameter *p = &parameters[i];
        show("%-24s %3ld %3ld ", p->name, p->get, p->set);
        if (p->get == GET_LOCALHOST) /* whatever the machine is called */
            show("%s\n", ask(p->get, NIL) ? "set" : "NIL");
        else {
            show_value(p->kind, ask(p->get, NIL));
            show("\n");
        }
    }
}

static void *own_notifier(int reason, void *data)
{
    return data;
}

static void set_to(const struct parameter *p, void *argument)
{
    show("  set ");
    show_value(p->kind, ask(p->set, argument));
    show(", get ");
    show_value(p->kind, ask(p->get, NIL));
    show("\n");
}

static void set_and_get(void)
{
    for (size_t i = 0; i < COUNT; i++) {
        const struct parameter *p = &parameters[i];
        void *before = ask(p->get, NIL);
        show("%s\n", p->name);
        if (p->get == GET_BLOCKNOTIFY) { /* UW calls it whenever it takes memory */
            show("  set %s\n", ask(p->set, (void *)own_notifier) == (void *)own_notifier ? "ours" : "another");
            ask(p->set, before);
            continue;
        }
        set_to(p, value);
        set_to(p, NIL);
        if (p->kind == NUMBER) {
            set_to(p, (void *)77);
            set_to(p, (void *)-1L);
        }
        if (p->kind == HOOK)
            ask(p->set, before);
    }
}

static void a_text_is_copied(void)
{
    for (size_t i = 0; i < COUNT; i++) {
        const struct parameter *p = &parameters[i];
        char given[] = "first";
        if (p->kind != TEXT && p->kind != BORROWED)
            continue;
        ask(p->set, given);
        given[0] = 'F';
        show("%s ", p->name);
        show_value(p->kind, ask(p->get, NIL));
        ask(p->set, NIL);
        show("\n");
    }
}

static void nobody_knows(void)
{
    for (long function = -3; function < 700; function++) {
        int known = 0;
        for (size_t i = 0; i < COUNT; i++)
            known |= parameters[i].get == function || parameters[i].set == function;
        for (size_t i = 0; i < sizeof special / sizeof *special; i++)
            known |= special[i] == function;
        if (!known && ask(function, value))
            show("%ld is answered\n", function);
    }
    show("GET_SCANCONTENTS %s\n", ask(GET_SCANCONTENTS, NIL) ? "set" : "NIL");
    show("SET_SCANCONTENTS %s\n", ask(SET_SCANCONTENTS, value) ? "set" : "NIL");
    show("GET_ONETIMEEXPUNGEATPING %s\n", ask(GET_ONETIMEEXPUNGEATPING, NIL) ? "set" : "NIL");
}

/* Only the low 32 bits of the number count. */
static void high_bits(void)
{
    if (sizeof(long) > 4)
        show("%ld\n", (long)ask(GET_PREFETCH + (1L << 31) * 2, NIL));
}

static void parts(void)
{
    show("env %ld %ld %ld\n", (long)env_parameters(GET_MBXPROTECTION, NIL), (long)env_parameters(GET_OPENTIMEOUT, NIL),
         (long)env_parameters(GET_GETS, NIL));
    show("tcp %ld %ld %ld\n", (long)tcp_parameters(SET_OPENTIMEOUT, (void *)9), (long)tcp_parameters(GET_RSHTIMEOUT, NIL),
         (long)tcp_parameters(GET_PREFETCH, NIL));
    show("smtp %ld %ld %ld\n", (long)smtp_parameters(SET_SMTPPORT, (void *)25), (long)smtp_parameters(GET_SMTPPORT, NIL),
         (long)smtp_parameters(GET_OPENTIMEOUT, NIL));
    show("mail %ld %ld\n", (long)ask(GET_OPENTIMEOUT, NIL), (long)ask(GET_SMTPPORT, NIL));
    show("mm_blocknotify %ld\n", (long)mm_blocknotify(BLOCK_NONE, (void *)5));
}

/* Each part keeps its own count; the last driver's is what GET tells. */
static void login_trials(void)
{
    show("%ld\n", (long)ask(SET_MAXLOGINTRIALS, (void *)5));
    show("%ld\n", (long)smtp_parameters(GET_MAXLOGINTRIALS, NIL));
    show("%ld\n", (long)(*imapdriver.parameters)(SET_MAXLOGINTRIALS, (void *)7));
    show("%ld %ld %ld\n", (long)ask(GET_MAXLOGINTRIALS, NIL), (long)(*imapdriver.parameters)(GET_MAXLOGINTRIALS, NIL),
         (long)(*pop3driver.parameters)(GET_MAXLOGINTRIALS, NIL));
}

static void idle_time(void)
{
    show("all %ld imap %ld nntp %ld pop3 %ld\n", (long)ask(GET_IDLETIMEOUT, NIL),
         (long)(*imapdriver.parameters)(GET_IDLETIMEOUT, NIL), (long)(*nntpdriver.parameters)(GET_IDLETIMEOUT, NIL),
         (long)(*pop3driver.parameters)(GET_IDLETIMEOUT, NIL));
}

static void show_driver(const char *label, DRIVER *driver)
{
    show("%s: %s flags %lx\n", label, driver ? driver->name : "NIL", driver ? driver->flags : 0);
}

static void drivers(void)
{
    for (DRIVER *d = ask(GET_DRIVERS, NIL); d; d = d->next)
        show("%s ", d->name);
    show("\n");
    show_driver("by name", ask(GET_DRIVER, "imap"));
    show_driver("in capitals", ask(GET_DRIVER, "MBOX"));
    show_driver("unknown", ask(GET_DRIVER, "image"));
    show_driver("no name", ask(GET_DRIVER, NIL));
    show_driver("disabled", ask(DISABLE_DRIVER, "Imap"));
    show_driver("disabled twice", ask(DISABLE_DRIVER, "imap"));
    show_driver("enabled", ask(ENABLE_DRIVER, "imap"));
    show_driver("disabled, unknown", ask(DISABLE_DRIVER, "nothing"));
    show_driver("enabled, no name", ask(ENABLE_DRIVER, NIL));
}

static void a_driver_that_is_off(void)
{
    ask(DISABLE_DRIVER, "imap");
    MAILSTREAM *stream = mail_open(NIL, spec("INBOX"), NIL);
    show("%s\n", stream ? "open" : "NIL");
}

static void show_authenticator(const char *label, AUTHENTICATOR *auth)
{
    show("%s: %s flags %lx\n", label, auth ? auth->name : "NIL", auth ? auth->flags : 0);
}

static void authenticators(void)
{
    show("LOGIN %s\n", mail_lookup_auth_name("LOGIN", NIL) ? "there" : "not there");
    show_authenticator("disabled", ask(DISABLE_AUTHENTICATOR, "login"));
    show("LOGIN %s\n", mail_lookup_auth_name("LOGIN", NIL) ? "there" : "not there");
    show_authenticator("enabled", ask(ENABLE_AUTHENTICATOR, "LOGIN"));
    show("LOGIN %s\n", mail_lookup_auth_name("LOGIN", NIL) ? "there" : "not there");
    show_authenticator("shown", ask(UNHIDE_AUTHENTICATOR, "PLAIN"));
    show_authenticator("hidden", ask(HIDE_AUTHENTICATOR, "PLAIN"));
    show_authenticator("hidden, secure", ask(HIDE_AUTHENTICATOR, "cram-md5"));
    show_authenticator("unknown", ask(HIDE_AUTHENTICATOR, "CRAM"));
    show_authenticator("no name", ask(DISABLE_AUTHENTICATOR, NIL));
}

static void external_identity(void)
{
    show_string("set", ask(SET_EXTERNALAUTHID, "someone"));
    show("flags %lx\n", auth_ext.flags);
    show_string("get", ask(GET_EXTERNALAUTHID, NIL));
    show_string("cleared", ask(SET_EXTERNALAUTHID, NIL));
    show("flags %lx\n", auth_ext.flags);
}

static void show_threaders(THREADER *threader)
{
    for (; threader; threader = threader->next)
        show("%s%s ", threader->name, threader->dispatch ? "" : " (at the server)");
    show("\n");
}

static void own_threaders(void)
{
    show_threaders(ask(GET_THREADERS, NIL));
}

static void own_namespaces(void)
{
    NAMESPACE **lists = ask(GET_NAMESPACE, NIL);
    for (int i = 0; i < 3; i++)
        show("%s ", lists[i] ? lists[i]->name : "NIL");
    show("\n");
}

static void snarf_name_without_stream(void)
{
    show_string("get", ask(GET_SNARFMAILBOXNAME, NIL));
}

/* -- an open stream ------------------------------------------------------------------------ */

static void stream_namespaces(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    NAMESPACE ***lists = mail_parameters(stream, GET_NAMESPACE, NIL);
    for (int i = 0; i < 3; i++) {
        show("list %d:", i);
        for (NAMESPACE *n = lists && *lists ? (*lists)[i] : NIL; n; n = n->next)
            show(" \"%s\" %d %s", n->name, n->delimiter, n->param ? "with parameters" : "");
        show("\n");
    }
    NAMESPACE ***again = mail_parameters(stream, GET_NAMESPACE, NIL);
    show("%s\n", again == lists ? "the same" : "another");
    close_quietly(stream);
}

static void stream_threaders(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    show_threaders(mail_parameters(stream, GET_THREADERS, NIL));
    close_quietly(stream);
}

static void stream_lookahead(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    SEARCHSET **place = mail_parameters(stream, GET_FETCHLOOKAHEAD, stream);
    show("%s %s\n", place ? "a place" : "NIL", place && *place ? "used" : "empty");
    close_quietly(stream);
}

static void stream_settings(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    show("prefetch %ld\n", (long)mail_parameters(stream, GET_PREFETCH, NIL));
    show("set %ld\n", (long)mail_parameters(stream, SET_PREFETCH, (void *)3));
    show("prefetch %ld\n", (long)ask(GET_PREFETCH, NIL));
    show("idle %ld\n", (long)mail_parameters(stream, GET_IDLETIMEOUT, NIL));
    show("fromwidget %ld\n", (long)mail_parameters(stream, GET_FROMWIDGET, NIL));
    show("pop3port %ld\n", (long)mail_parameters(stream, SET_POP3PORT, (void *)110));
    show("open time %ld\n", (long)mail_parameters(stream, SET_OPENTIMEOUT, (void *)30));
    show_string("newsrc", mail_parameters(stream, GET_NEWSRC, NIL));
    show_string("inbox path", mail_parameters(stream, GET_INBOXPATH, NIL));
    show_string("snarf", mail_parameters(stream, GET_SNARFMAILBOXNAME, NIL));
    show_string("snarf", mail_parameters(stream, SET_SNARFMAILBOXNAME, "source"));
    show_string("snarf", mail_parameters(stream, SET_SNARFMAILBOXNAME, "other"));
    show_string("snarf", mail_parameters(stream, GET_SNARFMAILBOXNAME, NIL));
    show_string("snarf", mail_parameters(stream, SET_SNARFMAILBOXNAME, NIL));
    close_quietly(stream);
}

/* -- what UW ends the program for ---------------------------------------------------------- */

#define REFUSED(name, function, argument)                                                                              \
    static void refused_##name(void) { show("%s\n", ask(function, argument) ? "an answer" : "NIL"); }

REFUSED(set_inboxpath, SET_INBOXPATH, value)
REFUSED(set_threaders, SET_THREADERS, value)
REFUSED(set_namespace, SET_NAMESPACE, value)
REFUSED(enable_debug, ENABLE_DEBUG, NIL)
REFUSED(disable_debug, DISABLE_DEBUG, NIL)
REFUSED(set_dirfmttest, SET_DIRFMTTEST, value)
REFUSED(get_dirfmttest, GET_DIRFMTTEST, NIL)
REFUSED(set_drivers, SET_DRIVERS, value)
REFUSED(set_driver, SET_DRIVER, value)
REFUSED(set_fetchlookahead, SET_FETCHLOOKAHEAD, value)
REFUSED(set_idletimeout, SET_IDLETIMEOUT, value)
REFUSED(set_snarfmailboxname, SET_SNARFMAILBOXNAME, value)
REFUSED(get_fetchlookahead, GET_FETCHLOOKAHEAD, NIL)
REFUSED(set_onetimeexpunge, SET_ONETIMEEXPUNGEATPING, value)

static void refused_set_newsrc(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    show("%s\n", mail_parameters(stream, SET_NEWSRC, value) ? "an answer" : "NIL");
    close_quietly(stream);
}

const struct test_case cases[] = {
    { "defaults", defaults },
    { "set_and_get", set_and_get },
    { "a_text_is_copied", a_text_is_copied },
    { "nobody_knows", nobody_knows },
    { "high_bits", high_bits },
    { "parts", parts },
    { "login_trials", login_trials },
    { "idle_time", idle_time },
    { "drivers", drivers },
    { "a_driver_that_is_off", a_driver_that_is_off },
    { "authenticators", authenticators },
    { "external_identity", external_identity },
    { "own_threaders", own_threaders },
    { "own_namespaces", own_namespaces },
    { "snarf_name_without_stream", snarf_name_without_stream },
    { "stream_namespaces", stream_namespaces },
    { "stream_threaders", stream_threaders },
    { "stream_lookahead", stream_lookahead },
    { "stream_settings", stream_settings },
    { "refused_set_inboxpath", refused_set_inboxpath },
    { "refused_set_threaders", refused_set_threaders },
    { "refused_set_namespace", refused_set_namespace },
    { "refused_enable_debug", refused_enable_debug },
    { "refused_disable_debug", refused_disable_debug },
    { "refused_set_dirfmttest", refused_set_dirfmttest },
    { "refused_get_dirfmttest", refused_get_dirfmttest },
    { "refused_set_drivers", refused_set_drivers },
    { "refused_set_driver", refused_set_driver },
    { "refused_set_fetchlookahead", refused_set_fetchlookahead },
    { "refused_set_idletimeout", refused_set_idletimeout },
    { "refused_set_snarfmailboxname", refused_set_snarfmailboxname },
    { "refused_get_fetchlookahead", refused_get_fetchlookahead },
    { "refused_set_onetimeexpunge", refused_set_onetimeexpunge },
    { "refused_set_newsrc", refused_set_newsrc },
    { NULL, NULL },
};
