"""Throw-away certificates for the test servers, made with the openssl command.

`make(directory)` leaves these files there (and does nothing when they exist):

    ca.pem                     the certificate authority; give it to clients as SSL_CERT_FILE
    good.pem good.key          signed by it, for localhost, 127.0.0.1 and ::1
    self.pem self.key          self-signed, for the same names
    wronghost.pem wronghost.key   signed by the authority, for imap.other.example
    expired.pem expired.key    signed by the authority, for localhost, and out of date
"""

import os
import subprocess

LOCAL_NAMES = "DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1"
OTHER_NAME = "DNS:imap.other.example"
KINDS = ("good", "self", "wronghost", "expired")


def _openssl(*args):
    done = subprocess.run(("openssl",) + args, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {args[0]} failed: {done.stderr.strip()}")


def _self_signed(directory, name, common_name, extensions):
    args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650",
            "-subj", f"/CN={common_name}", "-keyout", f"{directory}/{name}.key", "-out", f"{directory}/{name}.pem"]
    for extension in extensions:
        args += ["-addext", extension]
    _openssl(*args)


def _signed(directory, name, common_name, alt_names, validity):
    _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={common_name}",
             "-keyout", f"{directory}/{name}.key", "-out", f"{directory}/{name}.csr")
    with open(f"{directory}/{name}.ext", "w", encoding="ascii") as ext:
        ext.write(f"subjectAltName={alt_names}\nbasicConstraints=CA:FALSE\nkeyUsage=digitalSignature\n"
                  "extendedKeyUsage=serverAuth\n")
    # "x509 -req" cannot backdate; "ca" can, and wants a small database of its own.
    with open(f"{directory}/ca.cnf", "w", encoding="ascii") as conf:
        conf.write("[ca]\ndefault_ca=own\n[own]\ndatabase=ca.index\nserial=ca.serial\nnew_certs_dir=.\n"
                   "default_md=sha256\npolicy=any\nunique_subject=no\n[any]\ncommonName=supplied\n")
    open(f"{directory}/ca.index", "a", encoding="ascii").close()
    start, end = validity
    done = subprocess.run(
        ["openssl", "ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key",
         "-in", f"{name}.csr", "-out", f"{name}.pem", "-extfile", f"{name}.ext", "-startdate", start, "-enddate", end,
         "-rand_serial"], cwd=directory, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl ca failed: {done.stderr.strip()}")


def make(directory):
    """Create the files in `directory` unless a complete set is there; returns the directory."""
    stamp = os.path.join(directory, "complete")
    if os.path.exists(stamp):
        return directory
    os.makedirs(directory, exist_ok=True)
    _self_signed(directory, "ca", "c-client test authority",
                 ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"])
    # CA:TRUE is what "openssl req -x509" gives an administrator who just follows a recipe.
    _self_signed(directory, "self", "localhost", [f"subjectAltName={LOCAL_NAMES}"])
    always = ("20200101000000Z", "20491231235959Z")
    _signed(directory, "good", "localhost", LOCAL_NAMES, always)
    _signed(directory, "wronghost", "imap.other.example", OTHER_NAME, always)
    _signed(directory, "expired", "localhost", LOCAL_NAMES, ("20200101000000Z", "20210101000000Z"))
    open(stamp, "w", encoding="ascii").close()
    return directory
