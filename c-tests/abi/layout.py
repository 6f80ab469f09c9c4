"""Sizes, alignments, offsets and bit positions of every public struct, from the tables beside this file."""

import os
import re

from common import DEBIAN, HERE, INCLUDES, OURS, ROOT, Failure, Skip, compiles, program, run

PROBE = """
static int bad;
static void bits (const char *name,const unsigned char *p,size_t size,unsigned long at,unsigned long width) {
  size_t i;
  for (i = 0; i < size * 8; i++) if (((p[i / 8] >> (i % 8)) & 1) != (i >= at && i < at + width)) {
    printf ("%s: bit %lu\\n",name,(unsigned long) i);
    bad++;
    return;
  }
}
"""


def table(machine):
    """Rows of a layout table: (C type, size, alignment, field, bit offset, bit width, is bit-field)."""
    with open(os.path.join(HERE, f"layouts-{machine}.tsv"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                continue
            struct, size, align, field, offset, width, bitfield = line.rstrip("\n").split("\t")
            named = re.match(r"(\S+) \(struct \S+\)$", struct)
            yield (named[1] if named else f"struct {struct}", int(size), int(align), field, int(offset), int(width),
                   bitfield == "1")


def asserts(machine):
    """A C program that does not compile when a size or offset differs and fails when a bit does."""
    lines, probes, seen = [], [], set()
    for struct, size, align, field, offset, width, bitfield in table(machine):
        if struct not in seen:
            seen.add(struct)
            lines.append(f'_Static_assert(sizeof({struct})=={size} && _Alignof({struct})=={align},"{struct}");')
        if bitfield:
            probes.append(f'  {{ {struct} x; memset (&x,0,sizeof x); x.{field} = ~0UL; '
                          f'bits ("{struct}.{field}",(void *) &x,sizeof x,{offset},{width}); }}')
        else:
            lines.append(f'_Static_assert(offsetof({struct},{field})=={offset // 8} && '
                         f'sizeof((({struct} *) 0)->{field})=={width // 8},"{struct}.{field}");')
    main = "int main (void) {\n" + "\n".join(probes) + "\n  return bad != 0;\n}\n"
    return INCLUDES + PROBE + "\n".join(lines) + "\n" + main, len(lines), len(probes)


def check_headers(machine, include, whose):
    def check():
        flags = ["-w"] + (["-m32"] if machine == "i386" else [])
        if machine == "i386" and not compiles("m32.c", "#include <stdio.h>\n", include, "-m32")[0]:
            raise Skip("gcc -m32 does not work here (package gcc-multilib)")
        text, facts, probes = asserts(machine)
        done = run([program(f"layout-{machine}-{whose}.c", text, include, *flags)], check=False)
        if done.returncode:
            raise Failure(done.stdout)
        return f"{facts} sizes and offsets, {probes} bit-fields"
    return check


def check_catches():
    """The check itself must fail for a wrong number."""
    text, _, _ = asserts("x86_64")
    for wrong in (text.replace("offsetof(MAILSTREAM,nmsgs)==56", "offsetof(MAILSTREAM,nmsgs)==64"),
                  text.replace("sizeof(STRING)==72", "sizeof(STRING)==64")):
        if wrong == text or compiles("layout-wrong.c", wrong, OURS, "-w")[0]:
            raise Failure("a wrong layout table goes unnoticed")
    wrong = text.replace('"MESSAGECACHE.seen",(void *) &x,sizeof x,1457', '"MESSAGECACHE.seen",(void *) &x,sizeof x,1458')
    if wrong == text or run([program("layout-wrong-bit.c", wrong, OURS, "-w")], check=False).returncode == 0:
        raise Failure("a wrong bit goes unnoticed")


def check_rust_i386():
    """Rust's structs have C's 32-bit layout too, where Rust's 32-bit library is installed."""
    target = "i686-unknown-linux-gnu"
    sysroot = run(["rustc", "--print", "sysroot"]).strip()
    if not os.path.isdir(os.path.join(sysroot, "lib", "rustlib", target)):
        raise Skip(f"no Rust for {target} (rustup target add {target})")
    output = run(["cargo", "test", "--locked", "--target", target, "--test", "layout"], timeout=900, cwd=ROOT)
    return re.search(r"\d+ passed", output)[0]


def checks():
    for machine in ("x86_64", "i386"):
        for whose, include in (("ours", OURS), ("debian", DEBIAN)):
            yield f"layout {machine} {whose}", check_headers(machine, include, whose)
    yield "layout i386 rust", check_rust_i386
    yield "layout check catches mistakes", check_catches
