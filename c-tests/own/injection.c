/* The text of a message is never executed as commands, whatever the server thinks of the command around it.
 * Dovecot does not skip a non-synchronising literal when it dislikes the arguments before it.
 */
#include "common.h"

static const char trap[] = "x1 CREATE Injected\r\nx2 CREATE Injected\r\n\r\nx3 CREATE Injected\r\n";

static void exists(const char *when)
{
    int before = quiet;
    quiet = 1;
    long found = mail_status(NIL, spec("Injected"), SA_MESSAGES);
    quiet = before;
    check(!found, "the message's text was executed (%s)", when);
}

static void try_flags(char *flags, char *date)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    STRING message;
    INIT(&message, mail_string, (void *)trap, sizeof trap - 1);
    mail_append_full(stream, spec("Empty"), flags, date, &message);
    check(mail_ping(stream) == T, "the stream is out of step");
    close_quietly(stream);
    exists(flags ? flags : "no flags");
}

static void unknown_system_flag(void) { try_flags("\\Nonsense", NIL); }
static void parenthesis(void) { try_flags("a) b", NIL); }
static void line_end_in_flags(void) { try_flags("a\r\nx CREATE Injected", NIL); }
static void odd_date(void) { try_flags(NIL, "01-Jan-1970 00:00:00 +0000\" x\r\nx CREATE Injected"); }

static void missing_mailbox(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    STRING message;
    INIT(&message, mail_string, (void *)trap, sizeof trap - 1);
    check(!mail_append_full(stream, spec("Missing"), NIL, NIL, &message), "append to nowhere said T");
    check(mail_ping(stream) == T, "the stream is out of step");
    close_quietly(stream);
    exists("missing mailbox");
}

/* A line end in a name, a sequence, a flag or a searched text must not begin a command. */
static void line_ends_in_arguments(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    mail_copy_full(stream, "1", "Work\r\nx CREATE Injected", NIL);
    mail_copy_full(stream, "1 Work\r\nx CREATE Injected", "Work", NIL);
    mail_flag(stream, "1", "\\Seen)\r\nx CREATE Injected\r\n", ST_SET);
    mail_expunge_full(stream, "1\r\nx CREATE Injected", EX_UID);
    imap_getquotaroot(stream, "INBOX\r\nx CREATE Injected");
    mail_list(stream, "", "%\r\nx CREATE Injected");
    SEARCHPGM *program = mail_newsearchpgm();
    program->subject = stringlist("a\r\nx CREATE Injected", NIL);
    program->keyword = stringlist("a\r\nx CREATE Injected", NIL);
    mail_search_full(stream, "US-ASCII\r\nx CREATE Injected", program, SE_NOPREFETCH);
    mail_search_full(stream, NIL, program, SE_NOPREFETCH | SE_FREE);
    STRINGLIST *lines = stringlist("Subject)]\r\nx CREATE Injected", NIL);
    mail_fetch_header(stream, 1, NIL, lines, NIL, NIL);
    mail_free_stringlist(&lines);
    mail_fetch_body(stream, 1, "1]\r\nx CREATE Injected", NIL, NIL);
    check(mail_ping(stream) == T, "the stream is out of step");
    close_quietly(stream);
    exists("line end in an argument");
}

const struct test_case cases[] = {
    {"unknown_system_flag", unknown_system_flag},
    {"parenthesis", parenthesis},
    {"line_end_in_flags", line_end_in_flags},
    {"odd_date", odd_date},
    {"missing_mailbox", missing_mailbox},
    {"line_ends_in_arguments", line_ends_in_arguments},
    {NULL, NULL},
};
