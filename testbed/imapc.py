"""Another client of the mailbox: what the tests use to look at mail, and to change it behind Asterisk's back."""

import email
import email.policy
import imaplib
import re
import ssl

SECONDS = 15


class Mail:
    """One message as another client sees it."""

    def __init__(self, uid, flags, data):
        self.uid = uid
        self.flags = flags
        self.data = data
        self.message = email.message_from_bytes(data, policy=email.policy.compat32)

    def header(self, name):
        """A header's value, or None."""
        value = self.message[name]
        return None if value is None else str(value).strip()

    def attachments(self):
        """(content type, file name, part) of each attachment."""
        return [(part.get_content_type(), part.get_filename(), part)
                for part in self.message.walk() if part.get_filename()]


class Client:
    """A logged-in connection; use as a context manager."""

    def __init__(self, port, user, password, host="127.0.0.1", tls=False):
        if tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.link = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=SECONDS)
        else:
            self.link = imaplib.IMAP4(host, port, timeout=SECONDS)
        self.link.login(user, password)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.link.logout()
        except (imaplib.IMAP4.error, OSError):
            pass

    def _ok(self, answer):
        status, data = answer
        if status != "OK":
            raise RuntimeError(f"{status} {data}")
        return data

    def folders(self):
        """{folder name: hierarchy delimiter}."""
        found = {}
        for line in self._ok(self.link.list()):
            if line is None:
                continue
            shape = re.match(rb'\((?P<attr>[^)]*)\) (?:"(?P<delim>.)"|NIL) (?P<name>.*)$', line)
            name = shape["name"].decode()
            found[name.strip('"')] = (shape["delim"] or b"").decode()
        return found

    def mails(self, folder="INBOX"):
        """Every message of a folder; nothing is marked as read."""
        self._ok(self.link.select(f'"{folder}"', readonly=True))
        uids = self._ok(self.link.uid("search", None, "ALL"))[0].split()
        found = []
        for uid in uids:
            for item in self._ok(self.link.uid("fetch", uid, "(FLAGS BODY.PEEK[])")):
                if isinstance(item, tuple):
                    head = item[0] + b" "
                    flags = {flag.decode() for flag in imaplib.ParseFlags(head)}
                    found.append(Mail(int(uid), flags, item[1]))
        return found

    def count(self, folder="INBOX"):
        """How many messages a folder holds; None when there is no such folder."""
        status, data = self.link.select(f'"{folder}"', readonly=True)
        return int(data[0]) if status == "OK" else None

    def append(self, data, flags="", folder="INBOX"):
        """Put a message there."""
        self._ok(self.link.append(f'"{folder}"', f"({flags})" if flags else None, None, data))

    def flag(self, uid, flags, folder="INBOX", remove=False):
        """Set (or remove) flags of one message."""
        self._ok(self.link.select(f'"{folder}"'))
        self._ok(self.link.uid("store", str(uid), "-FLAGS" if remove else "+FLAGS", f"({flags})"))

    def delete(self, uid, folder="INBOX"):
        """Delete and expunge one message."""
        self.flag(uid, "\\Deleted", folder)
        self._ok(self.link.uid("expunge", str(uid)))

    def create(self, folder):
        """Create a folder."""
        self._ok(self.link.create(f'"{folder}"'))
