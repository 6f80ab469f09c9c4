#include "driver.h"
#include <sys/resource.h>
#include <time.h>

__attribute__((weak)) void mm_searched(MAILSTREAM *stream, unsigned long number) {}
void mm_exists(MAILSTREAM *stream, unsigned long number) {}
void mm_expunged(MAILSTREAM *stream, unsigned long number) {}
void mm_flags(MAILSTREAM *stream, unsigned long number) {}
void mm_notify(MAILSTREAM *stream, char *string, long errflg) {}
void mm_list(MAILSTREAM *stream, int delimiter, char *name, long attributes) {}
void mm_lsub(MAILSTREAM *stream, int delimiter, char *name, long attributes) {}
__attribute__((weak)) void mm_status(MAILSTREAM *stream, char *mailbox, MAILSTATUS *status) {}
void mm_dlog(char *string) {}
void mm_critical(MAILSTREAM *stream) {}
void mm_nocritical(MAILSTREAM *stream) {}
void mm_fatal(char *string) {}

void mm_log(char *string, long errflg)
{
    if (errflg == ERROR)
        die(string);
}

long mm_diskerror(MAILSTREAM *stream, long errcode, long serious)
{
    return 1;
}

void mm_login(NETMBX *mb, char *user, char *password, long trial)
{
    strcpy(user, mb->user[0] ? mb->user : "u1");
    strcpy(password, trial ? "" : "secret");
}

void die(const char *why)
{
    fprintf(stderr, "bench: %s\n", why);
    exit(1);
}

unsigned long draw(unsigned long below)
{
    static unsigned long long state = 20071;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned long) (state >> 33) % below;
}

unsigned long long check = 14695981039346656037ULL;

void check_bytes(const void *data, unsigned long length)
{
    const unsigned char *octets = data;
    for (unsigned long at = 0; at < length; at++)
        check = (check ^ octets[at]) * 1099511628211ULL;
}

void check_number(unsigned long number)
{
    check_bytes(&number, sizeof number);
}

void check_string(const char *text)
{
    check_number(text != NULL);
    if (text)
        check_bytes(text, strlen(text) + 1);
}

void check_addresses(ADDRESS *address)
{
    for (; address; address = address->next) {
        check_string(address->personal);
        check_string(address->adl);
        check_string(address->mailbox);
        check_string(address->host);
    }
    check_number(0);
}

void check_envelope(ENVELOPE *env)
{
    if (!env) {
        check_number(1);
        return;
    }
    check_string((char *) env->date);
    check_addresses(env->from);
    check_addresses(env->sender);
    check_addresses(env->reply_to);
    check_addresses(env->to);
    check_addresses(env->cc);
    check_addresses(env->bcc);
    check_string(env->subject);
    check_string(env->in_reply_to);
    check_string(env->message_id);
    check_string(env->newsgroups);
    check_string(env->followup_to);
    check_string(env->references);
}

static void check_parameters(PARAMETER *parameter)
{
    for (; parameter; parameter = parameter->next) {
        check_string(parameter->attribute);
        check_string(parameter->value);
    }
    check_number(0);
}

void check_body(BODY *body)
{
    if (!body) {
        check_number(2);
        return;
    }
    check_number(body->type);
    check_number(body->encoding);
    check_string(body->subtype);
    check_parameters(body->parameter);
    check_string(body->id);
    check_string(body->description);
    check_string(body->disposition.type);
    check_parameters(body->disposition.parameter);
    check_string(body->md5);
    check_number(body->mime.offset);
    check_number(body->contents.offset);
    check_number(body->contents.text.size);
    check_number(body->size.lines);
    check_number(body->size.bytes);
    if (body->type == TYPEMULTIPART)
        for (PART *part = body->nested.part; part; part = part->next)
            check_body(&part->body);
    if (body->type == TYPEMESSAGE && body->subtype && !strcmp(body->subtype, "RFC822")) {
        check_envelope(body->nested.msg->env);
        check_body(body->nested.msg->body);
    }
}

struct times now(void)
{
    struct timespec wall;
    struct rusage usage;
    clock_gettime(CLOCK_MONOTONIC, &wall);
    getrusage(RUSAGE_SELF, &usage);
    return (struct times){
        wall.tv_sec * 1000000ULL + wall.tv_nsec / 1000,
        usage.ru_utime.tv_sec * 1000000ULL + usage.ru_utime.tv_usec,
        usage.ru_stime.tv_sec * 1000000ULL + usage.ru_stime.tv_usec,
    };
}

void report(const char *name, struct times start, struct times end)
{
    printf("%s check=%016llx wall=%llu user=%llu system=%llu\n", name, check, end.wall - start.wall,
           end.user - start.user, end.system - start.system);
}
