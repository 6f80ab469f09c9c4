/* What hardly a server has: annotations, SCAN; and imap_cache.
 * fake: extras
 */
#include "common.h"

static MAILSTREAM *stream;

static void on_annotation(MAILSTREAM *of, ANNOTATION *annotation)
{
    show("  annotation \"%s\" of \"%s\" on %s\n", annotation->entry, annotation->mbox, of == stream ? "our stream" : "another");
    for (ANNOTATION_VALUES *value = annotation->values; value; value = value->next) {
        show_string("    attribute", value->attr);
        show_string("    value", value->value);
    }
}

static void get(char *mailbox, STRINGLIST *entries, STRINGLIST *attributes)
{
    show_stringlist("-- get", entries);
    show("  %ld\n", imap_getannotation(stream, mailbox, entries, attributes));
    mail_free_stringlist(&entries);
    mail_free_stringlist(&attributes);
}

static void set(char *mailbox, const char *entry, const char *attribute, const char *value, const char *other)
{
    ANNOTATION *annotation = mail_newannotation();
    annotation->mbox = cpystr(mailbox);
    annotation->entry = cpystr(entry);
    annotation->values = mail_newannotationvalue();
    annotation->values->attr = cpystr(attribute);
    annotation->values->value = cpystr(value);
    if (other) {
        annotation->values->next = mail_newannotationvalue();
        annotation->values->next->attr = cpystr(other);
        annotation->values->next->value = cpystr("");
    }
    show("-- set %s\n", entry);
    show("  %ld\n", imap_setannotation(stream, annotation));
    mail_free_annotation(&annotation);
}

static void annotations(void)
{
    stream = open_quietly(spec_port("T_FAKE_EXTRAS_ANNOTATIONS", "u1", "/notls", "INBOX"), NIL);
    for (int heard = 0; heard < 2; heard++) {
        get("INBOX", stringlist("/comment", NIL), stringlist("value.priv", stringlist("value.shared", NIL)));
        get("INBOX", stringlist("/*", NIL), stringlist("value", NIL));
        get("INBOX", stringlist("/refused", NIL), stringlist("value", NIL));
        get("with space", stringlist("/comment", stringlist("/other", NIL)), stringlist("value", NIL));
        mail_parameters(NIL, SET_ANNOTATION, (void *)on_annotation);
    }
    set("INBOX", "/comment", "value.priv", "new \"one\"", "value.shared");
    set("INBOX", "/comment", "value.priv", "taken", NIL);
    set("INBOX", "/unknown", "value.priv", "x", NIL);
    close_quietly(stream);
}

static void scan(char *reference, char *pattern, char *contents)
{
    show("-- scan %s %s for %s\n", reference ? reference : "NIL", pattern, contents);
    mail_scan(stream, reference, pattern, contents);
}

static void scanned(void)
{
    char *server = spec_port("T_FAKE_EXTRAS_SCAN", "u1", "/notls", "");
    char below[300];
    stream = open_quietly(spec_port("T_FAKE_EXTRAS_SCAN", "u1", "/notls", "INBOX"), NIL);
    scan(server, "*", "needle");
    snprintf(below, sizeof below, "%sSub/", server);
    scan(below, "%", "two words");
    scan(server, "refused", "needle");
    scan(NIL, spec_port("T_FAKE_EXTRAS_SCAN", "u1", "/notls", "*"), "needle");
    close_quietly(stream);
}

static void cached(unsigned long msgno, const char *section)
{
    char name[80];
    strcpy(name, section);
    show("%lu[%s] %ld\n", msgno, section, imap_cache(stream, msgno, name, NIL, NIL));
}

static void put(unsigned long msgno, const char *section, STRINGLIST *fields, const char *text)
{
    char name[80];
    SIZEDTEXT sized = {(unsigned char *)cpystr(text), strlen(text)};
    strcpy(name, section);
    show("%lu[%s] put %ld\n", msgno, section, imap_cache(stream, msgno, name, fields, &sized));
}

static void cache(void)
{
    static const char *const sections[] = {"", "TEXT", "HEADER", "0", "1", "2", "1.MIME", "2.HEADER", "2.TEXT", "2.1", "9", "1.ODD", "2.0"};
    unsigned long length;
    stream = open_quietly(spec("INBOX"), NIL);
    for (unsigned long i = 0; i < sizeof sections / sizeof *sections; i++)
        cached(3, sections[i]);
    put(3, "TEXT", NIL, "another text");
    put(3, "", NIL, "all of it");
    put(3, "1", NIL, "the first part");
    put(3, "1", NIL, "the first part, anew");
    put(3, "2.TEXT", NIL, "the text inside");
    put(3, "2.HEADER", NIL, "Subject: inside\r\n\r\n");
    put(3, "1.MIME", NIL, "Content-Type: text/plain\r\n\r\n");
    for (unsigned long i = 0; i < sizeof sections / sizeof *sections; i++)
        cached(3, sections[i]);
    show_string("text", mail_fetch_text(stream, 3, NIL, &length, FT_PEEK));
    show_string("message", mail_fetch_message(stream, 3, &length, FT_PEEK));
    show_string("part", mail_fetch_body(stream, 3, "1", &length, FT_PEEK));
    show_string("inner text", mail_fetch_text(stream, 3, "2", &length, FT_PEEK));
    show_string("inner header", mail_fetch_header(stream, 3, "2", NIL, &length, FT_PEEK));
    show_string("mime", mail_fetch_mime(stream, 3, "1", &length, FT_PEEK));
    put(4, "HEADER", NIL, "From: somebody@example.org\r\nNewsgroups: alt.test\r\nSubject: made up\r\n\r\n");
    show_string("header", mail_fetch_header(stream, 4, NIL, NIL, &length, FT_PEEK));
    STRINGLIST *one = stringlist("X-One", NIL), *two = stringlist("X-Two", NIL);
    put(5, "HEADER.FIELDS", stringlist("X-One", NIL), "X-One: 1\r\n\r\n");
    show_string("one field", mail_fetch_header(stream, 5, NIL, one, &length, FT_PEEK));
    show_string("another", mail_fetch_header(stream, 5, NIL, two, &length, FT_PEEK));
    mail_free_stringlist(&one);
    mail_free_stringlist(&two);
    show_envelope("  ", mail_fetch_structure(stream, 4, NIL, NIL));
    close_quietly(stream);
}

const struct test_case cases[] = {{"annotations", annotations}, {"scanned", scanned}, {"cache", cache}, {NULL, NULL}};
