/* POP3 servers that hang up, refuse, or say what cannot be understood, at each step.
 * fake: pop3
 */
#include "../common.h"

static char *at(const char *section)
{
    static char name[256];
    char variable[64];
    snprintf(variable, sizeof variable, "T_FAKE_POP3_%s", section);
    snprintf(name, sizeof name, "{127.0.0.1:%s/pop3/user=u1}INBOX", setting(variable));
    return name;
}

/* All that a program does with a mailbox. */
static void session(const char *section)
{
    MAILSTREAM *stream = mail_open(NIL, at(section), NIL);
    unsigned long len;
    char *text;
    if (!stream) {
        show("not opened\n");
        return;
    }
    show_counts(stream);
    show_elts(stream);
    text = mail_fetch_header(stream, 1, NIL, NIL, &len, FT_PEEK);
    show_bytes("header", text, len);
    text = mail_fetch_text(stream, 1, NIL, &len, NIL);
    show_bytes("text", text, len);
    text = mail_fetch_message(stream, 2, &len, NIL);
    show_bytes("message", text, len);
    show("ping %ld\n", mail_ping(stream));
    mail_check(stream);
    /* UW marks what it could not fetch \\Deleted: own/pop3.c has that. */
    quiet = 1;
    mail_clearflag(stream, "1:2", "\\Deleted");
    quiet = 0;
    mail_setflag(stream, "1", "\\Deleted");
    show("expunge %ld\n", mail_expunge_full(stream, NIL, NIL));
    show_counts(stream);
    mail_close(stream);
}

#define CASE(function, section) static void function(void) { session(section); }
CASE(sound, "SOUND")
CASE(refuses, "REFUSES")
CASE(old, "OLD")
CASE(eof_capa, "EOF_CAPA")
CASE(eof_user, "EOF_USER")
CASE(eof_pass, "EOF_PASS")
CASE(eof_stat, "EOF_STAT")
CASE(eof_list, "EOF_LIST")
CASE(eof_top, "EOF_TOP")
CASE(eof_retr, "EOF_RETR")
CASE(eof_noop, "EOF_NOOP")
CASE(eof_dele, "EOF_DELE")
CASE(eof_quit, "EOF_QUIT")
CASE(err_pass, "ERR_PASS")
CASE(err_stat, "ERR_STAT")
CASE(err_list, "ERR_LIST")
CASE(err_top, "ERR_TOP")
CASE(err_retr, "ERR_RETR")
CASE(err_noop, "ERR_NOOP")
CASE(err_dele, "ERR_DELE")
CASE(err_quit, "ERR_QUIT")
CASE(odd_stat, "ODD_STAT")
CASE(odd_list, "ODD_LIST")
CASE(odd_top, "ODD_TOP")
CASE(odd_retr, "ODD_RETR")
CASE(odd_noop, "ODD_NOOP")
CASE(bad_list, "BAD_LIST")
CASE(no_header, "NO_HEADER")
CASE(empty, "EMPTY")

#define ROW(name) {#name, name}
const struct test_case cases[] = {
    ROW(sound), ROW(refuses), ROW(old), ROW(eof_capa), ROW(eof_user), ROW(eof_pass), ROW(eof_stat),
    ROW(eof_list), ROW(eof_top), ROW(eof_retr), ROW(eof_noop), ROW(eof_dele), ROW(eof_quit), ROW(err_pass), ROW(err_stat),
    ROW(err_list), ROW(err_top), ROW(err_retr), ROW(err_noop), ROW(err_dele), ROW(err_quit), ROW(odd_stat), ROW(odd_list),
    ROW(odd_top), ROW(odd_retr), ROW(odd_noop), ROW(bad_list), ROW(no_header), ROW(empty),
    {NULL, NULL},
};
