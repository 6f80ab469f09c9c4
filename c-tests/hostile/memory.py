"""What hostile answers cost in memory: a small multiple of the octets sent, whatever their form.

Each form is sent to a fresh program, whose greatest size before and after is asked of the system.
"""

import concurrent.futures

from program import Died, Program
from server import Behaviour, Server

MEGABYTE = 1 << 20
# Besides the multiple: lists of bounded length, buffers, one response as it is read.
ALLOWANCE = 48 * MEGABYTE
MULTIPLE = 3
# What one short line can take: limits::MESSAGES times the size of one.
LARGEST_MAILBOX = 256 * MEGABYTE
TIMEOUT = 10
AT_A_TIME = 3


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


def measure(place, name, debug):
    """One form: (what to call it, what is wrong with it or None)."""
    octets = FORMS[name]().encode("latin-1")
    hangs = name == "an announcement"
    shown = f"memory: {name}{' with telemetry' if debug else ''}"

    def answer(talk, tag, text):
        talk.link.send(octets if hangs else octets + f"{tag} OK done\r\n".encode())
        if hangs:
            talk.link.stall()
    server = Server(place[2])
    server.prepare(Behaviour("notls", NOOP=answer))
    program = Program(*place, 1 if hangs else TIMEOUT)
    try:
        program("open", f"{{localhost:{server.port}/imap/notls/user=u1}}INBOX", debug)
        before = program.usage()[2]
        ping = program("ping")
        taken = program.usage()[2] - before
        program("close")
        if len(octets) > MEGABYTE:
            shown += f" ({taken / len(octets):.1f} times)"
        allowance = LARGEST_MAILBOX if name == "the largest mailbox" else ALLOWANCE
        if taken > MULTIPLE * len(octets) + allowance:
            return shown, f"{taken} octets of memory for {len(octets)}"
        if hangs and ping.result or not ping.result and not ping.errors():
            return shown, ping.text()
        return shown, None
    except Died as died:
        return shown, str(died)
    finally:
        program.end()
        server.stop()


def run(binary, library, certificates, report):
    """All forms, few at a time: they need the memory. Floods with telemetry, too."""
    wanted = [(name, debug) for debug in (0, 1) for name in FORMS if not debug or name.startswith("flood")]
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        for shown, problem in pool.map(lambda form: measure((binary, library, certificates), *form), wanted):
            if problem:
                report.failed(shown, problem)
            else:
                report.passed(shown)
