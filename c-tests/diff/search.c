/* mail_search_full: every field of a search program, alone and combined. */
#include "common.h"

static MAILSTREAM *stream;
static long options;
static char *charset;

static void run_search(const char *label, SEARCHPGM *program)
{
    show("-- %s\n", label);
    show("  %ld\n", mail_search_full(stream, charset, program, options | SE_NOPREFETCH));
    mail_free_searchpgm(&program);
    if (program)
        show("  the program was not cleared\n");
}

#define WITH(label, assignment)                   \
    do {                                          \
        SEARCHPGM *p = mail_newsearchpgm();       \
        assignment;                               \
        run_search(label, p);                         \
    } while (0)

static unsigned short day(int year, int month, int date)
{
    return (unsigned short)(((year - BASEYEAR) << 9) + (month << 5) + date);
}

static SEARCHSET *set(unsigned long first, unsigned long last, SEARCHSET *next)
{
    SEARCHSET *s = mail_newsearchset();
    s->first = first;
    s->last = last;
    s->next = next;
    return s;
}

static void begin(void) { stream = open_quietly(spec("INBOX"), NIL); }
static void end(void) { close_quietly(stream); }

static void all_flags(void)
{
    WITH("all", (void)p);
    WITH("answered", p->answered = 1);
    WITH("unanswered", p->unanswered = 1);
    WITH("deleted", p->deleted = 1);
    WITH("undeleted", p->undeleted = 1);
    WITH("draft", p->draft = 1);
    WITH("undraft", p->undraft = 1);
    WITH("flagged", p->flagged = 1);
    WITH("unflagged", p->unflagged = 1);
    WITH("recent", p->recent = 1);
    WITH("old", p->old = 1);
    WITH("seen", p->seen = 1);
    WITH("unseen", p->unseen = 1);
    WITH("contradiction", p->seen = p->unseen = 1);
    WITH("several", p->seen = p->undeleted = p->flagged = 1);
}

static void texts_and_sizes(void)
{
    WITH("from", p->from = stringlist("alice", NIL));
    WITH("to", p->to = stringlist("bob", NIL));
    WITH("cc", p->cc = stringlist("two@example", NIL));
    WITH("bcc", p->bcc = stringlist("hidden", NIL));
    WITH("subject", p->subject = stringlist("PLAIN", NIL));
    WITH("body", p->body = stringlist("needle", NIL));
    WITH("text", p->text = stringlist("needle", NIL));
    WITH("two subjects", p->subject = stringlist("recent", stringlist("another", NIL)));
    WITH("keyword", p->keyword = stringlist("$Label1", NIL));
    WITH("unkeyword", p->unkeyword = stringlist("urgent", NIL));
    WITH("unknown keyword", p->keyword = stringlist("Nowhere", NIL));
    WITH("larger", p->larger = 500);
    WITH("smaller", p->smaller = 200);
    WITH("no hits", p->subject = stringlist("no such subject at all", NIL));
    WITH("quotes", p->subject = stringlist("\"quotes\" and \\ back", NIL));
    WITH("empty text", p->subject = stringlist("", NIL));
    WITH("return path", p->return_path = stringlist("bounce", NIL));
    WITH("sender", p->sender = stringlist("list-bounces", NIL));
    WITH("reply to", p->reply_to = stringlist("list@", NIL));
    WITH("in reply to", p->in_reply_to = stringlist("one@example", NIL));
    WITH("message id", p->message_id = stringlist("eight", NIL));
    WITH("newsgroups", p->newsgroups = stringlist("alt.test", NIL));
    WITH("followup to", p->followup_to = stringlist("comp.test", NIL));
    WITH("references", p->references = stringlist("zero@example", NIL));
}

static void headers(void)
{
    WITH("header", p->header = mail_newsearchheader("X-Asterisk-VM-Extension", "100"));
    WITH("header, other value", p->header = mail_newsearchheader("X-Asterisk-VM-Extension", "555"));
    WITH("header, present", p->header = mail_newsearchheader("X-Twice", ""));
    WITH("header, absent", p->header = mail_newsearchheader("X-Missing", ""));
    WITH("two headers", p->header = mail_newsearchheader("X-Asterisk-VM-Extension", "100");
         p->header->next = mail_newsearchheader("X-Asterisk-VM-Context", "default"));
    WITH("as app_voicemail asks", p->header = mail_newsearchheader("X-Asterisk-VM-Extension", "100");
         p->header->next = mail_newsearchheader("X-Asterisk-VM-Context", "default"); p->undeleted = p->unseen = 1);
}

static void dates(void)
{
    WITH("sent before", p->sentbefore = day(2019, 5, 14));
    WITH("sent on", p->senton = day(2019, 5, 14));
    WITH("sent since", p->sentsince = day(2019, 5, 17));
    WITH("before", p->before = day(2019, 5, 14));
    WITH("on", p->on = day(2019, 5, 14));
    WITH("since", p->since = day(2019, 5, 17));
    WITH("between", p->since = day(2019, 5, 13); p->before = day(2019, 5, 16));
    WITH("older", p->older = 1000);
    WITH("younger", p->younger = 1000);
}

static void numbers(void)
{
    WITH("one number", p->msgno = set(3, 0, NIL));
    WITH("a range", p->msgno = set(3, 5, NIL));
    WITH("a list", p->msgno = set(1, 0, set(3, 4, set(9, 0, NIL))));
    WITH("to the end", p->msgno = set(10, ~0UL, NIL));
    WITH("last", p->msgno = set(~0UL, 0, NIL));
    WITH("uid", p->uid = set(103, 0, NIL));
    WITH("uids", p->uid = set(101, 105, set(109, 0, NIL)));
    WITH("uid to the end", p->uid = set(110, ~0UL, NIL));
    WITH("uid nowhere", p->uid = set(9999, 0, NIL));
    WITH("both", p->msgno = set(1, 6, NIL); p->uid = set(103, 200, NIL));
    WITH("number too high", p->msgno = set(99, 0, NIL));
}

static void logic(void)
{
    WITH("or", p->or = mail_newsearchor(); p->or->first->answered = 1; p->or->second->draft = 1);
    WITH("two ors", p->or = mail_newsearchor(); p->or->first->answered = 1; p->or->second->flagged = 1;
         p->or->next = mail_newsearchor(); p->or->next->first->seen = 1; p->or->next->second->deleted = 1);
    WITH("not", p->not= mail_newsearchpgmlist(); p->not->pgm->seen = 1);
    WITH("two nots", p->not= mail_newsearchpgmlist(); p->not->pgm->seen = 1;
         p->not->next = mail_newsearchpgmlist(); p->not->next->pgm->subject = stringlist("headers", NIL));
    WITH("not several", p->not= mail_newsearchpgmlist(); p->not->pgm->seen = 1; p->not->pgm->flagged = 1);
    WITH("or of nots", p->or = mail_newsearchor(); p->or->first->not= mail_newsearchpgmlist();
         p->or->first->not->pgm->seen = 1; p->or->second->subject = stringlist("odd", stringlist("posted", NIL)));
    WITH("not empty", p->not= mail_newsearchpgmlist());
    WITH("or empty", p->or = mail_newsearchor());
}

static void charsets(void)
{
    charset = "US-ASCII";
    WITH("us-ascii", p->subject = stringlist("plain", NIL));
    charset = "UTF-8";
    WITH("utf-8", p->subject = stringlist("gr\xc3\xb6\xc3\x9f", NIL));
    WITH("utf-8 sender", p->from = stringlist("J\xc3\xbcrgen", NIL));
    WITH("utf-8 body", p->body = stringlist("gr\xc3\xbc\xc3\x9f", NIL));
    charset = "ISO-8859-1";
    WITH("latin 1", p->subject = stringlist("gr\xf6\xdf", NIL));
    charset = "X-NONSENSE";
    WITH("unknown", p->subject = stringlist("plain", NIL));
    charset = "";
    WITH("empty", p->subject = stringlist("plain", NIL));
    charset = NIL;
    WITH("eight bits without a name", p->subject = stringlist("gr\xc3\xb6\xc3\x9f", NIL));
}

#define SERVER_CASE(name, what)      \
    static void name(void)           \
    {                                \
        begin();                     \
        what();                      \
        end();                       \
    }
SERVER_CASE(server_flags, all_flags)
SERVER_CASE(server_texts, texts_and_sizes)
SERVER_CASE(server_headers, headers)
SERVER_CASE(server_dates, dates)
SERVER_CASE(server_numbers, numbers)
SERVER_CASE(server_logic, logic)
SERVER_CASE(server_charsets, charsets)

#define LOCAL_CASE(name, what)       \
    static void name(void)           \
    {                                \
        begin();                     \
        options = SE_NOSERVER;       \
        what();                      \
        end();                       \
    }
LOCAL_CASE(local_flags, all_flags)
LOCAL_CASE(local_texts, texts_and_sizes)
LOCAL_CASE(local_headers, headers)
LOCAL_CASE(local_dates, dates)
LOCAL_CASE(local_numbers, numbers)
LOCAL_CASE(local_logic, logic)
LOCAL_CASE(local_charsets, charsets)

static void by_uid(void)
{
    begin();
    options = SE_UID;
    WITH("flagged", p->flagged = 1);
    WITH("subject", p->subject = stringlist("a", NIL));
    options = SE_UID | SE_NOSERVER;
    WITH("flagged, locally", p->flagged = 1);
    end();
}

static void other_options(void)
{
    begin();
    options = SE_RETAIN;
    WITH("first", p->flagged = 1);
    WITH("more", p->deleted = 1);
    show_elts(stream);
    options = NIL;
    WITH("without SE_RETAIN", p->answered = 1);
    show_elts(stream);
    options = SE_NOLOCAL;
    WITH("no local retry", p->subject = stringlist("plain", NIL));
    options = SE_SILLYOK;
    WITH("silly", p->msgno = set(1, 0, NIL));
    end();
}

/* The prefetch brings envelopes of what was found. */
static void prefetch(void)
{
    begin();
    SEARCHPGM *p = mail_newsearchpgm();
    p->flagged = 1;
    show("%ld\n", mail_search_full(stream, NIL, p, NIL));
    show_elts(stream);
    mail_free_searchpgm(&p);
    show("%s\n", p ? "not cleared" : "cleared");
    end();
}

static void free_option(void)
{
    begin();
    SEARCHPGM *p = mail_newsearchpgm();
    p->flagged = 1;
    p->subject = stringlist("a", NIL);
    show("%ld\n", mail_search_full(stream, NIL, p, SE_FREE | SE_NOPREFETCH));
    end();
}

static void other_streams(void)
{
    stream = open_quietly(spec("Empty"), NIL);
    WITH("empty mailbox", p->seen = 1);
    close_quietly(stream);
    stream = open_quietly(spec("Empty"), OP_HALFOPEN);
    WITH("half open", p->seen = 1);
    close_quietly(stream);
    stream = open_quietly(spec("INBOX"), OP_SILENT);
    WITH("silent", p->seen = 1);
    close_quietly(stream);
}

static void constructors(void)
{
    SEARCHPGM *p = mail_newsearchpgm();
    unsigned char zero[sizeof *p];
    memset(zero, 0, sizeof zero);
    show("program %s\n", memcmp(p, zero, sizeof *p) ? "not zero" : "zero");
    p->header = mail_newsearchheader("Line", "text");
    show_bytes("line", p->header->line.data, p->header->line.size);
    show_bytes("text", p->header->text.data, p->header->text.size);
    show("next %s\n", p->header->next ? "set" : "NIL");
    p->or = mail_newsearchor();
    p->not= mail_newsearchpgmlist();
    p->msgno = set(1, 2, set(3, 0, NIL));
    p->keyword = stringlist("a", stringlist("b", NIL));
    mail_free_searchpgm(&p);
    show("program %s\n", p ? "left" : "NIL");
    mail_free_searchpgm(&p);
}

const struct test_case cases[] = {
    {"server_flags", server_flags},
    {"server_texts", server_texts},
    {"server_headers", server_headers},
    {"server_dates", server_dates},
    {"server_numbers", server_numbers},
    {"server_logic", server_logic},
    {"server_charsets", server_charsets},
    {"local_flags", local_flags},
    {"local_texts", local_texts},
    {"local_headers", local_headers},
    {"local_dates", local_dates},
    {"local_numbers", local_numbers},
    {"local_logic", local_logic},
    {"local_charsets", local_charsets},
    {"by_uid", by_uid},
    {"other_options", other_options},
    {"prefetch", prefetch},
    {"free_option", free_option},
    {"other_streams", other_streams},
    {"constructors", constructors},
    {NULL, NULL},
};
