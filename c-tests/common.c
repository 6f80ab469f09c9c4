/* See common.h. This half runs the cases and answers the library's callbacks. */
#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define CASE_SECONDS_DEFAULT 15

const char *login_password;
int show_dlog;
int show_login = 1;
long shown_attributes = ~0L;
int quiet;
int callback_count;
int errors_logged;
char last_error[1024];
void (*callback_hook)(const char *name, MAILSTREAM *stream, unsigned long number);

void show(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    fflush(stdout);
}

const char *setting(const char *variable)
{
    const char *value = getenv(variable);
    if (!value) {
        show("!! environment variable %s is missing\n", variable);
        exit(3);
    }
    return value;
}

char *spec_port(const char *port_variable, const char *user, const char *flags, const char *mailbox)
{
    static char buffers[16][2048];
    static int turn;
    char *out = buffers[__atomic_fetch_add(&turn, 1, __ATOMIC_RELAXED) % 16];
    snprintf(out, sizeof buffers[0], "{%s:%s/imap%s%s%s}%s", setting("T_HOST"), setting(port_variable), flags,
             *user ? "/user=" : "", user, mailbox);
    return out;
}

char *spec_for(const char *user, const char *flags, const char *mailbox)
{
    return spec_port("T_PORT", user, flags, mailbox);
}

char *spec(const char *mailbox)
{
    return spec_for("u1", "/notls", mailbox);
}

/* -- running ------------------------------------------------------------------------------- */

static int only(const char *name, int argc, char **argv)
{
    if (argc < 2)
        return 1;
    for (int i = 1; i < argc; i++)
        if (!strcmp(name, argv[i]))
            return 1;
    return 0;
}

/* Where the two libraries are compared, ours asks the server each time and fetches ahead as UW does: what is told then
 * is the same. own/current has what it does otherwise. UW knows the first two of these only. */
static void as_uw_does(void)
{
    mail_parameters(NIL, SET_PREFETCH, (void *)20);
    mail_parameters(NIL, SET_LOOKAHEAD, (void *)20);
    mail_parameters(NIL, 901 /* SET_FRESHNESS */, (void *)0);
    mail_parameters(NIL, 903 /* SET_IDLETRUST */, (void *)0);
    mail_parameters(NIL, 909 /* SET_RECONNECT */, (void *)0);
}

void as_we_do(long freshness)
{
    mail_parameters(NIL, 901 /* SET_FRESHNESS */, (void *)freshness);
    mail_parameters(NIL, 909 /* SET_RECONNECT */, (void *)1);
}

int main(int argc, char **argv)
{
    const char *limit = getenv("T_CASE_SECONDS");
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 2 && !strcmp(argv[1], "--list")) {
        for (const struct test_case *c = cases; c->name; c++)
            puts(c->name);
        return 0;
    }
    for (const struct test_case *c = cases; c->name; c++) {
        if (!only(c->name, argc, argv))
            continue;
        show("== %s\n", c->name);
        fflush(NULL);
        pid_t child = fork();
        if (child < 0) {
            perror("fork");
            return 2;
        }
        if (!child) {
            /* Not blocked, not ignored: a case that hangs ends by this, whatever the library does. */
            alarm(limit ? (unsigned)atoi(limit) : CASE_SECONDS_DEFAULT);
            if (!getenv("T_NO_LINKAGE")) {
#include <c-client/linkage.c>
            }
            if (!getenv("T_KEEP_DEFAULTS"))
                as_uw_does();
            c->run();
            fflush(NULL);
            exit(0);
        }
        int status = 0;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
            show("** hangs\n");
        else if (WIFSIGNALED(status))
            show("** killed by signal %d\n", WTERMSIG(status));
        else if (WEXITSTATUS(status))
            show("** exit status %d\n", WEXITSTATUS(status));
    }
    return 0;
}

void isolated(void (*step)(long), long argument)
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (!child) {
        alarm(20);
        step(argument);
        fflush(NULL);
        exit(0);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status))
        show("** killed by signal %d\n", WTERMSIG(status));
    else if (WEXITSTATUS(status))
        show("** exit status %d\n", WEXITSTATUS(status));
}

void check(int good, const char *format, ...)
{
    va_list args;
    if (good)
        return;
    printf("FAIL ");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    puts("");
    fflush(stdout);
}

double seconds_since_start(void)
{
    static struct timeval begin;
    struct timeval now;
    gettimeofday(&now, NULL);
    if (!begin.tv_sec)
        begin = now;
    return (double)(now.tv_sec - begin.tv_sec) + (double)(now.tv_usec - begin.tv_usec) / 1e6;
}

static unsigned long found;

static void count_hit(const char *name, MAILSTREAM *stream, unsigned long number)
{
    (void)stream, (void)number;
    found += !strcmp(name, "searched");
}

unsigned long hits(MAILSTREAM *stream, SEARCHPGM *program)
{
    found = 0;
    callback_hook = count_hit;
    mail_search_full(stream, NIL, program, SE_FREE | SE_NOPREFETCH);
    callback_hook = NIL;
    return found;
}

/* -- callbacks ----------------------------------------------------------------------------- */

/* True when the callback is to be printed. Callbacks come from many threads at once. */
static int traced(void)
{
    __atomic_fetch_add(&callback_count, 1, __ATOMIC_RELAXED);
    return !quiet;
}

static void hook(const char *name, MAILSTREAM *stream, unsigned long number)
{
    if (callback_hook)
        callback_hook(name, stream, number);
}

static void on_stream(MAILSTREAM *stream)
{
    if (stream)
        show(" on %s nmsgs=%lu recent=%lu\n", stream->mailbox ? stream->mailbox : "NIL", stream->nmsgs,
             stream->recent);
    else
        show(" on NIL\n");
}

void mm_searched(MAILSTREAM *stream, unsigned long number)
{
    hook("searched", stream, number);
    if (!traced())
        return;
    show("  mm_searched %lu", number);
    on_stream(stream);
}

void mm_exists(MAILSTREAM *stream, unsigned long number)
{
    hook("exists", stream, number);
    if (!traced())
        return;
    show("  mm_exists %lu", number);
    on_stream(stream);
}

void mm_expunged(MAILSTREAM *stream, unsigned long number)
{
    hook("expunged", stream, number);
    if (!traced())
        return;
    show("  mm_expunged %lu", number);
    on_stream(stream);
}

void mm_flags(MAILSTREAM *stream, unsigned long number)
{
    hook("flags", stream, number);
    if (!traced())
        return;
    show("  mm_flags %lu", number);
    on_stream(stream);
    show_elt(stream, number);
}

void mm_notify(MAILSTREAM *stream, char *string, long errflg)
{
    if (!traced())
        return;
    show("  mm_notify %ld \"%s\"", errflg, string);
    on_stream(stream);
}

void mm_list(MAILSTREAM *stream, int delimiter, char *name, long attributes)
{
    if (!traced())
        return;
    show("  mm_list '%c' \"%s\" %ld", delimiter ? delimiter : '0', name, attributes & shown_attributes);
    on_stream(stream);
}

void mm_lsub(MAILSTREAM *stream, int delimiter, char *name, long attributes)
{
    if (!traced())
        return;
    show("  mm_lsub '%c' \"%s\" %ld", delimiter ? delimiter : '0', name, attributes & shown_attributes);
    on_stream(stream);
}

void mm_status(MAILSTREAM *stream, char *mailbox, MAILSTATUS *status)
{
    if (!traced())
        return;
    show("  mm_status \"%s\" flags=%ld", mailbox, status->flags);
    if (status->flags & SA_MESSAGES)
        show(" messages=%lu", status->messages);
    if (status->flags & SA_RECENT)
        show(" recent=%lu", status->recent);
    if (status->flags & SA_UNSEEN)
        show(" unseen=%lu", status->unseen);
    if (status->flags & SA_UIDNEXT)
        show(" uidnext=%lu", status->uidnext);
    if (status->flags & SA_UIDVALIDITY)
        show(" uidvalidity=%lu", status->uidvalidity);
    on_stream(stream);
}

void mm_log(char *string, long errflg)
{
    if (errflg == ERROR) {
        static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
        __atomic_fetch_add(&errors_logged, 1, __ATOMIC_RELAXED);
        pthread_mutex_lock(&one_at_a_time);
        snprintf(last_error, sizeof last_error, "%s", string);
        pthread_mutex_unlock(&one_at_a_time);
    }
    if (!traced())
        return;
    show("  mm_log %ld \"%s\"\n", errflg, string);
}

void mm_dlog(char *string)
{
    if (show_dlog && traced())
        show("  mm_dlog \"%s\"\n", string);
}

int login_count;

void mm_login(NETMBX *mb, char *user, char *password, long trial)
{
    login_count++;
    if (show_login && traced())
        show("  mm_login host=%s orighost=%s user=%s authuser=%s mailbox=%s service=%s port=%lu"
             " ano=%d dbg=%d sec=%d ssl=%d tryssl=%d noval=%d tls=%d notls=%d ro=%d norsh=%d loser=%d sslv23=%d"
             " trial=%ld\n",
             mb->host, mb->orighost, mb->user, mb->authuser, mb->mailbox, mb->service, mb->port, mb->anoflag,
             mb->dbgflag, mb->secflag, mb->sslflag, mb->trysslflag, mb->novalidate, mb->tlsflag, mb->notlsflag,
             mb->readonlyflag, mb->norsh, mb->loser, mb->tlssslv23, trial);
    /* Both buffers hold MAILTMPLEN octets: app_voicemail writes that many. */
    memset(user, 0, MAILTMPLEN);
    memset(password, 0, MAILTMPLEN);
    strcpy(user, *mb->user ? mb->user : setting("T_USER"));
    strcpy(password, login_password ? login_password : *mb->authuser ? setting("T_MASTER_PASSWORD")
                                                                     : setting("T_PASSWORD"));
}

void mm_critical(MAILSTREAM *stream)
{
    if (!traced())
        return;
    show("  mm_critical");
    on_stream(stream);
}

void mm_nocritical(MAILSTREAM *stream)
{
    if (!traced())
        return;
    show("  mm_nocritical");
    on_stream(stream);
}

long mm_diskerror(MAILSTREAM *stream, long errcode, long serious)
{
    (void)stream;
    show("  mm_diskerror %ld %ld\n", errcode, serious);
    return NIL;
}

void mm_fatal(char *string)
{
    show("  mm_fatal \"%s\"\n", string);
}

/* -- drawing ------------------------------------------------------------------------------- */

unsigned long seed = 20071;

void reseed(unsigned long start)
{
    static unsigned long run = ~0UL;
    if (run == ~0UL) run = getenv("T_SEED") ? strtoul(getenv("T_SEED"), NULL, 10) : 0;
    seed = start + run * 0x9E3779B97F4A7C15UL;
}

unsigned long draw(unsigned long below)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (seed >> 33) % below;
}

unsigned long enough(unsigned long all)
{
    return getenv("T_UNDER_VALGRIND") ? (all + 9) / 10 : all;
}

int passed_over(void)
{
    static unsigned calls;
    return getenv("T_UNDER_VALGRIND") && calls++ % 10;
}

/* -- shortcuts ----------------------------------------------------------------------------- */

MAILSTREAM *open_quietly(char *name, long options)
{
    int before = quiet;
    quiet = 1;
    MAILSTREAM *stream = mail_open(NIL, name, options);
    quiet = before;
    if (!stream) {
        show("!! cannot open %s\n", name);
        exit(3);
    }
    return stream;
}

void close_quietly(MAILSTREAM *stream)
{
    int before = quiet;
    quiet = 1;
    mail_close_full(stream, NIL);
    quiet = before;
}

STRINGLIST *stringlist(const char *text, STRINGLIST *next)
{
    STRINGLIST *list = mail_newstringlist();
    list->text.data = (unsigned char *)cpystr((char *)text);
    list->text.size = strlen(text);
    list->next = next;
    return list;
}

/* -- another client ------------------------------------------------------------------------ */

struct other {
    int fd;
    size_t held;
    char buffer[65536];
    int tag;
};

static void other_failed(const char *what, const char *detail)
{
    show("!! the other client: %s: %s\n", what, detail);
    exit(3);
}

static void other_line(struct other *other, char *line, size_t size)
{
    for (;;) {
        char *end = memchr(other->buffer, '\n', other->held);
        if (end) {
            size_t length = (size_t)(end - other->buffer) + 1;
            snprintf(line, size, "%.*s", (int)length, other->buffer);
            other->held -= length;
            memmove(other->buffer, end + 1, other->held);
            return;
        }
        if (other->held == sizeof other->buffer)
            other_failed("line too long", "");
        /* Not read(): c-client's headers redefine that name. */
        ssize_t got = recv(other->fd, other->buffer + other->held, sizeof other->buffer - other->held, 0);
        if (got <= 0)
            other_failed("connection lost", got ? strerror(errno) : "end of file");
        other->held += (size_t)got;
    }
}

static void other_send(struct other *other, const char *data, size_t length)
{
    while (length) {
        ssize_t sent = send(other->fd, data, length, MSG_NOSIGNAL);
        if (sent <= 0)
            other_failed("write", strerror(errno));
        data += sent;
        length -= (size_t)sent;
    }
}

void other_command(struct other *other, const char *literal, const char *format, ...)
{
    char command[4096], tag[32], line[8192];
    va_list args;
    int used = snprintf(command, sizeof command, "x%d ", ++other->tag);
    snprintf(tag, sizeof tag, "x%d ", other->tag);
    va_start(args, format);
    used += vsnprintf(command + used, sizeof command - (size_t)used - 16, format, args);
    va_end(args);
    if (literal)
        used += snprintf(command + used, 16, " {%zu}", strlen(literal));
    memcpy(command + used, "\r\n", 2);
    other_send(other, command, (size_t)used + 2);
    for (;;) {
        other_line(other, line, sizeof line);
        if (literal && *line == '+') {
            other_send(other, literal, strlen(literal));
            other_send(other, "\r\n", 2);
        } else if (!strncmp(line, tag, strlen(tag))) {
            if (strncmp(line + strlen(tag), "OK", 2))
                other_failed(command, line);
            return;
        }
    }
}

struct other *other_login(const char *user)
{
    struct other *other = calloc(1, sizeof *other);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(setting("T_PORT")))};
    char line[8192];
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    other->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (other->fd < 0 || connect(other->fd, (struct sockaddr *)&address, sizeof address))
        other_failed("connect", strerror(errno));
    other_line(other, line, sizeof line);
    other_command(other, NULL, "LOGIN %s %s", user, setting("T_PASSWORD"));
    return other;
}

void other_logout(struct other *other)
{
    other_command(other, NULL, "LOGOUT");
    close(other->fd);
    free(other);
}
