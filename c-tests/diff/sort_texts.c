/* What sorting and threading read: mail_strip_subject, mail_thread_parse_msgid, mail_thread_parse_references; and the
 * threader's own tree: mail_thread_check_child, mail_thread_prune_dummy, mail_thread_c2node, mail_thread_sort.
 * server: none
 */
#include "common.h"

/* -- subjects ------------------------------------------------------------------------------ */

static void strip(const char *subject)
{
    char copy[4096], *base = NIL;
    strcpy(copy, subject);
    unsigned int refwd = mail_strip_subject(copy, &base);
    show_string("subject", subject);
    show("  %u", refwd);
    show_string(" base", base);
    if (strcmp(copy, subject))
        show("  the subject has changed\n");
    fs_give((void **)&base);
}

static const char *pieces[] = {
    "Re", "re", "RE", "Fw", "fwd", "FWD", "fw", "r", "f", ":", " :", ": ", "[", "]", "[a]", "[a] ", "[fwd: ", "[Fwd:", "x",
    "abc", "A", "(fwd)", " (fwd)", "(Fwd) ", "(fwd", "fwd)", "=?us-ascii?q?Re:_x?=", "=?utf-8?q?=C3=A9?=", "=?x?", "?=",
    "=?utf-8?b?UmU6IHg=?=", "2", ",", "(", ")", "[a[b]", "\t", " ", "-", "=?utf-8?q?[Fwd:_a]?=", "=?iso-8859-1?q?=E4?=",
    "=?us-ascii?b?*?=", "\"", "\\",
};

static void subjects(unsigned long start)
{
    char text[1024], single[1100];
    reseed(start);
    for (int n = 0; n < (int) enough(6000); n++) {
        *text = '\0';
        for (unsigned long i = draw(9); i--;)
            strcat(text, pieces[draw(sizeof(pieces) / sizeof(*pieces))]);
        if (draw(8)) {
            /* No space beside another, not even where an encoded word brings one: deviation 77. */
            char *out = single;
            for (char *in = text; *in; in++)
                if ((*in != ' ' && *in != '\t') || (out > single && out[-1] != ' ' && out[-1] != '\t'))
                    *out++ = *in;
            *out = '\0';
        } else
            sprintf(single, "Re:  %s  \t x", text);
        strip(single);
    }
}
static void subjects_1(void) { subjects(1); }
static void subjects_2(void) { subjects(2); }

static void spaces_together(void)
{
    strip("a  b (fwd)");
    strip("Re:  a ");
    strip("a      b (fwd)");
    strip("  a");
    strip("a\t \tb");
    strip("");
    strip(" ");
}

static void helpers(void)
{
    char text[1024];
    reseed(3);
    for (int n = 0; n < (int) enough(3000); n++) {
        *text = '\0';
        for (unsigned long i = draw(5); i--;)
            strcat(text, pieces[draw(sizeof(pieces) / sizeof(*pieces))]);
        char *space = mail_strip_subject_wsp(text), *blob = mail_strip_subject_blob(text);
        show_string("text", text);
        show("  %ld %ld\n", (long)(space - text), blob ? (long)(blob - text) : -1L);
    }
}

/* -- message IDs --------------------------------------------------------------------------- */

static const char *id_pieces[] = {
    "<", ">", "@", "a", "b.c", "<a@b>", "<a@b> ", " ", "\t", "\"", "\"q r\"", "\\", "(", ")", "(c)", ".", ",", ":", ";",
    "<@r:a@b>", "<@r,@s:a@b>", "word", "<a>", "<a@>", "<@b>", "[1.2]", "<a@[1.2.3.4]>", "<a b@c>", "<a@b", "at", " at ",
    "<x@y>\r\n <z@y>", "=", "<a.@b>", "<\"a@b\"@c>", "<a@b.>", "\xe9",
};

static void ids(unsigned long start)
{
    char text[1024], copy[1024];
    reseed(start);
    for (int n = 0; n < (int) enough(4000); n++) {
        *text = '\0';
        for (unsigned long i = 1 + draw(6); i--;)
            strcat(text, id_pieces[draw(sizeof(id_pieces) / sizeof(*id_pieces))]);
        show_string("text", text);
        strcpy(copy, text);
        char *rest = copy, *id = mail_thread_parse_msgid(copy, &rest);
        show_string("  id", id);
        show("  rest %ld\n", rest ? (long)(rest - copy) : -1L);
        fs_give((void **)&id);
        for (long all = 0; all < 2; all++) {
            strcpy(copy, text);
            STRINGLIST *list = mail_thread_parse_references(copy, all);
            show_stringlist("  references", list);
            mail_free_stringlist(&list);
        }
    }
}
static void ids_1(void) { ids(4); }
static void ids_2(void) { ids(5); }

static void no_id(void)
{
    char *rest = "left as it is", *id = mail_thread_parse_msgid(NIL, &rest);
    show("%d %d\n", id == NIL, rest == NIL);
    show("%d\n", mail_thread_parse_msgid(NIL, NIL) == NIL);
    show("%d\n", mail_thread_parse_references(NIL, T) == NIL);
}

/* -- the tree ------------------------------------------------------------------------------ */

#define MOST 24
static void *containers[MOST][4];
static SORTCACHE messages[MOST];

enum { HELD, PARENT, SIBLING, CHILD };
static void **to(unsigned long which, int link) { return (void **)containers[which][link]; }

/* A well-formed forest of `count` containers, some without a message; returns the first root. */
static container_t draw_forest(unsigned long count)
{
    void **roots = NIL;
    memset(containers, 0, sizeof containers);
    memset(messages, 0, sizeof messages);
    for (unsigned long n = 0; n < count; n++) {
        messages[n].num = n + 1;
        messages[n].date = draw(4);
        if (draw(2))
            containers[n][HELD] = &messages[n];
        unsigned long parent = draw(n + 1);
        if (parent == n || !draw(4)) {
            containers[n][SIBLING] = roots;
            roots = containers[n];
        } else {
            containers[n][PARENT] = containers[parent];
            containers[n][SIBLING] = to(parent, CHILD);
            containers[parent][CHILD] = containers[n];
        }
    }
    return roots;
}

static void show_containers(container_t at)
{
    for (; at; at = (container_t)at[SIBLING]) {
        show("(%ld%s", (long)((void *(*)[4])at - containers), at[HELD] ? "" : "-");
        show_containers((container_t)at[CHILD]);
        show(")");
    }
}

static void show_nodes(THREADNODE *node)
{
    for (; node; node = node->branch) {
        show("(%lu", node->num);
        show_nodes(node->next);
        show(")");
    }
}

static void trees(void)
{
    reseed(6);
    for (int n = 0; n < (int) enough(800); n++) {
        unsigned long count = 1 + draw(MOST);
        container_t roots = draw_forest(count);
        show_containers(roots);
        show(" ");
        for (int i = 0; i < 12; i++)
            show("%ld", mail_thread_check_child(containers[draw(count)], containers[draw(count)]));
        show("%ld\n", mail_thread_check_child(NIL, containers[0]));
        roots = mail_thread_prune_dummy(roots, NIL);
        show("  ");
        show_containers(roots);
        show("\n  ");
        THREADNODE *nodes = mail_thread_c2node(NIL, roots, NIL), *vector[MOST + 1];
        show_nodes(nodes);
        show("\n  ");
        nodes = mail_thread_sort(nodes, vector);
        show_nodes(nodes);
        show("\n");
        mail_free_threadnode(&nodes);
    }
    show("%d\n", mail_thread_prune_dummy(NIL, NIL) == NIL);
    show("%d\n", mail_thread_c2node(NIL, NIL, NIL) == NIL);
    show("%d\n", mail_thread_sort(NIL, NIL) == NIL);
}

static void one_at_a_time(void)
{
    reseed(7);
    for (int n = 0; n < (int) enough(800); n++) {
        container_t roots = draw_forest(1 + draw(MOST));
        show_containers(roots);
        show("\n  ");
        container_t second = roots ? (container_t)roots[SIBLING] : NIL;
        if (second && draw(2) && roots[HELD]) {
            second = mail_thread_prune_dummy_work(second, roots);
            show_containers(second);
            show(" ");
        } else if (roots)
            roots = mail_thread_prune_dummy_work(roots, NIL);
        show_containers(roots);
        show("\n");
    }
}

static void dates(void)
{
    SORTCACHE one = {0}, two = {0};
    THREADNODE a = {0}, b = {0}, empty = {0}, *pa = &a, *pb = &b;
    a.sc = &one;
    b.sc = &two;
    for (int n = 0; n < 16; n++) {
        one.date = (unsigned long)(n & 1);
        two.date = (unsigned long)(n >> 1 & 1);
        one.num = (unsigned long)(n >> 2 & 1);
        two.num = (unsigned long)(n >> 3 & 1);
        empty.next = &b;
        THREADNODE *pe = &empty;
        show("%d %d %d\n", mail_thread_compare_date(&pa, &pb), mail_thread_compare_date(&pa, &pe),
             mail_thread_compare_date(&pe, &pb));
    }
}

const struct test_case cases[] = {
    {"subjects_1", subjects_1},
    {"subjects_2", subjects_2},
    {"spaces_together", spaces_together},
    {"helpers", helpers},
    {"ids_1", ids_1},
    {"ids_2", ids_2},
    {"no_id", no_id},
    {"trees", trees},
    {"one_at_a_time", one_at_a_time},
    {"dates", dates},
    {NULL, NULL},
};
