/* Uses every macro with parameters once, so that each is compiled with the types it is made for. */
#include <stdio.h>
#include <c-client/c-client.h>
#include <c-client/imap4r1.h>

#define scan_contents(dtb,name,contents,csiz,fsiz) ((void) (dtb), (name) != (contents) && (csiz) < (fsiz))

long streams (MAILSTREAM *stream,DRIVER *dtb,char *text,append_t af,void *data)
{
  unsigned long len;
  BODY *body;
  STRING string,*bs = &string;
  STRINGLIST *lines = mail_newstringlist ();
  GETS_DATA md;
  long result = 0;
  INIT (&string,mail_string,(void *) text,(unsigned long) 4);
  if (SIZE (&string) && CHR (&string)) result += SNX (&string);
  SETPOS (&string,GETPOS (&string) - 1);
  INIT_GETS (md,stream,1,text,0,0);
  result += md.msgno;
  mail_fetchfast (stream,text);
  mail_fetchfast_full (stream,text,FT_UID);
  mail_fetchflags (stream,text);
  mail_fetchflags_full (stream,text,FT_UID);
  if (mail_fetchenvelope (stream,1) == mail_fetchstructure (stream,1,&body)) result++;
  if (mail_fetchstructure_full (stream,1,&body,FT_UID)) result++;
  if (mail_fetchheader (stream,1) == mail_fetchheader_full (stream,1,lines,&len,FT_UID)) result++;
  if (mail_fetchtext (stream,1) == mail_fetchtext_full (stream,1,&len,FT_UID)) result++;
  if (mail_fetchbody (stream,1,text,&len) == mail_fetchbody_full (stream,1,text,&len,FT_UID)) result++;
  mail_setflag (stream,text,text);
  mail_setflag_full (stream,text,text,ST_UID);
  mail_clearflag (stream,text,text);
  mail_clearflag_full (stream,text,text,ST_UID);
  mail_search (stream,text);
  mail_expunge (stream);
  result += mail_copy (stream,text,text) + mail_move (stream,text,text) + mail_append (stream,text,&string);
  result += SAFE_DELETE (dtb,stream,text) + SAFE_RENAME (dtb,stream,text,text) + SAFE_STATUS (dtb,stream,text,SA_UNSEEN);
  result += SAFE_COPY (dtb,stream,text,text,CP_MOVE) + SAFE_APPEND (dtb,stream,text,af,data);
  result += SAFE_SCAN_CONTENTS (dtb,text,text,1,2);
  result += MM_APPEND (af) (stream,data,&text,&text,&bs);
  MM_LOG (text,WARN);
  MM_EXISTS (stream,1);
  return mail_close (stream) ? result : NIL;
}

long capabilities (MAILSTREAM *stream)
{
  return LEVELIMAP4rev1 (stream) + LEVELSTATUS (stream) + LEVELIMAP4 (stream) + LEVEL1730 (stream) +
    LEVELIMAP2bis (stream) + LEVEL1176 (stream) + LEVEL1064 (stream) + LEVELACL (stream) + LEVELQUOTA (stream) +
    LEVELLITERALPLUS (stream) + LEVELIDLE (stream) + LEVELMBX_REF (stream) + LEVELLOG_REF (stream) +
    LEVELANONYMOUS (stream) + LEVELNAMESPACE (stream) + LEVELUIDPLUS (stream) + LEVELSTARTTLS (stream) +
    LEVELLOGINDISABLED (stream) + LEVELID (stream) + LEVELCHILDREN (stream) + LEVELMULTIAPPEND (stream) +
    LEVELBINARY (stream) + LEVELUNSELECT (stream) + LEVELSASLIR (stream) + LEVELSORT (stream) +
    LEVELTHREAD (stream) + LEVELSCAN (stream) + LEVELURLAUTH (stream) + LEVELCATENATE (stream) +
    LEVELCONDSTORE (stream) + LEVELESEARCH (stream) + LEVELWITHIN (stream);
}

long formats (ENVELOPE *env,BODY *body,ADDRESS *adr,char *text,STRING *bs)
{
  char name[MAILTMPLEN];
  unsigned char utf8[4],*t = utf8;
  unsigned int c = 0x20ac;
  char *hosts[2] = {text,NIL};
  NETMBX mb;
  rfc822_write_address (text,adr);
  rfc822_parse_msg (&env,&body,text,4,bs,text,NIL);
  UTF8_PUT_BMP (t,c)
  mb.altflag = T;
  SUBSCRIPTIONFILE (name);
  SUBSCRIPTIONTEMP (name);
  grim_pid_reap (0,NIL);
  return UTF8_SIZE_BMP (c) + pmatch (utf8,utf8) + (myusername () != NIL) + min (1,2) + max (1,2) + mb.altflag +
    (smtp_open (hosts,SOP_DEBUG) != NIL) + (nntp_open (hosts,NOP_DEBUG) != NIL) + (VOIDT != NIL);
}
