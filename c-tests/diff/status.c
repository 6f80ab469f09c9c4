/* mail_status: each flag, on any kind of stream.
 * second:
 */
#include "common.h"

static MAILSTREAM *stream;

static void ask(const char *label, MAILSTREAM *with, char *name, long flags)
{
    show("-- %s %lx\n", label, flags);
    long result = mail_status(with, name, flags);
    show("  %ld\n", result);
}

static void each_flag(void)
{
    static const long flags[] = {SA_MESSAGES, SA_RECENT, SA_UNSEEN, SA_UIDNEXT, SA_UIDVALIDITY, NIL};
    stream = open_quietly(spec("Work"), NIL);
    for (int i = 0; i < 6; i++) {
        ask("other mailbox", stream, spec("INBOX"), flags[i]);
        ask("selected mailbox", stream, spec("Work"), flags[i]);
    }
    close_quietly(stream);
}

static void all_flags(void)
{
    stream = open_quietly(spec("Work"), NIL);
    ask("other", stream, spec("INBOX"), 31);
    ask("folder below", stream, spec("Sub/Inner"), 31);
    ask("empty", stream, spec("Empty"), 31);
    ask("selected", stream, spec("Work"), 31);
    ask("other flags", stream, spec("Work"), 31 | SA_DEBUG | SA_MULNEWSRC);
    close_quietly(stream);
}

static void missing(void)
{
    stream = open_quietly(spec("Work"), NIL);
    ask("missing", stream, spec("Missing"), SA_UIDNEXT);
    ask("not selectable", stream, spec("Sub"), SA_UIDNEXT);
    ask("empty name", stream, spec(""), SA_MESSAGES);
    close_quietly(stream);
}

static void bare_name(void)
{
    stream = open_quietly(spec("Work"), NIL);
    ask("bare name on a stream", stream, "INBOX", SA_MESSAGES);
    ask("bare missing name on a stream", stream, "Missing", SA_MESSAGES);
    close_quietly(stream);
}

static void no_stream(void)
{
    ask("no stream", NIL, spec("Work"), 31);
    ask("no stream, missing", NIL, spec("Missing"), 31);
    ask("no stream, refused", NIL, spec_port("T_REFUSED", "u1", "/notls", "INBOX"), 31);
}

static void other_streams(void)
{
    stream = open_quietly(spec("Work"), OP_HALFOPEN);
    ask("half open", stream, spec("Work"), 31);
    close_quietly(stream);
    stream = open_quietly(spec("Work"), NIL);
    ask("other server", stream, spec_port("T_PORT2", "u1", "/notls", "Work"), 31);
    ask("other user", stream, spec_for("u2", "/notls", "INBOX"), 31);
    close_quietly(stream);
    stream = open_quietly(spec("Work"), OP_SILENT);
    ask("silent stream", stream, spec("INBOX"), 31);
    close_quietly(stream);
}

static void wrong_password(void)
{
    login_password = "wrong";
    mail_parameters(NIL, SET_MAXLOGINTRIALS, (void *)1);
    ask("wrong password", NIL, spec("Work"), 31);
}

const struct test_case cases[] = {
    {"each_flag", each_flag}, {"all_flags", all_flags},         {"missing", missing},
    {"bare_name", bare_name}, {"no_stream", no_stream},         {"other_streams", other_streams},
    {"wrong_password", wrong_password}, {NULL, NULL},
};
