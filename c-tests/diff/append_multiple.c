/* mail_append_multiple: several messages in one call, whatever the server can do.
 */
#include "drawn.h"

struct batch {
    int count, at;
    int fail_at; /* the callback gives up there; -1: never */
    const char *texts[8], *dates[8], *flags[8];
    STRING message;
};

static void on_appenduid(char *mailbox, unsigned long validity, SEARCHSET *set)
{
    show("  appenduid \"%s\" %lu\n", mailbox, validity);
    show_searchset("    set", set);
}

static long next_message(MAILSTREAM *stream, void *data, char **flags, char **date, STRING **message)
{
    struct batch *batch = data;
    show("  asked for %d\n", batch->at);
    if (batch->at == batch->fail_at) return NIL;
    if (batch->at == batch->count) {
        *message = NIL;
        return LONGT;
    }
    *flags = (char *)batch->flags[batch->at];
    *date = (char *)batch->dates[batch->at];
    INIT(&batch->message, mail_string, (void *)batch->texts[batch->at], strlen(batch->texts[batch->at]));
    *message = &batch->message;
    batch->at++;
    return LONGT;
}

static void look(const char *mailbox)
{
    show("-- what is in %s\n", mailbox);
    MAILSTREAM *stream = open_quietly(spec(mailbox), OP_READONLY);
    quiet = 1;
    for (unsigned long i = 1; i <= stream->nmsgs; i++) {
        unsigned long length = 0;
        char *text = mail_fetch_message(stream, i, &length, FT_PEEK);
        mail_fetch_structure(stream, i, NIL, NIL);
        show_elt(stream, i);
        show_bytes("    text", text, length < 100 ? length : 100);
    }
    quiet = 0;
    close_quietly(stream);
}

static void put_batch(MAILSTREAM *stream, char *mailbox, struct batch *batch)
{
    show("-- %s count=%d fail_at=%d %s\n", mailbox, batch->count, batch->fail_at, stream ? "stream" : "no stream");
    for (int i = 0; i < batch->count; i++)
        show("  %s %s\n", batch->flags[i] ? batch->flags[i] : "NIL", batch->dates[i] ? batch->dates[i] : "NIL");
    show("  %ld\n", mail_append_multiple(stream, mailbox, next_message, batch));
}

#define SMALL "From: a@example.org\r\nSubject: appended\r\n\r\nBody of it.\r\n"
#define DAY "12-May-2019 10:20:30 +0200"

static MAILSTREAM *begin(void)
{
    mail_parameters(NIL, SET_APPENDUID, (void *)on_appenduid);
    return open_quietly(spec("INBOX"), NIL);
}

static void counts(void)
{
    MAILSTREAM *stream = begin();
    for (int count = 0; count < 4; count++) {
        struct batch batch = { .count = count, .fail_at = -1, .texts = { SMALL, SMALL, SMALL }, .dates = { DAY, DAY, DAY },
                               .flags = { NIL, "\\Seen", "\\Flagged urgent" } };
        put_batch(stream, spec("Empty"), &batch);
    }
    close_quietly(stream);
    look("Empty");
}

static void given_up(void)
{
    MAILSTREAM *stream = begin();
    for (int at = 0; at < 3; at++) {
        struct batch batch = { .count = 3, .fail_at = at, .texts = { SMALL, SMALL, SMALL }, .dates = { DAY, DAY, DAY } };
        put_batch(stream, spec("Empty"), &batch);
        show("  alive %ld\n", mail_ping(stream));
    }
    close_quietly(stream);
    look("Empty");
}

static void places(void)
{
    struct batch batch = { .count = 2, .fail_at = -1, .texts = { SMALL, SMALL }, .dates = { DAY, DAY } };
    struct batch fresh = batch;
    MAILSTREAM *stream = begin();
    put_batch(stream, spec("Missing"), &batch);
    batch = fresh;
    put_batch(NIL, spec("Empty"), &batch);
    batch = fresh;
    put_batch(NIL, spec("Missing"), &batch);
    batch = fresh;
    put_batch(stream, "{bad", &batch);
    batch = fresh;
    put_batch(stream, spec_port("T_REFUSED", "u1", "/notls", "Empty"), &batch);
    batch = fresh;
    put_batch(stream, spec("INBOX"), &batch);
    show_counts(stream);
    mail_ping(stream);
    show_counts(stream);
    close_quietly(stream);
    look("Empty");
}

static void empty_messages(void)
{
    MAILSTREAM *stream = begin();
    struct batch first = { .count = 2, .fail_at = -1, .texts = { "", SMALL }, .dates = { DAY, DAY } };
    put_batch(stream, spec("Empty"), &first);
    struct batch second = { .count = 2, .fail_at = -1, .texts = { SMALL, "" }, .dates = { DAY, DAY } };
    put_batch(stream, spec("Empty"), &second);
    close_quietly(stream);
    look("Empty");
}

static void drawn(void)
{
    MAILSTREAM *stream = begin();
    reseed(71);
    for (int round = 0; round < 12; round++) {
        struct batch batch = { .count = 1 + (int)draw(6), .fail_at = -1 };
        for (int i = 0; i < batch.count; i++) {
            batch.texts[i] = cpystr((char *)draw_message());
            batch.dates[i] = cpystr((char *)draw_internal_date());
            if (draw(3)) batch.flags[i] = cpystr((char *)draw_flags());
        }
        put_batch(draw(4) ? stream : NIL, spec(draw(3) ? "Empty" : "Work"), &batch);
        for (int i = 0; i < batch.count; i++) {
            fs_give((void **)&batch.texts[i]);
            fs_give((void **)&batch.dates[i]);
            if (batch.flags[i]) fs_give((void **)&batch.flags[i]);
        }
    }
    close_quietly(stream);
    look("Empty");
    look("Work");
}

const struct test_case cases[] = {
    { "counts", counts }, { "given_up", given_up }, { "places", places }, { "empty_messages", empty_messages }, { "drawn", drawn },
    { NULL, NULL },
};
