/* Reading and writing mail formats.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 * Generated from the Rust sources; see tests/headers.
 */
#ifndef CCLIENT_RFC822_H
#define CCLIENT_RFC822_H

#include "mail.h"

#ifdef __cplusplus
extern "C" {
#endif

@constants rfc822@

@names@

@typedefs@

@types@

#define rfc822_write_address(dest,adr) rfc822_write_address_full ((dest),(adr),NIL)
#define rfc822_parse_msg(en,bdy,s,i,bs,host,flags) \
  rfc822_parse_msg_full ((en),(bdy),(s),(i),(bs),(host),0,(flags))

@functions@

#ifdef __cplusplus
}
#endif

#endif
