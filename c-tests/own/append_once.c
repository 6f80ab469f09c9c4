/* APPEND, with the connection cut at every octet of the dialogue, in either direction: what was told to be stored is in the
 * mailbox, once; also where the connection after that is cut, too. T_CUTS=SECONDS makes more of it.
 */
#include "common.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WORKERS 24

static double seconds_each(void) { return getenv("T_CUTS") ? atof(getenv("T_CUTS")) : 9; }

/* -- a proxy that cuts --------------------------------------------------------------------- */

struct proxy {
    int listener, port;
    pthread_t thread;
    volatile int stop, cuts;
    volatile int armed;     /* how many connections, from the one that is there on, are to be cut */
    volatile long limit[2]; /* after so many octets of the client's (0) or of the server's (1); -1: never */
    volatile long passed[2];
    volatile int hard;      /* by RST */
};

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
    struct pair *pair = argument;
    struct proxy *proxy = pair->proxy;
    struct sockaddr_in address = loopback(htons((uint16_t)atoi(setting("T_PORT"))));
    static const int one = 1;
    int fds[2] = {pair->client, socket(AF_INET, SOCK_STREAM, 0)};
    char *data = malloc(65536);
    free(pair);
    int good = !connect(fds[1], (struct sockaddr *)&address, sizeof address);
    for (int n = 0; n < 2; n++)
        setsockopt(fds[n], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    while (good && !proxy->stop) {
        struct pollfd polled[2] = {{fds[0], POLLIN, 0}, {fds[1], POLLIN, 0}};
        if (poll(polled, 2, 200) < 0)
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
                proxy->armed--;
                proxy->cuts++;
                proxy->passed[0] = proxy->passed[1] = 0;
                good = 0;
                break;
            }
            proxy->passed[n] += size;
            good = send_all(fds[!n], data, size);
        }
    }
    /* What was passed on is to arrive. */
    end(fds[0], proxy->hard);
    end(fds[1], 0);
    free(data);
    return NULL;
}

static void *serve(void *argument)
{
    struct proxy *proxy = argument;
    while (!proxy->stop) {
        struct pollfd polled = {proxy->listener, POLLIN, 0};
        if (poll(&polled, 1, 200) <= 0)
            continue;
        struct pair *pair = malloc(sizeof *pair);
        pair->proxy = proxy;
        pair->client = accept(proxy->listener, NULL, NULL);
        pthread_t thread;
        if (pair->client < 0 || pthread_create(&thread, NULL, pass, pair))
            free(pair);
        else
            pthread_detach(thread);
    }
    return NULL;
}

static void start_proxy(struct proxy *proxy)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    memset(proxy, 0, sizeof *proxy);
    proxy->limit[0] = proxy->limit[1] = -1;
    proxy->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(proxy->listener, (struct sockaddr *)&address, size) || listen(proxy->listener, 20) ||
        getsockname(proxy->listener, (struct sockaddr *)&address, &size))
        exit(1);
    proxy->port = ntohs(address.sin_port);
    pthread_create(&proxy->thread, NULL, serve, proxy);
}

/* -- the work ------------------------------------------------------------------------------ */

static struct plan { long text; int ids, several, twice, selected; } plan;
static double until;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static long next_cut, total[2], trials, told_stored, told_not, cuts;

struct batch { int left, number; char *text; STRING string; };

static long give(MAILSTREAM *stream, void *data, char **flags, char **date, STRING **message)
{
    struct batch *batch = data;
    (void)stream;
    *flags = *date = NIL;
    *message = NIL;
    if (batch->left-- > 0) {
        sprintf(strstr(batch->text, "X-Part: ") + 8, "%d", batch->left % 10);
        strstr(batch->text, "X-Part: ")[9] = '\r';
        INIT(&batch->string, mail_string, batch->text, strlen(batch->text));
        *message = &batch->string;
    }
    return 1;
}

static void *work(void *argument)
{
    int number = (int)(long)argument;
    struct proxy proxy;
    char box[160], direct[160], *text = malloc((size_t)plan.text + 400);
    const char *prefix = getenv("T_PREFIX") ? getenv("T_PREFIX") : "";
    start_proxy(&proxy);
    snprintf(box, sizeof box, "{127.0.0.1:%d/imap/notls/user=u1}%sOnce%ldx%d", proxy.port, prefix, (long)getpid(), number);
    snprintf(direct, sizeof direct, "{127.0.0.1:%s/imap/notls/user=u1}%sOnce%ldx%d", setting("T_PORT"), prefix, (long)getpid(), number);
    MAILSTREAM *judge = mail_open(NIL, direct, OP_SILENT);
    if (!judge) {
        check(0, "no judge");
        return NULL;
    }
    MAILSTREAM *stream = NIL;
    for (int trial = 0; seconds_since_start() < until; trial++) {
        long cut = -1;
        pthread_mutex_lock(&guard);
        /* The first trial of all counts the octets; the others wait for that. */
        int first = total[0] == 0;
        if (!first)
            cut = next_cut++;
        else
            total[0] = -1;
        pthread_mutex_unlock(&guard);
        while (!first && total[0] < 0)
            usleep(1000);
        if (!stream || !mail_ping(stream))
            stream = mail_open(stream, box, OP_SILENT | (plan.selected ? 0 : OP_HALFOPEN));
        if (!stream)
            continue;
        char id[80] = "";
        if (plan.ids)
            snprintf(id, sizeof id, "Message-ID: <%d.%d@example.org>\r\n", number, trial);
        sprintf(text, "Subject: %d of %d\r\n%sX-Part: 0\r\n\r\n", trial, number, id);
        for (long n = (long)strlen(text); n < plan.text; n += 26)
            strcpy(text + n, "All work and no play, h.\r\n");
        long here = cut, limits[2] = {-1, -1};
        if (cut >= 0) {
            /* Every octet of a small dialogue; steps of a large one that come to every octet in time. */
            long all = total[0] + total[1] + 2;
            here = all > 3000 ? (cut * 7919) % all : cut % all;
            if (here <= total[0])
                limits[0] = here;
            else
                limits[1] = here - total[0] - 1;
        }
        mail_ping(judge);
        unsigned long before = judge->nmsgs;
        int several = plan.several ? 3 : 1;
        proxy.passed[0] = proxy.passed[1] = 0;
        proxy.limit[0] = limits[0];
        proxy.limit[1] = limits[1];
        proxy.hard = (int)(cut & 1);
        proxy.cuts = 0;
        proxy.armed = plan.twice ? 2 : 1;
        long stored;
        if (plan.several) {
            struct batch batch = {several, number, text, {0}};
            stored = mail_append_multiple(stream, box, give, &batch);
        } else {
            STRING string;
            INIT(&string, mail_string, text, strlen(text));
            stored = mail_append(stream, box, &string);
        }
        proxy.armed = 0;
        if (first) {
            pthread_mutex_lock(&guard);
            total[1] = proxy.passed[1];
            total[0] = proxy.passed[0];
            pthread_mutex_unlock(&guard);
        }
        mail_ping(judge);
        unsigned long count = judge->nmsgs - before;
        pthread_mutex_lock(&guard);
        trials++;
        cuts += proxy.cuts;
        if (stored)
            told_stored++;
        else
            told_not++;
        if (stored ? count != (unsigned long)several : count > (plan.twice ? (unsigned long)several : 0))
            check(0, "cut %d times at octet %ld of the %s: told %s, and %lu came", proxy.cuts,
                  limits[0] >= 0 ? limits[0] : limits[1], limits[0] >= 0 ? "client's" : "server's",
                  stored ? "stored" : "not stored", count);
        if (!stored && !plan.twice)
            check(0, "cut at octet %ld of the %s: not stored: %s", limits[0] >= 0 ? limits[0] : limits[1],
                  limits[0] >= 0 ? "client's" : "server's", last_error);
        pthread_mutex_unlock(&guard);
    }
    mail_close(stream);
    mail_close(judge);
    proxy.stop = 1;
    pthread_join(proxy.thread, NULL);
    close(proxy.listener);
    free(text);
    return NULL;
}

static void run(struct plan wanted)
{
    pthread_t threads[WORKERS];
    int count = getenv("T_UNDER_VALGRIND") ? 4 : WORKERS;
    quiet = 1;
    plan = wanted;
    mail_parameters(NIL, SET_FRESHNESS, (void *)500);
    mail_parameters(NIL, SET_IDLETRUST, (void *)0);
    struct other *other = other_login("u1");
    for (int n = 0; n < count; n++)
        other_command(other, NULL, "CREATE %sOnce%ldx%d", getenv("T_PREFIX") ? getenv("T_PREFIX") : "", (long)getpid(), n);
    other_logout(other);
    next_cut = (long)draw(1 << 20);
    until = seconds_since_start() + seconds_each();
    for (long n = 0; n < count; n++)
        pthread_create(&threads[n], NULL, work, (void *)n);
    for (int n = 0; n < count; n++)
        pthread_join(threads[n], NULL);
    check(trials > count && told_stored > 0, "%ld trials", trials);
    check(cuts > trials / 2, "%ld cuts in %ld trials", cuts, trials);
    fprintf(stderr, "%ld trials, %ld cuts, dialogue of %ld and %ld octets, %ld told stored, %ld told not\n", trials, cuts,
            total[0], total[1], told_stored, told_not);
}

static void small(void) { run((struct plan){.text = 200, .ids = 1}); }
static void nameless(void) { run((struct plan){.text = 200}); }
static void selected(void) { run((struct plan){.text = 200, .ids = 1, .selected = 1}); }
static void large(void) { run((struct plan){.text = 200000, .ids = 1}); }
static void several(void) { run((struct plan){.text = 200, .several = 1}); }
static void twice(void) { run((struct plan){.text = 200, .ids = 1, .twice = 1}); }

const struct test_case cases[] = {
    {"small", small}, {"nameless", nameless}, {"selected", selected}, {"large", large}, {"several", several},
    {"twice", twice}, {NULL, NULL},
};
