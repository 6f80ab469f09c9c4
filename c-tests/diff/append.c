/* mail_append_full, and the string drivers that feed it.
 * second:
 */
#include "common.h"

static const char small[] = "From: a@example.org\r\nSubject: appended\r\n\r\nBody of it.\r\n";

static void on_appenduid(char *mailbox, unsigned long validity, SEARCHSET *set)
{
    show("  appenduid \"%s\" %lu\n", mailbox, validity);
    show_searchset("    set", set);
}

static void append_bytes(MAILSTREAM *with, char *mailbox, char *flags, char *date, const void *text, size_t size)
{
    STRING message;
    show("-- append %s %s %s (%zu octets)\n", mailbox, flags ? flags : "NIL", date ? date : "NIL", size);
    INIT(&message, mail_string, (void *)text, size);
    show("  %ld\n", mail_append_full(with, mailbox, flags, date, &message));
}

static void append(MAILSTREAM *with, char *mailbox, char *flags, char *date)
{
    append_bytes(with, mailbox, flags, date, small, sizeof small - 1);
}

static void look(MAILSTREAM *stream, char *mailbox)
{
    quiet = 1;
    stream = mail_open(stream, mailbox, NIL);
    for (unsigned long i = 1; i <= stream->nmsgs; i++) {
        unsigned long length = 0;
        char *text = mail_fetch_body(stream, i, "1", &length, FT_PEEK);
        mail_fetch_structure(stream, i, NIL, NIL);
        show_elt(stream, i);
        show_bytes("    text", text, length < 80 ? length : 80);
        show("    %lu octets\n", length);
    }
    mail_close_full(stream, NIL);
    quiet = 0;
}

static void flags(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    mail_parameters(NIL, SET_APPENDUID, (void *)on_appenduid);
    append(stream, spec("Empty"), NIL, NIL);
    append(stream, spec("Empty"), "\\Seen", NIL);
    append(stream, spec("Empty"), "\\SEEN \\FLAGGED", NIL);
    append(stream, spec("Empty"), "(\\Seen $Label1)", NIL);
    append(stream, spec("Empty"), "keyword other", NIL);
    append(stream, spec("Empty"), "\\Nonsense", NIL);
    append(stream, spec("Empty"), "bad)flag", NIL);
    append(stream, spec("Empty"), "", NIL);
    look(stream, spec("Empty"));
}

static void dates(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    append(stream, spec("Empty"), NIL, "12-May-2019 10:20:30 +0200");
    append(stream, spec("Empty"), NIL, " 2-Jun-1999 00:00:00 -0930");
    append(stream, spec("Empty"), NIL, "2-Jun-1999 00:00:00 +0000");
    append(stream, spec("Empty"), NIL, "Sun, 12 May 2019 10:20:30 +0200");
    append(stream, spec("Empty"), NIL, "12 May 2019 10:20:30 GMT");
    append(stream, spec("Empty"), NIL, "12-May-2019");
    append(stream, spec("Empty"), NIL, "nonsense");
    append(stream, spec("Empty"), NIL, "32-May-2019 10:20:30 +0200");
    append(stream, spec("Empty"), NIL, "12-May-2019 25:20:30 +0200");
    append(stream, spec("Empty"), NIL, "");
    append(stream, spec("Empty"), "\\Seen", "12-May-2019 10:20:30 +0200");
    look(stream, spec("Empty"));
}

static void places(void)
{
    MAILSTREAM *stream = open_quietly(spec("Work"), NIL);
    append(stream, spec("Work"), NIL, "12-May-2019 10:20:30 +0200");
    show_counts(stream);
    append(stream, spec("Missing"), NIL, NIL);
    append(stream, "Work", NIL, "12-May-2019 10:20:30 +0200");
    append(stream, spec_port("T_PORT2", "u1", "/notls", "Work"), NIL, NIL);
    append(NIL, spec("Work"), NIL, "12-May-2019 10:20:30 +0200");
    append(NIL, spec("Missing"), NIL, NIL);
    append(NIL, spec_port("T_REFUSED", "u1", "/notls", "INBOX"), NIL, NIL);
    append(NIL, spec(""), NIL, NIL);
    show_counts(stream);
    mail_ping(stream);
    show_counts(stream);
    look(stream, spec("Work"));
    MAILSTREAM *half = open_quietly(spec("Work"), OP_HALFOPEN);
    append(half, spec("Work"), NIL, NIL);
    close_quietly(half);
}

static void odd_texts(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    append_bytes(stream, spec("Empty"), NIL, NIL, "", 0);
    append_bytes(stream, spec("Empty"), NIL, NIL, "\r\n", 2);
    append_bytes(stream, spec("Empty"), NIL, NIL, "no line end", 11);
    append_bytes(stream, spec("Empty"), NIL, NIL, "Subject: bare\n\nlines\nof unix\n", 29);
    append_bytes(stream, spec("Empty"), NIL, NIL, "Subject: 8\r\n\r\n\xc3\xa4\xff\x80\r\n", 20);
    look(stream, spec("Empty"));
}

static void nul_octets(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    append_bytes(stream, spec("Empty"), NIL, NIL, "Subject: nul\r\n\r\na\0b\r\n", 21);
    look(stream, spec("Empty"));
}

static void big(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    size_t size = 300000;
    char *text = malloc(size);
    memcpy(text, "Subject: big\r\n\r\n", 16);
    for (size_t i = 16; i < size; i++)
        text[i] = i % 70 == 0 ? '\n' : i % 70 == 69 ? '\r' : (char)('a' + i % 26);
    append_bytes(stream, spec("Empty"), NIL, NIL, text, size);
    free(text);
    look(stream, spec("Empty"));
}

/* A driver of the caller's own: text made in pieces of 10 octets. */
static void piece_setpos(STRING *s, unsigned long position)
{
    s->offset = position - position % 10;
    for (int i = 0; i < 10; i++)
        s->chunk[i] = (char)(s->offset + (unsigned long)i < 14 ? "Subject: x\r\n\r\n"[s->offset + (unsigned long)i]
                                                              : 'a' + (int)((s->offset / 10) % 26));
    /* No chunk may reach beyond the end. */
    s->chunksize = s->size - s->offset < 10 ? s->size - s->offset : 10;
    s->curpos = s->chunk + position % 10;
    s->cursize = s->chunksize - position % 10;
}

static void piece_init(STRING *s, void *data, unsigned long size)
{
    s->data = data;
    s->size = size;
    s->chunk = data;
    piece_setpos(s, 0);
}

static char piece_next(STRING *s)
{
    char c = *s->curpos++;
    SETPOS(s, GETPOS(s));
    return c;
}

static STRINGDRIVER pieces = {piece_init, piece_next, piece_setpos};

static void own_driver(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    char place[10];
    STRING message;
    INIT(&message, pieces, place, 105);
    show("%ld\n", mail_append_full(stream, spec("Empty"), NIL, NIL, &message));
    /* From the middle on: what was read before does not belong to the message. */
    INIT(&message, pieces, place, 105);
    SETPOS(&message, 14);
    show("left %lu\n", SIZE(&message));
    show("%ld\n", mail_append_full(stream, spec("Empty"), NIL, NIL, &message));
    look(stream, spec("Empty"));
}

static void string_macros(void)
{
    STRING s;
    char text[] = "abcdefghij";
    INIT(&s, mail_string, text, 10);
    show("size %lu pos %lu chr %c data %s\n", SIZE(&s), GETPOS(&s), CHR(&s), s.data == text ? "given" : "other");
    show("chunk %lu cursize %lu offset %lu size %lu\n", s.chunksize, s.cursize, s.offset, s.size);
    for (int i = 0; i < 4; i++) {
        char c = SNX(&s);
        show("%c size %lu pos %lu chr %c\n", c, SIZE(&s), GETPOS(&s), CHR(&s));
    }
    SETPOS(&s, 8);
    show("size %lu pos %lu chr %c cursize %lu\n", SIZE(&s), GETPOS(&s), CHR(&s), s.cursize);
    char c = SNX(&s);
    show("%c %lu\n", c, SIZE(&s));
    c = SNX(&s);
    show("%c %lu\n", c, SIZE(&s));
    SETPOS(&s, 0);
    show("size %lu pos %lu chr %c\n", SIZE(&s), GETPOS(&s), CHR(&s));
    SETPOS(&s, 10);
    show("size %lu pos %lu\n", SIZE(&s), GETPOS(&s));
    INIT(&s, mail_string, text, 0);
    show("size %lu pos %lu\n", SIZE(&s), GETPOS(&s));
}

const struct test_case cases[] = {
    {"flags", flags},     {"dates", dates}, {"places", places},         {"odd_texts", odd_texts},
    {"nul_octets", nul_octets}, {"big", big}, {"own_driver", own_driver}, {"string_macros", string_macros},
    {NULL, NULL},
};
