#!/usr/bin/env python3
"""Makes the seeds of the fuzz targets: `seeds.py FOLDER` writes FOLDER/TARGET/name files.

They come from the messages of the C tests and from the grammars below; each is a valid input, or nearly one, from
which the fuzzer finds its way to others. Some of those are kept in fuzz/seeds: `seeds.py --keep FROM TO` makes TO of
what libFuzzer has merged into FROM.
"""
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
MESSAGES = sorted((HERE.parent / "c-tests" / "messages").glob("*.eml"))

ENVELOPE = ('("Mon, 7 Feb 1994 21:52:25 -0800" "Re: [x] subject (fwd)" (("Ada" NIL "ada" "example.org")) NIL NIL '
            '((NIL NIL "group" NIL)(NIL NIL "b" "example.org")(NIL NIL NIL NIL)) NIL NIL "<a@b>" "<c@d>")')
TEXT = '("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 12 1 NIL ("INLINE" ("FILENAME" "a")) "en" "x")'
BODY = f'({TEXT}("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 300 {ENVELOPE} {TEXT} 5) "MIXED" ("BOUNDARY" "b") NIL NIL NIL)'

UNTAGGED = [
    "CAPABILITY IMAP4rev1 LITERAL+ SORT THREAD=REFERENCES QUOTA ACL NAMESPACE AUTH=PLAIN",
    r"FLAGS (\Seen \Deleted $Important)",
    r"OK [PERMANENTFLAGS (\Seen \*)] flags",
    "OK [UIDVALIDITY 3857529045] valid", "OK [UIDNEXT 4392] next", "NO [ALERT] look", "BYE going",
    "OK [COPYUID 38505 304,319:320 3956:3958] done", "OK [APPENDUID 38505 3955] done",
    "NO [BADCHARSET (UTF-8 US-ASCII)] no", "NO [REFERRAL IMAP://user;AUTH=*@host/INBOX] there",
    "3 EXISTS", "1 RECENT", "2 EXPUNGE", "VANISHED (EARLIER) 41,43:116",
    r'LIST (\HasNoChildren \Marked) "/" "a/b"', r'LSUB (\NoSelect) NIL {3}' "\r\na b",
    'STATUS "INBOX" (MESSAGES 231 UIDNEXT 44292 UNSEEN 3)', "SEARCH 2 3 6", "SORT 3 2 1",
    "THREAD (2)(3 6 (4 23)(44 7 96))", 'ESEARCH (TAG "A1") UID MIN 2 COUNT 3 ALL 1:3,7',
    'QUOTAROOT INBOX ""', 'QUOTA "" (STORAGE 10 512)', "ACL INBOX ada lrswipcda eva lr",
    "LISTRIGHTS INBOX ada la r s", "MYRIGHTS INBOX lrs",
    'NAMESPACE (("" "/")) (("~" "/")) NIL', 'ID ("name" "x" "version" NIL)', "ENABLED CONDSTORE",
    fr'1 FETCH (UID 7 FLAGS (\Seen) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 300 ENVELOPE {ENVELOPE})',
    f"1 FETCH (BODYSTRUCTURE {BODY})", "2 FETCH (BODY[HEADER] {14}\r\nSubject: x\r\n\r\n UID 8)",
    '3 FETCH (BODY[1.2.MIME]<0> "x" BODY[2] NIL BODY[HEADER.FIELDS (To)] "" MODSEQ (12))',
]

CHALLENGES = [
    b"", b"Username:\nPassword:\n", b"<1896.697170952@postoffice.example>",
    b"\nr=$abc,s=QSXCR+Q6sek8bf92,i=4096\nv=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
    b"\nr=$abc,s=QSXCR+Q6sek8bf92,i=1,m=x\ne=invalid-proof", b'{"status":"401","schemes":"bearer"}',
]


def session(header, text):
    """The server of a session of the program in session.rs: the answers, separated by 0xFF."""
    literal = lambda octets: b"{%d}\r\n" % len(octets) + octets
    fetched = lambda item, octets: b"* 1 FETCH (%s %s)\r\n" % (item, literal(octets))
    overview = f'* 1 FETCH (UID 7 FLAGS () RFC822.SIZE 300 ENVELOPE {ENVELOPE} BODYSTRUCTURE {BODY})\r\n'.encode()
    opening = [
        b"* OK [CAPABILITY IMAP4rev1 SORT THREAD=REFERENCES QUOTA ACL] ready",
        b"# OK [CAPABILITY IMAP4rev1 SORT THREAD=REFERENCES QUOTA ACL] in\r\n!",
        b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* FLAGS (\\Seen \\Deleted)\r\n",
    ]
    reading = [overview, overview, fetched(b"BODY[HEADER]", header), fetched(b"BODY[TEXT]", text),
               fetched(b"BODY[1]", b"part"), fetched(b"BODY[1.MIME]", b"A: b\r\n\r\n"),
               fetched(b"BODY[2.1]", b"part"), fetched(b"BODY[2.1.MIME]", b"A: b\r\n\r\n")]
    rest = [b"* 1 FETCH (FLAGS (\\Deleted))\r\n", b"* SEARCH 1\r\n", b"* SORT 1\r\n", b"* THREAD (1)\r\n",
            b'* LIST () "/" INBOX\r\n', b'* LSUB () "/" INBOX\r\n', b"* STATUS INBOX (MESSAGES 1 UNSEEN 0)\r\n",
            b'* QUOTAROOT INBOX ""\r\n* QUOTA "" (STORAGE 1 2)\r\n', b"* ACL INBOX ada lr\r\n",
            b"# OK [COPYUID 1 7 9] copied\r\n!", b"* 1 EXPUNGE\r\n", b"", b"",
            # The octets of a message that is appended are lines too.
            b"+ go on\r\n!", b"!", b"!", b"* 2 EXISTS\r\n# OK [APPENDUID 7 9] appended\r\n!", b"", b"", b"", b"", b"",
            b"# NO what?\r\n!", b"* MYRIGHTS INBOX lr\r\n", b"* LISTRIGHTS INBOX ada lr s w\r\n", b"",
            b"* 2 FETCH (UID 9 FLAGS (\\Seen))\r\n", b"* 2 FETCH (UID 9 RFC822.SIZE 30)\r\n", b"", b"",
            b"* 0 EXISTS\r\n* OK [UIDVALIDITY 8] v\r\n", b"* BYE bye\r\n"]
    yield "whole", opening + reading + rest
    old = [opening[0].replace(b" SORT THREAD=REFERENCES QUOTA ACL", b""), b"", opening[2]]
    yield "old", old + reading + rest
    yield "preauth", [b"* PREAUTH [CAPABILITY IMAP4rev1] in", opening[2]] + reading
    yield "refused", [b"* OK hello", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED\r\n", b"# NO no\r\n!"]
    capabilities = b"* CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS ID NAMESPACE ESEARCH CHILDREN UNSELECT AUTH=%s SASL-IR\r\n"
    yield "starttls", [b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hello", b"# OK go\r\n!",
                       capabilities % b"PLAIN", b"# OK in\r\n!", capabilities % b"PLAIN", b"* ID NIL\r\n",
                       opening[2]] + reading + rest
    for mechanism in [b"PLAIN", b"LOGIN", b"CRAM-MD5", b"SCRAM-SHA-256", b"XOAUTH2", b"OAUTHBEARER"]:
        greeting = b"* OK [" + capabilities[2:-2] % mechanism + b"] hello"
        yield "auth-" + mechanism.decode().lower(), [greeting, b"+ PDEyM0BhPg==\r\n!", b"+ \r\n!", b"# OK in\r\n!",
                                                     capabilities % mechanism, opening[2]] + reading + rest
    there = b"[REFERRAL imap://ada@other.example.org/x] there\r\n!"
    yield "referrals", [opening[0], b"# NO " + there, opening[0], b"# OK " + there, opening[0], b"", b"# NO " + there,
                        opening[0], b"", opening[2]] + reading + rest
    for number, line in enumerate(UNTAGGED):
        yield f"said-{number}", opening[:2] + [opening[2] + b"* " + line.encode() + b"\r\n"] + reading[:2] + rest


def pop3(mail):
    lines = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in mail.split(b"\r\n"))
    text = b"+OK here\r\n" + lines + b"\r\n.\r\n!"
    start = [b"+OK POP3 <1.2@host>", b"+OK\r\nTOP\r\nUIDL\r\nUSER\r\nSASL PLAIN\r\n.\r\n!"]
    known = [b"+OK 1 300\r\n!", b"+OK\r\n1 300\r\n.\r\n!", b"+OK\r\n1 uid1\r\n.\r\n!"]
    # AUTH or USER and PASS before STAT; LIST and UIDL in some order, or message by message.
    for login in range(1, 4):
        for number, list_ in enumerate([known, known[:2], [known[0], known[2], known[1]], [known[0], b"+OK 1 300\r\n!"]]):
            yield f"whole-{login}-{number}", start + [b"+OK\r\n!"] * login + list_ + [text] * 8 + [b"+OK\r\n!"] * 4
    yield "refused", start[:1] + [b"-ERR what?\r\n!", b"-ERR [AUTH] no\r\n!"]


def seeds():
    for path in MESSAGES:
        mail = path.read_bytes()
        yield "message", path.stem, mail
        yield "message", path.stem + "-crlf", mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        yield "encodings", path.stem, mail[:2000]
        yield "writing", path.stem, b"\x81" + mail[:20000].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    crlf = MESSAGES[2].read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    header, _, text = crlf.partition(b"\r\n\r\n")
    for name, answers in session(header + b"\r\n\r\n", text):
        yield "imap_session", name, b"\xff".join(answers)
    for name, answers in pop3(crlf):
        yield "pop3_session", name, b"\xff".join(answers)
    for number, line in enumerate(UNTAGGED):
        yield "responses", f"untagged-{number}", f"* {line}\r\nA1 OK done\r\n".encode()
    yield "responses", "all", "".join(f"* {line}\r\n" for line in UNTAGGED).encode()
    yield "responses", "continuation", b"+ go on\r\n+\r\nA2 BAD [TRYCREATE] x\r\n"

    for number, line in enumerate([
        'Ada <ada@example.org>, "b, c" (d (e)) <@x,@y:f@[1.2.3.4]>', "group: a, b@c; rest", "<a@b> <c@d>",
        "a.b . c @ d . e, ,, (x) y@z", '"\\"q" <"a b"@c>', "=?UTF-8?Q?=C3=A4?= <a@b>", "a: b: c;;", "undisclosed:;"]):
        yield "addresses", str(number), line.encode()
    for number, line in enumerate([
        "{host}INBOX", '{host:143/imap/ssl/novalidate-cert/user="a\\"b"}x/y', "{[1.2.3.4]:993/service=imap/tls/readonly}",
        "{h/pop3/notls/authuser=x/user=y/secure/loser/debug/norsh/anonymous/tryssl/tls-sslv23}z", "*{h}x"]):
        yield "mailbox_names", str(number), line.encode()
    for number, name in enumerate(["&AOQ-", "a&-b", "&2D3eAA-/&ZeVnLIqe-", "ä&日本語", "&AGE-", "&&-"]):
        yield "mailbox_utf7", str(number), name.encode()
    kinds = ["utf-8", "iso-2022-jp", "euc-jp", "shift_jis", "gbk", "big5", "euc-kr", "utf-7", "utf-16-be", "utf-32-be",
             "iso-8859-1", "koi8-r", "windows-1251", "tis-620"]
    for which in range(0, 128):
        kind = kinds[which % len(kinds)]
        words = "Grüße, Ж, 日本語, 한국어, ไทย"
        yield "charsets", f"{which}-{kind}", bytes([which]) + words.encode(kind, "ignore")
        yield "to_charsets", f"{which}-{kind}", bytes([which]) + words.encode(kind, "ignore").decode(kind).encode()
    for number, line in enumerate([
        "=?ISO-8859-1?Q?a=E4_b?= =?utf-8?B?w6Q=?= c", "=?x?Q?y?=", "=?iso-2022-jp*ja?B?GyRCRnxLXBsoQg==?=", "Re: =?utf-8?q?=c3?="]):
        yield "encoded_words", str(number), line.encode()
        yield "subjects", f"word-{number}", line.encode()
    for number, line in enumerate(["Re: [list] Fwd: x (fwd)", "[Fwd: [x] re[2]: y]", "fw : a\tb  (FWD) ", "re:", "[a][b]"]):
        yield "subjects", str(number), line.encode()
    yield "pop3", "capa", b"+OK\r\nTOP\r\nSTLS\r\nSASL PLAIN LOGIN XOAUTH2\r\n..x\r\nUIDL\r\n.\r\n-ERR no\r\n"
    for mechanism in range(8):
        for number, challenge in enumerate(CHALLENGES):
            yield "sasl", f"{mechanism}-{number}", bytes([mechanism + 128 * (number % 2)]) + challenge
    for number, line in enumerate([
        'FROM "a b" SINCE 1-Jan-2020 UNSEEN', "BODY {3}\r\na b DELETED", "KEYWORD x UNKEYWORD y ALL OLD NEW",
        'SUBJECT x TEXT "y" TO z BEFORE "2-Feb-1999" ON 3-Mar-2001 CC q BCC w', "ANSWERED UNANSWERED FLAGGED RECENT SEEN"]):
        yield "criteria", str(number), line.encode()
    for number, line in enumerate(["1:3,7,*", "5:2", "INBOX/a\n%/*", "a/b/c\na/%/c", "1,2,3,4:9,*:4"]):
        yield "patterns", str(number), line.encode()
    for number, text in enumerate([
        "[account]\nhost = *.example.org\nuser = a*\nmechanism = XOAUTH2\ntoken-command = /bin/x %u %h\ntimeout = 5\n",
        "# nothing\n\n[account]\nhost=h\ntoken-file=/x\n", '{"access_token":"abc","expires_in":3600,"x":[{"y":null}]}', "abc\n"]):
        yield "configuration", str(number), text.encode()
    yield "threads", "chain", b"\n".join(bytes([16, at]) + bytes(range(65, at)) for at in range(65, 75))
    yield "threads", "loops", b"\x10A\x42\n\x11B\x41\n\x20C\x43\n\x21A\x44\x45\n\x00D\n\x13E\x41\x42\x43"
    for number, line in enumerate([
        "Mon, 7 Feb 1994 21:52:25 -0800 (PST)", "17-Jul-1996 02:44:25 +0200", "7 Feb 94 9:5 EST", "1994-02-07T21:52:25Z",
        "Thu Jan  1 00:00:00 1970", "2/7/94"]):
        yield "dates", str(number), line.encode()


# So many inputs of a target are kept, and so many octets.
FILES, OCTETS = 48, 24_576


def keep(source, folder):
    """libFuzzer writes the input that reaches most first, then the one that adds most. What once was a fault stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if not path.name.startswith("found-"):
            path.unlink()
    left = OCTETS
    order = sorted(source.iterdir(), key=lambda path: (path.stat().st_mtime_ns, -path.stat().st_size))
    for path in order:
        size = path.stat().st_size
        if size <= left and len(list(folder.iterdir())) < FILES:
            # A short name; two inputs that share it are as good as one.
            shutil.copyfile(path, folder / path.name[:12])
            left -= size


def main():
    if sys.argv[1] == "--keep":
        return keep(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    folder = pathlib.Path(sys.argv[1])
    for target, name, octets in seeds():
        (folder / target).mkdir(parents=True, exist_ok=True)
        (folder / target / name).write_bytes(octets)


if __name__ == "__main__":
    main()
