"""Two Dovecots with one mail store behind a third, which takes the logins and passes sessions on (a login proxy).

    with LoginProxy("target/x", users={"u1": "secret"}) as front:
        front.ports                # the proxy's, as of any Dovecot
        front.kill()               # the backend in use dies, and sessions with it
        front.switch()             # logins go to the other one from now on
        front.restart_dead()       # the one that died is there again

`control()` gives the port of a server for programs: each line that comes there is one of these commands (or `fail SECONDS`:
kill, and switch so much later), and is answered by `done`.
"""

import os
import signal
import socket
import threading
import time

from dovecot import Dovecot

# Only these tell the proxy the password that it needs.
MECHANISMS = "plain login"


class LoginProxy(Dovecot):
    """The Dovecot in front; `backends` are the other two."""

    def __init__(self, directory, **fields):
        fields["mechanisms"] = MECHANISMS
        # The proxy's own tries to reach a backend are not what is tested.
        extra = "login_proxy_max_reconnects = 0\n"
        super().__init__(os.path.join(directory, "front"), **fields, extra=extra)
        self.backends = []
        for name in ("first", "second"):
            backend = Dovecot(os.path.join(directory, name), users=dict(self.options.users), mechanisms=MECHANISMS)
            if self.backends:
                # One mail store; each has its own configuration, ports and processes.
                backend.data = self.backends[0].data
            self.backends.append(backend)
        self.active = 0
        self._listener = None
        self._lock = threading.Lock()

    def _point(self):
        port = self.backends[self.active].ports["imap"]
        fields = f"proxy=y host=127.0.0.1 port={port} proxy_timeout=5"
        self.options.user_fields = {user: fields for user in self.options.users}

    def start(self):
        """Start all three."""
        for backend in self.backends:
            backend.start()
        self._point()
        return super().start()

    def stop(self):
        """Stop all three."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        super().stop()
        for backend in self.backends:
            backend.stop()

    # The mail lies on the backends.

    def home(self, user):
        if not getattr(self, "backends", None):
            return super().home(user)
        return self.backends[0].home(user)

    def reset_user(self, name, template=None):
        self.backends[0].reset_user(name, template)

    # -- trouble -----------------------------------------------------------------------------------

    def kill(self):
        """The backend in use dies at once, with all of its processes."""
        backend = self.backends[self.active]
        if backend.pid is not None:
            os.killpg(backend.pid, signal.SIGKILL)
            backend._process.wait()  # pylint: disable=protected-access
            backend.pid = backend._process = None  # pylint: disable=protected-access

    def switch(self):
        """Logins go to the other backend; the proxy knows when this returns."""
        with self._lock:
            self.active = 1 - self.active
            self._point()
            self.write_users()

    def restart_dead(self):
        """Whoever was killed is there again, on the same ports."""
        for backend in self.backends:
            if backend.pid is None:
                # What it was in the midst of is left behind.
                leftover = os.path.join(backend.base_dir, "master.pid")
                if os.path.exists(leftover):
                    os.unlink(leftover)
                backend.start()

    def fail(self, seconds):
        """The backend in use dies now; logins go to the other one so much later."""
        self.kill()
        threading.Timer(seconds, self.switch).start()

    def control(self):
        """The port where programs can say so."""
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", 0))
            threading.Thread(target=self._listen, args=(self._listener,), daemon=True).start()
        return self._listener.getsockname()[1]

    def _listen(self, listener):
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            with link, link.makefile("rw") as stream:
                for line in stream:
                    word, _, argument = line.strip().partition(" ")
                    actions = {"kill": self.kill, "switch": self.switch, "restart": self.restart_dead,
                               "fail": lambda seconds=argument: self.fail(float(seconds))}
                    try:
                        actions[word]()
                        stream.write("done\n")
                    except (KeyError, ValueError, OSError, RuntimeError) as error:
                        stream.write(f"{error!r}\n")
                    stream.flush()


if __name__ == "__main__":
    import sys
    with LoginProxy(sys.argv[1], users={"u1": "secret"}) as tried:
        print(tried.ports, [backend.ports for backend in tried.backends], flush=True)
        time.sleep(float(sys.argv[2]))
