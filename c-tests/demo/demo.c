/* Voicemail through the library, step by step: what Asterisk's app_voicemail does, in one small program.
 *
 *   demo SPEC RECORDING COPY     the password comes from the environment variable DEMO_PASSWORD; with /debug in SPEC
 *                                the conversation with the server is shown
 *
 * A caller leaves RECORDING in the mailbox SPEC, the owner listens to it (COPY is what was heard) and deletes it. Each
 * step says what it found; the first one that is not as it should be ends the program with status 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <c-client/c-client.h>

static unsigned long found[16];
static unsigned long hits;

void mm_searched(MAILSTREAM *stream, unsigned long number)
{
    (void) stream;
    if (hits < sizeof found / sizeof *found) found[hits] = number;
    hits++;
}
void mm_login(NETMBX *mb, char *user, char *pwd, long trial)
{
    const char *password = getenv("DEMO_PASSWORD");
    snprintf(user, MAILTMPLEN, "%s", mb->user);
    snprintf(pwd, MAILTMPLEN, "%s", trial == 0 && password ? password : "");
}
void mm_log(char *string, long errflg)
{
    if (errflg == ERROR || errflg == WARN) printf("    the library says: %s\n", string);
}
void mm_exists(MAILSTREAM *stream, unsigned long number)
{
    (void) stream;
    printf("    the mailbox has %lu message%s\n", number, number == 1 ? "" : "s");
}
void mm_expunged(MAILSTREAM *stream, unsigned long number)
{
    (void) stream;
    printf("    message %lu is gone\n", number);
}
void mm_flags(MAILSTREAM *stream, unsigned long number) { (void) stream, (void) number; }
void mm_notify(MAILSTREAM *stream, char *string, long errflg) { (void) stream, mm_log(string, errflg); }
void mm_list(MAILSTREAM *s, int d, char *n, long a) { (void) s, (void) d, (void) n, (void) a; }
void mm_lsub(MAILSTREAM *s, int d, char *n, long a) { (void) s, (void) d, (void) n, (void) a; }
void mm_status(MAILSTREAM *s, char *m, MAILSTATUS *t) { (void) s, (void) m, (void) t; }
void mm_dlog(char *string) { printf("    | %s\n", string); }
void mm_critical(MAILSTREAM *stream) { (void) stream; }
void mm_nocritical(MAILSTREAM *stream) { (void) stream; }
long mm_diskerror(MAILSTREAM *s, long e, long x) { (void) s, (void) e, (void) x; return NIL; }
void mm_fatal(char *string) { mm_log(string, ERROR); }

static void must(int good, const char *what)
{
    if (good) return;
    printf("FAILED: %s\n", what);
    exit(1);
}

/* How many messages of extension 100 are new (or old), as Asterisk counts them. */
static unsigned long count(MAILSTREAM *stream, int unseen)
{
    SEARCHPGM *pgm = mail_newsearchpgm();
    pgm->header = mail_newsearchheader("X-Asterisk-VM-Extension", "100");
    pgm->undeleted = 1;
    if (unseen) pgm->unseen = 1;
    else pgm->seen = 1;
    hits = 0;
    mail_search_full(stream, NIL, pgm, NIL);
    mail_free_searchpgm(&pgm);
    return hits;
}

static void lamp(MAILSTREAM *stream, unsigned long wanted_new, unsigned long wanted_old)
{
    unsigned long old = count(stream, 0), new = count(stream, 1);
    printf("    new %lu, old %lu: the lamp is %s\n", new, old, new ? "ON" : "off");
    must(new == wanted_new && old == wanted_old, "the counts are not what they should be");
}

static void *slurp(const char *name, unsigned long *size)
{
    FILE *file = fopen(name, "rb");
    char *data;
    must(file != NULL, name);
    fseek(file, 0, SEEK_END);
    *size = ftell(file);
    rewind(file);
    data = fs_get(*size + 1);
    must(fread(data, 1, *size, file) == *size, name);
    fclose(file);
    return data;
}

/* The mail that Asterisk would write: headers of its own, a text, the recording. */
static char *compose(void *audio, unsigned long size)
{
    static const char head[] =
        "From: \"Asterisk PBX\" <asterisk@pbx.example>\r\nTo: \"Owner\" <owner@pbx.example>\r\n"
        "Subject: New message 1 in mailbox 100\r\nMIME-Version: 1.0\r\n"
        "X-Asterisk-VM-Extension: 100\r\nX-Asterisk-VM-Context: default\r\n"
        "Content-Type: multipart/mixed; boundary=\"voicemail\"\r\n\r\n"
        "--voicemail\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nA caller left a message.\r\n\r\n"
        "--voicemail\r\nContent-Type: audio/x-wav; name=\"msg0000.wav\"\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename=\"msg0000.wav\"\r\n\r\n";
    static const char tail[] = "\r\n--voicemail--\r\n";
    unsigned long length;
    unsigned char *text = rfc822_binary(audio, size, &length);
    char *mail = fs_get(sizeof head + length + sizeof tail);
    sprintf(mail, "%s%s%s", head, (char *) text, tail);
    fs_give((void **) &text);
    return mail;
}

int main(int argc, char **argv)
{
    MAILSTREAM *stream;
    STRING message;
    BODY *body = NULL;
    PART *part;
    unsigned long size, length, heard;
    char *mail, *text;
    void *audio, *copy;
    FILE *file;
    int number = 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    must(argc == 4, "demo SPEC RECORDING COPY");
#include <c-client/linkage.c>
    mail_parameters(NIL, SET_OPENTIMEOUT, (void *) 10);
    mail_parameters(NIL, SET_READTIMEOUT, (void *) 10);

    printf("1. The mailbox is opened: %s\n", argv[1]);
    stream = mail_open(NIL, argv[1], NIL);
    must(stream != NULL, "mail_open");
    lamp(stream, 0, 0);

    printf("2. A caller leaves a message.\n");
    audio = slurp(argv[2], &size);
    mail = compose(audio, size);
    INIT(&message, mail_string, mail, strlen(mail));
    must(mail_append(stream, argv[1], &message) == 1, "mail_append");
    fs_give((void **) &mail);
    must(mail_ping(stream) == 1, "mail_ping");
    lamp(stream, 1, 0);

    printf("3. The owner listens.\n");
    text = mail_fetchheader(stream, found[0]);
    must(text && strstr(text, "X-Asterisk-VM-Context: default"), "the header has arrived");
    must(mail_fetchstructure(stream, found[0], &body) && body && body->type == TYPEMULTIPART, "mail_fetchstructure");
    for (part = body->nested.part; part; part = part->next)
        printf("    part %d: %s/%s, %s, %lu octets%s%s\n", ++number, body_types[part->body.type], part->body.subtype,
               body_encodings[part->body.encoding], part->body.size.bytes,
               part->body.type == TYPEAUDIO && part->body.parameter ? ", " : "",
               part->body.type == TYPEAUDIO && part->body.parameter ? part->body.parameter->value : "");
    text = mail_fetchbody(stream, found[0], "2", &length);
    copy = rfc822_base64((unsigned char *) text, length, &heard);
    must(copy && heard == size && !memcmp(copy, audio, size), "what is heard is what was recorded");
    file = fopen(argv[3], "wb");
    must(file && fwrite(copy, 1, heard, file) == heard && !fclose(file), argv[3]);
    printf("    %lu octets heard, the very ones that were recorded\n", heard);
    fs_give(&copy);
    fs_give(&audio);
    lamp(stream, 0, 1);

    printf("4. The owner deletes the message.\n");
    must(count(stream, 0) == 1, "the message is there");
    {
        char sequence[32];
        sprintf(sequence, "%lu", found[0]);
        mail_setflag(stream, sequence, "\\DELETED");
    }
    must(mail_expunge(stream) == 1, "mail_expunge");
    lamp(stream, 0, 0);
    mail_close(stream);
    printf("done\n");
    return 0;
}
