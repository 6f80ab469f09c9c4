/* imap_getquotaroot and imap_cap.
 * server: quota=u1:100
 * second: no-quota
 */
#include "common.h"

static void on_quota(MAILSTREAM *stream, char *root, QUOTALIST *list)
{
    show("  quota \"%s\" on %s\n", root, stream->mailbox);
    for (; list; list = list->next)
        show("    %s usage=%lu limit=%lu\n", list->name, list->usage, list->limit);
}

static void on_quotaroot(MAILSTREAM *stream, char *mailbox, STRINGLIST *roots)
{
    show("  quotaroot \"%s\" on %s\n", mailbox, stream->mailbox);
    show_stringlist("    root", roots);
}

static void quota(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    mail_parameters(NIL, SET_QUOTA, (void *)on_quota);
    show("%ld\n", imap_getquotaroot(stream, "INBOX"));
    mail_parameters(NIL, SET_QUOTAROOT, (void *)on_quotaroot);
    show("%ld\n", imap_getquotaroot(stream, "INBOX"));
    show("%ld\n", imap_getquotaroot(stream, "Work"));
    show("%ld\n", imap_getquotaroot(stream, "Missing"));
    show("%ld\n", imap_getquotaroot(stream, spec("INBOX")));
    show("%ld\n", imap_getquotaroot(stream, ""));
    show("%ld\n", imap_getquotaroot(stream, "odd \"name\""));
    mail_parameters(NIL, SET_QUOTA, NIL);
    mail_parameters(NIL, SET_QUOTAROOT, NIL);
    show("%ld\n", imap_getquotaroot(stream, "INBOX"));
    close_quietly(stream);
}

static void other_user(void)
{
    MAILSTREAM *stream = open_quietly(spec_for("u2", "/notls", "INBOX"), NIL);
    mail_parameters(NIL, SET_QUOTA, (void *)on_quota);
    mail_parameters(NIL, SET_QUOTAROOT, (void *)on_quotaroot);
    show("%ld\n", imap_getquotaroot(stream, "INBOX"));
    close_quietly(stream);
}

static void over(void)
{
    MAILSTREAM *stream = open_quietly(spec("INBOX"), NIL);
    char *text = malloc(90000);
    STRING message;
    mail_parameters(NIL, SET_QUOTA, (void *)on_quota);
    memset(text, 'a', 90000);
    memcpy(text, "Subject: x\r\n\r\n", 14);
    for (int i = 0; i < 2; i++) {
        INIT(&message, mail_string, text, 90000);
        show("append %ld\n", mail_append_full(stream, spec("Empty"), NIL, NIL, &message));
        show("%ld\n", imap_getquotaroot(stream, "INBOX"));
    }
    free(text);
    show("copy %ld\n", mail_copy_full(stream, "1:12", "Empty", NIL));
    close_quietly(stream);
    stream = open_quietly(spec("Empty"), NIL);
    show("copy %ld\n", mail_copy_full(stream, "1", "INBOX", NIL));
    close_quietly(stream);
}

static void no_quota_server(void)
{
    MAILSTREAM *stream = open_quietly(spec_port("T_PORT2", "u1", "/notls", "INBOX"), NIL);
    mail_parameters(NIL, SET_QUOTA, (void *)on_quota);
    show("%ld\n", imap_getquotaroot(stream, "INBOX"));
    close_quietly(stream);
}

#define CAP(x) show("  " #x "=%d\n", (int)x)

static void capabilities(const char *name)
{
    MAILSTREAM *stream = open_quietly((char *)name, NIL);
    IMAPCAP *cap = imap_cap(stream);
    show("-- %s\n", name);
    CAP(cap->rfc1176);
    CAP(cap->mbx_ref);
    CAP(cap->urlauth);
    CAP(cap->id);
    CAP((int)cap->extlevel);
    CAP((int)cap->auth);
    CAP(LEVELIMAP4rev1(stream));
    CAP(LEVELSTATUS(stream));
    CAP(LEVELIMAP4(stream));
    CAP(LEVEL1730(stream));
    CAP(LEVELIMAP2bis(stream));
    CAP(LEVEL1176(stream));
    CAP(LEVEL1064(stream));
    CAP(LEVELACL(stream));
    CAP(LEVELQUOTA(stream));
    CAP(LEVELLITERALPLUS(stream));
    CAP(LEVELIDLE(stream));
    CAP(LEVELMBX_REF(stream));
    CAP(LEVELLOG_REF(stream));
    CAP(LEVELANONYMOUS(stream));
    CAP(LEVELNAMESPACE(stream));
    CAP(LEVELUIDPLUS(stream));
    CAP(LEVELSTARTTLS(stream));
    CAP(LEVELLOGINDISABLED(stream));
    CAP(LEVELID(stream));
    CAP(LEVELCHILDREN(stream));
    CAP(LEVELMULTIAPPEND(stream));
    CAP(LEVELBINARY(stream));
    CAP(LEVELUNSELECT(stream));
    CAP(LEVELSASLIR(stream));
    CAP(LEVELSORT(stream));
    CAP(LEVELTHREAD(stream));
    CAP(LEVELSCAN(stream));
    CAP(LEVELURLAUTH(stream));
    CAP(LEVELCATENATE(stream));
    CAP(LEVELCONDSTORE(stream));
    CAP(LEVELESEARCH(stream));
    CAP(LEVELWITHIN(stream));
    for (THREADER *t = cap->threader; t; t = t->next)
        show("  threader %s\n", t->name);
    close_quietly(stream);
}

static void caps(void)
{
    capabilities(spec("INBOX"));
    capabilities(spec_port("T_PORT2", "u1", "/notls", "INBOX"));
}

const struct test_case cases[] = {
    {"quota", quota}, {"other_user", other_user}, {"over", over}, {"no_quota_server", no_quota_server},
    {"caps", caps}, {NULL, NULL},
};
