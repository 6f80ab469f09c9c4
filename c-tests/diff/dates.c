/* mail_parse_date, mail_date, mail_cdate, mail_longdate, mail_shortdate; the time now: rfc822_date, internal_date.
 * server: none
 */
#include "common.h"

#include <c-client/env_unix.h>
#include <time.h>

/* What both libraries take for the time now; 0: the real one. */
static time_t now;

time_t time(time_t *to)
{
    struct timespec real;
    time_t t = now;
    if (!t) {
        clock_gettime(CLOCK_REALTIME, &real);
        t = real.tv_sec;
    }
    if (to)
        *to = t;
    return t;
}

/* The zone of the machine, drawn. */
static void drawn_zone(void)
{
    static const char *zones[] = {"UTC", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0", "XXX-5:45", "YYY3:30",
                                  "AAA-13", "BBB12", "<+14>-14", "LongName11LongSummer,M4.1.0,M9.1.0", "ZZZ0:30", "CCC-0:30",
                                  "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "", "nonsense", ":", "DDD-1:02:03"};
    const char *zone = zones[draw(sizeof(zones) / sizeof(*zones))];
    show_string("zone", zone);
    setenv("TZ", zone, 1);
}

static void show_elt_date(MESSAGECACHE *elt)
{
    char text[MAILTMPLEN];
    show("  %u/%u/%u %u:%u:%u %u %u:%u\n", elt->year, elt->month, elt->day, elt->hours, elt->minutes,
         elt->seconds, elt->zoccident, elt->zhours, elt->zminutes);
    show("  returns its argument: %d", mail_date(text, elt) == text);
    show_string(" ", text);
    show("  returns its argument: %d", mail_cdate(text, elt) == text);
    show_string(" ", text);
    show("  %lu %u\n", mail_longdate(elt), mail_shortdate(elt->year, elt->month, elt->day));
}

static void parse(const char *text)
{
    MESSAGECACHE elt;
    char copy[2 * MAILTMPLEN];
    snprintf(copy, sizeof(copy), "%s", text);
    memset(&elt, 0xff, sizeof(elt));
    show_string("date", copy);
    show("  %ld\n", mail_parse_date(&elt, (unsigned char *)copy));
    /* Whatever was read, nothing else of the elt has changed. */
    show("  else %d %lu %lu\n", elt.seen && elt.deleted && elt.sequence && elt.spare, elt.user_flags, elt.msgno);
    if (elt.month <= 12)
        show_elt_date(&elt);
}

static void formats(void)
{
    static const char *texts[] = {
        "17-Jul-1996 02:44:25 -0700", " 7-Jul-1996 02:44:25 +0530", "Wed, 17 Jul 1996 02:44:25 -0700 (PDT)",
        "Wed, 17 Jul 96 02:44:25 PDT", "17 July 1996 02:44 GMT", "07/17/96", "7/17/1996", "1996-07-17", "19960717",
        "17-Jul-1996", "Wed, 17 Jul 1996", "17  Jul  1996  02:44:25  +0100", "1-Jan-70 00:00:00 +0900",
        "31-Dec-2097 23:59:60 -1545", "31-Dec-2098", "31-Dec-1969", "29-Feb-2000", "29-Feb-1999", "31-Apr-2001",
        "1-Jan-48", "1-Jan-49", "1-Jan-50", "1-Jan-99", "1-Jan-100", "1-Jan-998", "1-Jan-999", "1-Jan-00",
        "", " ", "0", "tomorrow", "17", "17-", "17-Jul", "17-Jul-", "17-Jul-x", "17-Jux-1996", "17-Julius-1996",
        "17-Jul 1996", "17 Jul-1996", "32-Jul-1996", "0-Jul-1996", "13/1/96", "1/32/96", "1/1/96 ", "1/1", "1//96",
        "1996-13-01", "1996-12-32", "1996-12-01 ", "1996-0-1", "1996-1-0", "19960700", "19960000", "19961301",
        "19960732", "17-Jul-1996 ", "17-Jul-1996 24:00", "17-Jul-1996 23", "17-Jul-1996 23:60", "17-Jul-1996 1:2:61",
        "17-Jul-1996 1:2:60", "17-Jul-1996 :2:3", "17-Jul-1996 1:2:", "17-Jul-1996 1:2:3-PST", "17-Jul-1996 1:2:3-",
        "17-Jul-1996 1:2:3 ", "17-Jul-1996 1:2:3 +", "17-Jul-1996 1:2:3 +1", "17-Jul-1996 1:2:3 +1260",
        "17-Jul-1996 1:2:3 0530", "17-Jul-1996 1:2:3 -9999", "17-Jul-1996 1:2:3 -1600", "17-Jul-1996 1:2:3 CEST",
        "17-Jul-1996 1:2:3 XYZ", "17-Jul-1996 1:2:3x", "17-Jul-1996 1:2:3 +0100 (comment)", "Wed,17 Jul 1996",
        "Wednesday, 17 Jul 1996", "Xyz,  17 Jul 1996", "17-jul-1996 1:2:3 pst", "17-JUL-1996 1:2:3 Pst",
        "99999999999999999999-Jul-1996", "17-Jul-99999999999999999999", "-17-Jul-1996", "+17-Jul-1996",
        "17-Jul-1996 -1:2:3", "17-Jul-1996 1:-2:3", "\t17-Jul-1996", "17-Jul-1996\t1:2:3", "17\xe4" "Jul-1996",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        parse(texts[i]);
}

static void zones(void)
{
    static const char *names[] = {"UT", "UTC", "GMT", "MET", "EET", "JST", "ADT", "AST", "EDT", "EST", "CDT", "CST",
                                  "MDT", "MST", "PDT", "PST", "YDT", "YST", "HST", "BST", "NST", "CET", "XX", "GMT0"};
    char text[MAILTMPLEN];
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        sprintf(text, "1-Mar-2004 12:00:00 %s", names[i]);
        parse(text);
        sprintf(text, "1-Mar-2004 12:00:00-%s", names[i]);
        parse(text);
    }
    for (int letter = 'A'; letter <= 'Z'; letter++) {
        sprintf(text, "1-Mar-2004 12:00 %c", letter);
        parse(text);
    }
}

static void lengths(void)
{
    static const size_t sizes[] = {1022, 1023, 1024, 1025, 1500};
    char text[2 * MAILTMPLEN];
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        memset(text, ' ', sizes[i]);
        strcpy(text + sizes[i] - 10, "1-Mar-2004");
        parse(text);
    }
}

static void no_string(void)
{
    MESSAGECACHE elt;
    memset(&elt, 0xff, sizeof(elt));
    show("%ld\n", mail_parse_date(&elt, NIL));
    show_elt_date(&elt);
}

/* Texts put together from pieces of dates, sound and unsound ones. */
static void drawn_texts(void)
{
    static const char *pieces[] = {
        "1", "9", "12", "31", "32", "0", "1996", "70", "2097", "99", "20040229", "Jan", "feb", "SEPT", "December",
        "-", "-", "-", " ", " ", " ", "/", ":", ":", "+0100", "-0930", "GMT", "pst", "Z", "(x)", ",", "Mon, ", "  ",
    };
    char text[MAILTMPLEN];
    reseed(1);
    for (int i = 0; i < 3000; i++) {
        if (i % 50 == 0)
            drawn_zone();
        *text = '\0';
        for (unsigned long left = 1 + draw(10); left; left--)
            strcat(text, pieces[draw(sizeof(pieces) / sizeof(*pieces))]);
        parse(text);
    }
}

/* Dates of the right form, every field drawn up to somewhat beyond its end. */
static void drawn_dates(void)
{
    static const char *month[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[MAILTMPLEN];
    reseed(2);
    for (int i = 0; i < 3000; i++) {
        sprintf(text, "%lu-%s-%lu %lu:%02lu:%02lu %c%02lu%02lu", draw(33), month[draw(12)], 1965 + draw(140), draw(25),
                draw(61), draw(62), draw(2) ? '+' : '-', draw(18), draw(62));
        parse(text);
    }
}

static void drawn_elts(void)
{
    reseed(3);
    for (int i = 0; i < 3000; i++) {
        MESSAGECACHE elt;
        memset(&elt, 0, sizeof(elt));
        elt.year = draw(128);
        elt.month = draw(13);
        elt.day = draw(32);
        elt.hours = draw(32);
        elt.minutes = draw(64);
        elt.seconds = draw(64);
        elt.zoccident = draw(2);
        elt.zhours = draw(16);
        elt.zminutes = draw(64);
        show_elt_date(&elt);
    }
}

static void short_dates(void)
{
    reseed(4);
    for (int i = 0; i < 1000; i++) {
        unsigned int year = draw(200), month = draw(20), day = draw(40);
        show("%u %u %u: %u\n", year, month, day, mail_shortdate(year, month, day));
    }
    show("%u\n", mail_shortdate(~0u, ~0u, ~0u));
}

static void the_time_now(void)
{
    char text[MAILTMPLEN];
    reseed(5);
    for (int i = 0; i < 2000; i++) {
        drawn_zone();
        now = (time_t)(draw(2) ? draw(4000000000UL) : 365UL * 86400 * draw(130) + 86400 * (30 + draw(5)) - draw(172800) + 86400);
        rfc822_date(text);
        show_string("rfc822", text);
        rfc822_fixed_date(text);
        show_string("fixed", text);
        internal_date(text);
        show_string("internal", text);
        struct tm tm = *(draw(2) ? localtime(&now) : gmtime(&now));
        tm.tm_isdst = (int)draw(3) - 1;
        strcpy(text, draw(2) ? "text" : "");
        rfc822_timezone(text, &tm);
        show_string("zone", text);
        mail_parameters(NIL, SET_DISABLE822TZTEXT, (void *)(long)draw(2));
    }
}

const struct test_case cases[] = {
    {"formats", formats},         {"zones", zones},           {"lengths", lengths},
    {"no_string", no_string},     {"drawn_texts", drawn_texts}, {"drawn_dates", drawn_dates},
    {"drawn_elts", drawn_elts},   {"short_dates", short_dates}, {"the_time_now", the_time_now},
    {NULL, NULL},
};
