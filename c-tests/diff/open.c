/* mail_open and mail_close_full: what a stream looks like, how one is used again, what is refused.
 * second:
 */
#include "common.h"

static void opened(const char *label, char *name, long options)
{
    show("-- %s\n", label);
    MAILSTREAM *stream = mail_open(NIL, name, options);
    show_stream(stream);
    if (stream) {
        show("  close\n");
        mail_close_full(stream, NIL);
    }
}

static void plain(void) { opened("plain", spec("INBOX"), NIL); }
static void folder(void) { opened("folder", spec("Work"), NIL); }
static void no_user_in_name(void) { opened("user from callback", spec_for("", "/notls", "INBOX"), NIL); }
static void empty_mailbox_is_inbox(void) { opened("no mailbox", spec(""), NIL); }
static void inbox_case(void) { opened("inBoX", spec("inBoX"), NIL); }
static void readonly_option(void) { opened("OP_READONLY", spec("INBOX"), OP_READONLY); }
static void readonly_flag(void) { opened("/readonly", spec_for("u1", "/notls/readonly", "INBOX"), NIL); }
static void halfopen(void) { opened("OP_HALFOPEN", spec("INBOX"), OP_HALFOPEN); }
static void no_mailbox_marker(void) { opened("<no_mailbox>", spec("<no_mailbox>"), NIL); }
static void silent(void) { opened("OP_SILENT", spec("INBOX"), OP_SILENT); }
static void shortcache(void) { opened("OP_SHORTCACHE", spec("INBOX"), OP_SHORTCACHE); }
static void expunge_option(void) { opened("OP_EXPUNGE", spec("INBOX"), OP_EXPUNGE); }
static void secure_option(void) { opened("OP_SECURE", spec("INBOX"), OP_SECURE); }
static void sniff(void) { opened("OP_SNIFF", spec("INBOX"), OP_SNIFF); }
static void nokod(void) { opened("OP_NOKOD", spec("INBOX"), OP_NOKOD); }
static void mulnewsrc(void) { opened("OP_MULNEWSRC", spec("INBOX"), OP_MULNEWSRC); }
static void debug_option(void) { opened("OP_DEBUG", spec("INBOX"), OP_DEBUG); }
static void anonymous_option(void) { opened("OP_ANONYMOUS", spec("INBOX"), OP_ANONYMOUS); }
static void flag_service(void) { opened("/service=imap", spec_for("u1", "/notls/service=imap", "INBOX"), NIL); }
static void flag_imap4(void) { opened("/imap4rev1", spec_for("u1", "/notls/imap4rev1", "Work"), NIL); }
static void flag_debug(void) { opened("/debug", spec_for("u1", "/notls/debug", "INBOX"), NIL); }
static void flag_secure(void) { opened("/secure", spec_for("u1", "/notls/secure", "INBOX"), NIL); }
static void flag_norsh(void) { opened("/norsh", spec_for("u1", "/notls/norsh", "INBOX"), NIL); }
static void flag_loser(void) { opened("/loser", spec_for("u1", "/notls/loser", "INBOX"), NIL); }
static void flag_anonymous(void) { opened("/anonymous", spec_for("", "/notls/anonymous", "INBOX"), NIL); }
static void flag_validate(void) { opened("/validate-cert", spec_for("u1", "/notls/validate-cert", "INBOX"), NIL); }
static void flag_novalidate(void)
{
    opened("/novalidate-cert", spec_for("u1", "/notls/novalidate-cert", "INBOX"), NIL);
}
static void authuser(void) { opened("/authuser=", spec_for("u1", "/notls/authuser=master", "INBOX"), NIL); }
static void authuser_secure(void)
{
    opened("/authuser= /secure", spec_for("u1", "/notls/authuser=master/secure", "INBOX"), NIL);
}
static void ssl_novalidate(void)
{
    opened("/ssl/novalidate-cert", spec_port("T_SPORT", "u1", "/ssl/novalidate-cert", "INBOX"), NIL);
}
static void ssl_untrusted(void) { opened("/ssl", spec_port("T_SPORT", "u1", "/ssl", "INBOX"), NIL); }
static void ssl_on_plain_port(void)
{
    opened("/ssl on a plain port", spec_port("T_PORT", "u1", "/ssl/novalidate-cert", "INBOX"), NIL);
}

static void quoted_user(void)
{
    char name[256];
    snprintf(name, sizeof name, "{%s:%s/imap/notls/user=\"u1\"}Work", setting("T_HOST"), setting("T_PORT"));
    opened("quoted user", name, NIL);
}

static void case_of_flags(void)
{
    char name[256];
    snprintf(name, sizeof name, "{%s:%s/IMAP/NoTLS/USER=u1}Work", "LOCALHOST", setting("T_PORT"));
    opened("case", name, NIL);
}

static void host_by_name(void)
{
    char name[256];
    snprintf(name, sizeof name, "{localhost:%s/imap/notls/user=u1}INBOX", setting("T_PORT"));
    opened("host by name", name, NIL);
}

static void host_in_brackets(void)
{
    char name[256];
    snprintf(name, sizeof name, "{[127.0.0.1]:%s/imap/notls/user=u1}INBOX", setting("T_PORT"));
    opened("host in brackets", name, NIL);
}

static void nonexistent(void) { opened("nonexistent", spec("Missing"), NIL); }
static void nonexistent_readonly(void) { opened("nonexistent", spec("Missing"), OP_READONLY); }
static void noselect(void) { opened("not selectable", spec("Sub"), NIL); }
static void refused(void) { opened("refused port", spec_port("T_REFUSED", "u1", "/notls", "INBOX"), NIL); }
static void unresolvable(void) { opened("unresolvable", "{host.invalid:143/imap/notls/user=u1}INBOX", NIL); }

static void wrong_password(void)
{
    login_password = "wrong";
    opened("wrong password", spec("INBOX"), NIL);
}

static void wrong_password_once(void)
{
    login_password = "wrong";
    mail_parameters(NIL, SET_MAXLOGINTRIALS, (void *)1);
    opened("wrong password, one trial", spec("INBOX"), NIL);
}

static void empty_password(void)
{
    login_password = "";
    opened("empty password", spec("INBOX"), NIL);
}

static void prototype(void)
{
    show("-- OP_PROTOTYPE\n");
    MAILSTREAM *stream = mail_open(NIL, spec("INBOX"), OP_PROTOTYPE);
    show("  %s\n", stream ? stream->dtb->name : "NIL");
    stream = mail_open(NIL, spec("Missing"), OP_PROTOTYPE);
    show("  %s\n", stream ? stream->dtb->name : "NIL");
    stream = mail_open(NIL, "{bad", OP_PROTOTYPE);
    show("  %s\n", stream ? stream->dtb->name : "NIL");
}

static void elements(void)
{
    MAILSTREAM *stream = mail_open(NIL, spec("INBOX"), NIL);
    show_elts(stream);
    mail_close_full(stream, NIL);
}

static void close_variants(void)
{
    show("-- NIL\n");
    show("%p\n", (void *)mail_close_full(NIL, NIL));
    show("-- CL_EXPUNGE\n");
    MAILSTREAM *stream = mail_open(NIL, spec("INBOX"), NIL);
    show("%p\n", (void *)mail_close_full(stream, CL_EXPUNGE));
    show("-- again\n");
    stream = mail_open(NIL, spec("INBOX"), NIL);
    show_counts(stream);
    mail_close_full(stream, NIL);
    show("-- CL_EXPUNGE, read only\n");
    stream = mail_open(NIL, spec("Work"), OP_READONLY);
    show("%p\n", (void *)mail_close_full(stream, CL_EXPUNGE));
    show("-- half open\n");
    stream = mail_open(NIL, spec("Work"), OP_HALFOPEN);
    show("%p\n", (void *)mail_close_full(stream, NIL));
}

const struct test_case cases[] = {
    {"plain", plain},
    {"folder", folder},
    {"no_user_in_name", no_user_in_name},
    {"empty_mailbox_is_inbox", empty_mailbox_is_inbox},
    {"inbox_case", inbox_case},
    {"readonly_option", readonly_option},
    {"readonly_flag", readonly_flag},
    {"halfopen", halfopen},
    {"no_mailbox_marker", no_mailbox_marker},
    {"silent", silent},
    {"shortcache", shortcache},
    {"expunge_option", expunge_option},
    {"secure_option", secure_option},
    {"sniff", sniff},
    {"nokod", nokod},
    {"mulnewsrc", mulnewsrc},
    {"debug_option", debug_option},
    {"anonymous_option", anonymous_option},
    {"flag_service", flag_service},
    {"flag_imap4", flag_imap4},
    {"flag_debug", flag_debug},
    {"flag_secure", flag_secure},
    {"flag_norsh", flag_norsh},
    {"flag_loser", flag_loser},
    {"flag_anonymous", flag_anonymous},
    {"flag_validate", flag_validate},
    {"flag_novalidate", flag_novalidate},
    {"authuser", authuser},
    {"authuser_secure", authuser_secure},
    {"ssl_novalidate", ssl_novalidate},
    {"ssl_untrusted", ssl_untrusted},
    {"ssl_on_plain_port", ssl_on_plain_port},
    {"quoted_user", quoted_user},
    {"case_of_flags", case_of_flags},
    {"host_by_name", host_by_name},
    {"host_in_brackets", host_in_brackets},
    {"nonexistent", nonexistent},
    {"nonexistent_readonly", nonexistent_readonly},
    {"noselect", noselect},
    {"refused", refused},
    {"unresolvable", unresolvable},
    {"wrong_password", wrong_password},
    {"wrong_password_once", wrong_password_once},
    {"empty_password", empty_password},
    {"prototype", prototype},
    {"elements", elements},
    {"close_variants", close_variants},
    {NULL, NULL},
};
