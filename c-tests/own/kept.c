/* SET_KEEPCONNECTION: the connection of a closed stream serves the next stream of the same account, with the same password,
 * and no other one; nothing is expunged by it; its time ends; without the setting mail_close logs out at once. */
#include "common.h"
#include <dirent.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MOST 128

static char place[48];
static struct other *other;
static ino_t before[MOST];
static int before_count;

static int sockets(ino_t *found)
{
    int count = 0;
    for (int fd = 3; fd < 256 && count < MOST; fd++) {
        struct stat status;
        if (!fstat(fd, &status) && S_ISSOCK(status.st_mode))
            found[count++] = status.st_ino;
    }
    return count;
}

/* The library's sockets; the last of them in `last`. */
static int ours(ino_t *last)
{
    ino_t all[MOST];
    int count = 0, total = sockets(all);
    for (int n = 0; n < total; n++) {
        int known = 0;
        for (int m = 0; m < before_count; m++)
            known |= all[n] == before[m];
        if (!known && last)
            *last = all[n];
        count += !known;
    }
    return count;
}

static void keep(long seconds) { mail_parameters(NIL, SET_KEEPCONNECTION, (void *)seconds); }

static void begin(long seconds)
{
    quiet = 1;
    other = other_login("u1");
    snprintf(place, sizeof place, "Kept%ld", (long)getpid());
    other_command(other, NULL, "CREATE %s", place);
    other_command(other, "Subject: one\r\n\r\nText.\r\n", "APPEND %s", place);
    other_command(other, "Subject: two\r\n\r\nText.\r\n", "APPEND %s", place);
    before_count = sockets(before);
    keep(seconds);
    login_count = 0;
}

static void end(void)
{
    keep(0);
    /* Any stream that is closed ends what is over. */
    mail_close_full(mail_open(NIL, spec(place), NIL), NIL);
    check(ours(NULL) == 0, "%d sockets at the end", ours(NULL));
    other_logout(other);
}

static ino_t opened(MAILSTREAM *stream, const char *what)
{
    ino_t socket = 0;
    ours(&socket);
    check(stream != NIL, "%s: not open", what);
    if (!stream)
        exit(1);
    return socket;
}

static void off(void)
{
    begin(0);
    mail_close_full(mail_open(NIL, spec(place), NIL), NIL);
    check(ours(NULL) == 0, "%d sockets", ours(NULL));
    end();
}

static void again(void)
{
    begin(60);
    for (int round = 0; round < 4; round++) {
        static ino_t first;
        MAILSTREAM *stream = mail_open(NIL, spec(round % 2 ? "INBOX" : place), NIL);
        ino_t socket = opened(stream, "again");
        if (!round)
            first = socket;
        check(socket == first && ours(NULL) == 1, "round %d: another connection, %d in all", round, ours(NULL));
        check(login_count == round + 1, "mm_login asked %d times in round %d", login_count, round);
        if (!(round % 2)) {
            check(stream->nmsgs == 2, "%lu messages", stream->nmsgs);
            check(!strcmp(mail_fetchenvelope(stream, 2)->subject, "two"), "another mailbox");
            /* What is marked stays. */
            mail_setflag(stream, (char *)"1", (char *)"\\Deleted");
        }
        mail_close_full(stream, NIL);
        check(ours(NULL) == 1, "%d sockets kept", ours(NULL));
    }
    other_command(other, NULL, "SELECT %s", place);
    MAILSTREAM *stream = mail_open(NIL, spec(place), OP_READONLY);
    mail_fetch_flags(stream, (char *)"1:*", 0);
    check(stream->nmsgs == 2 && mail_elt(stream, 1)->deleted, "it was expunged");
    /* Two at once need two. */
    MAILSTREAM *second = mail_open(NIL, spec(place), NIL);
    check(ours(NULL) == 2 && second, "%d sockets", ours(NULL));
    mail_close_full(second, CL_EXPUNGE);
    mail_close_full(stream, NIL);
    stream = mail_open(NIL, spec(place), NIL);
    check(stream && stream->nmsgs == 1, "CL_EXPUNGE did not");
    mail_close_full(stream, NIL);
    end();
}

static void whose(void)
{
    begin(60);
    MAILSTREAM *stream = mail_open(NIL, spec(place), NIL);
    ino_t first = opened(stream, "first");
    mail_close_full(stream, NIL);
    /* A wrong password is the server's to judge, on a connection of its own. */
    login_password = "wrong";
    mail_parameters(NIL, SET_MAXLOGINTRIALS, (void *)1);
    errors_logged = 0;
    stream = mail_open(NIL, spec(place), NIL);
    check(!stream && errors_logged, "a wrong password lets in");
    login_password = "";
    stream = mail_open(NIL, spec(place), NIL);
    check(!stream, "no password lets in");
    login_password = NULL;
    /* Another user, other switches. */
    stream = mail_open(NIL, spec_for("u2", "/notls", "INBOX"), NIL);
    check(stream && ours(NULL) == 2, "another user: %d sockets", ours(NULL));
    mail_close_full(stream, NIL);
    stream = mail_open(NIL, spec_for("u1", "/notls/secure", place), NIL);
    check(ours(NULL) == (stream ? 3 : 2), "other switches: %d sockets", ours(NULL));
    mail_close_full(stream, NIL);
    int all = ours(NULL);
    stream = mail_open(NIL, spec(place), NIL);
    ino_t now[MOST];
    int there = 0;
    for (int n = sockets(now); n--;)
        there |= now[n] == first;
    check(stream && there && ours(NULL) == all, "the first one was not taken");
    mail_close_full(stream, NIL);
    end();
}

static void over(void)
{
    struct timespec moment = {2, 100 * 1000 * 1000};
    begin(2);
    MAILSTREAM *held = mail_open(NIL, spec_for("u2", "/notls", "INBOX"), NIL);
    MAILSTREAM *stream = mail_open(NIL, spec(place), NIL);
    ino_t first = opened(stream, "first");
    mail_close_full(stream, NIL);
    nanosleep(&moment, NULL);
    /* Closing another stream ends it. */
    keep(2);
    mail_close_full(held, CL_EXPUNGE);
    check(ours(NULL) == 0, "%d sockets after its time", ours(NULL));
    stream = mail_open(NIL, spec(place), NIL);
    check(opened(stream, "later") != first, "taken after its time");
    mail_close_full(stream, NIL);
    check(ours(NULL) == 1, "%d sockets kept", ours(NULL));
    end();
}

/* The server or the network ends it meanwhile: nobody notices. */
static void gone(void)
{
    begin(60);
    for (int how = 0; how < 3; how++) {
        MAILSTREAM *stream = mail_open(NIL, spec(place), NIL);
        check(stream != NIL, "opened");
        mail_close_full(stream, NIL);
        for (int fd = 3; fd < 256; fd++) {
            struct stat status;
            int known = 0;
            if (fstat(fd, &status) || !S_ISSOCK(status.st_mode))
                continue;
            for (int m = 0; m < before_count; m++)
                known |= status.st_ino == before[m];
            if (!known)
                shutdown(fd, how == 0 ? SHUT_RDWR : how == 1 ? SHUT_WR : SHUT_RD);
        }
        errors_logged = 0;
        stream = mail_open(NIL, spec(place), NIL);
        check(stream && stream->nmsgs == 2 && !errors_logged, "how %d: %d errors, %s", how, errors_logged, last_error);
        mail_close_full(stream, NIL);
    }
    end();
}

static void many(void)
{
    enum { COUNT = 36 };
    MAILSTREAM *streams[COUNT];
    begin(60);
    for (int n = 0; n < COUNT; n++)
        check((streams[n] = mail_open(NIL, spec(place), NIL)) != NIL, "stream %d", n);
    for (int n = 0; n < COUNT; n++)
        mail_close_full(streams[n], NIL);
    check(ours(NULL) == 32, "%d kept", ours(NULL));
    end();
}

const struct test_case cases[] = {
    {"off", off}, {"again", again}, {"whose", whose}, {"over", over}, {"gone", gone}, {"many", many}, {NULL, NULL},
};
