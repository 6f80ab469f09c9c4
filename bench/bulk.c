/* Many messages, many streams. */
#include "network.h"
#include <arpa/inet.h>
#include <signal.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned long anonymous(void)
{
    char line[256];
    unsigned long kilo = 0;
    FILE *maps = fopen("/proc/self/smaps_rollup", "r");
    while (maps && fgets(line, sizeof line, maps))
        sscanf(line, "Anonymous: %lu kB", &kilo);
    if (maps)
        fclose(maps);
    return kilo;
}

static void walk(int structure)
{
    stream = open_mailbox(NULL, "u3", "INBOX");
    unsigned long before = anonymous();
    begin();
    for (unsigned long number = 1; number <= stream->nmsgs; number++) {
        BODY *body = NULL;
        ENVELOPE *env = structure ? mail_fetchstructure(stream, number, &body) : mail_fetchenvelope(stream, number);
        check_envelope(env);
        if (structure)
            check_body(body);
    }
    end();
    printf("kilo=%lu ", anonymous() - before);
    close_mailbox();
}

void f_env10k(void) { walk(0); }
void f_envbody10k(void) { walk(1); }

void g_flagodd(void)
{
    char *odd, *at;
    stream = open_mailbox(NULL, "u3", "INBOX");
    odd = at = malloc(8 * stream->nmsgs);
    for (unsigned long number = 1; number <= stream->nmsgs; number += 2)
        at += sprintf(at, "%s%lu", number > 1 ? "," : "", number);
    mail_clearflag(stream, "1:*", "\\Flagged");
    begin();
    mail_setflag(stream, odd, "\\Flagged");
    end();
    for (unsigned long number = 1; number <= stream->nmsgs; number++)
        check_number(mail_elt(stream, number)->flagged);
    close_mailbox();
    free(odd);
}

void h_streams(void)
{
    MAILSTREAM **streams = calloc(count, sizeof *streams);
    /* What the first one alone takes is the library's, not the stream's. */
    stream = open_mailbox(NULL, "u2", "INBOX");
    unsigned long before = anonymous();
    begin();
    for (unsigned long at = 0; at < count; at++)
        streams[at] = open_mailbox(NULL, "u2", "INBOX");
    end();
    printf("kilo=%lu ", anonymous() - before);
    for (unsigned long at = 0; at < count; at++)
        mail_close_full(streams[at], 0);
    close_mailbox();
    free(streams);
}


/* -- many idle streams ------------------------------------------------------------------------- */

struct session {
    char line[512], tag[32]; /* what has come of a line; the tag of the IDLE that is going on */
    unsigned used;
};

static void answer(int link, struct session *session)
{
    char text[1024], tag[32] = "", verb[32] = "";
    sscanf(session->line, "%31s %31s", tag, verb);
    if (!strcasecmp(tag, "DONE")) {
        snprintf(text, sizeof text, "%s OK done\r\n", session->tag);
    } else if (!strcasecmp(verb, "IDLE")) {
        strcpy(session->tag, tag);
        strcpy(text, "+ idling\r\n");
    } else {
        const char *before = !strcasecmp(verb, "SELECT") || !strcasecmp(verb, "EXAMINE")
                                 ? "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* 3 EXISTS\r\n* 0 RECENT\r\n"
                                   "* OK [UIDVALIDITY 7] valid\r\n* OK [UIDNEXT 4] next\r\n"
                             : !strcasecmp(verb, "CAPABILITY") ? "* CAPABILITY IMAP4rev1 IDLE LITERAL+\r\n"
                             : !strcasecmp(verb, "LOGOUT")     ? "* BYE bye\r\n"
                                                               : "";
        snprintf(text, sizeof text, "%s%s OK done\r\n", before, tag);
    }
    if (send(link, text, strlen(text), MSG_NOSIGNAL) < 0)
        close(link);
}

static void serve(int listener)
{
    static struct session sessions[20000];
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = listener}, events[256];
    int poll = epoll_create1(0);
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &wanted);
    for (;;) {
        int ready = epoll_wait(poll, events, 256, -1);
        for (int at = 0; at < ready; at++) {
            int link = events[at].data.fd;
            if (link == listener) {
                static const char hello[] = "* PREAUTH [CAPABILITY IMAP4rev1 IDLE LITERAL+] ready\r\n";
                link = accept(listener, NULL, NULL);
                if (link < 0 || link >= 20000)
                    exit(1);
                memset(sessions + link, 0, sizeof *sessions);
                wanted.data.fd = link;
                epoll_ctl(poll, EPOLL_CTL_ADD, link, &wanted);
                send(link, hello, sizeof hello - 1, MSG_NOSIGNAL);
                continue;
            }
            struct session *session = sessions + link;
            char data[4096];
            ssize_t length = recv(link, data, sizeof data, 0);
            if (length <= 0)
                close(link);
            for (ssize_t from = 0; from < length; from++) {
                if (data[from] == '\n') {
                    session->line[session->used] = 0;
                    session->used = 0;
                    answer(link, session);
                } else if (session->used < sizeof session->line - 1) {
                    session->line[session->used++] = data[from];
                }
            }
        }
    }
}

/* A server that greets with PREAUTH, in a process of its own; returns its port. */
static int server(pid_t *child)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *) &here, sizeof here) || listen(listener, 100)
        || getsockname(listener, (struct sockaddr *) &here, &length))
        die("no port");
    *child = fork();
    if (!*child) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(listener);
    }
    close(listener);
    return ntohs(here.sin_port);
}

static unsigned long threads(void)
{
    char line[256];
    unsigned long number = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        sscanf(line, "Threads: %lu", &number);
    if (status)
        fclose(status);
    return number;
}

void h_idle(void)
{
    struct rlimit files;
    char where[128];
    pid_t child;
    MAILSTREAM **streams = calloc(count, sizeof *streams);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    sprintf(where, "{127.0.0.1:%d/imap/notls/user=u1}INBOX", server(&child));
    stream = mail_open(NULL, where, 0);
    unsigned long before = anonymous();
    begin();
    for (unsigned long at = 0; at < count; at++)
        if (!(streams[at] = mail_open(NULL, where, 0)))
            die("mail_open");
    end();
    printf("kilo=%lu threads=%lu ", anonymous() - before, threads());
    for (unsigned long at = 0; at < count; at++)
        if (!mail_ping(streams[at]) || streams[at]->nmsgs != 3)
            die("a stream is dead");
    for (unsigned long at = 0; at < count; at++)
        mail_close_full(streams[at], 0);
    mail_close_full(stream, 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    free(streams);
}
