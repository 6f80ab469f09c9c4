/* Byte streams (net_, tcp_): pointers that are no open stream, and the TLS driver (GET_SSLDRIVER, GET_SSLSTART).
 * fake: tls
 */
#include "common.h"

extern void *tcp_open(char *host, char *service, unsigned long port);
extern char *tcp_getline(void *stream);
extern long tcp_getbuffer(void *stream, unsigned long size, char *buffer);
extern long tcp_getdata(void *stream);
extern long tcp_soutr(void *stream, char *string);
extern long tcp_sout(void *stream, char *string, unsigned long size);
extern void tcp_close(void *stream);
extern char *tcp_host(void *stream);
extern char *tcp_remotehost(void *stream);
extern char *tcp_localhost(void *stream);
extern unsigned long tcp_port(void *stream);

static unsigned long port_of(const char *section)
{
    char variable[64];
    snprintf(variable, sizeof variable, "T_FAKE_TLS_%s", section);
    return strtoul(setting(variable), NULL, 10);
}

static NETSTREAM *opened(const char *section, const char *flags)
{
    NETMBX mb;
    char name[256];
    snprintf(name, sizeof name, "{127.0.0.1:%lu/imap%s}", port_of(section), flags);
    check(mail_valid_net_parse(name, &mb), "no name: %s", name);
    return net_open(&mb, NIL, 143, (NETDRIVER *)mail_parameters(NIL, GET_SSLDRIVER, NIL), "*imaps", 993);
}

static void trust(void) { setenv("SSL_CERT_FILE", setting("T_CA"), 1); }

static void expect(NETSTREAM *stream, const char *start)
{
    char *line = net_getline(stream);
    check(line && !strncmp(line, start, strlen(start)), "not %s: %s", start, line ? line : "nothing");
    if (line) fs_give((void **)&line);
}

static void nothing_of(NETSTREAM *stream, const char *which)
{
    char octets[4] = "xx";
    check(!net_getline(stream), "a line of %s stream", which);
    check(!net_getbuffer(stream, 2, octets), "octets of %s stream", which);
    check(!strcmp(octets, "xx"), "the buffer was written for %s stream", which);
    check(!net_soutr(stream, "x"), "sent to %s stream", which);
    check(!net_sout(stream, "x", 1), "sent to %s stream", which);
    check(!net_host(stream) && !net_remotehost(stream) && !net_localhost(stream), "a name of %s stream", which);
    check(!net_port(stream), "a port of %s stream", which);
    net_close(stream);
}

static void nothing_of_tcp(void *stream, const char *which)
{
    char octets[4] = "xx";
    check(!tcp_getline(stream), "a line of %s connection", which);
    check(!tcp_getbuffer(stream, 2, octets), "octets of %s connection", which);
    check(!tcp_getdata(stream), "data of %s connection", which);
    check(!tcp_soutr(stream, "x") && !tcp_sout(stream, "x", 1), "sent to %s connection", which);
    check(!tcp_host(stream) && !tcp_remotehost(stream) && !tcp_localhost(stream), "a name of %s connection", which);
    check(!tcp_port(stream), "a port of %s connection", which);
    tcp_close(stream);
}

static void closed_and_unknown(void)
{
    static NETSTREAM unknown, made_up;
    static char text[64];
    NETSTREAM *stream = opened("NOTTLS", "/notls"), *second;
    check(!!stream, "not connected: %s", last_error);
    unknown.stream = text;
    unknown.dtb = stream->dtb;
    memset(&made_up, 0x5a, sizeof made_up);
    void *inner = stream->stream;
    net_close(stream);
    nothing_of(stream, "a closed");
    nothing_of(NIL, "no");
    nothing_of(&unknown, "an unknown");
    nothing_of(&made_up, "a made up");
    nothing_of_tcp(inner, "a closed");
    nothing_of_tcp(NIL, "no");
    nothing_of_tcp(text, "an unknown");
    nothing_of_tcp((void *)~0UL, "a made up");
    /* What is open does not suffer. */
    second = opened("NOTTLS", "/notls");
    check(!!second, "not connected: %s", last_error);
    nothing_of(&unknown, "an unknown");
    nothing_of_tcp(inner, "a closed");
    check(net_port(second) == port_of("NOTTLS"), "the port is %lu", net_port(second));
    check(net_soutr(second, "1 CAPABILITY\r\n"), "nothing could be sent");
    net_close(second);
    nothing_of(second, "a closed");
}

static void tls_driver(void)
{
    trust();
    check(!!mail_parameters(NIL, GET_SSLDRIVER, NIL), "no TLS driver");
    NETSTREAM *stream = opened("IMPLICIT", "/ssl");
    check(!!stream, "not connected: %s", last_error);
    if (!stream) return;
    check(stream->dtb == (NETDRIVER *)mail_parameters(NIL, GET_SSLDRIVER, NIL), "another driver");
    expect(stream, "* OK");
    check(net_soutr(stream, "1 CAPABILITY\r\n"), "nothing could be sent");
    expect(stream, "* CAPABILITY");
    expect(stream, "1 OK");
    check(net_sout(stream, "2 LOGOUT\r\n", 10), "nothing could be sent");
    expect(stream, "* BYE");
    net_close(stream);
    nothing_of(stream, "a closed");
}

static void refused(const char *section, const char *flags)
{
    int before = errors_logged;
    NETSTREAM *stream = opened(section, flags);
    check(!stream, "%s%s was accepted", section, flags);
    check(errors_logged == before + 1, "%d errors", errors_logged - before);
    if (stream) net_close(stream);
}

static void tls_checks(void)
{
    trust();
    refused("IMPLICITSELF", "/ssl");
    refused("IMPLICITWRONGHOST", "/ssl");
    refused("IMPLICITEXPIRED", "/ssl");
    refused("NOTTLS", "/ssl");
    NETSTREAM *stream = opened("IMPLICITSELF", "/ssl/novalidate-cert");
    check(!!stream, "not connected: %s", last_error);
    if (stream) {
        expect(stream, "* OK");
        net_close(stream);
    }
}

/* TLS later, as a driver of the program's own would have it. */
static void tls_later(void)
{
    trust();
    sslstart_t start = (sslstart_t)mail_parameters(NIL, GET_SSLSTART, NIL);
    check(!!start, "no function to start TLS");
    NETSTREAM *stream = opened("V13", "/notls");
    check(!!stream, "not connected: %s", last_error);
    if (!stream || !start) return;
    expect(stream, "* OK");
    net_soutr(stream, "1 STARTTLS\r\n");
    expect(stream, "1 OK");
    stream->dtb = (NETDRIVER *)mail_parameters(NIL, GET_SSLDRIVER, NIL);
    stream->stream = (*start)(stream->stream, "localhost", NET_TLSCLIENT);
    check(!!stream->stream, "no TLS: %s", last_error);
    net_soutr(stream, "2 CAPABILITY\r\n");
    expect(stream, "* CAPABILITY IMAP4rev1");
    net_close(stream);
    stream = opened("SELF", "/notls");
    expect(stream, "* OK");
    net_soutr(stream, "1 STARTTLS\r\n");
    expect(stream, "1 OK");
    void *inner = stream->stream;
    check(!(*start)(inner, "localhost", NET_TLSCLIENT), "a wrong certificate was taken");
    nothing_of_tcp(inner, "a refused");
    stream->stream = NIL;
    nothing_of(stream, "a dead");
    check(!(*start)(inner, "localhost", NET_TLSCLIENT), "TLS on a connection that is closed");
}

const struct test_case cases[] = {
    {"closed_and_unknown", closed_and_unknown}, {"tls_driver", tls_driver}, {"tls_checks", tls_checks},
    {"tls_later", tls_later}, {NULL, NULL},
};
