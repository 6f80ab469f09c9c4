/* Without a server: patterns of names (pmatch_full, dmatch), the list of subscriptions (sm_subscribe, sm_unsubscribe,
 * sm_read), standard input and output (PBIN, PSIN, PSINR, INWAIT, PBOUT, PSOUT, PSOUTR, PFLUSH).
 * server: none
 */
#include "common.h"

#include <sys/stat.h>
#include <unistd.h>

static void patterns(void)
{
    static const char octets[] = "aab/*%/.";
    reseed(1);
    for (int i = 0; i < 20000; i++) {
        /* UW's dmatch reads an octet behind the end. */
        unsigned char name[16] = {0}, pattern[12] = {0};
        for (unsigned long n = draw(9); n; n--)
            name[n - 1] = (unsigned char)octets[draw(4)];
        for (unsigned long n = draw(7); n; n--)
            pattern[n - 1] = (unsigned char)octets[draw(8)];
        unsigned char delimiter = (unsigned char)"/.\0"[draw(3)];
        show("<%s> <%s> %c: %ld", name, pattern, delimiter ? delimiter : '0', pmatch_full(name, pattern, delimiter));
        show(" %ld\n", delimiter ? dmatch(name, pattern, delimiter) : 0);
    }
}

/* The tests may run as root, who has no home until it is told. */
static void go_home(void) { mail_parameters(NIL, SET_HOMEDIR, getenv("HOME")); }

static void list(void)
{
    void *handle = NIL;
    char *name;
    show("list:");
    while ((name = sm_read(&handle)))
        show(" <%s>", name);
    show(" end %d\n", !handle);
}

static void subscriptions(void)
{
    static const char *const names[] = {"INBOX", "inbox", "Work", "{host/pop3}INBOX", "with space", "work", "#news.alt.test", "a"};
    reseed(2);
    go_home();
    list();
    show("%ld\n", sm_unsubscribe("Work"));
    for (int i = 0; i < 150; i++) {
        char *name = (char *)names[draw(8)];
        int add = draw(5) < 3;
        show("%s %s: ", add ? "subscribe" : "unsubscribe", name);
        show("%ld\n", add ? sm_subscribe(name) : sm_unsubscribe(name));
        if (draw(10) == 0)
            list();
    }
    list();
}

/* A list that somebody wrote by hand. */
static void written_by_hand(void)
{
    char path[500];
    go_home();
    snprintf(path, sizeof path, "%s/.mailboxlist", getenv("HOME"));
    FILE *file = fopen(path, "w");
    fputs("One\n\nTwo\nTwo\nno end", file);
    fclose(file);
    list();
    show("%ld\n", sm_subscribe("Two"));
    show("%ld\n", sm_unsubscribe("Two"));
    list();
    show("%ld\n", sm_unsubscribe("no end"));
    list();
    for (const char *left = "One"; left; left = left[0] == 'O' ? "" : NULL)
        show("%ld\n", *left ? sm_unsubscribe((char *)left) : 0);
    list();
}

static void without_a_list(void)
{
    char path[500];
    go_home();
    snprintf(path, sizeof path, "%s/.mailboxlist", getenv("HOME"));
    mkdir(path, 0700);
    show("%ld\n", sm_subscribe("x"));
    rmdir(path);
}

static void input(void)
{
    static const char text[] = "first line\nsecond\n\nrecord 0123456789rest\nlast, without an end";
    char path[500], buffer[100];
    snprintf(path, sizeof path, "%s/input", getenv("HOME"));
    FILE *file = fopen(path, "w");
    fwrite(text, 1, sizeof text - 1, file);
    fclose(file);
    show("opened %d\n", !!freopen(path, "r", stdin));
    show("wait %ld\n", INWAIT(1));
    show("octet %c\n", PBIN());
    show_string("line", PSIN(buffer, sizeof buffer));
    show_string("part", PSIN(buffer, 4));
    show_string("rest", PSIN(buffer, sizeof buffer));
    show_string("empty", PSIN(buffer, sizeof buffer));
    show("record %ld\n", PSINR(buffer, 7));
    show_bytes("record", buffer, 7);
    show("octet %c\n", PBIN());
    show("nothing %ld\n", PSINR(buffer, 0));
    show_string("line", PSIN(buffer, sizeof buffer));
    show_string("last", PSIN(buffer, sizeof buffer));
    show_string("end", PSIN(buffer, sizeof buffer));
    show("end %d\n", PBIN());
    show("wait %ld\n", INWAIT(0));
}

static void output(void)
{
    SIZEDTEXT sized = {(unsigned char *)"a\0record\n", 9};
    fflush(stdout);
    int one = PBOUT('x'), two = PBOUT('\n'), three = PSOUT("a string\n"), four = PSOUTR(&sized), five = PFLUSH();
    show("%d %d %d %d %d\n", one, two, three >= 0, four, five);
}

const struct test_case cases[] = {
    {"patterns", patterns},
    {"subscriptions", subscriptions},
    {"written_by_hand", written_by_hand},
    {"without_a_list", without_a_list},
    {"input", input},
    {"output", output},
    {NULL, NULL},
};
