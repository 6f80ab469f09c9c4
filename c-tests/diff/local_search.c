/* Searching without the server, by parts: mail_search_default, mail_search_msg, mail_search_text, mail_search_body,
 * mail_search_keyword. The patterns are in canonical UTF-8. */
#include "common.h"

static MAILSTREAM *stream;
static const char *const words[] = {
    "NEEDLE", "PLAIN", "ALICE", "BOB", "E", "ZZZZZ", "THE", "MULTIPART", "BOUNDARY", "CONTENT-TYPE", "TEXT/PLAIN", "QUOTED",
    "DIGEST", "VOICEMAIL", "GRU\314\210\303\237E", "AUDIO", "EXAMPLE.ORG", "RFC822", "ISO-8859-1", "--", "STATUS", "PART1",
};
#define COUNT(array) (sizeof array / sizeof *array)

static char *any_word(void) { return (char *)words[draw(COUNT(words))]; }

static STRINGLIST *some_words(unsigned long most)
{
    STRINGLIST *list = NIL;
    for (unsigned long n = 1 + draw(most); n; n--)
        list = stringlist(any_word(), list);
    return list;
}

static void begin(void) { stream = open_quietly(spec("INBOX"), NIL); }

/* With the headers read already: when that is done, and so when a wrong address is complained about, differs. */
static void begin_with_headers(void)
{
    quiet = 1;
    begin();
    for (unsigned long msgno = 1; msgno <= stream->nmsgs; msgno++)
        mail_fetch_header(stream, msgno, NIL, NIL, NIL, FT_PEEK);
    quiet = 0;
}

static void texts(void)
{
    reseed(1);
    begin();
    for (int i = 0; i < 200; i++) {
        unsigned long msgno = 1 + draw(stream->nmsgs);
        STRINGLIST *list = some_words(2);
        long headers = (long)draw(2);
        show_stringlist("for", list);
        show("  %ld in message %lu%s\n", mail_search_text(stream, msgno, NIL, list, headers), msgno, headers ? ", headers too" : "");
        mail_free_stringlist(&list);
    }
    show("private %d\n", !stream->private.search.string);
    close_quietly(stream);
}

/* Where each word of all messages is found: one by one, so that no section is missed. */
static void every_word(void)
{
    begin();
    for (unsigned long n = 0; n < COUNT(words); n++) {
        STRINGLIST *list = stringlist(words[n], NIL);
        show("%s:", words[n]);
        for (unsigned long msgno = 1; msgno <= stream->nmsgs; msgno++)
            show(" %ld%ld", mail_search_text(stream, msgno, NIL, list, T), mail_search_text(stream, msgno, NIL, list, NIL));
        show("\n");
        mail_free_stringlist(&list);
    }
    close_quietly(stream);
}

static void bodies(void)
{
    reseed(2);
    begin();
    for (int i = 0; i < 200; i++) {
        unsigned long msgno = 1 + draw(stream->nmsgs), number = 1;
        char *prefix = NIL;
        BODY *body = NIL;
        mail_fetch_structure(stream, msgno, &body, NIL);
        if (body->type == TYPEMULTIPART && draw(2)) {
            PART *part = body->nested.part;
            for (unsigned long n = draw(3); n && part->next; n--, number++)
                part = part->next;
            prefix = "";
            body = &part->body;
        }
        STRINGLIST *list = some_words(3), *node;
        unsigned char *data[4];
        int n = 0;
        for (node = list; node; node = node->next)
            data[n++] = node->text.data;
        show_stringlist("for", list);
        stream->private.search.string = list;
        long headers = (long)draw(2);
        show("  %ld in %lu[%s%lu] %ld\n", mail_search_body(stream, msgno, body, prefix, number, headers), msgno,
             prefix ? "part " : "", number, headers);
        show_stringlist("  left", stream->private.search.string);
        for (node = stream->private.search.string; node; node = node->next)
            node->text.data = NIL;
        mail_free_stringlist(&stream->private.search.string);
        while (n)
            fs_give((void **)&data[--n]);
    }
    close_quietly(stream);
}

static SEARCHPGM *some_program(int depth)
{
    SEARCHPGM *p = mail_newsearchpgm();
    for (unsigned long n = 1 + draw(2); n; n--)
        switch (draw(depth ? 22 : 20)) {
        case 0: p->subject = p->subject ? p->subject : some_words(1); break;
        case 1: p->from = p->from ? p->from : some_words(1); break;
        case 2: p->to = p->to ? p->to : some_words(1); break;
        case 3: p->body = p->body ? p->body : some_words(2); break;
        case 4: p->text = p->text ? p->text : some_words(2); break;
        case 5: p->larger = draw(2000); break;
        case 6: p->smaller = draw(2000); break;
        case 7: p->seen = 1; break;
        case 8: p->unseen = 1; break;
        case 9: p->deleted = 1; break;
        case 10: p->flagged = 1; break;
        case 11: p->recent = 1; break;
        case 12: p->old = 1; break;
        case 13: p->since = mail_shortdate(2019 - BASEYEAR, 5, 1 + draw(20)); break;
        case 14: p->before = mail_shortdate(2019 - BASEYEAR, 5, 1 + draw(20)); break;
        case 15: p->sentsince = mail_shortdate(2019 - BASEYEAR, 5, 1 + draw(20)); break;
        case 16: p->header = p->header ? p->header : mail_newsearchheader("Subject", any_word()); break;
        case 17:
            if (!p->msgno) {
                p->msgno = mail_newsearchset();
                p->msgno->first = 1 + draw(12);
                p->msgno->last = draw(2) ? 1 + draw(12) : 0;
            }
            break;
        case 18: p->message_id = p->message_id ? p->message_id : some_words(1); break;
        case 19: p->keyword = p->keyword ? p->keyword : stringlist(draw(2) ? "$Label1" : "Urgent", NIL); break;
        case 20:
            if (!p->or) {
                p->or = mail_newsearchor();
                mail_free_searchpgm(&p->or->first);
                mail_free_searchpgm(&p->or->second);
                p->or->first = some_program(depth - 1);
                p->or->second = some_program(depth - 1);
            }
            break;
        default:
            if (!p->not) {
                p->not = mail_newsearchpgmlist();
                mail_free_searchpgm(&p->not->pgm);
                p->not->pgm = some_program(depth - 1);
            }
        }
    return p;
}

static void messages(void)
{
    reseed(3);
    begin_with_headers();
    for (int i = 0; i < 150; i++) {
        SEARCHPGM *program = some_program(2);
        show("%d:", i);
        for (unsigned long msgno = 1; msgno <= stream->nmsgs; msgno++)
            show(" %ld", mail_search_msg(stream, msgno, NIL, program));
        show("\n");
        mail_free_searchpgm(&program);
    }
    close_quietly(stream);
}

static void default_search(void)
{
    reseed(4);
    begin_with_headers();
    for (int i = 0; i < 60; i++) {
        SEARCHPGM *program = some_program(1);
        long flags = draw(4) ? NIL : SE_UID;
        char *charset = draw(4) ? "UTF-8" : draw(4) ? NIL : "X-UNKNOWN";
        show("-- %d, %s, %ld\n", i, charset ? charset : "NIL", flags);
        show("  %ld\n", mail_search_default(stream, charset, program, flags));
        mail_free_searchpgm(&program);
    }
    close_quietly(stream);
}

/* An envelope search in the attached message. */
static void attached(void)
{
    begin();
    for (unsigned long msgno = 1; msgno <= stream->nmsgs; msgno++)
        for (int part = 1; part < 4; part++)
            for (unsigned long n = 0; n < COUNT(words); n++) {
                char section[9];
                SEARCHPGM *program = mail_newsearchpgm();
                sprintf(section, "%d", part);
                program->subject = stringlist(words[n], NIL);
                if (mail_search_msg(stream, msgno, section, program))
                    show("%s is the subject at %lu[%s]\n", words[n], msgno, section);
                mail_free_searchpgm(&program);
            }
    close_quietly(stream);
}

static void keywords(void)
{
    static const char *const names[] = {"$Label1", "$label1", "Urgent", "Unknown", "", "$Label2"};
    reseed(5);
    begin();
    mail_fetch_fast(stream, "1:*", NIL);
    for (int i = 0; i < 200; i++) {
        STRINGLIST *list = NIL;
        unsigned long msgno = 1 + draw(stream->nmsgs);
        long flag = (long)draw(2);
        for (unsigned long n = 1 + draw(2); n; n--)
            list = stringlist(names[draw(COUNT(names))], list);
        show_stringlist(flag ? "keyword" : "unkeyword", list);
        show("  %ld at %lu\n", mail_search_keyword(stream, mail_elt(stream, msgno), list, flag), msgno);
        mail_free_stringlist(&list);
    }
    close_quietly(stream);
}

const struct test_case cases[] = {
    {"texts", texts},
    {"every_word", every_word},
    {"bodies", bodies},
    {"messages", messages},
    {"default_search", default_search},
    {"attached", attached},
    {"keywords", keywords},
    {NULL, NULL},
};
