/* A mailbox over POP3: opening, counting, fetching with every flag, flags, expunge, status, names, search,
 * subscriptions, overviews, sorting, threads, pieces of texts.
 * server:
 */
#include "../common.h"

static char *pop(const char *flags, const char *mailbox)
{
    static char names[8][256];
    static int next;
    char *name = names[next++ % 8];
    snprintf(name, sizeof *names, "{%s:%s/pop3%s/user=%s}%s", setting("T_HOST"), setting("T_POP3"), flags,
             setting("T_USER"), mailbox);
    return name;
}

static MAILSTREAM *opened(void)
{
    return open_quietly(pop("/notls", "INBOX"), NIL);
}

static void try_open(const char *what, char *name, long options)
{
    MAILSTREAM *stream;
    show("-- %s\n", what);
    stream = mail_open(NIL, name, options);
    if (!stream) return;
    show_stream(stream);
    mail_close(stream);
}

static void opening(void)
{
    try_open("plain", pop("/notls", "INBOX"), NIL);
    try_open("no mailbox", pop("/notls", ""), NIL);
    try_open("small letters", pop("/notls", "inbox"), NIL);
    try_open("another mailbox", pop("/notls", "Trash"), NIL);
    try_open("silent", pop("/notls", "INBOX"), OP_SILENT);
    try_open("short cache", pop("/notls", "INBOX"), OP_SHORTCACHE);
    try_open("read-only", pop("/notls", "INBOX"), OP_READONLY);
    try_open("/readonly", pop("/notls/readonly", "INBOX"), NIL);
    try_open("half open", pop("/notls", "INBOX"), OP_HALFOPEN);
    try_open("anonymous", pop("/notls", "INBOX"), OP_ANONYMOUS);
    try_open("/anonymous", pop("/notls/anonymous", "INBOX"), NIL);
    try_open("/loser", pop("/notls/loser", "INBOX"), NIL);
    try_open("/secure", pop("/notls/secure", "INBOX"), NIL);
    try_open("OP_SECURE", pop("/notls", "INBOX"), OP_SECURE);
    try_open("/authuser", pop("/notls/authuser=master", "INBOX"), NIL);
    try_open("/debug", pop("/notls/debug", "INBOX"), NIL);
    try_open("/service=pop3", pop("/notls/service=pop3", "INBOX"), NIL);
}

static void refused(void)
{
    char name[256];
    snprintf(name, sizeof name, "{%s:%s/pop3/notls/user=u1}INBOX", setting("T_HOST"), setting("T_REFUSED"));
    try_open("nobody there", name, NIL);
    try_open("nobody there, silent", name, OP_SILENT);
}

static void wrong_password(void)
{
    login_password = "wrong";
    try_open("wrong", pop("/notls", "INBOX"), NIL);
    login_password = "";
    try_open("none", pop("/notls", "INBOX"), NIL);
}

static void wrong_then_right(void)
{
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "PLAIN");
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "LOGIN");
    mail_parameters(NIL, DISABLE_AUTHENTICATOR, "CRAM-MD5");
    try_open("USER and PASS", pop("/notls", "INBOX"), NIL);
    login_password = "";
    try_open("no password", pop("/notls", "INBOX"), NIL);
    login_password = "secret";
    try_open("secure", pop("/notls/secure", "INBOX"), NIL);
}

static void mechanisms(void)
{
    static char *names[] = {"CRAM-MD5", "PLAIN", "LOGIN"};
    for (unsigned i = 0; i < 3; i++) {
        try_open(names[i], pop("/notls", "INBOX"), NIL);
        mail_parameters(NIL, DISABLE_AUTHENTICATOR, names[i]);
    }
}

static void parameters(void)
{
    mail_parameters(NIL, SET_POP3PORT, (void *) atol(setting("T_POP3")));
    show("GET_POP3PORT %d\n", (long) mail_parameters(NIL, GET_POP3PORT, NIL) == atol(setting("T_POP3")));
    mail_parameters(NIL, SET_TRUSTDNS, NIL);
    try_open("without DNS", pop("/notls", "INBOX"), NIL);
    mail_parameters(NIL, SET_SSLPOPPORT, (void *) 77);
    show("GET_SSLPOPPORT %ld\n", (long) mail_parameters(NIL, GET_SSLPOPPORT, NIL));
}

static void elements(void)
{
    MAILSTREAM *stream = opened();
    show_counts(stream);
    show_elts(stream);
    show("-- fast\n");
    mail_fetchfast(stream, "1:3");
    show_elts(stream);
    mail_fetchfast_full(stream, "4:*", FT_UID);
    show_elts(stream);
    mail_fetchfast(stream, "99");
    mail_fetchfast(stream, "x");
    mail_fetchflags(stream, "1");
    for (unsigned long i = 0; i <= stream->nmsgs + 1; i++)
        show("uid %lu: %lu %lu\n", i, i && i <= stream->nmsgs ? mail_uid(stream, i) : 0, mail_msgno(stream, i));
    close_quietly(stream);
}

static void structures(long options)
{
    MAILSTREAM *stream = open_quietly(pop("/notls", "INBOX"), options);
    for (unsigned long i = 1; i <= stream->nmsgs; i++) {
        BODY *body = NIL;
        ENVELOPE *env = mail_fetchstructure_full(stream, i, NIL, i % 2 ? FT_UID : NIL);
        show("-- %lu\n", i);
        show_envelope(" ", env);
        show_elt(stream, i);
        env = mail_fetchstructure(stream, i, &body);
        show_envelope(" ", env);
        show_body(" ", body);
        show_elt(stream, i);
    }
    show("none %d\n", mail_fetchstructure_full(stream, 99, NIL, FT_UID) == NIL);
    close_quietly(stream);
}

static void all_structures(void) { structures(NIL); }
static void short_structures(void) { structures(OP_SHORTCACHE); }

static void fetch_all(MAILSTREAM *stream, unsigned long i, long flags)
{
    static char *sections[] = {"1", "2", "1.1", "2.1", "3", "1.2", "2.HEADER", "0", "1.0", "9", "x"};
    unsigned long len = 99;
    char *text = mail_fetch_header(stream, i, NIL, NIL, &len, flags);
    show_bytes("header", text, len);
    text = mail_fetch_text(stream, i, NIL, &len, flags);
    if (!(flags & FT_RETURNSTRINGSTRUCT)) show_bytes("text", text, len);
    else show("text %lu, string of %lu at %lu\n", len, SIZE(&stream->private.string), GETPOS(&stream->private.string));
    text = mail_fetch_message(stream, i, &len, flags & ~FT_RETURNSTRINGSTRUCT);
    show_bytes("message", text, len);
    for (unsigned s = 0; s < sizeof sections / sizeof *sections; s++) {
        show("section %s\n", sections[s]);
        len = 99;
        text = mail_fetch_body(stream, i, sections[s], &len, flags & ~FT_RETURNSTRINGSTRUCT);
        show_bytes(" body", text, len);
        text = mail_fetch_mime(stream, i, sections[s], &len, flags);
        show_bytes(" mime", text, len);
        text = mail_fetch_header(stream, i, sections[s], NIL, &len, flags);
        show_bytes(" header", text, len);
        text = mail_fetch_text(stream, i, sections[s], &len, flags & ~FT_RETURNSTRINGSTRUCT);
        show_bytes(" text", text, len);
    }
    show_elt(stream, i);
}

static void fetching(long flags)
{
    MAILSTREAM *stream = opened();
    for (unsigned long i = 1; i <= stream->nmsgs; i++) {
        show("-- %lu\n", i);
        fetch_all(stream, i, flags);
    }
    close_quietly(stream);
}

static void fetch_peek(void) { fetching(FT_PEEK); }
static void fetch_seen(void) { fetching(NIL); }
static void fetch_uid(void) { fetching(FT_UID); }
static void fetch_internal(void) { fetching(FT_INTERNAL | FT_PEEK); }
static void fetch_string(void) { fetching(FT_RETURNSTRINGSTRUCT); }
static void fetch_prefetch(void) { fetching(FT_PREFETCHTEXT); }

static char *reader(readfn_t f, void *stream, unsigned long size, GETS_DATA *md)
{
    static char *kept[8];
    static int next;
    char **place = kept + next++ % 8, *text = fs_get(size + 1);
    if (*place) fs_give((void **)place);
    *place = text;
    show("reader: message %lu, section %s, %lu octets, flags %lx\n", md->msgno, md->what ? md->what : "NIL", size, md->flags);
    (*f)(stream, size, text);
    text[size] = '\0';
    return text;
}

static void fetch_reader(void)
{
    mail_parameters(NIL, SET_GETS, reader);
    fetching(FT_PEEK);
}

static void header_lines(void)
{
    MAILSTREAM *stream = opened();
    STRINGLIST *lines = stringlist("Subject", stringlist("from", NIL));
    for (unsigned long i = 1; i <= stream->nmsgs; i++) {
        unsigned long len;
        char *text = mail_fetch_header(stream, i, NIL, lines, &len, NIL);
        show_bytes("lines", text, len);
        text = mail_fetch_header(stream, i, NIL, lines, &len, FT_NOT | FT_PEEK);
        show_bytes("not", text, len);
        text = mail_fetch_header(stream, i, "2", lines, &len, FT_PEEK);
        show_bytes("nested", text, len);
    }
    mail_free_stringlist(&lines);
    close_quietly(stream);
}

static void drawn_fetches(void)
{
    static char *sections[] = {"1", "2", "1.1", "2.1", "2.2", "3", "1.2.1", "2.1.1"};
    static long flags[] = {NIL, FT_PEEK, FT_UID, FT_UID | FT_PEEK, FT_INTERNAL, FT_PREFETCHTEXT};
    MAILSTREAM *stream = opened();
    reseed(7);
    for (int n = 0; n < 300; n++) {
        unsigned long i = 1 + draw(stream->nmsgs), len = 0;
        char *section = sections[draw(8)], *text = "";
        long how = flags[draw(6)];
        BODY *body = NIL;
        int what = draw(9);
        switch (what) {
        case 0: text = mail_fetch_header(stream, i, NIL, NIL, &len, how); break;
        case 1: text = mail_fetch_header(stream, i, section, NIL, &len, how); break;
        case 2: text = mail_fetch_text(stream, i, NIL, &len, how); break;
        case 3: text = mail_fetch_text(stream, i, section, &len, how); break;
        case 4: text = mail_fetch_message(stream, i, &len, how); break;
        case 5: text = mail_fetch_body(stream, i, section, &len, how); break;
        case 6: text = mail_fetch_mime(stream, i, section, &len, how); break;
        case 7: show_envelope(" ", mail_fetchstructure(stream, i, draw(2) ? &body : NIL)); break;
        case 8: mail_gc(stream, draw(8)); break;
        }
        show("%d %lu %s %lx ", what, i, section, how);
        show_bytes("", text, len > 200 ? 200 : len);
        show("%lu\n", len);
        show_elt(stream, i);
    }
    close_quietly(stream);
}

static void flags(void)
{
    MAILSTREAM *stream = opened();
    mail_setflag(stream, "1:3", "\\Seen");
    mail_setflag(stream, "2", "\\Seen \\Flagged");
    mail_setflag(stream, "3", "(\\Deleted \\Answered \\Draft)");
    mail_clearflag(stream, "1", "\\Seen");
    mail_setflag(stream, "1", "\\Recent");
    mail_setflag(stream, "1", "keyword");
    mail_setflag(stream, "1", "");
    mail_setflag(stream, "99", "\\Seen");
    mail_setflag(stream, "x", "\\Seen");
    mail_flag(stream, "4,5", "\\Flagged", ST_SET | ST_UID);
    mail_flag(stream, "99", "\\Flagged", ST_SET | ST_UID);
    mail_flag(stream, "4", "\\Flagged", ST_UID | ST_SILENT);
    show_elts(stream);
    close_quietly(stream);
}

static void drawn_flags(void)
{
    static char *names[] = {"\\Seen", "\\Deleted", "\\Flagged \\Answered", "(\\Draft)", "\\Seen \\Draft"};
    static char *sequences[] = {"1", "2:4", "*", "1,3,5", "4:2", "1:*", "6", "7:9"};
    MAILSTREAM *stream = opened();
    reseed(8);
    for (int n = 0; n < 200; n++)
        mail_flag(stream, sequences[draw(8)], names[draw(5)], (draw(2) ? ST_SET : NIL) | (draw(3) ? NIL : ST_UID));
    show_elts(stream);
    close_quietly(stream);
}

static void look_again(void)
{
    MAILSTREAM *stream = opened();
    show_counts(stream);
    for (unsigned long i = 1; i <= stream->nmsgs; i++) {
        show_envelope(" ", mail_fetchenvelope(stream, i));
        show("%lu %lu\n", mail_uid(stream, i), mail_msgno(stream, mail_uid(stream, i)));
    }
    close_quietly(stream);
}

static void expunge(void)
{
    MAILSTREAM *stream = opened();
    unsigned long len;
    mail_expunge(stream);
    mail_fetch_text(stream, 2, NIL, &len, FT_PEEK);
    mail_setflag(stream, "2,4,5", "\\Deleted");
    show("expunge %ld\n", mail_expunge_full(stream, "4", NIL));
    show("expunge %ld\n", mail_expunge_full(stream, "5", EX_UID));
    show("expunge %ld\n", mail_expunge_full(stream, "x", NIL));
    show_counts(stream);
    show_elts(stream);
    mail_expunge(stream);
    for (unsigned long i = 1; i <= stream->nmsgs; i++) {
        char *text = mail_fetch_text(stream, i, NIL, &len, FT_PEEK);
        show_bytes("text", text, len);
        show("%lu %lu\n", mail_uid(stream, i), mail_msgno(stream, mail_uid(stream, i)));
    }
    for (unsigned long i = 0; i < 9; i++) show("msgno %lu %lu\n", i, mail_msgno(stream, i));
    show_elts(stream);
    show("status %ld\n", mail_status(stream, pop("/notls", "INBOX"), SA_MESSAGES | SA_UIDNEXT));
    mail_close(stream);
    look_again();
}

static void expunge_at_close(void)
{
    MAILSTREAM *stream = opened();
    mail_setflag(stream, "1", "\\Deleted");
    mail_close(stream);
    look_again();
    stream = opened();
    mail_setflag(stream, "1:2", "\\Deleted");
    mail_close_full(stream, CL_EXPUNGE);
    look_again();
}

static void everything_goes(void)
{
    MAILSTREAM *stream = opened();
    mail_setflag(stream, "1:*", "\\Deleted");
    mail_expunge(stream);
    show_counts(stream);
    show("ping %ld\n", mail_ping(stream));
    mail_close(stream);
    try_open("empty", pop("/notls", "INBOX"), NIL);
    try_open("empty, silent", pop("/notls", "INBOX"), OP_SILENT);
}

static void status(void)
{
    MAILSTREAM *stream = opened();
    show("no stream %ld\n", mail_status(NIL, pop("/notls", "INBOX"), SA_MESSAGES | SA_RECENT | SA_UNSEEN | SA_UIDNEXT));
    show("stream %ld\n", mail_status(stream, pop("/notls", "INBOX"), SA_MESSAGES | SA_RECENT | SA_UNSEEN | SA_UIDNEXT));
    mail_setflag(stream, "1:2", "\\Seen");
    show("unseen %ld\n", mail_status(stream, pop("/notls", "INBOX"), SA_UNSEEN));
    show("other %ld\n", mail_status(stream, pop("/notls", "Trash"), SA_UNSEEN));
    mail_close(stream);
}

static void refusals(void)
{
    MAILSTREAM *stream = opened();
    STRING message;
    INIT(&message, mail_string, "From: x\r\n\r\nx\r\n", 14);
    show("ping %ld\n", mail_ping(stream));
    mail_check(stream);
    show("copy %ld\n", mail_copy(stream, "1", "INBOX"));
    show("append %ld\n", mail_append(stream, pop("/notls", "INBOX"), &message));
    show("append %ld\n", mail_append(NIL, pop("/notls", "INBOX"), &message));
    show("create %ld\n", mail_create(stream, pop("/notls", "x")));
    show("create %ld\n", mail_create(NIL, pop("/notls", "x")));
    show("create %ld\n", mail_create(NIL, pop("/notls", "INBOX")));
    show("delete %ld\n", mail_delete(NIL, pop("/notls", "INBOX")));
    show("delete %ld\n", mail_delete(stream, pop("/notls", "x")));
    mail_gc(stream, GC_ENV | GC_TEXTS | GC_ELT);
    show("valid %d\n", mail_valid(NIL, pop("/notls", "INBOX"), "try") == &pop3driver);
    show("valid %d\n", mail_valid(NIL, pop("/notls", "x"), "try") == NIL);
    show("valid %d\n", mail_valid(stream, spec("INBOX"), "try") == NIL);
    close_quietly(stream);
}

static void listing(void)
{
    static char *patterns[] = {"*", "%", "INBOX", "inbox", "I*", "x", "", "IN%X", NIL};
    MAILSTREAM *stream = opened();
    for (int i = 0; patterns[i]; i++) {
        show("-- %s\n", patterns[i]);
        mail_list(stream, NIL, pop("/notls", patterns[i]));
        mail_list(NIL, pop("/notls", ""), patterns[i]);
        mail_list(stream, pop("/notls", "INBOX"), patterns[i]);
        mail_list(stream, "", patterns[i]);
    }
    close_quietly(stream);
}

static void reopening(void)
{
    MAILSTREAM *stream = opened();
    show("-- the same\n");
    stream = mail_open(stream, pop("/notls", "INBOX"), NIL);
    show_stream(stream);
    show("-- to IMAP\n");
    stream = mail_open(stream, spec("INBOX"), NIL);
    show("%s\n", stream ? stream->dtb->name : "none");
    show("-- and back\n");
    stream = mail_open(stream, pop("/notls", "INBOX"), NIL);
    show("%s\n", stream ? stream->dtb->name : "none");
    mail_close(stream);
}

static void search_one(MAILSTREAM *stream, char *criteria, long flags)
{
    SEARCHPGM *pgm = mail_criteria(criteria);
    show("-- %s\n", criteria);
    show("%ld\n", mail_search_full(stream, NIL, pgm, flags | SE_FREE));
}

static void searching(void)
{
    static char *criteria[] = {
        "ALL", "SEEN", "UNSEEN", "NEW", "RECENT", "OLD", "DELETED", "FLAGGED", "UNDELETED", "SUBJECT \"a\"",
        "FROM \"example\"", "TO \"o\"", "CC \"x\"", "BCC \"x\"", "BODY \"the\"", "TEXT \"e\"", "KEYWORD x", "UNKEYWORD x",
        "BEFORE 1-Jan-2020", "SINCE 1-Jan-2000", "ON 2-Mar-2010", NIL};
    MAILSTREAM *stream = opened();
    mail_setflag(stream, "2", "\\Seen \\Flagged");
    mail_setflag(stream, "3", "\\Deleted");
    for (int i = 0; criteria[i]; i++) {
        search_one(stream, criteria[i], NIL);
        search_one(stream, criteria[i], SE_UID);
    }
    show_elts(stream);
    close_quietly(stream);
}

/* The list in the user's home. The tests may run as root, who has no home until it is told. */
static void subscriptions(void)
{
    static char *patterns[] = {"*", "%", "INBOX", "inbox", "I*X", "x", "", "I%", NIL};
    static char *others[] = {"INBOX", "Work", "{host/pop3}INBOX", "{host/pop3}Trash", "{host/nntp}news", NIL};
    MAILSTREAM *stream = opened();
    char *name = pop("/notls", "INBOX");
    mail_parameters(NIL, SET_HOMEDIR, getenv("HOME"));
    mail_lsub(stream, NIL, pop("/notls", "*"));
    show("unsubscribe %ld\n", mail_unsubscribe(stream, name));
    for (int i = 0; others[i]; i++) show("subscribe %ld\n", sm_subscribe(others[i]));
    show("subscribe %ld\n", mail_subscribe(NIL, name));
    show("again %ld\n", mail_subscribe(stream, name));
    show("other mailbox %ld\n", mail_subscribe(stream, pop("/notls", "Trash")));
    for (int i = 0; patterns[i]; i++) {
        show("-- %s\n", patterns[i]);
        mail_lsub(stream, NIL, pop("/notls", patterns[i]));
        mail_lsub(NIL, NIL, pop("/notls", patterns[i]));
        mail_lsub(stream, pop("/notls", ""), patterns[i]);
        mail_lsub(stream, pop("/notls", "INBOX"), patterns[i]);
        mail_lsub(stream, "{host/pop3}", patterns[i]);
        mail_lsub(stream, "{host/nntp}", patterns[i]);
        mail_lsub(stream, "", patterns[i]);
        mail_lsub(stream, NIL, patterns[i]);
    }
    mail_lsub(NIL, NIL, "{host/pop3}*");
    mail_lsub(NIL, NIL, "{h*/pop3}INBOX");
    show("unsubscribe %ld\n", mail_unsubscribe(NIL, name));
    show("unsubscribe %ld\n", mail_unsubscribe(stream, name));
    show("unsubscribe %ld\n", mail_unsubscribe(NIL, "{host/pop3}Trash"));
    show("unsubscribe %ld\n", mail_unsubscribe(stream, "Work"));
    show("unsubscribe %ld\n", mail_unsubscribe(NIL, "Work"));
    mail_lsub(stream, NIL, "*");
    close_quietly(stream);
}

static void show_overview(MAILSTREAM *stream, unsigned long uid, OVERVIEW *ov, unsigned long msgno)
{
    show("%lu uid %lu %s\n", msgno, uid, ov ? "" : "none");
    if (!ov) return;
    show_string(" subject", ov->subject);
    show_addresses(" ", "from", ov->from);
    show_string(" date", ov->date);
    show_string(" message-id", ov->message_id);
    show_string(" references", ov->references);
    show_string(" xref", ov->optional.xref);
    show(" %lu octets, %lu lines\n", ov->optional.octets, ov->optional.lines);
}

static void overviews(void)
{
    static char *sequences[] = {"1:*", "2", "1,3:4", "99", "x", NIL};
    for (int i = 0; sequences[i]; i++) {
        MAILSTREAM *stream = opened();
        show("-- %s\n", sequences[i]);
        mail_fetch_overview_sequence(stream, sequences[i], show_overview);
        mail_fetch_overview(stream, sequences[i], show_overview);
        show_elts(stream);
        close_quietly(stream);
    }
}

static void sort_one(MAILSTREAM *stream, SORTPGM *pgm, char *criteria, long flags)
{
    SEARCHPGM *spg = criteria ? mail_criteria(criteria) : NIL;
    unsigned long *list = mail_sort(stream, NIL, spg, pgm, flags | SE_FREE);
    for (unsigned long i = 0; list && list[i]; i++) show(" %lu", list[i]);
    show("%s\n", list ? "" : " none");
    if (list) fs_give((void **)&list);
}

static void sorting(void)
{
    static char *criteria[] = {NIL, "ALL", "UNSEEN", "SUBJECT \"a\"", "FLAGGED"};
    MAILSTREAM *stream = opened();
    mail_setflag(stream, "2", "\\Seen \\Flagged");
    reseed(9);
    for (int i = 0; i < 60; i++) {
        SORTPGM *pgm = mail_newsortpgm(), *second = draw(2) ? mail_newsortpgm() : NIL;
        pgm->function = i < 7 ? i : (int)draw(7);
        pgm->reverse = draw(2);
        pgm->next = second;
        if (second) {
            second->function = draw(7);
            second->reverse = draw(2);
        }
        int what = draw(5), uid = draw(2);
        show("%d%s %d%s %s %d:", pgm->function, pgm->reverse ? "r" : "", second ? second->function : -1,
             second && second->reverse ? "r" : "", criteria[what] ? criteria[what] : "NIL", uid);
        sort_one(stream, pgm, criteria[what], uid ? SE_UID : NIL);
        mail_free_sortpgm(&pgm);
    }
    show_elts(stream);
    close_quietly(stream);
}

static void show_tree(THREADNODE *node, int depth)
{
    for (; node; node = node->branch) {
        show("%*s%lu\n", depth + 1, "", node->num);
        show_tree(node->next, depth + 1);
    }
}

static void threading(void)
{
    static char *types[] = {"REFERENCES", "ORDEREDSUBJECT", "NOSUCH", NIL};
    MAILSTREAM *stream = opened();
    for (int i = 0; types[i]; i++) {
        for (int uid = 0; uid < 2; uid++) {
            THREADNODE *tree = mail_thread(stream, types[i], NIL, mail_criteria(uid ? "UNSEEN" : "ALL"),
                                           SE_FREE | (uid ? SE_UID : NIL));
            show("-- %s %d\n", types[i], uid);
            show_tree(tree, 0);
            mail_free_threadnode(&tree);
        }
    }
    close_quietly(stream);
}

/* Pieces of texts, which go to the program's reader. */
static void pieces(void)
{
    static char *sections[] = {NIL, "", "1", "2", "1.1", "2.1", "9"};
    MAILSTREAM *stream = opened();
    mail_parameters(NIL, SET_GETS, reader);
    reseed(10);
    for (int i = 0; i < 150; i++) {
        unsigned long msgno = 1 + draw(stream->nmsgs), first = draw(4) ? draw(60) : 0, last = draw(4) ? draw(100) : 0;
        char *section = sections[draw(7)];
        int text = draw(2);
        show("%s %lu %s %lu %lu\n", text ? "text" : "body", msgno, section ? section : "NIL", first, last);
        show("%ld\n", text ? mail_partial_text(stream, msgno, section, first, last, draw(2) ? FT_PEEK : NIL)
                           : mail_partial_body(stream, msgno, section, first, last, draw(2) ? FT_PEEK : NIL));
        show_elt(stream, msgno);
    }
    close_quietly(stream);
}

static void lost(void)
{
    MAILSTREAM *stream = opened();
    show("-- nothing after close\n");
    mail_close(stream);
    stream = opened();
    mail_fetchheader(stream, 1);
    show("-- flags stay with the stream\n");
    mail_setflag(stream, "1", "\\Seen");
    mail_close(stream);
    stream = opened();
    show_elt(stream, 1);
    mail_close(stream);
}

const struct test_case cases[] = {
    {"opening", opening}, {"refused", refused}, {"wrong_password", wrong_password},
    {"wrong_then_right", wrong_then_right}, {"mechanisms", mechanisms}, {"parameters", parameters},
    {"elements", elements}, {"all_structures", all_structures}, {"short_structures", short_structures},
    {"fetch_peek", fetch_peek}, {"fetch_seen", fetch_seen}, {"fetch_uid", fetch_uid},
    {"fetch_internal", fetch_internal}, {"fetch_string", fetch_string}, {"fetch_prefetch", fetch_prefetch},
    {"fetch_reader", fetch_reader}, {"header_lines", header_lines}, {"drawn_fetches", drawn_fetches},
    {"subscriptions", subscriptions}, {"overviews", overviews}, {"sorting", sorting}, {"threading", threading},
    {"pieces", pieces}, {"flags", flags}, {"drawn_flags", drawn_flags}, {"expunge", expunge},
    {"expunge_at_close", expunge_at_close}, {"everything_goes", everything_goes}, {"status", status},
    {"refusals", refusals}, {"listing", listing}, {"reopening", reopening}, {"searching", searching},
    {"lost", lost}, {NULL, NULL},
};
