"""A small client of Asterisk's manager interface (AMI)."""

import socket
import threading
import time


class AmiError(RuntimeError):
    """An action that Asterisk refused, or a connection that ended."""


class Ami:
    """One logged-in connection. Events are kept from the start, in order, in `events`."""

    def __init__(self, port, user, secret, seconds=10):
        self.events = []
        self._answers = {}
        self._next = 0
        self._closed = False
        self._change = threading.Condition()
        self._link = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self._link.settimeout(None)
        self._stream = self._link.makefile("rb")
        self._stream.readline()
        self._sending = threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()
        self.action("Login", Username=user, Secret=secret)

    def close(self):
        """Drop the connection."""
        try:
            self._link.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._link.close()

    def _read(self):
        packet = {}
        try:
            for line in self._stream:
                text = line.decode("utf-8", "replace").rstrip("\r\n")
                if text:
                    key, _, value = text.partition(":")
                    packet[key.strip()] = value.strip()
                elif packet:
                    self._take(packet)
                    packet = {}
        except (OSError, ValueError):
            pass
        with self._change:
            self._closed = True
            self._change.notify_all()

    def _take(self, packet):
        with self._change:
            if "Event" in packet:
                self.events.append(packet)
            else:
                self._answers[packet.get("ActionID")] = packet
            self._change.notify_all()

    def action(self, name, seconds=30, **fields):
        """Run an action and return its answer's fields. `Variable` may be a list. Raises AmiError."""
        with self._sending:
            self._next += 1
            number = f"a{self._next}"
            lines = [f"Action: {name}", f"ActionID: {number}"]
            for key, value in fields.items():
                for item in value if isinstance(value, list) else [value]:
                    lines.append(f"{key}: {item}")
            self._link.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        deadline = time.monotonic() + seconds
        with self._change:
            while number not in self._answers:
                if self._closed:
                    raise AmiError(f"{name}: the connection to Asterisk ended")
                if not self._change.wait(max(0.0, deadline - time.monotonic())):
                    raise AmiError(f"{name}: no answer in {seconds} s")
            answer = self._answers.pop(number)
        if answer.get("Response") == "Error":
            raise AmiError(f"{name}: {answer.get('Message')}")
        return answer

    def mark(self):
        """The number of events so far, for `wait`."""
        with self._change:
            return len(self.events)

    def wait(self, wanted, seconds, since=0):
        """The first event from index `since` on for which wanted(event) is true, or None after `seconds`."""
        deadline = time.monotonic() + seconds
        with self._change:
            while True:
                for event in self.events[since:]:
                    if wanted(event):
                        return event
                since = len(self.events)
                left = deadline - time.monotonic()
                if left <= 0 or self._closed:
                    return None
                self._change.wait(left)
