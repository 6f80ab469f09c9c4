/* Names of addresses are not asked for: a DNS server that is silent must not keep an open waiting. The functions of the C
 * library that would ask are this program's here, and hang. */
#include "common.h"

#include <netdb.h>
#include <unistd.h>

static int asked;

static int hang(const char *function)
{
    asked++;
    show("%s was called\n", function);
    sleep(20);
    return EAI_AGAIN;
}

int getnameinfo(const struct sockaddr *address, socklen_t length, char *host, socklen_t host_room, char *service,
                socklen_t service_room, int flags)
{
    (void)address, (void)length, (void)host, (void)host_room, (void)service, (void)service_room, (void)flags;
    return hang("getnameinfo");
}

struct hostent *gethostbyaddr(const void *address, socklen_t length, int type)
{
    (void)address, (void)length, (void)type;
    hang("gethostbyaddr");
    return NULL;
}

int gethostbyaddr_r(const void *address, socklen_t length, int type, struct hostent *entry, char *room, size_t size,
                    struct hostent **result, int *error)
{
    (void)address, (void)length, (void)type, (void)entry, (void)room, (void)size;
    *result = NULL;
    *error = TRY_AGAIN;
    return hang("gethostbyaddr_r");
}

static void quickly(const char *what, double began)
{
    double took = seconds_since_start() - began;
    check(!asked, "%s asked for the name of an address", what);
    check(took < 15, "%s took %.1f s", what, took);
}

static void opening(void)
{
    double began = seconds_since_start();
    MAILSTREAM *stream = mail_open(NIL, spec("INBOX"), NIL);
    check(stream != NIL, "not opened");
    quickly("opening", began);
    mail_close(stream);
}

/* mm_login's host and the log in of program mechanisms look at the name, too. */
static void opening_pop3(void)
{
    char name[256];
    double began = seconds_since_start();
    snprintf(name, sizeof name, "{%s:%s/pop3/notls/user=u1}INBOX", setting("T_HOST"), setting("T_POP3"));
    MAILSTREAM *stream = mail_open(NIL, name, NIL);
    check(stream != NIL, "not opened");
    quickly("opening over POP3", began);
    mail_close(stream);
}

static void byte_streams(void)
{
    double began = seconds_since_start();
    TCPSTREAM *stream = tcp_open((char *)setting("T_HOST"), NIL, (unsigned long)atol(setting("T_PORT")));
    check(stream != NIL, "not opened");
    show_string("remote", tcp_remotehost(stream));
    show_string("local", tcp_localhost(stream));
    quickly("a byte stream", began);
    tcp_close(stream);
}

static void this_host(void)
{
    double began = seconds_since_start();
    check(*mylocalhost() != 0, "no name");
    quickly("mylocalhost", began);
}

const struct test_case cases[] = {
    {"opening", opening}, {"opening_pop3", opening_pop3}, {"byte_streams", byte_streams}, {"this_host", this_host}, {NULL, NULL},
};
