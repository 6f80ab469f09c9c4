/* See drawn.h. */
#include "drawn.h"

#include <stdarg.h>

/* -- messages ------------------------------------------------------------------------------ */

struct text {
    char data[60000];
    size_t length;
};

static void put(struct text *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int got = vsnprintf(to->data + to->length, sizeof to->data - to->length, format, args);
    va_end(args);
    if (got < 0 || (size_t)got >= sizeof to->data - to->length) {
        show("!! drawn message too long\n");
        exit(3);
    }
    to->length += (size_t)got;
}

static const char *const drawn_words[] = {
    "needle", "alpha", "Beta", "GAMMA", "voice mail", "x", "100", "a.b", "caf\xc3\xa9", "=?utf-8?Q?gr=C3=BC=C3=9Fe?=",
    "=?iso-8859-1?B?Z3L832U=?=", "\"quoted\"", "back\\slash", "(paren)", "{5}", "%", "*", "two  blanks", "[x]", "~tilde",
};

static const char *const drawn_addresses[] = {
    "alice@example.org", "Bob <bob@example.net>", "\"Doe, John\" <john@example.org>", "=?utf-8?Q?J=C3=BCrgen?= <j@example.de>",
    "carol@[127.0.0.1]", "\"odd local\"@example.org", "dave@sub.example.org (Dave)", "<erin@example.org>",
    "A Group: one@example.org, Two <two@example.org>;", "undisclosed-recipients:;", "frank", "<@relay.example:gina@example.org>",
    "\"back\\\\slash \\\" quote\" <h@example.org>", "Very.Dotted.Name <i@example.org>",
};

static void put_addresses(struct text *to, const char *field)
{
    put(to, "%s: %s", field, PICK(drawn_addresses));
    for (unsigned long more = draw(3); more; more--)
        put(to, ",%s%s", draw(2) ? " " : "\r\n ", PICK(drawn_addresses));
    put(to, "\r\n");
}

static void put_words(struct text *to, const char *field)
{
    put(to, "%s: %s", field, PICK(drawn_words));
    for (unsigned long more = draw(4); more; more--)
        put(to, "%s%s", draw(5) ? " " : "\r\n\t", PICK(drawn_words));
    put(to, "\r\n");
}

static void put_lines(struct text *to)
{
    for (unsigned long lines = draw(6); lines; lines--) {
        put(to, "%s %s", PICK(drawn_words), PICK(drawn_words));
        put(to, draw(12) ? "\r\n" : " ");
    }
    if (!draw(20) && to->length < 20000)
        for (int i = 0; i < 300; i++)
            put(to, "%0*d\r\n", 60, i);
}

static void put_part(struct text *to, int depth);

static void put_header(struct text *to)
{
    static const char *const dates[] = { "Sun, 12 May 2019 10:20:30 +0000", "Mon, 13 May 2019 11:21:31 -0730 (somewhere)",
                                         "14 May 19 01:02 GMT", "nonsense", "Wed, 29 Feb 2012 23:59:59 +1400" };
    for (unsigned long fields = draw(12); fields; fields--)
        switch (draw(20)) {
        case 0: case 1: put_addresses(to, "From"); break;
        case 2: put_addresses(to, "Sender"); break;
        case 3: put_addresses(to, "Reply-To"); break;
        case 4: case 5: put_addresses(to, "To"); break;
        case 6: put_addresses(to, "cc"); break;
        case 7: put_addresses(to, "Bcc"); break;
        case 8: case 9: put_words(to, "Subject"); break;
        case 10: put(to, "Date: %s\r\n", PICK(dates)); break;
        case 11: put(to, "Message-ID: <%lu@example.org>\r\n", draw(100)); break;
        case 12: put(to, "In-Reply-To: <%lu@example.org>\r\n", draw(100)); break;
        case 13: put(to, "References: <%lu@example.org>\r\n <%lu@example.org>\r\n", draw(100), draw(100)); break;
        case 14: put(to, "Newsgroups: comp.test,alt.n%lu\r\n", draw(9)); break;
        case 15: put(to, "Followup-To: comp.f%lu\r\n", draw(9)); break;
        case 16: put_words(to, "X-Twice"); break;
        case 17: put_words(to, "X-Asterisk-VM-Extension"); break;
        case 18: put(to, "Return-Path: <bounce%lu@example.org>\r\n", draw(9)); break;
        default: put_words(to, "Comments"); break;
        }
}

static void put_multipart(struct text *to, int depth)
{
    static const char *const subtypes[] = { "mixed", "alternative", "digest", "related", "x-odd", "report" };
    unsigned long mark = draw(1000000000);
    put(to, "Content-Type: multipart/%s; boundary=\"b %lu\"%s\r\n", PICK(subtypes), mark, draw(4) ? "" : ";\r\n charset=x");
    if (!draw(6)) put(to, "Content-Language: en, de\r\n");
    if (!draw(6)) put(to, "Content-Disposition: inline; x=y\r\n");
    put(to, "\r\n");
    if (!draw(3)) put(to, "preamble\r\n");
    for (unsigned long parts = 1 + draw(4); parts; parts--) {
        put(to, "--b %lu\r\n", mark);
        put_part(to, depth + 1);
        put(to, "\r\n");
    }
    if (draw(6)) put(to, "--b %lu--\r\n", mark);
    if (!draw(3)) put(to, "epilogue\r\n");
}

static void put_part(struct text *to, int depth)
{
    static const char *const types[] = { "text/plain", "text/html; charset=utf-8", "TEXT/X-Odd; Charset=US-ASCII; a=\"two words\"",
                                         "application/octet-stream; name=\"b\\\"c.bin\"", "audio/x-wav; name=msg.wav", "image/png",
                                         "video/mp4; x=\"\"", "model/vrml", "x-new/thing", "text", "message/delivery-status",
                                         "text/plain; name*=utf-8''gr%C3%BC" };
    static const char *const encodings[] = { "7bit", "8bit", "binary", "base64", "quoted-printable", "x-unheard-of", "BASE64" };
    switch (depth < 4 && to->length < 20000 ? draw(8) : 7) {
    case 0: case 1:
        put_multipart(to, depth);
        return;
    case 2:
        put(to, "Content-Type: message/rfc822\r\n%s\r\n", draw(3) ? "" : "Content-Description: forwarded\r\n");
        put_header(to);
        put_part(to, depth + 1);
        return;
    case 3: /* no MIME header at all */
        break;
    default:
        put(to, "Content-Type: %s\r\n", PICK(types));
        if (draw(2)) put(to, "Content-Transfer-Encoding: %s\r\n", PICK(encodings));
        if (!draw(4)) put(to, "Content-ID: <part%lu@example.org>\r\n", draw(99));
        if (!draw(4)) put(to, "Content-Description: %s\r\n", PICK(drawn_words));
        if (!draw(4)) put(to, "Content-Disposition: %s; filename=\"f %lu\"; size=%lu\r\n", draw(2) ? "attachment" : "inline", draw(9), draw(9));
        if (!draw(6)) put(to, "Content-Language: en, de\r\n");
        if (!draw(6)) put(to, "Content-Location: http://example.org/%lu\r\n", draw(9));
        if (!draw(6)) put(to, "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n");
    }
    put(to, "\r\n");
    put_lines(to);
}

/* A message, good until the next one is drawn. */
const char *draw_message(void)
{
    static struct text out;
    out.length = 0;
    put_header(&out);
    if (draw(4)) put(&out, "MIME-Version: 1.0\r\n");
    put_part(&out, 0);
    return out.data;
}

const char *draw_internal_date(void)
{
    static char out[64];
    static const char *const zones[] = { "+0000", "+0200", "-0930" };
    snprintf(out, sizeof out, "%2lu-May-20%02lu %02lu:%02lu:%02lu %s", 1 + draw(31), 10 + draw(10), draw(24), draw(60), draw(60),
             PICK(zones));
    return out;
}

const char *draw_flags(void)
{
    static const char *const flags[] = { "\\Seen", "\\Flagged", "\\Answered", "\\Draft", "\\Deleted", "$Label1", "urgent", "Fresh" };
    static char out[200];
    *out = 0;
    for (unsigned long count = 1 + draw(3); count; count--)
        snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s", *out ? " " : "", PICK(flags));
    return out;
}

/* Fills a mailbox that another client keeps in order: `mailbox` is a name without blanks. */
void fill_mailbox(struct other *other, const char *mailbox, unsigned long messages)
{
    for (; messages; messages--) {
        const char *text = draw_message();
        if (draw(3))
            other_command(other, text, "APPEND %s (%s) \"%s\"", mailbox, draw_flags(), draw_internal_date());
        else
            other_command(other, text, "APPEND %s () \"%s\"", mailbox, draw_internal_date());
    }
}

/* -- numbers ------------------------------------------------------------------------------- */

/* A sequence of message numbers from 1 to `last`, or of UIDs up to `last`. The buffers rotate. */
char *draw_sequence(unsigned long last)
{
    static char buffers[4][200];
    static int turn;
    char *out = buffers[turn++ % 4];
    *out = 0;
    for (unsigned long count = 1 + draw(3); count; count--) {
        size_t at = strlen(out);
        snprintf(out + at, 200 - at, "%s%lu", at ? "," : "", 1 + draw(last));
        at = strlen(out);
        if (!draw(3)) snprintf(out + at, 200 - at, ":%lu", 1 + draw(last));
        else if (!draw(8)) snprintf(out + at, 200 - at, ":*");
    }
    if (!draw(12)) strcpy(out, "*");
    if (!draw(12)) strcpy(out, "1:*");
    return out;
}

const char *draw_section(void)
{
    static const char *const sections[] = { "1", "2", "3", "1.1", "1.2", "2.1", "2.2", "1.1.1", "2.1.1", "1.1.2", "4", "2.1.2", "9",
                                            "3.1", "1.2.1" };
    return PICK(sections);
}

STRINGLIST *draw_lines(void)
{
    static const char *const names[] = { "Subject", "x-twice", "FROM", "To", "X-Missing", "Date", "Content-Type", "Received" };
    STRINGLIST *list = NIL;
    for (unsigned long count = 1 + draw(3); count; count--)
        list = stringlist(PICK(names), list);
    return list;
}
