/* Byte streams: the net_ and tcp_ functions, against an IMAP and a POP3 server.
 * server:
 */
#include "../common.h"

UNDECLARED void *tcp_open(char *host, char *service, unsigned long port);
UNDECLARED char *tcp_canonical(char *name);
UNDECLARED char *tcp_clienthost(void);
UNDECLARED long tcp_isclienthost(char *host);

static NETMBX parsed(const char *variable, const char *service, const char *flags)
{
    NETMBX mb;
    char name[256];
    snprintf(name, sizeof name, "{%s:%s/%s%s}", setting("T_HOST"), setting(variable), service, flags);
    if (!mail_valid_net_parse(name, &mb)) show("no name\n");
    return mb;
}

static NETSTREAM *opened(const char *variable, const char *service)
{
    NETMBX mb = parsed(variable, service, "/novalidate-cert");
    NETSTREAM *stream = net_open(&mb, NIL, 143, NIL, NIL, 993);
    show("open %d\n", stream != NIL);
    return stream;
}

static void show_line(char *line)
{
    if (!line) {
        show("end\n");
        return;
    }
    /* The server's process ids and times are not to be compared. */
    show_bytes("line", line, strlen(line) > 9 ? 9 : strlen(line));
    fs_give((void **) &line);
}

static void lines(void)
{
    NETSTREAM *stream = opened("T_POP3", "pop3");
    show_string("host", net_host(stream));
    show_string("remote", net_remotehost(stream));
    show_string("local", net_localhost(stream));
    show("port %d\n", net_port(stream) == (unsigned long) atol(setting("T_POP3")));
    show_line(net_getline(stream));
    show("soutr %ld\n", net_soutr(stream, "CAPA\r\n"));
    show_line(net_getline(stream));
    show_line(net_getline(stream));
    show("sout %ld\n", net_sout(stream, "QUIT\r\nmore", 6));
    for (int i = 0; i < 12; i++) show_line(net_getline(stream));
    net_close(stream);
}

static void octets(void)
{
    NETSTREAM *stream = opened("T_POP3", "pop3");
    char buffer[64];
    reseed(3);
    net_soutr(stream, "CAPA\r\nCAPA\r\nNOOP\r\n");
    for (int i = 0; i < 30; i++) {
        unsigned long size = draw(5);
        memset(buffer, 'x', sizeof buffer);
        show("getbuffer %ld\n", net_getbuffer(stream, size, buffer));
        show_bytes("octets", buffer, size + 1);
        if (draw(4) == 0) show_line(net_getline(stream));
    }
    net_close(stream);
}

static void refusals(void)
{
    NETMBX mb = parsed("T_REFUSED", "imap", "");
    NETSTREAM *stream = net_open(&mb, NIL, 143, NIL, NIL, 993);
    show("open %d\n", stream != NIL);
    strcpy(mb.host, "[127.0.0.x]");
    show("open %d\n", net_open(&mb, NIL, 143, NIL, NIL, 993) != NIL);
    show_string("canonical", tcp_canonical("[127.0.0.1]"));
    show_string("canonical", tcp_canonical("localhost"));
    show_string("client", tcp_clienthost());
}

static void work(void)
{
    NETMBX mb = parsed("T_POP3", "pop3", "/ssl");
    NETSTREAM *stream = net_open(&mb, NIL, 110, NIL, NIL, 995);
    show("without a TLS driver %d, ssl %d\n", stream != NIL, mb.sslflag);
    if (stream) {
        NETDRIVER *tcp = stream->dtb;
        show_line((*tcp->getline)(stream->stream));
        net_close(stream);
        stream = net_open_work(tcp, setting("T_HOST") ? "127.0.0.1" : "", NIL, atol(setting("T_POP3")), 0, 0);
        show("open_work %d\n", stream != NIL);
        if (stream) {
            show_line(net_getline(stream));
            net_close(stream);
        }
        stream = net_open_work(tcp, "127.0.0.1", "*pop3", 1, atol(setting("T_POP3")), NET_SILENT);
        show("override %d\n", stream != NIL);
        if (stream) {
            show_line(net_getline(stream));
            net_close(stream);
        }
        show("silent %d\n", net_open_work(tcp, "127.0.0.1", NIL, 1, 0, NET_SILENT) != NIL);
    }
}

static char given[1000];
static unsigned long position;

static void *own_open(char *host, char *service, unsigned long port)
{
    show("open %s %s %lx\n", host, service ? service : "NIL", port);
    position = 0;
    return given;
}
static char *own_getline(void *stream) { return position++ < 3 ? cpystr("a line") : NIL; }
static long own_getbuffer(void *stream, unsigned long size, char *buffer) { memset(buffer, 'b', size); buffer[size] = 0; return T; }
static long own_soutr(void *stream, char *string) { show("soutr %s\n", string); return T; }
static long own_sout(void *stream, char *string, unsigned long size) { show_bytes("sout", string, size); return NIL; }
static void own_close(void *stream) { show("close %d\n", stream == given); }
static char *own_host(void *stream) { return "host"; }
static char *own_remote(void *stream) { return "remote"; }
static unsigned long own_port(void *stream) { return 77; }
static char *own_local(void *stream) { return "local"; }
static NETDRIVER own = {own_open, NIL, own_getline, own_getbuffer, own_soutr, own_sout, own_close, own_host, own_remote,
                        own_port, own_local};

static void own_driver(void)
{
    NETMBX mb = parsed("T_POP3", "pop3", "/novalidate-cert");
    NETSTREAM *stream;
    char buffer[9];
    mb.port = 0;
    stream = net_open(&mb, &own, 110, NIL, "*pop3s", 995);
    show_line(net_getline(stream));
    show("%ld %s\n", net_getbuffer(stream, 3, buffer), buffer);
    show("%ld %ld\n", net_soutr(stream, "x"), net_sout(stream, "yz", 2));
    show("%s %s %lu %s\n", net_host(stream), net_remotehost(stream), net_port(stream), net_localhost(stream));
    net_close(stream);
    mb.sslflag = T;
    stream = net_open(&mb, NIL, 110, &own, "*pop3s", 995);
    net_close(stream);
    mb.sslflag = NIL;
    mb.trysslflag = T;
    mb.port = 7;
    stream = net_open(&mb, NIL, 110, &own, "*pop3s", 995);
    show("stream %d ssl %d\n", stream != NIL, mb.sslflag);
    if (stream) net_close(stream);
}

const struct test_case cases[] = {
    {"lines", lines}, {"octets", octets}, {"refusals", refusals}, {"work", work}, {"own_driver", own_driver}, {NULL, NULL},
};
