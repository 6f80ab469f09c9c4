/* mail_parse_date, mail_date, mail_cdate, mail_longdate, mail_shortdate.
 * server: none
 */
#include "common.h"

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
    for (int i = 0; i < 3000; i++) {
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
    for (int i = 0; i < 3000; i++) {
        sprintf(text, "%lu-%s-%lu %lu:%02lu:%02lu %c%02lu%02lu", draw(33), month[draw(12)], 1965 + draw(140), draw(25),
                draw(61), draw(62), draw(2) ? '+' : '-', draw(18), draw(62));
        parse(text);
    }
}

static void drawn_elts(void)
{
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
    for (int i = 0; i < 1000; i++) {
        unsigned int year = draw(200), month = draw(20), day = draw(40);
        show("%u %u %u: %u\n", year, month, day, mail_shortdate(year, month, day));
    }
    show("%u\n", mail_shortdate(~0u, ~0u, ~0u));
}

const struct test_case cases[] = {
    {"formats", formats},         {"zones", zones},           {"lengths", lengths},
    {"no_string", no_string},     {"drawn_texts", drawn_texts}, {"drawn_dates", drawn_dates},
    {"drawn_elts", drawn_elts},   {"short_dates", short_dates}, {NULL, NULL},
};
