"""Throw-away certificates for the test servers, made with the openssl command.

`make(directory)` leaves these files there (and does nothing when they exist):

    ca.pem                     the certificate authority; give it to clients as SSL_CERT_FILE
    good.pem good.key          signed by it, for localhost, 127.0.0.1 and ::1
    self.pem self.key          self-signed, for the same names
    wronghost.pem wronghost.key   signed by the authority, for imap.other.example
    expired.pem expired.key    signed by the authority, for localhost, and out of date
    user.pem user.key          a client's, signed by the authority, of the common name u1
    trusted/                   a directory with the authority's, as OpenSSL looks for it

`make_odd(directory)` adds those of `ODD`, which differ from good or self in one thing.
"""

import os
import shutil
import subprocess

LOCAL_NAMES = "DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1"
OTHER_NAME = "DNS:imap.other.example"
KINDS = ("good", "self", "wronghost", "expired")
ODD = {
    "recipe": "self-signed with a common name and nothing else, as recipes have it",
    "selfclient": "self-signed, for clients only",
    "selfcritical": "self-signed, with a critical extension that nobody knows",
    "notyet": "valid from 2048 on",
    "client": "for clients only",
    "critical": "with a critical extension that nobody knows",
    "authority": "an authority's itself",
    "common": "without a subjectAltName",
    "sha1": "signed with SHA-1",
    "rsa1024": "with an RSA key of 1024 bits",
    "chain": "of an authority between, which is shown",
    "nochain": "of an authority between, which is not shown",
    "bounded": "of an authority that may issue for other.example only",
    "nobounds": "the same without a subjectAltName, which bounds do not see",
}
ALWAYS = ("20200101000000Z", "20491231235959Z")
WEAK = ("sha1", "rsa1024")


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


def _signed(directory, name, common_name, extensions, validity, by="ca", digest="sha256", key=None):
    key = key or ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    _openssl("req", "-newkey", *key, "-nodes", "-subj", f"/CN={common_name}", "-keyout", f"{directory}/{name}.key", "-out",
             f"{directory}/{name}.csr")
    with open(f"{directory}/{name}.ext", "w", encoding="ascii") as ext:
        ext.write("\n".join(extensions) + "\n")
    # "x509 -req" cannot backdate; "ca" can, and wants a small database of its own.
    with open(f"{directory}/ca.cnf", "w", encoding="ascii") as conf:
        conf.write("[ca]\ndefault_ca=own\n[own]\ndatabase=ca.index\nserial=ca.serial\nnew_certs_dir=.\n"
                   "default_md=sha256\npolicy=any\nunique_subject=no\n[any]\ncommonName=supplied\n")
    open(f"{directory}/ca.index", "a", encoding="ascii").close()
    start, end = validity
    done = subprocess.run(
        ["openssl", "ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", f"{by}.pem", "-keyfile", f"{by}.key",
         "-md", digest, "-in", f"{name}.csr", "-out", f"{name}.pem", "-extfile", f"{name}.ext", "-startdate", start,
         "-enddate", end, "-rand_serial"], cwd=directory, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl ca failed: {done.stderr.strip()}")


def _join(directory, name, *others):
    """Put other certificates behind the one of `name`."""
    with open(f"{directory}/{name}.pem", "a", encoding="ascii") as chain:
        for other in others:
            with open(f"{directory}/{other}.pem", encoding="ascii") as text:
                chain.write(text.read())


def make_odd(directory):
    """Create the odd ones besides those of `make` unless they are there."""
    stamp = os.path.join(directory, "complete-odd")
    if os.path.exists(stamp):
        return
    server = ["basicConstraints=CA:FALSE", "keyUsage=digitalSignature", "extendedKeyUsage=serverAuth"]
    names = [f"subjectAltName={LOCAL_NAMES}"]
    strange = "1.3.6.1.4.1.99999.1=critical,DER:0500"
    authority = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]
    _self_signed(directory, "recipe", "localhost", [])
    _self_signed(directory, "selfclient", "localhost", names + ["extendedKeyUsage=clientAuth"])
    _self_signed(directory, "selfcritical", "localhost", names + [strange])
    _signed(directory, "notyet", "localhost", names + server, ("20480101000000Z", "20491231235959Z"))
    _signed(directory, "client", "localhost", names + server[:2] + ["extendedKeyUsage=clientAuth"], ALWAYS)
    _signed(directory, "critical", "localhost", names + server + [strange], ALWAYS)
    _signed(directory, "authority", "localhost", names + ["basicConstraints=CA:TRUE"], ALWAYS)
    _signed(directory, "common", "localhost", server, ALWAYS)
    _signed(directory, "sha1", "localhost", names + server, ALWAYS, digest="sha1")
    _signed(directory, "rsa1024", "localhost", names + server, ALWAYS, key=["rsa:1024"])
    _signed(directory, "middle", "authority between", authority, ALWAYS)
    _signed(directory, "bound", "bounded authority", authority + ["nameConstraints=critical,permitted;DNS:other.example"],
            ALWAYS)
    for name, by, extensions in (("chain", "middle", names), ("bounded", "bound", names), ("nobounds", "bound", [])):
        _signed(directory, name, "localhost", extensions + server, ALWAYS, by=by)
    for end in (".pem", ".key"):
        shutil.copy(f"{directory}/chain{end}", f"{directory}/nochain{end}")
    _join(directory, "chain", "middle")
    _join(directory, "bounded", "bound")
    _join(directory, "nobounds", "bound")
    open(stamp, "w", encoding="ascii").close()


def make(directory):
    """Create the files in `directory` unless a complete set is there; returns the directory."""
    stamp = os.path.join(directory, "complete-1")
    if os.path.exists(stamp):
        return directory
    os.makedirs(directory, exist_ok=True)
    _self_signed(directory, "ca", "c-client test authority",
                 ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"])
    # CA:TRUE is what "openssl req -x509" gives an administrator who just follows a recipe.
    _self_signed(directory, "self", "localhost", [f"subjectAltName={LOCAL_NAMES}"])
    server = ["basicConstraints=CA:FALSE", "keyUsage=digitalSignature", "extendedKeyUsage=serverAuth"]
    _signed(directory, "good", "localhost", [f"subjectAltName={LOCAL_NAMES}"] + server, ALWAYS)
    _signed(directory, "wronghost", "imap.other.example", [f"subjectAltName={OTHER_NAME}"] + server, ALWAYS)
    _signed(directory, "expired", "localhost", [f"subjectAltName={LOCAL_NAMES}"] + server,
            ("20200101000000Z", "20210101000000Z"))
    _signed(directory, "user", "u1", ["basicConstraints=CA:FALSE", "extendedKeyUsage=clientAuth"], ALWAYS)
    trusted = os.path.join(directory, "trusted")
    os.makedirs(trusted, exist_ok=True)
    shutil.copy(f"{directory}/ca.pem", trusted)
    _openssl("rehash", trusted)
    open(stamp, "w", encoding="ascii").close()
    return directory
