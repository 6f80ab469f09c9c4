/* The functions that need no server, and those on the elts of an open stream.
 *
 *   offline --list           every scenario: NAME FUNCTION ROUNDS_COUNTED ROUNDS_TIMED PER_ROUND UNIT
 *   offline NAME ROUNDS      does the work that often; prints the check of the last result, and the times
 *
 * Input is drawn, always the same. What is made ready and what is checked lies outside measured(), which
 * is what callgrind is told to count. The stream's scenarios need BENCH_MAILBOX, a mailbox of MESSAGES. */
#include "driver.h"

#define MESSAGES 10000
#define KILO 1024UL

static unsigned char *input;
static unsigned long input_length;
static char *line;               /* a scenario's string argument */
static unsigned char *output;    /* the last result, of output_length octets */
static unsigned long output_length;
static SIZEDTEXT from, into;
static MAILSTREAM *stream;

static void add(const void *data, unsigned long length)
{
    static unsigned long room;
    if (input_length + length + 1 > room) {
        room = 2 * (input_length + length + 1);
        input = realloc(input, room);
        if (!input)
            die("no memory");
    }
    memcpy(input + input_length, data, length);
    input_length += length;
    input[input_length] = '\0';
}

static void add_string(const char *text)
{
    add(text, strlen(text));
}

/* Words of a text in the octets or letters given, in lines of about 70 octets. */
static void add_text(unsigned long length, const char *const letters[], unsigned long count, const char *line_end)
{
    unsigned long stop = input_length + length, begin = input_length;
    while (input_length < stop) {
        for (unsigned long left = 2 + draw(9); left; left--) {
            const char *letter = letters[draw(count)];
            add(letter, strlen(letter));
        }
        if (input_length - begin > 66) {
            add_string(line_end);
            begin = input_length;
        } else
            add(" ", 1);
    }
}

static const char *const ascii[] = {"e", "t", "a", "o", "i", "n", "s", "h", "r", "d", "l", "u", "E", "T", ".", ","};
/* One letter in eight has the eighth bit set, as in a western text that is rich in them. */
static const char *const latin_1[] = {"e", "n", "i", "s", "r", "a", "t", "d", "h", "u", "l", "c", "g", "m",
                                      "\xe4", "\xfc"};
static const char *const cp_1252[] = {"e", "n", "i", "s", "r", "a", "t", "d", "h", "u", "l", "c", "g", "m",
                                      "\xe9", "\x80"};
static const char *const western[] = {"e", "n", "i", "s", "r", "a", "t", "D", "h", "u", "l", "c", "g", "m", "ä", "é"};
static const char *const many[] = {"e", "n", "i", "s", "Ä", "é", "ø", "ж", "Я", "ω", "Ώ", "漢", "字", "ﬁ", "각", "ß"};
#define LETTERS(table) table, sizeof table / sizeof *table

/* -- transfer encodings ------------------------------------------------------------------------ */

static void draw_octets(unsigned long length)
{
    for (; length; length--) {
        unsigned char octet = draw(256);
        add(&octet, 1);
    }
}

static void encode(unsigned char *(*encoder)(unsigned char *, unsigned long, unsigned long *))
{
    unsigned long length;
    unsigned char *text = encoder(input, input_length, &length);
    input_length = 0;
    add(text, length);
    fs_give((void **) &text);
}

static unsigned char *binary(unsigned char *data, unsigned long length, unsigned long *size)
{
    return rfc822_binary(data, length, size);
}

static void octets_3m(void) { draw_octets(3072 * KILO); }
static void base64_4m(void) { octets_3m(); encode(binary); }
static void base64_60k(void) { draw_octets(45000); encode(binary); }
static void latin_text_2m(void) { add_text(2048 * KILO, LETTERS(latin_1), "\r\n"); }
static void quoted_2m(void) { latin_text_2m(); encode(rfc822_8bit); }
static void lf_text_2m(void) { add_text(2048 * KILO, LETTERS(ascii), "\n"); }

static void work_base64(void) { output = rfc822_base64(input, input_length, &output_length); }
static void work_binary(void) { output = rfc822_binary(input, input_length, &output_length); }
static void work_qprint(void) { output = rfc822_qprint(input, input_length, &output_length); }
static void work_8bit(void) { output = rfc822_8bit(input, input_length, &output_length); }

static void work_crlf(void)
{
    static unsigned char *room;
    static unsigned long size;
    output_length = strcrlfcpy(&room, &size, input, input_length);
    output = NULL;
    into.data = room;
}

static void end_output(void)
{
    check_number(output_length);
    if (output)
        check_bytes(output, output_length);
}

static void end_crlf(void)
{
    check_number(output_length);
    check_bytes(into.data, output_length);
}

static void free_output(void) { fs_give((void **) &output); }
static void nothing(void) {}

/* -- mail -------------------------------------------------------------------------------------- */

static ENVELOPE *env;
static BODY *body;

/* As Asterisk writes a voicemail. */
static void add_header(int multipart)
{
    add_string("Received: from pbx.example.org (localhost [127.0.0.1])\r\n"
               "\tby mail.example.org (Postfix) with ESMTP id 4F2A91C0\r\n"
               "\tfor <ada@example.org>; Wed, 17 Jul 2024 02:44:25 +0200 (CEST)\r\n"
               "Date: Wed, 17 Jul 2024 02:44:25 +0200\r\n"
               "From: \"Asterisk PBX\" <asterisk@pbx.example.org>\r\n"
               "To: \"Ada Lovelace\" <ada@example.org>\r\n"
               "Cc: Operators: charles@example.org, \"Babbage, C.\" <c.babbage@example.org> (the other);,\r\n"
               " mary@example.org (Mary Somerville)\r\n"
               "Subject: [PBX]: New message 17 in mailbox 1234\r\n"
               "Message-ID: <Asterisk-16-1804289383-1234-4711@pbx.example.org>\r\n"
               "References: <a1@example.org> <a2@example.org>\r\n"
               "X-Asterisk-VM-Message-Num: 17\r\n"
               "X-Asterisk-VM-Server-Name: pbx\r\n"
               "X-Asterisk-VM-Context: default\r\n"
               "X-Asterisk-VM-Extension: 1234\r\n"
               "X-Asterisk-VM-Priority: 1\r\n"
               "X-Asterisk-VM-Caller-ID-Num: 5551234\r\n"
               "X-Asterisk-VM-Caller-ID-Name: Grace Hopper\r\n"
               "X-Asterisk-VM-Duration: 23\r\n"
               "X-Asterisk-VM-Orig-date: Wed Jul 17 12:44:25 AM UTC 2024\r\n"
               "X-Asterisk-VM-Orig-time: 1721177065\r\n"
               "X-Asterisk-VM-Message-Type: Message\r\n"
               "MIME-Version: 1.0\r\n");
    if (multipart)
        add_string("Content-Type: multipart/mixed; boundary=\"----voicemail_17123416804289383\"\r\n");
    else
        add_string("Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n");
    add_string("\r\n");
}

static unsigned long header_length;

static void add_part(const char *header, unsigned long text, unsigned long data)
{
    add_string("------voicemail_17123416804289383\r\n");
    add_string(header);
    if (text)
        add_text(text, LETTERS(ascii), "\r\n");
    for (; data; data -= data < 57 ? data : 57) {
        for (int column = 0; column < 76; column++)
            add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" + draw(64), 1);
        add_string("\r\n");
    }
    add_string("\r\n");
}

static const char sound[] = "Content-Type: audio/x-wav; name=\"msg0017.wav\"\r\nContent-Transfer-Encoding: base64\r\n"
                            "Content-Description: Voicemail sound attachment.\r\n"
                            "Content-Disposition: attachment; filename=\"msg0017.wav\"\r\n\r\n";
static const char words[] = "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";

static void header_only(void)
{
    add_header(0);
    header_length = input_length;
}

static void message_20k(void)
{
    add_header(1);
    header_length = input_length;
    add_part(words, 500, 0);
    add_part(sound, 0, 15000);
    add_string("------voicemail_17123416804289383--\r\n");
}

static void message_2m(void)
{
    add_header(1);
    header_length = input_length;
    for (int part = 0; part < 100; part++) {
        add_part(words, 8000, 0);
        add_part(sound, 0, 9000);
    }
    add_string("------voicemail_17123416804289383--\r\n");
}

static void work_header(void)
{
    rfc822_parse_msg_full(&env, NULL, (char *) input, header_length, NULL, "example.org", 0, 0);
}

static void work_message(void)
{
    STRING text;
    INIT(&text, mail_string, input + header_length, input_length - header_length);
    rfc822_parse_msg_full(&env, &body, (char *) input, header_length, &text, "example.org", 0, 0);
}

static void end_message(void)
{
    check_envelope(env);
    check_body(body);
}

static void free_message(void)
{
    mail_free_envelope(&env);
    mail_free_body(&body);
}

static ADDRESS *addresses;

static void address_list(void)
{
    for (int round = 0; round < 5; round++)
        add_string("ada@example.org, \"Charles Babbage\" <charles.babbage@engine.example.org>, "
                   "Mary Somerville <mary@science.example.org>, george (George Boole) @ example.org, "
                   "Engineers: grace@navy.example.org, \"Hopper, \\\"Amazing\\\" Grace\" <g.hopper@example.org>;, "
                   "=?ISO-8859-1?Q?Andr=E9?= <andre@example.org>, kurt@[192.0.2.1] (Kurt), ");
    add_string("last@example.org");
}

static void work_addresses(void) { rfc822_parse_adrlist(&addresses, (char *) input, "example.org"); }
static void end_addresses(void) { check_addresses(addresses); }
static void free_addresses(void) { mail_free_address(&addresses); }

static const char *const dates[] = {
    "Wed, 17 Jul 2024 02:44:25 +0200", "17-Jul-1996 02:44:25 -0700", " 7-Jul-1996 02:44:25 +0000",
    "Mon, 1 Jan 2001 00:00:00 GMT",    "17 Jul 96 02:44 EST",        "2024-07-17",
    "Fri, 29 Feb 2008 23:59:60 +0530", "Thu, 3 Mar 05 7:08:09 Z",
};
static MESSAGECACHE elts[sizeof dates / sizeof *dates];

static void work_dates(void)
{
    for (unsigned long at = 0; at < sizeof dates / sizeof *dates; at++)
        mail_parse_date(elts + at, (unsigned char *) dates[at]);
}

static void end_dates(void)
{
    for (unsigned long at = 0; at < sizeof dates / sizeof *dates; at++)
        check_number(mail_longdate(elts + at));
}

/* -- texts ------------------------------------------------------------------------------------- */

static void latin_text_1m(void) { add_text(KILO * KILO, LETTERS(latin_1), "\r\n"); line = "ISO-8859-1"; }
static void cp1252_text_1m(void) { add_text(KILO * KILO, LETTERS(cp_1252), "\r\n"); line = "WINDOWS-1252"; }
static void utf8_text_256k(void) { add_text(256 * KILO, LETTERS(many), "\r\n"); line = "UTF-8"; }
static void ascii_text_256k(void) { add_text(256 * KILO, LETTERS(ascii), "\r\n"); line = "US-ASCII"; }
static void western_text_1m(void) { add_text(KILO * KILO, LETTERS(western), "\r\n"); line = "ISO-8859-1"; }

static void source(void)
{
    from.data = input;
    from.size = input_length;
}

static void work_text(void) { source(); utf8_text(&from, line, &into, 0); }
static void work_canonical(void) { source(); utf8_text(&from, line, &into, U8T_CANONICAL); }
static void work_cstext(void) { source(); utf8_cstext(&from, line, &into, '?'); }

static void end_into(void)
{
    check_number(into.size);
    check_bytes(into.data, into.size);
}

static void free_into(void)
{
    if (into.data != from.data)
        fs_give((void **) &into.data);
}

static const char *const subjects[] = {
    "[PBX]: New message 17 in mailbox 1234",
    "=?ISO-8859-1?Q?Gr=FC=DFe_aus_M=FCnchen?=",
    "Re: =?UTF-8?B?R3LDvMOfZSBhdXMgTcO8bmNoZW4=?= (fwd)",
    "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
    "=?KOI8-R?Q?=F0=D2=C9=D7=C5=D4?= world",
    "Meeting on Tuesday, please answer until Monday",
    "=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>",
    "=?windows-1252?Q?=93quoted=94_=80_5?=",
};
#define SUBJECTS (sizeof subjects / sizeof *subjects)
static SIZEDTEXT fields[SUBJECTS], decoded[2 * SUBJECTS];

/* UW writes into its source, and puts it right again. */
static void header_fields(void)
{
    for (unsigned long at = 0; at < SUBJECTS; at++) {
        fields[at].data = (unsigned char *) strdup(subjects[at]);
        fields[at].size = strlen(subjects[at]);
    }
}

static void work_words(void)
{
    for (unsigned long at = 0; at < 2 * SUBJECTS; at++)
        utf8_mime2text(fields + at / 2, decoded + at, at % 2 ? U8T_CANONICAL : 0);
}

static void end_words(void)
{
    for (unsigned long at = 0; at < 2 * SUBJECTS; at++) {
        check_number(decoded[at].size);
        check_bytes(decoded[at].data, decoded[at].size);
    }
}

static void free_words(void)
{
    for (unsigned long at = 0; at < 2 * SUBJECTS; at++)
        if (decoded[at].data != fields[at / 2].data)
            fs_give((void **) &decoded[at].data);
}

/* -- sequences and elts ------------------------------------------------------------------------ */

static void open_mailbox(void)
{
    char *mailbox = getenv("BENCH_MAILBOX");
    mail_link(&imapdriver);
    mail_parameters(NULL, SET_RSHTIMEOUT, (void *) 0);
    stream = mailbox ? mail_open(NULL, mailbox, 0) : NULL;
    if (!stream || stream->nmsgs != MESSAGES)
        die("no mailbox");
    /* Elts are made by the first to ask; what is measured is asking. */
    for (unsigned long number = 1; number <= MESSAGES; number++)
        mail_elt(stream, number);
}

static void all(void) { open_mailbox(); add_string("1:10000"); }

static void odd(void)
{
    open_mailbox();
    for (int number = 1; number < MESSAGES; number += 2) {
        char text[16];
        sprintf(text, "%s%d", number > 1 ? "," : "", number);
        add_string(text);
    }
}

static void work_sequence(void) { output_length = mail_sequence(stream, input); }

static void work_elts(void)
{
    for (unsigned long number = 1; number <= MESSAGES; number++)
        output_length += mail_elt(stream, number)->msgno;
}

static void end_elts(void)
{
    check_number(output_length);
    for (unsigned long number = 1; number <= MESSAGES; number++)
        check_number(mail_elt(stream, number)->sequence);
    mail_close(stream);
}

/* -- all of them ------------------------------------------------------------------------------- */

static const struct scenario {
    const char *name, *function;
    void (*prepare)(void), (*work)(void), (*end)(void), (*give)(void);
    unsigned long counted, timed; /* rounds */
    double per_round;             /* so much of the unit is done in one round; 0: the input's size in MB */
    const char *unit;
} scenarios[] = {
    {"b64dec", "rfc822_base64", base64_4m, work_base64, end_output, free_output, 1, 20, 0, "MB"},
    {"b64dec60k", "rfc822_base64", base64_60k, work_base64, end_output, free_output, 20, 1000, 0, "MB"},
    {"b64enc", "rfc822_binary", octets_3m, work_binary, end_output, free_output, 1, 20, 0, "MB"},
    {"qpdec", "rfc822_qprint", quoted_2m, work_qprint, end_output, free_output, 1, 15, 0, "MB"},
    {"qpenc", "rfc822_8bit", latin_text_2m, work_8bit, end_output, free_output, 1, 15, 0, "MB"},
    {"parsehdr", "rfc822_parse_msg_full", header_only, work_header, end_message, free_message, 200, 4000, 1, "header"},
    {"parsemsg", "rfc822_parse_msg_full", message_20k, work_message, end_message, free_message, 50, 600, 1, "message"},
    {"parsebig", "rfc822_parse_msg_full", message_2m, work_message, end_message, free_message, 1, 8, 1, "message"},
    {"addr", "rfc822_parse_adrlist", address_list, work_addresses, end_addresses, free_addresses, 200, 4000, 1, "list"},
    {"date", "mail_parse_date", nothing, work_dates, end_dates, nothing, 2500, 100000, 8, "date"},
    {"utf8latin1", "utf8_text", latin_text_1m, work_text, end_into, free_into, 1, 20, 0, "MB"},
    {"utf8cp1252", "utf8_text", cp1252_text_1m, work_text, end_into, free_into, 1, 20, 0, "MB"},
    {"utf8u8canon", "utf8_text U8T_CANONICAL", utf8_text_256k, work_canonical, end_into, free_into, 1, 6, 0, "MB"},
    {"asciicanon", "utf8_text U8T_CANONICAL", ascii_text_256k, work_canonical, end_into, free_into, 1, 20, 0, "MB"},
    {"cstext", "utf8_cstext", western_text_1m, work_cstext, end_into, free_into, 1, 6, 0, "MB"},
    {"mime2text", "utf8_mime2text", header_fields, work_words, end_words, free_words, 400, 5000, 16, "header field"},
    {"crlf", "strcrlfcpy", lf_text_2m, work_crlf, end_crlf, nothing, 1, 20, 0, "MB"},
    {"seq10k", "mail_sequence 1:10000", all, work_sequence, end_elts, nothing, 10, 300, MESSAGES, "element"},
    {"seqodd", "mail_sequence 1,3,5,...", odd, work_sequence, end_elts, nothing, 10, 300, MESSAGES / 2, "element"},
    {"elt", "mail_elt", all, work_elts, end_elts, nothing, 10, 300, MESSAGES, "element"},
};

static __attribute__((noinline)) void measured(const struct scenario *scenario, unsigned long rounds)
{
    scenario->work();
    while (--rounds) {
        scenario->give();
        scenario->work();
    }
}

int main(int argc, char **argv)
{
    const struct scenario *end = scenarios + sizeof scenarios / sizeof *scenarios;
    unsigned long rounds = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    int list = argc == 2 && !strcmp(argv[1], "--list");
    if (!list && !rounds)
        die("usage: offline --list | offline NAME ROUNDS");
    for (const struct scenario *at = scenarios; at < end; at++) {
        if (list)
            printf("%s\t%s\t%lu\t%lu\t%g\t%s\n", at->name, at->function, at->counted, at->timed, at->per_round, at->unit);
        else if (!strcmp(at->name, argv[1])) {
            at->prepare();
            struct times start = now();
            measured(at, rounds);
            struct times stop = now();
            at->end();
            printf("input=%lu ", input_length);
            report(at->name, start, stop);
            return 0;
        }
    }
    if (!list)
        die("no such scenario");
    return 0;
}
