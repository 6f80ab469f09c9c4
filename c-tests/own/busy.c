/* Servers that say that they are busy (RFC 5530, BYE): they are asked again for a while, and then there is one clear error.
 * Servers that mean it are asked once.
 * fake: busy
 */
#include "common.h"

#include <time.h>

static int sent_selects, sent_logins, sent_appends;

static void sent(MAILSTREAM *stream, char *command, long flags)
{
    (void)stream, (void)flags;
    if (!strcmp(command, "SELECT"))
        sent_selects++;
    else if (!strcmp(command, "LOGIN"))
        sent_logins++;
    else if (!strcmp(command, "APPEND"))
        sent_appends++;
}

static char *at(const char *section, const char *flags, const char *mailbox)
{
    char variable[64];
    snprintf(variable, sizeof variable, "T_FAKE_BUSY_%s", section);
    return spec_port(variable, "u1", flags, mailbox);
}

static double began;

static void begin(void)
{
    quiet = 1;
    errors_logged = login_count = sent_selects = sent_logins = sent_appends = 0;
    last_error[0] = 0;
    mail_parameters(NIL, SET_SENDCOMMAND, (void *)sent);
    began = seconds_since_start();
}

static void took(const char *what, double least, double most)
{
    double seconds = seconds_since_start() - began;
    if (enough(10) < 10)
        most *= 10; /* valgrind */
    check(seconds >= least && seconds <= most, "%s took %.2f s", what, seconds);
}

static MAILSTREAM *opened(const char *section)
{
    begin();
    MAILSTREAM *stream = mail_open(NIL, at(section, "/notls", "INBOX"), NIL);
    check(stream && stream->nmsgs == 3 && !stream->halfopen, "%s: not open: %s", section, last_error);
    if (!stream)
        exit(1);
    check(!errors_logged, "%s: %d errors, %s", section, errors_logged, last_error);
    return stream;
}

/* Opens in the end, without an error; mm_login is asked once. */
static void in_the_end(const char *section, double least)
{
    MAILSTREAM *stream = opened(section);
    took(section, least, 4);
    check(login_count == 1, "%s: mm_login asked %d times", section, login_count);
    mail_close_full(stream, NIL);
}

static void opening(void)
{
    in_the_end("BYE_TWICE", 0.4);
    in_the_end("BYE_CODE", 0.15);
    in_the_end("LOGIN_UNAVAILABLE", 0.4);
    in_the_end("LOGIN_LIMIT", 0.15);
    in_the_end("LOGIN_PLAIN", 0.4);
    in_the_end("SELECT_INUSE", 0.4);
    check(sent_selects == 3, "%d SELECTs", sent_selects);
}

/* Never opens. One error, which has all these words. */
static void never(const char *section, double least, const char *first, const char *second, const char *third)
{
    begin();
    mail_parameters(NIL, SET_CLOSEONERROR, (void *)1);
    MAILSTREAM *stream = mail_open(NIL, at(section, "/notls", "INBOX"), NIL);
    check(!stream, "%s is open", section);
    took(section, least, least + 1.5);
    check(errors_logged == 1, "%s: %d errors", section, errors_logged);
    check(strstr(last_error, first) && strstr(last_error, second) && strstr(last_error, third), "%s: %s", section, last_error);
}

static void opening_in_vain(void)
{
    never("BYE_EVER", 1, "client 4 (127.0.0.1, asked 4 times in ", "too many connections", "takes no connections now");
    never("LOGIN_EVER", 1, "[UNAVAILABLE] Temporary authentication failure, time 4 (127.0.0.1, asked 4 times in ",
          "Can not authenticate to IMAP server: ", "a part of the server is down: see its log)");
    check(login_count == 1, "mm_login asked %d times", login_count);
    never("SELECT_EVER", 1, "[INUSE] Mailbox in use, time 4 (127.0.0.1, INBOX, asked 4 times in ", "try again later)", "");
}

static void opening_at_once(void)
{
    never("BYE_REFERS", 0, "client 1", "REFERRAL", "");
    never("SELECT_NOPERM", 0, "[NOPERM] time 1", "", "");
    check(strstr(last_error, "time 1") && strlen(last_error) == strlen("[NOPERM] time 1"), "said more: %s", last_error);
    begin();
    mail_parameters(NIL, SET_MAXLOGINTRIALS, (void *)1);
    check(!mail_open(NIL, at("LOGIN_WRONG", "/notls", "INBOX"), NIL) && sent_logins == 1, "%d LOGINs", sent_logins);
    begin();
    check(!mail_open(NIL, at("LOGIN_EXPIRED", "/notls", "INBOX"), NIL) && sent_logins == 1, "%d LOGINs", sent_logins);
    took("refusals", 0, 0.5);
}

static unsigned long found;

static void look_for_x(MAILSTREAM *stream)
{
    SEARCHPGM *program = mail_newsearchpgm();
    program->subject = stringlist("x", NIL);
    found = hits(stream, program);
}

/* The program's time limit is shorter than the library's patience. */
static void within_limits(void)
{
    mail_parameters(NIL, SET_OPENTIMEOUT, (void *)1);
    begin();
    check(!mail_open(NIL, at("BYE_EVER", "/notls", "INBOX"), NIL), "open");
    took("opening within a second", 0.4, 1.3);
    check(errors_logged == 1, "%d errors", errors_logged);
    mail_parameters(NIL, SET_OPENTIMEOUT, (void *)30);
    mail_parameters(NIL, SET_READTIMEOUT, (void *)1);
    MAILSTREAM *stream = opened("EVER_BRIEF");
    look_for_x(stream);
    took("searching within a second", 0.4, 1.5);
    check(!!strstr(last_error, "time 3 ("), "%s", last_error);
    mail_close_full(stream, NIL);
}

static void switched_off(void)
{
    check(mail_parameters(NIL, GET_BUSYWAIT, NIL) == (void *)2, "default %ld", (long)mail_parameters(NIL, GET_BUSYWAIT, NIL));
    mail_parameters(NIL, SET_BUSYWAIT, (void *)0);
    begin();
    check(!mail_open(NIL, at("BYE_EVER", "/notls", "INBOX"), NIL), "open");
    took("opening", 0, 0.3);
    check(errors_logged == 1 && strstr(last_error, " (127.0.0.1; the server takes no"), "%s", last_error);
    MAILSTREAM *stream = opened("EVER_OFF");
    look_for_x(stream);
    took("searching", 0, 0.3);
    mail_close_full(stream, NIL);
}

static long append(MAILSTREAM *stream, char *mailbox)
{
    static char text[] = "Subject: x\r\n\r\ntext\r\n";
    STRING message;
    INIT(&message, mail_string, text, strlen(text));
    return mail_append_full(stream, mailbox, NIL, NIL, &message);
}

static void commands(void)
{
    unsigned long length;
    char work[512], elsewhere[512];
    MAILSTREAM *stream = opened("COMMANDS");
    strcpy(work, at("COMMANDS", "/notls", "Work"));
    strcpy(elsewhere, at("COMMANDS", "/notls", "Elsewhere"));
    char *text = mail_fetch_body(stream, 2, (char *)"1", &length, FT_PEEK);
    check(text && length == 11 && !memcmp(text, "text of two", 11), "text");
    BODY *body = NIL;
    ENVELOPE *env = mail_fetch_structure(stream, 2, &body, NIL);
    check(env && env->subject && !strcmp(env->subject, "number 2") && body && !body->nested.part, "structure");
    check(mail_uid(stream, 2) == 12, "UID %lu", mail_uid(stream, 2));
    look_for_x(stream);
    check(found == 2, "%lu found", found);
    SORTPGM *order = mail_newsortpgm();
    order->function = SORTSUBJECT;
    unsigned long *sorted = mail_sort(stream, NIL, NIL, order, NIL);
    check(sorted && sorted[0] == 3 && sorted[1] == 1 && !sorted[2], "sorted");
    fs_give((void **)&sorted);
    mail_free_sortpgm(&order);
    mail_setflag(stream, (char *)"1:3", (char *)"\\Deleted");
    check(mail_elt(stream, 2)->deleted, "not marked");
    check(mail_status(stream, work, SA_MESSAGES), "STATUS");
    check(mail_copy_full(stream, (char *)"2", (char *)"Work", NIL), "COPY");
    check(mail_expunge_full(stream, NIL, NIL), "EXPUNGE");
    mail_check(stream);
    check(mail_create(stream, elsewhere), "CREATE");
    check(append(stream, work), "APPEND");
    check(imap_getquotaroot(stream, (char *)"INBOX"), "quota");
    check(!errors_logged, "%d errors, %s", errors_logged, last_error);
    mail_close_full(stream, NIL);
}

static void complained(const char *what, const char *words)
{
    check(errors_logged == 1 && strstr(last_error, words), "%s: %d errors, %s", what, errors_logged, last_error);
    took(what, 0, 3);
    errors_logged = 0;
    last_error[0] = 0;
    began = seconds_since_start();
}

static void commands_in_vain(void)
{
    char work[512], other[512];
    MAILSTREAM *stream = opened("EVER");
    strcpy(work, at("EVER", "/notls", "Work"));
    strcpy(other, at("EVER", "/notls", "Other"));
    check(!mail_fetch_body(stream, 2, (char *)"1", NIL, FT_PEEK)[0], "a text");
    complained("FETCH", "time 4 (127.0.0.1, INBOX, asked 4 times in ");
    look_for_x(stream);
    check(!found, "found");
    complained("SEARCH", "time 8 (127.0.0.1, INBOX, asked 4 times in ");
    mail_setflag(stream, (char *)"1:3", (char *)"\\Deleted");
    complained("STORE", "time 12 (127.0.0.1, INBOX");
    check(!mail_status(stream, work, SA_MESSAGES), "STATUS");
    complained("STATUS", "time 16 (127.0.0.1, Work, asked 4 times in ");
    /* What might be done half is not asked again, nor what will be the same in a second. */
    check(!mail_copy_full(stream, (char *)"2", (char *)"Work", NIL), "COPY");
    complained("COPY", "[SERVERBUG] oh, time 1 (127.0.0.1, INBOX; an error of the server");
    check(!mail_create(stream, work), "CREATE");
    complained("CREATE", "[LIMIT] too many, time 2 (127.0.0.1, Work, asked 2 times in ");
    check(!mail_rename(stream, work, other), "RENAME");
    complained("RENAME", "[OVERQUOTA] full, time 1");
    mail_close_full(stream, NIL);
}

/* The number of the message that was asked for has come to mean another one: it is not asked for again. */
static void numbers(void)
{
    MAILSTREAM *stream = opened("MOVED");
    char *text = mail_fetch_body(stream, 2, (char *)"1", NIL, FT_PEEK);
    check(!text || !*text, "the text of another message");
    check(stream->nmsgs == 2, "%lu messages", stream->nmsgs);
    check(errors_logged == 1 && strstr(last_error, "[UNAVAILABLE] not now (127.0.0.1, INBOX; "), "%d errors, %s", errors_logged,
          last_error);
    mail_close_full(stream, NIL);
}

static void extended_search(void)
{
    as_we_do(500);
    MAILSTREAM *stream = opened("SEARCH_EXTENDED");
    look_for_x(stream);
    check(!errors_logged, "%s", last_error);
    look_for_x(stream);
    check(found == 1, "%lu found", found);
    mail_close_full(stream, NIL);
}

static long append_to(const char *section)
{
    char name[512];
    MAILSTREAM *stream = opened(section);
    strcpy(name, at(section, "/notls", "Work"));
    long stored = append(stream, name);
    mail_close_full(stream, NIL);
    return stored;
}

/* The server's own error may mean anything: the message is looked for, and stored once. */
static void appends(void)
{
    as_we_do(500);
    check(append_to("APPEND_STORED") == 1, "not stored: %s", last_error);
    check(!errors_logged && sent_appends == 1, "stored: %d, %s", sent_appends, last_error);
    check(append_to("APPEND_LOST") == 1, "lost: %s", last_error);
    check(!errors_logged && sent_appends == 2, "lost: %d, %s", sent_appends, last_error);
    check(!append_to("APPEND_EVER"), "stored in the end");
    check(sent_appends >= 2 && sent_appends <= 4, "ever: %d", sent_appends);
    check(errors_logged == 1 && strstr(last_error, "[SERVERBUG] oh, time "), "%d errors, %s", errors_logged, last_error);
    check(!append_to("APPEND_FULL"), "stored where there is no room");
    check(sent_appends == 1 && errors_logged == 1, "full: %d", sent_appends);
    check(!strcmp(last_error, "[OVERQUOTA] full, time 1"), "%s", last_error);
}

const struct test_case cases[] = {
    {"opening", opening},
    {"opening_in_vain", opening_in_vain},
    {"opening_at_once", opening_at_once},
    {"within_limits", within_limits},
    {"switched_off", switched_off},
    {"commands", commands},
    {"commands_in_vain", commands_in_vain},
    {"numbers", numbers},
    {"extended_search", extended_search},
    {"appends", appends},
    {NULL, NULL},
};
