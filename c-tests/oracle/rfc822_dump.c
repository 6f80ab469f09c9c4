/* Shows what a c-client library makes of address lists, messages and header filters.
 *
 *   rfc822_dump < cases
 *
 * Each case on standard input is a line and as many octets as it says:
 *
 *   A <octets>\n            an address list; the default host is "default.host"
 *   M <octets> <octets>\n   a message: header, text; the default host is "default.host"
 *   F <octets> <octets> <not>\n   a header and the names to filter it by, each behind a LF
 *
 * Each case is answered by lines, in the end by ".". "L" lines are warnings. Texts stand in quotes, odd octets as %XX;
 * "-" is NIL. Output is flushed after each case, so that a crash tells which case it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <c-client/c-client.h>

static void text (const void *octets,size_t size)
{
  const unsigned char *at = octets;
  if (!at) {
    fputs (" -",stdout);
    return;
  }
  fputs (" \"",stdout);
  for (; size--; at++)
    if (*at <= ' ' || *at >= 127 || *at == '%' || *at == '"') printf ("%%%02X",*at);
    else putchar (*at);
  putchar ('"');
}

static void string (const char *s)
{
  text (s,s ? strlen (s) : 0);
}

static void field (const char *name,const char *s)
{
  if (!s) return;
  fputs (name,stdout);
  string (s);
  putchar ('\n');
}

static void addresses (const char *name,ADDRESS *list)
{
  for (; list; list = list->next) {
    fputs (name,stdout);
    string (list->personal);
    string (list->adl);
    string (list->mailbox);
    string (list->host);
    putchar ('\n');
  }
}

static void envelope (ENVELOPE *env)
{
  if (!env) {
    puts ("no envelope");
    return;
  }
  field ("remail",env->remail);
  addresses ("return-path",env->return_path);
  field ("date",(char *) env->date);
  addresses ("from",env->from);
  addresses ("sender",env->sender);
  addresses ("reply-to",env->reply_to);
  field ("subject",env->subject);
  addresses ("to",env->to);
  addresses ("cc",env->cc);
  addresses ("bcc",env->bcc);
  field ("in-reply-to",env->in_reply_to);
  field ("message-id",env->message_id);
  field ("newsgroups",env->newsgroups);
  field ("followup-to",env->followup_to);
  field ("references",env->references);
}

static void parameters (const char *name,PARAMETER *list)
{
  for (; list; list = list->next) {
    fputs (name,stdout);
    string (list->attribute);
    string (list->value);
    putchar ('\n');
  }
}

static void extent (const char *name,PARTTEXT *part)
{
  printf ("%s %lu %lu\n",name,part->offset,part->text.size);
}

static void body (BODY *b)
{
  STRINGLIST *language;
  PART *part;
  if (!b) {
    puts ("no body");
    return;
  }
  fputs ("body",stdout);
  string (body_types[b->type]);
  string (body_encodings[b->encoding]);
  string (b->subtype);
  printf (" lines %lu bytes %lu\n",b->size.lines,b->size.bytes);
  parameters ("parameter",b->parameter);
  field ("id",b->id);
  field ("description",b->description);
  field ("disposition",b->disposition.type);
  parameters ("disposition-parameter",b->disposition.parameter);
  for (language = b->language; language; language = language->next) {
    fputs ("language",stdout);
    text (language->text.data,language->text.size);
    putchar ('\n');
  }
  field ("location",b->location);
  field ("md5",b->md5);
  extent ("mime",&b->mime);
  extent ("contents",&b->contents);
  if (b->type == TYPEMULTIPART) {
    for (part = b->nested.part; part; part = part->next) {
      puts ("part");
      body (&part->body);
    }
    puts ("end of parts");
  }
  else if (b->type == TYPEMESSAGE && b->nested.msg) {
    puts ("message");
    extent ("full",&b->nested.msg->full);
    extent ("header",&b->nested.msg->header);
    extent ("text",&b->nested.msg->text);
    envelope (b->nested.msg->env);
    body (b->nested.msg->body);
    puts ("end of message");
  }
}

/* Reads so many octets, followed by room and a NUL as c-client's callers have it. */
static char *take (unsigned long size)
{
  char *octets = malloc (size + 3);
  if (!octets || fread (octets,1,size,stdin) != size) exit (3);
  memset (octets + size,0,3);
  return octets;
}

/* Types and encodings that a message introduced are forgotten, so that each case stands alone. */
static void forget_names (void)
{
  int i;
  for (i = TYPEOTHER + 1; i <= TYPEMAX; i++) body_types[i] = NIL;
  for (i = ENCOTHER + 1; i <= ENCMAX; i++) body_encodings[i] = NIL;
}

static void address_case (unsigned long size)
{
  ADDRESS *list = NIL;
  char *octets = take (size);
  rfc822_parse_adrlist (&list,octets,"default.host");
  addresses ("address",list);
  mail_free_address (&list);
  free (octets);
}

static void message_case (unsigned long header_size,unsigned long text_size)
{
  ENVELOPE *env = NIL;
  BODY *b = NIL;
  STRING bs;
  char *header = take (header_size);
  char *octets = take (text_size);
  INIT (&bs,mail_string,octets,text_size);
  rfc822_parse_msg (&env,&b,header,header_size,&bs,"default.host",0);
  envelope (env);
  body (b);
  mail_free_envelope (&env);
  mail_free_body (&b);
  free (header);
  free (octets);
}

static void filter_case (unsigned long header_size,unsigned long names_size,long not)
{
  STRINGLIST *lines = NIL,*last = NIL;
  char *header = take (header_size);
  char *names = take (names_size);
  char *at = names,*end = names + names_size;
  unsigned long size;
  while (at < end && *at++ == '\n') {
    STRINGLIST *line = mail_newstringlist ();
    for (size = 0; at + size < end && at[size] != '\n'; size++);
    line->text.data = (unsigned char *) fs_get (size + 1);
    memcpy (line->text.data,at,size);
    line->text.data[size] = '\0';
    line->text.size = size;
    if (last) last->next = line;
    else lines = line;
    last = line;
    at += size;
  }
  size = mail_filter (header,header_size,lines,not ? FT_NOT : NIL);
  fputs ("filtered",stdout);
  text (header,size);
  putchar ('\n');
  mail_free_stringlist (&lines);
  free (header);
  free (names);
}

int main (void)
{
  char line[100],kind;
  unsigned long first,second;
  long not;
  alarm (120);
  while (fgets (line,sizeof line,stdin)) {
    first = second = 0;
    not = 0;
    if (sscanf (line,"%c %lu %lu %ld",&kind,&first,&second,&not) < 2) return 2;
    forget_names ();
    switch (kind) {
    case 'A': address_case (first); break;
    case 'M': message_case (first,second); break;
    case 'F': filter_case (first,second,not); break;
    default: return 2;
    }
    puts (".");
    fflush (stdout);
  }
  return 0;
}

/* The callbacks that c-client wants; only the log says anything here. */

void mm_log (char *s,long level)
{
  printf ("L%s",level == PARSE ? "" : " not a parse warning:");
  string (s);
  putchar ('\n');
}

#include "silent_host.h"
