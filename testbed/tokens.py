"""OAuth 2 access tokens as an issuer would make them: JSON Web Tokens (RFC 7519) with HS256, from a key that Dovecot knows.

    tokens.make("u1")                       good for an hour
    tokens.make("u1", seconds=-10)          expired
    tokens.make("u1", key=tokens.WRONG_KEY) nobody's
"""

import base64
import hashlib
import hmac
import json
import os
import time

KEY = b"a key for tests, known to everybody and to the server"
WRONG_KEY = b"a key for tests that the server has never heard of"


def _text(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def make(user, seconds=3600, key=KEY):
    """A token for `user`; its end is `seconds` from now."""
    now = int(time.time())
    header = {"alg": "HS256", "typ": "JWT"}
    claims = {"sub": user, "iat": now - 60, "nbf": now - 60, "exp": now + seconds}
    text = ".".join(_text(json.dumps(part).encode("ascii")) for part in (header, claims))
    return f"{text}.{_text(hmac.new(key, text.encode('ascii'), hashlib.sha256).digest())}"


def write_key(directory):
    """Puts the key where Dovecot looks for it below `directory` (azp, algorithm, kid)."""
    place = os.path.join(directory, "default", "HS256")
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, "default"), "wb") as out:
        out.write(base64.b64encode(KEY))
