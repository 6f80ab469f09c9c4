/* APPEND, with the connection cut at every octet of the dialogue, in either direction: what was told to be stored is in the
 * mailbox, once; also where the connection after that is cut, too. T_CUTS=SECONDS makes more of it.
 */
#include "cutter.h"
#include <time.h>

#define WORKERS 24

static double seconds_each(void) { return getenv("T_CUTS") ? atof(getenv("T_CUTS")) : 9; }

/* -- the work ------------------------------------------------------------------------------ */

static struct plan { long text; int ids, several, twice, selected, asking; } plan;
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
        /* On a new connection the dialogue is longer. */
        if (trial & 1)
            stream = mail_close(stream);
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
    stop_proxy(&proxy);
    free(text);
    return NULL;
}

static void run(struct plan wanted)
{
    pthread_t threads[WORKERS];
    int count = getenv("T_UNDER_VALGRIND") ? 4 : WORKERS;
    quiet = 1;
    plan = wanted;
    as_we_do(plan.asking ? 0 : 500);
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
    /* A few hundred on a machine that has nothing else to do; valgrind and the sanitizers are many times slower. */
    check(cuts >= 40 || getenv("T_UNDER_VALGRIND") || getenv("T_STACK_KIB"), "only %ld cuts", cuts);
    fprintf(stderr, "%ld trials, %ld cuts, dialogue of %ld and %ld octets, %ld told stored, %ld told not\n", trials, cuts,
            total[0], total[1], told_stored, told_not);
}

static void small(void) { run((struct plan){.text = 200, .ids = 1}); }
static void nameless(void) { run((struct plan){.text = 200}); }
static void selected(void) { run((struct plan){.text = 200, .ids = 1, .selected = 1}); }
static void large(void) { run((struct plan){.text = 200000, .ids = 1}); }
static void several(void) { run((struct plan){.text = 200, .several = 1}); }
static void twice(void) { run((struct plan){.text = 200, .ids = 1, .twice = 1}); }
/* Who asks each time has his messages stored once as well. */
static void asking(void) { run((struct plan){.text = 200, .ids = 1, .asking = 1}); }

const struct test_case cases[] = {
    {"small", small}, {"nameless", nameless}, {"selected", selected}, {"large", large}, {"several", several},
    {"twice", twice}, {"asking", asking}, {NULL, NULL},
};
