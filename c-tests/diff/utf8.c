/* utf8.h, utf8aux.h: texts, header fields, search programs and mailbox names in UTF-8, most of them made at random.
 * server: none
 */
#include "../common.h"

/* `count` of the strings in `pieces`, which ends with NULL, one behind the other; returns the length. */
static unsigned long mix(char *out, const char *const *pieces, unsigned count)
{
    unsigned pieces_count = 0;
    char *end = out;
    while (pieces[pieces_count]) pieces_count++;
    while (count--) end = stpcpy(end, pieces[draw(pieces_count)]);
    *end = 0;
    return end - out;
}

/* Shows a result and frees it as PHP does: when its data is not that of the source. */
static void show_text(const char *label, long result, SIZEDTEXT *source, SIZEDTEXT *text)
{
    show("%s %ld %s ", label, result, text->data == source->data ? "same" : "new");
    show_bytes("", text->data, text->size);
    if (text->data != source->data) {
        show("then %d\n", text->data[text->size]);
        fs_give((void **) &text->data);
    }
}

static const char *const charsets[] = {
    "UTF-8", "us-ascii", "ISO-8859-1", "iso-8859-15", "KOI8-R", "WINDOWS-1252", "UTF-7", "ISO-2022-JP", "GB2312",
    "UCS-2", "", "x-unknown", "ISO-8859-1*en", NULL
};

static const char *const letters[] = {
    "a", "B", " ", "+", "-", "&", "\xc3\xa4", "\xc3\x9f", "\xce\xb1", "\xd0\x96", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
    "\xe4", "\xc0", "z", "1", "\x1b$B$\"\x1b(B", "\x1b(B", "\x1b(J", "\r\n", NULL
};

static void texts(void)
{
    static const long flags[] = {0, U8T_CASECANON, U8T_DECOMPOSE, U8T_CANONICAL};
    char data[100];
    reseed(1);
    for (int i = 0; i < 1500; i++) {
        SIZEDTEXT source = {(unsigned char *) data, mix(data, letters, draw(9))}, text = {NULL, 99};
        /* Characters beyond Unicode 5.0 and pairs of octets that today's tables know are in docs/deviations.md. */
        const char *charset = draw(3) ? charsets[draw(7)] : NULL;
        long flag = flags[draw(4)];
        show("%s %ld ", charset ? charset : "NIL", flag);
        show_bytes("", data, source.size);
        show_text("", utf8_text(&source, (char *) charset, &text, flag), &source, &text);
    }
    for (int i = 0; charsets[i]; i++) {
        SIZEDTEXT source = {(unsigned char *) "a\xe4", 2};
        show("%s: %ld %ld\n", charsets[i], utf8_text(&source, (char *) charsets[i], NULL, 0),
             utf8_text(NULL, (char *) charsets[i], NULL, 0));
    }
}

static void bad_charsets(void)
{
    for (int i = 0; charsets[i]; i++) {
        char *line = utf8_badcharset((char *) charsets[i]);
        show_string(charsets[i], line);
        if (line) fs_give((void **) &line);
    }
    show_string("NULL", utf8_badcharset(NULL));
}

static void header(const char *text, unsigned long size, long flags)
{
    char data[2000];
    SIZEDTEXT source = {(unsigned char *) data, size}, result = {NULL, 99};
    memcpy(data, text, size);
    data[size] = 0;
    show("%ld ", flags);
    show_bytes("header", text, size);
    long good = utf8_mime2text(&source, &result, flags);
    show_text("", good, &source, &result);
    show("source %d\n", memcmp(data, text, size + 1));
}

static void headers(void)
{
    static const char *const pieces[] = {
        "=?ISO-8859-1?Q?gr=FC=DFe_b?=", "=?utf-8?B?w6TDtsO8?=", "=?UTF-8*de?q?=C3=A4?=", "=?x-none?Q?a=E4?=", "=?utf-8?q?a", "=?KOI8-R?B?8NLJ18XU?=",
        "=?utf-8?Q?a b?=", "=?us-ascii?Q?plain?=", "?=", "=?", " ", " ", " ", "\t", "\r\n ", "\r\n\t ", "\n ",
        "word", "A", "caf\xc3\xa9", "b\xe4r", "\xce\xb1", "=?iso-8859-15?q?=A4?=", "=?utf-8?B?YQ==?=", NULL
    };
    static const char *const spaced[] = {
        "=?ISO-8859-1?Q?gr=FC=DFe_b?= ", "=?utf-8?B?w6TDtsO8?= ", "=?UTF-8*de?q?=C3=A4?=\r\n ", "=?utf-8?Q?=C3?= ", "x ", NULL
    };
    static const char *const broken[] = {
        "a =?utf-8?Q?=zz?= b", "=?utf-8?X?abcd?=", "=?utf-8?B?=====?=", "=?utf-8?Q?a?= =?utf-8?Q?=4?=", "", "=?utf-8?Q?" "?=", "=?utf-8?B?YQ==YWJj?= b", NULL
    };
    char data[2000];
    reseed(2);
    for (int i = 0; i < 1000; i++) {
        unsigned long size = i & 1 ? mix(data, pieces, draw(8)) : mix(data, spaced, draw(6));
        header(data, size, 0);
        header(data, size, U8T_DECOMPOSE);
    }
    for (int i = 0; broken[i]; i++) {
        header(broken[i], strlen(broken[i]), 0);
        header(broken[i], strlen(broken[i]), U8T_CANONICAL);
    }
}

/* To be compared: what stands outside of encoded words is ASCII here. */
static void canonical_headers(void)
{
    static const char *const pieces[] = {
        "=?ISO-8859-1?Q?gr=FC=DFe_b?= ", "=?utf-8?B?w6TDtsO8?= ", "=?UTF-8*de?q?=CE=B1?=\r\n ", "=?x-none?Q?abc?= ", "word ", "Two", "\t", NULL
    };
    char data[2000];
    reseed(3);
    for (int i = 0; i < 500; i++) {
        unsigned long size = mix(data, pieces, draw(8));
        header(data, size, U8T_CANONICAL);
        header(data, size, U8T_CASECANON);
    }
}

static void names(void)
{
    static const char *const utf7[] = {
        "a", "INBOX", "&", "&-", "&AOQ-", "&AOQA9g-", "&ZeVnLIqe-", "+", "-", ",", "/", "&AOQ", "&A,-", "&ACY-", "&ACs-", "\xe4", "&!-", "~", NULL
    };
    static const char *const utf8[] = {
        "a", "INBOX", "&", "-", "+", ",", "/", "\xc3\xa4", "\xe6\x97\xa5\xe6\x9c\xac", "\xe2\x82\xac", "\xc2\x80", "~", "\x7f", NULL
    };
    /* UW writes pairs, but does not read them (docs/deviations.md). */
    static const char *const pairs[] = {
        "\xf0\x9f\x98\x80", "a\xf0\x9f\x98\x80\xc3\xa4", "\xf4\x8f\xbf\xbf&\xf0\x90\x80\x80", NULL
    };
    static const char *const invalid[] = {
        "\xe4", "a\xc3", "\xc3" "a", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80", "\xff", "\x80", NULL
    };
    char data[200];
    reseed(4);
    for (int i = 0; i < 1000; i++) {
        unsigned char *name;
        mix(data, utf7, draw(6));
        show_string("utf7", data);
        name = utf8_from_mutf7((unsigned char *) data);
        show_string("utf8", (char *) name);
        if (name) fs_give((void **) &name);
        mix(data, utf8, draw(12));
        show_string("utf8", data);
        name = utf8_to_mutf7((unsigned char *) data);
        show_string("utf7", (char *) name);
        if (name) {
            unsigned char *back = utf8_from_mutf7(name);
            show("back %d\n", back ? strcmp((char *) back, data) : -9);
            if (back) fs_give((void **) &back);
            fs_give((void **) &name);
        }
    }
    for (int i = 0; pairs[i]; i++) {
        unsigned char *name = utf8_to_mutf7((unsigned char *) pairs[i]);
        show_string("pair", (char *) name);
        fs_give((void **) &name);
    }
    for (int i = 0; invalid[i]; i++) show_string(invalid[i], (char *) utf8_to_mutf7((unsigned char *) invalid[i]));
}

static void characters(void)
{
    static const unsigned char likely[] = {0x80, 0xbf, 0x90, 0x8f, 0xa0, 0x9f, 0x84, 0x88, 'a', 0xc3};
    unsigned char data[8] = {0};
    reseed(5);
    for (int i = 0; i < 6000; i++) {
        unsigned long size = draw(7);
        data[0] = draw(8) ? 0x80 + draw(128) : draw(256);
        for (int k = 1; k < 7; k++) data[k] = likely[draw(sizeof likely)];
        for (int raw = 0; raw < 2; raw++) {
            unsigned char *place = data;
            unsigned long left = size;
            unsigned long found = raw ? utf8_get_raw(&place, &left) : utf8_get(&place, &left);
            show("%lx %ld %lu ", found, (long) (place - data), left);
        }
        show("%ld\n", size ? utf8_validate(data, size) : 0);
    }
    for (int i = 0; i < 256; i++) {
        /* A NUL ends a text whatever is said to remain. */
        unsigned char text[8] = {i, 0}, *place = text;
        unsigned long left = 6;
        show("%lx ", utf8_get(&place, &left));
    }
    show("\n");
    for (int shift = 0; shift < 40; shift++) {
        for (long around = -1; around < 2; around++) {
            unsigned long c = (1UL << shift) + around;
            unsigned char out[8] = {0};
            show("%lx: %lu %ld ", c, utf8_size(c), (long) (utf8_put(out, c) - out));
            show_bytes("", out, 6);
        }
    }
}

static void search_programs(void)
{
    SEARCHPGM *pgm = mail_newsearchpgm();
    SEARCHPGM *inner;
    pgm->subject = stringlist("gr\xfc\xdf", stringlist("", NULL));
    pgm->keyword = stringlist("stays", NULL);
    pgm->references = stringlist("<a@b>", NULL);
    pgm->header = mail_newsearchheader("Subject", "\xe4");
    pgm->or = mail_newsearchor();
    pgm->or->first->from = stringlist("J\xf6rg", NULL);
    pgm->or->second->to = stringlist("x", NULL);
    pgm->not = mail_newsearchpgmlist();
    inner = pgm->not->pgm;
    inner->text = stringlist("\xe9t\xe9", NULL);
    utf8_searchpgm(NULL, "UTF-8");
    utf8_searchpgm(pgm, "x-unknown");
    for (int i = 0; i < 2; i++) {
        show_stringlist("subject", pgm->subject);
        show_stringlist("keyword", pgm->keyword);
        show_stringlist("references", pgm->references);
        show_bytes("line", pgm->header->line.data, pgm->header->line.size);
        show_bytes("text", pgm->header->text.data, pgm->header->text.size);
        show_stringlist("from", pgm->or->first->from);
        show_stringlist("to", pgm->or->second->to);
        show_stringlist("text", inner->text);
        utf8_searchpgm(pgm, "ISO-8859-1");
    }
    mail_free_searchpgm(&pgm);
}

const struct test_case cases[] = {
    {"texts", texts}, {"bad_charsets", bad_charsets}, {"headers", headers}, {"canonical_headers", canonical_headers},
    {"names", names}, {"characters", characters}, {"search_programs", search_programs}, {NULL, NULL},
};
