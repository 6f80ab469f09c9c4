/* Drawn messages for sorting and threading: replies to what is there and what is not, circles, equal and odd dates,
 * subjects in all their wrappings. They are appended by the test's other client. */
#ifndef CTESTS_DRAWN_MAIL_H
#define CTESTS_DRAWN_MAIL_H

#include "common.h"

#define PICK(list) list[draw(sizeof(list) / sizeof(*list))]

static const char *subject_words[] = {
    "alpha", "Alpha", "beta report", "gamma", "=?utf-8?q?caf=C3=A9?=", "=?iso-8859-1?q?Caf=E9?=", "re", "x", "[tag]",
};
static const char *subject_before[] = {
    "Re: ", "RE: ", "re[2]: ", "Fwd: ", "fw: ", "[list] ", "[a][b] ", "Re: [list] Fw: ", "re [x] : ", "[open ",
};
static const char *drawn_dates[] = {
    "Mon, 2 Jan 2012 10:00:00 +0100", "Mon, 2 Jan 2012 10:00:00 +0000", "2 Jan 12 09:00 EST", "no date at all", "",
    "Thu, 1 Jan 1970 00:00:00 +0000", "Wed, 31 Dec 1969 23:59:59 +0000", "3 Jan 2012 00:00:00", "32 Jan 2012 10:00:00 +0000",
    "Tue, 3 Jan 2012 10:00:00 -0800 (PST)", "  Sun, 1 Jan 2012 01:02:03 +1400", "29 Feb 2012 12:00:00 GMT",
};
static const char *drawn_people[] = {
    "Alice <alice@example.org>", "bob@example.net", "\"Carol, C.\" <carol@example.com>", "Friends: dan@x.y, eve@x.y;",
    "alice@other.example", "<zoe@example.org>", "Anna", "bob@example.net, alice@example.org", "undisclosed-recipients:;",
    "ALICE@example.org", "", "broken <", "=?utf-8?q?J=C3=B6rg?= <joerg@example.org>",
};

/* A subject without runs of spaces behind which something is to be taken off (deviation 77 is compared apart). */
static void draw_subject(char *to)
{
    char inner[512];
    *to = '\0';
    for (unsigned long n = draw(4); n--;)
        strcat(to, PICK(subject_before));
    for (unsigned long n = draw(3); n--;)
        sprintf(to + strlen(to), "%s%s", PICK(subject_words), n ? " " : "");
    if (!draw(8)) {
        strcpy(inner, to);
        sprintf(to, "[fwd: %s]", inner);
    }
    /* Single spaces only. */
    char *out = to, *in;
    for (in = to; *in; in++)
        if (*in != ' ' || (out > to && out[-1] != ' '))
            *out++ = *in;
    *out = '\0';
    if (!draw(6))
        strcat(to, out > to && out[-1] != ' ' ? " (Fwd)" : "(fwd)");
    if (!draw(10))
        strcat(to, to[0] && to[strlen(to) - 1] != ' ' ? " " : "");
}

static void add_id(char *to, unsigned long messages)
{
    switch (draw(14)) {
    case 0: sprintf(to + strlen(to), " <\"quoted %lu\"@h>", draw(3)); break;
    case 1: sprintf(to + strlen(to), " some words <id%lu@host>", draw(messages + 3)); break;
    case 2: strcat(to, draw(4) ? " <@r:id1@host>" : " no-id-here"); break;
    case 3: sprintf(to + strlen(to), " (comment) <id%lu @ host>", draw(messages)); break;
    default: sprintf(to + strlen(to), " <id%lu@host>", draw(messages + 3));
    }
}

static void draw_message(char *to, unsigned long number, unsigned long messages)
{
    char text[4096];
    *to = '\0';
    if (draw(15)) {
        draw_subject(text);
        sprintf(to + strlen(to), "Subject: %s\r\n", text);
    }
    if (draw(12))
        sprintf(to + strlen(to), "Date: %s\r\n", PICK(drawn_dates));
    if (draw(12))
        sprintf(to + strlen(to), "From: %s\r\n", PICK(drawn_people));
    if (draw(6))
        sprintf(to + strlen(to), "To: %s\r\n", PICK(drawn_people));
    if (draw(3))
        sprintf(to + strlen(to), "Cc: %s\r\n", PICK(drawn_people));
    if (draw(10)) {
        strcpy(text, "");
        if (draw(8))
            sprintf(text, " <id%lu@host>", number);
        else
            add_id(text, messages);
        sprintf(to + strlen(to), "Message-ID:%s\r\n", text);
    }
    if (draw(3)) {
        strcpy(text, "");
        for (unsigned long n = 1 + draw(5); n--;)
            add_id(text, messages);
        sprintf(to + strlen(to), "References:%s\r\n", text);
    }
    if (!draw(3)) {
        strcpy(text, "");
        add_id(text, messages);
        sprintf(to + strlen(to), "In-Reply-To:%s\r\n", text);
    }
    sprintf(to + strlen(to), "\r\n%.*s\r\n", (int)draw(30), "Some text of the message, cut");
}

/* Makes a mailbox of u3 with that many drawn messages, flagged one in three. */
static void draw_mailbox(struct other *other, const char *mailbox, unsigned long messages)
{
    char message[16384];
    other_command(other, NULL, "CREATE %s", mailbox);
    for (unsigned long n = 1; n <= messages; n++) {
        draw_message(message, n, messages);
        other_command(other, message, "APPEND %s %s \"%02lu-Jan-20%02lu 1%lu:00:00 +0%lu00\"", mailbox,
                      draw(3) ? "()" : "(\\Flagged)", 1 + draw(3), 10 + draw(2), draw(3), draw(3));
    }
}

#endif
