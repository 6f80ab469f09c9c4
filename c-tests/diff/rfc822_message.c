/* rfc822.h: reading messages from memory and from files; nl.h, mail_read.
 * server: none
 */
#include "common.h"
#include <c-client/flstring.h>

/* -- mail -------------------------------------------------------------------------------------- */

static char mail[64 << 10];
static unsigned long size;

static void put(const char *text)
{
    size_t length = strlen(text);
    if (size + length < sizeof mail - 1) {
        memcpy(mail + size, text, length);
        size += length;
    }
}

static const char *newline;
static void end_line(void) { put(draw(40) ? newline : draw(2) ? "\n" : "\r\n"); }

#define ONE_OF(list) list[draw(sizeof(list) / sizeof *(list))]

static const char *addresses[] = {"a@b", "Name <a@b>, c", "g: a, b@c;", "<@r,@s:u@h> (x)", "\"q, \\\" q\" <q@q>", "a b c", "",
                                  "undisclosed-recipients:;", "a@", "<a", "u@[1.2]", "(open", "=?utf-8?q?=C3=A4?= <a@b>",
                                  "gr\xfc\xdf <a@b>", "g: h: i;;", "x at y"};
static const char *boundaries[] = {"cut", "cut here", "b", "--", "=_x", "", "cut2"};
static const char *types[] = {"text/plain", "text/html; charset=utf-8", "Text/Plain; charset=\"iso-8859-1\" (c)", "image/png",
                              "application/octet-stream; name*0*=utf-8''a%20; name*1=\"b c\"", "message/rfc822",
                              "message/rfc822", "message/delivery-status", "message/partial; id=x", "x-new/y", "text",
                              "text/", "/plain", "\"text\"/\"plain\"", "text/plain; charset", "text/plain; =x",
                              "multipart/mixed", "multipart/digest", "audio", "", "text/plain; a=\"open", "text (x) / (y) html;"};
static const char *encodings[] = {"7bit", "8bit", "binary", "base64", "quoted-printable", "X-odd", "7bit (c)", "", "\"8bit\""};

static void header(void)
{
    static const char *names[] = {"Subject", "To", "Cc", "From", "Sender", "Reply-To", "Date", "Message-ID", "References",
                                  "In-Reply-To", "Newsgroups", "Followup-To", "Bcc", "X-Other", ">From", "subject ", "SUBJECT"};
    static const char *texts[] = {"one two", "caf\xe9", "=?utf-8?B?w6Q=?= x", "", "a\tb", "a,b, c", "<1@x> <2@y>"};
    for (unsigned long lines = draw(7); lines; lines--) {
        put(ONE_OF(names));
        put(draw(20) ? ": " : draw(2) ? ":" : " ");
        put(draw(2) ? ONE_OF(addresses) : ONE_OF(texts));
        if (draw(5) == 0) {
            end_line();
            put(draw(2) ? " " : "\t");
            put(draw(2) ? ONE_OF(addresses) : ONE_OF(texts));
        }
        end_line();
    }
}

static void lines_of_text(void)
{
    static const char *texts[] = {"Some words.", "", "-- ", "--", "--cut", "--cut--", "-", "gr\xc3\xbc\xc3\x9f", "=3D=", "YWJj",
                                  "\x1b$BF|K\\8l\x1b(B", "\x1b$", "From: x@y", "MIME-Version: 1.0", ".", "Content-Type: text/plain",
                                  "a\rb", "\r"};
    for (unsigned long lines = draw(5); lines; lines--) {
        put(ONE_OF(texts));
        if (lines > 1 || draw(3))
            end_line();
    }
}

static void content(int depth);

static void entity(int depth, int part)
{
    static const char *more[] = {"Content-ID: <1@x>", "Content-Description: a\tb", "Content-Disposition: attachment; filename=x",
                                 "Content-Disposition: inline; a; b=", "Content-Language: en, de (x)", "Content-Location: http://x",
                                 "Content-MD5: Q2hl", "CONTENT-TYPE : text/html", "Content-", "Content-X: y", "content-id: (c) <2>"};
    const char *type = depth > 0 && draw(2) ? "multipart" : ONE_OF(types), *boundary = ONE_OF(boundaries);
    if (!part)
        header();
    if (!part && draw(4)) {
        put(draw(8) ? "MIME-Version: 1.0" : draw(2) ? "mime-version: 1.0 (x)" : "MIME-Version: 2");
        end_line();
    }
    if (draw(6) || (*type && type[1] == 'u')) {
        put("Content-Type: ");
        if (!strcmp(type, "multipart")) {
            put(draw(3) ? "multipart/mixed; " : draw(2) ? "multipart/digest;" : "Multipart/Alternative ;");
            if (draw(8)) {
                put(draw(2) ? "boundary=\"" : "BOUNDARY =\"");
                put(boundary);
                put("\"");
            }
        } else
            put(type);
        end_line();
    }
    if (draw(3) == 0) {
        put("Content-Transfer-Encoding: ");
        put(ONE_OF(encodings));
        end_line();
    }
    while (draw(3) == 0) {
        put(ONE_OF(more));
        end_line();
    }
    if (draw(12) == 0)
        return; /* the header is all */
    end_line();
    if (!strcmp(type, "multipart")) {
        lines_of_text();
        if (draw(2))
            end_line();
        for (unsigned long parts = draw(4); parts; parts--) {
            put("--");
            put(boundary);
            put(draw(9) ? "" : "  ");
            end_line();
            if (draw(10))
                entity(depth - 1, 1);
            if (draw(8))
                end_line();
        }
        if (draw(5)) {
            put("--");
            put(boundary);
            put("--");
            if (draw(4))
                end_line();
        }
        lines_of_text();
    } else if (!strncmp(type, "message/r", 9))
        content(depth - 1);
    else
        lines_of_text();
}

static void content(int depth)
{
    if (depth < 0)
        lines_of_text();
    else
        entity(depth, 0);
}

/* Octets are lost, doubled, changed. */
static void damage(void)
{
    for (unsigned long times = draw(4); times && size > 2; times--) {
        unsigned long at = draw(size), count = 1 + draw(9);
        if (count > size - at)
            count = size - at;
        switch (draw(4)) {
        case 0:
            memmove(mail + at, mail + at + count, size - at - count);
            size -= count;
            break;
        case 1:
            if (size + count < sizeof mail - 1) {
                memmove(mail + at + count, mail + at, size - at);
                size += count;
            }
            break;
        case 2:
            mail[at] = "\r\n -:;\"()<>@\\[]=x"[draw(17)];
            break;
        default:
            size = at + 1;
        }
    }
}

static void write_mail(int depth)
{
    size = 0;
    newline = draw(2) ? "\r\n" : "\n";
    content(depth);
    if (draw(3) == 0)
        damage();
    mail[size] = 0;
}

/* UW dies of an empty domain literal in a route and reads behind a backslash at the end of a text (deviation 7). */
static int out_of_bounds(void)
{
    for (unsigned long i = 0; i < size; i++)
        if (mail[i] == '\\' || mail[i] == '[' || mail[i] == 0)
            return 1;
    return 0;
}

/* Where the header ends, as programs look for it. */
static unsigned long header_length(void)
{
    for (unsigned long i = 0; i < size; i++)
        if (mail[i] == '\n') {
            if (mail[i + 1] == '\n')
                return i + 2;
            if (mail[i + 1] == '\r' && mail[i + 2] == '\n')
                return i + 3;
        }
    return size;
}

/* All that show_body leaves out. */
static void show_places(BODY *body, int depth)
{
    if (!body)
        return;
    show("  %*splace %lu %lu %lu %lu\n", depth, "", body->mime.offset, body->mime.text.size, body->contents.offset,
         body->contents.text.size);
    if (body->mime.text.data || body->contents.text.data || body->sparep)
        show("  something more\n");
    if (body->type == TYPEMULTIPART)
        for (PART *part = body->nested.part; part; part = part->next)
            show_places(&part->body, depth + 1);
    else if (body->type == TYPEMESSAGE && body->subtype && !strcmp(body->subtype, "RFC822") && body->nested.msg) {
        MESSAGE *msg = body->nested.msg;
        show("  %*smessage %lu %lu %lu %lu %lu %lu %d\n", depth, "", msg->full.offset, msg->full.text.size, msg->header.offset,
             msg->header.text.size, msg->text.offset, msg->text.text.size, msg->lines != NIL);
        show_places(msg->body, depth + 1);
    }
}

static void show_rest(STRING *bs)
{
    show("  at %lu, %lu left\n", GETPOS(bs), SIZE(bs));
    if (SIZE(bs))
        show("  next %d\n", CHR(bs));
}

static void show_and_free(ENVELOPE *env, BODY *body)
{
    show_envelope("  ", env);
    show_body("  ", body);
    show_places(body, 0);
    mail_free_envelope(&env);
    mail_free_body(&body);
}

/* -- cases ------------------------------------------------------------------------------------- */

#define MANY 1200

static void from_memory(void)
{
    static const unsigned long depths[] = {0, 0, 0, 0, 1, 47, 48, 49, 50, 51, 52, ~0UL};
    reseed(1);
    for (int i = 0; i < (int) enough(MANY); i++) {
        write_mail(3);
        if (out_of_bounds())
            continue;
        STRING bs;
        ENVELOPE *env = NIL;
        BODY *body = NIL;
        unsigned long flags = draw(3) ? 0 : DR_CRLF, depth = ONE_OF(depths), cut = header_length();
        char fallback[] = "default.host";
        show_bytes("mail", mail, size);
        INIT(&bs, mail_string, (void *)(mail + cut), size - cut);
        rfc822_parse_msg_full(&env, &body, mail, cut, &bs, draw(5) ? fallback : NIL, depth, flags);
        show("  depth %lu\n", depth);
        show_rest(&bs);
        show_and_free(env, body);
    }
}

/* The header alone, cut off anywhere, with whatever follows. */
static void headers(void)
{
    reseed(2);
    for (int i = 0; i < (int) enough(MANY); i++) {
        write_mail(0);
        if (out_of_bounds())
            continue;
        unsigned long cut = draw(size + 1);
        ENVELOPE *env = NIL;
        show_bytes("header", mail, cut);
        char follows = mail[cut];
        mail[cut] = 0;
        rfc822_parse_msg_full(&env, NIL, mail, cut, NIL, draw(5) ? (char *)"default.host" : NIL, 0, 0);
        mail[cut] = follows;
        show_and_free(env, NIL);
    }
}

/* The whole message from a file, its body begun somewhere inside. */
static void from_files(void)
{
    reseed(3);
    for (int i = 0; i < MANY / 2; i++) {
        write_mail(3);
        if (out_of_bounds())
            continue;
        FILE *file = tmpfile();
        if (!file || fwrite(mail, 1, size, file) != size)
            show("!! no file\n");
        fflush(file);
        STRING bs;
        ENVELOPE *env = NIL;
        BODY *body = NIL;
        unsigned long cut = header_length();
        show_bytes("mail", mail, size);
        INIT(&bs, file_string, (void *)file, size);
        SETPOS(&bs, cut);
        show("  crlf %lu\n", strcrlflen(&bs));
        show_rest(&bs);
        rfc822_parse_msg_full(&env, &body, mail, cut, &bs, "default.host", 0, 0);
        show_rest(&bs);
        show_and_free(env, body);
        fclose(file);
    }
}

/* A body whose header the program has read, or made up. */
static void contents(void)
{
    reseed(4);
    for (int i = 0; i < (int) enough(MANY); i++) {
        write_mail(2);
        if (out_of_bounds())
            continue;
        STRING bs;
        BODY *body = mail_newbody();
        body->type = draw(9);
        body->encoding = draw(5);
        if (draw(3))
            body->subtype = cpystr(draw(2) ? "RFC822" : "DIGEST");
        if (draw(3)) {
            body->parameter = mail_newbody_parameter();
            body->parameter->attribute = cpystr("BOUNDARY");
            body->parameter->value = cpystr(ONE_OF(boundaries));
        }
        show_bytes("content", mail, size);
        unsigned long start = draw(3) ? 0 : draw(size + 1);
        INIT(&bs, mail_string, (void *)mail, size);
        SETPOS(&bs, start);
        show("  type %u from %lu\n", body->type, start);
        rfc822_parse_content(body, &bs, "default.host", draw(4), draw(2) ? 0 : DR_CRLF);
        show_rest(&bs);
        show_and_free(NIL, body);
    }
}

/* -- the application's part -------------------------------------------------------------------- */

static void on_line(ENVELOPE *env, char *name, char *text, char *host)
{
    show("  line");
    show_string("", name);
    show_string("    text", text);
    show_string("    host", host);
    show_envelope("    ", env);
    switch (strlen(text) % 4) {
    case 0: /* the program knows better */
        if (env->subject)
            fs_give((void **)&env->subject);
        break;
    case 1:
        if (!env->message_id)
            env->message_id = cpystr("mine");
        break;
    case 2:
        mail_free_address(&env->cc);
        break;
    }
}

static ADDRESS *on_phrase(char *phrase, char *end, char *host)
{
    show_bytes("  phrase", phrase, (unsigned long)(end - phrase));
    if (end - phrase < 4)
        return NIL;
    ADDRESS *adr = mail_newaddr();
    adr->mailbox = cpystr("known");
    adr->host = cpystr(host);
    return adr;
}

static void hooks(void)
{
    mail_parameters(NIL, SET_PARSELINE, (void *)on_line);
    mail_parameters(NIL, SET_PARSEPHRASE, (void *)on_phrase);
    reseed(5);
    for (int i = 0; i < MANY / 3; i++) {
        write_mail(2);
        if (out_of_bounds())
            continue;
        STRING bs;
        ENVELOPE *env = NIL;
        BODY *body = NIL;
        unsigned long cut = header_length();
        show_bytes("mail", mail, size);
        INIT(&bs, mail_string, (void *)(mail + cut), size - cut);
        rfc822_parse_msg(&env, &body, mail, cut, &bs, "default.host", 0);
        show_and_free(env, body);
    }
}

/* -- line ends, strings ------------------------------------------------------------------------ */

static void line_ends(void)
{
    unsigned char *place = NIL;
    unsigned long room = 0;
    reseed(6);
    for (int i = 0; i < MANY * 2; i++) {
        size = draw(40);
        for (unsigned long k = 0; k < size; k++)
            mail[k] = "\r\n\r\nab\0"[draw(7)];
        if (draw(8) == 0 && place) {
            fs_give((void **)&place);
            room = 4711;
        }
        int fresh = !place;
        unsigned long length = strcrlfcpy(&place, &room, (unsigned char *)mail, size);
        show("fresh %d room %lu\n", fresh, room);
        show_bytes("  from", mail, size);
        show_bytes("  to", place, length);
        show("  then %d\n", place[length]);
        STRING bs;
        unsigned long at = draw(size + 1), count = draw(size - at + 1);
        INIT(&bs, mail_string, (void *)mail, size);
        SETPOS(&bs, at);
        show("  from %lu: %lu\n", at, strcrlflen(&bs));
        show_rest(&bs);
        char buffer[64];
        memset(buffer, '#', sizeof buffer);
        show("  read %ld", mail_read(&bs, count, buffer));
        show_bytes("", buffer, count + 1);
        show_rest(&bs);
    }
    fs_give((void **)&place);
}

static void read_files(void)
{
    FILE *file = tmpfile();
    fputs("a file\r\nof\nthree lines\n", file);
    reseed(7);
    for (int i = 0; i < 200; i++) {
        STRING bs;
        char buffer[64];
        INIT(&bs, file_string, (void *)file, 23);
        SETPOS(&bs, draw(24));
        while (SIZE(&bs)) {
            unsigned long count = 1 + draw(SIZE(&bs));
            show("%lu read %ld", strcrlflen(&bs), mail_read(&bs, count, buffer));
            show_bytes("", buffer, count);
            show("  at %lu, %lu left\n", GETPOS(&bs), SIZE(&bs));
        }
    }
    fclose(file);
}

const struct test_case cases[] = {
    {"from_memory", from_memory}, {"headers", headers},     {"from_files", from_files}, {"contents", contents},
    {"hooks", hooks},             {"line_ends", line_ends}, {"read_files", read_files}, {NULL, NULL},
};
