/* Asterisk's voicemail, call for call. */
#include "network.h"
#include <unistd.h>

#define LISTENED 10

static unsigned long hits;                                  /* what the last search found */
static unsigned long found[LISTENED], messages[LISTENED]; /* its first ones; the first new messages */

void mm_searched(MAILSTREAM *where, unsigned long number)
{
    if (hits < LISTENED)
        found[hits] = number;
    hits++;
    check_number(number);
}

enum which { NEW, OLD, URGENT };

/* As init_mailstream() of app_voicemail: opens, or opens again, and asks whether the folder is there. */
static MAILSTREAM *init(MAILSTREAM *old, const char *user, const char *folder)
{
    MAILSTREAM *opened = open_mailbox(old, user, folder);
    if (!mail_status(opened, (char *) name(user, folder), SA_UIDNEXT))
        die("mail_status");
    return opened;
}

/* As the counts of app_voicemail. */
static void look(MAILSTREAM *where, enum which which)
{
    SEARCHPGM *pgm = mail_newsearchpgm();
    SEARCHHEADER *header = mail_newsearchheader("X-Asterisk-VM-Extension", "1234");
    header->next = mail_newsearchheader("X-Asterisk-VM-Context", "default");
    pgm->header = header;
    pgm->undeleted = 1;
    pgm->unseen = which != OLD;
    pgm->seen = which == OLD;
    pgm->flagged = which == URGENT;
    pgm->unflagged = which == NEW;
    hits = 0;
    mail_search_full(where, NULL, pgm, 0);
    mail_free_searchpgm(&pgm);
    check_number(hits);
    if (which == NEW && hits >= LISTENED)
        memcpy(messages, found, sizeof messages);
}

static void counts(const char *user)
{
    for (enum which which = NEW; which <= URGENT; which++) {
        stream = init(stream, user, "INBOX");
        look(stream, which);
    }
}

static void quota(MAILSTREAM *where, unsigned char *root, QUOTALIST *list)
{
    for (; list; list = list->next) {
        check_string(list->name);
        check_number(list->usage);
        check_number(list->limit);
    }
}

void a_open(void)
{
    begin();
    stream = open_mailbox(NULL, "u1", "INBOX");
    check_number(stream->nmsgs);
    close_mailbox();
    end();
}

/* Only the second time is measured. */
void a_open_again(void)
{
    stream = open_mailbox(NULL, "u1", "INBOX");
    close_mailbox();
    a_open();
}

static void enter(const char *user)
{
    begin();
    counts(user);
    mail_parameters(NULL, SET_QUOTA, (void *) quota);
    if (!imap_getquotaroot(stream, "INBOX"))
        die("imap_getquotaroot");
    close_mailbox();
    end();
}

void a_vmmain(void) { enter("u1"); }
void a_vmmain_10k(void) { enter("u3"); }

static char *message(unsigned long audio)
{
    static const char head[] =
        "From: \"Asterisk PBX\" <asterisk@pbx.example.org>\r\nTo: \"Ada\" <u1@example.org>\r\n"
        "Subject: New message 1 in mailbox 1234\r\nMessage-ID: <left@pbx.example.org>\r\nMIME-Version: 1.0\r\n"
        "X-Asterisk-VM-Extension: 1234\r\nX-Asterisk-VM-Context: default\r\n"
        "Content-Type: multipart/mixed; boundary=\"voicemail\"\r\n\r\n"
        "--voicemail\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nA caller left a message.\r\n\r\n"
        "--voicemail\r\nContent-Type: audio/x-wav; name=\"msg0000.wav\"\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename=\"msg0000.wav\"\r\n\r\n";
    static const char tail[] = "\r\n--voicemail--\r\n";
    unsigned long length;
    char *data = malloc(audio);
    for (unsigned long at = 0; at < audio; at++)
        data[at] = draw(256);
    unsigned char *text = rfc822_binary(data, audio, &length);
    char *mail = malloc(sizeof head + length + sizeof tail);
    sprintf(mail, "%s%s%s", head, text, tail);
    fs_give((void **) &text);
    free(data);
    return mail;
}

static void leave(unsigned long audio)
{
    STRING text;
    char *mail = message(audio);
    begin();
    counts("u1");
    INIT(&text, mail_string, mail, strlen(mail));
    if (!mail_append_full(stream, (char *) name("u1", "INBOX"), "", NULL, &text))
        die("mail_append");
    stream = init(stream, "u1", "INBOX");
    look(stream, NEW);
    close_mailbox();
    end();
    free(mail);
}

void b_leave60(void) { leave(60000); }
void b_leave500(void) { leave(500000); }

void c_listen(void)
{
    begin();
    counts("u1");
    for (int at = 0; at < LISTENED; at++) {
        BODY *body;
        unsigned long length, number = messages[at];
        stream = init(stream, "u1", "INBOX");
        check_string(mail_fetchheader(stream, number));
        if (!mail_fetchstructure(stream, number, &body) || !body || body->type != TYPEMULTIPART)
            die("mail_fetchstructure");
        check_body(body);
        char *audio = mail_fetchbody(stream, number, "2", &length);
        check_bytes(audio, length);
    }
    close_mailbox();
    end();
}

static void voicemails(void)
{
    stream = open_mailbox(NULL, "u1", "INBOX");
    look(stream, NEW);
}

static void flag(unsigned long number, const char *what)
{
    char text[24];
    sprintf(text, "%lu", number);
    mail_setflag(stream, text, (char *) what);
}

/* Ten messages deleted by number, then expunged. */
void d_ast(void)
{
    voicemails();
    begin();
    stream = init(stream, "u1", "INBOX");
    for (int at = 0; at < LISTENED; at++)
        flag(messages[at], "\\Deleted");
    mail_expunge(stream);
    end();
    check_number(stream->nmsgs);
    close_mailbox();
}

/* As Asterisk does it: each is expunged when it has been deleted. */
void d_ast_all(void)
{
    begin();
    stream = init(NULL, "u1", "INBOX");
    look(stream, NEW);
    for (int at = 0; at < LISTENED; at++) {
        flag(messages[at] - at, "\\Deleted");
        mail_expunge(stream);
    }
    check_number(stream->nmsgs);
    close_mailbox();
    end();
}

static void by_uid(void)
{
    char uids[256] = "";
    for (int at = 0; at < LISTENED; at++) {
        char uid[24];
        sprintf(uid, "%lu", mail_uid(stream, messages[at]));
        sprintf(uids + strlen(uids), "%s%s", at ? "," : "", uid);
        mail_setflag_full(stream, uid, "\\Deleted", ST_UID);
    }
    mail_expunge_full(stream, uids, EX_UID);
    check_number(stream->nmsgs);
}

/* Ten messages flagged by UID, and those alone expunged. */
void d_uid(void)
{
    voicemails();
    begin();
    by_uid();
    end();
    close_mailbox();
}

void d_uid_all(void)
{
    begin();
    voicemails();
    by_uid();
    close_mailbox();
    end();
}

static void save(void)
{
    for (int at = 0; at < LISTENED; at++) {
        char text[24];
        stream = init(stream, "u1", "INBOX");
        sprintf(text, "%lu", messages[at]);
        if (!mail_copy(stream, text, "Old"))
            die("mail_copy");
        mail_setflag(stream, text, "\\Seen");
    }
}

static void folder(void)
{
    voicemails();
    if (!mail_create(stream, (char *) name("u1", "Old")))
        die("mail_create");
}

/* Ten messages saved to another folder. */
void d_copy(void)
{
    folder();
    begin();
    save();
    end();
    close_mailbox();
}

void d_copy_all(void)
{
    folder();
    close_mailbox();
    begin();
    voicemails();
    save();
    close_mailbox();
    end();
}

/* The polling of a lamp, as Asterisk does it on streams that it keeps. */
static MAILSTREAM *poll_asterisk(MAILSTREAM *kept)
{
    for (enum which which = NEW; which <= URGENT; which++) {
        kept = init(kept, "u2", "INBOX");
        look(kept, which);
    }
    return kept;
}

/* The least it takes: is there anything new, and how much is new and old. */
static MAILSTREAM *poll_keep(MAILSTREAM *kept)
{
    if (!mail_ping(kept))
        die("mail_ping");
    for (enum which which = NEW; which <= OLD; which++) {
        SEARCHPGM *pgm = mail_newsearchpgm();
        pgm->undeleted = 1;
        pgm->unseen = which == NEW;
        pgm->seen = which == OLD;
        mail_search_full(kept, NULL, pgm, SE_FREE | SE_NOPREFETCH);
    }
    return kept;
}

/* Until what was heard is no longer current. */
static void grow_old(void)
{
    usleep(1000 * (freshness + 500));
}

/* Polls all of them twice; the second time is measured. */
static void lamps(MAILSTREAM *(*poll)(MAILSTREAM *), int later)
{
    MAILSTREAM **streams = calloc(count, sizeof *streams);
    for (unsigned long at = 0; at < count; at++)
        streams[at] = poll(open_mailbox(NULL, "u2", "INBOX"));
    if (later)
        grow_old();
    begin();
    for (unsigned long at = 0; at < count; at++)
        streams[at] = poll(streams[at]);
    end();
    for (unsigned long at = 0; at < count; at++)
        mail_close_full(streams[at], 0);
    free(streams);
}

void e_mwi_ast(void) { lamps(poll_asterisk, 0); }
void e_mwi_ast_later(void) { lamps(poll_asterisk, 1); }
void e_mwi_keep(void) { lamps(poll_keep, 0); }
void e_mwi_keep_later(void) { lamps(poll_keep, 1); }

/* IDLE is not used; UW's library never does, and does not know the parameter. */
static void lamps_asking(MAILSTREAM *(*poll)(MAILSTREAM *))
{
    mail_parameters(NULL, SET_IDLETRUST, (void *) 0);
    lamps(poll, 1);
}

void e_mwi_ast_asking(void) { lamps_asking(poll_asterisk); }
void e_mwi_keep_asking(void) { lamps_asking(poll_keep); }

/* The stream stays open while it is measured: so does the server's process, which is looked at. */
static void count10k(int again)
{
    stream = open_mailbox(NULL, "u3", "INBOX");
    if (again) {
        counts("u3");
        grow_old();
    }
    begin();
    counts("u3");
    end();
    close_mailbox();
}

void e_count10k_first(void) { count10k(0); }
void e_count10k(void) { count10k(1); }
