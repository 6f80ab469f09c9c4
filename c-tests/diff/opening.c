/* mail_open by chance: options, flags in the name, users, servers, a stream that is open already; and what the stream then
 * can do.
 * second:
 */
#include "drawn.h"

static MAILSTREAM *stream;

static void on_free_sparep(void **sparep)
{
    show("  spare pointer %s\n", sparep && *sparep ? "set" : "NIL");
    *sparep = NIL;
}

/* Any name that is good; some mailboxes do not exist. */
static char *drawn_name(void)
{
    static const char *const mailboxes[] = { "INBOX", "Work", "Empty", "Sub/Inner", "Missing", "Sub", "", "inbox", "<no_mailbox>" };
    static const char *const users[] = { "u1", "u1", "u1", "u2", "u3", "" };
    static const char *const flags[] = { "/notls", "/notls", "/notls/readonly", "/notls/norsh", "/notls/novalidate-cert",
                                         "/notls/service=imap", "/notls/loser", "/notls/debug", "/notls/validate-cert" };
    const char *mailbox = PICK(mailboxes), *user = PICK(users);
    switch (draw(10)) {
    case 0: return spec_port("T_SPORT", user, "/ssl/novalidate-cert", mailbox);
    case 1: return spec_port("T_PORT2", user, "/notls", mailbox);
    default: return spec_for(user, PICK(flags), mailbox);
    }
}

static void use(void)
{
    STRING message;
    char text[] = "Subject: x\r\n\r\ny\r\n";
    unsigned long length = 0;
    switch (draw(9)) {
    case 0:
        show("  ping %ld\n", mail_ping(stream));
        break;
    case 1:
        mail_check(stream);
        break;
    case 2:
        show("  status %ld\n", mail_status(stream, spec("Work"), SA_MESSAGES | SA_UIDNEXT));
        break;
    case 3:
        if (stream->nmsgs) show_envelope("  ", mail_fetch_structure(stream, 1 + draw(stream->nmsgs), NIL, NIL));
        break;
    case 4:
        if (stream->nmsgs) {
            char *got = mail_fetch_body(stream, 1 + draw(stream->nmsgs), "1", &length, FT_PEEK);
            show_bytes("  body", got, length);
        }
        break;
    case 5:
        /* A half-open stream is asked in vain, too. */
        show("  copy %ld\n", mail_copy_full(stream, "1", "Empty", NIL));
        break;
    case 6:
        INIT(&message, mail_string, text, sizeof text - 1);
        show("  append %ld\n", mail_append_full(stream, spec("Empty"), NIL, "12-May-2019 10:20:30 +0200", &message));
        break;
    case 7:
        mail_flag(stream, "1", "\\Flagged", draw(2) ? ST_SET : NIL);
        break;
    default:
        mail_list(stream, spec(""), "%");
    }
}

static void opens(unsigned long start, unsigned long count)
{
    static const long all[] = { OP_READONLY, OP_ANONYMOUS, OP_SHORTCACHE, OP_SILENT, OP_HALFOPEN, OP_EXPUNGE, OP_SECURE, OP_TRYSSL,
                                OP_MULNEWSRC, OP_NOKOD, OP_SNIFF, OP_DEBUG };
    static int marker;
    reseed(start);
    shown_attributes &= ~(LATT_MARKED | LATT_UNMARKED);
    mail_parameters(NIL, SET_FREESTREAMSPAREP, (void *)on_free_sparep);
    for (unsigned long i = 1; i <= count; i++) {
        long options = NIL;
        for (unsigned o = 0; o < sizeof all / sizeof *all; o++)
            if (!draw(9)) options |= all[o];
        char *name = drawn_name();
        mail_parameters(NIL, SET_CLOSEONERROR, draw(8) ? NIL : (void *)1);
        MAILSTREAM *again = stream;
        if (stream && !draw(4)) {
            show("-- %lu close\n", i);
            again = stream = mail_close_full(stream, draw(4) ? NIL : CL_EXPUNGE);
        }
        /* News of a mailbox that is being left are another case's matter. */
        quiet = 1;
        if (again) mail_ping(again);
        quiet = 0;
        show("-- %lu %s %lx %s\n", i, name, options, again ? "again" : "anew");
        stream = mail_open(again, name, options);
        show_stream(stream);
        if (!stream) continue;
        show("  spare pointer %s\n", stream->sparep ? "kept" : "NIL");
        if (draw(2)) stream->sparep = &marker;
        show_elts(stream);
        for (unsigned long uses = draw(3); uses; uses--)
            use();
    }
    mail_close_full(stream, NIL);
}

static void first_series(void) { opens(31, 80); }
static void second_series(void) { opens(32, 80); }

/* More keywords than the stream has room for. */
static void many_keywords(void)
{
    stream = open_quietly(spec("Work"), NIL);
    for (int i = 0; i < 36; i++) {
        char word[16];
        snprintf(word, sizeof word, "word%d", i);
        show("-- %s\n", word);
        mail_flag(stream, "1", word, ST_SET);
        show_elt(stream, 1);
    }
    show_stream(stream);
    mail_close_full(stream, NIL);
    show("-- anew\n");
    stream = mail_open(NIL, spec("Work"), NIL);
    show_stream(stream);
    mail_fetch_flags(stream, "1:*", NIL);
    show_elts(stream);
    mail_close_full(stream, NIL);
}

/* The mailbox is replaced by another of the same name. */
static void another_uidvalidity(void)
{
    struct other *other = other_login("u1");
    stream = open_quietly(spec("Work"), NIL);
    show("uid %lu\n", mail_uid(stream, 2));
    stream = mail_open(stream, spec("INBOX"), NIL);
    other_command(other, NULL, "DELETE Work");
    other_command(other, NULL, "RENAME Sub/Inner Work");
    stream = mail_open(stream, spec("Work"), NIL);
    show_stream(stream);
    show("uid %lu\n", mail_uid(stream, 1));
    show_elts(stream);
    mail_close_full(stream, NIL);
    other_logout(other);
}

/* Whole commands and answers may differ (docs/deviations.md), that there are some may not. */
static void debug_lines(void)
{
    static const long options[] = { NIL, OP_DEBUG, OP_DEBUG | OP_HALFOPEN };
    for (int i = 0; i < 3; i++) {
        int before = callback_count;
        quiet = show_dlog = 1;
        stream = mail_open(NIL, spec("Work"), options[i]);
        quiet = 0;
        show("%lx: %s\n", options[i], callback_count - before > 8 ? "many lines" : "few lines");
        show_dlog = 0;
        close_quietly(stream);
    }
}

const struct test_case cases[] = {
    { "first_series", first_series }, { "second_series", second_series }, { "many_keywords", many_keywords },
    { "another_uidvalidity", another_uidvalidity }, { "debug_lines", debug_lines }, { NULL, NULL },
};
