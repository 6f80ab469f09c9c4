/* A program that does what it is told, call by call, and says what came of it: what the suite of hostile servers drives.
 *
 * A line of input is a call, its words separated by tabs. The answer is a line for each callback and log entry,
 * "KIND text" (octets that are not printable as \xNN), "count KIND n" where there were too many, and at the end
 * "= RESULT MILLISECONDS". All calls are made on a stack of 112 KiB, the smallest that a known program has. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <malloc.h>
#include <pthread.h>
#include <time.h>
#include <c-client/c-client.h>
#include <c-client/imap4r1.h>

#define STACK (112 << 10)
#define SHOWN 60

static MAILSTREAM *stream;
static char *password, *user;
static int inside;
static const char *reenter_in, *reenter_with;

/* -- answers ------------------------------------------------------------------------------- */

static struct {
    const char *name;
    long count;
} kinds[32];

static void tell(const char *kind, const char *text)
{
    int at = 0;
    while (kinds[at].name && strcmp(kinds[at].name, kind))
        at++;
    kinds[at].name = kind;
    if (kinds[at].count++ >= SHOWN)
        return;
    printf("%s ", kind);
    for (long shown = 0; text && *text && shown < 400; text++, shown++)
        if (*text < ' ' || *text > '~' || *text == '\\')
            printf("\\x%02X", (unsigned char)*text);
        else
            putchar(*text);
    putchar('\n');
}

static void tell_number(const char *kind, unsigned long number)
{
    char text[32];
    snprintf(text, sizeof text, "%lu", number);
    tell(kind, text);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* A callback that comes back in, or closes the stream. */
static void reenter(const char *where)
{
    if (!reenter_in || strcmp(reenter_in, where) || inside || !stream)
        return;
    inside = 1;
    if (!strcmp(reenter_with, "close"))
        stream = mail_close_full(stream, NIL);
    else if (!strcmp(reenter_with, "ping"))
        tell_number("inside", (unsigned long)mail_ping(stream));
    else
        tell("inside", mail_fetch_header(stream, 1, NIL, NIL, NIL, NIL) ? "text" : "nothing");
    inside = 0;
}

void mm_searched(MAILSTREAM *s, unsigned long n) { tell_number("searched", n); reenter("searched"); }
void mm_exists(MAILSTREAM *s, unsigned long n) { tell_number("exists", n); reenter("exists"); }
void mm_expunged(MAILSTREAM *s, unsigned long n) { tell_number("expunged", n); reenter("expunged"); }
void mm_flags(MAILSTREAM *s, unsigned long n) { tell_number("flags", n); reenter("flags"); }
void mm_list(MAILSTREAM *s, int d, char *name, long a) { tell("list", name); reenter("list"); }
void mm_lsub(MAILSTREAM *s, int d, char *name, long a) { tell("lsub", name); reenter("lsub"); }
void mm_dlog(char *text) { tell("dlog", text); }
void mm_critical(MAILSTREAM *s) {}
void mm_nocritical(MAILSTREAM *s) {}
long mm_diskerror(MAILSTREAM *s, long e, long serious) { return 1; }
void mm_fatal(char *text) { tell("fatal", text); }

void mm_status(MAILSTREAM *s, char *mailbox, MAILSTATUS *status)
{
    char text[100];
    snprintf(text, sizeof text, "%lx %lu", status->flags, status->messages);
    tell("status", text);
    reenter("status");
}

static void log_line(const char *what, const char *text, long level)
{
    static const char *levels[] = {"info", "warn", "error", "parse", "bye", "debug"};
    char kind[32], *copy;
    snprintf(kind, sizeof kind, "%s-%s", what, level >= 0 && level < 6 ? levels[level] : "odd");
    for (int i = 0; kinds[i].name; i++)
        if (!strcmp(kinds[i].name, kind)) {
            tell(kinds[i].name, text);
            reenter(what);
            return;
        }
    copy = strdup(kind);
    tell(copy, text);
    reenter(what);
}

void mm_log(char *text, long level) { log_line("log", text, level); }
void mm_notify(MAILSTREAM *s, char *text, long level) { log_line("notify", text, level); }

void mm_login(NETMBX *mb, char *name, char *word, long trial)
{
    strcpy(name, *mb->user ? mb->user : user);
    strcpy(word, trial ? "" : password);
    tell("login", name);
}

static void on_quota(MAILSTREAM *s, unsigned char *root, QUOTALIST *list) { tell("quota", (char *)root); }
static void on_quotaroot(MAILSTREAM *s, unsigned char *mailbox, STRINGLIST *list) { tell("quotaroot", (char *)mailbox); }
static void on_acl(MAILSTREAM *s, unsigned char *mailbox, ACLLIST *list) { tell("acl", (char *)mailbox); }

/* -- calls --------------------------------------------------------------------------------- */

static long count_nodes(THREADNODE *root)
{
    /* Without recursion: the tree may be a million levels deep. */
    long count = 0, room = 1024, used = 0;
    THREADNODE **todo = malloc((size_t)room * sizeof *todo);
    if (root)
        todo[used++] = root;
    while (used) {
        THREADNODE *node = todo[--used];
        count++;
        if (used + 2 > room)
            todo = realloc(todo, (size_t)(room *= 2) * sizeof *todo);
        if (node->next)
            todo[used++] = node->next;
        if (node->branch)
            todo[used++] = node->branch;
    }
    free(todo);
    return count;
}

static long descriptors(void)
{
    DIR *open = opendir("/proc/self/fd");
    long count = 0;
    while (readdir(open))
        count++;
    closedir(open);
    return count - 3;
}

/* The greatest size so far, in KiB. Not ru_maxrss, which begins with the size of who started us. */
static long peak(void)
{
    char line[256];
    long size = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (fgets(line, sizeof line, file))
        sscanf(line, "VmHWM: %ld", &size);
    fclose(file);
    return size;
}

static long look_for(long flags)
{
    SEARCHPGM *program = mail_newsearchpgm();
    program->text = mail_newstringlist();
    program->text->text.data = (unsigned char *)cpystr("needle");
    program->text->text.size = 6;
    return mail_search_full(stream, "US-ASCII", program, SE_FREE | flags);
}

static long sorted(void)
{
    SORTPGM *program = mail_newsortpgm();
    program->function = SORTARRIVAL;
    unsigned long *list = mail_sort(stream, NIL, mail_newsearchpgm(), program, SE_FREE);
    long found = list != NIL;
    for (unsigned long i = 0; list && list[i]; i++)
        tell_number("sorted", list[i]);
    fs_give((void **)&list);
    mail_free_sortpgm(&program);
    return found;
}

static long put(char *mailbox)
{
    static char text[] = "Subject: new\r\n\r\nbody\r\n";
    STRING message;
    INIT(&message, mail_string, (void *)text, sizeof text - 1);
    return mail_append(stream, mailbox, &message);
}

#define IS(name) (!strcmp(word[0], name))

static long call(char **word)
{
    unsigned long size = 0;
    char *text = NULL;
    if (IS("open")) {
        user = "u1";
        stream = mail_open(stream, word[1], atol(word[2]));
        return stream != NIL;
    }
    if (IS("freshness")) { /* 0: everything is asked each time, no IDLE, and a connection that is gone is gone */
        mail_parameters(NIL, 901 /* SET_FRESHNESS */, (void *)atol(word[1]));
        mail_parameters(NIL, 909 /* SET_RECONNECT */, (void *)(long)(atol(word[1]) > 0));
        mail_parameters(NIL, 903 /* SET_IDLETRUST */, (void *)(atol(word[1]) ? 120L : 0L));
        return 1;
    }
    if (IS("timeouts")) {
        void *seconds = (void *)atol(word[1]);
        mail_parameters(NIL, SET_OPENTIMEOUT, seconds);
        mail_parameters(NIL, SET_READTIMEOUT, seconds);
        mail_parameters(NIL, SET_WRITETIMEOUT, seconds);
        mail_parameters(NIL, SET_CLOSETIMEOUT, seconds);
        return 1;
    }
    if (IS("password")) {
        password = strdup(word[1]);
        return 1;
    }
    if (IS("reenter")) {
        reenter_in = strdup(word[1]);
        reenter_with = strdup(word[2]);
        return 1;
    }
    if (IS("usage")) {
        struct mallinfo2 heap = mallinfo2();
        printf("descriptors %ld\nheap %zu\npeak %ld\n", descriptors(), heap.uordblks + heap.hblkhd, peak());
        return 1;
    }
    if (IS("status"))
        return mail_status(stream, word[1], SA_MESSAGES | SA_RECENT | SA_UNSEEN | SA_UIDNEXT | SA_UIDVALIDITY);
    if (IS("append"))
        return put(word[1]);
    if (!stream)
        return -1;
    if (IS("debug")) {
        mail_debug(stream);
        return 1;
    }
    if (IS("list")) {
        mail_list(stream, word[1], word[2]);
        return 1;
    }
    if (IS("lsub")) {
        mail_lsub(stream, word[1], word[2]);
        return 1;
    }
    if (IS("ping"))
        return mail_ping(stream);
    if (IS("check")) {
        mail_check(stream);
        return 1;
    }
    if (IS("count"))
        return (long)stream->nmsgs;
    if (IS("search"))
        return look_for(SE_NOPREFETCH);
    if (IS("sort"))
        return sorted();
    if (IS("thread")) {
        THREADNODE *tree = mail_thread(stream, word[1], NIL, mail_newsearchpgm(), SE_FREE);
        long found = count_nodes(tree);
        mail_free_threadnode(&tree);
        return found;
    }
    if (IS("structure")) {
        BODY *body = NIL;
        ENVELOPE *env = mail_fetch_structure(stream, (unsigned long)atol(word[1]), &body, NIL);
        tell("subject", env && env->subject ? env->subject : "NIL");
        return env && body;
    }
    if (IS("header")) {
        text = mail_fetch_header(stream, (unsigned long)atol(word[1]), NIL, NIL, &size, NIL);
        tell("text", text);
        return (long)size;
    }
    if (IS("body")) {
        text = mail_fetch_body(stream, (unsigned long)atol(word[1]), word[2], &size, NIL);
        tell("text", text);
        return (long)size;
    }
    if (IS("whole")) {
        text = mail_fetch_message(stream, (unsigned long)atol(word[1]), &size, NIL);
        tell("text", text);
        return (long)size;
    }
    if (IS("fast")) {
        mail_fetch_fast(stream, word[1], NIL);
        return 1;
    }
    if (IS("uid"))
        return (long)mail_uid(stream, (unsigned long)atol(word[1]));
    if (IS("store")) {
        mail_flag(stream, word[1], word[2], ST_SET);
        return 1;
    }
    if (IS("elt")) {
        unsigned long msgno = (unsigned long)atol(word[1]);
        if (msgno < 1 || msgno > stream->nmsgs)
            return -1;
        MESSAGECACHE *elt = mail_elt(stream, msgno);
        return elt->seen | elt->deleted << 1 | elt->flagged << 2;
    }
    if (IS("copy"))
        return mail_copy(stream, word[1], word[2]);
    if (IS("expunge"))
        return mail_expunge(stream);
    if (IS("create"))
        return mail_create(stream, word[1]);
    if (IS("delete"))
        return mail_delete(stream, word[1]);
    if (IS("rename"))
        return mail_rename(stream, word[1], word[2]);
    if (IS("subscribe"))
        return mail_subscribe(stream, word[1]);
    if (IS("quota"))
        return imap_getquotaroot(stream, word[1]);
    if (IS("acl"))
        return imap_getacl(stream, word[1]);
    if (IS("alive"))
        return imap_cap(stream) != NIL && LEVELIMAP4(stream);
    if (IS("close")) {
        stream = mail_close_full(stream, NIL);
        return !stream;
    }
    return -2;
}

/* \xNN in a word is that octet. */
static char *octets(char *word)
{
    char *from = word, *to = word;
    unsigned octet;
    while (*from)
        if (from[0] == '\\' && from[1] == 'x' && sscanf(from + 2, "%2x", &octet) == 1) {
            *to++ = (char)octet;
            from += 4;
        } else
            *to++ = *from++;
    *to = 0;
    return word;
}

static void *talk(void *unused)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        char *word[8] = {"", "", "", "", "", "", "", ""}, *rest = line;
        line[strcspn(line, "\n")] = 0;
        for (int i = 0; i < 8 && rest; i++)
            word[i] = octets(strsep(&rest, "\t"));
        for (int i = 0; kinds[i].name; i++)
            kinds[i].count = 0;
        double begin = now();
        long result = call(word);
        double took = now() - begin;
        for (int i = 0; kinds[i].name; i++)
            if (kinds[i].count > SHOWN)
                printf("count %s %ld\n", kinds[i].name, kinds[i].count);
        printf("= %ld %.0f\n", result, took);
        fflush(stdout);
    }
    return NULL;
}

int main(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
#include <c-client/linkage.c>
    password = "secret";
    mail_parameters(NIL, SET_QUOTA, (void *)on_quota);
    mail_parameters(NIL, SET_QUOTAROOT, (void *)on_quotaroot);
    mail_parameters(NIL, SET_ACL, (void *)on_acl);
    mail_parameters(NIL, SET_MAXLOGINTRIALS, (void *)1);
    /* What one dialogue comes to: a server that says goodbye is not asked again (own/busy.c has that). */
    mail_parameters(NIL, 915 /* SET_BUSYWAIT */, (void *)0);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    if (pthread_create(&thread, &attributes, talk, NULL))
        return 1;
    pthread_join(thread, NULL);
    return 0;
}
