/* Mailboxes as such: subscriptions, LSUB, DELETE, namespaces, access rights, quota; and drawn calls on all of them.
 * server: acl quota=u1:10000
 * second:
 */
#include "drawn.h"

#ifndef NAME
#define NAME(name) name
#define DELIMITER "/"
#endif

static MAILSTREAM *stream;

static void subscribe(MAILSTREAM *with, char *name)
{
    show("-- subscribe %s\n", name);
    show("  %ld\n", mail_subscribe(with, name));
}

static void unsubscribe(MAILSTREAM *with, char *name)
{
    show("-- unsubscribe %s\n", name);
    show("  %ld\n", mail_unsubscribe(with, name));
}

static void lsub(MAILSTREAM *with, char *reference, char *pattern)
{
    show("-- lsub %s %s\n", reference ? reference : "NIL", pattern ? pattern : "NIL");
    mail_lsub(with, reference, pattern);
}

static void subscriptions(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    lsub(stream, spec(""), "*");
    subscribe(stream, spec(NAME("Work")));
    subscribe(stream, spec(NAME("Sub/Inner")));
    subscribe(stream, spec("INBOX"));
    subscribe(stream, spec(NAME("Work")));
    subscribe(stream, spec(NAME("Missing")));
    subscribe(stream, spec(""));
    subscribe(stream, "{bad");
    subscribe(stream, "Work");
    lsub(stream, spec(""), "*");
    lsub(stream, spec(""), "%");
    lsub(stream, spec(NAME("Sub/")), "%");
    lsub(stream, spec(NAME("Sub")), "%");
    lsub(stream, spec(""), "W*");
    lsub(stream, spec(""), "");
    lsub(stream, NIL, spec("%"));
    lsub(stream, spec("ignored"), spec("*"));
    lsub(stream, "", "*");
    lsub(stream, "{bad", "*");
    lsub(stream, "{other.invalid}", "*");
    unsubscribe(stream, spec(NAME("Work")));
    unsubscribe(stream, spec(NAME("Work")));
    unsubscribe(stream, spec(NAME("Never")));
    lsub(stream, spec(""), "*");
    close_quietly(stream);
    lsub(NIL, spec(""), "*");
    subscribe(NIL, spec(NAME("Work")));
    unsubscribe(NIL, spec(NAME("Work")));
    subscribe(NIL, spec_port("T_REFUSED", "u1", "/notls", "Work"));
    stream = open_quietly(spec("INBOX"), OP_HALFOPEN);
    subscribe(stream, spec(NAME("Work")));
    lsub(stream, spec(""), "*");
    subscribe(stream, spec_port("T_PORT2", "u1", "/notls", "Work"));
    close_quietly(stream);
}

/* Names that are nobody's: the list in the user's home may have them. The tests may run as root, who has none as yet. */
static void subscriptions_of_nobody(void)
{
    mail_parameters(NIL, SET_HOMEDIR, getenv("HOME"));
    stream = open_quietly(spec("INBOX"), NIL);
    unsubscribe(stream, "{bad");
    unsubscribe(stream, "Work");
    close_quietly(stream);
}

static void deletions(void)
{
    static const char *const names[] = { NAME("Work"), NAME("Work"), NAME("Missing"), NAME("Sub"), NAME("Sub/Inner"), "INBOX", "" };
    stream = open_quietly(spec("INBOX"), NIL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        show("-- delete %s\n", names[i]);
        show("  %ld\n", mail_delete(stream, spec(names[i])));
    }
    show("bad %ld\n", mail_delete(stream, "{bad"));
    show("bare %ld\n", mail_delete(stream, "Empty"));
    mail_list(stream, spec(""), "*");
    close_quietly(stream);
    show("no stream %ld\n", mail_delete(NIL, spec(NAME("Empty"))));
    show("refused %ld\n", mail_delete(NIL, spec_port("T_REFUSED", "u1", "/notls", "Work")));
    stream = open_quietly(spec("INBOX"), OP_HALFOPEN);
    show("half open %ld\n", mail_delete(stream, spec(NAME("Empty"))));
    show("elsewhere %ld\n", mail_delete(stream, spec_port("T_PORT2", "u1", "/notls", "Work")));
    close_quietly(stream);
}

static void show_namespaces(MAILSTREAM *with)
{
    static const char *const kinds[] = { "personal", "other", "shared" };
    NAMESPACE ***place = (NAMESPACE ***)mail_parameters(with, GET_NAMESPACE, with);
    show("namespaces %s\n", place && *place ? "there" : "NIL");
    for (int kind = 0; place && *place && kind < 3; kind++)
        for (NAMESPACE *n = (*place)[kind]; n; n = n->next)
            show("  %s \"%s\" '%c'%s\n", kinds[kind], n->name, n->delimiter ? n->delimiter : '0', n->param ? " with parameters" : "");
}

static void namespaces(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    show_namespaces(stream);
    show_namespaces(stream);
    close_quietly(stream);
    stream = open_quietly(spec("INBOX"), OP_HALFOPEN);
    show_namespaces(stream);
    close_quietly(stream);
}

static void on_acl(MAILSTREAM *s, char *mailbox, ACLLIST *list)
{
    show("  acl \"%s\"\n", mailbox);
    for (; list; list = list->next)
        show("    %s %s\n", list->identifier, list->rights);
}

static void on_listrights(MAILSTREAM *s, char *mailbox, char *id, char *always, STRINGLIST *possible)
{
    show("  listrights \"%s\" %s always \"%s\"\n", mailbox, id, always);
    show_stringlist("    possible", possible);
}

static void on_myrights(MAILSTREAM *s, char *mailbox, char *rights) { show("  myrights \"%s\" %s\n", mailbox, rights); }

static void on_quota(MAILSTREAM *s, char *root, QUOTALIST *list)
{
    show("  quota \"%s\"\n", root);
    for (; list; list = list->next)
        show("    %s %lu %lu\n", list->name, list->usage, list->limit);
}

static void rights_on(MAILSTREAM *with, char *name)
{
    show("-- %s\n", name);
    show("myrights %ld\n", imap_myrights(with, name));
    show("getacl %ld\n", imap_getacl(with, name));
    show("setacl %ld\n", imap_setacl(with, name, "u2", "lrs"));
    show("setacl %ld\n", imap_setacl(with, name, "u2", "+i"));
    show("setacl %ld\n", imap_setacl(with, name, "u3", "l"));
    show("getacl %ld\n", imap_getacl(with, name));
    show("listrights %ld\n", imap_listrights(with, name, "u2"));
    show("deleteacl %ld\n", imap_deleteacl(with, name, "u2"));
    show("deleteacl %ld\n", imap_deleteacl(with, name, "nobody else"));
    show("setacl %ld\n", imap_setacl(with, name, "u2", "?"));
    show("getacl %ld\n", imap_getacl(with, name));
}

static void rights_with(const char *where, long options)
{
    stream = open_quietly((char *)where, options);
    rights_on(stream, NAME("Work"));
    rights_on(stream, "INBOX");
    rights_on(stream, NAME("Missing"));
    close_quietly(stream);
}

static void rights(void)
{
    rights_with(spec("INBOX"), NIL);
    mail_parameters(NIL, SET_ACL, (void *)on_acl);
    mail_parameters(NIL, SET_LISTRIGHTS, (void *)on_listrights);
    mail_parameters(NIL, SET_MYRIGHTS, (void *)on_myrights);
    rights_with(spec("INBOX"), NIL);
    rights_with(spec("INBOX"), OP_HALFOPEN);
    /* A server without them. */
    rights_with(spec_port("T_PORT2", "u1", "/notls", "INBOX"), NIL);
}

static void quotas(void)
{
    STRINGLIST *limits = mail_newstringlist();
    limits->text.data = (unsigned char *)cpystr("STORAGE");
    limits->text.size = 5000;
    mail_parameters(NIL, SET_QUOTA, (void *)on_quota);
    stream = open_quietly(spec("INBOX"), NIL);
    show("getquota %ld\n", imap_getquota(stream, "User quota"));
    show("getquota %ld\n", imap_getquota(stream, "Another"));
    show("getquota %ld\n", imap_getquota(stream, ""));
    show("setquota %ld\n", imap_setquota(stream, "User quota", limits));
    show("getquota %ld\n", imap_getquota(stream, "User quota"));
    mail_free_stringlist(&limits);
    close_quietly(stream);
}

/* UW follows the list without looking whether there is one. */
static void no_limits(void)
{
    stream = open_quietly(spec("INBOX"), NIL);
    show("setquota %ld\n", imap_setquota(stream, "User quota", NIL));
    close_quietly(stream);
}

/* -- drawn --------------------------------------------------------------------------------- */

static const char *const leaves[] = { "a", "B", "with space", "quo\"te", "star*", "per%cent", "am&-p", "&AOQ-", "back\\slash", "x.y", "(p)",
                                      "{3}", "[b]", "~t" };

/* A name of up to three levels. */
static char *draw_name(void)
{
    static char buffers[4][100];
    static int turn;
    char *out = buffers[turn++ % 4];
    strcpy(out, NAME(""));
    for (unsigned long level = 1 + draw(3); level; level--)
        snprintf(out + strlen(out), 100 - strlen(out), "%s%s", PICK(leaves), level > 1 ? DELIMITER : "");
    return out;
}

static void drawn_step(unsigned long number)
{
    static const char *const patterns[] = { "*", "%", "a*", "a/%", "%/%", "b", "B/*", "*e*", "", "a/*/x", "%y", "*/B" };
    char *name = draw_name();
    MAILSTREAM *with = draw(6) ? stream : NIL;
    show("-- %lu %s ", number, with ? "" : "no stream ");
    switch (draw(12)) {
    case 0: case 1: case 2:
        show("create %s\n", name);
        show("  %ld\n", mail_create(with, spec(name)));
        break;
    case 3:
        show("delete %s\n", name);
        show("  %ld\n", mail_delete(with, spec(name)));
        break;
    case 4: case 5:
        show("subscribe %s\n", name);
        show("  %ld\n", mail_subscribe(with, spec(name)));
        break;
    case 6:
        show("unsubscribe %s\n", name);
        show("  %ld\n", mail_unsubscribe(with, spec(name)));
        break;
    case 7: {
        long flags = 1 + (long)draw(31);
        show("status %s %lx\n", name, flags);
        show("  %ld\n", mail_status(with, spec(name), flags));
        break;
    }
    case 8: {
        STRING message;
        char text[] = "Subject: x\r\n\r\ny\r\n";
        show("append %s\n", name);
        INIT(&message, mail_string, text, sizeof text - 1);
        show("  %ld\n", mail_append_full(with, spec(name), NIL, "12-May-2019 10:20:30 +0200", &message));
        break;
    }
    case 9:
        show("copy %s\n", name);
        show("  %ld\n", mail_copy_full(stream, "1:2", name, NIL));
        break;
    default: {
        const char *pattern = PICK(patterns), *reference = draw(3) ? NAME("") : name;
        int all = (int)draw(2);
        show("%s %s %s\n", all ? "list" : "lsub", reference, pattern);
        (all ? mail_list : mail_lsub)(with, spec(reference), (char *)pattern);
    }
    }
}

static void drawn(void)
{
    reseed(61);
    /* What the server holds for new mail depends on the second. */
    shown_attributes &= ~(LATT_MARKED | LATT_UNMARKED);
    stream = open_quietly(spec("INBOX"), NIL);
    for (unsigned long i = 1; i <= 150; i++)
        drawn_step(i);
    mail_list(stream, spec(""), "*");
    mail_lsub(stream, spec(""), "*");
    close_quietly(stream);
}

const struct test_case cases[] = {
    { "subscriptions", subscriptions }, { "subscriptions_of_nobody", subscriptions_of_nobody }, { "deletions", deletions }, { "namespaces", namespaces }, { "rights", rights },
    { "quotas", quotas }, { "no_limits", no_limits }, { "drawn", drawn }, { NULL, NULL },
};
