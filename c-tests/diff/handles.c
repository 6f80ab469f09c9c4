/* Handles, and what drivers tell the upper layer: mail_makehandle, mail_stream, mail_exists, mail_recent, mail_expunged,
 * mail_debug, mail_dlog, mail_open_work, mail_usable_network_stream, mail_auth, imap_host. */
#include "common.h"

static void alive(const char *when, MAILHANDLE *handle, MAILSTREAM *stream)
{
    MAILSTREAM *found = mail_stream(handle);
    show("%s: %s\n", when, !found ? "NIL" : found == stream ? "the stream" : "another");
}

static void one_stream(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL), *again;
    MAILHANDLE *one = mail_makehandle(stream), *two = mail_makehandle(stream);
    show("use %d\n", stream->use);
    alive("open", one, stream);
    mail_free_handle(&two);
    show("use %d, cleared %d\n", stream->use, !two);
    quiet = 1;
    again = mail_open(stream, spec("Work"), NIL);
    quiet = 0;
    show("recycled %d\n", again == stream);
    alive("recycled", one, stream);
    two = mail_makehandle(stream);
    close_quietly(stream);
    alive("closed", one, stream);
    alive("closed", two, stream);
    mail_free_handle(&one);
    alive("closed", two, stream);
    mail_free_handle(&two);
    mail_free_handle(&two);
    show("cleared %d %d\n", !one, !two);
}

/* Another server: the stream is closed, and its handles do not follow to the new one. */
static void replaced(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    MAILHANDLE *handle = mail_makehandle(stream);
    quiet = 1;
    MAILSTREAM *other = mail_open(stream, spec_for("u2", "/notls", "INBOX"), NIL);
    quiet = 0;
    show("opened %d\n", !!other);
    alive("then", handle, other);
    mail_free_handle(&handle);
    close_quietly(other);
}

static void many(void)
{
    MAILHANDLE *handles[12];
    MAILSTREAM *streams[3];
    reseed(1);
    for (int i = 0; i < 3; i++)
        streams[i] = open_quietly(spec("Work"), NIL);
    for (int i = 0; i < 12; i++)
        handles[i] = mail_makehandle(streams[i % 3]);
    for (int i = 0; i < 60; i++) {
        unsigned long n = draw(12);
        if (draw(12) == 0 && streams[n % 3]) {
            close_quietly(streams[n % 3]);
            streams[n % 3] = NIL;
            show("close %lu\n", n % 3);
        } else if (draw(6) == 0) {
            mail_free_handle(&handles[n]);
            show("free %lu\n", n);
        } else if (handles[n])
            show("%lu %s\n", n, mail_stream(handles[n]) ? "there" : "gone");
    }
    for (int i = 0; i < 12; i++)
        mail_free_handle(&handles[i]);
    for (int i = 0; i < 3; i++)
        if (streams[i])
            close_quietly(streams[i]);
}

static void told(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    mail_recent(stream, 2);
    show_counts(stream);
    mail_recent(stream, 4711);
    show_counts(stream);
    mail_expunged(stream, 4711);
    show_counts(stream);
    mail_expunged(stream, 3);
    show_counts(stream);
    mail_exists(stream, stream->nmsgs + 1);
    show_counts(stream);
    stream->silent = T;
    mail_expunged(stream, stream->nmsgs);
    mail_exists(stream, stream->nmsgs + 1);
    stream->silent = NIL;
    show_counts(stream);
    close_quietly(stream);
}

static void debugged(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    show_dlog = 1;
    mail_debug(stream);
    show("debug %d\n", stream->debug);
    mail_nodebug(stream);
    show("debug %d\n", stream->debug);
    mail_ping(stream);
    for (int sensitive = 0; sensitive < 2; sensitive++) {
        mail_parameters(NIL, SET_DEBUGSENSITIVE, (void *)(long)sensitive);
        mail_dlog("everybody's", NIL);
        mail_dlog("a password", T);
        mail_dlog("", NIL);
    }
    show_dlog = 0;
    close_quietly(stream);
}

static void opened_with_its_driver(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL), *again;
    DRIVER *driver = stream->dtb;
    show("prototype %d\n", mail_open_work(driver, NIL, spec("INBOX"), OP_PROTOTYPE) != NIL);
    again = mail_open_work(driver, NIL, spec("Work"), OP_READONLY);
    show("%s, %lu messages, read-only %d\n", again->mailbox, again->nmsgs, again->rdonly);
    stream = mail_open_work(driver, stream, spec("Work"), NIL);
    show("%s, %lu messages\n", stream->mailbox, stream->nmsgs);
    stream = mail_open_work(driver, stream, stream->original_mailbox, NIL);
    show("%s, %lu messages\n", stream->mailbox, stream->nmsgs);
    show("missing %d\n", !mail_open_work(driver, NIL, spec("Missing"), NIL));
    close_quietly(again);
    close_quietly(stream);
}

static void usable(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    char *names[] = {spec("INBOX"), spec("Other"), spec_for("u2", "", "INBOX"), "{127.0.0.1}INBOX", "{127.0.0.1/imap}INBOX",
                     "{127.0.0.1:1/imap}INBOX", "{localhost/imap}INBOX", "{127.0.0.1/pop3}INBOX", "INBOX", "", "{", "{x",
                     "{127.0.0.1/anonymous}INBOX", spec_port("T_REFUSED", "u1", "", "INBOX")};
    for (unsigned long i = 0; i < sizeof names / sizeof *names; i++)
        show("%s %ld\n", names[i], mail_usable_network_stream(stream, names[i]));
    show("NIL %ld\n", mail_usable_network_stream(NIL, spec("INBOX")));
    close_quietly(stream);
}

static char *responder(void *challenge, unsigned long length, unsigned long *answer)
{
    show("  challenge %lu\n", length);
    return NIL;
}

static char *serve(authresponse_t responder, int argc, char *argv[])
{
    unsigned long length;
    show("  server's side, %d %s\n", argc, argv[0]);
    (*responder)("x", 1, &length);
    return "somebody";
}

static AUTHENTICATOR mine = {AU_SECURE, "X-MINE", NIL, NIL, serve, NIL}, loose = {NIL, "X-LOOSE", NIL, NIL, serve, NIL};

static void authenticated(void)
{
    char *arguments[] = {"imapd", NIL};
    auth_link(&mine);
    auth_link(&loose);
    for (long plain = 0; plain < 2; plain++) {
        mail_parameters(NIL, SET_DISABLEPLAINTEXT, (void *)plain);
        show_string("X-MINE", mail_auth("x-mine", responder, 1, arguments));
        show_string("X-LOOSE", mail_auth("X-Loose", responder, 1, arguments));
        show_string("X-NONE", mail_auth("X-NONE", responder, 1, arguments));
        show_string("empty", mail_auth("", responder, 1, arguments));
    }
    mine.flags |= AU_DISABLE;
    show_string("disabled", mail_auth("X-MINE", responder, 1, arguments));
}

static void host(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    show_string("host", imap_host(stream));
    close_quietly(stream);
}

const struct test_case cases[] = {
    {"one_stream", one_stream},
    {"replaced", replaced},
    {"many", many},
    {"told", told},
    {"debugged", debugged},
    {"opened_with_its_driver", opened_with_its_driver},
    {"usable", usable},
    {"authenticated", authenticated},
    {"host", host},
    {NULL, NULL},
};
