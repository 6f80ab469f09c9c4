/* misc.h: comparing, searching, hashing, copying, and the case of letters.
 * server: none
 */
#include <stdint.h>
#include <c-client/flstring.h>
#include <c-client/fdstring.h>
#include "../common.h"

static const char *const words[] = {
    "", "a", "A", "b", "ab", "Ab", "abc", "INBOX", "inbox", "_", "[", "{", "\x80", "\xe9", "\xc9", "0", "~", NULL
};

static unsigned char *copy(const char *text) { return (unsigned char *) cpystr(text); }

static void comparing(void)
{
    for (int i = 0; words[i]; i++) {
        for (int j = 0; words[j]; j++) {
            SIZEDTEXT sized = {(unsigned char *) words[j], strlen(words[j])};
            show("%s/%s: %d %d\n", words[i], words[j],
                 compare_cstring((unsigned char *) words[i], (unsigned char *) words[j]),
                 compare_csizedtext((unsigned char *) words[i], &sized));
        }
    }
    show("NULL: %d %d %d\n", compare_cstring(NULL, NULL), compare_cstring(NULL, (unsigned char *) ""),
         compare_cstring((unsigned char *) "", NULL));
    for (int c = 0; c < 256; c += 7)
        for (int d = 0; d < 256; d += 11) show("%d", compare_uchar(c, d));
    show("\n%d %d %d\n", compare_ulong(1, 2), compare_ulong(~0UL, 0), compare_ulong(5, 5));
    show("%ld %ld %ld %ld\n", Min(-1, 1), Max(-1, 1), Min(7, 7), Max(7, 6));
}

static void letters(void)
{
    unsigned char all[256];
    for (int c = 0; c < 255; c++) all[c] = c + 1;
    all[255] = 0;
    show("same %d\n", ucase(all) == all);
    show_bytes("ucase", all, 255);
    for (int c = 0; c < 255; c++) all[c] = c + 1;
    show("same %d\n", lcase(all) == all);
    show_bytes("lcase", all, 255);
}

static void bits(void)
{
    unsigned long values[] = {0, 1, 2, 0x80000000, 0x50, 0xffffffff, 0x7fffffff, 0x10000};
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        unsigned long value = values[i];
        for (int n = 0; n < 4; n++) {
            unsigned long bit = find_rightmost_bit(&value);
            /* UW takes bit 31 as a negative number, so the upper half of a long is not compared. */
            show("%lx %lx\n", bit, value & 0xffffffff);
        }
    }
    for (int c = '0'; c <= 'f'; c++) show("%02x", hex2byte(c, 'f' - (c - '0')));
    show("\n");
}

static void searching(void)
{
    static const char *const texts[] = {"", "a", "hello world", "Hello World", "aaaaaab", "[x]", "\xc4", "x\xe4y", NULL};
    static const char *const patterns[] = {"", "A", "WORLD", "world", "aab", "{", "ld", "h", "\xe4", "\xe4Y", NULL};
    for (int i = 0; texts[i]; i++) {
        for (int j = 0; patterns[j]; j++) {
            long length = strlen(texts[i]), pattern = strlen(patterns[j]);
            show("%d/%d: %ld %ld\n", i, j,
                 search((unsigned char *) texts[i], length, (unsigned char *) patterns[j], pattern),
                 ssearch((unsigned char *) texts[i], length, (unsigned char *) patterns[j], pattern));
        }
    }
    show("%ld %ld %ld\n", search(NULL, 3, (unsigned char *) "a", 1), search((unsigned char *) "a", 1, NULL, 1),
         search((unsigned char *) "abc", -1, (unsigned char *) "a", 1));
}

static void hashing(void)
{
    HASHTAB *table = hash_create(29);
    char *keys[] = {"INBOX", "INBOX.Old", "INBOX.Work", "caf\xe9", "", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"};
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
        void **data = hash_lookup_and_add(table, keys[i], (void *) (uintptr_t) (i + 1), i);
        if (i) data[i] = data;
        show("%lu %lu\n", hash_index(table, keys[i]), (unsigned long) data[0]);
    }
    show("again %lu\n", (unsigned long) hash_lookup_and_add(table, keys[2], keys[0], 0)[0]);
    show("none %d\n", hash_lookup(table, "inbox") == NULL);
    show("added %d\n", hash_add(table, keys[2], (void *) 9, 2)->name == keys[2]);
    show("newest %lu\n", (unsigned long) hash_lookup(table, keys[2])[0]);
    hash_reset(table);
    show("reset %d\n", hash_lookup(table, keys[2]) == NULL);
    hash_destroy(&table);
    show("destroyed %d\n", table == NULL);
    hash_destroy(&table);
}

static void texts(void)
{
    SIZEDTEXT a = {NULL, 0}, b = {NULL, 0};
    STRING string;
    char *s = cpystr(NULL);
    show_string("NULL", s);
    s = cpystr("");
    show_string("empty", s);
    fs_give((void **) &s);
    show("given %d\n", s == NULL);
    fs_give((void **) &s);
    show_string("cpytxt", cpytxt(&a, "some text", 4));
    show("%lu\n", a.size);
    show_string("shorter", cpytxt(&a, "", 0));
    show("%lu\n", a.size);
    cpytxt(&a, "a\0b", 3);
    show("same %d\n", textcpy(&b, &a) == (char *) b.data);
    show_bytes("textcpy", b.data, b.size + 1);
    INIT(&string, mail_string, (void *) "the quick brown fox", (unsigned long) 19);
    SETPOS(&string, 4);
    show("%lu %lu %c\n", GETPOS(&string), SIZE(&string), SNX(&string));
    show_string("off", textcpyoffstring(&b, &string, 10, 5));
    show("%lu %lu\n", b.size, GETPOS(&string));
    INIT(&string, mail_string, (void *) "the quick brown fox", (unsigned long) 19);
    show_string("all", textcpystring(&b, &string));
    show("%lu %lu\n", b.size, SIZE(&string));
    fs_give((void **) &a.data);
    fs_give((void **) &b.data);
    s = fs_get(0);
    show("got %d\n", s != NULL);
    fs_resize((void **) &s, 100);
    memset(s, 'x', 100);
    fs_resize((void **) &s, 0);
    show("resized %d\n", s != NULL);
    fs_give((void **) &s);
}

static void files(void)
{
    char name[] = "/tmp/c-client-misc-XXXXXX";
    char chunk[7], text[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    int fd = mkstemp(name);
    FILE *file;
    STRING string;
    FDDATA data;
    SIZEDTEXT all = {NULL, 0};
    unlink(name);
    if (fd < 0 || write(fd, text, sizeof text - 1) != sizeof text - 1) exit(1);
    data.fd = fd;
    data.pos = 3;
    data.chunk = chunk;
    data.chunksize = sizeof chunk;
    INIT(&string, fd_string, &data, (unsigned long) 20);
    show_string("fd", textcpystring(&all, &string));
    SETPOS(&string, 13);
    show("%lu %lu %c%c\n", GETPOS(&string), SIZE(&string), SNX(&string), CHR(&string));
    file = fdopen(fd, "r");
    INIT(&string, file_string, file, (unsigned long) 36);
    show_string("file", textcpystring(&all, &string));
    SETPOS(&string, 30);
    show("%lu %lu %c%c\n", GETPOS(&string), SIZE(&string), SNX(&string), CHR(&string));
    fs_give((void **) &all.data);
    fclose(file);
}

static void binary(void)
{
    unsigned char data[200];
    for (unsigned i = 0; i < sizeof data; i++) data[i] = i * 37;
    for (unsigned long size = 0; size <= sizeof data; size++) {
        unsigned long length = 99;
        unsigned char *encoded = rfc822_binary(data, size, &length);
        show("%lu %lu ", size, length);
        show_bytes("text", encoded, length + 1);
        fs_give((void **) &encoded);
    }
}

/* New structs are empty, and everything that can hang on one is freed without complaint (valgrind
 * sees what is left behind). */
static void structs(void)
{
    SEARCHPGM *pgm = mail_newsearchpgm();
    BODY *body = mail_newbody();
    ENVELOPE *env = mail_newenvelope();
    MESSAGECACHE *elt = mail_new_cache_elt(5);
    THREADNODE *node = mail_newthreadnode(NULL);
    SORTPGM *sort = mail_newsortpgm();
    ACLLIST *acl = mail_newacllist();
    QUOTALIST *quota = mail_newquotalist();
    pgm->msgno = mail_newsearchset();
    pgm->uid = mail_newsearchset();
    pgm->uid->next = mail_newsearchset();
    pgm->or = mail_newsearchor();
    pgm->or->first->header = mail_newsearchheader("Subject", "x");
    show_bytes("line", pgm->or->first->header->line.data, pgm->or->first->header->line.size);
    pgm->or->next = mail_newsearchor();
    pgm->not = mail_newsearchpgmlist();
    pgm->not->pgm->subject = mail_newstringlist();
    pgm->not->pgm->subject->text.data = copy("y");
    pgm->not->next = mail_newsearchpgmlist();
    pgm->keyword = mail_newstringlist();
    pgm->keyword->next = mail_newstringlist();
    mail_free_searchpgm(&pgm);
    show("%d", pgm == NULL);
    body->type = TYPEMULTIPART;
    body->nested.part = mail_newbody_part();
    body->nested.part->next = mail_newbody_part();
    body->nested.part->next->body.type = TYPEMESSAGE;
    body->nested.part->next->body.subtype = cpystr("RFC822");
    body->nested.part->next->body.nested.msg = mail_newmsg();
    body->nested.part->next->body.nested.msg->env = mail_newenvelope();
    body->nested.part->next->body.nested.msg->body = mail_newbody();
    body->nested.part->next->body.nested.msg->body->id = cpystr("id");
    body->parameter = mail_newbody_parameter();
    body->parameter->attribute = cpystr("CHARSET");
    body->parameter->next = mail_newbody_parameter();
    body->disposition.type = cpystr("INLINE");
    body->disposition.parameter = mail_newbody_parameter();
    body->language = mail_newstringlist();
    body->contents.text.data = copy("text");
    mail_gc_body(body);
    show("%d", body->contents.text.data == NULL);
    mail_free_body(&body);
    show("%d", body == NULL);
    env->from = mail_newaddr();
    env->from->mailbox = cpystr("fred");
    env->from->next = mail_newaddr();
    env->subject = cpystr("subject");
    env->references = cpystr("<a@b>");
    mail_free_envelope(&env);
    show("%d", env == NULL);
    show(" %lu %d", elt->msgno, elt->lockcount);
    elt->lockcount++;
    elt->private.msg.env = mail_newenvelope();
    {
        MESSAGECACHE *other = elt;
        mail_free_elt(&other);
        show(" %d %d", other == NULL, elt->lockcount);
    }
    mail_free_elt(&elt);
    node->next = mail_newthreadnode(NULL);
    node->branch = mail_newthreadnode(NULL);
    node->branch->next = mail_newthreadnode(NULL);
    mail_free_threadnode(&node);
    sort->next = mail_newsortpgm();
    mail_free_sortpgm(&sort);
    acl->identifier = cpystr("fred");
    acl->next = mail_newacllist();
    mail_free_acllist(&acl);
    quota->name = cpystr("STORAGE");
    quota->next = mail_newquotalist();
    mail_free_quotalist(&quota);
    show(" %d\n", !node && !sort && !acl && !quota);
}

const struct test_case cases[] = {
    {"comparing", comparing}, {"letters", letters}, {"bits", bits},   {"searching", searching}, {"hashing", hashing},
    {"texts", texts},         {"files", files},     {"binary", binary},
    {"structs", structs}, {NULL, NULL},
};
