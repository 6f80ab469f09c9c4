/* The parts of searching without a server that need no stream: mail_search_addr, _header, _header_text, _string and
 * _string_work, and what ends up in the list of patterns.
 * server: none
 */
#include "common.h"

/* What texts are made of: letters of several scripts and both cases, marks, encoded words, line ends. No octets beyond
 * ASCII outside encoded words, and no broken ones: see deviation 55. */
static const char *const header_pieces[] = {
    "a", "B", "abc", "ABC", " ", "x y", "\"q\"", "\\", "@", ",", "<", ">", "(c)", ":", ";", "\r\n ", "\n", "\r\n", "1", "_",
    "=?utf-8?q?gr=C3=BC=C3=9Fe?=", "=?iso-8859-1?q?GR=DC=DFE?=", "=?utf-8?b?zqPPhc+C?=", "=?us-ascii?q?a_b?=", " ", ".",
};
static const char *const text_pieces[] = {
    "a", "B", "abc", "ABC", " ", "x y", "\r\n", "gr\303\274\303\237e", "GRU\314\210", "\316\243", "\317\202", "\302\240", "1",
    "\357\275\201", "-", "=20", "?", "\n",
};
static const char *const patterns[] = {
    "A", "B", "ABC", "BC", "", "GR", "GRU\314\210", "\303\237E", "\316\243", "X Y", "@", "A,B", "<", "\"", "\\", "XYZ", "1",
    "A B", " ", "\n", "A@B", ":", "CA", "AA", "BAB", "=20",
};
#define COUNT(array) (sizeof array / sizeof *array)

static char *made(const char *const *pieces, unsigned long count, unsigned long most)
{
    static char buffers[8][2000];
    static int next;
    char *text = buffers[next++ % 8];
    *text = 0;
    for (unsigned long n = draw(most + 1); n; n--)
        strcat(text, pieces[draw(count)]);
    return text;
}

static STRINGLIST *some_patterns(void)
{
    STRINGLIST *list = NIL;
    for (unsigned long n = 1 + draw(3); n; n--)
        list = stringlist(patterns[draw(COUNT(patterns))], list);
    return list;
}

static void headers(void)
{
    reseed(1);
    for (int i = 0; i < 4000; i++) {
        char *text = made(header_pieces, COUNT(header_pieces), 8);
        STRINGLIST *list = some_patterns();
        SIZEDTEXT sized = {(unsigned char *)cpystr(text), strlen(text)};
        long one = mail_search_header_text(text, list), two = mail_search_header(&sized, list);
        show_bytes("header", text, sized.size);
        show_stringlist("  for", list);
        show("  %ld %ld\n", one, two);
        fs_give((void **)&sized.data);
        mail_free_stringlist(&list);
    }
    STRINGLIST *list = stringlist("", NIL);
    show("none %ld\n", mail_search_header_text(NIL, list));
    show("empty %ld\n", mail_search_header_text("", list));
    show("only ends %ld\n", mail_search_header_text("\r\n\r\n", list));
    mail_free_stringlist(&list);
}

static void texts(void)
{
    static char *const charsets[] = {NIL, "utf-8", "US-ASCII", "iso-8859-1", "x-unknown", "UTF-7"};
    reseed(2);
    for (int i = 0; i < 4000; i++) {
        int work = draw(2), plain;
        char *text = made(text_pieces, COUNT(text_pieces), 8), *charset;
        STRINGLIST *list = some_patterns(), *all[4] = {0}, *node;
        SIZEDTEXT sized = {(unsigned char *)cpystr(text), strlen(text)};
        for (plain = 1; *text; text++)
            plain &= !(*text & 0x80);
        /* ASCII and UTF-7 hold no such octets: what then becomes of the rest is deviation 55. */
        charset = charsets[draw(plain ? 5 : 2)];
        int n = 0;
        for (node = list; node; node = node->next)
            all[n++] = node;
        /* Nodes are freed, texts are not. */
        unsigned char *data[4];
        for (int j = 0; j < n; j++)
            data[j] = all[j]->text.data;
        show_bytes("text", sized.data, sized.size);
        show_stringlist("  for", list);
        show("  in %s\n", work ? "canonical UTF-8" : charset ? charset : "NIL");
        show("  %ld\n", work ? mail_search_string_work(&sized, &list) : mail_search_string(&sized, charset, &list));
        show_stringlist("  left", list);
        for (node = list; node; node = node->next)
            node->text.data = NIL;
        mail_free_stringlist(&list);
        for (int j = 0; j < n; j++)
            fs_give((void **)&data[j]);
        fs_give((void **)&sized.data);
    }
}

static char *maybe(unsigned long chance, const char *const *choices, unsigned long count)
{
    return draw(100) < chance ? cpystr(choices[draw(count)]) : NIL;
}

static void addresses(void)
{
    static const char *const names[] = {"Ada", "Ada B. Lovelace", "a,b", "q\"q", "back\\slash", "", "(c)", "x@y", "=?utf-8?q?=C3=BC?=", "A B"};
    static const char *const boxes[] = {"ada", "a b", "a.b", "\"", "", "a@b", "abc", "ABC", "a\\b", "."};
    static const char *const hosts[] = {"b", "example.org", "[1.2.3.4]", "B", ".SYNTAX-ERROR.", "@", ""};
    static const char *const routes[] = {"@a", "@a,@b", "x", ""};
    reseed(3);
    for (int i = 0; i < 4000; i++) {
        ADDRESS *list = NIL;
        for (unsigned long n = draw(4); n; n--) {
            ADDRESS *a = mail_newaddr();
            a->personal = maybe(50, names, COUNT(names));
            a->adl = maybe(10, routes, COUNT(routes));
            a->mailbox = maybe(90, boxes, COUNT(boxes));
            /* A host without a mailbox is death to UW. */
            if (a->mailbox)
                a->host = maybe(90, hosts, COUNT(hosts));
            /* UW makes room for 2,000 octets at a time: a longer address is written behind it (deviation 84). */
            if (a->mailbox && draw(40) == 0) {
                fs_give((void **)&a->mailbox);
                a->mailbox = memset(fs_get(1901), 'a', 1900);
                a->mailbox[1900] = a->mailbox[draw(1900)] = 0;
            }
            a->next = list;
            list = a;
        }
        STRINGLIST *wanted = some_patterns();
        show_stringlist("for", wanted);
        show("  %ld in\n", mail_search_addr(list, wanted));
        show_addresses("  ", "list", list);
        mail_free_stringlist(&wanted);
        mail_free_address(&list);
    }
}

/* A list long enough for UW's buffer to grow. */
static void many_addresses(void)
{
    for (unsigned long count = 100; count <= 400; count += 150) {
        ADDRESS *list = NIL;
        for (unsigned long n = 0; n < count; n++) {
            char number[40];
            ADDRESS *a = mail_newaddr();
            sprintf(number, "n%lun", n);
            a->mailbox = cpystr(number);
            a->host = cpystr("example.org");
            a->next = list;
            list = a;
        }
        for (unsigned long n = 0; n < count + 2; n += 61) {
            char number[40];
            sprintf(number, "N%luN@EXAMPLE.ORG", n);
            STRINGLIST *wanted = stringlist(number, NIL);
            show("%s %ld\n", number, mail_search_addr(list, wanted));
            mail_free_stringlist(&wanted);
        }
        mail_free_address(&list);
    }
}

const struct test_case cases[] = {
    {"headers", headers}, {"texts", texts}, {"addresses", addresses}, {"many_addresses", many_addresses}, {NULL, NULL},
};
