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

/* Nesting limits. */

#define MAXGROUPDEPTH 50
#define MAXMIMEDEPTH 50

typedef struct rfc822buffer RFC822BUFFER;

/* Writes a NUL-ended string; T when all was written. */
typedef long (*soutr_t)(void *stream, char *string);

/* Replaces the library's message output (`SET_RFC822OUTPUT`). */
typedef long (*rfc822out_t)(char *tmp,
                            ENVELOPE *env,
                            BODY *body,
                            soutr_t f,
                            void *s,
                            long ok8bit);

/* Replaces the library's message output, buffered form (`SET_RFC822OUTPUTFULL`). */
typedef long (*rfc822outfull_t)(RFC822BUFFER *buf,
                                ENVELOPE *env,
                                BODY *body,
                                long ok8bit);

/* An output buffer and the function that drains it when it is full. */
struct rfc822buffer {
  soutr_t f;  /* Takes what is in the buffer, NUL-ended, when it is full; T if all went well. */
  void *s;  /* Its first argument. */
  char *beg;  /* The buffer, with one octet more than counts, for the NUL. */
  char *cur;  /* Where the next octet goes. */
  char *end;  /* The end of the room. */
};

#define rfc822_write_address(dest,adr) rfc822_write_address_full ((dest),(adr),NIL)
#define rfc822_parse_msg(en,bdy,s,i,bs,host,flags) \
  rfc822_parse_msg_full ((en),(bdy),(s),(i),(bs),(host),0,(flags))

/* Encodes the `srcl` octets at `src` as quoted-printable. The result, of `*len` octets and a
 * NUL, is the caller's to free.
 */
unsigned char *rfc822_8bit(unsigned char *src, unsigned long srcl, unsigned long *len);

/* Appends mailbox and host of an address to `dest`. There must be room for SENDBUFLEN octets
 * from there on; what would be longer is not written, which is an error in the log.
 */
void rfc822_address(char *dest, ADDRESS *adr);

/* Appends a header line of addresses to `*header` and moves it to the end. There must be
 * room for SENDBUFLEN octets from there on; what would be longer is not written, which is an
 * error in the log.
 */
void rfc822_address_line(char **header, char *type, ENVELOPE *env, ADDRESS *adr);

/* Decodes the base64 text of `srcl` octets at `src`. The result, of `*len` octets and a NUL,
 * is the caller's to free; NULL, with `*len` 0, when the text is no base64.
 *
 * Data after the final padding is ignored, with a PARSE line in the log.
 */
void *rfc822_base64(unsigned char *src, unsigned long srcl, unsigned long *len);

/* Encodes the `srcl` octets at `src` as base64, in lines of 60 characters with CRLF. The
 * result, of `*len` octets and a NUL, is the caller's to free.
 */
unsigned char *rfc822_binary(void *src, unsigned long srcl, unsigned long *len);

/* Appends a word to `dest`, in quotes as `rfc822_output_cat` has it. There must be room for
 * SENDBUFLEN octets from there on; what would be longer is not written, which is an error in
 * the log.
 */
void rfc822_cat(char *dest, char *src, const char *specials);

/* A copy of a text without its quotes, for the caller to free; NULL for NULL. */
char *rfc822_cpy(char *src);

/* A copy of an address list, for the caller to free, without `error` and `orcpt`. */
ADDRESS *rfc822_cpy_adr(ADDRESS *adr);

/* The subtype of a body that names none; not the caller's to free. */
char *rfc822_default_subtype(unsigned short type);

/* Encodes the contents of a body for a way of seven bits, and gives multipart bodies a
 * boundary. Texts are replaced, the old ones freed.
 */
void rfc822_encode_body_7bit(ENVELOPE *env, BODY *body);

/* As `rfc822_encode_body_7bit`, for a way of eight bits. */
void rfc822_encode_body_8bit(ENVELOPE *env, BODY *body);

/* Writes a message's header to `header`. There must be room for SENDBUFLEN octets from there
 * on; what would be longer is not written, which is an error in the log.
 */
void rfc822_header(char *header, ENVELOPE *env, BODY *body);

/* Appends a header line to `*header` and moves it to the end. There must be room for
 * SENDBUFLEN octets from there on; what would be longer is not written, which is an error in
 * the log.
 */
void rfc822_header_line(char **header, char *type, ENVELOPE *env, char *text);

/* As `rfc822_output_full`, with a buffer of `SENDBUFLEN` octets. */
long rfc822_output(char *t, ENVELOPE *env, BODY *body, soutr_t f, void *s, long ok8bit);

/* Writes mailbox and host of an address; nothing if it has no host. */
long rfc822_output_address(RFC822BUFFER *buf, ADDRESS *adr);

/* Writes a header line of addresses; nothing if there are none. `specials` is not looked at. */
long rfc822_output_address_line(RFC822BUFFER *buf, char *type, long resent, ADDRESS *adr,
    const char *specials);

/* Writes an address list. `pretty`, if not 0, is the column it begins at: then lines are
 * continued, and members of groups left out. `specials` is not looked at.
 */
long rfc822_output_address_list(RFC822BUFFER *buf, ADDRESS *adr, long pretty, const char
    *specials);

/* Writes the contents of a body. */
long rfc822_output_body(BODY *body, soutr_t f, void *s);

/* Writes the `Content-` lines of a body. */
long rfc822_output_body_header(RFC822BUFFER *buf, BODY *body);

/* Writes a word, in quotes if one of the `specials` is in it, or if it is empty; with NULL,
 * if it is no dot-atom.
 */
long rfc822_output_cat(RFC822BUFFER *buf, char *src, const char *specials);

/* Hands what the buffer holds, NUL-ended, to its function. Returns that function's answer. */
long rfc822_output_flush(RFC822BUFFER *buf);

/* Writes a message, for sending: no bcc. With `ok8` 0 eight-bit and binary contents are
 * encoded in the body first, else binary ones. `SET_RFC822OUTPUTFULL` and `SET_RFC822OUTPUT`
 * replace it. NIL when the buffer's function fails.
 */
long rfc822_output_full(RFC822BUFFER *buf, ENVELOPE *env, BODY *body, long ok8);

/* Writes the header of a message and its empty line; bcc if `flags` is not 0. `specials` is
 * not looked at.
 */
long rfc822_output_header(RFC822BUFFER *buf, ENVELOPE *env, BODY *body, const char *specials,
    long flags);

/* Writes one line of a header, with `ReSent-` before it if `resent` is not 0; nothing if
 * there is no text.
 */
long rfc822_output_header_line(RFC822BUFFER *buf, char *type, long resent, char *text);

/* Writes parameters, each with `; ` before it. */
long rfc822_output_parameter(RFC822BUFFER *buf, PARAMETER *param);

/* Writes the texts of a list, with commas between. */
long rfc822_output_stringlist(RFC822BUFFER *buf, STRINGLIST *stl);

/* Writes the contents of a body, parts with their headers and boundaries. */
long rfc822_output_text(RFC822BUFFER *buf, BODY *body);

/* Reads one address, or a group with its members, at `*string` and appends it behind `last`,
 * the end of `*lst`, with which it is freed. Returns the new end, or NULL if there is no
 * address. `*string` goes behind it, and becomes NULL at the end of the text or where
 * nothing more can be read.
 */
ADDRESS *rfc822_parse_address(ADDRESS **lst, ADDRESS *last, char **string, char *defaulthost,
    unsigned long depth);

/* Reads `mailbox@host (name)`. The address is the caller's to free. `*ret` as in
 * `rfc822_parse_routeaddr`.
 */
ADDRESS *rfc822_parse_addrspec(char *string, char **ret, char *defaulthost);

/* Reads an address list and appends it to `*lst`. Addresses without a host get `host`. Where
 * the text makes no sense, an address of the host `.SYNTAX-ERROR.` stands and a PARSE line
 * in the log says why. The list is the caller's to free (mail_free_address).
 */
void rfc822_parse_adrlist(ADDRESS **lst, char *string, char *host);

/* Completes a body, of which the header was read, by what is left in `bs`; the arguments are
 * those of `rfc822_parse_msg_full`.
 */
void rfc822_parse_content(BODY *body, STRING *bs, char *h, unsigned long depth, unsigned long
    flags);

/* Takes a header line into a body. `name` is in upper case and lacks the `Content-`; a space
 * in it becomes its end. What is wrong with the line stands in PARSE lines in the log.
 */
void rfc822_parse_content_header(BODY *body, char *name, char *s);

/* Reads a host name or domain literal; the caller frees it. `*end` gets the place behind it.
 * NULL if there is none; then `*end` stays, or says where a domain literal went wrong, NULL
 * if it is empty.
 */
char *rfc822_parse_domain(char *string, char **end);

/* As `rfc822_parse_address`, of a group only. */
ADDRESS *rfc822_parse_group(ADDRESS **lst, ADDRESS *last, char **string, char *defaulthost,
    unsigned long depth);

/* Reads one mailbox at `*string`. The address is the caller's to free; one that marks an
 * error may follow it. NULL if there is none. `*string` as in `rfc822_parse_address`.
 */
ADDRESS *rfc822_parse_mailbox(char **string, char *defaulthost);

/* Reads a message: the header of `i` octets at `s`, and the body that is left in `bs`. `*en`
 * gets the envelope, `*bdy` the body, both the caller's to free; without `bdy` no body is
 * read. `host` is that of addresses without one, `depth` counts the messages around this
 * one, `flags` says `DR_CRLF` if lines end with CR LF. What is wrong with the message stands
 * in PARSE lines in the log.
 */
void rfc822_parse_msg_full(ENVELOPE **en, BODY **bdy, char *s, unsigned long i, STRING *bs,
    char *host, unsigned long depth, unsigned long flags);

/* Reads `; name=value; …` and appends it to `*par`. What is wrong with it stands in PARSE
 * lines in the log.
 */
void rfc822_parse_parameter(PARAMETER **par, char *text);

/* The end of the phrase that begins at `string` or behind the white space there; NULL if
 * there is none.
 */
char *rfc822_parse_phrase(char *string);

/* Reads an address in angle brackets. The address is the caller's to free; one that marks an
 * error may follow it. `*ret` gets the place behind it, NULL at the end of the text. NULL if
 * there is none; then `*ret` stays.
 */
ADDRESS *rfc822_parse_routeaddr(char *string, char **ret, char *defaulthost);

/* The end of the word that begins at `string` or behind the white space there; NULL if there
 * is none. It ends at one of the `delimiters`; NULL stands for those of a phrase.
 */
char *rfc822_parse_word(char *string, const char *delimiters);

/* T if nothing but spaces stands between the end of a phrase and a comma, a semicolon or the
 * end of the text.
 */
long rfc822_phraseonly(char *end);

/* Decodes the quoted-printable text of `srcl` octets at `src`. The result, of `*len` octets
 * and a NUL, is the caller's to free. What is no quoted-printable stays as it is, with a
 * PARSE line in the log for the first.
 */
unsigned char *rfc822_qprint(unsigned char *src, unsigned long srcl, unsigned long *len);

/* Takes the quotes off a text in its place; returns `src`. */
char *rfc822_quote(char *src);

/* Moves `*s`, which is at a parenthesis, behind the comment and returns its text from the
 * first octet that is not a space; with `trim` it ends with a NUL behind its last one. NULL
 * if the comment does not end: then it is cut off, with a PARSE line in the log.
 */
char *rfc822_skip_comment(char **s, long trim);

/* Moves `*s` behind white space and comments. An open comment is cut off, with a PARSE line
 * in the log.
 */
void rfc822_skipws(char **s);

/* Appends an address list to `dest` and returns the end. `base`, unless NULL, is where the
 * header line begins: then the list is continued on new lines. There must be room for
 * SENDBUFLEN octets from there on; what would be longer is not written, which is an error in
 * the log.
 */
char *rfc822_write_address_full(char *dest, ADDRESS *adr, char *base);

/* Appends the `Content-` lines of a body to `*header` and moves it to the end. There must be
 * room for SENDBUFLEN octets from there on; what would be longer is not written, which is an
 * error in the log.
 */
void rfc822_write_body_header(char **header, BODY *body);

#ifdef __cplusplus
}
#endif

#endif
