#!/usr/bin/env python3
"""Voicemail through the library without Asterisk: demo.c against a private Dovecot, over TLS.

    c-tests/demo/run.py [--debug]

Leaves what was recorded and what was heard in target/demo-c/. With --debug the conversation with the server is shown, as the
program gets it by mm_dlog: the switch /debug in the mailbox name, or OP_DEBUG.
"""

import math
import os
import struct
import subprocess
import sys
import wave

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "testbed"))
from dovecot import Dovecot  # noqa: E402

OUT = os.path.join(ROOT, "target", "demo-c")
SECONDS = 60


def record(path):
    """A second and a half of two tones, as a telephone would send it."""
    with wave.open(path, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        for index in range(12000):
            tone = 697 if index < 6000 else 1209
            sound.writeframesraw(struct.pack("<h", int(9000 * math.sin(2 * math.pi * tone * index / 8000))))


def build():
    """Installs the library privately and compiles the program against that; its path."""
    stage = os.path.join(OUT, "stage")
    subprocess.run(["make", "-s", "-C", ROOT, "install", "DESTDIR=", f"PREFIX={stage}", f"LIBDIR={stage}/lib"],
                   stdout=subprocess.DEVNULL, check=True, timeout=1200)
    program = os.path.join(OUT, "demo")
    subprocess.run(["gcc", "-Wall", "-Wextra", f"-I{stage}/include", os.path.join(HERE, "demo.c"), "-o", program,
                    f"-L{stage}/lib", "-lc-client", f"-Wl,-rpath,{stage}/lib"], check=True, timeout=60)
    return program


def main():
    os.makedirs(OUT, exist_ok=True)
    program = build()
    recording, heard = os.path.join(OUT, "recorded.wav"), os.path.join(OUT, "heard.wav")
    record(recording)
    with Dovecot(os.path.join(OUT, "dovecot"), users={"owner": "secret"}) as server:
        server.reset_user("owner")
        switch = "/debug" if "--debug" in sys.argv[1:] else ""
        spec = f"{{localhost:{server.ports['imaps']}/imap/ssl{switch}/user=owner}}INBOX"
        authority = os.path.join(OUT, "dovecot", "tls", "ca.pem")
        environment = {**os.environ, "DEMO_PASSWORD": "secret", "SSL_CERT_FILE": authority}
        done = subprocess.run([program, spec, recording, heard], env=environment, timeout=SECONDS, check=False)
    if done.returncode:
        print(f"demo-c: FAILED (status {done.returncode})")
        return 1
    print(f"demo-c: a message was left, heard and deleted; play {os.path.relpath(heard, ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
