/* rfc822.h: writing messages through a buffer of every size, encoding, the old functions.
 * server: none
 */
#include "common.h"

/* -- a stream that tells what it gets ---------------------------------------------------------- */

struct sink {
    int calls;
    int fails_at; /* 0: never */
};

static long take(void *stream, char *string)
{
    struct sink *sink = stream;
    if (!quiet)
        show_bytes("    >", string, strlen(string));
    return ++sink->calls != sink->fails_at;
}

static char place[40000];

static RFC822BUFFER *buffer(struct sink *sink, unsigned long room, unsigned long used)
{
    static RFC822BUFFER buf;
    memset(place, '#', sizeof place);
    buf.f = take;
    buf.s = sink;
    buf.beg = place;
    buf.cur = place + used;
    buf.end = place + room;
    return &buf;
}

static void finish(RFC822BUFFER *buf, long done)
{
    show("  %ld, %ld left\n", done, (long)(buf->cur - buf->beg));
    if (done)
        show("  flush %ld\n", rfc822_output_flush(buf));
}

/* -- material ---------------------------------------------------------------------------------- */

static char *words[] = {"",        "a",      "Name",        "A Name", "Mr. Dot", "qu\"ote",    "back\\slash",
                        "a..b",    ".a",     "a.",          "a.b",    "a@b",     "tab\there",  "(c)",
                        "gr\xc3\xbc\xc3\x9f", "x/y", "long-long-long-long-long-long-word", "k=v", "semi;colon"};
#define WORD words[draw(sizeof words / sizeof *words)]

static char *any_word(void) { return cpystr(WORD); }
static char *maybe_word(void) { return draw(2) ? cpystr(WORD) : NIL; }

static ADDRESS *addresses(unsigned long count)
{
    ADDRESS *first = NIL, **tail = &first;
    while (count--) {
        ADDRESS *new = mail_newaddr();
        switch (draw(8)) {
        case 0: /* a group opens */
            new->mailbox = any_word();
            break;
        case 1: /* a group ends, or not even that */
            break;
        default:
            new->personal = maybe_word();
            new->adl = maybe_word();
            new->mailbox = any_word();
            new->host = draw(9) ? any_word() : cpystr("@");
        }
        *tail = new;
        tail = &new->next;
    }
    return first;
}

static PARAMETER *parameters(unsigned long count)
{
    PARAMETER *list = NIL;
    while (count--) {
        PARAMETER *new = mail_newbody_parameter();
        new->attribute = cpystr(draw(2) ? "NAME" : "X-ODD");
        new->value = any_word();
        new->next = list;
        list = new;
    }
    return list;
}

static void fill_body(BODY *body, int depth)
{
    body->type = draw(depth ? 9 : 2);
    if (body->type == TYPEMULTIPART && !depth)
        body->type = TYPETEXT;
    body->encoding = draw(body->type == TYPEMESSAGE ? 3 : 5);
    if (body->type == TYPEMULTIPART)
        body->encoding = ENC7BIT;
    if (draw(2))
        body->subtype = cpystr("X-SUB");
    body->parameter = parameters(draw(3));
    body->id = maybe_word();
    body->description = maybe_word();
    body->md5 = maybe_word();
    body->location = maybe_word();
    if (draw(3) == 0)
        body->language = stringlist("EN", draw(2) ? stringlist("x y", NIL) : NIL);
    if (draw(3) == 0) {
        body->disposition.type = cpystr("attachment");
        body->disposition.parameter = parameters(draw(3));
    }
    if (body->type == TYPEMULTIPART) {
        PARAMETER *boundary = mail_newbody_parameter();
        boundary->attribute = cpystr("BOUNDARY");
        boundary->value = cpystr(draw(2) ? "cut here" : "cut");
        boundary->next = body->parameter;
        body->parameter = boundary;
        PART **tail = &body->nested.part;
        for (unsigned long parts = 1 + draw(3); parts; parts--) {
            *tail = mail_newbody_part();
            fill_body(&(*tail)->body, depth - 1);
            tail = &(*tail)->next;
        }
    } else {
        unsigned long size = draw(200);
        unsigned char *text = fs_get(size + 1);
        for (unsigned long i = 0; i < size; i++)
            text[i] = draw(12) ? 'a' + draw(26) : draw(4) ? (unsigned char)"\r\n =\t"[draw(5)] : 128 + draw(128);
        text[size] = 0;
        body->contents.text.data = text;
        body->contents.text.size = size;
    }
}

static ENVELOPE *envelope(void)
{
    ENVELOPE *env = mail_newenvelope();
    static char *prefixes[] = {"X: y\r\n\r\n", "X: y\n\n", "", "\r\n", "A: b\r\n"};
    if (draw(4) == 0)
        env->remail = cpystr(prefixes[draw(5)]);
    env->newsgroups = maybe_word();
    env->date = (unsigned char *)maybe_word();
    env->from = addresses(draw(3));
    env->sender = addresses(draw(2));
    env->reply_to = addresses(draw(2));
    env->subject = maybe_word();
    env->to = addresses(draw(6));
    env->cc = addresses(draw(3));
    env->bcc = addresses(draw(3));
    env->in_reply_to = maybe_word();
    env->message_id = maybe_word();
    env->followup_to = maybe_word();
    env->references = maybe_word();
    return env;
}

/* -- cases ------------------------------------------------------------------------------------- */

/* Every buffer from one octet on, every fill of it. */
static void fill_levels(void)
{
    for (unsigned long room = 1; room <= 24; room++)
        for (unsigned long used = 0; used <= room; used++) {
            struct sink sink = {0, 0};
            RFC822BUFFER *buf = buffer(&sink, room, used);
            memset(place, '.', used);
            show("room %lu used %lu\n", room, used);
            finish(buf, rfc822_output_header_line(buf, "Subject", NIL, "123456"));
            buf = buffer(&sink, room, used);
            memset(place, '.', used);
            finish(buf, rfc822_output_header_line(buf, "Subject", NIL, NIL));
            buf = buffer(&sink, room, used);
            memset(place, '.', used);
            finish(buf, rfc822_output_cat(buf, "a\"b\\c", NIL));
        }
}

static void failures(void)
{
    for (int at = 1; at <= 12; at++) {
        struct sink sink = {0, at};
        reseed(7);
        ADDRESS *list = addresses(6);
        RFC822BUFFER *buf = buffer(&sink, 16, 0);
        show("fails at %d\n", at);
        finish(buf, rfc822_output_address_line(buf, "To", LONGT, list, NIL));
        mail_free_address(&list);
    }
}

static void lists(void)
{
    static unsigned long rooms[] = {5, 31, 80, 1000};
    reseed(2);
    for (int i = 1; i < 400; i++) {
        ADDRESS *list = addresses(draw(12));
        long pretty = draw(3) ? (long)draw(90) : 0;
        struct sink sink = {0, 0};
        RFC822BUFFER *buf = buffer(&sink, rooms[draw(4)], 0);
        show("list %d pretty %ld\n", i, pretty);
        finish(buf, rfc822_output_address_list(buf, list, pretty, NIL));
        buf = buffer(&sink, 200, 0);
        finish(buf, rfc822_output_address(buf, list));
        mail_free_address(&list);
    }
}

static void quoting(void)
{
    static const char *specials[] = {NULL, "", "a", " ()<>@,;:\\\"[]/?="};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        for (int j = 0; j < 4; j++) {
            struct sink sink = {0, 0};
            RFC822BUFFER *buf = buffer(&sink, 100, 0);
            finish(buf, rfc822_output_cat(buf, words[i], specials[j]));
            char text[200] = "before ";
            rfc822_cat(text, words[i], specials[j]);
            show_string("cat", text);
        }
    for (int c = 1; c < 256; c++) {
        char word[4] = {'x', (char)c, 'y', 0}, text[40] = "";
        rfc822_cat(text, word, NULL);
        show_string("octet", text);
    }
}

static void messages(void)
{
    static unsigned long rooms[] = {3, 64, 1000, 16384};
    reseed(3);
    for (int i = 1; i < 250; i++) {
        ENVELOPE *env = envelope();
        BODY *body = mail_newbody();
        fill_body(body, 3);
        struct sink sink = {0, 0};
        unsigned long room = rooms[draw(4)];
        show("message %d\n", i);
        RFC822BUFFER *buf = buffer(&sink, room, 0);
        finish(buf, rfc822_output_header(buf, env, draw(3) ? body : NIL, NIL, draw(2)));
        buf = buffer(&sink, room, 0);
        finish(buf, rfc822_output_text(buf, body));
        buf = buffer(&sink, room, 0);
        show("  full %ld\n", rfc822_output_full(buf, env, body, draw(2)));
        show("  old %ld\n", rfc822_output(place, env, body, take, &sink, draw(2)));
        show("  body %ld\n", rfc822_output_body(body, take, &sink));
        show_body("  ", body);
        mail_free_envelope(&env);
        mail_free_body(&body);
    }
}

static void old_functions(void)
{
    reseed(4);
    for (int i = 1; i < 120; i++) {
        ENVELOPE *env = envelope();
        BODY *body = mail_newbody();
        fill_body(body, 2);
        strcpy(place, "untouched");
        rfc822_header(place, env, draw(2) ? body : NIL);
        show_string("header", place);
        char *at = place;
        strcpy(place, "text ");
        rfc822_header_line(&at, "Subject", env, env->subject);
        rfc822_address_line(&at, "To", env, env->to);
        rfc822_write_body_header(&at, body);
        show("  at %ld\n", (long)(at - place));
        show_string("lines", place);
        strcpy(place, "To: ");
        at = rfc822_write_address_full(place + 4, env->to, draw(2) ? place : NIL);
        show("  at %ld\n", (long)(at - place));
        rfc822_address(place, env->from);
        show_string("addresses", place);
        mail_free_envelope(&env);
        mail_free_body(&body);
    }
}

/* A multipart body gets a boundary; only its shape can be foretold. */
static void new_boundary(void)
{
    reseed(6);
    for (int way = 0; way < 3; way++) {
        BODY *body = mail_newbody();
        body->type = TYPEMULTIPART;
        body->parameter = parameters(1);
        body->nested.part = mail_newbody_part();
        if (way == 0)
            rfc822_encode_body_7bit(NIL, body);
        else if (way == 1)
            rfc822_encode_body_8bit(NIL, body);
        else {
            struct sink sink = {0, 0};
            quiet = 1;
            RFC822BUFFER *buf = buffer(&sink, 1000, 0);
            show("%ld\n", rfc822_output_text(buf, body));
            quiet = 0;
        }
        for (PARAMETER *p = body->parameter; p; p = p->next) {
            unsigned long a, b, c, d;
            char rest = 0;
            show("%s %d\n", p->attribute, sscanf(p->value, "%lu-%lu-%lu=:%lu%c", &a, &b, &c, &d, &rest));
        }
        mail_free_body(&body);
    }
}

static void encodings(void)
{
    reseed(5);
    for (int i = 1; i < 600; i++) {
        unsigned long size, length = 4711;
        size = draw(300);
        unsigned char text[301];
        for (unsigned long k = 0; k < size; k++)
            text[k] = draw(4) ? 'a' + draw(26) : draw(2) ? (unsigned char)"\r\n =\t="[draw(6)] : 1 + draw(255);
        text[size] = 0;
        unsigned char *out = rfc822_8bit(text, size, &length);
        show_bytes("8bit", out, length);
        show("  then %d\n", out[length]);
        fs_give((void **)&out);
        out = rfc822_qprint(text, size, &length);
        show_bytes("qprint", out, length);
        show("  then %d\n", out[length]);
        fs_give((void **)&out);
    }
}

static void subtypes(void)
{
    for (int type = 0; type < 20; type++)
        show_string("subtype", rfc822_default_subtype(type));
}

static long instead(char *tmp, ENVELOPE *env, BODY *body, soutr_t f, void *s, long ok8bit)
{
    show("instead %d %d %ld\n", env != NIL, body != NIL, ok8bit);
    return f(s, strcpy(tmp, "mine"));
}

static long instead_full(RFC822BUFFER *buf, ENVELOPE *env, BODY *body, long ok8bit)
{
    show("instead_full %d %d %ld\n", env != NIL, body != NIL, ok8bit);
    return rfc822_output_cat(buf, "mine", NIL) && rfc822_output_flush(buf);
}

static void hooks(void)
{
    ENVELOPE *env = mail_newenvelope();
    BODY *body = mail_newbody();
    for (int way = 0; way < 4; way++) {
        struct sink sink = {0, 0};
        mail_parameters(NIL, SET_RFC822OUTPUT, way & 1 ? (void *)instead : NIL);
        mail_parameters(NIL, SET_RFC822OUTPUTFULL, way & 2 ? (void *)instead_full : NIL);
        show("%ld\n", rfc822_output_full(buffer(&sink, 100, 0), env, body, way & 1));
        show("%ld\n", rfc822_output(place, env, body, take, &sink, LONGT));
    }
    mail_free_envelope(&env);
    mail_free_body(&body);
}

/* One octet more than the old functions take. */
static void too_much(void)
{
    static char word[SENDBUFLEN + 1];
    memset(word, 'x', SENDBUFLEN - 2);
    place[0] = 0;
    rfc822_cat(place, word, NULL);
    show("took %lu\n", (unsigned long)strlen(place));
    word[SENDBUFLEN - 2] = 'x';
    place[0] = 0;
    rfc822_cat(place, word, NULL);
    show_string("written", place);
}

const struct test_case cases[] = {
    {"fill_levels", fill_levels},
    {"failures", failures},
    {"lists", lists},
    {"quoting", quoting},
    {"messages", messages},
    {"old_functions", old_functions},
    {"new_boundary", new_boundary},
    {"encodings", encodings},
    {"subtypes", subtypes},
    {"hooks", hooks},
    {"too_much", too_much},
    {NULL, NULL},
};
