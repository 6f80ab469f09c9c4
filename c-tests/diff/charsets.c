/* utf8.h: the tables of charsets, what texts in them say, and the way back.
 * server: none
 *
 * Long outputs are shown as sums, a line for each block of octets or characters, so that a difference can be found.
 */
#include "../common.h"

/* -- sums ---------------------------------------------------------------------------------- */

static unsigned long sum;

static void begin(void) { sum = 0xcbf29ce484222325UL; }

static void add(unsigned long value)
{
    for (int i = 0; i < 8; i++, value >>= 8) sum = (sum ^ (value & 0xff)) * 0x100000001b3UL;
}

static void add_text(const SIZEDTEXT *text)
{
    add(text->size);
    for (unsigned long i = 0; i < text->size; i++) add(text->data[i]);
}

static void give(SIZEDTEXT *text, const SIZEDTEXT *source)
{
    if (text->data && text->data != source->data) fs_give((void **) &text->data);
}

/* -- what is newer than UW's tables (docs/deviations.md, 56) -------------------------------- */

/* Octets that UW reads as nothing, or Big5 and KOI8-U as other signs; a lead of 0 is a charset of one octet. */
static const struct {
    const char *charsets; /* each with a space behind it */
    unsigned char lead, last_lead, trail, last_trail;
} newer[] = {
    {"KOI8-U KOI8-RU ", 0, 0, 0xb4, 0xb4},
    {"ISO-8859-7 ", 0, 0, 0xa4, 0xa5},
    {"ISO-8859-7 ", 0, 0, 0xaa, 0xaa},
#define GBKS "GBK GB2312 CN-GB WINDOWS-936 CP936 "
    /* where GB 18030 and its fonts have added to GBK */
    {GBKS, 0xa1, 0xa7, 0x40, 0xa0}, {GBKS, 0xa2, 0xa2, 0xab, 0xb0}, {GBKS, 0xa2, 0xa2, 0xe3, 0xe4},
    {GBKS, 0xa2, 0xa2, 0xef, 0xf0}, {GBKS, 0xa2, 0xa2, 0xfd, 0xfe}, {GBKS, 0xa4, 0xa4, 0xf4, 0xfe},
    {GBKS, 0xa5, 0xa5, 0xf7, 0xfe}, {GBKS, 0xa6, 0xa6, 0xb9, 0xc0}, {GBKS, 0xa6, 0xa6, 0xd9, 0xdf},
    {GBKS, 0xa6, 0xa6, 0xec, 0xed}, {GBKS, 0xa6, 0xa6, 0xf3, 0xf3}, {GBKS, 0xa6, 0xa6, 0xf6, 0xfe},
    {GBKS, 0xa7, 0xa7, 0xc2, 0xd0}, {GBKS, 0xa7, 0xa7, 0xf2, 0xfe}, {GBKS, 0xa8, 0xa8, 0x96, 0xa0},
    {GBKS, 0xa8, 0xa8, 0xbc, 0xbc}, {GBKS, 0xa8, 0xa8, 0xbf, 0xbf}, {GBKS, 0xa8, 0xa8, 0xc1, 0xc4},
    {GBKS, 0xa8, 0xa8, 0xea, 0xfe}, {GBKS, 0xa9, 0xa9, 0x58, 0x58}, {GBKS, 0xa9, 0xa9, 0x5b, 0x5b},
    {GBKS, 0xa9, 0xa9, 0x5d, 0x5f}, {GBKS, 0xa9, 0xa9, 0x89, 0x95}, {GBKS, 0xa9, 0xa9, 0x97, 0xa3},
    {GBKS, 0xa9, 0xa9, 0xf0, 0xfe}, {GBKS, 0xaa, 0xaf, 0xa1, 0xfe}, {GBKS, 0xd7, 0xd7, 0xfa, 0xfe},
    {GBKS, 0xf8, 0xfd, 0xa1, 0xfe}, {GBKS, 0xfe, 0xfe, 0x40, 0xfe},
#define BIG5S "BIG5 CN-BIG5 BIG-5 "
    /* the extensions of ETEN and Hong Kong; signs that have a similar neighbour in Unicode */
    {BIG5S, 0x87, 0xa0, 0x40, 0xfe}, {BIG5S, 0xa1, 0xa1, 0x45, 0x45}, {BIG5S, 0xa1, 0xa1, 0x4e, 0x4e},
    {BIG5S, 0xa1, 0xa1, 0x5a, 0x5a}, {BIG5S, 0xa1, 0xa1, 0xc2, 0xc3}, {BIG5S, 0xa1, 0xa1, 0xc5, 0xc5},
    {BIG5S, 0xa1, 0xa1, 0xe3, 0xe3}, {BIG5S, 0xa1, 0xa1, 0xf2, 0xf3}, {BIG5S, 0xa1, 0xa1, 0xfe, 0xfe},
    {BIG5S, 0xa2, 0xa2, 0x40, 0x42}, {BIG5S, 0xa2, 0xa2, 0x44, 0x44}, {BIG5S, 0xa2, 0xa2, 0x46, 0x47},
    {BIG5S, 0xa2, 0xa2, 0xcc, 0xcc}, {BIG5S, 0xa2, 0xa2, 0xce, 0xce}, {BIG5S, 0xa3, 0xa3, 0xc0, 0xe1},
    {BIG5S, 0xc6, 0xc6, 0xa1, 0xfe}, {BIG5S, 0xc7, 0xc8, 0x40, 0xfe}, {BIG5S, 0xf9, 0xf9, 0xd6, 0xfe},
    {BIG5S, 0xfa, 0xfe, 0x40, 0xfe},
    /* signs of row 13 that row 2 has, too; IBM's extensions */
    {"EUC-JP ", 0xad, 0xad, 0xf0, 0xf2}, {"EUC-JP ", 0xad, 0xad, 0xf5, 0xf7}, {"EUC-JP ", 0xad, 0xad, 0xfa, 0xfc},
    {"EUC-JP ", 0xf9, 0xfc, 0xa1, 0xfe},
#define SJIS "SHIFT_JIS SHIFT-JIS "
    {SJIS, 0x87, 0x87, 0x90, 0x92}, {SJIS, 0x87, 0x87, 0x95, 0x97}, {SJIS, 0x87, 0x87, 0x9a, 0x9c},
    {SJIS, 0xed, 0xee, 0x40, 0xfc}, {SJIS, 0xf0, 0xfc, 0x40, 0xfc},
    /* what no table of Shift-JIS has, UW computes all the same: 70 */
    {SJIS, 0x80, 0x80, 0x00, 0xff}, {SJIS, 0xa0, 0xa0, 0x00, 0xff}, {SJIS, 0xfd, 0xff, 0x00, 0xff},
    {SJIS, 0x80, 0xff, 0x00, 0x3f}, {SJIS, 0x80, 0xff, 0x7f, 0x7f}, {SJIS, 0x80, 0xff, 0xfd, 0xff},
#define KOREAN "EUC-KR KSC5601 KSC_5601 KS_C_5601-1987 KS_C_5601-1989 KS_C_5601-1992 KS_C_5601-1997 " \
    "WINDOWS-949 CP949 X-WINDOWS-949 "
    {KOREAN, 0xa2, 0xa2, 0xe6, 0xe7}, /* the euro, the registered sign */
};

static int is_newer(const char *charset, unsigned pair)
{
    char name[50];
    unsigned lead = pair >> 8, trail = pair & 0xff;
    snprintf(name, sizeof name, "%s ", charset);
    for (unsigned i = 0; i < sizeof newer / sizeof *newer; i++) {
        if (lead < newer[i].lead || lead > newer[i].last_lead || trail < newer[i].trail || trail > newer[i].last_trail) continue;
        const char *place = strstr(newer[i].charsets, name);
        if (place && (place == newer[i].charsets || place[-1] == ' ')) return 1;
    }
    return 0;
}

/* -- tables -------------------------------------------------------------------------------- */

static void table(void)
{
    const CHARSET *all = utf8_charset(NULL);
    for (const CHARSET *cs = all; cs->name; cs++) {
        int same = 0;
        while (all[same].type != cs->type || all[same].tab != cs->tab) same++;
        show("%s type %d flags %x script %lx preferred %s ", cs->name, cs->type, cs->flags, cs->script,
             cs->preferred ? cs->preferred : "NIL");
        /* The codepages of IBM and Microsoft for Thai are two tables in UW. */
        show("tab %s found %d\n", !cs->tab ? "NIL" : strcmp(cs->name, "IBM874") ? all[same].name : "WINDOWS-874",
             utf8_charset(cs->name) == cs);
        if (cs->type == CT_1BYTE || cs->type == CT_1BYTE8) {
            const unsigned short *tab = cs->tab;
            for (int i = cs->type == CT_1BYTE ? 128 : 0, k = 0; i < 256; i++, k++) show(" %x", is_newer(cs->name, i) ? 0 : tab[k]);
            show("\n");
        }
        if (cs->type >= CT_EUC && cs->type <= CT_DBYTE2) {
            const struct utf8_eucparam *p = cs->tab;
            for (int i = 0; i < (cs->type == CT_EUC ? 3 : cs->type == CT_DBYTE2 ? 2 : 1); i++) {
                show("  ku %d-%d ten %d-%d tab %lx\n", p[i].base_ku, p[i].max_ku, p[i].base_ten, p[i].max_ten,
                     p[i].base_ten ? !!p[i].tab : (unsigned long) p[i].tab);
            }
        }
    }
    for (SCRIPT *script = utf8_script(NULL); script->name; script++) {
        show("%s (%s) %lx %d\n", script->name, script->description ? script->description : "NIL", script->script,
             utf8_script(script->name) == script);
    }
    static char *const names[] = {"", "x", "latin-1", "Latin-1 ", "JAPANESE", "utf-8", "Utf-8 ", "iso-8859-12", "cyrillic ukranian", NULL};
    for (int i = 0; names[i]; i++) {
        const CHARSET *cs = utf8_charset(names[i]);
        SCRIPT *script = utf8_script(names[i]);
        show("\"%s\": %s %s\n", names[i], cs ? cs->name : "NIL", script ? script->name : "NIL");
    }
}

/* -- reading ------------------------------------------------------------------------------- */

static const long flags[] = {0, U8T_CASECANON, U8T_DECOMPOSE, U8T_CANONICAL};

static void convert(const CHARSET *cs, const unsigned char *octets, unsigned long size, int flag)
{
    SIZEDTEXT source = {(unsigned char *) octets, size}, text = {NULL, 99};
    add(utf8_text(&source, cs->name, &text, flags[flag]));
    add_text(&text);
    give(&text, &source);
}

static void octets(void)
{
    for (const CHARSET *cs = utf8_charset(NULL); cs->name; cs++) {
        if (passed_over()) continue;
        /* UW ends the program at any UCS-4, and reads behind half a character of UTF-16 and Shift-JIS: 70. */
        if (cs->type == CT_UCS4 || cs->type == CT_UTF16) continue;
        show("%s", cs->name);
        for (int flag = 0; flag < 4; flag++) {
            for (int block = 0; block < 256; block += 32) {
                begin();
                for (int i = block; i < block + 32; i++) {
                    unsigned char octet[2] = {i, 0};
                    if (is_newer(cs->name, i) || (cs->type == CT_SJIS && i >= 0x80 && (i <= 0xa0 || i >= 0xe0))) continue;
                    convert(cs, octet, 1, flag);
                }
                show(" %lx", sum >> 48);
            }
        }
        show("\n");
    }
}

static void pairs(void)
{
    for (const CHARSET *cs = utf8_charset(NULL); cs->name; cs++) {
        if (passed_over()) continue;
        if (cs->type != CT_EUC && cs->type != CT_DBYTE && cs->type != CT_DBYTE2 && cs->type != CT_SJIS) continue;
        if (cs[0].type == cs[1].type && cs[0].tab == cs[1].tab) continue; /* another name for the same */
        for (int lead = 0x80; lead < 0x100; lead++) {
            if (cs->type == CT_SJIS && lead >= 0xa1 && lead <= 0xdf) continue;
            begin();
            for (int trail = 0; trail < 0x100; trail++) {
                unsigned char text[5] = {lead, trail, 'z', 'y', 0};
                if (is_newer(cs->name, lead << 8 | trail)) continue;
                /* UW takes 0x80 of GBK by itself: then the next two are a pair. */
                if (lead == 0x80 && is_newer(cs->name, trail << 8 | 'z')) continue;
                convert(cs, text, 3, 0);
                /* All characters go through the same functions, see characters.c. */
                convert(cs, text, 3, 2);
                if (cs->type == CT_EUC && lead == 0x8f) {
                    for (int third = 0; third < 0x100; third++) {
                        text[2] = third;
                        convert(cs, text, 4, 0);
                    }
                }
            }
            show("%s %x %lx\n", cs->name, lead, sum >> 32);
        }
    }
}

/* ucs4_cs_get of each pair, and of what remains when the text ends before. */
static void one_by_one(void)
{
    static const unsigned char thirds[] = {0x00, 0x21, 0xa1, 0xdc, 0xfe};
    for (const CHARSET *cs = utf8_charset(NULL); cs->name; cs++) {
        if (passed_over()) continue;
        if (cs[0].type == cs[1].type && cs[0].tab == cs[1].tab) continue; /* another name for the same */
        for (int lead = 0; lead < 0x100; lead++) {
            /* Of what is no katakana UW returns what happened to lie on the stack: 70. */
            if (cs->type == CT_SJIS && lead >= 0x80 && (lead <= 0xa0 || lead >= 0xe0)) continue;
            begin();
            for (int trail = 0; trail < 0x100; trail++) {
                unsigned char text[5] = {lead, trail, thirds[(lead + trail) % sizeof thirds], 0xa1, 0};
                if (lead < 0x80 && trail % 16) continue;
                if (is_newer(cs->name, lead) || is_newer(cs->name, lead << 8 | trail)) continue;
                for (unsigned long size = 0; size < 5; size++) {
                    unsigned char *place = text;
                    unsigned long left = size;
                    add(ucs4_cs_get((CHARSET *) cs, &place, &left));
                    add(place - text);
                    add(left);
                }
            }
            if (lead % 8 == 7) show("%s %x %lx\n", cs->name, lead, sum >> 32);
        }
    }
}

/* -- writing ------------------------------------------------------------------------------- */

static void show_map(const char *name, const char *charset, const unsigned short *map)
{
    show("%s %s", name, charset);
    for (unsigned block = 0; map && block < 0x10000; block += 0x400) {
        begin();
        for (unsigned c = block; c < block + 0x400; c++) {
            if (map[c] == NOCHAR || is_newer(charset, map[c])) continue;
            add(c);
            add(map[c]);
        }
        show(" %lx", sum >> 48);
    }
    show(map ? "\n" : " NIL\n");
}

static void maps(void)
{
    unsigned short *old = NULL;
    for (const CHARSET *cs = utf8_charset(NULL); cs->name; cs++) {
        if (passed_over()) continue;
        show_map("named", cs->name, utf8_rmap(cs->name));
        show_map("at hand", cs->name, utf8_rmap_cs(cs));
        unsigned short *map = utf8_rmap_gen(cs, NULL);
        show_map("new", cs->name, map);
        if (!map) continue;
        if (old) fs_give((void **) &old);
        old = map;
        memset(old, 0x5a, 0x20000);
        show("old %d\n", utf8_rmap_gen(cs, old) == old);
        show_map("old", cs->name, old);
    }
    if (old) fs_give((void **) &old);
    show_map("none", "US-ASCII", utf8_rmap(NULL));
    show_map("empty", "", utf8_rmap(""));
    show_map("unknown", "x", utf8_rmap("x"));
    show("%d\n", utf8_rmap_cs(NULL) == NULL);
}

static void validity(void)
{
    const CHARSET *all = utf8_charset(NULL);
    unsigned count = 0;
    while (all[count].name) count++;
    for (const CHARSET *cs = all; cs->name; cs++) {
        if (passed_over()) continue;
        char *list[] = {cs->name, NULL};
        unsigned long *map = utf8_csvalidmap(list);
        unsigned short *places = utf8_rmap(cs->type == CT_2022 && map ? "EUC-JP" : cs->name);
        show("%s", cs->name);
        for (unsigned block = 0; map && block < 0x10000; block += 0x400) {
            begin();
            for (unsigned c = block; c < block + 0x400; c++) add((map[c] & 2) && !is_newer(cs->name, places[c]) ? map[c] : map[c] & 1);
            show(" %lx", sum >> 48);
        }
        show(map ? "\n" : " NIL\n");
        if (map) fs_give((void **) &map);
    }
    reseed(1);
    for (int i = 0; i < (int) enough(200); i++) {
        char *list[12];
        unsigned long *map;
        unsigned length = draw(12);
        show("%d:", i);
        for (unsigned k = 0; k < length; k++) {
            do list[k] = draw(40) ? all[draw(count)].name : "x-none";
            while (strstr(GBKS BIG5S KOREAN "ISO-8859-7 KOI8-U KOI8-RU ", list[k])
                   || (draw(10) && (list[k][0] == 'U' || strstr(list[k], "2022"))));
            show(" %s", list[k]);
        }
        list[length] = NULL;
        map = utf8_csvalidmap(list);
        begin();
        for (unsigned c = 0; map && c < 0x10000; c++) add(map[c]);
        show(map ? " %lx\n" : " NIL\n", sum);
        if (map) fs_give((void **) &map);
    }
    unsigned long *map = utf8_csvalidmap(NULL);
    begin();
    for (unsigned c = 0; c < 0x10000; c++) add(map[c]);
    show("none %lx\n", sum);
    fs_give((void **) &map);
}

/* Substitutes of all widths. */
static const unsigned long substitutes[] = {0, '?', 0x7f, 0x80, 0xff, 0x2129, 0xa2ae, 0xffff, 0x12345, 0};

static void show_text(long result, const SIZEDTEXT *source, SIZEDTEXT *text)
{
    show(" %ld %s ", result, !text->data ? "NIL" : text->data == source->data ? "same" : "new");
    if (text->data) {
        show_bytes("", text->data, text->size);
        if (text->data != source->data) show(" %d", text->data[text->size]);
    }
    show("\n");
    give(text, source);
}

static void there(void)
{
    static const unsigned long others[] = {
        0xfeff, 0x1200, 0x1300, 'a', '~', '\\', 0xa0, 0x10ffff, 0x1f600, 0, '\n', 0x1b
    };
    static const char *const broken[] = {"\xe4", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", NULL};
    const CHARSET *all = utf8_charset(NULL);
    unsigned count = 0;
    while (all[count].name) count++;
    reseed(2);
    for (int i = 0; i < (int) enough(5000); i++) {
        const CHARSET *cs = all + draw(count);
        if (!draw(5)) cs = utf8_charset("ISO-2022-JP");
        unsigned short *map = utf8_rmap(!strcmp(cs->name, "ISO-2022-JP") ? "EUC-JP" : cs->name);
        unsigned char data[200], *end = data;
        for (unsigned long k = draw(10); k; k--) {
            unsigned long c = others[draw(draw(4) ? 7 : sizeof others / sizeof *others)];
            if (draw(3) && map) {
                do c = draw(0x10000);
                while (map[c] == NOCHAR || is_newer(cs->name, map[c]));
            }
            end = utf8_put(end, c);
        }
        *end = 0;
        if (!draw(60)) end = (unsigned char *) stpcpy((char *) end, broken[draw(5)]);
        SIZEDTEXT source = {data, end - data}, text = {NULL, 0};
        unsigned long substitute = substitutes[draw(sizeof substitutes / sizeof *substitutes)];
        show("%s %lx ", cs->name, substitute);
        show_bytes("", data, source.size);
        if (map) show(" %lu %lu", utf8_rmapsize(&source, map, substitute, 0), utf8_rmapsize(&source, map, substitute, 7));
        show_text(utf8_cstext(&source, cs->name, &text, substitute), &source, &text);
        if (map) {
            long jp = draw(2) * 5;
            text.data = NULL;
            show_text(utf8_rmaptext(&source, map, &text, substitute, jp), &source, &text);
        }
    }
    SIZEDTEXT source = {(unsigned char *) "abc", 3}, text = {NULL, 0};
    show_text(utf8_cstext(&source, NULL, &text, 0), &source, &text);
    show_text(utf8_cstext(&source, "", &text, 0), &source, &text);
    show_text(utf8_cstext(&source, "x", &text, 0), &source, &text);
}

/* All charsets to all charsets. */
static void across(void)
{
    /* Some of these Big5 writes elsewhere today, and the euro is in more charsets than it was. */
    static const struct { unsigned short c; const char *not_in; } letters[] = {
        {'a', ""}, {'Z', ""}, {'\\', ""}, {'~', ""}, {0xa0, ""}, {0xa3, ""}, {0xe9, ""}, {0xf1, ""}, {0x3b1, ""}, {0x416, BIG5S},
        {0x5d0, ""}, {0xe01, ""}, {0x1eb2, ""}, {0x20ac, GBKS BIG5S KOREAN "ISO-8859-7 "}, {0x2500, ""}, {0x3042, BIG5S}, {0x30a2, BIG5S},
        {0xff71, ""}, {0x4e2d, ""}, {0x6587, ""}, {0x5b57, ""}, {0xac00, ""}, {0xae00, ""}, {0x3000, ""}, {0x2015, ""}
    };
    const CHARSET *all = utf8_charset(NULL);
    reseed(3);
    for (const CHARSET *from = all; from->name; from++) {
        for (const CHARSET *to = all; to->name; to++) {
            /* UW has one map at a time: 71. */
            unsigned short *map = utf8_rmap(!strcmp(from->name, "ISO-2022-JP") ? "EUC-JP" : from->name);
            /* UW dies of UCS-4, and reads behind UTF-16. Its tables of Thai are two, ours are one. */
            if (from->type == CT_UCS4 || from->type == CT_UTF16) continue;
            if (strstr("IBM874 WINDOWS-874 CP874", from->name) && strstr("IBM874 WINDOWS-874 CP874", to->name)) continue;
            char destination[50];
            unsigned char data[200], *end = data;
            snprintf(destination, sizeof destination, "%s ", to->name);
            for (unsigned long k = draw(8); k; k--) {
                int which = draw(sizeof letters / sizeof *letters);
                unsigned long c = letters[which].c;
                if (strstr(letters[which].not_in, destination)) continue;
                if (!map && from->type != CT_UTF8 && c > 0x7f) c = 'u';
                if (map && (map[c] == NOCHAR || is_newer(from->name, map[c]))) c = 'x';
                end = utf8_put(end, c);
            }
            SIZEDTEXT utf8 = {data, end - data}, source = utf8, text = {NULL, 0};
            if (from->type != CT_UTF8 && !utf8_cstext(&utf8, from->name, &source, '?')) source = utf8;
            source.size -= !draw(6) && source.size && from->type != CT_SJIS;
            unsigned long substitute = substitutes[draw(sizeof substitutes / sizeof *substitutes)];
            show("%s to %s %lx ", from->name, to->name, substitute);
            show_bytes("", source.data, source.size);
            show_text(utf8_cstocstext(&source, draw(20) ? from->name : "", &text, to->name, substitute), &source, &text);
            if (source.data != utf8.data) fs_give((void **) &source.data);
        }
    }
    SIZEDTEXT source = {(unsigned char *) "a\xc3\xa4", 3}, text = {NULL, 0};
    show_text(utf8_cstocstext(&source, NULL, &text, "ISO-8859-1", 0), &source, &text);
    text.data = NULL;
    show_text(utf8_cstocstext(&source, "x", &text, "ISO-8859-1", 0), &source, &text);
    show_text(utf8_cstocstext(&source, "UTF-8", &text, "x", 0), &source, &text);
    show_text(utf8_cstocstext(&source, "UTF-8", &text, NULL, 0), &source, &text);
    show_text(utf8_cstocstext(&source, "UTF-8", &text, "", 0), &source, &text);
}

static void inferred(void)
{
    static const char *const pieces[] = {
        "a", "\x1b", "$", "(", "B", "J", "@", "D", "H", "I", "\x1b$B", "\x1b(B", "\x1b(J", "0!", "\xc3", "\xbc", "\xc3\xbc",
        "\xe2\x82\xac", "\xf0\x90\x90\xa8", "\xff", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80", "\xe2\x82"
    };
    const CHARSET *cs = utf8_infercharset(NULL);
    show("none %s\n", cs ? cs->name : "NIL");
    reseed(4);
    for (int i = 0; i < (int) enough(5000); i++) {
        char data[100], *end = data;
        for (unsigned long k = draw(draw(2) ? 4 : 10); k; k--) end = stpcpy(end, pieces[draw(draw(3) ? 14 : 24)]);
        SIZEDTEXT source = {(unsigned char *) data, end - data};
        cs = utf8_infercharset(&source);
        show_bytes("", data, source.size);
        show(" %s %d\n", cs ? cs->name : "NIL", cs && cs == utf8_charset(cs->name));
    }
}

const struct test_case cases[] = {
    {"table", table}, {"octets", octets}, {"pairs", pairs}, {"one_by_one", one_by_one}, {"maps", maps},
    {"validity", validity}, {"there", there}, {"across", across},
    {"inferred", inferred}, {NULL, NULL},
};
