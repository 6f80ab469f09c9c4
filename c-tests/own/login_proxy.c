/* Behind Dovecot as a login proxy, with two backends that share the mail: everything works through it, and when the backend that
 * serves a session is killed the message that is being stored is stored once, and the next open finds the other one.
 * server: login-proxy
 */
#include "common.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char place[64];

/* Tells whoever runs the servers; returns when it is done. */
static void control(const char *order)
{
    char answer[128] = "";
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)atoi(setting("T_CONTROL")));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int link = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(link, (struct sockaddr *)&address, sizeof address) || dprintf(link, "%s\n", order) < 0)
        perror("control"), exit(3);
    ssize_t size = read(link, answer, sizeof answer - 1);
    close(link);
    if (size < 4 || strncmp(answer, "done", 4)) {
        show("!! %s: %s\n", order, answer);
        exit(3);
    }
}

static void pause_for(long milliseconds)
{
    struct timespec moment = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&moment, NULL);
}

static long append(MAILSTREAM *stream, const char *subject)
{
    char text[256], name[256];
    STRING message;
    snprintf(text, sizeof text, "Subject: %s\r\nMessage-ID: <%s.%ld@example.org>\r\n\r\nsome words\r\n", subject, subject, (long)getpid());
    strcpy(name, spec(place));
    INIT(&message, mail_string, text, strlen(text));
    return mail_append_full(stream, name, NIL, NIL, &message);
}

static MAILSTREAM *begin(void)
{
    quiet = 1;
    /* As programs have it that say nothing. */
    as_we_do(500);
    mail_parameters(NIL, SET_BUSYWAIT, (void *)8);
    snprintf(place, sizeof place, "proxy%ld", (long)getpid());
    MAILSTREAM *half = mail_open(NIL, spec("INBOX"), OP_HALFOPEN);
    char name[256];
    strcpy(name, spec(place));
    check(half && mail_create(half, name), "not created: %s", last_error);
    mail_close_full(half, NIL);
    MAILSTREAM *stream = mail_open(NIL, spec(place), NIL);
    if (!stream) {
        check(0, "not open: %s", last_error);
        exit(1);
    }
    return stream;
}

static MAILSTREAM *again(MAILSTREAM *stream, unsigned long count)
{
    errors_logged = 0;
    stream = mail_open(stream, spec(place), NIL);
    check(stream && stream->nmsgs == count, "%lu messages instead of %lu, %s", stream ? stream->nmsgs : 0, count, last_error);
    check(!errors_logged, "opening: %s", last_error);
    if (!stream)
        exit(1);
    return stream;
}

static void end(MAILSTREAM *stream)
{
    char name[256];
    strcpy(name, spec(place));
    mail_close_full(stream, NIL);
    control("restart");
    stream = mail_open(NIL, spec("INBOX"), OP_HALFOPEN);
    mail_delete(stream, name);
    mail_close_full(stream, NIL);
}

static void works(void)
{
    unsigned long length;
    BODY *body = NIL;
    MAILSTREAM *stream = begin();
    check(append(stream, "one") && append(stream, "two"), "not appended: %s", last_error);
    check(mail_ping(stream) && stream->nmsgs == 2, "%lu messages", stream->nmsgs);
    ENVELOPE *env = mail_fetch_structure(stream, 2, &body, NIL);
    check(env && env->subject && !strcmp(env->subject, "two"), "no envelope");
    char *text = mail_fetch_body(stream, 1, (char *)"1", &length, NIL);
    check(text && !strcmp(text, "some words\r\n"), "another text: %s", text);
    mail_setflag(stream, (char *)"1", (char *)"\\Flagged");
    mail_fetch_flags(stream, (char *)"1", NIL);
    check(mail_elt(stream, 1)->flagged && mail_elt(stream, 1)->seen, "flags");
    /* The server tells of what another does while the stream is idle. */
    mail_parameters(NIL, SET_IDLETRUST, (void *)60);
    mail_ping(stream);
    MAILSTREAM *second = mail_open(NIL, spec(place), NIL);
    check(append(second, "three"), "not appended");
    for (int n = 0; n < 100 && stream->nmsgs < 3; n++) {
        pause_for(50);
        mail_ping(stream);
    }
    check(stream->nmsgs == 3, "%lu messages", stream->nmsgs);
    mail_close_full(second, NIL);
    mail_setflag(stream, (char *)"2", (char *)"\\Deleted");
    check(mail_expunge(stream) && stream->nmsgs == 2, "%lu messages", stream->nmsgs);
    check(!errors_logged, "%s", last_error);
    end(stream);
}

/* The stream's backend is gone, and the other one serves. */
static void killed(void)
{
    MAILSTREAM *stream = begin();
    check(append(stream, "one"), "not appended");
    stream = again(stream, 1);
    control("kill");
    control("switch");
    check(append(stream, "two"), "not stored when the backend was gone: %s", last_error);
    stream = again(stream, 2);
    ENVELOPE *env = mail_fetch_structure(stream, 2, NIL, NIL);
    check(env && env->subject && !strcmp(env->subject, "two"), "another message");
    char *text = mail_fetch_body(stream, 1, (char *)"1", NIL, FT_PEEK);
    check(text && !strcmp(text, "some words\r\n"), "another text");
    end(stream);
}

/* For a while nobody serves: the proxy refuses logins as UNAVAILABLE. */
static void unavailable(void)
{
    MAILSTREAM *stream = begin();
    check(append(stream, "one"), "not appended");
    stream = again(stream, 1);
    control("fail 0.3");
    MAILSTREAM *second = again(NIL, 1);
    mail_close_full(second, NIL);
    check(append(stream, "two"), "not stored: %s", last_error);
    stream = again(stream, 2);
    end(stream);
}

/* Nobody serves for longer than anybody waits: one error, and all is well afterwards. */
static void in_vain(void)
{
    MAILSTREAM *stream = begin();
    check(append(stream, "one"), "not appended");
    mail_close_full(stream, NIL);
    control("kill");
    mail_parameters(NIL, SET_BUSYWAIT, (void *)1);
    errors_logged = login_count = 0;
    check(!mail_open(NIL, spec(place), NIL), "open");
    check(errors_logged == 1 && strstr(last_error, "[UNAVAILABLE]") && strstr(last_error, " times in "), "%d errors, %s",
          errors_logged, last_error);
    check(login_count == 1, "mm_login asked %d times", login_count);
    control("switch");
    end(again(NIL, 1));
}

const struct test_case cases[] = {
    {"works", works}, {"killed", killed}, {"unavailable", unavailable}, {"in_vain", in_vain}, {NULL, NULL},
};
