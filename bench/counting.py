"""A proxy that counts what passes, and can be as far away as wanted.

A flight is data of the client's after data of the server's, answered, on one connection: a round trip that was waited
for. What the server says while the client idles (RFC 2177) is not waited for. With `watch`, nor is anything else that
comes while the client does not wait: answers stay in the proxy until the process is blocked, and do not count when it
is blocked in something other than the network. So the count depends on no clock and on no luck.

With a distance, everything arrives that much later, and a connection takes two more such ways to come about.
The proxy acknowledges by itself, so what a long way does to TCP's windows is not seen.
"""

import collections
import math
import re
import select
import socket
import threading
import time

CHUNK = 262144
IDLE = re.compile(rb"(?:^|\r\n)[^\s\"{}()]+ IDLE\r\n$", re.IGNORECASE)
GO_AHEAD = re.compile(rb"^\+[^\r\n]*\r\n", re.MULTILINE)


class Counting:
    """Passes connections on to a port of 127.0.0.1; `port` is its own. `distance`: seconds, one way. With `keep`,
    `log` gets (seconds, connection, from the client, ends a flight, data) of everything in the client's order."""

    def __init__(self, target, distance=0.0, keep=False):
        self.target = target
        self.distance = distance
        self.watch = None  # the client's process
        self.log = [] if keep else None
        self.opened = {}  # when each connection was begun
        self.flights = self.sent = self.received = self.connections = 0
        self.last = time.monotonic()  # when something passed
        self._lock = threading.Lock()
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(600)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def counts(self):
        """What has passed so far."""
        with self._lock:
            return {"flights": self.flights, "sent": self.sent, "received": self.received,
                    "connections": self.connections}

    def close(self):
        """No new connections."""
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                number = self.connections
                self.last = self.opened[number] = time.monotonic()
            threading.Thread(target=self._pass, args=(client, number), daemon=True).start()

    def count(self, number, from_client, data, flight=False):
        """Data of a connection, as it leaves the client or reaches it."""
        with self._lock:
            self.last = time.monotonic()
            self.flights += flight
            if from_client:
                self.sent += len(data)
            else:
                self.received += len(data)
            if self.log is not None:
                self.log.append((self.last, number, from_client, flight, data))

    def _pass(self, client, number):
        try:
            # The handshake there and back, and the server's greeting on its way, less what that waits below.
            time.sleep(3 * self.distance)
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            _Connection(self, number, client, server).run()
        except OSError:
            pass
        finally:
            client.close()
            server.close()


class _Connection:
    """One connection that is passed on."""

    def __init__(self, proxy, number, client, server):
        self.proxy, self.number = proxy, number
        self.client, self.server = client, server
        self.to_server, self.to_client = collections.deque(), collections.deque()  # of (when, data)
        self.heard = False  # something that was waited for, since the client's last data
        self.asked = False  # the client has sent something after that, and has heard nothing since
        self.idling = False  # the client has asked for it: False, "asked", or True
        self.tail = b""
        self.poll = select.poll()
        for end in (client, server):
            self.poll.register(end.fileno(), select.POLLIN)

    def run(self):
        """Until one side closes."""
        while True:
            for number, _ in self.poll.poll(self._patience()):
                self._take(self.client if number == self.client.fileno() else self.server)
            now = time.monotonic()
            while self.to_server and self.to_server[0][0] <= now:
                data = self.to_server.popleft()[1]
                if not data:
                    return
                self.server.sendall(data)
            while self.to_client and self.to_client[0][0] <= now:
                waits = self._waits() if self.to_client[0][1] else False
                if waits is None:
                    break
                data = self.to_client.popleft()[1]
                if not data:
                    return
                self._hear(data, waits)
                self.client.sendall(data)

    def _patience(self):
        """Milliseconds until the next thing is due."""
        now, due = time.monotonic(), [queue[0][0] for queue in (self.to_server, self.to_client) if queue]
        if not due:
            return 30000
        # What is due and still here is held back, until the client blocks.
        return max(1, math.ceil((min(due) - now) * 1000))

    def _take(self, end):
        data = end.recv(CHUNK)
        if not data:
            self.poll.unregister(end.fileno())
        when = time.monotonic() + self.proxy.distance
        if end is self.server:
            self.to_client.append((when, data))
            return
        self.to_server.append((when, data))
        if data:
            self.proxy.count(self.number, True, data)
            self.asked |= self.heard
            self.heard = False
            self.tail = (self.tail + data)[-128:]
            self.idling = "asked" if IDLE.search(self.tail) else False

    def _waits(self):
        """Whether the client waits for the network; None: it works, and may yet send something."""
        if self.proxy.watch is None:
            return True
        call = _blocked_in(self.proxy.watch)
        if call == ["running"] or any(number == self.client.fileno() for number, _ in self.poll.poll(0)):
            return None
        # A sleep and a read of standard input have 0 as the first argument, nothing that waits for a socket has.
        return len(call) < 2 or int(call[1], 16) != 0

    def _hear(self, data, waits):
        news = data
        if self.idling == "asked":
            ahead = GO_AHEAD.search(data)
            if ahead:
                self.idling = True
                news = data[:ahead.start()]
        elif self.idling:
            news = b""
        flight = bool(news and waits and self.asked)
        if news and waits:
            self.heard, self.asked = True, False
        self.proxy.count(self.number, False, data, flight)


def _blocked_in(process):
    """The system call that a process waits in and its arguments, as far as they can be known, or ["running"]."""
    try:
        with open(f"/proc/{process}/syscall", encoding="ascii") as file:
            return file.read().split()
    except OSError:
        pass  # not every system has it, and not everybody may read it
    try:
        with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as file:
            return [] if file.read().rpartition(")")[2].split()[0] in "SZX" else ["running"]
    except OSError:
        return []  # it has ended
