/* Mail that is meant to do harm: very deep, very long, cut off, full of NULs, read on a thread with little stack. Every
 * reading function must come back, in a time that grows with the size and no faster, and stay within its text.
 * server: none
 */
#include "common.h"
#include <c-client/flstring.h>
#include <c-client/utf8aux.h>
#include <pthread.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

UNDECLARED void md5_init(void *ctx), md5_update(void *ctx, unsigned char *data, unsigned long len),
    md5_final(unsigned char *digest, void *ctx);

#define STACK (112 << 10)
#define SIZE_OF_INPUT enough(100000)

/* -- a text with nothing behind it ------------------------------------------------------------- */

static char *page_end;
static size_t room;

/* The NUL of a text of `size` octets is the last octet that may be touched. */
static char *place(size_t size)
{
    size_t unit = (size_t)sysconf(_SC_PAGESIZE), most = (4 * SIZE_OF_INPUT + unit) / unit * unit;
    if (!page_end) {
        char *map = mmap(NULL, most + unit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (map == MAP_FAILED || mprotect(map + most, unit, PROT_NONE)) {
            show("!! no memory\n");
            exit(3);
        }
        page_end = map + most;
        room = most;
    }
    return page_end - size - 1;
}

/* `opening`, then `middle` again and again, then `closing`: about `size` octets. */
static char *text_of(size_t size, const char *opening, const char *middle, const char *closing)
{
    size_t a = strlen(opening), b = strlen(middle), c = strlen(closing), times = size / (b ? b : 1);
    char *text = place(a + b * times + c);
    memcpy(text, opening, a);
    for (size_t i = 0; i < times; i++)
        memcpy(text + a + i * b, middle, b);
    memcpy(text + a + b * times, closing, c + 1);
    return text;
}

static const struct {
    const char *opening, *middle, *closing;
} shapes[] = {
    {"", "(", ""},           {"a ", "(", ""},        {"a@b ", "(", ")"},     {"", "()", ""},          {"", "(a(b", ""},
    {"", "\\", ""},          {"\"", "\\\"", ""},     {"\"", "\\\\", ""},     {"", "\"", ""},          {"", "\"\"", "\""},
    {"", "<", ""},           {"<", "@a,", ""},       {"<@a", ".a", ""},      {"<", "@a.", ""},        {"a", "@", ""},
    {"a@", "b.", ""},        {"a@", "b.", "("},      {"a@", "\"\\b\".", ""}, {"a@", ".", ""},         {"a@[", "\\]", ""},
    {"<@a,@", "[", ""},      {"", ".a", ""},         {"a", ". ", ""},        {"", "g:", ""},          {"", "g:;", ""},
    {"", "g:a,", ""},        {"g:", "a,", ";"},      {"", "a,", ""},         {"", "a@b,", ""},        {"", "a at ", ""},
    {"", "a <b@c>,", ""},    {"", "a <", ""},        {"", " ", ""},          {"", "\r\n ", ""},       {"", "a ", ""},
    {"", "\x1b$B", ""},      {"", "\x1b", ""},       {"", "\x1b(J", ""},     {"", ",", ""},           {"", ";", ""},
    {"", ";a", ""},          {"", ";a=", ""},        {"", ";a=b", ""},       {"", ";a=\"b\"", ""},    {";a=\"", "b", ""},
    {"", ";(", ""},          {"", "a,", "("},        {"", "a(", ""},         {"", "a/", ""},          {"a/b;", "(c)", ""},
    {"", "=?", ""},          {"", "=?a?q?", ""},     {"", "=?a?q?b?= ", ""}, {"", "=", ""},           {"", "YQ==", ""},
    {"", "\xff", ""},        {"", "\x01", ""},       {"", ":", ""},          {"a", ",(", ""},         {"", "(\\", ""},
};

/* -- readers ----------------------------------------------------------------------------------- */

static void read_adrlist(char *text)
{
    ADDRESS *list = NIL;
    rfc822_parse_adrlist(&list, text, "host");
    ADDRESS *copy = rfc822_cpy_adr(list);
    mail_free_address(&copy);
    mail_free_address(&list);
}

static void read_without_host(char *text)
{
    ADDRESS *list = NIL;
    rfc822_parse_adrlist(&list, text, NIL);
    mail_free_address(&list);
}

static void read_address(char *text)
{
    ADDRESS *list = NIL;
    rfc822_parse_address(&list, NIL, &text, "host", 0);
    if (text)
        check(!text[strlen(text)], "a place outside");
    mail_free_address(&list);
}

static void read_group(char *text)
{
    ADDRESS *list = NIL;
    rfc822_parse_group(&list, NIL, &text, "host", ~0UL - 1);
    rfc822_parse_group(&list, NIL, &text, "host", 0);
    mail_free_address(&list);
}

static void read_mailbox(char *text)
{
    ADDRESS *list = rfc822_parse_mailbox(&text, "host");
    mail_free_address(&list);
}

static void read_routeaddr(char *text)
{
    char *end = NIL;
    ADDRESS *list = rfc822_parse_routeaddr(text, &end, "host");
    mail_free_address(&list);
}

static void read_addrspec(char *text)
{
    char *end = NIL;
    ADDRESS *list = rfc822_parse_addrspec(text, &end, NIL);
    mail_free_address(&list);
}

static void read_domain(char *text)
{
    char *end = NIL, *name = rfc822_parse_domain(text, &end);
    fs_give((void **)&name);
}

static void read_phrase(char *text)
{
    char *end = rfc822_parse_phrase(text);
    check(!end || (end >= text && end < page_end), "a phrase outside");
    if (end)
        rfc822_phraseonly(end);
}

static void read_word(char *text)
{
    rfc822_parse_word(text, NIL);
    rfc822_parse_word(text, "]\\");
    rfc822_parse_word(text, "");
}

static void read_space(char *text)
{
    rfc822_skipws(&text);
    if (*text == '(')
        rfc822_skip_comment(&text, LONGT);
}

static void read_quoted(char *text)
{
    char *copy = rfc822_cpy(text);
    fs_give((void **)&copy);
    rfc822_quote(text);
}

static void read_parameters(char *text)
{
    BODY *body = mail_newbody();
    rfc822_parse_parameter(&body->parameter, text);
    rfc822_parse_parameter(&body->parameter, text);
    mail_free_body(&body);
}

static void read_content_lines(char *text)
{
    static const char *names[] = {"TYPE", "TRANSFER-ENCODING", "DISPOSITION", "LANGUAGE", "ID", "MD5 x"};
    for (int i = 0; i < 6; i++) {
        char name[32];
        BODY *body = mail_newbody();
        strcpy(name, names[i]);
        rfc822_parse_content_header(body, name, text);
        mail_free_body(&body);
    }
}

static void read_words(char *text)
{
    unsigned char *s = (unsigned char *)text, *end = s + strlen(text), *t;
    SIZEDTEXT txt = {NIL, 0};
    mime2_token(s, end, &t);
    mime2_text(s, end);
    if (mime2_decode((unsigned char *)"q", s, end, &txt))
        fs_give((void **)&txt.data);
    if (mime2_decode((unsigned char *)"B", s, end, &txt))
        fs_give((void **)&txt.data);
    check(!mime2_decode((unsigned char *)"x", s, end, &txt) && !txt.data, "an unknown encoding");
}

static void read_lines(char *text)
{
    unsigned char *copy = NIL;
    unsigned long size = 0;
    strcrlfcpy(&copy, &size, (unsigned char *)text, strlen(text));
    fs_give((void **)&copy);
}

/* The text as a header, as a body, as a header line. */
static void read_message(char *text)
{
    size_t size = strlen(text);
    STRING bs;
    ENVELOPE *env = NIL;
    BODY *body = NIL;
    rfc822_parse_msg(&env, NIL, text, size, NIL, NIL, 0);
    mail_free_envelope(&env);
    INIT(&bs, mail_string, (void *)text, size);
    static char plain[] = "Content-Type: multipart/mixed; boundary=a\r\n\r\n";
    rfc822_parse_msg(&env, &body, plain, sizeof plain - 1, &bs, NIL, 0);
    mail_free_envelope(&env);
    mail_free_body(&body);
    for (int i = 0; i < 2; i++) {
        char *header = fs_get(size + 100);
        int length = sprintf(header, "%s: ", i ? "Content-Type" : "To");
        memcpy(header + length, text, size + 1);
        strcat(header, "\r\n\r\n");
        INIT(&bs, mail_string, (void *)text, size);
        rfc822_parse_msg(&env, &body, header, strlen(header), &bs, "host", 0);
        mail_free_envelope(&env);
        mail_free_body(&body);
        fs_give((void **)&header);
    }
}

/* -- running ----------------------------------------------------------------------------------- */

static double used(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *on_little_stack(void *read)
{
    void (*reader)(char *) = (void (*)(char *))read;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        double spent[2];
        for (int k = 0; k < 2; k++) {
            char *text = text_of(k ? SIZE_OF_INPUT : SIZE_OF_INPUT / 8, shapes[i].opening, shapes[i].middle, shapes[i].closing);
            double begin = used();
            reader(text);
            spent[k] = used() - begin;
        }
        /* Eight times the size: what grows with the square takes sixty-four times as long. */
        check(spent[1] < 0.5 + 30 * spent[0], "%s%s...%s takes %.2f s, an eighth of it %.2f s", shapes[i].opening,
              shapes[i].middle, shapes[i].closing, spent[1], spent[0]);
    }
    return NULL;
}

static void run(void *(*work)(void *), void *argument)
{
    pthread_attr_t attributes;
    pthread_t thread;
    quiet = 1;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    if (pthread_create(&thread, &attributes, work, argument))
        show("!! no thread\n");
    else
        pthread_join(thread, NULL);
}

#define READER(name) \
    static void shapes_##name(void) { run(on_little_stack, (void *)read_##name); }
READER(adrlist)
READER(without_host)
READER(address)
READER(group)
READER(mailbox)
READER(routeaddr)
READER(addrspec)
READER(domain)
READER(phrase)
READER(word)
READER(space)
READER(quoted)
READER(parameters)
READER(content_lines)
READER(words)
READER(lines)
READER(message)

/* -- trees ------------------------------------------------------------------------------------- */

static unsigned long depth_of(BODY *body)
{
    unsigned long depth = 0;
    for (; body; depth++) {
        if (body->type == TYPEMULTIPART)
            body = body->nested.part ? &body->nested.part->body : NIL;
        else if (body->type == TYPEMESSAGE && body->subtype && !strcmp(body->subtype, "RFC822") && body->nested.msg)
            body = body->nested.msg->body;
        else
            break;
    }
    return depth;
}

static void read_tree(const char *header, char *text, size_t size, STRINGDRIVER *driver, void *data)
{
    STRING bs;
    ENVELOPE *env = NIL;
    BODY *body = NIL;
    char *copy = cpystr(header);
    bs.dtb = driver;
    (*driver->init)(&bs, data ? data : text, size);
    rfc822_parse_msg(&env, &body, copy, strlen(copy), &bs, "host", 0);
    check(body && depth_of(body) <= 52, "a tree of %lu levels", depth_of(body));
    check(GETPOS(&bs) <= size, "read to %lu of %lu", GETPOS(&bs), (unsigned long)size);
    mail_free_envelope(&env);
    mail_free_body(&body);
    fs_give((void **)&copy);
}

#define MESSAGE_HEADER "Content-Type: message/rfc822\r\n\r\n"
#define MULTIPART_HEADER "MIME-Version: 1.0\r\nContent-Type: multipart/digest; boundary=a\r\n\r\n"

static void *deep_messages(void *unused)
{
    char *text = text_of(3 * SIZE_OF_INPUT, "", MESSAGE_HEADER, "end");
    read_tree(MESSAGE_HEADER, text, strlen(text), &mail_string, NULL);
    return unused;
}

static void *deep_parts(void *unused)
{
    char *text = text_of(3 * SIZE_OF_INPUT, "", "--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n", "");
    read_tree(MULTIPART_HEADER, text, strlen(text), &mail_string, NULL);
    /* Every level with a boundary of its own. */
    size_t size = 0, most = 2 * SIZE_OF_INPUT;
    text = fs_get(most + 100);
    for (int level = 0; size < most; level++)
        size += (size_t)sprintf(text + size, "--%d\r\nContent-Type: multipart/digest; boundary=%d\r\n\r\n", level, level + 1);
    read_tree("MIME-Version: 1.0\r\nContent-Type: multipart/digest; boundary=0\r\n\r\n", text, size, &mail_string, NULL);
    fs_give((void **)&text);
    return unused;
}

static void *many_parts(void *unused)
{
    char *text = text_of(SIZE_OF_INPUT, "", "--a\r\n", "");
    read_tree(MULTIPART_HEADER, text, strlen(text), &mail_string, NULL);
    text = text_of(SIZE_OF_INPUT, "", "--a\n\n", "");
    read_tree(MULTIPART_HEADER, text, strlen(text), &mail_string, NULL);
    return unused;
}

/* A sound message, cut off at each of its octets, with a NUL at each of them. */
static const char sound[] =
    "From: A <a@b>, g: c@d (e), \"f\\\"\" <@h,@i:j@k>;\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n"
    " boundary=\"cut\"; x*0*=utf-8''%20; (c)\r\n\r\nbefore\r\n--cut\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n"
    "To: [x@[1.2]\r\n\r\ntext\r\n--cut \r\n\r\n\x1b$B\r\n--cut\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--cut--\r\n";

static void *cut_off(void *unused)
{
    for (size_t size = 0; size < sizeof sound; size++)
        for (int way = 0; way < 3; way++) {
            char *text = place(way ? sizeof sound - 1 : size);
            size_t length = way ? sizeof sound - 1 : size;
            memcpy(text, sound, length + 1);
            text[length] = 0;
            if (way)
                text[size] = way == 1 ? 0 : (char)0xff;
            size_t head = (size_t)(strstr(sound, "\r\n\r\n") - sound) + 4;
            if (head > length)
                head = length;
            STRING bs;
            ENVELOPE *env = NIL;
            BODY *body = NIL;
            INIT(&bs, mail_string, (void *)(text + head), length - head);
            rfc822_parse_msg(&env, &body, text, head, &bs, NIL, 0);
            mail_free_envelope(&env);
            mail_free_body(&body);
        }
    return unused;
}

/* A file that is shorter than its string says; a size that nobody has memory for. */
static void *short_files(void *unused)
{
    FILE *file = tmpfile();
    fwrite(sound, 1, sizeof sound - 1, file);
    fflush(file);
    read_tree(MULTIPART_HEADER, NULL, 10000, &file_string, file);
    rewind(file);
    read_tree(MULTIPART_HEADER, NULL, ~0UL / 2, &file_string, file);
    STRING bs;
    char buffer[100];
    INIT(&bs, mail_string, (void *)"abc", 3);
    memset(buffer, '#', sizeof buffer);
    check(mail_read(&bs, 8, buffer) == T && !memcmp(buffer, "abc\0\0\0\0\0#", 9), "mail_read behind the end");
    fclose(file);
    return unused;
}

static void *nothing_given(void *unused)
{
    ADDRESS *list = NIL;
    BODY *body = NIL;
    char *none = NIL;
    rfc822_parse_adrlist(NIL, "a", NIL);
    rfc822_parse_adrlist(&list, NIL, NIL);
    check(!rfc822_parse_address(&list, NIL, &none, NIL, 0) && !rfc822_parse_group(&list, NIL, &none, NIL, 0), "no text");
    check(!rfc822_cpy(NIL) && !rfc822_quote(NIL) && !rfc822_cpy_adr(NIL) && !rfc822_phraseonly(NIL), "no text");
    rfc822_skipws(NIL);
    rfc822_skipws(&none);
    check(!rfc822_skip_comment(&none, 1) && !rfc822_parse_domain(NIL, NIL), "no text");
    rfc822_parse_parameter(NIL, "; a=b");
    rfc822_parse_content_header(NIL, NIL, NIL);
    rfc822_parse_content(NIL, NIL, NIL, 0, 0);
    rfc822_parse_msg(NIL, &body, NIL, 0, NIL, NIL, 0);
    check(body != NIL, "a body of nothing");
    mail_free_body(&body);
    check(!strcrlflen(NIL) && !strcrlfcpy(NIL, NIL, NIL, 0), "no text");
    rfc822_date(NIL);
    internal_date(NIL);
    return unused;
}

/* -- MD5 (RFC 1321) ---------------------------------------------------------------------------- */

static void md5(void)
{
    static const struct {
        const char *text, *digest;
    } known[] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (size_t cut = 0; cut <= strlen(known[i].text); cut++) {
            struct {
                unsigned long words[6];
                unsigned char block[64], *at, fence[16];
            } ctx;
            unsigned char digest[16];
            char text[33];
            memset(&ctx, 0x55, sizeof ctx);
            md5_init(&ctx);
            md5_update(&ctx, (unsigned char *)known[i].text, cut);
            md5_update(&ctx, (unsigned char *)known[i].text + cut, strlen(known[i].text) - cut);
            md5_final(digest, &ctx);
            for (int k = 0; k < 16; k++)
                sprintf(text + 2 * k, "%02x", digest[k]);
            check(!strcmp(text, known[i].digest), "%s is %s", known[i].text, text);
            for (int k = 0; k < 16; k++)
                check(ctx.fence[k] == 0x55, "the context is too large");
            check(!ctx.words[5] && !ctx.at, "the context is left");
        }
}

#define TREE(name) \
    static void tree_##name(void) { run(name, NULL); }
TREE(deep_messages)
TREE(deep_parts)
TREE(many_parts)
TREE(cut_off)
TREE(short_files)
TREE(nothing_given)

#define CASE(name) {#name, name}
const struct test_case cases[] = {
    CASE(shapes_adrlist),    CASE(shapes_without_host), CASE(shapes_address),       CASE(shapes_group),
    CASE(shapes_mailbox),    CASE(shapes_routeaddr),    CASE(shapes_addrspec),      CASE(shapes_domain),
    CASE(shapes_phrase),     CASE(shapes_word),         CASE(shapes_space),         CASE(shapes_quoted),
    CASE(shapes_parameters), CASE(shapes_content_lines), CASE(shapes_words),        CASE(shapes_lines),
    CASE(shapes_message),    CASE(tree_deep_messages),  CASE(tree_deep_parts),      CASE(tree_many_parts),
    CASE(tree_cut_off),      CASE(tree_short_files),    CASE(tree_nothing_given),   CASE(md5),
    {NULL, NULL},
};
