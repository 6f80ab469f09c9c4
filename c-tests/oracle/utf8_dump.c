/* Shows what a c-client library makes of texts in charsets, encoded words and quoted-printable.
 *
 *   utf8_dump < cases
 *
 * Each case on standard input is a line and as many octets as it says, each lot followed by a LF:
 *
 *   U <octets> <octets> <flags>   utf8_text of a text in a charset, without one if that is empty
 *   H <octets> 0 <flags>          utf8_mime2text of a header
 *   Q <octets> 0 0                rfc822_qprint
 *   B <octets> 0 0                utf8_badcharset of a name
 *   C <code> 0 0                  a code point: utf8_text of it from UTF-8, canonical; answered in one line
 *
 * Each case is answered by one line: the result as a number, a space, the text in hexadecimal digits, and for each
 * line in the log a space and that in the same way. Output is flushed after each case.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <c-client/c-client.h>

static char log_text[MAILTMPLEN];

static void hex (const void *octets,unsigned long size)
{
  const unsigned char *at = octets;
  putchar (' ');
  while (size--) printf ("%02x",*at++);
}

/* Reads so many octets, followed by room as c-client's callers have it. */
static char *take (unsigned long size)
{
  char *octets = malloc (size + 16);
  if (!octets || fread (octets,1,size,stdin) != size || getchar () != '\n') exit (3);
  memset (octets + size,0,16);
  return octets;
}

static void converted (char *text,unsigned long size,char *charset,long flags)
{
  SIZEDTEXT src,dst;
  long ok;
  src.data = (unsigned char *) text;
  src.size = size;
  ok = utf8_text (&src,charset && *charset ? charset : NIL,&dst,flags);
  printf ("%ld",ok);
  hex (dst.data,dst.size);
  if (dst.data != src.data) fs_give ((void **) &dst.data);
}

static void header (char *text,unsigned long size,long flags)
{
  SIZEDTEXT src,dst;
  long ok;
  src.data = (unsigned char *) text;
  src.size = size;
  ok = utf8_mime2text (&src,&dst,flags);
  printf ("%ld",ok);
  hex (dst.data,dst.size);
  if (dst.data != src.data) fs_give ((void **) &dst.data);
}

static void quoted (char *text,unsigned long size)
{
  unsigned long length;
  unsigned char *plain = rfc822_qprint ((unsigned char *) text,size,&length);
  printf ("%d",plain ? 1 : 0);
  hex (plain,length);
  if (plain) fs_give ((void **) &plain);
}

static void bad_charset (char *name)
{
  char *text = utf8_badcharset (name);
  printf ("%d",text ? 1 : 0);
  hex (text,text ? strlen (text) : 0);
  if (text) fs_give ((void **) &text);
}

static void code_point (unsigned long code)
{
  unsigned char octets[8];
  unsigned char *end = utf8_put (octets,code);
  converted ((char *) octets,end - octets,"UTF-8",U8T_CANONICAL);
}

int main (void)
{
  char line[100],kind;
  unsigned long size,more;
  long flags;
  alarm (240);
  while (fgets (line,sizeof line,stdin)) {
    char *text = NIL,*charset = NIL;
    if (sscanf (line,"%c %lu %lu %ld",&kind,&size,&more,&flags) != 4) return 2;
    if (kind != 'C') text = take (size);
    if (kind == 'U') charset = take (more);
    log_text[0] = '\0';
    switch (kind) {
    case 'U': converted (text,size,charset,flags); break;
    case 'H': header (text,size,flags); break;
    case 'Q': quoted (text,size); break;
    case 'B': bad_charset (text); break;
    case 'C': code_point (size); break;
    default: return 2;
    }
    if (log_text[0]) hex (log_text,strlen (log_text));
    putchar ('\n');
    if (kind != 'C') fflush (stdout);
    free (text);
    free (charset);
  }
  return 0;
}

/* The callbacks that c-client wants; only the log says anything here. */

void mm_log (char *s,long level)
{
  snprintf (log_text,sizeof log_text,"%ld%s",level,s);
}

#include "silent_host.h"
