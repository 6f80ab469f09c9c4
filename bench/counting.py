"""A proxy that counts what passes, and can be as far away as wanted.

A flight is data of the client's after data of the server's, on one connection: a round trip that was waited for.
With a distance, everything arrives that much later, and a connection takes two more such ways to come about.
The proxy acknowledges by itself, so what a long way does to TCP's windows is not seen.
"""

import collections
import math
import select
import socket
import threading
import time

CHUNK = 262144


class Counting:
    """Passes connections on to a port of 127.0.0.1; `port` is its own. `distance`: seconds, one way."""

    def __init__(self, target, distance=0.0):
        self.target = target
        self.distance = distance
        self.flights = self.sent = self.received = self.connections = 0
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
            threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _count(self, from_client, size, heard):
        with self._lock:
            if from_client:
                self.sent += size
                self.flights += heard
            else:
                self.received += size

    def _pass(self, client):
        try:
            # The handshake there and back, and the server's greeting on its way, less what that waits below.
            time.sleep(3 * self.distance)
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting = collections.deque()  # (when, where to, data)
        heard = False
        poll = select.poll()
        ends = {end.fileno(): end for end in (client, server)}
        for number in ends:
            poll.register(number, select.POLLIN)
        try:
            while True:
                patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else 30.0
                for number, _ in poll.poll(math.ceil(patience * 1000)):
                    end = ends[number]
                    data = end.recv(CHUNK)
                    from_client = end is client
                    if data:
                        self._count(from_client, len(data), from_client and heard)
                        heard = not from_client
                    else:
                        poll.unregister(number)
                    waiting.append((time.monotonic() + self.distance, server if from_client else client, data))
                while waiting and waiting[0][0] <= time.monotonic():
                    _, end, data = waiting.popleft()
                    if not data:
                        return
                    end.sendall(data)
        except OSError:
            pass
        finally:
            client.close()
            server.close()
