/* The drivers and authenticators that a program can link in; see linkage.c.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_LINKAGE_H
#define CCLIENT_LINKAGE_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

/* EXTERNAL (RFC 4422): the identity of the TLS client certificate. */
extern AUTHENTICATOR auth_ext;

/* LOGIN, the predecessor of PLAIN. */
extern AUTHENTICATOR auth_log;

/* CRAM-MD5 (RFC 2195). */
extern AUTHENTICATOR auth_md5;

/* PLAIN (RFC 4616). */
extern AUTHENTICATOR auth_pla;

/* The driver `dummy`, which can be linked, and takes no mailbox name. */
extern DRIVER dummydriver;

/* The IMAP driver. */
extern DRIVER imapdriver;

/* The driver `mbox`, which can be linked, and takes no mailbox name. */
extern DRIVER mboxdriver;

/* The driver `mbx`, which can be linked, and takes no mailbox name. */
extern DRIVER mbxdriver;

/* The driver `mh`, which can be linked, and takes no mailbox name. */
extern DRIVER mhdriver;

/* The driver `mix`, which can be linked, and takes no mailbox name. */
extern DRIVER mixdriver;

/* The driver `mmdf`, which can be linked, and takes no mailbox name. */
extern DRIVER mmdfdriver;

/* The driver `mtx`, which can be linked, and takes no mailbox name. */
extern DRIVER mtxdriver;

/* The driver `mx`, which can be linked, and takes no mailbox name. */
extern DRIVER mxdriver;

/* The driver `news`, which can be linked, and takes no mailbox name. */
extern DRIVER newsdriver;

/* The driver `nntp`, which can be linked, and takes no mailbox name. */
extern DRIVER nntpdriver;

/* The driver `phile`, which can be linked, and takes no mailbox name. */
extern DRIVER philedriver;

/* The POP3 driver. Without the feature `pop3`, one that refuses POP3 mailboxes. */
extern DRIVER pop3driver;

/* The driver `tenex`, which can be linked, and takes no mailbox name. */
extern DRIVER tenexdriver;

/* The driver `unix`, which can be linked, and takes no mailbox name. */
extern DRIVER unixdriver;

#ifdef __cplusplus
}
#endif

#endif
