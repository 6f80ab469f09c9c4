/* Several addresses behind one name: where the first does not serve, the next one does. The C library's name resolution is this
 * program's here.
 * fake: addresses
 */
#include "common.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

static const char *addresses; /* separated by blanks, in order */

static struct addrinfo *entry(const char *address)
{
    /* What freeaddrinfo frees: one block for each, and its name. */
    struct addrinfo *info = (struct addrinfo *)calloc(1, sizeof *info + sizeof(struct sockaddr_in6));
    struct sockaddr_in *four = (struct sockaddr_in *)(info + 1);
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(info + 1);
    if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        info->ai_addrlen = sizeof *four;
    } else {
        check(inet_pton(AF_INET6, address, &six->sin6_addr) == 1, "%s is no address", address);
        six->sin6_family = AF_INET6;
        info->ai_addrlen = sizeof *six;
    }
    info->ai_addr = (struct sockaddr *)(info + 1);
    info->ai_family = info->ai_addr->sa_family;
    info->ai_socktype = SOCK_STREAM;
    return info;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
    char text[256], *rest, *word;
    struct addrinfo **next = result;
    (void)service, (void)hints;
    *result = NULL;
    if (!name || strcmp(name, "many.test"))
        return EAI_NONAME;
    snprintf(text, sizeof text, "%s", addresses);
    for (word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        *next = entry(word);
        next = &(*next)->ai_next;
    }
    (*result)->ai_canonname = strdup("many.test");
    return 0;
}

static double began;

static MAILSTREAM *open_at(const char *places, const char *section, const char *flags)
{
    char variable[64], name[256];
    quiet = 1;
    addresses = places;
    errors_logged = login_count = 0;
    last_error[0] = 0;
    snprintf(variable, sizeof variable, "T_FAKE_ADDRESSES_%s", section);
    snprintf(name, sizeof name, "{many.test:%s/imap%s/user=u1}INBOX", setting(variable), flags);
    began = seconds_since_start();
    return mail_open(NIL, name, NIL);
}

static void took(const char *what, double least, double most)
{
    double seconds = seconds_since_start() - began;
    if (enough(10) < 10)
        most *= 10; /* valgrind */
    check(seconds >= least && seconds <= most, "%s took %.2f s", what, seconds);
}

/* Opens, at the right address, without an error but those that belong to the first. */
static void serves_by(const char *places, const char *section, const char *flags, int errors, double least, double most)
{
    MAILSTREAM *stream = open_at(places, section, flags);
    check(stream && stream->nmsgs == 1, "%s is not open: %s", section, last_error);
    took(section, least, most);
    check(errors_logged == errors, "%s: %d errors, %s", section, errors_logged, last_error);
    check(login_count == 1, "%s: mm_login asked %d times", section, login_count);
    if (stream)
        mail_close_full(stream, NIL);
}

static void serves(const char *section, const char *flags, double least, double most)
{
    serves_by("127.0.0.1 127.0.0.2", section, flags, 0, least, most);
}

static void refused(void)
{
    serves_by("127.0.0.9 ::1 127.0.0.2", "DEAD", "/notls", 0, 0, 1);
}

static void silent(void)
{
    serves("SILENT", "/notls", 2.9, 4);
}

/* Who is slow is waited for when there is nobody else. */
static void slow(void)
{
    serves("SLOW", "/notls", 6, 8);
}

static void nobody(void)
{
    mail_parameters(NIL, SET_READTIMEOUT, (void *)2);
    MAILSTREAM *stream = open_at("127.0.0.1 127.0.0.2", "MUTE", "/notls");
    check(!stream, "open");
    /* Two seconds for each of them, and no more. */
    took("waiting for nobody", 3.9, 5);
    check(errors_logged == 1 && strstr(last_error, "timed out"), "%d errors, %s", errors_logged, last_error);
}

static void breaking(void)
{
    serves("GONE", "/notls", 0, 1);
    MAILSTREAM *stream = open_at("127.0.0.1 127.0.0.2", "BREAKS", "/notls");
    check(stream && stream->nmsgs == 1, "not open: %s", last_error);
    check(login_count <= 2, "mm_login asked %d times", login_count);
    if (stream)
        mail_close_full(stream, NIL);
}

static void busy(void)
{
    serves("FULL", "/notls", 0, 0.5);
    serves("BACKEND", "/notls", 0, 0.5);
    /* All are asked before anything is waited for. */
    serves("BOTH", "/notls", 0.4, 2);
    MAILSTREAM *stream = open_at("127.0.0.1 127.0.0.2", "EVER", "/notls");
    check(!stream, "open");
    took("in vain", 1, 2.5);
    check(errors_logged == 1 && strstr(last_error, "says 4 (many.test, asked 4 times in "), "%d errors, %s", errors_logged,
          last_error);
}

static void not_elsewhere(void)
{
    mail_parameters(NIL, SET_MAXLOGINTRIALS, (void *)1);
    check(!open_at("127.0.0.1 127.0.0.2", "WRONG", "/notls"), "a wrong password is taken elsewhere");
    check(login_count == 1, "mm_login asked %d times", login_count);
    check(!open_at("127.0.0.1 127.0.0.2", "BADTLS", "/ssl"), "a wrong certificate is passed over");
    check(errors_logged == 1 && strstr(last_error, "Certificate failure"), "%d errors, %s", errors_logged, last_error);
}

static void tls(void)
{
    serves("NOTLS", "/ssl/novalidate-cert", 0, 1);
    serves_by("127.0.0.1 127.0.0.2", "STARTTLS", "/tls/novalidate-cert", 1, 0, 1);
}

static void silent_tls(void)
{
    serves("MUTETLS", "/ssl/novalidate-cert", 2.9, 4);
}

const struct test_case cases[] = {
    {"refused", refused}, {"silent", silent}, {"slow", slow}, {"nobody", nobody}, {"breaking", breaking},
    {"busy", busy},       {"not_elsewhere", not_elsewhere}, {"tls", tls}, {"silent_tls", silent_tls}, {NULL, NULL},
};
