#!/usr/bin/env python3
"""Writes the character tables beside this file from what Python, Perl and the C library know.

  single.rs      the upper halves of the one-octet charsets: Python's codecs, VISCII from Perl's Encode
  gb12345.txt    GB/T 12345, CNS 11643 planes 1 and 2 (cns1.txt, cns2.txt): a line per row, 94 characters each, as
                 Perl's Encode and the C library's iconv have them; U+FFFD where there is none
  ../canonical/levels.txt  characters that decompose in more than one step, each with the parts of its first step

Needs Python 3.11, perl, and a C library with EUC-TW. What it writes is committed; nothing of this runs in a build.
"""

import ctypes
import pathlib
import subprocess
import unicodedata

HERE = pathlib.Path(__file__).parent
BAD = "\ufffd"

ISO = [2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16]
WINDOWS = [874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258]
IBM = [437, 737, 775, 850, 852, 855, 857, 860, 861, 862, 863, 864, 865, 866, 869]
SINGLE = (
    [(f"ISO_8859_{n}", f"iso8859_{n}") for n in ISO]
    + [("KOI8_R", "koi8_r"), ("KOI8_U", "koi8_u"), ("TIS_620", "tis_620")]
    + [(f"WINDOWS_{n}", f"cp{n}") for n in WINDOWS]
    + [(f"IBM{n}", f"cp{n}") for n in IBM]
)

HEAD = """\
//! The upper halves of one-octet charsets: what octets 0x80 to 0xFF stand for, U+FFFD where nothing is defined.
//!
//! Written by generate.py; not to be edited.

#![allow(missing_docs, reason = "each has the name of its charset")]

use super::table::{Half, half, viscii};

"""


def perl(script):
    command = ["perl", "-MEncode", "-e", 'binmode STDOUT, ":utf8"; ' + script]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def rust(text):
    """The characters as a Rust string, four lines of 32."""
    lines = []
    for start in range(0, len(text), 32):
        line = ""
        for char in text[start : start + 32]:
            plain = char.isprintable() and char.isalnum() and not "\u0590" <= char <= "\u08ff"
            line += char if plain else f"\\u{{{ord(char):x}}}"
        lines.append(line)
    return "\\\n".join(lines)


def single():
    parts = [HEAD]
    for name, codec in SINGLE:
        text = bytes(range(128, 256)).decode(codec, errors="replace")
        parts.append(f'pub static {name}: Half = half("{rust(text)}");\n')
    viscii = perl('print decode("viscii", chr $_) for 128 .. 255')
    parts.append(f'const VISCII: Half = half("{rust(viscii)}");\n')
    parts.append("pub static VISCII_FULL: [u16; 256] = viscii(&VISCII);\n")
    (HERE / "single.rs").write_text("".join(parts), encoding="utf-8")


def rows(cells):
    lines = ["".join(cells[n : n + 94]) for n in range(0, len(cells), 94)]
    while lines and set(lines[-1]) == {BAD}:
        lines.pop()
    return "".join(line + "\n" for line in lines)


def gb12345():
    text = perl(
        'for $r (33 .. 126) { for $c (33 .. 126) {'
        ' $x = decode("gb12345-raw", chr($r) . chr($c)); print length $x == 1 ? $x : "\\x{fffd}" } }'
    )
    cells = list(text)
    cells[11] = "\u2225"  # Perl lacks this one.
    (HERE / "gb12345.txt").write_text(rows(cells), encoding="utf-8")


class Iconv:
    """The C library's iconv, one character at a time."""

    def __init__(self, source):
        self.libc = ctypes.CDLL(None)
        self.libc.iconv_open.restype = ctypes.c_void_p
        self.libc.iconv.restype = ctypes.c_size_t
        self.handle = ctypes.c_void_p(self.libc.iconv_open(b"UTF-32BE", source))

    def __call__(self, octets):
        given, taken = ctypes.create_string_buffer(octets), ctypes.create_string_buffer(16)
        here, there = ctypes.c_void_p(ctypes.addressof(given)), ctypes.c_void_p(ctypes.addressof(taken))
        left, room = ctypes.c_size_t(len(octets)), ctypes.c_size_t(16)
        self.libc.iconv(self.handle, None, None, None, None)
        result = self.libc.iconv(
            self.handle, ctypes.byref(here), ctypes.byref(left), ctypes.byref(there), ctypes.byref(room)
        )
        if result or left.value or room.value != 12:
            return BAD
        char = taken.raw[:4].decode("utf-32-be")
        return char if ord(char) < 0x10000 else BAD


def cns():
    convert = Iconv(b"EUC-TW")
    for plane in (1, 2):
        cells = [
            convert(bytes([0x8E, 0xA0 + plane, 0x80 + row, 0x80 + column]))
            for row in range(33, 127)
            for column in range(33, 127)
        ]
        (HERE / f"cns{plane}.txt").write_text(rows(cells), encoding="utf-8")


def parts(char):
    """What the character decomposes to in one step."""
    words = unicodedata.decomposition(char).split()
    return "".join(chr(int(word, 16)) for word in words if not word.startswith("<")) or char


def levels():
    lines = []
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000 or 0xAC00 <= code <= 0xD7A3:
            continue
        once = parts(chr(code))
        if any(parts(part) != part for part in once) and once != chr(code):
            lines.append(chr(code) + once + "\n")
    (HERE.parent / "canonical" / "levels.txt").write_text("".join(lines), encoding="utf-8")


single()
levels()
gb12345()
cns()
