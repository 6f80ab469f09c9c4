/* The callbacks of a host program that hears nothing, all but mm_log. */

void mm_searched (MAILSTREAM *stream,unsigned long number) { (void) stream; (void) number; }
void mm_exists (MAILSTREAM *stream,unsigned long number) { (void) stream; (void) number; }
void mm_expunged (MAILSTREAM *stream,unsigned long number) { (void) stream; (void) number; }
void mm_flags (MAILSTREAM *stream,unsigned long number) { (void) stream; (void) number; }
void mm_notify (MAILSTREAM *stream,char *s,long level) { (void) stream; (void) s; (void) level; }
void mm_list (MAILSTREAM *stream,int delimiter,char *name,long attributes)
{
  (void) stream; (void) delimiter; (void) name; (void) attributes;
}
void mm_lsub (MAILSTREAM *stream,int delimiter,char *name,long attributes)
{
  (void) stream; (void) delimiter; (void) name; (void) attributes;
}
void mm_status (MAILSTREAM *stream,char *mailbox,MAILSTATUS *status)
{
  (void) stream; (void) mailbox; (void) status;
}
void mm_dlog (char *s) { (void) s; }
void mm_login (NETMBX *mb,char *user,char *password,long trial)
{
  (void) mb; (void) trial;
  *user = *password = '\0';
}
void mm_critical (MAILSTREAM *stream) { (void) stream; }
void mm_nocritical (MAILSTREAM *stream) { (void) stream; }
long mm_diskerror (MAILSTREAM *stream,long code,long serious)
{
  (void) stream; (void) code; (void) serious;
  return T;
}
void mm_fatal (char *s) { (void) s; }
