/* utf8.h: single characters, all of them: width, title case, decomposition; and texts through a program's functions.
 * server: none
 *
 * A line is 256 characters.
 */
#include "../common.h"

static unsigned long sum;

static void add(unsigned long value)
{
    for (int i = 0; i < 8; i++, value >>= 8) sum = (sum ^ (value & 0xff)) * 0x100000001b3UL;
}

static void form(unsigned long c);

/* Code points of Unicode and some behind, without what `newer` says is younger than Unicode 5.0; `tell` sums them up. */
static void each(const char *label, int (*newer)(unsigned long), void (*tell)(unsigned long))
{
    for (unsigned long block = 0; block < 0x110400; block += 0x100) {
        if (passed_over()) continue;
        sum = 0xcbf29ce484222325UL;
        if (tell == form && block > 0x1ffff && block % 0x3500) continue; /* hardly anything in these planes */
        for (unsigned long c = block; c < block + 0x100; c++) {
            if (!newer(c)) tell(c);
        }
        show("%s %lx %lx\n", label, block, sum >> 40);
    }
    static const unsigned long beyond[] = {0x7fffffff, 0xffffffff7fffffff, 0x100000041, 0x1000000e4, 0x40000000};
    for (unsigned i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        sum = 0;
        tell(beyond[i]);
        show("%s %lx %lx\n", label, beyond[i], sum >> 40);
    }
}

struct range { unsigned long first, last; };

static int within(const struct range *range, unsigned long c)
{
    while (range->last && c > range->last) range++;
    return range->last && c >= range->first;
}

static int none(unsigned long c) { (void) c; return 0; }

/* Small letters whose capitals came after Unicode 5.0, and the blocks that came with them. */
static int newer_title(unsigned long c)
{
    static const struct range ranges[] = {
        {0x19b, 0x19b}, {0x23f, 0x240}, {0x250, 0x252}, {0x25c, 0x25c}, {0x261, 0x261}, {0x264, 0x266}, {0x26a, 0x26a},
        {0x26c, 0x26c}, {0x271, 0x271}, {0x282, 0x282}, {0x287, 0x287}, {0x29d, 0x29e}, {0x370, 0x377}, {0x3d7, 0x3d7},
        {0x3f3, 0x3f3}, {0x514, 0x52f}, {0x13f8, 0x13fd}, {0x1c80, 0x1cbf}, {0x1d79, 0x1d79}, {0x1d8e, 0x1d8e},
        {0x1efa, 0x1eff}, {0x2c5f, 0x2c5f}, {0x2c73, 0x2c73}, {0x2ceb, 0x2cf3}, {0x2d27, 0x2d2d}, {0xa640, 0xa6ff},
        {0xa722, 0xa7ff}, {0xab30, 0xabbf}, {0x104b0, 0x104ff}, {0x10570, 0x10fff}, {0x11800, 0x11fff},
        {0x16000, 0x16fff}, {0x1e900, 0x1e9ff}, {0, 0}
    };
    return within(ranges, c);
}

static int newer_decomposition(unsigned long c)
{
    static const struct range ranges[] = {
        {0x558, 0x558}, {0x58b, 0x58c}, {0x2095, 0x209f}, {0x2150, 0x2152}, {0x2189, 0x2189}, {0x2c7c, 0x2c7d},
        {0x3244, 0x3247}, {0x32ff, 0x32ff}, {0xa640, 0xa6ff}, {0xa722, 0xa7ff}, {0xab30, 0xabbf}, {0xfa2e, 0xfa2f},
        {0xfa6b, 0xfa6d}, {0x10500, 0x1cfff},
        /* not newer, but shifted by one in UW's table: 55 */
        {0x1d4a4, 0x1d4b0}, {0x1d50c, 0x1d510},
        {0x1d6a6, 0x1d6a7}, {0x1d800, 0x1ffff}, {0, 0}
    };
    return within(ranges, c);
}

static int newer_form(unsigned long c) { return newer_title(c) || newer_decomposition(c); }

static void width(unsigned long c) { add(ucs4_width(c)); }
static void title(unsigned long c) { add(ucs4_titlecase(c)); }

static void parts(unsigned long c, unsigned long (*step)(unsigned long, void **))
{
    void *more = &more;
    add(step(c, &more));
    while (more) add(step(U8G_ERROR, &more));
    add(~0UL);
}

static void once(unsigned long c) { parts(c, ucs4_decompose); }
static void wholly(unsigned long c) { parts(c, ucs4_decompose_recursive); }

/* Canonical UTF-8, and that again. */
static void form(unsigned long c)
{
    static const long flags[] = {U8T_CASECANON, U8T_DECOMPOSE, U8T_CANONICAL};
    unsigned char data[8];
    if (c > 0x7fffffff) return;
    for (int i = 0; i < 3; i++) {
        SIZEDTEXT source = {data, utf8_put(data, c) - data}, text = {NULL, 0};
        add(utf8_text(&source, "UTF-8", &text, flags[i]));
        add(text.size);
        for (unsigned long k = 0; k < text.size; k++) add(text.data[k]);
        add(utf8_textwidth(&text));
        if (text.data != source.data) fs_give((void **) &text.data);
    }
}

static void widths(void) { each("width", none, width); }
static void titles(void) { each("title", newer_title, title); }
static void decompositions(void)
{
    each("once", newer_decomposition, once);
    each("wholly", newer_decomposition, wholly);
}
static void forms(void) { each("form", newer_form, form); }

/* -- drawn texts --------------------------------------------------------------------------- */

static const unsigned long letters[] = {
    'a', 'B', ' ', '\t', 0x7f, 0x85, 0xe4, 0xad, 0x301, 0x3b1, 0x430, 0x1d5, 0x5d0, 0x1100, 0xac00, 0x2460, 0x3042, 0x4e2d,
    0xff21, 0xff71, 0xfdfa, 0xfb01, 0xfacf, 0xfffd, 0xfeff, 0xe000, 0x1d15e, 0x1d400, 0x10428, 0x1f600, 0x20000, 0x2f800,
    0x40000, 0xe0020, 0xf0000, 0x10fffd, 0x2fffe
};

static unsigned char *text_of(unsigned char *end, unsigned long count)
{
    static const char *const broken[] = {"\xe4", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xc0\x80"};
    while (count--) end = utf8_put(end, draw(10) ? letters[draw(sizeof letters / sizeof *letters)] : draw(0x180));
    *end = 0;
    return draw(20) ? end : (unsigned char *) stpcpy((char *) end, broken[draw(6)]);
}

static void text_widths(void)
{
    reseed(1);
    for (int i = 0; i < (int) enough(4000); i++) {
        unsigned char data[100], *end = text_of(data, draw(12));
        SIZEDTEXT text = {data, end - data};
        show_bytes("", data, text.size);
        show(" %lx %lx\n", utf8_strwidth(data), utf8_textwidth(&text));
    }
}

static void code_points(void)
{
    static char *const names[] = {"US-ASCII", "ISO-8859-1", "KOI8-R", "VISCII", "EUC-JP", "SHIFT_JIS", "CN-GB-12345", NULL};
    static const unsigned long substitutes[] = {0, '?', 0xff, 0x2129, 0xffff, 0x12345};
    reseed(2);
    for (int i = 0; i < (int) enough(4000); i++) {
        char *name = names[draw(7)];
        unsigned short *map = utf8_rmap(name);
        unsigned long codes[10], count = draw(10), substitute = substitutes[draw(6)];
        unsigned char buffer[40];
        SIZEDTEXT text = {NULL, 77};
        for (unsigned long k = 0; k < count; k++) codes[k] = draw(3) ? letters[draw(draw(9) ? 26 : 37)] : draw(0x500);
        if (!draw(9) && count) codes[0] = 0x7fffffff;
        show("%s %lx:", name, substitute);
        for (unsigned long k = 0; k < count; k++) show(" %lx", codes[k]);
        long good = ucs4_rmaptext(codes, count, map, &text, substitute);
        show(" = %ld %ld %lu", ucs4_rmaplen(codes, count, map, substitute), good, text.size);
        if (good) {
            show_bytes("", text.data, text.size + 1);
            fs_give((void **) &text.data);
        }
        memset(buffer, 'x', sizeof buffer);
        show(" %ld", ucs4_rmapbuf(buffer, codes, count, map, substitute));
        show_bytes("", buffer, sizeof buffer);
        show("\n");
    }
}

/* -- through a program's functions --------------------------------------------------------- */

/* Characters stay in the plane where they are: UW writes others only from Unicode's own charsets. */
static unsigned long turned(unsigned long c) { return c < 0x80 ? c ^ 4 : c < 0xd000 ? c + 1 : c; }
static unsigned long far(unsigned long c) { return c < 0x100 ? 0x10000UL << (c & 7) | c : c; }

static unsigned long with_marks(unsigned long c, void **more)
{
    static const unsigned long marks[] = {'+', 0x301, 0x4e00, 0};
    if (c & U8G_ERROR) {
        const unsigned long *next = *more;
        *more = next[1] ? (void *) (next + 1) : NULL;
        return *next;
    }
    *more = c % 3 ? NULL : (void *) (marks + c % 2);
    return c;
}

static const struct { const char *name; ucs4cn_t cv; ucs4de_t de; } functions[] = {
    {"none", NULL, NULL}, {"turned", turned, NULL}, {"marks", NULL, with_marks}, {"both", turned, with_marks},
    {"own title", ucs4_titlecase, NULL}, {"own once", NULL, ucs4_decompose}, {"own", ucs4_titlecase, ucs4_decompose_recursive},
    {"far", far, with_marks}
};
enum { NOT_OWN = 4, NOT_FAR = 7, ALL };

static void show_text(const SIZEDTEXT *source, SIZEDTEXT *text)
{
    show_bytes(text->data == source->data ? " same" : " new", text->data, text->size);
    if (text->data != source->data) {
        show(" %d", text->data[text->size]);
        fs_give((void **) &text->data);
    }
}

static void through(void)
{
    static const char *const octets = "aBz09 +-/\\~\t!#$&\"\x1b(JB\x0e\x0f";
    const CHARSET *all = utf8_charset(NULL);
    unsigned count = 0;
    while (all[count].name) count++;
    reseed(3);
    for (int i = 0; i < (int) enough(6000); i++) {
        const CHARSET *cs = all + draw(count);
        unsigned char data[100], *end = data;
        int unicode = cs->type == CT_UTF8 || cs->type == CT_ASCII;
        /* Any two octets may be a character of these, younger ones too, and those are compared above. */
        int any = cs->type == CT_UCS2 || cs->type == CT_2022 || cs->type == CT_UTF7;
        int which = draw(unicode ? ALL : any ? NOT_OWN : NOT_FAR);
        if (cs->type == CT_UCS4 || cs->type == CT_UTF16) continue; /* 70 */
        if (unicode) end = text_of(data, draw(9));
        else {
            for (unsigned long k = draw(12); k; k--) *end++ = octets[draw(24)];
            for (unsigned char *at = data; at < end; at++) {
                /* Behind a shift by escape sequence UW takes text for another: 56. */
                if (cs->type == CT_2022 && *at == '~') *at = 'a';
                /* Without these no base64 has a surrogate: 56. */
                if (cs->type == CT_UTF7 && *at == 'a') *at = 'B';
                if (cs->type == CT_UTF7 && *at == '9') *at = '0';
            }
            /* Octets above 0x7f are for charsets.c; but Latin-1 stands for those of one octet. */
            if (cs->type == CT_1BYTE0) for (unsigned long k = draw(5); k; k--) *end++ = 0xc0 + draw(0x40);
            *end = 0;
        }
        SIZEDTEXT source = {data, end - data}, text = {NULL, 0};
        show("%s %s ", cs->name, functions[which].name);
        show_bytes("", data, source.size);
        show(" %ld", utf8_text_cs(&source, cs, &text, functions[which].cv, functions[which].de));
        show_text(&source, &text);
        text.data = NULL;
        switch (cs->type) {
        case CT_1BYTE0: utf8_text_1byte0(&source, &text, functions[which].cv, functions[which].de); break;
        case CT_1BYTE: utf8_text_1byte(&source, &text, cs->tab, functions[which].cv, functions[which].de); break;
        case CT_1BYTE8: utf8_text_1byte8(&source, &text, cs->tab, functions[which].cv, functions[which].de); break;
        case CT_EUC: utf8_text_euc(&source, &text, cs->tab, functions[which].cv, functions[which].de); break;
        case CT_DBYTE: utf8_text_dbyte(&source, &text, cs->tab, functions[which].cv, functions[which].de); break;
        case CT_DBYTE2: utf8_text_dbyte2(&source, &text, cs->tab, functions[which].cv, functions[which].de); break;
        case CT_SJIS: utf8_text_sjis(&source, &text, functions[which].cv, functions[which].de); break;
        case CT_2022: utf8_text_2022(&source, &text, functions[which].cv, functions[which].de); break;
        case CT_UTF7: utf8_text_utf7(&source, &text, functions[which].cv, functions[which].de); break;
        case CT_UCS2: utf8_text_ucs2(&source, &text, functions[which].cv, functions[which].de); break;
        case CT_UTF8: utf8_text_utf8(&source, &text, functions[which].cv, functions[which].de); break;
        default: text.data = source.data, text.size = source.size;
        }
        show_text(&source, &text);
        show("\n");
    }
    /* UTF-16, whole characters only. */
    for (int i = 0; i < (int) enough(500); i++) {
        unsigned char data[60];
        unsigned long size = 0;
        int which = draw(ALL);
        for (unsigned long k = draw(8); k; k--) {
            unsigned long c = letters[draw(sizeof letters / sizeof *letters)];
            if (c > 0xffff) {
                c -= 0x10000;
                data[size++] = 0xd8 | c >> 18;
                data[size++] = c >> 10;
                c = 0xdc00 | (c & 0x3ff);
            }
            data[size++] = c >> 8;
            data[size++] = c;
        }
        SIZEDTEXT source = {data, size}, text = {NULL, 0};
        show("UTF-16 %s ", functions[which].name);
        show_bytes("", data, size);
        utf8_text_utf16(&source, &text, functions[which].cv, functions[which].de);
        show_text(&source, &text);
        show("\n");
    }
}

/* -- a program's tables -------------------------------------------------------------------- */

static void own_tables(void)
{
    static unsigned short main_cells[12 * 5], third_cells[14 * 5], second_cells[3 * 4], half[128], full[256], two[4 * 7];
    static const unsigned char likely[] = {'a', 'z', 0x80, 0x8e, 0x8f, 0xa1, 0xa2, 0xa3, 0xa5, 0xa6, 0xac, 0xad, 0xae, 0xff, 0x41, 0x42, 0x45};
    reseed(4);
    for (int i = 0; i < 60; i++) {
        unsigned short *const filled[] = {main_cells, third_cells, second_cells, half, full, two};
        static const int sizes[] = {60, 70, 12, 128, 256, 28};
        for (int k = 0; k < 6; k++) {
            for (int j = 0; j < sizes[k]; j++) filled[k][j] = draw(4) ? 0x20 + draw(0xd700) : UBOGON;
        }
        struct utf8_eucparam euc[3] = {
            {0x21, 0x21, 12, 5, main_cells}, {0x21, 0x22, 3, 4, second_cells}, {0x22, 0x21, 14, 5, third_cells}
        };
        static const struct utf8_eucparam single = {0xa1, 0, 0xa8, 0, (void *) 0x3000}, absent = {0, 0, 0, 0, NULL};
        struct utf8_eucparam pair = {0xa1, 0x41, 12, 5, main_cells};
        struct utf8_eucparam planes[2] = {{0xa1, 0x41, 4, 3, two}, {0xa1, 0xa1, 4, 4, NULL}};
        if (draw(2)) euc[1] = draw(2) ? single : absent;
        if (!draw(3)) euc[2] = draw(2) ? single : absent;
        CHARSET own[] = {
            {"HALF", CT_1BYTE, 0, half, 0, NULL}, {"FULL", CT_1BYTE8, 0, full, 0, NULL}, {"EUC", CT_EUC, 0, euc, 0, NULL},
            {"PAIRS", CT_DBYTE, 0, &pair, 0, NULL}, {"PLANES", CT_DBYTE2, 0, planes, 0, NULL}, {"UNKNOWN", CT_UNKNOWN, 0, NULL, 0, NULL},
            {"WIDE", CT_UCS2, 0, NULL, 0, NULL}
        };
        for (int k = 0; k < 7; k++) {
            for (int j = 0; j < 20; j++) {
                unsigned char data[20];
                unsigned long size = draw(12);
                for (unsigned long at = 0; at < size; at++) data[at] = likely[draw(sizeof likely)];
                SIZEDTEXT source = {data, size}, text = {NULL, 0};
                show("%s ", own[k].name);
                show_bytes("", data, size);
                show(" %ld", utf8_text_cs(&source, own + k, &text, NULL, NULL));
                show_text(&source, &text);
                unsigned char *place = data;
                unsigned long left = size, c;
                do {
                    c = ucs4_cs_get(own + k, &place, &left);
                    show(" %lx", c);
                } while (!(c & U8G_ERROR));
                show("\n");
            }
            unsigned short *map = utf8_rmap_gen(own + k, NULL);
            sum = 0;
            for (unsigned c = 0; map && c < 0x10000; c++) add(map[c]);
            show("map %d %lx\n", map != NULL, sum);
            if (map) fs_give((void **) &map);
        }
    }
    for (int k = 0; k < 2; k++) {
        CHARSET own = {"OWN", CT_1BYTE, 0, half, 0, NULL};
        unsigned short *map = utf8_rmap_cs(&own);
        show("%d %d\n", map != NULL, utf8_rmap_cs(&own) == map);
        half[5] = 0x1234;
    }
}

const struct test_case cases[] = {
    {"widths", widths}, {"titles", titles}, {"decompositions", decompositions}, {"forms", forms},
    {"text_widths", text_widths}, {"code_points", code_points}, {"through", through}, {"own_tables", own_tables}, {NULL, NULL},
};
