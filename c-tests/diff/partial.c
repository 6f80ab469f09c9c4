/* Pieces of texts for a reader: mail_partial_text, mail_partial_body, mail_search_gets; and what fetching returns:
 * mail_fetch_text_return, mail_fetch_string_return, mail_read. */
#include "common.h"

#include <c-client/flstring.h>

static MAILSTREAM *stream;
static unsigned long greed = 7; /* octets the reader asks for at a time */
static int give;                /* the caller takes what the reader makes; of a piece (no MG_COPY) nobody does */

static char *reader(readfn_t read, void *from, unsigned long size, GETS_DATA *md)
{
    char *all = fs_get(size + 1);
    show("  reader %lu octets, message %lu [%s] %lu+%lu flags=%ld stl=%s\n", size, md->msgno, md->what ? md->what : "NIL",
         md->first, md->last, md->flags, md->stl ? "yes" : "NIL");
    show("  stream %s\n", md->stream == stream ? "ours" : "another");
    for (unsigned long at = 0; at < size; at += greed) {
        unsigned long step = size - at < greed ? size - at : greed;
        show(at + step == size ? "  last read %ld\n" : "", (*read)(from, step, all + at));
    }
    all[size] = 0;
    show_bytes("  got", all, size);
    if (!give && !(md->flags & MG_COPY))
        fs_give((void **)&all);
    return all;
}

static void text(unsigned long msgno, char *section, unsigned long first, unsigned long last, long flags)
{
    show("-- text %lu %s %lu+%lu %ld\n", msgno, section ? section : "NIL", first, last, flags);
    show("  %ld\n", mail_partial_text(stream, msgno, section, first, last, flags));
}

static void body(unsigned long msgno, char *section, unsigned long first, unsigned long last, long flags)
{
    show("-- body %lu %s %lu+%lu %ld\n", msgno, section ? section : "NIL", first, last, flags);
    show("  %ld\n", mail_partial_body(stream, msgno, section, first, last, flags));
}

static void begin(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    mail_parameters(NIL, SET_GETS, (void *)reader);
}

static void end(void)
{
    mail_parameters(NIL, SET_GETS, NIL);
    close_quietly(stream);
}

static void texts(void)
{
    begin();
    text(1, NIL, 0, 0, FT_PEEK);
    text(1, NIL, 0, 10, FT_PEEK);
    text(1, NIL, 5, 10, FT_PEEK);
    text(1, NIL, 5, 0, FT_PEEK);
    text(1, NIL, 5, 100000, FT_PEEK);
    text(1, NIL, 100000, 5, FT_PEEK);
    text(1, "", 3, 3, FT_PEEK);
    text(3, "2", 0, 20, FT_PEEK);
    text(3, "3", 0, 20, FT_PEEK);
    text(3, "1", 0, 20, FT_PEEK);
    text(3, "9", 0, 20, FT_PEEK);
    text(3, "x", 0, 20, FT_PEEK);
    text(2, NIL, 0, 30, FT_PEEK | FT_INTERNAL);
    text(101, NIL, 0, 30, FT_PEEK | FT_UID);
    text(4711, NIL, 0, 30, FT_PEEK | FT_UID);
    end();
}

static void bodies(void)
{
    begin();
    body(2, "1", 0, 0, FT_PEEK);
    body(2, "1", 0, 10, FT_PEEK);
    body(2, "2", 60, 61, FT_PEEK);
    body(2, "2", 60, 0, FT_PEEK);
    body(2, "3", 0, 5, FT_PEEK);
    body(2, "0", 0, 5, FT_PEEK);
    body(2, "1.1", 0, 5, FT_PEEK);
    body(2, NIL, 0, 5, FT_PEEK);
    body(2, "", 2, 5, FT_PEEK);
    body(3, "2", 2, 5, FT_PEEK);
    body(3, "2.1", 2, 5, FT_PEEK);
    body(102, "1", 2, 5, FT_PEEK | FT_UID);
    body(4711, "1", 2, 5, FT_PEEK | FT_UID);
    end();
}

/* What lies in the cache is cut here. */
static void cached(void)
{
    reseed(1);
    stream = open_quietly(spec("INBOX"), NIL);
    mail_fetch_text(stream, 1, NIL, NIL, FT_PEEK);
    mail_fetch_body(stream, 2, "1", NIL, FT_PEEK);
    mail_parameters(NIL, SET_GETS, (void *)reader);
    for (int i = 0; i < 60; i++) {
        unsigned long first = draw(3) ? draw(120) : 0, last = draw(3) ? draw(120) : 0;
        greed = 1 + draw(20);
        text(1, NIL, first, last, FT_PEEK);
        body(2, "1", first, last, FT_PEEK);
    }
    text(1, NIL, 0, ~0UL, FT_PEEK);
    text(1, NIL, ~0UL, ~0UL, FT_PEEK);
    end();
}

/* What does not lie there is cut by the server. */
static void fetched(void)
{
    reseed(2);
    begin();
    for (int i = 0; i < 40; i++) {
        /* UW asks for a piece without an end in a way that servers refuse (deviation 85). */
        unsigned long first = draw(3) ? draw(200) : 0, last = first || draw(3) ? 1 + draw(200) : 0;
        greed = 1 + draw(20);
        if (draw(2))
            text(1 + draw(3), NIL, first, last, FT_PEEK);
        else
            body(2, draw(2) ? "1" : "2", first, last, FT_PEEK);
    }
    end();
}

static void marks_seen(void)
{
    begin();
    text(10, NIL, 0, 10, NIL);
    show("  seen %d\n", mail_elt(stream, 10)->seen);
    mail_parameters(NIL, SET_GETS, NIL);
    mail_fetch_body(stream, 2, "1", NIL, FT_PEEK);
    mail_flag(stream, "2", "\\Seen", NIL);
    mail_parameters(NIL, SET_GETS, (void *)reader);
    body(2, "1", 0, 10, FT_PEEK);
    show("  seen %d\n", mail_elt(stream, 2)->seen);
    body(2, "1", 0, 10, NIL);
    show("  seen %d\n", mail_elt(stream, 2)->seen);
    end();
}

static void without_a_reader(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    text(1, NIL, 0, 0, FT_PEEK);
    close_quietly(stream);
}

static void body_without_a_reader(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    body(2, "1", 0, 0, FT_PEEK);
    close_quietly(stream);
}

/* The reader that searches: found patterns are taken out of the list. Where UW finds the last of them in the first piece
 * of a text, it reads that piece's length once more, and so the server's answer away (deviation 84): one stays. */
static void searching(void)
{
    static const char *const words[] = {"NEEDLE", "PLAIN", "E", "THE", "\r\n"};
    reseed(3);
    stream = open_quietly(spec("INBOX"), NIL);
    for (int i = 0; i < 30; i++) {
        STRINGLIST *list = stringlist("ZZZZZ", NIL), *node;
        unsigned char *data[4] = {list->text.data};
        int n = 1;
        for (int count = 1 + (int)draw(3); count; count--) {
            list = stringlist(words[draw(sizeof words / sizeof *words)], list);
            data[n++] = list->text.data;
        }
        show_stringlist("for", list);
        stream->private.search.string = list;
        mail_parameters(NIL, SET_GETS, (void *)mail_search_gets);
        mail_partial_text(stream, 1 + draw(9), NIL, 0, 0, FT_PEEK);
        mail_parameters(NIL, SET_GETS, NIL);
        mail_gc(stream, GC_TEXTS);
        show("  %ld\n", stream->private.search.result);
        show_stringlist("  left", stream->private.search.string);
        for (node = stream->private.search.string; node; node = node->next)
            node->text.data = NIL;
        mail_free_stringlist(&stream->private.search.string);
        while (n)
            fs_give((void **)&data[--n]);
    }
    close_quietly(stream);
}

/* Texts of several pieces of 1,024 octets, some patterns lying across. */
struct source {
    const char *at;
};

static long source_read(void *from, unsigned long size, char *buffer)
{
    struct source *source = from;
    memcpy(buffer, source->at, size);
    source->at += size;
    return T;
}

static void searching_long_texts(void)
{
    static char place[7100];
    reseed(4);
    stream = open_quietly(spec("INBOX"), NIL);
    for (int i = 0; i < 300; i++) {
        unsigned long size = draw(sizeof place - 1100);
        struct source source = {place};
        GETS_DATA md;
        for (unsigned long n = 0; n < sizeof place; n++)
            place[n] = draw(60) ? (char)('a' + draw(3)) : ' ';
        INIT_GETS(md, stream, 1, "TEXT", 0, 0);
        unsigned long length = 1 + draw(8), start = size > length ? draw(size - length) : 0;
        char word[9];
        for (unsigned long n = 0; n < length; n++)
            word[n] = (char)(place[start + n] == ' ' ? ' ' : place[start + n] - 32);
        word[length] = 0;
        STRINGLIST *list = stringlist(word, stringlist(i % 2 ? "ABCABCABC" : "A", NIL));
        unsigned char *data[2] = {list->text.data, list->next->text.data};
        stream->private.search.string = list;
        show("%s at %lu of %lu: ", word, start, size);
        show("%s ", mail_search_gets(source_read, &source, size, &md) ? "text" : "NIL");
        show("%ld, read %d\n", stream->private.search.result, !stream->private.search.result ? (int)(source.at - place) : 0);
        for (list = stream->private.search.string; list; list = list->next)
            list->text.data = NIL;
        mail_free_stringlist(&stream->private.search.string);
        fs_give((void **)&data[0]);
        fs_give((void **)&data[1]);
    }
    close_quietly(stream);
}

static void returned(void)
{
    static char data[] = "0123456789";
    unsigned long length = 4711;
    GETS_DATA md;
    SIZEDTEXT sized = {(unsigned char *)data, 10}, none = {NIL, 0};
    STRING string;
    FILE *file = tmpfile();
    fputs(data, file);
    stream = open_quietly(spec("INBOX"), NIL);
    INIT_GETS(md, stream, 1, "1.2", 3, 4);
    char *got = mail_fetch_text_return(&md, &sized, &length);
    show("in place %d, %lu\n", got == data, length);
    show_string("empty", mail_fetch_text_return(&md, &none, &length));
    show("%lu\n", length);
    show_string("no length", mail_fetch_text_return(&md, &sized, NIL));
    INIT(&string, mail_string, data, 10);
    SETPOS(&string, 4);
    got = mail_fetch_string_return(&md, &string, 3, &length, NIL);
    show("in place %d, %lu\n", got == data + 4, length);
    mail_fetch_string_return(&md, &string, 3, &length, FT_RETURNSTRINGSTRUCT);
    show("struct at %lu of %lu\n", GETPOS(&stream->private.string), stream->private.string.size);
    INIT(&string, file_string, file, 10);
    SETPOS(&string, 2);
    show_string("copy", mail_fetch_string_return(&md, &string, 5, &length, NIL));
    show("%lu, %d\n", length, stream->text.size == 5);
    mail_parameters(NIL, SET_GETS, (void *)reader);
    greed = 3;
    give = 1;
    got = mail_fetch_text_return(&md, &sized, &length);
    show("made %d\n", got != data);
    fs_give((void **)&got);
    show_string("empty", mail_fetch_text_return(&md, &none, &length));
    INIT(&string, mail_string, data, 10);
    SETPOS(&string, 4);
    got = mail_fetch_string_return(&md, &string, 6, NIL, NIL);
    fs_give((void **)&got);
    mail_fetch_string_return(&md, &string, 3, &length, FT_RETURNSTRINGSTRUCT);
    mail_parameters(NIL, SET_GETS, NIL);
    close_quietly(stream);
    fclose(file);
}

static void strings_read(void)
{
    static char data[500];
    char buffer[500];
    reseed(5);
    for (unsigned long n = 0; n < sizeof data; n++)
        data[n] = (char)('a' + n % 26);
    for (int i = 0; i < 300; i++) {
        unsigned long size = 1 + draw(sizeof data), at = draw(size);
        STRING string;
        INIT(&string, mail_string, data, size);
        SETPOS(&string, at);
        while (at < size) {
            unsigned long step = draw(size - at + 1);
            show("%ld ", mail_read(&string, step, buffer));
            show_bytes("", buffer, step);
            at += step;
            show("  at %lu\n", GETPOS(&string));
        }
    }
}

const struct test_case cases[] = {
    {"texts", texts},
    {"bodies", bodies},
    {"cached", cached},
    {"fetched", fetched},
    {"marks_seen", marks_seen},
    {"without_a_reader", without_a_reader},
    {"body_without_a_reader", body_without_a_reader},
    {"searching", searching},
    {"searching_long_texts", searching_long_texts},
    {"returned", returned},
    {"strings_read", strings_read},
    {NULL, NULL},
};
