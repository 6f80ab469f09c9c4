/* A proxy in front of the test server that cuts connections at an octet, or at once; for programs that include it. */
#ifndef CTESTS_CUTTER_H
#define CTESTS_CUTTER_H

#include "common.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the octets are part of between which a connection was cut, as bits: a command line, a literal (its first octet
 * outstanding, some, the last), an answer; of a line the first octet outstanding, some, the last, which is the line feed. */
enum place {
    COMMAND_FIRST = 1, COMMAND_MIDDLE = 2, COMMAND_LAST = 4, LITERAL_FIRST = 8, LITERAL_MIDDLE = 16, LITERAL_LAST = 32,
    ANSWER_FIRST = 64, ANSWER_MIDDLE = 128, ANSWER_LAST = 256, EVERY_PLACE = 511
};
static const char *const place_names[] = {"before a command", "in a command", "before a command's line feed", "before a literal",
                                          "in a literal", "before a literal's last octet", "before an answer", "in an answer",
                                          "before an answer's line feed"};

struct proxy {
    int listener, port;
    uint16_t target;
    pthread_t thread;
    volatile int stop, cuts;
    volatile int armed;     /* how many connections, from the one that is there on, are to be cut */
    volatile long limit[2]; /* after so many octets of the client's (0) or of the server's (1); -1: never */
    volatile long passed[2];
    volatile int hard;      /* by RST */
    volatile int down;      /* connections are ended at once, and new ones as well */
    volatile int accepted, open;
    volatile int cut_side;  /* of the last cut: 0 the client's octets, 1 the server's */
    volatile long cut_octet; /* after how many of them */
    volatile int places;    /* bits of enum place, of all cuts */
    volatile long literal_at, literal_size; /* after how many octets of the client's the last literal has begun */
};

/* Where one side of a connection has come to. */
struct reader { long octets, literal_at, line, literal, size, number; char last; int open; };

/* The side has said so many octets more. The size of a literal stands in braces at the end of a line. */
static void read_on(struct reader *reader, const char *data, long size)
{
    for (long n = 0; n < size; n++) {
        char octet = data[n];
        reader->octets++;
        if (reader->literal) {
            reader->literal--;
            continue;
        }
        if (octet == '\n') {
            reader->literal = reader->open == 2 ? reader->number : 0;
            if (reader->literal) {
                reader->literal_at = reader->octets;
                reader->size = reader->literal;
            }
            reader->line = reader->open = 0;
            reader->last = octet;
            continue;
        }
        reader->line++;
        if (octet == '{') {
            reader->open = 1;
            reader->number = 0;
        } else if (reader->open == 1 && octet >= '0' && octet <= '9')
            reader->number = reader->number * 10 + (octet - '0');
        else if (reader->open == 1 && octet == '}')
            reader->open = 2;
        else if (!(reader->open == 1 && octet == '+') && !(reader->open == 2 && octet == '\r'))
            reader->open = 0;
        reader->last = octet;
    }
}

static int place_of(const struct reader *reader, int side)
{
    if (reader->literal)
        return side                              ? ANSWER_MIDDLE
               : reader->literal == reader->size ? LITERAL_FIRST
               : reader->literal == 1            ? LITERAL_LAST
                                                 : LITERAL_MIDDLE;
    return (side ? ANSWER_FIRST : COMMAND_FIRST) << (!reader->line ? 0 : reader->last == '\r' ? 2 : 1);
}

static struct sockaddr_in loopback(in_port_t port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = port;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void end(int fd, int hard)
{
    struct linger linger = {1, 0};
    if (hard)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(fd);
}

static int send_all(int fd, const char *data, long size)
{
    while (size > 0) {
        ssize_t sent = send(fd, data, (size_t)size, MSG_NOSIGNAL);
        if (sent <= 0)
            return 0;
        data += sent;
        size -= sent;
    }
    return 1;
}

/* One connection at a time per pair of sockets; a new one may come while an old one is not yet known to be gone. */
struct pair { struct proxy *proxy; int client; };

static void *pass(void *argument)
{
    struct pair *pair = (struct pair *)argument;
    struct proxy *proxy = pair->proxy;
    struct sockaddr_in address = loopback(htons(proxy->target));
    static const int one = 1;
    int fds[2] = {pair->client, socket(AF_INET, SOCK_STREAM, 0)};
    char *data = (char *)malloc(65536);
    struct reader readers[2];
    memset(readers, 0, sizeof readers);
    free(pair);
    int good = !connect(fds[1], (struct sockaddr *)&address, sizeof address);
    for (int n = 0; n < 2; n++)
        setsockopt(fds[n], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    __sync_fetch_and_add(&proxy->open, 1);
    while (good && !proxy->stop && !proxy->down) {
        struct pollfd polled[2] = {{fds[0], POLLIN, 0}, {fds[1], POLLIN, 0}};
        if (poll(polled, 2, 20) < 0)
            break;
        for (int n = 0; n < 2 && good; n++) {
            if (!polled[n].revents)
                continue;
            ssize_t size = recv(fds[n], data, 65536, 0);
            if (size <= 0) {
                good = 0;
                break;
            }
            if (proxy->armed > 0 && proxy->limit[n] >= 0 && proxy->passed[n] + size >= proxy->limit[n]) {
                long rest = proxy->limit[n] - proxy->passed[n];
                if (rest > 0)
                    send_all(fds[!n], data, rest);
                read_on(&readers[n], data, rest);
                proxy->cut_side = n;
                proxy->cut_octet = proxy->limit[n];
                proxy->places |= place_of(&readers[n], n);
                proxy->armed--;
                proxy->cuts++;
                proxy->passed[0] = proxy->passed[1] = 0;
                good = 0;
                break;
            }
            read_on(&readers[n], data, size);
            proxy->passed[n] += size;
            if (!n && readers[0].literal_at) {
                proxy->literal_at = proxy->passed[0] - (readers[0].octets - readers[0].literal_at);
                proxy->literal_size = readers[0].size;
            }
            good = send_all(fds[!n], data, size);
        }
    }
    /* What was passed on is to arrive. */
    end(fds[0], proxy->hard);
    end(fds[1], 0);
    __sync_fetch_and_sub(&proxy->open, 1);
    free(data);
    return NULL;
}

static void *serve(void *argument)
{
    struct proxy *proxy = (struct proxy *)argument;
    while (!proxy->stop) {
        struct pollfd polled = {proxy->listener, POLLIN, 0};
        if (poll(&polled, 1, 200) <= 0)
            continue;
        struct pair *pair = (struct pair *)malloc(sizeof *pair);
        pair->proxy = proxy;
        pair->client = accept(proxy->listener, NULL, NULL);
        proxy->accepted++;
        pthread_t thread;
        if (pair->client < 0 || pthread_create(&thread, NULL, pass, pair))
            free(pair);
        else
            pthread_detach(thread);
    }
    return NULL;
}

static void start_proxy_to(struct proxy *proxy, const char *port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    memset(proxy, 0, sizeof *proxy);
    proxy->target = (uint16_t)atoi(port);
    proxy->limit[0] = proxy->limit[1] = -1;
    proxy->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(proxy->listener, (struct sockaddr *)&address, size) || listen(proxy->listener, 20) ||
        getsockname(proxy->listener, (struct sockaddr *)&address, &size))
        exit(1);
    proxy->port = ntohs(address.sin_port);
    pthread_create(&proxy->thread, NULL, serve, proxy);
}

static __attribute__((unused)) void start_proxy(struct proxy *proxy) { start_proxy_to(proxy, setting("T_PORT")); }

static __attribute__((unused)) void stop_proxy(struct proxy *proxy)
{
    proxy->stop = 1;
    pthread_join(proxy->thread, NULL);
    close(proxy->listener);
}

/* Fails for the places where no connection was cut, if they are more than `spared`. */
static __attribute__((unused)) void check_places(int places, int spared)
{
    for (int n = 0; 1 << n < EVERY_PLACE; n++)
        spared -= !(places >> n & 1);
    for (int n = 0; spared < 0 && 1 << n < EVERY_PLACE; n++)
        check(places >> n & 1, "no connection was cut %s", place_names[n]);
}

/* Whether the program runs under valgrind or with a sanitizer, many times slower. */
static __attribute__((unused)) int slowed(void) { return getenv("T_UNDER_VALGRIND") || getenv("T_STACK_KIB"); }

/* Ends the connections that there are. */
static __attribute__((unused)) void cut_now(struct proxy *proxy)
{
    proxy->down = 1;
    while (proxy->open > 0)
        usleep(1000);
    proxy->down = 0;
}
#endif
