/* Opens a mailbox and tells what happened. What it must not show stands in its arguments only in disguise (each octet
 * XOR 0x55, in hex), so that the memory of the process can be searched for it.
 *
 *   client SPEC USER PASSWORD [--debug] [--disable NAME]... [--link-gss] [--kinit] [--trials N] [--twice] [--keep] [--scan SECRET]...
 *
 * Prints: "log LEVEL TEXT", "login TRIAL", "dlog TEXT", "kinit TEXT", "opened NAME" or "failed", "found PLACE" for each
 * secret that is left in memory after the stream is closed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <c-client/c-client.h>
#include <c-client/imap4r1.h>

#define MASK 0x55

extern AUTHENTICATOR auth_gss;

static const char *user;
static const char *disguised;
static FILE *out;

/* What --keep leaves behind, to see that the search finds it. */
static char kept[256];

/* Octets of a disguised text, still masked; returns how many. */
static size_t masked(const char *hex, unsigned char *to, size_t room)
{
    size_t count = 0;
    for (; hex[0] && hex[1] && count < room; hex += 2) {
        char pair[3] = { hex[0], hex[1], 0 };
        to[count++] = (unsigned char)strtoul(pair, NULL, 16);
    }
    return count;
}

void mm_login(NETMBX *mb, char *name, char *password, long trial)
{
    fprintf(out, "login %ld\n", trial);
    strcpy(name, mb->user[0] ? mb->user : user);
    size_t count = masked(disguised, (unsigned char *)password, MAILTMPLEN - 1);
    for (size_t i = 0; i < count; i++)
        password[i] ^= MASK;
    password[count] = 0;
}

void mm_log(char *text, long level) { fprintf(out, "log %ld %s\n", level, text); }
void mm_dlog(char *text) { fprintf(out, "dlog %s\n", text); }
void mm_searched(MAILSTREAM *s, unsigned long n) { (void)s, (void)n; }
void mm_exists(MAILSTREAM *s, unsigned long n) { (void)s, (void)n; }
void mm_expunged(MAILSTREAM *s, unsigned long n) { (void)s, (void)n; }
void mm_flags(MAILSTREAM *s, unsigned long n) { (void)s, (void)n; }
void mm_notify(MAILSTREAM *s, char *text, long level) { (void)s; fprintf(out, "notify %ld %s\n", level, text); }
void mm_list(MAILSTREAM *s, int d, char *n, long a) { (void)s, (void)d, (void)n, (void)a; }
void mm_lsub(MAILSTREAM *s, int d, char *n, long a) { (void)s, (void)d, (void)n, (void)a; }
void mm_status(MAILSTREAM *s, char *m, MAILSTATUS *st) { (void)s, (void)m, (void)st; }
void mm_critical(MAILSTREAM *s) { (void)s; }
void mm_nocritical(MAILSTREAM *s) { (void)s; }
long mm_diskerror(MAILSTREAM *s, long e, long serious) { (void)s, (void)e, (void)serious; return 1; }
void mm_fatal(char *text) { fprintf(out, "fatal %s\n", text); }

static long kinit(char *host, char *reason)
{
    fprintf(out, "kinit %s: %s\n", host, reason);
    return system(getenv("T_KINIT")) == 0;
}

static void scan(const char *hex)
{
    unsigned char needle[256];
    size_t count = masked(hex, needle, sizeof needle);
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char rights[5];
        if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) != 3 || strncmp(rights, "rw", 2) || strstr(line, "[v"))
            continue;
        const unsigned char *end = (const unsigned char *)to - count;
        for (const unsigned char *at = (const unsigned char *)from; at <= end; at++) {
            size_t i = 0;
            while (i < count && (at[i] ^ MASK) == needle[i])
                i++;
            if (i == count)
                fprintf(out, "found %s in %s", hex, line);
        }
    }
    fclose(maps);
}

int main(int argc, char **argv)
{
    long options = 0;
    int link_gss = 0, twice = 0;
    out = stdout;
    /* Unbuffered: the log of what happened must not hide in a buffer when the process dies. */
    setvbuf(out, NULL, _IONBF, 0);
    user = argv[2];
    disguised = argv[3];
    for (int i = 4; i < argc; i++)
        link_gss |= !strcmp(argv[i], "--link-gss");
    if (link_gss)
        auth_link(&auth_gss);
#include <c-client/linkage.c>
    for (int i = 4; i < argc; i++) {
        if (!strcmp(argv[i], "--debug"))
            options |= OP_DEBUG;
        else if (!strcmp(argv[i], "--twice"))
            twice = 1;
        else if (!strcmp(argv[i], "--disable"))
            fprintf(out, "disabled %d\n", mail_parameters(NIL, DISABLE_AUTHENTICATOR, argv[++i]) != NIL);
        else if (!strcmp(argv[i], "--kinit"))
            mail_parameters(NIL, SET_KINIT, (void *)kinit);
        else if (!strcmp(argv[i], "--trials"))
            mail_parameters(NIL, SET_MAXLOGINTRIALS, (void *)strtol(argv[++i], NULL, 10));
    }
    for (int again = twice; again >= 0; again--) {
        MAILSTREAM *stream = mail_open(NIL, argv[1], options);
        if (stream) {
            fprintf(out, "opened %s\n", stream->mailbox);
            if (!strcmp(stream->dtb->name, "imap"))
                fprintf(out, "auth %x\n", imap_cap(stream)->auth);
            mail_close(stream);
        } else {
            fprintf(out, "failed\n");
        }
    }
    for (int i = 4; i < argc; i++) {
        if (!strcmp(argv[i], "--keep")) {
            size_t count = masked(disguised, (unsigned char *)kept, sizeof kept - 1);
            for (size_t at = 0; at < count; at++)
                kept[at] ^= MASK;
        } else if (!strcmp(argv[i], "--scan")) {
            scan(argv[++i]);
        }
    }
    return 0;
}
