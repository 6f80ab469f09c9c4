/* Functions without a server: rfc822_base64, mail_link, auth_link, mail_versioncheck, ssl_onceonlyinit. */
#include "common.h"

#include <c-client/linkage.h>

static void decode_bytes(const char *text, unsigned long size)
{
    unsigned long length = 4711;
    char place[400];
    memcpy(place, text, size);
    place[size] = 0;
    show_bytes("in ", text, size);
    unsigned char *out = rfc822_base64((unsigned char *)place, size, &length);
    if (!out) {
        show("  NIL %lu\n", length);
        return;
    }
    show_bytes("out", out, length);
    show("  then %d\n", out[length]);
    fs_give((void **)&out);
    if (out)
        show("  not cleared\n");
}

static void decode(const char *text) { decode_bytes(text, strlen(text)); }

static void base64_good(void)
{
    decode("");
    decode("QQ==");
    decode("QUI=");
    decode("QUJD");
    decode("QUJDRA==");
    decode("QUJD\r\nREVG\r\n");
    decode("QU JD\tRE VG");
    decode("AAEC/v8=");
    decode("++//");
    decode("Q U J D R E V G R 0 h J");
}

static void base64_odd(void)
{
    decode("Q");
    decode("QU");
    decode("QUJ");
    decode("QUJDR");
    decode("QQ=");
    decode("QQ===");
    decode("QQ==\r\n");
    decode("QQ==QUJD");
    decode("QUI=QUI=");
    decode("QUI=X");
    decode("=");
    decode("==");
    decode("===");
    decode("====");
    decode("Q===");
    decode("=QUJD");
    decode("Q=JD");
    decode("QUJD=");
    decode("QUJD==");
    decode("QUJD====");
    decode("!QUJD");
    decode("QU!JD");
    decode("QUJ-REVG");
    decode("QU*J*D");
    decode("\r\n\r\n");
    decode("--boundary");
    decode("QUJD\r\n--boundary--");
    decode("QUJD\x80\x81");
    decode("QUJD.");
    decode("Q\xc3\xa4UJD");
    decode("QQ==\r\ngarbage");
    decode("QQ==\r\n\r\n");
    decode_bytes("QU\0JD", 5);
    decode_bytes("QUJD\0", 5);
    decode_bytes("QUJDREVG", 6);
}

static void base64_every_octet(void)
{
    for (int i = 1; i < 256; i++) {
        char text[6] = {'Q', 'U', (char)i, 'J', 'D', 0};
        decode(text);
    }
}

/* main has run linkage.c already; app_voicemail runs it again and again. */
static void linkage_again(void)
{
    for (int i = 0; i < 3; i++) {
#include <c-client/linkage.c>
    }
    show("imapdriver %s flags %lx\n", imapdriver.name, imapdriver.flags & ~DR_DISABLE);
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    show_counts(stream);
    close_quietly(stream);
}

static void order(void)
{
    DRIVER *first = mail_parameters(NIL, GET_DRIVERS, NIL);
    int count = 0;
    for (DRIVER *d = first; d && count < 40; d = d->next, count++)
        show("driver %s %lx\n", d->name, d->flags);
    show("%d drivers\n", count);
}

static void versioncheck(void)
{
    mail_versioncheck(CCLIENTVERSION);
    show("same version: goes on\n");
}

static void ssl_twice(void)
{
    ssl_onceonlyinit();
    ssl_onceonlyinit();
    show("goes on\n");
}

const struct test_case cases[] = {
    {"base64_good", base64_good},
    {"base64_odd", base64_odd},
    {"base64_every_octet", base64_every_octet},
    {"linkage_again", linkage_again},
    {"order", order},
    {"versioncheck", versioncheck},
    {"ssl_twice", ssl_twice},
    {NULL, NULL},
};
