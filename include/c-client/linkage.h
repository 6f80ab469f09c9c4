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

extern AUTHENTICATOR auth_ext;
extern AUTHENTICATOR auth_log;
extern AUTHENTICATOR auth_md5;
extern AUTHENTICATOR auth_pla;
extern DRIVER dummydriver;
/* The IMAP driver. */
extern DRIVER imapdriver;

extern DRIVER mboxdriver;
extern DRIVER mbxdriver;
extern DRIVER mhdriver;
extern DRIVER mixdriver;
extern DRIVER mmdfdriver;
extern DRIVER mtxdriver;
extern DRIVER mxdriver;
extern DRIVER newsdriver;
extern DRIVER nntpdriver;
extern DRIVER philedriver;
/* The POP3 driver. */
extern DRIVER pop3driver;

extern DRIVER tenexdriver;
extern DRIVER unixdriver;

#ifdef __cplusplus
}
#endif

#endif
