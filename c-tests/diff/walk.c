/* Hundreds of drawn calls, one after the other, on mailboxes of drawn mail: each answer, each callback, each element. */
#include "drawn.h"

#include <stdarg.h>

/* A folder of the template, because the UIDVALIDITY of a new one is the time of day. */
#define PLACE "Empty"

static MAILSTREAM *stream;
static struct other *other;
static char *open_as; /* the mailbox that is selected */
static unsigned long step;
static int in_place; /* SET_GETS is on */
static int envelopes_gone; /* mail_gc has taken some */
static int over_tls;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
    va_list args;
    printf("-- %lu ", step);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    puts("");
    fflush(stdout);
}

static char *where(const char *mailbox)
{
    return over_tls ? spec_port("T_SPORT", "u1", "/ssl/novalidate-cert", mailbox) : spec(mailbox);
}

static void text(const char *label, const char *got, unsigned long length)
{
    show_bytes(label, got ? got : "(null)", got ? length : 6);
}

static unsigned long message(void) { return 1 + draw(stream->nmsgs); }

/* A message, as its UID when FT_UID is among the flags. */
static unsigned long addressed(long flags)
{
    unsigned long number = message();
    return flags & FT_UID ? mail_uid(stream, number) : number;
}

static long some(const long *flags, size_t count)
{
    long out = 0;
    for (size_t i = 0; i < count; i++)
        if (!draw(3)) out |= flags[i];
    return out;
}
#define SOME(table) some(table, sizeof table / sizeof *table)

/* -- fetching ------------------------------------------------------------------------------ */

static void fetch_structure(void)
{
    static const long all[] = { FT_UID, FT_NOHDRS, FT_NOLOOKAHEAD, FT_PEEK };
    long flags = SOME(all);
    BODY *body = NIL;
    unsigned long number = addressed(flags);
    int with_body = (int)draw(3);
    say("structure %lu %lx %s", number, flags, with_body ? "body" : "envelope");
    ENVELOPE *env = mail_fetch_structure(stream, number, with_body ? &body : NIL, flags);
    show_envelope("  ", env);
    if (with_body) show_body("  ", body);
}

static void fetch_header(void)
{
    static const long all[] = { FT_UID, FT_PEEK, FT_INTERNAL, FT_PREFETCHTEXT, FT_SEARCHLOOKAHEAD };
    long flags = SOME(all);
    STRINGLIST *lines = draw(2) ? draw_lines() : NIL;
    char *section = draw(3) ? NIL : (char *)draw_section();
    unsigned long length = 0, number = addressed(flags);
    if (lines && draw(2)) flags |= FT_NOT;
    /* UW reads a header that it has again where it has lost the envelope, and a text along with it (deviation 165). */
    if (envelopes_gone) flags &= ~FT_PREFETCHTEXT;
    say("header %lu section %s %lx", number, section ? section : "NIL", flags);
    show_stringlist("  line", lines);
    char *got = mail_fetch_header(stream, number, section, lines, &length, flags);
    text("  header", got, length);
    mail_free_stringlist(&lines);
}

typedef char *fetcher(MAILSTREAM *, unsigned long, char *, unsigned long *, long);

static char *whole(MAILSTREAM *s, unsigned long number, char *section, unsigned long *length, long flags)
{
    return mail_fetch_message(s, number, length, flags);
}

static void fetch_text_of(void)
{
    static const long all[] = { FT_UID, FT_PEEK, FT_PEEK, FT_INTERNAL };
    static const struct { const char *name; fetcher *get; } ways[] = {
        { "body", mail_fetch_body }, { "body", mail_fetch_body }, { "text", mail_fetch_text }, { "mime", mail_fetch_mime },
        { "message", whole },
    };
    unsigned long way = draw(5);
    long flags = SOME(all);
    unsigned long length = 0, number = addressed(flags);
    char *section = way == 2 && draw(3) ? NIL : (char *)draw_section();
    say("%s %lu section %s %lx", ways[way].name, number, section ? section : "NIL", flags);
    char *got = ways[way].get(stream, number, section, &length, flags);
    text("  text", got, length);
    show("  length %lu\n", length);
    show_elt(stream, flags & FT_UID ? mail_msgno(stream, number) : number);
}

/* A piece of a text, for SET_GETS' function alone: by the driver, as the functions of mail.h would. */
static void fetch_piece(void)
{
    static const long all[] = { FT_UID, FT_PEEK };
    long flags = SOME(all);
    unsigned long number = addressed(flags), first = draw(60), last = 1 + draw(60);
    char *section = draw(2) ? "TEXT" : (char *)draw_section();
    if (!in_place) return;
    /* The driver keeps texts of parts that it knows. */
    BODY *body = NIL;
    mail_fetch_structure(stream, flags & FT_UID ? mail_msgno(stream, number) : number, &body, NIL);
    say("piece of %lu section %s %lu %lu %lx", number, section, first, last, flags);
    show("  %ld\n", stream->dtb->msgdata(stream, number, section, first, last, NIL, flags));
}

static void fetch_many(void)
{
    static const long all[] = { FT_UID };
    long flags = SOME(all);
    char *sequence = draw_sequence(flags & FT_UID ? mail_uid(stream, stream->nmsgs) : stream->nmsgs);
    int fast = (int)draw(2);
    say("%s %s %lx", fast ? "fast" : "flags", sequence, flags);
    (fast ? mail_fetch_fast : mail_fetch_flags)(stream, sequence, flags);
    show_elts(stream);
}

/* -- changing ------------------------------------------------------------------------------ */

static void flag(void)
{
    static const long all[] = { ST_SET, ST_SET, ST_UID, ST_SILENT };
    long flags = SOME(all);
    char *sequence = draw_sequence(flags & ST_UID ? mail_uid(stream, stream->nmsgs) : stream->nmsgs);
    char *what = (char *)draw_flags();
    say("flag %s %s %lx", sequence, what, flags);
    mail_flag(stream, sequence, what, flags);
    show_elts(stream);
}

static void expunge(void)
{
    char *sequence = NIL;
    long options = NIL;
    if (draw(2)) {
        options = draw(2) ? EX_UID : NIL;
        sequence = draw_sequence(options ? mail_uid(stream, stream->nmsgs) : stream->nmsgs);
    }
    say("expunge %s %lx", sequence ? sequence : "NIL", options);
    show("  %ld\n", mail_expunge_full(stream, sequence, options));
    show_elts(stream);
}

static void on_copyuid(MAILSTREAM *s, char *mailbox, unsigned long validity, SEARCHSET *from, SEARCHSET *to)
{
    show("  copyuid \"%s\" %lu\n", mailbox, validity);
    show_searchset("    from", from);
    show_searchset("    to", to);
}

static void on_appenduid(char *mailbox, unsigned long validity, SEARCHSET *set)
{
    show("  appenduid \"%s\" %lu\n", mailbox, validity);
    show_searchset("    set", set);
}

static void copy(void)
{
    static const long all[] = { CP_UID, CP_MOVE };
    static const char *const places[] = { PLACE, "Work", PLACE, "Missing", "Sub/Inner", "INBOX" };
    long options = SOME(all);
    const char *to = PICK(places);
    char *sequence = draw_sequence(options & CP_UID ? mail_uid(stream, stream->nmsgs) : stream->nmsgs);
    /* Copies that come into the very mailbox must not make it grow without end. */
    if (stream->nmsgs > 40 && !strcmp(to, PLACE)) to = "Sub/Inner";
    say("copy %s %s %lx", sequence, to, options);
    show("  %ld\n", mail_copy_full(stream, sequence, (char *)to, options));
    show_elts(stream);
}

static void append(void)
{
    static const char *const places[] = { "Sub/Inner", "Work", PLACE, "Missing" };
    const char *to = PICK(places), *mail = draw_message();
    char *flags = draw(2) ? (char *)draw_flags() : NIL, *date = (char *)draw_internal_date();
    STRING message;
    if (stream->nmsgs > 40) to = "Sub/Inner";
    say("append %s %s %s", to, flags ? flags : "NIL", date);
    INIT(&message, mail_string, (void *)mail, strlen(mail));
    show("  %ld\n", mail_append_full(draw(4) ? stream : NIL, where(to), flags, date, &message));
    show_elts(stream);
}

/* -- looking ------------------------------------------------------------------------------- */

static void numbers(void)
{
    unsigned long number = message(), uid = mail_uid(stream, number);
    say("uid of %lu, number of %lu and its neighbours", number, uid);
    show("  %lu %lu %lu %lu\n", uid, mail_msgno(stream, uid), mail_msgno(stream, uid + 1), mail_msgno(stream, uid - 1));
}

static void sequences(void)
{
    int by_uid = (int)draw(2);
    char *sequence = draw_sequence(by_uid ? mail_uid(stream, stream->nmsgs) : stream->nmsgs);
    say("%s %s", by_uid ? "uid_sequence" : "sequence", sequence);
    show("  %ld:", (by_uid ? mail_uid_sequence : mail_sequence)(stream, (unsigned char *)sequence));
    for (unsigned long i = 1; i <= stream->nmsgs; i++)
        if (mail_elt(stream, i)->sequence) show(" %lu", i);
    show("\n");
}

static void status(void)
{
    static const char *const places[] = { PLACE, "Work", "INBOX", "Missing" };
    const char *place = PICK(places);
    long flags = 1 + (long)draw(31);
    say("status %s %lx", place, flags);
    show("  %ld\n", mail_status(draw(4) ? stream : NIL, where(place), flags));
}

static void find(void)
{
    static const long all[] = { SE_UID, SE_NOPREFETCH, SE_NOSERVER, SE_RETAIN, SE_NEEDBODY, SE_NOHDRS };
    static const char *const criteria[] = { "ALL", "SEEN", "UNSEEN FLAGGED", "SUBJECT needle", "FROM example", "BODY alpha", "TEXT x",
                                            "DELETED", "KEYWORD urgent", "LARGER 500", "SMALLER 400", "SINCE 1-May-2014",
                                            "BEFORE 15-May-2015 UNANSWERED", "TO bob CC alice", "RECENT", "OLD" };
    char what[80];
    long flags = SOME(all);
    strcpy(what, PICK(criteria));
    say("search %s %lx", what, flags);
    SEARCHPGM *program = mail_criteria(what);
    show("  %ld\n", mail_search_full(stream, NIL, program, flags));
    mail_free_searchpgm(&program);
    show_elts(stream);
}

static void collect(void)
{
    static const long all[] = { GC_ELT, GC_ENV, GC_TEXTS };
    long flags = SOME(all);
    envelopes_gone |= (flags & GC_ENV) != 0;
    say("gc %lx", flags);
    mail_gc(stream, flags);
    show_elts(stream);
}

static void pulse(void)
{
    if (draw(3)) {
        say("ping");
        show("  %ld\n", mail_ping(stream));
    } else {
        say("check");
        mail_check(stream);
    }
    show_elts(stream);
}

/* -- another client, and other mailboxes --------------------------------------------------- */

/* What it does here is told to our client with whatever comes next. By UID, because its mailbox may be empty. */
static void meanwhile(void)
{
    const char *flags = draw_flags(), sign = draw(2) ? '+' : '-';
    int here = !strcmp(open_as, PLACE);
    unsigned long uid = here ? mail_uid(stream, message()) : 1;
    switch (draw(4)) {
    case 0:
        say("the other client appends");
        if (stream->nmsgs < 40) fill_mailbox(other, PLACE, 1 + draw(2));
        break;
    case 1:
        say("the other client sets %c%s", sign, flags);
        other_command(other, NULL, "UID STORE %lu %cFLAGS (%s)", uid, sign, flags);
        break;
    case 2:
        say("the other client sets silently");
        other_command(other, NULL, "UID STORE 1:* %cFLAGS.SILENT (%s)", sign, flags);
        break;
    default:
        say("the other client expunges");
        if (stream->nmsgs > 6) {
            other_command(other, NULL, "UID STORE %lu,* +FLAGS (\\Deleted)", uid);
            other_command(other, NULL, "EXPUNGE");
        }
        /* Numbers are settled before the next step: a message that has gone is another case's matter. */
        show("  %ld\n", mail_ping(stream));
    }
    other_command(other, NULL, "NOOP");
}

static void reopen(void)
{
    static const long all[] = { OP_READONLY, OP_SHORTCACHE, OP_SILENT, OP_EXPUNGE, OP_DEBUG };
    /* News of a mailbox that is being left are another case's matter. */
    quiet = 1;
    mail_ping(stream);
    quiet = 0;
    long options = draw(2) ? NIL : SOME(all);
    open_as = draw(4) ? PLACE : draw(2) ? "INBOX" : "Work";
    say("open %s %lx", open_as, options);
    stream = mail_open(draw(4) ? stream : mail_close_full(stream, NIL), where(open_as), options);
    if (!stream) exit(3);
    show_stream(stream);
    show_elts(stream);
}

static char *on_gets(readfn_t read_more, void *source, unsigned long size, GETS_DATA *md)
{
    /* Who frees it depends on the call. Kept in sight, it is no leak to valgrind. */
    static char *volatile kept[10000];
    static int next;
    char *got = fs_get(size + 1);
    (void)kept[next % 10000];
    kept[next++ % 10000] = got;
    show("  gets msgno=%lu what=%s first=%lu last=%lu flags=%lx size=%lu stl=%s\n", md->msgno, md->what ? md->what : "NIL",
         md->first, md->last, md->flags, size, md->stl ? "given" : "NIL");
    (*read_more)(source, size, got);
    got[size] = 0;
    return got;
}

static void on_envelope(MAILSTREAM *s, unsigned long number, ENVELOPE *env)
{
    show("  imapenvelope %lu %s\n", number, env->subject ? env->subject : "NIL");
}

static void settings(void)
{
    static const struct { const char *name; long number; long values[3]; } all[] = {
        { "LOOKAHEAD", SET_LOOKAHEAD, { 20, 0, 3 } },
        { "UIDLOOKAHEAD", SET_UIDLOOKAHEAD, { 1000, 0, 2 } },
        { "PREFETCH", SET_PREFETCH, { 20, 0, 2 } },
    };
    unsigned long which = draw(6);
    if (which < 3) {
        long value = all[which].values[draw(3)];
        say("%s %ld", all[which].name, value);
        mail_parameters(NIL, all[which].number, (void *)value);
    } else if (which == 3) {
        char *fields = draw(2) ? "X-Twice Comments" : NIL;
        say("IMAPEXTRAHEADERS %s", fields ? fields : "NIL");
        mail_parameters(NIL, SET_IMAPEXTRAHEADERS, fields);
    } else if (which == 4) {
        int hook = (int)draw(2);
        say("IMAPENVELOPE %d", hook);
        mail_parameters(NIL, SET_IMAPENVELOPE, hook ? (void *)on_envelope : NIL);
    } else {
        in_place = !in_place;
        say("GETS %d", in_place);
        mail_parameters(NIL, SET_GETS, in_place ? (void *)on_gets : NIL);
    }
}

static void (*const calls[])(void) = {
    fetch_structure, fetch_structure, fetch_structure, fetch_header, fetch_header, fetch_header, fetch_text_of, fetch_text_of,
    fetch_text_of, fetch_text_of, fetch_piece, fetch_many, flag, flag, copy, append, numbers, sequences, status, find, find, collect, pulse,
    meanwhile, meanwhile, settings, reopen, expunge,
};

static void walk(unsigned long start, unsigned long messages, unsigned long steps)
{
    reseed(start);
    mail_parameters(NIL, SET_COPYUID, (void *)on_copyuid);
    mail_parameters(NIL, SET_APPENDUID, (void *)on_appenduid);
    other = other_login("u1");
    fill_mailbox(other, PLACE, messages);
    stream = open_quietly(where(open_as = PLACE), NIL);
    other_command(other, NULL, "SELECT " PLACE);
    show_stream(stream);
    for (step = 1; step <= steps; step++) {
        if (!stream->nmsgs) {
            const char *mail = draw_message();
            STRING message;
            quiet = 1;
            INIT(&message, mail_string, (void *)mail, strlen(mail));
            mail_append_full(stream, where(open_as), NIL, (char *)draw_internal_date(), &message);
            mail_ping(stream);
            quiet = 0;
        }
        PICK(calls)();
    }
    mail_close_full(stream, NIL);
    other_logout(other);
}

static void walk_few(void) { walk(1, 5, 200); }
static void walk_some(void) { walk(2, 12, 200); }
static void walk_many(void) { walk(3, 30, 200); }
static void walk_over_tls(void)
{
    over_tls = 1;
    walk(4, 12, 150);
}

const struct test_case cases[] = {
    { "walk_few", walk_few }, { "walk_some", walk_some }, { "walk_many", walk_many }, { "walk_over_tls", walk_over_tls }, { NULL, NULL },
};
