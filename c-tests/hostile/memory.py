"""What hostile answers cost in memory: a small multiple of the octets sent, whatever their form.

Each form is sent to a fresh program, whose greatest size before and after is asked of the system.
"""

from program import Died, Program
from server import Behaviour, Server

MEGABYTE = 1 << 20
# Besides the multiple: lists of bounded length, buffers, one response as it is read.
ALLOWANCE = 48 * MEGABYTE
MULTIPLE = 3
# What one short line can take: limits::MESSAGES times the size of one.
LARGEST_MAILBOX = 256 * MEGABYTE
TIMEOUT = 10


def repeated(text, size):
    """As often as it fits."""
    return text * (size // len(text))


FORMS = {
    "flood of EXISTS": lambda: repeated("* 3 EXISTS\r\n", 24 * MEGABYTE),
    "flood of flags": lambda: repeated("* 1 FETCH (FLAGS (\\Seen))\r\n", 24 * MEGABYTE),
    "flood of keywords": lambda: repeated("* 1 FETCH (FLAGS (a b c d e f g h i j k l m n o p q r s t))\r\n", 24 * MEGABYTE),
    "flood of names": lambda: repeated('* LIST () "/" x\r\n', 24 * MEGABYTE),
    "flood of texts": lambda: repeated("* OK x\r\n", 24 * MEGABYTE),
    "flood of blank lines": lambda: repeated("\r\n", 8 * MEGABYTE),
    "flood of hits": lambda: repeated("* SEARCH 1 2 3\r\n", 24 * MEGABYTE),
    "flood of envelopes": lambda: repeated("* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))\r\n", 24 * MEGABYTE),
    "flood of structures": lambda: repeated('* 1 FETCH (BODYSTRUCTURE ((()()()()()()()()) "x"))\r\n', 24 * MEGABYTE),
    "one line of hits": lambda: "* SEARCH" + repeated(" 1", 24 * MEGABYTE) + "\r\n",
    "one line of flags": lambda: "* FLAGS (" + repeated("a ", 24 * MEGABYTE) + ")\r\n",
    "one line of parts": lambda: "* 1 FETCH (BODYSTRUCTURE (" + repeated("()", 24 * MEGABYTE) + "))\r\n",
    "one line of addresses": lambda: "* 1 FETCH (ENVELOPE (NIL NIL (" + repeated("(NIL NIL NIL NIL)", 24 * MEGABYTE)
                                     + ") NIL NIL NIL NIL NIL NIL NIL))\r\n",
    "one text": lambda: "* 1 FETCH (BODY[1] {%d}\r\n%s)\r\n" % (48 * MEGABYTE, "x" * (48 * MEGABYTE)),
    "literals": lambda: "* 1 FETCH (ENVELOPE (" + repeated("{1}\r\nx ", 8 * MEGABYTE) + "))\r\n",
    "an announcement": lambda: "* 1 FETCH (BODY[] {1073741824}\r\nx",
    "unknown data": lambda: "* X " + repeated("(x ", 24 * MEGABYTE) + "\r\n",
    "the largest mailbox": lambda: "* 4000000 EXISTS\r\n",
}


def run(binary, library, certificates, report):
    """All forms, one after the other: they need the memory."""
    server = Server(certificates)
    for debug in (0, 1):
        for name, make in FORMS.items():
            if debug and not name.startswith("flood"):
                continue
            octets = make().encode("latin-1")
            hangs = name == "an announcement"

            def answer(talk, tag, text, octets=octets, hangs=hangs):
                talk.link.send(octets if hangs else octets + f"{tag} OK done\r\n".encode())
                if hangs:
                    talk.link.stall()
            server.prepare(Behaviour("notls", NOOP=answer))
            program = Program(binary, library, certificates, 1 if hangs else TIMEOUT)
            shown = f"memory: {name}{' with telemetry' if debug else ''}"
            try:
                program("open", f"{{localhost:{server.port}/imap/notls/user=u1}}INBOX", debug)
                before = program.usage()[2]
                ping = program("ping")
                taken = program.usage()[2] - before
                program("close")
                shown += f" ({taken / len(octets):.1f} times)" if len(octets) > MEGABYTE else ""
                allowance = LARGEST_MAILBOX if name == "the largest mailbox" else ALLOWANCE
                if taken > MULTIPLE * len(octets) + allowance:
                    report.failed(shown, f"{taken} octets of memory for {len(octets)}")
                elif hangs and ping.result or not ping.result and not ping.errors():
                    report.failed(shown, ping.text())
                else:
                    report.passed(shown)
            except Died as died:
                report.failed(shown, str(died))
            finally:
                program.end()
    server.stop()
