/* rfc822.h: reading addresses and header words at a place in a text, and what is left of the text.
 * server: none
 */
#include "common.h"
#include <c-client/utf8aux.h>

/* -- texts ------------------------------------------------------------------------------------- */

static const char *pieces[] = {
    "a",       "b.c",     "Name",      "at",         " at ",  "\"q q\"", "\"a,b\\\"\"", "\"",      "\\",     "\\x",
    "<",       ">",       "@",         "@h.example", ",",     ";",       ":",           " ",       " ",      "\t",
    "\r\n ",   "(",       ")",         "(c)",        "( d )", "(a(b)c)", "(\\))",       "(e\\",    ".",      ". ",
    "[1.2]",   "[",       "]",         "[\\]]",      "u@h",   "u@h",     "<u@h>",       "G:",      "G: u@h;", "<@r:u@h>",
    "<@r,@s:u@h>", "\x1b$B<,>\x1b(B", "\x1b$B", "\x1b(Jx", "\x1b", "\xe4\xf6", "=?utf-8?q?x?=", "undisclosed", "()", "/",
    "=",       "?",       "x=y",       "\x01",       "\x7f",
};
#define PIECES (sizeof pieces / sizeof *pieces)

/* A text of some pieces, with a fence around it. */
static char page[4096], before[4096];
#define TEXT (page + 8)

static char *drawn(unsigned long most)
{
    memset(page, '#', sizeof page);
    *TEXT = 0;
    for (unsigned long left = draw(most + 1); left; left--)
        strcat(TEXT, pieces[draw(PIECES)]);
    /* UW goes on behind the end of a text that ends in a backslash when it takes off quotes. */
    size_t size = strlen(TEXT);
    if (size && TEXT[size - 1] == '\\')
        TEXT[size - 1] = '.';
    TEXT[size + 1] = 0;
    memcpy(before, page, sizeof page);
    return TEXT;
}

static void show_place(const char *label, const char *at)
{
    if (!at)
        show("  %s NIL\n", label);
    else if (at < page || at >= page + sizeof page)
        show("  %s elsewhere\n", label);
    else
        show("  %s at %ld\n", label, (long)(at - TEXT));
}

/* What a function has written into its text. */
static void show_changes(void)
{
    for (size_t i = 0; i < sizeof page; i++)
        if (page[i] != before[i])
            show("  octet %ld is %u\n", (long)i - 8, (unsigned char)page[i]);
}

static char *host(void)
{
    static char name[16];
    return strcpy(name, draw(5) ? "default.host" : "@");
}

#define MANY 3000

/* -- lexical ----------------------------------------------------------------------------------- */

static void words(void)
{
    static const char *delimiters[] = {NULL, " ()<>@,;:\\\"[]", "]\\", "", ",", "\"", "\\", "\x1b$", " ;=", "(", "\xe4"};
    reseed(1);
    for (int i = 0; i < (int) enough(MANY); i++) {
        char *text = drawn(9);
        show_string("text", text);
        for (size_t d = 0; d < sizeof delimiters / sizeof *delimiters; d++) {
            memcpy(page, before, sizeof page);
            show_place("word", rfc822_parse_word(text, delimiters[d]));
            show_changes();
        }
        memcpy(page, before, sizeof page);
        show_place("phrase", rfc822_parse_phrase(text));
        show_changes();
        memcpy(page, before, sizeof page);
        show("  phraseonly %ld\n", rfc822_phraseonly(text));
        show_changes();
        memcpy(page, before, sizeof page);
        char *at = text;
        rfc822_skipws(&at);
        show_place("skipws", at);
        show_changes();
    }
    show("NIL %d %d\n", rfc822_parse_word(NIL, NIL) != NIL, rfc822_parse_phrase(NIL) != NIL);
}

static void comments(void)
{
    reseed(2);
    for (int i = 0; i < (int) enough(MANY); i++) {
        drawn(9);
        TEXT[0] = '(';
        memcpy(before, page, sizeof page);
        if (!TEXT[1])
            continue;
        show_string("text", TEXT);
        for (long trim = 0; trim < 2; trim++) {
            memcpy(page, before, sizeof page);
            char *at = TEXT;
            char *text = rfc822_skip_comment(&at, trim);
            show_place("at", at);
            show_place("text", text);
            if (text)
                show_string("  is", text);
            show_changes();
        }
    }
}

static void quotes(void)
{
    reseed(3);
    for (int i = 0; i < (int) enough(MANY); i++) {
        char *text = drawn(9);
        show_string("text", text);
        char *copy = rfc822_cpy(text);
        show_string("  cpy", copy);
        fs_give((void **)&copy);
        show_changes();
        show("  itself %d", rfc822_quote(text) == text);
        show_string("", text);
        show_changes();
    }
}

/* -- addresses --------------------------------------------------------------------------------- */

static void show_and_free(ADDRESS *list)
{
    show_addresses("  ", "address", list);
    mail_free_address(&list);
}

static int empty_literal(const char *text)
{
    const char *at = text;
    while ((at = strchr(at, '['))) {
        if (at[1 + strspn(at + 1, " \t\r\n")] == ']' || strstr(at, "(") || !at[1 + strspn(at + 1, " \t\r\n")])
            return 1;
        at++;
    }
    return 0;
}

static void one_at_a_time(void)
{
    reseed(4);
    for (int i = 0; i < (int) enough(MANY); i++) {
        char *text = drawn(12), *at;
        show_string("text", text);
        int crash = empty_literal(text); /* UW dies of an empty domain literal in a route: deviation 7 */
        char *fallback = host();
        if (!crash) {
            at = (char *)"before";
            ADDRESS *adr = rfc822_parse_routeaddr(text, &at, fallback);
            show("  routeaddr\n");
            show_place("ret", at);
            show_and_free(adr);
            show_changes();
            memcpy(page, before, sizeof page);
            at = text;
            show("  mailbox\n");
            adr = rfc822_parse_mailbox(&at, fallback);
            show_place("ret", at);
            show_and_free(adr);
            show_changes();
            memcpy(page, before, sizeof page);
        }
        at = (char *)"before";
        show("  addrspec\n");
        ADDRESS *adr = rfc822_parse_addrspec(text, &at, draw(4) ? fallback : NIL);
        show_place("ret", at);
        show_and_free(adr);
        show_changes();
        memcpy(page, before, sizeof page);
        at = (char *)"before";
        char *name = rfc822_parse_domain(text, &at);
        show_string("  domain", name);
        show_place("ret", at);
        fs_give((void **)&name);
        show_changes();
    }
    char *none = NIL;
    show("NIL %d %d %d\n", rfc822_parse_routeaddr(NIL, NIL, NIL) != NIL, rfc822_parse_addrspec(NIL, NIL, NIL) != NIL,
         rfc822_parse_mailbox(&none, NIL) != NIL);
}

/* Lists, address by address, as rfc822_parse_adrlist and rfc822_parse_group go through them. */
static void step_by_step(void)
{
    reseed(5);
    for (int i = 0; i < (int) enough(MANY); i++) {
        char *text = drawn(18);
        if (empty_literal(text))
            continue;
        int groups = (int)draw(2);
        unsigned long depth = draw(3) ? draw(4) : 48 + draw(5);
        char *fallback = host();
        show_string(groups ? "groups" : "addresses", text);
        show("  depth %lu\n", depth);
        ADDRESS *list = NIL, *last = NIL;
        char *at = text;
        for (int step = 0; step < 20 && at; step++) {
            char *old = at;
            ADDRESS *new = groups ? rfc822_parse_group(&list, last, &at, fallback, depth)
                                  : rfc822_parse_address(&list, last, &at, fallback, depth);
            show_place(new ? "new" : "none", at);
            if (!new) {
                if (at == old)
                    break;
                continue;
            }
            last = new;
            show("  tail %d\n", !new->next);
            if (at && *at == ',')
                at++;
        }
        show_and_free(list);
        show_changes();
    }
}

static void lists(void)
{
    reseed(6);
    ADDRESS *old = NIL;
    for (int i = 0; i < (int) enough(MANY); i++) {
        char *text = drawn(20);
        if (empty_literal(text))
            continue;
        show_string("list", text);
        ADDRESS *list = NIL;
        if (draw(4) == 0) {
            list = old;
            old = NIL;
        }
        rfc822_parse_adrlist(&list, text, host());
        show_addresses("  ", "address", list);
        show_changes();
        ADDRESS *copy = rfc822_cpy_adr(list);
        show_addresses("  ", "copy", copy);
        mail_free_address(&copy);
        mail_free_address(&old);
        old = list;
    }
    mail_free_address(&old);
    rfc822_parse_adrlist(&old, NIL, NIL);
    show("NIL %d %d\n", old != NIL, rfc822_cpy_adr(NIL) != NIL);
}

/* Without a default host an address has none. */
static void no_host(void)
{
    static const char *texts[] = {"a", "a, b (c)", "Name <a@b>, c", "g: a, b;, c", "a (x) , (y) b", "a at b"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ADDRESS *list = NIL;
        strcpy(TEXT, texts[i]);
        show_string("list", TEXT);
        rfc822_parse_adrlist(&list, TEXT, NIL);
        show_and_free(list);
    }
}

/* A mailbox that is not closed and has no host: UW dies of its warning. */
static void no_host_unterminated(void)
{
    char text[] = "<a", *at = NIL;
    ADDRESS *adr = rfc822_parse_routeaddr(text, &at, NIL);
    show_and_free(adr);
}

/* -- the application's part -------------------------------------------------------------------- */

static ADDRESS *known(char *phrase, char *end, char *fallback)
{
    show("  asked about %ld octets", (long)(end - phrase));
    show_bytes("", phrase, (unsigned long)(end - phrase));
    show_string("    host", fallback);
    show_string("    then", end);
    if ((end - phrase) % 3 == 0)
        return NIL;
    ADDRESS *adr = mail_newaddr();
    adr->mailbox = cpystr("known");
    adr->host = cpystr(fallback ? fallback : "nowhere");
    if ((end - phrase) % 3 == 1) {
        adr->next = mail_newaddr();
        adr->next->mailbox = cpystr("second");
        adr->next->host = cpystr("x");
    }
    return adr;
}

static void phrases(void)
{
    mail_parameters(NIL, SET_PARSEPHRASE, (void *)known);
    reseed(7);
    for (int i = 0; i < (int) enough(1500); i++) {
        char *text = drawn(14);
        if (empty_literal(text))
            continue;
        show_string("list", text);
        ADDRESS *list = NIL;
        rfc822_parse_adrlist(&list, text, draw(3) ? host() : host());
        show_and_free(list);
        show_changes();
    }
}

/* -- parameters and content lines -------------------------------------------------------------- */

static const char *odd[] = {
    ";",   ";",     ";",       "=",      "=",        " ",       "name",   "x*0*",   "x*1",  "x*",  "charset", "boundary",
    "utf-8''%e4", "\"q\"", "\"q;=\\\"\"", "\"",   "()",      "(c)",      "(open",    "/",      "text",   "message", "multipart",
    "TEXT", "rfc822", "x-odd",  ",",      "en",       "de-AT",   "base64", "7bit",   "Q",    "\t",  "\r\n",   "\xe4", "\\x",
    "image/png", "<id@h>", "attachment", "filename", "[", "?", "@",
};
#define ODD (sizeof odd / sizeof *odd)

static char *drawn_value(void)
{
    memset(page, '#', sizeof page);
    *TEXT = 0;
    for (unsigned long left = draw(14); left; left--)
        strcat(TEXT, odd[draw(ODD)]);
    TEXT[strlen(TEXT) + 1] = 0;
    memcpy(before, page, sizeof page);
    return TEXT;
}

static void parameters(void)
{
    reseed(8);
    for (int i = 0; i < (int) enough(MANY); i++) {
        char *text = drawn_value();
        if (draw(5))
            *TEXT = ';';
        memcpy(before, page, sizeof page);
        show_string("parameters", text);
        BODY *body = mail_newbody();
        rfc822_parse_parameter(&body->parameter, text);
        show_body("  ", body);
        show_changes();
        mail_free_body(&body);
    }
    PARAMETER *none = NIL;
    rfc822_parse_parameter(&none, NIL);
}

static void content_lines(void)
{
    static const char *names[] = {"TYPE",   "TYPE", "TYPE",        "TRANSFER-ENCODING", "DISPOSITION", "LANGUAGE", "ID",
                                  "LOCATION", "MD5", "DESCRIPTION", "TYPE X",           "type",        "",         "IDX",
                                  "LANGUAGE ", "X"};
    reseed(9);
    for (int i = 0; i < (int) enough(MANY); i++) {
        BODY *body = mail_newbody();
        for (unsigned long lines = 1 + draw(4); lines; lines--) {
            char name[40];
            strcpy(name, names[draw(sizeof names / sizeof *names)]);
            char *text = drawn_value();
            show_string("line", name);
            show_string("  value", text);
            rfc822_parse_content_header(body, name, text);
            show_string("  name", name);
            show_changes();
        }
        show_body("  ", body);
        mail_free_body(&body);
    }
}

/* Names that nobody knew fill the tables, and then find no room. */
static void tables(void)
{
    for (int i = 0; i < 12; i++) {
        char name[] = "TYPE", encoding[] = "TRANSFER-ENCODING", value[40];
        BODY *body = mail_newbody();
        sprintf(value, "new%d/sub", i / 2 * 2);
        rfc822_parse_content_header(body, name, value);
        sprintf(value, "Enc%d", i);
        rfc822_parse_content_header(body, encoding, value);
        show_body("  ", body);
        mail_free_body(&body);
    }
    for (int i = 0; i <= TYPEMAX; i++)
        show_string("type", body_types[i]);
    for (int i = 0; i <= ENCMAX; i++)
        show_string("encoding", body_encodings[i]);
}

/* -- encoded words ----------------------------------------------------------------------------- */

static void mime2(void)
{
    static const char *bits[] = {"=?", "?=", "?", "=",  "utf-8", "iso-8859-1*de", "q",  "B",  "=C3=A4", "=c3", "_", "YWJj",
                                 "YQ==", " ", "\t", "\r\n", "x", "\xe4", "(", ".", "\x01", "ab cd"};
    reseed(10);
    for (int i = 0; i < (int) enough(MANY); i++) {
        memset(page, 0, sizeof page);
        for (unsigned long left = 1 + draw(10); left; left--)
            strcat(TEXT, bits[draw(sizeof bits / sizeof *bits)]);
        unsigned char *s = (unsigned char *)TEXT, *end = s + strlen(TEXT), *t = NIL;
        memcpy(before, page, sizeof page);
        show_string("text", TEXT);
        for (; s < end; s++) {
            show("  token %d", mime2_token(s, end, &t) == s);
            show_place("", (char *)t);
            show_place("text", (char *)mime2_text(s, end));
        }
    }
}

static void mime2_decoded(void)
{
    static const char *bits[] = {"=C3=A4", "=c3", "=4", "=", "_", "YWJj", "YQ", "==", " ", "x", "\xe4", "ab", "=zz", "/+"};
    reseed(11);
    for (int i = 0; i < (int) enough(MANY); i++) {
        memset(page, 0, sizeof page);
        for (unsigned long left = draw(7); left; left--)
            strcat(TEXT, bits[draw(sizeof bits / sizeof *bits)]);
        unsigned char *s = (unsigned char *)TEXT, *end = s + strlen(TEXT), encoding = "qQbBx\0"[draw(6)];
        strcat(TEXT, "?= ");
        show_string("text", TEXT);
        show("  encoding %u\n", encoding);
        /* Data behind the end of base64 is told of up to the end of the line in UW, here up to that of the text. */
        if ((encoding | 32) == 'b' && strchr(TEXT, '=') < (char *)end - 1)
            continue;
        SIZEDTEXT txt = {NIL, 4711};
        if (mime2_decode(&encoding, s, end, &txt)) {
            show_bytes("  is", txt.data, txt.size);
            show("  then %d\n", txt.data[txt.size]);
            fs_give((void **)&txt.data);
        } else {
            show("  NIL %d\n", txt.data != NIL);
        }
    }
}

const struct test_case cases[] = {
    {"words", words},
    {"comments", comments},
    {"quotes", quotes},
    {"one_at_a_time", one_at_a_time},
    {"step_by_step", step_by_step},
    {"lists", lists},
    {"no_host", no_host},
    {"no_host_unterminated", no_host_unterminated},
    {"phrases", phrases},
    {"parameters", parameters},
    {"content_lines", content_lines},
    {"tables", tables},
    {"mime2", mime2},
    {"mime2_decoded", mime2_decoded},
    {NULL, NULL},
};
