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

/* Refused, as commands on other machines are not supported here: logs an error and returns
 * NULL.
 */
void *tcp_aopen(NETMBX *mb, char *service, char *usrbuf);

/* The canonical name of a host, the library's own and good for the next few calls; `name`
 * itself if DNS knows none.
 */
char *tcp_canonical(char *name);

/* The address of the client of a server program: there is none here. NIL. */
char *tcp_clientaddr(void);

/* The host of the client of a server program: `UNKNOWN`, as UW says where there is none. */
char *tcp_clienthost(void);

/* The port of the client of a server program: -1. */
long tcp_clientport(void);

/* Closes a connection. One that is closed already is left alone. */
void tcp_close(void *stream);

/* Reads exactly `size` octets and puts a NUL behind them. T, or NIL when they do not come. */
long tcp_getbuffer(void *stream, unsigned long size, char *buffer);

/* Waits until there is something to read. T, or NIL when nothing comes. */
long tcp_getdata(void *stream);

/* The next line without its CR LF, the caller's to free; NIL at the end. */
char *tcp_getline(void *stream);

/* The canonical name of the host, the stream's own; NIL for a closed one. */
char *tcp_host(void *stream);

/* Whether a host is the client of a server program: never. */
long tcp_isclienthost(char *host);

/* The name of this end's address, the stream's own; NIL for a closed one. */
char *tcp_localhost(void *stream);

/* Connects to a host (a name, or an address in brackets). `service` is not looked up, `port`
 * counts. A stream for tcp_close; NIL on failure, which has been told.
 */
void *tcp_open(char *host, char *service, unsigned long port);

/* The part of `mail_parameters` that concerns the network; what it returns is as there. */
void *tcp_parameters(long function, void *value);

/* The port of the other end; 0 for a closed stream. */
unsigned long tcp_port(void *stream);

/* The name of the other end's address, the stream's own; NIL for a closed one. */
char *tcp_remotehost(void *stream);

/* The address that a client of a server program came to: NIL. */
char *tcp_serveraddr(void);

/* The name of this host, as a server program tells it. */
char *tcp_serverhost(void);

/* The port that a client of a server program came to: -1. */
long tcp_serverport(void);

/* Sends `size` octets. T if they went out. */
long tcp_sout(void *stream, char *string, unsigned long size);

/* Sends a string. T if it went out. */
long tcp_soutr(void *stream, char *string);

#ifdef __cplusplus
}
#endif

#endif
