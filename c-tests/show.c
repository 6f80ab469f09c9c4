/* See common.h. This half prints what an application can see. */
#include "common.h"

#include <ctype.h>

void show_bytes(const char *label, const void *data, unsigned long length)
{
    const unsigned char *octets = data;
    printf("%s %lu octets \"", label, length);
    for (unsigned long i = 0; i < length; i++) {
        unsigned char c = octets[i];
        if (c == '\r')
            fputs("\\r", stdout);
        else if (c == '\n')
            fputs("\\n", stdout);
        else if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 32 || c > 126)
            printf("\\x%02x", c);
        else
            putchar(c);
    }
    puts("\"");
    fflush(stdout);
}

void show_string(const char *label, const char *text)
{
    if (text)
        show_bytes(label, text, strlen(text));
    else
        show("%s NIL\n", label);
}

void show_counts(MAILSTREAM *stream)
{
    show("  nmsgs=%lu recent=%lu\n", stream->nmsgs, stream->recent);
}

void show_stream(MAILSTREAM *stream)
{
    if (!stream) {
        show("  stream NIL\n");
        return;
    }
    show("  stream driver=%s mailbox=%s original=%s\n", stream->dtb ? stream->dtb->name : "NIL",
         stream->mailbox ? stream->mailbox : "NIL", stream->original_mailbox ? stream->original_mailbox : "NIL");
    show("    nmsgs=%lu recent=%lu uid_validity=%lu uid_last=%lu sequence=%u\n", stream->nmsgs, stream->recent,
         stream->uid_validity, stream->uid_last, stream->sequence);
    show("    inbox=%d lock=%d debug=%d silent=%d rdonly=%d anonymous=%d scache=%d halfopen=%d secure=%d tryssl=%d"
         " nokod=%d sniff=%d unhealthy=%d\n",
         stream->inbox, stream->lock, stream->debug, stream->silent, stream->rdonly, stream->anonymous, stream->scache,
         stream->halfopen, stream->secure, stream->tryssl, stream->nokod, stream->sniff, stream->unhealthy);
    show("    perm seen=%d deleted=%d flagged=%d answered=%d draft=%d kwd_create=%d uid_nosticky=%d user=%lx\n",
         stream->perm_seen, stream->perm_deleted, stream->perm_flagged, stream->perm_answered, stream->perm_draft,
         stream->kwd_create, stream->uid_nosticky, stream->perm_user_flags);
    for (int i = 0; i < NUSERFLAGS; i++)
        if (stream->user_flags[i])
            show("    user_flag %d %s\n", i, stream->user_flags[i]);
}

void show_elt(MAILSTREAM *stream, unsigned long msgno)
{
    if (!msgno || msgno > stream->nmsgs) {
        show("    elt %lu out of range\n", msgno);
        return;
    }
    MESSAGECACHE *elt = mail_elt(stream, msgno);
    show("    elt msgno=%lu uid=%lu size=%lu date=%04d-%02d-%02d %02d:%02d:%02d %c%02d%02d"
         " valid=%d seen=%d deleted=%d flagged=%d answered=%d draft=%d recent=%d searched=%d user=%lx\n",
         elt->msgno, elt->private.uid, elt->rfc822_size, elt->year + BASEYEAR, elt->month, elt->day, elt->hours,
         elt->minutes, elt->seconds, elt->zoccident ? '-' : '+', elt->zhours, elt->zminutes, elt->valid, elt->seen,
         elt->deleted, elt->flagged, elt->answered, elt->draft, elt->recent, elt->searched, elt->user_flags);
}

void show_elts(MAILSTREAM *stream)
{
    for (unsigned long i = 1; i <= stream->nmsgs; i++)
        show_elt(stream, i);
}

/* Indented label in a buffer of its own; two may be in use at a time. */
static const char *deeper(const char *indent, const char *label)
{
    static char buffers[2][256];
    static int turn;
    char *out = buffers[turn++ % 2];
    snprintf(out, sizeof buffers[0], "%s%s", indent, label);
    return out;
}

static void string_if(const char *indent, const char *label, const char *text)
{
    if (text)
        show_string(deeper(indent, label), text);
}

void show_addresses(const char *indent, const char *label, ADDRESS *address)
{
    for (; address; address = address->next) {
        show("%s%s:\n", indent, label);
        string_if(indent, "  personal", address->personal);
        string_if(indent, "  adl", address->adl);
        string_if(indent, "  mailbox", address->mailbox);
        string_if(indent, "  host", address->host);
        string_if(indent, "  error", address->error);
        string_if(indent, "  orcpt type", address->orcpt.type);
        string_if(indent, "  orcpt addr", address->orcpt.addr);
    }
}

void show_envelope(const char *indent, ENVELOPE *env)
{
    if (!env) {
        show("%senvelope NIL\n", indent);
        return;
    }
    show("%senvelope incomplete=%d imapenvonly=%d\n", indent, env->incomplete, env->imapenvonly);
    string_if(indent, "  remail", env->remail);
    show_addresses(indent, "  return_path", env->return_path);
    string_if(indent, "  date", (char *)env->date);
    show_addresses(indent, "  from", env->from);
    show_addresses(indent, "  sender", env->sender);
    show_addresses(indent, "  reply_to", env->reply_to);
    string_if(indent, "  subject", env->subject);
    show_addresses(indent, "  to", env->to);
    show_addresses(indent, "  cc", env->cc);
    show_addresses(indent, "  bcc", env->bcc);
    string_if(indent, "  in_reply_to", env->in_reply_to);
    string_if(indent, "  message_id", env->message_id);
    string_if(indent, "  newsgroups", env->newsgroups);
    string_if(indent, "  followup_to", env->followup_to);
    string_if(indent, "  references", env->references);
}

static void parameters(const char *indent, const char *label, PARAMETER *parameter)
{
    for (; parameter; parameter = parameter->next) {
        show("%s%s:\n", indent, label);
        string_if(indent, "  attribute", parameter->attribute);
        string_if(indent, "  value", parameter->value);
    }
}

void show_body(const char *indent, BODY *body)
{
    char inner[128];
    if (!body) {
        show("%sbody NIL\n", indent);
        return;
    }
    snprintf(inner, sizeof inner, "%s    ", indent);
    show("%sbody type=%u (%s) encoding=%u (%s) lines=%lu bytes=%lu\n", indent, body->type,
         body->type <= TYPEMAX && body_types[body->type] ? body_types[body->type] : "NIL", body->encoding,
         body->encoding <= ENCMAX && body_encodings[body->encoding] ? body_encodings[body->encoding] : "NIL",
         body->size.lines, body->size.bytes);
    string_if(indent, "  subtype", body->subtype);
    parameters(indent, "  parameter", body->parameter);
    string_if(indent, "  id", body->id);
    string_if(indent, "  description", body->description);
    string_if(indent, "  disposition", body->disposition.type);
    parameters(indent, "  disposition parameter", body->disposition.parameter);
    for (STRINGLIST *l = body->language; l; l = l->next)
        show_bytes(deeper(indent, "  language"), l->text.data, l->text.size);
    string_if(indent, "  location", body->location);
    string_if(indent, "  md5", body->md5);
    if (body->type == TYPEMULTIPART) {
        int number = 1;
        for (PART *part = body->nested.part; part; part = part->next) {
            show("%s  part %d\n", indent, number++);
            show_body(inner, &part->body);
        }
    } else if (body->type == TYPEMESSAGE && body->subtype && !strcasecmp(body->subtype, "RFC822")) {
        if (!body->nested.msg) {
            show("%s  message NIL\n", indent);
        } else {
            show("%s  message\n", indent);
            show_envelope(inner, body->nested.msg->env);
            show_body(inner, body->nested.msg->body);
        }
    }
}

void show_stringlist(const char *label, STRINGLIST *list)
{
    for (; list; list = list->next)
        show_bytes(label, list->text.data, list->text.size);
}

void show_searchset(const char *label, SEARCHSET *set)
{
    show("%s", label);
    for (; set; set = set->next)
        set->last ? show(" %lu:%lu", set->first, set->last) : show(" %lu", set->first);
    show("\n");
}
