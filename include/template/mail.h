/* Mailboxes and messages.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_MAIL_H
#define CCLIENT_MAIL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

@constants mail@

/* Parameters: numbers of mail_parameters. */

@constants parameters@

/* A pointer that is not NULL and points to nothing of interest. */
#define VOIDT ((void *) "")

/* An older name of a member of NETMBX. */
#define altflag sslflag

/* Structures. */

@names@

/* Functions that programs hand in. */

@typedefs@

@types@

/* Strings behind a driver: `s` points to a STRING. */

/* Sets up `s` for `size` octets that the string driver `d` gets from `data`. */
#define INIT(s,d,data,size) ((*((s)->dtb = &d)->init) ((s),(data),(size)))
/* The octets that are left to read. */
#define SIZE(s) ((s)->size - GETPOS (s))
/* The octet at the current position. */
#define CHR(s) (*(s)->curpos)
/* The octet at the current position, which moves on by one. */
#define SNX(s) (--(s)->cursize ? *(s)->curpos++ : (*(s)->dtb->next) (s))
/* The current position. */
#define GETPOS(s) ((s)->offset + ((s)->curpos - (s)->chunk))
/* Moves to position `i`. */
#define SETPOS(s,i) ((*(s)->dtb->setpos) ((s),(i)))

/* Sets up the GETS_DATA `md`. */
#define INIT_GETS(md,s,m,w,f,l) \
  ((md).stream = (s), (md).msgno = (m), (md).what = (w), (md).first = (f), \
   (md).last = (l), (md).stl = NIL, (md).flags = NIL)

/* Functions, with the arguments that are mostly left out. */

#define mail_close(stream) mail_close_full ((stream),NIL)
#define mail_fetchfast(stream,sequence) mail_fetch_fast ((stream),(sequence),NIL)
#define mail_fetchfast_full mail_fetch_fast
#define mail_fetchflags(stream,sequence) mail_fetch_flags ((stream),(sequence),NIL)
#define mail_fetchflags_full mail_fetch_flags
#define mail_fetchenvelope(stream,msgno) mail_fetch_structure ((stream),(msgno),NIL,NIL)
#define mail_fetchstructure(stream,msgno,body) mail_fetch_structure ((stream),(msgno),(body),NIL)
#define mail_fetchstructure_full mail_fetch_structure
#define mail_fetchheader(stream,msgno) mail_fetch_header ((stream),(msgno),NIL,NIL,NIL,FT_PEEK)
#define mail_fetchheader_full(stream,msgno,lines,len,flags) \
  mail_fetch_header ((stream),(msgno),NIL,(lines),(len),FT_PEEK | (flags))
#define mail_fetchtext(stream,msgno) mail_fetch_text ((stream),(msgno),NIL,NIL,NIL)
#define mail_fetchtext_full(stream,msgno,length,flags) \
  mail_fetch_text ((stream),(msgno),NIL,(length),(flags))
#define mail_fetchbody(stream,msgno,section,length) \
  mail_fetch_body ((stream),(msgno),(section),(length),NIL)
#define mail_fetchbody_full mail_fetch_body
#define mail_setflag(stream,sequence,flag) mail_flag ((stream),(sequence),(flag),ST_SET)
#define mail_setflag_full(stream,sequence,flag,flags) \
  mail_flag ((stream),(sequence),(flag),ST_SET | (flags))
#define mail_clearflag(stream,sequence,flag) mail_flag ((stream),(sequence),(flag),NIL)
#define mail_clearflag_full mail_flag
#define mail_search(stream,criteria) \
  mail_search_full ((stream),NIL,mail_criteria (criteria),SE_FREE)
#define mail_expunge(stream) mail_expunge_full ((stream),NIL,NIL)
#define mail_copy(stream,sequence,mailbox) mail_copy_full ((stream),(sequence),(mailbox),NIL)
#define mail_move(stream,sequence,mailbox) mail_copy_full ((stream),(sequence),(mailbox),CP_MOVE)
#define mail_append(stream,mailbox,message) \
  mail_append_full ((stream),(mailbox),NIL,NIL,(message))

/* Calls that UW c-client can be built to wrap; here they are what they say. */

#define SAFE_DELETE(dtb,stream,mailbox) ((*(dtb)->mbxdel) ((stream),(mailbox)))
#define SAFE_RENAME(dtb,stream,old,newname) ((*(dtb)->mbxren) ((stream),(old),(newname)))
#define SAFE_STATUS(dtb,stream,mbx,flags) ((*(dtb)->status) ((stream),(mbx),(flags)))
#define SAFE_COPY(dtb,stream,sequence,mailbox,options) \
  ((*(dtb)->copy) ((stream),(sequence),(mailbox),(options)))
#define SAFE_APPEND(dtb,stream,mailbox,af,data) \
  ((*(dtb)->append) ((stream),(mailbox),(af),(data)))
#define SAFE_SCAN_CONTENTS(dtb,name,contents,csiz,fsiz) \
  scan_contents ((dtb),(name),(contents),(csiz),(fsiz))
#define MM_EXISTS mm_exists
#define MM_EXPUNGED mm_expunged
#define MM_FLAGS mm_flags
#define MM_NOTIFY mm_notify
#define MM_STATUS mm_status
#define MM_LOG mm_log
#define MM_CRITICAL mm_critical
#define MM_NOCRITICAL mm_nocritical
#define MM_DISKERROR mm_diskerror
#define MM_FATAL mm_fatal
#define MM_APPEND(af) (*(af))

/* Functions that the program defines and the library calls. */

@callbacks@

/* Data. */

@objects@

/* Functions. */

@functions@

#include "linkage.h"

#ifdef __cplusplus
}
#endif

#endif
