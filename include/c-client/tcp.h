/* Byte streams.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_TCP_H
#define CCLIENT_TCP_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef TCPSTREAM
#define TCPSTREAM void
#endif

void *tcp_aopen(NETMBX *mb, char *service, char *usrbuf);
char *tcp_canonical(char *name);
char *tcp_clientaddr(void);
char *tcp_clienthost(void);
long tcp_clientport(void);
void tcp_close(void *stream);
long tcp_getbuffer(void *stream, unsigned long size, char *buffer);
long tcp_getdata(void *stream);
char *tcp_getline(void *stream);
char *tcp_host(void *stream);
long tcp_isclienthost(char *host);
char *tcp_localhost(void *stream);
void *tcp_open(char *host, char *service, unsigned long port);
/* The part of `mail_parameters` that concerns the network. */
void *tcp_parameters(long function, void *value);

unsigned long tcp_port(void *stream);
char *tcp_remotehost(void *stream);
char *tcp_serveraddr(void);
char *tcp_serverhost(void);
long tcp_serverport(void);
long tcp_sout(void *stream, char *string, unsigned long size);
long tcp_soutr(void *stream, char *string);

#ifdef __cplusplus
}
#endif

#endif
