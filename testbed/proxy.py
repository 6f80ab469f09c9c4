"""A TCP proxy in front of a server, that logs what passes and makes trouble on demand.

    with Proxy(target_port) as proxy:
        proxy.port                        # give this to the client
        proxy.trouble("cut", rb" SEARCH ")    # the next command that matches cuts its connection
        proxy.refuse(); proxy.accept()        # nobody listens; somebody does again

Trouble strikes before the matching bytes reach the server. Kinds:

    cut     both sides are closed
    stall   the connection stays open and silent, in both directions
    answer  the matching bytes are passed on, the answer is not: the connection stays open and silent
    late    the matching bytes (or the greeting) are passed on after `seconds`

`trouble` with pattern None strikes at the connection's start, before the server's greeting passes.
"""

import re
import select
import socket
import threading
import time


class Proxy:
    """Listens on a loopback port and passes connections on to another one."""

    def __init__(self, target_port, target_host="127.0.0.1", keep_log=True):
        self.target = (target_host, target_port)
        self.port = 0
        self.connections = 0  # accepted so far
        self.struck = 0  # how often trouble struck
        self.log = []  # (seconds, connection number, "C" or "S", bytes)
        self._lock = threading.Lock()
        self._keep_log = keep_log  # a run of many minutes should not
        self._trouble = None
        self._seconds = 1.0  # how late `late` is
        self._pairs = {}  # connection number -> (client socket, server socket)
        self._listener = None
        self._stop = False
        self._flow = threading.Event()
        self._flow.set()

    def __enter__(self):
        self.accept()
        return self

    def __exit__(self, *_):
        self.close()

    # -- control -----------------------------------------------------------------------------

    def accept(self):
        """Listen (again), always on the same port."""
        if self._listener is not None:
            return
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(50)
        listener.settimeout(0.2)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def refuse(self):
        """Stop listening and drop every connection: the server is down."""
        listener, self._listener = self._listener, None
        if listener is not None:
            _close(listener)  # accept() in the other thread would keep the port for a moment
        self.cut_all()

    def cut_all(self):
        """Drop every connection; new ones are welcome."""
        with self._lock:
            pairs, self._pairs = self._pairs, {}
        for pair in pairs.values():
            _close(*pair)

    def trouble(self, kind, pattern=None, times=1, seconds=1.0):
        """Arm trouble for the next `times` matches of the regular expression `pattern` in what a client says."""
        if kind not in ("cut", "stall", "answer", "late"):
            raise ValueError(kind)
        self._seconds = seconds
        with self._lock:
            self.struck = 0
            self._trouble = [kind, None if pattern is None else re.compile(pattern, re.IGNORECASE), times]

    def hold(self):
        """Pass nothing on, in either direction, until `let_go`: a server that is slow."""
        self._flow.clear()

    def let_go(self):
        """Pass on what was held, and what comes."""
        self._flow.set()

    def makes_trouble(self):
        """Whether it refuses, or trouble is armed or has struck."""
        return self._listener is None or self._trouble is not None

    def calm(self):
        """Disarm, and drop the connections that are stalled (with all others)."""
        with self._lock:
            self._trouble = None
        self.cut_all()

    def said(self, pattern, since=0):
        """How many chunks a client said match, from log index `since` on."""
        shape = re.compile(pattern, re.IGNORECASE)
        with self._lock:
            return sum(1 for entry in self.log[since:] if entry[2] == "C" and shape.search(entry[3]))

    def open(self):
        """How many connections are open now."""
        with self._lock:
            return len(self._pairs)

    def close(self):
        """End everything."""
        self._stop = True
        self.let_go()
        self.refuse()

    # -- work --------------------------------------------------------------------------------

    def _serve(self, listener):
        while not self._stop and self._listener is listener:
            try:
                client, _ = listener.accept()
            except socket.timeout:
                continue
            except OSError:
                return
            client.settimeout(None)
            threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _strikes(self, data, before=b""):
        """The kind of trouble for these bytes (None: at the connection's start), or None for none.

        What the pattern matches may begin in the bytes `before` them.
        """
        with self._lock:
            if self._trouble is None or self._trouble[2] <= 0:
                return None
            kind, pattern, _ = self._trouble
            if (pattern is None) != (data is None):
                return None
            if pattern is not None and not any(found.end() > len(before) for found in pattern.finditer(before + data)):
                return None
            self._trouble[2] -= 1
            self.struck += 1
            return kind

    def _pass(self, client):
        with self._lock:
            self.connections += 1
            number = self.connections
        try:
            server = socket.create_connection(self.target, timeout=10)
            server.settimeout(None)
        except OSError:
            client.close()
            return
        with self._lock:
            self._pairs[number] = (client, server)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        kind = self._strikes(None)
        mute = kind in ("stall", "answer")
        if kind == "cut":
            self._drop(number)
            return
        if kind == "late":
            time.sleep(self._seconds)
        before = b""  # the end of what the client has said so far
        try:
            while not self._stop:
                ready, _, _ = select.select([client, server], [], [], 1.0)
                self._flow.wait()
                for end in ready:
                    data = end.recv(65536)
                    if not data:
                        return
                    if mute:
                        continue
                    side = "C" if end is client else "S"
                    if self._keep_log:
                        with self._lock:
                            self.log.append((time.monotonic(), number, side, data))
                    if side == "C":
                        kind = self._strikes(data, before)
                        before = (before + data)[-100:]
                        if kind == "cut":
                            return
                        mute = kind in ("stall", "answer")
                        if kind == "stall":
                            continue
                        if kind == "late":
                            time.sleep(self._seconds)
                    (server if end is client else client).sendall(data)
        except (OSError, ValueError):
            return
        finally:
            self._drop(number)

    def _drop(self, number):
        with self._lock:
            pair = self._pairs.pop(number, None)
        if pair is not None:
            _close(*pair)


def _close(*sockets):
    for end in sockets:
        # shutdown wakes a thread that waits in select or recv; close alone would not.
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()
