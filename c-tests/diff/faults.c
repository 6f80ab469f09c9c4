/* Servers that refuse, break off or talk nonsense (fake/faults.txt).
 * fake: faults
 */
#include "common.h"

#include <signal.h>

static MAILSTREAM *stream;

static char *at(const char *section)
{
    char variable[64];
    snprintf(variable, sizeof variable, "T_FAKE_FAULTS_%s", section);
    return spec_port(variable, "u1", "/notls", "INBOX");
}

static void open_only(const char *section)
{
    stream = mail_open(NIL, at(section), NIL);
    show_stream(stream);
    if (stream)
        mail_close_full(stream, NIL);
}

#define OPEN(name, section) \
    static void name(void) { open_only(section); }
OPEN(base, "BASE")
OPEN(bye, "BYE")
OPEN(no, "NO")
OPEN(garbage, "GARBAGE")
OPEN(end_of_file, "EOF")
OPEN(reset, "RESET")
OPEN(preauth, "PREAUTH")
OPEN(old_greeting, "OLDGREETING")
OPEN(login_disabled, "LOGINDISABLED")
OPEN(login_no, "LOGINNO")
OPEN(login_bye, "LOGINBYE")
OPEN(login_eof, "LOGINEOF")
OPEN(select_no, "SELECTNO")
OPEN(select_bad, "SELECTBAD")
OPEN(select_bye, "SELECTBYE")
OPEN(select_eof, "SELECTEOF")
OPEN(select_cut, "SELECTCUT")
OPEN(readonly, "READONLY")
OPEN(chatty, "CHATTY")
OPEN(logout_eof, "LOGOUTEOF")
OPEN(logout_bad, "LOGOUTBAD")

static void begin(const char *section)
{
    /* The library must not need this; UW does, and its users know. */
    signal(SIGPIPE, SIG_IGN);
    stream = open_quietly(at(section), NIL);
}

static void ping(void)
{
    show("ping %ld\n", mail_ping(stream));
    show_counts(stream);
}

static void pings(const char *section)
{
    begin(section);
    ping();
    show_elts(stream);
    ping();
    ping();
    mail_close_full(stream, NIL);
}

#define PINGS(name, section) \
    static void name(void) { pings(section); }
PINGS(wrong_tag, "WRONGTAG")
PINGS(ping_bye, "PINGBYE")
PINGS(ping_eof, "PINGEOF")
PINGS(ping_events, "PINGEVENTS")

static void everything(const char *section)
{
    unsigned long length = 0;
    BODY *body = NIL;
    begin(section);
    char *text = mail_fetch_body(stream, 1, "1", &length, NIL);
    show_bytes("body", text ? text : "(null)", text ? length : 6);
    text = mail_fetch_header(stream, 1, NIL, NIL, &length, NIL);
    show_bytes("header", text ? text : "(null)", text ? length : 6);
    show_envelope("", mail_fetch_structure(stream, 1, &body, NIL));
    show_body("", body);
    mail_flag(stream, "1", "\\Seen", ST_SET);
    SEARCHPGM *program = mail_newsearchpgm();
    program->seen = 1;
    show("search %ld\n", mail_search_full(stream, NIL, program, SE_FREE | SE_NOPREFETCH));
    show("expunge %ld\n", mail_expunge_full(stream, NIL, NIL));
    show("copy %ld\n", mail_copy_full(stream, "1", "Work", NIL));
    ping();
    mail_close_full(stream, NIL);
}

#define EVERYTHING(name, section) \
    static void name(void) { everything(section); }
EVERYTHING(fetch_no, "FETCHNO")
EVERYTHING(fetch_bad, "FETCHBAD")
EVERYTHING(fetch_eof, "FETCHEOF")

static void searches(const char *section)
{
    begin(section);
    for (int i = 0; i < 2; i++) {
        SEARCHPGM *program = mail_newsearchpgm();
        program->seen = 1;
        show("search %ld\n", mail_search_full(stream, NIL, program, SE_FREE | SE_NOPREFETCH | SE_NOLOCAL));
    }
    mail_close_full(stream, NIL);
}

static void search_odd(void) { searches("SEARCHODD"); }
static void search_no(void) { searches("SEARCHNO"); }
static void search_eof(void) { searches("SEARCHEOF"); }

static void others(const char *section)
{
    STRING message;
    begin(section);
    show("status %ld\n", mail_status(stream, "{127.0.0.1}Work", 31));
    INIT(&message, mail_string, "Subject: x\r\n\r\n", 14);
    show("append %ld\n", mail_append_full(stream, at(section), NIL, NIL, &message));
    show("copy %ld\n", mail_copy_full(stream, "1", "Work", CP_MOVE));
    show("expunge %ld\n", mail_expunge_full(stream, NIL, NIL));
    show_counts(stream);
    mail_list(stream, "{127.0.0.1}", "*");
    show("create %ld\n", mail_create(stream, at(section)));
    show("quota %ld\n", imap_getquotaroot(stream, "INBOX"));
    mail_close_full(stream, NIL);
}

#define OTHERS(name, section) \
    static void name(void) { others(section); }
OTHERS(status_no, "STATUSNO")
OTHERS(status_other, "STATUSOTHER")
OTHERS(append_no, "APPENDNO")
OTHERS(copy_no, "COPYNO")
OTHERS(expunge_no, "EXPUNGENO")
OTHERS(list_odd, "LISTODD")

const struct test_case cases[] = {
    {"base", base},
    {"bye", bye},
    {"no", no},
    {"garbage", garbage},
    {"end_of_file", end_of_file},
    {"reset", reset},
    {"preauth", preauth},
    {"old_greeting", old_greeting},
    {"login_disabled", login_disabled},
    {"login_no", login_no},
    {"login_bye", login_bye},
    {"login_eof", login_eof},
    {"select_no", select_no},
    {"select_bad", select_bad},
    {"select_bye", select_bye},
    {"select_eof", select_eof},
    {"select_cut", select_cut},
    {"readonly", readonly},
    {"chatty", chatty},
    {"logout_eof", logout_eof},
    {"logout_bad", logout_bad},
    {"wrong_tag", wrong_tag},
    {"ping_bye", ping_bye},
    {"ping_eof", ping_eof},
    {"ping_events", ping_events},
    {"fetch_no", fetch_no},
    {"fetch_bad", fetch_bad},
    {"fetch_eof", fetch_eof},
    {"search_odd", search_odd},
    {"search_no", search_no},
    {"search_eof", search_eof},
    {"status_no", status_no},
    {"status_other", status_other},
    {"append_no", append_no},
    {"copy_no", copy_no},
    {"expunge_no", expunge_no},
    {"list_odd", list_odd},
    {NULL, NULL},
};
