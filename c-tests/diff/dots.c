/* A server whose folders lie below "INBOX." and are separated by dots.
 * server: separator=. prefix=INBOX.
 */
#include "common.h"

static void folders(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    mail_list(stream, "{127.0.0.1}", "*");
    show("create %ld\n", mail_create(stream, spec("Outside")));
    show("create %ld\n", mail_create(stream, spec("INBOX.Fresh")));
    show("status %ld\n", mail_status(stream, spec("INBOX.Fresh"), SA_MESSAGES));
    show("copy %ld\n", mail_copy_full(stream, "1:2", "INBOX.Fresh", NIL));
    show("copy %ld\n", mail_copy_full(stream, "1:2", "INBOX.Missing", NIL));
    show("copy %ld\n", mail_copy_full(stream, "1:2", "Elsewhere", NIL));
    mail_list(stream, spec(""), "%");
    mail_list(stream, spec("INBOX."), "%");
    stream = mail_open(stream, spec("INBOX.Fresh"), NIL);
    show_stream(stream);
    close_quietly(stream);
}

const struct test_case cases[] = {{"folders", folders}, {NULL, NULL}};
