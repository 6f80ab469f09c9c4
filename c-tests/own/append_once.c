/* APPEND, with the connection cut at every octet of the dialogue, in either direction: what was told to be stored is in the
 * mailbox, once; also where the connection after that is cut, too. T_CUTS=SECONDS makes more of it. In each
 * dialogue each kind of place must have been struck, and in the plainest, or in all small ones with T_CUTS, each octet.
 */
#include "cutter.h"
#include <time.h>

#define WORKERS 24
#define SMALL 3000       /* octets of a dialogue whose every octet is struck */
#define ALL_SECONDS 60.0 /* a slow machine may take so long for that */
#define LEAST_CUTS 100   /* in a case */

static double seconds_each(void) { return getenv("T_CUTS") ? atof(getenv("T_CUTS")) : 8; }

/* -- the work ------------------------------------------------------------------------------ */

static struct plan { long text; int every, ids, several, twice, selected, asking; } plan;
static double until;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static long next_cut, first_cut, total[2], trials, told_stored, told_not, cuts;
static unsigned char struck[SMALL]; /* the client's octets, then the server's */
static unsigned char aimed[SMALL];  /* what a connection is to be cut at */
static int places;
static long literal_at, literal_size; /* in the client's octets */

/* The octet to cut at, 0 to `all` - 1: at times one of a place where no connection was cut yet. Else each in turn, and in
 * the rounds after the first those that have not been struck; of a large dialogue steps that come to every octet in time,
 * and the answers. */
static long choose(long cut, long all)
{
    if (cut & 1)
        switch (~places & EVERY_PLACE & -(~places & EVERY_PLACE)) {
        case COMMAND_FIRST: return 0;
        case COMMAND_MIDDLE: return literal_at - 3;
        case COMMAND_LAST: return literal_at - 1;
        case LITERAL_FIRST: return literal_at;
        case LITERAL_LAST: return literal_at + literal_size - 1;
        case ANSWER_FIRST: return total[0] + 1;
        case ANSWER_LAST: return all - 2;
        default: break;
        }
    if (all > SMALL)
        return cut & 2 ? (cut / 4 * 7919) % all : total[0] + 1 + cut / 4 % (total[1] + 1);
    if (cut - first_cut < all)
        return cut % all;
    for (int again = 0; again < 2; again++) {
        for (long n = 0; n < all; n++)
            if (!struck[n] && !aimed[n]) {
                aimed[n] = 1;
                return n;
            }
        memset(aimed, 0, sizeof aimed);
    }
    return cut % all;
}

/* How many octets have not been struck. */
static long missing(void)
{
    long all = total[0] + total[1] + 2, count = 0;
    for (long n = 0; n < all && all <= SMALL; n++)
        count += !struck[n];
    return count;
}

static int every_octet(void) { return plan.every || getenv("T_CUTS"); }

static int goes_on(void)
{
    double now = seconds_since_start();
    return now < until || (!slowed() && now < until + ALL_SECONDS && (cuts < LEAST_CUTS || (every_octet() && missing()) || places != EVERY_PLACE));
}

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
    snprintf(box, sizeof box, "{127.0.0.1:%d/imap/notls/user=u1}%sOnce%ldx%02d", proxy.port, prefix, (long)getpid(), number);
    snprintf(direct, sizeof direct, "{127.0.0.1:%s/imap/notls/user=u1}%sOnce%ldx%02d", setting("T_PORT"), prefix, (long)getpid(), number);
    MAILSTREAM *judge = mail_open(NIL, direct, OP_SILENT);
    if (!judge) {
        check(0, "no judge");
        return NULL;
    }
    MAILSTREAM *stream = NIL;
    for (int trial = 0; goes_on(); trial++) {
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
        /* On a new connection the dialogue is longer: its octets are those that are to be struck. */
        if (trial % 3 || cut - first_cut > total[0] + total[1])
            stream = mail_close(stream);
        int fresh = !stream || !mail_ping(stream);
        if (fresh)
            stream = mail_open(stream, box, OP_SILENT | (plan.selected ? 0 : OP_HALFOPEN));
        if (!stream)
            continue;
        char id[80] = "";
        if (plan.ids)
            snprintf(id, sizeof id, "Message-ID: <%02d.%05d@example.org>\r\n", number, trial);
        sprintf(text, "Subject: %05d of %02d\r\n%sX-Part: 0\r\n\r\n", trial, number, id);
        for (long n = (long)strlen(text); n < plan.text; n += 26)
            strcpy(text + n, "All work and no play, h.\r\n");
        long limits[2] = {-1, -1};
        if (cut >= 0) {
            pthread_mutex_lock(&guard);
            long here = choose(cut, total[0] + total[1] + 2);
            pthread_mutex_unlock(&guard);
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
        proxy.hard = (int)(cut >> 1 & 1);
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
            literal_at = proxy.literal_at;
            literal_size = proxy.literal_size;
            total[0] = proxy.passed[0];
            pthread_mutex_unlock(&guard);
        }
        mail_ping(judge);
        unsigned long count = judge->nmsgs - before;
        pthread_mutex_lock(&guard);
        trials++;
        cuts += proxy.cuts;
        places |= proxy.places;
        if (proxy.cuts && fresh) {
            long at = proxy.cut_octet + (proxy.cut_side ? total[0] + 1 : 0);
            if (at < SMALL)
                struck[at] = 1;
        }
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
        other_command(other, NULL, "CREATE %sOnce%ldx%02d", getenv("T_PREFIX") ? getenv("T_PREFIX") : "", (long)getpid(), n);
    other_logout(other);
    next_cut = first_cut = (long)draw(1 << 20);
    until = seconds_since_start() + seconds_each();
    if (!slowed())
        alarm((unsigned)(seconds_each() + ALL_SECONDS + 20));
    for (long n = 0; n < count; n++)
        pthread_create(&threads[n], NULL, work, (void *)n);
    for (int n = 0; n < count; n++)
        pthread_join(threads[n], NULL);
    check(trials > count && told_stored > 0, "%ld trials", trials);
    check(cuts > trials / 2, "%ld cuts in %ld trials", cuts, trials);
    fprintf(stderr, "%ld trials, %ld cuts, dialogue of %ld and %ld octets, %ld of them not struck, places %x, %ld told stored, "
            "%ld told not\n", trials, cuts, total[0], total[1], missing(), (unsigned)places, told_stored, told_not);
    if (!slowed()) {
        check(cuts >= LEAST_CUTS, "%ld cuts", cuts);
        /* What is drawn may pass a place by where the machine is too busy for many trials; what is counted through may not. */
        long octets = total[0] + total[1] + 2, spared = getenv("T_CUTS") ? 0 : octets / 20;
        check(!every_octet() || missing() <= spared, "%ld octets of %ld were not struck", missing(), octets);
        check_places(places, every_octet() ? 0 : 2);
    }
}

static void small(void) { run((struct plan){.text = 60, .every = !getenv("T_PREFIX"), .ids = 1}); }
static void nameless(void) { run((struct plan){.text = 60}); }
static void selected(void) { run((struct plan){.text = 60, .ids = 1, .selected = 1}); }
static void large(void) { run((struct plan){.text = 200000, .ids = 1}); }
static void several(void) { run((struct plan){.text = 60, .several = 1}); }
static void twice(void) { run((struct plan){.text = 60, .ids = 1, .twice = 1}); }
/* Who asks each time has his messages stored once as well. */
static void asking(void) { run((struct plan){.text = 60, .ids = 1, .asking = 1}); }

const struct test_case cases[] = {
    {"small", small}, {"nameless", nameless}, {"selected", selected}, {"large", large}, {"several", several},
    {"twice", twice}, {"asking", asking}, {NULL, NULL},
};
