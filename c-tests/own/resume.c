/* Connections that end between calls, or at some octet of a call, while another client changes the mailbox or does not: what a
 * call by number returns or does is about the message that the program means; where nothing stands against it the call
 * succeeds and the stream lives on; nothing is done twice.
 */
#include "cutter.h"

#define COUNT 6
#define ROOM (COUNT + 4)

static struct other *other;
static struct proxy proxy;
static MAILSTREAM *stream;
static unsigned long held[ROOM + 2]; /* which message a number means, as the program has been told */
static char box[160], direct[160], copies[32], copies_direct[160];
static unsigned long found; /* by the last search, a bit for each message */

static void told(const char *name, MAILSTREAM *where, unsigned long number)
{
    if (where != stream)
        return;
    if (!strcmp(name, "expunged"))
        memmove(held + number, held + number + 1, sizeof held - (number + 1) * sizeof *held);
    if (!strcmp(name, "searched") && number <= ROOM)
        found |= 1UL << held[number];
}

static unsigned long which(const char *text)
{
    const char *at = text ? strstr(text, "message ") : NULL;
    return at ? strtoul(at + 8, NULL, 10) : 0;
}

static void append(const char *name, unsigned long number)
{
    char text[100];
    snprintf(text, sizeof text, "Subject: message %lu\r\n\r\nmessage %lu\r\n", number, number);
    other_command(other, text, "APPEND %s", name);
}

/* The messages of a mailbox, or those of them that have a flag, seen without a proxy; how many times each, four bits. */
static unsigned long seen(const char *name, char flag)
{
    unsigned long bits = 0;
    MAILSTREAM *fresh = mail_open(NIL, (char *)name, OP_SILENT | OP_READONLY);
    if (fresh && fresh->nmsgs)
        mail_fetch_flags(fresh, (char *)"1:*", NIL);
    for (unsigned long n = 1; fresh && n <= fresh->nmsgs; n++) {
        ENVELOPE *envelope = mail_fetch_structure(fresh, n, NIL, NIL);
        MESSAGECACHE *elt = mail_elt(fresh, n);
        if (!flag || (flag == 'F' ? elt->flagged : elt->answered))
            bits += 1UL << (4 * which(envelope ? envelope->subject : NULL));
    }
    mail_close(fresh);
    return bits;
}

enum way { HEADER, TEXT, BODY_, STRUCTURE, FLAG, FLAG_SEEN, FLAG_BY_UID, SEARCH, PING, STATUS, LIST, COPY, EXPUNGE, FLAGS, UID, WAYS };
static const char *const names[] = {"header", "text", "body", "structure", "flag", "flag after a look", "flag by UID", "search",
                                    "ping", "status", "list", "copy", "expunge", "flags", "uid"};

/* What was read is of that message; whether anything was. */
static int is_of(enum way way, unsigned long got, unsigned long meant)
{
    check(!got || got == meant, "%s: message %lu in place of %lu", names[way], got, meant);
    return got != 0;
}

static int act(enum way way, unsigned long number)
{
    unsigned long length, meant = held[number], uid;
    char sequence[24];
    BODY *body = NIL;
    ENVELOPE *envelope;
    SEARCHPGM *program;
    snprintf(sequence, sizeof sequence, "%lu", number);
    errors_logged = 0;
    found = 0;
    switch (way) {
    case HEADER: return is_of(way, which(mail_fetch_header(stream, number, NIL, NIL, &length, FT_PEEK)), meant);
    case TEXT: return is_of(way, which(mail_fetch_text(stream, number, NIL, &length, FT_PEEK)), meant);
    case BODY_: return is_of(way, which(mail_fetch_body(stream, number, (char *)"1", &length, FT_PEEK)), meant);
    case STRUCTURE:
        envelope = mail_fetch_structure(stream, number, &body, NIL);
        return is_of(way, envelope ? which(envelope->subject) : 0, meant);
    case FLAG_SEEN:
        mail_elt(stream, number);
        if (held[number] != meant) /* We have been told. */
            return 0;
        /* fall through */
    case FLAG: mail_flag(stream, sequence, (char *)"\\Flagged", ST_SET); return !errors_logged && mail_ping(stream) && !errors_logged;
    case FLAG_BY_UID:
        uid = mail_uid(stream, number);
        if (!uid)
            return 0;
        snprintf(sequence, sizeof sequence, "%lu", uid);
        mail_flag(stream, sequence, (char *)"\\Flagged", ST_SET | ST_UID);
        return !errors_logged && mail_ping(stream) && !errors_logged;
    case SEARCH:
        program = mail_newsearchpgm();
        program->undeleted = 1;
        return mail_search_full(stream, NIL, program, SE_FREE | SE_NOPREFETCH) != 0 && !errors_logged;
    case PING: return mail_ping(stream) != 0;
    case STATUS: return mail_status(stream, box, SA_MESSAGES | SA_UIDNEXT) != 0;
    case LIST: mail_list(stream, NIL, box); return !errors_logged;
    case COPY: return mail_copy(stream, sequence, copies) != 0;
    case EXPUNGE: return mail_expunge_full(stream, NIL, NIL) != 0 || !errors_logged;
    case FLAGS: mail_fetch_flags(stream, (char *)"1:*", NIL); return !errors_logged && !mail_elt(stream, number)->flagged;
    case UID: return mail_uid(stream, number) != 0;
    default: return 0;
    }
}

static void look_around(unsigned long looks)
{
    unsigned long length;
    for (unsigned long n = 1; n <= stream->nmsgs; n++) {
        if (looks & 1)
            mail_uid(stream, n);
        if (looks & 2 && draw(2))
            mail_fetch_header(stream, n, NIL, NIL, &length, FT_PEEK);
        if (looks & 4)
            mail_elt(stream, n);
    }
    if (looks & 4)
        mail_fetch_flags(stream, (char *)"1:*", NIL);
}

static long trials, good, alive;

/* `within`: the connection ends within the call; `others`: what another client does. 0: nothing, 1: a message comes, 2: one goes. */
static void trial(int round, int within, int others)
{
    char name[32];
    enum way way = (enum way)draw(WAYS);
    unsigned long number = 1 + draw(COUNT), gone = 1 + draw(COUNT), marked = 0, before_flag = 0;
    snprintf(name, sizeof name, "Resume%d-%d", (int)getpid(), round);
    other_command(other, NULL, "CREATE %s", name);
    for (unsigned long n = 1; n <= COUNT; n++)
        append(name, n);
    for (unsigned long n = 1; n <= ROOM; n++)
        held[n] = n;
    snprintf(box, sizeof box, "{127.0.0.1:%d/imap/notls/user=u1}%s", proxy.port, name);
    snprintf(direct, sizeof direct, "{127.0.0.1:%s/imap/notls/user=u1}%s", setting("T_PORT"), name);
    stream = mail_open(NIL, box, NIL);
    if (!stream) {
        check(0, "not opened: %s", last_error);
        return;
    }
    look_around(draw(8));
    if (way == EXPUNGE) {
        snprintf(name, sizeof name, "%lu", number);
        mail_flag(stream, name, (char *)"\\Deleted", ST_SET);
        mail_ping(stream);
        marked = number;
        snprintf(name, sizeof name, "Resume%d-%d", (int)getpid(), round);
    }
    unsigned long meant = held[number];
    if (draw(2)) {
        /* Stored, and perhaps not answered yet when the connection ends. */
        before_flag = 1 + draw(COUNT);
        char sequence[24];
        snprintf(sequence, sizeof sequence, "%lu", draw(2) ? before_flag : mail_uid(stream, before_flag));
        mail_flag(stream, sequence, (char *)"\\Answered", ST_SET | (strtoul(sequence, NULL, 10) == before_flag ? 0 : ST_UID));
    }
    int before = proxy.accepted;
    proxy.hard = (int)draw(2);
    proxy.cuts = 0;
    if (within) {
        proxy.passed[0] = proxy.passed[1] = 0;
        proxy.limit[0] = proxy.limit[1] = -1;
        proxy.limit[draw(2)] = (long)draw(draw(2) ? 60 : 400);
        proxy.armed = 1;
    } else
        cut_now(&proxy);
    if (others == 1)
        append(name, COUNT + 1);
    if (others == 2) {
        other_command(other, NULL, "SELECT %s", name);
        other_command(other, NULL, "STORE %lu +FLAGS.SILENT (\\Deleted)", gone);
        other_command(other, NULL, "EXPUNGE");
        if (gone == marked)
            marked = 0;
        other_command(other, NULL, "EXAMINE INBOX");
    }
    int done = act(way, number);
    proxy.armed = 0;
    int lives = mail_ping(stream) != 0, cut = !within || proxy.cuts;
    trials += cut;
    good += cut && done;
    alive += cut && lives;
    /* Cut within a COPY or an EXPUNGE nobody can know. */
    int knows = others != 2 && !(within && cut && (way == COPY || way == EXPUNGE));
    check(done || !knows, "%s: failed after the connection ended %s, others %d: %s", names[way],
          within ? "within it" : "before it", others, last_error);
    check(lives || others == 2 || (within && way == EXPUNGE), "%s: the stream is lost, others %d: %s", names[way], others, last_error);
    check(!cut || !lives || within || proxy.accepted > before, "not connected again");
    if (lives)
        for (unsigned long n = 1; n <= stream->nmsgs; n++)
            is_of(HEADER, which(mail_fetch_header(stream, n, NIL, NIL, NIL, FT_PEEK)), held[n]);
    if (lives && others != 1 && way != EXPUNGE)
        check(stream->nmsgs == (others == 2 ? COUNT - 1 : COUNT), "%s: %lu messages", names[way], stream->nmsgs);
    if (lives && others == 1)
        check(stream->nmsgs == COUNT + (way == EXPUNGE ? stream->nmsgs - COUNT : 1), "%s: %lu messages and one new", names[way], stream->nmsgs);
    if (way == SEARCH && done && others == 0)
        check(found == ((1UL << (COUNT + 1)) - 2), "search has found %lx", found);
    unsigned long meant_bit = 1UL << (4 * meant);
    if (way == FLAG || way == FLAG_SEEN || way == FLAG_BY_UID) {
        unsigned long flagged = seen(direct, 'F');
        check(flagged == meant_bit || (!done && !flagged) || (others == 2 && !flagged), "%s: flags of %lx, meant %lx", names[way], flagged, meant_bit);
        if (lives && done && held[number] == meant)
            check(mail_elt(stream, number)->flagged || (mail_fetch_flags(stream, (char *)"1:*", NIL), mail_elt(stream, number)->flagged),
                  "the flag is not seen");
    }
    if (before_flag && others != 2) {
        unsigned long answered = seen(direct, 'A'), wanted = way == EXPUNGE && before_flag == number ? 0 : 1UL << (4 * before_flag);
        check(answered == wanted || (way == EXPUNGE && !done), "%s: stored before: %lx, it should be %lx; %s", names[way], answered, wanted, last_error);
    } else if (before_flag)
        check(!(seen(direct, 'A') & ~(1UL << (4 * before_flag))), "stored before: flags of others");
    if (way == COPY) {
        unsigned long copied = seen(copies_direct, 0);
        check(copied == meant_bit || (!done && !copied) || (!done && within && copied == meant_bit), "copied %lx, meant %lx, told %d", copied, meant_bit, done);
        other_command(other, NULL, "SELECT %s", copies);
        other_command(other, NULL, "UID STORE 1:* +FLAGS.SILENT (\\Deleted)");
        other_command(other, NULL, "EXPUNGE");
        other_command(other, NULL, "EXAMINE INBOX");
    }
    if (way == EXPUNGE) {
        unsigned long left = seen(direct, 0), all = 0;
        for (unsigned long n = 1; n <= (unsigned long)COUNT + (others == 1); n++)
            if (others != 2 || n != gone)
                all += 1UL << (4 * n);
        unsigned long without = marked ? all & ~(15UL << (4 * marked)) : all;
        check(left == without || (!done && left == all), "expunge: %lx is left, it should be %lx", left, without);
    }
    mail_close(stream);
    stream = NIL;
    other_command(other, NULL, "DELETE Resume%d-%d", (int)getpid(), round);
}

static void run(int within, int others, long freshness, long trust)
{
    quiet = 1;
    callback_hook = told;
    as_we_do(freshness);
    mail_parameters(NIL, SET_IDLETRUST, (void *)trust);
    reseed((unsigned long)(within * 8 + others));
    other = other_login("u1");
    start_proxy(&proxy);
    snprintf(copies, sizeof copies, "ResumeCopy%d", (int)getpid());
    snprintf(copies_direct, sizeof copies_direct, "{127.0.0.1:%s/imap/notls/user=u1}%s", setting("T_PORT"), copies);
    other_command(other, NULL, "CREATE %s", copies);
    for (int round = 0; seconds_since_start() < (getenv("T_RESUME") ? atof(getenv("T_RESUME")) : 8); round++)
        trial(round, within, others);
    fprintf(stderr, "%ld connections ended, %ld calls went on, %ld streams lived on\n", trials, good, alive);
    check(trials > (getenv("T_UNDER_VALGRIND") || getenv("T_STACK_KIB") ? 5 : 12), "only %ld connections ended", trials);
    check(others == 2 ? alive > trials / 4 : alive > trials * 3 / 4, "%ld of %ld streams lived on", alive, trials);
    other_command(other, NULL, "DELETE %s", copies);
    other_logout(other);
    stop_proxy(&proxy);
}

/* The connection ends, and the mailbox is deleted and made anew with as many other messages: whatever is asked by number or by
 * UID fails, and nothing is done to those that are there now.
 */
static void made_anew(void)
{
    quiet = 1;
    callback_hook = told;
    reseed(99);
    other = other_login("u1");
    start_proxy(&proxy);
    snprintf(copies, sizeof copies, "ResumeAnewCopy%d", (int)getpid());
    snprintf(copies_direct, sizeof copies_direct, "{127.0.0.1:%s/imap/notls/user=u1}%s", setting("T_PORT"), copies);
    other_command(other, NULL, "CREATE %s", copies);
    for (int round = 0; round < 2 * WAYS; round++) {
        enum way way = (enum way)(round % WAYS);
        unsigned long number = 1 + draw(COUNT), all = 0;
        char name[32], sequence[24];
        as_we_do(round < WAYS ? 500 : 0);
        mail_parameters(NIL, SET_IDLETRUST, (void *)(draw(2) ? 120L : 0L));
        snprintf(name, sizeof name, "ResumeAnew%d-%d", (int)getpid(), round);
        other_command(other, NULL, "CREATE %s", name);
        for (unsigned long n = 1; n <= COUNT; n++)
            append(name, held[n] = n);
        snprintf(box, sizeof box, "{127.0.0.1:%d/imap/notls/user=u1}%s", proxy.port, name);
        snprintf(direct, sizeof direct, "{127.0.0.1:%s/imap/notls/user=u1}%s", setting("T_PORT"), name);
        stream = mail_open(NIL, box, NIL);
        check(stream != NIL, "not opened: %s", last_error);
        if (!stream)
            break;
        look_around(draw(8));
        snprintf(sequence, sizeof sequence, "%lu", number);
        if (way == EXPUNGE)
            mail_flag(stream, sequence, (char *)"\\Deleted", ST_SET);
        else if (draw(2))
            mail_flag(stream, sequence, (char *)"\\Answered", ST_SET); /* perhaps never answered */
        cut_now(&proxy);
        other_command(other, NULL, "DELETE %s", name);
        other_command(other, NULL, "CREATE %s", name);
        for (unsigned long n = COUNT + 1; n <= 2 * COUNT; n++) {
            append(name, n);
            all += 1UL << (4 * n);
        }
        other_command(other, NULL, "SELECT %s", name);
        other_command(other, NULL, "STORE 2 +FLAGS.SILENT (\\Deleted)");
        other_command(other, NULL, "EXAMINE INBOX");
        int done = act(way, number);
        /* What was read before may be told again: `act` has looked which message it is of. */
        check(!done || way <= STRUCTURE || way == STATUS || way == LIST || way == UID, "%s has worked on a mailbox that is no more",
              names[way]);
        check(way != SEARCH || !found, "search has found %lx", found);
        check(!mail_ping(stream), "%s: the stream lives on, in another mailbox", names[way]);
        check(seen(direct, 0) == all && !seen(direct, 'F') && !seen(direct, 'A'), "%s: %lx, flagged %lx, answered %lx", names[way],
              seen(direct, 0), seen(direct, 'F'), seen(direct, 'A'));
        check(!seen(copies_direct, 0), "%s: copied %lx", names[way], seen(copies_direct, 0));
        mail_close(stream);
        stream = NIL;
        other_command(other, NULL, "DELETE %s", name);
    }
    other_command(other, NULL, "DELETE %s", copies);
    other_logout(other);
    stop_proxy(&proxy);
}

static void *with_little_stack(void *result)
{
    char box_with_tls[160];
    unsigned long length;
    struct proxy secure;
    start_proxy_to(&secure, setting("T_SPORT"));
    snprintf(box_with_tls, sizeof box_with_tls, "{127.0.0.1:%d/imap/ssl/novalidate-cert/user=u1}INBOX", secure.port);
    MAILSTREAM *one = mail_open(NIL, box_with_tls, NIL);
    if (one && one->nmsgs) {
        cut_now(&secure);
        *(int *)result = *mail_fetch_header(one, 1, NIL, NIL, &length, FT_PEEK) && mail_ping(one);
    }
    mail_close(one);
    stop_proxy(&secure);
    return NULL;
}

/* A call that connects anew, with TLS, has to do with the stack of a small thread. */
static void little_stack(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    int result = 0;
    quiet = 1;
    as_we_do(500);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 112 * 1024);
    pthread_create(&thread, &attributes, with_little_stack, &result);
    pthread_join(thread, NULL);
    check(result, "the call failed: %s", last_error);
}

static int stripped_logins; /* commands that hold what nobody should see */

/* A server in the place of the real one that has no TLS to offer, and would take a password in clear. */
static void *strip(void *argument)
{
    int listener = *(int *)argument;
    char line[512], answer[600];
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        static const char greeting[] = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n";
        send_all(fd, greeting, (long)strlen(greeting));
        ssize_t size;
        while ((size = recv(fd, line, sizeof line - 1, 0)) > 0) {
            line[size] = 0;
            stripped_logins += strstr(line, "LOGIN") || strstr(line, "AUTHENTICATE");
            snprintf(answer, sizeof answer, "%.*s NO\r\n", (int)strcspn(line, " "), line);
            send_all(fd, answer, (long)strlen(answer));
        }
        close(fd);
    }
}

/* Who cuts a connection that STARTTLS has protected, and offers none on the next, does not get the password. */
static void tls_stays(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    pthread_t thread;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    char name[160];
    static const char letter[] = "Subject: x\r\n\r\nx\r\n";
    STRING string;
    quiet = 1;
    as_we_do(500);
    mail_parameters(NIL, SET_OPENTIMEOUT, (void *)2);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 5) ||
        getsockname(listener, (struct sockaddr *)&address, &size))
        exit(1);
    pthread_create(&thread, NULL, strip, &listener);
    for (int appends = 0; appends < 2; appends++) {
        start_proxy(&proxy);
        snprintf(name, sizeof name, "{127.0.0.1:%d/imap/novalidate-cert/user=u1}INBOX", proxy.port);
        stream = mail_open(NIL, name, NIL);
        check(stream && strstr(stream->mailbox, "/tls"), "no TLS: %s", stream ? stream->mailbox : last_error);
        proxy.target = ntohs(address.sin_port);
        cut_now(&proxy);
        INIT(&string, mail_string, (void *)letter, strlen(letter));
        check(!(appends ? mail_append(stream, name, &string) : mail_ping(stream)), "it has worked");
        mail_close(stream);
        stop_proxy(&proxy);
    }
    check(!stripped_logins, "%d logins in clear", stripped_logins);
    shutdown(listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(listener);
}

static void between_calls(void) { run(0, 0, 500, 0); }
static void between_calls_idling(void) { run(0, 0, 500, 120); }
static void within_a_call(void) { run(1, 0, 1, 0); }
/* Who asks each time (freshness 0) has lost connections replaced as well. */
static void asking(void) { run(0, 0, 0, 0); }
static void asking_within(void) { run(1, 2, 0, 0); }
static void messages_come(void) { run(0, 1, 500, 120); }
static void messages_come_within(void) { run(1, 1, 1, 0); }
static void messages_go(void) { run(0, 2, 500, 120); }
static void messages_go_within(void) { run(1, 2, 1, 0); }

const struct test_case cases[] = {
    {"between_calls", between_calls},
    {"between_calls_idling", between_calls_idling},
    {"within_a_call", within_a_call},
    {"asking", asking},
    {"asking_within", asking_within},
    {"messages_come", messages_come},
    {"messages_come_within", messages_come_within},
    {"messages_go", messages_go},
    {"messages_go_within", messages_go_within},
    {"made_anew", made_anew},
    {"little_stack", little_stack},
    {"tls_stays", tls_stays},
    {NULL, NULL},
};
