/* mail_criteria, mail_criteria_string, mail_criteria_date, mail_parse_set, mail_append_set.
 * server: none
 */
#include "common.h"

static void show_program(SEARCHPGM *pgm)
{
    show("  flags %d%d%d%d%d%d%d%d%d%d%d%d dates %u %u %u %u %u %u\n", pgm->answered, pgm->unanswered, pgm->deleted,
         pgm->undeleted, pgm->draft, pgm->undraft, pgm->flagged, pgm->unflagged, pgm->recent, pgm->old, pgm->seen,
         pgm->unseen, pgm->before, pgm->on, pgm->since, pgm->sentbefore, pgm->senton, pgm->sentsince);
    show_stringlist("  bcc", pgm->bcc);
    show_stringlist("  body", pgm->body);
    show_stringlist("  cc", pgm->cc);
    show_stringlist("  from", pgm->from);
    show_stringlist("  keyword", pgm->keyword);
    show_stringlist("  unkeyword", pgm->unkeyword);
    show_stringlist("  subject", pgm->subject);
    show_stringlist("  text", pgm->text);
    show_stringlist("  to", pgm->to);
    show("  others %d\n", pgm->msgno || pgm->uid || pgm->or || pgm->not || pgm->header || pgm->larger || pgm->smaller);
}

static void criteria(const char *text)
{
    char copy[MAILTMPLEN];
    strcpy(copy, text);
    show_string("criteria", copy);
    SEARCHPGM *pgm = mail_criteria(copy);
    if (strcmp(copy, text))
        show("  the text has changed\n");
    if (!pgm) {
        show("  NIL\n");
        return;
    }
    show_program(pgm);
    mail_free_searchpgm(&pgm);
}

static const char *keys[] = {
    "ALL", "ANSWERED", "BCC", "BEFORE", "BODY", "CC", "DELETED", "FLAGGED", "FROM", "KEYWORD", "NEW", "OLD", "ON",
    "RECENT", "SEEN", "SINCE", "SUBJECT", "TEXT", "TO", "UNANSWERED", "UNDELETED", "UNFLAGGED", "UNKEYWORD", "UNSEEN",
    "DRAFT", "UNDRAFT", "UID", "NOT", "OR", "LARGER", "HEADER", "A", "UN", "N", "1:3", "xyzzy",
};
static const char *arguments[] = {
    "", " ", " x", "  x", " word", " \"two words\"", " \"\"", " \"", " \"open", " \"a\"b", " 1-Jan-2000", " 17-Jul-96",
    " \"1-Jan-2000\"", " 2000-01-01", " 32-Jan-2000", " 1-Jan-2000x", " {3}\r\nabc", " {3}\r\nabcd",
    " {0}\r\n", " {5}\r\na b\"c", " {x}\r\n", " {}\r\n", " {3}abc", " {3}\nabc", " {11}\r\n01-Jan-2000", " {", " {3",
    " {1}\r\n ", " {+3}\r\nabc", " { 3}\r\nabc", " {99999999999999999999}\r\nabc", " \"\"\"", " \\\"x", " \xe4\xf6",
    " {3}\r\nabc ", " \t", " 'a b'",
};

static void every_key(void)
{
    char text[MAILTMPLEN];
    for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
        for (size_t a = 0; a < sizeof(arguments) / sizeof(*arguments); a++) {
            sprintf(text, "%s%s", keys[k], arguments[a]);
            criteria(text);
            sprintf(text, " %s%s SEEN", keys[k], arguments[a]);
            criteria(text);
        }
}

static void odd(void)
{
    show("NIL: %d\n", mail_criteria(NIL) != NIL);
    criteria("");
    criteria(" ");
    criteria("all");
    criteria("sUbJeCt \"MiXeD\" all");
    criteria("ALL\tSEEN");
    criteria("ALL\r\n");
    criteria("FROM a FROM b FROM \"c d\" FROM {1}\r\ne FROM f");
    criteria("ON 1-Jan-2000 ON 2-Jan-2000");
    criteria("thisisaverylongcriterionthatnobodyknowsandthatiscut x");
    criteria("\xc3\xa4\xc3\xb6");
}

static void drawn(void)
{
    char text[MAILTMPLEN];
    reseed(1);
    for (int i = 0; i < 3000; i++) {
        *text = '\0';
        for (unsigned long left = 1 + draw(5); left; left--) {
            strcat(text, keys[draw(24)]);
            strcat(text, arguments[1 + draw(11)]);
            strcat(text, draw(8) ? " " : "");
        }
        criteria(text);
    }
}

static void strings(const char *text)
{
    char copy[MAILTMPLEN], *rest = copy;
    STRINGLIST *list = NIL;
    strcpy(copy, text);
    show_string("strings", copy);
    for (int i = 0; i < 6; i++) {
        int done = mail_criteria_string(&list, &rest);
        show("  %d at %ld", done, (long)(rest - copy));
        show_string("", rest);
        if (!done)
            break;
    }
    show_stringlist("  list", list);
    mail_free_stringlist(&list);
}

static void one_by_one(void)
{
    strings("");
    strings("a b c");
    strings("\"a b\"c d");
    strings("a \"b");
    strings("{3}\r\nabc {2}\r\nde f");
    strings("\"\" x");
    strings("\"a\"\"b\"");
    char copy[MAILTMPLEN], *rest = copy;
    unsigned short date = 4711;
    strcpy(copy, "1-Feb-2003 \"4-May-2006\" never");
    for (int i = 0; i < 4; i++) {
        int done = mail_criteria_date(&date, &rest);
        show("%d %u", done, date);
        show_string("", rest);
    }
}

static void set(const char *text)
{
    char copy[MAILTMPLEN], *rest = NIL;
    strcpy(copy, text);
    SEARCHSET *set = mail_parse_set(copy, &rest);
    show_string("set", copy);
    show("  at %ld\n", rest ? (long)(rest - copy) : -1L);
    show_searchset("  is", set);
    mail_free_searchset(&set);
}

static void sets(void)
{
    static const char *texts[] = {"", "1", "1,2", "1:3", "1:3,7", "3:1", "1,", "1,,2", ",1", "0", "1:0", "1:", "1:x",
                                  "1:2:3", "1 2", "1)", "*", "1:*", "1,0", "007", "4294967295:4294967296",
                                  "99999999999999999999", "1,2,3,4,5,6:9 x", "-1", " 1", "1:-2", "+1"};
    static const char *pieces[] = {"1", "23", "0", ",", ",", ":", ":", "*", ")", "456"};
    char text[MAILTMPLEN];
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        set(texts[i]);
    reseed(2);
    for (int i = 0; i < 1000; i++) {
        *text = '\0';
        for (unsigned long left = 1 + draw(8); left; left--)
            strcat(text, pieces[draw(10)]);
        set(text);
    }
}

static void appended(void)
{
    reseed(3);
    show("NIL: %d\n", mail_append_set(NIL, 1) != NIL);
    for (int round = 0; round < 100; round++) {
        SEARCHSET *head = mail_newsearchset();
        unsigned long number = draw(4);
        for (int i = 0; i < 12; i++, number += draw(3)) {
            SEARCHSET *tail = mail_append_set(head, number);
            show("%lu: %lu %lu %d\n", number, tail->first, tail->last, tail->next != NIL);
        }
        show_searchset("  is", head);
        mail_free_searchset(&head);
    }
}

const struct test_case cases[] = {
    {"every_key", every_key}, {"odd", odd},   {"drawn", drawn},       {"one_by_one", one_by_one},
    {"sets", sets},           {"appended", appended}, {NULL, NULL},
};
