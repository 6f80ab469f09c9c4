/* Texts in charsets that UW cannot be compared on: it reads behind them, ends the program, or takes another way.
 * server: none
 */
#include "common.h"
#include <time.h>

static SIZEDTEXT converted(const char *charset, const void *data, unsigned long size)
{
    SIZEDTEXT source = {(unsigned char *) data, size}, text = {NULL, 0};
    check(utf8_text(&source, (char *) charset, &text, 0) == T, "%s is known", charset);
    return text;
}

static void expect(const char *charset, const char *data, unsigned long size, const char *wanted)
{
    SIZEDTEXT text = converted(charset, data, size);
    check(text.size == strlen(wanted) && !memcmp(text.data, wanted, text.size), "%s: %lu octets become %s", charset, size, wanted);
    if (text.data != (unsigned char *) data) fs_give((void **) &text.data);
}

/* Each text lies at the end of its block, so that valgrind sees whoever reads on. */
static void cut_short(void)
{
    static const struct { const char *charset, *data; unsigned long size; const char *wanted; } texts[] = {
        {"SHIFT_JIS", "a\x93", 2, "a\xef\xbf\xbd"}, {"SHIFT_JIS", "\x93\xff", 2, "\xef\xbf\xbd"},
        {"EUC-JP", "\x8f\xb0", 2, "\xef\xbf\xbd"}, {"GBK", "\xd6", 1, "\xef\xbf\xbd"}, {"BIG5", "\xa4\0z", 3, "\xef\xbf\xbdz"},
        {"UTF-16", "\xd8\x3d", 2, "\xef\xbf\xbd"}, {"UTF-16", "\xd8\x3d\xde", 3, "\xef\xbf\xbd"}, {"UTF-16", "\0", 1, ""},
        {"UCS-4", "\0\x01\xf6\0\0\0", 6, "\xf0\x9f\x98\x80"}, {"UCS-4", "\xff\0\0\0", 4, "\xef\xbf\xbd"},
        {"ISO-2022-JP", "\x1b$B0", 4, "\xef\xbf\xbd"}, {"ISO-2022-JP", "\x1b$", 2, ""}, {"UTF-7", "+", 1, ""}, {"UTF-7", "+2D0-", 5, ""},
    };
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *data = malloc(texts[i].size);
        memcpy(data, texts[i].data, texts[i].size);
        expect(texts[i].charset, data, texts[i].size, texts[i].wanted);
        for (const CHARSET *cs = utf8_charset(NULL); cs->name; cs++) {
            unsigned char *place = (unsigned char *) data;
            unsigned long left = texts[i].size, steps = 0;
            while (!(ucs4_cs_get((CHARSET *) cs, &place, &left) & U8G_ERROR)) steps++;
            check(left + (place - (unsigned char *) data) == texts[i].size && steps <= texts[i].size, "%s stays within", cs->name);
        }
        free(data);
    }
    unsigned char pair[] = {0x93, 0xfa}, *place = pair;
    unsigned long left = 2;
    check(ucs4_cs_get((CHARSET *) utf8_charset("SHIFT_JIS"), &place, &left) == 0x65e5 && !left, "a pair of Shift-JIS");
}

/* Time and memory go with the size. */
static void large(void)
{
    enum { SIZE = 1 << 17 };
    unsigned char *data = malloc(SIZE);
    for (unsigned long i = 0; i < SIZE; i++) data[i] = "\x1b$B0!(J\x0e\x8f\xa1\xfe+A/\xd8\x3d\0z"[draw(19)];
    clock_t start = clock();
    for (const CHARSET *cs = utf8_charset(NULL); cs->name; cs++) {
        if (cs[0].type == cs[1].type && cs->type != CT_DBYTE) continue;
        SIZEDTEXT text = converted(cs->name, data, SIZE), back = {NULL, 0};
        check(text.size <= 3 * SIZE, "%s: at most three octets for one", cs->name);
        utf8_textwidth(&text);
        if (utf8_cstext(&text, cs->name, &back, '?')) {
            check(back.size <= 8 * text.size, "%s: %lu octets", cs->name, back.size);
            fs_give((void **) &back.data);
        }
        if (text.data != data) fs_give((void **) &text.data);
    }
    check((clock() - start) / CLOCKS_PER_SEC < 30, "in %ld s", (long) ((clock() - start) / CLOCKS_PER_SEC));
    free(data);
}

/* Maps are not overwritten; a word has room for so many charsets. */
static void maps(void)
{
    unsigned short *greek = utf8_rmap("ISO-8859-7"), *russian = utf8_rmap("KOI8-R");
    check(greek[0x3b1] == 0xe1 && russian[0x430] == 0xc1, "both maps stand");
    check(utf8_rmap("iso-8859-7") == greek && utf8_rmap("EUC-KR") == utf8_rmap("CP949"), "each is there once");
    check(utf8_rmap("UTF-8") == NULL && utf8_rmap("UCS-2") == NULL, "no map of Unicode");
    enum { MANY = 8 * sizeof(unsigned long) };
    char *names[MANY + 1];
    for (int i = 0; i < MANY; i++) names[i] = "ISO-8859-1";
    names[MANY] = names[MANY - 1] = NULL;
    unsigned long *map = utf8_csvalidmap(names);
    check(map && map[0xe9] == ~0UL && map[0x100] == 1, "all bits");
    if (map) fs_give((void **) &map);
    names[MANY - 1] = "ISO-8859-1";
    check(!utf8_csvalidmap(names), "one too many");
    unsigned long code = 0x4000000041, *codes = &code;
    check(ucs4_rmaplen(codes, 1, greek, '?') == -1, "no place in the map");
}

static unsigned long far(unsigned long c) { return 0x10000 + c; }

/* What a program's function returns may lie in another plane, in any charset. */
static void other_planes(void)
{
    SIZEDTEXT source = {(unsigned char *) "A", 1}, text = {NULL, 0};
    utf8_text_1byte0(&source, &text, far, NULL);
    check(text.size == 4 && !memcmp(text.data, "\xf0\x90\x81\x81", 4), "U+10041");
    fs_give((void **) &text.data);
}

/* UW ends the program. */
static void nobody_began(void)
{
    void *more = NULL;
    quiet = 1;
    check(ucs4_decompose(U8G_ERROR, &more) == 0 && errors_logged == 1, "nothing to go on with");
    check(ucs4_decompose_recursive(U8G_ERROR, &more) == 0 && errors_logged == 2, "nothing to go on with");
}

const struct test_case cases[] = {
    {"cut_short", cut_short}, {"large", large}, {"maps", maps}, {"other_planes", other_planes}, {"nobody_began", nobody_began},
    {NULL, NULL},
};
