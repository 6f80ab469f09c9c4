/* mail_search_full with drawn programs, nested ones too: asked of the server, and looked for here. */
#include "drawn.h"

static MAILSTREAM *stream;

static const char *const patterns[] = {
    "needle", "alpha", "BETA", "voice", "example", "bob", "doe", "100", "x", "a.b", "(paren)", "{5}", "no such text", "quoted",
    "Content-Type", "text/plain", "f 3", "forwarded", "part", "Two", "",
};
/* Found in encoded words; UTF-8 that stands in a header as such is not, by UW (docs/deviations.md, 55). */
static const char *const utf8_patterns[] = { "gr\xc3\xbc\xc3\x9f", "J\xc3\xbcrgen", "GR\xc3\x9c", "needle", "alpha" };

static STRINGLIST *texts(int utf8)
{
    STRINGLIST *list = stringlist(utf8 ? PICK(utf8_patterns) : PICK(patterns), NIL);
    if (!draw(5)) list = stringlist(PICK(patterns), list);
    return list;
}

static SEARCHSET *numbers(unsigned long first, unsigned long last)
{
    SEARCHSET *list = NIL;
    for (unsigned long count = 1 + draw(2); count; count--) {
        SEARCHSET *set = mail_newsearchset();
        set->first = first + draw(last - first + 1);
        if (draw(2)) set->last = first + draw(last - first + 1);
        set->next = list;
        list = set;
    }
    return list;
}

static unsigned short day(void)
{
    return (unsigned short)(((2010 + draw(10) - BASEYEAR) << 9) + ((5 + draw(2)) << 5) + 1 + draw(31));
}

/* One criterion, put into the program; says which. */
static void criterion(SEARCHPGM *p, int utf8, unsigned long depth);

static SEARCHPGM *program(int utf8, unsigned long depth)
{
    SEARCHPGM *p = mail_newsearchpgm();
    show(" (");
    for (unsigned long count = 1 + draw(depth ? 2 : 3); count; count--)
        criterion(p, utf8, depth);
    show(")");
    return p;
}

static void list_of(const char *name, STRINGLIST **place, int utf8)
{
    if (*place) return;
    *place = texts(utf8);
    show(" %s", name);
    for (STRINGLIST *s = *place; s; s = s->next)
        show(" \"%s\"", (char *)s->text.data);
}
#define LIST(field) list_of(#field, &p->field, utf8)
#define FLAG(field) (p->field = 1, show(" " #field))
#define DAY(field) show(" " #field " %u", p->field = day())

static void criterion(SEARCHPGM *p, int utf8, unsigned long depth)
{
    static const char *const keywords[] = { "$Label1", "urgent", "fresh", "Nowhere" };
    static const char *const fields[] = { "X-Twice", "Subject", "x-asterisk-vm-extension", "From", "Missing", "Comments" };
    switch (draw(depth < 3 ? 50 : 42)) {
    case 0: show(" msgno"); if (!p->msgno) p->msgno = numbers(1, stream->nmsgs); show_searchset("", p->msgno); break;
    case 1: show(" uid"); if (!p->uid) p->uid = numbers(mail_uid(stream, 1), mail_uid(stream, stream->nmsgs)); show_searchset("", p->uid); break;
    case 2: show(" larger %lu", p->larger = 1 + draw(1500)); break;
    case 3: show(" smaller %lu", p->smaller = 1 + draw(1500)); break;
    case 4: FLAG(answered); break;
    case 5: FLAG(unanswered); break;
    case 6: FLAG(deleted); break;
    case 7: FLAG(undeleted); break;
    case 8: FLAG(draft); break;
    case 9: FLAG(undraft); break;
    case 10: FLAG(flagged); break;
    case 11: FLAG(unflagged); break;
    case 12: FLAG(recent); break;
    case 13: FLAG(old); break;
    case 14: FLAG(seen); break;
    case 15: FLAG(unseen); break;
    case 16: case 17: LIST(from); break;
    case 18: LIST(to); break;
    case 19: LIST(cc); break;
    case 20: LIST(bcc); break;
    case 21: case 22: LIST(subject); break;
    case 23: LIST(body); break;
    case 24: LIST(text); break;
    case 25: show(" keyword"); if (!p->keyword) p->keyword = stringlist(PICK(keywords), NIL); show_stringlist("", p->keyword); break;
    case 26: show(" unkeyword"); if (!p->unkeyword) p->unkeyword = stringlist(PICK(keywords), NIL); show_stringlist("", p->unkeyword); break;
    case 27: DAY(sentbefore); break;
    case 28: DAY(senton); break;
    case 29: DAY(sentsince); break;
    case 30: DAY(before); break;
    case 31: DAY(on); break;
    case 32: DAY(since); break;
    case 33: LIST(return_path); break;
    case 34: LIST(sender); break;
    case 35: LIST(reply_to); break;
    case 36: LIST(in_reply_to); break;
    case 37: LIST(message_id); break;
    case 38: LIST(newsgroups); break;
    case 39: LIST(followup_to); break;
    case 40: LIST(references); break;
    case 41: {
        const char *field = PICK(fields), *text = PICK(patterns);
        SEARCHHEADER *header = mail_newsearchheader((char *)field, (char *)text);
        header->next = p->header;
        p->header = header;
        show(" header %s \"%s\"", field, text);
        break;
    }
    case 42: case 43: case 44: case 45: {
        SEARCHOR *or = mail_newsearchor();
        mail_free_searchpgm(&or->first);
        mail_free_searchpgm(&or->second);
        show(" or");
        or->first = program(utf8, depth + 1);
        or->second = program(utf8, depth + 1);
        or->next = p->or;
        p->or = or;
        break;
    }
    default: {
        SEARCHPGMLIST *list = mail_newsearchpgmlist();
        mail_free_searchpgm(&list->pgm);
        show(" not");
        list->pgm = program(utf8, depth + 1);
        list->next = p->not;
        p->not = list;
    }
    }
}

static void searches(unsigned long start, unsigned long messages, unsigned long count, long always, int may_utf8)
{
    static const long options[] = { SE_UID, SE_RETAIN, SE_NOHDRS, SE_NEEDBODY, SE_NOPREFETCH, SE_NOLOCAL, SE_SILLYOK };
    reseed(start);
    struct other *other = other_login("u1");
    fill_mailbox(other, "Empty", messages);
    stream = open_quietly(spec("Empty"), NIL);
    for (unsigned long i = 1; i <= count; i++) {
        int utf8 = may_utf8 && !draw(3);
        char *charset = utf8 ? "UTF-8" : draw(2) ? NIL : "US-ASCII";
        long flags = always;
        for (int o = 0; o < 7; o++)
            if (!draw(5)) flags |= options[o];
        if (always & SE_NOSERVER) flags &= ~SE_NOLOCAL;
        show("-- %lu %s %lx", i, charset ? charset : "NIL", flags);
        SEARCHPGM *p = program(utf8, 0);
        show("\n");
        show("  %ld\n", mail_search_full(stream, charset, p, flags));
        show("  hits");
        for (unsigned long n = 1; n <= stream->nmsgs; n++)
            if (mail_elt(stream, n)->searched) show(" %lu", n);
        show("\n");
        mail_free_searchpgm(&p);
        if (!draw(8)) mail_gc(stream, GC_ENV | GC_TEXTS);
        if (!draw(12)) mail_gc(stream, GC_ELT | GC_ENV | GC_TEXTS);
    }
    show_elts(stream);
    mail_close_full(stream, NIL);
    other_logout(other);
}

static void on_the_server(void) { searches(11, 12, 200, NIL, 1); }
static void here(void) { searches(12, 12, 200, SE_NOSERVER, 0); }
static void here_by_charset(void) { searches(13, 12, 100, SE_NOSERVER, 1); }

const struct test_case cases[] = {
    { "on_the_server", on_the_server }, { "here", here }, { "here_by_charset", here_by_charset }, { NULL, NULL },
};
