/* SET_MAILBOXWATCH: a function of the program's is called when another client has changed a mailbox, and only then. The
 * server says "Still here" every second, of which nobody is to hear.
 * server: still-here=1
 * second: without=IDLE
 */
#include "common.h"
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE (getenv("T_UNDER_VALGRIND") ? 10.0 : 1.0) /* seconds within which a change is told */
#define MOST 64

static struct other *other;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t called = PTHREAD_COND_INITIALIZER;
static struct { MAILSTREAM *stream; long why; } calls[4096];
static int call_count;

static void hook(MAILSTREAM *stream, long why)
{
    pthread_mutex_lock(&guard);
    if (call_count < 4096) {
        calls[call_count].stream = stream;
        calls[call_count++].why = why;
    }
    pthread_cond_broadcast(&called);
    pthread_mutex_unlock(&guard);
}

static void pause_for(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

static int count_calls(void)
{
    pthread_mutex_lock(&guard);
    int count = call_count;
    pthread_mutex_unlock(&guard);
    return count;
}

/* Waits for a call after the first `before`; its reason, or 0. */
static long await(int before, MAILSTREAM *stream, double seconds)
{
    double until = seconds_since_start() + seconds;
    long why = 0;
    while (!why && seconds_since_start() < until) {
        pthread_mutex_lock(&guard);
        for (int n = before; n < call_count; n++)
            if (calls[n].stream == stream)
                why = calls[n].why;
        pthread_mutex_unlock(&guard);
        if (!why)
            pause_for(0.005);
    }
    return why;
}

static int watched(MAILSTREAM *stream)
{
    return mail_parameters(stream, GET_MAILBOXWATCHED, NIL) != NIL;
}

static void set(mailboxwatch_t function)
{
    mail_parameters(NIL, SET_MAILBOXWATCH, (void *)function);
}

static void begin(void)
{
    quiet = 1;
    as_we_do(500);
    mail_parameters(NIL, SET_IDLETRUST, (void *)120);
    other = other_login("u1");
}

static const char letter[] = "Subject: news\r\n\r\nText.\r\n";

static void make(const char *name, int messages)
{
    other_command(other, NULL, "CREATE %s", name);
    while (messages--)
        other_command(other, letter, "APPEND %s", name);
}

/* What another client does is told once, and what nobody does is not. */
static void changes_over(const char *port, const char *flags, const char *name)
{
    make(name, 3);
    other_command(other, NULL, "SELECT %s", name);
    MAILSTREAM *stream = open_quietly(spec_port(port, "u1", flags, name), NIL);
    check(watched(stream), "not watched after mail_open");
    pause_for(1.5);
    check(count_calls() == 0, "%d calls, the first %ld, while nothing happened", count_calls(), calls[0].why);
    for (int round = 0; round < 6; round++) {
        int before = count_calls();
        unsigned long nmsgs = stream->nmsgs;
        const char *what = round % 3 == 0 ? "APPEND" : round % 3 == 1 ? "STORE" : "EXPUNGE";
        if (round % 3 == 0)
            other_command(other, letter, "APPEND %s", name);
        else if (round % 3 == 1)
            other_command(other, NULL, "STORE 1 +FLAGS (\\Deleted)");
        else
            other_command(other, NULL, "EXPUNGE");
        long why = await(before, stream, AT_ONCE);
        check(why == WATCH_CHANGED, "%s: %ld", what, why);
        check(!watched(stream), "still watched after %s was told", what);
        check(stream->nmsgs == nmsgs, "told without a call");
        check(mail_ping(stream) != NIL, "mail_ping after %s", what);
        check(watched(stream), "not watched after mail_ping");
        if (round % 3 == 0)
            check(stream->nmsgs == nmsgs + 1, "%lu messages after APPEND", stream->nmsgs);
        if (round % 3 == 2)
            check(stream->nmsgs == nmsgs - 1, "%lu messages after EXPUNGE", stream->nmsgs);
        /* What this stream does itself, of all kinds, goes on under the watch. */
        unsigned long length;
        switch (round % 4) {
        case 0: mail_fetch_body(stream, 1, (char *)"1", &length, NIL); break;
        case 1: mail_setflag(stream, (char *)"2", (char *)"\\Seen"); break;
        case 2: mail_fetch_flags(stream, (char *)"1:*", NIL); break;
        }
        /* The server may find it worth telling us. */
        pause_for(0.6);
        mail_ping(stream);
        before = count_calls();
        pause_for(0.3);
        check(count_calls() == before, "%d calls while nothing happened", count_calls() - before);
    }
    mail_close(stream);
    check(!watched(stream), "watched after mail_close");
}

static void changes(void)
{
    begin();
    set(hook);
    changes_over("T_PORT", "/notls", "Changes");
    set(NIL);
    other_logout(other);
}

static void changes_tls(void)
{
    begin();
    set(hook);
    changes_over("T_SPORT", "/ssl/novalidate-cert", "ChangesTLS");
    set(NIL);
    other_logout(other);
}

/* A search that finds new mail wakes nobody again; neither do calls in a burst. */
static void bursts(void)
{
    begin();
    set(hook);
    make("Bursts", 5);
    MAILSTREAM *stream = open_quietly(spec("Bursts"), NIL);
    for (int round = 0; round < 20; round++) {
        SEARCHPGM *program = mail_newsearchpgm();
        program->unseen = 1;
        mail_search_full(stream, NIL, program, SE_FREE);
        for (unsigned long n = 1; n <= stream->nmsgs; n++) {
            BODY *body;
            unsigned long length;
            mail_fetchheader(stream, n);
            mail_fetchstructure(stream, n, &body);
            mail_fetch_body(stream, n, (char *)"1", &length, FT_PEEK);
        }
    }
    check(watched(stream), "not watched");
    pause_for(1);
    check(count_calls() == 0, "%d calls", count_calls());
    int before = count_calls();
    other_command(other, letter, "APPEND Bursts");
    check(await(before, stream, AT_ONCE) == WATCH_CHANGED, "not told");
    mail_close(stream);
    set(NIL);
    other_logout(other);
}

static void cut(int keep)
{
    struct stat status;
    for (int fd = keep; fd < 256; fd++)
        if (!fstat(fd, &status) && S_ISSOCK(status.st_mode))
            shutdown(fd, SHUT_RDWR);
}

static int highest(void)
{
    int fd = open("/dev/null", O_RDONLY);
    close(fd);
    return fd;
}

/* A connection that ends is told at once; the next call says so as ever, and a new one is watched. */
static void lost(void)
{
    begin();
    mail_parameters(NIL, 909 /* SET_RECONNECT */, (void *)0);
    int first = highest();
    make("Lost", 1);
    set(hook);
    MAILSTREAM *stream = open_quietly(spec("Lost"), NIL);
    for (int round = 0; round < 3; round++) {
        pause_for(round ? 0 : 0.3);
        check(watched(stream), "not watched");
        int before = count_calls();
        cut(first);
        check(await(before, stream, AT_ONCE) == WATCH_LOST, "not told of the loss");
        check(!watched(stream), "watched without a connection");
        int errors = errors_logged;
        check(mail_ping(stream) == NIL, "mail_ping works");
        (void)errors;
        check(!watched(stream), "watched without a connection, after mail_ping");
        stream = mail_open(stream, spec("Lost"), NIL);
        check(stream && watched(stream), "not watched after the mailbox was opened again");
        before = count_calls();
        other_command(other, letter, "APPEND Lost");
        check(await(before, stream, AT_ONCE) == WATCH_CHANGED, "not told of a change on the new connection");
        mail_ping(stream);
    }
    mail_close(stream);
    set(NIL);
    other_logout(other);
}

/* The call that follows the loss replaces the connection, which is watched again. */
static void replaced(void)
{
    begin();
    int first = highest();
    make("Replaced", 1);
    set(hook);
    MAILSTREAM *stream = open_quietly(spec("Replaced"), NIL);
    for (int round = 0; round < 3; round++) {
        check(watched(stream), "not watched");
        int before = count_calls();
        cut(first);
        check(await(before, stream, AT_ONCE) == WATCH_LOST, "not told of the loss");
        check(mail_ping(stream) != NIL, "mail_ping does not work");
        check(watched(stream), "not watched after the connection was replaced");
        before = count_calls();
        other_command(other, letter, "APPEND Replaced");
        check(await(before, stream, AT_ONCE) == WATCH_CHANGED, "not told of a change on the new connection");
        mail_ping(stream);
        check(stream->nmsgs == (unsigned long)round + 2, "%lu messages", stream->nmsgs);
    }
    mail_close(stream);
    set(NIL);
    other_logout(other);
}

/* Each of many streams, some with TLS, is told of its own mailbox. */
static void many(void)
{
    MAILSTREAM *streams[MOST];
    int count = getenv("T_UNDER_VALGRIND") ? 10 : 50;
    char name[32];
    begin();
    reseed(1);
    set(hook);
    for (int n = 0; n < count; n++) {
        snprintf(name, sizeof name, "Many%d", n);
        make(name, 0);
        streams[n] = open_quietly(n % 5 ? spec(name) : spec_port("T_SPORT", "u1", "/ssl/novalidate-cert", name), NIL);
        if (!streams[n]) {
            check(0, "stream %d does not open", n);
            exit(1);
        }
    }
    for (int n = 0; n < count; n++)
        check(watched(streams[n]), "stream %d is not watched", n);
    pause_for(0.5);
    check(count_calls() == 0, "%d calls", count_calls());
    for (int round = 0; round < 15; round++) {
        int which = (int)draw((unsigned long)count), before = count_calls();
        snprintf(name, sizeof name, "Many%d", which);
        other_command(other, letter, "APPEND %s", name);
        check(await(before, streams[which], AT_ONCE) == WATCH_CHANGED, "stream %d not told", which);
        check(count_calls() == before + 1 && calls[before].stream == streams[which], "others told");
        mail_ping(streams[which]);
    }
    for (int n = 0; n < count; n++)
        mail_close(streams[n]);
    set(NIL);
    other_logout(other);
}

/* What was said long ago is not believed: the program is asked to ask. */
static void renewals(void)
{
    begin();
    mail_parameters(NIL, SET_IDLETRUST, (void *)1);
    set(hook);
    make("Renewals", 1);
    MAILSTREAM *stream = open_quietly(spec("Renewals"), NIL);
    for (int round = 0; round < 3; round++) {
        int before = count_calls();
        double begun = seconds_since_start();
        check(await(before, stream, 2 + AT_ONCE) == WATCH_RENEW, "not told that it is time");
        check(seconds_since_start() - begun > 0.7, "told after %.2f s", seconds_since_start() - begun);
        check(!watched(stream), "watched while it should be asked");
        pause_for(0.3);
        check(count_calls() == before + 1, "told %d times", count_calls() - before);
        check(mail_ping(stream) != NIL && watched(stream), "mail_ping does not renew the watch");
    }
    mail_close(stream);
    set(NIL);
    other_logout(other);
}

/* A server without IDLE, a stream without a mailbox, a program that wants no IDLE: all is said as it is. */
static void unwatched(void)
{
    begin();
    set(hook);
    MAILSTREAM *without = open_quietly(spec_port("T_PORT2", "u1", "/notls", "INBOX"), NIL);
    check(without && !watched(without), "a server without IDLE is watched");
    MAILSTREAM *half = open_quietly(spec(""), OP_HALFOPEN);
    check(half && !watched(half), "no mailbox is watched");
    mail_parameters(NIL, SET_IDLETRUST, (void *)0);
    MAILSTREAM *never = open_quietly(spec("INBOX"), NIL);
    check(never && !watched(never), "watched though nobody wants IDLE");
    mail_parameters(NIL, SET_IDLETRUST, (void *)120);
    mail_ping(never);
    check(watched(never), "not watched");
    set(NIL);
    check(!watched(never), "watched with no function");
    set(hook); /* streams that are open are watched from now on */
    check(watched(never), "a stream that was open before is not watched");
    check(!watched(NIL) && !watched((MAILSTREAM *)&other), "no stream is watched");
    check(mail_parameters(NIL, GET_MAILBOXWATCH, NIL) == (void *)hook, "GET_MAILBOXWATCH");
    check(count_calls() == 0, "%d calls", count_calls());
    mail_close(never);
    mail_close(half);
    mail_close(without);
    set(NIL);
    other_logout(other);
}

/* -- threads ------------------------------------------------------------------------------- */

static int tasks(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/task");
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

static int descriptors(void)
{
    int count = 0;
    struct stat status;
    for (int fd = 0; fd < 256; fd++)
        count += !fstat(fd, &status);
    return count;
}

/* Nothing is left of the thread, and it takes none of the program's signals. */
static void nothing_is_left(void)
{
    begin();
    make("Left", 1);
    int threads = tasks(), files = descriptors();
    for (int round = 0; round < 20; round++) {
        set(hook);
        check(tasks() == threads + 1, "%d threads more", tasks() - threads);
        if (round == 0) {
            char path[300], line[256];
            DIR *folder = opendir("/proc/self/task");
            for (struct dirent *entry; (entry = readdir(folder));) {
                if (*entry->d_name == '.' || atoi(entry->d_name) == getpid())
                    continue;
                snprintf(path, sizeof path, "/proc/self/task/%s/status", entry->d_name);
                FILE *status = fopen(path, "r");
                while (status && fgets(line, sizeof line, status))
                    if (!strncmp(line, "SigBlk:", 7))
                        check(strtoull(line + 7, NULL, 16) >> 9 & 1 && strtoull(line + 7, NULL, 16) & 1 << 14,
                              "signals are not blocked: %s", line);
                if (status)
                    fclose(status);
            }
            closedir(folder);
        }
        MAILSTREAM *stream = open_quietly(spec("Left"), NIL);
        if (round % 2)
            pause_for(0.1);
        if (round % 4 < 2)
            mail_close(stream);
        set(NIL);
        check(tasks() == threads, "%d threads left", tasks() - threads);
        if (round % 4 >= 2)
            mail_close(stream);
        check(descriptors() == files, "%d descriptors left", descriptors() - files);
    }
    other_logout(other);
}

/* The function calls the library, against the advice: it works, but for what would make it wait for itself. */
static long pinged, refused;

static void meddling(MAILSTREAM *stream, long why)
{
    pinged = mail_ping(stream);
    refused = mail_parameters(NIL, SET_MAILBOXWATCH, NIL) == NIL &&
              mail_parameters(NIL, GET_MAILBOXWATCH, NIL) == (void *)meddling;
    mail_close(stream);
    hook(stream, why);
}

static void from_within(void)
{
    begin();
    set(meddling);
    make("Within", 1);
    MAILSTREAM *stream = open_quietly(spec("Within"), NIL);
    pause_for(0.2);
    other_command(other, letter, "APPEND Within");
    check(await(0, stream, AT_ONCE) == WATCH_CHANGED && pinged && refused, "ping %ld, refused %ld", pinged, refused);
    check(mail_ping(stream) == NIL, "the stream is not closed");
    set(NIL);
    other_logout(other);
}

/* Streams are closed while the function is being called for them. */
static struct { MAILSTREAM *stream; volatile int closed; } slots[2048];
static volatile int slot_count, late, within;

static int is_closed(MAILSTREAM *stream)
{
    int closed = 0;
    pthread_mutex_lock(&guard);
    for (int n = 0; n < slot_count; n++)
        if (slots[n].stream == stream)
            closed = slots[n].closed;
    pthread_mutex_unlock(&guard);
    return closed;
}

static void slow_hook(MAILSTREAM *stream, long why)
{
    (void)why;
    late += is_closed(stream);
    within++;
    pause_for(0.002);
    late += is_closed(stream);
}

static void *open_and_close(void *number)
{
    char name[32];
    snprintf(name, sizeof name, "Fly%ld", (long)number);
    char *box = strdup(spec(name));
    double until = seconds_since_start() + (getenv("T_UNDER_VALGRIND") ? 10 : 4);
    while (seconds_since_start() < until) {
        MAILSTREAM *stream = mail_open(NIL, box, OP_SILENT);
        if (!stream)
            continue;
        pthread_mutex_lock(&guard);
        int slot = slot_count < 2048 ? slot_count++ : 2047;
        slots[slot].stream = stream;
        slots[slot].closed = 0;
        pthread_mutex_unlock(&guard);
        STRING text;
        INIT(&text, mail_string, (void *)letter, strlen(letter));
        MAILSTREAM *second = mail_open(NIL, box, OP_SILENT | OP_HALFOPEN);
        pause_for(0.06);
        mail_append(second, box, &text);
        mail_close(second);
        pause_for((double)(rand() % 100) / 400);
        mail_close(stream);
        pthread_mutex_lock(&guard);
        slots[slot].closed = 1;
        pthread_mutex_unlock(&guard);
    }
    free(box);
    return NULL;
}

static void while_they_fly(void)
{
    pthread_t threads[8];
    char name[32];
    begin();
    for (int n = 0; n < 8; n++) {
        snprintf(name, sizeof name, "Fly%d", n);
        make(name, 0);
    }
    set(slow_hook);
    for (long n = 0; n < 8; n++)
        pthread_create(&threads[n], NULL, open_and_close, (void *)n);
    for (int n = 0; n < 8; n++) {
        pause_for(0.4);
        set(NIL);
        int now = within;
        pause_for(0.01);
        check(within == now, "called with no function set");
        set(slow_hook);
    }
    for (int n = 0; n < 8; n++)
        pthread_join(threads[n], NULL);
    set(NIL);
    check(!late, "called %d times for a closed stream", late);
    check(within > 0, "never called");
    other_logout(other);
}

/* -- unloading ----------------------------------------------------------------------------- */

static char copy_path[512];
static pthread_barrier_t used, gone;

static int is_mapped(void)
{
    char line[1024];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps))
        found |= strstr(line, copy_path) != NULL;
    fclose(maps);
    return found;
}

static void *use_and_stay(void *library)
{
    MAILSTREAM *(*open_it)(MAILSTREAM *, char *, long);
    MAILSTREAM *(*close_it)(MAILSTREAM *, long);
    long (*ping_it)(MAILSTREAM *);
    void *(*parameters)(MAILSTREAM *, long, void *);
    void (*link_it)(DRIVER *);
    *(void **)&open_it = dlsym(library, "mail_open");
    *(void **)&close_it = dlsym(library, "mail_close_full");
    *(void **)&ping_it = dlsym(library, "mail_ping");
    *(void **)&parameters = dlsym(library, "mail_parameters");
    *(void **)&link_it = dlsym(library, "mail_link");
    link_it((DRIVER *)dlsym(library, "imapdriver"));
    parameters(NIL, SET_MAILBOXWATCH, (void *)hook);
    int before = count_calls();
    MAILSTREAM *stream = open_it(NIL, spec("Unload"), OP_SILENT);
    check(stream && parameters(stream, GET_MAILBOXWATCHED, NIL), "not watched");
    pause_for(0.2);
    other_command(other, letter, "APPEND Unload");
    check(await(before, stream, AT_ONCE) == WATCH_CHANGED, "not told");
    ping_it(stream);
    close_it(stream, NIL);
    parameters(NIL, SET_MAILBOXWATCH, NIL);
    pthread_barrier_wait(&used);
    pthread_barrier_wait(&gone);
    return NULL; /* what the library has left with this thread is done now */
}

static void unload(void)
{
    Dl_info found;
    /* What the library's tables hold when it is unloaded is lost, and valgrind says so; a sanitizer wants no second copy. */
    if (getenv("T_UNDER_VALGRIND") || getenv("T_STACK_KIB"))
        return;
    begin();
    make("Unload", 0);
    if (!dladdr((void *)(size_t)mail_open, &found))
        exit(1);
    char command[1200];
    snprintf(copy_path, sizeof copy_path, "%s/libcopy.so", getenv("HOME"));
    snprintf(command, sizeof command, "cp -L '%s' '%s'", found.dli_fname, copy_path);
    if (system(command))
        exit(1);
    int threads = tasks();
    for (int round = 0; round < 5; round++) {
        pthread_t thread;
        void *library = dlopen(copy_path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
        if (!library) {
            check(0, "%s", dlerror());
            return;
        }
        pthread_barrier_init(&used, NULL, 2);
        pthread_barrier_init(&gone, NULL, 2);
        pthread_create(&thread, NULL, use_and_stay, library);
        pthread_barrier_wait(&used);
        check(is_mapped(), "not loaded");
        dlclose(library);
        check(!is_mapped(), "still loaded");
        pthread_barrier_wait(&gone);
        pthread_join(thread, NULL);
        check(tasks() == threads, "%d threads left", tasks() - threads);
    }
    other_logout(other);
}

const struct test_case cases[] = {
    {"changes", changes}, {"changes_tls", changes_tls}, {"bursts", bursts}, {"lost", lost}, {"replaced", replaced}, {"many", many},
    {"renewals", renewals}, {"unwatched", unwatched}, {"nothing_is_left", nothing_is_left},
    {"from_within", from_within}, {"while_they_fly", while_they_fly}, {"unload", unload}, {NULL, NULL},
};
